//! SilverPlatter's text (WinSPIRS, and INSPEC and EI as they print alike): two capitals and a colon, or the field's full name
//! and a colon; records numbered `Record 1 of 20 - HMIC 1979-2002/11`, or divided by empty lines.
//!
//! HMIC and its relatives came on SilverPlatter's discs through the nineties. Words of names, headings and journals are bound
//! with hyphens there (`Mays,-Nicholas`, `GENERAL-PRACTICE`), which are resolved. The fields mean what they mean to Ovid, who
//! took the company over; the same is left out as there.

use super::draft::{Draft, Means};
use super::lines::{self, Dialect, Seen, Tagged};
use super::ris_tags::Kind;
use super::{ovid, ovid_source};
use crate::ingest::{Cut, Item, values};
use crate::record::Record;

/// Whether the text begins with a numbered record, or with tags: a title among them, and an author, source or year.
pub fn recognises(head: &str) -> bool {
    let Some(head) = super::candidate(head) else { return false };
    let (mut header, mut title, mut telling, mut known) = (false, false, false, 0);
    let lines = lines::lines(head.as_bytes()).map(|range| head.as_bytes().get(range).unwrap_or_default());
    for (i, line) in lines.map(lines::without_mark).filter(|line| !lines::is_blank(line)).take(80).enumerate() {
        match SilverPlatter::tag(line) {
            Some(Tagged { tag: b"<", .. }) => header = true,
            // Full names before a colon stand in many texts; only a numbered record makes them fields.
            Some(Tagged { tag, .. }) if header || tag.len() == 2 => {
                let name = std::str::from_utf8(tag).unwrap_or_default().to_lowercase();
                title |= matches!(name.as_str(), "ti" | "title");
                telling |= matches!(name.as_str(), "au" | "so" | "py" | "author(s)" | "authors" | "source");
                known += usize::from(means(&name).is_some());
            }
            _ if i == 0 => return false,
            _ => {}
        }
        if title && telling && known >= 3 {
            return true;
        }
    }
    false
}

/// Reads whole records; `first` is the number of the first one.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    super::read_records(bytes, first, lines::records::<SilverPlatter>, record, emit);
}

/// Cuts before the last record.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    lines::cut::<SilverPlatter>(bytes)
}

struct SilverPlatter;

impl Dialect for SilverPlatter {
    fn tag(line: &[u8]) -> Option<Tagged<'_>> {
        if let Some(value) = header(line) {
            return Some(Tagged { tag: b"<", value });
        }
        let end = line.iter().take(40).position(|b| *b == b':')?;
        let name = line.get(..end)?;
        let spaced = matches!(line.get(end + 1), None | Some(b' ' | b'\t'));
        let short = matches!(name, [a, b] if a.is_ascii_uppercase() && (b.is_ascii_uppercase() || b.is_ascii_digit()));
        let full = || name.len() > 3 && std::str::from_utf8(name).is_ok_and(|name| means(name).is_some());
        (spaced && (short || full())).then_some(Tagged { tag: name, value: end + 1 })
    }
    fn begins(tag: &[u8], seen: &Seen) -> bool {
        tag == b"<" || Self::is_key(tag) && seen.key || {
            seen.after_blank && seen.key && matches!(tag, b"AU" | b"DN" | b"AN" | b"UI" | b"CA")
        }
    }
    fn is_key(tag: &[u8]) -> bool {
        matches!(tag, b"TI" | b"Title" | b"TITLE")
    }
}

/// `Record 1 of 20 - HMIC 1979-2002/11`: where the name of the database begins.
fn header(line: &[u8]) -> Option<usize> {
    let rest = line.strip_prefix(b"Record ")?;
    let digits = |bytes: &[u8]| bytes.iter().take(8).take_while(|b| b.is_ascii_digit()).count();
    let first = digits(rest);
    let of = rest.get(first..)?.strip_prefix(b" of ")?;
    let last = digits(of);
    let after = of.get(last..)?;
    let fits = first > 0 && last > 0 && (after.trim_ascii().is_empty() || after.starts_with(b" - "));
    fits.then_some(line.len() - after.strip_prefix(b" - ").unwrap_or(b"").len())
}

fn means(name: &str) -> Option<Means> {
    Some(match name.to_lowercase().as_str() {
        "dn" => Means::Joined("Database"),
        "id" => Means::Subjects,
        "rt" => Means::Joined("Publication type"),
        "af" | "cs" => Means::Joined("Address"),
        "cl" | "cc" => Means::Note("Classification"),
        "be" => Means::Creator("edt"),
        lower => return ovid::means(lower),
    })
}

fn record(text: &str) -> Result<Record, String> {
    let fields = lines::fields::<SilverPlatter>(text);
    let mut draft = Draft::of(None, Kind::Article);
    let mut item_type = None;
    for field in &fields {
        let tag = field.tag.to_lowercase();
        let text = field.text();
        match (tag.as_str(), means(&tag)) {
            ("<", _) => draft.add("DB", Means::Joined("Database"), &text),
            ("so" | "source", _) => ovid_source::add(&mut draft, &source(&text)),
            (_, Some(Means::Creator(role))) => {
                text.split(';').for_each(|name| draft.add(&tag, Means::Creator(role), &unbound_name(name)));
            }
            (_, Some(Means::Subjects)) => text.split(if text.contains(';') { ';' } else { ',' }).for_each(|heading| {
                let heading = heading.trim().trim_matches('-');
                let text = if heading.contains(' ') { heading.to_owned() } else { heading.replace('-', " ") };
                draft.add(&tag, Means::Subject, &ovid::heading(&text));
            }),
            (_, Some(Means::Joined("Publication type"))) => {
                ovid::publication_types(&mut draft, &text, &mut item_type);
            }
            (_, Some(means)) => draft.add(&tag, means, &text),
            (_, None) => draft.note(field.tag, &values::line(&text)),
        }
    }
    ovid::finish(draft, item_type)
}

/// A source with the hyphens of the journal's title resolved: `Health-Service-Journal. 1996; 106: 24-5`.
fn source(text: &str) -> String {
    match text.split_once(". ") {
        Some((journal, rest)) if !journal.trim().contains(' ') => format!("{}. {rest}", journal.replace('-', " ")),
        _ => text.to_owned(),
    }
}

/// `Mays,-Nicholas` → `Mays, Nicholas`; initials too: `Smith,-J-A` → `Smith, J A`.
fn unbound_name(name: &str) -> String {
    let Some((family, given)) = name.trim().split_once(",-") else { return name.trim().to_owned() };
    let initials = given.split('-').all(|part| part.trim_end_matches('.').chars().count() <= 1);
    let given = if initials { given.replace('-', " ") } else { given.to_owned() };
    format!("{}, {given}", family.replace('-', " ").replace("  ", " "))
}
