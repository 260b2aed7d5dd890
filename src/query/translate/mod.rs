//! Query tree → text of a query language, which parses back to the same records where the language can say it.
//!
//! What a language cannot say becomes the nearest form that finds more, never less, with a warning that says so; under NOT,
//! where more would be less, it is left out of what is excluded. Distances are exact: `a adj3 b` is `a N2 b`, `a NEAR/3 b`,
//! `"a b"[tiab:~2]`. The words of plain syntax, which stand for all words of their stem, become truncated words: that is near
//! to what they mean, and is said.
//!
//! - `tidy` writes the tree most shortly, `fit` makes of a tree one that the language can say.
//! - `print` writes it as a librarian would.
//!
//! It does *not* keep the way in which a query was written.

mod codes;
mod fit;
mod print;
mod stretch;
mod tidy;
mod values;

use super::{Fields, Pattern, Query, Spans, Syntax, Warning};

/// A query in another language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translation {
    /// The query as that language writes it.
    pub text: String,
    /// What that language cannot say, with the place in the text that the query was read from. Those that find more records
    /// than the query say "wider".
    pub warnings: Vec<Warning>,
}

/// Writes a query in a language. References to lines have the number of their place in the strategy, from 1.
pub fn translate(query: &Query, to: Syntax) -> Translation {
    if to == Syntax::Plain {
        return Translation { text: query.to_string(), warnings: Vec::new() };
    }
    let (said, tail, warnings) = fit::fit(query, to);
    Translation { text: print::print(&said, to) + &tail, warnings }
}

/// A query that a language can say.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    /// Every record.
    All,
    And(Vec<Said>),
    Or(Vec<Said>),
    Not(Box<Said>),
    /// Words, phrases and proximities, all in the same fields.
    Words {
        fields: Fields,
        spans: Spans,
        times: u32,
    },
    /// All words within a stretch, at most so many others between them.
    Window {
        fields: Fields,
        words: Vec<Pattern>,
        others: u32,
    },
    /// Another line, by its place.
    Line(usize),
    /// What needs no field.
    Text(String),
}

impl Said {
    const NOTHING: Said = Said::Or(Vec::new());

    fn is_nothing(&self) -> bool {
        *self == Said::NOTHING
    }
}
