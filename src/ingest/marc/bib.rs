//! A MARC 21 bibliographic record → a [`Record`].
//!
//! Every field has one place: a field of the record, or a labelled note (see [`super::notes`]). Left out as housekeeping of
//! catalogues: control numbers and time stamps (001, 003, 005, 016, 035), codes about the record or its physical carrier
//! (006, 007, the coded part of 008, 040, 042, 043, 049, 33X, 34X, 583, 59X of systems), and holdings and item data of
//! library systems (84X–87X, 9XX of Koha and its kind); links and authority numbers in subfields (`$0`, `$1`, `$5`–`$9`, `$w`).

use super::field::{Field, MarcRecord};
use super::{host, imprint, names, notes, punctuation as tidy, subjects, titles};
use crate::ingest::values;
use crate::record::{Container, Record, TitleSource};

/// Maps a record. It may have neither title nor text: then it is for the caller to set aside.
pub(super) fn record(marc: &MarcRecord<'_>) -> Record {
    let mut r = Record::default();
    let mut linked = Vec::new();
    titles::read(marc, &mut r);
    imprint::read(marc, &mut r);
    let mut abstracts: Vec<String> = Vec::new();
    for field in &marc.fields {
        match field.tag.as_ref() {
            "880" => linked.push(field),
            "020" => isbn(field, &mut r),
            "022" => issn(field, &mut r),
            "024" => identifier(field, &mut r),
            "035" => {
                for value in field.all('a') {
                    let pmid = value.strip_prefix("(PMID)").or_else(|| value.strip_prefix("(PubMed)"));
                    r.pmid = r.pmid.take().or_else(|| pmid.and_then(values::pmid));
                }
            }
            "041" => languages(field, &mut r),
            "100" | "110" | "111" | "700" | "710" | "711" | "720" => creator(field, &mut r),
            "250" => edition(field, &mut r),
            "300" => extent(field, &mut r),
            "440" | "490" | "800" | "810" | "811" | "830" => {}
            "506" => access(field, &mut r),
            "520" if field.indicators[0] != '4' => {
                let parts: Vec<&str> = field.of("ab").map(|(_, v)| v).collect();
                let text = tidy::running(&parts.join("\n\n"));
                // A source that is named apart is part of the statement.
                let by = field.get('c').map(tidy::line).unwrap_or_default();
                let text = if by.is_empty() { text } else { format!("{text} {by}") };
                if !text.is_empty() && !abstracts.contains(&text) {
                    abstracts.push(text);
                }
                r.url.extend(field.all('u').map(|u| u.trim().to_owned()));
            }
            "540" | "542" if r.rights.is_none() && field.get('a').or(field.get('f')).is_some() => {
                r.rights = Some(tidy::line(field.get('a').or(field.get('f')).unwrap_or("")));
                notes::rest(field, "af", &mut r.notes);
            }
            "773" => {}
            "856" => address(field, &mut r),
            tag if subjects::is_subject(tag) => {
                for heading in subjects::headings(field) {
                    values::push_new(&mut r.subjects, heading);
                }
            }
            _ => notes::field(field, &mut r.notes),
        }
    }
    series(marc, &mut r);
    hosts(marc, &mut r);
    for field in linked {
        original_script(field, &mut r, &mut abstracts);
    }
    if !abstracts.is_empty() {
        r.abstract_text = Some(abstracts.join("\n\n"));
    }
    language_of_008(marc, &mut r);
    r.item_type = item_type(marc, &r).map(str::to_owned);
    if !r.title.is_empty() {
        r.title_source = Some(TitleSource::Record);
    }
    let title = tidy::key(&r.title);
    r.alternative_titles.retain(|t| tidy::key(t) != title);
    r
}

