//! Facet counts: gathered by number, put together, and named only where they are shown.
//!
//! A field that is asked for often is counted by the numbers of [`super::numbers`], which all segments share. One that is asked
//! for once is counted by term ordinal, each segment for itself. Ordinals are in the order of the names, so that ties within a
//! segment need no name; only where several segments have values, or the values must begin with something, must all of
//! those counted be named, in one walk over the sorted dictionaries. Authority forms are counted by the number of the name, which
//! is the same in all segments and in the order of the names too ([`super::forms`]).

use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;

use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, SegmentReader};

use super::forms::{Forms, SegmentForms};
use super::groups::{self, Groups, OfSegment};
use super::numbers::{Lists, Numbers, year_of};
use super::schema;
use super::tally::Tally;
use crate::search::{Facet, FacetField, FacetRequest, FacetValue, MAX_GAP, NONE, Prefix, Variant, shown};

/// What is selected in a field.
#[derive(Debug, Clone)]
pub(super) enum Selected {
    /// Records without a value.
    Missing,
    /// Years, both ends included; of a decade, all of its years.
    Years(i64, i64),
    /// A value as it stands.
    Value(String),
    /// An authority form, by its number.
    Name(u32),
    /// The same, by what its printed forms have in common.
    Group(String),
}

/// How a field is counted and filtered by.
#[derive(Debug, Clone)]
pub(super) enum Way {
    /// By the columns of the segments.
    Columns,
    /// The same, with authority forms looked up one by one.
    Groups(Groups),
    /// The same, with all authority forms at hand.
    Forms(Arc<Forms>),
    /// By numbers, for fields that are asked for often.
    Numbers(Arc<Numbers>),
    /// By the numbers of authority forms.
    NumberedForms(Arc<Forms>, Arc<Numbers>),
}

/// A facet that is asked for.
#[derive(Debug, Clone)]
pub(super) struct FacetPlan {
    pub(super) request: FacetRequest,
    pub(super) prefix: Option<Prefix>,
    pub(super) selected: Vec<Selected>,
    pub(super) way: Way,
}

/// The years of print of a segment.
pub(super) enum Years {
    Column(Column<i64>),
    List(Arc<Vec<i32>>),
}

impl Years {
    pub(super) fn of(&self, doc: DocId) -> Option<i64> {
        match self {
            Years::Column(column) => column.first(doc),
            Years::List(list) => year_of(list, doc),
        }
    }
}

/// The counts of a facet.
pub(super) struct Counts<'p> {
    plan: &'p FacetPlan,
    by: By<'p>,
    /// Records without a value.
    missing: u64,
}

