//! `strategy` and `translate`: files of numbered lines, run, looked through, or written in another language.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;

use commlit::error::{Error, ErrorKind};
use commlit::export::csv::{cell, line as csv_line};
use commlit::library::Library;
use commlit::query::strategy::{Finding, Line, Severity, Strategy};
use commlit::query::translate::translate as translated;
use commlit::query::{Parsed, Query, Syntax};
use commlit::search::{Expansion, LineCount, Results, Search};
use serde::Serialize;

use super::args::{StrategyArgs, StrategyFormat, TranslateArgs};
use super::thesauri::is_heading;
use super::{Failure, Outcome, print_json, stdout_style};
use crate::render;

/// A strategy that was run, as `--format json` prints it.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// The file.
    pub(crate) file: String,
    /// The query language, and whether it was guessed.
    pub(crate) syntax: &'static str,
    pub(crate) guessed: bool,
    /// What was searched: the folder of the index, how many records it has, and the version of the program.
    pub(crate) index: String,
    pub(crate) records: u64,
    pub(crate) program: String,
    /// The day of the search (UTC), year first.
    pub(crate) date: String,
    pub(crate) lines: Vec<ReportLine>,
    /// What should be known about how the file was read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<String>,
    /// The records of the line that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) results: Option<Results>,
}

