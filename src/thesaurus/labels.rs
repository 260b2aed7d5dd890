//! From words to concepts: labels of one word in a map, labels of several in a trie over stems.

use std::collections::HashMap;
use std::ops::Range;

use super::{Concept, ConceptId, Thesaurus};
use crate::words::{self, Stemmer, Words};

/// What a label is to its concept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelKind {
    /// The one that is shown.
    Preferred,
    /// Another name or spelling.
    Variant,
    /// A short form.
    Acronym,
    /// A label that is an everyday word too.
    Hidden,
    /// A heading of another vocabulary.
    Heading,
}

impl LabelKind {
    fn in_running_text(self) -> bool {
        !matches!(self, LabelKind::Hidden | LabelKind::Heading)
    }
}

/// The concepts of one label.
#[derive(Debug, Clone, Default)]
struct Bearers {
    /// Those that have it in running text.
    text: Vec<ConceptId>,
    /// Those that have it at all.
    all: Vec<ConceptId>,
}

impl Bearers {
    fn add(&mut self, concept: ConceptId, kind: LabelKind) {
        if kind.in_running_text() && !self.text.contains(&concept) {
            self.text.push(concept);
        }
        if !self.all.contains(&concept) {
            self.all.push(concept);
        }
    }
}

/// A place in the trie; the root is 0.
type Node = u32;

/// All labels of a thesaurus.
#[derive(Debug, Clone, Default)]
pub(super) struct Labels {
    /// Labels of one word, as they are spelt, to their place in `bearers`.
    single: HashMap<Box<str>, u32>,
    /// The stems that stand in labels of several words, numbered.
    stems: HashMap<Box<str>, u32>,
    children: HashMap<(Node, u32), Node>,
    /// By node: the place in `bearers` of the label that ends there.
    ends: Vec<Option<u32>>,
    /// Labels of several words as they are spelt, where the stems are those of several concepts (Healthcare Commission,
    /// healthcare commissioning).
    spelt: HashMap<Box<str>, u32>,
    bearers: Vec<Bearers>,
}

impl Labels {
    pub(super) fn new(concepts: &[Concept]) -> Self {
        let mut labels = Labels { ends: vec![None], ..Labels::default() };
        let mut stemmer = Stemmer::default();
        for (at, concept) in concepts.iter().enumerate() {
            for (kind, label) in concept.all_labels() {
                labels.add(ConceptId(at as u32), kind, &words::folded(label), &mut stemmer);
            }
        }
        labels.add_spelt(concepts, &mut stemmer);
        labels
    }

    fn add_spelt(&mut self, concepts: &[Concept], stemmer: &mut Stemmer) {
        let mut spelt = Vec::new();
        for (at, concept) in concepts.iter().enumerate() {
            for (kind, label) in concept.all_labels() {
                let folded = words::folded(label);
                if folded.len() > 1 && self.whole(&folded, stemmer).len() > 1 {
                    spelt.push((joined(&folded), ConceptId(at as u32), kind));
                }
            }
        }
        for (words, concept, kind) in spelt {
            let free = self.bearers.len() as u32;
            let place = *self.spelt.entry(words.into()).or_insert(free);
            if place == free {
                self.bearers.push(Bearers::default());
            }
            self.bearers[place as usize].add(concept, kind);
        }
    }

    fn add(&mut self, concept: ConceptId, kind: LabelKind, folded: &[String], stemmer: &mut Stemmer) {
        let free = self.bearers.len() as u32;
        let place = match folded {
            [] => return,
            [word] => *self.single.entry(word.as_str().into()).or_insert(free),
            several => {
                let mut node = 0;
                for word in several {
                    let next = self.stems.len() as u32;
                    let stem = *self.stems.entry(stemmer.stem(word).into()).or_insert(next);
                    let new = self.ends.len() as Node;
                    node = *self.children.entry((node, stem)).or_insert(new);
                    if node == new {
                        self.ends.push(None);
                    }
                }
                *self.ends[node as usize].get_or_insert(free)
            }
        };
        if place == free {
            self.bearers.push(Bearers::default());
        }
        self.bearers[place as usize].add(concept, kind);
    }

