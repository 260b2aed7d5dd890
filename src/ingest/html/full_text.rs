//! The full text of an article, where the page really has it: without title, abstract, references and furniture.

use scraper::ElementRef;

use super::dom::{self, LABEL, all};
use super::page::Page;
use super::text::fold;
use super::visible::{ABSTRACT, heading_word, words};
use crate::ingest::values;

dom::selectors! {
    BODY = "body";
    ARTICLE = "#artText, .article-text, [itemprop='articleBody'], .c-article-body, .fulltext-view, .main-article-body,
        .jig-ncbiinpagenav, .article-fulltext, .hlFld-Fulltext, .article__body, article main .body, .article-full-text";
    ARTICLES = "article";
    MAIN = "main, [role='main']";
    CONTENT = "#main-content, #maincontent, #content, #main, .main-content, .content";
}

/// The full text, if the page has it.
/// `least` is how many words an unmarked text must have to be one; `said` is the abstract, which is not repeated.
pub(super) fn find(page: &Page, title: &str, said: &str, least: usize) -> Option<String> {
    let said = fold(said);
    let first = |selector| all(page, selector).next();
    if let Some(text) = first(&ARTICLE).and_then(|article| prose(article, title, &said, least.min(150))) {
        return Some(text);
    }
    let mut articles = all(page, &ARTICLES);
    // Several of them are teasers.
    let only = articles.next().filter(|_| articles.next().is_none());
    let container = only.or_else(|| first(&MAIN)).or_else(|| first(&CONTENT));
    container
        .and_then(|container| prose(container, title, &said, least))
        .or_else(|| first(&BODY).and_then(|body| prose(body, title, &said, least)))
}

/// The paragraphs of an article, without title, abstract, references and what follows them, if they have enough words.
fn prose(container: ElementRef<'_>, title: &str, said: &str, least: usize) -> Option<String> {
    let blocks = dom::blocks(container);
    let title = fold(title);
    // Folding is dear, and most blocks are too long to be a repetition.
    let repeats = |text: &str| {
        let near = |said: &str| text.len() <= 2 * said.len() + 20;
        near(&title) && fold(text) == title || near(said) && said.contains(&fold(text))
    };
    let mut parts: Vec<&str> = Vec::new();
    let mut read = 0;
    let mut skip: Option<u8> = None;
    for block in &blocks {
        if let Some(level) = block.heading {
            let word = heading_word(&block.text);
            if skip.is_some_and(|from| level <= from) {
                skip = None;
            }
            if skip.is_none() && (is_back_matter(&word) || ABSTRACT.contains(&word.as_str())) {
                // A bold line among headings ends with the next of any kind.
                skip = Some(level);
            }
            if skip.is_none() && !block.in_abstract && level <= LABEL && fold(&block.text) != title {
                parts.push(&block.text);
            }
            continue;
        }
        if skip.is_some() || block.in_abstract || is_front_matter(&block.text) {
            continue;
        }
        let count = words(&block.text);
        let sentence =
            count >= 12 || block.text.ends_with(['.', '!', '?', ':', ';', '。', '”', '"']) || block.item && count >= 4;
        if sentence && !(count == 1 && block.text.contains("://")) && !repeats(&block.text) {
            read += if count >= 12 { count } else { 0 };
            // CJK text has no spaces: four characters are about a word.
            if count < 12 && block.text.len() > 200 {
                read += block.text.len() / 12;
            }
            parts.push(&block.text);
        }
    }
    (read >= least).then(|| values::paragraphs(parts)).filter(|text| !text.is_empty())
}

/// Sections after the text, by their heading.
fn is_back_matter(heading: &str) -> bool {
    const WORDS: &[&str] = &[
        "references",
        "reference list",
        "bibliography",
        "literature cited",
        "works cited",
        "références",
        "bibliographie",
        "literatur",
        "literaturverzeichnis",
        "referencias",
        "bibliografía",
        "riferimenti",
        "bibliografia",
        "referências",
        "参考文献",
        "notes and references",
        "references and notes",
        "supporting information",
        "supplementary material",
        "supplemental information",
        "supplementary information",
        "additional information and declarations",
        "author contributions",
        "authors' contributions",
        "competing interests",
        "conflict of interest",
        "conflicts of interest",
        "data availability",
        "acknowledgments",
        "acknowledgements",
        "funding",
        "footnotes",
        "rights and permissions",
        "about this article",
        "article metrics",
        "metrics",
        "citations",
        "comments",
        "related articles",
        "related content",
        "related links",
        "share this",
        "share",
        "download",
        "downloads",
        "keywords",
        "cite this article",
        "how to cite",
        "article information",
        "author information",
        "contributors",
        "navigation",
        "menu",
        "contact",
        "search",
    ];
    WORDS.contains(&heading)
}

/// Lines about the article that some platforms put between abstract and text.
fn is_front_matter(text: &str) -> bool {
    const LABELS: &[&str] = &[
        "Citation:",
        "Editor:",
        "Academic Editor:",
        "Received:",
        "Accepted:",
        "Published:",
        "Copyright:",
        "Data Availability:",
        "Funding:",
        "Competing interests:",
        "Keywords:",
        "DOI:",
        "Abbreviations:",
        "©",
    ];
    LABELS.iter().any(|label| text.starts_with(label))
}
