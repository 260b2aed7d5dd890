//! One pass over the matches: exact total, best hits, and facets with several selections.
//!
//! Filters are not part of the query that runs but tested here, so that a facet can be counted as if its own selection were
//! not there: a record that fails no filter counts everywhere, one that fails the filters of a single field counts in the
//! facet of that field alone. Ties break on the record id; ids are looked up for those that tie and for those that are shown.
//!
//! It is no collector of tantivy's: those begin anew in every segment, while counts, and the score that a hit must reach,
//! are carried on here from one segment to the next.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use tantivy::columnar::StrColumn;
use tantivy::query::{EnableScoring, Query};
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentOrdinal, SegmentReader};

use super::counts::{Counts, FacetPlan, Selected, Way, Years};
use super::numbers::{self, Lists};
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
    /// The years in plain lists, where they are asked for often.
    pub(super) years: Option<Arc<numbers::Years>>,
    /// The record ids of every segment.
    pub(super) ids: Vec<Option<StrColumn>>,
}

/// The filters of one field.
#[derive(Debug, Clone)]
pub(super) struct FilterPlan {
    pub(super) field: FacetField,
    /// One of these must hold.
    pub(super) any: Vec<Selected>,
    pub(super) way: Way,
    /// The numbers of the values, in order, where they have any.
    pub(super) wanted: Vec<u32>,
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
    /// The ordinal of the record id, in the order of the ids of a segment.
    id_ord: u64,
    /// The record id, once it is known.
    pub(super) id: Option<String>,
}

impl Candidate {
    /// Best first: the order asked for, then the record id where it is known.
    pub(super) fn compare(&self, other: &Candidate) -> Ordering {
        self.order.compare(&other.order).then_with(|| self.id.cmp(&other.id))
    }

    /// The same hit with another score, and its record id.
    pub(super) fn rescored(mut self, score: Score, id: &str) -> Candidate {
        self.score = score;
        self.order = Order::Score(score);
        self.id = Some(id.to_owned());
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

/// How many matches are counted together: the counts of one field after those of the other, each in the cache meanwhile.
const BLOCK: usize = 8192;

/// Runs a query over all segments and collects what is planned.
pub(super) fn collect(searcher: &Searcher, query: &dyn Query, plan: &Plan) -> tantivy::Result<Collected> {
    let scores = plan.sort == Sort::Relevance && plan.top > 0;
    let weight = query.weight(match scores {
        true => EnableScoring::enabled_from_searcher(searcher),
        false => EnableScoring::disabled_from_searcher(searcher),
    })?;
    let mut pass = Pass::new(plan);
    for (segment, reader) in (0..).zip(searcher.segment_readers()) {
        let mut within = Within::new(segment, reader, &mut pass)?;
        let alive = reader.alive_bitset();
        let is_alive = |doc| alive.is_none_or(|alive| alive.is_alive(doc));
        match scores {
            true => weight.for_each(reader, &mut |doc, score| {
                if is_alive(doc) {
                    within.collect(doc, score);
                }
            })?,
            false => weight.for_each_no_score(reader, &mut |docs| {
                docs.iter().filter(|doc| is_alive(**doc)).for_each(|doc| within.collect(*doc, 0.0));
            })?,
        }
        within.leave()?;
    }
    pass.finish(searcher)
}

/// Looks up the record ids of hits that have none yet.
pub(super) fn name<'c>(
    searcher: &Searcher,
    candidates: impl IntoIterator<Item = &'c mut Candidate>,
) -> tantivy::Result<()> {
    let mut by_segment: BTreeMap<SegmentOrdinal, Vec<&mut Candidate>> = BTreeMap::new();
    for candidate in candidates.into_iter().filter(|c| c.id.is_none()) {
        by_segment.entry(candidate.address.segment_ord).or_default().push(candidate);
    }
    for (segment, mut candidates) in by_segment {
        let Some(column) = searcher.segment_reader(segment).fast_fields().str("id")? else { continue };
        // In the order of the ids, which are read in one walk.
        candidates.sort_unstable_by_key(|c| c.id_ord);
        let ords: Vec<u64> = candidates.iter().map(|c| c.id_ord).collect();
        let mut candidates = candidates.into_iter();
        column.dictionary().sorted_ords_to_term_cb(&ords, |id| {
            if let Some(candidate) = candidates.next() {
                candidate.id = Some(String::from_utf8_lossy(id).into_owned());
            }
        })?;
    }
    Ok(())
}

/// The filters of one field in one segment.
struct FieldFilter {
    field: FacetField,
    values: Values,
    /// Terms or numbers, in order.
    wanted: Vec<u32>,
    years: Vec<(i64, i64)>,
    /// Whether records without a value pass.
    missing: bool,
}

/// Where the values of a record are read.
enum Values {
    Nowhere,
    Column(StrColumn),
    Lists(Arc<Lists>),
}

impl FieldFilter {
    fn new(plan: &FilterPlan, reader: &SegmentReader) -> tantivy::Result<Self> {
        let FilterPlan { field, any, way, wanted } = plan;
        let mut filter = FieldFilter {
            field: *field,
            values: Values::Nowhere,
            wanted: Vec::new(),
            years: Vec::new(),
            missing: false,
        };
        for selected in any {
            match selected {
                Selected::Missing => filter.missing = true,
                Selected::Years(from, to) => filter.years.push((*from, *to)),
                Selected::Value(_) | Selected::Name(_) | Selected::Group(_) => {}
            }
        }
        if !field.is_text() {
            return Ok(filter);
        }
        if let Way::Numbers(numbers) | Way::NumberedForms(_, numbers) = way {
            filter.values = numbers.of_segment(reader).map_or(Values::Nowhere, Values::Lists);
            filter.wanted.clone_from(wanted);
            return Ok(filter);
        }
        let Some(column) = reader.fast_fields().str(&schema::facet_name(*field))? else { return Ok(filter) };
        for selected in any {
            match (selected, way) {
                (Selected::Value(value), _) => {
                    filter.wanted.extend(column.dictionary().term_ord(value.as_bytes())?.map(|ord| ord as u32));
                }
                (Selected::Group(group), Way::Groups(groups)) => {
                    filter.wanted.extend(groups.ords(*group, reader, &column)?)
                }
                _ => {}
            }
        }
        filter.wanted.sort_unstable();
        filter.values = Values::Column(column);
        Ok(filter)
    }

