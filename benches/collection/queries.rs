//! Queries: single words, all of several, any of several, and phrases, with and without filters. Their words are taken from
//! records at the beginning of the collection, so that every size of it has answers to the same queries.

use super::records::{Record, Text};
use super::{Random, has_content, word};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Word,
    All,
    Any,
    Phrase,
}

impl Kind {
    pub(crate) const ALL: [Kind; 4] = [Kind::Word, Kind::All, Kind::Any, Kind::Phrase];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Word => "one word",
            Kind::All => "all of 2-4 words",
            Kind::Any => "any of 2-4 words",
            Kind::Phrase => "phrase of 2-3",
        }
    }
}

/// A query that both sides understand.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) kind: Kind,
    pub(crate) words: Vec<String>,
    /// Every other one has a filter: a range of years, a language, or both.
    pub(crate) years: Option<(i32, i32)>,
    pub(crate) languages: Vec<&'static str>,
}

impl Query {
    /// In the syntax that commlit's plain language and tantivy's own have in common.
    pub(crate) fn text(&self) -> String {
        match self.kind {
            Kind::Word | Kind::All => self.words.join(" AND "),
            Kind::Any => self.words.join(" OR "),
            Kind::Phrase => format!("\"{}\"", self.words.join(" ")),
        }
    }

    pub(crate) fn has_filters(&self) -> bool {
        self.years.is_some() || !self.languages.is_empty()
    }
}

/// So many queries, of every kind in turn.
pub(crate) fn queries(seed: u64, count: usize) -> Vec<Query> {
    let mut random = Random::new(0x51ed ^ seed);
    let mut out = Vec::with_capacity(count);
    while out.len() < count {
        let kind = Kind::ALL[out.len() % 4];
        let (record, _) = Record::of(seed, random.below(20_000) as u64);
        let text = record.abstract_text.as_ref().filter(|_| random.chance(0.6)).unwrap_or(&record.title);
        let Some(words) = words(&mut random, kind, text) else { continue };
        let (mut years, mut languages) = (None, Vec::new());
        if out.len() / 4 % 2 == 1 {
            let which = random.below(3);
            if which != 1 {
                let from = record.year - random.below(15) as i32;
                years = Some((from, record.year + random.below(10) as i32));
            }
            if which != 0 {
                languages.push(record.language);
                if random.chance(0.3) && record.language != "fr" {
                    languages.push("fr");
                }
            }
        }
        out.push(Query { kind, words, years, languages });
    }
    out
}

fn words(random: &mut Random, kind: Kind, text: &Text) -> Option<Vec<String>> {
    let spelled = |rank: &usize| {
        let mut out = String::new();
        word(*rank, &mut out);
        out
    };
    if kind == Kind::Phrase {
        let n = 2 + random.below(2);
        let windows: Vec<&[usize]> =
            // A rank of 0 may stand for a number.
            text.ranks.windows(n).filter(|w| w.iter().filter(|r| has_content(**r)).count() > 1 && !w.contains(&0)).collect();
        let window = windows.get(random.below(windows.len().max(1)))?;
        return Some(window.iter().map(spelled).collect());
    }
    let n = if kind == Kind::Word { 1 } else { 2 + random.below(3) };
    let mut content: Vec<usize> = text.ranks.iter().copied().filter(|r| has_content(*r)).collect();
    content.sort_unstable();
    content.dedup();
    if content.len() < n {
        return None;
    }
    for i in 0..n {
        let j = i + random.below(content.len() - i);
        content.swap(i, j);
    }
    Some(content[..n].iter().map(spelled).collect())
}

/// A word that some tenth to some hundredth of the records have, or a little less.
pub(crate) fn middling(random: &mut Random) -> String {
    let mut out = String::new();
    word(100 + random.below(1_500), &mut out);
    out
}
