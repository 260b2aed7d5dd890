//! The index: records in, ranked passages and facets out. The only folder that names tantivy; none of its types leave it.
//!
//! One record is one document. [`write`] changes the index; this module opens it and reads single records, [`answer`] answers
//! searches as [`plan`] has made them ready, [`strategy`] counts and explains. [`thesaurus`] keeps the thesaurus of the index.
//! [`lower`] turns a query tree into a tantivy query over the fields of [`schema`], [`leaf`] scores what [`slot`] and [`spans`]
//! find, [`sweep`] many records at a time, [`collect`] gathers hits and [`counts`] facets in one pass, [`rank`] puts the best in
//! order and chooses passages, [`highlight`] finds what matched. Beside the answer stand [`spelling`] (what may be meant
//! instead), [`feedback`] (the order that the best records suggest) and [`more_like`] (records like one).
//! Which values of a facet are one: in several segments [`numbers`] says so, or for a question that is asked once [`ordinals`]
//! with the [`fingerprints`] beside the segments; of authority forms [`forms`], or [`groups`]. [`tally`] counts.
//! [`indexing`] has threads that build [`segment`]s of works; [`budget`] and [`merging`] keep writing within memory.
//!
//! It does *not* read files of the user, know query languages, or decide which records are the same work.

mod analysis;
mod answer;
mod bag;
mod budget;
mod collect;
mod concepts;
mod counts;
mod feedback;
mod fingerprints;
mod forms;
mod groups;
mod highlight;
mod indexing;
mod leaf;
mod lines;
mod lower;
mod merging;
mod more_like;
mod near;
mod numbers;
mod occurrences;
mod ordinals;
mod plan;
mod rank;
mod schema;
mod segment;
mod slot;
mod spans;
mod spelling;
mod strategy;
mod sweep;
mod tally;
mod thesaurus;
mod values;
mod why;
mod write;
mod years;

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tantivy::directory::MmapDirectory;
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{
    DocAddress, DocSet, Index, IndexReader, IndexSettings, ReloadPolicy, Searcher, TERMINATED, TantivyDocument, Term,
};

use self::fingerprints::Fingerprints;
use self::forms::Shelf;
pub(crate) use self::indexing::Addition;
use self::numbers::Numbering;
use self::schema::Fields;
pub(crate) use self::write::{OldThesaurus, Writer, clear, write_durably};
use crate::authority::Authorities;
use crate::error::{Error, ErrorKind, Result};
use crate::identity::Part;
use crate::record::Record;
use crate::thesaurus::Thesaurus;

/// Names the version of an index; written once, when the index is made.
const VERSION_FILE: &str = "commlit.json";
/// The user's own list of authorities, as it was given.
const AUTHORITIES_FILE: &str = "authorities.tsv";
/// How much of the store is compressed together, in bytes. Who wants a record unpacks as much: with half of the usual an answer
/// takes a tenth less, for 2.7 per cent more index; a quarter is no quicker than a half.
const STORE_BLOCK: usize = 8 * 1024;

#[derive(Serialize, Deserialize)]
struct Version {
    program: String,
    schema: u32,
    /// The edition of the thesaurus that came with the program.
    #[serde(default)]
    thesaurus: Option<String>,
}

impl Version {
    /// That of this program.
    fn now() -> Self {
        let thesaurus = format!("{:016x}", Thesaurus::shipped_edition());
        Version { program: env!("CARGO_PKG_VERSION").into(), schema: schema::VERSION, thesaurus: Some(thesaurus) }
    }

    /// That of the index in a folder.
    fn read(dir: &Path) -> Result<Self> {
        let text = fs::read_to_string(dir.join(VERSION_FILE)).map_err(|e| {
            Error::new(ErrorKind::ForeignIndex, format!("{} is not an index of commlit", dir.display()))
                .with_hint("name another folder with --index")
                .with_source(e)
                .at_path(dir)
        })?;
        serde_json::from_str::<Version>(&text).ok().filter(|v| v.schema == schema::VERSION).ok_or_else(|| {
            let message = format!("the index in {} was made by another version of commlit", dir.display());
            Error::new(ErrorKind::ForeignIndex, message).at_path(dir)
        })
    }

