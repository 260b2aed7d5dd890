//! Labels that look like one that is not there.

use std::collections::BTreeSet;

use super::{ConceptId, Thesaurus};
use crate::words;

/// How much of a longer text is looked at, in characters.
const LONGEST: usize = 200;
/// How much of two labels must be the same, in twentieths.
const ALIKE: usize = 10;

impl Thesaurus {
    /// The labels that share most with a text, each with its concept, best first: at least half of their pairs of letters. Of a
    /// concept's labels there is only the best.
    pub fn nearest(&self, text: &str, most: usize) -> Vec<(ConceptId, &str)> {
        let wanted = pairs(text);
        if wanted.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (id, concept) in self.concepts() {
            let alike = |label: &str| {
                let pairs = pairs(label);
                20 * 2 * pairs.intersection(&wanted).count() / (pairs.len() + wanted.len())
            };
            let labels = concept.all_labels().map(|(_, label)| (alike(label), label));
            // Of equals the first, which is the preferred one.
            let best = labels.reduce(|best, next| if next.0 > best.0 { next } else { best });
            found.extend(best.filter(|(alike, _)| *alike >= ALIKE).map(|(alike, label)| (alike, id, label)));
        }
        found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        found.into_iter().take(most).map(|(_, id, label)| (id, label)).collect()
    }
}

/// The pairs of letters of a text, with its beginning and its end.
fn pairs(text: &str) -> BTreeSet<(char, char)> {
    let key = words::key(text);
    let letters = || key.chars().take(LONGEST).chain([' ']);
    if key.is_empty() { BTreeSet::new() } else { std::iter::once(' ').chain(letters()).zip(letters()).collect() }
}
