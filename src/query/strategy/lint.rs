//! What is wrong or doubtful about a strategy, as far as its text tells.

use std::collections::HashMap;

use super::{Strategy, references, unreadable};
use crate::query::{Query, Span};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The line cannot be run.
    Error,
    /// It may find something else than was meant.
    Warning,
}

impl Severity {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// Something about a line of a strategy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How grave.
    pub severity: Severity,
    /// The line, by its place in [`Strategy::lines`].
    pub line: usize,
    /// Where in the line's text.
    pub span: Span,
    /// What.
    pub message: String,
    /// The repair.
    pub suggestion: Option<String>,
}

impl Strategy {
    /// What is wrong or doubtful about the lines, in their order. It takes no index: whether a word occurs is not asked.
    pub fn lint(&self) -> Vec<Finding> {
        let mut out = Vec::new();
        let mut seen: HashMap<String, usize> = HashMap::new();
        for (place, line) in self.lines.iter().enumerate() {
            let mut find = |severity, span, message: String, suggestion| {
                out.push(Finding { severity, line: place, span, message, suggestion });
            };
            match &line.query {
                Err(e) => find(Severity::Error, e.span, e.message.clone(), e.suggestion.clone()),
                Ok(query) => {
                    let mut broken: Option<(u32, Span)> = None;
                    references(query, &mut |to, span| {
                        if let Some(to) = self.lines.get(to).filter(|l| l.query.is_err()) {
                            broken.get_or_insert((to.number, span));
                        }
                    });
                    if let Some((number, span)) = broken {
                        let error = unreadable(number, span);
                        find(Severity::Error, span, error.message, error.suggestion);
                    }
                    let whole = Span::new(0, line.text.len());
                    match seen.get(&canonical(query)).and_then(|first| self.lines.get(*first)) {
                        Some(first) => {
                            let message = format!("this line asks the same as line {}", first.number);
                            find(Severity::Warning, whole, message, Some("remove one of them".into()));
                        }
                        None => {
                            seen.insert(canonical(query), place);
                        }
                    }
                }
            }
            for warning in &line.warnings {
                find(Severity::Warning, warning.span, warning.message.clone(), None);
            }
        }
        for place in self.unused() {
            let Some(line) = self.lines.get(place) else { continue };
            out.push(Finding {
                severity: Severity::Warning,
                line: place,
                span: Span::new(0, line.text.len()),
                message: format!("no line refers to line {}, and it is not the last", line.number),
                suggestion: Some("add it to the line that brings the others together, or remove it".into()),
            });
        }
        out.sort_by_key(|f| (f.line, f.severity));
        out
    }
}

/// A form in which two lines that ask the same are alike.
fn canonical(query: &Query) -> String {
    query.to_string()
}
