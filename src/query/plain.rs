//! Plain syntax: what a person types into a search box.
//!
//! ```text
//! query    := and (OR and)*                  AND binds tighter than OR; words side by side are joined by AND
//! and      := unary ([AND] unary)*
//! unary    := (NOT | '-' | '+') unary | ATLEAST n '(' unary* ')' | [fields ':'] ( word | phrase | '(' query ')' )
//! word     := chars | chars '*' | '*'        `*` alone is every record
//! phrase   := '"' (word | word '*')+ '"'
//! fields   := name (',' name)*               also year:1994..2000, decade:1990s, type:report, doi:…
//! ```
//!
//! Operators are written in capitals. The parser is strict: what is not well formed is an error that names the span and the
//! repair. It recurses only as deep as [`MAX_DEPTH`], whatever it is given.

use std::collections::HashSet;

use super::{
    Fields, MAX_DEPTH, MAX_LEAVES, MAX_QUERY_BYTES, Parsed, Pattern, Query, Relaxable, Span, SyntaxError, TextField,
    ValueField, Warning,
};
use crate::ingest::values;
use crate::words::Words;

/// Parses a query in plain syntax.
///
/// # Errors
/// [`SyntaxError`] with the faulty span and, where one is known, the repair.
pub fn parse(text: &str) -> Result<Parsed, SyntaxError> {
    if text.len() > MAX_QUERY_BYTES {
        let message = format!("the query is too long: {} bytes, {MAX_QUERY_BYTES} are allowed", text.len());
        return Err(SyntaxError { message, span: Span::new(0, text.len()), suggestion: None });
    }
    let mut parser = Parser { text, tokens: Vec::new(), at: 0, depth: 0, leaves: 0, warnings: Vec::new() };
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
    Ok(Parsed { query: top.into_query(), relaxable, warnings: parser.warnings })
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
    /// `title:` directly before a phrase or parenthesis.
    In(Fields),
    /// A word, phrase, value or range; its fields are those of the group it stands in unless it names its own.
    Leaf(Query),
}

struct Parser<'t> {
    text: &'t str,
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
    group: bool,
}

impl Expression {
    fn into_query(self) -> Query {
        match self.disjunction {
            Some(query) => query,
            None => one_or(self.parts.into_iter().map(|p| p.query).collect(), Query::And),
        }
    }

    fn relaxable(&self) -> Option<Relaxable> {
        if self.explicit || self.disjunction.is_some() || self.parts.iter().any(|p| p.group) {
            return None;
        }
        let (required, wanted): (Vec<_>, Vec<_>) = self.parts.iter().partition(|p| p.required);
        let queries = |parts: Vec<&Part>| parts.into_iter().map(|p| p.query.clone()).collect::<Vec<_>>();
        let mut seen = HashSet::new();
        let mut wanted = queries(wanted);
        wanted.retain(|q| seen.insert(q.to_string()));
        let words = wanted.len();
        // The function words of a question are the first to be missed.
        if wanted.iter().any(|q| !is_function_word(q)) {
            wanted.retain(|q| !is_function_word(q));
        }
        if words < 2 || wanted.len() > MAX_RELAXABLE {
            return None;
        }
        Some(Relaxable { required: queries(required), wanted, words })
    }
}

/// More words than this are not a few words; they are taken as they stand.
const MAX_RELAXABLE: usize = 64;

/// Words that a question needs and an answer does not.
fn is_function_word(query: &Query) -> bool {
    let Query::Word { word, .. } = query else { return false };
    matches!(
        word.as_str(),
        "a" | "about"
            | "after"
            | "an"
            | "and"
            | "are"
            | "as"
            | "at"
            | "be"
            | "been"
            | "between"
            | "by"
            | "can"
            | "did"
            | "do"
            | "does"
            | "for"
            | "from"
            | "had"
            | "has"
            | "have"
            | "how"
            | "in"
            | "into"
            | "is"
            | "it"
            | "its"
            | "of"
            | "on"
            | "or"
            | "than"
            | "that"
            | "the"
            | "their"
            | "there"
            | "these"
            | "they"
            | "this"
            | "to"
            | "was"
            | "were"
            | "what"
            | "when"
            | "where"
            | "which"
            | "who"
            | "why"
            | "will"
            | "with"
            | "would"
    )
}

