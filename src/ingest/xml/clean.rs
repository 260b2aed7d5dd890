//! Values as XML formats carry them, made plain: HTML within values, titles with a full stop, page ranges, dates in parts,
//! labels for notes.

use crate::ingest::{markup, values};
use crate::record::Record;

/// A value as one line, HTML in it dropped.
pub(super) fn plain(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return values::line(text);
    }
    values::line(&markup::plain(text, " "))
}

/// A value as paragraphs, as its HTML or its blank lines divide it.
pub(super) fn running_text(text: &str) -> String {
    let bare = markup::plain(text, "\n\n").replace("\r\n", "\n");
    let mut parts: Vec<String> = vec![String::new()];
    for line in bare.split('\n') {
        match parts.last_mut() {
            Some(part) if !line.trim().is_empty() => {
                part.push_str(line);
                part.push('\n');
            }
            Some(part) if !part.is_empty() => parts.push(String::new()),
            _ => {}
        }
    }
    values::paragraphs(parts.iter().map(String::as_str))
}

/// A title without the full stop that bibliographic databases put after it; one that belongs to an abbreviation or an
/// ellipsis stays.
pub(super) fn title(text: &str) -> String {
    let title = values::title(&plain(text));
    let Some(bare) = title.strip_suffix('.') else { return title };
    let word = bare.rsplit([' ', '(']).next().unwrap_or("");
    let abbreviated = word.contains('.')
        || matches!(
            word.to_lowercase().as_str(),
            "etc"
                | "inc"
                | "ltd"
                | "co"
                | "corp"
                | "jr"
                | "sr"
                | "al"
                | "vs"
                | "no"
                | "vol"
                | "ed"
                | "eds"
                | "st"
                | "dept"
        );
    if abbreviated || bare.ends_with(['.', ' ']) { title } else { bare.to_owned() }
}

pub(super) use crate::ingest::values::pages::pages;

/// First and last page as one range.
pub(super) fn page_range(first: Option<String>, last: Option<String>) -> Option<String> {
    match (first, last) {
        (Some(first), Some(last)) if first != last => Some(pages(&format!("{first}-{last}"))),
        (Some(page), _) | (None, Some(page)) => Some(page),
        (None, None) => None,
    }
}

/// A date in parts: as ISO 8601 where the month is a number, else as the parts stand.
pub(super) fn date(year: Option<String>, month: Option<String>, day: Option<String>) -> Option<String> {
    let year = year?;
    let number = |text: &str| text.parse::<u8>().ok().filter(|n| (1..=31).contains(n));
    Some(match (month, day) {
        (None, _) => year,
        (Some(month), day) => match (number(&month), day.as_deref().map(number), day.as_deref()) {
            (Some(m), None, _) => format!("{year}-{m:02}"),
            (Some(m), Some(Some(d)), _) => format!("{year}-{m:02}-{d:02}"),
            (_, _, Some(day)) => format!("{year} {month} {day}"),
            (_, _, None) => format!("{year} {month}"),
        },
    })
}

/// A label from the name of an element: `originalRecord` → `Original record`.
pub(super) fn label(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut before_lower = false;
    for c in name.chars() {
        if matches!(c, '_' | '-' | '.') {
            out.push(' ');
            before_lower = false;
        } else {
            if c.is_uppercase() && before_lower {
                out.push(' ');
            }
            before_lower = c.is_lowercase();
            if out.is_empty() { out.extend(c.to_uppercase()) } else { out.extend(c.to_lowercase()) }
        }
    }
    out
}

/// Adds a note `Label: value`, once, unless the value is empty.
pub(super) fn note(record: &mut Record, label: &str, value: &str) {
    if !value.is_empty() {
        values::push_new(&mut record.notes, format!("{label}: {value}"));
    }
}

/// Adds an ISSN: the first is the container's, others are kept beside it; what is none becomes a note.
pub(super) fn add_issn(record: &mut Record, text: &str) {
    if text.is_empty() {
        return;
    }
    let Some(issn) = values::issn(text) else { return note(record, "ISSN", text) };
    let container = record.container.get_or_insert_default();
    match &container.issn {
        None => container.issn = Some(issn),
        Some(first) if *first == issn => {}
        Some(_) => values::push_new(&mut record.issn, issn),
    }
}

/// Adds an ISBN; what is none becomes a note.
pub(super) fn add_isbn(record: &mut Record, text: &str) {
    if !text.is_empty() && !values::add_isbn(record, text) {
        note(record, "ISBN", text);
    }
}

/// Adds a language; what is none becomes a note.
pub(super) fn add_language(record: &mut Record, text: &str) {
    match values::language(text) {
        Some(code) => values::push_new(&mut record.languages, code),
        None => note(record, "Language", text),
    }
}

/// Sets the DOI; what is none, or a second one, becomes a note.
pub(super) fn add_doi(record: &mut Record, text: &str) {
    match (values::doi(text), &record.doi) {
        (Some(doi), None) => record.doi = Some(doi),
        (Some(doi), Some(first)) if doi == *first => {}
        _ => note(record, "DOI", text),
    }
}

/// A person's name from its parts.
pub(super) fn name(family: Option<String>, given: Option<String>, suffix: Option<String>) -> Option<String> {
    let mut name = match (family, given) {
        (Some(family), Some(given)) => format!("{family}, {given}"),
        (Some(name), None) | (None, Some(name)) => name,
        (None, None) => return None,
    };
    if let Some(suffix) = suffix {
        name.push_str(", ");
        name.push_str(&suffix);
    }
    Some(name)
}

/// Closes a record: its title is stated where there is one, and an empty container is none.
pub(super) fn finished(mut record: Record) -> Record {
    if !record.title.is_empty() {
        record.title_source = Some(crate::record::TitleSource::Record);
    }
    if record.container.as_ref().is_some_and(|c| *c == crate::record::Container::default()) {
        record.container = None;
    }
    record
}
