//! PubMed, EBSCOhost and Cochrane syntax against tables of cases, and properties that hold for every text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use commlit::query::{LineRef, MAX_DEPTH, Parsed, Syntax, SyntaxError, cochrane, ebsco, plain, pubmed};
use proptest::prelude::*;

const DIALECTS: [Syntax; 3] = [Syntax::PubMed, Syntax::Ebsco, Syntax::Cochrane];

fn parse_line(syntax: Syntax, text: &str, lines: &dyn Fn(&str) -> LineRef) -> Result<Parsed, SyntaxError> {
    match syntax {
        Syntax::PubMed => pubmed::parse_line(text, lines),
        Syntax::Ebsco => ebsco::parse_line(text, lines),
        _ => cochrane::parse_line(text, lines),
    }
}

/// What became of a text: the canonical form and the warnings, or the error.
fn outcome(syntax: Syntax, text: &str) -> String {
    match syntax.parse(text) {
        Err(e) => {
            assert!(text.get(e.span.start..e.span.end).is_some(), "{text}: {e:?}");
            format!("ERROR {}..{} {}", e.span.start, e.span.end, e.message)
        }
        Ok(Parsed { query, warnings, .. }) => {
            let again = plain::parse(&query.to_string()).expect("the canonical form is well formed");
            assert_eq!(again.query, query, "{text}: the canonical form {query} reads otherwise");
            let mut out = query.to_string();
            for warning in &warnings {
                assert!(text.get(warning.span.start..warning.span.end).is_some(), "{text}: {warning:?}");
                write!(out, " WARN {}", warning.message).unwrap();
            }
            out
        }
    }
}

/// Whether an outcome is as expected: messages may be cut short in the table.
fn fits(expected: &str, outcome: &str) -> bool {
    let (mut wanted, mut got) = (expected.split(" WARN "), outcome.split(" WARN "));
    let same = match (wanted.next(), got.next()) {
        (Some(wanted), Some(got)) if wanted.starts_with("ERROR") => got.starts_with(wanted),
        (wanted, got) => wanted == got,
    };
    let (wanted, got): (Vec<_>, Vec<_>) = (wanted.collect(), got.collect());
    same && wanted.len() == got.len() && wanted.iter().zip(got).all(|(w, g)| g.starts_with(w))
}

/// Runs a table; with `BLESS=1`, writes what comes out.
fn table(syntax: Syntax) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cases/{}.txt", syntax.name()));
    let table = std::fs::read_to_string(&path).unwrap();
    let bless = std::env::var_os("BLESS").is_some();
    let (mut blessed, mut failed, mut run) = (String::new(), Vec::new(), 0);
    for (number, line) in table.lines().enumerate() {
        if line.starts_with("# ") || line.is_empty() {
            writeln!(blessed, "{line}").unwrap();
            continue;
        }
        let (input, expected) = line.split_once(" => ").unwrap_or((line, ""));
        run += 1;
        let outcome = outcome(syntax, input);
        let fits = fits(expected, &outcome);
        writeln!(blessed, "{input} => {}", if fits { expected } else { &outcome }).unwrap();
        if !fits {
            failed.push(format!("line {}: {input}\n  expected {expected}\n  got      {outcome}", number + 1));
        }
    }
    assert!(run > 50);
    if bless {
        std::fs::write(&path, blessed).unwrap();
    } else {
        assert!(failed.is_empty(), "{}", failed.join("\n"));
    }
}

#[test]
fn pubmed_cases() {
    table(Syntax::PubMed);
}

#[test]
fn ebsco_cases() {
    table(Syntax::Ebsco);
}

#[test]
fn cochrane_cases() {
    table(Syntax::Cochrane);
}

