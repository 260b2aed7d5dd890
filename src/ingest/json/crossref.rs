//! Works of Crossref's REST API.
//!
//! Not kept: time stamps (`indexed`, `created`, `deposited`), counts and scores, member and prefix numbers, content domains,
//! ORCIDs, addresses for text mining, and the list of cited works (`reference`), of which only the number is.

use serde_json::{Map, Value};

use super::csl;
use super::members::{keep, list, of, text};
use crate::ingest::{exchange, values};
use crate::record::Record;

pub(super) fn record(object: Map<String, Value>) -> Result<Record, String> {
    let mut r = Record::default();
    let all = |key: &str| -> Vec<String> {
        object.get(key).into_iter().flat_map(list).map(text).filter(|t| !t.trim().is_empty()).collect()
    };
    let titles = all("title");
    let subtitles = all("subtitle");
    if let Some(title) = titles.first() {
        exchange::set_title(&mut r, title, subtitles.first().map_or("", String::as_str));
    }
    titles.iter().skip(1).chain(&all("original-title")).chain(&all("translated-title")).for_each(|t| {
        let title = exchange::title(t);
        if title != r.title {
            values::push_new(&mut r.alternative_titles, title);
        }
    });
    subtitles.iter().skip(1).for_each(|t| exchange::note(&mut r, "Subtitle", t));
    all("short-title").iter().map(|t| exchange::line(t)).filter(|t| *t != r.title).collect::<Vec<_>>().iter().for_each(
        |t| {
            exchange::note(&mut r, "Short title", t);
        },
    );
    let kind = all("type").join("");
    r.item_type = csl::item_type(&kind);
    containers(&mut r, &kind, &all("container-title"), &all("short-container-title"));
    let dates = ["published-print", "published", "issued", "published-online", "posted", "approved", "created"];
    let date = dates.iter().filter_map(|key| object.get(*key)).map(csl::date_text).find(|d| values::year(d).is_some());
    values::set_date(&mut r, date.as_deref().unwrap_or(""));
    for (key, value) in &object {
        match key.as_str() {
            "title"
            | "subtitle"
            | "original-title"
            | "translated-title"
            | "short-title"
            | "type"
            | "container-title"
            | "short-container-title"
            | "published-print"
            | "published"
            | "issued"
            | "posted"
            | "approved" => {}
            // Housekeeping, see the module.
            "indexed"
            | "created"
            | "deposited"
            | "reference-count"
            | "references-count"
            | "is-referenced-by-count"
            | "score"
            | "member"
            | "prefix"
            | "content-domain"
            | "content-created"
            | "content-updated"
            | "alternative-id"
            | "source"
            | "issn-type"
            | "isbn-type"
            | "link"
            | "published-online"
            | "accepted"
            | "journal-issue"
            | "relation"
            | "archive"
            | "assertion"
            | "update-policy"
            | "free-to-read"
            | "aliases"
            | "special_numbering"
            | "resource"
            | "short-description"
            | "version"
            | "id"
            | "proceedings-subject-area" => {}
            "author" => people(&mut r, value, None),
            "editor" => people(&mut r, value, Some("edt")),
            "translator" => people(&mut r, value, Some("trl")),
            "chair" => people(&mut r, value, Some("orm")),
            "publisher" => values::push_new(&mut r.publisher, exchange::line(&text(value))),
            "publisher-location" => values::push_new(&mut r.place, exchange::line(&text(value))),
            "volume" => exchange::container(&mut r).volume = Some(exchange::line(&text(value))),
            "issue" => exchange::container(&mut r).issue = Some(exchange::line(&text(value))),
            "page" => exchange::container(&mut r).pages = Some(exchange::pages(&text(value))),
            "article-number" if object.contains_key("page") => keep(&mut r, key, value),
            "article-number" => exchange::container(&mut r).pages = Some(exchange::line(&text(value))),
            "ISSN" => list(value).for_each(|v| exchange::add_issns(&mut r, &text(v))),
            "ISBN" => {
                for isbn in list(value).map(text) {
                    // Older deposits have them as addresses.
                    exchange::add_isbns(&mut r, isbn.rsplit('/').next().unwrap_or(&isbn));
                }
            }
            "DOI" => exchange::add_doi(&mut r, &text(value)),
            "URL" => exchange::add_url(&mut r, &text(value)),
            "abstract" => exchange::add_abstract(&mut r, &text(value)),
            "subject" => list(value).for_each(|v| values::push_new(&mut r.subjects, exchange::line(&text(v)))),
            "language" => exchange::add_language(&mut r, &text(value)),
            "edition-number" | "edition" => r.edition = Some(exchange::line(&text(value))),
            "number-of-pages" => r.extent = Some(exchange::line(&text(value))),
            "license" => {
                let first = list(value).map(|l| of(l, "URL")).find(|u| !u.is_empty());
                r.rights = r.rights.take().or(first);
            }
            "funder" => list(value).for_each(|funder| {
                let award = of(funder, "award");
                let award = if award.is_empty() { award } else { format!(" ({award})") };
                exchange::note(&mut r, "Funder", &format!("{}{award}", of(funder, "name")));
            }),
            "institution" => list(value).for_each(|institution| {
                let name = exchange::line(&of(institution, "name"));
                if r.publisher.is_empty() {
                    values::push_new(&mut r.publisher, name);
                } else {
                    exchange::note(&mut r, "Institution", &name);
                }
            }),
            "event" => {
                let event = if value.is_object() {
                    [of(value, "name"), of(value, "location")]
                        .iter()
                        .filter(|t| !t.is_empty())
                        .cloned()
                        .collect::<Vec<_>>()
                        .join(", ")
                } else {
                    text(value)
                };
                exchange::note(&mut r, "Event", &event);
            }
            "reference" => exchange::note(&mut r, "References", &list(value).count().to_string()),
            "degree" | "subtype" | "group-title" | "report-number" => keep(&mut r, key, value),
            _ => keep(&mut r, key, value),
        }
    }
    exchange::finished(r)
}

