//! What is written here is what the library behind writes of the same records, to the last position.

use std::collections::BTreeMap;

use tantivy::directory::RamDirectory;
use tantivy::postings::Postings as _;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet as _, Document as _, Index, IndexSettings, IndexWriter, TERMINATED, TantivyDocument};

use super::super::indexing::Addition;
use super::super::schema;
use super::*;
use crate::identity::{self, Part};
use crate::record::{Creator, Record};
use crate::thesaurus::Thesaurus;

/// A term of a field, and by document how often it is there and where.
type Listing = BTreeMap<(String, Vec<u8>), Vec<(u32, u32, Vec<u32>)>>;

fn empty() -> (Index, Fields) {
    let (schema, fields) = Fields::build();
    let settings = IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() };
    let mut index = Index::create(RamDirectory::create(), schema, settings).unwrap();
    index.set_tokenizers(schema::tokenizers());
    (index, fields)
}

fn writer(index: &Index) -> IndexWriter {
    index.writer_with_num_threads(1, 256 << 20).unwrap()
}

/// Terms, norms, sums of words, what is stored, and sizes of fast fields of an index of one segment.
fn read(index: &Index) -> (Listing, Vec<String>) {
    let searcher = index.reader().unwrap().searcher();
    let [segment] = searcher.segment_readers() else { panic!("one segment") };
    let (mut listing, mut rest) = (Listing::new(), Vec::new());
    for document in 0..segment.max_doc() {
        let stored: TantivyDocument = searcher.doc(DocAddress::new(0, document)).unwrap();
        rest.push(stored.to_json(&index.schema()));
    }
    for (field, entry) in index.schema().fields() {
        if entry.is_fast() {
            let columns = segment.fast_fields().dynamic_column_handles(entry.name()).unwrap();
            rest.push(format!("{} {:?}", entry.name(), columns.iter().map(|c| c.num_bytes()).collect::<Vec<_>>()));
        }
        if !entry.is_indexed() {
            continue;
        }
        let inverted = segment.inverted_index(field).unwrap();
        rest.push(format!("{} {}", entry.name(), inverted.total_num_tokens()));
        if entry.has_fieldnorms() {
            let norms = segment.get_fieldnorms_reader(field).unwrap();
            rest.push((0..segment.max_doc()).map(|d| format!("{} ", norms.fieldnorm_id(d))).collect());
        }
        let mut terms = inverted.terms().stream().unwrap();
        while terms.advance() {
            let option = IndexRecordOption::WithFreqsAndPositions;
            let mut postings = inverted.read_postings_from_terminfo(terms.value(), option).unwrap();
            let mut found = Vec::new();
            while postings.doc() != TERMINATED {
                let mut positions = Vec::new();
                postings.positions(&mut positions);
                found.push((postings.doc(), postings.term_freq(), positions));
                postings.advance();
            }
            assert_eq!(found.len(), terms.value().doc_freq as usize);
            listing.insert((entry.name().to_owned(), terms.key().to_vec()), found);
        }
    }
    (listing, rest)
}

fn records() -> Vec<Record> {
    let words =
        ["the", "fund-holding", "GPs", "commissioning", "of", "care", "joint-commissioning", "naïve", "公开", "1997/8"];
    // Enough words that they are sorted in several stretches of the alphabet, and in texts that are read in several pieces.
    (0..1_500_usize)
        .map(|n| {
            let text = |salt: usize, len: usize| {
                let word = |i: usize| match (n * salt + i * i) % 23 {
                    at @ 0..10 => words[at].to_owned(),
                    at => format!("w{}ings", (n + i * at) % 900),
                };
                (0..len).map(word).collect::<Vec<_>>().join(if n % 3 == 0 { ", " } else { " " })
            };
            Record {
                id: format!("r{n}"),
                title: text(3, n % 9),
                alternative_titles: if n % 5 == 0 { vec![text(5, 3), "—".into(), text(7, 2)] } else { Vec::new() },
                abstract_text: (n % 8 > 0).then(|| text(11, n % 600)),
                creators: (0..n % 4).map(|i| Creator::new(format!("Writer{}, A. {i}", n % 50))).collect(),
                subjects: (0..n % 3).map(|i| format!("Heading {} / part--{i}*", n % 40)).collect(),
                year: (n % 6 > 0).then_some(1980 + (n % 40) as i32),
                item_type: (n % 2 > 0).then(|| "article-journal".into()),
                notes: if n % 10 == 0 { vec![text(13, 4)] } else { Vec::new() },
                publisher: (0..n % 3).map(|i| format!("House & Co {}", (n + i) % 20)).collect(),
                languages: vec!["en".into()],
                ..Record::default()
            }
        })
        .collect()
}

#[test]
fn a_segment_is_what_the_library_makes_of_the_same_documents() {
    let work = |record: Record| {
        let keys = identity::keys(&record);
        Addition::Single(Box::new(Part { file: "file".into(), record }), keys)
    };
    let works: Vec<Addition> = records().into_iter().map(work).collect();
    let (ours, fields) = empty();
    let mut building = Building::new(&fields, ours.new_segment()).unwrap();
    let mut concepts = Concepts::new(Thesaurus::shipped());
    for work in &works {
        fields.add(work, &mut concepts, &mut building).unwrap();
    }
    let segment = building.finish().unwrap();
    let mut writing = writer(&ours);
    writing.add_segment(segment).unwrap();
    writing.commit().unwrap();

    let ours = read(&ours);
    let (theirs, _) = empty();
    let mut writing = writer(&theirs);
    for work in &works {
        concepts.read(work.record());
        let mentioned = concepts.of(work.record());
        writing.add_document(fields.document(work, &mentioned).unwrap()).unwrap();
    }
    writing.commit().unwrap();
    let theirs = read(&theirs);
    assert!(ours.0.len() > 3_000, "{}", ours.0.len());
    assert!(ours == theirs);
}
