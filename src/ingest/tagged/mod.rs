//! Line-tagged exports: a tag at the beginning of a line, its value after it, untagged lines that go on.
//!
//! One room for the family, because it has most in common: [`lines`](self) divide bytes into records and fields, a table a
//! format says what its tags mean, and one draft makes the record. The formats: [`ris`], [`medline`] (PubMed's text and
//! `.nbib`), [`ovid`] (numbered records with two-letter tags or full field names), [`silverplatter`], [`refer`] (EndNote's `%A`), [`refworks`],
//! [`wos`] (Web of Science), [`proquest`] and [`copac`] (Copac and other British union catalogues).
//!
//! All of them are sequences of records and can be cut. Deliberately not done: guessing which tag a mistyped one was, and
//! reading the citations of other works that some databases put into notes. Left out as housekeeping: labels of reference
//! managers, entry and revision dates, owners and states of the database's record, cited-reference counts.

mod clean;
pub mod copac;
mod draft;
mod lines;
pub mod medline;
pub mod ovid;
mod ovid_source;
pub mod proquest;
pub mod refer;
pub mod refworks;
pub mod ris;
mod ris_tags;
pub mod silverplatter;
pub mod wos;

use std::ops::Range;

use super::Item;
use crate::record::Record;
use lines::Field;

/// Finds the ranges of records, see [`lines::records`].
type Divide = fn(&[u8], bool, &mut dyn FnMut(Range<usize>)) -> usize;

/// Reads a piece: decoded, divided, each record on its own.
fn read_records(
    bytes: &[u8],
    first: usize,
    divide: Divide,
    record: fn(&str) -> Result<Record, String>,
    emit: &mut dyn FnMut(Item),
) {
    let text = lines::decode(bytes);
    let mut number = first;
    divide(text.as_bytes(), true, &mut |range| {
        let content = record(text.get(range).unwrap_or_default());
        emit(Item { locator: format!("record {number}"), content });
        number += 1;
    });
}

/// Each tag in capitals, its text; for tables that need no more.
fn texts<'a>(fields: &'a [Field<'a>]) -> impl Iterator<Item = (String, String)> + 'a {
    fields.iter().map(|field| (field.tag.to_ascii_uppercase(), field.text()))
}

/// The beginning of a text as the recognisers look at it: without byte-order marks, and not what is plainly something else.
fn candidate(head: &str) -> Option<&str> {
    let head = head.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let markup = head
        .strip_prefix('<')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || "?!".contains(c)));
    (!markup && !head.starts_with(['{', '[', '@'])).then_some(head)
}
