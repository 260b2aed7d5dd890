//! Strategies of numbered lines: files as people keep them, what is said about them, and what holds for every text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write;
use std::path::Path;

use commlit::query::{MAX_LEAVES, Query, Strategy, Syntax};
use proptest::prelude::{ProptestConfig, any, prop_oneof, proptest};
use proptest::strategy::Strategy as _;

/// Everything a strategy says of itself.
fn outcome(text: &str, syntax: Syntax) -> String {
    let strategy = Strategy::parse(text, syntax);
    let mut out = String::new();
    for line in &strategy.lines {
        let hits = line.hits.map_or(String::new(), |n| format!(" ({n})"));
        writeln!(out, "{}{hits} {}", line.number, line.text).unwrap();
        match &line.query {
            Ok(query) => writeln!(out, "    {query}").unwrap(),
            Err(e) => writeln!(out, "    ERROR {}", e.message).unwrap(),
        }
    }
    for note in &strategy.notes {
        writeln!(out, "NOTE {}: {}", note.file_line, note.message).unwrap();
    }
    for finding in strategy.lint() {
        let line = &strategy.lines[finding.line];
        let text = &line.text[finding.span.start..finding.span.end];
        let repair = finding.suggestion.map_or(String::new(), |s| format!(" -- {s}"));
        writeln!(out, "{} {}: {} `{text}`{repair}", finding.severity.name(), line.number, finding.message).unwrap();
    }
    out
}

