//! Feedback (RM3, see [`crate::feedback`]): from the best records of a first pass to the order of a second.

use std::collections::BTreeMap;

use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query as TantivyQuery};
use tantivy::{DocAddress, Searcher};

use super::Engine;
use super::bag::{self, Bag, Counted};
use super::collect::{self, Candidate, Collected, Plan};
use super::lower::Lowering;
use crate::error::Result;
use crate::feedback::{Feedback, Reach};
use crate::query::{Fields, Query, Span};
use crate::search::{Contribution, Expansion, Sort};
use crate::words::Stemmer;

/// Words that more than one record in so many has tell nothing.
const MOST_COMMON: u64 = 10;
/// The least weight of the query, whatever is asked for.
const LEAST_WEIGHT: f32 = 0.01;
/// In a collection smaller than this every word may tell something.
const FEW: u64 = 100;

/// A word that was added, and what its score is multiplied by.
#[derive(Debug, Clone)]
pub(super) struct Added {
    pub(super) query: Query,
    pub(super) weight: f32,
}

impl Engine {
    /// Puts what was collected in the order that the best records of it suggest; gives the words that were added.
    pub(super) fn feed_back(
        &self,
        feedback: Feedback,
        searcher: &Searcher,
        query: &Query,
        plan: &Plan,
        collected: &mut Collected,
        lowering: &mut Lowering<'_>,
    ) -> Result<Vec<Added>> {
        let leaves = leaves(query);
        if leaves == 0 || plan.sort != Sort::Relevance {
            return Ok(Vec::new());
        }
        let best = collected.top.get(..feedback.records.min(collected.top.len())).unwrap_or_default();
        let model = self.relevance_model(feedback.words, searcher, best)?;
        let original = feedback.original.clamp(LEAST_WEIGHT, 1.0);
        let share = (1.0 - original) / original * leaves as f32;
        let added: Vec<Added> = model
            .into_iter()
            .map(|(word, p)| Added {
                query: Query::Word { fields: Fields::ALL, word, span: Span::default() },
                weight: share * p,
            })
            .filter(|added| added.weight > 0.0)
            .collect();
        if added.is_empty() {
            return Ok(added);
        }
        // Where the query demands something of every record, the words cannot find what does not fulfil it.
        let any_word =
            matches!(query, Query::Or(_) | Query::Word { .. } | Query::Synonyms { .. } | Query::Phrase { .. });
        let finds = feedback.reach == Reach::Find && any_word;
        let occur = if finds { Occur::Should } else { Occur::Must };
        let mut clauses: Vec<(Occur, Box<dyn TantivyQuery>)> = vec![(occur, lowering.query(query))];
        for Added { query, weight } in &added {
            clauses.push((Occur::Should, Box::new(BoostQuery::new(lowering.query(query), *weight))));
        }
        let facets = if finds { plan.facets.clone() } else { Vec::new() };
        let plan = Plan { facets, ..plan.clone() };
        let again = collect::collect(searcher, &BooleanQuery::new(clauses), &plan).map_err(|e| self.corrupt(e))?;
        if finds {
            *collected = again;
        } else {
            collected.top = again.top;
        }
        Ok(added)
    }

    /// What the words that were added add to the score of one record.
    pub(super) fn explain_added(
        &self,
        searcher: &Searcher,
        address: DocAddress,
        added: &[Added],
        lowering: &mut Lowering<'_>,
    ) -> Result<Vec<Contribution>> {
        let mut out = Vec::new();
        for Added { query, weight } in added {
            let Some(leaf) = lowering.leaf(query) else { continue };
            if let Some(score) = leaf.score_of(searcher, address).map_err(|e| self.corrupt(e))? {
                let part = format!("{query} (feedback × {weight:.3})");
                out.push(Contribution { part, occurrences: Vec::new(), score: score * weight });
            }
        }
        Ok(out)
    }

    /// The likeliest words of the best records, with their probabilities, which add up to one.
    fn relevance_model(&self, words: usize, searcher: &Searcher, best: &[Candidate]) -> Result<Vec<(String, f32)>> {
        let scores: f32 = best.iter().map(|c| c.score.max(0.0)).sum();
        let mut stemmer = Stemmer::default();
        let mut model: BTreeMap<String, (f32, Counted)> = BTreeMap::new();
        for candidate in best {
            let bag = Bag::of(&self.record(searcher, candidate.address)?, &mut stemmer);
            let of_query = if scores > 0.0 { candidate.score.max(0.0) / scores } else { 1.0 / best.len() as f32 };
            for (stem, counted) in bag.words {
                let p = counted.frequency / bag.length.max(1.0) * of_query;
                let entry = model.entry(stem).or_default();
                entry.0 += p;
                entry.1.join(counted);
            }
        }
        let mut model: Vec<_> = model.into_iter().collect();
        model.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then_with(|| a.0.cmp(&b.0)));
        let mut kept = Vec::with_capacity(words);
        for (stem, (p, counted)) in model {
            if kept.len() >= words {
                break;
            }
            let with = bag::records_with(searcher, &self.fields, &stem).map_err(|e| self.corrupt(e))?;
            if searcher.num_docs() < FEW || with * MOST_COMMON <= searcher.num_docs() {
                kept.push((counted.form().to_owned(), p));
            }
        }
        let sum: f32 = kept.iter().map(|(_, p)| p).sum();
        kept.iter_mut().for_each(|(_, p)| *p /= sum.max(f32::MIN_POSITIVE));
        Ok(kept)
    }
}

/// What was added, as it is told.
pub(super) fn told(feedback: Feedback, query: &Query, added: &[Added]) -> Option<Expansion> {
    (!added.is_empty()).then(|| Expansion {
        term: query.to_string(),
        added: added.iter().map(|a| a.query.to_string()).collect(),
        concept: "feedback".to_owned(),
        percent: ((1.0 - feedback.original) * 100.0).round() as u8,
    })
}

/// How many words and phrases of a query score.
fn leaves(query: &Query) -> usize {
    match query {
        Query::Word { .. } | Query::Synonyms { .. } | Query::Phrase { .. } | Query::Spans { .. } => 1,
        Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => parts.iter().map(leaves).sum(),
        Query::All | Query::Not(_) | Query::Value { .. } | Query::Years { .. } | Query::Line(..) => 0,
    }
}
