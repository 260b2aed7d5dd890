//! One record as a small tree: parsed with quick-xml, without recursion, with limits on depth and size.
//!
//! Nodes lie in one list in the order of the document, each with the place after its last descendant, so that walking is
//! counting. Names are compared without their prefix. Predefined, numeric and HTML entities are resolved; others stay as they
//! are written, because declarations are not read. Comments and processing instructions are left out.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;

use crate::ingest::values;

/// Elements within elements beyond which a record is refused.
const MAX_DEPTH: usize = 250;
/// Elements and texts beyond which a record is refused; a long article has some ten thousands.
const MAX_NODES: usize = 400_000;

/// A record's elements and texts.
pub(super) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    source: &'a str,
}

struct Node<'a> {
    content: Content<'a>,
    /// The place after the last descendant.
    end: usize,
}

enum Content<'a> {
    Element {
        /// What stands between `<` and `>`, without the slash of an empty element.
        tag: &'a str,
        /// The length of the name at the beginning of the tag, and how much of it is the prefix.
        name: u32,
        prefix: u32,
        /// Where the element begins and ends in the source.
        span: (usize, usize),
    },
    Text(Cow<'a, str>),
}

impl<'a> Tree<'a> {
    /// Parses one element.
    ///
    /// # Errors
    /// Why it is not well-formed, or too deep or too large.
    pub(super) fn parse(source: &'a str) -> Result<Self, String> {
        let mut reader = Reader::from_str(source);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        let mut nodes: Vec<Node<'a>> = Vec::with_capacity((source.len() / 14).min(2048));
        let mut open: Vec<usize> = Vec::new();
        // How many nodes there were when an element last ended: what follows is not part of the text in it.
        let mut ended = 0;
        loop {
            let from = position(&reader);
            let event = reader.read_event().map_err(|e| format!("not well-formed XML: {e}"))?;
            let to = position(&reader);
            if nodes.len() > MAX_NODES {
                return Err(format!("a record of more than {MAX_NODES} elements and texts"));
            }
            match event {
                Event::Start(_) | Event::Empty(_) => {
                    let is_empty = matches!(event, Event::Empty(_));
                    let tag = source.get(from + 1..to.saturating_sub(1)).unwrap_or("");
                    let tag = if is_empty { tag.strip_suffix('/').unwrap_or(tag) } else { tag };
                    let at = nodes.len();
                    let name = name_of(tag).as_bytes();
                    let prefix = name.iter().position(|b| *b == b':').map_or(0, |colon| colon + 1);
                    let [name, prefix] = [name.len(), prefix].map(|n| u32::try_from(n).unwrap_or(u32::MAX));
                    let content = Content::Element { tag, name, prefix, span: (from, to) };
                    nodes.push(Node { content, end: at + 1 });
                    if !is_empty {
                        open.push(at);
                        if open.len() > MAX_DEPTH {
                            return Err(format!("elements nested more than {MAX_DEPTH} deep"));
                        }
                    }
                }
                Event::End(_) => {
                    let end = nodes.len();
                    ended = end;
                    if let Some(node) = open.pop().and_then(|at| nodes.get_mut(at)) {
                        node.end = end;
                        if let Content::Element { span, .. } = &mut node.content {
                            span.1 = to;
                        }
                    }
                    if open.is_empty() {
                        break;
                    }
                }
                Event::Text(text) => add_text(&mut nodes, ended, text.into_inner()),
                Event::CData(text) => add_text(&mut nodes, ended, text.into_inner()),
                Event::GeneralRef(name) => add_text(&mut nodes, ended, resolved(name.into_inner())),
                Event::Eof => break,
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_) => {}
            }
        }
        if !open.is_empty() {
            return Err("cut off in the middle of a record".into());
        }
        Ok(Tree { nodes, source })
    }

    /// The outermost element; `None` when there is none.
    pub(super) fn root(&self) -> Option<Element<'_>> {
        (0..self.nodes.len()).find_map(|at| Element::at(self, at))
    }
}

