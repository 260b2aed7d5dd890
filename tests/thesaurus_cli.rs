//! Thesauri of users, end to end: beside commlit's and in its place, kept with the index, verified, shown and written out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use commlit::error::ErrorKind;
use commlit::library::{IngestOptions, Library, ThesaurusOrigin};
use commlit::thesaurus::Thesaurus;
use serde_json::Value;
use tempfile::TempDir;

const RECORDS: &str = r#"{"id":"a","title":"Zorginkoop in de regio","type":"report","year":2008,"subjects":["Zorginkoop"]}
{"id":"b","title":"Strategic purchasing","type":"report","year":2005,"subjects":["Strategic purchasing"]}
{"id":"c","title":"The Dorset model","type":"report","year":1996,"subjects":["Wessex and Dorset experiment"]}
"#;

const TABLE: &str = "id\tpreferred\tvariants\tbroader\n\
    purchasing\tpurchasing\tzorginkoop\t\n\
    dorset\tDorset model\tWessex and Dorset experiment\tpurchasing\n";

const TURTLE: &str = r#"@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix ex: <https://example.org/thes/> .

ex:scheme a skos:ConceptScheme .

ex:buying a skos:Concept ;
  skos:prefLabel "care buying"@en , "zorginkoop"@nl ;
  skos:inScheme ex:scheme ;
  skos:narrower ex:dorset .

ex:dorset a skos:Concept ;
  skos:prefLabel "Wessex and Dorset experiment" .
"#;

fn commlit(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_commlit"));
    command.current_dir(dir).args(args).env_remove("COMMLIT_INDEX").stdin(Stdio::null()).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn done(dir: &Path, args: &[&str]) -> String {
    let output = commlit(dir, args);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}{}", out(&output), err(&output));
    out(&output)
}

