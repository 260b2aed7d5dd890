//! Changing the index: one writer at a time, all or nothing, and safe on disk when a commit returns.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Scope;

use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, DirectoryLock, INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::index::SegmentComponent;
use tantivy::indexer::IndexWriterOptions;
use tantivy::query::TermSetQuery;
use tantivy::{Index, IndexWriter, TantivyError, Term};

use super::budget::{Budget, Room, Waiting};
use super::concepts::Concepts;
use super::indexing::{Addition, Crew, Means};
use super::merging::{BoundedMerges, WriterDirectory};
use super::{Engine, corrupt, schema, thesaurus};
use crate::error::{Error, ErrorKind, Result};

/// What is locked by who writes. The library's own lock ends when its writer waits for merges, and there is more to do then.
const LOCK_FILE: &str = ".commlit-writer.lock";

/// Collects changes and commits them together. Holds the lock of the index as long as it lives.
pub(crate) struct Writer<'s, 'e> {
    engine: &'e Engine,
    scope: &'s Scope<'s, 'e>,
    /// Takes segments, merges and deletes.
    inner: IndexWriter<Waiting>,
    budget: Budget,
    room: Arc<Room>,
    means: Means<'e>,
    /// The threads that have works which are in no segment of `inner` yet.
    crew: Option<Crew<'s>>,
    concepts: Concepts<'e>,
    /// The ids that have been deleted since the last commit.
    deleted: HashSet<String>,
    /// The terms of those that are yet to be handed over.
    going: Vec<Term>,
    /// Whether big segments may be merged.
    at_the_end: Arc<AtomicBool>,
    lock: DirectoryLock,
}

impl<'s, 'e> Writer<'s, 'e> {
    /// Takes the index for writing, with threads in a scope. `memory` bounds what writing holds, in bytes: works that wait, the
    /// words of those that are in no segment yet, and the segments that are merged.
    pub(crate) fn open(engine: &'e Engine, scope: &'s Scope<'s, 'e>, threads: usize, memory: usize) -> Result<Self> {
        let lock = own_lock(&engine.dir)?;
        let budget = Budget::of(memory, threads);
        let options = IndexWriterOptions::builder()
            .num_worker_threads(budget.threads)
            .memory_budget_per_thread(budget.anew)
            .num_merge_threads(1)
            .build();
        let directory = MmapDirectory::open(&engine.dir).map_err(|e| engine.corrupt(e))?;
        let mut index = Index::open(WriterDirectory::new(directory, &engine.dir)).map_err(|e| engine.corrupt(e))?;
        index.set_tokenizers(schema::tokenizers());
        let inner = index.writer_with_options(options).map_err(|e| match e {
            TantivyError::LockFailure(..) => locked(&engine.dir),
            other => engine.corrupt(other),
        })?;
        let at_the_end = Arc::new(AtomicBool::new(false));
        inner.set_merge_policy(Box::new(BoundedMerges::new(&engine.dir, budget.merged, Arc::clone(&at_the_end))));
        engine.settle_thesaurus()?;
        let metas = index.load_metas().map_err(|e| engine.corrupt(e))?;
        sweep(&engine.dir, &metas.segments.iter().map(|s| s.relative_path(SegmentComponent::Delete)).collect());
        let means = Means { index, fields: &engine.fields, thesaurus: engine.thesaurus(), arena: budget.arena };
        let concepts = Concepts::new(engine.thesaurus());
        let room = Room::new(budget.waiting);
        let (deleted, going) = (HashSet::new(), Vec::new());
        Ok(Writer { engine, scope, inner, budget, room, means, crew: None, concepts, deleted, going, at_the_end, lock })
    }

    /// Adds a work.
    pub(crate) fn add(&mut self, work: Addition) -> Result<()> {
        if self.deleted.contains(&work.record().id) {
            return self.add_anew(&work);
        }
        let engine = self.engine;
        // Beside its texts a work has values of them and the room between both.
        let place = self.room.enter(1_000 + 2 * size(&work));
        let crew = match self.crew.take() {
            Some(crew) => crew,
            None => Crew::start(self.scope, self.budget, &self.means)
                .map_err(|e| Error::io("start a thread to write the index", &engine.dir, e))?,
        };
        let crew = self.crew.insert(crew);
        for segment in crew.written() {
            segment.and_then(|s| self.inner.add_segment(s)).map_err(|e| engine.corrupt(e))?;
        }
        if let Err(e) = crew.add(work, place) {
            // The threads say why they are no more.
            self.settle()?;
            return Err(engine.corrupt(e));
        }
        Ok(())
    }

