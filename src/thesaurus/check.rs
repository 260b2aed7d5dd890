//! What is wrong with a thesaurus, and what is ambiguous in it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use super::everyday::is_everyday;
use super::labels::{LabelKind, key, spelling};
use super::{Concept, ConceptId, Links, NATIONS, Thesaurus};
use crate::words::{self, Stemmer};

/// Something to know about a thesaurus.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// The ids of the concepts concerned.
    pub concepts: Vec<String>,
    /// The label, id, year or nation concerned.
    pub about: String,
}

/// What a [`Finding`] is. All but [`FindingKind::Ambiguous`] want mending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FindingKind {
    /// Two concepts have one id; the first is found by it.
    DuplicateId,
    /// A label without a word in it.
    EmptyLabel,
    /// Two concepts are shown by the same label.
    SamePreferred,
    /// A variant or acronym is the preferred label of another concept.
    VariantIsPreferred,
    /// A variant or acronym that is spelt like an everyday word, and would be found wherever that stands: a hidden label.
    EverydayWord,
    /// A relation to a concept that is not there.
    Dangling,
    /// A relation of a concept to itself.
    ToItself,
    /// A concept is broader than itself, over others.
    BroaderCycle,
    /// A concept succeeds itself, over others.
    SuccessionCycle,
    /// A concept is related to one above it.
    RelatedIsBroader,
    /// The last year is before the first.
    YearsBackwards,
    /// A nation that is not among [`NATIONS`].
    UnknownNation,
    /// Several concepts have the label; what it means is for years and context to say.
    Ambiguous,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            FindingKind::DuplicateId => "id of two concepts",
            FindingKind::EmptyLabel => "label without a word",
            FindingKind::SamePreferred => "preferred label of two concepts",
            FindingKind::VariantIsPreferred => "preferred label that another concept has as well",
            FindingKind::EverydayWord => "everyday word that should be hidden",
            FindingKind::Dangling => "no concept has the id",
            FindingKind::ToItself => "related to itself",
            FindingKind::BroaderCycle => "broader than itself",
            FindingKind::SuccessionCycle => "succeeds itself",
            FindingKind::RelatedIsBroader => "related to what is above it",
            FindingKind::YearsBackwards => "years backwards",
            FindingKind::UnknownNation => "nation not known",
            FindingKind::Ambiguous => "ambiguous",
        };
        write!(f, "{what}: {} ({})", self.about, self.concepts.join(", "))
    }
}

