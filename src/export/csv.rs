//! CSV: one record a row, with a header; see the table of [`super`].
//!
//! Several values of a cell are joined by `; `; a semicolon of a value before a space or at its end is written `\;`, a
//! backslash `\\` ([`split`] is the way back). A cell that a spreadsheet would take for a formula (`=`, `+`, `-`, `@` at
//! its beginning) gets an apostrophe before it, as does one that begins with apostrophes before such a character
//! ([`without_apostrophe`] takes it off again). Cells of more than 32,767 characters are cut by some spreadsheets, though
//! not in the file.

use super::{one_line, paragraphs};
use crate::record::{Container, Record, TitleSource};

/// The names of the columns.
pub const COLUMNS: [&str; 35] = [
    "id",
    "title",
    "creators",
    "year",
    "type",
    "publisher",
    "place",
    "journal",
    "volume",
    "issue",
    "pages",
    "isbn",
    "doi",
    "url",
    "alternative_titles",
    "title_source",
    "roles",
    "date",
    "container_issn",
    "series",
    "edition",
    "extent",
    "rights",
    "access",
    "isbn10",
    "issn",
    "pmid",
    "pmcid",
    "subjects",
    "languages",
    "abstract",
    "truncated",
    "notes",
    "merged_ids",
    "body",
];

/// The cells of a record, one for each of [`COLUMNS`].
pub fn cells(r: &Record) -> Vec<String> {
    let none = Container::default();
    let c = r.container.as_ref().unwrap_or(&none);
    let text = |value: &Option<String>| cell(&one_line(value.as_deref().unwrap_or("")));
    let long = |value: &Option<String>| cell(&paragraphs(value.as_deref().unwrap_or("")).join("\n\n"));
    let list = |values: &[String]| cell(&join(values.iter().map(String::as_str)));
    let roles = r.creators.iter().any(|c| c.role.is_some());
    let truth = |is: bool| if is { "true".to_owned() } else { String::new() };
    vec![
        cell(&one_line(&r.id)),
        cell(&one_line(&r.title)),
        cell(&join(r.creators.iter().map(|c| c.name.as_str()))),
        cell(&r.year.map(|y| y.to_string()).unwrap_or_default()),
        text(&r.item_type),
        list(&r.publisher),
        list(&r.place),
        cell(&one_line(&c.title)),
        text(&c.volume),
        text(&c.issue),
        text(&c.pages),
        list(&r.isbn),
        text(&r.doi),
        list(&r.url),
        list(&r.alternative_titles),
        if r.title_source == Some(TitleSource::Derived) { "derived".into() } else { String::new() },
        if roles { cell(&join(r.creators.iter().map(|c| c.role.as_deref().unwrap_or("")))) } else { String::new() },
        text(&r.date),
        text(&c.issn),
        list(&r.series),
        text(&r.edition),
        text(&r.extent),
        text(&r.rights),
        text(&r.access),
        list(&r.isbn10),
        list(&r.issn),
        text(&r.pmid),
        text(&r.pmcid),
        list(&r.subjects),
        list(&r.languages),
        long(&r.abstract_text),
        truth(r.truncated),
        list(&r.notes),
        list(&r.merged_ids),
        long(&r.body),
    ]
}

/// One line of cells.
pub fn line<T: AsRef<[u8]>>(cells: impl IntoIterator<Item = T>) -> String {
    let mut csv = ::csv::Writer::from_writer(Vec::new());
    // Memory takes whatever is written.
    let _ = csv.write_record(cells);
    csv.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// A cell that no spreadsheet takes for a formula.
pub fn cell(value: &str) -> String {
    if looks_like_formula(value) { format!("'{value}") } else { value.to_owned() }
}

/// A cell without the apostrophe that [`cell`] has put before it.
pub fn without_apostrophe(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| looks_like_formula(rest)).unwrap_or(cell)
}

fn looks_like_formula(value: &str) -> bool {
    value.trim_start_matches('\'').starts_with(['=', '+', '-', '@'])
}

/// Several values in one cell.
fn join<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for (i, value) in values.enumerate() {
        if i > 0 {
            out.push_str("; ");
        }
        let value = one_line(value);
        let mut chars = value.chars().peekable();
        while let Some(c) = chars.next() {
            let separates = c == ';' && chars.peek().is_none_or(|next| *next == ' ');
            if separates || c == '\\' {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

/// The values of a cell with several.
pub fn split(cell: &str) -> Vec<String> {
    if cell.is_empty() {
        return Vec::new();
    }
    let mut values = vec![String::new()];
    let mut chars = cell.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        match (c, next) {
            ('\\', Some(escaped @ (';' | '\\'))) => {
                chars.next();
                push(&mut values, escaped);
            }
            (';', None | Some(' ')) => {
                chars.next();
                values.push(String::new());
            }
            _ => push(&mut values, c),
        }
    }
    values
}

fn push(values: &mut [String], c: char) {
    if let Some(value) = values.last_mut() {
        value.push(c);
    }
}
