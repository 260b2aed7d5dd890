//! The punctuation of cataloguing rules (ISBD, AACR2), taken off values: it stands before the *next* element and says
//! nothing about this one.

use std::borrow::Cow;

use crate::ingest::{html, values};

/// One line of clean text: entities and markup resolved, white space folded.
pub(crate) fn line(text: &str) -> String {
    values::line(&plain(text))
}

/// Running text in paragraphs, labelled sections each in one of their own.
pub(crate) fn running(text: &str) -> String {
    let text = plain(text);
    if !text.contains('\n') {
        return values::paragraphs(sections(&text));
    }
    values::paragraphs(text.split("\n\n").flat_map(sections))
}

fn plain(text: &str) -> Cow<'_, str> {
    // Looking for markup costs more than the rest; nearly no value has any.
    match memchr::memchr2(b'&', b'<', text.as_bytes()).is_some() {
        true => Cow::Owned(html::clean_markup(text)),
        false => Cow::Borrowed(text),
    }
}

/// Splits "BACKGROUND: … METHODS: …" before its labels, when there are several.
fn sections(text: &str) -> Vec<&str> {
    const LABELS: &[&str] = &[
        "BACKGROUND",
        "INTRODUCTION",
        "CONTEXT",
        "AIM",
        "AIMS",
        "OBJECTIVE",
        "OBJECTIVES",
        "PURPOSE",
        "DESIGN",
        "SETTING",
        "METHOD",
        "METHODS",
        "PARTICIPANTS",
        "PATIENTS",
        "INTERVENTION",
        "INTERVENTIONS",
        "MEASURES",
        "RESULT",
        "RESULTS",
        "FINDINGS",
        "CONCLUSION",
        "CONCLUSIONS",
        "DISCUSSION",
        "IMPLICATIONS",
        "LIMITATIONS",
        "SUMMARY",
        "ORIGINALITY",
    ];
    let mut starts: Vec<usize> = Vec::new();
    for (colon, _) in text.match_indices(':') {
        let before = text.get(..colon).unwrap_or("");
        let words = |c: char| c.is_ascii_uppercase() || matches!(c, ' ' | '/' | '&' | ',' | '-');
        let start = before.rfind(|c| !words(c)).map_or(0, |at| at + before.get(at..).map_or(1, first_len));
        let label = before.get(start..).unwrap_or("");
        let start = start + (label.len() - label.trim_start().len());
        let label = label.trim();
        let is_known = label.split([' ', '/', '&', ',']).any(|word| LABELS.contains(&word));
        let begins =
            start == 0 || text.get(..start).unwrap_or("").trim_end().ends_with(['.', ';', '?', '!', ')', '%', ']']);
        if is_known && begins && label.len() < 60 {
            starts.push(start);
        }
    }
    if starts.len() < 2 {
        return vec![text];
    }
    let mut parts = Vec::new();
    let mut from = 0;
    for start in starts.into_iter().filter(|s| *s > 0) {
        parts.push(text.get(from..start).unwrap_or(""));
        from = start;
    }
    parts.push(text.get(from..).unwrap_or(""));
    parts
}

fn first_len(text: &str) -> usize {
    text.chars().next().map_or(1, char::len_utf8)
}

/// A value without the separators that introduce the next one, and without a full stop that ends the field.
pub(crate) fn value(text: &str) -> String {
    let text = line(text);
    let mut text = separators(&text);
    if !keeps_stop(text) {
        text = separators(text.strip_suffix(['.', '．', '。']).unwrap_or(text));
    }
    text.to_owned()
}

/// A value without closing separators; a full stop stays.
pub(crate) fn separators(text: &str) -> &str {
    let text = text.trim_end_matches([' ', '/', ':', ';', ',', '=', '+', '、', '،', '؛', '，', '：', '；', '／', '＝']);
    // "Title …/Author" is not a separator, but "and/" never is anything else.
    text.trim_start_matches([' ', ':', ';', ',', '=', '/', '：', '；', '，', '／', '＝'])
}

/// A value without the brackets around all of it, or the half of a pair whose other half is missing.
pub(crate) fn unwrapped(text: &str) -> &str {
    let text = text.trim();
    let (opens, closes) = (text.matches('(').count(), text.matches(')').count());
    match (text.strip_prefix('('), text.strip_suffix(')')) {
        (Some(rest), Some(_)) if opens == 1 && closes == 1 => rest.strip_suffix(')').unwrap_or(rest).trim(),
        (Some(rest), _) if opens > closes => rest.trim(),
        (_, Some(rest)) if closes > opens => rest.trim(),
        _ => text,
    }
}

/// A title without its first article, as it is filed.
pub(crate) fn without_article(title: &str) -> &str {
    ["The ", "A ", "An ", "Der ", "Die ", "Das ", "Le ", "La ", "Les ", "L'", "Il ", "El ", "Los ", "Las "]
        .iter()
        .find_map(|article| title.strip_prefix(article))
        .unwrap_or(title)
}

