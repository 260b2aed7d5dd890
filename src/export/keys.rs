//! Citation keys: `mays1997total`.
//!
//! The rule: the family name of the first creator, the year, and the first word of the title that is no article, each in
//! lower case and folded to ASCII letters and digits.
//!
//! - Of a body (a name without a comma) the first word that is no article; all words of a family name (`vanderzee`).
//! - Without a creator, or where nothing of the name can be folded, `anon`; without a year, nothing; a title that cannot be
//!   folded to ASCII gives nothing.
//! - Where records of one export have the same key, all of them get `-a`, `-b`, … in the order of their ids. So the key of
//!   a record does not depend on the order of the output, only on what is exported together.

use std::collections::HashMap;

use crate::record::Record;
use crate::words;

/// The citation keys of an export: made known first, all of them, then asked for record by record.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    by_key: HashMap<String, Ids>,
}

/// The ids of the records of one key, before it is told apart; sorted when they are first asked for.
#[derive(Debug, Clone, Default)]
struct Ids {
    ids: Vec<String>,
    sorted: bool,
}

impl Keys {
    /// Makes a record known.
    pub fn add(&mut self, record: &Record) {
        let same = self.by_key.entry(plain_key(record)).or_default();
        same.ids.push(record.id.clone());
        same.sorted = false;
    }

    /// The key of a record. One that was not made known has its key without a letter.
    pub fn key(&mut self, record: &Record) -> String {
        let plain = plain_key(record);
        let Some(same) = self.by_key.get_mut(&plain).filter(|same| same.ids.len() > 1) else { return plain };
        if !same.sorted {
            same.ids.sort_unstable();
            same.ids.dedup();
            same.sorted = true;
        }
        match same.ids.binary_search(&record.id) {
            Ok(at) if same.ids.len() > 1 => format!("{plain}-{}", letters(at)),
            _ => plain,
        }
    }
}

impl<'r> FromIterator<&'r Record> for Keys {
    fn from_iter<T: IntoIterator<Item = &'r Record>>(records: T) -> Self {
        let mut keys = Keys::default();
        records.into_iter().for_each(|record| keys.add(record));
        keys
    }
}

fn plain_key(record: &Record) -> String {
    let name = record.creators.first().map(|c| family(&c.name)).unwrap_or_default();
    let name = if name.is_empty() { "anon".to_owned() } else { name };
    let year = record.year.map(|y| y.unsigned_abs().to_string()).unwrap_or_default();
    format!("{name}{year}{}", first_word(&record.title))
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

/// a, b, … z, aa, ab, …
fn letters(mut n: usize) -> String {
    let mut out = Vec::new();
    loop {
        out.push(b'a' + (n % 26) as u8);
        if n < 26 {
            break;
        }
        n = n / 26 - 1;
    }
    out.iter().rev().map(|b| char::from(*b)).collect()
}
