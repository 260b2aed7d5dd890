//! What a reader sees: headings, the abstract under its heading or in its box, a date beside the title.
//!
//! It works on the page's running text in blocks, from which [`super::dom`] has left out navigation and furniture.

use unicode_segmentation::UnicodeSegmentation;

use super::dom::{self, Block, all};
use super::page::Page;
use super::text::{fold, labelled};
use crate::ingest::values;

dom::selectors! {
    BODY = "body";
    TITLE = "head > title, title";
    H1 = "h1";
    AUTHORS = "a[rel~='author'], .author a, .authors a, .byline a, .article-authors a, [class*='field-author'] a,
        [class*='field-authors'] a";
}

/// Words that head an abstract, folded.
pub(super) const ABSTRACT: &[&str] = &[
    "abstract",
    "résumé",
    "resume",
    "zusammenfassung",
    "resumen",
    "riassunto",
    "resumo",
    "samenvatting",
    "sammanfattning",
    "sammendrag",
    "streszczenie",
    "аннотация",
    "резюме",
    "摘要",
    "要旨",
    "要約",
    "抄録",
    "초록",
    "özet",
    "kurzfassung",
    "abstrakt",
    "tiivistelmä",
];
/// Words that head one too, but also other things.
const SUMMARY: &[&str] = &[
    "summary",
    "executive summary",
    "overview",
    "synopsis",
    "about this report",
    "about this publication",
    "synthèse",
    "resumen ejecutivo",
    "sintesi",
    "sumário executivo",
    "résumé exécutif",
    "内容提要",
];
/// Labels of the sections of a structured abstract, folded, without `s` at the end.
const SECTIONS: &[&str] = &[
    "background",
    "objective",
    "aim",
    "method",
    "design",
    "setting",
    "result",
    "finding",
    "conclusion",
    "purpose",
    "context",
    "participant",
    "interpretation",
    "funding",
    "originality",
    "implication",
    "intervention",
    "introduction",
    "discussion",
];

/// The visible text of a page.
pub(super) struct Visible {
    /// All blocks of the page.
    blocks: Vec<Block>,
    /// The `title` element.
    pub(super) page_title: String,
    /// First-level headings.
    pub(super) headings: Vec<String>,
    /// A line near the title that is a date and nothing else.
    pub(super) date: Option<String>,
    /// Names that stand as links in what is marked as the line of authors.
    pub(super) authors: Vec<String>,
    /// The abstract.
    pub(super) abstract_text: Option<String>,
    /// Abstracts under further headings, with these: those in other languages.
    pub(super) other_abstracts: Vec<(String, String)>,
}

impl Visible {
    /// Reads the page.
    pub(super) fn find(page: &Page) -> Self {
        let blocks = all(page, &BODY).next().map(dom::blocks).unwrap_or_default();
        let page_title =
            all(page, &TITLE).next().map(|t| values::line(&t.text().collect::<String>())).unwrap_or_default();
        let headings = all(page, &H1).take(8).map(dom::line).filter(|text| !text.is_empty()).collect();
        let (abstract_text, other_abstracts) = abstracts(&blocks);
        let date = blocks.iter().take(25).find_map(|block| date(&block.text));
        let authors = all(page, &AUTHORS).take(50).map(dom::line).filter(|name| is_name(name)).collect();
        Visible { blocks, page_title, headings, date, authors, abstract_text, other_abstracts }
    }

    /// How many words the page shows.
    pub(super) fn words(&self) -> usize {
        self.blocks.iter().map(|block| words(&block.text)).sum()
    }

    /// The last words of the page, to see what a cut went through.
    pub(super) fn last_text(&self) -> Option<&str> {
        self.blocks.last().map(|block| block.text.as_str())
    }

    /// A title from the first sentence, for a page without one.
    pub(super) fn derived_title(&self) -> Option<String> {
        let first = self.blocks.iter().find(|block| block.text.chars().any(char::is_alphabetic))?;
        let sentence = first.text.unicode_sentences().next().unwrap_or(&first.text).trim();
        let short: String = sentence.chars().take(200).collect();
        Some(values::title(short.trim_end_matches('.')))
    }

