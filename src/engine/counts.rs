//! Facet counts: gathered by number in each segment, put together, and named only where they are shown.
//!
//! Values are counted by term ordinal. Ordinals are in the order of the names, so that ties within a segment need no name.
//! Only where several segments have values, or the values must begin with something, must all of them be named; that is
//! done in one walk over the sorted dictionaries, or once for all queries ([`super::numbers`]). Authority forms are counted by the number of the name, which is the same
//! in all segments and in the order of the names too ([`super::forms`]).

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, SegmentReader};

use super::forms::{Forms, SegmentForms};
use super::numbers::{Numbers, SegmentNumbers};
use super::schema;
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
}

/// A facet that is asked for.
#[derive(Debug, Clone)]
pub(super) struct FacetPlan {
    pub(super) request: FacetRequest,
    pub(super) prefix: Option<Prefix>,
    pub(super) selected: Vec<Selected>,
    /// For fields with authority forms.
    pub(super) forms: Option<Arc<Forms>>,
    /// For other fields that are counted often, unless names have to be looked at.
    pub(super) numbers: Option<Arc<Numbers>>,
}

/// The counts of one segment.
pub(super) struct Counts {
    by: By,
    /// Records without a value.
    missing: u64,
}

enum By {
    /// By term ordinal.
    Value { column: Option<StrColumn>, counts: Vec<u32> },
    /// The same, for values that are numbered over all segments.
    Number { of: Arc<SegmentNumbers>, counts: Vec<u32> },
    /// By the number of the name; `printed` by that of the printed form, if that is asked for.
    Name { column: Option<StrColumn>, of: Arc<SegmentForms>, counts: Vec<Tally>, printed: Vec<u32> },
    /// By year: those of print in a list from [`FIRST`], others apart.
    Year { usual: Vec<u64>, others: HashMap<i64, u64> },
}

/// Counts a record once, however many of its values are the same name.
#[derive(Clone, Copy)]
struct Tally {
    count: u32,
    last: DocId,
}

/// The years that are counted without looking them up begin here.
const FIRST: i64 = 1600;
const USUAL: usize = 512;

impl Counts {
    pub(super) fn new(plan: &FacetPlan, reader: &SegmentReader) -> tantivy::Result<Self> {
        let field = plan.request.field;
        let column = match field.is_text() {
            true => reader.fast_fields().str(&schema::facet_name(field))?,
            false => None,
        };
        let by = match &plan.forms {
            _ if !field.is_text() => By::Year { usual: vec![0; USUAL], others: HashMap::new() },
            Some(forms) => {
                let printed = if plan.request.variants { forms.printed.len() } else { 0 };
                By::Name {
                    column,
                    of: forms.of_segment(reader),
                    counts: vec![Tally { count: 0, last: DocId::MAX }; forms.names.len()],
                    printed: vec![0; printed],
                }
            }
            None => {
                let terms = column.as_ref().map_or(0, |c| c.num_terms());
                match plan.numbers.as_ref().and_then(|n| n.of_segment(reader)) {
                    Some(of) => By::Number { of, counts: vec![0; terms] },
                    None => By::Value { column, counts: vec![0; terms] },
                }
            }
        };
        Ok(Counts { by, missing: 0 })
    }

    /// Counts records; `years` are those of print.
    pub(super) fn count(&mut self, docs: &[DocId], years: &Column<i64>) {
        let mut found = 0;
        match &mut self.by {
            By::Number { of, counts } => {
                for doc in docs {
                    let ords = of.of(*doc);
                    found += u64::from(!ords.is_empty());
                    for ord in ords {
                        if let Some(count) = counts.get_mut(*ord as usize) {
                            *count += 1;
                        }
                    }
                }
            }
            By::Value { column: Some(column), counts } => {
                for doc in docs {
                    let mut any = false;
                    for ord in column.ords().values_for_doc(*doc) {
                        any = true;
                        if let Some(count) = counts.get_mut(ord as usize) {
                            *count += 1;
                        }
                    }
                    found += u64::from(any);
                }
            }
            By::Name { column: Some(column), of, counts, printed } => {
                for doc in docs {
                    let mut any = false;
                    for ord in column.ords().values_for_doc(*doc) {
                        any = true;
                        let name = of.names.get(ord as usize);
                        if let Some(tally) = name.and_then(|name| counts.get_mut(*name as usize))
                            && tally.last != *doc
                        {
                            *tally = Tally { count: tally.count + 1, last: *doc };
                        }
                        if !printed.is_empty()
                            && let Some(number) = of.printed.get(ord as usize)
                            && let Some(count) = printed.get_mut(*number as usize)
                        {
                            *count += 1;
                        }
                    }
                    found += u64::from(any);
                }
            }
            By::Value { .. } | By::Name { .. } => {}
            By::Year { usual, others } => {
                for year in docs.iter().filter_map(|doc| years.first(*doc)) {
                    found += 1;
                    match usize::try_from(year - FIRST).ok().and_then(|i| usual.get_mut(i)) {
                        Some(count) => *count += 1,
                        None => *others.entry(year).or_insert(0) += 1,
                    }
                }
            }
        }
        self.missing += docs.len() as u64 - found;
    }
}

