//! Running text of values that may hold markup: paragraphs, and the labelled sections of abstracts one each.

use super::markup::{BREAK, HEADING, without_markup};
use super::values;

/// Running text from a value that may hold markup and entities: paragraphs and labelled sections, a blank line between.
pub(crate) fn prose(text: &str) -> String {
    let marked = without_markup(text);
    let mut paragraphs: Vec<String> = Vec::new();
    let mut heading = String::new();
    for block in marked.split(BREAK) {
        let (block, is_heading) = match block.strip_suffix(HEADING) {
            Some(block) => (block, true),
            None => (block, false),
        };
        for paragraph in by_lines(block) {
            let paragraph = values::line(&paragraph);
            if paragraph.is_empty() {
                continue;
            }
            if is_heading {
                // A heading over another heading: both stand before the text.
                if !is_only_abstract(&paragraph) {
                    heading.push_str(paragraph.trim_end_matches([':', '.']));
                    heading.push_str(": ");
                }
                continue;
            }
            let mut text = std::mem::take(&mut heading);
            text.push_str(&paragraph);
            in_sections(&text, &mut paragraphs);
        }
    }
    if let Some(first) = paragraphs.first_mut()
        && let Some(rest) =
            ["Abstract: ", "ABSTRACT: ", "Summary: Abstract: "].iter().find_map(|p| first.strip_prefix(p))
    {
        *first = rest.to_owned();
    }
    if !heading.is_empty() {
        paragraphs.push(heading.trim_end_matches([':', ' ']).to_owned());
    }
    paragraphs.join("\n\n")
}

fn is_only_abstract(text: &str) -> bool {
    matches!(text.trim_end_matches([':', '.']).to_lowercase().as_str(), "abstract" | "summary" | "abstracts")
}

/// Paragraphs of plain text: blank lines divide, and line ends before a section's label.
fn by_lines(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    for line in text.lines() {
        let blank = line.trim().is_empty();
        if blank || starts_section(line) {
            out.push(String::new());
        }
        if let Some(last) = out.last_mut() {
            last.push(' ');
            last.push_str(line);
        }
    }
    out
}

fn starts_section(line: &str) -> bool {
    let line = line.trim_start();
    let Some(colon) = line.bytes().take(60).position(|b| b == b':') else { return false };
    line.get(..colon).is_some_and(is_section_label)
}

/// Divides a paragraph before the labels of sections that stand in capitals after a full stop.
fn in_sections(text: &str, out: &mut Vec<String>) {
    let mut from = 0;
    let mut searched = 0;
    while let Some(colon) = text[searched..].find(':').map(|at| searched + at) {
        searched = colon + 1;
        let mut low = colon.saturating_sub(60).max(from);
        while !text.is_char_boundary(low) {
            low += 1;
        }
        let before = &text[low..colon];
        let Some(stop) = before.rfind(['.', '!', '?', ')', ']', '%']) else { continue };
        let label = before[stop + 1..].trim();
        if before[stop + 1..].starts_with(char::is_whitespace)
            && label.chars().all(|c| !c.is_lowercase())
            && is_section_label(label)
        {
            let at = low + stop + 1;
            values::push_new(out, text[from..at].trim().to_owned());
            from = at;
        }
    }
    let rest = text[from..].trim();
    if !rest.is_empty() {
        out.push(rest.to_owned());
    }
}

fn is_section_label(label: &str) -> bool {
    const LABELS: &[&str] = &[
        "background",
        "objective",
        "objectives",
        "aim",
        "aims",
        "purpose",
        "introduction",
        "context",
        "setting",
        "settings",
        "design",
        "study design",
        "method",
        "methods",
        "materials and methods",
        "material and methods",
        "methodology",
        "participants",
        "patients",
        "subjects",
        "population",
        "intervention",
        "interventions",
        "main outcome measures",
        "main outcome measure",
        "outcome measures",
        "outcomes",
        "measurements",
        "measurements and main results",
        "results",
        "result",
        "findings",
        "main results",
        "discussion",
        "conclusion",
        "conclusions",
        "conclusion and relevance",
        "conclusions and relevance",
        "interpretation",
        "implications",
        "limitations",
        "rationale",
        "data sources",
        "data source",
        "study selection",
        "data extraction",
        "data synthesis",
        "data collection",
        "analysis",
        "trial registration",
        "registration",
        "funding",
        "significance",
        "originality/value",
        "importance",
        "design/methodology/approach",
        "research limitations/implications",
        "practical implications",
        "policy implications",
        "practice implications",
        "social implications",
        "key points",
        "summary",
        "methods and findings",
        "methods and results",
        "results and conclusions",
        "background and objectives",
        "background and aims",
        "objectives and methods",
        "study selection and methods",
        "question",
        "evidence review",
        "exposures",
        "patient or public contribution",
        "eligibility criteria",
        "search strategy",
        "selection criteria",
        "data collection and analysis",
        "authors' conclusions",
        "main outcomes and measures",
        "exposure",
        "strengths and limitations",
        "ethics and dissemination",
        "methods and analysis",
    ];
    let label = label.trim();
    label.len() <= 60 && label.starts_with(char::is_alphabetic) && LABELS.contains(&label.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abstracts() {
        for (text, expected) in [
            (
                "<jats:title>Abstract</jats:title><jats:sec><jats:title>Aims</jats:title><jats:p>A.</jats:p></jats:sec>",
                "Aims: A.",
            ),
            ("<h4>Background</h4>A &lt; B.<h4>Results:</h4>C.", "Background: A < B.\n\nResults: C."),
            ("BACKGROUND: a. METHODS AND RESULTS: b. Note: c", "BACKGROUND: a.\n\nMETHODS AND RESULTS: b. Note: c"),
            ("a\nb\n\nc\r\nMethods: d", "a b\n\nc\n\nMethods: d"),
        ] {
            assert_eq!(prose(text), expected);
        }
    }
}