    /// The paragraph that a text cut off before its end begins.
    pub(super) fn fuller(&self, start: &str) -> Option<&str> {
        let start = fold(start);
        let long_enough = start.chars().count() >= 40;
        let block = self.blocks.iter().filter(|_| long_enough).find(|block| {
            block.heading.is_none() && block.text.len() >= start.len() && fold(&block.text).starts_with(&start)
        })?;
        Some(&block.text)
    }
}

/// Whether a link has the form of a personal name; beside the names stand "More by this author" and "Email".
fn is_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let capital = |word: &&&str| word.chars().next().is_some_and(char::is_uppercase);
    (2..=5).contains(&words.len())
        && words.iter().filter(capital).count() >= 2
        && words.first().as_ref().is_some_and(capital)
        && words.last().as_ref().is_some_and(capital)
        && !text.chars().any(|c| c.is_ascii_digit() || "@:/".contains(c))
}

/// `24 March 2009`, `Published: March 2009`: a line of which nothing is left once the date is taken out.
fn date(text: &str) -> Option<String> {
    const MONTHS: &[&str] = &[
        "jan", "gen", "ene", "feb", "fév", "fev", "mar", "mär", "apr", "avr", "abr", "may", "mai", "mag", "jun", "jui",
        "giu", "jul", "lug", "aug", "aoû", "ago", "sep", "set", "oct", "okt", "ott", "out", "nov", "dec", "déc", "dez",
        "dic",
    ];
    if text.chars().count() > 50 {
        return None;
    }
    let text = text.rsplit_once(": ").map_or(text, |(_, date)| date);
    let text = ["Published on ", "Published ", "Posted on "].iter().find_map(|p| text.strip_prefix(p)).unwrap_or(text);
    let mut month = false;
    let only = text.split([' ', ',', '.']).filter(|word| !word.is_empty()).all(|word| {
        let lower = word.to_lowercase();
        let is_month = MONTHS.contains(&lower.chars().take(3).collect::<String>().as_str());
        month |= is_month;
        is_month || lower == "de" || word.trim_end_matches(|c: char| c.is_alphabetic()).parse::<u16>().is_ok()
    });
    (only && month && values::year(text).is_some()).then(|| text.to_owned())
}

pub(super) fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// A heading as it is compared: lower case, without numbering and closing punctuation.
pub(super) fn heading_word(text: &str) -> String {
    text.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase()
}

/// The abstract, and those under further headings.
fn abstracts(blocks: &[Block]) -> (Option<String>, Vec<(String, String)>) {
    let mut found: Vec<(String, String)> = Vec::new();
    // Boxes that are marked as the abstract are surer than headings.
    for run in blocks.chunk_by(|a, b| a.in_abstract == b.in_abstract).filter(|run| run.iter().any(|b| b.in_abstract)) {
        let heading = run.first().filter(|b| b.heading.is_some()).map(|b| b.text.clone()).unwrap_or_default();
        found.extend(clean(run).map(|text| (heading, text)));
    }
    if found.is_empty() {
        found = headed(blocks, ABSTRACT, blocks.len());
    }
    if found.is_empty() {
        found = lead_in(blocks).into_iter().map(|text| (String::new(), text)).collect();
    }
    if found.is_empty() {
        // A summary at the end of a text is its conclusion.
        found = headed(blocks, SUMMARY, (blocks.len() * 2 / 5).max(15));
        found.truncate(1);
    }
    let mut found = found.into_iter();
    let first = found.next().map(|(_, text)| text);
    let others = found.filter(|(heading, _)| ABSTRACT.contains(&heading_word(heading).as_str())).take(8).collect();
    (first, others)
}

