//! An ingest that ends anywhere, by a crash, a loss of power or an interruption, loses nothing: the next one makes it whole.
//!
//! A crash is what the folder of the index holds at a moment: it is copied while the ingest goes on.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use commlit::error::ErrorKind;
use commlit::library::{IngestOptions, Library};
use commlit::record::Record;

/// Records that another file may say too, with texts of so many sentences.
fn lines(file: &str, numbers: std::ops::Range<u32>, sentences: usize) -> String {
    let text = "Fundholding practices bought care in a market of their own. ".repeat(sentences);
    let line = |n| {
        format!(
            "{{\"title\":\"Report {n}\",\"notes\":[\"Seen in {file}\"],\"doi\":\"10.1000/{n}\",\"abstract\":\"{text}\"}}\n"
        )
    };
    numbers.map(line).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        // What vanishes while it is copied is one of the temporary files.
        let _ = fs::copy(entry.path(), to.join(entry.file_name()));
    }
}

fn records(library: &Library) -> Vec<Record> {
    let mut records = Vec::new();
    library
        .each_record(&mut |record| {
            records.push(record);
            Ok(())
        })
        .unwrap();
    records.sort_by(|a, b| a.id.cmp(&b.id));
    records
}

/// So little that an ingest commits on the way.
fn options() -> IngestOptions {
    IngestOptions { memory: 1 << 20, ..IngestOptions::default() }
}

fn go_on(_: commlit::library::Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn a_crash_at_any_moment_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let files = [at("a.jsonl"), at("b.jsonl")];
    fs::write(&files[0], lines("a", 0..1_000, 7)).unwrap();
    fs::write(&files[1], lines("b", 0..1_000, 7)).unwrap();
    let library = Library::open_or_create(at("index")).unwrap();
    let report = library.ingest(&files, &options(), &mut go_on).unwrap();
    assert_eq!(report.records_merged, 1_000);
    fs::write(&files[1], lines("b", 0..999, 7)).unwrap();
    let mut copies: Vec<PathBuf> = Vec::new();
    let mut committed = String::new();
    library
        .ingest(&files, &options(), &mut |_| {
            let meta = fs::read_to_string(at("index/meta.json")).unwrap();
            if meta != committed {
                committed = meta;
                let to = at(&format!("crash-{}", copies.len()));
                copy(&at("index"), &to);
                copies.push(to);
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    let whole = records(&library);
    assert_eq!(whole.len(), 1_000);
    assert!(copies.len() > 2, "{} commits", copies.len());
    let mut cut_short = 0;
    for crashed in copies {
        let library = Library::open(&crashed).unwrap();
        let report = library.check().unwrap();
        assert!(!report.is_damaged(), "{report:?}");
        cut_short += usize::from(!report.unfinished.is_empty());
        library.ingest(&files, &options(), &mut go_on).unwrap();
        assert!(records(&library) == whole, "{}", crashed.display());
        assert!(library.check().unwrap().is_sound());
    }
    assert!(cut_short > 0);
}

#[test]
fn an_interrupted_ingest_is_whole_even_when_a_file_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let files = [at("a.jsonl"), at("b.jsonl")];
    fs::write(&files[0], lines("a", 0..600, 5)).unwrap();
    fs::write(&files[1], lines("b", 1000..1100, 5)).unwrap();
    let modified = fs::metadata(&files[1]).unwrap().modified().unwrap();
    let library = Library::open_or_create(at("index")).unwrap();
    library.ingest(&files, &options(), &mut go_on).unwrap();
    fs::write(&files[0], lines("a", 0..601, 5)).unwrap();
    fs::write(&files[1], lines("b", 1000..1101, 5)).unwrap();
    let report = library.ingest(&files, &options(), &mut |_| ControlFlow::Break(())).unwrap();
    assert!(report.interrupted);
    assert!(library.check().unwrap().problems.is_empty());
    fs::write(&files[1], lines("b", 1000..1100, 5)).unwrap();
    fs::File::options().write(true).open(&files[1]).unwrap().set_modified(modified).unwrap();
    library.ingest(&files, &options(), &mut go_on).unwrap();
    assert_eq!(records(&library).len(), 701);
    assert!(library.check().unwrap().problems.is_empty());
}

#[test]
fn deletions_that_were_never_committed_are_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let files = [at("a.jsonl"), at("b.jsonl")];
    fs::write(&files[0], lines("a", 0..20, 5)).unwrap();
    fs::write(&files[1], lines("b", 100..120, 5)).unwrap();
    let library = Library::open_or_create(at("index")).unwrap();
    library.ingest(&files, &options(), &mut go_on).unwrap();
    copy(&at("index"), &at("before"));
    fs::write(&files[1], lines("b", 100..119, 5)).unwrap();
    library.ingest(&files, &options(), &mut go_on).unwrap();
    // A crash after the list of deletions was written and before anything named it.
    let mut left = 0;
    for entry in fs::read_dir(at("index")).unwrap().flatten() {
        if entry.file_name().to_string_lossy().ends_with(".del") {
            fs::copy(entry.path(), at("before").join(entry.file_name())).unwrap();
            left += 1;
        }
    }
    assert!(left > 0);
    let library = Library::open(at("before")).unwrap();
    library.ingest(&files, &options(), &mut go_on).unwrap();
    assert_eq!(records(&library).len(), 39);
}

#[test]
fn two_who_ingest_in_turns_lose_nothing() {
    const FILES: u32 = 40;
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    drop(Library::open_or_create(&index).unwrap());
    let ingest = |who: &str, first: u32| {
        for n in first..first + FILES {
            let path = folder.path().join(format!("{who}-{n}.jsonl"));
            fs::write(&path, lines(who, n..n + 1, 1)).unwrap();
            loop {
                let library = Library::open(&index).unwrap();
                match library.ingest(std::slice::from_ref(&path), &options(), &mut go_on) {
                    Err(e) if e.kind() == ErrorKind::Locked => std::thread::yield_now(),
                    done => break drop(done.unwrap()),
                }
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| ingest("a", 0));
        scope.spawn(|| ingest("b", FILES));
        // Whoever looks meanwhile sees one state or the other.
        for _ in 0..FILES {
            Library::open(&index).unwrap().stats().unwrap();
        }
    });
    let library = Library::open(&index).unwrap();
    let report = library.check().unwrap();
    assert_eq!((report.problems, report.damaged), (Vec::new(), Vec::new()));
    assert_eq!(report.records, u64::from(2 * FILES));
    assert_eq!(library.stats().unwrap().files, 2 * FILES as usize);
    let left: Vec<_> = fs::read_dir(&index).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(left.iter().filter(|name| name.starts_with("files-")).count(), 1, "{left:?}");
    assert!(!left.iter().any(|name| name.ends_with(".new")), "{left:?}");
}
