//! commlit's whole answer beside raw tantivy's, on the same records and queries in one run.
//!
//! commlit: words over all weighted fields, top 10, exact total, six facets, three highlighted passages a hit.
//! Raw tantivy: its query parser over title and abstract with the English stemmer, top 10, exact total, the same six facets
//! through its aggregation framework, one snippet a hit.
//!
//! `cargo bench --bench answer`; `COMMLIT_BENCH_RECORDS=300000` for another size.

#![allow(clippy::expect_used, clippy::print_stdout)]

mod collection;

use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use collection::{Random, query, record, vocabulary};
use commlit::library::{IngestOptions, Library};
use commlit::query::strategy::Strategy;
use commlit::query::{Query, Syntax};
use commlit::search::{FacetField, Search, Sort};
use tantivy::aggregation::AggregationCollector;
use tantivy::aggregation::agg_req::Aggregations;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::QueryParser;
use tantivy::schema::{FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value};
use tantivy::snippet::SnippetGenerator;
use tantivy::{Index, IndexReader, TantivyDocument};

const FACETS: [FacetField; 6] = [
    FacetField::Type,
    FacetField::Year,
    FacetField::Publisher,
    FacetField::Journal,
    FacetField::Subject,
    FacetField::Creator,
];

fn main() {
    // `cargo test --benches` passes arguments of its own; there is nothing to test here.
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    let records: usize = std::env::var("COMMLIT_BENCH_RECORDS").ok().and_then(|n| n.parse().ok()).unwrap_or(30_000);
    let dir = tempfile::tempdir().expect("a scratch folder");
    let words = vocabulary(records);
    let mut random = Random::new(42);
    let mut text = String::new();
    for i in 0..records {
        text.push_str(&record(&mut random, i, words));
    }
    let file = dir.path().join("records.jsonl");
    std::fs::write(&file, &text).expect("written");
    println!("{records} records, {:.1} MB, a vocabulary of {words} words", text.len() as f64 / 1e6);

    let start = Instant::now();
    let library = Library::open_or_create(dir.path().join("commlit")).expect("an index");
    let report =
        library.ingest(&[file], &IngestOptions::default(), &mut |_| ControlFlow::Continue(())).expect("ingested");
    assert_eq!(report.records, records as u64);
    let ours = start.elapsed();
    let start = Instant::now();
    let raw = Raw::build(&dir.path().join("raw"), &text);
    let theirs = start.elapsed();
    row("ingest, seconds", ours.as_secs_f64(), theirs.as_secs_f64());
    let size = |name: &str| folder_size(&dir.path().join(name)) as f64 / text.len() as f64;
    row("index / text", size("commlit"), size("raw"));

    let queries: Vec<Vec<String>> = (0..300).map(|_| query(&mut random, words)).collect();
    for (name, operator) in [("words, all required", " AND "), ("words, any", " OR ")] {
        let mut ours = Vec::new();
        let mut theirs = Vec::new();
        // In turn, so that a change in the machine's speed meets both.
        for q in &queries {
            let q = q.join(operator);
            let start = Instant::now();
            let mut search = Search::plain(&q).expect("well formed");
            search.facets = FACETS.map(|f| (f, 10).into()).to_vec();
            let found = black_box(library.search(&search).expect("answered"));
            ours.push(start.elapsed());
            let start = Instant::now();
            black_box(raw.answer(&q));
            theirs.push(start.elapsed());
            black_box(found.total);
        }
        row(&format!("{name}: mean µs"), mean(&ours), mean(&theirs));
        row(&format!("{name}: median µs"), quantile(&mut ours, 0.5), quantile(&mut theirs, 0.5));
        row(&format!("{name}: p99 µs"), quantile(&mut ours, 0.99), quantile(&mut theirs, 0.99));
    }
    let pairs: Vec<(String, String)> = (0..200)
        .map(|_| (collection::middling(&mut random, words), collection::middling(&mut random, words)))
        .collect();
    proximity(&library, &raw, &pairs);
    strategy(&library, &mut random, words);
}

/// Two words near each other beside tantivy's phrase of the same words, over the same two fields: top 10 and total.
fn proximity(library: &Library, raw: &Raw, pairs: &[(String, String)]) {
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    for (a, b) in pairs {
        let start = Instant::now();
        let text = format!("title,abstract:{a} NEAR/5 title,abstract:{b}");
        let mut search = Search::plain(&text).expect("well formed");
        search.passages = 0;
        search.sort = Sort::Oldest;
        black_box(library.search(&search).expect("answered"));
        ours.push(start.elapsed());
        let start = Instant::now();
        black_box(raw.phrase(&format!("\"{a} {b}\"")));
        theirs.push(start.elapsed());
    }
    row("proximity / phrase: mean µs", mean(&ours), mean(&theirs));
    row("proximity / phrase: p99 µs", quantile(&mut ours, 0.99), quantile(&mut theirs, 0.99));
}

