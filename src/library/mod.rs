//! [`Library`]: an index on disk and everything an embedding program does with it.
//!
//! It joins the rooms: files through [`crate::ingest`] and [`crate::identity`] into the engine, queries through the engine to
//! [`Results`]. It never prints, reads no environment and knows no flags.

mod ingest;
mod manifest;

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde::Serialize;

pub use self::ingest::{IngestOptions, IngestReport, Progress, Vanished};
use crate::engine::{Engine, OldThesaurus, clear};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::Reject;
use crate::query::{Query, Span, Syntax};
use crate::record::Record;
use crate::search::{Expand, Facet, FacetField, FacetRequest, LineCount, NONE, Results, Search, Why};
use crate::thesaurus::Thesaurus;

/// A searchable collection of records in a folder.
///
/// Any number of processes may search while one ingests; each sees what was committed when it opened the library or last
/// called [`Library::reload`].
pub struct Library {
    engine: Engine,
}

impl std::fmt::Debug for Library {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Library").field("dir", &self.engine.dir()).finish()
    }
}

impl Library {
    /// Opens an existing library.
    ///
    /// # Errors
    /// [`ErrorKind::NoIndex`] when the folder has none, [`ErrorKind::ForeignIndex`] when another version or program made it.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self> {
        Ok(Library { engine: Engine::open(dir.as_ref())? })
    }

    /// Opens a library, or makes an empty one where the folder has none.
    ///
    /// # Errors
    /// As [`Library::open`], and when the folder cannot be written.
    pub fn open_or_create(dir: impl AsRef<Path>) -> Result<Self> {
        let dir = dir.as_ref();
        match Library::open(dir) {
            Err(e) if e.kind() == ErrorKind::NoIndex => Ok(Library { engine: Engine::create(dir)? }),
            other => other,
        }
    }

    /// Empties a library, of whatever version, so that it can be made anew; it keeps a thesaurus of its own. Only files of the
    /// index are removed; a folder without one is left alone.
    ///
    /// # Errors
    /// When the folder holds other things, another process is writing to it, or it cannot be written.
    pub fn recreate(dir: impl AsRef<Path>) -> Result<Self> {
        let dir = dir.as_ref();
        if dir.join("commlit.json").exists() {
            clear(dir, OldThesaurus::Kept)?;
        }
        Ok(Library { engine: Engine::create(dir)? })
    }

    /// The same, with another thesaurus than it has.
    ///
    /// # Errors
    /// As [`Library::recreate`].
    pub fn recreate_with(dir: impl AsRef<Path>, thesaurus: &Thesaurus) -> Result<Self> {
        let dir = dir.as_ref();
        if dir.join("commlit.json").exists() {
            clear(dir, OldThesaurus::Dropped)?;
        }
        let mut library = Library { engine: Engine::create(dir)? };
        library.set_thesaurus(thesaurus)?;
        Ok(library)
    }

    /// The thesaurus that records are tagged with and queries are read with: commlit's, or the library's own.
    pub fn thesaurus(&self) -> &Thesaurus {
        self.engine.thesaurus()
    }

    /// Gives an empty library a thesaurus in place of the one it has; with commlit's, it has no own any more. One that differs
    /// from what the library has in notes only is taken at any time.
    ///
    /// # Errors
    /// [`ErrorKind::Thesaurus`] when there are records in it, since they were tagged with what it has.
    ///
    /// # Example
    ///
    /// ```
    /// use commlit::Library;
    /// use commlit::thesaurus::Thesaurus;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// let ours = Thesaurus::parse("id\tpreferred\tvariants\npurchasing\tpurchasing\tzorginkoop\n")?;
    /// let mut library = Library::open_or_create(folder.path().join("index"))?;
    /// library.set_thesaurus(&Thesaurus::shipped().merged_with(&ours))?;
    /// assert_eq!(library.thesaurus().concepts_of("zorginkoop"), library.thesaurus().concepts_of("purchasing"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_thesaurus(&mut self, thesaurus: &Thesaurus) -> Result<()> {
        self.engine.set_thesaurus(thesaurus)
    }

    /// Where the thesaurus of the library comes from.
    pub fn thesaurus_origin(&self) -> ThesaurusOrigin {
        match () {
            () if self.engine.has_own_thesaurus() => ThesaurusOrigin::Own,
            () if self.engine.is_of_another_thesaurus() => ThesaurusOrigin::ShippedOther,
            () => ThesaurusOrigin::Shipped,
        }
    }

    /// A search as [`Search::parse`] makes it, read with the headings of the library's thesaurus.
    ///
    /// # Errors
    /// [`ErrorKind::Query`] when the text is not well formed.
    pub fn parse(&self, syntax: Syntax, text: &str) -> Result<Search> {
        Search::parse_with(syntax, text, &|name| !self.thesaurus().concepts_of(name).is_empty())
    }

    /// Sees what other processes have committed since.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn reload(&self) -> Result<()> {
        self.engine.reload()
    }

    /// Keeps a list of authorities with the library, in the place of the one it had; an empty one takes it back. What is in the
    /// index stays as it is: the list is used from now on, by those who open or reload the library. See
    /// [`crate::authority`].
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] when the list is not well formed; when it cannot be written.
    pub fn set_authorities(&self, list: &str) -> Result<()> {
        self.engine.set_authorities(list)
    }

    /// Answers a search.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn search(&self, search: &Search) -> Result<Results> {
        self.engine.search(search)
    }

    /// The ids and scores of the hits of a search, in their order: the cheapest answer there is.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn ranking(&self, search: &Search) -> Result<Vec<(String, f32)>> {
        self.engine.ranking(search)
    }

    /// Visits the record of every hit of a search, best first or as it is sorted, whatever page it asks for. The answer is that
    /// of [`Library::search`] without its hits.
    ///
    /// # Errors
    /// When the index cannot be read, or the visitor fails.
    pub fn each_hit(&self, search: &Search, visit: &mut dyn FnMut(Record) -> Result<()>) -> Result<Results> {
        self.engine.each_hit(search, visit)
    }

    /// The record of an id, or of an id that was merged into it.
    ///
    /// # Errors
    /// [`ErrorKind::NoRecord`] when there is none.
    pub fn get(&self, id: &str) -> Result<Record> {
        let found = self.engine.get(id)?;
        found.ok_or_else(|| no_record(id))
    }

    /// A search for records like one: those that have two of its 25 most telling words, best first. The record itself is left
    /// out. [`Search::among`] restricts it.
    ///
    /// # Errors
    /// [`ErrorKind::NoRecord`] when there is no record of that id; [`ErrorKind::Argument`] when it has no word that any other has.
    pub fn more_like(&self, id: &str) -> Result<Search> {
        let (record, query) = self.engine.more_like(id)?.ok_or_else(|| no_record(id))?;
        let query = query.ok_or_else(|| {
            Error::new(ErrorKind::Argument, format!("no other record has any of the words of `{}`", record.id))
        })?;
        Ok(Search { syntax: "plain", ..Search::from(query) })
    }

    /// Counts of facets over the records that match a search, without its hits.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn facets(&self, search: &Search, facets: &[FacetRequest]) -> Result<Vec<Facet>> {
        let search = Search { limit: 0, facets: facets.to_vec(), ..search.clone() };
        Ok(self.engine.search(&search)?.facets)
    }

    /// Runs the lines of a strategy, each once, and tells how many records each finds; lines may refer to those before them
    /// ([`Query::Line`]). A line that could not be read is `None`, finds nothing and has no count. The visitor can break off.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn count_lines(
        &self,
        lines: &[Option<Query>],
        visit: &mut dyn FnMut(usize, Option<LineCount>) -> ControlFlow<()>,
    ) -> Result<()> {
        self.engine.count_lines(lines, visit)
    }

    /// How many words of the index each word with wildcards in a query stands for, in the field where it is most, with the
    /// place where it is written.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn wildcards(&self, query: &Query) -> Result<Vec<(Span, u64)>> {
        self.engine.wildcards(query)
    }

    /// Why a record matches a query with what the thesaurus may add to it, part by part, or why it does not.
    ///
    /// # Errors
    /// [`ErrorKind::NoRecord`] when there is no record of that id.
    pub fn why(&self, id: &str, query: &Query, expand: Expand) -> Result<(Record, Why)> {
        let found = self.engine.why(id, query, expand)?;
        found.ok_or_else(|| no_record(id))
    }

    /// Visits every record.
    ///
    /// # Errors
    /// When the index cannot be read, or the visitor fails.
    pub fn each_record(&self, visit: &mut dyn FnMut(Record) -> Result<()>) -> Result<()> {
        self.engine.each_record(visit)
    }

    /// Figures of the library.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn stats(&self) -> Result<Stats> {
        let figures = self.engine.figures()?;
        let manifest = self.manifest()?;
        let everything = Search::from(crate::query::Query::All);
        let requests = FacetField::ALL.map(|f| FacetRequest { limit: 0, missing: true, ..FacetRequest::new(f) });
        let facets = self.facets(&everything, &requests)?;
        let missing = |facet: &Facet| facet.values.iter().find(|v| v.value == NONE).map_or(0, |v| v.count);
        let years = facets.iter().find(|f| f.field == FacetField::Year);
        let years: Vec<i32> = years.iter().flat_map(|f| &f.values).filter_map(|v| v.value.parse().ok()).collect();
        Ok(Stats {
            records: figures.records,
            records_merged: manifest.records().saturating_sub(figures.records),
            files: manifest.files.len(),
            rejects: manifest.rejects().count(),
            segments: figures.segments,
            bytes: figures.bytes,
            years: years.first().copied().zip(years.last().copied()),
            distinct: facets.iter().map(|f| (f.field.name(), f.distinct as u64)).collect(),
            missing: facets.iter().map(|f| (f.field.name(), missing(f))).collect(),
            concepts: self.thesaurus().concepts().len(),
            thesaurus: self.thesaurus_origin(),
        })
    }

    /// Everything that was set aside when the files of the library were read.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn rejects(&self) -> Result<Vec<Reject>> {
        Ok(self.manifest()?.rejects().cloned().collect())
    }

    /// Verifies the index: every checksum, every record, and that the list of files agrees with what is in it.
    ///
    /// # Errors
    /// When the index cannot be read at all.
    pub fn check(&self) -> Result<CheckReport> {
        let mut report = CheckReport { damaged: self.engine.damaged_files()?, ..CheckReport::default() };
        if !report.damaged.is_empty() {
            return Ok(report);
        }
        let mut ids = HashSet::new();
        let mut problems = Vec::new();
        let mut parts: HashMap<String, u64> = HashMap::new();
        self.engine.each_work(&mut |work| {
            for part in work.parts {
                *parts.entry(part.file).or_default() += 1;
            }
            if !ids.insert(work.id.clone()) {
                problems.push(format!("the id {} stands for two records", work.id));
            }
        })?;
        report.records = ids.len() as u64;
        let manifest = self.manifest()?;
        for (key, entry) in &manifest.files {
            let found = parts.remove(key).unwrap_or(0);
            if found != entry.records {
                problems.push(format!(
                    "{} had {} records, but {found} of them are in the index",
                    entry.path, entry.records
                ));
            }
            if !Path::new(key).exists() {
                report.vanished.push(entry.path.clone());
            }
        }
        // Commits on the way of an ingest name a list without the files that are still being read.
        report.unfinished = parts.into_keys().collect();
        report.unfinished.sort();
        problems.sort();
        report.problems = problems;
        Ok(report)
    }
}

