//! Bytes → a parsed page: the encoding the page declares, a cap on nesting, and whether the file is whole.
//!
//! One lexical pass over the decoded text comes before the parser. It finds out whether the file was cut off, and it
//! takes out what would make the parser quadratic: html5ever looks through all open elements at every tag, so the tags of
//! elements nested deeper than [`MAX_DEPTH`] are dropped (their text stays), and tags with absurdly many attributes too.
//! It does *not* judge what the page is about.

use std::borrow::Cow;

use scraper::Html;

use crate::ingest::encoding;

/// Elements nested deeper than this lose their tags. Browsers cap the tree at 512; real pages stay below 100.
const MAX_DEPTH: usize = 256;
/// Formatting elements (`b`, `font`, …) that stay open are opened again in every later paragraph, so that fewer of them
/// are let through.
const MAX_FORMATTING: usize = 8;
/// A tag with more attributes than this is dropped: the parser compares each with all before it.
const MAX_ATTRIBUTES: usize = 256;
/// How far into the file a declaration of the encoding is looked for.
const DECLARATION_BYTES: usize = 8 * 1024;
/// How much of a page's tags is kept beside its tree.
const MAX_TAGS: usize = 1024 * 1024;

/// A page, parsed.
#[derive(Debug)]
pub(super) struct Page {
    /// The tree.
    pub(super) html: Html,
    /// The opening tags and comments in small letters, unless they are very long: what stands in none of them cannot match.
    pub(super) tags: Option<String>,
    /// Where the file breaks off, if it does: `"inside a tag"`, …
    pub(super) cut: Option<&'static str>,
    /// The address in the comment that browsers put into saved pages.
    pub(super) saved_from: Option<String>,
}

impl Page {
    /// Decodes and parses a whole file.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let text = encoding::decode(bytes, declared(bytes).as_deref());
        let scan = scan(&text);
        let html = Html::parse_document(&scan.text);
        Page { html, tags: scan.tags, cut: scan.cut, saved_from: saved_from(&text) }
    }
}

/// The encoding label that the page itself gives, in a `meta` element or an XML declaration.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = bytes[..bytes.len().min(DECLARATION_BYTES)].to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head);
    let xml = head.trim_start().strip_prefix("<?xml").and_then(|rest| rest.split("?>").next());
    let label = xml.and_then(|xml| xml.split_once("encoding")).map(|(_, rest)| rest).or_else(|| {
        // Only within a tag: a script may speak of a charset too.
        head.match_indices("<meta").find_map(|(at, _)| {
            let tag = head[at..].split('>').next()?;
            tag.split_once("charset").map(|(_, rest)| rest)
        })
    })?;
    let label = label.trim_start().strip_prefix('=')?.trim_start();
    let label = label.trim_start_matches(['"', '\'']);
    let end = label.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).unwrap_or(label.len());
    let label = &label[..end];
    // A declaration that could be read as ASCII cannot be UTF-16; the Encoding Standard takes it for UTF-8.
    let label = if label.starts_with("utf-16") { "utf-8" } else { label };
    (!label.is_empty()).then(|| label.to_owned())
}

/// `<!-- saved from url=(0042)https://… -->`, as browsers write it at the top of a saved page.
fn saved_from(text: &str) -> Option<String> {
    let mut end = text.len().min(2048);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let rest = text[..end].split_once("saved from url=(")?.1;
    let url = rest.split_once(')')?.1;
    let url = url.split(|c: char| c.is_whitespace()).next()?;
    url.starts_with("http").then(|| url.to_owned())
}

struct Scan<'a> {
    text: Cow<'a, str>,
    tags: Option<String>,
    cut: Option<&'static str>,
}

/// What stands between two pieces of text.
enum Token {
    Open {
        attributes: usize,
        self_closing: bool,
    },
    Close,
    /// A comment, doctype or processing instruction.
    Other,
    /// The input ends inside it.
    Unfinished,
}

