//! `ingest` and `extract`: reading files, with progress and a report.

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use commlit::authority::Authorities;
use commlit::error::{Error, ErrorKind};
use commlit::ingest::file::{Event, read_files_with};
use commlit::ingest::table::Mapping;
use commlit::ingest::walk::walk;
use commlit::library::{IngestOptions, IngestReport, Library, Progress, Vanished};
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};

use super::args::{ExtractArgs, IngestArgs};
use super::thesauri::{Place, asked_for, remark};
use super::{Failure, Outcome, print_json, report_rejects};
use crate::render;

pub(crate) fn ingest(index: &Path, args: &IngestArgs) -> Result<Outcome, Failure> {
    if args.rebuild && walk(&args.paths).files.is_empty() {
        return Err(
            Error::new(ErrorKind::Argument, "there is no file to make the index from; it is left as it was").into()
        );
    }
    let mapping = mapping(&args.map)?;
    let authorities = args.authorities.as_deref().map(list_of_authorities).transpose()?;
    let chosen = asked_for(&args.thesauri.thesaurus, Place::of(args.thesauri.thesaurus_only))?;
    let library = match (&chosen, args.rebuild) {
        (Some(thesaurus), true) => Library::recreate_with(index, thesaurus)?,
        (Some(thesaurus), false) => {
            let mut library = Library::open_or_create(index)?;
            library.set_thesaurus(thesaurus)?;
            library
        }
        (None, true) => Library::recreate(index)?,
        (None, false) => Library::open_or_create(index)?,
    };
    if let Some(list) = &authorities {
        library.set_authorities(list)?;
    }
    let vanished = if args.prune { Vanished::Remove } else { Vanished::Keep };
    let report =
        update(&library, &args.paths, &IngestOptions { vanished, mapping: Some(mapping), memory: args.memory << 20 })?;
    remark(&library, index)?;
    if args.json {
        print_json(&report)?;
    } else {
        report_rejects(&report.rejects)?;
        let mut out = io::stdout().lock();
        if args.authorities.is_none() || !args.paths.is_empty() {
            write!(out, "{}", render::ingest_report(&report, index))?;
        }
        if let Some(path) = &args.authorities {
            writeln!(out, "{} now has the authorities of {}", index.display(), path.display())?;
        }
    }
    Ok(outcome(&report))
}

/// The list of `--authorities`, looked through before anything is done.
fn list_of_authorities(path: &Path) -> Result<String, Error> {
    let list = std::fs::read_to_string(path).map_err(|e| {
        Error::new(ErrorKind::Io, format!("cannot read {}", path.display())).with_source(e).at_path(path)
    })?;
    Authorities::with(&list).map_err(|e| {
        let hint = e.hint().unwrap_or_default().to_owned();
        Error::new(ErrorKind::Argument, format!("cannot use {}", path.display())).with_source(e).with_hint(hint)
    })?;
    Ok(list)
}

/// The columns that `--map` assigns.
fn mapping(assignments: &[String]) -> Result<Mapping, Error> {
    let mut mapping = Mapping::default();
    for assignment in assignments {
        mapping.add(assignment).map_err(|reason| {
            Error::new(ErrorKind::Argument, format!("--map: {reason}")).with_hint("--map 'Column name=title'")
        })?;
    }
    Ok(mapping)
}

/// How an ingest ended.
pub(crate) fn outcome(report: &IngestReport) -> Outcome {
    match report {
        _ if report.interrupted => Outcome::Interrupted,
        _ if !report.rejects.is_empty() => Outcome::Rejects,
        _ => Outcome::Done,
    }
}

/// Ingests with a progress bar on a terminal, until done or until Ctrl-C.
pub(crate) fn update(library: &Library, paths: &[PathBuf], options: &IngestOptions) -> Result<IngestReport, Failure> {
    let stop = stop_on_interrupt();
    let bar = Bar::new();
    let report = library.ingest(paths, options, &mut |progress| {
        bar.show(progress);
        if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    bar.0.finish_and_clear();
    Ok(report?)
}

/// A flag that Ctrl-C raises. A second Ctrl-C ends the program as usual, and the index is as it was.
fn stop_on_interrupt() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&stop);
    // Without a handler Ctrl-C simply ends the program; the index survives that too.
    let _ = ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    });
    stop
}

struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::new(0);
        let style = ProgressStyle::with_template("{bar:24} {percent:>3}%  {msg}  {elapsed} (eta {eta})");
        Bar(match style {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        })
    }

    fn show(&self, at: Progress) {
        if self.0.is_hidden() {
            return;
        }
        self.0.set_length(at.bytes_total.max(1));
        self.0.set_position(at.bytes);
        let seconds = self.0.elapsed().as_secs_f64().max(0.001);
        // What is read is in the index soon, but segments may have to be merged, and nothing is told of that.
        let all_is_read = at.files == at.files_total;
        if all_is_read {
            self.0.enable_steady_tick(Duration::from_millis(500));
        }
        let then = if all_is_read { "; putting the index in order" } else { "" };
        self.0.set_message(format!(
            "{}/{} files, {} records, {} records/s, {}/s{then}",
            HumanCount(at.files as u64),
            HumanCount(at.files_total as u64),
            HumanCount(at.records),
            HumanCount((at.records as f64 / seconds) as u64),
            HumanBytes((at.bytes as f64 / seconds) as u64)
        ));
    }
}

pub(crate) fn extract(args: &ExtractArgs) -> Result<Outcome, Failure> {
    let mapping = mapping(&args.map)?;
    let stop = stop_on_interrupt();
    let found = walk(&args.paths);
    let mut rejects = found.rejects;
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut records = 0_u64;
    let mut failure = None;
    let bar = if io::stdout().is_terminal() { Bar(ProgressBar::hidden()) } else { Bar::new() };
    let bytes_total = found.files.iter().map(|f| f.size).sum();
    let mut at = Progress { files: 0, files_total: found.files.len(), bytes: 0, bytes_total, records: 0 };
    let (mut files_read, mut part_read) = (0, 0);
    let end = read_files_with(&found.files, &mapping, &mut |file, event| {
        match event {
            Event::Record(record) => {
                records += 1;
                let written = serde_json::to_writer(&mut out, &record).map_err(io::Error::from);
                if let Err(e) = written.and_then(|()| out.write_all(b"\n")) {
                    failure = Some(e);
                    return ControlFlow::Break(());
                }
            }
            Event::Reject(reject) => rejects.push(reject),
            Event::PassedOver(_) => {}
            Event::Advanced(bytes) => {
                part_read += bytes;
                at.bytes = files_read + part_read.min(found.files[file].size);
                at.records = records;
                bar.show(at);
            }
            Event::Finished => {
                at.files += 1;
                files_read += found.files[file].size;
                part_read = 0;
                at.bytes = files_read;
                at.records = records;
                bar.show(at);
            }
        }
        if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    bar.0.finish_and_clear();
    if let Some(e) = failure {
        return Err(Failure::Output(e));
    }
    out.flush()?;
    rejects.sort_by(|a, b| a.path.cmp(&b.path));
    report_rejects(&rejects)?;
    Ok(match (end, rejects.is_empty(), records) {
        (ControlFlow::Break(()), ..) => Outcome::Interrupted,
        (_, false, _) => Outcome::Rejects,
        (_, true, 0) => Outcome::NothingFound,
        _ => Outcome::Done,
    })
}
