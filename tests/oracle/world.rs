//! Random collections of records, written as JSON lines and ingested, with what the oracle knows of them.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use commlit::library::{IngestOptions, Library, Vanished};
use commlit::record::{Container, Creator, Record, Source};
use tempfile::TempDir;

use crate::counted::OWN;
use crate::naive::Doc;
use crate::random::Random;

/// Words as they stand in texts: few, so that they meet often.
pub(crate) const WORDS: &[&str] = &[
    "contract",
    "contracts",
    "contracting",
    "Contracted",
    "purchase",
    "purchasing",
    "purchaser",
    "PURCHASERS",
    "fundholding",
    "fund-holding",
    "fund holding",
    "Fundholder",
    "fund‐holders",
    "fund",
    "funds",
    "holding",
    "holdings",
    "King's",
    "King’s",
    "Kings",
    "kings'",
    "café",
    "cafe",
    "Cafe\u{301}",
    "naïve",
    "care",
    "caring",
    "health",
    "healthy",
    "service",
    "services",
    "total",
    "joint",
    "jointly",
    "joint-commissioning",
    "commissioning",
    "commission",
    "commissioned",
    "the",
    "of",
    "and",
    "or",
    "not",
    "market",
    "GP",
    "GPs",
    "GP's",
    "NHS",
    "1997",
    "1997/8",
    "l'hôpital",
    "d’une",
    "Straße",
    "œuvre",
    "co-operation",
    "cooperation",
    "high–low",
    "non-fund-holding",
    "a",
];

const GAPS: &[&str] = &[" ", " ", " ", " ", " ", " ", " ", " ", ", ", "-", " - ", "/", ": ", "; ", "...", "‑", "’ "];

fn words(random: &mut Random, least: usize, most: usize) -> String {
    let mut out = String::new();
    for i in 0..random.between(least, most) {
        if i > 0 {
            out.push_str(random.text(GAPS));
        }
        out.push_str(random.text(WORDS));
    }
    out
}

/// Running text: sentences, sometimes several paragraphs.
fn prose(random: &mut Random, most: usize) -> String {
    let mut out = String::new();
    for i in 0..random.between(1, most) {
        if i > 0 {
            out.push_str(random.text(&[" ", " ", " ", "\n\n"]));
        }
        let opening = ["The", "Kings", "Purchasing", "No", "É", "Fund-holding"];
        out.push_str(&format!("{} {}", random.text(&opening), words(random, 1, 9)));
        out.push_str(random.text(&[".", ".", ".", "?", "!", ".”", ""]));
    }
    out
}

/// An ISBN-13 and its ISBN-10, with their check digits.
fn isbn(n: usize) -> (String, String) {
    let nine = format!("18571{n:04}");
    let digits = |s: &str| s.bytes().map(|b| u32::from(b - b'0')).collect::<Vec<_>>();
    let ten: u32 = digits(&nine).iter().enumerate().map(|(i, d)| (10 - i as u32) * d).sum();
    let check = match (11 - ten % 11) % 11 {
        10 => "X".to_owned(),
        digit => digit.to_string(),
    };
    let twelve = format!("978{nine}");
    let sum: u32 = digits(&twelve).iter().enumerate().map(|(i, d)| if i % 2 == 0 { *d } else { 3 * d }).sum();
    (format!("{twelve}{}", (10 - sum % 10) % 10), format!("{nine}{check}"))
}

const NAMES: &[&str] = &[
    "King's Fund",
    "King’s Fund",
    "Smith, Jane",
    "O’Neill, A.",
    "Müller, Jörg",
    "Department of Health",
    "Care, Joint",
];
pub(crate) const HOUSES: &[&str] = &[
    "King's Fund",
    "King’s Fund",
    "KING'S FUND",
    "Kings Fund",
    "The King's Fund.",
    "King Edward's Hospital Fund",
    "HMSO/DHSS",
    "HMSO",
    "H.M.S.O.",
    "Her Majesty's Stationery Office",
    "Health, \"Policy\" Press",
    "Café Press",
    "CAFE\u{301} PRESS",
    "Care & Market",
    "Care and Market",
    "A & B=C",
    "(none)",
    "None",
    "...",
    "—",
    "",
];
const PLACES: &[&str] =
    &["London", "LONDON", "[London]", "London, England", "Bristol/Bath", "Bristol, Bath", "York, Leeds"];

