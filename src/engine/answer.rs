//! Answers: what matches, in its order, with passages, highlights, facets and what should be said about the query.

use std::sync::Arc;
use std::time::Instant;

use tantivy::collector::Count;
use tantivy::{DocAddress, Searcher};

use super::Engine;
use super::collect::{Candidate, Collected, FilterPlan, Plan, SearchCollector};
use super::counts::{FacetPlan, Selected};
use super::forms::Forms;
use super::highlight::{Matcher, merge_ranges};
use super::leaf;
use super::lower::Lowering;
use super::rank::{self, Matches};
use super::schema;
use super::values::ValueQuery;
use crate::authority;
use crate::error::Result;
use crate::expansion;
use crate::query::{Query, Span, TextField};
use crate::record::Record;
use crate::search::{
    Contribution, Echo, Explain, FacetField, Filter, Hit, Occurrences, Prefix, Relaxed, Results, Search, Sort, decade,
};
use crate::thesaurus::Thesaurus;

impl Engine {
    /// Answers a search.
    pub(crate) fn search(&self, search: &Search) -> Result<Results> {
        let start = Instant::now();
        let searcher = self.reader.searcher();
        let mut lowering = Lowering::new(&self.fields);
        let mut found = self.find(search, &searcher, &mut lowering)?;
        let hits = self.hits(search, &searcher, &mut found, &mut lowering)?;
        Ok(found.into_results(search, hits, start))
    }

    /// Visits the record of every hit, in the order of the search, whatever page it asks for. The answer has no hits.
    pub(crate) fn each_hit(&self, search: &Search, visit: &mut dyn FnMut(Record) -> Result<()>) -> Result<Results> {
        let start = Instant::now();
        let search = Search { offset: 0, limit: usize::MAX, ..search.clone() };
        let searcher = self.reader.searcher();
        let mut found = self.find(&search, &searcher, &mut Lowering::new(&self.fields))?;
        for ranked in self.ranked(&search, &searcher, &mut found)? {
            visit(match ranked.fetched {
                Some(fetched) => fetched.record,
                None => self.record(&searcher, ranked.candidate.address)?,
            })?;
        }
        Ok(found.into_results(&search, Vec::new(), start))
    }

    /// The ids and scores of the hits, in their order; nothing is read of records that need not be.
    pub(crate) fn ranking(&self, search: &Search) -> Result<Vec<(String, f32)>> {
        let searcher = self.reader.searcher();
        let mut found = self.find(search, &searcher, &mut Lowering::new(&self.fields))?;
        let ranked = self.ranked(search, &searcher, &mut found)?;
        let page = ranked.into_iter().skip(search.offset).take(search.limit);
        Ok(page.map(|r| (r.candidate.id, r.candidate.score)).collect())
    }

    /// Everything that matches, before any record is looked at.
    fn find(&self, search: &Search, searcher: &Searcher, lowering: &mut Lowering<'_>) -> Result<Found> {
        let mut warnings = search.parsed.warnings.clone();
        let mut query = search.parsed.query.clone();
        let (expansions, unknown) = expansion::told(&query, Thesaurus::shipped());
        warnings.extend(unknown);
        let mut relaxed = None;
        let plan = self.plan(search, searcher)?;
        let mut collected = self.collect(searcher, &query, &plan, lowering)?;
        if let (0, Some(relaxable)) = (collected.unfiltered, &search.parsed.relaxable) {
            let of = relaxable.words;
            // All of the wanted parts are worth a try only where function words were left out of them.
            let most = relaxable.wanted.len() - usize::from(relaxable.wanted.len() == of);
            let at_least = |count: usize| relaxable.at_least(count);
            if let Some(required) = self.most_that_match(searcher, most, &at_least, lowering)? {
                query = at_least(required);
                collected = self.collect(searcher, &query, &plan, lowering)?;
                relaxed = Some(Relaxed { required, of });
            }
        }
        if lowering.met_too_many() {
            let message = "a record repeats these words so often that not every way to combine them was looked at; the count \
                           may be too low";
            warnings.push(crate::query::Warning { message: message.into(), span: Span::default() });
        }
        self.warn_of_empty_filters(search, searcher, &plan, &mut warnings)?;
        self.warn_of_unknown_values(searcher, &search.parsed.query, &mut warnings)?;
        let matcher = Matcher::new(&query);
        let mut idf = Vec::with_capacity(matcher.leaves().len());
        for leaf in matcher.leaves() {
            let leaf = lowering.leaf(leaf);
            idf.push(leaf.map_or(Ok(0.0), |l| l.idf(searcher)).map_err(|e| self.corrupt(e))?);
        }
        Ok(Found { canonical: query.to_string(), expansions, relaxed, warnings, collected, matcher, idf })
    }

