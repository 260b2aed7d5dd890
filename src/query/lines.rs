//! References to other lines of a strategy.

/// What a written line number means to the line that refers to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineRef {
    /// The place of an earlier line, counted from 0.
    Line(usize),
    /// A line that comes later, or the line itself.
    Ahead,
    /// No such line.
    Unknown,
}
