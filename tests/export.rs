//! Citation formats: every record in `tests/cases/export` is written as the text file beside it says, and what is written can
//! be read again.
//!
//! `BLESS=1 cargo test --test export` rewrites the text files; read the diff. The parsers here are small and strict on
//! purpose: they know no more of a format than its syntax and the table in `src/export/mod.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;

use commlit::export::labels::restore;
use commlit::export::{Citation, Keys, Writer, csv, write};
use commlit::ingest::file::{Event, read_files};
use commlit::ingest::walk::walk;
use commlit::record::{Container, Creator, Record, TitleSource};
use proptest::prelude::*;
use serde_json::Value;

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

fn corpus() -> Vec<Record> {
    let found = walk(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")]);
    let mut records = Vec::new();
    let end = read_files(&found.files, &mut |_, event| {
        if let Event::Record(record) = event {
            records.push(*record);
        }
        ControlFlow::Continue(())
    });
    assert!(end.is_continue());
    assert!(records.len() > 200);
    records
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
            got += &format!("== reference\n{}", reference(record, "harvard-cite-them-right", Markup::Plain));
            got += &format!("== reference-html\n{}", reference(record, "apa", Markup::Html));
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

// ---- what is written holds every value

/// Every text of a record but its sources and, of a type, role or language that the format spells in its own way, nothing.
fn values(record: &Record) -> Vec<String> {
    fn collect(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::String(s) => out.extend(s.split("\n\n").map(line).filter(|s| !s.is_empty())),
            Value::Number(n) => out.push(n.to_string()),
            Value::Array(list) => list.iter().for_each(|v| collect(v, out)),
            Value::Object(object) => object.values().for_each(|v| collect(v, out)),
            _ => {}
        }
    }
    let mut record = Record { sources: Vec::new(), item_type: None, title_source: None, ..record.clone() };
    record.creators.iter_mut().for_each(|c| c.role = None);
    let mut out = Vec::new();
    collect(&serde_json::to_value(record).unwrap(), &mut out);
    out
}

/// As the writers fold a value to a line.
fn line(text: &str) -> String {
    let words = text.split_whitespace().map(|w| w.chars().filter(|c| !c.is_control()).collect::<String>());
    words.filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

fn assert_holds(what: &str, record: &Record, written: &[String]) {
    for value in values(record) {
        let found = written.iter().any(|w| w.contains(&value));
        assert!(found, "{what} of {} has lost `{value}`: {written:#?}", record.id);
    }
}

/// Tags and values of RIS; lines without a tag go on the value before them.
fn ris(text: &str) -> Vec<Vec<(String, String)>> {
    let mut records: Vec<Vec<(String, String)>> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let bytes = line.as_bytes();
        let tagged = bytes.len() >= 6
            && bytes[0].is_ascii_uppercase()
            && (bytes[1].is_ascii_uppercase() || bytes[1].is_ascii_digit())
            && &bytes[2..6] == b"  - ";
        if tagged {
            let (tag, value) = (&line[..2], &line[6..]);
            match tag {
                "TY" => {
                    assert!(!open, "TY within a record");
                    records.push(Vec::new());
                    open = true;
                }
                "ER" => {
                    assert!(open && value.is_empty());
                    open = false;
                    continue;
                }
                _ => assert!(open, "{tag} outside of a record"),
            }
            records.last_mut().unwrap().push((tag.to_owned(), value.to_owned()));
        } else if open {
            let value = &mut records.last_mut().unwrap().last_mut().unwrap().1;
            value.push('\n');
            value.push_str(line.trim());
        } else {
            assert!(line.is_empty(), "`{line}` outside of a record");
        }
    }
    assert!(!open);
    records
}

#[test]
fn ris_is_well_formed_and_holds_every_value() {
    let records: Vec<Record> = corpus().into_iter().chain(cases().into_values()).collect();
    let read = ris(&text(Citation::Ris, &records));
    assert_eq!(read.len(), records.len());
    for (record, fields) in records.iter().zip(read) {
        let mut written: Vec<String> = fields.iter().flat_map(|f| f.1.split("\n\n").map(line)).collect();
        let one = |tag: &str| fields.iter().find(|f| f.0 == tag).map_or("", |f| &f.1);
        written.push(format!("{}-{}", one("SP"), one("EP")));
        assert_holds("RIS", record, &written);
    }
}

/// The text of a LaTeX value.
fn unlatex(value: &str) -> String {
    let mut out = String::new();
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' => {}
            '\\' if chars.peek().is_some_and(char::is_ascii_alphabetic) => {
                let mut name = String::new();
                while let Some(c) = chars.next_if(char::is_ascii_alphabetic) {
                    name.push(c);
                }
                out.push(match name.as_str() {
                    "textbackslash" => '\\',
                    "textasciitilde" => '~',
                    "textasciicircum" => '^',
                    "textbraceleft" => '{',
                    "textbraceright" => '}',
                    other => panic!("\\{other}"),
                });
            }
            '\\' => out.extend(chars.next()),
            c => out.push(c),
        }
    }
    out
}

