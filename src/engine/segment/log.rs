//! What documents say, word by word in the order in which it was said, and the turning of it into lists of documents by word.
//!
//! The words of a text are kept as numbers one after another, which costs a few bytes a word and no look at another place in
//! memory. Only when a segment is written are they sorted by word, a stretch of the alphabet at a time, so that sorting takes
//! bounded memory.

use std::io;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{FieldSerializer, InvertedIndexSerializer};
use tantivy::schema::Field;

use super::table::Texts;
use crate::engine::analysis::VALUE_GAP;

/// A word of a text: its number, and with it how far from the word before it stands. The next place has no mark.
pub(super) type Token = u32;
/// It stands where the word before it stands.
pub(super) const SAME_PLACE: Token = 1 << 30;
/// It is the first word of another value.
pub(super) const NEXT_VALUE: Token = 1 << 31;
const NUMBER: Token = SAME_PLACE - 1;

/// Words are kept in one unit where their number is small, as it is of those that came early, which are most of all words that
/// come; else in two. This bit of the first says that the other follows, with the higher bits.
const MORE: u16 = 1 << 13;
const MARKS: u32 = 16;

/// How many units are put together; what is longer stands alone.
const CHUNK: usize = 1 << 18;
/// At least so many bytes of occurrences are sorted at a time, and as much as a third of what a log takes: then few stretches of the
/// alphabet are enough, and the log is gone through few times.
const SORTED: usize = 1 << 20;

/// So many terms are fetched together when they are written.
const FETCHED: usize = 64;

/// The words of texts, text after text.
#[derive(Debug, Default)]
pub(super) struct Log {
    chunks: Vec<Chunk>,
}

#[derive(Debug)]
struct Chunk {
    units: Vec<u16>,
    texts: Vec<Text>,
}

#[derive(Debug)]
struct Text {
    document: u32,
    /// How many units it has.
    len: u32,
    /// Tells kinds of texts apart.
    kind: u8,
}

/// What is kept of a word in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// That it is there.
    Document,
    /// How often it is there.
    Frequency,
    /// Where it stands.
    Positions,
}

impl Log {
    /// Adds a text; documents come in order.
    pub(super) fn push(&mut self, document: u32, kind: u8, tokens: &[Token]) {
        let most = 2 * tokens.len();
        if self.chunks.last().is_none_or(|c| c.units.len() + most > c.units.capacity()) {
            self.chunks.push(Chunk { units: Vec::with_capacity(most.max(CHUNK)), texts: Vec::new() });
        }
        if let Some(Chunk { units, texts }) = self.chunks.last_mut() {
            let before = units.len();
            for token in tokens {
                let first = (token >> MARKS) as u16 & !(MORE | (MORE - 1)) | *token as u16 & (MORE - 1);
                match (token & NUMBER) >> MORE.trailing_zeros() {
                    0 => units.push(first),
                    higher => units.extend([first | MORE, higher as u16]),
                }
            }
            texts.push(Text { document, len: (units.len() - before) as u32, kind });
        }
    }

    /// How many bytes of memory it takes.
    pub(super) fn memory(&self) -> usize {
        let of_chunk = |c: &Chunk| c.units.capacity() * size_of::<u16>() + c.texts.capacity() * size_of::<Text>();
        self.chunks.iter().map(of_chunk).sum()
    }

    /// Shows word, document and place of each word; the texts of a kind so many times.
    fn each(&self, times: impl Fn(u8) -> u32, mut show: impl FnMut(u32, u32, u32)) {
        for chunk in &self.chunks {
            let mut rest = chunk.units.as_slice();
            for text in &chunk.texts {
                let (units, after) = rest.split_at(text.len as usize);
                rest = after;
                for _ in 0..times(text.kind) {
                    // The first word stands at 0.
                    let mut place = u32::MAX;
                    let mut units = units.iter();
                    while let Some(first) = units.next() {
                        let step = match u32::from(first & !(MORE | (MORE - 1))) << MARKS {
                            0 => 1,
                            SAME_PLACE => 0,
                            _ => VALUE_GAP as u32,
                        };
                        place = place.wrapping_add(step);
                        let mut word = u32::from(first & (MORE - 1));
                        if first & MORE > 0 {
                            let higher = units.next().copied().unwrap_or_default();
                            word |= u32::from(higher) << MORE.trailing_zeros();
                        }
                        show(word, text.document, place);
                    }
                }
            }
        }
    }
}

