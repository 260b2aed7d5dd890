//! Counts by term ordinal: each segment for itself, and put together by the fingerprints of the values.
//!
//! Ordinals are in the order of the names, so that in a single segment ties need no name. Over several, what the fingerprints
//! of [`super::fingerprints`] have in common is one value; names are read of those that are shown, and of those that tie
//! with the last of them and begin alike. Authority forms go by what all printed forms of a name have in common
//! ([`super::groups`]), and a record that prints two forms of one name counts once.

use std::cmp::Reverse;

use tantivy::columnar::StrColumn;
use tantivy::index::SegmentId;
use tantivy::{DocId, SegmentReader};

use super::counts::{FacetPlan, Page, Selected};
use super::fingerprints::{self, Fingerprint, Fingerprints};
use super::groups::Groups;
use super::schema;
use super::tally::Tally;
use crate::search::{Facet, FacetValue, shown};

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
}

/// How many records have a value, and where its name is found.
#[derive(Clone, Copy)]
struct Counted {
    value: Fingerprint,
    count: u32,
    place: (u32, u32),
}

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
        match self.groups {
            None => {
                let known = self.fingerprints.counted(segment, field, column, &self.tally)?;
                add(&mut self.counted, &self.tally, number, |ord| known.value(ord));
            }
            Some(groups) => {
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
        if let ([Some(_)], None, None) = (self.columns.as_slice(), self.groups, &plan.prefix) {
            return of_one(plan, &self.columns, &self.tally, facet);
        }
        self.leave(plan)?;
        let mut sums = self.sums();
        facet.distinct = sums.len();
        let selected = plan.selected.iter().filter_map(|selected| match selected {
            Selected::Value(value) => Some(fingerprints::of(value.as_bytes())),
            Selected::Group(group) => Some(*group),
            _ => None,
        });
        let selected: Vec<Fingerprint> = selected.collect();
        let end = plan.request.offset.saturating_add(plan.request.limit);
        let is_first_page = plan.request.offset == 0;
        if plan.prefix.is_none() {
            // What comes after the last that is shown need not be named. Authority forms are ordered by names that their
            // fingerprints do not begin with.
            let place = |sum: &Counted| match self.groups {
                Some(_) => (Reverse(sum.count), 0),
                None => (Reverse(sum.count), fingerprints::beginning(sum.value)),
            };
            let mut places: Vec<_> = sums.iter().map(place).collect();
            let last = end.min(places.len()).checked_sub(1).map(|last| *places.select_nth_unstable(last).1);
            sums.retain(|sum| {
                last.is_some_and(|last| place(sum) <= last) || is_first_page && selected.contains(&sum.value)
            });
        }
        let names = match self.groups {
            Some(groups) => groups.names(sums.iter().map(|sum| sum.value), &self.columns)?,
            None => names(&self.columns, sums.iter().map(|sum| sum.place).collect())?,
        };
        let named = sums.iter().zip(names).map(|(sum, name)| (Reverse(sum.count), name, selected.contains(&sum.value)));
        let mut named: Vec<(Reverse<u32>, String, bool)> = named.collect();
        if let Some(prefix) = &plan.prefix {
            named.retain(|(_, name, _)| prefix.is_of(name));
            facet.distinct = named.len();
        }
        named.sort_unstable();
        let page = named.into_iter().enumerate().skip(plan.request.offset);
        let page = page.filter(|(i, (_, _, selected))| *i < end || *selected && is_first_page);
        facet.values.extend(page.map(|(_, (Reverse(count), name, selected))| FacetValue {
            value: shown(&name),
            count: u64::from(count),
            selected,
            variants: Vec::new(),
        }));
        Ok(())
    }
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
fn of_one(plan: &FacetPlan, columns: &[Option<StrColumn>], tally: &Tally, facet: &mut Facet) -> tantivy::Result<()> {
    let [Some(column)] = columns else { return Ok(()) };
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
    let values = page.values.iter().zip(names(columns, places)?);
    facet.values.extend(values.map(|((Reverse(n), ord), name)| FacetValue {
        value: shown(&name),
        count: u64::from(*n),
        selected: selected.iter().any(|(selected, _)| selected == ord),
        variants: Vec::new(),
    }));
    Ok(())
}
