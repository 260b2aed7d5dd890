//! Leaves of a whole query, any of them or so many at least, scored window by window.
//!
//! tantivy moves a union on record by record and asks each leaf, through a pointer, where it stands. Where everything that
//! matches is counted anyway, it is faster to let one leaf after the other write into a window of records what it is worth,
//! and to read the window then. Leaves that must all match are swept too, unless one is so rare that the others are
//! better asked for its records.

use std::sync::OnceLock;

use tantivy::query::{BooleanQuery, BoostQuery, EnableScoring, Explanation, Occur, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, Searcher, SegmentReader, TERMINATED};

use super::leaf::{LeafQuery, LeafScorer, LeafWeight};

/// So many records are scored together: what is kept of them stays in the fastest cache.
pub(super) const WINDOW: usize = 2048;
/// Leaves that must all match are swept where they have at most so many times the records of the rarest together.
const RARE: u32 = 8;

/// Leaves, each with how often it counts, of which so many must match; and what else must be true of a record.
#[derive(Debug)]
pub(super) struct SweepQuery {
    leaves: Vec<(LeafQuery, usize)>,
    required: usize,
    /// What must hold, or must not. It scores nothing.
    conditions: Vec<(Occur, Box<dyn Query>)>,
}

impl Clone for SweepQuery {
    fn clone(&self) -> Self {
        SweepQuery { leaves: self.leaves.clone(), required: self.required, conditions: self.copied() }
    }
}

impl SweepQuery {
    pub(super) fn new(
        leaves: Vec<(LeafQuery, usize)>,
        required: usize,
        conditions: Vec<(Occur, Box<dyn Query>)>,
    ) -> Self {
        SweepQuery { leaves, required, conditions }
    }

    fn copied(&self) -> Vec<(Occur, Box<dyn Query>)> {
        self.conditions.iter().map(|(occur, query)| (*occur, query.box_clone())).collect()
    }

    /// The same as tantivy has it.
    fn seeking(&self) -> BooleanQuery {
        let leaves = self.leaves.iter().map(|(leaf, times)| match times {
            1 => Box::new(leaf.clone()) as Box<dyn Query>,
            times => Box::new(BoostQuery::new(Box::new(leaf.clone()), *times as f32)),
        });
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = match self.required {
            all if all == self.leaves.len() => leaves.map(|leaf| (Occur::Must, leaf)).collect(),
            required => {
                let union = BooleanQuery::union_with_minimum_required_clauses(leaves.collect(), required);
                vec![(Occur::Must, Box::new(union))]
            }
        };
        clauses.extend(self.copied());
        BooleanQuery::new(clauses)
    }

    fn sweeping(&self, searcher: &Searcher) -> tantivy::Result<SweepWeight> {
        let leaves = self.leaves.iter().map(|(leaf, times)| Ok((LeafWeight::scoring(leaf, searcher)?, *times as f32)));
        let unscored = EnableScoring::disabled_from_searcher(searcher);
        let conditions = self.conditions.iter().map(|(occur, query)| Ok((*occur, query.weight(unscored)?)));
        Ok(SweepWeight {
            query: self.clone(),
            leaves: leaves.collect::<tantivy::Result<_>>()?,
            conditions: conditions.collect::<tantivy::Result<_>>()?,
            searcher: searcher.clone(),
            seeking: OnceLock::new(),
        })
    }

    /// How many records match exactly so many leaves, from none to all, among those of which everything else is true.
    pub(super) fn matched(&self, searcher: &Searcher) -> tantivy::Result<Vec<usize>> {
        let weight = SweepQuery { required: 1, ..self.clone() }.sweeping(searcher)?;
        let mut matched = vec![0; self.leaves.len() + 1];
        for reader in searcher.segment_readers() {
            let alive = reader.alive_bitset();
            let mut conditions = weight.conditions(reader)?;
            sweep(weight.scorers(reader)?, 1, &mut |doc, _, leaves| {
                if alive.is_none_or(|alive| alive.is_alive(doc))
                    && hold(&mut conditions, doc)
                    && let Some(count) = matched.get_mut(usize::from(leaves))
                {
                    *count += 1;
                }
            });
        }
        Ok(matched)
    }
}

impl Query for SweepQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        match scoring {
            EnableScoring::Enabled { searcher, .. } => Ok(Box::new(self.sweeping(searcher)?)),
            EnableScoring::Disabled { .. } => self.seeking().weight(scoring),
        }
    }
}

struct SweepWeight {
    query: SweepQuery,
    leaves: Vec<(LeafWeight, Score)>,
    conditions: Vec<(Occur, Box<dyn Weight>)>,
    searcher: Searcher,
    /// Made when it is first asked for.
    seeking: OnceLock<Box<dyn Weight>>,
}

type Conditions = Vec<(Occur, Box<dyn Scorer>)>;

