//! Files → records: detect the format from the content, read it, account for everything.
//!
//! [`detect`] and [`read`] and every module named after a format are pure: bytes in, items out, whatever the bytes; they
//! never panic and do no I/O. [`walk`] finds the files, [`file`] reads one of them. A format is one module with a `read`
//! function; adding one means a variant of [`Format`], a rule in [`detect`] and an arm in [`read`].
//!
//! Ingest is lenient: what cannot be read becomes a [`Reject`] with path, place and reason, and the rest goes on.
//! It does *not* decide which records are the same work; that is [`crate::identity`].

pub mod encoding;
pub mod file;
pub mod html;
pub mod json_lines;
pub mod page_text;
pub mod values;
pub mod walk;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::record::Record;

/// What one file can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// commlit's own records, one JSON object a line.
    JsonLines,
    /// A saved page: repository, library catalogue, article or report.
    Html,
    /// Text copied or dumped from such a page.
    PageText,
}

impl Format {
    /// The name in `sources[].format` and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Format::JsonLines => "json-lines",
            Format::Html => "html",
            Format::PageText => "page-text",
        }
    }

    /// Whether records are separate lines, so that a file of any size can be read in pieces that end at a line end.
    pub(crate) fn is_line_based(self) -> bool {
        matches!(self, Format::JsonLines)
    }
}

/// What a reader hands on: a record, or the reason why something that should be one is not, and its place in the input.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Line, record number or element: `line 12`, `record 3`.
    pub locator: String,
    /// The record (without `id` and, unless the format carries them, without `sources`), or the reason for setting it aside.
    pub content: Result<Record, String>,
}

/// Input that was set aside, or records that were read but are known to be damaged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reject {
    /// The file, as in [`crate::record::Source::path`].
    pub path: String,
    /// The place in the file; empty for the whole file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub locator: String,
    /// Why.
    pub reason: String,
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.locator.is_empty() {
            write!(f, "{}: {}", self.path, self.reason)
        } else {
            write!(f, "{}: {}: {}", self.path, self.locator, self.reason)
        }
    }
}

/// How much of a file [`detect`] wants to see.
pub const DETECT_BYTES: usize = 64 * 1024;

/// Tells the format from the content. `head` is the beginning of the input, [`DETECT_BYTES`] or all of it.
///
/// # Errors
/// The reason why it is no format that commlit reads, for a [`Reject`].
pub fn detect(head: &[u8]) -> Result<Format, String> {
    if head.is_empty() {
        return Err("the file is empty".into());
    }
    if let Some(kind) = binary_kind(head) {
        return Err(format!("{kind}, not a text format that commlit reads"));
    }
    let text = encoding::decode(whole_chars(head), None);
    let start = text.trim_start();
    if start.is_empty() {
        return Err("the file holds nothing but white space".into());
    }
    if start.starts_with('{') || start.starts_with("[") && start[1..].trim_start().starts_with('{') {
        return match json_lines::recognises(start, head.len() < DETECT_BYTES) {
            true => Ok(Format::JsonLines),
            false => {
                Err("JSON, but not commlit's records (one JSON object a line, with a title, an abstract or a body)"
                    .into())
            }
        };
    }
    if html::recognises(start) {
        return Ok(Format::Html);
    }
    if start.starts_with("<?xml") || start.starts_with('<') && start[1..].starts_with(|c: char| c.is_ascii_alphabetic())
    {
        return Err("XML or markup of no kind that commlit reads".into());
    }
    if page_text::recognises(start) {
        return Ok(Format::PageText);
    }
    Err("text of no kind that commlit reads (neither a page of a catalogue or literature platform nor an export)"
        .into())
}

/// Reads a whole input of a known format. `first_line` is the number of its first line, for locators of line-based formats.
pub fn read(format: Format, bytes: &[u8], first_line: usize, emit: &mut dyn FnMut(Item)) {
    match format {
        Format::JsonLines => json_lines::read(bytes, first_line, emit),
        Format::Html => html::read(bytes, emit),
        Format::PageText => page_text::read(bytes, emit),
    }
}

/// The kind of a binary input, by its first bytes; `None` for text in any encoding.
fn binary_kind(head: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"%PDF-", "a PDF document"),
        (b"PK\x03\x04", "a zip archive or office document"),
        (b"\x1f\x8b", "gzip data"),
        (b"\xd0\xcf\x11\xe0", "an old office document"),
        (b"\x89PNG", "a PNG image"),
        (b"\xff\xd8\xff", "a JPEG image"),
        (b"GIF8", "a GIF image"),
        (b"SQLite format 3", "an SQLite database"),
        (b"BZh", "bzip2 data"),
        (b"\xfd7zXZ", "xz data"),
        (b"7z\xbc\xaf", "a 7z archive"),
        (b"{\\rtf", "an RTF document"),
    ];
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(kind);
    }
    let utf16 = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    if utf16 {
        return None;
    }
    let control = head.iter().filter(|b| matches!(b, 0..=8 | 14..=26 | 28..=31 | 127)).count();
    (head.contains(&0) || control * 50 > head.len()).then_some("binary data")
}

/// The head without a UTF-8 character that its end cuts in two.
fn whole_chars(head: &[u8]) -> &[u8] {
    match std::str::from_utf8(head) {
        Err(e) if e.error_len().is_none() => &head[..e.valid_up_to()],
        _ => head,
    }
}
