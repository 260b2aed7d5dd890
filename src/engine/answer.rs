//! Answers: what matches, in its order, with passages, highlights, facets and what should be said about the query.

use std::ops::RangeInclusive;
use std::time::Instant;

use tantivy::collector::Count;
use tantivy::{DocAddress, Searcher};

use super::Engine;
use super::collect::{self, Candidate, Collected, Plan};
use super::highlight::{Matcher, merge_ranges};
use super::lower::Lowering;
use super::rank::{self, Matches};
use super::spelling::Doubts;
use super::values::ValueQuery;
use super::{feedback, leaf, schema};
use crate::error::Result;
use crate::expansion;
use crate::query::{Query, Relaxable, Span, TextField, ValueField};
use crate::record::Record;
use crate::search::{Contribution, Echo, Explain, Filter, Hit, Occurrences, Relaxed, Required, Results, Search, Sort};
use crate::spelling;

/// Where no record has all words, so many records that have fewer are an answer: a first page.
const ENOUGH: usize = 10;

impl Engine {
    /// Answers a search.
    pub(crate) fn search(&self, search: &Search) -> Result<Results> {
        let start = Instant::now();
        let searcher = self.reader.searcher();
        let mut lowering = Lowering::new(self);
        let mut found = self.find(search, &searcher, &mut lowering)?;
        let hits = self.hits(search, &searcher, &mut found, &mut lowering)?;
        let few = found.relaxed.is_some() || found.collected.unfiltered < spelling::FEW_RECORDS;
        found.doubts = self.doubts(search, &searcher, few)?;
        Ok(found.into_results(search, hits, start))
    }

    /// Visits the record of every hit, in the order of the search, whatever page it asks for. The answer has no hits.
    pub(crate) fn each_hit(&self, search: &Search, visit: &mut dyn FnMut(Record) -> Result<()>) -> Result<Results> {
        let start = Instant::now();
        let search = Search { offset: 0, limit: usize::MAX, ..search.clone() };
        let searcher = self.reader.searcher();
        let mut found = self.find(&search, &searcher, &mut Lowering::new(self))?;
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
        let mut found = self.find(search, &searcher, &mut Lowering::new(self))?;
        let ranked = self.ranked(search, &searcher, &mut found)?;
        let page = ranked.into_iter().skip(search.offset).take(search.limit);
        let mut page: Vec<Candidate> = page.map(|r| r.candidate).collect();
        collect::name(&searcher, &mut page).map_err(|e| self.corrupt(e))?;
        Ok(page.into_iter().map(|c| (c.id.unwrap_or_default(), c.score)).collect())
    }

