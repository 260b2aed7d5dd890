//! The JSON export of EPrints repositories.
//!
//! Not kept: the repository's numbers, users, folders, revisions and time stamps, file sizes and check sums; of the documents
//! only a language that the work itself does not state, and their addresses where there is no other.

use serde_json::{Map, Value};

use super::members::{keep, list, member, of, text};
use crate::ingest::{exchange, values};
use crate::record::Record;

pub(super) fn record(object: Map<String, Value>) -> Result<Record, String> {
    let mut r = Record::default();
    let kind = member(&object, "type");
    r.item_type = item_type(&kind, &object).map(str::to_owned);
    for (key, value) in &object {
        match key.as_str() {
            "eprintid"
            | "userid"
            | "rev_number"
            | "dir"
            | "lastmod"
            | "datestamp"
            | "status_changed"
            | "date_type"
            | "type"
            | "eprint_status"
            | "metadata_visibility"
            | "full_text_status"
            | "refereed"
            | "source"
            | "documents"
            | "uri"
            | "fileinfo"
            | "item_issues"
            | "item_issues_count"
            | "suggestions"
            | "succeeds"
            | "commentary"
            | "replacedby"
            | "sword_depositor"
            | "sword_slug"
            | "importid"
            | "contact_email"
            | "hide"
            | "pages"
            | "date"
            | "pagerange"
            | "ispublished"
            | "monograph_type"
            | "thesis_type"
            | "date_embargo"
            | "shelves"
            | "num_pieces"
            | "latitude"
            | "longitude"
            | "files" => {}
            "title" => list(value).for_each(|t| {
                let text = if t.is_object() { of(t, "text") } else { text(t) };
                exchange::set_title(&mut r, &text, "");
            }),
            "alt_title" | "title_alt" | "alternative_title" => list(value).for_each(|t| {
                values::push_new(&mut r.alternative_titles, exchange::title(&text(t)));
            }),
            "corp_creators" => list(value).for_each(|name| body(&mut r, name)),
            "creators" | "creators_name" => people(&mut r, value, None),
            "editors" | "editors_name" => people(&mut r, value, Some("edt")),
            "contributors" => people(&mut r, value, Some("ctb")),
            "exhibitors" | "producers" | "conductors" | "lyricists" => people(&mut r, value, Some("ctb")),
            "abstract" => exchange::add_abstract(&mut r, &texts(value)),
            "publisher" => values::push_new(&mut r.publisher, exchange::line(&text(value))),
            "institution" if r.publisher.is_empty() && !object.contains_key("publisher") => {
                values::push_new(&mut r.publisher, exchange::line(&text(value)));
            }
            "place_of_pub" => values::push_new(&mut r.place, exchange::line(&text(value))),
            "keywords" => {
                let text = texts(value);
                let separator = [';', '\n'].into_iter().find(|c| text.contains(*c)).unwrap_or(',');
                text.split(separator).for_each(|k| values::push_new(&mut r.subjects, exchange::line(k)));
            }
            "subjects" => list(value).for_each(|s| {
                // A code of the repository's own tree, or its words.
                let subject = if s.is_object() { [of(s, "name"), of(s, "label")].concat() } else { text(s) };
                values::push_new(&mut r.subjects, exchange::line(&subject));
            }),
            "publication" | "book_title" => {
                let title = exchange::line(&text(value));
                let container = exchange::container(&mut r);
                if container.title.is_empty() {
                    container.title = title;
                } else {
                    exchange::note(&mut r, "Also in", &title);
                }
            }
            "volume" => exchange::container(&mut r).volume = Some(exchange::line(&text(value))),
            "number" if matches!(kind.as_str(), "article" | "") => {
                exchange::container(&mut r).issue = Some(exchange::line(&text(value)));
            }
            "article_number" if !object.contains_key("pagerange") => {
                exchange::container(&mut r).pages = Some(exchange::line(&text(value)));
            }
            "series" => values::push_new(&mut r.series, exchange::line(&text(value))),
            "edition" => r.edition = Some(exchange::line(&text(value))),
            "isbn" => exchange::add_isbns(&mut r, &text(value)),
            "issn" | "eissn" => exchange::add_issns(&mut r, &text(value)),
            "id_number" => list(value).for_each(|id| {
                let id = text(id);
                if values::doi(&id).is_some() {
                    exchange::add_doi(&mut r, &id)
                } else {
                    exchange::note(&mut r, "Number", &id)
                }
            }),
            "doi" => exchange::add_doi(&mut r, &text(value)),
            "pmid" | "pubmed_id" => exchange::add_pmid(&mut r, &text(value)),
            "pmcid" => exchange::add_pmcid(&mut r, &text(value)),
            "official_url" => list(value).for_each(|u| exchange::add_url(&mut r, &text(u))),
            "related_url" => list(value).for_each(|u| {
                exchange::note(&mut r, "Related", &if u.is_object() { of(u, "url") } else { text(u) });
            }),
            "language" | "languages" => list(value).for_each(|l| exchange::add_language(&mut r, &text(l))),
            "note" => note(&mut r, &texts(value)),
            "rights" | "copyright_holders" | "license" => {
                let text = text(value);
                match r.rights {
                    None => r.rights = Some(exchange::line(&text)),
                    Some(_) => exchange::note(&mut r, "Rights", &text),
                }
            }
            "funders" => list(value).for_each(|f| exchange::note(&mut r, "Funder", &text(f))),
            _ => keep(&mut r, key, value),
        }
    }
    pages(&mut r, &object);
    values::set_date(&mut r, &member(&object, "date"));
    documents(&mut r, &object);
    if let Some(kind) = ["thesis_type", "monograph_type"].iter().map(|k| member(&object, k)).find(|k| !k.is_empty()) {
        exchange::note(&mut r, "Type", &exchange::label(&kind));
    }
    exchange::finished(r)
}

