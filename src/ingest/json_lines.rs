//! commlit's own JSON lines: what `commlit extract` prints, one record a line.
//!
//! Reading is forgiving where the intent is plain (a single value where a list belongs, creators as plain names, a year as
//! text), and keeps what it does not know: unknown members become notes. A line written by `extract` reads back to the same
//! bytes. Arrays of records and other JSON shapes are *not* read.

use serde_json::{Map, Value};

use super::{Cut, Item, values};
use crate::record::{Container, Creator, Record, Source, TitleSource};

/// Whether the text begins like JSON lines of records. `whole` says that the text is all there is, so that a single
/// unfinished line is judged by its first members.
pub fn recognises(text: &str, whole: bool) -> bool {
    let mut lines = text.lines().filter(|l| !l.trim().is_empty());
    let Some(first) = lines.next() else { return false };
    if !first.trim_start().starts_with('{') {
        return false;
    }
    match serde_json::from_str::<Value>(first.trim()) {
        Ok(Value::Object(object)) => looks_like_record(&object),
        Ok(_) => false,
        // The first line is damaged or longer than the sample: a later line, or its first member, decides.
        Err(_) => {
            let later = lines.any(
                |l| matches!(serde_json::from_str::<Value>(l.trim()), Ok(Value::Object(o)) if looks_like_record(&o)),
            );
            let known = ["\"id\"", "\"title\"", "\"abstract\"", "\"body\""].iter().any(|key| {
                first.trim_start()[1..]
                    .trim_start()
                    .strip_prefix(key)
                    .is_some_and(|rest| rest.trim_start().starts_with(':'))
            });
            later || known && (!whole || first.len() > 20)
        }
    }
}

fn looks_like_record(object: &Map<String, Value>) -> bool {
    ["title", "abstract", "body"].iter().any(|key| object.contains_key(*key))
}

/// Reads lines of records; `first_line` is the number of the first one.
pub fn read(bytes: &[u8], first_line: usize, emit: &mut dyn FnMut(Item)) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let utf16;
    let bytes = if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        utf16 = super::encoding::decode(bytes, None).into_owned();
        utf16.as_bytes()
    } else {
        bytes
    };
    for (i, line) in bytes.split(|b| *b == b'\n').enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        emit(Item { locator: format!("line {}", first_line + i), content: read_line(line) });
    }
}

/// Cuts after the last line end; lines are numbered.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    let end = bytes.iter().rposition(|b| *b == b'\n')? + 1;
    Some(Cut { end, count: bytes[..end].iter().filter(|b| **b == b'\n').count() })
}

fn read_line(line: &[u8]) -> Result<Record, String> {
    // What we wrote ourselves needs no repair: the strict reading is the fast path.
    let value: Value = match serde_json::from_slice(line) {
        Ok(value) => value,
        Err(e) if e.is_eof() => return Err("the line is cut off in the middle of a record".into()),
        // The place that serde names is a line of this line.
        Err(e) => return Err(format!("not valid JSON in column {}", e.column())),
    };
    let Value::Object(object) = value else {
        return Err("not a JSON object".into());
    };
    let record = from_object(object)?;
    if record.title.is_empty() && record.abstract_text.is_none() && record.body.is_none() {
        return Err("a record needs a title, an abstract or a body".into());
    }
    Ok(record)
}

