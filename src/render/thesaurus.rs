//! Concepts of a thesaurus.

use super::text::{Look, Style, paragraph, printable, width};
use crate::cli::thesaurus::{Named, Shown};

/// Where values stand beside their names.
const COLUMN: usize = 14;

/// The years of a concept in words; nothing where both ends are open.
pub(crate) fn years(from: Option<i32>, to: Option<i32>) -> String {
    match (from, to) {
        (Some(from), Some(to)) if from == to => from.to_string(),
        (Some(from), Some(to)) => format!("{from} to {to}"),
        (Some(from), None) => format!("since {from}"),
        (None, Some(to)) => format!("until {to}"),
        (None, None) => String::new(),
    }
}

/// The concepts of a label.
pub(crate) fn concepts(label: &str, shown: &[Shown<'_>], style: Style) -> String {
    let mut out = match shown {
        [] | [_] => String::new(),
        several => format!("{} may mean {} concepts\n\n", printable(label), several.len()),
    };
    let blocks: Vec<String> = shown.iter().map(|concept| block(concept, style)).collect();
    out.push_str(&blocks.join("\n"));
    out
}

fn block(c: &Shown<'_>, style: Style) -> String {
    let mut out = format!("{}\n", style.paint(Look::Title, &printable(c.preferred)));
    let names = |named: &[Named<'_>]| named.iter().map(|n| n.preferred.to_owned()).collect::<Vec<_>>();
    let headings: Vec<String> = c.headings.iter().map(|h| format!("{} ({})", h.term, h.scheme)).collect();
    let rows = [
        ("id", vec![c.id.to_owned()]),
        ("years", vec![years(c.from, c.to)]),
        ("nation", c.nations.to_vec()),
        ("also", c.variants.to_vec()),
        ("acronyms", c.acronyms.to_vec()),
        ("looked up", c.hidden.to_vec()),
        ("headings", headings),
        ("broader", names(&c.broader)),
        ("narrower", names(&c.narrower)),
        ("related", names(&c.related)),
        ("near", names(&c.near)),
        ("before it", names(&c.preceded_by)),
        ("after it", names(&c.succeeded_by)),
        ("same as", c.same_as.to_vec()),
        ("close to", c.close_to.to_vec()),
        ("note", vec![c.note.to_owned()]),
    ];
    for (name, values) in rows {
        let text = values.join("; ");
        if !text.is_empty() {
            let lines = paragraph(&text, &[], None, COLUMN, style);
            let pad = " ".repeat(COLUMN.saturating_sub(2 + width(name)));
            out.push_str(&format!("  {}{pad}{}", style.paint(Look::Quiet, name), lines.trim_start()));
        }
    }
    out
}
