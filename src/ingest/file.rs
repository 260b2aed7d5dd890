//! Files → records and rejects, in the order of the files, read on all cores, in bounded memory.
//!
//! Small files are read whole, many at a time; a big file is cut into pieces of whole records, where its format allows that,
//! and the pieces are read like files. What comes out of a container (gzip, zip) is read in the same way as it
//! comes. Records get their `sources` and `id` here.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::container::{self, Kind};
use super::table::Mapping;
use super::walk::InputFile;
use super::{DETECT_BYTES, Format, Item, Reject, detect_with, read_with, values, xml};
use crate::identity;
use crate::record::{Record, Source, TitleSource};

/// What comes out of reading files.
#[derive(Debug)]
pub enum Event {
    /// A record, with its sources and id.
    Record(Box<Record>),
    /// Something that was set aside.
    Reject(Reject),
    /// A member of an archive was passed over, for this reason.
    PassedOver(&'static str),
    /// So many bytes more of a file that is read piece by piece have been read.
    Advanced(u64),
    /// A file has been read to its end.
    Finished,
}

/// The largest file of a format that must be read whole, in bytes.
pub const MAX_WHOLE_FILE: u64 = 64 * 1024 * 1024;
/// The longest single record of a file that is read in pieces, in bytes.
pub const MAX_RECORD: usize = 32 * 1024 * 1024;
/// A file larger than this is read in pieces of about this size. Short records take up many times their length as
/// [`Record`]s, so that it is these sizes that bound memory.
const PIECE: usize = 256 * 1024;
/// About how much is read at the same time for every core, in bytes, and in how many files in all.
const BATCH_BYTES: usize = 1024 * 1024;
const BATCH_JOBS: usize = 512;

/// Reads files and hands on what they hold, with the index of the file; `visit` can break off.
pub fn read_files(files: &[InputFile], visit: &mut dyn FnMut(usize, Event) -> ControlFlow<()>) -> ControlFlow<()> {
    read_files_with(files, &Mapping::default(), visit)
}

/// Like [`read_files`], with columns of tables that the caller assigns to fields.
pub fn read_files_with(
    files: &[InputFile],
    mapping: &Mapping,
    visit: &mut dyn FnMut(usize, Event) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut batch = Batch { mapping, visit, jobs: Vec::new(), bytes: 0, tells_progress: false };
    for (number, file) in files.iter().enumerate() {
        let place = Place { file: number, path: Arc::from(file.shown.as_str()) };
        read_file(file, &place, &mut batch)?;
        batch.add(&place, Task::Tell(Event::Finished), 0)?;
    }
    batch.run()
}

fn read_file<'f>(file: &'f InputFile, place: &Place, batch: &mut Batch<'f>) -> ControlFlow<()> {
    let mut input = match File::open(&file.path) {
        Ok(input) => input,
        Err(e) => return batch.set_aside(place, "", e.to_string()),
    };
    let mut head = Vec::with_capacity(Kind::MAGIC);
    let begun = input.by_ref().take(Kind::MAGIC as u64).read_to_end(&mut head);
    if let Err(e) = begun.and_then(|_| input.seek(SeekFrom::Start(0))) {
        return batch.set_aside(place, "", e.to_string());
    }
    match Kind::of(&head) {
        Some(kind) => container::read_file(kind, input, file.size, place, batch),
        None if file.size > PIECE as u64 => {
            batch.tells_progress = true;
            let flow = read_stream(&mut input, place, batch);
            batch.tells_progress = false;
            flow
        }
        None => batch.add(place, Task::Open(&file.path), usize::try_from(file.size).unwrap_or(PIECE)),
    }
}

/// Where something is read from.
#[derive(Clone)]
pub(super) struct Place {
    /// The index of the file.
    file: usize,
    /// As shown in `sources` and reports.
    path: Arc<str>,
}

impl Place {
    /// A member of the archive at this place.
    pub(super) fn member(&self, name: &str) -> Place {
        Place { file: self.file, path: format!("{}!/{name}", self.path).into() }
    }
}

/// Something to do, independent of the rest.
struct Job<'f> {
    place: Place,
    task: Task<'f>,
}

enum Task<'f> {
    /// Read a small file.
    Open(&'f Path),
    /// Read a file, or a piece of one; `first` is the number of its first line or record.
    Read { format: Format, bytes: Vec<u8>, first: usize },
    /// Hand on what was found out on the way.
    Tell(Event),
}