/// A record with an id of its own, so that it is merged with no other.
fn record(random: &mut Random, number: usize, years: bool) -> Record {
    let mut r = Record { id: format!("R{}-{number}", random.below(900)), ..Record::default() };
    r.title = words(random, 1, 6);
    if random.chance(20) {
        r.title = format!("{} {}", random.text(&["The", "A", "An", "“The"]), r.title);
    }
    r.alternative_titles = if random.chance(20) { vec![words(random, 1, 3), words(random, 1, 3)] } else { Vec::new() };
    let types = ["report", "article-journal", "book", "chapter", "thesis"];
    r.item_type = random.maybe(80, |x| x.text(&types).to_owned());
    r.creators = random.some(NAMES, 0, 3).into_iter().map(Creator::new).collect();
    r.year = random.maybe(if years { 80 } else { 0 }, |x| match x.below(40) {
        0 => *x.pick(&[3, 1066, 1599, 1885, 1920, 2111, 2112, 9999]),
        _ => x.between(1986, 2024) as i32,
    });
    r.date = random.maybe(15, |x| (*x.pick(&["1997/8", "[1994?]", "12 May 2001"])).to_owned());
    r.publisher = random.some(HOUSES, 0, 2);
    r.place = random.some(PLACES, 0, 2);
    r.series = random.some(&["Joint commissioning", "Working paper; 7", "Fundholding", "(none)", "\\(none)"], 0, 2);
    r.container = random.maybe(40, |x| Container {
        title: x.text(&["BMJ", "Health Service Journal", "Kings, \"Funds\" & Markets", ""]).to_owned(),
        volume: x.maybe(50, |x| x.below(30).to_string()),
        pages: x.maybe(50, |x| format!("{}-{}", x.below(90), x.below(99))),
        issn: x.maybe(30, |_| "0959-8138".to_owned()),
        ..Container::default()
    });
    r.edition = random.maybe(10, |_| "2nd ed.".to_owned());
    r.extent = random.maybe(20, |x| format!("v, {}p.", x.below(99)));
    for _ in 0..random.below(3) {
        let (thirteen, ten) = isbn(random.below(8));
        if !r.isbn.contains(&thirteen) {
            r.isbn.push(thirteen);
            if random.chance(50) {
                r.isbn10.push(ten);
            }
        }
    }
    r.doi = random.maybe(30, |x| format!("10.1136/bmj.{}(97)-{}", x.below(3), x.below(9)));
    r.pmid = random.maybe(20, |x| x.between(1, 40).to_string());
    r.pmcid = random.maybe(10, |x| format!("PMC{}", x.between(1, 9)));
    r.subjects = random.some(&["Purchasing", "GPs/Fundholding", "Care, joint", "\"Markets\"", "Fund holding"], 0, 4);
    r.languages = random.some(&["en", "fr", "de"], 0, 2);
    r.notes = (0..random.below(3)).map(|_| prose(random, 3)).collect();
    r.abstract_text = random.maybe(80, |x| prose(x, 8));
    r.body = random.maybe(20, |x| prose(x, 20));
    if random.chance(40) {
        let paths = ["exports/a.ris", "Exports/Ovid, “May” \"1\".txt", "b/c d.html"];
        let source = |path| Source { path, locator: "record 1".into(), format: "ris".into() };
        r.sources = random.some(&paths, 1, 2).into_iter().map(source).collect();
    }
    r
}

/// A collection in an index, and the same records as the oracle sees them.
pub(crate) struct World {
    pub library: Library,
    pub docs: Vec<Doc>,
    /// Whether the library has a list of authorities of its own.
    pub own: bool,
    folder: TempDir,
}

