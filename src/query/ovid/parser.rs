//! Tokens → expression.

use super::tokens::{Kind, Token};
use super::tree::Node;
use super::units::is_database;
use super::{Context, error, too_deep};
use crate::query::{MAX_DEPTH, Span, SyntaxError, Warning};

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token>,
    pub(super) context: &'a Context<'a>,
    pub(super) warnings: &'a mut Vec<Warning>,
    pub(super) at: usize,
    pub(super) depth: usize,
}

/// An expression, and what its neighbours need to know of it.
pub(super) struct Unit {
    pub(super) node: Node,
    pub(super) span: Span,
    pub(super) height: usize,
    /// Nothing can follow it side by side: it has a suffix, or is a heading or line.
    pub(super) closed: bool,
    /// AND or NOT without parentheses around it.
    pub(super) bare_and: bool,
}

impl<'a> Parser<'a> {
    pub(super) fn new(
        text: &'a str,
        tokens: Vec<Token>,
        context: &'a Context<'a>,
        warnings: &'a mut Vec<Warning>,
    ) -> Self {
        Parser { text, tokens, context, warnings, at: 0, depth: 0 }
    }

    pub(super) fn parse(mut self, from: usize) -> Result<Node, SyntaxError> {
        self.drop_hits();
        self.balance();
        if self.tokens.is_empty() {
            let rest = self.text.get(from..).unwrap_or("");
            let nothing = if rest.trim().is_empty() { "the query is empty" } else { "the query has no words" };
            return Err(error(Span::new(from, self.text.len()), nothing, "write a word, as in: commission$.ti,ab."));
        }
        let unit = self.disjunction()?;
        match self.tokens.get(self.at) {
            None => Ok(unit.node),
            Some(token) => Err(operator_missing(token)),
        }
    }

    /// A number of hits that was copied with the line: `(3454)` behind an operand.
    fn drop_hits(&mut self) {
        let [.., before, open, word, close] = self.tokens.as_slice() else { return };
        let digits = &self.text[word.span.start..word.span.end];
        let is_number = digits.bytes().all(|b| b.is_ascii_digit() || b == b',');
        if !before.kind.is_operator()
            && !matches!(before.kind, Kind::Open)
            && matches!((&open.kind, &word.kind, &close.kind), (Kind::Open, Kind::Word, Kind::Close))
            && is_number
        {
            self.tokens.truncate(self.tokens.len() - 3);
        }
    }

    /// Adds the parentheses that are missing: an opening one at the beginning, a closing one before the last suffix.
    fn balance(&mut self) {
        let mut open = Vec::new();
        let mut stray = Vec::new();
        for token in &self.tokens {
            match token.kind {
                Kind::Open => open.push(token.span),
                Kind::Close if open.pop().is_none() => stray.push(token.span),
                _ => {}
            }
        }
        if let (Some(span), Some(first)) = (stray.first(), self.tokens.first()) {
            let start = Span::new(first.span.start, first.span.start);
            let message = "this `)` closes nothing; it is read as if its `(` stood at the beginning".into();
            self.warnings.push(Warning { message, span: *span });
            let opens = std::iter::repeat_n(Token { kind: Kind::Open, span: start }, stray.len());
            self.tokens.splice(0..0, opens);
        }
        if let Some(span) = open.first() {
            let suffixes = self.tokens.iter().rev().take_while(|t| matches!(t.kind, Kind::Suffix(_))).count();
            let at = self.tokens.len() - suffixes;
            let place = if suffixes > 0 { "before the last field" } else { "at the end" };
            let message = format!("this `(` is never closed; it is read as if its `)` stood {place}");
            self.warnings.push(Warning { message, span: *span });
            let end = self.tokens.get(at).map_or(self.text.len(), |t| t.span.start);
            let close = Token { kind: Kind::Close, span: Span::new(end, end) };
            self.tokens.splice(at..at, std::iter::repeat_n(close, open.len()));
        }
    }

    pub(super) fn kind(&self) -> Option<&Kind> {
        self.tokens.get(self.at).map(|t| &t.kind)
    }

    pub(super) fn span(&self) -> Span {
        self.tokens.get(self.at).map_or(Span::new(self.text.len(), self.text.len()), |t| t.span)
    }