/// The pass described at the top of the module.
fn scan(text: &str) -> Scan<'_> {
    let bytes = text.as_bytes();
    let mut nesting = Nesting { most: MAX_DEPTH, ..Nesting::default() };
    let mut formatting = Nesting { most: MAX_FORMATTING, ..Nesting::default() };
    let (mut has_html, mut has_end) = (false, false);
    let mut cut = None;
    let mut tags = Some(String::with_capacity(text.len() / 4));
    let mut out: Option<String> = None;
    let mut kept = 0; // everything before is in `out`, once there is one
    let mut at = 0;
    while let Some(found) = text[at..].find('<') {
        let start = at + found;
        let (token, end) = token(bytes, start);
        at = end;
        if !matches!(token, Token::Close) {
            keep(&mut tags, &text[start..end]);
        }
        let name = name_at(bytes, start);
        let mut drop = false;
        match token {
            Token::Unfinished => {
                cut = Some("inside a tag");
                break;
            }
            Token::Other => {}
            Token::Open { attributes, self_closing } => {
                has_html |= name.eq_ignore_ascii_case(b"html");
                drop = attributes > MAX_ATTRIBUTES;
                if let Some(raw) = raw_text(name) {
                    match find_ignore_case(bytes, at, raw) {
                        Some(close) => at = close,
                        None if drop => {}
                        None => {
                            keep(&mut tags, &text[at..]);
                            cut = Some("inside a script, style or title");
                            break;
                        }
                    }
                } else if formats(name) {
                    drop = formatting.open(drop);
                } else if !self_closing && nests(name) {
                    drop = nesting.open(drop);
                }
            }
            Token::Close => {
                has_end |= name.eq_ignore_ascii_case(b"html") || name.eq_ignore_ascii_case(b"body");
                if formats(name) {
                    drop = formatting.close();
                } else if nests(name) {
                    drop = nesting.close();
                }
            }
        }
        if drop {
            let out = out.get_or_insert_with(|| String::with_capacity(text.len()));
            out.push_str(&text[kept..start]);
            kept = end;
        }
    }
    if cut.is_none() && has_html && !has_end {
        cut = Some("before its end tag");
    }
    let text = match out {
        Some(mut out) => {
            out.push_str(&text[kept..]);
            Cow::Owned(out)
        }
        None => Cow::Borrowed(text),
    };
    if let Some(tags) = &mut tags {
        tags.make_ascii_lowercase();
    }
    Scan { text, tags, cut }
}

/// Adds a tag to those that are kept, until there is too much of them.
fn keep(tags: &mut Option<String>, tag: &str) {
    match tags {
        Some(kept) if kept.len() + tag.len() <= MAX_TAGS => kept.push_str(tag),
        _ => *tags = None,
    }
}

/// How many elements are open, and how many more would be if their tags had not been dropped.
#[derive(Default)]
struct Nesting {
    most: usize,
    open: usize,
    dropped: usize,
}

impl Nesting {
    /// A start tag; whether it is to be dropped. One that is dropped for another reason does not count.
    fn open(&mut self, drop: bool) -> bool {
        if self.open >= self.most {
            self.dropped += 1;
            return true;
        }
        self.open += usize::from(!drop);
        drop
    }

    /// An end tag; whether its start tag was dropped.
    fn close(&mut self) -> bool {
        if self.dropped > 0 {
            self.dropped -= 1;
            return true;
        }
        self.open = self.open.saturating_sub(1);
        false
    }
}

/// The token that starts at a `<`, and where it ends (on a character boundary: all delimiters are ASCII).
fn token(bytes: &[u8], start: usize) -> (Token, usize) {
    let rest = &bytes[start + 1..];
    let until =
        |pattern: &[u8]| rest.windows(pattern.len()).position(|w| w == pattern).map(|i| start + 1 + i + pattern.len());
    match rest.first() {
        Some(b'!') if rest.starts_with(b"!--") => match until(b"-->") {
            Some(end) => (Token::Other, end),
            None => (Token::Unfinished, bytes.len()),
        },
        Some(b'!' | b'?') => match until(b">") {
            Some(end) => (Token::Other, end),
            None => (Token::Unfinished, bytes.len()),
        },
        Some(b'/') if rest.get(1).is_some_and(u8::is_ascii_alphabetic) => match until(b">") {
            Some(end) => (Token::Close, end),
            None => (Token::Unfinished, bytes.len()),
        },
        Some(b) if b.is_ascii_alphabetic() => open_tag(bytes, start),
        // A lone `<` in text; at the very end of the file it may be the beginning of a tag, which makes no difference.
        _ => (Token::Other, start + 1),
    }
}

