//! One page of a repository's catalogue (Hyrax and its relatives) → one record.
//!
//! Finds the title, takes the lines below it as labels and values, has [`super::align`] decide the fields, and fills them.
//! It does *not* split files into pages; that is done in [`super`].

use super::align::{self, Item, Labels, Step};
use super::draft::{Draft, Page};
use super::fit;
use super::labels::{self, Field, Fields};
use super::lines::{Kind, Line};
use crate::record::Record;

/// The record of a page and the line it begins on; `None` when the page has neither a title nor an abstract.
pub(super) fn read(page: &[Line]) -> Option<(usize, Record)> {
    let mut draft = Draft::default();
    let title = title_at(page);
    let mut first = page.first()?.number;
    let mut from = 0;
    if let Some((at, line)) = title.and_then(|at| Some((at, page.get(at)?))) {
        let badges = labels::badges(&line.text);
        draft.title(badges.as_ref().map_or(line.text.as_str(), |b| b.rest));
        draft.access(badges.and_then(|b| b.visibility));
        first = line.number;
        from = at + 1;
        if let Some(tag) = at.checked_sub(1).and_then(|i| page.get(i)).filter(|l| l.kind == Kind::Tag) {
            draft.tag(&tag.text);
        }
    }
    let body = body(page.get(from..).unwrap_or(&[]), &mut draft);
    let steps: Vec<Step<'_>> = body.iter().map(|(step, _)| *step).collect();
    let kept = match body.iter().any(|(step, line)| matches!(step, Step::Label(_)) && is_single_word_label(line)) {
        true => Labels::Kept,
        false => Labels::Lost,
    };
    let fields = align::align(&steps, kept);
    let mut label: Option<&str> = None;
    for ((step, line), field) in body.iter().zip(fields) {
        match step {
            Step::Label(_) => label = Some(&line.text),
            Step::Labelled(..) => draft.put(field, line.value(), line.text.split([':', '：']).next()),
            Step::Value(value, _) => draft.put(field, value, label),
        }
    }
    draft.finish(Page::Catalogue).map(|record| (first, record))
}

fn is_single_word_label(line: &Line) -> bool {
    !line.bullet && !line.text.contains(' ') && matches!(line.kind, Kind::Label(_))
}

/// Where the title stands: before its badges, below the kind of work, or by its place above the rows.
pub(super) fn title_at(page: &[Line]) -> Option<usize> {
    if let Some(at) = page.iter().take(200).position(has_badges) {
        return Some(at);
    }
    let badge = page.iter().take(200).position(|l| l.kind == Kind::Badges);
    let above = badge.and_then(|i| i.checked_sub(1)).filter(|i| page.get(*i).is_some_and(is_candidate));
    if above.is_some() {
        return above;
    }
    let tag = page.iter().take(200).position(|l| l.kind == Kind::Tag && !l.bullet);
    let below = tag.map(|i| i + 1).filter(|i| page.get(*i).is_some_and(is_candidate));
    if below.is_some() {
        return below;
    }
    // A page with a row "Title" states it there.
    if page.iter().any(|l| l.fields().has(Field::Title)) {
        return None;
    }
    let listed = is_listed(page);
    let row = page.iter().position(|l| !l.fields().is_empty() || listed && l.bullet && l.is_text());
    let head = page.get(..row.unwrap_or(page.len())).unwrap_or(&[]);
    let mut found = head.iter().enumerate().filter(|(_, l)| is_candidate(l) && !fit::is_inverted_name(&l.text));
    let long = |l: &Line| fit::words(&l.text) >= 3;
    // Above a list the title is the last line, in plain lines the first: what follows it there are values.
    let best = match listed {
        true => found.clone().filter(|(_, l)| long(l)).last(),
        false => found.clone().find(|(_, l)| long(l)),
    };
    let best = best.or_else(|| found.next()).map(|(i, _)| i);
    let label = page.iter().position(|l| matches!(l.kind, Kind::Label(_))).unwrap_or(page.len());
    best.or_else(|| page.iter().take(label).position(|l| is_candidate(l) && long(l)))
}

