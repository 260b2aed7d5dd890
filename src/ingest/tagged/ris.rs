//! RIS, as every reference manager and most databases export it, in the dialects that are really met.
//!
//! Tolerated: missing or decorated end tags, records without a type, blank lines and untagged lines inside values, odd spaces
//! and tabs around the hyphen, numbers and headers of databases between records, fields after the end tag, types that are
//! repeated or stand in the middle of a record. An untagged line goes on with the value above it; below `KW` it is a keyword
//! of its own. Tags nobody knows become notes under their own name.
//!
//! Left out as housekeeping: `ID`, `LB` (labels of reference managers), `RP` when it says whether a copy is in the file.

use std::ops::Range;

use super::draft::{Draft, Means};
use super::lines::{self, Field, Tagged};
use super::ris_tags::{self, Kind};
use crate::ingest::{Cut, Item, values};
use crate::record::Record;

/// Whether the text begins like RIS: a type and another field, or some well-known fields and an end tag.
pub fn recognises(head: &str) -> bool {
    let Some(head) = super::candidate(head) else { return false };
    let (mut others, mut known, mut has_type, mut has_end) = (0, 0, false, false);
    for (i, range) in lines::lines(head.as_bytes()).enumerate() {
        let line = head.as_bytes().get(range).unwrap_or_default();
        match tagged(lines::without_mark(line)) {
            Some(Tagged { tag, .. }) => match upper(tag) {
                [b'T', b'Y'] => has_type = true,
                [b'E', b'R'] => has_end = true,
                tag => {
                    known += usize::from(ris_tags::is_common(tag));
                    others += 1;
                }
            },
            // Headers of databases stand before the first record, not whole texts.
            None if !has_type && others == 0 && i > 60 => return false,
            None => {}
        }
        if has_type && (others >= 1 || has_end) || has_end && known >= 3 {
            return true;
        }
    }
    false
}

/// Reads whole records; `first` is the number of the first one.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    super::read_records(bytes, first, divide, record, emit);
}

/// Cuts before the last record that is not known to be complete.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    let mut count = 0;
    let end = divide(bytes, false, &mut |_| count += 1);
    (count > 0 && end > 0).then_some(Cut { end, count })
}

fn upper(tag: &[u8]) -> [u8; 2] {
    [tag.first().copied().unwrap_or(0).to_ascii_uppercase(), tag.get(1).copied().unwrap_or(0).to_ascii_uppercase()]
}

/// The tag of a line: `TY  - `, also with other white space, an en dash, in small letters where the spaces are right.
pub(super) fn tagged(line: &[u8]) -> Option<Tagged<'_>> {
    let indent = line.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    if indent > 3 {
        return None;
    }
    let rest = line.get(indent..)?;
    let tag = rest.get(..2)?;
    // The one tag of three letters is the Cochrane Library's.
    if rest.starts_with(b"DOI - ") {
        return Some(Tagged { tag, value: indent + 5 });
    }
    let small = tag.iter().any(u8::is_ascii_lowercase);
    if !tag[0].is_ascii_alphabetic() || !tag[1].is_ascii_alphanumeric() {
        return None;
    }
    let mut at = 2;
    let mut spaces = 0;
    loop {
        match rest.get(at..) {
            Some([b' ', ..]) => (at, spaces) = (at + 1, spaces + 1),
            Some([b'\t', ..]) => (at, spaces) = (at + 1, spaces + 2),
            Some([0xc2, 0xa0, ..]) => (at, spaces) = (at + 2, spaces + 1),
            _ => break,
        }
    }
    if spaces == 0 && rest.len() == 2 && tag == b"ER" {
        return Some(Tagged { tag, value: line.len() });
    }
    at += match rest.get(at..) {
        Some([b'-', ..]) => 1,
        Some([0xe2, 0x80, 0x93, ..]) => 3,
        _ => return None,
    };
    let ended = rest.get(at..).is_none_or(|rest| matches!(rest, [] | [b' ' | b'\t', ..] | [0xc2, 0xa0, ..]));
    let usual = spaces == 2 && !matches!(rest.get(at), Some(b'-'));
    let known = ris_tags::is_common(upper(tag)) || matches!(upper(tag), [b'T', b'Y'] | [b'E', b'R']);
    let fits = if small { usual && ended && known } else { usual || ended && (spaces >= 2 || known) };
    (fits && spaces <= 6).then_some(Tagged { tag, value: indent + at })
}

