//! Reports and single records.

use std::fmt::Write as _;
use std::path::Path;

use commlit::library::{CheckReport, IngestReport, Stats, ThesaurusOrigin};
use commlit::record::Record;

use super::results::grouped;
use super::text::{Look, Style, paragraph, printable};
use crate::cli::run::Figures;

fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}

/// What an ingest has done, in a line or two.
pub(crate) fn ingest_report(report: &IngestReport, index: &Path) -> String {
    let mut parts = Vec::new();
    if report.files_read > 0 {
        parts.push(format!(
            "read {} from {} in {:.1} s",
            counted(report.records_read, "record", "records"),
            counted(report.files_read as u64, "file", "files"),
            report.seconds
        ));
    }
    if report.files_unchanged > 0 {
        parts.push(format!("{} unchanged", counted(report.files_unchanged as u64, "file", "files")));
    }
    for (reason, n) in &report.passed_over {
        parts.push(format!("{} passed over ({reason})", grouped(*n as u64)));
    }
    if !report.rejects.is_empty() {
        parts.push(format!("{} set aside", grouped(report.rejects.len() as u64)));
    }
    if parts.is_empty() {
        parts.push("nothing to read".to_owned());
    }
    let mut out = format!("{}\n", parts.join("; "));
    let merged = match report.records_merged {
        0 => String::new(),
        n => format!(" ({} merged into others)", counted(n, "record", "records")),
    };
    out.push_str(&format!("{} now holds {}{merged}\n", index.display(), counted(report.records, "work", "works")));
    if !report.files_vanished.is_empty() {
        let n = counted(report.files_vanished.len() as u64, "file is", "files are");
        out.push_str(&match report.vanished_removed {
            true => format!("{n} no longer there, and so are their records\n"),
            false => format!("{n} no longer there; their records stay unless you add --prune\n"),
        });
    }
    if report.interrupted {
        out.push_str("interrupted: what was read is in the index; the same command goes on from there\n");
    }
    out
}

/// Figures of an index.
pub(crate) fn stats(stats: &Stats, index: &Path) -> String {
    let whose = match stats.thesaurus {
        ThesaurusOrigin::Own => "its own",
        _ => "commlit's",
    };
    let mut rows = vec![
        ("index", index.display().to_string()),
        ("works", grouped(stats.records)),
        ("merged records", format!("{}  (the same work as another record)", grouped(stats.records_merged))),
        ("files", grouped(stats.files as u64)),
        ("set aside", format!("{}  (commlit check lists it)", grouped(stats.rejects as u64))),
        ("segments", grouped(stats.segments as u64)),
        ("bytes", format!("{}  ({})", grouped(stats.bytes), indicatif::HumanBytes(stats.bytes))),
        ("thesaurus", format!("{} concepts, {whose}", grouped(stats.concepts as u64))),
    ];
    rows.extend(stats.years.map(|(first, last)| ("years", format!("{first} to {last}"))));
    if stats.records_merged == 0 {
        rows[2].1 = "0".to_owned();
    }
    if stats.rejects == 0 {
        rows[4].1 = "0".to_owned();
    }
    let mut out: String = rows.into_iter().map(|(name, value)| format!("{name:<15} {value}\n")).collect();
    out.push_str(&format!("\n{:<15} {:>16} {:>16}\n", "field", "different values", "works without"));
    for ((name, distinct), (_, missing)) in stats.distinct.iter().zip(&stats.missing) {
        out.push_str(&format!("{name:<15} {:>16} {:>16}\n", grouped(*distinct), grouped(*missing)));
    }
    out
}

/// The outcome of a verification.
pub(crate) fn check(report: &CheckReport, index: &Path) -> String {
    let mut out = String::new();
    for file in &report.damaged {
        out.push_str(&format!("damaged: {}\n", printable(&file.display().to_string())));
    }
    for problem in &report.problems {
        out.push_str(&format!("problem: {}\n", printable(problem)));
    }
    for file in &report.vanished {
        out.push_str(&format!("no longer there: {}\n", printable(file)));
    }
    for file in &report.unfinished {
        out.push_str(&format!("not read to the end: {}\n", printable(file)));
    }
    let verified = counted(report.records, "work", "works");
    out + &match (report.is_damaged(), report.unfinished.is_empty()) {
        (true, _) => format!("{} is damaged; make it anew with commlit ingest --rebuild PATH…\n", index.display()),
        (_, false) => {
            format!(
                "{}: {verified}, and an ingest was cut short; commlit ingest PATH… makes it whole\n",
                index.display()
            )
        }
        _ => format!("{} is sound: {verified} verified\n", index.display()),
    }
}

