//! What one source on a page says of the work, and the cleaning that all sources share.
//!
//! It does *not* weigh sources against each other; that is [`super::merge`].

use std::collections::HashSet;

use super::text::{fold, markup, once, same, without_label};
use crate::ingest::values;
use crate::record::{Container, Creator, Record};

/// Where on a page values were found, from the most to the least trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Origin {
    /// The rows of a Hyrax or Hyku work page.
    Hyrax,
    /// The rows of a Blacklight catalogue page.
    Blacklight,
    /// Highwire `citation_*` tags.
    Highwire,
    /// JSON-LD of schema.org.
    JsonLd,
    /// `eprints.*` tags.
    EPrints,
    /// Dublin Core tags.
    DublinCore,
    /// PRISM tags.
    Prism,
    /// `bepress_citation_*` tags.
    Bepress,
    /// schema.org microdata.
    Microdata,
    /// A COinS span.
    Coins,
    /// Open Graph, Twitter cards and plain `meta` elements.
    Web,
}

/// The values of one source. Fields of `record` are clean; what needs a decision is kept beside it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// Where they were found.
    pub(super) origin: Origin,
    /// Clean values. `abstract_text` stays empty here.
    pub(super) record: Record,
    /// Texts stated to be the abstract.
    pub(super) abstracts: Vec<String>,
    /// Descriptions: an abstract, or a teaser that was cut off, or advertising.
    pub(super) descriptions: Vec<String>,
    /// The name of the site, which titles may end in and a page without a publisher may be published by.
    pub(super) site: Option<String>,
    /// Folded values by field, so that a list of ten thousand is not compared with itself.
    seen: HashSet<(Field, String)>,
}

/// The lists in which a value is to stand once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Field {
    Title,
    Creator,
    Publisher,
    Subject,
    Url,
    Note,
    Abstract,
    Description,
}

impl Found {
    /// Nothing yet.
    pub(super) fn new(origin: Origin) -> Self {
        Found {
            origin,
            record: Record::default(),
            abstracts: Vec::new(),
            descriptions: Vec::new(),
            site: None,
            seen: HashSet::new(),
        }
    }

    /// Whether it says something of a work, beyond a title and a description as every page of the web has them.
    pub(super) fn describes_a_work(&self) -> bool {
        let r = &self.record;
        match self.origin {
            Origin::Web => false,
            Origin::Hyrax | Origin::Blacklight => !r.title.is_empty() || !r.creators.is_empty(),
            _ => {
                !r.title.is_empty()
                    && (!r.creators.is_empty()
                        || r.year.is_some()
                        || r.doi.is_some()
                        || !r.isbn.is_empty()
                        || r.container.is_some()
                        || !r.publisher.is_empty()
                        || !self.abstracts.is_empty())
            }
        }
    }

    /// The first title is the title, others are alternatives.
    pub(super) fn title(&mut self, text: &str) {
        let title = values::title(&markup(text));
        if title.is_empty() {
            return;
        }
        if self.record.title.is_empty() {
            self.record.title = title;
        } else if !same(&self.record.title, &title) {
            self.alternative_title(&title);
        }
    }

    /// Another title.
    pub(super) fn alternative_title(&mut self, text: &str) {
        let title = values::title(&markup(text));
        if self.is_new(Field::Title, &title) {
            self.record.alternative_titles.push(title);
        }
    }

    /// One or several names, `;` between them.
    pub(super) fn creators(&mut self, text: &str, role: Option<&str>) {
        for name in text.split(';') {
            self.creator(&values::person(name), role);
        }
    }

    /// One name, as it is.
    pub(super) fn creator(&mut self, name: &str, role: Option<&str>) {
        let name = values::line(&markup(name));
        let name = without_life(name.trim_end_matches([',', ';']).trim());
        // An address or a handle stands where some sites expect a profile, not a name.
        let is_name = name.chars().any(char::is_alphabetic) && !name.contains("://") && !name.starts_with('@');
        if is_name && self.is_new(Field::Creator, name) {
            self.record.creators.push(Creator { name: name.to_owned(), role: role.map(str::to_owned) });
        }
    }

    /// A publisher, or several with `; ` between them.
    pub(super) fn publishers(&mut self, text: &str) {
        for name in markup(text).split("; ") {
            let name = values::line(name);
            let name = name.trim_end_matches([',', ';', ':']).trim();
            if self.is_new(Field::Publisher, name) {
                self.record.publisher.push(name.to_owned());
            }
        }
    }

