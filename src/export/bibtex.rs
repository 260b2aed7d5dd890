//! BibTeX: entries that plain BibTeX, BibLaTeX and reference managers read; see the table of [`super`].
//!
//! UTF-8 stays as it is, characters that LaTeX treats as commands are escaped, words of a title whose capitals are more than
//! those of a sentence (`NHS`, `GPs`, `McKinsey`) stand in braces so that styles leave them alone. Addresses, identifiers and
//! the record id are verbatim, as BibLaTeX reads those fields. It does *not* turn accents into LaTeX commands.

use super::labels::{self, Labels};
use super::{fits_lists, iso_date, one_line, page_range, paragraphs, role};
use crate::record::{Creator, Record};

pub(super) fn record(r: &Record, key: &str) -> String {
    let (entry, stated) = entry_type(r.item_type.as_deref());
    let mut out = Fields(format!("@{entry}{{{key},\n"));
    let mut notes = Labels::of(r);
    if !stated {
        notes.maybe(labels::ITEM_TYPE, r.item_type.as_ref());
    }
    notes.all(labels::ALTERNATIVE_TITLE, &r.alternative_titles);
    out.names("author", r.creators.iter().filter(|c| !matches!(role(c), Some("edt" | "trl"))));
    out.names("editor", r.creators.iter().filter(|c| role(c) == Some("edt")));
    out.names("translator", r.creators.iter().filter(|c| role(c) == Some("trl")));
    if !fits_lists(&r.creators) {
        notes.creators(&r.creators);
    }
    out.field("title", &title(&r.title));
    if let Some(c) = &r.container {
        let name = if entry == "article" { "journal" } else { "booktitle" };
        out.field(name, &escape(&c.title));
        out.maybe("volume", c.volume.as_deref());
        out.maybe("number", c.issue.as_deref());
        // A range has an en dash, which is two hyphens.
        match c.pages.as_deref().and_then(page_range) {
            Some((first, last)) => out.field("pages", &format!("{first}--{last}")),
            None => out.maybe("pages", c.pages.as_deref()),
        }
    }
    if let Some(year) = r.year {
        out.field("year", &year.to_string());
    }
    match r.date.as_deref() {
        Some(date) if iso_date(date).is_some() => out.field("date", date),
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
    let keywords: Vec<String> = r.subjects.iter().map(|s| keyword(s)).filter(|s| !s.is_empty()).collect();
    out.field("keywords", &keywords.join(", "));
    out.text("abstract", paragraphs(r.abstract_text.as_deref().unwrap_or("")).iter().map(String::as_str));
    out.text("fulltext", paragraphs(r.body.as_deref().unwrap_or("")).iter().map(String::as_str));
    notes.maybe(labels::RIGHTS, r.rights.as_ref());
    notes.maybe(labels::ACCESS, r.access.as_ref());
    out.text("annote", notes.iter());
    out.verbatim("commlit-id", &r.id);
    out.0.push_str("}\n\n");
    out.0
}

struct Fields(String);

impl Fields {
    /// A value that is LaTeX already.
    fn field(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.0.push_str(&format!("  {name} = {{{value}}},\n"));
        }
    }

    fn maybe(&mut self, name: &str, value: Option<&str>) {
        self.field(name, &escape(value.unwrap_or("")));
    }

    /// A value that is not LaTeX: only what would end the field or the entry must give way.
    fn verbatim(&mut self, name: &str, value: &str) {
        let mut value = one_line(value);
        if !is_balanced(&value) || value.contains('\\') {
            value = value.replace('{', "%7B").replace('}', "%7D").replace('\\', "%5C");
        }
        self.field(name, &value);
    }

    fn names<'a>(&mut self, name: &str, creators: impl Iterator<Item = &'a Creator>) {
        let names: Vec<String> = creators.map(|c| person(&c.name)).filter(|n| !n.is_empty()).collect();
        self.field(name, &names.join(" and "));
    }

    /// Values joined by `and`, as names are.
    fn list(&mut self, name: &str, values: &[String]) {
        let values: Vec<String> = values.iter().map(|v| unsplit(&escape(v))).filter(|v| !v.is_empty()).collect();
        self.field(name, &values.join(" and "));
    }

    fn text<'a>(&mut self, name: &str, paragraphs: impl Iterator<Item = &'a str>) {
        let paragraphs: Vec<String> = paragraphs.map(escape).collect();
        self.field(name, &paragraphs.join("\n\n"));
    }
}

/// A value on one line with LaTeX's own characters escaped.
fn escape(text: &str) -> String {
    let text = one_line(text);
    let mut out = String::with_capacity(text.len() + 8);
    // BibTeX counts braces even behind a backslash.
    let balanced = is_balanced(&text);
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
    let text = one_line(text);
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

/// The entry type, and whether it alone tells the type of the record.
fn entry_type(csl: Option<&str>) -> (&'static str, bool) {
    match csl {
        None => ("misc", true),
        Some("article-journal") => ("article", true),
        Some("article-magazine" | "article-newspaper") => ("article", false),
        Some("book") => ("book", true),
        Some("chapter") => ("incollection", true),
        Some("entry-encyclopedia" | "entry-dictionary" | "entry") => ("incollection", false),
        Some("paper-conference") => ("inproceedings", true),
        Some("thesis") => ("phdthesis", true),
        Some("report") => ("techreport", true),
        Some("pamphlet") => ("booklet", true),
        Some("manuscript") => ("unpublished", true),
        Some(_) => ("misc", false),
    }
}