fn isbn(field: &Field<'_>, r: &mut Record) {
    for (code, value) in field.of("az") {
        let text = tidy::line(value);
        // "0471383147 (paper : alk. paper)", "0 471 38314 7 : £5", several in one subfield.
        let end = text.find(|c: char| !(c.is_ascii_digit() || "Xx- ‐–".contains(c))).unwrap_or(text.len());
        let (number, qualifier) = text.split_at(end);
        let mut found = values::add_isbn(r, number);
        if !found {
            for part in text.split([',', ';', '(', ')', ' ', ':']) {
                found |= values::add_isbn(r, part);
            }
        }
        let qualifier = qualifier.trim_matches([' ', ':', ';', ',']).replace(") (", ", ");
        let qualifier = tidy::unwrapped(&qualifier);
        if code == 'z' {
            values::push_new(&mut r.notes, format!("Cancelled ISBN, or of another form: {text}"));
        } else if !found && !text.is_empty() {
            values::push_new(&mut r.notes, format!("ISBN (not valid): {text}"));
        } else if !qualifier.is_empty() && values::isbn(qualifier).is_none() {
            values::push_new(&mut r.notes, format!("ISBN {}: {qualifier}", number.trim()));
        }
    }
    notes::labelled("ISBN qualifier", field, "q", &mut r.notes);
    notes::labelled("Terms of availability", field, "c", &mut r.notes);
}

fn issn(field: &Field<'_>, r: &mut Record) {
    for value in field.all('a') {
        match values::issn(&tidy::value(value)) {
            Some(issn) => values::push_new(&mut r.issn, issn),
            None => values::push_new(&mut r.notes, format!("ISSN (not valid): {}", tidy::value(value))),
        }
    }
    notes::labelled("Linking ISSN", field, "l", &mut r.notes);
    notes::labelled("Cancelled ISSN", field, "myz", &mut r.notes);
}

fn identifier(field: &Field<'_>, r: &mut Record) {
    let source = field.get('2').unwrap_or("").trim().to_lowercase();
    for (code, value) in field.of("az") {
        let text = tidy::line(value);
        let doi = values::doi(&text).filter(|_| source.is_empty() || matches!(source.as_str(), "doi" | "uri"));
        match (field.indicators[0], source.as_str()) {
            _ if code == 'a' && doi.is_some() && r.doi.is_none() => r.doi = doi,
            _ if doi.is_some() && doi == r.doi => {}
            (_, "pmid") if values::pmid(&text).is_some() && r.pmid.is_none() => r.pmid = values::pmid(&text),
            (_, "pmcid") if values::pmcid(&text).is_some() && r.pmcid.is_none() => r.pmcid = values::pmcid(&text),
            (_, "isbn") if values::add_isbn(r, &text) => {}
            ('3', _) if values::add_isbn(r, &text) => {}
            (_, "hdl" | "uri" | "url" | "urn") if text.starts_with("http") => values::push_new(&mut r.url, text),
            (kind, _) => {
                let label = match (kind, source.as_str()) {
                    ('0', _) => "ISRC".to_owned(),
                    ('1', _) => "UPC".to_owned(),
                    ('2', _) => "ISMN".to_owned(),
                    ('3', _) => "EAN".to_owned(),
                    ('4', _) => "SICI".to_owned(),
                    (_, "") => "Identifier".to_owned(),
                    (_, source) => source.to_uppercase(),
                };
                values::push_new(&mut r.notes, format!("{label}: {text}"));
            }
        }
    }
}

/// 041: codes may be packed (`engfre`), and those of other lists have their own length.
fn languages(field: &Field<'_>, r: &mut Record) {
    for (code, value) in field.of("abdefgjhkmn") {
        let value = value.trim();
        let is_packed =
            value.len() > 3 && value.len().is_multiple_of(3) && value.bytes().all(|b| b.is_ascii_lowercase());
        let parts: Vec<&str> = match is_packed {
            true => (0..value.len() / 3).filter_map(|i| value.get(3 * i..3 * i + 3)).collect(),
            false => value.split([' ', ',', ';', '/']).filter(|p| !p.is_empty()).collect(),
        };
        // Undetermined, several, none: codes that name no language.
        for part in parts.into_iter().filter(|p| !matches!(*p, "und" | "mul" | "zxx")) {
            let language = values::language(part);
            match (code, language) {
                ('a' | 'd', Some(language)) => values::push_new(&mut r.languages, language),
                ('a' | 'd', None) => values::push_new(&mut r.notes, format!("Language: {part}")),
                (code, language) => {
                    let label = match code {
                        'b' => "Language of summary",
                        'h' | 'k' | 'm' | 'n' => "Translated from",
                        'f' => "Language of contents",
                        'j' => "Language of subtitles",
                        _ => "Language of accompanying matter",
                    };
                    let shown = language.unwrap_or_else(|| part.to_owned());
                    values::push_new(&mut r.notes, format!("{label}: {shown}"));
                }
            }
        }
    }
}