    fn plan(&self, search: &Search, searcher: &Searcher) -> Result<Plan> {
        let page_end = search.offset.saturating_add(search.limit);
        let wanted = match (search.limit, search.sort) {
            (0, _) => 0,
            (_, Sort::Relevance) => page_end.max(rank::CANDIDATES),
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
            });
        }
        Ok(Plan { top: wanted.min(records), sort: search.sort, filters, facets })
    }

    /// What falls together in a field, where anything does.
    fn forms(&self, searcher: &Searcher, field: FacetField) -> Result<Option<Arc<Forms>>> {
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
                None => Selected::Value(value.clone()),
            },
        })
    }

    fn collect(
        &self,
        searcher: &Searcher,
        query: &Query,
        plan: &Plan,
        lowering: &mut Lowering<'_>,
    ) -> Result<Collected> {
        let lowered = lowering.query(query);
        searcher.search(&*lowered, &SearchCollector::new(plan.clone())).map_err(|e| self.corrupt(e))
    }

    /// The largest number of parts that some record matches together, if any record matches even one.
    fn most_that_match(
        &self,
        searcher: &Searcher,
        most: usize,
        at_least: &dyn Fn(usize) -> Query,
        lowering: &mut Lowering<'_>,
    ) -> Result<Option<usize>> {
        // Fewer required parts never match fewer records: the limit can be bisected.
        let (mut some, mut none) = (0, most + 1);
        while some + 1 < none {
            let middle = usize::midpoint(some, none);
            let query = lowering.query(&at_least(middle));
            match searcher.search(&*query, &Count).map_err(|e| self.corrupt(e))? {
                0 => none = middle,
                _ => some = middle,
            }
        }
        Ok((some > 0).then_some(some))
    }

    /// A filter value that no record has is most often a slip of the pen.
    fn warn_of_empty_filters(
        &self,
        search: &Search,
        searcher: &Searcher,
        plan: &Plan,
        warnings: &mut Vec<crate::query::Warning>,
    ) -> Result<()> {
        for filter in &search.filters {
            let Filter::Value(field, value) = filter else { continue };
            if !field.is_text() {
                continue;
            }
            let forms = plan.filters.iter().find(|f| f.field == *field).and_then(|f| f.forms.as_deref());
            let mut known = forms.is_some_and(|forms| self.shelf.name_of(forms, *field, value).is_some());
            for reader in searcher.segment_readers().iter().filter(|_| forms.is_none()) {
                let column = reader.fast_fields().str(&schema::facet_name(*field)).map_err(|e| self.corrupt(e))?;
                if let Some(column) = column {
                    known |= column.dictionary().term_ord(value.as_bytes()).map_err(|e| self.corrupt(e))?.is_some();
                }
            }
            if !known {
                let message = format!("no record in this index has the {} `{value}`", field.name());
                warnings.push(crate::query::Warning { message, span: Span::default() });
            }
        }
        Ok(())
    }

    /// A whole value in the query that no record has, likewise.
    fn warn_of_unknown_values(
        &self,
        searcher: &Searcher,
        query: &Query,
        warnings: &mut Vec<crate::query::Warning>,
    ) -> Result<()> {
        match query {
            Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => {
                parts.iter().try_for_each(|p| self.warn_of_unknown_values(searcher, p, warnings))
            }
            Query::Not(part) => self.warn_of_unknown_values(searcher, part, warnings),
            Query::Value { field, value, span } => {
                let values = ValueQuery::new(self.fields.value, *field, value);
                let mut known = false;
                for reader in searcher.segment_readers() {
                    known |= values.is_known(reader).map_err(|e| self.corrupt(e))?;
                }
                if !known {
                    let message = format!("no record in this index has the {} `{value}`", field.noun());
                    warnings.push(crate::query::Warning { message, span: *span });
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The hits in their final order: the best are read and scored by how near the words stand to each other.
    fn ranked(&self, search: &Search, searcher: &Searcher, found: &mut Found) -> Result<Vec<Ranked>> {
        let mut top = std::mem::take(&mut found.collected.top);
        let mut ranked = Vec::with_capacity(top.len());
        if search.sort == Sort::Relevance && !found.matcher.pairs().is_empty() {
            let rest = top.split_off(top.len().min(rank::CANDIDATES));
            for candidate in top {
                let record = self.record(searcher, candidate.address)?;
                let mut matches = Matches::default();
                let bonus = rank::neighbours(&record, &mut found.matcher, &mut matches, &found.idf);
                let score = candidate.score + bonus;
                let fetched = Some(Box::new(Fetched { record, bonus, matches }));
                ranked.push(Ranked { candidate: candidate.rescored(score), fetched });
            }
            ranked.sort_by(|a, b| a.candidate.compare(&b.candidate));
            top = rest;
        }
        ranked.extend(top.into_iter().map(|candidate| Ranked { candidate, fetched: None }));
        Ok(ranked)
    }

    fn hits(
        &self,
        search: &Search,
        searcher: &Searcher,
        found: &mut Found,
        lowering: &mut Lowering<'_>,
    ) -> Result<Vec<Hit>> {
        let ranked = self.ranked(search, searcher, found)?;
        let Found { matcher, idf, .. } = found;
        let page = ranked.into_iter().enumerate().skip(search.offset).take(search.limit);
        page.map(|(i, Ranked { candidate, fetched })| {
            let address = candidate.address;
            let Fetched { record, bonus, mut matches } = match fetched {
                Some(fetched) => *fetched,
                None => Fetched { record: self.record(searcher, address)?, bonus: 0.0, matches: Matches::default() },
            };
            let passages = rank::passages(&record, matcher, &mut matches, idf, search.passages);
            let title = matches.of(matcher, TextField::Title, 0, &record.title);
            let title_highlights = merge_ranges(title.iter().map(|m| m.range.clone()));
            let explanation = match search.explain {
                Explain::No => Vec::new(),
                Explain::Yes => self.explain(searcher, address, matcher, bonus, lowering)?,
            };
            Ok(Hit { rank: i + 1, score: candidate.score, record, passages, title_highlights, explanation })
        })
        .collect()
    }

    fn explain(
        &self,
        searcher: &Searcher,
        address: DocAddress,
        matcher: &Matcher,
        bonus: f32,
        lowering: &mut Lowering<'_>,
    ) -> Result<Vec<Contribution>> {
        let mut out = Vec::new();
        for query in matcher.leaves() {
            let Some(leaf) = lowering.leaf(query) else { continue };
            if let Some(leaf::LeafScore { score, counts }) =
                leaf.explain(searcher, address).map_err(|e| self.corrupt(e))?
            {
                let occurrences = counts.into_iter().map(|(field, count)| Occurrences {
                    field: field.name(),
                    count,
                    weight: leaf::weight_of(field),
                });
                out.push(Contribution { part: query.to_string(), occurrences: occurrences.collect(), score });
            }
        }
        if bonus > 0.0 {
            out.push(Contribution { part: "words near each other".into(), occurrences: Vec::new(), score: bonus });
        }
        Ok(out)
    }
}

/// What a query was understood as, and what it matches.
struct Found {
    /// The query as it was understood, before anything was added.
    canonical: String,
    expansions: Vec<crate::search::Expansion>,
    relaxed: Option<Relaxed>,
    warnings: Vec<crate::query::Warning>,
    collected: Collected,
    matcher: Matcher,
    /// The weight of each leaf of the matcher.
    idf: Vec<f32>,
}

impl Found {
    fn into_results(self, search: &Search, hits: Vec<Hit>, start: Instant) -> Results {
        let query = Echo {
            text: search.text.clone(),
            syntax: search.syntax,
            canonical: self.canonical,
            expansions: self.expansions,
            warnings: self.warnings,
            relaxed: self.relaxed,
        };
        let facets = self.collected.facets;
        let took_ms = (start.elapsed().as_secs_f64() * 1e6).round() / 1e3;
        Results { query, total: self.collected.total, took_ms, hits, facets }
    }
}

/// A hit in its final place, and what was found out about it on the way there.
struct Ranked {
    candidate: Candidate,
    fetched: Option<Box<Fetched>>,
}

/// A record, what words near each other have added to its score, and what matches in it.
struct Fetched {
    record: Record,
    bonus: f32,
    matches: Matches,
}
