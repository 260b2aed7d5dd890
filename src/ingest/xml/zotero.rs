//! Zotero RDF, and the bibliographic ontology it builds on: items beside the journals, series and notes they refer to.
//!
//! What an item refers to stands elsewhere in the file, so that a file is read whole. Collections and attachments are no
//! records. Left out as housekeeping: file paths of attachments, dates of deposit, library keys.

use std::collections::HashMap;

use super::tree::{Element, Tree};
use super::{Prologue, clean, decode, refusal};
use crate::ingest::{Item, values};
use crate::record::{Container, Creator, Record};

/// Whether the text begins like Zotero's RDF.
pub fn recognises(text: &str) -> bool {
    Prologue::of(text).is_some_and(|prologue| {
        prologue.root == "RDF"
            && (prologue.mentions("www.zotero.org/namespaces") || prologue.mentions("purl.org/net/biblio"))
    })
}

/// Reads a whole file.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    let text = decode(bytes);
    let whole = |reason: String| Item { locator: String::new(), content: Err(reason) };
    if let Some(reason) = refusal(&text) {
        return emit(whole(reason));
    }
    let tree = match Tree::parse(&text) {
        Ok(tree) => tree,
        Err(reason) => return emit(whole(reason)),
    };
    let Some(root) = tree.root() else { return };
    let mut known = HashMap::new();
    for node in root.children() {
        if let Some(about) = node.attribute("about").or_else(|| node.attribute("ID")) {
            known.insert(about, node);
        }
    }
    let items = root.children().filter(|node| is_item(*node));
    for (i, node) in items.enumerate() {
        emit(Item { locator: format!("record {}", first + i), content: item(node, &known) });
    }
}

/// Journals, series, collections, notes and files are what items refer to.
fn is_item(node: Element<'_>) -> bool {
    let is_other = matches!(
        node.name(),
        "Journal"
            | "Series"
            | "Collection"
            | "Attachment"
            | "Periodical"
            | "Person"
            | "Organization"
            | "Seq"
            | "UserItem"
            | "Note"
    );
    let is_note = node.name() == "Memo" && node.find("title").is_none();
    let is_bare = node.name() == "Description" && node.child("itemType").is_none() && node.child("title").is_none();
    let is_part = matches!(node.text_of("itemType").as_deref(), Some("attachment" | "note"));
    !(is_other || is_note || is_bare || is_part)
}

