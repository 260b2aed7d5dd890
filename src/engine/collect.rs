//! One pass over the matches: exact total, best hits, and facets with several selections.
//!
//! Filters are not part of the query that runs but tested here, so that a facet can be counted as if its own selection were
//! not there: a record that fails no filter counts everywhere, one that fails the filters of a single field counts in the
//! facet of that field alone. Ties break on the record id.

use std::cmp::Ordering;
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use super::counts::{self, Counted, Counts, FacetPlan};
use super::schema;
use crate::search::{FacetField, Filter, Sort};

/// What to collect.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// How many of the best hits to keep.
    pub(super) top: usize,
    pub(super) sort: Sort,
    pub(super) filters: Vec<Filter>,
    pub(super) facets: Vec<FacetPlan>,
}

/// What was collected.
#[derive(Debug, Default)]
pub(super) struct Collected {
    /// Matches that pass all filters.
    pub(super) total: u64,
    /// Matches, whether or not they pass the filters.
    pub(super) unfiltered: u64,
    /// The best hits, best first.
    pub(super) top: Vec<Candidate>,
    /// Counts, in the order of the plan.
    pub(super) facets: Vec<Counted>,
}

/// A hit before it is fetched.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) address: DocAddress,
    pub(super) score: Score,
    order: Order,
    pub(super) id: String,
}

impl Candidate {
    /// Best first: the order asked for, then the record id.
    pub(super) fn compare(&self, other: &Candidate) -> Ordering {
        self.order.compare(&other.order).then_with(|| self.id.cmp(&other.id))
    }

    /// The same hit with another score.
    pub(super) fn rescored(mut self, score: Score) -> Candidate {
        self.score = score;
        self.order = Order::Score(score);
        self
    }
}

/// What hits are ordered by. Years are turned so that smaller is better; no year comes last.
#[derive(Debug, Clone)]
enum Order {
    Score(Score),
    Year(i64),
    Title(String),
}

impl Order {
    fn compare(&self, other: &Order) -> Ordering {
        match (self, other) {
            (Order::Score(a), Order::Score(b)) => b.total_cmp(a),
            (Order::Year(a), Order::Year(b)) => a.cmp(b),
            (Order::Title(a), Order::Title(b)) => a.cmp(b),
            _ => Ordering::Equal,
        }
    }
}

/// Collects a [`Plan`].
pub(super) struct SearchCollector {
    plan: Arc<Plan>,
}

impl SearchCollector {
    pub(super) fn new(plan: Plan) -> Self {
        SearchCollector { plan: Arc::new(plan) }
    }
}

