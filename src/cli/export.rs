//! `export`, and the citation formats of `search` and `show`: records in a format of other programs, or as references.

use std::io::{self, Write};
use std::path::Path;

use commlit::Record;
use commlit::error::{Error, ErrorKind};
use commlit::export::{Citation, Writer};
use commlit::library::Library;

use super::args::{ExportArgs, ExportFormat};
use super::thesauri::is_heading;
use super::{Failure, Outcome, search};

/// What is done with each record.
pub(super) type Visit<'v> = dyn FnMut(&Record) -> io::Result<()> + 'v;

pub(crate) fn export(index: &Path, args: &ExportArgs) -> Result<Outcome, Failure> {
    let library = Library::open(index)?;
    let known = |name: &str| is_heading(Some(&library), name);
    let mut request = search::request(&args.query.join(" "), &args.restrictions, &known)?;
    request.sort = args.sort.into();
    let format = args.format.unwrap_or_else(|| default_format(args.style()));
    let mut answer = None;
    let mut out = io::BufWriter::new(io::stdout().lock());
    records(format, args.style(), &mut out, &mut |visit| {
        let mut broken = None;
        let visited = library.each_hit(&request, &mut |record| {
            visit(&record).map_err(|e| {
                let message = Error::new(ErrorKind::Io, "cannot write the output");
                broken = Some(e);
                message
            })
        });
        match broken {
            Some(e) => Err(Failure::Output(e)),
            None => {
                answer = Some(visited?);
                Ok(())
            }
        }
    })?;
    out.flush()?;
    let Some(results) = answer else { return Ok(Outcome::NothingFound) };
    search::report_remarks(&results, &request)?;
    Ok(if results.total == 0 { Outcome::NothingFound } else { Outcome::Done })
}

/// The format where only a style is given, or nothing.
#[cfg(feature = "styles")]
pub(super) fn default_format(style: Option<&str>) -> ExportFormat {
    if style.is_some() { ExportFormat::Reference } else { ExportFormat::Ris }
}

#[cfg(not(feature = "styles"))]
pub(super) fn default_format(_: Option<&str>) -> ExportFormat {
    ExportFormat::Ris
}

/// Writes the records that `each` goes through, one by one; only references wait until all are known.
pub(super) fn records(
    format: ExportFormat,
    style: Option<&str>,
    mut out: &mut dyn Write,
    each: &mut dyn FnMut(&mut Visit<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if style.is_some() && !format.is_reference() {
        return Err(Failure::Library(
            Error::new(ErrorKind::Argument, "a style is for references only")
                .with_hint("--format reference or --format reference-html"),
        ));
    }
    let citation = match format {
        ExportFormat::Ris => Citation::Ris,
        ExportFormat::Bibtex => Citation::BibTex,
        ExportFormat::CslJson => Citation::CslJson,
        ExportFormat::EndnoteXml => Citation::EndNoteXml,
        ExportFormat::Csv => Citation::Csv,
        ExportFormat::Jsonl => {
            return each(&mut |record| {
                serde_json::to_writer(&mut out, record)?;
                writeln!(out)
            });
        }
        #[cfg(feature = "styles")]
        ExportFormat::Reference | ExportFormat::ReferenceHtml => return references(format, style, out, each),
    };
    let mut writer = Writer::start(citation, out)?;
    each(&mut |record| writer.record(record))?;
    Ok(writer.finish()?)
}

#[cfg(feature = "styles")]
fn references(
    format: ExportFormat,
    style: Option<&str>,
    out: &mut dyn Write,
    each: &mut dyn FnMut(&mut Visit<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    use commlit::export::references::{Markup, References, Style};

    let style = match style {
        None => Style::named(Style::DEFAULT)?,
        Some(named) if !named.ends_with(".csl") && !Path::new(named).is_file() => Style::named(named)?,
        Some(file) => {
            let xml = std::fs::read_to_string(file)
                .map_err(|e| Error::new(ErrorKind::Io, format!("cannot read the style {file}")).with_source(e))?;
            Style::from_csl(&xml)?
        }
    };
    let mut list = References::new(&style);
    each(&mut |record| {
        list.add(record);
        Ok(())
    })?;
    let markup = if format == ExportFormat::ReferenceHtml { Markup::Html } else { Markup::Plain };
    Ok(list.write(markup, out)?)
}
