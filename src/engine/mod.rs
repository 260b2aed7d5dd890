//! The index: records in, ranked passages and facets out. The only folder that names tantivy; none of its types leave it.
//!
//! One record is one document. [`write`] changes the index, this module reads it: [`lower`] turns a query tree into a tantivy
//! query over the fields of [`schema`], [`leaf`] scores what [`slot`] and [`spans`] find, [`collect`] gathers hits and facets in one
//! pass, [`rank`] chooses passages among the best, [`highlight`] finds what matched.
//!
//! It does *not* read files of the user, know query languages, or decide which records are the same work.

mod analysis;
mod collect;
mod counts;
mod highlight;
mod leaf;
mod lines;
mod lower;
mod near;
mod occurrences;
mod rank;
mod schema;
mod slot;
mod spans;
mod values;
mod why;
mod write;
mod years;

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use tantivy::collector::Count;
use tantivy::directory::MmapDirectory;
use tantivy::query::TermQuery;
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{DocAddress, Index, IndexReader, IndexSettings, ReloadPolicy, Searcher, TantivyDocument, Term};

use self::collect::{Candidate, Collected, Plan, SearchCollector};
use self::counts::{Counted, FacetPlan};
use self::highlight::{Matcher, merge_ranges};
use self::lines::{LineCollector, LineSet, LineSets};
use self::lower::Lowering;
use self::rank::Matches;
use self::schema::Fields;
use self::values::ValueQuery;
pub(crate) use self::write::{Writer, clear, write_durably};
use crate::error::{Error, ErrorKind, Result};
use crate::expansion;
use crate::identity::Part;
use crate::query::{Pattern, Query, Span, Spans, TextField};
use crate::record::Record;
use crate::search::{
    Contribution, Echo, Explain, Facet, FacetField, FacetValue, Filter, Hit, LineCount, Occurrences, Relaxed, Results,
    Search, Sort, Why,
};
use crate::thesaurus::Thesaurus;

/// Names the version of an index; written once, when the index is made.
const VERSION_FILE: &str = "commlit.json";

#[derive(Serialize, Deserialize)]
struct Version {
    program: String,
    schema: u32,
}

/// An open index.
pub(crate) struct Engine {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    dir: PathBuf,
}

impl Engine {
    /// Opens the index in a folder.
    pub(crate) fn open(dir: &Path) -> Result<Self> {
        let version = dir.join(VERSION_FILE);
        if !dir.join("meta.json").exists() {
            return Err(Error::new(ErrorKind::NoIndex, format!("there is no index in {}", dir.display())).at_path(dir));
        }
        let text = fs::read_to_string(&version).map_err(|e| {
            Error::new(ErrorKind::ForeignIndex, format!("{} is not an index of commlit", dir.display()))
                .with_hint("name another folder with --index")
                .with_source(e)
                .at_path(dir)
        })?;
        let known = serde_json::from_str::<Version>(&text).ok().filter(|v| v.schema == schema::VERSION);
        if known.is_none() {
            let message = format!("the index in {} was made by another version of commlit", dir.display());
            return Err(Error::new(ErrorKind::ForeignIndex, message).at_path(dir));
        }
        let (_, fields) = Fields::build();
        let directory = MmapDirectory::open(dir).map_err(|e| corrupt(dir, e))?;
        let mut index = Index::open(directory).map_err(|e| corrupt(dir, e))?;
        index.set_tokenizers(schema::tokenizers());
        Self::with_index(index, fields, dir)
    }

