//! Subject headings: `[mh …]` and `MeSH descriptor: […]`.

use super::Cochrane;
use crate::query::expression::error;
use crate::query::plain::tokens::is_quote;
use crate::query::scope::{Said, Scope, one_or};
use crate::query::{Gap, Query, Span, SyntaxError, ValueField};

/// Where the end of a heading without brackets is looked for, in bytes.
const MAX_HEADING: usize = 500;

impl Cochrane<'_> {
    /// `[mh "X"]`, `[mh ^"X"/DT,TH]`, `[mh "X"[mj]]`, `[mh /TH]`, and where it ends.
    pub(super) fn mesh(&mut self, open: usize) -> Result<(Query, usize), SyntaxError> {
        let never = || error(Span::new(open, self.end), "this `[` is never closed", "write [mh \"Contract Services\"]");
        let mut depth = 0_usize;
        let mut length = None;
        for (i, c) in self.rest(open).char_indices() {
            depth = match c {
                '[' => depth + 1,
                ']' => depth - 1,
                _ => depth,
            };
            if depth == 0 {
                length = Some(i);
                break;
            }
        }
        let length = length.ok_or_else(never)?;
        let span = Span::new(open, open + length + 1);
        let inner = self.text[open + 1..open + length].trim();
        let Some(inner) = strip_word(inner, "mh") else {
            let hint = "write [mh \"Contract Services\"] for a heading";
            return Err(error(span, "brackets hold only headings", hint));
        };
        let inner = inner.trim();
        let (inner, major) = match inner.strip_suffix(']').and_then(|i| i.rsplit_once('[')) {
            Some((inner, mark)) if mark.trim().eq_ignore_ascii_case("mj") => (inner.trim(), true),
            _ => (inner, false),
        };
        let (inner, exploded) = match inner.strip_prefix('^') {
            Some(inner) => (inner.trim(), false),
            None => (inner, true),
        };
        let bare: String = inner.chars().filter(|c| !is_quote(*c)).collect();
        let (heading, qualifiers) = bare.split_once('/').unwrap_or((&bare, ""));
        self.heading(heading, qualifiers, exploded, major, span).map(|query| (query, span.end))
    }

    /// `MeSH descriptor: [X] explode all trees`, and where it ends. `None` when it is only the word.
    pub(super) fn descriptor(&mut self, at: usize) -> Result<Option<(Query, usize)>, SyntaxError> {
        let rest = self.rest(at);
        let Some(after) = strip_word(rest, "mesh").and_then(|r| strip_word(r.trim_start(), "descriptor")) else {
            return Ok(None);
        };
        let after = after.trim_start();
        let after = after.strip_prefix(':').unwrap_or(after).trim_start();
        let (heading, after) = if let Some(inner) = after.strip_prefix('[') {
            let Some((heading, after)) = inner.split_once(']') else {
                let span = Span::new(at, self.end);
                return Err(error(span, "the heading is never closed", "write MeSH descriptor: [Contract Services]"));
            };
            (heading, after)
        } else {
            let end = after.char_indices().map(|(i, _)| i).find(|i| *i >= MAX_HEADING).unwrap_or(after.len());
            let lower = after[..end].to_ascii_lowercase();
            let ends = ["explode", "this term only", " and ", " or ", " not ", ")", "in mesh", "in all mesh"];
            let end = ends.iter().filter_map(|e| lower.find(e)).min().unwrap_or(lower.len());
            after.split_at(end)
        };
        let mut after = after.trim_start();
        let mut exploded = true;
        let mut said = None;
        if let Some(rest) = strip_phrase(after, "this term only") {
            (exploded, after) = (false, rest);
        } else if let Some(rest) = strip_phrase(after, "explode all trees") {
            after = rest;
        } else if let Some(rest) = strip_phrase(after, "explode trees") {
            said = Some("all trees of the heading are searched");
            let numbers = |c: char| c.is_ascii_digit() || c == ',' || c.is_whitespace();
            after = rest.trim_start_matches(numbers);
            if let Some(rest) = strip_word(after, "and")
                && rest.trim_start().starts_with(|c: char| c.is_ascii_digit())
            {
                after = rest.trim_start_matches(numbers);
            }
        }
        for products in ["in all mesh products", "in mesh products"] {
            after = strip_phrase(after.trim_start(), products).unwrap_or(after);
        }
        let mut qualifiers = String::new();
        let with = [
            "and with qualifier(s):",
            "with qualifier(s):",
            "and with qualifiers:",
            "with qualifiers:",
            "and with qualifier:",
            "with qualifier:",
        ];
        let trimmed = after.trim_start();
        if let Some(rest) = with.iter().find_map(|w| strip_phrase(trimmed, w)) {
            let rest = rest.trim_start();
            let (list, rest) = match rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
                Some(both) => both,
                None => rest.split_at(rest.find([')', '#', '(']).unwrap_or(rest.len())),
            };
            let names = list.split(',').map(|q| q.split(" - ").next().unwrap_or(q).trim());
            qualifiers = names.collect::<Vec<_>>().join(",");
            after = rest;
        }
        let end = self.end - after.len();
        let end = at + self.text[at..end].trim_end().len();
        let span = Span::new(at, end);
        let heading = heading.trim().to_owned();
        if let Some(message) = said {
            self.warn(message, span);
        }
        self.heading(&heading, &qualifiers, exploded, false, span).map(|query| Some((query, end)))
    }

    fn heading(
        &mut self,
        heading: &str,
        qualifiers: &str,
        exploded: bool,
        major: bool,
        span: Span,
    ) -> Result<Query, SyntaxError> {
        let said = |text| Said { text, offset: span.start, span, gap: no_gap };
        if heading.trim().is_empty() && qualifiers.contains(char::is_alphanumeric) {
            let qualifiers = qualifiers.split(',').filter(|q| q.contains(char::is_alphanumeric));
            return qualifiers.map(|q| said(q).subheading()).collect::<Result<_, _>>().map(one_or);
        }
        let field = match (exploded, major) {
            (true, false) => ValueField::Explode,
            (false, false) => ValueField::Heading,
            (true, true) => ValueField::ExplodeMajor,
            (false, true) => ValueField::Major,
        };
        said(&format!("{heading}/{qualifiers}")).query(Scope::Heading(field), &mut self.warnings)
    }
}

fn no_gap(_: &str) -> Option<(Gap, usize)> {
    None
}

/// What follows a phrase in any case, if the text begins with it.
fn strip_phrase<'t>(text: &'t str, phrase: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(phrase.len())?;
    start.eq_ignore_ascii_case(phrase).then_some(rest)
}

/// The same of a whole word.
fn strip_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    strip_phrase(text, word).filter(|rest| !rest.starts_with(char::is_alphanumeric))
}
