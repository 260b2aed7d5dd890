//! Which concepts of the thesaurus a record mentions: found when it is indexed, for the facet and for `concept:"…"`.
//!
//! Labels are looked for in the fields of running text, subject headings also as a whole. A label of several concepts is settled,
//! in this order, by a concept that the record names otherwise too, by the year of publication, and by the words of title,
//! subjects and abstract; where none of that settles it, a long name stands for all of its concepts, and an acronym for the one whose
//! name the others have too, or for none.
//!
//! It does *not* look at queries.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::ops::Range;

use super::schema;
use crate::query::Fields;
use crate::record::Record;
use crate::thesaurus::{ConceptId, Known, Resolution, Tag, Tagger, Thesaurus};
use crate::words::{self, Stemmer};

/// A concept that was abolished is written about for so many years more.
const YEARS_AFTER: i32 = 5;

/// Finds the concepts of one record after another. It is shown the words of a record's running text as they are indexed, by
/// their numbers, and remembers by these what the thesaurus knows of each.
#[derive(Debug)]
pub(super) struct Concepts<'t> {
    thesaurus: &'t Thesaurus,
    tagger: Tagger<'t>,
    stemmer: Stemmer,
    /// By the number of a word: one more than the place of what is known of it, or 0 while nobody has asked.
    known: Vec<u32>,
    /// What is known of words; of most it is the first of them, nothing.
    facts: Vec<Known>,
    /// What the record mentions.
    found: BTreeSet<ConceptId>,
    /// Labels of several concepts that it has, and whether they are of several words.
    unsettled: Vec<(&'t [ConceptId], bool)>,
}

/// What a record mentions, by preferred labels in the order of the alphabet.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mentioned<'t> {
    /// The concepts themselves.
    pub(super) named: Vec<&'t str>,
    /// Those and everything broader.
    pub(super) with_broader: Vec<&'t str>,
}

impl<'t> Concepts<'t> {
    pub(super) fn new(thesaurus: &'t Thesaurus) -> Self {
        Concepts {
            thesaurus,
            tagger: Tagger::new(thesaurus),
            stemmer: Stemmer::default(),
            known: Vec::new(),
            facts: vec![Known::NOTHING],
            found: BTreeSet::new(),
            unsettled: Vec::new(),
        }
    }

    /// From here on words have other numbers.
    pub(super) fn renumber(&mut self) {
        self.known.clear();
        self.facts.truncate(1);
    }

    /// Begins a text of the record.
    pub(super) fn begin(&mut self) {
        self.tagger.begin();
    }

    /// Says which words come next, by their numbers, so that what is known of them is near when they are shown: it is read here
    /// in a row, not waited for word by word.
    pub(super) fn expect(&mut self, numbers: &[u32]) {
        if let Some(most) = numbers.iter().max().map(|n| *n as usize)
            && most >= self.known.len()
        {
            self.known.resize(most + 1, 0);
        }
        black_box(numbers.iter().fold(0, |all, number| all ^ self.known[*number as usize]));
    }

