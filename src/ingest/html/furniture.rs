//! Which elements are furniture of a page, which mark its abstract, which mark a note.
//!
//! Judged by element, role, class and id, one element at a time; never by what an element holds, but for the marks of notes.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use ego_tree::NodeRef;
use scraper::Node;
use scraper::node::Element;

/// Whether an element is marked as the abstract by its class or id: the word itself, not a link, a tab, a picture or a
/// wrapper of the whole page.
pub(super) fn marks_abstract(element: &Element) -> bool {
    const NOT: &[&str] = &[
        "graphical",
        "visual",
        "video",
        "link",
        "tab",
        "tabs",
        "button",
        "btn",
        "nav",
        "toggle",
        "view",
        "views",
        "download",
        "page",
        "no",
        "without",
        "title",
        "heading",
        "header",
        "label",
        "icon",
        "list",
        "item",
        "metrics",
        "teaser",
    ];
    if matches!(element.name(), "html" | "body" | "a" | "button" | "img" | "svg" | "li" | "input" | "main") {
        return false;
    }
    let tokens = element.attr("class").into_iter().chain(element.attr("id")).flat_map(str::split_ascii_whitespace);
    tokens.into_iter().any(|token| {
        if !token.as_bytes().windows(8).any(|word| word.eq_ignore_ascii_case(b"abstract")) {
            return false;
        }
        let token = token.to_ascii_lowercase();
        let words = || token.split(|c: char| !c.is_ascii_alphabetic());
        // "abstract", "article-abstract", "abstractSection", "abstract0"; "item-abstract" is EPrints' and DSpace's.
        token.contains("abstract")
            && (token == "item-abstract" || !words().any(|word| NOT.contains(&word)))
            && !["abstractlink", "abstracttab", "abstractview", "abstracttitle"].iter().any(|not| token.contains(not))
    })
}

/// Whether a subtree is furniture of the page: never part of a value or of running text.
pub(super) fn is_boilerplate(element: &Element) -> bool {
    if matches!(
        element.name(),
        "script"
            | "style"
            | "noscript"
            | "template"
            | "nav"
            | "button"
            | "select"
            | "textarea"
            | "input"
            | "svg"
            | "iframe"
            | "object"
            | "audio"
            | "video"
            | "canvas"
            | "footer"
            | "dialog"
            | "annotation"
            | "annotation-xml"
            | "head"
            | "mjx-assistive-mml"
            | "menu"
            | "form"
    ) {
        // Some sites wrap their whole page in one form.
        return element.name() != "form" || element.attr("method").is_some_and(|m| m.eq_ignore_ascii_case("get"));
    }
    let hidden = element.attr("hidden").is_some()
        || element.attr("aria-hidden") == Some("true")
        || element.attr("style").is_some_and(|style| {
            let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
            style.to_ascii_lowercase().contains("display:none")
        })
        || element.attr("role").is_some_and(|role| {
            matches!(
                role,
                "navigation" | "search" | "banner" | "contentinfo" | "dialog" | "menu" | "toolbar" | "tablist"
            )
        });
    if hidden {
        return true;
    }
    if matches!(element.name(), "html" | "body" | "main" | "article") {
        return false;
    }
    let tokens = element.attr("class").into_iter().chain(element.attr("id")).flat_map(str::split_ascii_whitespace);
    tokens.into_iter().any(is_furniture)
}

/// Class names and ids of page furniture. A word counts only at the beginning, because `has-sidebar` and
/// `page-with-menu` stand on the wrapper of the text itself.
fn is_furniture(token: &str) -> bool {
    const START: &[&str] = &[
        "nav",
        "navbar",
        "navigation",
        "breadcrumb",
        "breadcrumbs",
        "share",
        "sharing",
        "sharethis",
        "addthis",
        "cookie",
        "cookies",
        "consent",
        "advert",
        "advertisement",
        "ad",
        "ads",
        "altmetric",
        "metrics",
        "related",
        "recommended",
        "recommendations",
        "toolbar",
        "sidebar",
        "menu",
        "footer",
        "modal",
        "tooltip",
        "popover",
        "popup",
        "newsletter",
        "subscribe",
        "subscription",
        "comments",
        "disqus",
        "reflinks",
        "login",
        "signin",
        "captcha",
        "carousel",
    ];
    const WHOLE: &[&str] = &[
        "social",
        "social-media",
        "social-links",
        "social-share",
        "skip-to-content",
        "skip-link",
        "skiplink",
        "sr-only",
        "visually-hidden",
        "visuallyhidden",
        "screen-reader-text",
        "screen-reader-only",
        "element-invisible",
        "mathjax_preview",
        "mjx_assistive_mathml",
        "figure-inline-download",
        "citation-tools",
        "export-citation",
        "analytics-event",
        "no-print",
        "noprint",
        "back-to-top",
        "pagination",
        "flash_messages",
        "global-header",
        "site-header",
        "site-footer",
        "siteheader",
        "pageheader",
        "masthead",
        "topbar",
        "toc",
        "z3988",
    ];
    let token = match token.bytes().any(|b| b.is_ascii_uppercase()) {
        true => Cow::Owned(token.to_ascii_lowercase()),
        false => Cow::Borrowed(token),
    };
    let first = token.split(['-', '_']).next().unwrap_or("");
    static STARTS: LazyLock<HashSet<&str>> = LazyLock::new(|| START.iter().copied().collect());
    static WHOLES: LazyLock<HashSet<&str>> = LazyLock::new(|| WHOLE.iter().copied().collect());
    STARTS.contains(first) || WHOLES.contains(&*token)
}

/// Whether an element is the mark of a note or reference (`<sup><a href="#ref1">1</a></sup>`), not part of the text.
pub(super) fn is_note_mark(node: NodeRef<'_, Node>, element: &Element) -> bool {
    if element.name() != "sup" {
        return false;
    }
    let in_link = node
        .parent()
        .and_then(|parent| parent.value().as_element())
        .is_some_and(|e| e.name() == "a" && e.attr("href").is_some_and(|href| href.contains('#')));
    let mut link = in_link;
    let mut size = 0;
    // A mark is small; looking no further keeps the cost of nested ones down.
    for inner in node.descendants().take(64) {
        match inner.value() {
            Node::Element(e) => link |= e.name() == "a",
            Node::Text(text) => {
                size += text.len();
                if !text.chars().all(|c| {
                    c.is_ascii_digit() || c.is_whitespace() || ",;–-−[]()*†‡§¶".contains(c) || c.is_ascii_lowercase()
                }) {
                    return false;
                }
            }
            _ => {}
        }
    }
    link && size <= 40
}
