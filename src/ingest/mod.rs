//! Files → records: detect the format from the content, read it, account for everything.
//!
//! [`detect`] and [`read`] and every module named after a format are pure: bytes in, items out, whatever the bytes; they
//! never panic and do no I/O. [`walk`] finds the files, [`mod@file`] reads them, also inside gzip and zip files. A format is one module with a `read`
//! function; adding one means a line in the table of readers below.
//!
//! Ingest is lenient: what cannot be read becomes a [`Reject`] with path, place and reason, and the rest goes on.
//! It does *not* decide which records are the same work; that is [`crate::identity`].

pub mod bibtex;
mod container;
pub mod encoding;
mod entities;
mod exchange;
pub mod file;
pub mod html;
pub mod isbd;
pub mod json;
pub mod json_lines;
pub mod marc;
mod markup;
pub mod mods;
pub mod page_text;
mod prose;
mod responsibility;
pub mod table;
pub mod tagged;
pub mod values;
pub mod walk;
pub mod xml;

use std::fmt;

use serde::{Deserialize, Serialize};

use self::table::Mapping;
use crate::record::Record;

/// A kind of file that commlit reads. Two formats are equal when they have the same name.
#[derive(Clone, Copy)]
pub struct Format(&'static Reader);

/// What a format is made of: one line in [`READERS`] each.
struct Reader {
    name: &'static str,
    /// Whether the beginning of a file is of this format.
    recognises: fn(&Head<'_>) -> bool,
    /// Reads whole records. The number is that of the first line, or of the first record, in formats that are cut.
    read: fn(&[u8], usize, &mut dyn FnMut(Item)),
    /// Where a file too big to be read whole can be cut.
    cut: Option<CutFunction>,
    /// For formats whose columns a caller can assign: the same with a [`Mapping`].
    columns: Option<Columns>,
}

type CutFunction = fn(&[u8]) -> Option<Cut>;
type ReadColumns = fn(&[u8], usize, &Mapping, &mut dyn FnMut(Item));

/// What formats with named columns have beside the rest.
struct Columns {
    read: ReadColumns,
    cut: fn(&[u8], &Mapping) -> Option<Cut>,
    /// How many bytes at the beginning of a file every piece of it needs before its own: the header of a table.
    header_len: fn(&[u8], &Mapping) -> usize,
}

/// The formats, in the order in which they are tried: those that are told apart most surely come first.
static READERS: &[Reader] = &[
    // Before commlit's own JSON lines, which a line of these would pass for; they are told by members that those have not.
    Reader {
        name: "csl-json",
        recognises: |head| json::recognises(head.text) == Some(json::Shape::Csl),
        read: json::read,
        cut: Some(json::cut),
        columns: None,
    },
    Reader {
        name: "crossref-json",
        recognises: |head| json::recognises(head.text) == Some(json::Shape::Crossref),
        read: json::read,
        cut: Some(json::cut),
        columns: None,
    },
    Reader {
        name: "europe-pmc-json",
        recognises: |head| json::recognises(head.text) == Some(json::Shape::EuropePmc),
        read: json::read,
        cut: Some(json::cut),
        columns: None,
    },
    Reader {
        name: "datacite-json",
        recognises: |head| json::recognises(head.text) == Some(json::Shape::DataCite),
        read: json::read,
        cut: Some(json::cut),
        columns: None,
    },
    Reader {
        name: "eprints-json",
        recognises: |head| json::recognises(head.text) == Some(json::Shape::EPrints),
        read: json::read,
        cut: Some(json::cut),
        columns: None,
    },
    Reader {
        name: "openalex-json",
        recognises: |head| json::recognises(head.text) == Some(json::Shape::OpenAlex),
        read: json::read,
        cut: Some(json::cut),
        columns: None,
    },
    Reader {
        name: "zotero-json",
        recognises: |head| json::recognises(head.text) == Some(json::Shape::Zotero),
        read: json::read,
        cut: Some(json::cut),
        columns: None,
    },
    Reader {
        name: "marc-json",
        recognises: |head| json::recognises(head.text) == Some(json::Shape::Marc),
        read: json::read,
        cut: Some(json::cut),
        columns: None,
    },
    Reader {
        name: "bibtex",
        recognises: |head| bibtex::recognises(head.text),
        read: bibtex::read,
        cut: None,
        columns: None,
    },
    Reader {
        name: "table",
        recognises: |head| table::recognises_with(head.text, head.mapping),
        read: table::read,
        cut: Some(table::cut),
        columns: Some(Columns { read: table::read_with, cut: table::cut_with, header_len: table::header_len_with }),
    },
    Reader {
        name: "json-lines",
        recognises: |head| json_lines::recognises(head.text, head.is_whole),
        read: json_lines::read,
        cut: Some(json_lines::cut),
        columns: None,
    },
    Reader {
        name: "pubmed",
        recognises: |head| xml::pubmed::recognises(head.text),
        read: xml::pubmed::read,
        cut: Some(xml::pubmed::cut),
        columns: None,
    },
    Reader {
        name: "jats",
        recognises: |head| xml::jats::recognises(head.text),
        read: xml::jats::read,
        cut: Some(xml::jats::cut),
        columns: None,
    },
    Reader {
        name: "oai-pmh",
        recognises: |head| xml::oai::recognises(head.text),
        read: xml::oai::read,
        cut: Some(xml::oai::cut),
        columns: None,
    },
    Reader {
        name: "eprints",
        recognises: |head| xml::eprints::recognises(head.text),
        read: xml::eprints::read,
        cut: Some(xml::eprints::cut),
        columns: None,
    },
    Reader {
        name: "endnote-xml",
        recognises: |head| xml::endnote::recognises(head.text),
        read: xml::endnote::read,
        cut: Some(xml::endnote::cut),
        columns: None,
    },
    Reader {
        name: "zotero-rdf",
        recognises: |head| xml::zotero::recognises(head.text),
        read: xml::zotero::read,
        cut: None,
        columns: None,
    },
    Reader {
        name: "dublin-core",
        recognises: |head| xml::dublin_core::recognises(head.text),
        read: xml::dublin_core::read,
        cut: Some(xml::dublin_core::cut),
        columns: None,
    },
    Reader {
        name: "marc",
        recognises: |head| marc::recognises_binary(head.bytes),
        read: marc::read_binary,
        cut: Some(marc::cut_binary),
        columns: None,
    },
    Reader {
        name: "marcxml",
        recognises: |head| marc::recognises_xml(head.text),
        read: marc::read_xml,
        cut: Some(marc::cut_xml),
        columns: None,
    },
    Reader {
        name: "marc-lines",
        recognises: |head| marc::recognises_lines(head.text),
        read: marc::read_lines,
        cut: Some(marc::cut_lines),
        columns: None,
    },
    Reader {
        name: "mods",
        recognises: |head| mods::recognises(head.text),
        read: mods::read,
        cut: Some(mods::cut),
        columns: None,
    },
    Reader {
        name: "html",
        recognises: |head| html::recognises(head.text),
        read: |b, _, emit| html::read(b, emit),
        cut: None,
        columns: None,
    },
    Reader {
        name: "web-of-science",
        recognises: |head| tagged::wos::recognises(head.text),
        read: tagged::wos::read,
        cut: Some(tagged::wos::cut),
        columns: None,
    },
    Reader {
        name: "medline",
        recognises: |head| tagged::medline::recognises(head.text),
        read: tagged::medline::read,
        cut: Some(tagged::medline::cut),
        columns: None,
    },
    Reader {
        name: "ovid",
        recognises: |head| tagged::ovid::recognises(head.text),
        read: tagged::ovid::read,
        cut: Some(tagged::ovid::cut),
        columns: None,
    },
    Reader {
        name: "silverplatter",
        recognises: |head| tagged::silverplatter::recognises(head.text),
        read: tagged::silverplatter::read,
        cut: Some(tagged::silverplatter::cut),
        columns: None,
    },
    Reader {
        name: "ris",
        recognises: |head| tagged::ris::recognises(head.text),
        read: tagged::ris::read,
        cut: Some(tagged::ris::cut),
        columns: None,
    },
    Reader {
        name: "refer",
        recognises: |head| tagged::refer::recognises(head.text),
        read: tagged::refer::read,
        cut: Some(tagged::refer::cut),
        columns: None,
    },
    Reader {
        name: "refworks",
        recognises: |head| tagged::refworks::recognises(head.text),
        read: tagged::refworks::read,
        cut: Some(tagged::refworks::cut),
        columns: None,
    },
    Reader {
        name: "copac",
        recognises: |head| tagged::copac::recognises(head.text),
        read: tagged::copac::read,
        cut: Some(tagged::copac::cut),
        columns: None,
    },
    Reader {
        name: "proquest",
        recognises: |head| tagged::proquest::recognises(head.text),
        read: tagged::proquest::read,
        cut: Some(tagged::proquest::cut),
        columns: None,
    },
    Reader {
        name: "page-text",
        recognises: |head| !looks_like_markup(head.text) && page_text::recognises(head.text),
        read: |bytes, _, emit| page_text::read(bytes, emit),
        cut: None,
        columns: None,
    },
    // Last: only its dashes and colons tell it from prose.
    Reader {
        name: "isbd",
        recognises: |head| !looks_like_markup(head.text) && isbd::recognises(head.text),
        read: isbd::read,
        cut: Some(isbd::cut),
        columns: None,
    },
];

/// The beginning of a file, as [`detect`] looks at it.
struct Head<'a> {
    /// As they stand in the file.
    bytes: &'a [u8],
    /// Decoded, without leading white space.
    text: &'a str,
    /// Whether it is all there is.
    is_whole: bool,
    /// What the caller says of columns.
    mapping: &'a Mapping,
}

/// A piece of whole records at the beginning of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Where the last whole record ends.
    pub end: usize,
    /// How many lines or records, as the format numbers them, the piece has.
    pub count: usize,
}

