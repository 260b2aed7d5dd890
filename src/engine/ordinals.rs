//! Counts by term ordinal: each segment for itself, and put together by the fingerprints of the values.
//!
//! Ordinals are in the order of the names, so that ties within a segment need no name. Over several segments, values with one
//! fingerprint ([`super::fingerprints`]) are one; of those that tie, only the first of each segment can come first, and names are
//! read of these and of what is shown. Authority forms go by what all printed forms of a name have in common
//! ([`super::groups`]), those that tie are all named, and a record that prints two forms of one name counts once. Where values
//! must begin with something, all that are counted are named, segment by segment.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;
use tantivy::columnar::StrColumn;
use tantivy::index::SegmentId;
use tantivy::{DocId, SegmentReader};

use super::counts::{FacetPlan, Page, Selected};
use super::fingerprints::{self, Fingerprint, Fingerprints};
use super::groups::Groups;
use super::schema;
use super::tally::Tally;
use crate::search::{Facet, FacetRequest, FacetValue, shown};

/// Counts of one field.
pub(super) struct ByOrdinal<'p> {
    fingerprints: &'p Fingerprints,
    /// Where values are authority forms.
    groups: Option<&'p Groups>,
    /// The segment at hand, where it has values.
    segment: Option<SegmentId>,
    /// The values of each segment, up to that at hand.
    columns: Vec<Option<StrColumn>>,
    tally: Tally,
    /// Of records of the segment at hand that have several authority forms: which.
    several: Vec<Vec<u32>>,
    /// What the segments before it came to, one after the other.
    counted: Vec<Counted>,
    /// Names that a record has once more under another form.
    twice: Vec<Fingerprint>,
    /// The counts of what begins as it must, by name.
    begun: HashMap<String, u32, RandomState>,
}

/// How many records have a value, and where its name is found.
#[derive(Clone, Copy)]
struct Counted {
    value: Fingerprint,
    count: u32,
    place: (u32, u32),
}

/// A count, whether the value is selected, and its name.
type Named = (Reverse<u32>, bool, String);

impl<'p> ByOrdinal<'p> {
    pub(super) fn new(fingerprints: &'p Fingerprints, groups: Option<&'p Groups>) -> Self {
        ByOrdinal {
            fingerprints,
            groups,
            segment: None,
            columns: Vec::new(),
            tally: Tally::default(),
            several: Vec::new(),
            counted: Vec::new(),
            twice: Vec::new(),
            begun: HashMap::default(),
        }
    }

    /// Goes on with the next segment.
    pub(super) fn enter(&mut self, plan: &FacetPlan, reader: &SegmentReader) -> tantivy::Result<()> {
        self.leave(plan)?;
        let column = reader.fast_fields().str(&schema::facet_name(plan.request.field))?;
        if let Some(column) = &column {
            // All segments count in the same memory: only what was met goes on.
            self.tally.fit(column.num_terms());
            self.segment = Some(reader.segment_id());
        }
        self.columns.push(column);
        Ok(())
    }

