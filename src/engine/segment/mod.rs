//! Building a segment of the index in memory, and writing it out.
//!
//! The library behind, given a document, looks for the place of each word in a table, once for every field that it is indexed
//! in, and waits for memory there most of the time. Here a word is looked for once: its number goes into a [`log`] of what
//! documents say, and the exact view and the stem view are both made from that when the segment is written; a word is stemmed
//! once a segment. The files are written by the library's own serializers, and are the same that it would make.

mod log;
mod table;
#[cfg(test)]
mod tests;
mod vocabulary;

use std::io;
use std::ops::Range;

use tantivy::directory::TerminatingWrite;
use tantivy::fastfield::FastFieldsWriter;
use tantivy::fieldnorm::{FieldNormReaders, FieldNormsSerializer, FieldNormsWriter};
use tantivy::index::{SegmentComponent, SegmentMeta};
use tantivy::postings::InvertedIndexSerializer;
use tantivy::schema::{Field, Schema};
use tantivy::store::StoreWriter;
use tantivy::tokenizer::{MAX_TOKEN_LEN, TokenStream, Tokenizer};
use tantivy::{Segment, TantivyDocument};

use self::log::{Kept, Log, NEXT_VALUE, SAME_PLACE, Terms, Token};
use self::table::{Batch, Table};
use self::vocabulary::Vocabulary;
use super::analysis::{ExactStream, ExactTokenizer};
use super::concepts::Concepts;
use super::schema::{Fields, View, times, view};
use crate::query::{self, TextField};

/// A segment that documents are added to.
pub(super) struct Building<'f> {
    fields: &'f Fields,
    segment: Segment,
    schema: Schema,
    /// How many documents it has; the number of the one that is being added.
    documents: u32,
    tokenizer: ExactTokenizer,
    together: Together,
    tokens: Vec<Token>,
    said: Said,
    norms: FieldNormsWriter,
    /// How many words the document has for each view.
    length: [u32; 2],
    columns: FastFieldsWriter,
    store: StoreWriter,
}

/// What documents say, of which terms are made.
#[derive(Default)]
struct Said {
    vocabulary: Vocabulary,
    texts: Log,
    ids: Whole,
    values: Whole,
    keys: Vec<(u64, u32)>,
    files: Vec<(u64, u32)>,
}

/// Terms that are whole values.
#[derive(Default)]
struct Whole {
    table: Table,
    log: Log,
    /// Those of the document, and their numbers as far as they have been looked up.
    said: Batch,
    numbers: Vec<Token>,
}

impl Whole {
    /// Adds a value of the document.
    fn add(&mut self, value: &str) {
        // The library behind has no longer terms.
        if value.len() <= MAX_TOKEN_LEN {
            self.said.push(value);
        }
        if self.said.len() >= TOGETHER {
            self.look_up();
        }
    }

    fn look_up(&mut self) {
        self.table.numbers(&mut self.said, &mut self.numbers);
        self.said.clear();
    }

    /// Ends the document, and says how many values it has.
    fn end(&mut self, document: u32) -> u32 {
        self.look_up();
        let count = self.numbers.len() as u32;
        self.log.push(document, 0, &self.numbers);
        self.numbers.clear();
        count
    }

    fn memory(&self) -> usize {
        self.table.memory() + self.log.memory()
    }

    fn write(self, field: WithNorms, out: &mut InvertedIndexSerializer) -> io::Result<()> {
        Terms::of(&self.table.into_texts()).write(&self.log, |_| 1, Kept::Document, field, out)
    }
}

/// How many words are looked up together: enough for the processor to be busy, and few enough to stay near.
const TOGETHER: usize = 256;

/// Some words of a text, one after another.
#[derive(Default)]
struct Together {
    words: Batch,
    /// How each stands beside the one before it, and where it is in the text.
    spoken: Vec<(Token, Range<usize>)>,
    numbers: Vec<u32>,
}