    pub(super) fn word(&self, at: usize) -> Option<&'a str> {
        let token = self.tokens.get(at).filter(|t| matches!(t.kind, Kind::Word))?;
        self.text.get(token.span.start..token.span.end)
    }

    pub(super) fn warn(&mut self, span: Span, message: impl Into<String>) {
        self.warnings.push(Warning { message: message.into(), span });
    }

    fn disjunction(&mut self) -> Result<Unit, SyntaxError> {
        let first = self.conjunction()?;
        if !matches!(self.kind(), Some(Kind::Or)) {
            return Ok(first);
        }
        let (mut span, mut height, mut is_mixed) = (first.span, first.height, first.bare_and);
        let mut parts = vec![first.node];
        while matches!(self.kind(), Some(Kind::Or)) {
            self.operator("or")?;
            let next = self.conjunction()?;
            is_mixed |= next.bare_and;
            (span, height) = (span.to(next.span), height.max(next.height));
            parts.push(next.node);
        }
        if is_mixed {
            self.warn(span, "AND and NOT bind tighter than OR here; parentheses would make the order plain");
        }
        Ok(Unit { node: Node::Or(parts), span, height: height + 1, closed: true, bare_and: false })
    }

    /// Steps over an operator with two sides.
    fn operator(&mut self, name: &str) -> Result<(), SyntaxError> {
        let span = self.span();
        self.at += 1;
        let missing = match self.kind() {
            None | Some(Kind::And | Kind::Or | Kind::Close | Kind::Suffix(_)) => true,
            Some(Kind::Not) => name != "and",
            _ => false,
        };
        match missing {
            true => {
                Err(error(span, format!("`{name}` needs something on both sides"), "remove it, or write what it joins"))
            }
            false => Ok(()),
        }
    }

    fn conjunction(&mut self) -> Result<Unit, SyntaxError> {
        let first = self.proximity()?;
        if !matches!(self.kind(), Some(Kind::And | Kind::Not)) {
            return Ok(first);
        }
        let (mut span, mut height) = (first.span, first.height);
        let mut parts = vec![first.node];
        while let Some(Kind::And | Kind::Not) = self.kind() {
            let mut not = matches!(self.kind(), Some(Kind::Not));
            self.operator(if not { "not" } else { "and" })?;
            if let Some(Kind::Not) = self.kind() {
                let span = self.span();
                self.warn(span, "`and not` is read as `not`");
                self.operator("not")?;
                not = true;
            }
            let next = self.proximity()?;
            (span, height) = (span.to(next.span), height.max(next.height + usize::from(not)));
            parts.push(if not { Node::Not(Box::new(next.node)) } else { next.node });
        }
        Ok(Unit { node: Node::And(parts), span, height: height + 1, closed: true, bare_and: true })
    }

    /// Operands joined by adj, from the left.
    fn proximity(&mut self) -> Result<Unit, SyntaxError> {
        let mut left = self.unit()?;
        loop {
            let operator = self.span();
            let (mut distance, mut ordered) = (1, true);
            match self.kind() {
                Some(Kind::Adj { distance: n, ordered: o }) => {
                    (distance, ordered) = (*n, *o);
                    self.at += 1;
                    if ordered && let Some(n) = self.spaced_distance() {
                        let span = operator.to(self.span());
                        self.warn(span, format!("`adj {n}` is read as adj{n}"));
                        (distance, ordered) = (n, false);
                        self.at += 1;
                    }
                    if matches!(
                        self.kind(),
                        None | Some(Kind::And | Kind::Or | Kind::Not | Kind::Close | Kind::Adj { .. })
                    ) {
                        return Err(error(
                            operator,
                            "a word is missing after the distance",
                            "write what should be near",
                        ));
                    }
                }
                Some(Kind::Near) => {
                    let written = &self.text[operator.start..operator.end];
                    let n = written.trim_start_matches(|c: char| !c.is_ascii_digit());
                    let n = if n.is_empty() { "3" } else { n };
                    return Err(error(
                        operator,
                        format!("`{written}` is not an operator of Ovid"),
                        format!("write adj{n}, or put the words in quotation marks"),
                    ));
                }
                Some(Kind::Open | Kind::Word | Kind::Quoted) if !left.closed => {
                    self.warn(operator, "no operator stands here; it is read as adj (side by side, in this order)");
                }
                _ => return Ok(left),
            }
            let right = self.unit()?;
            let span = left.span.to(right.span);
            let height = 1 + left.height.max(right.height);
            if height > MAX_DEPTH {
                return Err(too_deep(span));
            }
            let (l, r) = (Box::new(left.node), Box::new(right.node));
            left = Unit {
                node: Node::Near { left: l, right: r, distance, ordered, span },
                span,
                height,
                closed: right.closed,
                bare_and: false,
            };
        }
    }

    /// The number of `adj 3`, when a word follows it.
    fn spaced_distance(&self) -> Option<u32> {
        let digits = self.word(self.at).filter(|w| w.len() <= 2 && w.bytes().all(|b| b.is_ascii_digit()))?;
        let next = self.tokens.get(self.at + 1)?;
        matches!(next.kind, Kind::Word | Kind::Quoted | Kind::Open)
            .then(|| digits.parse().ok())
            .flatten()
            .filter(|n| *n > 0)
    }

    fn unit(&mut self) -> Result<Unit, SyntaxError> {
        let mut unit = self.bare_unit()?;
        while let Some(Kind::Suffix(suffix)) = self.kind() {
            let suffix = suffix.clone();
            unit.span = unit.span.to(suffix.span);
            unit.node = Node::Suffixed(Box::new(unit.node), suffix);
            unit.closed = true;
            self.at += 1;
        }
        if self.word(self.at).is_some_and(|w| w.eq_ignore_ascii_case("use"))
            && self.word(self.at + 1).is_some_and(is_database)
            && !matches!(
                self.tokens.get(self.at + 2).map(|t| &t.kind),
                Some(Kind::Word | Kind::Quoted | Kind::Suffix(_))
            )
        {
            let span = self.span().to(self.tokens[self.at + 1].span);
            self.warn(span, "records are not kept by database; `use` restricts nothing");
            self.at += 2;
            unit.closed = true;
        }
        Ok(unit)
    }

    fn bare_unit(&mut self) -> Result<Unit, SyntaxError> {
        let span = self.span();
        match self.kind() {
            Some(Kind::Open) => self.group(),
            Some(Kind::List { or, ranges }) => {
                let node = Node::List { or: *or, ranges: ranges.clone(), span };
                self.at += 1;
                Ok(Unit { node, span, height: 1, closed: true, bare_and: false })
            }
            Some(Kind::Word | Kind::Quoted | Kind::Near) => self.words_or_heading(),
            Some(Kind::Not) => Err(error(
                span,
                "`not` needs something before it to take away from",
                "write what should be found first: commission$ not military",
            )),
            Some(Kind::And | Kind::Or) => {
                let name = self.text[span.start..span.end].to_lowercase();
                let numbers = self.word(self.at + 1).is_some_and(|w| w.starts_with(|c: char| c.is_ascii_digit()));
                let repair = match numbers {
                    true => format!("write {name}/ before a list of lines: {name}/1-5"),
                    false => "remove it, or write what it joins".into(),
                };
                Err(error(span, format!("`{name}` needs something on both sides"), repair))
            }
            Some(Kind::Adj { .. }) => Err(error(
                span,
                "a word is missing before the distance",
                "write words on both sides: purchas$ adj3 health",
            )),
            Some(Kind::Slash(_)) => {
                Err(error(span, "the name of a heading is missing before the slash", "write it: Commissioning/"))
            }
            Some(Kind::Suffix(_)) => {
                Err(error(span, "there are no words before this field", "write them first: commission$.ti,ab."))
            }
            Some(Kind::Close) => {
                let open = self.at.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(span, |t| t.span);
                Err(error(open.to(span), "nothing between the parentheses", "remove them, or write words between them"))
            }
            None => Err(error(span, "something is missing at the end", "write what the operator joins")),
        }
    }

    fn group(&mut self) -> Result<Unit, SyntaxError> {
        let open = self.span();
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(too_deep(open));
        }
        let inner = self.disjunction()?;
        self.depth -= 1;
        let close = self.span();
        if let Some(token) = self.tokens.get(self.at).filter(|t| !matches!(t.kind, Kind::Close)) {
            return Err(operator_missing(token));
        }
        self.at += 1;
        if let Some(Kind::Slash(_)) = self.kind() {
            return Err(error(
                self.span(),
                "a slash makes one heading, not a group",
                "give each heading its own slash: (Asthma/ or Bronchitis/)",
            ));
        }
        // A heading or line alone in its parentheses cannot be side by side with anything.
        let lone = matches!(inner.node, Node::Done(_) | Node::Number(_) | Node::List { .. });
        Ok(Unit { node: inner.node, span: open.to(close), height: inner.height, closed: lone, bare_and: false })
    }
}

fn operator_missing(token: &Token) -> SyntaxError {
    match token.kind {
        Kind::Slash(_) => {
            error(token.span, "this slash belongs to no heading", "write the name before it: Commissioning/")
        }
        _ => error(token.span, "an operator is missing before this", "join the two with and, or, not or adj"),
    }
}
