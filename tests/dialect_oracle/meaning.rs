//! What was written, and what it means: rules of the query languages in plain code over the words of a record.

use std::collections::BTreeSet;

use crate::world::{Doc, field};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Ovid,
    PubMed,
    Ebsco,
    Cochrane,
}

/// Part of a word with wildcards.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    Letters(String),
    /// From so many characters to so many.
    Open(usize, usize),
}

pub(crate) fn fits(pieces: &[Piece], text: &str) -> bool {
    match pieces.split_first() {
        None => text.is_empty(),
        Some((Piece::Letters(letters), rest)) => text.strip_prefix(letters.as_str()).is_some_and(|t| fits(rest, t)),
        Some((Piece::Open(least, most), rest)) => {
            let length = text.chars().count();
            (*least..=(*most).min(length)).any(|n| fits(rest, &text.chars().skip(n).collect::<String>()))
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    And,
    Or,
    Not,
    /// How many words further (1 is side by side), in this order.
    Near(usize, bool),
}

/// Something said of whole values.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Name(Vec<Piece>),
    Journal(Vec<Piece>),
    Heading {
        name: Vec<Piece>,
        subdivision: Option<String>,
        major: bool,
    },
    Subdivision(String),
    Language(String),
    Pmid(String),
    Years(Option<i32>, Option<i32>),
    /// A family name and initials.
    Author(String, String),
    Everything,
}

/// A word: which of the vocabulary it stands for.
pub(crate) type Word = Vec<bool>;

/// What was written.
#[derive(Debug, Clone)]
pub(crate) enum Expr {
    Words {
        fields: Option<u16>,
        words: Vec<Word>,
        quoted: bool,
    },
    Value(Value),
    Any(Vec<Value>),
    Line(usize),
    Lines {
        all: bool,
        lines: Vec<usize>,
    },
    /// Parentheses, and what is said of all within.
    Group(Box<Expr>, Option<u16>),
    /// Operands with operators between them, as they stand there.
    Flat(Vec<Expr>, Vec<Op>),
    Times(Box<Expr>, usize, Option<u16>),
    /// All words, with at most so many others between the first and the last.
    Window {
        fields: u16,
        words: Vec<Word>,
        others: usize,
    },
}

/// Field, value, first word, last word.
type Stretch = (u16, usize, usize, usize);

/// The meaning for one record.
#[derive(Debug, Clone)]
enum Found {
    Stretches(BTreeSet<Stretch>),
    Is(bool),
    And(Vec<Found>),
    Or(Vec<Found>),
    Not(Box<Found>),
}

impl Found {
    fn is(&self) -> bool {
        match self {
            Found::Stretches(found) => !found.is_empty(),
            Found::Is(is) => *is,
            Found::And(parts) => parts.iter().all(Found::is),
            Found::Or(parts) => parts.iter().any(Found::is),
            Found::Not(part) => !part.is(),
        }
    }
}

pub(crate) struct Oracle<'a> {
    pub dialect: Dialect,
    pub doc: &'a Doc,
    /// Whether the record is among those of each earlier line.
    pub lines: &'a [bool],
}

