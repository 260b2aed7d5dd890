//! RIS: one tag a line, `TY` first and `ER` last; see the table of [`super`].
//!
//! The paragraphs of an abstract stand in one `AB`, as reference managers write them themselves: further ones follow a blank
//! line without a tag. Pages are split into `SP` and `EP` only where they are a plain range. `DP`, the provider of the
//! database, names this library: by that and by the `ID` a record of its own is known again ([`recover`]). It does *not*
//! write tags that mean different things for different types (`A2`, `M1`, `T2` of books).

use super::labels::{self, Labels};
use super::{PROGRAM, fits_lists, is_plain_date, page_range, role, set, types};
use crate::record::{Creator, Record};

/// Tags and values, without the `ER`; a value may have paragraphs.
type Fields = Vec<(&'static str, String)>;

pub(super) fn record(r: &Record) -> String {
    let fields = labels::exactly(r, fields, |fields| recover(fields.iter().map(|(tag, value)| (*tag, value.as_str()))));
    let mut out = String::with_capacity(1024);
    for (tag, value) in fields {
        for (i, paragraph) in value.split("\n\n").enumerate() {
            if i == 0 {
                out.push_str(tag);
                out.push_str("  - ");
            } else {
                out.push('\n');
                if looks_like_tag(paragraph) {
                    out.push_str("    ");
                }
            }
            out.push_str(paragraph);
            out.push('\n');
        }
    }
    out.push_str("ER  - \n\n");
    out
}

fn fields(r: &Record, rest: Option<&str>) -> Fields {
    let mut out = Fields::new();
    let mut notes = Labels::of(r, rest);
    let (name, stated) = types::RIS.written(r.item_type.as_deref());
    if !stated {
        notes.maybe(labels::ITEM_TYPE, r.item_type.as_ref());
    }
    let mut tag = |tag: &'static str, value: &str| {
        if !value.is_empty() {
            out.push((tag, value.to_owned()));
        }
    };
    let all = |values: &[String], tag: &mut dyn FnMut(&str)| values.iter().for_each(|value| tag(value));
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    tag("TY", name);
    tag("ID", &r.id);
    tag("TI", &r.title);
    all(&r.alternative_titles, &mut |v| tag("TT", v));
    for creator in &r.creators {
        let name = match role(creator) {
            Some("edt") => "ED",
            Some("trl") => "A4",
            _ => "AU",
        };
        tag(name, &creator.name);
    }
    // Lines keep their order, so that editors between authors need no note here, but other roles do.
    if !r.creators.iter().all(|c| fits_lists(std::slice::from_ref(c))) {
        notes.creators(&r.creators);
    }
    if let Some(year) = r.year {
        tag("PY", &year.to_string());
    }
    match r.date.as_deref() {
        Some(date) if is_plain_date(date) => tag("DA", date),
        _ => notes.maybe(labels::DATE, r.date.as_ref()),
    }
    if let Some(c) = &r.container {
        tag("T2", &c.title);
        tag("VL", &text(&c.volume));
        tag("IS", &text(&c.issue));
        match c.pages.as_deref().and_then(page_range) {
            Some((first, last)) => {
                tag("SP", first);
                tag("EP", last);
            }
            None => tag("SP", &text(&c.pages)),
        }
    }
    all(&r.series, &mut |v| tag("T3", v));
    tag("ET", &text(&r.edition));
    all(&r.publisher, &mut |v| tag("PB", v));
    all(&r.place, &mut |v| tag("CY", v));
    all(&r.isbn, &mut |v| tag("SN", v));
    all(&r.isbn10, &mut |v| tag("SN", v));
    match &r.container {
        Some(c) => {
            tag("SN", &text(&c.issn));
            notes.all(labels::ISSN, &r.issn);
        }
        None => all(&r.issn, &mut |v| tag("SN", v)),
    }
    tag("DO", &text(&r.doi));
    if let Some(pmid) = &r.pmid {
        tag("AN", &format!("PMID: {pmid}"));
    }
    tag("C2", &text(&r.pmcid));
    all(&r.url, &mut |v| tag("UR", v));
    tag("AB", &text(&r.abstract_text));
    all(&r.subjects, &mut |v| tag("KW", v));
    all(&r.languages, &mut |v| tag("LA", v));
    notes.maybe(labels::EXTENT, r.extent.as_ref());
    notes.maybe(labels::RIGHTS, r.rights.as_ref());
    notes.maybe(labels::ACCESS, r.access.as_ref());
    notes.body(r);
    notes.iter().for_each(|note| tag("N1", note));
    tag("DP", PROGRAM);
    out
}

/// The record that was written as these fields; `None` when they are not of this library or have been changed so that they
/// are better read like those of others.
pub(crate) fn recover<'f>(fields: impl Iterator<Item = (&'f str, &'f str)> + Clone) -> Option<Record> {
    if !fields.clone().any(|(tag, value)| tag == "DP" && value == PROGRAM) {
        return None;
    }
    let mut r = Record::default();
    let person = |name: &str, role: Option<&str>| Creator { name: name.to_owned(), role: role.map(str::to_owned) };
    for (tag, value) in fields {
        let text = value.to_owned();
        match tag {
            "TY" => r.item_type = types::RIS.meant(value).map(str::to_owned),
            "ID" if r.id.is_empty() => r.id = text,
            "TI" if r.title.is_empty() => r.title = text,
            "TT" => r.alternative_titles.push(text),
            "AU" => r.creators.push(person(value, None)),
            "ED" => r.creators.push(person(value, Some("edt"))),
            "A4" => r.creators.push(person(value, Some("trl"))),
            "PY" if r.year.is_none() => r.year = Some(value.parse().ok()?),
            "DA" => set(&mut r.date, text)?,
            "T2" => r.container.get_or_insert_default().title = text,
            "VL" => set(&mut r.container.get_or_insert_default().volume, text)?,
            "IS" => set(&mut r.container.get_or_insert_default().issue, text)?,
            "SP" => set(&mut r.container.get_or_insert_default().pages, text)?,
            "EP" => {
                let first = r.container.as_mut()?.pages.as_mut()?;
                *first = format!("{first}-{value}");
            }
            "T3" => r.series.push(text),
            "ET" => set(&mut r.edition, text)?,
            "PB" => r.publisher.push(text),
            "CY" => r.place.push(text),
            "SN" => super::number(&mut r, value),
            "DO" => set(&mut r.doi, text)?,
            "AN" => set(&mut r.pmid, value.strip_prefix("PMID: ")?.to_owned())?,
            "C2" => set(&mut r.pmcid, text)?,
            "UR" => r.url.push(text),
            "AB" => set(&mut r.abstract_text, text)?,
            "KW" => r.subjects.push(text),
            "LA" => r.languages.push(text),
            "N1" => r.notes.push(text),
            "DP" | "ER" => {}
            _ => return None,
        }
    }
    labels::restore(&mut r)?;
    Some(r)
}

/// Whether a line might be taken for a tag and its value, by readers that are not particular about spaces and dashes.
fn looks_like_tag(line: &str) -> bool {
    let tag = line.bytes().take_while(u8::is_ascii_alphanumeric).count() == 2;
    let rest = line.get(2..).unwrap_or_default().trim_start();
    tag && (rest.is_empty() || rest.starts_with(['-', '–']))
}