fn kind(node: Element<'_>) -> Option<&'static str> {
    let stated = node.text_of("itemType").unwrap_or_default();
    Some(match (stated.as_str(), node.name()) {
        ("journalArticle", _) => "article-journal",
        ("bookSection", _) => "chapter",
        ("webpage" | "forumPost", _) => "webpage",
        ("blogPost", _) => "post-weblog",
        ("conferencePaper", _) => "paper-conference",
        ("encyclopediaArticle", _) => "entry-encyclopedia",
        ("dictionaryEntry", _) => "entry-dictionary",
        ("presentation" | "podcast", _) => "speech",
        ("document", _) => "document",
        ("case", _) => "legal_case",
        ("email" | "letter" | "instantMessage", _) => "personal_communication",
        ("artwork", _) => "graphic",
        ("tvBroadcast" | "radioBroadcast", _) => "broadcast",
        ("videoRecording" | "film", _) => "motion_picture",
        ("computerProgram", _) => "software",
        ("interview" | "manuscript" | "hearing" | "bill", _) => {
            return ["interview", "manuscript", "hearing", "bill"].into_iter().find(|k| *k == stated);
        }
        ("", "Article" | "AcademicArticle") => "article-journal",
        ("", "BookSection") => "chapter",
        ("", "Document") => "document",
        ("", name) => values::item_type(name)?,
        (stated, _) => values::item_type(stated)?,
    })
}

fn item(node: Element<'_>, known: &HashMap<String, Element<'_>>) -> Result<Record, String> {
    let mut r = Record { container: Some(Container::default()), ..Record::default() };
    r.item_type = kind(node).map(str::to_owned);
    if let Some(about) = node.attribute("about") {
        address(&mut r, &about);
    }
    for field in node.children() {
        let referred = field.attribute("resource").and_then(|about| known.get(&about).copied());
        add(&mut r, field, referred);
    }
    if r.title.is_empty() && r.abstract_text.is_none() {
        return Err("an item without title and abstract".into());
    }
    Ok(clean::finished(r))
}

fn address(r: &mut Record, about: &str) {
    if let Some(isbn) = about.strip_prefix("urn:isbn:") {
        clean::add_isbn(r, isbn);
    } else if about.starts_with("http") && !about.contains("zotero.org/") {
        values::push_new(&mut r.url, about.to_owned());
    }
}

fn add(r: &mut Record, field: Element<'_>, referred: Option<Element<'_>>) {
    let text = clean::plain(&field.raw_text());
    let container = r.container.get_or_insert_default();
    match field.name() {
        "title" => r.title = clean::title(&text),
        "shortTitle" => values::push_new(&mut r.alternative_titles, clean::title(&text)),
        "authors" | "editors" | "translators" | "contributors" | "seriesEditors" | "presenters" | "interviewees"
        | "creators" => {
            people(r, field);
        }
        "isPartOf" => {
            let parent = field.children().next().or(referred);
            if let Some(parent) = parent {
                part_of(r, parent);
            }
        }
        "publisher" => publisher(r, field),
        "subject" => subject(r, field, &text),
        "abstract" => r.abstract_text = Some(clean::running_text(&field.raw_text())).filter(|t| !t.is_empty()),
        "description" => values::push_new(&mut r.notes, text),
        "date" | "issued" => values::set_date(r, &text),
        "pages" => container.pages = Some(clean::pages(&text)).filter(|p| !p.is_empty()),
        "numPages" => r.extent = Some(format!("{text}p.")),
        "volume" => container.volume = Some(text),
        "number" | "issue" => container.issue = Some(text),
        "edition" => r.edition = Some(text),
        "language" => clean::add_language(r, &text),
        "rights" => r.rights = Some(text),
        "identifier" => identifier(r, field, &text),
        "isReferencedBy" => {
            if let Some(note) = referred {
                let value = note.text_of("value").unwrap_or_else(|| note.text());
                values::push_new(&mut r.notes, clean::plain(&value));
            }
        }
        "type" => clean::note(r, "Type", &text),
        "itemType" | "link" | "dateSubmitted" | "libraryCatalog" | "relation" | "hasPart" => {}
        name => clean::note(r, &clean::label(name), &text),
    }
}

fn people(r: &mut Record, list: Element<'_>) {
    let role = match list.name() {
        "editors" => Some("edt"),
        "translators" => Some("trl"),
        "contributors" => Some("ctb"),
        "seriesEditors" => Some("pbd"),
        "interviewees" => Some("ive"),
        _ => None,
    };
    for person in list.descendants().filter(|e| matches!(e.name(), "Person" | "Organization" | "Agent")) {
        let family =
            person.text_of("surname").or_else(|| person.text_of("familyName")).or_else(|| person.text_of("name"));
        let given =
            person.text_of("givenName").or_else(|| person.text_of("givenname")).or_else(|| person.text_of("firstName"));
        if let Some(name) = clean::name(family, given, None) {
            r.creators.push(Creator { name, role: role.map(str::to_owned) });
        }
    }
}

/// A journal, a book or a series, with the numbers that Zotero keeps there.
fn part_of(r: &mut Record, parent: Element<'_>) {
    let title = parent.text_of("title").map(|t| values::title(&t)).unwrap_or_default();
    if parent.name() == "Series" {
        let number = parent.text_of("number").or_else(|| parent.text_of("volume"));
        let series = number.filter(|_| !title.is_empty()).map_or(title.clone(), |n| format!("{title}; {n}"));
        return values::push_new(&mut r.series, series);
    }
    let container = r.container.get_or_insert_default();
    if !title.is_empty() {
        container.title = title;
    }
    container.volume = container.volume.take().or_else(|| parent.text_of("volume"));
    container.issue = container.issue.take().or_else(|| parent.text_of("number")).or_else(|| parent.text_of("issue"));
    let abbreviation = parent.text_of("alternative").or_else(|| parent.text_of("shortTitle")).unwrap_or_default();
    if container.title.is_empty() {
        container.title = abbreviation;
    } else if container.title != abbreviation {
        clean::note(r, "Journal abbreviation", &abbreviation);
    }
    for id in parent.all("identifier") {
        identifier(r, id, &id.text());
    }
    // A book within its series.
    for outer in parent.all("isPartOf").filter_map(|p| p.children().next()).filter(|p| p.name() == "Series") {
        values::push_new(&mut r.series, outer.text_of("title").unwrap_or_default());
    }
}

fn publisher(r: &mut Record, field: Element<'_>) {
    let name = field.find("name").map(Element::text).unwrap_or_else(|| field.own_text());
    values::push_new(&mut r.publisher, name);
    for place in field.descendants().filter(|e| matches!(e.name(), "locality" | "label")) {
        values::push_new(&mut r.place, place.text());
    }
}

fn subject(r: &mut Record, field: Element<'_>, text: &str) {
    match field.children().next() {
        Some(node) if node.name() == "LCC" => clean::note(r, "Call number", text),
        Some(node) => {
            let value = node.text_of("value").unwrap_or_else(|| node.text());
            values::push_new(&mut r.subjects, value);
        }
        None => values::push_new(&mut r.subjects, text.to_owned()),
    }
}

fn identifier(r: &mut Record, field: Element<'_>, text: &str) {
    if let Some(uri) = field.find("URI") {
        let uri = uri.text_of("value").unwrap_or_else(|| uri.text());
        return values::push_new(&mut r.url, uri);
    }
    let upper = text.to_ascii_uppercase();
    if let Some(isbns) = upper.strip_prefix("ISBN") {
        isbns.split([' ', ',']).filter(|i| !i.is_empty()).for_each(|isbn| clean::add_isbn(r, isbn));
    } else if upper.starts_with("ISSN") {
        clean::add_issn(r, upper.trim_start_matches("ISSN").trim());
    } else if values::doi(text).is_some() {
        clean::add_doi(r, text);
    } else {
        clean::note(r, "Identifier", text);
    }
}
