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

use super::counts::{self, Counts, FacetPlan, Selected};
use super::forms::Forms;
use super::schema;
use crate::search::{Facet, FacetField, Sort};

/// What to collect.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// How many of the best hits to keep.
    pub(super) top: usize,
    pub(super) sort: Sort,
    /// One a field.
    pub(super) filters: Vec<FilterPlan>,
    pub(super) facets: Vec<FacetPlan>,
}

/// The filters of one field.
#[derive(Debug, Clone)]
pub(super) struct FilterPlan {
    pub(super) field: FacetField,
    /// One of these must hold.
    pub(super) any: Vec<Selected>,
    /// For fields with authority forms.
    pub(super) forms: Option<Arc<Forms>>,
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
    /// Facets, in the order of the plan.
    pub(super) facets: Vec<Facet>,
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

/// How many matches are counted together.
const BLOCK: usize = 1024;

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
        let filters = self.plan.filters.iter().map(|plan| FieldFilter::new(plan, reader));
        let filters = filters.collect::<tantivy::Result<_>>()?;
        let facets = self.plan.facets.iter().map(|plan| Counts::new(plan, reader));
        let facets = facets.collect::<tantivy::Result<_>>()?;
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
            needs_year: matches!(self.plan.sort, Sort::Newest | Sort::Oldest)
                || self.plan.filters.iter().any(|f| !f.field.is_text()),
            block: Vec::with_capacity(BLOCK),
            beside: vec![Vec::new(); self.plan.filters.len()],
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

/// The filters of one field in one segment.
struct FieldFilter {
    field: FacetField,
    column: Option<StrColumn>,
    /// Terms, in order.
    ords: Vec<u64>,
    years: Vec<(i64, i64)>,
    /// Whether records without a value pass.
    missing: bool,
}

impl FieldFilter {
    fn new(plan: &FilterPlan, reader: &SegmentReader) -> tantivy::Result<Self> {
        let FilterPlan { field, any, forms } = plan;
        let column = match field.is_text() {
            true => reader.fast_fields().str(&schema::facet_name(*field))?,
            false => None,
        };
        let of_names = forms.as_ref().map(|forms| forms.of_segment(reader));
        let mut filter = FieldFilter { field: *field, column, ords: Vec::new(), years: Vec::new(), missing: false };
        for selected in any {
            match selected {
                Selected::Missing => filter.missing = true,
                Selected::Years(from, to) => filter.years.push((*from, *to)),
                Selected::Value(value) => {
                    if let Some(column) = &filter.column {
                        filter.ords.extend(column.dictionary().term_ord(value.as_bytes())?);
                    }
                }
                Selected::Name(name) => {
                    let names = of_names.iter().flat_map(|of| of.names.iter());
                    filter.ords.extend((0..).zip(names).filter(|(_, n)| *n == name).map(|(ord, _)| ord));
                }
            }
        }
        filter.ords.sort_unstable();
        Ok(filter)
    }

    fn passes(&self, doc: DocId, year: Option<i64>) -> bool {
        let is_wanted = |year: i64| self.years.iter().any(|(from, to)| (*from..=*to).contains(&year));
        if !self.field.is_text() {
            return year.map_or(self.missing, is_wanted);
        }
        let mut missing = true;
        for ord in self.column.iter().flat_map(|c| c.ords().values_for_doc(doc)) {
            if self.ords.binary_search(&ord).is_ok() {
                return true;
            }
            missing = false;
        }
        missing && self.missing
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
    /// Whether filters or the order look at years.
    needs_year: bool,
    /// Matches that are still to be counted: one field's values after the other's are faster than record by record.
    block: Vec<DocId>,
    /// The same of those that fail one filter, which count in the facet of its field.
    beside: Vec<Vec<DocId>>,
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

    fn count_block(&mut self) {
        for facet in &mut self.facets {
            facet.count(&self.block, &self.year);
        }
        self.block.clear();
    }

    /// Counts what fails the filter at this place.
    fn count_beside(&mut self, filter: usize) {
        let (Some(failed), Some(docs)) = (self.filters.get(filter), self.beside.get_mut(filter)) else { return };
        for (facet, plan) in self.facets.iter_mut().zip(&self.plan.facets) {
            if plan.request.field == failed.field {
                facet.count(docs, &self.year);
            }
        }
        docs.clear();
    }

    fn finish(mut self) -> tantivy::Result<SegmentFruit> {
        self.count_block();
        (0..self.filters.len()).for_each(|filter| self.count_beside(filter));
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
        let year = if self.needs_year { self.year.first(doc) } else { None };
        let mut failed = self.filters.iter().enumerate().filter(|(_, f)| !f.passes(doc, year));
        match (failed.next(), failed.next()) {
            (None, _) => {
                self.total += 1;
                self.block.push(doc);
                if self.block.len() >= BLOCK {
                    self.count_block();
                }
                self.keep(doc, score, year);
            }
            (Some((only, _)), None) => {
                if let Some(beside) = self.beside.get_mut(only) {
                    beside.push(doc);
                    if beside.len() >= BLOCK {
                        self.count_beside(only);
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
