//! The reader for text copied or dumped from pages, driven by a table of cases.
//!
//! A case is a file in `tests/cases/page_text/`: comment lines beginning with `%%`, the input, a line `%% expected`, then what
//! the reader gives, one JSON object a line, compared in full. `%% not recognised` stands for the negative cases. After a
//! change that is meant to change results, `BLESS=1 cargo test --test page_text` rewrites the expectations; read the diff.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use commlit::ingest::{DETECT_BYTES, Format, Item, detect, encoding, page_text};
use proptest::prelude::*;
use serde_json::{Value, json};

const EXPECTED: &str = "%% expected\n";
const NOT_RECOGNISED: &str = "%% not recognised\n";

fn read(bytes: &[u8]) -> Vec<Item> {
    let mut items = Vec::new();
    page_text::read(bytes, &mut |item| items.push(item));
    items
}

fn as_json(items: &[Item]) -> Vec<Value> {
    items
        .iter()
        .map(|item| match &item.content {
            Ok(record) => json!({"locator": item.locator, "record": record}),
            Err(reason) => json!({"locator": item.locator, "reason": reason}),
        })
        .collect()
}

struct Case {
    path: PathBuf,
    comment: String,
    input: String,
    /// `None`: the input must not be recognised.
    expected: Option<Vec<Value>>,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/page_text");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(case).collect()
}

fn case(path: PathBuf) -> Case {
    let text = std::fs::read_to_string(&path).unwrap();
    let comments = text.lines().take_while(|l| l.starts_with("%%") && !NOT_RECOGNISED.starts_with(*l)).count();
    let at: usize = text.split_inclusive('\n').take(comments).map(str::len).sum();
    let (comment, rest) = text.split_at(at);
    if let Some((input, expected)) = rest.split_once(EXPECTED) {
        let expected = expected.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        return Case { path, comment: comment.into(), input: input.into(), expected: Some(expected) };
    }
    let input = rest.split_once(NOT_RECOGNISED).expect("a case ends in its expectation").0;
    Case { path, comment: comment.into(), input: input.into(), expected: None }
}

