//! Facet values numbered over all segments, so that counts of several segments need no name to be added up; and the numbers
//! of every record in plain lists, which are read faster than packed columns.
//!
//! Every segment numbers its values by itself, and to bring two of them together takes their names: for a facet of some
//! hundred thousand subjects that was the dearest part of an answer. The numbers here are the same everywhere, and those of
//! the most frequent values are the lowest, so that the counts that are raised most often lie side by side. Authority forms
//! are numbered as the names they stand for, once a record. Working all this out takes a walk over dictionaries and columns,
//! which a command that asks once would never earn back: it is made when a field is asked for the second time, and kept
//! for as long as the segments stay. It takes four bytes a value and four a record.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::columnar::StrColumn;
use tantivy::index::SegmentId;
use tantivy::{DocId, Searcher, SegmentReader};

use super::forms::Forms;
use super::schema;
use super::tally::Tally;
use crate::search::FacetField;

/// Stands for no value.
const NOTHING: u32 = u32::MAX;
/// Stands for no year.
const NO_YEAR: i32 = i32::MIN;
/// How many tallies of a field are kept for the next questions.
const MOST_IDLE: usize = 8;

/// The values of one field.
#[derive(Debug)]
pub(super) struct Numbers {
    /// Of each number, the place of its value in the order of the names.
    places: Vec<u32>,
    /// The number at each place.
    numbers: Vec<u32>,
    names: Names,
    segments: HashMap<SegmentId, Arc<Lists>>,
    /// Tallies that are all zero, to be used again: making one takes as long as counting some thousand records.
    idle: Mutex<Vec<Tally>>,
}

/// Where the value at a place gets its name from.
#[derive(Debug)]
enum Names {
    /// A column that has it and its ordinal there.
    Columns(Vec<StrColumn>, Vec<(u32, u32)>),
    /// The names of authority forms are in order themselves.
    Forms(Arc<Forms>),
}

/// The values of each record of a segment.
#[derive(Debug)]
pub(super) enum Lists {
    /// No record has more than one.
    One(Vec<u32>),
    /// Where the values of each record begin, the first of no record at the end; and the values of all, one after the other.
    Several(Vec<u32>, Vec<u32>),
}

impl Lists {
    /// The numbers of a record's values.
    pub(super) fn of(&self, doc: DocId) -> &[u32] {
        let doc = doc as usize;
        match self {
            Lists::One(numbers) => match numbers.get(doc) {
                Some(number) if *number != NOTHING => std::slice::from_ref(number),
                _ => &[],
            },
            Lists::Several(begins, numbers) => match begins.get(doc..doc + 2) {
                Some(&[from, to]) => numbers.get(from as usize..to as usize).unwrap_or_default(),
                _ => &[],
            },
        }
    }

    /// Adds the values of records to a tally; how many of the records have any.
    pub(super) fn count(&self, docs: &[DocId], tally: &mut Tally) -> usize {
        let mut found = 0;
        match self {
            Lists::One(numbers) => {
                for number in docs.iter().filter_map(|doc| numbers.get(*doc as usize)).filter(|n| **n != NOTHING) {
                    found += 1;
                    tally.add(*number);
                }
            }
            Lists::Several(..) => {
                for doc in docs {
                    let numbers = self.of(*doc);
                    found += usize::from(!numbers.is_empty());
                    numbers.iter().for_each(|number| tally.add(*number));
                }
            }
        }
        found
    }

    fn read(reader: &SegmentReader, column: &StrColumn, places: &[u32]) -> Self {
        let mut begins = Vec::with_capacity(reader.max_doc() as usize + 1);
        begins.push(0);
        let mut all: Vec<u32> = Vec::new();
        let mut several = false;
        for doc in 0..reader.max_doc() {
            let from = all.len();
            for ord in column.ords().values_for_doc(doc) {
                // Two forms of one name are one value of a record.
                if let Some(place) = places.get(ord as usize)
                    && !all[from..].contains(place)
                {
                    all.push(*place);
                }
            }
            several |= all.len() > from + 1;
            begins.push(all.len() as u32);
        }
        if several {
            return Lists::Several(begins, all);
        }
        let one = begins.windows(2).map(|at| match at {
            [from, to] if from < to => all.get(*from as usize).copied().unwrap_or(NOTHING),
            _ => NOTHING,
        });
        Lists::One(one.collect())
    }

    fn values_mut(&mut self) -> impl Iterator<Item = &mut u32> {
        let (Lists::One(numbers) | Lists::Several(_, numbers)) = self;
        numbers.iter_mut().filter(|number| **number != NOTHING)
    }
}

