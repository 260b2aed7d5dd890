//! A MODS record → a [`Record`].

use super::related::{part, related};
use super::tree::{Node, Tree};
use crate::ingest::marc::{names, punctuation as tidy};
use crate::ingest::values::{self, push_new};
use crate::record::{Creator, Record, TitleSource};

/// Maps a record.
pub(super) fn record(tree: &Tree) -> Result<Record, String> {
    let mut r = Record::default();
    let mut genres: Vec<String> = Vec::new();
    let mut resource = String::new();
    let mut issuance = String::new();
    let mut abstracts: Vec<String> = Vec::new();
    for node in tree.root().children() {
        match node.name() {
            "titleInfo" => title(node, &mut r),
            "name" => creator(node, &mut r),
            "typeOfResource" => resource = node.text().to_lowercase(),
            "genre" => genres.push(node.text()),
            "originInfo" => {
                origin(node, &mut r);
                issuance = node.value("issuance").unwrap_or(issuance);
            }
            "language" => language(node, &mut r),
            "physicalDescription" => physical(node, &mut r),
            "abstract" => {
                let text = tidy::running(node.raw());
                let label = node.attribute("displayLabel");
                let is_plain = label.is_empty() || label.eq_ignore_ascii_case("abstract");
                let text = if is_plain || text.is_empty() { text } else { format!("{label}: {text}") };
                if !text.is_empty() && !abstracts.contains(&text) {
                    abstracts.push(text);
                }
            }
            "subject" => subject(node, &mut r),
            "relatedItem" => related(node, &mut r),
            "identifier" => identifier(node, &mut r),
            "location" => location(node, &mut r),
            "accessCondition" => condition(node, &mut r),
            "part" => part(node, &mut r),
            "recordInfo" => {}
            name => other(name, node, &mut r),
        }
    }
    if !abstracts.is_empty() {
        r.abstract_text = Some(abstracts.join("\n\n"));
    }
    let item_type = item_type(&genres, &resource, &issuance, &r);
    r.item_type = item_type.map(str::to_owned);
    for genre in genres {
        // A genre that says no more than the type is said.
        if item_type.is_none() || values::item_type(&genre) != item_type {
            push_new(&mut r.notes, format!("Genre: {}", tidy::value(&genre)));
        }
    }
    if r.title.is_empty() && !r.alternative_titles.is_empty() {
        r.title = r.alternative_titles.remove(0);
    }
    if r.title.is_empty() && r.abstract_text.is_none() && r.notes.is_empty() {
        return Err("a MODS record without a title".into());
    }
    let key = tidy::key(&r.title);
    r.alternative_titles.retain(|t| tidy::key(t) != key);
    r.title_source = (!r.title.is_empty()).then_some(TitleSource::Record);
    Ok(r)
}

/// "The", "title", "subtitle", "Part 2", "Its name" → one title.
pub(super) fn whole_title(node: Node<'_>) -> String {
    let mut title =
        node.all("title").map(|t| tidy::title(t.raw())).filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ");
    if let Some(article) =
        node.child("nonSort").map(|n| n.raw().trim_start().to_owned()).filter(|a| !a.trim().is_empty())
    {
        let joint = if article.trim_end().ends_with(['\'', '’', '-']) { "" } else { " " };
        title = format!("{}{joint}{title}", article.trim_end());
    }
    for sub in node.all("subTitle").map(|s| tidy::title(s.raw())).filter(|s| !s.is_empty()) {
        title = if title.is_empty() { sub } else { format!("{title}: {sub}") };
    }
    let number = node.value("partNumber");
    for (part, separator) in [(&number, ". "), (&node.value("partName"), if number.is_some() { ", " } else { ". " })] {
        if let Some(part) = part {
            title = if title.is_empty() { part.clone() } else { format!("{title}{separator}{part}") };
        }
    }
    // Records made by hand have the title as the text of the element.
    if title.is_empty() { tidy::title(node.raw()) } else { title }
}

fn title(node: Node<'_>, r: &mut Record) {
    let title = whole_title(node);
    if r.title.is_empty() && node.attribute("type").is_empty() {
        r.title = title;
    } else {
        push_new(&mut r.alternative_titles, title);
    }
}

