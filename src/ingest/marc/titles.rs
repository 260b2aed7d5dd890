//! Titles: the title proper with its subtitle and parts, and the other titles of a work.

use super::field::{Field, MarcRecord};
use super::punctuation as tidy;
use crate::ingest::values;
use crate::record::Record;

/// Reads title, other titles and what belongs to them.
pub(super) fn read(marc: &MarcRecord<'_>, r: &mut Record) {
    for field in marc.fields.iter().filter(|f| f.tag == "245") {
        let (title, parallel) = proper(field);
        if r.title.is_empty() {
            r.title = title;
        } else {
            // Homemade records have a field for each subfield.
            values::push_new(&mut r.alternative_titles, title);
        }
        for title in parallel {
            values::push_new(&mut r.alternative_titles, title);
        }
        for (code, label) in [('c', "Statement of responsibility"), ('h', "Medium"), ('f', "Dates of content")] {
            for value in field.all(code) {
                let value = tidy::value(value);
                let value = if code == 'h' { value.trim_matches(['[', ']']).to_owned() } else { value };
                if !value.is_empty() {
                    values::push_new(&mut r.notes, format!("{label}: {value}"));
                }
            }
        }
        for value in field.all('g') {
            values::push_new(&mut r.notes, format!("Bulk dates: {}", tidy::value(value)));
        }
    }
    for field in &marc.fields {
        let title = match field.tag.as_ref() {
            "130" | "240" => of_work(field, "adfgklmnoprst"),
            "210" | "222" => of_work(field, "ab"),
            "242" | "246" | "247" => {
                let of = |codes: &'static str| of_work(field, codes);
                let (main, sub) = (of("anp"), field.all('b').map(tidy::title).collect::<Vec<_>>().join(": "));
                if sub.is_empty() { main } else { format!("{main}: {sub}") }
            }
            "730" if field.indicators[1] == '2' || field.get('i').is_some() => {
                let label = field.get('i').map(tidy::value).unwrap_or_else(|| "Contains".into());
                values::push_new(&mut r.notes, format!("{label}: {}", of_work(field, "adfgklmnoprst")));
                continue;
            }
            "730" | "740" => of_work(field, "adfgklmnoprst"),
            _ => continue,
        };
        if r.title.is_empty() && !title.is_empty() && matches!(field.tag.as_ref(), "130" | "222" | "240") {
            // Better the title it is filed under than none.
            r.title = title;
        } else {
            values::push_new(&mut r.alternative_titles, title);
        }
        for value in field.all('h') {
            values::push_new(&mut r.notes, format!("Medium: {}", tidy::value(value).trim_matches(['[', ']'])));
        }
    }
}

/// The title of a 245, and the parallel titles in it.
pub(super) fn proper(field: &Field<'_>) -> (String, Vec<String>) {
    let mut title = String::new();
    let mut parallel: Vec<String> = Vec::new();
    let mut before = String::new();
    // In a parallel title, what follows belongs to it.
    let mut in_parallel = false;
    for (code, value) in field.of("abnpksf").filter(|(c, _)| *c != 'f') {
        let raw = tidy::line(value);
        let text = tidy::title(&raw);
        if text.is_empty() {
            before = raw;
            continue;
        }
        let is_parallel = before.trim_end().ends_with('=') || raw.starts_with('=');
        in_parallel |= is_parallel;
        if is_parallel {
            parallel.push(text);
        } else {
            let target = match parallel.last_mut().filter(|_| in_parallel) {
                Some(last) => last,
                None => &mut title,
            };
            join(target, code, &before, &text);
        }
        before = raw;
    }
    // "Title : subtitle = Parallel title" in one subfield.
    if parallel.is_empty()
        && let Some((own, other)) = title.split_once(" = ").map(|(a, b)| (a.to_owned(), b.to_owned()))
    {
        title = tidy::title(&own);
        parallel.push(tidy::title(&other));
    }
    (title, parallel)
}

fn join(title: &mut String, code: char, before: &str, text: &str) {
    if title.is_empty() {
        title.push_str(text);
        return;
    }
    let before = before.trim_end();
    let separator = match code {
        'b' if before.ends_with(';') => "; ",
        'b' => ": ",
        'p' if before.ends_with(',') => ", ",
        _ if before.ends_with(',') => ", ",
        _ => ". ",
    };
    if separator == ". " {
        let end = title.trim_end_matches('.').len();
        if !title.ends_with("...") {
            title.truncate(end);
        }
    }
    title.push_str(separator);
    title.push_str(text);
}

/// The title in a heading, from these subfields in the order of the record.
pub(super) fn of_work(field: &Field<'_>, codes: &'static str) -> String {
    let mut out = String::new();
    let mut before = String::new();
    for (code, value) in field.of(codes) {
        let text = tidy::title(value);
        if text.is_empty() {
            continue;
        }
        // Qualifiers in parentheses go with their title.
        match text.starts_with('(') && !out.is_empty() {
            true => {
                out.push(' ');
                out.push_str(&text);
            }
            false => join(&mut out, if code == 'b' { 'p' } else { code }, &before, &text),
        }
        before = tidy::line(value);
    }
    out
}
