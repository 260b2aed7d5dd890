//! The index schema: which parts of a record become which tantivy fields.
//!
//! Every [`TextField`] is indexed by exact words with positions. Stems stand in two fields for all of them together, so that a
//! word without a field is one look-up and not one a field: `words` for what a record says, with the title twice, since a
//! frequency there is the weighted one of BM25F; `margin` for what stands around it ([`in_margin`]). Whole values stand under
//! one prefixed field, facet values in fast fields; the record itself is stored.

use std::borrow::Cow;

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::TokenizerManager;
use tantivy::{TantivyDocument, TantivyError};

use super::analysis::{ExactTokenizer, StemTokenizer, VALUE_SEPARATOR};
use super::concepts::{Concepts, Mentioned};
use super::groups::form_term;
use super::indexing::Addition;
use super::segment::Building;
use crate::authority;
use crate::era;
use crate::identity;
use crate::ingest::values;
use crate::query::{TextField, ValueField};
use crate::record::Record;
use crate::search::FacetField;
use crate::words;

/// The version of this schema and of the analysis behind it. Any change to either gets a new number, so that an index is
/// never read with another meaning than it was written with.
pub(super) const VERSION: u32 = 4;

/// How often the words of a title are counted: a word there is worth so many in the abstract. Chosen on three public test
/// collections (CISI, Cystic Fibrosis, NPL), where 1.5 to 2.2 differ by less than one per cent.
pub(super) const TITLE_TIMES: u32 = 2;

/// Whether a field says less of what a work is about than of where it stands.
pub(super) fn in_margin(field: TextField) -> bool {
    match field {
        TextField::Title | TextField::Abstract | TextField::Subject | TextField::Body | TextField::Creator => false,
        TextField::Note | TextField::Series | TextField::Journal | TextField::Publisher => true,
        TextField::Place | TextField::Detail | TextField::PublicationType => true,
    }
}

/// What stems stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// What a record says.
    Words,
    /// What stands around it.
    Margin,
}

/// Where the stems of a field stand, if they do.
pub(super) fn view(field: TextField) -> Option<View> {
    match field {
        TextField::PublicationType => None,
        field => Some(if in_margin(field) { View::Margin } else { View::Words }),
    }
}

/// The longest facet value and sort key, in bytes; tantivy refuses terms of 64 KiB and more.
const MAX_VALUE_BYTES: usize = 8 * 1024;

/// The fields of the index.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    pub(super) id: Field,
    pub(super) record: Field,
    pub(super) parts: Field,
    pub(super) key: Field,
    pub(super) file: Field,
    pub(super) value: Field,
    pub(super) year: Field,
    pub(super) title_order: Field,
    pub(super) words: Field,
    pub(super) margin: Field,
    exact: [Field; TextField::ALL.len()],
    facets: Vec<(FacetField, Field)>,
}

