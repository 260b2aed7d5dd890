//! The thesaurus of commissioning: concepts with their labels, their years and nations, and what is broader, related, later.
//!
//! Words for buying health care change with every reform: what was purchasing in 1992 is commissioning in 1998, a primary
//! care trust's work passes to a clinical commissioning group and then to an integrated care board, and ICP has meant a
//! pathway, a pilot, a partnership and a contract. [`Thesaurus::shipped`] knows some 450 such concepts of the four nations
//! of the United Kingdom and of their relatives abroad. It is a table, `concepts.tsv`, whose head explains its columns; a
//! user's own table is read by [`Thesaurus::parse`], a SKOS file by [`Thesaurus::parse_turtle`], either by
//! [`Thesaurus::parse_file`], and it stands in place of the shipped one or is joined to it ([`Thesaurus::merged_with`]).
//! [`Thesaurus::check`] says what is wrong with one, [`Thesaurus::to_table`] and [`Thesaurus::to_turtle`] write it.
//!
//! A thesaurus belongs to an index: [`crate::Library::set_thesaurus`] gives an empty one another, and
//! [`crate::Library::thesaurus`] is what its records were tagged with and its queries are read with.
//! [`Thesaurus::fingerprint`] tells whether two say the same.
//!
//! # Labels
//!
//! A label is looked up in folded words ([`crate::words`]):
//!
//! - a label of one word is found as it is spelt, and in the plural: `provider` is not found by `provide`;
//! - a label of several words is found by the stems of its words, in order: `total purchasing` by `total purchasers`; where
//!   the stems are those of several concepts, spelling decides;
//! - a name, all of whose words have capitals, is found as it is spelt, and in the plural: the Commission for Health
//!   Improvement not by `commissioning for health improvement`; capitals of the text say nothing;
//! - hidden labels (everyday words such as LINk and NICE, initials of two letters) and headings of other vocabularies are
//!   found when they are looked up whole ([`Thesaurus::concepts_of_label`]), not in running text
//!   ([`Thesaurus::longest_match`], [`Tagger`]).
//!
//! A label of several concepts is ambiguous; [`Thesaurus::resolve`] tries years, then the words around it.
//!
//! # The table
//!
//! Columns are separated by tabs and named by the first line, in any order; only `id` and `preferred` must be there. Lines that
//! begin with `#` are comments. Several values of a cell are separated by `|`, and a cell in quotation marks is read as in CSV.
//! Within a value `\|` is the character itself, and so is `\\` before either. A concept that is to add to one of another
//! thesaurus when the two are joined has its id, and may leave everything else empty.
//!
//! # SKOS
//!
//! | here | in Turtle |
//! | --- | --- |
//! | id | the IRI: `urn:commlit:concept:ID`, or the id itself where it is an IRI |
//! | preferred, variants, hidden | `skos:prefLabel`, `skos:altLabel`, `skos:hiddenLabel` |
//! | acronyms | `skos:notation` without a type |
//! | headings | `skos:notation`, its type `urn:commlit:scheme:SCHEME` |
//! | broader, related | `skos:broader`, `skos:related`; `skos:narrower` is read too |
//! | near, close_to | `skos:closeMatch`, to a concept of the same file or of another |
//! | same_as | `skos:exactMatch` |
//! | succeeded_by | `dcterms:isReplacedBy`; `dcterms:replaces` is read too |
//! | from, to | `dcterms:temporal`, a DCMI Period `start=1991; end=1999`; `schema:startDate` and `schema:endDate` are read too |
//! | nations | `dcterms:spatial` |
//! | note | `skos:scopeNote`; `skos:definition` and `skos:note` are read too |
//!
//! Of labels in several languages an English one is preferred and the others are variants. Labels that are resources
//! (SKOS-XL), collections and blank nodes are not read; [`ThesaurusFile::unread`] counts what was passed over.
//!
//! # Example
//!
//! ```
//! use commlit::thesaurus::{Resolution, ResolvedBy, Thesaurus};
//! use commlit::words::{Stemmer, folded};
//!
//! let thesaurus = Thesaurus::shipped();
//! let mut stemmer = Stemmer::default();
//! let query = folded("evaluation of fund-holding practices and the ICPs");
//! let (words, concepts) = thesaurus.longest_match(&query, 2, &mut stemmer).unwrap_or_default();
//! assert_eq!(query[2..2 + words], ["fund", "holding", "practices"]);
//! assert_eq!(thesaurus.get(concepts[0]).map(|c| c.preferred.as_str()), Some("fundholding"));
//!
//! let several = thesaurus.concepts_of("ICP");
//! assert!(several.len() > 1);
//! let meant = thesaurus.resolve(several, &folded("stroke pathways"), None, &mut stemmer);
//! let pathway = thesaurus.find("integrated-care-pathway").unwrap_or(several[0]);
//! assert_eq!(meant, Resolution::One(pathway, ResolvedBy::Context));
//! ```
//!
//! The thesaurus does *not* know queries or records, and it expands nothing by itself: it answers, and whoever asks shows
//! what came of it.

