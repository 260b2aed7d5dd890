//! Plain syntax: what a person types into a search box.
//!
//! ```text
//! query    := and (OR and)*                  AND binds tighter than OR; words side by side are joined by AND
//! and      := near ([AND] near)*
//! near     := unary ((NEAR/n | PRE/n) unary)*  words near each other, in any order or in this one
//! unary    := (NOT | '-' | '+') unary | ATLEAST n '(' unary* ')' | TIMES n '(' query ')' | [fields ':'] ( word | phrase | '(' query ')' )
//! word     := chars (gap chars?)* | '*'      `*` alone is every record
//! gap      := '*' | '{' n '}' | '{' m ',' n '}'     any number of characters, n, or m to n
//! phrase   := '"' word+ '"'
//! fields   := name (',' name)*               also year:1994..2000, decade:1990s, type:report, doi:…
//! ```
//!
//! Operators are written in capitals. The parser is strict: what is not well formed is an error that names the span and the
//! repair. It recurses only as deep as [`MAX_DEPTH`], whatever it is given.

mod fields;
pub(super) mod tokens;

pub(super) use self::fields::{distance, normalise};

use std::collections::HashMap;

use self::fields::nothing_after_field;
use self::tokens::is_quote;
use super::expression::{height, span_height};
use super::{Fields, MAX_DEPTH, MAX_QUERY_BYTES, Parsed, Query, Relaxable, Span, Spans, SyntaxError, Warning, operand};

/// Parses a query in plain syntax.
///
/// # Errors
/// [`SyntaxError`] with the faulty span and, where one is known, the repair.
pub fn parse(text: &str) -> Result<Parsed, SyntaxError> {
    if text.len() > MAX_QUERY_BYTES {
        let message = format!("the query is too long: {} bytes, {MAX_QUERY_BYTES} are allowed", text.len());
        return Err(SyntaxError { message, span: Span::new(0, text.len()), suggestion: None });
    }
    let in_capitals = is_in_capitals(text);
    let mut parser = Parser { text, in_capitals, tokens: Vec::new(), at: 0, depth: 0, leaves: 0, warnings: Vec::new() };
    if in_capitals && text.split_whitespace().any(|w| matches!(w, "AND" | "OR" | "NOT")) {
        let message = "all of it is in capitals, so AND, OR and NOT are looked for as words; write the other words small where \
                       they are operators";
        parser.warnings.push(Warning { message: message.into(), span: Span::new(0, text.len()) });
    }
    parser.tokens = parser.tokenize()?;
    let top = parser.disjunction(Fields::ALL)?;
    if let Some(token) = parser.tokens.get(parser.at) {
        return Err(error(token.span, "this `)` closes nothing", "remove it, or add the `(` it belongs to"));
    }
    let Some(top) = top else {
        let nothing = if text.trim().is_empty() { "the query is empty" } else { "the query has no words" };
        return Err(error(Span::new(0, text.len()), nothing, "write a word, or * for every record"));
    };
    let relaxable = top.relaxable();
    let query = top.into_query();
    if height(&query) > MAX_DEPTH {
        return Err(too_deep(Span::new(0, text.len())));
    }
    Ok(Parsed { query, relaxable, warnings: parser.warnings })
}

/// Whether a text is a title in capitals: no small letter, no quotation mark or field, and words too long for acronyms.
fn is_in_capitals(text: &str) -> bool {
    let words = text.split_whitespace().filter(|w| !matches!(*w, "AND" | "OR" | "NOT"));
    let long = words.clone().filter(|w| w.chars().filter(|c| c.is_uppercase()).count() > 5).count();
    let all = words.count();
    all >= 4 && long * 3 >= all && !text.chars().any(|c| c.is_lowercase() || is_quote(c) || matches!(c, ':' | '*'))
}

#[derive(Debug, Clone)]
struct Token {
    kind: Kind,
    span: Span,
}

#[derive(Debug, Clone)]
enum Kind {
    Open,
    Close,
    And,
    Or,
    Not,
    Plus,
    Minus,
    AtLeast(usize),
    Times(usize),
    Near {
        distance: u32,
        ordered: bool,
    },
    /// `title:` directly before a phrase or parenthesis.
    In(Fields),
    /// A word, phrase, value or range; its fields are those of the group it stands in unless it names its own.
    Leaf(Query),
}

