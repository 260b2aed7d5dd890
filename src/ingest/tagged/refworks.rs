//! RefWorks' tagged format: two characters, a space, the value; `RT` begins a record.
//!
//! Left out as housekeeping: the reference number and source type RefWorks gives (`ID`, `SR`, `DS`, `RD`), creation dates.

use super::draft::{Draft, Means};
use super::lines::{self, Dialect, Seen, Tagged};
use super::ris_tags::{self, Kind};
use crate::ingest::{Cut, Item, values};
use crate::record::Record;

/// Whether the text begins with a RefWorks record: its type, then other fields.
pub fn recognises(head: &str) -> bool {
    let Some(head) = super::candidate(head) else { return false };
    // Exports may begin with the name of the database.
    let mut tags = lines::lines(head.as_bytes())
        .take(400)
        .filter_map(|range| RefWorks::tag(lines::without_mark(head.as_bytes().get(range).unwrap_or_default())))
        .map(|tagged| tagged.tag);
    tags.next() == Some(b"RT")
        && tags
            .take(30)
            .filter(|tag| matches!(*tag, b"A1" | b"T1" | b"SR" | b"YR" | b"JF" | b"AB" | b"K1" | b"T2"))
            .count()
            >= 2
}

/// Reads whole records; `first` is the number of the first one.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    super::read_records(bytes, first, lines::records::<RefWorks>, record, emit);
}

/// Cuts before the last record.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    lines::cut::<RefWorks>(bytes)
}

struct RefWorks;

impl Dialect for RefWorks {
    fn tag(line: &[u8]) -> Option<Tagged<'_>> {
        const TAGS: &[&[u8; 2]] = &[
            b"RT", b"SR", b"ID", b"A1", b"T1", b"JF", b"JO", b"YR", b"FD", b"VO", b"IS", b"SP", b"OP", b"K1", b"AB",
            b"NO", b"A2", b"T2", b"ED", b"PB", b"PP", b"A3", b"A4", b"A5", b"T3", b"SN", b"AV", b"AD", b"AN", b"LA",
            b"CL", b"SF", b"OT", b"LK", b"DO", b"CN", b"DB", b"DS", b"IP", b"RD", b"ST", b"U1", b"U2", b"U3", b"U4",
            b"U5", b"U6", b"U7", b"U8", b"U9", b"UL", b"SL", b"LL", b"CR", b"WT", b"A6", b"WV", b"WP", b"OL",
        ];
        let tag = line.get(..2)?;
        let known = TAGS.iter().any(|known| known.as_slice() == tag);
        (known && matches!(line.get(2), None | Some(b' ' | b'\t'))).then_some(Tagged { tag, value: 2 })
    }
    fn begins(tag: &[u8], _: &Seen) -> bool {
        tag == b"RT"
    }
    fn is_key(tag: &[u8]) -> bool {
        tag == b"T1"
    }
}

fn kind(name: &str) -> (Option<&'static str>, Kind) {
    let csl = match name.to_lowercase().as_str() {
        "abstract" | "journal article" | "journal" | "journal, electronic" => "article-journal",
        "book, whole" | "book, edited" | "book" | "monograph" => "book",
        "book, section" | "book chapter" => "chapter",
        "conference proceedings" | "conference proceeding" => "paper-conference",
        "dissertation/thesis" | "dissertation/thesis, unpublished" | "dissertation" | "thesis" => "thesis",
        "magazine article" => "article-magazine",
        "newspaper article" => "article-newspaper",
        "report" | "grant" => "report",
        "web page" => "webpage",
        "computer program" => "software",
        "case/court decisions" => "legal_case",
        "bills/resolutions" => "bill",
        "laws/statutes" => "legislation",
        "hearing" => "hearing",
        "patent" => "patent",
        "map" => "map",
        "artwork" => "graphic",
        "video/ dvd" | "video/dvd" | "motion picture" => "motion_picture",
        "sound recording" => "song",
        "music score" => "musical_score",
        "online discussion forum/blogs" => "post",
        "personal communication" => "personal_communication",
        "unpublished material" => "manuscript",
        "generic" => return (None, Kind::Other),
        _ => return ris_tags::item_type(name).unwrap_or((None, Kind::Other)),
    };
    (Some(csl), ris_tags::kind_of(csl))
}

fn means(tag: &str, kind: Kind) -> Option<Means> {
    use Means::*;
    Some(match tag {
        "A1" => Creator(""),
        "A2" => Creator(if kind == Kind::Thesis { "ths" } else { "edt" }),
        "A3" => Creator("edt"),
        "A4" => Creator("trl"),
        "A5" | "A6" => Creator("ctb"),
        "T1" => Title,
        "T2" if matches!(kind, Kind::Book | Kind::Thesis) => Series,
        "T2" => Container,
        "T3" => Series,
        "OT" => OtherTitle,
        "ST" => WeakTitle,
        "JF" => Container,
        "JO" => ShortContainer,
        "YR" => Year,
        "FD" => Date,
        "VO" => Volume,
        "IS" => Issue,
        "SP" => FirstPage,
        "OP" => LastPage,
        "K1" => Subjects,
        "AB" => Abstract,
        "NO" => Note(""),
        "ED" => Edition,
        "PB" => Publisher,
        "PP" => Place,
        "SN" => Serial,
        "AN" => Note("Accession number"),
        "AD" => Joined("Address"),
        "AV" => Note("Location"),
        "CL" => Note("Classification"),
        "CN" => Note("Call number"),
        "CR" => Note("References"),
        "DB" => Joined("Database"),
        "SF" => Note("Subfile"),
        "LA" => Language,
        "LK" | "UL" | "SL" | "LL" => Url,
        "DO" => Doi,
        "IP" => Note("Identifying phrase"),
        "ID" | "SR" | "DS" | "RD" => Nothing,
        _ => return None,
    })
}

fn record(text: &str) -> Result<Record, String> {
    let fields = lines::fields::<RefWorks>(text);
    let name = fields.iter().find(|f| f.tag == "RT").map(|f| f.text()).unwrap_or_default();
    let (item_type, kind) = kind(name.trim());
    let mut draft = Draft::of(item_type, kind);
    let nlm = is_of_nlm(&fields);
    for (tag, text) in super::texts(&fields) {
        match means(&tag, kind) {
            _ if tag == "RT" => {}
            // An accession number of PubMed, as its import filter stores it.
            Some(Means::Note("Accession number")) if nlm && values::pmid(&text).is_some() => {
                draft.add(&tag, Means::Pmid, &text)
            }
            Some(means) => draft.add(&tag, means, &text),
            None => draft.note(&tag, &values::line(&text)),
        }
    }
    draft.finish()
}

fn is_of_nlm(fields: &[lines::Field<'_>]) -> bool {
    let database = fields.iter().filter(|f| matches!(f.tag, "DB" | "DS" | "NO")).map(|f| f.text().to_lowercase());
    database.into_iter().any(|db| db.contains("pubmed") || db.contains("medline") || db.contains("pmid"))
}
