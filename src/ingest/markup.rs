//! The markup of HTML and JATS within values, taken off: for every format whose values may hold some.
//!
//! Entities are decoded, also where both were escaped once more on the way. An angle bracket that begins no tag of these
//! vocabularies is text. Whole pages are *not* read here, see [`super::html`].

use std::borrow::Cow;

/// Text without markup, `block` between two blocks.
pub(super) fn plain<'a>(text: &'a str, block: &str) -> Cow<'a, str> {
    match without_markup(text) {
        Cow::Owned(text) if text.bytes().any(|b| char::from(b) == BREAK || char::from(b) == HEADING) => {
            Cow::Owned(text.replace(HEADING, "").replace(BREAK, block))
        }
        text => text,
    }
}

/// Divides blocks of text in the working form of [`without_markup`].
pub(super) const BREAK: char = '\u{1}';

/// Marks the block before the next [`BREAK`] as a heading.
pub(super) const HEADING: char = '\u{2}';

/// Text without the tags of HTML and JATS and with entities decoded, also where both were escaped once more on the way.
/// Blocks are divided by [`BREAK`]. An angle bracket that begins no tag of these vocabularies is text (`p < 0.05`).
pub(super) fn without_markup(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..3 {
        if memchr::memchr2(b'<', b'&', text.as_bytes()).is_none() {
            break;
        }
        let stripped = without_tags(&text);
        let changed = stripped.is_some();
        let stripped = stripped.unwrap_or_else(|| text.clone().into_owned());
        let decoded = super::entities::decode(&stripped).into_owned();
        if !changed && decoded == stripped {
            break;
        }
        text = Cow::Owned(decoded);
    }
    text
}

/// `None` when there is no tag.
fn without_tags(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut from = 0;
    let mut at = 0;
    let mut changed = false;
    while let Some(open) = text[at..].find('<').map(|i| at + i) {
        let Some(tag) = tag_at(&text[open..]) else {
            at = open + 1;
            continue;
        };
        changed = true;
        out.push_str(&text[from..open]);
        at = open + tag.len;
        from = at;
        match tag.kind {
            Kind::Inline => {}
            Kind::Block => out.push(BREAK),
            Kind::Heading if tag.closes => out.extend([HEADING, BREAK]),
            Kind::Heading => out.push(BREAK),
            // The formula stands beside it in a form that can be read.
            Kind::Hidden if !tag.closes => match text[at..].find("</").map(|i| at + i) {
                Some(end) => {
                    at = end;
                    from = end;
                }
                None => {
                    at = text.len();
                    from = at;
                }
            },
            Kind::Hidden => {}
        }
    }
    if !changed {
        return None;
    }
    out.push_str(&text[from..]);
    Some(out)
}

struct Tag {
    len: usize,
    kind: Kind,
    closes: bool,
}

enum Kind {
    Inline,
    Block,
    Heading,
    Hidden,
}

fn tag_at(text: &str) -> Option<Tag> {
    // The longest tag of these vocabularies is an inline link; anything longer is text.
    const LONGEST: usize = 1500;
    let bytes = text.as_bytes();
    let closes = bytes.get(1) == Some(&b'/');
    let start = 1 + usize::from(closes);
    let name_len = bytes[start.min(bytes.len())..]
        .iter()
        .take(40)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-'))
        .count();
    let name = text.get(start..start + name_len)?;
    if !matches!(bytes.get(start + name_len), Some(b'>' | b'/' | b' ' | b'\n' | b'\t' | b'\r')) {
        return None;
    }
    // A bracket within is a sign of comparison before it: `n <b and p <i>`.
    let end = 1 + bytes.iter().skip(1).take(LONGEST).position(|b| matches!(b, b'>' | b'<'))?;
    if bytes.get(end) != Some(&b'>') {
        return None;
    }
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let local = local.to_ascii_lowercase();
    let kind = match local.as_str() {
        "p" | "br" | "div" | "li" | "sec" | "list-item" | "tr" | "dt" | "dd" | "section" | "blockquote" | "ul"
        | "ol" | "list" | "abstract" | "table" | "hr" | "abstracttext" | "body" | "html" | "dl" => Kind::Block,
        "title" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Kind::Heading,
        "tex-math" | "annotation" | "script" | "style" => Kind::Hidden,
        "i" | "b" | "em" | "strong" | "sub" | "sup" | "u" | "sc" | "scp" | "small" | "tt" | "span" | "italic"
        | "bold" | "underline" | "label" | "inline-formula" | "disp-formula" | "xref" | "ext-link" | "email"
        | "uri" | "a" | "font" | "named-content" | "styled-content" | "monospace" | "alternatives" | "center"
        | "td" | "th" | "tbody" | "thead" | "inf" | "code" | "pre" | "cite" | "q" | "abbr" | "strike" | "overline"
        | "roman" | "sans-serif" | "s" | "del" | "ins" | "mark" | "wbr" | "big" | "nobr" | "math"
        | "inline-graphic" | "img" | "article-title" | "o" | "jats" => Kind::Inline,
        _ if matches!(prefix, "mml" | "jats" | "m" | "xhtml" | "html" | "ce" | "w" | "o") => Kind::Inline,
        _ => return None,
    };
    Some(Tag { len: end + 1, kind, closes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup() {
        for (text, expected) in [
            ("H<sub>2</sub>O &amp;amp; p < 0.05", "H2O & p < 0.05"),
            ("n<b and <5 &lt;i&gt;x&lt;/i&gt; &nosuch; &eacute;&#x2013;&#8211;", "n<b and <5 x &nosuch; é––"),
            ("<scp>NHS</scp> a&nbsp;b <mml:mi>x</mml:mi>", "NHS a b x"),
        ] {
            assert_eq!(plain(text, " ").replace('\u{a0}', " "), expected);
        }
    }
}
