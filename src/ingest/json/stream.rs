//! A stream of works in JSON of any size: where the list begins, where every work ends, where to go on after damage.
//!
//! The envelope of an answer is skipped; a piece from the middle of a list is read like the whole. Nothing is built here.

use serde::de::IgnoredAny;
use serde_json::error::Category;

/// A member of the list.
pub(super) enum Element<'b> {
    Object(&'b [u8]),
    /// One whose strings held line breaks and other characters that must be escaped, and now are.
    Repaired(Vec<u8>),
    Damaged(String),
}

/// Whether the bytes end because the file does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    Piece,
}

/// Members whose list, or whose object with a list, is what an answer is about.
const ENVELOPE: &[&str] = &[
    "message",
    "items",
    "resultList",
    "result",
    "results",
    "data",
    "hits",
    "response",
    "docs",
    "works",
    "records",
    "references",
];

/// Hands on the works in their order; gives the end of the last one.
pub(super) fn walk<'b>(bytes: &'b [u8], extent: Extent, visit: &mut dyn FnMut(Element<'b>)) -> usize {
    let mut at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut end = at;
    // What may be spent on looking for the next work after damage, so that the time stays that of the length.
    let mut budget = 16 * bytes.len() + 4096;
    loop {
        at += spaces(&bytes[at..]);
        let Some(&b) = bytes.get(at) else { return end };
        match b {
            b',' | b'[' | b']' | b'}' | b':' => at += 1,
            b'{' => {
                if let Some(list) = list_in(bytes, at) {
                    at = list;
                    continue;
                }
                match length(&bytes[at..]) {
                    Ok(len) => {
                        visit(Element::Object(&bytes[at..at + len]));
                        at += len;
                        end = at;
                    }
                    Err(e) if e.is_eof() && extent == Extent::Piece => return end,
                    Err(e) => {
                        let next = next_work(bytes, at, &mut budget);
                        let whole = repaired(&bytes[at..], &e, &mut budget);
                        match (whole.filter(|(len, _)| next.is_none_or(|next| next >= at + len)), next) {
                            (Some((len, object)), _) => {
                                visit(Element::Repaired(object));
                                at += len;
                                end = at;
                            }
                            (None, Some(next)) => {
                                visit(Element::Damaged(damage(&e)));
                                at = next;
                                end = next;
                            }
                            (None, None) if extent == Extent::Piece => return end,
                            (None, None) => {
                                visit(Element::Damaged(match budget {
                                    0 => format!("{}; the rest of the file was given up", damage(&e)),
                                    _ => damage(&e),
                                }));
                                return bytes.len();
                            }
                        }
                    }
                }
            }
            _ => {
                let len = match length(&bytes[at..]) {
                    Ok(len) if bytes[at + len..].get(spaces(&bytes[at + len..])) == Some(&b':') => {
                        // A member of the envelope after the list: its value is none of the works.
                        let value = at + len + spaces(&bytes[at + len..]) + 1;
                        let value = value + spaces(&bytes[value..]);
                        match length(&bytes[value..]) {
                            // A number or word may go on after the end of a piece.
                            Ok(len) if len > 0 && (extent == Extent::Whole || value + len < bytes.len()) => {
                                at = value + len;
                                continue;
                            }
                            _ => None,
                        }
                    }
                    // So may a string turn out to be the name of a member.
                    Ok(len) if extent == Extent::Piece && at + len + spaces(&bytes[at + len..]) >= bytes.len() => None,
                    Ok(len) => Some(len),
                    Err(_) => None,
                };
                match len {
                    Some(len) => {
                        visit(Element::Damaged("not an object".into()));
                        at += len;
                        end = at;
                    }
                    None if extent == Extent::Piece => return end,
                    None => {
                        visit(Element::Damaged("not valid JSON".into()));
                        match next_work(bytes, at, &mut budget) {
                            Some(next) => {
                                at = next;
                                end = at;
                            }
                            None => return bytes.len(),
                        }
                    }
                }
            }
        }
    }
}

