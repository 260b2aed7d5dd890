//! The outer syntax: text → entries and abbreviations, whatever stands between them, and where a damaged one ends.
//!
//! Braces are counted as BibTeX counts them, with no regard to backslashes. Values are *not* interpreted.

/// Something that a database holds. `@comment` and `@preamble` hold nothing of a work.
pub(super) enum Block<'t> {
    String(&'t str, Vec<Piece<'t>>),
    Entry(Entry<'t>),
}

/// One entry, its values in TeX notation.
pub(super) struct Entry<'t> {
    pub(super) kind: &'t str,
    pub(super) key: &'t str,
    pub(super) fields: Vec<(&'t str, Vec<Piece<'t>>)>,
    /// What is wrong with it, when something was lost.
    pub(super) damage: Option<String>,
}

/// A part of a value: `"text" # name`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Piece<'t> {
    Text(&'t str),
    Name(&'t str),
}

/// Splits the text into its blocks. Every step goes forward: the time is that of the length.
pub(super) fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find('@').map(|i| at + i) {
        at = start + 1;
        let Some(head) = head_at(text, start) else { continue };
        let kind = head.kind.to_ascii_lowercase();
        // An entry ends before the next one that begins a line, even when its braces say otherwise.
        let mut end = end_of(text, head.body, head.close);
        while end.closed && goes_on(&text[end.at + 1..]) {
            end = end_of(text, end.at + 1, head.close);
        }
        let body = &text[head.body..end.at];
        at = end.at.max(at);
        match kind.as_str() {
            "comment" | "preamble" => {}
            "string" => {
                let mut fields = Vec::new();
                let damage = parse_fields(body, &mut fields);
                match (fields.is_empty(), damage) {
                    (true, Some(damage)) => {
                        out.push(Block::Entry(Entry { kind: head.kind, key: "", fields, damage: Some(damage) }))
                    }
                    _ => out.extend(fields.into_iter().map(|(name, value)| Block::String(name, value))),
                }
            }
            _ => {
                let mut fields = Vec::new();
                let (key, rest) = split_key(body);
                let mut damage = parse_fields(rest, &mut fields);
                if !end.closed && damage.is_none() && fields.is_empty() {
                    damage = Some("it is cut off".to_owned());
                }
                out.push(Block::Entry(Entry { kind: head.kind, key, fields, damage }));
            }
        }
    }
    out
}

struct HeadOfEntry<'t> {
    kind: &'t str,
    body: usize,
    close: u8,
}

/// The head of an entry at an `@`: its kind and where its body begins.
fn head_at(text: &str, start: usize) -> Option<HeadOfEntry<'_>> {
    let rest = &text[start + 1..];
    let name = rest.trim_start_matches([' ', '\t']);
    let kind_len = name.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count();
    let kind = &name[..kind_len];
    if kind.is_empty() || !kind.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let after = name[kind_len..].trim_start();
    let at = text.len() - after.len();
    let before = text[..start].chars().next_back();
    let begins = before.is_none_or(|c| c.is_whitespace() || matches!(c, '}' | ')' | ',' | '\u{feff}'));
    match after.as_bytes().first() {
        Some(b'{') if begins => Some(HeadOfEntry { kind, body: at + 1, close: b'}' }),
        Some(b'(') if begins => Some(HeadOfEntry { kind, body: at + 1, close: b')' }),
        // The opening brace was forgotten.
        Some(b',') if begins_line(text, start) && is_known_kind(kind) => {
            Some(HeadOfEntry { kind, body: at, close: b'}' })
        }
        _ => None,
    }
}

fn begins_line(text: &str, at: usize) -> bool {
    let line = text[..at].bytes().rev().take_while(|b| *b != b'\n' && *b != b'\r').take(80);
    line.into_iter().all(|b| b == b' ' || b == b'\t')
}

/// Whether fields go on after a brace too many.
fn goes_on(rest: &str) -> bool {
    let Some(rest) = rest.trim_start().strip_prefix(',') else { return false };
    let rest = rest.trim_start();
    let name = name_len(rest);
    name > 0 && rest[name..].trim_start().starts_with('=')
}

struct End {
    at: usize,
    closed: bool,
}

