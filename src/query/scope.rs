//! What a field code of a database language stands for, and the queries made from the text it is said of.
//!
//! It does *not* know the codes: each language has its own table of them.

use super::expression::error;
use super::plain::normalise;
use super::{Fields, Gap, Pattern, Query, Span, SyntaxError, TextField, ValueField, Warning, subheadings, wild};

/// What is looked for under a code.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scope {
    /// Words side by side.
    Words(&'static [TextField]),
    /// Words in all fields.
    Everywhere,
    /// Whole values, in any of these.
    Values(&'static [ValueField]),
    /// Subject headings, with `/` and subdivisions.
    Heading(ValueField),
    /// Authors: family name and initials.
    Author,
    /// Years of publication.
    Years,
    /// What records do not say; it restricts nothing.
    Unanswerable,
}

/// The names of a code in one language.
#[derive(Debug)]
pub(super) struct Code {
    /// The first is the usual one.
    pub(super) names: &'static [&'static str],
    pub(super) scope: Scope,
    /// What should be known when it is used.
    pub(super) note: Option<&'static str>,
}

/// The code of a name.
pub(super) fn code(table: &'static [Code], name: &str) -> Option<&'static Code> {
    table.iter().find(|code| code.names.contains(&name))
}

/// The code whose name is nearest to one that is unknown.
pub(super) fn nearest(table: &'static [Code], name: &str) -> Option<&'static str> {
    let names = table.iter().flat_map(|code| code.names.iter().copied());
    let near = names.map(|known| (super::plain::distance(name, known), known)).min_by_key(|(distance, _)| *distance)?;
    (near.0 <= 1 || (near.0 == 2 && name.len() > 4)).then_some(near.1)
}

/// A language's wildcard at the beginning of a text, and its length in bytes.
pub(super) type GapAt = fn(&str) -> Option<(Gap, usize)>;

/// A text that stands under a code.
pub(super) struct Said<'t> {
    pub(super) text: &'t str,
    /// Where the text begins in the query.
    pub(super) offset: usize,
    pub(super) span: Span,
    pub(super) gap: GapAt,
}

impl Said<'_> {
    /// The query of the text under a code.
    pub(super) fn query(&self, scope: Scope, warnings: &mut Vec<Warning>) -> Result<Query, SyntaxError> {
        match scope {
            Scope::Words(fields) => self.phrase(Fields::of(fields)),
            Scope::Everywhere => self.phrase(Fields::ALL),
            Scope::Author => self.author(),
            Scope::Values(fields) => {
                let queries = fields.iter().map(|field| self.value(*field));
                Ok(one_or(queries.collect::<Result<_, _>>()?))
            }
            Scope::Heading(field) => self.heading(field, warnings),
            Scope::Years => self.years(warnings),
            Scope::Unanswerable => Ok(Query::All),
        }
    }

    /// The words, side by side.
    pub(super) fn phrase(&self, fields: Fields) -> Result<Query, SyntaxError> {
        Ok(Query::Phrase { fields, words: self.words()?, span: self.span })
    }

    pub(super) fn words(&self) -> Result<Vec<Pattern>, SyntaxError> {
        let words = wild::read(self.text, self.offset, &self.gap)?.patterns;
        match words.is_empty() {
            true => Err(error(self.span, "there are no words here", "remove it, or write a word")),
            false => Ok(words),
        }
    }

    fn value(&self, field: ValueField) -> Result<Query, SyntaxError> {
        self.value_of(field, self.text)
    }

    fn value_of(&self, field: ValueField, text: &str) -> Result<Query, SyntaxError> {
        let pattern = self.pattern(text.trim());
        let span = self.span;
        if field.fold_pattern(&pattern).word.is_empty() {
            return Err(match pattern.is_whole() {
                true => error(span, "there are no letters or digits here", "write the whole value"),
                false => error(span, "a value cannot begin with a wildcard", "write how it begins"),
            });
        }
        Ok(Query::Value { field, value: normalise(field, pattern, span)?, span })
    }

    /// The text with its wildcards, which run over spaces.
    fn pattern(&self, text: &str) -> Pattern {
        let mut pattern = Pattern::whole("");
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            match (self.gap)(&text[at..]) {
                Some((gap, len)) => {
                    pattern.push_gap(gap);
                    at += len;
                }
                None => {
                    pattern.push_str(&text[at..at + c.len_utf8()]);
                    at += c.len_utf8();
                }
            }
        }
        pattern
    }

    /// `heading`, `heading/subdivision` or `heading/first,second`; a subdivision may be abbreviated.
    fn heading(&self, field: ValueField, warnings: &mut Vec<Warning>) -> Result<Query, SyntaxError> {
        if matches!(field, ValueField::Major | ValueField::ExplodeMajor) {
            let message = "records that do not mark their main topics count every heading as one".into();
            warnings.push(Warning { message, span: self.span });
        }
        let (heading, subdivisions) = self.text.split_once('/').unwrap_or((self.text, ""));
        if subdivisions.trim().is_empty() {
            return self.value_of(field, heading);
        }
        let with = |s: &str| self.value_of(field, &format!("{}/{}", heading.trim(), subheadings::full(s.trim())));
        let subdivisions = subdivisions.split([',', '/']).filter(|s| s.contains(char::is_alphanumeric));
        let queries: Vec<Query> = subdivisions.map(with).collect::<Result<_, _>>()?;
        if queries.is_empty() { self.value_of(field, heading) } else { Ok(one_or(queries)) }
    }

    /// Subdivisions of any heading.
    pub(super) fn subheading(&self) -> Result<Query, SyntaxError> {
        self.value_of(ValueField::Subheading, subheadings::full(self.text.trim()))
    }

    /// `smith j` is every Smith whose first name begins with J; `smith ja` those with both initials, run together or not.
    fn author(&self) -> Result<Query, SyntaxError> {
        let fields = Fields::of(&[TextField::Creator]);
        let words = self.words()?;
        let span = self.span;
        let phrase = |words| Query::Phrase { fields, words, span };
        let initials = match words.as_slice() {
            [.., last] if words.len() > 1 && last.is_whole() && is_initials(&last.word) => last.word.clone(),
            _ => return Ok(phrase(words)),
        };
        let family = &words[..words.len() - 1];
        let mut together = family.to_vec();
        together.push(Pattern::truncated(initials.as_str()));
        if initials.len() == 1 {
            return Ok(phrase(together));
        }
        let mut apart = family.to_vec();
        apart.extend(initials.chars().map(Pattern::truncated));
        Ok(Query::Or(vec![phrase(together), phrase(apart)]))
    }

    /// A year, or two with a hyphen or colon between them; months and days are left out.
    fn years(&self, warnings: &mut Vec<Warning>) -> Result<Query, SyntaxError> {
        let span = self.span;
        let bad = || {
            let message = format!("`{}` is not a year or a range of years", self.text.trim());
            error(span, message, "write 1997, or a range: 1990-2005")
        };
        let text = self.text.trim();
        let range = text.split_once(':').or_else(|| text.split_once(['-', '\u{2013}', '\u{2014}']));
        let (from, to) = range.unwrap_or((text, text));
        let (from, to) = (date(from).ok_or_else(bad)?, date(to).ok_or_else(bad)?);
        let within = |rest: &str, edge: &[&str]| !rest.is_empty() && !edge.contains(&rest);
        if within(&from.rest, &["01", "0101", "1"]) || within(&to.rest, &["12", "1231"]) {
            let message = "only years of publication are known; month and day are left out".into();
            warnings.push(Warning { message, span });
        }
        let (from, to) = (from.year.filter(|y| *y > 1000), to.year.filter(|y| *y < 3000));
        match (from, to) {
            (None, None) => Err(bad()),
            (Some(a), Some(b)) if a > b => {
                Err(error(span, format!("the range {a}-{b} runs backwards"), format!("write {b} first")))
            }
            (from, to) => Ok(Query::Years { from, to, span }),
        }
    }
}

struct Date {
    /// Nothing where the range is open.
    year: Option<i32>,
    /// The digits of month and day.
    rest: String,
}

fn date(text: &str) -> Option<Date> {
    let text = text.trim().trim_matches('"').trim();
    if matches!(text.to_ascii_lowercase().as_str(), "" | "current" | "present" | "now") {
        return Some(Date { year: None, rest: String::new() });
    }
    let (year, rest) = text.split_at_checked(4)?;
    let sound = rest.len() <= 8 && rest.bytes().all(|b| b.is_ascii_digit() || b"/-. ".contains(&b));
    let year = year.bytes().all(|b| b.is_ascii_digit()).then(|| year.parse().ok())??;
    sound.then(|| Date { year: Some(year), rest: rest.chars().filter(char::is_ascii_digit).collect() })
}

/// Whether the last word of a name is that of initials: up to three letters.
pub(super) fn is_initials(word: &str) -> bool {
    word.len() <= 3 && word.bytes().all(|b| b.is_ascii_lowercase())
}

/// One query, or any of several.
pub(super) fn one_or(mut queries: Vec<Query>) -> Query {
    if queries.len() == 1 { queries.swap_remove(0) } else { Query::Or(queries) }
}
