//! A thesaurus from its table: tab-separated, a line of column names, comment lines beginning with `#`.

use super::{Concept, Heading, Thesaurus};
use crate::error::{Error, ErrorKind, Result};

/// The columns, in any order; `id` and `preferred` must be there.
const COLUMNS: [&str; 14] = [
    "id",
    "preferred",
    "variants",
    "acronyms",
    "hidden",
    "headings",
    "broader",
    "related",
    "succeeded_by",
    "near",
    "from",
    "to",
    "nation",
    "note",
];

impl Thesaurus {
    /// Reads a table with the columns of the shipped one, in any order. A line that cannot be read is an error; one that
    /// can be read and is wrong is for [`Thesaurus::check`] to find.
    pub fn parse(table: &str) -> Result<Self> {
        let table = table.strip_prefix('\u{feff}').unwrap_or(table);
        let mut rows = csv::ReaderBuilder::new()
            .delimiter(b'\t')
            .comment(Some(b'#'))
            .flexible(true)
            .has_headers(false)
            .from_reader(table.as_bytes());
        let mut columns: Vec<&str> = Vec::new();
        let mut concepts = Vec::new();
        for row in rows.records() {
            let row = row.map_err(|e| Error::new(ErrorKind::Argument, "cannot read the thesaurus").with_source(e))?;
            let line = row.position().map_or(0, csv::Position::line);
            if columns.is_empty() {
                columns = names(&row, line)?;
                continue;
            }
            if row.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if row.len() > columns.len() {
                return Err(at(line, format!("{} columns where {} have names", row.len(), columns.len())));
            }
            concepts.push(concept(&columns, &row, line)?);
        }
        if columns.is_empty() {
            return Err(at(1, "no line of column names".to_owned()));
        }
        Ok(Thesaurus::new(concepts))
    }
}

fn names(row: &csv::StringRecord, line: u64) -> Result<Vec<&'static str>> {
    let known = |cell: &str| COLUMNS.into_iter().find(|c| *c == cell.trim());
    let mut columns = Vec::with_capacity(row.len());
    for cell in row {
        let column = known(cell).ok_or_else(|| at(line, format!("there is no column {cell:?}")))?;
        if columns.contains(&column) {
            return Err(at(line, format!("two columns {column:?}")));
        }
        columns.push(column);
    }
    match ["id", "preferred"].into_iter().find(|c| !columns.contains(c)) {
        Some(missing) => Err(at(line, format!("the column {missing:?} is missing"))),
        None => Ok(columns),
    }
}

fn concept(columns: &[&'static str], row: &csv::StringRecord, line: u64) -> Result<Concept> {
    let mut concept = Concept::default();
    for (column, cell) in columns.iter().zip(row) {
        let cell = cell.trim();
        match *column {
            "id" => concept.id = cell.to_owned(),
            "preferred" => concept.preferred = cell.to_owned(),
            "variants" => concept.variants = list(cell),
            "acronyms" => concept.acronyms = list(cell),
            "hidden" => concept.hidden = list(cell),
            "headings" => concept.headings = headings(cell, line)?,
            "broader" => concept.broader = list(cell),
            "related" => concept.related = list(cell),
            "succeeded_by" => concept.succeeded_by = list(cell),
            "near" => concept.near = list(cell),
            "from" => concept.from = year(cell, line)?,
            "to" => concept.to = year(cell, line)?,
            "nation" => concept.nations = list(cell),
            _ => concept.note = cell.to_owned(),
        }
    }
    if concept.id.is_empty() {
        return Err(at(line, "a concept without an id".to_owned()));
    }
    Ok(concept)
}

fn list(cell: &str) -> Vec<String> {
    if cell.is_empty() { Vec::new() } else { cell.split('|').map(|value| value.trim().to_owned()).collect() }
}

fn headings(cell: &str, line: u64) -> Result<Vec<Heading>> {
    let heading = |value: String| match value.split_once(':') {
        Some((scheme, term)) => Ok(Heading { scheme: scheme.trim().to_owned(), term: term.trim().to_owned() }),
        None => Err(at(line, format!("the heading {value:?} has no scheme before it, as in MeSH:Contracts"))),
    };
    list(cell).into_iter().map(heading).collect()
}

fn year(cell: &str, line: u64) -> Result<Option<i32>> {
    if cell.is_empty() {
        return Ok(None);
    }
    cell.parse().map(Some).map_err(|_| at(line, format!("{cell:?} is not a year")))
}

fn at(line: u64, message: String) -> Error {
    Error::new(ErrorKind::Argument, format!("line {line} of the thesaurus: {message}"))
}