    /// The concepts that have exactly these words as a label.
    pub(super) fn whole<S: AsRef<str>>(&self, words: &[S], stemmer: &mut Stemmer) -> &[ConceptId] {
        let place = match words {
            [] => None,
            [word] => self.of_word(word.as_ref(), stemmer),
            several => several
                .iter()
                .try_fold(0, |node, word| self.step(node, self.number(word.as_ref(), stemmer)?))
                .and_then(|node| *self.ends.get(node as usize)?),
        };
        let Some(bearers) = place.and_then(|p| self.bearers.get(p as usize)) else { return &[] };
        let spelt = || if bearers.all.len() > 1 && words.len() > 1 { self.spelt(&joined(words)) } else { None };
        &spelt().unwrap_or(bearers).all
    }

    /// The longest label of running text that begins at a word.
    pub(super) fn longest<S: AsRef<str>>(
        &self,
        words: &[S],
        at: usize,
        stemmer: &mut Stemmer,
    ) -> Option<(usize, &[ConceptId])> {
        let rest = words.get(at..)?;
        let mut best = self.of_word(rest.first()?.as_ref(), stemmer).and_then(|p| self.text(p)).map(|c| (1, c));
        let mut node = 0;
        for (length, word) in rest.iter().enumerate() {
            let step = self.number(word.as_ref(), stemmer).and_then(|stem| self.step(node, stem));
            let Some(next) = step else { break };
            node = next;
            if let Some(concepts) = self.ending(node) {
                best = Some((length + 1, concepts));
            }
        }
        let (length, concepts) = best?;
        Some((length, self.as_spelt(concepts, length, || joined(rest.get(..length).unwrap_or_default()))))
    }

    /// Of the concepts that have a label by its stems, those that have it as it is spelt, if any do.
    fn as_spelt<'l>(
        &'l self,
        concepts: &'l [ConceptId],
        length: usize,
        words: impl FnOnce() -> String,
    ) -> &'l [ConceptId] {
        if length < 2 || concepts.len() < 2 {
            return concepts;
        }
        self.spelt(&words()).map(|b| b.text.as_slice()).filter(|c| !c.is_empty()).unwrap_or(concepts)
    }

    fn spelt(&self, words: &str) -> Option<&Bearers> {
        self.bearers.get(*self.spelt.get(words)? as usize)
    }

    fn of_word(&self, word: &str, stemmer: &mut Stemmer) -> Option<u32> {
        self.single.get(word).or_else(|| self.single.get(&*singular(word, stemmer)?)).copied()
    }

    fn number(&self, word: &str, stemmer: &mut Stemmer) -> Option<u32> {
        self.stems.get(stemmer.stem(word)).copied()
    }

    fn step(&self, node: Node, stem: u32) -> Option<Node> {
        self.children.get(&(node, stem)).copied()
    }

    fn ending(&self, node: Node) -> Option<&[ConceptId]> {
        self.text((*self.ends.get(node as usize)?)?)
    }

    fn text(&self, place: u32) -> Option<&[ConceptId]> {
        self.bearers.get(place as usize).map(|b| b.text.as_slice()).filter(|c| !c.is_empty())
    }
}

/// The singular of a word that looks like a plural.
fn singular(word: &str, stemmer: &mut Stemmer) -> Option<String> {
    let bare = word.strip_suffix('s')?;
    let stem = stemmer.stem(word);
    if stem == bare {
        return Some(bare.to_owned());
    }
    match bare.strip_suffix("ie") {
        Some(before) if before.len() > 1 => Some(format!("{before}y")),
        _ => (word.len() > 3 && !bare.ends_with(['s', 'u', 'i'])).then(|| bare.to_owned()),
    }
}

fn joined<S: AsRef<str>>(words: &[S]) -> String {
    words.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" ")
}

/// What a label is found by: the word of a single one, the stems of several.
pub(super) fn key(label: &str, stemmer: &mut Stemmer) -> String {
    let folded = words::folded(label);
    match folded.as_slice() {
        [word] => word.clone(),
        several => several.iter().map(|w| stemmer.stem(w).to_owned()).collect::<Vec<_>>().join(" "),
    }
}

