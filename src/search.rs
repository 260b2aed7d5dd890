//! What is asked and what is answered: [`Search`] and [`Results`], plain data on both sides of the engine.
//!
//! `Results` serializes to exactly what `commlit search --format json` prints. What can be counted and filtered by stands in
//! its own room. Nothing here knows how an answer is found.

mod facets;

use serde::Serialize;

use self::facets::facets_as_object;
pub use self::facets::{Facet, FacetField, FacetRequest, FacetValue, Filter, MAX_GAP, NONE, Variant};
pub(crate) use self::facets::{Prefix, decade, shown};
use crate::error::Error;
use crate::feedback::Feedback;
use crate::passage::PassageField;
use crate::query::{LineRef, Parsed, Query, Span, Syntax, SyntaxError, Warning, ovid};
use crate::record::Record;
use crate::spelling::{Corrected, Suggestion};
use crate::thesaurus::Thesaurus;

/// A search: a query with filters, facets, order and page.
#[derive(Debug, Clone)]
pub struct Search {
    /// The query as it was typed, for the echo in [`Results`].
    pub text: String,
    /// The name of the language it was typed in.
    pub syntax: &'static str,
    /// The query.
    pub parsed: Parsed,
    /// Restrictions: values of one field are alternatives, different fields must all hold.
    pub filters: Vec<Filter>,
    /// Facets to count.
    pub facets: Vec<FacetRequest>,
    /// How many hits to give.
    pub limit: usize,
    /// How many hits to leave out before them.
    pub offset: usize,
    /// How many passages to give a hit.
    pub passages: usize,
    /// The order of the hits.
    pub sort: Sort,
    /// Whether each hit tells what its score is made of.
    pub explain: Explain,
    /// What the thesaurus may add to the words of the query.
    pub expand: Expand,
    /// How many of the words a record must have.
    pub required: Required,
    /// Whether the words of the best records make the order again.
    pub feedback: Option<Feedback>,
}

/// What the thesaurus may add to the words of a query. Nothing is ever added to what stands in quotation marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Expand {
    /// Nothing.
    #[default]
    Nothing,
    /// Other names of the same thing: a primary care trust as PCT.
    Same,
    /// Those, and near-synonyms at a reduced weight: purchasing as commissioning.
    Near,
    /// Those, and what is narrower: a commissioning body as each of its kinds.
    Narrower,
}

/// How many of the words of a query without operators a record must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Required {
    /// All of them; where no record has, as many as ten records have, or any.
    #[default]
    All,
    /// Any.
    Any,
}

/// Where a query names a line of a strategy.
fn line_of(query: &Query) -> Option<Span> {
    match query {
        Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => parts.iter().find_map(line_of),
        Query::Not(part) => line_of(part),
        Query::Line(_, span) => Some(*span),
        _ => None,
    }
}

impl Search {
    /// A search in plain syntax with the defaults of the command line: ten hits, three passages a hit, by relevance, no facets.
    ///
    /// # Errors
    /// [`ErrorKind::Query`](crate::error::ErrorKind::Query) when the text is not well formed.
    pub fn plain(text: &str) -> Result<Self, Error> {
        Search::parse(Syntax::Plain, text)
    }

    /// The same in any of the query languages, read with the headings of commlit's thesaurus; [`crate::Library::parse`] reads
    /// with those of a library's. The thesaurus adds to plain syntax only.
    ///
    /// # Errors
    /// [`ErrorKind::Query`](crate::error::ErrorKind::Query) when the text is not well formed.
    pub fn parse(syntax: Syntax, text: &str) -> Result<Self, Error> {
        Search::parse_with(syntax, text, &|name| !Thesaurus::shipped().concepts_of(name).is_empty())
    }

    /// The same, told which headings there are; see [`ovid::Context::known`].
    ///
    /// # Errors
    /// [`ErrorKind::Query`](crate::error::ErrorKind::Query) when the text is not well formed.
    pub fn parse_with(syntax: Syntax, text: &str, known: &dyn Fn(&str) -> bool) -> Result<Self, Error> {
        let parsed = match syntax {
            Syntax::Ovid => ovid::parse_in(text, &ovid::Context { lines: &|_| LineRef::Unknown, known }),
            syntax => syntax.parse(text),
        }?;
        // Plain syntax can name lines of a strategy, since the canonical form does; here there are none.
        if let Some(span) = line_of(&parsed.query) {
            let message = "this names a line of a strategy, and there is none here".into();
            let suggestion = Some("put it in quotation marks to look for the words".into());
            return Err(SyntaxError { message, span, suggestion }.into());
        }
        let expand = if syntax == Syntax::Plain { Expand::Near } else { Expand::Nothing };
        Ok(Search { text: text.to_owned(), syntax: syntax.name(), expand, ..Search::tree(parsed) })
    }

    /// A search for a query tree that was made by other means.
    pub fn tree(parsed: Parsed) -> Self {
        Search {
            text: parsed.query.to_string(),
            syntax: "tree",
            parsed,
            filters: Vec::new(),
            facets: Vec::new(),
            limit: 10,
            offset: 0,
            passages: 3,
            sort: Sort::Relevance,
            explain: Explain::No,
            expand: Expand::Nothing,
            required: Required::All,
            feedback: None,
        }
    }