/// Puts the counts of all segments together.
pub(super) fn merge(plan: &FacetPlan, segments: Vec<Counts>) -> tantivy::Result<Facet> {
    let FacetRequest { field, offset, .. } = plan.request;
    let mut facet = Facet { field, values: Vec::new(), distinct: 0, offset, more: 0 };
    let missing: u64 = segments.iter().map(|s| s.missing).sum();
    let mut columns: Vec<(StrColumn, Vec<u32>)> = Vec::new();
    let mut names: Vec<u64> = Vec::new();
    let mut printed: Vec<u64> = Vec::new();
    let mut years: HashMap<i64, u64> = HashMap::new();
    let mut numbered: Vec<u32> = vec![0; plan.numbers.as_ref().map_or(0, |n| n.len())];
    for segment in segments {
        match segment.by {
            By::Number { of, counts } => {
                for (number, n) in of.numbers.iter().zip(&counts).filter(|(_, n)| **n > 0) {
                    if let Some(sum) = numbered.get_mut(*number as usize) {
                        *sum += n;
                    }
                }
            }
            By::Value { column: Some(column), counts } if counts.iter().any(|n| *n > 0) => {
                columns.push((column, counts))
            }
            By::Value { .. } => {}
            By::Name { counts, printed: of_segment, .. } => {
                add(&mut names, counts.iter().map(|tally| tally.count));
                add(&mut printed, of_segment.into_iter());
            }
            By::Year { usual, others } => {
                let usual = (FIRST..).zip(usual).filter(|(_, n)| *n > 0);
                usual.chain(others).for_each(|(year, n)| *years.entry(year).or_insert(0) += n);
            }
        }
    }
    match (&plan.forms, &plan.numbers, columns.as_slice()) {
        _ if !field.is_text() => of_years(plan, years, &mut facet),
        (Some(forms), ..) => of_names(plan, forms, &names, &printed, &mut facet),
        (None, Some(numbers), _) => of_numbers(plan, numbers, &numbered, &mut facet)?,
        (None, None, []) => {}
        (None, None, [(column, counts)]) if plan.prefix.is_none() => of_one(plan, column, counts, &mut facet)?,
        (None, None, several) => of_several(plan, several, &mut facet)?,
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

fn add(sums: &mut Vec<u64>, counts: impl ExactSizeIterator<Item = u32>) {
    sums.resize(sums.len().max(counts.len()), 0);
    sums.iter_mut().zip(counts).for_each(|(sum, n)| *sum += u64::from(n));
}

/// The values of a page in their order, and on the first page those that are selected.
fn page<T: Ord>(request: &FacetRequest, mut all: Vec<T>, is_selected: impl Fn(&T) -> bool) -> Vec<T> {
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
fn of_names(plan: &FacetPlan, forms: &Forms, counts: &[u64], printed: &[u64], facet: &mut Facet) {
    // Any printed form can have the prefix, if a record still has it.
    let begins = |number: usize| match (&plan.prefix, forms.names.get(number)) {
        (Some(prefix), Some(name)) => {
            let printed = name.printed.iter().filter_map(|i| forms.printed.get(*i as usize));
            prefix.is_of(&name.form) || printed.filter(|p| p.records > 0).any(|p| prefix.is_of(&p.form))
        }
        _ => true,
    };
    let counted = counts.iter().enumerate().filter(|(number, n)| **n > 0 && begins(*number));
    let all: Vec<(Reverse<u64>, usize)> = counted.map(|(number, n)| (Reverse(*n), number)).collect();
    facet.distinct = all.len();
    let is_selected = |number: usize| {
        plan.selected.iter().any(|s| matches!(s, Selected::Name(selected) if *selected as usize == number))
    };
    for (Reverse(count), number) in page(&plan.request, all, |(_, number)| is_selected(*number)) {
        let Some(name) = forms.names.get(number) else { continue };
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
        facet.values.push(FacetValue { value: shown(&name.form), count, selected: is_selected(number), variants });
    }
}

/// One segment: only what is shown is named.
fn of_one(plan: &FacetPlan, column: &StrColumn, counts: &[u32], facet: &mut Facet) -> tantivy::Result<()> {
    let mut selected = Vec::new();
    for of_field in &plan.selected {
        if let Selected::Value(value) = of_field {
            selected.extend(column.dictionary().term_ord(value.as_bytes())?);
        }
    }
    let counted = counts.iter().enumerate().filter(|(_, n)| **n > 0);
    let all: Vec<(Reverse<u32>, u64)> = counted.map(|(ord, n)| (Reverse(*n), ord as u64)).collect();
    facet.distinct = all.len();
    let shown_here = page(&plan.request, all, |(_, ord)| selected.contains(ord));
    // Named in the order of the ordinals, given in their own.
    let mut places: Vec<usize> = (0..shown_here.len()).collect();
    places.sort_unstable_by_key(|i| shown_here[*i].1);
    let ords: Vec<u64> = places.iter().map(|i| shown_here[*i].1).collect();
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
        selected: selected.contains(&ord),
        variants: Vec::new(),
    }));
    Ok(())
}

