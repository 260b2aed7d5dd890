//! Line-tagged exports: every file in `tests/cases/tagged` is read as the JSON file beside it says.
//!
//! The JSON names the format and lists what the reader emits, in order: `{"record": {…}}` or `{"reject": "…"}`. After a
//! change that is meant to change results, `BLESS=1 cargo test --test tagged` rewrites it; read the diff. Every case is also
//! read in pieces, cut where the format's own function says, and has to give the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::time::Instant;

use commlit::ingest::tagged::{copac, medline, ovid, proquest, refer, refworks, ris, silverplatter, wos};
use commlit::ingest::{Cut, DETECT_BYTES, Format, Item, detect, isbd, read};
use proptest::prelude::*;
use serde_json::{Value, json};

type CutFunction = fn(&[u8]) -> Option<Cut>;
type ReadFunction = fn(&[u8], usize, &mut dyn FnMut(Item));

const FORMATS: &[(&str, ReadFunction, CutFunction)] = &[
    ("ris", ris::read, ris::cut),
    ("medline", medline::read, medline::cut),
    ("ovid", ovid::read, ovid::cut),
    ("silverplatter", silverplatter::read, silverplatter::cut),
    ("refer", refer::read, refer::cut),
    ("refworks", refworks::read, refworks::cut),
    ("web-of-science", wos::read, wos::cut),
    ("copac", copac::read, copac::cut),
    ("proquest", proquest::read, proquest::cut),
    ("isbd", isbd::read, isbd::cut),
];

fn items(read: ReadFunction, bytes: &[u8]) -> Vec<Item> {
    let mut items = Vec::new();
    read(bytes, 1, &mut |item| items.push(item));
    items
}

/// Reads as a big file is read: blocks of the given size are added until there is something to cut off.
fn in_pieces(read: ReadFunction, cut: CutFunction, bytes: &[u8], block: usize) -> Vec<Item> {
    let (mut items, mut buffer, mut first) = (Vec::new(), Vec::new(), 1);
    for block in bytes.chunks(block) {
        buffer.extend_from_slice(block);
        if let Some(Cut { end, count }) = cut(&buffer) {
            assert!(0 < end && end <= buffer.len() && count > 0);
            let rest = buffer.split_off(end);
            let before = items.len();
            read(&buffer, first, &mut |item| items.push(item));
            assert_eq!(items.len() - before, count, "as many items as the cut counted");
            first += count;
            buffer = rest;
        }
    }
    read(&buffer, first, &mut |item| items.push(item));
    items
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/tagged");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_none_or(|ext| ext != "md"));
    paths.sort();
    paths
}

#[test]
fn cases_are_read_as_stated() {
    let mut failures = Vec::new();
    let mut inputs = 0;
    for path in cases() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if let Some(input) = name.strip_suffix(".json") {
            assert!(path.with_file_name(input).exists(), "{name} has no input");
            continue;
        }
        inputs += 1;
        let bytes = std::fs::read(&path).unwrap();
        let format = detect(&bytes[..bytes.len().min(DETECT_BYTES)]).unwrap_or_else(|e| panic!("{name}: {e}"));
        let mut found = Vec::new();
        read(format, &bytes, 1, &mut |item| found.push(item));
        for (i, item) in found.iter().enumerate() {
            assert_eq!(item.locator, format!("record {}", i + 1), "{name}");
        }
        let each: Vec<Value> = found
            .iter()
            .map(|item| match &item.content {
                Ok(record) => json!({"record": record}),
                Err(reason) => json!({"reject": reason}),
            })
            .collect();
        let got = json!({"format": format.name(), "items": each});
        let beside = path.with_file_name(format!("{name}.json"));
        let expected: Option<Value> = std::fs::read_to_string(&beside).ok().map(|t| serde_json::from_str(&t).unwrap());
        if expected.as_ref() != Some(&got) {
            let text = serde_json::to_string_pretty(&got).unwrap();
            if std::env::var_os("BLESS").is_some() {
                std::fs::write(beside, text + "\n").unwrap();
            } else {
                failures.push(format!("{name} was read as\n{text}"));
            }
        }
    }
    assert!(inputs >= 12);
    assert!(failures.is_empty(), "{} of {inputs} differ\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn pieces_give_what_the_whole_gives() {
    for path in cases().iter().filter(|path| path.extension().is_none_or(|ext| ext != "json")) {
        let bytes = std::fs::read(path).unwrap();
        let format = detect(&bytes).unwrap();
        let (_, read, cut) = FORMATS.iter().find(|(name, ..)| *name == format.name()).unwrap();
        if bytes.starts_with(b"\xff\xfe") {
            continue; // never cut, see `commlit::ingest::file`
        }
        let whole = items(*read, &bytes);
        for block in [1, 2, 3, 7, 16, 61, 200, 1000] {
            assert_eq!(in_pieces(*read, *cut, &bytes, block), whole, "{} in blocks of {block}", path.display());
        }
    }
}

