//! Tokens → tree: parentheses and operators, for the languages that have `(`, `)`, AND, OR, NOT and distances between operands.
//!
//! It does *not* read text. A language brings its tokens, its order of operators and what its leaves mean; what is said of a
//! group (`TI (…)`, `(…):ti`) stands at the opening parenthesis and reaches every leaf that says nothing itself.

use super::operand::{self, Distance};
use super::{LineRef, MAX_DEPTH, MAX_LEAVES, MAX_QUERY_BYTES, Query, Span, Spans, SyntaxError, Warning};

/// A token of a language with leaves `L`, of which something (`S`) may be said for a whole group.
#[derive(Debug, Clone)]
pub(super) struct Token<L, S> {
    pub(super) kind: Kind<L, S>,
    pub(super) span: Span,
}

#[derive(Debug, Clone)]
pub(super) enum Kind<L, S> {
    Open(Option<S>),
    Close,
    Operator(Operator),
    Leaf(L),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    And,
    /// AND that was not written.
    Beside,
    Or,
    Not,
    Near {
        distance: u32,
        ordered: bool,
    },
}

/// Which operators go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// As they stand, from the left.
    LeftToRight,
    /// Distances, then NOT, then AND, then OR.
    ByLevel,
}

/// What the tokens of a language mean.
pub(super) trait Language {
    type Leaf;
    type Scope: Clone;
    const ORDER: Order;

    /// The query of a leaf in a group of which something was said.
    fn leaf(&mut self, leaf: Self::Leaf, scope: Option<&Self::Scope>, span: Span) -> Result<Query, SyntaxError>;

    /// Where warnings go.
    fn warnings(&mut self) -> &mut Vec<Warning>;
}

pub(super) fn error(span: Span, message: impl Into<String>, suggestion: impl Into<String>) -> SyntaxError {
    SyntaxError { message: message.into(), span, suggestion: Some(suggestion.into()) }
}

pub(super) fn check_size(text: &str) -> Result<(), SyntaxError> {
    if text.len() > MAX_QUERY_BYTES {
        let message = format!("the query is too long: {} bytes, {MAX_QUERY_BYTES} are allowed", text.len());
        return Err(SyntaxError { message, span: Span::new(0, text.len()), suggestion: None });
    }
    Ok(())
}

/// The query of a reference to another line, written `written` with this number.
pub(super) fn line(
    number: &str,
    written: &str,
    span: Span,
    lines: &dyn Fn(&str) -> LineRef,
) -> Result<Query, SyntaxError> {
    match lines(number) {
        LineRef::Line(line) => Ok(Query::Line(line, span)),
        LineRef::Ahead => Err(error(
            span,
            format!("{written} is not an earlier line"),
            "a line can refer only to lines before it; move it further down",
        )),
        LineRef::Unknown => Err(error(
            span,
            format!("there is no line {written}"),
            "check the number, or put it in quotation marks to look for it as a word",
        )),
    }
}

/// Says of every group what a language says behind its closing parenthesis. `said` pairs the place of a `)` among the tokens
/// with what was said.
pub(super) fn say_at_open<L, S>(tokens: &mut [Token<L, S>], said: Vec<(usize, S)>) {
    let mut said = said.into_iter().peekable();
    let mut open = Vec::new();
    for at in 0..tokens.len() {
        match tokens[at].kind {
            Kind::Open(_) => open.push(at),
            Kind::Close => {
                let opened = open.pop();
                if let Some((_, scope)) = said.next_if(|(close, _)| *close == at)
                    && let Some(token) = opened.and_then(|o| tokens.get_mut(o))
                {
                    token.kind = Kind::Open(Some(scope));
                }
            }
            _ => {}
        }
    }
}

