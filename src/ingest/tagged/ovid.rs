//! Ovid's records as text: numbered (`<1>`, `<1. >`), with two-letter tags or full field names, values on the same line or
//! indented below.
//!
//! Left out as housekeeping: entry, revision and update dates, status of the record, journal subsets, search strategies
//! printed above the records.

use super::draft::{Draft, Means};
use super::lines::{self, Dialect, Field, Seen, Tagged};
use super::ovid_source;
use super::ris_tags::{self, Kind};
use crate::ingest::{Cut, Item, values};
use crate::record::Record;

/// Whether the text has Ovid's numbered records: the first number, then fields.
pub fn recognises(head: &str) -> bool {
    let Some(head) = super::candidate(head) else { return false };
    let mut numbered = false;
    let mut after_number = 0;
    let mut fields = 0;
    for (i, range) in lines::lines(head.as_bytes()).enumerate() {
        let line = lines::without_mark(head.as_bytes().get(range).unwrap_or_default());
        if i > 200 {
            return false;
        }
        if is_number(line) {
            (numbered, after_number, fields) = (true, 0, 0);
        } else if numbered && !lines::is_blank(line) {
            after_number += 1;
            fields += usize::from(Ovid::tag(line).is_some());
            if fields >= 2 || fields == 1 && after_number >= 2 && line.starts_with(b"  ") {
                return true;
            }
            // Prose that begins with `<1>`.
            numbered = after_number < 3;
        }
    }
    false
}

/// Reads whole records; `first` is the number of the first one.
pub fn read(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    super::read_records(bytes, first, lines::records::<Ovid>, record, emit);
}

/// Cuts before the last record.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    lines::cut::<Ovid>(bytes)
}

struct Ovid;

/// `<1>`, `<1. >`, `<12.>`.
fn is_number(line: &[u8]) -> bool {
    let Some(inner) = line.trim_ascii().strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">")) else {
        return false;
    };
    let digits = inner.iter().take_while(|b| b.is_ascii_digit()).count();
    (1..=7).contains(&digits) && inner.get(digits..).is_some_and(|rest| rest.iter().all(|b| matches!(b, b'.' | b' ')))
}

impl Dialect for Ovid {
    fn tag(line: &[u8]) -> Option<Tagged<'_>> {
        if is_number(line) {
            return Some(Tagged { tag: b"<", value: line.len() });
        }
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            return None;
        }
        super::ris::tagged(line).or_else(|| {
            // A name alone on its line, or before a colon.
            let head = line.get(..line.len().min(60))?;
            let name = head.split(|b| *b == b':').next()?.trim_ascii_end();
            let colon = line.get(name.len()..)?.iter().take_while(|b| matches!(b, b' ' | b':' | b'.')).count();
            let alone = name.len() + colon >= line.len();
            let followed = line.get(name.len()..)?.trim_ascii_start().starts_with(b":");
            let known = means(std::str::from_utf8(name).ok()?).is_some();
            (known && name.len() > 2 && (alone || followed)).then_some(Tagged { tag: name, value: name.len() + colon })
        })
    }
    fn begins(tag: &[u8], _: &Seen) -> bool {
        tag == b"<"
    }
    fn opens(tag: &[u8]) -> bool {
        tag == b"<"
    }
    fn is_key(tag: &[u8]) -> bool {
        tag == b"<"
    }
}

