//! schema.org microdata: the outermost item that describes a work, as the object that JSON-LD would have.
//!
//! Items nested in a property belong to that property; those nested without one (references, related works) belong to
//! nobody here.

use ego_tree::NodeId;
use scraper::{ElementRef, Node};
use serde_json::{Map, Value};

use super::dom::{self, all};
use super::found::{Found, Origin};
use super::page::Page;
use super::schema_org::{self, Ids, rank};

dom::selectors! {
    ITEMS = "[itemscope][itemtype]";
}

/// Reads the page's microdata.
pub(super) fn find(page: &Page) -> Option<Found> {
    let best = all(page, &ITEMS)
        .filter(|item| item.attr("itemprop").is_none())
        .map(|item| {
            (item.attr("itemtype").into_iter().flat_map(str::split_ascii_whitespace).map(rank).max().unwrap_or(0), item)
        })
        .filter(|(rank, _)| *rank > 0)
        .reduce(|best, next| if next.0 > best.0 { next } else { best })?
        .1;
    let object = object(best);
    let named = object.contains_key("name") || object.contains_key("headline");
    named.then(|| schema_org::read(Origin::Microdata, &object, &Ids::new()))
}

/// An item that is being read.
struct Open {
    node: NodeId,
    /// The properties of the outer item that it is the value of; none for an item that stands for itself.
    properties: Vec<String>,
    object: Map<String, Value>,
}

/// The item of an element as an object.
fn object(root: ElementRef<'_>) -> Map<String, Value> {
    let open = std::cell::RefCell::new(vec![Open { node: root.id(), properties: Vec::new(), object: typed(root) }]);
    dom::walk(
        *root,
        |node| {
            let Some(element) = ElementRef::wrap(node) else { return false };
            if node == *root {
                return true;
            }
            let properties: Vec<String> =
                element.attr("itemprop").unwrap_or_default().split_ascii_whitespace().map(str::to_owned).collect();
            if element.attr("itemscope").is_some() {
                open.borrow_mut().push(Open { node: node.id(), properties, object: typed(element) });
                return true;
            }
            if !properties.is_empty() {
                let value = Value::String(value(element, &properties));
                if let Some(item) = open.borrow_mut().last_mut() {
                    properties.iter().for_each(|property| add(&mut item.object, property, value.clone()));
                }
            }
            true
        },
        |node| {
            if node == *root || !matches!(node.value(), Node::Element(e) if e.attr("itemscope").is_some()) {
                return;
            }
            let mut open = open.borrow_mut();
            if open.last().is_some_and(|item| item.node == node.id())
                && let (Some(done), Some(outer)) = (open.pop(), open.last_mut())
            {
                for property in &done.properties {
                    add(&mut outer.object, property, Value::Object(done.object.clone()));
                }
            }
        },
    );
    open.into_inner().into_iter().next().map(|item| item.object).unwrap_or_default()
}

fn typed(element: ElementRef<'_>) -> Map<String, Value> {
    let mut object = Map::new();
    for kind in element.attr("itemtype").unwrap_or_default().split_ascii_whitespace() {
        add(&mut object, "@type", Value::String(kind.to_owned()));
    }
    object
}

/// What the HTML standard says the value of a property is: an attribute where the element has one for it, else its text.
fn value(element: ElementRef<'_>, properties: &[String]) -> String {
    let attribute = element.attr("content").or_else(|| match element.value().name() {
        "a" | "area" | "link"
            if !properties.iter().any(|p| matches!(p.as_str(), "name" | "about" | "keywords" | "author")) =>
        {
            element.attr("href")
        }
        "img" | "audio" | "video" | "source" | "iframe" | "embed" => element.attr("src"),
        "object" => element.attr("data"),
        "data" | "meter" => element.attr("value"),
        "time" => element.attr("datetime"),
        _ => None,
    });
    match attribute {
        Some(value) => value.trim().to_owned(),
        None => dom::text(element),
    }
}

fn add(object: &mut Map<String, Value>, property: &str, value: Value) {
    match object.get_mut(property) {
        None => {
            object.insert(property.to_owned(), value);
        }
        Some(Value::Array(values)) => values.push(value),
        Some(old) => {
            let first = old.take();
            *old = Value::Array(vec![first, value]);
        }
    }
}
