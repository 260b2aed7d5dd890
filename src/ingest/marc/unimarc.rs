//! UNIMARC: its most used fields. What is not known here becomes a note with its tag.

use super::field::{Field, MarcRecord};
use super::{host, punctuation as tidy};
use crate::ingest::values;
use crate::record::{Container, Creator, Record, TitleSource};

/// Whether a record is UNIMARC: its title stands in 200, and nothing in 245.
pub(super) fn is_unimarc(marc: &MarcRecord<'_>) -> bool {
    !marc.has("245") && marc.fields.iter().any(|f| f.tag == "200" && f.get('a').is_some())
}

/// Maps a record.
pub(super) fn record(marc: &MarcRecord<'_>) -> Record {
    let mut r = Record::default();
    let mut abstracts: Vec<String> = Vec::new();
    for field in &marc.fields {
        let joined = |codes: &'static str| {
            field.of(codes).map(|(_, v)| tidy::value(v)).filter(|v| !v.is_empty()).collect::<Vec<_>>().join(", ")
        };
        match field.tag.as_ref() {
            "010" => {
                for value in field.all('a') {
                    let value = tidy::line(value);
                    if !values::add_isbn(&mut r, &value) {
                        values::push_new(&mut r.notes, format!("ISBN (not valid): {value}"));
                    }
                }
            }
            "011" => {
                for issn in field.all('a').filter_map(values::issn) {
                    values::push_new(&mut r.issn, issn);
                }
            }
            "101" => {
                for language in field.all('a').filter_map(values::language) {
                    values::push_new(&mut r.languages, language);
                }
                for language in field.all('c').filter_map(values::language) {
                    values::push_new(&mut r.notes, format!("Translated from: {language}"));
                }
            }
            "200" => title(field, &mut r),
            "205" => r.edition = Some(joined("ab")).filter(|e| !e.is_empty()),
            "210" | "214" => {
                for place in field.all('a').map(tidy::supplied) {
                    values::push_new(&mut r.place, place);
                }
                for publisher in field.all('c').map(tidy::supplied) {
                    values::push_new(&mut r.publisher, publisher);
                }
                for date in field.all('d') {
                    values::set_date(&mut r, &tidy::value(date));
                }
            }
            "215" => {
                r.extent = r.extent.take().or_else(|| Some(joined("a")).filter(|e| !e.is_empty()));
                let more = joined("cde");
                if !more.is_empty() {
                    values::push_new(&mut r.notes, format!("Physical description: {more}"));
                }
            }
            "225" | "410" if field.get('a').or(field.get('t')).is_some() => {
                let title = tidy::title(field.get('a').or(field.get('t')).unwrap_or(""));
                let known = r.series.iter().any(|s| tidy::key(s).starts_with(&tidy::key(&title)));
                if !known {
                    let volume = joined("v");
                    r.series.push(if volume.is_empty() { title } else { format!("{title}; {volume}") });
                }
            }
            "330" => abstracts.push(tidy::running(field.get('a').unwrap_or(""))),
            "461" | "463" if field.get('t').is_some() => {
                let container = r.container.get_or_insert_with(Container::default);
                container.title = tidy::title(field.get('t').unwrap_or(""));
                container.issn = field.all('x').find_map(values::issn);
                let mut parts = host::Parts::default();
                for value in field.all('v') {
                    host::parts(value, &mut parts);
                }
                container.volume = parts.volume;
                container.issue = parts.issue;
                container.pages = parts.pages;
            }
            "500" | "510" | "512" | "513" | "514" | "515" | "516" | "517" | "518" | "532" | "540" | "541" => {
                let title = tidy::title(field.get('a').unwrap_or(""));
                values::push_new(&mut r.alternative_titles, title);
            }
            "600" | "601" | "602" | "604" | "605" | "606" | "607" | "608" | "610" | "686" => {
                let parts: Vec<String> =
                    field.of("abxyzj").map(|(_, v)| tidy::value(v)).filter(|v| !v.is_empty()).collect();
                let separator = if matches!(field.tag.as_ref(), "600" | "601") { ", " } else { "--" };
                match field.tag.as_ref() {
                    "610" => parts.into_iter().for_each(|p| values::push_new(&mut r.subjects, p)),
                    "686" => {}
                    _ => values::push_new(&mut r.subjects, parts.join(separator)),
                }
            }
            "700" | "701" | "702" | "710" | "711" | "712" | "720" | "730" => creator(field, &mut r),
            "856" => {
                for url in field.all('u') {
                    values::push_new(&mut r.url, tidy::line(url));
                }
            }
            tag => note(tag, field, &mut r),
        }
    }
    abstracts.retain(|a| !a.is_empty());
    if !abstracts.is_empty() {
        r.abstract_text = Some(abstracts.join("\n\n"));
    }
    if r.year.is_none() {
        let coded = marc.fields.iter().find(|f| f.tag == "100").and_then(|f| f.get('a'));
        r.year = coded.and_then(|c| c.get(9..13)).and_then(values::year);
    }
    let is_thesis = marc.has("328");
    r.item_type = match (is_thesis, marc.leader_at(7)) {
        (true, _) => Some("thesis"),
        (_, 's') => Some("periodical"),
        (_, 'a') => {
            Some(if r.container.as_ref().is_some_and(|c| c.issn.is_some()) { "article-journal" } else { "chapter" })
        }
        _ if matches!(marc.leader_at(6), 'a' | 'b' | 'l') => Some("book"),
        _ => None,
    }
    .map(str::to_owned);
    r.title_source = (!r.title.is_empty()).then_some(TitleSource::Record);
    r
}