/// The query of the tokens of a text.
pub(super) fn parse<G: Language>(
    language: &mut G,
    text: &str,
    tokens: Vec<Token<G::Leaf, G::Scope>>,
) -> Result<Query, SyntaxError> {
    let end = Span::new(text.len(), text.len());
    let mut parser = Parser { language, tokens: tokens.into_iter().peekable(), last: end, end, depth: 0, leaves: 0 };
    if parser.tokens.peek().is_none() {
        let nothing = if text.trim().is_empty() { "the query is empty" } else { "the query has no words" };
        return Err(error(Span::new(0, text.len()), nothing, "write a word, or * for every record"));
    }
    let query = parser.group(None)?;
    if let Some(token) = parser.tokens.next() {
        return Err(error(token.span, "this `)` closes nothing", "remove it, or add the `(` it belongs to"));
    }
    Ok(query.query)
}

struct Parser<'l, G: Language> {
    language: &'l mut G,
    tokens: std::iter::Peekable<std::vec::IntoIter<Token<G::Leaf, G::Scope>>>,
    last: Span,
    end: Span,
    depth: usize,
    leaves: usize,
}

/// A query with the depth of its tree.
struct Part {
    query: Query,
    depth: usize,
    span: Span,
}

impl<G: Language> Parser<'_, G> {
    fn next(&mut self) -> Option<Token<G::Leaf, G::Scope>> {
        let token = self.tokens.next()?;
        self.last = token.span;
        Some(token)
    }

    /// Operands and the operators between them, up to a closing parenthesis or the end.
    fn group(&mut self, scope: Option<&G::Scope>) -> Result<Part, SyntaxError> {
        let mut parts = vec![self.operand(scope, None)?];
        let mut operators: Vec<(Operator, Span)> = Vec::new();
        loop {
            match self.tokens.peek() {
                None | Some(Token { kind: Kind::Close, .. }) => break,
                Some(Token { kind: Kind::Operator(operator), span }) => {
                    let (mut operator, span) = (*operator, *span);
                    self.next();
                    if let Some(Token { kind: Kind::Operator(Operator::Not), span: not }) = self.tokens.peek()
                        && operator == Operator::And
                    {
                        operator = Operator::Not;
                        let span = span.to(*not);
                        self.next();
                        let message = "AND NOT is read as NOT".into();
                        self.language.warnings().push(Warning { message, span });
                    }
                    operators.push((operator, span));
                    parts.push(self.operand(scope, Some((operator, span)))?);
                }
                Some(token) => {
                    let span = token.span;
                    return Err(error(
                        span,
                        "an operator is missing before this",
                        "write AND, OR or NOT between the two, or quotation marks around a phrase",
                    ));
                }
            }
        }
        self.fold(parts, operators)
    }

    /// One word, value or group. `after` is the operator it belongs to.
    fn operand(&mut self, scope: Option<&G::Scope>, after: Option<(Operator, Span)>) -> Result<Part, SyntaxError> {
        let missing = |operator: Operator, span| {
            let name = name(operator);
            error(
                span,
                format!("{name} needs words on both sides"),
                format!("remove {name}, or write what it should join"),
            )
        };
        let last = self.last;
        match self.next() {
            Some(Token { kind: Kind::Leaf(leaf), span }) => {
                let query = self.language.leaf(leaf, scope, span)?;
                self.leaves += leaves(&query);
                if self.leaves > MAX_LEAVES {
                    let message = format!("the query has more than {MAX_LEAVES} words and values");
                    return Err(SyntaxError { message, span, suggestion: None });
                }
                let depth = height(&query);
                Ok(Part { query, depth, span })
            }
            Some(Token { kind: Kind::Open(own), span }) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(too_deep(span));
                }
                if let Some(Token { kind: Kind::Close, span: close }) = self.tokens.peek() {
                    let span = span.to(*close);
                    let hint = "remove them, or write words between them";
                    return Err(error(span, "nothing between the parentheses", hint));
                }
                let inner = self.group(own.as_ref().or(scope))?;
                self.depth -= 1;
                match self.next() {
                    Some(Token { kind: Kind::Close, span: close }) => Ok(Part { span: span.to(close), ..inner }),
                    _ => Err(error(span, "this `(` is never closed", "add the missing `)`")),
                }
            }
            Some(Token { kind: Kind::Operator(operator), span }) => Err(missing(operator, span)),
            other => Err(match (after, other) {
                (Some((operator, span)), _) => missing(operator, span),
                (None, Some(close)) => {
                    error(close.span, "this `)` closes nothing", "remove it, or add the `(` it belongs to")
                }
                (None, None) => error(
                    if last == self.end { self.end } else { last },
                    "the query ends with an open parenthesis",
                    "write words after it and close it",
                ),
            }),
        }
    }

    /// Joins the operands of one pair of parentheses.
    fn fold(&mut self, parts: Vec<Part>, operators: Vec<(Operator, Span)>) -> Result<Part, SyntaxError> {
        self.warn_of_mixture(&parts, &operators);
        let mut parts = parts.into_iter();
        let Some(first) = parts.next() else { return Err(error(self.end, "the query has no words", "write a word")) };
        // Distances first, in either order: no language lets them wait.
        let mut joined = vec![first];
        let mut between = Vec::new();
        for (operator, right) in operators.into_iter().zip(parts) {
            match operator {
                (Operator::Near { distance, ordered }, _) => {
                    let Some(left) = joined.pop() else { continue };
                    joined.push(self.near(left, right, distance, ordered)?);
                }
                (operator, _) => {
                    between.push(operator);
                    joined.push(right);
                }
            }
        }
        let mut joined = joined.into_iter();
        let Some(first) = joined.next() else { return Err(error(self.end, "the query has no words", "write a word")) };
        if G::ORDER == Order::LeftToRight {
            let mut left = Run::of(first);
            for (operator, right) in between.into_iter().zip(joined) {
                left.push(operator, right)?;
            }
            return left.into_part();
        }
        let mut alternatives = Vec::new();
        let mut left = Run::of(first);
        for (operator, right) in between.into_iter().zip(joined) {
            if operator == Operator::Or {
                alternatives.push(std::mem::replace(&mut left, Run::of(right)).into_part()?);
            } else {
                left.push(operator, right)?;
            }
        }
        let last = left.into_part()?;
        if alternatives.is_empty() {
            return Ok(last);
        }
        let mut all = Run::of(alternatives.remove(0));
        for part in alternatives.into_iter().chain([last]) {
            all.push(Operator::Or, part)?;
        }
        all.into_part()
    }

    fn near(&mut self, left: Part, right: Part, distance: u32, ordered: bool) -> Result<Part, SyntaxError> {
        let span = left.span.to(right.span);
        if left.depth.max(right.depth) + 1 > MAX_DEPTH {
            return Err(too_deep(span));
        }
        let (query, distributed) = operand::near(left.query, right.query, &Distance { distance, ordered, span })?;
        if distributed {
            let message = "AND within a distance is distributed: each of its parts must be within the distance".into();
            self.language.warnings().push(Warning { message, span });
        }
        if let Query::Spans { spans, .. } = &query
            && spans.fields().is_empty()
        {
            let message = "these can never be near each other: they are looked for in different fields".into();
            self.language.warnings().push(Warning { message, span });
        }
        let depth = height(&query);
        Ok(Part { query, depth, span })
    }

    fn warn_of_mixture(&mut self, parts: &[Part], operators: &[(Operator, Span)]) {
        let or = operators.iter().any(|(o, _)| *o == Operator::Or);
        let and = operators.iter().any(|(o, _)| matches!(o, Operator::And | Operator::Not));
        let beside = operators.iter().any(|(o, _)| *o == Operator::Beside);
        let near = operators.iter().any(|(o, _)| matches!(o, Operator::Near { .. }));
        let message = match G::ORDER {
            Order::LeftToRight if or && (and || beside) => "the operators are taken from left to right",
            Order::ByLevel if or && and => "AND and NOT bind tighter than OR here",
            Order::ByLevel if beside && or => "words side by side are joined by AND, which binds tighter than OR",
            Order::ByLevel if beside && near => {
                "only the words next to the distance belong to it; the others are joined by AND"
            }
            _ => return,
        };
        let message = format!("{message}; parentheses would make the order plain");
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return };
        let span = first.span.to(last.span);
        self.language.warnings().push(Warning { message, span });
    }
}