fn language_of_008(marc: &MarcRecord<'_>, r: &mut Record) {
    let code: String = marc.control("008").unwrap_or("").chars().skip(35).take(3).collect();
    if !matches!(code.as_str(), "mul" | "und" | "zxx" | "   " | "|||" | "")
        && code.bytes().all(|b| b.is_ascii_lowercase())
        && let Some(language) = values::language(&code)
        && !r.languages.contains(&language)
    {
        r.languages.insert(0, language);
    }
}

fn creator(field: &Field<'_>, r: &mut Record) {
    // A name with a title is another work, by that name.
    if field.tag.starts_with('7') && field.all('t').next().is_some() {
        let label = if field.indicators[1] == '2' { "Contains" } else { "Related work" };
        let name = names::name(field);
        let text = format!("{}. {}", name.trim_end_matches('.'), titles::of_work(field, "tnpkflsmor"));
        values::push_new(&mut r.notes, format!("{label}: {text}"));
        return;
    }
    if let Some(full) = names::in_full(field) {
        values::push_new(&mut r.notes, format!("Name: {full}"));
    }
    let Some(creator) = names::creator(field) else { return };
    match r.creators.iter_mut().find(|c| c.name == creator.name) {
        Some(old) => old.role = old.role.take().or(creator.role),
        None => r.creators.push(creator),
    }
}

fn edition(field: &Field<'_>, r: &mut Record) {
    let parts: Vec<String> = field.of("ab").map(|(_, v)| tidy::value(v)).filter(|v| !v.is_empty()).collect();
    let text = parts.join(", ");
    if text.is_empty() {
        return;
    }
    match &mut r.edition {
        Some(edition) => *edition = format!("{edition}; {text}"),
        None => r.edition = Some(text),
    }
}

fn extent(field: &Field<'_>, r: &mut Record) {
    let text: Vec<String> = field.all('a').map(|v| tidy::separators(&tidy::line(v)).to_owned()).collect();
    let text = text.join(", ");
    match &mut r.extent {
        None if !text.is_empty() => r.extent = Some(text),
        Some(_) if !text.is_empty() => values::push_new(&mut r.notes, format!("Extent: {text}")),
        _ => {}
    }
    let more: Vec<String> =
        field.of("bcefg").map(|(_, v)| tidy::separators(&tidy::line(v)).to_owned()).filter(|v| !v.is_empty()).collect();
    if !more.is_empty() {
        values::push_new(&mut r.notes, format!("Physical description: {}", more.join("; ")));
    }
}

fn access(field: &Field<'_>, r: &mut Record) {
    let text = field.of("abcde").map(|(_, v)| tidy::line(v)).collect::<Vec<_>>().join(" ");
    if r.access.is_none() && !text.is_empty() {
        r.access = Some(tidy::value(&text));
        r.url.extend(field.all('u').map(|u| u.trim().to_owned()));
    } else {
        notes::field(field, &mut r.notes);
    }
}

fn address(field: &Field<'_>, r: &mut Record) {
    let about: Vec<String> = field.of("3zy").map(|(_, v)| tidy::value(v)).filter(|v| !v.is_empty()).collect();
    let about = about.join(", ");
    let is_related = field.indicators[1] == '2';
    for url in field.all('u') {
        let url = tidy::line(url);
        if url.is_empty() {
            continue;
        }
        if r.doi.is_none() && !is_related && url.to_lowercase().contains("doi.org/10.") {
            r.doi = values::doi(&url);
        }
        if is_related {
            let label = if about.is_empty() { "Related resource" } else { &about };
            values::push_new(&mut r.notes, format!("{label}: {url}"));
        } else {
            values::push_new(&mut r.url, url);
        }
    }
    if !about.is_empty() && !is_related {
        values::push_new(&mut r.notes, format!("Online access: {about}"));
    }
}

