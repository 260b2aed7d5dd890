//! EndNote XML: what EndNote exports and imports; see the table of [`super`].
//!
//! Values are plain text without the `style` elements of EndNote's own files, which no reader needs. The `label` field holds
//! the record id, because it survives a round through EndNote.

use super::labels::{self, Labels};
use super::{fits_lists, is_plain_date, one_line, paragraphs, role};
use crate::record::{Creator, Record};

pub(super) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xml>\n<records>\n";
pub(super) const TAIL: &str = "</records>\n</xml>\n";

pub(super) fn record(r: &Record) -> String {
    let mut x = Xml(String::with_capacity(2048));
    let mut notes = Labels::of(r);
    let (name, number, stated) = ref_type(r.item_type.as_deref());
    if !stated {
        notes.maybe(labels::ITEM_TYPE, r.item_type.as_ref());
    }
    x.0.push_str(&format!("<record>\n<ref-type name=\"{name}\">{number}</ref-type>\n"));
    x.group("contributors", |x| {
        let names = |x: &mut Xml, group: &str, of: &dyn Fn(&Creator) -> bool| {
            x.group(group, |x| {
                for creator in r.creators.iter().filter(|c| of(c)) {
                    x.name("author", &creator.name);
                }
            });
        };
        names(x, "authors", &|c| !matches!(role(c), Some("edt" | "trl")));
        names(x, "secondary-authors", &|c| role(c) == Some("edt"));
        names(x, "subsidiary-authors", &|c| role(c) == Some("trl"));
    });
    if !fits_lists(&r.creators) {
        notes.creators(&r.creators);
    }
    let container = r.container.as_ref();
    let series_is_secondary = container.is_none() && matches!(r.item_type.as_deref(), Some("book" | "report"));
    let series = r.series.first().map(String::as_str);
    x.group("titles", |x| {
        x.line("title", Some(&r.title));
        x.line("secondary-title", container.map(|c| c.title.as_str()).or(series.filter(|_| series_is_secondary)));
        x.line("tertiary-title", series.filter(|_| !series_is_secondary));
        x.line("translated-title", r.alternative_titles.first().map(String::as_str));
    });
    notes.further(labels::ALTERNATIVE_TITLE, &r.alternative_titles);
    notes.further(labels::SERIES, &r.series);
    if name == "Journal Article" {
        x.group("periodical", |x| x.line("full-title", container.map(|c| c.title.as_str())));
    }
    x.line("pages", container.and_then(|c| c.pages.as_deref()));
    x.line("volume", container.and_then(|c| c.volume.as_deref()));
    x.line("number", container.and_then(|c| c.issue.as_deref()));
    x.line("edition", r.edition.as_deref());
    x.group("keywords", |x| r.subjects.iter().for_each(|s| x.line("keyword", Some(s))));
    let date = r.date.as_deref().filter(|d| is_plain_date(d));
    x.group("dates", |x| {
        x.line("year", r.year.map(|y| y.to_string()).as_deref());
        x.group("pub-dates", |x| x.line("date", date));
    });
    if date.is_none() {
        notes.maybe(labels::DATE, r.date.as_ref());
    }
    x.line("pub-location", r.place.first().map(String::as_str));
    notes.further(labels::PLACE, &r.place);
    x.line("publisher", r.publisher.first().map(String::as_str));
    notes.further(labels::PUBLISHER, &r.publisher);
    let issn: Vec<&String> = match container {
        Some(c) => c.issn.iter().collect(),
        None => r.issn.iter().collect(),
    };
    let numbers: Vec<String> = r.isbn.iter().chain(&r.isbn10).chain(issn).map(|n| one_line(n)).collect();
    x.text("isbn", &numbers.join("\n"));
    if container.is_some() {
        notes.all(labels::ISSN, &r.issn);
    }
    x.line("accession-num", r.pmid.as_ref().map(|pmid| format!("PMID: {pmid}")).as_deref());
    x.line("label", Some(&r.id));
    x.line("electronic-resource-num", r.doi.as_deref());
    x.line("custom2", r.pmcid.as_deref());
    x.text("abstract", &paragraphs(r.abstract_text.as_deref().unwrap_or("")).join("\n\n"));
    x.line("language", r.languages.first().map(String::as_str));
    notes.further(labels::LANGUAGE, &r.languages);
    notes.maybe(labels::EXTENT, r.extent.as_ref());
    notes.maybe(labels::RIGHTS, r.rights.as_ref());
    notes.maybe(labels::ACCESS, r.access.as_ref());
    notes.body(r);
    x.text("notes", &notes.lines());
    x.group("urls", |x| x.group("related-urls", |x| r.url.iter().for_each(|url| x.line("url", Some(url)))));
    x.0.push_str("</record>\n");
    x.0
}

struct Xml(String);

impl Xml {
    /// An element around others; nothing when they are not there.
    fn group(&mut self, name: &str, inside: impl FnOnce(&mut Xml)) {
        let before = self.0.len();
        self.0.push_str(&format!("<{name}>\n"));
        let empty = self.0.len();
        inside(self);
        if self.0.len() == empty {
            self.0.truncate(before);
        } else {
            self.0.push_str(&format!("</{name}>\n"));
        }
    }

    fn line(&mut self, name: &str, value: Option<&str>) {
        self.text(name, &one_line(value.unwrap_or("")));
    }

    /// A name as EndNote reads it: one without a comma at its end is inverted, and a body must not be.
    fn name(&mut self, name: &str, value: &str) {
        let value = one_line(value);
        let is_body = value.contains(' ') && !value.contains(',');
        self.text(name, &if is_body { format!("{value},") } else { value });
    }

    /// A value whose line breaks stand.
    fn text(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.0.push_str(&format!("<{name}>{}</{name}>\n", escape(value)));
        }
    }
}

pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

/// EndNote's reference type, and whether it alone tells the type of the record.
fn ref_type(csl: Option<&str>) -> (&'static str, u8, bool) {
    let (name, number) = match csl {
        None => return ("Generic", 13, true),
        Some("article-journal") => ("Journal Article", 17),
        Some("article-magazine") => ("Magazine Article", 19),
        Some("article-newspaper") => ("Newspaper Article", 23),
        Some("book") => ("Book", 6),
        Some("chapter") => ("Book Section", 5),
        Some("thesis") => ("Thesis", 32),
        Some("report") => ("Report", 27),
        Some("webpage") => ("Web Page", 12),
        Some("post-weblog") => ("Blog", 56),
        Some("paper-conference") => ("Conference Paper", 47),
        Some("legislation") => ("Statute", 31),
        Some("bill") => ("Bill", 4),
        Some("legal_case") => ("Case", 7),
        Some("hearing") => ("Hearing", 14),
        Some("pamphlet") => ("Pamphlet", 24),
        Some("personal_communication") => ("Personal Communication", 26),
        Some("entry-encyclopedia") => ("Encyclopedia", 53),
        Some("entry-dictionary") => ("Dictionary", 52),
        Some("dataset") => ("Dataset", 59),
        Some("software") => ("Computer Program", 9),
        Some("map") => ("Map", 20),
        Some("patent") => ("Patent", 25),
        Some("standard") => ("Standard", 58),
        Some("manuscript") => ("Manuscript", 36),
        Some("graphic") => ("Artwork", 2),
        Some("article") => return ("Unpublished Work", 34, false),
        Some("regulation") => return ("Legal Rule or Regulation", 50, false),
        Some("motion_picture" | "broadcast") => return ("Film or Broadcast", 21, false),
        Some(_) => return ("Generic", 13, false),
    };
    (name, number, true)
}
