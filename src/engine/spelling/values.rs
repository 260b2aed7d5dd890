//! Whole values of queries and filters that no record has, and the values that records do have instead.

use std::collections::BTreeSet;

use tantivy::Searcher;
use tantivy::collector::Count;

use super::after;
use crate::authority;
use crate::engine::Engine;
use crate::engine::lower::Lowering;
use crate::engine::schema;
use crate::engine::values::ValueQuery;
use crate::error::Result;
use crate::query::{Query, ValueField};
use crate::search::{FacetField, Filter, Search};
use crate::spelling::{self, Instead, Suggestion};
use crate::words;

/// How many values of a field are compared with one that is not known, in each segment.
const MOST_VALUES: usize = 200_000;

impl Engine {
    /// Values of the query that no record has.
    pub(super) fn doubt_values(
        &self,
        searcher: &Searcher,
        query: &Query,
        left: &mut usize,
        out: &mut Vec<Suggestion>,
    ) -> Result<()> {
        match query {
            Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => {
                parts.iter().try_for_each(|p| self.doubt_values(searcher, p, left, out))
            }
            Query::Not(part) => self.doubt_values(searcher, part, left, out),
            // Concepts go by any label; the thesaurus has told what it does not know.
            Query::Value { field: ValueField::Concept, .. } => Ok(()),
            Query::Value { field, value, span } if value.is_whole() && *left > 0 && has_names(*field) => {
                let values = ValueQuery::new(self.fields.value, *field, value);
                for reader in searcher.segment_readers() {
                    if values.is_known(reader).map_err(|e| self.corrupt(e))? {
                        return Ok(());
                    }
                }
                *left -= 1;
                let mut near = Nearest::new(&value.word);
                let of = match field {
                    ValueField::Explode => ValueField::Heading,
                    ValueField::ExplodeMajor => ValueField::Major,
                    field => *field,
                };
                let prefix = schema::value_term(of, "");
                for reader in searcher.segment_readers() {
                    let inverted = reader.inverted_index(self.fields.value).map_err(|e| self.corrupt(e))?;
                    let terms = inverted.terms().range().ge(&prefix).lt(after(&prefix)).into_stream();
                    let mut terms = terms.map_err(|e| self.corrupt(e))?;
                    let mut looked = 0;
                    while looked < MOST_VALUES && terms.advance() {
                        near.offer(terms.key().strip_prefix(prefix.as_bytes()).unwrap_or_default());
                        looked += 1;
                    }
                }
                let count = |value: &str| {
                    let query = ValueQuery::new(self.fields.value, *field, &value.into());
                    Ok(searcher.search(&query, &Count).map_err(|e| self.corrupt(e))? as u64)
                };
                let instead = near.counted(&count)?;
                if !instead.is_empty() {
                    let (word, field) = (value.word.clone(), Some(field.name()));
                    out.push(Suggestion { word, field, span: Some(*span), instead });
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Values of filters that no record has.
    pub(super) fn doubt_filters(
        &self,
        search: &Search,
        searcher: &Searcher,
        left: &mut usize,
        out: &mut Vec<Suggestion>,
    ) -> Result<()> {
        for filter in &search.filters {
            let Filter::Value(field, value) = filter else { continue };
            if *left == 0 || !field.is_text() || self.has_facet_value(searcher, *field, value)? {
                continue;
            }
            *left -= 1;
            let mut near = Nearest::new(value);
            let forms = match authority::controls(*field) {
                true => Some(self.forms(searcher, *field)?),
                false => None,
            };
            for name in forms.iter().flat_map(|forms| forms.names.iter().take(MOST_VALUES)) {
                // Of the forms of one name, the nearest.
                let printed = forms.iter().flat_map(|f| name.printed.iter().filter_map(|n| f.printed.get(*n as usize)));
                near.offer_best(printed.map(|p| p.form.as_str()).chain([name.form.as_str()]));
            }
            for reader in searcher.segment_readers().iter().filter(|_| forms.is_none()) {
                let column = reader.fast_fields().str(&schema::facet_name(*field));
                let Some(column) = column.map_err(|e| self.corrupt(e))? else { continue };
                let mut values = column.dictionary().stream().map_err(|e| self.corrupt(e))?;
                let mut looked = 0;
                while looked < MOST_VALUES && values.advance() {
                    near.offer(values.key());
                    looked += 1;
                }
            }
            let count = |value: &str| {
                let filters = vec![Filter::Value(*field, value.to_owned())];
                let all = Search { filters, limit: 0, ..Search::from(Query::All) };
                Ok(self.find(&all, searcher, &mut Lowering::new(self))?.total())
            };
            let instead = near.counted(&count)?;
            if !instead.is_empty() {
                out.push(Suggestion { word: value.clone(), field: Some(field.name()), span: None, instead });
            }
        }
        Ok(())
    }

    /// Whether any record has a value of a facet.
    pub(in crate::engine) fn has_facet_value(
        &self,
        searcher: &Searcher,
        field: FacetField,
        value: &str,
    ) -> Result<bool> {
        if authority::controls(field) {
            let groups = self.groups(searcher, field);
            return groups.is_known(groups.group(value)).map_err(|e| self.corrupt(e));
        }
        for reader in searcher.segment_readers() {
            let column = reader.fast_fields().str(&schema::facet_name(field)).map_err(|e| self.corrupt(e))?;
            if let Some(column) = column
                && column.dictionary().term_ord(value.as_bytes()).map_err(|e| self.corrupt(e))?.is_some()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether a value that looks like another is likely to be meant: of names and headings, not of numbers.
fn has_names(field: ValueField) -> bool {
    field.is_words() || matches!(field, ValueField::Type | ValueField::Language | ValueField::Source | ValueField::Era)
}

/// The values that are nearest to one: of the same words, else as near as words are to each other, else with all of its words
/// and as few others as can be.
struct Nearest {
    key: String,
    edits: u8,
    best: BTreeSet<(usize, usize, String)>,
}

impl Nearest {
    fn new(value: &str) -> Self {
        let key = words::key(value);
        let edits = match key.chars().count() {
            n if n < spelling::LEAST_LETTERS => 0,
            n if n < spelling::TWO_EDITS_FROM => 1,
            _ => 2,
        };
        Nearest { key, edits, best: BTreeSet::new() }
    }

    fn offer(&mut self, value: &[u8]) {
        if let Ok(value) = std::str::from_utf8(value) {
            self.offer_best(std::iter::once(value));
        }
    }

    /// Offers the best of several forms of one value.
    fn offer_best<'v>(&mut self, forms: impl Iterator<Item = &'v str>) {
        let ranked = forms.filter_map(|form| self.rank(form).map(|(rank, length)| (rank, length, form)));
        let Some((rank, length, form)) = ranked.min() else { return };
        self.best.insert((rank, length, form.to_owned()));
        if self.best.len() > spelling::MOST_INSTEAD {
            self.best.pop_last();
        }
    }

    /// How near a value is, less being nearer, and how long it is; `None` where it is not near.
    fn rank(&self, value: &str) -> Option<(usize, usize)> {
        let key = words::key(value);
        let has_all = || !self.key.is_empty() && self.key.split(' ').all(|word| key.split(' ').any(|w| w == word));
        let rank = match () {
            () if key == self.key => 0,
            () if self.edits > 0 && spelling::is_within(&key, &self.key, self.edits) => 1,
            () if has_all() => 2,
            () => return None,
        };
        Some((rank, key.len()))
    }

    /// The values with their records; a value of deleted records alone is none.
    fn counted(self, count: &dyn Fn(&str) -> Result<u64>) -> Result<Vec<Instead>> {
        let mut out = Vec::new();
        for (_, _, word) in self.best {
            let records = count(&word)?;
            if records > 0 {
                out.push(Instead { word, records });
            }
        }
        Ok(out)
    }
}