fn collection() -> TempDir {
    let dir = TempDir::new().unwrap();
    fs::create_dir(dir.path().join("in")).unwrap();
    for (name, text) in [("in/records.jsonl", RECORDS), ("mine.tsv", TABLE), ("mine.ttl", TURTLE)] {
        fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

/// The ids that an Ovid query finds, in order.
fn found(dir: &Path, query: &str) -> Vec<String> {
    let output = commlit(dir, &["search", "--syntax", "ovid", query, "--format", "trec"]);
    let mut ids: Vec<_> = out(&output).lines().filter_map(|l| l.split(' ').nth(2).map(str::to_owned)).collect();
    ids.sort();
    ids
}

#[test]
fn beside_commlits_and_in_its_place() {
    let dir = collection();
    let dir = dir.path();
    done(dir, &["ingest", "in"]);
    assert_eq!(found(dir, "exp purchasing/"), ["b"]);
    assert!(!dir.join(".commlit/thesaurus.tsv").exists());
    done(dir, &["ingest", "in", "--rebuild", "--thesaurus", "mine.tsv"]);
    assert_eq!(found(dir, "exp purchasing/"), ["a", "b", "c"]);
    // A heading with an operator in it is one where the thesaurus of the index has it.
    assert_eq!(found(dir, "Wessex and Dorset experiment/"), ["c"]);
    done(dir, &["ingest", "in", "--rebuild", "--thesaurus", "mine.tsv", "--thesaurus-only"]);
    assert_eq!(found(dir, "exp purchasing/"), ["a", "c"]);
    let told = commlit(dir, &["ingest", "in", "--rebuild", "--thesaurus", "mine.ttl", "--thesaurus-only"]);
    assert_eq!(told.status.code(), Some(0), "{}", err(&told));
    assert_eq!(err(&told), "commlit: mine.ttl: not read: http://www.w3.org/2004/02/skos/core#inScheme (1 time)\n");
    assert_eq!(found(dir, "exp care buying/"), ["a", "c"]);
    assert_eq!(found(dir, "exp purchasing/"), Vec::<String>::new());
    done(dir, &["ingest", "in", "--rebuild", "--thesaurus", "mine.tsv", "--thesaurus", "mine.ttl"]);
    assert_eq!(found(dir, "exp care buying/"), ["a", "c"]);
    assert_eq!(found(dir, "exp purchasing/"), ["a", "b", "c"]);
    let stats: Value = serde_json::from_str(&done(dir, &["stats", "--json"])).unwrap();
    assert_eq!(stats["thesaurus"], "own");
    done(dir, &["check"]);
}

#[test]
fn a_search_may_bring_its_collection_and_its_thesaurus() {
    let dir = collection();
    let dir = dir.path();
    let args = ["search", "--syntax", "ovid", "Wessex and Dorset experiment/", "--thesaurus", "mine.tsv"];
    assert_eq!(commlit(dir, &args).status.code(), Some(2), "without a collection there is nothing to tag");
    assert!(done(dir, &[&args[..], &["--corpus", "in"]].concat()).starts_with("1 record for heading:"));
    assert_eq!(found(dir, "exp purchasing/"), ["a", "b", "c"]);
    assert_eq!(commlit(dir, &[&args[..], &["--corpus", "in"]].concat()).status.code(), Some(0), "the same again");
    let other = commlit(dir, &[&args[..4], &["--corpus", "in", "--thesaurus", "mine.ttl"]].concat());
    assert_eq!(other.status.code(), Some(2));
    assert!(err(&other).contains("--rebuild --thesaurus mine.ttl PATH…"), "{}", err(&other));
}

#[test]
fn an_index_keeps_its_thesaurus() {
    let dir = collection();
    let dir = dir.path();
    done(dir, &["ingest", "in", "--thesaurus", "mine.tsv"]);
    let kept = fs::read_to_string(dir.join(".commlit/thesaurus.tsv")).unwrap();
    done(dir, &["ingest", "in"]);
    done(dir, &["ingest", "in", "--thesaurus", "mine.tsv"]);
    for flags in [&["--thesaurus", "shipped"][..], &["--thesaurus", "mine.tsv", "--thesaurus-only"]] {
        let refused = commlit(dir, &[&["ingest", "in"], flags].concat());
        assert_eq!(refused.status.code(), Some(2));
        let hint = format!(
            "commlit: the index in .commlit was made with a thesaurus of its own, and keeps it\n\
             hint: commlit ingest --rebuild {} PATH…\n",
            flags.join(" ")
        );
        assert_eq!(err(&refused), hint);
        assert_eq!(fs::read_to_string(dir.join(".commlit/thesaurus.tsv")).unwrap(), kept);
    }
    // Made anew it keeps it too, until another one is named.
    done(dir, &["ingest", "in", "--rebuild"]);
    assert_eq!(found(dir, "exp purchasing/"), ["a", "b", "c"]);
    // A note says nothing of words, and may change at any time.
    fs::write(
        dir.join("noted.tsv"),
        TABLE
            .replace("id\tpreferred", "note\tid\tpreferred")
            .replace("\npur", "\nSeen.\tpur")
            .replace("\ndor", "\n\tdor"),
    )
    .unwrap();
    done(dir, &["ingest", "in", "--thesaurus", "noted.tsv"]);
    assert!(done(dir, &["thesaurus", "show", "zorginkoop"]).contains("note        Seen."));
    done(dir, &["ingest", "in", "--rebuild", "--thesaurus", "shipped"]);
    assert_eq!(found(dir, "exp purchasing/"), ["b"]);
    assert!(!dir.join(".commlit/thesaurus.tsv").exists());
}

#[test]
fn records_are_tagged_with_the_thesaurus_of_their_index() {
    let dir = collection();
    let dir = dir.path();
    let facet = || {
        let counted = done(dir, &["facets", "concept", "--json"]);
        let counted: Value = serde_json::from_str(&counted).unwrap();
        let values = counted["facets"]["concept"].as_array().unwrap().clone();
        values.iter().map(|v| format!("{} {}", v["value"].as_str().unwrap(), v["count"])).collect::<Vec<_>>()
    };
    done(dir, &["ingest", "in", "--thesaurus", "mine.tsv", "--thesaurus-only"]);
    assert_eq!(facet(), ["purchasing 2", "Dorset model 1"]);
    done(dir, &["ingest", "in", "--rebuild", "--thesaurus", "shipped"]);
    assert!(facet().contains(&"strategic purchasing 1".to_owned()), "{:?}", facet());
}

#[test]
fn a_library_that_was_open_meanwhile_writes_nothing_with_another_thesaurus() {
    let dir = collection();
    let index = dir.path().join("index");
    let thesaurus = Thesaurus::parse(TABLE).unwrap();
    let earlier = Library::open_or_create(&index).unwrap();
    let mut later = Library::open(&index).unwrap();
    later.set_thesaurus(&thesaurus).unwrap();
    let ingest = |library: &Library| {
        library.ingest(&[dir.path().join("in")], &IngestOptions::default(), &mut |_| ControlFlow::Continue(()))
    };
    assert_eq!(ingest(&earlier).unwrap_err().kind(), ErrorKind::Locked);
    assert_eq!(ingest(&later).unwrap().records, 3);
    // What is there is refused, unless it says the same.
    assert_eq!(later.set_thesaurus(Thesaurus::shipped()).unwrap_err().kind(), ErrorKind::Thesaurus);
    later.set_thesaurus(&thesaurus).unwrap();
    assert_eq!(later.thesaurus_origin(), ThesaurusOrigin::Own);
    drop((earlier, later));
    let again = Library::recreate(&index).unwrap();
    assert_eq!(again.thesaurus().fingerprint(), thesaurus.fingerprint());
    let again = Library::recreate_with(&index, Thesaurus::shipped()).unwrap();
    assert_eq!(again.thesaurus_origin(), ThesaurusOrigin::Shipped);
}

#[test]
fn a_damaged_file_is_named_with_its_line() {
    let dir = collection();
    let dir = dir.path();
    fs::write(dir.join("bad.tsv"), "# mine\nid\tpreferred\tfrom\na\tA\t199x\n").unwrap();
    fs::write(dir.join("quote.tsv"), "id\tpreferred\nx\t\"open\ny\tz\n").unwrap();
    fs::write(dir.join("bad.ttl"), "@prefix a: <urn:a:> .\na:b a:c \"open .\n").unwrap();
    for (file, expected) in [
        ("bad.tsv", "commlit: bad.tsv is not a thesaurus: line 3 of the thesaurus: \"199x\" is not a year\nhint: "),
        (
            "quote.tsv",
            "commlit: quote.tsv is not a thesaurus: line 2 of the thesaurus: a quotation mark opens a cell and is never",
        ),
        ("bad.ttl", "commlit: bad.ttl is not a thesaurus: line 2 of the thesaurus is not Turtle: "),
        ("none.tsv", "commlit: cannot read none.tsv: "),
    ] {
        let output = commlit(dir, &["ingest", "in", "--thesaurus", file]);
        assert_eq!(output.status.code(), Some(2));
        assert!(err(&output).starts_with(expected), "{}", err(&output));
        assert!(!dir.join(".commlit").exists(), "nothing has been touched");
    }
    let output = commlit(dir, &["thesaurus", "check", "bad.tsv", "bad.ttl"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(out(&output).starts_with("bad.tsv: error: line 3 of the thesaurus: "), "{}", out(&output));
}

#[test]
fn a_damaged_thesaurus_of_an_index_is_an_error_until_it_is_given_again() {
    let dir = collection();
    let dir = dir.path();
    done(dir, &["ingest", "in", "--thesaurus", "mine.tsv"]);
    let path = dir.join(".commlit/thesaurus.tsv");
    let kept = fs::read_to_string(&path).unwrap();
    for damaged in [kept.replace("zorginkoop", "zorginkopen"), kept[..200].to_owned(), String::new(), TABLE.to_owned()]
    {
        fs::write(&path, damaged).unwrap();
        for args in [&["search", "purchasing"][..], &["ingest", "in"], &["ingest", "in", "--rebuild"], &["check"]] {
            let output = commlit(dir, args);
            assert_eq!(output.status.code(), Some(2), "{args:?}");
            let told = err(&output);
            assert!(
                told.starts_with("commlit: cannot read the thesaurus of the index, .commlit/thesaurus.tsv: "),
                "{told}"
            );
            assert!(told.ends_with("hint: commlit ingest --rebuild --thesaurus FILE PATH…\n"), "{told}");
        }
    }
    done(dir, &["ingest", "in", "--rebuild", "--thesaurus", "mine.tsv"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), kept);
}

#[test]
fn an_index_of_another_version_of_the_thesaurus_says_so() {
    let dir = collection();
    let dir = dir.path();
    done(dir, &["ingest", "in"]);
    let path = dir.join(".commlit/commlit.json");
    let mut version: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    version["thesaurus"] = "0123456789abcdef".into();
    fs::write(&path, version.to_string()).unwrap();
    for args in [&["ingest", "in"][..], &["stats"], &["check"]] {
        let output = commlit(dir, args);
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        assert!(err(&output).contains("--rebuild PATH… tags its records with that of this one"), "{}", err(&output));
    }
    done(dir, &["ingest", "in", "--rebuild"]);
    assert_eq!(err(&commlit(dir, &["stats"])), "");
}

#[test]
fn a_folder_with_a_table_of_the_users_is_left_alone() {
    let dir = collection();
    let dir = dir.path();
    fs::create_dir(dir.join("theirs")).unwrap();
    fs::write(dir.join("theirs/thesaurus.tsv"), TABLE).unwrap();
    for flags in [&[][..], &["--rebuild"], &["--thesaurus", "mine.ttl"], &["--rebuild", "--thesaurus", "mine.ttl"]] {
        let output = commlit(dir, &[&["ingest", "in", "--index", "theirs"], flags].concat());
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
        assert_eq!(fs::read_to_string(dir.join("theirs/thesaurus.tsv")).unwrap(), TABLE);
    }
}

#[test]
fn concepts_are_shown() {
    let dir = collection();
    let dir = dir.path();
    let shown = done(dir, &["thesaurus", "show", "TPPs"]);
    assert!(
        shown.starts_with("total purchasing\n  id          total-purchasing\n  years       1994 to 1998\n"),
        "{shown}"
    );
    assert!(shown.contains("\n  before it") || shown.contains("\n  after it    primary care group\n"), "{shown}");
    let shown = done(dir, &["thesaurus", "show", "icp"]);
    assert!(shown.starts_with("icp may mean 5 concepts\n\n"), "{shown}");
    let shown = done(dir, &["thesaurus", "show", "--json", "Total", "Purchasing"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!((shown[0]["id"].as_str(), shown[0]["from"].as_i64()), (Some("total-purchasing"), Some(1994)));
    assert_eq!(shown[0]["broader"][0]["id"], "fundholding");
    let unknown = commlit(dir, &["thesaurus", "show", "totl purchasing"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(
        err(&unknown)
            .starts_with("commlit: no concept has the label `totl purchasing`\nhint: did you mean `total purchasing`"),
        "{}",
        err(&unknown)
    );
    assert_eq!(out(&unknown), "");
    done(dir, &["thesaurus", "show", "zorginkoop", "--thesaurus", "mine.tsv"]);
    assert_eq!(commlit(dir, &["thesaurus", "show", "zorginkoop"]).status.code(), Some(1));
    assert_eq!(commlit(dir, &["thesaurus", "show", "!!!"]).status.code(), Some(1));
}

#[test]
fn concepts_are_listed() {
    let dir = collection();
    let dir = dir.path();
    let all = done(dir, &["thesaurus", "list"]);
    assert!(all.lines().all(|l| l.split('\t').count() == 4) && all.lines().count() > 400);
    let some = done(dir, &["thesaurus", "list", "integrat", "board"]);
    assert!(some.contains("integrated care board\tsince 2022\tEngland\tintegrated-care-board\n"), "{some}");
    assert!(some.lines().count() < 10);
    let then = done(dir, &["thesaurus", "list", "--year", "1992", "--nation", "scotland"]);
    assert!(then.lines().all(|l| l.contains("Scotland")) && !then.contains("since 2022"), "{then}");
    assert_eq!(commlit(dir, &["thesaurus", "list", "xyzzy"]).status.code(), Some(1));
    let mine = done(dir, &["thesaurus", "list", "--thesaurus", "mine.tsv", "--thesaurus-only"]);
    assert_eq!(mine, "Dorset model\t\t\tdorset\npurchasing\t\t\tpurchasing\n");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let dir = collection();
    let dir = dir.path();
    assert_eq!(done(dir, &["thesaurus", "check", "mine.tsv"]), "2 concepts, 0 errors, 0 remarks\n");
    fs::write(
        dir.join("wrong.tsv"),
        "# mine\nid\tpreferred\tvariants\tacronyms\tbroader\tfrom\tto\n\
         a\tcare buying\tpurchasing\tCB\tb\t1995\t1990\n\
         b\tzorginkoop\t\tTPP\ta|nowhere\t\t\n\
         b\tagain\t\t\t\t\t\n",
    )
    .unwrap();
    let output = commlit(dir, &["thesaurus", "check", "wrong.tsv", "mine.ttl"]);
    assert_eq!(output.status.code(), Some(2));
    let expected = "\
wrong.tsv:3: error: preferred label that another concept has as well: purchasing (purchasing, a)
wrong.tsv:3: error: broader than itself: a (a)
wrong.tsv:3: error: years backwards: 1995 to 1990 (a)
wrong.tsv:4: error: id of two concepts: b (b)
wrong.tsv:4: error: no concept has the id: nowhere (b)
wrong.tsv:4: error: broader than itself: b (b)
wrong.tsv:4: remark: ambiguous: zorginkoop (a, b)
wrong.tsv:4: remark: ambiguous: tpp (total-purchasing, b)
mine.ttl: remark: not read: http://www.w3.org/2004/02/skos/core#inScheme (1 time)
";
    assert!(out(&output).starts_with(expected), "{}", out(&output));
    let alone = commlit(dir, &["thesaurus", "check", "--thesaurus-only", "wrong.tsv", "--json"]);
    let alone: Value = serde_json::from_slice(&alone.stdout).unwrap();
    assert_eq!((alone[0]["file"].as_str(), alone[0]["line"].as_u64()), (Some("wrong.tsv"), Some(3)));
    // Ours is sound, and so is what it is written out as.
    assert!(done(dir, &["thesaurus", "check"]).contains(" concepts, 0 errors, "));
    for format in ["tsv", "ttl"] {
        let name = format!("ours.{format}");
        fs::write(dir.join(&name), done(dir, &["thesaurus", "export", "--format", format])).unwrap();
        assert!(done(dir, &["thesaurus", "check", "--thesaurus-only", &name]).contains(" concepts, 0 errors, "));
        done(dir, &["ingest", "in", "--thesaurus", &name]);
        assert!(!dir.join(".commlit/thesaurus.tsv").exists(), "commlit's own, joined to itself, is commlit's");
    }
}
