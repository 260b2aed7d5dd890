//! EBSCOhost syntax.
//!
//! ```text
//! query   := and (OR and)*
//! and     := not (AND not)*
//! not     := near (NOT near)*
//! near    := operand ((Nn | Wn) operand)*         from the left
//! operand := [code] '(' query ')' | [code] term | S n
//! term    := '"' words '"' | words                words side by side are a phrase
//! ```
//!
//! - Nn: at most n words between the two, in either order; Wn: in this order. Both need their number.
//! - A code is written in capitals before what it is said of; before a group it is said of every term in it that has none.
//!   Without a code, title, abstract and subjects are searched.
//! - `*` any number of characters, `?` exactly one, `#` one or none.
//! - `MH "X"`, `DE "X"`: a heading; `MH "X+"`: with everything narrower; `MM`: as a main topic.
//! - What the search history adds (limiters, expanders, search modes) is left out.

mod codes;

use self::codes::{CODES, DEFAULT};
use super::expression::{self, Kind, Language, Operator, Order, Token, check_size, error};
use super::plain::tokens::is_quote;
use super::scope::{self, Said, Scope};
use super::{Gap, LineRef, MAX_DISTANCE, Parsed, Query, Span, SyntaxError, ValueField, Warning};

/// Parses a query in EBSCOhost syntax that refers to no other line.
///
/// # Errors
/// [`SyntaxError`] with the faulty span and, where one is known, the repair.
pub fn parse(text: &str) -> Result<Parsed, SyntaxError> {
    parse_line(text, &|_| LineRef::Unknown)
}

/// Parses one line of a strategy in EBSCOhost syntax. `lines` tells what the number of another line means.
///
/// # Errors
/// [`SyntaxError`] with the faulty span and, where one is known, the repair.
pub fn parse_line(text: &str, lines: &dyn Fn(&str) -> LineRef) -> Result<Parsed, SyntaxError> {
    check_size(text)?;
    let mut ebsco = Ebsco { text, end: text.len(), warnings: Vec::new() };
    ebsco.cut_noise();
    let tokens = ebsco.tokenize(lines)?;
    let query = expression::parse(&mut ebsco, text, tokens)?;
    Ok(Parsed { query, relaxable: None, warnings: ebsco.warnings })
}

struct Ebsco<'t> {
    text: &'t str,
    /// Where the query ends; what follows is left out.
    end: usize,
    warnings: Vec<Warning>,
}

#[derive(Clone, Copy)]
struct Prefix {
    scope: Scope,
    note: Option<&'static str>,
    span: Span,
}

enum Leaf {
    Term { start: usize, end: usize, prefix: Option<Prefix> },
    Line(Query),
}

type Tokens = Vec<Token<Leaf, Prefix>>;

