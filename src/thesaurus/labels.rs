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
    /// Whether spelling may decide otherwise.
    ask_spelling: bool,
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

/// The numbers of the stems of words that have been seen: most words stand in many labels.
#[derive(Debug, Default)]
struct Numbers {
    stemmer: Stemmer,
    of_words: HashMap<Box<str>, u32>,
}

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
    /// Labels of several words by their spelling, where that decides: names, and labels with the stems of another
    /// concept's.
    spelt: HashMap<Box<str>, u32>,
    bearers: Vec<Bearers>,
}

impl Labels {
    /// The labels that are wanted, which are about as many as so many concepts have.
    pub(super) fn new(concepts: &[Concept], about: usize, wanted: impl Fn(&str) -> bool) -> Self {
        // Room for what a concept has on the average, so that nothing is hashed again while the maps grow.
        let (few, many) = (2 * about, 6 * about);
        let mut labels = Labels {
            single: HashMap::with_capacity(few),
            stems: HashMap::with_capacity(few),
            children: HashMap::with_capacity(many),
            ends: Vec::with_capacity(many),
            bearers: Vec::with_capacity(many),
            spelt: HashMap::with_capacity(few),
        };
        labels.ends.push(None);
        let mut numbers = Numbers { of_words: HashMap::with_capacity(few), ..Numbers::default() };
        let mut several = Vec::new();
        let mut first = String::new();
        for (at, concept) in concepts.iter().enumerate() {
            let concept_id = ConceptId(at as u32);
            for (kind, label) in concept.all_labels().filter(|(_, label)| wanted(label)) {
                let mut words = Words::new(label);
                if words.next().is_none() {
                    continue;
                }
                words.folded().clone_into(&mut first);
                if words.next().is_none() {
                    let place = labels.place(|l, free| *l.single.entry(first.as_str().into()).or_insert(free));
                    labels.bearers[place as usize].add(concept_id, kind);
                    continue;
                }
                let mut node = labels.grow(0, &first, &mut numbers);
                node = labels.grow(node, words.folded(), &mut numbers);
                while words.next().is_some() {
                    node = labels.grow(node, words.folded(), &mut numbers);
                }
                let place = labels.place(|l, free| *l.ends[node as usize].get_or_insert(free));
                let bearers = &mut labels.bearers[place as usize];
                if is_name(label) {
                    bearers.ask_spelling = true;
                } else {
                    bearers.add(concept_id, kind);
                }
                several.push((place, label, concept_id, kind));
            }
        }
        for bearers in &mut labels.bearers {
            bearers.ask_spelling |= bearers.all.len() > 1;
        }
        for (place, label, concept, kind) in several {
            if labels.bearers[place as usize].ask_spelling {
                let spelling = spelling(label, &mut numbers.stemmer);
                let place = labels.place(|l, free| *l.spelt.entry(spelling.into()).or_insert(free));
                labels.bearers[place as usize].add(concept, kind);
            }
        }
        labels
    }

    /// The place of a label's bearers, which is the next free one for a new label.
    fn place(&mut self, find_or_take: impl FnOnce(&mut Self, u32) -> u32) -> u32 {
        let free = self.bearers.len() as u32;
        let place = find_or_take(self, free);
        if place == free {
            self.bearers.push(Bearers::default());
        }
        place
    }

    /// The node of a word after another node.
    fn grow(&mut self, node: Node, word: &str, numbers: &mut Numbers) -> Node {
        let stem = match numbers.of_words.get(word) {
            Some(known) => *known,
            None => {
                let next = self.stems.len() as u32;
                let stem = *self.stems.entry(numbers.stemmer.stem(word).into()).or_insert(next);
                numbers.of_words.insert(word.into(), stem);
                stem
            }
        };
        let new = self.ends.len() as Node;
        let node = *self.children.entry((node, stem)).or_insert(new);
        if node == new {
            self.ends.push(None);
        }
        node
    }

