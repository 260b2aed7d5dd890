//! Random queries and filters over a collection.

use commlit::query::{Fields, Gap, Pattern, Query, Span, Spans, Synonym, TextField, ValueField};
use commlit::search::{FacetField, Filter};

use crate::naive::{self, Doc, Token, tokens};
use crate::random::Random;
use crate::world::{HOUSES, WORDS};

const NOWHERE: Span = Span { start: 0, end: 0 };
const FIELDS: &[TextField] = &TextField::ALL;
const COMPOUNDS: &[&str] = &[
    "fund-holding",
    "fund-holdings",
    "fund-holder",
    "joint-commissioning",
    "co-operation",
    "non-fund-holding",
    "non-fund",
    "king-s",
    "gp-fund",
    "total-purchasing",
    "1997-8",
    "high-low",
    "health-care",
    "l-hopital",
];

pub(crate) fn word(word: &str) -> Query {
    Query::Word { fields: Fields::ALL, word: word.into(), span: NOWHERE }
}

fn fields(random: &mut Random) -> Fields {
    match random.below(10) {
        0..7 => Fields::ALL,
        7..9 => Fields::of(&[*random.pick(FIELDS)]),
        _ => Fields::of(&[*random.pick(FIELDS), *random.pick(FIELDS), *random.pick(FIELDS)]),
    }
}

/// A folded word of the vocabulary, seldom one that no record has.
pub(crate) fn folded(random: &mut Random) -> String {
    match random.below(30) {
        0 => (random.text(&["xyzzy", "fundhold", "operation", "contractor", "s", "8", "8571"])).to_owned(),
        _ => {
            let words = tokens(random.text(WORDS));
            random.pick(&words).folded.clone()
        }
    }
}

fn pattern(random: &mut Random, word: String, open: usize) -> Pattern {
    let chars: Vec<char> = word.chars().collect();
    if !random.chance(open) {
        return Pattern::whole(word);
    }
    let cut = random.between(1, chars.len());
    let text = |chars: &[char]| chars.iter().collect::<String>();
    let mut pattern = Pattern::whole(text(&chars[..cut]));
    match random.below(8) {
        0..4 => pattern.push_gap(Gap::ANY),
        4 => pattern.push_gap(Gap::up_to(random.between(1, 4) as u8)),
        5 => pattern.push_gap(Gap::OPTIONAL),
        6 => {
            pattern.push_gap(Gap::ONE);
            pattern.push_str(&text(chars.get(cut + 1..).unwrap_or_default()));
        }
        _ => {
            pattern.push_gap(if random.chance(50) { Gap::OPTIONAL } else { Gap::ANY });
            pattern.push_str(&text(chars.get(cut + random.below(2)..).unwrap_or_default()));
            if random.chance(50) {
                pattern.push_gap(Gap::ANY);
            }
        }
    }
    pattern
}

/// Operands of proximity, nested and with alternatives.
fn spans(random: &mut Random, docs: &[Doc], depth: usize) -> Spans {
    match random.below(10) {
        0..3 if depth > 0 => {
            let (left, right) = (spans(random, docs, depth - 1), spans(random, docs, depth - 1));
            near(random, left, right)
        }
        3 | 4 if depth > 0 => Spans::Any((0..random.between(2, 3)).map(|_| spans(random, docs, depth - 1)).collect()),
        _ => {
            let length = *random.pick(&[1, 1, 1, 2]);
            let mut words = side_by_side(random, docs, length);
            if words.is_empty() || random.chance(40) {
                words = (0..length).map(|_| folded(random)).collect();
            }
            let open = *random.pick(&[0, 0, 40, 80]);
            let words = words.into_iter().map(|w| pattern(random, w, open)).collect();
            Spans::Phrase { fields: fields(random), words, span: NOWHERE }
        }
    }
}

fn near(random: &mut Random, left: Spans, right: Spans) -> Spans {
    let (distance, ordered) = (*random.pick(&[1, 1, 2, 3, 5, 20]), random.chance(30));
    Spans::Near { left: Box::new(left), right: Box::new(right), distance, ordered, span: NOWHERE }
}

/// Words that stand side by side in some record, in one value or at the seam of two.
fn side_by_side(random: &mut Random, docs: &[Doc], length: usize) -> Vec<String> {
    let doc = random.pick(docs);
    let values = doc.texts(*random.pick(FIELDS));
    let words: Vec<&Token> = if random.chance(80) && !values.is_empty() {
        random.pick(values).tokens.iter().collect()
    } else {
        values.iter().flat_map(|v| &v.tokens).collect()
    };
    let start = random.below(words.len());
    words.iter().skip(start).take(length).map(|t| t.folded.clone()).collect()
}

