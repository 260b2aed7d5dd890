//! One page of a literature platform → one record: what stands above the abstract, the abstract, the metadata around it.
//!
//! The site's own text is left out: below the abstract only labelled metadata counts, and nothing below the heading of
//! other works.

use super::citation;
use super::draft::{Draft, Page};
use super::fit;
use super::labels::{self, Field};
use super::lines::{Kind, Line};
use super::references;
use crate::record::Record;

/// The record of a page and the line it begins on; `None` when the page has neither a title nor an abstract.
pub(super) fn read(page: &[Line]) -> Option<(usize, Record)> {
    let mut draft = Draft::default();
    let heading = page.iter().position(|l| heading(l).is_some());
    // Where the heading was lost, the abstract begins at the first running text.
    let at = heading
        .or_else(|| page.iter().position(|l| l.is_text() && fit::is_prose(&l.text) && fit::words(&l.text) >= 25))?;
    let (head, rest) = page.split_at_checked(at)?;
    let mut first = above(head, &mut draft);
    let mut below = rest;
    if heading.is_some() {
        let (line, after) = rest.split_first()?;
        below = after;
        let text = self::heading(line).unwrap_or("");
        if !text.is_empty() {
            draft.paragraph(&references::strip(text));
        }
    }
    first = first.or(rest.first().map(|l| l.number));
    self::below(below, &mut draft);
    Some((first?, draft.finish(Page::Platform)?))
}

/// The text on the line of an abstract's heading (empty for the heading alone); `None` for any other line.
pub(super) fn heading(line: &Line) -> Option<&str> {
    match line.kind {
        Kind::Label(fields) | Kind::Inline(fields, _) if fields.has(Field::Abstract) => match line.kind {
            Kind::Inline(..) => Some(line.value()),
            _ => Some(""),
        },
        Kind::Text => {
            let rest = line.text.strip_prefix("Abstract ").or_else(|| line.text.strip_prefix("ABSTRACT "))?;
            let rest = rest.trim_start_matches(['-', '–', '—', '.', ' ']);
            fit::is_prose(rest).then_some(rest)
        }
        _ => None,
    }
}

/// Title, authors and metadata above the abstract; the first line that is any of them.
fn above(head: &[Line], draft: &mut Draft) -> Option<usize> {
    let mut first = None;
    let mut lines = head.iter().peekable();
    while let Some(line) = lines.next() {
        match line.kind {
            Kind::Label(fields) => {
                while let Some(value) = lines.next_if(|l| l.is_text()) {
                    metadata(fields.iter().next(), &value.text, Some(&line.text), draft);
                    if !fields.has(Field::Creator) || lines.peek().is_none_or(|l| citation::authors(&l.text).is_none())
                    {
                        break;
                    }
                }
            }
            Kind::Inline(fields, _) => {
                metadata(fields.iter().next(), line.value(), line.text.split([':', '：']).next(), draft);
            }
            Kind::Tag => draft.tag(&line.text),
            Kind::Badges => draft.access(labels::badges(&line.text).and_then(|b| b.visibility)),
            Kind::Text if citation::read(&line.text, &mut draft.record) => {}
            Kind::Text if draft.record.title.is_empty() => {
                if let Some(authors) = citation::authors(&line.text).filter(|a| a.len() > 1) {
                    authors.iter().for_each(|name| draft.put(Field::Creator, name, None));
                } else if fit::words(&line.text) > 1 && !is_kind(&line.text) {
                    draft.title(&line.text);
                } else {
                    draft.tag(&line.text);
                    continue;
                }
            }
            Kind::Text => match citation::authors(&line.text) {
                Some(authors) => authors.iter().for_each(|name| draft.put(Field::Creator, name, None)),
                None if citation::is_journal(&line.text) && draft.container().title.is_empty() => {
                    draft.put(Field::Journal, &line.text, None);
                }
                None if is_kind(&line.text) => draft.tag(&line.text),
                None if fit::words(&line.text) > 2 => draft.note(None, &line.text),
                None => {}
            },
            _ => continue,
        }
        first = first.or(Some(line.number));
    }
    first
}

/// "Research Article", "Review": a kind of work, not a title.
fn is_kind(text: &str) -> bool {
    let lower = text.to_lowercase();
    crate::ingest::values::item_type(text).is_some()
        || matches!(
            lower.as_str(),
            "research article" | "original article" | "editorial" | "original research" | "commentary"
        )
}

