//! Query tree → tantivy query. The tree says what is meant; here is how it is found.

use tantivy::Term;
use tantivy::query::{AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, Query as TantivyQuery, TermQuery};
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
            for part in parts {
                clauses.push(match part {
                    Query::Not(inner) => (Occur::MustNot, lower(inner, fields, stemmer)),
                    other => (Occur::Must, lower(other, fields, stemmer)),
                });
            }
            if !clauses.iter().any(|(occur, _)| *occur == Occur::Must) {
                clauses.push((Occur::Must, unscored(Box::new(AllQuery))));
            }
            Box::new(BooleanQuery::new(clauses))
        }
        Query::Or(parts) => Box::new(BooleanQuery::union(parts.iter().map(|p| lower(p, fields, stemmer)).collect())),
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

fn unscored(query: Boxed) -> Boxed {
    Box::new(ConstScoreQuery::new(query, 0.0))
}
