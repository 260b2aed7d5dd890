//! Several values in one cell: lists as Python prints them, names and words with the separators of each export.

use crate::ingest::marc::names::without_dates;
use crate::ingest::{exchange, values};

/// The elements of a list as pandas writes it (`['a, b', "c"]`); `None` when the cell is no such list.
pub(super) fn python_list(cell: &str) -> Option<Vec<String>> {
    let inner = cell.trim().strip_prefix('[')?.strip_suffix(']')?.trim();
    if inner.is_empty() {
        return Some(Vec::new());
    }
    let mut out = Vec::new();
    let mut rest = inner;
    loop {
        let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let mut value = String::new();
        let mut end = None;
        let mut escaped = false;
        for (i, c) in rest.char_indices().skip(1) {
            match c {
                _ if escaped => {
                    value.push(if c == 'n' { '\n' } else { c });
                    escaped = false;
                }
                '\\' => escaped = true,
                c if c == quote => {
                    end = Some(i + 1);
                    break;
                }
                c => value.push(c),
            }
        }
        out.push(value);
        rest = rest[end?..].trim_start();
        match rest.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None if rest.is_empty() => return Some(out),
            None => return None,
        }
        if rest.is_empty() {
            return Some(out);
        }
    }
}

/// Words of a vocabulary: semicolons, bars or line ends separate, else commas.
pub(super) fn words(cell: &str) -> Vec<String> {
    if let Some(list) = python_list(cell) {
        return list;
    }
    let separated = cell.contains([';', '|', '\n']);
    // "Andrews, John Nevins 1891-1980" is one heading.
    let dated = cell.matches(',').count() == 1
        && cell.trim_end().ends_with(|c: char| c.is_ascii_digit() || c == '-')
        && crate::ingest::values::year(cell).is_some();
    let parts: Vec<&str> = match (separated, dated) {
        (true, _) => cell.split([';', '|', '\n']).collect(),
        (_, true) => vec![cell],
        _ => commas(cell),
    };
    parts.into_iter().map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect()
}

/// Divides at commas outside brackets: `cyst (diagnosis, surgery), adult`.
fn commas(cell: &str) -> Vec<&str> {
    // Where brackets do not pair, they tell nothing.
    let pairs = cell.matches('(').count() == cell.matches(')').count();
    let (mut depth, mut start, mut parts) = (0usize, 0, Vec::new());
    for (at, c) in cell.char_indices() {
        match c {
            '(' if pairs => depth += 1,
            ')' if pairs => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&cell[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&cell[start..]);
    parts
}

/// Names as `Family, Given`.
pub(super) fn names(cell: &str) -> Vec<String> {
    if let Some(list) = python_list(cell) {
        return list.iter().map(|n| name(n)).collect();
    }
    let cell = cell.trim();
    if cell.contains([';', '|', '\n']) {
        return cell.split([';', '|', '\n']).map(name).filter(|n| !n.is_empty()).collect();
    }
    let ands: Vec<&str> = cell.split(" and ").collect();
    if ands.len() > 1 && ands.iter().all(|part| part.matches(',').count() == 1) {
        return ands.into_iter().map(name).collect();
    }
    let text = cell.trim_end_matches(['.', ',']);
    let text =
        if cell.ends_with('.') && text.ends_with(char::is_uppercase) && text.contains('.') { cell } else { text };
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|p| !p.is_empty()).collect();
    match parts.as_slice() {
        [] => Vec::new(),
        // `Smith J, Doe A` and `Liu R., Adler D.G.`; in `Smith, J.A.` the initials stand alone.
        parts if parts.len() > 1 && parts.iter().all(|p| p.contains(' ')) && parts.iter().any(|p| has_initials(p)) => {
            parts.iter().map(|p| name(p)).collect()
        }
        [_] | [_, _] => {
            // One name, or two of the kind `Jane Smith, John Doe`.
            let two = parts.len() == 2 && parts.iter().all(|p| p.contains(' ') && !values::looks_corporate(p));
            if two { parts.iter().map(|p| name(p)).collect() } else { vec![name(text)] }
        }
        parts if parts.iter().all(|p| p.contains(' ')) => parts.iter().map(|p| name(p)).collect(),
        parts if parts.len() % 2 == 0 && parts.iter().skip(1).step_by(2).all(|p| is_given(p)) => {
            parts.chunks(2).map(|pair| pair.join(", ")).collect()
        }
        parts => {
            // `Family, Given, Jr`, or a body with its parts: one name, as it stands.
            vec![parts.join(", ")]
        }
    }
}

fn has_initials(part: &str) -> bool {
    let last = part.rsplit(' ').next().unwrap_or("");
    let letters = last.chars().filter(|c| c.is_alphabetic()).count();
    (1..=4).contains(&letters) && last.chars().all(|c| c.is_uppercase() || matches!(c, '.' | '-'))
}

/// Whether a part looks like a given name: a word or two, or initials.
fn is_given(part: &str) -> bool {
    part.split(' ').count() <= 2 && part.starts_with(char::is_uppercase)
}

/// One name; the number that Scopus adds to it is left out.
fn name(text: &str) -> String {
    let text = exchange::line(text);
    let text = match text.rsplit_once(" (") {
        Some((name, number)) if number.trim_end_matches(')').bytes().all(|b| b.is_ascii_digit()) => name,
        _ => &text,
    };
    // The British Library: "Mays, Nicholas, 1955- [person]".
    match text.strip_suffix(']').and_then(|t| t.rsplit_once(" [")) {
        Some((name, "person")) => without_dates(name),
        Some((name, "organisation" | "organization" | "meeting/conference" | "family")) => name.to_owned(),
        _ => exchange::initials_last(text.trim().trim_end_matches(',')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_names() {
        for (cell, expected) in [
            ("Liu R., Adler D.G.", &["Liu, R.", "Adler, D.G."][..]),
            ("Smith J, van der Berg AB, Roe C.", &["Smith, J", "van der Berg, AB", "Roe, C"]),
            ("['Marx, Karl', \"O'Neill, Astrid\"]", &["Marx, Karl", "O'Neill, Astrid"]),
            ("Smith, John (57200000000); Doe, Ann (7)", &["Smith, John", "Doe, Ann"]),
            ("Smith, J. and Doe, A.", &["Smith, J.", "Doe, A."]),
            ("Smith, John", &["Smith, John"]),
            ("Jane Smith, John Doe", &["Smith, Jane", "Doe, John"]),
            ("Department of Health", &["Department of Health"]),
            ("Smith, Jane, Doe, John", &["Smith, Jane", "Doe, John"]),
        ] {
            assert_eq!(names(cell), expected, "{cell}");
        }
    }
}
