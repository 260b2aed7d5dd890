//! One word, phrase or compound of a query as a tantivy query: matched over several fields, scored once.
//!
//! The score is BM25F (Robertson and Zaragoza, *The Probabilistic Relevance Framework: BM25 and Beyond*, 2009, section 3.6):
//! frequencies are weighted by field and added up *before* they saturate, so that a word in title and abstract counts as one
//! word seen twice, not as two. Length is that of the field `words` of [`super::schema`], in which titles count as they weigh.
//! Synonyms are further ways for the same term to occur.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::SegmentId;
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::Field;
use tantivy::{DocAddress, DocId, DocSet, Score, Searcher, SegmentReader, TERMINATED, Term};

use super::occurrences::Occurrences;
use super::schema::{TITLE_TIMES, in_margin};
use super::slot;
use super::spans::{self, Entries};
use super::sweep::{self, Window};
use crate::query::{Pattern, Spans, TextField};

/// Saturation of frequencies. This and the next two were chosen on three public test collections (CISI, Cystic Fibrosis,
/// NPL), where b from 0.55 to 0.65 differs by less than one per cent.
const K1: f32 = 1.2;
/// How much length counts.
const B: f32 = 0.6;
/// What an occurrence in the margin is worth, beside one in the abstract.
pub(super) const MARGIN_WEIGHT: f32 = 0.4;

/// What an occurrence in a field is worth, beside one in the abstract.
pub(super) fn weight_of(field: TextField) -> f32 {
    match field {
        TextField::Title => TITLE_TIMES as f32,
        field if in_margin(field) => MARGIN_WEIGHT,
        _ => 1.0,
    }
}

/// One way for a leaf to occur in a record.
#[derive(Debug, Clone)]
pub(super) struct LeafPart {
    pub(super) matcher: Matcher,
    /// What an occurrence is worth.
    pub(super) weight: f32,
    pub(super) role: Role,
    /// A value that a record must have for the part to count.
    pub(super) among: Option<Term>,
}

impl LeafPart {
    pub(super) fn new(matcher: Matcher, weight: f32, role: Role) -> Self {
        LeafPart { matcher, weight, role, among: None }
    }

    /// `entries` is what the dictionary says of words that stand together, if that has been asked for.
    fn occurrences(&self, reader: &SegmentReader, entries: Option<&Entries>) -> tantivy::Result<Option<Occurrences>> {
        match (self.matcher.occurrences(reader, entries)?, &self.among) {
            (Some(occurrences), Some(value)) => occurrences.among(reader, value),
            (occurrences, _) => Ok(occurrences),
        }
    }
}

/// How a part counts beside the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It is what was asked for.
    Itself,
    /// The same written apart, of which the index may know already as one word: the more frequent of both counts.
    Apart,
    /// It counts as well.
    Also,
}

/// How it is looked for.
#[derive(Debug, Clone)]
pub(super) enum Matcher {
    /// One term of the index.
    Term(Term),
    /// Every word of an exact view that has a stem.
    Stem(Field, String),
    /// A word, which may stand for many.
    Pattern(Field, Pattern),
    /// So many disjoint stretches of words. The flag is set when a record had too many to look at all.
    Spans { field: (TextField, Field), spans: Arc<Spans>, times: u32, incomplete: Arc<AtomicBool> },
}

impl Matcher {
    fn occurrences(&self, reader: &SegmentReader, entries: Option<&Entries>) -> tantivy::Result<Option<Occurrences>> {
        match self {
            Matcher::Term(term) => Occurrences::of_term(reader, term),
            Matcher::Stem(field, stem) => Occurrences::of_stem(reader, *field, stem),
            Matcher::Pattern(field, pattern) => Occurrences::of_pattern(reader, *field, pattern),
            Matcher::Spans { field, spans, times, incomplete } => {
                let own;
                let entries = match entries {
                    Some(entries) => entries,
                    None => {
                        own = spans::look_up(reader, field.1, spans)?;
                        &own
                    }
                };
                Occurrences::of_spans(reader, *field, (spans, entries), *times, incomplete.clone())
            }
        }
    }

