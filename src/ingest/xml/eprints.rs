//! EPrints XML (EP3), as repositories export it: `<eprints>` with one `<eprint>` a record.
//!
//! Field names are EPrints' own defaults; fields a repository has added become notes. Left out as housekeeping: numbers of
//! records, revisions, users and folders, dates of deposit and change, statuses of the workflow, the files (whose number and
//! addresses belong to the repository, not to the work), and the text of reference lists.

use super::scan::{Inside, Records, cut as cut_records};
use super::tree::Element;
use super::{Prologue, clean, read_records};
use crate::ingest::{Cut, Item, values};
use crate::record::{Container, Creator, Record};

const RECORDS: Records = Records { names: &["eprint"], bare: &[], inside: Inside::Damage };

/// Whether the text begins like EPrints XML.
pub fn recognises(text: &str) -> bool {
    Prologue::of(text).is_some_and(|prologue| match prologue.root {
        "eprints" => prologue.mentions("<eprint") || prologue.mentions("eprints.org/ep2/data"),
        "eprint" => prologue.mentions("<eprintid") || prologue.mentions("eprints.org/"),
        _ => false,
    })
}

/// Reads records; `first` is the number of the first.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    read_records(bytes, first, &RECORDS, convert, emit);
}

/// Cuts after the last whole record.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    cut_records(bytes, &RECORDS)
}

/// A record from an `<eprint>`.
pub(super) fn convert(root: Element<'_>) -> Result<Option<Record>, String> {
    let mut r = Record { container: Some(Container::default()), ..Record::default() };
    if root.text_of("eprint_status").is_some_and(|status| status == "deletion") {
        return Ok(None);
    }
    r.item_type = item_type(root).map(str::to_owned);
    for field in root.children() {
        add(&mut r, root, field);
    }
    if r.title.is_empty() && r.abstract_text.is_none() {
        return Err("an EPrints record without title and abstract".into());
    }
    Ok(Some(clean::finished(r)))
}

