//! x
pub mod error;
pub mod ingest;
pub mod query;
pub mod record;
pub mod words;
