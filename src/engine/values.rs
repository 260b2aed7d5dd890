//! Whole values as a tantivy query: one of them, or all that match a pattern.

use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

use super::schema;
use super::slot::Slot;
use crate::query::{Pattern, ValueField};

/// Records that have a value; they score nothing.
#[derive(Debug, Clone)]
pub(super) struct ValueQuery {
    field: Field,
    /// As the terms of the index are: the name of the field stands before the value.
    term: Pattern,
}

impl ValueQuery {
    pub(super) fn new(field: Field, of: ValueField, value: &Pattern) -> Self {
        // What is narrower is known to the thesaurus; here the heading stands for itself.
        let of = match of {
            ValueField::Explode => ValueField::Heading,
            ValueField::ExplodeMajor => ValueField::Major,
            of => of,
        };
        let word = schema::value_term(of, &value.word);
        ValueQuery { field, term: Pattern { word, rest: value.rest.clone() } }
    }

    fn open(&self, reader: &SegmentReader) -> tantivy::Result<Option<Slot>> {
        Slot::open(reader, self.field, &self.term, IndexRecordOption::Basic)
    }

    /// Whether any record of a segment has it.
    pub(super) fn is_known(&self, reader: &SegmentReader) -> tantivy::Result<bool> {
        Ok(self.open(reader)?.is_some())
    }
}

impl Query for ValueQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for ValueQuery {
    fn scorer(&self, reader: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(match self.open(reader)? {
            Some(slot) => Box::new(ValueDocs(slot)),
            None => Box::new(EmptyScorer),
        })
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("values score nothing", 0.0))
    }
}

struct ValueDocs(Slot);

impl DocSet for ValueDocs {
    fn advance(&mut self) -> DocId {
        self.0.seek(self.0.doc().saturating_add(1).min(TERMINATED))
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.0.seek(target)
    }

    fn doc(&self) -> DocId {
        self.0.doc()
    }

    fn size_hint(&self) -> u32 {
        self.0.size_hint()
    }
}

impl Scorer for ValueDocs {
    fn score(&mut self) -> Score {
        0.0
    }
}
