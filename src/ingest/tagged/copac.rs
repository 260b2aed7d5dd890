//! Copac's text format and that of catalogues that print like it: two capitals, a hyphen, a space (`TI- `), continuation lines
//! indented; a title begins a record. Places and publishers stand together in one imprint.
//!
//! Left out: nothing but the medium of delivery codes (`DT`), which only say how a file can be had.

use super::draft::{Draft, Means};
use super::lines::{self, Dialect, Seen, Tagged};
use super::ris_tags::Kind;
use crate::ingest::{Cut, Item, values};
use crate::record::Record;

/// Whether the text begins with fields of this format: a title and others.
pub fn recognises(head: &str) -> bool {
    let Some(head) = super::candidate(head) else { return false };
    let (mut title, mut others) = (false, 0);
    for (i, range) in lines::lines(head.as_bytes()).enumerate() {
        let line = head.as_bytes().get(range).unwrap_or_default();
        match Copac::tag(lines::without_mark(line)).map(|t| t.tag) {
            Some(b"TI") => title = true,
            Some(tag) => others += usize::from(means(std::str::from_utf8(tag).unwrap_or_default()).is_some()),
            // Continuation lines are indented; a text that only has such a line somewhere is something else.
            None if i < 3 && others == 0 && !title && !lines::is_blank(line) => return false,
            None => {}
        }
        if title && others >= 2 {
            return true;
        }
    }
    false
}

/// Reads whole records; `first` is the number of the first one.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    super::read_records(bytes, first, lines::records::<Copac>, record, emit);
}

/// Cuts before the last record.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    lines::cut::<Copac>(bytes)
}

struct Copac;

impl Dialect for Copac {
    fn tag(line: &[u8]) -> Option<Tagged<'_>> {
        let tag = line.get(..2).filter(|tag| tag.iter().all(u8::is_ascii_uppercase))?;
        let fits = line.get(2) == Some(&b'-') && matches!(line.get(3), None | Some(b' ' | b'\t'));
        fits.then_some(Tagged { tag, value: 3 })
    }
    fn begins(tag: &[u8], seen: &Seen) -> bool {
        // Some records name the author first.
        tag == b"TI" && seen.key || seen.after_blank && seen.key && matches!(tag, b"AU" | b"BN" | b"RN")
    }
    fn is_key(tag: &[u8]) -> bool {
        tag == b"TI"
    }
}

fn means(tag: &str) -> Option<Means> {
    use Means::*;
    Some(match tag {
        "TI" => Title,
        "UT" | "AT" | "VT" => OtherTitle,
        "AU" => Creator(""),
        "CA" => Body(""),
        "ED" => Edition,
        "SE" => Series,
        "PU" => Imprint,
        "PY" => Year,
        "PD" => Extent,
        "IS" | "IB" => Serial,
        "NT" => Note(""),
        "AB" => Abstract,
        "KW" | "SU" => Subjects,
        "LA" => Language,
        "UR" => Url,
        "DO" => Doi,
        "BN" => Note("National bibliography number"),
        "CL" | "SH" => Note("Classification"),
        "HL" => Note("Held by"),
        "MD" => Note("Medium"),
        "DT" => Nothing,
        _ => return None,
    })
}

fn record(text: &str) -> Result<Record, String> {
    let fields = lines::fields::<Copac>(text);
    let mut draft = Draft::of(Some("book"), Kind::Book);
    for (tag, text) in super::texts(&fields) {
        match means(&tag) {
            // Concepts of a chain index: "Hospitals, London, Records management".
            Some(Means::Subjects) if text.matches(", ").count() >= 2 => {
                text.split(", ").for_each(|word| draft.add(&tag, Means::Subject, word));
            }
            Some(means) => draft.add(&tag, means, &text),
            None => draft.note(&tag, &values::line(&text)),
        }
    }
    draft.finish()
}
