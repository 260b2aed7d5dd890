//! The records of a segment in which something occurs in one field, and how often: a word, or words together.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tantivy::postings::{Postings, SegmentPostings, TermInfo};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

use super::slot::Slot;
use super::spans::SpanDocs;
use crate::query::{Pattern, Spans, TextField};

/// Records in order, each with a frequency.
pub(super) enum Occurrences {
    /// A word, without its positions.
    Word(Slot),
    /// A word in records that have a value too.
    Among { word: Slot, value: Box<SegmentPostings> },
    /// Words together.
    Spans(Box<SpanDocs>),
}

impl Occurrences {
    /// The occurrences of a term; `None` where the segment does not have it.
    pub(super) fn of_term(reader: &SegmentReader, term: &Term) -> tantivy::Result<Option<Occurrences>> {
        let inverted = reader.inverted_index(term.field())?;
        let postings = inverted.read_postings(term, IndexRecordOption::WithFreqs)?;
        Ok(postings.map(|p| Occurrences::Word(Slot::One(Box::new(p)))))
    }

    /// The occurrences of every word of a pattern; `None` where the segment has none.
    pub(super) fn of_pattern(
        reader: &SegmentReader,
        field: Field,
        pattern: &Pattern,
    ) -> tantivy::Result<Option<Occurrences>> {
        Ok(Slot::open(reader, field, pattern, IndexRecordOption::WithFreqs)?.map(Occurrences::Word))
    }

    /// The occurrences of every word of an exact view that has a stem; `None` where the segment has none.
    pub(super) fn of_stem(reader: &SegmentReader, field: Field, stem: &str) -> tantivy::Result<Option<Occurrences>> {
        Ok(Slot::of_stem(reader, field, stem)?.map(Occurrences::Word))
    }

    /// The same occurrences in records that have a value only; `None` where there are none.
    pub(super) fn among(self, reader: &SegmentReader, value: &Term) -> tantivy::Result<Option<Occurrences>> {
        let values = reader.inverted_index(value.field())?.read_postings(value, IndexRecordOption::Basic)?;
        Ok(match (self, values) {
            (Occurrences::Word(word), Some(value)) => {
                let mut both = Occurrences::Among { word, value: Box::new(value) };
                both.meet();
                Some(both)
            }
            _ => None,
        })
    }

    /// Moves on to the first record that has both word and value.
    fn meet(&mut self) {
        let Occurrences::Among { word, value } = self else { return };
        while word.doc() != value.doc() {
            let target = word.doc().max(value.doc());
            word.seek(target);
            if value.doc() < target {
                value.seek(target);
            }
        }
    }

    /// The records with so many disjoint stretches of words that have been looked up; `None` where the segment can have none.
    pub(super) fn of_spans(
        reader: &SegmentReader,
        field: (TextField, Field),
        spans: (&Spans, &[Option<TermInfo>]),
        times: u32,
        incomplete: Arc<AtomicBool>,
    ) -> tantivy::Result<Option<Occurrences>> {
        Ok(SpanDocs::open(reader, field, spans, times, incomplete)?.map(|docs| Occurrences::Spans(Box::new(docs))))
    }

    pub(super) fn doc(&self) -> DocId {
        match self {
            Occurrences::Word(slot) | Occurrences::Among { word: slot, .. } => slot.doc(),
            Occurrences::Spans(docs) => docs.doc(),
        }
    }

    pub(super) fn seek(&mut self, target: DocId) -> DocId {
        match self {
            _ if self.doc() >= target => self.doc(),
            Occurrences::Word(slot) => slot.seek(target),
            Occurrences::Among { word, .. } => {
                word.seek(target);
                self.meet();
                self.doc()
            }
            Occurrences::Spans(docs) => docs.find(target),
        }
    }

    pub(super) fn advance(&mut self) -> DocId {
        match self {
            Occurrences::Word(Slot::One(postings)) => tantivy::DocSet::advance(postings.as_mut()),
            _ => self.seek(self.doc().saturating_add(1).min(TERMINATED)),
        }
    }

    /// Visits the records up to one, each with its frequency, and stands on the first that is left.
    pub(super) fn each_before(&mut self, end: DocId, visit: &mut impl FnMut(DocId, u32)) {
        if let Occurrences::Word(Slot::One(postings)) = self {
            let mut doc = postings.doc();
            while doc < end {
                visit(doc, postings.term_freq());
                doc = postings.advance();
            }
            return;
        }
        while self.doc() < end {
            visit(self.doc(), self.frequency());
            self.advance();
        }
    }

    pub(super) fn frequency(&self) -> u32 {
        match self {
            Occurrences::Word(slot) | Occurrences::Among { word: slot, .. } => slot.frequency(),
            Occurrences::Spans(docs) => docs.frequency(),
        }
    }

    pub(super) fn size_hint(&self) -> u32 {
        match self {
            Occurrences::Word(slot) | Occurrences::Among { word: slot, .. } => slot.size_hint(),
            Occurrences::Spans(docs) => docs.size_hint(),
        }
    }
}
