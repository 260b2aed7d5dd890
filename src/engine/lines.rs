//! The lines of a strategy: each is run once, and its records are kept for the lines that refer to it.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::index::SegmentId;
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

/// The records of one segment, a bit each.
#[derive(Debug, Default)]
pub(super) struct Bits {
    words: Vec<u64>,
    count: u64,
}

impl Bits {
    fn insert(&mut self, doc: DocId) {
        let (word, bit) = (doc as usize / 64, 1_u64 << (doc % 64));
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        if let Some(word) = self.words.get_mut(word) {
            self.count += u64::from(*word & bit == 0);
            *word |= bit;
        }
    }

    fn at_or_after(&self, doc: DocId) -> DocId {
        let first = doc as usize / 64;
        let Some(word) = self.words.get(first) else { return TERMINATED };
        let rest = word & (!0 << (doc % 64));
        if rest != 0 {
            return (first * 64) as DocId + rest.trailing_zeros();
        }
        let later = self.words.iter().enumerate().skip(first + 1).find(|(_, word)| **word != 0);
        later.map_or(TERMINATED, |(i, word)| (i * 64) as DocId + word.trailing_zeros())
    }
}

/// The records of one line, segment by segment.
#[derive(Debug, Clone, Default)]
pub(super) struct LineSet(Arc<HashMap<SegmentId, Bits>>);

impl LineSet {
    /// How many records.
    pub(super) fn len(&self) -> u64 {
        self.0.values().map(|bits| bits.count).sum()
    }
}

/// The records of the lines that have been run; of those that could not be, none.
#[derive(Debug, Clone, Default)]
pub(super) struct LineSets(Vec<LineSet>);

impl LineSets {
    pub(super) fn push(&mut self, set: LineSet) {
        self.0.push(set);
    }

    /// The records of a line as a query.
    pub(super) fn query(&self, line: usize) -> LineQuery {
        LineQuery(self.0.get(line).cloned().unwrap_or_default())
    }
}

/// The records of a line; they score nothing.
#[derive(Debug, Clone)]
pub(super) struct LineQuery(LineSet);

impl Query for LineQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for LineQuery {
    fn scorer(&self, reader: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let segment = reader.segment_id();
        Ok(match self.0.0.contains_key(&segment) {
            true => {
                let mut docs = LineDocs { set: self.0.clone(), segment, doc: 0 };
                docs.doc = docs.at_or_after(0);
                Box::new(docs)
            }
            false => Box::new(EmptyScorer),
        })
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("lines score nothing", 0.0))
    }
}

struct LineDocs {
    set: LineSet,
    segment: SegmentId,
    doc: DocId,
}

impl LineDocs {
    fn at_or_after(&self, doc: DocId) -> DocId {
        self.set.0.get(&self.segment).map_or(TERMINATED, |bits| bits.at_or_after(doc))
    }
}

impl DocSet for LineDocs {
    fn advance(&mut self) -> DocId {
        self.seek(self.doc.saturating_add(1))
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc < target {
            self.doc = if target >= TERMINATED { TERMINATED } else { self.at_or_after(target) };
        }
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.set.0.get(&self.segment).map_or(0, |bits| u32::try_from(bits.count).unwrap_or(u32::MAX))
    }
}

impl Scorer for LineDocs {
    fn score(&mut self) -> Score {
        0.0
    }
}

/// Collects the records of a line.
pub(super) struct LineCollector;

/// Collects those of one segment.
pub(super) struct SegmentLine {
    segment: SegmentId,
    bits: Bits,
}

impl Collector for LineCollector {
    type Fruit = LineSet;
    type Child = SegmentLine;

    fn for_segment(&self, _: u32, reader: &SegmentReader) -> tantivy::Result<SegmentLine> {
        Ok(SegmentLine { segment: reader.segment_id(), bits: Bits::default() })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<(SegmentId, Bits)>) -> tantivy::Result<LineSet> {
        Ok(LineSet(Arc::new(fruits.into_iter().collect())))
    }
}

impl SegmentCollector for SegmentLine {
    type Fruit = (SegmentId, Bits);

    fn collect(&mut self, doc: DocId, _: Score) {
        self.bits.insert(doc);
    }

    fn harvest(self) -> (SegmentId, Bits) {
        (self.segment, self.bits)
    }
}