/// What is read at the same time.
pub(super) struct Batch<'f> {
    mapping: &'f Mapping,
    visit: &'f mut dyn FnMut(usize, Event) -> ControlFlow<()>,
    jobs: Vec<Job<'f>>,
    bytes: usize,
    /// Whether what is read are bytes of the file itself.
    tells_progress: bool,
}

impl<'f> Batch<'f> {
    fn add(&mut self, place: &Place, task: Task<'f>, bytes: usize) -> ControlFlow<()> {
        self.jobs.push(Job { place: place.clone(), task });
        self.bytes += bytes;
        if self.bytes < BATCH_BYTES * rayon::current_num_threads() && self.jobs.len() < BATCH_JOBS {
            return ControlFlow::Continue(());
        }
        self.run()
    }

    fn read(&mut self, place: &Place, format: Format, bytes: Vec<u8>, first: usize) -> ControlFlow<()> {
        let len = bytes.len();
        self.add(place, Task::Read { format, bytes, first }, len)?;
        if self.tells_progress {
            self.add(place, Task::Tell(Event::Advanced(len as u64)), 0)
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Reports something that is not read.
    pub(super) fn set_aside(&mut self, place: &Place, locator: &str, reason: impl Into<String>) -> ControlFlow<()> {
        self.add(place, Task::Tell(place_reject(place, locator.to_owned(), reason.into())), 0)
    }

    /// Reports a member that is not looked at.
    pub(super) fn pass_over(&mut self, place: &Place, reason: &'static str) -> ControlFlow<()> {
        self.add(place, Task::Tell(Event::PassedOver(reason)), 0)
    }

    fn run(&mut self) -> ControlFlow<()> {
        let mapping = self.mapping;
        self.bytes = 0;
        let jobs = std::mem::take(&mut self.jobs);
        let done: Vec<(usize, Vec<Event>)> =
            jobs.into_par_iter().map(|job| (job.place.file, run(job, mapping))).collect();
        for (file, events) in done {
            for event in events {
                (self.visit)(file, event)?;
            }
        }
        ControlFlow::Continue(())
    }
}

fn run(job: Job<'_>, mapping: &Mapping) -> Vec<Event> {
    let Job { place, task } = job;
    let mut events = Vec::new();
    match task {
        Task::Open(path) => match read_whole(path, mapping) {
            Ok((format, bytes)) => read_items(format, &bytes, 1, mapping, &place, &mut events),
            Err(reason) => events.push(place_reject(&place, String::new(), reason)),
        },
        Task::Read { format, bytes, first } => read_items(format, &bytes, first, mapping, &place, &mut events),
        Task::Tell(event) => events.push(event),
    }
    events
}

fn place_reject(place: &Place, locator: String, reason: String) -> Event {
    Event::Reject(Reject { path: place.path.as_ref().to_owned(), locator, reason })
}

fn read_whole(path: &Path, mapping: &Mapping) -> Result<(Format, Vec<u8>), String> {
    let mut bytes = Vec::new();
    let input = File::open(path).map_err(|e| e.to_string())?;
    // It may have grown since it was found.
    input.take(MAX_WHOLE_FILE + 1).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    let format = detect_with(&bytes[..bytes.len().min(DETECT_BYTES)], mapping)?;
    if bytes.len() as u64 > MAX_WHOLE_FILE {
        return Err(too_large(format));
    }
    Ok((format, bytes))
}

fn too_large(format: Format) -> String {
    format!("too large for its format ({}): more than {} MiB", format.name(), MAX_WHOLE_FILE >> 20)
}

/// Reads a file of any size as it comes: in pieces where its format allows that, otherwise whole.
pub(super) fn read_stream(input: &mut dyn Read, place: &Place, batch: &mut Batch<'_>) -> ControlFlow<()> {
    let mut source = Stream { input, len: 0, goes_on: true, failure: None };
    let mut bytes = Vec::new();
    source.more(&mut bytes);
    let detected = detect_with(&bytes[..bytes.len().min(DETECT_BYTES)], batch.mapping);
    match detected {
        Err(reason) if source.failure.is_none() || !bytes.is_empty() => batch.set_aside(place, "", reason)?,
        Err(_) => {}
        Ok(format) if source.goes_on && can_be_cut(format, &bytes) => {
            read_pieces(&mut source, format, bytes, place, batch)?;
        }
        Ok(format) => {
            while source.goes_on && bytes.len() as u64 <= MAX_WHOLE_FILE {
                source.more(&mut bytes);
            }
            if bytes.len() as u64 > MAX_WHOLE_FILE {
                return batch.set_aside(place, "", too_large(format));
            }
            batch.read(place, format, bytes, 1)?;
        }
    }
    match source.failure {
        Some(reason) => batch.set_aside(place, &format!("after {} bytes", source.len), reason),
        None => ControlFlow::Continue(()),
    }
}

/// Whether what begins so can be cut between bytes, which needs an encoding in which ASCII stands for itself.
fn can_be_cut(format: Format, bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(DETECT_BYTES)];
    let utf16 = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    format.can_be_cut() && !utf16 && !xml::must_be_read_whole(head)
}

fn read_pieces(
    source: &mut Stream<'_>,
    format: Format,
    mut bytes: Vec<u8>,
    place: &Place,
    batch: &mut Batch<'_>,
) -> ControlFlow<()> {
    let mapping = batch.mapping;
    // What every piece begins with.
    let header = bytes[..format.header_len(&bytes[..bytes.len().min(DETECT_BYTES)], mapping)].to_vec();
    let mut first = 1;
    while source.goes_on {
        let cut = format.cut(&bytes, mapping).filter(|cut| 0 < cut.end && cut.end <= bytes.len());
        if let Some(cut) = cut {
            let mut rest = header.clone();
            rest.extend_from_slice(&bytes[cut.end..]);
            bytes.truncate(cut.end);
            batch.read(place, format, std::mem::replace(&mut bytes, rest), first)?;
            first += cut.count;
        } else if bytes.len() > MAX_RECORD {
            // Its end, when it comes, is read as a damaged record; then the file goes on.
            let reason = format!("a single record is longer than {} MiB", MAX_RECORD >> 20);
            batch.set_aside(place, &format!("after record or line {}", first - 1), reason)?;
            bytes.clone_from(&header);
        }
        source.more(&mut bytes);
    }
    if bytes.is_empty() || bytes == header && first > 1 {
        return ControlFlow::Continue(());
    }
    batch.read(place, format, bytes, first)
}

/// Something that is read bit by bit.
struct Stream<'i> {
    input: &'i mut dyn Read,
    /// How much has been read.
    len: u64,
    goes_on: bool,
    /// Why it ended before its end.
    failure: Option<String>,
}

