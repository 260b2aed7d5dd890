//! One word, phrase or compound of a query as a tantivy query: matched over several fields, scored once.
//!
//! The score is BM25F (Robertson and Zaragoza, *The Probabilistic Relevance Framework: BM25 and Beyond*, 2009, section 3.6):
//! frequencies are weighted by field and added up *before* they saturate, so that a word in title and abstract counts as one
//! word seen twice, not as two. Length is that of the weighted fields together.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::Field;
use tantivy::{DocAddress, DocId, DocSet, Score, Searcher, SegmentReader, TERMINATED, Term};

use super::occurrences::Occurrences;
use crate::query::{Pattern, Spans, TextField};

/// Saturation of frequencies. This and the next two were chosen on three public test collections (CISI, Cystic Fibrosis,
/// NPL), where b from 0.55 to 0.65 and titles from 1.5 to 2.2 differ by less than one per cent.
const K1: f32 = 1.2;
/// How much length counts.
const B: f32 = 0.6;

/// What an occurrence in a field is worth, beside one in the abstract.
pub(super) fn weight_of(field: TextField) -> f32 {
    match field {
        TextField::Title => 2.0,
        TextField::Subject => 1.2,
        TextField::Abstract | TextField::Body | TextField::Creator => 1.0,
        TextField::Series => 0.7,
        TextField::Note | TextField::Journal => 0.4,
        TextField::Publisher | TextField::Place | TextField::Detail | TextField::PublicationType => 0.3,
    }
}

/// The fields whose length is the length of a record.
const LENGTH_FIELDS: [TextField; 4] = [TextField::Title, TextField::Abstract, TextField::Subject, TextField::Body];

/// What is looked for in one field.
#[derive(Debug, Clone)]
pub(super) struct LeafPart {
    pub(super) text_field: TextField,
    pub(super) matcher: Matcher,
}

/// How it is looked for.
#[derive(Debug, Clone)]
pub(super) enum Matcher {
    /// One term of the index.
    Term(Term),
    /// A word, which may stand for many.
    Pattern(Field, Pattern),
    /// So many disjoint stretches of words. The flag is set when a record had too many to look at all.
    Spans { field: Field, spans: Arc<Spans>, times: u32, incomplete: Arc<AtomicBool> },
}

impl Matcher {
    fn occurrences(&self, reader: &SegmentReader, text_field: TextField) -> tantivy::Result<Option<Occurrences>> {
        match self {
            Matcher::Term(term) => Occurrences::of_term(reader, term),
            Matcher::Pattern(field, pattern) => Occurrences::of_pattern(reader, *field, pattern),
            Matcher::Spans { field, spans, times, incomplete } => {
                Occurrences::of_spans(reader, (text_field, *field), spans, *times, incomplete.clone())
            }
        }
    }

    /// Inverse document frequency: of words that stand together, the sum over them; of several ways to match, that of the
    /// most frequent; a word with wildcards counts 1.
    fn idf(&self, searcher: &Searcher, records: f32) -> tantivy::Result<f32> {
        match self {
            Matcher::Term(term) => idf_of_term(searcher, records, term),
            Matcher::Pattern(field, pattern) => idf_of_pattern(searcher, records, *field, pattern),
            Matcher::Spans { field, spans, .. } => idf_of_spans(searcher, records, *field, spans),
        }
    }
}

fn idf_of_term(searcher: &Searcher, records: f32, term: &Term) -> tantivy::Result<f32> {
    let df = searcher.doc_freq(term)? as f32;
    Ok((1.0 + (records - df + 0.5) / (df + 0.5)).ln())
}

fn idf_of_pattern(searcher: &Searcher, records: f32, field: Field, pattern: &Pattern) -> tantivy::Result<f32> {
    match pattern.is_whole() {
        true => idf_of_term(searcher, records, &Term::from_field_text(field, &pattern.word)),
        false => Ok(1.0),
    }
}

fn idf_of_spans(searcher: &Searcher, records: f32, field: Field, spans: &Spans) -> tantivy::Result<f32> {
    match spans {
        Spans::Phrase { words, .. } => words.iter().map(|w| idf_of_pattern(searcher, records, field, w)).sum(),
        Spans::Any(parts) => {
            let mut lowest = f32::INFINITY;
            for part in parts {
                lowest = lowest.min(idf_of_spans(searcher, records, field, part)?);
            }
            Ok(if lowest.is_finite() { lowest } else { 0.0 })
        }
        Spans::Near { left, right, .. } => {
            Ok(idf_of_spans(searcher, records, field, left)? + idf_of_spans(searcher, records, field, right)?)
        }
    }
}

/// A word, phrase or compound over its fields. Parts of one field stand together and are alternatives.
#[derive(Debug, Clone)]
pub(super) struct LeafQuery {
    pub(super) parts: Vec<LeafPart>,
    /// The stem views of [`LENGTH_FIELDS`].
    pub(super) lengths: Vec<(Field, f32)>,
}

