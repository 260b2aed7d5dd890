//! What a person reads: answers, records and reports as text for a terminal or a pipe.
//!
//! Everything that comes from a record or a query passes through [`printable`], so that no text can steer the terminal.
//! On a terminal lines are wrapped and matches coloured; in a pipe each paragraph is one line without colour.

mod facets;
mod report;
mod results;
mod strategy;
mod suggestions;
mod text;
mod thesaurus;
mod why;

pub(crate) use facets::{More, facets};
pub(crate) use report::{check, ingest_report, record, run, stats};
pub(crate) use results::{heading, remarks, results};
pub(crate) use strategy::{strategy, strategy_report};
pub(crate) use text::{Style, printable, underlined};
pub(crate) use thesaurus::{concepts, years};
pub(crate) use why::why;
