//! commlit: full-text search for commissioning literature, from saved pages, dumps and exports to ranked passages with facets.
//!
//! ```text
//!  files ──► ingest ──► Record ──► identity ──► engine (write) ─┐
//!            one module  plain      same work?                  ▼
//!            a format    data       merge, keep sources     the index
//!                                                               ▲
//!  text ──► query::plain … ──► Query ──► expansion ──► engine (search) ──► Results
//!           one module         one tree,  what the      lower, match,       plain data
//!           a language         printable  thesaurus     rank, count
//!                                         adds, told
//! ```
//!
//! Data goes one way. Everything left of the engine is pure: bytes in, values out. Everything right of it is plain data
//! that serializes to what the command line prints; [`export`] writes records in citation formats. [`library::Library`] is the door: open, ingest, search, get, check.
//!
//! What always holds:
//!
//! 1. Only the engine knows the search library behind it; no public signature names it.
//! 2. The library never prints, never reads the environment, never exits.
//! 3. Readers, identity, passages and queries do no I/O and never panic, whatever bytes they get.
//! 4. One record is one document: Boolean logic and facets speak of whole records, exactly. A passage's byte range points at
//!    the record's own text.
//! 5. What matches is what is highlighted: one analysis ([`words`]) serves indexing, querying and highlighting.
//! 6. Nothing is dropped silently: rejected input, merged records, relaxed queries and ignored characters are all reported.
//! 7. Same input, same output: ties break on the record id, and files are read in sorted order.
//! 8. The index is disposable and says which version made it; a commit that was acknowledged survives a crash.
//!
//! # Example
//!
//! ```
//! use std::ops::ControlFlow;
//! use commlit::library::{IngestOptions, Library};
//! use commlit::search::{FacetField, FacetRequest, Filter, Search};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path();
//! std::fs::write(folder.join("records.jsonl"), concat!(
//!     r#"{"title": "What is total purchasing?", "type": "article-journal", "year": 1997,"#,
//!     r#" "abstract": "Total purchasing pilots hold a budget for all the care of their patients."}"#, "\n",
//!     r#"{"title": "Implementing GP fundholding", "type": "book", "year": 1994}"#, "\n",
//! ))?;
//! let library = Library::open_or_create(folder.join("index"))?;
//! let report = library.ingest(&[folder.join("records.jsonl")], &IngestOptions::default(), &mut |_| ControlFlow::Continue(()))?;
//! assert_eq!((report.records, report.rejects.len()), (2, 0));
//!
//! let mut search = Search::plain("\"total purchasing\" OR fund-holding")?;
//! search.filters.push(Filter::parse("decade=1990s")?);
//! search.facets.push(FacetRequest::new(FacetField::Type));
//! let results = library.search(&search)?;
//! assert_eq!(results.total, 2);
//! let passage = &results.hits[0].passages[0];
//! let (start, end) = passage.highlights[0];
//! assert_eq!(&passage.text[start..end], "Total purchasing");
//! assert_eq!(results.facets[0].values.len(), 2);
//! # Ok(())
//! # }
//! ```

pub mod authority;
mod engine;
pub mod era;
pub mod error;
mod expansion;
pub mod export;
pub mod feedback;
pub mod identity;
pub mod ingest;
pub mod library;
pub mod passage;
pub mod query;
pub mod record;
pub mod search;
mod sentence;
pub mod spelling;
pub mod thesaurus;
pub mod words;

pub use error::{Error, ErrorKind, Result};
pub use library::Library;
pub use record::Record;
pub use search::{Results, Search};
