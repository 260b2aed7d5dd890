//! Cleaning of values as tagged exports have them: markup and entities, page ranges, names with initials, labelled
//! abstracts, subject headings. It does *not* know of tags.

use std::borrow::Cow;

use crate::ingest::{markup, responsibility, values};

pub(super) use crate::ingest::values::pages::{pages, range as page_range};

/// Text without markup, entities decoded; block elements become paragraph breaks.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    markup::plain(text, "\n\n")
}

/// A title: one clean line, without the closing full stop, unless that belongs to an abbreviation or an ellipsis.
pub(super) fn title(text: &str) -> String {
    let text = values::title(&plain(text));
    let Some(rest) = text.strip_suffix('.') else { return text };
    let word = rest.rsplit([' ', '(', '-', '/']).next().unwrap_or(rest);
    let abbreviated = word.contains('.')
        || word.chars().count() == 1 && word.chars().all(char::is_uppercase)
        || matches!(
            word,
            "Inc" | "Ltd" | "Co" | "Corp" | "etc" | "al" | "Jr" | "Sr" | "St" | "Dr" | "ed" | "eds" | "vol" | "no"
        );
    if abbreviated || rest.ends_with(['.', '…']) { text } else { rest.trim_end().to_owned() }
}

/// A translated title in brackets, as NLM prints it, without them: `[Title].`
pub(super) fn unbracketed(text: &str) -> Option<&str> {
    let text = text.trim();
    let inner = text.strip_suffix('.').unwrap_or(text).strip_prefix('[')?.strip_suffix(']')?;
    (!inner.contains(['[', ']'])).then_some(inner)
}

/// `Family, Given` for a name as databases print it: `Smith JA`, `van der Berg A.-B.`, `Shannon,Claude E.`, `Jane Smith`.
pub(super) fn name(text: &str) -> String {
    let text = values::line(&plain(text));
    let text = text.trim_matches([';', ',', ' ', '*']).trim();
    if text.ends_with([')', ']'])
        && let Some((bare, _)) = responsibility::role_behind(text)
    {
        return format!("{}{}", name(bare), &text[bare.len()..]);
    }
    if let Some((family, given)) = text.split_once(',') {
        let (family, given) = (family.trim(), given.trim().trim_matches(','));
        return if given.is_empty() { family.to_owned() } else { format!("{family}, {}", spaced_commas(given)) };
    }
    if values::looks_corporate(text) {
        return text.to_owned();
    }
    let mut words: Vec<&str> = text.split(' ').collect();
    let suffix =
        words.last().is_some_and(|w| matches!(*w, "Jr" | "Jr." | "Sr" | "Sr." | "II" | "III" | "IV" | "2nd" | "3rd"));
    let suffix = if suffix && words.len() > 2 { words.pop() } else { None };
    let first = words.iter().rposition(|word| !are_initials(word)).map_or(0, |last| last + 1);
    if first == 0 || first >= words.len() || are_initials(words[0]) && first > 1 {
        return values::person(text);
    }
    let mut name = format!("{}, {}", words[..first].join(" "), words[first..].join(" "));
    if let Some(suffix) = suffix {
        name.push_str(", ");
        name.push_str(suffix);
    }
    name
}

