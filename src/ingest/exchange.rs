//! What the readers of exchange formats (BibTeX, JSON of several services, tables) do alike with a value: markup and
//! entities, abstracts in sections, titles, page ranges, names with initials, standard numbers, notes.
//!
//! Pure functions. They do *not* know any format; a single identifier or date is the business of [`super::values`].

use std::borrow::Cow;

use super::values;
use crate::record::{Container, Creator, Record, TitleSource};

/// Keeps a value that has no field of its own, once, as `Label: value`.
pub(crate) fn note(record: &mut Record, label: &str, value: &str) {
    let value = line(value);
    if !value.is_empty() {
        values::push_new(&mut record.notes, format!("{label}: {value}"));
    }
}

/// The journal or book of a record, made when there is none yet.
pub(crate) fn container(record: &mut Record) -> &mut Container {
    record.container.get_or_insert_default()
}

/// A label for a member or column that commlit does not know: `number-of-volumes` → `Number of volumes`.
pub(crate) fn label(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    let mut lower = false;
    for c in key.trim().chars() {
        if matches!(c, '-' | '_' | ' ') {
            out.push(' ');
            lower = false;
        } else if lower && c.is_uppercase() {
            out.push(' ');
            out.extend(c.to_lowercase());
            lower = false;
        } else {
            lower = c.is_lowercase();
            out.push(c);
        }
    }
    let out = values::line(&out);
    let mut chars = out.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// One line of plain text from a value that may hold markup and entities.
pub(crate) fn line(text: &str) -> String {
    match without_markup(text) {
        Cow::Borrowed(text) => values::line(text),
        Cow::Owned(text) => values::line(&text),
    }
}

/// Running text from a value that may hold markup and entities: paragraphs and labelled sections, a blank line between.
pub(crate) fn prose(text: &str) -> String {
    let marked = without_markup(text);
    let mut paragraphs: Vec<String> = Vec::new();
    let mut heading = String::new();
    for block in marked.split(BREAK) {
        let (block, is_heading) = match block.strip_suffix(HEADING) {
            Some(block) => (block, true),
            None => (block, false),
        };
        for paragraph in by_lines(block) {
            let paragraph = values::line(&paragraph);
            if paragraph.is_empty() {
                continue;
            }
            if is_heading {
                // A heading over another heading: both stand before the text.
                if !is_only_abstract(&paragraph) {
                    heading.push_str(paragraph.trim_end_matches([':', '.']));
                    heading.push_str(": ");
                }
                continue;
            }
            let mut text = std::mem::take(&mut heading);
            text.push_str(&paragraph);
            in_sections(&text, &mut paragraphs);
        }
    }
    if let Some(first) = paragraphs.first_mut()
        && let Some(rest) =
            ["Abstract: ", "ABSTRACT: ", "Summary: Abstract: "].iter().find_map(|p| first.strip_prefix(p))
    {
        *first = rest.to_owned();
    }
    if !heading.is_empty() {
        paragraphs.push(heading.trim_end_matches([':', ' ']).to_owned());
    }
    paragraphs.join("\n\n")
}

fn is_only_abstract(text: &str) -> bool {
    matches!(text.trim_end_matches([':', '.']).to_lowercase().as_str(), "abstract" | "summary" | "abstracts")
}

/// Paragraphs of plain text: blank lines divide, and line ends before a section's label.
fn by_lines(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    for line in text.lines() {
        let blank = line.trim().is_empty();
        if blank || starts_section(line) {
            out.push(String::new());
        }
        if let Some(last) = out.last_mut() {
            last.push(' ');
            last.push_str(line);
        }
    }
    out
}

fn starts_section(line: &str) -> bool {
    let line = line.trim_start();
    let Some(colon) = line.bytes().take(60).position(|b| b == b':') else { return false };
    line.get(..colon).is_some_and(is_section_label)
}

/// Divides a paragraph before the labels of sections that stand in capitals after a full stop.
fn in_sections(text: &str, out: &mut Vec<String>) {
    let mut from = 0;
    let mut searched = 0;
    while let Some(colon) = text[searched..].find(':').map(|at| searched + at) {
        searched = colon + 1;
        let mut low = colon.saturating_sub(60).max(from);
        while !text.is_char_boundary(low) {
            low += 1;
        }
        let before = &text[low..colon];
        let Some(stop) = before.rfind(['.', '!', '?', ')', ']', '%']) else { continue };
        let label = before[stop + 1..].trim();
        if before[stop + 1..].starts_with(char::is_whitespace)
            && label.chars().all(|c| !c.is_lowercase())
            && is_section_label(label)
        {
            let at = low + stop + 1;
            values::push_new(out, text[from..at].trim().to_owned());
            from = at;
        }
    }
    let rest = text[from..].trim();
    if !rest.is_empty() {
        out.push(rest.to_owned());
    }
}

fn is_section_label(label: &str) -> bool {
    const LABELS: &[&str] = &[
        "background",
        "objective",
        "objectives",
        "aim",
        "aims",
        "purpose",
        "introduction",
        "context",
        "setting",
        "settings",
        "design",
        "study design",
        "method",
        "methods",
        "materials and methods",
        "material and methods",
        "methodology",
        "participants",
        "patients",
        "subjects",
        "population",
        "intervention",
        "interventions",
        "main outcome measures",
        "main outcome measure",
        "outcome measures",
        "outcomes",
        "measurements",
        "measurements and main results",
        "results",
        "result",
        "findings",
        "main results",
        "discussion",
        "conclusion",
        "conclusions",
        "conclusion and relevance",
        "conclusions and relevance",
        "interpretation",
        "implications",
        "limitations",
        "rationale",
        "data sources",
        "data source",
        "study selection",
        "data extraction",
        "data synthesis",
        "data collection",
        "analysis",
        "trial registration",
        "registration",
        "funding",
        "significance",
        "originality/value",
        "importance",
        "design/methodology/approach",
        "research limitations/implications",
        "practical implications",
        "policy implications",
        "practice implications",
        "social implications",
        "key points",
        "summary",
        "methods and findings",
        "methods and results",
        "results and conclusions",
        "background and objectives",
        "background and aims",
        "objectives and methods",
        "study selection and methods",
        "question",
        "evidence review",
        "exposures",
        "patient or public contribution",
        "eligibility criteria",
        "search strategy",
        "selection criteria",
        "data collection and analysis",
        "authors' conclusions",
        "main outcomes and measures",
        "exposure",
        "strengths and limitations",
        "ethics and dissemination",
        "methods and analysis",
    ];
    let label = label.trim();
    label.len() <= 60 && label.starts_with(char::is_alphabetic) && LABELS.contains(&label.to_lowercase().as_str())
}

/// A title: markup, cataloguing punctuation, the closing full stop and the brackets of a translation removed. The full stop
/// of an abbreviation and an ellipsis stay.
pub(crate) fn title(text: &str) -> String {
    let mut text = values::title(&line(text));
    without_stop(&mut text);
    if let Some(inner) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'))
        && !inner.contains(['[', ']'])
    {
        text = inner.trim().to_owned();
        without_stop(&mut text);
    }
    text
}

fn without_stop(text: &mut String) {
    const ABBREVIATIONS: &[&str] = &[
        "etc", "al", "inc", "ltd", "co", "corp", "jr", "sr", "no", "vol", "ed", "eds", "pt", "st", "vs", "dept",
        "univ", "et", "rev", "suppl", "fig", "op", "cit", "ibid", "approx", "esq", "bros",
    ];
    let Some(rest) = text.strip_suffix('.') else { return };
    let last = rest.rsplit([' ', '(']).next().unwrap_or("");
    let keep = rest.is_empty()
        || rest.ends_with('.')
        || last.contains('.')
        || ABBREVIATIONS.contains(&last.to_lowercase().as_str());
    if !keep {
        text.truncate(rest.len());
    }
}

/// Sets the title of a record from a title and a subtitle as the source states them.
pub(crate) fn set_title(record: &mut Record, text: &str, subtitle: &str) {
    let (title, subtitle) = (title(text), title(subtitle));
    let main = title.trim_end_matches([':', ' ']);
    let whole = match (main.is_empty(), subtitle.is_empty()) {
        (_, true) => title,
        (true, false) => subtitle,
        (false, false) if main.to_lowercase().ends_with(&subtitle.to_lowercase()) => main.to_owned(),
        (false, false) if main.ends_with(['?', '!']) => format!("{main} {subtitle}"),
        (false, false) => format!("{main}: {subtitle}"),
    };
    if whole.is_empty() {
        return;
    }
    if record.title.is_empty() {
        record.title = whole;
        record.title_source = Some(TitleSource::Record);
    } else if record.title != whole {
        values::push_new(&mut record.alternative_titles, whole);
    }
}

/// A page range: hyphens, no `pp.`, an abbreviated last page written out (`256-9` → `256-259`).
pub(crate) fn pages(text: &str) -> String {
    let text = line(text).replace(['\u{2010}', '\u{2011}', '\u{2012}', '–', '—', '−'], "-");
    let lower = text.to_ascii_lowercase();
    let prefix = ["pages ", "page ", "pp. ", "pp.", "pp ", "p. ", "p."].iter().find(|p| lower.starts_with(*p));
    let text = text.get(prefix.map_or(0, |p| p.len())..).unwrap_or("").trim();
    let mut out = Vec::new();
    for range in text.split(',') {
        let mut parts = range.split('-').map(str::trim).filter(|p| !p.is_empty());
        out.push(match (parts.next(), parts.next(), parts.next()) {
            (Some(first), Some(last), None) if !first.contains(' ') && !last.contains(' ') => {
                format!("{first}-{}", last_page(first, last))
            }
            (Some(only), None, None) => only.to_owned(),
            _ => range.trim().to_owned(),
        });
    }
    out.join(", ")
}

fn last_page(first: &str, last: &str) -> String {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let number = first.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let letters = &first[..first.len() - number.len()];
    let short = last.strip_prefix(letters).unwrap_or(last);
    if digits(number) && digits(short) && short.len() < number.len() && number.len() <= 9 {
        let (kept, replaced) = number.split_at(number.len() - short.len());
        if short >= replaced {
            return format!("{letters}{kept}{short}");
        }
    }
    last.to_owned()
}

/// Adds every ISSN of a text; what holds none is kept as a note.
pub(crate) fn add_issns(record: &mut Record, text: &str) {
    let mut found = false;
    for part in text.split([',', ';', '|', '/', ' ', '(', ')', '\n']) {
        // Eight digits without the hyphen are taken only when nothing else is there to mistake them for.
        if part.len() >= 8
            && let Some(issn) = values::issn(part)
        {
            values::push_new(&mut record.issn, issn);
            found = true;
        }
    }
    if !found {
        // Spreadsheets take the leading zeros of a number.
        let digits = text.trim();
        let restored = format!("{digits:0>8}");
        match values::issn(&restored).filter(|_| (5..8).contains(&digits.len()) && digits.is_ascii()) {
            Some(issn) => values::push_new(&mut record.issn, issn),
            // Reference managers have one field for both.
            None if values::add_isbn(record, text) => {}
            None => note(record, "ISSN", text),
        }
    }
}

/// Adds every ISBN of a text; ISSNs that stand in its place (as reference managers have it) are taken as such, what is
/// neither is kept as a note.
pub(crate) fn add_isbns(record: &mut Record, text: &str) {
    if text.trim().is_empty() || values::add_isbn(record, text) {
        return;
    }
    let mut found = false;
    for part in text.split([',', ';', '|', '/', '\n']) {
        if values::add_isbn(record, part) {
            found = true;
            continue;
        }
        for word in part.split_whitespace() {
            let word = word.trim_matches(['(', ')', '[', ']', '.', ':']);
            if values::add_isbn(record, word) {
                found = true;
            } else if let Some(issn) = values::issn(word) {
                values::push_new(&mut record.issn, issn);
                found = true;
            }
        }
    }
    if !found {
        note(record, "ISBN", text);
    }
}

/// A name whose initials come last without a comma, as PubMed, Embase and Europe PMC print it: `van der Berg JA` →
/// `van der Berg, JA`. Names of bodies and names that are written otherwise are read as [`values::person`] reads them.
pub(crate) fn initials_last(text: &str) -> String {
    let text = line(text);
    let text = text.trim_end_matches([',', ';', ' ']);
    if text.ends_with([')', ']'])
        && let Some((name, _)) = super::responsibility::role_behind(text)
    {
        return format!("{}{}", initials_last(name), &text[name.len()..]);
    }
    if let Some((family, last)) = text.rsplit_once(' ')
        && !text.contains(',')
    {
        let (family, last, suffix) = match (last.trim_end_matches('.'), family.rsplit_once(' ')) {
            ("Jr" | "Sr" | "2nd" | "3rd" | "II" | "III", Some((family, initials))) => (family, initials, last),
            _ => (family, last, ""),
        };
        let letters: Vec<char> = last.chars().filter(|c| !matches!(c, '.' | '-')).collect();
        let initials = last.contains('.') || letters.len() <= 3;
        if initials && !letters.is_empty() && letters.len() <= 5 && letters.iter().all(|c| c.is_uppercase()) {
            let comma = if suffix.is_empty() { "" } else { ", " };
            return format!("{}, {last}{comma}{suffix}", family.trim());
        }
    }
    values::person(text)
}

/// Adds a creator, once in the same role.
pub(crate) fn add_creator(record: &mut Record, name: String, role: Option<&str>) {
    let name = name.trim().trim_end_matches([',', ';']).to_owned();
    let creator = Creator { name, role: role.map(str::to_owned) };
    if !creator.name.is_empty() && !record.creators.contains(&creator) {
        record.creators.push(creator);
    }
}

/// A personal name from its parts, or the name of a body when there is but one.
pub(crate) fn name(family: &str, given: &str, suffix: &str) -> String {
    let (family, given, suffix) = (line(family), line(given), line(suffix));
    let mut out = family;
    for part in [given, suffix] {
        if !part.is_empty() {
            if !out.is_empty() {
                out.push_str(", ");
            }
            out.push_str(&part);
        }
    }
    out
}

/// Sets an abstract, or keeps a second one as a note.
pub(crate) fn add_abstract(record: &mut Record, text: &str) {
    let text = prose(text);
    let absent =
        ["[no abstract available]", "no abstract available", "no abstract available.", "abstract not available"];
    if text.is_empty() || absent.contains(&text.to_lowercase().as_str()) {
        return;
    }
    match &record.abstract_text {
        None => {
            record.truncated = text.ends_with('…') || text.ends_with("[...]");
            record.abstract_text = Some(text);
        }
        Some(present) if *present == text => {}
        Some(_) => note(record, "Abstract", &text),
    }
}

/// Adds a language by code or name; an unknown one is kept as a note.
pub(crate) fn add_language(record: &mut Record, text: &str) {
    for part in text.split([';', ',', '|']) {
        match values::language(part) {
            Some(code) => values::push_new(&mut record.languages, code),
            None => note(record, "Language", part),
        }
    }
}

/// Adds an address; a DOI's own address is the DOI.
pub(crate) fn add_url(record: &mut Record, text: &str) {
    let text = values::line(text);
    let is_doi = text.contains("://doi.org/") || text.contains("://dx.doi.org/") || text.contains("://www.doi.org/");
    if is_doi && let Some(doi) = values::doi(&text) {
        if record.doi.is_none() {
            record.doi = Some(doi);
            return;
        }
        if record.doi.as_ref() == Some(&doi) {
            return;
        }
    }
    // Link resolvers of libraries carry it as a parameter.
    if record.doi.is_none()
        && let Some((_, rest)) = text.split_once("id=doi:")
    {
        record.doi = rest.split('&').next().and_then(values::doi);
    }
    values::push_new(&mut record.url, text);
}

/// Sets the DOI; a second or unreadable one is kept as a note.
pub(crate) fn add_doi(record: &mut Record, text: &str) {
    match values::doi(text) {
        Some(doi) if record.doi.is_none() => record.doi = Some(doi),
        Some(doi) if record.doi.as_ref() == Some(&doi) => {}
        _ => note(record, "DOI", text),
    }
}

/// Sets the PubMed identifier, also from its address or a number that a spreadsheet has made a decimal.
pub(crate) fn add_pmid(record: &mut Record, text: &str) {
    let bare = text.trim().trim_end_matches('/').trim_end_matches(".0");
    match values::pmid(bare.rsplit('/').next().unwrap_or(bare)) {
        Some(pmid) if record.pmid.is_none() || record.pmid.as_ref() == Some(&pmid) => record.pmid = Some(pmid),
        _ => note(record, "PMID", text),
    }
}

/// Sets the PubMed Central identifier, also from its address.
pub(crate) fn add_pmcid(record: &mut Record, text: &str) {
    let bare = text.trim().trim_end_matches('/');
    match values::pmcid(bare.rsplit('/').next().unwrap_or(bare)) {
        Some(pmcid) if record.pmcid.is_none() || record.pmcid.as_ref() == Some(&pmcid) => record.pmcid = Some(pmcid),
        _ => note(record, "PMCID", text),
    }
}

/// Completes a record: an empty container goes, the journal's ISSN stands with the journal. A record that says nothing is
/// the reason why it is none.
pub(crate) fn finished(mut record: Record) -> Result<Record, String> {
    if let Some(container) = &mut record.container {
        if container.issn.is_none() && !container.title.is_empty() && !record.issn.is_empty() {
            container.issn = Some(record.issn.remove(0));
        }
        if *container == Container::default() {
            record.container = None;
        }
    }
    if record.title.is_empty() && record.abstract_text.is_none() && record.body.is_none() {
        return Err("neither a title nor an abstract".into());
    }
    Ok(record)
}

/// Divides blocks of text in the working form of [`without_markup`].
const BREAK: char = '\u{1}';
/// Marks the block before the next [`BREAK`] as a heading.
const HEADING: char = '\u{2}';

/// Text without the tags of HTML and JATS and with entities decoded, also where both were escaped once more on the way.
/// Blocks are divided by [`BREAK`]. An angle bracket that begins no tag of these vocabularies is text (`p < 0.05`).
fn without_markup(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..3 {
        if !text.contains(['<', '&']) {
            break;
        }
        let stripped = without_tags(&text);
        let changed = stripped.is_some();
        let stripped = stripped.unwrap_or_else(|| text.clone().into_owned());
        let decoded = super::entities::decode(&stripped).into_owned();
        if !changed && decoded == stripped {
            break;
        }
        text = Cow::Owned(decoded);
    }
    text
}

/// `None` when there is no tag.
fn without_tags(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut from = 0;
    let mut at = 0;
    let mut changed = false;
    while let Some(open) = text[at..].find('<').map(|i| at + i) {
        let Some(tag) = tag_at(&text[open..]) else {
            at = open + 1;
            continue;
        };
        changed = true;
        out.push_str(&text[from..open]);
        at = open + tag.len;
        from = at;
        match tag.kind {
            Kind::Inline => {}
            Kind::Block => out.push(BREAK),
            Kind::Heading if tag.closes => out.extend([HEADING, BREAK]),
            Kind::Heading => out.push(BREAK),
            // The formula stands beside it in a form that can be read.
            Kind::Hidden if !tag.closes => match text[at..].find("</").map(|i| at + i) {
                Some(end) => {
                    at = end;
                    from = end;
                }
                None => {
                    at = text.len();
                    from = at;
                }
            },
            Kind::Hidden => {}
        }
    }
    if !changed {
        return None;
    }
    out.push_str(&text[from..]);
    Some(out)
}

struct Tag {
    len: usize,
    kind: Kind,
    closes: bool,
}

enum Kind {
    Inline,
    Block,
    Heading,
    Hidden,
}

fn tag_at(text: &str) -> Option<Tag> {
    // The longest tag of these vocabularies is an inline link; anything longer is text.
    const LONGEST: usize = 1500;
    let bytes = text.as_bytes();
    let closes = bytes.get(1) == Some(&b'/');
    let start = 1 + usize::from(closes);
    let name_len = bytes[start.min(bytes.len())..]
        .iter()
        .take(40)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-'))
        .count();
    let name = text.get(start..start + name_len)?;
    if !matches!(bytes.get(start + name_len), Some(b'>' | b'/' | b' ' | b'\n' | b'\t' | b'\r')) {
        return None;
    }
    // A bracket within is a sign of comparison before it: `n <b and p <i>`.
    let end = 1 + bytes.iter().skip(1).take(LONGEST).position(|b| matches!(b, b'>' | b'<'))?;
    if bytes.get(end) != Some(&b'>') {
        return None;
    }
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    let local = local.to_ascii_lowercase();
    let kind = match local.as_str() {
        "p" | "br" | "div" | "li" | "sec" | "list-item" | "tr" | "dt" | "dd" | "section" | "blockquote" | "ul"
        | "ol" | "list" | "abstract" | "table" | "hr" | "abstracttext" | "body" | "html" | "dl" => Kind::Block,
        "title" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Kind::Heading,
        "tex-math" | "annotation" | "script" | "style" => Kind::Hidden,
        "i" | "b" | "em" | "strong" | "sub" | "sup" | "u" | "sc" | "scp" | "small" | "tt" | "span" | "italic"
        | "bold" | "underline" | "label" | "inline-formula" | "disp-formula" | "xref" | "ext-link" | "email"
        | "uri" | "a" | "font" | "named-content" | "styled-content" | "monospace" | "alternatives" | "center"
        | "td" | "th" | "tbody" | "thead" | "inf" | "code" | "pre" | "cite" | "q" | "abbr" | "strike" | "overline"
        | "roman" | "sans-serif" | "s" | "del" | "ins" | "mark" | "wbr" | "big" | "nobr" | "math"
        | "inline-graphic" | "img" | "article-title" | "o" | "jats" => Kind::Inline,
        _ if matches!(prefix, "mml" | "jats" | "m" | "xhtml" | "html" | "ce" | "w" | "o") => Kind::Inline,
        _ => return None,
    };
    Some(Tag { len: end + 1, kind, closes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup() {
        for (text, expected) in [
            ("H<sub>2</sub>O &amp;amp; p < 0.05", "H2O & p < 0.05"),
            ("n<b and <5 &lt;i&gt;x&lt;/i&gt; &nosuch; &eacute;&#x2013;&#8211;", "n<b and <5 x &nosuch; é––"),
            ("<scp>NHS</scp> a&nbsp;b <mml:mi>x</mml:mi>", "NHS a b x"),
        ] {
            assert_eq!(line(text), expected);
        }
    }

    #[test]
    fn abstracts() {
        for (text, expected) in [
            (
                "<jats:title>Abstract</jats:title><jats:sec><jats:title>Aims</jats:title><jats:p>A.</jats:p></jats:sec>",
                "Aims: A.",
            ),
            ("<h4>Background</h4>A &lt; B.<h4>Results:</h4>C.", "Background: A < B.\n\nResults: C."),
            ("BACKGROUND: a. METHODS AND RESULTS: b. Note: c", "BACKGROUND: a.\n\nMETHODS AND RESULTS: b. Note: c"),
            ("a\nb\n\nc\r\nMethods: d", "a b\n\nc\n\nMethods: d"),
        ] {
            assert_eq!(prose(text), expected);
        }
    }

    #[test]
    fn page_ranges() {
        for (text, expected) in [
            ("256-9", "256-259"),
            ("pp. 256--259", "256-259"),
            ("S12-8", "S12-S18"),
            ("e1–e20", "e1-e20"),
            ("193–4, 200", "193-194, 200"),
            ("259-6", "259-6"),
            ("034708", "034708"),
        ] {
            assert_eq!(pages(text), expected, "{text}");
        }
    }

    #[test]
    fn titles() {
        for (text, expected) in [
            ("[Commissioning in Wales.]", "Commissioning in Wales"),
            ("Made in the U.S.", "Made in the U.S."),
            ("Nurses, doctors etc.", "Nurses, doctors etc."),
            ("To be continued...", "To be continued..."),
            ("Total purchasing : a step /", "Total purchasing: a step"),
        ] {
            assert_eq!(title(text), expected);
        }
    }

    #[test]
    fn names() {
        for (text, expected) in [
            ("van der Berg JA", "van der Berg, JA"),
            ("Adler D.G.", "Adler, D.G."),
            ("Smith J Jr", "Smith, J, Jr"),
            ("Jane Smith", "Smith, Jane"),
            ("Department of Health", "Department of Health"),
        ] {
            assert_eq!(initials_last(text), expected);
        }
    }
}
