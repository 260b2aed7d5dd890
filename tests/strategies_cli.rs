//! The query languages at the command line: strategies, translations, why, and what is hostile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

const RECORDS: &str = r#"{"id":"a","title":"Joint commissioning of care","type":"report","year":1997,"abstract":"Joint work before commissioning. The commissioning of care was joint.","subjects":["Joint commissioning"]}
{"id":"b","title":"Total purchasing","type":"book","year":2004,"abstract":"Nothing joint."}
{"id":"c","title":"Integrated care","year":1994,"languages":["en"]}
"#;

const STRATEGY: &str =
    "1. (joint adj3 commission$).ti,ab. (12)\n2. integrated care.mp.\n3. 1 or 2\n4. limit 3 to yr=\"1995-2000\"\n";

fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_commlit"));
    command.current_dir(dir).args(args).env_remove("COMMLIT_INDEX").env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

/// Exit code, standard output, standard error.
fn run(dir: &Path, args: &[&str]) -> (i32, String, String) {
    told(&command(dir, args).output().unwrap())
}

fn told(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// The same with something on standard input.
fn fed(dir: &Path, args: &[&str], input: &str) -> (i32, String, String) {
    let mut command = command(dir, args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    told(&child.wait_with_output().unwrap())
}

fn ingested() -> TempDir {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("records.jsonl"), RECORDS).unwrap();
    fs::write(dir.path().join("s.txt"), STRATEGY).unwrap();
    assert_eq!(run(dir.path(), &["ingest", "records.jsonl"]).0, 0);
    dir
}

#[test]
fn a_strategy_counts_every_line_and_shows_the_last() {
    let dir = ingested();
    let (code, out, err) = run(dir.path(), &["strategy", "s.txt"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let table: Vec<Vec<&str>> = out.lines().skip(1).take(4).map(|l| l.split_whitespace().take(3).collect()).collect();
    assert_eq!(out.lines().next(), Some("s.txt (ovid, guessed), 3 records"));
    assert_eq!(table[0], ["1", "1", "(12)"]);
    assert_eq!(table[1][..2], ["2", "1"]);
    assert_eq!(table[2][..2], ["3", "2"]);
    assert_eq!(table[3][..2], ["4", "1"]);
    assert!(out.contains("\n1 record for line 4 ") && out.contains("[a]"), "{out}");
    assert!(!out.contains("[c]"), "{out}");
    let (_, out, _) = run(dir.path(), &["strategy", "s.txt", "--line", "3", "--limit", "1"]);
    assert!(out.contains("\n2 records for line 3 ") && out.contains("go on with --offset 1"), "{out}");
    let (_, next, _) = run(dir.path(), &["strategy", "s.txt", "--line", "3", "--limit", "1", "--offset", "1"]);
    assert!(next.contains("2 to 2 of 2") && next.contains(" 2. "), "{next}");
}

#[test]
fn a_strategy_for_programs_and_for_reports() {
    let dir = ingested();
    let (code, out, err) = run(dir.path(), &["strategy", "s.txt", "--format", "json"]);
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, err.as_str(), &told["records"], &told["syntax"]), (0, "", &3.into(), &"ovid".into()));
    let lines = told["lines"].as_array().unwrap();
    let counts: Vec<_> = lines.iter().map(|l| l["records"].as_u64().unwrap()).collect();
    assert_eq!(counts, [1, 1, 2, 1]);
    assert_eq!((&lines[0]["noted"], &lines[2]["canonical"]), (&12.into(), &"LINE/1 OR LINE/2".into()));
    assert_eq!(told["results"]["hits"][0]["record"]["id"], "a");
    let (_, out, _) = run(dir.path(), &["strategy", "s.txt", "--format", "csv"]);
    assert_eq!(
        out.lines().nth(2),
        Some("2,1,true,,integrated care.mp.,\"title,abstract,subject:\"\"integrated care\"\"\",,")
    );
    let (_, out, _) = run(dir.path(), &["strategy", "s.txt", "--format", "report"]);
    for part in ["Platform:        commlit ", "Date of search:  20", "3. 1 or 2  [2]", "Records found: 1"] {
        assert!(out.contains(part), "{part}: {out}");
    }
}

#[test]
fn what_is_wrong_with_a_strategy_is_said() {
    let dir = ingested();
    let bad = "1. joint.ti.\n2. (care\n3. 1 and 5\n4. 1 or 2\n";
    fs::write(dir.path().join("bad.txt"), bad).unwrap();
    let (code, out, err) = run(dir.path(), &["strategy", "bad.txt", "--limit", "0"]);
    assert_eq!(code, 2);
    assert!(out.contains("3    error  1 and 5"), "{out}");
    assert!(
        err.contains("commlit: line 3: cannot be read: there is no line 5 here\n  1 and 5\n        ^\nhint: "),
        "{err}"
    );
    assert!(err.contains("commlit: line 2: this `(` is never closed"), "{err}");
    let (code, out, err) = run(dir.path(), &["strategy", "bad.txt", "--check"]);
    assert_eq!((code, err.as_str()), (2, ""));
    assert!(
        out.ends_with("4 lines, 1 error, 2 remarks\n") && out.contains("line 3: error: there is no line 5"),
        "{out}"
    );
    let (code, out, _) = run(dir.path(), &["strategy", "bad.txt", "--check", "--format", "json"]);
    assert_eq!((code, serde_json::from_str::<Value>(&out).unwrap()[1]["severity"].as_str()), (2, Some("error")));
    assert_eq!(run(dir.path(), &["strategy", "bad.txt", "--check", "--format", "csv"]).0, 2);
    // Without an index, the text alone is checked.
    let (code, _, err) = run(dir.path(), &["strategy", "s.txt", "--check", "--index", "none"]);
    assert_eq!(code, 0);
    assert!(err.contains("only the text is checked"), "{err}");
}

#[test]
fn files_that_are_no_strategies() {
    let dir = ingested();
    fs::write(dir.path().join("empty.txt"), "\n\n# a remark\n").unwrap();
    for (args, message) in [
        (&["strategy", "nosuch.txt"][..], "cannot read nosuch.txt"),
        (&["strategy", "empty.txt"], "there is no line of a strategy in empty.txt"),
        (&["strategy", "s.txt", "--line", "9"], "the strategy has no line 9\nhint: its lines are 1, 2, 3, 4"),
        (&["strategy", "s.txt", "--index", "none"], "hint: "),
        (&["why", "a", "--strategy", "s.txt", "--line", "9"], "the strategy has no line 9"),
        (&["why", "a"], "--query"),
        (&["why", "a", "--query", "x", "--line", "1"], "cannot be used with"),
        (&["why", "a", "--query", "(x"], "this `(` is never closed"),
        (&["translate", "--from", "ovid", "--to", "plain"], "there is nothing to translate"),
        (&["translate", "--from", "ovid", "--to", "plain", "1 or 2"], "there is no line 1 here"),
        (&["search", "--syntax", "ebsco", "TI joint N care"], "hint: write N3"),
        (&["search", "--syntax", "ovid", "joint near3 care"], "hint: write adj3"),
    ] {
        let (code, out, err) = run(dir.path(), args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(err.contains(message), "{args:?}: {err}");
    }
}

#[test]
fn standard_input_and_lines_without_records() {
    let dir = ingested();
    let (code, out, _) = fed(dir.path(), &["strategy", "-"], "1. joint.ti.\n2. zzz.ti.\n");
    assert_eq!(code, 1);
    assert!(out.starts_with("standard input (ovid, guessed), 3 records\n"), "{out}");
    let (code, out, _) =
        fed(dir.path(), &["strategy", "-", "--syntax", "pubmed"], "#1 joint[ti]\n#2 #1 OR total[ti]\n");
    assert_eq!(code, 0);
    assert!(out.contains("\n 2        2  #1 OR total[ti]\n"), "{out}");
    let (code, out, _) = fed(dir.path(), &["strategy", "-", "--check"], "1. joint.ti.\n2. zzz.ti.\n");
    assert_eq!(code, 0);
    assert!(out.contains("line 2: warning: no record of this index matches"), "{out}");
}

#[test]
fn why_tells_distances_and_places() {
    let dir = ingested();
    let why = |args: &[&str]| run(dir.path(), &[&["why", "a", "--syntax", "ovid"], args].concat());
    let (code, out, _) = why(&["--query", "joint adj2 was.ab."]);
    assert_eq!(code, 0);
    assert!(out.contains("matches the query:\nyes "), "{out}");
    let (code, out, _) = why(&["--query", "work adj2 was.ab."]);
    assert_eq!(code, 1);
    assert!(out.contains("(the nearest are at distance 7 (abstract); at most 2 is asked for)"), "{out}");
    assert!(out.contains("abstract, word 9: "), "{out}");
    let (_, out, _) = why(&["--query", "care adj commissioning"]);
    assert!(out.contains("(they stand in the other order only, and not so near)"), "{out}");
    let (_, out, _) = why(&["--query", "commissioning.ti. adj joint.ti."]);
    assert!(out.contains("(they are near enough, but in the other order)"), "{out}");
    let (_, out, _) = why(&["--query", "joint adj2 absent"]);
    assert!(!out.contains("one value") && out.contains("\n  no  title,abstract,subject:\"absent\"\n"), "{out}");
    let (_, out, _) = why(&["--query", "joint.ti. /freq=2"]);
    assert!(out.contains("it occurs once in title; 2 times in one field are asked for"), "{out}");
    let (code, out, _) = run(dir.path(), &["why", "b", "--strategy", "s.txt", "--line", "1", "--json"]);
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &told["matches"], &told["parts"][0]["matches"]), (1, &false.into(), &true.into()));
    let (code, out, _) = run(dir.path(), &["why", "c", "--strategy", "s.txt"]);
    assert_eq!(code, 1);
    assert!(out.contains("(the year is 1994)"), "{out}");
    let (code, out, err) = run(dir.path(), &["why", "nobody", "--query", "x"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("there is no record with the id `nobody`"), "{err}");
}

#[test]
fn translations_say_what_they_widen() {
    let dir = ingested();
    let from_ovid = |to, text| run(dir.path(), &["translate", "--from", "ovid", "--to", to, text]);
    let (code, out, err) = from_ovid("cochrane", "((joint or integrated) adj3 commission$).ti,ab.");
    assert_eq!((code, out.as_str(), err.as_str()), (0, "((joint or integrated) near/3 commission*):ti,ab\n", ""));
    let (code, out, err) = from_ovid("pubmed", "outcome?.ti.");
    assert_eq!((code, out.as_str()), (0, "outcome*[ti]\n"));
    assert!(err.contains("wider: PubMed lacks this wildcard"), "{err}");
    let (code, out, err) = run(dir.path(), &["translate", "--from", "ovid", "--to", "pubmed", "--strategy", "s.txt"]);
    assert_eq!(code, 0);
    assert!(out.contains("\n#3 #1 OR #2\n#4 #3 AND 1995:2000[dp]\n"), "{out}");
    assert!(err.starts_with("commlit: line 1: wider: "), "{err}");
    // What was written can be read.
    let (code, again, _) = fed(dir.path(), &["strategy", "-", "--syntax", "pubmed", "--format", "csv"], &out);
    assert_eq!((code, again.lines().count()), (0, 5), "{again}");
}

#[test]
fn the_same_question_in_every_language() {
    let dir = ingested();
    for (syntax, query) in [
        ("plain", "title:\"joint\" NEAR/2 title:commission*"),
        ("ovid", "(joint adj2 commission$).ti."),
        ("pubmed", "\"joint commissioning\"[ti:~1]"),
        ("ebsco", "TI (joint N1 commission*)"),
        ("cochrane", "(joint near/2 commission*):ti"),
    ] {
        let (code, out, err) = run(dir.path(), &["search", "--syntax", syntax, "--format", "json", query]);
        let told: Value = serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e} {err}"));
        assert_eq!((code, &told["total"], &told["query"]["syntax"]), (0, &1.into(), &syntax.into()), "{query}");
        assert_eq!(told["hits"][0]["record"]["id"], "a");
        fs::write(dir.path().join("queries.tsv"), format!("1\t{query}\n")).unwrap();
        let (code, out, _) = run(dir.path(), &["run", "--queries", "queries.tsv", "--syntax", syntax]);
        assert_eq!(code, 0);
        assert!(out.starts_with("1 Q0 a 1 "), "{out}");
    }
    let (code, out, _) = run(dir.path(), &["search", "--syntax", "ovid", "exp Nosuch/", "--facet", "none"]);
    assert_eq!(code, 1);
    assert!(out.contains("no record in this index has the heading `nosuch`"), "{out}");
}

