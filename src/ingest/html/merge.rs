//! The sources of one page → one record.
//!
//! The order of trust is that of [`Origin`]: what the catalogue shows as the record, then tags made for citing, then
//! descriptions made for search engines, then what is made for sharing. Where a field departs from it, its function says
//! why. Values that several sources give stand once.

use super::found::{Found, Origin};
use super::text::{fold, push_distinct, same};
use super::visible::Visible;
use crate::ingest::values;
use crate::record::{Container, Creator, Record, TitleSource};

/// Merges what was found. `visible` lends its headings and paragraphs.
pub(super) fn merge(mut sources: Vec<Found>, visible: &Visible, saved_from: Option<&str>) -> Record {
    sources.sort_by_key(|found| found.origin);
    drop_other_works(&mut sources);
    let mut record = Record::default();
    titles(&mut record, &sources, visible);
    let kinds = || sources.iter().filter_map(|s| s.record.item_type.clone());
    // "webpage" is the guess of those who know least.
    record.item_type = kinds().find(|kind| kind != "webpage").or_else(|| kinds().next());
    container(&mut record, &sources);
    item_type(&mut record, &sources);
    creators(&mut record, &sources, visible);
    date(&mut record, &sources, visible);
    imprint(&mut record, &sources);
    identifiers(&mut record, &sources, saved_from);
    subjects(&mut record, &sources);
    abstracts(&mut record, &sources, visible);
    notes(&mut record, &sources, visible);
    record.body = sources.iter().find_map(|s| s.record.body.clone());
    record
}

/// Sets aside COinS, JSON-LD and microdata that speak of another work than the tags do: an advertised article, a sample
/// citation, the site itself.
fn drop_other_works(sources: &mut Vec<Found>) {
    let Some(first) = sources.iter().find(|s| !s.record.title.is_empty()) else { return };
    let (title, doi, origin) = (fold(&first.record.title), first.record.doi.clone(), first.origin);
    sources.retain(|s| {
        if s.record.title.is_empty() || !matches!(s.origin, Origin::JsonLd | Origin::Microdata | Origin::Coins) {
            return true;
        }
        let own = fold(&s.record.title);
        // Nothing is more trusted than the first source; what comes from Open Graph proves nothing.
        origin >= s.origin
            || own.starts_with(&title)
            || title.starts_with(&own)
            || s.origin != Origin::Coins && s.record.doi.is_some() && s.record.doi == doi
    });
}

fn titles(record: &mut Record, sources: &[Found], visible: &Visible) {
    let site = sources.iter().find_map(|s| s.site.as_deref()).unwrap_or_default();
    let stated = sources.iter().filter(|s| s.origin < Origin::Web).find(|s| !s.record.title.is_empty());
    match stated {
        Some(source) => {
            record.title = source.record.title.clone();
            // Another source may have the subtitle too.
            let short = fold(&record.title);
            let fuller = sources.iter().filter(|s| s.origin < Origin::Web).map(|s| &s.record.title).find(|title| {
                title.get(..record.title.len()).is_some_and(|start| fold(start) == short)
                    && title[record.title.len()..].trim_start().starts_with(':')
            });
            if let Some(fuller) = fuller {
                record.title.clone_from(fuller);
            }
        }
        None => {
            let shared = sources.iter().find(|s| s.origin == Origin::Web && !s.record.title.is_empty());
            let text = shared.map_or(visible.page_title.as_str(), |s| s.record.title.as_str());
            record.title = values::title(&without_site(text, site, &visible.headings));
            if record.title.is_empty() {
                record.title = visible.headings.first().map(|text| values::title(text)).unwrap_or_default();
            }
        }
    }
    record.title_source = (!record.title.is_empty()).then_some(TitleSource::Record);
    for other in sources.iter().flat_map(|s| &s.record.alternative_titles) {
        if !same(other, &record.title) && !fold(&record.title).starts_with(&fold(other)) && !same(other, site) {
            push_distinct(&mut record.alternative_titles, other.clone());
        }
    }
}

/// The title of a page without the name of the site.
fn without_site(title: &str, site: &str, headings: &[String]) -> String {
    let folded = fold(title);
    if let Some(heading) = headings.iter().find(|h| {
        let h = fold(h);
        // The site's own name is a heading on many pages, but the page's title does not begin with it.
        h.chars().count() >= 4 && folded.starts_with(&h) && h != fold(site)
    }) {
        return heading.clone();
    }
    const SEPARATORS: &[&str] = &[" | ", " :: ", " « ", " » ", " // ", " · ", " • ", " - ", " – ", " — "];
    let mut title = title.trim();
    if let Some(site) = Some(site).filter(|s| !s.is_empty()) {
        for separator in SEPARATORS {
            if let Some((before, after)) = title.rsplit_once(separator)
                && same(after, site)
            {
                return before.to_owned();
            }
        }
    }
    for separator in SEPARATORS {
        if let Some((before, after)) = title.rsplit_once(separator) {
            // A dash may lead to a subtitle; the name of a site is short.
            let dash = separator.contains(['-', '–', '—']);
            if !dash || after.split_whitespace().count() <= 3 && before.split_whitespace().count() >= 3 {
                title = before;
                break;
            }
        }
    }
    title.to_owned()
}

