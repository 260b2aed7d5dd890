//! JSON of bibliographic services and reference managers: CSL-JSON, Crossref, Europe PMC, DataCite, EPrints, OpenAlex,
//! Zotero, and MARC in JSON.
//!
//! A file is an array of works, a single work, works one a line, or what the service answers: an object with a list of works
//! somewhere at its beginning. The shape of every work is told from its own members, so that a file of any size can be read
//! in pieces and mixed files are read too. A damaged work is reported, and the next one that has a known shape goes on.
//!
//! Not read: commlit's own records (see [`super::json_lines`]), other JSON. Not kept, for each service: see its module.

mod crossref;
mod csl;
mod datacite;
mod eprints;
mod europe_pmc;
mod members;
mod openalex;
mod stream;
mod zotero;

use serde_json::{Map, Value};

use super::{Cut, Item, encoding};
use crate::record::Record;
use stream::Element;

/// Whose JSON a work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Citation Style Language, CSL-JSON.
    Csl,
    /// Works of the Crossref REST API.
    Crossref,
    /// Results of the Europe PMC web service.
    EuropePmc,
    /// DataCite's schema, plain or as the REST API answers.
    DataCite,
    /// JSON export of an EPrints repository.
    EPrints,
    /// Works of the OpenAlex API.
    OpenAlex,
    /// Items of the Zotero API.
    Zotero,
    /// MARC records as pymarc, ruby-marc, Solr and FOLIO write them.
    Marc,
}

/// The shape of the first work in the beginning of a file; `None` where it is no JSON of a known shape.
pub fn recognises(head: &str) -> Option<Shape> {
    if !head.starts_with(['{', '[']) {
        return None;
    }
    stream::first_members(head.as_bytes()).into_iter().find_map(|keys| shape(&keys))
}

/// Reads a file or a piece of one that ends where [`cut`] says; `first` is the number of its first work.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    let text = encoding::decode(bytes, None);
    let mut number = first;
    stream::walk(text.as_bytes(), stream::Extent::Whole, &mut |element| {
        let parsed = |bytes: &[u8]| match serde_json::from_slice::<Map<String, Value>>(bytes) {
            Ok(object) => work(object),
            Err(e) => Err(format!("not valid JSON: {e}")),
        };
        let content = match element {
            Element::Object(bytes) => parsed(bytes),
            Element::Repaired(bytes) => parsed(&bytes),
            Element::Damaged(reason) => Err(reason),
        };
        emit(Item { locator: format!("record {number}"), content });
        number += 1;
    });
}

/// Cuts after the last whole work.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    let mut count = 0;
    let end = stream::walk(bytes, stream::Extent::Piece, &mut |_| count += 1);
    (count > 0).then_some(Cut { end, count })
}

fn work(object: Map<String, Value>) -> Result<Record, String> {
    let object = unwrapped(object);
    let keys: Vec<(&str, u8)> = object.iter().map(|(key, value)| (key.as_str(), first_byte(value))).collect();
    match shape(&keys) {
        Some(Shape::Csl) => csl::record(object),
        Some(Shape::Crossref) => crossref::record(object),
        Some(Shape::EuropePmc) => europe_pmc::record(object),
        Some(Shape::DataCite) => datacite::record(object),
        Some(Shape::EPrints) => eprints::record(object),
        Some(Shape::OpenAlex) => openalex::record(object),
        Some(Shape::Zotero) => zotero::record(object),
        Some(Shape::Marc) => super::marc::record_of_json(&object),
        None => Err(format!(
            "an object of no known kind (its members: {})",
            object.keys().take(6).map(String::as_str).collect::<Vec<_>>().join(", ")
        )),
    }
}

/// The work in the envelope that a service puts around a single one.
fn unwrapped(mut object: Map<String, Value>) -> Map<String, Value> {
    for _ in 0..4 {
        let key = match () {
            () if object.contains_key("itemType") || object.contains_key("titles") => break,
            () if object.get("message").is_some_and(Value::is_object) => "message",
            () if object.get("result").is_some_and(Value::is_object) => "result",
            () if object.get("_source").is_some_and(Value::is_object) => "_source",
            () if object.get("data").is_some_and(Value::is_object) => "data",
            () if object.get("attributes").is_some_and(|a| a.get("titles").is_some()) => "attributes",
            () => break,
        };
        match object.remove(key) {
            Some(Value::Object(inner)) => object = inner,
            _ => break,
        }
    }
    object
}

fn first_byte(value: &Value) -> u8 {
    match value {
        Value::Null => b'n',
        Value::Bool(_) => b't',
        Value::Number(_) => b'0',
        Value::String(_) => b'"',
        Value::Array(_) => b'[',
        Value::Object(_) => b'{',
    }
}

/// The shape by the names of members and the first byte of their values.
fn shape(keys: &[(&str, u8)]) -> Option<Shape> {
    let has = |name: &str| keys.iter().any(|(key, _)| *key == name);
    let is = |name: &str, first: u8| keys.iter().any(|(key, value)| *key == name && *value == first);
    let any = |names: &[&str]| names.iter().any(|name| has(name));
    if is("leader", b'"') && is("fields", b'[') {
        return Some(Shape::Marc);
    }
    if has("itemType") || has("data") && has("key") && has("version") {
        return Some(Shape::Zotero);
    }
    if is("titles", b'[') && any(&["creators", "doi", "types", "publicationYear", "identifiers", "identifier"]) {
        return Some(Shape::DataCite);
    }
    if is("attributes", b'{') && any(&["id", "type"]) && any(&["relationships", "id"]) {
        return Some(Shape::DataCite);
    }
    if has("eprintid") && any(&["title", "eprint_status", "type", "creators"]) {
        return Some(Shape::EPrints);
    }
    if is("title", b'[') && any(&["DOI", "container-title", "type", "prefix"])
        || has("DOI") && any(&["indexed", "is-referenced-by-count", "reference-count", "prefix", "deposited"])
    {
        return Some(Shape::Crossref);
    }
    if has("display_name") && any(&["authorships", "publication_year", "host_venue", "abstract_inverted_index"])
        || has("authorships") && has("title")
    {
        return Some(Shape::OpenAlex);
    }
    if any(&["authorString", "authorList", "journalInfo", "pubTypeList", "pubYear"])
        && any(&["title", "source", "pmid", "abstractText", "id"])
    {
        return Some(Shape::EuropePmc);
    }
    // Members that commlit's own records do not have, or a type that only CSL names.
    const CSL: &[&str] = &[
        "author",
        "issued",
        "container-title",
        "DOI",
        "ISBN",
        "ISSN",
        "URL",
        "editor",
        "publisher-place",
        "page",
        "accessed",
        "citation-key",
        "citation-label",
        "collection-title",
        "event-title",
        "genre",
        "translator",
        "title-short",
        "number-of-pages",
        "PMID",
        "archive",
        "source",
        "note",
    ];
    if is("title", b'"') && any(CSL) && any(&["type", "id"]) && !any(&["creators", "sources", "languages", "authors"]) {
        return Some(Shape::Csl);
    }
    if has("type") && any(&["issued", "author", "container-title"]) && !is("author", b'"') {
        return Some(Shape::Csl);
    }
    None
}
