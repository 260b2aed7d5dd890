//! A row → a record.

use std::borrow::Cow;

use csv::ByteRecord;

use super::columns::Field;
use super::{Header, bulkrax, cells};
use crate::ingest::{exchange, values};
use crate::record::Record;

/// Reads the cells of a row; the reason when it is no work.
pub(super) fn record(header: &Header, row: &ByteRecord) -> Result<Record, String> {
    if header.is_bulkrax {
        let reason = header
            .columns
            .iter()
            .zip(row)
            .filter(|(column, _)| matches!(column.label.to_lowercase().as_str(), "model" | "has model" | "work type"))
            .find_map(|(_, cell)| bulkrax::not_a_work(&String::from_utf8_lossy(cell)));
        if let Some(reason) = reason {
            return Err(reason.to_owned());
        }
    }
    let mut r = Record::default();
    let mut parts = Parts::default();
    for (i, cell) in row.iter().enumerate() {
        let text = String::from_utf8_lossy(cell);
        if text.trim().is_empty() || is_missing(&text) {
            continue;
        }
        match header.columns.get(i) {
            Some(column) => cell_value(&mut r, &mut parts, header, column.field, &column.label, text),
            None => exchange::note(&mut r, &format!("Column {}", i + 1), &text),
        }
    }
    parts.assemble(&mut r);
    exchange::finished(r)
}

/// What pandas, R and databases write for nothing.
fn is_missing(text: &str) -> bool {
    matches!(text.trim(), "NaN" | "nan" | "NA" | "N/A" | "NULL" | "null" | "None" | "<NA>" | "[]" | "-")
}

/// What needs more than one column.
#[derive(Default)]
struct Parts {
    title: String,
    subtitle: String,
    description: String,
    authors: Vec<String>,
    full_authors: Vec<String>,
    year: String,
    month: String,
    day: String,
    date: String,
    abbreviation: String,
    first_page: String,
    last_page: String,
    article_number: String,
    series_number: String,
    kind: Vec<String>,
    citation: String,
}

