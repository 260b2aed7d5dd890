//! Query tree → tantivy query. The tree says what is meant; here is how it is found.

use std::collections::HashMap;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, Query as TantivyQuery, TermQuery,
};
use tantivy::schema::IndexRecordOption;

use super::leaf::{LeafPart, LeafQuery, Matcher};
use super::schema::{self, Fields};
use super::years::YearsQuery;
use crate::query::{Pattern, Query};
use crate::words::Stemmer;

type Boxed = Box<dyn TantivyQuery>;

/// The tantivy query of a tree. Conditions that are true or false without degree (values, years, NOT) score nothing.
pub(super) fn lower(query: &Query, fields: &Fields, stemmer: &mut Stemmer) -> Boxed {
    match query {
        Query::All | Query::AtLeast(0, _) => unscored(Box::new(AllQuery)),
        Query::Word { .. } | Query::Phrase { .. } => match leaf(query, fields, stemmer) {
            Some(leaf) => Box::new(leaf),
            None => Box::new(EmptyQuery),
        },
        Query::Value { field, value, .. } => {
            let term = Term::from_field_text(fields.value, &schema::value_term(*field, value));
            unscored(Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
        }
        Query::Years { from, to, .. } => Box::new(YearsQuery::new(*from, *to)),
        Query::And(parts) => {
            let mut clauses: Vec<(Occur, Boxed)> = Vec::with_capacity(parts.len());
            for (part, times) in distinct(parts) {
                clauses.push(match part {
                    Query::Not(inner) => (Occur::MustNot, lower(inner, fields, stemmer)),
                    other => (Occur::Must, boosted(lower(other, fields, stemmer), times)),
                });
            }
            if !clauses.iter().any(|(occur, _)| *occur == Occur::Must) {
                clauses.push((Occur::Must, unscored(Box::new(AllQuery))));
            }
            Box::new(BooleanQuery::new(clauses))
        }
        Query::Or(parts) => {
            let parts = distinct(parts).into_iter();
            Box::new(BooleanQuery::union(parts.map(|(p, n)| boosted(lower(p, fields, stemmer), n)).collect()))
        }
        Query::Not(part) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, unscored(Box::new(AllQuery))),
            (Occur::MustNot, lower(part, fields, stemmer)),
        ])),
        Query::AtLeast(count, parts) => Box::new(BooleanQuery::union_with_minimum_required_clauses(
            parts.iter().map(|p| lower(p, fields, stemmer)).collect(),
            *count,
        )),
    }
}

/// The leaf of a word or phrase; `None` for other queries and for words that are none.
pub(super) fn leaf(query: &Query, fields: &Fields, stemmer: &mut Stemmer) -> Option<LeafQuery> {
    let mut parts = Vec::new();
    match query {
        Query::Word { fields: among, word, .. } => {
            let solid = word.replace('-', "");
            let stem = stemmer.stem(&solid).to_owned();
            let apart: Vec<Pattern> =
                word.split('-').map(|w| Pattern { word: w.to_owned(), truncated: false }).collect();
            for field in among.iter() {
                let matcher = Matcher::Term(Term::from_field_text(fields.stem(field), &stem));
                parts.push(LeafPart { text_field: field, matcher });
                if apart.len() > 1 {
                    let matcher = Matcher::Phrase(fields.exact(field), apart.clone());
                    parts.push(LeafPart { text_field: field, matcher });
                }
            }
        }
        Query::Phrase { fields: among, words, .. } => {
            for field in among.iter() {
                let matcher = Matcher::Phrase(fields.exact(field), words.clone());
                parts.push(LeafPart { text_field: field, matcher });
            }
        }
        _ => return None,
    }
    (!parts.is_empty()).then(|| LeafQuery::new(parts, |f| fields.stem(f)))
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
