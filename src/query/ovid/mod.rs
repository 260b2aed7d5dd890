//! Ovid syntax: what is typed into Ovid's search box, and the lines of published strategies.
//!
//! ```text
//! query    := and (OR and)*                  AND and NOT bind tighter than OR; a mixture is warned of
//! and      := near ((AND | NOT) near)*       from the left
//! near     := unit (adj unit)*               adj: side by side, in this order; adjN: at most N words on, in any order
//! unit     := ( '(' query ')' | words | heading | line | list ) suffix?
//! words    := word+                          side by side, in order; quotation marks protect operators
//! word     := chars (wild chars?)*           $ * : any number of characters, $3 at most three, # one, ? one or none
//! suffix   := '.' code (',' code)* '.' ['/freq=' n]       title, abstract and subjects where there is none
//! heading  := ['exp'] ['*'] name '/' [subheading (',' subheading)*]
//! line     := n | '#'n | 'S'n                a number is a line where there is such a line, and it stands alone
//! list     := ('or' | 'and') '/' n['-'n] (',' …)*  |  n'-'n '/or'
//! ```
//!
//! A suffix behind a parenthesis is that of every word inside that has none of its own. What strategies often have and Ovid
//! itself would not take (a missing last dot, a missing parenthesis) is read with a warning. It recurses only as deep as
//! [`MAX_DEPTH`], whatever it is given.
//!
//! It does *not* know which headings a thesaurus has, unless it is told ([`Context::known`]), and not which records a line has.

mod headings;
mod limits;
mod parser;
mod spelling;
mod suffix;
mod tokens;
mod tree;
mod units;
mod values;

use self::parser::Parser;
use self::tree::{Lowering, Within};
use super::expression::height;
use super::{LineRef, MAX_DEPTH, MAX_QUERY_BYTES, Parsed, Query, Span, SyntaxError, Warning};

/// What a query is read against.
#[derive(Clone, Copy)]
pub struct Context<'c> {
    /// What a line number means.
    pub lines: &'c dyn Fn(&str) -> LineRef,
    /// Whether there is a heading of that name; the name is as it was written. Only asked for names with an operator in them
    /// (`Wounds and Injuries/`).
    pub known: &'c dyn Fn(&str) -> bool,
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").finish_non_exhaustive()
    }
}

/// Parses a single query in Ovid syntax, which has no other lines to refer to.
///
/// # Errors
/// [`SyntaxError`] with the faulty span and, where one is known, the repair.
pub fn parse(text: &str) -> Result<Parsed, SyntaxError> {
    parse_line(text, &|_| LineRef::Unknown)
}

/// Parses a line of a strategy. `lines` tells what a number means, which it is given without its `#` or `S`.
///
/// # Errors
/// [`SyntaxError`] with the faulty span and, where one is known, the repair.
pub fn parse_line(text: &str, lines: &dyn Fn(&str) -> LineRef) -> Result<Parsed, SyntaxError> {
    parse_in(text, &Context { lines, known: &|_| false })
}

/// Parses a line of a strategy, told which headings there are.
///
/// # Errors
/// [`SyntaxError`] with the faulty span and, where one is known, the repair.
pub fn parse_in(text: &str, context: &Context<'_>) -> Result<Parsed, SyntaxError> {
    if text.len() > MAX_QUERY_BYTES {
        let message = format!("the query is too long: {} bytes, {MAX_QUERY_BYTES} are allowed", text.len());
        return Err(SyntaxError { message, span: Span::new(0, text.len()), suggestion: None });
    }
    let mut warnings = Vec::new();
    let query = match limits::command(text, context, &mut warnings)? {
        Some(query) => query,
        None => expression(text, 0, Numbers::LinesOrWords, context, &mut warnings)?,
    };
    Ok(Parsed { query, relaxable: None, warnings })
}

/// What a number alone is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbers {
    /// A line where there is one, else a number to look for.
    LinesOrWords,
    /// A line: the operand of a command.
    Lines,
}

/// Parses an expression that begins at `from`.
fn expression(
    text: &str,
    from: usize,
    numbers: Numbers,
    context: &Context<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Query, SyntaxError> {
    let tokens = tokens::tokenize(text, from, warnings)?;
    let node = Parser::new(text, tokens, context, warnings).parse(from)?;
    let all_numbers = node.is_all_numbers() || numbers == Numbers::Lines && matches!(node, tree::Node::Number(_));
    let mut lowering = Lowering { text, context, warnings, leaves: 0, all_numbers };
    let query = lowering.lower(&node, None, Within::Records)?;
    if height(&query) > MAX_DEPTH {
        return Err(too_deep(Span::new(from, text.len())));
    }
    Ok(query)
}

fn too_deep(span: Span) -> SyntaxError {
    error(
        span,
        format!("nested more than {MAX_DEPTH} deep"),
        "write it with fewer parentheses or shorter chains of adj",
    )
}

fn error(span: Span, message: impl Into<String>, suggestion: impl Into<String>) -> SyntaxError {
    SyntaxError { message: message.into(), span, suggestion: Some(suggestion.into()) }
}