fn cell_value(r: &mut Record, parts: &mut Parts, header: &Header, field: Field, label: &str, text: Cow<'_, str>) {
    let line = || exchange::line(&text);
    let several = || -> Vec<String> {
        if let Some(list) = cells::python_list(&text) {
            list.iter().map(|v| exchange::line(v)).collect()
        } else if header.is_bulkrax {
            bulkrax::values(&text).into_iter().map(exchange::line).collect()
        } else {
            text.split(['|', ';', '\n']).map(exchange::line).filter(|v| !v.is_empty()).collect()
        }
    };
    let whole_or_first = |r: &mut Record| -> String {
        // Values of Bulkrax with several titles: the first is the title.
        let all = if header.is_bulkrax && text.contains('|') { several() } else { vec![line()] };
        let mut all = all.into_iter();
        let first = all.next().unwrap_or_default();
        all.for_each(|t| values::push_new(&mut r.alternative_titles, exchange::title(&t)));
        first
    };
    match field {
        Field::Title => {
            let title = whole_or_first(r);
            if parts.title.is_empty() {
                parts.title = title;
            } else if parts.title != title {
                values::push_new(&mut r.alternative_titles, exchange::title(&title));
            }
        }
        Field::Subtitle => parts.subtitle = line(),
        Field::AlternativeTitle => {
            let title = exchange::title(&line());
            values::push_new(&mut r.alternative_titles, title);
        }
        Field::Abstract => exchange::add_abstract(r, &text),
        Field::Description if parts.description.is_empty() => parts.description = text.into_owned(),
        Field::Description => exchange::note(r, label, &text),
        Field::Body => r.body = Some(exchange::prose(&text)),
        Field::Authors => parts.authors.extend(cells::names(&text)),
        Field::FullAuthors => parts.full_authors.extend(cells::names(&text)),
        Field::Editors => people(r, &text, Some("edt")),
        Field::Translators => people(r, &text, Some("trl")),
        Field::Contributors => people(r, &text, Some("ctb")),
        Field::Bodies => several().into_iter().for_each(|name| parts.authors.push(name)),
        Field::Year => parts.year = line(),
        Field::Month => parts.month = line(),
        Field::Day => parts.day = line(),
        Field::Date if parts.date.is_empty() => parts.date = several().into_iter().next().unwrap_or_default(),
        Field::Date => exchange::note(r, label, &text),
        Field::Container => {
            let title = line();
            let container = exchange::container(r);
            if container.title.is_empty() {
                container.title = title;
            } else if container.title != title {
                exchange::note(r, label, &title);
            }
        }
        Field::ContainerAbbreviation if parts.abbreviation.is_empty() => parts.abbreviation = line(),
        Field::ContainerAbbreviation if parts.abbreviation == line() => {}
        Field::ContainerAbbreviation => exchange::note(r, label, &text),
        Field::Volume => exchange::container(r).volume = Some(whole_number(line())),
        Field::Issue => exchange::container(r).issue = Some(whole_number(line())),
        Field::Pages => exchange::container(r).pages = Some(exchange::pages(&text)),
        Field::FirstPage => parts.first_page = whole_number(line()),
        Field::LastPage => parts.last_page = whole_number(line()),
        Field::ArticleNumber => parts.article_number = whole_number(line()),
        Field::Citation if parts.citation.is_empty() => {
            parts.citation = line();
            citation(r, label, &parts.citation);
        }
        Field::Citation => exchange::note(r, label, &text),
        Field::Publisher if header.is_bulkrax => {
            several().into_iter().for_each(|p| values::push_new(&mut r.publisher, p))
        }
        Field::Publisher => {
            values::push_new(&mut r.publisher, line().trim_end_matches([',', ';', ':', ' ']).to_owned())
        }
        Field::Place => {
            several()
                .into_iter()
                .for_each(|p| values::push_new(&mut r.place, p.trim_end_matches([',', ':', ' ']).to_owned()));
        }
        Field::Series => values::push_new(&mut r.series, line()),
        Field::SeriesNumber => parts.series_number = whole_number(line()),
        Field::Edition => r.edition = Some(line()),
        Field::Extent => {
            let extent = whole_number(line());
            r.extent = Some(if extent.parse::<u32>().is_ok() { format!("{extent} p.") } else { extent });
        }
        Field::Isbn => exchange::add_isbns(r, &text),
        Field::Issn => exchange::add_issns(r, &text),
        Field::Doi => exchange::add_doi(r, &text),
        Field::Pmid => exchange::add_pmid(r, &text),
        Field::Pmcid => exchange::add_pmcid(r, &text),
        Field::Identifier => several().iter().for_each(|id| identifier(r, label, id)),
        Field::Url => {
            for part in text.split(['|', ' ', '\n']).map(|u| u.trim_end_matches([';', ','])).filter(|u| !u.is_empty()) {
                match part.contains("://") || part.starts_with("www.") {
                    true => exchange::add_url(r, part),
                    false => exchange::note(r, label, part),
                }
            }
        }
        Field::Subjects => {
            cells::words(&text).iter().for_each(|w| values::push_new(&mut r.subjects, exchange::line(w)))
        }
        Field::Languages => several().iter().for_each(|l| exchange::add_language(r, l)),
        Field::Type => parts.kind.extend(several()),
        Field::Rights if r.rights.is_none() => r.rights = Some(line()),
        Field::Access if r.access.is_none() => r.access = Some(line()),
        Field::Rights | Field::Access | Field::Note => exchange::note(r, label, &text),
        Field::Ignore => {}
    }
}

fn people(r: &mut Record, text: &str, role: Option<&str>) {
    cells::names(text).into_iter().for_each(|name| exchange::add_creator(r, name, role));
}

/// A number that a spreadsheet has made a decimal.
fn whole_number(text: String) -> String {
    match text.strip_suffix(".0") {
        Some(number) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => number.to_owned(),
        _ => text,
    }
}