    /// Adds a work that takes the place of one that is deleted in the same commit. The library behind tells documents that are
    /// older than a deletion from those that are younger, but not whole segments that it is given.
    fn add_anew(&mut self, work: &Addition) -> Result<()> {
        self.hand_over_deletions()?;
        let engine = self.engine;
        self.concepts.read(work.record());
        let mentioned = self.concepts.of(work.record());
        let document = engine.fields.document(work, &mentioned).map_err(|e| engine.corrupt(e))?;
        // A document has its text in the record and once for each view, and some values of it.
        let place = self.room.enter(1_000 + 4 * size(work));
        self.inner.add_document(Waiting::new(document, place)).map(drop).map_err(|e| engine.corrupt(e))
    }

    /// Waits until all works that have been added are in segments.
    fn settle(&mut self) -> Result<()> {
        let Some(crew) = self.crew.take() else { return Ok(()) };
        let settle = || crew.finish()?.into_iter().try_for_each(|segment| self.inner.add_segment(segment));
        settle().map_err(|e| self.engine.corrupt(e))
    }

    /// Removes the work of an id.
    pub(crate) fn delete(&mut self, id: &str) -> Result<()> {
        // What is deleted is looked for in the segments that are there: all that was added before must be in one.
        self.settle()?;
        self.going.push(Term::from_field_text(self.engine.fields.id, id));
        self.deleted.insert(id.to_owned());
        Ok(())
    }

    /// Hands over what is to be deleted. The library behind keeps each deletion to its end: hundreds of bytes a term, but only a
    /// few where many terms go together.
    fn hand_over_deletions(&mut self) -> Result<()> {
        if self.going.is_empty() {
            return Ok(());
        }
        let going = TermSetQuery::new(self.going.drain(..));
        self.inner.delete_query(Box::new(going)).map(drop).map_err(|e| self.engine.corrupt(e))
    }

    /// Makes the changes visible and safe: when it returns, they survive a crash and a loss of power.
    pub(crate) fn commit(&mut self, label: Option<&str>) -> Result<()> {
        self.settle()?;
        self.hand_over_deletions()?;
        let engine = self.engine;
        let mut prepared = self.inner.prepare_commit().map_err(|e| engine.corrupt(e))?;
        if let Some(label) = label {
            prepared.set_payload(label);
        }
        prepared.commit().map_err(|e| engine.corrupt(e))?;
        self.deleted.clear();
        sync_dir(&engine.dir)?;
        engine.reload()?;
        engine.write_fingerprints();
        Ok(())
    }

    /// Commits for the last time and waits until segments have been merged. One who wants to end does not wait for big ones. The
    /// lock is held as long as what it returns.
    pub(crate) fn finish(mut self, label: &str, in_a_hurry: bool) -> Result<Lock> {
        self.at_the_end.store(!in_a_hurry, Ordering::Relaxed);
        self.commit(Some(label))?;
        let engine = self.engine;
        self.inner.wait_merging_threads().map_err(|e| engine.corrupt(e))?;
        sync_dir(&engine.dir)?;
        engine.reload()?;
        engine.write_fingerprints();
        engine.sweep_fingerprints();
        Ok(Lock { _ours: self.lock, _theirs: None })
    }
}

/// The lock of an index: ours, and that of the library behind, which it gives up before all is done.
pub(crate) struct Lock {
    _ours: DirectoryLock,
    _theirs: Option<DirectoryLock>,
}

fn size(work: &Addition) -> usize {
    work.parts().iter().map(|p| p.record.len()).sum()
}

/// Whether a file of that name belongs to a segment.
pub(super) fn is_of_segment(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    stem.len() == 32 && stem.bytes().all(|b| b.is_ascii_hexdigit()) && name.len() > 33
}

