//! Answers: hits with their passages, and what there is to say about them.

use commlit::record::Record;
use commlit::search::{Hit, Relaxed, Results, Search};

use super::facets::{More, facets};
use super::suggestions::suggestions;
use super::text::{Look, Style, paragraph, printable, width};

/// A whole answer.
pub(crate) fn results(results: &Results, request: &Search, style: Style) -> String {
    let mut out = heading(results, request, style);
    for hit in &results.hits {
        out.push('\n');
        out.push_str(&hit_text(hit, style));
    }
    if results.total > 0 {
        out.push_str(&more(results, request, style));
        if !results.facets.is_empty() {
            out.push('\n');
            out.push_str(&facets(&results.facets, More::Larger, style));
        }
    }
    out
}

/// How many records, for what, and what there is to say about it.
pub(crate) fn heading(results: &Results, request: &Search, style: Style) -> String {
    let records = if results.total == 1 { "record" } else { "records" };
    let asked = printable(&results.query.canonical);
    let mut out = format!("{} {records} for {}", grouped(results.total), style.paint(Look::Title, &asked));
    out.push_str(&style.paint(Look::Quiet, &format!("  ({:.1} ms)", results.took_ms)));
    out.push('\n');
    for remark in remarks(results, request) {
        out.push_str(&paragraph(&remark, &[], None, 0, style));
    }
    out
}

/// What a user should know about an answer: how it was relaxed, what was read otherwise, what was added.
pub(crate) fn remarks(results: &Results, request: &Search) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(relaxed) = results.query.relaxed {
        let Relaxed { required, of, counted } = relaxed;
        let required = if required == 1 { "one".to_owned() } else { required.to_string() };
        let them = if counted == of {
            "them".to_owned()
        } else {
            format!("the {counted} that are not small words like \"of\" and \"what\"")
        };
        out.push(format!("note: no record has all {of} words; these have at least {required} of {them}"));
    }
    out.extend(results.query.warnings.iter().map(|w| format!("note: {}", w.message)));
    // What one term brings is one note, however many concepts it comes from.
    let mut told: Vec<(&str, u8)> = Vec::new();
    for expansion in &results.query.expansions {
        let of = (expansion.term.as_str(), expansion.percent);
        if expansion.concept == "feedback" {
            out.push(format!("note: ordered with words of the best records: {}", first_of(&expansion.added)));
        } else if !told.contains(&of) {
            told.push(of);
            let same = results.query.expansions.iter().filter(|e| (e.term.as_str(), e.percent) == of);
            let names = first_of(same.flat_map(|e| &e.added));
            let less = if expansion.percent < 100 { ", which counts less" } else { "" };
            out.push(format!("note: {} also as {names}{less}", expansion.term));
        }
    }
    out.extend(suggestions(results, request));
    if results.total == 0 && !request.filters.is_empty() {
        out.push("note: the filters leave nothing; without them there may be records".to_owned());
    }
    out
}

/// The first of what was added; the rest is counted, and all stands in the JSON.
fn first_of<'w>(words: impl IntoIterator<Item = &'w String>) -> String {
    const SHOWN: usize = 12;
    let words: Vec<&str> = words.into_iter().map(String::as_str).collect();
    let shown = words.get(..SHOWN).unwrap_or(&words).join(", ");
    match words.len().saturating_sub(SHOWN) {
        0 => shown,
        hidden => format!("{shown} and {hidden} more"),
    }
}

fn more(results: &Results, request: &Search, style: Style) -> String {
    let shown = (request.offset + results.hits.len()) as u64;
    let line = match results.hits.len() {
        _ if shown >= results.total && request.offset == 0 => return String::new(),
        0 if request.limit > 0 => format!("no more: there are {} in all", grouped(results.total)),
        0 => return String::new(),
        n => {
            let first = request.offset + 1;
            let next = if shown < results.total { format!("; go on with --offset {shown}") } else { String::new() };
            format!("{first} to {} of {}{next}", request.offset + n, grouped(results.total))
        }
    };
    format!("\n{}\n", style.paint(Look::Quiet, &line))
}

fn hit_text(hit: &Hit, style: Style) -> String {
    let number = format!("{:>2}. ", hit.rank);
    let indent = width(&number);
    let title = paragraph(&hit.record.title, &hit.title_highlights, Some(Look::Title), indent, style);
    let mut out = format!("{number}{}", title.get(indent..).unwrap_or_default());
    out.push_str(&paragraph(&byline(&hit.record), &[], None, indent, style));
    for passage in &hit.passages {
        out.push_str(&paragraph(&passage.text, &passage.highlights, None, indent + 2, style));
    }
    let id = format!("[{}]", hit.record.id);
    out.push_str(&paragraph(&id, &[], Some(Look::Quiet), indent, style));
    for part in &hit.explanation {
        let fields: Vec<_> =
            part.occurrences.iter().map(|o| format!("{} × {} at {}", o.count, o.field, o.weight)).collect();
        let line = format!("{:>8.3}  {}  {}", part.score, part.part, fields.join(", "));
        out.push_str(&paragraph(line.trim_end(), &[], Some(Look::Quiet), indent + 2, style));
    }
    out
}

/// Creators, year, where it appeared, what it is.
fn byline(record: &Record) -> String {
    let mut parts = Vec::new();
    let creators: Vec<_> = record.creators.iter().map(|c| c.name.as_str()).collect();
    match creators.len() {
        0 => {}
        1..=4 => parts.push(creators.join("; ")),
        n => parts.push(format!("{} and {} more", creators[..3].join("; "), n - 3)),
    }
    parts.extend(record.year.map(|y| y.to_string()).or_else(|| record.date.clone()));
    match &record.container {
        Some(c) if !c.title.is_empty() => {
            let mut place = c.title.clone();
            if let Some(volume) = &c.volume {
                place.push_str(&format!(" {volume}"));
            }
            if let Some(issue) = &c.issue {
                place.push_str(&format!("({issue})"));
            }
            if let Some(pages) = &c.pages {
                place.push_str(&format!(": {pages}"));
            }
            parts.push(place);
        }
        _ => parts.extend(record.publisher.first().cloned()),
    }
    parts.extend(record.item_type.clone());
    parts.join(" · ")
}

/// A number with its thousands apart.
pub(super) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}