impl Fields {
    /// The schema, and its fields.
    pub(super) fn build() -> (Schema, Fields) {
        let mut builder = Schema::builder();
        let text = |tokenizer: &str, option| {
            let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(option);
            TextOptions::default().set_indexing_options(indexing)
        };
        let stem_options = text("stem", IndexRecordOption::WithFreqs);
        let exact_indexing = TextFieldIndexing::default()
            .set_tokenizer("exact")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions)
            .set_fieldnorms(false);
        let exact_options = TextOptions::default().set_indexing_options(exact_indexing);
        let fast_string = TextOptions::default().set_fast("raw");
        let fields = Fields {
            id: builder.add_text_field("id", STRING | FAST),
            record: builder.add_text_field("record", STORED),
            parts: builder.add_text_field("parts", STORED),
            key: builder.add_u64_field("key", INDEXED),
            file: builder.add_u64_field("file", INDEXED),
            value: builder.add_text_field("value", STRING),
            year: builder.add_i64_field("year", FAST),
            title_order: builder.add_text_field("title_order", fast_string.clone()),
            words: builder.add_text_field("words", stem_options.clone()),
            margin: builder.add_text_field("margin", stem_options),
            exact: TextField::ALL
                .map(|f| builder.add_text_field(&format!("exact_{}", f.name()), exact_options.clone())),
            facets: FacetField::ALL
                .into_iter()
                .filter(|f| f.is_text())
                .map(|f| (f, builder.add_text_field(&facet_name(f), fast_string.clone())))
                .collect(),
        };
        (builder.build(), fields)
    }

    /// The exact view of a field.
    pub(super) fn exact(&self, field: TextField) -> Field {
        self.exact[field as usize]
    }

    /// Adds one work to a segment, with the concepts that are found in it.
    pub(super) fn add(
        &self,
        work: &Addition,
        concepts: &mut Concepts<'_>,
        to: &mut Building<'_>,
    ) -> tantivy::Result<()> {
        let record = work.record();
        to.add_id(&record.id);
        to.add_keys(&work.keys(), &file_keys(work));
        for field in TextField::ALL {
            if let Some(text) = text_of(record, field) {
                to.add_text(field, &text, concepts);
            }
        }
        let mentioned = concepts.of(record);
        each_value(record, &mentioned, |term| to.add_value(term));
        to.end(&self.stored_and_fast(work, &mentioned)?)
    }

    /// The document of one work for the library behind, with the concepts that it mentions: the same as [`Fields::add`] makes.
    pub(super) fn document(&self, work: &Addition, mentioned: &Mentioned<'_>) -> tantivy::Result<TantivyDocument> {
        let record = work.record();
        let mut doc = self.stored_and_fast(work, mentioned)?;
        for key in work.keys() {
            doc.add_u64(self.key, key);
        }
        for key in file_keys(work) {
            doc.add_u64(self.file, key);
        }
        for field in TextField::ALL {
            let Some(text) = text_of(record, field) else { continue };
            for _ in 0..times(field) {
                match view(field) {
                    Some(View::Words) => doc.add_text(self.words, &text),
                    Some(View::Margin) => doc.add_text(self.margin, &text),
                    None => {}
                }
            }
            doc.add_text(self.exact(field), &text);
        }
        each_value(record, mentioned, |term| doc.add_text(self.value, term));
        Ok(doc)
    }

    /// What of a work is stored, the record that its parts were merged to and the parts where there is more than one, and what
    /// is a fast field.
    fn stored_and_fast(&self, work: &Addition, mentioned: &Mentioned<'_>) -> tantivy::Result<TantivyDocument> {
        let record = work.record();
        let unwritten = |e: serde_json::Error| TantivyError::InternalError(e.to_string());
        let json = serde_json::to_string(record).map_err(unwritten)?;
        let mut doc = TantivyDocument::with_capacity(json.len() + 1_024);
        doc.add_text(self.id, &record.id);
        doc.add_text(self.record, &json);
        match work.parts() {
            // One part is the record itself; its file is all there is to add, unless it looks like a list of parts.
            [only] if !only.file.starts_with('[') => doc.add_text(self.parts, &only.file),
            parts => doc.add_text(self.parts, serde_json::to_string(parts).map_err(unwritten)?),
        }
        if let Some(year) = record.year {
            doc.add_i64(self.year, i64::from(year));
        }
        doc.add_text(self.title_order, cut(&title_order(&record.title)));
        for (facet, field) in &self.facets {
            let values = match facet {
                FacetField::Concept => mentioned.named.clone(),
                FacetField::ConceptExploded => mentioned.with_broader.clone(),
                facet => facet_values(record, *facet),
            };
            let mut values: Vec<&str> = values.into_iter().map(cut).collect();
            values.sort_unstable();
            values.dedup();
            for value in values {
                doc.add_text(*field, value);
            }
        }
        Ok(doc)
    }
}

/// How often the words of a field count among the stems.
pub(super) fn times(field: TextField) -> u32 {
    if field == TextField::Title { TITLE_TIMES } else { 1 }
}

/// Registers the two views under the names that the schema uses.
pub(super) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register("exact", ExactTokenizer::default());
    manager.register("stem", StemTokenizer::default());
    manager
}

/// The name of the fast field of a facet.
pub(super) fn facet_name(facet: FacetField) -> String {
    match facet {
        FacetField::ConceptExploded => "facet_concept_exploded".into(),
        facet => format!("facet_{}", facet.name()),
    }
}

/// The key of a file in the index.
pub(super) fn file_key(file: &str) -> u64 {
    identity::hash_text("file", file)
}

