//! Bytes → lines → records → fields: what all line-tagged formats have in common.
//!
//! A format is a [`Dialect`]: how a tagged line looks and where a new record begins. The same code cuts files (on bytes,
//! nothing decoded) and reads them (on text), so that reading in pieces gives what reading whole gives. The meaning of tags
//! is *not* known here.

use std::borrow::Cow;
use std::ops::Range;

use crate::ingest::{Cut, encoding};

/// A tagged line: where its value begins, and the tag as it stands in the line.
pub(super) struct Tagged<'a> {
    pub(super) tag: &'a [u8],
    /// Where the value begins in the line.
    pub(super) value: usize,
}

/// How a line-tagged format divides its text.
pub(super) trait Dialect {
    /// The tag of a line that begins with one.
    fn tag(line: &[u8]) -> Option<Tagged<'_>>;
    /// Whether this tagged line begins a new record, given what the record before it has.
    fn begins(tag: &[u8], seen: &Seen) -> bool;
    /// Whether this line ends a record: what follows belongs to the next one.
    fn ends(_tag: &[u8]) -> bool {
        false
    }
    /// Whether a tag can begin the first record of a file; before it, there may be the database's own lines.
    fn opens(_tag: &[u8]) -> bool {
        true
    }
    /// Whether the tag is that of a title or of the record's number, of which a record has one.
    fn is_key(tag: &[u8]) -> bool;
}

/// What is known of a record up to a line of it.
#[derive(Default)]
pub(super) struct Seen {
    /// It has a field.
    pub(super) any: bool,
    /// It has a field that a record has once, see [`Dialect::is_key`].
    pub(super) key: bool,
    /// It has been ended.
    pub(super) ended: bool,
    /// The line stands after an empty one.
    pub(super) after_blank: bool,
}

/// The lines of bytes as ranges without their line ends: `\n`, `\r\n` and the `\r` of old Macs.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = at..at + length;
        at += length + if rest.get(length..).is_some_and(|end| end.starts_with(b"\r\n")) { 2 } else { 1 };
        Some(line)
    })
}

/// A line without a byte-order mark, which stands at the start of files that were joined.
pub(super) fn without_mark(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
}

pub(super) fn is_blank(line: &[u8]) -> bool {
    without_mark(line.trim_ascii()).trim_ascii().is_empty()
}

/// Calls `each` with the range of every record that is known to be whole; without `at_end` the last one is not.
/// Returns where the first one begins that is not.
pub(super) fn records<D: Dialect>(bytes: &[u8], at_end: bool, each: &mut dyn FnMut(Range<usize>)) -> usize {
    let (mut start, mut seen) = (0, Seen::default());
    for range in lines(bytes) {
        let line = bytes.get(range.clone()).unwrap_or_default();
        if is_blank(line) {
            seen.after_blank = true;
            continue;
        }
        let Some(Tagged { tag, .. }) = D::tag(without_mark(line)) else {
            seen.after_blank = false;
            continue;
        };
        if !seen.any && !D::opens(tag) {
            continue;
        }
        if seen.any && (seen.ended || D::begins(tag, &seen)) {
            each(start..range.start);
            start = range.start;
            seen = Seen::default();
        }
        seen.any = true;
        seen.key |= D::is_key(tag);
        seen.ended |= D::ends(tag);
        seen.after_blank = false;
    }
    if at_end && seen.any {
        each(start..bytes.len());
        start = bytes.len();
    }
    start
}

/// Cuts before the last record that begins in the bytes.
pub(super) fn cut<D: Dialect>(bytes: &[u8]) -> Option<Cut> {
    let mut count = 0;
    let end = records::<D>(bytes, false, &mut |_| count += 1);
    (count > 0 && end > 0).then_some(Cut { end, count })
}

/// One field of a record.
#[derive(Debug)]
pub(super) struct Field<'a> {
    /// The tag as it stands in the line.
    pub(super) tag: &'a str,
    /// The value's lines, trimmed; an empty one stands for a blank line inside the value.
    pub(super) lines: Vec<&'a str>,
}

impl Field<'_> {
    /// The value as running text; blank lines and lines that begin with a bullet begin a paragraph.
    pub(super) fn text(&self) -> String {
        if let [line] = self.lines.as_slice() {
            return (*line).to_owned();
        }
        let mut out = String::new();
        let mut gap = false;
        for line in &self.lines {
            if line.is_empty() {
                gap = true;
                continue;
            }
            if !out.is_empty() {
                let listed = line.starts_with("* ") || line.starts_with("• ");
                out.push_str(if gap || listed { "\n\n" } else { " " });
            }
            out.push_str(line);
            gap = false;
        }
        out
    }

    /// The lines that say something.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().copied().filter(|line| !line.is_empty())
    }
}

/// The fields of a record; lines before the first tag are left out.
pub(super) fn fields<D: Dialect>(text: &str) -> Vec<Field<'_>> {
    let mut fields: Vec<Field<'_>> = Vec::new();
    for range in lines(text.as_bytes()) {
        let line = text.get(range).unwrap_or_default();
        let line = line.strip_prefix('\u{feff}').unwrap_or(line);
        if let Some(Tagged { tag, value }) = D::tag(line.as_bytes()) {
            let tag = std::str::from_utf8(tag).unwrap_or_default();
            fields.push(Field { tag, lines: vec![line.get(value..).unwrap_or_default().trim()] });
        } else if let Some(field) = fields.last_mut() {
            field.lines.push(line.trim());
        }
    }
    for field in &mut fields {
        while field.lines.last().is_some_and(|line| line.is_empty()) {
            field.lines.pop();
        }
    }
    fields
}

/// Decodes a piece. Exports of several databases are joined in one file, so that UTF-8 and legacy lines may be mixed: lines
/// that are UTF-8 stay so, the others are decoded together, unless there are so many of them that the former are chance.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let broken = match std::str::from_utf8(bytes) {
        Ok(text) => return Cow::Borrowed(text),
        Err(_) if utf16 => return encoding::decode(bytes, None),
        Err(broken) => broken,
    };
    // The byte that does not fit may be the only one that the end of the input has cut.
    if broken.error_len().is_none() {
        return String::from_utf8_lossy(bytes);
    }
    let (mut legacy, mut utf8) = (Vec::new(), 0);
    let mut bad = 0;
    for line in bytes.split(|b| *b == b'\n').filter(|line| !line.is_ascii()) {
        match std::str::from_utf8(line) {
            Ok(_) => utf8 += 1,
            Err(_) => {
                bad += 1;
                legacy.extend_from_slice(line);
                legacy.push(b'\n');
            }
        }
    }
    if utf8 * 4 < bad {
        return encoding::decode(bytes, None);
    }
    let legacy = encoding::decode(&legacy, None);
    let mut decoded = legacy.split('\n');
    let mut out = String::with_capacity(bytes.len() + bytes.len() / 8);
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        match std::str::from_utf8(line) {
            Ok(line) => out.push_str(line),
            Err(_) => {
                out.push_str(decoded.next().unwrap_or_default());
                if line.ends_with(b"\n") {
                    out.push('\n');
                }
            }
        }
    }
    Cow::Owned(out)
}