fn series(marc: &MarcRecord<'_>, r: &mut Record) {
    let mut seen: Vec<String> = Vec::new();
    // Traced forms repeat what was transcribed; it is the transcribed one that a reader has in hand.
    for tags in [&["490", "440"][..], &["830", "800", "810", "811"]] {
        for field in marc.fields.iter().filter(|f| tags.contains(&f.tag.as_ref())) {
            let is_name = matches!(field.tag.as_ref(), "800" | "810" | "811");
            let title = match (is_name, field.get('t').is_some()) {
                (true, true) => titles::of_work(field, "tnp"),
                (true, false) => names::name(field),
                _ => titles::of_work(field, "anp"),
            };
            let volume = field.all('v').map(tidy::value).collect::<Vec<_>>().join(", ");
            let key = tidy::key(tidy::without_article(&title));
            if title.is_empty() {
                // A volume that lost its series (one subfield a field).
                match r.series.last_mut().filter(|last| !volume.is_empty() && !last.contains("; ")) {
                    Some(last) => *last = format!("{last}; {volume}"),
                    None if !volume.is_empty() => r.notes.push(format!("Series volume: {volume}")),
                    None => {}
                }
                continue;
            }
            for issn in field.all('x').map(tidy::value) {
                values::push_new(&mut r.notes, format!("ISSN of the series: {issn}"));
            }
            if seen.iter().any(|old| *old == key || old.starts_with(&key) || key.starts_with(old.as_str())) {
                continue;
            }
            seen.push(key);
            r.series.push(if volume.is_empty() { title } else { format!("{title}; {volume}") });
        }
    }
}

/// 773: of a part it is the journal or book; of a whole work only a collection that holds it.
fn hosts(marc: &MarcRecord<'_>, r: &mut Record) {
    let is_part = matches!(marc.leader_at(7), 'a' | 'b' | 'd');
    let mut parts = host::Parts::default();
    let mut container = Container::default();
    for field in marc.fields.iter().filter(|f| f.tag == "773") {
        for value in field.all('g') {
            host::parts(value, &mut parts);
        }
        for value in field.all('q') {
            host::enumeration(value, &mut parts);
        }
        let is_host = is_part || field.get('g').is_some() || field.get('q').is_some();
        if !is_host {
            notes::field(field, &mut r.notes);
            continue;
        }
        let title = field.get('t').or(field.get('s')).or(field.get('p')).unwrap_or("");
        if container.title.is_empty() && !title.is_empty() {
            container.title = tidy::title(title);
            if container.title.is_empty() {
                container.title = field.get('p').map(tidy::title).unwrap_or_default();
            }
        } else if container.title.is_empty() && field.get('a').is_some() {
            container.title = field.get('a').map(tidy::value).unwrap_or_default();
        }
        if container.issn.is_none() {
            container.issn = field.all('x').find_map(values::issn);
        }
        // What the host's own record says of it.
        notes::rest(field, "tgxqsiw7o", &mut r.notes);
    }
    if container.issn.is_none() && is_part && !container.title.is_empty() {
        container.issn = r.issn.first().cloned();
    }
    if let Some(extent) = &r.extent
        && is_part
        && parts.pages.is_none()
        && ["p. ", "pp. ", "S. ", "p.", "pages ", "Seite"].iter().any(|l| extent.starts_with(l))
    {
        parts.pages = Some(host::pages(extent));
    }
    if container.title.is_empty() && container.issn.is_none() && parts.is_empty() {
        return;
    }
    if let Some(date) = parts.date.take() {
        match r.year {
            None => values::set_date(r, &date),
            Some(year) if date != year.to_string() && r.date.is_none() && values::year(&date) == Some(year) => {
                r.date = Some(date);
            }
            _ => {}
        }
    }
    container.volume = parts.volume;
    container.issue = parts.issue;
    container.pages = parts.pages;
    r.container = Some(container);
}

