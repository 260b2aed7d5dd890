//! Lists of printed catalogue entries: the International Standard Bibliographic Description, as national bibliographies (the
//! British one among them), accessions lists and reading lists print it, an entry a paragraph.
//!
//! ```text
//! 362.1'0941
//! Mays, Nicholas
//! Total purchasing : a step towards primary care groups / Nicholas Mays, Jo-Ann Mulligan. - London : King's Fund, 1998. -
//! iv,70p ; 30cm. - (Papers ; 3). - ISBN 1-85717-232-9 : £9.95
//! ```
//!
//! Areas are told by the dashes between them and by what they look like, not by their place. Entries without a statement of
//! publication are *not* read: nothing would tell them from prose with dashes.

use std::ops::Range;

use super::marc::names::without_dates;
use super::marc::punctuation as tidy;
use super::{Cut, Item, encoding, exchange, values};
use crate::record::{Record, TitleSource};

/// The dashes between two areas.
const DASHES: [&str; 6] = [". — ", ". – ", ". - ", " .- ", ".— ", " — "];

/// Whether the text is a list of such entries: most of its first paragraphs are.
pub fn recognises(head: &str) -> bool {
    let (mut entries, mut others) = (0, 0);
    for range in blocks(head.as_bytes()).take(40) {
        let text = head.get(range).unwrap_or_default();
        match description(text) {
            Some(_) => entries += 1,
            // Headings and class marks stand between.
            None if text.trim().len() > 80 => others += 1,
            None => {}
        }
    }
    entries > 0 && entries >= others
}

/// Reads whole entries; `first` is the number of the first one.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    let text = encoding::decode(bytes, None);
    let mut number = first;
    for range in blocks(text.as_bytes()) {
        let block = text.get(range).unwrap_or_default();
        let content = match description(block) {
            Some(entry) => Ok(record(&entry)),
            None if is_heading(block) => continue,
            None => Err("a paragraph that is no catalogue entry with a statement of publication".into()),
        };
        emit(Item { locator: format!("record {number}"), content });
        number += 1;
    }
}

/// Cuts after the last paragraph that an empty line ends.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    let mut ranges: Vec<Range<usize>> = blocks(bytes).collect();
    // The last one may go on.
    ranges.pop()?;
    let end = ranges.last()?.end;
    let text = String::from_utf8_lossy(bytes.get(..end)?);
    let counted = |range| text.get(range).is_some_and(|block: &str| description(block).is_some() || !is_heading(block));
    let count = blocks(text.as_bytes()).filter(|range| counted(range.clone())).count();
    (count > 0).then_some(Cut { end, count })
}

/// Short paragraphs without an entry: class marks, section titles, numbers.
fn is_heading(block: &str) -> bool {
    block.trim().chars().count() <= 80
}

/// The paragraphs: lines up to an empty one.
fn blocks(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let mut range: Option<Range<usize>> = None;
        while at < bytes.len() {
            let rest = bytes.get(at..)?;
            let length = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |n| n + 1);
            let is_blank = rest.get(..length)?.iter().all(u8::is_ascii_whitespace);
            let start = at;
            at += length;
            match (&mut range, is_blank) {
                (Some(_), true) => break,
                (Some(range), false) => range.end = at,
                (None, true) => {}
                (None, false) => range = Some(start..at),
            }
        }
        range
    })
}

/// An entry in its parts.
struct Entry<'a> {
    /// The lines above the description: a class mark, a name it is filed under.
    above: Vec<&'a str>,
    /// The areas of the description.
    areas: Vec<String>,
    /// Which of them is the statement of publication.
    publication: usize,
}

