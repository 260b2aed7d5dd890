//! EndNote XML, as EndNote, Bookends, Mendeley and others export it: values are runs of `<style>`, whose text is joined.
//!
//! The elements of EndNote 7 and before (capitals and underscores) are read by the same names. Left out as housekeeping: the
//! database, record numbers, foreign keys, the program, links to local files, and dates of access to a database.

use std::borrow::Cow;

use super::scan::{Inside, Records, cut as cut_records};
use super::tree::Element;
use super::{Prologue, clean, read_records};
use crate::export::{self, types};
use crate::ingest::{Cut, Item, values};
use crate::record::{Container, Creator, Record};

const RECORDS: Records = Records { names: &["record", "RECORD"], bare: &[], inside: Inside::Damage };

/// Whether the text begins like EndNote XML.
pub fn recognises(text: &str) -> bool {
    Prologue::of(text).is_some_and(|prologue| {
        matches!(prologue.root.to_ascii_lowercase().as_str(), "xml" | "records" | "record")
            && ["<ref-type", "<source-app", "<contributors>", "<REFERENCE_TYPE", "<foreign-keys>"]
                .iter()
                .any(|tag| prologue.mentions(tag))
    })
}

/// Reads records; `first` is the number of the first.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    read_records(bytes, first, &RECORDS, convert, emit);
}

/// Cuts after the last whole record.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    cut_records(bytes, &RECORDS)
}

fn convert(root: Element<'_>) -> Result<Option<Record>, String> {
    if let Some(record) = own(root) {
        return Ok(Some(record));
    }
    let mut r = Record { container: Some(Container::default()), ..Record::default() };
    let kind = kind(root);
    r.item_type = kind.map(str::to_owned);
    for field in root.children() {
        add(&mut r, kind, field);
    }
    if r.title.is_empty() && r.abstract_text.is_none() && r.alternative_titles.is_empty() && r.notes.is_empty() {
        return Err("an EndNote record without a title or any text".into());
    }
    date(&mut r, root);
    Ok(Some(clean::finished(r)))
}