    /// Adds what was counted in the segment at hand to what came before.
    fn leave(&mut self, plan: &FacetPlan) -> tantivy::Result<()> {
        let (Some(segment), Some(Some(column))) = (self.segment.take(), self.columns.last()) else { return Ok(()) };
        let field = plan.request.field;
        let number = self.columns.len() as u32 - 1;
        match (self.groups, &plan.prefix) {
            _ if self.tally.distinct() == 0 => {}
            (None, Some(prefix)) => {
                fingerprints::each_name(column, &self.tally, |ord, name| {
                    let (name, count) = (String::from_utf8_lossy(name), self.tally.of(ord));
                    if let Some(before) = self.begun.get_mut(&*name) {
                        *before += count;
                    } else if prefix.is_of(&name) {
                        self.begun.insert(name.into_owned(), count);
                    }
                })?;
            }
            (None, None) => {
                let known = self.fingerprints.counted(segment, field, column, &self.tally)?;
                add(&mut self.counted, &self.tally, number, |ord| known.value(ord));
            }
            (Some(groups), _) => {
                let known = self.fingerprints.of_names(segment, field, column)?;
                let group = |ord: u32| known.key(ord).map(|key| groups.of_key(key));
                add(&mut self.counted, &self.tally, number, group);
                for values in self.several.drain(..) {
                    let mut names: Vec<Fingerprint> = values.into_iter().filter_map(group).collect();
                    names.sort_unstable();
                    self.twice.extend(names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]));
                }
            }
        }
        self.tally.clear();
        Ok(())
    }

    /// Counts records of the segment at hand; how many of them have a value.
    pub(super) fn count(&mut self, docs: &[DocId]) -> usize {
        let Some(Some(column)) = self.columns.last() else { return 0 };
        let mut found = 0;
        for doc in docs {
            let mut values = column.ords().values_for_doc(*doc).map(|ord| ord as u32);
            let Some(first) = values.next() else { continue };
            found += 1;
            self.tally.add(first);
            match (self.groups, values.next()) {
                (_, None) => {}
                (None, Some(second)) => {
                    self.tally.add(second);
                    values.for_each(|ord| self.tally.add(ord));
                }
                (Some(_), Some(second)) => {
                    let all: Vec<u32> = [first, second].into_iter().chain(values).collect();
                    all.iter().skip(1).for_each(|ord| self.tally.add(*ord));
                    self.several.push(all);
                }
            }
        }
        found
    }

    /// The counts of all segments together, in the order of the fingerprints.
    fn sums(&mut self) -> Vec<Counted> {
        let mut sums = std::mem::take(&mut self.counted);
        sums.sort_unstable_by_key(|counted| counted.value);
        sums.dedup_by(|next, sum| {
            let same = next.value == sum.value;
            sum.count += if same { next.count } else { 0 };
            same
        });
        for name in &self.twice {
            if let Ok(i) = sums.binary_search_by_key(name, |sum| sum.value) {
                sums[i].count -= 1;
            }
        }
        sums
    }

    /// The facet, with the names of what it shows.
    pub(super) fn finish(mut self, plan: &FacetPlan, facet: &mut Facet) -> tantivy::Result<()> {
        if let ([Some(column)], None, None) = (self.columns.as_slice(), self.groups, &plan.prefix) {
            return of_one(plan, column, &self.tally, facet);
        }
        self.leave(plan)?;
        let FacetRequest { offset, limit, .. } = plan.request;
        let end = offset.saturating_add(limit);
        let (before, named) = match &plan.prefix {
            Some(_) => {
                let is_selected =
                    |name: &str| plan.selected.iter().any(|s| matches!(s, Selected::Value(value) if value == name));
                facet.distinct = self.begun.len();
                let begun = self.begun.into_iter();
                (0, begun.map(|(name, count)| (Reverse(count), is_selected(&name), name)).collect())
            }
            None => {
                let sums = self.sums();
                facet.distinct = sums.len();
                self.named(plan, sums, end)?
            }
        };
        let page = page_of(named, offset.saturating_sub(before)..end.saturating_sub(before), offset == 0);
        facet.values.extend(page.into_iter().map(|(Reverse(count), selected, name)| FacetValue {
            value: shown(&name),
            count: u64::from(count),
            selected,
            variants: Vec::new(),
        }));
        Ok(())
    }

    /// The values that may be on the page, with their names, in no order; how many come before all of them.
    fn named(&self, plan: &FacetPlan, mut sums: Vec<Counted>, end: usize) -> tantivy::Result<(usize, Vec<Named>)> {
        let selected = plan.selected.iter().filter_map(|selected| match selected {
            Selected::Value(value) => Some(fingerprints::of(value.as_bytes())),
            Selected::Group(group) => Some(*group),
            _ => None,
        });
        let selected: Vec<Fingerprint> = selected.collect();
        let mut counts: Vec<Reverse<u32>> = sums.iter().map(|sum| Reverse(sum.count)).collect();
        let mut at = |place: usize| (place < counts.len()).then(|| *counts.select_nth_unstable(place).1);
        // What is as frequent as the first of the page, the last of it, and between.
        let first = at(plan.request.offset);
        let last = end.min(sums.len()).checked_sub(1).and_then(&mut at);
        let wanted = |sum: &Counted| match (first, last) {
            (Some(first), Some(last)) => first <= Reverse(sum.count) && Reverse(sum.count) <= last,
            _ => false,
        };
        let before = sums.iter().filter(|sum| first.is_some_and(|first| Reverse(sum.count) < first)).count();
        let is_selected = |sum: &Counted| plan.request.offset == 0 && selected.contains(&sum.value);
        let beyond: Vec<Counted> = sums.iter().filter(|sum| is_selected(sum)).copied().collect();
        sums.retain(wanted);
        if self.groups.is_none() {
            let (mut tied, better): (Vec<Counted>, Vec<Counted>) =
                sums.into_iter().partition(|sum| Some(Reverse(sum.count)) == last);
            // So many of those that tie with the last are on the page or before it: at most so many of each segment.
            let most = end.saturating_sub(before + better.len());
            tied.sort_unstable_by_key(|sum| sum.place);
            let of_segments = tied.chunk_by(|a, b| a.place.0 == b.place.0);
            sums = better;
            sums.extend(of_segments.flat_map(|of_segment| of_segment.iter().take(most)));
        }
        sums.extend(beyond);
        sums.sort_unstable_by_key(|sum| sum.value);
        sums.dedup_by_key(|sum| sum.value);
        let names = match self.groups {
            Some(groups) => groups.names(sums.iter().map(|sum| sum.value), &self.columns)?,
            None => names(&self.columns, sums.iter().map(|sum| sum.place).collect())?,
        };
        let named = sums.iter().zip(names);
        let named = named.map(|(sum, name)| (Reverse(sum.count), selected.contains(&sum.value), name));
        Ok((before, named.collect()))
    }
}