/// Forty lines as a librarian writes them: words, truncation, proximity, and lines that combine them.
fn strategy(library: &Library, random: &mut Random, words: usize) {
    let mut text = String::new();
    for _ in 0..30 {
        // Stems as people truncate them: what stands for a handful of words, not for every word with the same syllable.
        let mut q = query(random, words);
        while q[0].len() < 9 {
            q = query(random, words);
        }
        let (a, b) = (&q[0], q.last().expect("words"));
        let stem: String = a.chars().take(a.len() - 2).collect();
        text.push_str(&format!("({stem}$ adj3 ({a} or {b})).ti,ab.\n"));
    }
    text.push_str("or/1-10\nor/11-20\nor/21-30\n31 and 32\n31 and 33\n32 and 33\nor/34-36\n37 not 1\n38 or 2\nlimit 39 to yr=\"1990 - 2005\"\n");
    let strategy = Strategy::parse(&text, Syntax::Ovid);
    let lines: Vec<Option<Query>> = strategy.lines.iter().map(|l| l.query.as_ref().ok().cloned()).collect();
    assert!(lines.iter().all(Option::is_some), "every line is read");
    let start = Instant::now();
    library.count_lines(&lines, &mut |_, _| ControlFlow::Continue(())).expect("counted");
    println!("{:<34} commlit {:>10.2}", "a strategy of 40 lines, ms", start.elapsed().as_secs_f64() * 1e3);
}

fn row(name: &str, ours: f64, theirs: f64) {
    println!("{name:<34} commlit {ours:>10.2}   raw tantivy {theirs:>10.2}   ratio {:>5.2}", ours / theirs);
}

fn mean(times: &[Duration]) -> f64 {
    times.iter().map(|t| t.as_secs_f64() * 1e6).sum::<f64>() / times.len() as f64
}

fn quantile(times: &mut [Duration], q: f64) -> f64 {
    times.sort();
    times[((times.len() - 1) as f64 * q) as usize].as_secs_f64() * 1e6
}

fn folder_size(dir: &Path) -> u64 {
    std::fs::read_dir(dir).into_iter().flatten().flatten().filter_map(|e| e.metadata().ok()).map(|m| m.len()).sum()
}

/// What one would write with tantivy alone.
struct Raw {
    index: Index,
    reader: IndexReader,
    title: Field,
    body: Field,
}

impl Raw {
    fn build(dir: &Path, text: &str) -> Raw {
        std::fs::create_dir_all(dir).expect("a folder");
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("en_stem")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let options = TextOptions::default().set_indexing_options(indexing).set_stored();
        let title = schema.add_text_field("title", options.clone());
        let body = schema.add_text_field("abstract", options);
        let rest = schema.add_text_field("record", STORED);
        let facets: Vec<Field> = ["type", "publisher", "journal", "subject", "creator"]
            .map(|name| schema.add_text_field(name, STRING | FAST))
            .to_vec();
        let year = schema.add_i64_field("year", FAST);
        let index = Index::create_in_dir(dir, schema.build()).expect("an index");
        let mut writer = index.writer_with_num_threads(2, 256 << 20).expect("a writer");
        for line in text.lines() {
            let value: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let one = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
            let mut doc = TantivyDocument::new();
            doc.add_text(title, one(&value["title"]));
            doc.add_text(body, one(&value["abstract"]));
            doc.add_text(rest, line);
            doc.add_text(facets[0], one(&value["type"]));
            doc.add_text(facets[1], one(&value["publisher"][0]));
            doc.add_text(facets[2], one(&value["container"]["title"]));
            for subject in value["subjects"].as_array().into_iter().flatten() {
                doc.add_text(facets[3], one(subject));
            }
            for creator in value["creators"].as_array().into_iter().flatten() {
                doc.add_text(facets[4], one(&creator["name"]));
            }
            doc.add_i64(year, value["year"].as_i64().unwrap_or(0));
            writer.add_document(doc).expect("added");
        }
        writer.commit().expect("committed");
        writer.wait_merging_threads().expect("merged");
        let reader = index.reader().expect("a reader");
        Raw { index, reader, title, body }
    }

    fn phrase(&self, text: &str) -> usize {
        let searcher = self.reader.searcher();
        let parser = QueryParser::for_index(&self.index, vec![self.title, self.body]);
        let query = parser.parse_query(text).expect("well formed");
        let (top, total) =
            searcher.search(&query, &(TopDocs::with_limit(10).order_by_score(), Count)).expect("answered");
        for (_, address) in top {
            black_box(searcher.doc::<TantivyDocument>(address).expect("stored"));
        }
        total
    }

    fn answer(&self, text: &str) -> usize {
        let searcher = self.reader.searcher();
        let parser = QueryParser::for_index(&self.index, vec![self.title, self.body]);
        let query = parser.parse_query(text).expect("well formed");
        let terms = |name: &str| format!("\"{name}\":{{\"terms\":{{\"field\":\"{name}\",\"size\":10}}}}");
        let request = ["type", "year", "publisher", "journal", "subject", "creator"].map(terms).join(",");
        let request: Aggregations = serde_json::from_str(&format!("{{{request}}}")).expect("a request");
        let aggregations = AggregationCollector::from_aggs(request, Default::default());
        let (top, total, facets) = searcher
            .search(&query, &(TopDocs::with_limit(10).order_by_score(), Count, aggregations))
            .expect("answered");
        black_box(facets);
        let snippets = SnippetGenerator::create(&searcher, &*query, self.body).expect("a generator");
        for (_, address) in top {
            let doc: TantivyDocument = searcher.doc(address).expect("stored");
            black_box(doc.get_first(self.title).and_then(|v| v.as_str()));
            black_box(snippets.snippet_from_doc(&doc).to_html());
        }
        total
    }
}