/// The name at the beginning of a tag, with its prefix.
fn name_of(tag: &str) -> &str {
    let end = tag.bytes().position(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b'/')).unwrap_or(tag.len());
    tag.get(..end).unwrap_or_default()
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// Text joins the text just before it, unless an element has ended between them: an entity or a CDATA section is no
/// boundary.
fn add_text<'a>(nodes: &mut Vec<Node<'a>>, ended: usize, text: Cow<'a, str>) {
    let at = nodes.len();
    if let Some(Node { content: Content::Text(before), end }) = nodes.last_mut()
        && *end == at
        && ended < at
    {
        before.to_mut().push_str(&text);
    } else if !text.is_empty() {
        nodes.push(Node { content: Content::Text(text), end: at + 1 });
    }
}

/// The text of an entity, by the name between `&` and `;`.
fn resolved(name: Cow<'_, str>) -> Cow<'_, str> {
    match entity(&name) {
        Some(text) => Cow::Owned(text),
        None => Cow::Owned(format!("&{name};")),
    }
}

/// What a character reference or the name of an HTML entity stands for.
pub(super) fn entity(name: &str) -> Option<String> {
    let Some(number) = name.strip_prefix('#') else {
        return resolve_html5_entity(name).map(str::to_owned);
    };
    let number = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    // Numbers from 128 to 159 are meant as Windows-1252, by everyone who has ever written them.
    if let (Ok(byte), 128..160) = (u8::try_from(number), number) {
        return Some(encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.into_owned());
    }
    Some(char::from_u32(number).map(String::from).unwrap_or_default())
}

/// An element of a [`Tree`].
#[derive(Clone, Copy)]
pub(super) struct Element<'t> {
    tree: &'t Tree<'t>,
    at: usize,
    tag: &'t str,
    name: u32,
    prefix: u32,
    end: usize,
}