impl Collector for SearchCollector {
    type Fruit = Collected;
    type Child = SegmentSearch;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentSearch> {
        let fast = reader.fast_fields();
        let year = fast.i64("year")?;
        let text = |field: FacetField| fast.str(&schema::facet_name(field));
        let mut filters: Vec<FieldFilter> = Vec::new();
        for filter in &self.plan.filters {
            let field = filter.field();
            let at = match filters.iter().position(|f| f.field == field) {
                Some(at) => at,
                None => {
                    let column = if field.is_text() { text(field)? } else { None };
                    filters.push(FieldFilter { field, column, ords: Vec::new(), years: Vec::new() });
                    filters.len() - 1
                }
            };
            filters[at].add(filter)?;
        }
        let mut facets = Vec::with_capacity(self.plan.facets.len());
        for FacetPlan { field, .. } in self.plan.facets.iter().cloned() {
            facets.push(match field {
                FacetField::Year => Counts::of_years(1),
                FacetField::Decade => Counts::of_years(10),
                field => Counts::of_text(text(field)?),
            });
        }
        let id = fast.str("id")?;
        let title = match self.plan.sort {
            Sort::Title => fast.str("title_order")?,
            _ => None,
        };
        Ok(SegmentSearch {
            segment,
            plan: Arc::clone(&self.plan),
            filters,
            facets,
            year,
            id,
            title,
            total: 0,
            unfiltered: 0,
            best: Vec::new(),
            worst_kept: None,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.plan.sort == Sort::Relevance && self.plan.top > 0
    }

    fn merge_fruits(&self, fruits: Vec<tantivy::Result<SegmentFruit>>) -> tantivy::Result<Collected> {
        let mut all = Collected::default();
        let mut counts: Vec<Vec<Counts>> = self.plan.facets.iter().map(|_| Vec::new()).collect();
        for fruit in fruits {
            let fruit = fruit?;
            all.total += fruit.total;
            all.unfiltered += fruit.unfiltered;
            all.top.extend(fruit.top);
            counts.iter_mut().zip(fruit.facets).for_each(|(all, counts)| all.push(counts));
        }
        all.top.sort_by(Candidate::compare);
        all.top.truncate(self.plan.top);
        for (plan, counts) in self.plan.facets.iter().zip(counts) {
            all.facets.push(counts::merge(plan, counts)?);
        }
        Ok(all)
    }
}

/// What was collected in one segment.
pub(super) struct SegmentFruit {
    total: u64,
    unfiltered: u64,
    top: Vec<Candidate>,
    facets: Vec<Counts>,
}

/// The filters of one field.
struct FieldFilter {
    field: FacetField,
    column: Option<StrColumn>,
    ords: Vec<u64>,
    years: Vec<(i64, i64)>,
}

impl FieldFilter {
    fn add(&mut self, filter: &Filter) -> tantivy::Result<()> {
        match filter {
            Filter::Years(from, to) => {
                self.years.push((from.map_or(i64::MIN, i64::from), to.map_or(i64::MAX, i64::from)));
            }
            Filter::Value(FacetField::Year, value) => {
                if let Ok(year) = value.parse::<i64>() {
                    self.years.push((year, year));
                }
            }
            Filter::Value(FacetField::Decade, value) => {
                if let Ok(from) = value.trim_end_matches('s').parse::<i64>() {
                    self.years.push((from, from.saturating_add(9)));
                }
            }
            Filter::Value(_, value) => {
                if let Some(column) = &self.column {
                    self.ords.extend(column.dictionary().term_ord(value.as_bytes())?);
                }
            }
        }
        Ok(())
    }

    fn passes(&self, doc: DocId, year: Option<i64>) -> bool {
        match &self.column {
            Some(column) => column.ords().values_for_doc(doc).any(|ord| self.ords.contains(&ord)),
            None => year.is_some_and(|y| self.years.iter().any(|(from, to)| (*from..=*to).contains(&y))),
        }
    }
}

/// A match within a segment; `id` is the ordinal of the record id.
#[derive(Clone, Copy)]
struct Found {
    doc: DocId,
    score: Score,
    /// Smaller is better; for relevance the score decides first.
    key: i64,
    id: u64,
}

fn better_first(a: &Found, b: &Found) -> Ordering {
    b.score.total_cmp(&a.score).then(a.key.cmp(&b.key)).then(a.id.cmp(&b.id))
}

/// The collector of one segment.
pub(super) struct SegmentSearch {
    segment: SegmentOrdinal,
    plan: Arc<Plan>,
    filters: Vec<FieldFilter>,
    facets: Vec<Counts>,
    year: Column<i64>,
    id: Option<StrColumn>,
    title: Option<StrColumn>,
    total: u64,
    unfiltered: u64,
    /// The best so far, unordered, up to twice as many as asked for.
    best: Vec<Found>,
    /// The worst of the best, once there are enough.
    worst_kept: Option<Found>,
}

impl SegmentSearch {
    fn keep(&mut self, doc: DocId, score: Score, year: Option<i64>) {
        if self.plan.top == 0 {
            return;
        }
        if let Some(worst) = &self.worst_kept
            && score < worst.score
        {
            return;
        }
        let key = match self.plan.sort {
            Sort::Relevance => 0,
            Sort::Newest => year.map_or(i64::MAX, |y| -y),
            Sort::Oldest => year.unwrap_or(i64::MAX),
            Sort::Title => self.title.as_ref().and_then(|c| c.ords().first(doc)).map_or(i64::MAX, |ord| ord as i64),
        };
        let id = self.id.as_ref().and_then(|c| c.ords().first(doc)).unwrap_or(u64::MAX);
        let found = Found { doc, score, key, id };
        if self.worst_kept.as_ref().is_some_and(|worst| better_first(worst, &found).is_le()) {
            return;
        }
        self.best.push(found);
        if self.best.len() >= 2 * self.plan.top.max(1) {
            self.shrink();
        }
    }

    fn shrink(&mut self) {
        let top = self.plan.top;
        if self.best.len() > top {
            self.best.select_nth_unstable_by(top - 1, better_first);
            self.best.truncate(top);
            self.worst_kept = self.best.last().copied();
        }
    }

    fn finish(mut self) -> tantivy::Result<SegmentFruit> {
        self.shrink();
        // In the order of the ids, which are read in one walk.
        self.best.sort_unstable_by_key(|found| found.id);
        let ords: Vec<u64> = self.best.iter().map(|found| found.id).filter(|id| *id != u64::MAX).collect();
        let mut ids = Vec::with_capacity(ords.len());
        if let Some(column) = &self.id {
            column
                .dictionary()
                .sorted_ords_to_term_cb(&ords, |id| ids.push(String::from_utf8_lossy(id).into_owned()))?;
        }
        let mut ids = ids.into_iter();
        let mut top = Vec::with_capacity(self.best.len());
        for found in &self.best {
            let id = if found.id == u64::MAX { String::new() } else { ids.next().unwrap_or_default() };
            let order = match (self.plan.sort, &self.title) {
                (Sort::Relevance, _) => Order::Score(found.score),
                (Sort::Title, Some(column)) => {
                    let mut title = String::new();
                    column.ord_to_str(u64::try_from(found.key).unwrap_or(u64::MAX), &mut title)?;
                    Order::Title(title)
                }
                _ => Order::Year(found.key),
            };
            top.push(Candidate { address: DocAddress::new(self.segment, found.doc), score: found.score, order, id });
        }
        Ok(SegmentFruit { total: self.total, unfiltered: self.unfiltered, top, facets: self.facets })
    }
}

impl SegmentCollector for SegmentSearch {
    type Fruit = tantivy::Result<SegmentFruit>;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.unfiltered += 1;
        let year = self.year.first(doc);
        let mut failed = self.filters.iter().filter(|f| !f.passes(doc, year));
        match (failed.next().map(|f| f.field), failed.next()) {
            (None, _) => {
                self.total += 1;
                for facet in &mut self.facets {
                    facet.count(doc, year);
                }
                self.keep(doc, score, year);
            }
            (Some(only), None) => {
                for (facet, plan) in self.facets.iter_mut().zip(&self.plan.facets) {
                    if plan.field == only {
                        facet.count(doc, year);
                    }
                }
            }
            _ => {}
        }
    }

    fn harvest(self) -> tantivy::Result<SegmentFruit> {
        self.finish()
    }
}