struct Parser<'t> {
    text: &'t str,
    /// Capitals say nothing, see [`is_in_capitals`].
    in_capitals: bool,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    leaves: usize,
    warnings: Vec<Warning>,
}

/// A parsed expression, with what the top level needs to know of how it was written.
struct Expression {
    parts: Vec<Part>,
    /// AND, OR, NOT or a parenthesis was written.
    explicit: bool,
    disjunction: Option<Query>,
}

struct Part {
    query: Query,
    required: bool,
    /// Something with operators of its own.
    group: bool,
    /// The words of a parenthesis that holds nothing but words: it groups nothing.
    words: Vec<Query>,
}

impl Part {
    fn leaf(query: Query) -> Self {
        Part { query, required: false, group: false, words: Vec::new() }
    }

    fn group(query: Query) -> Self {
        Part { query, required: false, group: true, words: Vec::new() }
    }

    /// What stands in parentheses.
    fn parenthesis(inner: Expression) -> Self {
        let only_words = inner.is_words() && inner.parts.iter().all(|p| !p.required);
        let words = match only_words {
            true => inner.parts.iter().flat_map(Part::queries).cloned().collect(),
            false => Vec::new(),
        };
        Part { query: inner.into_query(), required: false, group: !only_words, words }
    }

    fn queries(&self) -> &[Query] {
        if self.words.is_empty() { std::slice::from_ref(&self.query) } else { &self.words }
    }
}

impl Expression {
    fn into_query(self) -> Query {
        match self.disjunction {
            Some(query) => query,
            None => one_or(self.parts.into_iter().map(|p| p.query).collect(), Query::And),
        }
    }

    /// Nothing but words and phrases side by side.
    fn is_words(&self) -> bool {
        !self.explicit && self.disjunction.is_none() && !self.parts.iter().any(|p| p.group)
    }

    fn relaxable(&self) -> Option<Relaxable> {
        if !self.is_words() {
            return None;
        }
        // Years and whole values are conditions, not words.
        let is_condition = |p: &Part| matches!(p.query, Query::Years { .. } | Query::Value { .. });
        let (required, typed): (Vec<_>, Vec<_>) = self.parts.iter().partition(|p| p.required || is_condition(p));
        let mut wanted: Vec<(Query, usize)> = Vec::new();
        let mut seen: HashMap<String, usize> = HashMap::new();
        for query in typed.into_iter().flat_map(Part::queries) {
            let at = *seen.entry(query.to_string()).or_insert(wanted.len());
            match wanted.get_mut(at) {
                Some((_, times)) => *times += 1,
                None => wanted.push((query.clone(), 1)),
            }
        }
        let words = wanted.len();
        // The function words of a question are the first to be missed.
        if wanted.iter().any(|(q, _)| !is_function(q)) {
            wanted.retain(|(q, _)| !is_function(q));
        }
        if words < 2 || wanted.len() > MAX_RELAXABLE {
            return None;
        }
        Some(Relaxable { required: required.into_iter().map(|p| p.query.clone()).collect(), wanted, words })
    }
}

/// More words than this are not a few words; they are taken as they stand.
const MAX_RELAXABLE: usize = 512;

fn is_function(query: &Query) -> bool {
    matches!(query, Query::Word { word, .. } if is_function_word(word))
}

/// Whether a folded word is one that a question needs and an answer does not.
pub(crate) fn is_function_word(folded: &str) -> bool {
    FUNCTION_WORDS.binary_search(&folded).is_ok()
}

/// In the order of the alphabet.
#[rustfmt::skip]
const FUNCTION_WORDS: [&str; 82] = [
    "a", "about", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be", "been", "between", "both",
    "but", "by", "can", "could", "did", "do", "does", "each", "for", "from", "had", "has", "have", "he", "her", "his",
    "how", "i", "if", "in", "into", "is", "it", "its", "may", "might", "no", "not", "of", "on", "only", "or", "other",
    "our", "s", "she", "should", "some", "such", "than", "that", "the", "their", "there", "these", "they", "this",
    "those", "to", "use", "used", "using", "was", "we", "were", "what", "when", "where", "whether", "which", "who",
    "why", "will", "with", "would", "you", "your",
];

fn one_or(mut queries: Vec<Query>, many: fn(Vec<Query>) -> Query) -> Query {
    if queries.len() == 1 { queries.swap_remove(0) } else { many(queries) }
}

