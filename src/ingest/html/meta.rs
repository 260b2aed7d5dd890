//! `meta` elements: Highwire, bepress, EPrints, Dublin Core, PRISM, Open Graph and the plain ones.
//!
//! Each vocabulary is a source of its own, because they are trusted differently. `citation_reference` holds the works that
//! an article cites and is never read; tags about files, robots and sharing have nothing of the work.

use super::dom::{self, all};
use super::found::{Commas, Found, Origin, relator};
use super::page::Page;
use crate::ingest::values;

dom::selectors! {
    METAS = "meta[content]";
    LINKS = "link[rel][href], a[rel~='license'][href]";
}

/// One tag.
struct Tag<'a> {
    /// In lower case, without the prefix of its vocabulary.
    name: &'a str,
    content: &'a str,
    /// Whether the page has the tag more than once: then each holds one value.
    repeated: bool,
}

/// Reads all vocabularies that the page uses.
pub(super) fn find(page: &Page) -> Vec<Found> {
    let tags: Vec<(String, &str)> = all(page, &METAS)
        .filter_map(|meta| {
            let name = meta.attr("name").or_else(|| meta.attr("property"))?.trim().to_ascii_lowercase();
            let content = meta.attr("content")?.trim();
            (!content.is_empty() && !name.starts_with("citation_reference")).then_some((name, content))
        })
        .collect();
    let mut counts = std::collections::HashMap::new();
    for (name, _) in &tags {
        *counts.entry(name.as_str()).or_insert(0usize) += 1;
    }
    let mut sources: Vec<Source> = Vec::new();
    for (full, content) in &tags {
        let Some((origin, name)) = vocabulary(full) else { continue };
        let at = match sources.iter().position(|source| source.found.origin == origin) {
            Some(at) => at,
            None => {
                sources.push(Source { found: Found::new(origin), dates: Vec::new(), pages: (None, None) });
                sources.len() - 1
            }
        };
        let tag = Tag { name, content, repeated: counts.get(full.as_str()).is_some_and(|n| *n > 1) };
        match origin {
            Origin::Highwire | Origin::Bepress => sources[at].highwire(&tag),
            Origin::EPrints => sources[at].eprints(&tag),
            Origin::DublinCore => sources[at].dublin_core(&tag),
            Origin::Prism => sources[at].prism(&tag),
            _ => sources[at].web(&tag),
        }
    }
    // DSpace puts the type among the keywords.
    let kinds: Vec<&str> =
        tags.iter().filter(|(n, _)| n == "dc.type" || n == "dcterms.type").map(|(_, c)| *c).take(8).collect();
    for source in sources.iter_mut().filter(|s| s.found.origin == Origin::Highwire) {
        source.found.record.subjects.retain(|subject| !kinds.iter().any(|kind| kind.eq_ignore_ascii_case(subject)));
    }
    // The links first: of the addresses of one origin the canonical one is to stand before the shared one.
    let mut found = vec![links(page)];
    found.extend(sources.into_iter().map(Source::finish));
    found
}

/// The canonical address of the page and its licence.
fn links(page: &Page) -> Found {
    let mut found = Found::new(Origin::Web);
    for link in all(page, &LINKS) {
        let (Some(rel), Some(href)) = (link.attr("rel"), link.attr("href")) else { continue };
        match rel.trim().to_ascii_lowercase().as_str() {
            "canonical" => {
                found.url(href);
            }
            "license" | "licence" => found.rights(href),
            _ => {}
        }
    }
    found
}

/// The vocabulary of a tag, and its name within it.
fn vocabulary(name: &str) -> Option<(Origin, &str)> {
    const PREFIXES: &[(&str, Origin)] = &[
        ("bepress_citation_", Origin::Bepress),
        ("citation_", Origin::Highwire),
        ("eprints.", Origin::EPrints),
        ("dcterms.", Origin::DublinCore),
        ("dcterms:", Origin::DublinCore),
        ("dcterm.", Origin::DublinCore),
        ("dc.", Origin::DublinCore),
        ("dc:", Origin::DublinCore),
        ("prism.", Origin::Prism),
        ("prism:", Origin::Prism),
    ];
    let prefixed = PREFIXES.iter().find_map(|(prefix, origin)| name.strip_prefix(prefix).map(|rest| (*origin, rest)));
    let web = name.starts_with("og:")
        || name.starts_with("article:")
        || name.starts_with("book:")
        || name.starts_with("twitter:")
        || name.starts_with("govuk:")
        || matches!(
            name,
            "author" | "description" | "keywords" | "news_keywords" | "title" | "date" | "subject" | "copyright"
        );
    prefixed.or(web.then_some((Origin::Web, name)))
}

