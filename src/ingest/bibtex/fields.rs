//! The fields of an entry, with those of its parents → a record.

use super::entry::Entry;
use super::latex::{Mode, decode};
use super::{MAX_DEPTH, Values};
use crate::export::types;
use crate::ingest::{exchange, values};
use crate::record::Record;

/// Names of fields in lower case, values in TeX notation, own ones before inherited ones.
type Fields = Vec<(String, String)>;

pub(super) fn record(entry: &Entry<'_>, values: &Values<'_, '_>) -> Result<Record, String> {
    let kind = entry.kind.to_ascii_lowercase();
    let mut fields: Fields = own(entry, values);
    let own = fields.iter().map(|(name, raw)| (name.as_str(), raw.as_str()));
    if let Some(record) = crate::export::bibtex::recover(&kind, own) {
        return Ok(record);
    }
    inherit(&kind, &mut fields, values);
    let mut r = Record { item_type: item_type(&kind).map(str::to_owned), ..Record::default() };
    let mut parts = Parts::default();
    for (name, raw) in &fields {
        if !raw.trim().is_empty() {
            field(&mut r, &mut parts, &kind, name, raw);
        }
    }
    parts.assemble(&mut r, &kind);
    exchange::finished(r)
}

fn own(entry: &Entry<'_>, values: &Values<'_, '_>) -> Fields {
    entry.fields.iter().map(|(name, pieces)| (name.to_ascii_lowercase(), values.raw(pieces))).collect()
}

/// Adds the fields of `xdata` entries and of the parent that `crossref` names.
fn inherit(kind: &str, fields: &mut Fields, values: &Values<'_, '_>) {
    /// What belongs to the parent alone.
    const NEVER: &[&str] = &[
        "crossref",
        "xref",
        "xdata",
        "ids",
        "label",
        "shorthand",
        "abstract",
        "doi",
        "url",
        "urldate",
        "pages",
        "pagetotal",
        "keywords",
        "note",
        "annote",
        "annotation",
        "title",
        "subtitle",
        "titleaddon",
        "shorttitle",
        "file",
        "related",
        "key",
        "numpages",
        "sortkey",
        "options",
        "entryset",
        "eprint",
        "pmid",
    ];
    let stands_in =
        kind.starts_with("in") || matches!(kind, "conference" | "suppbook" | "suppcollection" | "bookinbook");
    let mut seen = Vec::new();
    for _ in 0..MAX_DEPTH {
        let next = fields.iter().find_map(|(name, raw)| match name.as_str() {
            "xdata" | "crossref" => raw
                .split(',')
                .map(str::trim)
                .find(|key| !seen.contains(&(*key).to_owned()))
                .map(|key| (name == "xdata", key.to_owned())),
            _ => None,
        });
        let Some((is_data, key)) = next else { return };
        seen.push(key.clone());
        let Some(parent) = values.entry(&key) else { continue };
        let periodical = parent.kind.eq_ignore_ascii_case("periodical");
        for (name, raw) in own(parent, values) {
            let name = match name.as_str() {
                _ if is_data => name,
                "title" if stands_in => "booktitle".to_owned(),
                "subtitle" if stands_in => "booksubtitle".to_owned(),
                "title" if periodical || kind == "article" => "journaltitle".to_owned(),
                "author" if stands_in => "bookauthor".to_owned(),
                // A chain of parents goes on.
                "crossref" | "xdata" => name,
                other if NEVER.contains(&other) => continue,
                _ => name,
            };
            let present = fields.iter().any(|(own, raw)| same_field(own, &name) && !raw.trim().is_empty());
            if !present || matches!(name.as_str(), "crossref" | "xdata") {
                fields.push((name, raw));
            }
        }
    }
}

fn same_field(a: &str, b: &str) -> bool {
    let one = |name| match name {
        "journaltitle" => "journal".to_owned(),
        "location" => "address".to_owned(),
        "date" => "year".to_owned(),
        "school" => "institution".to_owned(),
        other => other.to_owned(),
    };
    a == b || one(a) == one(b)
}

