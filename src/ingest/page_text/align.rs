//! Which field every value of a catalogue page belongs to, when some labels are missing.
//!
//! Pages print their rows in one order, so that the values form a path through the fields. The best path (Viterbi) weighs
//! how a value looks ([`super::fit`]), the labels that are left, and the order. Where the dump kept its labels they bind;
//! where it lost those of one word, a value may go on to a later field than the label above it says. It does *not* fill the
//! record, and knows no wording.

use std::borrow::Cow;

use super::fit;
use super::labels::{Field, Fields};

/// One step of the path.
#[derive(Debug, Clone)]
pub(super) enum Step<'a> {
    /// A label on a line of its own; its value follows or was lost.
    Label(Fields),
    /// A value that carries its label.
    Labelled(Fields, &'a str),
    /// A value on its own.
    Value(Cow<'a, str>, Item),
}

/// How a value stands on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item {
    /// Behind a bullet of its own.
    Listed,
    /// In a dump without bullets: perhaps a further paragraph.
    Plain,
}

/// Whether the labels of one word survived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Labels {
    /// They did: a value belongs to the label above it.
    Kept,
    /// They did not: it may belong to a later one that was lost.
    Lost,
}

const IMPOSSIBLE: i32 = -100_000;
/// Against the order of the page.
const BACK: i32 = -6;
/// A value that leaves the label above it, where labels bind.
const LEAVE: i32 = -8;
/// The first value below a label.
const UNDER: i32 = 2;
/// Perhaps a further paragraph of the abstract.
const PARAGRAPH: i32 = 3;
/// A value that names its field, on its way through that field.
const NAMED: i32 = 2;

/// The field of every step.
pub(super) fn align(steps: &[Step<'_>], labels: Labels) -> Vec<Field> {
    let fields: Vec<Field> = Field::rows().collect();
    let mut best = vec![0; fields.len()];
    let mut from: Vec<Vec<u8>> = Vec::with_capacity(steps.len());
    let mut bound = false;
    let mut after_label = false;
    for step in steps {
        let is_value = matches!(step, Step::Value(..));
        let leave = if is_value && bound && labels == Labels::Kept { LEAVE } else { 0 };
        // Fields that no look tells apart are entered by their labels only: staying makes up for that.
        let unjudged = |field: Field| if fit::is_judged(field) { 0 } else { -fit::NEVER };
        let stay = |field: Field| match step {
            Step::Value(..) if after_label => UNDER + unjudged(field),
            Step::Value(..) if bound && labels == Labels::Kept => unjudged(field),
            Step::Value(_, Item::Plain) if field == Field::Abstract => PARAGRAPH,
            Step::Value(..) => again(field),
            _ => 0,
        };
        let (score, back) = advance(&best, from.is_empty(), |i| fields.get(i).map_or(0, |f| stay(*f)), leave);
        best = score.iter().zip(&fields).map(|(s, field)| s.saturating_add(emission(step, *field))).collect();
        // Scores only matter relative to each other: kept near zero, they cannot overflow on any input.
        let top = best.iter().copied().max().unwrap_or(0);
        best.iter_mut().for_each(|s| *s = (*s - top).max(IMPOSSIBLE));
        from.push(back);
        after_label = !is_value && matches!(step, Step::Label(_));
        bound |= after_label;
    }
    let mut path = trace(&fields, &best, &from);
    for (step, field) in steps.iter().zip(&mut path) {
        if let Step::Labelled(named, value) = step
            && !named.has(*field)
        {
            let best = named.iter().max_by_key(|f| (fit::fit(*f, value), std::cmp::Reverse(*f)));
            *field = best.unwrap_or(*field);
        }
    }
    path
}

/// The best predecessor of every field, in one sweep from each side.
fn advance(best: &[i32], first: bool, stay: impl Fn(usize) -> i32, leave: i32) -> (Vec<i32>, Vec<u8>) {
    let mut score: Vec<i32> = best.iter().enumerate().map(|(i, s)| if first { *s } else { s + stay(i) }).collect();
    let mut back: Vec<u8> = (0..best.len()).map(|i| i as u8).collect();
    if first {
        return (score, back);
    }
    let mut relax = |order: &mut dyn Iterator<Item = usize>, cost: i32| {
        let mut ahead: Option<(i32, usize)> = None;
        for i in order {
            if let (Some((s, j)), Some(score), Some(back)) = (ahead, score.get_mut(i), back.get_mut(i))
                && s + cost > *score
            {
                *score = s + cost;
                *back = j as u8;
            }
            if let Some(s) = best.get(i)
                && ahead.is_none_or(|(a, _)| *s > a)
            {
                ahead = Some((*s, i));
            }
        }
    };
    relax(&mut (0..best.len()), leave);
    relax(&mut (0..best.len()).rev(), leave + BACK);
    (score, back)
}

fn trace(fields: &[Field], best: &[i32], from: &[Vec<u8>]) -> Vec<Field> {
    let mut at = 0;
    for (i, score) in best.iter().enumerate() {
        if best.get(at).is_some_and(|b| score > b) {
            at = i;
        }
    }
    let mut path = Vec::with_capacity(from.len());
    for back in from.iter().rev() {
        path.push(fields.get(at).copied().unwrap_or(Field::Note));
        at = back.get(at).copied().map_or(at, usize::from);
    }
    path.reverse();
    path
}

fn emission(step: &Step<'_>, field: Field) -> i32 {
    match step {
        Step::Label(fields) if fields.has(field) => 0,
        Step::Label(_) => IMPOSSIBLE,
        // It needs no help from the path, and does not turn it round: "Pagination: 39p." may stand among the notes.
        Step::Labelled(fields, value) if fields.has(field) => NAMED + fit::fit(field, value).clamp(-1, 1),
        Step::Labelled(..) => 0,
        Step::Value(value, _) => fit::fit(field, value),
    }
}

/// A second value of a field without a label of its own.
fn again(field: Field) -> i32 {
    match field {
        Field::Subject => 3,
        Field::Creator | Field::Contributor | Field::Editor | Field::Isbn | Field::Note | Field::Language => 0,
        Field::Other | Field::Identifier | Field::Url => 0,
        Field::Place | Field::Publisher | Field::Series | Field::Rights | Field::Type => -2,
        Field::Abstract | Field::Lead => -5,
        _ => -6,
    }
}
