//! The syntax of the Cochrane Library's search manager.
//!
//! ```text
//! query    := and (OR and)*
//! and      := not ([AND] not)*                    words side by side are joined by AND
//! not      := near (NOT near)*
//! near     := operand ((NEAR/n | NEAR | NEXT) operand)*     from the left; NEAR alone is NEAR/6
//! operand  := ( '(' query ')' | word | '"' words '"' ) [':' field (',' field)*]
//!           | '#' n | '{' (or | and) lines '}' | heading
//! heading  := '[mh' ['^'] X ['/' qualifiers] ']'  `^` without what is narrower
//!           | 'MeSH descriptor: [' X ']' ('explode all trees' | 'this term only')
//! ```
//!
//! - Without a field, all fields are searched; a field behind a group is said of every word in it that has none.
//! - NEAR/n: at most n - 1 words between the two, in either order; NEXT: side by side, in this order.
//! - `*` any number of characters, `?` exactly one.
//! - `with Publication Year from … to …` at the end is a range of years.

mod mesh;
mod tail;

use super::expression::{self, Kind, Language, Operator, Order, Token, check_size, error};
use super::plain::tokens::is_quote;
use super::scope::Said;
use super::{Fields, Gap, LineRef, MAX_DISTANCE, MAX_LEAVES, Parsed, Query, Span, SyntaxError, TextField, Warning};

/// Parses a query in Cochrane syntax that refers to no other line.
///
/// # Errors
/// [`SyntaxError`] with the faulty span and, where one is known, the repair.
pub fn parse(text: &str) -> Result<Parsed, SyntaxError> {
    parse_line(text, &|_| LineRef::Unknown)
}

/// Parses one line of a strategy in Cochrane syntax. `lines` tells what the number of another line means.
///
/// # Errors
/// [`SyntaxError`] with the faulty span and, where one is known, the repair.
pub fn parse_line(text: &str, lines: &dyn Fn(&str) -> LineRef) -> Result<Parsed, SyntaxError> {
    check_size(text)?;
    let mut cochrane = Cochrane { text, end: text.len(), warnings: Vec::new() };
    let years = cochrane.cut_tail()?;
    let tokens = cochrane.tokenize(lines)?;
    let mut query = expression::parse(&mut cochrane, text, tokens)?;
    if let Some(years) = years {
        match &mut query {
            Query::And(parts) => parts.push(years),
            _ => query = Query::And(vec![query, years]),
        }
    }
    Ok(Parsed { query, relaxable: None, warnings: cochrane.warnings })
}

struct Cochrane<'t> {
    text: &'t str,
    /// Where the query ends; what follows is left out.
    end: usize,
    warnings: Vec<Warning>,
}

enum Leaf {
    Words { start: usize, end: usize, quoted: bool, fields: Option<Fields> },
    Ready(Query),
}

type Tokens = Vec<Token<Leaf, Fields>>;

/// What a distance without a number is.
const BARE_NEAR: u32 = 6;

