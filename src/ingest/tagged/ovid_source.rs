//! Ovid's source line taken apart: journal, volume, issue, pages and date, or the imprint of a book or report.

use super::draft::{Draft, Means};
use crate::ingest::values;

/// Adds what a source line says; what cannot be told apart is kept whole as a note.
pub(super) fn add(draft: &mut Draft, text: &str) {
    let text = values::line(text);
    if edited_book(draft, &text) {
        return;
    }
    if let Some(host) = text.strip_prefix("In: ").or_else(|| text.strip_prefix("In ")) {
        draft.add("SO", Means::Container, host_title(host));
        if let Some(year) = values::year(host) {
            draft.add("SO", Means::Year, &year.to_string());
        }
        if let Some((_, pages)) = host.split_once("pp. ") {
            draft.add("SO", Means::Pages, pages.split([',', '.', ';', ')']).next().unwrap_or(""));
        }
        draft.note("Source", &text);
        return;
    }
    if dated_before_numbers(draft, &text) {
        return;
    }
    let Some((journal, rest)) = split_journal(&text) else {
        imprint(draft, &text);
        return;
    };
    draft.add("SO", Means::WeakContainer, journal);
    let numbers = rest.trim_start_matches("Volume ").trim_start_matches("Vol.").trim_start_matches("Vol").trim_start();
    let end = numbers.find(['(', ':', ',']).unwrap_or(numbers.len());
    let volume = numbers[..end].trim().trim_end_matches('.');
    // `2010 Jan` is a date, not a volume.
    let mut after = &numbers[end..];
    if values::year(volume).is_none() || !after.starts_with(',') {
        draft.add("SO", Means::Volume, volume);
    }
    if let Some(rest) = after.strip_prefix(", no. ").or_else(|| after.strip_prefix(", No. ")) {
        let end = rest.find([',', ' ', ':']).unwrap_or(rest.len());
        draft.add("SO", Means::Issue, &rest[..end]);
        after = &rest[end..];
    }
    if let Some((issue, rest)) = after.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
        if issue.starts_with("pp") {
            draft.add("SO", Means::Pages, issue);
        } else {
            draft.add("SO", Means::Issue, issue.trim_start_matches("No ").trim());
        }
        after = rest.trim_start();
    }
    if let Some(rest) = after.strip_prefix(':') {
        let end = rest.find([',', '.']).unwrap_or(rest.len());
        draft.add("SO", Means::Pages, rest[..end].trim());
        after = &rest[end..];
    } else if let Some(at) = after.find("pp") {
        let rest = after[at..].trim_start_matches("pp").trim_start_matches(['.', ' ']);
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, ')' | ',' | '.')).unwrap_or(rest.len());
        draft.add("SO", Means::Pages, &rest[..end]);
        let before = after[..at].trim_end_matches(['(', ' ', ',']);
        let behind = rest[end..].trim_start_matches([')', ',', '.', ' ']);
        let date = if values::year(before).is_some() { before } else { behind };
        add_date(draft, date);
        return;
    }
    // "Vol 18(3) Sep 2003, 451-460."
    if let Some((date, pages)) = after.trim_end_matches(['.', ' ']).rsplit_once(", ")
        && values::year(date).is_some()
        && pages.contains('-')
        && pages.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    {
        draft.add("SO", Means::Pages, pages);
        after = date;
    }
    add_date(draft, after);
}

/// PsycINFO's `Editor, Ann [Ed]; Other, Bob [Ed]. (2004). Title. (pp. 3-20). xvii, 345 pp. Place: Publisher`.
fn edited_book(draft: &mut Draft, text: &str) -> bool {
    let Some((names, rest)) =
        text.split_once(". (").filter(|(names, _)| names.contains("[Ed]") || names.contains("(Ed)"))
    else {
        return false;
    };
    let Some((year, rest)) = rest.split_once("). ").filter(|(year, _)| values::year(year).is_some()) else {
        return false;
    };
    let (title, after) = rest.split_once(". (pp. ").unwrap_or_else(|| rest.split_once(". ").unwrap_or((rest, "")));
    for name in names.split(';') {
        let name = name.replace("[Ed]", "").replace("(Ed)", "");
        draft.add("SO", Means::Creator("edt"), name.trim());
    }
    draft.add("SO", Means::Year, year);
    draft.add("SO", Means::Container, title);
    let after = match after.split_once("). ") {
        Some((pages, after)) => {
            draft.add("SO", Means::Pages, pages);
            after
        }
        None => after,
    };
    let (extent, imprint) = after.split_once(" pp. ").unwrap_or(("", after));
    if !extent.is_empty() {
        draft.note("Extent of the book", &format!("{extent} pp."));
    }
    match imprint.split_once(": ") {
        Some((place, publisher)) => {
            draft.add("SO", Means::Place, place);
            draft.add("SO", Means::Publisher, publisher.trim_end_matches('.'));
        }
        None => draft.note("Source", imprint),
    }
    true
}

