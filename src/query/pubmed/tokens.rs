//! Text → tokens: operators, terms with their tags, ranges of dates, lines.

use super::tags::TAGS;
use super::{Leaf, PubMed, Tag, Term, Tokens};
use crate::query::expression::{self, Kind, Operator, Token, error};
use crate::query::plain::tokens::is_quote;
use crate::query::scope::{self, Scope};
use crate::query::{LineRef, MAX_DISTANCE, Span, SyntaxError, Warning};

impl PubMed<'_> {
    pub(super) fn tokenize(&mut self, lines: &dyn Fn(&str) -> LineRef) -> Result<Tokens, SyntaxError> {
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
