//! MARC as lines: the mnemonic form (`=245  10$aTitle /`), and line dumps of servers and catalogues (`245 10 $a Title /`).
//!
//! A record begins with its leader, or, where leaders are missing, after a blank line with a control field. A line without
//! a tag goes on with the field before.

use std::borrow::Cow;

use super::field::{Field, MarcRecord};
use crate::ingest::Cut;

const DELIMITERS: [char; 5] = ['$', '‡', 'ǂ', '|', '\u{1f}'];

/// Whether decoded text begins like MARC lines: most of the first lines are fields, one is a leader or a control field, and
/// one has subfields.
pub fn recognises(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).take(12).collect();
    let Some(first) = lines.first() else { return false };
    let begins = is_leader(first) || tag(first).is_some_and(|t| t.starts_with("00"));
    let fields = lines.iter().filter(|l| is_leader(l) || tag(l).is_some()).count();
    let with_subfields = lines.iter().filter(|l| tag(l).is_some() && subfield_start(l).is_some()).count();
    begins && fields >= 3 && 4 * fields >= 3 * lines.len() && with_subfields >= 1
}

/// The beginning of the last record, and how many stand before it.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    let mut cut = None;
    let mut count = 0;
    for_each_record(bytes, &mut |start, _| {
        if start > 0 {
            cut = Some(Cut { end: start, count });
        }
        count += 1;
    });
    cut
}

/// Reads decoded text.
pub(super) fn read<'a>(text: &'a str, emit: &mut dyn FnMut(Result<MarcRecord<'a>, String>)) {
    for_each_record(text.as_bytes(), &mut |start, end| emit(read_record(text.get(start..end).unwrap_or(""))));
}

/// The ranges of the records.
fn for_each_record(bytes: &[u8], visit: &mut dyn FnMut(usize, usize)) {
    let mut open: Option<usize> = None;
    let mut after_blank = true;
    let mut at = bytes.strip_prefix(b"\xef\xbb\xbf").map_or(0, |_| 3);
    while let Some(rest) = bytes.get(at..).filter(|r| !r.is_empty()) {
        let length = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |p| p + 1);
        let line = rest.get(..length).unwrap_or_default();
        let head = String::from_utf8_lossy(line.get(..line.len().min(40)).unwrap_or_default());
        if head.trim().is_empty() {
            after_blank = true;
        } else {
            let starts = is_leader(&head) || after_blank && tag(&head).is_some_and(|t| t.starts_with("00"));
            match open {
                None => open = Some(at),
                Some(start) if starts => {
                    visit(start, at);
                    open = Some(at);
                }
                _ => {}
            }
            after_blank = false;
        }
        at += length;
    }
    if let Some(start) = open {
        visit(start, bytes.len());
    }
}

fn is_leader(line: &str) -> bool {
    let line = line.trim_end();
    if ["=LDR ", "LDR ", "=000 ", "000 "].iter().any(|label| line.starts_with(label)) {
        return true;
    }
    let bytes = line.as_bytes();
    (22..=26).contains(&bytes.len())
        && bytes.iter().take(5).all(|b| b.is_ascii_digit() || *b == b' ')
        && bytes.get(10..12) == Some(b"22")
        && bytes.iter().skip(12).take(5).all(|b| b.is_ascii_digit() || *b == b' ')
}

/// The tag of a field's line.
fn tag(line: &str) -> Option<&str> {
    let (line, gap) = match line.strip_prefix('=') {
        Some(line) => (line, "  "),
        None => (line, " "),
    };
    let tag = line.get(..3)?;
    let is_tag = tag.bytes().filter(u8::is_ascii_digit).count() >= 1
        && tag.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    (is_tag && line.get(3..).is_some_and(|rest| rest.starts_with(gap) || rest.starts_with('\t'))).then_some(tag)
}

/// Where the subfields of a line begin: a delimiter and a code, not far behind the tag.
fn subfield_start(line: &str) -> Option<(usize, char)> {
    // An indicator may look like one: UNIMARC has bars there.
    line.char_indices().take(14).filter(|(_, c)| DELIMITERS.contains(c)).find(|(at, delimiter)| {
        let code = line.get(at + delimiter.len_utf8()..).and_then(|rest| rest.chars().next());
        code.is_some_and(|code| code.is_ascii_alphanumeric())
    })
}

fn read_record(text: &str) -> Result<MarcRecord<'_>, String> {
    let mut out = MarcRecord::default();
    // Lines that belong together.
    let mut fields: Vec<Cow<'_, str>> = Vec::new();
    for line in text.lines() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.trim().is_empty() {
            continue;
        }
        if is_leader(line) {
            let leader = line.trim_start_matches('=').trim_start_matches("LDR").trim_start();
            out.leader =
                Cow::Owned(leader.strip_prefix("000 ").unwrap_or(leader).trim_start().replace(['\\', '#'], " "));
        } else if tag(line).is_some() || fields.is_empty() {
            fields.push(Cow::Borrowed(line));
        } else if let Some(last) = fields.last_mut() {
            let last = last.to_mut();
            last.push(' ');
            last.push_str(line.trim());
        }
    }
    let mut strange = 0;
    for line in fields {
        match tag(&line) {
            Some(tag) => out.fields.push(field(tag, &line)),
            None => strange += 1,
        }
    }
    if out.fields.is_empty() {
        return Err("lines without a MARC field".into());
    }
    if strange > 0 {
        out.damage.push("the record begins with a line that has no tag".into());
    }
    Ok(out)
}

