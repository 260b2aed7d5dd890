//! Subject headings: `X/`, `exp X/`, `*X/`, `exp *X/`, `X/ec,st`.

use super::error;
use super::suffix::skip_spaces;
use super::tokens::{is_space, operand_ends};
use crate::query::{Pattern, Query, Span, SyntaxError, ValueField, Warning, subheadings};

/// A subdivision behind the slash, by its name.
#[derive(Debug, Clone)]
pub(super) struct Subheading(String);

/// How a heading is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks {
    pub(super) explode: bool,
    pub(super) major: bool,
}

/// Whether the slash at `at` ends a heading: its subdivisions, and where they end.
pub(super) fn slash(text: &str, at: usize, warnings: &mut Vec<Warning>) -> Option<(Vec<Subheading>, usize)> {
    let before = text[..at].chars().next_back()?;
    let next = text[at + 1..].chars().next();
    if next.is_some_and(|c| c.is_ascii_alphabetic()) {
        return subdivisions(text, at + 1, warnings);
    }
    // A full stop after the heading, as at the end of a sentence.
    let end = at + 1;
    let stop = end + text[end..].bytes().take_while(|b| matches!(b, b'.' | b',' | b';')).count();
    if stop > end && operand_ends(text, stop) {
        return Some((Vec::new(), stop));
    }
    let spaced = next.is_none_or(|c| is_space(c) || matches!(c, ')' | '['));
    (spaced && (!is_space(before) || operand_ends(text, end))).then_some((Vec::new(), end))
}

fn subdivisions(text: &str, from: usize, warnings: &mut Vec<Warning>) -> Option<(Vec<Subheading>, usize)> {
    let mut codes: Vec<(&str, Span)> = Vec::new();
    let mut at = from;
    loop {
        let len = text[at..].bytes().take_while(u8::is_ascii_alphanumeric).count();
        if len != 2 || codes.len() > 100 {
            return None;
        }
        codes.push((&text[at..at + 2], Span::new(at, at + 2)));
        let comma = skip_spaces(text, at + 2);
        if !text[comma..].starts_with(',') {
            break;
        }
        at = skip_spaces(text, comma + 1);
    }
    let mut end = codes.last()?.1.end;
    let stop = text[end..].starts_with(['.', ';']) && operand_ends(text, end + 1);
    if !stop && !operand_ends(text, end) {
        return None;
    }
    let echo: Vec<&str> = match text[skip_spaces(text, end)..].strip_prefix('[') {
        Some(rest) => echo_end(rest).map_or(Vec::new(), |close| rest[..close].split(',').collect()),
        None => Vec::new(),
    };
    // `AD/HD` is text.
    let unknown = |code: &str| name(code).is_none() && code.bytes().all(|b| b.is_ascii_uppercase());
    if echo.is_empty() && codes.iter().any(|(code, _)| unknown(code)) {
        return None;
    }
    let mut out = Vec::new();
    for (i, (code, span)) in codes.iter().enumerate() {
        let echoed = echo.get(i).filter(|_| echo.len() == codes.len());
        match name(code).or(echoed.copied()) {
            Some(name) => out.push(Subheading(name.into())),
            None => {
                let message = format!("`{code}` is not a known subheading; it is looked for as it stands");
                warnings.push(Warning { message, span: *span });
                out.push(Subheading((*code).into()));
            }
        }
    }
    if stop {
        end += 1;
    }
    Some((out, end))
}

/// Where the bracket is that closes an echo.
pub(super) fn echo_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr(b']', &bytes[..bytes.len().min(MAX_ECHO)])
}

/// The longest echo, in bytes.
pub(super) const MAX_ECHO: usize = 2000;

/// The query for a heading, whose name is written at `span`.
pub(super) fn query(
    text: &str,
    span: Span,
    marks: Marks,
    subheadings: &[Subheading],
    whole: Span,
) -> Result<Query, SyntaxError> {
    let field = match (marks.explode, marks.major) {
        (false, false) => ValueField::Heading,
        (false, true) => ValueField::Major,
        (true, false) => ValueField::Explode,
        (true, true) => ValueField::ExplodeMajor,
    };
    let heading = field.fold(&text[span.start..span.end]);
    if heading.is_empty() {
        return Err(error(whole, "the name of a heading is missing before the slash", "write it: Commissioning/"));
    }
    let value = |value: String| Query::Value { field, value: Pattern::whole(value), span: whole };
    let mut values: Vec<Query> =
        subheadings.iter().map(|s| value(format!("{heading}/{}", ValueField::Subheading.fold(&s.0)))).collect();
    Ok(match values.len() {
        0 => value(heading),
        1 => values.swap_remove(0),
        _ => Query::Or(values),
    })
}

/// The name of a subheading's code.
fn name(code: &str) -> Option<&str> {
    Some(subheadings::full(code)).filter(|full| *full != code)
}
