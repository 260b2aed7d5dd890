//! Saved HTML pages: repositories, library catalogues, articles and reports.
//!
//! Data flows one way: bytes → `page` (decoded, parsed) → the sources, each of which says what it found
//! (`hyrax`, `blacklight`, `meta`, `json_ld`, `microdata`, `coins`, `visible`) → `merge` → one record.
//! One page is one record. A list of results, a login page or an error page is none and is reported with what to do.
//!
//! It deliberately does *not* follow links, run scripts or read the works that an article cites.

mod blacklight;
mod coins;
mod dom;
mod found;
mod full_text;
mod furniture;
mod hyrax;
mod json_ld;
mod kind;
mod merge;
mod meta;
mod microdata;
mod page;
mod schema_org;
mod text;
mod visible;

use super::Item;
use crate::record::{Record, TitleSource};
use found::{Found, Origin};
use page::Page;
use visible::Visible;

/// Text that may hold markup or entities → plain text in paragraphs, for the readers of other formats.
pub(crate) fn clean_markup(text: &str) -> String {
    text::markup(text)
}

/// Whether a decoded beginning of a file is HTML, with or without doctype; XHTML with an XML declaration too, other XML not.
pub fn recognises(text: &str) -> bool {
    let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    // A page saved together with the headers it came with.
    if rest.starts_with("HTTP/") {
        rest =
            rest.split_once("\r\n\r\n").or_else(|| rest.split_once("\n\n")).map_or("", |(_, body)| body).trim_start();
    }
    let mut is_xml = false;
    loop {
        rest = rest.trim_start();
        let lower = lower(rest, 16);
        let skip = if lower.starts_with("<!--") {
            "-->"
        } else if lower.starts_with("<!doctype") {
            return after_word(&self::lower(rest, 64), "<!doctype").trim_start().starts_with("html");
        } else if lower.starts_with("<?") {
            is_xml |= lower.starts_with("<?xml");
            ">"
        } else {
            break;
        };
        match rest.split_once(skip) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    let start = lower(rest, 16);
    let Some(tag) = start.strip_prefix('<') else { return false };
    let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
    match name.as_str() {
        "html" => true,
        _ if is_xml => false,
        "head" | "body" | "meta" | "frameset" | "center" | "font" => true,
        // Fragments and pages without their frame; `article`, `section`, `p` and `title` are words of other markup too.
        "div" | "table" | "h1" | "h2" | "h3" | "p" | "title" | "link" | "script" | "style" | "main" | "article"
        | "section" | "a" | "span" | "b" | "ul" | "dl" | "base" | "header" | "nav" => {
            const EVIDENCE: &[&str] =
                &["<div", "<a href", "<br", "<span", "<h1", "<h2", "<meta ", "<td", "<ul", "<img", "<dl"];
            let lower = self::lower(rest, 16 * 1024);
            !lower.contains("xmlns") && EVIDENCE.iter().any(|tag| lower.contains(tag))
        }
        _ => false,
    }
}

fn lower(text: &str, bytes: usize) -> String {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_ascii_lowercase()
}

fn after_word<'a>(text: &'a str, word: &str) -> &'a str {
    text.strip_prefix(word).unwrap_or_default()
}

/// The tree of a page takes up some five hundred bytes a tag; no page of a work comes near to so many.
const MAX_MARKUP: usize = 300_000;

/// Reads a page: one item with its record or the reason why there is none, and one more if the file is cut off.
pub fn read(bytes: &[u8], emit: &mut dyn FnMut(Item)) {
    if memchr::memchr_iter(b'<', bytes).nth(MAX_MARKUP).is_some() {
        let content = Err(format!("a page with more than {MAX_MARKUP} tags, which is none of a work: refused"));
        return emit(Item { locator: "record 1".into(), content });
    }
    let page = Page::parse(bytes);
    let visible = Visible::find(&page);
    let mut others = Vec::new();
    let mut content = record(&page, &visible, &mut others);
    if let (Ok(record), Some(_)) = (&mut content, page.cut) {
        record.truncated |= merge::reaches_the_end(record, visible.last_text());
    }
    let kept = content.is_ok();
    emit(Item { locator: "record 1".into(), content });
    if kept && !others.is_empty() {
        let works = if others.len() == 1 { "work, which was" } else { "works, which were" };
        let reason = format!("the page describes {} more {works} not read: {}", others.len(), few(&others));
        emit(Item { locator: "record 1".into(), content: Err(reason) });
    }
    if let Some(cut) = page.cut {
        let kept = if kept { "what was there was kept" } else { "nothing could be kept" };
        emit(Item { locator: "record 1".into(), content: Err(format!("the file is cut off {cut}; {kept}")) });
    }
}

/// The first of many titles, for a report.
fn few(titles: &[String]) -> String {
    let shown: Vec<String> =
        titles.iter().take(3).map(|t| format!("“{}”", t.chars().take(80).collect::<String>())).collect();
    let dots = if titles.len() > 3 { ", …" } else { "" };
    format!("{}{dots}", shown.join(", "))
}

/// The record of a page, or why it has none; the titles of further works of the page go to `others`.
fn record(page: &Page, visible: &Visible, others: &mut Vec<String>) -> Result<Record, String> {
    let is_list = kind::is_result_list(page);
    let json_ld = json_ld::find(page);
    let coins = coins::find(page);
    let mut sources: Vec<Found> = meta::find(page);
    sources.extend(hyrax::find(page));
    // In a list the markup of records and works stands for each of its entries.
    if !is_list {
        sources.extend(blacklight::find(page));
        sources.extend(microdata::find(page));
        sources.extend(coins.found);
    }
    sources.extend(json_ld.found);
    if !sources.iter().any(Found::describes_a_work) {
        let is_list = is_list || json_ld.is_list || coins.works > 1;
        if let Some(reason) = kind::reject(page, visible, is_list) {
            return Err(reason.into());
        }
    }
    let is_repository = sources.iter().any(|s| s.origin <= Origin::Blacklight);
    let described = sources.iter().any(Found::describes_a_work);
    let for_citing = sources
        .iter()
        .any(|s| s.describes_a_work() && !matches!(s.origin, Origin::JsonLd | Origin::Microdata | Origin::Coins));
    // Tags made for citing say which work the page is of; what else it describes is then only recommended reading.
    *others = if for_citing { Vec::new() } else { json_ld.others };
    let mut record = merge::merge(sources, visible, page.saved_from.as_deref());
    // A repository page holds the description of a file, not its text.
    if !is_repository {
        let said = record.abstract_text.clone().unwrap_or_default();
        // Beside tags made for citing only a long text is the article; on the page of a report whatever reads like text
        // belongs to it; and where nothing else is known of the work, a few sentences are better than nothing.
        let least = match (for_citing, said.is_empty() || record.truncated) {
            (true, _) => 250,
            (false, false) => 60,
            (false, true) => 30,
        };
        let text = full_text::find(page, &record.title, &said, least);
        record.body = text.or(record.body);
    }
    if record.title.is_empty() {
        record.title = visible.derived_title().unwrap_or_default();
        record.title_source = (!record.title.is_empty()).then_some(TitleSource::Derived);
    }
    if record.abstract_text.is_none() && record.body.is_none() && !described {
        return Err(
            "the page has neither metadata of a work nor text: it may have been saved before it was loaded".into()
        );
    }
    Ok(record)
}
