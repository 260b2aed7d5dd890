//! Search strategies: numbered lines that refer to each other.
//!
//! [`Strategy::parse`] reads a file as people keep them: numbers written in many ways or not at all, wrapped lines, hits
//! noted behind the lines, remarks. It never fails as a whole: each line is a query or says what is wrong with it.
//!
//! - A number means the nearest earlier line that has it. There are no references ahead, so none in a circle.
//! - Without numbers of their own, lines are counted; blank lines and remarks (`# …`) are not.
//!
//! It does *not* run anything: what a line finds is the engine's business.

mod guess;
mod labels;
mod lint;
mod read;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};

pub use self::lint::{Finding, Severity};
use super::ovid::{self, Context};
use super::{LineRef, MAX_DEPTH, MAX_LEAVES, Parsed, Query, Span, Spans, Syntax, SyntaxError, Warning};

/// A search strategy.
#[derive(Debug, Clone)]
pub struct Strategy {
    /// The language of its lines.
    pub syntax: Syntax,
    /// The lines in their order; [`Query::Line`] speaks of their places in this list.
    pub lines: Vec<Line>,
    /// What should be known about how the file was read.
    pub notes: Vec<Note>,
    /// Which lines others refer to, those that could not be read included.
    used: Vec<bool>,
}

/// A line of a strategy.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its number; its place counted from 1 where the file has no numbers.
    pub number: u32,
    /// The number as written, with its `#` or `S`; empty where none is.
    pub label: String,
    /// Its text, without number and hits; the parts of a wrapped line joined by spaces.
    pub text: String,
    /// Where in the file it begins, counted from 1.
    pub file_line: usize,
    /// The query; spans are byte ranges in [`Line::text`].
    pub query: Result<Query, SyntaxError>,
    /// What was read otherwise than it may have been meant.
    pub warnings: Vec<Warning>,
    /// How many hits were noted behind it.
    pub hits: Option<u64>,
}

/// Something about a line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The line of the file, counted from 1.
    pub file_line: usize,
    /// What.
    pub message: String,
}

/// The most lines of a strategy.
pub const MAX_LINES: usize = 10_000;
/// The most words, values and references of a whole strategy.
const MAX_STRATEGY_LEAVES: usize = 300_000;

impl Strategy {
    /// Reads a strategy whose lines are in the given language.
    pub fn parse(text: &str, syntax: Syntax) -> Strategy {
        Strategy::parse_with(text, syntax, &|_| false)
    }

    /// Reads a strategy, told which headings there are ([`Context::known`]).
    pub fn parse_with(text: &str, syntax: Syntax, known: &dyn Fn(&str) -> bool) -> Strategy {
        let (mut raw, mut notes) = read::lines(text, syntax);
        if let Some(first) = raw.get(MAX_LINES) {
            let message = format!("a strategy has at most {MAX_LINES} lines; what follows is not read");
            notes.push(Note { file_line: first.file_line, message });
            raw.truncate(MAX_LINES);
        }
        let mut places: HashMap<u32, Vec<usize>> = HashMap::new();
        for (place, line) in raw.iter().enumerate() {
            let places = places.entry(line.number).or_default();
            if !places.is_empty() {
                let message = format!("there is a line {} already", line.number);
                notes.push(Note { file_line: line.file_line, message });
            }
            places.push(place);
        }
        notes.sort_by_key(|n| n.file_line);
        let mut room = MAX_STRATEGY_LEAVES;
        let mut used = vec![false; raw.len()];
        let mut lines = Vec::with_capacity(raw.len());
        for (place, read::Raw { number, label, text, file_line, hits }) in raw.into_iter().enumerate() {
            let asked: RefCell<Asked> = RefCell::default();
            let resolve = |written: &str| resolve(written, place, &places, &mut asked.borrow_mut());
            let (query, mut warnings) = match parse_line(&text, syntax, &resolve, known, place, room) {
                Ok(Parsed { query, warnings, .. }) => (Ok(query), warnings),
                Err(e) => (Err(e), Vec::new()),
            };
            let asked = asked.into_inner();
            // What is asked for costs time, whether or not the line can be read in the end.
            room -= query.as_ref().map_or(0, leaves).max(asked.count).min(room);
            let mut mark = |place: usize| used.get_mut(place).into_iter().for_each(|used| *used = true);
            asked.lines.into_iter().for_each(&mut mark);
            if let Ok(query) = &query {
                references(query, &mut |place, _| mark(place));
                for number in asked.twice {
                    let message =
                        format!("several lines before this one have the number {number}; the nearest is taken");
                    warnings.push(Warning { message, span: Span::new(0, text.len()) });
                }
            }
            lines.push(Line { number, label, text, file_line, query, warnings, hits });
        }
        Strategy { syntax, lines, notes, used }
    }

    /// The lines that no other refers to, the last one excepted: by place. A line that cannot be read refers to others, too.
    pub fn unused(&self) -> Vec<usize> {
        let but_last = self.used.iter().enumerate().take(self.used.len().saturating_sub(1));
        but_last.filter(|(_, used)| !**used).map(|(place, _)| place).collect()
    }