/// The values at these places in their order, and on the first page those that are selected.
fn page_of(mut all: Vec<Named>, places: Range<usize>, is_first: bool) -> Vec<Named> {
    let compare = |(a, _, name): &Named, (b, _, other): &Named| a.cmp(b).then_with(|| name.cmp(other));
    let (start, end) = (places.start.min(all.len()), places.end.min(all.len()));
    if 0 < end && end < all.len() {
        all.select_nth_unstable_by(end - 1, compare);
    }
    let mut beyond = all.split_off(end);
    if 0 < start && start < end {
        all.select_nth_unstable_by(start, compare);
    }
    all.drain(..start);
    all.sort_unstable_by(compare);
    beyond.retain(|(_, selected, _)| is_first && *selected);
    beyond.sort_unstable_by(compare);
    all.append(&mut beyond);
    all
}

/// Adds the counts of a segment to those before it.
fn add(counted: &mut Vec<Counted>, tally: &Tally, segment: u32, value: impl Fn(u32) -> Option<Fingerprint>) {
    counted.reserve(tally.distinct());
    tally.each(|ord, count| counted.extend(value(ord).map(|value| Counted { value, count, place: (segment, ord) })));
}

/// The names of values, each given by the number of its segment and its ordinal there.
pub(super) fn names(columns: &[Option<StrColumn>], places: Vec<(u32, u32)>) -> tantivy::Result<Vec<String>> {
    // Those of one segment are read in one walk.
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_unstable_by_key(|i| places.get(*i));
    let mut names = vec![String::new(); places.len()];
    for of_segment in order.chunk_by(|a, b| places[*a].0 == places[*b].0) {
        let ords: Vec<u64> = of_segment.iter().map(|i| u64::from(places[*i].1)).collect();
        let segment = of_segment.first().map_or(0, |i| places[*i].0);
        let Some(Some(column)) = columns.get(segment as usize) else { continue };
        let mut at = of_segment.iter();
        column.dictionary().sorted_ords_to_term_cb(&ords, |name| {
            if let Some(i) = at.next() {
                names[*i] = String::from_utf8_lossy(name).into_owned();
            }
        })?;
    }
    Ok(names)
}

/// One segment: only what is shown is named.
fn of_one(plan: &FacetPlan, column: &StrColumn, tally: &Tally, facet: &mut Facet) -> tantivy::Result<()> {
    let mut selected = Vec::new();
    for of_field in &plan.selected {
        if let Selected::Value(value) = of_field {
            let ord = column.dictionary().term_ord(value.as_bytes())?;
            selected.extend(ord.map(|ord| (ord as u32, tally.of(ord as u32))));
        }
    }
    let page = Page::of(&plan.request, tally, |ord| ord, None, &selected);
    facet.distinct = page.distinct;
    let places = page.values.iter().map(|(_, ord)| (0, *ord)).collect();
    let values = page.values.iter().zip(names(&[Some(column.clone())], places)?);
    facet.values.extend(values.map(|((Reverse(n), ord), name)| FacetValue {
        value: shown(&name),
        count: u64::from(*n),
        selected: selected.iter().any(|(selected, _)| selected == ord),
        variants: Vec::new(),
    }));
    Ok(())
}
