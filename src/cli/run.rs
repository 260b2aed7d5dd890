//! `run`: many queries at once, as a run in the format of the Text REtrieval Conference (TREC), with what they took.
//!
//! A query of words ranks every record that has any of them: a run is for measuring the order, not for counting what has all.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use commlit::error::{Error, ErrorKind};
use commlit::feedback::{Feedback, Reach};
use commlit::library::Library;
use commlit::search::{Required, Search};
use serde::Serialize;

use super::args::RunArgs;
use super::search::facet_requests;
use super::{Failure, Outcome, print_json};
use crate::render;

/// What a run took.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    /// How many queries were asked.
    pub(crate) queries: usize,
    /// How many found nothing.
    pub(crate) empty: usize,
    /// Milliseconds a query: half of them took less, and so on.
    pub(crate) p50_ms: f64,
    pub(crate) p95_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) queries_a_second: f64,
    /// Largest resident memory of the process, in bytes; absent where the system does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) peak_memory: Option<u64>,
}

pub(crate) fn run(index: &Path, args: &RunArgs) -> Result<Outcome, Failure> {
    let library = Library::open(index)?;
    let facets = facet_requests(&args.facet)?;
    let feedback = args.feedback.as_deref().map(Feedback::parse).transpose()?;
    let feedback = feedback.map(|f| Feedback { reach: Reach::Find, ..f });
    let input = File::open(&args.queries).map_err(|e| unreadable(&args.queries, e))?;
    let mut out: Box<dyn Write> = match &args.out {
        Some(path) => Box::new(BufWriter::new(File::create(path).map_err(|e| {
            Error::new(ErrorKind::Io, format!("cannot write {}", path.display())).with_source(e).at_path(path)
        })?)),
        None => Box::new(BufWriter::new(io::stdout().lock())),
    };
    let mut times: Vec<Duration> = Vec::new();
    let mut empty = 0;
    for (number, line) in BufReader::new(input).lines().enumerate() {
        let line = line.map_err(|e| unreadable(&args.queries, e))?;
        if line.trim().is_empty() {
            continue;
        }
        let Some((id, text)) = line.split_once('\t') else {
            let message = format!("{}: line {} has no tab between id and text", args.queries.display(), number + 1);
            return Err(Error::new(ErrorKind::Argument, message).with_hint("write ID, a tab, and the query").into());
        };
        let start = Instant::now();
        let mut search = match library.parse(args.syntax.into(), text) {
            Ok(search) => search,
            Err(e) => {
                let at = format!("{}: line {}", args.queries.display(), number + 1);
                writeln!(io::stderr(), "commlit: {}: {e}; read as words", render::printable(&at))?;
                let words: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
                match Search::plain(&words.to_lowercase()) {
                    Ok(search) => search,
                    Err(_) => continue,
                }
            }
        };
        search.required = Required::Any;
        search.expand = args.expand.of(search.expand);
        search.limit = args.limit;
        search.passages = args.passages;
        search.facets.clone_from(&facets);
        search.feedback = feedback;
        // What nobody has asked for is not looked up.
        let ranking = match args.passages {
            0 => library.ranking(&search)?,
            _ => library.search(&search)?.hits.into_iter().map(|h| (h.record.id, h.score)).collect(),
        };
        times.push(start.elapsed());
        empty += usize::from(ranking.is_empty());
        for (i, (record, score)) in ranking.iter().enumerate() {
            writeln!(out, "{id} Q0 {record} {} {score:.6} commlit", i + 1)?;
        }
    }
    out.flush()?;
    let figures = figures(times, empty);
    if args.json {
        print_json(&figures)?;
    } else {
        write!(io::stderr().lock(), "{}", render::run(&figures))?;
    }
    Ok(Outcome::Done)
}

fn unreadable(path: &Path, e: io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("cannot read {}", path.display())).with_source(e).at_path(path)
}

fn figures(mut times: Vec<Duration>, empty: usize) -> Figures {
    times.sort_unstable();
    let total: Duration = times.iter().sum();
    let at = |share: f64| {
        let nth = ((times.len() as f64 * share).ceil() as usize).saturating_sub(1);
        times.get(nth).map_or(0.0, |t| (t.as_secs_f64() * 1e6).round() / 1e3)
    };
    let a_second = times.len() as f64 / total.as_secs_f64().max(1e-9);
    Figures {
        queries: times.len(),
        empty,
        p50_ms: at(0.5),
        p95_ms: at(0.95),
        p99_ms: at(0.99),
        queries_a_second: (a_second * 10.0).round() / 10.0,
        peak_memory: peak_memory(),
    }
}

/// The peak of resident memory as Linux tells it.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
