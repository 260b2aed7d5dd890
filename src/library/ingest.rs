//! Bringing an index up to date with files: read what is new or changed, merge what is the same work, commit once.
//!
//! Records whose identity keys nobody shares go straight into the index. The others are set aside with the works in the
//! index that share a key, sorted into works again, and written anew; that way the result does not depend on the order in
//! which files came, and taking one file back splits what only it had joined.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use serde::Serialize;

use super::Library;
use super::manifest::{Entry, Manifest};
use crate::engine::{Addition, Engine, Work, Writer};
use crate::error::Result;
use crate::identity::{self, Part};
use crate::ingest::file::{Event, read_files_with};
use crate::ingest::table::Mapping;
use crate::ingest::walk::{InputFile, walk};
use crate::ingest::{Reject, walk};

/// How an ingest goes about its work.
#[derive(Debug, Clone)]
pub struct IngestOptions {
    /// What happens to records of files that were read before, lie below the given paths, and are there no more.
    pub vanished: Vanished,
    /// About how much memory the whole ingest may take, in bytes, however much is read: reading, sorting into works,
    /// indexing and merging share it. The index takes 64 MiB in any case. (Files of formats that must be read whole take up
    /// several times their size beside it.)
    pub memory: usize,
    /// Columns of tables assigned to fields. Unchanged files for which another mapping would make a difference are read
    /// again; with `None` they stay as they were read.
    pub mapping: Option<Mapping>,
}

impl Default for IngestOptions {
    fn default() -> Self {
        IngestOptions { vanished: Vanished::Keep, memory: 512 * 1024 * 1024, mapping: None }
    }
}

/// What happens to records of files that have vanished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vanished {
    /// They stay in the index; the report names the files.
    Keep,
    /// They are removed.
    Remove,
}

/// How far an ingest has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Files read.
    pub files: usize,
    /// Files to read in all.
    pub files_total: usize,
    /// Bytes of the files read.
    pub bytes: u64,
    /// Bytes to read in all.
    pub bytes_total: u64,
    /// Records read.
    pub records: u64,
}

/// What an ingest has done.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct IngestReport {
    /// Files found at the given paths.
    pub files: usize,
    /// Files that were read.
    pub files_read: usize,
    /// Files that are in the index and have not changed.
    pub files_unchanged: usize,
    /// Files of the index that are no longer at the given paths.
    pub files_vanished: Vec<String>,
    /// Whether the records of the vanished files were removed.
    pub vanished_removed: bool,
    /// Entries of folders, and of archives that were read, that were passed over, by reason.
    pub passed_over: BTreeMap<&'static str, usize>,
    /// Records read.
    pub records_read: u64,
    /// How many records of the files in the index are the same work as another one, and stand in it together.
    pub records_merged: u64,
    /// Everything that was set aside, also in unchanged files.
    pub rejects: Vec<Reject>,
    /// Records in the index now.
    pub records: u64,
    /// Whether it was broken off; what was read until then is in the index.
    pub interrupted: bool,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// How many records may wait for merging before they are merged, and what part of the memory they may take.
const WAITING: usize = 20_000;
const WAITING_SHARE: usize = 16;
/// What a work takes up that is taken out of the index, beside its records, in bytes: its id, its keys, its deletion.
const TAKEN_BYTES: usize = 400;
/// What part of the memory the identity keys of a run may take, and what one takes.
const SEEN_SHARE: usize = 10;
const SEEN_BYTES: usize = 18;
/// The least memory that is shared out.
const LEAST_MEMORY: usize = 1024 * 1024;
/// An index smaller than this is written by one thread: one segment is quicker to search than several.
const SMALL: u64 = 16 * 1024 * 1024;