/// A record, field by field.
pub(crate) fn record(record: &Record, style: Style) -> String {
    let mut out = paragraph(&record.title, &[], Some(Look::Title), 0, style);
    let creators: Vec<String> = record
        .creators
        .iter()
        .map(|c| c.role.as_ref().map_or_else(|| c.name.clone(), |role| format!("{} ({role})", c.name)))
        .collect();
    let one = |value: &Option<String>| value.iter().cloned().collect::<Vec<_>>();
    let container = record.container.iter().flat_map(|c| {
        let part = |name: &str, value: &Option<String>| value.as_ref().map(|v| format!("{name} {v}"));
        let parts =
            [part("volume", &c.volume), part("issue", &c.issue), part("pages", &c.pages), part("ISSN", &c.issn)];
        let title = (!c.title.is_empty()).then(|| c.title.clone());
        let line = title.into_iter().chain(parts.into_iter().flatten()).collect::<Vec<_>>().join(", ");
        (!line.is_empty()).then_some(line)
    });
    let sources = record.sources.iter().map(|s| format!("{} ({}, {})", s.path, s.locator, s.format));
    let derived = record.title_source == Some(commlit::record::TitleSource::Derived);
    let fields: Vec<(&str, Vec<String>)> = vec![
        ("id", vec![record.id.clone()]),
        ("title is", if derived { vec!["derived from the text".to_owned()] } else { Vec::new() }),
        ("also titled", record.alternative_titles.clone()),
        ("type", one(&record.item_type)),
        ("by", creators),
        ("year", record.year.map(|y| y.to_string()).into_iter().collect()),
        ("date", one(&record.date)),
        ("in", container.collect()),
        ("series", record.series.clone()),
        ("edition", one(&record.edition)),
        ("place", record.place.clone()),
        ("publisher", record.publisher.clone()),
        ("extent", one(&record.extent)),
        ("ISBN", record.isbn.iter().chain(&record.isbn10).cloned().collect()),
        ("ISSN", record.issn.clone()),
        ("DOI", one(&record.doi)),
        ("PubMed", one(&record.pmid)),
        ("PMC", one(&record.pmcid)),
        ("address", record.url.clone()),
        ("subjects", record.subjects.clone()),
        ("languages", record.languages.clone()),
        ("access", one(&record.access)),
        ("rights", one(&record.rights)),
        ("notes", record.notes.clone()),
        ("read from", sources.collect()),
        ("merged from", record.merged_ids.clone()),
    ];
    for (name, values) in fields {
        for (i, value) in values.iter().enumerate() {
            let label = if i == 0 { name } else { "" };
            let text = paragraph(value, &[], None, 13, style);
            out.push_str(&style.paint(Look::Quiet, &format!("{label:<12} ")));
            out.push_str(text.get(13..).unwrap_or_default());
        }
    }
    for (name, text) in [("Abstract", &record.abstract_text), ("Full text", &record.body)] {
        let Some(text) = text else { continue };
        let cut = if record.truncated { " (cut off in the source)" } else { "" };
        out.push_str(&format!("\n{}{cut}\n", style.paint(Look::Title, name)));
        for part in text.split("\n\n") {
            out.push_str(&paragraph(part, &[], None, 0, style));
        }
    }
    out
}

/// What a run took, in three lines.
pub(crate) fn run(figures: &Figures) -> String {
    let mut out = format!("{} queries, {} of them without an answer\n", figures.queries, figures.empty);
    let _ = writeln!(
        out,
        "{} ms at the median, {} ms at the 95th percentile, {} ms at the 99th; {} queries a second",
        figures.p50_ms, figures.p95_ms, figures.p99_ms, figures.queries_a_second
    );
    if let Some(bytes) = figures.peak_memory {
        let _ = writeln!(out, "{} MiB of memory at most", bytes >> 20);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_cut_short_is_not_damage() {
        let unfinished = CheckReport { records: 3, unfinished: vec!["/in/a.jsonl".into()], ..CheckReport::default() };
        assert_eq!(
            check(&unfinished, Path::new("ix")),
            "not read to the end: /in/a.jsonl\nix: 3 works, and an ingest was cut short; commlit ingest PATH… makes it whole\n"
        );
        let damaged = CheckReport { problems: vec!["two are one".into()], ..unfinished };
        assert!(
            check(&damaged, Path::new("ix"))
                .ends_with("ix is damaged; make it anew with commlit ingest --rebuild PATH…\n")
        );
        assert!(!damaged.is_sound() && damaged.is_damaged());
    }
}
