//! Records in a long run of XML, found by their tags alone: where each begins and ends, before anything is parsed.
//!
//! Working on tags keeps damage local (a record that is not well-formed does not take the rest of the file with it), lets a
//! file be cut between records without its opening tags, and is several times faster than parsing. Comments, CDATA sections
//! and processing instructions are stepped over, so that markup quoted in them is not taken for records. It does *not* check
//! well-formedness; [`super::tree`] does that, record by record.

use memchr::{memchr, memchr3, memmem};

use crate::ingest::Cut;

/// How the records of a format stand in its files.
pub(super) struct Records {
    /// Local names of the elements that are records.
    pub(super) names: &'static [&'static str],
    /// Local names that are records where they do not stand within one.
    pub(super) bare: &'static [&'static str],
    /// What a record's tag inside a record of the same name means.
    pub(super) inside: Inside,
}

/// What the opening tag of a record within a record of the same name means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    /// Records never hold each other: the outer one lacks its closing tag.
    Damage,
    /// They may.
    Nested,
    /// They may, unless the next tag opens this element: with it every record of the list begins.
    NestedUnlessBegins(&'static str),
}

/// A stretch that is, or should be, one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) state: State,
}

/// Whether a stretch has both its tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Whole,
    /// The next record begins before this one has ended.
    Unclosed,
    /// The input ends before the record does.
    CutOff,
    /// A comment, a CDATA section or a tag that never ends, with records in it.
    Hidden,
}

/// The place after the last whole record, and how many stretches come before it.
pub(super) fn cut(bytes: &[u8], records: &Records) -> Option<Cut> {
    let mut count = 0;
    let mut last = None;
    for stretch in Scan::new(bytes, records) {
        match stretch.state {
            State::Whole => {
                count += 1;
                last = Some(Cut { end: stretch.end, count });
            }
            State::Unclosed => count += 1,
            State::CutOff | State::Hidden => break,
        }
    }
    last
}

/// Walks over the records.
pub(super) struct Scan<'a> {
    bytes: &'a [u8],
    records: &'a Records,
    at: usize,
    open: Option<Open>,
    finished: bool,
}

struct Open {
    start: usize,
    name: &'static str,
    depth: usize,
}

/// One piece of markup.
enum Markup<'a> {
    Start(&'a [u8]),
    End(&'a [u8]),
    /// Up to this place there is nothing of interest.
    Skip(usize),
    /// It does not end.
    Endless,
}

impl<'a> Scan<'a> {
    pub(super) fn new(bytes: &'a [u8], records: &'a Records) -> Self {
        Scan { bytes, records, at: 0, open: None, finished: false }
    }

    /// A record's own name as it stands in the list of names, when this tag can begin one here.
    fn record_name(&self, local: &[u8]) -> Option<&'static str> {
        let find = |names: &'static [&'static str]| names.iter().find(|n| n.as_bytes() == local).copied();
        match &self.open {
            None => find(self.records.names).or_else(|| find(self.records.bare)),
            Some(open) if open.name.as_bytes() == local => Some(open.name),
            Some(_) if self.records.inside == Inside::Damage => find(self.records.names),
            Some(_) => None,
        }
    }

    /// A record's opening tag at `start`; gives the stretch that ends with it, if any.
    fn opened(&mut self, start: usize, name: &'static str) -> Option<Stretch> {
        let Some(tag_end) = tag_end(self.bytes, start) else {
            self.at = self.bytes.len();
            // The tag does not end: what is open stays open, and this record is at least known to have begun.
            let unclosed =
                self.open.take().map(|open| Stretch { start: open.start, end: start, state: State::Unclosed });
            self.open = Some(Open { start, name, depth: 1 });
            return unclosed;
        };
        self.at = tag_end;
        let empty = self.bytes[..tag_end].ends_with(b"/>");
        let begins_anew = match (&self.open, self.records.inside) {
            (None, _) | (_, Inside::Damage) => true,
            (Some(_), Inside::Nested) => false,
            (Some(_), Inside::NestedUnlessBegins(child)) => self.next_is(tag_end, child),
        };
        if !begins_anew {
            if let Some(open) = self.open.as_mut().filter(|_| !empty) {
                open.depth += 1;
            }
            return None;
        }
        let before = self.open.take();
        if empty && before.is_none() {
            return Some(Stretch { start, end: tag_end, state: State::Whole });
        }
        if empty {
            // Two stretches end here; the empty one is met again.
            self.at = start;
        } else {
            self.open = Some(Open { start, name, depth: 1 });
        }
        before.map(|open| Stretch { start: open.start, end: start, state: State::Unclosed })
    }

    /// Whether the next tag after `at` opens an element of this name.
    fn next_is(&self, at: usize, name: &str) -> bool {
        let mut at = at;
        while let Some(found) = memchr(b'<', &self.bytes[at..]) {
            match markup(self.bytes, at + found) {
                Markup::Start(local) => return local == name.as_bytes(),
                Markup::Skip(next) => at = next,
                Markup::End(_) | Markup::Endless => return false,
            }
        }
        false
    }

    /// What is left when nothing more can be found.
    fn leftover(&mut self, hidden: Option<usize>) -> Option<Stretch> {
        self.finished = true;
        let end = self.bytes.len();
        if let Some(open) = self.open.take() {
            return Some(Stretch { start: open.start, end, state: State::CutOff });
        }
        let start = hidden?;
        let names = self.records.names.iter().chain(self.records.bare);
        let holds_records = names.into_iter().any(|name| {
            memmem::find_iter(&self.bytes[start..], name.as_bytes())
                .any(|at| self.bytes[..start + at].ends_with(b"<") || self.bytes[..start + at].ends_with(b":"))
        });
        holds_records.then_some(Stretch { start, end, state: State::Hidden })
    }
}