impl Ebsco<'_> {
    fn cut_noise(&mut self) {
        let noise = ["Limiters -", "Expanders -", "Search modes -", "Narrow by ", "Interface -", "Database -"];
        let found = noise.iter().filter_map(|n| self.text.find(n)).filter(|at| *at > 0).min();
        if let Some(at) = found {
            let message = format!("`{}` is left out; it restricts nothing", self.text[at..].trim());
            self.warnings.push(Warning { message, span: Span::new(at, self.text.len()) });
            self.end = at;
        }
    }

    fn rest(&self, at: usize) -> &str {
        self.text.get(at..self.end).unwrap_or("")
    }

    fn skip_space(&self, at: usize) -> usize {
        self.end - self.rest(at).trim_start().len()
    }

    /// The run of characters that begins here, up to a space, quotation mark or parenthesis.
    fn chunk(&self, at: usize) -> &str {
        let rest = self.rest(at);
        let stop = |c: char| c.is_whitespace() || is_quote(c) || c == '(' || c == ')';
        &rest[..rest.find(stop).unwrap_or(rest.len())]
    }

    fn tokenize(&mut self, lines: &dyn Fn(&str) -> LineRef) -> Result<Tokens, SyntaxError> {
        let mut tokens: Tokens = Vec::new();
        let mut prefix: Option<Prefix> = None;
        let mut at = self.skip_space(0);
        while let Some(c) = self.rest(at).chars().next() {
            let span = Span::new(at, at + c.len_utf8());
            let after_operand = matches!(tokens.last(), Some(Token { kind: Kind::Close | Kind::Leaf(_), .. }));
            if c == '(' {
                tokens.push(Token { kind: Kind::Open(prefix.take()), span });
                at = span.end;
            } else if c == ')' {
                tokens.push(Token { kind: Kind::Close, span });
                at = span.end;
            } else if is_quote(c) {
                let Some(length) = self.rest(span.end).find(is_quote) else {
                    let span = Span::new(at, self.end);
                    return Err(error(span, "this quotation mark is never closed", "add the closing quotation mark"));
                };
                let end = span.end + length;
                let close = end + self.rest(end).chars().next().map_or(1, char::len_utf8);
                let prefix = prefix.take();
                let whole = Span::new(prefix.map_or(at, |p| p.span.start), close);
                let leaf = Leaf::Term { start: span.end, end, prefix };
                tokens.push(Token { kind: Kind::Leaf(leaf), span: whole });
                at = close;
            } else {
                let chunk = self.chunk(at);
                let span = Span::new(at, at + chunk.len());
                if prefix.is_none()
                    && let Some(operator) = self.operator(chunk, span, after_operand)?
                {
                    tokens.push(Token { kind: Kind::Operator(operator), span });
                    at = span.end;
                } else if prefix.is_none()
                    && let Some(found) = self.prefix(chunk, span)?
                {
                    prefix = Some(found);
                    at = span.end;
                } else if prefix.is_none()
                    && let Some(number) = line_number(chunk)
                    && (lines(number) != LineRef::Unknown || self.stands_alone(span))
                {
                    let query = expression::line(number, chunk, span, lines)?;
                    tokens.push(Token { kind: Kind::Leaf(Leaf::Line(query)), span });
                    at = span.end;
                } else {
                    at = self.term(at, prefix.take(), &mut tokens)?;
                }
            }
            at = self.skip_space(at);
        }
        Ok(tokens)
    }

    /// Whether no word follows.
    fn stands_alone(&self, span: Span) -> bool {
        let next = self.skip_space(span.end);
        let chunk = self.chunk(next);
        chunk.is_empty() || !matches!(self.operator(chunk, Span::new(next, next + chunk.len()), true), Ok(None))
    }

    /// Words up to an operator, a quotation mark or a parenthesis.
    fn term(&mut self, start: usize, prefix: Option<Prefix>, tokens: &mut Tokens) -> Result<usize, SyntaxError> {
        let mut end = start;
        let mut at = start;
        loop {
            let begin = self.skip_space(at);
            let chunk = self.chunk(begin);
            let span = Span::new(begin, begin + chunk.len());
            if chunk.is_empty() || (begin > start && self.operator(chunk, span, true)?.is_some()) {
                break;
            }
            if begin > start && self.prefix(chunk, span)?.is_some() {
                break;
            }
            end = span.end;
            at = span.end;
        }
        let text = &self.text[start..end];
        if let (Some(open), true) = (text.rfind('['), text.ends_with(']')) {
            let span = Span::new(start + open, end);
            let message = format!("`{}` is not a field of EBSCOhost", &self.text[span.start..span.end]);
            return Err(error(span, message, "write the field before the words: TI fundholding"));
        }
        let span = Span::new(prefix.map_or(start, |p| p.span.start), end);
        if text != "*" && !text.contains(char::is_alphanumeric) && !text.contains(['*', '?', '#']) {
            let message = format!("`{text}` has no letters or digits and is left out");
            self.warnings.push(Warning { message, span });
            return Ok(end);
        }
        tokens.push(Token { kind: Kind::Leaf(Leaf::Term { start, end, prefix }), span });
        Ok(end)
    }

    fn operator(&self, chunk: &str, span: Span, after_operand: bool) -> Result<Option<Operator>, SyntaxError> {
        let upper = match chunk.len() {
            ..=12 => chunk.to_ascii_uppercase(),
            _ => return Ok(None),
        };
        match upper.as_str() {
            "AND" => return Ok(Some(Operator::And)),
            "OR" => return Ok(Some(Operator::Or)),
            "NOT" => return Ok(Some(Operator::Not)),
            _ => {}
        }
        // What stands at the beginning of an operand, or is followed by none, is a word.
        if !after_operand || matches!(self.rest(self.skip_space(span.end)).chars().next(), None | Some(')')) {
            return Ok(None);
        }
        if let "N" | "W" = chunk {
            return Err(error(
                span,
                format!("{chunk} needs the number of words that may stand between"),
                format!("write {chunk}3, or quotation marks around it to look for the letter"),
            ));
        }
        for (name, short) in [("NEAR/", "N"), ("N/", "N"), ("WITHIN/", "W"), ("W/", "W"), ("PRE/", "W"), ("ADJ", "N")] {
            if let Some(number) = upper.strip_prefix(name)
                && is_number(number)
            {
                let message = format!("{chunk} is not an operator of EBSCOhost");
                return Err(error(span, message, format!("write {short}{number}: at most {number} words between")));
            }
        }
        let (ordered, number) = match (upper.strip_prefix('N'), upper.strip_prefix('W')) {
            (Some(number), _) if is_number(number) => (false, number),
            (_, Some(number)) if is_number(number) => (true, number),
            _ => return Ok(None),
        };
        match number.parse::<u32>() {
            Ok(between) if between < MAX_DISTANCE => Ok(Some(Operator::Near { distance: between + 1, ordered })),
            _ => Err(error(span, format!("`{number}` is too far"), format!("write a number below {MAX_DISTANCE}"))),
        }
    }

    /// A field code, where something follows that it can be said of.
    fn prefix(&self, chunk: &str, span: Span) -> Result<Option<Prefix>, SyntaxError> {
        if chunk.len() != 2 || !chunk.bytes().all(|b| b.is_ascii_alphabetic()) {
            return Ok(None);
        }
        let next = self.skip_space(span.end);
        let follows = self.rest(next).chars().next();
        let group = follows.is_some_and(|c| c == '(' || is_quote(c));
        let Some(code) = scope::code(CODES, chunk) else {
            let upper = chunk.to_ascii_uppercase();
            if group && scope::code(CODES, &upper).is_some() {
                let message = format!("a field code is written in capitals: {upper}");
                return Err(error(span, message, format!("write {upper}")));
            }
            if group && chunk == upper && chunk != "OR" {
                let hint =
                    "use one of TI, AB, TX, SU, MH, MM, DE, AU, SO, PT, LA, DT, or write an operator after the word";
                return Err(error(span, format!("there is no field code {chunk}"), hint));
            }
            return Ok(None);
        };
        if matches!(follows, None | Some(')')) {
            return Ok(None);
        }
        let chunk = self.chunk(next);
        let operator = self.operator(chunk, Span::new(next, next + chunk.len()), true);
        if !group && !matches!(operator, Ok(None)) {
            return Ok(None);
        }
        Ok(Some(Prefix { scope: code.scope, note: code.note, span }))
    }

    fn warn(&mut self, message: impl Into<String>, span: Span) {
        self.warnings.push(Warning { message: message.into(), span });
    }
}