/// A stretch of lines that may be a record, or a part of one.
#[derive(Debug)]
struct Stretch {
    range: Range<usize>,
    /// It begins with a type.
    typed: bool,
    /// It has a title or an author.
    named: bool,
    /// It has an abstract.
    text: bool,
    ended: bool,
}

impl Stretch {
    fn new(at: usize) -> Self {
        Stretch { range: at..at, typed: false, named: false, text: false, ended: false }
    }

    /// Whether what follows is a part of this record: fields after the end tag, a type in the middle of a record.
    fn goes_on_in(&self, next: &Stretch) -> bool {
        match next.typed {
            false => !next.named && !next.text,
            true => !(self.ended || self.named && next.named),
        }
    }
}

/// Finds records, as [`lines::records`] does. A type begins one, an end tag ends it; where one of them is missing, titles and
/// authors tell whether a stretch of fields is a record.
fn divide(bytes: &[u8], at_end: bool, each: &mut dyn FnMut(Range<usize>)) -> usize {
    let (mut held, mut current): (Option<Stretch>, Option<Stretch>) = (None, None);
    let mut close = |stretch: Stretch, held: &mut Option<Stretch>| match held {
        Some(record) if record.goes_on_in(&stretch) => {
            record.named |= stretch.named;
            record.text |= stretch.text;
            record.ended |= stretch.ended;
            record.range.end = stretch.range.end;
        }
        _ => {
            if let Some(record) = held.replace(stretch) {
                each(record.range);
            }
        }
    };
    for range in lines::lines(bytes) {
        let line = bytes.get(range.clone()).unwrap_or_default();
        let Some(Tagged { tag, .. }) = tagged(lines::without_mark(line)) else { continue };
        let tag = upper(tag);
        let begins = &tag == b"TY" || current.as_ref().is_none_or(|c| c.ended && &tag != b"ER");
        if begins {
            if let Some(mut done) = current.take() {
                done.range.end = range.start;
                close(done, &mut held);
            }
            current = Some(Stretch::new(range.start));
        }
        if let Some(stretch) = &mut current {
            stretch.typed |= &tag == b"TY";
            stretch.ended |= &tag == b"ER";
            stretch.named |= matches!(&tag, b"TI" | b"T1" | b"CT" | b"ST" | b"AU" | b"A1" | b"BT");
            stretch.text |= matches!(&tag, b"AB" | b"N2");
        }
    }
    if at_end {
        if let Some(mut last) = current.take() {
            last.range.end = bytes.len();
            close(last, &mut held);
        }
        if let Some(record) = held.take() {
            each(record.range);
        }
        return bytes.len();
    }
    held.or(current).map_or(0, |stretch| stretch.range.start)
}

struct Ris;

impl lines::Dialect for Ris {
    fn tag(line: &[u8]) -> Option<Tagged<'_>> {
        tagged(line)
    }
    fn begins(_: &[u8], _: &lines::Seen) -> bool {
        false
    }
    fn is_key(_: &[u8]) -> bool {
        false
    }
}

fn record(text: &str) -> Result<Record, String> {
    let mut fields = lines::fields::<Ris>(text);
    if let Some(record) = own(&fields) {
        return Ok(record);
    }
    without_numbers(&mut fields);
    let types = fields.iter().filter(|f| f.tag.eq_ignore_ascii_case("TY")).map(Field::text);
    let (mut item_type, mut kind, mut unknown) = (None, Kind::Other, None);
    for name in types.filter(|name| !name.is_empty()) {
        match ris_tags::item_type(&name) {
            Some((csl, of)) => (item_type, kind) = (csl, of),
            None => unknown = Some(name),
        }
    }
    let mut draft = Draft::of(item_type, kind);
    if let (Some(name), None) = (unknown, item_type) {
        draft.note("Type", &name);
    }
    let nlm = is_of_nlm(&fields);
    let mut ended = false;
    for field in &fields {
        let tag = field.tag.to_ascii_uppercase();
        if tag == "TY" || tag == "ER" {
            ended |= tag == "ER";
            tail(&mut draft, field.lines.get(1..).unwrap_or_default());
            continue;
        }
        if ended {
            draft_field(&mut draft, &tag, field.lines.first().copied().unwrap_or_default(), kind, nlm);
            tail(&mut draft, field.lines.get(1..).unwrap_or_default());
        } else if tag == "KW" {
            field.values().for_each(|line| draft.add(&tag, Means::Subjects, line));
        } else {
            draft_field(&mut draft, &tag, &field.text(), kind, nlm);
        }
    }
    if draft.record.item_type.is_none() && draft.has_container() && draft.has_pages() {
        draft.record.item_type = Some("article-journal".to_owned());
        draft.stands_in = true;
    }
    draft.finish()
}