#[test]
fn hostile_queries_are_answered_or_refused() {
    let dir = ingested();
    let text = "same ".repeat(5_000);
    fs::write(dir.path().join("big.jsonl"), format!("{{\"id\":\"big\",\"title\":\"same\",\"abstract\":\"{text}\"}}\n"))
        .unwrap();
    assert_eq!(run(dir.path(), &["ingest", "big.jsonl"]).0, 0);
    let near = |op: &str| format!("{}same{}", "(".repeat(19), format!(" {op} same)").repeat(19));
    let queries = [
        "(".repeat(1_000_000),
        format!("{}a{}", "(".repeat(100_000), ")".repeat(100_000)),
        "a NOT ".repeat(10_000) + "a",
        "NOT ".repeat(10_000) + "a",
        "a OR b AND ".repeat(20_000) + "c",
        "same ".repeat(40_000),
        format!("\"{}\"", "same ".repeat(40_000)),
        format!("\"{}\"[tiab:~999]", "same ".repeat(5_000)),
        "same/".repeat(40_000),
        "a[".repeat(100_000),
        format!("a{}", "*".repeat(200_000)),
        format!("a{}", "?".repeat(200_000)),
        "{".repeat(250_000),
        "a".repeat(1_000_000),
        "a*".into(),
        "a$".into(),
        "a$ adj99 s$".into(),
        near("adj99"),
        near("NEAR/1000"),
        near("N999"),
        "same.ab./freq=10000".into(),
        "a\0b \u{202e}AND\u{200f} c\u{202d}".into(),
        "or/1-4000000000".into(),
        "{or #1-#4000000000}".into(),
        "limit 1 to yr>99999999999".into(),
    ];
    // The parsers have hostile tests of their own; here each query is asked in two languages and those with distances in theirs.
    let languages = ["plain", "ovid", "pubmed", "ebsco", "cochrane"];
    for (i, syntax) in languages.into_iter().enumerate() {
        for (n, query) in queries.iter().enumerate() {
            let own = match syntax {
                "ovid" => query.contains("adj99"),
                "plain" => query.contains("NEAR/1000"),
                "ebsco" => query.contains("N999"),
                _ => query.contains("tiab"),
            };
            if !own && i != n % 5 && i != (n + 2) % 5 {
                continue;
            }
            // Arguments are limited in length and hold no NUL.
            fs::write(dir.path().join("q.tsv"), format!("1\t{query}\n")).unwrap();
            let start = Instant::now();
            let (code, _, err) = run(dir.path(), &["run", "--queries", "q.tsv", "--syntax", syntax]);
            let short = query.chars().take(40).collect::<String>();
            assert!((0..=2).contains(&code), "{syntax} {short}: {code} {err}");
            assert!(!err.contains("panicked"), "{syntax} {short}: {err}");
            assert!(err.len() < 10_000, "{syntax} {short}: {} bytes of message", err.len());
            assert!(start.elapsed() < Duration::from_secs(30), "{syntax} {short}: {:?}", start.elapsed());
        }
    }
    let twice = |n: usize| if n == 1 { "1. same.ti.\n".into() } else { format!("{n}. {} or {}\n", n - 1, n - 1) };
    let strategies = [
        (1..=5000).map(twice).collect::<String>(),
        "1. 2 or 3\n2. 1 or 3\n3. 1 or 2\n4. 4\n".into(),
        "1. a\0b.ti.\n2. \0\n3. 1 or 2\n".into(),
        "(\n".repeat(100_000),
        format!("1. {}\n2. b\n", "a ".repeat(500_000)),
    ];
    for strategy in &strategies {
        let start = Instant::now();
        let (code, _, err) = fed(dir.path(), &["strategy", "-", "--syntax", "ovid"], strategy);
        assert!((0..=2).contains(&code) && !err.contains("panicked"), "{code} {err}");
        assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    }
}