    /// The same search among the records of a query.
    #[must_use]
    pub fn among(mut self, query: Query) -> Self {
        let parts = |query| match query {
            Query::All => Vec::new(),
            Query::And(parts) => parts,
            other => vec![other],
        };
        let mut both = [parts(query), parts(self.parsed.query)].concat();
        self.parsed.query = match both.len() {
            0 => Query::All,
            1 => both.swap_remove(0),
            _ => Query::And(both),
        };
        self.parsed.relaxable = None;
        self.text = self.parsed.query.to_string();
        self
    }
}

impl From<Query> for Search {
    fn from(query: Query) -> Self {
        Search::tree(Parsed { query, relaxable: None, warnings: Vec::new() })
    }
}

/// Whether hits carry an account of their score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Explain {
    /// They do not.
    #[default]
    No,
    /// They do.
    Yes,
}

/// The order of hits. Ties always break on the record id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Best first.
    #[default]
    Relevance,
    /// Latest year first; records without a year last.
    Newest,
    /// Earliest year first; records without a year last.
    Oldest,
    /// By title, without a leading article.
    Title,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Results {
    /// The query as it was understood.
    pub query: Echo,
    /// How many records match, exactly.
    pub total: u64,
    /// How long the search took, in milliseconds.
    pub took_ms: f64,
    /// The page of hits that was asked for.
    pub hits: Vec<Hit>,
    /// The facets that were asked for, in the order asked.
    #[serde(serialize_with = "facets_as_object")]
    pub facets: Vec<Facet>,
}

/// The query as it was understood, with everything that was added to it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Echo {
    /// As typed.
    pub text: String,
    /// The query language.
    pub syntax: &'static str,
    /// In canonical form, as it was run.
    pub canonical: String,
    /// What was added to it.
    pub expansions: Vec<Expansion>,
    /// What was read otherwise than it may have been meant, or had to be changed to find anything.
    pub warnings: Vec<Warning>,
    /// How many of the words were required, when fewer than all of them had to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relaxed: Option<Relaxed>,
    /// Words and values that may be misspelt; nothing of it was applied. [`crate::spelling`] tells the rule.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<Suggestion>,
    /// The query with the best suggestion in the place of each such word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrected: Option<Corrected>,
}

/// A term and what was added to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expansion {
    /// The term of the query.
    pub term: String,
    /// What was looked for beside it.
    pub added: Vec<String>,
    /// The concept of the thesaurus that joins them; `feedback` where they are words of the best records.
    pub concept: String,
    /// What an addition counts beside the term itself, in hundredths; of feedback, what all of them together are of the score.
    pub percent: u8,
}

/// No record has all the words: this many of them were required instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Relaxed {
    /// How many words a record had to have.
    pub required: usize,
    /// How many words there are.
    pub of: usize,
    /// How many of them count for `required`: function words (of, what) do not.
    pub counted: usize,
}

/// A record that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hit {
    /// Its place in the whole answer, from 1.
    pub rank: usize,
    /// Its score; comparable only within one answer.
    pub score: f32,
    /// The record.
    pub record: Record,
    /// Its best passages, best first.
    pub passages: Vec<Passage>,
    /// Where the title matches: byte ranges in `record.title`.
    pub title_highlights: Vec<(usize, usize)>,
    /// What the score is made of, if that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub explanation: Vec<Contribution>,
}

/// What one word, phrase or passage adds to a score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contribution {
    /// The part of the query, in canonical form, or `best passage`.
    pub part: String,
    /// How often it occurs, field by field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub occurrences: Vec<Occurrences>,
    /// What it adds to the score.
    pub score: f32,
}

/// How often a part of the query occurs in one field of a record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Occurrences {
    /// The field.
    pub field: &'static str,
    /// How often.
    pub count: u32,
    /// The weight of the field.
    pub weight: f32,
}

/// A passage of a hit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Passage {
    /// The text, as the record has it.
    pub text: String,
    /// The field it stands in.
    pub field: PassageField,
    /// Which of the field's values it stands in, for fields with several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<usize>,
    /// Where in that field: UTF-8 byte offsets.
    pub range: (usize, usize),
    /// How good a passage it is; comparable only within one answer.
    pub score: f32,
    /// What matches: byte ranges in `text`.
    pub highlights: Vec<(usize, usize)>,
}

/// Why a record matches a part of a query, or why it does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Why {
    /// The part, in canonical form.
    pub part: String,
    /// Whether the record matches it.
    pub matches: bool,
    /// Where its words stand in the record, at most a few in each field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Place>,
    /// What else there is to say: distances, frequencies, years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The same of each of its parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Why>,
}

/// A place in a record where words of a query stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The field.
    pub field: &'static str,
    /// Which of the field's values, counted from 0.
    pub value: usize,
    /// Which word of the value, counted from 1.
    pub word: usize,
    /// The text around it.
    pub text: String,
}

/// How many records a line of a strategy finds, and what there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineCount {
    /// How many records.
    pub records: u64,
    /// Whether that is exact. It is not where a record repeats the words of a proximity too often to look at all of them.
    pub exact: bool,
    /// What was added to the line.
    pub expansions: Vec<Expansion>,
    /// What came up beyond what reading the line has told.
    pub warnings: Vec<Warning>,
}
