//! COinS: an OpenURL ContextObject (Z39.88-2004, KEV) in the `title` of a `span.Z3988`.
//!
//! A page with several different ones is a list of works; which of them it is about nobody can tell, so none is read.

use super::dom::{self, all};
use super::found::{Commas, Found, Origin};
use super::meta::page_range;
use super::page::Page;
use super::text::same;
use crate::ingest::values;

dom::selectors! {
    SPANS = "span.Z3988[title], span.z3988[title]";
}

/// What the COinS of a page amounts to.
#[derive(Default)]
pub(super) struct Coins {
    /// The work.
    pub(super) found: Option<Found>,
    /// How many different works there are.
    pub(super) works: usize,
}

/// Reads the page's COinS.
pub(super) fn find(page: &Page) -> Coins {
    let mut first: Option<Found> = None;
    let mut titles = std::collections::HashSet::new();
    for span in all(page, &SPANS) {
        let found = read(span.attr("title").unwrap_or_default());
        if found.record.title.is_empty() {
            continue;
        }
        titles.insert(super::text::fold(&found.record.title));
        first.get_or_insert(found);
    }
    let works = titles.len();
    Coins { found: first.filter(|_| works == 1), works }
}

/// Reads one ContextObject.
fn read(kev: &str) -> Found {
    let pairs: Vec<(String, String)> = kev
        .replace("&amp;", "&")
        .split('&')
        .filter_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            let value = values::line(&decode(value));
            (!value.is_empty()).then(|| (decode(key).trim_start_matches("rft.").to_ascii_lowercase(), value))
        })
        .collect();
    let get = |key: &str| pairs.iter().find(|(k, _)| k == key).map(|(_, value)| value.as_str());
    let mut found = Found::new(Origin::Coins);
    // In an article or chapter, `title` is an older key for what it stands in.
    if let Some(title) = get("atitle") {
        found.title(title);
        if let Some(title) = get("jtitle").or_else(|| get("btitle")).or_else(|| get("title")).or_else(|| get("stitle"))
            && !same(title, &found.record.title)
        {
            found.container().title = values::title(title);
        }
    } else if let Some(title) = get("btitle").or_else(|| get("title")) {
        found.title(title);
    }
    for (key, value) in &pairs {
        match key.as_str() {
            "au" | "creator" => found.creators(value, None),
            "aucorp" => found.creator(value, None),
            "contributor" => found.creators(value, Some("ctb")),
            "volume" => found.container().volume = Some(value.clone()),
            "issue" => found.container().issue = Some(value.clone()),
            "pages" => found.container().pages = Some(value.clone()),
            "issn" | "eissn" | "isbn" => {
                found.identifier_as(key, value);
            }
            "rft_id" | "identifier" | "id" => {
                found.identifier(value);
            }
            "pub" | "publisher" | "inst" => found.publishers(value),
            "place" => values::push_new(&mut found.record.place, value.clone()),
            "edition" => found.record.edition = Some(value.clone()),
            "series" => values::push_new(&mut found.record.series, value.clone()),
            "tpages" => found.record.extent = Some(value.clone()),
            "language" => found.languages(value),
            "subject" => found.subjects(value, Commas::Guess),
            "description" => found.description(value),
            "rights" => found.rights(value),
            _ => {}
        }
    }
    if let Some(family) = get("aulast") {
        let given = get("aufirst").map(str::to_owned).or_else(|| get("auinit").map(str::to_owned));
        let name = given.map_or_else(|| family.to_owned(), |given| format!("{family}, {given}"));
        // The first author stands in `aulast` and once more in `au`, often shorter.
        let family = super::text::fold(family);
        match found.record.creators.iter_mut().find(|c| super::text::fold(&c.name).contains(&family)) {
            Some(creator) if creator.name.len() < name.len() => creator.name = name,
            Some(_) => {}
            None => found.record.creators.insert(0, crate::record::Creator::new(name)),
        }
    }
    if let Some(date) = get("date") {
        values::set_date(&mut found.record, date);
    }
    if let Some(pages) = page_range(get("spage").map(str::to_owned), get("epage").map(str::to_owned)) {
        found.container().pages = Some(pages);
    }
    let format = get("rft_val_fmt").unwrap_or_default();
    let kind = match get("genre").or_else(|| get("type")) {
        Some("bookitem") => Some("chapter"),
        Some("proceeding") => Some("paper-conference"),
        // "document" and "unknown" say nothing.
        Some(genre) => values::item_type(genre),
        None if format.ends_with(":dissertation") => Some("thesis"),
        None if format.ends_with(":journal") && get("atitle").is_some() => Some("article-journal"),
        None if format.ends_with(":book") => Some("book"),
        None => None,
    };
    found.record.item_type = kind.map(str::to_owned);
    found
}

/// Percent-decoding as of a form: `+` is a space. What is not a valid escape stays.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let escape = (bytes[i] == b'%')
            .then(|| bytes.get(i + 1..i + 3))
            .flatten()
            .filter(|hex| hex.iter().all(u8::is_ascii_hexdigit))
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (escape, bytes[i]) {
            (Some(byte), _) => {
                out.push(byte);
                i += 3;
                continue;
            }
            (None, b'+') => out.push(b' '),
            (None, byte) => out.push(byte),
        }
        i += 1;
    }
    // Old catalogues escape Latin-1.
    crate::ingest::encoding::decode(&out, Some("windows-1252")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_decoding() {
        assert_eq!(decode("Health+%26+social%20care%3A+50%"), "Health & social care: 50%");
        assert_eq!(decode("%e9t%C3"), "étÃ");
        assert_eq!(decode("%C3%A9"), "é");
        assert_eq!(decode("%+1%"), "% 1%");
    }
}