fn spaced_commas(given: &str) -> String {
    given.split(',').map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn are_initials(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = word.chars().all(|c| c.is_uppercase() || matches!(c, '.' | '-'));
    capitals && (1..=4).contains(&letters) && (letters <= 3 || word.contains('.'))
}

/// Tells whether a value is pages at all: a number, a range, an article number, roman numerals.
pub(super) fn looks_like_pages(text: &str) -> bool {
    let text = text.trim();
    let roman = text.bytes().all(|b| b"ivxlcIVXLC-".contains(&b));
    text.len() <= 60 && (text.bytes().any(|b| b.is_ascii_digit()) || !text.is_empty() && roman)
}

/// A subject heading: the mark of a main topic stands behind what it marks (`*Software` → `Software*`,
/// `Information Storage and Retrieval/*methods` → `Information Storage and Retrieval/methods*`).
pub(super) fn heading(text: &str) -> String {
    let text = values::line(&plain(text));
    let text = text.trim_end_matches([';', ',']);
    if !text.contains('*') {
        return text.to_owned();
    }
    let parts = text.split('/').map(|part| match part.trim_start().strip_prefix('*') {
        Some(part) => format!("{}*", part.trim().trim_end_matches('*')),
        None => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// An abstract: clean paragraphs, one for each labelled section (`BACKGROUND: …`).
pub(super) fn abstract_text(text: &str) -> String {
    let text = plain(text);
    let mut paragraphs: Vec<&str> = Vec::new();
    for paragraph in text.split("\n\n") {
        let mut from = 0;
        for at in label_starts(paragraph) {
            if at > from {
                paragraphs.push(&paragraph[from..at]);
                from = at;
            }
        }
        paragraphs.push(&paragraph[from..]);
    }
    values::paragraphs(paragraphs)
}

/// Where labels in capitals stand at the beginning of a sentence; where the text begins with a usual label in small
/// letters, where other such labels stand.
fn label_starts(text: &str) -> Vec<usize> {
    let first = text.trim_start().split(':').next().unwrap_or_default();
    let small_letters = is_usual_label(first);
    let mut starts = Vec::new();
    for (at, _) in text.match_indices(':') {
        // A label has at most some forty letters; look back to the end of the sentence before it.
        let mut begin = at.saturating_sub(48);
        while !text.is_char_boundary(begin) {
            begin += 1;
        }
        let window = text.get(begin..at).unwrap_or_default();
        let start = window.rfind(['.', '?', '!', ')', ']', '\n']).map(|i| i + 1);
        let start = match start {
            Some(start) => begin + start,
            None if begin == 0 => 0,
            None => continue,
        };
        let label = text.get(start..at).unwrap_or_default();
        let trimmed = label.trim();
        let spaced = start == 0 || label.starts_with(char::is_whitespace);
        let capitals = trimmed.chars().filter(|c| c.is_uppercase()).count() >= 4
            && !trimmed.chars().any(char::is_lowercase)
            && !trimmed.chars().any(|c| c.is_ascii_digit());
        let followed = text.get(at + 1..).is_some_and(|rest| rest.starts_with(char::is_whitespace));
        if spaced && followed && (capitals || small_letters && is_usual_label(trimmed)) {
            starts.push(start + (label.len() - label.trim_start().len()));
        }
    }
    starts
}

fn is_usual_label(text: &str) -> bool {
    const LABELS: &[&str] = &[
        "background",
        "introduction",
        "objective",
        "objectives",
        "aim",
        "aims",
        "purpose",
        "context",
        "setting",
        "design",
        "study design",
        "methods",
        "method",
        "materials and methods",
        "methods and materials",
        "participants",
        "patients",
        "subjects",
        "intervention",
        "interventions",
        "measurements",
        "main outcome measures",
        "outcome measures",
        "main outcome measure",
        "results",
        "findings",
        "discussion",
        "conclusion",
        "conclusions",
        "interpretation",
        "limitations",
        "background and objectives",
        "background and aims",
        "methods and results",
        "data sources",
        "study selection",
        "data extraction",
        "data synthesis",
        "implications",
        "originality/value",
        "summary",
        "funding",
        "methods and findings",
        "background & aims",
        "research design",
        "practical implications",
        "design/methodology/approach",
        "research limitations/implications",
        "social implications",
        "purpose of review",
        "recent findings",
        "aims and objectives",
        "relevance to clinical practice",
        "aim of the study",
    ];
    // The longest of them has 36 letters; what stands before the first colon may be the whole text.
    let text = text.trim();
    text.len() <= 40 && LABELS.contains(&text.to_lowercase().as_str())
}

/// Whether the source cut the text off.
pub(super) fn is_cut_off(text: &str) -> bool {
    let tail = text.trim_end();
    tail.ends_with('…')
        || tail.ends_with("...")
        || memchr::memmem::find(tail.as_bytes(), b"(ABSTRACT TRUNCATED").is_some()
}

/// An abstract and the statement of rights that publishers put behind it.
pub(super) fn without_copyright(text: &str) -> (&str, &str) {
    let start = ["Copyright ", "©", "(c) ", "(C) "].iter().filter_map(|sign| text.rfind(sign)).min();
    match start.map(|at| text.split_at(at)) {
        Some((before, rights))
            if rights.len() <= 250 && values::year(rights).is_some() && !before.trim().is_empty() =>
        {
            (before.trim_end(), rights)
        }
        _ => (text, ""),
    }
}