struct Source {
    found: Found,
    /// Rank and value.
    dates: Vec<(u8, String)>,
    pages: (Option<String>, Option<String>),
}

impl Source {
    fn date(&mut self, rank: u8, text: &str) {
        self.dates.push((rank, values::line(text)));
    }

    fn kind(&mut self, kind: &str) {
        self.found.record.item_type.get_or_insert_with(|| kind.to_owned());
    }

    /// The type in the source's own word.
    fn stated_kind(&mut self, word: &str) {
        if let Some(kind) = values::item_type(word) {
            self.kind(kind);
        }
    }

    fn highwire(&mut self, tag: &Tag<'_>) {
        let content = tag.content;
        let line = || values::line(content);
        match tag.name {
            "title" => self.found.title(content),
            "author" | "authors" => self.found.creators(content, None),
            "editor" | "editors" => self.found.creators(content, Some("edt")),
            "translator" => self.found.creators(content, Some("trl")),
            "technical_report_institution" => {
                self.kind("report");
                self.found.publishers(content);
            }
            "dissertation_institution" => {
                self.kind("thesis");
                self.found.publishers(content);
            }
            "dissertation_name" => {
                self.kind("thesis");
                self.found.note("Dissertation", content);
            }
            "technical_report_number" => {
                self.kind("report");
                self.found.note("Report number", content);
            }
            "publication_date" => self.date(0, content),
            "date" | "year" | "cover_date" => self.date(1, content),
            "online_date" => self.date(2, content),
            "publisher" => self.found.publishers(content),
            "journal_title" => {
                self.kind("article-journal");
                self.found.container().title = line();
            }
            "conference_title" | "conference" => {
                self.kind("paper-conference");
                let container = self.found.container();
                if container.title.is_empty() {
                    container.title = line();
                }
            }
            "inbook_title" | "book_title" => {
                self.kind("chapter");
                self.found.container().title = line();
            }
            // An abbreviation serves only where the title is missing, and one without letters never: OJS prints "1".
            "journal_abbrev" => {
                let container = self.found.container();
                if container.title.is_empty() && content.chars().any(char::is_alphabetic) {
                    container.title = values::line(content);
                }
            }
            "series_title" => values::push_new(&mut self.found.record.series, line()),
            "volume" => self.found.container().volume = Some(line()),
            "issue" => self.found.container().issue = Some(line()),
            "firstpage" | "first_page" => self.pages.0 = Some(line()),
            "lastpage" | "last_page" => self.pages.1 = Some(line()),
            "article_number" | "elocation_id" if self.pages.0.is_none() => self.pages.0 = Some(line()),
            "num_pages" => self.found.record.extent = Some(line()),
            "issn" | "eissn" | "isbn" | "doi" | "pmid" => {
                self.found.identifier_as(tag.name, content);
            }
            "pmcid" => {
                let id =
                    if content.starts_with(|c: char| c.is_ascii_digit()) { format!("PMC{content}") } else { line() };
                self.found.record.pmcid = values::pmcid(&id);
            }
            "abstract" => self.found.abstract_text(content),
            "keywords" | "keyword" => self.subjects(tag),
            "language" => self.found.languages(content),
            "article_type" => self.stated_kind(content),
            "abstract_html_url" | "public_url" => {
                self.found.url(content);
            }
            _ => {}
        }
    }

    fn subjects(&mut self, tag: &Tag<'_>) {
        self.found.subjects(tag.content, if tag.repeated { Commas::Belong } else { Commas::Guess });
    }