impl Iterator for Scan<'_> {
    type Item = Stretch;

    fn next(&mut self) -> Option<Stretch> {
        while !self.finished {
            let Some(start) = self.bytes.get(self.at..).and_then(|rest| memchr(b'<', rest)).map(|i| self.at + i) else {
                return self.leftover(None);
            };
            match markup(self.bytes, start) {
                Markup::Skip(next) => self.at = next,
                Markup::Endless => return self.leftover(Some(start)),
                Markup::Start(local) => match self.record_name(local) {
                    None => self.at = start + 1,
                    Some(name) => {
                        if let Some(stretch) = self.opened(start, name) {
                            return Some(stretch);
                        }
                    }
                },
                Markup::End(local) => {
                    self.at = start + 2;
                    let Some(open) = self.open.as_mut().filter(|open| open.name.as_bytes() == local) else { continue };
                    let Some(close) = memchr(b'>', &self.bytes[start..]) else { return self.leftover(None) };
                    self.at = start + close + 1;
                    open.depth -= 1;
                    if open.depth == 0 {
                        let stretch = Stretch { start: open.start, end: self.at, state: State::Whole };
                        self.open = None;
                        return Some(stretch);
                    }
                }
            }
        }
        None
    }
}

/// What the `<` at `start` begins.
fn markup(bytes: &[u8], start: usize) -> Markup<'_> {
    let rest = &bytes[start + 1..];
    let until = |opening: usize, closing: &[u8]| {
        let from = (start + opening).min(bytes.len());
        memmem::find(&bytes[from..], closing).map_or(Markup::Endless, |at| Markup::Skip(from + at + closing.len()))
    };
    match rest.first() {
        Some(b'!') if rest.starts_with(b"!--") => until(4, b"-->"),
        Some(b'!') if rest.starts_with(b"![CDATA[") => until(9, b"]]>"),
        Some(b'?') => until(2, b"?>"),
        Some(b'/') => Markup::End(local_name(&rest[1..])),
        Some(b'a'..=b'z' | b'A'..=b'Z' | b'_' | 128..) => Markup::Start(local_name(rest)),
        _ => Markup::Skip(start + 1),
    }
}

/// The name at the beginning, without its prefix.
fn local_name(bytes: &[u8]) -> &[u8] {
    let end = bytes
        .iter()
        .position(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>' | b'<'))
        .unwrap_or(bytes.len());
    let name = &bytes[..end];
    name.iter().position(|b| *b == b':').map_or(name, |at| &name[at + 1..])
}

/// The end of the tag at `start`. A `>` in a quoted value does not end it; a quoted value that runs into the next tag is
/// damage, and then the first `>` does.
fn tag_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        let found = at + memchr3(b'>', b'"', b'\'', bytes.get(at..)?)?;
        let quote = bytes[found];
        if quote == b'>' {
            return Some(found + 1);
        }
        let value = found + 1 + memchr::memchr2(quote, b'<', &bytes[found + 1..])?;
        if bytes[value] == b'<' {
            return memchr(b'>', &bytes[found..value]).map_or(Some(value), |at| Some(found + at + 1));
        }
        at = value + 1;
    }
}
