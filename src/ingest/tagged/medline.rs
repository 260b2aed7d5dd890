//! PubMed's text format (MEDLINE display, `.nbib`): tags of up to four letters, a hyphen in the fifth column, values from the
//! seventh one, continuation lines indented.
//!
//! Left out as housekeeping: owner, status and subset of the record, entry and revision dates, the journal's NLM number,
//! publication history, the source line (everything in it has its own field).

use super::clean;
use super::draft::{Draft, Means};
use super::lines::{self, Dialect, Seen, Tagged};
use super::ris_tags::Kind;
use crate::ingest::{Cut, Item, values};
use crate::record::Record;

/// Whether the text begins like PubMed's format: the record's number and other fields, or several tags nothing else has.
pub fn recognises(head: &str) -> bool {
    let Some(head) = super::candidate(head) else { return false };
    let (mut number, mut own, mut others) = (false, 0, 0);
    for (i, range) in lines::lines(head.as_bytes()).enumerate() {
        let line = head.as_bytes().get(range).unwrap_or_default();
        match Medline::tag(lines::without_mark(line)).map(|t| t.tag) {
            Some(b"TY" | b"PT" | b"FN" | b"VN") if others == 0 && own == 0 => return false,
            Some(b"PMID") => number = true,
            Some(
                b"OWN" | b"STAT" | b"FAU" | b"DCOM" | b"EDAT" | b"MHDA" | b"CRDT" | b"PST" | b"PHST" | b"JID" | b"AID",
            ) => own += 1,
            Some(_) => others += 1,
            None if i > 40 && others + own == 0 && !number => return false,
            None => {}
        }
        if number && own + others >= 1 || own >= 3 {
            return true;
        }
    }
    false
}

/// Reads whole records; `first` is the number of the first one.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    super::read_records(bytes, first, lines::records::<Medline>, record, emit);
}

/// Cuts before the last record.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    lines::cut::<Medline>(bytes)
}

struct Medline;

impl Dialect for Medline {
    fn tag(line: &[u8]) -> Option<Tagged<'_>> {
        let letters = line.iter().take(4).take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit()).count();
        let tag = line.get(..letters).filter(|tag| letters >= 2 && tag[0].is_ascii_uppercase())?;
        let spaces = line.get(letters..)?.iter().take_while(|b| **b == b' ').count();
        let hyphen = letters + spaces;
        if line.get(hyphen) != Some(&b'-') || hyphen > 5 {
            return None;
        }
        let spaced = matches!(line.get(hyphen + 1), None | Some(b' ' | b'\t'));
        // `TI-` is not padded to four columns, a word with a hyphen is not a tag.
        (spaced || tag == b"PMID" || hyphen == 4 && spaces > 0).then_some(Tagged { tag, value: hyphen + 1 })
    }
    fn begins(tag: &[u8], seen: &Seen) -> bool {
        tag == b"PMID" && seen.any
            || seen.after_blank
                && seen.key
                && matches!(tag, b"UI" | b"OWN" | b"STAT" | b"TI" | b"FAU" | b"AU" | b"IS" | b"DA")
    }
    fn is_key(tag: &[u8]) -> bool {
        matches!(tag, b"PMID" | b"TI" | b"UI")
    }
}