impl Stream<'_> {
    /// Adds what comes next, as much again as there is, so that looking through it for an end takes linear time. What was
    /// read before a failure counts.
    fn more(&mut self, bytes: &mut Vec<u8>) {
        let before = bytes.len();
        let wanted = before.max(PIECE);
        bytes.reserve_exact(wanted);
        let read = (&mut *self.input).take(wanted as u64).read_to_end(bytes);
        let added = bytes.len() - before;
        self.len += added as u64;
        self.goes_on = added == wanted;
        if let Err(e) = read {
            self.goes_on = false;
            self.failure = Some(container::damage(&e));
        }
    }
}

fn read_items(format: Format, bytes: &[u8], first: usize, mapping: &Mapping, place: &Place, events: &mut Vec<Event>) {
    let before = events.len();
    read_with(format, bytes, first, mapping, &mut |item| events.push(finish(item, format, place)));
    if events.len() == before && first == 1 {
        let reason = format!("no record was found in it (read as {})", format.name());
        events.push(place_reject(place, String::new(), reason));
    }
}

/// Completes what a reader has found: sources, a title where there is text but none, the id.
fn finish(item: Item, format: Format, place: &Place) -> Event {
    let Item { locator, content } = item;
    let mut record = match content {
        Ok(record) => record,
        Err(reason) => return place_reject(place, locator, reason),
    };
    if record.title.is_empty() {
        let text =
            record.abstract_text.as_deref().or(record.body.as_deref()).or(record.notes.first().map(String::as_str));
        match text.map(values::derived_title).filter(|t| !t.is_empty()) {
            Some(title) => {
                record.title = title;
                record.title_source = Some(TitleSource::Derived);
            }
            None => return place_reject(place, locator, "neither a title nor any text".into()),
        }
    }
    if record.sources.is_empty() {
        record.sources.push(Source { path: place.path.as_ref().to_owned(), locator, format: format.name().to_owned() });
    }
    if record.id.is_empty() {
        record.id = identity::derive_id(&record);
    }
    Event::Record(Box::new(record))
}