impl Oracle<'_> {
    pub(crate) fn matches(&self, expr: &Expr) -> bool {
        self.found(expr, None).is()
    }

    fn found(&self, expr: &Expr, scope: Option<u16>) -> Found {
        match expr {
            Expr::Words { fields, words, quoted } => match (fields.or(scope), self.dialect) {
                (Some(fields), _) => self.phrase(fields, words),
                (None, Dialect::PubMed) if !quoted => {
                    Found::And(words.iter().map(|w| self.phrase(field::ALL, std::slice::from_ref(w))).collect())
                }
                (None, Dialect::PubMed | Dialect::Cochrane) => self.phrase(field::ALL, words),
                (None, _) => self.phrase(field::TITLE | field::ABSTRACT | field::SUBJECT, words),
            },
            Expr::Value(value) => Found::Is(self.has(value)),
            Expr::Any(values) => Found::Is(values.iter().any(|v| self.has(v))),
            Expr::Line(line) => Found::Is(self.lines[*line]),
            Expr::Lines { all: true, lines } => Found::Is(lines.iter().all(|l| self.lines[*l])),
            Expr::Lines { lines, .. } => Found::Is(lines.iter().any(|l| self.lines[*l])),
            Expr::Group(inner, fields) => self.found(inner, fields.or(scope)),
            Expr::Flat(parts, ops) => {
                let parts = parts.iter().map(|p| self.found(p, scope)).collect();
                match self.dialect {
                    Dialect::PubMed => left_to_right(parts, ops),
                    Dialect::Ovid => levels(parts, ops, &[&|o| o == Op::Or, &|o| matches!(o, Op::And | Op::Not)]),
                    _ => levels(parts, ops, &[&|o| o == Op::Or, &|o| o == Op::And, &|o| o == Op::Not]),
                }
            }
            Expr::Times(inner, times, fields) => {
                let Found::Stretches(found) = self.found(inner, fields.or(scope)) else { panic!("counted {inner:?}") };
                let in_field = |f: u16| {
                    // The one that ends first leaves the most room.
                    let mut here: Vec<_> = found.iter().filter(|s| s.0 == f).collect();
                    here.sort_by_key(|s| (s.1, s.3));
                    let (mut count, mut last) = (0, None);
                    for s in here {
                        if last.is_none_or(|(value, end)| value != s.1 || end < s.2) {
                            count += 1;
                            last = Some((s.1, s.3));
                        }
                    }
                    count
                };
                Found::Is((0..12).any(|bit| in_field(1 << bit) >= *times))
            }
            Expr::Window { fields, words, others } => {
                let here = |(f, text): &&(u16, Vec<usize>)| f & fields != 0 && has_window(text, words, *others);
                Found::Is(self.doc.texts.iter().any(|t| here(&t)))
            }
        }
    }

    fn phrase(&self, fields: u16, words: &[Word]) -> Found {
        let mut found = BTreeSet::new();
        for (value, (f, text)) in self.doc.texts.iter().enumerate().filter(|(_, (f, _))| f & fields != 0) {
            for start in 0..(text.len() + 1).saturating_sub(words.len()) {
                if words.iter().zip(&text[start..]).all(|(w, t)| w[*t]) {
                    found.insert((*f, value, start, start + words.len() - 1));
                }
            }
        }
        Found::Stretches(found)
    }

    fn has(&self, value: &Value) -> bool {
        let doc = self.doc;
        match value {
            Value::Everything => true,
            Value::Name(name) => doc.names.iter().any(|n| fits(name, n)),
            Value::Journal(title) => doc.journal.iter().any(|j| fits(title, j)),
            Value::Language(code) => doc.languages.contains(code),
            Value::Pmid(pmid) => doc.pmid.as_ref() == Some(pmid),
            Value::Years(from, to) => {
                doc.year.is_some_and(|y| from.is_none_or(|f| f <= y) && to.is_none_or(|t| y <= t))
            }
            Value::Subdivision(name) => doc.headings.iter().any(|(_, s, _)| s.as_ref() == Some(name)),
            Value::Heading { name, subdivision, major } => doc.headings.iter().any(|(heading, sub, is_major)| {
                let whole = sub.as_ref().map(|s| format!("{heading}/{s}"));
                let named = match subdivision {
                    Some(s) => sub.as_ref() == Some(s) && fits(name, heading),
                    None => fits(name, heading) || whole.is_some_and(|w| fits(name, &w)),
                };
                named && (!major || *is_major)
            }),
            Value::Author(family, initials) => doc.names.iter().any(|name| {
                let words: Vec<&str> = name.split(' ').collect();
                let initials: Vec<String> = initials.chars().map(String::from).collect();
                (0..words.len()).any(|i| {
                    let after = &words[i + 1..];
                    let together = after.first().is_some_and(|w| w.starts_with(&initials.concat()));
                    let apart = after.len() >= initials.len()
                        && initials.iter().zip(after).all(|(l, w)| w.starts_with(l.as_str()));
                    words[i] == family && (initials.is_empty() || together || apart)
                })
            }),
        }
    }
}

