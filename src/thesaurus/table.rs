//! A thesaurus from its table and back: tab-separated, a line of column names, comment lines beginning with `#`.
//!
//! A concept is one line. Several values of a cell are separated by `|`; `\|` is the character itself, `\:` one in the name
//! of a scheme, `\\` a backslash before either.

use super::{Concept, Heading, Thesaurus, ThesaurusFile};
use crate::error::{Error, ErrorKind, Result};
use crate::identity::hash_text;

/// The columns, in any order; `id` and `preferred` must be there.
const COLUMNS: [&str; 16] = [
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
    "same_as",
    "close_to",
];

impl Thesaurus {
    /// Reads a table with the columns of the shipped one, in any order. A line that cannot be read is an error; one that
    /// can be read and is wrong is for [`Thesaurus::check`] to find.
    pub fn parse(table: &str) -> Result<Self> {
        Ok(read(table)?.thesaurus)
    }

    /// The thesaurus as such a table, concepts in their order. Line ends and tabs within a value become spaces, white space
    /// around it is lost; [`Thesaurus::parse`] reads everything else back as it was.
    pub fn to_table(&self) -> String {
        self.table(|column| !COLUMNS[FOREIGN].contains(&column) || self.concepts().any(|(_, c)| speaks_of_others(c)))
    }

    /// A number for what the thesaurus says of words: the same for two that differ at most in their notes.
    pub fn fingerprint(&self) -> u64 {
        hash_text("thesaurus", &self.table(|column| column != "note"))
    }

    fn table(&self, wanted: impl Fn(&str) -> bool) -> String {
        let columns: Vec<&str> = COLUMNS.into_iter().filter(|column| wanted(column)).collect();
        let mut table = columns.join("\t");
        table.push('\n');
        for (_, concept) in self.concepts() {
            for (at, column) in columns.iter().enumerate() {
                table.push_str(if at == 0 { "" } else { "\t" });
                table.push_str(&quoted(&written(concept, column)));
            }
            table.push('\n');
        }
        table
    }
}

/// Reads a table, and where its concepts stand.
pub(super) fn read(table: &str) -> Result<ThesaurusFile> {
    let table = table.strip_prefix('\u{feff}').unwrap_or(table);
    let mut rows = csv::ReaderBuilder::new()
        .delimiter(b'\t')
        .comment(Some(b'#'))
        .flexible(true)
        .has_headers(false)
        .from_reader(table.as_bytes());
    let mut columns: Vec<&str> = Vec::new();
    let mut concepts = Vec::new();
    let mut lines = Vec::new();
    let mut row = csv::StringRecord::new();
    while rows
        .read_record(&mut row)
        .map_err(|e| Error::new(ErrorKind::Argument, "cannot read the thesaurus").with_source(e))?
    {
        let line = row.position().map_or(0, |position| line_of(table, position));
        if columns.is_empty() {
            columns = names(&row, line)?;
            continue;
        }
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        // A quotation mark that opens a cell swallows what follows, whole lines of it, where none closes it.
        if row.iter().any(|cell| cell.contains('\t')) {
            return Err(at(line, "a quotation mark opens a cell and is never closed".to_owned()));
        }
        if row.len() > columns.len() {
            return Err(at(line, format!("{} columns where {} have names", row.len(), columns.len())));
        }
        concepts.push(concept(&columns, &row, line)?);
        lines.push(usize::try_from(line).ok());
    }
    if columns.is_empty() {
        return Err(at(1, "no line of column names".to_owned()));
    }
    Ok(ThesaurusFile { thesaurus: Thesaurus::new(concepts), unread: Vec::new(), lines })
}

/// The columns that only thesauri have which speak of concepts in other schemes.
const FOREIGN: std::ops::Range<usize> = 14..16;

fn speaks_of_others(concept: &Concept) -> bool {
    !concept.same_as.is_empty() || !concept.close_to.is_empty()
}

