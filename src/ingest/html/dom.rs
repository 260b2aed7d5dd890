//! The tree → text: values on one line, running text in blocks, boilerplate left out.
//!
//! Every walk is a loop, never a recursion, so that the depth of a page costs no stack.
//! It does *not* know which part of a page means what.

use scraper::node::Element;
use scraper::{ElementRef, Node, Selector};

use super::furniture::{is_boilerplate, is_note_mark, marks_abstract};
use super::page::Page;
use crate::ingest::values;

type NodeRef<'a> = ego_tree::NodeRef<'a, Node>;

/// A selector written in this crate, and the words that must stand in the tags of a page that it matches: matching is dear,
/// and most selectors are for pages of another kind.
#[derive(Debug)]
pub(super) struct Css {
    /// One that does not parse would match nothing; the tests make every one of them once.
    pub(super) selector: Option<Selector>,
    alternatives: Vec<Alternative>,
}

/// One of the selectors that a comma divides.
#[derive(Debug)]
struct Alternative {
    /// Names of elements, attributes and classes, all of which must be there.
    words: Vec<String>,
    /// Whether they may be parts of longer ones.
    within: bool,
}

impl Alternative {
    fn new(css: &str) -> Self {
        let words = css.split(|c: char| !is_word(c as u32));
        // What the parser puts in by itself stands in no tag; a flag of the selector language does not either.
        let said = |word: &&str| !matches!(*word, "" | "i" | "html" | "head" | "body" | "tbody" | "colgroup" | "tr");
        Alternative {
            words: words.filter(said).map(str::to_ascii_lowercase).collect(),
            within: ["*=", "^=", "$="].iter().any(|sign| css.contains(sign)),
        }
    }

    fn may_match(&self, tags: &[u8]) -> bool {
        let at_edge = |at: Option<usize>| at.and_then(|at| tags.get(at)).is_none_or(|b| !is_word(u32::from(*b)));
        self.words.iter().all(|word| {
            memchr::memmem::find_iter(tags, word)
                .any(|at| self.within || at_edge(at.checked_sub(1)) && at_edge(Some(at + word.len())))
        })
    }
}

fn is_word(c: u32) -> bool {
    u8::try_from(c).is_ok_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

impl Css {
    pub(super) fn new(css: &str) -> Self {
        let selector = Selector::parse(css);
        debug_assert!(selector.is_ok(), "not a selector: {css}");
        Css { selector: selector.ok(), alternatives: css.split(',').map(Alternative::new).collect() }
    }

    fn may_match(&self, page: &Page) -> bool {
        let Some(tags) = &page.tags else { return true };
        self.alternatives.iter().any(|alternative| alternative.may_match(tags.as_bytes()))
    }
}

/// Declares selectors that are compiled once.
macro_rules! selectors {
    ($($name:ident = $css:expr;)*) => {
        $(static $name: std::sync::LazyLock<$crate::ingest::html::dom::Css> =
            std::sync::LazyLock::new(|| $crate::ingest::html::dom::Css::new($css));)*
        #[cfg(test)]
        #[test]
        fn selectors_parse() {
            $(assert!($name.selector.is_some(), "{}", stringify!($name));)*
        }
    };
}
pub(super) use selectors;

/// All elements of the page that match.
pub(super) fn all<'a, 'b>(page: &'a Page, css: &'b Css) -> impl Iterator<Item = ElementRef<'a>> + use<'a, 'b> {
    let selector = css.selector.as_ref().filter(|_| css.may_match(page));
    selector.into_iter().flat_map(|selector| page.html.select(selector))
}

/// All elements below one that match.
pub(super) fn below<'a, 'b>(
    element: ElementRef<'a>,
    css: &'b Css,
) -> impl Iterator<Item = ElementRef<'a>> + use<'a, 'b> {
    css.selector.iter().flat_map(move |selector| element.select(selector))
}

/// Whether an element has a class, whatever its case.
pub(super) fn has_class(element: &Element, class: &str) -> bool {
    element.attr("class").is_some_and(|list| list.split_ascii_whitespace().any(|c| c.eq_ignore_ascii_case(class)))
}

/// An attribute on one line, if it has anything to say.
pub(super) fn attr(element: ElementRef<'_>, name: &str) -> Option<String> {
    element.attr(name).map(values::line).filter(|value| !value.is_empty())
}