/// The kind of work, by the name of the reference type or EndNote's number for it.
fn kind(root: Element<'_>) -> Option<&'static str> {
    let element = root.child("ref-type").or_else(|| root.child("REFERENCE_TYPE"))?;
    let name = element.attribute("name").unwrap_or_default();
    if !name.is_empty() {
        return types::ENDNOTE.read(&name).or_else(|| values::item_type(&name));
    }
    Some(match element.text().as_str() {
        "17" | "0" | "43" => "article-journal",
        "6" | "28" | "1" | "9" => "book",
        "5" | "7" => "chapter",
        "27" | "46" => "report",
        "32" | "2" => "thesis",
        "10" | "47" | "3" => "paper-conference",
        "12" | "16" => "webpage",
        "23" => "article-newspaper",
        "19" => "article-magazine",
        _ => return None,
    })
}

/// A record that this library has written.
fn own(root: Element<'_>) -> Option<Record> {
    root.child("source-app").filter(|app| app.has("name", "commlit"))?;
    let mut fields: Vec<(String, Cow<'_, str>)> = Vec::new();
    for a in root.children() {
        if a.name() == "ref-type" {
            fields.push((a.name().to_owned(), a.attribute("name").unwrap_or_default().into()));
        } else if a.is_leaf() {
            fields.push((a.name().to_owned(), a.raw_text()));
        }
        for b in a.children() {
            if b.is_leaf() {
                fields.push((format!("{}/{}", a.name(), b.name()), b.raw_text()));
            }
            for c in b.children() {
                fields.push((format!("{}/{}/{}", a.name(), b.name(), c.name()), c.raw_text()));
            }
        }
    }
    export::endnote_xml::recover(fields.iter().map(|(path, text)| (path.as_str(), text.as_ref())))
}

/// Each line of a value that may hold several.
fn lines(field: Element<'_>) -> Vec<String> {
    let text = field.raw_text();
    text.split(['\r', '\n', ';']).map(clean::plain).filter(|line| !line.is_empty()).collect()
}

fn add(r: &mut Record, kind: Option<&str>, field: Element<'_>) {
    let text = clean::plain(&field.raw_text());
    if text.is_empty() {
        return;
    }
    let is_report = matches!(kind, Some("report" | "thesis" | "book" | "webpage" | "document" | "pamphlet"));
    let container = r.container.get_or_insert_default();
    let name = field.name().to_ascii_lowercase().replace('_', "-");
    match name.as_str() {
        "contributors" => field.children().for_each(|list| people(r, kind, list)),
        "authors" | "secondary-authors" | "tertiary-authors" | "subsidiary-authors" | "translated-authors" => {
            people(r, kind, field);
        }
        "titles" => field.children().for_each(|title| add_title(r, kind, title)),
        "title" | "secondary-title" | "tertiary-title" | "alt-title" | "short-title" | "translated-title" => {
            add_title(r, kind, field);
        }
        "periodical" => periodical(r, field),
        "alt-periodical" => {
            let title = field.child("full-title").map(Element::text).unwrap_or_default();
            if r.container.as_ref().is_none_or(|c| c.title != title) {
                clean::note(r, "Alternative journal title", &title);
            }
        }
        "pages" if text.contains("://") => match text.split_whitespace().find(|word| word.contains("://")) {
            Some(url) => values::push_new(&mut r.url, url.to_owned()),
            None => clean::note(r, "Pages", &text),
        },
        "pages" if is_report && !text.contains('-') => r.extent = Some(text),
        "pages" => container.pages = Some(clean::pages(&text)),
        "volume" if kind == Some("thesis") && !text.bytes().any(|b| b.is_ascii_digit()) => {
            clean::note(r, "Volume", &text);
        }
        "volume" => container.volume = Some(text),
        "number" => container.issue = Some(text),
        "issue" if container.issue.is_none() => container.issue = Some(text),
        "num-vols" => clean::note(r, "Number of volumes", &text),
        // The date of online publication, as EndNote takes it from PubMed.
        "edition" if values::year(&text).is_some() && text.contains(['/', '-']) => {
            clean::note(r, "Published online", text.trim_end_matches('/'));
        }
        "edition" => r.edition = Some(text),
        "section" => clean::note(r, "Section", &text),
        "keywords" => keywords(r, field),
        "dates" | "year" | "date" => {}
        "pub-location" | "place-published" => values::push_new(&mut r.place, text),
        "publisher" => values::push_new(&mut r.publisher, text),
        "isbn" => numbers(r, field),
        "electronic-resource-num" => clean::add_doi(r, &text),
        "accession-num" => accession(r, &text),
        "abstract" => r.abstract_text = Some(clean::running_text(&field.raw_text().replace('\r', "\n\n"))),
        "notes" | "research-notes" => {
            let notes = clean::running_text(&field.raw_text());
            values::push_new(&mut r.notes, notes);
        }
        "urls" => urls(r, field),
        "url" => values::push_new(&mut r.url, text),
        "language" => clean::add_language(r, &text),
        "auth-address" | "author-address" => clean::note(r, "Author address", &text),
        "reviewed-item" => clean::note(r, "Reviewed item", &text),
        "work-type" => clean::note(r, "Type", &text),
        "custom2" if values::pmcid(&text).is_some() => r.pmcid = values::pmcid(&text),
        "user16" if values::pmcid(&text).is_some() => r.pmcid = values::pmcid(&text),
        "database" | "source-app" | "rec-number" | "refnum" | "foreign-keys" | "ref-type" | "reference-type"
        | "access-date" | "modified-date" | "added-date" | "caption-data" | "image" => {}
        "remote-database-name" => clean::note(r, "Database", &text),
        "remote-database-provider" => clean::note(r, "Database provider", &text),
        "call-num" => clean::note(r, "Call number", &text),
        "orig-pub" => clean::note(r, "Original publication", &text),
        "label" => {
            if r.pmid.as_ref() != Some(&text) {
                clean::note(r, "Label", &text);
            }
        }
        _ => clean::note(r, &clean::label(&name), &text),
    }
}

fn people(r: &mut Record, kind: Option<&str>, list: Element<'_>) {
    let name = list.name().to_ascii_lowercase().replace('_', "-");
    let role = match name.as_str() {
        "authors" => None,
        "translated-authors" => Some("trl"),
        // Secondary authors edit the book; of a report or a thesis they stand for its advisors or issuing bodies.
        "secondary-authors" | "tertiary-authors" if kind == Some("thesis") => Some("ths"),
        "secondary-authors" => Some("edt"),
        "tertiary-authors" => Some("edt"),
        _ => Some("ctb"),
    };
    for author in list
        .children()
        .filter(|c| c.name().eq_ignore_ascii_case("author") || c.name().to_ascii_lowercase().ends_with("-author"))
    {
        for name in author.raw_text().split(['\r', '\n']) {
            let name = clean::plain(name);
            // EndNote marks a corporate author by a comma at the end.
            let name = match name.strip_suffix(',') {
                Some(corporate) => corporate.trim_end().to_owned(),
                None => values::person(&name),
            };
            let creator = Creator { name, role: role.map(str::to_owned) };
            if !creator.name.is_empty() && !r.creators.contains(&creator) {
                r.creators.push(creator);
            }
        }
    }
}

fn add_title(r: &mut Record, kind: Option<&str>, field: Element<'_>) {
    let title = clean::title(&field.raw_text());
    if title.is_empty() {
        return;
    }
    let is_part = !matches!(kind, Some("report" | "thesis" | "webpage" | "document" | "pamphlet"));
    let container = r.container.get_or_insert_default();
    match field.name().to_ascii_lowercase().replace('_', "-").as_str() {
        "title" => r.title = title,
        "secondary-title" if is_part && container.title.is_empty() => container.title = title,
        "secondary-title" | "tertiary-title" if container.title != title => values::push_new(&mut r.series, title),
        "alt-title" if matches!(kind, Some("article-journal" | "article-magazine" | "article-newspaper")) => {
            if container.title.is_empty() {
                container.title = title;
            } else if container.title != title {
                clean::note(r, "Alternative journal title", &title);
            }
        }
        "alt-title" | "short-title" | "translated-title" if container.title != title && r.title != title => {
            values::push_new(&mut r.alternative_titles, title);
        }
        _ => {}
    }
}

/// The journal: its full title is the container's, above an abbreviation that came first.
fn periodical(r: &mut Record, field: Element<'_>) {
    let container = r.container.get_or_insert_default();
    let mut abbreviations: Vec<String> =
        field.children().filter(|c| c.name().starts_with("abbr")).map(Element::text).collect();
    if let Some(full) = field.text_of("full-title") {
        let before = std::mem::replace(&mut container.title, full);
        abbreviations.insert(0, before);
    }
    for abbreviation in abbreviations {
        let container = r.container.get_or_insert_default();
        if container.title.is_empty() {
            container.title = abbreviation;
        } else if container.title != abbreviation {
            clean::note(r, "Journal abbreviation", &abbreviation);
        }
    }
}

fn keywords(r: &mut Record, field: Element<'_>) {
    let each: Vec<Element<'_>> = field.children().filter(|c| c.name().eq_ignore_ascii_case("keyword")).collect();
    let each = if each.is_empty() { vec![field] } else { each };
    for keyword in each {
        for line in lines(keyword) {
            // The mark of a main topic stands behind what it marks.
            values::push_new(
                &mut r.subjects,
                match line.strip_prefix('*') {
                    Some(topic) => format!("{}*", topic.trim()),
                    None => line,
                },
            );
        }
    }
}

/// EndNote has one field for ISBN and ISSN, with several of either, and what kind they are in brackets.
fn numbers(r: &mut Record, field: Element<'_>) {
    for line in lines(field) {
        let bare = line.split('(').next().unwrap_or(&line).trim();
        let issns: Vec<String> = bare.split([' ', ',']).filter_map(values::issn).collect();
        if let Some(issn) = values::issn(bare) {
            clean::add_issn(r, &issn);
        } else if values::add_isbn(r, bare) {
        } else if !issns.is_empty() {
            issns.iter().for_each(|issn| clean::add_issn(r, issn));
        } else {
            let mut any = false;
            for word in line.split([' ', ',']) {
                any |= values::add_isbn(r, word);
            }
            if !any {
                clean::note(r, "ISBN or ISSN", &line);
            }
        }
    }
}

/// A number in the database of origin; for PubMed's it is the PMID.
fn accession(r: &mut Record, text: &str) {
    match values::pmid(text).filter(|pmid| (5..=8).contains(&pmid.len())) {
        Some(pmid) => r.pmid = Some(pmid),
        None => clean::note(r, "Accession number", text),
    }
}

fn urls(r: &mut Record, field: Element<'_>) {
    for url in field.descendants().filter(|d| d.name() == "url") {
        for line in url.raw_text().split(['\r', '\n']).map(clean::plain) {
            if line.starts_with("http") || line.starts_with("ftp") || line.starts_with("www.") {
                values::push_new(&mut r.url, line);
            } else if !line.is_empty() && !line.starts_with("file:") && !line.starts_with("internal-pdf:") {
                clean::note(r, "Link", &line);
            }
        }
    }
}

fn date(r: &mut Record, root: Element<'_>) {
    let dates = root.child("dates").unwrap_or(root);
    let year = dates.text_of("year").or_else(|| dates.text_of("YEAR"));
    let day =
        dates.path(&["pub-dates", "date"]).or_else(|| dates.child("DATE")).map(Element::text).filter(|d| !d.is_empty());
    match (year, day) {
        (Some(year), Some(day)) if values::year(&day).is_some() || values::year(&year).is_none() => {
            values::set_date(r, &year);
            if r.date.is_none() { r.date = Some(day) } else { clean::note(r, "Date", &day) }
        }
        (Some(year), Some(day)) => values::set_date(r, &format!("{year} {day}")),
        (Some(date), None) | (None, Some(date)) => values::set_date(r, &date),
        (None, None) => {}
    }
}
