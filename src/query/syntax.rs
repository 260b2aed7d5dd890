//! The query languages by name.

use super::{LineRef, Parsed, SyntaxError, cochrane, ebsco, ovid, plain, pubmed};

/// A query language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// What one types into a search box.
    Plain,
    /// Ovid's command language.
    Ovid,
    /// PubMed.
    PubMed,
    /// EBSCOhost.
    Ebsco,
    /// The Cochrane Library's search manager.
    Cochrane,
}

impl Syntax {
    /// All of them.
    pub const ALL: [Syntax; 5] = [Syntax::Plain, Syntax::Ovid, Syntax::PubMed, Syntax::Ebsco, Syntax::Cochrane];

    /// The name on the command line and in answers.
    pub fn name(self) -> &'static str {
        match self {
            Syntax::Plain => "plain",
            Syntax::Ovid => "ovid",
            Syntax::PubMed => "pubmed",
            Syntax::Ebsco => "ebsco",
            Syntax::Cochrane => "cochrane",
        }
    }

    /// The language of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Syntax::ALL.into_iter().find(|s| s.name() == name)
    }

    /// Parses one query in this language.
    ///
    /// # Errors
    /// [`SyntaxError`] with the faulty span and, where one is known, the repair.
    pub fn parse(self, text: &str) -> Result<Parsed, SyntaxError> {
        match self {
            Syntax::Plain => plain::parse(text),
            Syntax::Ovid => ovid::parse(text),
            Syntax::PubMed => pubmed::parse(text),
            Syntax::Ebsco => ebsco::parse(text),
            Syntax::Cochrane => cochrane::parse(text),
        }
    }

    /// Parses a line of a strategy. `lines` tells what a number means; plain syntax has none, it names lines by their places.
    ///
    /// # Errors
    /// [`SyntaxError`] with the faulty span and, where one is known, the repair.
    pub fn parse_line(self, text: &str, lines: &dyn Fn(&str) -> LineRef) -> Result<Parsed, SyntaxError> {
        match self {
            Syntax::Plain => plain::parse(text),
            Syntax::Ovid => ovid::parse_line(text, lines),
            Syntax::PubMed => pubmed::parse_line(text, lines),
            Syntax::Ebsco => ebsco::parse_line(text, lines),
            Syntax::Cochrane => cochrane::parse_line(text, lines),
        }
    }
}
