//! Running text of JATS: paragraphs, section titles, labelled abstracts.
//!
//! Inline markup is dropped and its text kept. Left out: tables, figures, media, reference lists, TeX beside a formula, and
//! the superscript numbers that cite references, which would otherwise stick to the word before.

use super::tree::{Element, Walked};
use crate::ingest::values;

const LEFT_OUT: &[&str] = &[
    "table-wrap",
    "table-wrap-group",
    "table",
    "fig",
    "fig-group",
    "ref-list",
    "graphic",
    "inline-graphic",
    "media",
    "supplementary-material",
    "tex-math",
    "disp-formula",
    "disp-formula-group",
    "inline-supplementary-material",
    "object-id",
    "floats-group",
    "fn",
    "fn-group",
    "label",
    "sec-meta",
];

/// Elements that begin and end a paragraph.
const BLOCKS: &[&str] = &[
    "p",
    "title",
    "sec",
    "list",
    "list-item",
    "def-list",
    "def-item",
    "def",
    "disp-quote",
    "verse-group",
    "verse-line",
    "boxed-text",
    "statement",
    "speech",
    "preformat",
    "attrib",
    "subtitle",
];

fn is_left_out(element: Element<'_>) -> bool {
    LEFT_OUT.contains(&element.name()) || is_citation_mark(element)
}

/// `<sup><xref ref-type="bibr">12</xref></sup>`, in either order.
fn is_citation_mark(element: Element<'_>) -> bool {
    match element.name() {
        "sup" => element.children().any(|c| c.name() == "xref" && c.has("ref-type", "bibr")),
        "xref" => element.child("sup").is_some() && (element.has("ref-type", "bibr") || element.has("ref-type", "fn")),
        _ => false,
    }
}

/// The text of a title or a paragraph as one line.
pub(super) fn paragraph(element: Element<'_>) -> String {
    let mut text = String::new();
    for walked in element.walk(is_left_out) {
        match walked {
            Walked::Text(piece) => text.push_str(piece),
            Walked::Element(e) if e.name() == "break" || BLOCKS.contains(&e.name()) => text.push(' '),
            Walked::Element(_) => {}
        }
    }
    values::line(&text)
}

/// The text of an element as one line, without some of the elements in it.
pub(super) fn text_without(element: Element<'_>, names: &[&str]) -> String {
    let mut text = String::new();
    for walked in element.walk(|e| names.contains(&e.name())) {
        if let Walked::Text(piece) = walked {
            text.push_str(piece);
        }
    }
    values::line(&text)
}

/// Running text: paragraphs and titles, separated by blank lines.
pub(super) fn body(element: Element<'_>) -> String {
    let mut parts: Vec<String> = vec![String::new()];
    // Ends of blocks are not walked over: a text belongs to the block that it is in, and a new one begins when that changes.
    let mut blocks: Vec<Element<'_>> = Vec::new();
    let mut before = None;
    for walked in element.walk_within(is_left_out) {
        let (place, walked) = walked;
        while blocks.last().is_some_and(|block| !block.covers(place)) {
            blocks.pop();
        }
        if let Walked::Element(e) = walked
            && BLOCKS.contains(&e.name())
        {
            blocks.push(e);
        }
        let now = blocks.last().map(|block| block.place());
        if now != before {
            parts.push(String::new());
            before = now;
        }
        match walked {
            Walked::Text(text) => push(&mut parts, text),
            Walked::Element(e) if e.name() == "break" => push(&mut parts, " "),
            Walked::Element(_) => {}
        }
    }
    values::paragraphs(parts.iter().map(String::as_str))
}

fn push(parts: &mut [String], text: &str) {
    if let Some(part) = parts.last_mut() {
        part.push_str(text);
    }
}

/// An abstract: one paragraph a section, with its title as label; paragraphs outside of sections by themselves.
pub(super) fn abstract_text(element: Element<'_>) -> String {
    let sections: Vec<Element<'_>> = element.all("sec").collect();
    if sections.is_empty() {
        let text = body(element);
        let title = element.child("title").map(paragraph).unwrap_or_default();
        return match text.strip_prefix(title.as_str()) {
            Some(rest) if !title.is_empty() && rest.starts_with("\n\n") => rest.trim_start().to_owned(),
            _ => text,
        };
    }
    let mut parts = Vec::new();
    for child in element.children() {
        if child.name() == "sec" {
            let title = child.child("title").map(paragraph).unwrap_or_default();
            let whole = body(child);
            let text = whole.strip_prefix(title.as_str()).unwrap_or(&whole).replace("\n\n", " ");
            let label = title.trim_end_matches([':', '.', ' ']);
            parts.push(if label.is_empty() { text } else { format!("{label}: {}", text.trim_start()) });
        } else if child.name() != "title" && !is_left_out(child) {
            parts.push(paragraph(child));
        }
    }
    values::paragraphs(parts.iter().map(String::as_str))
}
