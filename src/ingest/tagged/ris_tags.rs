//! The tables of RIS: types and tags, as the specification of Research Information Systems, EndNote, Zotero and the large
//! databases use them.

use super::draft::Means;
use crate::export::types;
use crate::ingest::values;

/// What a type means for the fields that depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It stands in a journal, magazine or newspaper.
    Article,
    /// It stands in a book or in proceedings.
    Part,
    /// It stands on its own: books, reports, theses.
    Book,
    /// A thesis: its secondary authors are advisers.
    Thesis,
    Other,
}

/// The CSL type of a RIS type, and its kind; also for types that are written out.
pub(super) fn item_type(name: &str) -> Option<(Option<&'static str>, Kind)> {
    let name = name.trim();
    let upper = name.to_ascii_uppercase();
    if upper == "GEN" {
        return Some((None, Kind::Other));
    }
    if let Some(csl) = types::RIS.read(&upper) {
        let kind = match csl {
            "periodical" | "software" | "standard" | "broadcast" | "map" | "graphic" | "musical_score" | "song"
            | "motion_picture" | "classic" => Kind::Book,
            _ => kind_of(csl),
        };
        return Some((Some(csl), kind));
    }
    let csl = values::item_type(name)?;
    Some((Some(csl), kind_of(csl)))
}

/// The kind of a CSL type.
pub(super) fn kind_of(csl: &str) -> Kind {
    match csl {
        "article-journal" | "article-magazine" | "article-newspaper" | "article" => Kind::Article,
        "chapter" | "paper-conference" | "entry-encyclopedia" | "entry-dictionary" => Kind::Part,
        "thesis" => Kind::Thesis,
        "book" | "report" | "pamphlet" | "manuscript" => Kind::Book,
        _ => Kind::Other,
    }
}

/// Whether a tag is common enough to be believed where the spaces around the hyphen are odd.
pub(super) fn is_common(tag: [u8; 2]) -> bool {
    matches!(
        &tag,
        b"TI"
            | b"T1"
            | b"T2"
            | b"T3"
            | b"AU"
            | b"A1"
            | b"A2"
            | b"A3"
            | b"A4"
            | b"ED"
            | b"PY"
            | b"Y1"
            | b"Y2"
            | b"DA"
            | b"AB"
            | b"N1"
            | b"N2"
            | b"KW"
            | b"JF"
            | b"JO"
            | b"JA"
            | b"J1"
            | b"J2"
            | b"VL"
            | b"IS"
            | b"SP"
            | b"EP"
            | b"PB"
            | b"CY"
            | b"SN"
            | b"UR"
            | b"DO"
            | b"ID"
            | b"AD"
            | b"LA"
            | b"M1"
            | b"M3"
            | b"L1"
            | b"L2"
            | b"DB"
            | b"AN"
            | b"ET"
            | b"ST"
            | b"DP"
            | b"CN"
    )
}

/// What a tag means in a record of a kind; `None` for tags nobody knows.
pub(super) fn means(tag: &str, kind: Kind) -> Option<Means> {
    use Means::*;
    let stands_alone = matches!(kind, Kind::Book | Kind::Thesis);
    Some(match tag {
        "TI" | "T1" | "CT" => Title,
        "ST" => WeakTitle,
        "TT" => OtherTitle,
        "BT" if stands_alone => WeakTitle,
        "T2" | "BT" if stands_alone => Series,
        "T2" | "BT" => Container,
        "T3" => Series,
        "JF" if stands_alone => WeakContainer,
        "JF" => Container,
        "JA" | "J1" | "J2" | "J9" | "JI" | "NL" => ShortContainer,
        "C3" if kind == Kind::Part => WeakContainer,
        "C3" => Joined("Institution"),
        "AU" | "A1" => Creator(""),
        "ED" => Creator("edt"),
        "A2" | "A3" if kind == Kind::Thesis => Creator("ths"),
        "A2" | "A3" => Creator("edt"),
        "A4" => Creator("trl"),
        "TA" => Note("Translated author"),
        "PY" | "Y1" | "YR" => Year,
        "DA" => Date,
        "Y2" => Note("Accessed"),
        "AB" => Abstract,
        "N2" => OtherAbstract,
        "N1" => Note(""),
        "KW" | "DE" => Subjects,
        "PB" | "PU" => Publisher,
        "CY" | "CP" | "PP" | "PI" => Place,
        "PA" => Note("Publisher address"),
        "VL" | "VO" => Volume,
        "IS" | "NO" => Issue,
        "PG" => Pages,
        "PM" => Pmid,
        "KY" => Subjects,
        "US" => Url,
        "PT" => Note("Publication type"),
        "SP" => FirstPage,
        "EP" => LastPage,
        "C7" => ArticleNumber,
        "SN" => Serial,
        "DO" | "DI" => Doi,
        "UR" | "L1" | "L2" | "L3" | "L4" => Url,
        "LK" => Note("Link"),
        "LA" => Language,
        "ET" => Edition,
        "AD" => Joined("Address"),
        "AI" => Joined("Author identifiers"),
        "AN" => Note("Accession number"),
        "AV" => Note("Location"),
        "CN" => Note("Call number"),
        "CA" => Note("Caption"),
        "DB" => Joined("Database"),
        "DP" => Note("Database provider"),
        "M1" | "M2" => Note("Miscellaneous"),
        "M3" => Note("Type of work"),
        "NV" => Note("Number of volumes"),
        "OP" => Note("Original publication"),
        "RI" => Note("Reviewed item"),
        "RN" => Note("Research notes"),
        "RP" => Note("Reprint edition"),
        "SE" => Note("Section"),
        "U1" | "U2" | "U3" | "U4" | "U5" => Identifier(""),
        "FU" | "FX" => Note("Funding"),
        "WE" => Note("Index"),
        _ => return None,
    })
}
