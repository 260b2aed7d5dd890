//! Files that hold files: gzip and zip, told by their first bytes, read as streams in bounded memory.
//!
//! A gzip file is read as what is in it, and shown under its own path; a member of a zip archive is shown as
//! `folder/export.zip!/member.ris`. Members are read in the order of the archive's directory. Passed over, as in folders:
//! hidden ones, links, and those that speak about a collection. Damage costs what comes after it in the same member.
//!
//! Limits, against files made to exhaust a reader: an outermost file may expand, everything in it together, to
//! [`MAX_RATIO`] times its size or [`MIN_EXPANSION`], whichever is more; an archive may have [`MAX_MEMBERS`] members, none of
//! which may share bytes with another; containers may lie in each other [`MAX_DEPTH`] deep, an archive in another container
//! being held in memory. What is beyond that is set aside with its reason; unpacked into a folder it can be read.
//!
//! It deliberately does *not* write anything to disk, decrypt, look into office documents, or read other archives.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::ops::ControlFlow;

use flate2::read::MultiGzDecoder;
use zip::read::ZipFileEntry;
use zip::unstable::read::ZipIterable;
use zip::{CompressionMethod, ZipReadOptions};

use super::file::{Batch, MAX_WHOLE_FILE, Place, read_stream};
use super::walk;

/// How many times its own size a container may expand to: dumps of XML come to about 15, tables and pages of one mould to 30.
const MAX_RATIO: u64 = 40;
/// What even the smallest container may expand to, in bytes.
const MIN_EXPANSION: u64 = 16 * 1024 * 1024;
/// How many members an archive may have.
const MAX_MEMBERS: usize = 200_000;
/// How deep containers may lie in each other.
const MAX_DEPTH: usize = 2;

/// A kind of container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Gzip,
    Zip,
}

impl Kind {
    /// How many bytes tell the kind.
    pub(super) const MAGIC: usize = 4;

    /// Told from the first bytes of a file.
    pub(super) fn of(head: &[u8]) -> Option<Kind> {
        match head {
            // The third byte is the method; there is only one.
            [0x1f, 0x8b, 8, ..] => Some(Kind::Gzip),
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Kind::Zip),
            _ => None,
        }
    }
}

/// Reads what is in a container file.
pub(super) fn read_file(kind: Kind, file: File, size: u64, place: &Place, batch: &mut Batch<'_>) -> ControlFlow<()> {
    let budget = Budget::new(size);
    let mut input = BufReader::new(file);
    match kind {
        Kind::Gzip => read_gzip(&mut input, 1, &budget, place, batch),
        Kind::Zip => read_zip(&mut input, 1, &budget, place, batch),
    }
}

fn read_gzip(
    input: &mut dyn Read,
    depth: usize,
    budget: &Budget,
    place: &Place,
    batch: &mut Batch<'_>,
) -> ControlFlow<()> {
    read_inner(&mut MultiGzDecoder::new(input), depth, budget, place, batch)
}

/// Reads what has come out of a container: a file like any other, or another container.
fn read_inner(
    input: &mut dyn Read,
    depth: usize,
    budget: &Budget,
    place: &Place,
    batch: &mut Batch<'_>,
) -> ControlFlow<()> {
    let mut input = Expanded { input, budget };
    let mut head = Vec::with_capacity(Kind::MAGIC);
    let begun = input.by_ref().take(Kind::MAGIC as u64).read_to_end(&mut head);
    let kind = Kind::of(&head);
    let mut head = Cursor::new(head);
    match (begun, kind) {
        (Err(e), _) => batch.set_aside(place, "", damage(&e)),
        (Ok(_), None) => read_stream(&mut head.chain(input), place, batch),
        (Ok(_), Some(_)) if depth >= MAX_DEPTH => {
            batch.set_aside(place, "", format!("more than {MAX_DEPTH} containers in each other; unpack the outer one"))
        }
        (Ok(_), Some(Kind::Gzip)) => read_gzip(&mut head.chain(input), depth + 1, budget, place, batch),
        (Ok(_), Some(Kind::Zip)) => {
            // The directory of an archive is at its end.
            let mut bytes = Vec::new();
            match head.by_ref().chain(input).take(MAX_WHOLE_FILE + 1).read_to_end(&mut bytes) {
                Err(e) => batch.set_aside(place, "", damage(&e)),
                Ok(_) if bytes.len() as u64 > MAX_WHOLE_FILE => {
                    let reason = "a zip archive inside another container, and larger than";
                    batch.set_aside(place, "", format!("{reason} {} MiB; unpack the outer one", MAX_WHOLE_FILE >> 20))
                }
                Ok(_) => read_zip(&mut Cursor::new(bytes), depth + 1, budget, place, batch),
            }
        }
    }
}

