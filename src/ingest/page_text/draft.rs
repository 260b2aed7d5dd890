//! A record in the making: values come in with their fields, in any order, and are weighed against each other at the end.
//!
//! Both readers fill one. It does *not* decide which field a value belongs to.

use super::fit;
use std::collections::HashSet;

use super::labels::{self, Field};
use super::lines::{self, Kind};
use crate::ingest::values;
use crate::record::{Container, Creator, Record, TitleSource};

/// A record in the making.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) record: Record,
    subtitle: Option<String>,
    paragraphs: Vec<String>,
    extents: Vec<(Extent, String)>,
    /// What every field has already: lists may be long, and scanning them for each value would be quadratic.
    seen: HashSet<(Field, String)>,
}

/// How much a statement of the extent says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Extent {
    /// A bare number.
    Count,
    Range,
    /// "v, 70p."
    Full,
    /// The same, and called the pagination.
    Stated,
}

impl Draft {
    pub(super) fn title(&mut self, text: &str) {
        let title = values::title(text);
        if self.record.title.is_empty() {
            self.record.title = title;
            self.record.title_source = Some(TitleSource::Record);
        } else {
            self.alternative(&title);
        }
    }

    pub(super) fn alternative(&mut self, text: &str) {
        let title = values::title(text);
        if !title.eq_ignore_ascii_case(&self.record.title) && self.is_new(Field::Alternative, &title) {
            self.record.alternative_titles.push(title);
        }
    }

    pub(super) fn access(&mut self, visibility: Option<&str>) {
        if self.record.access.is_none() {
            self.record.access = visibility.map(str::to_owned);
        }
    }

    /// The kind of work above the title; most name no type ("Published Work").
    pub(super) fn tag(&mut self, text: &str) {
        if self.record.item_type.is_none() {
            self.record.item_type = item_type(text).map(str::to_owned);
        }
    }

    pub(super) fn has_abstract(&self) -> bool {
        !self.paragraphs.is_empty()
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        let text = values::line(text);
        if self.is_new(Field::Abstract, &text) {
            self.paragraphs.push(text);
        }
    }

    pub(super) fn container(&mut self) -> &mut Container {
        self.record.container.get_or_insert_default()
    }

    /// Keeps a value that fits no field, with the label that says what it is.
    pub(super) fn note(&mut self, label: Option<&str>, value: &str) {
        let note = match label {
            Some(label) => format!("{}: {value}", label.trim_end_matches([':', '：', ' '])),
            None => value.to_owned(),
        };
        if self.is_new(Field::Note, &note) {
            self.record.notes.push(note);
        }
    }

    fn is_new(&mut self, field: Field, value: &str) -> bool {
        !value.is_empty() && self.seen.insert((field, value.to_owned()))
    }

    fn list(&mut self, field: Field, value: String, list: fn(&mut Record) -> &mut Vec<String>) {
        if self.is_new(field, &value) {
            list(&mut self.record).push(value);
        }
    }

