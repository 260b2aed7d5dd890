//! How well a value fits a field, by its looks alone: small whole numbers, from "cannot be" to "nothing else it could be".
//!
//! It knows nothing of positions or labels; [`super::align`] adds those.

mod bodies;

use super::labels::Field;
use crate::ingest::values;
use bodies::{creator, place, publisher};

pub(super) use bodies::is_inverted_name;

/// It cannot be that.
pub(super) const NEVER: i32 = -8;

/// Words that name series and papers in a series.
const SERIES: [&str; 24] = [
    "series",
    "paper",
    "papers",
    "bulletin",
    "monograph",
    "monographs",
    "monitor",
    "studies",
    "occasional",
    "briefing",
    "briefings",
    "evaluation",
    "programme",
    "project",
    "projects",
    "report",
    "reports",
    "discussion",
    "working",
    "research",
    "no",
    "reihe",
    "serie",
    "collection",
];

/// How notes of library catalogues begin.
const NOTES: [&str; 40] = [
    "pagination",
    "includes",
    "include",
    "bibliography",
    "bibliographical",
    "title from",
    "cover title",
    "photocopy",
    "at head of",
    "report of",
    "proceedings",
    "published",
    "originally",
    "previously",
    "produced",
    "prepared",
    "available",
    "also available",
    "also published",
    "commissioned by",
    "funded by",
    "sponsored by",
    "spine title",
    "loose",
    "spiral",
    "accompanie",
    "see also",
    "summary",
    "with",
    "contains",
    "contents",
    "references",
    "index",
    "enthält",
    "inclut",
    "comprend",
    "incluye",
    "include",
    "inclui",
    "caption title",
];

/// How licences and rights statements read.
const RIGHTS: [&str; 15] = [
    "in copyright",
    "no copyright",
    "no known copyright",
    "copyright not evaluated",
    "copyright undetermined",
    "creative commons",
    "cc by",
    "cc-by",
    "cc0",
    "public domain",
    "all rights reserved",
    "rightsstatements.org",
    "creativecommons.org",
    "©",
    "open government licence",
];

/// The fit of a value to a field that is not stated.
pub(super) fn fit(field: Field, value: &str) -> i32 {
    if !is_judged(field) && field != Field::Identifier {
        return NEVER;
    }
    let value = head(value);
    if field == Field::Extent {
        return extent(value);
    }
    let address = is_address(value);
    match field {
        Field::Url if address => 6,
        Field::Identifier if values::doi(value).is_some() && value.len() < 200 => 7,
        Field::Identifier if values::issn(value).is_some() => 6,
        Field::Rights if is_rights(value) => 7,
        _ if address => NEVER,
        Field::Isbn if values::isbn(value).is_some() => 8,
        Field::Isbn if is_isbn_shaped(value) => 3,
        Field::Date if is_date(value) => 5,
        Field::Type if values::item_type(value).is_some() => 5,
        Field::Lead => prose(value) - 1,
        Field::Abstract => prose(value),
        Field::Creator => creator(value),
        Field::Place => place(value),
        Field::Publisher => publisher(value),
        Field::Series => series(value),
        Field::Note if starts_with_any(value, &NOTES) => 5,
        Field::Note => 0,
        Field::Subject if is_phrase(value, 6) => -1,
        _ => NEVER,
    }
}

/// As much of a value as its looks depend on: a line may be of any length.
fn head(value: &str) -> &str {
    let end = (0..=value.len().min(2000)).rev().find(|i| value.is_char_boundary(*i));
    value.get(..end.unwrap_or(0)).unwrap_or(value)
}

/// Whether [`fit`] can tell the field by a value's looks.
pub(super) fn is_judged(field: Field) -> bool {
    use Field::{
        Abstract, Creator, Date, Extent, Isbn, Lead, Note, Place, Publisher, Rights, Series, Subject, Type, Url,
    };
    matches!(
        field,
        Lead | Creator
            | Isbn
            | Place
            | Publisher
            | Date
            | Extent
            | Series
            | Abstract
            | Note
            | Subject
            | Type
            | Rights
            | Url
    )
}