    /// The concepts that have exactly these words as a label.
    pub(super) fn whole<S: AsRef<str>>(&self, words: &[S], stemmer: &mut Stemmer) -> &[ConceptId] {
        let bearers = match words {
            [] => None,
            [word] => self.of_word(word.as_ref(), stemmer).and_then(|p| self.bearers.get(p as usize)),
            several => {
                let end = several
                    .iter()
                    .try_fold(0, |node, word| self.step(node, self.number(word.as_ref(), stemmer)?))
                    .and_then(|node| self.end(node));
                let spelt = end.filter(|b| b.ask_spelling).and_then(|_| self.spelt(&spelling_of(several, stemmer)));
                spelt.or(end)
            }
        };
        bearers.map_or(&[], |b| &b.all)
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
        for (place, word) in rest.iter().enumerate() {
            let step = self.number(word.as_ref(), stemmer).and_then(|stem| self.step(node, stem));
            let Some(next) = step else { break };
            node = next;
            if let Some(concepts) = self.ending(node, || spelling_of(&rest[..=place], stemmer)) {
                best = Some((place + 1, concepts));
            }
        }
        best
    }

    fn of_word(&self, word: &str, stemmer: &mut Stemmer) -> Option<u32> {
        self.of_stemmed_word(word, stemmer.stem(word))
    }

    fn of_stemmed_word(&self, word: &str, stem: &str) -> Option<u32> {
        self.single.get(word).or_else(|| self.single.get(&*singular(word, stem)?)).copied()
    }

    fn known(&self, word: &str, stem: &str) -> Known {
        let single = self.of_stemmed_word(word, stem);
        let stem = self.stems.get(stem).copied();
        Known { single, stem, first: stem.and_then(|stem| self.step(0, stem)) }
    }

    fn number(&self, word: &str, stemmer: &mut Stemmer) -> Option<u32> {
        self.stems.get(stemmer.stem(word)).copied()
    }

    fn step(&self, node: Node, stem: u32) -> Option<Node> {
        self.children.get(&(node, stem)).copied()
    }

    fn end(&self, node: Node) -> Option<&Bearers> {
        self.bearers.get((*self.ends.get(node as usize)?)? as usize)
    }

    fn spelt(&self, spelling: &str) -> Option<&Bearers> {
        self.bearers.get(*self.spelt.get(spelling)? as usize)
    }

    /// The concepts of the label of running text that ends at a node; its words are spelt only where that decides.
    fn ending(&self, node: Node, spelling: impl FnOnce() -> String) -> Option<&[ConceptId]> {
        let bearers = self.end(node)?;
        let spelt = if bearers.ask_spelling { self.spelt(&spelling()) } else { None };
        let of_text = |b: &'_ Bearers| !b.text.is_empty();
        spelt.filter(|b| of_text(b)).or(Some(bearers).filter(|b| of_text(b))).map(|b| b.text.as_slice())
    }

    fn text(&self, place: u32) -> Option<&[ConceptId]> {
        self.bearers.get(place as usize).map(|b| b.text.as_slice()).filter(|c| !c.is_empty())
    }
}

/// Whether a label of several words is a name: all its words but small ones begin with a capital or a digit. The words of a
/// name are found as they are spelt and in the plural; commissioning for health improvement is no Commission for Health
/// Improvement.
pub(super) fn is_name(label: &str) -> bool {
    const SMALL: [&str; 12] = ["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "the", "to"];
    let mut words = label.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’').filter(|w| !w.is_empty());
    words.clone().count() > 1
        && words.all(|w| SMALL.contains(&w) || w.starts_with(|c: char| c.is_uppercase() || c.is_numeric()))
}

/// The singular of a word that looks like a plural; its stem is given.
fn singular(word: &str, stem: &str) -> Option<String> {
    let bare = word.strip_suffix('s')?;
    if stem == bare {
        return Some(bare.to_owned());
    }
    match bare.strip_suffix("ie") {
        Some(before) if before.len() > 1 => Some(format!("{before}y")),
        _ => (word.len() > 3 && !bare.ends_with(['s', 'u', 'i'])).then(|| bare.to_owned()),
    }
}

/// Folded words as they are spelt, but for plurals.
fn spelling_of<S: AsRef<str>>(words: impl AsRef<[S]>, stemmer: &mut Stemmer) -> String {
    let mut spelling = String::new();
    for word in words.as_ref() {
        if !spelling.is_empty() {
            spelling.push(' ');
        }
        match singular(word.as_ref(), stemmer.stem(word.as_ref())) {
            Some(singular) => spelling.push_str(&singular),
            None => spelling.push_str(word.as_ref()),
        }
    }
    spelling
}

/// A label as it is spelt, but for plurals.
pub(super) fn spelling(label: &str, stemmer: &mut Stemmer) -> String {
    spelling_of(words::folded(label), stemmer)
}

/// What a label is found by: the spelling of a word or a name, the stems of several words.
pub(super) fn key(label: &str, stemmer: &mut Stemmer) -> String {
    let folded = words::folded(label);
    if folded.len() < 2 || is_name(label) {
        return spelling_of(folded, stemmer);
    }
    folded.iter().map(|w| stemmer.stem(w).to_owned()).collect::<Vec<_>>().join(" ")
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
/// a sentence. It remembers the words it has seen, so that a word costs one look-up; who has numbered the words of a text
/// before remembers what is [`Tagger::known`] of them, and it costs none.
#[derive(Debug)]
pub struct Tagger<'t> {
    labels: &'t Labels,
    stemmer: Stemmer,
    seen: HashMap<Box<str>, Known>,
    words: Vec<(Range<usize>, Known)>,
    /// The end of the last word.
    end: usize,
}

/// What the labels of a thesaurus know of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The label that it is.
    single: Option<u32>,
    /// The number of its stem.
    stem: Option<u32>,
    /// Where labels of several words go on that begin with it.
    first: Option<Node>,
}

