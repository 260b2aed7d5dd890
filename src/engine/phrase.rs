//! Phrases over positions: exact words side by side, any of them truncated.
//!
//! Phrases of whole words are read lazily: positions only for records that have all the words. A truncated word stands for
//! every word of the dictionary with its beginning, without a limit; such phrases are worked out when the segment is opened.

use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, InvertedIndexReader, SegmentReader, TERMINATED, Term};

use crate::query::Pattern;

/// The records of a segment in which something occurs in one field, and how often.
pub(super) enum Occurrences {
    /// One term.
    Term(Box<SegmentPostings>),
    /// Whole words side by side.
    Phrase(PhraseDocs),
    /// Worked out beforehand.
    List(ListDocs),
}

impl Occurrences {
    pub(super) fn doc(&self) -> DocId {
        match self {
            Occurrences::Term(p) => p.doc(),
            Occurrences::Phrase(p) => p.doc,
            Occurrences::List(l) => l.doc(),
        }
    }

    pub(super) fn seek(&mut self, target: DocId) -> DocId {
        if self.doc() >= target {
            return self.doc();
        }
        match self {
            Occurrences::Term(p) => p.seek(target),
            Occurrences::Phrase(p) => p.find(target),
            Occurrences::List(l) => l.seek(target),
        }
    }

    pub(super) fn advance(&mut self) -> DocId {
        match self {
            Occurrences::Term(p) => p.advance(),
            Occurrences::Phrase(p) => p.find(p.doc.saturating_add(1).min(TERMINATED)),
            Occurrences::List(l) => l.seek(l.doc().saturating_add(1).min(TERMINATED)),
        }
    }

    pub(super) fn frequency(&self) -> u32 {
        match self {
            Occurrences::Term(p) => p.term_freq(),
            Occurrences::Phrase(p) => p.frequency,
            Occurrences::List(l) => l.frequency(),
        }
    }

    pub(super) fn size_hint(&self) -> u32 {
        match self {
            Occurrences::Term(p) => p.size_hint(),
            Occurrences::Phrase(p) => p.slots.iter().map(DocSet::size_hint).min().unwrap_or(0),
            Occurrences::List(l) => l.docs.len() as u32,
        }
    }
}

/// The occurrences of a term; `None` where the segment does not have it.
pub(super) fn term_occurrences(reader: &SegmentReader, term: &Term) -> tantivy::Result<Option<Occurrences>> {
    let inverted = reader.inverted_index(term.field())?;
    Ok(inverted.read_postings(term, IndexRecordOption::WithFreqs)?.map(|p| Occurrences::Term(Box::new(p))))
}

/// The occurrences of a phrase in a field; `None` where the segment cannot have any.
pub(super) fn phrase_occurrences(
    reader: &SegmentReader,
    field: Field,
    words: &[Pattern],
) -> tantivy::Result<Option<Occurrences>> {
    let inverted = reader.inverted_index(field)?;
    if let [Pattern { word, truncated }] = words {
        return match truncated {
            false => term_occurrences(reader, &Term::from_field_text(field, word)),
            true => truncated_occurrences(reader, &inverted, word),
        };
    }
    if words.iter().any(|w| w.truncated) {
        return Ok(truncated_phrase(&inverted, field, words)?.map(Occurrences::List));
    }
    let mut slots = Vec::with_capacity(words.len());
    for Pattern { word, .. } in words {
        let term = Term::from_field_text(field, word);
        match inverted.read_postings(&term, IndexRecordOption::WithFreqsAndPositions)? {
            Some(postings) => slots.push(postings),
            None => return Ok(None),
        }
    }
    Ok(Some(Occurrences::Phrase(PhraseDocs::new(slots))))
}

/// Visits every term of the dictionary that begins with `prefix`.
fn each_term(
    inverted: &InvertedIndexReader,
    prefix: &str,
    option: IndexRecordOption,
    visit: &mut dyn FnMut(SegmentPostings),
) -> tantivy::Result<()> {
    let mut terms = inverted.terms().range().ge(prefix).into_stream()?;
    while terms.advance() {
        if !terms.key().starts_with(prefix.as_bytes()) {
            break;
        }
        visit(inverted.read_postings_from_terminfo(terms.value(), option)?);
    }
    Ok(())
}

fn truncated_occurrences(
    reader: &SegmentReader,
    inverted: &InvertedIndexReader,
    prefix: &str,
) -> tantivy::Result<Option<Occurrences>> {
    // A count a record: four bytes each, whatever the number of words that begin so.
    let mut counts = vec![0_u32; reader.max_doc() as usize];
    each_term(inverted, prefix, IndexRecordOption::WithFreqs, &mut |mut postings| {
        let mut doc = postings.doc();
        while doc != TERMINATED {
            if let Some(count) = counts.get_mut(doc as usize) {
                *count = count.saturating_add(postings.term_freq());
            }
            doc = postings.advance();
        }
    })?;
    let docs: Vec<(DocId, u32)> =
        counts.into_iter().enumerate().filter(|(_, n)| *n > 0).map(|(doc, n)| (doc as DocId, n)).collect();
    Ok((!docs.is_empty()).then_some(Occurrences::List(ListDocs { docs, at: 0 })))
}