impl Numbers {
    fn build(searcher: &Searcher, field: FacetField, forms: Option<Arc<Forms>>) -> tantivy::Result<Numbers> {
        let mut columns = Vec::new();
        let mut readers = Vec::new();
        for reader in searcher.segment_readers() {
            if let Some(column) = reader.fast_fields().str(&schema::facet_name(field))? {
                columns.push(column);
                readers.push(reader);
            }
        }
        let mut lists: Vec<Lists> = Vec::with_capacity(columns.len());
        let names = match forms {
            Some(forms) => {
                for (reader, column) in readers.iter().zip(&columns) {
                    lists.push(Lists::read(reader, column, &forms.of_segment(reader).names));
                }
                Names::Forms(forms)
            }
            None => {
                let (at, places) = put_in_order(&columns)?;
                for ((reader, column), places) in readers.iter().zip(&columns).zip(&places) {
                    lists.push(Lists::read(reader, column, places));
                }
                Names::Columns(columns, at)
            }
        };
        let mut frequencies = vec![0_u32; names.len()];
        for place in lists.iter_mut().flat_map(Lists::values_mut) {
            frequencies[*place as usize] += 1;
        }
        let mut places: Vec<u32> = (0..names.len() as u32).collect();
        places.sort_by_key(|place| Reverse(frequencies[*place as usize]));
        let mut numbers = vec![0; names.len()];
        for (number, place) in places.iter().enumerate() {
            numbers[*place as usize] = number as u32;
        }
        for place in lists.iter_mut().flat_map(Lists::values_mut) {
            *place = numbers[*place as usize];
        }
        let segments = readers.iter().zip(lists).map(|(reader, list)| (reader.segment_id(), Arc::new(list))).collect();
        Ok(Numbers { places, numbers, names, segments, idle: Mutex::default() })
    }

    /// The values of a segment; none where no record of it has one.
    pub(super) fn of_segment(&self, reader: &SegmentReader) -> Option<Arc<Lists>> {
        self.segments.get(&reader.segment_id()).cloned()
    }

    /// The place of a number's value in the order of the names.
    pub(super) fn place(&self, number: u32) -> u32 {
        self.places.get(number as usize).copied().unwrap_or(NOTHING)
    }

    /// The number at a place.
    pub(super) fn at(&self, place: u32) -> Option<u32> {
        self.numbers.get(place as usize).copied()
    }

    /// The value at a place.
    pub(super) fn name(&self, place: u32) -> tantivy::Result<String> {
        match &self.names {
            Names::Columns(columns, at) => {
                let mut name = String::new();
                if let Some((column, ord)) = at.get(place as usize)
                    && let Some(column) = columns.get(*column as usize)
                {
                    column.ord_to_str(u64::from(*ord), &mut name)?;
                }
                Ok(name)
            }
            Names::Forms(forms) => Ok(forms.names.get(place as usize).map(|n| n.form.clone()).unwrap_or_default()),
        }
    }

    /// The place of a value.
    pub(super) fn place_of(&self, name: &str) -> tantivy::Result<Option<u32>> {
        let (mut from, mut to) = (0, self.places.len() as u32);
        while from < to {
            let middle = u32::midpoint(from, to);
            match self.name(middle)?.as_str().cmp(name) {
                std::cmp::Ordering::Less => from = middle + 1,
                std::cmp::Ordering::Equal => return Ok(Some(middle)),
                std::cmp::Ordering::Greater => to = middle,
            }
        }
        Ok(None)
    }

    /// A tally of all values that is still zero.
    pub(super) fn tally(&self) -> Tally {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.unwrap_or_else(|| Tally::new(self.places.len()))
    }

    /// Takes a tally back.
    pub(super) fn put_back(&self, mut tally: Tally) {
        tally.clear();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MOST_IDLE {
            idle.push(tally);
        }
    }
}

impl Names {
    fn len(&self) -> usize {
        match self {
            Names::Columns(_, at) => at.len(),
            Names::Forms(forms) => forms.names.len(),
        }
    }
}

/// The values of several columns in the order of their names: where each is found, and the place of each column's ordinals.
type InOrder = (Vec<(u32, u32)>, Vec<Vec<u32>>);