    /// Everything that matches, before any record is looked at.
    pub(super) fn find(&self, search: &Search, searcher: &Searcher, lowering: &mut Lowering<'_>) -> Result<Found> {
        let (mut expansions, unknown) = expansion::told(&search.parsed.query, self.thesaurus());
        let asked = match search.required {
            Required::All => search.parsed.clone(),
            Required::Any => search.parsed.clone().any_word(),
        };
        let years = years(&search.filters);
        let expanded = expansion::expand(search.parsed.clone(), search.expand, years, self.thesaurus());
        let parsed = match search.required {
            Required::All => expanded.parsed,
            Required::Any => expanded.parsed.any_word(),
        };
        let mut warnings = asked.warnings;
        warnings.extend(unknown);
        warnings.extend(expanded.warnings);
        expansions.extend(expanded.added);
        let (mut canonical, mut query) = (asked.query, parsed.query);
        let mut relaxed = None;
        let plan = self.plan(search, searcher)?;
        let mut collected = self.collect(searcher, &query, &plan, lowering)?;
        if let (0, Some(relaxable), Some(asked)) = (collected.unfiltered, &parsed.relaxable, &asked.relaxable) {
            let of = relaxable.words;
            // All of the wanted parts are worth a try only where function words were left out of them.
            let most = relaxable.wanted.len() - usize::from(relaxable.wanted.len() == of);
            let at_least = |count: usize| relaxable.at_least(count);
            if let Some(required) = self.most_that_match(searcher, most, relaxable, lowering)? {
                (canonical, query) = (asked.at_least(required), at_least(required));
                collected = self.collect(searcher, &query, &plan, lowering)?;
                relaxed = Some(Relaxed { required, of, counted: relaxable.wanted.len() });
            }
        }
        let mut added = Vec::new();
        if let Some(feedback) = search.feedback {
            added = self.feed_back(feedback, searcher, &query, &plan, &mut collected, lowering)?;
            expansions.extend(feedback::told(feedback, &canonical, &added));
        }
        if lowering.met_too_many() {
            let message = "a record repeats these words so often that not every way to combine them was looked at; the count \
                           may be too low";
            warnings.push(crate::query::Warning { message: message.into(), span: Span::default() });
        }
        self.warn_of_empty_filters(search, searcher, &mut warnings)?;
        self.warn_of_unknown_values(searcher, &search.parsed.query, &mut warnings)?;
        let matcher = Matcher::new(&query);
        let mut idf = Vec::with_capacity(matcher.leaves().len());
        for leaf in matcher.leaves() {
            let leaf = lowering.leaf(leaf);
            idf.push(leaf.map_or(Ok(0.0), |l| l.idf(searcher)).map_err(|e| self.corrupt(e))?);
        }
        let (canonical, doubts) = (canonical.to_string(), Doubts::default());
        Ok(Found { canonical, expansions, relaxed, warnings, collected, matcher, idf, added, doubts })
    }

    fn collect(
        &self,
        searcher: &Searcher,
        query: &Query,
        plan: &Plan,
        lowering: &mut Lowering<'_>,
    ) -> Result<Collected> {
        let lowered = lowering.query(query);
        collect::collect(searcher, &*lowered, plan).map_err(|e| self.corrupt(e))
    }

    /// The largest number of parts that [`ENOUGH`] records match together; one where there are not so many, if any record
    /// matches at all.
    fn most_that_match(
        &self,
        searcher: &Searcher,
        most: usize,
        relaxable: &Relaxable,
        lowering: &mut Lowering<'_>,
    ) -> Result<Option<usize>> {
        let wanted: Vec<&Query> = relaxable.wanted.iter().map(|(query, _)| query).collect();
        if let Some(query) = lowering.matched(&relaxable.required, &wanted) {
            let matched = query.matched(searcher).map_err(|e| self.corrupt(e))?;
            let mut found = 0;
            for (count, records) in matched.iter().enumerate().skip(1).rev() {
                found += records;
                if count <= most && found >= ENOUGH {
                    return Ok(Some(count));
                }
            }
            return Ok((found > 0 && most > 0).then_some(1));
        }
        let mut count = |required: usize| {
            let query = lowering.query(&relaxable.at_least(required));
            searcher.search(&*query, &Count).map_err(|e| self.corrupt(e))
        };
        // Fewer required parts never match fewer records: the limit can be bisected.
        let (mut enough, mut few) = (0, most + 1);
        while enough + 1 < few {
            let middle = usize::midpoint(enough, few);
            match count(middle)? {
                found if found >= ENOUGH => enough = middle,
                _ => few = middle,
            }
        }
        Ok(match enough {
            0 if most == 0 || count(1)? == 0 => None,
            enough => Some(enough.max(1)),
        })
    }