#[test]
fn other_texts_are_not_taken() {
    for text in [
        "",
        "TY",
        "A letter.\n\nDear Sir,\n\nTI - a note - and PY - another one are no export.\n",
        "%PDF-1.4\n%A\n",
        "%% a comment of LaTeX\n%T\\documentclass{article}\n",
        "<1>\nThis is prose with a numbered paragraph.\nIt goes on.\nAnd on.\n",
        "RT is the first word of this sentence.\nA1 is the second.\n",
        "PT Jones wrote this.\nAU is the sign of gold.\n",
        "FN is a rifle.\n",
        "{\"TY  - JOUR\": 1}\n",
        "<html>\nTY  - JOUR\nTI  - x\nER  - \n</html>",
        "@article{a,\n title = {TY  - JOUR\nTI  - x\nER  - }}\n",
        "title,abstract\nTI- x,y\n",
        "Abstract\nAB  - x\n",
        "PMID- 123\n",
    ] {
        let format = detect(text.as_bytes()).map(Format::name).unwrap_or("none");
        assert!(!FORMATS.iter().any(|(name, ..)| *name == format), "{format}: {text}");
    }
}

#[test]
fn hostile_files_are_read_in_time() {
    let n = 20_000;
    let started = Instant::now();
    for text in [
        "TY  - JOUR\n".repeat(n),
        "ER  - \n".repeat(n),
        "TI  - x\n".repeat(n),
        format!("TY  - JOUR\nTI  - {}\nER  - \n", "a. ".repeat(n)),
        format!("TY  - JOUR\nAB  - {}\nER  - \n", "BACKGROUND: a. ".repeat(n / 10)),
        format!("TY  - JOUR\nAB  - {}\nER  - \n", "<i ".repeat(n)),
        format!("TY  - JOUR\nAB  - {}\nER  - \n", "&amp".repeat(n)),
        format!("TY  - JOUR\nAB  - {}\nER  - \n", ":".repeat(n)),
        format!("TY  - JOUR\nTI  - x\nSN  - {}\nER  - \n", "1 ".repeat(n)),
        format!("TY  - JOUR\nTI  - x\nDO  - {}\nER  - \n", "10.".repeat(n)),
        format!("TY  - JOUR\nTI  - x\nUR  - {}\nER  - \n", "http://a;".repeat(n / 100)),
        format!("PMID- 1\n{}", "OWN - NLM\n".repeat(n)),
        format!("<1>\n{}", "SO  - a. 1(\n".repeat(n / 10)),
        format!("%0 Book\n{}", "%A a\n".repeat(n / 100)),
    ] {
        for (_, read, cut) in FORMATS {
            let _ = cut(text.as_bytes());
            let _ = items(*read, text.as_bytes());
        }
    }
    // Generous, for slow machines in debug builds: what is quadratic takes many minutes.
    assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
}

/// Lines as they occur in the formats, whole and damaged.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("TY  - JOUR".to_owned()),
        Just("TY  - ".to_owned()),
        Just("ER  - ".to_owned()),
        Just("ER".to_owned()),
        Just(String::new()),
        Just("2.".to_owned()),
        Just("PMID- 12".to_owned()),
        Just("PT J".to_owned()),
        Just("RT Book, Whole".to_owned()),
        Just("%0 Book".to_owned()),
        Just("<1>".to_owned()),
        Just("TI- A title".to_owned()),
        "(TI|T1|AU|AB|N2|KW|SP|EP|SN|T2|JF|DO|PY|UR|SO|N1)  ?- ?[ -~é]{0,30}",
        "(TI|AU|AB|SO|DE|ER|BP|A1|T1|K1) [ -~é]{0,30}",
        "%[A-Z@0-9!] [ -~é]{0,30}",
        "(Title|Source|Authors|Abstract)",
        "  [ -~é]{0,40}",
        "(SO|Source)  - [A-Za-z. ]{0,9}[0-9():,. p-]{0,20}",
        "\\PC{0,20}",
    ]
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..1000)) {
        let _ = detect(&bytes);
        for (_, read, cut) in FORMATS {
            let _ = items(*read, &bytes);
            let _ = cut(&bytes);
        }
    }

    #[test]
    fn lines_in_any_order_are_read_alike_in_pieces(lines in proptest::collection::vec(line(), 0..60), block in 1usize..300) {
        let text = lines.join("\n");
        for (name, read, cut) in FORMATS {
            let whole = items(*read, text.as_bytes());
            prop_assert_eq!(in_pieces(*read, *cut, text.as_bytes(), block), whole, "{}", name);
        }
    }

    #[test]
    fn every_titled_record_is_given_or_reported(titles in proptest::collection::vec("[a-z]{3,12}", 1..20), ends in any::<bool>()) {
        let end = if ends { "ER  - \n" } else { "" };
        let text: String = titles.iter().map(|title| format!("TY  - JOUR\nTI  - {title}\n{end}\n")).collect();
        let found: Vec<_> = items(ris::read, text.as_bytes()).into_iter().map(|i| i.content.unwrap().title).collect();
        prop_assert_eq!(found, titles);
    }

    #[test]
    fn damaged_files_never_panic(which in 0usize..100, at in any::<prop::sample::Index>(), byte in any::<u8>(), cut_at in any::<prop::sample::Index>()) {
        let paths = cases();
        let mut bytes = std::fs::read(&paths[which % paths.len()]).unwrap();
        let place = at.index(bytes.len());
        bytes[place] = byte;
        bytes.truncate(cut_at.index(bytes.len()) + 1);
        let _ = detect(&bytes);
        for (_, read, cut) in FORMATS {
            let _ = items(*read, &bytes);
            let _ = cut(&bytes);
        }
    }
}
