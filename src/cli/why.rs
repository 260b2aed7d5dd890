//! `why`: one record against one query, part by part.

use std::io::{self, Write};
use std::path::Path;

use commlit::library::Library;
use commlit::search::Search;

use super::args::WhyArgs;
use super::{Failure, Outcome, print_json, stdout_style};
use crate::render;

pub(crate) fn why(index: &Path, args: &WhyArgs) -> Result<Outcome, Failure> {
    let search = Search::parse(args.syntax.into(), &args.query).map_err(|e| Failure::Query(e, args.query.clone()))?;
    let (record, why) = Library::open(index)?.why(&args.id, &search.parsed.query)?;
    if args.json {
        print_json(&why)?;
    } else {
        write!(io::stdout().lock(), "{}", render::why(&record, &why, stdout_style()))?;
    }
    Ok(if why.matches { Outcome::Done } else { Outcome::NothingFound })
}