pub(super) fn creator(node: Node<'_>, r: &mut Record) {
    let of = |kind: &str| {
        node.all("namePart")
            .filter(|p| p.attribute("type") == kind)
            .map(|p| tidy::value(p.raw()))
            .filter(|p| !p.is_empty())
            .collect::<Vec<_>>()
    };
    let (family, given, plain, address) = (of("family"), of("given"), of(""), of("termsOfAddress"));
    let is_body = matches!(node.attribute("type"), "corporate" | "conference" | "family");
    let mut name = match (family.is_empty(), given.is_empty()) {
        (false, false) => format!("{}, {}", family.join(" "), given.join(" ")),
        (false, true) => family.join(" "),
        (true, false) if plain.is_empty() => given.join(" "),
        (true, _) => match is_body {
            true => plain.join(". "),
            false if node.attribute("type") == "personal" && !plain.join(" ").contains(',') => {
                values::person(&plain.join(" "))
            }
            false => plain.join(", "),
        },
    };
    if name.is_empty() {
        name = node.value("displayForm").unwrap_or_default();
    }
    let suffix = address.iter().find(|a| matches!(a.trim_end_matches('.'), "Jr" | "Sr" | "II" | "III" | "IV"));
    if let Some(suffix) = suffix {
        name = format!("{name}, {suffix}");
    }
    if name.is_empty() {
        return;
    }
    let dates = of("date");
    if !dates.is_empty() || address.iter().any(|a| Some(a) != suffix) {
        let more = address.iter().filter(|a| Some(*a) != suffix).chain(&dates).cloned().collect::<Vec<_>>().join(", ");
        push_new(&mut r.notes, format!("Name: {name}, {more}"));
    }
    for text in node.all("affiliation").map(Node::text).filter(|t| !t.is_empty()) {
        push_new(&mut r.notes, format!("Affiliation of {name}: {text}"));
    }
    for text in node.all("description").map(Node::text).filter(|t| !t.is_empty()) {
        push_new(&mut r.notes, format!("{name}: {text}"));
    }
    let terms = || node.all("role").flat_map(|role| role.children().filter(|c| c.name() == "roleTerm"));
    let code = terms().filter(|t| t.attribute("type") == "code").find_map(|t| names::role(&t.text()));
    // MODS 3.0 has the text in the role itself.
    let role = code
        .or_else(|| terms().find_map(|t| names::role(&t.text())))
        .or_else(|| node.all("role").find_map(|t| names::role(&t.text())));
    let unknown = terms().map(Node::text).find(|t| role.is_none() && !t.is_empty());
    if let Some(term) = unknown {
        push_new(&mut r.notes, format!("Role of {name}: {term}"));
    }
    match r.creators.iter_mut().find(|c| c.name == name) {
        Some(old) => old.role = old.role.take().or(role),
        None => r.creators.push(Creator { name, role }),
    }
}

pub(super) fn origin(node: Node<'_>, r: &mut Record) {
    let is_publication = matches!(node.attribute("eventType"), "" | "publication" | "published");
    for place in node.all("place") {
        let terms: Vec<Node<'_>> = place.all("placeTerm").collect();
        let texts = terms.iter().filter(|t| t.attribute("type") != "code").map(|t| tidy::supplied(t.raw()));
        for text in texts.chain(Some(tidy::supplied(place.raw()))).filter(|t| !t.is_empty()) {
            match is_publication {
                true => push_new(&mut r.place, text),
                false => push_new(&mut r.notes, format!("Place of {}: {text}", node.attribute("eventType"))),
            }
        }
    }
    for publisher in node.all("publisher").map(|p| tidy::supplied(p.raw())).filter(|p| !p.is_empty()) {
        match is_publication {
            true => push_new(&mut r.publisher, publisher),
            false => push_new(&mut r.notes, format!("{}: {publisher}", node.attribute("eventType"))),
        }
    }
    for edition in node.all("edition").map(|e| tidy::value(e.raw())).filter(|e| !e.is_empty()) {
        r.edition = Some(match r.edition.take() {
            Some(old) => format!("{old}; {edition}"),
            None => edition,
        });
    }
    dates(node, r);
    for frequency in node.all("frequency").map(Node::text).filter(|t| !t.is_empty()) {
        push_new(&mut r.notes, format!("Frequency: {frequency}"));
    }
}