/// Where a body ends: before its closing delimiter, or before the next entry.
fn end_of(text: &str, body: usize, close: u8) -> End {
    let bytes = text.as_bytes();
    let mut depth = 0usize;
    let mut quoted = false;
    let mut i = body;
    while let Some(&b) = bytes.get(i) {
        match b {
            b'{' => depth += 1,
            b'}' if depth > 0 => depth -= 1,
            b'}' if close == b'}' => return End { at: i, closed: true },
            b'"' if depth == 0 => quoted = !quoted,
            b')' if close == b')' && depth == 0 && !quoted => return End { at: i, closed: true },
            b'@' if begins_line(text, i) && is_entry_head(text, i) => return End { at: i, closed: false },
            _ => {}
        }
        i += 1;
    }
    End { at: text.len(), closed: false }
}

/// Whether an entry of a known kind with a key begins here: within a value that is too unlikely to lose entries for.
fn is_entry_head(text: &str, at: usize) -> bool {
    let Some(head) = head_at(text, at) else { return false };
    let kind = head.kind.to_ascii_lowercase();
    if matches!(kind.as_str(), "string" | "comment" | "preamble") {
        return true;
    }
    let rest = &text.as_bytes()[head.body..];
    let key = rest.iter().take(200).take_while(|b| !matches!(b, b',' | b'{' | b'}' | b'=' | b'\n')).count();
    (is_known_kind(&kind) || kind.len() > 3) && rest.get(key) == Some(&b',')
}

pub(super) fn is_known_kind(kind: &str) -> bool {
    const KINDS: &[&str] = &[
        "article",
        "book",
        "mvbook",
        "inbook",
        "bookinbook",
        "suppbook",
        "booklet",
        "collection",
        "mvcollection",
        "incollection",
        "suppcollection",
        "conference",
        "dataset",
        "manual",
        "misc",
        "online",
        "electronic",
        "www",
        "patent",
        "periodical",
        "suppperiodical",
        "proceedings",
        "mvproceedings",
        "inproceedings",
        "reference",
        "mvreference",
        "inreference",
        "report",
        "techreport",
        "set",
        "software",
        "thesis",
        "phdthesis",
        "mastersthesis",
        "unpublished",
        "xdata",
        "artwork",
        "audio",
        "bibnote",
        "commentary",
        "image",
        "jurisdiction",
        "legislation",
        "legal",
        "letter",
        "movie",
        "music",
        "performance",
        "review",
        "standard",
        "video",
        "webpage",
        "journal",
        "newspaper",
        "preprint",
        "generic",
        "other",
        "url",
        "talk",
        "presentation",
        "webarticle",
        "ieeetranbstctl",
        "bachelorsthesis",
        "case",
        "statute",
        "hearing",
        "monography",
        "magazine",
    ];
    KINDS.iter().any(|k| k.eq_ignore_ascii_case(kind))
}

/// The key before the first comma; a body that begins with a field has none.
fn split_key(body: &str) -> (&str, &str) {
    match body.find([',', '=', '{', '"']) {
        Some(at) if body.as_bytes()[at] == b',' => (body[..at].trim(), &body[at + 1..]),
        Some(at) if body.as_bytes()[at] == b'=' => {
            // `@book{key title = …`: the comma after the key was forgotten.
            let before = body[..at].trim_end();
            match before.rsplit_once(char::is_whitespace) {
                Some((key, name)) => (key.trim(), &body[before.len() - name.len()..]),
                None => ("", body),
            }
        }
        Some(_) => ("", body),
        None => (body.trim(), ""),
    }
}

/// Reads `name = value` pairs; the first thing that is none is the damage, and the next line that is one goes on.
fn parse_fields<'t>(body: &'t str, fields: &mut Vec<(&'t str, Vec<Piece<'t>>)>) -> Option<String> {
    // Every value that does not end is looked for to the end of the body; so often, the rest is not worth it.
    const MOST_DAMAGE: usize = 20;
    let mut damage = None;
    let mut damaged = 0;
    let mut at = 0;
    loop {
        at = skip_space_and(body, at, b',');
        if at >= body.len() {
            return damage;
        }
        match field_at(body, at) {
            Ok((name, value, end)) => {
                fields.push((name, value));
                at = end;
            }
            Err(what) => {
                damage.get_or_insert(what);
                damaged += 1;
                if damaged > MOST_DAMAGE {
                    return damage;
                }
                at = next_field(body, at);
            }
        }
    }
}