fn read_zip(
    input: &mut (impl Read + Seek),
    depth: usize,
    budget: &Budget,
    place: &Place,
    batch: &mut Batch<'_>,
) -> ControlFlow<()> {
    let unreadable = |e: &zip::result::ZipError| format!("a zip archive that is damaged or cut off ({e})");
    let mut archive = match ZipIterable::try_new(input, zip::read::Config::default()) {
        Ok(archive) => archive,
        Err(e) => return batch.set_aside(place, "", unreadable(&e)),
    };
    if let Some(reason) = refusal(&mut archive) {
        return batch.set_aside(place, "", reason);
    }
    let members = match archive.files() {
        Ok(members) => members,
        Err(e) => return batch.set_aside(place, "", unreadable(&e)),
    };
    if members.is_empty() {
        return batch.set_aside(place, "", "a zip archive without members");
    }
    while let Some(member) = members.next() {
        let member = match member {
            Ok(member) => member,
            Err(e) => {
                return batch.set_aside(place, "", format!("the rest of the archive is lost: {}", unreadable(&e)));
            }
        };
        let name = name(&member);
        let place = place.member(&name);
        match treatment(&member, &name) {
            Treatment::Read => {}
            Treatment::Nothing => continue,
            Treatment::PassOver(reason) => {
                batch.pass_over(&place, reason)?;
                continue;
            }
            Treatment::SetAside(reason) => {
                batch.set_aside(&place, "", reason)?;
                continue;
            }
        }
        match member.with_reader(members.reader_mut(), ZipReadOptions::new()) {
            Ok(mut member) => read_inner(&mut member, depth, budget, &place, batch)?,
            Err(e) => batch.set_aside(&place, "", format!("the member cannot be read ({e})"))?,
        }
    }
    ControlFlow::Continue(())
}

/// Why an archive is not read at all.
fn refusal<R: Read + Seek>(archive: &mut ZipIterable<R>) -> Option<String> {
    let count = archive.len();
    if count > MAX_MEMBERS {
        return Some(format!("an archive of {count} members, more than {MAX_MEMBERS}; unpack it and read the folder"));
    }
    let mut ranges = Vec::new();
    let mut document = Document::default();
    // Damage in the directory is reported where it is met when the members are read.
    for (i, member) in archive.files().ok()?.map_while(Result::ok).enumerate() {
        document.look_at(i, &name(&member));
        // The header of a member takes up thirty bytes at least.
        ranges.push((member.header_start(), member.header_start().saturating_add(30 + member.compressed_size())));
    }
    if let Some(kind) = document.kind() {
        return Some(format!("{kind}, which commlit does not read"));
    }
    ranges.sort_unstable();
    let overlap = ranges.windows(2).any(|pair| pair[0].1 > pair[1].0);
    overlap.then(|| "an archive whose members share the same bytes, as in a zip bomb: refused".to_owned())
}

/// Documents that are zip archives inside, told by the names of their parts.
#[derive(Default)]
struct Document {
    is_office: bool,
    part: Option<&'static str>,
}

impl Document {
    fn look_at(&mut self, index: usize, name: &str) {
        self.is_office |= name == "[Content_Types].xml" || index == 0 && name == "mimetype";
        self.part = self.part.or(match name {
            "word/document.xml" => Some("a Word document"),
            "xl/workbook.xml" | "xl/workbook.bin" => Some("an Excel workbook (save the sheet as CSV)"),
            "ppt/presentation.xml" => Some("a PowerPoint presentation"),
            "META-INF/container.xml" => Some("an EPUB book"),
            "content.xml" => Some("an OpenDocument file (save a table as CSV)"),
            _ => None,
        });
    }

