//! How fast files are read into records, beside the bare parser of the same format that does nothing with what it finds,
//! over the same bytes and in one run, on one core.
//!
//! Bare: quick-xml's events for MEDLINE XML; for MARC and RIS a loop that trusts every length and line, and hands out tags and
//! values as text, as a plain library of the format does; scraper's tree (html5ever) for pages. commlit's side makes whole records of it: cleaned values, names, identifiers, notes.
//!
//! `cargo bench --bench reading`; `COMMLIT_BENCH_MB=100` for more bytes of each.

#![allow(clippy::expect_used, clippy::print_stdout)]

#[path = "../collection/mod.rs"]
mod collection;
mod inputs;

use std::hint::black_box;
use std::time::Instant;

use commlit::ingest::{DETECT_BYTES, detect, read};
use quick_xml::events::Event;

fn main() {
    // `cargo test --benches` passes arguments of its own; there is nothing to test here.
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    let size = std::env::var("COMMLIT_BENCH_MB").ok().and_then(|n| n.parse().ok()).unwrap_or(16_usize) * 1_000_000;
    println!("{:<14} {:>9} {:>14} {:>14} {:>7}", "format", "records", "commlit MB/s", "bare MB/s", "ratio");
    compare("MEDLINE XML", "pubmed", &[inputs::medline(size)], bare_xml);
    compare("MARC 21", "marc", &[inputs::marc(size)], bare_marc);
    compare("RIS", "ris", &[inputs::ris(size)], bare_ris);
    compare("HTML pages", "html", &inputs::pages(size / 4), bare_html);
}

/// Reads the files with both, in turn so that a change in the machine's speed meets both, and prints the best of each.
fn compare(name: &str, format: &str, files: &[Vec<u8>], bare: fn(&[u8]) -> usize) {
    let bytes: usize = files.iter().map(Vec::len).sum();
    let (mut ours, mut theirs) = (f64::MAX, f64::MAX);
    let mut records = 0;
    for _ in 0..5 {
        let start = Instant::now();
        records = files.iter().map(|file| records_of(file, format)).sum();
        ours = ours.min(start.elapsed().as_secs_f64());
        let start = Instant::now();
        black_box(files.iter().map(|file| bare(file)).sum::<usize>());
        theirs = theirs.min(start.elapsed().as_secs_f64());
    }
    let speed = |seconds: f64| bytes as f64 / 1e6 / seconds;
    println!("{name:<14} {records:>9} {:>14.1} {:>14.1} {:>7.2}", speed(ours), speed(theirs), theirs / ours);
}

fn records_of(file: &[u8], format: &str) -> usize {
    let detected = detect(&file[..file.len().min(DETECT_BYTES)]).expect("a format");
    assert_eq!(detected.name(), format);
    let mut records = 0;
    read(detected, file, 1, &mut |item| {
        black_box(item.content.expect("a record"));
        records += 1;
    });
    records
}

fn bare_xml(file: &[u8]) -> usize {
    let mut reader = quick_xml::Reader::from_reader(file);
    let mut events = 0;
    loop {
        match black_box(reader.read_event().expect("well formed")) {
            Event::Eof => return events,
            _ => events += 1,
        }
    }
}

/// A record's fields, as a plain MARC library hands them out: tag, indicators and subfields as text.
fn bare_marc(file: &[u8]) -> usize {
    let number = |digits: &[u8]| digits.iter().fold(0, |n, digit| n * 10 + usize::from(digit - b'0'));
    let mut rest = file;
    let mut count = 0;
    while rest.len() > 24 {
        let (record, after) = rest.split_at(number(&rest[..5]));
        let base = number(&record[12..17]);
        let mut fields: Vec<(String, Vec<String>)> = Vec::new();
        for entry in record[24..base - 1].chunks_exact(12) {
            let start = base + number(&entry[7..12]);
            let field = std::str::from_utf8(&record[start..start + number(&entry[3..7]) - 1]).expect("UTF-8");
            let tag = std::str::from_utf8(&entry[..3]).expect("UTF-8").to_owned();
            fields.push((tag, field.split('\u{1f}').map(str::to_owned).collect()));
        }
        count += black_box(fields).len();
        rest = after;
    }
    count
}

/// A record's fields, as a plain RIS library hands them out: tag and value as text.
fn bare_ris(file: &[u8]) -> usize {
    let text = std::str::from_utf8(file).expect("UTF-8");
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut count = 0;
    for line in text.lines() {
        let Some((tag, value)) = line.split_once("  - ") else { continue };
        fields.push((tag.to_owned(), value.trim().to_owned()));
        if tag == "ER" {
            count += black_box(std::mem::take(&mut fields)).len();
        }
    }
    count
}

fn bare_html(file: &[u8]) -> usize {
    let text = std::str::from_utf8(file).expect("UTF-8");
    black_box(scraper::Html::parse_document(text)).tree.nodes().count()
}
