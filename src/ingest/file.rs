//! Files → records and rejects, in the order of the files, read on all cores, in bounded memory.
//!
//! Small files are read whole, many at a time; a big file is cut into pieces of whole records, where its format allows that,
//! and the pieces are read like files. Records get their `sources` and `id` here.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;

use rayon::prelude::*;

use super::walk::InputFile;
use super::{DETECT_BYTES, Format, Item, Reject, detect, read, values, xml};
use crate::identity;
use crate::record::{Record, Source, TitleSource};

/// What comes out of reading files.
#[derive(Debug)]
pub enum Event {
    /// A record, with its sources and id.
    Record(Box<Record>),
    /// Something that was set aside.
    Reject(Reject),
    /// A file has been read to its end.
    Finished,
}

/// The largest file of a format that must be read whole, in bytes.
pub const MAX_WHOLE_FILE: u64 = 64 * 1024 * 1024;
/// The longest single record of a file that is read in pieces, in bytes.
pub const MAX_RECORD: usize = 32 * 1024 * 1024;
/// A file larger than this is read in pieces of about this size.
const PIECE: usize = 2 * 1024 * 1024;
/// About how much is in memory at a time, in bytes, and in how many files.
const BATCH_BYTES: usize = 16 * 1024 * 1024;
const BATCH_JOBS: usize = 512;

/// Something to read, independent of the rest.
enum Job {
    File(usize),
    Piece {
        file: usize,
        format: Format,
        bytes: Vec<u8>,
        first: usize,
    },
    /// What was found out while a big file was cut.
    Outcome(usize, Outcome),
}

enum Outcome {
    Finished,
    SetAside { locator: String, reason: String },
}

/// Reads files and hands on what they hold, with the index of the file; `visit` can break off.
pub fn read_files(files: &[InputFile], visit: &mut dyn FnMut(usize, Event) -> ControlFlow<()>) -> ControlFlow<()> {
    let mut next = 0;
    let mut open: Option<Pieces> = None;
    while next < files.len() || open.is_some() {
        let mut jobs = Vec::new();
        let mut bytes = 0;
        while bytes < BATCH_BYTES && jobs.len() < BATCH_JOBS {
            if let Some(pieces) = &mut open {
                match pieces.next() {
                    Some(job) => {
                        bytes += PIECE;
                        jobs.push(job);
                    }
                    None => open = None,
                }
            } else if let Some(file) = files.get(next) {
                if file.size > PIECE as u64 {
                    open = Pieces::open(next, file);
                }
                if open.is_none() {
                    jobs.push(Job::File(next));
                    bytes += usize::try_from(file.size).unwrap_or(usize::MAX).min(BATCH_BYTES);
                }
                next += 1;
            } else {
                break;
            }
        }
        let done: Vec<(usize, Vec<Event>)> = jobs.into_par_iter().map(|job| run(job, files)).collect();
        for (file, events) in done {
            for event in events {
                visit(file, event)?;
            }
        }
    }
    ControlFlow::Continue(())
}

fn run(job: Job, files: &[InputFile]) -> (usize, Vec<Event>) {
    let mut events = Vec::new();
    let file = match job {
        Job::File(file) => {
            let input = &files[file];
            match read_whole(input) {
                Ok((format, bytes)) => read_items(format, &bytes, 1, input, &mut events),
                Err(reason) => events.push(reject(input, reason)),
            }
            events.push(Event::Finished);
            file
        }
        Job::Piece { file, format, bytes, first } => {
            read_items(format, &bytes, first, &files[file], &mut events);
            file
        }
        Job::Outcome(file, Outcome::Finished) => {
            events.push(Event::Finished);
            file
        }
        Job::Outcome(file, Outcome::SetAside { locator, reason }) => {
            events.push(Event::Reject(Reject { path: files[file].shown.clone(), locator, reason }));
            file
        }
    };
    (file, events)
}

fn reject(file: &InputFile, reason: String) -> Event {
    Event::Reject(Reject { path: file.shown.clone(), locator: String::new(), reason })
}

fn read_whole(file: &InputFile) -> Result<(Format, Vec<u8>), String> {
    let mut bytes = Vec::with_capacity(usize::try_from(file.size.min(MAX_WHOLE_FILE)).unwrap_or(0));
    let input = File::open(&file.path).map_err(|e| e.to_string())?;
    input.take(MAX_WHOLE_FILE + 1).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    let format = detect(&bytes[..bytes.len().min(DETECT_BYTES)])?;
    if bytes.len() as u64 > MAX_WHOLE_FILE {
        return Err(format!("too large for its format ({}): more than {} MiB", format.name(), MAX_WHOLE_FILE >> 20));
    }
    Ok((format, bytes))
}