impl Format {
    /// The name in `sources[].format` and in reports.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// Where bytes from the middle of a file can be cut so that only whole records come before; `None` where the format
    /// must be read whole, or the bytes do not hold a whole record.
    pub(crate) fn cut(self, bytes: &[u8], mapping: &Mapping) -> Option<Cut> {
        match &self.0.columns {
            Some(columns) => (columns.cut)(bytes, mapping),
            None => self.0.cut.and_then(|cut| cut(bytes)),
        }
    }

    /// How many bytes at the beginning of a file every piece of it needs before its own.
    pub(crate) fn header_len(self, bytes: &[u8], mapping: &Mapping) -> usize {
        self.0.columns.as_ref().map_or(0, |columns| (columns.header_len)(bytes, mapping))
    }

    /// Whether files of any size can be read piece by piece.
    pub(crate) fn can_be_cut(self) -> bool {
        self.0.cut.is_some()
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}
impl Eq for Format {}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Format({})", self.name())
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
    detect_with(head, &Mapping::default())
}

/// Like [`detect`]; a table is one also when only the mapping says which of its columns holds the titles.
///
/// # Errors
/// As [`detect`].
pub fn detect_with(head: &[u8], mapping: &Mapping) -> Result<Format, String> {
    if head.is_empty() {
        return Err("the file is empty".into());
    }
    // Binary MARC is full of control characters.
    if let Some(marc) = READERS.iter().find(|r| r.name == "marc").filter(|_| marc::recognises_binary(head)) {
        return Ok(Format(marc));
    }
    if let Some(kind) = binary_kind(head) {
        return Err(format!("{kind}, not a text format that commlit reads"));
    }
    let text = encoding::decode(whole_chars(head), None);
    let text = text.trim_start();
    if text.is_empty() {
        return Err("the file holds nothing but white space".into());
    }
    let head = Head { bytes: head, text, is_whole: head.len() < DETECT_BYTES, mapping };
    if let Some(reader) = READERS.iter().find(|r| (r.recognises)(&head)) {
        return Ok(Format(reader));
    }
    Err(match text.as_bytes() {
        [b'{' | b'[', ..] => {
            "JSON, but neither commlit's records (one JSON object a line, with a title, an abstract or a body) nor works of a \
             known service or reference manager"
                .into()
        }
        _ if looks_like_markup(text) => xml::unreadable(text).into(),
        _ => table::without_title(text, mapping).unwrap_or_else(|| {
            "text of no kind that commlit reads (neither a page of a catalogue or literature platform nor an export)".into()
        }),
    })
}

