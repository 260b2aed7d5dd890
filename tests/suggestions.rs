//! Spelling suggestions: what is suggested over a small collection, that every count is that of a scan, and what the binary says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Output};

use commlit::library::{IngestOptions, Library};
use commlit::query::Syntax;
use commlit::record::{Container, Creator, Record};
use commlit::search::{Filter, Results, Search};
use commlit::spelling;
use commlit::words;
use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};
use tempfile::TempDir;

/// A collection in which some words are frequent, some rare, and some misspelt.
fn records() -> Vec<Record> {
    let mut out = Vec::new();
    let mut add = |title: &str, text: &str, journal: &str, creator: &str| {
        out.push(Record {
            id: format!("d{:03}", out.len()),
            title: title.into(),
            abstract_text: Some(text.into()),
            doi: Some(format!("10.1000/{}", out.len())),
            creators: vec![Creator::new(creator)],
            languages: vec!["en".into()],
            container: Some(Container { title: journal.into(), ..Container::default() }),
            ..Record::default()
        });
    };
    for _ in 0..120 {
        add(
            "Joint commissioning",
            "Purchasing of care for words and plans.",
            "British Medical Journal",
            "Mays, Nicholas",
        );
    }
    for _ in 0..15 {
        add("Fundholding in Dorset", "Contracts and holdings of the fund holding.", "The Lancet", "Goodwin, Nick");
    }
    add("Commisioning", "Wards near the sea, with 1997 and h1n1.", "BMJ", "Smith, Nicholas");
    if let Some(last) = out.last_mut() {
        last.publisher = vec!["HMSO".into(), "H.M.S.O.".into()];
    }
    out
}

fn library(dir: &TempDir, records: &[Record]) -> Library {
    let lines: String = records.iter().map(|r| serde_json::to_string(r).unwrap() + "\n").collect();
    fs::write(dir.path().join("records.jsonl"), lines).unwrap();
    let library = Library::open_or_create(dir.path().join("index")).unwrap();
    let files = [dir.path().join("records.jsonl")];
    let report = library.ingest(&files, &IngestOptions::default(), &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(report.records, records.len() as u64);
    library
}

fn told(results: &Results) -> String {
    let mut out = String::new();
    if let Some(corrected) = &results.query.corrected {
        write!(out, " => {} ({})", corrected.text, corrected.records).unwrap();
    }
    for suggestion in &results.query.suggestions {
        let field = suggestion.field.map_or(String::new(), |f| format!("{f} "));
        let instead: Vec<_> = suggestion.instead.iter().map(|i| format!("{} {}", i.word, i.records)).collect();
        write!(out, "\n    {field}{}: {}", suggestion.word, instead.join(", ")).unwrap();
    }
    out
}

#[test]
fn what_is_suggested() {
    let dir = TempDir::new().unwrap();
    let library = library(&dir, &records());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/suggestions.txt");
    let text = fs::read_to_string(&file).unwrap();
    let mut out = String::new();
    for line in text.lines() {
        if line.starts_with("    ") {
            continue;
        }
        let asked = if line.starts_with('#') { line } else { line.split(" => ").next().unwrap() };
        out.push_str(asked);
        if let Some((syntax, query)) = asked.split_once(' ').filter(|_| !line.starts_with('#')) {
            let search = Search::parse(Syntax::from_name(syntax).unwrap(), query).expect(line);
            let results = library.search(&search).unwrap();
            out.push_str(&told(&results));
            for suggestion in results.query.suggestions.iter().filter(|s| s.field.is_none()) {
                let span = suggestion.span.unwrap();
                assert_eq!(words::key(&query[span.start..span.end]), suggestion.word, "{line}");
            }
            if let Some(corrected) = &results.query.corrected {
                let again = library
                    .search(&Search::parse(Syntax::from_name(syntax).unwrap(), &corrected.text).unwrap())
                    .unwrap();
                assert_eq!(again.total, corrected.records, "{line}");
            }
        }
        out.push('\n');
    }
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, &out).unwrap();
    }
    assert_eq!(out, fs::read_to_string(&file).unwrap());
}

#[test]
fn values_of_filters() {
    let dir = TempDir::new().unwrap();
    let library = library(&dir, &records());
    for (filter, expected) in [
        ("journal=british medical journal", "journal British Medical Journal 120"),
        ("journal=Britsh Medical Journal", "journal British Medical Journal 120"),
        ("journal=Lancet", "journal The Lancet 15"),
        ("creator=Nicholas", "creator Mays, Nicholas 120, Smith, Nicholas 1"),
        ("creator=Nobody", ""),
        ("publisher=HSMO", "publisher HMSO 1"),
        ("journal=The Lancet", ""),
        ("publisher=h.m.s.o", ""),
        ("language=EN", "language en 136"),
    ] {
        let search = Search { filters: vec![Filter::parse(filter).unwrap()], ..Search::plain("*").unwrap() };
        let results = library.search(&search).unwrap();
        let told: Vec<String> = results
            .query
            .suggestions
            .iter()
            .map(|s| {
                assert!(s.span.is_none());
                let instead: Vec<_> = s.instead.iter().map(|i| format!("{} {}", i.word, i.records)).collect();
                format!("{} {}", s.field.unwrap(), instead.join(", "))
            })
            .collect();
        assert_eq!(told.join("; "), expected, "{filter}");
    }
}

/// The words of a record, as any field has them.
fn has(record: &Record, word: &str) -> bool {
    let texts = [&record.title, record.abstract_text.as_ref().unwrap()];
    let subjects = record.subjects.iter();
    texts.into_iter().chain(subjects).any(|t| words::folded(t).iter().any(|w| w == word))
}