/// A label as it is spelt, but for plurals.
pub(super) fn spelling(label: &str, stemmer: &mut Stemmer) -> String {
    let singulars = words::folded(label).into_iter().map(|word| singular(&word, stemmer).unwrap_or(word));
    singulars.collect::<Vec<_>>().join(" ")
}

/// A label found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag<'t> {
    /// Its byte range.
    pub range: Range<usize>,
    /// Its concepts; several where it is ambiguous.
    pub concepts: &'t [ConceptId],
}

/// How many words a [`Tagger`] remembers before it starts anew.
const REMEMBERED: usize = 1 << 16;

/// Finds the labels in texts, one text after another: the longest at each place, from left to right, none over the end of
/// a sentence. It remembers the words it has seen, so that a word costs one look-up.
#[derive(Debug)]
pub struct Tagger<'t> {
    labels: &'t Labels,
    stemmer: Stemmer,
    seen: HashMap<Box<str>, Seen>,
    words: Vec<(Range<usize>, Seen)>,
}

/// What the labels know of a word.
#[derive(Debug, Clone, Copy)]
struct Seen {
    single: Option<u32>,
    stem: Option<u32>,
}

impl Seen {
    /// Stands for the end of a sentence.
    const STOP: Seen = Seen { single: None, stem: None };
}

impl<'t> Tagger<'t> {
    /// A tagger of this thesaurus.
    pub fn new(thesaurus: &'t Thesaurus) -> Self {
        Tagger { labels: &thesaurus.labels, stemmer: Stemmer::default(), seen: HashMap::new(), words: Vec::new() }
    }

    /// The labels in a text, in order, none overlapping another.
    pub fn tags(&mut self, text: &str) -> Vec<Tag<'t>> {
        self.read(text);
        let labels = self.labels;
        let mut tags = Vec::new();
        let mut at = 0;
        while let Some((range, seen)) = self.words.get(at) {
            let mut best = seen.single.and_then(|p| labels.text(p)).map(|c| (at, c));
            let mut node = 0;
            for (place, (_, seen)) in self.words.iter().enumerate().skip(at) {
                let Some(next) = seen.stem.and_then(|stem| labels.step(node, stem)) else { break };
                node = next;
                if let Some(concepts) = labels.ending(node) {
                    best = Some((place, concepts));
                }
            }
            match best {
                Some((last, concepts)) => {
                    let end = self.words.get(last).map_or(range.end, |(r, _)| r.end);
                    let range = range.start..end;
                    let concepts = labels.as_spelt(concepts, last + 1 - at, || words::key(&text[range.clone()]));
                    tags.push(Tag { range, concepts });
                    at = last + 1;
                }
                None => at += 1,
            }
        }
        tags
    }

    fn read(&mut self, text: &str) {
        self.words.clear();
        let mut words = Words::new(text);
        let mut end = 0;
        while let Some(range) = words.next() {
            if ends_sentence(&text[end..range.start]) {
                self.words.push((end..end, Seen::STOP));
            }
            end = range.end;
            let seen = match self.seen.get(words.folded()) {
                Some(seen) => *seen,
                None => self.learn(words.folded()),
            };
            self.words.push((range, seen));
        }
    }

    fn learn(&mut self, word: &str) -> Seen {
        let single = self.labels.of_word(word, &mut self.stemmer);
        let stem = self.labels.number(word, &mut self.stemmer);
        let seen = Seen { single, stem };
        if self.seen.len() >= REMEMBERED {
            self.seen.clear();
        }
        self.seen.insert(word.into(), seen);
        seen
    }
}

/// Whether what stands between two words ends a sentence or a paragraph.
fn ends_sentence(between: &str) -> bool {
    if between.len() < 2 {
        return false;
    }
    let mut stopped = false;
    let mut lines = 0;
    for c in between.chars() {
        match c {
            '.' | '?' | '!' | '…' => stopped = true,
            '\n' => lines += 1,
            _ => {}
        }
        if stopped && c.is_whitespace() {
            return true;
        }
    }
    lines > 1
}
