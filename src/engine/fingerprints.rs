//! Fingerprints of facet values: which values of several segments are one, without their names being read.
//!
//! Every segment numbers its values by itself. To bring two segments together by names, every block of a dictionary that holds
//! a counted value must be unpacked: for a question with many records and thousands of creators that took longer than all
//! else. So a file beside each segment has the fingerprint of each value, in the order of the ordinals. Of fields with authority
//! forms it has the fingerprint of what all printed forms of a name have in common too ([`crate::authority::key`]), and the
//! ordinals in the order of those. A fingerprint is the first half of a SHA-256, so that nobody finds two values with the same.
//!
//! The files say nothing that the segments do not: where one is missing, or of another edition or length than it should be, the
//! names are read. As for the other files of an index, what stands in them is verified by `check`, not by each question. They are
//! written after a commit; one that could not be written then, by the next ingest. They are removed after an ingest that
//! merged their segments away.
//!
//! A file is [`MAGIC`], for each field the number of its values (four bytes, little-endian, in the order of [`FacetField::ALL`]),
//! then for each field the fingerprints of its values (16 bytes each, little-endian), and of a field with authority forms those
//! of their keys, and the ordinals in the order of the keys (four bytes each).

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};
use tantivy::columnar::StrColumn;
use tantivy::directory::{Directory, MmapDirectory, OwnedBytes};
use tantivy::index::{SegmentComponent, SegmentId};
use tantivy::{Index, Searcher, SegmentReader};

use super::merging::WriterDirectory;
use super::tally::Tally;
use super::{schema, write};
use crate::authority;
use crate::error::{Error, Result};
use crate::search::FacetField;

/// What stands for a value.
pub(super) type Fingerprint = u128;

/// Names the format, and the edition of the rule of authority forms; the last byte changes with either.
const MAGIC: [u8; 16] = *b"commlit values 1";
const EXTENSION: &str = "fingerprints";
const BYTES: usize = size_of::<Fingerprint>();

/// The fingerprint of a value.
pub(super) fn of(value: &[u8]) -> Fingerprint {
    let mut bytes = [0; BYTES];
    bytes.iter_mut().zip(Sha256::digest(value)).for_each(|(to, from)| *to = from);
    Fingerprint::from_le_bytes(bytes)
}

fn key_of(printed: &[u8]) -> Fingerprint {
    of(authority::key(&String::from_utf8_lossy(printed)).as_bytes())
}

/// The fields that have values, in the order of a file.
fn fields() -> impl Iterator<Item = FacetField> {
    FacetField::ALL.into_iter().filter(|field| field.is_text())
}

/// How many bytes a value takes.
fn width(field: FacetField) -> usize {
    if authority::controls(field) { 2 * BYTES + size_of::<u32>() } else { BYTES }
}

fn path(segment: SegmentId) -> PathBuf {
    PathBuf::from(format!("{}.{EXTENSION}", segment.uuid_string()))
}

/// The fingerprints of one column.
#[derive(Clone)]
pub(super) struct Block {
    len: usize,
    bytes: OwnedBytes,
}

impl Block {
    fn fingerprint(&self, i: usize) -> Option<Fingerprint> {
        let bytes = self.bytes.get(i * BYTES..(i + 1) * BYTES)?;
        bytes.try_into().ok().map(Fingerprint::from_le_bytes)
    }

    /// That of a value.
    pub(super) fn value(&self, ord: u32) -> Option<Fingerprint> {
        self.fingerprint(ord as usize).filter(|_| (ord as usize) < self.len)
    }

    /// That of what all forms of a name have in common with a printed form.
    pub(super) fn key(&self, ord: u32) -> Option<Fingerprint> {
        self.fingerprint(self.len + ord as usize).filter(|_| (ord as usize) < self.len)
    }

    /// The ordinals of the printed forms that have a key.
    pub(super) fn with_key(&self, key: Fingerprint) -> impl Iterator<Item = u32> {
        let by_key = |i: usize| {
            let start = 2 * BYTES * self.len + i * size_of::<u32>();
            let bytes = self.bytes.get(start..start + size_of::<u32>())?;
            bytes.try_into().ok().map(u32::from_le_bytes)
        };
        let (mut from, mut to) = (0, self.len);
        while from < to {
            let middle = usize::midpoint(from, to);
            match by_key(middle).and_then(|ord| self.key(ord)) {
                Some(other) if other < key => from = middle + 1,
                _ => to = middle,
            }
        }
        (from..self.len).map_while(by_key).take_while(move |ord| self.key(*ord) == Some(key))
    }
}

