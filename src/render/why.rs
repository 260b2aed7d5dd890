//! Why a record matches or does not, as an indented list.

use std::fmt::Write;

use commlit::record::Record;
use commlit::search::Why;

use super::text::{Look, Style, printable};

/// The record, and every part of the query with its own answer.
pub(crate) fn why(record: &Record, why: &Why, style: Style) -> String {
    let mut out = String::new();
    let verdict = if why.matches { "matches" } else { "does not match" };
    let _ = writeln!(out, "{} [{}]", style.paint(Look::Title, &printable(&record.title)), printable(&record.id));
    let _ = writeln!(out, "{verdict} the query:");
    part(why, 0, style, &mut out);
    out
}

fn part(why: &Why, depth: usize, style: Style, out: &mut String) {
    let indent = "  ".repeat(depth);
    let answer = if why.matches { "yes" } else { "no " };
    let _ = write!(out, "{indent}{answer} {}", style.paint(Look::Title, &printable(&why.part)));
    if let Some(note) = &why.note {
        let _ = write!(out, "  ({})", printable(note));
    }
    out.push('\n');
    for place in &why.places {
        let value = if place.value > 0 { format!(" {}", place.value + 1) } else { String::new() };
        let _ = writeln!(out, "{indent}      {}{value}, word {}: {}", place.field, place.word, printable(&place.text));
    }
    for inner in &why.parts {
        part(inner, depth + 1, style, out);
    }
}
