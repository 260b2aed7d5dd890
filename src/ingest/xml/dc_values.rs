//! Elements of Dublin Core, simple and qualified, as fields of a record.
//!
//! Pure sorting of values: no XML here. A source's unknown elements become notes under their own names.

use super::clean;
use crate::ingest::values;
use crate::record::{Container, Creator, Record};

/// The fifteen elements and the terms that repositories use beside them.
const FIELDS: &[&str] = &[
    "title",
    "creator",
    "subject",
    "description",
    "publisher",
    "contributor",
    "date",
    "type",
    "format",
    "identifier",
    "source",
    "language",
    "relation",
    "coverage",
    "rights",
    "alternative",
    "abstract",
    "issued",
    "bibliographicCitation",
    "dcvalue",
];

/// Whether an element of this name is one of Dublin Core.
pub(super) fn is_field(name: &str) -> bool {
    FIELDS.contains(&name)
}

/// What has been found on the way to a record.
#[derive(Default)]
pub(super) struct Draft {
    record: Record,
    /// Descriptions that are not marked as abstracts.
    descriptions: Vec<String>,
    abstracts: Vec<String>,
    issued: Vec<String>,
    dates: Vec<String>,
    types: Vec<String>,
    sources: Vec<String>,
    containers: Vec<String>,
    relations: Vec<String>,
}

impl Draft {
    /// One element's value.
    pub(super) fn add(&mut self, element: &str, qualifier: &str, scheme: &str, value: &str) {
        let text = clean::plain(value);
        if text.is_empty() {
            return;
        }
        let r = &mut self.record;
        match (element, qualifier) {
            ("title", "alternative" | "translated") | ("alternative", _) => {
                values::push_new(&mut r.alternative_titles, clean::title(&text));
            }
            ("title", _) if r.title.is_empty() => r.title = clean::title(&text),
            ("title", _) => {
                let title = clean::title(&text);
                if title != r.title {
                    values::push_new(&mut r.alternative_titles, title);
                }
            }
            ("creator", _) | ("contributor", "author") | ("author", _) => self.creator(&text, None),
            ("contributor", "advisor" | "supervisor") => self.creator(&text, Some("ths")),
            ("contributor", "editor") | ("editor", _) => self.creator(&text, Some("edt")),
            ("contributor", "illustrator") => self.creator(&text, Some("ill")),
            ("contributor", "translator") => self.creator(&text, Some("trl")),
            ("contributor", _) => self.creator(&text, Some("ctb")),
            ("subject", "ddc" | "lcc" | "udc" | "classification") => clean::note(r, "Classification", &text),
            ("subject", _) if matches!(scheme, "DDC" | "LCC" | "UDC") => {
                clean::note(r, "Classification", &format!("{scheme} {text}"));
            }
            ("subject" | "keyword" | "keywords", _) => {
                for subject in text.split([';', '|']) {
                    values::push_new(&mut r.subjects, subject.trim().trim_end_matches('.').trim().to_owned());
                }
            }
            ("description", "abstract") | ("abstract", _) => self.abstracts.push(clean::running_text(value)),
            ("description", "tableofcontents") | ("tableOfContents", _) => clean::note(r, "Contents", &text),
            ("description", "provenance") | ("provenance", _) => {}
            ("description", "statementofresponsibility") => clean::note(r, "Statement of responsibility", &text),
            ("description", "sponsorship") => clean::note(r, "Sponsorship", &text),
            ("description", _) => self.descriptions.push(clean::running_text(value)),
            ("publisher", "place") => values::push_new(&mut r.place, text),
            ("publisher", _) => publisher(r, &text),
            ("date", "issued" | "published" | "created" | "copyright") | ("issued", _) => self.issued.push(text),
            ("date", "") => self.dates.push(text),
            ("date", "accessioned" | "available" | "updated" | "submitted") => {}
            ("available" | "dateAccepted" | "dateSubmitted" | "modified", _) => {}
            ("created" | "dateCopyrighted" | "valid", _) => self.dates.push(text),
            ("type", _) => self.types.push(text),
            ("format", "extent") | ("extent", _) => extent(r, &text),
            ("format" | "medium", _) => format(r, &text),
            ("identifier", "citation") | ("bibliographicCitation", _) => clean::note(r, "Citation", &text),
            ("identifier", kind) => identifier(r, kind, scheme, &text),
            ("source", _) => self.sources.push(text),
            ("language", _) => {
                for language in text.split([';', ',']).filter(|l| !l.trim().is_empty()) {
                    clean::add_language(r, language.trim());
                }
            }
            ("relation", "ispartofseries") => values::push_new(&mut r.series, values::title(&text)),
            ("relation", "ispartof") | ("isPartOf", _) => self.containers.push(text),
            ("relation", "uri") => url(r, &text),
            (
                "relation" | "references" | "isReferencedBy" | "hasPart" | "hasVersion" | "isVersionOf" | "isFormatOf",
                _,
            ) => {
                self.relations.push(text);
            }
            ("coverage" | "spatial" | "temporal", _) => clean::note(r, "Coverage", &text),
            ("rights" | "license" | "rightsHolder" | "accessRights", _) => rights(r, element, &text),
            ("edition", _) if r.edition.is_none() => r.edition = Some(text),
            ("originalRecord" | "preview" | "object" | "hasType", _)
                if self.types.contains(&text) || r.url.contains(&text) => {}
            _ if qualifier.is_empty() => clean::note(r, &clean::label(element), &text),
            _ => clean::note(r, &clean::label(&format!("{element} {qualifier}")), &text),
        }
    }