/// A record that this library has written.
fn own(fields: &[Field<'_>]) -> Option<Record> {
    // The provider of the database stands in the last line but one.
    if !fields.iter().rev().take(2).any(|field| field.tag == "DP") {
        return None;
    }
    let texts: Vec<String> = fields.iter().map(Field::text).collect();
    crate::export::ris::recover(fields.iter().zip(&texts).map(|(field, text)| (field.tag, text.as_str())))
}

fn draft_field(draft: &mut Draft, tag: &str, text: &str, kind: Kind, nlm: bool) {
    let text = text.trim();
    if text.is_empty() {
        return;
    }
    let digits = (6..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    match tag {
        "AN" | "C5" if nlm && digits => draft.add(tag, Means::Pmid, text),
        "C2" if digits => draft.add(tag, Means::Pmid, text),
        "AN" | "C2" if values::pmcid(text).is_some() => draft.add(tag, Means::Pmcid, text),
        "ID" | "LB" => {}
        "RP" if matches!(text, "IN FILE" | "NOT IN FILE") || text.starts_with("ON REQUEST") => {}
        "M1" if kind == Kind::Article && !draft.has_issue() && text.len() <= 4 && digits_only(text) && text != "0" => {
            draft.add(tag, Means::Issue, text);
        }
        "M1" if digits_only(text) => draft.note("Number", text),
        "M3" if draft.record.item_type.is_none() && values::item_type(text).is_some() => {
            draft.record.item_type = values::item_type(text).map(str::to_owned);
        }
        "C7" if text.contains(' ') => draft.note("C7", text),
        "JO" if text.contains('.') => draft.add(tag, Means::ShortContainer, text),
        "JO" => draft.add(tag, Means::WeakContainer, text),
        // The Cochrane Library's tags for the source and the numbers of other databases.
        "SO" if !text.contains(';') && values::year(text).is_none() => draft.add(tag, Means::WeakContainer, text),
        "SO" => draft.note("Source", &values::line(text)),
        "PM" if values::pmid(text.trim_start_matches("PUBMED ")).is_none() => draft.note("Number", text),
        "PM" => draft.add(tag, Means::Pmid, text.trim_start_matches("PUBMED ")),
        "L1" | "L4" if !text.starts_with("http") => draft.note("File", text),
        _ => match ris_tags::means(tag, kind) {
            Some(means) => draft.add(tag, means, text),
            None => draft.note(tag, &values::line(text)),
        },
    }
}

fn digits_only(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether the record's number in the database is that of PubMed.
fn is_of_nlm(fields: &[Field<'_>]) -> bool {
    fields.iter().any(|field| {
        let text = || field.lines.first().copied().unwrap_or_default().to_lowercase();
        match upper(field.tag.as_bytes()) {
            [b'D', b'B'] => text().contains("pubmed") || text().contains("medline"),
            [b'D', b'P'] => text() == "nlm",
            [b'U', b'R'] => {
                let text = text();
                text.contains("nlm.nih.gov/pubmed") || text.contains("pubmed.ncbi.nlm.nih.gov")
            }
            _ => false,
        }
    })
}

/// Lines after the end of a record: headers and numbers of the next one are nothing, links and the like are notes.
fn tail(draft: &mut Draft, lines: &[&str]) {
    for line in lines.iter().filter(|line| !line.is_empty()) {
        let header = ["Record #", "Provider:", "Content:", "Database:"].iter().any(|h| line.starts_with(h));
        if !header && !is_number(line) && line.bytes().filter(u8::is_ascii_alphabetic).count() >= 3 {
            draft.note("", &values::line(line));
        }
    }
}

/// The number that some databases print above a record.
fn is_number(line: &str) -> bool {
    let digits = line.trim_end_matches('.');
    digits.len() < line.len() && !digits.is_empty() && digits.len() <= 7 && digits_only(digits)
}

/// The number of the next record is not the end of this one's last value.
fn without_numbers(fields: &mut [Field<'_>]) {
    let Some(last) = fields.last_mut() else { return };
    if matches!(last.lines.as_slice(), [.., "", number] if is_number(number)) {
        last.lines.truncate(last.lines.len() - 2);
    }
}
