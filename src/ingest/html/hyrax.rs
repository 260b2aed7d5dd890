//! Work pages of Hyrax and Hyku, versions 2 to 5.
//!
//! Every generation marks a value with the name of its field, as a class of its `li`: `attribute FIELD` (2.0, in
//! `table.attributes`), `attribute attribute-FIELD` (from 2.1, in `dl.work-show`). Labels are translated, and microdata
//! can be switched off, so neither is asked. Only the first list of the work is read: the relationships panel repeats
//! the markup. What belongs to the system (depositor, dates of deposit, sizes, collections) is not of the work and is
//! left out; what is of the work but has no field becomes a note.

use scraper::ElementRef;

use super::dom::{self, all, below};
use super::found::{Commas, Found, Origin, relator};
use super::page::Page;
use crate::ingest::values;

dom::selectors! {
    LISTS = "dl.work-show, table.attributes, dl[class*='work-show']";
    VALUES = "li.attribute, li[class*='attribute-']";
    HEADINGS = ".title-with-badges h1, .work-title-wrapper h1, .title-with-badges h2, h1.work-title, h2.work-title";
    WORK_HEADINGS = "[itemtype*='schema.org/'] h1, [itemtype*='schema.org/'] h2";
    WORK_WRAPPER = ".work-type h1, .work-type h2, .work-show-wrapper h1, #content-wrapper h1, #content-wrapper h2";
    BADGES = ".title-with-badges .label, .title-with-badges .badge, .work-title-wrapper .label, .work-title-wrapper .badge,
        h1 .label, h1 .badge, h2 .label, h2 .badge, .work-show-badges .badge";
    OTHER_BADGES = ".badge-success, .label-success, .badge-info, .label-info, .badge-danger, .label-danger,
        .badge-warning, .label-warning";
    DESCRIPTIONS = ".work_description, .work-description";
    TYPE_TAG = ".work-type-tag";
    ENTRIES = ".hyrax-compound-entry";
    SUBFIELDS = ".hyrax-compound-subfield, .hyrax-compound-subproperty";
    SUBLABEL = ".hyrax-compound-subfield-label, .hyrax-compound-subproperty-label";
    SUBVALUE = ".hyrax-compound-subfield-value, .hyrax-compound-subproperty-value";
    LINKS = "a[href]";
    NAMES = "[itemprop='name']";
}

/// Reads the page, if it is a work page of Hyrax.
pub(super) fn find(page: &Page) -> Option<Found> {
    let list = all(page, &LISTS).find(|list| below(*list, &VALUES).next().is_some())?;
    let mut found = Found::new(Origin::Hyrax);
    titles(page, &mut found);
    let mut rows = Rows::default();
    for item in below(list, &VALUES) {
        if let Some(name) = field(item) {
            rows.read(&mut found, &name, item);
        }
    }
    plain_rows(list, &mut found);
    rows.finish(&mut found);
    for description in all(page, &DESCRIPTIONS) {
        found.description(&dom::text(description));
    }
    found.record.access = all(page, &BADGES)
        // Themes of Hyku put the badge elsewhere.
        .chain(all(page, &OTHER_BADGES))
        .filter(|badge| !dom::has_class(badge.value(), "state") && !below_list(*badge))
        .map(dom::line)
        .find(|text| !text.is_empty());
    if found.record.item_type.is_none() {
        let tag = all(page, &TYPE_TAG).next().map(dom::line);
        found.record.item_type = tag.as_deref().and_then(values::item_type).map(str::to_owned);
    }
    Some(found)
}

/// The headings of the work: the first is its title, further ones (from version 3) are its other titles.
fn titles(page: &Page, found: &mut Found) {
    let marked: Vec<_> = all(page, &HEADINGS).collect();
    let headings = if marked.is_empty() {
        all(page, &WORK_HEADINGS).chain(all(page, &WORK_WRAPPER)).take(1).collect()
    } else {
        marked
    };
    for heading in headings {
        found.title(&without_badges(heading));
    }
}