/// What stands in a column for a concept.
fn written(concept: &Concept, column: &str) -> String {
    let list = |values: &[String]| values.iter().map(|v| escaped(v, &['\\', '|'])).collect::<Vec<_>>().join("|");
    let year = |year: Option<i32>| year.map(|y| y.to_string()).unwrap_or_default();
    match column {
        "id" => concept.id.clone(),
        "preferred" => concept.preferred.clone(),
        "variants" => list(&concept.variants),
        "acronyms" => list(&concept.acronyms),
        "hidden" => list(&concept.hidden),
        "headings" => {
            let heading =
                |h: &Heading| format!("{}:{}", escaped(&h.scheme, &['\\', '|', ':']), escaped(&h.term, &['\\', '|']));
            concept.headings.iter().map(heading).collect::<Vec<_>>().join("|")
        }
        "broader" => list(&concept.broader),
        "related" => list(&concept.related),
        "succeeded_by" => list(&concept.succeeded_by),
        "near" => list(&concept.near),
        "from" => year(concept.from),
        "to" => year(concept.to),
        "nation" => list(&concept.nations),
        "note" => concept.note.clone(),
        "same_as" => list(&concept.same_as),
        _ => list(&concept.close_to),
    }
}

/// A cell on one line, in quotation marks where it would be read as something else without them.
fn quoted(cell: &str) -> String {
    let cell: String = cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if cell.contains('"') || cell.starts_with('#') { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

fn escaped(value: &str, what: &[char]) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        if what.contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A value without its escapes; a backslash before any other character is one.
fn unescaped(value: &str) -> String {
    if !value.contains('\\') {
        return value.to_owned();
    }
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.next_if(|next| c == '\\' && matches!(next, '\\' | '|' | ':')) {
            Some(escaped) => out.push(escaped),
            None => out.push(c),
        }
    }
    out
}

/// Splits a text at a character, but not where it is escaped.
fn split(text: &str, separator: char) -> Vec<&str> {
    if !text.contains('\\') {
        return text.split(separator).collect();
    }
    let mut pieces = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, c) in text.char_indices() {
        if c == separator && !escaped {
            pieces.push(&text[start..at]);
            start = at + c.len_utf8();
        }
        escaped = c == '\\' && !escaped;
    }
    pieces.push(&text[start..]);
    pieces
}

/// The line of a row; its position is that of the comments and empty lines before it.
fn line_of(table: &str, position: &csv::Position) -> u64 {
    let from = usize::try_from(position.byte()).ok().and_then(|byte| table.get(byte..)).unwrap_or_default();
    let is_passed_over = |line: &&str| line.starts_with('#') || line.trim_end_matches(['\r', '\n']).is_empty();
    position.line() + from.split_inclusive('\n').take_while(is_passed_over).count() as u64
}

fn names(row: &csv::StringRecord, line: u64) -> Result<Vec<&'static str>> {
    let known = |cell: &str| COLUMNS.into_iter().find(|c| *c == cell.trim());
    let mut columns = Vec::with_capacity(row.len());
    for cell in row {
        let column = known(cell).ok_or_else(|| at(line, format!("there is no column {}", shown(cell))))?;
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
            "note" => concept.note = cell.to_owned(),
            "same_as" => concept.same_as = list(cell),
            _ => concept.close_to = list(cell),
        }
    }
    if concept.id.is_empty() {
        return Err(at(line, "a concept without an id".to_owned()));
    }
    Ok(concept)
}

fn list(cell: &str) -> Vec<String> {
    if cell.is_empty() { Vec::new() } else { split(cell, '|').into_iter().map(|v| unescaped(v.trim())).collect() }
}

fn headings(cell: &str, line: u64) -> Result<Vec<Heading>> {
    let heading = |value: &str| match split(value, ':').as_slice() {
        [scheme, _, ..] => {
            let term = value.get(scheme.len() + 1..).unwrap_or_default();
            Ok(Heading { scheme: unescaped(scheme.trim()), term: unescaped(term.trim()) })
        }
        _ => Err(at(line, format!("the heading {} has no scheme before it, as in MeSH:Contracts", shown(value)))),
    };
    if cell.is_empty() { Ok(Vec::new()) } else { split(cell, '|').into_iter().map(|v| heading(v.trim())).collect() }
}

fn year(cell: &str, line: u64) -> Result<Option<i32>> {
    if cell.is_empty() {
        return Ok(None);
    }
    cell.parse().map(Some).map_err(|_| at(line, format!("{} is not a year", shown(cell))))
}

/// A cell in a message, its beginning where it is long: any file may be taken for a table.
fn shown(cell: &str) -> String {
    const LONGEST: usize = 60;
    match cell.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}…", cell.get(..end).unwrap_or_default()),
        None => format!("{cell:?}"),
    }
}

fn at(line: u64, message: String) -> Error {
    Error::new(ErrorKind::Argument, format!("line {line} of the thesaurus: {message}"))
}