/// The same query, half of whose words are found by other forms too.
pub(crate) fn with_synonyms(random: &mut Random, docs: &[Doc], query: &Query) -> Query {
    let mut each = |parts: &[Query]| parts.iter().map(|p| with_synonyms(random, docs, p)).collect();
    match query {
        Query::And(parts) => Query::And(each(parts)),
        Query::Or(parts) => Query::Or(each(parts)),
        Query::AtLeast(count, parts) => Query::AtLeast(*count, each(parts)),
        Query::Not(part) => Query::Not(Box::new(with_synonyms(random, docs, part))),
        Query::Word { fields, word, span } if random.chance(50) => {
            let form = |random: &mut Random| {
                let length = random.between(1, 3);
                let words = match side_by_side(random, docs, length) {
                    none if none.is_empty() => vec![folded(random)],
                    words => words,
                };
                let words: Vec<Pattern> = words.into_iter().map(Pattern::whole).collect();
                Synonym { label: String::new(), words, percent: *random.pick(&[30, 100]), among: None }
            };
            let also = (0..random.between(1, 4)).map(|_| form(random)).collect();
            Query::Synonyms { fields: *fields, word: word.clone(), also, span: *span }
        }
        other => other.clone(),
    }
}

fn leaf(random: &mut Random, docs: &[Doc]) -> Query {
    match random.below(25) {
        20..23 => {
            let (left, right) = (spans(random, docs, 2), spans(random, docs, 2));
            Query::Spans { spans: near(random, left, right), times: *random.pick(&[1, 1, 1, 2]), span: NOWHERE }
        }
        23 => Query::Spans { spans: spans(random, docs, 1), times: random.between(2, 3) as u32, span: NOWHERE },
        0..8 => Query::Word { fields: fields(random), word: folded(random), span: NOWHERE },
        8..10 => {
            let word = match random.chance(70) {
                true => random.text(COMPOUNDS).to_owned(),
                false => format!("{}-{}", folded(random), folded(random)),
            };
            Query::Word { fields: fields(random), word, span: NOWHERE }
        }
        10..15 => {
            let length = random.between(1, 4);
            let mut words = side_by_side(random, docs, length);
            if words.is_empty() || random.chance(15) {
                words = (0..length).map(|_| folded(random)).collect();
            }
            let truncated = *random.pick(&[0, 0, 30, 60]);
            let words = words.into_iter().map(|w| pattern(random, w, truncated)).collect();
            Query::Phrase { fields: fields(random), words, span: NOWHERE }
        }
        15 => {
            let word = folded(random);
            let words = vec![pattern(random, word, 100)];
            Query::Phrase { fields: fields(random), words, span: NOWHERE }
        }
        16 => {
            let from = random.maybe(80, |x| x.between(1980, 2024) as i32);
            let to = random.maybe(80, |x| from.unwrap_or(1985) + x.below(15) as i32);
            let from = if from.is_none() && to.is_none() { Some(1999) } else { from };
            Query::Years { from, to, span: NOWHERE }
        }
        17 | 18 => {
            let values = random.pick(docs).values();
            let (field, value) = random.pick(&values).clone();
            let value = if random.chance(5) && field == ValueField::Id { "nobody".to_owned() } else { value };
            let open = if value.chars().count() > 1 { 20 } else { 0 };
            Query::Value { field, value: pattern(random, value, open), span: NOWHERE }
        }
        _ => Query::All,
    }
}

/// A random tree.
pub(crate) fn query(random: &mut Random, docs: &[Doc], depth: usize) -> Query {
    if depth == 0 || random.chance(30) {
        return leaf(random, docs);
    }
    let parts = |random: &mut Random, least, most| -> Vec<Query> {
        (0..random.between(least, most)).map(|_| query(random, docs, depth - 1)).collect()
    };
    match random.below(10) {
        0..3 => Query::And(parts(random, 2, 3)),
        3..6 => Query::Or(parts(random, 2, 4)),
        6..8 => Query::Not(Box::new(query(random, docs, depth - 1))),
        _ => {
            let parts = parts(random, 1, 5);
            Query::AtLeast(random.between(1, parts.len()), parts)
        }
    }
}

/// Some filters: values that occur, values that do not, and ranges of years.
pub(crate) fn filters(random: &mut Random, docs: &[Doc], most: usize) -> Vec<Filter> {
    let mut out = Vec::new();
    for _ in 0..random.below(most + 1) {
        let field = *random.pick(&naive::FACETS);
        let values: Vec<&String> = random.pick(docs).facet(field).iter().collect();
        out.push(match random.below(10) {
            0..2 => {
                let from = random.between(1985, 2020) as i32;
                Filter::Years(random.chance(80).then_some(from), random.chance(80).then_some(from + 8))
            }
            2 => Filter::Value(*random.pick(&[FacetField::Type, FacetField::Publisher]), "no such value".into()),
            3 => Filter::Missing(field),
            4 => Filter::Value(FacetField::Publisher, random.text(HOUSES).to_owned()),
            _ if values.is_empty() => continue,
            _ => Filter::Value(field, (*random.pick(&values)).clone()),
        });
    }
    out
}
