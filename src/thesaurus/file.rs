//! A thesaurus from the bytes of a file, whichever of the two forms it has.

use super::{Thesaurus, table};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::encoding;

/// A file as it was read.
#[derive(Debug, Clone, Default)]
pub struct ThesaurusFile {
    /// Its concepts.
    pub thesaurus: Thesaurus,
    /// Of Turtle: how many statements were passed over, by the property they state or by what they are about that is no
    /// concept. A table is read whole.
    pub unread: Vec<(String, usize)>,
    /// By concept, in their order: the line where it stands, from 1. In Turtle the first line that begins with its name.
    pub lines: Vec<Option<usize>>,
}

impl Thesaurus {
    /// Reads a file of that name: SKOS in Turtle where the name ends in `.ttl`, `.turtle` or `.nt`, else a table in any
    /// encoding.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`], with the name of the file and the line, when it is not well formed.
    pub fn parse_file(name: &str, bytes: &[u8]) -> Result<ThesaurusFile> {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        let read = match ending.as_str() {
            "ttl" | "turtle" | "nt" => Thesaurus::parse_turtle(bytes),
            _ => table::read(&encoding::decode(bytes, None)),
        };
        read.map_err(|e| Error::new(ErrorKind::Argument, format!("{name} is not a thesaurus")).with_source(e))
    }
}