/// The rest of the abstract, and the labelled metadata below it.
fn below(lines: &[Line], draft: &mut Draft) {
    let mut open = true;
    let mut section: Option<&str> = None;
    let mut label: Option<&Line> = None;
    for line in lines {
        let under = label.take();
        match line.kind {
            Kind::Related | Kind::End => {
                if let Some(journal) =
                    line.text.strip_prefix("More From:").or_else(|| line.text.strip_prefix("More from:"))
                {
                    citation::journal(journal, &mut draft.record);
                }
                return;
            }
            Kind::Label(fields) => {
                open &= !draft.has_abstract();
                label = Some(line).filter(|_| !fields.has(Field::Abstract));
            }
            Kind::Inline(fields, _) if !fields.has(Field::Abstract) => {
                open &= !draft.has_abstract();
                metadata(fields.iter().next(), line.value(), line.text.split([':', '：']).next(), draft);
            }
            Kind::Furniture | Kind::Platform | Kind::Section | Kind::Separator => open &= !draft.has_abstract(),
            Kind::Text | Kind::Inline(..) if under.is_some() => {
                let field = under.and_then(|l| l.fields().iter().next());
                metadata(field, &line.text, under.map(|l| l.text.as_str()), draft);
            }
            Kind::Text | Kind::Inline(..) if open => match () {
                _ if is_section(&line.text) => section = Some(&line.text),
                _ if !fit::is_prose(&line.text) && citation::read(&line.text, &mut draft.record) => {}
                _ if citation_lines(line, draft) => open = false,
                _ => {
                    let text = references::strip(&line.text);
                    match section.take() {
                        Some(name) => draft.paragraph(&format!("{}: {text}", name.trim_end_matches(':'))),
                        None => draft.paragraph(&text),
                    }
                }
            },
            Kind::Text if !fit::is_prose(&line.text) => {
                citation::read(&line.text, &mut draft.record);
            }
            _ => {}
        }
    }
}

/// A short line without an end, below the abstract: no longer the abstract.
fn citation_lines(line: &Line, draft: &Draft) -> bool {
    let closed = line.text.ends_with(['.', '!', '?', '…', ':', ';', ',', '”', '"', ')', '。']);
    draft.has_abstract() && !line.bullet && !closed && fit::words(&line.text) < 9
}

/// Headings inside a structured abstract: "OBJECTIVE", "Design and setting", "Design/methodology/approach".
pub(super) fn is_section(text: &str) -> bool {
    const WORDS: [&str; 30] = [
        "background",
        "objective",
        "objectives",
        "aim",
        "aims",
        "introduction",
        "method",
        "methods",
        "methodology",
        "design",
        "setting",
        "participants",
        "subjects",
        "intervention",
        "interventions",
        "measures",
        "results",
        "findings",
        "discussion",
        "conclusion",
        "conclusions",
        "implications",
        "purpose",
        "context",
        "sources",
        "selection",
        "value",
        "limitations",
        "relevance",
        "sample",
    ];
    let closed = text.ends_with(['.', ',', ';', '!', '?', '…']);
    let lower = text.to_lowercase();
    text.len() <= 60
        && !closed
        && lower.split(|c: char| !c.is_alphabetic()).any(|w| WORDS.contains(&w))
        && fit::words(text) <= 5
}

/// A labelled value. Names and keywords come in lists with commas here.
fn metadata(field: Option<Field>, value: &str, label: Option<&str>, draft: &mut Draft) {
    match field {
        Some(Field::Creator) => match citation::authors(value) {
            Some(authors) => authors.iter().for_each(|name| draft.put(Field::Creator, name, None)),
            None => draft.put(Field::Creator, value, label),
        },
        Some(Field::Subject) if !value.contains(';') => {
            value
                .split([',', '•', '·'])
                .map(str::trim)
                .for_each(|s| draft.put(Field::Subject, s.trim_end_matches('.'), label));
        }
        Some(Field::Journal) => citation::journal(value, &mut draft.record),
        Some(Field::Volume | Field::Issue | Field::Extent)
            if value.contains(';') && citation::read(value, &mut draft.record) => {}
        Some(Field::Extent) => draft.container().pages = Some(value.to_owned()),
        Some(field) => draft.put(field, value, label),
        None => {}
    }
}
