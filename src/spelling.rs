//! Which words of a query are worth a doubt, which words are near them, and how the query reads with others in their place.
//!
//! The rule, in letters of the folded word (swapping two neighbours is one edit, as in Damerau's distance):
//!
//! - Words of fewer than [`LEAST_LETTERS`] or more than [`MOST_LETTERS`] letters, and words with digits, are left alone.
//! - A word is near another at one edit; from [`TWO_EDITS_FROM`] letters on at two, where the first letter is the same.
//! - An edit costs a factor of [`WORTH_OF_AN_EDIT`]: a word at one edit that 100 records have is worth as much as the word as it
//!   was typed if two records had it. What is worth more than the word itself is suggested, the worthiest first.
//!
//! Words that no record has are always looked at; words that some have only where few records were found, or where not all words
//! of the query could be required. Words with wildcards are never, and neither are names that the thesaurus has.
//!
//! It does *not* look anything up, which is the engine's business, and nothing here changes a query that is run.

use std::collections::HashMap;

use serde::{Serialize, Serializer};

use crate::query::{Pattern, Query, Span, Spans};
use crate::words::Words;

/// The fewest letters of a word that is looked at, and of one that is suggested.
pub const LEAST_LETTERS: usize = 4;
/// The fewest letters of a word that may be two edits away.
pub const TWO_EDITS_FROM: usize = 8;
/// The most letters of a word that is looked at.
pub const MOST_LETTERS: usize = 40;
/// How many times more records a word must have for each edit that it is away.
pub const WORTH_OF_AN_EDIT: u64 = 50;
/// An answer with fewer records than this is reason to doubt the known words that have as few themselves. Two usual words that
/// hardly any record brings together are no misspellings; to look for what else they may be took longer than the answer.
pub const FEW_RECORDS: u64 = 10;
/// How many different words of a query are looked at.
pub const MOST_WORDS: usize = 64;
/// For how many of them near words are looked for.
pub const MOST_DOUBTS: usize = 8;
/// How many words are suggested for one.
pub const MOST_INSTEAD: usize = 3;

/// A word or value of the query that may be misspelt, and what the records have instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// The word, folded; or the value as it was asked for.
    pub word: String,
    /// The field, where it is a whole value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
    /// Where in the text of the query; absent for the value of a filter.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_pair")]
    pub span: Option<Span>,
    /// What the records have, best first.
    pub instead: Vec<Instead>,
}

/// A word or value that may be meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Instead {
    /// The word, folded; or the value.
    pub word: String,
    /// How many records have exactly this word, in any field, or exactly this value in its field.
    pub records: u64,
}

/// The query with the best suggestion in the place of each doubtful word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Corrected {
    /// The text, in the language of the query.
    pub text: String,
    /// How many records it finds, under the same filters.
    pub records: u64,
}

fn as_pair<S: Serializer>(span: &Option<Span>, s: S) -> Result<S::Ok, S::Error> {
    span.map(|span| [span.start, span.end]).serialize(s)
}

/// A whole word of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The folded word.
    pub(crate) word: String,
    /// Whether it is looked for by its stem; words of phrases are not.
    pub(crate) by_stem: bool,
    /// For a part of a compound, the compound written as one.
    pub(crate) solid: Option<String>,
    /// The parts of the query's text it stands in.
    pub(crate) spans: Vec<Span>,
}

/// The whole words of a query, each once, in their order; at most [`MOST_WORDS`], and whether there are more.
pub(crate) fn asked(query: &Query) -> (Vec<Asked>, bool) {
    let mut gather = Gather { words: Vec::new(), at: HashMap::new(), more: false };
    gather.query(query);
    (gather.words, gather.more)
}

struct Gather {
    words: Vec<Asked>,
    at: HashMap<(String, bool), usize>,
    more: bool,
}