fn means(tag: &str) -> Option<Means> {
    use Means::*;
    Some(match tag {
        "PMID" | "UI" => Pmid,
        "PMC" => Pmcid,
        "LID" | "AID" => Identifier("Identifier"),
        "TI" => Title,
        "TT" => OtherTitle,
        "BTI" => Container,
        "JT" => Container,
        "TA" => ShortContainer,
        "CTI" => Series,
        "VTI" => Note("Volume title"),
        "FAU" => Creator(""),
        "AU" => ShortAuthor,
        "FED" => Creator("edt"),
        "CN" => Body(""),
        "IRAD" | "IR" | "FIR" => Joined("Investigators"),
        "AD" => Joined("Address"),
        "AUID" => Joined("Author identifiers"),
        "DP" => Year,
        "DEP" => Note("Published online"),
        "AB" => Abstract,
        "OAB" => Note("Other abstract"),
        "OABL" => Note("Language of other abstract"),
        "CI" | "OCI" => Rights,
        "MH" | "OT" | "FPS" | "KW" => Subject,
        "NM" => Joined("Substances"),
        "RN" => Joined("Registry numbers"),
        "GS" => Joined("Genes"),
        "GR" => Joined("Funding"),
        "SI" => Joined("Secondary source"),
        "PL" => Place,
        "PB" => Publisher,
        "EN" => Edition,
        "CP" => Note("Chapter"),
        "IS" | "ISBN" => Serial,
        "VI" => Volume,
        "IP" => Issue,
        "PG" => Pages,
        "LA" => Language,
        "GN" => Note(""),
        "SFM" => Note("Space flight mission"),
        "COIS" => Note("Conflict of interest"),
        "CON" => Note("Comment on"),
        "CIN" => Note("Comment in"),
        "EFR" => Note("Erratum for"),
        "EIN" => Note("Erratum in"),
        "RIN" => Note("Retraction in"),
        "ROF" => Note("Retraction of"),
        "RPF" => Note("Republished from"),
        "RPI" => Note("Republished in"),
        "UIN" => Note("Update in"),
        "UOF" => Note("Update of"),
        "SPIN" => Note("Summary for patients in"),
        "ORI" => Note("Original report in"),
        "ECI" | "ECF" => Note("Expression of concern"),
        "OWN" | "STAT" | "DA" | "DCOM" | "LR" | "JID" | "SB" | "OTO" | "EDAT" | "MHDA" | "CRDT" | "PST" | "PHST"
        | "PUBM" | "SO" | "NR" | "RF" | "PMCR" | "CDAT" | "CTDT" | "DRDT" | "MID" | "PS" | "ED" => Nothing,
        _ => return None,
    })
}

fn record(text: &str) -> Result<Record, String> {
    let fields = lines::fields::<Medline>(text);
    let mut draft = Draft::of(None, Kind::Article);
    let (mut item_type, mut full_editors, mut full_subjects, mut book) = (None, false, false, false);
    for (tag, text) in super::texts(&fields) {
        full_editors |= tag == "FED";
        full_subjects |= tag == "FPS";
        book |= tag == "BTI";
        match tag.as_str() {
            "PT" => match publication_type(&text) {
                Some(csl) => {
                    item_type.get_or_insert(csl);
                }
                None if text == "Journal Article" => {}
                None => draft.add(&tag, Means::Joined("Publication type"), &text),
            },
            "AB" => {
                let (text, rights) = clean::without_copyright(&text);
                draft.add(&tag, Means::Abstract, text);
                draft.add(&tag, Means::Rights, rights);
            }
            _ => match means(&tag) {
                Some(means) => draft.add(&tag, means, &text),
                None => draft.note(&tag, &values::line(&text)),
            },
        }
    }
    for (tag, text) in super::texts(&fields) {
        match tag.as_str() {
            "ED" if !full_editors && values::year(&text).is_none() => draft.add(&tag, Means::Creator("edt"), &text),
            "PS" if !full_subjects => draft.add(&tag, Means::Subject, &text),
            // A book without chapters has no title of its own kind.
            "BTI" if !draft.has_title() => {
                draft.add(&tag, Means::Title, &text);
                item_type = Some("book");
            }
            _ => {}
        }
    }
    let whole_book = item_type == Some("book");
    let item_type = item_type.unwrap_or(if book { "chapter" } else { "article-journal" });
    draft.record.item_type = Some(item_type.to_owned());
    let mut record = draft.finish()?;
    if whole_book && record.container.as_ref().is_some_and(|c| c.title == record.title) {
        record.container = None;
    }
    Ok(record)
}

fn publication_type(text: &str) -> Option<&'static str> {
    Some(match text {
        "Book" | "Monograph" => "book",
        "Book Chapter" | "Chapter" => "chapter",
        "Technical Report" | "Government Publication" => "report",
        "Preprint" => "article",
        "Newspaper Article" => "article-newspaper",
        "Academic Dissertation" => "thesis",
        "Dataset" => "dataset",
        _ => return None,
    })
}
