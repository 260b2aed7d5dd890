//! Words, phrases, numbers and headings: what stands between operators.

use super::headings::{self, Marks};
use super::parser::{Parser, Unit};
use super::spelling;
use super::tokens::{Kind, Token, is_dash};
use super::tree::{MAJOR, Node};
use crate::query::{LineRef, Query, Span, SyntaxError};

/// The longest name of a heading, in words.
const MAX_HEADING: usize = 20;

impl Parser<'_> {
    /// Where the slash is that ends the heading that may begin here, and the first operator before it.
    fn heading_end(&self, from: usize) -> Option<(usize, Option<usize>)> {
        let mut operator = None;
        let mut open = 0;
        for (i, token) in self.tokens.iter().enumerate().skip(from).take(MAX_HEADING) {
            match token.kind {
                Kind::Word | Kind::Quoted => {}
                Kind::Slash(_) if i > from && open == 0 => return Some((i, operator)),
                Kind::And | Kind::Or | Kind::Not if i > from => operator = operator.or(Some(i)),
                // Part of the name: `Outcome Assessment (Health Care)/`.
                Kind::Open if i > from && open == 0 && self.word(i - 1).is_some() => open += 1,
                Kind::Close if open > 0 => open -= 1,
                _ => return None,
            }
        }
        None
    }

    pub(super) fn words_or_heading(&mut self) -> Result<Unit, SyntaxError> {
        let start = self.at;
        let begin = self.span();
        let mut marks = Marks { explode: false, major: false };
        let mut name = start;
        if self.word(name).is_some_and(|w| matches!(w.to_ascii_lowercase().as_str(), "exp" | "explode")) {
            marks.explode = true;
            name += 1;
        }
        if self.word(name).is_some_and(|w| w.starts_with('*')) {
            marks.major = true;
            name += usize::from(self.word(name) == Some("*"));
        }
        let from = self.tokens.get(name).map_or(begin.end, |t| t.span.start);
        let from = from + usize::from(self.text[from..].starts_with('*') && marks.major);
        let Some((slash, operator)) = self.heading_end(name) else {
            return match marks.explode {
                true => self.heading_without_slash(marks, begin, from),
                false => self.words(None),
            };
        };
        if let Some(operator) = operator {
            let end = self.tokens[slash].span.start;
            let written = Span::new(from, end);
            if !(self.context.known)(self.text[from..end].trim()) {
                let and = matches!(self.tokens[operator].kind, Kind::And);
                if !(and && (marks.explode || marks.major)) {
                    return match marks.explode {
                        true => self.heading_without_slash(marks, begin, from),
                        false => self.words(Some(written)),
                    };
                }
                let message = "this is read as one heading; quotation marks around its name would make that plain";
                self.warn(written, message);
            }
        }
        let Some(Token { kind: Kind::Slash(subheadings), span }) = self.tokens.get(slash).cloned() else {
            return self.words(None);
        };
        let whole = begin.to(span);
        let query = headings::query(self.text, Span::new(from, span.start), marks, &subheadings, whole)?;
        self.at = slash + 1;
        Ok(self.heading(query, marks, whole))
    }

    fn heading(&mut self, query: Query, marks: Marks, span: Span) -> Unit {
        if marks.major && !self.warnings.iter().any(|w| w.message == MAJOR) {
            self.warn(span, MAJOR);
        }
        Unit { node: Node::Done(query), span, height: 1, closed: true, bare_and: false }
    }

    /// `exp Asthma`, whose slash was forgotten; with a suffix it is words.
    fn heading_without_slash(&mut self, marks: Marks, begin: Span, from: usize) -> Result<Unit, SyntaxError> {
        let rest = self.tokens.get(self.at + 1..).unwrap_or_default();
        let count = rest.iter().take_while(|t| matches!(t.kind, Kind::Word | Kind::Quoted)).count();
        let next = rest.get(count).map(|t| &t.kind);
        let ends = matches!(next, None | Some(Kind::And | Kind::Or | Kind::Not | Kind::Close));
        if count == 0 || !ends {
            return self.words(None);
        }
        let end = rest[count - 1].span.end;
        let whole = Span::new(begin.start, end);
        let query = headings::query(self.text, Span::new(from, end), marks, &[], whole)?;
        self.warn(whole, "the slash after the heading is missing; it is read as if it were there");
        self.at += 1 + count;
        Ok(self.heading(query, marks, whole))
    }

    /// Words and quoted phrases side by side. `split` is the name of an unknown heading of which they are the beginning.
    fn words(&mut self, split: Option<Span>) -> Result<Unit, SyntaxError> {
        let mut pieces = Vec::new();
        let start = self.at;
        while let Some(token) = self.tokens.get(self.at) {
            let first = pieces.is_empty();
            let is_piece = match token.kind {
                Kind::Word | Kind::Quoted => true,
                Kind::Near => first,
                _ => false,
            };
            if !is_piece || !first && self.is_use_of_database() {
                break;
            }
            pieces.push(token.span);
            self.at += 1;
        }
        let span = pieces.iter().copied().reduce(Span::to).unwrap_or(self.span());
        if let [only] = pieces.as_slice()
            && is_number(&self.text[only.start..only.end])
            && matches!(self.tokens[start].kind, Kind::Word)
        {
            // Commas and full stops behind a number are no part of it.
            let written = self.text[only.start..only.end].trim_end_matches(['.', ',', ';']);
            let span = Span::new(only.start, only.start + written.len());
            return Ok(Unit { node: Node::Number(span), span, height: 0, closed: true, bare_and: false });
        }
        if let [only] = pieces.as_slice()
            && self.is_range(&self.text[only.start..only.end])
        {
            let written = &self.text[only.start..only.end];
            self.warn(*only, format!("`{written}` is looked for as words; a list of lines is written or/{written}"));
        }
        if let Some(name) = split
            && matches!(self.kind(), Some(Kind::And))
        {
            let written = self.text[name.start..name.end].trim();
            let message = format!("no heading `{written}` is known; it is split at the operator");
            self.warn(name, message);
        }
        if pieces.len() > 1 {
            for i in start..self.at {
                if let Some(word) = self.word(i)
                    && let Some(operator) = spelling::operator_meant(word)
                {
                    let span = self.tokens[i].span;
                    self.warn(span, format!("`{word}` is looked for as a word; the operator is written {operator}"));
                }
            }
        }
        Ok(Unit { node: Node::Words(pieces, span), span, height: 0, closed: false, bare_and: false })
    }

    /// Whether a word is a range of lines: `1-3`.
    fn is_range(&self, word: &str) -> bool {
        let Some((first, last)) = word.split_once(is_dash) else { return false };
        let is_line = |n: &str| {
            n.len() <= 7 && n.bytes().all(|b| b.is_ascii_digit()) && matches!((self.context.lines)(n), LineRef::Line(_))
        };
        is_line(first) && is_line(last)
    }

    /// Whether `use` and the name of a database stand here, at the end of an operand.
    fn is_use_of_database(&self) -> bool {
        let is_line = self.at.checked_sub(1).and_then(|i| self.word(i)).is_some_and(is_number);
        is_line
            && self.word(self.at).is_some_and(|w| w.eq_ignore_ascii_case("use"))
            && self.word(self.at + 1).is_some_and(is_database)
            && !matches!(
                self.tokens.get(self.at + 2).map(|t| &t.kind),
                Some(Kind::Word | Kind::Quoted | Kind::Suffix(_))
            )
    }
}

fn is_number(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ',', ';']);
    let digits = word.strip_prefix(['#', 'S', 's']).unwrap_or(word);
    (1..=7).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Codes of databases are short: `medall`, `emez`, `cctr`.
pub(super) fn is_database(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ',', ';']);
    (2..=20).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b',')
}
