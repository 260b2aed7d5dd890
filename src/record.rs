//! The normalised record: the one type that crosses the house.
//!
//! Plain data with serde. A reader in [`crate::ingest`] fills it, [`crate::identity`] names and merges it,
//! the engine stores and indexes it, the outputs print it. It knows nothing of formats or engines.
//! It does *not* validate: cleaning values is the readers' work (see [`crate::ingest::values`]).

use serde::{Deserialize, Serialize};

/// One work: its catalogue metadata, its abstract and, where the source has it, its text.
///
/// JSON names are those of `commlit extract`; absent fields are left out; arrays keep the order of the source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// Stable across runs, see [`crate::identity::derive_id`]; a record that brings its own keeps it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The full title, with the subtitle after `": "`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Whether the source stated the title or commlit took it from the first sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title_source: Option<TitleSource>,
    /// Other titles: translated, parallel, abbreviated, original script.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternative_titles: Vec<String>,
    /// A CSL 1.0.2 item type: `report`, `article-journal`, `book`, …
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub item_type: Option<String>,
    /// Authors, editors and corporate bodies, in the order of the source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub creators: Vec<Creator>,
    /// The year of publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// The date as the source printed it: `1997/8`, `[1994?]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Publishers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub publisher: Vec<String>,
    /// Places of publication.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub place: Vec<String>,
    /// The journal or book the work stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
    /// Series and working-paper titles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<String>,
    /// Edition statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// Extent as printed: `v, 70p.`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extent: Option<String>,
    /// Rights or licence statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rights: Option<String>,
    /// Who may see it, as the source says: `Public`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access: Option<String>,
    /// ISBN-13, digits only, check digit verified.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub isbn: Vec<String>,
    /// The ISBN-10 as the source had it (digits and `X` only), beside its ISBN-13.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub isbn10: Vec<String>,
    /// ISSN, `NNNN-NNNC`, check digit verified.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub issn: Vec<String>,
    /// DOI, bare and in lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doi: Option<String>,
    /// PubMed identifier, digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pmid: Option<String>,
    /// PubMed Central identifier: `PMC` and digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pmcid: Option<String>,
    /// Addresses of the work.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub url: Vec<String>,
    /// The abstract: paragraphs separated by a blank line; labelled sections keep their labels.
    #[serde(rename = "abstract", skip_serializing_if = "Option::is_none")]
    pub abstract_text: Option<String>,
    /// The source cut the text off.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
    /// Full text where the source has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Subject headings and keywords as the source's vocabulary has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<String>,
    /// ISO 639-1 codes where one exists, else 639-3.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// Whatever was on the record and fits nowhere else; searchable.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Every place the record was read from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// When records were merged: the ids of all of them, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub merged_ids: Vec<String>,
}

impl Record {
    /// About how many bytes its texts have.
    pub(crate) fn len(&self) -> usize {
        let lists = [&self.subjects, &self.notes, &self.alternative_titles, &self.series, &self.publisher, &self.url];
        let texts = [&self.abstract_text, &self.body].into_iter().flatten();
        self.title.len()
            + texts.map(String::len).sum::<usize>()
            + lists.into_iter().flatten().map(String::len).sum::<usize>()
            + self.creators.iter().map(|c| c.name.len()).sum::<usize>()
    }
}

/// Where a title came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TitleSource {
    /// The source stated it.
    Record,
    /// Taken from the first sentence of the text, because the source had none.
    Derived,
}

/// A person or body responsible for the work.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Creator {
    /// `Family, Given`, or the corporate name whole.
    pub name: String,
    /// A MARC relator term code (`edt`, `trl`, …) where the source states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

impl Creator {
    /// A creator without a stated role.
    pub fn new(name: impl Into<String>) -> Self {
        Creator { name: name.into(), role: None }
    }
}

/// The journal, book or other work in which the record's work appeared. Values are as printed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Container {
    /// Title of the journal or book.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<String>,
    /// Issue or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue: Option<String>,
    /// Page range or article number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<String>,
    /// The container's ISSN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issn: Option<String>,
}

/// One place a record was read from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Source {
    /// The file, as it was named on the command line or found below a named folder; `/` separates on every system. A
    /// member of an archive follows it after an exclamation mark: `exports.zip!/folder/name.ris`.
    pub path: String,
    /// Line, record number or element within the file: `line 12`, `record 3`.
    #[serde(default)]
    pub locator: String,
    /// The format it was read as, see [`crate::ingest::Format::name`].
    #[serde(default)]
    pub format: String,
}
