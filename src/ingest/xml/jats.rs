//! JATS and NLM full text: `<article>`, alone, in a `pmc-articleset`, or as the metadata of an OAI-PMH record.
//!
//! The abstract keeps its labelled sections, the body its paragraphs and section titles (`jats_text`). Reference
//! lists, tables, figures and formulas in TeX are left out of the text. Left out as housekeeping: publishers' own identifiers
//! for article and journal, counts, processing metadata, addresses for correspondence. Editors who handled an article for its
//! journal are notes, not creators.

use super::jats_text::{abstract_text, body, paragraph, text_without};
use super::scan::{Inside, Records, cut as cut_records};
use super::tree::Element;
use super::{Prologue, clean, read_records};
use crate::ingest::{Cut, Item, values};
use crate::record::{Container, Creator, Record};

const RECORDS: Records = Records { names: &["article"], bare: &[], inside: Inside::Damage };

/// Whether the text begins like JATS: by its document type, its namespace or its front matter.
pub fn recognises(text: &str) -> bool {
    Prologue::of(text).is_some_and(|prologue| match prologue.root {
        "pmc-articleset" => true,
        "article" => {
            ["JATS", "//NLM//", "archivearticle", "journalpublishing"]
                .iter()
                .any(|id| prologue.document_type.contains(id))
                || prologue.mentions("<front>")
                || prologue.mentions("<front ")
                || prologue.mentions("<article-meta")
                || prologue.mentions(":article-meta>")
        }
        "articles" | "article-set" => prologue.mentions("<article-meta"),
        _ => false,
    })
}

/// Reads articles; `first` is the number of the first.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    read_records(bytes, first, &RECORDS, convert, emit);
}

/// Cuts after the last whole record.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    cut_records(bytes, &RECORDS)
}

/// A record from an `<article>`.
pub(super) fn convert(root: Element<'_>) -> Result<Option<Record>, String> {
    let mut r = Record { container: Some(Container::default()), ..Record::default() };
    let front = root.child("front").unwrap_or(root);
    let meta = front.child("article-meta").ok_or("an article without article-meta")?;
    r.item_type = Some(item_type(&root.attribute("article-type").unwrap_or_default()).to_owned());
    if let Some(language) = root.attribute("lang") {
        clean::add_language(&mut r, &language);
    }
    if let Some(journal) = front.child("journal-meta") {
        journal_of(&mut r, journal);
    }
    for group in meta.all("title-group") {
        titles(&mut r, group);
    }
    for id in meta.all("article-id") {
        identifier(&mut r, &id.attribute("pub-id-type").unwrap_or_default(), &id.text());
    }
    people(&mut r, meta);
    dates(&mut r, meta);
    issue(&mut r, meta);
    abstracts(&mut r, meta);
    subjects(&mut r, meta);
    rest(&mut r, meta);
    r.body = root.child("body").map(body).filter(|text| !text.is_empty());
    back_matter(&mut r, root);
    if r.title.is_empty() && r.abstract_text.is_none() && r.body.is_none() {
        return Err("an article without title, abstract and text".into());
    }
    Ok(Some(clean::finished(r)))
}

fn item_type(kind: &str) -> &'static str {
    match kind {
        "book-review" | "product-review" => "review-book",
        "preprint" => "article",
        "dissertation" => "thesis",
        "abstract" | "meeting-report" if kind == "abstract" => "paper-conference",
        _ => "article-journal",
    }
}

fn journal_of(r: &mut Record, journal: Element<'_>) {
    let title = journal.descendants().find(|e| e.name() == "journal-title").map(paragraph).unwrap_or_default();
    let mut abbreviations: Vec<String> = journal
        .descendants()
        .filter(|e| {
            matches!(e.name(), "abbrev-journal-title")
                || e.name() == "journal-id"
                    && matches!(e.attribute("journal-id-type").as_deref(), Some("nlm-ta" | "iso-abbrev"))
        })
        .map(Element::text)
        .collect();
    let container = r.container.get_or_insert_default();
    container.title = if title.is_empty() && !abbreviations.is_empty() { abbreviations.remove(0) } else { title };
    let letters = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let known = letters(&container.title);
    abbreviations.retain(|a| letters(a) != known);
    abbreviations.dedup_by_key(|a| letters(a));
    for abbreviation in abbreviations {
        clean::note(r, "Journal abbreviation", &abbreviation);
    }
    // The printed journal's number first: it is the one that catalogues have.
    let is_print = |e: &Element<'_>| e.has("pub-type", "ppub") || e.has("publication-format", "print");
    let issns: Vec<Element<'_>> = journal.all("issn").collect();
    for issn in issns.iter().filter(|e| is_print(e)).chain(issns.iter().filter(|e| !is_print(e))) {
        clean::add_issn(r, &issn.text());
    }
    for publisher in journal.all("publisher") {
        for name in publisher.all("publisher-name") {
            values::push_new(&mut r.publisher, name.text());
        }
        for place in publisher.all("publisher-loc") {
            values::push_new(&mut r.place, place.text());
        }
    }
}