/// 880: the same field in another script. Titles are other titles; the rest becomes notes, or the field that is missing.
fn original_script(field: &Field<'_>, r: &mut Record, abstracts: &mut Vec<String>) {
    let tag: String = field.get('6').unwrap_or("").chars().take(3).collect();
    let mut twin = field.clone();
    twin.tag = tag.clone().into();
    match tag.as_str() {
        "245" | "246" | "240" | "130" | "242" | "247" | "730" | "740" => {
            let title = match tag.as_str() {
                "245" => titles::proper(&twin).0,
                _ => titles::of_work(&twin, "abnpt"),
            };
            if r.title.is_empty() && tag == "245" {
                r.title = title;
            } else {
                values::push_new(&mut r.alternative_titles, title);
            }
        }
        "520" => {
            let text = tidy::running(&twin.of("ab").map(|(_, v)| v).collect::<Vec<_>>().join("\n\n"));
            if !abstracts.contains(&text) && !text.is_empty() {
                abstracts.push(text);
            }
        }
        "100" | "110" | "111" | "700" | "710" | "711" | "720" => {
            let name = names::name(&twin);
            if !name.is_empty() {
                values::push_new(&mut r.notes, format!("Name in original script: {name}"));
            }
        }
        _ => {
            let text = twin
                .subfields
                .iter()
                .filter(|(c, v)| c.is_ascii_lowercase() && !v.trim().is_empty())
                .map(|(_, v)| tidy::line(v))
                .collect::<Vec<_>>()
                .join(" ");
            let label = match tag.as_str() {
                "260" | "264" => "Publication",
                "250" => "Edition",
                "440" | "490" | "800" | "810" | "811" | "830" => "Series",
                tag if subjects::is_subject(tag) => "Subject",
                _ => "Note",
            };
            if !text.is_empty() {
                values::push_new(&mut r.notes, format!("{label} in original script: {}", tidy::value(&text)));
            }
        }
    }
}

fn item_type(marc: &MarcRecord<'_>, r: &Record) -> Option<&'static str> {
    let at = |n: usize| marc.control("008").and_then(|f| f.chars().nth(n)).unwrap_or(' ');
    let genres: Vec<String> = marc
        .fields
        .iter()
        .filter(|f| f.tag == "655")
        .filter_map(|f| f.get('a'))
        .map(|g| tidy::value(g).to_lowercase())
        .collect();
    let genre = |words: &[&str]| genres.iter().any(|g| words.iter().any(|w| g.contains(w)));
    let has_host = r.container.as_ref().is_some_and(|c| !c.title.is_empty() || c.issn.is_some());
    let kind = marc.leader_at(6);
    let level = marc.leader_at(7);
    let codes: String = marc.control("008").unwrap_or("").chars().skip(24).take(4).collect();
    let is_language = matches!(kind, 'a' | 't' | ' ' | '#');
    if marc.has("502") || genre(&["thes", "dissertation", "hochschulschrift"]) || is_language && codes.contains('m') {
        return Some("thesis");
    }
    match kind {
        'c' | 'd' => return Some("musical_score"),
        'e' | 'f' => return Some("map"),
        'g' => return Some("motion_picture"),
        'i' | 'j' => return Some("song"),
        'k' => return Some("graphic"),
        'm' if matches!(at(26), 'a' | 'e') => return Some("dataset"),
        'm' if at(26) == 'b' => return Some("software"),
        // An online service, or another thing that has an address and nothing to hold in one's hand.
        'm' if !has_host && r.isbn.is_empty() && !marc.has("300") && (at(26) == 'j' || marc.has("856")) => {
            return Some("webpage");
        }
        'p' => return Some("collection"),
        'o' | 'r' => return None,
        _ => {}
    }
    match level {
        'a' | 'b' if has_host || level == 'b' => {
            let container = r.container.as_ref();
            let is_serial =
                level == 'b' || container.is_some_and(|c| c.issn.is_some() || c.volume.is_some() || c.issue.is_some());
            return Some(if is_serial { "article-journal" } else { "chapter" });
        }
        's' => return Some("periodical"),
        'i' => return Some("webpage"),
        _ => {}
    }
    if has_host && r.container.as_ref().is_some_and(|c| c.pages.is_some() && (c.volume.is_some() || c.issn.is_some())) {
        return Some("article-journal");
    }
    let numbered = marc.has("088") || marc.has("027");
    if is_language && (codes.contains('t') || numbered || genre(&["technical report", "reports", "graue literatur"])) {
        return Some("report");
    }
    match kind {
        't' if marc.leader_at(7) != 'm' || !marc.has("260") && !marc.has("264") => Some("manuscript"),
        _ => Some("book"),
    }
}
