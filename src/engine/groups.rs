//! Authority forms for a question that is asked once: only the names that it meets are put together.
//!
//! [`super::forms`] folds every name of a field and walks its column, which a single question never earns back: among
//! thousands of publishers that took longer than everything else together. Here the printed forms that were counted are
//! folded, and for each name that is shown the index is asked which printed forms it has and how common they are; it holds
//! them as terms that begin with what they have in common. Both ways lead to the same names and counts.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use tantivy::columnar::StrColumn;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, Searcher, TERMINATED};

use super::counts::{FacetPlan, Selected};
use super::forms::{self, Printed};
use super::tally::Tally;
use crate::authority::{self, Authorities};
use crate::search::{Facet, FacetField, FacetValue, shown};

/// Parts the field, what printed forms have in common, and a printed form.
const PART: char = '\u{1}';

/// The term under which a printed form is found, among those of whole values.
pub(super) fn form_term(field: FacetField, printed: &str) -> String {
    format!("{}{printed}", beginning(field, &authority::key(printed)))
}

/// How the terms of all printed forms begin that have this in common; no whole value begins so.
fn beginning(field: FacetField, key: &str) -> String {
    format!("form of {}{PART}{key}{PART}", field.name())
}

/// Looks up the names of one field.
#[derive(Debug, Clone)]
pub(super) struct Groups {
    searcher: Searcher,
    /// The field of the terms of [`form_term`].
    terms: Field,
    field: FacetField,
    authorities: Arc<Authorities>,
}

impl Groups {
    pub(super) fn new(searcher: &Searcher, terms: Field, field: FacetField, authorities: Arc<Authorities>) -> Self {
        Groups { searcher: searcher.clone(), terms, field, authorities }
    }

    /// What all forms of the name of a printed form have in common.
    pub(super) fn group(&self, printed: &str) -> String {
        self.authorities.group(self.field, printed)
    }

    /// The printed forms of a name in the index; what is there and in no record any more may be among them.
    pub(super) fn printed(&self, group: &str) -> tantivy::Result<Vec<Printed>> {
        let mut found: HashMap<String, Printed> = HashMap::new();
        for key in std::iter::once(group).chain(self.authorities.aliases_of(self.field, group)) {
            if self.authorities.alias(self.field, key).is_some_and(|other| other != group) {
                continue;
            }
            let beginning = beginning(self.field, key);
            for reader in self.searcher.segment_readers() {
                let inverted = reader.inverted_index(self.terms)?;
                let mut terms = inverted.terms().range().ge(&beginning).into_stream()?;
                while terms.advance() {
                    let Some(form) = terms.key().strip_prefix(beginning.as_bytes()) else { break };
                    let form = String::from_utf8_lossy(form).into_owned();
                    // A control character within a name may look like the end of what it has in common with others.
                    if authority::key(&form) != key {
                        continue;
                    }
                    let records = match reader.alive_bitset() {
                        None => terms.value().doc_freq,
                        Some(alive) => {
                            let basic = IndexRecordOption::Basic;
                            let mut docs = inverted.read_postings_from_terminfo(terms.value(), basic)?;
                            let mut records = 0;
                            while docs.doc() != TERMINATED {
                                records += u32::from(alive.is_alive(docs.doc()));
                                docs.advance();
                            }
                            records
                        }
                    };
                    let is_own = self.authorities.alias(self.field, key).is_none();
                    let known = found.entry(form.clone());
                    known.or_insert(Printed { form, records: 0, is_own }).records += records;
                }
            }
        }
        Ok(found.into_values().collect())
    }

    /// The form that stands for a name.
    fn name(&self, group: &str) -> tantivy::Result<String> {
        let printed = self.printed(group)?;
        let mut printed: Vec<&Printed> = printed.iter().collect();
        forms::commonest_first(&mut printed);
        let name = forms::chosen(&self.authorities, self.field, group, &printed);
        // A name of many thousand letters may be too long to be found so.
        Ok(if name.is_empty() { group.to_owned() } else { name })
    }

