//! Facet counts: gathered by number, put together, and named only where they are shown.
//!
//! A field that is asked for often is counted by the numbers of [`super::numbers`], which all segments share. One that is asked
//! for once is counted by term ordinal, see [`super::ordinals`]. Authority forms are counted by the number of the name, which
//! is the same in all segments and in the order of the names too ([`super::forms`]).

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, SegmentReader};

use super::fingerprints::{Fingerprint, Fingerprints};
use super::forms::{Forms, SegmentForms};
use super::groups::Groups;
use super::numbers::{Lists, Numbers, year_of};
use super::ordinals::ByOrdinal;
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
    Group(Fingerprint),
}

/// How a field is counted and filtered by.
#[derive(Debug, Clone)]
pub(super) enum Way {
    /// By the columns of the segments.
    Columns(Arc<Fingerprints>),
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
    Ordinal(ByOrdinal<'p>),
    /// By the number of the name; `printed` by that of the printed form, if that is asked for.
    Name { forms: &'p Forms, column: Option<StrColumn>, of: Arc<SegmentForms>, tally: Tally, printed: Vec<u64> },
    /// By year: those of print in a list from [`FIRST`], others apart.
    Year { usual: Vec<u64>, others: HashMap<i64, u64> },
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
            Way::Groups(groups) => By::Ordinal(ByOrdinal::new(groups.fingerprints(), Some(groups))),
            Way::Columns(fingerprints) => By::Ordinal(ByOrdinal::new(fingerprints, None)),
        };
        Counts { plan, by, missing: 0 }
    }

    /// The records that are counted from now on are those of this segment.
    pub(super) fn enter(&mut self, reader: &SegmentReader) -> tantivy::Result<()> {
        match &mut self.by {
            By::Year { .. } => {}
            By::Number { numbers, lists, .. } => *lists = numbers.of_segment(reader),
            By::Name { forms, column, of, .. } => {
                *column = reader.fast_fields().str(&schema::facet_name(self.plan.request.field))?;
                *of = forms.of_segment(reader);
            }
            By::Ordinal(values) => values.enter(self.plan, reader)?,
        }
        Ok(())
    }

    /// Counts records of the segment at hand.
    pub(super) fn count(&mut self, docs: &[DocId], years: &Years) {
        let mut found = 0;
        match &mut self.by {
            By::Number { lists, tally, .. } => found = lists.as_ref().map_or(0, |lists| lists.count(docs, tally)),
            By::Ordinal(values) => found = values.count(docs),
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
            By::Ordinal(values) => values.finish(plan, &mut facet)?,
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
pub(super) struct Page {
    pub(super) values: Vec<(Reverse<u32>, u32)>,
    /// How many values there are in all.
    pub(super) distinct: usize,
}

impl Page {
    /// The page that is asked for, of the values at `place(number)`, or of those that belong to it; on the first one also what is selected
    /// (places, each with its count).
    pub(super) fn of(
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
