//! What is written keeps to the syntax of its format and holds every value. The parsers here are small and strict on purpose:
//! they know no more of a format than its syntax and the table in `src/export/mod.rs`.

use std::collections::BTreeSet;

use commlit::Record;
use commlit::export::{Citation, csv};
use commlit::record::Creator;
use proptest::prelude::*;
use serde_json::Value;

use super::round_trip::any_record;
use super::{cases, corpus, line, text};

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

/// Whether the tags of a record are those of the specification, in a fitting number, with values of the right form.
fn assert_ris(fields: &[(String, String)]) {
    const ONCE: &str = "TY ID TI PY DA T2 VL IS SP EP ET DO AN C2 AB DP";
    const OFTEN: &str = "TT AU ED A4 T3 PB CY SN UR KW LA N1";
    let mut seen = BTreeSet::new();
    assert_eq!(fields[0].0, "TY");
    for (tag, value) in fields {
        let once = ONCE.split(' ').any(|t| t == tag);
        assert!(once || OFTEN.split(' ').any(|t| t == tag), "{tag}");
        assert!(seen.insert(tag) || !once, "{tag} twice");
        assert!(!value.is_empty() && value.trim() == value, "{tag}");
        assert!(tag == "AB" || !value.contains('\n'), "{tag} has lines");
        assert!(tag != "PY" || value.parse::<i32>().is_ok());
        assert!(tag != "DP" || value == "commlit");
    }
    assert!(!seen.contains(&"EP".to_owned()) || seen.contains(&"SP".to_owned()));
}

#[test]
fn ris_is_well_formed_and_holds_every_value() {
    let records: Vec<Record> = corpus().into_iter().chain(cases().into_values()).collect();
    let read = ris(&text(Citation::Ris, &records));
    assert_eq!(read.len(), records.len());
    for (record, fields) in records.iter().zip(read) {
        assert_ris(&fields);
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

/// What the schema of CSL-JSON (csl-data.json of CSL 1.0.2) says of an item, by the kinds of its members; it allows no others.
mod schema {
    pub(super) const TYPES: &str = "article article-journal article-magazine article-newspaper bill book broadcast chapter \
        classic collection dataset document entry entry-dictionary entry-encyclopedia figure graphic hearing interview \
        legal_case legislation manuscript map motion_picture musical_score pamphlet paper-conference patent performance \
        periodical personal_communication post post-weblog regulation report review review-book software song speech \
        standard thesis treaty webpage";
    pub(super) const NAMES: &str = "author chair collection-editor compiler composer container-author contributor curator \
        director editor editorial-director executive-producer interviewer illustrator organizer original-author performer \
        producer recipient reviewed-author translator";
    pub(super) const NAME_PARTS: &str = "family given dropping-particle non-dropping-particle suffix literal";
    pub(super) const TEXTS: &str = "language journalAbbreviation shortTitle abstract annote archive archive_collection \
        archive_location archive-place authority call-number citation-label collection-title container-title \
        container-title-short dimensions division DOI event event-place genre ISAN ISBN ISCI ISMN ISRC ISSN ISWC jurisdiction \
        keyword medium note original-publisher original-publisher-place original-title part-title PMCID PMID publisher \
        publisher-place references reviewed-title scale section source status title title-short translated-title \
        translated-title-short URL version year-suffix";
    pub(super) const TEXTS_OR_NUMBERS: &str = "id chapter-number citation-number collection-number edition \
        first-reference-note-number issue locator number number-of-pages number-of-volumes page page-first part printing \
        supplement volume";
}

/// Asserts that an item keeps to the schema, and gives its values.
fn csl_values(item: &Value) -> Vec<String> {
    let is = |kind: &str, name: &str| kind.split_whitespace().any(|known| known == name);
    let mut written = Vec::new();
    assert!(item.get("id").is_some());
    assert!(is(schema::TYPES, item["type"].as_str().unwrap()));
    for (name, value) in item.as_object().unwrap() {
        match name.as_str() {
            "type" => {}
            n if is(schema::TEXTS, n) || is(schema::TEXTS_OR_NUMBERS, n) => {
                let text = value.as_str().unwrap();
                assert!(!text.is_empty());
                written.extend(text.split('\n').map(str::to_owned));
            }
            n if is(schema::NAMES, n) => {
                for name in value.as_array().unwrap() {
                    let part = |p: &str| name.get(p).map(|v| v.as_str().unwrap());
                    assert!(name.as_object().unwrap().keys().all(|k| is(schema::NAME_PARTS, k)));
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
            "custom" => {
                let custom = value.as_object().unwrap();
                written.extend(custom.values().flat_map(|v| v.as_str().unwrap().split("\n\n")).map(str::to_owned));
            }
            other => panic!("{other} is not in the schema"),
        }
    }
    written
}

#[test]
fn csl_json_keeps_to_its_schema_and_holds_every_value() {
    let records: Vec<Record> = corpus().into_iter().chain(cases().into_values()).collect();
    let items: Vec<Value> = serde_json::from_str(&text(Citation::CslJson, &records)).unwrap();
    assert_eq!(items.len(), records.len());
    for (record, item) in records.iter().zip(&items) {
        assert_holds("CSL-JSON", record, &csl_values(item));
    }
}

#[test]
fn csl_json_keeps_to_its_schema_whatever_type_and_role() {
    for kind in ["event", "document", "performance", "nothing known"] {
        for role in ["hst", "nrt", "ive", "aus", "cre", "drt", "xyz", "aut"] {
            let creators = vec![Creator { name: "Ham, Chris".into(), role: Some(role.into()) }];
            let item_type = Some(kind.to_owned());
            let record = Record { id: "x".into(), title: "T".into(), item_type, creators, ..Record::default() };
            let items: Vec<Value> = serde_json::from_str(&text(Citation::CslJson, &[record])).unwrap();
            assert!(csl_values(&items[0]).contains(&"Ham, Chris".to_owned()));
        }
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

#[test]
fn csv_has_a_header_and_rows_of_its_width_without_formulas() {
    let records: Vec<Record> = corpus().into_iter().chain(cases().into_values()).collect();
    let written = text(Citation::Csv, &records);
    // The reader refuses rows of another width.
    let mut reader = ::csv::ReaderBuilder::new().flexible(false).from_reader(written.as_bytes());
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), csv::COLUMNS);
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), records.len());
    for (record, row) in records.iter().zip(&rows) {
        assert!(!row.iter().any(|cell| cell.starts_with(['=', '+', '-', '@'])));
        let cells: Vec<String> = row
            .iter()
            .map(csv::without_apostrophe)
            .flat_map(|cell| csv::split(cell).into_iter().chain(cell.split("\n\n").map(line)))
            .collect();
        assert_holds("CSV", record, &cells);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_record_is_well_formed_in_every_format(records in prop::collection::vec(any_record(), 0..3)) {
        let bibtex = text(Citation::BibTex, &records);
        prop_assert_eq!(biblatex::RawBibliography::parse(&bibtex).unwrap().entries.len(), records.len());
        let items: Vec<Value> = serde_json::from_str(&text(Citation::CslJson, &records)).unwrap();
        prop_assert_eq!(items.len(), records.len());
        items.iter().for_each(|item| drop(csl_values(item)));
        let fields = ris(&text(Citation::Ris, &records));
        prop_assert_eq!(fields.len(), records.len());
        fields.iter().for_each(|fields| assert_ris(fields));
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
        let wanted: Vec<String> = values.iter().map(|v| line(v)).filter(|v| !v.is_empty()).collect();
        prop_assert_eq!(read, wanted);
    }
}
