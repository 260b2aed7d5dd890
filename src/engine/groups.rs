//! Authority forms for a question that is asked once: only the names that are shown are put together.
//!
//! [`super::forms`] folds every name of a field and walks its column, which a single question never earns back: among
//! thousands of publishers that took longer than everything else together. Here what printed forms have in common is known by
//! its fingerprint, see [`super::fingerprints`], and for each name that is shown its printed forms are read, and where it has
//! several, how common they are: the index holds them as terms. Both ways lead to the same names and counts.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::columnar::StrColumn;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, Searcher, SegmentReader, TERMINATED, Term};

use super::fingerprints::{self, Fingerprint, Fingerprints};
use super::forms::{self, Printed};
use super::{ordinals, schema};
use crate::authority::{self, Authorities};
use crate::search::FacetField;

/// Parts the field, what printed forms have in common, and a printed form.
const PART: char = '\u{1}';

/// The term under which a printed form is found, among those of whole values; no whole value begins so.
pub(super) fn form_term(field: FacetField, printed: &str) -> String {
    format!("form of {}{PART}{}{PART}{printed}", field.name(), authority::key(printed))
}

/// Looks up the names of one field.
#[derive(Debug, Clone)]
pub(super) struct Groups {
    searcher: Searcher,
    /// The field of the terms of [`form_term`].
    terms: Field,
    field: FacetField,
    authorities: Arc<Authorities>,
    aliases: Arc<Aliases>,
    fingerprints: Arc<Fingerprints>,
}

/// The aliases of a field, by the fingerprints of their keys.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    /// From the key of a variant to the key that stands for it.
    stands_for: HashMap<Fingerprint, Fingerprint>,
    /// From such a key to those of its variants.
    variants: HashMap<Fingerprint, Vec<Fingerprint>>,
}

impl Aliases {
    pub(super) fn of(authorities: &Authorities, field: FacetField) -> Self {
        let mut aliases = Aliases::default();
        for (variant, group) in authorities.all_aliases(field) {
            let (variant, group) = (known_by(variant), known_by(group));
            aliases.stands_for.insert(variant, group);
            aliases.variants.entry(group).or_default().push(variant);
        }
        aliases
    }
}

impl Groups {
    pub(super) fn new(
        searcher: &Searcher,
        terms: Field,
        field: FacetField,
        (authorities, aliases): (Arc<Authorities>, Arc<Aliases>),
        fingerprints: Arc<Fingerprints>,
    ) -> Self {
        Groups { searcher: searcher.clone(), terms, field, authorities, aliases, fingerprints }
    }

    /// What the keys of printed forms are known by.
    pub(super) fn fingerprints(&self) -> &Fingerprints {
        &self.fingerprints
    }

    /// What all forms of the name of a printed form have in common.
    pub(super) fn group(&self, printed: &str) -> Fingerprint {
        known_by(&self.authorities.group(self.field, printed))
    }

    /// The name that a key belongs to.
    pub(super) fn of_key(&self, key: Fingerprint) -> Fingerprint {
        self.aliases.stands_for.get(&key).copied().unwrap_or(key)
    }

    /// The keys that belong to a name.
    fn keys(&self, group: Fingerprint) -> impl Iterator<Item = Fingerprint> {
        let variants = self.aliases.variants.get(&group).into_iter().flatten().copied();
        std::iter::once(group).filter(|key| self.of_key(*key) == *key).chain(variants)
    }

    /// The ordinals of the printed forms of a name in a segment; what is there and in no record any more may be among them.
    pub(super) fn ords(
        &self,
        group: Fingerprint,
        reader: &SegmentReader,
        column: &StrColumn,
    ) -> tantivy::Result<Vec<u32>> {
        let block = self.fingerprints.of_names(reader.segment_id(), self.field, column)?;
        Ok(self.keys(group).flat_map(|key| block.with_key(key).collect::<Vec<_>>()).collect())
    }

    /// Whether the index has any printed form of a name.
    pub(super) fn is_known(&self, group: Fingerprint) -> tantivy::Result<bool> {
        for reader in self.searcher.segment_readers() {
            if let Some(column) = reader.fast_fields().str(&schema::facet_name(self.field))?
                && !self.ords(group, reader, &column)?.is_empty()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The forms that stand for names. `columns` are those of the segments, in their order.
    pub(super) fn names(
        &self,
        groups: impl Iterator<Item = Fingerprint>,
        columns: &[Option<StrColumn>],
    ) -> tantivy::Result<Vec<String>> {
        let keys: Vec<Vec<Fingerprint>> = groups.map(|group| self.keys(group).collect()).collect();
        // Of each name the printed forms, and where each is found: in several segments it is known by its fingerprint.
        let mut found: Vec<Vec<(Fingerprint, (u32, u32))>> = keys.iter().map(|_| Vec::new()).collect();
        for ((reader, column), segment) in self.searcher.segment_readers().iter().zip(columns).zip(0..) {
            let Some(column) = column else { continue };
            let block = self.fingerprints.of_names(reader.segment_id(), self.field, column)?;
            for (found, keys) in found.iter_mut().zip(&keys) {
                let ords = keys.iter().flat_map(|key| block.with_key(*key));
                found.extend(ords.filter_map(|ord| Some((block.value(ord)?, (segment, ord)))));
            }
        }
        found.iter_mut().for_each(|found| found.sort_unstable());
        let forms = || found.iter().flat_map(|found| found.chunk_by(|a, b| a.0 == b.0));
        let first = forms().filter_map(|form| form.first().map(|(_, place)| *place)).collect();
        let mut printed = ordinals::names(columns, first)?.into_iter();
        let mut names = Vec::with_capacity(keys.len());
        for found in &found {
            let mut of_group = Vec::new();
            for (form, printed) in found.chunk_by(|a, b| a.0 == b.0).zip(printed.by_ref()) {
                // A form that is alone is in a record that was counted.
                let records = if form.len() < found.len() { self.records(&printed, form)? } else { 1 };
                let is_own = self.authorities.alias(self.field, &authority::key(&printed)).is_none();
                of_group.push(Printed { form: printed, records, is_own });
            }
            let mut by_commonness: Vec<&Printed> = of_group.iter().collect();
            forms::commonest_first(&mut by_commonness);
            let group = of_group.first().map(|printed| self.authorities.group(self.field, &printed.form));
            names.push(forms::chosen(&self.authorities, self.field, &group.unwrap_or_default(), &by_commonness));
        }
        Ok(names)
    }

    /// How many records have a printed form, in the segments where it is found.
    fn records(&self, printed: &str, found: &[(Fingerprint, (u32, u32))]) -> tantivy::Result<u32> {
        let term = Term::from_field_text(self.terms, &form_term(self.field, printed));
        let mut records = 0;
        for (_, (segment, _)) in found {
            let Some(reader) = self.searcher.segment_readers().get(*segment as usize) else { continue };
            let inverted = reader.inverted_index(self.terms)?;
            let Some(info) = inverted.get_term_info(&term)? else { continue };
            records += match reader.alive_bitset() {
                None => info.doc_freq,
                Some(alive) => {
                    let mut docs = inverted.read_postings_from_terminfo(&info, IndexRecordOption::Basic)?;
                    let mut records = 0;
                    while docs.doc() != TERMINATED {
                        records += u32::from(alive.is_alive(docs.doc()));
                        docs.advance();
                    }
                    records
                }
            };
        }
        Ok(records)
    }
}

fn known_by(key: &str) -> Fingerprint {
    fingerprints::of(key.as_bytes())
}
