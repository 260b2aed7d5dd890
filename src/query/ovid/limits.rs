//! Commands: `limit 12 to …`, and what older strategies have: `..l/12 yr=…`, `remove duplicates from 12`, `use medall`.
//!
//! A limit that records cannot answer restricts nothing, and says so.

use super::suffix::skip_spaces;
use super::tokens::is_space;
use super::units::is_database;
use super::values::years;
use super::{Context, Numbers, error, expression};
use crate::ingest::values;
use crate::query::plain::tokens::is_quote;
use crate::query::{Pattern, Query, Span, SyntaxError, ValueField, Warning};

/// The query of a command; `None` where the line is none.
pub(super) fn command(
    text: &str,
    context: &Context<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Option<Query>, SyntaxError> {
    let start = skip_spaces(text, 0);
    let end = text.trim_end_matches(is_space).len();
    let line = Span::new(start, end.max(start));
    if let Some(rest) = text[start..].strip_prefix("..") {
        return legacy(text, start + text[start..].len() - rest.len(), line, context, warnings).map(Some);
    }
    if let Some(after) =
        words(text, start, &["remove", "duplicates", "from"]).or_else(|| words(text, start, &["dedup"]))
    {
        let message = "works that are the same are one record already; there are no duplicates to remove".into();
        warnings.push(Warning { message, span: line });
        return expression(text, after, Numbers::Lines, context, warnings).map(Some);
    }
    if let Some(after) = words(text, start, &["use"])
        && is_database(text[after..line.end].trim_matches(is_space))
    {
        let message = "records are not kept by database; this line finds every record".into();
        warnings.push(Warning { message, span: line });
        return Ok(Some(Query::All));
    }
    let Some(set) = words(text, start, &["limit"]) else { return Ok(None) };
    let Some((set, items)) = set_and_items(text, set) else { return Ok(None) };
    let base = expression(&text[..set.end], set.start, Numbers::Lines, context, warnings)?;
    restricted(text, base, Span::new(items, line.end), warnings).map(Some)
}

/// Where the words end, if they stand at `at`.
fn words(text: &str, at: usize, names: &[&str]) -> Option<usize> {
    let mut at = at;
    for name in names {
        let word = text.get(at..at + name.len())?;
        let after = at + name.len();
        let ends = text[after..].chars().next().is_none_or(|c| is_space(c) || c == '(');
        if !word.eq_ignore_ascii_case(name) || !ends {
            return None;
        }
        at = skip_spaces(text, after);
    }
    Some(at)
}

/// `12 to …`
fn set_and_items(text: &str, from: usize) -> Option<(Span, usize)> {
    let rest = &text[from..];
    let open = usize::from(rest.starts_with('('));
    let bare = rest[open..].strip_prefix(['#', 'S', 's']).unwrap_or(&rest[open..]);
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return None;
    }
    let start = from + open;
    let end = from + rest.len() - bare.len() + digits;
    let after = skip_spaces(text, end);
    let after = if open == 1 { skip_spaces(text, after + usize::from(text[after..].starts_with(')'))) } else { after };
    // A list of several lines needs its own line.
    let to = words(text, after, &["to"])?;
    Some((Span::new(start, end), to))
}

/// `..l/12 yr=2000`, `..c/medall`, `..dedup 12`
fn legacy(
    text: &str,
    from: usize,
    line: Span,
    context: &Context<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Query, SyntaxError> {
    let rest = &text[from..];
    let len = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let name = rest[..len].to_ascii_lowercase();
    let mut after = skip_spaces(text, from + len);
    if text[after..].starts_with('/') {
        after = skip_spaces(text, after + 1);
    }
    match name.as_str() {
        "l" | "limit" => {
            let digits =
                text[after..].bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b'#' | b'S' | b's')).count();
            let end = after + digits;
            let base = expression(&text[..end], after, Numbers::Lines, context, warnings)?;
            let items = skip_spaces(text, end);
            let items = words(text, items, &["to"]).unwrap_or(items);
            restricted(text, base, Span::new(items, line.end), warnings)
        }
        "c" | "change" | "u" | "use" => {
            let message = "records are not kept by database; this line finds every record".into();
            warnings.push(Warning { message, span: line });
            Ok(Query::All)
        }
        "dedup" | "d" => {
            let message = "works that are the same are one record already; there are no duplicates to remove".into();
            warnings.push(Warning { message, span: line });
            expression(text, after, Numbers::Lines, context, warnings)
        }
        "s" | "search" => expression(text, after, Numbers::LinesOrWords, context, warnings),
        _ => Err(error(
            Span::new(line.start, from + len),
            format!("there is no command `..{name}`"),
            "write a search, limit 12 to …, or one of ..l/, ..c/, ..dedup",
        )),
    }
}