/// What has been joined so far: one part, or a list under AND or under OR that goes on.
struct Run {
    parts: Vec<Query>,
    or: bool,
    depth: usize,
    span: Span,
}

impl Run {
    fn of(part: Part) -> Run {
        Run { parts: vec![part.query], or: false, depth: part.depth, span: part.span }
    }

    fn push(&mut self, operator: Operator, right: Part) -> Result<(), SyntaxError> {
        let or = operator == Operator::Or;
        self.span = self.span.to(right.span);
        if self.parts.len() > 1 && self.or != or {
            let parts = std::mem::take(&mut self.parts);
            self.parts = vec![if self.or { Query::Or(parts) } else { Query::And(parts) }];
            self.depth += 1;
        }
        self.or = or;
        let not = operator == Operator::Not;
        self.depth = self.depth.max(right.depth + usize::from(not));
        self.parts.push(if not { Query::Not(Box::new(right.query)) } else { right.query });
        match self.depth >= MAX_DEPTH {
            true => Err(too_deep(self.span)),
            false => Ok(()),
        }
    }

    fn into_part(mut self) -> Result<Part, SyntaxError> {
        let Run { or, depth, span, .. } = self;
        if self.parts.len() == 1
            && let Some(query) = self.parts.pop()
        {
            return Ok(Part { query, depth, span });
        }
        let query = if or { Query::Or(self.parts) } else { Query::And(self.parts) };
        Ok(Part { query, depth: depth + 1, span })
    }
}

