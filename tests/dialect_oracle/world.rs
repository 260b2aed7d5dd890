//! Random records of few words, and what the oracle knows of them: the words of every value of every field, whole values.

use std::ops::ControlFlow;

use commlit::library::{IngestOptions, Library};
use commlit::record::{Container, Creator, Record};
use tempfile::TempDir;

use crate::random::Random;

/// The fields in which words are looked up, as bits of a set.
pub(crate) mod field {
    pub(crate) const TITLE: u16 = 1;
    pub(crate) const ABSTRACT: u16 = 2;
    pub(crate) const SUBJECT: u16 = 4;
    pub(crate) const NOTE: u16 = 8;
    pub(crate) const CREATOR: u16 = 16;
    pub(crate) const JOURNAL: u16 = 32;
    pub(crate) const PUBLISHER: u16 = 64;
    pub(crate) const PLACE: u16 = 128;
    pub(crate) const DETAIL: u16 = 256;
    pub(crate) const BODY: u16 = 512;
    pub(crate) const SERIES: u16 = 1024;
    /// Not among all fields.
    pub(crate) const TYPE: u16 = 2048;
    pub(crate) const ALL: u16 = 2047;
}

/// The words of texts as they are written.
const WRITTEN: &[&str] = &[
    "joint",
    "Joint",
    "jointly",
    "care",
    "CARE",
    "carer",
    "commission",
    "commissioning",
    "commissioner",
    "fund",
    "funds",
    "fundholding",
    "fund-holding",
    "holding",
    "total",
    "Total",
    "purchase",
    "purchasing",
    "purchaser",
    "health",
    "healthy",
    "organisation",
    "organization",
    "café",
    "cafe",
    "King's",
    "King’s",
    "kings",
    "NHS",
    "1997",
    "of",
    "the",
    "and",
    "or",
    "not",
    "high-frequency",
    "high frequency",
    "care",
    "joint",
    "purchasing",
];

pub(crate) const HEADINGS: &[&str] =
    &["Joint commissioning", "Care", "Health care reform", "Purchasing", "Café Society"];
/// Subdivisions with their abbreviations.
pub(crate) const SUBDIVISIONS: &[(&str, &str)] = &[("economics", "ec"), ("standards", "st"), ("trends", "td")];
pub(crate) const NAMES: &[&str] = &[
    "Smith, Jane",
    "Smith, J. A.",
    "Smithson, Karl",
    "Müller, Jörg",
    "O'Neill, Anne",
    "Department of Health",
    "Smith",
];
pub(crate) const JOURNALS: &[&str] = &["Journal of Health Care", "Journal of Health", "BMJ", "Health Care"];
/// CSL types with the words that they are also found by.
const TYPES: &[(&str, &[&str])] =
    &[("report", &[]), ("article-journal", &["journal article"]), ("book", &[]), ("thesis", &["dissertation"])];
pub(crate) const LANGUAGES: &[(&str, &str)] = &[("en", "english"), ("fr", "french"), ("de", "german")];

/// The folded words of a text: letters and digits, small, without accents; an apostrophe within a word is no letter of it.
pub(crate) fn words(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut word = String::new();
    for (i, c) in chars.iter().enumerate() {
        match c.to_lowercase().next().unwrap() {
            'é' => word.push('e'),
            'ü' => word.push('u'),
            'ö' => word.push('o'),
            c if c.is_ascii_alphanumeric() => word.push(c),
            '\'' | '’' if !word.is_empty() && chars.get(i + 1).is_some_and(|c| c.is_alphanumeric()) => {}
            _ if !word.is_empty() => out.push(std::mem::take(&mut word)),
            _ => {}
        }
    }
    out.extend(Some(word).filter(|w| !w.is_empty()));
    out
}

/// What the oracle knows of a record.
pub(crate) struct Doc {
    pub id: String,
    /// Every value of every field, as words of the vocabulary.
    pub texts: Vec<(u16, Vec<usize>)>,
    pub names: Vec<String>,
    pub journal: Option<String>,
    pub year: Option<i32>,
    pub languages: Vec<String>,
    pub pmid: Option<String>,
    /// Heading, subdivision, main topic.
    pub headings: Vec<(String, Option<String>, bool)>,
}

/// A collection in an index, and the same records as the oracle sees them.
pub(crate) struct World {
    pub library: Library,
    pub docs: Vec<Doc>,
    pub vocabulary: Vec<String>,
    _folder: TempDir,
}

fn prose(random: &mut Random, least: usize, most: usize) -> String {
    let mut out = String::new();
    for i in 0..random.between(least, most) {
        if i > 0 {
            out.push_str(random.text(&[" ", " ", " ", " ", " ", ", ", ". ", " - ", "\n\n", "/"]));
        }
        out.push_str(random.text(WRITTEN));
    }
    out
}

