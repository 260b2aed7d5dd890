//! EndNote XML: what EndNote exports and imports; see the table of [`super`].
//!
//! Values are plain text without the `style` elements of EndNote's own files, which no reader needs. The `label` field holds
//! the record id, because it survives a round through EndNote; by that and by the `source-app` a record of this library is
//! known again ([`recover`]).

use super::labels::{self, Labels};
use super::{PROGRAM, fits_lists, is_plain_date, role, set, types};
use crate::record::{Container, Creator, Record};

pub(super) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xml>\n<records>\n";
pub(super) const TAIL: &str = "</records>\n</xml>\n";

/// Elements by their paths below the record, those of one group after each other, and their texts.
type Fields = Vec<(&'static str, String)>;

pub(super) fn record(r: &Record) -> String {
    let fields = labels::exactly(r, fields, |fields| recover(fields.iter().map(|(path, text)| (*path, text.as_str()))));
    let mut out = String::with_capacity(2048);
    let mut open: Vec<&str> = Vec::new();
    out.push_str("<record>\n");
    for (path, text) in fields {
        let mut names: Vec<&str> = path.split('/').collect();
        let Some(leaf) = names.pop() else { continue };
        let same = open.iter().zip(&names).take_while(|(a, b)| a == b).count();
        open.drain(same..).rev().for_each(|name| out.push_str(&format!("</{name}>\n")));
        names.iter().skip(same).for_each(|name| out.push_str(&format!("<{name}>\n")));
        open = names;
        let text = escape(&text);
        out.push_str(&match leaf {
            "source-app" => format!("<source-app name=\"{text}\" version=\"1\">{text}</source-app>\n"),
            "ref-type" => format!("<ref-type name=\"{text}\">{}</ref-type>\n", types::endnote_number(&text)),
            _ => format!("<{leaf}>{text}</{leaf}>\n"),
        });
    }
    open.iter().rev().for_each(|name| out.push_str(&format!("</{name}>\n")));
    out.push_str("</record>\n");
    out
}

fn fields(r: &Record, rest: Option<&str>) -> Fields {
    let mut out = Fields::new();
    let mut notes = Labels::of(r, rest);
    let (name, stated) = types::ENDNOTE.written(r.item_type.as_deref());
    if !stated {
        notes.maybe(labels::ITEM_TYPE, r.item_type.as_ref());
    }
    let mut put = |path: &'static str, text: Option<&str>| {
        if let Some(text) = text.filter(|t| !t.is_empty()) {
            out.push((path, text.to_owned()));
        }
    };
    put("source-app", Some(PROGRAM));
    put("ref-type", Some(name));
    for (path, group) in [
        ("contributors/authors/author", None),
        ("contributors/secondary-authors/author", Some("edt")),
        ("contributors/subsidiary-authors/author", Some("trl")),
    ] {
        let of_group = |c: &&Creator| role(c).filter(|role| matches!(*role, "edt" | "trl")) == group;
        r.creators.iter().filter(of_group).for_each(|c| put(path, Some(&inverted(&c.name))));
    }
    if !fits_lists(&r.creators) {
        notes.creators(&r.creators);
    }
    let container = r.container.as_ref();
    let series_is_secondary = container.is_none() && has_secondary_series(r.item_type.as_deref());
    let series = r.series.first().map(String::as_str);
    put("titles/title", Some(&r.title));
    put("titles/secondary-title", container.map(|c| c.title.as_str()).or(series.filter(|_| series_is_secondary)));
    put("titles/tertiary-title", series.filter(|_| !series_is_secondary));
    put("titles/translated-title", r.alternative_titles.first().map(String::as_str));
    notes.further(labels::ALTERNATIVE_TITLE, &r.alternative_titles);
    notes.further(labels::SERIES, &r.series);
    if name == "Journal Article" {
        put("periodical/full-title", container.map(|c| c.title.as_str()));
    }
    put("pages", container.and_then(|c| c.pages.as_deref()));
    put("volume", container.and_then(|c| c.volume.as_deref()));
    put("number", container.and_then(|c| c.issue.as_deref()));
    put("edition", r.edition.as_deref());
    r.subjects.iter().for_each(|s| put("keywords/keyword", Some(s)));
    let date = r.date.as_deref().filter(|d| is_plain_date(d));
    put("dates/year", r.year.map(|y| y.to_string()).as_deref());
    put("dates/pub-dates/date", date);
    if date.is_none() {
        notes.maybe(labels::DATE, r.date.as_ref());
    }
    put("pub-location", r.place.first().map(String::as_str));
    notes.further(labels::PLACE, &r.place);
    put("publisher", r.publisher.first().map(String::as_str));
    notes.further(labels::PUBLISHER, &r.publisher);
    let issn: Vec<&String> = match container {
        Some(c) => c.issn.iter().collect(),
        None => r.issn.iter().collect(),
    };
    let numbers: Vec<&str> = r.isbn.iter().chain(&r.isbn10).chain(issn).map(String::as_str).collect();
    put("isbn", Some(&numbers.join("\n")));
    if container.is_some() {
        notes.all(labels::ISSN, &r.issn);
    }
    put("accession-num", r.pmid.as_ref().map(|pmid| format!("PMID: {pmid}")).as_deref());
    put("label", Some(&r.id));
    put("electronic-resource-num", r.doi.as_deref());
    put("custom2", r.pmcid.as_deref());
    put("abstract", r.abstract_text.as_deref());
    put("language", r.languages.first().map(String::as_str));
    notes.further(labels::LANGUAGE, &r.languages);
    notes.maybe(labels::EXTENT, r.extent.as_ref());
    notes.maybe(labels::RIGHTS, r.rights.as_ref());
    notes.maybe(labels::ACCESS, r.access.as_ref());
    notes.body(r);
    put("notes", Some(&notes.lines()));
    r.url.iter().for_each(|url| put("urls/related-urls/url", Some(url)));
    out
}