fn one_or(mut queries: Vec<Query>, many: fn(Vec<Query>) -> Query) -> Query {
    if queries.len() == 1 { queries.swap_remove(0) } else { many(queries) }
}

fn error(span: Span, message: impl Into<String>, suggestion: impl Into<String>) -> SyntaxError {
    SyntaxError { message: message.into(), span, suggestion: Some(suggestion.into()) }
}

// ---- tree

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
            return Err(error(
                self.span(),
                format!("nested more than {MAX_DEPTH} deep"),
                "write it with fewer parentheses",
            ));
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
            match self.unary(fields)? {
                Some(part) => parts.push(part),
                None => break,
            }
        }
        if parts.is_empty() {
            return Ok(None);
        }
        Ok(Some(Expression { parts, explicit, disjunction: None }))
    }

    fn unary(&mut self, fields: Fields) -> Result<Option<Part>, SyntaxError> {
        let Some(token) = self.tokens.get(self.at).cloned() else { return Ok(None) };
        let part = match token.kind {
            Kind::Close | Kind::And | Kind::Or => return Ok(None),
            Kind::Leaf(leaf) => {
                self.at += 1;
                Part { query: within(leaf, fields), required: false, group: false }
            }
            Kind::Not | Kind::Minus => {
                let part = self.operand(fields, if matches!(token.kind, Kind::Not) { "NOT" } else { "-" })?;
                let group = matches!(token.kind, Kind::Not) || part.group;
                Part { query: Query::Not(Box::new(part.query)), required: true, group }
            }
            Kind::Plus => Part { required: true, ..self.operand(fields, "+")? },
            Kind::Open => {
                self.at += 1;
                Part { query: self.group(token.span, fields)?, required: false, group: true }
            }
            Kind::In(own) => {
                self.at += 1;
                match self.tokens.get(self.at).cloned() {
                    Some(Token { kind: Kind::Open, span }) => {
                        self.at += 1;
                        Part { query: self.group(span, own)?, required: false, group: true }
                    }
                    Some(Token { kind: Kind::Leaf(leaf), .. }) => {
                        self.at += 1;
                        Part { query: within(leaf, own), required: false, group: false }
                    }
                    _ => return Err(nothing_after_field(token.span, self.text)),
                }
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
                Part { query: Query::AtLeast(count, parts), required: false, group: true }
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

    fn group(&mut self, open: Span, fields: Fields) -> Result<Query, SyntaxError> {
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
        Ok(inner.into_query())
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

// ---- tokens

impl Parser<'_> {
    fn tokenize(&mut self) -> Result<Vec<Token>, SyntaxError> {
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
                self.count_leaf(span)?;
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
            "AND" | "&&" => Some(Kind::And),
            "OR" | "||" => Some(Kind::Or),
            "NOT" => Some(Kind::Not),
            _ => None,
        };
        if let Some(kind) = operator {
            tokens.push(Token { kind, span });
            return Ok(end);
        }
        if chunk == "ATLEAST"
            && let Some((count, after)) = number_before_parenthesis(text, end)
        {
            tokens.push(Token { kind: Kind::AtLeast(count), span: Span::new(start, after) });
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
            self.count_leaf(span)?;
            let query = Query::Value { field: ValueField::Doi, value, span };
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
        self.count_leaf(span)?;
        let query = match value_field(name) {
            Some(WholeField::Years) if name == "decade" => decade(&value, span)?,
            Some(WholeField::Years) => years(&value, span)?,
            Some(WholeField::Value(field)) => Query::Value { field, value: normalise(field, &value, span)?, span },
            None => return Ok(end),
        };
        tokens.push(Token { kind: Kind::Leaf(query), span });
        Ok(end)
    }

    /// The word, compound or truncated word of a chunk.
    fn word(&mut self, span: Span, fields: Fields, tokens: &mut Vec<Token>) -> Result<(), SyntaxError> {
        let chunk = &self.text[span.start..span.end];
        if chunk == "*" && fields == Fields::ALL {
            self.count_leaf(span)?;
            tokens.push(Token { kind: Kind::Leaf(Query::All), span });
            return Ok(());
        }
        let (words, hyphens_only) = patterns(chunk, span.start)?;
        let query = match words.len() {
            0 => {
                let message = format!("`{chunk}` has no letters or digits and is left out");
                self.warnings.push(Warning { message, span });
                return Ok(());
            }
            _ if words.iter().any(|w| w.truncated) || !hyphens_only => Query::Phrase { fields, words, span },
            _ => {
                let word = words.into_iter().map(|w| w.word).collect::<Vec<_>>().join("-");
                Query::Word { fields, word, span }
            }
        };
        self.count_leaf(span)?;
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
        let (words, _) = patterns(&text[inner..end], inner)?;
        if words.is_empty() {
            return Err(error(
                Span::new(start, after),
                "no words between the quotation marks",
                "remove them, or write a phrase",
            ));
        }
        Ok((words, after))
    }

    fn count_leaf(&mut self, span: Span) -> Result<(), SyntaxError> {
        self.leaves += 1;
        if self.leaves > MAX_LEAVES {
            let message = format!("the query has more than {MAX_LEAVES} words and values");
            return Err(SyntaxError { message, span, suggestion: None });
        }
        Ok(())
    }
}

/// Whether a character opens or closes a phrase or value.
pub(super) fn is_quote(c: char) -> bool {
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

fn number_before_parenthesis(text: &str, at: usize) -> Option<(usize, usize)> {
    let rest = text[at..].trim_start();
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let count = rest[..digits].parse().ok()?;
    let after = text.len() - rest.len() + digits;
    text[after..].trim_start().starts_with('(').then_some((count, after))
}

/// The words of a chunk or phrase; the second value says that nothing but hyphens (and apostrophes) stood between them.
fn patterns(chunk: &str, offset: usize) -> Result<(Vec<Pattern>, bool), SyntaxError> {
    let mut out: Vec<Pattern> = Vec::new();
    let mut hyphens_only = true;
    let mut words = Words::new(chunk);
    let mut last_end = 0;
    while let Some(range) = words.next() {
        check_stars(chunk, last_end, range.start, range.end, offset, !out.is_empty())?;
        hyphens_only &= out.is_empty() || words.hyphenated();
        let truncated = chunk[range.end..].starts_with('*');
        out.push(Pattern { word: words.folded().to_owned(), truncated });
        last_end = range.end + usize::from(truncated);
    }
    check_stars(chunk, last_end, chunk.len(), chunk.len(), offset, !out.is_empty())?;
    Ok((out, hyphens_only))
}

/// `*` may only follow a word directly, and nothing may follow it directly.
fn check_stars(
    chunk: &str,
    from: usize,
    to: usize,
    word_end: usize,
    offset: usize,
    after_word: bool,
) -> Result<(), SyntaxError> {
    let between = &chunk[from..to];
    let word_follows = word_end > to;
    if let Some(star) = between.find('*') {
        let span = Span::new(offset + from + star, offset + from + star + 1);
        return Err(if word_follows {
            error(span, "a word cannot begin with `*`", "write the beginning of the word, then `*`: purchas*")
        } else {
            error(span, "`*` stands alone here", "put it directly after the beginning of a word: purchas*")
        });
    }
    if after_word && word_follows && between.is_empty() && chunk[..from].ends_with('*') {
        let span = Span::new(offset + from - 1, offset + word_end);
        return Err(error(span, "`*` can only stand at the end of a word", "cut the word there: purchas*"));
    }
    Ok(())
}

// ---- values

#[derive(Clone, Copy)]
enum WholeField {
    Years,
    Value(ValueField),
}

fn value_field(name: &str) -> Option<WholeField> {
    match name {
        "year" | "decade" | "date" => Some(WholeField::Years),
        _ => ValueField::from_name(name).map(WholeField::Value),
    }
}

fn nothing_after_field(span: Span, text: &str) -> SyntaxError {
    let name = &text[span.start..span.end];
    error(
        span,
        format!("nothing follows `{name}`"),
        format!("write the word directly after it: {name}word, or {name}\"two words\""),
    )
}

fn unknown_field_hint(name: &str) -> String {
    let names: Vec<&str> = TextField::ALL
        .iter()
        .map(|f| f.name())
        .chain(["year", "decade"])
        .chain(ValueField::ALL.iter().map(|f| f.name()))
        .collect();
    let near = names.iter().min_by_key(|known| distance(name, known)).filter(|known| distance(name, known) <= 2);
    match near {
        Some(near) => format!("did you mean `{near}:`?"),
        None => format!("put it in quotation marks to look for the words, or use one of: {}", names.join(", ")),
    }
}

/// Edit distance (Levenshtein) of two short ASCII names; long ones count as far apart.
fn distance(a: &str, b: &str) -> usize {
    if a.len() > 20 || b.len() > 20 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let cost = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = cost;
        }
    }
    row[b.len()]
}

/// A value up to the next space, or in quotation marks with `\"` and `\\` escaped. Parentheses within it belong to it as long
/// as they are balanced (DOIs have them).
fn whole_value(text: &str, start: usize) -> Result<(String, usize), SyntaxError> {
    if text[start..].starts_with(is_quote) {
        let mut value = String::new();
        let mut chars = text[start..].char_indices().skip(1);
        while let Some((i, c)) = chars.next() {
            match c {
                '\\' => value.extend(chars.next().map(|(_, c)| c)),
                c if is_quote(c) => return Ok((value, start + i + c.len_utf8())),
                c => value.push(c),
            }
        }
        return Err(error(
            Span::new(start, text.len()),
            "this quotation mark is never closed",
            "add the closing quotation mark",
        ));
    }
    let mut depth = 0;
    let mut end = text.len();
    for (i, c) in text[start..].char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => {
                end = start + i;
                break;
            }
            ')' => depth -= 1,
            c if c.is_whitespace() => {
                end = start + i;
                break;
            }
            _ => {}
        }
    }
    Ok((text[start..end].to_owned(), end))
}