/// What needs more than one field.
#[derive(Default)]
struct Parts {
    title: String,
    subtitle: String,
    book: String,
    book_subtitle: String,
    journal: String,
    journal_subtitle: String,
    abbreviation: String,
    year: String,
    month: String,
    day: String,
    date: String,
    number: String,
    issue: String,
    series: String,
    eprint: String,
    eprint_type: String,
    eid: String,
}

fn field(r: &mut Record, parts: &mut Parts, kind: &str, name: &str, raw: &str) {
    let verbatim = || values::line(&decode(raw, Mode::Verbatim));
    let text = || exchange::line(&decode(raw, Mode::Text));
    match name {
        "title" => first(&mut parts.title, text(), r, "Title"),
        "subtitle" => first(&mut parts.subtitle, text(), r, "Subtitle"),
        "booktitle" => first(&mut parts.book, text(), r, "Book title"),
        "booksubtitle" => first(&mut parts.book_subtitle, text(), r, "Book subtitle"),
        "journal" | "journaltitle" | "fjournal" => first(&mut parts.journal, text(), r, "Journal"),
        "journalsubtitle" => first(&mut parts.journal_subtitle, text(), r, "Journal subtitle"),
        "shortjournal" | "journalabbr" | "journal-iso" | "journal_abbr" | "title-abbreviation" => {
            first(&mut parts.abbreviation, text(), r, "Journal abbreviation");
        }
        "origtitle" | "translatedtitle" | "transliterated-title" | "title-en" | "englishtitle" => {
            let title = exchange::title(&text());
            values::push_new(&mut r.alternative_titles, title);
        }
        "author" | "corporate" => names(r, raw, None),
        "editor" => names(r, raw, Some("edt")),
        "translator" => names(r, raw, Some("trl")),
        "editora" | "editorb" | "editorc" | "redactor" => names(r, raw, Some("edt")),
        "introduction" | "foreword" | "afterword" => names(r, raw, Some("aui")),
        "commentator" | "annotator" => names(r, raw, Some("wac")),
        "investigator" => names(r, raw, Some("ctb")),
        "year" => first(&mut parts.year, text(), r, "Year"),
        "month" => first(&mut parts.month, text(), r, "Month"),
        "day" => first(&mut parts.day, text(), r, "Day"),
        "date" => first(&mut parts.date, text(), r, "Date"),
        "publisher" => publisher(r, &text()),
        "institution" | "school" | "organization" => {
            for part in list(&text()) {
                values::push_new(&mut r.publisher, part);
            }
        }
        "address" | "location" => {
            for part in list(&text()) {
                values::push_new(&mut r.place, part);
            }
        }
        "volume" => exchange::container(r).volume = Some(text()),
        "issue" => first(&mut parts.issue, text(), r, "Issue"),
        "number" => first(&mut parts.number, text(), r, "Number"),
        "pages" => {
            let pages = exchange::pages(&text());
            if pages.contains("://") {
                addresses(r, pages.trim_start_matches("Available: "));
            } else if matches!(kind, "book" | "mvbook" | "thesis" | "phdthesis" | "mastersthesis" | "booklet")
                && pages.bytes().all(|b| b.is_ascii_digit())
            {
                r.extent = Some(format!("{pages} p."));
            } else {
                exchange::container(r).pages = Some(pages);
            }
        }
        "eid" | "article-number" | "articleno" => first(&mut parts.eid, text(), r, "Article number"),
        "pagetotal" | "physicaldimensions" | "numpages" => {
            let extent = text();
            let bare = extent.bytes().all(|b| b.is_ascii_digit());
            if name == "numpages" && kind == "article" {
                exchange::note(r, "Number of pages", &extent);
            } else {
                r.extent = Some(if bare { format!("{extent} p.") } else { extent });
            }
        }
        "edition" => r.edition = Some(text()),
        "series" | "collection" => first(&mut parts.series, text(), r, "Series"),
        "isbn" => exchange::add_isbns(r, &text()),
        "issn" | "eissn" | "electronic-issn" | "linking-issn" | "print-issn" => exchange::add_issns(r, &text()),
        "doi" | "article-doi" => exchange::add_doi(r, &verbatim()),
        "pmid" => exchange::add_pmid(r, &verbatim()),
        "pmcid" | "pmc" => exchange::add_pmcid(r, &verbatim()),
        "eprint" => first(&mut parts.eprint, verbatim(), r, "Eprint"),
        "eprinttype" | "archiveprefix" => first(&mut parts.eprint_type, text(), r, "Eprint type"),
        "url" | "bdsk-url-1" | "ee" | "link" => addresses(r, &verbatim()),
        "howpublished" => {
            let value = verbatim();
            if value.contains("://") {
                addresses(r, &value);
            }
            let text = text();
            if !text.starts_with("http") {
                exchange::note(r, "How published", &text);
            }
        }
        "abstract" => exchange::add_abstract(r, &decode(raw, Mode::Text)),
        "keywords" | "keyword" | "author_keywords" | "mesh" | "keywords-plus" => {
            let text = text();
            let separator = if text.contains(';') { ';' } else { ',' };
            for part in text.split(separator) {
                values::push_new(&mut r.subjects, values::line(part));
            }
        }
        "language" | "langid" | "lang" => exchange::add_language(r, &text()),
        "hyphenation" if r.languages.is_empty() => exchange::add_language(r, &text()),
        "type" | "entrysubtype" => {
            let text = text();
            match (kind, values::item_type(&text)) {
                ("misc" | "article" | "unpublished" | "online", Some(known)) => r.item_type = Some(known.to_owned()),
                _ => exchange::note(r, "Type", degree(&text)),
            }
        }
        "copyright" | "rights" | "license" => r.rights = Some(text()),
        "urldate" | "lastchecked" | "lastvisited" | "accessed" => exchange::note(r, "Accessed", &verbatim()),
        "titleaddon" => exchange::note(r, "Title addition", &text()),
        "note" | "annote" | "annotation" | "comment" | "addendum" | "notes" => {
            let text = text();
            identifiers_in_note(r, &text);
            exchange::note(r, "Note", &text);
        }
        // Housekeeping, see the module.
        "timestamp" | "owner" | "date-added" | "date-modified" | "date-created" | "file" | "groups" | "key"
        | "sortkey" | "sortname" | "sorttitle" | "options" | "ids" | "crossref" | "xref" | "xdata"
        | "__markedentry" | "hyphenation" | "biburl" | "bibsource" | "added-at" | "interhash" | "intrahash"
        | "username" | "citationkey" | "nameaddon" => {}
        _ if name.starts_with("bdsk-") => {}
        _ => exchange::note(r, &exchange::label(name), &text()),
    }
}

