//! What every XML reader of records needs: the text of a file, its records one by one, and what their entities mean.
//!
//! A record is found by its tags and then parsed on its own, so a record that is not well-formed costs only itself, and
//! reading a file in pieces gives what reading it whole gives. Entities that a document declares are deliberately *not*
//! expanded, and nothing outside the document is ever looked at.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::BytesRef;

use crate::ingest::encoding;

/// The local names of a format's records, and of what only its records have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names {
    pub(crate) record: &'static [&'static str],
    pub(crate) inside: &'static [&'static str],
}

/// A record in the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether its end tag is there.
    pub(crate) is_closed: bool,
}

/// A tag.
struct Tag<'a> {
    start: usize,
    end: usize,
    name: &'a [u8],
    is_end: bool,
    is_empty: bool,
}

/// The text of a file or piece, in the encoding it declares.
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    encoding::decode(bytes, declared_encoding(bytes))
}

fn declared_encoding(bytes: &[u8]) -> Option<&str> {
    let head = bytes.get(..bytes.len().min(200)).unwrap_or_default();
    let start = head.windows(5).position(|w| w == b"<?xml").filter(|at| *at < 8)?;
    let head = head.get(start..)?;
    let end = head.iter().position(|b| *b == b'>')?;
    let declaration = std::str::from_utf8(head.get(..end)?).ok()?;
    let (_, value) = declaration.split_once("encoding")?;
    value.split(['"', '\'']).nth(1)
}

/// Whether a document declares entities before its first record, in words for a report.
pub(crate) fn refusal(head: &str) -> Option<String> {
    let doctype = head.find("<!DOCTYPE")?;
    let declares = head.get(doctype..).is_some_and(|dtd| dtd.contains("<!ENTITY"));
    declares
        .then(|| "XML that declares entities of its own; commlit does not expand them and reads nothing of it".into())
}

/// Hands on the records of some bytes. An element that holds another record before anything of its own (the `record` of
/// a protocol around that of the format) is none.
pub(crate) fn for_each_record(bytes: &[u8], names: Names, visit: &mut dyn FnMut(Span)) {
    let is = |list: &[&str], name: &[u8]| list.iter().any(|n| n.as_bytes() == name);
    let mut open: Option<usize> = None;
    let mut has_fields = false;
    let mut at = 0;
    while let Some(tag) = next_tag(bytes, at) {
        at = tag.end;
        if is(names.record, tag.name) {
            if tag.is_end {
                if let Some(start) = open.take() {
                    visit(Span { start, end: tag.end, is_closed: true });
                }
            } else {
                if let Some(start) = open.take().filter(|_| has_fields) {
                    visit(Span { start, end: tag.start, is_closed: false });
                }
                match tag.is_empty {
                    true => visit(Span { start: tag.start, end: tag.end, is_closed: true }),
                    false => open = Some(tag.start),
                }
            }
            has_fields = false;
        } else if tag.name == b"header" && bytes.get(tag.start..tag.end).is_some_and(is_deleted) {
            // A protocol's answer that there was a record once: nothing is lost.
            open = None;
        } else if !has_fields && open.is_some() && is(names.inside, tag.name) {
            has_fields = true;
        }
    }
    if let Some(start) = open.filter(|_| has_fields) {
        visit(Span { start, end: bytes.len(), is_closed: false });
    }
}

fn is_deleted(header: &[u8]) -> bool {
    header.windows(7).any(|w| w == b"deleted")
}

/// The end of the last record that is closed, and how many there are up to there.
pub(crate) fn cut(bytes: &[u8], names: Names) -> Option<crate::ingest::Cut> {
    // What the prologue says holds for the whole file: where it says anything unusual, the file is read whole.
    let usual = declared_encoding(bytes).is_none_or(|label| label.eq_ignore_ascii_case("utf-8"));
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    if !usual || head.windows(8).any(|w| w == b"<!ENTITY") {
        return None;
    }
    let mut cut = None;
    let mut count = 0;
    for_each_record(bytes, names, &mut |span| {
        count += 1;
        if span.is_closed {
            cut = Some(crate::ingest::Cut { end: span.end, count });
        }
    });
    cut
}

/// The next tag from a place on; comments, CDATA sections, instructions and declarations are passed over.
fn next_tag(bytes: &[u8], mut at: usize) -> Option<Tag<'_>> {
    loop {
        at += bytes.get(at..)?.iter().position(|b| *b == b'<')?;
        let rest = bytes.get(at + 1..)?;
        let skip = |end: &[u8]| rest.windows(end.len()).position(|w| w == end).map(|p| at + 1 + p + end.len());
        if rest.starts_with(b"!--") {
            at = skip(b"-->")?;
        } else if rest.starts_with(b"![CDATA[") {
            at = skip(b"]]>")?;
        } else if rest.starts_with(b"?") {
            at = skip(b"?>")?;
        } else {
            let is_end = rest.starts_with(b"/");
            let name = rest.get(usize::from(is_end)..)?;
            let length = name.iter().position(|b| !(b.is_ascii_alphanumeric() || b"_-.:".contains(b) || *b >= 0x80));
            let name = name.get(..length?)?;
            if name.is_empty() {
                at += 1;
                continue;
            }
            // A `>` may stand in the value of an attribute.
            let mut quote = None;
            let length = rest.iter().position(|b| match quote {
                Some(q) => {
                    if *b == q {
                        quote = None;
                    }
                    false
                }
                None => {
                    if matches!(b, b'"' | b'\'') {
                        quote = Some(*b);
                    }
                    *b == b'>'
                }
            })?;
            let is_empty = rest.get(..length)?.ends_with(b"/");
            let name = name.rsplit(|b| *b == b':').next().unwrap_or(name);
            return Some(Tag { start: at, end: at + 1 + length + 1, name, is_end, is_empty });
        }
    }
}

/// A parser of one record: tags must match, a lone `&` is text.
pub(crate) fn parser(record: &str) -> Reader<&[u8]> {
    let mut reader = Reader::from_str(record);
    reader.config_mut().allow_dangling_amp = true;
    reader
}

/// What a reference stands for: one of XML's own five, a character, or else itself, for the cleaning of values (which knows
/// the names of HTML) to see.
pub(crate) fn reference(reference: &BytesRef<'_>) -> String {
    let name: &str = reference;
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return c.to_string();
    }
    match name {
        "amp" => "&".into(),
        "lt" => "<".into(),
        "gt" => ">".into(),
        "quot" => "\"".into(),
        "apos" => "'".into(),
        _ => format!("&{name};"),
    }
}

/// The value of an attribute by its local name.
pub(crate) fn attribute(tag: &quick_xml::events::BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.attributes();
    let found = attributes.with_checks(false).flatten().find(|a| AsRef::<str>::as_ref(&a.key.local_name()) == name)?;
    let value = found
        .normalized_value(quick_xml::XmlVersion::Implicit1_0)
        .map_or_else(|_| found.value.to_string(), Cow::into_owned);
    Some(value)
}