impl Gather {
    fn query(&mut self, query: &Query) {
        match query {
            Query::Word { word, span, .. } | Query::Synonyms { word, span, .. } => {
                let solid = word.contains('-').then(|| word.replace('-', ""));
                word.split('-').for_each(|part| self.word(part, true, solid.clone(), *span));
            }
            Query::Phrase { words, span, .. } => self.phrase(words, *span),
            Query::Spans { spans, .. } => self.spans(spans),
            Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => parts.iter().for_each(|p| self.query(p)),
            Query::Not(part) => self.query(part),
            Query::All | Query::Value { .. } | Query::Years { .. } | Query::Line(..) => {}
        }
    }

    fn spans(&mut self, spans: &Spans) {
        match spans {
            Spans::Phrase { words, span, .. } => self.phrase(words, *span),
            Spans::Any(parts) => parts.iter().for_each(|p| self.spans(p)),
            Spans::Near { left, right, .. } => [left, right].into_iter().for_each(|s| self.spans(s)),
        }
    }

    fn phrase(&mut self, words: &[Pattern], span: Span) {
        words.iter().filter(|w| w.is_whole()).for_each(|w| self.word(&w.word, false, None, span));
    }

    fn word(&mut self, word: &str, by_stem: bool, solid: Option<String>, span: Span) {
        if edits(word).is_none() {
            return;
        }
        let full = self.words.len() >= MOST_WORDS;
        let at = match self.at.get(&(word.to_owned(), by_stem)) {
            Some(at) => *at,
            None if full => return self.more = true,
            None => {
                self.at.insert((word.to_owned(), by_stem), self.words.len());
                self.words.push(Asked { word: word.to_owned(), by_stem, solid, spans: Vec::new() });
                self.words.len() - 1
            }
        };
        if let Some(asked) = self.words.get_mut(at) {
            asked.spans.push(span);
        }
    }
}

/// How many edits a word may be away from what was meant; `None` for words that are left alone.
pub(crate) fn edits(word: &str) -> Option<u8> {
    let letters = word.chars().count();
    if !(LEAST_LETTERS..=MOST_LETTERS).contains(&letters) || !word.chars().all(char::is_alphabetic) {
        return None;
    }
    Some(if letters < TWO_EDITS_FROM { 1 } else { 2 })
}

/// What a word that so many records have is worth at so many edits; comparable with one another.
pub(crate) fn worth(records: u64, edits: u8) -> u64 {
    let most = u32::from(2_u8.saturating_sub(edits));
    records.saturating_mul(WORTH_OF_AN_EDIT.saturating_pow(most))
}

