//! Character entities of HTML within values: numbers and all the names of the HTML standard.
//!
//! What is no entity stays as it is. Tags are *not* looked at.

use std::borrow::Cow;

/// Decodes every entity once.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(start) = text[at..].find('&').map(|i| at + i) {
        let name = &text[start + 1..];
        let len = name.bytes().take(33).take_while(|b| b.is_ascii_alphanumeric() || *b == b'#').count();
        at = start + 1;
        if name.as_bytes().get(len) != Some(&b';') {
            continue;
        }
        if let Some(decoded) = one(&name[..len]) {
            out.push_str(&text[from..start]);
            out.push_str(&decoded);
            at = start + len + 2;
            from = at;
        }
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

fn one(name: &str) -> Option<Cow<'static, str>> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        // Windows-1252 numbers are what pages mean by the control characters of 128 to 159.
        if let 128..=159 = code {
            let byte = [u8::try_from(code).ok()?];
            return Some(encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte).0.into_owned().into());
        }
        return Some(char::from_u32(code)?.to_string().into());
    }
    Some(Cow::Borrowed(match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        "nbsp" => "\u{a0}",
        "ndash" => "–",
        "mdash" => "—",
        "lsquo" => "‘",
        "rsquo" => "’",
        "ldquo" => "“",
        "rdquo" => "”",
        "hellip" => "…",
        _ => {
            // The rest of the standard's two thousand names is known to the HTML parser.
            let source = format!("&{name};");
            let parsed = scraper::Html::parse_fragment(&source);
            let text: String = parsed.root_element().text().collect();
            return (text != source && !text.contains('&')).then_some(Cow::Owned(text));
        }
    }))
}
