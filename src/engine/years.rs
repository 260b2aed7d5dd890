//! Years of publication as a tantivy query, read from the column that filters and facets read too.
//!
//! tantivy's own `RangeQuery` is not used: its scorer subtracts with overflow when an intersection under NOT asks it for a
//! record before the one it stands on (0.27.0), which ends a program that checks for overflow.

use std::ops::RangeInclusive;

use tantivy::columnar::Column;
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

/// Records whose year lies in a range; they score nothing.
#[derive(Debug, Clone)]
pub(super) struct YearsQuery(RangeInclusive<i64>);

impl YearsQuery {
    /// The years from one to another, both inclusive; an absent end is open.
    pub(super) fn new(from: Option<i32>, to: Option<i32>) -> Self {
        YearsQuery(from.map_or(i64::MIN, i64::from)..=to.map_or(i64::MAX, i64::from))
    }

    fn docs(&self, reader: &SegmentReader) -> tantivy::Result<YearDocs> {
        let years = reader.fast_fields().i64("year")?;
        let mut docs = YearDocs { years, wanted: self.0.clone(), doc: 0, end: reader.max_doc() };
        docs.doc = docs.at_or_after(0);
        Ok(docs)
    }
}

impl Query for YearsQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for YearsQuery {
    fn scorer(&self, reader: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(Box::new(self.docs(reader)?))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("years score nothing", 0.0))
    }
}

struct YearDocs {
    years: Column<i64>,
    wanted: RangeInclusive<i64>,
    doc: DocId,
    /// One past the last record of the segment.
    end: DocId,
}

impl YearDocs {
    fn at_or_after(&self, from: DocId) -> DocId {
        let has = |doc: &DocId| self.years.first(*doc).is_some_and(|year| self.wanted.contains(&year));
        (from..self.end).find(has).unwrap_or(TERMINATED)
    }
}

impl DocSet for YearDocs {
    fn advance(&mut self) -> DocId {
        self.seek(self.doc.saturating_add(1))
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc < target {
            self.doc = self.at_or_after(target);
        }
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.end
    }
}

impl Scorer for YearDocs {
    fn score(&mut self) -> Score {
        0.0
    }
}
