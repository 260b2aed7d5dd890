//! Why a record matches a query, or why it does not: every part of the tree, with its own answer and where its words stand.
//!
//! Whether a part matches is asked of the index, as in a search; where its words stand is read from the record's own text.

use tantivy::query::EnableScoring;
use tantivy::{DocAddress, DocSet, Searcher};

use super::highlight::{Matcher, stretches};
use super::lower::Lowering;
use super::near;
use super::schema;
use crate::query::{MAX_DISTANCE, Query, Spans, TextField};
use crate::record::Record;
use crate::search::{Place, Why};

/// How many places of one part are shown in one field.
const SHOWN: usize = 5;
/// How much text stands around a place, in bytes on either side.
const AROUND: usize = 40;

/// Explains a query for one record.
pub(super) fn why(
    query: &Query,
    record: &Record,
    searcher: &Searcher,
    address: DocAddress,
    lowering: &mut Lowering<'_>,
) -> tantivy::Result<Why> {
    let weight = lowering.query(query).weight(EnableScoring::disabled_from_searcher(searcher))?;
    let mut docs = weight.scorer(searcher.segment_reader(address.segment_ord), 1.0)?;
    let doc = if docs.doc() < address.doc_id { docs.seek(address.doc_id) } else { docs.doc() };
    let mut out = Why {
        part: query.to_string(),
        matches: doc == address.doc_id,
        places: Vec::new(),
        note: None,
        parts: Vec::new(),
    };
    let parts: Vec<Query> = match query {
        Query::And(parts) | Query::Or(parts) => parts.clone(),
        Query::AtLeast(count, parts) => {
            out.note = Some(format!("at least {count} of {} must match", parts.len()));
            parts.clone()
        }
        Query::Not(part) => vec![part.as_ref().clone()],
        Query::Word { .. } | Query::Synonyms { .. } | Query::Phrase { .. } => {
            places(query, record, &mut out.places);
            Vec::new()
        }
        Query::Spans { spans, times, .. } => {
            places(query, record, &mut out.places);
            out.note = match spans {
                Spans::Near { left, right, distance, ordered, .. } if !out.matches => {
                    nearest(record, left, right, *distance, *ordered)
                }
                _ if *times > 1 => Some(counts(record, spans, *times)),
                _ => None,
            };
            operands(spans)
        }
        Query::Years { .. } => {
            out.note = Some(record.year.map_or("the record has no year".to_owned(), |y| format!("the year is {y}")));
            Vec::new()
        }
        _ => Vec::new(),
    };
    for part in &parts {
        out.parts.push(why(part, record, searcher, address, lowering)?);
    }
    Ok(out)
}

fn operands(spans: &Spans) -> Vec<Query> {
    match spans {
        Spans::Near { left, right, .. } => {
            vec![Query::from(left.as_ref().clone()), Query::from(right.as_ref().clone())]
        }
        Spans::Any(parts) => parts.iter().cloned().map(Query::from).collect(),
        Spans::Phrase { .. } => vec![Query::from(spans.clone())],
    }
}

/// Where a leaf stands in the record.
fn places(leaf: &Query, record: &Record, out: &mut Vec<Place>) {
    let mut matcher = Matcher::new(leaf);
    for field in TextField::ALL {
        let mut shown = 0;
        for (value, text) in schema::texts(record, field).iter().enumerate() {
            for found in matcher.find(field, text) {
                shown += 1;
                if shown > SHOWN {
                    break;
                }
                out.push(Place {
                    field: field.name(),
                    value,
                    word: found.position + 1,
                    text: around(text, found.range),
                });
            }
        }
    }
}

/// A piece of text around a range, cut between characters.
fn around(text: &str, range: std::ops::Range<usize>) -> String {
    let mut start = range.start.saturating_sub(AROUND);
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = (range.end + AROUND).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let (before, after) = (if start > 0 { "…" } else { "" }, if end < text.len() { "…" } else { "" });
    format!("{before}{}{after}", text[start..end].split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether there is such a stretch anywhere in the record.
fn stands(record: &Record, spans: &Spans) -> bool {
    let in_field = |f| schema::texts(record, f).iter().any(|text| !stretches(spans, f, text).is_empty());
    spans.fields().iter().any(in_field)
}

/// How near two operands come in any field, for a proximity that does not match; nothing where one of them is missing.
fn nearest(record: &Record, left: &Spans, right: &Spans, distance: u32, ordered: bool) -> Option<String> {
    let mut best: Option<(u32, TextField)> = None;
    let mut together = false;
    let mut reversed = false;
    let mut turned = false;
    for field in left.fields().intersection(right.fields()).iter() {
        for text in schema::texts(record, field) {
            let (left, right) = (stretches(left, field, &text), stretches(right, field, &text));
            if left.is_empty() || right.is_empty() {
                continue;
            }
            together = true;
            let within = |distance: u32, ordered: bool| {
                let mut out = Vec::new();
                near::near(&left, &right, distance, ordered, &mut out);
                !out.is_empty()
            };
            reversed |= ordered && within(distance, false);
            turned |= ordered && within(MAX_DISTANCE, false);
            // The least distance at which they would match.
            let (mut too_small, mut enough) = (distance, MAX_DISTANCE + 1);
            while too_small + 1 < enough {
                let middle = u32::midpoint(too_small, enough);
                if within(middle, ordered) {
                    enough = middle;
                } else {
                    too_small = middle;
                }
            }
            if enough <= MAX_DISTANCE && best.is_none_or(|(d, _)| enough < d) {
                best = Some((enough, field));
            }
        }
    }
    let missing = || !stands(record, left) || !stands(record, right);
    if !together && missing() {
        return None;
    }
    Some(match best {
        _ if !together => "they do not stand in one value of one field".into(),
        _ if reversed => "they are near enough, but in the other order".into(),
        Some((found, field)) => {
            format!("the nearest are at distance {found} ({}); at most {distance} is asked for", field.name())
        }
        None if turned => "they stand in the other order only, and not so near".into(),
        None => format!("they stand in one field, but further apart than {MAX_DISTANCE} or only as the same words"),
    })
}

fn counts(record: &Record, spans: &Spans, times: u32) -> String {
    let mut best = (0, None);
    for field in spans.fields().iter() {
        let found = schema::texts(record, field).iter().map(|t| near::disjoint(&mut stretches(spans, field, t))).sum();
        if found > best.0 {
            best = (found, Some(field));
        }
    }
    match best {
        (found, Some(field)) => {
            let found = if found == 1 { "once".to_owned() } else { format!("{found} times") };
            format!("it occurs {found} in {}; {times} times in one field are asked for", field.name())
        }
        _ => format!("it does not occur; {times} times are asked for"),
    }
}