fn first(slot: &mut String, value: String, r: &mut Record, label: &str) {
    if slot.is_empty() {
        *slot = value;
    } else if *slot != value {
        exchange::note(r, label, &value);
    }
}

/// Old styles name theses by a word of the interface language.
fn degree(text: &str) -> &str {
    match text {
        "phdthesis" => "PhD thesis",
        "mathesis" | "mastersthesis" => "Master's thesis",
        "techreport" => "Technical report",
        other => other,
    }
}

fn list(text: &str) -> Vec<String> {
    text.split(" and ").map(values::line).collect::<Vec<_>>().into_iter().fold(
        Vec::new(),
        |mut out: Vec<String>, part| {
            // A name that has an "and" of its own: `Faber and Faber`, `Department of Health and Social Security`.
            match out.last_mut() {
                Some(last) if text.matches(" and ").count() == 1 && !text.contains(',') => {
                    last.push_str(" and ");
                    last.push_str(&part);
                }
                _ => out.push(part),
            }
            out
        },
    )
}

/// A publisher, with its place before it where catalogues have printed it so (`London : Butterworths`).
fn publisher(r: &mut Record, text: &str) {
    let publisher = match text.split_once(" : ") {
        Some((places, publisher)) if places.len() < 60 => {
            for place in places.split(" ; ") {
                values::push_new(&mut r.place, values::line(place));
            }
            publisher
        }
        _ => text,
    };
    values::push_new(&mut r.publisher, values::line(publisher.trim_end_matches([',', ';', ' '])));
}