impl Together {
    /// Reads the next words of a text, and says whether there were any. `place` is where the last one stood.
    fn read(&mut self, stream: &mut ExactStream<'_>, place: &mut usize) -> bool {
        self.words.clear();
        self.spoken.clear();
        self.numbers.clear();
        while self.spoken.len() < TOGETHER && stream.advance() {
            let token = stream.token();
            let mark = match token.position.wrapping_sub(*place) {
                0 => SAME_PLACE,
                1 => 0,
                _ => NEXT_VALUE,
            };
            *place = token.position;
            self.words.push(&token.text);
            self.spoken.push((mark, token.offset_from..token.offset_to));
        }
        !self.spoken.is_empty()
    }
}

impl<'f> Building<'f> {
    pub(super) fn new(fields: &'f Fields, segment: Segment) -> tantivy::Result<Self> {
        let schema = segment.schema();
        let settings = segment.index().settings();
        let store = StoreWriter::new(
            segment.open_write(SegmentComponent::Store)?,
            settings.docstore_compression,
            settings.docstore_blocksize,
            settings.docstore_compress_dedicated_thread,
        )?;
        Ok(Building {
            fields,
            documents: 0,
            tokenizer: ExactTokenizer::default(),
            together: Together::default(),
            tokens: Vec::new(),
            said: Said::default(),
            norms: FieldNormsWriter::for_schema(&schema),
            length: [0; 2],
            columns: FastFieldsWriter::from_schema_and_tokenizer_manager(
                &schema,
                segment.index().fast_field_tokenizer().clone(),
            )?,
            store,
            segment,
            schema,
        })
    }

    /// Adds the words of a field of the document; running text is shown to who looks for concepts in it.
    pub(super) fn add_text(&mut self, field: TextField, text: &str, concepts: &mut Concepts<'_>) {
        let is_running = query::Fields::RUNNING_TEXT.contains(field);
        concepts.begin();
        self.tokens.clear();
        let mut stream = self.tokenizer.token_stream(text);
        let mut place = usize::MAX;
        while self.together.read(&mut stream, &mut place) {
            let Together { words, numbers, spoken } = &mut self.together;
            self.said.vocabulary.numbers(words, numbers);
            self.tokens.extend(numbers.iter().zip(&*spoken).map(|(number, (mark, _))| number | mark));
            if !is_running {
                continue;
            }
            concepts.expect(numbers);
            for (at, (number, (mark, range))) in numbers.iter().zip(spoken).enumerate() {
                if *mark == NEXT_VALUE {
                    concepts.end_value();
                }
                if *mark != SAME_PLACE {
                    let stem = || self.said.vocabulary.stem(*number);
                    concepts.word(text, range.clone(), *number, words.get(at), stem);
                }
            }
        }
        if is_running {
            concepts.end(text);
        }
        self.said.texts.push(self.documents, field as u8, &self.tokens);
        if let Some(view) = view(field) {
            self.length[view as usize] += self.tokens.len() as u32 * times(field);
        }
    }

    /// Adds the id of the document.
    pub(super) fn add_id(&mut self, id: &str) {
        self.said.ids.add(id);
    }

    /// Adds a whole value of the document.
    pub(super) fn add_value(&mut self, value: &str) {
        self.said.values.add(value);
    }

    /// Adds the keys of the document, and of the files that it came from.
    pub(super) fn add_keys(&mut self, keys: &[u64], files: &[u64]) {
        self.norms.record(self.documents, self.fields.key, keys.len() as u32);
        self.norms.record(self.documents, self.fields.file, files.len() as u32);
        self.said.keys.extend(keys.iter().map(|key| (*key, self.documents)));
        self.said.files.extend(files.iter().map(|key| (*key, self.documents)));
    }

