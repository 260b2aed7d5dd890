//! A thesaurus as SKOS in Turtle, read and written; the table of correspondences is in the module above.

use std::collections::{BTreeMap, HashMap, HashSet};

use oxrdf::vocab::rdf;
use oxrdf::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use oxttl::{TurtleParser, TurtleSerializer};

use super::{Concept, Heading, Thesaurus, ThesaurusFile};
use crate::error::{Error, ErrorKind, Result};

const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";
const DCTERMS: &str = "http://purl.org/dc/terms/";
const SCHEMA: [&str; 2] = ["http://schema.org/", "https://schema.org/"];
const CONCEPT: &str = "urn:commlit:concept:";
const SCHEME: &str = "urn:commlit:scheme:";

impl Thesaurus {
    /// The thesaurus as SKOS in Turtle, concepts in their order.
    pub fn to_turtle(&self) -> Result<String> {
        let failed = |e: &dyn std::fmt::Display| Error::new(ErrorKind::Argument, format!("cannot write Turtle: {e}"));
        let mut serializer = TurtleSerializer::new();
        for (prefix, iri) in [("skos", SKOS), ("dcterms", DCTERMS), ("c", CONCEPT), ("scheme", SCHEME)] {
            serializer = serializer.with_prefix(prefix, iri).map_err(|e| failed(&e))?;
        }
        let mut writer = serializer.for_writer(Vec::new());
        for (_, concept) in self.concepts() {
            for triple in statements(concept) {
                writer.serialize_triple(&triple).map_err(|e| failed(&e))?;
            }
        }
        let bytes = writer.finish().map_err(|e| failed(&e))?;
        String::from_utf8(bytes).map_err(|e| failed(&e))
    }

    /// Reads SKOS in Turtle. A file that is not well formed is an error; statements that say nothing to a thesaurus are
    /// counted.
    pub fn parse_turtle(turtle: &[u8]) -> Result<ThesaurusFile> {
        let mut reading = Reading::default();
        for triple in TurtleParser::new().for_slice(turtle) {
            let triple = triple.map_err(|e| {
                let line = e.location().start.line + 1;
                Error::new(ErrorKind::Argument, format!("line {line} of the thesaurus is not Turtle")).with_source(e)
            })?;
            reading.take(triple);
        }
        let (concepts, unread) = reading.finish();
        let subjects = subjects(turtle);
        let lines = concepts.iter().map(|concept| line_of(&concept.id, &subjects)).collect();
        Ok(ThesaurusFile { thesaurus: Thesaurus::new(concepts), unread, lines })
    }
}

/// The IRI of a concept.
pub(super) fn iri(id: &str) -> String {
    if NamedNode::new(id).is_ok() {
        return id.to_owned();
    }
    format!("{CONCEPT}{}", encoded(id))
}

/// A text as the last part of an IRI.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(byte as char);
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// The id of a concept: what [`iri`] made an IRI of, or the IRI.
pub(super) fn id(iri: &str) -> String {
    let Some(encoded) = iri.strip_prefix(CONCEPT) else { return iri.to_owned() };
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|d| std::str::from_utf8(d).ok());
        match digits.and_then(|d| u8::from_str_radix(d, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    // What is no id in a table stays an IRI.
    String::from_utf8(bytes).ok().filter(|id| !id.is_empty() && id.trim() == id).unwrap_or_else(|| iri.to_owned())
}

/// What stands at the beginning of each line, without the prefix or the angle brackets, and the first line where it does.
fn subjects(turtle: &[u8]) -> HashMap<&[u8], usize> {
    let mut subjects = HashMap::new();
    for (at, line) in turtle.split(|b| *b == b'\n').enumerate() {
        let word = line.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        let name = match word.strip_prefix(b"<") {
            Some(iri) => iri.split(|b| *b == b'>').next(),
            None => word.iter().position(|b| *b == b':').and_then(|colon| word.get(colon + 1..)),
        };
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            subjects.entry(name).or_insert(at + 1);
        }
    }
    subjects
}

/// The line where a concept is spoken of first, if that begins a line.
fn line_of(id: &str, subjects: &HashMap<&[u8], usize>) -> Option<usize> {
    let iri = iri(id);
    let names = iri.char_indices().filter(|(_, c)| matches!(c, '/' | '#' | ':')).map(|(at, _)| at + 1);
    std::iter::once(0).chain(names).filter_map(|at| subjects.get(iri.get(at..)?.as_bytes()).copied()).min()
}

