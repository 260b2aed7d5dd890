//! What can go wrong: one opaque [`Error`] with a kind, a cause chain, a position and a hint.
//!
//! Bad *input* is not an error: readers set it aside as [`crate::ingest::Reject`]s and go on.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::query::{Span, SyntaxError};

/// The library's result type.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Anything that stops an operation, with the command or change that would repair it where one is known.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    position: Option<Position>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The broad class of an [`Error`], for programs that react to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file or folder could not be read or written.
    Io,
    /// There is no index at the given place.
    NoIndex,
    /// The folder holds an index of another version, or of another program.
    ForeignIndex,
    /// The index is damaged.
    Corrupt,
    /// The thesaurus of the index is damaged, or another than the one that it is to have.
    Thesaurus,
    /// Another process is writing to the index.
    Locked,
    /// The query is not well formed; [`Error::position`] tells where.
    Query,
    /// A field, value or option is not known.
    Argument,
    /// No record has the requested id.
    NoRecord,
}

/// Where an error lies.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Position {
    /// Byte range in the text of the query.
    Query(Span),
    /// A file or folder.
    Path(PathBuf),
}

impl Error {
    /// An error of a kind, with its message.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), hint: None, position: None, source: None }
    }

    /// The same error with what to type or change next.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same error with its cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same error at a path.
    #[must_use]
    pub fn at_path(mut self, path: &Path) -> Self {
        self.position = Some(Position::Path(path.to_owned()));
        self
    }

    /// A failed file operation: `cannot WHAT PATH`.
    pub(crate) fn io(what: &str, path: &Path, cause: std::io::Error) -> Self {
        Error::new(ErrorKind::Io, format!("cannot {what} {}", path.display())).with_source(cause).at_path(path)
    }

    /// The class of the error.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What to type or change next, where that is known.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Where the error lies, where it lies somewhere.
    pub fn position(&self) -> Option<&Position> {
        self.position.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|s| s.as_ref() as &(dyn std::error::Error + 'static))
    }
}

impl From<SyntaxError> for Error {
    fn from(e: SyntaxError) -> Self {
        let SyntaxError { message, span, suggestion } = e;
        Error { kind: ErrorKind::Query, message, hint: suggestion, position: Some(Position::Query(span)), source: None }
    }
}
