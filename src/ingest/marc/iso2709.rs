//! MARC in its exchange form (ISO 2709), read so that a wrong number in a record costs as little as possible.
//!
//! A record ends at its terminator, whatever its leader says, and a field at its terminator, whatever the directory says:
//! lengths are used where they agree with the terminators, and to tell which field is which where they do not. Text is UTF-8
//! where it is valid UTF-8, whatever the leader says; else MARC-8 or a legacy encoding, by the look of the whole record.
//!
//! It does *not* interpret fields; see [`super::bib`].

use std::borrow::Cow;

use super::field::{Field, MarcRecord};
use super::marc8;
use crate::ingest::{Cut, encoding};

const RECORD_END: u8 = 0x1d;
const FIELD_END: u8 = 0x1e;
const DELIMITER: u8 = 0x1f;
const LEADER: usize = 24;

/// Whether bytes begin with a MARC record: a leader with most of its fixed characters in place, and a field terminator.
pub fn recognises(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.iter().position(|b| !matches!(b, b'\r' | b'\n' | 0)).unwrap_or(bytes.len());
    let record = &bytes[start.min(64)..];
    let end = record.iter().position(|b| *b == FIELD_END);
    end.is_some_and(|end| end >= LEADER - 1 && leader_score(record) >= 3 && record[end..].len() > 2)
}

/// How much of what every leader has is there, of 5.
fn leader_score(bytes: &[u8]) -> usize {
    let at = |range: std::ops::Range<usize>| bytes.get(range).unwrap_or_default();
    let digits = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(|b| b.is_ascii_digit() || *b == b' ');
    usize::from(digits(at(0..5)))
        + usize::from(at(10..12) == b"22")
        + usize::from(digits(at(12..17)))
        + usize::from(at(20..22) == b"45")
        + usize::from(at(5..8).iter().all(|b| (0x20..0x7f).contains(b)) && entries(at(24..36)).len() == 1)
}

/// The end of the last terminated record, and how many there are before it.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    let end = bytes.iter().rposition(|b| *b == RECORD_END)? + 1;
    let mut count = 0;
    for_each_record(&bytes[..end], &mut |_, _| count += 1);
    Some(Cut { end, count })
}

/// Reads records and hands them on, or the reason why one cannot be read.
pub(super) fn read<'a>(bytes: &'a [u8], emit: &mut dyn FnMut(Result<MarcRecord<'a>, String>)) {
    for_each_record(bytes, &mut |record, terminated| emit(read_record(record, terminated)));
}

/// The bytes of each record, without its terminator, and whether it had one.
fn for_each_record<'a>(bytes: &'a [u8], visit: &mut dyn FnMut(&'a [u8], bool)) {
    let mut rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    while !rest.is_empty() {
        let (mut record, terminated, after) = match memchr::memchr(RECORD_END, rest) {
            Some(end) => (&rest[..end], true, &rest[end + 1..]),
            None => (rest, false, &[][..]),
        };
        rest = after;
        // Records on lines of their own, files padded to a block, the end-of-file character of old systems.
        while let [b'\r' | b'\n' | b'\t' | 0 | 0x1a, tail @ ..] = record {
            record = tail;
        }
        if record.iter().all(|b| b.is_ascii_whitespace() || matches!(b, 0 | 0x1a)) {
            continue;
        }
        // A lost terminator: where the length says that a record ends, a field does, and another leader begins.
        while let Some(length) = stated_length(record).filter(|length| {
            record.get(length.wrapping_sub(1)) == Some(&FIELD_END)
                && record.get(*length..).is_some_and(|next| leader_score(next) == 5)
        }) {
            let (first, next) = record.split_at(length);
            visit(first, true);
            record = next;
        }
        visit(record, terminated);
    }
}

fn stated_length(record: &[u8]) -> Option<usize> {
    number(record.get(..5)?).filter(|length| *length > LEADER)
}

fn number(digits: &[u8]) -> Option<usize> {
    let digit =
        |number: usize, digit: &u8| Some(number * 10 + usize::from(digit.is_ascii_digit().then(|| digit - b'0')?));
    if (1..=9).contains(&digits.len()) { digits.iter().try_fold(0, digit) } else { None }
}

/// An entry of the directory.
#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    tag: &'a [u8],
    length: usize,
    start: usize,
}

/// The entries of a directory, as far as it is one.
fn entries(directory: &[u8]) -> Vec<Entry<'_>> {
    directory
        .chunks_exact(12)
        .map_while(|entry| {
            let tag = entry.get(..3)?;
            let text = tag.iter().all(|b| b.is_ascii_alphanumeric() || *b == b' ');
            text.then_some(Entry { tag, length: number(entry.get(3..7)?)?, start: number(entry.get(7..)?)? })
        })
        .collect()
}

