//! What is asked, made ready for the one pass over the matches: filters by field, facets with what is selected in them.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::Searcher;

use super::collect::{FilterPlan, Plan};
use super::counts::{FacetPlan, Selected, Way};
use super::forms::Forms;
use super::groups::Groups;
use super::{Engine, rank};
use crate::authority;
use crate::error::Result;
use crate::query::{Query, Span, Warning};
use crate::search::{FacetField, Filter, Prefix, Search, Sort, decade};
use crate::words::Stemmer;

impl Engine {
    /// What to collect.
    pub(super) fn plan(&self, search: &Search, searcher: &Searcher) -> Result<Plan> {
        let page_end = search.offset.saturating_add(search.limit);
        let wanted = match (search.limit, search.sort) {
            (0, _) if search.feedback.is_none() => 0,
            (_, Sort::Relevance) => {
                let near = if has_pairs(&search.parsed.query) { rank::CANDIDATES } else { 0 };
                page_end.max(near).max(search.feedback.map_or(0, |f| f.records))
            }
            _ => page_end,
        };
        let records = usize::try_from(searcher.num_docs()).unwrap_or(usize::MAX);
        let mut ways = Ways { engine: self, searcher, known: HashMap::new() };
        let mut filters: Vec<FilterPlan> = Vec::new();
        for filter in &search.filters {
            let field = filter.field();
            let at = match filters.iter().position(|f| f.field == field) {
                Some(at) => at,
                None => {
                    filters.push(FilterPlan { field, any: Vec::new(), way: ways.of(field)?, wanted: Vec::new() });
                    filters.len() - 1
                }
            };
            let selected = self.selected(filter, &filters[at].way);
            filters[at].any.extend(selected);
        }
        for FilterPlan { any, way, wanted, .. } in &mut filters {
            let (Way::Numbers(numbers) | Way::NumberedForms(_, numbers)) = way else { continue };
            for selected in any {
                let place = match selected {
                    Selected::Value(value) => numbers.place_of(value).map_err(|e| self.corrupt(e))?,
                    Selected::Name(name) => Some(*name),
                    Selected::Missing | Selected::Years(..) | Selected::Group(_) => None,
                };
                wanted.extend(place.and_then(|place| numbers.at(place)));
            }
            wanted.sort_unstable();
        }
        let mut facets = Vec::with_capacity(search.facets.len());
        for request in &search.facets {
            let of_field = filters.iter().find(|f| f.field == request.field);
            let mut way = ways.of(request.field)?;
            let mut selected = of_field.map(|f| f.any.clone()).unwrap_or_default();
            // A prefix looks at names, and variants are the names beside.
            if !request.prefix.is_empty() || request.variants {
                way = match authority::controls(request.field) {
                    true => Way::Forms(self.forms(searcher, request.field)?),
                    false => Way::Columns(Arc::clone(&self.fingerprints)),
                };
                selected.clear();
                for filter in search.filters.iter().filter(|f| f.field() == request.field) {
                    selected.extend(self.selected(filter, &way));
                }
            }
            facets.push(FacetPlan { request: request.clone(), prefix: Prefix::new(&request.prefix), selected, way });
        }
        let years = self.numbering.years(searcher).map_err(|e| self.corrupt(e))?;
        let ids = match wanted {
            0 => Vec::new(),
            _ => self.numbering.ids(searcher).map_err(|e| self.corrupt(e))?,
        };
        Ok(Plan { top: wanted.min(records), sort: search.sort, filters, facets, years, ids })
    }

    /// What falls together in a field with authority forms.
    pub(super) fn forms(&self, searcher: &Searcher, field: FacetField) -> Result<Arc<Forms>> {
        self.shelf.forms(searcher, field).map_err(|e| self.corrupt(e))
    }

    /// Looks up single names of a field with authority forms.
    pub(super) fn groups(&self, searcher: &Searcher, field: FacetField) -> Groups {
        let aliases = self.shelf.aliases(field);
        Groups::new(searcher, self.fields.value, field, aliases, Arc::clone(&self.fingerprints))
    }