/// A line of a strategy that was run.
#[derive(Debug, Serialize)]
pub(crate) struct ReportLine {
    pub(crate) number: u32,
    pub(crate) file_line: usize,
    pub(crate) text: String,
    /// How the line was understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) canonical: Option<String>,
    /// How many records it finds; absent when it could not be read.
    pub(crate) records: Option<u64>,
    #[serde(skip_serializing_if = "is_true")]
    pub(crate) exact: bool,
    /// How many hits the file has noted for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) noted: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<String>,
    /// What the thesaurus has added.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) expansions: Vec<Expansion>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
fn is_true(value: &bool) -> bool {
    *value
}

pub(crate) fn strategy(index: &Path, args: &StrategyArgs) -> Result<Outcome, Failure> {
    let text = read(&args.file)?;
    let (syntax, guessed) = match args.syntax {
        Some(syntax) => (syntax.into(), false),
        None => (Syntax::guess(&text), true),
    };
    let library = match Library::open(index) {
        Err(e) if e.kind() == ErrorKind::NoIndex && args.check => None,
        other => Some(other?),
    };
    let strategy = Strategy::parse_with(&text, syntax, &|name| is_heading(library.as_ref(), name));
    if strategy.lines.is_empty() {
        return Err(Error::new(ErrorKind::Argument, format!("there is no line of a strategy in {}", name(&args.file)))
            .at_path(&args.file)
            .into());
    }
    if args.check {
        if matches!(args.format, StrategyFormat::Csv | StrategyFormat::Report) {
            return Err(Error::new(ErrorKind::Argument, "--check speaks only in text or json")
                .with_hint("leave --format out, or write --format json")
                .into());
        }
        return check(index, library.as_ref(), &strategy, args.format);
    }
    let library = library.map_or_else(|| Library::open(index), Ok)?;
    let mut report = Report {
        file: name(&args.file),
        syntax: syntax.name(),
        guessed,
        index: index.display().to_string(),
        records: library.stats()?.records,
        program: format!("commlit {}", env!("CARGO_PKG_VERSION")),
        date: time::OffsetDateTime::now_utc().date().to_string(),
        lines: lines(&strategy),
        notes: strategy.notes.iter().map(|n| format!("line {} of the file: {}", n.file_line, n.message)).collect(),
        results: None,
    };
    count(&library, &strategy, &mut |place, found| {
        if let Some(line) = report.lines.get_mut(place) {
            line.records = Some(found.records);
            line.exact = found.exact;
            line.warnings.extend(found.warnings.iter().map(|w| w.message.clone()));
            line.expansions = found.expansions;
        }
    })?;
    let shown = place(&strategy, args.line)?;
    let mut search = None;
    if args.limit > 0 && matches!(args.format, StrategyFormat::Text | StrategyFormat::Json) {
        match strategy.written_out(shown) {
            Ok(query) => {
                let parsed = Parsed { query, relaxable: None, warnings: Vec::new() };
                let request = Search {
                    text: report.lines.get(shown).map(|l| l.text.clone()).unwrap_or_default(),
                    syntax: syntax.name(),
                    limit: args.limit,
                    offset: args.offset,
                    ..Search::tree(parsed)
                };
                report.results = Some(library.search(&request)?);
                search = Some(request);
            }
            Err(e) => report.notes.push(format!("the records of line {} are not shown: {e}", number(&strategy, shown))),
        }
    }
    let failed = report.lines.iter().any(|l| l.error.is_some());
    let found = report.lines.get(shown).and_then(|l| l.records).unwrap_or(0);
    let style = stdout_style();
    let mut out = io::BufWriter::new(io::stdout().lock());
    match args.format {
        StrategyFormat::Json => {
            drop(out);
            print_json(&report)?;
        }
        StrategyFormat::Csv => {
            writeln!(out, "number,records,exact,noted,text,canonical,error,warnings")?;
            for l in &report.lines {
                let number = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
                let fields = [
                    l.number.to_string(),
                    number(l.records),
                    l.exact.to_string(),
                    number(l.noted),
                    l.text.clone(),
                    l.canonical.clone().unwrap_or_default(),
                    l.error.clone().unwrap_or_default(),
                    l.warnings.join("; "),
                ];
                write!(out, "{}", csv_line(fields.iter().map(|f| cell(f))))?;
            }
            out.flush()?;
        }
        StrategyFormat::Report => {
            write!(out, "{}", render::strategy_report(&report))?;
            out.flush()?;
        }
        StrategyFormat::Text => {
            write!(out, "{}", render::strategy(&report, style))?;
            if let (Some(results), Some(search)) = (&mut report.results, &search) {
                // Written out, a line can be longer than all of the strategy.
                results.query.canonical = format!("line {}", number(&strategy, shown));
                writeln!(out)?;
                write!(out, "{}", render::results(results, search, style))?;
            }
            out.flush()?;
            drop(out);
            messages(&strategy, &report)?;
        }
    }
    Ok(match found {
        _ if failed => Outcome::Rejects,
        0 => Outcome::NothingFound,
        _ => Outcome::Done,
    })
}

/// How a file is spoken of.
fn name(file: &Path) -> String {
    if file.as_os_str() == "-" { "standard input".into() } else { file.display().to_string() }
}

/// Errors and warnings, each with the user's own text underlined, on standard error.
fn messages(strategy: &Strategy, report: &Report) -> io::Result<()> {
    let mut err = io::BufWriter::new(io::stderr().lock());
    for note in &report.notes {
        writeln!(err, "commlit: {}", render::printable(note))?;
    }
    for (line, counted) in strategy.lines.iter().zip(&report.lines) {
        for e in &counted.expansions {
            let added = render::printable(&e.added.join(", "));
            writeln!(err, "commlit: line {}: {} also as {added}", line.number, render::printable(&e.term))?;
        }
        for warning in counted.warnings.iter().skip(line.warnings.len()) {
            writeln!(err, "commlit: line {}: {}", line.number, render::printable(warning))?;
        }
        let said = line.warnings.iter().map(|w| ("", w.message.as_str(), w.span, None));
        let wrong = line
            .query
            .as_ref()
            .err()
            .map(|e| ("cannot be read: ", e.message.as_str(), e.span, e.suggestion.as_deref()));
        for (what, message, span, hint) in said.chain(wrong) {
            let line_of_file = if line.file_line as u64 == u64::from(line.number) {
                String::new()
            } else {
                format!(" (line {} of the file)", line.file_line)
            };
            writeln!(err, "commlit: line {}{line_of_file}: {what}{}", line.number, render::printable(message))?;
            write!(err, "{}", render::underlined(&line.text, span))?;
            if let Some(hint) = hint {
                writeln!(err, "hint: {}", render::printable(hint))?;
            }
        }
    }
    err.flush()
}

fn lines(strategy: &Strategy) -> Vec<ReportLine> {
    let line = |l: &Line| ReportLine {
        number: l.number,
        file_line: l.file_line,
        text: l.text.clone(),
        canonical: l.query.as_ref().ok().map(Query::to_string),
        records: None,
        exact: true,
        noted: l.hits,
        error: l.query.as_ref().err().map(ToString::to_string),
        warnings: l.warnings.iter().map(|w| w.message.clone()).collect(),
        expansions: Vec::new(),
    };
    strategy.lines.iter().map(line).collect()
}

fn count(library: &Library, strategy: &Strategy, visit: &mut dyn FnMut(usize, LineCount)) -> Result<(), Failure> {
    let queries: Vec<Option<Query>> = strategy.lines.iter().map(|l| l.query.as_ref().ok().cloned()).collect();
    library.count_lines(&queries, &mut |place, found| {
        if let Some(found) = found {
            visit(place, found);
        }
        ControlFlow::Continue(())
    })?;
    Ok(())
}

fn number(strategy: &Strategy, place: usize) -> u32 {
    strategy.lines.get(place).map_or(0, |l| l.number)
}

/// The place of a line by its number; the last line where none is named.
fn place(strategy: &Strategy, wanted: Option<u32>) -> Result<usize, Failure> {
    let Some(wanted) = wanted else { return Ok(strategy.lines.len().saturating_sub(1)) };
    strategy.lines.iter().rposition(|l| l.number == wanted).ok_or_else(|| {
        let number = |line: Option<&Line>| line.map_or(0, |l| l.number);
        let numbers = match strategy.lines.as_slice() {
            lines if lines.len() > 30 => format!("{} to {}", number(lines.first()), number(lines.last())),
            lines => lines.iter().map(|l| l.number.to_string()).collect::<Vec<_>>().join(", "),
        };
        Error::new(ErrorKind::Argument, format!("the strategy has no line {wanted}"))
            .with_hint(format!("its lines are {numbers}"))
            .into()
    })
}

/// The query of a line of a strategy in a file, with the lines it refers to written out.
pub(super) fn line_of_file(
    file: &Path,
    syntax: Option<Syntax>,
    wanted: Option<u32>,
    library: &Library,
) -> Result<Query, Failure> {
    let text = read(file)?;
    let strategy = Strategy::parse_with(&text, syntax.unwrap_or_else(|| Syntax::guess(&text)), &|name| {
        is_heading(Some(library), name)
    });
    let place = place(&strategy, wanted)?;
    strategy.written_out(place).map_err(|e| {
        let text = strategy.lines.get(place).map(|l| l.text.clone()).unwrap_or_default();
        Failure::Query(e.into(), text)
    })
}

/// How many words a wildcard may stand for before the linter speaks of it.
const MANY_WORDS: u64 = 1000;

/// What can be said about a strategy. With an index, lines that find nothing and wildcards for very many words are named too.
fn check(
    index: &Path,
    library: Option<&Library>,
    strategy: &Strategy,
    format: StrategyFormat,
) -> Result<Outcome, Failure> {
    let mut findings = strategy.lint();
    match library {
        Some(library) => in_index(library, strategy, &mut findings)?,
        None => writeln!(io::stderr(), "commlit: no index in {}; only the text is checked", index.display())?,
    }
    findings.sort_by_key(|f| f.line);
    if format == StrategyFormat::Json {
        #[derive(Serialize)]
        struct Found<'a> {
            severity: &'static str,
            line: u32,
            file_line: usize,
            span: (usize, usize),
            message: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            suggestion: Option<&'a str>,
        }
        let found = findings.iter().filter_map(|f| {
            let line = strategy.lines.get(f.line)?;
            Some(Found {
                severity: f.severity.name(),
                line: line.number,
                file_line: line.file_line,
                span: (f.span.start, f.span.end),
                message: &f.message,
                suggestion: f.suggestion.as_deref(),
            })
        });
        print_json(&found.collect::<Vec<_>>())?;
    } else {
        let mut out = io::BufWriter::new(io::stdout().lock());
        for f in &findings {
            let Some(line) = strategy.lines.get(f.line) else { continue };
            writeln!(out, "line {}: {}: {}", line.number, f.severity.name(), render::printable(&f.message))?;
            write!(out, "{}", render::underlined(&line.text, f.span))?;
            if let Some(hint) = &f.suggestion {
                writeln!(out, "hint: {}", render::printable(hint))?;
            }
        }
        let errors = findings.iter().filter(|f| f.severity == Severity::Error).count();
        let counted = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let remarks = counted(findings.len() - errors, "remark");
        writeln!(out, "{}, {}, {remarks}", counted(strategy.lines.len(), "line"), counted(errors, "error"))?;
        out.flush()?;
    }
    Ok(if findings.iter().any(|f| f.severity == Severity::Error) { Outcome::Rejects } else { Outcome::Done })
}