/// The record that was written as these elements, the reference type by its name; `None` when they are not of this library
/// or have been changed so that they are better read like those of others.
pub(crate) fn recover<'f>(fields: impl Iterator<Item = (&'f str, &'f str)> + Clone) -> Option<Record> {
    if !fields.clone().any(|(path, text)| path == "source-app" && text == PROGRAM) {
        return None;
    }
    let mut r = Record::default();
    let mut kind = None;
    let in_container = fields.clone().any(|(path, _)| matches!(path, "pages" | "volume" | "number"));
    for (path, text) in fields {
        let line = super::fold::one_line(text);
        let container = r.container.get_or_insert_default();
        let mut person = |role: Option<&str>| {
            let name = line.strip_suffix(',').unwrap_or(&line).to_owned();
            r.creators.push(Creator { name, role: role.map(str::to_owned) });
        };
        match path {
            "ref-type" => kind = types::ENDNOTE.meant(&line),
            "contributors/authors/author" => person(None),
            "contributors/secondary-authors/author" => person(Some("edt")),
            "contributors/subsidiary-authors/author" => person(Some("trl")),
            "titles/title" if r.title.is_empty() => r.title = line,
            "titles/secondary-title" if has_secondary_series(kind) && !in_container => r.series.push(line),
            "titles/secondary-title" | "periodical/full-title" => container.title = line,
            "titles/tertiary-title" => r.series.push(line),
            "titles/translated-title" => r.alternative_titles.push(line),
            "pages" => set(&mut container.pages, line)?,
            "volume" => set(&mut container.volume, line)?,
            "number" => set(&mut container.issue, line)?,
            "edition" => set(&mut r.edition, line)?,
            "keywords/keyword" => r.subjects.push(line),
            "dates/year" if r.year.is_none() => r.year = Some(line.parse().ok()?),
            "dates/pub-dates/date" => set(&mut r.date, line)?,
            "pub-location" => r.place.push(line),
            "publisher" => r.publisher.push(line),
            "isbn" => {
                r.container = r.container.filter(|c| *c != Container::default());
                text.lines().map(str::trim).filter(|n| !n.is_empty()).for_each(|n| super::number(&mut r, n));
            }
            "accession-num" => set(&mut r.pmid, line.strip_prefix("PMID: ")?.to_owned())?,
            "label" if r.id.is_empty() => r.id = line,
            "electronic-resource-num" => set(&mut r.doi, line)?,
            "custom2" => set(&mut r.pmcid, line)?,
            "abstract" => set(&mut r.abstract_text, super::fold::paragraphs(text).join("\n\n"))?,
            "language" => r.languages.push(line),
            "notes" => r.notes = text.lines().map(super::fold::one_line).filter(|n| !n.is_empty()).collect(),
            "urls/related-urls/url" => r.url.push(line),
            "source-app" => {}
            _ => return None,
        }
    }
    r.item_type = kind.map(str::to_owned);
    labels::restore(&mut r)?;
    Some(r)
}

/// Whether the secondary title of a type is its series, when it stands in nothing else.
fn has_secondary_series(csl: Option<&str>) -> bool {
    matches!(csl, Some("book" | "report"))
}

/// A name as EndNote reads it: one without a comma at its end is inverted, and a body must not be.
fn inverted(name: &str) -> String {
    let is_body = name.contains(' ') && !name.contains(',');
    if is_body { format!("{name},") } else { name.to_owned() }
}

pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}
