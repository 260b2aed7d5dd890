//! EndNote's import format, the descendant of Unix refer: `%` and one character, a space, the value; records separated by
//! blank lines, in EndNote's dialect begun by `%0` and the type.
//!
//! Left out as housekeeping: the label (`%F`) and attached files that are not addresses.

use super::draft::{Draft, Means};
use super::lines::{self, Dialect, Seen, Tagged};
use super::ris_tags::{self, Kind};
use crate::ingest::{Cut, Item, values};
use crate::record::Record;

/// Whether the text begins with fields of this format.
pub fn recognises(head: &str) -> bool {
    let Some(head) = super::candidate(head) else { return false };
    if !head.starts_with('%') {
        return false;
    }
    let mut tags: Vec<u8> = lines::lines(head.as_bytes())
        .filter_map(|range| Refer::tag(lines::without_mark(head.as_bytes().get(range).unwrap_or_default())))
        .take(200)
        .filter_map(|tagged| tagged.tag.first().copied())
        .collect();
    let first = Refer::tag(head.as_bytes().split(|b| matches!(b, b'\n' | b'\r')).next().unwrap_or_default()).is_some();
    tags.sort_unstable();
    tags.dedup();
    first && tags.len() >= 2 && tags.iter().any(|tag| matches!(tag, b'T' | b'A' | b'0' | b'E' | b'J' | b'X'))
}

/// Reads whole records; `first` is the number of the first one.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    super::read_records(bytes, first, lines::records::<Refer>, record, emit);
}

/// Cuts before the last record.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    lines::cut::<Refer>(bytes)
}

struct Refer;

impl Dialect for Refer {
    fn tag(line: &[u8]) -> Option<Tagged<'_>> {
        let tag =
            line.get(1..2).filter(|tag| line.first() == Some(&b'%') && tag[0].is_ascii_graphic() && tag[0] != b'%')?;
        matches!(line.get(2), None | Some(b' ' | b'\t')).then_some(Tagged { tag, value: 2 })
    }
    fn begins(tag: &[u8], seen: &Seen) -> bool {
        // Abstracts have blank lines too: after one, only what a record begins with begins one.
        tag == b"0" || seen.after_blank && seen.key && matches!(tag, b"A" | b"T" | b"E" | b"Q" | b"F" | b"L")
    }
    fn is_key(tag: &[u8]) -> bool {
        matches!(tag, b"T")
    }
}

/// What `%B`, `%S` and others mean depends on the type.
fn means(tag: char, kind: Kind) -> Option<Means> {
    use Means::*;
    let stands_alone = matches!(kind, Kind::Book | Kind::Thesis);
    Some(match tag {
        'A' => Creator(""),
        'Q' if kind == Kind::Other => Body(""),
        'Q' => OtherTitle,
        'B' if kind == Kind::Thesis => Note("Department"),
        'B' if stands_alone => Series,
        'B' => Container,
        'S' => Series,
        'C' => Place,
        'D' => Year,
        '8' => Date,
        'E' | 'Y' if kind == Kind::Thesis => Creator("ths"),
        'E' | 'Y' => Creator("edt"),
        '?' => Creator("trl"),
        'H' => Note("Translated author"),
        'G' => Language,
        'I' => Publisher,
        'J' => Container,
        'K' => Subjects,
        'L' => Note("Call number"),
        'M' => Note("Accession number"),
        'N' => Issue,
        'O' => Note(""),
        'P' => Pages,
        'R' => Doi,
        'T' => Title,
        '!' => WeakTitle,
        'U' => Url,
        'V' => Volume,
        'W' => Note("Database provider"),
        'X' => Abstract,
        'Z' => Note(""),
        '6' => Note("Number of volumes"),
        '7' => Edition,
        '9' => Note("Type of work"),
        '@' => Serial,
        '(' => Note("Original publication"),
        ')' => Note("Reprint edition"),
        '*' => Note("Reviewed item"),
        '+' => Joined("Address"),
        '^' => Note("Caption"),
        '<' => Note("Research notes"),
        '[' => Note("Accessed"),
        '~' => Joined("Database"),
        '&' => Note("Section"),
        'F' => Nothing,
        _ => return None,
    })
}

