//! Suggestions from the words and values of the index: what is near a word that no record has, and how many records have it.
//!
//! The rule is that of [`crate::spelling`]. Near words come from the dictionaries of the exact view, walked with a Levenshtein
//! automaton; their records are then counted. A query of which every word is known and that finds enough pays a look-up a word.

mod values;

use std::collections::HashMap;

use tantivy::collector::Count;
use tantivy::query::FuzzyTermQuery;
use tantivy::{Searcher, Term};

use super::lower::Lowering;
use super::{Engine, bag};
use crate::error::Result;
use crate::query::{Fields, Pattern, Query, Span, Syntax, TextField, Warning};
use crate::search::Search;
use crate::spelling::{self, Asked, Corrected, Instead, Replacements, Suggestion};
use crate::words::Stemmer;

/// How many of the likeliest words are counted before the best are named.
const MOST_COUNTED: usize = 8;
/// For how many values near ones are looked for.
const MOST_UNKNOWN_VALUES: usize = 8;

/// What is suggested, and what there is to say about it.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    pub(super) suggestions: Vec<Suggestion>,
    pub(super) corrected: Option<Corrected>,
    pub(super) warning: Option<Warning>,
}

impl Engine {
    /// What may be meant instead of words and values that no record has or, where few records were found, hardly any.
    pub(super) fn doubts(&self, search: &Search, searcher: &Searcher, few: bool) -> Result<Doubts> {
        let query = &search.parsed.query;
        let (asked, more) = spelling::asked(query);
        let mut stemmer = Stemmer::default();
        let mut out = Doubts::default();
        let mut replacements = Replacements::new();
        let mut places = Vec::new();
        let mut left = spelling::MOST_DOUBTS;
        for word in &asked {
            let known = self.is_known(searcher, word, &mut stemmer)?;
            if left == 0 || known && !few {
                continue;
            }
            // A name that the thesaurus has is no misspelling, whether or not any record has it.
            if word.by_stem && !self.thesaurus().concepts_of(&word.word).is_empty() {
                continue;
            }
            // What does not stand in the text was not typed.
            let here = spelling::places(&search.text, word);
            if here.is_empty() {
                continue;
            }
            let records = if known { self.count_word(searcher, word, &mut stemmer)? } else { 0 };
            if known && records >= spelling::FEW_RECORDS
                || spelling::worth(records, 0) >= spelling::worth(searcher.num_docs(), 1)
            {
                continue;
            }
            left -= 1;
            let instead = self.near(searcher, word, records, &mut stemmer)?;
            let Some(best) = instead.first() else { continue };
            replacements.insert((word.word.clone(), word.by_stem), best.word.clone());
            places.extend(here.iter().map(|span| (*span, best.word.clone())));
            let span = here.first().copied();
            out.suggestions.push(Suggestion { word: word.word.clone(), field: None, span, instead });
        }
        if more && (few || !out.suggestions.is_empty()) {
            let message = format!("only the first {} words were looked at for their spelling", spelling::MOST_WORDS);
            out.warning = Some(Warning { message, span: Span::default() });
        }
        if !replacements.is_empty() {
            out.corrected = self.corrected(search, searcher, &replacements, places)?;
        }
        let mut left = MOST_UNKNOWN_VALUES;
        self.doubt_values(searcher, query, &mut left, &mut out.suggestions)?;
        self.doubt_filters(search, searcher, &mut left, &mut out.suggestions)?;
        Ok(out)
    }

    /// Whether any record has a word, as the query looks for it, in any field.
    fn is_known(&self, searcher: &Searcher, asked: &Asked, stemmer: &mut Stemmer) -> Result<bool> {
        let mut ways = vec![asked.word.clone()];
        if asked.by_stem {
            ways = asked.solid.iter().chain([&asked.word]).map(|w| stemmer.stem(w).to_owned()).collect();
        }
        let fields = match asked.by_stem {
            true => vec![self.fields.words, self.fields.margin],
            false => TextField::ALL.map(|f| self.fields.exact(f)).to_vec(),
        };
        for field in fields {
            for reader in searcher.segment_readers() {
                let inverted = reader.inverted_index(field).map_err(|e| self.corrupt(e))?;
                for way in &ways {
                    if inverted.terms().term_ord(way).map_err(|e| self.corrupt(e))?.is_some() {
                        return Ok(true);
                    }
                }
            }
        }
        Ok(false)
    }

    /// How many records have a word as the query looks for it, in any field; where they are not few, at least so many.
    fn count_word(&self, searcher: &Searcher, asked: &Asked, stemmer: &mut Stemmer) -> Result<u64> {
        let word = asked.solid.as_ref().unwrap_or(&asked.word).clone();
        let span = Span::default();
        if asked.by_stem {
            // The index knows at once how many have it in one field; no more than that is asked of words that are not rare.
            let of_field =
                bag::records_with(searcher, &self.fields, stemmer.stem(&word)).map_err(|e| self.corrupt(e))?;
            if of_field >= spelling::FEW_RECORDS {
                return Ok(of_field);
            }
            return self.count(searcher, &Query::Word { fields: Fields::ALL, word, span });
        }
        let mut most = 0;
        for field in TextField::ALL {
            let term = Term::from_field_text(self.fields.exact(field), &word);
            most = searcher.doc_freq(&term).map_err(|e| self.corrupt(e))?.max(most);
            if most >= spelling::FEW_RECORDS {
                return Ok(most);
            }
        }
        self.count(searcher, &Query::Phrase { fields: Fields::ALL, words: vec![Pattern::whole(word)], span })
    }