fn item_type(record: &mut Record, sources: &[Found]) {
    let in_journal =
        record.container.as_ref().is_some_and(|c| !c.title.is_empty() && (c.volume.is_some() || c.issn.is_some()));
    if in_journal && matches!(record.item_type.as_deref(), None | Some("webpage")) {
        record.item_type = Some("article-journal".into());
    }
    if record.item_type.is_none() {
        let kind = if sources.iter().any(|s| s.origin == Origin::Highwire && !s.record.isbn.is_empty()) {
            Some("book")
        } else if !sources.iter().any(Found::describes_a_work) {
            Some("webpage")
        } else {
            None
        };
        record.item_type = kind.map(str::to_owned);
    }
}

/// Authors come from the most trusted source that has any. Others add those with a role, but not the editors that
/// handled an article for its journal.
fn creators(record: &mut Record, sources: &[Found], visible: &Visible) {
    let authors = |s: &&Found| s.record.creators.iter().any(|c| c.role.is_none());
    let base = sources.iter().find(authors).or_else(|| sources.iter().find(|s| !s.record.creators.is_empty()));
    let Some(base) = base else {
        // Only where no source states any: the line of authors that a reader sees.
        let mut shown = Found::new(Origin::Web);
        visible.authors.iter().for_each(|name| shown.creators(name, None));
        record.creators = shown.record.creators;
        return;
    };
    record.creators.clone_from(&base.record.creators);
    if base.origin == Origin::Hyrax {
        return;
    }
    if base.origin == Origin::Blacklight {
        // A catalogue shows the main entry; its COinS may name the co-authors as well.
        let longer = sources.iter().find(|s| contains_all(&s.record.creators, &record.creators));
        if let Some(longer) = longer {
            record.creators.clone_from(&longer.record.creators);
        }
        return;
    }
    let mut known: std::collections::HashSet<String> = record.creators.iter().map(name_key).collect();
    let article = matches!(record.item_type.as_deref(), Some("article-journal" | "article"));
    for creator in sources.iter().flat_map(|s| &s.record.creators) {
        let wanted = match creator.role.as_deref() {
            None => false,
            Some("edt" | "ctb") => !article,
            Some(_) => true,
        };
        if wanted && known.insert(name_key(creator)) {
            record.creators.push(creator.clone());
        }
    }
    if article {
        record.creators.retain(|c| c.role.as_deref() != Some("edt") || authors_missing(&base.record.creators));
    }
}

/// Whether the first list names everybody of the second, and more.
fn contains_all(more: &[Creator], fewer: &[Creator]) -> bool {
    let known: std::collections::HashSet<String> = more.iter().map(name_key).collect();
    more.len() > fewer.len() && fewer.iter().all(|c| known.contains(&name_key(c)))
}

fn authors_missing(creators: &[Creator]) -> bool {
    creators.iter().all(|c| c.role.is_some())
}

/// Family name and first initial: sources differ in how much of the given names they print.
fn name_key(creator: &Creator) -> String {
    let (family, given) = creator.name.split_once(',').unwrap_or((&creator.name, ""));
    let initial: String = fold(given.trim()).chars().take(1).collect();
    format!("{} {initial}", fold(family))
}

/// Year and date belong together, so both come from one source.
fn date(record: &mut Record, sources: &[Found], visible: &Visible) {
    let dated =
        sources.iter().find(|s| s.record.year.is_some()).or_else(|| sources.iter().find(|s| s.record.date.is_some()));
    if let Some(source) = dated {
        record.year = source.record.year;
        record.date = source.record.date.as_deref().map(without_time);
    } else if let Some(date) = &visible.date {
        values::set_date(record, date);
    }
}

/// A machine's date and time without the time; other dates as printed.
fn without_time(date: &str) -> String {
    let bytes = date.as_bytes();
    let day = bytes.len() > 10 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-' && bytes[7] == b'-';
    match date.get(..10) {
        Some(day_only) if day && matches!(bytes[10], b'T' | b' ') => day_only.to_owned(),
        _ => date.to_owned(),
    }
}

