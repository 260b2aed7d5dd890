//! Merging segments within bounds: which ones are merged, and how their files are read.
//!
//! The library behind maps files into memory, and a merge would have all of what it merges there at once. Here files are read
//! through a window that moves along with the merge, and a merge takes no more than the memory it is given allows; what is
//! bigger stays as it is.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::HasLen;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, OwnedBytes, WatchCallback, WatchHandle, WritePtr,
};
use tantivy::index::{SegmentId, SegmentMeta};
use tantivy::indexer::{MergeCandidate, MergePolicy};

/// How much of a file is read at a time.
const WINDOW: usize = 128 * 1024;

/// The folder of an index for those who write it.
#[derive(Clone, Debug)]
pub(super) struct WriterDirectory {
    inner: MmapDirectory,
    dir: PathBuf,
}

impl WriterDirectory {
    pub(super) fn new(inner: MmapDirectory, dir: &Path) -> Self {
        WriterDirectory { inner, dir: dir.to_owned() }
    }
}

impl Directory for WriterDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let opened = Windowed::open(&self.dir.join(path));
        opened.map(|file| Arc::new(file) as Arc<dyn FileHandle>).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => OpenReadError::FileDoesNotExist(path.to_owned()),
            _ => OpenReadError::wrap_io_error(e, path.to_owned()),
        })
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.inner.open_write(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.inner.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.inner.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.inner.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.inner.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}

/// A file of which a window is in memory. What is read was written once and never changes.
struct Windowed {
    len: usize,
    state: Mutex<(File, Range<usize>, OwnedBytes)>,
}

impl Windowed {
    fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let len = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
        Ok(Windowed { len, state: Mutex::new((file, 0..0, OwnedBytes::empty())) })
    }
}

impl FileHandle for Windowed {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if range.start > range.end || range.end > self.len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, window, bytes) = &mut *state;
        if window.start <= range.start && range.end <= window.end {
            return Ok(bytes.slice(range.start - window.start..range.end - window.start));
        }
        // A long piece is wanted whole, and not again.
        if range.len() > WINDOW / 2 {
            return read(file, &range);
        }
        *window = range.start..self.len.min(range.start + WINDOW);
        *bytes = read(file, window)?;
        Ok(bytes.slice(0..range.len()))
    }
}

fn read(file: &mut File, range: &Range<usize>) -> io::Result<OwnedBytes> {
    let mut bytes = vec![0; range.len()];
    file.seek(SeekFrom::Start(range.start as u64))?;
    file.read_exact(&mut bytes)?;
    Ok(OwnedBytes::new(bytes))
}

impl HasLen for Windowed {
    fn len(&self) -> usize {
        self.len
    }
}

impl std::fmt::Debug for Windowed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Windowed").field("len", &self.len).finish()
    }
}

/// Merges small segments of like size at any time, and big ones when there are many, once nothing else takes memory. A merge of
/// big segments is dear, a quarter of an ingest, and saves a query little.
#[derive(Debug)]
pub(super) struct BoundedMerges {
    dir: PathBuf,
    /// How many bytes are merged at once, at the end.
    most: u64,
    at_the_end: Arc<AtomicBool>,
}

/// So many segments of like size are merged.
const ENOUGH: usize = 8;
/// So many segments are left as they are, unless they are small.
const MANY: usize = 24;
/// Segments are of like size when the biggest is so many times the smallest, or smaller than all care for.
const LIKE: u64 = 4;
const SMALL: u64 = 2 * 1024 * 1024;
/// What part of what is merged at the end is merged before.
const BEFORE: u64 = 4;

impl BoundedMerges {
    /// `at_the_end` says when big ones are merged.
    pub(super) fn new(dir: &Path, most: usize, at_the_end: Arc<AtomicBool>) -> Self {
        BoundedMerges { dir: dir.to_owned(), most: most as u64, at_the_end }
    }

    fn size(&self, segment: SegmentId) -> u64 {
        let name = segment.uuid_string();
        let size = |end: &str| fs::metadata(self.dir.join(format!("{name}.{end}"))).map_or(0, |m| m.len());
        ["store", "term", "idx", "pos", "fast", "fieldnorm"].into_iter().map(size).sum()
    }
}