    /// Shows a word of the text that is expected: its place there, its number, and how it is folded and stemmed.
    pub(super) fn word<'s>(
        &mut self,
        text: &str,
        range: Range<usize>,
        number: u32,
        folded: &str,
        stem: impl FnOnce() -> &'s str,
    ) {
        let number = number as usize;
        if self.known[number] == 0 {
            let known = self.tagger.known(folded, stem());
            if known != Known::NOTHING {
                self.facts.push(known);
            }
            self.known[number] = if known == Known::NOTHING { 1 } else { self.facts.len() as u32 };
        }
        self.tagger.word(text, range, self.facts[self.known[number] as usize - 1]);
    }

    /// Ends a value of the text: no label spans two.
    pub(super) fn end_value(&mut self) {
        self.tagger.stop();
    }

    /// Ends the text.
    pub(super) fn end(&mut self, text: &str) {
        let tags = self.tagger.found(text);
        self.take(tags, text);
    }

    /// Reads the running text of a record of which nothing is shown.
    pub(super) fn read(&mut self, record: &Record) {
        for field in Fields::RUNNING_TEXT.iter() {
            for text in schema::texts(record, field) {
                let tags = self.tagger.tags(&text);
                self.take(tags, &text);
            }
        }
    }

    fn take(&mut self, tags: Vec<Tag<'t>>, text: &str) {
        for tag in tags {
            match tag.concepts {
                [one] => drop(self.found.insert(*one)),
                several => {
                    let is_long = text.get(tag.range).is_some_and(|label| label.contains(char::is_whitespace));
                    if !self.unsettled.contains(&(several, is_long)) {
                        self.unsettled.push((several, is_long));
                    }
                }
            }
        }
    }

    /// The concepts that a record mentions, the texts of which have been shown or read.
    pub(super) fn of(&mut self, record: &Record) -> Mentioned<'t> {
        let mut found = std::mem::take(&mut self.found);
        let unsettled = std::mem::take(&mut self.unsettled);
        for subject in &record.subjects {
            if let [one] = self.thesaurus.concepts_of_label(&words::folded(subject), &mut self.stemmer) {
                found.insert(*one);
            }
        }
        if !unsettled.is_empty() {
            self.settle(record, &unsettled, &mut found);
        }
        self.names(&found)
    }

    fn settle(&mut self, record: &Record, unsettled: &[(&[ConceptId], bool)], found: &mut BTreeSet<ConceptId>) {
        let years = record.year.map(|year| year - YEARS_AFTER..=year);
        let around = std::iter::once(&record.title).chain(&record.subjects).chain(&record.abstract_text);
        let context: Vec<String> = around.flat_map(|text| words::folded(text)).collect();
        let certain = found.clone();
        // Long names first: what they settle, settles their acronyms.
        let mut unsettled = unsettled.to_vec();
        unsettled.sort_by_key(|(_, is_long)| !is_long);
        for (concepts, is_long) in unsettled {
            if concepts.iter().any(|id| certain.contains(id)) {
                continue;
            }
            match self.thesaurus.resolve(concepts, &context, years.clone(), &mut self.stemmer) {
                Resolution::One(id, _) => drop(found.insert(id)),
                Resolution::Several(ids) if is_long => found.extend(ids),
                Resolution::Several(ids) => found.extend(self.thesaurus.plainest(&ids, &mut self.stemmer)),
            }
        }
    }

    fn names(&self, found: &BTreeSet<ConceptId>) -> Mentioned<'t> {
        let thesaurus = self.thesaurus;
        let mut all = found.clone();
        let mut waiting: Vec<ConceptId> = found.iter().copied().collect();
        while let Some(id) = waiting.pop() {
            waiting.extend(thesaurus.broader(id).filter(|broader| all.insert(*broader)));
        }
        let names = |ids: &BTreeSet<ConceptId>| {
            let mut names: Vec<&str> =
                ids.iter().filter_map(|id| thesaurus.get(*id)).map(|c| c.preferred.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            names
        };
        Mentioned { named: names(found), with_broader: names(&all) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_record_mentions() {
        let mut concepts = Concepts::new(Thesaurus::shipped());
        let record = |title: &str, year: i32, text: &str| Record {
            title: title.into(),
            year: Some(year),
            abstract_text: Some(text.into()),
            ..Record::default()
        };
        let mut table = Vec::new();
        let mut stemmer = Stemmer::default();
        let mut of = |record: Record| {
            concepts.read(&record);
            let read = concepts.of(&record);
            for text in [&record.title].into_iter().chain(&record.abstract_text) {
                concepts.begin();
                let mut words = words::Words::new(text);
                while let Some(range) = words.next() {
                    let number = table.iter().position(|w| w == words.folded()).unwrap_or(table.len());
                    table.resize(table.len().max(number + 1), words.folded().to_owned());
                    let stem = stemmer.stem(words.folded());
                    concepts.expect(&[number as u32]);
                    concepts.word(text, range, number as u32, words.folded(), || stem);
                }
                concepts.end(text);
            }
            let shown = concepts.of(&record);
            assert_eq!(shown, read);
            shown
        };
        let gps = record("Fund-holding practices", 1995, "GPFHs bought care in a quasi-market.");
        let mentioned = of(gps);
        assert!(mentioned.named.contains(&"fundholding"), "{mentioned:?}");
        assert!(mentioned.with_broader.len() > mentioned.named.len(), "{mentioned:?}");
        // An acronym of several, settled by its long form, by the years, or not at all.
        let pathway = of(record("ICPs", 1999, "An integrated care pathway (ICP) for stroke."));
        assert!(pathway.named.contains(&"integrated care pathway"), "{pathway:?}");
        assert!(!pathway.named.iter().any(|n| n.contains("partnership") || n.contains("pilot")), "{pathway:?}");
        let nothing = of(record("ICP", 2023, "What it is."));
        assert!(!nothing.named.iter().any(|n| n.starts_with("integrated care p")), "{nothing:?}");
    }
}