/// Whether a file of that name is one of an index, and nobody else's.
pub(super) fn is_ours(name: &str) -> bool {
    is_of_segment(name)
        || matches!(
            name,
            "commlit.json"
                | "meta.json"
                | ".managed.json"
                | ".tantivy-writer.lock"
                | ".tantivy-meta.lock"
                | LOCK_FILE
                | thesaurus::FILE
        )
        || name.starts_with(".tmp")
        || name.starts_with("files-") && (name.ends_with(".jsonl") || name.ends_with(".new"))
        || name == super::AUTHORITIES_FILE
        || ["commlit.", "thesaurus.", "authorities."].iter().any(|n| name.starts_with(n)) && name.ends_with(".new")
}

/// Takes the lock that writers take.
pub(super) fn lock(dir: &Path) -> Result<Lock> {
    let ours = own_lock(dir)?;
    Ok(Lock { _ours: ours, _theirs: Some(acquire(dir, &INDEX_WRITER_LOCK)?) })
}

fn own_lock(dir: &Path) -> Result<DirectoryLock> {
    acquire(dir, &tantivy::directory::Lock { filepath: PathBuf::from(LOCK_FILE), is_blocking: false })
}

fn acquire(dir: &Path, lock: &tantivy::directory::Lock) -> Result<DirectoryLock> {
    let directory = MmapDirectory::open(dir).map_err(|e| corrupt(dir, e))?;
    directory.acquire_lock(lock).map_err(|e| match e {
        LockError::LockBusy => locked(dir),
        other => corrupt(dir, other),
    })
}

fn locked(dir: &Path) -> Error {
    Error::new(ErrorKind::Locked, format!("another process is writing to the index in {}", dir.display()))
        .with_hint("wait until it has finished, or name another folder with --index")
        .at_path(dir)
}

/// What becomes of the thesaurus of an index that is emptied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OldThesaurus {
    /// It stays, if it can be read.
    Kept,
    /// It goes.
    Dropped,
}

/// Empties the folder of an index: removes the files of the index, and nothing else. The user's list of authorities stays, and
/// so does the thesaurus, where it is not to go: nothing could make them anew. A thesaurus that is to stay and cannot be read is
/// an error before anything is removed.
pub(crate) fn clear(dir: &Path, old: OldThesaurus) -> Result<()> {
    let _lock = lock(dir)?;
    match old {
        OldThesaurus::Kept => drop(thesaurus::load(dir)?),
        OldThesaurus::Dropped => thesaurus::forget(dir)?,
    }
    for entry in fs::read_dir(dir).map_err(|e| Error::io("read the folder", dir, e))?.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // The lock files stay: another process may hold one open.
        if is_ours(&name) && !name.ends_with(".lock") && name != thesaurus::FILE && name != super::AUTHORITIES_FILE {
            fs::remove_file(entry.path()).map_err(|e| Error::io("remove", &entry.path(), e))?;
        }
    }
    Ok(())
}

/// Removes what a killed process left behind and nothing names: temporary files, and lists of deleted documents, since the next
/// deletion would be written under the same name. The lock must be held.
fn sweep(dir: &Path, named: &HashSet<PathBuf>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let of_deletions = name.to_string_lossy().ends_with(".del") && !named.contains(Path::new(&name));
        if of_deletions || name.to_string_lossy().starts_with(".tmp") {
            // What cannot be removed is swept the next time.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Renames do not survive a loss of power until their folder is synced.
pub(super) fn sync_dir(dir: &Path) -> Result<()> {
    if cfg!(unix) {
        File::open(dir).and_then(|d| d.sync_all()).map_err(|e| Error::io("sync the folder", dir, e))?;
    }
    Ok(())
}

/// Writes a file so that it is there whole or not at all.
pub(crate) fn write_durably(path: &Path, bytes: &[u8]) -> Result<()> {
    write_durably_with(path, &mut |file| file.write_all(bytes))
}

/// The same, piece by piece.
pub(super) fn write_durably_with(
    path: &Path,
    write_to: &mut dyn FnMut(&mut BufWriter<File>) -> std::io::Result<()>,
) -> Result<()> {
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    let mut write = || -> std::io::Result<()> {
        let mut file = BufWriter::new(File::create(&temporary)?);
        write_to(&mut file)?;
        file.into_inner()?.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().map_err(|e| {
        // A disk that is full is not to be kept so.
        let _ = fs::remove_file(&temporary);
        Error::io("write", path, e)
    })?;
    path.parent().map_or(Ok(()), sync_dir)
}

impl std::fmt::Debug for Writer<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("dir", &self.engine.dir).finish()
    }
}
