//! Citation formats: every record in `tests/cases/export` is written as the text file beside it says, what is written is
//! well-formed, and it can be read again and gives the same record.
//!
//! `BLESS=1 cargo test --test export` rewrites the text files; read the diff. The round trip of more records than ship is
//! `COMMLIT_SHARED_DATA=FOLDER cargo test --test export -- --ignored --nocapture`, with any folder of files that commlit reads.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod keys;
#[cfg(feature = "styles")]
mod references;
mod round_trip;
mod well_formed;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use commlit::Record;
use commlit::export::{Citation, Writer, write};
use commlit::ingest::file::{Event, read_files};
use commlit::ingest::walk::walk;

fn text(format: Citation, records: &[Record]) -> String {
    let mut out = Vec::new();
    write(format, records, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn cases() -> BTreeMap<String, Record> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/export");
    let mut cases = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ext| ext == "json") {
            let record = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            cases.insert(path.file_stem().unwrap().to_string_lossy().into_owned(), record);
        }
    }
    cases
}

/// The records of a file or folder, and how many things in it were set aside.
fn records_of(path: PathBuf) -> (Vec<Record>, usize) {
    let found = walk(&[path]);
    let (mut records, mut rejects) = (Vec::new(), 0);
    let end = read_files(&found.files, &mut |_, event| {
        match event {
            Event::Record(record) => records.push(*record),
            Event::Reject(_) => rejects += 1,
            Event::PassedOver(_) | Event::Advanced(_) | Event::Finished => {}
        }
        ControlFlow::Continue(())
    });
    assert!(end.is_continue());
    (records, rejects)
}

fn corpus() -> Vec<Record> {
    let records = records_of(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")).0;
    assert!(records.len() > 200);
    records
}

/// As the writers fold a value to a line.
fn line(text: &str) -> String {
    let shown = |c: &char| !c.is_control() && !matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    let words = text.split_whitespace().map(|w| w.chars().filter(shown).collect::<String>());
    words.filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_case_is_written_as_its_file_says() {
    let cases = cases();
    assert!(cases.len() >= 15);
    let mut failures = Vec::new();
    for (name, record) in &cases {
        let mut got = String::new();
        for format in Citation::ALL {
            got += &format!("== {}\n{}", format.name(), text(format, std::slice::from_ref(record)));
        }
        #[cfg(feature = "styles")]
        {
            use commlit::export::references::Markup;
            got += &format!("== reference\n{}", references::one(record, "harvard-cite-them-right", Markup::Plain));
            got += &format!("== reference-html\n{}", references::one(record, "apa", Markup::Html));
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cases/export/{name}.txt"));
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        // Without the styles there are no references.
        let agrees = if cfg!(feature = "styles") { expected == got } else { expected.starts_with(&got) };
        if !agrees {
            if std::env::var_os("BLESS").is_some() {
                std::fs::write(&path, got).unwrap();
                continue;
            }
            failures.push(format!("{name} is written as\n{got}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn formats_have_names_and_empty_files_are_files() {
    for format in Citation::ALL {
        assert_eq!(Citation::from_name(format.name()).unwrap(), format);
    }
    let error = Citation::from_name("marc").unwrap_err();
    assert!(error.hint().unwrap().contains("endnote-xml"));
    assert_eq!(text(Citation::Ris, &[]), "");
    assert_eq!(text(Citation::CslJson, &[]), "[\n]\n");
    assert_eq!(text(Citation::Csv, &[]).lines().count(), 1);
    let mut out = Vec::new();
    let writer = Writer::start(Citation::EndNoteXml, &mut out).unwrap();
    writer.finish().unwrap();
    assert!(String::from_utf8(out).unwrap().ends_with("<records>\n</records>\n</xml>\n"));
}