/// A heading's text without the badges that version 2 puts into it.
fn without_badges(heading: ElementRef<'_>) -> String {
    let mut out = String::new();
    dom::walk(
        *heading,
        |node| match node.value() {
            scraper::Node::Text(text) => {
                out.push_str(text);
                false
            }
            scraper::Node::Element(e) => {
                !(e.name() == "small" || ["label", "badge", "state"].iter().any(|class| dom::has_class(e, class)))
            }
            _ => false,
        },
        |_| {},
    );
    out
}

fn below_list(element: ElementRef<'_>) -> bool {
    element
        .ancestors()
        .any(|node| node.value().as_element().is_some_and(|e| matches!(e.name(), "dl" | "table" | "nav")))
}

/// The field that a value's classes name.
fn field(item: ElementRef<'_>) -> Option<String> {
    let classes = item.attr("class")?;
    let prefixed = classes.split_ascii_whitespace().find_map(|c| c.strip_prefix("attribute-"));
    let plain = || classes.split_ascii_whitespace().find(|c| *c != "attribute" && *c != "tabular");
    prefixed.or_else(plain).map(|name| name.to_ascii_lowercase().replace('-', "_"))
}

/// Rows of themes that do without the list of values: a `dt` and a `dd` with text. They are kept by their label.
fn plain_rows(list: ElementRef<'_>, found: &mut Found) {
    let mut label = String::new();
    for child in list.child_elements() {
        match child.value().name() {
            "dt" => label = dom::line(child),
            "dd" if below(child, &VALUES).next().is_none() => {
                let value = dom::line(child);
                if !label.is_empty() && below(child, &LINKS).all(|a| !a.attr("href").is_some_and(is_internal)) {
                    found.note(label.trim_end_matches(':'), &value);
                }
            }
            _ => {}
        }
    }
}

/// Links to collections and other parts of the repository: relations within the system.
fn is_internal(href: &str) -> bool {
    href.starts_with("/collections") || href.starts_with("/concern") || href.starts_with("/dashboard")
}

/// The label of the row that a value stands in: the `dt` before its `dd`, the `th` of its `tr`.
fn label(item: ElementRef<'_>) -> Option<String> {
    let cell = item.ancestors().filter_map(ElementRef::wrap).find(|e| matches!(e.value().name(), "dd" | "td"))?;
    let label =
        cell.prev_siblings().take(8).filter_map(ElementRef::wrap).find(|e| matches!(e.value().name(), "dt" | "th"))?;
    Some(dom::line(label).trim_end_matches(':').to_owned()).filter(|label| !label.is_empty())
}

/// Values that are weighed against others of the page before they find their place.
#[derive(Default)]
struct Rows {
    /// Rank and value: the date of publication first.
    dates: Vec<(u8, String)>,
    names: Vec<(String, Option<&'static str>)>,
    part_of: Vec<String>,
    pagination: Vec<String>,
    subtitle: Option<String>,
    institution: Vec<String>,
}

impl Rows {
    fn read(&mut self, found: &mut Found, name: &str, item: ElementRef<'_>) {
        let entries: Vec<_> = below(item, &ENTRIES).collect();
        if !entries.is_empty() {
            for entry in entries {
                self.compound(found, name, item, entry);
            }
            return;
        }
        let link = below(item, &LINKS).find_map(|a| dom::attr(a, "href")).filter(|href| href.starts_with("http"));
        let text = match below(item, &NAMES).next() {
            Some(name) => dom::text(name),
            None => dom::text(item),
        };
        self.value(found, name, &text, link.as_deref(), item);
    }