    /// The ordinals of the printed forms of a name in a segment.
    pub(super) fn ords(&self, group: &str, column: &StrColumn) -> tantivy::Result<Vec<u32>> {
        let mut ords = Vec::new();
        for printed in self.printed(group)? {
            ords.extend(column.dictionary().term_ord(printed.form.as_bytes())?.map(|ord| ord as u32));
        }
        Ok(ords)
    }
}

/// The printed forms of one segment, counted.
pub(super) struct OfSegment {
    column: StrColumn,
    tally: Tally,
    /// The values of records that have several: they may be one name.
    several: Vec<Vec<u32>>,
}

impl OfSegment {
    pub(super) fn new(column: StrColumn) -> Self {
        let tally = Tally::new(column.num_terms());
        OfSegment { column, tally, several: Vec::new() }
    }

    /// Counts the values of a record; whether it has any.
    pub(super) fn count(&mut self, doc: tantivy::DocId) -> bool {
        let mut values = self.column.ords().values_for_doc(doc).map(|ord| ord as u32);
        let Some(first) = values.next() else { return false };
        self.tally.add(first);
        if let Some(second) = values.next() {
            let all: Vec<u32> = [first, second].into_iter().chain(values).collect();
            all.iter().skip(1).for_each(|ord| self.tally.add(*ord));
            self.several.push(all);
        }
        true
    }
}

/// Names what was counted, and puts the forms of one name together.
pub(super) fn finish(
    plan: &FacetPlan,
    groups: &Groups,
    segments: Vec<OfSegment>,
    facet: &mut Facet,
) -> tantivy::Result<()> {
    let mut counts: HashMap<String, u64> = HashMap::new();
    for OfSegment { column, tally, several } in segments {
        let ords = tally.in_order();
        let wide: Vec<u64> = ords.iter().map(|ord| u64::from(*ord)).collect();
        let mut of: HashMap<u32, String> = HashMap::new();
        let mut at = ords.iter();
        column.dictionary().sorted_ords_to_term_cb(&wide, |printed| {
            let Some(ord) = at.next() else { return };
            let group = groups.group(&String::from_utf8_lossy(printed));
            if !several.is_empty() {
                of.insert(*ord, group.clone());
            }
            *counts.entry(group).or_default() += u64::from(tally.of(*ord));
        })?;
        for values in several {
            let mut names: Vec<&String> = values.iter().filter_map(|ord| of.get(ord)).collect();
            names.sort_unstable();
            for twice in names.windows(2).filter(|pair| pair[0] == pair[1]) {
                if let Some(count) = counts.get_mut(twice[0]) {
                    *count -= 1;
                }
            }
        }
    }
    facet.distinct = counts.len();
    let end = plan.request.offset.saturating_add(plan.request.limit).min(counts.len());
    let mut frequencies: Vec<Reverse<u64>> = counts.values().map(|n| Reverse(*n)).collect();
    let least = match end.checked_sub(1) {
        Some(last) => frequencies.select_nth_unstable(last).1.0,
        None => u64::MAX,
    };
    let is_selected = |group: &str| plan.selected.iter().any(|s| matches!(s, Selected::Group(of) if of == group));
    // Those that tie with the last are ordered by their names.
    let mut named: Vec<(Reverse<u64>, String, bool)> = Vec::with_capacity(end);
    for (group, count) in &counts {
        let selected = is_selected(group);
        if *count >= least || selected && plan.request.offset == 0 {
            named.push((Reverse(*count), groups.name(group)?, selected));
        }
    }
    named.sort_unstable();
    let shown_here = named.into_iter().enumerate().skip(plan.request.offset);
    let shown_here = shown_here.filter(|(i, (_, _, selected))| *i < end || *selected && plan.request.offset == 0);
    facet.values.extend(shown_here.map(|(_, (Reverse(count), name, selected))| FacetValue {
        value: shown(&name),
        count,
        selected,
        variants: Vec::new(),
    }));
    Ok(())
}
