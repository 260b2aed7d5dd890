//! Words into lines: display width, wrapping, colour, and nothing that a terminal could mistake for an order.

use commlit::query::Span;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style {
    /// Whether matches and titles are coloured.
    pub(crate) colour: bool,
    /// Columns to wrap to; `None` leaves every paragraph on one line.
    pub(crate) width: Option<usize>,
}

/// The looks that are used, as ANSI SGR parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Title,
    Match,
    Quiet,
    Selected,
}

impl Style {
    /// Text in a look, where there is colour.
    pub(crate) fn paint(self, look: Look, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let parameters = match look {
            Look::Title => "1",
            Look::Match => "1;33",
            Look::Quiet => "2",
            Look::Selected => "7",
        };
        format!("\u{1b}[{parameters}m{text}\u{1b}[0m")
    }
}

/// The text on one line without control characters and without characters that reorder what is read.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(harmless).collect()
}

fn harmless(c: char) -> char {
    match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
        c if c.is_control() => '\u{fffd}',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c => c,
    }
}

/// How many columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The text in at most `columns` columns, with an ellipsis where it had to be cut.
pub(crate) fn shortened(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used >= columns {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// A paragraph with the given byte ranges marked, wrapped to the style and indented.
pub(crate) fn paragraph(
    text: &str,
    marks: &[(usize, usize)],
    look: Option<Look>,
    indent: usize,
    style: Style,
) -> String {
    let columns = style.width.map(|w| w.saturating_sub(indent).max(20));
    let margin = " ".repeat(indent);
    let mut out = margin.clone();
    let mut used = 0;
    let mut at = 0;
    for word in text.split_inclusive(|c: char| c.is_whitespace()) {
        let (start, end) = (at, at + word.len());
        at = end;
        let bare = word.trim_end();
        if bare.is_empty() {
            continue;
        }
        let wide = width(&printable(bare));
        if used > 0 {
            match columns {
                Some(columns) if used + 1 + wide > columns => {
                    out.push('\n');
                    out.push_str(&margin);
                    used = 0;
                }
                _ => {
                    // A space between two words of one phrase is marked with them.
                    let inside = marks.iter().any(|(a, b)| *a < start && start < *b);
                    out.push_str(&if inside { style.paint(Look::Match, " ") } else { " ".to_owned() });
                    used += 1;
                }
            }
        }
        used += wide;
        marked(bare, start, start + bare.len(), marks, look, style, &mut out);
    }
    out.push('\n');
    out
}

fn marked(
    word: &str,
    start: usize,
    end: usize,
    marks: &[(usize, usize)],
    look: Option<Look>,
    style: Style,
    out: &mut String,
) {
    let paint =
        |look: Option<Look>, text: &str| look.map_or_else(|| printable(text), |l| style.paint(l, &printable(text)));
    let mut at = start;
    for (from, to) in marks.iter().map(|(a, b)| ((*a).clamp(start, end), (*b).clamp(start, end))).filter(|(a, b)| a < b)
    {
        if from < at {
            continue;
        }
        out.push_str(&paint(look, &word[at - start..from - start]));
        out.push_str(&paint(Some(Look::Match), &word[from - start..to - start]));
        at = to;
    }
    out.push_str(&paint(look, &word[at - start..]));
}

/// The line of a query that a span lies in, and a line of carets under the span.
pub(crate) fn underlined(text: &str, span: Span) -> String {
    let end = span.end.min(text.len());
    let start = span.start.min(end);
    let (Some(before), Some(part)) = (text.get(..start), text.get(start..end)) else { return String::new() };
    // A long query is shown around the place.
    let from = before.char_indices().rev().nth(50).map_or(0, |(i, _)| i);
    let lead = if from > 0 { "…" } else { "" };
    let shown = printable(&text[from..]);
    let shown = shortened(&shown, 110);
    let pad = width(lead) + width(&printable(&before[from..]));
    let carets = width(&printable(part)).clamp(1, 110_usize.saturating_sub(pad).max(1));
    format!("  {lead}{shown}\n  {}{}\n", " ".repeat(pad), "^".repeat(carets))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Style = Style { colour: false, width: Some(20) };

    #[test]
    fn wraps_by_columns_and_marks_across_words() {
        assert_eq!(paragraph("one two three four five six", &[], None, 2, PLAIN), "  one two three four\n  five six\n");
        let colour = Style { colour: true, width: None };
        assert_eq!(
            paragraph("a total purchasing b", &[(2, 18)], None, 0, colour),
            "a \u{1b}[1;33mtotal\u{1b}[0m\u{1b}[1;33m \u{1b}[0m\u{1b}[1;33mpurchasing\u{1b}[0m b\n"
        );
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\u{202e}c\nd"), "a\u{fffd}[31mb\u{fffd}c d");
    }

    #[test]
    fn carets_stand_under_the_place() {
        assert_eq!(underlined("a (b", Span::new(2, 3)), "  a (b\n    ^\n");
        assert_eq!(underlined("公 (b", Span::new(4, 5)), "  公 (b\n     ^\n");
        assert!(underlined(&"x".repeat(5000), Span::new(4000, 4001)).lines().all(|l| width(l) < 120));
    }
}
