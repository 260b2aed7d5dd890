//! Where a part stands in its host: volume, issue, pages and date from the free text of 773 `$g`, in the manners of English,
//! German and machine-made records.

use super::punctuation as tidy;
use crate::ingest::values;

/// What was found; what was not understood is left in `rest`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) volume: Option<String>,
    pub(crate) issue: Option<String>,
    pub(crate) pages: Option<String>,
    pub(crate) date: Option<String>,
}

impl Parts {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Parts::default()
    }
}

/// Reads "Vol. 24, no. 9 (Sept. 1993), p. 235-48", "Bd. 3 (1992), H. 2, S. 147-160", "volume:22 year:1992 pages:12-20",
/// "50 (2023)" and the like.
pub(crate) fn parts(text: &str, out: &mut Parts) {
    let text = tidy::line(text);
    let lower = text.to_lowercase();
    let mut words: Vec<String> = Vec::new();
    // Parentheses hold the date.
    let mut outside = String::new();
    let mut inside = String::new();
    let mut depth = 0usize;
    for c in lower.chars() {
        match c {
            '(' => depth += 1,
            ')' => {
                depth = depth.saturating_sub(1);
                outside.push(' ');
            }
            c if depth > 0 => inside.push(c),
            c => outside.push(c),
        }
    }
    if !inside.trim().is_empty() {
        match crate::ingest::values::year(&inside) {
            Some(_) => fill(&mut out.date, original(&text, inside.trim())),
            None if inside.trim().len() <= 12 => fill(&mut out.issue, inside.trim().to_owned()),
            None => {}
        }
    }
    for word in outside.split([' ', ',', ';']).filter(|w| !w.is_empty()) {
        match word.split_once(':') {
            Some((label, value)) if !value.is_empty() && kind(label).is_some() => {
                words.extend([label.to_owned(), value.to_owned()])
            }
            _ => {
                // "p.235", "S.12", "v50": a label and a number in one word.
                let digits = word.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
                let (label, value) = word.split_at(digits);
                if !label.is_empty() && label.chars().all(|c| c.is_alphabetic() || c == '.') && kind(label).is_some() {
                    words.extend([label.to_owned(), value.to_owned()]);
                } else {
                    words.push(word.to_owned());
                }
            }
        }
    }
    let mut label: Option<Kind> = None;
    for word in &words {
        if let Some(kind) = kind(word) {
            label = Some(kind);
            continue;
        }
        let value = word.trim_matches(['.', ':', '<', '>', '[', ']']);
        if value.is_empty() {
            continue;
        }
        let has_digit = value.contains(|c: char| c.is_ascii_digit());
        match label.take() {
            Some(Kind::Volume) => fill(&mut out.volume, original(&text, value)),
            Some(Kind::Issue) => fill(&mut out.issue, original(&text, value)),
            Some(Kind::Pages) => fill(&mut out.pages, pages(&original(&text, value))),
            Some(Kind::Year) => fill(&mut out.date, original(&text, value)),
            None if !has_digit => {}
            None if crate::ingest::values::year(value).is_some_and(|y| y > 1600) && value.len() <= 7 => {
                fill(&mut out.date, value.to_owned());
            }
            None if value.contains(['-', '–']) && out.volume.is_some() => fill(&mut out.pages, pages(value)),
            None => match value.split_once([':', '/']) {
                Some((volume, issue)) if out.volume.is_none() => {
                    fill(&mut out.volume, volume.to_owned());
                    fill(&mut out.issue, issue.to_owned());
                }
                _ if out.volume.is_none() && value.len() <= 5 => fill(&mut out.volume, value.to_owned()),
                _ => {}
            },
        }
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Volume,
    Issue,
    Pages,
    Year,
}

fn kind(word: &str) -> Option<Kind> {
    Some(match word.trim_end_matches(['.', ':']) {
        "vol" | "vols" | "volume" | "v" | "bd" | "band" | "jg" | "jahrgang" | "tome" | "t" | "tom" => Kind::Volume,
        "no" | "nr" | "number" | "issue" | "iss" | "num" | "nos" | "h" | "heft" | "n°" | "núm" | "fasc" | "n"
        | "pt" | "part" => Kind::Issue,
        "p" | "pp" | "pages" | "page" | "pg" | "s" | "seite" | "seiten" | "pgs" => Kind::Pages,
        "year" | "yr" | "date" => Kind::Year,
        _ => return None,
    })
}

/// The words in the case they were printed in.
fn original(text: &str, lower: &str) -> String {
    let found = text.to_lowercase().find(lower).and_then(|at| text.get(at..at + lower.len()));
    found.filter(|f| f.to_lowercase() == lower).unwrap_or(lower).to_owned()
}

fn fill(slot: &mut Option<String>, value: String) {
    if slot.is_none() && !value.is_empty() {
        *slot = Some(value);
    }
}

/// 773 `$q`: "24:9<235" is volume, issue and first page.
pub(crate) fn enumeration(text: &str, out: &mut Parts) {
    let (levels, page) = text.trim().split_once('<').unwrap_or((text.trim(), ""));
    let mut levels = levels.split(':').map(|l| l.trim().to_owned());
    fill(&mut out.volume, levels.next().unwrap_or_default());
    fill(&mut out.issue, levels.next().unwrap_or_default());
    fill(&mut out.pages, pages(page));
}

/// A page range in full: "256-9" is "256-259"; labels and a final full stop go.
pub(crate) fn pages(text: &str) -> String {
    values::pages::pages(&tidy::value(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> [String; 4] {
        let mut out = Parts::default();
        parts(text, &mut out);
        [out.volume, out.issue, out.pages, out.date].map(Option::unwrap_or_default)
    }

    #[test]
    fn manners_of_related_parts() {
        assert_eq!(read("Vol. 24, no. 9 (Sept. 1993), p. 235-48"), ["24", "9", "235-248", "Sept. 1993"]);
        assert_eq!(read("Bd. 3 (1992), H. 2, S. 147-160"), ["3", "2", "147-160", "1992"]);
        assert_eq!(read("volume:22 year:1992 number:3 pages:12-20"), ["22", "3", "12-20", "1992"]);
        assert_eq!(read("50 (2023)"), ["50", "", "", "2023"]);
        assert_eq!(read("Seite 447-473"), ["", "", "447-473", ""]);
        assert_eq!(read("12:3, 256-9"), ["12", "3", "256-259", ""]);
        assert_eq!(read(""), ["", "", "", ""]);
    }
}
