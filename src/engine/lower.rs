//! Query tree → tantivy query. The tree says what is meant; here is how it is found.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tantivy::Term;
use tantivy::query::{AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, Query as TantivyQuery};
use tantivy::schema::Field;

use super::Engine;
use super::leaf::{LeafPart, LeafQuery, Matcher};
use super::lines::LineSets;
use super::values::ValueQuery;
use super::years::YearsQuery;
use crate::expansion;
use crate::query::{Pattern, Query, Spans};
use crate::words::Stemmer;

type Boxed = Box<dyn TantivyQuery>;

/// What it takes to lower a query, and what came up while the lowered ones were run.
pub(super) struct Lowering<'e> {
    engine: &'e Engine,
    stemmer: Stemmer,
    /// The records of the lines of a strategy, where one is run.
    lines: LineSets,
    incomplete: Arc<AtomicBool>,
}

impl<'e> Lowering<'e> {
    pub(super) fn new(engine: &'e Engine) -> Self {
        Lowering { engine, stemmer: Stemmer::default(), lines: LineSets::default(), incomplete: Arc::default() }
    }

    /// Sets what [`Query::Line`] stands for.
    pub(super) fn set_lines(&mut self, lines: LineSets) {
        self.lines = lines;
    }

    /// Whether a query that was lowered here has met a record with too many stretches of words to look at all: the record may
    /// be missing from the answer.
    pub(super) fn met_too_many(&self) -> bool {
        self.incomplete.load(Ordering::Relaxed)
    }

    /// The tantivy query of a tree. Conditions that are true or false without degree (values, years, NOT) score nothing.
    pub(super) fn query(&mut self, query: &Query) -> Boxed {
        match query {
            Query::All | Query::AtLeast(0, _) => unscored(Box::new(AllQuery)),
            Query::Word { .. } | Query::Phrase { .. } | Query::Spans { .. } => match self.leaf(query) {
                Some(leaf) => Box::new(leaf),
                None => Box::new(EmptyQuery),
            },
            Query::Value { field, value, span } => {
                match expansion::explode(*field, value, *span, self.engine.thesaurus()) {
                    Some(exploded) => self.query(&exploded.query),
                    None => Box::new(ValueQuery::new(self.engine.fields.value, *field, value)),
                }
            }
            Query::Years { from, to, .. } => Box::new(YearsQuery::new(*from, *to)),
            Query::Line(line, _) => Box::new(self.lines.query(*line)),
            Query::And(parts) => {
                let mut clauses: Vec<(Occur, Boxed)> = Vec::with_capacity(parts.len());
                for (part, times) in distinct(parts) {
                    clauses.push(match part {
                        Query::Not(inner) => (Occur::MustNot, self.query(inner)),
                        other => (Occur::Must, boosted(self.query(other), times)),
                    });
                }
                if !clauses.iter().any(|(occur, _)| *occur == Occur::Must) {
                    clauses.push((Occur::Must, unscored(Box::new(AllQuery))));
                }
                Box::new(BooleanQuery::new(clauses))
            }
            Query::Or(parts) => {
                let parts = distinct(parts).into_iter();
                Box::new(BooleanQuery::union(parts.map(|(p, n)| boosted(self.query(p), n)).collect()))
            }
            Query::Not(part) => Box::new(BooleanQuery::new(vec![
                (Occur::Must, unscored(Box::new(AllQuery))),
                (Occur::MustNot, self.query(part)),
            ])),
            Query::AtLeast(count, parts) => Box::new(BooleanQuery::union_with_minimum_required_clauses(
                parts.iter().map(|p| self.query(p)).collect(),
                *count,
            )),
        }
    }

    /// The leaf of a word, phrase or proximity; `None` for other queries and for words that are none.
    pub(super) fn leaf(&mut self, query: &Query) -> Option<LeafQuery> {
        let fields = &self.engine.fields;
        let mut parts = Vec::new();
        match query {
            Query::Word { fields: among, word, span } => {
                let stem = self.stemmer.stem(&word.replace('-', "")).to_owned();
                let words: Vec<Pattern> = word.split('-').map(Pattern::whole).collect();
                let compound =
                    (words.len() > 1).then(|| Arc::new(Spans::Phrase { fields: *among, words, span: *span }));
                for field in among.iter() {
                    let matcher = Matcher::Term(Term::from_field_text(fields.stem(field), &stem));
                    parts.push(LeafPart { text_field: field, matcher });
                    if let Some(compound) = &compound {
                        let matcher = self.spans(fields.exact(field), compound, 1);
                        parts.push(LeafPart { text_field: field, matcher });
                    }
                }
            }
            Query::Phrase { fields: among, words, span } => {
                let phrase = match words.as_slice() {
                    [_] => None,
                    _ => Some(Arc::new(Spans::Phrase { fields: *among, words: words.clone(), span: *span })),
                };
                for field in among.iter() {
                    let matcher = match (&phrase, words.first()) {
                        (Some(phrase), _) => self.spans(fields.exact(field), phrase, 1),
                        (None, Some(word)) => Matcher::Pattern(fields.exact(field), word.clone()),
                        (None, None) => continue,
                    };
                    parts.push(LeafPart { text_field: field, matcher });
                }
            }
            Query::Spans { spans, times, .. } => {
                let shared = Arc::new(spans.clone());
                for field in spans.fields().iter() {
                    let matcher = self.spans(fields.exact(field), &shared, *times);
                    parts.push(LeafPart { text_field: field, matcher });
                }
            }
            _ => return None,
        }
        (!parts.is_empty()).then(|| LeafQuery::new(parts, |f| fields.stem(f)))
    }

    fn spans(&self, field: Field, spans: &Arc<Spans>, times: u32) -> Matcher {
        Matcher::Spans { field, spans: spans.clone(), times, incomplete: self.incomplete.clone() }
    }
}

/// Equal parts once, with how often they stand there: a word that is repeated counts as often, but is looked up only once.
fn distinct(parts: &[Query]) -> Vec<(&Query, usize)> {
    let mut at: HashMap<String, usize> = HashMap::with_capacity(parts.len());
    let mut out: Vec<(&Query, usize)> = Vec::with_capacity(parts.len());
    for part in parts {
        let at = *at.entry(part.to_string()).or_insert(out.len());
        match out.get_mut(at) {
            Some((_, times)) => *times += 1,
            None => out.push((part, 1)),
        }
    }
    out
}

fn boosted(query: Boxed, times: usize) -> Boxed {
    if times == 1 { query } else { Box::new(BoostQuery::new(query, times as f32)) }
}

fn unscored(query: Boxed) -> Boxed {
    Box::new(ConstScoreQuery::new(query, 0.0))
}
