//! The short lines around an article: where it appeared, who wrote it, its identifiers.
//!
//! "BMJ 1994;308:250-3", "BMJ | VOL. 308", "Jan 22, 1994", a DOI, an address, a line of authors. A line that is none of them
//! is left to the caller.

use super::fit;
use crate::ingest::values;
use crate::record::{Container, Record};

/// Reads a line of metadata into the record; `false` when it is none.
pub(super) fn read(text: &str, record: &mut Record) -> bool {
    let brief = fit::words(text) <= 20;
    if let Some(doi) = values::doi(text).filter(|_| fit::words(text) <= 3) {
        record.doi.get_or_insert(doi);
    } else if fit::is_address(text) {
        values::push_new(&mut record.url, text.to_owned());
    } else if let Some(pmid) = text.strip_prefix("PMID").and_then(values::pmid) {
        record.pmid.get_or_insert(pmid);
    } else if let Some(pmcid) = values::pmcid(text) {
        record.pmcid.get_or_insert(pmcid);
    } else if let Some(issn) = values::issn(text) {
        record.container.get_or_insert_default().issn.get_or_insert(issn);
    } else if fit::is_date(text) {
        values::set_date(record, text);
    } else {
        return brief && (semicolon(text, record) || worded(text, record));
    }
    true
}

/// "BMJ. 1994 Jan 22;308(6923):250-2."
fn semicolon(text: &str, record: &mut Record) -> bool {
    let Some((head, tail)) = text.split_once(';') else { return false };
    let Some(at) = head.char_indices().map(|(i, _)| i).find(|i| {
        let rest = head.get(*i..).unwrap_or("");
        rest.len() >= 4 && fit::is_date(rest) && rest.starts_with(|c: char| c.is_ascii_digit())
    }) else {
        return false;
    };
    let (name, date) = head.split_at_checked(at).unwrap_or((head, ""));
    let tail = tail.trim().trim_end_matches('.');
    let (volume, pages) = tail.split_once(':').unwrap_or((tail, ""));
    if !volume.starts_with(|c: char| c.is_ascii_digit()) || volume.len() > 24 {
        return false;
    }
    journal(name, record);
    values::set_date(record, date.trim());
    let container = record.container.get_or_insert_default();
    let (volume, issue) = match volume.split_once('(') {
        Some((volume, issue)) => (volume, Some(issue.trim_end_matches(')').trim().to_owned())),
        None => (volume, None),
    };
    container.volume.get_or_insert(volume.trim().to_owned());
    if container.issue.is_none() {
        container.issue = issue;
    }
    if container.pages.is_none() && !pages.trim().is_empty() {
        container.pages = Some(pages.trim().to_owned());
    }
    true
}

/// "BMJ | VOL. 308", "BMJ, Volume 308, Issue 6923, Pages 250-3", "Vol. 12, No. 3 (1999)". Only a volume makes it one.
fn worded(text: &str, record: &mut Record) -> bool {
    let mut found = Container::default();
    let mut name = None;
    let mut date = None;
    for part in text.split([',', '|', '•', '·', '(', ')']).map(str::trim).filter(|p| !p.is_empty()) {
        let (word, number) = part.split_once([' ', ':']).unwrap_or((part, ""));
        let number = number.trim_start_matches(['.', ':', ' ']).trim_end_matches('.').to_owned();
        let numbered = number.starts_with(|c: char| c.is_ascii_digit()) && number.len() <= 20;
        match word.trim_end_matches('.').to_lowercase().as_str() {
            "vol" | "volume" if numbered => found.volume = Some(number),
            "no" | "issue" | "number" | "iss" if numbered => found.issue = Some(number),
            "p" | "pp" | "pages" | "page" if numbered => found.pages = Some(number),
            _ if fit::is_date(part) => date = Some(part),
            _ if name.is_none() && found.volume.is_none() => name = Some(part),
            _ => {}
        }
    }
    if found.volume.is_none() {
        return false;
    }
    let container = record.container.get_or_insert_default();
    container.volume = container.volume.take().or(found.volume);
    container.issue = container.issue.take().or(found.issue);
    container.pages = container.pages.take().or(found.pages);
    if let Some(name) = name {
        journal(name, record);
    }
    if let Some(date) = date {
        values::set_date(record, date);
    }
    true
}

/// Sets the journal, from a name that may carry its volume ("BMJ | VOL. 308").
pub(super) fn journal(text: &str, record: &mut Record) {
    let name = text.split('|').next().unwrap_or(text).trim().trim_end_matches(['.', ',', ';']).trim();
    if let Some((_, rest)) = text.split_once('|') {
        worded(rest, record);
    }
    let container = record.container.get_or_insert_default();
    if container.title.is_empty() {
        container.title = name.to_owned();
    }
}

/// Whether a line on its own names a journal.
pub(super) fn is_journal(text: &str) -> bool {
    const WORDS: [&str; 9] =
        ["journal", "bmj", "lancet", "annals", "quarterly", "archives", "bulletin", "magazine", "affairs"];
    let lower = text.to_lowercase();
    fit::words(text) <= 9 && lower.split(|c: char| !c.is_alphabetic()).any(|w| WORDS.contains(&w))
}

/// The names in a line of authors; `None` when the line is anything else.
pub(super) fn authors(text: &str) -> Option<Vec<String>> {
    // The full stop of the line, not of an initial among others.
    let text = match text.strip_suffix('.') {
        Some(rest) if !rest.contains('.') || rest.ends_with(char::is_lowercase) => rest,
        _ => text,
    };
    let text = text.strip_suffix("et al").map_or(text, |t| t.trim_end_matches([',', ' ']));
    if text.len() > 2000 || text.is_empty() {
        return None;
    }
    if text.contains(';') {
        let names: Vec<String> = text.split(';').map(name).collect();
        let all = names.iter().all(|n| n.is_empty() || fit::is_inverted_name(n) || is_name(n));
        return all.then(|| names.into_iter().filter(|n| !n.is_empty()).collect());
    }
    if fit::is_inverted_name(text) && text.matches(',').count() == 1 && text.split(", ").any(|p| !p.contains(' ')) {
        return Some(vec![text.to_owned()]);
    }
    let joined = text.replace(" and ", ", ").replace(" & ", ", ");
    let names: Vec<String> = joined.split([',', '•', '·', '|']).map(name).filter(|n| !n.is_empty()).collect();
    (!names.is_empty() && names.iter().all(|n| is_name(n))).then_some(names)
}

/// A name without its marks.
fn name(text: &str) -> String {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '†' | '‡' | '§' | ','))
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .to_owned()
}

/// "Chris Ham", "J A Smith", "Ham C", "Ursula K. Le Guin".
fn is_name(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    (2..=5).contains(&words.len())
        && !values::looks_corporate(text)
        && text.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '-' | '\'' | '’'))
        && words.first().is_some_and(|w| w.starts_with(char::is_uppercase))
        && words.last().is_some_and(|w| w.starts_with(char::is_uppercase))
        && words.iter().all(|w| w.starts_with(char::is_uppercase) || w.chars().count() <= 3)
}
