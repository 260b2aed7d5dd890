//! The meaning of fields, and the record that is made of them: one for all line-tagged formats.
//!
//! A format says what its tags mean; here values are cleaned, the journal or book is told from the series, pages are put
//! together, and what has no field of its own becomes a note. Tags are *not* known here.

mod finish;

use super::clean;
use super::ris_tags::Kind;
use crate::ingest::values;
use crate::record::{Creator, Record};

/// What a tag means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    /// The title; said again with the same tag, its continuation.
    Title,
    /// A title only where there is no other one: a short title, the title of a chapter's book for a book.
    WeakTitle,
    OtherTitle,
    /// A person or body, with a relator code.
    Creator(&'static str),
    /// An author's name in a short form that counts where there is no full one.
    ShortAuthor,
    /// A body, kept whole.
    Body(&'static str),
    /// The journal or book in full.
    Container,
    /// The same, less surely: it gives way to [`Means::Container`].
    WeakContainer,
    /// An abbreviated journal title.
    ShortContainer,
    Series,
    Year,
    /// A date, or the part of it that the year does not say.
    Date,
    Abstract,
    /// A second abstract, or one that repeats the first.
    OtherAbstract,
    /// Subject headings, one a line, or separated by semicolons.
    Subjects,
    /// One subject heading, whatever separators it has.
    Subject,
    Publisher,
    Place,
    /// `Place : Publisher, year`.
    Imprint,
    Volume,
    Issue,
    FirstPage,
    LastPage,
    Pages,
    /// An article number: pages where there are none.
    ArticleNumber,
    /// ISSN or ISBN, one or several, with qualifiers.
    Serial,
    Doi,
    Pmid,
    Pmcid,
    /// A value with its kind in brackets: `10.1/2 [doi]`, `26957754[pmid]`.
    Identifier(&'static str),
    Url,
    Language,
    Edition,
    Extent,
    Rights,
    /// A note without or with a label.
    Note(&'static str),
    /// Several values of one kind that are best read as one note.
    Joined(&'static str),
    /// Technical housekeeping.
    Nothing,
}

/// A record in the making.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) record: Record,
    /// Whether the work stands in a journal or book, so that ISSN, pages and titles of hosts belong to that.
    pub(super) stands_in: bool,
    titles: Vec<(String, String)>,
    weak_titles: Vec<String>,
    creators: Vec<Creator>,
    short_authors: Vec<String>,
    containers: Vec<String>,
    weak_containers: Vec<String>,
    short_containers: Vec<String>,
    years: Vec<String>,
    dates: Vec<String>,
    abstracts: Vec<String>,
    volume: Option<String>,
    issue: Option<String>,
    first_page: String,
    last_page: String,
    pages: Option<String>,
    article_number: Option<String>,
    joined: Vec<(&'static str, Vec<String>)>,
}

impl Draft {
    /// A record of a type, and of a kind that says what its fields belong to.
    pub(super) fn of(item_type: Option<&str>, kind: Kind) -> Self {
        let mut draft = Draft { stands_in: matches!(kind, Kind::Article | Kind::Part), ..Draft::default() };
        draft.record.item_type = item_type.map(str::to_owned);
        draft
    }

    /// Takes a value in. `tag` tells repeated fields from different ones of one meaning.
    pub(super) fn add(&mut self, tag: &str, means: Means, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let clean = || values::line(&clean::plain(text));
        match means {
            Means::Title => self.titles.push((tag.to_owned(), clean())),
            Means::WeakTitle => push_new(&mut self.weak_titles, clean::title(text)),
            Means::OtherTitle => push_new(&mut self.record.alternative_titles, clean::title(text)),
            Means::Creator(role) => self.creator(text, role),
            Means::ShortAuthor => text.split(';').for_each(|name| self.short_authors.push(clean::name(name))),
            Means::Body(role) => self.body(text, role),
            Means::Container => push_new(&mut self.containers, values::title(&clean())),
            Means::WeakContainer => push_new(&mut self.weak_containers, values::title(&clean())),
            Means::ShortContainer => push_new(&mut self.short_containers, clean()),
            Means::Series => push_new(&mut self.record.series, clean::title(text)),
            Means::Year => self.years.push(date(&clean())),
            Means::Date => self.dates.push(date(&clean())),
            Means::Abstract => self.abstract_text(text),
            Means::OtherAbstract => self.abstract_text(text),
            Means::Subjects => text.split([';', '\n']).for_each(|text| self.subject(text)),
            Means::Subject => self.subject(text),
            Means::Publisher => {
                let text = clean();
                let text = text.trim_matches([',', ':', ';', ' ']);
                push_new(&mut self.record.publisher, text.to_owned());
            }
            Means::Place => {
                let text = clean();
                push_new(&mut self.record.place, text.trim_matches([',', ':', ';', ' ']).to_owned());
            }
            Means::Imprint => self.imprint(&clean()),
            Means::Volume => self.volume(&clean()),
            Means::Issue => self.set_or_note("Issue", |draft| &mut draft.issue, clean()),
            Means::FirstPage | Means::Pages if text.contains("://") => {
                self.url(text.split_whitespace().find(|word| word.contains("://")).unwrap_or(text));
            }
            Means::FirstPage => self.page(&clean(), |draft| &mut draft.first_page),
            Means::LastPage => self.page(&clean(), |draft| &mut draft.last_page),
            Means::Pages => self.set_or_note("Pages", |draft| &mut draft.pages, clean()),
            Means::ArticleNumber => self.set_or_note("Article number", |draft| &mut draft.article_number, clean()),
            Means::Serial => self.serial(&clean()),
            Means::Doi => self.doi(&clean()),
            Means::Pmid => match values::pmid(&clean()) {
                Some(pmid) => self.identifier("PMID", |r| &mut r.pmid, pmid),
                None => self.note("PMID", &clean()),
            },
            Means::Pmcid => match values::pmcid(&clean()) {
                Some(pmcid) => self.identifier("PMCID", |r| &mut r.pmcid, pmcid),
                None => self.note("PMCID", &clean()),
            },
            Means::Identifier(label) => self.marked_identifier(label, &clean()),
            Means::Url => self.url(text),
            Means::Language => self.language(&clean()),
            Means::Edition => self.edition(&clean()),
            Means::Extent => match self.record.extent {
                None => self.record.extent = Some(clean()),
                Some(_) => self.note("Extent", &clean()),
            },
            Means::Rights => match self.record.rights {
                None => self.record.rights = Some(clean()),
                Some(_) => self.note("Rights", &clean()),
            },
            Means::Note(label) => {
                let text = values::paragraphs(clean::plain(text).split("\n\n"));
                // Notes that only repeat the DOI say nothing new.
                let repeats =
                    values::doi(&text).is_some_and(|doi| text.to_lowercase().trim_start_matches("doi:").trim() == doi);
                match repeats {
                    true => self.doi(&text),
                    false => self.note(label, &text),
                }
            }
            Means::Joined(label) => match self.joined.iter_mut().find(|(known, _)| *known == label) {
                Some((_, list)) => push_new(list, clean()),
                None => self.joined.push((label, vec![clean()])),
            },
            Means::Nothing => {}
        }
    }

    pub(super) fn note(&mut self, label: &str, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            let note = if label.is_empty() { text.to_owned() } else { format!("{label}: {text}") };
            push_new(&mut self.record.notes, note);
        }
    }

    pub(super) fn has_pages(&self) -> bool {
        self.pages.is_some() || !self.first_page.is_empty()
    }

    pub(super) fn has_title(&self) -> bool {
        !self.titles.is_empty() || !self.weak_titles.is_empty()
    }

    pub(super) fn has_container(&self) -> bool {
        !self.containers.is_empty()
    }

    pub(super) fn has_issue(&self) -> bool {
        self.issue.is_some()
    }

    fn set_or_note(&mut self, label: &str, slot: fn(&mut Draft) -> &mut Option<String>, text: String) {
        match slot(self) {
            Some(known) if *known == text => {}
            Some(_) => self.note(label, &text),
            // What is long is no number but something put in the wrong field.
            None if text.chars().count() > 60 => self.note(label, &text),
            None => *slot(self) = Some(text),
        }
    }

    fn creator(&mut self, text: &str, role: &'static str) {
        for text in text.split([';', '\n']) {
            let text = values::line(text);
            if text.is_empty() {
                continue;
            }
            if text.matches(',').count() > 4 {
                self.note(if role.is_empty() { "Authors" } else { "Contributors" }, &text);
                continue;
            }
            let name = clean::name(&text);
            let nobody = ["", "anonymous", "anon", "[anonymous]", "none"];
            if nobody.iter().any(|word| name.eq_ignore_ascii_case(word)) {
                continue;
            }
            self.push_creator(name, role);
        }
    }

    fn body(&mut self, text: &str, role: &'static str) {
        let name = values::line(&clean::plain(text));
        self.push_creator(name.trim_end_matches(['.', ',', ';']).to_owned(), role);
    }

    fn push_creator(&mut self, name: String, role: &'static str) {
        let role = (!role.is_empty()).then(|| role.to_owned());
        // Exports name the same authors twice, with two tags; the first mention counts.
        let known = self.creators.len() < MANY
            && self.creators.iter().any(|c| c.name == name && (c.role == role || role.is_none()));
        if !name.is_empty() && !known {
            self.creators.push(Creator { name, role });
        }
    }

    fn abstract_text(&mut self, text: &str) {
        let text = clean::abstract_text(text);
        let placeholder = text.len() <= 40
            && matches!(
                text.to_lowercase().trim_end_matches('.'),
                "no abstract available" | "abstract not available" | "no abstract" | "[no abstract available]" | "none"
            );
        if self.abstracts.len() >= 20 {
            self.abstracts.push(text);
        } else if !text.is_empty() && !placeholder && !self.abstracts.iter().any(|known| known.contains(text.as_str()))
        {
            self.abstracts.retain(|known| !text.contains(known.as_str()));
            self.abstracts.push(text);
        }
    }

    fn subject(&mut self, text: &str) {
        push_new(&mut self.record.subjects, clean::heading(text));
    }

    fn imprint(&mut self, text: &str) {
        let mut places = Vec::new();
        let text = text.trim_matches(['[', ']']);
        // `London ; New York : McGraw-Hill`, and another pair after a semicolon.
        for part in text.split(" ; ") {
            match part.split_once(" : ") {
                Some((place, publisher)) => {
                    places.push(place);
                    let (name, date) = match publisher.rsplit_once(", ") {
                        Some((name, tail)) if values::year(tail).is_some() => (name, Some(tail)),
                        _ => (publisher, None),
                    };
                    if let Some(date) = date {
                        self.add("", Means::Year, date);
                    }
                    self.add("", Means::Publisher, name);
                }
                None => places.push(part),
            }
        }
        if self.record.publisher.is_empty() {
            // Only names: of publishers, unless there was a colon.
            places.iter().for_each(|name| self.add("", Means::Publisher, name));
        } else {
            places.iter().for_each(|name| self.add("", Means::Place, name));
        }
    }

    fn volume(&mut self, text: &str) {
        let text = text.strip_prefix("Vol. ").or_else(|| text.strip_prefix("vol. ")).unwrap_or(text);
        // `50(2)`
        let split = text.strip_suffix(')').and_then(|t| t.split_once('(')).filter(|(v, i)| {
            !v.trim().is_empty()
                && !i.is_empty()
                && v.len() + i.len() < 20
                && v.bytes().all(|b| b.is_ascii_digit() || b == b' ')
        });
        match split {
            Some((volume, issue)) if self.volume.is_none() => {
                self.volume = Some(volume.trim().to_owned());
                self.issue.get_or_insert_with(|| issue.trim().to_owned());
            }
            _ => self.set_or_note("Volume", |draft| &mut draft.volume, text.to_owned()),
        }
    }

    fn page(&mut self, text: &str, slot: fn(&mut Draft) -> &mut String) {
        // What stands where a database has no pages: "No Specified Pages".
        let nothing =
            matches!(text.to_lowercase().as_str(), "no" | "specified" | "n/a" | "no pagination" | "none" | "-");
        if nothing {
        } else if slot(self).is_empty() && clean::looks_like_pages(text) {
            *slot(self) = text.to_owned();
        } else if slot(self) != text {
            self.note("Pages", text);
        }
    }

    fn serial(&mut self, text: &str) {
        let mut unknown = Vec::new();
        for part in text.split([';', ',', '|']).map(str::trim).filter(|part| !part.is_empty()) {
            if self.add_number(part) {
                continue;
            }
            // Several numbers with spaces between, qualifiers after them.
            let mut found = false;
            for token in part.split([' ', '(', ')', '[', ']', ':']).filter(|token| token.len() >= 8) {
                found |= self.add_number(token);
            }
            if !found {
                unknown.push(part);
            }
        }
        for part in unknown {
            self.note("ISSN or ISBN", part);
        }
    }

    fn add_number(&mut self, text: &str) -> bool {
        if self.record.isbn.len() >= MANY || self.record.issn.len() >= MANY {
            return false;
        }
        if values::add_isbn(&mut self.record, text) {
            return true;
        }
        match values::issn(text) {
            Some(issn) => {
                push_new(&mut self.record.issn, issn);
                true
            }
            None => false,
        }
    }

    pub(super) fn doi(&mut self, text: &str) {
        match values::doi(text) {
            Some(doi) => self.identifier("DOI", |r| &mut r.doi, doi),
            None => self.note("DOI", text),
        }
    }

    fn identifier(&mut self, label: &str, slot: fn(&mut Record) -> &mut Option<String>, value: String) {
        match slot(&mut self.record) {
            Some(known) if *known == value => {}
            Some(_) => self.note(label, &value),
            slot => *slot = Some(value),
        }
    }

    fn marked_identifier(&mut self, label: &str, text: &str) {
        let (value, kind) = match text.strip_suffix(']').and_then(|t| t.rsplit_once('[')) {
            Some((value, kind)) => (value.trim(), kind.trim().to_lowercase()),
            None => (text, String::new()),
        };
        match kind.as_str() {
            "doi" => self.doi(value),
            "pmid" | "pubmed" => self.add("", Means::Pmid, value),
            "pmcid" | "pmc" | "pmcbook" => self.add("", Means::Pmcid, value),
            "pii" => self.note("Publisher item identifier", value),
            _ if values::doi(text).is_some() && self.record.doi.is_none() => self.doi(text),
            _ if values::pmcid(text).is_some() => self.add("", Means::Pmcid, text),
            _ => self.note(label, text),
        }
    }

    fn url(&mut self, text: &str) {
        for part in text.split([' ', '\n', '\t']) {
            for url in
                part.split(";http").enumerate().map(|(i, u)| if i == 0 { u.to_owned() } else { format!("http{u}") })
            {
                let url = url.trim_matches([';', ',', '<', '>', '"']);
                let url = if url.starts_with("//") { format!("https:{url}") } else { url.to_owned() };
                let lower = url.to_lowercase();
                let address = ["http://", "https://", "ftp://", "www.", "urn:"].iter().any(|s| lower.starts_with(s));
                if !address {
                    if values::doi(&url).is_some() {
                        self.doi(&url);
                    } else if url.len() > 2 {
                        self.note("Link", &values::line(text));
                        return;
                    }
                    continue;
                }
                let resolver = lower.contains("://doi.org/") || lower.contains("://dx.doi.org/");
                if let Some(doi) = values::doi(&url).filter(|_| resolver && self.record.doi.is_none()) {
                    self.record.doi = Some(doi);
                }
                push_new(&mut self.record.url, url);
            }
        }
    }

    fn language(&mut self, text: &str) {
        for part in text.split([';', ',', '/', '|']).map(str::trim).filter(|part| !part.is_empty()) {
            match values::language(part) {
                Some(code) => push_new(&mut self.record.languages, code),
                None => self.note("Language", part),
            }
        }
    }

    fn edition(&mut self, text: &str) {
        // Reference managers keep the date of online publication here.
        let dated = values::year(text).is_some() && text.bytes().filter(|b| matches!(b, b'/' | b'-')).count() >= 1;
        match self.record.edition {
            None if !dated => self.record.edition = Some(text.to_owned()),
            _ if dated => self.note("Published online", text.trim_end_matches('/')),
            _ => self.note("Edition", text),
        }
    }
}

/// In lists longer than this, values are no longer looked for before they are added: nothing may take quadratic time.
const MANY: usize = 1000;

/// Appends a value unless it is empty or, in a list of ordinary length, already there.
fn push_new(list: &mut Vec<String>, value: String) {
    if list.len() >= MANY && !value.is_empty() {
        list.push(value);
    } else {
        values::push_new(list, value);
    }
}

/// A date without the empty parts that reference managers print: `1948/07//` → `1948/07`.
fn date(text: &str) -> String {
    let text = text.trim_end_matches("undefined").trim_end_matches(['/', ' ', '-']);
    let text = text.trim_end_matches(['.', ',']);
    text.strip_suffix("/00").and_then(|t| t.strip_suffix("/00").or(Some(t))).unwrap_or(text).trim().to_owned()
}
