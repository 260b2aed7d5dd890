//! What follows a field name: whole values, years, and what is said when the name is unknown.

use super::error;
use super::tokens::{gap, is_quote};
use crate::ingest::values;
use crate::query::{Pattern, Query, Span, SyntaxError, TextField, ValueField};

#[derive(Clone, Copy)]
pub(super) enum WholeField {
    Years,
    Value(ValueField),
}

pub(super) fn value_field(name: &str) -> Option<WholeField> {
    match name {
        "year" | "decade" | "date" => Some(WholeField::Years),
        _ => ValueField::from_name(name).map(WholeField::Value),
    }
}

pub(super) fn nothing_after_field(span: Span, text: &str) -> SyntaxError {
    let name = &text[span.start..span.end];
    error(
        span,
        format!("nothing follows `{name}`"),
        format!("write the word directly after it: {name}word, or {name}\"two words\""),
    )
}

pub(super) fn unknown_field_hint(name: &str) -> String {
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
pub(in crate::query) fn distance(a: &str, b: &str) -> usize {
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

/// A value up to the next space, or in quotation marks; a backslash takes the character after it literally. Parentheses within
/// it belong to it as long as they are balanced (DOIs have them).
pub(super) fn whole_value(text: &str, start: usize) -> Result<(Pattern, usize), SyntaxError> {
    let quoted = text[start..].starts_with(is_quote);
    let mut value = Pattern::whole("");
    let mut depth = 0;
    let mut at = start + if quoted { text[start..].chars().next().map_or(0, char::len_utf8) } else { 0 };
    while let Some(c) = text[at..].chars().next() {
        let after = at + c.len_utf8();
        match c {
            '\\' if quoted => {
                let literal = text[after..].chars().next();
                literal.iter().for_each(|c| value.push_str(c.encode_utf8(&mut [0; 4])));
                at = after + literal.map_or(0, char::len_utf8);
                continue;
            }
            c if quoted && is_quote(c) => return Ok((value, after)),
            '(' if !quoted => depth += 1,
            ')' if !quoted && depth == 0 => break,
            ')' if !quoted => depth -= 1,
            c if !quoted && c.is_whitespace() => break,
            _ => {}
        }
        match gap(&text[at..]) {
            Some((wild, len)) => {
                value.push_gap(wild);
                at += len;
            }
            None => {
                value.push_str(&text[at..after]);
                at = after;
            }
        }
    }
    if quoted {
        return Err(error(
            Span::new(start, text.len()),
            "this quotation mark is never closed",
            "add the closing quotation mark",
        ));
    }
    Ok((value, at))
}

pub(super) fn years(value: &str, span: Span) -> Result<Query, SyntaxError> {
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

pub(super) fn decade(value: &str, span: Span) -> Result<Query, SyntaxError> {
    match crate::search::decade(value) {
        Some(from) => Ok(Query::Years { from: Some(from), to: Some(from + 9), span }),
        None => Err(error(span, format!("`{value}` is not a decade"), "write decade:1990s")),
    }
}

pub(in crate::query) fn normalise(field: ValueField, value: Pattern, span: Span) -> Result<Pattern, SyntaxError> {
    if !value.is_whole() {
        let folded = field.fold_pattern(&value);
        return match folded.word.is_empty() {
            false => Ok(folded),
            true => Err(error(
                span,
                format!("a {} cannot begin with a wildcard", field.name()),
                format!("write how it begins: {}:begin*", field.name()),
            )),
        };
    }
    let value = value.word.trim();
    let invalid = |what: &str| error(span, format!("`{value}` is not {what}"), "check it against the source");
    let normal = match field {
        _ if value.is_empty() => String::new(),
        ValueField::Isbn => {
            values::isbn(value).map(|i| i.thirteen).ok_or_else(|| invalid("an ISBN: its check digit fails"))?
        }
        ValueField::Issn => values::issn(value).ok_or_else(|| invalid("an ISSN: its check digit fails"))?,
        ValueField::Doi => values::doi(value).ok_or_else(|| invalid("a DOI"))?,
        ValueField::Language => values::language(value).unwrap_or_else(|| value.to_lowercase()),
        ValueField::Type => values::item_type(value).map_or_else(|| value.to_lowercase(), str::to_owned),
        _ => field.fold(value),
    };
    if normal.is_empty() {
        return Err(error(span, format!("nothing follows `{}:`", field.name()), "write the value directly after it"));
    }
    Ok(normal.into())
}