/// Walks a subtree in document order. `enter` is asked at every node whether to go below it; `leave` is told after the
/// children of a node that was entered.
pub(super) fn walk<'a>(
    root: NodeRef<'a>,
    mut enter: impl FnMut(NodeRef<'a>) -> bool,
    mut leave: impl FnMut(NodeRef<'a>),
) {
    let mut node = root;
    loop {
        if enter(node) {
            if let Some(child) = node.first_child() {
                node = child;
                continue;
            }
            leave(node);
        }
        loop {
            if node == root {
                return;
            }
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            match node.parent() {
                Some(parent) => node = parent,
                None => return,
            }
            leave(node);
        }
    }
}

/// A piece of running text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Block {
    /// On one line.
    pub(super) text: String,
    /// 1 to 6 for `h1` to `h6`, [`LABEL`] for a `dt`, a `th` or a block that is bold throughout.
    pub(super) heading: Option<u8>,
    /// Below an element that is marked as the abstract, see [`super::furniture`].
    pub(super) in_abstract: bool,
    /// Within a list.
    pub(super) item: bool,
}

/// The level of what works as a heading without being one.
pub(super) const LABEL: u8 = 7;

/// The text of an element on one line, without scripts, buttons and hidden parts.
pub(super) fn line(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    for block in blocks(element) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&block.text);
    }
    out
}

/// The text of an element, its paragraphs separated by blank lines.
pub(super) fn text(element: ElementRef<'_>) -> String {
    let blocks = blocks(element);
    values::paragraphs(blocks.iter().map(|block| block.text.as_str()))
}

/// The running text of an element in blocks, boilerplate left out.
pub(super) fn blocks(element: ElementRef<'_>) -> Vec<Block> {
    let state = std::cell::RefCell::new(Builder::default());
    walk(
        *element,
        |node| {
            let mut state = state.borrow_mut();
            match node.value() {
                Node::Text(text) => {
                    state.push(text);
                    false
                }
                Node::Element(e) => {
                    if (node != *element && is_boilerplate(e)) || is_note_mark(node, e) {
                        return false;
                    }
                    state.open(e);
                    true
                }
                Node::Document | Node::Fragment => true,
                _ => false,
            }
        },
        |node| {
            if let Node::Element(e) = node.value() {
                state.borrow_mut().close(e);
            }
        },
    );
    let mut state = state.into_inner();
    state.flush();
    state.out
}

#[derive(Default)]
struct Builder {
    out: Vec<Block>,
    text: String,
    heading: Option<u8>,
    /// Elements open that mark the abstract.
    abstracts: usize,
    items: usize,
    bold: usize,
    /// Whether the block has text that is not bold.
    plain: bool,
    after_break: bool,
}

impl Builder {
    fn push(&mut self, text: &str) {
        if text.trim().is_empty() {
            self.text.push(' ');
            return;
        }
        self.after_break = false;
        self.plain |= self.bold == 0;
        self.text.push_str(text);
    }

    fn open(&mut self, element: &Element) {
        let name = element.name();
        match name {
            // One line break is a space, two are a paragraph: that is how old pages separate them.
            "br" if self.after_break => self.flush(),
            "br" => {
                self.text.push(' ');
                self.after_break = true;
            }
            "b" | "strong" => self.bold += 1,
            "td" => self.flush(),
            _ if is_block(name) => self.flush(),
            _ => {}
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading = name[1..].parse().ok(),
            "dt" | "th" => self.heading = Some(LABEL),
            "li" => self.items += 1,
            _ => {}
        }
        self.abstracts += usize::from(marks_abstract(element));
    }

    fn close(&mut self, element: &Element) {
        let name = element.name();
        match name {
            "b" | "strong" => self.bold = self.bold.saturating_sub(1),
            "td" => self.flush(),
            _ if is_block(name) => self.flush(),
            _ => {}
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dt" | "th" => self.heading = None,
            "li" => self.items = self.items.saturating_sub(1),
            _ => {}
        }
        self.abstracts = self.abstracts.saturating_sub(usize::from(marks_abstract(element)));
    }

    fn flush(&mut self) {
        let text = values::line(&self.text);
        self.text.clear();
        self.after_break = false;
        let plain = std::mem::take(&mut self.plain);
        if text.is_empty() {
            return;
        }
        let bold = !plain && text.len() < 120;
        let heading = self.heading.or(bold.then_some(LABEL));
        self.out.push(Block { text, heading, in_abstract: self.abstracts > 0, item: self.items > 0 });
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "section"
            | "article"
            | "main"
            | "header"
            | "aside"
            | "blockquote"
            | "ul"
            | "ol"
            | "li"
            | "dl"
            | "dt"
            | "dd"
            | "table"
            | "tr"
            | "th"
            | "caption"
            | "figure"
            | "figcaption"
            | "pre"
            | "hr"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "center"
            | "body"
            | "address"
            | "details"
            | "summary"
            | "fieldset"
            | "legend"
    )
}
