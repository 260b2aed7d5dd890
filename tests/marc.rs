//! MARC in all its forms, and MODS: every file in `tests/cases/marc` is read as the JSON file beside it says.
//!
//! The JSON is a list of what the reader emits, in order: `{"at": "record 1", "record": {…}}` or `{"at": …, "reject": "…"}`.
//! After a change that is meant to change results, `BLESS=1 cargo test --test marc` rewrites the JSON; read the diff.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use commlit::ingest::{Cut, DETECT_BYTES, Format, Item, detect, marc, mods, read};
use proptest::prelude::*;
use serde_json::{Value, json};

type Reader = fn(&[u8], usize, &mut dyn FnMut(Item));
type Cutter = fn(&[u8]) -> Option<Cut>;

const READERS: [(&str, Reader, Cutter); 4] = [
    ("marc", marc::read_binary, marc::cut_binary),
    ("marcxml", marc::read_xml, marc::cut_xml),
    ("marc-lines", marc::read_lines, marc::cut_lines),
    ("mods", mods::read, mods::cut),
];

fn format(bytes: &[u8]) -> Result<Format, String> {
    detect(&bytes[..bytes.len().min(DETECT_BYTES)])
}

fn items(reader: Reader, bytes: &[u8]) -> Vec<Item> {
    let mut items = Vec::new();
    reader(bytes, 1, &mut |item| items.push(item));
    items
}

/// As big files are read: blocks of `block` bytes, cut where the format says.
fn in_pieces(reader: Reader, cut: Cutter, bytes: &[u8], block: usize) -> Vec<Item> {
    let mut items = Vec::new();
    let (mut first, mut start, mut end) = (1, 0, 0);
    while end < bytes.len() {
        end = (end + block).min(bytes.len());
        if let Some(cut) = cut(&bytes[start..end]).filter(|cut| cut.end > 0) {
            reader(&bytes[start..start + cut.end], first, &mut |item| items.push(item));
            start += cut.end;
            first += cut.count;
        }
    }
    if start < bytes.len() {
        reader(&bytes[start..], first, &mut |item| items.push(item));
    }
    items
}

fn case_files() -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/marc");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e != "json" && e != "md"));
    paths.sort();
    paths
}

