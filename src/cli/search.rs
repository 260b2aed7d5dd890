//! `search` and `facets`: asking the index.

use std::io::{self, Write};
use std::path::Path;

use commlit::error::{Error, ErrorKind};
use commlit::library::{IngestOptions, Library};
use commlit::search::{Explain, FacetField, Filter, Hit, Results, Search, Sort};

use super::args::{FacetsArgs, Restrictions, SearchArgs, SearchFormat, SortOrder, Syntax};
use super::{Failure, Outcome, ingest, print_json, report_rejects, stdout_style};
use crate::render;

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
/// How many values of a facet programs get where they do not say.
const DEFAULT_VALUES: usize = 10;

pub(crate) fn search(index: &Path, args: &SearchArgs) -> Result<Outcome, Failure> {
    let format = if args.json { SearchFormat::Json } else { args.format };
    let query = [std::slice::from_ref(&args.query), &args.more].concat().join(" ");
    let mut request = request(&query, &args.restrictions)?;
    request.facets = match args.facet.as_slice() {
        [none] if none == "none" => Vec::new(),
        [] if format == SearchFormat::Text => SHOWN.map(|f| (f, SHOWN_VALUES)).to_vec(),
        [] if format == SearchFormat::Json => FacetField::ALL.map(|f| (f, DEFAULT_VALUES)).to_vec(),
        named => named.iter().map(|f| facet(f)).collect::<Result<_, _>>()?,
    };
    request.limit = args.limit;
    request.offset = args.offset;
    request.passages = args.passages;
    request.sort = match args.sort {
        SortOrder::Relevance => Sort::Relevance,
        SortOrder::Newest => Sort::Newest,
        SortOrder::Oldest => Sort::Oldest,
        SortOrder::Title => Sort::Title,
    };
    request.explain = if args.explain { Explain::Yes } else { Explain::No };
    let mut set_aside = false;
    let library = if args.corpus.is_empty() {
        Library::open(index)?
    } else {
        let library = Library::open_or_create(index)?;
        let report = ingest::update(&library, &args.corpus, &IngestOptions::default())?;
        report_rejects(&report.rejects)?;
        if report.interrupted {
            return Ok(Outcome::Interrupted);
        }
        if report.files_read > 0 {
            write!(io::stderr().lock(), "{}", render::ingest_report(&report, index))?;
        }
        set_aside = !report.rejects.is_empty();
        library
    };
    let results = library.search(&request)?;
    print(&results, &request, format)?;
    Ok(match results.total {
        _ if set_aside => Outcome::Rejects,
        0 => Outcome::NothingFound,
        _ => Outcome::Done,
    })
}

pub(crate) fn facets(index: &Path, args: &FacetsArgs) -> Result<Outcome, Failure> {
    let mut request = request(&args.query, &args.restrictions)?;
    request.facets = match args.fields.as_slice() {
        [] => FacetField::ALL.map(|f| (f, DEFAULT_VALUES)).to_vec(),
        named => named.iter().map(|f| facet(f)).collect::<Result<_, _>>()?,
    };
    request.limit = 0;
    let results = Library::open(index)?.search(&request)?;
    if args.json {
        print_json(&results)?;
    } else {
        let style = stdout_style();
        let mut out = io::BufWriter::new(io::stdout().lock());
        write!(out, "{}", render::heading(&results, &request, style))?;
        write!(out, "{}", render::facets(&results.facets, style))?;
        out.flush()?;
    }
    Ok(if results.total == 0 { Outcome::NothingFound } else { Outcome::Done })
}

fn request(query: &str, restrictions: &Restrictions) -> Result<Search, Failure> {
    let parsed = match restrictions.syntax {
        Syntax::Plain => Search::plain(query),
    };
    let mut request = parsed.map_err(|e| Failure::Query(e, query.to_owned()))?;
    request.filters = restrictions.filter.iter().map(|f| Filter::parse(f)).collect::<Result<_, _>>()?;
    if let Some(year) = &restrictions.year {
        request.filters.push(Filter::parse_years(year)?);
    }
    Ok(request)
}

/// Reads `FIELD` or `FIELD:N`.
fn facet(text: &str) -> Result<(FacetField, usize), Error> {
    let (name, count) = match text.split_once(':') {
        Some((name, count)) => {
            let number = count.parse().map_err(|_| {
                Error::new(ErrorKind::Argument, format!("`{count}` is not a number of values"))
                    .with_hint(format!("for example {name}:20"))
            });
            (name, number?)
        }
        None => (text, DEFAULT_VALUES),
    };
    Ok((FacetField::from_name(name)?, count))
}

fn print(results: &Results, request: &Search, format: SearchFormat) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match format {
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
        SearchFormat::Trec => {
            for hit in &results.hits {
                // The format is split at white space.
                let id = render::printable(&hit.record.id).split_whitespace().collect::<Vec<_>>().join("_");
                writeln!(out, "1 Q0 {id} {} {} commlit", hit.rank, hit.score)?;
            }
        }
    }
    if !matches!(format, SearchFormat::Text) {
        let mut err = io::stderr().lock();
        for line in render::remarks(results, request) {
            writeln!(err, "commlit: {}", render::printable(&line))?;
        }
    }
    out.flush()?;
    Ok(())
}

fn csv(hits: &[Hit], out: &mut impl Write) -> io::Result<()> {
    write_csv(hits, out).map_err(|e| match e.into_kind() {
        csv::ErrorKind::Io(e) => e,
        other => io::Error::other(format!("{other:?}")),
    })
}

fn write_csv(hits: &[Hit], out: &mut impl Write) -> csv::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record([
        "rank",
        "score",
        "id",
        "title",
        "creators",
        "year",
        "type",
        "publisher",
        "place",
        "journal",
        "volume",
        "issue",
        "pages",
        "isbn",
        "doi",
        "url",
        "passage",
    ])?;
    for hit in hits {
        let r = &hit.record;
        let c = r.container.clone().unwrap_or_default();
        let creators = r.creators.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join("; ");
        csv.write_record([
            hit.rank.to_string(),
            hit.score.to_string(),
            r.id.clone(),
            r.title.clone(),
            creators,
            r.year.map(|y| y.to_string()).unwrap_or_default(),
            r.item_type.clone().unwrap_or_default(),
            r.publisher.join("; "),
            r.place.join("; "),
            c.title,
            c.volume.unwrap_or_default(),
            c.issue.unwrap_or_default(),
            c.pages.unwrap_or_default(),
            r.isbn.join("; "),
            r.doi.clone().unwrap_or_default(),
            r.url.join("; "),
            hit.passages.first().map(|p| p.text.clone()).unwrap_or_default(),
        ])?;
    }
    csv.flush()?;
    Ok(())
}
