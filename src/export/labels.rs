//! What a format has no field for travels in its notes, as `Label: value`, and is taken back from there.
//!
//! `Labels` collects such notes while a record is written; [`restore`] is the way back, after all other fields of a record
//! that this library has written are read. A note of the record itself that begins like one of the labels is written as
//! `Note: …`, so that the two are never confused. The rules, one a field:
//!
//! - a text (`Extent: v, 70p.`) takes the place of what the format's own field says, which is an approximation of it;
//! - a further value of a list (`Series: …`) is added to those the format has a field for;
//! - `Creator: Name [role]` lines give all creators in their order, where the format cannot tell roles or order;
//! - `Full text: …` gives one paragraph a line;
//! - `commlit: {…}` gives the fields that would not come back by any of these, in the record's own JSON: see [`exactly`].

use serde_json::{Map, Value};

use super::fold::folded;
use crate::record::{Container, Creator, Record, TitleSource};

/// The item type, where the format's own types do not tell it.
pub(super) const ITEM_TYPE: &str = "Item type";
pub(super) const ALTERNATIVE_TITLE: &str = "Alternative title";
pub(super) const DATE: &str = "Date";
pub(super) const PUBLISHER: &str = "Publisher";
pub(super) const PLACE: &str = "Place";
pub(super) const SERIES: &str = "Series";
pub(super) const EXTENT: &str = "Extent";
pub(super) const RIGHTS: &str = "Rights";
pub(super) const ACCESS: &str = "Access";
pub(super) const ISSN: &str = "ISSN";
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
const REST: &str = "commlit";

/// The notes of one record in a format: the record's own and those for fields that the format does not have.
#[derive(Debug, Default)]
pub(super) struct Labels(Vec<String>);

impl Labels {
    /// The notes that every format needs alike: the record's own, what no format has a field for, and what [`exactly`] found.
    pub(super) fn of(record: &Record, rest: Option<&str>) -> Labels {
        let mut labels = Labels::default();
        for note in &record.notes {
            let looks_like_ours = parse(note).is_some();
            labels.0.push(if looks_like_ours { format!("{NOTE}: {note}") } else { note.clone() });
        }
        if let Some(rest) = rest {
            labels.add(REST, rest);
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
        for paragraph in record.body.as_deref().unwrap_or("").split("\n\n") {
            self.add(BODY, paragraph);
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

/// The fields of a folded record as a format writes them: `write` is asked once, and again with the rest where reading those
/// fields does not give the record back. Few records need that: a range of pages with two hyphens, a series without end.
pub(super) fn exactly<F>(
    record: &Record,
    write: impl Fn(&Record, Option<&str>) -> F,
    read: impl Fn(&F) -> Option<Record>,
) -> F {
    let fields = write(record, None);
    // An author is an author.
    let plain = |mut record: Record| {
        for creator in &mut record.creators {
            creator.role = creator.role.take().filter(|role| role != "aut");
        }
        record
    };
    let wanted = plain(record.clone());
    let got = read(&fields).map(|got| plain(folded(&got))).unwrap_or_default();
    if got == wanted {
        return fields;
    }
    let (Ok(Value::Object(wanted)), Ok(Value::Object(got))) = (serde_json::to_value(wanted), serde_json::to_value(got))
    else {
        return fields;
    };
    let mut rest = Map::new();
    for (name, value) in &wanted {
        if got.get(name) != Some(value) {
            rest.insert(name.clone(), value.clone());
        }
    }
    for name in got.keys().filter(|name| !wanted.contains_key(*name)) {
        rest.insert(name.clone(), Value::Null);
    }
    write(record, Some(&Value::Object(rest).to_string()))
}

/// Moves what the writers have put into notes back to the fields it came from; `None` when a note is not as they write it.
pub(super) fn restore(record: &mut Record) -> Option<()> {
    let mut creators = Vec::new();
    let mut body: Vec<String> = Vec::new();
    let mut rest = None;
    for note in std::mem::take(&mut record.notes) {
        let Some((label, value)) = parse(&note) else {
            record.notes.push(note);
            continue;
        };
        let value = value.to_owned();
        match label {
            NOTE => record.notes.push(value),
            REST => rest = Some(serde_json::from_str::<Map<String, Value>>(&value).ok()?),
            CREATOR => creators.push(creator(&value)),
            BODY => body.push(value),
            TITLE_SOURCE => record.title_source = Some(TitleSource::Derived),
            TRUNCATED => record.truncated = true,
            ITEM_TYPE => record.item_type = Some(value),
            DATE => record.date = Some(value),
            EXTENT => record.extent = Some(value),
            RIGHTS => record.rights = Some(value),
            ACCESS => record.access = Some(value),
            ALTERNATIVE_TITLE => record.alternative_titles.push(value),
            PUBLISHER => record.publisher.push(value),
            PLACE => record.place.push(value),
            SERIES => record.series.push(value),
            ISSN => record.issn.push(value),
            URL => record.url.push(value),
            SUBJECT => record.subjects.push(value),
            LANGUAGE => record.languages.push(value),
            _ => record.merged_ids.push(value),
        }
    }
    if !creators.is_empty() {
        record.creators = creators;
    }
    if !body.is_empty() {
        record.body = Some(body.join("\n\n"));
    }
    if record.container.as_ref().is_some_and(|c| *c == Container::default()) {
        record.container = None;
    }
    if let Some(rest) = rest {
        let Ok(Value::Object(mut all)) = serde_json::to_value(&*record) else { return None };
        for (name, value) in rest {
            match value {
                Value::Null => all.remove(&name),
                value => all.insert(name, value),
            };
        }
        *record = serde_json::from_value(Value::Object(all)).ok()?;
    }
    if record.title_source.is_none() && !record.title.is_empty() {
        record.title_source = Some(TitleSource::Record);
    }
    (!record.id.is_empty()).then_some(())
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
    const LABELS: [&str; 18] = [
        ITEM_TYPE,
        ALTERNATIVE_TITLE,
        DATE,
        PUBLISHER,
        PLACE,
        SERIES,
        EXTENT,
        RIGHTS,
        ACCESS,
        ISSN,
        URL,
        SUBJECT,
        LANGUAGE,
        BODY,
        MERGED,
        CREATOR,
        NOTE,
        REST,
    ];
    let (label, value) = note.split_once(": ")?;
    match (label, value) {
        (TITLE_SOURCE, DERIVED) => Some((TITLE_SOURCE, value)),
        (TRUNCATED, CUT_OFF) => Some((TRUNCATED, value)),
        _ => LABELS.into_iter().find(|l| *l == label).map(|l| (l, value)),
    }
}