/// Whether two texts are at most so many edits apart, swapped neighbours counted once (optimal string alignment).
pub(crate) fn is_within(a: &str, b: &str, edits: u8) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let most = usize::from(edits);
    if a.len().abs_diff(b.len()) > most {
        return false;
    }
    let mut before = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut least = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && x == &b[j - 1] && &a[i - 1] == y {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        if row.iter().all(|n| *n > most) {
            return false;
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().is_some_and(|n| *n <= most)
}

/// What stands for each doubtful word, by the word and whether it is looked for by its stem.
pub(crate) type Replacements = HashMap<(String, bool), String>;

/// The query with other words in the place of some.
pub(crate) fn replaced(query: &Query, by: &Replacements) -> Query {
    let all = |parts: &[Query]| parts.iter().map(|p| replaced(p, by)).collect();
    match query {
        Query::Word { fields, word, span } => {
            let parts: Vec<&str> = word.split('-').map(|part| of(by, part, true).unwrap_or(part)).collect();
            Query::Word { fields: *fields, word: parts.join("-"), span: *span }
        }
        // What is added to a word is not written.
        Query::Synonyms { fields, word, span, .. } => {
            replaced(&Query::Word { fields: *fields, word: word.clone(), span: *span }, by)
        }
        Query::Phrase { fields, words, span } => {
            Query::Phrase { fields: *fields, words: replaced_words(words, by), span: *span }
        }
        Query::Spans { spans, times, span } => {
            Query::Spans { spans: replaced_spans(spans, by), times: *times, span: *span }
        }
        Query::And(parts) => Query::And(all(parts)),
        Query::Or(parts) => Query::Or(all(parts)),
        Query::AtLeast(count, parts) => Query::AtLeast(*count, all(parts)),
        Query::Not(part) => Query::Not(Box::new(replaced(part, by))),
        Query::All | Query::Value { .. } | Query::Years { .. } | Query::Line(..) => query.clone(),
    }
}

fn replaced_spans(spans: &Spans, by: &Replacements) -> Spans {
    match spans {
        Spans::Phrase { fields, words, span } => {
            Spans::Phrase { fields: *fields, words: replaced_words(words, by), span: *span }
        }
        Spans::Any(parts) => Spans::Any(parts.iter().map(|p| replaced_spans(p, by)).collect()),
        Spans::Near { left, right, distance, ordered, span } => Spans::Near {
            left: Box::new(replaced_spans(left, by)),
            right: Box::new(replaced_spans(right, by)),
            distance: *distance,
            ordered: *ordered,
            span: *span,
        },
    }
}

fn replaced_words(words: &[Pattern], by: &Replacements) -> Vec<Pattern> {
    let one = |word: &Pattern| match of(by, &word.word, false).filter(|_| word.is_whole()) {
        Some(other) => Pattern::whole(other),
        None => word.clone(),
    };
    words.iter().map(one).collect()
}

fn of<'b>(by: &'b Replacements, word: &str, by_stem: bool) -> Option<&'b str> {
    by.get(&(word.to_owned(), by_stem)).map(String::as_str)
}

/// Where a word stands in the text of a query, within the parts it was read from; in the order of the text.
pub(crate) fn places(text: &str, asked: &Asked) -> Vec<Span> {
    let mut out = Vec::new();
    for span in &asked.spans {
        let Some(part) = text.get(span.start..span.end) else { continue };
        let mut words = Words::new(part);
        while let Some(range) = words.next() {
            if words.folded() == asked.word {
                out.push(Span::new(span.start + range.start, span.start + range.end));
            }
        }
    }
    out.sort_unstable_by_key(|s| (s.start, s.end));
    out.dedup_by_key(|s| s.start);
    out
}

