//! Which query language a text is in, by its telling marks.

use crate::query::Syntax;

impl Syntax {
    /// The language that a query or strategy seems to be in; plain where nothing tells.
    pub fn guess(text: &str) -> Syntax {
        let lower = text.to_lowercase();
        let marks = [
            (Syntax::Ovid, ovid(&lower)),
            (Syntax::PubMed, pubmed(&lower)),
            (Syntax::Ebsco, ebsco(text)),
            (Syntax::Cochrane, cochrane(&lower)),
        ];
        let best = marks.into_iter().rev().max_by_key(|(_, count)| *count);
        best.filter(|(_, count)| *count > 0).map_or(Syntax::Plain, |(syntax, _)| syntax)
    }
}

fn count(text: &str, marks: &[&str]) -> usize {
    marks.iter().map(|mark| text.matches(mark).count()).sum()
}

/// The words of a text with what stands directly around them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')'))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `.ti,ab.`, `adj3`, `exp X/`, `or/1-5`
fn ovid(text: &str) -> usize {
    let fields = [
        ".ti.", ".ti,ab", ".ab.", ".ab,ti", ".mp.", ".tw.", ".pt.", ".sh.", ".af.", ".hw.", ".kw.", ".fs.", ".au.",
        ".jn.",
    ];
    let operators = words(text).filter(|w| {
        let is_list = w
            .strip_prefix("or/")
            .or(w.strip_prefix("and/"))
            .is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()));
        let is_adj = *w == "adj" || w.strip_prefix("adj").is_some_and(is_number);
        let is_heading = w.ends_with('/') && w.len() > 3 && !w.contains("://");
        is_list || is_adj || is_heading
    });
    count(text, &fields) + operators.count()
}

/// `[tiab]`, `[MeSH Terms]`, `"a b"[tiab:~3]`
fn pubmed(text: &str) -> usize {
    const TAGS: [&str; 26] = [
        "ti", "tiab", "ab", "tw", "mh", "mh:noexp", "majr", "mesh", "sh", "pt", "au", "1au", "la", "lang", "dp", "ta",
        "all", "ot", "pdat", "dcom", "crdt", "sb", "ad", "nm", "filter", "jour",
    ];
    let tags = text.match_indices('[').filter(|(i, _)| {
        let bytes = &text.as_bytes()[i + 1..];
        let close = memchr::memchr(b']', &bytes[..bytes.len().min(40)]).unwrap_or(0);
        let rest = &text[i + 1..i + 1 + close];
        let tag = rest.split(":~").next().unwrap_or(rest);
        let glued = text[..*i].chars().next_back().is_some_and(|c| !c.is_whitespace() && c != '(');
        let long = [
            "mesh terms",
            "title/abstract",
            "mesh major topic",
            "publication type",
            "text word",
            "all fields",
            "mesh:noexp",
            "title",
            "author",
            "date - publication",
            "tiab",
        ];
        TAGS.contains(&tag) && glued || long.contains(&tag)
    });
    tags.take(1000).count()
}

/// `TI (`, `MH "`, `N3`, `W2`
fn ebsco(text: &str) -> usize {
    let mut marks = count(text, &["(MH ", "(MM ", "MH \"", "MM \"", "DE \"", "+\")"]);
    let mut words = words(text).peekable();
    while let Some(word) = words.next() {
        let near = word.strip_prefix('N').or(word.strip_prefix('W')).is_some_and(is_number);
        let prefix = matches!(word, "TI" | "AB" | "TX" | "SU" | "DE" | "SO") && words.peek().is_some();
        marks += usize::from(near) + usize::from(prefix);
    }
    marks
}

/// `:ti,ab,kw`, `near/3`, `[mh "…"]`, `{or #1-#3}`
fn cochrane(text: &str) -> usize {
    let marks = [
        ":ti",
        ":ab",
        ":kw",
        ":pt",
        "near/",
        " next ",
        "next/",
        "[mh ",
        "mesh descriptor",
        "explode all trees",
        "{or ",
        "{and ",
    ];
    count(text, &marks)
}
