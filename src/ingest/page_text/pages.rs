//! Where one page ends and the next begins, in a file that holds several.
//!
//! It goes by what can only stand at the head or the foot of a page. It does *not* judge whether a page holds a record.

use super::labels::{self, Field};
use super::lines::{Kind, Line};
use super::{catalogue, fit, platform};

/// Cuts a file into its pages. A page begins at a title with its badges, at the kind of work above a title, below a rule,
/// after the last line of a platform's page, or at a line that can only be a title after the last row of the page before.
pub(super) fn pages(lines: &[Line]) -> Vec<&[Line]> {
    let mut starts: Vec<usize> = vec![0];
    let mut state = State::default();
    for (i, line) in lines.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|p| lines.get(p));
        if let Some(start) = state.begins(lines, i, line, before) {
            if start > starts.last().copied().unwrap_or(0) {
                starts.push(start);
            }
            state = State::default();
        }
        state.note(i, line);
    }
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    starts.iter().zip(ends).filter_map(|(a, b)| lines.get(*a..b)).filter(|p| !p.is_empty()).collect()
}

/// What has been seen of the page so far.
#[derive(Debug, Default)]
struct State {
    /// Labels and bulleted values.
    rows: usize,
    /// A title in a row of its own.
    titled: bool,
    /// The last row of a catalogue page has been passed.
    tail: bool,
    /// In the files or relations below it, or among other works.
    aside: bool,
    /// The page is over.
    ended: bool,
    heading: Option<String>,
    /// The kind of work above the title.
    tag: Option<usize>,
    /// The line after the last one that was the platform's own.
    after_wall: usize,
}

impl State {
    fn begins(&mut self, lines: &[Line], i: usize, line: &Line, before: Option<&Line>) -> Option<usize> {
        // Several titles may stand between the kind of work and the badges.
        let tagged = |at: usize| self.tag.filter(|t| self.rows == 0 && i - t <= 6).unwrap_or(at);
        let below = |field: Field| before.is_some_and(|l| matches!(l.kind, Kind::Label(f) if f.has(field)));
        if catalogue::has_badges(line) {
            let deposited = labels::badges(&line.text).is_some_and(|b| b.state.is_some());
            if deposited || !self.aside && self.rows == 0 {
                return Some(tagged(i));
            }
        }
        if line.kind == Kind::Badges && before.is_some_and(|l| catalogue::is_candidate(l) && !catalogue::has_badges(l))
        {
            let deposited =
                |l: &Line| l.kind == Kind::Badges && labels::badges(&l.text).is_some_and(|b| b.state.is_some());
            let named = deposited(line) || lines.get(i + 1).is_some_and(deposited);
            if named || !self.aside && self.rows == 0 {
                return Some(tagged(i - 1));
            }
        }
        if line.kind == Kind::Tag
            && self.rows > 0
            && !below(Field::Type)
            && lines.get(i + 1).is_some_and(catalogue::is_candidate)
        {
            return Some(i);
        }
        if line.kind == Kind::Separator && self.rows > 0 {
            return Some(i + 1);
        }
        if self.ended && !matches!(line.kind, Kind::End | Kind::Furniture | Kind::Platform) {
            return Some(i);
        }
        let title_row = line.fields().has(Field::Title) && !line.bullet;
        if title_row && !self.aside && self.rows > 0 && (self.titled || self.tail) {
            return Some(i);
        }
        if let Some(start) = self.next_abstract(i, line) {
            return Some(start);
        }
        // Plain lines: a title after the last row, with rows of its own below it.
        let rows_below = || lines.iter().skip(i + 1).take(4).filter(|l| l.bullet || !l.fields().is_empty()).count();
        let past = self.tail && !line.bullet && fit::words(&line.text) >= 3;
        // Directly below the label it may be the label's value.
        let past = past && (!below(Field::Keeping) || rows_below() >= 3);
        (past && catalogue::is_candidate(line) && rows_below() >= 2).then_some(i)
    }

    /// A second abstract under the same heading is a second work, also after the rows of a catalogue page.
    fn next_abstract(&self, i: usize, line: &Line) -> Option<usize> {
        platform::heading(line).filter(|_| !line.bullet)?;
        let same = self.heading.as_deref().is_some_and(|h| h == heading_word(line));
        if self.tail && !self.aside {
            return Some(i);
        }
        (same && self.after_wall > 0).then(|| if self.aside { i } else { self.after_wall.min(i) })
    }

    fn note(&mut self, i: usize, line: &Line) {
        match line.kind {
            Kind::Label(fields) | Kind::Inline(fields, _) => {
                self.rows += 1;
                self.titled |= fields.has(Field::Title);
                self.tail = fields == labels::Fields::of(Field::Keeping);
            }
            Kind::Section | Kind::Related => self.aside = true,
            Kind::End => self.ended = true,
            Kind::Tag if !line.bullet => self.tag = Some(i),
            _ => self.rows += usize::from(line.bullet),
        }
        if matches!(line.kind, Kind::Platform | Kind::Furniture | Kind::End) {
            self.after_wall = i + 1;
        }
        if platform::heading(line).is_some() && self.heading.is_none() {
            self.heading = Some(heading_word(line));
        }
    }
}

fn heading_word(line: &Line) -> String {
    line.text.split([' ', ':']).next().unwrap_or("").to_lowercase()
}