impl MergePolicy for BoundedMerges {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        // What has been deleted does not go into the merged segment.
        let alive = |s: &SegmentMeta| (self.size(s.id()) * u64::from(s.num_docs())) / u64::from(s.max_doc().max(1));
        let mut sized: Vec<(u64, SegmentId)> = segments.iter().map(|s| (alive(s), s.id())).collect();
        sized.sort_unstable_by_key(|(size, id)| (*size, *id));
        let sizes: Vec<u64> = sized.iter().map(|(size, _)| *size).collect();
        let at_the_end = self.at_the_end.load(Ordering::Relaxed);
        let most = if at_the_end { self.most } else { self.most / BEFORE };
        let mut chosen = groups(&sizes, most);
        if at_the_end && chosen.is_empty() {
            chosen = too_many(&sizes, most);
        }
        let candidate = |group: Range<usize>| MergeCandidate(sized[group].iter().map(|(_, id)| *id).collect());
        let mut out: Vec<MergeCandidate> = chosen.into_iter().map(candidate).collect();
        // A segment of which half is deleted is written anew.
        let chosen = |id: SegmentId, out: &[MergeCandidate]| out.iter().any(|c| c.0.contains(&id));
        for segment in segments {
            let half_gone = segment.num_deleted_docs() > segment.max_doc() / 2;
            if half_gone && !chosen(segment.id(), &out) && alive(segment) <= most {
                out.push(MergeCandidate(vec![segment.id()]));
            }
        }
        out
    }
}

/// The ranges of sizes, given from the smallest up, that are merged because they are alike.
fn groups(sizes: &[u64], most: u64) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    while let Some(smallest) = sizes.get(start) {
        let group = start..end_of_group(sizes, start, smallest.saturating_mul(LIKE).max(SMALL), most);
        if group.len() >= ENOUGH {
            start = group.end;
            out.push(group);
        } else {
            start += 1;
        }
    }
    out
}

/// The ranges of sizes that are merged because there are too many: from the smallest up, as many as it takes.
fn too_many(sizes: &[u64], most: u64) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let (mut start, mut left) = (0, sizes.len());
    while left > MANY {
        let group = start..end_of_group(sizes, start, u64::MAX, most);
        if group.len() < 2 {
            break;
        }
        start = group.end;
        left -= group.len() - 1;
        out.push(group);
    }
    out
}

/// Where a group ends that begins at `start`: its sizes are no bigger than `limit`, and together no more than `most`.
fn end_of_group(sizes: &[u64], start: usize, limit: u64, most: u64) -> usize {
    let mut total = 0;
    let fits = |size: &&u64| {
        total += **size;
        **size <= limit && total <= most
    };
    start + sizes[start..].iter().take_while(fits).count()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn groups_are_of_like_size_and_bounded() {
        const MB: u64 = 1024 * 1024;
        let found = |megabytes: &[u64]| {
            let sizes: Vec<u64> = megabytes.iter().map(|n| n * MB).collect();
            groups(&sizes, 512 * MB).into_iter().map(|g| (g.start, g.end)).collect::<Vec<_>>()
        };
        assert_eq!(found(&[1; 7]), []);
        assert_eq!(found(&[1; 8]), [(0, 8)]);
        // All that are of like size go together, up to the bound.
        assert_eq!(found(&[1, 1, 1, 1, 1, 1, 1, 1, 2, 90]), [(0, 9)]);
        assert_eq!(found(&[60; 17]), [(0, 8), (8, 16)]);
        assert_eq!(found(&[70; 17]), []);
        // Too big to be merged with another one.
        assert_eq!(found(&[300, 300, 490, 500, 500, 500, 500, 500, 500]), []);
        assert_eq!(found(&[1, 1, 1, 9, 9, 9, 80, 80, 80]), []);
        assert_eq!(found(&[]), []);
    }

    #[test]
    fn no_more_are_merged_than_are_too_many() {
        let found = |sizes: &[u64]| too_many(sizes, 500).into_iter().map(|g| (g.start, g.end)).collect::<Vec<_>>();
        assert_eq!(found(&[100; MANY]), []);
        assert_eq!(found(&[100; MANY + 1]), [(0, 5)]);
        assert_eq!(found(&[100; MANY + 5]), [(0, 5), (5, 10)]);
        assert_eq!(found(&[400; MANY + 5]), []);
        assert_eq!(found(&[vec![10; 6], vec![490; MANY]].concat()), [(0, 6)]);
    }

    #[test]
    fn a_window_reads_what_is_there() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let bytes: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 251) as u8).collect();
        file.write_all(&bytes).unwrap();
        let windowed = Windowed::open(file.path()).unwrap();
        assert_eq!(windowed.len(), bytes.len());
        for start in [0, 1, WINDOW - 1, WINDOW, 3 * WINDOW + 7, 5, 999_990] {
            for len in [0, 1, 10, WINDOW / 2, WINDOW / 2 + 1, WINDOW, 4 * WINDOW] {
                let range = start..(start + len).min(bytes.len());
                assert_eq!(windowed.read_bytes(range.clone()).unwrap().as_slice(), &bytes[range]);
            }
        }
        assert!(windowed.read_bytes(999_990..1_000_001).is_err());
    }
}
