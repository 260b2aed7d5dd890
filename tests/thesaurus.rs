//! The thesaurus: the shipped table is sound, labels are found and resolved as the tables in `tests/cases/thesaurus` say, and
//! what is written as SKOS is read back.
//!
//! `ambiguities.txt` lists every label of several concepts; `BLESS=1 cargo test --test thesaurus` rewrites it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;

use commlit::thesaurus::{Concept, ConceptId, FindingKind, Heading, Resolution, ResolvedBy, Tagger, Thesaurus};
use commlit::words::{Stemmer, folded};
use proptest::prelude::*;

fn names(thesaurus: &Thesaurus, ids: impl IntoIterator<Item = ConceptId>) -> String {
    let mut names: Vec<_> = ids.into_iter().map(|id| thesaurus.get(id).unwrap().id.as_str()).collect();
    names.sort_unstable();
    names.join(" ")
}

fn cases(table: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = table.lines().filter(|l| !l.starts_with('#') && !l.is_empty());
    lines.map(|l| l.rsplit_once("=>").map(|(a, b)| (a.trim(), b.trim())).expect("a case has an arrow"))
}

#[test]
fn the_shipped_table_is_sound() {
    let thesaurus = Thesaurus::shipped();
    assert!(thesaurus.concepts().len() >= 250, "{}", thesaurus.concepts().len());
    let (ambiguous, wrong): (Vec<_>, Vec<_>) =
        thesaurus.check().into_iter().partition(|f| f.kind == FindingKind::Ambiguous);
    let wrong: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let listed: String = ambiguous.iter().fold(String::new(), |mut out, f| {
        writeln!(out, "{} => {}", f.about, f.concepts.join(" ")).unwrap();
        out
    });
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/thesaurus/ambiguities.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &listed).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), listed);
}

#[test]
fn every_label_of_the_shipped_table_finds_its_concept() {
    let thesaurus = Thesaurus::shipped();
    let mut stemmer = Stemmer::default();
    for (id, concept) in thesaurus.concepts() {
        for (_, label) in concept.all_labels() {
            assert!(thesaurus.concepts_of(label).contains(&id), "{}: {label}", concept.id);
        }
        for (_, label) in concept.labels() {
            let words = folded(label);
            let (length, found) = thesaurus.longest_match(&words, 0, &mut stemmer).unwrap();
            assert!(length == words.len() && found.contains(&id), "{}: {label}", concept.id);
        }
    }
}

#[test]
fn the_shipped_table_keeps_its_form() {
    let table = include_str!("../src/thesaurus/concepts.tsv");
    for line in table.lines().filter(|l| !l.starts_with('#')) {
        assert_eq!(line.split('\t').count(), 14, "{line}");
        assert!(line.split(['\t', '|']).all(|cell| cell == cell.trim()), "{line}");
    }
    for (_, concept) in Thesaurus::shipped().concepts() {
        let slug = concept.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        assert!(slug, "{}", concept.id);
        for year in [concept.from, concept.to].into_iter().flatten() {
            assert!((1900..2030).contains(&year), "{}", concept.id);
        }
    }
}

