//! Changing the index: one writer at a time, all or nothing, and safe on disk when a commit returns.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, DirectoryLock, INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::indexer::IndexWriterOptions;
use tantivy::{Index, IndexWriter, TantivyError, Term};

use super::budget::{Budget, Room, Waiting};
use super::concepts::Concepts;
use super::merging::{BoundedMerges, WriterDirectory};
use super::{Engine, corrupt, schema, thesaurus};
use crate::error::{Error, ErrorKind, Result};
use crate::identity::Part;
use crate::record::Record;

/// Collects changes and commits them together. Holds the lock of the index as long as it lives.
pub(crate) struct Writer<'e> {
    engine: &'e Engine,
    inner: IndexWriter<Waiting>,
    room: Arc<Room>,
    concepts: Mutex<Concepts<'e>>,
}

impl<'e> Writer<'e> {
    /// Takes the index for writing. `memory` bounds what writing holds, in bytes: documents that wait, the words of those that
    /// are in no segment yet, and the segments that are merged.
    pub(crate) fn open(engine: &'e Engine, threads: usize, memory: usize) -> Result<Self> {
        let budget = Budget::of(memory, threads);
        let options = IndexWriterOptions::builder()
            .num_worker_threads(budget.threads)
            .memory_budget_per_thread(budget.arena)
            .num_merge_threads(1)
            .build();
        let directory = MmapDirectory::open(&engine.dir).map_err(|e| engine.corrupt(e))?;
        let mut index = Index::open(WriterDirectory::new(directory, &engine.dir)).map_err(|e| engine.corrupt(e))?;
        index.set_tokenizers(schema::tokenizers());
        let inner = index.writer_with_options(options).map_err(|e| match e {
            TantivyError::LockFailure(..) => locked(&engine.dir),
            other => engine.corrupt(other),
        })?;
        inner.set_merge_policy(Box::new(BoundedMerges::new(&engine.dir, budget.merged)));
        engine.settle_thesaurus()?;
        sweep(&engine.dir);
        let concepts = Mutex::new(Concepts::new(engine.thesaurus()));
        Ok(Writer { engine, inner, room: Room::new(budget.waiting), concepts })
    }

    /// Adds a work: the record, and the parts that it was merged from.
    pub(crate) fn add(&self, record: &Record, parts: &[Part]) -> Result<()> {
        let mentioned = self.concepts.lock().unwrap_or_else(PoisonError::into_inner).of(record);
        let document = self.engine.fields.document(record, parts, &mentioned).map_err(|e| self.engine.corrupt(e))?;
        // A document has its text in the record and once for each view, and some values of it.
        let bytes = 1_000 + 4 * parts.iter().map(|p| p.record.len()).sum::<usize>();
        let waiting = self.room.enter(document, bytes);
        self.inner.add_document(waiting).map(drop).map_err(|e| self.engine.corrupt(e))
    }

    /// Removes the work of an id.
    pub(crate) fn delete(&self, id: &str) {
        self.inner.delete_term(Term::from_field_text(self.engine.fields.id, id));
    }

    /// Makes the changes visible and safe: when it returns, they survive a crash and a loss of power.
    pub(crate) fn commit(&mut self, label: Option<&str>) -> Result<()> {
        let engine = self.engine;
        let mut prepared = self.inner.prepare_commit().map_err(|e| engine.corrupt(e))?;
        if let Some(label) = label {
            prepared.set_payload(label);
        }
        prepared.commit().map_err(|e| engine.corrupt(e))?;
        sync_dir(&engine.dir)?;
        engine.reload()
    }

    /// Waits until segments have been merged in the background, and gives up the lock.
    pub(crate) fn finish(self) -> Result<()> {
        let engine = self.engine;
        self.inner.wait_merging_threads().map_err(|e| engine.corrupt(e))?;
        sync_dir(&engine.dir)?;
        engine.reload()
    }
}

/// Whether a file of that name is one of an index, and nobody else's.
pub(super) fn is_ours(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let segment = stem.len() == 32 && stem.bytes().all(|b| b.is_ascii_hexdigit()) && name.len() > 33;
    segment
        || matches!(
            name,
            "commlit.json"
                | "meta.json"
                | ".managed.json"
                | ".tantivy-writer.lock"
                | ".tantivy-meta.lock"
                | thesaurus::FILE
        )
        || name.starts_with(".tmp")
        || name.starts_with("files-") && (name.ends_with(".jsonl") || name.ends_with(".new"))
        || name == super::AUTHORITIES_FILE
        || ["commlit.", "thesaurus.", "authorities."].iter().any(|n| name.starts_with(n)) && name.ends_with(".new")
}

/// Takes the lock that writers take.
pub(super) fn lock(dir: &Path) -> Result<DirectoryLock> {
    let directory = MmapDirectory::open(dir).map_err(|e| corrupt(dir, e))?;
    directory.acquire_lock(&INDEX_WRITER_LOCK).map_err(|e| match e {
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

/// Removes temporary files that a killed process left behind; the lock must be held.
fn sweep(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(".tmp") {
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
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().map_err(|e| Error::io("write", path, e))?;
    path.parent().map_or(Ok(()), sync_dir)
}

impl std::fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("dir", &self.engine.dir).finish()
    }
}
