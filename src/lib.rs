//! x
mod engine;
pub mod era;
pub mod error;
pub mod identity;
pub mod ingest;
pub mod library;
pub mod passage;
pub mod query;
pub mod record;
pub mod search;
pub mod words;