/// Works out a phrase with truncated words: the places where all words before and including a slot have matched, slot by
/// slot, whole words first because they are rarer than everything that begins like another.
fn truncated_phrase(
    inverted: &InvertedIndexReader,
    field: Field,
    words: &[Pattern],
) -> tantivy::Result<Option<ListDocs>> {
    let mut order: Vec<usize> = (0..words.len()).collect();
    order.sort_by_key(|i| (words[*i].truncated, std::cmp::Reverse(words[*i].word.len())));
    // Places are (record, position the phrase would begin at, shifted to stay positive).
    let mut places: Option<Vec<(DocId, u32)>> = None;
    for slot in order {
        let Pattern { word, truncated } = &words[slot];
        let shift = (words.len() - slot) as u32;
        let mut here: Vec<(DocId, u32)> = Vec::new();
        let mut positions = Vec::new();
        let mut collect = |mut postings: SegmentPostings| {
            let mut wanted = places.as_deref().map(|p| p.iter().map(|(doc, _)| *doc));
            loop {
                let doc = match &mut wanted {
                    None => postings.doc(),
                    Some(docs) => match docs.find(|d| *d >= postings.doc()) {
                        Some(doc) => doc,
                        None => break,
                    },
                };
                if doc == TERMINATED || postings.doc() < doc && postings.seek(doc) == TERMINATED {
                    break;
                }
                if postings.doc() == doc {
                    postings.positions_with_offset(shift, &mut positions);
                    here.extend(positions.iter().map(|p| (doc, *p)));
                    if postings.advance() == TERMINATED {
                        break;
                    }
                }
            }
        };
        if *truncated {
            each_term(inverted, word, IndexRecordOption::WithFreqsAndPositions, &mut collect)?;
        } else if let Some(postings) =
            inverted.read_postings(&Term::from_field_text(field, word), IndexRecordOption::WithFreqsAndPositions)?
        {
            collect(postings);
        }
        here.sort_unstable();
        here.dedup();
        if let Some(places) = &places {
            here.retain(|place| places.binary_search(place).is_ok());
        }
        if here.is_empty() {
            return Ok(None);
        }
        places = Some(here);
    }
    let mut docs: Vec<(DocId, u32)> = Vec::new();
    for (doc, _) in places.unwrap_or_default() {
        match docs.last_mut() {
            Some((last, count)) if *last == doc => *count += 1,
            _ => docs.push((doc, 1)),
        }
    }
    Ok(Some(ListDocs { docs, at: 0 }))
}

/// Records and frequencies in a list.
pub(super) struct ListDocs {
    docs: Vec<(DocId, u32)>,
    at: usize,
}

impl ListDocs {
    fn doc(&self) -> DocId {
        self.docs.get(self.at).map_or(TERMINATED, |d| d.0)
    }

    fn frequency(&self) -> u32 {
        self.docs.get(self.at).map_or(0, |d| d.1)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.at += self.docs.get(self.at..).map_or(0, |rest| rest.partition_point(|d| d.0 < target));
        self.doc()
    }
}

/// A phrase of whole words.
pub(super) struct PhraseDocs {
    slots: Vec<SegmentPostings>,
    /// The slots from rarest to most frequent.
    order: Vec<usize>,
    doc: DocId,
    frequency: u32,
    starts: Vec<u32>,
    buffer: Vec<u32>,
}

impl PhraseDocs {
    fn new(slots: Vec<SegmentPostings>) -> Self {
        let mut order: Vec<usize> = (0..slots.len()).collect();
        order.sort_by_key(|i| slots[*i].size_hint());
        let mut docs = PhraseDocs { slots, order, doc: 0, frequency: 0, starts: Vec::new(), buffer: Vec::new() };
        docs.find(0);
        docs
    }

    /// Moves to the first record at or after `candidate` that has the phrase.
    fn find(&mut self, mut candidate: DocId) -> DocId {
        'candidates: while candidate < TERMINATED {
            for i in &self.order {
                let slot = &mut self.slots[*i];
                let doc = if slot.doc() < candidate { slot.seek(candidate) } else { slot.doc() };
                if doc > candidate {
                    candidate = doc;
                    continue 'candidates;
                }
            }
            self.frequency = self.count();
            if self.frequency > 0 {
                self.doc = candidate;
                return candidate;
            }
            candidate += 1;
        }
        self.doc = TERMINATED;
        TERMINATED
    }

    /// How often the phrase occurs in the record that all slots stand on.
    fn count(&mut self) -> u32 {
        let length = self.slots.len();
        for (nth, i) in self.order.iter().enumerate() {
            let shift = (length - i) as u32;
            if nth == 0 {
                self.slots[*i].positions_with_offset(shift, &mut self.starts);
            } else {
                self.slots[*i].positions_with_offset(shift, &mut self.buffer);
                intersect(&mut self.starts, &self.buffer);
            }
            if self.starts.is_empty() {
                return 0;
            }
        }
        self.starts.len() as u32
    }
}

/// Keeps of the first sorted list what is also in the second.
fn intersect(list: &mut Vec<u32>, other: &[u32]) {
    let mut rest = other;
    list.retain(|value| {
        let skip = rest.iter().take_while(|o| *o < value).count();
        rest = &rest[skip..];
        rest.first() == Some(value)
    });
}
