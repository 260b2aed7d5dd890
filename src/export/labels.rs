//! What a format has no field for travels in its notes, as `Label: value`, and can be taken back from there.
//!
//! `Labels` collects such notes while a record is written; [`restore`] is the way back, for readers of exchange formats
//! that have put every note of the file into [`Record::notes`]. A note of the record itself that begins like one of the
//! labels is written as `Note: …`, so that the two are never confused. The rules, one a field:
//!
//! - a text (`Extent: v, 70p.`) takes the place of what the reader found elsewhere, which is an approximation of it;
//! - a further value of a list (`Series: …`) is added to those the format has a field for;
//! - `Creator: Name [role]` lines give all creators in their order, where the format cannot tell roles or order;
//! - `Full text: …` gives one paragraph a line.

use crate::record::{Creator, Record, TitleSource};

/// The item type, where the format's own types do not tell it.
pub(super) const ITEM_TYPE: &str = "Item type";
pub(super) const ALTERNATIVE_TITLE: &str = "Alternative title";
pub(super) const DATE: &str = "Date";
pub(super) const PUBLISHER: &str = "Publisher";
pub(super) const PLACE: &str = "Place";
pub(super) const CONTAINER_TITLE: &str = "Published in";
pub(super) const VOLUME: &str = "Volume";
pub(super) const ISSUE: &str = "Issue";
pub(super) const PAGES: &str = "Pages";
pub(super) const SERIES: &str = "Series";
pub(super) const EDITION: &str = "Edition";
pub(super) const EXTENT: &str = "Extent";
pub(super) const RIGHTS: &str = "Rights";
pub(super) const ACCESS: &str = "Access";
pub(super) const ISSN: &str = "ISSN";
pub(super) const PMID: &str = "PMID";
pub(super) const PMCID: &str = "PMCID";
pub(super) const URL: &str = "URL";
pub(super) const SUBJECT: &str = "Subject";
pub(super) const LANGUAGE: &str = "Language";
const TITLE_SOURCE: &str = "Title";
const DERIVED: &str = "taken from the first sentence of the text";
const TRUNCATED: &str = "Abstract";
const CUT_OFF: &str = "cut off in the source";
const BODY: &str = "Full text";
const MERGED: &str = "Also known as";
const CREATOR: &str = "Creator";
const NOTE: &str = "Note";

/// The notes of one record in a format: the record's own and those for fields that the format does not have.
#[derive(Debug, Default)]
pub(super) struct Labels(Vec<String>);

impl Labels {
    /// The notes that every format needs alike: the record's own, and what no format has a field for.
    pub(super) fn of(record: &Record) -> Labels {
        let mut labels = Labels::default();
        for note in &record.notes {
            let note = super::one_line(note);
            if !note.is_empty() {
                let looks_like_ours = parse(&note).is_some();
                labels.0.push(if looks_like_ours { format!("{NOTE}: {note}") } else { note });
            }
        }
        if record.title_source == Some(TitleSource::Derived) {
            labels.add(TITLE_SOURCE, DERIVED);
        }
        if record.truncated {
            labels.add(TRUNCATED, CUT_OFF);
        }
        labels.all(MERGED, &record.merged_ids);
        labels
    }

    pub(super) fn add(&mut self, label: &str, value: &str) {
        let value = super::one_line(value);
        if !value.is_empty() {
            self.0.push(format!("{label}: {value}"));
        }
    }

    pub(super) fn maybe(&mut self, label: &str, value: Option<&String>) {
        if let Some(value) = value {
            self.add(label, value);
        }
    }

