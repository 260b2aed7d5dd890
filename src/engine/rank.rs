//! The second stage: how near the query's words stand to each other in a candidate, and which passages show it best.
//!
//! Words that stand side by side in the query count more where they stand side by side in a record. The weight was chosen on
//! three public test collections (CISI, Cystic Fibrosis, NPL), where it lifts nDCG@10 by one to three per cent; looking at
//! more than the best twenty candidates changed nothing, and the score of the best passage did not help beside it.

use std::collections::HashMap;
use std::ops::Range;

use super::highlight::{Match, Matcher, merge_ranges};
use super::schema;
use crate::passage::{self, PassageField, PassageText};
use crate::query::TextField;
use crate::record::Record;
use crate::search::Passage;

/// How many of the best candidates the second stage looks at, whatever page is asked for, so that pages fit together.
pub(super) const CANDIDATES: usize = 20;

/// What neighbours add to the score, per unit of the weight of the rarer of the two.
const NEIGHBOURS_SHARE: f32 = 0.25;
/// Words further apart than this are no neighbours.
const NEIGHBOUR_DISTANCE: usize = 3;

/// Saturation of a frequency, and the length in bytes at which a passage is of middling length.
const K1: f32 = 1.2;
const USUAL_BYTES: f32 = 260.0;
/// Passages shorter than this, in bytes, count as this long.
const LEAST_BYTES: usize = 160;

/// Words further apart than this are not near each other in a passage.
const NEAR: usize = 8;

/// What matches in a record, text by text; each text is gone through once, when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Matches(HashMap<(TextField, usize), Vec<Match>>);

impl Matches {
    /// The matches in one value of a field.
    pub(super) fn of(&mut self, matcher: &mut Matcher, field: TextField, value: usize, text: &str) -> &[Match] {
        self.0.entry((field, value)).or_insert_with(|| matcher.find(field, text))
    }
}

/// What a record earns by words that stand side by side in the query and near each other in the record.
pub(super) fn neighbours(record: &Record, matcher: &mut Matcher, matches: &mut Matches, idf: &[f32]) -> f32 {
    let pairs = matcher.pairs();
    if pairs.is_empty() {
        return 0.0;
    }
    let mut nearness: HashMap<(usize, usize), f32> = HashMap::new();
    for field in [TextField::Title, TextField::Abstract, TextField::Subject, TextField::Body] {
        for (value, text) in schema::texts(record, field).iter().enumerate() {
            let found = matches.of(matcher, field, value, text);
            for (i, m) in found.iter().enumerate() {
                for n in found[i + 1..].iter().take_while(|n| n.position <= m.position + NEIGHBOUR_DISTANCE) {
                    let pair = (m.leaf.min(n.leaf), m.leaf.max(n.leaf));
                    if n.leaf != m.leaf && pairs.contains_key(&pair) {
                        // In the same place where both are in one synonym, as in an acronym of them.
                        let distance = n.position.saturating_sub(m.position).max(1) as f32;
                        *nearness.entry(pair).or_default() += 1.0 / (distance * distance);
                    }
                }
            }
        }
    }
    // In the order of the query, so that sums are the same each time.
    let mut nearness: Vec<_> = nearness.into_iter().collect();
    nearness.sort_unstable_by_key(|(pair, _)| *pair);
    let worth = |((a, b), near): ((usize, usize), f32)| {
        let times = pairs.get(&(a, b)).copied().unwrap_or(0) as f32;
        times * idf[a].min(idf[b]) * near * (K1 + 1.0) / (near + K1)
    };
    NEIGHBOURS_SHARE * nearness.into_iter().map(worth).sum::<f32>()
}