/// A query with the limits that records can answer.
fn restricted(text: &str, base: Query, items: Span, warnings: &mut Vec<Warning>) -> Result<Query, SyntaxError> {
    let mut parts = vec![base];
    let mut items = Span::new(items.start, items.end.max(items.start));
    // What stands behind the limits, such as `[Limit not valid in …; records were retained]`.
    if let Some(echo) = text[items.start..items.end].find('[') {
        items.end = items.start + text[items.start..items.start + echo].trim_end_matches(is_space).len();
    }
    let mut inner = trimmed(text, items);
    while text[inner.start..inner.end].starts_with('(') && closes_at_end(&text[inner.start..inner.end]) {
        inner = trimmed(text, Span::new(inner.start + 1, inner.end - 1));
    }
    if inner.start == inner.end {
        return Err(error(
            Span::new(0, items.end),
            "the limit is missing",
            "write what it is limited to: limit 12 to yr=\"1990-2005\"",
        ));
    }
    for item in split(text, inner, &["and", "&"]) {
        let mut offers = Vec::new();
        for offer in split(text, unwrapped(text, item), &["or"]) {
            offers.push(limit(text, unwrapped(text, offer), warnings)?);
        }
        let offers: Option<Vec<Query>> = offers.into_iter().collect();
        match offers {
            Some(mut offers) if offers.len() == 1 => parts.append(&mut offers),
            Some(offers) if !offers.is_empty() => parts.push(Query::Or(offers)),
            _ => {}
        }
    }
    Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Query::And(parts) })
}

fn trimmed(text: &str, span: Span) -> Span {
    let part = &text[span.start..span.end];
    let part = part.trim_end_matches(|c: char| is_space(c) || matches!(c, '.' | ';'));
    let start = part.len() - part.trim_start_matches(is_space).len();
    Span::new(span.start + start, span.start + part.len().max(start))
}

fn unwrapped(text: &str, span: Span) -> Span {
    let span = trimmed(text, span);
    match text[span.start..span.end].starts_with('(') && closes_at_end(&text[span.start..span.end]) {
        true => trimmed(text, Span::new(span.start + 1, span.end - 1)),
        false => span,
    }
}

/// Whether the parenthesis at the beginning is closed by the last character.
fn closes_at_end(text: &str) -> bool {
    let mut depth = 0_usize;
    for (i, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return i + 1 == text.len();
                }
            }
            _ => {}
        }
    }
    false
}

/// The parts between words, outside quotation marks and parentheses.
fn split(text: &str, span: Span, by: &[&str]) -> Vec<Span> {
    let mut out = Vec::new();
    let (mut start, mut at) = (span.start, span.start);
    let (mut quoted, mut depth) = (false, 0_usize);
    while let Some(c) = text[at..span.end].chars().next() {
        match c {
            c if is_quote(c) => quoted = !quoted,
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if is_space(c) && !quoted && depth == 0 => {
                let next = skip_spaces(text, at).min(span.end);
                if let Some(after) = by.iter().find_map(|name| words(&text[..span.end], next, &[*name])) {
                    out.push(trimmed(text, Span::new(start, at)));
                    (start, at) = (after, after);
                    continue;
                }
                at = next.max(at + c.len_utf8());
                continue;
            }
            _ => {}
        }
        at += c.len_utf8();
    }
    out.push(trimmed(text, Span::new(start, span.end.max(start))));
    out
}

/// One limit; `None` for one that restricts nothing.
fn limit(text: &str, span: Span, warnings: &mut Vec<Warning>) -> Result<Option<Query>, SyntaxError> {
    let item = &text[span.start..span.end];
    let sign = item.find(['=', '<', '>']);
    if let Some(sign) = sign {
        let name = item[..sign].trim_matches(is_space).to_ascii_lowercase();
        let value = Span::new(span.start + sign + 1, span.end);
        let written = &text[value.start..value.end];
        match name.as_str() {
            "yr" | "year" | "py" => {
                let bound =
                    |y: &str| y.trim_matches(|c: char| !c.is_ascii_digit()).parse::<i32>().ok().filter(|y| *y < 10_000);
                let query = match &item[sign..=sign] {
                    "=" => years(written, span)?,
                    ">" => Query::Years { from: bound(written).map(|y| y + 1), to: None, span },
                    _ => Query::Years { from: None, to: bound(written).map(|y| y - 1), span },
                };
                return match query {
                    Query::Years { from: None, to: None, .. } => Err(error(
                        span,
                        "a year is missing in this limit",
                        "write yr=\"1990-2005\" or yr=\"2000-Current\"",
                    )),
                    query => Ok(Some(query)),
                };
            }
            "lg" | "la" => {
                let value = written.trim_matches(|c: char| is_quote(c) || is_space(c));
                if let Some(code) = language(value) {
                    return Ok(Some(Query::Value { field: ValueField::Language, value: Pattern::whole(code), span }));
                }
            }
            _ => {}
        }
    } else if let Some(code) = language(item) {
        return Ok(Some(Query::Value { field: ValueField::Language, value: Pattern::whole(code), span }));
    }
    let message = match item.is_empty() {
        true => "a limit is missing here; nothing is restricted by it".into(),
        false => format!("records cannot answer the limit `{item}`; it restricts nothing"),
    };
    warnings.push(Warning { message, span });
    Ok(None)
}

/// The code of a language limit: `english`, `english language`, `lg=en`.
fn language(item: &str) -> Option<String> {
    let lower = item.trim_matches(|c: char| is_quote(c) || is_space(c)).to_lowercase();
    let name = lower.strip_suffix("language").map_or(lower.as_str(), |n| n.trim_end_matches(is_space));
    // Two letters are a code only where a language is expected: `lg=en`.
    values::language(name).filter(|_| name.len() >= 2 && name.chars().all(|c| c.is_alphabetic() || c == ' '))
}
