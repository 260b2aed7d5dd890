//! Text → words with wildcards. The query languages differ in which characters are wildcards, and in nothing else.
//!
//! It does *not* know operators, fields or quotation marks.

use super::{Gap, MAX_PHRASE, Pattern, Span, SyntaxError};
use crate::words::Words;

/// The words of a text.
pub(super) struct Read {
    pub(super) patterns: Vec<Pattern>,
    /// Nothing but hyphens (and apostrophes) stood between them.
    pub(super) hyphens_only: bool,
}

/// The words of `text`, which begins at `offset` of the query. `gap` tells the wildcard at the beginning of a text, and how
/// many bytes it has.
///
/// # Errors
/// A wildcard before a word or on its own; more words than a phrase may have.
pub(super) fn read(text: &str, offset: usize, gap: &dyn Fn(&str) -> Option<(Gap, usize)>) -> Result<Read, SyntaxError> {
    let mut patterns: Vec<Pattern> = Vec::new();
    let mut hyphens_only = true;
    let mut words = Words::new(text);
    // Where the words are read from.
    let mut from = 0;
    // Where the last word ended, with its wildcards; whether a wildcard was the last thing in it.
    let mut end = 0;
    let mut open = false;
    while let Some(range) = words.next() {
        let range = from + range.start..from + range.end;
        if open && range.start == end {
            if let Some(pattern) = patterns.last_mut() {
                pattern.push_str(words.folded());
            }
        } else {
            no_gap(text, end..range.start, offset, gap)?;
            hyphens_only &= patterns.is_empty() || (words.hyphenated() && !open);
            patterns.push(Pattern::whole(words.folded()));
            check_length(&patterns, Span::new(offset, offset + text.len()))?;
        }
        end = range.end;
        open = false;
        while let Some((wild, len)) = gap(&text[end..]) {
            if let Some(pattern) = patterns.last_mut() {
                pattern.push_gap(wild);
            }
            end += len;
            open = true;
        }
        if open {
            // The digits of a wildcard are no part of what follows it.
            (words, from) = (Words::new(&text[end..]), end);
        }
    }
    no_gap(text, end..text.len(), offset, gap)?;
    Ok(Read { patterns, hyphens_only })
}

/// A phrase must not be longer than phrases are.
pub(super) fn check_length(words: &[Pattern], span: Span) -> Result<(), SyntaxError> {
    if words.len() <= MAX_PHRASE {
        return Ok(());
    }
    let message = format!("a phrase has at most {MAX_PHRASE} words");
    let suggestion = Some("join shorter ones with AND".into());
    Err(SyntaxError { message, span, suggestion })
}

/// There must be no wildcard between words.
fn no_gap(
    text: &str,
    range: std::ops::Range<usize>,
    offset: usize,
    gap: &dyn Fn(&str) -> Option<(Gap, usize)>,
) -> Result<(), SyntaxError> {
    let Some(between) = text.get(range.clone()) else { return Ok(()) };
    for (i, _) in between.char_indices() {
        let at = range.start + i;
        let Some((_, len)) = gap(&text[at..]) else { continue };
        let wild = &text[at..at + len];
        let span = Span::new(offset + at, offset + at + len);
        let word_follows = text[at + len..].chars().next().is_some_and(char::is_alphanumeric);
        let (message, suggestion) = match word_follows {
            true => (
                format!("a word cannot begin with `{wild}`"),
                format!("write the beginning of the word first: purchas{wild}"),
            ),
            false => (
                format!("`{wild}` stands alone here"),
                format!("put it directly after the beginning of a word: purchas{wild}"),
            ),
        };
        return Err(SyntaxError { message, span, suggestion: Some(suggestion) });
    }
    Ok(())
}
