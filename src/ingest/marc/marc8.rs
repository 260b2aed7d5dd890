//! MARC-8: bytes of 8-bit MARC records → text.
//!
//! Knows the sets of the MARC 21 specification: Basic and Extended Latin (ANSEL), Greek, Cyrillic, Hebrew, Arabic, the small
//! sets of subscripts, superscripts and Greek symbols, and EACC for Chinese, Japanese and Korean. The table is that of the
//! Library of Congress (public domain), in the form pymarc keeps it (BSD-2-Clause); characters that it can only map to the
//! private use area are left out, and reported as undecodable like every byte that no set has.
//!
//! It is deliberately *not* a general ISO 2022 decoder.

use std::collections::HashMap;
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A line a set (by its final byte) or a row of EACC (by its first two bytes): the characters from `0x21` on, a space where
/// there is none.
const TABLE: &str = include_str!("marc8.tsv");

const LATIN: u8 = 0x42;
const ANSEL: u8 = 0x45;
const EACC: u8 = 0x31;

/// Character sets in use: the lower and the upper half of the byte.
#[derive(Debug, Clone, Copy)]
struct Sets {
    lower: u8,
    upper: u8,
}

/// What came of decoding.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) text: String,
    /// How many characters no set has; each stands as U+FFFD in the text.
    pub(super) unknown: usize,
}

fn table() -> &'static HashMap<u32, char> {
    static MAP: OnceLock<HashMap<u32, char>> = OnceLock::new();
    MAP.get_or_init(|| {
        let rows = TABLE.lines().filter_map(|line| line.split_once('\t'));
        let rows = rows.filter_map(|(row, chars)| Some((u32::from_str_radix(row, 16).ok()?, chars)));
        rows.flat_map(|(row, chars)| chars.chars().zip(0x21u32..).map(move |(c, code)| (row << 8 | code, c)))
            .filter(|(_, c)| *c != ' ')
            .collect()
    })
}

/// Decodes one field, which always begins in Latin and ANSEL.
pub(super) fn decode(bytes: &[u8]) -> Decoded {
    let mut out = Decoded::default();
    if bytes.is_ascii() && !bytes.contains(&0x1b) {
        out.text = String::from_utf8_lossy(bytes).into_owned();
        return out;
    }
    let mut sets = Sets { lower: LATIN, upper: ANSEL };
    // Diacritics stand before their letter; in Unicode they follow it.
    let mut marks: Vec<char> = Vec::new();
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 4);
    let mut rest = bytes;
    while let [byte, tail @ ..] = rest {
        if *byte == 0x1b {
            rest = escape(tail, &mut sets).unwrap_or(tail);
            continue;
        }
        let (c, after) = character(*byte, tail, sets);
        rest = after;
        match c {
            Some(c) if is_combining_mark(c) => {
                // A pile of marks is damage, and would be sorted by the normalisation below.
                if marks.len() < 8 {
                    marks.push(c);
                }
            }
            Some(c) => {
                text.push(c);
                if !c.is_control() || c == '\u{1f}' {
                    flush(&mut text, &mut marks, c);
                }
            }
            None => {
                out.unknown += 1;
                text.push('\u{fffd}');
            }
        }
    }
    text.extend(marks.drain(..));
    out.text = text.nfc().collect();
    out
}

fn flush(text: &mut String, marks: &mut Vec<char>, base: char) {
    // A delimiter is no letter: the marks before it have lost theirs.
    if base == '\u{1f}' {
        marks.clear();
    }
    text.extend(marks.drain(..));
}

/// One character and what follows it; `None` for a code that no set has.
fn character(byte: u8, tail: &[u8], sets: Sets) -> (Option<char>, &[u8]) {
    let set = if byte < 0x80 { sets.lower } else { sets.upper };
    let code = byte & 0x7f;
    match byte {
        // Control characters and spaces are the same in every set. Joiners and non-sorting marks say nothing to a reader.
        0..=0x20 | 0x7f => return (Some(char::from(byte)), tail),
        0x88 | 0x89 | 0x8d | 0x8e => return (Some('\u{200d}'), tail),
        0x80..=0xa0 | 0xff => return (None, tail),
        _ => {}
    }
    if set == EACC {
        return match tail {
            [second, third, after @ ..] if *second >= 0x20 && *third >= 0x20 => {
                let code = [code, second & 0x7f, third & 0x7f].iter().fold(0, |sum, b| sum << 8 | u32::from(*b));
                (table().get(&code).copied().or_else(|| variant(code)), after)
            }
            // The run ends in the middle of a character: what is left is not its part.
            _ => (None, tail),
        };
    }
    if set == LATIN {
        return (Some(char::from(code)), tail);
    }
    (table().get(&(u32::from(set) << 8 | u32::from(code))).copied(), tail)
}

