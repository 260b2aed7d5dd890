//! The query tree: what every query language is parsed into, printed as, and run from.
//!
//! [`Query`] is plain data and knows nothing of any engine. Its [`Display`](std::fmt::Display) is the canonical form: plain
//! syntax, with every operator and parenthesis spelled out, that parses back to the same tree. One module a language:
//! [`plain`].
//!
//! It does *not* know whether a word occurs in any index, and it adds nothing to a query.

mod display;
pub mod plain;

use std::fmt;

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

/// A field of running text or names, in which words are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TextField {
    /// The title and its alternatives.
    Title,
    /// The abstract.
    Abstract,
    /// Subject headings and keywords.
    Subject,
    /// The full text.
    Body,
    /// Notes.
    Note,
    /// Authors, editors and bodies.
    Creator,
    /// Series titles.
    Series,
    /// Title of the journal or book the work stands in.
    Journal,
    /// Publishers.
    Publisher,
    /// Places of publication.
    Place,
    /// Date as printed and year, edition, extent, volume, issue, pages, and the identifiers.
    Detail,
}

impl TextField {
    /// All text fields, in the order of their bits in [`Fields`].
    pub const ALL: [TextField; 11] = [
        TextField::Title,
        TextField::Abstract,
        TextField::Subject,
        TextField::Body,
        TextField::Note,
        TextField::Creator,
        TextField::Series,
        TextField::Journal,
        TextField::Publisher,
        TextField::Place,
        TextField::Detail,
    ];

    /// The canonical name in queries.
    pub fn name(self) -> &'static str {
        match self {
            TextField::Title => "title",
            TextField::Abstract => "abstract",
            TextField::Subject => "subject",
            TextField::Body => "body",
            TextField::Note => "note",
            TextField::Creator => "creator",
            TextField::Series => "series",
            TextField::Journal => "journal",
            TextField::Publisher => "publisher",
            TextField::Place => "place",
            TextField::Detail => "detail",
        }
    }

    /// The field of a name in a query; the usual synonyms are known.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "title" | "ti" => TextField::Title,
            "abstract" | "ab" => TextField::Abstract,
            "subject" | "subjects" | "keyword" | "keywords" => TextField::Subject,
            "body" | "fulltext" => TextField::Body,
            "note" | "notes" => TextField::Note,
            "creator" | "creators" | "author" | "authors" | "editor" | "au" => TextField::Creator,
            "series" => TextField::Series,
            "journal" | "container" => TextField::Journal,
            "publisher" | "publishers" => TextField::Publisher,
            "place" => TextField::Place,
            "detail" => TextField::Detail,
            _ => return None,
        })
    }
}

/// A set of [`TextField`]s.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fields(u16);

impl Fields {
    /// Every text field: where a word without a field is looked up.
    pub const ALL: Fields = Fields((1 << TextField::ALL.len()) - 1);

    /// The set of the given fields.
    pub fn of(fields: &[TextField]) -> Self {
        Fields(fields.iter().fold(0, |bits, f| bits | 1 << *f as u16))
    }

    /// Whether the field is in the set.
    pub fn contains(self, field: TextField) -> bool {
        self.0 & (1 << field as u16) != 0
    }

    /// The fields of the set, in the order of [`TextField::ALL`].
    pub fn iter(self) -> impl Iterator<Item = TextField> {
        TextField::ALL.into_iter().filter(move |f| self.contains(*f))
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(TextField::name)).finish()
    }
}

/// A field whose values are looked up whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueField {
    /// The record's id.
    Id,
    /// CSL item type.
    Type,
    /// Language code.
    Language,
    /// Path of a file the record was read from.
    Source,
    /// Policy era of the publication year.
    Era,
    /// ISBN, ten or thirteen digits.
    Isbn,
    /// ISSN of the work or of its container.
    Issn,
    /// DOI.
    Doi,
    /// PubMed identifier.
    Pmid,
    /// PubMed Central identifier.
    Pmcid,
}

impl ValueField {
    /// All value fields.
    pub const ALL: [ValueField; 10] = [
        ValueField::Id,
        ValueField::Type,
        ValueField::Language,
        ValueField::Source,
        ValueField::Era,
        ValueField::Isbn,
        ValueField::Issn,
        ValueField::Doi,
        ValueField::Pmid,
        ValueField::Pmcid,
    ];

    /// The canonical name in queries.
    pub fn name(self) -> &'static str {
        match self {
            ValueField::Id => "id",
            ValueField::Type => "type",
            ValueField::Language => "language",
            ValueField::Source => "source",
            ValueField::Era => "era",
            ValueField::Isbn => "isbn",
            ValueField::Issn => "issn",
            ValueField::Doi => "doi",
            ValueField::Pmid => "pmid",
            ValueField::Pmcid => "pmcid",
        }
    }

    /// The field of a name in a query.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "lang" => Some(ValueField::Language),
            _ => ValueField::ALL.into_iter().find(|f| f.name() == name),
        }
    }
}

/// One word of a [`Query::Phrase`], folded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// The word, or its beginning.
    pub word: String,
    /// Whether any number of characters may follow.
    pub truncated: bool,
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
    /// Exact words side by side, in order, within one value of one field.
    Phrase {
        /// Where to look.
        fields: Fields,
        /// The words; at least one.
        words: Vec<Pattern>,
        /// Where it was written.
        span: Span,
    },
    /// A whole value, compared without regard to case.
    Value {
        /// Which.
        field: ValueField,
        /// The value, normalised as the field's values are.
        value: String,
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

/// A few words without operators, of which fewer may be required than all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relaxable {
    /// Parts that every record must match.
    pub required: Vec<Query>,
    /// Parts of which some may be missing; the function words of a question are not among them.
    pub wanted: Vec<Query>,
    /// How many different words were typed that are not required.
    pub words: usize,
}

impl Relaxable {
    /// The query that requires `count` of the wanted parts.
    pub fn at_least(&self, count: usize) -> Query {
        let mut parts = self.required.clone();
        match count {
            1 => parts.push(one_or(&self.wanted, Query::Or)),
            n if n >= self.wanted.len() => parts.push(one_or(&self.wanted, Query::And)),
            _ => parts.push(Query::AtLeast(count, self.wanted.clone())),
        }
        match parts.len() {
            1 => parts.swap_remove(0),
            _ => Query::And(parts),
        }
    }
}

fn one_or(queries: &[Query], many: fn(Vec<Query>) -> Query) -> Query {
    match queries {
        [only] => only.clone(),
        queries => many(queries.to_vec()),
    }
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