fn title(field: &Field<'_>, r: &mut Record) {
    let mut title = String::new();
    for (code, value) in field.of("aehid") {
        let text = tidy::title(value);
        match code {
            'd' => values::push_new(&mut r.alternative_titles, text),
            _ if title.is_empty() => title = text,
            'e' => title = format!("{title}: {text}"),
            'a' => title = format!("{title}; {text}"),
            _ => title = format!("{title}. {text}"),
        }
    }
    r.title = title;
    for (_, value) in field.of("fg") {
        values::push_new(&mut r.notes, format!("Statement of responsibility: {}", tidy::value(value)));
    }
}

fn creator(field: &Field<'_>, r: &mut Record) {
    let family = tidy::value(field.get('a').unwrap_or(""));
    let given: Vec<String> = field.of("b").map(|(_, v)| tidy::value(v)).filter(|v| !v.is_empty()).collect();
    let is_body = field.tag.starts_with("71");
    let name = match given.is_empty() {
        true => family,
        false => format!("{family}{}{}", if is_body { ". " } else { ", " }, given.join(". ")),
    };
    // Function codes of UNIMARC are numbers.
    let role = field.get('4').and_then(|code| {
        Some(match code.trim() {
            "070" => "aut",
            "340" => "edt",
            "651" => "pbd",
            "730" => "trl",
            "440" => "ill",
            "080" => "aui",
            "727" => "ths",
            "205" => "ctb",
            "650" => "pbl",
            _ => return None,
        })
    });
    if !name.is_empty() && !r.creators.iter().any(|c| c.name == name) {
        r.creators.push(Creator { name, role: role.map(str::to_owned) });
    }
}

fn note(tag: &str, field: &Field<'_>, r: &mut Record) {
    let label = match tag.bytes().next() {
        Some(b'3') => match tag {
            "320" => "Bibliography".to_owned(),
            "327" => "Contents".to_owned(),
            "328" => "Dissertation".to_owned(),
            _ => "Note".to_owned(),
        },
        Some(b'4') => format!("Related work ({tag})"),
        Some(b'6') => format!("Classification ({tag})"),
        // Codes, control numbers and holdings.
        _ => return,
    };
    // Embedded fields (`$1`) carry the text of links.
    let text: Vec<String> = field
        .subfields
        .iter()
        .filter(|(c, v)| !matches!(c, '0' | '2' | '3' | '5' | '6' | '7' | '9') && !v.starts_with("001"))
        .map(|(_, v)| tidy::value(v))
        .filter(|v| !v.is_empty())
        .collect();
    if !text.is_empty() {
        values::push_new(&mut r.notes, format!("{label}: {}", text.join(" ")));
    }
}
