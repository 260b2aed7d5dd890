//! The words of a record by their stems, counted as the score counts them, and which of them tell it from others.

use std::collections::BTreeMap;

use tantivy::{Searcher, Term};

use super::leaf;
use super::schema::{self, Fields};
use crate::query::TextField;
use crate::query::plain::is_function_word;
use crate::record::Record;
use crate::words::{Stemmer, Words};

/// The fields whose words are counted.
const COUNTED: [TextField; 3] = [TextField::Title, TextField::Abstract, TextField::Subject];

/// The words of a record.
#[derive(Debug, Default)]
pub(super) struct Bag {
    /// By their stems.
    pub(super) words: BTreeMap<String, Counted>,
    /// How many words the record has, each as much as its field is worth.
    pub(super) length: f32,
}

/// A word of a record, with all words of the same stem.
#[derive(Debug, Default)]
pub(super) struct Counted {
    /// How often it occurs, each time as much as the field is worth.
    pub(super) frequency: f32,
    /// How often it occurs in each form.
    forms: BTreeMap<String, u32>,
}

impl Counted {
    /// The most frequent form, the first in the alphabet of several.
    pub(super) fn form(&self) -> &str {
        let mut best = ("", 0);
        for (form, count) in &self.forms {
            if *count > best.1 {
                best = (form, *count);
            }
        }
        best.0
    }

    /// Takes in the forms of the same word elsewhere.
    pub(super) fn join(&mut self, other: Counted) {
        self.frequency += other.frequency;
        for (form, count) in other.forms {
            *self.forms.entry(form).or_default() += count;
        }
    }
}

impl Bag {
    /// Counts the words of a record. Function words and what is not made of letters are left out.
    pub(super) fn of(record: &Record, stemmer: &mut Stemmer) -> Bag {
        let mut bag = Bag::default();
        for field in COUNTED {
            let weight = leaf::weight_of(field);
            for text in schema::texts(record, field) {
                let mut words = Words::new(&text);
                while words.next().is_some() {
                    let folded = words.folded();
                    bag.length += weight;
                    if !is_telling(folded) {
                        continue;
                    }
                    let stem = stemmer.stem(folded);
                    let counted = bag.words.entry(stem.to_owned()).or_default();
                    counted.frequency += weight;
                    *counted.forms.entry(folded.to_owned()).or_default() += 1;
                }
            }
        }
        bag
    }
}

/// Whether a folded word can tell records apart.
fn is_telling(folded: &str) -> bool {
    let mut letters = folded.chars();
    letters.clone().nth(1).is_some() && letters.all(char::is_alphabetic) && !is_function_word(folded)
}

/// How many records have a stem.
pub(super) fn records_with(searcher: &Searcher, fields: &Fields, stem: &str) -> tantivy::Result<u64> {
    searcher.doc_freq(&Term::from_field_text(fields.words, stem))
}