fn container(record: &mut Record, sources: &[Found]) {
    let stands_in = matches!(
        record.item_type.as_deref(),
        None | Some(
            "article-journal" | "article-magazine" | "article-newspaper" | "chapter" | "paper-conference" | "article"
        )
    );
    let mut merged = Container::default();
    // Dublin Core's `source` may be a whole citation, so that its title counts last.
    let (surer, weaker) = sources.iter().partition::<Vec<_>, _>(|s| s.origin != Origin::DublinCore);
    for source in surer.into_iter().chain(weaker) {
        let Some(own) = &source.record.container else { continue };
        // Dublin Core's `source` is a journal only where something else says that there is one.
        let weak = source.origin >= Origin::DublinCore && !stands_in && own.volume.is_none() && own.issn.is_none();
        if weak || same(&own.title, &record.title) && !own.title.is_empty() {
            continue;
        }
        if merged.title.is_empty() {
            merged.title.clone_from(&own.title);
        }
        for (field, value) in [
            (&mut merged.volume, &own.volume),
            (&mut merged.issue, &own.issue),
            (&mut merged.pages, &own.pages),
            (&mut merged.issn, &own.issn),
        ] {
            if field.is_none() {
                *field = value.clone().filter(|value| !value.is_empty());
            }
        }
    }
    if merged.issn.is_none() && !merged.title.is_empty() {
        merged.issn = sources.iter().find_map(|s| s.record.issn.first().cloned());
    }
    record.container = (merged != Container::default()).then_some(merged);
}

fn imprint(record: &mut Record, sources: &[Found]) {
    let list = |get: fn(&Record) -> &Vec<String>| {
        sources.iter().map(|s| get(&s.record)).find(|list| !list.is_empty()).cloned().unwrap_or_default()
    };
    record.publisher = list(|r| &r.publisher);
    record.place = list(|r| &r.place);
    record.series = list(|r| &r.series);
    record.languages = list(|r| &r.languages);
    let value = |get: fn(&Record) -> &Option<String>| sources.iter().find_map(|s| get(&s.record).clone());
    record.edition = value(|r| &r.edition);
    record.extent = value(|r| &r.extent);
    record.access = value(|r| &r.access);
    let rights = || sources.iter().filter_map(|s| s.record.rights.clone());
    record.rights = rights().find(|text| text.starts_with("http")).or_else(|| rights().next());
    // The site publishes what nobody else claims, unless it is a repository that holds the works of many.
    let made_for_sharing = sources.iter().all(|s| matches!(s.origin, Origin::Web | Origin::JsonLd | Origin::Microdata));
    if record.publisher.is_empty() && made_for_sharing && record.container.is_none() {
        record.publisher.extend(sources.iter().find_map(|s| s.site.clone()));
    }
}

fn identifiers(record: &mut Record, sources: &[Found], saved_from: Option<&str>) {
    for source in sources {
        let own = &source.record;
        own.isbn.iter().for_each(|v| values::push_new(&mut record.isbn, v.clone()));
        own.isbn10.iter().for_each(|v| values::push_new(&mut record.isbn10, v.clone()));
        own.issn.iter().for_each(|v| values::push_new(&mut record.issn, v.clone()));
        // The ISSN of the journal belongs to the journal.
        let of_container = record.container.as_ref().and_then(|c| c.issn.clone());
        record.issn.retain(|issn| Some(issn) != of_container.as_ref());
        for (field, value) in
            [(&mut record.doi, &own.doi), (&mut record.pmid, &own.pmid), (&mut record.pmcid, &own.pmcid)]
        {
            if field.is_none() {
                field.clone_from(value);
            }
        }
    }
    // Addresses that a catalogue gives for the work, then one of the page itself: the canonical one before others.
    let of = |origin: Origin| sources.iter().filter(move |s| s.origin == origin).flat_map(|s| &s.record.url);
    let given = [Origin::Hyrax, Origin::Blacklight, Origin::EPrints].into_iter().flat_map(of);
    let own = [
        Origin::Web,
        Origin::JsonLd,
        Origin::Highwire,
        Origin::DublinCore,
        Origin::Microdata,
        Origin::Bepress,
        Origin::Prism,
    ];
    let page = own.into_iter().flat_map(of).map(String::as_str).next().or(saved_from);
    // A handle or other lasting address beside the page's.
    let lasting = of(Origin::DublinCore).find(|url| url.contains("hdl.handle.net") || url.contains("handle/"));
    for url in given.map(String::as_str).chain(page).chain(lasting.map(String::as_str)) {
        let key = |url: &str| url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/').to_lowercase();
        if !record.url.iter().any(|old| key(old) == key(url)) {
            record.url.push(url.to_owned());
        }
    }
}

/// All subjects count; the plain `keywords` of a page only where there are no others.
fn subjects(record: &mut Record, sources: &[Found]) {
    let mut known = std::collections::HashSet::new();
    for source in sources {
        if source.origin == Origin::Web && !record.subjects.is_empty() {
            break;
        }
        for subject in &source.record.subjects {
            // The same list unsplit is no new subject.
            let parts: Vec<&str> = subject.split([',', ';']).collect();
            let unsplit = parts.len() > 1 && parts.iter().all(|part| known.contains(&fold(part)));
            if !unsplit && known.insert(fold(subject)) {
                record.subjects.push(subject.clone());
            }
        }
    }
}

