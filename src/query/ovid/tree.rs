//! What was written → the query: fields are given to the words they stand for, line numbers become lines.

use super::suffix::{Places, Suffix, Whole};
use super::values::{as_words, gap, is_short_stem, normal};
use super::{Context, error, values};
use crate::query::plain::tokens::is_quote;
use crate::query::{
    Fields, LineRef, MAX_LEAVES, Pattern, Query, Span, SyntaxError, ValueField, Warning, operand, wild,
};

/// An expression as it was written.
#[derive(Debug)]
pub(super) enum Node {
    /// Words and quoted phrases side by side.
    Words(Vec<Span>, Span),
    /// A number alone, or one with `#` or `S` before it.
    Number(Span),
    /// `or/1-5`
    List {
        or: bool,
        ranges: Vec<(u32, u32)>,
        span: Span,
    },
    /// A heading, or what needs no field.
    Done(Query),
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Near {
        left: Box<Node>,
        right: Box<Node>,
        distance: u32,
        ordered: bool,
        span: Span,
    },
    Suffixed(Box<Node>, Suffix),
}

impl Node {
    /// Whether nothing but line numbers stands here, and more than one.
    pub(super) fn is_all_numbers(&self) -> bool {
        fn all(node: &Node) -> bool {
            match node {
                Node::Number(_) | Node::List { .. } => true,
                Node::And(parts) | Node::Or(parts) => parts.iter().all(all),
                Node::Not(part) => all(part),
                _ => false,
            }
        }
        matches!(self, Node::And(_) | Node::Or(_)) && all(self)
    }
}

pub(super) struct Lowering<'a> {
    pub(super) text: &'a str,
    pub(super) context: &'a Context<'a>,
    pub(super) warnings: &'a mut Vec<Warning>,
    pub(super) leaves: usize,
    /// Every operand is a number: they are lines, not words.
    pub(super) all_numbers: bool,
}

/// Whether an expression is an operand of proximity, where only words can stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    Records,
    Proximity,
}