    fn kind(&self) -> Option<&'static str> {
        self.is_office.then(|| self.part.unwrap_or("an office document"))
    }
}

/// The name of a member with `/` between its parts.
fn name(member: &ZipFileEntry<'_>) -> String {
    let name = member.name().unwrap_or_else(|_| String::from_utf8_lossy(member.name_raw()));
    let name = name.replace('\\', "/");
    name.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/")
}

enum Treatment {
    Read,
    /// A folder: its members are listed for themselves.
    Nothing,
    PassOver(&'static str),
    SetAside(String),
}

fn treatment(member: &ZipFileEntry<'_>, name: &str) -> Treatment {
    if member.is_dir() {
        return Treatment::Nothing;
    }
    // Nothing is written by these names, but a record must not claim to come from outside of its archive.
    if name.is_empty() || name.split('/').any(|part| part == "..") {
        return Treatment::SetAside("a member whose name leads out of the archive: refused".into());
    }
    if name.starts_with("__MACOSX/") {
        return Treatment::PassOver(walk::HIDDEN);
    }
    if member.is_symlink() {
        return Treatment::PassOver("link in an archive");
    }
    let folders = name.rsplit_once('/').map_or("", |(folders, _)| folders);
    let hidden = folders.split('/').any(|part| part.starts_with('.'));
    if let Some(reason) =
        hidden.then_some(walk::HIDDEN).or_else(|| walk::passed_over(name.rsplit('/').next().unwrap_or(name)))
    {
        return Treatment::PassOver(reason);
    }
    if member.encrypted() {
        return Treatment::SetAside("the member is encrypted; unpack it with its password".into());
    }
    match member.compression() {
        CompressionMethod::Stored | CompressionMethod::Deflated => Treatment::Read,
        other => Treatment::SetAside(format!("the member is compressed with {}; unpack it first", method(other))),
    }
}

fn method(method: CompressionMethod) -> String {
    #[allow(deprecated)] // the only way to the number
    let number = method.to_u16();
    let known = match number {
        1..=6 => "a method of early PKZIP",
        9 => "Deflate64",
        12 => "bzip2",
        14 => "LZMA",
        93 => "Zstandard",
        95 => "XZ",
        98 => "PPMd",
        _ => return format!("method {number}"),
    };
    known.to_owned()
}

/// How a failed read is told.
pub(super) fn damage(e: &io::Error) -> String {
    match e.kind() {
        io::ErrorKind::QuotaExceeded => e.to_string(),
        io::ErrorKind::InvalidInput if e.to_string().contains("gzip header") => {
            "what comes here is no gzip data".into()
        }
        io::ErrorKind::UnexpectedEof => "the compressed data is cut off".into(),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => format!("the compressed data is damaged ({e})"),
        _ => format!("could not be read on: {e}"),
    }
}

/// What a container may still expand to.
struct Budget {
    allowed: u64,
    left: Cell<u64>,
}

impl Budget {
    fn new(size: u64) -> Self {
        let allowed = size.saturating_mul(MAX_RATIO).max(MIN_EXPANSION);
        Budget { allowed, left: Cell::new(allowed) }
    }

    fn exceeded(&self) -> io::Error {
        let allowed = self.allowed >> 20;
        let reason =
            format!("expands to more than {allowed} MiB, as a bomb does; if it is none, unpack it and read the folder");
        io::Error::new(io::ErrorKind::QuotaExceeded, reason)
    }
}

/// What comes out of a container, as far as the budget goes.
struct Expanded<'i> {
    input: &'i mut dyn Read,
    budget: &'i Budget,
}

impl Read for Expanded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        let left = self.budget.left.get().checked_sub(read as u64).ok_or_else(|| self.budget.exceeded())?;
        self.budget.left.set(left);
        Ok(read)
    }
}