    /// The query of a line with every other line it refers to written out.
    ///
    /// # Errors
    /// The line or one that it refers to could not be read, or the whole would be too big.
    pub fn written_out(&self, place: usize) -> Result<Query, SyntaxError> {
        let mut sizes: Vec<Size> = Vec::with_capacity(place.saturating_add(1).min(self.lines.len()));
        for line in self.lines.iter().take(place.saturating_add(1)) {
            sizes.push(match &line.query {
                Ok(query) => size(query, &sizes),
                Err(_) => Size { leaves: 0, depth: 0 },
            });
        }
        let Some(line) = self.lines.get(place) else {
            let message = format!("the strategy has {} lines", self.lines.len());
            return Err(SyntaxError { message, span: Span::default(), suggestion: None });
        };
        let too_big = |what: String| SyntaxError {
            message: format!("line {} written out has more than {what}", line.number),
            span: Span::new(0, line.text.len()),
            suggestion: Some("run the strategy line by line instead".into()),
        };
        match sizes.get(place) {
            Some(size) if size.leaves > MAX_LEAVES => Err(too_big(format!("{MAX_LEAVES} words and values"))),
            Some(size) if size.depth > MAX_DEPTH => Err(too_big(format!("{MAX_DEPTH} levels"))),
            _ => self.expand(line.query.as_ref().map_err(Clone::clone)?),
        }
    }

    fn expand(&self, query: &Query) -> Result<Query, SyntaxError> {
        let all = |parts: &[Query]| parts.iter().map(|p| self.expand(p)).collect::<Result<Vec<_>, _>>();
        Ok(match query {
            Query::Line(place, span) => match self.lines.get(*place) {
                Some(Line { query: Ok(query), .. }) => self.expand(query)?,
                Some(line) => return Err(unreadable(line.number, *span)),
                None => query.clone(),
            },
            Query::And(parts) => Query::And(all(parts)?),
            Query::Or(parts) => Query::Or(all(parts)?),
            Query::AtLeast(n, parts) => Query::AtLeast(*n, all(parts)?),
            Query::Not(part) => Query::Not(Box::new(self.expand(part)?)),
            leaf => leaf.clone(),
        })
    }
}

fn unreadable(number: u32, span: Span) -> SyntaxError {
    SyntaxError {
        message: format!("line {number} could not be read"),
        span,
        suggestion: Some("repair that line first".into()),
    }
}

/// What a line has asked for.
#[derive(Default)]
struct Asked {
    count: usize,
    lines: HashSet<usize>,
    /// Numbers that several earlier lines have.
    twice: BTreeSet<u32>,
}

/// What a number means on the line at `place`.
fn resolve(written: &str, place: usize, places: &HashMap<u32, Vec<usize>>, asked: &mut Asked) -> LineRef {
    asked.count += 1;
    let found = written.trim().parse::<u32>().ok().and_then(|number| Some((number, places.get(&number)?)));
    let Some((number, found)) = found else { return LineRef::Unknown };
    let earlier = found.partition_point(|p| *p < place);
    match earlier.checked_sub(1).and_then(|i| found.get(i)) {
        Some(line) => {
            if earlier > 1 {
                asked.twice.insert(number);
            }
            asked.lines.insert(*line);
            LineRef::Line(*line)
        }
        None => LineRef::Ahead,
    }
}

fn parse_line(
    text: &str,
    syntax: Syntax,
    lines: &dyn Fn(&str) -> LineRef,
    known: &dyn Fn(&str) -> bool,
    place: usize,
    room: usize,
) -> Result<Parsed, SyntaxError> {
    let whole = Span::new(0, text.len());
    if room == 0 {
        let message =
            format!("the lines before this one have {MAX_STRATEGY_LEAVES} words and values, which is the most");
        return Err(SyntaxError { message, span: whole, suggestion: None });
    }
    let parsed = match syntax {
        Syntax::Ovid => ovid::parse_in(text, &Context { lines, known }),
        other => other.parse_line(text, lines),
    }?;
    // Plain syntax names lines by their places, wherever they are.
    let mut ahead = None;
    references(&parsed.query, &mut |line, span| {
        if line >= place {
            ahead = Some((line, span));
        }
    });
    match ahead {
        None => Ok(parsed),
        Some((line, span)) => Err(SyntaxError {
            message: format!("line {} does not come before this one", line + 1),
            span,
            suggestion: Some("name an earlier line".into()),
        }),
    }
}

/// Calls `found` for every reference to another line.
fn references(query: &Query, found: &mut dyn FnMut(usize, Span)) {
    match query {
        Query::Line(place, span) => found(*place, *span),
        Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => {
            parts.iter().for_each(|part| references(part, found));
        }
        Query::Not(part) => references(part, found),
        _ => {}
    }
}

#[derive(Clone, Copy)]
struct Size {
    leaves: usize,
    depth: usize,
}

/// How big a query is with its lines written out.
fn size(query: &Query, lines: &[Size]) -> Size {
    match query {
        Query::Line(place, _) => {
            let size = lines.get(*place).copied().unwrap_or(Size { leaves: 1, depth: 0 });
            Size { leaves: size.leaves, depth: size.depth.saturating_add(1) }
        }
        Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => {
            let none = Size { leaves: 0, depth: 0 };
            let all = parts
                .iter()
                .map(|p| size(p, lines))
                .fold(none, |a, b| Size { leaves: a.leaves.saturating_add(b.leaves), depth: a.depth.max(b.depth) });
            Size { depth: all.depth.saturating_add(1), ..all }
        }
        Query::Not(part) => {
            let part = size(part, lines);
            Size { depth: part.depth.saturating_add(1), ..part }
        }
        leaf => Size { leaves: leaves(leaf), depth: 1 },
    }
}

/// How many words, values and references a query has.
fn leaves(query: &Query) -> usize {
    fn of(spans: &Spans) -> usize {
        match spans {
            Spans::Phrase { words, .. } => words.len(),
            Spans::Any(parts) => parts.iter().map(of).sum(),
            Spans::Near { left, right, .. } => of(left) + of(right),
        }
    }
    match query {
        Query::Phrase { words, .. } => words.len(),
        Query::Spans { spans, .. } => of(spans),
        Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => parts.iter().map(leaves).sum(),
        Query::Not(part) => leaves(part),
        _ => 1,
    }
}