/// An element or a text, in the order of the document.
pub(super) enum Walked<'t> {
    Element(Element<'t>),
    Text(&'t str),
}

impl<'t> Element<'t> {
    fn at(tree: &'t Tree<'_>, at: usize) -> Option<Self> {
        // The tree is only read through the element: the shorter lifetime serves.
        let tree: &'t Tree<'t> = tree;
        let node = tree.nodes.get(at)?;
        match node.content {
            Content::Element { tag, name, prefix, .. } => Some(Element { tree, at, tag, name, prefix, end: node.end }),
            Content::Text(_) => None,
        }
    }

    fn full_name(self) -> &'t str {
        self.tag.get(..self.name as usize).unwrap_or_default()
    }

    /// The name without its prefix.
    pub(super) fn name(self) -> &'t str {
        self.tag.get(self.prefix as usize..self.name as usize).unwrap_or_default()
    }

    /// Attributes with their full names and their values, entities resolved.
    pub(super) fn attributes(self) -> impl Iterator<Item = (&'t str, String)> {
        let tag: &'t str = self.tag;
        let mut attributes = Attributes::html(tag, self.full_name().len());
        attributes.with_checks(false);
        attributes.filter_map(|attribute| {
            let attribute = attribute.ok()?;
            Some((attribute.key.into_inner(), with_entities(&attribute.value).into_owned()))
        })
    }

    /// The value of an attribute, by its local name.
    pub(super) fn attribute(self, name: &str) -> Option<String> {
        if !self.tag.contains(name) {
            return None;
        }
        let found = self.attributes().find(|(key, _)| key.rsplit(':').next() == Some(name));
        found.map(|(_, value)| values::line(&value)).filter(|value| !value.is_empty())
    }

    /// Whether an attribute has this value.
    pub(super) fn has(self, name: &str, value: &str) -> bool {
        self.attribute(name).is_some_and(|found| found.eq_ignore_ascii_case(value))
    }

    /// Child elements.
    pub(super) fn children(self) -> impl Iterator<Item = Element<'t>> {
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            while at < self.end {
                let here = at;
                at = self.tree.nodes.get(here)?.end;
                if let Some(element) = Element::at(self.tree, here) {
                    return Some(element);
                }
            }
            None
        })
    }

    /// Child elements of a name.
    pub(super) fn all(self, name: &'static str) -> impl Iterator<Item = Element<'t>> {
        self.children().filter(move |child| child.name() == name)
    }

    /// The first child element of a name.
    pub(super) fn child(self, name: &str) -> Option<Element<'t>> {
        self.children().find(|child| child.name() == name)
    }

    /// Down a path of first children.
    pub(super) fn path(self, names: &[&str]) -> Option<Element<'t>> {
        names.iter().try_fold(self, |element, name| element.child(name))
    }

    /// Every element below, in the order of the document.
    pub(super) fn descendants(self) -> impl Iterator<Item = Element<'t>> {
        (self.at + 1..self.end).filter_map(move |at| Element::at(self.tree, at))
    }

    /// The first element of a name below.
    pub(super) fn find(self, name: &str) -> Option<Element<'t>> {
        self.descendants().find(|element| element.name() == name)
    }

    /// Where it begins, in the order of the document.
    pub(super) fn place(self) -> usize {
        self.at
    }

    /// Whether a place lies within this element.
    pub(super) fn covers(self, place: usize) -> bool {
        self.at < place && place < self.end
    }

    /// Elements and texts below in the order of the document, without those elements (and all in them) that `skip` names.
    pub(super) fn walk(self, skip: impl Fn(Element<'t>) -> bool) -> impl Iterator<Item = Walked<'t>> {
        self.walk_within(skip).map(|(_, walked)| walked)
    }

    /// The same, each with its place in the document.
    pub(super) fn walk_within(self, skip: impl Fn(Element<'t>) -> bool) -> impl Iterator<Item = (usize, Walked<'t>)> {
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            while at < self.end {
                let here = at;
                match (Element::at(self.tree, here), self.tree.nodes.get(here)) {
                    (Some(element), _) if skip(element) => at = element.end,
                    (Some(element), _) => {
                        at += 1;
                        return Some((here, Walked::Element(element)));
                    }
                    (None, Some(Node { content: Content::Text(text), .. })) => {
                        at += 1;
                        return Some((here, Walked::Text(text)));
                    }
                    _ => return None,
                }
            }
            None
        })
    }

    /// Whether nothing but text is in it.
    pub(super) fn is_leaf(self) -> bool {
        self.children().next().is_none()
    }

    /// All text below as it stands, inline markup dropped.
    pub(super) fn raw_text(self) -> Cow<'t, str> {
        let mut texts = self.walk(|_| false).filter_map(|walked| match walked {
            Walked::Text(text) => Some(text),
            Walked::Element(_) => None,
        });
        let first = texts.next().unwrap_or("");
        let mut joined = Cow::Borrowed(first);
        for text in texts {
            joined.to_mut().push_str(text);
        }
        joined
    }

    /// All text below as one line.
    pub(super) fn text(self) -> String {
        values::line(&self.raw_text())
    }

    /// The text that stands directly in it, as one line.
    pub(super) fn own_text(self) -> String {
        let mut text = String::new();
        for walked in self.walk(|_| true) {
            if let Walked::Text(piece) = walked {
                text.push_str(piece);
            }
        }
        values::line(&text)
    }

    /// The text of the first child of a name, unless it is empty.
    pub(super) fn text_of(self, name: &str) -> Option<String> {
        self.child(name).map(Element::text).filter(|text| !text.is_empty())
    }

    /// The element as it is written.
    pub(super) fn source(self) -> &'t str {
        match self.tree.nodes.get(self.at).map(|node| &node.content) {
            Some(Content::Element { span: (start, end), .. }) => self.tree.source.get(*start..*end).unwrap_or(""),
            _ => "",
        }
    }
}

/// Text with its entities and character references resolved; what is none stays.
pub(super) fn with_entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let name = rest.bytes().take(32).position(|b| b == b';').and_then(|end| rest.get(..end));
        match name.and_then(|name| Some((name, entity(name)?))) {
            Some((name, text)) => {
                out.push_str(&text);
                rest = &rest[name.len() + 1..];
            }
            None => out.push('&'),
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}
