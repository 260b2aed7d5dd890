//! PubMed syntax.

use super::{Parsed, Span, SyntaxError};

/// Parses a query in PubMed syntax.
///
/// # Errors
/// [`SyntaxError`] with the faulty span and, where one is known, the repair.
pub fn parse(text: &str) -> Result<Parsed, SyntaxError> {
    let message = "this language is not read yet".into();
    Err(SyntaxError { message, span: Span::new(0, text.len()), suggestion: None })
}