#[test]
fn bibtex_is_parsed_by_another_program_and_holds_every_value() {
    let records: Vec<Record> = corpus().into_iter().chain(cases().into_values()).collect();
    let written = text(Citation::BibTex, &records);
    let raw = biblatex::RawBibliography::parse(&written).unwrap();
    assert_eq!(raw.entries.len(), records.len());
    let keys: BTreeSet<&str> = raw.entries.iter().map(|e| e.v.key.v).collect();
    let ids: BTreeSet<&str> = records.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(keys.len(), ids.len(), "keys are unique");
    for (record, entry) in records.iter().zip(&raw.entries) {
        let mut fields = Vec::new();
        for pair in &entry.v.fields {
            let mut value = String::new();
            for chunk in &pair.value.v {
                match chunk.v {
                    biblatex::RawChunk::Normal(text) => value.push_str(text),
                    biblatex::RawChunk::Abbreviation(name) => panic!("an abbreviation, {name}"),
                }
            }
            let verbatim = ["url", "doi", "commlit-id", "isbn", "issn", "pmid"].contains(&pair.key.v);
            let value = if verbatim { value } else { unlatex(&value) };
            fields.extend(value.split("\n\n").map(line));
            if pair.key.v == "pages" {
                fields.push(value.replace("--", "-"));
            }
        }
        // Names with a suffix have it in the middle.
        fields.push(fields.join(" ").replace("King, Jr., Martin Luther", "King, Martin Luther, Jr."));
        assert_holds("BibTeX", record, &fields);
    }
    // What LaTeX makes of it, as far as that parser goes.
    let bibliography = biblatex::Bibliography::parse(&written).unwrap();
    for (record, raw) in records.iter().zip(&raw.entries) {
        let entry = bibliography.get(raw.v.key.v).unwrap();
        if record.id.starts_with("sc_1") {
            continue;
        }
        let title = biblatex::ChunksExt::format_verbatim(entry.title().unwrap());
        assert_eq!(title, line(&record.title));
        let people =
            entry.author().unwrap_or_default().len() + entry.editors().map_or(0, |e| e.iter().map(|e| e.0.len()).sum());
        let translators = record.creators.iter().filter(|c| c.role.as_deref() == Some("trl")).count();
        assert_eq!(people + translators, record.creators.len(), "{}", record.id);
    }
}