mod check;
mod everyday;
mod file;
mod labels;
mod lookup;
mod merge;
mod nearest;
mod resolve;
mod table;
mod turtle;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::ops::RangeInclusive;
use std::sync::{LazyLock, OnceLock};

use serde::Serialize;

use crate::identity::hash_text;
use crate::words::{self, Stemmer};
pub use check::{Finding, FindingKind};
pub use file::ThesaurusFile;
pub use labels::{Known, LabelKind, Tag, Tagger};
use lookup::Lookup;
pub use resolve::{Resolution, ResolvedBy};

/// The nations that the shipped thesaurus speaks of, and that [`Thesaurus::check`] knows.
pub const NATIONS: [&str; 11] = [
    "England",
    "Scotland",
    "Wales",
    "Northern Ireland",
    "United Kingdom",
    "Australia",
    "Canada",
    "Netherlands",
    "New Zealand",
    "United States",
    "International",
];

/// A concept: labels, relations by id, years, nations, a note. Relations are as they were stated, on one side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Concept {
    /// Stable; a slug, or the IRI of a concept read from elsewhere.
    pub id: String,
    /// The label that is shown.
    pub preferred: String,
    /// Other names and spellings.
    pub variants: Vec<String>,
    /// Short forms; one of several concepts is ambiguous.
    pub acronyms: Vec<String>,
    /// Labels that are everyday words too: found when looked up whole, never in running text.
    pub hidden: Vec<String>,
    /// Headings of other vocabularies that come to this concept.
    pub headings: Vec<Heading>,
    /// Ids of broader concepts.
    pub broader: Vec<String>,
    /// Ids of related concepts.
    pub related: Vec<String>,
    /// Ids of what took its work over.
    pub succeeded_by: Vec<String>,
    /// Ids of near-synonyms, over time or between nations.
    pub near: Vec<String>,
    /// IRIs of the same concept in other schemes.
    pub same_as: Vec<String>,
    /// IRIs of near concepts in other schemes.
    pub close_to: Vec<String>,
    /// First year in force or in use.
    pub from: Option<i32>,
    /// Last year in force or in use; absent for the present.
    pub to: Option<i32>,
    /// Where the thing or the word belongs; empty where it is general.
    pub nations: Vec<String>,
    /// What it is, and what is doubtful about it.
    pub note: String,
}

impl Concept {
    /// Its labels in running text: preferred, variants, acronyms.
    pub fn labels(&self) -> impl Iterator<Item = (LabelKind, &str)> {
        let preferred = std::iter::once((LabelKind::Preferred, self.preferred.as_str()));
        let variants = self.variants.iter().map(|l| (LabelKind::Variant, l.as_str()));
        preferred.chain(variants).chain(self.acronyms.iter().map(|l| (LabelKind::Acronym, l.as_str())))
    }