    /// One value of a field. `item` is asked for its label only where a note needs one.
    fn value(&mut self, found: &mut Found, name: &str, text: &str, link: Option<&str>, item: ElementRef<'_>) {
        let line = values::line(text);
        if line.is_empty() {
            return;
        }
        let record = &mut found.record;
        match name {
            "title" => found.title(&line),
            "alternative_title" | "alternative" | "alt_title" | "translated_title" => found.alternative_title(&line),
            "subtitle" => self.subtitle = Some(line),
            "creator" | "author" | "creator_display" | "creator_name" => self.names.push((line, None)),
            "editor"
            | "contributor"
            | "contributor_combined"
            | "advisor"
            | "supervisor"
            | "translator"
            | "illustrator"
            | "editor_display"
            | "contributor_display" => {
                self.names.push((line, relator(name.strip_suffix("_display").unwrap_or(name))));
            }
            "abstract" => found.abstract_text(text),
            "description" | "summary" => found.description(text),
            "date_published" | "publication_date" => self.dates.push((0, line)),
            "date_issued" | "issued" => self.dates.push((1, line)),
            "date" | "year" | "publication_year" => self.dates.push((2, line)),
            "date_of_award" | "date_created" | "created" => self.dates.push((3, line)),
            "date_copyrighted" => self.dates.push((4, line)),
            "publisher" => found.publishers(&line),
            "awarding_institution" | "degree_grantor" => self.institution.push(line),
            "place_of_publication" | "publication_place" => values::push_new(&mut record.place, line),
            "pagination" | "pages" | "page_range" => self.pagination.push(line),
            "extent" | "physical_description" => {
                record.extent.get_or_insert(line);
            }
            "edition" => {
                record.edition.get_or_insert(line);
            }
            "series" | "series_title" => values::push_new(&mut record.series, line),
            "part_of" | "is_part_of" | "journal_title" | "book_title" => self.part_of.push(line),
            "volume_number" | "volume" => found.container().volume = Some(line),
            "issue_number" | "issue" => found.container().issue = Some(line),
            "issn" | "eissn" | "isbn" | "doi" | "pmid" | "pmcid" | "identifier" | "alternate_identifier" => {
                let value = link.filter(|_| name == "doi").unwrap_or(&line);
                if !found.identifier_as(name, value) {
                    note(found, name, &line, item);
                }
            }
            "subject" | "keyword" | "tag" | "discipline" => found.subjects(&line, Commas::Belong),
            "language" => found.languages(&line),
            "resource_type" | "genre" => match values::item_type(&line) {
                Some(kind) if record.item_type.is_none() => record.item_type = Some(kind.to_owned()),
                Some(kind) if record.item_type.as_deref() == Some(kind) => {}
                _ => note(found, name, &line, item),
            },
            "rights_statement" | "license" | "rights" => found.rights(link.unwrap_or(&line)),
            "official_url" => {
                let _ = found.url(link.unwrap_or(&line)) || self.leave(found, name, &line, item);
            }
            "note" | "notes" => found.note("", text),
            _ if is_of_the_system(name) => {}
            _ => note(found, name, link.filter(|_| line.starts_with("http")).unwrap_or(&line), item),
        }
    }

    fn leave(&self, found: &mut Found, name: &str, line: &str, item: ElementRef<'_>) -> bool {
        note(found, name, line, item);
        true
    }

    /// A value of several parts, each with its label (Hyrax 5.3).
    fn compound(&mut self, found: &mut Found, name: &str, item: ElementRef<'_>, entry: ElementRef<'_>) {
        let parts: Vec<(String, String)> = below(entry, &SUBFIELDS)
            .map(|part| {
                let text = |selector| below(part, selector).next().map(dom::line).unwrap_or_default();
                (text(&SUBLABEL).trim_end_matches([':', ' ']).to_lowercase(), text(&SUBVALUE))
            })
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let of = |words: &[&str]| {
            parts
                .iter()
                .find(|(label, _)| words.iter().any(|word| label.contains(word)))
                .map(|(_, value)| value.as_str())
        };
        let people = ["creator", "author", "contributor", "editor", "agent", "people", "person"];
        if people.iter().any(|word| name.contains(word)) {
            // One part alone is the name, and its label the role.
            let only = (parts.len() == 1).then(|| parts.first()).flatten();
            let person = match (of(&["family", "surname", "last name"]), of(&["given", "first name", "forename"])) {
                (Some(family), Some(given)) => Some(format!("{family}, {given}")),
                _ => of(&["name"]).or(only.map(|(_, value)| value.as_str())).map(str::to_owned),
            };
            let stated = of(&["role"]).or(only.map(|(label, _)| label.as_str()));
            let role = stated.and_then(relator).or_else(|| relator(name));
            if let Some(person) = person {
                self.names.push((person, role));
                return;
            }
        }
        let value = of(&["value"]).or(of(&[name])).or(of(&["title", "name", "date"]));
        match value.filter(|_| !is_of_the_system(name)) {
            Some(value) if parts.len() == 1 || name.starts_with("date") || name.ends_with("title") => {
                self.value(found, name.strip_suffix('s').unwrap_or(name), value, None, item);
            }
            _ => {
                let all: Vec<String> = parts.iter().map(|(label, value)| format!("{label}: {value}")).collect();
                if !is_of_the_system(name) {
                    note(found, name, &all.join("; "), item);
                }
            }
        }
    }