#[test]
fn csl_json_keeps_to_its_schema_and_holds_every_value() {
    const TEXTS: &[&str] = &[
        "id",
        "type",
        "title",
        "container-title",
        "volume",
        "issue",
        "page",
        "ISSN",
        "ISBN",
        "DOI",
        "PMID",
        "PMCID",
        "URL",
        "language",
        "collection-title",
        "edition",
        "publisher",
        "publisher-place",
        "license",
        "keyword",
        "abstract",
        "note",
    ];
    const NAMES: &[&str] = &["author", "editor", "translator", "illustrator", "contributor"];
    let records: Vec<Record> = corpus().into_iter().chain(cases().into_values()).collect();
    let items: Vec<Value> = serde_json::from_str(&text(Citation::CslJson, &records)).unwrap();
    assert_eq!(items.len(), records.len());
    for (record, item) in records.iter().zip(&items) {
        let mut written = Vec::new();
        for (name, value) in item.as_object().unwrap() {
            match name.as_str() {
                n if TEXTS.contains(&n) => {
                    let text = value.as_str().unwrap();
                    assert!(!text.is_empty());
                    written.extend(text.split('\n').map(str::to_owned));
                }
                n if NAMES.contains(&n) => {
                    for name in value.as_array().unwrap() {
                        let part = |p: &str| name.get(p).map(|v| v.as_str().unwrap());
                        let known = ["family", "given", "suffix", "literal"];
                        assert!(name.as_object().unwrap().keys().all(|k| known.contains(&k.as_str())));
                        let parts = [part("literal"), part("family"), part("given"), part("suffix")];
                        assert!(part("literal").is_some() != part("family").is_some());
                        written.push(parts.into_iter().flatten().collect::<Vec<_>>().join(", "));
                    }
                }
                "issued" => {
                    assert_eq!(value.as_object().unwrap().len(), 1);
                    let parts: Vec<Vec<i64>> = serde_json::from_value(value["date-parts"].clone()).unwrap();
                    assert!(parts.len() == 1 && (1..=3).contains(&parts[0].len()));
                    written.push(parts[0][0].to_string());
                    let iso = parts[0].iter().map(|n| format!("{n:02}")).collect::<Vec<_>>().join("-");
                    written.push(iso);
                }
                "custom" => written.extend(value["body"].as_str().unwrap().split("\n\n").map(str::to_owned)),
                other => panic!("{other} is not in the schema"),
            }
        }
        assert_holds("CSL-JSON", record, &written);
    }
}