impl Lowering<'_> {
    pub(super) fn lower(&mut self, node: &Node, places: Option<&Places>, within: Within) -> Result<Query, SyntaxError> {
        match node {
            Node::Done(query) => {
                self.count(Span::default(), 1)?;
                Ok(query.clone())
            }
            Node::And(parts) => self.all(parts, places, within).map(Query::And),
            Node::Or(parts) => self.all(parts, places, within).map(Query::Or),
            Node::Not(part) => Ok(Query::Not(Box::new(self.lower(part, places, within)?))),
            Node::List { or, ranges, span } => self.list(*or, ranges, *span),
            Node::Number(span) => match places {
                Some(places) if !self.text[span.start..].starts_with('#') => {
                    let written = &self.text[span.start..span.end];
                    if matches!((self.context.lines)(written.trim_start_matches(['S', 's'])), LineRef::Line(_)) {
                        self.warn(
                            *span,
                            format!("`{written}` is looked for as a number, not as a line, because of the field"),
                        );
                    }
                    self.words(&[*span], *span, places, within)
                }
                _ => self.number(*span, within),
            },
            Node::Words(pieces, span) => match places {
                Some(places) => self.words(pieces, *span, places, within),
                None => self.words(pieces, *span, &Places::mp(), within),
            },
            Node::Near { left, right, distance, ordered, span } => {
                let left = self.lower(left, places, Within::Proximity)?;
                let right = self.lower(right, places, Within::Proximity)?;
                let how = operand::Distance { distance: *distance, ordered: *ordered, span: *span };
                let (near, distributed) = operand::near(left, right, &how)?;
                if distributed {
                    self.warn(*span, "AND within a distance: each of its parts must be that near");
                } else if let Query::Spans { spans, .. } = &near
                    && spans.fields().is_empty()
                {
                    self.warn(*span, "the two sides share no field, so nothing can be that near: it finds nothing");
                }
                Ok(near)
            }
            Node::Suffixed(inner, suffix) => {
                if let (Node::Number(span), Some(places)) = (&**inner, &suffix.places) {
                    if self.text[span.start..].starts_with('#') {
                        let message = "no field can be said of a line; it is left out";
                        self.warn(suffix.span, message);
                        return self.number(*span, within);
                    }
                    let query = self.words(&[*span], *span, places, within)?;
                    return self.frequency(query, suffix);
                }
                let query = self.lower(inner, suffix.places.as_ref().or(places), within)?;
                self.frequency(query, suffix)
            }
        }
    }

    fn all(&mut self, parts: &[Node], places: Option<&Places>, within: Within) -> Result<Vec<Query>, SyntaxError> {
        parts.iter().map(|part| self.lower(part, places, within)).collect()
    }

    fn warn(&mut self, span: Span, message: impl Into<String>) {
        self.warnings.push(Warning { message: message.into(), span });
    }

    fn count(&mut self, span: Span, leaves: usize) -> Result<(), SyntaxError> {
        self.leaves += leaves;
        if self.leaves > MAX_LEAVES {
            let message = format!("the query has more than {MAX_LEAVES} words, values and lines");
            return Err(SyntaxError { message, span, suggestion: None });
        }
        Ok(())
    }

    /// `/freq=2`
    fn frequency(&mut self, query: Query, suffix: &Suffix) -> Result<Query, SyntaxError> {
        let Suffix { times, span, .. } = *suffix;
        if times == 1 {
            return Ok(query);
        }
        match query {
            Query::And(parts) => {
                self.warn(span, "AND under a frequency: each of its parts must occur so often");
                parts.into_iter().map(|part| self.frequency(part, suffix)).collect::<Result<_, _>>().map(Query::And)
            }
            query => match operand::spans(query, span) {
                Ok(spans) => Ok(Query::Spans { spans, times, span }),
                Err(_) => Err(error(
                    span,
                    "only words, phrases, proximities and OR of them can be counted",
                    "put /freq behind the words that it is meant for",
                )),
            },
        }
    }

    /// A number alone, or one with a mark.
    fn number(&mut self, span: Span, within: Within) -> Result<Query, SyntaxError> {
        let written = &self.text[span.start..span.end];
        let digits = written.trim_start_matches(['#', 'S', 's']);
        let marked = digits.len() < written.len();
        self.count(span, 1)?;
        let number = digits.trim_start_matches('0');
        match (self.context.lines)(if number.is_empty() { digits } else { number }) {
            LineRef::Line(place) if within == Within::Records => Ok(Query::Line(place, span)),
            LineRef::Line(_) => Err(error(
                span,
                format!("line {digits} cannot stand within a distance"),
                "write the words of that line here, or put the number in quotation marks to look for it",
            )),
            found if written.starts_with('#') || self.all_numbers => Err(no_line(digits, found, span)),
            found => {
                let why = if found == LineRef::Ahead { "does not come before this one" } else { "is not here" };
                // `S100` is a protein, too.
                let what = if marked { "word" } else { "number" };
                self.warn(span, format!("`{written}` is looked for as a {what}: line {digits} {why}"));
                self.words(&[span], span, &Places::mp(), within)
            }
        }
    }

    fn list(&mut self, or: bool, ranges: &[(u32, u32)], span: Span) -> Result<Query, SyntaxError> {
        let mut lines = Vec::new();
        for (first, last) in ranges {
            for number in *first..=*last {
                self.count(span, 1)?;
                match (self.context.lines)(&number.to_string()) {
                    LineRef::Line(place) => lines.push(Query::Line(place, span)),
                    found => return Err(no_line(&number.to_string(), found, span)),
                }
            }
        }
        Ok(match lines.len() {
            1 => lines.swap_remove(0),
            _ if or => Query::Or(lines),
            _ => Query::And(lines),
        })
    }

    /// Words side by side in each of the places.
    fn words(&mut self, pieces: &[Span], span: Span, places: &Places, within: Within) -> Result<Query, SyntaxError> {
        self.count(span, 1)?;
        let mut fields = places.fields;
        let mut parts = Vec::new();
        let answerable = !fields.is_empty() || places.values.iter().any(|w| *w != Whole::Nothing);
        for whole in &places.values {
            match (whole, within) {
                (Whole::Value(field), Within::Proximity) => {
                    let (words, message) = as_words(*field);
                    fields = fields.union(Fields::of(&[words]));
                    if !self.warnings.iter().any(|w| w.message == message) {
                        self.warn(span, message);
                    }
                }
                (Whole::Value(field), Within::Records) => parts.push(self.value(*field, span)?),
                (Whole::Years, _) => parts.push(values::years(&self.text[span.start..span.end], span)?),
                (Whole::Nothing, _) if answerable => {}
                (Whole::Nothing, _) if parts.is_empty() => {
                    self.warn(span, "no record can answer this; it finds every record");
                    parts.push(Query::All);
                }
                (Whole::Nothing, _) => {}
            }
        }
        if !fields.is_empty() {
            let mut words = Vec::new();
            for piece in pieces {
                words.extend(wild::read(&self.text[piece.start..piece.end], piece.start, &gap)?.patterns);
            }
            if words.is_empty() {
                return Err(error(span, "there are no letters or digits here", "write a word, or remove it"));
            }
            wild::check_length(&words, span)?;
            self.count(span, words.len() - 1)?;
            if let Some(short) = words.iter().find(|w| is_short_stem(w)) {
                let message = format!("`{short}` finds every word that begins with so few letters");
                self.warn(span, message);
            }
            parts.insert(0, Query::Phrase { fields, words, span });
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Query::Or(parts) })
    }

    /// A whole value of a field, with its wildcards.
    fn value(&mut self, field: ValueField, span: Span) -> Result<Query, SyntaxError> {
        let mut value = Pattern::whole("");
        let text = &self.text[..span.end];
        let mut at = span.start;
        while let Some(c) = text[at..].chars().next() {
            match gap(&text[at..]) {
                Some((wild, len)) => {
                    value.push_gap(wild);
                    at += len;
                }
                None => {
                    if !is_quote(c) {
                        value.push_str(c.encode_utf8(&mut [0; 4]));
                    }
                    at += c.len_utf8();
                }
            }
        }
        if value.word.trim().is_empty() && !value.is_whole() {
            return Err(error(span, "a value cannot begin with a wildcard", "write how it begins: Commission$"));
        }
        let value = match value.is_whole() {
            true => Pattern::whole(normal(field, value.word.trim()).unwrap_or_else(|| field.fold(&value.word))),
            false => field.fold_pattern(&value),
        };
        if value.word.is_empty() {
            return Err(error(span, "there are no letters or digits here", "write a word, or remove it"));
        }
        if field == ValueField::Major || field == ValueField::ExplodeMajor {
            self.warn(span, MAJOR);
        }
        Ok(Query::Value { field, value, span })
    }
}

/// What must be known about `*X/`.
pub(super) const MAJOR: &str = "records that do not mark their main topics count every heading as one";

fn no_line(number: &str, found: LineRef, span: Span) -> SyntaxError {
    let message = match found {
        LineRef::Ahead => format!("line {number} does not come before this one"),
        _ => format!("there is no line {number} here"),
    };
    error(span, message, "name an earlier line, or put the number in quotation marks to look for it as a word")
}
