//! Where sentences end by UAX #29, found fast in the letters and marks that English texts are made of.
//!
//! `unicode-segmentation` looks every character up in a table, which took longer than finding the words of a query in the
//! same text. Here a line of ASCII, Latin-1 letters and typographic quotes and dashes is only looked at around its full
//! stops; any other line, and one with a carriage return, is left to the library. Both agree, see the test. It does *not* know abbreviations.

use unicode_segmentation::UnicodeSegmentation;

/// The ends of the sentences of a text, in bytes; the last is that of the text.
pub(crate) fn ends(text: &str) -> Vec<usize> {
    let mut out = Vec::new();
    let mut from = 0;
    // A line feed always ends a sentence.
    for line in text.split_inclusive('\n') {
        let known = |c| Kind::of(c).is_some();
        match memchr::memchr(b'\r', line.as_bytes()).is_none() && (line.is_ascii() || line.chars().all(known)) {
            true => ends_of_line(line, from, &mut out),
            false => out.extend(line.split_sentence_bound_indices().map(|(at, piece)| from + at + piece.len())),
        }
        from += line.len();
    }
    out
}

/// The values of the property Sentence_Break that are told apart here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    FullStop,
    Term,
    Lower,
    Upper,
    Numeric,
    Close,
    Space,
    Continue,
    Feed,
    Other,
}

impl Kind {
    /// The kind of a character; nothing for those that only the library knows.
    fn of(c: char) -> Option<Kind> {
        Some(match c {
            '.' => Kind::FullStop,
            '!' | '?' => Kind::Term,
            'a'..='z' | 'ß'..='ö' | 'ø'..='ÿ' => Kind::Lower,
            'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' => Kind::Upper,
            '0'..='9' => Kind::Numeric,
            '"' | '\'' | '(' | ')' | '[' | ']' | '{' | '}' | '‘' | '’' | '“' | '”' => Kind::Close,
            ' ' | '\t' | '\u{b}' | '\u{c}' => Kind::Space,
            ',' | '-' | ':' | ';' | '–' | '—' => Kind::Continue,
            '\n' => Kind::Feed,
            c if c.is_ascii() => Kind::Other,
            '£' | '§' | '°' | '±' | '×' | '÷' | '•' | '€' => Kind::Other,
            _ => return None,
        })
    }
}

/// The first character of a text, with its kind.
fn first(text: &str) -> Option<(Kind, usize)> {
    let c = text.chars().next()?;
    Some((Kind::of(c).unwrap_or(Kind::Other), c.len_utf8()))
}

/// Moves on over all characters of a kind.
fn skip(line: &str, mut at: usize, kind: Kind) -> usize {
    while let Some((found, len)) = first(&line[at..])
        && found == kind
    {
        at += len;
    }
    at
}

/// The rules of UAX #29 in the order of what they look at; `base` is where the line begins.
fn ends_of_line(line: &str, base: usize, out: &mut Vec<usize>) {
    let bytes = line.as_bytes();
    let mut at = 0;
    while let Some(next) = memchr::memchr3(b'.', b'!', b'?', &bytes[at..]) {
        let mark = at + next;
        at = mark + 1;
        let stop = bytes[mark] == b'.';
        if stop {
            let before = line[..mark].chars().next_back().and_then(Kind::of);
            match first(&line[at..]) {
                // SB6
                Some((Kind::Numeric, _)) => continue,
                // SB7
                Some((Kind::Upper, _)) if matches!(before, Some(Kind::Upper | Kind::Lower)) => continue,
                _ => {}
            }
        }
        let after = skip(line, skip(line, at, Kind::Close), Kind::Space);
        match first(&line[after..]) {
            None => break,
            // SB8a
            Some((Kind::Continue | Kind::FullStop | Kind::Term, _)) => continue,
            // SB9 to SB11: the line break belongs to the sentence, and ends it.
            Some((Kind::Feed, _)) => continue,
            _ => {}
        }
        if stop {
            // SB8
            let ends_search = |c: &char| {
                matches!(Kind::of(*c), Some(Kind::Lower | Kind::Upper | Kind::Feed | Kind::FullStop | Kind::Term))
            };
            if line[after..].chars().find(ends_search).and_then(Kind::of) == Some(Kind::Lower) {
                continue;
            }
        }
        out.push(base + after);
        at = after;
    }
    if !line.is_empty() && out.last() != Some(&(base + line.len())) {
        out.push(base + line.len());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_library(text: &str) -> Vec<usize> {
        text.split_sentence_bound_indices().map(|(at, piece)| at + piece.len()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn ends_where_the_library_says(text in "[a-cA-C.!? \"')(0-1,;:\\-\r\n\t’“–—éÉß£%]{0,14}") {
            prop_assert_eq!(ends(&text), by_library(&text));
        }

        #[test]
        fn any_text_too(text in ".{0,40}", line in "[ -~]{0,40}") {
            let text = format!("{text}\n{line}{text}");
            prop_assert_eq!(ends(&text), by_library(&text));
        }
    }

    #[test]
    fn every_character_that_is_known_is_of_its_kind() {
        // Each in all places that a rule looks at.
        for c in (0..0x2100).filter_map(char::from_u32).filter(|c| Kind::of(*c).is_some()) {
            for text in
                ["a.# b", "a# b", "a.b# C", "A#B", "a. #B", "a.#1", "!#a", "a#.B", "1. # a", "1. # A", "a.)#A", "#.A"]
            {
                let text = text.replace('#', &c.to_string());
                assert_eq!(ends(&text), by_library(&text), "{text:?}");
            }
        }
    }
}