fn record(text: &str) -> Result<Record, String> {
    let fields = lines::fields::<Refer>(text);
    let name = fields.iter().find(|f| f.tag == "0").map(|f| f.text()).unwrap_or_default();
    let has = |tag: &str| fields.iter().any(|f| f.tag == tag);
    let (item_type, kind) = match kind(&name) {
        Some(known) => known,
        // Plain refer has no types: a journal or a book around it tells.
        None if has("J") => (Some("article-journal"), Kind::Article),
        None if has("B") => (Some("chapter"), Kind::Part),
        None if has("R") && !has("0") && has("I") => (Some("report"), Kind::Book),
        None if has("I") => (Some("book"), Kind::Book),
        None => (None, Kind::Other),
    };
    let mut draft = Draft::of(item_type, kind);
    for field in &fields {
        let Some(tag) = field.tag.chars().next() else { continue };
        let text = field.text();
        match (tag, means(tag, kind)) {
            ('0', _) => {}
            // A translated title in EndNote, a corporate author in plain refer.
            ('Q', _) if !has("A") && !has("E") => draft.add(field.tag, Means::Body(""), &text),
            ('K', _) => field.values().for_each(|line| subjects(&mut draft, line)),
            // In plain refer a report's number; EndNote's DOI.
            ('R', _) if values::doi(&text).is_none() => draft.note("Report number", &text),
            ('>', _) if text.starts_with("http") => draft.add(field.tag, Means::Url, &text),
            ('>', _) => {}
            ('M', _) if values::doi(&text).is_some() => draft.doi(&text),
            ('1'..='5' | '#' | '$', _) => draft.note(&format!("Custom {tag}"), &values::line(&text)),
            ('D', _) if text.split_whitespace().count() > 6 => draft.note("Date", &values::line(&text)),
            (_, Some(means)) => draft.add(field.tag, means, &text),
            (_, None) => draft.note(&format!("%{tag}"), &values::line(&text)),
        }
    }
    draft.finish()
}

/// Keywords of plain refer are separated by commas or white space, those of EndNote stand one a line.
fn subjects(draft: &mut Draft, line: &str) {
    let commas = line.matches(", ").count();
    if commas >= 2 && !line.contains([';', '/']) {
        line.split(", ").for_each(|word| draft.add("K", Means::Subject, word));
    } else {
        draft.add("K", Means::Subjects, line);
    }
}

fn kind(name: &str) -> Option<(Option<&'static str>, Kind)> {
    let csl = match name.trim().to_lowercase().as_str() {
        "" => return None,
        "generic" => return Some((None, Kind::Other)),
        "journal article" | "electronic article" => "article-journal",
        "book" | "edited book" | "electronic book" => "book",
        "serial" | "serial publication" => "periodical",
        "book section" | "electronic book section" | "chapter" => "chapter",
        "conference paper" | "conference proceedings" => "paper-conference",
        "report" | "government document" => "report",
        "thesis" => "thesis",
        "dictionary" => "entry-dictionary",
        "encyclopedia" => "entry-encyclopedia",
        "web page" | "electronic source" | "online multimedia" => "webpage",
        "blog" => "post-weblog",
        "personal communication" => "personal_communication",
        "legal rule or regulation" | "statute" => "legislation",
        "case" => "legal_case",
        "bill" => "bill",
        "unpublished work" | "manuscript" => "manuscript",
        "film or broadcast" | "audiovisual material" => "motion_picture",
        "artwork" => "graphic",
        "chart or table" | "figure" | "equation" => "figure",
        "online database" | "aggregated database" => "dataset",
        "music" => "musical_score",
        "standard" => "standard",
        "ancient text" | "classical work" => "classic",
        "grant" => "document",
        other => return Some(ris_tags::item_type(other).unwrap_or((None, Kind::Other))),
    };
    Some((Some(csl), ris_tags::kind_of(csl)))
}