fn addresses(r: &mut Record, text: &str) {
    // `<Go to ISI>://000200148800007` is a link of EndNote's, not an address.
    if text.starts_with('<') {
        return exchange::note(r, "Link", text);
    }
    for part in text.split_whitespace() {
        let part = part.trim_end_matches([',', ';']);
        if part.contains("://") || part.starts_with("www.") {
            exchange::add_url(r, part);
        } else if part.starts_with("//") {
            exchange::add_url(r, &format!("https:{part}"));
        } else {
            exchange::note(r, "URL", part);
        }
    }
}

/// Zotero and JabRef put identifiers that BibTeX has no field for into the note.
fn identifiers_in_note(r: &mut Record, text: &str) {
    for part in text.split([' ', ';', ',']) {
        if let Some(pmid) = part.strip_suffix("[pmid]").and_then(values::pmid) {
            r.pmid.get_or_insert(pmid);
        }
        if let Some(pmcid) = part.strip_suffix("[pmcid]").and_then(values::pmcid) {
            r.pmcid.get_or_insert(pmcid);
        }
    }
    if let Some(at) = text.find("PMID:") {
        let digits: String = text[at + 5..].trim_start().chars().take_while(char::is_ascii_digit).collect();
        if let Some(pmid) = values::pmid(&digits) {
            r.pmid.get_or_insert(pmid);
        }
    }
}

impl Parts {
    fn assemble(self, r: &mut Record, kind: &str) {
        exchange::set_title(r, &self.title, &self.subtitle);
        let journal = joined(&self.journal, &self.journal_subtitle);
        let book = joined(&self.book, &self.book_subtitle);
        let mut names = [book, journal, self.abbreviation].into_iter().filter(|n| !n.is_empty()).collect::<Vec<_>>();
        // An article stands in its journal even where it has a book title, anything else the other way round.
        if kind == "article" && names.len() > 1 && !self.journal.is_empty() && !self.book.is_empty() {
            names.swap(0, 1);
        }
        let mut names = names.into_iter();
        if let Some(name) = names.next() {
            if r.title.is_empty() {
                exchange::set_title(r, &name, "");
            } else {
                exchange::container(r).title = name;
            }
        }
        names.for_each(|name| exchange::note(r, "Also in", &name));
        let in_journal = !self.journal.is_empty() || kind == "article" || kind == "periodical";
        for (number, is_issue) in [(self.issue, true), (self.number, false)] {
            if number.is_empty() {
                continue;
            }
            // What is long is no number but something put in the wrong field.
            if number.chars().count() > 60 {
                exchange::note(r, "Number", &number);
                continue;
            }
            let free = r.container.as_ref().is_none_or(|c| c.issue.is_none());
            if free && (is_issue || in_journal) {
                exchange::container(r).issue = Some(number);
            } else if !self.series.is_empty() && !is_issue {
                values::push_new(&mut r.series, format!("{}; {number}", self.series));
            } else {
                exchange::note(r, "Number", &number);
            }
        }
        if r.series.is_empty() {
            values::push_new(&mut r.series, self.series);
        }
        if !self.eid.is_empty() {
            let container = exchange::container(r);
            match &container.pages {
                None => container.pages = Some(self.eid),
                Some(pages) if *pages == self.eid => {}
                Some(_) => exchange::note(r, "Article number", &self.eid),
            }
        }
        if !self.eprint.is_empty() {
            match self.eprint_type.to_lowercase().as_str() {
                "pmid" | "pubmed" => exchange::add_pmid(r, &self.eprint),
                "pmcid" | "pmc" => exchange::add_pmcid(r, &self.eprint),
                "arxiv" => exchange::note(r, "arXiv", &self.eprint),
                "" => exchange::note(r, "Eprint", &self.eprint),
                _ => exchange::note(r, &self.eprint_type, &self.eprint),
            }
        }
        let month = super::entry::month(&self.month).map_or(self.month.clone(), str::to_owned);
        let printed = [self.day.as_str(), month.as_str(), self.year.as_str()];
        let printed = printed.iter().filter(|p| !p.is_empty()).copied().collect::<Vec<_>>().join(" ");
        if values::year(&self.date).is_some() {
            values::set_date(r, &self.date);
        } else if self.date.is_empty() {
            values::set_date(r, &printed);
        } else {
            values::set_date(r, format!("{printed} {}", self.date).trim());
        }
    }
}