/// A publisher, place or date: without separators and without the brackets of what the cataloguer supplied, where they
/// enclose everything or their other half is missing.
pub(crate) fn supplied(text: &str) -> String {
    let mut text = value(text);
    for (open, close) in [('[', ']'), ('(', ')')] {
        let opens = text.matches(open).count();
        let closes = text.matches(close).count();
        let encloses = text.starts_with(open) && text.ends_with(close) && opens == 1 && closes == 1;
        if encloses || opens != closes {
            let inner = text.trim_start_matches(open);
            let inner = if encloses || closes > opens { inner.trim_end_matches(close) } else { inner };
            text = inner.to_owned();
        }
    }
    let text = value(&text);
    text.strip_suffix('?').map(str::to_owned).unwrap_or(text)
}

/// Whether a full stop at the end belongs to the last word: an abbreviation, an initial, an ellipsis.
fn keeps_stop(text: &str) -> bool {
    const ABBREVIATIONS: &[&str] = &[
        "inc", "ltd", "co", "corp", "bros", "jr", "sr", "dr", "mr", "mrs", "ms", "prof", "rev", "st", "etc", "al",
        "ed", "eds", "rev", "vol", "vols", "no", "nos", "pt", "pts", "p", "pp", "cm", "mm", "ill", "illus", "col",
        "dept", "govt", "univ", "assoc", "esq", "hon", "gen", "bk", "bd", "jg", "aufl", "hrsg", "verl", "mass", "conn",
        "calif", "mich", "minn", "wash", "ont", "fla", "ill", "ind", "pa", "va", "tex", "tenn", "ariz", "colo", "wis",
        "cie", "repr", "abbr", "abr", "enl", "augm", "wm", "geo", "chas", "thos", "jas", "jos", "edw", "bart", "d.c",
        "u.s", "min", "sec", "approx", "ca", "introd", "suppl", "fasc", "ser", "transl", "orig", "anon", "plc", "mfg",
        "pub", "pubs", "publ", "intl", "diss", "phil", "arch", "bul", "bull", "ser", "nov", "dec", "jan", "feb", "aug",
        "sept", "oct",
    ];
    let Some(body) = text.strip_suffix('.') else { return false };
    if body.ends_with('.') {
        return true;
    }
    let word = body.rsplit([' ', '\u{a0}', '(', '[', '-', '"', '&', '.']).next().unwrap_or(body);
    let has_inner_stop = body.rsplit([' ', '(', '[']).next().is_some_and(|last| {
        // "U.S." and "Ph.D." are abbreviations, "www.a.org." and "1.5." are not.
        last.contains('.')
            && last.split('.').all(|part| part.chars().count() <= 2)
            && !last.chars().any(|c| c.is_ascii_digit())
    });
    let lower = word.to_lowercase();
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    has_inner_stop || is_initial || ABBREVIATIONS.contains(&lower.as_str()) || word.ends_with("Ph")
}

/// A title made of a part and what follows it.
pub(crate) fn title(text: &str) -> String {
    let text = line(text);
    let text = values::title(separators(&text));
    let text = text.strip_suffix(" /").unwrap_or(&text);
    // The stop of the field may stand within closing quotation marks.
    if let Some((body, quote)) =
        [".\"", ".'", ".”", ".’"].iter().find_map(|end| Some((text.strip_suffix(end)?, end.get(1..)?)))
        && !keeps_stop(&format!("{body}."))
    {
        return format!("{body}{quote}");
    }
    let stop = text.ends_with(['.', '．', '。']) && !keeps_stop(text);
    if stop { text.strip_suffix(['.', '．', '。']).unwrap_or(text).trim_end().to_owned() } else { text.to_owned() }
}

/// What two forms of the same words have in common: letters and digits, without case.
pub(crate) fn key(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_stops() {
        for (given, expected) in [
            ("Gatewood, Willard B.", "Gatewood, Willard B."),
            ("Brand, Max,", "Brand, Max"),
            ("A history of nursing.", "A history of nursing"),
            ("And so on...", "And so on..."),
            ("Macmillan Co.,", "Macmillan Co."),
            ("Washington, D.C. :", "Washington, D.C."),
            ("2nd ed.", "2nd ed."),
            ("Perl (Computer program language).", "Perl (Computer program language)"),
            ("Mental health /", "Mental health"),
        ] {
            assert_eq!(value(given), expected);
        }
        assert_eq!(supplied("[London]:"), "London");
        assert_eq!(supplied("[Boston, Mass."), "Boston, Mass.");
        assert_eq!(supplied("Elsevier [u.a.]"), "Elsevier [u.a.]");
    }

    #[test]
    fn labels_begin_paragraphs() {
        assert_eq!(
            running("BACKGROUND: One. AIMS AND METHODS: Two (n=3). RESULTS: 5%."),
            "BACKGROUND: One.\n\nAIMS AND METHODS: Two (n=3).\n\nRESULTS: 5%."
        );
        assert_eq!(running("The NHS AIM: a view"), "The NHS AIM: a view");
    }
}