fn put_in_order(columns: &[StrColumn]) -> tantivy::Result<InOrder> {
    let mut of_columns: Vec<Vec<u32>> = columns.iter().map(|c| Vec::with_capacity(c.num_terms())).collect();
    let mut found: Vec<(u32, u32)> = Vec::new();
    let mut terms = Vec::with_capacity(columns.len());
    for column in columns {
        let mut stream = column.dictionary().stream()?;
        let more = stream.advance();
        terms.push((stream, more));
    }
    // The least name of all comes next.
    let mut least: Vec<u8> = Vec::new();
    while let Some(name) = terms.iter().filter(|(_, more)| *more).map(|(stream, _)| stream.key()).min() {
        least.clear();
        least.extend_from_slice(name);
        let place = found.len() as u32;
        for (column, ((stream, more), places)) in terms.iter_mut().zip(&mut of_columns).enumerate() {
            if *more && stream.key() == least {
                if found.len() == place as usize {
                    found.push((column as u32, places.len() as u32));
                }
                places.push(place);
                *more = stream.advance();
            }
        }
    }
    Ok((found, of_columns))
}

/// The years of print of all records, in plain lists too.
#[derive(Debug)]
pub(super) struct Years(HashMap<SegmentId, Arc<Vec<i32>>>);

impl Years {
    fn build(searcher: &Searcher) -> tantivy::Result<Years> {
        let mut segments = HashMap::new();
        for reader in searcher.segment_readers() {
            let column = reader.fast_fields().i64("year")?;
            let year = |doc| column.first(doc).and_then(|year| i32::try_from(year).ok()).unwrap_or(NO_YEAR);
            segments.insert(reader.segment_id(), Arc::new((0..reader.max_doc()).map(year).collect()));
        }
        Ok(Years(segments))
    }

    /// The years of a segment.
    pub(super) fn of_segment(&self, reader: &SegmentReader) -> Option<Arc<Vec<i32>>> {
        self.0.get(&reader.segment_id()).cloned()
    }
}

/// The year of a list, where there is one.
pub(super) fn year_of(years: &[i32], doc: DocId) -> Option<i64> {
    years.get(doc as usize).filter(|year| **year != NO_YEAR).map(|year| i64::from(*year))
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
    years: Option<Option<Arc<Years>>>,
    /// The columns of record ids, which every question opens.
    ids: HashMap<SegmentId, Option<StrColumn>>,
}

impl Kept {
    fn renew(&mut self, searcher: &Searcher) {
        if self.held != *searcher.generation().segments() {
            *self = Kept { held: searcher.generation().segments().clone(), ..Kept::default() };
        }
    }
}

impl Numbering {
    /// Whether a field has been asked for before.
    pub(super) fn again(&self, searcher: &Searcher, field: FacetField) -> bool {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.renew(searcher);
        let again = kept.fields.contains_key(&field);
        kept.fields.entry(field).or_default();
        again
    }

    /// The numbers of a field; authority forms are those of `forms`.
    pub(super) fn of(
        &self,
        searcher: &Searcher,
        field: FacetField,
        forms: Option<&Arc<Forms>>,
    ) -> tantivy::Result<Arc<Numbers>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.renew(searcher);
        let numbers = match kept.fields.get(&field) {
            Some(Some(numbers)) if numbers.are_of(forms) => return Ok(Arc::clone(numbers)),
            _ => Arc::new(Numbers::build(searcher, field, forms.cloned())?),
        };
        kept.fields.insert(field, Some(Arc::clone(&numbers)));
        Ok(numbers)
    }

    /// The record ids of every segment, in the order of the segments.
    pub(super) fn ids(&self, searcher: &Searcher) -> tantivy::Result<Vec<Option<StrColumn>>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.renew(searcher);
        let mut ids = Vec::with_capacity(searcher.segment_readers().len());
        for reader in searcher.segment_readers() {
            ids.push(match kept.ids.get(&reader.segment_id()) {
                Some(column) => column.clone(),
                None => {
                    let column = reader.fast_fields().str("id")?;
                    kept.ids.insert(reader.segment_id(), column.clone());
                    column
                }
            });
        }
        Ok(ids)
    }

    /// The years, from the second question on that asks for them.
    pub(super) fn years(&self, searcher: &Searcher) -> tantivy::Result<Option<Arc<Years>>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.renew(searcher);
        let years = match &kept.years {
            None => None,
            Some(Some(years)) => Some(Arc::clone(years)),
            Some(None) => Some(Arc::new(Years::build(searcher)?)),
        };
        kept.years = Some(years.clone());
        Ok(years)
    }
}

impl Numbers {
    /// Whether the names are still those of the authority forms.
    fn are_of(&self, forms: Option<&Arc<Forms>>) -> bool {
        match (&self.names, forms) {
            (Names::Forms(own), Some(forms)) => Arc::ptr_eq(own, forms),
            (Names::Columns(..), None) => true,
            _ => false,
        }
    }
}
