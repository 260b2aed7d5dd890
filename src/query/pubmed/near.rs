//! Proximity as PubMed has it: all words of a phrase within a stretch of so many words, in any order.

use crate::query::{Fields, MAX_DISTANCE, Pattern, Query, Span, Spans};

/// The most words that a proximity of three words or more may be spelled out with.
const MAX_SPELLED: usize = 2_000;

/// The most words of one proximity: each beyond the first is a level of the tree.
pub(super) const MAX_WORDS: usize = 50;

/// Records in which the words stand with at most `others` other words between the first and the last of them. The tree knows
/// distances of pairs only, so that three words and more are spelled out: for every order and every way in which the other
/// words may be distributed. Where that would be too many, each word must be within the distance of the words before it; the
/// answer then says false.
pub(super) fn within(words: &[Pattern], others: u32, fields: Fields, span: Span) -> (Query, bool) {
    let phrase = |word: &Pattern| Spans::Phrase { fields, words: vec![word.clone()], span };
    let near = |left: Spans, right: Spans, others: u32| Spans::Near {
        left: Box::new(left),
        right: Box::new(right),
        distance: (others + 1).min(MAX_DISTANCE),
        ordered: false,
        span,
    };
    if words.len() < 3 || spelled(words.len(), others).saturating_mul(words.len()) <= MAX_SPELLED {
        let words: Vec<Spans> = words.iter().map(phrase).collect();
        let mut all = everyway(&words, others, &near);
        let query = if all.len() == 1 { all.swap_remove(0) } else { Spans::Any(all) };
        return (query.into(), true);
    }
    let mut words = words.iter().map(phrase);
    let Some(first) = words.next() else { return (Query::Or(Vec::new()), true) };
    (words.fold(first, |left, right| near(left, right, others)).into(), false)
}

/// How many alternatives [`everyway`] makes.
fn spelled(words: usize, others: u32) -> usize {
    let mut ways = vec![1_usize; others as usize + 1];
    for taken in 3..=words {
        let mut sum = 0_usize;
        for way in &mut ways {
            sum = sum.saturating_add(*way);
            *way = sum.saturating_mul(taken - 1);
        }
        if ways.last().is_some_and(|n| *n > MAX_SPELLED) {
            return usize::MAX;
        }
    }
    ways.last().copied().unwrap_or(1)
}

/// One of the two outermost words is not the first of the list; whichever it is, the others are a smaller case of the same.
fn everyway(words: &[Spans], others: u32, near: &dyn Fn(Spans, Spans, u32) -> Spans) -> Vec<Spans> {
    match words {
        [] => Vec::new(),
        [only] => vec![only.clone()],
        [a, b] => vec![near(a.clone(), b.clone(), others)],
        _ => {
            let mut all = Vec::new();
            for outer in 1..words.len() {
                let mut inner = words.to_vec();
                let outer = inner.remove(outer);
                for between in 0..=others {
                    let stretches = everyway(&inner, others - between, near);
                    all.extend(stretches.into_iter().map(|s| near(s, outer.clone(), between)));
                }
            }
            all
        }
    }
}
