//! Files in gzip and zip: read like files, under limits, with everything that is lost told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::{Cursor, Write};
use std::ops::ControlFlow;
use std::path::Path;

use commlit::ingest::Reject;
use commlit::ingest::file::{Event, read_files, read_files_with};
use commlit::ingest::table::Mapping;
use commlit::ingest::walk::walk;
use commlit::library::{IngestOptions, Library, Vanished};
use commlit::record::Record;
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        out.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// A RIS file of so many records, numbered from one.
fn ris(count: usize) -> Vec<u8> {
    (1..=count)
        .map(|i| format!("TY  - JOUR\nTI  - Total purchasing {i}\nPY  - 1997\nER  - \n\n"))
        .collect::<String>()
        .into()
}

const LOOSE: &str = "<!DOCTYPE html><html><head><meta name=\"citation_title\" content=\"Loose\">\
<meta name=\"citation_author\" content=\"Mays, Nicholas\"><meta name=\"citation_publication_date\" content=\"1997\">\
</head><body><h1>Loose</h1></body></html>";

#[derive(Default)]
struct Found {
    records: Vec<Record>,
    rejects: Vec<Reject>,
    passed_over: usize,
}

impl Found {
    fn titles(&self) -> Vec<&str> {
        self.records.iter().map(|r| r.title.as_str()).collect()
    }

    /// Where records and rejects come from, without repetition.
    fn paths(&self) -> Vec<&str> {
        let mut paths: Vec<&str> = self.records.iter().map(|r| r.sources[0].path.as_str()).collect();
        paths.dedup();
        paths
    }

    /// The only reject: its place and reason.
    fn reject(&self) -> String {
        assert_eq!(self.rejects.len(), 1, "{:?}", self.rejects);
        self.rejects[0].to_string()
    }
}

/// Reads bytes as a file of this name.
fn read(name: &str, bytes: &[u8]) -> Found {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    let prefix = format!("{}/", dir.path().display());
    let mut found = Found::default();
    let end = read_files(&walk(&[path]).files, &mut |file, event| {
        assert_eq!(file, 0);
        match event {
            Event::Record(mut record) => {
                record.sources[0].path = record.sources[0].path.replace(&prefix, "");
                found.records.push(*record);
            }
            Event::Reject(mut reject) => {
                reject.path = reject.path.replace(&prefix, "");
                found.rejects.push(reject);
            }
            Event::PassedOver(_) => found.passed_over += 1,
            Event::Advanced(_) | Event::Finished => {}
        }
        ControlFlow::Continue(())
    });
    assert!(end.is_continue());
    found
}

#[test]
fn a_gzip_file_is_read_as_what_is_in_it() {
    // More than one piece, so that numbers run on; the name says nothing.
    let plain = ris(6_000);
    let whole = read("x", &plain);
    let found = read("x", &gz(&plain));
    assert_eq!(found.records, whole.records);
    assert_eq!(found.records.len(), 6_000);
    assert_eq!(found.records[5_999].sources[0].locator, "record 6000");
    assert!(found.rejects.is_empty());
    // Several gzip streams one after the other are one file, and a record may begin in one and end in the next.
    let (a, b) = plain.split_at(plain.len() / 3);
    let found = read("x", &[gz(a), gz(b)].concat());
    assert_eq!(found.records, whole.records);
    assert_eq!(read("x.html.gz", &gz(&gz(LOOSE.as_bytes()))).titles(), ["Loose"]);
}

#[test]
fn damage_costs_what_comes_after_it_and_is_told() {
    let whole = gz(&ris(6_000));
    let found = read("x.gz", &whole[..whole.len() / 2]);
    assert!((1_000..5_000).contains(&found.records.len()));
    let told: Vec<String> = found.rejects.iter().map(Reject::to_string).collect();
    assert!(told.last().unwrap().starts_with("x.gz: after "), "{told:?}");
    assert!(told.last().unwrap().ends_with("bytes: the compressed data is cut off"), "{told:?}");
    // A page that must be read whole is read as far as it goes.
    let page = gz(format!("{}{}", LOOSE.trim_end_matches("</body></html>"), "commissioning ".repeat(3000)).as_bytes());
    let found = read("x.gz", &page[..page.len() - 20]);
    assert_eq!(found.titles(), ["Loose"]);
    assert_eq!(found.rejects.last().unwrap().reason, "the compressed data is cut off");
    let mut wrong = gz(&ris(3));
    let sum = wrong.len() - 8;
    wrong[sum] ^= 1;
    let found = read("x.gz", &wrong);
    assert_eq!(found.records.len(), 3);
    assert!(found.reject().contains("matching checksum"), "{}", found.reject());
    let found = read("x.gz", &[gz(&ris(3)), b"garbage after the end".to_vec()].concat());
    assert_eq!(found.records.len(), 3);
    assert!(found.reject().ends_with("what comes here is no gzip data"));
    for len in [3, 10] {
        assert_eq!(read("x.gz", &whole[..len]).reject(), "x.gz: the compressed data is cut off");
    }
}