fn titles(r: &mut Record, group: Element<'_>) {
    let with_subtitle = |element: Element<'_>, title: &str, subtitle: &'static str| {
        let mut whole = element.child(title).map(paragraph).unwrap_or_default();
        for sub in element.all(subtitle).map(paragraph).filter(|s| !s.is_empty()) {
            whole = if whole.is_empty() { sub } else { format!("{}: {sub}", whole.trim_end_matches([':', ' '])) };
        }
        clean::title(&whole)
    };
    r.title = with_subtitle(group, "article-title", "subtitle");
    let mut others: Vec<String> =
        group.all("trans-title-group").map(|t| with_subtitle(t, "trans-title", "trans-subtitle")).collect();
    others.extend(group.all("trans-title").chain(group.all("alt-title")).map(|t| clean::title(&paragraph(t))));
    for title in others.into_iter().filter(|t| *t != r.title) {
        values::push_new(&mut r.alternative_titles, title);
    }
}

fn identifier(r: &mut Record, kind: &str, value: &str) {
    match kind {
        "doi" => clean::add_doi(r, value),
        "pmid" => r.pmid = values::pmid(value),
        "pmc" | "pmcid" => {
            let digits = value.trim_start_matches("PMC");
            r.pmcid = values::pmcid(&format!("PMC{digits}"));
        }
        "isbn" => clean::add_isbn(r, value),
        "manuscript" => clean::note(r, "Manuscript", value),
        "arxiv" => clean::note(r, "arXiv", value),
        _ => {}
    }
}

fn people(r: &mut Record, meta: Element<'_>) {
    for group in meta.all("contrib-group") {
        let group_kind = group.attribute("content-type").unwrap_or_default();
        for contributor in group.all("contrib") {
            let kind = contributor.attribute("contrib-type").unwrap_or_default();
            let kind = if kind.is_empty() { group_kind.clone() } else { kind };
            let Some(name) = person_name(contributor) else { continue };
            for id in contributor.all("contrib-id").filter(|id| id.has("contrib-id-type", "orcid")) {
                clean::note(r, "ORCID", &format!("{name} {}", id.text()));
            }
            let creator = match kind.to_lowercase().trim_end_matches('s') {
                "author" | "" | "collab" | "compiler" | "inventor" => Creator::new(name),
                "translator" => Creator { name, role: Some("trl".into()) },
                kind if r.item_type.as_deref() == Some("article-journal") || kind.contains("review") => {
                    clean::note(r, &clean::label(kind), &name);
                    continue;
                }
                "editor" => Creator { name, role: Some("edt".into()) },
                _ => Creator { name, role: Some("ctb".into()) },
            };
            if !r.creators.contains(&creator) {
                r.creators.push(creator);
            }
        }
        for behalf in group.all("on-behalf-of") {
            clean::note(r, "On behalf of", &behalf.text());
        }
    }
    let in_meta = |e: &Element<'_>| e.name() == "aff" || e.name() == "aff-wiki";
    for aff in meta.descendants().filter(in_meta) {
        let text = text_without(aff, &["label", "sup", "institution-id", "email"]);
        clean::note(r, "Affiliation", text.trim_end_matches([';', ',', ' ']));
    }
}

