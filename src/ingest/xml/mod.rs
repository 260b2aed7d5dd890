//! Formats in XML, one module each, over a shared way of reading: the file is divided into records by their tags alone
//! (`scan`), then every record is parsed by itself into a small tree (`tree`) that the format picks its values from. So a
//! damaged record costs only itself, files of any size are read in pieces, and nothing recurses.
//!
//! Names are compared without their prefixes and mostly without their namespaces: a piece from the middle of a file no longer
//! has the declarations. Declared encodings are believed as [`super::encoding`] does.
//!
//! What it deliberately does *not* do: fetch document types, read declarations of entities (an input with any is refused as a
//! whole), validate.

mod clean;
mod dc_values;
pub mod dublin_core;
pub mod endnote;
pub mod eprints;
pub mod jats;
mod jats_text;
pub mod oai;
pub mod pubmed;
mod scan;
mod tree;
pub mod zotero;

use std::borrow::Cow;

use self::scan::{Records, Scan, State};
use self::tree::{Element, Tree};
use super::{Item, encoding};
use crate::record::Record;

/// What comes before the first element, and the first element.
struct Prologue<'a> {
    /// Local name of the first element.
    root: &'a str,
    /// The beginning of the text from that element on, for strings that tell formats apart.
    rest: &'a str,
    /// The document type's name and identifiers.
    document_type: &'a str,
    /// Whether the document type declares anything within the document.
    has_subset: bool,
    declares_entities: bool,
}

impl<'a> Prologue<'a> {
    /// `None` for what does not begin as XML does.
    fn of(text: &'a str) -> Option<Self> {
        let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let mut prologue =
            Prologue { root: "", rest: "", document_type: "", has_subset: false, declares_entities: false };
        loop {
            let after = |closing: &str| rest.find(closing).and_then(|at| rest.get(at + closing.len()..));
            if rest.starts_with("<?") {
                rest = after("?>")?;
            } else if rest.starts_with("<!--") {
                rest = after("-->")?;
            } else if rest.starts_with("<!DOCTYPE") {
                let at = rest.find(['[', '>'])?;
                prologue.document_type = rest.get(9..at)?;
                if rest[at..].starts_with('[') {
                    prologue.has_subset = true;
                    let subset = subset(&rest[at + 1..]);
                    prologue.declares_entities = subset.contains("<!ENTITY");
                    rest = rest[at + 1 + subset.len()..].trim_start_matches(']').trim_start().strip_prefix('>')?;
                } else {
                    rest = &rest[at + 1..];
                }
            } else {
                break;
            }
            rest = rest.trim_start();
        }
        let name = rest.strip_prefix('<')?;
        let end = name.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/' | '<')).unwrap_or(name.len());
        let name = name.get(..end)?;
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return None;
        }
        prologue.root = name.split_once(':').map_or(name, |(_, local)| local);
        prologue.rest = rest;
        Some(prologue)
    }

    fn mentions(&self, text: &str) -> bool {
        memchr::memmem::find(self.rest.as_bytes(), text.as_bytes()).is_some()
    }
}

/// The internal subset of a document type, from after its `[`: up to the `]` that is not quoted.
fn subset(text: &str) -> &str {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, ']') => return &text[..at],
            _ => {}
        }
    }
    text
}

/// Whether the declarations at the head of an input are needed for everything in it, so that it must not be cut: a legacy
/// encoding, or a document type with declarations.
pub(crate) fn must_be_read_whole(head: &[u8]) -> bool {
    let declared = declared_encoding(head);
    let legacy =
        declared.is_some_and(|label| !matches!(label.to_ascii_lowercase().as_str(), "utf-8" | "utf8" | "us-ascii"));
    let text = String::from_utf8_lossy(head);
    legacy || text.contains("<!DOCTYPE") && Prologue::of(&text).is_none_or(|prologue| prologue.has_subset)
}

/// Why markup that no reader takes is not read.
pub(super) fn unreadable(text: &str) -> &'static str {
    if text.contains("<!DOCTYPE") && text.contains("<!ENTITY") {
        "XML that declares entities, which commlit refuses, and of no kind that it reads"
    } else {
        "XML or markup of no kind that commlit reads"
    }
}

/// The encoding that an XML declaration names.
fn declared_encoding(bytes: &[u8]) -> Option<&str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let head = bytes.strip_prefix(b"<?xml")?;
    let head = &head[..head.iter().take(300).position(|b| *b == b'>')?];
    let text = std::str::from_utf8(head).ok()?;
    let value = text.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split(quote).next().map(str::trim)
}

fn decode(bytes: &[u8]) -> Cow<'_, str> {
    encoding::decode(bytes, declared_encoding(bytes))
}

/// What an element is as a record; `None` for one that says that a work is gone.
type Convert = fn(Element<'_>) -> Result<Option<Record>, String>;

/// Reads all records of an input, or of a piece of one.
fn read_records(bytes: &[u8], first: usize, records: &Records, convert: Convert, emit: &mut dyn FnMut(Item)) {
    read_text(&decode(bytes), first, records, convert, emit);
}

fn read_text(text: &str, first: usize, records: &Records, convert: Convert, emit: &mut dyn FnMut(Item)) {
    if let Some(reason) = refusal(text) {
        return emit(Item { locator: String::new(), content: Err(reason) });
    }
    for (i, stretch) in Scan::new(text.as_bytes(), records).enumerate() {
        let content = match stretch.state {
            State::Whole => text.get(stretch.start..stretch.end).ok_or_else(String::new).and_then(|source| {
                let tree = Tree::parse(source)?;
                tree.root().map_or(Ok(None), convert)
            }),
            State::Unclosed => Err("the record is not closed before the next one begins".into()),
            State::CutOff => Err("the input ends in the middle of a record".into()),
            State::Hidden => Err("a comment, CDATA section or instruction that never ends hides what follows".into()),
        };
        if let Some(content) = content.transpose() {
            emit(Item { locator: format!("record {}", first + i), content });
        }
    }
}

/// Why an input is not read at all.
fn refusal(text: &str) -> Option<String> {
    // Without a document type there is nothing to look for; most inputs, and all pieces but the first, have none.
    let head = text.get(..text.len().min(1 << 20)).unwrap_or(text);
    if !head.contains("<!DOCTYPE") {
        return None;
    }
    let declares = match Prologue::of(text) {
        Some(prologue) => prologue.declares_entities,
        None => head.contains("<!ENTITY"),
    };
    declares.then(|| "the document type declares entities, which could expand without bound: refused".to_owned())
}