fn statements(concept: &Concept) -> Vec<Triple> {
    let subject = NamedNode::new_unchecked(iri(&concept.id));
    let mut out = Vec::new();
    let mut say = |property: NamedNode, object: Term| out.push(Triple::new(subject.clone(), property, object));
    let english = |text: &str| Term::from(Literal::new_language_tagged_literal_unchecked(text, "en"));
    let plain = |text: &str| Term::from(Literal::new_simple_literal(text));
    say(rdf::TYPE.into_owned(), skos("Concept").into());
    say(skos("prefLabel"), english(&concept.preferred));
    for (property, labels) in [("altLabel", &concept.variants), ("hiddenLabel", &concept.hidden)] {
        labels.iter().for_each(|label| say(skos(property), english(label)));
    }
    concept.acronyms.iter().for_each(|acronym| say(skos("notation"), plain(acronym)));
    for heading in &concept.headings {
        let scheme = NamedNode::new_unchecked(format!("{SCHEME}{}", encoded(&heading.scheme)));
        say(skos("notation"), Literal::new_typed_literal(&heading.term, scheme).into());
    }
    let relations = [
        (skos("broader"), &concept.broader),
        (skos("related"), &concept.related),
        (skos("closeMatch"), &concept.near),
        (skos("closeMatch"), &concept.close_to),
        (skos("exactMatch"), &concept.same_as),
        (dcterms("isReplacedBy"), &concept.succeeded_by),
    ];
    for (property, ids) in relations {
        ids.iter().for_each(|id| say(property.clone(), NamedNode::new_unchecked(iri(id)).into()));
    }
    if concept.from.is_some() || concept.to.is_some() {
        let part = |name: &str, year: Option<i32>| year.map(|y| format!("{name}={y};"));
        let parts: Vec<_> = [part("start", concept.from), part("end", concept.to)].into_iter().flatten().collect();
        say(dcterms("temporal"), Literal::new_typed_literal(parts.join(" "), dcterms("Period")).into());
    }
    concept.nations.iter().for_each(|nation| say(dcterms("spatial"), plain(nation)));
    if !concept.note.is_empty() {
        say(skos("scopeNote"), english(&concept.note));
    }
    out
}

fn skos(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{SKOS}{name}"))
}

fn dcterms(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{DCTERMS}{name}"))
}

/// What has been read of a file.
#[derive(Default)]
struct Reading {
    concepts: Vec<Draft>,
    places: HashMap<String, usize>,
    unread: BTreeMap<String, usize>,
}

/// A subject, before it is known to be a concept.
#[derive(Default)]
struct Draft {
    concept: Concept,
    kind: Kind,
    preferred: Vec<Label>,
    close: Vec<String>,
    statements: usize,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Kind {
    #[default]
    Unknown,
    Concept,
    Other,
}

struct Label {
    text: String,
    language: Option<String>,
}

impl Reading {
    fn take(&mut self, triple: Triple) {
        let Triple { subject, predicate, object } = triple;
        let taken = match subject {
            NamedOrBlankNode::NamedNode(subject) => self.state(&id(subject.as_str()), predicate.as_ref(), object),
            NamedOrBlankNode::BlankNode(_) => false,
        };
        if !taken {
            *self.unread.entry(predicate.into_string()).or_default() += 1;
        }
    }

    fn draft(&mut self, id: &str) -> &mut Draft {
        let place = *self.places.entry(id.to_owned()).or_insert_with(|| {
            let concept = Concept { id: id.to_owned(), ..Concept::default() };
            self.concepts.push(Draft { concept, ..Draft::default() });
            self.concepts.len() - 1
        });
        &mut self.concepts[place]
    }

    /// Takes a statement in; whether it says something to a thesaurus.
    fn state(&mut self, subject: &str, property: NamedNodeRef<'_>, object: Term) -> bool {
        let name = property.as_str();
        if property == rdf::TYPE {
            let Term::NamedNode(class) = object else { return false };
            let draft = self.draft(subject);
            match class.as_str().strip_prefix(SKOS) {
                Some("Concept") => draft.kind = Kind::Concept,
                Some(_) if draft.kind == Kind::Unknown => draft.kind = Kind::Other,
                _ => return class.as_str().starts_with(SKOS),
            }
            return true;
        }
        let taken = match object {
            Term::NamedNode(to) => self.relate(subject, name, &id(to.as_str())),
            Term::Literal(literal) => self.describe(subject, name, literal),
            Term::BlankNode(_) => false,
        };
        if taken {
            self.draft(subject).statements += 1;
        }
        taken
    }

    fn relate(&mut self, subject: &str, property: &str, to: &str) -> bool {
        let (from, list, to): (_, fn(&mut Draft) -> &mut Vec<String>, _) = match local(property) {
            Some("skos:broader" | "skos:broadMatch") => (subject, |d| &mut d.concept.broader, to),
            Some("skos:narrower" | "skos:narrowMatch") => (to, |d| &mut d.concept.broader, subject),
            Some("skos:related" | "skos:relatedMatch") => (subject, |d| &mut d.concept.related, to),
            Some("skos:closeMatch") => (subject, |d| &mut d.close, to),
            Some("skos:exactMatch") => (subject, |d| &mut d.concept.same_as, to),
            Some("dcterms:isReplacedBy") => (subject, |d| &mut d.concept.succeeded_by, to),
            Some("dcterms:replaces") => (to, |d| &mut d.concept.succeeded_by, subject),
            _ => return false,
        };
        push(list(self.draft(from)), to.to_owned());
        true
    }

