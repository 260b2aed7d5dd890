//! The command line: parses flags, runs the command, turns the outcome into messages and an exit code.
//!
//! Exit codes: 0 found or done, 1 nothing found, 2 an error or any rejected input. Answers go to standard output, everything
//! else to standard error. A closed pipe ends the program quietly.

pub(crate) mod args;
mod export;
mod ingest;
mod report;
pub(crate) mod run;
mod search;
pub(crate) mod strategy;
mod thesauri;
pub(crate) mod thesaurus;
mod why;

use std::error::Error as _;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use commlit::error::{Error, ErrorKind, Position};
use commlit::ingest::Reject;
use commlit::ingest::table::WITHOUT_TITLE;

use self::args::{Cli, Command};
use crate::render::{self, Style};

/// How a command ended, if it ended without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    NothingFound,
    /// Done, but some input was set aside or damage was found.
    Rejects,
    /// The user broke it off.
    Interrupted,
}

/// What stops a command.
pub(crate) enum Failure {
    Library(Error),
    /// With the text of the query, so that the place can be shown.
    Query(Error, String),
    Output(io::Error),
}

impl From<Error> for Failure {
    fn from(e: Error) -> Self {
        Failure::Library(e)
    }
}

impl From<io::Error> for Failure {
    fn from(e: io::Error) -> Self {
        Failure::Output(e)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(e: serde_json::Error) -> Self {
        Failure::Output(e.into())
    }
}

pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    let result = match &cli.command {
        Command::Ingest(args) => ingest::ingest(&cli.index, args),
        Command::Extract(args) => ingest::extract(args),
        Command::Search(args) => search::search(&cli.index, args),
        Command::Show(args) => report::show(&cli.index, args),
        Command::Strategy(args) => strategy::strategy(&cli.index, args),
        Command::Translate(args) => strategy::translate(args),
        Command::Why(args) => why::why(&cli.index, args),
        Command::Thesaurus(args) => thesaurus::thesaurus(&cli.index, args),
        Command::Export(args) => export::export(&cli.index, args),
        Command::Run(args) => run::run(&cli.index, args),
        Command::Facets(args) => search::facets(&cli.index, args),
        Command::Stats(args) => report::stats(&cli.index, args),
        Command::Check(args) => report::check(&cli.index, args),
    };
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::NothingFound) => ExitCode::from(1),
        Ok(Outcome::Rejects) => ExitCode::from(2),
        Ok(Outcome::Interrupted) => ExitCode::from(130),
        Err(Failure::Output(e)) if e.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            // Where even standard error is closed there is nobody left to tell.
            let _ = explain(&failure, &cli);
            match failure {
                Failure::Library(e) if e.kind() == ErrorKind::NoRecord => ExitCode::from(1),
                _ => ExitCode::from(2),
            }
        }
    }
}

fn explain(failure: &Failure, cli: &Cli) -> io::Result<()> {
    let mut err = io::stderr().lock();
    let (error, query) = match failure {
        Failure::Output(e) => return writeln!(err, "commlit: cannot write the output: {e}"),
        Failure::Library(e) => (e, None),
        Failure::Query(e, text) => (e, Some(text)),
    };
    write!(err, "commlit: {}", render::printable(&error.to_string()))?;
    let mut cause = error.source();
    while let Some(e) = cause {
        write!(err, ": {}", render::printable(&e.to_string()))?;
        cause = e.source();
    }
    writeln!(err)?;
    if let (Some(Position::Query(span)), Some(text)) = (error.position(), query) {
        write!(err, "{}", render::underlined(text, *span))?;
    }
    let hint = error.hint().map(str::to_owned).or_else(|| command_hint(error.kind(), cli));
    hint.map_or(Ok(()), |hint| writeln!(err, "hint: {}", render::printable(&hint)))
}

/// The command to type next, for errors of the library that know no commands.
fn command_hint(kind: ErrorKind, cli: &Cli) -> Option<String> {
    let index = match cli.index.to_str() {
        Some(".commlit") => String::new(),
        _ => format!(" --index {}", cli.index.display()),
    };
    match kind {
        ErrorKind::NoIndex => Some(format!("commlit ingest{index} PATH…")),
        ErrorKind::Thesaurus => {
            let (files, only) = match &cli.command {
                Command::Ingest(args) => (args.thesauri.thesaurus.as_slice(), args.thesauri.thesaurus_only),
                Command::Search(args) => (args.thesaurus.as_slice(), args.thesaurus_only),
                _ => (&[][..], false),
            };
            let mut flags: String = files.iter().map(|f| format!(" --thesaurus {}", f.display())).collect();
            if flags.is_empty() {
                flags.push_str(" --thesaurus FILE");
            }
            let only = if only { " --thesaurus-only" } else { "" };
            Some(format!("commlit ingest{index} --rebuild{flags}{only} PATH…"))
        }
        ErrorKind::ForeignIndex => Some(format!("commlit ingest{index} --rebuild PATH…")),
        ErrorKind::Corrupt if matches!(cli.command, Command::Check(_)) => {
            Some(format!("commlit ingest{index} --rebuild PATH…"))
        }
        ErrorKind::Corrupt => {
            Some(format!("commlit check{index} tells more; commlit ingest{index} --rebuild PATH… makes it anew"))
        }
        ErrorKind::NoRecord => Some(format!("commlit search{index} WORDS… shows ids in brackets")),
        _ => None,
    }
}

/// How many rejects of one file are shown; the rest are counted.
const REJECTS_OF_A_FILE: usize = 20;

/// Tells of what was set aside, on standard error.
pub(crate) fn report_rejects(rejects: &[Reject]) -> io::Result<()> {
    let mut err = io::BufWriter::new(io::stderr().lock());
    // What lies in an archive counts as of the archive.
    let file = |reject: &Reject| reject.path.split("!/").next().unwrap_or_default().to_owned();
    for of_file in rejects.chunk_by(|a, b| a.path == b.path || file(a) == file(b)) {
        for reject in of_file.iter().take(REJECTS_OF_A_FILE) {
            writeln!(err, "commlit: set aside {}", render::printable(&reject.to_string()))?;
        }
        if of_file.len() > REJECTS_OF_A_FILE {
            let path = file(&of_file[0]);
            let path = render::printable(&path);
            writeln!(err, "commlit: set aside {path}: and {} more", of_file.len() - REJECTS_OF_A_FILE)?;
        }
    }
    if rejects.iter().any(|r| r.reason.starts_with(WITHOUT_TITLE)) {
        writeln!(err, "hint: --map 'COLUMN=title' tells which column holds the titles")?;
    }
    err.flush()
}

/// The style of standard output: colours and wrapping for a terminal, neither for a pipe.
pub(crate) fn stdout_style() -> Style {
    let terminal = io::stdout().is_terminal();
    let colour = terminal
        && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
        && std::env::var_os("TERM").is_none_or(|t| t != "dumb");
    let width = terminal_size::terminal_size().map(|(w, _)| usize::from(w.0));
    Style { colour, width: terminal.then(|| width.unwrap_or(80).clamp(40, 120)) }
}

/// Prints a value as indented JSON and a line end.
pub(crate) fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)?;
    out.flush()?;
    Ok(())
}
