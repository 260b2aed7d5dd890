//! Whole values, years and wildcards.

use super::error;
use super::tokens::is_dash;
use crate::ingest::values;
use crate::query::plain::tokens::is_quote;
use crate::query::{Gap, Pattern, Query, Span, SyntaxError, TextField, ValueField};

/// Where the words of a value stand.
pub(super) fn as_words(field: ValueField) -> (TextField, &'static str) {
    match field {
        ValueField::Name => {
            (TextField::Creator, "within a distance the words of names are looked for, not whole names")
        }
        ValueField::JournalTitle => {
            (TextField::Journal, "within a distance the words of journal titles are looked for, not whole titles")
        }
        ValueField::Heading
        | ValueField::Major
        | ValueField::Explode
        | ValueField::ExplodeMajor
        | ValueField::Subheading => {
            (TextField::Subject, "within a distance the words of headings are looked for, not whole headings")
        }
        _ => (TextField::Detail, "within a distance only words can be looked for, not whole values"),
    }
}

/// A value that has a normal form of its own.
pub(super) fn normal(field: ValueField, value: &str) -> Option<String> {
    match field {
        ValueField::Isbn => values::isbn(value).map(|i| i.thirteen),
        ValueField::Issn => values::issn(value),
        ValueField::Doi => values::doi(value),
        ValueField::Language => values::language(value),
        _ => None,
    }
}

pub(super) fn is_short_stem(pattern: &Pattern) -> bool {
    pattern.rest.first().is_some_and(|(gap, _)| gap.max.is_none()) && pattern.word.chars().count() < 3
}

/// `2005`, `1990-2005`, `199$`.
pub(super) fn years(text: &str, span: Span) -> Result<Query, SyntaxError> {
    let text = text.trim_matches(|c: char| is_quote(c) || c == '(' || c == ')' || c.is_whitespace());
    let bad = || {
        let message = format!("`{text}` is not a year or a range of years");
        error(span, message, "write 2005.yr., or limit 1 to yr=\"1990-2005\"")
    };
    let year = |s: &str| -> Result<Option<i32>, SyntaxError> {
        let s = s.trim();
        if s.is_empty() || s.eq_ignore_ascii_case("current") || s.eq_ignore_ascii_case("present") {
            return Ok(None);
        }
        s.parse::<i32>()
            .ok()
            .filter(|_| s.len() <= 4 && s.bytes().all(|b| b.is_ascii_digit()))
            .map(Some)
            .ok_or_else(bad)
    };
    let stem = text.trim_end_matches(['$', '*', '?', '#']);
    if stem.len() < text.len() {
        let digits: i32 = stem.parse().map_err(|_| bad())?;
        let width = match stem.len() {
            3 => 10,
            2 => 100,
            4 => 1,
            _ => return Err(bad()),
        };
        return Ok(Query::Years { from: Some(digits * width), to: Some(digits * width + width - 1), span });
    }
    let split = text.char_indices().find(|(_, c)| is_dash(*c) || *c == ':');
    let (from, to) = match split {
        Some((i, c)) => (year(&text[..i])?, year(&text[i + c.len_utf8()..])?),
        None => {
            let only = year(text)?.ok_or_else(bad)?;
            (Some(only), Some(only))
        }
    };
    match (from, to) {
        (None, None) => Err(bad()),
        (Some(a), Some(b)) if a > b => {
            Err(error(span, format!("the range {a}-{b} runs backwards"), format!("write {b}-{a}")))
        }
        _ => Ok(Query::Years { from, to, span }),
    }
}

/// The wildcard at the beginning of a text: `$`, `*`, `:` with or without a number, `#` for one character, `?` for one or none.
/// A colon within a word is punctuation.
pub(super) fn gap(text: &str) -> Option<(Gap, usize)> {
    let first = text.chars().next()?;
    let rest = &text[first.len_utf8()..];
    match first {
        '#' => Some((Gap::ONE, 1)),
        '?' => Some((Gap::OPTIONAL, 1)),
        ':' => (!rest.starts_with(char::is_alphanumeric)).then_some((Gap::ANY, 1)),
        '$' | '*' => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            match rest[..digits].parse::<u8>() {
                Ok(most) => Some((Gap::up_to(most), 1 + digits)),
                // No number, or one that no word is as long as.
                Err(_) => Some((Gap::ANY, 1 + digits)),
            }
        }
        _ => None,
    }
}
