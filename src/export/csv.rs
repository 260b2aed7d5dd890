//! CSV: one record a row, with a header; see the table of [`super`].
//!
//! Several values of a cell are joined by `; `; a semicolon of a value before a space or at its end is written `\;`, a
//! backslash `\\` ([`split`] is the way back). A cell that a spreadsheet would take for a formula (`=`, `+`, `-`, `@` at
//! its beginning) gets an apostrophe before it, as does one that begins with apostrophes before such a character
//! ([`without_apostrophe`] takes it off again). Cells of more than 32,767 characters are cut by some spreadsheets, though
//! not in the file.

use super::fold::{folded, one_line, paragraphs};
use crate::record::{Container, Creator, Record, TitleSource};

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
pub fn cells(record: &Record) -> Vec<String> {
    let r = &folded(record);
    let none = Container::default();
    let c = r.container.as_ref().unwrap_or(&none);
    let text = |value: &Option<String>| cell(value.as_deref().unwrap_or(""));
    let list = |values: &[String]| cell(&join(values.iter().map(String::as_str)));
    let roles = r.creators.iter().any(|c| c.role.is_some());
    let truth = |is: bool| if is { "true".to_owned() } else { String::new() };
    vec![
        cell(&r.id),
        cell(&r.title),
        cell(&join(r.creators.iter().map(|c| c.name.as_str()))),
        cell(&r.year.map(|y| y.to_string()).unwrap_or_default()),
        text(&r.item_type),
        list(&r.publisher),
        list(&r.place),
        cell(&c.title),
        text(&c.volume),
        text(&c.issue),
        text(&c.pages),
        list(&r.isbn),
        text(&r.doi),
        list(&r.url),
        list(&r.alternative_titles),
        if r.title_source == Some(TitleSource::Derived) { DERIVED.into() } else { String::new() },
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
        text(&r.abstract_text),
        truth(r.truncated),
        list(&r.notes),
        list(&r.merged_ids),
        text(&r.body),
    ]
}

/// The places of [`COLUMNS`] in a header that this library has written, for an export or with the columns of a search.
pub(crate) fn places(header: &[String]) -> Option<Vec<usize>> {
    let of_search = |name: &str| matches!(name, "rank" | "score" | "passage");
    let columns = header.iter().enumerate().filter(|(_, name)| !of_search(name));
    columns.clone().map(|(_, name)| name).eq(COLUMNS).then(|| columns.map(|(at, _)| at).collect())
}

const DERIVED: &str = "derived";

/// The record of a row under a header of [`COLUMNS`]; `None` when a cell has been changed so that the row is better read like
/// those of other programs.
pub(crate) fn recover(cells: &[&str]) -> Option<Record> {
    let mut r = Record::default();
    let mut roles = Vec::new();
    if cells.len() != COLUMNS.len() {
        return None;
    }
    for (name, cell) in COLUMNS.iter().zip(cells) {
        let cell = without_apostrophe(cell);
        if cell.is_empty() {
            continue;
        }
        let line = one_line(cell);
        let list = || split(&line);
        match *name {
            "id" => r.id = line,
            "title" => r.title = line,
            "creators" => r.creators = list().into_iter().map(Creator::new).collect(),
            "roles" => roles = list(),
            "year" => r.year = Some(line.parse().ok()?),
            "type" => r.item_type = Some(line),
            "publisher" => r.publisher = list(),
            "place" => r.place = list(),
            "journal" => r.container.get_or_insert_default().title = line,
            "volume" => r.container.get_or_insert_default().volume = Some(line),
            "issue" => r.container.get_or_insert_default().issue = Some(line),
            "pages" => r.container.get_or_insert_default().pages = Some(line),
            "container_issn" => r.container.get_or_insert_default().issn = Some(line),
            "isbn" => r.isbn = list(),
            "isbn10" => r.isbn10 = list(),
            "issn" => r.issn = list(),
            "doi" => r.doi = Some(line),
            "pmid" => r.pmid = Some(line),
            "pmcid" => r.pmcid = Some(line),
            "url" => r.url = list(),
            "alternative_titles" => r.alternative_titles = list(),
            "title_source" if line == DERIVED => r.title_source = Some(TitleSource::Derived),
            "date" => r.date = Some(line),
            "series" => r.series = list(),
            "edition" => r.edition = Some(line),
            "extent" => r.extent = Some(line),
            "rights" => r.rights = Some(line),
            "access" => r.access = Some(line),
            "subjects" => r.subjects = list(),
            "languages" => r.languages = list(),
            "abstract" => r.abstract_text = Some(paragraphs(cell).join("\n\n")),
            // A spreadsheet writes it large when it saves the table.
            "truncated" if line.eq_ignore_ascii_case("true") => r.truncated = true,
            "notes" => r.notes = list(),
            "merged_ids" => r.merged_ids = list(),
            "body" => r.body = Some(paragraphs(cell).join("\n\n")),
            _ => return None,
        }
    }
    if roles.len() > r.creators.len() {
        return None;
    }
    for (creator, role) in r.creators.iter_mut().zip(roles) {
        creator.role = Some(role).filter(|role| !role.is_empty());
    }
    if r.title_source.is_none() && !r.title.is_empty() {
        r.title_source = Some(TitleSource::Record);
    }
    (!r.id.is_empty()).then_some(r)
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