    /// Inverse document frequency: of words that stand together, the sum over them; of several ways to match, that of the
    /// most frequent; a word with wildcards counts 1. `entries` is what the dictionaries of all segments say of words that stand
    /// together.
    fn idf(&self, searcher: &Searcher, records: f32, entries: &[Entries]) -> tantivy::Result<f32> {
        match self {
            Matcher::Term(term) => idf_of_term(searcher, records, term),
            Matcher::Stem(field, stem) => {
                let mut df = 0;
                for reader in searcher.segment_readers() {
                    df += slot::records_of_stem(reader, *field, stem)?;
                }
                Ok(idf_of(records, (df as f32).min(records)))
            }
            Matcher::Pattern(field, pattern) => idf_of_pattern(searcher, records, *field, pattern),
            Matcher::Spans { spans, .. } => {
                let mut frequencies = vec![0; spans::count_words(spans)];
                for entries in entries {
                    for (frequency, entry) in frequencies.iter_mut().zip(entries) {
                        *frequency += entry.as_ref().map_or(0, |entry| u64::from(entry.doc_freq));
                    }
                }
                Ok(idf_of_spans(records, spans, &frequencies))
            }
        }
    }
}

fn idf_of_term(searcher: &Searcher, records: f32, term: &Term) -> tantivy::Result<f32> {
    Ok(idf_of(records, searcher.doc_freq(term)? as f32))
}

fn idf_of(records: f32, df: f32) -> f32 {
    (1.0 + (records - df + 0.5) / (df + 0.5)).ln()
}

fn idf_of_pattern(searcher: &Searcher, records: f32, field: Field, pattern: &Pattern) -> tantivy::Result<f32> {
    match pattern.is_whole() {
        true => idf_of_term(searcher, records, &Term::from_field_text(field, &pattern.word)),
        false => Ok(1.0),
    }
}

/// The frequencies are those of the words in their order.
fn idf_of_spans(records: f32, spans: &Spans, frequencies: &[u64]) -> f32 {
    match spans {
        Spans::Phrase { words, .. } => {
            let idf = |(word, df): (&Pattern, &u64)| if word.is_whole() { idf_of(records, *df as f32) } else { 1.0 };
            words.iter().zip(frequencies).map(idf).sum()
        }
        Spans::Any(parts) => {
            let mut lowest = f32::INFINITY;
            let mut frequencies = frequencies;
            for part in parts {
                let (of_part, rest) = frequencies.split_at(spans::count_words(part).min(frequencies.len()));
                lowest = lowest.min(idf_of_spans(records, part, of_part));
                frequencies = rest;
            }
            if lowest.is_finite() { lowest } else { 0.0 }
        }
        Spans::Near { left, right, .. } => {
            let (of_left, of_right) = frequencies.split_at(spans::count_words(left).min(frequencies.len()));
            idf_of_spans(records, left, of_left) + idf_of_spans(records, right, of_right)
        }
    }
}

/// A word, phrase or compound over its fields. Copies share what is found out about it.
#[derive(Debug, Clone)]
pub(super) struct LeafQuery {
    parts: Arc<[LeafPart]>,
    /// The field whose length is that of a record.
    length: Field,
    /// What is found out before any record is looked at, once that has been asked for; the same index is asked each time.
    looked_up: Arc<OnceLock<LookedUp>>,
}

#[derive(Debug)]
struct LookedUp {
    /// How rare the leaf is.
    idf: f32,
    segments: HashMap<SegmentId, usize>,
    parts: Vec<Known>,
}

/// What the dictionaries say of a part, so that its records need no other look into them.
#[derive(Debug)]
enum Known {
    /// It is not words that stand together.
    NotAsked,
    /// One of its words is in no record.
    Nowhere,
    /// By segment.
    Entries(Vec<Entries>),
}

impl LeafQuery {
    pub(super) fn new(parts: Vec<LeafPart>, length: Field) -> Self {
        LeafQuery { parts: parts.into(), length, looked_up: Arc::default() }
    }

    /// The inverse document frequency of the leaf: it is as rare as the most frequent of its parts, but for those that count
    /// for less, or that have words which are in no record.
    pub(super) fn idf(&self, searcher: &Searcher) -> tantivy::Result<f32> {
        if let Some(known) = self.looked_up.get() {
            return Ok(known.idf);
        }
        let looked_up = self.look_up(searcher)?;
        Ok(self.looked_up.get_or_init(|| looked_up).idf)
    }