impl Cochrane<'_> {
    fn rest(&self, at: usize) -> &str {
        self.text.get(at..self.end).unwrap_or("")
    }

    fn skip_space(&self, at: usize) -> usize {
        self.end - self.rest(at).trim_start().len()
    }

    /// The run of characters that begins here, up to a space, quotation mark or bracket.
    fn chunk(&self, at: usize) -> &str {
        let rest = self.rest(at);
        let stop = |c: char| c.is_whitespace() || is_quote(c) || matches!(c, '(' | ')' | '[' | '{');
        &rest[..rest.find(stop).unwrap_or(rest.len())]
    }

    fn warn(&mut self, message: impl Into<String>, span: Span) {
        self.warnings.push(Warning { message: message.into(), span });
    }

    fn tokenize(&mut self, lines: &dyn Fn(&str) -> LineRef) -> Result<Tokens, SyntaxError> {
        let mut tokens: Tokens = Vec::new();
        let mut said = Vec::new();
        let mut at = self.skip_space(0);
        while let Some(c) = self.rest(at).chars().next() {
            let span = Span::new(at, at + c.len_utf8());
            at = match c {
                '(' => {
                    beside(&mut tokens, span);
                    tokens.push(Token { kind: Kind::Open(None), span });
                    span.end
                }
                ')' => {
                    tokens.push(Token { kind: Kind::Close, span });
                    match self.fields(span.end)? {
                        Some((fields, after)) => {
                            said.push((tokens.len() - 1, fields));
                            after
                        }
                        None => span.end,
                    }
                }
                '[' => {
                    let (query, after) = self.mesh(at)?;
                    ready(&mut tokens, query, Span::new(at, after))
                }
                '{' => {
                    let (query, after) = self.set(at, lines)?;
                    ready(&mut tokens, query, Span::new(at, after))
                }
                '#' if self.rest(span.end).starts_with(|c: char| c.is_ascii_digit()) => {
                    let digits = self.rest(span.end).bytes().take_while(u8::is_ascii_digit).count();
                    let span = Span::new(at, span.end + digits);
                    let written = &self.text[at..span.end];
                    let query = expression::line(&written[1..], written, span, lines)?;
                    ready(&mut tokens, query, span)
                }
                _ if is_quote(c) => self.quoted(span, &mut tokens)?,
                _ => self.word(at, &mut tokens)?,
            };
            at = self.skip_space(at);
        }
        expression::say_at_open(&mut tokens, said);
        Ok(tokens)
    }

    fn quoted(&mut self, open: Span, tokens: &mut Tokens) -> Result<usize, SyntaxError> {
        let Some(length) = self.rest(open.end).find(is_quote) else {
            let span = Span::new(open.start, self.end);
            return Err(error(span, "this quotation mark is never closed", "add the closing quotation mark"));
        };
        let end = open.end + length;
        let close = end + self.rest(end).chars().next().map_or(1, char::len_utf8);
        let (fields, after) = match self.fields(close)? {
            Some((fields, after)) => (Some(fields), after),
            None => (None, close),
        };
        let span = Span::new(open.start, after);
        if self.text[open.end..end].contains('*') {
            let message =
                "the Cochrane Library takes no wildcards within quotation marks (it has NEXT); they are read as such";
            self.warn(message, span);
        }
        beside(tokens, span);
        let leaf = Leaf::Words { start: open.end, end, quoted: true, fields };
        tokens.push(Token { kind: Kind::Leaf(leaf), span });
        Ok(after)
    }

    /// A word, an operator, or `MeSH descriptor`.
    fn word(&mut self, at: usize, tokens: &mut Tokens) -> Result<usize, SyntaxError> {
        let chunk = self.chunk(at);
        let span = Span::new(at, at + chunk.len());
        let colon = chunk.find(':').map(|i| at + i);
        let mesh = chunk.eq_ignore_ascii_case("mesh");
        let after_operand = matches!(tokens.last(), Some(Token { kind: Kind::Close | Kind::Leaf(_), .. }));
        if let Some(operator) = self.operator(chunk, span, after_operand)? {
            tokens.push(Token { kind: Kind::Operator(operator), span });
            return Ok(span.end);
        }
        if mesh && let Some((query, after)) = self.descriptor(at)? {
            return Ok(ready(tokens, query, Span::new(at, after)));
        }
        let found = match colon {
            Some(colon) => self.fields(colon)?,
            None => None,
        };
        let (end, fields, after) = match (colon, found) {
            (Some(colon), Some((fields, after))) => (colon, Some(fields), after),
            _ => (span.end, None, span.end),
        };
        let text = &self.text[at..end];
        let span = Span::new(at, after);
        if text != "*" && !text.contains(char::is_alphanumeric) && !text.contains(['*', '?']) {
            let message = match text.is_empty() {
                true => "nothing stands before this field; it is left out".to_owned(),
                false => format!("`{text}` has no letters or digits and is left out"),
            };
            self.warn(message, span);
            return Ok(after.max(at + 1));
        }
        if after_operand
            && fields.is_some()
            && let Some(Token { kind: Kind::Leaf(Leaf::Words { fields: None, quoted: false, .. }), .. }) = tokens.last()
        {
            let message = "the field is said of this word only; parentheses would say it of all";
            self.warn(message, span);
        }
        beside(tokens, span);
        let leaf = Leaf::Words { start: at, end, quoted: false, fields };
        tokens.push(Token { kind: Kind::Leaf(leaf), span });
        Ok(after)
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
        if upper == "NEXT" {
            return Ok(Some(Operator::Near { distance: 1, ordered: true }));
        }
        if upper == "NEAR" {
            return Ok(Some(Operator::Near { distance: BARE_NEAR, ordered: false }));
        }
        if let Some(number) = upper.strip_prefix("NEXT/") {
            let message = "NEXT takes no number";
            return Err(error(span, message, format!("write NEXT, or NEAR/{number} for any order")));
        }
        let Some(number) = upper.strip_prefix("NEAR/") else { return Ok(None) };
        match number.parse::<u32>() {
            Ok(distance) if (1..=MAX_DISTANCE).contains(&distance) => {
                Ok(Some(Operator::Near { distance, ordered: false }))
            }
            _ => Err(error(
                span,
                format!("`{number}` is not a distance"),
                format!("write a number from 1 (side by side) to {MAX_DISTANCE}: NEAR/3"),
            )),
        }
    }

    /// `:ti,ab,kw` at this place, and where it ends.
    fn fields(&self, at: usize) -> Result<Option<(Fields, usize)>, SyntaxError> {
        if !self.rest(at).starts_with(':') {
            return Ok(None);
        }
        let mut fields = Fields::NONE;
        let mut end = at + 1;
        loop {
            let begin = if fields.is_empty() { end } else { self.skip_space(end) };
            let rest = self.rest(begin);
            let name = &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len())];
            let Some(field) = field(&name.to_ascii_lowercase()) else {
                if name.is_empty() || name.len() > 4 || (!fields.is_empty() && begin > end) {
                    break;
                }
                let span = Span::new(begin, begin + name.len());
                let hint = "use ti, ab, kw, au, so or pt: (joint commissioning):ti,ab,kw";
                return Err(error(span, format!("there is no field `{name}`"), hint));
            };
            fields = fields.union(field);
            end = begin + name.len();
            match self.rest(end).starts_with(',') {
                true => end += 1,
                false => break,
            }
        }
        // What goes on after the names is no list of fields.
        let rest = self.rest(end);
        let next = rest.strip_prefix(['.', ',', ';']).unwrap_or(rest).chars().next();
        let ends = next.is_none_or(|c| c.is_whitespace() || is_quote(c) || "()[]{}".contains(c));
        Ok((ends && !fields.is_empty()).then_some((fields, end)))
    }

    /// `{or #1-#5}`, `{and #1, #3}`.
    fn set(&mut self, open: usize, lines: &dyn Fn(&str) -> LineRef) -> Result<(Query, usize), SyntaxError> {
        let Some(length) = self.rest(open).find('}') else {
            let span = Span::new(open, self.end);
            return Err(error(span, "this `{` is never closed", "write lines as {or #1-#5}"));
        };
        let span = Span::new(open, open + length + 1);
        let bad = |what: &str| error(span, what, "write {or #1-#5} or {and #1,#3}");
        let inner = self.text[open + 1..open + length].trim().to_ascii_lowercase();
        let (all, numbers) = match (inner.strip_prefix("or"), inner.strip_prefix("and")) {
            (Some(numbers), _) => (Query::Or as fn(Vec<Query>) -> Query, numbers),
            (_, Some(numbers)) => (Query::And as fn(Vec<Query>) -> Query, numbers),
            _ => return Err(bad("braces hold `or` or `and` and the numbers of lines")),
        };
        let number = |s: &str| {
            let digits = s.trim().trim_start_matches('#').trim();
            digits.parse::<u32>().map_err(|_| bad("this is not a list of line numbers"))
        };
        let mut queries = Vec::new();
        for item in numbers.split(',') {
            let (from, to) = item.split_once(['-', '\u{2013}']).unwrap_or((item, item));
            let (from, to) = (number(from)?, number(to)?);
            if from > to {
                return Err(bad("this range of lines runs backwards"));
            }
            if (to - from) as usize + queries.len() >= MAX_LEAVES {
                return Err(bad("these are too many lines"));
            }
            for n in from..=to {
                queries.push(expression::line(&n.to_string(), &format!("#{n}"), span, lines)?);
            }
        }
        let query = if queries.len() == 1 { queries.swap_remove(0) } else { all(queries) };
        Ok((query, span.end))
    }
}