    fn finish(mut self, found: &mut Found) {
        if let Some(subtitle) = self.subtitle {
            let title = &found.record.title;
            if !super::text::fold(title).ends_with(&super::text::fold(&subtitle)) {
                found.record.title = values::title(&format!("{}: {subtitle}", title.trim_end_matches([':', ' '])));
            }
        }
        // Where one name is inverted, a catalogue printed them all, and what has no comma is a body.
        let catalogued = self.names.iter().any(|(name, _)| name.contains(','));
        for (name, role) in &self.names {
            if catalogued {
                name.split(';').for_each(|name| found.creator(name, *role));
            } else {
                found.creators(name, *role);
            }
        }
        self.dates.sort_by_key(|(rank, _)| *rank);
        if let Some((_, date)) = self.dates.first() {
            values::set_date(&mut found.record, date);
        }
        let kind = found.record.item_type.clone();
        let kind = kind.as_deref();
        for institution in self.institution {
            if kind == Some("thesis") || kind.is_none() {
                found.publishers(&institution);
            } else {
                found.note("Awarding institution", &institution);
            }
        }
        let in_a_container =
            matches!(kind, Some("article-journal" | "article-magazine" | "chapter" | "paper-conference"));
        for title in self.part_of {
            if in_a_container || found.record.container.is_some() {
                let container = found.container();
                if container.title.is_empty() {
                    container.title = title;
                    continue;
                }
            }
            values::push_new(&mut found.record.series, title);
        }
        for pages in self.pagination {
            // "123-130" of an article is where it stands; "39p." and "v, 70p." are how long it is.
            let range =
                pages.chars().all(|c| c.is_ascii_digit() || "-–— pe.".contains(c)) && pages.contains(['-', '–', '—']);
            if range && found.record.container.is_some() {
                found.container().pages = Some(pages);
            } else if found.record.extent.is_none() {
                found.record.extent = Some(pages);
            } else {
                found.note("Pagination", &pages);
            }
        }
    }
}

/// Keeps a value that has no field, under the label that the page gives it.
fn note(found: &mut Found, name: &str, value: &str, item: ElementRef<'_>) {
    let label = label(item).unwrap_or_else(|| {
        let words = name.replace('_', " ");
        let mut chars = words.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
    });
    found.note(&label, value);
}

/// Fields that describe the deposit, not the work.
fn is_of_the_system(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "date_modified",
        "modified_date",
        "date_uploaded",
        "depositor",
        "proxy_depositor",
        "admin_set",
        "admin_set_id",
        "admin_note",
        "file_format",
        "file_size",
        "filesize",
        "mime_type",
        "has_model",
        "visibility",
        "number_of_downloads",
        "last_access",
        "previous_version_id",
        "newer_version_id",
        "related_item_id",
        "collection_type_gid",
        "suppressed_bsi",
        "state",
        "human_readable_type",
        "generic_type",
        "in_works_ids",
        "thumbnail",
        "has_restriction",
        "origin_pipeline",
        "library_catalog_identifier",
        "resource_type_general",
        "system_create",
        "system_modified",
        "bulkrax_identifier",
    ];
    const STARTS: &[&str] =
        &["aip_", "dip_", "sip_", "transfer_", "package", "member_of", "embargo", "lease", "oer_size"];
    NAMES.contains(&name) || STARTS.iter().any(|start| name.starts_with(start))
}
