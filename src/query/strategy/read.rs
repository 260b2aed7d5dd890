//! The text of a file → its lines: what number each has, where wrapped ones go on, how many hits were noted.

use super::Note;
use super::labels::{self, Label, Strength};
use crate::query::Syntax;

/// A line of a strategy before it is parsed.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) number: u32,
    pub(super) label: String,
    pub(super) text: String,
    pub(super) file_line: usize,
    pub(super) hits: Option<u64>,
}

/// A line of the file that has something on it.
struct Physical<'t> {
    text: &'t str,
    file_line: usize,
    /// A blank line stands before it.
    after_blank: bool,
    label: Option<Label<'t>>,
}

/// The lines of a file, and what should be known about how they were read.
pub(super) fn lines(text: &str, syntax: Syntax) -> (Vec<Raw>, Vec<Note>) {
    let mut notes = Vec::new();
    let physical = physical(text);
    let mut raw = match is_numbered(&physical) {
        true => numbered(&physical, &mut notes),
        false => unnumbered(&physical),
    };
    for line in &mut raw {
        finish(line, syntax, &mut notes);
    }
    (raw, notes)
}

fn physical(text: &str) -> Vec<Physical<'_>> {
    let mut out: Vec<Physical<'_>> = Vec::new();
    let mut after_blank = false;
    let mut file_line = 0;
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    while !rest.is_empty() {
        let end = rest.find(['\n', '\r', '\u{2028}', '\u{2029}', '\u{c}', '\u{b}']).unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        let width = if after.starts_with("\r\n") { 2 } else { after.chars().next().map_or(0, char::len_utf8) };
        rest = after.get(width..).unwrap_or("");
        file_line += 1;
        let line = line.trim_matches(is_space);
        // `# a remark`, but `#1 a line`.
        let is_comment = line.strip_prefix('#').is_some_and(|l| !l.starts_with(|c: char| c.is_ascii_digit()));
        if line.is_empty() {
            after_blank = true;
        } else if !is_comment {
            out.push(Physical { text: line, file_line, after_blank, label: labels::label(line) });
            after_blank = false;
        }
    }
    out
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')
}