fn no_record(id: &str) -> Error {
    Error::new(ErrorKind::NoRecord, format!("there is no record with the id `{id}`"))
}

/// Where the thesaurus of a library comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThesaurusOrigin {
    /// It came with commlit.
    Shipped,
    /// It came with commlit, but records were tagged with that of another version.
    ShippedOther,
    /// It was given to the library, and is kept with it.
    Own,
}

/// Figures of a library.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stats {
    /// Records (works) in the index.
    pub records: u64,
    /// Records of its files that are the same work as another one.
    pub records_merged: u64,
    /// Files it was made from.
    pub files: usize,
    /// What was set aside in them.
    pub rejects: usize,
    /// Segments of the index.
    pub segments: usize,
    /// Bytes of the index on disk.
    pub bytes: u64,
    /// The first and the last year of publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub years: Option<(i32, i32)>,
    /// Concepts of its thesaurus.
    pub concepts: usize,
    /// Where its thesaurus comes from.
    pub thesaurus: ThesaurusOrigin,
    /// Distinct values of each facet field.
    #[serde(serialize_with = "pairs_as_object")]
    pub distinct: Vec<(&'static str, u64)>,
    /// Records without a value in each facet field.
    #[serde(serialize_with = "pairs_as_object")]
    pub missing: Vec<(&'static str, u64)>,
}

fn pairs_as_object<S: serde::Serializer>(pairs: &[(&'static str, u64)], s: S) -> Result<S::Ok, S::Error> {
    s.collect_map(pairs.iter().copied())
}

/// What [`Library::check`] has found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct CheckReport {
    /// Records read.
    pub records: u64,
    /// Files of the index whose checksum does not hold.
    pub damaged: Vec<PathBuf>,
    /// Contradictions within the index.
    pub problems: Vec<String>,
    /// Files that the index was made from and that are no longer there; no fault of the index.
    pub vanished: Vec<String>,
    /// Files of which it has some records: an ingest was cut short, or goes on, and the next one reads them whole.
    pub unfinished: Vec<String>,
}

impl CheckReport {
    /// Whether the index is sound and whole.
    pub fn is_sound(&self) -> bool {
        !self.is_damaged() && self.unfinished.is_empty()
    }

    /// Whether it has to be made anew.
    pub fn is_damaged(&self) -> bool {
        !self.damaged.is_empty() || !self.problems.is_empty()
    }
}