#[test]
fn labels_in_running_text() {
    let thesaurus = Thesaurus::shipped();
    let mut tagger = Tagger::new(thesaurus);
    let mut failed = Vec::new();
    for (text, expected) in cases(include_str!("cases/thesaurus/labels.txt")) {
        let tags = tagger.tags(text);
        let shown = |t: &commlit::thesaurus::Tag<'_>| {
            format!("{}: {}", &text[t.range.clone()], names(thesaurus, t.concepts.iter().copied()))
        };
        let found: Vec<_> = tags.iter().map(shown).collect();
        let found = found.join("; ");
        if found != expected {
            failed.push(format!("{text}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn ambiguous_labels_are_resolved() {
    let thesaurus = Thesaurus::shipped();
    let mut failed = Vec::new();
    for (case, expected) in cases(include_str!("cases/thesaurus/resolve.txt")) {
        let parts: Vec<_> = case.split('|').map(str::trim).collect();
        let years = parts[2].split_once('-').map(|(from, to)| from.parse().unwrap()..=to.parse().unwrap_or(9999));
        let candidates = thesaurus.concepts_of(parts[0]);
        let outcome = match thesaurus.resolve(candidates, &folded(parts[1]), years, &mut Stemmer::default()) {
            Resolution::One(id, by) => format!("{} by {by:?}", names(thesaurus, [id])),
            Resolution::Several(ids) => names(thesaurus, ids),
        };
        if outcome != expected {
            failed.push(format!("{case}\n  expected {expected}\n  got      {outcome}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert_eq!(thesaurus.resolve(&[], &["care"], None, &mut Stemmer::default()), Resolution::Several(Vec::new()));
    let one = thesaurus.find("fundholding").unwrap();
    let resolved = thesaurus.resolve(&[one], &["care"], Some(1800..=1801), &mut Stemmer::default());
    assert_eq!(resolved, Resolution::One(one, ResolvedBy::Nothing));
}

#[test]
fn relations_lead_both_ways() {
    let thesaurus = Thesaurus::shipped();
    let find = |id| thesaurus.find(id).unwrap();
    let below = thesaurus.narrower_closure(find("primary-care-led-commissioning"));
    for id in ["primary-care-led-commissioning", "fundholding", "total-purchasing", "practice-based-commissioning"] {
        assert!(below.contains(&find(id)), "{id}");
    }
    assert!(!below.contains(&find("commissioning")));
    assert!(thesaurus.near(find("purchasing")).any(|id| id == find("commissioning")));
    assert!(thesaurus.near(find("commissioning")).any(|id| id == find("purchasing")));
    let mut line = vec![find("district-health-authority")];
    while let Some(next) = thesaurus.succeeded_by(*line.last().unwrap()).find(|id| {
        let id = &thesaurus.get(*id).unwrap().id;
        ["health-authority", "primary-care-trust", "clinical-commissioning-group", "integrated-care-board"]
            .contains(&id.as_str())
    }) {
        assert!(thesaurus.preceded_by(next).any(|id| id == *line.last().unwrap()));
        line.push(next);
    }
    assert_eq!(line.len(), 5);
    let active: Vec<_> = thesaurus.active_in(1992).collect();
    assert!(active.contains(&find("fundholding")) && !active.contains(&find("integrated-care-board")));
    assert_eq!(names(thesaurus, thesaurus.concepts_of("Delivery of Health Care").iter().copied()), "commissioning");
}

#[test]
fn a_bad_table_is_an_error_with_its_line() {
    for (table, expected) in cases(include_str!("cases/thesaurus/bad.txt")) {
        let table = table.replace('¶', "\n").replace('»', "\t");
        let message = Thesaurus::parse(&table).expect_err("the table is wrong").to_string();
        assert!(message.starts_with(expected), "{table}\n  expected {expected}\n  got      {message}");
    }
}

#[test]
fn columns_may_stand_in_any_order() {
    let table = "\u{feff}# mine\r\npreferred\tto\tid\r\nblock grant\t1999\ta\r\n\r\nlump sum\t\tb\r\n";
    let thesaurus = Thesaurus::parse(table).unwrap();
    let found: Vec<_> = thesaurus.concepts().map(|(_, c)| (c.id.as_str(), c.preferred.as_str(), c.to)).collect();
    assert_eq!(found, [("a", "block grant", Some(1999)), ("b", "lump sum", None)]);
}

#[test]
fn what_is_wrong_is_found() {
    let table = "id\tpreferred\tvariants\tacronyms\tbroader\trelated\tsucceeded_by\tfrom\tto\tnation\n\
        a\tblock grant\tlump sum\tBG\tb\tc\t\t1999\t1991\tAtlantis\n\
        b\tlump sum\t\tBG\tc\t\tb\t\t\t\n\
        c\tcapitation\t—\t\ta|x\t\td\t\t\tWales\n\
        d\tBlock grants\t\t\t\t\tc\t\t\t\n\
        d\tcharge\t\t\t\t\t\t\t\t\n\
        e\tfee\t\t\ta\t\t\t\t\t\n\
        f\tfixed tariff\ttoll\tFIT|HA|FTR\t\t\t\t\t\t\n";
    let found: Vec<_> = Thesaurus::parse(table).unwrap().check().iter().map(ToString::to_string).collect();
    let expected = [
        "id of two concepts: d (d)",
        "label without a word: \"—\" (c)",
        "preferred label of two concepts: block grant (a, d)",
        "preferred label that another concept has as well: lump sum (a, b)",
        "everyday word that should be hidden: FIT (f)",
        "everyday word that should be hidden: HA (f)",
        "everyday word that should be hidden: toll (f)",
        "no concept has the id: x (c)",
        "related to itself: b (b)",
        "broader than itself: a (a)",
        "broader than itself: b (b)",
        "broader than itself: c (c)",
        "succeeds itself: c (c)",
        "succeeds itself: d (d)",
        "related to what is above it: c (a)",
        "related to what is above it: a (c)",
        "years backwards: 1999 to 1991 (a)",
        "nation not known: Atlantis (a)",
        "ambiguous: bg (a, b)",
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_shipped_table_survives_turtle() {
    let shipped = Thesaurus::shipped();
    let turtle = shipped.to_turtle().unwrap();
    let read = Thesaurus::parse_turtle(turtle.as_bytes()).unwrap();
    assert!(read.unread.is_empty(), "{:?}", read.unread);
    let before: Vec<_> = shipped.concepts().map(|(_, c)| c).collect();
    let after: Vec<_> = read.thesaurus.concepts().map(|(_, c)| c).collect();
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after);
    }
    assert_eq!(before.len(), after.len());
    assert_eq!(read.thesaurus.to_turtle().unwrap(), turtle);
}

#[test]
fn the_shipped_table_survives_being_written() {
    let shipped = Thesaurus::shipped();
    let table = shipped.to_table();
    let ours = include_str!("../src/thesaurus/concepts.tsv");
    let rows = |table: &str| table.lines().filter(|l| !l.starts_with('#')).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(rows(&table), rows(ours));
    assert_eq!(Thesaurus::parse(&table).unwrap().fingerprint(), shipped.fingerprint());
}

#[test]
fn a_fingerprint_is_of_words_and_not_of_notes() {
    let of = |table: &str| Thesaurus::parse(table).unwrap().fingerprint();
    assert_eq!(of("id\tpreferred\tnote\na\tA\tone\n"), of("preferred\tid\nA\ta\n"));
    assert_ne!(of("id\tpreferred\na\tA\n"), of("id\tpreferred\na\tB\n"));
}

#[test]
fn labels_that_look_alike() {
    let thesaurus = Thesaurus::shipped();
    for (text, expected) in [
        ("fundholdr", "fundholder"),
        ("totl purchasing pilot", "total purchasing pilot"),
        ("CGG", "CCG"),
        ("clinical comissioning groups", "clinical commissioning group"),
    ] {
        assert_eq!(thesaurus.nearest(text, 1).first().map(|(_, label)| *label), Some(expected), "{text}");
    }
    assert!(thesaurus.nearest("", 5).is_empty() && thesaurus.nearest("xyzzy", 5).is_empty());
    assert!(thesaurus.nearest(&"commissioning ".repeat(100_000), 5).len() <= 5);
}

#[test]
fn concepts_of_a_file_have_lines() {
    let lines = |name: &str, text: &str| Thesaurus::parse_file(name, text.as_bytes()).unwrap().lines;
    assert_eq!(lines("a.tsv", "# one\nid\tpreferred\n\na\tA\r\n# b\nb\tB\n"), [Some(4), Some(6)]);
    let turtle = "@prefix s: <http://www.w3.org/2004/02/skos/core#> .\n@prefix c: <urn:c:> .\n\n\
        c:a a s:Concept .\n<urn:c:b>\n  a s:Concept . <urn:d> a s:Concept .\n";
    assert_eq!(lines("a.TTL", turtle), [Some(4), Some(5), None]);
    let utf16: Vec<u8> = "\u{feff}id\tpreferred\na\tZ\u{fc}rich\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let read = Thesaurus::parse_file("excel.txt", &utf16).unwrap();
    assert_eq!(read.thesaurus.concepts().next().map(|(_, c)| c.preferred.clone()).as_deref(), Some("Z\u{fc}rich"));
}

#[test]
fn a_foreign_file_is_read_and_joined() {
    let file = Thesaurus::parse_turtle(include_bytes!("cases/thesaurus/foreign.ttl")).unwrap();
    let ex = |name: &str| format!("https://example.org/thes/{name}");
    let skos = |name: &str| format!("http://www.w3.org/2004/02/skos/core#{name}");
    assert_eq!(
        file.unread,
        [
            ("http://purl.org/dc/terms/title".to_owned(), 1),
            (skos("hasTopConcept"), 1),
            (skos("inScheme"), 1),
            (skos("prefLabel"), 1)
        ]
    );
    let concept = |id: &str| file.thesaurus.get(file.thesaurus.find(id).unwrap()).unwrap().clone();
    let strings = |values: &[&str]| values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        concept(&ex("buying")),
        Concept {
            id: ex("buying"),
            preferred: "care buying".to_owned(),
            variants: strings(&["buying of care", "zorginkoop", "achat de soins"]),
            acronyms: strings(&["CB"]),
            hidden: strings(&["care bying"]),
            same_as: strings(&["purchasing"]),
            close_to: strings(&["http://dbpedia.org/resource/Purchasing"]),
            note: "Paying providers for care.".to_owned(),
            ..Concept::default()
        }
    );
    assert_eq!(
        concept(&ex("block")),
        Concept {
            id: ex("block"),
            preferred: "lump sum".to_owned(),
            broader: vec![ex("buying")],
            related: vec![ex("nowhere")],
            near: vec![ex("buying")],
            from: Some(1995),
            to: Some(2004),
            nations: strings(&["Wales"]),
            ..Concept::default()
        }
    );
    let old = concept(&ex("old"));
    assert_eq!((old.from, old.to, old.succeeded_by), (Some(1980), Some(1994), vec![ex("block")]));

    let shipped = Thesaurus::shipped();
    let joined = shipped.merged_with(&file.thesaurus);
    assert_eq!(joined.concepts().len(), shipped.concepts().len() + 2);
    let purchasing = joined.find("purchasing").unwrap();
    let concept = joined.get(purchasing).unwrap();
    assert_eq!(concept.preferred, "care buying");
    assert!(concept.variants.contains(&"purchasing".to_owned()) && concept.same_as.is_empty());
    assert_eq!(joined.concepts_of("zorginkoop"), [purchasing]);
    let block = joined.find(&ex("block")).unwrap();
    assert!(joined.narrower(purchasing).any(|id| id == block) && joined.near(purchasing).any(|id| id == block));
    assert_eq!(joined.get(block).unwrap().broader, ["purchasing"]);

    let again = shipped.merged_with(shipped);
    assert!(again.concepts().zip(shipped.concepts()).all(|((_, a), (_, b))| a == b));
    assert_eq!(again.concepts().len(), shipped.concepts().len());
}

#[test]
fn broken_turtle_is_an_error_with_its_line() {
    let error = Thesaurus::parse_turtle(b"@prefix a: <urn:a:> .\na:b a:c \"open .\n").expect_err("it is broken");
    assert!(error.to_string().starts_with("line "), "{error}");
}

#[test]
fn deep_and_long_input_does_no_harm() {
    let nested = format!("<urn:a> <urn:b> {}", "[ <urn:b> ".repeat(100_000));
    assert!(Thesaurus::parse_turtle(nested.as_bytes()).is_err());
    let mut chain = String::from("id\tpreferred\tbroader\n");
    for at in 0..20_000 {
        writeln!(chain, "c{at}\tconcept number {at}\tc{}", at + 1).unwrap();
    }
    let thesaurus = Thesaurus::parse(&chain).unwrap();
    assert_eq!(thesaurus.narrower_closure(thesaurus.find("c19999").unwrap()).len(), 20_000);
    assert_eq!(thesaurus.check().len(), 1);
    let text = "joint strategic needs ".repeat(50_000);
    assert!(Tagger::new(Thesaurus::shipped()).tags(&text).is_empty());
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Thesaurus::parse_turtle(&bytes);
        let _ = Thesaurus::parse(&String::from_utf8_lossy(&bytes));
        for name in ["a.ttl", "a.tsv"] {
            if let Ok(file) = Thesaurus::parse_file(name, &bytes) {
                prop_assert_eq!(file.lines.len(), file.thesaurus.concepts().len());
            }
        }
    }

    #[test]
    fn any_concepts_survive_a_table(
        concepts in proptest::collection::vec(
            ("[\\PC]{1,8}", "\\PC{0,12}", proptest::collection::vec("[a|:\\\\\"# é]{1,6}", 0..4), any::<Option<i16>>()), 1..6
        )
    ) {
        // White space around a value is not kept, and an empty value alone is none.
        let trimmed = |text: &str| text.trim().to_owned();
        let made: Vec<Concept> = concepts.iter().filter(|(id, ..)| !id.trim().is_empty()).map(|(id, label, list, from)| {
            let list: Vec<_> = list.iter().map(|v| trimmed(v)).filter(|v| !v.is_empty()).collect();
            Concept {
                id: trimmed(id),
                preferred: trimmed(label),
                variants: list.clone(),
                headings: list.iter().map(|v| Heading { scheme: v.clone(), term: v.clone() }).collect(),
                same_as: list,
                from: from.map(i32::from),
                note: trimmed(label),
                ..Concept::default()
            }
        }).collect();
        let thesaurus = Thesaurus::new(made.clone());
        let read = Thesaurus::parse(&thesaurus.to_table()).unwrap();
        let read: Vec<_> = read.concepts().map(|(_, c)| c.clone()).collect();
        prop_assert_eq!(read, made);
    }

    #[test]
    fn any_concepts_survive_turtle(
        concepts in proptest::collection::vec(("\\PC{1,12}", "\\PC{1,12}", "[A-Z]{2,4}", any::<Option<i16>>()), 1..6)
    ) {
        let mut made: Vec<Concept> = Vec::new();
        for (id, label, acronym, from) in concepts {
            let (id, label) = (id.trim().to_owned(), label.trim().to_owned());
            if id.is_empty() || made.iter().any(|c| c.id == id) {
                continue;
            }
            let acronyms = vec![acronym];
            made.push(Concept { id, preferred: label, acronyms, from: from.map(i32::from), ..Concept::default() });
        }
        let thesaurus = Thesaurus::new(made);
        let _ = thesaurus.check();
        let turtle = thesaurus.to_turtle().unwrap();
        let read = Thesaurus::parse_turtle(turtle.as_bytes()).unwrap().thesaurus;
        let pairs: Vec<_> = thesaurus.concepts().zip(read.concepts()).collect();
        prop_assert_eq!(pairs.len(), thesaurus.concepts().len());
        for ((_, before), (_, after)) in pairs {
            prop_assert_eq!(before, after);
        }
    }

    #[test]
    fn tags_are_what_words_say(
        words in proptest::collection::vec(
            prop_oneof![
                Just("primary"), Just("care"), Just("trusts"), Just("CCGs"), Just("joint"), Just("commissioning"),
                Just("total"), Just("purchasing"), Just("pilot"), Just("the"), Just("integrated"), Just("groups"),
                Just("system"), Just("needs"), Just("assessment"), Just("strategic"), Just("GP"), Just("fundholding"),
            ],
            0..30,
        )
    ) {
        let thesaurus = Thesaurus::shipped();
        let text = words.join(" ");
        let folded = folded(&text);
        let mut stemmer = Stemmer::default();
        let mut expected = Vec::new();
        let mut at = 0;
        while at < folded.len() {
            let found = thesaurus.longest_match(&folded, at, &mut stemmer);
            if let Some((length, concepts)) = found {
                expected.push((words[at..at + length].join(" "), concepts.to_vec()));
            }
            at += found.map_or(1, |(length, _)| length);
        }
        let mut tagger = Tagger::new(thesaurus);
        let tags = tagger.tags(&text);
        let tags: Vec<_> = tags.iter().map(|t| (text[t.range.clone()].to_owned(), t.concepts.to_vec())).collect();
        prop_assert_eq!(tags, expected);
    }
}