fn read_record(record: &[u8], terminated: bool) -> Result<MarcRecord<'_>, String> {
    if record.len() < LEADER {
        return Err("too short to be a MARC record: it has not even a leader".into());
    }
    let Some(end) = record.iter().position(|b| *b == FIELD_END) else {
        return Err(match terminated {
            true => "not a MARC record: nothing in it ends a field",
            false => "the end of the file is not a MARC record, or one that is cut off in its directory",
        }
        .into());
    };
    let (head, data) = (&record[..end], &record[end + 1..]);
    let whole = data.last().is_none_or(|b| *b == FIELD_END);
    let data = data.strip_suffix(&[FIELD_END]).unwrap_or(data);
    let directory_text = directory(head);
    let directory = entries(&directory_text);
    let mut out = MarcRecord { leader: String::from_utf8_lossy(&head[..head.len().min(LEADER)]), ..Default::default() };
    if data.is_empty() {
        return Err("a MARC record without fields".into());
    }
    if directory.is_empty() {
        return Err("the directory of the record is damaged: nothing says which field is which".into());
    }
    let mut text = Text::of(data);
    let ends = memchr::memchr_iter(FIELD_END, data).chain([data.len()]);
    let fields: Vec<&[u8]> = ends.scan(0, |start, end| Some(&data[std::mem::replace(start, end + 1)..end])).collect();
    if !terminated && (!whole || fields.len() < directory.len()) {
        return Err(format!(
            "the file ends in the middle of this record: {} of {} fields are there",
            fields.len() - usize::from(!whole),
            directory.len()
        ));
    }
    for (tag, bytes) in pair(&directory, &fields, &mut out.damage) {
        let tag = tag.map_or(Cow::Borrowed("???"), |tag| Cow::Owned(String::from_utf8_lossy(tag).into_owned()));
        out.fields.push(field(tag, bytes, &mut text));
    }
    text.report(&mut out.damage);
    Ok(out)
}

/// The directory, without line ends, from where it can be read.
fn directory(head: &[u8]) -> Cow<'_, [u8]> {
    // As it should be: entries from the end of the leader to the end of the directory.
    if let Some(directory) = head.get(LEADER..)
        && !directory.is_empty()
        && entries(directory).len() * 12 == directory.len()
        && !head.iter().any(|b| matches!(b, b'\r' | b'\n'))
    {
        return Cow::Borrowed(directory);
    }
    Cow::Owned(repaired_directory(head))
}

fn repaired_directory(head: &[u8]) -> Vec<u8> {
    let clean: Vec<u8> = head.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
    let from = |start: usize| clean.get(start..).unwrap_or_default();
    // A leader that lost or gained a character moves it.
    let best = [24usize, 23, 25, 22, 26, 27, 28].into_iter().max_by_key(|start| {
        let read = entries(from(*start)).len();
        (read, usize::from(from(*start).len() == 12 * read), usize::from(*start == 24))
    });
    let start = best.filter(|start| !entries(from(*start)).is_empty());
    match start {
        Some(start) => {
            let read = entries(from(start)).len();
            // Behind a damaged entry the next ones may be whole: they keep their places, with numbers that match nothing.
            let repaired: Vec<u8> = from(start).chunks_exact(12).flat_map(repair).collect();
            if entries(&repaired).len() > read { repaired } else { from(start).to_vec() }
        }
        None => from(24).chunks_exact(12).flat_map(repair).collect(),
    }
}

fn repair(entry: &[u8]) -> Vec<u8> {
    match entries(entry).is_empty() {
        false => entry.to_vec(),
        true => {
            let tag = entry.get(..3).filter(|tag| tag.iter().all(|b| b.is_ascii_alphanumeric())).unwrap_or(b"   ");
            [tag, b"000099999"].concat()
        }
    }
}

