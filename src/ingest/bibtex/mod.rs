//! BibTeX and BibLaTeX databases, as reference managers and publishers write them.
//!
//! `@string` abbreviations, concatenation with `#`, `@preamble`, `@comment`, `crossref` and `xdata`, both kinds of
//! delimiters, LaTeX accents, symbols and text commands. An entry without its closing brace ends where the next one begins;
//! what was read of it whole is kept, the rest is reported. Entries are numbered as they stand, without the `@string`s.
//!
//! It does *not* typeset: mathematics keeps its TeX notation. Not kept, for they are the database's housekeeping: citation
//! keys, `timestamp`, `owner`, `date-added`, `date-modified`, `file` and what begins with `bdsk-`, JabRef's groups and
//! metadata comments. A database is read whole, because an abbreviation may be used, and a parent stand, anywhere in it.

mod entry;
mod fields;
mod latex;

use std::collections::HashMap;

use super::{Item, encoding};
use entry::{Block, Entry};

/// How deep parents of parents and abbreviations of abbreviations are followed.
const MAX_DEPTH: usize = 8;

/// Whether the text is a database: an entry, an abbreviation or a comment stands at the beginning of a line before anything
/// that looks like another format.
pub fn recognises(head: &str) -> bool {
    let mut prose = 0;
    for line in head.lines().take(2000) {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('%') {
            continue;
        }
        if let Some(rest) = line.strip_prefix('@') {
            let name: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
            let after = rest[name.len()..].trim_start();
            let known =
                entry::is_known_kind(&name) || matches!(&*name.to_lowercase(), "string" | "preamble" | "comment");
            if known && (after.is_empty() || after.starts_with(['{', '(', ','])) {
                return true;
            }
            if !name.is_empty() && after.starts_with('{') && head.contains('=') {
                return true;
            }
        }
        // An entry may well be quoted in the abstract of another format.
        if line.starts_with("TY  - ") || line.starts_with("id,title,creators,") {
            return false;
        }
        // Publishers put a line or two of their own before the first entry.
        prose += 1;
        if prose > 25 || line.starts_with(['<', '{', '[']) {
            return false;
        }
    }
    false
}

/// Reads a whole database; entries are numbered from `first`.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    let text = encoding::decode(bytes, declared(bytes));
    let mut strings: HashMap<String, Vec<entry::Piece<'_>>> = HashMap::new();
    let mut entries = Vec::new();
    for block in entry::blocks(&text) {
        match block {
            Block::String(name, value) => {
                strings.insert(name.to_lowercase(), value);
            }
            Block::Entry(entry) => entries.push(entry),
        }
    }
    let mut by_key: HashMap<&str, usize> = HashMap::new();
    for (i, entry) in entries.iter().enumerate() {
        if !entry.key.is_empty() {
            by_key.entry(entry.key).or_insert(i);
        }
    }
    let expanded = expand_strings(&strings);
    for (i, entry) in entries.iter().enumerate() {
        let locator = format!("record {}", first + i);
        let values = Values { entries: &entries, by_key: &by_key, strings: &expanded };
        if let Some(damage) = &entry.damage {
            emit(Item { locator: locator.clone(), content: Err(named(entry, damage)) });
            // What is left of a damaged entry is a record when it still says what the work is.
            if !entry.fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("title")) {
                continue;
            }
        }
        if entry.kind.eq_ignore_ascii_case("xdata") || entry.kind.eq_ignore_ascii_case("set") {
            // Parts of other entries, not works; what refers to them has their fields.
            continue;
        }
        let content = fields::record(entry, &values).map_err(|reason| named(entry, &reason));
        emit(Item { locator, content });
    }
}

fn named(entry: &Entry<'_>, reason: &str) -> String {
    match entry.key {
        "" => format!("@{}: {reason}", entry.kind),
        key => format!("@{}{{{}}}: {reason}", entry.kind, key.chars().take(60).collect::<String>()),
    }
}

/// JabRef's `% Encoding: Cp1252` and Emacs' `coding:` at the beginning of the file.
fn declared(bytes: &[u8]) -> Option<&str> {
    let head = &bytes[..bytes.len().min(300)];
    let end = head.iter().position(|b| !b.is_ascii()).unwrap_or(head.len());
    let head = std::str::from_utf8(&head[..end]).ok()?;
    let at = head.find("ncoding:")? + "ncoding:".len();
    let label = head[at..].trim_start().split([' ', '\n', '\r', '-']).next()?;
    match label.to_ascii_lowercase().as_str() {
        "cp1252" | "iso8859_1" | "iso8859" | "ansi" => Some("windows-1252"),
        _ => None,
    }
}

/// What abbreviations stand for, written out. One that refers to itself, or grows beyond all measure, ends where that shows.
fn expand_strings(strings: &HashMap<String, Vec<entry::Piece<'_>>>) -> HashMap<String, String> {
    const LONGEST: usize = 16 * 1024;
    fn one(name: &str, strings: &HashMap<String, Vec<entry::Piece<'_>>>, depth: usize, budget: &mut usize) -> String {
        let mut out = String::new();
        let Some(pieces) = strings.get(name) else { return entry::month(name).unwrap_or(name).to_owned() };
        for piece in pieces {
            match piece {
                entry::Piece::Text(text) => out.push_str(text),
                entry::Piece::Name(other) if other.eq_ignore_ascii_case(name) => {}
                entry::Piece::Name(other) if depth < MAX_DEPTH && *budget > 0 => {
                    *budget -= 1;
                    out.push_str(&one(&other.to_lowercase(), strings, depth + 1, budget));
                }
                entry::Piece::Name(other) => out.push_str(other),
            }
            if out.len() > LONGEST {
                break;
            }
        }
        out
    }
    strings.keys().map(|name| (name.clone(), one(name, strings, 0, &mut 64))).collect()
}

/// The values of fields: abbreviations written out, missing ones taken from the parents.
struct Values<'a, 't> {
    entries: &'a [Entry<'t>],
    by_key: &'a HashMap<&'t str, usize>,
    strings: &'a HashMap<String, String>,
}

impl<'t> Values<'_, 't> {
    /// The value of a field in TeX notation.
    fn raw(&self, pieces: &[entry::Piece<'t>]) -> String {
        let mut out = String::new();
        for piece in pieces {
            match piece {
                entry::Piece::Text(text) => out.push_str(text),
                entry::Piece::Name(name) => match self.strings.get(&name.to_lowercase()) {
                    Some(text) => out.push_str(text),
                    // An abbreviation of the style, or of a file that is not here, says at least its own name.
                    None => out.push_str(entry::month(name).unwrap_or(name)),
                },
            }
        }
        out
    }

    fn entry(&self, key: &str) -> Option<&Entry<'t>> {
        self.by_key.get(key.trim()).and_then(|i| self.entries.get(*i))
    }
}