    /// Subjects: a list with `;`, or one with `,` if `commas` says that it is a list.
    pub(super) fn subjects(&mut self, text: &str, commas: Commas) {
        let text = markup(text);
        let by_comma = match commas {
            Commas::Separate => true,
            Commas::Belong => false,
            Commas::Guess => {
                let parts: Vec<&str> = text.split(',').collect();
                parts.len() >= 3 && parts.iter().all(|part| part.split_whitespace().count() <= 5)
            }
        };
        let separator = if text.contains(';') || text.contains('|') {
            [';', '|'].as_slice()
        } else if by_comma {
            [','].as_slice()
        } else {
            [].as_slice()
        };
        for subject in text.split(separator) {
            let subject = values::line(subject);
            let subject = subject.trim_end_matches(['.', ',']).trim();
            if self.is_new(Field::Subject, subject) {
                self.record.subjects.push(subject.to_owned());
            }
        }
    }

    /// Languages as codes, several of them with `,` or `;` between them; what is none becomes a note.
    pub(super) fn languages(&mut self, text: &str) {
        for language in text.split([';', ',']).map(values::line).filter(|l| !l.is_empty()) {
            match values::language(&language) {
                Some(code) => values::push_new(&mut self.record.languages, code),
                None => self.note("Language", &language),
            }
        }
    }

    /// An identifier of any kind: DOI, ISBN, ISSN, PubMed or an address; `false` if it is none of these.
    pub(super) fn identifier(&mut self, text: &str) -> bool {
        let text = values::line(text);
        let lower = text.to_ascii_lowercase();
        let bare = lower.strip_prefix("info:pmid/").or_else(|| lower.strip_prefix("pmid:"));
        if let Some(pmid) = bare.and_then(values::pmid) {
            self.record.pmid.get_or_insert(pmid);
        } else if let Some(pmcid) = values::pmcid(&text) {
            self.record.pmcid.get_or_insert(pmcid);
        } else if let Some(doi) = values::doi(&text).filter(|_| !text.contains(' ') || lower.starts_with("doi")) {
            self.record.doi.get_or_insert(doi);
        } else if values::add_isbn(&mut self.record, lower.strip_prefix("urn:isbn:").unwrap_or(&text)) {
        } else if let Some(issn) = values::issn(lower.strip_prefix("urn:issn:").unwrap_or(&text)) {
            values::push_new(&mut self.record.issn, issn);
        } else if !self.url(&text) {
            return false;
        }
        true
    }

    /// An identifier that the source names: a PubMed number may look like an ISSN with a valid check digit. `false` if it
    /// is not what it is said to be.
    pub(super) fn identifier_as(&mut self, kind: &str, text: &str) -> bool {
        let text = values::line(text);
        let record = &mut self.record;
        match kind {
            "pmid" => values::pmid(&text).map(|pmid| record.pmid.get_or_insert(pmid)).is_some(),
            "pmcid" => values::pmcid(&text).map(|pmcid| record.pmcid.get_or_insert(pmcid)).is_some(),
            "doi" => values::doi(&text).map(|doi| record.doi.get_or_insert(doi)).is_some(),
            "isbn" => values::add_isbn(record, &text),
            "issn" | "eissn" => match values::issn(&text) {
                Some(issn) => {
                    values::push_new(&mut record.issn, issn);
                    true
                }
                None => false,
            },
            _ => self.identifier(&text),
        }
    }

    /// An address; a DOI address is a DOI.
    pub(super) fn url(&mut self, text: &str) -> bool {
        let url = text.trim();
        let web = url.starts_with("http://") || url.starts_with("https://");
        if !web || url.contains(char::is_whitespace) {
            return false;
        }
        if let Some(doi) = values::doi(url).filter(|_| url.contains("doi.org/")) {
            self.record.doi.get_or_insert(doi);
            return true;
        }
        if self.is_new(Field::Url, url) {
            self.record.url.push(url.to_owned());
        }
        true
    }