    /// Puts a value into its field; what the field does not accept becomes a note.
    pub(super) fn put(&mut self, field: Field, value: &str, label: Option<&str>) {
        let r = &mut self.record;
        match field {
            Field::Title => self.title(value),
            Field::Subtitle if self.subtitle.is_none() => self.subtitle = Some(values::title(value)),
            Field::Subtitle | Field::Alternative => self.alternative(value),
            Field::Lead | Field::Abstract => self.paragraph(value),
            Field::Creator => self.creators(value, None),
            Field::Contributor => self.creators(value, Some("ctb")),
            Field::Editor => self.creators(value, Some("edt")),
            Field::Isbn => self.isbn(value),
            Field::Place => parts(value).for_each(|p| self.list(field, unbracket(p), |r| &mut r.place)),
            Field::Publisher => parts(value).for_each(|p| self.list(field, unbracket(p), |r| &mut r.publisher)),
            Field::Date if r.year.is_none() && r.date.is_none() => values::set_date(r, value),
            Field::Date if values::year(value).is_some() && values::year(value) == r.year => {}
            Field::Extent => self.extent(value, label),
            Field::Journal | Field::Volume | Field::Issue => self.in_container(field, value, label),
            Field::Series => self.list(field, value.to_owned(), |r| &mut r.series),
            Field::Edition if r.edition.is_none() => r.edition = Some(value.to_owned()),
            Field::Note => match lines::inline(value) {
                // Cataloguers' notes name the pagination: "Note: Pagination: v, 70p."
                Some(Kind::Inline(fields, at)) if fields.has(Field::Extent) => {
                    self.extent(value.get(at..).unwrap_or(value), Some(value));
                }
                _ => self.note(None, value),
            },
            Field::Subject => parts(value).for_each(|p| self.list(field, p.to_owned(), |r| &mut r.subjects)),
            Field::Language => match values::language(value) {
                Some(code) => values::push_new(&mut r.languages, code),
                None => self.note(label, value),
            },
            Field::Identifier | Field::Url => self.identifier(value, label),
            Field::Type => match item_type(value) {
                Some(kind) if r.item_type.is_none() => r.item_type = Some(kind.to_owned()),
                Some(_) => {}
                None if labels::lookup(value).has(Field::Tag) => {}
                None => self.note(label, value),
            },
            Field::Rights if !self.is_new(field, value) => {}
            Field::Rights => match &mut self.record.rights {
                Some(rights) => {
                    rights.push_str("; ");
                    rights.push_str(value);
                }
                None => self.record.rights = Some(value.to_owned()),
            },
            Field::Access => self.access(Some(value)),
            // The repository's dates and depositors are not the work's.
            Field::Keeping => {}
            _ => self.note(label, value),
        }
    }

    fn in_container(&mut self, field: Field, value: &str, label: Option<&str>) {
        let container = self.container();
        let slot = match field {
            Field::Volume => container.volume.get_or_insert_default(),
            Field::Issue => container.issue.get_or_insert_default(),
            _ => &mut container.title,
        };
        if slot.is_empty() {
            value.clone_into(slot);
        } else if slot != value {
            self.note(label, value);
        }
    }

    fn creators(&mut self, value: &str, role: Option<&str>) {
        for part in parts(value) {
            let name = values::person(part);
            if self.is_new(Field::Creator, &name) {
                self.record.creators.push(Creator { name, role: role.map(str::to_owned) });
            }
        }
    }

    fn isbn(&mut self, value: &str) {
        if values::add_isbn(&mut self.record, value) {
            return;
        }
        for part in value.split([',', ';', '/']).map(str::trim).filter(|p| !p.is_empty()) {
            if !values::add_isbn(&mut self.record, part) {
                self.note(Some("ISBN"), part);
            }
        }
    }

    fn extent(&mut self, value: &str, label: Option<&str>) {
        let stated = label.is_some_and(|l| l.to_lowercase().starts_with("pagination"));
        let rank = match () {
            _ if stated => Extent::Stated,
            _ if fit::is_extent(value) => Extent::Full,
            _ if value.bytes().all(|b| b.is_ascii_digit()) => Extent::Count,
            _ => Extent::Range,
        };
        self.extents.push((rank, value.to_owned()));
    }

    fn identifier(&mut self, value: &str, label: Option<&str>) {
        let named = |name: &str| label.is_some_and(|l| l.to_lowercase().starts_with(name));
        if let Some(doi) = values::doi(value) {
            self.record.doi.get_or_insert(doi);
        } else if fit::is_rights(value) {
            self.put(Field::Rights, value, label);
        } else if fit::is_address(value) {
            self.list(Field::Url, value.to_owned(), |r| &mut r.url);
        } else if named("pmid") && values::pmid(value).is_some() {
            self.record.pmid = values::pmid(value);
        } else if let Some(pmcid) = values::pmcid(value) {
            self.record.pmcid.get_or_insert(pmcid);
        } else if let Some(issn) = values::issn(value) {
            self.list(Field::Identifier, issn, |r| &mut r.issn);
        } else if !values::add_isbn(&mut self.record, value) {
            self.note(label, value);
        }
    }