/// An occurrence of a word while it is sorted.
trait Occurrence: Copy + Default {
    fn new(document: u32, place: u32) -> Self;
    fn document(self) -> u32;
    /// Where in the document it is, if that is kept.
    fn place(self) -> u32;
}

impl Occurrence for u32 {
    fn new(document: u32, _: u32) -> u32 {
        document
    }

    fn document(self) -> u32 {
        self
    }

    fn place(self) -> u32 {
        0
    }
}

impl Occurrence for u64 {
    fn new(document: u32, place: u32) -> u64 {
        u64::from(document) << 32 | u64::from(place)
    }

    fn document(self) -> u32 {
        (self >> 32) as u32
    }

    fn place(self) -> u32 {
        self as u32
    }
}

/// The terms of fields in their order, and which one each word of a log is.
#[derive(Debug)]
pub(super) struct Terms<'t> {
    terms: &'t Texts,
    /// The numbers of the terms, in the order of the alphabet.
    sorted: Vec<u32>,
    /// By the number of a word: the number of its term, where that is another one.
    of_words: Option<&'t [u32]>,
}

/// So many stretches can be told apart by a byte, and one more. There are fifty or so at most where each has as much as
/// [`Terms::write`] gives it.
const MOST_STRETCHES: usize = 200;

/// A stretch of the alphabet.
struct Stretch {
    /// Its terms that are there, and how often each is.
    terms: Vec<(u32, u32)>,
    /// How often all are.
    len: usize,
}

impl<'t> Terms<'t> {
    /// Every word is a term.
    pub(super) fn of(terms: &'t Texts) -> Self {
        Terms { terms, sorted: terms.sorted(), of_words: None }
    }

    /// Every word stands for a term, by their numbers.
    pub(super) fn of_words(terms: &'t Texts, of_words: &'t [u32]) -> Self {
        Terms { of_words: Some(of_words), ..Terms::of(terms) }
    }

    /// Writes what a log has of these terms in one field; the texts of a kind count so many times.
    pub(super) fn write(
        &self,
        log: &Log,
        times: impl Fn(u8) -> u32 + Copy,
        kept: Kept,
        field: (Field, Option<FieldNormReader>),
        out: &mut InvertedIndexSerializer,
    ) -> io::Result<()> {
        match kept {
            Kept::Document | Kept::Frequency => self.write_as::<u32>(log, times, kept, field, out),
            Kept::Positions => self.write_as::<u64>(log, times, kept, field, out),
        }
    }