/// The meaning of a tag or a full name.
pub(super) fn means(name: &str) -> Option<Means> {
    use Means::*;
    Some(match name.to_lowercase().trim_end_matches(" of publication").trim_end_matches(" (print)") {
        "ti" | "title" | "chapter title" | "ct" | "document title" => Title,
        "ot" | "original title" | "tt" | "translated title" | "foreign title" => OtherTitle,
        "bt" | "bk" | "book title" | "journal name" | "jn" | "jt" | "host item" => Container,
        "as" | "ja" | "abbreviated source" | "ta" => ShortContainer,
        "se" | "series" | "series title" | "sr" => Series,
        "au" | "author" | "authors" | "author(s)" => Creator(""),
        "fa" | "authors full name" => Creator(""),
        "ca" | "corporate author" | "corporate authors" | "cn" | "author(s) corporate" | "cc" => Body(""),
        "ed" | "editor" | "editors" | "book editor" | "book editors" | "be" => Creator("edt"),
        "so" | "source" => Note("Source"),
        "ab" | "abstract" => Abstract,
        "mh"
        | "sh"
        | "de"
        | "hw"
        | "kw"
        | "kf"
        | "mesh subject headings"
        | "subject headings"
        | "subject heading"
        | "descriptors"
        | "keywords"
        | "key words"
        | "keyword heading"
        | "keyword"
        | "author keywords"
        | "mesh"
        | "thesaurus terms"
        | "key concepts"
        | "identifiers"
        | "subjects"
        | "subject"
        | "index terms"
        | "minor descriptors"
        | "major descriptors" => Subjects,
        "vo" | "vi" | "volume" => Volume,
        "ip" | "issue" | "issue/part" => Issue,
        "pg" | "page" | "pages" => Pages,
        "yr" | "year" | "py" => Year,
        "dp" | "date" | "publication date" => Date,
        "do" | "digital object identifier" | "doi" => Doi,
        "id" => Identifier(""),
        "is" | "issn" | "es" | "il" | "issn print" | "issn electronic" | "issn linking" | "electronic issn" | "ib"
        | "isbn" | "isbn print" => Serial,
        "lg" | "la" | "language" | "languages" => Language,
        "pt" | "publication type" | "dt" | "document type" => Joined("Publication type"),
        "in" | "ad" | "institution" | "institutions" | "affiliation" | "author affiliation" | "author address" => {
            Joined("Address")
        }
        "cp" | "country" | "place" | "pl" => Place,
        "pb" | "pu" | "publisher" => Publisher,
        "et" | "edition" => Edition,
        "ph" | "physical description" | "collation" => Extent,
        "nt" | "gn" | "general note" | "notes" | "note" | "comments" | "cm" => Note(""),
        "ui" | "unique identifier" => Note("Unique identifier"),
        "an" | "accession number" => Note("Accession number"),
        "db" | "database" => Joined("Database"),
        "rn" | "cas registry/ec number/name of substance" | "registry numbers" | "name of substance" => {
            Joined("Registry numbers")
        }
        "no" | "gi" | "grant number" | "grant information" => Joined("Funding"),
        "xl" | "link to the ovid full text or citation" | "link to the external link resolver" | "ul" | "url" => Url,
        "cl" | "classification" | "classification code" | "cd" => Note("Classification"),
        "shelf mark" | "shelfmark" | "location" | "shelf location" => Note("Location"),
        "cy" | "copyright" | "copyright holder" | "ci" => Rights,
        "vn" | "st" | "status" | "sb" | "journal subset" | "up" | "update code" | "update date" | "rd"
        | "revision date" | "da" | "dc" | "ez" | "entry date" | "em" | "entry month" | "nl" | "jc"
        | "nlm journal code" | "record owner" | "ro" | "pi" | "publishing model" | "year of entry" => Nothing,
        _ => return None,
    })
}

fn record(text: &str) -> Result<Record, String> {
    let fields = lines::fields::<Ovid>(text);
    let has = |names: &[&str]| fields.iter().any(|f| names.contains(&f.tag.to_lowercase().as_str()));
    let chapter_title = has(&["chapter title"]);
    let full_names = has(&["fa", "authors full name"]);
    let chapter = has(&["bt", "bk", "book title", "chapter title"]);
    let medline = fields.iter().any(|f| {
        let medical = || f.text().to_lowercase().contains("medline");
        matches!(f.tag.to_lowercase().as_str(), "db" | "database") && medical()
    });
    let mut draft = Draft::of(None, Kind::Article);
    let mut item_type = chapter.then_some("chapter");
    for field in &fields {
        let tag = field.tag.to_lowercase();
        let text = field.text();
        match (tag.as_str(), means(&tag)) {
            ("<", _) => {}
            // The search strategy may stand between the database and the first record.
            ("db" | "database", Some(means)) => {
                let name = text.split("Search Strategy").next().unwrap_or(&text);
                draft.add(&tag, means, name);
            }
            ("so" | "source", _) => ovid_source::add(&mut draft, &text),
            ("au" | "author" | "authors", _) if full_names => {
                authors(field, &mut |name| draft.add("AU", Means::ShortAuthor, name))
            }
            ("ed", _) if values::year(&text).is_some() => {}
            // A chapter's book has its own title field; the title beside it is the book's.
            ("ti" | "title", _) if chapter_title => draft.add("BT", Means::Container, &text),
            (_, Some(Means::Title)) => draft.add(&tag, Means::Title, without_remarks(&text)),
            ("ui" | "unique identifier", _) if values::pmid(&text).is_some() => draft.add("UI", Means::Pmid, &text),
            ("an" | "accession number", _) if medline && values::pmid(&text).is_some() => {
                draft.add("AN", Means::Pmid, &text)
            }
            (_, Some(Means::Creator(role))) => authors(field, &mut |name| draft.add(&tag, Means::Creator(role), name)),
            ("keywords" | "key words" | "key concepts" | "id" | "identifiers", Some(Means::Subjects))
                if !text.contains(';') && text.contains(", ") =>
            {
                text.split(", ").for_each(|text| draft.add(&tag, Means::Subject, text));
            }
            // PsycINFO: `US: American Psychological Association`.
            ("pb" | "publisher", _) if text.get(2..4) == Some(": ") => {
                draft.add(&tag, Means::Place, text.get(..2).unwrap_or_default());
                draft.add(&tag, Means::Publisher, text.get(4..).unwrap_or_default());
            }
            (_, Some(Means::Subjects)) => field.values().flat_map(|line| line.split(';')).for_each(|text| {
                draft.add(&tag, Means::Subject, &heading(text));
            }),
            (_, Some(Means::Joined("Publication type"))) => {
                field.values().for_each(|line| publication_types(&mut draft, line, &mut item_type));
            }
            (_, Some(means)) => draft.add(&tag, means, &text),
            (_, None) => draft.note(field.tag, &values::line(&text)),
        }
    }
    finish(draft, item_type)
}

