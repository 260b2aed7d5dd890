//! Formats in XML: every file in `tests/cases/xml` is read as the JSON beside it says, whole or in pieces, damaged or not.
//!
//! The JSON holds the format's name and a list of what the reader emits: `{"at": …, "record": {…}}` or `{"at": …, "reject": …}`.
//! After a change that is meant to change results, `BLESS=1 cargo test --test xml` rewrites it; read the diff.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use commlit::ingest::xml::{dublin_core, endnote, eprints, jats, oai, pubmed, zotero};
use commlit::ingest::{Cut, Format, Item, detect, read};
use proptest::prelude::*;
use serde_json::{Value, json};

type Reader = (fn(&[u8], usize, &mut dyn FnMut(Item)), fn(&[u8]) -> Option<Cut>);
const READERS: [Reader; 6] = [
    (pubmed::read, pubmed::cut),
    (jats::read, jats::cut),
    (oai::read, oai::cut),
    (eprints::read, eprints::cut),
    (endnote::read, endnote::cut),
    (dublin_core::read, dublin_core::cut),
];

fn cases() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases/xml");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ext| ext == "xml"));
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

fn as_json(items: &[Item]) -> Value {
    let each = items.iter().map(|item| match &item.content {
        Ok(record) => json!({"at": item.locator, "record": record}),
        Err(reason) => json!({"at": item.locator, "reject": reason}),
    });
    Value::Array(each.collect())
}

#[test]
fn files_are_read_as_expected() {
    let mut failures = Vec::new();
    for (path, bytes) in cases() {
        let format = detect(&bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut items = Vec::new();
        read(format, &bytes, 1, &mut |item| items.push(item));
        let got = json!({"format": Format::name(format), "items": as_json(&items)});
        let beside = path.with_extension("json");
        let expected = std::fs::read_to_string(&beside).ok().map(|text| serde_json::from_str::<Value>(&text).unwrap());
        if expected.as_ref() != Some(&got) {
            let text = serde_json::to_string_pretty(&got).unwrap() + "\n";
            if std::env::var_os("BLESS").is_some() {
                std::fs::write(beside, text).unwrap();
            } else {
                failures.push(format!("{} was read as\n{text}", path.display()));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn other_files_are_not_taken() {
    let other = [
        "<html><body><article><h1>a</h1></article></body></html>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>a</title></feed>",
        "<records><record><title>a</title></record></records>",
        "<article xmlns='http://docbook.org/ns/docbook'><title>a</title></article>",
        "PubmedArticleSet",
        "broken xml",
        "<",
        "",
    ];
    let recognisers: [fn(&str) -> bool; 7] = [
        pubmed::recognises,
        jats::recognises,
        oai::recognises,
        eprints::recognises,
        endnote::recognises,
        zotero::recognises,
        dublin_core::recognises,
    ];
    for text in other {
        assert!(recognisers.iter().all(|recognises| !recognises(text)), "{text}");
    }
}

#[test]
fn hostile_input_is_read_in_time() {
    let n = 200_000;
    let within = |inner: String| format!("<PubmedArticleSet><PubmedArticle><MedlineCitation>{inner}");
    let all = [
        within("<a>".repeat(n)),
        within("<a/>".repeat(n)),
        within("<!--".repeat(n)),
        within("<![CDATA[".repeat(n)),
        within("&lt;".repeat(n)),
        within(format!("<Article {}>", "a=\"1\" ".repeat(n))),
        within("<PubmedArticle a=\"".repeat(n / 4)),
        "<record>".repeat(n),
        "<record><header/>".repeat(n / 4),
        "<dc>".repeat(n),
        "<article/>".repeat(n / 4),
        "<<<<".repeat(n),
        "<?x ".repeat(n),
    ];
    for text in &all {
        for (read, cut) in READERS {
            let started = Instant::now();
            read(text.as_bytes(), 1, &mut |_| {});
            cut(text.as_bytes());
            assert!(started.elapsed() < Duration::from_secs(20), "{}", &text[..60]);
        }
    }
    let mut reasons = Vec::new();
    let deep = format!("<eprints><eprint>{}{}</eprint></eprints>", "<a>".repeat(9000), "</a>".repeat(9000));
    eprints::read(deep.as_bytes(), 1, &mut |item| reasons.push(item.content.unwrap_err()));
    assert!(reasons.len() == 1 && reasons[0].contains("nested"), "{reasons:?}");
}

/// Reads as big files are read: blocks come in, and are cut where whole records end.
fn in_pieces((read, cut): Reader, bytes: &[u8], block: usize) -> Vec<Item> {
    let (mut items, mut rest, mut first) = (Vec::new(), Vec::new(), 1);
    for more in bytes.chunks(block) {
        rest.extend_from_slice(more);
        if let Some(cut) = cut(&rest) {
            let tail = rest.split_off(cut.end);
            read(&rest, first, &mut |item| items.push(item));
            first += cut.count;
            rest = tail;
        }
    }
    read(&rest, first, &mut |item| items.push(item));
    items
}

proptest! {
    #[test]
    fn pieces_are_as_the_whole(case in 0..cases().len(), reader in 0..READERS.len(), block in 1..3000usize, at in any::<prop::sample::Index>(), junk in "[<>/a&\"! -]{0,3}") {
        // As ASCII: what is not declared in a piece is guessed, and files in other encodings are read whole.
        let text: String = String::from_utf8_lossy(&cases()[case].1).chars().filter(char::is_ascii).collect();
        prop_assume!(!text.contains("<!ENTITY"));
        let mut bytes = text.replace("ISO-8859-1", "UTF-8").into_bytes();
        let at = at.index(bytes.len());
        bytes.splice(at..at, junk.bytes());
        let mut whole = Vec::new();
        READERS[reader].0(&bytes, 1, &mut |item| whole.push(item));
        let pieces = in_pieces(READERS[reader], &bytes, block);
        prop_assert_eq!(pieces, whole);
    }

    #[test]
    fn mutated_files_never_panic(case in 0..cases().len(), cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0..40usize, any::<u8>()), 1..6)) {
        let mut bytes = cases()[case].1.clone();
        for (at, length, byte) in cuts {
            if bytes.is_empty() { break; }
            let at = at.index(bytes.len());
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, [byte]);
        }
        for (read, cut) in READERS {
            read(&bytes, 1, &mut |_| {});
            prop_assert!(cut(&bytes).is_none_or(|cut| 0 < cut.end && cut.end <= bytes.len()));
        }
        zotero::read(&bytes, 1, &mut |_| {});
    }

    #[test]
    fn every_record_is_given_or_reported(keep in 0..12usize, at in any::<prop::sample::Index>()) {
        let mut text: String = (0..12).map(|i| format!("<eprint><title>T{i}</title></eprint>")).collect();
        let at = at.index(text.len());
        text.replace_range(at..at + 1, "x");
        let starts = text.matches("<eprint>").count();
        let mut items = 0;
        eprints::read(format!("<eprints>{text}</eprints>").as_bytes(), 1, &mut |_| items += 1);
        prop_assert!(items >= starts, "{} of {}, {}", items, starts, keep);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
        for (read, cut) in READERS {
            read(&bytes, 1, &mut |_| {});
            cut(&bytes);
        }
        zotero::read(&bytes, 1, &mut |_| {});
    }
}