/// Whether a value can stand behind the label of a field.
pub(super) fn plausible(field: Field, value: &str) -> bool {
    let value = head(value);
    match field {
        Field::Date => is_date(value),
        Field::Keeping => is_date(value) || words(value) <= 6,
        Field::Isbn => is_isbn_shaped(value),
        Field::Extent => extent(value) > NEVER,
        Field::Url => is_address(value),
        Field::Volume | Field::Issue => words(value) <= 3,
        Field::Language | Field::Access => words(value) <= 4,
        Field::Abstract | Field::Note | Field::Lead => true,
        _ => words(value) <= 25 || value.contains(';'),
    }
}

/// Words; characters of scripts without spaces count half.
pub(super) fn words(text: &str) -> usize {
    let wide = text.chars().filter(|c| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}')).count();
    text.split_whitespace().count() + wide / 2
}

/// Running text rather than a value.
pub(super) fn is_prose(text: &str) -> bool {
    prose(text) > 0
}

fn prose(value: &str) -> i32 {
    let value = head(value);
    let closed = value.ends_with(['.', '!', '?', '…', '。', '”', '"']);
    match words(value) {
        25.. => 6,
        9.. if closed && !starts_with_any(value, &NOTES) => 4,
        5.. if closed => -2,
        _ => -6,
    }
}

/// A date of publication as catalogues print it: "2000", "c1998", "[1994?]", "1997/8", "May 1999", "[n.d.]".
pub(super) fn is_date(value: &str) -> bool {
    if value.len() > 40 {
        return false;
    }
    let lower = value.to_lowercase();
    let core = lower.trim_matches(['[', ']', '(', ')', '?', '.', ' ']);
    if matches!(core, "n.d" | "s.d" | "s.a" | "o.j" | "undated" | "no date") || core.starts_with("19--") {
        return true;
    }
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let words = lower.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty());
    let other = words.filter(|w| !is_date_word(w)).count();
    (4..=16).contains(&digits) && other == 0 && (values::year(value).is_some() || is_short_date(value))
}

/// "31/05/18": a day without its century.
fn is_short_date(value: &str) -> bool {
    let parts: Vec<&str> = value.split(['/', '.', '-']).collect();
    parts.len() == 3 && parts.iter().all(|p| (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
}

fn is_date_word(word: &str) -> bool {
    const WHOLE: [&str; 33] = [
        "c",
        "ca",
        "circa",
        "cop",
        "p",
        "t",
        "z",
        "th",
        "st",
        "nd",
        "rd",
        "de",
        "le",
        "der",
        "spring",
        "summer",
        "autumn",
        "winter",
        "i",
        "e",
        "ie",
        "corrected",
        "printed",
        "reprinted",
        "published",
        "between",
        "and",
        "or",
        "to",
        "年",
        "月",
        "日",
        "utc",
    ];
    const MONTHS: [&str; 40] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "janv", "fév", "avr",
        "mai", "juin", "juil", "aoû", "déc", "mär", "okt", "dez", "ene", "abr", "ago", "dic", "gen", "mag", "giu",
        "lug", "set", "ott", "fev", "out", "maio", "mayo", "junho", "julho", "enero",
    ];
    WHOLE.contains(&word) || MONTHS.iter().any(|m| word.starts_with(m)) && word.chars().count() <= 10
}

/// Pages as printed: "v, 70p.", "xii, 345 pages", "2 v.", "pp. 12-34", or the bare number.
fn extent(value: &str) -> i32 {
    if value.chars().count() > 60 || words(value) > 8 {
        return NEVER;
    }
    if !value.is_empty() && value.len() <= 4 && value.bytes().all(|b| b.is_ascii_digit()) {
        return if values::year(value).is_some() { 1 } else { 4 };
    }
    if !value.contains(|c: char| c.is_ascii_digit()) || is_date(value) {
        return NEVER;
    }
    match is_extent(value) {
        true => 6,
        false if is_page_range(value) => 4,
        false => NEVER,
    }
}

/// Whether a value names pages, leaves or volumes.
pub(super) fn is_extent(value: &str) -> bool {
    const UNITS: [&str; 24] = [
        "p", "pp", "pg", "page", "pages", "leaves", "leaf", "v", "vol", "vols", "volumes", "sheets", "s", "seiten",
        "páginas", "pagine", "pag", "págs", "f", "bl", "hojas", "fogli", "页", "unpaged",
    ];
    let lower = value.to_lowercase();
    let mut previous_number = false;
    lower.split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | ';' | '[' | ']' | '(' | ')')).any(|w| {
        let unit = w.trim_start_matches(|c: char| c.is_ascii_digit());
        let numbered = unit.len() < w.len() || previous_number || matches!(unit, "p" | "pp");
        previous_number = w.bytes().all(|b| b.is_ascii_digit()) && !w.is_empty() || w.is_empty() && previous_number;
        numbered && UNITS.contains(&unit)
    })
}