/// The journal or book; for chapters the series comes first or last, whichever repeats elsewhere.
fn containers(r: &mut Record, kind: &str, titles: &[String], short: &[String]) {
    let mut titles: Vec<String> = titles.iter().map(|t| exchange::line(t)).collect();
    titles.dedup();
    if matches!(
        kind,
        "monograph" | "book" | "edited-book" | "reference-book" | "report" | "book-series" | "dissertation"
    ) {
        // What a book stands in is its series.
        titles.into_iter().for_each(|t| values::push_new(&mut r.series, t));
    } else if let [series, book] = titles.as_slice()
        && matches!(kind, "book-chapter" | "book-section" | "proceedings-article" | "reference-entry")
    {
        values::push_new(&mut r.series, series.clone());
        exchange::container(r).title = book.clone();
    } else {
        let mut titles = titles.into_iter();
        if let Some(first) = titles.next() {
            exchange::container(r).title = first;
        }
        titles.for_each(|t| exchange::note(r, "Also in", &t));
    }
    for short in short.iter().map(|t| exchange::line(t)) {
        let series = !r.series.is_empty();
        let container = exchange::container(r);
        if container.title.is_empty() && !series {
            container.title = short;
        } else if container.title != short {
            exchange::note(r, "Journal abbreviation", &short);
        }
    }
}

fn people(r: &mut Record, value: &Value, role: Option<&str>) {
    for person in list(value) {
        exchange::add_creator(r, csl::name(person), role);
        for affiliation in person.get("affiliation").into_iter().flat_map(list) {
            exchange::note(r, "Affiliation", &of(affiliation, "name"));
        }
    }
}

/// Crossref's own names of types.
pub(super) fn item_type(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "journal-article" => "article-journal",
        "book-chapter" | "book-section" | "book-part" | "book-track" => "chapter",
        "monograph" | "edited-book" | "reference-book" | "book" | "proceedings" | "book-set" => "book",
        "proceedings-article" => "paper-conference",
        "dissertation" => "thesis",
        "posted-content" => "article",
        "report" | "report-component" => "report",
        "report-series" | "book-series" | "proceedings-series" => "collection",
        "reference-entry" => "entry",
        "journal" | "journal-issue" | "journal-volume" => "periodical",
        "peer-review" => "review",
        "dataset" | "database" => "dataset",
        "standard" | "standard-series" => "standard",
        "component" => "figure",
        "grant" | "other" => "document",
        _ => return None,
    })
}
