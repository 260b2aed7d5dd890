//! What one would write with tantivy alone, and nothing cleverer: its query parser over title and abstract with the English
//! stemmer, its aggregations for facets, its snippets.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::ops::Bound;
use std::path::Path;

use tantivy::aggregation::AggregationCollector;
use tantivy::aggregation::agg_req::Aggregations;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, QueryParser, RangeQuery, TermQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value};
use tantivy::snippet::SnippetGenerator;
use tantivy::{Index, IndexReader, TantivyDocument, Term};

use crate::collection::queries::Query;

/// What a document has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Title and abstract, indexed and stored.
    Texts,
    /// And the record, values to count and to filter by.
    All,
}

impl Extent {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Extent::Texts => "texts",
            Extent::All => "all",
        }
    }

    pub(crate) fn from_name(name: &str) -> Extent {
        if name == "texts" { Extent::Texts } else { Extent::All }
    }
}

pub(crate) struct Raw {
    index: Index,
    reader: IndexReader,
    title: Field,
    body: Field,
    year: Field,
    language: Field,
}

const TEXT_FACETS: [&str; 5] = ["type", "publisher", "journal", "subject", "creator"];

fn schema() -> (Schema, Field, Field) {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("en_stem")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let options = TextOptions::default().set_indexing_options(indexing).set_stored();
    let title = schema.add_text_field("title", options.clone());
    let body = schema.add_text_field("abstract", options);
    schema.add_text_field("record", STORED);
    for name in TEXT_FACETS {
        schema.add_text_field(name, STRING | FAST);
    }
    schema.add_text_field("language", STRING | FAST);
    schema.add_i64_field("year", FAST);
    (schema.build(), title, body)
}

/// Indexes JSON lines with two threads and half a gigabyte.
pub(crate) fn ingest(dir: &Path, file: &Path, extent: Extent) -> tantivy::Result<()> {
    std::fs::create_dir_all(dir)?;
    let (schema, title, body) = schema();
    let index = Index::create_in_dir(dir, schema.clone())?;
    let mut writer = index.writer_with_num_threads(2, 512 << 20)?;
    let field = |name: &str| schema.get_field(name);
    let facets = TEXT_FACETS.map(field);
    let (record, year, language) = (field("record")?, field("year")?, field("language")?);
    for line in BufReader::with_capacity(1 << 20, File::open(file)?).lines() {
        let line = line?;
        let value: serde_json::Value = serde_json::from_str(&line)?;
        let one = |v: &serde_json::Value| v.as_str().unwrap_or_default().to_owned();
        let mut doc = TantivyDocument::new();
        doc.add_text(title, one(&value["title"]));
        doc.add_text(body, one(&value["abstract"]));
        if extent == Extent::All {
            doc.add_text(record, &line);
            let [item_type, publisher, journal, subjects, creators] = &facets;
            doc.add_text(item_type.clone()?, one(&value["type"]));
            doc.add_text(publisher.clone()?, one(&value["publisher"][0]));
            doc.add_text(journal.clone()?, one(&value["container"]["title"]));
            for subject in value["subjects"].as_array().into_iter().flatten() {
                doc.add_text(subjects.clone()?, one(subject));
            }
            for creator in value["creators"].as_array().into_iter().flatten() {
                doc.add_text(creators.clone()?, one(&creator["name"]));
            }
            doc.add_text(language, one(&value["languages"][0]));
            doc.add_i64(year, value["year"].as_i64().unwrap_or(0));
        }
        writer.add_document(doc)?;
    }
    writer.commit()?;
    writer.wait_merging_threads()
}

impl Raw {
    pub(crate) fn open(dir: &Path) -> tantivy::Result<Raw> {
        let index = Index::open_in_dir(dir)?;
        let reader = index.reader()?;
        let schema = index.schema();
        let field = |name: &str| schema.get_field(name);
        let (title, body, year, language) = (field("title")?, field("abstract")?, field("year")?, field("language")?);
        Ok(Raw { index, reader, title, body, year, language })
    }

    pub(crate) fn segments(&self) -> usize {
        self.reader.searcher().segment_readers().len()
    }

    fn query(&self, query: &Query) -> tantivy::Result<Box<dyn tantivy::query::Query>> {
        let parser = QueryParser::for_index(&self.index, vec![self.title, self.body]);
        let words = parser.parse_query(&query.text())?;
        if !query.has_filters() {
            return Ok(words);
        }
        let mut clauses = vec![(Occur::Must, words)];
        if let Some((from, to)) = query.years {
            let year = |y: i32| Bound::Included(Term::from_field_i64(self.year, i64::from(y)));
            let range = RangeQuery::new(year(from), year(to));
            clauses.push((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(range), 0.0))));
        }
        if !query.languages.is_empty() {
            let one = |l: &&str| -> (Occur, Box<dyn tantivy::query::Query>) {
                let term = Term::from_field_text(self.language, l);
                (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
            };
            let any = BooleanQuery::new(query.languages.iter().map(one).collect());
            clauses.push((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(any), 0.0))));
        }
        Ok(Box::new(BooleanQuery::new(clauses)))
    }

    /// The ten best and nothing else, as ids of documents.
    pub(crate) fn top(&self, query: &Query) -> tantivy::Result<usize> {
        let searcher = self.reader.searcher();
        let top = searcher.search(&self.query(query)?, &TopDocs::with_limit(10).order_by_score())?;
        Ok(black_box(top).len())
    }

    /// The ten best with their records, and how many there are.
    pub(crate) fn count(&self, query: &Query) -> tantivy::Result<usize> {
        let searcher = self.reader.searcher();
        let (top, total) = searcher.search(&self.query(query)?, &(TopDocs::with_limit(10).order_by_score(), Count))?;
        for (_, address) in top {
            black_box(searcher.doc::<TantivyDocument>(address)?);
        }
        Ok(total)
    }

    /// The ten best with a snippet each, how many there are, and six facets.
    pub(crate) fn answer(&self, query: &Query) -> tantivy::Result<usize> {
        let searcher = self.reader.searcher();
        let query = self.query(query)?;
        let terms = |name: &str| format!("\"{name}\":{{\"terms\":{{\"field\":\"{name}\",\"size\":10}}}}");
        let fields: Vec<String> = TEXT_FACETS.iter().copied().chain(["year"]).map(terms).collect();
        let request: Aggregations = serde_json::from_str(&format!("{{{}}}", fields.join(",")))?;
        let aggregations = AggregationCollector::from_aggs(request, Default::default());
        let (top, total, facets) =
            searcher.search(&query, &(TopDocs::with_limit(10).order_by_score(), Count, aggregations))?;
        black_box(serde_json::to_string(&facets)?);
        let snippets = SnippetGenerator::create(&searcher, &*query, self.body)?;
        for (_, address) in top {
            let doc: TantivyDocument = searcher.doc(address)?;
            black_box(doc.get_first(self.title).and_then(|v| v.as_str()));
            black_box(snippets.snippet_from_doc(&doc).to_html());
        }
        Ok(total)
    }
}