    /// Makes an empty index in a folder that has none, or opens the one that another process has just made.
    pub(crate) fn create(dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir).map_err(|e| Error::io("create the folder", dir, e))?;
        let foreign = |name: &str| !write::is_ours(name);
        let entries = fs::read_dir(dir).map_err(|e| Error::io("read the folder", dir, e))?.flatten();
        if let Some(entry) = entries.into_iter().find(|e| foreign(&e.file_name().to_string_lossy())) {
            let name = entry.file_name();
            let message =
                format!("{} holds other things ({}) and is left alone", dir.display(), name.to_string_lossy());
            return Err(Error::new(ErrorKind::Argument, message)
                .with_hint("name a new or empty folder with --index")
                .at_path(dir));
        }
        let lock = write::lock(dir)?;
        if dir.join(VERSION_FILE).exists() && dir.join("meta.json").exists() {
            return Self::open(dir);
        }
        // First of all the name of the version: whatever happens later, the folder is known as ours.
        let version = Version { program: env!("CARGO_PKG_VERSION").into(), schema: schema::VERSION };
        let text = serde_json::to_string(&version).unwrap_or_default();
        write::write_durably(&dir.join(VERSION_FILE), text.as_bytes())?;
        let (schema, fields) = Fields::build();
        let directory = MmapDirectory::open(dir).map_err(|e| corrupt(dir, e))?;
        let mut index = Index::create(directory, schema, IndexSettings::default()).map_err(|e| corrupt(dir, e))?;
        index.set_tokenizers(schema::tokenizers());
        drop(lock);
        Self::with_index(index, fields, dir)
    }

    fn with_index(index: Index, fields: Fields, dir: &Path) -> Result<Self> {
        let reader =
            index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(|e| corrupt(dir, e))?;
        Ok(Engine { index, reader, fields, dir: dir.to_owned() })
    }

    /// Sees what has been committed since the index was opened.
    pub(crate) fn reload(&self) -> Result<()> {
        self.reader.reload().map_err(|e| self.corrupt(e))
    }

    /// The folder of the index.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// What the last commit was labelled with.
    pub(crate) fn label(&self) -> Result<Option<String>> {
        Ok(self.index.load_metas().map_err(|e| self.corrupt(e))?.payload)
    }

    fn corrupt(&self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        corrupt(&self.dir, cause)
    }

    // ---- single records

    /// The record of an id, or of an id that was merged into it.
    pub(crate) fn get(&self, id: &str) -> Result<Option<Record>> {
        let term = Term::from_field_text(self.fields.value, &schema::value_term(crate::query::ValueField::Id, id));
        let searcher = self.reader.searcher();
        let mut found = Vec::new();
        for address in self.find_documents(&term)? {
            found.push(self.record(&searcher, address)?);
        }
        // Ids are looked up without regard to case, and an id that was merged can be another record's own.
        let likeness = |r: &Record| (r.id != id, !r.merged_ids.iter().any(|m| m == id));
        Ok(found.into_iter().min_by(|a, b| likeness(a).cmp(&likeness(b)).then_with(|| a.id.cmp(&b.id))))
    }

    /// The works that have a part from a file.
    pub(crate) fn works_from_file(&self, file: &str) -> Result<Vec<Work>> {
        self.works(&Term::from_field_u64(self.fields.file, schema::file_key(file)))
    }

    /// The works that have an identity key.
    pub(crate) fn works_with_key(&self, key: u64) -> Result<Vec<Work>> {
        self.works(&Term::from_field_u64(self.fields.key, key))
    }

    /// How many works have an identity key. Works just deleted may still count.
    pub(crate) fn works_at_most(&self, key: u64) -> Result<u64> {
        let term = Term::from_field_u64(self.fields.key, key);
        self.reader.searcher().doc_freq(&term).map_err(|e| self.corrupt(e))
    }

    fn works(&self, term: &Term) -> Result<Vec<Work>> {
        let searcher = self.reader.searcher();
        self.find_documents(term)?.into_iter().map(|address| self.work(&searcher, address)).collect()
    }

    fn find_documents(&self, term: &Term) -> Result<Vec<DocAddress>> {
        let query = TermQuery::new(term.clone(), IndexRecordOption::Basic);
        let found = self.reader.searcher().search(&query, &tantivy::collector::DocSetCollector);
        let mut found: Vec<DocAddress> = found.map_err(|e| self.corrupt(e))?.into_iter().collect();
        found.sort_unstable();
        Ok(found)
    }

    fn stored(&self, searcher: &Searcher, address: DocAddress) -> Result<(TantivyDocument, Record)> {
        let doc: TantivyDocument = searcher.doc(address).map_err(|e| self.corrupt(e))?;
        let bytes = doc.get_first(self.fields.record).and_then(|v| v.as_bytes()).unwrap_or_default();
        let record = serde_json::from_slice(bytes).map_err(|e| self.corrupt(e))?;
        Ok((doc, record))
    }

    fn record(&self, searcher: &Searcher, address: DocAddress) -> Result<Record> {
        self.stored(searcher, address).map(|(_, record)| record)
    }

    fn work(&self, searcher: &Searcher, address: DocAddress) -> Result<Work> {
        let (doc, record) = self.stored(searcher, address)?;
        let bytes = doc.get_first(self.fields.parts).and_then(|v| v.as_bytes()).unwrap_or_default();
        let id = record.id.clone();
        let parts = match bytes.first() {
            Some(b'[') => serde_json::from_slice(bytes).map_err(|e| self.corrupt(e))?,
            _ => vec![Part { file: String::from_utf8_lossy(bytes).into_owned(), record }],
        };
        Ok(Work { id, parts })
    }

    // ---- search

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

    /// Runs the lines of a strategy one after the other, each once; a line may speak of those before it. A line without a
    /// query finds nothing.
    pub(crate) fn count_lines(
        &self,
        lines: &[Option<Query>],
        visit: &mut dyn FnMut(usize, Option<LineCount>) -> ControlFlow<()>,
    ) -> Result<()> {
        let searcher = self.reader.searcher();
        let mut sets = LineSets::default();
        for (i, line) in lines.iter().enumerate() {
            let mut lowering = Lowering::new(&self.fields);
            lowering.set_lines(sets.clone());
            let (set, count) = match line {
                Some(query) => {
                    let exploded;
                    let query = match expansion::is_needed(query) {
                        true => {
                            exploded = expansion::explode(query, Thesaurus::shipped()).query;
                            &exploded
                        }
                        false => query,
                    };
                    let lowered = lowering.query(query);
                    let set = searcher.search(&*lowered, &LineCollector).map_err(|e| self.corrupt(e))?;
                    let count = LineCount { records: set.len(), exact: !lowering.met_too_many() };
                    (set, Some(count))
                }
                None => (LineSet::default(), None),
            };
            sets.push(set);
            if visit(i, count).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// How many words of the index each word with wildcards in a query stands for, in the field where it is most.
    pub(crate) fn wildcards(&self, query: &Query) -> Result<Vec<(Span, u64)>> {
        let mut patterns = Vec::new();
        wildcards(query, &mut patterns);
        let searcher = self.reader.searcher();
        let mut out = Vec::with_capacity(patterns.len());
        for (fields, pattern, span) in patterns {
            let mut most = 0;
            for field in fields.iter() {
                for reader in searcher.segment_readers() {
                    let words = slot::count_words(reader, self.fields.exact(field), pattern);
                    most = most.max(words.map_err(|e| self.corrupt(e))?);
                }
            }
            out.push((span, most));
        }
        Ok(out)
    }

    /// Why a record matches a query, part by part, or why it does not.
    pub(crate) fn why(&self, id: &str, query: &Query) -> Result<Option<(Record, Why)>> {
        let searcher = self.reader.searcher();
        let term = Term::from_field_text(self.fields.value, &schema::value_term(crate::query::ValueField::Id, id));
        for address in self.find_documents(&term)? {
            let record = self.record(&searcher, address)?;
            if record.id == id || record.merged_ids.iter().any(|m| m == id) {
                let mut lowering = Lowering::new(&self.fields);
                let query = &expansion::explode(query, Thesaurus::shipped()).query;
                let why = why::why(query, &record, &searcher, address, &mut lowering).map_err(|e| self.corrupt(e))?;
                return Ok(Some((record, why)));
            }
        }
        Ok(None)
    }

    /// Everything that matches, before any record is looked at.
    fn find(&self, search: &Search, searcher: &Searcher, lowering: &mut Lowering<'_>) -> Result<Found> {
        let mut warnings = search.parsed.warnings.clone();
        let mut query = search.parsed.query.clone();
        let mut expansions = Vec::new();
        let asked = query.to_string();
        let exploded = expansion::is_needed(&query);
        if exploded {
            let expanded = expansion::explode(&query, Thesaurus::shipped());
            query = expanded.query;
            expansions = expanded.added;
            warnings.extend(expanded.warnings);
        }
        let mut relaxed = None;
        let plan = self.plan(search);
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
        self.warn_of_empty_filters(search, &mut warnings)?;
        self.warn_of_unknown_values(searcher, &query, &mut warnings)?;
        let matcher = Matcher::new(&query);
        let mut idf = Vec::with_capacity(matcher.leaves().len());
        for leaf in matcher.leaves() {
            let leaf = lowering.leaf(leaf);
            idf.push(leaf.map_or(Ok(0.0), |l| l.idf(searcher)).map_err(|e| self.corrupt(e))?);
        }
        let canonical = if exploded { asked } else { query.to_string() };
        Ok(Found { canonical, expansions, relaxed, warnings, collected, matcher, idf })
    }

    fn plan(&self, search: &Search) -> Plan {
        let page_end = search.offset.saturating_add(search.limit);
        let wanted = match (search.limit, search.sort) {
            (0, _) => 0,
            (_, Sort::Relevance) => page_end.max(rank::CANDIDATES),
            _ => page_end,
        };
        let records = usize::try_from(self.reader.searcher().num_docs()).unwrap_or(usize::MAX);
        Plan {
            top: wanted.min(records),
            sort: search.sort,
            filters: search.filters.clone(),
            facets: search.facets.iter().map(|(field, limit)| facet_plan(search, *field, *limit)).collect(),
        }
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
    fn warn_of_empty_filters(&self, search: &Search, warnings: &mut Vec<crate::query::Warning>) -> Result<()> {
        for filter in &search.filters {
            let Filter::Value(field, value) = filter else { continue };
            if !field.is_text() {
                continue;
            }
            let mut known = false;
            for reader in self.reader.searcher().segment_readers() {
                let column =
                    reader.fast_fields().str(&format!("facet_{}", field.name())).map_err(|e| self.corrupt(e))?;
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

    // ---- figures

    /// How many records, segments and bytes the index has.
    pub(crate) fn figures(&self) -> Result<Figures> {
        let searcher = self.reader.searcher();
        let bytes = searcher.space_usage().map_err(|e| self.corrupt(e))?.total().get_bytes();
        Ok(Figures { records: searcher.num_docs(), segments: searcher.segment_readers().len(), bytes })
    }

    /// Compares every file of the index with its checksum; gives the damaged ones.
    pub(crate) fn damaged_files(&self) -> Result<Vec<PathBuf>> {
        let mut damaged: Vec<_> = self.index.validate_checksum().map_err(|e| self.corrupt(e))?.into_iter().collect();
        damaged.sort();
        Ok(damaged)
    }

    /// Visits every work with its parts, in the order of the index.
    pub(crate) fn each_work(&self, visit: &mut dyn FnMut(Work)) -> Result<()> {
        let searcher = self.reader.searcher();
        for (segment, reader) in searcher.segment_readers().iter().enumerate() {
            for doc in reader.doc_ids_alive() {
                visit(self.work(&searcher, DocAddress::new(segment as u32, doc))?);
            }
        }
        Ok(())
    }

    /// Visits every record, in the order of the index.
    pub(crate) fn each_record(&self, visit: &mut dyn FnMut(Record) -> Result<()>) -> Result<()> {
        let searcher = self.reader.searcher();
        for (segment, reader) in searcher.segment_readers().iter().enumerate() {
            for doc in reader.doc_ids_alive() {
                visit(self.record(&searcher, DocAddress::new(segment as u32, doc))?)?;
            }
        }
        Ok(())
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
        let facets = facets(search, self.collected.facets);
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

/// A work in the index and what it was merged from.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) id: String,
    pub(crate) parts: Vec<Part>,
}

/// Figures of an index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    pub(crate) records: u64,
    pub(crate) segments: usize,
    pub(crate) bytes: u64,
}

/// The words with wildcards of a query.
fn wildcards<'q>(query: &'q Query, out: &mut Vec<(crate::query::Fields, &'q Pattern, Span)>) {
    fn within<'q>(spans: &'q Spans, out: &mut Vec<(crate::query::Fields, &'q Pattern, Span)>) {
        match spans {
            Spans::Phrase { fields, words, span } => {
                out.extend(words.iter().filter(|w| !w.is_whole()).map(|w| (*fields, w, *span)));
            }
            Spans::Any(parts) => parts.iter().for_each(|p| within(p, out)),
            Spans::Near { left, right, .. } => [left, right].into_iter().for_each(|s| within(s, out)),
        }
    }
    match query {
        Query::Phrase { fields, words, span } => {
            out.extend(words.iter().filter(|w| !w.is_whole()).map(|w| (*fields, w, *span)));
        }
        Query::Spans { spans, .. } => within(spans, out),
        Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => parts.iter().for_each(|p| wildcards(p, out)),
        Query::Not(part) => wildcards(part, out),
        _ => {}
    }
}

fn corrupt(dir: &Path, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::Corrupt, format!("cannot read the index in {}", dir.display()))
        .with_source(cause)
        .at_path(dir)
}

/// What of a facet is to be named: as many values as are asked for, and those that are selected.
fn facet_plan(search: &Search, field: FacetField, limit: usize) -> FacetPlan {
    let selected = search.filters.iter().filter_map(|f| match f {
        Filter::Value(of, value) if *of == field => Some(value.clone()),
        _ => None,
    });
    FacetPlan { field, limit, selected: selected.collect() }
}

/// Facets as they are shown.
fn facets(search: &Search, counted: Vec<Counted>) -> Vec<Facet> {
    let facet = |((field, _), counted): (&(FacetField, usize), Counted)| {
        let selected = |value: &str| search.filters.iter().any(|f| selects(f, *field, value));
        let values = counted.values.into_iter();
        let values = values.map(|(value, count)| FacetValue { selected: selected(&value), value, count });
        Facet { field: *field, values: values.collect(), distinct: counted.distinct }
    };
    search.facets.iter().zip(counted).map(facet).collect()
}

fn selects(filter: &Filter, field: FacetField, value: &str) -> bool {
    match filter {
        Filter::Value(f, v) => *f == field && v == value,
        Filter::Years(from, to) => {
            let year = value.parse::<i32>().ok().filter(|_| field == FacetField::Year);
            year.is_some_and(|y| from.is_none_or(|f| f <= y) && to.is_none_or(|t| y <= t))
        }
    }
}
