//! Texts as platforms write them into attributes and values → clean text, and how two texts are compared.

use scraper::Html;
use unicode_normalization::UnicodeNormalization;

use super::dom;
use crate::ingest::values;

/// A text that some platforms print twice in one tag, once.
pub(super) fn once(text: String) -> String {
    let middle = text.len() / 2;
    let from = middle.saturating_sub(2);
    let halves = (from..=middle + 2).filter_map(|at| Some((text.get(..at)?.trim(), text.get(at..)?.trim())));
    match halves.into_iter().find(|(a, b)| a.len() > 40 && a == b) {
        Some((half, _)) => half.to_owned(),
        None => text,
    }
}

/// Drops the word "Abstract" that some sites leave at the beginning.
pub(super) fn without_label(text: &str) -> String {
    let text = text.trim();
    for label in
        ["Abstract", "ABSTRACT", "Summary", "SUMMARY", "Résumé", "Zusammenfassung", "Resumen", "Resumo", "Riassunto"]
    {
        if let Some(rest) = text.strip_prefix(label) {
            // "Abstract services are …" is not labelled.
            if rest.starts_with(['\n', ':', '.', '—', '–']) {
                return rest.trim_start_matches([':', '.', '—', '–', ' ', '\n']).to_owned();
            }
        }
    }
    text.to_owned()
}

/// Text that may hold escaped markup or entities (`&lt;p&gt;`, `<i>`, `&amp;`) → plain text in paragraphs. Text without any
/// keeps its paragraphs; a `<` that begins no tag of a text stays.
pub(super) fn markup(text: &str) -> String {
    const TAGS: &[&str] = &[
        "p",
        "br",
        "div",
        "span",
        "i",
        "b",
        "u",
        "em",
        "strong",
        "sup",
        "sub",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "a",
        "italic",
        "bold",
        "title",
        "sec",
        "font",
        "section",
        "small",
        "blockquote",
        "abstract",
    ];
    let mut text = text.to_owned();
    // Twice: some platforms escape what was escaped.
    for _ in 0..2 {
        let entity = text.split('&').skip(1).any(|rest| {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '#')).unwrap_or(rest.len());
            (2..=10).contains(&end) && rest[end..].starts_with(';')
        });
        let tag = text.split('<').skip(1).any(|rest| {
            let rest = rest.strip_prefix('/').unwrap_or(rest);
            let rest = rest.strip_prefix("jats:").unwrap_or(rest);
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            TAGS.iter().any(|tag| rest[..end].eq_ignore_ascii_case(tag)) && rest[end..].contains('>')
        });
        if !entity && !tag {
            break;
        }
        let source = if tag {
            text.replace("<jats:", "<").replace("</jats:", "</").replace("<title", "<h4").replace("</title", "</h4")
        } else {
            // Entities only: a line break between paragraphs must survive the parser.
            text.replace('<', "&lt;").replace("\n\n", "<p>")
        };
        let html = Html::parse_fragment(&source);
        text = labelled(&dom::blocks(html.root_element()));
    }
    values::paragraphs(text.split("\n\n"))
}

/// Blocks → text in which a short heading stands before its paragraph: `Background: …`.
pub(super) fn labelled(blocks: &[dom::Block]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut label: Option<&str> = None;
    for block in blocks {
        if block.heading.is_some() && block.text.split_whitespace().count() <= 6 {
            if let Some(lone) = label.replace(&block.text) {
                parts.push(lone.to_owned());
            }
            continue;
        }
        match label.take() {
            Some(label) => parts.push(format!("{}: {}", label.trim_end_matches([':', '.']), block.text)),
            None => parts.push(block.text.clone()),
        }
    }
    parts.extend(label.map(str::to_owned));
    parts.join("\n\n")
}

/// Whether two values are the same but for case, diacritics, punctuation and white space.
pub(super) fn same(a: &str, b: &str) -> bool {
    a == b || fold(a) == fold(b)
}

/// A value without case, diacritics, punctuation and white space; what has no letter or digit stays as it is.
pub(super) fn fold(text: &str) -> String {
    // Most text is ASCII, and normalisation is what takes the time.
    if text.is_ascii() {
        let folded: String =
            text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| char::from(b.to_ascii_lowercase())).collect();
        return if folded.is_empty() { text.to_owned() } else { folded };
    }
    let folded: String = text.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if folded.is_empty() { text.to_owned() } else { folded }
}

/// Appends a value that says something new.
pub(super) fn push_distinct(list: &mut Vec<String>, value: String) {
    if !value.is_empty() && !list.iter().any(|old| same(old, &value)) {
        list.push(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_resolved_and_mathematics_kept() {
        assert_eq!(markup("<p>One &amp; two</p><p>Three</p>"), "One & two\n\nThree");
        assert_eq!(markup("&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;"), "One\n\nTwo");
        assert_eq!(markup("p<0.05 and n < x"), "p<0.05 and n < x");
        assert_eq!(markup("R&D; costs &amp; benefits, p<a"), "R&D; costs & benefits, p<a");
        assert_eq!(markup("<jats:sec><jats:title>Aim</jats:title><jats:p>To see.</jats:p></jats:sec>"), "Aim: To see.");
        assert_eq!(markup("One\n\nTwo"), "One\n\nTwo");
    }

    #[test]
    fn second_copies_go() {
        let text = "Waiting is a price that is paid in time, not in money.";
        assert_eq!(once(format!("{text} {text}")), text);
        assert_eq!(once(text.to_owned()), text);
        assert_eq!(once("é".repeat(15)), "é".repeat(15));
    }
}
