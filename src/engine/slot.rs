//! One word of a query in one field of a segment: the records that have it, and where.
//!
//! A word with wildcards stands for every word of the dictionary that matches, without a limit. A few words are read side by
//! side; many are gathered when the segment is opened, so that memory grows with what is found and not with how many words
//! there are.

use tantivy::postings::{Postings, SegmentPostings, TermInfo};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, InvertedIndexReader, SegmentReader, TERMINATED};

use super::analysis::PAIR_MARK;
use crate::query::Pattern;
use crate::words::{self, Stemmer};

/// How many words are read side by side; more are gathered.
const SIDE_BY_SIDE: usize = 32;

/// The records of a segment that have a word, and its positions where they were asked for.
pub(super) enum Slot {
    One(Box<SegmentPostings>),
    Few { postings: Vec<SegmentPostings>, doc: DocId },
    Many(Gathered),
}

impl Slot {
    /// The words of a pattern; `None` where the segment has none.
    pub(super) fn open(
        reader: &SegmentReader,
        field: Field,
        pattern: &Pattern,
        option: IndexRecordOption,
    ) -> tantivy::Result<Option<Slot>> {
        let inverted = reader.inverted_index(field)?;
        if pattern.is_whole() {
            let entry = inverted.terms().get(&pattern.word)?;
            return entry.map(|entry| Slot::of_term(&inverted, &entry, option)).transpose();
        }
        Slot::of_terms(reader, &inverted, &matching_terms(&inverted, pattern)?, option)
    }

    /// One word, as it is in the dictionary.
    pub(super) fn of_term(
        inverted: &InvertedIndexReader,
        entry: &TermInfo,
        option: IndexRecordOption,
    ) -> tantivy::Result<Slot> {
        Ok(Slot::One(Box::new(inverted.read_postings_from_terminfo(entry, option)?)))
    }

    /// The words of an exact view that have a stem; `None` where the segment has none.
    pub(super) fn of_stem(reader: &SegmentReader, field: Field, stem: &str) -> tantivy::Result<Option<Slot>> {
        let inverted = reader.inverted_index(field)?;
        Slot::of_terms(reader, &inverted, &terms_of_stem(&inverted, stem)?, IndexRecordOption::WithFreqs)
    }

    fn of_terms(
        reader: &SegmentReader,
        inverted: &InvertedIndexReader,
        terms: &[TermInfo],
        option: IndexRecordOption,
    ) -> tantivy::Result<Option<Slot>> {
        if terms.is_empty() {
            return Ok(None);
        }
        if terms.len() > SIDE_BY_SIDE {
            return Gathered::new(reader, inverted, terms, option).map(|g| Some(Slot::Many(g)));
        }
        let mut postings = Vec::with_capacity(terms.len());
        for term in terms {
            postings.push(inverted.read_postings_from_terminfo(term, option)?);
        }
        let doc = lowest(&postings);
        Ok(Some(Slot::Few { postings, doc }))
    }

    pub(super) fn doc(&self) -> DocId {
        match self {
            Slot::One(p) => p.doc(),
            Slot::Few { doc, .. } => *doc,
            Slot::Many(g) => g.doc(),
        }
    }

    /// Moves to the first record at or after `target`.
    pub(super) fn seek(&mut self, target: DocId) -> DocId {
        if self.doc() >= target {
            return self.doc();
        }
        match self {
            Slot::One(p) => p.seek(target),
            Slot::Few { postings, doc } => {
                for p in postings.iter_mut() {
                    if p.doc() < target {
                        p.seek(target);
                    }
                }
                *doc = lowest(postings);
                *doc
            }
            Slot::Many(g) => g.seek(target),
        }
    }

    /// How often it occurs in the current record.
    pub(super) fn frequency(&self) -> u32 {
        match self {
            Slot::One(p) => p.term_freq(),
            Slot::Few { postings, doc } => postings.iter().filter(|p| p.doc() == *doc).map(Postings::term_freq).sum(),
            Slot::Many(g) => g.frequency(),
        }
    }

    /// Where it occurs in the current record, in order, each position moved by `shift`. Replaces what is in `out`.
    pub(super) fn positions(&mut self, shift: u32, out: &mut Vec<u32>) {
        match self {
            Slot::One(p) => p.positions_with_offset(shift, out),
            Slot::Few { postings, doc } => {
                out.clear();
                for p in postings.iter_mut().filter(|p| p.doc() == *doc) {
                    p.append_positions_with_offset(shift, out);
                }
                out.sort_unstable();
            }
            Slot::Many(g) => {
                out.clear();
                out.extend(g.here().iter().map(|p| p + shift));
            }
        }
    }

    /// At most how many records have it.
    pub(super) fn size_hint(&self) -> u32 {
        match self {
            Slot::One(p) => p.size_hint(),
            Slot::Few { postings, .. } => postings.iter().map(DocSet::size_hint).fold(0, u32::saturating_add),
            Slot::Many(g) => g.docs.len() as u32,
        }
    }
}

fn lowest(postings: &[SegmentPostings]) -> DocId {
    postings.iter().map(DocSet::doc).min().unwrap_or(TERMINATED)
}

/// How many words of a segment match a pattern.
pub(super) fn count_words(reader: &SegmentReader, field: Field, pattern: &Pattern) -> tantivy::Result<u64> {
    let inverted = reader.inverted_index(field)?;
    Ok(matching_terms(&inverted, pattern)?.len() as u64)
}