/// A person, or a body without its members.
fn person_name(contributor: Element<'_>) -> Option<String> {
    let parent = contributor.child("name-alternatives").unwrap_or(contributor);
    if let Some(name) = parent.child("name").or_else(|| parent.child("string-name")) {
        let parts = clean::name(name.text_of("surname"), name.text_of("given-names"), name.text_of("suffix"));
        return parts.or_else(|| Some(values::person(&name.text())).filter(|n| !n.is_empty()));
    }
    let collab = contributor.child("collab").or_else(|| contributor.path(&["collab-alternatives", "collab"]))?;
    let own = text_without(collab, &["contrib-group", "xref", "aff", "fn"]);
    Some(own).filter(|name| !name.is_empty())
}

fn dates(r: &mut Record, meta: Element<'_>) {
    let kind = |e: &Element<'_>| {
        let kind = e.attribute("pub-type").or_else(|| e.attribute("date-type")).unwrap_or_default();
        match (kind.as_str(), e.attribute("publication-format").as_deref()) {
            // That of the printed issue or volume is what is cited.
            ("ppub" | "collection", _) | (_, Some("print")) => 0,
            ("epub-ppub" | "pub" | "", _) => 1,
            ("epub", _) | (_, Some("electronic")) => 2,
            ("pmc-release" | "pmcrelease" | "nihms-submitted" | "retraction" | "corrected", _) => 9,
            _ => 3,
        }
    };
    let printed = |e: &Element<'_>| {
        let month = e.text_of("month").or_else(|| e.text_of("season"));
        clean::date(e.text_of("year"), month, e.text_of("day")).or_else(|| e.text_of("string-date"))
    };
    let mut all: Vec<(i32, String)> = meta.all("pub-date").filter_map(|e| Some((kind(&e), printed(&e)?))).collect();
    all.sort_by_key(|(kind, _)| *kind);
    let Some((_, first)) = all.first() else { return };
    // A collection has only its year; the day of the same year is known better elsewhere.
    let better =
        all.iter().find(|(kind, date)| *kind < 9 && first.len() == 4 && date.len() > 4 && date.starts_with(first));
    values::set_date(r, better.map_or(first, |(_, date)| date));
    for date in meta.path(&["history"]).iter().flat_map(|history| history.all("date")) {
        let kind = date.attribute("date-type").unwrap_or_default();
        if let (Some(date), "received" | "accepted") = (printed(&date), kind.as_str()) {
            clean::note(r, &clean::label(&kind), &date);
        }
    }
}

fn issue(r: &mut Record, meta: Element<'_>) {
    let container = r.container.get_or_insert_default();
    container.volume = meta.text_of("volume");
    container.issue = meta.text_of("issue");
    container.pages = meta
        .text_of("page-range")
        .map(|pages| clean::pages(&pages))
        .or_else(|| clean::page_range(meta.text_of("fpage"), meta.text_of("lpage")))
        .or_else(|| meta.text_of("elocation-id"));
    for isbn in meta.all("isbn") {
        clean::add_isbn(r, &isbn.text());
    }
    for (element, label) in [
        ("issue-title", "Issue title"),
        ("volume-series", "Series"),
        ("supplement", "Supplement"),
        ("edition", "Edition"),
    ] {
        clean::note(r, label, &meta.text_of(element).unwrap_or_default());
    }
}

fn abstracts(r: &mut Record, meta: Element<'_>) {
    let is_plain = |e: &Element<'_>| e.attribute("abstract-type").is_none();
    let all: Vec<Element<'_>> = meta.all("abstract").collect();
    let in_order = all.iter().filter(|e| is_plain(e)).chain(all.iter().filter(|e| !is_plain(e)));
    for element in in_order {
        let text = abstract_text(*element);
        let kind = element.attribute("abstract-type").unwrap_or_default();
        if r.abstract_text.is_none() && !text.is_empty() && !matches!(kind.as_str(), "graphical" | "toc" | "teaser") {
            r.abstract_text = Some(text);
        } else {
            let heading = element.text_of("title").filter(|t| !t.eq_ignore_ascii_case("abstract"));
            let label =
                heading.unwrap_or_else(|| if kind.is_empty() { "Abstract".into() } else { clean::label(&kind) });
            clean::note(r, &label, &text);
        }
    }
    for element in meta.all("trans-abstract") {
        let language = element.attribute("lang").unwrap_or_default();
        clean::note(r, &format!("Abstract ({language})"), &abstract_text(element));
    }
}