    fn passes(&self, doc: DocId, year: Option<i64>) -> bool {
        let is_wanted = |year: i64| self.years.iter().any(|(from, to)| (*from..=*to).contains(&year));
        let has = |ord: &u32| self.wanted.binary_search(ord).is_ok();
        match &self.values {
            _ if !self.field.is_text() => year.map_or(self.missing, is_wanted),
            Values::Nowhere => self.missing,
            Values::Lists(lists) => {
                let numbers = lists.of(doc);
                numbers.iter().any(has) || numbers.is_empty() && self.missing
            }
            Values::Column(column) => {
                let mut missing = true;
                for ord in column.ords().values_for_doc(doc) {
                    if has(&(ord as u32)) {
                        return true;
                    }
                    missing = false;
                }
                missing && self.missing
            }
        }
    }
}

/// A match within a segment.
#[derive(Clone, Copy)]
struct Found {
    doc: DocId,
    score: Score,
    /// Smaller is better; for relevance the score decides first.
    key: i64,
    id_ord: u64,
}

fn better_first(a: &Found, b: &Found) -> Ordering {
    b.score.total_cmp(&a.score).then(a.key.cmp(&b.key)).then(a.id_ord.cmp(&b.id_ord))
}

/// What is carried from one segment to the next.
struct Pass<'p> {
    plan: &'p Plan,
    total: u64,
    unfiltered: u64,
    facets: Vec<Counts<'p>>,
    /// The best of every segment so far.
    best: Vec<Candidate>,
    /// Hits that score less are not among the best.
    least: Score,
    /// Whether filters or the order look at years.
    needs_year: bool,
}

impl<'p> Pass<'p> {
    fn new(plan: &'p Plan) -> Self {
        Pass {
            plan,
            total: 0,
            unfiltered: 0,
            facets: plan.facets.iter().map(Counts::new).collect(),
            best: Vec::new(),
            least: Score::NEG_INFINITY,
            needs_year: matches!(plan.sort, Sort::Newest | Sort::Oldest)
                || plan.filters.iter().any(|f| !f.field.is_text()),
        }
    }

    fn finish(mut self, searcher: &Searcher) -> tantivy::Result<Collected> {
        let place = |c: &Candidate| (c.address.segment_ord, c.id_ord);
        self.best.sort_unstable_by(|a, b| a.order.compare(&b.order).then_with(|| place(a).cmp(&place(b))));
        // Hits of several segments that tie are ordered by their ids.
        let mut begun = 0;
        for ties in self.best.chunk_by_mut(|a, b| a.order.compare(&b.order).is_eq()) {
            let mixed = ties.windows(2).any(|pair| pair[0].address.segment_ord != pair[1].address.segment_ord);
            if begun < self.plan.top && mixed {
                name(searcher, ties.iter_mut())?;
                ties.sort_by(Candidate::compare);
            }
            begun += ties.len();
        }
        self.best.truncate(self.plan.top);
        let facets = self.facets.into_iter().map(Counts::finish).collect::<tantivy::Result<_>>()?;
        Ok(Collected { total: self.total, unfiltered: self.unfiltered, top: self.best, facets })
    }
}

/// The pass through one segment.
struct Within<'w, 'p> {
    pass: &'w mut Pass<'p>,
    segment: SegmentOrdinal,
    filters: Vec<FieldFilter>,
    years: Years,
    id: Option<StrColumn>,
    title: Option<StrColumn>,
    /// Matches that are still to be counted.
    block: Vec<DocId>,
    /// The same of those that fail one filter, which count in the facet of its field.
    beside: Vec<Vec<DocId>>,
    /// The best so far, unordered, up to twice as many as asked for.
    best: Vec<Found>,
    /// The worst of the best, once there are enough.
    worst_kept: Option<Found>,
}

