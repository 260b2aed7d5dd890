//! Records like a given one: a query of its most telling words.
//!
//! What a word tells is its frequency, weighted by field as in [`super::leaf`], times its inverse document frequency. A word that
//! no other record has finds nothing and is left out, and so are function words and what is not made of letters.
//!
//! How many words make the query and how many of them a record must have was tried with the records that are relevant to one
//! query of a test collection (CISI, Cystic Fibrosis, NPL), each asked for the others: see `benches/README.md`.

use tantivy::Searcher;

use super::Engine;
use super::bag::{self, Bag};
use crate::error::Result;
use crate::query::{Fields, Query, Span, ValueField};
use crate::record::Record;
use crate::words::Stemmer;

/// How many words make the query.
const MOST_WORDS: usize = 25;
/// How many of them a record must have: one word in common is no likeness.
const REQUIRED: usize = 2;

impl Engine {
    /// The record of an id, and the query for records like it, which does not find the record itself; no query where the record
    /// has no word that others have too.
    pub(crate) fn more_like(&self, id: &str) -> Result<Option<(Record, Option<Query>)>> {
        let Some(record) = self.get(id)? else { return Ok(None) };
        let words = self.telling(&record, &self.reader.searcher())?;
        let word = |word: String| Query::Word { fields: Fields::ALL, word, span: Span::default() };
        let required = REQUIRED.min(words.len());
        let itself = Query::Value {
            field: ValueField::Id,
            value: ValueField::Id.fold(&record.id).into(),
            span: Span::default(),
        };
        let query = (!words.is_empty()).then(|| {
            let like = Query::AtLeast(required, words.into_iter().map(word).collect());
            Query::And(vec![like, Query::Not(Box::new(itself))])
        });
        Ok(Some((record, query)))
    }

    /// The most telling words of a record, the most telling first.
    fn telling(&self, record: &Record, searcher: &Searcher) -> Result<Vec<String>> {
        let records = searcher.num_docs() as f32;
        let mut words = Vec::new();
        for (stem, counted) in Bag::of(record, &mut Stemmer::default()).words {
            let with = bag::records_with(searcher, &self.fields, &stem).map_err(|e| self.corrupt(e))?;
            if with < 2 {
                continue;
            }
            let idf = (1.0 + (records - with as f32).max(0.0) / (with as f32 + 0.5)).ln();
            words.push((idf * counted.frequency, counted.form().to_owned()));
        }
        words.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        words.truncate(MOST_WORDS);
        Ok(words.into_iter().map(|(_, word)| word).collect())
    }
}
