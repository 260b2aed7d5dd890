//! The canonical form of a query: plain syntax that parses back to the same tree; what a thesaurus added, which no syntax has,
//! is told in words.

use std::fmt::{self, Display, Formatter};

use super::plain::tokens::is_quote;
use super::{Fields, Pattern, Query, Spans};

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write(self, f, false)
    }
}

/// `nested` says that the query stands inside another operator, so that its own parts need parentheses around them.
fn write(query: &Query, f: &mut Formatter<'_>, nested: bool) -> fmt::Result {
    match query {
        Query::All => f.write_str("*"),
        Query::Word { fields, word, .. } => {
            write_fields(*fields, f)?;
            f.write_str(word)
        }
        Query::Synonyms { fields, word, also, .. } => {
            write_fields(*fields, f)?;
            f.write_str(word)?;
            for (i, synonym) in also.iter().enumerate() {
                write!(f, "{}{synonym}", if i == 0 { " (also " } else { ", " })?;
            }
            f.write_str(if also.is_empty() { "" } else { ")" })
        }
        Query::Phrase { fields, words, .. } => {
            write_fields(*fields, f)?;
            write_phrase(words, f)
        }
        Query::Spans { spans, times, .. } => {
            if *times > 1 {
                write!(f, "TIMES {times} (")?;
                write_spans(spans, f, false)?;
                return f.write_str(")");
            }
            write_spans(spans, f, nested)
        }
        Query::Value { field, value, .. } => write_value(field.name(), value, f),
        Query::Line(line, _) => write!(f, "LINE/{}", line + 1),
        Query::Years { from, to, .. } => match (from, to) {
            (Some(from), Some(to)) if from == to => write!(f, "year:{from}"),
            (from, to) => {
                f.write_str("year:")?;
                from.map_or(Ok(()), |y| write!(f, "{y}"))?;
                f.write_str("..")?;
                to.map_or(Ok(()), |y| write!(f, "{y}"))
            }
        },
        Query::And(parts) => write_list(parts, " AND ", f, nested),
        Query::Or(parts) => write_list(parts, " OR ", f, nested),
        Query::Not(part) => {
            f.write_str("NOT ")?;
            write(part, f, true)
        }
        Query::AtLeast(count, parts) => {
            write!(f, "ATLEAST {count} (")?;
            for (i, part) in parts.iter().enumerate() {
                f.write_str(if i > 0 { " " } else { "" })?;
                write(part, f, true)?;
            }
            f.write_str(")")
        }
    }
}

fn write_list(parts: &[Query], operator: &str, f: &mut Formatter<'_>, nested: bool) -> fmt::Result {
    f.write_str(if nested { "(" } else { "" })?;
    for (i, part) in parts.iter().enumerate() {
        f.write_str(if i > 0 { operator } else { "" })?;
        write(part, f, true)?;
    }
    f.write_str(if nested { ")" } else { "" })
}

fn write_fields(fields: Fields, f: &mut Formatter<'_>) -> fmt::Result {
    if fields == Fields::ALL {
        return Ok(());
    }
    for (i, field) in fields.iter().enumerate() {
        f.write_str(if i > 0 { "," } else { "" })?;
        f.write_str(field.name())?;
    }
    f.write_str(":")
}

fn write_spans(spans: &Spans, f: &mut Formatter<'_>, nested: bool) -> fmt::Result {
    match spans {
        Spans::Phrase { fields, words, .. } => {
            write_fields(*fields, f)?;
            write_phrase(words, f)
        }
        Spans::Any(parts) => {
            f.write_str(if nested { "(" } else { "" })?;
            for (i, part) in parts.iter().enumerate() {
                f.write_str(if i > 0 { " OR " } else { "" })?;
                write_spans(part, f, true)?;
            }
            f.write_str(if nested { ")" } else { "" })
        }
        Spans::Near { left, right, distance, ordered, .. } => {
            f.write_str(if nested { "(" } else { "" })?;
            write_spans(left, f, true)?;
            write!(f, " {}/{distance} ", if *ordered { "PRE" } else { "NEAR" })?;
            write_spans(right, f, true)?;
            f.write_str(if nested { ")" } else { "" })
        }
    }
}

/// A whole value; every mark that would close the quotation is escaped, curly ones too, and what would be a wildcard.
fn write_value(name: &str, value: &Pattern, f: &mut Formatter<'_>) -> fmt::Result {
    let literal = |text: &str, f: &mut Formatter<'_>| {
        text.chars().try_for_each(|c| {
            f.write_str(if matches!(c, '\\' | '*' | '{') || is_quote(c) { "\\" } else { "" })?;
            write!(f, "{c}")
        })
    };
    write!(f, "{name}:\"")?;
    literal(&value.word, f)?;
    for (gap, then) in &value.rest {
        write!(f, "{gap}")?;
        literal(then, f)?;
    }
    f.write_str("\"")
}

fn write_phrase(words: &[Pattern], f: &mut Formatter<'_>) -> fmt::Result {
    f.write_str("\"")?;
    for (i, word) in words.iter().enumerate() {
        write!(f, "{}{word}", if i > 0 { " " } else { "" })?;
    }
    f.write_str("\"")
}
