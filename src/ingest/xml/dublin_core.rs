//! Dublin Core in XML: `oai_dc`, qualified Dublin Core, `srw_dc` in the answers of a search service, RDF descriptions, DSpace's
//! own files, and plain records of Dublin Core elements.
//!
//! Element names decide, whatever their prefix. Fifteen loose elements hold what other formats tell apart, so values are sorted
//! by what they look like: identifiers by their check digits, types by the vocabularies in use. Left out as housekeeping:
//! dates with a time of day beside a date without one (when a repository took the item in), identifiers beginning `oai:`.
//! `dc_values` says which value goes where.

use super::dc_values::Draft;
use super::scan::{Inside, Records, cut as cut_records};
use super::tree::Element;
use super::{Prologue, clean, read_records};
use crate::ingest::{Cut, Item};
use crate::record::Record;

const RECORDS: Records = Records {
    names: &[
        "dc",
        "qualifieddc",
        "qualified-dc",
        "qdc",
        "simpledc",
        "dublin_core",
        "Description",
        "record",
        "metadata",
        "dcx",
    ],
    bare: &[],
    inside: Inside::Nested,
};

/// Elements that may stand around Dublin Core.
const ROOTS: &[&str] = &[
    "dc",
    "qualifieddc",
    "qualified-dc",
    "qdc",
    "simpledc",
    "dublin_core",
    "RDF",
    "record",
    "records",
    "metadata",
    "collection",
    "dcCollection",
    "searchRetrieveResponse",
    "dcx",
    "root",
    "items",
    "Description",
];

/// Whether the text begins like Dublin Core: a likely outer element, and the namespace of the elements or of DSpace's files.
pub fn recognises(text: &str) -> bool {
    Prologue::of(text).is_some_and(|prologue| {
        ROOTS.contains(&prologue.root)
            && (prologue.root == "dublin_core" && prologue.mentions("<dcvalue")
                || (prologue.mentions("purl.org/dc/") || prologue.mentions("info:srw/schema/1/dc"))
                    && !prologue.mentions("www.zotero.org/namespaces")
                    && !prologue.mentions("purl.org/net/biblio")
                    && (prologue.mentions(":title") || prologue.mentions("<title") || prologue.mentions("<dc:")))
    })
}

/// Reads records; `first` is the number of the first.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    read_records(bytes, first, &RECORDS, convert, emit);
}

/// Cuts after the last whole record.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    cut_records(bytes, &RECORDS)
}

/// A record from an element that holds Dublin Core, itself or further down.
pub(super) fn convert(root: Element<'_>) -> Result<Option<Record>, String> {
    let is_field = |e: Element<'_>| super::dc_values::is_field(e.name());
    let holds_fields = |e: &Element<'_>| e.children().filter(|c| is_field(*c)).count() > 0;
    let parent = Some(root).filter(holds_fields).or_else(|| root.descendants().find(holds_fields));
    let parent = parent.ok_or("no element of Dublin Core in it")?;
    let mut draft = Draft::default();
    if let Some(about) = root.attribute("about") {
        draft.add("identifier", "", "", &about);
    }
    add_fields(parent, &mut draft);
    let record = draft.into_record();
    if record.title.is_empty() && record.abstract_text.is_none() {
        return Err("a Dublin Core record without title and description".into());
    }
    Ok(Some(clean::finished(record)))
}

fn add_fields<'t>(parent: Element<'t>, draft: &mut Draft) {
    for field in parent.children() {
        let value = || field.raw_text();
        match field.name() {
            "dcvalue" => {
                let element = field.attribute("element").unwrap_or_default();
                let qualifier = field.attribute("qualifier").filter(|q| q != "none").unwrap_or_default();
                draft.add(&element, &qualifier, &scheme(field), &value());
            }
            // RDF: the value is a reference, a list, or a node with a name.
            name if !field.is_leaf() => {
                let mut found = false;
                for node in field.descendants().filter(|d| d.is_leaf()) {
                    let text = node.text();
                    if matches!(node.name(), "li" | "value" | "label" | "prefLabel" | "name" | "Literal")
                        && !text.is_empty()
                    {
                        found = true;
                        draft.add(name, "", "", &text);
                    }
                }
                if !found {
                    draft.add(name, "", &scheme(field), &value());
                }
            }
            name => {
                let text = value();
                let reference = field.attribute("resource").filter(|_| text.trim().is_empty());
                let qualifier = field.attribute("qualifier").unwrap_or_default();
                draft.add(name, &qualifier, &scheme(field), reference.as_deref().unwrap_or(&text));
            }
        }
    }
}

/// The vocabulary of a value, by `xsi:type` or `scheme`, without prefix.
fn scheme(field: Element<'_>) -> String {
    let scheme = field.attribute("type").or_else(|| field.attribute("scheme")).unwrap_or_default();
    scheme.rsplit(':').next().unwrap_or("").to_owned()
}
