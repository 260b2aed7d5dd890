//! `why`: one record against one query, part by part.

use std::io::{self, Write};
use std::path::Path;

use commlit::library::Library;
use commlit::search::Expand;

use super::args::WhyArgs;
use super::{Failure, Outcome, print_json, stdout_style, strategy};
use crate::render;

pub(crate) fn why(index: &Path, args: &WhyArgs) -> Result<Outcome, Failure> {
    let syntax = args.syntax.map(commlit::query::Syntax::from);
    let library = Library::open(index)?;
    let (query, expand) = match (&args.strategy, &args.query) {
        (Some(file), _) => (strategy::line_of_file(file, syntax, args.line, &library)?, Expand::Nothing),
        (None, Some(query)) => {
            let parsed = library.parse(syntax.unwrap_or(commlit::query::Syntax::Plain), query);
            let search = parsed.map_err(|e| Failure::Query(e, query.clone()))?;
            (search.parsed.query, args.expand.of(search.expand))
        }
        (None, None) => return Ok(Outcome::Done),
    };
    let (record, why) = library.why(&args.id, &query, expand)?;
    if args.json {
        print_json(&why)?;
    } else {
        write!(io::stdout().lock(), "{}", render::why(&record, &why, stdout_style()))?;
    }
    Ok(if why.matches { Outcome::Done } else { Outcome::NothingFound })
}