    fn creator(&mut self, text: &str, role: Option<&str>) {
        // Several names in one element: each of them has its comma.
        if text.contains(';') && text.split(';').all(|name| name.contains(',') || name.trim().is_empty()) {
            return text.split(';').filter(|name| !name.trim().is_empty()).for_each(|name| self.creator(name, role));
        }
        // A role in brackets after the name: "Smith, Jane (Editor)".
        let (name, stated) = match text.strip_suffix(')').and_then(|t| t.rsplit_once('(')) {
            Some((name, word)) => match relator(word) {
                Some(code) => (name, Some(code)),
                None => (text, None),
            },
            None => (text, None),
        };
        let creator = Creator { name: values::person(name), role: stated.or(role).map(str::to_owned) };
        let again = self
            .record
            .creators
            .iter()
            .any(|c| c.name == creator.name && (creator.role.is_none() || c.role == creator.role));
        if !creator.name.is_empty() && !again {
            self.record.creators.push(creator);
        }
    }

    /// Decides what could only be decided with everything at hand.
    pub(super) fn into_record(mut self) -> Record {
        self.kind();
        self.date();
        self.texts();
        self.standing_in();
        for relation in std::mem::take(&mut self.relations) {
            identifier(&mut self.record, "relation", "", &relation);
        }
        self.record
    }

    fn kind(&mut self) {
        let r = &mut self.record;
        for text in std::mem::take(&mut self.types) {
            let bare = text.rsplit(['/', '#']).next().unwrap_or(&text);
            let bare = bare.strip_prefix("doc-type:").unwrap_or(bare);
            let known = coar_type(bare).or_else(|| values::item_type(bare)).or_else(|| values::item_type(&text));
            match known {
                Some(kind) if r.item_type.is_none() => r.item_type = Some(kind.to_owned()),
                Some(kind) if r.item_type.as_deref() == Some(kind) => {}
                _ if text.eq_ignore_ascii_case("text") => {}
                _ => clean::note(r, "Type", bare),
            }
        }
    }

    fn date(&mut self) {
        let mut dates = std::mem::take(&mut self.issued);
        let mut others = std::mem::take(&mut self.dates);
        // A repository exports its own dates, with a time of day, beside that of publication.
        others.sort_by_key(|date| is_timestamp(date));
        dates.append(&mut others);
        let mut dates = dates.into_iter();
        let Some(date) = dates.next() else { return };
        let day = if is_timestamp(&date) { date.get(..10).unwrap_or(&date) } else { &date };
        values::set_date(&mut self.record, day);
        let date = day.to_owned();
        for other in dates.filter(|other| !is_timestamp(other) && *other != date) {
            clean::note(&mut self.record, "Date", &other);
        }
    }

    fn texts(&mut self) {
        let mut abstracts = std::mem::take(&mut self.abstracts);
        let mut descriptions = std::mem::take(&mut self.descriptions);
        descriptions.dedup();
        if abstracts.is_empty() {
            let is_remark = |text: &String| {
                text.len() < 120
                    && [
                        "peer reviewed",
                        "includes bibliograph",
                        "pagination",
                        "bibliography:",
                        "title from",
                        "notes:",
                        "vol.",
                        "thesis (",
                        "comment:",
                        "comments:",
                    ]
                    .iter()
                    .any(|start| text.to_lowercase().starts_with(start))
            };
            let longest = (0..descriptions.len())
                .filter(|i| !is_remark(&descriptions[*i]))
                .max_by_key(|i| (descriptions[*i].len(), usize::MAX - i));
            if let Some(at) = longest {
                abstracts.push(descriptions.remove(at));
            }
        }
        let mut abstracts = abstracts.into_iter();
        self.record.abstract_text = abstracts.next().filter(|t| !t.is_empty());
        for other in abstracts {
            clean::note(&mut self.record, "Abstract", &other);
        }
        for other in descriptions {
            clean::note(&mut self.record, "Description", &other);
        }
    }

