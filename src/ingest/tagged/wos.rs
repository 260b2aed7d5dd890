//! Web of Science's own tagged format: two letters and a space, continuation lines indented by three, `PT` begins a record,
//! `ER` ends it, `EF` ends the file.
//!
//! Authors stand one a line; titles in capitals stay so, because nothing tells names from words. Left out as housekeeping:
//! counts of citations, uses and pages of references, the date of export, checked-status of records.

use super::draft::{Draft, Means};
use super::lines::{self, Dialect, Field, Seen, Tagged};
use super::ris_tags::Kind;
use crate::ingest::{Cut, Item, values};
use crate::record::Record;

/// Whether the text begins with the file's header, or with a record's type and other fields.
pub fn recognises(head: &str) -> bool {
    let Some(head) = super::candidate(head) else { return false };
    let mut tags = lines::lines(head.as_bytes())
        .filter_map(|range| Wos::tag(lines::without_mark(head.as_bytes().get(range).unwrap_or_default())))
        .map(|tagged| tagged.tag);
    let header = head.starts_with("FN ") || head.starts_with("VR 1.0");
    let first = head.lines().next().unwrap_or_default().trim_end();
    let typed = matches!(first, "PT J" | "PT B" | "PT S" | "PT P" | "PT C" | "PT Journal" | "PT Book" | "PT Patent");
    (header || typed) && tags.any(|tag| matches!(tag, b"AU" | b"TI" | b"SO" | b"AF" | b"BA" | b"BE"))
}

/// Reads whole records; `first` is the number of the first one.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    super::read_records(bytes, first, lines::records::<Wos>, record, emit);
}

/// Cuts before the last record.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    lines::cut::<Wos>(bytes)
}

struct Wos;

impl Dialect for Wos {
    fn tag(line: &[u8]) -> Option<Tagged<'_>> {
        let tag = line.get(..2)?;
        let fits = tag[0].is_ascii_uppercase() && (tag[1].is_ascii_uppercase() || tag[1].is_ascii_digit());
        let header = matches!(tag, b"FN" | b"VR" | b"EF");
        (fits && !header && matches!(line.get(2), None | Some(b' ' | b'\t'))).then_some(Tagged { tag, value: 2 })
    }
    fn begins(tag: &[u8], _: &Seen) -> bool {
        tag == b"PT"
    }
    fn ends(tag: &[u8]) -> bool {
        tag == b"ER"
    }
    fn is_key(tag: &[u8]) -> bool {
        tag == b"TI"
    }
}

fn means(tag: &str) -> Option<Means> {
    use Means::*;
    Some(match tag {
        "TI" => Title,
        "FT" => OtherTitle,
        "SO" => Container,
        "JI" | "J9" => ShortContainer,
        "SE" | "BS" => Series,
        "AU" | "BA" => ShortAuthor,
        "AF" | "BF" => Creator(""),
        "BE" | "ED" => Creator("edt"),
        "CA" | "GP" => Body(""),
        "PY" => Year,
        "PD" => Date,
        "EA" => Note("Early access"),
        "AB" => Abstract,
        "DE" | "ID" => Subjects,
        "MA" => Note("Meeting abstract"),
        "PU" => Publisher,
        "PI" => Place,
        "PA" => Note("Publisher address"),
        "VL" => Volume,
        "IS" => Issue,
        "BP" => FirstPage,
        "EP" => LastPage,
        "AR" => ArticleNumber,
        "SN" | "EI" | "BN" => Serial,
        "DI" => Doi,
        "D2" => Note("DOI of the book"),
        "PM" => Pmid,
        "LA" => Language,
        "C1" | "C3" => Joined("Address"),
        "RP" => Note("Reprint address"),
        "EM" => Joined("E-mail"),
        "RI" | "OI" => Joined("Author identifiers"),
        "FU" | "FX" => Note("Funding"),
        "WC" => Joined("Web of Science category"),
        "SC" => Joined("Research area"),
        "DT" => Note("Document type"),
        "SI" => Note("Special issue"),
        "SU" => Note("Supplement"),
        "PN" => Note("Part"),
        "CT" => Note("Conference"),
        "CY" => Note("Conference date"),
        "CL" => Note("Conference place"),
        "HO" => Note("Conference host"),
        "SP" => Note("Conference sponsor"),
        "UT" => Note("Accession number"),
        "OA" => Note("Open access"),
        "CR" => Note("References"),
        "NR" | "TC" | "Z9" | "Z1" | "Z2" | "Z3" | "Z4" | "Z8" | "ZB" | "ZR" | "ZS" | "ZA" | "U1" | "U2" | "PG"
        | "GA" | "DA" | "ER" | "HC" | "HP" | "P2" | "WE" | "PT" => Nothing,
        _ => return None,
    })
}

fn record(text: &str) -> Result<Record, String> {
    let fields = lines::fields::<Wos>(text);
    let value = |tag: &str| fields.iter().find(|f| f.tag == tag).map(Field::text).unwrap_or_default();
    let (publication, document) = (value("PT"), value("DT").to_lowercase());
    let item_type = if document.contains("book chapter") {
        "chapter"
    } else if document.contains("proceedings paper") || publication == "C" {
        if publication == "J" { "article-journal" } else { "paper-conference" }
    } else {
        match publication.as_str() {
            "B" | "Book" if !fields.iter().any(|f| f.tag == "SO" && f.text() != value("TI")) || document == "book" => {
                "book"
            }
            "B" | "Book" => "chapter",
            "S" => "paper-conference",
            "P" | "Patent" => "patent",
            _ => "article-journal",
        }
    };
    let mut draft = Draft::of(Some(item_type), if item_type == "book" { Kind::Book } else { Kind::Article });
    for field in &fields {
        let one_a_line = matches!(field.tag, "AU" | "AF" | "BA" | "BF" | "BE" | "ED" | "CA" | "GP" | "CR" | "C1");
        match means(field.tag) {
            Some(Means::Container) if item_type == "book" => draft.add(field.tag, Means::WeakTitle, &field.text()),
            Some(Means::Note(label)) if one_a_line => {
                let all: Vec<&str> = field.values().collect();
                draft.note(label, &all.join("; "));
            }
            Some(means) if one_a_line => field.values().for_each(|line| draft.add(field.tag, means, line)),
            Some(means) => draft.add(field.tag, means, &field.text()),
            None => draft.note(field.tag, &values::line(&field.text())),
        }
    }
    draft.finish()
}
