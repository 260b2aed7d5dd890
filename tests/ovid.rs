//! Ovid syntax against a table of cases, and properties that hold for every text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use commlit::query::ovid::{self, Context};
use commlit::query::{LineRef, MAX_DEPTH, Parsed, SyntaxError, plain};
use proptest::prelude::*;

/// A case may begin with `@n`: it is line n of a strategy with twenty lines.
fn parse(input: &str) -> (&str, Result<Parsed, SyntaxError>) {
    let known = |name: &str| matches!(name.to_lowercase().as_str(), "costs and cost analysis" | "cost or benefit");
    let place = input.strip_prefix('@').and_then(|rest| rest.split_once(' '));
    let Some((current, text)) = place.and_then(|(n, text)| Some((n.parse::<usize>().ok()?, text))) else {
        return (input, ovid::parse(input));
    };
    let lines = |written: &str| match written.parse::<usize>() {
        Ok(n) if (1..current).contains(&n) => LineRef::Line(n - 1),
        Ok(n) if (current..=20).contains(&n) => LineRef::Ahead,
        _ => LineRef::Unknown,
    };
    (text, ovid::parse_in(text, &Context { lines: &lines, known: &known }))
}

fn outcome(input: &str) -> String {
    let (text, parsed) = parse(input);
    match parsed {
        Err(e) => {
            assert!(text.get(e.span.start..e.span.end).is_some(), "{input}: {e:?}");
            format!("ERROR {}..{} {}", e.span.start, e.span.end, e.message)
        }
        Ok(Parsed { query, relaxable, warnings }) => {
            assert!(relaxable.is_none());
            let again = plain::parse(&query.to_string()).expect("the canonical form is well formed");
            assert_eq!(again.query, query, "{input}: the canonical form {query} reads otherwise");
            let mut out = query.to_string();
            for warning in &warnings {
                assert!(text.get(warning.span.start..warning.span.end).is_some(), "{input}: {warning:?}");
                out.push_str(&format!(" WARN {}", warning.message));
            }
            out
        }
    }
}

#[test]
fn table_of_cases() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/ovid.txt");
    let table = std::fs::read_to_string(path).expect("the table of cases");
    let bless = std::env::var_os("BLESS").is_some();
    let (mut failed, mut blessed, mut run) = (Vec::new(), String::new(), 0);
    for (number, line) in table.lines().enumerate() {
        if line.starts_with("# ") || line.is_empty() {
            blessed.push_str(&format!("{line}\n"));
            continue;
        }
        let (input, expected) = line.split_once(" => ").unwrap_or((line.trim_end_matches(" =>"), ""));
        run += 1;
        let outcome = outcome(input);
        blessed.push_str(&format!("{input} => {outcome}\n"));
        if outcome != expected {
            failed.push(format!("line {}: {input}\n  expected {expected}\n  got      {outcome}", number + 1));
        }
    }
    if bless {
        std::fs::write(path, blessed).expect("the table is written");
        return;
    }
    assert!(run > 150, "only {run} cases were run");
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        outcome(&text);
    }

    #[test]
    fn any_operators_are_read_or_refused(parts in proptest::collection::vec(proptest::sample::select(vec![
        "and", " or ", " NOT ", " adj ", " adj3 ", " adj1 ", "(", ")", "\"", "*", "$2", "#", "?", ":", ".ti,ab.", ".au.", ".tw",
        " .mp. ", ".", "/", "exp ", "/ec,st", "/freq=2", "or/1-3", "2-4/and", "1", "#2", "S3", " ", " ", ",", "-", "a", "bé",
        "[mp=x]", "[", "“", "'", "limit 2 to ", "yr=\"1990-2000\"", "..l/2 ", "use medall", "english", "near3", "–", "\u{a0}",
        ".yr.", ".sh.", ".xx.", "1999", "remove duplicates from ", "𝒳", "İ",
    ]), 0..25)) {
        outcome(&parts.concat());
        outcome(&format!("@5 {}", parts.concat()));
    }
}

#[test]
fn hostile_queries_are_refused_at_once() {
    let adjacent = |n: usize| vec!["a"; n].join(" adj ");
    // A chain within a chain within a chain: the trees grow by their depths.
    let chains = (0..90).fold("a".to_owned(), |inner, _| format!("({inner}{})", " adj b".repeat(90)));
    let conjunctions = format!("({}) adj ({})", vec!["a"; 4000].join(" and "), vec!["b"; 4000].join(" or "));
    for text in [
        "(".repeat(1_000_000),
        "(".repeat(100_000),
        ")".repeat(100_000),
        format!("{}a{}", "(".repeat(100_000), ")".repeat(100_000)),
        "not ".repeat(10_000) + "a",
        "a not ".repeat(10_000),
        adjacent(20_000),
        adjacent(MAX_DEPTH + 2),
        chains,
        conjunctions,
        "or/1-4000000000".into(),
        "1 or ".repeat(40_000) + "2",
        "a ".repeat(100_000),
        "a or ".repeat(40_000) + "b",
        "limit 1 to ".to_owned() + &"(".repeat(100_000),
        "limit 1 to (".to_owned() + &"a and ".repeat(40_000) + ")",
    ] {
        let start = std::time::Instant::now();
        assert!(ovid::parse(&text).is_err(), "{}", &text[..40]);
        assert!(start.elapsed().as_secs() < 5, "{}", &text[..40]);
    }
    // Whether these are read or refused, it must not take long.
    for part in [
        ".",
        "/",
        "[",
        "a/ec[",
        ".ti",
        ".ti,",
        "'a ",
        "a.ti",
        "1,",
        "1-",
        "#",
        "exp a ",
        "a and b/ ",
        "$1",
        "a [",
        "\u{feff}",
        "x.",
        ". ",
        "a (",
        "(1) ",
    ] {
        let text = part.repeat(250_000 / part.len());
        let start = std::time::Instant::now();
        let _ = ovid::parse(&text);
        assert!(start.elapsed().as_secs() < 5, "{part}: {:?}", start.elapsed());
    }
    let within = format!("{}a{}", "(".repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH));
    assert!(ovid::parse(&within).is_ok());
    assert!(ovid::parse(&adjacent(MAX_DEPTH)).is_ok());
}