    /// Every label: those of running text, hidden ones and headings.
    pub fn all_labels(&self) -> impl Iterator<Item = (LabelKind, &str)> {
        let hidden = self.hidden.iter().map(|l| (LabelKind::Hidden, l.as_str()));
        let headings = self.headings.iter().map(|h| (LabelKind::Heading, h.term.as_str()));
        self.labels().chain(hidden).chain(headings)
    }

    /// Whether it was in force or in use at some time in these years; open ends reach everywhere.
    pub fn active_during(&self, years: &RangeInclusive<i32>) -> bool {
        self.from.is_none_or(|f| f <= *years.end()) && self.to.is_none_or(|t| *years.start() <= t)
    }
}

/// A heading of another vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Heading {
    /// The vocabulary, such as `MeSH`.
    pub scheme: String,
    /// The heading as that vocabulary has it.
    pub term: String,
}

/// A concept's place in the thesaurus it was asked of; another thesaurus, or another version, has others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConceptId(u32);

/// Concepts and their look-ups.
#[derive(Debug, Clone, Default)]
pub struct Thesaurus {
    concepts: Vec<Concept>,
    relations: OnceLock<Relations>,
    labels: Lookup,
    /// By concept: the words around it, once they have been asked for.
    around: Vec<OnceLock<HashMap<String, u32>>>,
}

/// How concepts are found by their ids, and through each other; put in order when it is first asked for.
#[derive(Debug, Clone)]
struct Relations {
    ids: HashMap<String, ConceptId>,
    links: Vec<Links>,
}

/// The relations of one concept, complete on both sides, in the order of the file.
#[derive(Debug, Clone, Default)]
struct Links {
    broader: BTreeSet<ConceptId>,
    narrower: BTreeSet<ConceptId>,
    related: BTreeSet<ConceptId>,
    near: BTreeSet<ConceptId>,
    succeeded_by: BTreeSet<ConceptId>,
    preceded_by: BTreeSet<ConceptId>,
}

const TABLE: &str = include_str!("concepts.tsv");

static SHIPPED: LazyLock<Thesaurus> = LazyLock::new(|| Thesaurus::parse(TABLE).unwrap_or_default());