/// Several segments whose values have numbers: only what is shown is named.
fn of_numbers(plan: &FacetPlan, numbers: &Numbers, counts: &[u32], facet: &mut Facet) -> tantivy::Result<()> {
    let mut selected = Vec::new();
    for of_field in &plan.selected {
        if let Selected::Value(value) = of_field {
            selected.extend(numbers.number_of(value)?);
        }
    }
    let counted = counts.iter().enumerate().filter(|(_, n)| **n > 0);
    let all: Vec<(Reverse<u32>, u32)> = counted.map(|(number, n)| (Reverse(*n), number as u32)).collect();
    facet.distinct = all.len();
    for (Reverse(count), number) in page(&plan.request, all, |(_, number)| selected.contains(number)) {
        let value = shown(&numbers.name(number)?);
        let selected = selected.contains(&number);
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
fn of_several(plan: &FacetPlan, segments: &[(StrColumn, Vec<u32>)], facet: &mut Facet) -> tantivy::Result<()> {
    let mut all = Vec::with_capacity(segments.len());
    for (column, counts) in segments {
        let counted = counts.iter().enumerate().filter(|(_, n)| **n > 0);
        let (ords, counts): (Vec<u64>, Vec<u64>) = counted.map(|(ord, n)| (ord as u64, u64::from(*n))).unzip();
        let mut named = Named { ends: Vec::with_capacity(ords.len()), counts, ..Named::default() };
        column.dictionary().sorted_ords_to_term_cb(&ords, |term| {
            named.bytes.extend_from_slice(term);
            named.ends.push(named.bytes.len());
        })?;
        all.push(named);
    }
    let mut at = vec![0; all.len()];
    let mut sums: Vec<(Reverse<u64>, &[u8])> = Vec::new();
    while let Some(term) = all.iter().zip(&at).filter_map(|(named, i)| named.term(*i)).min() {
        let mut sum = 0;
        for (named, i) in all.iter().zip(&mut at) {
            if named.term(*i) == Some(term) {
                sum += named.counts.get(*i).copied().unwrap_or(0);
                *i += 1;
            }
        }
        if plan.prefix.as_ref().is_none_or(|prefix| prefix.is_of(&String::from_utf8_lossy(term))) {
            sums.push((Reverse(sum), term));
        }
    }
    facet.distinct = sums.len();
    let is_selected =
        |term: &[u8]| plan.selected.iter().any(|s| matches!(s, Selected::Value(value) if value.as_bytes() == term));
    let page = page(&plan.request, sums, |(_, term)| is_selected(term));
    facet.values.extend(page.into_iter().map(|(Reverse(count), term)| FacetValue {
        value: shown(&String::from_utf8_lossy(term)),
        count,
        selected: is_selected(term),
        variants: Vec::new(),
    }));
    Ok(())
}