    /// The journal, book or series the work stands in.
    fn standing_in(&mut self) {
        let r = &mut self.record;
        let is_part = |r: &Record| {
            r.item_type.as_deref().is_none_or(|t| {
                matches!(
                    t,
                    "article-journal"
                        | "article"
                        | "chapter"
                        | "paper-conference"
                        | "article-magazine"
                        | "article-newspaper"
                )
            })
        };
        let containers = std::mem::take(&mut self.containers).into_iter().map(|text| (text, "Part of"));
        let sources = std::mem::take(&mut self.sources).into_iter().map(|text| (text, "Source"));
        for (text, label) in containers.chain(sources) {
            let issn = values::issn(
                text.trim_start_matches("urn:").trim_start_matches(|c: char| c.is_alphabetic() || c == ':'),
            );
            if issn.is_some() {
                clean::add_issn(r, text.trim_start_matches(|c: char| !c.is_ascii_digit()));
            } else if is_address(&text) || !is_part(r) || text.chars().count() > 250 {
                let is_series = label == "Part of" && !is_address(&text) && text.chars().count() <= 250;
                if is_series {
                    values::push_new(&mut r.series, values::title(&text))
                } else {
                    clean::note(r, label, &text)
                }
            } else if r.container.as_ref().is_none_or(|c| c.title.is_empty()) {
                let issn = r.container.take().and_then(|c| c.issn);
                let mut container = journal(&text);
                container.issn = issn;
                r.container = Some(container);
            } else {
                clean::note(r, label, &text);
            }
        }
    }
}

fn is_timestamp(date: &str) -> bool {
    date.len() > 11 && date.as_bytes().get(10) == Some(&b'T')
}

fn is_address(text: &str) -> bool {
    ["http://", "https://", "ftp://", "urn:", "info:", "hdl:"].iter().any(|start| text.starts_with(start))
}

/// `Title; Vol 3, No 2 (2010); 12-24`, as journal software exports it; anything else is a title.
fn journal(text: &str) -> Container {
    let mut container = Container::default();
    let mut parts = text.split(';').map(str::trim);
    let Some(title) = parts.next() else { return container };
    let rest: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let number = |part: &str, words: &[&str]| {
        let lower = part.to_lowercase();
        words.iter().find_map(|word| {
            let at = lower.find(word)?;
            let tail = lower[at + word.len()..].trim_start_matches(['.', ' ', ':']);
            let end = tail.find([',', ' ', '(', ';']).unwrap_or(tail.len());
            Some(tail[..end].to_owned()).filter(|n| n.starts_with(|c: char| c.is_alphanumeric()))
        })
    };
    for part in &rest {
        container.volume = container.volume.or_else(|| number(part, &["vol", "bd", "núm. "]));
        container.issue = container.issue.or_else(|| number(part, &["no.", "no ", "núm", "num", "nr", "issue"]));
        let is_range = part.starts_with(|c: char| c.is_ascii_digit()) && part.contains(['-', '–']);
        if is_range && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '–' | ' ' | ',')) {
            container.pages = Some(clean::pages(part));
        }
    }
    let understood = rest.is_empty() || container.volume.is_some() || container.pages.is_some();
    container.title = values::title(if understood { title } else { text });
    container
}

fn publisher(r: &mut Record, text: &str) {
    // "London : King's Fund" is a place and a publisher.
    match text.split_once(" : ") {
        Some((place, name)) if place.split(' ').count() <= 3 => {
            values::push_new(&mut r.place, place.trim().to_owned());
            values::push_new(&mut r.publisher, name.trim_end_matches([',', ' ']).to_owned());
        }
        _ => values::push_new(&mut r.publisher, text.trim_end_matches([',', ' ']).to_owned()),
    }
}

fn rights(r: &mut Record, element: &str, text: &str) {
    let short = text.strip_prefix("info:eu-repo/semantics/").or_else(|| (element == "accessRights").then_some(text));
    match short {
        Some(access) if r.access.is_none() => r.access = Some(access.to_owned()),
        None if r.rights.is_none() => r.rights = Some(text.to_owned()),
        _ if r.rights.as_deref() == Some(text) || r.access.as_deref() == short => {}
        _ => clean::note(r, &clean::label(element), text),
    }
}

fn extent(r: &mut Record, text: &str) {
    match &r.extent {
        None => r.extent = Some(text.to_owned()),
        Some(first) if first == text => {}
        Some(_) => clean::note(r, "Extent", text),
    }
}

