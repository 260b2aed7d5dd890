//! Tables with a header: CSV and TSV of databases, reference managers, screening tools, catalogues and repositories.
//!
//! The separator (comma, semicolon, tab, bar) is the one under which the header says most. Columns are known by their names
//! in the exports of Scopus, Web of Science (names and two-letter tags), PubMed, Embase, Zotero, Covidence, Rayyan, ASReview,
//! Koha and Bulkrax; a [`Mapping`] adds to that. What has no field becomes a note under the column's name. A row with more or
//! fewer cells than the header is read as far as it goes and reported; a quotation mark out of place costs no more than the
//! rows up to the next whole one. Rows are numbered after the header; empty ones are not counted.
//!
//! Rows of Bulkrax that describe collections or files are reported, not read. Not kept: record numbers of the database, time
//! stamps, counts of citations and downloads, what a screening tool keeps about its own work.

mod bulkrax;
mod cells;
mod columns;
mod row;
mod rows;

pub use columns::{Field, Mapping};

use super::{Cut, Item, encoding};
use crate::export;
use crate::record::Record;
use columns::Column;
use rows::{Rows, Status};

/// Whether the text is a table whose header names a title, or an abstract, and something else about works.
pub fn recognises(head: &str) -> bool {
    recognises_with(head, &Mapping::default())
}

/// Like [`recognises`], with columns that the caller assigns to fields.
pub fn recognises_with(head: &str, mapping: &Mapping) -> bool {
    // Nothing that begins like markup or an object of JSON passes, and separators are slow to try.
    if head.starts_with(['<', '{']) {
        return false;
    }
    Header::of(head.as_bytes(), mapping).is_some_and(|h| h.is_of_works)
}

/// Why a text that looks like a table is not read, and what its columns are; `None` for other text.
pub(crate) fn without_title(text: &str, mapping: &Mapping) -> Option<String> {
    let header = Header::of(text.as_bytes(), mapping).filter(|h| h.columns.len() > 1)?;
    let mut rows = Rows::new(text.as_bytes(), header.end, header.delimiter, header.columns.len());
    // Prose has separators too, but not the same number in every line.
    for _ in 0..2 {
        if !matches!(rows.next()?.status, Status::Whole) {
            return None;
        }
    }
    let missing = mapping.missing(&header.columns);
    let names = named(&header.columns);
    Some(if missing.is_empty() {
        format!("{WITHOUT_TITLE}; its columns are: {names}")
    } else {
        format!("{WITHOUT_TITLE}, nor a column {}; its columns are: {names}", missing.join(", "))
    })
}

/// How the reason begins for which a table is set aside that a [`Mapping`] would make readable.
pub const WITHOUT_TITLE: &str = "a table without a column that is known to hold titles";

/// The names of columns, for messages.
fn named(columns: &[Column]) -> String {
    const MOST: usize = 40;
    let mut names: Vec<String> = columns.iter().take(MOST).map(|c| format!("`{}`", c.name)).collect();
    if columns.len() > MOST {
        names.push(format!("and {} more", columns.len() - MOST));
    }
    names.join(", ")
}

/// Reads a table, or a piece of one that begins with the header; `first` is the number of its first row.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    read_with(bytes, first, &Mapping::default(), emit);
}

/// Like [`read`], with columns that the caller assigns to fields; what the mapping does not name is read by its name.
pub fn read_with(bytes: &[u8], first: usize, mapping: &Mapping, emit: &mut dyn FnMut(Item)) {
    let text = encoding::decode(bytes, None);
    let Some(header) = Header::of(text.as_bytes(), mapping) else { return };
    if first == 1 {
        let missing = mapping.missing(&header.columns);
        if !missing.is_empty() {
            let names = named(&header.columns);
            let reason = format!("there is no column {}; the columns are: {names}", missing.join(", "));
            emit(Item { locator: "header".into(), content: Err(reason) });
        }
    }
    let mut number = first;
    let mut rows = Rows::new(text.as_bytes(), header.end, header.delimiter, header.columns.len());
    while let Some(row) = rows.next() {
        let locator = format!("record {number}");
        number += 1;
        if let Status::Damaged = row.status {
            emit(Item {
                locator,
                content: Err("a quotation mark is out of place; read on at the next whole row".into()),
            });
            continue;
        }
        let content = match own(&header, rows.cells()) {
            Some(record) => Ok(record),
            None => row::record(&header, rows.cells()),
        };
        let is_record = content.is_ok();
        emit(Item { locator: locator.clone(), content });
        if let Status::Ragged(cells) = row.status
            && is_record
        {
            let reason = format!("read in part: {cells} cells where the header has {}", header.columns.len());
            emit(Item { locator, content: Err(reason) });
        }
    }
}

