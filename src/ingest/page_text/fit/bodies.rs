//! What looks like a name of a person or body, a place of publication, a publisher.

use super::{NEVER, is_date, is_prose, words};
use crate::ingest::values;

/// Towns that publish; other names are places only by their position.
const TOWNS: &str = " london leeds oxford cambridge birmingham manchester edinburgh glasgow cardiff belfast bristol york \
    sheffield nottingham leicester southampton liverpool newcastle exeter bath brighton canterbury abingdon aldershot \
    harlow chichester basingstoke dublin swansea aberdeen dundee coventry warwick keele hull norwich reading durham \
    lancaster winchester paris geneva genève brussels bruxelles berlin bonn wien vienna zürich zurich bern basel münchen \
    hamburg köln frankfurt heidelberg stuttgart göttingen madrid barcelona lisboa lisbon roma rome milano milan torino \
    bologna stockholm oslo copenhagen københavn helsinki amsterdam utrecht rotterdam leiden toronto ottawa montréal \
    vancouver sydney melbourne canberra wellington auckland boston chicago philadelphia baltimore washington princeton \
    são rio brasília buenos beijing 北京 上海 香港 singapore ";

pub(super) fn creator(value: &str) -> i32 {
    if values::isbn(value).is_some() || is_date(value) || value.len() > 160 || is_prose(value) {
        return NEVER;
    }
    match () {
        _ if is_inverted_name(value) => 5,
        _ if values::looks_corporate(value) => 1,
        _ => -3,
    }
}

/// "Abbott, Stephen", "de Vries, J. A.", "Smith, John, 1950-".
pub(in crate::ingest::page_text) fn is_inverted_name(value: &str) -> bool {
    let Some((family, given)) = value.split_once(", ") else { return false };
    let given = given.split(", ").next().unwrap_or(given);
    let capital = |w: &str| w.starts_with(|c: char| c.is_uppercase());
    words(family) <= 3
        && words(given) <= 4
        && family.split(' ').next_back().is_some_and(capital)
        && given.split(' ').next().is_some_and(capital)
        && !value.contains([':', ';', '&', '/'])
        && !family.contains(|c: char| c.is_ascii_digit())
        && !given.contains(|c: char| c.is_ascii_digit())
        && !values::looks_corporate(value)
        && !is_place_list(value)
}

/// "Washington, DC", "Cambridge, Mass.": a comma, but towns.
fn is_place_list(value: &str) -> bool {
    value.split([',', ' ']).next().is_some_and(is_town)
}

fn is_town(word: &str) -> bool {
    let word = word.trim_matches(['[', ']', ',', '.', '?', '(', ')', ':', ';']).to_lowercase();
    !word.is_empty() && TOWNS.contains(&format!(" {word} "))
}

pub(super) fn place(value: &str) -> i32 {
    if value.contains(|c: char| c.is_ascii_digit()) || words(value) > 6 {
        return NEVER;
    }
    let lower = value.trim_matches(['[', ']']).to_lowercase();
    if is_publishing(value) {
        return -4;
    }
    match () {
        _ if matches!(lower.as_str(), "s.l." | "s.l" | "s. l." | "milton keynes" | "new york" | "tunbridge wells") => 5,
        _ if is_town(value.split(' ').next().unwrap_or(value)) => 4,
        _ if words(value) <= 3 => 0,
        _ => -3,
    }
}

/// Bodies and houses that publish.
fn is_publishing(value: &str) -> bool {
    const HOUSES: [&str; 22] = [
        "press",
        "publishing",
        "publications",
        "publishers",
        "books",
        "verlag",
        "editions",
        "éditions",
        "editorial",
        "hmso",
        "stationery",
        "dept",
        "ministerium",
        "ministère",
        "ministerio",
        "ministero",
        "ministério",
        "universität",
        "université",
        "universidad",
        "università",
        "出版社",
    ];
    let capitals = value.len() >= 3 && value.len() <= 8 && value.chars().all(|c| c.is_ascii_uppercase());
    let lower = value.to_lowercase();
    capitals
        || values::looks_corporate(value)
        || lower.split(|c: char| !c.is_alphanumeric()).any(|w| HOUSES.contains(&w))
        || lower.contains("出版")
}

pub(super) fn publisher(value: &str) -> i32 {
    if is_prose(value) || words(value) > 14 || is_date(value) || value.contains("http") {
        return NEVER;
    }
    let digits = value.contains(|c: char| c.is_ascii_digit());
    match () {
        _ if is_publishing(value) && !digits => 4,
        _ if digits => -4,
        _ if is_inverted_name(value) => -2,
        _ if words(value) <= 5 => 1,
        _ => -1,
    }
}
