//! Paths → files, in sorted order, with everything that was passed over.
//!
//! Folders are read to the bottom, symbolic links followed (a loop is a reject). Passed over below a folder, and counted:
//! hidden entries, commlit's own indexes, and files that speak about a collection instead of belonging to it (README,
//! LICENSE and the like). What is named itself is always read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use walkdir::{DirEntry, WalkDir};

use super::Reject;

/// A file to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Where it is.
    pub path: PathBuf,
    /// As it is shown in `sources` and reports: as named, `/` between parts.
    pub shown: String,
    /// Its canonical path: the same file under whatever name.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last changed, in nanoseconds since 1970; 0 where the system does not tell.
    pub modified: u64,
}

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// Files to read, by the path shown.
    pub files: Vec<InputFile>,
    /// Entries passed over, by reason.
    pub passed_over: BTreeMap<&'static str, usize>,
    /// What could not be looked at.
    pub rejects: Vec<Reject>,
}

/// Finds all files at and below the given paths.
pub fn walk(paths: &[PathBuf]) -> Walk {
    let mut found = Walk::default();
    let mut files = BTreeMap::new();
    for root in paths {
        let mut entries = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter();
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(e) => {
                    let path = shown(e.path().unwrap_or(root));
                    let reason = match e.io_error() {
                        Some(io) if io.kind() == std::io::ErrorKind::NotFound => "no such file or folder".to_owned(),
                        Some(io) => io.to_string(),
                        None => "a link that leads back to a folder it lies in".to_owned(),
                    };
                    found.rejects.push(Reject { path, locator: String::new(), reason });
                    continue;
                }
            };
            if let Some(reason) = passes_over(&entry) {
                *found.passed_over.entry(reason).or_insert(0) += 1;
                if entry.file_type().is_dir() {
                    entries.skip_current_dir();
                }
                continue;
            }
            if entry.file_type().is_dir() {
                continue;
            }
            match input_file(entry.path()) {
                Ok(file) => {
                    files.entry(file.key.clone()).or_insert(file);
                }
                Err(reason) => found.rejects.push(Reject { path: shown(entry.path()), locator: String::new(), reason }),
            }
        }
    }
    found.files = files.into_values().collect();
    found.files.sort_by(|a, b| a.shown.cmp(&b.shown));
    found.rejects.sort();
    found.rejects.dedup();
    found
}

fn passes_over(entry: &DirEntry) -> Option<&'static str> {
    if entry.file_type().is_dir()
        && entry.path().join("commlit.json").exists()
        && entry.path().join("meta.json").exists()
    {
        return Some("index of commlit");
    }
    if entry.depth() == 0 {
        return None;
    }
    let name = entry.file_name().to_string_lossy();
    if entry.file_type().is_dir() { name.starts_with('.').then_some(HIDDEN) } else { passed_over(&name) }
}

pub(super) const HIDDEN: &str = "hidden";

/// Why a file of this name below a folder is passed over.
pub(super) fn passed_over(name: &str) -> Option<&'static str> {
    if name.starts_with('.') {
        return Some(HIDDEN);
    }
    let stem = name.split('.').next().unwrap_or("").to_ascii_uppercase();
    let about = ["README", "LICENSE", "LICENCE", "NOTICE", "COPYING", "CHANGELOG"];
    about.contains(&stem.as_str()).then_some("about the collection")
}

fn input_file(path: &Path) -> Result<InputFile, String> {
    let metadata = fs::metadata(path).map_err(|e| e.to_string())?;
    if !metadata.is_file() {
        return Err("not a regular file".into());
    }
    let canonical = fs::canonicalize(path).map_err(|e| e.to_string())?;
    let modified = metadata.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok());
    Ok(InputFile {
        path: path.to_owned(),
        shown: shown(path),
        key: lossless(&canonical),
        size: metadata.len(),
        modified: modified.map_or(0, |t| u64::try_from(t.as_nanos()).unwrap_or(u64::MAX)),
    })
}

/// The canonical form of a path, as far as it exists.
pub fn absolute(path: &Path) -> PathBuf {
    let whole = fs::canonicalize(path);
    whole.unwrap_or_else(|_| match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) if parent != Path::new("") => absolute(parent).join(name),
        (_, Some(name)) => fs::canonicalize(".").unwrap_or_default().join(name),
        _ => path.to_owned(),
    })
}

/// A path as text; bytes that are no text are written as `%XX`, so that different names stay different.
fn lossless(path: &Path) -> String {
    let mut out = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        out.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| out.push_str(&format!("%{byte:02X}")));
    }
    out
}

fn shown(path: &Path) -> String {
    let text = lossless(path);
    let text = if std::path::MAIN_SEPARATOR == '/' { text } else { text.replace(std::path::MAIN_SEPARATOR, "/") };
    let short = text.strip_prefix("./").unwrap_or(&text);
    if short.is_empty() { text } else { short.to_owned() }
}