impl Language for Cochrane<'_> {
    type Leaf = Leaf;
    type Scope = Fields;
    const ORDER: Order = Order::ByLevel;

    fn leaf(&mut self, leaf: Leaf, scope: Option<&Fields>, span: Span) -> Result<Query, SyntaxError> {
        let (start, end, quoted, fields) = match leaf {
            Leaf::Ready(query) => return Ok(query),
            Leaf::Words { start, end, quoted, fields } => (start, end, quoted, fields.or(scope.copied())),
        };
        let text = &self.text[start..end];
        if text == "*" && !quoted && fields.is_none() {
            return Ok(Query::All);
        }
        Said { text, offset: start, span, gap }.phrase(fields.unwrap_or(Fields::ALL))
    }

    fn warnings(&mut self) -> &mut Vec<Warning> {
        &mut self.warnings
    }
}

/// Where one operand follows another, they are joined by AND.
fn beside(tokens: &mut Tokens, span: Span) {
    if let Some(Token { kind: Kind::Close | Kind::Leaf(_), .. }) = tokens.last() {
        let span = Span::new(span.start, span.start);
        tokens.push(Token { kind: Kind::Operator(Operator::Beside), span });
    }
}

fn ready(tokens: &mut Tokens, query: Query, span: Span) -> usize {
    beside(tokens, span);
    tokens.push(Token { kind: Kind::Leaf(Leaf::Ready(query)), span });
    span.end
}

fn field(name: &str) -> Option<Fields> {
    Some(Fields::of(match name {
        "ti" => &[TextField::Title],
        "ab" => &[TextField::Abstract],
        "kw" => &[TextField::Subject],
        "au" => &[TextField::Creator],
        "so" => &[TextField::Journal],
        "pt" => &[TextField::PublicationType],
        "tw" => &[TextField::Title, TextField::Abstract, TextField::Subject],
        _ => return None,
    }))
}

fn gap(text: &str) -> Option<(Gap, usize)> {
    let gap = match text.bytes().next()? {
        b'*' => Gap::ANY,
        b'?' => Gap::ONE,
        _ => return None,
    };
    Some((gap, 1))
}
