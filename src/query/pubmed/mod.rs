//! PubMed syntax.
//!
//! ```text
//! query   := operand ((AND | OR | NOT) operand)*      from left to right, without precedence
//! operand := '(' query ')' | term [tag] | '#' n | dates
//! term    := '"' words '"' | words
//! tag     := '[' name ']' | '[' name ':noexp]' | '[' name ':~' n ']'
//! dates   := 1990:2005[dp] | "1990/01/01"[dp] : "2005"[dp]
//! ```
//!
//! - Words with a tag are a phrase; words without one and without quotation marks are looked for each by itself, in all fields.
//!   PubMed would also map them to headings and journals (automatic term mapping); that is not done here.
//! - A tag behind a group, which PubMed does not know, is said of every term in it that has none.
//! - `and`, `or`, `not` in small letters are operators between terms; within words that have a tag they are words.
//! - `"a b c"[tiab:~N]`: all words, in any order, with at most N others between the first and the last of them.
//! - `smith j[au]` finds every Smith whose first name begins with J, `smith ja[au]` asks for both initials.

mod near;
mod tags;
mod tokens;

use super::expression::{self, Language, Order, Token, check_size, error};
use super::scope::{Said, Scope};
use super::{Fields, Gap, LineRef, Parsed, Pattern, Query, Span, SyntaxError, TextField, ValueField, Warning};

/// Parses a query in PubMed syntax that refers to no other line.
///
/// # Errors
/// [`SyntaxError`] with the faulty span and, where one is known, the repair.
pub fn parse(text: &str) -> Result<Parsed, SyntaxError> {
    parse_line(text, &|_| LineRef::Unknown)
}

/// Parses one line of a strategy in PubMed syntax. `lines` tells what the number of another line means.
///
/// # Errors
/// [`SyntaxError`] with the faulty span and, where one is known, the repair.
pub fn parse_line(text: &str, lines: &dyn Fn(&str) -> LineRef) -> Result<Parsed, SyntaxError> {
    check_size(text)?;
    let mut pubmed = PubMed { text, end: text.len(), warnings: Vec::new() };
    pubmed.cut_noise();
    let tokens = pubmed.tokenize(lines)?;
    let query = expression::parse(&mut pubmed, text, tokens)?;
    Ok(Parsed { query, relaxable: None, warnings: pubmed.warnings })
}

struct PubMed<'t> {
    text: &'t str,
    /// Where the query ends; what follows is left out.
    end: usize,
    warnings: Vec<Warning>,
}

#[derive(Clone, Copy)]
struct Tag {
    scope: Scope,
    note: Option<&'static str>,
    /// How many other words may stand between those of a phrase.
    near: Option<u32>,
    /// Whether PubMed itself has proximity in this field.
    has_near: bool,
    span: Span,
}

#[derive(Clone, Copy)]
struct Term {
    start: usize,
    end: usize,
    quoted: bool,
}

enum Leaf {
    Term(Term, Option<Tag>),
    Dates(Term, Term),
    Line(Query),
}

type Tokens = Vec<Token<Leaf, Tag>>;

