//! The same query, as it is written most shortly: fields put together, words side by side as a phrase, eras as years.

use crate::era;
use crate::query::{Fields, Query, Spans, ValueField};

/// OR of more parts than this is left as it is.
const MAX_COMPARED: usize = 200;

/// A query that finds the same records.
pub(super) fn tidy(query: &Query) -> Query {
    match query {
        Query::And(parts) => Query::And(parts.iter().map(tidy).collect()),
        Query::Or(parts) => {
            let mut kept: Vec<Query> = Vec::with_capacity(parts.len());
            for part in parts.iter().map(tidy) {
                let earlier = if parts.len() > MAX_COMPARED { &mut [] } else { kept.as_mut_slice() };
                match earlier.iter_mut().find_map(|k| Some((merged(k, &part)?, k))) {
                    Some((both, place)) => *place = both,
                    None => kept.push(part),
                }
            }
            if kept.len() == 1 { kept.swap_remove(0) } else { Query::Or(kept) }
        }
        Query::Not(part) => Query::Not(Box::new(tidy(part))),
        Query::AtLeast(count, parts) => Query::AtLeast(*count, parts.iter().map(tidy).collect()),
        Query::Spans { spans, times, span } => match (joined(spans), times) {
            (Spans::Phrase { fields, words, span }, 1) => Query::Phrase { fields, words, span },
            (spans, times) => Query::Spans { spans, times: *times, span: *span },
        },
        Query::Value { field: ValueField::Era, value, span } => {
            let mut eras = era::all().iter().filter(|e| e.nation == era::NATION);
            match eras.find(|e| value.is_whole() && e.label.to_lowercase() == value.word) {
                Some(era) => Query::Years { from: era.from, to: era.to, span: *span },
                None => query.clone(),
            }
        }
        other => other.clone(),
    }
}

/// `a or b`, where they are the same but for their fields.
fn merged(a: &Query, b: &Query) -> Option<Query> {
    match (a, b) {
        (Query::Word { fields, word, span }, Query::Word { fields: others, word: same, .. }) if word == same => {
            Some(Query::Word { fields: fields.union(*others), word: word.clone(), span: *span })
        }
        (Query::Phrase { fields, words, span }, Query::Phrase { fields: others, words: same, .. }) if words == same => {
            Some(Query::Phrase { fields: fields.union(*others), words: words.clone(), span: *span })
        }
        (Query::Spans { spans, times, span }, Query::Spans { spans: others, times: same, .. }) if times == same => {
            let (first, second) = (shared(spans)?, shared(others)?);
            let all = first.union(second);
            let (spans, others) = (within(spans, all), within(others, all));
            (spans == others).then_some(Query::Spans { spans, times: *times, span: *span })
        }
        (Query::Or(first), Query::Or(second)) if first.len() == second.len() => {
            first.iter().zip(second).map(|(a, b)| merged(a, b)).collect::<Option<_>>().map(Query::Or)
        }
        _ => None,
    }
}

/// The fields of a stretch of words whose parts all have the same.
pub(super) fn shared(spans: &Spans) -> Option<Fields> {
    match spans {
        Spans::Phrase { fields, .. } => Some(*fields),
        Spans::Any(parts) => {
            let mut fields = parts.iter().map(shared);
            let first = fields.next()??;
            fields.all(|f| f == Some(first)).then_some(first)
        }
        Spans::Near { left, right, .. } => shared(left).filter(|f| shared(right) == Some(*f)),
    }
}

/// The same stretch in other fields.
fn within(spans: &Spans, fields: Fields) -> Spans {
    match spans {
        Spans::Phrase { words, span, .. } => Spans::Phrase { fields, words: words.clone(), span: *span },
        Spans::Any(parts) => Spans::Any(parts.iter().map(|p| within(p, fields)).collect()),
        Spans::Near { left, right, distance, ordered, span } => Spans::Near {
            left: Box::new(within(left, fields)),
            right: Box::new(within(right, fields)),
            distance: *distance,
            ordered: *ordered,
            span: *span,
        },
    }
}

/// Words side by side in order are a phrase.
fn joined(spans: &Spans) -> Spans {
    match spans {
        Spans::Phrase { .. } => spans.clone(),
        Spans::Any(parts) => Spans::Any(parts.iter().map(joined).collect()),
        Spans::Near { left, right, distance, ordered, span } => match (joined(left), joined(right)) {
            (Spans::Phrase { fields, mut words, .. }, Spans::Phrase { fields: same, words: more, .. })
                if *ordered && *distance == 1 && fields == same =>
            {
                words.extend(more);
                Spans::Phrase { fields, words, span: *span }
            }
            (left, right) => Spans::Near {
                left: Box::new(left),
                right: Box::new(right),
                distance: *distance,
                ordered: *ordered,
                span: *span,
            },
        },
    }
}