fn in_index(library: &Library, strategy: &Strategy, findings: &mut Vec<Finding>) -> Result<(), Failure> {
    let mut counts: BTreeMap<usize, u64> = BTreeMap::new();
    count(library, strategy, &mut |place, found| {
        counts.insert(place, found.records);
    })?;
    for (place, line) in strategy.lines.iter().enumerate() {
        let Ok(query) = &line.query else { continue };
        if counts.get(&place) == Some(&0) {
            findings.push(Finding {
                severity: Severity::Warning,
                line: place,
                span: commlit::query::Span::new(0, line.text.len()),
                message: "no record of this index matches".into(),
                suggestion: None,
            });
        }
        for (span, words) in library.wildcards(query)? {
            if words >= MANY_WORDS {
                findings.push(Finding {
                    severity: Severity::Warning,
                    line: place,
                    span,
                    message: format!("this stands for {words} different words of the index"),
                    suggestion: Some("truncate further to the right".into()),
                });
            }
        }
    }
    Ok(())
}

pub(crate) fn translate(args: &TranslateArgs) -> Result<Outcome, Failure> {
    let (from, to): (Syntax, Syntax) = (args.from.into(), args.to.into());
    if let Some(query) = &args.query {
        let parsed = from.parse(query).map_err(|e| Failure::Query(e.into(), query.clone()))?;
        let translation = translated(&parsed.query, to);
        writeln!(io::stdout().lock(), "{}", translation.text)?;
        let mut err = io::stderr().lock();
        for warning in parsed.warnings.iter().map(|w| &w.message).chain(translation.warnings.iter().map(|w| &w.message))
        {
            writeln!(err, "commlit: {}", render::printable(warning))?;
        }
        return Ok(Outcome::Done);
    }
    let Some(file) = &args.strategy else {
        return Err(Error::new(ErrorKind::Argument, "there is nothing to translate")
            .with_hint("write the query, or name a file with --strategy FILE")
            .into());
    };
    let text = read(file)?;
    let strategy = Strategy::parse_with(&text, from, &|name| is_heading(None, name));
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut said: Vec<String> = Vec::new();
    let mut failed = false;
    for line in &strategy.lines {
        match &line.query {
            Ok(query) => {
                let translation = translated(query, to);
                writeln!(out, "{} {}", labelled(line.number, to), translation.text)?;
                let warnings =
                    line.warnings.iter().map(|w| &w.message).chain(translation.warnings.iter().map(|w| &w.message));
                said.extend(warnings.map(|w| format!("line {}: {w}", line.number)));
            }
            Err(e) => {
                failed = true;
                said.push(format!("line {}: cannot be read: {e}", line.number));
            }
        }
    }
    out.flush()?;
    let mut err = io::BufWriter::new(io::stderr().lock());
    for message in said {
        writeln!(err, "commlit: {}", render::printable(&message))?;
    }
    err.flush()?;
    Ok(if failed { Outcome::Rejects } else { Outcome::Done })
}

/// A number as it stands before the lines of a strategy.
fn labelled(number: u32, syntax: Syntax) -> String {
    match syntax {
        Syntax::Plain => number.to_string(),
        Syntax::Ovid => format!("{number}."),
        Syntax::PubMed | Syntax::Cochrane => format!("#{number}"),
        Syntax::Ebsco => format!("S{number}"),
    }
}

/// The longest file of a strategy, in bytes.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// A file of text, or standard input for `-`; bytes that are no characters are replaced.
fn read(path: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let cannot = |e: io::Error| {
        Error::new(ErrorKind::Io, format!("cannot read {}", path.display())).with_source(e).at_path(path)
    };
    if path.as_os_str() == "-" {
        io::stdin().lock().take(MAX_FILE).read_to_end(&mut bytes).map_err(cannot)?;
    } else {
        let file = std::fs::File::open(path).map_err(cannot)?;
        file.take(MAX_FILE).read_to_end(&mut bytes).map_err(cannot)?;
    }
    Ok(commlit::ingest::encoding::decode(&bytes, None).into_owned())
}
