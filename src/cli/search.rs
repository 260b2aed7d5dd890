//! `search` and `facets`: asking the index.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use commlit::error::ErrorKind;
use commlit::export::csv::{COLUMNS, cell, cells, line};
use commlit::feedback::Feedback;
use commlit::library::{IngestOptions, Library};
use commlit::query::Parsed;
use commlit::search::{Expand, Explain, FacetField, FacetRequest, Filter, Hit, Results, Search};
use serde::Serialize;

use super::args::{FacetsArgs, Restrictions, SearchArgs, SearchFormat};
use super::thesauri::{Place, asked_for, is_heading};
use super::{Failure, Outcome, export, ingest, print_json, report_rejects, stdout_style};
use crate::render::{self, More};

/// Facets of a search for reading, and how many values of each.
const SHOWN: [FacetField; 6] = [
    FacetField::Type,
    FacetField::Year,
    FacetField::Publisher,
    FacetField::Journal,
    FacetField::Subject,
    FacetField::Creator,
];
const SHOWN_VALUES: usize = 5;
/// How many columns of the export stand before the passage.
const BEFORE_PASSAGE: usize = 14;

pub(crate) fn search(index: &Path, args: &SearchArgs) -> Result<Outcome, Failure> {
    let format = if args.json { SearchFormat::Json } else { args.format };
    let query = match &args.query {
        Some(query) => [std::slice::from_ref(query), &args.more].concat().join(" "),
        None => "*".to_owned(),
    };
    let chosen = asked_for(&args.thesaurus, Place::of(args.thesaurus_only))?;
    let library = match Library::open(index) {
        Err(e) if e.kind() == ErrorKind::NoIndex && !args.corpus.is_empty() => None,
        other => Some(other?),
    };
    let mut request = request(&query, &args.restrictions, &|name| match &chosen {
        Some(thesaurus) => !thesaurus.concepts_of(name).is_empty(),
        None => is_heading(library.as_ref(), name),
    })?;
    request.feedback = args.feedback.as_deref().map(Feedback::parse).transpose()?;
    request.facets = match args.facet.as_slice() {
        [none] if none == "none" => Vec::new(),
        [] if format == SearchFormat::Text => SHOWN.map(|f| (f, SHOWN_VALUES).into()).to_vec(),
        [] if format == SearchFormat::Json => FacetField::ALL.map(FacetRequest::new).to_vec(),
        named => facet_requests(named)?,
    };
    request.facets.iter_mut().for_each(|f| f.missing = args.missing);
    request.limit = args.limit;
    request.offset = args.offset;
    request.passages = args.passages;
    request.sort = args.sort.into();
    request.explain = if args.explain { Explain::Yes } else { Explain::No };
    let mut set_aside = false;
    let mut library = library.map_or_else(|| Library::open_or_create(index), Ok)?;
    if let Some(thesaurus) = &chosen {
        library.set_thesaurus(thesaurus)?;
    }
    if !args.corpus.is_empty() {
        let report = ingest::update(&library, &args.corpus, &IngestOptions::default())?;
        report_rejects(&report.rejects)?;
        if report.interrupted {
            return Ok(Outcome::Interrupted);
        }
        if report.files_read > 0 {
            write!(io::stderr().lock(), "{}", render::ingest_report(&report, index))?;
        }
        set_aside = !report.rejects.is_empty();
    }
    if let Some(id) = &args.more_like {
        let like = library.more_like(id)?.among(request.parsed.query);
        // What was typed is echoed as it was typed.
        let text = if args.query.is_some() { request.text } else { like.text };
        let parsed = Parsed { warnings: request.parsed.warnings, ..like.parsed };
        request = Search { text, parsed, expand: Expand::Nothing, ..request };
    }
    let results = library.search(&request)?;
    print(&results, &request, format, args.style())?;
    // An ending process gives back what it has mapped at once; piece by piece that takes a twentieth of a short command.
    std::mem::forget(library);
    Ok(match results.total {
        _ if set_aside => Outcome::Rejects,
        0 => Outcome::NothingFound,
        _ => Outcome::Done,
    })
}

pub(crate) fn facets(index: &Path, args: &FacetsArgs) -> Result<Outcome, Failure> {
    let library = Library::open(index)?;
    let mut request = request(&args.query, &args.restrictions, &|name| is_heading(Some(&library), name))?;
    request.facets = match args.fields.as_slice() {
        [] => FacetField::ALL.map(FacetRequest::new).to_vec(),
        named => facet_requests(named)?,
    };
    for facet in &mut request.facets {
        facet.offset = args.offset;
        facet.prefix.clone_from(&args.prefix);
        facet.missing = args.missing;
        facet.variants = args.variants;
    }
    request.limit = 0;
    let results = library.search(&request)?;
    if args.json {
        print_json(&Counted::new(&results, args.offset))?;
    } else {
        let style = stdout_style();
        let mut out = io::BufWriter::new(io::stdout().lock());
        write!(out, "{}", render::heading(&results, &request, style))?;
        write!(out, "{}", render::facets(&results.facets, More::Pages, style))?;
        out.flush()?;
    }
    Ok(if results.total == 0 { Outcome::NothingFound } else { Outcome::Done })
}