#[test]
fn lines_of_a_strategy() {
    let lines = |number: &str| match number {
        "1" | "2" | "3" => LineRef::Line(number.parse::<usize>().unwrap() - 1),
        "4" => LineRef::Ahead,
        _ => LineRef::Unknown,
    };
    for (syntax, text, expected) in [
        (Syntax::PubMed, "#1 AND #2", "LINE/1 AND LINE/2"),
        (Syntax::PubMed, "(#1 OR #2) NOT fundhold*[ti]", "(LINE/1 OR LINE/2) AND NOT title:\"fundhold*\""),
        (Syntax::PubMed, "#1 AND #4", "7..9 #4 is not an earlier line"),
        (Syntax::PubMed, "#7", "0..2 there is no line #7"),
        (Syntax::Ebsco, "S1 OR s2", "LINE/1 OR LINE/2"),
        (Syntax::Ebsco, "S3 AND TI S100 protein", "LINE/3 AND title:\"s100 protein\""),
        (Syntax::Ebsco, "S100 protein", "title,abstract,subject:\"s100 protein\""),
        (Syntax::Ebsco, "S1 AND S4", "7..9 S4 is not an earlier line"),
        (Syntax::Ebsco, "S1 AND S9", "7..9 there is no line S9"),
        (Syntax::Cochrane, "#1 or #2", "LINE/1 OR LINE/2"),
        (Syntax::Cochrane, "{or #1-#3}", "LINE/1 OR LINE/2 OR LINE/3"),
        (Syntax::Cochrane, "{AND #1,#3} not {or 2}", "(LINE/1 AND LINE/3) AND NOT LINE/2"),
        (Syntax::Cochrane, "{or #1-#4}", "0..10 #4 is not an earlier line"),
        (Syntax::Cochrane, "{or #1-#9999999}", "0..16 these are too many lines"),
        (Syntax::Cochrane, "#1 with Publication Year from 1990 to 2005", "LINE/1 AND year:1990..2005"),
    ] {
        let outcome = match parse_line(syntax, text, &lines) {
            Ok(parsed) => parsed.query.to_string(),
            Err(e) => format!("{}..{} {}", e.span.start, e.span.end, e.message),
        };
        assert_eq!(outcome, expected, "{text}");
    }
}

fn check(text: &str) {
    for syntax in DIALECTS {
        match syntax.parse(text) {
            Ok(parsed) => {
                let again = plain::parse(&parsed.query.to_string()).expect("the canonical form is well formed");
                assert_eq!(again.query, parsed.query, "{} {text}", syntax.name());
                assert!(parsed.warnings.iter().all(|w| text.get(w.span.start..w.span.end).is_some()), "{text}");
            }
            Err(e) => assert!(text.get(e.span.start..e.span.end).is_some(), "{} {text}: {e:?}", syntax.name()),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        check(&text);
    }

    #[test]
    fn any_operators_are_read_or_refused(parts in proptest::collection::vec(proptest::sample::select(vec![
        "AND", "OR", "NOT", "and", "or", "(", ")", "(", ")", "\"", "*", "?", "#", "#1", "S1", "[ti]", "[tiab:~2]", "[dp]", "[au]",
        "[mh]", "[", "]", "1990", ":", "2005", "TI", "MH", "DT", "N3", "W2", " N3 ", " NEAR/3 ", " NEXT ", ":ti,ab", ":", "/",
        "[mh ", "^", "MeSH descriptor: ", "explode all trees", "{or ", "}", "-", "“", "”", "bé*", "smith j", "a", "b", " ", " ", " ", "ti",
        " Limiters - ", " Sort by: ", " with publication year from 1990", "ſ", "\u{130}",
    ]), 0..25)) {
        check(&parts.concat());
    }
}

#[test]
fn hostile_queries_are_answered_at_once() {
    let near: String = (0..20_000).map(|i| format!("a{i} N3 ")).collect::<String>() + "b";
    let texts = [
        "(".repeat(1_000_000),
        format!("{}a{}", "(".repeat(100_000), ")".repeat(100_000)),
        "NOT ".repeat(10_000) + "a",
        format!("a{}", " NOT b".repeat(9_000)),
        format!("a{}", " OR b AND c".repeat(10_000)),
        "a ".repeat(100_000),
        "a[".repeat(100_000),
        "[".repeat(200_000),
        "\"".repeat(200_001),
        "{".repeat(200_000),
        "mesh descriptor ".repeat(15_000),
        "[mh ".repeat(50_000),
        near.clone(),
        near.replace("N3", "NEAR/3"),
        near.replace("N3", "NEXT"),
        "(a N3 ".repeat(30_000),
        "(a NEAR/3 ".repeat(20_000),
        format!("({}) N3 ({})", vec!["a"; 4000].join(" AND "), vec!["b"; 4000].join(" OR ")),
        format!("({}) near/3 ({})", vec!["a"; 4000].join(" and "), vec!["b"; 4000].join(" and ")),
        format!("\"{}\"[ti:~900]", vec!["a"; 4000].join(" ")),
        format!("\"{}\"[ti:~900]", "a b c"),
        "TI ".repeat(80_000),
        ":ti".repeat(80_000),
        "a:".repeat(80_000),
        "#1".repeat(100_000),
        "\u{0}\u{fffd}".repeat(10_000),
    ];
    for text in &texts {
        for syntax in DIALECTS {
            let start = Instant::now();
            let _ = syntax.parse(text);
            let head: String = text.chars().take(20).collect();
            assert!(start.elapsed() < Duration::from_secs(5), "{} {head}", syntax.name());
        }
    }
    for syntax in DIALECTS {
        assert!(syntax.parse(&format!("{}a{}", "(".repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH))).is_ok());
        assert!(syntax.parse(&texts[1]).is_err());
        assert!(syntax.parse(&format!("a{}", " NOT b".repeat(9_000))).is_ok());
    }
}
