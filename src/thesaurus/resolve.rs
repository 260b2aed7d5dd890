//! Which of several concepts an ambiguous label means: by years, then by the words around it.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use super::{Concept, ConceptId, Thesaurus};
use crate::words::{self, Stemmer};

/// What became of an ambiguous label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// It means this concept, for this reason.
    One(ConceptId, ResolvedBy),
    /// It may mean any of these; none where there was nothing to choose from.
    Several(Vec<ConceptId>),
}

/// Why a label means one concept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResolvedBy {
    /// No other concept has it.
    Nothing,
    /// Only this concept was in force in the years asked for.
    Years,
    /// Words around it belong to this concept more than to the others.
    Context,
}

/// Words that belong to every concept of the field.
const EVERYWHERE: [&str; 25] = [
    "a", "an", "and", "are", "as", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the", "their", "to",
    "with", "care", "health", "nhs", "national", "primary", "service", "services",
];

/// Other words for a nation that stand around its concepts.
const NATIONAL: [(&str, &str); 9] = [
    ("England", "english"),
    ("Scotland", "scottish"),
    ("Wales", "welsh"),
    ("Northern Ireland", "irish belfast ulster"),
    ("Australia", "australian"),
    ("Canada", "canadian"),
    ("Netherlands", "dutch"),
    ("New Zealand", "zealand"),
    ("United States", "american usa us medicare"),
];

/// How much a word counts that tells a concept's nation, one that stands in its own labels, one in its neighbours'.
const NATION: u32 = 3;
const OWN: u32 = 2;
const NEIGHBOURS: u32 = 1;

impl Thesaurus {
    /// Chooses among the concepts of a label. `years` are those that the query asks for; `context` are the folded words that
    /// stand around the label. Years decide where only one of the concepts was in force in them; where none was, they say
    /// nothing. Words decide where they stand in labels of one concept, or of its neighbours, more than of any other.
    pub fn resolve<S: AsRef<str>>(
        &self,
        candidates: &[ConceptId],
        context: &[S],
        years: Option<RangeInclusive<i32>>,
        stemmer: &mut Stemmer,
    ) -> Resolution {
        if let [one] = candidates {
            return Resolution::One(*one, ResolvedBy::Nothing);
        }
        let mut left = candidates.to_vec();
        if let Some(years) = years {
            let active = |id: &ConceptId| self.get(*id).is_some_and(|c| c.active_during(&years));
            let in_force: Vec<_> = left.iter().copied().filter(active).collect();
            match in_force.as_slice() {
                [] => {}
                [one] => return Resolution::One(*one, ResolvedBy::Years),
                _ => left = in_force,
            }
        }
        match self.by_context(&left, context, stemmer) {
            Some(one) => Resolution::One(one, ResolvedBy::Context),
            None => Resolution::Several(left),
        }
    }

    /// Of several concepts the one whose name all others have too, with something that tells them apart: primary care trust, of
    /// it and primary care trust (Scotland).
    pub fn plainest(&self, candidates: &[ConceptId], stemmer: &mut Stemmer) -> Option<ConceptId> {
        let mut names: Vec<(ConceptId, Vec<String>)> = Vec::with_capacity(candidates.len());
        for id in candidates {
            let words = self.get(*id).map(|c| words::folded(&c.preferred)).unwrap_or_default();
            names.push((*id, words.iter().map(|w| stemmer.stem(w).to_owned()).collect()));
        }
        let (id, plain) = names.iter().min_by_key(|(_, words)| words.len())?;
        let has = |words: &[String]| !plain.is_empty() && words.windows(plain.len()).any(|w| w == plain);
        (names.len() > 1 && names.iter().all(|(_, words)| has(words))).then_some(*id)
    }

    fn by_context<S: AsRef<str>>(
        &self,
        candidates: &[ConceptId],
        context: &[S],
        stemmer: &mut Stemmer,
    ) -> Option<ConceptId> {
        let telling = context.iter().map(AsRef::as_ref).filter(|w| !EVERYWHERE.contains(w));
        let context: HashSet<String> = telling.map(|w| stemmer.stem(w).to_owned()).collect();
        if context.is_empty() {
            return None;
        }
        let candidates: Vec<_> = candidates.iter().copied().filter(|id| self.get(*id).is_some()).collect();
        let around: Vec<_> = candidates.iter().filter_map(|id| self.around(*id, stemmer)).collect();
        let shared = |word: &String| around.iter().all(|weights| weights.contains_key(word));
        let score = |weights: &&HashMap<String, u32>| -> u32 {
            context.iter().filter(|w| !shared(w)).filter_map(|w| weights.get(w)).sum()
        };
        let scores: Vec<u32> = around.iter().map(score).collect();
        let best = *scores.iter().max()?;
        let mut winners = candidates.iter().zip(&scores).filter(|(_, s)| **s == best).map(|(id, _)| *id);
        let one = winners.next()?;
        (best > 0 && winners.next().is_none()).then_some(one)
    }

    fn around(&self, id: ConceptId, stemmer: &mut Stemmer) -> Option<&HashMap<String, u32>> {
        self.around.get(id.0 as usize).map(|around| around.get_or_init(|| self.weights(id, stemmer)))
    }

    /// The words that stand in a concept's labels and in those of its neighbours, and what they count.
    fn weights(&self, id: ConceptId, stemmer: &mut Stemmer) -> HashMap<String, u32> {
        let mut weights = HashMap::new();
        let mut add = |text: &str, weight: u32| {
            for word in words::folded(text).iter().filter(|w| !EVERYWHERE.contains(&w.as_str())) {
                let held = weights.entry(stemmer.stem(word).to_owned()).or_insert(weight);
                *held = weight.max(*held);
            }
        };
        let Some(concept) = self.get(id) else { return weights };
        for (_, label) in concept.labels() {
            add(label, OWN);
        }
        for nation in &concept.nations {
            add(nation, NATION);
            for (_, also) in NATIONAL.iter().filter(|(name, _)| name == nation) {
                add(also, NATION);
            }
        }
        let over = self.broader(id).chain(self.related(id)).chain(self.near(id));
        let neighbours = over.chain(self.succeeded_by(id)).chain(self.preceded_by(id)).filter_map(|n| self.get(n));
        for (_, label) in neighbours.flat_map(Concept::labels) {
            add(label, NEIGHBOURS);
        }
        weights
    }
}