#[test]
fn what_a_heading_brings_is_told_once() {
    let dir = ingested();
    let (code, out, err) = run(dir.path(), &["search", "--syntax", "ovid", "exp Purchasing/", "--facet", "none"]);
    assert_eq!(code, 1);
    // Of the labels that the thesaurus adds, none is called unknown.
    let told = out + &err;
    assert_eq!(told.matches("no record in this index has").count(), 1, "{told}");
}

#[test]
fn a_strategy_tells_what_its_headings_bring() {
    let dir = ingested();
    let lines = "1. exp Nowhere/\n2. exp Purchasing/\n3. 1 or 2\n";
    let (_, out, err) = fed(dir.path(), &["strategy", "-", "--limit", "0"], lines);
    assert!(err.contains("line 1: the thesaurus has no concept `nowhere`"), "{out}{err}");
    assert!(err.contains("line 2: purchasing also as") && err.contains("strategic purchasing"), "{err}");
    let (_, out, _) = fed(dir.path(), &["strategy", "-", "--format", "report"], lines);
    assert!(out.contains("note: purchasing also as"), "{out}");
}

#[test]
fn a_line_without_a_strategy_is_an_error() {
    let dir = ingested();
    let (code, _, err) = run(dir.path(), &["search", "care OR LINE/3"]);
    assert_eq!(code, 2);
    assert!(err.contains("names a line of a strategy"), "{err}");
}