/// The first text that is whole: stated abstracts in order of trust, the visible one, then descriptions. A text is not
/// whole if it ends in dots or if another one goes on where it stops.
fn abstracts(record: &mut Record, sources: &[Found], visible: &Visible) {
    let repository = sources.iter().any(|s| s.origin <= Origin::Blacklight);
    let mut texts: Vec<String> = Vec::new();
    for source in sources {
        // A repository repeats a field for every paragraph; elsewhere a second abstract is one in another language.
        if source.origin <= Origin::Blacklight {
            texts.extend((!source.abstracts.is_empty()).then(|| source.abstracts.join("\n\n")));
        } else {
            texts.extend(source.abstracts.first().cloned());
        }
    }
    texts.extend(visible.abstract_text.clone().filter(|_| !repository));
    for source in sources {
        // The descriptions in the head of a repository page are cut at 200 characters.
        if !(repository && source.origin >= Origin::Highwire) {
            let joined = (source.origin <= Origin::Blacklight).then(|| source.descriptions.join("\n\n"));
            texts.extend(joined.into_iter().chain(source.descriptions.iter().cloned()));
        }
    }
    let title = fold(&record.title);
    texts.retain(|text| !text.is_empty() && fold(text) != title);
    let folded: Vec<String> = texts.iter().map(|text| fold(uncut(text))).collect();
    let is_part = |i: usize| folded.iter().any(|other| other.len() > folded[i].len() && other.starts_with(&folded[i]));
    let whole = (0..texts.len()).find(|&i| uncut(&texts[i]).len() == texts[i].len() && !is_part(i));
    let (text, truncated) = match whole {
        Some(i) => (texts[i].clone(), false),
        None => match texts.iter().max_by_key(|text| text.len()) {
            Some(text) => match visible.fuller(uncut(text)) {
                Some(paragraph) if uncut(paragraph).len() == paragraph.len() => (paragraph.to_owned(), false),
                _ => (text.clone(), true),
            },
            None => return,
        },
    };
    // The same words with their paragraphs and labels are better than in one piece.
    let shown = visible.abstract_text.as_deref().filter(|shown| {
        let (a, b) = (fold(shown), fold(&text));
        a.contains(&b) && a.len() < b.len() + b.len() / 3 && !repository
    });
    record.abstract_text = Some(shown.map_or(text, str::to_owned));
    record.truncated = truncated;
}

/// A text without the dots that say it was cut off.
fn uncut(text: &str) -> &str {
    let end = text.trim_end_matches([' ', ']', ')']);
    let end = ["…", "...", "&hellip;", "[…", "[..."].iter().find_map(|dots| end.strip_suffix(dots)).unwrap_or(text);
    if end.len() == text.len() { text } else { end.trim_end_matches(['.', ' ', '[', '(']) }
}

/// Notes of all sources, and texts that found no other place.
fn notes(record: &mut Record, sources: &[Found], visible: &Visible) {
    let kept = record.abstract_text.as_deref().map(fold).unwrap_or_default();
    let is_said = |text: &str| kept.contains(&fold(uncut(text)));
    let mut notes: Vec<String> = sources.iter().flat_map(|s| s.record.notes.iter().cloned()).collect();
    for source in sources {
        // One description elsewhere may be a teaser; several in Dublin Core are the field repeated, in another language.
        let repeated = source.origin == Origin::DublinCore && source.descriptions.len() > 1;
        let kept = source.origin <= Origin::Blacklight || repeated;
        let descriptions: &[String] = if kept { &source.descriptions } else { &[] };
        notes.extend(descriptions.iter().filter(|text| !is_said(text)).map(|text| format!("Description: {text}")));
        notes.extend(source.abstracts.iter().filter(|text| !is_said(text)).map(|text| format!("Abstract: {text}")));
    }
    for (heading, text) in &visible.other_abstracts {
        if !is_said(text) {
            notes.push(format!("{}: {text}", heading.trim_end_matches(':')));
        }
    }
    let extent = record.extent.as_deref().map(fold);
    for note in notes {
        let value = note.split_once(':').map_or(note.as_str(), |(_, value)| value);
        if extent.as_deref() != Some(fold(value).as_str()) {
            push_distinct(&mut record.notes, note);
        }
    }
}

/// Whether the text of a record goes to the very end of a file that was cut off.
pub(super) fn reaches_the_end(record: &Record, last: Option<&str>) -> bool {
    let Some(last) = last else { return false };
    [&record.abstract_text, &record.body].into_iter().flatten().any(|text| text.ends_with(last))
}
