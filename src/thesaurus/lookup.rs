//! Labels that are put in order when they are first asked for: all of them for who reads texts, those with one first letter for
//! who asks for a few. A command that answers one query would spend more time on the labels than on the query.
//!
//! Stems begin as their words do, so that whatever can be found at a word, and whatever it could be mistaken for, has the first
//! letter of that word.

use std::sync::OnceLock;

use super::labels::Labels;
use super::{Concept, ConceptId};
use crate::words::{Stemmer, Words};

/// How many groups of labels there are: one for each letter from a to z, and one for all else.
const GROUPS: usize = 27;

/// The labels of a thesaurus.
#[derive(Debug, Clone, Default)]
pub(super) struct Lookup {
    all: OnceLock<Labels>,
    by_letter: [OnceLock<Labels>; GROUPS],
}

impl Lookup {
    /// All labels.
    pub(super) fn all(&self, concepts: &[Concept]) -> &Labels {
        self.all.get_or_init(|| Labels::new(concepts, concepts.len(), |_| true))
    }

    /// Labels enough to look for those that begin with this folded word.
    fn beginning_with(&self, word: &str, concepts: &[Concept]) -> &Labels {
        let group = group(word);
        match (self.all.get(), self.by_letter.get(group)) {
            (None, Some(some)) => some.get_or_init(|| {
                Labels::new(concepts, concepts.len() / GROUPS, |label| group_of_label(label) == Some(group))
            }),
            _ => self.all(concepts),
        }
    }

    /// The concepts that have exactly these words as a label.
    pub(super) fn whole<S: AsRef<str>>(
        &self,
        concepts: &[Concept],
        words: &[S],
        stemmer: &mut Stemmer,
    ) -> &[ConceptId] {
        let Some(first) = words.first() else { return &[] };
        self.beginning_with(first.as_ref(), concepts).whole(words, stemmer)
    }

    /// The longest label of running text that begins at a word.
    pub(super) fn longest<S: AsRef<str>>(
        &self,
        concepts: &[Concept],
        words: &[S],
        at: usize,
        stemmer: &mut Stemmer,
    ) -> Option<(usize, &[ConceptId])> {
        self.beginning_with(words.get(at)?.as_ref(), concepts).longest(words, at, stemmer)
    }
}

fn group(word: &str) -> usize {
    word.bytes().next().filter(u8::is_ascii_lowercase).map_or(GROUPS - 1, |letter| usize::from(letter - b'a'))
}

/// The group of a label's first word; none without words.
fn group_of_label(label: &str) -> Option<usize> {
    match label.bytes().next() {
        Some(first) if first.is_ascii_alphabetic() => Some(usize::from(first.to_ascii_lowercase() - b'a')),
        _ => {
            let mut words = Words::new(label);
            words.next().map(|_| group(words.folded()))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::thesaurus::Thesaurus;
    use crate::words;

    /// Whether the labels with its letter say of the first of these words what all labels say.
    fn agree(all: &Lookup, letters: &Lookup, concepts: &[Concept], words: &[String]) -> bool {
        let mut stemmer = Stemmer::default();
        all.all(concepts);
        letters.whole(concepts, words, &mut stemmer) == all.whole(concepts, words, &mut stemmer)
            && letters.longest(concepts, words, 0, &mut stemmer) == all.longest(concepts, words, 0, &mut stemmer)
    }

    #[test]
    fn every_label_is_found_by_its_letter_as_among_all() {
        let concepts = &Thesaurus::shipped().concepts;
        let (all, letters) = (Lookup::default(), Lookup::default());
        for concept in concepts {
            for (_, label) in concept.all_labels() {
                let mut folded = words::folded(label);
                assert!(agree(&all, &letters, concepts, &folded), "{label}");
                assert!(!letters.whole(concepts, &folded, &mut Stemmer::default()).is_empty(), "{label}");
                folded.last_mut().unwrap().push('s');
                assert!(agree(&all, &letters, concepts, &folded), "{label}");
            }
        }
        assert!(letters.all.get().is_none());
    }

    proptest! {
        #[test]
        fn any_labels_are_found_by_their_letter(labels in prop::collection::vec("[a-cA-Cé9æ' -]{1,9}", 1..12), more in "[a-cé9æ ]{0,6}") {
            let concept = |label: &String| Concept { id: label.clone(), preferred: label.clone(), ..Concept::default() };
            let concepts: Vec<Concept> = labels.iter().map(concept).collect();
            let (all, letters) = (Lookup::default(), Lookup::default());
            for label in &labels {
                for text in [label.clone(), format!("{label} {more}")] {
                    prop_assert!(agree(&all, &letters, &concepts, &words::folded(&text)), "{}", text);
                }
            }
        }

        #[test]
        fn stems_begin_as_their_words_do(word in "[a-zé0-9']{1,12}") {
            for word in words::folded(&word) {
                prop_assert_eq!(group(Stemmer::default().stem(&word)), group(&word));
            }
        }
    }
}