/// Whether all the words stand, each at a place of its own, with at most so many others between the first and the last.
fn has_window(text: &[usize], words: &[Word], others: usize) -> bool {
    fn seat(text: &[usize], words: &[Word], taken: &mut Vec<usize>) -> bool {
        let Some((word, rest)) = words.split_first() else { return true };
        (0..text.len()).any(|i| {
            let free = word[text[i]] && !taken.contains(&i);
            taken.push(i);
            let seated = free && seat(text, rest, taken);
            taken.pop();
            seated
        })
    }
    let width = words.len() + others;
    let windows = (text.len() + 1).saturating_sub(width).max(1);
    (0..windows).any(|i| seat(&text[i..text.len().min(i + width)], words, &mut Vec::new()))
}

fn left_to_right(parts: Vec<Found>, ops: &[Op]) -> Found {
    let mut parts = parts.into_iter();
    let first = parts.next().unwrap();
    parts.zip(ops).fold(first, |left, (right, op)| join(left, right, *op))
}

fn join(left: Found, right: Found, op: Op) -> Found {
    match op {
        Op::And => Found::And(vec![left, right]),
        Op::Not => Found::And(vec![left, Found::Not(Box::new(right))]),
        // Alternatives of words are what any of them finds.
        Op::Or => match (left, right) {
            (Found::Stretches(a), Found::Stretches(b)) => Found::Stretches(a.union(&b).copied().collect()),
            (left, right) => Found::Or(vec![left, right]),
        },
        Op::Near(distance, ordered) => near(left, right, distance, ordered),
    }
}

fn near(left: Found, right: Found, distance: usize, ordered: bool) -> Found {
    match (left, right) {
        (Found::Stretches(left), Found::Stretches(right)) => {
            let mut found = BTreeSet::new();
            for a in &left {
                for b in right.iter().filter(|b| (b.0, b.1) == (a.0, a.1)) {
                    if a.3 < b.2 && b.2 - a.3 <= distance {
                        found.insert((a.0, a.1, a.2, b.3));
                    }
                    if !ordered && b.3 < a.2 && a.2 - b.3 <= distance {
                        found.insert((a.0, a.1, b.2, a.3));
                    }
                }
            }
            Found::Stretches(found)
        }
        (Found::And(parts), right) => {
            Found::And(parts.into_iter().map(|p| near(p, right.clone(), distance, ordered)).collect())
        }
        (Found::Or(parts), right) => {
            Found::Or(parts.into_iter().map(|p| near(p, right.clone(), distance, ordered)).collect())
        }
        (left, Found::And(parts)) => {
            Found::And(parts.into_iter().map(|p| near(left.clone(), p, distance, ordered)).collect())
        }
        (left, Found::Or(parts)) => {
            Found::Or(parts.into_iter().map(|p| near(left.clone(), p, distance, ordered)).collect())
        }
        (left, right) => panic!("{left:?} near {right:?}"),
    }
}

/// Operators by level, the loosest first; those of one level from the left, distances tightest.
fn levels(parts: Vec<Found>, ops: &[Op], loose: &[&dyn Fn(Op) -> bool]) -> Found {
    let Some((is, tighter)) = loose.split_first() else { return left_to_right(parts, ops) };
    let mut pieces: Vec<(Vec<Found>, Vec<Op>)> = vec![(Vec::new(), Vec::new())];
    let mut between = Vec::new();
    for (i, part) in parts.into_iter().enumerate() {
        if i > 0 {
            if is(ops[i - 1]) {
                between.push(ops[i - 1]);
                pieces.push((Vec::new(), Vec::new()));
            } else {
                pieces.last_mut().unwrap().1.push(ops[i - 1]);
            }
        }
        pieces.last_mut().unwrap().0.push(part);
    }
    let joined = pieces.into_iter().map(|(parts, ops)| levels(parts, &ops, tighter)).collect();
    left_to_right(joined, &between)
}
