//! BibTeX: entries that plain BibTeX, BibLaTeX and reference managers read; see the table of [`super`].
//!
//! UTF-8 stays as it is, characters that LaTeX treats as commands are escaped, words of a title whose capitals are more than
//! those of a sentence (`NHS`, `GPs`, `McKinsey`) stand in braces so that styles leave them alone. Addresses, identifiers and
//! the record id are verbatim, as BibLaTeX reads those fields. By `commlit-id` an entry of this
//! library is known again ([`recover`]). It does *not* turn accents into LaTeX commands.

use super::labels::{self, Labels};
use super::{fits_lists, iso_date, page_range, role, set, types};
use crate::record::{Container, Creator, Record};

/// Names and values in LaTeX, in the order of the entry.
type Fields = Vec<(&'static str, String)>;

pub(super) fn record(r: &Record, key: &str) -> String {
    let entry = types::BIBTEX.written(r.item_type.as_deref()).0;
    let fields = labels::exactly(
        r,
        |r, rest| fields(r, entry, rest),
        |fields| recover(entry, fields.iter().map(|(name, value)| (*name, value.as_str()))),
    );
    let mut out = format!("@{entry}{{{key},\n");
    for (name, value) in fields {
        out.push_str(&format!("  {name} = {{{value}}},\n"));
    }
    out.push_str("}\n\n");
    out
}

fn fields(r: &Record, entry: &str, rest: Option<&str>) -> Fields {
    let mut out = Writer::default();
    let mut notes = Labels::of(r, rest);
    if !types::BIBTEX.written(r.item_type.as_deref()).1 {
        notes.maybe(labels::ITEM_TYPE, r.item_type.as_ref());
    }
    notes.all(labels::ALTERNATIVE_TITLE, &r.alternative_titles);
    out.names("author", r.creators.iter().filter(|c| !matches!(role(c), Some("edt" | "trl"))));
    out.names("editor", r.creators.iter().filter(|c| role(c) == Some("edt")));
    out.names("translator", r.creators.iter().filter(|c| role(c) == Some("trl")));
    if !fits_lists(&r.creators) {
        notes.creators(&r.creators);
    }
    out.field("title", title(&r.title));
    if let Some(c) = &r.container {
        let name = if entry == "article" { "journal" } else { "booktitle" };
        out.maybe(name, Some(&c.title));
        out.maybe("volume", c.volume.as_deref());
        out.maybe("number", c.issue.as_deref());
        // A range has an en dash, which is two hyphens.
        match c.pages.as_deref().and_then(page_range) {
            Some((first, last)) => out.field("pages", format!("{first}--{last}")),
            None => out.maybe("pages", c.pages.as_deref()),
        }
    }
    if let Some(year) = r.year {
        out.field("year", year.to_string());
    }
    match r.date.as_deref() {
        Some(date) if iso_date(date).is_some() => out.field("date", date.to_owned()),
        _ => notes.maybe(labels::DATE, r.date.as_ref()),
    }
    out.maybe("series", r.series.first().map(String::as_str));
    notes.further(labels::SERIES, &r.series);
    out.maybe("edition", r.edition.as_deref());
    let publisher = match entry {
        "techreport" => "institution",
        "phdthesis" => "school",
        _ => "publisher",
    };
    out.list(publisher, &r.publisher);
    out.list("address", &r.place);
    out.maybe("pagetotal", r.extent.as_deref());
    out.verbatim("isbn", &r.isbn.iter().chain(&r.isbn10).cloned().collect::<Vec<_>>().join(", "));
    match &r.container {
        Some(c) => {
            out.verbatim("issn", c.issn.as_deref().unwrap_or(""));
            notes.all(labels::ISSN, &r.issn);
        }
        None => out.verbatim("issn", &r.issn.join(", ")),
    }
    out.verbatim("doi", r.doi.as_deref().unwrap_or(""));
    out.verbatim("pmid", r.pmid.as_deref().unwrap_or(""));
    out.verbatim("pmcid", r.pmcid.as_deref().unwrap_or(""));
    out.verbatim("url", r.url.first().map_or("", String::as_str));
    notes.further(labels::URL, &r.url);
    out.list("language", &r.languages);
    let keywords: Vec<String> = r.subjects.iter().map(|s| keyword(s)).collect();
    out.field("keywords", keywords.join(", "));
    out.text("abstract", r.abstract_text.as_deref().unwrap_or("").split("\n\n"));
    out.text("fulltext", r.body.as_deref().unwrap_or("").split("\n\n"));
    notes.maybe(labels::RIGHTS, r.rights.as_ref());
    notes.maybe(labels::ACCESS, r.access.as_ref());
    out.text("annote", notes.iter());
    out.verbatim(ID, &r.id);
    out.0
}

/// The field by which an entry of this library is known again.
const ID: &str = "commlit-id";

/// The record that was written as an entry of these fields, by the names and the values as they stand; `None` when it is
/// not of this library or has been changed so that it is better read like those of others.
pub(crate) fn recover<'f>(entry: &str, fields: impl Iterator<Item = (&'f str, &'f str)> + Clone) -> Option<Record> {
    if !fields.clone().any(|(name, _)| name == ID) {
        return None;
    }
    let mut r = Record { item_type: types::BIBTEX.meant(entry).map(str::to_owned), ..Record::default() };
    let mut issns = String::new();
    for (name, raw) in fields {
        let verbatim = || super::fold::one_line(raw);
        let text = || unescape(raw).map(|t| super::fold::one_line(&t));
        let list = || split(raw, " and ").into_iter().map(|v| unescape(&v)).collect::<Option<Vec<_>>>();
        let paragraphs = || super::fold::paragraphs(raw).iter().map(|p| unescape(p)).collect::<Option<Vec<_>>>();
        let container = r.container.get_or_insert_default();
        match name {
            "author" => names(&mut r, raw, None)?,
            "editor" => names(&mut r, raw, Some("edt"))?,
            "translator" => names(&mut r, raw, Some("trl"))?,
            "title" if r.title.is_empty() => r.title = text()?,
            "journal" | "booktitle" if container.title.is_empty() => container.title = text()?,
            "volume" => set(&mut container.volume, text()?)?,
            "number" => set(&mut container.issue, text()?)?,
            "pages" => {
                let text = text()?;
                let range = text.replacen("--", "-", 1);
                set(&mut container.pages, if page_range(&range).is_some() { range } else { text })?;
            }
            "year" if r.year.is_none() => r.year = Some(verbatim().parse().ok()?),
            "date" => set(&mut r.date, text()?)?,
            "series" => r.series.push(text()?),
            "edition" => set(&mut r.edition, text()?)?,
            "institution" | "school" | "publisher" if r.publisher.is_empty() => r.publisher = list()?,
            "address" if r.place.is_empty() => r.place = list()?,
            "pagetotal" => set(&mut r.extent, text()?)?,
            "isbn" => verbatim().split(", ").for_each(|n| super::number(&mut r, n)),
            "issn" => issns = verbatim(),
            "doi" => set(&mut r.doi, verbatim())?,
            "pmid" => set(&mut r.pmid, verbatim())?,
            "pmcid" => set(&mut r.pmcid, verbatim())?,
            "url" => r.url.push(verbatim()),
            "language" if r.languages.is_empty() => r.languages = list()?,
            "keywords" if r.subjects.is_empty() => {
                r.subjects = split(raw, ", ").iter().map(|k| unescape(k)).collect::<Option<_>>()?;
            }
            "abstract" => set(&mut r.abstract_text, paragraphs()?.join("\n\n"))?,
            "fulltext" => set(&mut r.body, paragraphs()?.join("\n\n"))?,
            "annote" => r.notes = paragraphs()?,
            ID if r.id.is_empty() => r.id = verbatim(),
            _ => return None,
        }
    }
    r.container = r.container.filter(|c| *c != Container::default());
    if !issns.is_empty() {
        match &mut r.container {
            Some(c) => c.issn = Some(issns),
            None => r.issn = issns.split(", ").map(str::to_owned).collect(),
        }
    }
    labels::restore(&mut r)?;
    Some(r)
}

