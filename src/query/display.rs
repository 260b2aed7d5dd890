//! The canonical form of a query: plain syntax that parses back to the same tree.

use std::fmt::{self, Display, Formatter};

use super::plain::tokens::is_quote;
use super::{Fields, Pattern, Query};

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
        Query::Phrase { fields, words, .. } => {
            write_fields(*fields, f)?;
            write_phrase(words, f)
        }
        Query::Value { field, value, .. } => write_value(field.name(), value, f),
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

/// A whole value; every mark that would close the quotation is escaped, curly ones too.
fn write_value(name: &str, value: &str, f: &mut Formatter<'_>) -> fmt::Result {
    write!(f, "{name}:\"")?;
    for c in value.chars() {
        if c == '\\' || is_quote(c) {
            f.write_str("\\")?;
        }
        write!(f, "{c}")?;
    }
    f.write_str("\"")
}

fn write_phrase(words: &[Pattern], f: &mut Formatter<'_>) -> fmt::Result {
    f.write_str("\"")?;
    for (i, Pattern { word, truncated }) in words.iter().enumerate() {
        f.write_str(if i > 0 { " " } else { "" })?;
        f.write_str(word)?;
        f.write_str(if *truncated { "*" } else { "" })?;
    }
    f.write_str("\"")
}
