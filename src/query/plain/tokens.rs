//! Text → tokens: operators, phrases, words, and fields with what follows them.

use super::fields::{WholeField, normalise, nothing_after_field, unknown_field_hint, value_field, whole_value};
use super::{Kind, Parser, Token, error, fields};
use crate::ingest::values;
use crate::query::{
    Fields, Gap, MAX_DISTANCE, MAX_LEAVES, Pattern, Query, Span, SyntaxError, TextField, ValueField, Warning, wild,
};

impl Parser<'_> {
    pub(super) fn tokenize(&mut self) -> Result<Vec<Token>, SyntaxError> {
        let text = self.text;
        let mut tokens = Vec::new();
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let next = at + c.len_utf8();
            let span = Span::new(at, next);
            if c.is_whitespace() {
                at = next;
            } else if c == '(' || c == ')' {
                tokens.push(Token { kind: if c == '(' { Kind::Open } else { Kind::Close }, span });
                at = next;
            } else if is_quote(c) {
                let (words, end) = self.phrase(at)?;
                let span = Span::new(at, end);
                self.count_leaves(words.len(), span)?;
                let leaf = Query::Phrase { fields: Fields::ALL, words, span };
                tokens.push(Token { kind: Kind::Leaf(leaf), span });
                at = end;
            } else if matches!(c, '+' | '-')
                && text[next..].starts_with(|c: char| is_quote(c) || c == '(' || c.is_alphanumeric())
            {
                tokens.push(Token { kind: if c == '+' { Kind::Plus } else { Kind::Minus }, span });
                at = next;
            } else {
                at = self.chunk(at, &mut tokens)?;
            }
        }
        Ok(tokens)
    }

    /// Reads a run of characters without spaces, quotes and parentheses.
    fn chunk(&mut self, start: usize, tokens: &mut Vec<Token>) -> Result<usize, SyntaxError> {
        let text = self.text;
        let end = chunk_end(text, start);
        let chunk = &text[start..end];
        let span = Span::new(start, end);
        let operator = match chunk {
            "AND" | "OR" | "NOT" if self.in_capitals => None,
            "AND" | "&&" => Some(Kind::And),
            "OR" | "||" => Some(Kind::Or),
            "NOT" => Some(Kind::Not),
            _ => proximity(chunk, span)?.or_else(|| line(chunk).map(|line| Kind::Leaf(Query::Line(line, span)))),
        };
        if let Some(kind) = operator {
            tokens.push(Token { kind, span });
            return Ok(end);
        }
        if let "ATLEAST" | "TIMES" = chunk
            && let Some((count, after)) = number_before_parenthesis(text, end)
        {
            let kind = if chunk == "TIMES" { Kind::Times(count) } else { Kind::AtLeast(count) };
            tokens.push(Token { kind, span: Span::new(start, after) });
            return Ok(after);
        }
        if let Some(colon) = chunk.find(':')
            && let Some(end) = self.fielded(start, colon, end, tokens)?
        {
            return Ok(end);
        }
        if is_pasted_doi(chunk)
            && let Some(value) = values::doi(chunk)
        {
            self.count_leaves(1, span)?;
            let query = Query::Value { field: ValueField::Doi, value: value.into(), span };
            tokens.push(Token { kind: Kind::Leaf(query), span });
            return Ok(end);
        }
        if let "or" | "not" = chunk
            && !tokens.is_empty()
            && !text[end..].trim_start().is_empty()
        {
            let message =
                format!("`{chunk}` is looked for as a word; the operator is written {}", chunk.to_uppercase());
            self.warnings.push(Warning { message, span });
        }
        self.word(span, Fields::ALL, tokens)?;
        Ok(end)
    }

    /// `names:` and what follows it. `None` when the colon is only punctuation.
    fn fielded(
        &mut self,
        start: usize,
        colon: usize,
        end: usize,
        tokens: &mut Vec<Token>,
    ) -> Result<Option<usize>, SyntaxError> {
        let text = self.text;
        let names = &text[start..start + colon];
        let after = start + colon + 1;
        let name_span = Span::new(start, after);
        let well_formed =
            !names.is_empty() && names.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, ',' | '_' | '-'));
        let next = text[after..].chars().next();
        let at_end = next.is_none_or(|c| c.is_whitespace() || c == ')');
        if !well_formed || text[after..].starts_with("//") {
            return Ok(None);
        }
        let lower = names.to_ascii_lowercase();
        let mut known = Vec::new();
        for name in lower.split(',') {
            match TextField::from_name(name) {
                Some(field) => known.push(field),
                None if at_end => {
                    return value_field(&lower).map_or(Ok(None), |_| Err(nothing_after_field(name_span, text)));
                }
                None => return self.value(&lower, name_span, after, tokens).map(Some),
            }
        }
        if at_end {
            return Err(nothing_after_field(name_span, text));
        }
        let fields = Fields::of(&known);
        if next.is_some_and(|c| is_quote(c) || c == '(') {
            tokens.push(Token { kind: Kind::In(fields), span: name_span });
            return Ok(Some(after));
        }
        self.word(Span::new(after, end), fields, tokens)?;
        Ok(Some(end))
    }

    /// A field whose values are looked up whole, `year` or `decade`.
    fn value(
        &mut self,
        name: &str,
        name_span: Span,
        after: usize,
        tokens: &mut Vec<Token>,
    ) -> Result<usize, SyntaxError> {
        if value_field(name).is_none() {
            let mut message = format!("there is no field `{name}`");
            if name.contains(',') {
                message.push_str(" that can stand in a list");
            }
            return Err(error(name_span, message, unknown_field_hint(name)));
        }
        let (value, end) = whole_value(self.text, after)?;
        let span = Span::new(name_span.start, end);
        self.count_leaves(1, span)?;
        let query = match value_field(name) {
            Some(WholeField::Years) if name == "decade" => fields::decade(&value.to_string(), span)?,
            Some(WholeField::Years) => fields::years(&value.to_string(), span)?,
            Some(WholeField::Value(field)) => Query::Value { field, value: normalise(field, value, span)?, span },
            None => return Ok(end),
        };
        tokens.push(Token { kind: Kind::Leaf(query), span });
        Ok(end)
    }

    /// The word, compound or truncated word of a chunk.
    fn word(&mut self, span: Span, fields: Fields, tokens: &mut Vec<Token>) -> Result<(), SyntaxError> {
        let chunk = &self.text[span.start..span.end];
        if chunk == "*" && fields == Fields::ALL {
            self.count_leaves(1, span)?;
            tokens.push(Token { kind: Kind::Leaf(Query::All), span });
            return Ok(());
        }
        let wild::Read { patterns: words, hyphens_only } = wild::read(chunk, span.start, &gap)?;
        let count = words.len();
        let query = match count {
            0 => {
                let message = format!("`{chunk}` has no letters or digits and is left out");
                self.warnings.push(Warning { message, span });
                return Ok(());
            }
            _ if words.iter().any(|w| !w.is_whole()) || !hyphens_only => Query::Phrase { fields, words, span },
            _ => {
                let word = words.into_iter().map(|w| w.word).collect::<Vec<_>>().join("-");
                Query::Word { fields, word, span }
            }
        };
        self.count_leaves(count, span)?;
        tokens.push(Token { kind: Kind::Leaf(query), span });
        Ok(())
    }

    fn phrase(&mut self, start: usize) -> Result<(Vec<Pattern>, usize), SyntaxError> {
        let text = self.text;
        let open = text[start..].chars().next().map_or(1, char::len_utf8);
        let inner = start + open;
        let Some(close) = text[inner..].find(is_quote) else {
            return Err(error(
                Span::new(start, text.len()),
                "this quotation mark is never closed",
                "add the closing quotation mark",
            ));
        };
        let end = inner + close;
        let after = end + text[end..].chars().next().map_or(1, char::len_utf8);
        let words = wild::read(&text[inner..end], inner, &gap)?.patterns;
        if words.is_empty() {
            return Err(error(
                Span::new(start, after),
                "no words between the quotation marks",
                "remove them, or write a phrase",
            ));
        }
        Ok((words, after))
    }

    fn count_leaves(&mut self, count: usize, span: Span) -> Result<(), SyntaxError> {
        self.leaves += count;
        if self.leaves > MAX_LEAVES {
            let message = format!("the query has more than {MAX_LEAVES} words and values");
            return Err(SyntaxError { message, span, suggestion: None });
        }
        Ok(())
    }
}