impl Thesaurus {
    /// The thesaurus that comes with commlit.
    pub fn shipped() -> &'static Thesaurus {
        &SHIPPED
    }

    /// A number for the edition of the thesaurus that comes with commlit: another one when it says something else of words,
    /// which notes, the last of its columns, do not. The table need not be read for it.
    pub(crate) fn shipped_edition() -> u64 {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        let told: Vec<&str> = lines.map(|line| line.rsplit_once('\t').map_or(line, |(told, _)| told)).collect();
        hash_text("edition", &told.join("\n"))
    }

    /// A thesaurus of these concepts. It takes any: what is wrong with them, [`Thesaurus::check`] tells.
    pub fn new(concepts: Vec<Concept>) -> Self {
        let around = vec![OnceLock::new(); concepts.len()];
        Thesaurus { concepts, relations: OnceLock::new(), labels: Lookup::default(), around }
    }

    /// All concepts, in the order of the file.
    pub fn concepts(&self) -> impl ExactSizeIterator<Item = (ConceptId, &Concept)> {
        self.concepts.iter().enumerate().map(|(at, concept)| (ConceptId(at as u32), concept))
    }

    /// The concept at a place.
    pub fn get(&self, id: ConceptId) -> Option<&Concept> {
        self.concepts.get(id.0 as usize)
    }

    /// The place of the concept with this stable id.
    pub fn find(&self, id: &str) -> Option<ConceptId> {
        self.relations().ids.get(id).copied()
    }

    /// The concepts that have these folded words as a label of any kind. Several: the label is ambiguous.
    pub fn concepts_of_label<S: AsRef<str>>(&self, words: &[S], stemmer: &mut Stemmer) -> &[ConceptId] {
        self.labels.whole(&self.concepts, words, stemmer)
    }

    /// The same for a text that is one label.
    pub fn concepts_of(&self, label: &str) -> &[ConceptId] {
        self.concepts_of_label(&words::folded(label), &mut Stemmer::default())
    }

    /// The longest label of running text that begins at the folded word `at`: how many words it has, and its concepts.
    pub fn longest_match<S: AsRef<str>>(
        &self,
        words: &[S],
        at: usize,
        stemmer: &mut Stemmer,
    ) -> Option<(usize, &[ConceptId])> {
        self.labels.longest(&self.concepts, words, at, stemmer)
    }

    /// The concepts directly above.
    pub fn broader(&self, id: ConceptId) -> impl Iterator<Item = ConceptId> {
        self.linked(id, |l| &l.broader)
    }

    /// The concepts directly below.
    pub fn narrower(&self, id: ConceptId) -> impl Iterator<Item = ConceptId> {
        self.linked(id, |l| &l.narrower)
    }

    /// The related concepts, from both sides.
    pub fn related(&self, id: ConceptId) -> impl Iterator<Item = ConceptId> {
        self.linked(id, |l| &l.related)
    }

    /// The near-synonyms, from both sides.
    pub fn near(&self, id: ConceptId) -> impl Iterator<Item = ConceptId> {
        self.linked(id, |l| &l.near)
    }

    /// What took its work over.
    pub fn succeeded_by(&self, id: ConceptId) -> impl Iterator<Item = ConceptId> {
        self.linked(id, |l| &l.succeeded_by)
    }

    /// Whose work it took over.
    pub fn preceded_by(&self, id: ConceptId) -> impl Iterator<Item = ConceptId> {
        self.linked(id, |l| &l.preceded_by)
    }

    /// The concept and everything below it, nearest first, each once.
    pub fn narrower_closure(&self, id: ConceptId) -> Vec<ConceptId> {
        let mut closure = Vec::new();
        let mut seen = BTreeSet::from([id]);
        let mut waiting = VecDeque::from([id]);
        while let Some(next) = waiting.pop_front() {
            if self.get(next).is_none() {
                continue;
            }
            closure.push(next);
            waiting.extend(self.narrower(next).filter(|n| seen.insert(*n)));
        }
        closure
    }

    /// The concepts that were in force or in use in a year.
    pub fn active_in(&self, year: i32) -> impl Iterator<Item = ConceptId> {
        self.concepts().filter(move |(_, c)| c.active_during(&(year..=year))).map(|(id, _)| id)
    }

    fn relations(&self) -> &Relations {
        self.relations.get_or_init(|| {
            let mut ids = HashMap::with_capacity(self.concepts.len());
            for (at, concept) in self.concepts.iter().enumerate() {
                ids.entry(concept.id.clone()).or_insert(ConceptId(at as u32));
            }
            let links = links(&self.concepts, &ids);
            Relations { ids, links }
        })
    }

    fn linked(&self, id: ConceptId, which: fn(&Links) -> &BTreeSet<ConceptId>) -> impl Iterator<Item = ConceptId> {
        self.relations().links.get(id.0 as usize).map(which).into_iter().flatten().copied()
    }
}

fn links(concepts: &[Concept], ids: &HashMap<String, ConceptId>) -> Vec<Links> {
    let mut links = vec![Links::default(); concepts.len()];
    for (at, concept) in concepts.iter().enumerate() {
        let here = ConceptId(at as u32);
        let known = |stated: &[String]| -> Vec<ConceptId> {
            stated.iter().filter_map(|id| ids.get(id).copied()).filter(|id| *id != here).collect()
        };
        for there in known(&concept.broader) {
            links[at].broader.insert(there);
            links[there.0 as usize].narrower.insert(here);
        }
        for there in known(&concept.related) {
            links[at].related.insert(there);
            links[there.0 as usize].related.insert(here);
        }
        for there in known(&concept.near) {
            links[at].near.insert(there);
            links[there.0 as usize].near.insert(here);
        }
        for there in known(&concept.succeeded_by) {
            links[at].succeeded_by.insert(there);
            links[there.0 as usize].preceded_by.insert(here);
        }
    }
    links
}
