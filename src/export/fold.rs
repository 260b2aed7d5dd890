//! A record as citation formats can hold it: values on one line, nothing that is empty.

use crate::record::{Container, Creator, Record, TitleSource};

/// A record with its values folded as every format writes them; two records that are the same after this are written alike.
///
/// Line breaks and runs of white space within a value become a space, those between the paragraphs of abstract and full text
/// stay; control characters and what no XML document may hold go; values and names that are empty go, and so does a
/// container that says nothing. A title is the source's own unless it is derived. `sources` are no part of the work.
pub fn folded(record: &Record) -> Record {
    let one = |text: &Option<String>| text.as_deref().map(one_line).filter(|t| !t.is_empty());
    let long = |text: &Option<String>| text.as_deref().map(|t| paragraphs(t).join("\n\n")).filter(|t| !t.is_empty());
    let list = |list: &[String]| list.iter().map(|t| one_line(t)).filter(|t| !t.is_empty()).collect();
    let creators = record
        .creators
        .iter()
        .map(|c| Creator { name: one_line(&c.name), role: one(&c.role) })
        .filter(|c| !c.name.is_empty());
    let container = record.container.as_ref().map(|c| Container {
        title: one_line(&c.title),
        volume: one(&c.volume),
        issue: one(&c.issue),
        pages: one(&c.pages),
        issn: one(&c.issn),
    });
    Record {
        id: one_line(&record.id),
        title: one_line(&record.title),
        title_source: record.title_source.filter(|source| *source == TitleSource::Derived),
        alternative_titles: list(&record.alternative_titles),
        item_type: one(&record.item_type),
        creators: creators.collect(),
        year: record.year,
        date: one(&record.date),
        publisher: list(&record.publisher),
        place: list(&record.place),
        container: container.filter(|c| *c != Container::default()),
        series: list(&record.series),
        edition: one(&record.edition),
        extent: one(&record.extent),
        rights: one(&record.rights),
        access: one(&record.access),
        isbn: list(&record.isbn),
        isbn10: list(&record.isbn10),
        issn: list(&record.issn),
        doi: one(&record.doi),
        pmid: one(&record.pmid),
        pmcid: one(&record.pmcid),
        url: list(&record.url),
        abstract_text: long(&record.abstract_text),
        truncated: record.truncated,
        body: long(&record.body),
        subjects: list(&record.subjects),
        languages: list(&record.languages),
        notes: list(&record.notes),
        sources: Vec::new(),
        merged_ids: list(&record.merged_ids),
    }
}

/// A value on one line, without control characters, byte-order marks and what no XML document may hold.
pub(super) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(char::is_whitespace).filter(|w| !w.is_empty()) {
        let before = out.len();
        if before > 0 {
            out.push(' ');
        }
        out.extend(word.chars().filter(|c| !c.is_control() && !matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')));
        if out.len() == before + 1 && before > 0 {
            out.pop();
        }
    }
    out
}

/// The paragraphs of a text, each on one line.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut paragraph = String::new();
    for line in text.lines().chain([""]) {
        let line = one_line(line);
        if line.is_empty() {
            if !paragraph.is_empty() {
                out.push(std::mem::take(&mut paragraph));
            }
        } else {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(&line);
        }
    }
    out
}