fn record(random: &mut Random, number: usize) -> (Record, Vec<(String, Option<String>, bool)>) {
    let mut r = Record { id: format!("r{number}"), title: prose(random, 1, 5), ..Record::default() };
    r.alternative_titles = (0..random.below(3)).map(|_| prose(random, 1, 3)).collect();
    r.abstract_text = random.maybe(80, |x| prose(x, 2, 25));
    r.body = random.maybe(15, |x| prose(x, 5, 30));
    r.notes = (0..random.below(3)).map(|_| prose(random, 1, 5)).collect();
    r.creators = random.some(NAMES, 0, 2).into_iter().map(Creator::new).collect();
    r.year = random.maybe(85, |x| x.between(1985, 2009) as i32);
    r.item_type = random.maybe(80, |x| x.pick(TYPES).0.to_owned());
    r.languages = random.maybe(70, |x| x.pick(LANGUAGES).0.to_owned()).into_iter().collect();
    r.publisher = random.some(&["Joint Health Fund", "King's Fund"], 0, 2);
    r.place = random.some(&["London", "Total Health"], 0, 1);
    r.series = random.some(&["Care series", "Joint commissioning"], 0, 1);
    r.pmid = random.maybe(50, |_| (7_000_000 + number).to_string());
    r.container = random.maybe(50, |x| Container {
        title: x.text(JOURNALS).to_owned(),
        volume: x.maybe(50, |x| x.between(1, 9).to_string()),
        ..Container::default()
    });
    let marks = random.chance(30);
    let mut headings = Vec::new();
    for _ in 0..random.below(4) {
        let heading = random.text(HEADINGS);
        let subdivision = random.maybe(40, |x| x.pick(SUBDIVISIONS).0);
        let star = marks && random.chance(50);
        let mut written = subdivision.map_or(heading.to_owned(), |s| format!("{heading}/{s}"));
        written.push_str(if star { "*" } else { "" });
        r.subjects.push(written);
        headings.push((words(heading).join(" "), subdivision.map(str::to_owned), star));
    }
    // Where none is marked, all are main topics.
    if !headings.iter().any(|h| h.2) {
        headings.iter_mut().for_each(|h| h.2 = true);
    }
    (r, headings)
}

fn doc(r: &Record, headings: Vec<(String, Option<String>, bool)>, vocabulary: &mut Vec<String>) -> Doc {
    let mut texts = Vec::new();
    let mut add = |field: u16, text: &str| {
        let place = |word: String| {
            vocabulary.iter().position(|w| *w == word).unwrap_or_else(|| {
                vocabulary.push(word);
                vocabulary.len() - 1
            })
        };
        texts.push((field, words(text).into_iter().map(place).collect()));
    };
    add(field::TITLE, &r.title);
    r.alternative_titles.iter().for_each(|t| add(field::TITLE, t));
    r.abstract_text.iter().for_each(|t| add(field::ABSTRACT, t));
    r.body.iter().for_each(|t| add(field::BODY, t));
    r.subjects.iter().for_each(|t| add(field::SUBJECT, t));
    r.notes.iter().for_each(|t| add(field::NOTE, t));
    r.creators.iter().for_each(|c| add(field::CREATOR, &c.name));
    r.publisher.iter().for_each(|t| add(field::PUBLISHER, t));
    r.place.iter().for_each(|t| add(field::PLACE, t));
    r.series.iter().for_each(|t| add(field::SERIES, t));
    r.year.iter().for_each(|y| add(field::DETAIL, &y.to_string()));
    r.pmid.iter().for_each(|t| add(field::DETAIL, t));
    if let Some(c) = &r.container {
        add(field::JOURNAL, &c.title);
        c.volume.iter().for_each(|v| add(field::DETAIL, v));
    }
    for (name, others) in TYPES.iter().filter(|(name, _)| r.item_type.as_deref() == Some(*name)) {
        add(field::TYPE, name);
        others.iter().for_each(|t| add(field::TYPE, t));
    }
    Doc {
        id: r.id.clone(),
        texts,
        names: r.creators.iter().map(|c| words(&c.name).join(" ")).collect(),
        journal: r.container.as_ref().map(|c| words(&c.title).join(" ")),
        year: r.year,
        languages: r.languages.clone(),
        pmid: r.pmid.clone(),
        headings,
    }
}

impl World {
    pub(crate) fn new(random: &mut Random, size: usize) -> World {
        let folder = tempfile::tempdir().unwrap();
        let (mut docs, mut vocabulary) = (Vec::new(), Vec::new());
        let library = Library::open_or_create(folder.path().join("index")).unwrap();
        let options = IngestOptions { memory: 16 << 20, ..IngestOptions::default() };
        let steps = random.between(1, 3);
        for step in 0..steps {
            let mut lines = String::new();
            for number in (0..size).skip(step).step_by(steps) {
                let (record, headings) = record(random, number);
                lines.push_str(&(serde_json::to_string(&record).unwrap() + "\n"));
                docs.push(doc(&record, headings, &mut vocabulary));
            }
            let path = folder.path().join(format!("{step}.jsonl"));
            std::fs::write(&path, lines).unwrap();
            let report = library.ingest(&[path], &options, &mut |_| ControlFlow::Continue(())).unwrap();
            assert_eq!(report.rejects, []);
        }
        assert_eq!(library.stats().unwrap().records as usize, size);
        World { library, docs, vocabulary, _folder: folder }
    }
}