impl Known {
    /// Of a word that stands in no label; also, that a sentence ends.
    pub const NOTHING: Known = Known { single: None, stem: None, first: None };
}

impl<'t> Tagger<'t> {
    /// A tagger of this thesaurus.
    pub fn new(thesaurus: &'t Thesaurus) -> Self {
        Tagger {
            labels: thesaurus.labels.all(&thesaurus.concepts),
            stemmer: Stemmer::default(),
            seen: HashMap::new(),
            words: Vec::new(),
            end: 0,
        }
    }

    /// What is known of a folded word and its stem.
    pub fn known(&self, word: &str, stem: &str) -> Known {
        self.labels.known(word, stem)
    }

    /// Begins a text.
    pub fn begin(&mut self) {
        self.words.clear();
        self.end = 0;
    }

    /// Reads the next word of the text.
    pub fn word(&mut self, text: &str, range: Range<usize>, known: Known) {
        if text.get(self.end..range.start).is_some_and(ends_sentence) {
            self.stop();
        }
        self.end = range.end;
        self.words.push((range, known));
    }

    /// Ends a sentence, whatever stands there.
    pub fn stop(&mut self) {
        self.words.push((self.end..self.end, Known::NOTHING));
    }

    /// The labels among the words of the text that have been read, in order, none overlapping another.
    pub fn found(&mut self, text: &str) -> Vec<Tag<'t>> {
        let labels = self.labels;
        let mut tags = Vec::new();
        let mut at = 0;
        while let Some((range, known)) = self.words.get(at) {
            let mut best = known.single.and_then(|p| labels.text(p)).map(|c| (at, range.end, c));
            let mut next = known.first;
            let mut place = at;
            while let Some(node) = next {
                let Some((last, _)) = self.words.get(place) else { break };
                let spelling = || spelling(&text[range.start..last.end], &mut self.stemmer);
                if let Some(concepts) = labels.ending(node, spelling) {
                    best = Some((place, last.end, concepts));
                }
                place += 1;
                let stem = self.words.get(place).and_then(|(_, known)| known.stem);
                next = stem.and_then(|stem| labels.step(node, stem));
            }
            at = match best {
                Some((last, end, concepts)) => {
                    tags.push(Tag { range: range.start..end, concepts });
                    last + 1
                }
                None => at + 1,
            };
        }
        tags
    }

    /// The labels in a text, in order, none overlapping another.
    pub fn tags(&mut self, text: &str) -> Vec<Tag<'t>> {
        self.begin();
        let mut words = Words::new(text);
        while let Some(range) = words.next() {
            let known = match self.seen.get(words.folded()) {
                Some(known) => *known,
                None => self.learn(words.folded()),
            };
            self.word(text, range, known);
        }
        self.found(text)
    }

    fn learn(&mut self, word: &str) -> Known {
        let known = self.labels.known(word, self.stemmer.stem(word));
        if self.seen.len() >= REMEMBERED {
            self.seen.clear();
        }
        self.seen.insert(word.into(), known);
        known
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
