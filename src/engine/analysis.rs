//! The two views of the words as tantivy tokenizers, both over [`crate::words::Words`].
//!
//! *Exact*: folded words with positions. *Stem*: English stems, indexed without positions. Both have each hyphenated pair
//! written as one word too, so that `fund-holding` and `fundholding` meet; among the exact words it is marked with
//! [`PAIR_MARK`], so that only who looks for stems finds it. Nothing is dropped in either.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::words::{Stemmer, Words};

/// Separates the values of a field with several.
pub(super) const VALUE_SEPARATOR: char = '\u{1e}';

/// How far apart the positions of two values are, so that no phrase or proximity spans them.
pub(super) const VALUE_GAP: usize = 1024;

/// Begins the exact term of a hyphenated pair written as one word.
pub(super) const PAIR_MARK: char = '\u{1}';

/// Folded words with positions, and hyphenated pairs at the place of their second word.
#[derive(Clone, Default)]
pub(super) struct ExactTokenizer {
    token: Token,
    previous: String,
}

pub(super) struct ExactStream<'a> {
    text: &'a str,
    words: Words<'a>,
    last_end: usize,
    token: &'a mut Token,
    previous: &'a mut String,
    pair_due: bool,
}

impl Tokenizer for ExactTokenizer {
    type TokenStream<'a> = ExactStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> ExactStream<'a> {
        self.token.reset();
        self.previous.clear();
        ExactStream {
            text,
            words: Words::new(text),
            last_end: 0,
            token: &mut self.token,
            previous: &mut self.previous,
            pair_due: false,
        }
    }
}

impl TokenStream for ExactStream<'_> {
    fn advance(&mut self) -> bool {
        if self.pair_due {
            self.pair_due = false;
            self.token.text.clear();
            self.token.text.push(PAIR_MARK);
            self.token.text.push_str(self.previous);
            self.token.text.push_str(self.words.folded());
            self.previous.clear();
            self.previous.push_str(self.words.folded());
            return true;
        }
        let Some(range) = self.words.next() else { return false };
        self.pair_due = self.words.hyphenated();
        if !self.pair_due {
            self.previous.clear();
            self.previous.push_str(self.words.folded());
        }
        let crosses = self.text[self.last_end..range.start].contains(VALUE_SEPARATOR);
        self.last_end = range.end;
        self.token.position = self.token.position.wrapping_add(if crosses { VALUE_GAP } else { 1 });
        self.token.offset_from = range.start;
        self.token.offset_to = range.end;
        self.token.text.clear();
        self.token.text.push_str(self.words.folded());
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// Stems, and hyphenated pairs as one word.
#[derive(Default)]
pub(super) struct StemTokenizer {
    token: Token,
    stemmer: Stemmer,
    previous: String,
}

// tantivy clones a tokenizer for each thread and text; the stems seen so far are worth keeping only within one.
impl Clone for StemTokenizer {
    fn clone(&self) -> Self {
        StemTokenizer::default()
    }
}

pub(super) struct StemStream<'a> {
    words: Words<'a>,
    token: &'a mut Token,
    stemmer: &'a mut Stemmer,
    previous: &'a mut String,
    pair_due: bool,
}

impl Tokenizer for StemTokenizer {
    type TokenStream<'a> = StemStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> StemStream<'a> {
        self.token.reset();
        self.previous.clear();
        StemStream {
            words: Words::new(text),
            token: &mut self.token,
            stemmer: &mut self.stemmer,
            previous: &mut self.previous,
            pair_due: false,
        }
    }
}

impl TokenStream for StemStream<'_> {
    fn advance(&mut self) -> bool {
        if self.pair_due {
            self.pair_due = false;
            self.previous.push_str(self.words.folded());
            self.token.text.clear();
            self.token.text.push_str(self.stemmer.stem(self.previous));
            self.previous.clear();
            self.previous.push_str(self.words.folded());
            return true;
        }
        let Some(range) = self.words.next() else { return false };
        let folded = self.words.folded();
        self.pair_due = self.words.hyphenated();
        if !self.pair_due {
            self.previous.clear();
            self.previous.push_str(folded);
        }
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = range.start;
        self.token.offset_to = range.end;
        self.token.text.clear();
        self.token.text.push_str(self.stemmer.stem(folded));
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(tokenizer: &mut impl Tokenizer, text: &str) -> Vec<(String, usize)> {
        let mut stream = tokenizer.token_stream(text);
        let mut out = Vec::new();
        stream.process(&mut |t| out.push((t.text.clone(), t.position)));
        out
    }

    #[test]
    fn exact_positions_leave_a_gap_between_values() {
        let text = format!("Public health{VALUE_SEPARATOR}Health policy");
        let positions: Vec<_> = tokens(&mut ExactTokenizer::default(), &text).into_iter().map(|t| t.1).collect();
        assert_eq!(positions, [0, 1, 1 + VALUE_GAP, 2 + VALUE_GAP]);
    }

    #[test]
    fn exact_pairs_stand_where_their_second_word_stands() {
        let tokens = tokens(&mut ExactTokenizer::default(), "GP fund-holding-led care");
        let expected = [("gp", 0), ("fund", 1), ("holding", 2), ("\u{1}fundholding", 2), ("led", 3)];
        let expected = expected.into_iter().chain([("\u{1}holdingled", 3), ("care", 4)]);
        assert_eq!(tokens, expected.map(|(t, p)| (t.to_owned(), p)).collect::<Vec<_>>());
    }

    #[test]
    fn hyphenated_pairs_are_also_one_word() {
        let stems: Vec<_> =
            tokens(&mut StemTokenizer::default(), "GP fund-holding-led").into_iter().map(|t| t.0).collect();
        assert_eq!(stems, ["gp", "fund", "hold", "fundhold", "led", "holdingl"]);
    }
}
