//! Answers of OAI-PMH servers: the records of `ListRecords` and `GetRecord`, also several answers one after another, or a bare
//! list of `<record>` elements with headers.
//!
//! The metadata may be Dublin Core, JATS, EPrints' or PubMed's XML; `metadata` is the one place where formats are told
//! apart. Records that the server marks as deleted are no records, and nothing lost; they are counted, so that later ones
//! keep their numbers. Left out as housekeeping: the header (identifier, datestamp, sets), the `about` container, resumption
//! tokens. Other answers (`Identify`, `ListSets`, errors) hold no records, and say so.

use super::scan::{Inside, Records, cut as cut_records};
use super::tree::Element;
use super::{Prologue, decode, dublin_core, eprints, jats, pubmed, read_text};
use crate::ingest::{Cut, Item};
use crate::ingest::{marc, mods};
use crate::record::Record;

const RECORDS: Records = Records { names: &["record"], bare: &[], inside: Inside::NestedUnlessBegins("header") };

/// Whether the text begins like an answer of an OAI-PMH server, or a part of one.
pub fn recognises(text: &str) -> bool {
    Prologue::of(text).is_some_and(|prologue| match prologue.root {
        "OAI-PMH" | "ListRecords" | "GetRecord" => true,
        // Harvesters save single records, or lists of them under a root of their own.
        "record" | "records" | "Repository" | "harvest" => {
            prologue.mentions("<header") && prologue.mentions("<metadata") && prologue.mentions("datestamp>")
        }
        _ => false,
    })
}

/// Reads records; `first` is the number of the first.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    let text = decode(bytes);
    let mut found = false;
    read_text(&text, first, &RECORDS, convert, &mut |item| {
        found = true;
        emit(item);
    });
    if !found
        && first == 1
        && let Some(reason) = without_records(&text)
    {
        emit(Item { locator: String::new(), content: Err(reason) });
    }
}

/// Cuts after the last whole record.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    cut_records(bytes, &RECORDS)
}

/// Why an answer holds no records, if it says so.
fn without_records(text: &str) -> Option<String> {
    if text.contains("<record") || text.contains(":record") {
        return None;
    }
    let value = |after: &str| {
        let rest = text.split_once(after)?.1;
        rest.split(['"', '\'']).next().filter(|code| code.len() < 60)
    };
    if let Some(code) = value("<error code=\"").or_else(|| value("<error code='")) {
        return Some(format!("the server's answer is an error: {code}"));
    }
    let verb = ["Identify", "ListIdentifiers", "ListMetadataFormats", "ListSets"]
        .into_iter()
        .find(|verb| text.contains(&format!("<{verb}")));
    Some(match verb {
        Some(verb) => format!("an answer to {verb}, which holds no records"),
        None => "an answer without records".to_owned(),
    })
}

fn convert(root: Element<'_>) -> Result<Option<Record>, String> {
    let deleted = root.child("header").is_some_and(|header| header.has("status", "deleted"));
    let payload = root.child("metadata").and_then(|metadata| metadata.children().next());
    match payload {
        Some(payload) => metadata(payload),
        None if deleted => Ok(None),
        None => Err("an OAI-PMH record without metadata".into()),
    }
}

/// The record in a `<metadata>` element, by the name of the element that is in it.
fn metadata(payload: Element<'_>) -> Result<Option<Record>, String> {
    match payload.name() {
        "article" => jats::convert(payload),
        "PubmedArticle" | "PubmedBookArticle" | "MedlineCitation" => pubmed::convert(payload),
        "eprint" => eprints::convert(payload),
        "eprints" => payload.child("eprint").map_or(Ok(None), eprints::convert),
        name => match other_format(name, payload.source()) {
            Some(record) => record.map(Some),
            None if name == "record" || name == "mods" || name == "collection" => {
                Err(format!("metadata in a format that is not read: {name}"))
            }
            None => dublin_core::convert(payload),
        },
    }
}

/// Formats whose readers take a document: the element's name and the element as it is written. `None` for other names.
fn other_format(name: &str, source: &str) -> Option<Result<Record, String>> {
    let mut first = None;
    let mut keep = |item: Item| {
        first.get_or_insert(item.content);
    };
    match name {
        "record" | "collection" => marc::read_xml(source.as_bytes(), 1, &mut keep),
        "mods" => mods::read(source.as_bytes(), 1, &mut keep),
        _ => return None,
    }
    Some(first.unwrap_or_else(|| Err(format!("no record in its {name}"))))
}