    fn write(&self, dir: &Path) -> Result<()> {
        let text = serde_json::to_string(self).unwrap_or_default();
        write::write_durably(&dir.join(VERSION_FILE), text.as_bytes())
    }
}

/// An open index.
pub(crate) struct Engine {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    dir: PathBuf,
    /// The thesaurus of the index, where it is not commlit's.
    own: Option<thesaurus::Own>,
    shelf: Shelf,
    numbering: Numbering,
    fingerprints: Arc<Fingerprints>,
}

impl Engine {
    /// Opens the index in a folder.
    pub(crate) fn open(dir: &Path) -> Result<Self> {
        if !dir.join("meta.json").exists() {
            return Err(Error::new(ErrorKind::NoIndex, format!("there is no index in {}", dir.display())).at_path(dir));
        }
        Version::read(dir)?;
        let (_, fields) = Fields::build();
        let directory = MmapDirectory::open(dir).map_err(|e| corrupt(dir, e))?;
        let mut index = Index::open(directory).map_err(|e| corrupt(dir, e))?;
        index.set_tokenizers(schema::tokenizers());
        Self::with_index(index, fields, dir)
    }

    /// Makes an empty index in a folder that has none, or opens the one that another process has just made.
    pub(crate) fn create(dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir).map_err(|e| Error::io("create the folder", dir, e))?;
        // What is in a folder without a version is an index's only if it proves so.
        let is_known = dir.join(VERSION_FILE).exists();
        let foreign =
            |name: &str| !write::is_ours(name) || name == thesaurus::FILE && !is_known && thesaurus::load(dir).is_err();
        let entries = fs::read_dir(dir).map_err(|e| Error::io("read the folder", dir, e))?.flatten();
        if let Some(entry) = entries.into_iter().find(|e| foreign(&e.file_name().to_string_lossy())) {
            let name = entry.file_name();
            let message =
                format!("{} holds other things ({}) and is left alone", dir.display(), name.to_string_lossy());
            return Err(Error::new(ErrorKind::Argument, message)
                .with_hint("name a new or empty folder with --index")
                .at_path(dir));
        }
        let lock = write::lock(dir)?;
        if dir.join(VERSION_FILE).exists() && dir.join("meta.json").exists() {
            return Self::open(dir);
        }
        // First of all the name of the version: whatever happens later, the folder is known as ours.
        Version::now().write(dir)?;
        let (schema, fields) = Fields::build();
        let directory = MmapDirectory::open(dir).map_err(|e| corrupt(dir, e))?;
        // The indexing threads are as many as the machine has; compressing in yet others only passes copies around.
        let settings = IndexSettings {
            docstore_compress_dedicated_thread: false,
            docstore_blocksize: STORE_BLOCK,
            ..IndexSettings::default()
        };
        let mut index = Index::create(directory, schema, settings).map_err(|e| corrupt(dir, e))?;
        index.set_tokenizers(schema::tokenizers());
        drop(lock);
        Self::with_index(index, fields, dir)
    }

    fn with_index(index: Index, fields: Fields, dir: &Path) -> Result<Self> {
        let reader =
            index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(|e| corrupt(dir, e))?;
        let shelf = Shelf::default();
        shelf.renew(&own_authorities(dir)?).map_err(|e| unusable(dir, e))?;
        let directory = MmapDirectory::open(dir).map_err(|e| corrupt(dir, e))?;
        Ok(Engine {
            index,
            reader,
            fields,
            dir: dir.to_owned(),
            own: thesaurus::load(dir)?,
            shelf,
            numbering: Numbering::default(),
            fingerprints: Arc::new(Fingerprints::new(directory)),
        })
    }

    /// Sees what has been committed since the index was opened.
    pub(crate) fn reload(&self) -> Result<()> {
        self.shelf.renew(&own_authorities(&self.dir)?).map_err(|e| unusable(&self.dir, e))?;
        self.reader.reload().map_err(|e| self.corrupt(e))?;
        self.fingerprints.renew();
        Ok(())
    }

    /// Writes the fingerprints of segments that have none; the lock must be held.
    fn write_fingerprints(&self) {
        self.fingerprints.write(&self.dir, &self.reader.searcher());
    }

    /// Writes what is missing beside the segments, unless somebody else is writing.
    pub(crate) fn complete(&self) {
        if !self.fingerprints.are_complete(&self.reader.searcher())
            && let Ok(_lock) = write::lock(&self.dir)
        {
            self.write_fingerprints();
        }
    }

    /// Removes those of segments that are gone.
    fn sweep_fingerprints(&self) {
        fingerprints::sweep(&self.dir, &self.reader.searcher());
    }

    /// Keeps a list of authorities with the index, in the place of the one it had.
    pub(crate) fn set_authorities(&self, list: &str) -> Result<()> {
        Authorities::with(list)?;
        write::write_durably(&self.dir.join(AUTHORITIES_FILE), list.as_bytes())?;
        self.shelf.renew(list)
    }

    /// The folder of the index.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// What the last commit was labelled with.
    pub(crate) fn label(&self) -> Result<Option<String>> {
        Ok(self.index.load_metas().map_err(|e| self.corrupt(e))?.payload)
    }

    fn corrupt(&self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        corrupt(&self.dir, cause)
    }

    // ---- single records

    /// The record of an id, or of an id that was merged into it.
    pub(crate) fn get(&self, id: &str) -> Result<Option<Record>> {
        let term = Term::from_field_text(self.fields.value, &schema::value_term(crate::query::ValueField::Id, id));
        let searcher = self.reader.searcher();
        let mut found = Vec::new();
        for address in self.find_documents(&searcher, &term)? {
            found.push(self.record(&searcher, address)?);
        }
        // Ids are looked up without regard to case, and an id that was merged can be another record's own.
        let likeness = |r: &Record| (r.id != id, !r.merged_ids.iter().any(|m| m == id));
        Ok(found.into_iter().min_by(|a, b| likeness(a).cmp(&likeness(b)).then_with(|| a.id.cmp(&b.id))))
    }

    /// Visits the works that have a part from a file, one at a time; whether the visitor went on to the end.
    pub(crate) fn each_work_from_file(
        &self,
        file: &str,
        visit: &mut dyn FnMut(Work) -> Result<ControlFlow<()>>,
    ) -> Result<bool> {
        let searcher = self.reader.searcher();
        for address in
            self.find_documents(&searcher, &Term::from_field_u64(self.fields.file, schema::file_key(file)))?
        {
            if visit(self.work(&searcher, address)?)?.is_break() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The works that have an identity key.
    pub(crate) fn works_with_key(&self, key: u64) -> Result<Vec<Work>> {
        let searcher = self.reader.searcher();
        let found = self.find_documents(&searcher, &Term::from_field_u64(self.fields.key, key))?;
        found.into_iter().map(|address| self.work(&searcher, address)).collect()
    }

    /// How many works have an identity key. Works just deleted may still count.
    pub(crate) fn works_at_most(&self, key: u64) -> Result<u64> {
        let term = Term::from_field_u64(self.fields.key, key);
        self.reader.searcher().doc_freq(&term).map_err(|e| self.corrupt(e))
    }

    /// The documents that have a term, in their order.
    fn find_documents(&self, searcher: &Searcher, term: &Term) -> Result<Vec<DocAddress>> {
        let mut found = Vec::new();
        for (ord, segment) in searcher.segment_readers().iter().enumerate() {
            let inverted = segment.inverted_index(term.field()).map_err(|e| self.corrupt(e))?;
            let postings = inverted.read_postings(term, IndexRecordOption::Basic).map_err(|e| self.corrupt(e))?;
            let Some(mut postings) = postings else { continue };
            while postings.doc() != TERMINATED {
                if !segment.is_deleted(postings.doc()) {
                    found.push(DocAddress::new(ord as u32, postings.doc()));
                }
                postings.advance();
            }
        }
        Ok(found)
    }

    fn stored(&self, searcher: &Searcher, address: DocAddress) -> Result<(TantivyDocument, Record)> {
        let doc: TantivyDocument = searcher.doc(address).map_err(|e| self.corrupt(e))?;
        // Stored as text, which is read as a whole and not byte by byte.
        let json = doc.get_first(self.fields.record).and_then(|v| v.as_str()).unwrap_or_default();
        let record = serde_json::from_str(json).map_err(|e| self.corrupt(e))?;
        Ok((doc, record))
    }

    fn record(&self, searcher: &Searcher, address: DocAddress) -> Result<Record> {
        self.stored(searcher, address).map(|(_, record)| record)
    }

    fn work(&self, searcher: &Searcher, address: DocAddress) -> Result<Work> {
        let (doc, record) = self.stored(searcher, address)?;
        let text = doc.get_first(self.fields.parts).and_then(|v| v.as_str()).unwrap_or_default();
        let id = record.id.clone();
        let parts = match text.starts_with('[') {
            true => serde_json::from_str(text).map_err(|e| self.corrupt(e))?,
            false => vec![Part { file: text.to_owned(), record }],
        };
        Ok(Work { id, parts })
    }

    // ---- figures

    /// How many records, segments and bytes the index has.
    pub(crate) fn figures(&self) -> Result<Figures> {
        let searcher = self.reader.searcher();
        let bytes = searcher.space_usage().map_err(|e| self.corrupt(e))?.total().get_bytes();
        let bytes = bytes + fingerprints::bytes(&self.dir, &searcher);
        Ok(Figures { records: searcher.num_docs(), segments: searcher.segment_readers().len(), bytes })
    }

    /// Compares every file of the index with its checksum; gives the damaged ones.
    pub(crate) fn damaged_files(&self) -> Result<Vec<PathBuf>> {
        let mut damaged: Vec<_> = self.index.validate_checksum().map_err(|e| self.corrupt(e))?.into_iter().collect();
        damaged.extend(self.fingerprints.damaged(&self.dir, &self.reader.searcher(), &damaged)?);
        damaged.sort();
        Ok(damaged)
    }

    /// Visits every work with its parts, in the order of the index.
    pub(crate) fn each_work(&self, visit: &mut dyn FnMut(Work)) -> Result<()> {
        let searcher = self.reader.searcher();
        for (segment, reader) in searcher.segment_readers().iter().enumerate() {
            for doc in reader.doc_ids_alive() {
                visit(self.work(&searcher, DocAddress::new(segment as u32, doc))?);
            }
        }
        Ok(())
    }

    /// Visits every record, in the order of the index.
    pub(crate) fn each_record(&self, visit: &mut dyn FnMut(Record) -> Result<()>) -> Result<()> {
        let searcher = self.reader.searcher();
        for (segment, reader) in searcher.segment_readers().iter().enumerate() {
            for doc in reader.doc_ids_alive() {
                visit(self.record(&searcher, DocAddress::new(segment as u32, doc))?)?;
            }
        }
        Ok(())
    }
}

/// A work in the index and what it was merged from.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) id: String,
    pub(crate) parts: Vec<Part>,
}

/// Figures of an index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    pub(crate) records: u64,
    pub(crate) segments: usize,
    pub(crate) bytes: u64,
}

/// The list of authorities that is kept with an index; empty where there is none.
fn own_authorities(dir: &Path) -> Result<String> {
    let path = dir.join(AUTHORITIES_FILE);
    match fs::read_to_string(&path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        other => other.map_err(|e| Error::io("read", &path, e)),
    }
}

fn unusable(dir: &Path, cause: Error) -> Error {
    let path = dir.join(AUTHORITIES_FILE);
    Error::new(ErrorKind::Argument, format!("cannot use {}", path.display()))
        .with_source(cause)
        .with_hint("repair the file, or remove it")
        .at_path(&path)
}

fn corrupt(dir: &Path, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::Corrupt, format!("cannot read the index in {}", dir.display()))
        .with_source(cause)
        .at_path(dir)
}
