//! Text copied or dumped from a page: a repository's catalogue page or a literature platform's page of an article.
//!
//! Such text has lost its markup, often some labels and values, and it carries the site's own words. `lines` says what
//! every line is by itself, with the wordings in `labels`; `pages` cuts the file into pages; `catalogue` and
//! `platform` read one page each. It does *not* read running text without the structure of a page, nor exports.

mod align;
mod catalogue;
mod citation;
mod draft;
mod fit;
mod labels;
mod lines;
mod pages;
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
    for page in pages::pages(&lines) {
        let evidence = Evidence::of(page);
        let record = match evidence.platform > evidence.catalogue {
            true => platform::read(page),
            // What stands beside the pages proper (navigation, a foot) is no record of its own.
            false if page.len() < lines.len() && !evidence.has_rows() => None,
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
    /// An abstract's heading above running text.
    headed: bool,
    /// The same above any text.
    titled: bool,
}

impl Evidence {
    fn of(lines: &[Line]) -> Self {
        let mut e = Evidence::default();
        let mut walls: Vec<&str> = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            match line.kind {
                Kind::Label(fields) | Kind::Inline(fields, _) => {
                    e.label(line, fields);
                    if fields.has(Field::Abstract) && !line.bullet {
                        let mut next = lines.get(i + 1..).unwrap_or(&[]).iter().take(3).filter(|l| l.is_text());
                        e.headed |= prose_after(line) || next.clone().any(|l| fit::is_prose(&l.text));
                        e.titled |= next.any(|l| fit::words(&l.text) >= 4);
                    }
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
        e.platform = 3 * u32::from(e.headed || e.titled) + 2 * e.furniture;
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
            _ if line.text.split([':', '：']).next().is_some_and(|l| l.contains(' ')) => self.once(field, 2),
            _ => self.once(field, 1),
        }
    }

    /// Whether anything but the kind of work speaks for a catalogue page.
    fn has_rows(&self) -> bool {
        self.seen & !(1 << Field::Tag as u64) != 0
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
        self.headed || self.furniture >= 3 || self.titled && self.furniture >= 1
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