enum By<'p> {
    /// By the number of the value; with the records of the segment at hand.
    Number { numbers: &'p Numbers, lists: Option<Arc<Lists>>, tally: Tally },
    /// By term ordinal, segment by segment.
    Value(ByOrdinal),
    /// The same, of printed forms that are yet to be put together.
    Group(&'p Groups, Vec<OfSegment>, Present),
    /// By the number of the name; `printed` by that of the printed form, if that is asked for.
    Name { forms: &'p Forms, column: Option<StrColumn>, of: Arc<SegmentForms>, tally: Tally, printed: Vec<u64> },
    /// By year: those of print in a list from [`FIRST`], others apart.
    Year { usual: Vec<u64>, others: HashMap<i64, u64> },
}

/// Counts by term ordinal of one segment after the other.
#[derive(Default)]
struct ByOrdinal {
    /// Where the segment at hand has values.
    column: Option<StrColumn>,
    tally: Tally,
    /// What the segments before it came to.
    before: Vec<(StrColumn, Vec<Counted>)>,
}

/// An ordinal, and how many records have it.
type Counted = (u32, u32);

impl ByOrdinal {
    /// Goes on with another segment, or with none.
    fn enter(&mut self, column: Option<StrColumn>) {
        if let Some(last) = self.column.take() {
            // All segments count in the same memory: only what was met goes on.
            let counted = self.tally.in_order().into_iter().map(|ord| (ord, self.tally.of(ord))).collect();
            self.before.push((last, counted));
            self.tally.clear();
        }
        if let Some(column) = &column {
            self.tally.fit(column.num_terms());
        }
        self.column = column;
    }
}

/// Whether the segment at hand has values.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Present {
    Yes,
    No,
}

/// The years that are counted without looking them up begin here.
const FIRST: i64 = 1600;
const USUAL: usize = 512;

impl<'p> Counts<'p> {
    pub(super) fn new(plan: &'p FacetPlan) -> Self {
        let by = match &plan.way {
            _ if !plan.request.field.is_text() => By::Year { usual: vec![0; USUAL], others: HashMap::new() },
            Way::Numbers(numbers) | Way::NumberedForms(_, numbers) => {
                By::Number { numbers, lists: None, tally: numbers.tally() }
            }
            Way::Forms(forms) => {
                let printed = if plan.request.variants { forms.printed.len() } else { 0 };
                let tally = Tally::new(forms.names.len());
                By::Name { forms, column: None, of: Arc::default(), tally, printed: vec![0; printed] }
            }
            Way::Groups(groups) => By::Group(groups, Vec::new(), Present::No),
            Way::Columns => By::Value(ByOrdinal::default()),
        };
        Counts { plan, by, missing: 0 }
    }

    /// The records that are counted from now on are those of this segment.
    pub(super) fn enter(&mut self, reader: &SegmentReader) -> tantivy::Result<()> {
        let own_column = || reader.fast_fields().str(&schema::facet_name(self.plan.request.field));
        match &mut self.by {
            By::Year { .. } => {}
            By::Number { numbers, lists, .. } => *lists = numbers.of_segment(reader),
            By::Name { forms, column, of, .. } => {
                *column = own_column()?;
                *of = forms.of_segment(reader);
            }
            By::Group(_, segments, present) => {
                let column = own_column()?;
                *present = if column.is_some() { Present::Yes } else { Present::No };
                segments.extend(column.map(OfSegment::new));
            }
            By::Value(values) => values.enter(own_column()?),
        }
        Ok(())
    }

    /// Counts records of the segment at hand.
    pub(super) fn count(&mut self, docs: &[DocId], years: &Years) {
        let mut found = 0;
        match &mut self.by {
            By::Number { lists, tally, .. } => found = lists.as_ref().map_or(0, |lists| lists.count(docs, tally)),
            By::Value(ByOrdinal { column, tally, .. }) => {
                for column in column.iter() {
                    for doc in docs {
                        let mut any = false;
                        for ord in column.ords().values_for_doc(*doc) {
                            any = true;
                            tally.add(ord as u32);
                        }
                        found += usize::from(any);
                    }
                }
            }
            By::Group(_, segments, Present::Yes) => {
                let Some(segment) = segments.last_mut() else { return };
                found = docs.iter().map(|doc| usize::from(segment.count(*doc))).sum();
            }
            By::Group(..) => {}
            By::Name { column, of, tally, printed, .. } => {
                let mut names: Vec<u32> = Vec::new();
                for doc in docs {
                    // Two forms of one name are one value of a record.
                    names.clear();
                    for ord in column.iter().flat_map(|column| column.ords().values_for_doc(*doc)) {
                        match of.names.get(ord as usize) {
                            Some(name) if !names.contains(name) => names.push(*name),
                            _ => {}
                        }
                        let number = of.printed.get(ord as usize).map(|number| *number as usize);
                        if let Some(count) = number.and_then(|number| printed.get_mut(number)) {
                            *count += 1;
                        }
                    }
                    names.iter().for_each(|name| tally.add(*name));
                    found += usize::from(!names.is_empty());
                }
            }
            By::Year { usual, others } => {
                for year in docs.iter().filter_map(|doc| years.of(*doc)) {
                    found += 1;
                    match usize::try_from(year - FIRST).ok().and_then(|i| usual.get_mut(i)) {
                        Some(count) => *count += 1,
                        None => *others.entry(year).or_insert(0) += 1,
                    }
                }
            }
        }
        self.missing += (docs.len() - found) as u64;
    }

    /// The facet, with the names of what it shows.
    pub(super) fn finish(self) -> tantivy::Result<Facet> {
        let Counts { plan, by, missing } = self;
        let FacetRequest { field, offset, .. } = plan.request;
        let mut facet = Facet { field, values: Vec::new(), distinct: 0, offset, more: 0 };
        match by {
            By::Number { numbers, tally, .. } => {
                of_numbers(plan, numbers, &tally, &mut facet)?;
                numbers.put_back(tally);
            }
            By::Name { forms, tally, printed, .. } => of_names(plan, forms, &tally, &printed, &mut facet),
            By::Group(groups, segments, _) => groups::finish(plan, groups, segments, &mut facet)?,
            By::Value(mut values) => match &values.column {
                Some(column) if values.before.is_empty() && plan.prefix.is_none() => {
                    of_one(plan, column, &values.tally, &mut facet)?;
                }
                _ => {
                    values.enter(None);
                    of_several(plan, &values.before, &mut facet)?;
                }
            },
            By::Year { usual, others } => {
                let usual = (FIRST..).zip(usual).filter(|(_, n)| *n > 0);
                of_years(plan, usual.chain(others).collect(), &mut facet);
            }
        }
        if field.is_text() {
            facet.more = facet.distinct.saturating_sub(offset.saturating_add(plan.request.limit));
        }
        let selected = plan.selected.iter().any(|s| matches!(s, Selected::Missing));
        if missing > 0 && (plan.request.missing || selected && offset == 0 && plan.prefix.is_none()) {
            facet.values.push(FacetValue { value: NONE.to_owned(), count: missing, selected, variants: Vec::new() });
        }
        Ok(facet)
    }
}

/// A page of a facet, best first: counts, and the places of their values in the order of the names.
struct Page {
    values: Vec<(Reverse<u32>, u32)>,
    /// How many values there are in all.
    distinct: usize,
}

impl Page {
    /// The page that is asked for, of the values at `place(number)`, or of those that belong to it; on the first one also what is selected
    /// (places, each with its count).
    fn of(
        request: &FacetRequest,
        tally: &Tally,
        place: impl Fn(u32) -> u32,
        belongs: Option<&dyn Fn(u32) -> bool>,
        selected: &[(u32, u32)],
    ) -> Page {
        let end = request.offset.saturating_add(request.limit);
        let room = end.saturating_mul(2).max(256);
        let mut page = Page { values: Vec::new(), distinct: tally.distinct() };
        let mut least = 0;
        tally.each(|number, n| {
            if belongs.is_some_and(|belongs| !belongs(number)) {
                page.distinct -= 1;
                return;
            }
            if n < least {
                return;
            }
            page.values.push((Reverse(n), place(number)));
            if page.values.len() >= room {
                page.cut(end);
                least = page.values.last().map_or(0, |(Reverse(n), _)| *n);
            }
        });
        page.cut(end);
        page.values.sort_unstable();
        if request.offset == 0 {
            let mut beyond: Vec<_> = selected.iter().filter(|(_, n)| *n > 0).map(|(p, n)| (Reverse(*n), *p)).collect();
            beyond.retain(|value| !page.values.contains(value));
            beyond.sort_unstable();
            beyond.dedup();
            page.values.append(&mut beyond);
        }
        page.values.drain(..request.offset.min(page.values.len()));
        page
    }

    /// Keeps the best; the least of them comes last.
    fn cut(&mut self, len: usize) {
        if len < self.values.len() {
            if let Some(last) = len.checked_sub(1) {
                self.values.select_nth_unstable(last);
            }
            self.values.truncate(len);
        }
    }
}

/// The values of a page in their order, and on the first page those that are selected.
fn page_of<T: Ord>(request: &FacetRequest, mut all: Vec<T>, is_selected: impl Fn(&T) -> bool) -> Vec<T> {
    let end = request.offset.saturating_add(request.limit).min(all.len());
    if 0 < end && end < all.len() {
        all.select_nth_unstable(end - 1);
    }
    let mut beyond = all.split_off(end);
    beyond.retain(|value| request.offset == 0 && is_selected(value));
    all.sort_unstable();
    all.drain(..request.offset.min(end));
    beyond.sort_unstable();
    all.append(&mut beyond);
    all
}

/// A histogram: in order of time, with the empty years or decades of gaps that are not too long.
fn of_years(plan: &FacetPlan, years: HashMap<i64, u64>, facet: &mut Facet) {
    let decades = plan.request.field == FacetField::Decade;
    let step = if decades { 10 } else { 1 };
    let name = |from: i64| if decades { format!("{from}s") } else { from.to_string() };
    let mut sums: Vec<(i64, u64)> = years.into_iter().map(|(y, n)| (y.div_euclid(step) * step, n)).collect();
    sums.sort_unstable();
    let mut bars: Vec<(i64, u64)> = Vec::with_capacity(sums.len());
    for (from, n) in sums {
        match bars.last_mut() {
            Some((last, sum)) if *last == from => *sum += n,
            Some((last, _)) if from - *last - step <= MAX_GAP => {
                let last = *last;
                bars.extend((1..(from - last) / step).map(|i| (last + i * step, 0)));
                bars.push((from, n));
            }
            _ => bars.push((from, n)),
        }
    }
    for (from, count) in bars {
        let value = name(from);
        if plan.prefix.as_ref().is_some_and(|prefix| !prefix.is_of(&value)) {
            continue;
        }
        facet.distinct += usize::from(count > 0);
        let within = |s: &Selected| matches!(s, Selected::Years(a, b) if *a <= from && from + step - 1 <= *b);
        let selected = plan.selected.iter().any(within);
        facet.values.push(FacetValue { value, count, selected, variants: Vec::new() });
    }
}

/// Authority forms: their numbers are in the order of the names.
fn of_names(plan: &FacetPlan, forms: &Forms, tally: &Tally, printed: &[u64], facet: &mut Facet) {
    // Any printed form can have the prefix, if a record still has it.
    let begins = |number: u32| match (&plan.prefix, forms.names.get(number as usize)) {
        (Some(prefix), Some(name)) => {
            let printed = name.printed.iter().filter_map(|i| forms.printed.get(*i as usize));
            prefix.is_of(&name.form) || printed.filter(|p| p.records > 0).any(|p| prefix.is_of(&p.form))
        }
        _ => true,
    };
    let selected = plan.selected.iter().filter_map(|s| match s {
        Selected::Name(name) if begins(*name) => Some((*name, tally.of(*name))),
        _ => None,
    });
    let selected: Vec<(u32, u32)> = selected.collect();
    let page = Page::of(
        &plan.request,
        tally,
        |name| name,
        plan.prefix.as_ref().map(|_| &begins as &dyn Fn(u32) -> bool),
        &selected,
    );
    facet.distinct = page.distinct;
    for (Reverse(count), number) in page.values {
        let is_selected = selected.iter().any(|(name, _)| *name == number);
        let Some(name) = forms.names.get(number as usize) else { continue };
        let mut variants: Vec<Variant> = Vec::new();
        for i in &name.printed {
            let of_form = printed.get(*i as usize).copied().unwrap_or(0);
            if let (1.., Some(form)) = (of_form, forms.printed.get(*i as usize)) {
                variants.push(Variant { value: form.form.clone(), count: of_form });
            }
        }
        variants.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        if matches!(variants.as_slice(), [only] if only.value == name.form) {
            variants.clear();
        }
        let (value, count) = (shown(&name.form), u64::from(count));
        facet.values.push(FacetValue { value, count, selected: is_selected, variants });
    }
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
    let shown_here = page.values;
    // Named in the order of the ordinals, given in their own.
    let mut places: Vec<usize> = (0..shown_here.len()).collect();
    places.sort_unstable_by_key(|i| shown_here[*i].1);
    let ords: Vec<u64> = places.iter().map(|i| u64::from(shown_here[*i].1)).collect();
    let mut names = vec![String::new(); shown_here.len()];
    let mut at = places.iter();
    column.dictionary().sorted_ords_to_term_cb(&ords, |term| {
        if let Some(i) = at.next() {
            names[*i] = shown(&String::from_utf8_lossy(term));
        }
    })?;
    let values = shown_here.into_iter().zip(names);
    facet.values.extend(values.map(|((Reverse(n), ord), value)| FacetValue {
        value,
        count: u64::from(n),
        selected: selected.iter().any(|(selected, _)| *selected == ord),
        variants: Vec::new(),
    }));
    Ok(())
}

/// Values that have numbers: only what is shown is named.
fn of_numbers(plan: &FacetPlan, numbers: &Numbers, tally: &Tally, facet: &mut Facet) -> tantivy::Result<()> {
    let mut selected = Vec::new();
    for of_field in &plan.selected {
        let place = match of_field {
            Selected::Value(value) => numbers.place_of(value)?,
            Selected::Name(name) => Some(*name),
            Selected::Missing | Selected::Years(..) | Selected::Group(_) => None,
        };
        selected.extend(place.map(|place| (place, numbers.at(place).map_or(0, |number| tally.of(number)))));
    }
    let page = Page::of(&plan.request, tally, |number| numbers.place(number), None, &selected);
    facet.distinct = page.distinct;
    for (Reverse(count), place) in page.values {
        let value = shown(&numbers.name(place)?);
        let selected = selected.iter().any(|(selected, _)| *selected == place);
        facet.values.push(FacetValue { value, count: u64::from(count), selected, variants: Vec::new() });
    }
    Ok(())
}

/// The named counts of a segment, in the order of the names, in one block of memory.
#[derive(Default)]
struct Named {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    counts: Vec<u64>,
}

impl Named {
    fn term(&self, i: usize) -> Option<&[u8]> {
        let start = i.checked_sub(1).and_then(|i| self.ends.get(i)).copied().unwrap_or(0);
        self.bytes.get(start..*self.ends.get(i)?)
    }
}

/// Several segments: their sorted names are walked side by side.
fn of_several(plan: &FacetPlan, segments: &[(StrColumn, Vec<Counted>)], facet: &mut Facet) -> tantivy::Result<()> {
    let mut all = Vec::with_capacity(segments.len());
    for (column, counted) in segments {
        let counts = counted.iter().map(|(_, n)| u64::from(*n)).collect();
        let ords: Vec<u64> = counted.iter().map(|(ord, _)| u64::from(*ord)).collect();
        let mut named = Named { ends: Vec::with_capacity(ords.len()), counts, ..Named::default() };
        column.dictionary().sorted_ords_to_term_cb(&ords, |term| {
            named.bytes.extend_from_slice(term);
            named.ends.push(named.bytes.len());
        })?;
        all.push(named);
    }
    // The first name that is left of each segment, and the first of those on top.
    let mut first: BinaryHeap<Reverse<(&[u8], usize, usize)>> =
        all.iter().enumerate().filter_map(|(of, named)| Some(Reverse((named.term(0)?, of, 0)))).collect();
    let mut sums: Vec<(Reverse<u64>, &[u8])> = Vec::new();
    while let Some(mut top) = first.peek_mut() {
        let Reverse((term, of, at)) = *top;
        let count = all.get(of).and_then(|named| named.counts.get(at)).copied().unwrap_or(0);
        match all.get(of).and_then(|named| named.term(at + 1)) {
            Some(next) => *top = Reverse((next, of, at + 1)),
            None => drop(PeekMut::pop(top)),
        }
        match sums.last_mut() {
            Some((Reverse(sum), last)) if *last == term => *sum += count,
            _ => sums.push((Reverse(count), term)),
        }
    }
    if let Some(prefix) = &plan.prefix {
        sums.retain(|(_, term)| prefix.is_of(&String::from_utf8_lossy(term)));
    }
    facet.distinct = sums.len();
    let is_selected =
        |term: &[u8]| plan.selected.iter().any(|s| matches!(s, Selected::Value(value) if value.as_bytes() == term));
    let page = page_of(&plan.request, sums, |(_, term)| is_selected(term));
    facet.values.extend(page.into_iter().map(|(Reverse(count), term)| FacetValue {
        value: shown(&String::from_utf8_lossy(term)),
        count,
        selected: is_selected(term),
        variants: Vec::new(),
    }));
    Ok(())
}