#[test]
fn members_of_an_archive_are_read_like_files() {
    let inner = zip(&[("deep.html", LOOSE.as_bytes())]);
    let found = read(
        "export.zip",
        &zip(&[
            ("folder/one.ris", &ris(2)),
            ("folder/", b""),
            ("two.ris.gz", &gz(&ris(1))),
            ("inner.zip", &inner),
            (".hidden/x.ris", &ris(1)),
            ("__MACOSX/._one.ris", b"\0\0"),
            ("README.txt", b"about"),
            ("picture.png", b"\x89PNG\r\n"),
        ]),
    );
    assert_eq!(
        found.paths(),
        ["export.zip!/folder/one.ris", "export.zip!/two.ris.gz", "export.zip!/inner.zip!/deep.html"]
    );
    assert_eq!(found.records.len(), 4);
    assert_eq!(found.passed_over, 3);
    assert_eq!(found.reject(), "export.zip!/picture.png: a PNG image, not a text format that commlit reads");
    let found = read("x.gz", &gz(&inner));
    assert_eq!(found.paths(), ["x.gz!/deep.html"]);
}

#[test]
fn containers_are_opened_two_deep() {
    let two = gz(&gz(&ris(1)));
    assert_eq!(read("x.gz", &two).records.len(), 1);
    assert!(read("x.gz", &gz(&two)).reject().contains("more than 2 containers in each other"));
    let inner = zip(&[("a.zip", &zip(&[("b.zip", &zip(&[("c.ris", &ris(1))]))]))]);
    assert!(read("x.zip", &inner).reject().starts_with("x.zip!/a.zip!/b.zip: more than 2"));
}

#[test]
fn what_is_not_read_has_a_clear_word() {
    for (members, reason) in [
        (&["[Content_Types].xml", "word/document.xml"][..], "a Word document, which commlit does not read"),
        (
            &["[Content_Types].xml", "xl/workbook.xml"],
            "an Excel workbook (save the sheet as CSV), which commlit does not read",
        ),
        (&["mimetype", "META-INF/container.xml"], "an EPUB book, which commlit does not read"),
        (&["../../etc/passwd"], "a member whose name leads out of the archive: refused"),
        (&["a\\..\\..\\x.ris"], "a member whose name leads out of the archive: refused"),
        (&[], "a zip archive without members"),
    ] {
        let members: Vec<(&str, &[u8])> = members.iter().map(|name| (*name, &b"<x/>"[..])).collect();
        assert_eq!(read("x.zip", &zip(&members)).rejects[0].reason, reason);
    }
    // Fields of the directory's first entry: flags at 8, method at 10, compressed size at 20, size at 24.
    let archive = zip(&[("one.ris", &ris(200)), ("two.ris", &ris(3))]);
    let entry = archive.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    for (at, value, reason) in [
        (8, 1, "the member is encrypted; unpack it with its password"),
        (10, 12, "the member is compressed with bzip2; unpack it first"),
        (10, 77, "the member is compressed with method 77; unpack it first"),
        (20, 9, "the compressed data is cut off"),
    ] {
        let mut changed = archive.clone();
        changed[entry + at] = value;
        changed[entry + at + 1] = 0;
        let found = read("x.zip", &changed);
        assert_eq!(found.rejects[0].reason, reason);
        assert_eq!(found.rejects[0].path, "x.zip!/one.ris");
        assert_eq!(found.records.len(), 3, "the rest is read");
    }
    let found = read("x.zip", &archive[..archive.len() - 30]);
    assert!(found.reject().starts_with("x.zip: a zip archive that is damaged or cut off"), "{}", found.reject());
}

