//! The README tells the truth: its commands work and its output is what they print.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// The code blocks of the README that show a session: lines with `$ commlit …` and what it prints.
fn sessions() -> Vec<String> {
    let readme = include_str!("../README.md");
    let blocks = readme.split("```console\n").skip(1).map(|b| b.split("```").next().unwrap().to_owned());
    blocks.collect()
}

/// Splits a command line at spaces outside of quotes.
fn words(line: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, ' ') => out.push(String::new()),
            _ => out.last_mut().unwrap().push(c),
        }
    }
    out.retain(|w| !w.is_empty());
    out
}

#[test]
fn every_session_prints_what_the_readme_shows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = TempDir::new().unwrap();
    let sessions = sessions();
    assert!(sessions.len() >= 3, "the README shows sessions");
    for session in sessions {
        for step in session.split("$ ").skip(1) {
            let (line, shown) = step.split_once('\n').unwrap_or((step, ""));
            let words = words(line);
            let args = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                ["cargo", "run", "--release", "--", args @ ..] => {
                    args.iter().map(|a| (*a).to_owned()).collect::<Vec<_>>()
                }
                ["commlit", args @ ..] => args.iter().map(|a| (*a).to_owned()).collect(),
                other => panic!("not a command of ours: {other:?}"),
            };
            let mut command = Command::new(env!("CARGO_BIN_EXE_commlit"));
            command.current_dir(root).args(args).env("COMMLIT_INDEX", dir.path().join("index"));
            let output = command.output().unwrap();
            let printed = String::from_utf8(output.stdout).unwrap();
            let told = String::from_utf8(output.stderr).unwrap();
            // A line `…` stands for lines left out; times differ.
            let mut rest = printed.lines().chain(told.lines()).map(without_times);
            let mut skipping = false;
            for wanted in shown.lines() {
                if wanted.trim() == "…" {
                    skipping = true;
                    continue;
                }
                let wanted = without_times(wanted);
                let found = if skipping { rest.any(|l| l == wanted) } else { rest.next().as_deref() == Some(&wanted) };
                assert!(found, "`{line}` does not print\n{wanted}\nbut\n{printed}{told}");
                skipping = false;
            }
        }
    }
}

fn without_times(line: &str) -> String {
    match line.rfind("  (").filter(|_| line.ends_with(" ms)")) {
        Some(at) => line[..at].to_owned(),
        None => line.trim_end().to_owned(),
    }
}

#[test]
fn every_command_and_flag_is_in_the_help() {
    let help = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_commlit")).args(args).arg("--help").output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let readme = include_str!("../README.md");
    let all = help(&[]);
    for command in ["ingest", "extract", "search", "show", "export", "thesaurus", "facets", "stats", "check"] {
        assert!(all.contains(command) && readme.contains(&format!("`commlit {command}")), "{command}");
    }
    let search = help(&["search"]);
    for flag in [
        "--filter",
        "--year",
        "--facet",
        "--limit",
        "--offset",
        "--passages",
        "--sort",
        "--format",
        "--explain",
        "--corpus",
        "--more-like",
        "--feedback",
        "--syntax",
    ] {
        assert!(search.contains(flag) && readme.contains(flag), "{flag}");
    }
    let facets = help(&["facets"]);
    for flag in ["--offset", "--prefix", "--missing", "--variants", "--query"] {
        assert!(facets.contains(flag) && readme.contains(flag), "{flag}");
    }
    assert!(help(&["ingest"]).contains("--authorities") && readme.contains("--authorities"));
    let export = help(&["export"]);
    for format in ["ris", "bibtex", "csl-json", "endnote-xml", "csv", "jsonl", "reference", "reference-html"] {
        assert!(export.contains(format) && readme.contains(&format!("`{format}`")), "{format}");
    }
    assert!(export.contains("--style") && readme.contains("--style"));
}
