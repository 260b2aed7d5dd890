//! What is asked, made ready for the one pass over the matches: filters by field, facets with what is selected in them.

use std::sync::Arc;

use tantivy::Searcher;

use super::collect::{FilterPlan, Plan};
use super::counts::{FacetPlan, Selected};
use super::forms::Forms;
use super::{Engine, rank};
use crate::authority;
use crate::error::Result;
use crate::query::{Span, Warning};
use crate::search::{FacetField, Filter, Prefix, Search, Sort, decade};
use crate::words::Stemmer;

impl Engine {
    /// What to collect.
    pub(super) fn plan(&self, search: &Search, searcher: &Searcher) -> Result<Plan> {
        let page_end = search.offset.saturating_add(search.limit);
        let wanted = match (search.limit, search.sort) {
            (0, _) if search.feedback.is_none() => 0,
            (_, Sort::Relevance) => page_end.max(rank::CANDIDATES).max(search.feedback.map_or(0, |f| f.records)),
            _ => page_end,
        };
        let records = usize::try_from(searcher.num_docs()).unwrap_or(usize::MAX);
        let mut filters: Vec<FilterPlan> = Vec::new();
        for filter in &search.filters {
            let field = filter.field();
            let at = match filters.iter().position(|f| f.field == field) {
                Some(at) => at,
                None => {
                    filters.push(FilterPlan { field, any: Vec::new(), forms: self.forms(searcher, field)? });
                    filters.len() - 1
                }
            };
            let selected = self.selected(filter, filters[at].forms.as_deref());
            filters[at].any.extend(selected);
        }
        let mut facets = Vec::with_capacity(search.facets.len());
        for request in &search.facets {
            let of_field = filters.iter().find(|f| f.field == request.field);
            facets.push(FacetPlan {
                request: request.clone(),
                prefix: Prefix::new(&request.prefix),
                selected: of_field.map(|f| f.any.clone()).unwrap_or_default(),
                forms: self.forms(searcher, request.field)?,
                numbers: match authority::controls(request.field) || !request.prefix.is_empty() {
                    true => None,
                    false => self.numbering.of(searcher, request.field).map_err(|e| self.corrupt(e))?,
                },
            });
        }
        Ok(Plan { top: wanted.min(records), sort: search.sort, filters, facets })
    }

    /// What falls together in a field, where anything does.
    pub(super) fn forms(&self, searcher: &Searcher, field: FacetField) -> Result<Option<Arc<Forms>>> {
        match authority::controls(field) {
            true => self.shelf.forms(searcher, field).map(Some).map_err(|e| self.corrupt(e)),
            false => Ok(None),
        }
    }

    /// What a filter selects; nothing where no record can have it.
    fn selected(&self, filter: &Filter, forms: Option<&Forms>) -> Option<Selected> {
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
            Filter::Value(field, value) => match forms {
                Some(forms) => Selected::Name(self.shelf.name_of(forms, *field, value)?),
                None => Selected::Value(self.facet_value(*field, value)),
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