impl Library {
    /// Reads files and folders into the index. Unchanged files are skipped; what cannot be read is set aside and reported,
    /// and the rest goes on. `progress` is called now and then and can break the ingest off: what has been read until then
    /// is kept, and the same call goes on from there.
    ///
    /// # Errors
    /// When the index cannot be written, or another process is writing to it. Bad input is no error but a [`Reject`].
    pub fn ingest(
        &self,
        paths: &[PathBuf],
        options: &IngestOptions,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<IngestReport> {
        let start = Instant::now();
        let engine = &self.engine;
        let found = walk(paths);
        let (label, mut manifest) = self.labelled_manifest()?;
        let mut report = IngestReport {
            files: found.files.len(),
            passed_over: found.passed_over,
            rejects: found.rejects,
            ..IngestReport::default()
        };
        let (unchanged, changed): (Vec<InputFile>, Vec<InputFile>) = found
            .files
            .into_iter()
            .partition(|f| manifest.files.get(&f.key).is_some_and(|e| e.is_unchanged(f, options.mapping.as_ref())));
        report.files_unchanged = unchanged.len();
        let present: HashSet<&str> = unchanged.iter().chain(&changed).map(|f| f.key.as_str()).collect();
        let vanished = vanished(&manifest, paths, &present);
        report.files_vanished =
            vanished.iter().filter_map(|key| manifest.files.get(key)).map(|e| e.path.clone()).collect();
        report
            .rejects
            .extend(unchanged.iter().filter_map(|f| manifest.files.get(&f.key)).flat_map(|e| e.rejects.clone()));
        report.vanished_removed = options.vanished == Vanished::Remove && !vanished.is_empty();
        if !changed.is_empty() || report.vanished_removed {
            let bytes: u64 = changed.iter().map(|f| f.size).sum();
            let threads = if bytes < SMALL { 1 } else { std::thread::available_parallelism().map_or(1, usize::from) };
            let memory = options.memory.max(LEAST_MEMORY);
            let done = std::thread::scope(|scope| -> Result<bool> {
                let writer = Writer::open(engine, scope, threads, memory)?;
                if engine.label()? != label {
                    // Another process has committed between our look at the list and the lock.
                    return Ok(false);
                }
                let mut update = Update {
                    engine,
                    writer,
                    was_empty: engine.figures()?.records == 0,
                    label,
                    memory,
                    seen: Keys::default(),
                    waiting: Vec::new(),
                    waiting_bytes: 0,
                };
                let gone = if report.vanished_removed { vanished } else { Vec::new() };
                let again: Vec<&String> = changed.iter().map(|f| &f.key).chain(&gone).collect();
                // From here on these files are not in the list: whatever ends this run before them, the next one reads them.
                let listed = manifest.files.len();
                for key in &again {
                    manifest.files.remove(*key);
                }
                if manifest.files.len() < listed {
                    update.label = Some(manifest.save(engine.dir())?);
                }
                update.take_back(again.into_iter())?;
                let mapping = options.mapping.clone().unwrap_or_default();
                let unfinished = update.read(&changed, &mapping, &mut manifest, &mut report, progress)?;
                update.merge_waiting()?;
                if let Some(unfinished) = unfinished {
                    report.interrupted = true;
                    update.drop_halves(&unfinished)?;
                }
                let label = manifest.save(engine.dir())?;
                let _lock = update.writer.finish(&label, report.interrupted)?;
                manifest.sweep(engine.dir());
                Ok(true)
            })?;
            if !done {
                engine.reload()?;
                return self.ingest(paths, options, progress);
            }
        } else {
            engine.complete();
        }
        // By file, and within a file as they were met.
        report.rejects.sort_by(|a, b| a.path.cmp(&b.path));
        report.records = engine.figures()?.records;
        report.records_merged = manifest.records().saturating_sub(report.records);
        report.seconds = start.elapsed().as_secs_f64();
        Ok(report)
    }

    pub(super) fn manifest(&self) -> Result<Manifest> {
        self.labelled_manifest().map(|(_, manifest)| manifest)
    }

    /// The list of files, and the label that the last commit names it by.
    fn labelled_manifest(&self) -> Result<(Option<String>, Manifest)> {
        loop {
            let label = self.engine.label()?;
            match Manifest::load(self.engine.dir(), label.as_deref()) {
                // Another process has committed meanwhile, and removed the list that was named before.
                Err(_) if self.engine.label()? != label => {}
                loaded => return Ok((label, loaded?)),
            }
        }
    }
}

/// The files of the list that lie at or below the given paths and were not found there.
fn vanished(manifest: &Manifest, paths: &[PathBuf], present: &HashSet<&str>) -> Vec<String> {
    // A folder that is not there at all is more likely a disk that is not mounted than a collection that was thrown away.
    let roots: Vec<PathBuf> = paths.iter().filter(|p| p.exists()).map(|p| walk::absolute(p)).collect();
    let below = |key: &str| roots.iter().any(|root| std::path::Path::new(key).starts_with(root));
    let is_gone = |key: &str| std::fs::symlink_metadata(key).is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound);
    manifest.files.keys().filter(|key| !present.contains(key.as_str()) && below(key) && is_gone(key)).cloned().collect()
}

