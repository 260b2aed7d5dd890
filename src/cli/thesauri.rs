//! Thesauri that flags name: read from files, joined to commlit's or taken in its place.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use commlit::error::{Error, ErrorKind};
use commlit::library::{Library, ThesaurusOrigin};
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
            let said = format!("{}: {}", file.display(), not_read(what, *times));
            writeln!(err, "commlit: {}", render::printable(&said))?;
        }
        thesaurus = thesaurus.merged_with(&joined);
    }
    let wrong = thesaurus.check().iter().filter(|f| f.kind != FindingKind::Ambiguous).count();
    if wrong > 0 {
        let names: String = files.iter().map(|f| format!(" {}", f.display())).collect();
        let only = if place == Place::Instead { " --thesaurus-only" } else { "" };
        let findings = if wrong == 1 { "finding" } else { "findings" };
        writeln!(err, "commlit: the thesaurus wants mending: {wrong} {findings}")?;
        writeln!(err, "hint: commlit thesaurus check{only}{}", render::printable(&names))?;
    }
    Ok(Some(thesaurus))
}

/// That a kind of statement was passed over.
pub(super) fn not_read(what: &str, times: usize) -> String {
    format!("not read: {what} ({times} {})", if times == 1 { "time" } else { "times" })
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

/// Says on standard error, with the command to type, that the records of an index were tagged with another version of
/// commlit's thesaurus than queries are read with.
pub(super) fn remark(library: &Library, index: &Path) -> io::Result<()> {
    if library.thesaurus_origin() != ThesaurusOrigin::ShippedOther {
        return Ok(());
    }
    let mut err = io::stderr().lock();
    let index = render::printable(&index.display().to_string());
    writeln!(err, "commlit: the index in {index} was made with the thesaurus of another version of commlit")?;
    writeln!(err, "hint: commlit ingest --index {index} --rebuild PATH… tags its records with that of this one")
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
