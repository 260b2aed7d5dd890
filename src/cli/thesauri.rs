//! Thesauri that flags name: read from files, joined to commlit's or taken in its place.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use commlit::error::{Error, ErrorKind};
use commlit::library::Library;
use commlit::thesaurus::{FindingKind, Thesaurus, ThesaurusFile};

use super::Failure;
use crate::render;

/// What stands for commlit's thesaurus where a file could be named.
const SHIPPED: &str = "shipped";

/// The thesaurus that the flags ask for, if they ask for one. What was not read of a file, and that the outcome wants
/// mending, is said on standard error.
pub(super) fn asked_for(files: &[PathBuf], place: Place) -> Result<Option<Thesaurus>, Failure> {
    let mut thesaurus = match place {
        _ if files.is_empty() => return Ok(None),
        Place::Beside => Thesaurus::shipped().clone(),
        Place::Instead => Thesaurus::default(),
    };
    let mut err = io::stderr().lock();
    for file in files {
        if file.as_os_str() == SHIPPED {
            thesaurus = thesaurus.merged_with(Thesaurus::shipped());
            continue;
        }
        let ThesaurusFile { thesaurus: joined, unread, .. } = read(file)?;
        for (what, times) in &unread {
            let name = file.display().to_string();
            writeln!(
                err,
                "commlit: {}: not read: {} ({times} times)",
                render::printable(&name),
                render::printable(what)
            )?;
        }
        thesaurus = thesaurus.merged_with(&joined);
    }
    let wrong = thesaurus.check().iter().filter(|f| f.kind != FindingKind::Ambiguous).count();
    if wrong > 0 {
        let names: String = files.iter().map(|f| format!(" {}", f.display())).collect();
        let only = if place == Place::Instead { " --thesaurus-only" } else { "" };
        writeln!(err, "commlit: the thesaurus wants mending ({wrong} findings)")?;
        writeln!(err, "hint: commlit thesaurus check{only}{}", render::printable(&names))?;
    }
    Ok(Some(thesaurus))
}

/// Where thesauri of users stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Joined to commlit's.
    Beside,
    /// In its place.
    Instead,
}

impl Place {
    pub(super) fn of(only: bool) -> Self {
        if only { Place::Instead } else { Place::Beside }
    }
}

/// Whether the thesaurus of a library knows a heading of that name; commlit's where there is no library.
pub(super) fn is_heading(library: Option<&Library>, name: &str) -> bool {
    let thesaurus = library.map_or_else(|| Thesaurus::shipped(), Library::thesaurus);
    !thesaurus.concepts_of(name).is_empty()
}

/// Reads a thesaurus.
pub(super) fn read(file: &Path) -> Result<ThesaurusFile, Failure> {
    let bytes = std::fs::read(file).map_err(|e| {
        Error::new(ErrorKind::Io, format!("cannot read {}", file.display())).with_source(e).at_path(file)
    })?;
    let hint =
        format!("commlit thesaurus check {} tells more; commlit thesaurus export shows the form", file.display());
    Ok(Thesaurus::parse_file(&file.display().to_string(), &bytes).map_err(|e| e.with_hint(hint))?)
}