/// One run of changes to the index.
struct Update<'s, 'e> {
    engine: &'e Engine,
    writer: Writer<'s, 'e>,
    was_empty: bool,
    /// The list of the files that are in the index whole; commits on the way carry it on, so that an interrupted run is repeated.
    label: Option<String>,
    /// What all of it may take, in bytes.
    memory: usize,
    /// Identity keys that have gone into the index in this run and are not visible there yet.
    seen: Keys,
    waiting: Vec<Part>,
    /// How many bytes of text wait.
    waiting_bytes: usize,
}

/// A set of identity keys. They are hashes, and are not hashed again.
type Keys = HashSet<u64, BuildHasherDefault<AsItIs>>;

#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |n, b| n.rotate_left(8) ^ u64::from(*b));
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = n;
    }
}

/// Records on the way into works again, with what was in the index.
#[derive(Debug, Default)]
struct Sorting {
    pool: Vec<Part>,
    /// The ids of works that have been taken out of the index since its last commit.
    taken: HashSet<String>,
    /// Identity keys of what is to go.
    dropped: BTreeSet<u64>,
    /// What was taken, in bytes, about.
    bytes: usize,
}

impl Sorting {
    /// Takes a work out of the index and into the pool, but for what it has from some files.
    fn take(&mut self, work: Work, without: &BTreeSet<&str>, writer: &mut Writer<'_, '_>) -> Result<()> {
        if self.taken.contains(&work.id) {
            return Ok(());
        }
        writer.delete(&work.id)?;
        self.taken.insert(work.id);
        for part in work.parts {
            if without.contains(part.file.as_str()) {
                self.dropped.extend(identity::keys(&part.record));
                self.bytes += TAKEN_BYTES;
            } else {
                self.bytes += TAKEN_BYTES + part.record.len();
                self.pool.push(part);
            }
        }
        Ok(())
    }
}

