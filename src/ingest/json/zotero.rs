//! Items of the Zotero API (`{"key": …, "data": {"itemType": …}}`, or the data alone).
//!
//! Not kept: keys, versions, dates of adding and changing, collections, relations. Attachments and notes that stand as items of
//! their own are no works and are reported as such.

use serde_json::{Map, Value};

use super::members::{keep, list, of, text};
use crate::ingest::{exchange, values};
use crate::record::Record;

pub(super) fn record(object: Map<String, Value>) -> Result<Record, String> {
    let object = match object.get("data") {
        Some(Value::Object(data)) => data.clone(),
        _ => object,
    };
    let kind = object.get("itemType").map(text).unwrap_or_default();
    if matches!(kind.as_str(), "attachment" | "note" | "annotation") {
        return Err(format!("not a work, but what Zotero calls: {kind}"));
    }
    let mut r = Record { item_type: item_type(&kind).map(str::to_owned), ..Record::default() };
    for (key, value) in &object {
        if text(value).trim().is_empty() {
            continue;
        }
        let some = || Some(exchange::line(&text(value)));
        match key.as_str() {
            "key" | "version" | "itemType" | "dateAdded" | "dateModified" | "collections" | "relations"
            | "parentItem" | "libraryCatalog" | "accessDate" | "inPublications" | "deleted" | "citationKey"
            | "attachments" | "itemID" | "itemKey" | "uri" | "select" => {}
            "title" | "caseName" | "nameOfAct" | "subject" => exchange::set_title(&mut r, &text(value), ""),
            "shortTitle" => exchange::note(&mut r, "Short title", &text(value)),
            "creators" => list(value).for_each(|c| creator(&mut r, c)),
            "abstractNote" => exchange::add_abstract(&mut r, &text(value)),
            "publicationTitle" | "bookTitle" | "proceedingsTitle" | "encyclopediaTitle" | "dictionaryTitle"
            | "websiteTitle" | "blogTitle" | "forumTitle" | "programTitle" => {
                exchange::container(&mut r).title = exchange::line(&text(value))
            }
            "journalAbbreviation" => exchange::note(&mut r, "Journal abbreviation", &text(value)),
            "volume" => exchange::container(&mut r).volume = some(),
            "issue" => exchange::container(&mut r).issue = some(),
            "pages" => exchange::container(&mut r).pages = Some(exchange::pages(&text(value))),
            "numPages" => r.extent = some().map(|p| if p.parse::<u32>().is_ok() { format!("{p} p.") } else { p }),
            "publisher" | "institution" | "university" => {
                values::push_new(&mut r.publisher, exchange::line(&text(value)))
            }
            "place" => values::push_new(&mut r.place, exchange::line(&text(value))),
            "edition" => r.edition = some(),
            "series" | "seriesTitle" => values::push_new(&mut r.series, exchange::line(&text(value))),
            "date" | "dateDecided" | "dateEnacted" | "issueDate" => values::set_date(&mut r, &text(value)),
            "ISBN" => exchange::add_isbns(&mut r, &text(value)),
            "ISSN" => exchange::add_issns(&mut r, &text(value)),
            "DOI" => exchange::add_doi(&mut r, &text(value)),
            "PMID" => exchange::add_pmid(&mut r, &text(value)),
            "PMCID" => exchange::add_pmcid(&mut r, &text(value)),
            "url" => exchange::add_url(&mut r, &text(value)),
            "language" => exchange::add_language(&mut r, &text(value)),
            "rights" => r.rights = some(),
            "tags" => list(value).for_each(|t| {
                let tag = if t.is_object() { of(t, "tag") } else { text(t) };
                values::push_new(&mut r.subjects, exchange::line(&tag));
            }),
            "notes" => list(value).for_each(|n| {
                exchange::note(&mut r, "Note", &if n.is_object() { of(n, "note") } else { text(n) });
            }),
            "extra" => text(value).lines().for_each(|line| match line.split_once(':') {
                Some(("PMID", pmid)) => exchange::add_pmid(&mut r, pmid),
                Some(("PMCID", pmcid)) => exchange::add_pmcid(&mut r, pmcid),
                Some(("DOI", doi)) => exchange::add_doi(&mut r, doi),
                _ => exchange::note(&mut r, "Note", line),
            }),
            _ => keep(&mut r, key, value),
        }
    }
    exchange::finished(r)
}

fn creator(r: &mut Record, creator: &Value) {
    let whole = of(creator, "name");
    let name = if whole.is_empty() {
        exchange::name(&of(creator, "lastName"), &of(creator, "firstName"), "")
    } else {
        exchange::line(&whole)
    };
    let role = match of(creator, "creatorType").as_str() {
        "editor" => Some("edt"),
        "seriesEditor" | "bookAuthor" | "reviewedAuthor" => {
            exchange::note(r, &exchange::label(&of(creator, "creatorType")), &name);
            return;
        }
        "translator" => Some("trl"),
        "contributor" | "cosponsor" | "commenter" | "guest" => Some("ctb"),
        "interviewer" => Some("ivr"),
        "recipient" => Some("rcp"),
        "counsel" | "sponsor" => Some("spn"),
        "director" => Some("drt"),
        "producer" => Some("pro"),
        _ => None,
    };
    exchange::add_creator(r, name, role);
}

fn item_type(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "bookSection" => "chapter",
        "dictionaryEntry" => "entry-dictionary",
        "document" => "document",
        "email" | "instantMessage" => "personal_communication",
        "forumPost" => "post",
        "bill" => "bill",
        "case" => "legal_case",
        "statute" => "legislation",
        "interview" => "interview",
        "manuscript" => "manuscript",
        "radioBroadcast" | "tvBroadcast" | "podcast" => "broadcast",
        "standard" => "standard",
        "artwork" => "graphic",
        "videoRecording" => "motion_picture",
        "audioRecording" => "song",
        other => return values::item_type(other),
    })
}
