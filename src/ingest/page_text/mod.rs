//! Text copied or dumped from a page: a repository's catalogue page or a literature platform's page of an article.
//!
//! Such text has lost its markup, often some labels and values, and it carries the site's own words. [`lines`] says what
//! every line is by itself, with the wordings in [`labels`]; this module cuts the file into pages; [`catalogue`] and
//! [`platform`] read one page each. It does *not* read running text without the structure of a page, nor exports.

mod align;
mod catalogue;
mod citation;
mod draft;
mod fit;
mod labels;
mod lines;
mod platform;
mod references;

use self::labels::Field;
use self::lines::{Kind, Line};
use super::{Item, encoding};

/// Whether the text looks like one or more such pages. `text` is the beginning of the input, or all of it.
pub fn recognises(text: &str) -> bool {
    if is_other_text(text) {
        return false;
    }
    let lines = lines::lines(text);
    let evidence = Evidence::of(&lines);
    evidence.is_catalogue() || evidence.is_platform()
}

/// Reads every work in the text: one item each, or one with the reason why there is none.
pub fn read(bytes: &[u8], emit: &mut dyn FnMut(Item)) {
    let text = encoding::decode(bytes, None);
    let lines = lines::lines(&text);
    let mut found = false;
    for page in pages(&lines) {
        let evidence = Evidence::of(page);
        let record = match evidence.platform > evidence.catalogue {
            true => platform::read(page),
            // What stands beside the pages proper (navigation, a foot) is no record of its own.
            false if page.len() < lines.len() && !evidence.is_catalogue() => None,
            false => catalogue::read(page),
        };
        if let Some((number, record)) = record {
            found = true;
            emit(Item { locator: format!("line {number}"), content: Ok(record) });
        }
    }
    if !found {
        let number = lines.first().map_or(1, |l| l.number);
        let reason = "text of a catalogue or platform page, but with neither a title nor an abstract";
        emit(Item { locator: format!("line {number}"), content: Err(reason.into()) });
    }
}

/// What speaks for either kind of page. Distinct wordings count, not repetitions.
#[derive(Debug, Default)]
struct Evidence {
    catalogue: u32,
    platform: u32,
    /// Fields whose labels were seen; labels that mail headers and front matter have too count for nothing.
    seen: u64,
    furniture: u32,
    headed: bool,
}

impl Evidence {
    fn of(lines: &[Line]) -> Self {
        let mut e = Evidence::default();
        let mut walls: Vec<&str> = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            match line.kind {
                Kind::Label(fields) | Kind::Inline(fields, _) => {
                    e.label(line, fields);
                    let next = lines.get(i + 1..).unwrap_or(&[]).iter().take(3);
                    let prose = |l: &Line| l.is_text() && fit::is_prose(&l.text);
                    e.headed |=
                        fields.has(Field::Abstract) && !line.bullet && (prose_after(line) || { next }.any(prose));
                }
                Kind::Text if platform::heading(line).is_some() => e.headed = true,
                Kind::Text if catalogue::has_badges(line) => {
                    let deposited = labels::badges(&line.text).is_some_and(|b| b.state.is_some());
                    e.once(Field::State, if deposited { 4 } else { 2 });
                }
                Kind::Text if line.bullet && crate::ingest::values::isbn(&line.text).is_some() => {
                    e.once(Field::Isbn, 2)
                }
                Kind::Badges => {
                    let deposited = labels::badges(&line.text).is_some_and(|b| b.state.is_some());
                    e.once(if deposited { Field::State } else { Field::Visibility }, if deposited { 3 } else { 1 });
                }
                Kind::Tag => e.once(Field::Tag, 2),
                Kind::Platform | Kind::Related | Kind::End
                    if walls.len() < 8 && !walls.contains(&line.text.as_str()) =>
                {
                    walls.push(&line.text);
                }
                _ => {}
            }
        }
        e.furniture = walls.len() as u32;
        e.platform = 3 * u32::from(e.headed) + 2 * e.furniture;
        e
    }

    fn once(&mut self, field: Field, weight: u32) {
        let bit = 1 << field as u64;
        if self.seen & bit == 0 {
            self.seen |= bit;
            self.catalogue += weight;
        }
    }

    fn label(&mut self, line: &Line, fields: labels::Fields) {
        let alone = matches!(line.kind, Kind::Label(_));
        let Some(field) = fields.iter().next() else { return };
        let capital = line.text.starts_with(|c: char| c.is_uppercase() || !c.is_ascii());
        match field {
            Field::Title | Field::Creator | Field::Date | Field::Subject | Field::Language | Field::Note if !alone => {}
            Field::Abstract | Field::Journal | Field::Volume | Field::Issue | Field::Identifier | Field::Other => {}
            _ if !capital && !alone => {}
            _ if alone && line.text.contains(' ') => self.once(field, 2),
            _ => self.once(field, 1),
        }
    }

    fn is_catalogue(&self) -> bool {
        let specific = [
            Field::Isbn,
            Field::Place,
            Field::Publisher,
            Field::Extent,
            Field::Series,
            Field::Type,
            Field::Rights,
            Field::Access,
            Field::Url,
            Field::Keeping,
            Field::State,
            Field::Tag,
            Field::Creator,
        ];
        self.catalogue >= 4 && specific.iter().any(|f| self.seen & (1 << *f as u64) != 0)
    }

    fn is_platform(&self) -> bool {
        self.headed || self.furniture >= 3
    }
}