/// Types of publication, several of them on a line: the most telling one is the work's, unknown ones are notes.
pub(super) fn publication_types(draft: &mut Draft, line: &str, item_type: &mut Option<&'static str>) {
    for value in line.split([';', '.']).map(str::trim).filter(|value| !value.is_empty()) {
        match values::item_type(value) {
            Some(csl) if item_type.is_none() || csl != "article-journal" => *item_type = Some(csl),
            Some(_) => {}
            None => draft.add("PT", Means::Joined("Publication type"), value),
        }
    }
}

/// The record; where no type is stated, what it has tells it.
pub(super) fn finish(mut draft: Draft, item_type: Option<&'static str>) -> Result<Record, String> {
    let numbered = draft.has_pages() || draft.has_issue();
    let item_type = item_type.or(match (numbered, draft.record.publisher.is_empty()) {
        (true, _) => Some("article-journal"),
        (false, false) => Some("report"),
        _ => None,
    });
    draft.stands_in = item_type.is_none_or(|csl| matches!(ris_tags::kind_of(csl), Kind::Article | Kind::Part));
    draft.record.item_type = item_type.map(str::to_owned);
    draft.finish()
}

/// A title without what databases put behind it in brackets: `[Review] [50 refs]`, `[References]`, `[see comment]`.
fn without_remarks(title: &str) -> &str {
    let mut title = title.trim();
    while let Some((before, remark)) = title.trim_end_matches('.').strip_suffix(']').and_then(|t| t.rsplit_once('[')) {
        let remark = remark.trim().to_lowercase();
        let known = matches!(remark.as_str(), "review" | "references" | "article" | "comment" | "letter" | "editorial")
            || remark.ends_with(" refs")
            || values::language(&remark).is_some_and(|_| remark.len() > 3)
            || ["see comment", "comment", "erratum", "published erratum", "corrected", "retraction"]
                .iter()
                .any(|start| remark.starts_with(start));
        if !known || before.trim().is_empty() {
            break;
        }
        title = before.trim_end();
    }
    title
}

/// Names stand one a line, or are separated by semicolons, two spaces or full stops: `Smith J.  Jones K.`, `Smith J. Jones K.`
fn authors(field: &Field<'_>, each: &mut dyn FnMut(&str)) {
    for line in field.values() {
        // Where two spaces divide names, the stop before them ends a name and is no initial's.
        if line.contains(".  ") {
            line.split(".  ").for_each(|name| each(name.trim().trim_end_matches('.')));
            continue;
        }
        for name in line.split(';').flat_map(|part| part.split("  ")) {
            let mut rest = name.trim();
            while let Some(end) = name_end(rest) {
                let (name, more) = rest.split_at(end);
                each(without_stop(name));
                rest = more.trim_start();
            }
            each(without_stop(rest));
        }
    }
}

/// Where the first of several names ends: at a full stop after its second word, when a family name follows.
fn name_end(text: &str) -> Option<usize> {
    text.match_indices(". ").take(12).map(|(at, _)| at + 1).find(|end| {
        let (name, rest) = text.split_at(*end);
        let mut letters = rest.trim_start().chars();
        let family = letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase);
        let given_follows = !name.contains(',') || rest.contains(',');
        name.contains(' ')
            && family
            && given_follows
            && !rest.trim_start().starts_with("Jr")
            && rest.trim().contains(' ')
    })
}

/// A full stop that is not an initial's ends the field; numbers refer to institutions.
fn without_stop(name: &str) -> &str {
    let name = name.trim().trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '(' | ')'));
    name.strip_suffix('.').filter(|rest| rest.chars().rev().take(2).all(char::is_lowercase)).unwrap_or(name)
}

/// Ovid writes `*Primary Health Care/og [Organization & Administration]`, and a slash after headings without subdivision.
pub(super) fn heading(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let text = text.strip_suffix('/').unwrap_or(text);
    let (main, text) = match text.strip_prefix('*') {
        Some(text) => (true, text),
        None => (false, text),
    };
    let parts = text.split('/').map(|part| match part.split_once('[') {
        Some((code, name)) if code.trim().len() == 2 => name.trim_end_matches(']').trim().to_lowercase(),
        _ => part.trim().to_owned(),
    });
    let mut text = parts.collect::<Vec<_>>().join("/");
    if main {
        text.push('*');
    }
    text
}
