//! Cochrane Library syntax.

use super::{Parsed, Span, SyntaxError};

/// Parses a query in Cochrane Library syntax.
///
/// # Errors
/// [`SyntaxError`] with the faulty span and, where one is known, the repair.
pub fn parse(text: &str) -> Result<Parsed, SyntaxError> {
    let message = "this language is not read yet".into();
    Err(SyntaxError { message, span: Span::new(0, text.len()), suggestion: None })
}

/// Parses a line of a strategy. `lines` tells what a number means, which it is given without its mark.
///
/// # Errors
/// [`SyntaxError`] with the faulty span and, where one is known, the repair.
pub fn parse_line(text: &str, _lines: &dyn Fn(&str) -> super::LineRef) -> Result<Parsed, SyntaxError> {
    parse(text)
}