/// A row that this library has written.
fn own(header: &Header, row: &csv::ByteRecord) -> Option<Record> {
    let places = header.own.as_ref()?;
    let cells: Option<Vec<&str>> = places.iter().map(|at| std::str::from_utf8(row.get(*at)?).ok()).collect();
    export::csv::recover(&cells?)
}

/// Cuts after the last whole row; the bytes begin with the header.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    cut_with(bytes, &Mapping::default())
}

/// Like [`cut`], with columns that the caller assigns to fields.
pub fn cut_with(bytes: &[u8], mapping: &Mapping) -> Option<Cut> {
    let header = Header::of(bytes, mapping)?;
    let mut rows = Rows::new(bytes, header.end, header.delimiter, header.columns.len());
    let mut cut = None;
    let mut count = 0;
    while let Some(row) = rows.next() {
        // A row that reaches the end of the bytes may go on after it.
        if row.end >= bytes.len() {
            break;
        }
        count += 1;
        cut = Some(Cut { end: row.end, count });
    }
    cut
}

/// How many bytes at the beginning of a file are its header, which every piece of it needs.
pub fn header_len(bytes: &[u8]) -> usize {
    header_len_with(bytes, &Mapping::default())
}

/// Like [`header_len`], with columns that the caller assigns to fields.
pub fn header_len_with(bytes: &[u8], mapping: &Mapping) -> usize {
    Header::of(bytes, mapping).map_or(0, |h| h.end)
}

/// What the first row says.
struct Header {
    columns: Vec<Column>,
    delimiter: u8,
    /// Where the rows begin.
    end: usize,
    is_of_works: bool,
    /// An export of Bulkrax: `|` and `;` separate values, some rows are no works.
    is_bulkrax: bool,
    /// The places of a record's columns in a header that this library writes.
    own: Option<Vec<usize>>,
}

impl Header {
    fn of(bytes: &[u8], mapping: &Mapping) -> Option<Self> {
        const LONGEST: usize = 64 * 1024;
        let mut start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        start += bytes[start..].iter().take_while(|b| b.is_ascii_whitespace() && **b != b'\t').count();
        let mut stated = None;
        // Spreadsheets state the separator in a line of its own.
        if let Some(rest) = bytes[start..].strip_prefix(b"sep=")
            && let Some(separator) = rest.first()
        {
            stated = Some(*separator);
            let line = bytes[start..].iter().position(|b| *b == b'\n').map_or(bytes.len() - start, |i| i + 1);
            start += line;
        }
        let head = &bytes[start..bytes.len().min(start + LONGEST)];
        let candidates = [b',', b'\t', b';', b'|'];
        let mut best: Option<(usize, Header)> = None;
        for delimiter in candidates.into_iter().filter(|d| stated.is_none_or(|s| s == *d)) {
            let Some((names, len)) = rows::first(head, delimiter) else { continue };
            if names.iter().any(|n| n.len() > 200) {
                continue;
            }
            let columns = columns::columns(&names, mapping);
            let known = columns.iter().filter(|c| c.field.is_known()).count();
            let has = |field: Field| columns.iter().any(|c| c.field == field);
            let titled = has(Field::Title);
            let is_bulkrax = bulkrax::is_header(&names);
            let own = export::csv::places(&names).filter(|_| mapping.is_empty());
            let is_of_works = columns.len() > 1
                && (titled && (known > 1 || is_bulkrax) || has(Field::Abstract) && known > 2)
                && names.iter().all(|n| n.chars().count() <= 80 && !n.contains(['{', '<']));
            let score = known * 100 + columns.len();
            if best.as_ref().is_none_or(|(other, _)| score > *other) {
                best = Some((score, Header { columns, delimiter, end: start + len, is_of_works, is_bulkrax, own }));
            }
        }
        best.map(|(_, header)| header)
    }
}
