//! The sample collection keeps its promises: everything is read, real works and topic notes are told apart, annotations and
//! notes have the length and the opening that `corpus/README.md` states, and nothing is merged or lost.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;

use commlit::ingest::file::{Event, read_files};
use commlit::ingest::values;
use commlit::ingest::walk::walk;
use commlit::record::{Record, TitleSource};
use commlit::words;

const OPENING: &str = "Annotation by the commlit project: ";

fn records() -> Vec<Record> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let found = walk(&[corpus]);
    assert_eq!(found.rejects, []);
    let mut records = Vec::new();
    let end = read_files(&found.files, &mut |_, event| {
        match event {
            Event::Record(record) => records.push(*record),
            Event::Reject(reject) => panic!("{reject}"),
            Event::PassedOver(_) | Event::Advanced(_) | Event::Finished => {}
        }
        ControlFlow::Continue(())
    });
    assert!(end.is_continue());
    records
}

#[test]
fn works_and_notes_are_as_the_readme_says() {
    let records = records();
    let (notes, works): (Vec<_>, Vec<_>) =
        records.iter().partition(|r| r.item_type.as_deref() == Some("entry-encyclopedia"));
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/README.md")).unwrap();
    assert!(
        readme.contains(&format!("{} real works and {} topic notes", works.len(), notes.len())),
        "{} {}",
        works.len(),
        notes.len()
    );
    assert!(works.len() >= 150 && notes.len() >= 40);
    let length = |text: &str| text.split_whitespace().count();
    for note in &notes {
        let text = note.abstract_text.as_deref().unwrap();
        assert!((120..=300).contains(&length(text)), "{}: {} words", note.id, length(text));
        assert!(!text.starts_with(OPENING));
        assert_eq!(note.container.as_ref().unwrap().title, "commlit topic notes");
        assert!(note.id.starts_with("topic:"));
    }
    let mut annotated = 0;
    for work in &works {
        assert_ne!(work.title_source, Some(TitleSource::Derived), "{}", work.title);
        assert!(!work.truncated, "{}", work.title);
        if let Some(text) = &work.abstract_text {
            annotated += 1;
            let text = text.strip_prefix(OPENING).unwrap_or_else(|| panic!("{}: poses as an abstract", work.title));
            assert!((60..=200).contains(&length(text)), "{}: {} words", work.title, length(text));
        }
    }
    assert!(annotated >= 80, "{annotated}");
}

#[test]
fn no_work_is_there_twice_and_no_annotation_is_a_formula() {
    let records = records();
    let titles: BTreeSet<_> = records.iter().map(|r| (words::key(&r.title), &r.item_type)).collect();
    assert_eq!(titles.len(), records.len());
    let ids: BTreeSet<_> = records.iter().map(|r| &r.id).collect();
    assert_eq!(ids.len(), records.len());
    let mut openings: BTreeMap<String, usize> = BTreeMap::new();
    for text in records.iter().filter_map(|r| r.abstract_text.as_deref()) {
        let opening = words::folded(text.strip_prefix(OPENING).unwrap_or(text));
        *openings.entry(opening[..opening.len().min(6)].join(" ")).or_default() += 1;
    }
    let repeated: Vec<_> = openings.iter().filter(|(_, n)| **n > 1).collect();
    assert!(repeated.is_empty(), "{repeated:?}");
}

#[test]
fn identifiers_hold() {
    for r in records() {
        assert!(r.isbn.iter().all(|i| values::isbn(i).is_some()), "{}", r.title);
        assert!(r.isbn10.iter().all(|i| values::isbn(i).is_some()), "{}", r.title);
        assert!(r.doi.iter().all(|d| values::doi(d).as_ref() == Some(d)), "{}", r.title);
        let issn = r.issn.iter().chain(r.container.iter().flat_map(|c| &c.issn));
        assert!(issn.into_iter().all(|i| values::issn(i).is_some()), "{}", r.title);
        assert!(r.year.is_none_or(|y| (1948..=2026).contains(&y)), "{}", r.title);
        assert!(!r.sources.is_empty() && r.sources.iter().all(|s| !s.locator.is_empty()), "{}", r.title);
    }
}

#[test]
fn every_format_has_its_part() {
    let mut formats: BTreeMap<String, usize> = BTreeMap::new();
    for r in records() {
        *formats.entry(r.sources[0].format.clone()).or_default() += 1;
    }
    for (format, least) in [
        ("html", 60),
        ("page-text", 10),
        ("json-lines", 60),
        ("marcxml", 8),
        ("mods", 8),
        ("pubmed", 6),
        ("ris", 10),
        ("bibtex", 6),
        ("csl-json", 10),
        ("table", 8),
    ] {
        assert!(formats.get(format).is_some_and(|n| *n >= least), "{format}: {formats:?}");
    }
}

/// The works that stand in exchange formats were JSON lines or pages before, and read the same from either.
#[test]
fn exchange_formats_say_everything() {
    for r in records() {
        let format = r.sources[0].format.as_str();
        if !["marcxml", "mods", "pubmed", "ris", "bibtex", "csl-json", "table"].contains(&format) {
            continue;
        }
        let place = &r.sources[0];
        assert!(r.item_type.is_some() && r.languages == ["en"] && !r.subjects.is_empty(), "{place:?}: {r:?}");
        assert!(r.notes.is_empty(), "{place:?}: what has no field would be a note: {:?}", r.notes);
        let clean = |text: &str| text.trim() == text && !text.ends_with([':', ';', '/', ',']);
        let texts = [&r.title].into_iter().chain(&r.publisher).chain(&r.place).chain(&r.series).chain(&r.subjects);
        assert!(texts.chain(r.creators.iter().map(|c| &c.name)).all(|t| clean(t)), "{place:?}: {r:?}");
    }
}