fn item_type(root: Element<'_>) -> Option<&'static str> {
    Some(match root.text_of("type")?.as_str() {
        "article" => "article-journal",
        "book_section" => "chapter",
        "monograph" => "report",
        "conference_item" if root.text_of("pres_type").is_some_and(|t| t != "paper") => "speech",
        "conference_item" => "paper-conference",
        "teaching_resource" => "document",
        "exhibition" | "performance" | "artefact" => "performance",
        "composition" => "musical_score",
        other => values::item_type(other)?,
    })
}

fn add(r: &mut Record, root: Element<'_>, field: Element<'_>) {
    let text = clean::plain(&field.raw_text());
    if text.is_empty() {
        return;
    }
    let items = || {
        let mut items: Vec<String> = field.all("item").map(|item| clean::plain(&item.raw_text())).collect();
        if items.is_empty() {
            items.push(text.clone());
        }
        items
    };
    let container = r.container.get_or_insert_default();
    match field.name() {
        "title" => r.title = clean::title(&text),
        "alt_title" | "title_alt" | "title_translated" => {
            for title in items() {
                values::push_new(&mut r.alternative_titles, clean::title(&title));
            }
        }
        "creators" => people(r, field, None),
        "editors" => people(r, field, Some("edt")),
        "contributors" | "exhibitors" | "producers" | "conductors" => people(r, field, Some("ctb")),
        "supervisors" => people(r, field, Some("ths")),
        "corp_creators" => {
            for name in items() {
                r.creators.push(Creator::new(name));
            }
        }
        "creators_name" | "editors_name" => {}
        "abstract" => r.abstract_text = Some(clean::running_text(&field.raw_text())).filter(|t| !t.is_empty()),
        "date" => {
            let kind = root.text_of("date_type").unwrap_or_default();
            if kind.is_empty()
                || matches!(kind.as_str(), "published" | "publication" | "completed" | "submitted" | "accepted")
            {
                values::set_date(r, &text);
            } else {
                clean::note(r, "Date", &text);
            }
        }
        "year" if root.child("date").is_none() => values::set_date(r, &text),
        "dates" => {
            for item in field.all("item") {
                dated(r, item);
            }
        }
        "publication" | "book_title" => {
            let title = values::title(&text);
            if container.title.is_empty() { container.title = title } else { clean::note(r, "Publication", &title) }
        }
        "event_title" => {
            clean::note(r, "Event", &text);
        }
        "event_location" => clean::note(r, "Event place", &text),
        "event_dates" => clean::note(r, "Event date", &text),
        "volume" => container.volume = Some(text),
        "number" => container.issue = Some(text),
        "pagerange" => container.pages = Some(clean::pages(&text)),
        "article_number" if container.pages.is_none() => container.pages = Some(text),
        "pages" => r.extent = Some(if text.bytes().all(|b| b.is_ascii_digit()) { format!("{text}p.") } else { text }),
        "series" => values::push_new(&mut r.series, values::title(&text)),
        "publisher" => values::push_new(&mut r.publisher, text),
        "place_of_pub" => values::push_new(&mut r.place, text),
        "institution" if r.publisher.is_empty() && root.child("publisher").is_none() => {
            values::push_new(&mut r.publisher, text);
        }
        "edition" => r.edition = Some(text),
        "isbn" => {
            for isbn in text.split([',', ';']) {
                clean::add_isbn(r, isbn.trim());
            }
        }
        "issn" => clean::add_issn(r, &text),
        "doi" => clean::add_doi(r, &text),
        "id_number" if values::doi(&text).is_some() => clean::add_doi(r, &text),
        "pmid" | "pubmed_id" if values::pmid(&text).is_some() => r.pmid = values::pmid(&text),
        "pmcid" | "pmc_id" if values::pmcid(&text).is_some() => r.pmcid = values::pmcid(&text),
        "official_url" | "uri" => values::push_new(&mut r.url, text),
        "related_url" => {
            for url in field.descendants().filter(|d| d.name() == "url") {
                values::push_new(&mut r.url, url.text());
            }
        }
        "keywords" => {
            let separators: &[char] = if text.contains(';') { &[';'] } else { &[',', '|'] };
            for keyword in items().iter().flat_map(|item| item.split(separators)) {
                values::push_new(&mut r.subjects, keyword.trim().trim_end_matches('.').to_owned());
            }
        }
        "subjects" => {
            for subject in items() {
                values::push_new(&mut r.subjects, subject);
            }
        }
        "language" | "languages" => {
            for language in items() {
                clean::add_language(r, &language);
            }
        }
        "copyright_holders" | "license" | "rights" if r.rights.is_none() => r.rights = Some(items().join("; ")),
        "full_text_status" => r.access = Some(text),
        "note" => values::push_new(&mut r.notes, text),
        "monograph_type" | "thesis_type" | "pres_type" => clean::note(r, "Type", &clean::label(&text)),
        "refereed" if text.eq_ignore_ascii_case("true") => values::push_new(&mut r.notes, "Refereed".to_owned()),
        "ispublished" if text != "pub" => clean::note(r, "Publication status", &text),
        "eprintid"
        | "rev_number"
        | "documents"
        | "files"
        | "eprint_status"
        | "userid"
        | "dir"
        | "datestamp"
        | "lastmod"
        | "status_changed"
        | "type"
        | "metadata_visibility"
        | "date_type"
        | "refereed"
        | "ispublished"
        | "referencetext"
        | "importid"
        | "source"
        | "fileinfo"
        | "item_issues_count"
        | "item_issues"
        | "item_issues_id"
        | "succeeds"
        | "commentary"
        | "replacedby"
        | "contact_email"
        | "suggestions"
        | "sword_depositor"
        | "sword_slug"
        | "hoa_compliant"
        | "year"
        | "latitude"
        | "longitude" => {}
        name => {
            for item in items() {
                clean::note(r, &clean::label(name), &item);
            }
        }
    }
}

/// An entry of the list of dates that some repositories have instead of one date.
fn dated(r: &mut Record, item: Element<'_>) {
    let date = item.text_of("date").unwrap_or_else(|| item.text());
    match item.text_of("date_type").as_deref() {
        None | Some("published" | "publication" | "published_online") if r.year.is_none() => values::set_date(r, &date),
        kind => clean::note(r, &clean::label(kind.unwrap_or("date")), &date),
    }
}

fn people(r: &mut Record, field: Element<'_>, role: Option<&str>) {
    let items: Vec<Element<'_>> = field.all("item").collect();
    // Without items the field itself is the person.
    let items = if items.is_empty() { vec![field] } else { items };
    for item in items {
        let parts = item.child("name").unwrap_or(item);
        let part = |name: &str| parts.text_of(name);
        let name = clean::name(part("family"), part("given"), part("lineage"));
        let Some(name) = name.or_else(|| Some(values::person(&parts.text())).filter(|n| !n.is_empty())) else {
            continue;
        };
        if let Some(orcid) = item.text_of("orcid") {
            clean::note(r, "ORCID", &format!("{name} {orcid}"));
        }
        // Contributors carry the address of a MARC relator.
        let kind = item.text_of("type").unwrap_or_default();
        let code = kind.rsplit('/').next().filter(|code| code.len() == 3).map(str::to_lowercase);
        let stated = super::dc_values::relator(&kind).map(str::to_owned).or(code);
        let role = stated.filter(|code| code != "aut").or_else(|| role.map(str::to_owned));
        let creator = Creator { name, role };
        if !r.creators.contains(&creator) {
            r.creators.push(creator);
        }
    }
}