/// Which field is which.
fn pair<'d, 'a>(
    directory: &[Entry<'d>],
    fields: &[&'a [u8]],
    damage: &mut Vec<String>,
) -> Vec<(Option<&'d [u8]>, &'a [u8])> {
    let mut starts = Vec::with_capacity(fields.len());
    let mut at = 0;
    for field in fields {
        starts.push(at);
        at += field.len() + 1;
    }
    let exact = |entry: &Entry<'_>| {
        let index = starts.binary_search(&entry.start).ok()?;
        fields.get(index).filter(|f| f.len() + 1 == entry.length || f.len() == entry.length).map(|_| index)
    };
    // The usual case, in the order of the directory: everything agrees.
    let indexes: Vec<Option<usize>> = directory.iter().map(exact).collect();
    let mut used = vec![false; fields.len()];
    for index in indexes.iter().flatten() {
        if let Some(slot) = used.get_mut(*index) {
            *slot = true;
        }
    }
    if indexes.iter().all(Option::is_some) && used.iter().all(|u| *u) {
        return directory.iter().zip(&indexes).filter_map(|(e, i)| Some((Some(e.tag), *fields.get((*i)?)?))).collect();
    }
    // As many entries as fields: they stand in the same order, by their starts where those make sense.
    if directory.len() == fields.len() {
        let mut order: Vec<&Entry<'_>> = directory.iter().collect();
        let mut sorted: Vec<usize> = directory.iter().map(|e| e.start).collect();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted.len() == directory.len() {
            order.sort_by_key(|e| e.start);
        }
        return order.iter().zip(fields).map(|(e, f)| (Some(e.tag), *f)).collect();
    }
    let matched = used.iter().filter(|u| **u).count();
    let lost = directory.len().abs_diff(fields.len());
    damage.push(format!(
        "the directory has {} fields, the record {}: {lost} may be lost or wrong",
        directory.len(),
        fields.len()
    ));
    // A directory that mostly agrees is believed, and what it does not name is kept without a tag.
    if 2 * matched >= fields.len() {
        let mut pairs: Vec<_> =
            directory.iter().zip(&indexes).filter_map(|(e, i)| Some((Some(e.tag), *fields.get((*i)?)?))).collect();
        pairs.extend(fields.iter().zip(&used).filter(|(_, u)| !**u).map(|(f, _)| (None, *f)));
        return pairs;
    }
    let tags = directory.iter().map(|e| Some(e.tag)).chain(std::iter::repeat(None));
    tags.zip(fields.iter().copied()).collect()
}

fn field<'a>(tag: Cow<'a, str>, bytes: &'a [u8], text: &mut Text) -> Field<'a> {
    let mut field = Field::new(tag);
    let mut parts = bytes.split(|b| *b == DELIMITER);
    let first = parts.next().unwrap_or_default();
    let is_control = field.tag.starts_with("00") && !bytes.contains(&DELIMITER);
    if is_control {
        field.value = text.decode(first);
        return field;
    }
    let mut indicators = first.iter().copied();
    match first.len() {
        // Both, or a third character that slipped in before the first subfield.
        0..=3 if bytes.contains(&DELIMITER) => {
            let mut next = || indicators.next().filter(u8::is_ascii_alphanumeric).map_or(' ', char::from);
            field.indicators = [next(), next()];
        }
        _ => field.value = text.decode(first),
    }
    if let (Kind::Utf8, Ok(text)) = (&text.kind, std::str::from_utf8(bytes)) {
        for part in text.split(char::from(DELIMITER)).skip(1) {
            let Some(code) = part.chars().next() else { continue };
            let value = Cow::Borrowed(part.get(code.len_utf8()..).unwrap_or(""));
            field.subfields.push((if code.is_ascii_graphic() { code } else { 'a' }, value));
        }
        return field;
    }
    for part in parts {
        let decoded = text.decode(part);
        let Some(code) = decoded.chars().next() else { continue };
        let is_code = code.is_ascii_graphic();
        // A code that is none (a space, a diacritic) still had a value: the field's main one.
        let value = match decoded {
            Cow::Borrowed(s) => Cow::Borrowed(s.get(code.len_utf8()..).unwrap_or("")),
            Cow::Owned(s) => Cow::Owned(s.get(code.len_utf8()..).unwrap_or("").to_owned()),
        };
        field.subfields.push((if is_code { code } else { 'a' }, value));
    }
    field
}

/// How the text of a record is decoded, and what went wrong.
struct Text {
    kind: Kind,
    unknown: usize,
}

enum Kind {
    Utf8,
    /// UTF-8 but for a few places.
    BrokenUtf8,
    Marc8,
    Legacy(&'static encoding_rs::Encoding),
}

impl Text {
    fn of(data: &[u8]) -> Self {
        let kind = match std::str::from_utf8(data) {
            Ok(_) if data.contains(&0x1b) => Kind::Marc8,
            Ok(_) => Kind::Utf8,
            Err(_) => {
                let lossy = String::from_utf8_lossy(data);
                let bad = lossy.matches('\u{fffd}').count();
                let good = lossy.chars().filter(|c| !c.is_ascii() && *c != '\u{fffd}').count();
                if good > bad {
                    Kind::BrokenUtf8
                } else if marc8::is_plausible(data) {
                    Kind::Marc8
                } else {
                    // The separators of fields tell nothing, but control characters mislead the detector.
                    let words: Vec<u8> = data.iter().map(|b| if *b < 0x20 { b'\n' } else { *b }).collect();
                    Kind::Legacy(encoding::legacy(&words))
                }
            }
        };
        Text { kind, unknown: 0 }
    }

    fn decode<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, str> {
        match &self.kind {
            Kind::Utf8 => match std::str::from_utf8(bytes) {
                Ok(text) => Cow::Borrowed(text),
                Err(_) => String::from_utf8_lossy(bytes),
            },
            Kind::BrokenUtf8 => match std::str::from_utf8(bytes) {
                Ok(text) => Cow::Borrowed(text),
                Err(_) => {
                    let text = String::from_utf8_lossy(bytes);
                    self.unknown += text.matches('\u{fffd}').count();
                    text
                }
            },
            Kind::Marc8 => {
                let decoded = marc8::decode(bytes);
                self.unknown += decoded.unknown;
                Cow::Owned(decoded.text)
            }
            Kind::Legacy(encoding) => encoding.decode_without_bom_handling(bytes).0,
        }
    }

    fn report(&self, damage: &mut Vec<String>) {
        if self.unknown > 0 {
            let what = match self.kind {
                Kind::Marc8 => "MARC-8",
                _ => "UTF-8",
            };
            damage.push(format!("{} characters are not valid {what}; each is shown as \u{fffd}", self.unknown));
        }
    }
}
