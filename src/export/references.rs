//! References in a citation style: what goes under "References" in a paper, as plain text or HTML.
//!
//! A style is one of those built in or any CSL file. A list of references is one thing: its style sorts it, numbers it and
//! tells works of one author and year apart (`2004a`), so it is written when all records are known. Only what a reference
//! is made of is kept of each.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use citationberg::json::Item;
use citationberg::{
    FontStyle, FontVariant, FontWeight, IndependentStyle, LayoutRenderingElement, Locale, LocaleCode, Name, NamesChild,
    TextDecoration, VerticalAlign,
};
use hayagriva::archive::{ArchivedStyle, locales};
use hayagriva::{
    BibliographyDriver, BibliographyItem, BibliographyRequest, CitationItem, CitationRequest, ElemChild, ElemChildren,
    Formatting,
};

use super::csl_json;
use super::endnote_xml::escape;
use super::fold::folded;
use crate::error::{Error, ErrorKind, Result};
use crate::record::Record;

/// A citation style.
#[derive(Debug, Clone)]
pub struct Style {
    style: IndependentStyle,
    locale: LocaleCode,
    locales: Vec<Locale>,
}

impl Style {
    /// The name of the style that is used where none is asked for: Harvard, as Cite Them Right has it.
    pub const DEFAULT: &'static str = "harvard-cite-them-right";

    /// The names of the styles that are built in.
    pub fn names() -> Vec<&'static str> {
        ArchivedStyle::all().iter().flat_map(|style| style.names().first().copied()).collect()
    }

    /// A built-in style.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] when there is none of that name.
    pub fn named(name: &str) -> Result<Self> {
        let archived = ArchivedStyle::by_name(name).ok_or_else(|| {
            Error::new(ErrorKind::Argument, format!("there is no style `{name}`"))
                .with_hint("give a CSL file, or a built-in style such as apa, vancouver, harvard-cite-them-right")
        })?;
        Style::from_parsed(archived.get(), None)
    }

    /// A style from the text of a CSL file. One that depends on another is used with its parent if that is built in.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] when it is no CSL style, or has no bibliography.
    pub fn from_csl(xml: &str) -> Result<Self> {
        let style = citationberg::Style::from_xml(xml)
            .map_err(|e| Error::new(ErrorKind::Argument, "this is not a CSL style").with_source(e))?;
        Style::from_parsed(style, None)
    }

    fn from_parsed(style: citationberg::Style, locale: Option<LocaleCode>) -> Result<Self> {
        let mut style = match style {
            citationberg::Style::Independent(style) => style,
            citationberg::Style::Dependent(style) => {
                let parent = &style.parent_link.href;
                let archived = ArchivedStyle::by_id(parent).map(ArchivedStyle::get);
                return match archived {
                    Some(parent @ citationberg::Style::Independent(_)) => {
                        Style::from_parsed(parent, style.default_locale)
                    }
                    _ => Err(Error::new(ErrorKind::Argument, format!("the style depends on another, {parent}"))
                        .with_hint("give the CSL file of that style")),
                };
            }
        };
        if style.bibliography.is_none() {
            return Err(Error::new(ErrorKind::Argument, "the style has notes only and no list of references"));
        }
        // Names are added to citations in the text, of which there are none here, and hayagriva 0.10 panics on some lists while it
        // does that. What remains is the letter after the year.
        style.citation.disambiguate_add_names = false;
        style.citation.disambiguate_add_givenname = false;
        if let Some(bibliography) = &mut style.bibliography {
            name_the_names(&mut bibliography.layout.elements);
        }
        style.macros.iter_mut().for_each(|m| name_the_names(&mut m.children));
        // British spelling and dates where the style leaves it open.
        let locale = locale.or_else(|| style.default_locale.clone()).unwrap_or_else(|| LocaleCode("en-GB".into()));
        let wanted = |l: &Locale| l.lang.as_ref().is_some_and(|l| *l == locale || l.0 == "en-US");
        let locales = locales().into_iter().filter(wanted).collect();
        Ok(Style { style, locale, locales })
    }
}

/// Names without a `name` element are to look as its defaults say (the Vancouver style relies on it); hayagriva 0.10 leaves
/// them out.
fn name_the_names(elements: &mut [LayoutRenderingElement]) {
    for element in elements {
        match element {
            LayoutRenderingElement::Names(names) if names.name().is_none() => {
                names.children.insert(0, NamesChild::Name(Name::default()));
            }
            LayoutRenderingElement::Group(group) => name_the_names(&mut group.children),
            LayoutRenderingElement::Choose(choose) => {
                name_the_names(&mut choose.if_.children);
                choose.else_if.iter_mut().for_each(|branch| name_the_names(&mut branch.children));
                if let Some(otherwise) = &mut choose.otherwise {
                    name_the_names(&mut otherwise.children);
                }
            }
            _ => {}
        }
    }
}

/// What a list of references is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Markup {
    /// Text, one reference a line.
    Plain,
    /// HTML: one `div` of class `csl-entry` a reference, in one of class `csl-bib-body`.
    Html,
}

/// A list of references.
#[derive(Debug)]
pub struct References<'s> {
    style: &'s Style,
    items: Vec<Item>,
}

impl<'s> References<'s> {
    /// An empty list in a style.
    pub fn new(style: &'s Style) -> Self {
        References { style, items: Vec::new() }
    }

