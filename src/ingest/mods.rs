//! MODS: records as elements, alone, in a collection or inside any wrapper (SRU, OAI-PMH, METS).
//!
//! Housekeeping that is left out: `recordInfo`, codes of places and of the physical medium, and links to authorities.
//! What a related item says beyond its title and numbers is deliberately *not* read: it describes another work.

mod map;
mod related;
mod tree;

use super::marc::xml_events::{self, Names};
use super::{Cut, Item};

const NAMES: Names = Names {
    record: &["mods"],
    inside: &[
        "titleInfo",
        "name",
        "originInfo",
        "identifier",
        "typeOfResource",
        "genre",
        "recordInfo",
        "abstract",
        "subject",
    ],
};

/// Whether decoded text begins a document with MODS records.
pub fn recognises(text: &str) -> bool {
    let has_tag = |name: &str| {
        text.match_indices(name).any(|(at, _)| {
            let before = text.get(..at).unwrap_or("");
            let after = text.get(at + name.len()..).unwrap_or("");
            let prefix = before.rsplit('<').next().unwrap_or("");
            let is_name = prefix.is_empty() || prefix.ends_with(':') && prefix.len() < 20 && !prefix.contains(' ');
            is_name
                && before.len() > prefix.len()
                && after.starts_with(|c: char| c.is_whitespace() || c == '>' || c == '/')
        })
    };
    let mentions = |name: &str| memchr::memmem::find(text.as_bytes(), name.as_bytes()).is_some();
    text.starts_with('<')
        && mentions("titleInfo")
        && (has_tag("mods") || has_tag("modsCollection"))
        && has_tag("titleInfo")
}

/// The end of the last whole record.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    xml_events::cut(bytes, NAMES)
}

/// Reads a document or a piece of one; `first` is the number of the first record.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    let text = xml_events::text(bytes);
    if let Some(reason) = xml_events::refusal(&text) {
        emit(Item { locator: String::new(), content: Err(reason) });
        return;
    }
    let mut number = first;
    xml_events::for_each_record(text.as_bytes(), NAMES, &mut |span| {
        let content = match span.is_closed {
            true => tree::parse(text.get(span.start..span.end).unwrap_or("")).and_then(|tree| map::record(&tree)),
            false => Err("the record has no end: the file is cut off, or its end tag is missing".into()),
        };
        emit(Item { locator: format!("record {number}"), content });
        number += 1;
    });
}