fn identifier(r: &mut Record, label: &str, text: &str) {
    let lower = text.to_lowercase();
    let bare = lower.strip_prefix("urn:isbn:").or_else(|| lower.strip_prefix("urn:issn:")).unwrap_or(text);
    if lower.contains("10.") && values::doi(text).is_some() {
        exchange::add_doi(r, text);
    } else if values::add_isbn(r, bare) {
    } else if let Some(issn) = values::issn(bare).filter(|_| bare.contains('-')) {
        values::push_new(&mut r.issn, issn);
    } else if let Some(pmcid) = values::pmcid(text) {
        exchange::add_pmcid(r, &pmcid);
    } else if lower.starts_with("pmid") && values::pmid(text).is_some() {
        exchange::add_pmid(r, text);
    } else if text.contains("://") {
        exchange::add_url(r, text);
    } else {
        exchange::note(r, label, text);
    }
}

/// PubMed's `BMJ. 1997 Mar 1;314(7081):600-3. doi: …` and Embase's `BMJ (1997) 314:7081 (600-603). Date of Publication: …`;
/// anything else is kept as it stands.
fn citation(r: &mut Record, label: &str, text: &str) {
    if let Some((journal, rest)) = text.split_once(" (")
        && let Some((year, rest)) = rest.split_once(')')
        && year.len() == 4
        && values::year(year).is_some()
    {
        let rest = rest.trim_start();
        let (numbers, after) = rest.split_once(" (").unwrap_or((rest.split('.').next().unwrap_or(""), ""));
        let numbers = numbers.split('.').next().unwrap_or("").trim();
        let (volume, issue) = numbers.split_once(':').unwrap_or((numbers, ""));
        let pages =
            after.split_once(')').map(|(pages, _)| pages).filter(|p| p.starts_with(|c: char| c.is_alphanumeric()));
        let date = text.split_once("Date of Publication: ").map_or(year, |(_, date)| date.trim_end_matches('.'));
        let container = exchange::container(r);
        if container.title.is_empty() {
            container.title = journal.trim().to_owned();
        }
        let some = |t: &str| Some(t.trim().to_owned()).filter(|t| !t.is_empty() && t.len() < 20);
        container.volume = container.volume.take().or_else(|| some(volume));
        container.issue = container.issue.take().or_else(|| some(issue));
        container.pages = container.pages.take().or_else(|| pages.map(exchange::pages));
        r.year = r.year.or_else(|| values::year(year));
        values::set_date(r, date);
        exchange::note(r, label, text);
        return;
    }
    if let Some((before, rest)) = text.split_once(';')
        && let Some((numbers, rest)) = rest.split_once(':')
        && values::year(before).is_some()
        && numbers.len() < 30
    {
        let (volume, issue) = numbers.split_once('(').unwrap_or((numbers, ""));
        let pages = rest.split(['.', ';']).next().unwrap_or("");
        let date = before.rsplit_once(". ").map_or(before, |(_, date)| date);
        let container = exchange::container(r);
        let some = |t: &str| Some(t.trim().to_owned()).filter(|t| !t.is_empty());
        container.volume = container.volume.take().or_else(|| some(volume));
        container.issue = container.issue.take().or_else(|| some(issue.trim_end_matches(')')));
        container.pages = container.pages.take().or_else(|| some(pages)).map(|p| exchange::pages(&p));
        values::set_date(r, date);
    }
    exchange::note(r, label, text);
}

