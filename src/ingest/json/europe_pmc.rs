//! Results of the Europe PMC web service, `lite` and `core`.
//!
//! Not kept: `id` and `source` (a PubMed number is `pmid` as well), dates of indexing and revision, counts of citations, yes-or-no
//! flags of the service, subsets, text-mined terms, ORCIDs.

use serde_json::{Map, Value};

use super::members::{inner, keep, list, member, of, text};
use crate::ingest::{exchange, values};
use crate::record::Record;

pub(super) fn record(object: Map<String, Value>) -> Result<Record, String> {
    let mut r = Record::default();
    let mut kinds: Vec<String> = Vec::new();
    let mut date = String::new();
    for (key, value) in &object {
        match key.as_str() {
            "id"
            | "source"
            | "firstIndexDate"
            | "dateOfCreation"
            | "dateOfCompletion"
            | "dateOfRevision"
            | "citedByCount"
            | "subsetList"
            | "dbCrossReferenceList"
            | "tmAccessionTypeList"
            | "authorIdList"
            | "electronicPublicationDate"
            | "firstPublicationDate"
            | "fullTextIdList"
            | "pubModel"
            | "publicationStatus"
            | "manuscriptId"
            | "embargoDate"
            | "versionNumber"
            | "versionList"
            | "fullTextReceivedDate"
            | "dataLinksTagsList"
            | "epmcAuthMan"
            | "nihAuthMan"
            | "score" => {}
            "title" => exchange::set_title(&mut r, &text(value), ""),
            "pmid" => exchange::add_pmid(&mut r, &text(value)),
            "pmcid" => exchange::add_pmcid(&mut r, &text(value)),
            "doi" => exchange::add_doi(&mut r, &text(value)),
            "authorList" => authors(&mut r, inner(value, "author"), None),
            "authorString" if !object.contains_key("authorList") => {
                let text = exchange::line(&text(value));
                for name in text.trim_end_matches('.').split(", ") {
                    exchange::add_creator(&mut r, exchange::initials_last(name), None);
                }
            }
            "authorString" => {}
            "investigatorList" => authors(&mut r, inner(value, "investigator"), Some("ctb")),
            "journalInfo" => journal(&mut r, value, &mut date),
            "journalTitle" => journal_title(&mut r, &text(value)),
            "journalVolume" => exchange::container(&mut r).volume = Some(exchange::line(&text(value))),
            "issue" => exchange::container(&mut r).issue = Some(exchange::line(&text(value))),
            "journalIssn" => exchange::add_issns(&mut r, &text(value)),
            "pageInfo" => exchange::container(&mut r).pages = Some(exchange::pages(&text(value))),
            "pubYear" => r.year = values::year(&text(value)),
            "abstractText" => exchange::add_abstract(&mut r, &text(value)),
            "language" => list(value).for_each(|l| exchange::add_language(&mut r, &text(l))),
            "pubTypeList" => kinds.extend(inner(value, "pubType").map(|v| exchange::line(&text(v)))),
            "pubType" => kinds.extend(text(value).split(';').map(exchange::line)),
            "keywordList" => {
                inner(value, "keyword").for_each(|k| values::push_new(&mut r.subjects, exchange::line(&text(k))));
            }
            "meshHeadingList" => inner(value, "meshHeading").for_each(|heading| mesh(&mut r, heading)),
            "chemicalList" => {
                inner(value, "chemical")
                    .for_each(|c| values::push_new(&mut r.subjects, exchange::line(&of(c, "name"))));
            }
            "grantsList" => inner(value, "grant").for_each(|grant| {
                let id = of(grant, "grantId");
                let id = if id.is_empty() { id } else { format!(" ({id})") };
                exchange::note(&mut r, "Funder", &format!("{}{id}", of(grant, "agency")));
            }),
            "fullTextUrlList" => inner(value, "fullTextUrl").for_each(|url| exchange::add_url(&mut r, &of(url, "url"))),
            "bookOrReportDetails" => book(&mut r, value),
            "affiliation" => exchange::note(&mut r, "Affiliation", &text(value)),
            "license" => r.rights = Some(exchange::line(&text(value))),
            "isOpenAccess" if text(value) == "Y" => r.access = Some("Open access".into()),
            "commentCorrectionList" => inner(value, "commentCorrection").for_each(|c| {
                exchange::note(&mut r, &of(c, "type"), &of(c, "reference"));
            }),
            // `inEPMC`, `hasReferences`, …: what the service can do with the work.
            _ if matches!(text(value).as_str(), "Y" | "N") => {}
            _ => keep(&mut r, key, value),
        }
    }
    r.item_type =
        Some(item_type(&member(&object, "source"), &kinds, object.contains_key("bookOrReportDetails")).to_owned());
    kinds
        .iter()
        .filter(|k| !k.to_lowercase().contains("journal article"))
        .for_each(|k| exchange::note(&mut r, "Publication type", k));
    if date.is_empty() {
        date = member(&object, "firstPublicationDate");
    }
    if values::year(&date) == r.year || r.year.is_none() {
        values::set_date(&mut r, &date);
    }
    exchange::finished(r)
}

