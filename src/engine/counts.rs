//! Facet counts: gathered by term ordinal in each segment, put together by name, and named only where they are shown.
//!
//! Ordinals are in the order of the names, so that ties within a segment need no name. Only where several segments have
//! values must all of them be named, to add up what is the same; that is done in one walk over the sorted dictionaries.

use std::cmp::Reverse;
use std::collections::HashMap;

use tantivy::DocId;
use tantivy::columnar::StrColumn;

use crate::search::FacetField;

/// A facet that is asked for.
#[derive(Debug, Clone)]
pub(super) struct FacetPlan {
    pub(super) field: FacetField,
    /// How many values to name; years and decades are all named.
    pub(super) limit: usize,
    /// Values that are named however seldom they are.
    pub(super) selected: Vec<String>,
}

/// The values of a facet, most frequent first and by name among equals, and how many there are in all.
#[derive(Debug, Clone, Default)]
pub(super) struct Counted {
    pub(super) values: Vec<(String, u64)>,
    pub(super) distinct: usize,
}

/// The counts of one segment.
pub(super) enum Counts {
    /// By term ordinal.
    Text { column: Option<StrColumn>, counts: Vec<u32> },
    /// By the first year of a span.
    Years { span: i64, counts: HashMap<i64, u64> },
}

impl Counts {
    pub(super) fn of_years(span: i64) -> Self {
        Counts::Years { span, counts: HashMap::new() }
    }

    pub(super) fn of_text(column: Option<StrColumn>) -> Self {
        let terms = column.as_ref().map_or(0, |c| c.num_terms());
        Counts::Text { column, counts: vec![0; terms] }
    }

    /// Counts a record.
    pub(super) fn count(&mut self, doc: DocId, year: Option<i64>) {
        match self {
            Counts::Text { column, counts } => {
                for ord in column.iter().flat_map(|c| c.ords().values_for_doc(doc)) {
                    if let Some(count) = counts.get_mut(ord as usize) {
                        *count += 1;
                    }
                }
            }
            Counts::Years { span, counts } => {
                if let Some(year) = year {
                    *counts.entry(year.div_euclid(*span) * *span).or_insert(0) += 1;
                }
            }
        }
    }
}

/// Puts the counts of all segments together.
pub(super) fn merge(plan: &FacetPlan, segments: Vec<Counts>) -> tantivy::Result<Counted> {
    let mut years: HashMap<i64, u64> = HashMap::new();
    let mut decades = false;
    let mut text: Vec<(StrColumn, Vec<u32>)> = Vec::new();
    for segment in segments {
        match segment {
            Counts::Years { span, counts } => {
                decades = span == 10;
                counts.into_iter().for_each(|(year, n)| *years.entry(year).or_insert(0) += n);
            }
            Counts::Text { column: Some(column), counts } if counts.iter().any(|n| *n > 0) => {
                text.push((column, counts))
            }
            Counts::Text { .. } => {}
        }
    }
    match (plan.field, text.as_slice()) {
        (FacetField::Year | FacetField::Decade, _) => {
            let mut years: Vec<(i64, u64)> = years.into_iter().collect();
            years.sort_unstable();
            let name = |year| if decades { format!("{year}s") } else { format!("{year}") };
            let values: Vec<_> = years.into_iter().map(|(year, n)| (name(year), n)).collect();
            Ok(Counted { distinct: values.len(), values })
        }
        (_, []) => Ok(Counted::default()),
        (_, [(column, counts)]) => of_one(plan, column, counts),
        (_, several) => of_several(plan, several),
    }
}

/// One segment: only what is shown is named.
fn of_one(plan: &FacetPlan, column: &StrColumn, counts: &[u32]) -> tantivy::Result<Counted> {
    let counted = counts.iter().enumerate().filter(|(_, n)| **n > 0);
    let mut best: Vec<(Reverse<u32>, u64)> = counted.map(|(ord, n)| (Reverse(*n), ord as u64)).collect();
    let distinct = best.len();
    if plan.limit == 0 {
        best.clear();
    } else if plan.limit < distinct {
        best.select_nth_unstable(plan.limit - 1);
        best.truncate(plan.limit);
    }
    for value in &plan.selected {
        if let Some(ord) = column.dictionary().term_ord(value.as_bytes())?
            && let Some(n) = counts.get(ord as usize).filter(|n| **n > 0)
            && !best.iter().any(|(_, o)| *o == ord)
        {
            best.push((Reverse(*n), ord));
        }
    }
    best.sort_unstable_by_key(|(_, ord)| *ord);
    let ords: Vec<u64> = best.iter().map(|(_, ord)| *ord).collect();
    let mut values = Vec::with_capacity(ords.len());
    let mut of = best.iter().map(|(n, _)| u64::from(n.0));
    column.dictionary().sorted_ords_to_term_cb(&ords, |term| {
        values.push((String::from_utf8_lossy(term).into_owned(), of.next().unwrap_or(0)));
    })?;
    values.sort_by(by_count);
    Ok(Counted { values, distinct })
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
fn of_several(plan: &FacetPlan, segments: &[(StrColumn, Vec<u32>)]) -> tantivy::Result<Counted> {
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
        sums.push((Reverse(sum), term));
    }
    let distinct = sums.len();
    let is_selected = |term: &[u8]| plan.selected.iter().any(|s| s.as_bytes() == term);
    if plan.limit < distinct {
        if plan.limit > 0 {
            sums.select_nth_unstable(plan.limit - 1);
        }
        let mut kept = 0;
        sums.retain(|(_, term)| {
            kept += 1;
            kept <= plan.limit || is_selected(term)
        });
    }
    let mut values: Vec<_> =
        sums.into_iter().map(|(n, term)| (String::from_utf8_lossy(term).into_owned(), n.0)).collect();
    values.sort_by(by_count);
    Ok(Counted { values, distinct })
}

fn by_count(a: &(String, u64), b: &(String, u64)) -> std::cmp::Ordering {
    b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0))
}