#[derive(Default)]
struct Writer(Fields);

impl Writer {
    /// A value that is LaTeX already.
    fn field(&mut self, name: &'static str, value: String) {
        if !value.is_empty() {
            self.0.push((name, value));
        }
    }

    fn maybe(&mut self, name: &'static str, value: Option<&str>) {
        self.field(name, escape(value.unwrap_or("")));
    }

    /// A value that is not LaTeX: only what would end the field or the entry must give way.
    fn verbatim(&mut self, name: &'static str, value: &str) {
        let mut value = value.to_owned();
        if !is_balanced(&value) || value.contains('\\') {
            value = value.replace('{', "%7B").replace('}', "%7D").replace('\\', "%5C");
        }
        self.field(name, value);
    }

    fn names<'a>(&mut self, name: &'static str, creators: impl Iterator<Item = &'a Creator>) {
        let names: Vec<String> = creators.map(|c| person(&c.name)).collect();
        self.field(name, names.join(" and "));
    }

    /// Values joined by `and`, as names are.
    fn list(&mut self, name: &'static str, values: &[String]) {
        let values: Vec<String> = values.iter().map(|v| unsplit(&escape(v))).collect();
        self.field(name, values.join(" and "));
    }

    fn text<'a>(&mut self, name: &'static str, paragraphs: impl Iterator<Item = &'a str>) {
        let mut value = String::new();
        for (i, paragraph) in paragraphs.enumerate() {
            let paragraph = escape(paragraph);
            match (i, paragraph.strip_prefix('@')) {
                (0, _) => value.push_str(&paragraph),
                // At the beginning of a line, readers that mend damaged files take it for the next entry.
                (_, Some(rest)) => value.push_str(&format!("\n\n{{@}}{rest}")),
                (_, None) => value.push_str(&format!("\n\n{paragraph}")),
            }
        }
        self.field(name, value);
    }
}