/// Where the fingerprints of counted values come from.
pub(super) enum Counted {
    Block(Block),
    /// Of the counted ones alone.
    Names(HashMap<u32, Fingerprint>),
}

impl Counted {
    pub(super) fn value(&self, ord: u32) -> Option<Fingerprint> {
        match self {
            Counted::Block(block) => block.value(ord),
            Counted::Names(names) => names.get(&ord).copied(),
        }
    }
}

/// A file that was opened, and where each field is in it.
struct OfSegment {
    bytes: OwnedBytes,
    fields: HashMap<FacetField, (usize, Range<usize>)>,
}

impl OfSegment {
    /// Nothing where the bytes are no such file.
    fn new(bytes: OwnedBytes) -> Option<Self> {
        let mut at = MAGIC.len();
        if bytes.get(..at)? != MAGIC {
            return None;
        }
        let mut lens = Vec::with_capacity(FacetField::ALL.len());
        for field in fields() {
            let len = bytes.get(at..at + size_of::<u32>())?.try_into().ok().map(u32::from_le_bytes)?;
            lens.push((field, len as usize));
            at += size_of::<u32>();
        }
        let mut of_fields = HashMap::with_capacity(lens.len());
        for (field, len) in lens {
            let end = len.checked_mul(width(field))?.checked_add(at)?;
            of_fields.insert(field, (len, at..end));
            at = end;
        }
        (at == bytes.len()).then_some(OfSegment { bytes, fields: of_fields })
    }
}

/// The fingerprints of an index, opened segment by segment when they are first asked for.
pub(super) struct Fingerprints {
    directory: MmapDirectory,
    opened: Mutex<Opened>,
}

#[derive(Default)]
struct Opened {
    segments: HashMap<SegmentId, Arc<OfSegment>>,
    /// Those of authority forms that are in no file.
    read: HashMap<(SegmentId, FacetField), Block>,
}

impl Fingerprints {
    pub(super) fn new(directory: MmapDirectory) -> Self {
        Fingerprints { directory, opened: Mutex::default() }
    }

    /// Forgets what is open: other segments may be there now.
    pub(super) fn renew(&self) {
        *self.opened() = Opened::default();
    }

