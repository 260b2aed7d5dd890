//! Catalogue pages of Blacklight, versions 6 to 9.
//!
//! A record is a list of pairs whose `dt` and `dd` have the class `blacklight-FIELD`, where FIELD is the name of the Solr
//! field, with a suffix for its type that differs between installations. Result lists have the same pairs for many
//! records; [`super::kind`] tells them apart.

use scraper::ElementRef;

use super::dom::{self, all, below};
use super::found::{Commas, Found, Origin, relator};
use super::page::Page;
use crate::ingest::values;

dom::selectors! {
    VALUES = "dd[class*='blacklight-']";
    PARTS = "li, a, p, br";
    LINKS = "a[href]";
    HEADINGS = "#document [itemprop='name'], #document h1, .show-document h1, .document h1[itemprop], h1.document-title,
        #content h1, .main-content h1, main h1, h1";
}

/// Reads the page, if it is a record of Blacklight.
pub(super) fn find(page: &Page) -> Option<Found> {
    let rows: Vec<_> = all(page, &VALUES).collect();
    if rows.is_empty() {
        return None;
    }
    let mut found = Found::new(Origin::Blacklight);
    let mut subtitle = None;
    let mut part = Part::default();
    let mut heading: Vec<String> = Vec::new();
    for row in rows {
        let Some(name) = field(row) else { continue };
        match name.as_str() {
            "title" | "title_full" | "full_title" | "main_title" => heading.push(dom::line(row)),
            "subtitle" => subtitle = Some(dom::line(row)),
            _ => part.read(&mut found, &name, row),
        }
    }
    let shown = all(page, &HEADINGS).map(dom::line).find(|text| !text.is_empty());
    // The heading is the title as configured, usually in full; a row may repeat it without the subtitle.
    for title in shown.into_iter().chain(heading) {
        found.title(&title);
    }
    if let Some(subtitle) = subtitle {
        let title = found.record.title.clone();
        if !super::text::fold(&title).ends_with(&super::text::fold(&subtitle)) {
            found.record.title = values::title(&format!("{}: {subtitle}", title.trim_end_matches([':', '/', ' '])));
        }
    }
    let title = super::text::fold(&found.record.title);
    found.record.alternative_titles.retain(|other| !title.starts_with(&super::text::fold(other)));
    part.finish(&mut found);
    Some(found)
}

/// The name of the field without the suffix of its Solr type.
fn field(row: ElementRef<'_>) -> Option<String> {
    const SUFFIXES: &[&str] = &[
        "tesim", "tesi", "ssim", "ssi", "ssm", "ss", "tsim", "tsi", "tim", "ti", "sim", "si", "sm", "isim", "isi",
        "ii", "dtsi", "dtsim", "dt", "display", "facet", "vern", "t", "s", "txt", "a", "tsm", "teim", "stored",
        "struct", "bsi",
    ];
    let name = row.attr("class")?.split_ascii_whitespace().find_map(|class| class.strip_prefix("blacklight-"))?;
    let name = name.to_ascii_lowercase().replace('-', "_");
    let mut name = name.as_str();
    while let Some((stem, suffix)) = name.rsplit_once('_') {
        if !SUFFIXES.contains(&suffix) {
            break;
        }
        name = stem;
    }
    Some(name.to_owned())
}

/// The values of a row: its list items, or its links, or its lines, or its text.
fn parts(row: ElementRef<'_>) -> Vec<String> {
    let of = |name: &str| {
        below(row, &PARTS)
            .filter(|e| e.value().name() == name)
            .map(dom::line)
            .filter(|t| !t.is_empty())
            .collect::<Vec<_>>()
    };
    let items = of("li");
    if !items.is_empty() {
        return items;
    }
    let whole = dom::text(row);
    let links = of("a");
    // Links are the values where nothing else is but the words that join them: "A and B", "A, B, and C".
    let linked: usize = links.iter().map(|link| link.chars().count()).sum();
    let between = whole.chars().count().saturating_sub(linked);
    if !links.is_empty() && between <= 6 * links.len() {
        return links;
    }
    if below(row, &PARTS).any(|e| e.value().name() == "br") {
        return lines(row);
    }
    whole.split("\n\n").map(str::to_owned).collect()
}

/// The text of a row, one value a line, where `br` separates them.
fn lines(row: ElementRef<'_>) -> Vec<String> {
    let mut out = vec![String::new()];
    dom::walk(
        *row,
        |node| {
            match node.value() {
                scraper::Node::Text(text) => {
                    if let Some(last) = out.last_mut() {
                        last.push_str(text);
                    }
                }
                scraper::Node::Element(e) if e.name() == "br" => out.push(String::new()),
                _ => {}
            }
            true
        },
        |_| {},
    );
    out.iter().map(|text| values::line(text)).filter(|text| !text.is_empty()).collect()
}

/// Splits "A and B" and "A, B, and C" (as Blacklight joins values) where both sides can stand alone.
fn joined(text: &str, stands_alone: impl Fn(&str) -> bool) -> Vec<String> {
    let text = text.replace(", and ", " and ");
    let parts: Vec<&str> = text.split(" and ").collect();
    if parts.len() > 1 && parts.iter().all(|part| stands_alone(part)) {
        parts.into_iter().map(str::to_owned).collect()
    } else {
        vec![text]
    }
}

#[derive(Default)]
struct Part {
    date: Option<String>,
    imprint: Option<String>,
}