/// Whether a line is a title with its badges.
pub(super) fn has_badges(line: &Line) -> bool {
    line.is_text()
        && !line.bullet
        && labels::badges(&line.text).is_some_and(|b| !b.rest.is_empty() && labels::lookup(b.rest).is_empty())
}

/// Whether a line could be a title.
pub(super) fn is_candidate(line: &Line) -> bool {
    let several = || line.text.matches(". ").count() >= 2;
    line.is_text()
        && !line.bullet
        && line.text.contains(char::is_alphabetic)
        && !fit::is_date(&line.text)
        && !fit::is_address(&line.text)
        && fit::words(&line.text) <= 60
        && !(fit::words(&line.text) >= 25 && several())
}

/// Whether the values of a page stand behind bullets.
fn is_listed(page: &[Line]) -> bool {
    page.iter().filter(|l| l.bullet && !matches!(l.kind, Kind::Furniture | Kind::Platform)).count() >= 2
}

/// The labels and values below the title, up to the files and relations.
fn body<'a>(page: &'a [Line], draft: &mut Draft) -> Vec<(Step<'a>, &'a Line)> {
    let listed = is_listed(page);
    let mut out: Vec<(Step<'a>, &'a Line)> = Vec::new();
    let mut rows = false;
    let mut tail = false;
    let mut above: Option<&Line> = None;
    for (i, line) in page.iter().enumerate() {
        let label = above.map(Line::fields).filter(|_| above.is_some_and(|l| matches!(l.kind, Kind::Label(_))));
        let next = page.get(i + 1);
        above = Some(line);
        match line.kind {
            Kind::Section | Kind::Related | Kind::End => break,
            Kind::Label(fields) => {
                rows = true;
                tail = fields == Fields::of(Field::Keeping);
                out.push((Step::Label(fields), line));
            }
            Kind::Inline(fields, _) => {
                rows = true;
                tail = fields == Fields::of(Field::Keeping);
                out.push((Step::Labelled(fields, line.value()), line));
            }
            Kind::Badges if label.is_some_and(|f| f.has(Field::Access)) || !rows => {
                draft.access(labels::badges(&line.text).and_then(|b| b.visibility));
            }
            // Words of the site that are values below the right label.
            Kind::Furniture | Kind::Tag if label.is_some_and(|f| f.has(Field::Language) || f.has(Field::Type)) => {
                out.push((Step::Value(&line.text, Item::Own), line));
            }
            Kind::Text => {
                if !line.bullet && listed && names_next(line, next, above_is_open(out.last())) {
                    tail = false;
                    out.push((Step::Label(Fields::of(Field::Other)), line));
                    continue;
                }
                // Below the last row stands the foot of the page.
                let foot = tail && !line.bullet && (listed || label.is_none());
                if foot && !fit::is_date(&line.text) {
                    continue;
                }
                if listed && !line.bullet && !rows && is_further_title(line) {
                    draft.alternative(&line.text);
                    continue;
                }
                rows |= line.bullet;
                let item = if listed && !line.bullet { Item::Continued } else { Item::Own };
                out.push((Step::Value(&line.text, item), line));
            }
            _ => {}
        }
    }
    out
}

/// Whether the last step is running text that the next line may go on with.
fn above_is_open(last: Option<&(Step<'_>, &Line)>) -> bool {
    last.is_some_and(|(step, line)| !matches!(step, Step::Label(_)) && line.text.ends_with(':'))
}

/// A label that nobody listed: short, without a bullet, directly above a value that has one.
fn names_next(line: &Line, next: Option<&Line>, open: bool) -> bool {
    !open
        && next.is_some_and(|n| n.bullet && n.is_text())
        && fit::words(&line.text) <= 5
        && !line.text.ends_with(['.', '!', '?', ',', ';'])
        && !line.text.contains(|c: char| c.is_ascii_digit())
}

/// A further title of the work, between the title and the rows.
fn is_further_title(line: &Line) -> bool {
    is_candidate(line) && (3..=24).contains(&fit::words(&line.text)) && !line.text.ends_with(['.', '…'])
}
