//! Which concepts of the thesaurus a record mentions: found when it is indexed, for the facet and for `concept:"…"`.
//!
//! Labels are looked for in the fields of running text, subject headings also as a whole. A label of several concepts is settled,
//! in this order, by a concept that the record names otherwise too, by the year of publication, and by the words of title,
//! subjects and abstract; where none of that settles it, a long name stands for all of its concepts, and an acronym for the one whose
//! name the others have too, or for none.
//!
//! It does *not* look at queries.

use std::collections::BTreeSet;

use super::schema;
use crate::query::Fields;
use crate::record::Record;
use crate::thesaurus::{ConceptId, Resolution, Tagger, Thesaurus};
use crate::words::{self, Stemmer};

/// A concept that was abolished is written about for so many years more.
const YEARS_AFTER: i32 = 5;

/// Finds the concepts of one record after another.
#[derive(Debug)]
pub(super) struct Concepts<'t> {
    thesaurus: &'t Thesaurus,
    tagger: Tagger<'t>,
    stemmer: Stemmer,
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
        Concepts { thesaurus, tagger: Tagger::new(thesaurus), stemmer: Stemmer::default() }
    }

    /// The concepts that a record mentions.
    pub(super) fn of(&mut self, record: &Record) -> Mentioned<'t> {
        let mut found: BTreeSet<ConceptId> = BTreeSet::new();
        let mut unsettled: Vec<(&'t [ConceptId], bool)> = Vec::new();
        for field in Fields::RUNNING_TEXT.iter() {
            for text in schema::texts(record, field) {
                for tag in self.tagger.tags(&text) {
                    match tag.concepts {
                        [one] => drop(found.insert(*one)),
                        several => {
                            let is_long = text.get(tag.range).is_some_and(|label| label.contains(char::is_whitespace));
                            if !unsettled.contains(&(several, is_long)) {
                                unsettled.push((several, is_long));
                            }
                        }
                    }
                }
            }
        }
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
        let gps = record("Fund-holding practices", 1995, "GPFHs bought care in a quasi-market.");
        let mentioned = concepts.of(&gps);
        assert!(mentioned.named.contains(&"fundholding"), "{mentioned:?}");
        assert!(mentioned.with_broader.len() > mentioned.named.len(), "{mentioned:?}");
        // An acronym of several, settled by its long form, by the years, or not at all.
        let pathway = concepts.of(&record("ICPs", 1999, "An integrated care pathway (ICP) for stroke."));
        assert!(pathway.named.contains(&"integrated care pathway"), "{pathway:?}");
        assert!(!pathway.named.iter().any(|n| n.contains("partnership") || n.contains("pilot")), "{pathway:?}");
        let nothing = concepts.of(&record("ICP", 2023, "What it is."));
        assert!(!nothing.named.iter().any(|n| n.starts_with("integrated care p")), "{nothing:?}");
    }
}