    fn opened(&self) -> MutexGuard<'_, Opened> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self, segment: SegmentId) -> Option<Arc<OfSegment>> {
        let mut opened = self.opened();
        if let Some(known) = opened.segments.get(&segment) {
            return Some(Arc::clone(known));
        }
        let file = self.directory.get_file_handle(&path(segment)).ok()?;
        let found = Arc::new(OfSegment::new(file.read_bytes(0..file.len()).ok()?)?);
        opened.segments.insert(segment, Arc::clone(&found));
        Some(found)
    }

    /// What is written of a column.
    fn block(&self, segment: SegmentId, field: FacetField, column: &StrColumn) -> Option<Block> {
        let of_segment = self.open(segment)?;
        let (len, range) = of_segment.fields.get(&field)?;
        (*len == column.num_terms()).then(|| Block { len: *len, bytes: of_segment.bytes.slice(range.clone()) })
    }

    /// The fingerprints of values that were counted.
    pub(super) fn counted(
        &self,
        segment: SegmentId,
        field: FacetField,
        column: &StrColumn,
        tally: &Tally,
    ) -> tantivy::Result<Counted> {
        if let Some(block) = self.block(segment, field, column) {
            return Ok(Counted::Block(block));
        }
        let mut names = HashMap::with_capacity(tally.distinct());
        each_name(column, tally, |ord, name| names.extend([(ord, of(name))]))?;
        Ok(Counted::Names(names))
    }

    /// Those of a field with authority forms.
    pub(super) fn of_names(&self, segment: SegmentId, field: FacetField, column: &StrColumn) -> tantivy::Result<Block> {
        if let Some(block) = self.block(segment, field, column) {
            return Ok(block);
        }
        if let Some(block) = self.opened().read.get(&(segment, field)) {
            return Ok(block.clone());
        }
        let mut bytes = Vec::with_capacity(column.num_terms() * width(field));
        each_piece(column, field, &mut |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        let block = Block { len: column.num_terms(), bytes: OwnedBytes::new(bytes) };
        self.opened().read.insert((segment, field), block.clone());
        Ok(block)
    }

    /// The segments without a file that can be used.
    fn missing<'s>(&self, searcher: &'s Searcher) -> impl Iterator<Item = &'s SegmentReader> {
        searcher.segment_readers().iter().filter(|reader| self.open(reader.segment_id()).is_none())
    }

    /// Whether all segments have a file that can be used.
    pub(super) fn are_complete(&self, searcher: &Searcher) -> bool {
        self.missing(searcher).next().is_none()
    }

    /// Writes the files of the segments that have none. What cannot be written, on a disk that is full or of a segment that is
    /// damaged, is left to the next ingest: every question can do without. The lock must be held.
    pub(super) fn write(&self, dir: &Path, searcher: &Searcher) {
        let missing: HashSet<SegmentId> = self.missing(searcher).map(SegmentReader::segment_id).collect();
        if missing.is_empty() {
            return;
        }
        // Read through a window: all columns of an index would be more memory than an ingest may take.
        let index = MmapDirectory::open(dir).ok().and_then(|d| Index::open(WriterDirectory::new(d, dir)).ok());
        let Some((index, segments)) = index.and_then(|index| index.searchable_segments().ok().map(|s| (index, s)))
        else {
            return;
        };
        for segment in segments.into_iter().filter(|segment| missing.contains(&segment.id())) {
            let columns = segment.meta().relative_path(SegmentComponent::FastFields);
            if matches!(index.directory().validate_checksum(&columns), Ok(true))
                && let Ok(reader) = SegmentReader::open(&segment)
            {
                let path = dir.join(path(segment.id()));
                let mut write_to = |file: &mut BufWriter<File>| each_byte(&reader, &mut |piece| file.write_all(piece));
                let _ = write::write_durably_with(&path, &mut write_to);
            }
        }
    }

    /// The files that are used and do not agree with their segments. `others` are files of the index that are damaged: of a
    /// segment with one of them nothing can be said.
    pub(super) fn damaged(&self, dir: &Path, searcher: &Searcher, others: &[PathBuf]) -> Result<Vec<PathBuf>> {
        let mut damaged = Vec::new();
        for reader in searcher.segment_readers() {
            let of_segment = reader.segment_id().uuid_string();
            let mut names = others.iter().filter_map(|other| other.file_name()?.to_str());
            if names.any(|name| name.starts_with(&of_segment)) {
                continue;
            }
            let Some(file) = self.open(reader.segment_id()) else { continue };
            let mut rest = file.bytes.as_slice();
            let compared = each_byte(reader, &mut |piece| {
                rest = rest.strip_prefix(piece).ok_or(io::ErrorKind::InvalidData)?;
                Ok(())
            });
            match compared {
                Ok(()) if rest.is_empty() => {}
                Err(e) if e.kind() != io::ErrorKind::InvalidData => {
                    return Err(Error::io("read the segments in", dir, e));
                }
                _ => damaged.push(path(reader.segment_id())),
            }
        }
        Ok(damaged)
    }
}

impl fmt::Debug for Fingerprints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fingerprints").finish_non_exhaustive()
    }
}

/// Visits what was counted of a column, in the order of the ordinals, with its names.
pub(super) fn each_name(column: &StrColumn, tally: &Tally, mut visit: impl FnMut(u32, &[u8])) -> tantivy::Result<()> {
    let ords = tally.in_order();
    let wide: Vec<u64> = ords.iter().map(|ord| u64::from(*ord)).collect();
    let mut ords = ords.into_iter();
    column.dictionary().sorted_ords_to_term_cb(&wide, |name| {
        if let Some(ord) = ords.next() {
            visit(ord, name);
        }
    })?;
    Ok(())
}