impl Language for Ebsco<'_> {
    type Leaf = Leaf;
    type Scope = Prefix;
    const ORDER: Order = Order::ByLevel;

    fn leaf(&mut self, leaf: Leaf, scope: Option<&Prefix>, span: Span) -> Result<Query, SyntaxError> {
        let (start, end, prefix) = match leaf {
            Leaf::Line(query) => return Ok(query),
            Leaf::Term { start, end, prefix } => (start, end, prefix.or(scope.copied())),
        };
        let text = &self.text[start..end];
        if prefix.is_none() && text == "*" {
            return Ok(Query::All);
        }
        if let Some(Prefix { note: Some(note), span, .. }) = prefix {
            self.warn(note, span);
        }
        let said = Said { text, offset: start, span, gap };
        match prefix.map_or(DEFAULT, |p| p.scope) {
            Scope::Heading(field) => {
                let (heading, subdivisions) = text.split_once('/').unwrap_or((text, ""));
                let (field, heading) = match (field, heading.trim().strip_suffix('+')) {
                    (ValueField::Major, Some(heading)) => (ValueField::ExplodeMajor, heading),
                    (_, Some(heading)) => (ValueField::Explode, heading),
                    (field, None) => (field, heading),
                };
                let whole = format!("{heading}/{subdivisions}");
                Said { text: &whole, gap: no_gap, ..said }.query(Scope::Heading(field), &mut self.warnings)
            }
            scope => {
                let query = said.query(scope, &mut self.warnings)?;
                if let Query::Phrase { words, .. } = &query {
                    let short = |w: &super::Pattern| {
                        w.word.chars().count() < 3 && matches!(w.rest.first(), Some((Gap::ANY, _)))
                    };
                    if let Some(word) = words.iter().find(|w| short(w)) {
                        let message = format!("EBSCOhost wants three characters before `*`; `{word}` has fewer");
                        self.warn(message, span);
                    }
                }
                Ok(query)
            }
        }
    }

    fn warnings(&mut self) -> &mut Vec<Warning> {
        &mut self.warnings
    }
}

fn gap(text: &str) -> Option<(Gap, usize)> {
    let gap = match text.bytes().next()? {
        b'*' => Gap::ANY,
        b'?' => Gap::ONE,
        b'#' => Gap::OPTIONAL,
        _ => return None,
    };
    Some((gap, 1))
}

/// Headings have none.
fn no_gap(_: &str) -> Option<(Gap, usize)> {
    None
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// The number of `S3`.
fn line_number(chunk: &str) -> Option<&str> {
    chunk.strip_prefix(['S', 's']).filter(|number| is_number(number))
}