/// At most how many records of a segment have a word of this stem in this exact view.
pub(super) fn records_of_stem(reader: &SegmentReader, field: Field, stem: &str) -> tantivy::Result<u64> {
    let inverted = reader.inverted_index(field)?;
    Ok(terms_of_stem(&inverted, stem)?.iter().map(|info| u64::from(info.doc_freq)).sum())
}

/// The words of the dictionary that match a pattern.
fn matching_terms(inverted: &InvertedIndexReader, pattern: &Pattern) -> tantivy::Result<Vec<TermInfo>> {
    let fits = |tail: &str| pattern.is_prefix() || pattern.matches_tail(tail);
    let mut found = Vec::new();
    with_prefix(inverted, &pattern.word, &mut |term, info| {
        if !term.starts_with(PAIR_MARK) && term.get(pattern.word.len()..).is_some_and(fits) {
            found.push(info.clone());
        }
    })?;
    Ok(found)
}

/// The words of the dictionary that have a stem, hyphenated pairs among them.
fn terms_of_stem(inverted: &InvertedIndexReader, stem: &str) -> tantivy::Result<Vec<TermInfo>> {
    let mut found = Vec::new();
    let mut stemmer = Stemmer::default();
    for prefix in words::beginnings_of_stem(stem) {
        with_prefix(inverted, prefix, &mut |term, info| {
            if stemmer.stem(term) == stem {
                found.push(info.clone());
            }
        })?;
        with_prefix(inverted, &format!("{PAIR_MARK}{prefix}"), &mut |term, info| {
            if term.strip_prefix(PAIR_MARK).is_some_and(|pair| stemmer.stem(pair) == stem) {
                found.push(info.clone());
            }
        })?;
    }
    Ok(found)
}

/// Visits the words of the dictionary with a prefix.
fn with_prefix(
    inverted: &InvertedIndexReader,
    prefix: &str,
    visit: &mut dyn FnMut(&str, &TermInfo),
) -> tantivy::Result<()> {
    let mut terms = inverted.terms().range().ge(prefix.as_bytes()).into_stream()?;
    while terms.advance() && terms.key().starts_with(prefix.as_bytes()) {
        if let Ok(term) = std::str::from_utf8(terms.key()) {
            visit(term, terms.value());
        }
    }
    Ok(())
}

/// The positions of many words, record by record.
pub(super) struct Gathered {
    docs: Vec<DocId>,
    /// Where the positions of each record end, whether or not they were asked for.
    ends: Vec<u32>,
    positions: Vec<u32>,
    at: usize,
}

impl Gathered {
    fn new(
        reader: &SegmentReader,
        inverted: &InvertedIndexReader,
        terms: &[TermInfo],
        option: IndexRecordOption,
    ) -> tantivy::Result<Self> {
        // First how many there are in each record, then the positions straight into their places.
        let mut counts = vec![0_u32; reader.max_doc() as usize];
        for term in terms {
            let mut postings = inverted.read_postings_from_terminfo(term, IndexRecordOption::WithFreqs)?;
            while postings.doc() != TERMINATED {
                if let Some(count) = counts.get_mut(postings.doc() as usize) {
                    *count = count.saturating_add(postings.term_freq());
                }
                postings.advance();
            }
        }
        let mut docs = Vec::new();
        let mut ends = Vec::new();
        let mut total = 0_u32;
        for (doc, count) in counts.iter_mut().enumerate() {
            if *count > 0 {
                docs.push(doc as DocId);
                let start = total;
                total = total.saturating_add(*count);
                ends.push(total);
                *count = start;
            }
        }
        let mut gathered = Gathered { docs, ends, positions: Vec::new(), at: 0 };
        if option == IndexRecordOption::WithFreqsAndPositions {
            let mut here = Vec::new();
            gathered.positions = vec![0; total as usize];
            for term in terms {
                let mut postings = inverted.read_postings_from_terminfo(term, option)?;
                while postings.doc() != TERMINATED {
                    postings.positions(&mut here);
                    if let Some(next) = counts.get_mut(postings.doc() as usize) {
                        let places = gathered.positions.get_mut(*next as usize..);
                        for (place, position) in places.into_iter().flatten().zip(&here) {
                            *place = *position;
                        }
                        *next += here.len() as u32;
                    }
                    postings.advance();
                }
            }
            for i in 0..gathered.docs.len() {
                let range = gathered.range(i);
                gathered.positions[range].sort_unstable();
            }
        }
        Ok(gathered)
    }

    fn range(&self, i: usize) -> std::ops::Range<usize> {
        let start = i.checked_sub(1).and_then(|i| self.ends.get(i)).map_or(0, |e| *e as usize);
        start..self.ends.get(i).map_or(start, |e| *e as usize)
    }

    fn here(&self) -> &[u32] {
        self.positions.get(self.range(self.at)).unwrap_or_default()
    }

    fn doc(&self) -> DocId {
        self.docs.get(self.at).copied().unwrap_or(TERMINATED)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.at += self.docs.get(self.at..).map_or(0, |rest| rest.partition_point(|d| *d < target));
        self.doc()
    }

    fn frequency(&self) -> u32 {
        self.range(self.at).len() as u32
    }
}