    /// Adds a record.
    pub fn add(&mut self, record: &Record) {
        let mut item = csl_json::item(&folded(record));
        // What no reference shows, and years that the style processor does not know.
        item.remove("ISBN");
        item.remove("ISSN");
        if record.year.is_some_and(|y| !(-9999..=9999).contains(&y)) {
            item.remove("issued");
        }
        // Everything is a text, a list of names or a date, so this does not fail; if it did, the title would do.
        let title_only = || {
            let title = citationberg::json::Value::String(record.title.clone());
            Item([("title".to_owned(), title)].into())
        };
        self.items.push(serde_json::from_value(serde_json::Value::Object(item)).unwrap_or_else(|_| title_only()));
    }

    /// The references, in the order of the style, each in its markup.
    pub fn texts(&self, markup: Markup) -> Vec<String> {
        let locale = &self.style.locale;
        let mut cited: Vec<&Item> = self.items.iter().collect();
        let mut items = self.rendered(&cited);
        // Letters after the year go by the order of the list, which is known now; the processor gives them in the order of
        // citation.
        if self.style.style.citation.disambiguate_add_year_suffix {
            let place: HashMap<&str, usize> =
                items.iter().enumerate().map(|(i, item)| (item.key.as_str(), i)).collect();
            let place = |item: &&Item| item.id().and_then(|id| place.get(&*id).copied());
            if !cited.is_sorted_by_key(place) {
                cited.sort_by_key(place);
                items = self.rendered(&cited);
            }
        }
        let texts = items.iter().map(|item| {
            let mut text = String::new();
            if let Some(first) = &item.first_field {
                write_child(first, markup, &mut text);
                text.push(' ');
            }
            write_children(&item.content, markup, &mut text);
            let text = without_double_stops(&super::fold::one_line(&text));
            // A year without a month leaves the space between them (`1997 ;315`), which only French wants there.
            if locale.0.starts_with("fr") { text } else { text.replace(" ;", ";") }
        });
        texts.collect()
    }

    fn rendered(&self, cited: &[&Item]) -> Vec<BibliographyItem> {
        let Style { style, locale, locales } = self.style;
        let mut driver = BibliographyDriver::new();
        for item in cited {
            let item = vec![CitationItem::with_entry(*item)];
            driver.citation(CitationRequest::new(item, style, Some(locale.clone()), locales, None));
        }
        let rendered = driver.finish(BibliographyRequest::new(style, Some(locale.clone()), locales));
        rendered.bibliography.map(|b| b.items).unwrap_or_default()
    }

    /// Writes the list.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn write(&self, markup: Markup, out: &mut dyn Write) -> io::Result<()> {
        let texts = self.texts(markup);
        match markup {
            Markup::Plain => texts.iter().try_for_each(|text| writeln!(out, "{text}"))?,
            Markup::Html => {
                writeln!(out, "<div class=\"csl-bib-body\">")?;
                for text in texts {
                    writeln!(out, "<div class=\"csl-entry\">{text}</div>")?;
                }
                writeln!(out, "</div>")?;
            }
        }
        out.flush()
    }
}

/// A title that ends in a question mark needs no full stop.
fn without_double_stops(text: &str) -> String {
    let mut text = text.to_owned();
    for end in ["", "</i>", "</b>", "</span>"] {
        for mark in ["?", "!"] {
            text = text.replace(&format!("{mark}{end}. "), &format!("{mark}{end} "));
        }
    }
    text
}

// hayagriva's own HTML leaves `<` and `&` of values as they are.

fn write_children(children: &ElemChildren, markup: Markup, out: &mut String) {
    for child in &children.0 {
        write_child(child, markup, out);
    }
}

fn write_child(child: &ElemChild, markup: Markup, out: &mut String) {
    match child {
        ElemChild::Text(text) => write_text(&text.text, text.formatting, markup, out),
        ElemChild::Elem(elem) => {
            // Blocks within a reference stand on the same line.
            if elem.display.is_some() && !out.ends_with(' ') && !out.is_empty() {
                out.push(' ');
            }
            write_children(&elem.children, markup, out);
        }
        ElemChild::Link { text, url } => {
            let safe = url.starts_with("https://") || url.starts_with("http://");
            if markup == Markup::Html && safe {
                let _ = write!(out, "<a href=\"{}\">", escape(url));
                write_text(&text.text, text.formatting, markup, out);
                out.push_str("</a>");
            } else {
                write_text(&text.text, text.formatting, markup, out);
            }
        }
        ElemChild::Markup(text) => write_text(text, Formatting::default(), markup, out),
        ElemChild::Transparent { .. } => {}
    }
}

fn write_text(text: &str, formatting: Formatting, markup: Markup, out: &mut String) {
    if markup == Markup::Plain {
        out.push_str(text);
        return;
    }
    let tags: Vec<(&str, &str)> = [
        (formatting.font_style == FontStyle::Italic, "<i>", "</i>"),
        (formatting.font_weight == FontWeight::Bold, "<b>", "</b>"),
        (formatting.text_decoration == TextDecoration::Underline, "<u>", "</u>"),
        (formatting.vertical_align == VerticalAlign::Sup, "<sup>", "</sup>"),
        (formatting.vertical_align == VerticalAlign::Sub, "<sub>", "</sub>"),
        (formatting.font_variant == FontVariant::SmallCaps, "<span style=\"font-variant: small-caps\">", "</span>"),
    ]
    .into_iter()
    .filter_map(|(is, open, close)| is.then_some((open, close)))
    .collect();
    tags.iter().for_each(|(open, _)| out.push_str(open));
    out.push_str(&escape(text));
    tags.iter().rev().for_each(|(_, close)| out.push_str(close));
}