impl Thesaurus {
    /// Everything that is wrong, and every ambiguous label; sorted by kind.
    pub fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut ids = BTreeSet::new();
        for (id, concept) in self.concepts() {
            if !ids.insert(&concept.id) {
                findings.push(one(FindingKind::DuplicateId, concept, concept.id.clone()));
            }
            self.check_concept(id, concept, &mut findings);
        }
        self.check_labels(&mut findings);
        let circles = [
            (FindingKind::BroaderCycle, self.circles(|l| &l.broader, |l| &l.narrower)),
            (FindingKind::SuccessionCycle, self.circles(|l| &l.succeeded_by, |l| &l.preceded_by)),
        ];
        for (kind, members) in circles {
            let concepts = members.into_iter().filter_map(|id| self.get(id));
            findings.extend(concepts.map(|c| one(kind, c, c.id.clone())));
        }
        findings.sort();
        findings.dedup();
        findings
    }

    fn check_concept(&self, id: ConceptId, concept: &Concept, findings: &mut Vec<Finding>) {
        let wordless = |label: &str| words::key(label).is_empty();
        for (_, label) in concept.all_labels().filter(|(_, label)| wordless(label)) {
            findings.push(one(FindingKind::EmptyLabel, concept, format!("{label:?}")));
        }
        for (_, label) in concept.labels().skip(1) {
            if let [word] = words::folded(label).as_slice()
                && is_everyday(word)
            {
                findings.push(one(FindingKind::EverydayWord, concept, label.to_owned()));
            }
        }
        for stated in [&concept.broader, &concept.related, &concept.succeeded_by, &concept.near].into_iter().flatten() {
            if *stated == concept.id {
                findings.push(one(FindingKind::ToItself, concept, stated.clone()));
            } else if self.find(stated).is_none() {
                findings.push(one(FindingKind::Dangling, concept, stated.clone()));
            }
        }
        if let (Some(from), Some(to)) = (concept.from, concept.to)
            && to < from
        {
            findings.push(one(FindingKind::YearsBackwards, concept, format!("{from} to {to}")));
        }
        for nation in concept.nations.iter().filter(|n| !NATIONS.contains(&n.as_str())) {
            findings.push(one(FindingKind::UnknownNation, concept, nation.clone()));
        }
        let above = if self.related(id).next().is_some() { self.above(id) } else { BTreeSet::new() };
        for related in self.related(id).filter(|r| above.contains(r)).filter_map(|r| self.get(r)) {
            findings.push(one(FindingKind::RelatedIsBroader, concept, related.id.clone()));
        }
    }

    fn check_labels(&self, findings: &mut Vec<Finding>) {
        let mut stemmer = Stemmer::default();
        let mut by_stems: BTreeMap<String, Bearers<'_>> = BTreeMap::new();
        let mut by_spelling: BTreeMap<String, Bearers<'_>> = BTreeMap::new();
        for (id, concept) in self.concepts() {
            for (kind, label) in concept.all_labels() {
                by_stems.entry(key(label, &mut stemmer)).or_default().push((id, kind, label));
                by_spelling.entry(spelling(label, &mut stemmer)).or_default().push((id, kind, label));
            }
        }
        let mut told: Vec<BTreeSet<ConceptId>> = Vec::new();
        // Where each concept is told of.
        let mut of: HashMap<ConceptId, Vec<usize>> = HashMap::new();
        for (label, bearers) in by_spelling.iter().filter(|(label, _)| !label.is_empty()) {
            let everyone = bearing(bearers, |_| true);
            if everyone.len() < 2 {
                continue;
            }
            let preferred = bearing(bearers, |kind| kind == LabelKind::Preferred);
            let others = bearing(bearers, |kind| matches!(kind, LabelKind::Variant | LabelKind::Acronym));
            let kind = if preferred.len() > 1 {
                FindingKind::SamePreferred
            } else if !preferred.is_empty() && !others.is_subset(&preferred) {
                FindingKind::VariantIsPreferred
            } else {
                FindingKind::Ambiguous
            };
            findings.push(self.several(kind, &everyone, label));
            for id in &everyone {
                of.entry(*id).or_default().push(told.len());
            }
            told.push(everyone);
        }
        // The same concepts by the stems of a label are nothing new, unless the label is another.
        for bearers in by_stems.values() {
            let everyone = bearing(bearers, |_| true);
            let mut likely = everyone.first().and_then(|id| of.get(id)).into_iter().flatten();
            if everyone.len() > 1 && !likely.any(|at| told.get(*at).is_some_and(|told| everyone.is_subset(told))) {
                let spelt = bearers.iter().map(|(_, _, label)| *label).collect::<BTreeSet<_>>();
                let spelt: Vec<&str> = spelt.into_iter().collect();
                findings.push(self.several(FindingKind::Ambiguous, &everyone, &spelt.join(" / ")));
            }
        }
    }

    fn several(&self, kind: FindingKind, concepts: &BTreeSet<ConceptId>, about: &str) -> Finding {
        let concepts = concepts.iter().filter_map(|id| self.get(*id)).map(|c| c.id.clone()).collect();
        Finding { kind, concepts, about: about.to_owned() }
    }

    /// The concepts that lie on circles of a relation, or between two circles: what is left when those that lead nowhere,
    /// and those that nothing leads to, are taken away again and again.
    fn circles(&self, there: Relation, back: Relation) -> BTreeSet<ConceptId> {
        let mut left: BTreeSet<ConceptId> = self.concepts().map(|(id, _)| id).collect();
        for (there, back) in [(there, back), (back, there)] {
            let mut open: HashMap<ConceptId, usize> = HashMap::new();
            for id in &left {
                open.insert(*id, self.linked(*id, there).filter(|to| left.contains(to)).count());
            }
            let mut ends: Vec<_> = left.iter().copied().filter(|id| open.get(id) == Some(&0)).collect();
            while let Some(end) = ends.pop() {
                left.remove(&end);
                for before in self.linked(end, back) {
                    if let Some(ways) = open.get_mut(&before) {
                        *ways = ways.saturating_sub(1);
                        if *ways == 0 && left.contains(&before) {
                            ends.push(before);
                        }
                    }
                }
            }
        }
        left
    }

    /// What is above a concept; of a hierarchy beyond all measure, so much of it.
    fn above(&self, id: ConceptId) -> BTreeSet<ConceptId> {
        const MOST: usize = 1000;
        let mut above = BTreeSet::new();
        let mut waiting: Vec<_> = self.broader(id).collect();
        while let Some(next) = waiting.pop() {
            if above.len() < MOST && above.insert(next) {
                waiting.extend(self.broader(next));
            }
        }
        above
    }
}

/// The concepts of a label, what it is to each, and how each spells it.
type Bearers<'t> = Vec<(ConceptId, LabelKind, &'t str)>;

fn bearing(bearers: &Bearers<'_>, as_what: impl Fn(LabelKind) -> bool) -> BTreeSet<ConceptId> {
    bearers.iter().filter(|(_, kind, _)| as_what(*kind)).map(|(id, ..)| *id).collect()
}

/// One of the relations of a concept.
type Relation = fn(&Links) -> &BTreeSet<ConceptId>;

fn one(kind: FindingKind, concept: &Concept, about: String) -> Finding {
    Finding { kind, concepts: vec![concept.id.clone()], about }
}