    fn write_as<O: Occurrence>(
        &self,
        log: &Log,
        times: impl Fn(u8) -> u32 + Copy,
        kept: Kept,
        field: (Field, Option<FieldNormReader>),
        out: &mut InvertedIndexSerializer,
    ) -> io::Result<()> {
        // All is counted and placed by numbers that were given as words came, so that frequent words are close in memory.
        let counts = self.count(log, times);
        let total: u64 = counts.iter().map(|n| u64::from(*n)).sum();
        if total == 0 {
            // A field that is not there at all is dear to ask for: the library makes up an empty dictionary in each process.
            return out.new_field(field.0, 0, field.1)?.close();
        }
        let stretches = self.stretches(&counts, (log.memory() / 3).max(SORTED) / size_of::<O>());
        // Where the next occurrence of each term goes, and, smaller by far, in which stretch each word is.
        let mut places = counts;
        let mut stretch_of_term = vec![0_u8; places.len()];
        for (stretch, n) in stretches.iter().zip(0..) {
            let mut place = 0;
            for (term, count) in &stretch.terms {
                places[*term as usize] = place;
                stretch_of_term[*term as usize] = n;
                place += count;
            }
        }
        let stretch_of_word = match self.of_words {
            Some(terms) => terms.iter().map(|term| stretch_of_term[*term as usize]).collect(),
            None => stretch_of_term,
        };
        let mut out = out.new_field(field.0, total, field.1)?;
        let mut found: Vec<O> = Vec::new();
        for (stretch, n) in stretches.into_iter().zip(0..) {
            found.clear();
            found.resize(stretch.len, O::default());
            log.each(times, |word, document, at| {
                if stretch_of_word[word as usize] == n {
                    let term = self.of_words.map_or(word, |terms| terms[word as usize]);
                    let place = &mut places[term as usize];
                    found[*place as usize] = O::new(document, at);
                    *place += 1;
                }
            });
            let mut found = found.as_slice();
            for (at, (term, count)) in stretch.terms.iter().enumerate() {
                if at % FETCHED == 0 {
                    self.terms.fetch(stretch.terms[at..].iter().take(FETCHED).map(|(term, _)| *term));
                }
                let (of_term, after) = found.split_at(*count as usize);
                found = after;
                write_term(self.terms.get(*term), of_term, kept, &mut out)?;
            }
        }
        out.close()
    }

    /// How often each term is there, by its number.
    fn count(&self, log: &Log, times: impl Fn(u8) -> u32 + Copy) -> Vec<u32> {
        let words = self.of_words.map_or(self.terms.len(), <[u32]>::len);
        let mut counts = vec![0; words];
        log.each(times, |word, _, _| counts[word as usize] += 1);
        let Some(terms) = self.of_words else { return counts };
        let mut of_terms = vec![0; self.terms.len()];
        for (term, count) in terms.iter().zip(counts) {
            of_terms[*term as usize] += count;
        }
        of_terms
    }

    /// The stretches of the alphabet that have no more occurrences than can be sorted at a time, or one term; of more stretches
    /// than can be told apart, the last has all that is left.
    fn stretches(&self, counts: &[u32], most: usize) -> Vec<Stretch> {
        let mut stretches = Vec::new();
        let mut now = Stretch { terms: Vec::new(), len: 0 };
        for term in &self.sorted {
            let count = counts[*term as usize];
            if count == 0 {
                continue;
            }
            if now.len > 0 && now.len + count as usize > most && stretches.len() < MOST_STRETCHES {
                stretches.push(std::mem::replace(&mut now, Stretch { terms: Vec::new(), len: 0 }));
            }
            now.terms.push((*term, count));
            now.len += count as usize;
        }
        stretches.push(now);
        stretches
    }
}

fn write_term<O: Occurrence>(term: &str, found: &[O], kept: Kept, out: &mut FieldSerializer<'_>) -> io::Result<()> {
    let by_document = || found.chunk_by(|a, b| a.document() == b.document());
    let term = term.as_bytes();
    if kept == Kept::Document {
        out.new_term_without_freq(term)?;
    } else {
        out.new_term(term, by_document().count() as u32, true)?;
    }
    let mut steps = Vec::new();
    for occurrences in by_document() {
        let document = occurrences[0].document();
        match kept {
            Kept::Document => out.write_doc(document, 0, &[]),
            Kept::Frequency => out.write_doc(document, occurrences.len() as u32, &[]),
            Kept::Positions => {
                steps.clear();
                let mut before = 0;
                for place in occurrences.iter().map(|o| o.place()) {
                    steps.push(place.wrapping_sub(before));
                    before = place;
                }
                out.write_doc(document, occurrences.len() as u32, &steps);
            }
        }
    }
    out.close_term()
}
