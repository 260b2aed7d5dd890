//! Records like a record, and answers in the order that their best records suggest.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::process::{Command, Output};

use commlit::error::ErrorKind;
use commlit::feedback::{Feedback, Reach};
use commlit::library::{IngestOptions, Library};
use commlit::record::Record;
use commlit::search::{Explain, FacetField, Filter, Required, Results, Search, Sort};
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use tempfile::TempDir;

fn record(id: &str, title: &str, text: &str, year: i32) -> Record {
    Record {
        id: id.into(),
        title: title.into(),
        abstract_text: Some(text.into()),
        year: Some(year),
        ..Record::default()
    }
}

fn collection() -> Vec<Record> {
    vec![
        record(
            "tpp1",
            "Total purchasing pilots",
            "Practices purchase hospital services with a budget of their own.",
            1996,
        ),
        record(
            "tpp2",
            "What is total purchasing?",
            "Pilots hold a budget and purchase services from a hospital.",
            1997,
        ),
        record("tpp3", "Budgets of practices", "A budget for hospital services, purchased by the pilots.", 1998),
        record("joint1", "Joint commissioning", "Councils and boards commission care for older people.", 2001),
        record("joint2", "Commissioning of care", "Older people, their council and the board.", 2002),
        record("alone", "Zygotic xylophones", "Quixotic marimbas.", 1999),
        record("numbers", "1997", "1998 2000", 2000),
    ]
}

fn library(dir: &TempDir, records: &[Record]) -> Library {
    let lines: String = records.iter().map(|r| serde_json::to_string(r).unwrap() + "\n").collect();
    fs::write(dir.path().join("records.jsonl"), lines).unwrap();
    let library = Library::open_or_create(dir.path().join("index")).unwrap();
    let files = [dir.path().join("records.jsonl")];
    library.ingest(&files, &IngestOptions::default(), &mut |_| ControlFlow::Continue(())).unwrap();
    library
}

fn ids(results: &Results) -> Vec<&str> {
    results.hits.iter().map(|h| h.record.id.as_str()).collect()
}

#[test]
fn records_like_one() {
    let dir = TempDir::new().unwrap();
    let library = library(&dir, &collection());
    for (id, expected) in [("tpp1", vec!["tpp3", "tpp2"]), ("TPP1", vec!["tpp3", "tpp2"]), ("joint1", vec!["joint2"])] {
        let search = library.more_like(id).unwrap();
        let results = library.search(&search).unwrap();
        assert_eq!(ids(&results), expected, "{}", results.query.canonical);
        // The canonical form is a query that can be typed, and finds the same.
        let typed = Search::plain(&results.query.canonical).unwrap();
        assert_eq!(typed.parsed.query, search.parsed.query);
        assert_eq!(search.text, results.query.canonical);
    }
    let canonical = library.more_like("joint1").unwrap().text;
    assert_eq!(canonical, "ATLEAST 2 (commission boards care councils older people) AND NOT id:\"joint1\"");
    let among = library.more_like("tpp1").unwrap().among(Search::plain("year:1998").unwrap().parsed.query);
    assert_eq!(ids(&library.search(&among).unwrap()), ["tpp3"]);
    for (id, kind) in
        [("nobody", ErrorKind::NoRecord), ("alone", ErrorKind::Argument), ("numbers", ErrorKind::Argument)]
    {
        assert_eq!(library.more_like(id).unwrap_err().kind(), kind, "{id}");
    }
}

fn fed(text: &str, records: usize) -> Search {
    let feedback = Feedback { records, words: 10, original: 0.5, reach: Reach::Order };
    Search { feedback: Some(feedback), limit: 100, ..Search::plain(text).unwrap() }
}