    /// Ends the document: what of it is stored or a fast field.
    pub(super) fn end(&mut self, document: &TantivyDocument) -> tantivy::Result<()> {
        for (field, list) in [(self.fields.id, &mut self.said.ids), (self.fields.value, &mut self.said.values)] {
            self.norms.record(self.documents, field, list.end(self.documents));
        }
        for (field, length) in [self.fields.words, self.fields.margin].into_iter().zip(self.length) {
            self.norms.record(self.documents, field, length);
        }
        self.length = [0; 2];
        self.columns.add_document(document)?;
        self.store.store(document, &self.schema)?;
        self.documents += 1;
        Ok(())
    }

    /// About how many bytes of memory it takes.
    pub(super) fn memory(&self) -> usize {
        self.said.memory() + self.norms.mem_usage() + self.columns.mem_usage() + self.store.mem_usage()
    }

    /// Writes the segment; it is to be added to the index.
    pub(super) fn finish(mut self) -> tantivy::Result<SegmentMeta> {
        self.norms.fill_up_to_max_doc(self.documents);
        let to = FieldNormsSerializer::from_write(self.segment.open_write(SegmentComponent::FieldNorms)?)?;
        self.norms.serialize(to, None)?;
        let mut to = self.segment.open_write(SegmentComponent::FastFields)?;
        self.columns.serialize(&mut to, None)?;
        to.terminate()?;
        self.store.close()?;
        // Terms last: sorting them takes memory, and the columns have given theirs back.
        self.said.write(self.fields, &self.segment)?;
        let meta = self.segment.with_max_doc(self.documents).meta().clone();
        meta.untrack_temp_docstore();
        Ok(meta)
    }
}

impl Said {
    fn memory(&self) -> usize {
        self.vocabulary.memory()
            + self.texts.memory()
            + self.ids.memory()
            + self.values.memory()
            + (self.keys.capacity() + self.files.capacity()) * size_of::<(u64, u32)>()
    }

    fn write(self, fields: &Fields, segment: &Segment) -> tantivy::Result<()> {
        let norms = FieldNormReaders::open(segment.open_read(SegmentComponent::FieldNorms)?)?;
        let with_norms = |field: Field| -> tantivy::Result<_> { Ok((field, norms.get_field(field)?)) };
        let mut out = InvertedIndexSerializer::open(segment)?;
        let (words, stems, stems_of_words) = self.vocabulary.into_texts();
        // In the order of the schema.
        self.ids.write(with_norms(fields.id)?, &mut out)?;
        for (field, list) in [(fields.key, self.keys), (fields.file, self.files)] {
            write_numbers(list, with_norms(field)?, &mut out)?;
        }
        self.values.write(with_norms(fields.value)?, &mut out)?;
        let terms = Terms::of_words(&stems, &stems_of_words);
        for (which, field) in [(View::Words, fields.words), (View::Margin, fields.margin)] {
            let times = |kind: u8| {
                let field = TextField::ALL[kind as usize];
                if view(field) == Some(which) { times(field) } else { 0 }
            };
            terms.write(&self.texts, times, Kept::Frequency, with_norms(field)?, &mut out)?;
        }
        let terms = Terms::of(&words);
        for field in TextField::ALL {
            let times = |kind: u8| u32::from(kind == field as u8);
            terms.write(&self.texts, times, Kept::Positions, with_norms(fields.exact(field))?, &mut out)?;
        }
        out.close()?;
        Ok(())
    }
}

type WithNorms = (Field, Option<tantivy::fieldnorm::FieldNormReader>);

fn write_numbers(mut list: Vec<(u64, u32)>, field: WithNorms, out: &mut InvertedIndexSerializer) -> io::Result<()> {
    let mut out = out.new_field(field.0, list.len() as u64, field.1)?;
    list.sort_unstable();
    list.dedup();
    for same in list.chunk_by(|a, b| a.0 == b.0) {
        out.new_term_without_freq(&same[0].0.to_be_bytes())?;
        for (_, document) in same {
            out.write_doc(*document, 0, &[]);
        }
        out.close_term()?;
    }
    out.close()
}