    /// The record; `None` when it has neither title nor abstract.
    pub(super) fn finish(mut self, page: Page) -> Option<Record> {
        self.settle_extent();
        let mut record = self.record;
        record.abstract_text =
            Some(values::paragraphs(self.paragraphs.iter().map(String::as_str))).filter(|t| !t.is_empty());
        record.truncated = record.abstract_text.as_deref().is_some_and(is_cut_off);
        if let Some(subtitle) = self.subtitle.filter(|s| !record.title.contains(s.as_str())) {
            record.title = if record.title.is_empty() { subtitle } else { format!("{}: {subtitle}", record.title) };
            record.title_source = Some(TitleSource::Record);
        }
        if record.title.is_empty() {
            record.title = values::derived_title(record.abstract_text.as_deref()?);
            record.title_source = Some(TitleSource::Derived);
        }
        if record.container.as_ref().is_some_and(|c| *c == Container::default()) {
            record.container = None;
        }
        if let Some(container) = &mut record.container
            && !container.title.is_empty()
            && container.issn.is_none()
            && !record.issn.is_empty()
        {
            container.issn = Some(record.issn.remove(0));
        }
        if record.item_type.is_none() {
            record.item_type = Some(page.item_type(&record).to_owned());
        }
        (!record.title.is_empty()).then_some(record)
    }

    /// The fullest statement of the extent wins; others are kept when they say something else.
    fn settle_extent(&mut self) {
        let mut extents = std::mem::take(&mut self.extents);
        if extents.is_empty() {
            return;
        }
        extents.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
        let (rank, best) = extents.remove(0);
        for (_, other) in extents {
            let said = other.split(|c: char| !c.is_alphanumeric()).all(|w| best.contains(w));
            if !said {
                self.note(Some("Pages"), &other);
            }
        }
        match &mut self.record.container {
            Some(container) if !container.title.is_empty() && rank <= Extent::Range => container.pages = Some(best),
            _ => self.record.extent = Some(best),
        }
    }
}

/// What kind of page a record comes from, for the type of works whose page does not state one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    Catalogue,
    Platform,
}

impl Page {
    /// A platform shows articles. In a repository, what stands in a journal is an article; a series, or the words of
    /// title or abstract, make a report; otherwise an ISBN speaks for a book, its absence for the grey literature.
    fn item_type(self, record: &Record) -> &'static str {
        let in_journal = record.container.as_ref().is_some_and(|c| !c.title.is_empty());
        match self {
            Page::Platform => "article-journal",
            Page::Catalogue if in_journal => "article-journal",
            Page::Catalogue if !record.series.is_empty() || fit::names_report(&record.title) => "report",
            Page::Catalogue if record.abstract_text.as_deref().is_some_and(fit::calls_itself_report) => "report",
            Page::Catalogue if !record.isbn.is_empty() => "book",
            Page::Catalogue => "report",
        }
    }
}

/// The CSL type for a resource type, also where the site prints two ("Report, Working paper") or a plural.
fn item_type(text: &str) -> Option<&'static str> {
    let part = |p: &str| values::item_type(p).or_else(|| values::item_type(p.trim_end().strip_suffix('s')?));
    part(text).or_else(|| text.split([',', '/', ';', '(']).find_map(part))
}

/// The values of a list in one cell. Labels that a dump ran together with it are not among them.
fn parts(value: &str) -> impl Iterator<Item = &str> {
    let split = value.split([';', '|', '；']).map(str::trim);
    split.filter(|p| !p.is_empty() && labels::lookup(p).rows().is_empty())
}

/// A value without the brackets of a cataloguer's addition and the punctuation before the next area.
fn unbracket(value: &str) -> String {
    value.trim_matches(['[', ']', ' ']).trim_end_matches([':', ',', ' ']).to_owned()
}

fn is_cut_off(text: &str) -> bool {
    let text = text.trim_end_matches([' ', ')', ']', '”', '"']);
    text.ends_with('…') || text.ends_with("...")
}
