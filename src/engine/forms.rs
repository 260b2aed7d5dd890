//! Authority forms over an index: which term of which segment belongs to which name, see [`crate::authority`].
//!
//! The index holds what sources print, so that neither a change of the rule nor a new list of aliases needs it made anew. What
//! falls together is worked out when a facet or filter of such a field is first asked for, once for what the index holds at
//! that moment: each term is folded once, and one walk over the column counts how often each form is printed. From then on
//! a segment's ordinals lead straight to a name's number, equal in all segments, so that a match costs one look-up in a list
//! and segments are added up without a name being read. A key in the index would spare the folding (some milliseconds for
//! thousands of publishers), but would not know the aliases, and a record that prints two forms of one name would count twice.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::index::SegmentId;
use tantivy::{Searcher, SegmentReader};

use super::groups::Aliases;
use super::schema;
use crate::authority::{self, Authorities};
use crate::error::Result;
use crate::search::FacetField;

/// A name, under the form that stands for it.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) form: String,
    /// The numbers of its printed forms.
    pub(super) printed: Vec<u32>,
}

/// A form as records have it.
#[derive(Debug)]
pub(super) struct Printed {
    pub(super) form: String,
    /// How many records of the index have it.
    pub(super) records: u32,
    /// Whether it is the name of its group by the rule alone, and no alias of it.
    pub(super) is_own: bool,
}

/// The terms of one segment, by ordinal.
#[derive(Debug, Default)]
pub(super) struct SegmentForms {
    /// The number of the name.
    pub(super) names: Vec<u32>,
    /// The number of the printed form.
    pub(super) printed: Vec<u32>,
}

/// The names and printed forms of one field.
#[derive(Debug, Default)]
pub(super) struct Forms {
    /// In the order of their forms.
    pub(super) names: Vec<Name>,
    pub(super) printed: Vec<Printed>,
    segments: HashMap<SegmentId, Arc<SegmentForms>>,
    by_group: HashMap<String, u32>,
}

impl Forms {
    /// The terms of a segment; none where the segment has no value.
    pub(super) fn of_segment(&self, reader: &SegmentReader) -> Arc<SegmentForms> {
        self.segments.get(&reader.segment_id()).cloned().unwrap_or_default()
    }

    fn build(searcher: &Searcher, field: FacetField, authorities: &Authorities) -> tantivy::Result<Forms> {
        let mut forms = Forms::default();
        let mut numbers: HashMap<String, u32> = HashMap::new();
        // Of each printed form, the name it belongs to.
        let mut of: Vec<u32> = Vec::new();
        let mut segments = Vec::new();
        for reader in searcher.segment_readers() {
            let Some(column) = reader.fast_fields().str(&schema::facet_name(field))? else { continue };
            let mut printed = Vec::with_capacity(column.num_terms());
            let mut terms = column.dictionary().stream()?;
            while terms.advance() {
                let term = String::from_utf8_lossy(terms.key());
                let number = match numbers.get(term.as_ref()) {
                    Some(number) => *number,
                    None => {
                        let key = authority::key(&term);
                        let alias = authorities.alias(field, &key);
                        let is_own = alias.is_none();
                        let group = alias.map_or(key.clone(), str::to_owned);
                        let next = forms.names.len() as u32;
                        let name = *forms.by_group.entry(group).or_insert(next);
                        if name == next {
                            forms.names.push(Name { form: String::new(), printed: Vec::new() });
                        }
                        let number = of.len() as u32;
                        numbers.insert(term.clone().into_owned(), number);
                        forms.names[name as usize].printed.push(number);
                        forms.printed.push(Printed { form: term.into_owned(), records: 0, is_own });
                        of.push(name);
                        number
                    }
                };
                printed.push(number);
            }
            for doc in reader.doc_ids_alive() {
                for ord in column.ords().values_for_doc(doc) {
                    if let Some(number) = printed.get(ord as usize) {
                        forms.printed[*number as usize].records += 1;
                    }
                }
            }
            segments.push((reader.segment_id(), printed));
        }
        let places = forms.put_in_order(field, authorities);
        for (id, printed) in segments {
            let names = printed.iter().map(|number| places[of[*number as usize] as usize]).collect();
            forms.segments.insert(id, Arc::new(SegmentForms { names, printed }));
        }
        Ok(forms)
    }