fn authors<'v>(r: &mut Record, authors: impl Iterator<Item = &'v Value>, role: Option<&str>) {
    for author in authors {
        let family = of(author, "lastName");
        let name = if family.is_empty() {
            let collective = exchange::line(&of(author, "collectiveName"));
            if collective.is_empty() { exchange::initials_last(&of(author, "fullName")) } else { collective }
        } else {
            let given = of(author, "firstName");
            let given = if given.is_empty() { of(author, "initials") } else { given };
            exchange::name(&family, &given, &of(author, "suffix"))
        };
        exchange::add_creator(r, name, role);
        exchange::note(r, "Affiliation", &of(author, "affiliation"));
        if let Some(details) = author.get("authorAffiliationDetailsList") {
            inner(details, "authorAffiliation").for_each(|a| exchange::note(r, "Affiliation", &of(a, "affiliation")));
        }
    }
}

fn journal(r: &mut Record, value: &Value, date: &mut String) {
    let some = |key: &str| Some(exchange::line(&of(value, key))).filter(|t| !t.is_empty());
    let container = exchange::container(r);
    container.volume = some("volume");
    container.issue = some("issue");
    *date = [of(value, "dateOfPublication"), of(value, "printPublicationDate")]
        .into_iter()
        .find(|d| values::year(d).is_some())
        .unwrap_or_default();
    if r.year.is_none() {
        r.year = values::year(&of(value, "yearOfPublication"));
    }
    if let Some(journal) = value.get("journal") {
        journal_title(r, &of(journal, "title"));
        for key in ["medlineAbbreviation", "isoabbreviation"] {
            let abbreviation = exchange::line(&of(journal, key));
            let container = exchange::container(r);
            if container.title.is_empty() {
                container.title = abbreviation;
            } else if container.title != abbreviation {
                exchange::note(r, "Journal abbreviation", &abbreviation);
                break;
            }
        }
        for key in ["issn", "essn"] {
            let issn = of(journal, key);
            if !issn.is_empty() {
                exchange::add_issns(r, &issn);
            }
        }
    }
}

fn journal_title(r: &mut Record, title: &str) {
    let title = exchange::line(title);
    let container = exchange::container(r);
    if container.title.is_empty() {
        container.title = title;
    }
}

fn book(r: &mut Record, value: &Value) {
    values::push_new(&mut r.publisher, exchange::line(&of(value, "publisher")));
    for key in ["isbn13", "isbn10"] {
        exchange::add_isbns(r, &of(value, key));
    }
    let some = |key: &str| Some(exchange::line(&of(value, key))).filter(|t| !t.is_empty());
    r.extent = some("numberOfPages").or_else(|| some("extraInformation"));
    r.edition = some("edition");
    if let Some(series) = some("seriesName") {
        values::push_new(&mut r.series, series);
    }
    if r.year.is_none() {
        r.year = values::year(&of(value, "yearOfPublication"));
    }
    let book = exchange::line(&of(value, "comprisingTitle"));
    if !book.is_empty() {
        exchange::container(r).title = book;
    }
}

/// A heading with its qualifiers, the main topics marked as the National Library of Medicine prints them.
pub(super) fn mesh(r: &mut Record, heading: &Value) {
    let star = |v: &Value| if of(v, "majorTopic_YN") == "Y" { "*" } else { "" };
    let name = exchange::line(&of(heading, "descriptorName"));
    if name.is_empty() {
        return;
    }
    let qualifiers: Vec<&Value> =
        heading.get("meshQualifierList").map(|q| inner(q, "meshQualifier").collect()).unwrap_or_default();
    if qualifiers.is_empty() {
        values::push_new(&mut r.subjects, format!("{name}{}", star(heading)));
    }
    for qualifier in qualifiers {
        let part = exchange::line(&of(qualifier, "qualifierName"));
        values::push_new(&mut r.subjects, format!("{name}{}/{part}{}", star(heading), star(qualifier)));
    }
}

fn item_type(source: &str, kinds: &[String], book: bool) -> &'static str {
    let has = |word: &str| kinds.iter().any(|k| k.to_lowercase().contains(word));
    match source {
        "PPR" => "article",
        "PAT" => "patent",
        "ETH" => "thesis",
        "HIR" => "report",
        _ if has("preprint") => "article",
        _ if has("thesis") || has("dissertation") => "thesis",
        _ if has("chapter") => "chapter",
        _ if has("technical report") || (has("report") && book) => "report",
        _ if book || kinds.iter().any(|k| k.eq_ignore_ascii_case("book")) => "book",
        _ if has("newspaper article") => "article-newspaper",
        _ => "article-journal",
    }
}
