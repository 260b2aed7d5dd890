//! What is written, read again by commlit's own readers, gives the same record: over the sample collection, over any folder
//! of files, and over random records made of what formats stumble on.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use commlit::Record;
use commlit::export::{Citation, folded};
use commlit::ingest::{detect, read};
use commlit::record::{Container, Creator, TitleSource};
use proptest::prelude::*;

use super::{cases, corpus, line, records_of, text};

/// A record without what no format keeps, said once more and apart from `export::folded`: white space and control characters
/// of values, what is empty, `sources`, the role `aut`, and that a title is the source's own.
fn kept(record: &Record) -> Record {
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

/// Writes records to a file and reads that; in how many of them a format has needed the note of last resort.
fn assert_come_back(records: &[Record]) -> BTreeMap<&'static str, usize> {
    let mut rests = BTreeMap::new();
    for format in Citation::ALL {
        let written = text(format, records);
        rests.insert(format.name(), written.matches("commlit: {").count() + written.matches("commlit: \\{").count());
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(written.as_bytes()).unwrap();
        let (read, rejects) = records_of(file.path().to_owned());
        assert_eq!((read.len(), rejects), (records.len(), 0), "{}", format.name());
        for (read, record) in read.iter().zip(records) {
            assert_eq!(kept(read), kept(record), "{} of {:?}", format.name(), record.sources);
            assert_eq!(read.sources.len(), 1);
            assert_eq!(kept(&folded(record)), kept(record));
        }
    }
    rests
}

#[test]
fn the_sample_collection_comes_back() {
    let rests = assert_come_back(&corpus());
    assert!(rests.values().all(|n| *n == 0), "{rests:?}");
    assert_come_back(&cases().into_values().collect::<Vec<_>>());
}

#[test]
#[ignore = "needs a folder of files in COMMLIT_SHARED_DATA"]
fn a_folder_comes_back() {
    let folder = std::env::var_os("COMMLIT_SHARED_DATA").expect("COMMLIT_SHARED_DATA names no folder");
    let (records, _) = records_of(PathBuf::from(folder));
    assert!(!records.is_empty(), "no records in it");
    let rests = assert_come_back(&records);
    println!("{} records come back from every format; with the note of last resort: {rests:?}", records.len());
}

#[test]
fn a_file_that_is_read_in_pieces_comes_back() {
    // Few words, for those are what the comparison counts.
    let hostile = "\"quotes\", {braces} and a TY  - JOUR.\n\nTY  - JOUR\n\n@article{x,\n\n";
    let long = format!("{}{hostile}", "x".repeat(4000)).repeat(20);
    let records = (0..40).map(|i| Record {
        id: format!("x{i}"),
        title: format!("Long {i}"),
        body: Some(long.clone()),
        ..Record::default()
    });
    assert_come_back(&records.collect::<Vec<_>>());
}

/// Read by the reader that the content asks for.
fn read_back(format: Citation, written: &str) -> Vec<Result<Record, String>> {
    let mut items = Vec::new();
    let head = &written.as_bytes()[..written.len().min(commlit::ingest::DETECT_BYTES)];
    let found = detect(head).unwrap_or_else(|e| panic!("{}: {e}", format.name()));
    read(found, written.as_bytes(), 1, &mut |item| items.push(item.content));
    items
}

#[test]
fn files_of_other_programs_are_not_mistaken() {
    let foreign = "TY  - JOUR\nID  - 17\nTI  - Total purchasing\nN1  - Extent: 70 p.\nN1  - Item type: book\n\
                   N1  - commlit: {\"title\":\"x\"}\nER  - \n\n";
    for dp in ["", "DP  - Ovid\n"] {
        let text = foreign.replace("ER  - ", &format!("{dp}ER  - "));
        let record = read_back(Citation::Ris, &text).remove(0).unwrap();
        assert_eq!((record.id.as_str(), record.title.as_str()), ("", "Total purchasing"));
        assert!(record.extent.is_none() && record.notes.contains(&"Extent: 70 p.".to_owned()));
    }
    // A record of ours that went through a reference manager is that one's.
    let ours = Record { id: "a1".into(), title: "Total".into(), extent: Some("70p.".into()), ..Record::default() };
    let changed = text(Citation::Ris, std::slice::from_ref(&ours)).replace("ID  - a1\n", "A2  - Ham, Chris\n");
    let record = read_back(Citation::Ris, &changed).remove(0).unwrap();
    assert_eq!((record.id.as_str(), record.creators.len()), ("", 1));
    let changed = text(Citation::CslJson, &[ours]).replace("\"custom\"", "\"annote\"");
    assert_eq!(read_back(Citation::CslJson, &changed).remove(0).unwrap().id, "");
}

#[test]
fn what_other_hands_do_to_the_layout_does_no_harm() {
    let records: Vec<Record> = cases().into_values().collect();
    let assert_same = |format: Citation, changed: &str| {
        let read: Vec<Record> = read_back(format, changed).into_iter().map(Result::unwrap).collect();
        assert_eq!(read.len(), records.len());
        for (read, record) in read.iter().zip(&records) {
            assert_eq!(kept(read), kept(record), "{}", format.name());
        }
    };
    for format in Citation::ALL {
        let written = text(format, &records);
        assert_same(format, &format!("\u{feff}{written}"));
        if format != Citation::CslJson {
            assert_same(format, &written.replace('\n', "\r\n"));
        }
    }
    let json: serde_json::Value = serde_json::from_str(&text(Citation::CslJson, &records)).unwrap();
    assert_same(Citation::CslJson, &serde_json::to_string_pretty(&json).unwrap());
    let xml = text(Citation::EndNoteXml, &records).replace("<authors>", "\n   <authors>\t");
    assert_same(Citation::EndNoteXml, &xml);
    let bibtex = text(Citation::BibTex, &records).replace("  title = ", "title=");
    assert_same(Citation::BibTex, &bibtex);
}

