//! The answers over the sample collection do not get worse: every topic of `cases/relevance` is held to the score it had.
//!
//! `ratchet.tsv` has nDCG@10 of each topic. The test fails where one falls below it; where one has risen it says so, and
//! `BLESS=1 cargo test --test relevance` takes the new scores over.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[allow(dead_code)] // the benchmark has use for all of it
mod measure;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use commlit::library::{IngestOptions, Library};
use commlit::search::{Expand, Search};

/// Scores are kept to four places; a change in the fifth is none.
const SAME: f64 = 0.000_06;

fn cases() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/relevance")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(cases().join(name)).unwrap()
}

fn library(dir: &Path) -> Library {
    let library = Library::open_or_create(dir.join("index")).unwrap();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    library.ingest(&[corpus], &IngestOptions::default(), &mut |_| ControlFlow::Continue(())).unwrap();
    library
}

/// nDCG@10 of each topic.
fn scores(library: &Library, expand: Expand) -> BTreeMap<String, f64> {
    let judgments = measure::judgments(&read("qrels.txt"));
    let mut scores = BTreeMap::new();
    for (id, text) in measure::queries(&read("queries.tsv")) {
        let search = Search { limit: 10, passages: 0, expand, ..Search::plain(&text).unwrap() };
        let results = library.search(&search).unwrap();
        let ranked: Vec<String> = results.hits.into_iter().map(|h| h.record.id).collect();
        scores.insert(id.clone(), measure::ndcg(&ranked, &judgments[&id], 10));
    }
    scores
}

#[test]
fn no_topic_gets_worse() {
    let dir = tempfile::tempdir().unwrap();
    let library = library(dir.path());
    let mean = |scores: &BTreeMap<String, f64>| scores.values().sum::<f64>() / scores.len() as f64;
    let scores = scores(&library, Expand::Near);
    let near = mean(&scores);
    println!("nDCG@10 over {} topics: {near:.4}", scores.len());
    for (what, expand) in [("without near-synonyms", Expand::Same), ("without the thesaurus", Expand::Nothing)] {
        println!("… {what}: {:.4}", mean(&self::scores(&library, expand)));
    }
    if std::env::var_os("BLESS").is_some() {
        let lines: Vec<String> = scores.iter().map(|(id, score)| format!("{id}\t{score:.4}\n")).collect();
        std::fs::write(cases().join("ratchet.tsv"), lines.concat()).unwrap();
        return;
    }
    let kept = measure::queries(&read("ratchet.tsv"));
    assert_eq!(kept.len(), scores.len(), "a topic is not in ratchet.tsv: BLESS=1 adds it");
    let mut worse = Vec::new();
    for (id, before) in &kept {
        let (before, now): (f64, f64) = (before.parse().unwrap(), scores[id]);
        if now < before - SAME {
            worse.push(format!("{id}: {before:.4} has become {now:.4}"));
        } else if now > before + SAME {
            println!("{id}: {before:.4} has risen to {now:.4}");
        }
    }
    assert!(worse.is_empty(), "mean {near:.4}\n{}", worse.join("\n"));
}

#[test]
fn every_judged_record_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let library = library(dir.path());
    let titles = measure::queries(&read("titles.tsv"));
    for (id, title) in &titles {
        assert_eq!(&library.get(id).unwrap().title, title, "{id}");
    }
    for (query, grades) in measure::judgments(&read("qrels.txt")) {
        for id in grades.keys() {
            assert!(titles.contains_key(id), "{query} judges {id}, which is in no line of titles.tsv");
        }
    }
}
