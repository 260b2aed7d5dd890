//! What the thesaurus adds to a query: other names of the same thing ([`synonyms`]), and the narrower concepts of a heading that
//! is exploded ([`explode`]).
//!
//! Everything that is added is told as an [`Expansion`](crate::search::Expansion). It does *not* look at the index.

mod explode;
mod synonyms;

pub(crate) use self::explode::{explode, told};
pub(crate) use self::synonyms::expand;
