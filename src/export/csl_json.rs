//! CSL-JSON: items of the csl-data schema 1.0.2, one a line; see the table of [`super`].
//!
//! A personal name has `family` and `given`, the name of a body is a `literal`. The full text stands in `custom`, the place
//! that the schema has for what it does not name; so does the record id once more, by which, and by `source`, an item of
//! this library is known again ([`recover`]).

use serde_json::{Map, Value, json};

use super::labels::{self, Labels};
use super::{PROGRAM, fits_lists, iso_date, role, set, types};
use crate::record::{Creator, Record};

pub(super) fn record(r: &Record) -> String {
    Value::Object(labels::exactly(r, fields, recover)).to_string()
}

fn fields(r: &Record, rest: Option<&str>) -> Map<String, Value> {
    let mut item = item(r);
    item.insert("source".into(), PROGRAM.into());
    let mut notes = Labels::of(r, rest);
    if r.item_type.as_deref().is_some_and(|t| !types::is_csl_json(t)) {
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
    if r.subjects.iter().any(|s| s.contains(';')) {
        notes.all(labels::SUBJECT, &r.subjects);
    } else {
        put(&mut item, "keyword", Some(&r.subjects.join("; ")));
    }
    notes.maybe(labels::EXTENT, r.extent.as_ref());
    notes.maybe(labels::RIGHTS, r.rights.as_ref());
    notes.maybe(labels::ACCESS, r.access.as_ref());
    put(&mut item, "abstract", r.abstract_text.as_deref());
    if !notes.is_empty() {
        item.insert("note".into(), notes.lines().into());
    }
    let mut custom = Map::new();
    custom.insert(ID.into(), r.id.as_str().into());
    put(&mut custom, "body", r.body.as_deref());
    item.insert("custom".into(), custom.into());
    item
}

/// The member of `custom` by which an item of this library is known again.
const ID: &str = "commlit-id";

/// The record that was written as this item; `None` when it is not of this library or has been changed so that it is better
/// read like those of others.
pub(crate) fn recover(item: &Map<String, Value>) -> Option<Record> {
    let custom = item.get("custom")?.as_object()?;
    if item.get("source").and_then(Value::as_str) != Some(PROGRAM) || custom.get(ID) != item.get("id") {
        return None;
    }
    let mut r = Record::default();
    let mut issn = None;
    for (name, value) in item {
        if let Some((_, role)) = types::CSL_ROLES.iter().find(|(variable, _)| variable == name) {
            for person in value.as_array()? {
                r.creators.push(Creator { name: whole_name(person)?, role: role.map(str::to_owned) });
            }
            continue;
        }
        match name.as_str() {
            "issued" => {
                let parts: Vec<Vec<i32>> = serde_json::from_value(value.get("date-parts")?.clone()).ok()?;
                let [parts] = parts.as_slice() else { return None };
                match parts.as_slice() {
                    [year] => r.year = Some(*year),
                    [year, month] => r.date = Some(format!("{year:04}-{month:02}")),
                    [year, month, day] => r.date = Some(format!("{year:04}-{month:02}-{day:02}")),
                    _ => return None,
                }
                r.year = parts.first().copied();
                continue;
            }
            "custom" => {
                for (name, value) in custom {
                    match name.as_str() {
                        ID => r.id = value.as_str()?.to_owned(),
                        "body" => r.body = Some(value.as_str()?.to_owned()),
                        _ => return None,
                    }
                }
                continue;
            }
            _ => {}
        }
        let text = value.as_str()?.to_owned();
        match name.as_str() {
            "id" | "source" => {}
            "type" => r.item_type = Some(text).filter(|t| t != "document"),
            "title" => r.title = text,
            "container-title" => r.container.get_or_insert_default().title = text,
            "volume" => set(&mut r.container.get_or_insert_default().volume, text)?,
            "issue" => set(&mut r.container.get_or_insert_default().issue, text)?,
            "page" => set(&mut r.container.get_or_insert_default().pages, text)?,
            "ISSN" => issn = Some(text),
            "collection-title" => r.series.push(text),
            "edition" => r.edition = Some(text),
            "publisher" => r.publisher.push(text),
            "publisher-place" => r.place.push(text),
            "ISBN" => text.split(' ').for_each(|n| super::number(&mut r, n)),
            "DOI" => r.doi = Some(text),
            "PMID" => r.pmid = Some(text),
            "PMCID" => r.pmcid = Some(text),
            "URL" => r.url.push(text),
            "language" => r.languages.push(text),
            "keyword" => r.subjects = text.split("; ").map(str::to_owned).collect(),
            "abstract" => r.abstract_text = Some(text),
            "note" => r.notes = text.lines().map(str::to_owned).collect(),
            _ => return None,
        }
    }
    match &mut r.container {
        Some(c) => c.issn = issn,
        None => r.issn.extend(issn),
    }
    labels::restore(&mut r)?;
    Some(r)
}

/// What a reference is made of, of a folded record.
pub(super) fn item(r: &Record) -> Map<String, Value> {
    let mut item = Map::new();
    item.insert("id".into(), r.id.as_str().into());
    let known = r.item_type.as_deref().filter(|t| types::is_csl_json(t));
    item.insert("type".into(), known.unwrap_or("document").into());
    put(&mut item, "title", Some(&r.title));
    for (variable, _) in types::CSL_ROLES {
        let names: Vec<Value> = r.creators.iter().filter(|c| variable_of(c) == *variable).map(name).collect();
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
    if let Some(value) = value.filter(|v| !v.is_empty()) {
        item.insert(name.into(), value.into());
    }
}

/// The parts of an ISO date that agrees with the year.
fn stated_date(r: &Record) -> Option<Vec<u32>> {
    let parts = iso_date(r.date.as_deref()?)?;
    let year = u32::try_from(r.year?).ok()?;
    (parts.first() == Some(&year)).then_some(parts)
}

fn name(creator: &Creator) -> Value {
    match super::personal(&creator.name) {
        Some((family, given, None)) => json!({"family": family, "given": given}),
        Some((family, given, Some(suffix))) => json!({"family": family, "given": given, "suffix": suffix}),
        None => json!({"literal": creator.name}),
    }
}

fn whole_name(person: &Value) -> Option<String> {
    let person = person.as_object()?;
    if !person.keys().all(|key| matches!(key.as_str(), "literal" | "family" | "given" | "suffix")) {
        return None;
    }
    let parts = ["literal", "family", "given", "suffix"].iter().filter_map(|part| person.get(*part)?.as_str());
    Some(parts.collect::<Vec<_>>().join(", "))
}

/// The variable that holds a creator.
fn variable_of(creator: &Creator) -> &'static str {
    types::csl_variable(role(creator)).unwrap_or("contributor")
}