#[test]
fn cases() {
    let mut failures = Vec::new();
    let paths = case_files();
    for path in &paths {
        let name = path.file_name().unwrap().to_string_lossy();
        let bytes = std::fs::read(path).unwrap();
        let format = format(&bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        let mut got = vec![json!({ "format": format.name() })];
        read(format, &bytes, 1, &mut |item| {
            got.push(match &item.content {
                Ok(record) => json!({"at": item.locator, "record": record}),
                Err(reason) => json!({"at": item.locator, "reject": reason}),
            });
        });
        let got = Value::Array(got);
        let beside = path.with_file_name(format!("{name}.json"));
        let expected: Option<Value> =
            std::fs::read_to_string(&beside).ok().map(|text| serde_json::from_str(&text).unwrap());
        if expected.as_ref() != Some(&got) {
            if std::env::var_os("BLESS").is_some() {
                std::fs::write(beside, serde_json::to_string_pretty(&got).unwrap() + "\n").unwrap();
                continue;
            }
            failures.push(format!("{name} was read as\n{}", serde_json::to_string_pretty(&got).unwrap()));
        }
    }
    assert!(paths.len() >= 40);
    assert!(failures.is_empty(), "{} of {} files differ\n{}", failures.len(), paths.len(), failures.join("\n"));
}

#[test]
fn pieces_give_what_the_whole_gives() {
    for path in case_files() {
        let bytes = std::fs::read(&path).unwrap();
        let name = format(&bytes).unwrap().name();
        let (_, reader, cut) = READERS.iter().find(|(n, _, _)| *n == name).unwrap();
        let whole = items(*reader, &bytes);
        for block in [1, 7, 100, 1000, 4096].into_iter().filter(|b| bytes.len() / b < 3000) {
            assert_eq!(in_pieces(*reader, *cut, &bytes, block), whole, "{} in {block}", path.display());
        }
    }
}

#[test]
fn other_text_is_not_taken() {
    for text in [
        "<?xml version=\"1.0\"?><OAI-PMH><record><metadata><dc><title>a</title></dc></metadata></record></OAI-PMH>",
        "<PubmedArticleSet><PubmedArticle/></PubmedArticleSet>",
        "<html><body>&lt;datafield tag=\"245\"> and datafield</body></html>",
        "<articles><modsx><titleInfo/></modsx></articles>",
        "TY  - JOUR\nTI  - A title\nER  - \n",
        "PMID- 123\nTI  - A title\nAB  - Text\n",
        "001 is the first number\n002 is the second\n003 is the third\n",
        "100 patients were asked.\n245 answered.\n",
        "=LDR is how a record begins.",
        "12345678901234567890123456789012345678901234567890\u{1e}\u{1e}",
        "",
    ] {
        assert!(!marc::recognises_binary(text.as_bytes()), "{text}");
        assert!(!marc::recognises_xml(text), "{text}");
        assert!(!marc::recognises_lines(text), "{text}");
        assert!(!mods::recognises(text), "{text}");
    }
}

#[test]
fn hostile_input_is_read_in_time() {
    let n = 100_000;
    let started = std::time::Instant::now();
    for (name, input) in [
        ("marcxml", "<record>".repeat(n)),
        ("marcxml", format!("<record>{}", "<datafield tag='245'>".repeat(n))),
        ("marcxml", format!("<record><datafield tag='245'><subfield code='a'>{}", "&amp;".repeat(n))),
        ("marcxml", "<record><!--".repeat(n)),
        ("marcxml", "<a b='".repeat(n)),
        ("marcxml", "<record><leader/></record>".repeat(n / 10)),
        ("mods", format!("<mods><titleInfo>{}</titleInfo></mods>", "<title>".repeat(n))),
        ("mods", format!("<mods><subject>{}{}</subject></mods>", "<topic>".repeat(n), "</topic>".repeat(n))),
        ("mods", format!("<mods>{}</mods>", "<note>a".repeat(100) + &"</note>".repeat(100))),
        ("marc", "\u{1e}\u{1d}".repeat(n)),
        ("marc", format!("00000nam a2200000 a 4500{}", "245000000000".repeat(n / 10))),
        ("marc", format!("00000nam a2200037 a 4500245000000000{}\u{1d}", "\u{1e}10\u{1f}aTitle".repeat(n / 10))),
        ("marc", format!("00000nam a2200037 a 4500245000000000\u{1e}10{}\u{1e}\u{1d}", "\u{1f}aTitle".repeat(n / 10))),
        ("marc-lines", "=245  10$aa\n".repeat(n / 10)),
        ("marc-lines", format!("=LDR  0\n=245  10{}", "$a{acute}".repeat(n / 10))),
        ("marc-lines", format!("=LDR  0\n=650  10{}", "{".repeat(n / 10))),
        ("marc-lines", "=LDR  00000nam a2200000 a 4500\n=245  10$aa\n\n".repeat(n / 10)),
    ] {
        let before = started.elapsed();
        let (_, reader, cut) = READERS.iter().find(|(r, _, _)| *r == name).unwrap();
        let _ = items(*reader, input.as_bytes());
        let _ = cut(input.as_bytes());
        let took = (started.elapsed() - before).as_secs();
        assert!(took < 20, "{name} {} took {took} s", input.chars().take(60).collect::<String>());
    }
}

/// How many records the bytes were said to hold, by the last locator.
fn numbered(items: &[Item]) -> Vec<usize> {
    let mut numbers: Vec<usize> =
        items.iter().filter_map(|i| i.locator.strip_prefix("record ")?.parse().ok()).collect();
    numbers.dedup();
    numbers
}

fn seeds() -> Vec<Vec<u8>> {
    case_files().iter().map(|p| std::fs::read(p).unwrap()).filter(|b| b.len() < 9000).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        for (_, reader, cut) in READERS {
            let _ = items(reader, &bytes);
            let _ = cut(&bytes);
        }
        let _ = format(&bytes);
    }

    #[test]
    fn damaged_files_lose_nothing_silently(
        seed in proptest::sample::select(seeds()),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 0..12),
        block in 50..3000usize,
    ) {
        let (name, bytes) = (format(&seed).unwrap().name(), {
            let mut bytes = seed.clone();
            for (at, byte, kind) in changes {
                if bytes.is_empty() {
                    break;
                }
                let at = at.index(bytes.len());
                match kind {
                    0 => bytes[at] = byte,
                    1 => bytes.insert(at, byte),
                    _ => { bytes.remove(at); }
                }
            }
            bytes
        });
        let (_, reader, cut) = READERS.into_iter().find(|(n, _, _)| *n == name).unwrap();
        let whole = items(reader, &bytes);
        let numbers = numbered(&whole);
        prop_assert_eq!(&numbers, &(1..=numbers.len()).collect::<Vec<_>>());
        // Bytes that are not UTF-8 make XML and lines of one file be read in one encoding, of pieces perhaps in several.
        if name == "marc" || std::str::from_utf8(&bytes).is_ok() {
            prop_assert_eq!(in_pieces(reader, cut, &bytes, block), whole);
        }
    }
}
