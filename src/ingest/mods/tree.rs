//! One record as a tree of elements, small enough to be looked at from all sides.

use quick_xml::events::{BytesStart, Event};

use crate::ingest::marc::punctuation as tidy;
use crate::ingest::marc::xml_events;

/// How deep elements may lie; deeper ones give their text to the one at this depth.
const MAX_DEPTH: usize = 32;

/// Elements in the order of the document, the root first.
#[derive(Debug, Default)]
pub(super) struct Tree {
    elements: Vec<Element>,
}

#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<usize>,
}

/// An element of a tree.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    tree: &'a Tree,
    index: usize,
}

/// Parses a record.
pub(super) fn parse(record: &str) -> Result<Tree, String> {
    let mut tree = Tree::default();
    let mut reader = xml_events::parser(record);
    // The open elements; `None` for one that lies too deep to be one.
    let mut open: Vec<Option<usize>> = Vec::new();
    loop {
        let event = reader.read_event().map_err(|e| format!("the record is not well-formed XML: {e}"))?;
        match event {
            Event::Start(tag) => {
                let index = (open.len() < MAX_DEPTH).then(|| tree.add(&tag, current(&open)));
                open.push(index);
            }
            Event::Empty(tag) if open.len() < MAX_DEPTH => {
                tree.add(&tag, current(&open));
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Text(text) => tree.append(current(&open), &text.into_inner()),
            Event::CData(text) => tree.append(current(&open), &text.into_inner()),
            Event::GeneralRef(name) => tree.append(current(&open), &xml_events::reference(&name)),
            Event::Eof => break,
            _ => {}
        }
    }
    match tree.elements.is_empty() {
        true => Err("an empty record".into()),
        false => Ok(tree),
    }
}

fn current(open: &[Option<usize>]) -> Option<usize> {
    open.iter().take(MAX_DEPTH).rev().copied().flatten().next()
}

impl Tree {
    fn add(&mut self, tag: &BytesStart<'_>, parent: Option<usize>) -> usize {
        let index = self.elements.len();
        let attributes = tag
            .attributes()
            .with_checks(false)
            .flatten()
            .map(|a| {
                let name = AsRef::<str>::as_ref(&a.key.local_name()).to_owned();
                let value = a.normalized_value(quick_xml::XmlVersion::Implicit1_0);
                (name, value.map_or_else(|_| a.value.to_string(), |v| v.into_owned()))
            })
            .collect();
        let name = AsRef::<str>::as_ref(&tag.local_name()).to_owned();
        self.elements.push(Element { name, attributes, ..Element::default() });
        if let Some(parent) = parent.and_then(|p| self.elements.get_mut(p)) {
            parent.children.push(index);
        }
        index
    }

    fn append(&mut self, element: Option<usize>, text: &str) {
        if let Some(element) = element.and_then(|e| self.elements.get_mut(e)) {
            element.text.push_str(text);
        }
    }

    pub(super) fn root(&self) -> Node<'_> {
        Node { tree: self, index: 0 }
    }
}

impl<'a> Node<'a> {
    fn element(self) -> Option<&'a Element> {
        self.tree.elements.get(self.index)
    }

    pub(super) fn name(self) -> &'a str {
        self.element().map_or("", |e| &e.name)
    }

    pub(super) fn attribute(self, name: &str) -> &'a str {
        let attributes = self.element().map_or(&[][..], |e| &e.attributes);
        attributes.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.trim())
    }

    pub(super) fn children(self) -> impl Iterator<Item = Node<'a>> {
        let children = self.element().map_or(&[][..], |e| &e.children);
        children.iter().map(move |index| Node { tree: self.tree, index: *index })
    }

    pub(super) fn all(self, name: &'static str) -> impl Iterator<Item = Node<'a>> {
        self.children().filter(move |c| c.name() == name)
    }

    pub(super) fn child(self, name: &'static str) -> Option<Node<'a>> {
        self.all(name).next()
    }

    /// Its own text, as in the source.
    pub(super) fn raw(self) -> &'a str {
        self.element().map_or("", |e| &e.text)
    }

    /// Its own text, as one clean line.
    pub(super) fn text(self) -> String {
        tidy::line(self.raw())
    }

    /// The text of the first child of a name, as one clean line without closing punctuation.
    pub(super) fn value(self, name: &'static str) -> Option<String> {
        self.all(name).map(|c| tidy::value(c.raw())).find(|v| !v.is_empty())
    }

    /// The texts of everything in it, in the order of the document.
    pub(super) fn texts(self) -> Vec<String> {
        // An element's descendants follow it, and the last one is reached over last children.
        let mut last = self.index;
        while let Some(next) = self.tree.elements.get(last).and_then(|e| e.children.last()) {
            last = *next;
        }
        (self.index..=last)
            .map(|index| Node { tree: self.tree, index }.text())
            .filter(|text| !text.is_empty())
            .collect()
    }
}