/// Reads a whole input of a known format, or a piece of one that ends where [`Cut`] says. `first` is the number of its first
/// line or record.
pub fn read(format: Format, bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    read_with(format, bytes, first, &Mapping::default(), emit);
}

/// Like [`read`], with columns of tables that the caller assigns to fields.
pub fn read_with(format: Format, bytes: &[u8], first: usize, mapping: &Mapping, emit: &mut dyn FnMut(Item)) {
    // commlit's own records are as they are.
    if format.name() == "json-lines" {
        return (format.0.read)(bytes, first, emit);
    }
    let mut settled = |mut item: Item| {
        if let Ok(record) = &mut item.content {
            responsibility::settle(record);
        }
        emit(item);
    };
    match &format.0.columns {
        Some(columns) => (columns.read)(bytes, first, mapping, &mut settled),
        None => (format.0.read)(bytes, first, &mut settled),
    }
}

fn looks_like_markup(text: &str) -> bool {
    text.strip_prefix('<')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '?' | '!')))
}

/// The kind of a binary input, by its first bytes; `None` for text in any encoding.
fn binary_kind(head: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"%PDF-", "a PDF document"),
        (b"PK\x03\x04", "a zip archive or office document"),
        (b"PK\x05\x06", "an empty zip archive"),
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
    if head.get(257..262) == Some(b"ustar") {
        return Some("a tar archive (unpack it and read the folder)");
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