/// What programs get: the answer, and how its pages of values lie in the whole.
#[derive(Serialize)]
struct Counted<'r> {
    #[serde(flatten)]
    results: &'r Results,
    /// How many values there are, by field.
    distinct: BTreeMap<&'static str, usize>,
    /// How many were left out before those given.
    offset: usize,
    /// How many come after them.
    more: BTreeMap<&'static str, usize>,
}

impl<'r> Counted<'r> {
    fn new(results: &'r Results, offset: usize) -> Self {
        let distinct = results.facets.iter().map(|f| (f.field.name(), f.distinct)).collect();
        let more = results.facets.iter().map(|f| (f.field.name(), f.more)).collect();
        Counted { results, distinct, offset, more }
    }
}

/// What is asked; `known` tells which headings there are.
pub(super) fn request(
    query: &str,
    restrictions: &Restrictions,
    known: &dyn Fn(&str) -> bool,
) -> Result<Search, Failure> {
    let mut request = Search::parse_with(restrictions.syntax.into(), query, known)
        .map_err(|e| Failure::Query(e, query.to_owned()))?;
    request.expand = restrictions.expand.of(request.expand);
    request.filters = restrictions.filter.iter().map(|f| Filter::parse(f)).collect::<Result<_, _>>()?;
    if let Some(year) = &restrictions.year {
        request.filters.push(Filter::parse_years(year)?);
    }
    Ok(request)
}

/// Facets as they are named on the command line; of a field that is named twice the last word counts.
pub(super) fn facet_requests(named: &[String]) -> Result<Vec<FacetRequest>, Failure> {
    let mut out: Vec<FacetRequest> = Vec::with_capacity(named.len());
    for text in named {
        let request = FacetRequest::parse(text)?;
        match out.iter_mut().find(|known| known.field == request.field) {
            Some(known) => *known = request,
            None => out.push(request),
        }
    }
    Ok(out)
}

fn print(results: &Results, request: &Search, format: SearchFormat, style: Option<&str>) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    // A style without a format asks for references.
    let records = format.of_records().or_else(|| style.map(|style| export::default_format(Some(style))));
    match format {
        _ if records.is_some() => {
            let format = records.unwrap_or_else(|| export::default_format(style));
            export::records(format, style, &mut out, &mut |visit| {
                Ok(results.hits.iter().try_for_each(|hit| visit(&hit.record))?)
            })?;
        }
        SearchFormat::Json => {
            drop(out);
            return print_json(results);
        }
        SearchFormat::Text => write!(out, "{}", render::results(results, request, stdout_style()))?,
        SearchFormat::Jsonl => {
            for hit in &results.hits {
                serde_json::to_writer(&mut out, hit)?;
                writeln!(out)?;
            }
        }
        SearchFormat::Csv => csv(&results.hits, &mut out)?,
        _ => {
            for hit in &results.hits {
                // The format is split at white space.
                let id = render::printable(&hit.record.id).split_whitespace().collect::<Vec<_>>().join("_");
                writeln!(out, "1 Q0 {id} {} {} commlit", hit.rank, hit.score)?;
            }
        }
    }
    out.flush()?;
    if !matches!(format, SearchFormat::Text) {
        report_remarks(results, request)?;
    }
    Ok(())
}

/// Tells what a person should know of an answer that a program reads, on standard error.
pub(super) fn report_remarks(results: &Results, request: &Search) -> io::Result<()> {
    let mut err = io::stderr().lock();
    for line in render::remarks(results, request) {
        writeln!(err, "commlit: {}", render::printable(&line))?;
    }
    Ok(())
}

/// The columns of the export, with those of the search before them and, where it has always been, the best passage between.
fn csv(hits: &[Hit], out: &mut impl Write) -> io::Result<()> {
    let (first, rest) = COLUMNS.split_at(BEFORE_PASSAGE);
    let names = [&["rank", "score"], first, &["passage"], rest].concat();
    out.write_all(line(names).as_bytes())?;
    for hit in hits {
        let cells = cells(&hit.record);
        let (first, rest) = cells.split_at(BEFORE_PASSAGE);
        let passage = hit.passages.first().map(|p| cell(&p.text)).unwrap_or_default();
        let cells = [&[hit.rank.to_string(), hit.score.to_string()], first, &[passage], rest].concat();
        out.write_all(line(cells).as_bytes())?;
    }
    Ok(())
}