    /// What a filter selects; nothing where no record can have it.
    fn selected(&self, filter: &Filter, way: &Way) -> Option<Selected> {
        Some(match filter {
            Filter::Missing(_) => Selected::Missing,
            Filter::Years(from, to) => {
                Selected::Years(from.map_or(i64::MIN, i64::from), to.map_or(i64::MAX, i64::from))
            }
            Filter::Value(FacetField::Year, value) => {
                let year = value.parse::<i64>().ok()?;
                Selected::Years(year, year)
            }
            Filter::Value(FacetField::Decade, value) => {
                let from = i64::from(decade(value)?);
                Selected::Years(from, from + 9)
            }
            Filter::Value(field, value) => match way {
                Way::Groups(groups) => Selected::Group(groups.group(value)),
                Way::Forms(forms) | Way::NumberedForms(forms, _) => {
                    Selected::Name(self.shelf.name_of(forms, *field, value)?)
                }
                Way::Columns(_) | Way::Numbers(_) => Selected::Value(self.facet_value(*field, value)),
            },
        })
    }

    /// A value as the index has it: concepts go by any of their labels that is no other's.
    fn facet_value(&self, field: FacetField, value: &str) -> String {
        if matches!(field, FacetField::Concept | FacetField::ConceptExploded) {
            let ids = self.thesaurus().concepts_of(value);
            let concepts: Vec<_> = ids.iter().filter_map(|id| self.thesaurus().get(*id)).collect();
            let plainest = || self.thesaurus().plainest(ids, &mut Stemmer::default());
            if !concepts.iter().any(|c| c.preferred == value)
                && let Some(id) = if ids.len() == 1 { ids.first().copied() } else { plainest() }
                && let Some(concept) = self.thesaurus().get(id)
            {
                return concept.preferred.clone();
            }
        }
        value.to_owned()
    }

    /// A filter value that no record has is most often a slip of the pen.
    pub(super) fn warn_of_empty_filters(
        &self,
        search: &Search,
        searcher: &Searcher,
        warnings: &mut Vec<Warning>,
    ) -> Result<()> {
        for filter in &search.filters {
            if let Filter::Value(field, value) = filter
                && field.is_text()
                && !self.has_facet_value(searcher, *field, &self.facet_value(*field, value))?
            {
                let message = format!("no record in this index has the {} `{value}`", field.name());
                warnings.push(Warning { message, span: Span::default() });
            }
        }
        Ok(())
    }
}

/// Whether a query may have words beside each other, so that the second stage has something to look at.
fn has_pairs(query: &Query) -> bool {
    !matches!(query, Query::Word { .. } | Query::Synonyms { .. } | Query::Phrase { .. })
}

/// How the fields of one question are counted and filtered by.
struct Ways<'e> {
    engine: &'e Engine,
    searcher: &'e Searcher,
    known: HashMap<FacetField, Way>,
}

impl Ways<'_> {
    fn of(&mut self, field: FacetField) -> Result<Way> {
        if let Some(way) = self.known.get(&field) {
            return Ok(way.clone());
        }
        let Ways { engine, searcher, .. } = self;
        let numbers = |forms| engine.numbering.of(searcher, field, forms).map_err(|e| engine.corrupt(e));
        let again = field.is_text() && engine.numbering.again(searcher, field);
        let way = match (authority::controls(field), again) {
            (true, true) => {
                let forms = engine.forms(searcher, field)?;
                let numbers = numbers(Some(&forms))?;
                Way::NumberedForms(forms, numbers)
            }
            (true, false) => Way::Groups(engine.groups(searcher, field)),
            (false, true) => Way::Numbers(numbers(None)?),
            (false, false) => Way::Columns(Arc::clone(&engine.fingerprints)),
        };
        self.known.insert(field, way.clone());
        Ok(way)
    }
}