#[test]
fn bombs_are_refused() {
    // One member's data named by many entries.
    let mut archive = zip(&[("one.ris", &ris(200)), ("two.ris", &ris(3))]);
    let entries: Vec<usize> =
        archive.windows(4).enumerate().filter(|(_, w)| *w == b"PK\x01\x02").map(|(i, _)| i).collect();
    let first: Vec<u8> = archive[entries[0] + 42..entries[0] + 46].to_vec();
    archive[entries[1] + 42..entries[1] + 46].copy_from_slice(&first);
    assert!(read("x.zip", &archive).reject().contains("share the same bytes"));
    // Nothing but zeros is no format, whatever it expands to.
    assert!(read("x.gz", &gz(&vec![0; 50 << 20])).reject().contains("binary data"));
    // An archive has to be held in memory when it lies in another container.
    let mut bomb = b"PK\x03\x04".to_vec();
    bomb.resize(40 << 20, b'x');
    assert!(read("x.gz", &gz(&bomb)).reject().contains("expands to more than 16 MiB"));
}

#[test]
fn an_archive_is_one_file_of_the_index() {
    let dir = TempDir::new().unwrap();
    let archive = dir.path().join("in/export.zip");
    fs::create_dir(dir.path().join("in")).unwrap();
    fs::write(&archive, zip(&[("one.ris", &ris(2)), ("README", b"about"), ("x.png", b"\x89PNG")])).unwrap();
    let library = Library::open_or_create(dir.path().join("index")).unwrap();
    let ingest = |vanished| {
        let options = IngestOptions { vanished, ..IngestOptions::default() };
        library.ingest(&[dir.path().join("in")], &options, &mut |_| ControlFlow::Continue(())).unwrap()
    };
    let report = ingest(Vanished::Keep);
    assert_eq!((report.files_read, report.records, report.rejects.len()), (1, 2, 1));
    assert_eq!(report.passed_over.values().sum::<usize>(), 1);
    let report = ingest(Vanished::Keep);
    assert_eq!((report.files_read, report.files_unchanged, report.rejects.len()), (0, 1, 1));
    fs::write(&archive, zip(&[("one.ris", &ris(1))])).unwrap();
    let report = ingest(Vanished::Keep);
    assert_eq!((report.files_read, report.records, report.rejects.len()), (1, 1, 0));
    fs::remove_file(&archive).unwrap();
    assert_eq!(ingest(Vanished::Remove).records, 0);
}

#[test]
fn a_mapping_reaches_every_piece_and_every_member() {
    let rows: String = (0..12_000).map(|i| format!("Total purchasing {i};1997\n")).collect();
    let table = format!("Signatur;Jahr\n{rows}");
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("x.zip");
    fs::write(&path, zip(&[("table.csv", table.as_bytes())])).unwrap();
    let titles = |mapping: &Mapping, path: &Path| {
        let (mut titles, mut told) = (Vec::new(), Vec::new());
        let end = read_files_with(&walk(&[path.to_owned()]).files, mapping, &mut |_, event| {
            match event {
                Event::Record(record) => titles.push((record.title, record.year)),
                Event::Reject(reject) => told.push(reject.reason),
                Event::PassedOver(_) | Event::Advanced(_) | Event::Finished => {}
            }
            ControlFlow::Continue(())
        });
        assert!(end.is_continue());
        (titles, told)
    };
    let mut mapping = Mapping::default();
    let (found, told) = titles(&mapping, &path);
    assert!(found.is_empty());
    assert_eq!(told, ["a table without a column that is known to hold titles; its columns are: `Signatur`, `Jahr`"]);
    mapping.add("Signatur=title").unwrap();
    mapping.add("Jahr=year").unwrap();
    let (found, told) = titles(&mapping, &path);
    assert_eq!((found.len(), told.len()), (12_000, 0));
    assert_eq!(found[11_999], ("Total purchasing 11999".to_owned(), Some(1997)));
    mapping.add("Jhar=date").unwrap();
    let (found, told) = titles(&mapping, &path);
    assert_eq!(found.len(), 12_000);
    assert_eq!(told, ["there is no column `Jhar`; the columns are: `Signatur`, `Jahr`"]);
}

#[test]
fn every_field_that_is_offered_is_taken() {
    let mut mapping = Mapping::default();
    let told = mapping.add("a=nonsense").unwrap_err();
    let fields = told.split_once("fields are: ").unwrap().1;
    assert!(fields.split(", ").count() > 30);
    for field in fields.split(", ") {
        mapping.add(&format!("column={field}")).unwrap_or_else(|e| panic!("{e}"));
    }
    assert!(mapping.add("title").unwrap_err().contains("not of the form column=field"));
    assert!(mapping.add(" =title").unwrap_err().contains("names no column"));
}

#[test]
fn a_page_of_nothing_but_tags_is_refused() {
    let page = format!("{LOOSE}{}", "<i>".repeat(600_000));
    assert!(read("x.gz", &gz(page.as_bytes())).reject().contains("more than 300000 tags"));
}