impl<'w, 'p> Within<'w, 'p> {
    fn new(segment: SegmentOrdinal, reader: &SegmentReader, pass: &'w mut Pass<'p>) -> tantivy::Result<Self> {
        let fast = reader.fast_fields();
        let filters = pass.plan.filters.iter().map(|plan| FieldFilter::new(plan, reader));
        let filters = filters.collect::<tantivy::Result<_>>()?;
        for facet in &mut pass.facets {
            facet.enter(reader)?;
        }
        let years = match pass.plan.years.as_ref().and_then(|years| years.of_segment(reader)) {
            Some(list) => Years::List(list),
            None => Years::Column(fast.i64("year")?),
        };
        let title = match pass.plan.sort {
            Sort::Title => fast.str("title_order")?,
            _ => None,
        };
        Ok(Within {
            segment,
            filters,
            years,
            id: pass.plan.ids.get(segment as usize).cloned().flatten(),
            title,
            block: Vec::new(),
            beside: vec![Vec::new(); pass.plan.filters.len()],
            best: Vec::new(),
            worst_kept: None,
            pass,
        })
    }

    fn collect(&mut self, doc: DocId, score: Score) {
        self.pass.unfiltered += 1;
        let year = if self.pass.needs_year { self.years.of(doc) } else { None };
        if !self.filters.is_empty() {
            let mut failed = self.filters.iter().enumerate().filter(|(_, f)| !f.passes(doc, year));
            match (failed.next(), failed.next()) {
                (None, _) => {}
                (Some((only, _)), None) => {
                    if let Some(beside) = self.beside.get_mut(only) {
                        beside.push(doc);
                        if beside.len() >= BLOCK {
                            self.count_beside(only);
                        }
                    }
                    return;
                }
                _ => return,
            }
        }
        self.pass.total += 1;
        if !self.pass.facets.is_empty() {
            self.block.push(doc);
            if self.block.len() >= BLOCK {
                self.count_block();
            }
        }
        if score >= self.pass.least {
            self.keep(doc, score, year);
        }
    }

    fn keep(&mut self, doc: DocId, score: Score, year: Option<i64>) {
        let plan = self.pass.plan;
        if plan.top == 0 || self.worst_kept.is_some_and(|worst| score < worst.score) {
            return;
        }
        let key = match plan.sort {
            Sort::Relevance => 0,
            Sort::Newest => year.map_or(i64::MAX, |y| -y),
            Sort::Oldest => year.unwrap_or(i64::MAX),
            Sort::Title => self.title.as_ref().and_then(|c| c.ords().first(doc)).map_or(i64::MAX, |ord| ord as i64),
        };
        let id_ord = self.id.as_ref().and_then(|c| c.ords().first(doc)).unwrap_or(u64::MAX);
        let found = Found { doc, score, key, id_ord };
        if self.worst_kept.as_ref().is_some_and(|worst| better_first(worst, &found).is_le()) {
            return;
        }
        self.best.push(found);
        if self.best.len() >= plan.top.saturating_mul(2) {
            self.shrink();
        }
    }

    fn shrink(&mut self) {
        let top = self.pass.plan.top;
        if self.best.len() > top {
            self.best.select_nth_unstable_by(top - 1, better_first);
            self.best.truncate(top);
            self.worst_kept = self.best.last().copied();
        }
    }

    fn count_block(&mut self) {
        for facet in &mut self.pass.facets {
            facet.count(&self.block, &self.years);
        }
        self.block.clear();
    }

    /// Counts what fails the filter at this place.
    fn count_beside(&mut self, filter: usize) {
        let (Some(failed), Some(docs)) = (self.filters.get(filter), self.beside.get_mut(filter)) else { return };
        for (facet, plan) in self.pass.facets.iter_mut().zip(&self.pass.plan.facets) {
            if plan.request.field == failed.field {
                facet.count(docs, &self.years);
            }
        }
        docs.clear();
    }

    fn leave(mut self) -> tantivy::Result<()> {
        self.count_block();
        (0..self.filters.len()).for_each(|filter| self.count_beside(filter));
        if self.pass.plan.top > 0 {
            self.shrink();
        }
        for found in &self.best {
            let order = match (self.pass.plan.sort, &self.title) {
                (Sort::Relevance, _) => Order::Score(found.score),
                (Sort::Title, Some(column)) => {
                    let mut title = String::new();
                    column.ord_to_str(u64::try_from(found.key).unwrap_or(u64::MAX), &mut title)?;
                    Order::Title(title)
                }
                _ => Order::Year(found.key),
            };
            let address = DocAddress::new(self.segment, found.doc);
            let (score, id_ord) = (found.score, found.id_ord);
            self.pass.best.push(Candidate { address, score, order, id_ord, id: None });
        }
        let top = self.pass.plan.top;
        if self.pass.plan.sort == Sort::Relevance && top > 0 && self.pass.best.len() >= top {
            let (_, least, _) = self.pass.best.select_nth_unstable_by(top - 1, |a, b| b.score.total_cmp(&a.score));
            self.pass.least = least.score;
        }
        Ok(())
    }
}
