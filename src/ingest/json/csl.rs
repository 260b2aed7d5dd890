//! CSL-JSON items, as Zotero, Mendeley, citeproc and doi.org write them.
//!
//! Not kept: `id`, `citation-key` and `citation-label` (keys of one document), `system_id`.

use serde_json::{Map, Value};

use super::members::{keep, list, of, text};
use crate::export::{self, types};
use crate::ingest::{exchange, values};
use crate::record::Record;

pub(super) fn record(object: Map<String, Value>) -> Result<Record, String> {
    if let Some(record) = export::csl_json::recover(&object) {
        return Ok(record);
    }
    let mut r = Record::default();
    let mut journal_short = String::new();
    let mut number = String::new();
    let mut genre = String::new();
    let mut series = String::new();
    let mut series_number = String::new();
    for (key, value) in &object {
        match key.as_str() {
            "id" | "citation-key" | "citation-label" | "system_id" | "first-reference-note-number" => {}
            "type" => r.item_type = item_type(&text(value)),
            "title" => list(value).for_each(|t| exchange::set_title(&mut r, &text(t), "")),
            "title-short" | "shortTitle" | "short-title" => {
                list(value).for_each(|t| exchange::note(&mut r, "Short title", &text(t)))
            }
            "original-title" => list(value).for_each(|t| {
                let title = exchange::title(&text(t));
                values::push_new(&mut r.alternative_titles, title);
            }),
            "container-title" => {
                let mut titles = list(value).map(|t| exchange::line(&text(t))).filter(|t| !t.is_empty());
                if let Some(title) = titles.next() {
                    exchange::container(&mut r).title = title;
                }
                titles.for_each(|t| exchange::note(&mut r, "Also in", &t));
            }
            "container-title-short" | "journalAbbreviation" => journal_short = exchange::line(&text(value)),
            "volume" => exchange::container(&mut r).volume = some(value),
            "issue" => exchange::container(&mut r).issue = some(value),
            "page" => exchange::container(&mut r).pages = Some(exchange::pages(&text(value))).filter(|p| !p.is_empty()),
            "number" => number = exchange::line(&text(value)),
            "collection-title" => series = exchange::line(&text(value)),
            "collection-number" => series_number = exchange::line(&text(value)),
            "genre" => genre = exchange::line(&text(value)),
            "publisher" => list(value).for_each(|v| values::push_new(&mut r.publisher, exchange::line(&text(v)))),
            "publisher-place" => list(value).for_each(|v| values::push_new(&mut r.place, exchange::line(&text(v)))),
            "edition" => r.edition = some(value),
            "number-of-pages" => {
                r.extent = some(value).map(|p| if p.parse::<u32>().is_ok() { format!("{p} p.") } else { p })
            }
            "issued" => date(&mut r, value),
            "ISBN" => list(value).for_each(|v| exchange::add_isbns(&mut r, &text(v))),
            "ISSN" => list(value).for_each(|v| exchange::add_issns(&mut r, &text(v))),
            "DOI" => exchange::add_doi(&mut r, &text(value)),
            "PMID" => exchange::add_pmid(&mut r, &text(value)),
            "PMCID" => exchange::add_pmcid(&mut r, &text(value)),
            "URL" => list(value).for_each(|v| exchange::add_url(&mut r, &text(v))),
            "abstract" => exchange::add_abstract(&mut r, &text(value)),
            "keyword" | "categories" | "tags" => {
                for value in list(value) {
                    let text = text(value);
                    let separator = if text.contains(';') { ';' } else { ',' };
                    text.split(separator).for_each(|s| values::push_new(&mut r.subjects, exchange::line(s)));
                }
            }
            "language" => exchange::add_language(&mut r, &text(value)),
            "license" | "rights" => r.rights = some(value),
            "note" => note(&mut r, &text(value)),
            "accessed" | "submitted" | "original-date" | "event-date" | "available-date" => {
                exchange::note(&mut r, &exchange::label(key), &date_text(value));
            }
            _ => match role(key) {
                Some(role) => names(&mut r, value, role),
                None => keep(&mut r, key, value),
            },
        }
    }
    if !series.is_empty() {
        let number = if series_number.is_empty() { String::new() } else { format!(" ; {series_number}") };
        values::push_new(&mut r.series, format!("{series}{number}"));
    } else {
        exchange::note(&mut r, "Number in series", &series_number);
    }
    exchange::note(&mut r, "Type", &genre);
    if !number.is_empty() {
        exchange::note(&mut r, "Number", &number);
    }
    let container = exchange::container(&mut r);
    if container.title.is_empty() {
        container.title = journal_short;
    } else if container.title != journal_short {
        exchange::note(&mut r, "Journal abbreviation", &journal_short);
    }
    exchange::finished(r)
}