    /// A whole value in the query that no record has is most often a slip of the pen.
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
            // Concepts go by any label; what the thesaurus does not know has been told.
            Query::Value { field: ValueField::Concept, .. } => Ok(()),
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
                let candidate = candidate.rescored(score, &record.id);
                ranked.push(Ranked { candidate, fetched: Some(Box::new(Fetched { record, bonus, matches })) });
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
        let Found { matcher, idf, added, .. } = found;
        let page = ranked.into_iter().enumerate().skip(search.offset).take(search.limit);
        page.map(|(i, Ranked { candidate, fetched })| {
            let address = candidate.address;
            let mut fetched = match fetched {
                Some(fetched) => *fetched,
                None => Fetched { record: self.record(searcher, address)?, bonus: 0.0, matches: Matches::default() },
            };
            let explanation = match search.explain {
                Explain::No => Vec::new(),
                Explain::Yes => {
                    let mut parts = self.explain(searcher, address, &mut fetched, matcher, lowering)?;
                    parts.extend(self.explain_added(searcher, address, added, lowering)?);
                    parts
                }
            };
            let Fetched { record, mut matches, .. } = fetched;
            let passages = rank::passages(&record, matcher, &mut matches, idf, search.passages);
            let title = matches.of(matcher, TextField::Title, 0, &record.title);
            let title_highlights = merge_ranges(title.iter().map(|m| m.range.clone()));
            Ok(Hit { rank: i + 1, score: candidate.score, record, passages, title_highlights, explanation })
        })
        .collect()
    }

    fn explain(
        &self,
        searcher: &Searcher,
        address: DocAddress,
        fetched: &mut Fetched,
        matcher: &mut Matcher,
        lowering: &mut Lowering<'_>,
    ) -> Result<Vec<Contribution>> {
        let mut counts = vec![[0_u32; TextField::ALL.len()]; matcher.leaves().len()];
        for field in TextField::ALL {
            for (value, text) in schema::texts(&fetched.record, field).iter().enumerate() {
                for found in fetched.matches.of(matcher, field, value, text) {
                    counts[found.leaf][field as usize] += 1;
                }
            }
        }
        let mut out = Vec::new();
        for (query, counts) in matcher.leaves().iter().zip(counts) {
            let Some(leaf) = lowering.leaf(query) else { continue };
            let Some(score) = leaf.score_of(searcher, address).map_err(|e| self.corrupt(e))? else { continue };
            let occurrences = TextField::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0);
            let occurrences = occurrences.map(|(field, count)| Occurrences {
                field: field.name(),
                count,
                weight: leaf::weight_of(field),
            });
            out.push(Contribution { part: query.to_string(), occurrences: occurrences.collect(), score });
        }
        if fetched.bonus > 0.0 {
            let part = "words near each other".into();
            out.push(Contribution { part, occurrences: Vec::new(), score: fetched.bonus });
        }
        Ok(out)
    }
}

/// The years that all records must be of, as the filters have it.
fn years(filters: &[Filter]) -> Option<RangeInclusive<i32>> {
    let mut all: Option<RangeInclusive<i32>> = None;
    for filter in filters {
        let Some((from, to)) = filter.years() else { continue };
        // Several are alternatives: from the first to the last.
        all = Some(match all {
            Some(all) => from.min(*all.start())..=to.max(*all.end()),
            None => from..=to,
        });
    }
    all
}

/// What a query was understood as, and what it matches.
pub(super) struct Found {
    /// The query as it was understood, before anything was added.
    canonical: String,
    expansions: Vec<crate::search::Expansion>,
    relaxed: Option<Relaxed>,
    warnings: Vec<crate::query::Warning>,
    collected: Collected,
    matcher: Matcher,
    /// The weight of each leaf of the matcher.
    idf: Vec<f32>,
    /// The words of feedback.
    added: Vec<feedback::Added>,
    /// What may be meant instead; only looked for where a page of hits is asked for.
    doubts: Doubts,
}

impl Found {
    /// How many records match and pass the filters.
    pub(super) fn total(&self) -> u64 {
        self.collected.total
    }

    fn into_results(self, search: &Search, hits: Vec<Hit>, start: Instant) -> Results {
        let query = Echo {
            text: search.text.clone(),
            syntax: search.syntax,
            canonical: self.canonical,
            expansions: self.expansions,
            warnings: self.warnings.into_iter().chain(self.doubts.warning).collect(),
            relaxed: self.relaxed,
            suggestions: self.doubts.suggestions,
            corrected: self.doubts.corrected,
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
