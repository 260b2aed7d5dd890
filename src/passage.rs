//! Record → passages: the spans of running text that an answer can show.
//!
//! A passage is one or a few whole sentences of the abstract, the body or a note. Spans are byte ranges of the record's own
//! text, on character boundaries. Which passages are *good* is the engine's business, not this module's.

use std::ops::Range;

use crate::record::Record;
use crate::sentence;
use serde::{Deserialize, Serialize};

/// A field that passages come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PassageField {
    /// The abstract.
    Abstract,
    /// The full text.
    Body,
    /// The notes, one value each.
    Notes,
}

/// One text of a record that passages come from.
#[derive(Debug, Clone, Copy)]
pub struct PassageText<'r> {
    /// The field.
    pub field: PassageField,
    /// Which of the field's values, for notes.
    pub value: usize,
    /// The text itself.
    pub text: &'r str,
}

/// The texts of a record that passages come from, in the order abstract, body, notes.
pub fn texts(record: &Record) -> impl Iterator<Item = PassageText<'_>> {
    let one = |field, text| PassageText { field, value: 0, text };
    let abstract_text = record.abstract_text.as_deref().map(|t| one(PassageField::Abstract, t));
    let body = record.body.as_deref().map(|t| one(PassageField::Body, t));
    let notes = record.notes.iter().enumerate();
    let notes = notes.map(|(value, text)| PassageText { field: PassageField::Notes, value, text });
    abstract_text.into_iter().chain(body).chain(notes)
}

/// The longest sentence, in bytes; a longer one is cut between words, so that a text without full stops has passages too.
const MAX_SENTENCE: usize = 700;
/// The longest passage of several sentences, in bytes.
const MAX_PASSAGE: usize = 380;
/// The most sentences in one passage.
const MAX_SENTENCES: usize = 3;

/// The sentences of a text as byte ranges without surrounding white space: UAX #29, but not after abbreviations and
/// initials ("Dr Smith et al. found", "e.g. primary care"). A line break always ends a sentence.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut open: Option<Range<usize>> = None;
    let mut start = 0;
    for end in sentence::ends(text) {
        let piece = &text[start..end];
        let begun = std::mem::replace(&mut start, end);
        let so_far = open.take().map_or(begun, |o| o.start)..end;
        let hard_break = piece.ends_with(['\n', '\r', '\u{2028}', '\u{2029}']);
        if !hard_break && continues(&text[so_far.clone()], &text[end..]) {
            open = Some(so_far);
        } else {
            push_sentence(text, so_far, &mut out);
        }
    }
    if let Some(rest) = open {
        push_sentence(text, rest, &mut out);
    }
    out
}

/// Whether the sentence goes on although a boundary was seen.
fn continues(sentence: &str, rest: &str) -> bool {
    let sentence = sentence.trim_end();
    if rest.trim_start().chars().next().is_some_and(char::is_lowercase) && !sentence.ends_with(['!', '?', ':']) {
        return true;
    }
    let Some(before) = sentence.strip_suffix('.') else { return false };
    let word = before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '\u{2014}')).next().unwrap_or("");
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    let lower = word.to_lowercase();
    if lower == "no" {
        return rest.trim_start().starts_with(|c: char| c.is_ascii_digit());
    }
    initial
        || matches!(
            lower.as_str(),
            "dr" | "mr"
                | "mrs"
                | "ms"
                | "prof"
                | "rev"
                | "st"
                | "sir"
                | "e.g"
                | "eg"
                | "i.e"
                | "ie"
                | "cf"
                | "vs"
                | "v"
                | "al"
                | "vol"
                | "vols"
                | "nos"
                | "pp"
                | "p"
                | "fig"
                | "figs"
                | "ed"
                | "eds"
                | "ch"
                | "para"
                | "paras"
                | "sec"
                | "approx"
                | "ca"
                | "c"
        )
}

fn push_sentence(text: &str, range: Range<usize>, out: &mut Vec<Range<usize>>) {
    let piece = &text[range.clone()];
    let start = range.start + (piece.len() - piece.trim_start().len());
    let end = range.start + piece.trim_end().len();
    let mut at = start;
    while at < end {
        if end - at <= MAX_SENTENCE {
            out.push(at..end);
            return;
        }
        let mut limit = at + MAX_SENTENCE;
        while !text.is_char_boundary(limit) {
            limit -= 1;
        }
        let window = &text[at..limit];
        let half = window.len() / 2;
        let cut = window
            .rfind("; ")
            .map(|i| i + 1)
            .filter(|i| *i > half)
            .or_else(|| window.rfind(char::is_whitespace).filter(|i| *i > 0));
        let cut = at + cut.unwrap_or(window.len());
        out.push(at..cut);
        at = cut + (text[cut..end].len() - text[cut..end].trim_start().len());
    }
}

/// The runs of sentences that can be a passage: for each sentence itself and what follows it in the same paragraph, up to
/// a comfortable length. Each is a range of indexes into `sentences`.
pub fn windows<'s>(text: &'s str, sentences: &'s [Range<usize>]) -> impl Iterator<Item = Range<usize>> + 's {
    (0..sentences.len()).flat_map(move |first| {
        let start = sentences[first].start;
        let longest = sentences[first..].iter().take(MAX_SENTENCES).enumerate().take_while(move |(i, s)| {
            *i == 0 || s.end - start <= MAX_PASSAGE && !text[sentences[first + i - 1].end..s.start].contains('\n')
        });
        longest.map(move |(i, _)| first..first + i + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|r| &text[r]).collect()
    }

    #[test]
    fn sentence_boundaries() {
        assert_eq!(
            split(
                "Dr. Brian Mawhinney spoke. J. Smith et al. (1997) replied, e.g. in the BMJ. Was it enough? No. Not yet."
            ),
            [
                "Dr. Brian Mawhinney spoke.",
                "J. Smith et al. (1997) replied, e.g. in the BMJ.",
                "Was it enough?",
                "No.",
                "Not yet."
            ]
        );
        assert_eq!(split("See no. 5 of vol. 3. Then stop"), ["See no. 5 of vol. 3.", "Then stop"]);
        assert_eq!(split("One\n\nTwo"), ["One", "Two"]);
        assert_eq!(split("  \n "), [""; 0]);
    }

    #[test]
    fn endless_sentences_are_cut_between_words() {
        let text = "wörd ".repeat(2000);
        let pieces = sentences(&text);
        assert!(pieces.iter().all(|p| p.len() <= MAX_SENTENCE && text[p.clone()].split(' ').all(|w| w == "wörd")));
        assert_eq!(pieces.iter().map(|p| text[p.clone()].split(' ').count()).sum::<usize>(), 2000);
    }

    #[test]
    fn windows_stay_in_their_paragraph() {
        let text = "A one. B two.\n\nC three.";
        let s = sentences(text);
        let w: Vec<_> = windows(text, &s).map(|w| &text[s[w.start].start..s[w.end - 1].end]).collect();
        assert_eq!(w, ["A one.", "A one. B two.", "B two.", "C three."]);
    }
}