/// The keys of the files that a work is from.
fn file_keys(work: &Addition) -> Vec<u64> {
    let mut keys: Vec<u64> = work.parts().iter().map(|p| file_key(&p.file)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The terms of all whole values of a record, and of the printed forms of its publishers and places.
fn each_value(record: &Record, mentioned: &Mentioned<'_>, mut take: impl FnMut(&str)) {
    let mut term = String::new();
    for (field, value) in whole_values(record) {
        write_value_term(field, &value, &mut term);
        take(&term);
    }
    for concept in &mentioned.with_broader {
        write_value_term(ValueField::Concept, &ValueField::Concept.fold(concept), &mut term);
        take(&term);
    }
    for field in authority::FIELDS {
        let mut printed: Vec<&str> = facet_values(record, field).into_iter().map(cut).collect();
        printed.sort_unstable();
        printed.dedup();
        printed.into_iter().for_each(|printed| take(&form_term(field, printed)));
    }
}

/// The term of a whole value.
pub(super) fn value_term(field: ValueField, value: &str) -> String {
    let mut term = String::new();
    write_value_term(field, value, &mut term);
    term
}

fn write_value_term(field: ValueField, value: &str, term: &mut String) {
    term.clear();
    term.push_str(field.name());
    term.push('\u{1}');
    if value.is_ascii() {
        term.push_str(value);
        term.make_ascii_lowercase();
    } else {
        term.push_str(&value.to_lowercase());
    }
}

fn whole_values(record: &Record) -> Vec<(ValueField, Cow<'_, str>)> {
    let borrowed = |field: ValueField| move |value| (field, Cow::Borrowed(value));
    let folded = |field: ValueField, value: &str| (field, Cow::Owned(field.fold(value)));
    let mut out = Vec::with_capacity(32);
    out.push((ValueField::Id, Cow::Borrowed(record.id.as_str())));
    out.extend(record.merged_ids.iter().map(String::as_str).map(borrowed(ValueField::Id)));
    // As the query languages normalise what they are asked for.
    let item_type = record.item_type.as_deref();
    out.extend(item_type.map(|t| values::item_type(t).unwrap_or(t)).map(borrowed(ValueField::Type)));
    out.extend(record.doi.as_deref().map(borrowed(ValueField::Doi)));
    out.extend(record.pmid.as_deref().map(borrowed(ValueField::Pmid)));
    out.extend(record.pmcid.as_deref().map(borrowed(ValueField::Pmcid)));
    let language = |v: &'_ String| values::language(v).unwrap_or_else(|| v.clone());
    out.extend(record.languages.iter().map(|v| (ValueField::Language, Cow::Owned(language(v)))));
    out.extend(record.sources.iter().map(|s| s.path.as_str()).map(borrowed(ValueField::Source)));
    out.extend(record.year.map(era::of_year).into_iter().flatten().map(|v| (ValueField::Era, Cow::Borrowed(v))));
    out.extend(record.isbn.iter().map(String::as_str).map(borrowed(ValueField::Isbn)));
    let container_issn = record.container.as_ref().and_then(|c| c.issn.as_ref());
    out.extend(record.issn.iter().chain(container_issn).map(String::as_str).map(borrowed(ValueField::Issn)));
    out.extend(record.creators.iter().map(|c| folded(ValueField::Name, &c.name)));
    out.extend(record.container.iter().map(|c| folded(ValueField::JournalTitle, &c.title)));
    headings(&record.subjects, &mut out);
    out.retain(|(_, value)| !value.is_empty());
    out.sort_unstable_by(|a, b| (a.0 as u8, &a.1).cmp(&(b.0 as u8, &b.1)));
    out.dedup();
    for (_, value) in &mut out {
        if value.len() > MAX_VALUE_BYTES {
            *value = Cow::Owned(cut(value).to_owned());
        }
    }
    out
}

/// What catalogues and databases call a CSL item type, where that is more than its own words.
fn type_names(item_type: &str) -> &'static [&'static str] {
    match item_type {
        "article-journal" => &["journal article"],
        "article-magazine" => &["magazine article"],
        "article-newspaper" => &["newspaper article", "news"],
        "article" => &["preprint"],
        "chapter" => &["book chapter"],
        "paper-conference" => &["conference paper"],
        "thesis" => &["dissertation"],
        "speech" => &["presentation", "lecture"],
        "webpage" => &["web page", "website"],
        "post-weblog" => &["blog post"],
        "personal_communication" => &["letter"],
        "entry-encyclopedia" => &["encyclopedia article"],
        "motion_picture" => &["film", "video"],
        _ => &[],
    }
}

/// Subject headings: whole, without their subdivisions, and the subdivisions alone. A star marks main topics, as MEDLINE
/// prints it; where a record marks none, all of its headings are.
fn headings(subjects: &[String], out: &mut Vec<(ValueField, Cow<'_, str>)>) {
    let marked = |part: &str| part.trim_end().ends_with('*');
    let none_marked = !subjects.iter().any(|s| s.split('/').any(marked));
    for subject in subjects {
        let written = subject.replace("--", "/");
        let whole = ValueField::Heading.fold(&written);
        let divided = written.split_once('/').map(|(heading, rest)| (ValueField::Heading.fold(heading), rest));
        // Headings that are main topics are folded as all are.
        let fields = [ValueField::Heading, ValueField::Major];
        let fields = if none_marked || written.split('/').any(marked) { &fields[..] } else { &fields[..1] };
        for field in fields {
            out.extend(divided.iter().map(|(heading, _)| (*field, Cow::Owned(heading.clone()))));
            out.push((*field, Cow::Owned(whole.clone())));
        }
        if let Some((_, subdivisions)) = divided {
            let fold = |s| Cow::Owned(ValueField::Subheading.fold(s));
            out.extend(subdivisions.split('/').map(|s| (ValueField::Subheading, fold(s))));
        }
    }
}

/// The text of a field as it is indexed; several values are separated so that nothing matches across them.
fn text_of(record: &Record, field: TextField) -> Option<Cow<'_, str>> {
    let mut values = texts(record, field).into_iter().filter(|value| !value.is_empty());
    let mut text = values.next()?;
    for value in values {
        let text = text.to_mut();
        text.push(VALUE_SEPARATOR);
        text.push_str(&value);
    }
    Some(text)
}

/// The values of a field that words are looked up in: the one definition for the index and for highlighting.
pub(super) fn texts(record: &Record, field: TextField) -> Vec<Cow<'_, str>> {
    fn all(values: &[String]) -> Vec<Cow<'_, str>> {
        values.iter().map(|v| Cow::Borrowed(v.as_str())).collect()
    }
    fn one(value: &Option<String>) -> Vec<Cow<'_, str>> {
        value.iter().map(|v| Cow::Borrowed(v.as_str())).collect()
    }
    match field {
        TextField::Title => std::iter::once(&record.title)
            .chain(&record.alternative_titles)
            .map(|v| Cow::Borrowed(v.as_str()))
            .collect(),
        TextField::Abstract => one(&record.abstract_text),
        TextField::Subject => all(&record.subjects),
        TextField::Body => one(&record.body),
        TextField::Note => all(&record.notes),
        TextField::Creator => record.creators.iter().map(|c| Cow::Borrowed(c.name.as_str())).collect(),
        TextField::Series => all(&record.series),
        TextField::Journal => record.container.iter().map(|c| Cow::Borrowed(c.title.as_str())).collect(),
        TextField::Publisher => all(&record.publisher),
        TextField::Place => all(&record.place),
        TextField::Detail => {
            let mut values: Vec<Cow<'_, str>> = record.year.iter().map(|y| Cow::Owned(y.to_string())).collect();
            let container = record.container.iter().flat_map(|c| [&c.volume, &c.issue, &c.pages, &c.issn]).flatten();
            let single = [&record.date, &record.edition, &record.extent, &record.doi, &record.pmid, &record.pmcid];
            let lists = [&record.isbn, &record.isbn10, &record.issn].into_iter().flatten();
            values
                .extend(single.into_iter().flatten().chain(container).chain(lists).map(|v| Cow::Borrowed(v.as_str())));
            values
        }
        TextField::PublicationType => {
            let item_type = record.item_type.iter().map(|t| Cow::Borrowed(t.as_str()));
            let names = record.item_type.iter().flat_map(|t| type_names(values::item_type(t).unwrap_or(t)));
            item_type.chain(names.map(|n| Cow::Borrowed(*n))).collect()
        }
    }
}