#[test]
fn feedback_orders_what_is_found() {
    let dir = TempDir::new().unwrap();
    let library = library(&dir, &collection());
    // Of the records with a budget, those that speak of purchasing come first where the best one does.
    let results =
        library.search(&Search { explain: Explain::Yes, ..fed("title:total OR council* OR board", 1) }).unwrap();
    assert_eq!(results.query.canonical, "title:total OR \"council*\" OR board");
    let [expansion] = results.query.expansions.as_slice() else { panic!("{:?}", results.query.expansions) };
    assert_eq!((expansion.concept.as_str(), &expansion.term), ("feedback", &results.query.canonical));
    assert!(!expansion.added.is_empty() && expansion.added.len() <= 10);
    for hit in &results.hits {
        let sum: f32 = hit.explanation.iter().map(|c| c.score).sum();
        assert!((sum - hit.score).abs() < 1e-3, "{sum} {}", hit.score);
    }
    let fed_parts = results.hits[0].explanation.iter().filter(|c| c.part.contains("(feedback × ")).count();
    assert!(fed_parts > 0, "{:?}", results.hits[0].explanation);
    // Without a degree there is nothing to learn from, and other orders are not touched.
    for search in [fed("*", 3), fed("year:1996..1998", 3), Search { sort: Sort::Oldest, ..fed("budget", 3) }] {
        let plain = library.search(&Search { feedback: None, ..search.clone() }).unwrap();
        let results = library.search(&search).unwrap();
        assert_eq!((ids(&results), &results.query), (ids(&plain), &plain.query));
    }
}

#[test]
fn feedback_finds_only_where_any_word_is_enough() {
    let dir = TempDir::new().unwrap();
    let library = library(&dir, &collection());
    let reach = |text: &str| {
        let feedback = Feedback { reach: Reach::Find, records: 1, ..Feedback::default() };
        let mut search = Search { feedback: Some(feedback), limit: 100, ..Search::plain(text).unwrap() };
        search.required = Required::Any;
        let found: BTreeSet<String> = library.ranking(&search).unwrap().into_iter().map(|(id, _)| id).collect();
        (found.into_iter().collect::<Vec<_>>(), library.search(&search).unwrap().total)
    };
    assert_eq!(reach("total"), (vec!["tpp1".into(), "tpp2".into(), "tpp3".into()], 3));
    assert_eq!(reach("total -what"), (vec!["tpp1".into()], 1));
    assert_eq!(reach("total AND pilots"), (vec!["tpp1".into(), "tpp2".into()], 2));
    assert_eq!(reach("xyzzy"), (Vec::new(), 0));
}

#[test]
fn parameters_of_feedback() {
    let own = Feedback { records: 5, words: 30, original: 0.5, reach: Reach::Order };
    assert_eq!(Feedback::parse("5, 30,0.5").unwrap(), own);
    assert_eq!(Feedback::parse("").unwrap(), Feedback::default());
    for text in ["5", "5,30", "0,30,0.5", "5,30,0", "5,30,1.5", "5,30,NaN", "5,30,0.5,1", "a,b,c", "1000,1,1"] {
        assert_eq!(Feedback::parse(text).unwrap_err().kind(), ErrorKind::Argument, "{text}");
    }
}

const WORDS: [&str; 10] =
    ["care", "fund", "budget", "pilot", "trust", "joint", "commission", "purchase", "contract", "board"];

