//! Feedback: the words of the best records make the order of the answer again.
//!
//! The method is RM3 (N. Abdul-Jaleel, J. Allan, W. B. Croft and others, *UMass at TREC 2004: Novelty and HARD*, 2004, section 2),
//! over the relevance model of V. Lavrenko and W. B. Croft (*Relevance-based language models*, SIGIR 2001):
//!
//! ```text
//! P(w|R)  = Σ P(w|D) · P(D|Q)      over the best records D, P(D|Q) in proportion to their scores
//! P(w|D)  = tf(w, D) / |D|         frequencies weighted by field as in the score, over title, abstract and subjects
//! P'(w|Q) = λ · P(w|Q) + (1 - λ) · P(w|R)
//! ```
//!
//! Of P(w|R) the likeliest words are kept. A record's score is the sum of the scores of all words, each times P'(w|Q), on the
//! scale of the original query.
//!
//! Feedback finds what the best records have in common: it helps where they are good, and harms where they are not. It is never
//! done unasked, and its words are told as an [`Expansion`](crate::search::Expansion) of the concept `feedback`.

use crate::error::{Error, ErrorKind};

/// The most records and words of feedback.
const MOST: usize = 200;

/// How feedback is done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Feedback {
    /// How many of the best records are taken.
    pub records: usize,
    /// How many words are taken from them.
    pub words: usize,
    /// The weight of the original query (λ), above 0 and at most 1.
    pub original: f32,
    /// What the words may do.
    pub reach: Reach,
}

/// What the words of feedback may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// They put what the query finds in another order.
    #[default]
    Order,
    /// They find records too, where any of the words of the query is enough to find one.
    Find,
}

impl Default for Feedback {
    /// Chosen on three public test collections, see `benches/README.md`.
    fn default() -> Self {
        Feedback { records: 5, words: 50, original: 0.5, reach: Reach::Order }
    }
}

impl Feedback {
    /// Reads `RECORDS,WORDS,WEIGHT`; an empty text stands for the defaults.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] when it is not that.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let bad = || {
            Error::new(ErrorKind::Argument, format!("`{text}` is not RECORDS,WORDS,WEIGHT")).with_hint(format!(
                "two numbers from 1 to {MOST} and a weight of the query up to 1: --feedback=5,50,0.5"
            ))
        };
        if text.is_empty() {
            return Ok(Feedback::default());
        }
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        let [records, words, original] = parts.as_slice() else { return Err(bad()) };
        let count = |n: &str| n.parse::<usize>().ok().filter(|n| (1..=MOST).contains(n));
        let weight = original.parse::<f32>().ok().filter(|w| *w > 0.0 && *w <= 1.0);
        match (count(records), count(words), weight) {
            (Some(records), Some(words), Some(original)) => {
                Ok(Feedback { records, words, original, ..Feedback::default() })
            }
            _ => Err(bad()),
        }
    }
}