/// Codes that old systems wrote although the table has no such character; the punctuation they meant is known.
fn variant(code: u32) -> Option<char> {
    Some(match code {
        0x21_203d => '…',
        0x21_2040 => '“',
        0x7f_2014 => '—',
        0x7f_2019 => '’',
        0x7f_2020 => '”',
        0x7f_2122 => '™',
        _ => return None,
    })
}

/// Reads an escape sequence after its first byte; `None` when it is none.
fn escape<'a>(tail: &'a [u8], sets: &mut Sets) -> Option<&'a [u8]> {
    let known = |set: u8| matches!(set, 0x31 | 0x32 | 0x33 | 0x34 | 0x42 | 0x45 | 0x4e | 0x51 | 0x53);
    match tail {
        [b's', rest @ ..] => {
            sets.lower = LATIN;
            Some(rest)
        }
        [set @ (b'g' | b'b' | b'p'), rest @ ..] => {
            sets.lower = *set;
            Some(rest)
        }
        // ANSEL as a set of its own has an exclamation mark in its sequence.
        [b'(' | b',', b'!', set, rest @ ..] | [b'(' | b',', set, rest @ ..] if known(*set) => {
            sets.lower = *set;
            Some(rest)
        }
        [b')' | b'-', b'!', set, rest @ ..] | [b')' | b'-', set, rest @ ..] if known(*set) => {
            sets.upper = *set;
            Some(rest)
        }
        [b'$', b')' | b'-', b'1', rest @ ..] => {
            sets.upper = EACC;
            Some(rest)
        }
        [b'$', b'(' | b',', b'1', rest @ ..] | [b'$', b'1', rest @ ..] => {
            sets.lower = EACC;
            Some(rest)
        }
        _ => None,
    }
}

/// Whether bytes that are not UTF-8 are MARC-8 rather than a legacy encoding: whether what stands for diacritics there
/// stands before letters.
pub(super) fn is_plausible(bytes: &[u8]) -> bool {
    if bytes.contains(&0x1b) {
        return true;
    }
    let (mut good, mut bad) = (0usize, 0usize);
    for (at, byte) in bytes.iter().enumerate() {
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        match byte {
            0xe0..=0xfe if next.is_ascii_alphabetic() => {
                let pair = decode(&[*byte, next]).text;
                // "é" composes, a caron over "r" too; a diaeresis over "b" does not, and is "ñb" in a legacy encoding.
                match pair.chars().count() == 1 {
                    true => good += 2,
                    false => bad += 1,
                }
            }
            // Two marks over one letter are rare; words of other scripts are nothing but such bytes.
            0xe0..=0xfe => match (next, bytes.get(at + 2)) {
                (0xe0..=0xfe, Some(letter)) if letter.is_ascii_alphabetic() => good += 1,
                // A mark without a letter is what real MARC-8 never has.
                _ => bad += 3,
            },
            0x80..=0x87 | 0x8a..=0x8c | 0x8f..=0xa0 | 0xaf | 0xbb | 0xbe | 0xbf | 0xc9..=0xdf | 0xff => bad += 3,
            0xa1..=0xc8 if next < 0x80 => good += 1,
            0xa1..=0xc8 => bad += 1,
            _ => {}
        }
    }
    good >= bad
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        decode(bytes).text
    }

    #[test]
    fn diacritics_precede_their_letter() {
        assert_eq!(text(b"Soci\xe2et\xe2e"), "Soci\u{e9}t\u{e9}");
        assert_eq!(text(b"Dvo\xe9r\xe2ak"), "Dvo\u{159}\u{e1}k");
        assert_eq!(text(b"\xf2\xe3a"), "\u{1ead}");
        assert_eq!(text(b"M\xa8usli \xc7 \xb9"), "M·usli ß £");
    }

    #[test]
    fn other_sets() {
        assert_eq!(text(b"a\x1b(NABC\x1b(Bb"), "aабцb");
        assert_eq!(text(b"\x1b$1\x21\x30\x21\x21\x30\x22\x1b(B."), "一丁.");
        assert_eq!(text(b"H\x1bb2\x1bsO x\x1bp2\x1bs \x1bga\x1bs"), "H₂O x² α");
        assert_eq!(decode(b"\x1b$1\x21\x2a\x21\x21\x1b(Bx").unknown, 2);
    }

    #[test]
    fn broken_sequences_end() {
        for bytes in [&b"\x1b"[..], b"\x1b$", b"\x1b$1!", b"\x1b(", b"\xe2", b"\x1b$1\x1b$1", b"\x1b)!"] {
            let _ = decode(bytes);
        }
    }

    #[test]
    fn legacy_encodings_are_told_apart() {
        assert!(is_plausible(b"Soci\xe2et\xe2e linn\xe2eenne"));
        assert!(!is_plausible(b"Soci\xe9t\xe9 linn\xe9enne de l'\xcele"));
        assert!(!is_plausible(b"\x8f\xe0\xa8\xa2\xa5\xe2, \xac\xa8\xe0"));
        assert!(!is_plausible(b"\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0"));
    }
}