/// A text, or texts in several languages.
fn texts(value: &Value) -> String {
    list(value).map(|t| if t.is_object() { of(t, "text") } else { text(t) }).collect::<Vec<_>>().join("\n\n")
}

fn body(r: &mut Record, name: &Value) {
    let name = if name.is_object() { of(name, "name") } else { text(name) };
    exchange::add_creator(r, exchange::line(&name), None);
}

fn people(r: &mut Record, value: &Value, role: Option<&str>) {
    for person in list(value) {
        let name = person.get("name").unwrap_or(person);
        let name = if name.is_object() {
            exchange::name(&of(name, "family"), &of(name, "given"), &of(name, "lineage"))
        } else {
            values::person(&exchange::line(&text(name)))
        };
        exchange::add_creator(r, name, role);
    }
}

fn pages(r: &mut Record, object: &Map<String, Value>) {
    let range = member(object, "pagerange");
    if !range.is_empty() {
        exchange::container(r).pages = Some(exchange::pages(&range));
    }
    let count = exchange::line(&member(object, "pages"));
    if !count.is_empty() && r.extent.is_none() && range.is_empty() {
        r.extent = Some(if count.parse::<u32>().is_ok() { format!("{count} p.") } else { count });
    }
}

/// Libraries that came from MARC have the extent as printed in a note.
fn note(r: &mut Record, text: &str) {
    for line in text.lines() {
        match line.trim().strip_prefix("Pagination:") {
            Some(extent) if r.extent.is_none() && !extent.trim().is_empty() => r.extent = Some(exchange::line(extent)),
            _ => exchange::note(r, "Note", line),
        }
    }
}

fn documents(r: &mut Record, object: &Map<String, Value>) {
    for document in object.get("documents").into_iter().flat_map(list) {
        let main = of(document, "format") != "other";
        if main && r.languages.is_empty() {
            let language = of(document, "language");
            values::language(&language).into_iter().for_each(|l| r.languages.push(l));
        }
        if main && r.rights.is_none() {
            let license = of(document, "license");
            r.rights = Some(exchange::line(&license)).filter(|l| !l.is_empty());
        }
        if main && r.access.is_none() {
            let security = of(document, "security");
            r.access = Some(exchange::label(&security)).filter(|s| !s.is_empty());
        }
    }
    let uri = member(object, "uri");
    if uri.contains("://") {
        exchange::add_url(r, &uri);
    }
}

fn item_type(kind: &str, object: &Map<String, Value>) -> Option<&'static str> {
    Some(match kind {
        "article" => "article-journal",
        "book_section" => "chapter",
        "monograph" => match member(object, "monograph_type").as_str() {
            "manual" | "documentation" => "book",
            _ => "report",
        },
        "conference_item" => match member(object, "pres_type").as_str() {
            "speech" | "lecture" | "keynote" => "speech",
            "poster" => "graphic",
            _ => "paper-conference",
        },
        "edited_book" => "book",
        "teaching_resource" | "other" => "document",
        "artefact" | "exhibition" => "graphic",
        "composition" => "musical_score",
        "performance" => "performance",
        other => return values::item_type(other),
    })
}