fn from_object(object: Map<String, Value>) -> Result<Record, String> {
    let mut r = Record::default();
    for (key, value) in object {
        if value.is_null() {
            continue;
        }
        match key.as_str() {
            "id" => r.id = text(&key, value)?,
            "title" => r.title = text(&key, value)?,
            "title_source" => {
                r.title_source = match text(&key, value)?.as_str() {
                    "record" => Some(TitleSource::Record),
                    "derived" => Some(TitleSource::Derived),
                    other => return Err(format!("title_source: `{other}` is neither `record` nor `derived`")),
                }
            }
            "alternative_titles" => r.alternative_titles = list(&key, value)?,
            "type" => r.item_type = Some(text(&key, value)?),
            "creators" => r.creators = creators(value)?,
            "year" => r.year = Some(year(value)?),
            "date" => r.date = Some(text(&key, value)?),
            "publisher" => r.publisher = list(&key, value)?,
            "place" => r.place = list(&key, value)?,
            "container" => r.container = Some(container(value, &mut r.notes)?),
            "series" => r.series = list(&key, value)?,
            "edition" => r.edition = Some(text(&key, value)?),
            "extent" => r.extent = Some(text(&key, value)?),
            "rights" => r.rights = Some(text(&key, value)?),
            "access" => r.access = Some(text(&key, value)?),
            "isbn" => {
                for isbn in list(&key, value)? {
                    if !values::add_isbn(&mut r, &isbn) {
                        r.notes.push(format!("isbn: {isbn}"));
                    }
                }
            }
            "isbn10" => {
                for isbn in list(&key, value)? {
                    if !values::add_isbn(&mut r, &isbn) {
                        r.notes.push(format!("isbn10: {isbn}"));
                    }
                }
            }
            "issn" => r.issn = list(&key, value)?,
            "doi" => {
                let given = text(&key, value)?;
                match values::doi(&given) {
                    Some(doi) => r.doi = Some(doi),
                    None => r.notes.push(format!("doi: {given}")),
                }
            }
            "pmid" => r.pmid = Some(text(&key, value)?),
            "pmcid" => r.pmcid = Some(text(&key, value)?),
            "url" => r.url = list(&key, value)?,
            "abstract" => r.abstract_text = Some(text(&key, value)?),
            "truncated" => r.truncated = value.as_bool().ok_or("truncated: not true or false")?,
            "body" => r.body = Some(text(&key, value)?),
            "subjects" => r.subjects = list(&key, value)?,
            "languages" => r.languages = list(&key, value)?,
            "notes" => {
                let mut notes = list(&key, value)?;
                notes.append(&mut r.notes);
                r.notes = notes;
            }
            "sources" => {
                r.sources = serde_json::from_value::<Vec<Source>>(value).map_err(|e| format!("sources: {e}"))?;
            }
            "merged_ids" => r.merged_ids = list(&key, value)?,
            _ => r.notes.push(format!("{key}: {}", plain(&value))),
        }
    }
    for empty in [
        &mut r.item_type,
        &mut r.date,
        &mut r.edition,
        &mut r.extent,
        &mut r.rights,
        &mut r.access,
        &mut r.doi,
        &mut r.pmid,
    ]
    .into_iter()
    .chain([&mut r.pmcid, &mut r.abstract_text, &mut r.body])
    {
        if empty.as_deref().is_some_and(str::is_empty) {
            *empty = None;
        }
    }
    Ok(r)
}

fn text(key: &str, value: Value) -> Result<String, String> {
    match value {
        Value::String(s) => Ok(s),
        Value::Number(n) => Ok(n.to_string()),
        other => Err(format!("{key}: expected text, found {}", kind(&other))),
    }
}

fn list(key: &str, value: Value) -> Result<Vec<String>, String> {
    match value {
        Value::Array(values) => values.into_iter().map(|v| text(key, v)).collect(),
        other => Ok(vec![text(key, other)?]),
    }
}

fn year(value: Value) -> Result<i32, String> {
    let year = match &value {
        Value::Number(n) => n.as_i64().and_then(|y| i32::try_from(y).ok()).filter(|y| (0..=9999).contains(y)),
        Value::String(s) => values::year(s),
        _ => None,
    };
    year.ok_or_else(|| format!("year: `{}` is not a year", plain(&value)))
}

fn creators(value: Value) -> Result<Vec<Creator>, String> {
    let Value::Array(values) = value else {
        return Ok(vec![Creator::new(text("creators", value)?)]);
    };
    values
        .into_iter()
        .map(|v| match v {
            Value::Object(_) => serde_json::from_value(v).map_err(|e| format!("creators: {e}")),
            other => Ok(Creator::new(text("creators", other)?)),
        })
        .collect()
}

fn container(value: Value, notes: &mut Vec<String>) -> Result<Container, String> {
    let Value::Object(object) = value else {
        return Ok(Container { title: text("container", value)?, ..Container::default() });
    };
    let mut c = Container::default();
    for (key, value) in object {
        if value.is_null() {
            continue;
        }
        let name = format!("container.{key}");
        match key.as_str() {
            "title" => c.title = text(&name, value)?,
            "volume" => c.volume = Some(text(&name, value)?),
            "issue" => c.issue = Some(text(&name, value)?),
            "pages" => c.pages = Some(text(&name, value)?),
            "issn" => c.issn = Some(text(&name, value)?),
            _ => notes.push(format!("{name}: {}", plain(&value))),
        }
    }
    Ok(c)
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join("; "),
        other => other.to_string(),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