fn open_tag(bytes: &[u8], start: usize) -> (Token, usize) {
    let mut attributes = 0;
    let mut quote = None;
    let mut previous = b'<';
    for (i, &b) in bytes.iter().enumerate().skip(start + 1) {
        match quote {
            Some(q) if b == q => quote = None,
            Some(_) => {}
            // A quote opens a value only after `=`; elsewhere it is a stray character of a broken attribute.
            None if (b == b'"' || b == b'\'') && previous == b'=' => quote = Some(b),
            None if b == b'>' => {
                return (Token::Open { attributes, self_closing: previous == b'/' }, i + 1);
            }
            None if b.is_ascii_whitespace() => {
                attributes += usize::from(!previous.is_ascii_whitespace());
                // White space may stand between `=` and the quote.
                if previous == b'=' {
                    continue;
                }
            }
            None => {}
        }
        previous = b;
    }
    (Token::Unfinished, bytes.len())
}

fn name_at(bytes: &[u8], start: usize) -> &[u8] {
    let rest = bytes[start + 1..].strip_prefix(b"/").unwrap_or(&bytes[start + 1..]);
    let len = rest.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    &rest[..len]
}

/// The end tag of elements whose content is not markup.
fn raw_text(name: &[u8]) -> Option<&'static [u8]> {
    const RAW: &[(&str, &[u8])] = &[
        ("script", b"</script"),
        ("style", b"</style"),
        ("textarea", b"</textarea"),
        ("title", b"</title"),
        ("noscript", b"</noscript"),
        ("iframe", b"</iframe"),
        ("xmp", b"</xmp"),
    ];
    RAW.iter().find(|(raw, _)| name.eq_ignore_ascii_case(raw.as_bytes())).map(|(_, end)| *end)
}

/// Whether an element is one that the parser opens again where it was left open.
fn formats(name: &[u8]) -> bool {
    const NAMES: &[&str] = &["b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"];
    NAMES.iter().any(|formatting| name.eq_ignore_ascii_case(formatting.as_bytes()))
}

/// Whether an element can pile up. Void elements cannot; those whose end tag may be left out close one another, and old
/// pages have thousands of them without one.
fn nests(name: &[u8]) -> bool {
    const FLAT: &[&str] = &[
        "html", "head", "body", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option",
        "optgroup", "colgroup", "a", "h1", "h2", "h3", "h4", "h5", "h6", "area", "base", "br", "col", "embed", "hr",
        "img", "input", "link", "meta", "param", "source", "track", "wbr", "frame", "nobr", "button",
    ];
    !FLAT.iter().any(|flat| name.eq_ignore_ascii_case(flat.as_bytes()))
}

fn find_ignore_case(bytes: &[u8], from: usize, pattern: &[u8]) -> Option<usize> {
    bytes[from..].windows(pattern.len()).position(|w| w.eq_ignore_ascii_case(pattern)).map(|i| from + i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations() {
        assert_eq!(declared(b"<meta charset=\"utf-8\">").as_deref(), Some("utf-8"));
        assert_eq!(declared(b"<META CONTENT='text/html; Charset=ISO-8859-1'>").as_deref(), Some("iso-8859-1"));
        assert_eq!(declared(b"<?xml version='1.0' encoding='windows-1252'?><html>").as_deref(), Some("windows-1252"));
        assert_eq!(declared(b"<script>var charset = 'koi8-r'</script>"), None);
        assert_eq!(declared(b"<meta charset=utf-16>").as_deref(), Some("utf-8"));
        assert_eq!(declared(b"<meta charset="), None);
    }

    #[test]
    fn cuts() {
        assert_eq!(scan("<html><body>a</body></html>").cut, None);
        assert_eq!(scan("<p>a fragment").cut, None);
        assert_eq!(scan("<html><p>a").cut, Some("before its end tag"));
        assert_eq!(scan("<html><p>a <a href=\"b").cut, Some("inside a tag"));
        assert_eq!(scan("<p>a <script>if (a < b)").cut, Some("inside a script, style or title"));
        assert_eq!(scan("<p title='a > b'>c").cut, None);
    }

    #[test]
    fn nesting_is_capped_and_text_kept() {
        let deep = format!("{}x{}<b>y</b>", "<div>".repeat(5000), "</div>".repeat(5000));
        let text = scan(&deep).text;
        assert_eq!(text.matches("<div>").count(), MAX_DEPTH);
        assert_eq!(text.matches("</div>").count(), MAX_DEPTH);
        assert!(text.ends_with("<b>y</b>") && text.contains('x'));
        let flat = "<p>a<li>b<td>c".repeat(2000);
        assert!(matches!(scan(&flat).text, Cow::Borrowed(_)));
    }
}
