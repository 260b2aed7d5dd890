//! The query tree: what every query language is parsed into, printed as, and run from.
//!
//! [`Query`] is plain data and knows nothing of any engine. Its [`Display`](std::fmt::Display) is the canonical form: plain
//! syntax, with every operator and parenthesis spelled out, that parses back to the same tree. One module a language:
//! [`plain`], [`ovid`], [`pubmed`], [`ebsco`], [`cochrane`]; [`translate`] writes a tree in any of them.
//!
//! It does *not* know whether a word occurs in any index, and it adds nothing to a query.

pub mod cochrane;
mod display;
pub mod ebsco;
mod expression;
mod fields;
mod lines;
mod operand;
pub mod ovid;
mod pattern;
pub mod plain;
pub mod pubmed;
mod scope;
pub mod strategy;
mod subheadings;
mod syntax;
pub mod translate;
mod wild;

use std::fmt;
use std::sync::Arc;

pub use self::fields::{Fields, TextField, ValueField};
pub use self::lines::LineRef;
pub use self::pattern::{Gap, Pattern};
pub use self::strategy::Strategy;
pub use self::syntax::Syntax;

/// A byte range in the text that a query was read from.
///
/// Spans tell where a part of a tree came from, not what it means: any two compare equal, so that trees compare by meaning.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl PartialEq for Span {
    fn eq(&self, _: &Span) -> bool {
        true
    }
}
impl Eq for Span {}

impl Span {
    /// The span from `start` to `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Span { start, end }
    }

    /// The smallest span that holds both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A query. Every operator speaks of whole records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// Every record.
    All,
    /// A natural word, matched by its stem. A compound (`fund-holding`) matches its parts side by side, or written as one.
    Word {
        /// Where to look.
        fields: Fields,
        /// The folded word, the parts of a compound joined by hyphens.
        word: String,
        /// Where it was written.
        span: Span,
    },
    /// A word and other forms of the same thing: matched by any of them, scored as one term. No query language has it; it is
    /// what a thesaurus makes of a word.
    Synonyms {
        /// Where to look.
        fields: Fields,
        /// The word, as in [`Query::Word`].
        word: String,
        /// The other forms.
        also: Arc<[Synonym]>,
        /// Where it was written.
        span: Span,
    },
    /// Exact words side by side, in order, within one value of one field.
    Phrase {
        /// Where to look.
        fields: Fields,
        /// The words; at least one.
        words: Vec<Pattern>,
        /// Where it was written.
        span: Span,
    },
    /// Words near each other, or words that must occur several times; always within one value of one field.
    Spans {
        /// What is looked for.
        spans: Spans,
        /// How many disjoint stretches one field must have; at least one.
        times: u32,
        /// Where it was written.
        span: Span,
    },
    /// A whole value, or the beginning of one.
    Value {
        /// Which.
        field: ValueField,
        /// The value in the form of [`ValueField::fold`]; its gaps run over spaces.
        value: Pattern,
        /// Where it was written.
        span: Span,
    },
    /// Year of publication, both ends inclusive; an absent end is open. Records without a year are outside.
    Years {
        /// First year.
        from: Option<i32>,
        /// Last year.
        to: Option<i32>,
        /// Where it was written.
        span: Span,
    },
    /// Records that match all.
    And(Vec<Query>),
    /// Records that match one or more.
    Or(Vec<Query>),
    /// Records that do not match.
    Not(Box<Query>),
    /// Records that match at least so many of the parts.
    AtLeast(usize, Vec<Query>),
    /// The records of another line of the same strategy, by its place in the file, counted from 0.
    Line(usize, Span),
}

/// Another form of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synonym {
    /// What it is called.
    pub label: String,
    /// Its words as they are spelt, side by side.
    pub words: Vec<Pattern>,
    /// What it counts in the score beside the word itself, in hundredths.
    pub percent: u8,
    /// The concept that a record must mention for the form to count, where the form alone could mean another; folded as
    /// [`ValueField::Concept`] folds. Only for forms of one word.
    pub among: Option<String>,
}

impl Synonym {
    /// Where other forms are looked for: the fields of running text, and not in names.
    pub const FIELDS: Fields = Fields::RUNNING_TEXT;
}

impl fmt::Display for Synonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)?;
        if self.percent < 100 { write!(f, " at {} %", self.percent) } else { Ok(()) }
    }
}

/// Stretches of words within one value of one field: what proximity speaks of.
///
/// Two stretches are near each other when they share no word and at most `distance - 1` words stand between the end of the
/// one and the beginning of the other; together they are a new stretch, from the first word to the last. A third operand lies
/// outside the stretch of the first two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spans {
    /// Exact words side by side, in order.
    Phrase {
        /// Where to look.
        fields: Fields,
        /// The words; at least one.
        words: Vec<Pattern>,
        /// Where it was written.
        span: Span,
    },
    /// Any of several.
    Any(Vec<Spans>),
    /// Two stretches near each other.
    Near {
        /// The one that is written first.
        left: Box<Spans>,
        /// The other.
        right: Box<Spans>,
        /// How many words further the nearer end of the later stretch may stand: 1 is side by side. At most [`MAX_DISTANCE`].
        distance: u32,
        /// Whether the left one must come first.
        ordered: bool,
        /// Where it was written.
        span: Span,
    },
}