fn years(value: &str, span: Span) -> Result<Query, SyntaxError> {
    let bad = || {
        error(
            span,
            format!("`{value}` is not a year or a range of years"),
            "write year:1997, year:1994..2000, year:..1990 or decade:1990s",
        )
    };
    let year = |s: &str| match s.trim() {
        "" | "*" => Ok(None),
        s if s.len() <= 4 => s.parse::<i32>().ok().filter(|y| *y >= 0).map(Some).ok_or_else(bad),
        _ => Err(bad()),
    };
    let (from, to) = match value.split_once("..").or_else(|| value.split_once(['-', '\u{2013}'])) {
        Some((from, to)) => (year(from)?, year(to)?),
        None => {
            let only = year(value)?.ok_or_else(bad)?;
            (Some(only), Some(only))
        }
    };
    match (from, to) {
        // The canonical form of a range that is open at both ends.
        (None, None) if value != ".." => Err(bad()),
        (Some(a), Some(b)) if a > b => {
            Err(error(span, format!("the range {a}..{b} runs backwards"), format!("write year:{b}..{a}")))
        }
        _ => Ok(Query::Years { from, to, span }),
    }
}

fn decade(value: &str, span: Span) -> Result<Query, SyntaxError> {
    match crate::search::decade(value) {
        Some(from) => Ok(Query::Years { from: Some(from), to: Some(from + 9), span }),
        None => Err(error(span, format!("`{value}` is not a decade"), "write decade:1990s")),
    }
}

fn normalise(field: ValueField, value: &str, span: Span) -> Result<String, SyntaxError> {
    let value = value.trim();
    let invalid = |what: &str| error(span, format!("`{value}` is not {what}"), "check it against the source");
    if value.is_empty() {
        return Err(error(span, format!("nothing follows `{}:`", field.name()), "write the value directly after it"));
    }
    match field {
        ValueField::Isbn => {
            values::isbn(value).map(|i| i.thirteen).ok_or_else(|| invalid("an ISBN: its check digit fails"))
        }
        ValueField::Issn => values::issn(value).ok_or_else(|| invalid("an ISSN: its check digit fails")),
        ValueField::Doi => values::doi(value).ok_or_else(|| invalid("a DOI")),
        ValueField::Language => Ok(values::language(value).unwrap_or_else(|| value.to_lowercase())),
        ValueField::Type => Ok(values::item_type(value).map_or_else(|| value.to_lowercase(), str::to_owned)),
        _ => Ok(value.to_lowercase()),
    }
}
