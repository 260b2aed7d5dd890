//! Text → tokens: operators, words, quotations, suffixes, the slash of a heading, lists of lines.

use super::error;
use super::headings::{self, Subheading};
use super::suffix::{self, Suffix, skip_spaces};
use crate::query::plain::tokens::is_quote;
use crate::query::{MAX_DISTANCE, Span, SyntaxError, Warning};

/// Ranges of line numbers, both ends included.
pub(super) type Ranges = Vec<(u32, u32)>;

#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Open,
    Close,
    /// Characters without spaces.
    Word,
    /// The span has its quotation marks.
    Quoted,
    And,
    Or,
    Not,
    Adj {
        distance: u32,
        ordered: bool,
    },
    /// `near`, which is no operator of Ovid.
    Near,
    Suffix(Suffix),
    /// The slash that makes what stands before it a heading.
    Slash(Vec<Subheading>),
    /// `or/1-5,7`
    List {
        or: bool,
        ranges: Ranges,
    },
}

impl Kind {
    pub(super) fn is_operator(&self) -> bool {
        matches!(self, Kind::And | Kind::Or | Kind::Not | Kind::Adj { .. } | Kind::Near)
    }
}

/// Spaces, and what is as invisible.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{2060}' | '\u{200e}' | '\u{200f}')
}

/// The operator at the beginning of a text, if the word there is one.
pub(super) fn operator(text: &str) -> Option<Kind> {
    let len = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let boundary =
        text[len..].chars().next().is_none_or(|c| is_space(c) || matches!(c, '(' | ')' | '/') || is_quote(c));
    if !boundary || len > 8 {
        return None;
    }
    let word = text[..len].to_ascii_lowercase();
    Some(match word.as_str() {
        "and" => Kind::And,
        "or" => Kind::Or,
        "not" => Kind::Not,
        "adj" => Kind::Adj { distance: 1, ordered: true },
        "near" => Kind::Near,
        _ => match word.strip_prefix("adj").or_else(|| word.strip_prefix("near")) {
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                let distance = digits.parse().unwrap_or(u32::MAX);
                if word.starts_with("near") { Kind::Near } else { Kind::Adj { distance, ordered: false } }
            }
            _ => return None,
        },
    })
}

/// Whether what stands at `at` ends an operand: the end, a parenthesis, an operator, or what is only noise.
pub(super) fn operand_ends(text: &str, at: usize) -> bool {
    let at_once = text[at..].chars().next().is_none_or(|c| is_space(c) || matches!(c, '(' | ')' | '[' | '/'));
    let rest = &text[skip_spaces(text, at)..];
    let use_db = || rest.get(..4).is_some_and(|w| w.eq_ignore_ascii_case("use "));
    at_once
        && (rest.is_empty()
            || rest.starts_with([')', '['])
            || operator(rest).is_some()
            || use_db()
            || is_hits(rest)
            || suffix::frequency(rest, 0).is_ok_and(|f| f.is_some()))
}

/// `(3454)` and nothing more.
fn is_hits(rest: &str) -> bool {
    let inner = rest.trim_end_matches(is_space).strip_prefix('(').and_then(|r| r.strip_suffix(')'));
    inner.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit() || b == b',' || b == b' '))
}

pub(super) fn tokenize(text: &str, from: usize, warnings: &mut Vec<Warning>) -> Result<Vec<Token>, SyntaxError> {
    let mut lexer = Lexer { text, tokens: Vec::new(), warnings };
    let mut at = from;
    while let Some(c) = text[at..].chars().next() {
        let next = at + c.len_utf8();
        if is_space(c) {
            at = next;
        } else if c == '(' || c == ')' {
            lexer.push(if c == '(' { Kind::Open } else { Kind::Close }, at, next);
            at = next;
        } else if is_quote(c) {
            let close = text[next..].char_indices().find(|(_, c)| is_quote(*c));
            let Some((i, c)) = close else {
                return Err(error(
                    Span::new(at, text.len()),
                    "this quotation mark is never closed",
                    "add the closing quotation mark",
                ));
            };
            let end = next + i + c.len_utf8();
            lexer.push(Kind::Quoted, at, end);
            at = end;
        } else if let Some(end) = lexer.single_quoted(at) {
            lexer.push(Kind::Quoted, at, end);
            at = end;
        } else if let Some(end) = lexer.echo(at) {
            at = end;
        } else {
            at = lexer.chunk(at)?;
        }
    }
    Ok(lexer.tokens)
}

struct Lexer<'t, 'w> {
    text: &'t str,
    tokens: Vec<Token>,
    warnings: &'w mut Vec<Warning>,
}

