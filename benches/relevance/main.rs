//! How good the order of answers is, on test collections with judged queries.
//!
//! `COMMLIT_COLLECTIONS=DIR cargo bench --bench relevance`: every folder of DIR with `records.jsonl`, `queries.tsv` (an id, a
//! tab and a text a line) and `qrels.txt` (TREC) is ingested, asked and scored. Any word of a query is enough for a record
//! to be ranked, as in `commlit run`.

#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "../../tests/relevance/measure.rs"]
mod measure;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use commlit::feedback::{Feedback, Reach};
use commlit::library::{IngestOptions, Library};
use commlit::search::Search;

/// nDCG@10 and recall@100 of Lucene 9 (BM25, k1 1.2, b 0.75, English analyser over one field) on the collections that are
/// known here, measured once on the same files.
const LUCENE: [(&str, f64, f64); 3] =
    [("cisi", 0.385, 0.447), ("cystic_fibrosis", 0.472, 0.433), ("npl", 0.432, 0.602)];

fn main() {
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    let Some(collections) = std::env::var_os("COMMLIT_COLLECTIONS") else {
        println!("set COMMLIT_COLLECTIONS to a folder of test collections; see benches/README.md");
        return;
    };
    let mut folders: Vec<_> = std::fs::read_dir(&collections).expect("a folder").flatten().map(|e| e.path()).collect();
    folders.sort();
    println!("{:<18} {:>8} {:>8} {:>8}  beside Lucene BM25", "", "nDCG@10", "R@100", "ms");
    for folder in folders.iter().filter(|f| f.join("qrels.txt").exists()) {
        score(folder);
    }
}

fn score(folder: &Path) {
    let dir = tempfile::tempdir().expect("a scratch folder");
    let library = Library::open_or_create(dir.path().join("index")).expect("an index");
    let records = [folder.join("records.jsonl")];
    library.ingest(&records, &IngestOptions::default(), &mut |_| ControlFlow::Continue(())).expect("ingested");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a file of the collection");
    let judgments = measure::judgments(&read("qrels.txt"));
    let queries = measure::queries(&read("queries.tsv"));
    let name = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let peer = LUCENE.iter().find(|(known, ..)| *known == name);
    let feedback = Feedback { reach: Reach::Find, ..Feedback::default() };
    for feedback in [None, Some(feedback)] {
        let (ndcg, recall, ms) = measured(&library, &judgments, &queries, feedback);
        let name = if feedback.is_some() { "… with feedback" } else { name.as_str() };
        print!("{name:<18} {ndcg:>8.4} {recall:>8.4} {ms:>8.2}");
        match peer {
            Some((_, n, r)) => println!("  {:.3} and {:.3} times", ndcg / n, recall / r),
            None => println!(),
        }
    }
}

/// nDCG@10, recall@100 and milliseconds a query.
fn measured(
    library: &Library,
    judgments: &measure::Judgments,
    queries: &BTreeMap<String, String>,
    feedback: Option<Feedback>,
) -> (f64, f64, f64) {
    let (mut ndcg, mut recall) = (0.0, 0.0);
    let start = Instant::now();
    for (id, text) in queries {
        let words =
            || text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect::<String>().to_lowercase();
        let Ok(mut search) = Search::plain(text).or_else(|_| Search::plain(&words())) else { continue };
        search.parsed = search.parsed.any_word();
        search.limit = 100;
        search.passages = 0;
        search.feedback = feedback;
        let ranked: Vec<String> = library.ranking(&search).expect("answered").into_iter().map(|(id, _)| id).collect();
        let grades = judgments.get(id).cloned().unwrap_or_default();
        ndcg += measure::ndcg(&ranked, &grades, 10) / queries.len() as f64;
        recall += measure::recall(&ranked, &grades, 100) / queries.len() as f64;
    }
    (ndcg, recall, start.elapsed().as_secs_f64() * 1e3 / queries.len() as f64)
}