    /// Rights: the first stays; an address is preferred to words.
    pub(super) fn rights(&mut self, text: &str) {
        let text = values::line(&markup(text));
        let is_url = |t: &str| t.starts_with("http");
        match &self.record.rights {
            _ if text.is_empty() => {}
            None => self.record.rights = Some(text),
            Some(old) if !is_url(old) && is_url(&text) => {
                let old = old.clone();
                self.note("Rights", &old);
                self.record.rights = Some(text);
            }
            Some(old) if same(old, &text) => {}
            Some(_) => self.note("Rights", &text),
        }
    }

    /// The journal or book.
    pub(super) fn container(&mut self) -> &mut Container {
        self.record.container.get_or_insert_default()
    }

    /// What fits nowhere else; without a label where the value speaks for itself.
    pub(super) fn note(&mut self, label: &str, value: &str) {
        let value = values::line(value);
        if value.is_empty() {
            return;
        }
        let note = if label.is_empty() { value } else { format!("{label}: {value}") };
        if self.is_new(Field::Note, &note) {
            self.record.notes.push(note);
        }
    }

    /// A text stated to be the abstract.
    pub(super) fn abstract_text(&mut self, text: &str) {
        let text = once(without_label(&markup(text)));
        if self.is_new(Field::Abstract, &text) {
            self.abstracts.push(text);
        }
    }

    /// A description.
    pub(super) fn description(&mut self, text: &str) {
        let text = once(without_label(&markup(text)));
        if self.is_new(Field::Description, &text) {
            self.descriptions.push(text);
        }
    }

    fn is_new(&mut self, field: Field, value: &str) -> bool {
        !value.is_empty() && self.seen.insert((field, fold(value)))
    }
}

/// The MARC relator code for a role in the words of a repository: field names, labels, schema.org properties.
pub(super) fn relator(role: &str) -> Option<&'static str> {
    let role: String = role.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    Some(match role.trim_end_matches('s') {
        "editor" | "edt" => "edt",
        "translator" | "trl" => "trl",
        "illustrator" | "ill" => "ill",
        "contributor" | "ctb" | "contributorcombined" | "contributordisplay" => "ctb",
        "advisor" | "adviser" | "supervisor" | "thesisadvisor" | "th" => "ths",
        "compiler" | "com" => "com",
        "interviewer" | "ivr" => "ivr",
        "interviewee" | "ive" => "ive",
        "photographer" | "pht" => "pht",
        "composer" | "cmp" => "cmp",
        "sponsor" | "spn" => "spn",
        "commissioningbody" => "pat",
        _ => return None,
    })
}

/// Whether a comma in a list of subjects separates them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Commas {
    /// It does.
    Separate,
    /// It belongs to a heading: `Hospitals, Teaching`.
    Belong,
    /// It does where there are several and what stands between them is short.
    Guess,
}

/// A name without the years of birth and death that catalogues add: `Tennant, Rosalind, 1948-`.
fn without_life(name: &str) -> &str {
    match name.rsplit_once(',') {
        Some((before, life)) if before.contains(',') || life.contains('-') => {
            let digits = life.bytes().filter(u8::is_ascii_digit).count();
            let others = life.trim().trim_start_matches("born").trim_start_matches("b.").trim_start_matches("d.");
            let only = others.chars().all(|c| c.is_ascii_digit() || "-–? .ca".contains(c));
            if digits >= 4 && only { before.trim_end() } else { name }
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_years() {
        assert_eq!(without_life("Tennant, Rosalind, 1948-"), "Tennant, Rosalind");
        assert_eq!(without_life("Tennant, Rosalind, 1948-2001?"), "Tennant, Rosalind");
        assert_eq!(without_life("Tennant, Rosalind"), "Tennant, Rosalind");
        assert_eq!(without_life("Act, 1990"), "Act, 1990");
    }

    #[test]
    fn lists_of_subjects() {
        let split = |text, commas| {
            let mut found = Found::new(Origin::Web);
            found.subjects(text, commas);
            found.record.subjects
        };
        assert_eq!(split("a; b ;c.", Commas::Guess), ["a", "b", "c"]);
        assert_eq!(split("Hospitals, Teaching", Commas::Guess), ["Hospitals, Teaching"]);
        assert_eq!(
            split("purchasing, contracts, fundholding", Commas::Guess),
            ["purchasing", "contracts", "fundholding"]
        );
        assert_eq!(split("purchasing, contracts", Commas::Separate), ["purchasing", "contracts"]);
    }
}