impl World {
    /// The folder of the index.
    pub(crate) fn index(&self) -> PathBuf {
        self.folder.path().join("index")
    }

    /// Removes, cuts or overwrites the fingerprints of some segments.
    pub(crate) fn spoil_fingerprints(&self, random: &mut Random) {
        let files = fs::read_dir(self.index()).expect("the index").map(|file| file.expect("a file").path());
        for path in files.filter(|path| path.extension().is_some_and(|extension| extension == "fingerprints")) {
            let bytes = fs::read(&path).expect("a file");
            let instead = match random.below(6) {
                0 => None,
                1 => Some(bytes[..random.below(bytes.len())].to_vec()),
                2 => Some([&bytes[..], b"more"].concat()),
                3 => Some(b"something else".to_vec()),
                _ => continue,
            };
            // Who has the file open goes on with what it was.
            fs::remove_file(&path).expect("removed");
            if let Some(bytes) = instead {
                fs::write(&path, bytes).expect("written");
            }
        }
    }

    /// So many random records, ingested in one to four steps, sometimes with others that are then taken back.
    pub(crate) fn new(random: &mut Random, size: usize) -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let years = !random.chance(10);
        let mut records: Vec<Record> = (0..size).map(|n| record(random, n, years)).collect();
        // Twins differ in nothing but their id.
        for n in 0..size / 20 {
            let twin = Record { id: format!("twin-{n}"), ..random.pick(&records).clone() };
            records.push(twin);
        }
        let library = Library::open_or_create(folder.path().join("index")).expect("a library");
        let steps = random.between(1, 4).min(records.len());
        let junk = folder.path().join("junk.jsonl");
        let has_junk = random.chance(50);
        for step in 0..steps {
            let path = folder.path().join(format!("part-{step}.jsonl"));
            let share = records.len().div_ceil(steps);
            let mine: Vec<&mut Record> = records.iter_mut().skip(step * share).take(share).collect();
            if mine.is_empty() {
                continue;
            }
            let lines: Vec<String> = mine.iter().map(|r| json(r)).collect();
            fs::write(&path, lines.concat()).expect("a file");
            for (i, record) in mine.into_iter().enumerate().filter(|(_, r)| r.sources.is_empty()) {
                let locator = format!("line {}", i + 1);
                let path = path.to_string_lossy().into_owned();
                record.sources.push(Source { path, locator, format: "json-lines".into() });
            }
            let mut paths = vec![path];
            if has_junk && step == 0 {
                let others: Vec<String> = (0..20).map(|n| json(&record(random, 10_000 + n, true))).collect();
                fs::write(&junk, others.concat()).expect("a file");
                paths.push(junk.clone());
            }
            ingest(&library, &paths, Vanished::Keep);
        }
        if has_junk {
            fs::remove_file(&junk).expect("a file");
            ingest(&library, &[folder.path().to_owned()], Vanished::Remove);
        }
        let own = random.chance(50);
        if own {
            library.set_authorities(OWN).expect("a list");
        }
        let docs = records.into_iter().map(|r| Doc::new(r).named(own)).collect();
        World { library, docs, own, folder }
    }
}

pub(crate) fn json(record: &Record) -> String {
    serde_json::to_string(record).expect("JSON") + "\n"
}

/// Ingests paths; nothing may be set aside.
pub(crate) fn ingest(library: &Library, paths: &[PathBuf], vanished: Vanished) {
    let options = IngestOptions { vanished, memory: 16 << 20, ..IngestOptions::default() };
    let report = library.ingest(paths, &options, &mut |_| ControlFlow::Continue(())).expect("an ingest");
    assert_eq!(report.rejects, []);
}

/// A library of files in a folder, ingested in steps.
pub(crate) fn library_of(index: &Path, steps: &[Vec<PathBuf>]) -> Library {
    let library = Library::open_or_create(index).expect("a library");
    steps.iter().for_each(|paths| ingest(&library, paths, Vanished::Keep));
    library
}