    fn eprints(&mut self, tag: &Tag<'_>) {
        let content = tag.content;
        let line = || values::line(content);
        match tag.name {
            "title" => self.found.title(content),
            "creators_name" | "corp_creators" | "creators" => self.found.creators(content, None),
            "editors_name" => self.found.creators(content, Some("edt")),
            "contributors_name" => self.found.creators(content, Some("ctb")),
            // What EPrints calls a monograph is a report, a working or a discussion paper.
            "type" if content == "monograph" => self.kind("report"),
            "type" if content == "conference_item" => self.kind("paper-conference"),
            "type" => self.stated_kind(content),
            "date" => self.date(0, content),
            "abstract" => self.found.abstract_text(content),
            "publisher" | "institution" => self.found.publishers(content),
            "place_of_pub" => values::push_new(&mut self.found.record.place, line()),
            "publication" | "book_title" => self.found.container().title = line(),
            "event_title" => self.found.note("Event", content),
            "volume" => self.found.container().volume = Some(line()),
            "number" => self.found.container().issue = Some(line()),
            "pagerange" => self.pages.0 = Some(line()),
            "pages" => self.found.record.extent = Some(format!("{}p.", line().trim_end_matches(['p', '.']))),
            "series" => values::push_new(&mut self.found.record.series, line()),
            "keywords" => self.subjects(tag),
            "issn" | "isbn" | "id_number" | "doi" | "official_url" => {
                self.found.identifier_as(tag.name, content);
            }
            "language" => self.found.languages(content),
            "note" => self.found.note("", content),
            _ => {}
        }
    }

    fn dublin_core(&mut self, tag: &Tag<'_>) {
        let content = tag.content;
        let line = || values::line(content);
        let words = content.split_whitespace().count();
        match tag.name {
            "title" => self.found.title(content),
            "title.alternative" | "alternative" => self.found.alternative_title(content),
            "contributor" | "contributor.other" => self.found.creators(content, Some("ctb")),
            "contributor.sponsor" | "contributor.funder" => self.found.note("Sponsor", content),
            "date.issued" | "issued" | "date.published" | "date.publication" => self.date(0, content),
            "date" => self.date(1, content),
            "date.created" | "created" | "available" | "date.available" => self.date(2, content),
            "publisher" | "publisher.corporatename" => self.found.publishers(content),
            "publisher.place" | "coverage.publication" => values::push_new(&mut self.found.record.place, line()),
            "description.abstract" | "abstract" | "dcterms.abstract" => self.found.abstract_text(content),
            "description" => self.found.description(content),
            "description.tableofcontents" | "tableofcontents" => self.found.note("Contents", content),
            "description.edition" => self.found.record.edition = Some(line()),
            "subject" | "subject.keywords" | "subject.mesh" | "subject.lcsh" => self.subjects(tag),
            "language" | "language.iso" | "language.rfc3066" => self.found.languages(content),
            "type" | "type.articletype" | "type.genre" => self.stated_kind(content),
            "identifier.pagenumber" => self.pages.0 = Some(line()),
            "relation.ispartof" | "ispartof"
                if words <= 40 && !content.starts_with("http") && !content.contains(':') =>
            {
                let container = self.found.container();
                if container.title.is_empty() {
                    container.title = line();
                }
            }
            "relation.ispartofseries" => {
                values::push_new(&mut self.found.record.series, line().replacen(';', " ; ", 1))
            }
            // DSpace prints its series as a bare relation: "Working Paper;12".
            "relation" if !self.found.identifier(content) => match content.split_once(';') {
                Some((series, number)) if number.trim().len() <= 12 => {
                    values::push_new(&mut self.found.record.series, format!("{}; {}", series.trim(), number.trim()));
                }
                _ => self.found.note("Relation", content),
            },
            // OJS and Nature put the journal here.
            "source" if words <= 20 && !content.starts_with("http") && values::issn(content).is_none() => {
                let title = content.split(';').next().map(values::line).unwrap_or_default();
                let container = self.found.container();
                if container.title.is_empty() {
                    container.title = title;
                }
            }
            "source.volume" | "citation.volume" => self.found.container().volume = Some(line()),
            "source.issue" | "citation.issue" => self.found.container().issue = Some(line()),
            "citation.spage" => self.pages.0 = Some(line()),
            "citation.epage" => self.pages.1 = Some(line()),
            "format.extent" | "extent" => self.found.record.extent = Some(line()),
            "rights" | "rights.license" | "rights.uri" | "license" | "rights.licence" => self.found.rights(content),
            "coverage" | "coverage.spatial" | "coverage.temporal" | "spatial" | "temporal" => {
                self.found.note("Coverage", content);
            }
            name if name.starts_with("creator") && !name.contains("orcid") && !name.contains("address") => {
                self.found.creators(content, None);
            }
            name if name.starts_with("contributor.") => match relator(&name["contributor.".len()..]) {
                Some(role) => self.found.creators(content, Some(role)),
                None if name == "contributor.author" => self.found.creators(content, None),
                None => {}
            },
            // A whole citation stands here at times; only what is an identifier throughout is one.
            name if name.starts_with("identifier") || name.starts_with("source.") || name.starts_with("relation.") => {
                self.found.identifier(content);
            }
            _ => {}
        }
    }

