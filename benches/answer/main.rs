//! commlit beside tantivy alone, on the same records and queries in one run, at several sizes: ingest, whole answers, cold
//! commands, queries while an ingest runs, and how all that grows.
//!
//! commlit's answer: words over all weighted fields, top 10, exact total, six facets that ignore their own selection, three
//! highlighted passages a hit. Tantivy's: its query parser over title and abstract with the English stemmer, top 10, exact
//! total, the same six facets through its aggregation framework, one snippet a hit.
//!
//! `cargo bench --bench answer`; `benches/README.md` has the options and the last figures.

#![allow(clippy::expect_used, clippy::print_stdout)]

mod answers;
mod cold;
#[path = "../collection/mod.rs"]
mod collection;
mod during;
mod made;
mod measure;
mod raw;

use std::path::{Path, PathBuf};

use commlit::library::Library;

use crate::made::Made;
use crate::raw::{Extent, Raw};

/// The seed of the collection and of the queries.
const SEED: u64 = 42;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // The program calls itself where a new process is measured.
    match words[..] {
        ["raw-ingest", dir, file, extent] => {
            return raw::ingest(Path::new(dir), Path::new(file), Extent::from_name(extent)).expect("indexed");
        }
        ["raw-answer", dir, text] => return cold::raw_answer(Path::new(dir), text),
        // `cargo test --benches` passes arguments of its own; there is nothing to test here.
        _ if words.contains(&"--test") => return,
        _ => {}
    }
    let sizes = std::env::var("COMMLIT_BENCH_RECORDS").unwrap_or_else(|_| "30000".into());
    let sizes: Vec<u64> = sizes.split(',').map(|n| n.trim().parse().expect("a number of records")).collect();
    let parts = std::env::var("COMMLIT_BENCH_PARTS").unwrap_or_default();
    let wanted = |part: &str| parts.is_empty() || parts.split(',').any(|p| p.trim() == part);
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let kept = std::env::var_os("COMMLIT_BENCH_KEEP").map(PathBuf::from);
    let folder = kept.as_deref().unwrap_or(scratch.path());
    std::fs::create_dir_all(folder).expect("a folder");
    let mut growth = Vec::new();
    for size in sizes {
        let made = Made::of(folder, size);
        made.print();
        let library = Library::open(&made.commlit).expect("an index");
        let raw = Raw::open(&made.raw).expect("an index");
        println!("\n{} segments, tantivy alone {}", library.stats().expect("figures").segments, raw.segments());
        if wanted("answers") {
            growth.push((size, answers::compare(&library, &raw)));
        }
        if wanted("proximity") {
            answers::proximity(&library, &raw);
        }
        if wanted("strategy") {
            answers::strategy(&library);
        }
        if wanted("threads") {
            during::two_threads(&library, &raw);
        }
        drop(library);
        if wanted("cold") {
            cold::compare(&made);
        }
        if wanted("during") {
            during::while_ingesting(&made);
        }
    }
    answers::print_growth(&growth);
}

/// The command of this package.
fn command() -> std::process::Command {
    std::process::Command::new(env!("CARGO_BIN_EXE_commlit"))
}