fn description(block: &str) -> Option<Entry<'_>> {
    // An entry has some lines; a book pasted without empty ones is none.
    if block.len() > 6000 {
        return None;
    }
    let lines: Vec<&str> = block.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    (0..lines.len().min(4)).find_map(|from| {
        let above = lines.get(..from)?;
        if above.iter().any(|line| line.chars().count() > 80 || DASHES.iter().any(|dash| line.contains(dash))) {
            return None;
        }
        // What stands above is a name or a mark; a title that runs over two lines is neither.
        if !above.iter().all(|line| is_name(line) || is_mark(line)) {
            return None;
        }
        let areas = areas(&lines.get(from..)?.join(" "));
        let publication = areas.iter().skip(1).position(|area| published(area).is_some())? + 1;
        let whole = areas.first()?.contains(" / ") || areas.iter().skip(1).any(|area| is_extent(area));
        let first = lines.get(from)?;
        let starts = !is_mark(first) && !is_name(first);
        (whole && starts).then(|| Entry { above: above.to_vec(), areas, publication })
    })
}

fn areas(text: &str) -> Vec<String> {
    let mut text = text.to_owned();
    for dash in DASHES {
        text = text.replace(dash, "\u{1}");
    }
    text.split('\u{1}').map(|area| area.trim().to_owned()).filter(|area| !area.is_empty()).collect()
}

/// `Mays, Nicholas, 1955-`
fn is_name(line: &str) -> bool {
    line.contains(", ")
        && line.chars().count() <= 60
        && line.starts_with(char::is_uppercase)
        && !line.contains([':', '/', ';'])
        && line.split(' ').count() <= 6
        && line.split(' ').all(|word| word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || c == '('))
}

/// A class mark or the number in the bibliography: `362.1'0941`, `B98-12345`.
fn is_mark(line: &str) -> bool {
    let digits = line.chars().filter(char::is_ascii_digit).count();
    digits >= 3 && line.chars().count() <= 40 && 2 * digits >= line.chars().filter(|c| c.is_alphanumeric()).count()
}

/// Place, publisher and date of `London : King's Fund, 1998`.
fn published(area: &str) -> Option<(&str, &str, &str)> {
    let (place, rest) = area.split_once(" : ")?;
    let (publisher, date) = rest.rsplit_once(", ")?;
    let is_date = values::year(date).is_some() && date.chars().count() <= 30;
    let is_place = place.split(' ').count() <= 8 && !place.contains(" / ");
    (is_date && is_place && !publisher.contains(" / ")).then_some((place, publisher, date))
}

/// `iv,70p ; 30cm`, `2 v. (xii, 300 pages)`
fn is_extent(area: &str) -> bool {
    let extent = area.split([';', ':']).next().unwrap_or(area).trim().to_lowercase();
    let counts = extent.contains(|c: char| c.is_ascii_digit()) && extent.chars().count() <= 60;
    let extent = extent.trim_end_matches(['.', ')', ']']);
    counts
        && (extent.ends_with(['p', 'v'])
            || ["pages", "leaves", "vol", "vols", " s", "sheets"].iter().any(|u| extent.ends_with(u)))
}

fn record(entry: &Entry<'_>) -> Record {
    let mut r = Record::default();
    let mut mark = String::new();
    for line in &entry.above {
        if is_mark(line) {
            values::push_new(&mut r.notes, format!("Classification: {line}"));
        } else {
            exchange::add_creator(&mut r, without_dates(&tidy::value(line)), None);
        }
    }
    for (i, area) in entry.areas.iter().enumerate() {
        let last = i + 1 == entry.areas.len();
        // The number in the bibliography stands on a line of its own, behind everything.
        let area = match area.rsplit_once(' ').filter(|(_, word)| last && word.len() >= 6 && is_mark(word)) {
            Some((area, word)) => {
                mark = word.trim_matches(['(', ')']).to_owned();
                area
            }
            None => area,
        };
        match i {
            0 => title(&mut r, area),
            _ if i == entry.publication => publication(&mut r, area),
            _ => other(&mut r, area, i < entry.publication),
        }
    }
    if !mark.is_empty() {
        r.notes.push(format!("National bibliography number: {mark}"));
    }
    r.item_type = Some("book".to_owned());
    r
}