/// The distance as the definition has it, without any bound.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut d = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            d[i][j] = match (i, j) {
                (0, n) | (n, 0) => n,
                _ => {
                    let change = d[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                    let mut least = change.min(d[i - 1][j] + 1).min(d[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        least = least.min(d[i - 2][j - 2] + 1);
                    }
                    least
                }
            };
        }
    }
    d[a.len()][b.len()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 30, ..ProptestConfig::default() })]

    /// Words over few letters, so that many are near each other: everything suggested is near, counted as a scan counts it, and
    /// nothing near is missed.
    #[test]
    fn counts_are_those_of_a_scan(
        texts in proptest::collection::vec(("[ab]{4,9}( [ab]{4,9}){0,4}", "[abø]{4,9}( [ab]{4,9}){0,3}"), 3..25),
        asked in proptest::collection::vec("[ab]{4,10}", 12),
    ) {
        let records: Vec<Record> = texts.iter().enumerate().map(|(i, (title, text))| Record {
            id: format!("r{i}"),
            title: title.clone(),
            abstract_text: Some(text.clone()),
            subjects: vec![text.split(' ').next().unwrap().to_owned()],
            ..Record::default()
        }).collect();
        let dir = TempDir::new().unwrap();
        let library = library(&dir, &records);
        for word in asked {
            let query = format!("\"{word}\"");
            let results = library.search(&Search::plain(&query).unwrap()).unwrap();
            let known = records.iter().any(|r| has(r, &word));
            let letters: Vec<char> = word.chars().collect();
            let most = if letters.len() < 8 { 1 } else { 2 };
            let all = records.iter().flat_map(|r| words::folded(&format!("{} {}", r.title, r.abstract_text.as_ref().unwrap())));
            let mut near: Vec<(String, usize)> = all.filter_map(|w| {
                let d = distance(&letters, &w.chars().collect::<Vec<_>>());
                let first = d < 2 || w.chars().next() == letters.first().copied();
                (d > 0 && d <= most && first && w.chars().count() >= 4).then_some((w, d))
            }).collect();
            near.sort();
            near.dedup();
            match results.query.suggestions.as_slice() {
                // So few records are never worth another word than one they have.
                [] => prop_assert!(known || near.is_empty(), "{word}: {near:?}"),
                [one] => {
                    prop_assert!(!known);
                    prop_assert_eq!(&one.word, &word);
                    prop_assert!(one.instead.len() == near.len().min(spelling::MOST_INSTEAD));
                    for instead in &one.instead {
                        prop_assert!(near.iter().any(|(w, _)| *w == instead.word), "{word}: {instead:?}");
                        let scan = records.iter().filter(|r| has(r, &instead.word)).count() as u64;
                        prop_assert_eq!(instead.records, scan, "{}", instead.word);
                    }
                }
                more => panic!("{more:?}"),
            }
        }
    }
}

#[test]
fn hostile_queries_are_bounded() {
    let dir = TempDir::new().unwrap();
    let library = library(&dir, &records());
    let long = "x".repeat(spelling::MOST_LETTERS);
    let many: Vec<String> = (0..2000)
        .map(|n| format!("xqz{}", "abcdefghij".chars().cycle().skip(n % 10).take(4 + n / 100).collect::<String>()))
        .collect();
    for query in [
        many.join(" "),
        format!("{long} {long}y"),
        "comissioning ".repeat(2000),
        format!("\"{}\"", many[..400].join(" ")),
    ] {
        let results = library.search(&Search::plain(&query).unwrap()).unwrap();
        assert!(results.query.suggestions.len() <= spelling::MOST_DOUBTS);
        if query.len() > 10_000 && !query.starts_with("comiss") {
            let said = results.query.warnings.iter().any(|w| w.message.contains("first 64 words"));
            assert!(said, "{:?}", results.query.warnings);
        }
    }
    let text = "comissioning ".repeat(2000);
    let results = library.search(&Search::plain(&text).unwrap()).unwrap();
    assert_eq!(results.query.corrected.unwrap().text, "commissioning ".repeat(2000));
}

#[test]
fn names_are_words_of_the_index_too() {
    let dir = TempDir::new().unwrap();
    let library = library(&dir, &records());
    let results = library.search(&Search::plain("goodwim").unwrap()).unwrap();
    assert_eq!(results.query.suggestions[0].instead[0].word, "goodwin");
    assert_eq!(results.query.corrected.unwrap().records, 15);
}

fn commlit(dir: &TempDir, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_commlit"));
    command.current_dir(dir.path()).args(args).env("COMMLIT_INDEX", dir.path().join("index")).env_remove("NO_COLOR");
    command.output().unwrap()
}

#[test]
fn the_command_line_asks_and_never_answers_for_the_user() {
    let dir = TempDir::new().unwrap();
    drop(library(&dir, &records()));
    let output =
        commlit(&dir, &["search", "jiont \"commissioning\"", "--year", "..2000", "--filter", "journal=lancet"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("did you mean instead of the journal `lancet`: The Lancet (15 records)?"), "{text}");
    let output = commlit(&dir, &["search", "jiont \"commissioning\"", "-n", "1"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("did you mean: joint \"commissioning\"? (120 records): commlit search 'joint \"commissioning\"'"),
        "{text}"
    );
    let output = commlit(&dir, &["search", "jiont", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["query"]["canonical"], "jiont");
    assert_eq!(
        answer["query"]["suggestions"],
        serde_json::json!([{"word": "jiont", "span": [0, 5], "instead": [{"word": "joint", "records": 120}]}])
    );
    assert_eq!(answer["query"]["corrected"], serde_json::json!({"text": "joint", "records": 120}));
    let answer = commlit(&dir, &["search", "joint", "--json"]);
    let answer: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert!(answer["query"].get("suggestions").is_none() && answer["query"].get("corrected").is_none());
}