/// The texts under headings of these words, before a position.
fn headed(blocks: &[Block], words: &[&str], before: usize) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < blocks.len().min(before) {
        let block = &blocks[at];
        at += 1;
        let Some(level) = block.heading else { continue };
        if !words.contains(&heading_word(&block.text).as_str()) {
            continue;
        }
        let start = at;
        while at < blocks.len() {
            let next = &blocks[at];
            let ends = next.heading.is_some_and(|l| l <= level);
            // Some pages give the sections of an abstract the level of its own heading.
            let section =
                is_section(&next.text) && blocks[start..at].iter().all(|b| b.heading.is_none() || is_section(&b.text));
            let directly = blocks.get(start).is_some_and(|b| b.heading.is_some());
            if ends && !(directly && section) {
                break;
            }
            at += 1;
            // Nothing longer than this is an abstract; looking on would be the price of a page of a million blocks.
            if at - start > 200 {
                break;
            }
        }
        found.extend(clean(&blocks[start..at]).map(|text| (block.text.clone(), text)));
    }
    found
}

fn is_section(text: &str) -> bool {
    let word = heading_word(text);
    let first = word.split([' ', '/', ',']).next().unwrap_or("");
    self::words(text) <= 5 && SECTIONS.iter().any(|section| first.strip_suffix('s').unwrap_or(first) == *section)
}

/// A paragraph that begins with the word: "Abstract: …", "Abstract. …".
fn lead_in(blocks: &[Block]) -> Option<String> {
    blocks.iter().find_map(|block| {
        let (word, rest) = block.text.split_once([':', '.', '—', '–'])?;
        let named = ABSTRACT.contains(&heading_word(word).as_str()) || heading_word(word) == "summary";
        (named && block.heading.is_none() && words(rest) >= 15).then(|| rest.trim().to_owned())
    })
}

/// The text of an abstract's blocks without its own heading, keywords, citations and links; `None` if little is left.
fn clean(blocks: &[Block]) -> Option<String> {
    let mut kept: Vec<Block> = Vec::new();
    let mut skip_next = false;
    for block in blocks {
        let word = heading_word(&block.text);
        if block.heading.is_some() && (ABSTRACT.contains(&word.as_str()) || SUMMARY.contains(&word.as_str())) {
            continue;
        }
        if std::mem::take(&mut skip_next) && block.heading.is_none() {
            continue;
        }
        match label(&block.text) {
            Some(Label::Keywords) => {
                skip_next = block.heading.is_some() || words(&block.text) <= 2;
                continue;
            }
            Some(Label::End) => break,
            None => {}
        }
        let sentence = words(&block.text) > 4 || block.text.ends_with(['.', '!', '?', '。', '…']);
        if block.heading.is_some() || sentence || block.item || block.text.chars().count() > 30 {
            kept.push(block.clone());
        }
    }
    while kept.last().is_some_and(|block| block.heading.is_some()) {
        kept.pop();
    }
    let text = super::text::without_label(&labelled(&kept));
    let chars = text.chars().count();
    // CJK abstracts have no spaces between words, so characters are counted.
    (60..=12_000).contains(&chars).then_some(text)
}

enum Label {
    Keywords,
    End,
}

/// What stands at the end of an abstract or between its parts without being of it.
fn label(text: &str) -> Option<Label> {
    let lower: String = text.chars().take(40).flat_map(char::to_lowercase).collect();
    let starts = |list: &[&str]| {
        list.iter().any(|word| {
            lower.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', ' ', '.', '：']))
        })
    };
    if starts(&[
        "keywords",
        "key words",
        "keyword",
        "mots-clés",
        "mots clés",
        "schlüsselwörter",
        "schlagwörter",
        "palabras clave",
        "parole chiave",
        "palavras-chave",
        "关键词",
        "关键字",
        "subjects",
        "index terms",
        "jel classification",
    ]) {
        return Some(Label::Keywords);
    }
    let end = starts(&[
        "citation",
        "copyright",
        "how to cite",
        "cite this",
        "doi",
        "download",
        "references",
        "article metrics",
        "received",
        "accepted",
        "recommended citation",
        "full text",
        "view full text",
        "read the full",
    ]);
    (end && words(text) <= 40 || lower.starts_with('©')).then_some(Label::End)
}