impl LeafQuery {
    /// A leaf over its parts; `stem` gives the stem view of a field.
    pub(super) fn new(parts: Vec<LeafPart>, stem: impl Fn(TextField) -> Field) -> Self {
        LeafQuery { parts, lengths: LENGTH_FIELDS.map(|f| (stem(f), weight_of(f))).to_vec() }
    }

    /// The inverse document frequency of the leaf: a word is as rare as it is in the field where it is most frequent.
    pub(super) fn idf(&self, searcher: &Searcher) -> tantivy::Result<f32> {
        let records = records(searcher);
        let mut idf = f32::INFINITY;
        for part in &self.parts {
            idf = idf.min(part.matcher.idf(searcher, records)?);
        }
        Ok(if idf.is_finite() { idf } else { 0.0 })
    }

    /// What the leaf adds to the score of one record, and how often it occurs in which field; nothing where it does not.
    pub(super) fn explain(&self, searcher: &Searcher, address: DocAddress) -> tantivy::Result<Option<LeafScore>> {
        let weight = LeafWeight::scoring(self, searcher)?;
        let Some(mut scorer) = weight.leaf_scorer(searcher.segment_reader(address.segment_ord), 1.0)? else {
            return Ok(None);
        };
        if scorer.seek(address.doc_id) != address.doc_id {
            return Ok(None);
        }
        let score = scorer.score();
        Ok(Some(LeafScore { score, counts: scorer.counts().collect() }))
    }
}

/// What a leaf adds to the score of a record, and how often it occurs in which field.
pub(super) struct LeafScore {
    pub(super) score: Score,
    pub(super) counts: Vec<(TextField, u32)>,
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

struct LeafWeight {
    query: LeafQuery,
    idf: f32,
    average_length: f32,
}

impl LeafWeight {
    fn scoring(query: &LeafQuery, searcher: &Searcher) -> tantivy::Result<Self> {
        let mut tokens = 0.0;
        for reader in searcher.segment_readers() {
            for (field, field_weight) in &query.lengths {
                tokens += reader.inverted_index(*field)?.total_num_tokens() as f32 * field_weight;
            }
        }
        let average_length = (tokens / records(searcher)).max(1.0);
        Ok(LeafWeight { query: query.clone(), idf: query.idf(searcher)?, average_length })
    }

    fn leaf_scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Option<LeafScorer>> {
        let mut parts = Vec::with_capacity(self.query.parts.len());
        for part in &self.query.parts {
            if let Some(occurrences) = part.matcher.occurrences(reader, part.text_field)? {
                parts.push(ScorerPart { occurrences, text_field: part.text_field, weight: weight_of(part.text_field) });
            }
        }
        if parts.is_empty() {
            return Ok(None);
        }
        let mut lengths = Vec::with_capacity(self.query.lengths.len());
        for (field, weight) in &self.query.lengths {
            lengths.push((reader.get_fieldnorms_reader(*field)?, *weight));
        }
        let mut scorer =
            LeafScorer { parts, lengths, doc: 0, weight: self.idf * boost, average_length: self.average_length };
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

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut explanation = Explanation::new("BM25F of a leaf", 0.0);
        if let Some(mut scorer) = self.leaf_scorer(reader, 1.0)?
            && scorer.seek(doc) == doc
        {
            explanation = Explanation::new("BM25F of a leaf", scorer.score());
            for (field, count) in scorer.counts() {
                explanation.add_detail(Explanation::new(field.name(), count as f32));
            }
        }
        Ok(explanation)
    }
}

struct ScorerPart {
    occurrences: Occurrences,
    text_field: TextField,
    weight: f32,
}

struct LeafScorer {
    parts: Vec<ScorerPart>,
    lengths: Vec<(FieldNormReader, f32)>,
    doc: DocId,
    weight: f32,
    average_length: f32,
}

impl LeafScorer {
    fn lowest(&self) -> DocId {
        self.parts.iter().map(|p| p.occurrences.doc()).min().unwrap_or(TERMINATED)
    }

    /// How often the leaf occurs in the current record, field by field; of two ways to match in one field, the larger.
    fn counts(&self) -> impl Iterator<Item = (TextField, u32)> + '_ {
        self.parts.chunk_by(|a, b| a.text_field == b.text_field).filter_map(|same| {
            let here = same.iter().filter(|p| p.occurrences.doc() == self.doc);
            here.map(|p| p.occurrences.frequency()).max().map(|count| (same[0].text_field, count))
        })
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
        let mut frequency = 0.0;
        let mut i = 0;
        while i < self.parts.len() {
            let field = self.parts[i].text_field;
            let mut count = 0;
            let mut weight = 0.0;
            while let Some(part) = self.parts.get(i).filter(|p| p.text_field == field) {
                if part.occurrences.doc() == self.doc {
                    count = count.max(part.occurrences.frequency());
                    weight = part.weight;
                }
                i += 1;
            }
            frequency += weight * count as f32;
        }
        let length: f32 = self.lengths.iter().map(|(norms, w)| norms.fieldnorm(self.doc) as f32 * w).sum();
        let norm = K1 * (1.0 - B + B * length / self.average_length);
        self.weight * frequency * (K1 + 1.0) / (frequency + norm)
    }
}
