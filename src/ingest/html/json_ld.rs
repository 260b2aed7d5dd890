//! JSON-LD: the one object of a page that describes its work.
//!
//! Objects stand alone, in arrays, in `@graph`, or as the `mainEntity` of the page. What an object refers to (authors,
//! citations, related works) is never taken for the work.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::dom::{self, all};
use super::found::{Found, Origin};
use super::page::Page;
use super::schema_org::{self, Ids, kinds, rank};
use crate::ingest::values;

dom::selectors! {
    SCRIPTS = "script[type*='ld+json']";
}

/// What the JSON-LD of a page amounts to.
#[derive(Default)]
pub(super) struct JsonLd {
    /// The work.
    pub(super) found: Option<Found>,
    /// It says that the page is a list of works.
    pub(super) is_list: bool,
    /// The titles of further works that it describes in full, as the page's own.
    pub(super) others: Vec<String>,
}

/// Reads the page's JSON-LD; scripts that are not JSON are passed over, as browsers do.
pub(super) fn find(page: &Page) -> JsonLd {
    let values: Vec<Value> =
        all(page, &SCRIPTS).filter_map(|script| parse(&script.text().collect::<String>())).collect();
    let objects: Vec<&Map<String, Value>> = values.iter().flat_map(objects).collect();
    let ids: Ids<'_> = objects
        .iter()
        .filter(|object| object.len() > 1)
        .filter_map(|object| object.get("@id").and_then(Value::as_str).map(|id| (id, *object)))
        .collect();
    let best = objects
        .iter()
        .map(|object| (kinds(object).map(rank).max().unwrap_or(0), *object))
        .filter(|(rank, object)| *rank > 0 && (object.contains_key("name") || object.contains_key("headline")))
        // The first of the best: `max_by_key` would take the last.
        .reduce(|best, next| if next.0 > best.0 { next } else { best });
    let is_list = objects
        .iter()
        .any(|object| kinds(object).any(|kind| matches!(kind, "SearchResultsPage" | "CollectionPage" | "ItemList")))
        && best.is_none_or(|(rank, _)| rank < 2);
    let others = best.map(|best| others(&objects, best)).unwrap_or_default();
    JsonLd { found: best.map(|(_, object)| schema_org::read(Origin::JsonLd, object, &ids)), is_list, others }
}

/// The titles of works of the best one's rank and type that no object refers to: works of the page beside it.
fn others(objects: &[&Map<String, Value>], (rank_of_best, best): (u8, &Map<String, Value>)) -> Vec<String> {
    let title = |object: &Map<String, Value>| {
        ["name", "headline"].iter().find_map(|key| object.get(*key).and_then(Value::as_str)).map(values::line)
    };
    let kind = |object: &Map<String, Value>| kinds(object).map(str::to_owned).collect::<Vec<_>>();
    let mut seen: HashSet<String> = title(best).into_iter().collect();
    // A page of the web is not a work beside another; only what stands as one is.
    if rank_of_best < 3 {
        return Vec::new();
    }
    objects
        .iter()
        .filter(|object| kinds(object).map(rank).max() == Some(rank_of_best) && kind(object) == kind(best))
        .filter(|object| object.contains_key("author") || object.contains_key("creator"))
        .filter_map(|object| title(object))
        .filter(|title| seen.insert(title.clone()))
        .collect()
}

/// Parses a script, forgiving what web pages get wrong: comments and CDATA around it, raw line breaks in strings.
fn parse(script: &str) -> Option<Value> {
    let script = script.trim();
    let script = script.strip_prefix("<!--").and_then(|s| s.strip_suffix("-->")).unwrap_or(script);
    let script = script.trim().trim_start_matches("//<![CDATA[").trim_end_matches("//]]>").trim().trim_end_matches(';');
    serde_json::from_str(script).ok().or_else(|| {
        let cleaned: String = script.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        serde_json::from_str(&cleaned).ok()
    })
}

/// The objects that may describe the page: those of arrays, graphs and main entities.
fn objects(value: &Value) -> Vec<&Map<String, Value>> {
    let mut out = Vec::new();
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        match value {
            // In reverse, so that they are taken in order.
            Value::Array(values) => waiting.extend(values.iter().rev()),
            Value::Object(object) => {
                out.push(object);
                for property in ["mainEntity", "mainEntityOfPage", "@graph"] {
                    waiting.extend(object.get(property));
                }
            }
            _ => {}
        }
    }
    out
}
