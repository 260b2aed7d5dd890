//! Phrases and proximity over the positions of one field of a segment.
//!
//! Records are found first by the words they must have, cheapest first; positions are read only for records that have all of
//! them. tantivy's phrase slop is not used: it is neither a distance nor exact.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tantivy::postings::TermInfo;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, SegmentReader, TERMINATED};

use super::near::{self, Stretch};
use super::slot::Slot;
use crate::query::{Pattern, Spans, TextField};

/// What the dictionary of a segment says of the words of a [`Spans`], in their order: nothing of those that it does not have, and of
/// words with wildcards.
pub(super) type Entries = Vec<Option<TermInfo>>;

/// Looks up the words in a field of a segment.
pub(super) fn look_up(reader: &SegmentReader, field: Field, spans: &Spans) -> tantivy::Result<Entries> {
    let inverted = reader.inverted_index(field)?;
    let mut entries = Vec::new();
    let mut waiting = vec![spans];
    while let Some(spans) = waiting.pop() {
        match spans {
            Spans::Phrase { words, .. } => {
                for word in words {
                    let whole = word.is_whole().then(|| inverted.terms().get(&word.word)).transpose()?;
                    entries.push(whole.flatten());
                }
            }
            Spans::Any(parts) => waiting.extend(parts.iter().rev()),
            Spans::Near { left, right, .. } => waiting.extend([right.as_ref(), left.as_ref()]),
        }
    }
    Ok(entries)
}

/// Looks up the words in a field of all segments, each as in [`look_up`]; `None` where a word of a phrase is in none, so that the
/// phrase is not either. Where the words have been looked up in another field, `order` has the rarest first.
pub(super) fn look_up_all(
    readers: &[SegmentReader],
    field: Field,
    spans: &Spans,
    order: &mut Vec<usize>,
) -> tantivy::Result<Option<Vec<Entries>>> {
    let Spans::Phrase { words, .. } = spans else {
        return readers.iter().map(|reader| look_up(reader, field, spans)).collect::<tantivy::Result<_>>().map(Some);
    };
    if order.len() != words.len() {
        *order = (0..words.len()).collect();
    }
    let mut found = vec![vec![None; words.len()]; readers.len()];
    let mut frequencies = vec![0; words.len()];
    for at in order.iter().copied() {
        let Some(word) = words.get(at).filter(|word| word.is_whole()) else { continue };
        for (reader, entries) in readers.iter().zip(&mut found) {
            let entry = reader.inverted_index(field)?.terms().get(&word.word)?;
            frequencies[at] += entry.as_ref().map_or(0, |entry| u64::from(entry.doc_freq));
            entries[at] = entry;
        }
        if frequencies[at] == 0 {
            return Ok(None);
        }
    }
    order.sort_by_key(|at| frequencies[*at]);
    Ok(Some(found))
}

/// How many words there are.
pub(super) fn count_words(spans: &Spans) -> usize {
    match spans {
        Spans::Phrase { words, .. } => words.len(),
        Spans::Any(parts) => parts.iter().map(count_words).sum(),
        Spans::Near { left, right, .. } => count_words(left) + count_words(right),
    }
}

/// The records of a segment that have enough stretches in a field, and how many.
pub(super) struct SpanDocs {
    node: Node,
    times: u32,
    doc: DocId,
    frequency: u32,
    stretches: Vec<Stretch>,
    incomplete: Arc<AtomicBool>,
}

impl SpanDocs {
    /// `None` where the segment can have none. `entries` is what [`look_up`] gave. `incomplete` is set when a record has too many
    /// stretches to look at all.
    pub(super) fn open(
        reader: &SegmentReader,
        field: (TextField, Field),
        (spans, entries): (&Spans, &[Option<TermInfo>]),
        times: u32,
        incomplete: Arc<AtomicBool>,
    ) -> tantivy::Result<Option<SpanDocs>> {
        let Some(node) = Node::open(reader, field, spans, entries)? else { return Ok(None) };
        let mut docs = SpanDocs { node, times, doc: 0, frequency: 0, stretches: Vec::new(), incomplete };
        docs.find(0);
        Ok(Some(docs))
    }

    pub(super) fn doc(&self) -> DocId {
        self.doc
    }

    pub(super) fn frequency(&self) -> u32 {
        self.frequency
    }

    pub(super) fn size_hint(&self) -> u32 {
        self.node.size_hint()
    }

    /// Moves to the first record at or after `target`.
    pub(super) fn find(&mut self, target: DocId) -> DocId {
        let mut target = target;
        loop {
            self.doc = if target >= TERMINATED { TERMINATED } else { self.node.seek(target) };
            if self.doc == TERMINATED {
                return TERMINATED;
            }
            if !self.node.stretches(self.doc, &mut self.stretches) {
                self.incomplete.store(true, Ordering::Relaxed);
            }
            self.frequency = near::disjoint(&mut self.stretches);
            if self.frequency >= self.times {
                return self.doc;
            }
            target = self.doc + 1;
        }
    }
}

/// A part of a [`Spans`] in one field of one segment.
enum Node {
    Phrase {
        slots: Vec<Slot>,
        /// The slots from rarest to most frequent.
        order: Vec<usize>,
        starts: Vec<u32>,
        buffer: Vec<u32>,
    },
    Any {
        parts: Vec<Node>,
        buffer: Vec<Stretch>,
    },
    Near {
        /// The operand with fewer records leads.
        parts: Box<[Node; 2]>,
        right_leads: bool,
        distance: u32,
        ordered: bool,
        buffers: [Vec<Stretch>; 2],
    },
}

