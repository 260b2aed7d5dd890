//! The second stage: the passages of a candidate, scored by the query's words and by how near they stand to each other.

use std::ops::Range;

use super::highlight::{Match, Matcher, merge_ranges};
use crate::passage::{self, PassageField, PassageText};
use crate::query::TextField;
use crate::record::Record;
use crate::search::Passage;

/// How many of the best candidates the second stage looks at, whatever page is asked for, so that pages fit together.
pub(super) const CANDIDATES: usize = 32;

/// What a record's best passage adds to its score, per unit of the passage's score.
pub(super) const PASSAGE_SHARE: f32 = 0.3;

/// Saturation of a word's frequency in a passage, and the length in bytes at which a passage is of middling length.
const K1: f32 = 1.2;
const USUAL_BYTES: f32 = 260.0;
/// Passages shorter than this, in bytes, count as this long.
const LEAST_BYTES: usize = 160;

/// Words further apart than this are not near each other.
const NEAR: usize = 8;

/// The passages of a record, best first, at most `count` and never overlapping. A record whose texts do not match shows how
/// its first text begins, with a score of zero. `idf` gives the weight of each leaf of the matcher.
pub(super) fn passages(record: &Record, matcher: &mut Matcher, idf: &[f32], count: usize) -> Vec<Passage> {
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
            (t, matcher.find(field, t.text))
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