#[test]
fn endnote_xml_is_well_formed_and_holds_every_value() {
    use quick_xml::events::Event;
    let records: Vec<Record> = corpus().into_iter().chain(cases().into_values()).collect();
    let written = text(Citation::EndNoteXml, &records);
    let mut reader = quick_xml::Reader::from_str(&written);
    reader.config_mut().check_end_names = true;
    let (mut values, mut depth, mut read) = (Vec::new(), 0, 0);
    let mut value = String::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(_) => {
                depth += 1;
                value.clear();
            }
            Event::Text(text) => value.push_str(&text),
            Event::GeneralRef(name) => value.push(match &*name {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                other => panic!("{other:?}"),
            }),
            Event::End(end) => {
                depth -= 1;
                values.extend(value.split('\n').map(line));
                value.clear();
                if end.name().as_ref() == "record" {
                    assert_holds("EndNote XML", &records[read], &values);
                    values.clear();
                    read += 1;
                }
            }
            Event::Eof => break,
            Event::Decl(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((depth, read), (0, records.len()));
}

// ---- and gives it back

/// A record as every format folds it: lines, no sources, no role for authors, a title that the source states.
fn folded(record: &Record) -> Record {
    let paragraphs = |text: &Option<String>| {
        // A line of nothing but white space ends a paragraph, too.
        let text = text.as_deref()?.lines().map(line).collect::<Vec<_>>().join("\n");
        let paragraphs: Vec<String> = text.split("\n\n").map(line).filter(|p| !p.is_empty()).collect();
        Some(paragraphs.join("\n\n")).filter(|t| !t.is_empty())
    };
    let one = |text: &Option<String>| text.as_deref().map(line).filter(|t| !t.is_empty());
    let list = |list: &[String]| -> Vec<String> { list.iter().map(|t| line(t)).filter(|t| !t.is_empty()).collect() };
    let creators =
        record.creators.iter().map(|c| Creator { name: line(&c.name), role: one(&c.role).filter(|r| r != "aut") });
    let container = record.container.as_ref().map(|c| Container {
        title: line(&c.title),
        volume: one(&c.volume),
        issue: one(&c.issue),
        pages: one(&c.pages),
        issn: one(&c.issn),
    });
    Record {
        id: line(&record.id),
        title: line(&record.title),
        title_source: record.title_source.filter(|s| *s == TitleSource::Derived),
        alternative_titles: list(&record.alternative_titles),
        item_type: one(&record.item_type),
        creators: creators.filter(|c| !c.name.is_empty()).collect(),
        year: record.year,
        date: one(&record.date),
        publisher: list(&record.publisher),
        place: list(&record.place),
        container: container.filter(|c| *c != Container::default()),
        series: list(&record.series),
        edition: one(&record.edition),
        extent: one(&record.extent),
        rights: one(&record.rights),
        access: one(&record.access),
        isbn: list(&record.isbn),
        isbn10: list(&record.isbn10),
        issn: list(&record.issn),
        doi: one(&record.doi),
        pmid: one(&record.pmid),
        pmcid: one(&record.pmcid),
        url: list(&record.url),
        abstract_text: paragraphs(&record.abstract_text),
        truncated: record.truncated,
        body: paragraphs(&record.body),
        subjects: list(&record.subjects),
        languages: list(&record.languages),
        notes: list(&record.notes),
        sources: Vec::new(),
        merged_ids: list(&record.merged_ids),
    }
}

fn container(record: &mut Record) -> &mut Container {
    record.container.get_or_insert_default()
}

/// Reads RIS by the table of the writer.
fn from_ris(fields: &[(String, String)]) -> Record {
    let mut r = Record::default();
    for (tag, value) in fields {
        let value = value.clone();
        match tag.as_str() {
            "TY" => {
                let types = [
                    ("JOUR", "article-journal"),
                    ("BOOK", "book"),
                    ("CHAP", "chapter"),
                    ("RPRT", "report"),
                    ("THES", "thesis"),
                    ("STAT", "legislation"),
                    ("ELEC", "webpage"),
                    ("MGZN", "article-magazine"),
                    ("PAMP", "pamphlet"),
                    ("ENCYC", "entry-encyclopedia"),
                    ("BLOG", "post-weblog"),
                    ("HEAR", "hearing"),
                    ("PCOMM", "personal_communication"),
                    ("NEWS", "article-newspaper"),
                ];
                r.item_type = types.iter().find(|t| t.0 == value).map(|t| t.1.to_owned());
            }
            "ID" => r.id = value,
            "TI" => r.title = value,
            "TT" => r.alternative_titles.push(value),
            "AU" => r.creators.push(Creator::new(value)),
            "ED" => r.creators.push(Creator { name: value, role: Some("edt".into()) }),
            "A4" => r.creators.push(Creator { name: value, role: Some("trl".into()) }),
            "PY" => r.year = value.parse().ok(),
            "DA" => r.date = Some(value),
            "T2" => container(&mut r).title = value,
            "VL" => container(&mut r).volume = Some(value),
            "IS" => container(&mut r).issue = Some(value),
            "SP" => container(&mut r).pages = Some(value),
            "EP" => {
                let pages = container(&mut r).pages.get_or_insert_default();
                *pages = format!("{pages}-{value}");
            }
            "T3" => r.series.push(value),
            "ET" => r.edition = Some(value),
            "PB" => r.publisher.push(value),
            "CY" => r.place.push(value),
            "SN" if value.len() == 13 => r.isbn.push(value),
            "SN" if value.len() == 10 => r.isbn10.push(value),
            "SN" => match &mut r.container {
                Some(c) => c.issn = Some(value),
                None => r.issn.push(value),
            },
            "DO" => r.doi = Some(value),
            "AN" => r.pmid = Some(value.strip_prefix("PMID: ").unwrap().to_owned()),
            "C2" => r.pmcid = Some(value),
            "UR" => r.url.push(value),
            "AB" => r.abstract_text = Some(value),
            "KW" => r.subjects.push(value),
            "LA" => r.languages.push(value),
            "N1" => r.notes.push(value),
            other => panic!("{other}"),
        }
    }
    restore(&mut r);
    r
}

/// Reads CSV by the table of the writer.
fn from_csv(header: &::csv::StringRecord, row: &::csv::StringRecord) -> Record {
    let mut r = Record::default();
    let mut roles = Vec::new();
    for (name, cell) in header.iter().zip(row) {
        let cell = csv::without_apostrophe(cell);
        if cell.is_empty() {
            continue;
        }
        let value = cell.to_owned();
        let list = csv::split(cell);
        match name {
            "id" => r.id = value,
            "title" => r.title = value,
            "creators" => r.creators = list.into_iter().map(Creator::new).collect(),
            "roles" => roles = list,
            "year" => r.year = value.parse().ok(),
            "type" => r.item_type = Some(value),
            "publisher" => r.publisher = list,
            "place" => r.place = list,
            "journal" => container(&mut r).title = value,
            "volume" => container(&mut r).volume = Some(value),
            "issue" => container(&mut r).issue = Some(value),
            "pages" => container(&mut r).pages = Some(value),
            "container_issn" => container(&mut r).issn = Some(value),
            "isbn" => r.isbn = list,
            "isbn10" => r.isbn10 = list,
            "issn" => r.issn = list,
            "doi" => r.doi = Some(value),
            "pmid" => r.pmid = Some(value),
            "pmcid" => r.pmcid = Some(value),
            "url" => r.url = list,
            "alternative_titles" => r.alternative_titles = list,
            "title_source" => r.title_source = Some(TitleSource::Derived),
            "date" => r.date = Some(value),
            "series" => r.series = list,
            "edition" => r.edition = Some(value),
            "extent" => r.extent = Some(value),
            "rights" => r.rights = Some(value),
            "access" => r.access = Some(value),
            "subjects" => r.subjects = list,
            "languages" => r.languages = list,
            "abstract" => r.abstract_text = Some(value),
            "truncated" => r.truncated = true,
            "notes" => r.notes = list,
            "merged_ids" => r.merged_ids = list,
            "body" => r.body = Some(value),
            other => panic!("{other}"),
        }
    }
    for (creator, role) in r.creators.iter_mut().zip(roles) {
        creator.role = Some(role).filter(|r| !r.is_empty() && r != "aut");
    }
    r
}

fn assert_comes_back(records: &[Record]) {
    let read = ris(&text(Citation::Ris, records));
    assert_eq!(read.len(), records.len());
    for (record, fields) in records.iter().zip(read) {
        assert_eq!(from_ris(&fields), folded(record), "RIS");
    }
    let written = text(Citation::Csv, records);
    let mut reader = ::csv::Reader::from_reader(written.as_bytes());
    let header = reader.headers().unwrap().clone();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), records.len());
    for (record, row) in records.iter().zip(&rows) {
        assert_eq!(from_csv(&header, row), folded(record), "CSV");
    }
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@']), "a formula: {cell}");
    }
}

