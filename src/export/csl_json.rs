//! CSL-JSON: items of the csl-data schema 1.0.2, one a line; see the table of [`super`].
//!
//! A personal name has `family` and `given`, the name of a body is a `literal`. The full text stands in `custom`, the place
//! that the schema has for what it does not name.

use serde_json::{Map, Value, json};

use super::labels::{self, Labels};
use super::{fits_lists, iso_date, one_line, paragraphs, role};
use crate::record::{Creator, Record};

pub(super) fn record(r: &Record) -> String {
    let mut item = item(r);
    let mut notes = Labels::of(r);
    let known = r.item_type.as_deref().is_none_or(|t| TYPES.contains(&t) && t != "document");
    if !known {
        notes.maybe(labels::ITEM_TYPE, r.item_type.as_ref());
    }
    notes.all(labels::ALTERNATIVE_TITLE, &r.alternative_titles);
    if !fits_lists(&r.creators) {
        notes.creators(&r.creators);
    }
    if r.date.is_some() && stated_date(r).is_none() {
        notes.maybe(labels::DATE, r.date.as_ref());
    }
    notes.further(labels::SERIES, &r.series);
    notes.further(labels::PUBLISHER, &r.publisher);
    notes.further(labels::PLACE, &r.place);
    notes.further(labels::LANGUAGE, &r.languages);
    notes.further(labels::URL, &r.url);
    if r.container.is_some() {
        notes.all(labels::ISSN, &r.issn);
    } else {
        notes.further(labels::ISSN, &r.issn);
    }
    put(&mut item, "license", r.rights.as_deref());
    if r.subjects.iter().any(|s| s.contains(';')) {
        notes.all(labels::SUBJECT, &r.subjects);
    } else {
        put(&mut item, "keyword", Some(&r.subjects.join("; ")));
    }
    notes.maybe(labels::EXTENT, r.extent.as_ref());
    notes.maybe(labels::ACCESS, r.access.as_ref());
    put_text(&mut item, "abstract", r.abstract_text.as_deref());
    if !notes.is_empty() {
        item.insert("note".into(), notes.lines().into());
    }
    if let Some(body) = r.body.as_deref() {
        item.insert("custom".into(), json!({"body": paragraphs(body).join("\n\n")}));
    }
    Value::Object(item).to_string()
}

/// What a reference is made of.
pub(super) fn item(r: &Record) -> Map<String, Value> {
    let mut item = Map::new();
    item.insert("id".into(), one_line(&r.id).into());
    let known = r.item_type.as_deref().filter(|t| TYPES.contains(t));
    item.insert("type".into(), known.unwrap_or("document").into());
    put(&mut item, "title", Some(&r.title));
    for (variable, role) in ROLES {
        let names: Vec<Value> = r.creators.iter().filter(|c| variable_of(c) == *role).filter_map(name).collect();
        if !names.is_empty() {
            item.insert((*variable).into(), names.into());
        }
    }
    if let Some(parts) = stated_date(r) {
        item.insert("issued".into(), json!({"date-parts": [parts]}));
    } else if let Some(year) = r.year {
        item.insert("issued".into(), json!({"date-parts": [[year]]}));
    }
    if let Some(c) = &r.container {
        put(&mut item, "container-title", Some(&c.title));
        put(&mut item, "volume", c.volume.as_deref());
        put(&mut item, "issue", c.issue.as_deref());
        put(&mut item, "page", c.pages.as_deref());
        put(&mut item, "ISSN", c.issn.as_deref());
    } else {
        put(&mut item, "ISSN", r.issn.first().map(String::as_str));
    }
    put(&mut item, "collection-title", r.series.first().map(String::as_str));
    put(&mut item, "edition", r.edition.as_deref());
    put(&mut item, "publisher", r.publisher.first().map(String::as_str));
    put(&mut item, "publisher-place", r.place.first().map(String::as_str));
    put(&mut item, "ISBN", Some(&r.isbn.iter().chain(&r.isbn10).cloned().collect::<Vec<_>>().join(" ")));
    put(&mut item, "DOI", r.doi.as_deref());
    put(&mut item, "PMID", r.pmid.as_deref());
    put(&mut item, "PMCID", r.pmcid.as_deref());
    put(&mut item, "URL", r.url.first().map(String::as_str));
    put(&mut item, "language", r.languages.first().map(String::as_str));
    item
}

fn put(item: &mut Map<String, Value>, name: &str, value: Option<&str>) {
    let value = one_line(value.unwrap_or(""));
    if !value.is_empty() {
        item.insert(name.into(), value.into());
    }
}

fn put_text(item: &mut Map<String, Value>, name: &str, value: Option<&str>) {
    let text = paragraphs(value.unwrap_or("")).join("\n\n");
    if !text.is_empty() {
        item.insert(name.into(), text.into());
    }
}

/// The parts of an ISO date that agrees with the year.
fn stated_date(r: &Record) -> Option<Vec<u32>> {
    let parts = iso_date(r.date.as_deref()?)?;
    let year = u32::try_from(r.year?).ok()?;
    (parts.first() == Some(&year)).then_some(parts)
}

fn name(creator: &Creator) -> Option<Value> {
    let whole = one_line(&creator.name);
    match super::personal(&whole) {
        Some((family, given, None)) => Some(json!({"family": family, "given": given})),
        Some((family, given, Some(suffix))) => Some(json!({"family": family, "given": given, "suffix": suffix})),
        None => (!whole.is_empty()).then(|| json!({"literal": whole})),
    }
}

/// The MARC role of the variable that holds a creator; authors have none.
fn variable_of(creator: &Creator) -> Option<&str> {
    let role = role(creator)?;
    let known = ROLES.iter().any(|(_, r)| *r == Some(role));
    Some(if known { role } else { "ctb" })
}

/// Variables for names, with the MARC relator codes they stand for.
const ROLES: &[(&str, Option<&str>)] = &[
    ("author", None),
    ("editor", Some("edt")),
    ("translator", Some("trl")),
    ("illustrator", Some("ill")),
    ("compiler", Some("com")),
    ("composer", Some("cmp")),
    ("director", Some("drt")),
    ("interviewer", Some("ivr")),
    ("narrator", Some("nrt")),
    ("performer", Some("prf")),
    ("producer", Some("pro")),
    ("host", Some("hst")),
    ("curator", Some("cur")),
    ("guest", Some("ive")),
    ("contributor", Some("ctb")),
];

/// The item types of CSL 1.0.2.
const TYPES: &[&str] = &[
    "article",
    "article-journal",
    "article-magazine",
    "article-newspaper",
    "bill",
    "book",
    "broadcast",
    "chapter",
    "classic",
    "collection",
    "dataset",
    "document",
    "entry",
    "entry-dictionary",
    "entry-encyclopedia",
    "event",
    "figure",
    "graphic",
    "hearing",
    "interview",
    "legal_case",
    "legislation",
    "manuscript",
    "map",
    "motion_picture",
    "musical_score",
    "pamphlet",
    "paper-conference",
    "patent",
    "performance",
    "periodical",
    "personal_communication",
    "post",
    "post-weblog",
    "regulation",
    "report",
    "review",
    "review-book",
    "software",
    "song",
    "speech",
    "standard",
    "thesis",
    "treaty",
    "webpage",
];