/// Removes the files of segments that are no more, and what a killed process left of files. The lock must be held.
pub(super) fn sweep(dir: &Path, searcher: &Searcher) {
    let living: HashSet<PathBuf> = searcher.segment_readers().iter().map(|reader| path(reader.segment_id())).collect();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = PathBuf::from(entry.file_name());
        let extension = name.extension().and_then(|extension| extension.to_str());
        let of_segment = name.to_str().is_some_and(write::is_of_segment);
        if of_segment && matches!(extension, Some(EXTENSION | "new")) && !living.contains(&name) {
            // What cannot be removed is swept the next time.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// How many bytes the files of an index have.
pub(super) fn bytes(dir: &Path, searcher: &Searcher) -> u64 {
    let size = |reader: &SegmentReader| fs::metadata(dir.join(path(reader.segment_id()))).map_or(0, |file| file.len());
    searcher.segment_readers().iter().map(size).sum()
}

type Take<'t> = &'t mut dyn FnMut(&[u8]) -> io::Result<()>;

/// Gives the bytes of a file, piece by piece.
fn each_byte(reader: &SegmentReader, take: Take<'_>) -> io::Result<()> {
    let mut columns = Vec::with_capacity(FacetField::ALL.len());
    take(&MAGIC)?;
    for field in fields() {
        let column = reader.fast_fields().str(&schema::facet_name(field)).map_err(io::Error::other)?;
        take(&column.as_ref().map_or(0, |column| column.num_terms() as u32).to_le_bytes())?;
        columns.extend(column.map(|column| (field, column)));
    }
    columns.iter().try_for_each(|(field, column)| each_piece(column, *field, take))
}

/// The same of one field.
fn each_piece(column: &StrColumn, field: FacetField, take: Take<'_>) -> io::Result<()> {
    let mut keys: Vec<(Fingerprint, u32)> = Vec::new();
    let mut names = column.dictionary().stream()?;
    while names.advance() {
        take(&of(names.key()).to_le_bytes())?;
        if authority::controls(field) {
            keys.push((key_of(names.key()), keys.len() as u32));
        }
    }
    keys.iter().try_for_each(|(key, _)| take(&key.to_le_bytes()))?;
    keys.sort_unstable();
    keys.iter().try_for_each(|(_, ord)| take(&ord.to_le_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A file whose fields have no values but that of publishers.
    fn file(publishers: &[u8], len: u32) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for field in fields() {
            bytes.extend(if field == FacetField::Publisher { len } else { 0 }.to_le_bytes());
        }
        [bytes.as_slice(), publishers].concat()
    }

    fn block(bytes: Vec<u8>) -> Option<Block> {
        let of_segment = OfSegment::new(OwnedBytes::new(bytes))?;
        let (len, range) = of_segment.fields.get(&FacetField::Publisher)?;
        Some(Block { len: *len, bytes: of_segment.bytes.slice(range.clone()) })
    }

    /// Fingerprints are kept beside an index. Where this fails, the rule of authority forms has changed, the fingerprint, or the
    /// list of fields: change the last byte of [`MAGIC`] too, so that files of old are not believed.
    #[test]
    fn the_format_names_its_edition() {
        let printed = ["The King’s Fund", "H.M.S.O.", "Marks & Spencer", "Ågren", "«»", "St. John's (London)"];
        let all = printed
            .into_iter()
            .chain(fields().map(FacetField::name))
            .fold(0_u128, |all, printed| all.rotate_left(7) ^ key_of(printed.as_bytes()));
        assert_eq!((MAGIC[15], format!("{all:032x}").as_str()), (b'1', "f17e27e15ccb35cfcb38a74126ef4c90"));
    }

    #[test]
    fn printed_forms_are_found_by_their_key() {
        let names = ["HMSO", "King's Fund", "Kings Fund", "The King’s Fund", "Zed"];
        let keys: Vec<Fingerprint> = names.iter().map(|name| key_of(name.as_bytes())).collect();
        let mut order: Vec<u32> = (0..5).collect();
        order.sort_by_key(|ord| (keys[*ord as usize], *ord));
        let values = names.iter().map(|name| of(name.as_bytes()));
        let bytes: Vec<u8> = values.chain(keys.iter().copied()).flat_map(Fingerprint::to_le_bytes).collect();
        let by_key: Vec<u8> = order.iter().flat_map(|ord| ord.to_le_bytes()).collect();
        let block = block(file(&[bytes, by_key].concat(), 5)).unwrap();
        let found = |name: &str| block.with_key(key_of(name.as_bytes())).collect::<Vec<_>>();
        assert_eq!(found("KINGS FUND"), [1, 2, 3]);
        assert_eq!(found("hmso"), [0]);
        assert_eq!(found("nobody"), Vec::<u32>::new());
        assert_eq!((block.value(4), block.value(5), block.key(5)), (Some(of(b"Zed")), None, None));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_file_or_none(bytes in prop::collection::vec(any::<u8>(), 0..400), len in 0..12_u32) {
            prop_assert!(OfSegment::new(OwnedBytes::new(bytes.clone())).is_none());
            let whole = block(file(&bytes, len));
            prop_assert_eq!(whole.is_some(), bytes.len() == len as usize * width(FacetField::Publisher));
            let exact: Vec<u8> = bytes.into_iter().cycle().take(len as usize * width(FacetField::Publisher)).collect();
            if let Some(block) = block(file(&exact, len)) {
                let keys = (0..len + 2).filter_map(|ord| block.key(ord).or(block.value(ord)));
                for key in keys.chain([0, u128::MAX]) {
                    prop_assert!(block.with_key(key).count() <= len as usize);
                }
            }
            prop_assert!(block(file(&exact, u32::MAX)).is_none());
        }
    }
}