#[test]
fn files_as_people_keep_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/strategies");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "txt"));
    files.sort();
    assert!(files.len() >= 10);
    let mut failed = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let syntax = Syntax::from_name(name.split('-').next().unwrap()).expect("a file begins with its syntax");
        let text = std::fs::read_to_string(&file).unwrap();
        let outcome = outcome(&text, syntax);
        assert_eq!(Syntax::guess(&text), syntax, "{name}");
        let expected = file.with_extension("expected");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&expected, outcome).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != outcome {
            failed.push(format!("{name}:\n{outcome}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn texts(text: &str) -> Vec<(u32, String)> {
    Strategy::parse(text, Syntax::Ovid).lines.into_iter().map(|l| (l.number, l.text)).collect()
}

#[test]
fn line_ends_and_marks_of_all_kinds() {
    let expected = vec![(1, "a.ti.".to_owned()), (2, "b.ti.".to_owned()), (3, "1 or 2".to_owned())];
    for text in [
        "1. a.ti.\n2. b.ti.\n3. 1 or 2\n",
        "\u{feff}1. a.ti.\r\n2. b.ti.\r\n3. 1 or 2",
        "1. a.ti.\r2. b.ti.\r3. 1 or 2\r",
        "1 a.ti.\n2 b.ti.\n3 1 or 2",
        "#1 a.ti.\n#2 b.ti.\n#3 1 or 2",
        "S1 a.ti.\nS2 b.ti.\nS3 1 or 2",
        "1: a.ti.\n2: b.ti.\n3: 1 or 2",
        "1\ta.ti.\n2\tb.ti.\n3\t1 or 2",
        "1 / a.ti.\n2 / b.ti.\n3 / 1 or 2",
        "1.\u{a0}a.ti.\n2.\u{a0}b.ti.\n3.\u{a0}1 or 2",
        "a.ti.\n\n\nb.ti.\n# a remark\n1 or 2",
        "1. a.ti. (12)\n2. b.ti. (1,234)\n3. 1 or 2 (5)",
        "1\na.ti.\n2\nb.ti.\n3\n1 or 2",
    ] {
        assert_eq!(texts(text), expected, "{text:?}");
    }
    assert!(texts("").is_empty());
    assert!(texts("# only a remark\n\n").is_empty());
}

#[test]
fn a_line_is_written_out() {
    let strategy =
        Strategy::parse("1. a.ti.\n2. b.ti.\n3. or/1-2\n4. 3 not c.ti.\n5. x.zz.\n6. 5 or 4\n", Syntax::Ovid);
    assert_eq!(strategy.written_out(3).unwrap().to_string(), "(title:\"a\" OR title:\"b\") AND NOT title:\"c\"");
    assert!(strategy.written_out(5).unwrap_err().message.contains("line 5"));
    assert!(strategy.written_out(99).is_err());
    assert_eq!(strategy.unused(), Vec::<usize>::new());
    // Each line twice the one before it: refused, not written out.
    let doubling: String = (1..60).map(|n| format!("{}. {n} and {n}\n", n + 1)).collect();
    let strategy = Strategy::parse(&format!("1. a.ti.\n{doubling}"), Syntax::Ovid);
    assert!(strategy.lines.iter().all(|l| l.query.is_ok()));
    assert!(strategy.written_out(59).unwrap_err().message.contains(&MAX_LEAVES.to_string()));
    let chain: String = (1..5000).map(|n| format!("{}. {n}\n", n + 1)).collect();
    let strategy = Strategy::parse(&format!("1. a.ti.\n{chain}"), Syntax::Ovid);
    assert!(strategy.written_out(4999).is_err());
    assert!(strategy.written_out(50).is_ok());
}

#[test]
fn plain_lines_cannot_refer_ahead() {
    let strategy = Strategy::parse("fundholding\nLINE/1 AND purchasing\nLINE/3 OR a\nLINE/9\n", Syntax::Plain);
    let sound: Vec<bool> = strategy.lines.iter().map(|l| l.query.is_ok()).collect();
    assert_eq!(sound, [true, true, false, false]);
}

#[test]
fn languages_are_guessed() {
    for (text, syntax) in [
        ("fundholding AND Dorset", Syntax::Plain),
        ("title:fundholding", Syntax::Plain),
        ("https://example.org/a", Syntax::Plain),
        ("exp Dementia/", Syntax::Ovid),
        ("(a adj3 b).ti,ab.", Syntax::Ovid),
        ("fundholding.mp.", Syntax::Ovid),
        ("or/1-5", Syntax::Ovid),
        ("fundhold*[tiab] AND 1990:2000[dp]", Syntax::PubMed),
        ("\"Ambulatory Care\"[MeSH Terms]", Syntax::PubMed),
        ("TI (joint N2 commission*) OR AB fundhold*", Syntax::Ebsco),
        ("(MH \"Contract Services+\")", Syntax::Ebsco),
        ("(joint near/3 commission*):ti,ab,kw", Syntax::Cochrane),
        ("[mh \"Contract Services\"]", Syntax::Cochrane),
        ("MeSH descriptor: [Contract Services] explode all trees", Syntax::Cochrane),
        ("", Syntax::Plain),
    ] {
        assert_eq!(Syntax::guess(text), syntax, "{text}");
    }
}

fn check(text: &str) {
    for syntax in Syntax::ALL {
        let strategy = Strategy::parse(text, syntax);
        for (place, line) in strategy.lines.iter().enumerate() {
            for span in line.warnings.iter().map(|w| w.span).chain(line.query.as_ref().err().map(|e| e.span)) {
                assert!(line.text.get(span.start..span.end).is_some(), "{syntax:?} {text:?}: {line:?}");
            }
            if let Ok(Query::Line(to, _)) = &line.query {
                assert!(*to < place);
            }
            let _ = strategy.written_out(place);
        }
        for finding in strategy.lint() {
            let line = &strategy.lines[finding.line];
            assert!(line.text.get(finding.span.start..finding.span.end).is_some());
        }
        let _ = Syntax::guess(text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn any_lines_are_read(parts in proptest::collection::vec(prop_oneof![
        proptest::sample::select(vec![
            "\n", "\n", "\n", "\r\n", "1. ", "2 ", "#3 ", "S4\t", "5) ", "or/1-3", "1 and 2", "#1 or S2", "a.ti.", "(", ")", "and b",
            " (34)", " / 7", "\t12", "# x", "\u{feff}", "\u{a0}", "limit 1 to english", "\"", "b or", "exp X/", "{or #1-#2}", "é",
        ]).prop_map(str::to_owned),
        (0..30_u32).prop_map(|n| format!("\n{n}. ")),
    ], 0..30)) {
        check(&parts.concat());
    }
}

#[test]
fn hostile_files_are_read_at_once() {
    let long_lists: String = (1..3000).map(|n| format!("{}. or/1-{n}\n", n + 1)).collect();
    for text in [
        format!("1. a.ti.\n{long_lists}"),
        "a\n".repeat(200_000),
        "1. a\n".repeat(100_000),
        format!("1. (\n{}", "a\n".repeat(200_000)),
        format!("({}", "a or\n".repeat(200_000)),
        "[".repeat(500_000),
        "\t".repeat(500_000),
        "1".repeat(500_000),
        "(1".repeat(250_000),
        "or\n".repeat(100_000),
    ] {
        let start = std::time::Instant::now();
        let strategy = Strategy::parse(&text, Syntax::Ovid);
        strategy.lint();
        let _ = Syntax::guess(&text);
        let _ = strategy.written_out(strategy.lines.len().saturating_sub(1));
        assert!(
            start.elapsed().as_secs() < 10,
            "{}: {:?}",
            &text[..text.len().min(30)].escape_debug(),
            start.elapsed()
        );
    }
}
