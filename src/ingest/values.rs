//! Cleaning of single values, the same for every reader: identifiers with their check digits, years, names,
//! languages, item types, titles and white space.
//!
//! Pure functions from text to a value or nothing. They do *not* decide which field a value belongs to.

mod identifiers;
mod iso639;
mod kinds;
mod language;
mod names;
pub(crate) mod pages;

use unicode_normalization::UnicodeNormalization;

use crate::record::Record;

pub use identifiers::{Isbn, add_isbn, doi, isbn, issn, pmcid, pmid};
pub use kinds::item_type;
pub use language::language;
pub(crate) use language::language_name;
pub use names::{looks_corporate, person};

/// One line of text: white space of every kind folded to single spaces, control and zero-width characters removed,
/// composed to NFC.
pub fn line(text: &str) -> String {
    // Most text is as it should be.
    if is_line(text.as_bytes()) {
        return text.to_owned();
    }
    // Composing is what takes the time, and most text is ASCII.
    if text.is_ascii() { fold_space(text.chars(), text.len()) } else { fold_space(text.nfc(), text.len()) }
}

/// Whether these are printable ASCII characters with single spaces between them.
fn is_line(bytes: &[u8]) -> bool {
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return true };
    // Without a way out of the loops, the compiler looks at many bytes at once.
    let printable = bytes.iter().fold(true, |all, byte| all & matches!(byte, 0x20..=0x7e));
    let spaced = bytes.iter().zip(&bytes[1..]).fold(false, |any, (a, b)| any | ((*a == b' ') & (*b == b' ')));
    printable && !spaced && *first != b' ' && *last != b' '
}

fn fold_space(chars: impl Iterator<Item = char>, size: usize) -> String {
    let mut out = String::with_capacity(size);
    let mut gap = false;
    for c in chars {
        if c.is_whitespace() {
            gap = true;
        } else if !is_invisible(c) {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        }
    }
    out
}

/// Running text: every paragraph as one [`line()`], paragraphs separated by a blank line, empty ones left out.
pub fn paragraphs<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for part in parts {
        let part = line(part);
        if out.is_empty() {
            out = part;
        } else if !part.is_empty() {
            out.push_str("\n\n");
            out.push_str(&part);
        }
    }
    out
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// A title: one line, cataloguing punctuation resolved (`" : "` → `": "`, a trailing `/` removed).
pub fn title(text: &str) -> String {
    let mut text = line(text);
    if memchr::memchr2(b':', b';', text.as_bytes()).is_some() {
        text = text.replace(" : ", ": ").replace(" ; ", "; ");
    }
    let text = text.strip_suffix(" /").or_else(|| text.strip_suffix(" :")).unwrap_or(&text);
    text.trim().to_owned()
}

/// A title for a text that has none: its first sentence without the full stop, cut between words to about 120 characters,
/// with an ellipsis where it was cut. A first sentence of one or two words ("Background.") takes the next one with it.
pub fn derived_title(text: &str) -> String {
    const LENGTH: usize = 120;
    // A text may be of any size; a title needs no more than its beginning.
    let head: String = text.trim_start().split("\n\n").next().unwrap_or("").chars().take(4 * LENGTH).collect();
    let sentences = crate::passage::sentences(&head);
    let words_until = |end: usize| head[..end].split_whitespace().count();
    let end = sentences.iter().map(|s| s.end).find(|end| words_until(*end) > 2).unwrap_or(head.len());
    let sentence = line(&head[..end]);
    if sentence.chars().count() <= LENGTH {
        return sentence.strip_suffix(['.', '。']).unwrap_or(&sentence).to_owned();
    }
    let cut: String = sentence.chars().take(LENGTH).collect();
    let words = match cut.rfind(' ') {
        Some(at) if !sentence[cut.len()..].starts_with(' ') => &cut[..at],
        _ => &cut,
    };
    format!("{}…", words.trim_end_matches([',', ';', ':', '.', '-', '–', '—', ' ', '…']))
}

/// The first plausible year of publication (1400 to 2099) in a date as printed: `c1998`, `[1994?]`, `1997/8`, `12 May 2001`,
/// `20010512`. Digits that are part of a longer number are not a year, but for eight-digit dates.
pub fn year(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !bytes[i].is_ascii_digit() {
            i += 1;
            continue;
        }
        let run = bytes[i..].iter().take_while(|b| b.is_ascii_digit()).count();
        if run == 4 || run == 8 {
            let year: i32 = text[i..i + 4].parse().ok()?;
            let date_like = run == 4 || {
                let month: u32 = text[i + 4..i + 6].parse().ok()?;
                let day: u32 = text[i + 6..i + 8].parse().ok()?;
                (0..=12).contains(&month) && day <= 31
            };
            if (1400..=2099).contains(&year) && date_like {
                return Some(year);
            }
        }
        i += run;
    }
    None
}

/// Sets the year from a date, and keeps the date as printed where it says more or otherwise than the year.
pub fn set_date(record: &mut Record, text: &str) {
    let text = line(text);
    if text.is_empty() {
        return;
    }
    let year = year(&text);
    if record.year.is_none() {
        record.year = year;
    }
    if record.date.is_none() && year.is_none_or(|y| text != y.to_string()) {
        record.date = Some(text);
    }
}

/// Appends a value unless it is empty or already there.
pub fn push_new(list: &mut Vec<String>, value: String) {
    if !value.is_empty() && !list.contains(&value) {
        list.push(value);
    }
}
