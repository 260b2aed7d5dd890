//! Related items: the journal or book a work stands in, its series, and others; and its place in its host.

use super::map::{creator, origin, whole_title};
use super::tree::Node;
use crate::ingest::marc::host;
use crate::ingest::values::{self, push_new};
use crate::record::{Container, Record};

pub(super) fn related(node: Node<'_>, r: &mut Record) {
    let title = node.child("titleInfo").map(whole_title).unwrap_or_default();
    match node.attribute("type") {
        "host" => {
            let mut container = r.container.take().unwrap_or_default();
            if container.title.is_empty() {
                container.title = title;
            }
            for id in node.all("identifier") {
                let text = id.text();
                match id.attribute("type") {
                    "issn" if container.issn.is_none() => container.issn = values::issn(&text),
                    // A part has the number of its book, as in other formats.
                    "isbn" if values::add_isbn(r, &text) => {}
                    "isbn" => push_new(&mut r.notes, format!("ISBN of the host: {text}")),
                    "" | "local" | "uri" => {}
                    kind => push_new(&mut r.notes, format!("{} of the host: {text}", kind.to_uppercase())),
                }
            }
            r.container = Some(container);
            for part in node.all("part") {
                self::part(part, r);
            }
            for info in node.all("originInfo") {
                // The host's imprint is that of the part, unless the part has its own.
                let mut of_host = Record::default();
                origin(info, &mut of_host);
                if r.year.is_none() {
                    (r.year, r.date) = (of_host.year, of_host.date);
                }
                if r.publisher.is_empty() {
                    r.publisher = of_host.publisher;
                }
                if r.place.is_empty() {
                    r.place = of_host.place;
                }
            }
            for name in node.all("name") {
                let mut of_host = Record::default();
                creator(name, &mut of_host);
                for c in of_host.creators {
                    // Who edits the book is named with its chapters.
                    if c.role.as_deref() == Some("edt") {
                        if !r.creators.contains(&c) {
                            r.creators.push(c);
                        }
                        continue;
                    }
                    push_new(&mut r.notes, format!("Name on the host: {}", c.name));
                }
            }
        }
        "series" if !title.is_empty() => push_new(&mut r.series, title),
        kind => {
            let label = match kind {
                "preceding" => "Continues",
                "succeeding" => "Continued by",
                "original" => "Original version",
                "constituent" => "Contains",
                "otherVersion" => "Other version",
                "otherFormat" => "Other form",
                "isReferencedBy" => "Cited in",
                "references" => "Cites",
                "reviewOf" => "Review of",
                "series" => "Series",
                _ => "Related work",
            };
            let text = if title.is_empty() { node.texts().join(" ") } else { title };
            if !text.is_empty() {
                push_new(&mut r.notes, format!("{label}: {text}"));
            }
        }
    }
}

pub(super) fn part(node: Node<'_>, r: &mut Record) {
    let mut container = r.container.take().unwrap_or_default();
    for detail in node.all("detail") {
        let text = detail.value("number").or_else(|| detail.value("caption")).or_else(|| detail.value("title"));
        let Some(text) = text else { continue };
        match detail.attribute("type") {
            "volume" => container.volume = container.volume.take().or(Some(text)),
            "issue" | "number" | "no." => container.issue = container.issue.take().or(Some(text)),
            "page" | "pages" | "articleNumber" | "article-number" => {
                container.pages = container.pages.take().or(Some(host::pages(&text)));
            }
            kind => push_new(&mut r.notes, format!("{}: {text}", if kind.is_empty() { "Part" } else { kind })),
        }
    }
    for extent in node.all("extent") {
        if !matches!(extent.attribute("unit"), "" | "page" | "pages") {
            continue;
        }
        let list = extent.value("list").map(|l| host::pages(&l));
        let pages = match (extent.value("start"), extent.value("end")) {
            (Some(start), Some(end)) => Some(host::pages(&format!("{start}-{end}"))),
            (start, _) => list.or(start),
        };
        container.pages = container.pages.take().or(pages);
        if let Some(total) = extent.value("total").filter(|_| r.extent.is_none()) {
            r.extent = Some(format!("{total} p."));
        }
    }
    for text in node.all("text").map(Node::text).filter(|t| !t.is_empty()) {
        let mut parts = host::Parts::default();
        host::parts(&text, &mut parts);
        container.volume = container.volume.take().or(parts.volume);
        container.issue = container.issue.take().or(parts.issue);
        container.pages = container.pages.take().or(parts.pages);
        push_new(&mut r.notes, format!("In: {text}"));
    }
    if container != Container::default() {
        r.container = Some(container);
    }
    for date in node.all("date").map(Node::text) {
        match r.year {
            None => values::set_date(r, &date),
            Some(_) if r.date.is_none() && values::year(&date) == r.year && date.len() > 4 => r.date = Some(date),
            _ => {}
        }
    }
}