fn facet_values(record: &Record, facet: FacetField) -> Vec<&str> {
    fn all(values: &[String]) -> Vec<&str> {
        values.iter().map(String::as_str).filter(|v| !v.is_empty()).collect()
    }
    match facet {
        FacetField::Type => record.item_type.as_deref().into_iter().filter(|t| !t.is_empty()).collect(),
        FacetField::Publisher => all(&record.publisher),
        FacetField::Place => all(&record.place),
        FacetField::Journal => record.container.iter().map(|c| c.title.as_str()).filter(|t| !t.is_empty()).collect(),
        FacetField::Series => all(&record.series),
        FacetField::Subject => all(&record.subjects),
        FacetField::Creator => record.creators.iter().map(|c| c.name.as_str()).filter(|n| !n.is_empty()).collect(),
        FacetField::Language => all(&record.languages),
        FacetField::Source => record.sources.iter().map(|s| s.path.as_str()).filter(|p| !p.is_empty()).collect(),
        FacetField::Era => record.year.map(era::of_year).into_iter().flatten().collect(),
        FacetField::Year | FacetField::Decade | FacetField::Concept | FacetField::ConceptExploded => Vec::new(),
    }
}

/// What titles are sorted by: folded words, without a leading English article.
fn title_order(title: &str) -> String {
    let key = words::key(title);
    match key.split_once(' ') {
        Some(("the" | "a" | "an", rest)) => rest.to_owned(),
        _ => key,
    }
}

fn cut(value: &str) -> &str {
    let mut end = value.len().min(MAX_VALUE_BYTES);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    &value[..end]
}
