//! Facet values numbered over all segments, so that counts of several segments are added up without reading a name; and the
//! values of every record in plain lists, which are read faster than packed columns.
//!
//! Every segment numbers its values by itself, and to bring two of them together takes their names: for a facet of some
//! hundred thousand subjects that was the dearest part of an answer. The numbers here are the same everywhere and in the
//! order of the names. Working all this out takes a walk over dictionaries and columns, which a command that asks once would
//! never earn back: it is made when a field is counted for the second time, and kept for as long as the segments stay. It
//! takes four bytes a value and four a record.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::columnar::StrColumn;
use tantivy::index::SegmentId;
use tantivy::{DocId, Searcher, SegmentReader};

use super::schema;
use crate::search::FacetField;

/// The values of one field.
#[derive(Debug)]
pub(super) struct Numbers {
    /// Of each value, a segment that has it and its ordinal there.
    places: Vec<(u32, u32)>,
    columns: Vec<StrColumn>,
    segments: HashMap<SegmentId, Arc<SegmentNumbers>>,
}

/// The values of one segment.
#[derive(Debug)]
pub(super) struct SegmentNumbers {
    /// The number of each value, by ordinal.
    pub(super) numbers: Vec<u32>,
    /// Where the values of each record end.
    ends: Vec<u32>,
    /// The ordinals of all records, one after the other.
    ords: Vec<u32>,
}

impl SegmentNumbers {
    fn new(reader: &SegmentReader, column: &StrColumn, numbers: Vec<u32>) -> Self {
        let mut ends = Vec::with_capacity(reader.max_doc() as usize);
        let mut ords = Vec::new();
        for doc in 0..reader.max_doc() {
            ords.extend(column.ords().values_for_doc(doc).map(|ord| ord as u32));
            ends.push(ords.len() as u32);
        }
        SegmentNumbers { numbers, ends, ords }
    }

    /// The ordinals of a record's values.
    pub(super) fn of(&self, doc: DocId) -> &[u32] {
        let doc = doc as usize;
        let from = doc.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let to = self.ends.get(doc).copied().unwrap_or(from);
        self.ords.get(from as usize..to as usize).unwrap_or_default()
    }
}

impl Numbers {
    fn build(searcher: &Searcher, field: FacetField) -> tantivy::Result<Numbers> {
        let mut columns = Vec::new();
        let mut readers = Vec::new();
        for reader in searcher.segment_readers() {
            if let Some(column) = reader.fast_fields().str(&schema::facet_name(field))? {
                columns.push(column);
                readers.push(reader);
            }
        }
        let mut numbers: Vec<Vec<u32>> = columns.iter().map(|c| Vec::with_capacity(c.num_terms())).collect();
        let mut places: Vec<(u32, u32)> = Vec::new();
        let mut terms = Vec::with_capacity(columns.len());
        for column in &columns {
            let mut stream = column.dictionary().stream()?;
            let more = stream.advance();
            terms.push((stream, more));
        }
        // The least name of all comes next.
        let mut least: Vec<u8> = Vec::new();
        while let Some(name) = terms.iter().filter(|(_, more)| *more).map(|(stream, _)| stream.key()).min() {
            least.clear();
            least.extend_from_slice(name);
            let number = places.len() as u32;
            for (segment, ((stream, more), numbers)) in terms.iter_mut().zip(&mut numbers).enumerate() {
                if *more && stream.key() == least {
                    if places.len() == number as usize {
                        places.push((segment as u32, numbers.len() as u32));
                    }
                    numbers.push(number);
                    *more = stream.advance();
                }
            }
        }
        drop(terms);
        let each = readers.into_iter().zip(&columns).zip(numbers);
        let each = each.map(|((reader, column), n)| (reader.segment_id(), SegmentNumbers::new(reader, column, n)));
        let segments = each.map(|(id, numbers)| (id, Arc::new(numbers))).collect();
        Ok(Numbers { places, columns, segments })
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The values of a segment.
    pub(super) fn of_segment(&self, reader: &SegmentReader) -> Option<Arc<SegmentNumbers>> {
        self.segments.get(&reader.segment_id()).cloned()
    }

    /// The value of a number.
    pub(super) fn name(&self, number: u32) -> tantivy::Result<String> {
        let mut name = String::new();
        if let Some((segment, ord)) = self.places.get(number as usize)
            && let Some(column) = self.columns.get(*segment as usize)
        {
            column.ord_to_str(u64::from(*ord), &mut name)?;
        }
        Ok(name)
    }

    /// The number of a value.
    pub(super) fn number_of(&self, name: &str) -> tantivy::Result<Option<u32>> {
        let (mut from, mut to) = (0, self.places.len());
        while from < to {
            let middle = usize::midpoint(from, to);
            match self.name(middle as u32)?.as_str().cmp(name) {
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Equal => return Ok(Some(middle as u32)),
                std::cmp::Ordering::Greater => to = middle,
            }
        }
        Ok(None)
    }
}

/// The numbers of all fields that are asked for often enough.
#[derive(Debug, Default)]
pub(super) struct Numbering(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// What the index held then: its segments, and the last deletion in each.
    held: BTreeMap<SegmentId, Option<u64>>,
    /// Nothing for a field that was asked for once.
    fields: HashMap<FacetField, Option<Arc<Numbers>>>,
}

impl Numbering {
    /// The numbers of a field, from the second time on that it is asked for.
    pub(super) fn of(&self, searcher: &Searcher, field: FacetField) -> tantivy::Result<Option<Arc<Numbers>>> {
        if !field.is_text() {
            return Ok(None);
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.held != *searcher.generation().segments() {
            kept.held = searcher.generation().segments().clone();
            kept.fields.clear();
        }
        let numbers = match kept.fields.get(&field) {
            None => None,
            Some(Some(numbers)) => Some(Arc::clone(numbers)),
            Some(None) => Some(Arc::new(Numbers::build(searcher, field)?)),
        };
        kept.fields.insert(field, numbers.clone());
        Ok(numbers)
    }
}