fn too_deep(span: Span) -> SyntaxError {
    error(span, format!("nested more than {MAX_DEPTH} deep"), "write it with fewer parentheses, or on several lines")
}

fn name(operator: Operator) -> &'static str {
    match operator {
        Operator::And | Operator::Beside => "AND",
        Operator::Or => "OR",
        Operator::Not => "NOT",
        Operator::Near { .. } => "a distance",
    }
}

/// How many words and values a query has.
pub(super) fn leaves(query: &Query) -> usize {
    match query {
        Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => parts.iter().map(leaves).sum(),
        Query::Not(part) => leaves(part),
        Query::Phrase { words, .. } => words.len(),
        Query::Spans { spans, .. } => span_leaves(spans),
        _ => 1,
    }
}

/// The same of a stretch of words.
pub(super) fn span_leaves(spans: &Spans) -> usize {
    match spans {
        Spans::Phrase { words, .. } => words.len(),
        Spans::Any(parts) => parts.iter().map(span_leaves).sum(),
        Spans::Near { left, right, .. } => span_leaves(left) + span_leaves(right),
    }
}

/// How deep a tree is nested: as deep as the parentheses of its canonical form.
pub(super) fn height(query: &Query) -> usize {
    match query {
        Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => {
            1 + parts.iter().map(height).max().unwrap_or(0)
        }
        Query::Not(part) => 1 + height(part),
        Query::Spans { spans, times, .. } => span_height(spans) + usize::from(*times > 1),
        _ => 0,
    }
}

/// The same of a stretch of words.
pub(super) fn span_height(spans: &Spans) -> usize {
    match spans {
        Spans::Phrase { .. } => 0,
        Spans::Any(parts) => 1 + parts.iter().map(span_height).max().unwrap_or(0),
        Spans::Near { left, right, .. } => 1 + span_height(left).max(span_height(right)),
    }
}
