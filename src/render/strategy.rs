//! Strategies: a table of lines with their counts, and the report of a search.

use std::fmt::Write;

use super::results::grouped;
use super::text::{Look, Style, printable};
use crate::cli::strategy::{Report, ReportLine};

fn count(line: &ReportLine) -> String {
    match (line.records, line.exact) {
        (None, _) => "error".into(),
        (Some(n), true) => grouped(n),
        (Some(n), false) => format!("≥ {}", grouped(n)),
    }
}

/// A line a line: number, count, the count noted in the file, text.
pub(crate) fn strategy(report: &Report, style: Style) -> String {
    let any_noted = report.lines.iter().any(|l| l.noted.is_some());
    let numbers = report.lines.iter().map(|l| l.number.to_string().len()).max().unwrap_or(1).max(2);
    let counts = report.lines.iter().map(|l| count(l).chars().count()).max().unwrap_or(1).max(7);
    let mut out = String::new();
    let guessed = if report.guessed { ", guessed" } else { "" };
    let _ =
        writeln!(out, "{} ({}{guessed}), {} records", printable(&report.file), report.syntax, grouped(report.records));
    for line in &report.lines {
        let _ = write!(out, "{:>numbers$}  {:>counts$}", line.number, count(line));
        if any_noted {
            let noted = line.noted.map(|n| format!("({})", grouped(n))).unwrap_or_default();
            let _ = write!(out, " {noted:>10}");
        }
        let _ = writeln!(out, "  {}", style.paint(Look::Title, &printable(&line.text)));
    }
    if any_noted {
        let _ = writeln!(out, "In parentheses: hits noted in the file.");
    }
    out
}

/// What a systematic review reports of a search: PRISMA-S items 1 (database), 8 (strategy as run), 9 (limits stand in the
/// lines), 13 (date) and the counts line by line.
pub(crate) fn strategy_report(report: &Report) -> String {
    let mut out = String::from("Search report\n\n");
    let _ = writeln!(out, "Database:        {} ({} records)", printable(&report.index), grouped(report.records));
    let _ = writeln!(out, "Platform:        {}", report.program);
    let _ = writeln!(out, "Date of search:  {}", report.date);
    let _ = writeln!(out, "Query language:  {}", report.syntax);
    let _ = writeln!(out, "Strategy:        {}", printable(&report.file));
    out.push('\n');
    for line in &report.lines {
        let _ = writeln!(out, "{}. {}  [{}]", line.number, printable(&line.text), count(line));
        for e in &line.expansions {
            let _ = writeln!(out, "   note: {} also as {}", printable(&e.term), printable(&e.added.join(", ")));
        }
        for remark in line.error.iter().chain(&line.warnings) {
            let _ = writeln!(out, "   note: {}", printable(remark));
        }
    }
    for note in &report.notes {
        let _ = writeln!(out, "note: {}", printable(note));
    }
    if let Some(last) = report.lines.last() {
        let _ = writeln!(out, "\nRecords found: {}", count(last));
    }
    out
}