/// The passages of a record, best first, at most `count` and never overlapping. A record whose texts do not match shows how
/// its first text begins, with a score of zero. `idf` gives the weight of each leaf of the matcher.
pub(super) fn passages(
    record: &Record,
    matcher: &mut Matcher,
    found: &mut Matches,
    idf: &[f32],
    count: usize,
) -> Vec<Passage> {
    if count == 0 {
        return Vec::new();
    }
    let mut scored: Vec<(f32, usize, Range<usize>)> = Vec::new();
    let texts: Vec<(PassageText<'_>, Vec<Match>)> = passage::texts(record)
        .map(|t| {
            let field = match t.field {
                PassageField::Abstract => TextField::Abstract,
                PassageField::Body => TextField::Body,
                PassageField::Notes => TextField::Note,
            };
            (t, found.of(matcher, field, t.value, t.text).to_vec())
        })
        .collect();
    for (i, (text, matches)) in texts.iter().enumerate() {
        if matches.is_empty() {
            continue;
        }
        let sentences = passage::sentences(text.text);
        for window in passage::windows(text.text, &sentences) {
            let range = sentences[window.start].start..sentences[window.end - 1].end;
            let score = score(&within(matches, &range), idf, range.len());
            if score > 0.0 {
                scored.push((score, i, range));
            }
        }
    }
    // Of equally good passages the shorter, then the earlier.
    scored.sort_by(|a, b| {
        b.0.total_cmp(&a.0).then(a.2.len().cmp(&b.2.len())).then(a.1.cmp(&b.1)).then(a.2.start.cmp(&b.2.start))
    });
    let mut chosen: Vec<(f32, usize, Range<usize>)> = Vec::new();
    for candidate in scored {
        let overlaps =
            chosen.iter().any(|c| c.1 == candidate.1 && c.2.start < candidate.2.end && candidate.2.start < c.2.end);
        if !overlaps {
            chosen.push(candidate);
        }
        if chosen.len() >= count {
            break;
        }
    }
    if chosen.is_empty() {
        chosen.extend(texts.first().and_then(|(text, _)| Some((0.0, 0, opening(text.text)?))));
    }
    chosen
        .into_iter()
        .map(|(score, i, range)| {
            let (text, matches) = &texts[i];
            let here =
                within(matches, &range).into_iter().map(|m| m.range.start - range.start..m.range.end - range.start);
            Passage {
                text: text.text[range.clone()].to_owned(),
                field: text.field,
                value: (text.field == PassageField::Notes).then_some(text.value),
                range: (range.start, range.end),
                score,
                highlights: merge_ranges(here),
            }
        })
        .collect()
}

/// How a text begins: its first sentences, as many as fit one passage.
fn opening(text: &str) -> Option<Range<usize>> {
    let sentences = passage::sentences(text);
    let window = passage::windows(text, &sentences).take_while(|w| w.start == 0).last()?;
    Some(sentences[window.start].start..sentences[window.end - 1].end)
}

/// The matches that lie wholly within a range; matches are in order of their beginning, but a phrase can end after others
/// that begin later.
fn within<'m>(matches: &'m [Match], range: &Range<usize>) -> Vec<&'m Match> {
    let from = matches.partition_point(|m| m.range.start < range.start);
    let begun = matches[from..].iter().take_while(|m| m.range.start < range.end);
    begun.filter(|m| m.range.end <= range.end).collect()
}

/// BM25 of the leaves within the passage, and a bonus for different leaves side by side.
fn score(matches: &[&Match], idf: &[f32], bytes: usize) -> f32 {
    let mut counts = vec![0.0_f32; idf.len()];
    let mut bonus = 0.0;
    for (i, m) in matches.iter().enumerate() {
        counts[m.leaf] += 1.0;
        let next = matches[i + 1..].iter().take_while(|n| n.position <= m.position + NEAR).find(|n| n.leaf != m.leaf);
        if let Some(next) = next {
            let distance = next.position.saturating_sub(m.position).max(1) as f32;
            bonus += idf[m.leaf].min(idf[next.leaf]) / (distance * distance);
        }
    }
    // A scrap of a sentence is not a better passage for being short.
    let bytes = bytes.max(LEAST_BYTES) as f32;
    let norm = K1 * (0.25 + 0.75 * bytes / USUAL_BYTES);
    let words: f32 = counts.iter().zip(idf).map(|(n, idf)| idf * n * (K1 + 1.0) / (n + norm)).sum();
    // Repeating one pair must not outweigh covering the query.
    words + bonus.min(words * 0.5)
}
