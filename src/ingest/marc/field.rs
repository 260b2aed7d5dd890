//! A MARC record as a list of fields, whatever it was written in: what the readers fill and the mapping reads.
//!
//! It does *not* know what a tag means.

use std::borrow::Cow;

/// A record: the leader and the fields in the order of the source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct MarcRecord<'a> {
    /// The 24 characters at the beginning; shorter, or empty, where the source has less.
    pub(super) leader: Cow<'a, str>,
    /// Control and data fields.
    pub(super) fields: Vec<Field<'a>>,
    /// What is known to be damaged or undecodable, in words for a report.
    pub(super) damage: Vec<String>,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field<'a> {
    /// Three characters: `245`; short ones are filled up with zeros from the left.
    pub(super) tag: Cow<'a, str>,
    /// The two indicators.
    pub(super) indicators: [char; 2],
    /// The value of a control field; of a data field, text before its first subfield (which should not be there).
    pub(super) value: Cow<'a, str>,
    /// Code and value, in order.
    pub(super) subfields: Vec<(char, Cow<'a, str>)>,
}

impl<'a> Field<'a> {
    /// A field without content. Tags that lost their leading zeros (spreadsheets do that) get them back.
    pub(super) fn new(tag: impl Into<Cow<'a, str>>) -> Self {
        let tag = tag.into();
        let short = tag.len() < 3 && !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_digit());
        Field {
            tag: if short { Cow::Owned(format!("{tag:0>3}")) } else { tag },
            indicators: [' ', ' '],
            value: Cow::Borrowed(""),
            subfields: Vec::new(),
        }
    }

    /// The first value of a subfield that is not empty.
    pub(super) fn get(&self, code: char) -> Option<&str> {
        self.all(code).next()
    }

    /// All values of a subfield that are not empty.
    pub(super) fn all(&self, code: char) -> impl Iterator<Item = &str> {
        self.subfields.iter().filter(move |(c, v)| *c == code && !v.trim().is_empty()).map(|(_, v)| v.as_ref())
    }

    /// The values of several subfields in the order of the record.
    pub(super) fn of(&self, codes: &'static str) -> impl Iterator<Item = (char, &str)> {
        self.subfields
            .iter()
            .filter(move |(c, v)| codes.contains(*c) && !v.trim().is_empty())
            .map(|(c, v)| (*c, v.as_ref()))
    }
}

impl MarcRecord<'_> {
    /// The value of the first control field of a tag.
    pub(super) fn control(&self, tag: &str) -> Option<&str> {
        self.fields.iter().find(|f| f.tag == tag).map(|f| f.value.as_ref())
    }

    /// Whether a field stands on the record.
    pub(super) fn has(&self, tag: &str) -> bool {
        self.fields.iter().any(|f| f.tag == tag)
    }

    /// A character of the leader.
    pub(super) fn leader_at(&self, at: usize) -> char {
        self.leader.chars().nth(at).unwrap_or(' ')
    }
}