fn texts(seeds: &[Vec<u8>]) -> Vec<Record> {
    let text = |seed: &[u8]| seed.iter().map(|n| WORDS[usize::from(*n) % WORDS.len()]).collect::<Vec<_>>().join(" ");
    let one = |(i, seed): (usize, &Vec<u8>)| {
        let (title, rest) = seed.split_at(seed.len() / 3);
        record(&format!("r{i}"), &format!("{} n{i}", text(title)), &text(rest), 1990 + (i % 5) as i32)
    };
    seeds.iter().enumerate().map(one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn a_record_is_never_like_itself(seeds in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..15), 2..30)) {
        let dir = TempDir::new().unwrap();
        let records = texts(&seeds);
        let library = library(&dir, &records);
        for record in &records {
            let Ok(search) = library.more_like(&record.id) else { continue };
            let results = library.search(&Search { limit: 100, ..search }).unwrap();
            prop_assert!(!ids(&results).contains(&record.id.as_str()), "{}", results.query.canonical);
            prop_assert!(results.query.suggestions.is_empty());
        }
    }

    #[test]
    fn feedback_keeps_what_is_found(
        seeds in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..15), 2..40),
        asked in proptest::collection::vec((0..WORDS.len(), 0..WORDS.len(), 0..5_usize), 8),
        (records, words, weight) in (1..12_usize, 1..30_usize, 1..=10_u8),
    ) {
        let dir = TempDir::new().unwrap();
        let library = library(&dir, &texts(&seeds));
        for (a, b, kind) in asked {
            let (a, b) = (WORDS[a], WORDS[b]);
            let text = [format!("{a} {b}"), format!("{a} OR {b}"), format!("{a} -{b}"), format!("\"{a} {b}\" OR {b}"), format!("ATLEAST 2 ({a} {b} care)")];
            let plain = Search {
                limit: 100,
                facets: vec![(FacetField::Year, 10).into(), (FacetField::Decade, 10).into()],
                filters: vec![Filter::Years(Some(1991), None)],
                ..Search::plain(&text[kind]).unwrap()
            };
            let feedback = Feedback { records, words, original: f32::from(weight) / 10.0, reach: Reach::Order };
            let search = Search { feedback: Some(feedback), ..plain.clone() };
            let (expected, results) = (library.search(&plain).unwrap(), library.search(&search).unwrap());
            let set = |r: &Results| ids(r).into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
            prop_assert_eq!(set(&results), set(&expected));
            prop_assert_eq!((results.total, &results.facets), (expected.total, &expected.facets));
            prop_assert_eq!(&results.query.canonical, &expected.query.canonical);
            let again = library.search(&search).unwrap();
            prop_assert_eq!(ids(&again), ids(&results));
            // Pages fit together.
            let first = library.search(&Search { limit: 3, ..search.clone() }).unwrap();
            let second = library.search(&Search { limit: 97, offset: 3, ..search }).unwrap();
            prop_assert_eq!([ids(&first), ids(&second)].concat(), ids(&results));
        }
    }
}

fn commlit(dir: &TempDir, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_commlit"));
    command.current_dir(dir.path()).args(args).env("COMMLIT_INDEX", dir.path().join("index")).env_remove("NO_COLOR");
    command.output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_command_line() {
    let dir = TempDir::new().unwrap();
    drop(library(&dir, &collection()));
    let output = commlit(&dir, &["search", "--more-like", "joint1", "--passages", "0", "--facet", "none"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        out(&output).starts_with(
            "1 record for ATLEAST 2 (commission boards care councils older people) AND NOT id:\"joint1\"  ("
        ),
        "{}",
        out(&output)
    );
    let output = commlit(&dir, &["search", "--more-like", "tpp1", "year:1998", "--format", "trec"]);
    assert!(out(&output).starts_with("1 Q0 tpp3 1 "), "{}", out(&output));
    let code = |args: &[&str]| commlit(&dir, args).status.code();
    assert_eq!(code(&["search", "--more-like", "nobody"]), Some(1));
    assert_eq!(code(&["search", "--more-like", "alone"]), Some(2));
    assert_eq!(code(&["search", "--more-like", "tpp1", "(care"]), Some(2));
    assert_eq!(code(&["search"]), Some(2));
    assert_eq!(code(&["search", "budget", "--feedback=1,2"]), Some(2));
    let output = commlit(&dir, &["search", "budget", "--feedback", "-n", "1", "--explain"]);
    let text = out(&output);
    assert!(text.contains("note: ordered with words of the best records: "), "{text}");
    assert!(text.contains("(feedback × "), "{text}");
    fs::write(dir.path().join("queries.tsv"), "1\ttotal\n").unwrap();
    let found = |feedback: &str| {
        let mut args = vec!["run", "--queries", "queries.tsv"];
        args.extend(Some(feedback).filter(|f| !f.is_empty()));
        let output = commlit(&dir, &args);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        out(&output).lines().count()
    };
    assert_eq!((found(""), found("--feedback"), found("--feedback=1,5,0.9")), (2, 3, 3));
}