    fn count(&self, searcher: &Searcher, query: &Query) -> Result<u64> {
        let lowered = Lowering::new(self).query(query);
        Ok(searcher.search(&*lowered, &Count).map_err(|e| self.corrupt(e))? as u64)
    }

    /// The words of the index that are worth more than a word that so many records have, the worthiest first.
    fn near(&self, searcher: &Searcher, asked: &Asked, records: u64, stemmer: &mut Stemmer) -> Result<Vec<Instead>> {
        let Some(edits) = spelling::edits(&asked.word) else { return Ok(Vec::new()) };
        let mut near: HashMap<String, (u8, u64)> = HashMap::new();
        for edits in 1..=edits {
            self.walk(searcher, &asked.word, edits, &mut near)?;
        }
        let own_stem = stemmer.stem(&asked.word).to_owned();
        near.retain(|word, (edits, most)| {
            let other = !asked.by_stem || stemmer.stem(word) != own_stem;
            other && *word != asked.word && spelling::worth(*most, *edits) > 0 && spelling::edits(word).is_some()
        });
        // Those of most records in one field first; then exactly, over all fields.
        let mut near: Vec<_> = near.into_iter().map(|(word, (edits, most))| (word, edits, most)).collect();
        by_worth(&mut near);
        near.truncate(MOST_COUNTED);
        for (word, _, count) in &mut near {
            let words = vec![Pattern::whole(word.as_str())];
            *count = self.count(searcher, &Query::Phrase { fields: Fields::ALL, words, span: Span::default() })?;
        }
        by_worth(&mut near);
        near.retain(|(_, edits, count)| spelling::worth(*count, *edits) > spelling::worth(records, 0));
        near.truncate(spelling::MOST_INSTEAD);
        Ok(near.into_iter().map(|(word, _, records)| Instead { word, records }).collect())
    }

    /// Adds the words of the index at most so many edits away, with how many records have them in the field where it is most;
    /// those that are there already are nearer.
    fn walk(&self, searcher: &Searcher, word: &str, edits: u8, near: &mut HashMap<String, (u8, u64)>) -> Result<()> {
        // The field of the term says nothing to the automaton.
        let fuzzy = FuzzyTermQuery::new(Term::from_field_text(self.fields.value, word), edits, true);
        let automaton = fuzzy.automaton().map_err(|e| self.corrupt(e))?;
        let mut found: HashMap<String, u64> = HashMap::new();
        let first = word.chars().next().map(|c| c.to_string()).unwrap_or_default();
        for text_field in Fields::ALL.iter().filter(|f| *f != TextField::Detail) {
            let field = self.fields.exact(text_field);
            let mut here: HashMap<String, u64> = HashMap::new();
            for reader in searcher.segment_readers() {
                let inverted = reader.inverted_index(field).map_err(|e| self.corrupt(e))?;
                let mut terms = inverted.terms().search(&automaton);
                if edits > 1 {
                    terms = terms.ge(&first).lt(after(&first));
                }
                let mut terms = terms.into_stream().map_err(|e| self.corrupt(e))?;
                while terms.advance() {
                    let Ok(word) = std::str::from_utf8(terms.key()) else { continue };
                    *here.entry(word.to_owned()).or_default() += u64::from(terms.value().doc_freq);
                }
            }
            for (word, records) in here {
                let most = found.entry(word).or_default();
                *most = records.max(*most);
            }
        }
        for (word, most) in found {
            near.entry(word).or_insert((edits, most));
        }
        Ok(())
    }

    /// The query with the best words, if it can be written in its language and finds anything.
    fn corrected(
        &self,
        search: &Search,
        searcher: &Searcher,
        replacements: &Replacements,
        mut places: Vec<(Span, String)>,
    ) -> Result<Option<Corrected>> {
        places.sort_by_key(|(span, _)| (span.start, span.end));
        places.dedup_by_key(|(span, _)| span.start);
        let places: Vec<(Span, &str)> = places.iter().map(|(span, word)| (*span, word.as_str())).collect();
        let text = spelling::rewritten(&search.text, &places);
        let syntax = Syntax::from_name(search.syntax).unwrap_or(Syntax::Plain);
        // A word may be an operator there: what is suggested is what would be run.
        let known = |name: &str| !self.thesaurus().concepts_of(name).is_empty();
        let Ok(again) = Search::parse_with(syntax, &text, &known) else { return Ok(None) };
        if again.parsed.query != spelling::replaced(&search.parsed.query, replacements) {
            return Ok(None);
        }
        let again = Search { limit: 0, facets: Vec::new(), feedback: None, parsed: again.parsed, ..search.clone() };
        let records = self.find(&again, searcher, &mut Lowering::new(self))?.total();
        Ok((records > 0).then_some(Corrected { text, records }))
    }
}

/// The least text after everything that begins with another.
fn after(beginning: &str) -> Vec<u8> {
    let mut bytes = beginning.as_bytes().to_vec();
    while let Some(last) = bytes.pop() {
        if last < u8::MAX {
            bytes.push(last + 1);
            break;
        }
    }
    bytes
}

fn by_worth(near: &mut [(String, u8, u64)]) {
    near.sort_by(|a, b| {
        let (of_a, of_b) = (spelling::worth(a.2, a.1), spelling::worth(b.2, b.1));
        of_b.cmp(&of_a).then_with(|| a.1.cmp(&b.1)).then_with(|| a.0.cmp(&b.0))
    });
}