/// Whether the lines have numbers of their own: enough of them begin with numbers that go up by one.
fn is_numbered(lines: &[Physical<'_>]) -> bool {
    let labels: Vec<&Label<'_>> = lines.iter().filter_map(|l| l.label.as_ref()).collect();
    let Some(first) = labels.first() else { return false };
    let leads = lines.first().is_some_and(|l| l.label.is_some());
    let follow = labels.windows(2).filter(|pair| pair[1].number == pair[0].number.saturating_add(1)).count();
    match follow {
        0 => leads && first.strength == Strength::Strong && (labels.len() == lines.len() || first.number == 1),
        _ => (follow + 1) * 6 >= lines.len() && (leads || first.number <= 1 || first.strength == Strength::Strong),
    }
}

fn numbered(lines: &[Physical<'_>], notes: &mut Vec<Note>) -> Vec<Raw> {
    let mut out: Vec<Raw> = Vec::new();
    // Lines without a number since the last one with it.
    let mut block: Vec<&Physical<'_>> = Vec::new();
    let first = lines.iter().find_map(|l| l.label.as_ref()).map_or(Strength::Weak, |l| l.strength);
    for line in lines {
        let label = line.label.as_ref().filter(|label| is_label(label, out.last(), first));
        let Some(label) = label else {
            block.push(line);
            continue;
        };
        place(&mut block, Some(label.number), &mut out, notes);
        out.push(Raw {
            number: label.number,
            label: label.written.to_owned(),
            text: label.rest.to_owned(),
            file_line: line.file_line,
            hits: None,
        });
    }
    place(&mut block, None, &mut out, notes);
    out
}

/// Whether what looks like a number at the beginning of a line is one, after the line before it.
fn is_label(label: &Label<'_>, last: Option<&Raw>, first: Strength) -> bool {
    let Some(last) = last else { return label.strength == Strength::Strong || label.number <= 1 };
    if label.strength == Strength::Strong {
        return true;
    }
    let next = label.number == last.number.saturating_add(1);
    match first {
        Strength::Strong => next && is_complete(&last.text),
        Strength::Weak => next || is_complete(&last.text) && label.number <= last.number.saturating_add(20),
    }
}

/// Finds the place of lines without a number: they go on the line before them, or are lines whose number is missing.
fn place(block: &mut Vec<&Physical<'_>>, next: Option<u32>, out: &mut Vec<Raw>, notes: &mut Vec<Note>) {
    let Some(first) = block.first() else { return };
    let Some(last) = out.last() else {
        let message = "what stands before the first numbered line is not read".into();
        notes.push(Note { file_line: first.file_line, message });
        block.clear();
        return;
    };
    let missing = next.and_then(|n| n.checked_sub(last.number)).and_then(|gap| gap.checked_sub(1)).unwrap_or(0);
    let are_lines = missing as usize == block.len() && block.iter().all(|l| !labels::begins_with_operator(l.text));
    for line in block.drain(..) {
        let Some(last) = out.last_mut() else { return };
        if are_lines && is_complete(&last.text) {
            let number = last.number + 1;
            let message = format!("this line has no number; it is read as line {number}");
            notes.push(Note { file_line: line.file_line, message });
            let (label, text) = (String::new(), line.text.to_owned());
            out.push(Raw { number, label, text, file_line: line.file_line, hits: None });
        } else if !line.after_blank || !is_complete(&last.text) || labels::begins_with_operator(line.text) {
            join(last, line.text);
        } else {
            let message = "this line has no number and goes on none; it is not read".into();
            notes.push(Note { file_line: line.file_line, message });
        }
    }
}

fn unnumbered(lines: &[Physical<'_>]) -> Vec<Raw> {
    let mut out: Vec<Raw> = Vec::new();
    for line in lines {
        if let Some(last) = out.last_mut()
            && (labels::begins_with_operator(line.text) || goes_on(&last.text, line.text))
        {
            join(last, line.text);
            continue;
        }
        let number = u32::try_from(out.len() + 1).unwrap_or(u32::MAX);
        let (label, text) = (String::new(), line.text.to_owned());
        out.push(Raw { number, label, text, file_line: line.file_line, hits: None });
    }
    out
}

fn join(last: &mut Raw, text: &str) {
    if !last.text.is_empty() {
        last.text.push(' ');
    }
    last.text.push_str(text);
}

/// How many parentheses are open at the end of a text.
fn open(text: &str) -> isize {
    text.bytes().fold(0, |n, b| n + isize::from(b == b'(') - isize::from(b == b')'))
}

/// Whether a line could stand as it is.
fn is_complete(text: &str) -> bool {
    // Only the end is looked at where a line is very long: it is asked again for each that goes on it.
    let tail = text.char_indices().rev().nth(2000).map_or(text, |(i, _)| &text[i..]);
    !text.is_empty() && !labels::ends_with_operator(text) && (tail.len() < text.len() || open(text) <= 0)
}

/// Whether a line goes on the line before it, in a file without numbers.
fn goes_on(before: &str, text: &str) -> bool {
    labels::ends_with_operator(before) || before.len() < 10_000 && open(before) > 0 && open(text) < 0
}

/// Takes what is no part of the query off the ends of a line.
fn finish(line: &mut Raw, syntax: Syntax, notes: &mut Vec<Note>) {
    if let Some(table) = labels::columns(&line.text) {
        if table.others {
            let message = "a column of this line is not read".into();
            notes.push(Note { file_line: line.file_line, message });
        }
        line.hits = Some(table.hits);
        line.text = table.query.to_owned();
    } else if let Some((query, hits)) = labels::hits(&line.text) {
        line.hits = Some(hits);
        line.text.truncate(query.len());
    }
    if syntax == Syntax::PubMed
        && let Some(rest) = line.text.get(..6).filter(|w| w.eq_ignore_ascii_case("search")).and(line.text.get(6..))
        && rest.starts_with([' ', ':'])
    {
        line.text = rest.trim_start_matches([' ', ':']).to_owned();
    }
}