    /// Chooses the form of every name, puts the names in the order of their forms, and gives the new place of each.
    fn put_in_order(&mut self, field: FacetField, authorities: &Authorities) -> Vec<u32> {
        for (group, name) in &self.by_group {
            let name = &mut self.names[*name as usize];
            let mut numbered: Vec<(u32, &Printed)> = Vec::with_capacity(name.printed.len());
            numbered.extend(name.printed.iter().map(|number| (*number, &self.printed[*number as usize])));
            numbered.sort_unstable_by(|(_, a), (_, b)| compare_commonness(a, b));
            let printed: Vec<&Printed> = numbered.iter().map(|(_, printed)| *printed).collect();
            name.form = chosen(authorities, field, group, &printed);
            name.printed = numbered.into_iter().map(|(number, _)| number).collect();
        }
        let mut order: Vec<u32> = (0..self.names.len() as u32).collect();
        order.sort_unstable_by(|a, b| self.names[*a as usize].form.cmp(&self.names[*b as usize].form));
        let mut places = vec![0; order.len()];
        for (place, name) in order.iter().enumerate() {
            places[*name as usize] = place as u32;
        }
        let mut names: Vec<Option<Name>> = std::mem::take(&mut self.names).into_iter().map(Some).collect();
        self.names = order.iter().filter_map(|name| names[*name as usize].take()).collect();
        for name in self.by_group.values_mut() {
            *name = places[*name as usize];
        }
        places
    }
}

fn compare_commonness(a: &Printed, b: &Printed) -> Ordering {
    b.records.cmp(&a.records).then_with(|| a.form.cmp(&b.form))
}

/// Puts printed forms in the order of how common they are.
pub(super) fn commonest_first(printed: &mut [&Printed]) {
    printed.sort_unstable_by(|a, b| compare_commonness(a, b));
}

/// The form that stands for a name, of its printed forms in the order of how common they are.
pub(super) fn chosen(authorities: &Authorities, field: FacetField, group: &str, printed: &[&Printed]) -> String {
    let own = printed.iter().find(|p| p.is_own && p.records > 0).map(|p| p.form.as_str());
    let listed = || authorities.preferred(field, group);
    let any = || printed.first().map(|p| p.form.as_str());
    let form = authorities.spelt(field, group).or(own).or_else(listed).or_else(any);
    form.unwrap_or_default().to_owned()
}

/// The authorities of an index, and the forms of its fields as they were last asked for.
#[derive(Debug)]
pub(super) struct Shelf(Mutex<Kept>);

#[derive(Debug)]
struct Kept {
    /// The index's own list, as it was read.
    list: String,
    authorities: Arc<Authorities>,
    aliases: HashMap<FacetField, Arc<Aliases>>,
    /// What the index held then: its segments, and the last deletion in each.
    held: BTreeMap<SegmentId, Option<u64>>,
    fields: HashMap<FacetField, Arc<Forms>>,
}

impl Kept {
    fn new(list: String, authorities: Authorities) -> Self {
        Kept {
            list,
            authorities: Arc::new(authorities),
            aliases: HashMap::new(),
            held: BTreeMap::new(),
            fields: HashMap::new(),
        }
    }
}

impl Default for Shelf {
    fn default() -> Self {
        Shelf(Mutex::new(Kept::new(String::new(), Authorities::shipped().clone())))
    }
}

impl Shelf {
    /// Reads an index's own list, unless it is the one that was read before.
    pub(super) fn renew(&self, list: &str) -> Result<()> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.list != list {
            *kept = Kept::new(list.to_owned(), Authorities::with(list)?);
        }
        Ok(())
    }

    /// The forms of a field. Others who ask for them wait until they are worked out.
    pub(super) fn forms(&self, searcher: &Searcher, field: FacetField) -> tantivy::Result<Arc<Forms>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.held != *searcher.generation().segments() {
            kept.held = searcher.generation().segments().clone();
            kept.fields.clear();
        }
        if let Some(forms) = kept.fields.get(&field) {
            return Ok(Arc::clone(forms));
        }
        let forms = Arc::new(Forms::build(searcher, field, &kept.authorities)?);
        kept.fields.insert(field, Arc::clone(&forms));
        Ok(forms)
    }

    /// The authorities as they were last read.
    pub(super) fn authorities(&self) -> Arc<Authorities> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner).authorities)
    }

    /// The same, with the aliases of a field by their fingerprints.
    pub(super) fn aliases(&self, field: FacetField) -> (Arc<Authorities>, Arc<Aliases>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let authorities = Arc::clone(&kept.authorities);
        let aliases = kept.aliases.entry(field).or_insert_with(|| Arc::new(Aliases::of(&authorities, field)));
        let aliases = Arc::clone(aliases);
        (authorities, aliases)
    }

    /// The number of the name that a printed form belongs to, if the index has it.
    pub(super) fn name_of(&self, forms: &Forms, field: FacetField, printed: &str) -> Option<u32> {
        forms.by_group.get(&self.authorities().group(field, printed)).copied()
    }
}