impl Update<'_, '_> {
    /// Removes what came from files. What other files say of the same works is sorted again, and so are the works that
    /// share a key with what was removed: it may have been what kept them apart.
    fn take_back<'k>(&mut self, files: impl Iterator<Item = &'k String>) -> Result<()> {
        if self.was_empty {
            return Ok(());
        }
        let files: BTreeSet<&str> = files.map(String::as_str).collect();
        let mut sorting = Sorting::default();
        for file in &files {
            while !self.take_back_some(file, &files, &mut sorting)? {
                self.sort(std::mem::take(&mut sorting), &files)?;
                // Nothing is lost if this is the last commit: it is labelled with a list that the files are not in.
                self.writer.commit(self.label.as_deref())?;
            }
        }
        // With the commit that takes it out of the index, what other files say goes back into it.
        self.sort(sorting, &files)
    }

    /// Takes works of a file out of the index; whether that were all, and not only as many as may wait.
    fn take_back_some(&mut self, file: &str, files: &BTreeSet<&str>, sorting: &mut Sorting) -> Result<bool> {
        let (engine, most) = (self.engine, self.memory / WAITING_SHARE);
        engine.each_work_from_file(file, &mut |work| {
            // Another file's name may have the same hash.
            if work.parts.iter().any(|p| files.contains(p.file.as_str())) {
                sorting.take(work, files, &mut self.writer)?;
            }
            let is_full = sorting.taken.len() >= WAITING || sorting.bytes > most;
            Ok(if is_full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })
    }

    /// Reads files into the index. When it was broken off, gives the files that were not read to their end.
    fn read(
        &mut self,
        files: &[InputFile],
        mapping: &Mapping,
        manifest: &mut Manifest,
        report: &mut IngestReport,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Option<Vec<String>>> {
        let bytes_total = files.iter().map(|f| f.size).sum();
        let mut at = Progress { files: 0, files_total: files.len(), bytes: 0, bytes_total, records: 0 };
        let mut entries: BTreeMap<usize, Entry> = BTreeMap::new();
        let mut failure = None;
        // Bytes of whole files, and of the file that is read piece by piece.
        let (mut files_read, mut part_read) = (0, 0);
        let outcome = read_files_with(files, mapping, &mut |file, event| {
            let input = &files[file];
            let entry = entries.entry(file).or_insert_with(|| Entry::new(input, mapping));
            match event {
                Event::Record(record) => {
                    at.records += 1;
                    entry.records += 1;
                    entry.has_tables |= record.sources.iter().any(|s| s.format == "table");
                    if let Err(e) = self.place(Part { file: input.key.clone(), record: *record }) {
                        failure = Some(e);
                        return ControlFlow::Break(());
                    }
                    if at.records.is_multiple_of(256) { progress(at) } else { ControlFlow::Continue(()) }
                }
                Event::Reject(reject) => {
                    report.rejects.push(reject.clone());
                    entry.rejects.push(reject);
                    ControlFlow::Continue(())
                }
                Event::PassedOver(reason) => {
                    *report.passed_over.entry(reason).or_insert(0) += 1;
                    ControlFlow::Continue(())
                }
                Event::Advanced(bytes) => {
                    part_read += bytes;
                    at.bytes = files_read + part_read.min(input.size);
                    progress(at)
                }
                Event::Finished => {
                    at.files += 1;
                    files_read += input.size;
                    part_read = 0;
                    at.bytes = files_read;
                    manifest.files.extend(entries.remove(&file).map(|entry| (input.key.clone(), entry)));
                    progress(at)
                }
            }
        });
        report.files_read = at.files;
        report.records_read = at.records;
        // A file that was not read to its end is not in the list: the next run reads it anew.
        let unfinished: Vec<String> = entries.into_keys().map(|file| files[file].key.clone()).collect();
        for key in &unfinished {
            manifest.files.remove(key);
        }
        failure.map_or(Ok(outcome.is_break().then_some(unfinished)), Err)
    }

    /// Removes what was read of files that were not read to their end, so that the index holds whole files only.
    fn drop_halves(&mut self, files: &[String]) -> Result<()> {
        self.writer.commit(self.label.as_deref())?;
        self.was_empty = false;
        self.take_back(files.iter())?;
        self.merge_waiting()
    }

    /// Puts a record into the index, or aside when another one may be the same work.
    fn place(&mut self, part: Part) -> Result<()> {
        let keys = identity::keys(&part.record);
        if self.seen.len() + keys.len() > self.memory / SEEN_SHARE / SEEN_BYTES {
            // From here on the index says which keys it has.
            self.writer.commit(self.label.as_deref())?;
            self.was_empty = false;
            self.seen = Keys::default();
        }
        let mut shared = false;
        for key in &keys {
            shared |= !self.seen.insert(*key) || !self.was_empty && self.engine.works_at_most(*key)? > 0;
        }
        if !shared {
            return self.writer.add(Addition::Single(Box::new(part), keys));
        }
        self.waiting_bytes += part.record.len();
        self.waiting.push(part);
        let is_full = self.waiting.len() >= WAITING || self.waiting_bytes > self.memory / WAITING_SHARE;
        if is_full { self.merge_waiting() } else { Ok(()) }
    }

    /// Sorts the waiting records, with all works in the index that share a key with them, into works.
    fn merge_waiting(&mut self) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        // What this run has added must be visible to be found by its keys.
        self.writer.commit(self.label.as_deref())?;
        self.waiting_bytes = 0;
        let pool = std::mem::take(&mut self.waiting);
        self.sort(Sorting { pool, ..Sorting::default() }, &BTreeSet::new())
    }

    /// Sorts records, with all works in the index that share a key with them, into works. What those have from some files is
    /// dropped.
    fn sort(&mut self, mut sorting: Sorting, without: &BTreeSet<&str>) -> Result<()> {
        let mut looked_up = HashSet::new();
        let mut next = 0;
        loop {
            let keys = if let Some(key) = sorting.dropped.pop_first() {
                // A key that nothing else has joined nothing.
                if self.engine.works_at_most(key)? < 2 { Vec::new() } else { vec![key] }
            } else if let Some(part) = sorting.pool.get(next) {
                next += 1;
                identity::keys(&part.record)
            } else {
                break;
            };
            for key in keys {
                if looked_up.insert(key) {
                    for work in self.engine.works_with_key(key)? {
                        sorting.take(work, without, &mut self.writer)?;
                    }
                }
            }
        }
        for parts in identity::group(sorting.pool) {
            self.seen.extend(parts.iter().flat_map(|p| identity::keys(&p.record)));
            self.writer.add(Addition::Merged(Box::new(identity::merge(&parts)), parts))?;
        }
        Ok(())
    }
}