    pub(super) fn all<'a>(&mut self, label: &str, values: impl IntoIterator<Item = &'a String>) {
        for value in values {
            self.add(label, value);
        }
    }

    /// All values but the first, which the format has a field for.
    pub(super) fn further(&mut self, label: &str, values: &[String]) {
        self.all(label, values.iter().skip(1));
    }

    /// All creators with their roles.
    pub(super) fn creators(&mut self, creators: &[Creator]) {
        for creator in creators {
            match super::role(creator) {
                Some(role) => self.add(CREATOR, &format!("{} [{role}]", creator.name)),
                None => self.add(CREATOR, &creator.name),
            }
        }
    }

    /// The full text, one paragraph a note.
    pub(super) fn body(&mut self, record: &Record) {
        for paragraph in super::paragraphs(record.body.as_deref().unwrap_or("")) {
            self.add(BODY, &paragraph);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// One note a line.
    pub(super) fn lines(&self) -> String {
        self.0.join("\n")
    }
}

/// Moves what [`super`]'s writers have put into notes back to the fields it came from.
///
/// For readers of exchange formats, after all other fields of the record are filled. Notes that carry no known label stay.
pub fn restore(record: &mut Record) {
    let mut creators = Vec::new();
    let mut body: Vec<String> = Vec::new();
    for note in std::mem::take(&mut record.notes) {
        let Some((label, value)) = parse(&note) else {
            record.notes.push(note);
            continue;
        };
        let value = value.to_owned();
        match label {
            NOTE => record.notes.push(value),
            CREATOR => creators.push(creator(&value)),
            BODY => body.push(value),
            TITLE_SOURCE => record.title_source = Some(TitleSource::Derived),
            TRUNCATED => record.truncated = true,
            ITEM_TYPE => record.item_type = Some(value),
            DATE => record.date = Some(value),
            EDITION => record.edition = Some(value),
            EXTENT => record.extent = Some(value),
            RIGHTS => record.rights = Some(value),
            ACCESS => record.access = Some(value),
            PMID => record.pmid = Some(value),
            PMCID => record.pmcid = Some(value),
            CONTAINER_TITLE => record.container.get_or_insert_default().title = value,
            VOLUME => record.container.get_or_insert_default().volume = Some(value),
            ISSUE => record.container.get_or_insert_default().issue = Some(value),
            PAGES => record.container.get_or_insert_default().pages = Some(value),
            ALTERNATIVE_TITLE => push_new(&mut record.alternative_titles, value),
            PUBLISHER => push_new(&mut record.publisher, value),
            PLACE => push_new(&mut record.place, value),
            SERIES => push_new(&mut record.series, value),
            ISSN => push_new(&mut record.issn, value),
            URL => push_new(&mut record.url, value),
            SUBJECT => push_new(&mut record.subjects, value),
            LANGUAGE => push_new(&mut record.languages, value),
            _ => push_new(&mut record.merged_ids, value),
        }
    }
    if !creators.is_empty() {
        record.creators = creators;
    }
    if !body.is_empty() {
        record.body = Some(body.join("\n\n"));
    }
}

fn push_new(list: &mut Vec<String>, value: String) {
    if !list.contains(&value) {
        list.push(value);
    }
}

fn creator(value: &str) -> Creator {
    let role = value.strip_suffix(']').and_then(|v| v.rsplit_once(" ["));
    match role {
        Some((name, role)) if !role.contains('[') => Creator { name: name.to_owned(), role: Some(role.to_owned()) },
        _ => Creator::new(value),
    }
}

/// The label and the value of a note that [`restore`] moves.
fn parse(note: &str) -> Option<(&'static str, &str)> {
    const LABELS: [&str; 24] = [
        ITEM_TYPE,
        ALTERNATIVE_TITLE,
        DATE,
        PUBLISHER,
        PLACE,
        CONTAINER_TITLE,
        VOLUME,
        ISSUE,
        PAGES,
        SERIES,
        EDITION,
        EXTENT,
        RIGHTS,
        ACCESS,
        ISSN,
        PMID,
        PMCID,
        URL,
        SUBJECT,
        LANGUAGE,
        BODY,
        MERGED,
        CREATOR,
        NOTE,
    ];
    let (label, value) = note.split_once(": ")?;
    match (label, value) {
        (TITLE_SOURCE, DERIVED) => Some((TITLE_SOURCE, value)),
        (TRUNCATED, CUT_OFF) => Some((TRUNCATED, value)),
        _ => LABELS.into_iter().find(|l| *l == label).map(|l| (l, value)),
    }
}
