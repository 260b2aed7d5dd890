//! Words near each other, as the languages can say them.

use super::Said;
use super::codes;
use super::fit::{and, or};
use crate::query::{Fields, MAX_DISTANCE, Pattern, Span, Spans, Syntax, TextField};

/// What of a stretch can stand in one field.
pub(super) fn restricted(spans: &Spans, to: Fields) -> Option<Spans> {
    Some(match spans {
        Spans::Phrase { fields, words, span } => (!fields.intersection(to).is_empty()).then(|| Spans::Phrase {
            fields: to,
            words: words.clone(),
            span: *span,
        })?,
        Spans::Any(parts) => {
            let mut parts: Vec<Spans> = parts.iter().filter_map(|p| restricted(p, to)).collect();
            match parts.len() {
                0 => return None,
                1 => parts.swap_remove(0),
                _ => Spans::Any(parts),
            }
        }
        Spans::Near { left, right, distance, ordered, span } => Spans::Near {
            left: Box::new(restricted(left, to)?),
            right: Box::new(restricted(right, to)?),
            distance: *distance,
            ordered: *ordered,
            span: *span,
        },
    })
}

/// Takes from a stretch what Ovid, EBSCOhost or the Cochrane Library cannot say.
pub(super) fn simplify(to: Syntax, spans: &mut Spans, losses: &mut Vec<&str>) {
    match spans {
        Spans::Phrase { words, .. } => {
            if words.iter().any(|w| !codes::word(to, w).1) {
                losses.push("lacks this wildcard; one for any number of characters stands in its place");
            }
        }
        Spans::Any(parts) => parts.iter_mut().for_each(|p| simplify(to, p, losses)),
        Spans::Near { left, right, distance, ordered, .. } => {
            simplify(to, left, losses);
            simplify(to, right, losses);
            if *ordered && *distance > 1 && to != Syntax::Ebsco {
                *ordered = false;
                losses.push("has no order within a distance");
            }
        }
    }
}

/// Words within a stretch, as PubMed has them.
struct Window {
    words: Vec<Pattern>,
    others: u32,
    /// They stand side by side in this order.
    phrase: bool,
    exact: bool,
}

/// More alternatives than this are not spelled out.
const MAX_WINDOWS: usize = 500;

fn windows(spans: &Spans) -> Option<Vec<Window>> {
    let all = match spans {
        Spans::Phrase { words, .. } => {
            vec![Window { words: words.clone(), others: 0, phrase: true, exact: true }]
        }
        Spans::Any(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(windows(part)?);
            }
            all
        }
        Spans::Near { left, right, distance, ordered, .. } => {
            let (left, right) = (windows(left)?, windows(right)?);
            if left.len().saturating_mul(right.len()) > MAX_WINDOWS {
                return None;
            }
            let join = |l: &Window, r: &Window| Window {
                words: l.words.iter().chain(&r.words).cloned().collect(),
                others: (l.others + r.others).saturating_add(distance.saturating_sub(1)),
                phrase: l.phrase && r.phrase && *ordered && *distance == 1,
                exact: l.words.len() == 1 && r.words.len() == 1 && !ordered,
            };
            left.iter().flat_map(|l| right.iter().map(move |r| join(l, r))).collect()
        }
    };
    (all.len() <= MAX_WINDOWS).then_some(all)
}

pub(super) fn pubmed(spans: &Spans, fields: Fields, losses: &mut Vec<&str>) -> Said {
    let near = Fields::of(&[TextField::Title, TextField::Abstract]);
    let Some(windows) = windows(spans) else {
        losses.push(
            "has no groups within a distance, and these would be too many; the words may stand anywhere in a record",
        );
        return anywhere(spans, fields);
    };
    let mut said = Vec::new();
    for window in windows {
        let Window { words, others, phrase, exact } = window;
        if words.iter().any(|w| !codes::word(Syntax::PubMed, w).1) {
            losses.push("lacks this wildcard; one for any number of characters stands in its place");
        }
        let open = words.iter().any(|w| !w.is_whole());
        let open_inside = words.iter().rev().skip(1).any(|w| !w.is_whole());
        if phrase && !open_inside {
            said.push(Said::Words { fields, spans: Spans::Phrase { fields, words, span: Span::default() }, times: 1 });
        } else if open || near.union(fields) != near || others >= MAX_DISTANCE {
            losses.push(match phrase {
                true => "truncates only the last word of a phrase; the words may stand anywhere in a record",
                false if open => "has no truncation within proximity; the words may stand anywhere in a record",
                false => "has proximity in titles and abstracts only; the words may stand anywhere in a record",
            });
            let each = |word| Spans::Phrase { fields, words: vec![word], span: Span::default() };
            let words = words.into_iter().map(|w| Said::Words { fields, spans: each(w), times: 1 });
            said.push(and(words.collect()));
        } else {
            if !exact {
                losses.push("has neither order nor phrases within proximity; all words stand within the same stretch");
            }
            said.push(Said::Window { fields, words, others });
        }
    }
    or(said)
}

/// The words of a stretch, wherever they stand.
fn anywhere(spans: &Spans, fields: Fields) -> Said {
    match spans {
        Spans::Phrase { words, .. } => {
            let each = |word: &Pattern| Spans::Phrase { fields, words: vec![word.clone()], span: Span::default() };
            and(words.iter().map(|w| Said::Words { fields, spans: each(w), times: 1 }).collect())
        }
        Spans::Any(parts) => or(parts.iter().map(|p| anywhere(p, fields)).collect()),
        Spans::Near { left, right, .. } => and(vec![anywhere(left, fields), anywhere(right, fields)]),
    }
}