    fn look_up(&self, searcher: &Searcher) -> tantivy::Result<LookedUp> {
        let readers = searcher.segment_readers();
        let records = records(searcher);
        let mut parts = Vec::with_capacity(self.parts.len());
        let mut rarest_first = Vec::new();
        let mut idf = f32::INFINITY;
        for part in self.parts.iter() {
            let known = match &part.matcher {
                Matcher::Spans { field, spans, .. } => {
                    let found = spans::look_up_all(readers, field.1, spans, &mut rarest_first)?;
                    found.map_or(Known::Nowhere, Known::Entries)
                }
                _ => Known::NotAsked,
            };
            let is_full = part.role != Role::Also || part.weight >= 1.0 && part.among.is_none();
            if is_full {
                idf = idf.min(match (&known, &part.matcher, part.role) {
                    (Known::Nowhere, ..) => f32::INFINITY,
                    // Forms have their plural as a gap; the singular tells how rare they are.
                    (_, Matcher::Pattern(field, word), Role::Also) => {
                        idf_of_term(searcher, records, &Term::from_field_text(*field, &word.word))?
                    }
                    (Known::Entries(entries), matcher, _) => matcher.idf(searcher, records, entries)?,
                    (Known::NotAsked, matcher, _) => matcher.idf(searcher, records, &[])?,
                });
            }
            parts.push(known);
        }
        let segments = readers.iter().zip(0..).map(|(reader, at)| (reader.segment_id(), at)).collect();
        Ok(LookedUp { idf: if idf.is_finite() { idf } else { 0.0 }, segments, parts })
    }

    /// What the leaf adds to the score of one record; nothing where it does not occur.
    pub(super) fn score_of(&self, searcher: &Searcher, address: DocAddress) -> tantivy::Result<Option<Score>> {
        let weight = LeafWeight::scoring(self, searcher)?;
        let Some(mut scorer) = weight.leaf_scorer(searcher.segment_reader(address.segment_ord), 1.0)? else {
            return Ok(None);
        };
        Ok((scorer.seek(address.doc_id) == address.doc_id).then(|| scorer.score()))
    }
}

fn records(searcher: &Searcher) -> f32 {
    let records: u64 = searcher.segment_readers().iter().map(|r| u64::from(r.max_doc())).sum();
    records.max(1) as f32
}

impl Query for LeafQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let weight = match scoring {
            EnableScoring::Enabled { searcher, .. } => LeafWeight::scoring(self, searcher)?,
            EnableScoring::Disabled { .. } => LeafWeight { query: self.clone(), idf: 1.0, average_length: 1.0 },
        };
        Ok(Box::new(weight))
    }
}

pub(super) struct LeafWeight {
    query: LeafQuery,
    idf: f32,
    average_length: f32,
}

impl LeafWeight {
    pub(super) fn scoring(query: &LeafQuery, searcher: &Searcher) -> tantivy::Result<Self> {
        let mut tokens = 0.0;
        for reader in searcher.segment_readers() {
            tokens += reader.inverted_index(query.length)?.total_num_tokens() as f32;
        }
        let average_length = (tokens / records(searcher)).max(1.0);
        Ok(LeafWeight { query: query.clone(), idf: query.idf(searcher)?, average_length })
    }

    /// What finds the leaf in a segment; nothing where it does not occur.
    pub(super) fn leaf_scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Option<LeafScorer>> {
        let mut parts = Vec::with_capacity(self.query.parts.len());
        let looked_up = self.query.looked_up.get();
        let segment = looked_up.and_then(|known| known.segments.get(&reader.segment_id()).copied());
        for (at, part) in self.query.parts.iter().enumerate() {
            let entries = match looked_up.and_then(|known| known.parts.get(at)) {
                Some(Known::Nowhere) => continue,
                Some(Known::Entries(by_segment)) => segment.and_then(|segment| by_segment.get(segment)),
                Some(Known::NotAsked) | None => None,
            };
            if let Some(occurrences) = part.occurrences(reader, entries)? {
                parts.push(ScorerPart { occurrences, weight: part.weight, role: part.role });
            }
        }
        if parts.is_empty() {
            return Ok(None);
        }
        let average = self.average_length;
        let norms = std::array::from_fn(|id| {
            let length = FieldNormReader::id_to_fieldnorm(id as u8) as f32;
            K1 * (1.0 - B + B * length / average)
        });
        let lengths = reader.get_fieldnorms_reader(self.query.length)?;
        let mut scorer = LeafScorer { parts, lengths, norms, doc: 0, weight: self.idf * boost * (K1 + 1.0) };
        scorer.doc = scorer.lowest();
        Ok(Some(scorer))
    }
}