// ---- random records

fn any_text() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        6 => "[a-zA-Zé中&%$#_{}\\\\<>\"'`^~|/;:=+@,.()\\[\\]*-]{1,8}",
        2 => prop::sample::select(vec![
            "ER  - ", "TY  - JOUR", "ER", "@article{", "@article(x,", "@comment(", "@string{x=", "Place: ", "Note: ",
            "commlit: {}", "commlit: x", "Title: taken from the first sentence of the text", "Full text: ", "; ", ";", " and ", " AND ", ", ",
            ", Jr", "--", "- ", "=1+1", "-1", "@x", "'=", "\\;", "\\", "{\\textbackslash}", "]]>", "<!--", "&amp;", "</notes>",
            "<style>", "1.", "PMID: 1", "[edt]", "%7B", "* ", "• ", "Department of", "van der", "1997", "\u{fffd}",
        ]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["\n", "\n\n", "\r\n", "\u{0}", "\u{85}", "\u{2028}", "\u{a0}", "\u{feff}", "\u{ffff}", "\t",
            "\u{200b}", "\u{301}", "\u{202e}"]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec((pieces, prop::sample::select(vec!["", " "])), 0..6)
        .prop_map(|pieces| pieces.iter().flat_map(|(piece, after)| [piece.as_str(), after]).collect())
}

fn maybe() -> impl Strategy<Value = Option<String>> {
    prop::option::of(any_text())
}

fn list() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(any_text(), 0..3)
}

fn text_of_paragraphs() -> impl Strategy<Value = Option<String>> {
    let long = "[a-z .]{40}".prop_map(|text| text.repeat(200));
    prop::option::of(prop::collection::vec(prop_oneof![9 => any_text(), 1 => long], 0..4).prop_map(|p| p.join("\n\n")))
}

fn number(of: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop_oneof![4 => prop::sample::select(of).prop_map(str::to_owned), 1 => any_text()]
}

prop_compose! {
    fn any_container()(title in any_text(), volume in maybe(), issue in maybe(), issn in prop::option::of(number(&["0959-8138"])),
        pages in prop::option::of(number(&["256-259", "12", "e1-e20", "3--4", "iv-x"]))) -> Container {
        Container { title, volume, issue, pages, issn }
    }
}

prop_compose! {
    pub(super) fn any_record()(
        (id, title) in (any_text(), any_text()),
        (alternative_titles, publisher, place, series) in (list(), list(), list(), list()),
        (subjects, languages, notes, url, merged_ids) in (list(), list(), list(), list(), list()),
        (edition, extent, rights, access) in (maybe(), maybe(), maybe(), maybe()),
        (doi, pmid, pmcid) in (maybe(), maybe(), maybe()),
        (isbn, isbn10, issn) in (prop::collection::vec(number(&["9780335193127"]), 0..3),
            prop::collection::vec(number(&["033519312X"]), 0..3), prop::collection::vec(number(&["0959-8138", "1468-5833"]), 0..3)),
        date in prop::option::of(number(&["1997", "1997-03", "1997-03-12", "0000-01", "1997/8", "12 May 1997", "May", "[1994?]"])),
        names in prop::collection::vec((prop_oneof![any_text(), (any_text(), any_text()).prop_map(|(a, b)| format!("{a}, {b}"))],
            prop::option::of(prop_oneof![4 => prop::sample::select(vec!["edt", "trl", "ill", "aut", "ive", "hst"]).prop_map(str::to_owned), 1 => any_text()])), 0..4),
        item_type in prop::option::of(prop_oneof![9 => prop::sample::select(vec!["book", "article-journal", "speech", "report", "document",
            "event", "chapter", "thesis", "regulation", "collection", "broadcast", "webpage", "entry"]).prop_map(str::to_owned), 1 => any_text()]),
        container in prop::option::of(any_container()),
        (abstract_text, body) in (text_of_paragraphs(), text_of_paragraphs()),
        (derived, truncated) in any::<(bool, bool)>(),
        year in prop::option::of(prop_oneof![1500..2100_i32, any::<i32>()]),
    ) -> Record {
        Record {
            id: format!("x{id}"),
            title: format!("T{title}"),
            title_source: Some(if derived { TitleSource::Derived } else { TitleSource::Record }),
            alternative_titles, item_type, year, date, publisher, place, container, series, edition, extent, rights, access,
            creators: names.into_iter().map(|(name, role)| Creator { name, role }).collect(),
            isbn, isbn10, issn, doi, pmid, pmcid, url, abstract_text, truncated, body, subjects, languages, notes,
            sources: Vec::new(),
            merged_ids,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_records_come_back(records in prop::collection::vec(any_record(), 1..3)) {
        for format in Citation::ALL {
            let written = text(format, &records);
            let read = read_back(format, &written);
            prop_assert_eq!(read.len(), records.len(), "{}:\n{}\n{:?}", format.name(), written, read);
            for (read, record) in read.iter().zip(&records) {
                prop_assert_eq!(&read.clone().map(|r| kept(&r)), &Ok(kept(record)), "{}:\n{}", format.name(), written);
            }
        }
    }
}
