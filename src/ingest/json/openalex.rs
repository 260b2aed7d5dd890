//! Works of the OpenAlex API.
//!
//! Not kept: counts, scores, dates of updating, OpenAlex's own numbers, inferred concepts and topics but for keywords, cited and
//! related works, other locations.

use serde_json::{Map, Value};

use super::members::{keep, list, member, of, text};
use crate::ingest::{exchange, values};
use crate::record::Record;

pub(super) fn record(object: Map<String, Value>) -> Result<Record, String> {
    let mut r = Record::default();
    let title = [member(&object, "title"), member(&object, "display_name")].into_iter().find(|t| !t.is_empty());
    exchange::set_title(&mut r, &title.unwrap_or_default(), "");
    let kind = member(&object, "type_crossref");
    r.item_type = super::csl::item_type(&kind).or_else(|| match member(&object, "type").as_str() {
        "article" => Some("article-journal".into()),
        other => super::csl::item_type(other),
    });
    for (key, value) in &object {
        match key.as_str() {
            "title" | "display_name" | "type" | "type_crossref" | "publication_year" | "publication_date" => {}
            "doi" => exchange::add_doi(&mut r, &text(value)),
            "ids" => {
                exchange::add_pmid(&mut r, &of(value, "pmid"));
                let pmcid = of(value, "pmcid");
                let bare = pmcid.rsplit('/').next().unwrap_or("");
                let bare =
                    if bare.starts_with("PMC") || bare.is_empty() { bare.to_owned() } else { format!("PMC{bare}") };
                exchange::add_pmcid(&mut r, &bare);
            }
            "language" => exchange::add_language(&mut r, &text(value)),
            "authorships" => list(value).for_each(|a| author(&mut r, a)),
            "primary_location" | "host_venue" => location(&mut r, value),
            "biblio" => {
                let some = |key: &str| Some(exchange::line(&of(value, key))).filter(|t| !t.is_empty());
                let container = exchange::container(&mut r);
                container.volume = some("volume");
                container.issue = some("issue");
                container.pages = match (some("first_page"), some("last_page")) {
                    (Some(first), Some(last)) if first != last => Some(exchange::pages(&format!("{first}-{last}"))),
                    (first, _) => first,
                };
            }
            "abstract_inverted_index" => exchange::add_abstract(&mut r, &uninverted(value)),
            "abstract" => exchange::add_abstract(&mut r, &text(value)),
            "keywords" => list(value).for_each(|k| {
                let word = [of(k, "display_name"), of(k, "keyword")]
                    .into_iter()
                    .find(|w| !w.is_empty())
                    .unwrap_or_else(|| text(k));
                values::push_new(&mut r.subjects, exchange::line(&word));
            }),
            "mesh" => list(value).for_each(|m| {
                let star = if m.get("is_major_topic").and_then(Value::as_bool) == Some(true) { "*" } else { "" };
                let qualifier = of(m, "qualifier_name");
                let qualifier = if qualifier.is_empty() { qualifier } else { format!("/{qualifier}") };
                values::push_new(&mut r.subjects, format!("{}{qualifier}{star}", of(m, "descriptor_name")));
            }),
            "grants" => list(value).for_each(|g| exchange::note(&mut r, "Funder", &of(g, "funder_display_name"))),
            "open_access" if value.get("is_oa").and_then(Value::as_bool) == Some(true) => {
                r.access = Some("Open access".into());
            }
            "is_retracted" if value.as_bool() == Some(true) => exchange::note(&mut r, "Status", "retracted"),
            "abstract_inverted_index_v3" | "is_retracted" | "relevance_score" => {}
            _ if value.is_string() && !text(value).contains("openalex.org") && !key.ends_with("_date") => {
                keep(&mut r, key, value)
            }
            _ => {}
        }
    }
    r.year = values::year(&member(&object, "publication_year"));
    values::set_date(&mut r, &member(&object, "publication_date"));
    exchange::finished(r)
}

fn author(r: &mut Record, authorship: &Value) {
    let name = authorship.get("author").map(|a| of(a, "display_name")).filter(|n| !n.is_empty());
    let name = name.unwrap_or_else(|| of(authorship, "raw_author_name"));
    exchange::add_creator(r, values::person(&exchange::line(&name)), None);
    for institution in authorship.get("institutions").into_iter().flat_map(list) {
        exchange::note(r, "Affiliation", &of(institution, "display_name"));
    }
}

fn location(r: &mut Record, value: &Value) {
    let source = value.get("source").filter(|s| s.is_object()).unwrap_or(value);
    let title = exchange::line(&of(source, "display_name"));
    // A repository holds the work, it did not appear in it.
    if matches!(of(source, "type").as_str(), "repository" | "metadata") {
        exchange::note(r, "Held in", &title);
    } else if !title.is_empty() {
        exchange::container(r).title = title;
    }
    let issn = of(source, "issn_l");
    if !issn.is_empty() {
        exchange::add_issns(r, &issn);
    }
    source.get("issn").into_iter().flat_map(list).for_each(|i| exchange::add_issns(r, &text(i)));
    let publisher = [of(source, "host_organization_name"), of(source, "publisher")].into_iter().find(|p| !p.is_empty());
    values::push_new(&mut r.publisher, exchange::line(&publisher.unwrap_or_default()));
    let url = [of(value, "landing_page_url"), of(value, "url")].into_iter().find(|u| !u.is_empty());
    exchange::add_url(r, &url.unwrap_or_default());
    r.rights = Some(of(value, "license")).filter(|l| !l.is_empty());
}

/// The text of which the service gives, for every word, the places where it stands.
fn uninverted(value: &Value) -> String {
    let Some(index) = value.as_object() else { return String::new() };
    let mut words: Vec<(u64, &str)> = index
        .iter()
        .flat_map(|(word, places)| list(places).filter_map(Value::as_u64).map(move |place| (place, word.as_str())))
        .collect();
    words.sort_by_key(|(place, _)| *place);
    words.iter().map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}