fn some(value: &Value) -> Option<String> {
    Some(exchange::line(&text(value))).filter(|t| !t.is_empty())
}

/// CSL types stand as they are; those of older schemas and of doi.org's answers are brought to them.
pub(super) fn item_type(text: &str) -> Option<String> {
    if types::CSL.contains(&text) {
        return Some(text.to_owned());
    }
    super::crossref::item_type(text).or_else(|| values::item_type(text)).map(str::to_owned)
}

/// The MARC relator of a name variable; `Some(None)` is an author.
fn role(key: &str) -> Option<Option<&'static str>> {
    types::CSL_ROLES.iter().find(|(variable, _)| *variable == key).map(|(_, role)| *role)
}

fn names(r: &mut Record, value: &Value, role: Option<&str>) {
    for person in list(value) {
        let name = name(person);
        exchange::add_creator(r, name, role);
        for affiliation in person.get("affiliation").into_iter().flat_map(list) {
            let name = of(affiliation, "name");
            exchange::note(r, "Affiliation", if name.is_empty() { affiliation.as_str().unwrap_or("") } else { &name });
        }
    }
}

/// A name from its parts; particles go with the family name.
pub(super) fn name(person: &Value) -> String {
    if let Some(text) = person.as_str() {
        return values::person(&exchange::line(text));
    }
    for whole in ["literal", "name"] {
        let literal = exchange::line(&of(person, whole));
        if !literal.is_empty() && person.get("family").is_none() {
            return literal;
        }
    }
    let (family, given) = (of(person, "family"), of(person, "given"));
    let particle = format!("{} {}", of(person, "dropping-particle"), of(person, "non-dropping-particle"));
    exchange::name(&format!("{particle} {family}"), &given, &of(person, "suffix"))
}

/// Sets the year and the date from a CSL date.
fn date(r: &mut Record, value: &Value) {
    let printed = date_text(value);
    if printed.is_empty() {
        return;
    }
    values::set_date(r, &printed);
}

/// A CSL date as text: ISO from its parts, else as the source printed it.
pub(super) fn date_text(value: &Value) -> String {
    if let Some(text) = value.as_str() {
        return text.to_owned();
    }
    let parts = value.get("date-parts").into_iter().flat_map(list).map(|date| {
        let numbers: Vec<String> =
            list(date).map(|n| text(n).trim().to_owned()).take_while(|n| !n.is_empty() && n != "0").collect();
        numbers
            .iter()
            .enumerate()
            .map(|(i, n)| if i == 0 { n.clone() } else { format!("{n:0>2}") })
            .collect::<Vec<_>>()
            .join("-")
    });
    let parts = parts.filter(|p| !p.is_empty()).collect::<Vec<_>>().join("/");
    if !parts.is_empty() {
        return parts;
    }
    ["raw", "literal", "date-time", "year"].iter().map(|key| of(value, key)).find(|t| !t.is_empty()).unwrap_or_default()
}

/// Zotero keeps what it has no field for as lines `PMID: 123` of the note.
fn note(r: &mut Record, text: &str) {
    for line in text.lines() {
        match line.split_once(':').map(|(label, value)| (label.trim(), value.trim())) {
            Some(("PMID", value)) if values::pmid(value).is_some() => exchange::add_pmid(r, value),
            Some(("PMCID", value)) if values::pmcid(value).is_some() => exchange::add_pmcid(r, value),
            Some(("DOI", value)) if values::doi(value).is_some() => exchange::add_doi(r, value),
            Some(("ISBN", value)) if values::isbn(value).is_some() => exchange::add_isbns(r, value),
            Some(("Citation Key", _)) => {}
            _ => exchange::note(r, "Note", line),
        }
    }
}