impl Spans {
    /// The fields in which there can be such a stretch: what stands together stands in one field.
    pub fn fields(&self) -> Fields {
        match self {
            Spans::Phrase { fields, .. } => *fields,
            Spans::Any(parts) => parts.iter().fold(Fields::NONE, |all, p| all.union(p.fields())),
            Spans::Near { left, right, .. } => left.fields().intersection(right.fields()),
        }
    }
}

impl Query {
    /// What tells a word, phrase or proximity from others, without all that was added to it.
    pub(crate) fn brief(&self) -> String {
        match self {
            Query::Synonyms { fields, word, also, span } => {
                let word = Query::Word { fields: *fields, word: word.clone(), span: *span };
                // One list is made for each run of words.
                format!("{word} {:p}", also.as_ptr())
            }
            other => other.to_string(),
        }
    }
}

impl From<Spans> for Query {
    /// The query for records that have such a stretch, in its simplest form.
    fn from(spans: Spans) -> Query {
        match spans {
            Spans::Phrase { fields, words, span } => Query::Phrase { fields, words, span },
            Spans::Any(parts) => Query::Or(parts.into_iter().map(Query::from).collect()),
            Spans::Near { span, .. } => Query::Spans { spans, times: 1, span },
        }
    }
}

/// What a parser made of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The query.
    pub query: Query,
    /// What may be asked instead when no record matches.
    pub relaxable: Option<Relaxable>,
    /// What was read otherwise than it may have been meant.
    pub warnings: Vec<Warning>,
}

impl Parsed {
    /// The same with any of the words enough, the parts of compounds among them, where it is a few words of which fewer may be
    /// required than all.
    #[must_use]
    pub fn any_word(self) -> Parsed {
        let Some(mut relaxable) = self.relaxable.clone() else { return self };
        let mut parts = Vec::new();
        for (query, times) in &relaxable.wanted {
            let (Query::Word { fields, word, span } | Query::Synonyms { fields, word, span, .. }) = query else {
                continue;
            };
            if word.contains('-') {
                let part = |part: &str| Query::Word { fields: *fields, word: part.to_owned(), span: *span };
                parts.extend(word.split('-').map(|p| (part(p), *times)));
            }
        }
        relaxable.wanted.append(&mut parts);
        Parsed { query: relaxable.at_least(1), relaxable: None, ..self }
    }
}

/// A few words without operators, of which fewer may be required than all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relaxable {
    /// Parts that every record must match.
    pub required: Vec<Query>,
    /// Different parts of which some may be missing, each with how often it was typed; the function words of a question are
    /// not among them.
    pub wanted: Vec<(Query, usize)>,
    /// How many different words were typed that are not required.
    pub words: usize,
}

impl Relaxable {
    /// The query that requires `count` of the wanted parts. Where one or all are enough, a part that was typed twice counts
    /// twice in the score.
    pub fn at_least(&self, count: usize) -> Query {
        let mut parts = self.required.clone();
        let repeated = || self.wanted.iter().flat_map(|(q, n)| std::iter::repeat_n(q.clone(), *n)).collect();
        match count {
            1 => parts.push(one_or(repeated(), Query::Or)),
            n if n >= self.wanted.len() => parts.push(one_or(repeated(), Query::And)),
            _ => parts.push(Query::AtLeast(count, self.wanted.iter().map(|(q, _)| q.clone()).collect())),
        }
        match parts.len() {
            1 => parts.swap_remove(0),
            _ => Query::And(parts),
        }
    }
}

fn one_or(mut queries: Vec<Query>, many: fn(Vec<Query>) -> Query) -> Query {
    if queries.len() == 1 { queries.swap_remove(0) } else { many(queries) }
}

/// Something a user should know about how the query was read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Warning {
    /// What.
    pub message: String,
    /// Where in the query's text.
    #[serde(serialize_with = "span_as_pair")]
    pub span: Span,
}

fn span_as_pair<S: serde::Serializer>(span: &Span, s: S) -> Result<S::Ok, S::Error> {
    serde::Serialize::serialize(&[span.start, span.end], s)
}

/// A query that is not well formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong.
    pub message: String,
    /// Where in the query's text.
    pub span: Span,
    /// The repair.
    pub suggestion: Option<String>,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SyntaxError {}

/// The longest query text, in bytes.
pub const MAX_QUERY_BYTES: usize = 256 * 1024;
/// The deepest nesting of parentheses and NOT.
pub const MAX_DEPTH: usize = 100;
/// The most words, phrases and values in one query.
pub const MAX_LEAVES: usize = 10_000;
/// The most words of one phrase.
pub const MAX_PHRASE: usize = 500;
/// The longest distance of [`Spans::Near`]: further apart, two values of one field could not be told apart.
pub const MAX_DISTANCE: u32 = 1000;