impl Weight for LeafWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(match self.leaf_scorer(reader, boost)? {
            Some(scorer) => Box::new(scorer),
            None => Box::new(EmptyScorer),
        })
    }

    fn for_each(&self, reader: &SegmentReader, callback: &mut dyn FnMut(DocId, Score)) -> tantivy::Result<()> {
        let scorer = self.leaf_scorer(reader, 1.0)?.into_iter().collect();
        sweep::sweep(scorer, 1, &mut |doc, score, _| callback(doc, score));
        Ok(())
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut explanation = Explanation::new("BM25F of a leaf", 0.0);
        if let Some(mut scorer) = self.leaf_scorer(reader, 1.0)?
            && scorer.seek(doc) == doc
        {
            explanation = Explanation::new("BM25F of a leaf", scorer.score());
        }
        Ok(explanation)
    }
}

struct ScorerPart {
    occurrences: Occurrences,
    weight: f32,
    role: Role,
}

/// Finds a leaf, record by record.
pub(super) struct LeafScorer {
    parts: Vec<ScorerPart>,
    lengths: FieldNormReader,
    /// What saturates a frequency, by the code of the length.
    norms: [f32; 256],
    doc: DocId,
    weight: f32,
}

impl LeafScorer {
    fn lowest(&self) -> DocId {
        self.parts.iter().map(|p| p.occurrences.doc()).min().unwrap_or(TERMINATED)
    }

    /// How often the leaf occurs in the current record, weighted.
    fn frequency(&self) -> f32 {
        let (mut itself, mut apart, mut also) = (0.0, 0.0, 0.0);
        for part in self.parts.iter().filter(|p| p.occurrences.doc() == self.doc) {
            let frequency = part.weight * part.occurrences.frequency() as f32;
            match part.role {
                Role::Itself => itself += frequency,
                Role::Apart => apart += frequency,
                Role::Also => also += frequency,
            }
        }
        f32::max(itself, apart) + also
    }

    /// What a frequency is worth in a record.
    fn worth(&self, doc: DocId, frequency: f32) -> Score {
        let norm = self.norms.get(usize::from(self.lengths.fieldnorm_id(doc))).copied().unwrap_or(K1);
        self.weight * frequency / (frequency + norm)
    }

    /// Writes what the leaf is worth into a window, and moves on to the first record after it.
    pub(super) fn sweep(&mut self, window: &mut Window) {
        let end = window.end();
        if self.parts.iter().any(|part| part.role == Role::Apart) {
            // Two counts of the same, of which only the record tells the greater.
            while self.doc < end {
                let worth = self.worth(self.doc, self.frequency());
                window.add(window.place(self.doc), worth);
                self.advance();
            }
            return;
        }
        for part in &mut self.parts {
            let weight = part.weight;
            part.occurrences.each_before(end, &mut |doc, frequency| {
                let place = window.place(doc);
                if window.frequencies[place] == 0.0 {
                    window.touched.push(place as u16);
                }
                window.frequencies[place] += weight * frequency as f32;
            });
        }
        for i in 0..window.touched.len() {
            let place = usize::from(window.touched[i]);
            let frequency = std::mem::take(&mut window.frequencies[place]);
            window.add(place, self.worth(window.doc(place), frequency));
        }
        window.touched.clear();
        self.doc = self.lowest();
    }
}

impl DocSet for LeafScorer {
    fn advance(&mut self) -> DocId {
        for part in &mut self.parts {
            if part.occurrences.doc() == self.doc {
                part.occurrences.advance();
            }
        }
        self.doc = self.lowest();
        self.doc
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc < target {
            for part in &mut self.parts {
                part.occurrences.seek(target);
            }
            self.doc = self.lowest();
        }
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.parts.iter().map(|p| p.occurrences.size_hint()).max().unwrap_or(0)
    }
}

impl Scorer for LeafScorer {
    fn score(&mut self) -> Score {
        self.worth(self.doc, self.frequency())
    }
}
