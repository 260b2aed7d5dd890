//! A schema.org object → values. JSON-LD and microdata both end here.
//!
//! It does *not* choose the object that describes the work; its callers do.

use serde_json::{Map, Value};

use super::found::{Commas, Found, Origin, relator};
use super::meta::page_range;
use super::text::fold;
use crate::ingest::values;

/// How deep a value is looked into: `author` → `Person` → `name` → `{"@value": …}`.
const DEPTH: usize = 6;

/// Objects by their `@id`, which other objects may use in their place.
pub(super) type Ids<'a> = std::collections::HashMap<&'a str, &'a Map<String, Value>>;

/// How well a type describes a single work; 0 for what is no work.
pub(super) fn rank(kind: &str) -> u8 {
    match local(kind) {
        "ScholarlyArticle"
        | "MedicalScholarlyArticle"
        | "Report"
        | "Thesis"
        | "Chapter"
        | "Book"
        | "PublicationIssue" => 4,
        "Article"
        | "TechArticle"
        | "NewsArticle"
        | "BlogPosting"
        | "Review"
        | "Dataset"
        | "DigitalDocument"
        | "TextDigitalDocument"
        | "PresentationDigitalDocument"
        | "Legislation"
        | "AnalysisNewsArticle"
        | "ReportageNewsArticle"
        | "OpinionNewsArticle"
        | "Manuscript"
        | "GovernmentDocument" => 3,
        "CreativeWork" | "Publication" => 2,
        "WebPage" | "ItemPage" | "MedicalWebPage" | "AboutPage" | "IndividualProduct" => 1,
        _ => 0,
    }
}

fn local(kind: &str) -> &str {
    kind.trim().trim_end_matches('/').rsplit(['/', '#', ':']).next().unwrap_or(kind)
}

/// The types of an object.
pub(super) fn kinds(object: &Map<String, Value>) -> impl Iterator<Item = &str> {
    list(object.get("@type")).iter().filter_map(Value::as_str)
}

fn list(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::Array(values)) => values,
        Some(value) => std::slice::from_ref(value),
        None => &[],
    }
}

/// Reads an object.
pub(super) fn read(origin: Origin, object: &Map<String, Value>, ids: &Ids<'_>) -> Found {
    let mut reader = Reader { found: Found::new(origin), ids, first: None, last: None };
    reader.object(object);
    reader.found
}

struct Reader<'a> {
    found: Found,
    ids: &'a Ids<'a>,
    first: Option<String>,
    last: Option<String>,
}

impl<'a> Reader<'a> {
    fn object(&mut self, object: &'a Map<String, Value>) {
        let kind = kinds(object).max_by_key(|kind| rank(kind)).map(local).unwrap_or_default().to_owned();
        self.titles(object);
        for (property, role) in [
            ("author", None),
            ("creator", None),
            ("editor", Some("edt")),
            ("translator", Some("trl")),
            ("illustrator", Some("ill")),
            ("contributor", Some("ctb")),
        ] {
            for person in list(object.get(property)) {
                self.person(person, role);
            }
        }
        for property in ["datePublished", "dateIssued", "copyrightYear", "dateCreated"] {
            if let Some(date) = self.text(object.get(property)) {
                values::set_date(&mut self.found.record, &date);
                break;
            }
        }
        for publisher in list(object.get("publisher")) {
            if let Some(name) = self.text(Some(publisher)) {
                self.found.publishers(&name);
            }
        }
        for part in list(object.get("isPartOf")) {
            self.part_of(part, 0, &kind);
        }
        self.numbers(object);
        for property in ["abstract", "description"] {
            for text in list(object.get(property)).iter().filter_map(|value| self.text(Some(value))).collect::<Vec<_>>()
            {
                match property {
                    "abstract" => self.found.abstract_text(&text),
                    _ => self.found.description(&text),
                }
            }
        }
        self.subjects(object);
        for language in list(object.get("inLanguage")) {
            let code = language.get("alternateName").and_then(Value::as_str).map(str::to_owned);
            if let Some(text) = code.or_else(|| self.text(Some(language))) {
                self.found.languages(&text);
            }
        }
        for license in list(object.get("license")) {
            let url = license.get("url").or_else(|| license.get("@id")).and_then(Value::as_str).map(str::to_owned);
            if let Some(text) = url.or_else(|| self.text(Some(license))) {
                self.found.rights(&text);
            }
        }
        for property in ["identifier", "sameAs", "@id", "url", "isbn", "issn"] {
            for value in list(object.get(property)) {
                // Among addresses only the page's own is the work's; the rest are identifiers or nothing.
                let address_ok = property == "url";
                match (property, value.as_str()) {
                    ("isbn" | "issn", Some(text)) => {
                        self.found.identifier_as(property, text);
                    }
                    _ => self.identifier(value, address_ok),
                }
            }
        }
        if let Some(text) = self.text(object.get("bookEdition")) {
            self.found.record.edition = Some(values::line(&text));
        }
        if let Some(pages) = self.text(object.get("numberOfPages")) {
            let pages = values::line(&pages);
            let bare = pages.bytes().all(|b| b.is_ascii_digit());
            self.found.record.extent = Some(if bare { format!("{pages}p.") } else { pages });
        }
        if let Some(body) = object.get("articleBody").and_then(Value::as_str) {
            self.found.record.body =
                Some(super::text::markup(body)).filter(|body| body.split_whitespace().count() > 200);
        }
        self.kind(&kind);
    }