impl Lexer<'_, '_> {
    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        self.tokens.push(Token { kind, span: Span::new(start, end) });
    }

    /// Where a phrase in single quotation marks ends; an apostrophe is none.
    fn single_quoted(&self, at: usize) -> Option<usize> {
        let is_single = |c: char| matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '`');
        let open = self.text[at..].chars().next().filter(|c| is_single(*c))?;
        let before = self.text[..at].chars().next_back();
        if !before.is_none_or(|c| is_space(c) || c == '(') {
            return None;
        }
        let inner = at + open.len_utf8();
        for (i, c) in self.text[inner..].char_indices().take(200) {
            let after = inner + i + c.len_utf8();
            if c == '(' || c == ')' || is_quote(c) {
                return None;
            }
            let closes = || {
                let next = self.text[after..].chars().next();
                next.is_none_or(|c| is_space(c) || matches!(c, ')' | '.' | '/'))
            };
            if is_single(c) && i > 0 && closes() {
                return Some(after);
            }
        }
        None
    }

    /// Where an echo such as `[mp=title, abstract]` ends, that stands after an operand.
    fn echo(&self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let last = self.tokens.last().filter(|t| !t.kind.is_operator() && !matches!(t.kind, Kind::Open))?;
        if bytes.get(at) != Some(&b'[') {
            return None;
        }
        match headings::echo_end(&self.text[at..]) {
            Some(len) => {
                let end = at + len + 1;
                let glued = self.text[end..].chars().next().is_some_and(char::is_alphanumeric);
                (!glued).then_some(end)
            }
            // The end of the echo was cut off.
            None if matches!(last.kind, Kind::Suffix(_) | Kind::Slash(_)) && bytes.len() - at < headings::MAX_ECHO => {
                Some(bytes.len())
            }
            None => None,
        }
    }

    /// Reads a run of characters without spaces, quotation marks and parentheses.
    fn chunk(&mut self, start: usize) -> Result<usize, SyntaxError> {
        let text = self.text;
        if let Some(end) = self.list_before_operator(start)? {
            return Ok(end);
        }
        let mut at = start;
        while let Some(c) = text[at..].chars().next() {
            if is_space(c) || is_quote(c) || c == '(' || c == ')' {
                break;
            }
            if c == '.' {
                if let Some((suffix, end)) = suffix::read(text, at, self.warnings)? {
                    self.word(start, at)?;
                    self.push(Kind::Suffix(suffix), at, end);
                    return Ok(end);
                }
            } else if c == '/'
                && let Some(end) = self.slash(start, at)?
            {
                return Ok(end);
            }
            at += c.len_utf8();
        }
        self.word(start, at)?;
        Ok(at)
    }

    fn slash(&mut self, start: usize, at: usize) -> Result<Option<usize>, SyntaxError> {
        let text = self.text;
        let before = &text[start..at];
        if before.eq_ignore_ascii_case("and")
            || before.eq_ignore_ascii_case("or")
            || self.operator_before_slash(start, at)
        {
            let (or, start) = match self.tokens.pop_if(|_| start == at) {
                Some(token) => (matches!(token.kind, Kind::Or), token.span.start),
                None => (before.eq_ignore_ascii_case("or"), start),
            };
            if let Some((ranges, end)) = ranges(text, at + 1)? {
                self.push(Kind::List { or, ranges }, start, end);
                return Ok(Some(end));
            }
            if operator(&text[at + 1..]).is_some() {
                let end = at + 1 + text[at + 1..].bytes().take_while(u8::is_ascii_alphanumeric).count();
                let span = Span::new(start, end);
                self.warnings.push(Warning { message: "two operators at once; the offer (or) is taken".into(), span });
                self.push(Kind::Or, start, end);
                return Ok(Some(end));
            }
            let name = if or { "or" } else { "and" };
            return Err(error(
                Span::new(start, at + 1),
                format!("the numbers of lines are missing after `{name}/`"),
                format!("write {name}/1-5 or {name}/1,3-5"),
            ));
        }
        if before.eq_ignore_ascii_case("near") {
            let digits = text[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
            self.push(Kind::Near, start, at + 1 + digits);
            return Ok(Some(at + 1 + digits));
        }
        if let Some((times, end)) = suffix::frequency(text, at)? {
            self.word(start, at)?;
            self.push(Kind::Suffix(Suffix { places: None, times, span: Span::new(at, end) }), at, end);
            return Ok(Some(end));
        }
        let Some((subheadings, end)) = headings::slash(text, at, self.warnings) else { return Ok(None) };
        self.word(start, at)?;
        self.push(Kind::Slash(subheadings), at, end);
        Ok(Some(end))
    }

    /// `or / 1-5`: the operator stands before the slash as a token of its own, and no operand before it.
    fn operator_before_slash(&self, start: usize, at: usize) -> bool {
        let numbers =
            || self.text[skip_spaces(self.text, at + 1)..].starts_with(|c: char| c.is_ascii_digit() || c == '#');
        start == at && self.tokens.last().is_some_and(|t| matches!(t.kind, Kind::And | Kind::Or)) && numbers()
    }

    /// `1-5/or`
    fn list_before_operator(&mut self, start: usize) -> Result<Option<usize>, SyntaxError> {
        let free = self.tokens.last().is_none_or(|t| t.kind.is_operator() || matches!(t.kind, Kind::Open));
        if !free || !self.text[start..].starts_with(|c: char| c.is_ascii_digit() || c == '#') {
            return Ok(None);
        }
        let Ok(Some((ranges, end))) = ranges(self.text, start) else { return Ok(None) };
        let slash = skip_spaces(self.text, end);
        let Some(rest) = self.text[slash..].strip_prefix('/') else { return Ok(None) };
        let rest = rest.trim_start_matches(is_space);
        let or = match operator(rest) {
            Some(Kind::Or) => true,
            Some(Kind::And) => false,
            _ => return Ok(None),
        };
        let end = self.text.len() - rest.len() + if or { 2 } else { 3 };
        self.push(Kind::List { or, ranges }, start, end);
        Ok(Some(end))
    }

    /// A word or an operator.
    fn word(&mut self, start: usize, end: usize) -> Result<(), SyntaxError> {
        let text = &self.text[start..end];
        if text.is_empty() {
            return Ok(());
        }
        let operator = operator(text).filter(|_| text.bytes().all(|b| b.is_ascii_alphanumeric()));
        if let Some(Kind::Adj { distance, ordered: false }) = operator
            && !(1..=MAX_DISTANCE).contains(&distance)
        {
            return Err(error(
                Span::new(start, end),
                format!("`{text}` is not a distance"),
                format!("write a number from 1 (side by side) to {MAX_DISTANCE}: adj3"),
            ));
        }
        if let Some(kind) = operator {
            self.push(kind, start, end);
            return Ok(());
        }
        let mut end = end;
        if let Some(open) = text.find('[').filter(|i| *i > 0 && text.ends_with(']')) {
            let span = Span::new(start + open, end);
            let tag = &text[open..];
            let message = format!("`{tag}` is not Ovid and is left out; Ovid writes fields as .ti,ab.");
            self.warnings.push(Warning { message, span });
            end = start + open;
        }
        if !self.text[start..end].chars().any(|c| c.is_alphanumeric() || matches!(c, '*' | '$' | '#' | '?')) {
            // Punctuation between words.
            return Ok(());
        }
        self.push(Kind::Word, start, end);
        Ok(())
    }
}