/// The date that is printed is the one without an encoding; the encoded one, better for its year.
fn dates(node: Node<'_>, r: &mut Record) {
    for kind in ["dateIssued", "copyrightDate", "dateCreated", "dateOther"] {
        let all: Vec<(Node<'_>, String)> =
            node.all(kind).map(|d| (d, tidy::value(d.raw()))).filter(|(_, t)| !t.is_empty()).collect();
        let is_new = r.year.is_none() && r.date.is_none();
        if all.is_empty() {
            continue;
        }
        if !is_new {
            let label = match kind {
                "dateIssued" => "Date issued",
                "copyrightDate" => "Copyright date",
                "dateCreated" => "Date created",
                _ => "Other date",
            };
            for (_, text) in &all {
                let known = r.year.is_some_and(|y| text.trim_start_matches(['c', '©']) == y.to_string());
                if !known && r.date.as_ref() != Some(text) {
                    push_new(&mut r.notes, format!("{label}: {text}"));
                }
            }
            continue;
        }
        let point = |name: &str| all.iter().find(|(d, _)| d.attribute("point") == name).map(|(_, t)| t.clone());
        let key = all.iter().find(|(d, _)| d.attribute("keyDate") == "yes").map(|(_, t)| t.clone());
        let printed = all.iter().find(|(d, _)| d.attribute("encoding").is_empty() && d.attribute("point").is_empty());
        let first = key.or_else(|| point("start")).or_else(|| all.first().map(|(_, t)| t.clone()));
        r.year = first.as_deref().and_then(values::year).or_else(|| all.iter().find_map(|(_, t)| values::year(t)));
        let shown = match (printed, point("start"), point("end")) {
            (Some((_, text)), _, _) => text.clone(),
            (None, Some(start), Some(end)) => format!("{start}-{end}"),
            _ => first.unwrap_or_default(),
        };
        if r.year.is_none_or(|y| shown != y.to_string()) && !shown.is_empty() {
            r.date = Some(shown);
        }
    }
    for (kind, label) in [("dateCaptured", "Date captured"), ("dateValid", "Valid"), ("dateModified", "Date modified")]
    {
        for text in node.all(kind).map(Node::text).filter(|t| !t.is_empty()) {
            push_new(&mut r.notes, format!("{label}: {text}"));
        }
    }
}

fn language(node: Node<'_>, r: &mut Record) {
    let terms: Vec<Node<'_>> = node.all("languageTerm").collect();
    let codes = terms.iter().filter(|t| t.attribute("type") == "code").chain(&terms);
    let found = codes.filter_map(|t| values::language(&t.text())).next().or_else(|| values::language(&node.text()));
    let part = node.attribute("objectPart");
    match (found, terms.first()) {
        (Some(language), _) if part.is_empty() || part == "text" => push_new(&mut r.languages, language),
        (Some(language), _) => push_new(&mut r.notes, format!("Language of {part}: {language}")),
        (None, Some(term)) => push_new(&mut r.notes, format!("Language: {}", term.text())),
        (None, None) => {}
    }
}

fn physical(node: Node<'_>, r: &mut Record) {
    for child in node.children() {
        let text = tidy::separators(&child.text()).to_owned();
        match child.name() {
            _ if text.is_empty() => {}
            "extent" if r.extent.is_none() => r.extent = Some(text),
            "extent" => push_new(&mut r.notes, format!("Extent: {text}")),
            "form" => push_new(&mut r.notes, format!("Form: {text}")),
            "note" => push_new(&mut r.notes, format!("Physical description: {text}")),
            // Media types and quality of scans tell nothing of the work.
            _ => {}
        }
    }
}

fn subject(node: Node<'_>, r: &mut Record) {
    let mut parts: Vec<String> = Vec::new();
    for child in node.children() {
        let text = match child.name() {
            "name" => {
                let mut named = Record::default();
                creator(child, &mut named);
                let name = named.creators.first().map(|c| c.name.clone()).unwrap_or_default();
                let dates = child.all("namePart").filter(|p| p.attribute("type") == "date").map(Node::text);
                std::iter::once(name).chain(dates).filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ")
            }
            "titleInfo" => whole_title(child),
            "geographicCode" => continue,
            "hierarchicalGeographic" | "cartographics" => {
                child.children().map(Node::text).filter(|t| !t.is_empty()).collect::<Vec<_>>().join("--")
            }
            _ => tidy::value(child.raw()),
        };
        if !text.is_empty() {
            parts.push(text);
        }
    }
    let own = tidy::value(node.raw());
    if parts.is_empty() && !own.is_empty() {
        parts.push(own);
    }
    push_new(&mut r.subjects, parts.join("--"));
}

fn identifier(node: Node<'_>, r: &mut Record) {
    let text = node.text();
    if text.is_empty() {
        return;
    }
    let kind = node.attribute("type").to_lowercase();
    let is_invalid = node.attribute("invalid") == "yes";
    let taken = match kind.as_str() {
        _ if is_invalid && kind != "isbn" => false,
        "isbn" => {
            let number = text.split([' ', '(', ':']).next().unwrap_or(&text).to_owned();
            let added = values::add_isbn(r, &text) || values::add_isbn(r, &number);
            let qualifier = text.strip_prefix(&number).unwrap_or("").trim_matches([' ', '(', ')', ':', ';']);
            if added && !qualifier.is_empty() && values::isbn(&text).is_some_and(|i| i.thirteen.len() != text.len()) {
                let is_digits = qualifier.bytes().all(|b| b.is_ascii_digit() || b == b' ' || b == b'-');
                if !is_digits {
                    push_new(&mut r.notes, format!("ISBN {number}: {qualifier}"));
                }
            }
            added
        }
        "issn" | "issn-l" => values::issn(&text).map(|issn| push_new(&mut r.issn, issn)).is_some(),
        "doi" => r.doi.is_none() && values::doi(&text).map(|doi| r.doi = Some(doi)).is_some(),
        "pmid" | "pubmed" | "pubmedid" => r.pmid.is_none() && values::pmid(&text).map(|p| r.pmid = Some(p)).is_some(),
        "pmc" | "pmcid" => r.pmcid.is_none() && values::pmcid(&text).map(|p| r.pmcid = Some(p)).is_some(),
        "uri" | "url" | "hdl" | "handle" | "" if text.starts_with("http") => {
            if r.doi.is_none() && text.contains("doi.org/10.") {
                r.doi = values::doi(&text);
            }
            push_new(&mut r.url, text.clone());
            true
        }
        // Numbers of databases: of no use to a reader, but for those that others cite.
        "local" | "oclc" | "stock number" | "system" | "citekey" => true,
        _ => false,
    };
    if !taken {
        let label = match kind.as_str() {
            "" => "Identifier".to_owned(),
            kind => kind.to_uppercase(),
        };
        push_new(&mut r.notes, format!("{label}{}: {text}", if is_invalid { " (not valid)" } else { "" }));
    }
}

fn location(node: Node<'_>, r: &mut Record) {
    for child in node.children() {
        let text = child.text();
        match child.name() {
            _ if text.is_empty() => {}
            "url" => {
                if r.doi.is_none() && text.contains("doi.org/10.") {
                    r.doi = values::doi(&text);
                }
                push_new(&mut r.url, text);
            }
            "physicalLocation" => push_new(&mut r.notes, format!("Location: {text}")),
            "shelfLocator" => push_new(&mut r.notes, format!("Shelf mark: {text}")),
            _ => {}
        }
    }
}

fn condition(node: Node<'_>, r: &mut Record) {
    let text = node.texts().join(" ");
    let text = if text.is_empty() { node.attribute("href").to_owned() } else { text };
    if text.is_empty() {
        return;
    }
    let kind = node.attribute("type").to_lowercase();
    let slot = if kind.contains("restriction") { &mut r.access } else { &mut r.rights };
    match slot {
        None => *slot = Some(text),
        Some(_) => push_new(&mut r.notes, format!("Rights: {text}")),
    }
}

fn other(name: &str, node: Node<'_>, r: &mut Record) {
    let text = node.texts().join(" ");
    if text.is_empty() {
        return;
    }
    let kind = node.attribute("displayLabel");
    let kind = if kind.is_empty() { node.attribute("type") } else { kind };
    let label = match name {
        "note" if kind.is_empty() => "Note".to_owned(),
        "note" => {
            let mut chars = kind.chars();
            let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            format!("{first}{}", chars.as_str())
        }
        "tableOfContents" => "Contents".to_owned(),
        "targetAudience" => "Audience".to_owned(),
        "classification" => "Classification".to_owned(),
        "extension" => "Extension".to_owned(),
        name => name.to_owned(),
    };
    push_new(&mut r.notes, format!("{label}: {text}"));
}

fn item_type(genres: &[String], resource: &str, issuance: &str, r: &Record) -> Option<&'static str> {
    let in_journal = r
        .container
        .as_ref()
        .is_some_and(|c| !c.title.is_empty() && (c.issn.is_some() || c.issue.is_some() || c.volume.is_some()));
    for genre in genres {
        let lower = genre.to_lowercase();
        let found = match lower.trim_end_matches('.') {
            "academic journal" | "journal" | "periodical" if r.container.is_none() => Some("periodical"),
            "conference publication" | "conference proceedings" if r.container.is_none() => Some("book"),
            "conference publication" => Some("paper-conference"),
            "book chapter" | "instruction" if r.container.is_some() => Some("chapter"),
            "theses" | "academic theses" | "dissertations" => Some("thesis"),
            "technical report" | "technical reports" | "government publication" => Some("report"),
            "book" if r.container.as_ref().is_some_and(|c| !c.title.is_empty()) => Some("chapter"),
            _ => values::item_type(genre),
        };
        if found.is_some() {
            return found;
        }
    }
    if r.container.as_ref().is_some_and(|c| !c.title.is_empty()) {
        return Some(if in_journal { "article-journal" } else { "chapter" });
    }
    match (resource, issuance) {
        (_, "serial" | "continuing") => Some("periodical"),
        ("text" | "", "monographic" | "single unit" | "multipart monograph") => Some("book"),
        ("text", _) => Some("document"),
        ("cartographic", _) => Some("map"),
        ("notated music", _) => Some("musical_score"),
        ("moving image", _) => Some("motion_picture"),
        ("still image", _) => Some("graphic"),
        ("software, multimedia", _) => Some("software"),
        ("mixed material", _) => Some("collection"),
        (resource, _) if resource.starts_with("sound") => Some("song"),
        _ => None,
    }
}