impl Parts {
    fn assemble(self, r: &mut Record) {
        exchange::set_title(r, &self.title, &self.subtitle);
        if !self.description.is_empty() {
            if r.abstract_text.is_none() {
                exchange::add_abstract(r, &self.description);
            } else {
                exchange::note(r, "Description", &self.description);
            }
        }
        let others = std::mem::take(&mut r.creators);
        // Full names stand beside the short ones where an export has both.
        let authors =
            if self.full_authors.len() >= self.authors.len().max(1) { self.full_authors } else { self.authors };
        authors.into_iter().for_each(|name| exchange::add_creator(r, name, None));
        for creator in others {
            exchange::add_creator(r, creator.name, creator.role.as_deref());
        }
        dates(r, &self.year, &self.month, &self.day, &self.date);
        let container = exchange::container(r);
        if container.pages.is_none() {
            container.pages = match (self.first_page.is_empty(), self.last_page.is_empty()) {
                (false, false) if self.first_page != self.last_page => {
                    Some(exchange::pages(&format!("{}-{}", self.first_page, self.last_page)))
                }
                (false, _) => Some(self.first_page),
                (true, _) if !self.article_number.is_empty() => Some(self.article_number.clone()),
                _ => None,
            };
        }
        if container.pages.as_ref() != Some(&self.article_number) {
            exchange::note(r, "Article number", &self.article_number);
        }
        if !self.abbreviation.is_empty() {
            let container = exchange::container(r);
            if container.title.is_empty() {
                container.title = self.abbreviation;
            } else if container.title != self.abbreviation {
                exchange::note(r, "Journal abbreviation", &self.abbreviation);
            }
        }
        match r.series.first_mut().filter(|_| !self.series_number.is_empty()) {
            Some(series) => *series = format!("{series}; {}", self.series_number),
            None => exchange::note(r, "Series number", &self.series_number),
        }
        for kind in self.kind {
            match kind_of_work(&kind) {
                Some(known) if r.item_type.is_none() => {
                    r.item_type = Some(known.to_owned());
                    // `Review` says more than that it is an article.
                    if values::item_type(&kind) == Some("article-journal") && !kind.to_lowercase().contains("article") {
                        exchange::note(r, "Type", &kind);
                    }
                }
                _ => exchange::note(r, "Type", &kind),
            }
        }
    }
}

fn dates(r: &mut Record, year: &str, month: &str, day: &str, date: &str) {
    // `2014//`: RIS with its empty month and day.
    let year = whole_number(year.trim_end_matches('/').to_owned());
    let date = date.trim_end_matches('/');
    let number = |text: &str| text.parse::<u8>().ok().filter(|n| (1..=31).contains(n));
    let month = match (number(month).filter(|month| *month <= 12), number(day)) {
        _ if month.is_empty() || values::year(month).is_some() => month.to_owned(),
        (Some(month), Some(day)) => format!("{year}-{month:02}-{day:02}"),
        (Some(month), None) => format!("{year}-{month:02}"),
        (None, Some(day)) => format!("{day} {month} {year}"),
        (None, None) => format!("{month} {year}"),
    };
    r.year = values::year(&year).or(r.year);
    for printed in [month.as_str(), date, year.as_str()] {
        if values::year(printed).is_some() && (r.year.is_none() || values::year(printed) == r.year) {
            values::set_date(r, printed);
        } else if !printed.is_empty() && printed != year {
            exchange::note(r, "Date", printed);
        } else if r.year.is_none() {
            values::set_date(r, printed);
        }
    }
}

/// Names of kinds in exports, codes of RIS included.
fn kind_of_work(text: &str) -> Option<&'static str> {
    Some(match text.trim().to_uppercase().as_str() {
        "JOUR"
        | "EJOUR"
        | "JFULL"
        | "INPR"
        | "J"
        | "ARTICLE IN PRESS"
        | "SHORT SURVEY"
        | "EDITORIAL"
        | "SHORT COMMUNICATION"
        | "RESEARCH ARTICLE"
        | "ARTICLE; EARLY ACCESS"
        | "JOURNAL" => "article-journal",
        "RPRT" | "GOVDOC" | "REPORTS" => "report",
        "CHAP" | "ECHAP" | "BOOKSECTION" => "chapter",
        "BOOK" | "EBOOK" | "EDBOOK" | "B" | "BK" | "BOOKS" => "book",
        "THES" => "thesis",
        "CONF"
        | "CPAPER"
        | "C"
        | "CONFERENCE PAPER"
        | "PROCEEDINGS PAPER"
        | "CONFERENCE ABSTRACT"
        | "MEETING ABSTRACT" => "paper-conference",
        "IEEE CONFERENCES" | "IET CONFERENCES" => "paper-conference",
        "IEEE JOURNALS" | "IEEE MAGAZINES" | "IEEE EARLY ACCESS ARTICLES" => "article-journal",
        "MGZN" => "article-magazine",
        "NEWS" => "article-newspaper",
        "ELEC" | "WEB" | "BLOG" => "webpage",
        "UNPB" => "manuscript",
        "PAMP" => "pamphlet",
        "GEN" | "DOCUMENT" | "OTHER" => "document",
        _ => return values::item_type(text),
    })
}