/// Whether a character opens or closes a phrase or value.
pub(in crate::query) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{ff02}')
}

fn chunk_end(text: &str, start: usize) -> usize {
    let stop = |c: char| c.is_whitespace() || is_quote(c) || c == '(' || c == ')';
    text[start..].find(stop).map_or(text.len(), |i| start + i)
}

/// Whether a chunk is an address or a bare DOI as one copies it from a page.
fn is_pasted_doi(chunk: &str) -> bool {
    let lower = chunk.to_ascii_lowercase();
    lower.starts_with("10.") || lower.contains("doi.org/10.")
}

/// `NEAR/n` and `PRE/n`.
fn proximity(chunk: &str, span: Span) -> Result<Option<Kind>, SyntaxError> {
    let Some((name @ ("NEAR" | "PRE"), number)) = chunk.split_once('/') else { return Ok(None) };
    match number.parse::<u32>() {
        Ok(distance) if (1..=MAX_DISTANCE).contains(&distance) => {
            Ok(Some(Kind::Near { distance, ordered: name == "PRE" }))
        }
        _ => Err(error(
            span,
            format!("`{number}` is not a distance"),
            format!("write a number from 1 (side by side) to {MAX_DISTANCE}: {name}/3"),
        )),
    }
}

/// `LINE/n`, counted from 1 as written.
fn line(chunk: &str) -> Option<usize> {
    chunk.strip_prefix("LINE/")?.parse::<usize>().ok()?.checked_sub(1)
}

fn number_before_parenthesis(text: &str, at: usize) -> Option<(usize, usize)> {
    let rest = text[at..].trim_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let count = rest[..digits].parse().ok()?;
    let after = text.len() - rest.len() + digits;
    text[after..].trim_start().starts_with('(').then_some((count, after))
}

/// The wildcard at the beginning of a text: `*`, `{n}` or `{m,n}`.
pub(super) fn gap(text: &str) -> Option<(Gap, usize)> {
    if text.starts_with('*') {
        return Some((Gap::ANY, 1));
    }
    let inner = text.strip_prefix('{')?;
    // Two numbers of three digits and a comma at the most.
    let inner = &inner[..inner.bytes().take(8).position(|b| b == b'}')?];
    let number = |s: &str| s.parse::<u8>().ok().filter(|_| s.len() <= 3 && s.bytes().all(|b| b.is_ascii_digit()));
    let (min, max) = match inner.split_once(',') {
        None => (number(inner)?, Some(number(inner)?)),
        Some((min, "")) => (number(min)?, None),
        Some((min, max)) => (number(min)?, Some(number(max)?)),
    };
    let sound = max.is_none_or(|max| min <= max) && (min, max) != (0, None);
    sound.then_some((Gap { min, max }, inner.len() + 2))
}
