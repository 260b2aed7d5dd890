//! What the search manager prints behind a query: limits of year and product, and a note about word variations.

use super::Cochrane;
use crate::query::scope::{Said, Scope};
use crate::query::{Query, Span, SyntaxError};

const TAILS: [&str; 8] = [
    ", with publication year",
    " with publication year",
    " publication year from",
    " publication year between",
    " with cochrane library publication date",
    ", in trials",
    ", in cochrane",
    "(word variations have been searched)",
];

impl Cochrane<'_> {
    /// Cuts the tail off and gives the years that it asks for.
    pub(super) fn cut_tail(&mut self) -> Result<Option<Query>, SyntaxError> {
        let lower = self.text.to_ascii_lowercase();
        let Some(at) = TAILS.iter().filter_map(|t| lower.find(t)).min() else { return Ok(None) };
        self.end = at;
        let start = at + self.text[at..].len() - self.text[at..].trim_start_matches([',', ' ']).len();
        let span = Span::new(start, self.text.trim_end().len().max(start));
        let mut years = None;
        if let Some(found) = lower[at..].find("publication year") {
            let behind = &self.text[at + found + "publication year".len()..];
            let numbers: Vec<&str> =
                behind.split(|c: char| !c.is_ascii_digit()).filter(|n| n.len() == 4).take(2).collect();
            let text = match (numbers.as_slice(), behind.trim_start().to_ascii_lowercase()) {
                ([from, to], _) => format!("{from}:{to}"),
                ([only], words) if words.starts_with("from") => format!("{only}:"),
                ([only], words) if words.starts_with("to") => format!(":{only}"),
                ([only], _) => (*only).to_owned(),
                _ => String::new(),
            };
            let said = Said { text: &text, offset: start, span, gap: |_| None };
            years = Some(said.query(Scope::Years, &mut self.warnings)?);
        }
        let tail = &lower[at..];
        if tail.contains("publication date") || tail.contains("in trials") || tail.contains("in cochrane") {
            self.warn("records cannot answer this limit; it restricts nothing", span);
        }
        Ok(years)
    }
}
