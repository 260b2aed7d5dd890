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

use self::tags::TAGS;
use super::expression::{self, Kind, Language, Operator, Order, Token, check_size, error};
use super::plain::tokens::is_quote;
use super::scope::{self, Said, Scope};
use super::{
    Fields, Gap, LineRef, MAX_DISTANCE, Parsed, Pattern, Query, Span, SyntaxError, TextField, ValueField, Warning,
};

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

    fn tokenize(&mut self, lines: &dyn Fn(&str) -> LineRef) -> Result<Tokens, SyntaxError> {
        let mut tokens: Tokens = Vec::new();
        let mut said = Vec::new();
        let mut at = self.skip_space(0);
        while let Some(c) = self.rest(at).chars().next() {
            let span = Span::new(at, at + c.len_utf8());
            match c {
                '(' => {
                    self.beside(&mut tokens, span);
                    tokens.push(Token { kind: Kind::Open(None), span });
                    at = span.end;
                }
                ')' => {
                    tokens.push(Token { kind: Kind::Close, span });
                    at = span.end;
                    if let Some((tag, after)) = self.tag(at)? {
                        let message =
                            "PubMed has no tags behind a group; it is read as said of every term in it".into();
                        self.warnings.push(Warning { message, span: tag.span });
                        said.push((tokens.len() - 1, tag));
                        at = after;
                    }
                }
                '[' => {
                    return Err(error(
                        span,
                        "a tag must follow the words it is said of",
                        "write a word before it: fundhold*[ti]",
                    ));
                }
                '#' if self.rest(span.end).starts_with(|c: char| c.is_ascii_digit()) => {
                    let digits = self.rest(span.end).bytes().take_while(u8::is_ascii_digit).count();
                    let span = Span::new(at, span.end + digits);
                    let number = &self.text[at + 1..span.end];
                    let query = expression::line(number, &format!("#{number}"), span, lines)?;
                    self.beside(&mut tokens, span);
                    tokens.push(Token { kind: Kind::Leaf(Leaf::Line(query)), span });
                    at = span.end;
                }
                _ if is_quote(c) => at = self.quoted(at, &mut tokens)?,
                _ => at = self.bare(at, &mut tokens)?,
            }
            at = self.skip_space(at);
        }
        expression::say_at_open(&mut tokens, said);
        Ok(tokens)
    }

    /// Where one operand follows another, PubMed takes AND.
    fn beside(&mut self, tokens: &mut Tokens, span: Span) {
        if let Some(Token { kind: Kind::Close | Kind::Leaf(_), span: last }) = tokens.last() {
            let span = Span::new(last.end, span.start.max(last.end));
            let message = "no operator stands between these; they are joined by AND".into();
            self.warnings.push(Warning { message, span });
            tokens.push(Token { kind: Kind::Operator(Operator::Beside), span });
        }
    }

    fn quoted(&mut self, at: usize, tokens: &mut Tokens) -> Result<usize, SyntaxError> {
        let (term, after) = self.quotation(at)?;
        self.beside(tokens, Span::new(at, after));
        self.term(at, term, after, tokens)
    }

    fn quotation(&self, at: usize) -> Result<(Term, usize), SyntaxError> {
        let open = self.rest(at).chars().next().map_or(1, char::len_utf8);
        let Some(length) = self.rest(at + open).find(is_quote) else {
            let span = Span::new(at, self.end);
            return Err(error(span, "this quotation mark is never closed", "add the closing quotation mark"));
        };
        let (start, end) = (at + open, at + open + length);
        let close = self.rest(end).chars().next().map_or(1, char::len_utf8);
        Ok((Term { start, end, quoted: true }, end + close))
    }

    /// A term, its tag, and the other end of a range of dates.
    fn term(&mut self, start: usize, term: Term, after: usize, tokens: &mut Tokens) -> Result<usize, SyntaxError> {
        let (tag, mut end) = match self.tag(after)? {
            Some((tag, after)) => (Some(tag), after),
            None => (None, after),
        };
        let colon = self.skip_space(end);
        let dates = tag.is_none_or(|t| matches!(t.scope, Scope::Years | Scope::Unanswerable));
        if dates && self.rest(colon).starts_with(':') {
            let at = self.skip_space(colon + 1);
            let (to, after) = match self.rest(at).starts_with(is_quote) {
                true => self.quotation(at)?,
                false => {
                    let stop = |c: char| c.is_whitespace() || is_quote(c) || matches!(c, '(' | ')' | '[');
                    let end = at + self.rest(at).find(stop).unwrap_or(self.end - at);
                    (Term { start: at, end, quoted: false }, end)
                }
            };
            let last = self.tag(after)?;
            if let Some(tag) = last.map(|(t, _)| t).or(tag) {
                end = last.map_or(after, |(_, after)| after);
                let span = Span::new(start, end);
                let leaf = match tag.scope {
                    Scope::Years => Leaf::Dates(term, to),
                    _ => Leaf::Term(term, Some(tag)),
                };
                tokens.push(Token { kind: Kind::Leaf(leaf), span });
                return Ok(end);
            }
        }
        tokens.push(Token { kind: Kind::Leaf(Leaf::Term(term, tag)), span: Span::new(start, end) });
        Ok(end)
    }

    /// Words without quotation marks, up to an operator, a parenthesis or a tag.
    fn bare(&mut self, start: usize, tokens: &mut Tokens) -> Result<usize, SyntaxError> {
        let mut at = start;
        let mut end = start;
        // The small operators between the words.
        let mut small: Vec<(Operator, Span)> = Vec::new();
        let mut upper = None;
        loop {
            let begin = self.skip_space(at);
            let rest = self.rest(begin);
            let stop = |c: char| c.is_whitespace() || is_quote(c) || matches!(c, '(' | ')' | '[');
            let chunk = &rest[..rest.find(stop).unwrap_or(rest.len())];
            let span = Span::new(begin, begin + chunk.len());
            if chunk.is_empty() || (begin > start && is_line(chunk)) {
                break;
            }
            if let Some(operator) = operator(chunk) {
                upper = Some((operator, span));
                break;
            }
            if let Some(operator) = operator(&chunk.to_ascii_uppercase()) {
                small.push((operator, span));
            }
            end = span.end;
            at = span.end;
        }
        if end > start {
            self.words(start, end, small, tokens)?;
            if let Some(Token { span, .. }) = tokens.last() {
                end = span.end.max(end);
            }
        }
        let Some((operator, span)) = upper else { return Ok(end) };
        tokens.push(Token { kind: Kind::Operator(operator), span });
        Ok(span.end)
    }

    fn words(
        &mut self,
        mut start: usize,
        mut end: usize,
        small: Vec<(Operator, Span)>,
        tokens: &mut Tokens,
    ) -> Result<(), SyntaxError> {
        let mut small = small.into_iter().peekable();
        let between = |tokens: &Tokens| matches!(tokens.last(), Some(Token { kind: Kind::Close | Kind::Leaf(_), .. }));
        // `x[ti] or y[ti]`: the first word follows a finished term.
        if let Some((operator, span)) = small.next_if(|(_, span)| span.start == start && between(tokens)) {
            self.small(operator, span, tokens);
            start = self.skip_space(span.end);
            if start >= end {
                return Ok(());
            }
        }
        let tag = self.tag(end)?;
        let mut last = None;
        if tag.is_some() {
            for (_, span) in small {
                let message = format!(
                    "`{}` is a word of the phrase here; the operator is in capitals",
                    &self.text[span.start..span.end]
                );
                self.warnings.push(Warning { message, span });
            }
        } else {
            for (operator, span) in small {
                if span.start <= start {
                    continue;
                }
                if span.end == end {
                    end = span.start;
                    last = Some((operator, span));
                    break;
                }
                self.run(start, span.start, tokens)?;
                self.small(operator, span, tokens);
                start = self.skip_space(span.end);
            }
        }
        self.run(start, end, tokens)?;
        if let Some((operator, span)) = last {
            self.small(operator, span, tokens);
        }
        Ok(())
    }

    fn run(&mut self, start: usize, end: usize, tokens: &mut Tokens) -> Result<(), SyntaxError> {
        let text = self.text[start..end].trim_end();
        let end = start + text.len();
        let span = Span::new(start, end);
        if text.is_empty() {
            return Ok(());
        }
        if !text.contains(char::is_alphanumeric) && text != "*" {
            let message = format!("`{text}` has no letters or digits and is left out");
            self.warnings.push(Warning { message, span });
            return Ok(());
        }
        self.beside(tokens, span);
        self.term(start, Term { start, end, quoted: false }, end, tokens).map(|_| ())
    }

    fn small(&mut self, operator: Operator, span: Span, tokens: &mut Tokens) {
        let word = &self.text[span.start..span.end];
        let message = format!("`{word}` is taken as the operator, which is written {}", word.to_uppercase());
        self.warnings.push(Warning { message, span });
        tokens.push(Token { kind: Kind::Operator(operator), span });
    }

    /// The tag that stands here, and where it ends.
    fn tag(&mut self, at: usize) -> Result<Option<(Tag, usize)>, SyntaxError> {
        let open = self.skip_space(at);
        let Some(inner) = self.rest(open).strip_prefix('[') else { return Ok(None) };
        let Some(length) = inner.find(']') else {
            return Err(error(Span::new(open, self.end), "this `[` is never closed", "add the missing `]`"));
        };
        let end = open + length + 2;
        let span = Span::new(open, end);
        let name = inner[..length].to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let (name, near) = match name.split_once(":~").or_else(|| name.split_once(": ~")) {
            Some((name, number)) => {
                let others = number.trim().parse::<u32>().ok().filter(|n| *n < MAX_DISTANCE).ok_or_else(|| {
                    error(
                        span,
                        format!("`{}` is not a number of words", number.trim()),
                        "write how many words may stand between: [tiab:~3]",
                    )
                })?;
                (name.trim().to_owned(), Some(others))
            }
            None => (name.replace(" :", ":").replace(": ", ":"), None),
        };
        let Some(code) = scope::code(TAGS, &name) else {
            let hint = scope::nearest(TAGS, &name).map_or_else(
                || "use one of [ti], [tiab], [tw], [mh], [majr], [pt], [au], [ta], [dp], [la], [all]".to_owned(),
                |near| format!("did you mean [{near}]?"),
            );
            return Err(error(span, format!("there is no tag [{name}]"), hint));
        };
        let has_near = ["ti", "tiab", "ad"].contains(&code.names[0]);
        Ok(Some((Tag { scope: code.scope, note: code.note, near, has_near, span }, end)))
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
        Ok(if queries.len() == 1 { queries.swap_remove(0) } else { Query::And(queries) })
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

fn operator(chunk: &str) -> Option<Operator> {
    Some(match chunk {
        "AND" | "&" | "&&" => Operator::And,
        "OR" | "|" | "||" => Operator::Or,
        "NOT" => Operator::Not,
        _ => return None,
    })
}

fn is_line(chunk: &str) -> bool {
    chunk.strip_prefix('#').is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()))
}