#[test]
fn what_is_written_gives_the_same_record() {
    assert_comes_back(&corpus());
    assert_comes_back(&cases().into_values().collect::<Vec<_>>());
}

fn any_text() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        3 => "[a-zA-Zé中&%$#_{}\\\\<>\"';:=+@,.-]{1,8}",
        1 => Just("ER  - ".to_owned()),
        1 => Just("Place: ".to_owned()),
        1 => Just("Note: ".to_owned()),
        1 => Just("; ".to_owned()),
        1 => Just(" and ".to_owned()),
        1 => Just("\n".to_owned()),
        1 => Just("\u{0}".to_owned()),
    ];
    prop::collection::vec(pieces, 1..6).prop_map(|pieces| format!("x{}x", pieces.join(" ")))
}

prop_compose! {
    fn any_record()(
        texts in prop::collection::vec(any_text(), 12),
        lists in prop::collection::vec(prop::collection::btree_set(any_text(), 0..3), 7),
        names in prop::collection::vec((any_text(), prop::option::of(prop::sample::select(vec!["edt", "trl", "ill"]))), 0..4),
        kind in prop::option::of(prop::sample::select(vec!["book", "article-journal", "speech", "report", "document"])),
        in_container in any::<bool>(),
        (derived, truncated) in any::<(bool, bool)>(),
        year in prop::option::of(1500..2100_i32),
    ) -> Record {
        let list = |i: usize| {
            let mut seen = BTreeSet::new();
            let values: Vec<String> = lists[i].iter().cloned().collect();
            values.into_iter().filter(|v| seen.insert(line(v))).collect::<Vec<_>>()
        };
        let names = names.into_iter().map(|(name, role)| Creator { name, role: role.map(str::to_owned) });
        Record {
            id: texts[0].clone(),
            title: texts[1].clone(),
            title_source: derived.then_some(TitleSource::Derived),
            alternative_titles: list(0),
            item_type: kind.map(str::to_owned),
            creators: names.collect(),
            year,
            date: Some(texts[2].clone()),
            publisher: list(1),
            place: list(2),
            container: in_container.then(|| Container { title: texts[3].clone(), volume: Some(texts[4].clone()), ..Container::default() }),
            series: list(3),
            edition: Some(texts[5].clone()),
            extent: Some(texts[6].clone()),
            rights: Some(texts[7].clone()),
            access: Some(texts[8].clone()),
            abstract_text: Some(format!("{}\n\n{}", texts[9], texts[10])),
            body: Some(texts[11].clone()),
            truncated,
            subjects: list(4),
            notes: list(5),
            url: list(6),
            ..Record::default()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_record_comes_back(record in any_record()) {
        assert_comes_back(std::slice::from_ref(&record));
    }

    #[test]
    fn any_record_is_well_formed_in_every_format(records in prop::collection::vec(any_record(), 0..3)) {
        let bibtex = text(Citation::BibTex, &records);
        prop_assert_eq!(biblatex::RawBibliography::parse(&bibtex).unwrap().entries.len(), records.len());
        let items: Vec<Value> = serde_json::from_str(&text(Citation::CslJson, &records)).unwrap();
        prop_assert_eq!(items.len(), records.len());
        let xml = text(Citation::EndNoteXml, &records);
        let mut reader = quick_xml::Reader::from_str(&xml);
        while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
    }

    #[test]
    fn any_cell_comes_back(value in "['=+@;\\\\ a-]{0,8}", values in prop::collection::vec("[=;\\\\ a]{0,4}", 1..4)) {
        let written = csv::cell(&value);
        prop_assert!(!written.starts_with(['=', '+', '-', '@']));
        prop_assert_eq!(csv::without_apostrophe(&written), value);
        let record = Record { subjects: values.clone(), ..Record::default() };
        let at = csv::COLUMNS.iter().position(|c| *c == "subjects").unwrap();
        let cells = csv::cells(&record);
        let read = csv::split(csv::without_apostrophe(&cells[at]));
        let wanted: Vec<String> = values.iter().map(|v| line(v)).collect();
        if wanted.iter().any(|v| !v.is_empty()) {
            prop_assert_eq!(read, wanted);
        }
    }
}

// ---- citation keys and names of formats

#[test]
fn keys_do_not_depend_on_the_order() {
    let record = |id: &str, name: &str, title: &str| Record {
        id: id.into(),
        title: title.into(),
        creators: vec![Creator::new(name)],
        year: Some(1997),
        ..Record::default()
    };
    let mut records = [
        record("3", "Mays, Nicholas", "The total purchasing pilots"),
        record("1", "Mays, Nicholas", "Total purchasing"),
        record("2", "Mays, Ann", "Total"),
        record("4", "van der Zee, Jouke", "A view from Utrecht"),
        record("5", "Øvretveit, John", "Purchasing"),
        record("6", "The King's Fund", "«Étude» of contracts"),
        record("7", "山田, 太郎", "医療"),
    ];
    let keys = |records: &[Record]| -> BTreeMap<String, String> {
        let mut keys: Keys = records.iter().collect();
        records.iter().map(|r| (r.id.clone(), keys.key(r))).collect()
    };
    let first = keys(&records);
    let expected = [
        ("1", "mays1997total-a"),
        ("2", "mays1997total-b"),
        ("3", "mays1997total-c"),
        ("4", "vanderzee1997view"),
        ("5", "ovretveit1997purchasing"),
        ("6", "kings1997etude"),
        ("7", "anon1997"),
    ];
    assert_eq!(first, expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect());
    records.reverse();
    assert_eq!(keys(&records), first);
    assert_eq!(Keys::default().key(&records[0]), "anon1997");
    let many: Vec<Record> = (0..800).map(|i| record(&format!("{i:03}"), "Mays, N", "Total")).collect();
    let many = keys(&many);
    assert_eq!((many["025"].as_str(), many["026"].as_str()), ("mays1997total-z", "mays1997total-aa"));
    assert_eq!(many.values().collect::<BTreeSet<_>>().len(), 800);
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
    let writer = Writer::start(Citation::EndNoteXml, Keys::default(), &mut out).unwrap();
    writer.finish().unwrap();
    assert!(String::from_utf8(out).unwrap().ends_with("<records>\n</records>\n</xml>\n"));
}

// ---- references

#[cfg(feature = "styles")]
use commlit::export::references::{Markup, References, Style};

#[cfg(feature = "styles")]
fn reference(record: &Record, style: &str, markup: Markup) -> String {
    let style = Style::named(style).unwrap();
    let mut list = References::new(&style);
    list.add(record);
    let mut out = Vec::new();
    list.write(markup, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[cfg(feature = "styles")]
#[test]
fn a_list_of_references_is_sorted_and_tells_works_apart() {
    let cases = cases();
    let twin = Record { id: "twin".into(), title: "A second look at fundholding".into(), ..cases["thesis"].clone() };
    let style = Style::named(Style::DEFAULT).unwrap();
    let mut list = References::new(&style);
    for record in [&cases["thesis"], &twin, &cases["book"]] {
        list.add(record);
    }
    let texts = list.texts(Markup::Plain);
    assert_eq!(texts.len(), 3);
    assert!(texts[0].starts_with("Dixon, J. (1999a) A second look"), "{texts:#?}");
    assert!(texts[1].starts_with("Dixon, J. (1999b) Fundholding in practice"), "{texts:#?}");
    assert!(texts[2].starts_with("Glennerster, H., Matsaganis, M. and Owens, P. (1994)"), "{texts:#?}");
    let undated = Record { date: None, ..cases["article"].clone() };
    let vancouver = Style::named("vancouver").unwrap();
    let mut list = References::new(&vancouver);
    list.add(&undated);
    assert!(list.texts(Markup::Plain)[0].contains("BMJ. 1997;315(7109):652–5."));
    let mut list = References::new(&vancouver);
    list.add(&cases["article"]);
    list.add(&cases["book"]);
    let texts = list.texts(Markup::Plain);
    assert!(texts[0].starts_with("1. Mays N, Goodwin N") && texts[1].starts_with("2. Glennerster H"), "{texts:#?}");
}

#[cfg(feature = "styles")]
#[test]
fn html_of_references_is_escaped() {
    let record = Record {
        id: "x".into(),
        title: "<script>alert(1)</script> & co".into(),
        url: vec!["javascript:alert(1)".into()],
        item_type: Some("webpage".into()),
        creators: vec![Creator::new("A <b> \"c\", D")],
        ..Record::default()
    };
    for style in Style::names() {
        let Ok(style) = Style::named(style) else { continue };
        let mut list = References::new(&style);
        list.add(&record);
        let html = list.texts(Markup::Html).concat();
        assert!(!html.contains("<script") && !html.contains("<b> ") && !html.contains("href=\"javascript"), "{html}");
    }
}

#[cfg(feature = "styles")]
#[test]
fn every_style_takes_every_record() {
    let corpus = corpus();
    let cases = cases();
    let year = Record { id: "y".into(), title: "Years".into(), year: Some(123_456), ..Record::default() };
    for name in Style::names() {
        let Ok(style) = Style::named(name) else { continue };
        let mut list = References::new(&style);
        corpus.iter().take(4).chain(cases.values()).chain([&year]).for_each(|r| list.add(r));
        assert!(!list.texts(Markup::Plain).is_empty(), "{name}");
    }
}

#[cfg(feature = "styles")]
#[test]
fn a_style_can_be_any_csl_file() {
    const STYLE: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0">
  <info><title>Short</title><id>short</id><updated>2024-01-01T00:00:00+00:00</updated></info>
  <citation><layout><text variable="title"/></layout></citation>
  <bibliography><layout><text variable="title" font-style="italic"/><text variable="publisher" prefix=" / "/></layout></bibliography>
</style>"#;
    const DEPENDENT: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0" default-locale="en-GB">
  <info><title>Child</title><id>child</id><link href="PARENT" rel="independent-parent"/><updated>2024-01-01T00:00:00+00:00</updated></info>
</style>"#;
    let style = Style::from_csl(STYLE).unwrap();
    let mut list = References::new(&style);
    list.add(&cases()["book"]);
    let wanted = "<i>Implementing GP fundholding: wild card or winning hand?</i> / Open University Press";
    assert_eq!(list.texts(Markup::Html), [wanted]);
    assert!(Style::from_csl(&DEPENDENT.replace("PARENT", "http://www.zotero.org/styles/apa")).is_ok());
    for bad in [DEPENDENT, "", "<style/>", "no style", &STYLE.replace("bibliography", "bibliographies")] {
        assert!(Style::from_csl(bad).is_err(), "{bad}");
    }
    assert!(Style::named("nowhere").unwrap_err().hint().is_some());
}
