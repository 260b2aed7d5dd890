//! `show`, `stats` and `check`: looking at what is in the index.

use std::io::{self, Write};
use std::path::Path;

use commlit::library::{CheckReport, Library};
use serde::Serialize;

use super::args::{ReportArgs, ShowArgs};
use super::thesauri::remark;
use super::{Failure, Outcome, export, print_json, report_rejects, stdout_style};
use crate::render;

pub(crate) fn show(index: &Path, args: &ShowArgs) -> Result<Outcome, Failure> {
    let record = Library::open(index)?.get(&args.id)?;
    let format = args.format.or_else(|| args.style().map(|style| export::default_format(Some(style))));
    if args.json {
        print_json(&record)?;
    } else if let Some(format) = format {
        let mut out = io::BufWriter::new(io::stdout().lock());
        export::records(format, args.style(), &mut out, &mut |visit| Ok(visit(&record)?))?;
        out.flush()?;
    } else {
        write!(io::stdout().lock(), "{}", render::record(&record, stdout_style()))?;
    }
    Ok(Outcome::Done)
}

pub(crate) fn stats(index: &Path, args: &ReportArgs) -> Result<Outcome, Failure> {
    let library = Library::open(index)?;
    let stats = library.stats()?;
    remark(&library, index)?;
    if args.json {
        print_json(&stats)?;
    } else {
        write!(io::stdout().lock(), "{}", render::stats(&stats, index))?;
    }
    Ok(Outcome::Done)
}

pub(crate) fn check(index: &Path, args: &ReportArgs) -> Result<Outcome, Failure> {
    #[derive(Serialize)]
    struct Checked<'a> {
        sound: bool,
        #[serde(flatten)]
        report: &'a CheckReport,
        rejects: &'a [commlit::ingest::Reject],
    }
    let library = Library::open(index)?;
    let report = library.check()?;
    remark(&library, index)?;
    let rejects = if report.damaged.is_empty() { library.rejects()? } else { Vec::new() };
    if args.json {
        print_json(&Checked { sound: report.is_sound(), report: &report, rejects: &rejects })?;
    } else {
        report_rejects(&rejects)?;
        write!(io::stdout().lock(), "{}", render::check(&report, index))?;
    }
    Ok(if report.is_sound() && rejects.is_empty() { Outcome::Done } else { Outcome::Rejects })
}
