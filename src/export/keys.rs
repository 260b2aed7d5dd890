//! Citation keys: `mays1997total-kqxb`.
//!
//! The rule: the family name of the first creator, the year, and the first word of the title that is no article, each in
//! lower case and folded to ASCII letters and digits; then letters that are made of the record's id.
//!
//! - Of a body (a name without a comma) the first word that is no article; all words of a family name (`vanderzee`).
//! - Without a creator, or where nothing of the name can be folded, `anon`; without a year, nothing; a title that cannot be
//!   folded to ASCII gives nothing.
//! - The letters tell apart what has the same name, year and word. They depend on nothing but the id, so a record has the
//!   same key in every export, whatever else is in it and comes to the index later, and a text that cites it stays right.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use crate::record::Record;
use crate::words;

/// How many letters a key has at its end; a key with them is one of 456,976 for the same name, year and word.
const LETTERS: usize = 4;

/// The citation key of a record.
///
/// ```
/// use commlit::export::citation_key;
/// use commlit::record::{Creator, Record};
///
/// let record = Record {
///     id: "doi:10.1136/bmj.315.7109.652".into(),
///     title: "The total purchasing pilots".into(),
///     creators: vec![Creator::new("Mays, Nicholas")],
///     year: Some(1997),
///     ..Record::default()
/// };
/// assert_eq!(citation_key(&record), "mays1997total-bwjy");
/// ```
pub fn citation_key(record: &Record) -> String {
    key(record, LETTERS)
}

/// The keys that a file has: where one would come twice, it is longer.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// Hashes of them: few bytes a record, however many there are.
    written: HashSet<u64>,
}

impl Keys {
    pub(super) fn next(&mut self, record: &Record) -> String {
        for letters in LETTERS..MOST_LETTERS {
            let key = key(record, letters);
            if self.written.insert(hash(&key)) {
                return key;
            }
        }
        // The same record again.
        citation_key(record)
    }
}

fn key(record: &Record, letters: usize) -> String {
    let name = record.creators.first().map(|c| family(&c.name)).unwrap_or_default();
    let name = if name.is_empty() { "anon".to_owned() } else { name };
    let year = record.year.map(|y| y.unsigned_abs().to_string()).unwrap_or_default();
    let mut key = format!("{name}{year}{}-", first_word(&record.title));
    let mut rest = hash(&record.id);
    for _ in 0..letters {
        key.extend(char::from_u32(u32::from(b'a') + (rest % 26) as u32));
        rest /= 26;
    }
    key
}

/// A hash of 64 bits has no more of them.
const MOST_LETTERS: usize = 13;

fn hash(text: &str) -> u64 {
    Sha256::digest(text.as_bytes()).iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn family(name: &str) -> String {
    match name.split_once(',') {
        Some((family, _)) => ascii(&words::folded(family).concat()),
        None => first_word(name),
    }
}

fn first_word(text: &str) -> String {
    // A title may be of any length; its first word stands at its beginning.
    let head: String = text.chars().take(200).collect();
    let words = words::folded(&head);
    let word = words.iter().find(|w| !matches!(w.as_str(), "a" | "an" | "the") && w.is_ascii());
    word.cloned().unwrap_or_default()
}

fn ascii(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}
