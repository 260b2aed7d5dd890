//! The words of a segment, and their stems.

use super::table::{Batch, Table, Texts};
use crate::engine::analysis::PAIR_MARK;
use crate::words::Stemmer;

/// Words and stems, each with its numbers; a word is stemmed once.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: Table,
    stems: Table,
    /// By the number of a word: that of its stem.
    stems_of_words: Vec<u32>,
    stemmer: Stemmer,
    /// The stems of words that are new.
    new: Batch,
}

impl Vocabulary {
    /// Adds to a list the numbers of words.
    pub(super) fn numbers(&mut self, words: &mut Batch, out: &mut Vec<u32>) {
        let known = self.words.len();
        self.words.numbers(words, out);
        self.new.clear();
        for word in (known..self.words.len()).map(|number| self.words.get(number as u32)) {
            // A hyphenated pair has the stem of the word that it is without the hyphen.
            self.new.push(self.stemmer.stem(word.strip_prefix(PAIR_MARK).unwrap_or(word)));
        }
        self.stems.numbers(&mut self.new, &mut self.stems_of_words);
    }

    /// The stem of a word.
    pub(super) fn stem(&self, word: u32) -> &str {
        self.stems.get(self.stems_of_words[word as usize])
    }

    /// The words, the stems, and by the number of a word that of its stem.
    pub(super) fn into_texts(self) -> (Texts, Texts, Vec<u32>) {
        (self.words.into_texts(), self.stems.into_texts(), self.stems_of_words)
    }

    /// How many bytes of memory it takes.
    pub(super) fn memory(&self) -> usize {
        self.words.memory() + self.stems.memory() + self.stems_of_words.capacity() * size_of::<u32>()
    }
}