fn prose_after(line: &Line) -> bool {
    matches!(line.kind, Kind::Inline(..)) && fit::is_prose(line.value())
}

/// Formats that are text with labels too, but no page: Markdown, tagged exports, BibTeX, program code.
fn is_other_text(text: &str) -> bool {
    let mut code = 0;
    let mut all = 0;
    for line in text.lines().map(str::trim_end).filter(|l| !l.is_empty()).take(400) {
        all += 1;
        let hashes = line.bytes().take_while(|b| *b == b'#').count();
        let heading = (1..=6).contains(&hashes) && line.as_bytes().get(hashes) == Some(&b' ');
        let tagged =
            ["TY  - ", "PMID- ", "%0 ", "FN ", "@article{", "@book{", "@techreport{", "@misc{", "@inproceedings{"]
                .iter()
                .any(|t| line.starts_with(t));
        if heading || tagged || line.starts_with("```") || line.starts_with("<!DOCTYPE") || all == 1 && line == "---" {
            return true;
        }
        code += usize::from(line.ends_with([';', '{', '}']) && !line.contains(". "));
    }
    code * 4 > all
}

/// Cuts a file into its pages. A page begins at a title with its badges, at the kind of work above a title, below a rule,
/// after the last line of a platform's page, or at a line that can only be a title after the last row of the page before.
fn pages(lines: &[Line]) -> Vec<&[Line]> {
    let mut starts: Vec<usize> = vec![0];
    let mut state = State::default();
    for (i, line) in lines.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|p| lines.get(p));
        if let Some(start) = state.begins(lines, i, line, before) {
            if start > starts.last().copied().unwrap_or(0) {
                starts.push(start);
            }
            state = State { titled: state.titled_now, first_done: true, ..State::default() };
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
    /// A title with badges, or one in a row of its own.
    titled: bool,
    titled_now: bool,
    first_done: bool,
    /// The last row of a catalogue page has been passed.
    tail: bool,
    /// In the files or relations below it, or among other works.
    aside: bool,
    /// The page is over.
    ended: bool,
    heading: Option<String>,
    /// The line after the last one that was the platform's own.
    after_wall: usize,
}

impl State {
    fn begins(&mut self, lines: &[Line], i: usize, line: &Line, before: Option<&Line>) -> Option<usize> {
        self.titled_now = false;
        let tagged = |at: usize| match at.checked_sub(1).and_then(|t| lines.get(t)) {
            Some(tag) if tag.kind == Kind::Tag && !tag.bullet => at - 1,
            _ => at,
        };
        let below_label = before.is_some_and(|l| matches!(l.kind, Kind::Label(_)));
        if catalogue::has_badges(line) && !below_label {
            let deposited = labels::badges(&line.text).is_some_and(|b| b.state.is_some());
            if deposited || !self.titled && !self.aside && self.rows == 0 {
                self.titled_now = true;
                return Some(tagged(i));
            }
        }
        if line.kind == Kind::Badges && before.is_some_and(|l| catalogue::is_candidate(l) && !catalogue::has_badges(l))
        {
            let deposited =
                |l: &Line| l.kind == Kind::Badges && labels::badges(&l.text).is_some_and(|b| b.state.is_some());
            let named = deposited(line) || lines.get(i + 1).is_some_and(deposited);
            if named || !self.titled && !self.aside && self.rows == 0 {
                self.titled_now = true;
                return Some(tagged(i - 1));
            }
        }
        if line.kind == Kind::Tag
            && self.rows > 0
            && !below_label
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
        if title_row && !self.aside && self.rows > 0 && (self.heading_row() || self.tail) {
            return Some(i);
        }
        if let Some(start) = self.next_abstract(i, line) {
            return Some(start);
        }
        // Plain lines: a title after the last row, with rows of its own below it.
        let rows_below = || lines.iter().skip(i + 1).take(4).filter(|l| l.bullet || !l.fields().is_empty()).count();
        let past = self.tail && !below_label && !line.bullet && fit::words(&line.text) >= 3;
        (past && catalogue::is_candidate(line) && rows_below() >= 2).then_some(i)
    }

    fn heading_row(&self) -> bool {
        self.titled
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