fn joined(title: &str, subtitle: &str) -> String {
    match (title.is_empty(), subtitle.is_empty()) {
        (false, false) => format!("{}: {}", exchange::title(title).trim_end_matches(':'), exchange::title(subtitle)),
        _ => values::title(title),
    }
}

/// The names of a list, divided at the word "and" outside braces.
fn names(r: &mut Record, raw: &str, role: Option<&str>) {
    let mut depth = 0usize;
    let mut start = 0;
    let mut ends = Vec::new();
    let bytes = raw.as_bytes();
    for (i, b) in bytes.iter().enumerate() {
        match b {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ if depth == 0 && b.is_ascii_whitespace() => {
                let word = bytes.get(i + 1..i + 4).is_some_and(|w| w.eq_ignore_ascii_case(b"and"));
                if word && bytes.get(i + 4).is_some_and(u8::is_ascii_whitespace) && i >= start {
                    ends.push((start, i));
                    start = i + 4;
                }
            }
            _ => {}
        }
    }
    ends.push((start.min(raw.len()), raw.len()));
    for (start, end) in ends {
        let one = raw[start..end].trim();
        if one.eq_ignore_ascii_case("others") {
            exchange::note(r, "Names", "and others");
        } else if !one.is_empty() {
            exchange::add_creator(r, name(one), role);
        }
    }
}

fn name(raw: &str) -> String {
    let text = |raw: &str| values::line(&decode(raw, Mode::Text));
    if is_braced(raw) {
        return text(raw);
    }
    let parts = outside_braces(raw, |c| c == ',');
    let is = |part: &str, key: &str| {
        part.trim_start().to_lowercase().strip_prefix(key).is_some_and(|p| p.trim_start().starts_with('='))
    };
    if parts.iter().any(|p| is(p, "family")) {
        let value = |key: &str| {
            parts.iter().find(|p| is(p, key)).and_then(|p| p.split_once('=')).map(|(_, v)| text(v)).unwrap_or_default()
        };
        let prefix = value("prefix");
        let family = format!("{prefix} {}", value("family"));
        return exchange::name(&family, &value("given"), &value("suffix"));
    }
    match parts.as_slice() {
        [family, given] => exchange::name(&text(family), &text(given), ""),
        [family, suffix, given, ..] => exchange::name(&text(family), &text(given), &text(suffix)),
        _ => {
            let words = outside_braces(raw, |c| c.is_whitespace() || c == '~');
            match words.as_slice() {
                [given @ .., family] if !given.is_empty() && is_braced(family) => {
                    exchange::name(&text(family), &text(&given.join(" ")), "")
                }
                _ => values::person(&text(raw)),
            }
        }
    }
}

/// Whether one pair of braces holds the whole: a body's name, or a family name of several words.
fn is_braced(raw: &str) -> bool {
    let Some(inner) = raw.strip_prefix('{').and_then(|r| r.strip_suffix('}')) else { return false };
    let mut depth = 0i32;
    inner.bytes().all(|b| {
        depth += i32::from(b == b'{') - i32::from(b == b'}');
        depth >= 0
    }) && !inner.starts_with('\\')
}

fn outside_braces(raw: &str, separates: impl Fn(char) -> bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut depth = 0usize;
    let mut start = 0;
    for (i, c) in raw.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            c if depth == 0 && separates(c) => {
                parts.push(raw[start..i].trim());
                start = i + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(raw[start..].trim());
    parts.retain(|p| !p.is_empty());
    parts
}

fn item_type(kind: &str) -> Option<&'static str> {
    types::BIBTEX.read(kind).or_else(|| values::item_type(kind))
}