fn error(span: Span, message: impl Into<String>, suggestion: impl Into<String>) -> SyntaxError {
    SyntaxError { message: message.into(), span, suggestion: Some(suggestion.into()) }
}

fn too_deep(span: Span) -> SyntaxError {
    error(span, format!("nested more than {MAX_DEPTH} deep"), "write it with fewer parentheses and distances")
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Kind> {
        self.tokens.get(self.at).map(|t| &t.kind)
    }

    fn span(&self) -> Span {
        self.tokens.get(self.at).map_or(Span::new(self.text.len(), self.text.len()), |t| t.span)
    }

    fn deeper(&mut self) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(too_deep(self.span()));
        }
        Ok(())
    }

    fn disjunction(&mut self, fields: Fields) -> Result<Option<Expression>, SyntaxError> {
        let start = self.span();
        let mut groups = Vec::new();
        let mut mixed = false;
        loop {
            let operator = self.at.checked_sub(1).and_then(|i| self.tokens.get(i)).map(|t| t.span);
            match self.conjunction(fields)? {
                Some(group) => {
                    mixed |= group.parts.len() > 1;
                    groups.push(group);
                }
                None if groups.is_empty() && !matches!(self.peek(), Some(Kind::Or)) => return Ok(None),
                None => {
                    let span = if groups.is_empty() { self.span() } else { operator.unwrap_or(start) };
                    return Err(error(
                        span,
                        "OR needs a word on both sides",
                        "remove OR, or write what it should offer",
                    ));
                }
            }
            if !matches!(self.peek(), Some(Kind::Or)) {
                break;
            }
            self.at += 1;
        }
        if groups.len() == 1 {
            return Ok(groups.pop());
        }
        if mixed {
            let end = self.tokens.get(self.at.saturating_sub(1)).map_or(start, |t| t.span);
            self.warnings.push(Warning {
                message: "AND binds tighter than OR here; parentheses would make the order plain".into(),
                span: start.to(end),
            });
        }
        let disjunction = Query::Or(groups.into_iter().map(Expression::into_query).collect());
        Ok(Some(Expression { parts: Vec::new(), explicit: true, disjunction: Some(disjunction) }))
    }

    fn conjunction(&mut self, fields: Fields) -> Result<Option<Expression>, SyntaxError> {
        let mut parts = Vec::new();
        let mut explicit = false;
        loop {
            if matches!(self.peek(), Some(Kind::And)) {
                let span = self.span();
                self.at += 1;
                let next = matches!(self.peek(), None | Some(Kind::And | Kind::Or | Kind::Close));
                if parts.is_empty() || next {
                    return Err(error(
                        span,
                        "AND needs a word on both sides",
                        "remove AND, or write what it should join",
                    ));
                }
                explicit = true;
            }
            match self.proximity(fields)? {
                Some(part) => parts.push(part),
                None => break,
            }
        }
        if parts.is_empty() {
            return Ok(None);
        }
        Ok(Some(Expression { parts, explicit, disjunction: None }))
    }

    /// Operands joined by `NEAR/n` and `PRE/n`, from the left.
    fn proximity(&mut self, fields: Fields) -> Result<Option<Part>, SyntaxError> {
        let start = self.span();
        let Some(mut left) = self.unary(fields)? else { return Ok(None) };
        while let Some(Kind::Near { distance, ordered }) = self.peek() {
            let (distance, ordered) = (*distance, *ordered);
            let operator = self.span();
            self.at += 1;
            let Some(right) = self.unary(fields)? else {
                return Err(error(operator, "a word is missing after the distance", "write what should be near"));
            };
            let end = self.tokens.get(self.at - 1).map_or(operator, |t| t.span);
            let span = start.to(end);
            let (left_spans, right_spans) = (operand::spans(left.query, span)?, operand::spans(right.query, span)?);
            let spans =
                Spans::Near { left: Box::new(left_spans), right: Box::new(right_spans), distance, ordered, span };
            if span_height(&spans) > MAX_DEPTH {
                return Err(too_deep(span));
            }
            left = Part::group(Query::Spans { spans, times: 1, span });
        }
        Ok(Some(left))
    }

    fn unary(&mut self, fields: Fields) -> Result<Option<Part>, SyntaxError> {
        let Some(token) = self.tokens.get(self.at).cloned() else { return Ok(None) };
        let part = match token.kind {
            Kind::Close | Kind::And | Kind::Or => return Ok(None),
            Kind::Near { .. } => {
                return Err(error(
                    token.span,
                    "a word is missing before the distance",
                    "write words, phrases or groups on both sides: purchas* NEAR/3 health",
                ));
            }
            Kind::Leaf(leaf) => {
                self.at += 1;
                Part::leaf(within(leaf, fields))
            }
            Kind::Not | Kind::Minus => {
                let part = self.operand(fields, if matches!(token.kind, Kind::Not) { "NOT" } else { "-" })?;
                let group = matches!(token.kind, Kind::Not) || part.group;
                Part { query: Query::Not(Box::new(part.query)), required: true, group, words: Vec::new() }
            }
            Kind::Plus => Part { required: true, ..self.operand(fields, "+")? },
            Kind::Open => {
                self.at += 1;
                Part::parenthesis(self.group(token.span, fields)?)
            }
            Kind::In(own) => {
                self.at += 1;
                match self.tokens.get(self.at).cloned() {
                    Some(Token { kind: Kind::Open, span }) => {
                        self.at += 1;
                        Part::parenthesis(self.group(span, own)?)
                    }
                    Some(Token { kind: Kind::Leaf(leaf), .. }) => {
                        self.at += 1;
                        Part::leaf(within(leaf, own))
                    }
                    _ => return Err(nothing_after_field(token.span, self.text)),
                }
            }
            Kind::Times(count) => {
                self.at += 1;
                let open = self.span();
                self.at += 1;
                let group = self.group(open, fields)?.into_query();
                let close = self.tokens.get(self.at - 1).map_or(open, |t| t.span);
                let span = token.span.to(close);
                let times = u32::try_from(count).ok().filter(|n| *n > 0).ok_or_else(|| {
                    error(token.span, "nothing can occur so many times", "write a number from 1: TIMES 2 (fundhold*)")
                })?;
                let query = match times {
                    1 => group,
                    _ => Query::Spans { spans: operand::spans(group, span)?, times, span },
                };
                Part::group(query)
            }
            Kind::AtLeast(count) => {
                self.at += 1;
                let open = self.span();
                self.at += 1;
                self.deeper()?;
                let mut parts = Vec::new();
                while let Some(part) = self.unary(fields)? {
                    parts.push(part.query);
                }
                self.depth -= 1;
                self.close(open)?;
                if count == 0 || count > parts.len() {
                    let message = format!("ATLEAST {count} of {} parts cannot be", parts.len());
                    return Err(error(token.span, message, format!("a number from 1 to {}", parts.len().max(1))));
                }
                Part::group(Query::AtLeast(count, parts))
            }
        };
        Ok(Some(part))
    }

    /// What a prefix operator applies to.
    fn operand(&mut self, fields: Fields, operator: &str) -> Result<Part, SyntaxError> {
        let span = self.span();
        self.at += 1;
        self.deeper()?;
        let part = self.unary(fields)?;
        self.depth -= 1;
        part.ok_or_else(|| {
            error(
                span,
                format!("{operator} needs a word after it"),
                format!("remove {operator}, or write what it applies to"),
            )
        })
    }

    fn group(&mut self, open: Span, fields: Fields) -> Result<Expression, SyntaxError> {
        self.deeper()?;
        let inner = self.disjunction(fields)?;
        self.depth -= 1;
        let close = self.close(open)?;
        let Some(inner) = inner else {
            return Err(error(
                open.to(close),
                "nothing between the parentheses",
                "remove them, or write words between them",
            ));
        };
        Ok(inner)
    }

    fn close(&mut self, open: Span) -> Result<Span, SyntaxError> {
        let span = self.span();
        match self.peek() {
            Some(Kind::Close) => {
                self.at += 1;
                Ok(span)
            }
            _ => Err(error(open, "this `(` is never closed", "add the missing `)`")),
        }
    }
}

/// A leaf with the fields of its group, where it names none itself.
fn within(mut leaf: Query, group: Fields) -> Query {
    if let Query::Word { fields, .. } | Query::Phrase { fields, .. } = &mut leaf
        && *fields == Fields::ALL
    {
        *fields = group;
    }
    leaf
}