impl Node {
    fn open(
        reader: &SegmentReader,
        field: (TextField, Field),
        spans: &Spans,
        entries: &[Option<TermInfo>],
    ) -> tantivy::Result<Option<Node>> {
        Ok(match spans {
            Spans::Phrase { fields, words, .. } => {
                let is_missing = |(word, entry): (&Pattern, &Option<TermInfo>)| word.is_whole() && entry.is_none();
                if !fields.contains(field.0) || words.iter().zip(entries).any(is_missing) {
                    return Ok(None);
                }
                let option = IndexRecordOption::WithFreqsAndPositions;
                let mut slots = Vec::with_capacity(words.len());
                for (word, entry) in words.iter().zip(entries) {
                    let slot = match entry {
                        Some(entry) => Some(Slot::of_term(&*reader.inverted_index(field.1)?, entry, option)?),
                        None => Slot::open(reader, field.1, word, option)?,
                    };
                    match slot {
                        Some(slot) => slots.push(slot),
                        None => return Ok(None),
                    }
                }
                let mut order: Vec<usize> = (0..slots.len()).collect();
                order.sort_by_key(|i| slots[*i].size_hint());
                Some(Node::Phrase { slots, order, starts: Vec::new(), buffer: Vec::new() })
            }
            Spans::Any(among) => {
                let mut parts = Vec::with_capacity(among.len());
                let mut entries = entries;
                for part in among {
                    let (of_part, rest) = entries.split_at(count_words(part).min(entries.len()));
                    parts.extend(Node::open(reader, field, part, of_part)?);
                    entries = rest;
                }
                (!parts.is_empty()).then_some(Node::Any { parts, buffer: Vec::new() })
            }
            Spans::Near { left, right, distance, ordered, .. } => {
                let (of_left, of_right) = entries.split_at(count_words(left).min(entries.len()));
                let Some(left) = Node::open(reader, field, left, of_left)? else { return Ok(None) };
                let Some(right) = Node::open(reader, field, right, of_right)? else { return Ok(None) };
                let right_leads = right.size_hint() < left.size_hint();
                let (distance, ordered) = (*distance, *ordered);
                let buffers = [Vec::new(), Vec::new()];
                Some(Node::Near { parts: Box::new([left, right]), right_leads, distance, ordered, buffers })
            }
        })
    }

    fn size_hint(&self) -> u32 {
        match self {
            Node::Phrase { slots, .. } => slots.iter().map(Slot::size_hint).min().unwrap_or(0),
            Node::Any { parts, .. } => parts.iter().map(Node::size_hint).fold(0, u32::saturating_add),
            Node::Near { parts, .. } => parts[0].size_hint().min(parts[1].size_hint()),
        }
    }

    /// Moves to the first record at or after `target` that has the words, wherever they stand.
    fn seek(&mut self, mut target: DocId) -> DocId {
        match self {
            Node::Phrase { slots, order, .. } => 'targets: loop {
                for i in order.iter() {
                    let doc = slots[*i].seek(target);
                    if doc > target {
                        if doc == TERMINATED {
                            return TERMINATED;
                        }
                        target = doc;
                        continue 'targets;
                    }
                }
                return target;
            },
            Node::Any { parts, .. } => parts.iter_mut().map(|p| p.seek(target)).min().unwrap_or(TERMINATED),
            Node::Near { parts, right_leads, .. } => {
                let [left, right] = parts.as_mut();
                let (lead, other) = if *right_leads { (right, left) } else { (left, right) };
                loop {
                    let doc = lead.seek(target);
                    if doc == TERMINATED {
                        return TERMINATED;
                    }
                    target = other.seek(doc);
                    if target == doc || target == TERMINATED {
                        return target;
                    }
                }
            }
        }
    }

    /// The stretches in a record that [`Node::seek`] has found, in order; none where this part of the node is not on it.
    /// False when there were too many to look at all.
    fn stretches(&mut self, doc: DocId, out: &mut Vec<Stretch>) -> bool {
        out.clear();
        match self {
            Node::Phrase { slots, order, starts, buffer } => {
                let length = slots.len() as u32;
                for (nth, i) in order.iter().enumerate() {
                    if slots[*i].doc() != doc {
                        return true;
                    }
                    let shift = length - *i as u32;
                    if nth == 0 {
                        slots[*i].positions(shift, starts);
                    } else {
                        slots[*i].positions(shift, buffer);
                        intersect(starts, buffer);
                    }
                    if starts.is_empty() {
                        return true;
                    }
                }
                out.extend(starts.iter().map(|s| (s - length, s - 1)));
                true
            }
            Node::Any { parts, buffer } => {
                let mut complete = true;
                for part in parts.iter_mut() {
                    complete &= part.stretches(doc, buffer);
                    out.append(buffer);
                }
                near::union(out);
                complete
            }
            Node::Near { parts, distance, ordered, buffers, .. } => {
                let mut complete = true;
                for (part, buffer) in parts.iter_mut().zip(buffers.iter_mut()) {
                    complete &= part.stretches(doc, buffer);
                    if buffer.is_empty() {
                        return complete;
                    }
                }
                let [left, right] = buffers;
                complete & near::near(left, right, *distance, *ordered, out)
            }
        }
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