fn field<'a>(tag: &str, line: &str) -> Field<'a> {
    let mut field = Field::new(tag.to_owned());
    let is_mnemonic = line.starts_with('=');
    let body = line.get(usize::from(is_mnemonic) + 3..).unwrap_or("");
    let body = if is_mnemonic { body.strip_prefix("  ").unwrap_or(body) } else { body.get(1..).unwrap_or("") };
    let blank = |c: char| if matches!(c, '\\' | '#' | '_' | '^') { ' ' } else { c };
    match subfield_start(body).filter(|_| !tag.starts_with("00")) {
        None => {
            let value = if is_mnemonic || body.contains('\\') { body.replace('\\', " ") } else { body.to_owned() };
            field.value = Cow::Owned(mnemonics(if tag.starts_with("00") { &value } else { value.trim() }));
        }
        Some((at, delimiter)) => {
            let mut indicators = body.get(..at).unwrap_or("").chars().map(blank);
            field.indicators = [indicators.next().unwrap_or(' '), indicators.next().unwrap_or(' ')];
            split(body.get(at..).unwrap_or(""), delimiter, &mut field.subfields);
        }
    }
    field
}

/// Splits subfields. Where dumps put a space behind the code, a delimiter without one is part of the text (a price).
fn split<'a>(body: &str, delimiter: char, out: &mut Vec<(char, Cow<'a, str>)>) {
    let is_spaced = body.chars().nth(2) == Some(' ');
    let is_code = |rest: &str| {
        let mut chars = rest.chars();
        let code = chars.next().is_some_and(|c| c.is_ascii_alphanumeric() || c.is_ascii_punctuation() && is_spaced);
        code && (!is_spaced || chars.next().is_none_or(|c| c == ' '))
    };
    let mut start = 0;
    let mut push = |part: &str| {
        let mut chars = part.chars();
        chars.next();
        if let Some(code) = chars.next() {
            out.push((code, Cow::Owned(mnemonics(chars.as_str().trim()))));
        }
    };
    for (at, _) in body.match_indices(delimiter).filter(|(at, _)| *at > 0) {
        let before = body.get(..at).unwrap_or("");
        if is_code(body.get(at + delimiter.len_utf8()..).unwrap_or("")) && (!is_spaced || before.ends_with(' ')) {
            push(body.get(start..at).unwrap_or(""));
            start = at;
        }
    }
    push(body.get(start..).unwrap_or(""));
}

/// Replaces names of characters (`{dollar}`, `{acute}e`); diacritics stand before their letter.
fn mnemonics(text: &str) -> String {
    if !text.contains('{') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut marks = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let name = rest.strip_prefix('{').and_then(|r| r.split_once('}')).map(|(name, after)| (named(name), after));
        match name {
            Some((Some((c, true)), after)) => {
                marks.push(c);
                rest = after;
            }
            Some((Some((c, false)), after)) => {
                out.push(c);
                rest = after;
            }
            _ => {
                out.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or("");
                out.push_str(&marks);
                marks.clear();
            }
        }
    }
    out
}

/// The character of a name, and whether it is a diacritic.
fn named(name: &str) -> Option<(char, bool)> {
    let mark = match name {
        "grave" => '\u{300}',
        "acute" => '\u{301}',
        "circ" => '\u{302}',
        "tilde" => '\u{303}',
        "macr" => '\u{304}',
        "breve" => '\u{306}',
        "dot" => '\u{307}',
        "uml" => '\u{308}',
        "hooka" => '\u{309}',
        "ring" => '\u{30a}',
        "dblac" => '\u{30b}',
        "caron" => '\u{30c}',
        "dotb" => '\u{323}',
        "dbldotb" => '\u{324}',
        "ringb" => '\u{325}',
        "commab" => '\u{326}',
        "cedil" => '\u{327}',
        "ogon" => '\u{328}',
        "breveb" => '\u{32e}',
        "under" => '\u{332}',
        "dblunder" => '\u{333}',
        "llig" => '\u{fe20}',
        "rlig" => '\u{fe21}',
        _ => '\0',
    };
    if mark != '\0' {
        return Some((mark, true));
    }
    let letter = match name {
        "dollar" => '$',
        "lcub" => '{',
        "rcub" => '}',
        "bsol" => '\\',
        "lsqb" => '[',
        "rsqb" => ']',
        "verbar" => '|',
        "pound" => '£',
        "euro" | "eurosign" => '€',
        "deg" => '°',
        "copy" => '©',
        "reg" => '®',
        "phono" => '℗',
        "plusmn" => '±',
        "iexcl" => '¡',
        "iquest" => '¿',
        "sharp" => '♯',
        "flat" => '♭',
        "middot" => '·',
        "mlPrime" => 'ʹ',
        "mllhring" => 'ʻ',
        "mlrhring" => 'ʼ',
        "Lstrok" => 'Ł',
        "lstrok" => 'ł',
        "Ostrok" => 'Ø',
        "ostrok" => 'ø',
        "Dstrok" => 'Đ',
        "dstrok" => 'đ',
        "AElig" => 'Æ',
        "aelig" => 'æ',
        "OElig" => 'Œ',
        "oelig" => 'œ',
        "THORN" => 'Þ',
        "thorn" => 'þ',
        "eth" => 'ð',
        "inodot" => 'ı',
        "szlig" | "esszett" => 'ß',
        _ => return None,
    };
    Some((letter, false))
}