    fn describe(&mut self, subject: &str, property: &str, literal: Literal) -> bool {
        let Some(property) = local(property) else { return false };
        let text = literal.value().trim().to_owned();
        let language = literal.language().map(str::to_owned);
        let scheme = literal.datatype().as_str().strip_prefix(SCHEME).map(|s| id(&format!("{CONCEPT}{s}")));
        let draft = self.draft(subject);
        let concept = &mut draft.concept;
        match property {
            "skos:prefLabel" => draft.preferred.push(Label { text, language }),
            "skos:altLabel" => push(&mut concept.variants, text),
            "skos:hiddenLabel" => push(&mut concept.hidden, text),
            "skos:notation" => match scheme {
                Some(scheme) => concept.headings.push(Heading { scheme, term: text }),
                None => push(&mut concept.acronyms, text),
            },
            "skos:scopeNote" | "skos:definition" | "skos:note" => {
                let between = if concept.note.is_empty() || text.is_empty() { "" } else { " " };
                concept.note.push_str(between);
                concept.note.push_str(&text);
            }
            "dcterms:spatial" => push(&mut concept.nations, text),
            "dcterms:temporal" => {
                let (from, to) = period(&text);
                concept.from = from.or(concept.from);
                concept.to = to.or(concept.to);
                return from.is_some() || to.is_some();
            }
            "schema:startDate" => {
                concept.from = year(&text).or(concept.from);
                return year(&text).is_some();
            }
            "schema:endDate" => {
                concept.to = year(&text).or(concept.to);
                return year(&text).is_some();
            }
            _ => return false,
        }
        true
    }

    fn finish(self) -> (Vec<Concept>, Vec<(String, usize)>) {
        let mut unread = self.unread;
        let is_concept = |d: &Draft| d.kind == Kind::Concept || (d.kind == Kind::Unknown && !d.preferred.is_empty());
        let (drafts, others): (Vec<_>, Vec<_>) = self.concepts.into_iter().partition(is_concept);
        for Draft { concept, statements, .. } in &others {
            // What other subjects say of it stands in its lists as well.
            let said = concept.broader.len() + concept.succeeded_by.len();
            if said.max(*statements) > 0 {
                *unread.entry(concept.id.clone()).or_default() += said.max(*statements);
            }
        }
        let known: HashSet<String> = drafts.iter().map(|d| d.concept.id.clone()).collect();
        let concepts = drafts.into_iter().map(|draft| draft.finish(&known)).collect();
        (concepts, unread.into_iter().collect())
    }
}

impl Draft {
    fn finish(self, known: &HashSet<String>) -> Concept {
        let Draft { mut concept, mut preferred, close, .. } = self;
        let (near, elsewhere) = close.into_iter().partition(|id| known.contains(id));
        concept.near = near;
        concept.close_to = elsewhere;
        let rank = |label: &Label| match label.language.as_deref() {
            Some("en") => 0,
            Some(language) if language.starts_with("en-") => 1,
            None => 2,
            Some(_) => 3,
        };
        preferred.sort_by_key(rank);
        let mut preferred = preferred.into_iter().map(|label| label.text);
        concept.preferred = preferred.next().unwrap_or_default();
        for label in preferred.filter(|l| *l != concept.preferred) {
            push(&mut concept.variants, label);
        }
        concept
    }
}

/// A property of the vocabularies that are read, by its usual prefix.
fn local(property: &str) -> Option<&'static str> {
    const READ: [&str; 20] = [
        "skos:prefLabel",
        "skos:altLabel",
        "skos:hiddenLabel",
        "skos:notation",
        "skos:scopeNote",
        "skos:definition",
        "skos:note",
        "skos:broader",
        "skos:broadMatch",
        "skos:narrower",
        "skos:narrowMatch",
        "skos:related",
        "skos:relatedMatch",
        "skos:closeMatch",
        "skos:exactMatch",
        "dcterms:isReplacedBy",
        "dcterms:replaces",
        "dcterms:spatial",
        "dcterms:temporal",
        "schema:startDate",
    ];
    let (prefix, name) = [("skos", SKOS), ("dcterms", DCTERMS), ("schema", SCHEMA[0]), ("schema", SCHEMA[1])]
        .into_iter()
        .find_map(|(prefix, iri)| Some((prefix, property.strip_prefix(iri)?)))?;
    let is_it = |read: &&str| read.split_once(':') == Some((prefix, name));
    READ.into_iter().chain(["schema:endDate"]).find(is_it)
}

fn push(list: &mut Vec<String>, value: String) {
    if !list.contains(&value) {
        list.push(value);
    }
}

/// The years of a DCMI Period: `start=1991-04-01; end=1999-03-31; scheme=W3C-DTF`.
fn period(text: &str) -> (Option<i32>, Option<i32>) {
    let part = |name: &str| {
        let parts = text.split(';').filter_map(|part| part.split_once('='));
        parts.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name)).find_map(|(_, value)| year(value))
    };
    (part("start"), part("end"))
}

/// The year that a date begins with.
fn year(date: &str) -> Option<i32> {
    let date = date.trim();
    let (sign, digits) = match date.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, date),
    };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    if !(1..=6).contains(&end) || !matches!(digits.as_bytes().get(end), None | Some(b'-' | b'T' | b'/')) {
        return None;
    }
    digits.get(..end)?.parse::<i32>().ok().map(|year| sign * year)
}