/// The length of an object whose strings hold control characters as they are, and the object with these escaped; none of
/// extraordinary length, so that damage costs little.
fn repaired(bytes: &[u8], e: &serde_json::Error, budget: &mut usize) -> Option<(usize, Vec<u8>)> {
    const LONGEST: usize = 1024 * 1024;
    if !e.to_string().starts_with("control character") {
        return None;
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    let mut object = Vec::new();
    for (at, &byte) in bytes.iter().enumerate().take(LONGEST.min(*budget)) {
        match byte {
            0..=0x1f if in_string => {
                object.extend_from_slice(if escaped { b"n" } else { b"\\n" });
                escaped = false;
                continue;
            }
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' if !in_string => depth += 1,
            b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        object.push(byte);
        if depth == 0 {
            *budget = budget.saturating_sub(at);
            return (length(&object).ok()? == object.len()).then_some((at + 1, object));
        }
    }
    *budget = budget.saturating_sub(LONGEST.min(bytes.len()));
    None
}

fn damage(e: &serde_json::Error) -> String {
    match e.classify() {
        Category::Eof => "cut off in the middle of a record".into(),
        _ => format!("not valid JSON: {e}"),
    }
}

fn spaces(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t' | 0x1e)).count()
}

/// The length of the value that the bytes begin with.
fn length(bytes: &[u8]) -> Result<usize, serde_json::Error> {
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => Ok(values.byte_offset()),
        Some(Err(e)) => Err(e),
        None => Ok(0),
    }
}

/// Where the list of an envelope begins, when the object is one: after its bracket.
fn list_in(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    let mut deep = 0;
    let mut skipped = 0;
    loop {
        at += spaces(bytes.get(at..)?);
        match bytes.get(at)? {
            b',' => at += 1,
            b'"' => {
                let key = at;
                at += string_length(&bytes[at..])?;
                let name = std::str::from_utf8(&bytes[key + 1..at - 1]).ok()?;
                at += spaces(bytes.get(at..)?);
                if bytes.get(at) != Some(&b':') {
                    return None;
                }
                at += 1;
                at += spaces(bytes.get(at..)?);
                let known = ENVELOPE.contains(&name);
                match bytes.get(at)? {
                    // `references` of a work are not works; as the first thing of a file they are.
                    b'[' if known && (name != "references" || skipped == 0) => {
                        let first = at + 1 + spaces(&bytes[at + 1..]);
                        return matches!(bytes.get(first)?, b'{' | b']').then_some(at + 1);
                    }
                    b'{' if known && deep < 3 && !holds_work(&bytes[at..]) => {
                        deep += 1;
                        at += 1;
                    }
                    _ => {
                        at += length(&bytes[at..]).ok()?;
                        skipped += 1;
                        // An envelope says little before its list; a work has many members.
                        if skipped > 24 {
                            return None;
                        }
                    }
                }
            }
            _ => return None,
        }
    }
}

/// Whether an object in an envelope is the work itself.
fn holds_work(bytes: &[u8]) -> bool {
    let keys = members(bytes);
    let keys: Vec<(&str, u8)> = keys.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    super::shape(&keys).is_some()
}

fn string_length(bytes: &[u8]) -> Option<usize> {
    let mut i = 1;
    loop {
        match bytes.get(i)? {
            b'"' => return Some(i + 1),
            b'\\' => i += 2,
            _ => i += 1,
        }
    }
}

/// The names of an object's members and the first bytes of their values, as far as the bytes go.
fn members(bytes: &[u8]) -> Vec<(String, u8)> {
    const MOST: usize = 200;
    let mut keys = Vec::new();
    let mut at = 1;
    while keys.len() < MOST {
        at += bytes.get(at..).map_or(0, spaces);
        match bytes.get(at) {
            Some(b',') => at += 1,
            Some(b'"') => {
                let Some(len) = string_length(&bytes[at..]) else { break };
                let name = String::from_utf8_lossy(&bytes[at + 1..at + len - 1]).into_owned();
                at += len;
                at += bytes.get(at..).map_or(0, spaces);
                if bytes.get(at) != Some(&b':') {
                    break;
                }
                at += 1;
                at += bytes.get(at..).map_or(0, spaces);
                let Some(&first) = bytes.get(at) else { break };
                keys.push((name, first));
                match length(&bytes[at..]) {
                    Ok(len) if len > 0 => at += len,
                    _ => break,
                }
            }
            _ => break,
        }
    }
    keys
}

/// The members of the first works in the beginning of a file, each as `(name, first byte of the value)`.
pub(super) fn first_members(bytes: &[u8]) -> Vec<Vec<(&str, u8)>> {
    const WORKS: usize = 20;
    let mut found = Vec::new();
    let mut at = 0;
    while found.len() < WORKS {
        at += spaces(&bytes[at..]);
        match bytes.get(at) {
            Some(b'[' | b',' | b']') => at += 1,
            Some(b'{') => {
                if let Some(list) = list_in(bytes, at) {
                    at = list;
                    continue;
                }
                let mut inner = at;
                found.push(borrowed(bytes, at));
                // The envelope of a single work.
                for _ in 0..3 {
                    let Some(next) = inner_object(bytes, inner) else { break };
                    inner = next;
                    found.push(borrowed(bytes, inner));
                }
                match length(&bytes[at..]) {
                    Ok(len) => at += len,
                    Err(e) if e.is_eof() => break,
                    Err(_) => match next_work(bytes, at, &mut (4 * bytes.len())) {
                        Some(next) => at = next,
                        None => break,
                    },
                }
            }
            _ => break,
        }
    }
    found
}

fn inner_object(bytes: &[u8], at: usize) -> Option<usize> {
    let mut found = None;
    each_member(bytes, at, &mut |name, value| {
        let envelope = matches!(name, "message" | "result" | "data" | "_source");
        if envelope && bytes.get(value) == Some(&b'{') && found.is_none() {
            found = Some(value);
        }
    });
    found
}

fn borrowed(bytes: &[u8], at: usize) -> Vec<(&str, u8)> {
    let mut keys = Vec::new();
    each_member(bytes, at, &mut |name, value| {
        if let Some(first) = bytes.get(value) {
            keys.push((name, *first));
        }
    });
    keys
}

fn each_member<'b>(bytes: &'b [u8], at: usize, visit: &mut dyn FnMut(&'b str, usize)) {
    let mut at = at + 1;
    loop {
        at += bytes.get(at..).map_or(0, spaces);
        match bytes.get(at) {
            Some(b',') => at += 1,
            Some(b'"') => {
                let Some(len) = string_length(&bytes[at..]) else { return };
                let Some(name) = bytes.get(at + 1..at + len - 1).and_then(|n| std::str::from_utf8(n).ok()) else {
                    return;
                };
                at += len;
                at += bytes.get(at..).map_or(0, spaces);
                if bytes.get(at) != Some(&b':') {
                    return;
                }
                at += 1;
                at += bytes.get(at..).map_or(0, spaces);
                visit(name, at);
                match bytes.get(at..).map(length) {
                    Some(Ok(len)) if len > 0 => at += len,
                    _ => return,
                }
            }
            _ => return,
        }
    }
}

/// The next object after a damaged one that has the shape of a work.
fn next_work(bytes: &[u8], damaged: usize, budget: &mut usize) -> Option<usize> {
    let mut at = damaged + 1;
    loop {
        let brace = at + bytes.get(at..)?.iter().position(|b| *b == b'{')?;
        at = brace + 1;
        // Between works there is a comma or a line end, and nothing else.
        let gap = bytes[..brace].iter().rev().take(64).find(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n'));
        let line = bytes[..brace].iter().rev().take(64).find(|b| !matches!(b, b' ' | b'\t')) == Some(&b'\n');
        if gap != Some(&b',') && !line {
            continue;
        }
        let tried = match length(&bytes[brace..]) {
            Ok(len) => {
                if holds_work(&bytes[brace..brace + len]) {
                    return Some(brace);
                }
                len
            }
            Err(e) => offset(&e, &bytes[brace..]),
        };
        *budget = budget.saturating_sub(tried + 64);
        if *budget == 0 {
            return None;
        }
    }
}

/// About how far the parser came.
fn offset(e: &serde_json::Error, bytes: &[u8]) -> usize {
    if e.is_eof() { bytes.len() } else { e.line() * 16 + e.column() }
}