fn is_page_range(value: &str) -> bool {
    value.len() <= 24
        && value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, 'i' | 'v' | 'x' | '['))
        && value
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, 'i' | 'v' | 'x' | ',' | ' ' | '-' | '–' | '[' | ']' | '+'))
}

fn is_isbn_shaped(value: &str) -> bool {
    let value = value.trim_start_matches("ISBN").trim_start_matches([':', ' ']);
    let core = value.split('(').next().unwrap_or(value);
    let kept = core.chars().filter(|c| c.is_ascii_digit() || matches!(c, 'X' | 'x')).count();
    (9..=13).contains(&kept)
        && core.chars().all(|c| c.is_ascii_digit() || matches!(c, 'X' | 'x' | '-' | ' ' | '–' | '‐'))
}

/// A web address and nothing else.
pub(super) fn is_address(value: &str) -> bool {
    let lower = value.get(..8).unwrap_or(value).to_lowercase();
    (lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("www."))
        && !value.contains(char::is_whitespace)
}

/// A rights statement or licence.
pub(super) fn is_rights(value: &str) -> bool {
    if words(value) > 40 {
        return false;
    }
    let lower = value.to_lowercase();
    RIGHTS.iter().any(|r| lower.starts_with(r) || is_address(value) && lower.contains(r))
}

fn series(value: &str) -> i32 {
    let count = words(value);
    if is_prose(value) || count > 30 || is_date(value) || values::isbn(value).is_some() || extent(value) > 0 {
        return NEVER;
    }
    if starts_with_any(value, &NOTES[..2]) {
        return -2;
    }
    let lower = value.to_lowercase();
    let named = lower.split(|c: char| !c.is_alphabetic()).any(|w| SERIES.contains(&w));
    let numbered = value.ends_with(|c: char| c.is_ascii_digit() || c == ')') && count >= 2;
    match () {
        _ if (named || numbered) && count >= 2 && !value.ends_with('.') => 5,
        _ if count >= 2 && !value.ends_with('.') => 1,
        _ => -4,
    }
}

/// Whether the words call the work a paper or report of a series.
pub(super) fn names_report(text: &str) -> bool {
    const WORDS: [&str; 12] = [
        "report",
        "reports",
        "evaluation",
        "review",
        "strategy",
        "guidance",
        "briefing",
        "inquiry",
        "survey",
        "bericht",
        "rapport",
        "consultation",
    ];
    let lower = text.to_lowercase();
    ["working paper", "discussion paper", "white paper", "green paper", "research paper", "occasional paper"]
        .iter()
        .any(|p| lower.contains(p))
        || lower.split(|c: char| !c.is_alphabetic()).any(|w| WORDS.contains(&w))
}

/// Whether an abstract speaks of its work as a report or paper.
pub(super) fn calls_itself_report(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["this report", "the report ", "this paper", "this working paper", "this briefing", "this discussion paper"]
        .iter()
        .any(|p| lower.contains(p))
}

fn is_phrase(value: &str, most: usize) -> bool {
    words(value) <= most
        && !value.ends_with(['.', ':', ';'])
        && !value.contains(|c: char| c.is_ascii_digit())
        && value.chars().next().is_some_and(|c| c.is_alphabetic())
}

fn starts_with_any(value: &str, starts: &[&str]) -> bool {
    let head: String = value.chars().take(30).flat_map(char::to_lowercase).collect();
    starts.iter().any(|s| head.starts_with(s))
}
