//! A thesaurus from the bytes of a file, whichever of the two forms it has.

use super::{SkosFile, Thesaurus};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::encoding;

impl Thesaurus {
    /// Reads a file of that name: SKOS in Turtle where the name ends in `.ttl`, `.turtle` or `.nt`, else a table in any
    /// encoding. Of a table nothing is left unread.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`], with the name of the file and the line, when it is not well formed.
    pub fn parse_file(name: &str, bytes: &[u8]) -> Result<SkosFile> {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        let read = match ending.as_str() {
            "ttl" | "turtle" | "nt" => Thesaurus::parse_turtle(bytes),
            _ => Thesaurus::parse(&encoding::decode(bytes, None))
                .map(|thesaurus| SkosFile { thesaurus, unread: Vec::new() }),
        };
        read.map_err(|e| Error::new(ErrorKind::Argument, format!("{name} is not a thesaurus")).with_source(e))
    }
}