/// Skips white space, comments to the end of the line and one kind of punctuation.
fn skip_space_and(body: &str, mut at: usize, also: u8) -> usize {
    let bytes = body.as_bytes();
    while let Some(&b) = bytes.get(at) {
        if b.is_ascii_whitespace() || b == also {
            at += 1;
        } else if b == b'%' {
            at += bytes[at..].iter().position(|b| *b == b'\n').unwrap_or(bytes.len() - at);
        } else if let Some(c) = body.get(at..).and_then(|rest| rest.chars().next()).filter(|c| c.is_whitespace()) {
            at += c.len_utf8();
        } else {
            break;
        }
    }
    at
}

/// The next line that begins with `name =`, after damage.
fn next_field(body: &str, at: usize) -> usize {
    let mut from = at;
    while let Some(end) = body[from..].find('\n').map(|i| from + i + 1) {
        let line = body[end..].trim_start_matches([' ', '\t', '\r']);
        let start = body.len() - line.len();
        let name = name_len(line);
        if name > 0 && line[name..].trim_start_matches([' ', '\t']).starts_with('=') {
            return start;
        }
        from = end;
    }
    body.len()
}

fn name_len(text: &str) -> usize {
    text.bytes()
        .take(80)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'.' | b'+' | b'/'))
        .count()
}

type Field<'t> = (&'t str, Vec<Piece<'t>>, usize);

fn field_at(body: &str, at: usize) -> Result<Field<'_>, String> {
    let len = name_len(&body[at..]);
    let name = &body[at..at + len];
    let shown = || body[at..].chars().take(40).collect::<String>().trim().to_owned();
    let mut i = skip_space_and(body, at + len, b' ');
    if len == 0 || body.as_bytes().get(i) != Some(&b'=') {
        return Err(format!("no field where one should be: `{}`", shown()));
    }
    i += 1;
    let mut value = Vec::new();
    loop {
        i = skip_space_and(body, i, b' ');
        let (piece, end) = piece_at(body, i).ok_or_else(|| format!("the value of `{name}` does not end"))?;
        value.extend(piece);
        i = skip_space_and(body, end, b' ');
        match body.as_bytes().get(i) {
            Some(b'#') => i += 1,
            None | Some(b',') => return Ok((name, value, i)),
            // A forgotten comma: what follows is the next field.
            Some(_) => {
                let rest = &body[i..];
                let next = name_len(rest);
                if next > 0 && rest[next..].trim_start().starts_with('=') {
                    return Ok((name, value, i));
                }
                // A stray brace or quotation mark after the value.
                if rest.starts_with(['}', ')', '"']) {
                    i += 1;
                    if skip_space_and(body, i, b' ') >= body.len() || body[i..].trim_start().starts_with(',') {
                        return Ok((name, value, i));
                    }
                }
                return Err(format!("what follows the value of `{name}` is not a field"));
            }
        }
    }
}

/// One part of a value and where it ends; `None` when it does not end.
fn piece_at(body: &str, at: usize) -> Option<(Option<Piece<'_>>, usize)> {
    let bytes = body.as_bytes();
    match bytes.get(at) {
        Some(b'{') => {
            let mut depth = 0usize;
            for (i, b) in bytes.iter().enumerate().skip(at) {
                match b {
                    b'{' => depth += 1,
                    b'}' => {
                        depth -= 1;
                        if depth == 0 {
                            return Some((Some(Piece::Text(&body[at + 1..i])), i + 1));
                        }
                    }
                    _ => {}
                }
            }
            None
        }
        Some(b'"') => {
            let mut depth = 0usize;
            for (i, b) in bytes.iter().enumerate().skip(at + 1) {
                match b {
                    b'{' => depth += 1,
                    b'}' => depth = depth.saturating_sub(1),
                    b'"' if depth == 0 => return Some((Some(Piece::Text(&body[at + 1..i])), i + 1)),
                    _ => {}
                }
            }
            None
        }
        None | Some(b',') => Some((None, at)),
        Some(_) => {
            let len = body[at..].bytes().take_while(|b| !b.is_ascii_whitespace() && !b"#,{}\"=%".contains(b)).count();
            let word = &body[at..at + len];
            if len == 0 {
                return None;
            }
            let number = word.bytes().all(|b| b.is_ascii_digit());
            Some((Some(if number { Piece::Text(word) } else { Piece::Name(word) }), at + len))
        }
    }
}

/// The abbreviations that every style defines.
pub(super) fn month(name: &str) -> Option<&'static str> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let name = name.to_ascii_lowercase();
    MONTHS.into_iter().find(|m| {
        let m = m.to_ascii_lowercase();
        name == m || name == m[..3] || (name == "sept" && m.starts_with("sep"))
    })
}