impl Part {
    fn read(&mut self, found: &mut Found, name: &str, row: ElementRef<'_>) {
        let parts = parts(row);
        let link = below(row, &LINKS).find_map(|a| dom::attr(a, "href")).filter(|href| href.starts_with("http"));
        let first = parts.first().cloned().unwrap_or_default();
        match name {
            "title_vern" | "alternative_title" | "alt_title" | "title_addl" | "uniform_title" | "other_title" => {
                parts.iter().for_each(|t| found.alternative_title(t));
            }
            "author" | "creator" | "author_vern" | "author_creator" | "main_author" | "personal_author"
            | "corporate_author" => {
                // Catalogues print the family name first; what has no comma is a body.
                for part in parts.iter().flat_map(|p| joined(p, |name| name.contains(','))) {
                    found.creator(part.trim_end_matches('.'), None);
                }
            }
            "author_addl" | "contributor" | "editor" | "translator" | "advisor" | "other_author" | "added_author" => {
                let role = relator(name).or(Some("ctb"));
                for part in parts.iter().flat_map(|p| joined(p, |name| name.contains(','))) {
                    found.creator(part.trim_end_matches('.'), role);
                }
            }
            "published" | "imprint" | "publication" | "published_vern" | "publication_info" => {
                self.imprint = Some(first)
            }
            "publisher" => parts.iter().for_each(|p| found.publishers(p)),
            "publication_place" | "place_of_publication" | "place" => {
                parts.into_iter().for_each(|p| values::push_new(&mut found.record.place, p));
            }
            "pub_date" | "publication_date" | "date" | "year" | "pub_year" | "date_published" | "date_issued"
            | "issued" => {
                self.date.get_or_insert(first);
            }
            "date_created" if self.date.is_none() => self.date = Some(first),
            "language" => parts.iter().flat_map(|p| joined(p, |_| true)).for_each(|p| found.languages(&p)),
            "format" | "resource_type" | "type" | "genre" => match parts.iter().find_map(|p| values::item_type(p)) {
                Some(kind) if found.record.item_type.is_none() => found.record.item_type = Some(kind.to_owned()),
                Some(_) => {}
                None => self.note(found, name, &parts, row),
            },
            "isbn" | "issn" | "doi" | "pmid" | "identifier" => {
                for part in parts.iter().flat_map(|p| p.split([';', ','])) {
                    if !found.identifier_as(name, part) {
                        self.note(found, name, &[part.to_owned()], row);
                    }
                }
            }
            "url" | "url_fulltext" | "url_suppl" | "fulltext_url" | "link" | "official_url" => {
                if !found.url(link.as_deref().unwrap_or(&first)) {
                    self.note(found, name, &parts, row);
                }
            }
            "abstract" | "summary" => found.abstract_text(&parts.join("\n\n")),
            "description" => found.description(&parts.join("\n\n")),
            "physical_description" | "material_type" | "extent" | "pagination" | "physical" => {
                found.record.extent.get_or_insert(first);
            }
            "edition" => {
                found.record.edition.get_or_insert(first);
            }
            "series" | "series_title" | "title_series" => {
                parts.into_iter().for_each(|p| values::push_new(&mut found.record.series, p));
            }
            "journal" | "journal_title" | "is_part_of" | "part_of" | "source" | "host_item" => {
                found.container().title = first
            }
            "volume" => found.container().volume = Some(first),
            "issue" => found.container().issue = Some(first),
            "pages" => found.container().pages = Some(first),
            "rights" | "rights_statement" | "license" => found.rights(link.as_deref().unwrap_or(&first)),
            "access" | "visibility" => found.record.access = Some(first),
            "note" | "notes" => parts.iter().for_each(|p| found.note("", p)),
            _ if name.starts_with("subject") || name == "keyword" || name == "keywords" || name == "topic" => {
                parts.iter().for_each(|p| found.subjects(p, Commas::Belong));
            }
            "id" | "score" | "timestamp" | "date_modified" | "date_uploaded" | "system_modified" | "depositor"
            | "collection" | "thumbnail" | "marc" => {}
            _ => self.note(found, name, &parts, row),
        }
    }

    fn note(&self, found: &mut Found, name: &str, parts: &[String], row: ElementRef<'_>) {
        let label =
            row.prev_siblings().take(8).filter_map(ElementRef::wrap).find(|e| e.value().name() == "dt").map(dom::line);
        let label = label.filter(|l| !l.is_empty()).unwrap_or_else(|| name.replace('_', " "));
        parts.iter().for_each(|part| found.note(label.trim_end_matches(':'), part));
    }

    fn finish(self, found: &mut Found) {
        if let Some(imprint) = &self.imprint {
            read_imprint(found, imprint);
        }
        if let Some(date) = &self.date {
            found.record.year = None;
            found.record.date = None;
            values::set_date(&mut found.record, date);
        }
    }
}

/// `London : King's Fund, 1996.` → place, publisher, date.
fn read_imprint(found: &mut Found, imprint: &str) {
    let imprint = imprint.trim_end_matches('.');
    let (before, date) = match imprint.rsplit_once(',') {
        Some((before, date)) if values::year(date).is_some() => (before, Some(date.trim())),
        _ if imprint.split_whitespace().count() <= 2 && values::year(imprint).is_some() => ("", Some(imprint)),
        _ => (imprint, None),
    };
    if let Some(date) = date {
        values::set_date(&mut found.record, date);
    }
    match before.split_once(" : ").or_else(|| before.split_once(": ")) {
        Some((place, publisher)) => {
            for place in place.split(" ; ") {
                values::push_new(&mut found.record.place, place.trim().to_owned());
            }
            found.publishers(publisher);
        }
        None => found.publishers(before),
    }
}
