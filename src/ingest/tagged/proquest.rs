//! ProQuest's text format: works between lines of underscores, the title first, then `Label: value` in paragraphs.
//!
//! What stands before the first work and after the last (the heading of the report, how to contact ProQuest) has none of a
//! work's labels and is no record. Left out as housekeeping: when the database was last updated, numbers of schools.

use std::ops::Range;

use super::draft::{Draft, Means};
use super::lines;
use super::ris_tags::{self, Kind};
use crate::ingest::{Cut, Item, values};
use crate::record::Record;

/// Labels of which every work has at least one.
const MARKS: &[&str] = &["ProQuest document ID:", "Document URL:"];

/// Whether the text has a line of underscores and, below it, the labels of a work.
pub fn recognises(head: &str) -> bool {
    let Some(head) = super::candidate(head) else { return false };
    let mut divided = false;
    let mut others = 0;
    for line in head.lines().take(2000) {
        divided |= is_divider(line.as_bytes());
        if divided && MARKS.iter().any(|mark| line.starts_with(mark)) && others >= 2 {
            return true;
        }
        others += usize::from(labelled(line).is_some());
    }
    false
}

/// Reads whole records; `first` is the number of the first one.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    super::read_records(bytes, first, divide, record, emit);
}

/// Cuts before the line that may not yet end the last record.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    let mut count = 0;
    let end = divide(bytes, false, &mut |_| count += 1);
    (count > 0 && end > 0).then_some(Cut { end, count })
}

fn is_divider(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.len() >= 20 && line.iter().all(|b| *b == b'_')
}

/// Finds records, as [`lines::records`] does.
fn divide(bytes: &[u8], at_end: bool, each: &mut dyn FnMut(Range<usize>)) -> usize {
    let (mut start, mut end, mut is_work) = (0, 0, false);
    for range in lines::lines(bytes) {
        let line = lines::without_mark(bytes.get(range.clone()).unwrap_or_default());
        if is_divider(line) {
            if is_work {
                each(start..range.start);
                end = range.start;
            }
            (start, is_work) = (range.start, false);
        }
        is_work |= MARKS.iter().any(|mark| line.starts_with(mark.as_bytes()));
    }
    if at_end {
        if is_work {
            each(start..bytes.len());
        }
        return bytes.len();
    }
    end
}

/// A known label at the beginning of a line, and the value after it.
fn labelled(line: &str) -> Option<(&str, Means, &str)> {
    let (label, value) = line.split_once(':')?;
    Some((label, means(label)?, value.trim()))
}

fn means(label: &str) -> Option<Means> {
    use Means::*;
    Some(match label {
        "Title" => Title,
        "Alternate title" | "Original title" => OtherTitle,
        "Author" | "Authors" => Creator(""),
        "Corporate/institutional author" | "Corporate author" => Body(""),
        "Editor" => Creator("edt"),
        "Advisor" | "Supervisor" => Creator("ths"),
        "Abstract" => Abstract,
        "Subject" | "MeSH subject" | "Identifier / keyword" | "Identifier/keyword" | "Keywords" | "MeSH" => Subjects,
        "Publication title" | "Journal" => Container,
        "Volume" => Volume,
        "Issue" => Issue,
        "Pages" | "Pagination" => Pages,
        "First page" => FirstPage,
        "Publication year" | "Year" => Year,
        "Publication date" | "Date" => Date,
        "Publisher" | "University/institution" => Publisher,
        "Place of publication" => Place,
        "ISSN" | "e-ISSN" | "ISBN" | "Electronic ISSN" => Serial,
        "Language of publication" | "Language" => Language,
        "DOI" => Doi,
        "PubMed ID" | "PMID" => Pmid,
        "Document URL" | "Links" => Url,
        "Copyright" => Rights,
        "Edition" => Edition,
        "Series title" | "Series" => Series,
        "Database" => Joined("Database"),
        "Author affiliation" | "Affiliation" | "Correspondence author" => Joined("Address"),
        "Location" => Joined("Location"),
        "Company / organization" => Joined("Organisation"),
        "Source type" | "Document type" => Joined("Publication type"),
        "ProQuest document ID" => Note("ProQuest document"),
        "Accession number" => Note("Accession number"),
        "Country of publication" => Note("Country of publication"),
        "Degree" => Note("Degree"),
        "Department" => Note("Department"),
        "Classification" => Note("Classification"),
        "Number of pages" => Note("Number of pages"),
        "Number of references" => Note("Number of references"),
        "Publication subject" => Note("Publication subject"),
        "Publication info" => Note("Source"),
        "Document feature" => Note("Illustrations"),
        "Section" => Note("Section"),
        "Full text" => Nothing,
        "Last updated" | "School code" | "Full text availability" | "CODEN" | "Publication type" => Nothing,
        _ => return None,
    })
}

fn record(text: &str) -> Result<Record, String> {
    let mut fields: Vec<(&str, Means, Vec<&str>)> = Vec::new();
    let mut title: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim) {
        match (labelled(line), fields.last_mut()) {
            (Some((label, means, value)), _) => fields.push((label, means, vec![value])),
            (None, Some((_, _, lines))) => lines.push(line),
            (None, None) if is_divider(line.as_bytes()) || is_count(line) => {}
            (None, None) => title.push(line),
        }
    }
    let value =
        |lines: &[&str]| lines.join("\n").trim().replace("\n\n", "\u{0}").replace('\n', " ").replace('\u{0}', "\n\n");
    let kind_of_source = |name: &str| match name.to_lowercase().trim_end_matches('s') {
        "scholarly journal" | "trade journal" | "journal" => Some("article-journal"),
        "magazine" => Some("article-magazine"),
        "newspaper" | "historical newspaper" => Some("article-newspaper"),
        "dissertations & these" | "dissertation" => Some("thesis"),
        "conference papers & proceeding" => Some("paper-conference"),
        "book" => Some("book"),
        "report" | "working paper" | "government & official publication" => Some("report"),
        _ => None,
    };
    let source = fields.iter().find(|(label, ..)| *label == "Source type").map(|(_, _, lines)| value(lines));
    let item_type = source.as_deref().and_then(|names| names.split([',', ';']).find_map(|n| kind_of_source(n.trim())));
    let mut draft = Draft::of(item_type, item_type.map_or(Kind::Article, ris_tags::kind_of));
    if !fields.iter().any(|(label, ..)| *label == "Title") {
        draft.add("", Means::Title, &values::line(&title.join(" ")));
    }
    for (label, means, lines) in &fields {
        let text = value(lines);
        match *label {
            "Full text" => draft.record.body = Some(values::paragraphs(text.split("\n\n"))).filter(|t| !t.is_empty()),
            "Source type" if item_type.is_some() => {}
            // The parts of it have fields of their own.
            "Publication info" if fields.iter().any(|(label, ..)| *label == "Publication title") => {}
            "First page" if fields.iter().any(|(label, ..)| *label == "Pages") => {}
            _ => draft.add(label, *means, &text),
        }
    }
    draft.finish()
}

/// `Document 1 of 12`.
fn is_count(line: &str) -> bool {
    line.strip_prefix("Document ").is_some_and(|rest| {
        rest.split_once(" of ").is_some_and(|(a, b)| a.bytes().chain(b.bytes()).all(|b| b.is_ascii_digit()))
    })
}