/// `Health Service Journal 1996; 106(5519): 24-5` and `BMJ. 1997 Oct 18; 315: 1002-5`: the date stands before the numbers.
fn dated_before_numbers(draft: &mut Draft, text: &str) -> bool {
    let Some((before, numbers)) = text.split_once(';') else { return false };
    let Some(year) = values::year(before) else { return false };
    let Some((journal, _)) = before.rsplit_once(&year.to_string()) else { return false };
    let date = before.get(journal.len()..).unwrap_or_default().trim();
    let journal = journal.trim_end_matches(['.', ',', ' ', '(']);
    // "Journal. May 1999": the month stands before the year.
    let (journal, month) = match journal.rsplit_once(". ") {
        Some((journal, month))
            if month.len() <= 12 && month.chars().all(|c| c.is_alphabetic() || "-/ ".contains(c)) =>
        {
            (journal, month)
        }
        _ => (journal, ""),
    };
    let date = format!("{month} {date}");
    let Some((numbers, pages)) = numbers.split_once(':') else { return false };
    let numbered = numbers.bytes().any(|b| b.is_ascii_digit()) && numbers.len() <= 40;
    if journal.is_empty() || journal.contains(" : ") || !numbered || date.len() > 30 {
        return false;
    }
    let (volume, issue) = numbers.split_once('(').unwrap_or((numbers, ""));
    draft.add("SO", Means::WeakContainer, journal);
    draft.add("SO", Means::Volume, volume.trim().trim_start_matches("vol. "));
    draft.add("SO", Means::Issue, issue.trim().trim_end_matches(')'));
    draft.add("SO", Means::Pages, pages.trim().split(['.', ' ']).next().unwrap_or(""));
    draft.add("SO", Means::Year, date.trim().trim_end_matches(')'));
    true
}

fn add_date(draft: &mut Draft, text: &str) {
    let text = text.trim_start_matches([',', ';', '.', ' ']);
    let text = text.split(". Date of").next().unwrap_or(text).trim_end_matches(['.', ' ']);
    if values::year(text).is_some() && text.chars().count() <= 40 {
        draft.add("SO", Means::Year, text);
    } else if let Some(year) = values::year(text) {
        draft.add("SO", Means::Year, &year.to_string());
    }
}

/// The journal's title: what stands before the full stop that is followed by a volume.
fn split_journal(text: &str) -> Option<(&str, &str)> {
    let mut from = 0;
    while let Some(at) = text[from..].find(". ") {
        let end = from + at;
        let rest = text[end + 2..].trim_start();
        let numbered =
            rest.starts_with(|c: char| c.is_ascii_digit()) || rest.starts_with("Vol") || rest.starts_with("Suppl");
        if numbered && (rest.contains(':') || rest.contains('(') || rest.contains("pp") || rest.contains(',')) {
            // "IEEE Software, vol. 12": the label is no part of the journal.
            let journal = &text[..end];
            let journal = journal.strip_suffix(", vol").or_else(|| journal.strip_suffix(", Vol")).unwrap_or(journal);
            return (end > 0).then_some((journal, rest));
        }
        from = end + 2;
    }
    None
}

/// `London : King's Fund, 1994. 28p.`
fn imprint(draft: &mut Draft, text: &str) {
    let (main, extent) = match values::year(text).and_then(|year| {
        let year = year.to_string();
        text.find(&year).map(|at| text.split_at(at + year.len()))
    }) {
        Some((main, tail)) => (main, tail.trim_matches([']', '.', ' ', ',', ';'])),
        None => (text, ""),
    };
    let Some((place, publisher)) = main.split_once(':') else {
        draft.note("Source", text);
        return;
    };
    draft.add("SO", Means::Imprint, &format!("{} : {}", place.trim(), publisher.trim()));
    if extent.bytes().any(|b| b.is_ascii_digit()) {
        draft.add("SO", Means::Extent, extent);
    } else {
        draft.note("Source", extent);
    }
}

/// The title of the book a chapter stands in: after the editors, before the imprint.
fn host_title(text: &str) -> &str {
    let text = match text.find("editor") {
        Some(at) => text[at..].split_once(". ").map_or(text, |(_, rest)| rest),
        None => text,
    };
    text.split(". ").next().unwrap_or(text).split(" (pp").next().unwrap_or(text).trim_end_matches('.')
}