    /// `headline` is often cut at 110 characters; the longer of two that begin alike is the title.
    fn titles(&mut self, object: &'a Map<String, Value>) {
        let texts: Vec<String> =
            ["name", "headline"].iter().filter_map(|property| self.text(list(object.get(*property)).first())).collect();
        let begins = |long: &str, short: &str| {
            let short = fold(short.trim_end_matches(['…', '.', ' ']));
            fold(long).starts_with(&short)
        };
        match texts.as_slice() {
            [a, b] if begins(a, b) => self.found.title(a),
            [a, b] if begins(b, a) => self.found.title(b),
            [a, b] => {
                // On a page of a site, `name` may be the site's and `headline` the work's.
                self.found.title(b);
                self.found.alternative_title(a);
            }
            texts => texts.iter().for_each(|text| self.found.title(text)),
        }
        for other in list(object.get("alternateName")).iter().chain(list(object.get("alternativeHeadline"))) {
            if let Some(text) = self.text(Some(other)) {
                self.found.alternative_title(&text);
            }
        }
    }

    /// A value as text: a string, a number, `{"@value": …}`, or the name of an object.
    fn text(&self, value: Option<&'a Value>) -> Option<String> {
        let mut value = value?;
        for _ in 0..DEPTH {
            match value {
                Value::String(text) => return Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
                Value::Number(number) => return Some(number.to_string()),
                Value::Array(values) => value = values.first()?,
                Value::Object(object) => {
                    let object = self.resolve(object);
                    value = object.get("@value").or_else(|| object.get("name")).or_else(|| object.get("legalName"))?;
                }
                _ => return None,
            }
        }
        None
    }