/// The text with other words in the given places, which are in order and apart. Capitals stay capitals.
pub(crate) fn rewritten(text: &str, places: &[(Span, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (span, word) in places {
        let (Some(between), Some(old)) = (text.get(at..span.start), text.get(span.start..span.end)) else { continue };
        out.push_str(between);
        out.push_str(&in_case_of(old, word));
        at = span.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// A word in the case of another: all in capitals, one at the beginning, or none.
fn in_case_of(old: &str, word: &str) -> String {
    let mut letters = old.chars().filter(|c| c.is_alphabetic());
    let first = letters.next().is_some_and(char::is_uppercase);
    match (first, letters.all(char::is_uppercase)) {
        (true, true) => word.to_uppercase(),
        (true, false) => {
            let mut rest = word.chars();
            rest.next().map(|c| c.to_uppercase().chain(rest).collect()).unwrap_or_default()
        }
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Syntax;

    #[test]
    fn edits_are_counted_as_damerau_does() {
        for (a, b, edits) in [
            ("commissioning", "commissioning", 0),
            ("commisioning", "commissioning", 1),
            ("comissoning", "commissioning", 2),
            ("purhcasing", "purchasing", 1),
            ("care", "core", 1),
            ("ca", "abc", 3),
            ("øre", "ore", 1),
            ("abcdef", "badcfe", 3),
            ("", "ab", 2),
        ] {
            for n in 0..4 {
                assert_eq!(is_within(a, b, n), n >= edits, "{a} {b} {n}");
                assert_eq!(is_within(b, a, n), n >= edits, "{b} {a} {n}");
            }
        }
    }

    #[test]
    fn words_that_are_left_alone() {
        for (word, expected) in [
            ("tpp", None),
            ("care", Some(1)),
            ("purchas", Some(1)),
            ("purchase", Some(2)),
            ("h1n1virus", None),
            ("1997", None),
            ("öffnen", Some(1)),
        ] {
            assert_eq!(edits(word), expected, "{word}");
        }
        assert_eq!(edits(&"x".repeat(MOST_LETTERS)), Some(2));
        assert_eq!(edits(&"x".repeat(MOST_LETTERS + 1)), None);
    }

    #[test]
    fn an_edit_costs_a_factor() {
        assert!(worth(51, 1) > worth(1, 0) && worth(50, 1) == worth(1, 0));
        assert!(worth(2500, 2) == worth(1, 0) && worth(1, 1) == worth(50, 2));
        assert_eq!(worth(0, 0), 0);
        assert_eq!(worth(u64::MAX, 0), u64::MAX);
    }

    /// What the corrected text is, and that it is read as the corrected tree.
    fn corrected(syntax: Syntax, text: &str, by: &[(&str, &str)]) -> String {
        let parsed = syntax.parse(text).expect("a query");
        let (words, _) = asked(&parsed.query);
        let mut replacements = Replacements::new();
        let mut found = Vec::new();
        for word in &words {
            let Some((_, other)) = by.iter().find(|(w, _)| *w == word.word) else { continue };
            replacements.insert((word.word.clone(), word.by_stem), (*other).to_owned());
            found.extend(places(text, word).into_iter().map(|p| (p, *other)));
        }
        found.sort_unstable_by_key(|(s, _)| s.start);
        found.dedup_by_key(|(s, _)| s.start);
        let out = rewritten(text, &found);
        let again = syntax.parse(&out).expect("a query");
        assert_eq!(again.query, replaced(&parsed.query, &replacements), "{out}");
        out
    }

    #[test]
    fn corrected_texts_keep_everything_else() {
        let by = [("comissioning", "commissioning"), ("jiont", "joint"), ("holdng", "holding"), ("nott", "note")];
        for (syntax, text, expected) in [
            (Syntax::Plain, "jiont  comissioning", "joint  commissioning"),
            (Syntax::Plain, "Jiont (COMISSIONING OR title:jiont)", "Joint (COMMISSIONING OR title:joint)"),
            (Syntax::Plain, "“jiont comissioning” -fund-holdng", "“joint commissioning” -fund-holding"),
            (Syntax::Plain, "jiont* jiont", "jiont* joint"),
            (
                Syntax::Plain,
                "(jiont NEAR/3 \"the comissioning\") NOT type:report",
                "(joint NEAR/3 \"the commissioning\") NOT type:report",
            ),
            (
                Syntax::Ovid,
                "(jiont adj3 comissioning).ti,ab. and comissioning$.tw.",
                "(joint adj3 commissioning).ti,ab. and comissioning$.tw.",
            ),
            (
                Syntax::PubMed,
                "jiont[ti] AND \"comissioning plans\"[tiab]",
                "joint[ti] AND \"commissioning plans\"[tiab]",
            ),
            (Syntax::Ebsco, "TI jiont N2 comissioning", "TI joint N2 commissioning"),
            (Syntax::Cochrane, "(jiont near/3 comissioning):ti,ab", "(joint near/3 commissioning):ti,ab"),
        ] {
            assert_eq!(corrected(syntax, text, &by), expected);
        }
    }

    #[test]
    fn no_more_words_than_said() {
        let text: Vec<String> =
            (0..MOST_WORDS + 5).map(|n| format!("word{}", "x".repeat(n % 30 + 1) + &"y".repeat(n / 30 + 1))).collect();
        let parsed = Syntax::Plain.parse(&text.join(" ")).expect("a query");
        let (words, more) = asked(&parsed.query);
        assert_eq!((words.len(), more), (MOST_WORDS, true));
    }
}
