//! How much memory an ingest may take is no matter of what it makes: tight and ample ones give the same library.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::Path;

use commlit::library::{IngestOptions, IngestReport, Library, Progress};
use commlit::record::Record;

/// Records of which every seventh is the same work as one far before it, in two files and several pieces.
fn write_inputs(dir: &Path) {
    let mut text = String::new();
    for n in 0..2_500_usize {
        let work = if n % 7 == 0 { n / 3 } else { n };
        let words = "commissioning purchasing contract budget ".repeat(1 + n % 5);
        writeln!(
            text,
            r#"{{"title": "Work {work} of its kind", "creators": ["Writer {work}"], "year": 1990, "doi": "10.1000/{work}", "abstract": "{words}{n}."}}"#
        )
        .unwrap();
    }
    let middle = text[..text.len() / 2].rfind('\n').unwrap() + 1;
    std::fs::write(dir.join("a.jsonl"), &text[..middle]).unwrap();
    std::fs::write(dir.join("b.jsonl"), &text[middle..]).unwrap();
}

fn ingest(input: &Path, index: &Path, memory: usize) -> (IngestReport, Vec<Record>, Vec<Progress>) {
    let library = Library::open_or_create(index).unwrap();
    let mut seen = Vec::new();
    let options = IngestOptions { memory, ..IngestOptions::default() };
    let report = library
        .ingest(&[input.to_owned()], &options, &mut |progress| {
            seen.push(progress);
            ControlFlow::Continue(())
        })
        .unwrap();
    let mut records = Vec::new();
    library
        .each_record(&mut |record| {
            records.push(record);
            Ok(())
        })
        .unwrap();
    records.sort_by(|a, b| a.id.cmp(&b.id));
    assert!(library.check().unwrap().is_sound());
    (report, records, seen)
}

#[test]
fn tight_and_ample_memory_make_the_same_library() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("in");
    std::fs::create_dir(&input).unwrap();
    write_inputs(&input);
    let (ample, expected, progress) = ingest(&input, &dir.path().join("ample"), 512 << 20);
    // So little that identity keys, records that wait and documents on their way all reach their bounds many times.
    let (tight, records, _) = ingest(&input, &dir.path().join("tight"), 0);
    assert_eq!(records.len() as u64, ample.records);
    assert!(ample.records_merged > 200, "{}", ample.records_merged);
    assert_eq!((tight.records, tight.records_merged, tight.records_read), (ample.records, ample.records_merged, 2_500));
    assert!(records == expected, "records differ");
    // A file that is read again, of whose works the other one knows some.
    let text = std::fs::read_to_string(input.join("b.jsonl")).unwrap();
    let fewer: String =
        text.lines().enumerate().filter(|(n, _)| n % 5 > 0).map(|(_, line)| format!("{line}\n")).collect();
    std::fs::write(input.join("b.jsonl"), fewer).unwrap();
    let (_, expected, _) = ingest(&input, &dir.path().join("anew"), 512 << 20);
    for index in ["ample", "tight"] {
        let (report, records, _) =
            ingest(&input, &dir.path().join(index), if index == "ample" { 512 << 20 } else { 0 });
        assert_eq!((report.files_read, report.files_unchanged), (1, 1));
        assert!(records == expected, "{index}: records differ");
    }
    // The bar moves within files, and never back.
    assert!(progress.iter().any(|p| p.files == 0 && 0 < p.bytes && p.bytes < p.bytes_total));
    assert!(progress.is_sorted_by_key(|p| p.bytes));
    assert_eq!(progress.last().map(|p| p.bytes), progress.last().map(|p| p.bytes_total));
}

#[test]
fn records_that_are_bigger_than_what_may_wait_do_not_wait_for_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("long.jsonl");
    let text = "Commissioners bought care by the block. ".repeat(2_000);
    let line = |n| format!("{{\"title\": \"Work {n}\", \"abstract\": \"{text}\"}}\n");
    std::fs::write(&input, (0..4).map(line).collect::<String>()).unwrap();
    let started = std::time::Instant::now();
    let (report, ..) = ingest(&input, &dir.path().join("index"), 0);
    assert_eq!(report.records, 4);
    // A thread that holds on to a work until the next one comes is given up after five minutes.
    assert!(started.elapsed().as_secs() < 200);
}