    /// The object that a mere `{"@id": …}` stands for.
    fn resolve(&self, object: &'a Map<String, Value>) -> &'a Map<String, Value> {
        match object.get("@id").and_then(Value::as_str) {
            Some(id) if !object.contains_key("name") && !object.contains_key("familyName") => {
                self.ids.get(id).copied().unwrap_or(object)
            }
            _ => object,
        }
    }

    fn person(&mut self, value: &'a Value, role: Option<&str>) {
        let mut value = value;
        let mut role = role.map(str::to_owned);
        for _ in 0..DEPTH {
            match value {
                Value::String(names) => {
                    self.found.creators(names, role.as_deref());
                    return;
                }
                Value::Object(object) => {
                    let object = self.resolve(object);
                    // `Role` wraps a person and says what she did.
                    if kinds(object).any(|kind| local(kind).ends_with("Role")) {
                        let stated = self.text(object.get("roleName")).and_then(|name| relator(&name));
                        role = stated.map(str::to_owned).or(role);
                        match object
                            .get("author")
                            .or_else(|| object.get("contributor"))
                            .or_else(|| object.get("creator"))
                        {
                            Some(inner) => value = inner,
                            None => return,
                        }
                        continue;
                    }
                    let family = self.text(object.get("familyName"));
                    let given = self.text(object.get("givenName"));
                    let name = self.text(object.get("name"));
                    let body = kinds(object).any(|kind| {
                        let kind = local(kind);
                        kind.ends_with("Organization") || matches!(kind, "Corporation" | "Consortium")
                    });
                    match (family, given, name) {
                        (Some(family), Some(given), _) => {
                            self.found.creator(&format!("{family}, {given}"), role.as_deref());
                        }
                        (_, _, Some(name)) if body => self.found.creator(&name, role.as_deref()),
                        (_, _, Some(name)) => self.found.creators(&name, role.as_deref()),
                        (Some(family), None, None) => self.found.creator(&family, role.as_deref()),
                        _ => {}
                    }
                    return;
                }
                Value::Array(values) => match values.first() {
                    Some(first) => value = first,
                    None => return,
                },
                _ => return,
            }
        }
    }

    /// The issue, volume, journal, book or series; `depth` counts how far we went up.
    fn part_of(&mut self, value: &'a Value, depth: usize, kind: &str) {
        let Value::Object(object) = value else {
            // A bare name says nothing of what it is; for an article it can only be the journal.
            if let (Some(text), "ScholarlyArticle" | "MedicalScholarlyArticle" | "Chapter") = (value.as_str(), kind)
                && !text.starts_with("http")
            {
                self.container_title(text);
            }
            return;
        };
        let object = self.resolve(object);
        let of: Vec<&str> = kinds(object).map(local).collect();
        let is = |names: &[&str]| of.iter().any(|kind| names.contains(kind));
        if is(&["WebSite", "WebPage", "Collection", "CollectionPage", "DataCatalog", "Organization"]) {
            return;
        }
        let name = self.text(object.get("name"));
        if let Some(name) = name {
            if is(&["BookSeries", "CreativeWorkSeries"]) {
                values::push_new(&mut self.found.record.series, values::line(&name));
            } else if is(&["Periodical", "Newspaper", "Book"]) || !is(&["PublicationIssue", "PublicationVolume"]) {
                self.container_title(&name);
            }
        }
        self.numbers(object);
        for issn in list(object.get("issn")) {
            if let Some(issn) = issn.as_str().and_then(values::issn) {
                let container = self.found.container();
                container.issn.get_or_insert(issn);
            }
        }
        // The ISBN of the book that a chapter is in helps to find the book, and CSL gives it with the chapter.
        for isbn in list(object.get("isbn")).iter().filter_map(Value::as_str) {
            values::add_isbn(&mut self.found.record, isbn);
        }
        if self.found.record.publisher.is_empty()
            && let Some(publisher) = self.text(object.get("publisher"))
        {
            self.found.publishers(&publisher);
        }
        if depth < DEPTH {
            for part in list(object.get("isPartOf")) {
                self.part_of(part, depth + 1, kind);
            }
        }
    }

    fn container_title(&mut self, title: &str) {
        let title = values::title(&super::text::markup(title));
        let container = self.found.container();
        if container.title.is_empty() {
            container.title = title;
        }
    }

    fn numbers(&mut self, object: &'a Map<String, Value>) {
        if let Some(volume) = self.text(object.get("volumeNumber")) {
            self.found.container().volume.get_or_insert(values::line(&volume));
        }
        if let Some(issue) = self.text(object.get("issueNumber")) {
            self.found.container().issue.get_or_insert(values::line(&issue));
        }
        self.first = self.first.take().or_else(|| self.text(object.get("pageStart")));
        self.last = self.last.take().or_else(|| self.text(object.get("pageEnd")));
        let range = page_range(self.first.clone(), self.last.clone()).or_else(|| self.text(object.get("pagination")));
        if let Some(pages) = range {
            self.found.container().pages = Some(values::line(&pages));
        }
    }

    fn subjects(&mut self, object: &'a Map<String, Value>) {
        for property in ["keywords", "about"] {
            let given = list(object.get(property));
            let commas = match (property, given.len()) {
                ("keywords", 1) => Commas::Separate,
                _ => Commas::Belong,
            };
            for subject in given {
                if let Some(text) = self.text(Some(subject)).filter(|text| !text.starts_with("http")) {
                    self.found.subjects(&text, commas);
                }
            }
        }
    }

    fn identifier(&mut self, value: &'a Value, address_ok: bool) {
        match value {
            Value::String(text) if address_ok || !text.starts_with("http") || text.contains("doi.org/") => {
                self.found.identifier(text);
            }
            Value::Object(object) => {
                let scheme = self.text(object.get("propertyID")).unwrap_or_default().to_lowercase();
                if let Some(value) = self.text(object.get("value")) {
                    let kind = if scheme.starts_with("pubmed") { "pmid" } else { scheme.as_str() };
                    self.found.identifier_as(kind, &value);
                }
            }
            _ => {}
        }
    }

    fn kind(&mut self, kind: &str) {
        let journal = self.found.record.container.as_ref().is_some_and(|c| !c.title.is_empty());
        let kind = match kind {
            // Every page of a site may be an `Article`; only in a journal is it one of a journal.
            "Article" | "TechArticle" | "Review" if !journal => Some("webpage"),
            "AnalysisNewsArticle" | "ReportageNewsArticle" | "OpinionNewsArticle" => Some("article-newspaper"),
            "MedicalWebPage" => Some("webpage"),
            "GovernmentDocument" => Some("report"),
            other => values::item_type(other),
        };
        self.found.record.item_type = kind.map(str::to_owned);
    }
}