fn subjects(r: &mut Record, meta: Element<'_>) {
    for group in meta.all("kwd-group") {
        let is_list = group.has("kwd-group-type", "abbreviations");
        for keyword in group.descendants().filter(|e| matches!(e.name(), "kwd" | "compound-kwd")) {
            let parts: Vec<String> = keyword.all("compound-kwd-part").map(Element::text).collect();
            let text = if parts.is_empty() { keyword.text() } else { parts.join("--") };
            let text = text.trim_end_matches([';', ',', '.']).to_owned();
            if is_list { clean::note(r, "Abbreviation", &text) } else { values::push_new(&mut r.subjects, text) }
        }
    }
    for group in meta.path(&["article-categories"]).iter().flat_map(|c| c.all("subj-group")) {
        let is_heading = group.has("subj-group-type", "heading") || group.attribute("subj-group-type").is_none();
        for subject in group.descendants().filter(|e| e.name() == "subject").map(Element::text) {
            if is_heading {
                clean::note(r, "Article type", &subject)
            } else {
                values::push_new(&mut r.subjects, subject)
            }
        }
    }
    for series in meta.path(&["article-categories"]).iter().flat_map(|c| c.all("series-title")) {
        values::push_new(&mut r.series, series.text());
    }
}

fn rest(r: &mut Record, meta: Element<'_>) {
    let permissions = meta.child("permissions").unwrap_or(meta);
    let mut rights: Vec<String> = permissions.all("copyright-statement").map(Element::text).collect();
    rights.extend(permissions.all("license").map(paragraph));
    rights.retain(|text| !text.is_empty());
    r.rights = Some(rights.join(" ")).filter(|text| !text.is_empty());
    for uri in meta.all("self-uri") {
        let address = uri.attribute("href").unwrap_or_else(|| uri.text());
        if address.starts_with("http") {
            values::push_new(&mut r.url, address);
        }
    }
    for related in meta.all("related-article") {
        let kind = related.attribute("related-article-type").unwrap_or_else(|| "related-article".into());
        let what =
            Some(related.text()).filter(|t| !t.is_empty()).or_else(|| related.attribute("href")).unwrap_or_default();
        clean::note(r, &clean::label(&kind), &what);
    }
    for product in meta.all("product") {
        clean::note(r, "Reviewed work", &paragraph(product));
    }
    for conference in meta.all("conference") {
        let parts: Vec<String> = conference.children().map(Element::text).filter(|t| !t.is_empty()).collect();
        clean::note(r, "Conference", &parts.join(", "));
    }
    for funding in meta.all("funding-group") {
        let statements: Vec<String> = funding.all("funding-statement").map(Element::text).collect();
        let grants = funding.all("award-group").map(|award| {
            let source = award.find("institution").or_else(|| award.child("funding-source")).map(Element::text);
            source.into_iter().chain(award.text_of("award-id")).collect::<Vec<_>>().join(", ")
        });
        let grants: Vec<String> = if statements.is_empty() { grants.collect() } else { Vec::new() };
        for text in statements.iter().chain(&grants) {
            clean::note(r, "Funding", text);
        }
    }
    for note in meta.path(&["author-notes"]).iter().flat_map(|notes| notes.all("fn")) {
        clean::note(r, "Author note", &text_without(note, &["label", "email"]));
    }
}

fn back_matter(r: &mut Record, root: Element<'_>) {
    let Some(back) = root.child("back") else { return };
    for part in back.children() {
        match part.name() {
            "ack" => clean::note(r, "Acknowledgements", &text_without(part, &["title", "sec-meta"])),
            "fn-group" | "notes" => {
                for note in part.descendants().filter(|e| matches!(e.name(), "fn" | "p") && e.find("p").is_none()) {
                    clean::note(r, "Footnote", &text_without(note, &["label"]));
                }
            }
            "app-group" | "sec" => {
                let text = body(part);
                if !text.is_empty() {
                    let whole = r.body.get_or_insert_default();
                    if !whole.is_empty() {
                        whole.push_str("\n\n");
                    }
                    whole.push_str(&text);
                }
            }
            _ => {}
        }
    }
    for part in root.children().filter(|c| matches!(c.name(), "sub-article" | "response")) {
        let title = part.find("article-title").map(paragraph).unwrap_or_default();
        clean::note(r, "With", &title);
    }
}