impl PubMed<'_> {
    /// What PubMed's history adds to a query is left out.
    fn cut_noise(&mut self) {
        let noise = ["Sort by:", "Filters:", "Filters applied:"];
        let found = noise.iter().filter_map(|n| self.text.find(&format!(" {n}"))).min();
        if let Some(at) = found {
            let message = format!("`{}` is left out", self.text[at..].trim());
            self.warnings.push(Warning { message, span: Span::new(at + 1, self.text.len()) });
            self.end = at;
        }
    }

    fn rest(&self, at: usize) -> &str {
        self.text.get(at..self.end).unwrap_or("")
    }

    fn skip_space(&self, at: usize) -> usize {
        self.end - self.rest(at).trim_start().len()
    }

    /// Words without a tag: each of them, anywhere.
    fn anywhere(&self, term: Term, span: Span) -> Result<Query, SyntaxError> {
        let text = &self.text[term.start..term.end];
        if term.quoted {
            return self.said(term, span).phrase(Fields::ALL);
        }
        if text == "*" {
            return Ok(Query::All);
        }
        let mut queries = Vec::new();
        let mut at = 0;
        while let Some(word) = text[at..].split_whitespace().next() {
            let start = at + text[at..].len() - text[at..].trim_start().len();
            at = start + word.len();
            if word.contains(char::is_alphanumeric) || word.contains('*') {
                let (start, end) = (term.start + start, term.start + at);
                let said = self.said(Term { start, end, quoted: false }, Span::new(start, end));
                queries.push(said.phrase(Fields::ALL)?);
            }
        }
        match queries.len() {
            0 => Err(error(span, "there are no words here", "remove it, or write a word")),
            1 => Ok(queries.swap_remove(0)),
            _ => Ok(Query::And(queries)),
        }
    }

    fn said(&self, term: Term, span: Span) -> Said<'_> {
        Said { text: &self.text[term.start..term.end], offset: term.start, span, gap }
    }

    fn tagged(&mut self, term: Term, tag: Tag, span: Span) -> Result<Query, SyntaxError> {
        let text = &self.text[term.start..term.end];
        let lower = text.trim().to_lowercase();
        if matches!(tag.scope, Scope::Unanswerable) && lower == "all" {
            return Ok(Query::All);
        }
        if let Some(note) = tag.note {
            self.warnings.push(Warning { message: note.into(), span: tag.span });
        }
        if let Some(others) = tag.near {
            return self.near(term, tag, others, span);
        }
        match tag.scope {
            Scope::Years if lower.starts_with("last ") || lower.starts_with("past ") => {
                let message = format!("`{lower}` depends on the day it is asked; it restricts nothing");
                self.warnings.push(Warning { message, span });
                Ok(Query::All)
            }
            Scope::Values(&[ValueField::Subheading]) => self.said(term, span).subheading(),
            scope => {
                let said = Said { text: &self.text[term.start..term.end], offset: term.start, span, gap };
                said.query(scope, &mut self.warnings)
            }
        }
    }

    fn near(&mut self, term: Term, tag: Tag, others: u32, span: Span) -> Result<Query, SyntaxError> {
        let fields = match tag.scope {
            Scope::Words(fields) => Fields::of(fields),
            Scope::Everywhere => Fields::ALL,
            _ => {
                return Err(error(
                    tag.span,
                    "there is no proximity in this field",
                    "use [ti:~N], [tiab:~N] or [ad:~N]",
                ));
            }
        };
        let words = self.said(term, span).words()?;
        if words.len() > near::MAX_WORDS {
            return Err(error(
                span,
                format!("at most {} words can be near each other", near::MAX_WORDS),
                "write fewer words, or join them with AND",
            ));
        }
        let mut say = |message: &str| self.warnings.push(Warning { message: message.into(), span });
        if !tag.has_near {
            say("PubMed has proximity in [ti], [tiab] and [ad] only");
        }
        if !term.quoted {
            say("proximity needs quotation marks around the words");
        }
        if words.len() == 1 {
            say("proximity needs two words or more");
        }
        if words.iter().any(|w| !w.is_whole()) {
            say("PubMed has no truncation within proximity; it is read as it was meant");
        }
        let (query, exact) = near::within(&words, others, fields, span);
        if !exact {
            say("these are many words: each is looked for within the distance of those before it");
        }
        Ok(query)
    }

    fn warn_of_truncation(&mut self, words: &[Pattern], span: Span) {
        let short = |w: &&Pattern| !w.is_whole() && w.word.chars().count() < 4;
        if let Some(word) = words.iter().find(short) {
            let message = format!("PubMed truncates words of at least four characters; `{word}` has fewer");
            self.warnings.push(Warning { message, span });
        }
        if words.iter().rev().skip(1).any(|w| !w.is_whole()) {
            let message = "PubMed truncates only the last word of a phrase; it is read as it was meant".into();
            self.warnings.push(Warning { message, span });
        }
    }
}

impl Language for PubMed<'_> {
    type Leaf = Leaf;
    type Scope = Tag;
    const ORDER: Order = Order::LeftToRight;

    fn leaf(&mut self, leaf: Leaf, scope: Option<&Tag>, span: Span) -> Result<Query, SyntaxError> {
        let query = match leaf {
            Leaf::Line(query) => return Ok(query),
            Leaf::Dates(from, to) => {
                let text = format!("{}:{}", &self.text[from.start..from.end], &self.text[to.start..to.end]);
                let said = Said { text: &text, offset: span.start, span, gap };
                return said.query(Scope::Years, &mut self.warnings);
            }
            Leaf::Term(term, tag) => match tag.or(scope.copied()) {
                Some(tag) => self.tagged(term, tag, span)?,
                None => self.anywhere(term, span)?,
            },
        };
        let phrases = match &query {
            Query::And(parts) => parts.as_slice(),
            one => std::slice::from_ref(one),
        };
        for phrase in phrases {
            if let Query::Phrase { fields, words, span } = phrase
                && *fields != Fields::of(&[TextField::Creator])
            {
                self.warn_of_truncation(words, *span);
            }
        }
        Ok(query)
    }

    fn warnings(&mut self) -> &mut Vec<Warning> {
        &mut self.warnings
    }
}

fn gap(text: &str) -> Option<(Gap, usize)> {
    text.starts_with('*').then_some((Gap::ANY, 1))
}