#[test]
fn every_case_gives_what_it_states() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut failures = String::new();
    let cases = cases();
    assert!(cases.len() >= 35, "only {} cases", cases.len());
    for case in &cases {
        let name = case.path.file_name().unwrap().to_string_lossy();
        let recognised = page_text::recognises(&case.input);
        let Some(expected) = &case.expected else {
            if recognised {
                writeln!(failures, "{name}: recognised").unwrap();
            }
            continue;
        };
        if !recognised {
            writeln!(failures, "{name}: not recognised").unwrap();
        }
        let found = as_json(&read(case.input.as_bytes()));
        if found != *expected {
            if bless {
                let lines: String = found.iter().map(|v| format!("{v}\n")).collect();
                std::fs::write(&case.path, format!("{}{}{EXPECTED}{lines}", case.comment, case.input)).unwrap();
            }
            writeln!(failures, "{name}:\n expected {expected:#?}\n found {found:#?}").unwrap();
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// The same text in other encodings and with other line ends gives the same records.
#[test]
fn encodings_and_line_ends_make_no_difference() {
    for case in cases().into_iter().filter(|c| c.expected.is_some()) {
        let expected = as_json(&read(case.input.as_bytes()));
        let crlf = case.input.replace('\n', "\r\n");
        let bom = format!("\u{feff}{crlf}");
        let mut utf16 = b"\xff\xfe".to_vec();
        utf16.extend(bom.trim_start_matches('\u{feff}').encode_utf16().flat_map(u16::to_le_bytes));
        for variant in [crlf.as_bytes(), bom.as_bytes(), &utf16] {
            assert_eq!(as_json(&read(variant)), expected, "{}", case.path.display());
            let head = &variant[..variant.len().min(DETECT_BYTES)];
            assert_eq!(detect(head).map(Format::name), Ok("page-text"), "{}", case.path.display());
        }
        let (latin, _, unmappable) = encoding_rs::WINDOWS_1252.encode(&case.input);
        // Short foreign words are beyond any detector; the texts with quotation marks and bullets are not.
        if !unmappable && encoding::decode(&latin, None) == case.input {
            assert_eq!(as_json(&read(&latin)), expected, "{}", case.path.display());
        }
    }
}

/// The same page, dumped otherwise: bullets, badges, labels and surroundings change nothing in the record.
#[test]
fn other_dumps_of_one_page_give_one_record() {
    let seed = cases().into_iter().find(|c| c.path.ends_with("seed_catalogue.txt")).unwrap().input;
    let expected = read(seed.as_bytes())[0].content.clone().unwrap();
    let label = |before: &str, label: &str| (before.to_owned(), format!("{label}\n{before}"));
    let restored = [
        label("  • 1857172949", "ISBN"),
        label("  • King's Fund", "Publisher"),
        label("  • 70\n", "Pages"),
        label("  • National", "Series"),
        label("  • The overall", "Abstract"),
        label("  • Pagination", "Note"),
    ];
    let labelled = restored.iter().fold(seed.clone(), |text, (old, new)| text.replace(old, new));
    let french = [
        ("ISBN", "ISBN"),
        ("Publisher", "Éditeur"),
        ("Pages", "Des pages"),
        ("Series", "Séries"),
        ("Abstract", "Abstrait"),
        ("Note", "Remarque"),
        ("Place of publication", "Place de publication"),
        ("Publication date", "Date de publication"),
    ]
    .iter()
    .fold(labelled.clone(), |text, (en, fr)| text.replace(&format!("{en}\n"), &format!("{fr}\n")));
    let colons = labelled
        .lines()
        .map(|l| {
            if l.starts_with(' ') || l.contains("Deposited") || l.is_empty() {
                format!("{l}\n")
            } else {
                format!("{l}:\n")
            }
        })
        .collect::<String>();
    let inline = labelled.replace("\n  • ", ": ").replace("Deposited\n\n", "Deposited\n");
    let badges = [" Public Deposited\n", "\nPublic\nDeposited\n", "\nPublic Deposited\n", "\n Public\n\nDeposited\n"];
    let mut variants = Vec::new();
    for text in [&seed, &labelled, &french, &colons, &inline] {
        for bullet in ["  • ", "- ", "* ", "· ", "•", "", "    "] {
            for badge in badges {
                let text = text.replace("  • ", bullet).replace(badges[0], badge);
                variants.push(format!(
                    "Skip to Content\nAccueil\nSur\nPublished Work\n{text}\n\nRelations\nContenu\nDownload\n"
                ));
                variants.push(format!(
                    "• Home\n• Published works\n\n{text}\nItems\nThumbnail\tTitle\tVisibility\n1.pdf\tPublic\n"
                ));
                variants.push(text);
            }
        }
    }
    for text in variants {
        assert!(page_text::recognises(&text), "{text}");
        let items = read(text.as_bytes());
        assert_eq!(items.len(), 1, "{text}\n{items:#?}");
        assert_eq!(items[0].content.as_ref(), Ok(&expected), "{text}");
    }
}

#[test]
fn windows_1252_is_read() {
    let input = "The dynamics of commissioning Public Deposited\n\n  • 1857172949\nPlace of publication\n  • London\n  \
                 • King’s Fund\nResource type\nDernière modification\n";
    let (latin, _, unmappable) = encoding_rs::WINDOWS_1252.encode(input);
    assert!(!unmappable);
    let items = read(&latin);
    let record = items[0].content.as_ref().unwrap();
    assert_eq!(record.publisher, ["King’s Fund"]);
    assert_eq!(record.place, ["London"]);
}

/// Hostile sizes take no more than linear time.
#[test]
fn hostile_sizes() {
    let inputs = [
        "• ".repeat(500_000),
        "•\n".repeat(200_000),
        "• a\n".repeat(100_000),
        "x".repeat(5_000_000),
        "word ".repeat(1_000_000),
        "Abstract\n".repeat(100_000),
        "Title Public Deposited\n".repeat(15_000),
        "Published Work\n".repeat(60_000),
        "Place of publication\n".repeat(50_000),
        "Public ".repeat(150_000),
        format!("Abstract\n{}", "a,1 ".repeat(1_000_000)),
        format!("Abstract\n{}", "[1".repeat(1_000_000)),
        format!("Abstract\n{}", "a paragraph of the abstract that goes on and on, as they do here.\n".repeat(15_000)),
        format!("Abstract: {}", "1,".repeat(1_000_000)),
        "Subject: a; b; c\n".repeat(60_000),
        format!("Subject: {}", (0..200_000).map(|i| format!("s{i};")).collect::<String>()),
        (0..30_000).map(|i| format!("• note number {i}.\n")).collect::<String>(),
    ];
    for input in inputs {
        let start = std::time::Instant::now();
        page_text::recognises(&input[..input.len().min(DETECT_BYTES)]);
        let items = read(input.as_bytes());
        assert!(!items.is_empty());
        let took = start.elapsed().as_secs();
        assert!(took < 20, "{took} s for {:?}…", input.chars().take(30).collect::<String>());
    }
}

/// Labels that no field of a record may ever consist of.
const LABELS: [&str; 16] = [
    "Place of publication",
    "Publisher",
    "Publication date",
    "Resource type",
    "Rights statement",
    "Library catalogue link",
    "Dernière modification",
    "Abstract",
    "Series",
    "Creator",
    "Zuletzt geändert",
    "Éditeur",
    "出版地",
    "Pages",
    "ISBN",
    "Lugar de publicacion",
];

const VALUES: [&str; 22] = [
    "London",
    "King's Fund",
    "2000",
    "[1994?]",
    "70",
    "v, 70p.",
    "1857172949",
    "Abbott, Stephen",
    "HMSO",
    "Working paper ; 3",
    "Pagination: v, 70p.",
    "Includes bibliographical references",
    "The report looks at how three districts bought care for their residents, and what they learned from it.",
    "A title Public Deposited",
    "Public",
    "Deposited",
    "Published Work",
    "Full Text",
    "Talk to us",
    "Relations",
    "http://example.org/1",
    "Publisher: King's Fund",
];

fn line() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => proptest::sample::select(LABELS.to_vec()).prop_map(str::to_owned),
        4 => proptest::sample::select(VALUES.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,40}",
    ];
    let bullet = proptest::sample::select(vec!["", "", "  • ", "- ", "* ", "· ", "    "]);
    let end = proptest::sample::select(vec!["\n", "\n", "\n\n", "\r\n", ":\n", "\t"]);
    (bullet, word, end).prop_map(|(b, w, e)| format!("{b}{w}{e}"))
}

fn strings(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(s) => out.push(s.clone()),
        Value::Array(list) => list.iter().for_each(|v| strings(v, out)),
        Value::Object(map) => map.values().for_each(|v| strings(v, out)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        page_text::recognises(&encoding::decode(&bytes, None));
        prop_assert!(!read(&bytes).is_empty());
    }

    #[test]
    fn no_field_is_a_label(lines in proptest::collection::vec(line(), 0..40)) {
        let text = lines.concat();
        page_text::recognises(&text);
        for item in read(text.as_bytes()) {
            let Ok(record) = item.content else { continue };
            prop_assert!(record.id.is_empty() && record.sources.is_empty());
            let mut found = Vec::new();
            strings(&serde_json::to_value(&record).unwrap(), &mut found);
            for s in found {
                prop_assert!(!s.split("\n\n").any(|p| LABELS.contains(&p)), "{s:?} in {text:?}");
            }
        }
    }
}