/// A value with LaTeX's own characters escaped.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    // BibTeX counts braces even behind a backslash.
    let balanced = is_balanced(text);
    for c in text.chars() {
        match c {
            '{' if !balanced => out.push_str("{\\textbraceleft}"),
            '}' if !balanced => out.push_str("{\\textbraceright}"),
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            '\\' => out.push_str("{\\textbackslash}"),
            '~' => out.push_str("{\\textasciitilde}"),
            '^' => out.push_str("{\\textasciicircum}"),
            _ => out.push(c),
        }
    }
    out
}

/// The way back from [`escape`] and from braces around a value or a word; `None` where there is other LaTeX.
fn unescape(value: &str) -> Option<String> {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..)?;
        match c {
            '{' | '}' => {}
            '\\' => {
                let len = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
                let (name, after) = rest.split_at(len.max(1).min(rest.len()));
                out.push(match name {
                    "textbraceleft" | "{" => '{',
                    "textbraceright" | "}" => '}',
                    "textbackslash" => '\\',
                    "textasciitilde" => '~',
                    "textasciicircum" => '^',
                    "&" | "%" | "$" | "#" | "_" => name.chars().next()?,
                    _ => return None,
                });
                rest = after;
            }
            c => out.push(c),
        }
    }
    Some(out)
}

/// The parts of a value between separators outside of braces.
fn split(value: &str, separator: &str) -> Vec<String> {
    let value = super::fold::one_line(value);
    let mut parts = Vec::new();
    let (mut depth, mut start, mut at) = (0_usize, 0, 0);
    while let Some(c) = value.get(at..).and_then(|rest| rest.chars().next()) {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 && value.get(at..).is_some_and(|rest| rest.starts_with(separator)) => {
                parts.push(value.get(start..at).unwrap_or_default().to_owned());
                at += separator.len();
                start = at;
                continue;
            }
            _ => {}
        }
        at += c.len_utf8();
    }
    parts.push(value.get(start..).unwrap_or_default().to_owned());
    parts
}

/// Adds the names of a list.
fn names(r: &mut Record, raw: &str, role: Option<&str>) -> Option<()> {
    for name in split(raw, " and ") {
        let parts = split(&name, ", ");
        let name = match parts.as_slice() {
            [family, suffix, given] => format!("{family}, {given}, {suffix}"),
            _ => name,
        };
        r.creators.push(Creator { name: unescape(&name)?, role: role.map(str::to_owned) });
    }
    Some(())
}

/// A personal name as `Family, Given` or `Family, Suffix, Given`; any other name is in braces, which keep it whole.
fn person(name: &str) -> String {
    let name = escape(name);
    match super::personal(&name) {
        Some((family, given, None)) if !has_and(&name) => format!("{family}, {given}"),
        Some((family, given, Some(suffix))) if !has_and(&name) => format!("{family}, {suffix}, {given}"),
        _ if name.is_empty() => name,
        _ => format!("{{{name}}}"),
    }
}

fn has_and(text: &str) -> bool {
    text.split(' ').any(|w| w.eq_ignore_ascii_case("and"))
}

/// A value of a list, in braces where an `and` of its own would split it.
fn unsplit(value: &str) -> String {
    if has_and(value) { format!("{{{value}}}") } else { value.to_owned() }
}

fn keyword(subject: &str) -> String {
    let subject = escape(subject);
    if subject.contains([',', ';']) { format!("{{{subject}}}") } else { subject }
}

/// A title with braces around the words whose capitals are not those of a sentence.
fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (i, word) in text.split(' ').enumerate() {
        if i > 0 {
            out.push(' ');
        }
        let later_capital = word.chars().filter(|c| c.is_alphanumeric()).skip(1).any(char::is_uppercase);
        if later_capital {
            out.push('{');
            out.push_str(&escape(word));
            out.push('}');
        } else {
            out.push_str(&escape(word));
        }
    }
    out
}

fn is_balanced(text: &str) -> bool {
    let mut depth = 0_i64;
    text.bytes().all(|b| {
        depth += i64::from(b == b'{') - i64::from(b == b'}');
        depth >= 0
    }) && depth == 0
}