/// A format is an extent where it counts pages, and a kind of file otherwise.
fn format(r: &mut Record, text: &str) {
    let lower = text.to_lowercase();
    let counts = lower.starts_with(|c: char| c.is_ascii_digit() || matches!(c, 'x' | 'v' | 'i' | '['))
        && (lower.ends_with('p')
            || [" p", "p.", "pages", " pp", "leaves", " v.", " s."].iter().any(|unit| lower.contains(unit)));
    if counts && r.extent.is_none() { r.extent = Some(text.to_owned()) } else { clean::note(r, "Format", text) }
}

fn url(r: &mut Record, text: &str) {
    values::push_new(&mut r.url, text.to_owned());
}

fn identifier(r: &mut Record, kind: &str, scheme: &str, text: &str) {
    let lower = text.to_lowercase();
    let is_related = kind == "relation";
    let after = |start: &str| lower.starts_with(start).then(|| text[start.len()..].trim_start_matches([':', ' ']));
    let same_work = after("info:eu-repo/semantics/altidentifier/").and_then(|rest| rest.split_once('/'));
    let kind_lower = format!("{} {}", kind.to_lowercase(), scheme.to_lowercase());
    if let Some((kind, value)) = same_work {
        return identifier(r, if kind == "eissn" || kind == "pissn" { "issn" } else { kind }, "", value);
    }
    if lower.starts_with("oai:") {
        return;
    }
    if let Some(pmid) = after("info:pmid/").or(after("pmid")).or(kind_lower.contains("pm").then_some(text))
        && let Some(pmid) = values::pmid(pmid)
    {
        r.pmid.get_or_insert(pmid);
        return;
    }
    if let Some(pmcid) = values::pmcid(text) {
        r.pmcid.get_or_insert(pmcid);
        return;
    }
    let is_doi = ["doi", "10.", "info:doi", "http://dx.doi", "https://dx.doi", "http://doi", "https://doi", "urn:doi"]
        .iter()
        .any(|start| lower.starts_with(start));
    if !is_related && (is_doi || kind_lower.contains("doi")) && values::doi(text).is_some() {
        return clean::add_doi(r, text);
    }
    let bare = lower.trim_start_matches("urn:");
    if (bare.starts_with("isbn") || kind_lower.contains("isbn") || !is_related && values::isbn(text).is_some())
        && values::add_isbn(r, bare.trim_start_matches("isbn").trim_start_matches(':'))
    {
        return;
    }
    if bare.starts_with("issn") || kind_lower.contains("issn") || values::issn(text).is_some() {
        return clean::add_issn(r, bare.trim_start_matches(|c: char| !c.is_ascii_digit()));
    }
    if is_address(text) && !lower.starts_with("urn:") && !lower.starts_with("info:") {
        if is_related {
            clean::note(r, "Related", text)
        } else {
            url(r, text)
        }
        return;
    }
    let has_words = text.split(' ').count() > 4;
    let label = if is_related {
        "Relation"
    } else if has_words {
        "Citation"
    } else {
        "Identifier"
    };
    clean::note(r, label, text);
}

/// COAR's numbers for kinds of works, those in use for texts.
fn coar_type(code: &str) -> Option<&'static str> {
    Some(match code {
        "c_6501" | "c_2df8fbb1" | "c_dcae04bc" | "c_3e5a" => "article-journal",
        "c_2f33" => "book",
        "c_3248" => "chapter",
        "c_5794" | "c_c94f" => "paper-conference",
        "c_93fc" | "c_18gh" | "c_18ws" | "c_8042" | "c_186u" | "c_18op" => "report",
        "c_db06" | "c_46ec" | "c_bdcc" | "c_7a1f" => "thesis",
        "c_816b" => "article",
        "c_ddb1" => "dataset",
        _ => return None,
    })
}

/// The MARC code for a role as repositories name it.
pub(super) fn relator(word: &str) -> Option<&'static str> {
    Some(match word.trim().trim_end_matches('.').to_lowercase().as_str() {
        "author" | "aut" => "aut",
        "editor" | "ed" | "eds" | "editors" | "edt" => "edt",
        "translator" | "trl" => "trl",
        "illustrator" | "ill" => "ill",
        "supervisor" | "advisor" | "adviser" | "thesis advisor" | "ths" => "ths",
        "contributor" | "ctb" => "ctb",
        "funder" | "fnd" => "fnd",
        "compiler" | "com" => "com",
        "sponsor" | "spn" => "spn",
        "photographer" | "pht" => "pht",
        "interviewer" | "ivr" => "ivr",
        "publisher" | "pbl" => "pbl",
        "corporate author" => "aut",
        _ => return None,
    })
}