    fn prism(&mut self, tag: &Tag<'_>) {
        let content = tag.content;
        let line = || values::line(content);
        match tag.name {
            "publicationname" => self.found.container().title = line(),
            "publicationdate" | "coverdate" => self.date(0, content),
            "volume" => self.found.container().volume = Some(line()),
            "number" | "issueidentifier" => self.found.container().issue = Some(line()),
            "startingpage" => self.pages.0 = Some(line()),
            "endingpage" => self.pages.1 = Some(line()),
            "pagerange" => self.pages = (Some(line()), None),
            "issn" | "eissn" | "isbn" | "doi" | "url" => {
                self.found.identifier_as(tag.name, content);
            }
            "keyword" => self.subjects(tag),
            "edition" => self.found.record.edition = Some(line()),
            _ => {}
        }
    }

    fn web(&mut self, tag: &Tag<'_>) {
        let content = tag.content;
        match tag.name {
            "og:title" => self.found.title(content),
            "title" | "twitter:title" if self.found.record.title.is_empty() => self.found.title(content),
            "og:description" | "description" | "twitter:description" => self.found.description(content),
            "og:url" => {
                self.found.url(content);
            }
            "og:site_name" => self.found.site = Some(values::line(content)),
            "author" | "article:author" | "book:author" => self.found.creators(content, None),
            "article:published_time" | "book:release_date" => self.date(0, content),
            "date" => self.date(1, content),
            "article:tag" | "book:tag" => self.found.subjects(content, Commas::Belong),
            "keywords" | "news_keywords" => self.found.subjects(content, Commas::Separate),
            "book:isbn" => {
                self.found.identifier(content);
            }
            "og:type" if content.eq_ignore_ascii_case("book") => self.kind("book"),
            // Publications of the British government say here what they are.
            "govuk:format" | "govuk:schema-name" => {
                if matches!(
                    content,
                    "research"
                        | "policy_paper"
                        | "independent_report"
                        | "guidance"
                        | "corporate_report"
                        | "impact_assessment"
                        | "consultation"
                        | "closed_consultation"
                        | "consultation_outcome"
                        | "statutory_guidance"
                ) {
                    self.kind("report");
                }
            }
            _ => {}
        }
    }

    fn finish(mut self) -> Found {
        self.dates.sort_by_key(|(rank, _)| *rank);
        if let Some((_, date)) = self.dates.iter().find(|(_, date)| values::year(date).is_some()).or(self.dates.first())
        {
            values::set_date(&mut self.found.record, date);
        }
        if let Some(pages) = page_range(self.pages.0, self.pages.1) {
            self.found.container().pages = Some(pages);
        }
        self.found
    }
}

/// `first-last`, or the only page, or the range that is already one.
pub(super) fn page_range(first: Option<String>, last: Option<String>) -> Option<String> {
    match (first.filter(|p| !p.is_empty()), last.filter(|p| !p.is_empty())) {
        (Some(first), Some(last)) if first != last && !first.contains(['-', '–']) => Some(format!("{first}-{last}")),
        (Some(first), _) => Some(first),
        (None, last) => last,
    }
}