/// `1-5,7`: numbers and ranges, and where they end.
fn ranges(text: &str, from: usize) -> Result<Option<(Ranges, usize)>, SyntaxError> {
    let mut out = Vec::new();
    let mut at = from;
    let mut end = from;
    while let Some((first, after)) = number(text, at) {
        end = after;
        let dash = skip_spaces(text, after);
        let to = text[dash..].chars().next().filter(|c| is_dash(*c));
        let last = to.and_then(|c| number(text, dash + c.len_utf8()));
        match last {
            Some((last, after)) if last < first => {
                return Err(error(
                    Span::new(at, after),
                    format!("the range {first}-{last} runs backwards"),
                    format!("write {last}-{first}"),
                ));
            }
            Some((last, after)) => {
                out.push((first, last));
                end = after;
            }
            None => out.push((first, first)),
        }
        let comma = skip_spaces(text, end);
        if !text[comma..].starts_with([',', ';']) || out.len() > 10_000 {
            break;
        }
        at = comma + 1;
    }
    let glued = text[end..].chars().next().is_some_and(|c| c.is_alphanumeric());
    Ok((!out.is_empty() && !glued).then_some((out, end)))
}

/// A line number with or without `#` or `S`, and where it ends.
fn number(text: &str, at: usize) -> Option<(u32, usize)> {
    let start = skip_spaces(text, at);
    let rest = text.get(start..)?;
    let bare = rest.strip_prefix(['#', 'S', 's']).unwrap_or(rest);
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    let end = start + rest.len() - bare.len() + digits;
    Some((bare[..digits].parse().ok()?, end))
}

pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}
