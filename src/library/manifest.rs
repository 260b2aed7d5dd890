//! The list of files that an index was made from, kept beside the index and named by the label of its last commit, so that
//! index and list change together or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::engine::write_durably;
use crate::error::{Error, ErrorKind, Result};
use crate::identity::hash_text;
use crate::ingest::Reject;
use crate::ingest::table::Mapping;
use crate::ingest::walk::InputFile;

/// A file that was read into the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) size: u64,
    pub(super) modified: u64,
    pub(super) records: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) rejects: Vec<Reject>,
    /// Columns of tables that were assigned to fields.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) mapping: String,
    /// Whether records came from tables.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) has_tables: bool,
}

impl Entry {
    pub(super) fn new(file: &InputFile, mapping: &Mapping) -> Self {
        Entry {
            path: file.shown.clone(),
            size: file.size,
            modified: file.modified,
            records: 0,
            rejects: Vec::new(),
            mapping: mapping.to_string(),
            has_tables: false,
        }
    }

    /// Whether the file is as it was when it was read, and would be read in the same way.
    pub(super) fn is_unchanged(&self, file: &InputFile, mapping: Option<&Mapping>) -> bool {
        let same_file = self.size == file.size && self.modified == file.modified && file.modified != 0;
        // What was set aside may be a table that a mapping makes readable.
        let may_differ = self.has_tables || !self.rejects.is_empty();
        same_file && !(may_differ && mapping.is_some_and(|mapping| mapping.to_string() != self.mapping))
    }
}

/// All files of an index, by canonical path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) files: BTreeMap<String, Entry>,
    number: u64,
}

impl Manifest {
    /// The list that a commit was labelled with; an index without a commit has an empty one.
    pub(super) fn load(dir: &Path, label: Option<&str>) -> Result<Self> {
        let Some(label) = label else { return Ok(Manifest::default()) };
        let path = dir.join(label);
        let damaged = |e: Box<dyn std::error::Error + Send + Sync>| {
            Error::new(ErrorKind::Corrupt, format!("cannot read the list of files {}", path.display()))
                .with_source(e)
                .at_path(&path)
        };
        let (number, sum) = parts(label).ok_or_else(|| damaged("not a name of such a list".into()))?;
        let text = fs::read_to_string(&path).map_err(|e| damaged(e.into()))?;
        if checksum(&text) != sum {
            return Err(damaged("its checksum does not hold".into()));
        }
        let files = text.lines().map(serde_json::from_str).collect::<Result<_, _>>().map_err(|e| damaged(e.into()))?;
        Ok(Manifest { files, number })
    }

    /// Saves the list under a new label; the old one stays until the commit is done.
    pub(super) fn save(&mut self, dir: &Path) -> Result<String> {
        self.number += 1;
        let mut text = String::new();
        for line in &self.files {
            let line = serde_json::to_string(&line)
                .map_err(|e| Error::new(ErrorKind::Io, "cannot write the list of files").with_source(e))?;
            text.push_str(&line);
            text.push('\n');
        }
        let label = format!("files-{}-{:016x}.jsonl", self.number, checksum(&text));
        write_durably(&dir.join(&label), text.as_bytes())?;
        Ok(label)
    }

    /// Removes lists that no commit names any more, and what a killed process left of lists. The lock must be held.
    pub(super) fn sweep(&self, dir: &Path) {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let half = name.starts_with("files-") && name.ends_with(".new");
            if half || parts(&name).is_some_and(|(number, _)| number != self.number) {
                // What cannot be removed is swept the next time.
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// How many records the files hold in all.
    pub(super) fn records(&self) -> u64 {
        self.files.values().map(|e| e.records).sum()
    }

    /// Everything that was set aside, in order of the files.
    pub(super) fn rejects(&self) -> impl Iterator<Item = &Reject> {
        self.files.values().flat_map(|e| &e.rejects)
    }
}

/// The number and the checksum in a label.
fn parts(label: &str) -> Option<(u64, u64)> {
    let (number, sum) = label.strip_prefix("files-")?.strip_suffix(".jsonl")?.split_once('-')?;
    Some((number.parse().ok()?, u64::from_str_radix(sum, 16).ok()?))
}

fn checksum(text: &str) -> u64 {
    hash_text("files", text)
}