/// Whether all conditions hold of a record; records are asked for in order.
fn hold(conditions: &mut Conditions, doc: DocId) -> bool {
    conditions.iter_mut().all(|(occur, docs)| {
        let at = if docs.doc() < doc { docs.seek(doc) } else { docs.doc() };
        (at == doc) == (*occur != Occur::MustNot)
    })
}

impl SweepWeight {
    fn seeking(&self) -> tantivy::Result<&dyn Weight> {
        if let Some(weight) = self.seeking.get() {
            return Ok(weight.as_ref());
        }
        let weight = self.query.seeking().weight(EnableScoring::enabled_from_searcher(&self.searcher))?;
        Ok(self.seeking.get_or_init(|| weight).as_ref())
    }

    fn scorers(&self, reader: &SegmentReader) -> tantivy::Result<Vec<LeafScorer>> {
        let mut scorers = Vec::with_capacity(self.leaves.len());
        for (leaf, times) in &self.leaves {
            scorers.extend(leaf.leaf_scorer(reader, *times)?);
        }
        Ok(scorers)
    }

    fn conditions(&self, reader: &SegmentReader) -> tantivy::Result<Conditions> {
        self.conditions.iter().map(|(occur, weight)| Ok((*occur, weight.scorer(reader, 1.0)?))).collect()
    }
}

impl Weight for SweepWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        self.seeking()?.scorer(reader, boost)
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.seeking()?.explain(reader, doc)
    }

    fn for_each(&self, reader: &SegmentReader, callback: &mut dyn FnMut(DocId, Score)) -> tantivy::Result<()> {
        let scorers = self.scorers(reader)?;
        if scorers.len() < self.query.required {
            return Ok(());
        }
        let mut conditions = self.conditions(reader)?;
        let must = conditions.iter().filter(|(occur, _)| *occur == Occur::Must).map(|(_, docs)| docs.size_hint());
        let leaves = scorers.iter().filter(|_| self.query.required == self.leaves.len()).map(DocSet::size_hint);
        if let Some(rarest) = must.chain(leaves).min() {
            let all = scorers.iter().map(DocSet::size_hint).fold(0, u32::saturating_add);
            if all > rarest.saturating_mul(RARE) {
                return self.seeking()?.for_each(reader, callback);
            }
        }
        sweep(scorers, self.query.required, &mut |doc, score, _| {
            if hold(&mut conditions, doc) {
                callback(doc, score);
            }
        });
        Ok(())
    }
}

/// What a window of records is worth so far.
pub(super) struct Window {
    base: DocId,
    scores: [Score; WINDOW],
    /// How many leaves have matched.
    matched: [u16; WINDOW],
    /// The places where any has, bit by bit.
    any: [u64; WINDOW / 64],
    /// Frequencies of the leaf at hand, and the places where there are any.
    pub(super) frequencies: [f32; WINDOW],
    pub(super) touched: Vec<u16>,
}

impl Window {
    /// The first record after the window.
    pub(super) fn end(&self) -> DocId {
        self.base.saturating_add(WINDOW as DocId).min(TERMINATED)
    }

    /// The place of a record in the window.
    pub(super) fn place(&self, doc: DocId) -> usize {
        (doc - self.base) as usize % WINDOW
    }

    /// The record at a place.
    pub(super) fn doc(&self, place: usize) -> DocId {
        self.base + place as DocId
    }

    /// A leaf matches and is worth so much.
    pub(super) fn add(&mut self, place: usize, score: Score) {
        let place = place % WINDOW;
        self.scores[place] += score;
        self.matched[place] = self.matched[place].saturating_add(1);
        self.any[place / 64] |= 1 << (place % 64);
    }
}

/// Visits the records that at least so many leaves match, in order, with their scores and how many leaves match.
pub(super) fn sweep(mut leaves: Vec<LeafScorer>, required: usize, visit: &mut dyn FnMut(DocId, Score, u16)) {
    let mut window = Window {
        base: 0,
        scores: [0.0; WINDOW],
        matched: [0; WINDOW],
        any: [0; WINDOW / 64],
        frequencies: [0.0; WINDOW],
        touched: Vec::with_capacity(WINDOW),
    };
    let required = u16::try_from(required).unwrap_or(u16::MAX);
    loop {
        window.base = leaves.iter().map(DocSet::doc).min().unwrap_or(TERMINATED);
        if window.base == TERMINATED {
            return;
        }
        leaves.iter_mut().for_each(|leaf| leaf.sweep(&mut window));
        for eighth in 0..window.any.len() {
            let mut bits = std::mem::take(&mut window.any[eighth]);
            while bits != 0 {
                let place = eighth * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let score = std::mem::take(&mut window.scores[place]);
                let matched = std::mem::take(&mut window.matched[place]);
                if matched >= required {
                    visit(window.base + place as DocId, score, matched);
                }
            }
        }
    }
}
