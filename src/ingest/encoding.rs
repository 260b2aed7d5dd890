//! Bytes → text: byte-order mark, then declaration, then UTF-8 if valid, then detection.
//!
//! It does *not* look at formats; a reader that knows of a declaration (an HTML `meta charset`) hands it in.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Decodes a whole input. `declared` is the label the input itself gives (`windows-1252`, `utf-8`); a label that the bytes
/// contradict (declared UTF-8, but not valid UTF-8) is not believed. Malformed sequences become U+FFFD, never an error.
pub fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> Cow<'a, str> {
    if let Some((encoding, skip)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[skip..]).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let legacy = declared.and_then(|label| Encoding::for_label(label.as_bytes()));
        // ISO-2022-JP is ASCII bytes only; every other legacy declaration over valid UTF-8 is a mistake of the page.
        match legacy {
            Some(encoding) if encoding == encoding_rs::ISO_2022_JP => {}
            _ => return Cow::Borrowed(text),
        }
    }
    let encoding = declared
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        .filter(|encoding| *encoding != UTF_8)
        .unwrap_or_else(|| guess(bytes));
    encoding.decode_without_bom_handling(bytes).0
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    // A mostly-UTF-8 file with a few broken bytes is still UTF-8: a legacy reading would damage every accent in it.
    let (text, broken) = UTF_8.decode_without_bom_handling(bytes);
    if broken {
        let bad = text.matches('\u{fffd}').count();
        let good = text.chars().filter(|c| !c.is_ascii() && *c != '\u{fffd}').count();
        if good > 4 * bad {
            return UTF_8;
        }
    }
    legacy(bytes)
}

/// The legacy encoding that bytes which are not UTF-8 look like.
pub(crate) fn legacy(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    // Western texts differ between the ISO 8859 family and Windows-1252 only in characters that the former does not print.
    if encoding.name().starts_with("ISO-8859-1") { WINDOWS_1252 } else { encoding }
}
