//! How the lines of a strategy refer to each other.
//!
//! It does *not* know the lines: a parser asks for each number that is written, and is told which line it means.

/// What a written line number means where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineRef {
    /// An earlier line, by its place in the file, counted from 0.
    Line(usize),
    /// This line or a later one.
    Ahead,
    /// There is no line of that number.
    Unknown,
}
