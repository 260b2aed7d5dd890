//! One thesaurus joined to another.

use std::collections::HashMap;

use super::turtle::iri;
use super::{Concept, Thesaurus};
use crate::words;

impl Thesaurus {
    /// This thesaurus with another joined to it. A concept of the other is one of ours if it has the same id, if either
    /// says that it is the same (`same_as`), or if no concept but it and ours is shown by the same words; it is a new one
    /// otherwise. Of a joined concept labels and relations are those of both; the other's preferred label, years, nations
    /// and note stand where it has them, and our preferred label becomes a variant. Ours keeps its id, and relations to
    /// the other's follow.
    #[must_use]
    pub fn merged_with(&self, other: &Thesaurus) -> Thesaurus {
        let ours = self.counterparts(other);
        let mut concepts = self.concepts.clone();
        let mut places: HashMap<String, usize> =
            concepts.iter().enumerate().map(|(at, c)| (c.id.clone(), at)).collect();
        for theirs in &other.concepts {
            let theirs = renamed(theirs, &ours);
            match places.get(&theirs.id) {
                Some(at) => join(&mut concepts[*at], theirs),
                None => {
                    places.insert(theirs.id.clone(), concepts.len());
                    concepts.push(theirs);
                }
            }
        }
        let by_iri: HashMap<String, String> = concepts.iter().map(|c| (iri(&c.id), c.id.clone())).collect();
        for concept in &mut concepts {
            settle(concept, &by_iri);
        }
        Thesaurus::new(concepts)
    }

    /// Which concepts of the other are one of ours, and which of ours, by their ids.
    pub fn counterparts<'t>(&'t self, other: &'t Thesaurus) -> HashMap<&'t str, &'t str> {
        let mut by_iri: HashMap<String, &str> = HashMap::new();
        for concept in &self.concepts {
            for same in concept.same_as.iter().chain([&concept.id]) {
                by_iri.entry(iri(same)).or_insert(&concept.id);
            }
        }
        let mine = shown_once(&self.concepts);
        let yours = shown_once(&other.concepts);
        let mut joined = HashMap::new();
        for concept in &other.concepts {
            let key = words::key(&concept.preferred);
            let stated = concept.same_as.iter().chain([&concept.id]).find_map(|same| by_iri.get(&iri(same)).copied());
            let shown = || yours.get(&key).filter(|id| **id == concept.id).and(mine.get(&key)).copied();
            if let Some(ours) = stated.or_else(shown) {
                joined.insert(concept.id.as_str(), ours);
            }
        }
        joined
    }
}

/// Preferred labels that one concept alone has, and its id.
fn shown_once(concepts: &[Concept]) -> HashMap<String, &str> {
    let mut shown: HashMap<String, Option<&str>> = HashMap::new();
    for concept in concepts {
        let entry = shown.entry(words::key(&concept.preferred));
        entry.and_modify(|id| *id = None).or_insert(Some(&concept.id));
    }
    shown.into_iter().filter(|(key, _)| !key.is_empty()).filter_map(|(key, id)| Some((key, id?))).collect()
}

fn renamed(concept: &Concept, ours: &HashMap<&str, &str>) -> Concept {
    let mut concept = concept.clone();
    let rename = |id: &mut String| {
        if let Some(known) = ours.get(id.as_str()) {
            *id = (*known).to_owned();
        }
    };
    rename(&mut concept.id);
    let Concept { broader, related, succeeded_by, near, .. } = &mut concept;
    [broader, related, succeeded_by, near].into_iter().flatten().for_each(rename);
    concept
}

fn join(ours: &mut Concept, theirs: Concept) {
    let Concept { id: _, preferred, variants, acronyms, hidden, headings, .. } = theirs;
    if !preferred.is_empty() && preferred != ours.preferred {
        let was = std::mem::replace(&mut ours.preferred, preferred);
        unite(&mut ours.variants, vec![was]);
    }
    unite(&mut ours.variants, variants);
    ours.variants.retain(|v| *v != ours.preferred);
    unite(&mut ours.acronyms, acronyms);
    unite(&mut ours.hidden, hidden);
    unite(&mut ours.headings, headings);
    unite(&mut ours.broader, theirs.broader);
    unite(&mut ours.related, theirs.related);
    unite(&mut ours.succeeded_by, theirs.succeeded_by);
    unite(&mut ours.near, theirs.near);
    unite(&mut ours.same_as, theirs.same_as);
    unite(&mut ours.close_to, theirs.close_to);
    if theirs.from.is_some() || theirs.to.is_some() {
        (ours.from, ours.to) = (theirs.from, theirs.to);
    }
    if !theirs.nations.is_empty() {
        ours.nations = theirs.nations;
    }
    if !theirs.note.is_empty() {
        ours.note = theirs.note;
    }
}

fn unite<T: PartialEq>(ours: &mut Vec<T>, theirs: Vec<T>) {
    for value in theirs {
        if !ours.contains(&value) {
            ours.push(value);
        }
    }
}

/// What was elsewhere and is here now: near concepts are named by their ids, and nothing is the same as itself.
fn settle(concept: &mut Concept, by_iri: &HashMap<String, String>) {
    let here = iri(&concept.id);
    concept.same_as.retain(|same| iri(same) != here);
    for close in std::mem::take(&mut concept.close_to) {
        match by_iri.get(&iri(&close)) {
            Some(id) if *id == concept.id => {}
            Some(id) => unite(&mut concept.near, vec![id.clone()]),
            None => concept.close_to.push(close),
        }
    }
}
