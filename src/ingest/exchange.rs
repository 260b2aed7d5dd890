//! What the readers of exchange formats (BibTeX, JSON of several services, tables) do alike with a value: titles, names with
//! initials, standard numbers, notes.
//!
//! Pure functions. They do *not* know any format; a single identifier or date is the business of [`super::values`].

use super::{markup, values};
use crate::record::{Container, Creator, Record, TitleSource};

/// Keeps a value that has no field of its own, once, as `Label: value`.
pub(crate) fn note(record: &mut Record, label: &str, value: &str) {
    let value = line(value);
    if !value.is_empty() {
        values::push_new(&mut record.notes, format!("{label}: {value}"));
    }
}

/// The journal or book of a record, made when there is none yet.
pub(crate) fn container(record: &mut Record) -> &mut Container {
    record.container.get_or_insert_default()
}

/// A label for a member or column that commlit does not know: `number-of-volumes` → `Number of volumes`.
pub(crate) fn label(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    let mut lower = false;
    for c in key.trim().chars() {
        if matches!(c, '-' | '_' | ' ') {
            out.push(' ');
            lower = false;
        } else if lower && c.is_uppercase() {
            out.push(' ');
            out.extend(c.to_lowercase());
            lower = false;
        } else {
            lower = c.is_lowercase();
            out.push(c);
        }
    }
    let out = values::line(&out);
    let mut chars = out.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// One line of plain text from a value that may hold markup and entities.
pub(crate) fn line(text: &str) -> String {
    values::line(&markup::plain(text, ""))
}

pub(crate) use super::prose::prose;

/// A page range of a value that may hold markup, see [`values::pages`].
pub(crate) fn pages(text: &str) -> String {
    values::pages::pages(&line(text))
}

/// A title: markup, cataloguing punctuation, the closing full stop and the brackets of a translation removed. The full stop
/// of an abbreviation and an ellipsis stay.
pub(crate) fn title(text: &str) -> String {
    let mut text = values::title(&line(text));
    without_stop(&mut text);
    if let Some(inner) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'))
        && !inner.contains(['[', ']'])
    {
        text = inner.trim().to_owned();
        without_stop(&mut text);
    }
    text
}

fn without_stop(text: &mut String) {
    const ABBREVIATIONS: &[&str] = &[
        "etc", "al", "inc", "ltd", "co", "corp", "jr", "sr", "no", "vol", "ed", "eds", "pt", "st", "vs", "dept",
        "univ", "et", "rev", "suppl", "fig", "op", "cit", "ibid", "approx", "esq", "bros",
    ];
    let Some(rest) = text.strip_suffix('.') else { return };
    let last = rest.rsplit([' ', '(']).next().unwrap_or("");
    let keep = rest.is_empty()
        || rest.ends_with('.')
        || last.contains('.')
        || ABBREVIATIONS.contains(&last.to_lowercase().as_str());
    if !keep {
        text.truncate(rest.len());
    }
}

/// Sets the title of a record from a title and a subtitle as the source states them.
pub(crate) fn set_title(record: &mut Record, text: &str, subtitle: &str) {
    let (title, subtitle) = (title(text), title(subtitle));
    let main = title.trim_end_matches([':', ' ']);
    let whole = match (main.is_empty(), subtitle.is_empty()) {
        (_, true) => title,
        (true, false) => subtitle,
        (false, false) if main.to_lowercase().ends_with(&subtitle.to_lowercase()) => main.to_owned(),
        (false, false) if main.ends_with(['?', '!']) => format!("{main} {subtitle}"),
        (false, false) => format!("{main}: {subtitle}"),
    };
    if whole.is_empty() {
        return;
    }
    if record.title.is_empty() {
        record.title = whole;
        record.title_source = Some(TitleSource::Record);
    } else if record.title != whole {
        values::push_new(&mut record.alternative_titles, whole);
    }
}

/// Adds every ISSN of a text; what holds none is kept as a note.
pub(crate) fn add_issns(record: &mut Record, text: &str) {
    let mut found = false;
    for part in text.split([',', ';', '|', '/', ' ', '(', ')', '\n']) {
        // Eight digits without the hyphen are taken only when nothing else is there to mistake them for.
        if part.len() >= 8
            && let Some(issn) = values::issn(part)
        {
            values::push_new(&mut record.issn, issn);
            found = true;
        }
    }
    if !found {
        // Spreadsheets take the leading zeros of a number.
        let digits = text.trim();
        let restored = format!("{digits:0>8}");
        match values::issn(&restored).filter(|_| (5..8).contains(&digits.len()) && digits.is_ascii()) {
            Some(issn) => values::push_new(&mut record.issn, issn),
            // Reference managers have one field for both.
            None if values::add_isbn(record, text) => {}
            None => note(record, "ISSN", text),
        }
    }
}

/// Adds every ISBN of a text; ISSNs that stand in its place (as reference managers have it) are taken as such, what is
/// neither is kept as a note.
pub(crate) fn add_isbns(record: &mut Record, text: &str) {
    if text.trim().is_empty() || values::add_isbn(record, text) {
        return;
    }
    let mut found = false;
    for part in text.split([',', ';', '|', '/', '\n']) {
        if values::add_isbn(record, part) {
            found = true;
            continue;
        }
        for word in part.split_whitespace() {
            let word = word.trim_matches(['(', ')', '[', ']', '.', ':']);
            if values::add_isbn(record, word) {
                found = true;
            } else if let Some(issn) = values::issn(word) {
                values::push_new(&mut record.issn, issn);
                found = true;
            }
        }
    }
    if !found {
        note(record, "ISBN", text);
    }
}

/// A name whose initials come last without a comma, as PubMed, Embase and Europe PMC print it: `van der Berg JA` →
/// `van der Berg, JA`. Names of bodies and names that are written otherwise are read as [`values::person`] reads them.
pub(crate) fn initials_last(text: &str) -> String {
    let text = line(text);
    let text = text.trim_end_matches([',', ';', ' ']);
    if text.ends_with([')', ']'])
        && let Some((name, _)) = super::responsibility::role_behind(text)
    {
        return format!("{}{}", initials_last(name), &text[name.len()..]);
    }
    if let Some((family, last)) = text.rsplit_once(' ')
        && !text.contains(',')
    {
        let (family, last, suffix) = match (last.trim_end_matches('.'), family.rsplit_once(' ')) {
            ("Jr" | "Sr" | "2nd" | "3rd" | "II" | "III", Some((family, initials))) => (family, initials, last),
            _ => (family, last, ""),
        };
        let letters: Vec<char> = last.chars().filter(|c| !matches!(c, '.' | '-')).collect();
        let initials = last.contains('.') || letters.len() <= 3;
        if initials && !letters.is_empty() && letters.len() <= 5 && letters.iter().all(|c| c.is_uppercase()) {
            let comma = if suffix.is_empty() { "" } else { ", " };
            return format!("{}, {last}{comma}{suffix}", family.trim());
        }
    }
    values::person(text)
}

/// Adds a creator, once in the same role.
pub(crate) fn add_creator(record: &mut Record, name: String, role: Option<&str>) {
    let name = name.trim().trim_end_matches([',', ';']).to_owned();
    let creator = Creator { name, role: role.map(str::to_owned) };
    if !creator.name.is_empty() && !record.creators.contains(&creator) {
        record.creators.push(creator);
    }
}

/// A personal name from its parts, or the name of a body when there is but one.
pub(crate) fn name(family: &str, given: &str, suffix: &str) -> String {
    let (family, given, suffix) = (line(family), line(given), line(suffix));
    let mut out = family;
    for part in [given, suffix] {
        if !part.is_empty() {
            if !out.is_empty() {
                out.push_str(", ");
            }
            out.push_str(&part);
        }
    }
    out
}

/// Sets an abstract, or keeps a second one as a note.
pub(crate) fn add_abstract(record: &mut Record, text: &str) {
    let text = prose(text);
    let absent =
        ["[no abstract available]", "no abstract available", "no abstract available.", "abstract not available"];
    if text.is_empty() || absent.contains(&text.to_lowercase().as_str()) {
        return;
    }
    match &record.abstract_text {
        None => {
            record.truncated = text.ends_with('…') || text.ends_with("[...]");
            record.abstract_text = Some(text);
        }
        Some(present) if *present == text => {}
        Some(_) => note(record, "Abstract", &text),
    }
}

/// Adds a language by code or name; an unknown one is kept as a note.
pub(crate) fn add_language(record: &mut Record, text: &str) {
    for part in text.split([';', ',', '|']) {
        match values::language(part) {
            Some(code) => values::push_new(&mut record.languages, code),
            None => note(record, "Language", part),
        }
    }
}

/// Adds an address; a DOI's own address is the DOI.
pub(crate) fn add_url(record: &mut Record, text: &str) {
    let text = values::line(text);
    let is_doi = text.contains("://doi.org/") || text.contains("://dx.doi.org/") || text.contains("://www.doi.org/");
    if is_doi && let Some(doi) = values::doi(&text) {
        if record.doi.is_none() {
            record.doi = Some(doi);
            return;
        }
        if record.doi.as_ref() == Some(&doi) {
            return;
        }
    }
    // Link resolvers of libraries carry it as a parameter.
    if record.doi.is_none()
        && let Some((_, rest)) = text.split_once("id=doi:")
    {
        record.doi = rest.split('&').next().and_then(values::doi);
    }
    values::push_new(&mut record.url, text);
}

/// Sets the DOI; a second or unreadable one is kept as a note.
pub(crate) fn add_doi(record: &mut Record, text: &str) {
    match values::doi(text) {
        Some(doi) if record.doi.is_none() => record.doi = Some(doi),
        Some(doi) if record.doi.as_ref() == Some(&doi) => {}
        _ => note(record, "DOI", text),
    }
}

/// Sets the PubMed identifier, also from its address or a number that a spreadsheet has made a decimal.
pub(crate) fn add_pmid(record: &mut Record, text: &str) {
    let bare = text.trim().trim_end_matches('/').trim_end_matches(".0");
    match values::pmid(bare.rsplit('/').next().unwrap_or(bare)) {
        Some(pmid) if record.pmid.is_none() || record.pmid.as_ref() == Some(&pmid) => record.pmid = Some(pmid),
        _ => note(record, "PMID", text),
    }
}

/// Sets the PubMed Central identifier, also from its address.
pub(crate) fn add_pmcid(record: &mut Record, text: &str) {
    let bare = text.trim().trim_end_matches('/');
    match values::pmcid(bare.rsplit('/').next().unwrap_or(bare)) {
        Some(pmcid) if record.pmcid.is_none() || record.pmcid.as_ref() == Some(&pmcid) => record.pmcid = Some(pmcid),
        _ => note(record, "PMCID", text),
    }
}

/// Completes a record: an empty container goes, the journal's ISSN stands with the journal. A record that says nothing is
/// the reason why it is none.
pub(crate) fn finished(mut record: Record) -> Result<Record, String> {
    if let Some(container) = &mut record.container {
        if container.issn.is_none() && !container.title.is_empty() && !record.issn.is_empty() {
            container.issn = Some(record.issn.remove(0));
        }
        if *container == Container::default() {
            record.container = None;
        }
    }
    if record.title.is_empty() && record.abstract_text.is_none() && record.body.is_none() {
        return Err("neither a title nor an abstract".into());
    }
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles() {
        for (text, expected) in [
            ("[Commissioning in Wales.]", "Commissioning in Wales"),
            ("Made in the U.S.", "Made in the U.S."),
            ("Nurses, doctors etc.", "Nurses, doctors etc."),
            ("To be continued...", "To be continued..."),
            ("Total purchasing : a step /", "Total purchasing: a step"),
        ] {
            assert_eq!(title(text), expected);
        }
    }

    #[test]
    fn names() {
        for (text, expected) in [
            ("van der Berg JA", "van der Berg, JA"),
            ("Adler D.G.", "Adler, D.G."),
            ("Smith J Jr", "Smith, J, Jr"),
            ("Jane Smith", "Smith, Jane"),
            ("Department of Health", "Department of Health"),
        ] {
            assert_eq!(initials_last(text), expected);
        }
    }
}