fn read_items(format: Format, bytes: &[u8], first: usize, file: &InputFile, events: &mut Vec<Event>) {
    let before = events.len();
    read(format, bytes, first, &mut |item| events.push(finish(item, format, file)));
    if events.len() == before && first == 1 {
        events.push(reject(file, format!("no record was found in it (read as {})", format.name())));
    }
}

/// Completes what a reader has found: sources, a title where there is text but none, the id.
fn finish(item: Item, format: Format, file: &InputFile) -> Event {
    let Item { locator, content } = item;
    let reject = |locator, reason| Event::Reject(Reject { path: file.shown.clone(), locator, reason });
    let mut record = match content {
        Ok(record) => record,
        Err(reason) => return reject(locator, reason),
    };
    if record.title.is_empty() {
        let text =
            record.abstract_text.as_deref().or(record.body.as_deref()).or(record.notes.first().map(String::as_str));
        match text.map(values::derived_title).filter(|t| !t.is_empty()) {
            Some(title) => {
                record.title = title;
                record.title_source = Some(TitleSource::Derived);
            }
            None => return reject(locator, "neither a title nor any text".into()),
        }
    }
    if record.sources.is_empty() {
        record.sources.push(Source { path: file.shown.clone(), locator, format: format.name().to_owned() });
    }
    if record.id.is_empty() {
        record.id = identity::derive_id(&record);
    }
    Event::Record(Box::new(record))
}

/// A big file, piece by piece.
struct Pieces {
    file: usize,
    format: Format,
    input: BufReader<File>,
    /// The number of the next line or record.
    first: usize,
    /// What every piece begins with, see [`Format::header_len`]; `rest` begins with it.
    header: Vec<u8>,
    rest: Vec<u8>,
    finished: bool,
}

impl Pieces {
    /// `None` when the format must be read whole or the file cannot be read: then it is read (or rejected) whole.
    fn open(index: usize, file: &InputFile) -> Option<Self> {
        let mut input = BufReader::with_capacity(DETECT_BYTES, File::open(&file.path).ok()?);
        let head = input.fill_buf().ok()?;
        // Records are cut between bytes, which needs an encoding in which ASCII stands for itself.
        let utf16 = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
        let format = detect(head).ok().filter(|f| f.can_be_cut() && !utf16 && !xml::must_be_read_whole(head))?;
        let header = head[..format.header_len(head).min(head.len())].to_vec();
        Some(Pieces { file: index, format, input, first: 1, header, rest: Vec::new(), finished: false })
    }

    fn next(&mut self) -> Option<Job> {
        let mut bytes = std::mem::take(&mut self.rest);
        while !self.finished {
            match self.input.by_ref().take(PIECE as u64).read_to_end(&mut bytes) {
                Err(e) => {
                    self.finished = true;
                    return Some(self.set_aside(format!("could not be read on: {e}")));
                }
                Ok(0) => {
                    self.finished = true;
                    self.rest = Vec::new();
                    return Some(match bytes.is_empty() || bytes == self.header && self.first > 1 {
                        true => Job::Outcome(self.file, Outcome::Finished),
                        false => self.last_piece(bytes),
                    });
                }
                Ok(_) => {}
            }
            if let Some(cut) = self.format.cut(&bytes).filter(|cut| 0 < cut.end && cut.end <= bytes.len()) {
                let after = bytes.split_off(cut.end);
                self.rest = self.header.clone();
                self.rest.extend_from_slice(&after);
                let first = self.first;
                self.first += cut.count;
                return Some(Job::Piece { file: self.file, format: self.format, bytes, first });
            }
            if bytes.len() > MAX_RECORD {
                // Its end, when it comes, is read as a damaged record; then the file goes on.
                return Some(self.set_aside(format!("a single record is longer than {} MiB", MAX_RECORD >> 20)));
            }
        }
        None
    }

    /// What stands after the last cut; then the file is finished.
    fn last_piece(&mut self, bytes: Vec<u8>) -> Job {
        self.finished = false;
        Job::Piece { file: self.file, format: self.format, bytes, first: self.first }
    }

    fn set_aside(&self, reason: String) -> Job {
        Job::Outcome(
            self.file,
            Outcome::SetAside { locator: format!("after record or line {}", self.first - 1), reason },
        )
    }
}
