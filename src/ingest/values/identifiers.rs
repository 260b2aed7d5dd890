//! Standard numbers and identifiers, with their check digits: ISBN, ISSN, DOI, PubMed.

use super::push_new;
use crate::record::Record;

/// An ISBN whose check digit holds: the 13-digit form, and the 10-digit form where the source had that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Isbn {
    /// Thirteen digits.
    pub thirteen: String,
    /// Nine digits and a check digit or `X`, where the source had an ISBN-10.
    pub ten: Option<String>,
}

/// Reads a whole value as an ISBN, hyphens, spaces, a leading `ISBN` and a qualifier in parentheses allowed.
/// Check digits as in ISO 2108: modulo 11 for ten digits, modulo 10 with weights 1 and 3 for thirteen.
pub fn isbn(text: &str) -> Option<Isbn> {
    let text = text.trim();
    let text = text.split('(').next().unwrap_or(text);
    let upper = text.to_ascii_uppercase();
    let rest = upper.trim().strip_prefix("ISBN").unwrap_or(upper.trim());
    let rest = rest.strip_prefix("-13").or_else(|| rest.strip_prefix("-10")).unwrap_or(rest);
    let rest = rest.trim_start_matches([':', ' ', '\u{a0}']);
    let mut chars = String::with_capacity(13);
    for c in rest.trim().chars() {
        match c {
            '0'..='9' | 'X' => chars.push(c),
            '-' | ' ' | '\u{2010}'..='\u{2013}' => {}
            _ => return None,
        }
    }
    match chars.len() {
        10 if isbn10_holds(&chars) => {
            let body = format!("978{}", &chars[..9]);
            let check = (10 - isbn13_sum(&body) % 10) % 10;
            Some(Isbn { thirteen: format!("{body}{check}"), ten: Some(chars) })
        }
        13 if !chars.contains('X')
            && (chars.starts_with("978") || chars.starts_with("979"))
            && isbn13_sum(&chars).is_multiple_of(10) =>
        {
            Some(Isbn { thirteen: chars, ten: None })
        }
        _ => None,
    }
}

fn isbn10_holds(chars: &str) -> bool {
    let mut sum = 0;
    for (i, c) in chars.chars().enumerate() {
        let digit = match c {
            'X' if i == 9 => 10,
            _ => match c.to_digit(10) {
                Some(d) => d,
                None => return false,
            },
        };
        sum += (10 - i as u32) * digit;
    }
    sum.is_multiple_of(11)
}

fn isbn13_sum(digits: &str) -> u32 {
    digits.chars().enumerate().filter_map(|(i, c)| c.to_digit(10).map(|d| if i % 2 == 0 { d } else { 3 * d })).sum()
}

/// Adds an ISBN to a record, once, in both its forms; `false` when the text is not an ISBN.
pub fn add_isbn(record: &mut Record, text: &str) -> bool {
    let Some(Isbn { thirteen, ten }) = isbn(text) else { return false };
    push_new(&mut record.isbn, thirteen);
    if let Some(ten) = ten {
        push_new(&mut record.isbn10, ten);
    }
    true
}

/// Reads a whole value as an ISSN with a valid check digit (ISO 3297, modulo 11): `NNNN-NNNC`.
pub fn issn(text: &str) -> Option<String> {
    let upper = text.trim().to_ascii_uppercase();
    let rest = upper.strip_prefix("ISSN").unwrap_or(&upper).trim_start_matches([':', ' ']);
    let chars: String = rest.chars().filter(|c| !matches!(c, '-' | ' ' | '\u{2010}'..='\u{2013}')).collect();
    if chars.len() != 8 {
        return None;
    }
    let mut sum = 0;
    for (i, c) in chars.chars().enumerate() {
        let digit = match c {
            'X' if i == 7 => 10,
            _ => c.to_digit(10)?,
        };
        sum += (8 - i as u32) * digit;
    }
    sum.is_multiple_of(11).then(|| format!("{}-{}", &chars[..4], &chars[4..]))
}

/// Finds a DOI anywhere in a value: bare, as `doi:…` or as an address; lower case, closing punctuation removed.
pub fn doi(text: &str) -> Option<String> {
    let decoded;
    let text = if text.contains("10.") && text.to_ascii_lowercase().contains("%2f") {
        decoded = text.replace("%2F", "/").replace("%2f", "/");
        &decoded
    } else {
        text
    };
    let mut from = 0;
    while let Some(at) = text[from..].find("10.") {
        let start = from + at;
        let rest = &text[start..];
        let registrant = rest[3..].bytes().take(13).take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        let before_ok = !text[..start].ends_with(|c: char| c.is_ascii_digit() || c == '.');
        if before_ok && (4..=12).contains(&registrant) && rest[3 + registrant..].starts_with('/') {
            let end =
                rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '|')).unwrap_or(rest.len());
            let mut doi = rest[..end].trim_end_matches(['.', ',', ';', ':', '\'', '’', '”']);
            while (doi.ends_with(')') && doi.matches('(').count() < doi.matches(')').count())
                || (doi.ends_with(']') && doi.matches('[').count() < doi.matches(']').count())
            {
                doi = doi[..doi.len() - 1].trim_end_matches(['.', ',', ';']);
            }
            if doi.len() > 4 + registrant {
                return Some(doi.to_lowercase());
            }
        }
        from = start + 3;
    }
    None
}

/// A PubMed identifier: one to nine digits, with or without a `PMID` label.
pub fn pmid(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = text.strip_prefix("PMID").unwrap_or(text).trim_start_matches([':', ' ']);
    let ok = (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && digits != "0";
    ok.then(|| digits.to_owned())
}

/// A PubMed Central identifier: `PMC` and digits.
pub fn pmcid(text: &str) -> Option<String> {
    let upper = text.trim().to_ascii_uppercase();
    let rest = upper.strip_prefix("PMCID").unwrap_or(&upper).trim_start_matches([':', ' ']);
    let digits = rest.strip_prefix("PMC")?;
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| format!("PMC{digits}"))
}
