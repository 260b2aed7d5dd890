//! One page of a repository's catalogue (Hyrax and its relatives) → one record.
//!
//! Finds the title, takes the lines below it as labels and values, has [`super::align`] decide the fields, and fills them.
//! It does *not* split files into pages; that is done in [`super`].

use std::borrow::Cow;

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
    let kept = match body.iter().any(Row::is_single_word_label) {
        true => Labels::Kept,
        false => Labels::Lost,
    };
    let steps: Vec<Step<'_>> = body.iter().map(Row::step).collect();
    let mut label: Option<&str> = None;
    for (row, field) in body.iter().zip(align::align(&steps, kept)) {
        match row.role {
            Role::Label(_) => label = Some(&row.line.text),
            Role::Labelled(_) => row.put(field, row.line.text.split([':', '：']).next(), &mut draft),
            Role::Value(_) => row.put(field, label, &mut draft),
        }
    }
    draft.finish(Page::Catalogue).map(|record| (first, record))
}

/// A label or a value, with the paragraphs that go on with it.
struct Row<'a> {
    line: &'a Line,
    role: Role,
    more: Vec<&'a str>,
}

#[derive(Clone, Copy)]
enum Role {
    Label(Fields),
    Labelled(Fields),
    Value(Item),
}

impl<'a> Row<'a> {
    fn new(line: &'a Line, role: Role) -> Self {
        Row { line, role, more: Vec::new() }
    }

    fn step(&self) -> Step<'a> {
        match self.role {
            Role::Label(fields) => Step::Label(fields),
            Role::Labelled(fields) => Step::Labelled(fields, self.line.value()),
            Role::Value(item) => Step::Value(self.joined(), item),
        }
    }

    fn joined(&self) -> Cow<'a, str> {
        match self.more.is_empty() {
            true => Cow::Borrowed(self.line.value()),
            false => Cow::Owned(format!("{} {}", self.line.value(), self.more.join(" "))),
        }
    }

    fn put(&self, field: Field, label: Option<&str>, draft: &mut Draft) {
        match field {
            Field::Abstract | Field::Lead => {
                let parts = std::iter::once(self.line.value()).chain(self.more.iter().copied());
                parts.for_each(|p| draft.put(field, p, label));
            }
            _ => draft.put(field, &self.joined(), label),
        }
    }

    fn is_single_word_label(&self) -> bool {
        !self.line.bullet && !self.line.text.contains(' ') && matches!(self.role, Role::Label(_))
    }
}

/// Where the title stands: before its badges, below the kind of work, or by its place above the rows.
pub(super) fn title_at(page: &[Line]) -> Option<usize> {
    let end = page.iter().position(|l| matches!(l.kind, Kind::Section | Kind::Related)).unwrap_or(page.len());
    let page = page.get(..end).unwrap_or(page);
    let badged = page.iter().take(200).zip(page.iter().skip(1).map(Some).chain([None])).position(|(line, next)| {
        has_badges(line) || is_candidate(line) && next.is_some_and(|n| n.kind == Kind::Badges)
    });
    let tag = page.iter().take(200).position(|l| l.kind == Kind::Tag && !l.bullet);
    let below = tag.map(|i| i + 1).filter(|i| page.get(*i).is_some_and(is_candidate));
    // Of several titles the first stands directly below the kind of work.
    if let Some(at) = below.filter(|at| badged.is_none_or(|b| *at <= b && b - at <= 5)).or(badged) {
        return Some(at);
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
        true => found.clone().rfind(|(_, l)| long(l)),
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
fn body<'a>(page: &'a [Line], draft: &mut Draft) -> Vec<Row<'a>> {
    let listed = is_listed(page);
    let mut out: Vec<Row<'a>> = Vec::new();
    let mut begun = false;
    let mut tail = false;
    for (i, line) in page.iter().enumerate() {
        let last = out.last_mut();
        let label = last.as_ref().and_then(|row| match row.role {
            Role::Label(fields) => Some(fields),
            _ => None,
        });
        let below = |field: Field| label.is_some_and(|fields| fields.has(field));
        match line.kind {
            Kind::Section | Kind::Related | Kind::End => break,
            Kind::Label(fields) => out.push(Row::new(line, Role::Label(fields))),
            Kind::Inline(fields, _) => out.push(Row::new(line, Role::Labelled(fields))),
            Kind::Badges if below(Field::Access) || !begun => {
                draft.access(labels::badges(&line.text).and_then(|b| b.visibility));
            }
            // Words of the site that are values below the right label.
            Kind::Furniture | Kind::Tag if below(Field::Language) || below(Field::Type) => {
                out.push(Row::new(line, Role::Value(Item::Listed)));
            }
            Kind::Text if line.bullet => out.push(Row::new(line, Role::Value(Item::Listed))),
            Kind::Text if listed && names_next(line, page.get(i + 1), last.as_deref()) => {
                out.push(Row::new(line, Role::Label(Fields::of(Field::Other))));
            }
            Kind::Text if !begun && (listed || above_badges(page, i)) && is_further_title(line) => {
                let badges = labels::badges(&line.text);
                draft.alternative(badges.as_ref().map_or(line.text.as_str(), |b| b.rest));
                draft.access(badges.and_then(|b| b.visibility));
            }
            // Below the repository's own dates stands the foot of the page.
            Kind::Text if tail && label.is_none() => {}
            Kind::Text => match last {
                Some(row) if listed && label.is_none() => row.more.push(&line.text),
                _ => out.push(Row::new(line, Role::Value(if listed { Item::Listed } else { Item::Plain }))),
            },
            _ => {}
        }
        begun |= !out.is_empty();
        if let Kind::Label(fields) | Kind::Inline(fields, _) = line.kind {
            tail = fields == Fields::of(Field::Keeping);
        }
    }
    out
}

/// A label that nobody listed: short, without a bullet, directly above a value that has one.
fn names_next(line: &Line, next: Option<&Line>, last: Option<&Row<'_>>) -> bool {
    let open = last.is_some_and(|row| !matches!(row.role, Role::Label(_)) && row.line.text.ends_with(':'));
    !open
        && next.is_some_and(|n| n.bullet && n.is_text())
        && fit::words(&line.text) <= 5
        && !line.text.ends_with(['.', '!', '?', ',', ';'])
        && !line.text.contains(|c: char| c.is_ascii_digit())
}

/// Whether the badges of the title come only now.
fn above_badges(page: &[Line], at: usize) -> bool {
    page.iter().skip(at).take(3).any(|l| l.kind == Kind::Badges || has_badges(l))
}

/// A further title of the work, between the title and the rows.
fn is_further_title(line: &Line) -> bool {
    is_candidate(line) && (3..=24).contains(&fit::words(&line.text)) && !line.text.ends_with(['.', '…'])
}