fn title(r: &mut Record, area: &str) {
    let (title, statement) = area.split_once(" / ").unwrap_or((area, ""));
    let (title, parallel) = title.split_once(" = ").unwrap_or((title, ""));
    r.title = tidy::title(title);
    r.title_source = Some(TitleSource::Record);
    values::push_new(&mut r.alternative_titles, tidy::title(parallel));
    let statement = tidy::value(statement);
    if !statement.is_empty() {
        values::push_new(&mut r.notes, format!("Statement of responsibility: {statement}"));
    }
    let headed = r.creators.first().map(|c| c.name.clone());
    // The name that the entry is filed under may be fuller than on the title page.
    let is_headed = |name: &str| {
        let family = |name: &str| name.split(',').next().unwrap_or("").to_lowercase();
        headed.as_ref().is_some_and(|headed| family(headed) == family(name))
    };
    // "Nicholas Mays, Jo-Ann Mulligan ; edited by Jane Smith"
    for (i, part) in statement.split(" ; ").enumerate() {
        let (role, names) = match ["edited by ", "[edited by] ", "editors ", "editor ", "ed. by "]
            .iter()
            .find_map(|start| part.strip_prefix(start))
        {
            Some(names) => (Some("edt"), names),
            None if i == 0 => (None, part.trim_start_matches("by ").trim_start_matches("[by] ")),
            None => continue,
        };
        for name in names.split(", ").flat_map(|name| name.split(" and ")) {
            let name = tidy::value(name);
            let name = name.split(" [et al").next().unwrap_or("").trim_end_matches(['.', ' ']).to_owned();
            let is_person = (2..=4).contains(&name.split(' ').count()) && !name.contains(|c: char| c.is_ascii_digit());
            if is_person && name.split(' ').all(|word| word.starts_with(char::is_uppercase) || word.len() <= 3) {
                let name = values::person(&name);
                if !is_headed(&name) {
                    exchange::add_creator(r, name, role);
                }
            }
        }
    }
}

fn publication(r: &mut Record, area: &str) {
    // "Oxford : Clarendon ; London : Institute, 1998": each place with its publisher.
    let Some((_, _, date)) = published(area) else { return };
    let before = area.get(..area.len() - date.len()).unwrap_or_default();
    for part in before.split(" ; ") {
        let (place, publisher) = part.split_once(" : ").unwrap_or((part, ""));
        values::push_new(&mut r.place, tidy::supplied(place));
        values::push_new(&mut r.publisher, tidy::supplied(publisher));
    }
    values::set_date(r, &tidy::value(date));
}

fn other(r: &mut Record, area: &str, before_publication: bool) {
    if let Some(series) = area.strip_prefix('(').and_then(|a| a.trim_end_matches('.').strip_suffix(')')) {
        return values::push_new(&mut r.series, values::title(series));
    }
    let area = tidy::value(area);
    if let Some(number) = area.strip_prefix("ISBN") {
        let number = number.trim_start_matches([':', ' ']);
        let end = number.find(|c: char| !(c.is_ascii_digit() || "Xx- ".contains(c))).unwrap_or(number.len());
        let (isbn, rest) = number.split_at(end);
        let qualifier = tidy::unwrapped(rest.trim_matches([' ', ':']));
        match values::add_isbn(r, isbn) {
            true if qualifier.is_empty() => {}
            true => values::push_new(&mut r.notes, format!("ISBN {}: {qualifier}", isbn.trim())),
            false => values::push_new(&mut r.notes, format!("ISBN (not valid): {number}")),
        }
    } else if before_publication && r.edition.is_none() {
        r.edition = Some(area.split(" / ").next().unwrap_or(&area).to_owned());
    } else if r.extent.is_none() && is_extent(&area) {
        r.extent = Some(area);
    } else {
        values::push_new(&mut r.notes, format!("Note: {area}"));
    }
}
