//! Facets at the command line, end to end: pages, prefixes, records without a value, histograms, names that fall together.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

fn commlit(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_commlit"));
    command.current_dir(dir).args(args).env_remove("COMMLIT_INDEX").env_remove("NO_COLOR").stdin(Stdio::null());
    command.output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn answer(dir: &Path, args: &[&str]) -> Value {
    let output = commlit(dir, args);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}{}", out(&output), err(&output)))
}

/// The values of a facet and their counts; a star marks what is selected.
fn values(answer: &Value, field: &str) -> Vec<String> {
    let values = answer["facets"][field].as_array().unwrap_or_else(|| panic!("{field} in {answer}"));
    let mark = |v: &Value| if v["selected"] == true { "*" } else { "" };
    values.iter().map(|v| format!("{}{} {}", mark(v), v["value"].as_str().unwrap(), v["count"])).collect()
}

/// Text output without the line that tells the time.
fn text(dir: &Path, args: &[&str]) -> String {
    let output = commlit(dir, args);
    let text = out(&output);
    assert_eq!(err(&output), "", "{args:?}");
    text.split_once('\n').unwrap().1.to_owned()
}

fn library(records: &[Value]) -> TempDir {
    let dir = TempDir::new().unwrap();
    let number = |(i, r): (usize, &Value)| {
        let mut record = r.clone();
        let id = format!("r{i:03}");
        record["title"] = json!(format!("Record {id}"));
        record["id"] = json!(id);
        format!("{record}\n")
    };
    fs::write(dir.path().join("in.jsonl"), records.iter().enumerate().map(number).collect::<String>()).unwrap();
    let output = commlit(dir.path(), &["ingest", "in.jsonl"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    dir
}

fn of_publishers(publishers: &[&[&str]]) -> TempDir {
    library(&publishers.iter().map(|p| json!({ "publisher": p })).collect::<Vec<_>>())
}

fn kings() -> TempDir {
    of_publishers(&[
        &["King's Fund"],
        &["King’s Fund"],
        &["King’s Fund", "Kings Fund"],
        &["KING'S FUND"],
        &["King's Fund Centre"],
        &["HMSO"],
        &["H.M.S.O.", "Her Majesty's Stationery Office"],
        &[],
    ])
}

#[test]
fn variants_of_one_publisher_fall_together_under_the_commonest_form() {
    let dir = kings();
    let facets = answer(dir.path(), &["facets", "publisher", "--json"]);
    assert_eq!(values(&facets, "publisher"), ["King’s Fund 4", "H.M.S.O. 2", "King's Fund Centre 1"]);
    assert_eq!(facets["distinct"]["publisher"], 3);
    // By any of its forms, the same records; they keep what was printed.
    for form in
        ["King’s Fund", "King's Fund", "kings fund", "The King's Fund.", "King Edward's Hospital Fund for London"]
    {
        let found = answer(dir.path(), &["search", "*", "--json", "--filter", &format!("publisher={form}")]);
        assert_eq!(found["total"], 4, "{form}");
        assert_eq!(found["query"]["warnings"], json!([]), "{form}");
        assert_eq!(values(&found, "publisher")[0], "*King’s Fund 4");
    }
    let record = answer(dir.path(), &["show", "r002", "--json"]);
    assert_eq!(record["publisher"], json!(["King’s Fund", "Kings Fund"]));
    let two = ["search", "*", "--json", "--filter", "publisher=hmso", "--filter", "publisher=KINGS FUND CENTRE"];
    assert_eq!(answer(dir.path(), &two)["total"], 3);
    assert_eq!(
        text(dir.path(), &["facets", "publisher", "--variants"]),
        "publisher\n  \
           King’s Fund              4  ████████████████\n      \
               King’s Fund (2) · KING'S FUND (1) · King's Fund (1) · Kings Fund (1)\n  \
           H.M.S.O.                 2  ████████\n      \
               H.M.S.O. (1) · HMSO (1) · Her Majesty's Stationery Office (1)\n  \
           King's Fund Centre       1  ████\n"
    );
    let facets = answer(dir.path(), &["facets", "publisher", "--variants", "--json", "--prefix", "her maj"]);
    assert_eq!(values(&facets, "publisher"), ["H.M.S.O. 2"], "found under any of its forms");
    assert_eq!(facets["facets"]["publisher"][0]["variants"][2]["value"], "Her Majesty's Stationery Office");
    // Without the flag a value is what it has always been.
    let facets = answer(dir.path(), &["search", "*", "--json"]);
    assert_eq!(facets["facets"]["publisher"][0], json!({"value": "King’s Fund", "count": 4, "selected": false}));
}

#[test]
fn a_list_of_authorities_belongs_to_the_index() {
    let dir = kings();
    let publishers =
        |args: &[&str]| values(&answer(dir.path(), &[&["facets", "publisher", "--json"], args].concat()), "publisher");
    fs::write(dir.path().join("own.tsv"), "publisher\tKing's Fund Centre\tKing's Fund\nplace\tX\tY\n").unwrap();
    let output = commlit(dir.path(), &["ingest", "--authorities", "own.tsv"]);
    assert_eq!((output.status.code(), err(&output).as_str()), (Some(0), ""));
    assert_eq!(out(&output), ".commlit now has the authorities of own.tsv\n");
    assert_eq!(publishers(&[]), ["King's Fund 5", "H.M.S.O. 2"], "the list decides the spelling");
    assert_eq!(publishers(&["--filter", "publisher=King's Fund Centre"])[0], "*King's Fund 5");
    // It outlives another ingest, and an index made anew; nothing could make it anew.
    assert_eq!(commlit(dir.path(), &["ingest", "in.jsonl"]).status.code(), Some(0));
    assert_eq!(commlit(dir.path(), &["ingest", "--rebuild", "in.jsonl"]).status.code(), Some(0));
    assert_eq!(publishers(&[]), ["King's Fund 5", "H.M.S.O. 2"]);
    // One that is not well formed changes nothing.
    fs::write(dir.path().join("bad.tsv"), "# remark\npublisher\tA\n").unwrap();
    let output = commlit(dir.path(), &["ingest", "--rebuild", "in.jsonl", "--authorities", "bad.tsv"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        err(&output),
        "commlit: cannot use bad.tsv: line 2 of the authorities: 2 columns instead of three, parted by tabs\n\
         hint: a line is `publisher` or `place`, a tab, the variant, a tab, the preferred form\n"
    );
    assert_eq!(commlit(dir.path(), &["ingest", "--authorities", "nowhere.tsv"]).status.code(), Some(2));
    assert_eq!(publishers(&[]), ["King's Fund 5", "H.M.S.O. 2"]);
    fs::write(dir.path().join("none.tsv"), "").unwrap();
    let output = commlit(dir.path(), &["ingest", "in.jsonl", "--authorities", "none.tsv", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_eq!(publishers(&[]), ["King’s Fund 4", "H.M.S.O. 2", "King's Fund Centre 1"]);
    fs::write(dir.path().join(".commlit/authorities.tsv"), [b'x', 0xff]).unwrap();
    let output = commlit(dir.path(), &["facets"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("authorities.tsv"), "{}", err(&output));
    fs::write(dir.path().join(".commlit/authorities.tsv"), "nonsense").unwrap();
    let output = commlit(dir.path(), &["facets"]);
    assert!(err(&output).ends_with("hint: repair the file, or remove it\n"), "{}", err(&output));
}

#[test]
fn the_commonest_form_is_that_of_the_records_that_are_there() {
    let dir = TempDir::new().unwrap();
    let write = |name: &str, form: &str, n: usize| {
        let line = |i| format!("{{\"id\":\"{name}{i}\",\"title\":\"{name} {i}\",\"publisher\":[\"{form}\"]}}\n");
        fs::create_dir_all(dir.path().join("in")).unwrap();
        fs::write(dir.path().join("in").join(name), (0..n).map(line).collect::<String>()).unwrap();
        assert_eq!(commlit(dir.path(), &["ingest", "in", "--prune"]).status.code(), Some(0));
    };
    let publishers = || values(&answer(dir.path(), &["facets", "publisher", "--json"]), "publisher");
    write("a.jsonl", "Open University Press", 2);
    write("b.jsonl", "OPEN UNIVERSITY PRESS", 3);
    assert_eq!(publishers(), ["OPEN UNIVERSITY PRESS 5"]);
    fs::remove_file(dir.path().join("in/b.jsonl")).unwrap();
    write("c.jsonl", "Open University press", 1);
    assert_eq!(publishers(), ["Open University Press 3"]);
    let facets = answer(dir.path(), &["facets", "publisher", "--variants", "--json"]);
    let variants = &facets["facets"]["publisher"][0]["variants"];
    assert_eq!(variants.as_array().unwrap().len(), 2, "what is gone is no variant: {variants}");
}

#[test]
fn records_without_a_value_are_counted_and_selected() {
    let dir = library(&[
        json!({"type": "report", "year": 1997, "series": ["(none)"]}),
        json!({"type": "report", "series": ["\\(none)", "Series"]}),
        json!({"year": 1999, "publisher": ["HMSO"], "series": ["None"]}),
        json!({"type": "book"}),
    ]);
    let facets = answer(dir.path(), &["facets", "--missing", "--json"]);
    assert_eq!(values(&facets, "type"), ["report 2", "book 1", "(none) 1"]);
    assert_eq!(values(&facets, "year"), ["1997 1", "1998 0", "1999 1", "(none) 2"]);
    assert_eq!(values(&facets, "decade"), ["1990s 2", "(none) 2"]);
    assert_eq!(values(&facets, "era"), ["Internal market (1991-1998) 1", "PCGs and PCTs (1999-2012) 1", "(none) 2"]);
    assert_eq!(values(&facets, "publisher"), ["HMSO 1", "(none) 3"]);
    assert_eq!(values(&facets, "series"), ["\\(none) 1", "None 1", "Series 1", "\\\\(none) 1", "(none) 1"]);
    assert_eq!(values(&facets, "source"), ["in.jsonl 4"]);
    assert_eq!((&facets["distinct"]["type"], &facets["distinct"]["series"]), (&json!(2), &json!(4)));
    // What is shown is what a filter takes.
    for (filters, ids) in [
        (&["type=(none)"][..], "r002"),
        (&["type=(none)", "type=book"], "r002 r003"),
        (&["year=(none)"], "r001 r003"),
        (&["decade=(none)", "type=report"], "r001"),
        (&["era=(none)"], "r001 r003"),
        (&["year=(none)", "year=1997..1998"], "r000 r001 r003"),
        (&["publisher=(none)"], "r000 r001 r003"),
        (&["series=(none)"], "r003"),
        (&["series=\\(none)"], "r000"),
        (&["series=\\\\(none)"], "r001"),
        (&["series=None"], "r002"),
        (&["source=(none)"], ""),
    ] {
        let mut args = vec!["search", "*", "--json", "--sort", "title"];
        filters.iter().for_each(|f| args.extend(["--filter", *f]));
        let found = answer(dir.path(), &args);
        let found: Vec<&str> =
            found["hits"].as_array().unwrap().iter().map(|h| h["record"]["id"].as_str().unwrap()).collect();
        assert_eq!(found.join(" "), ids, "{filters:?}");
    }
    // Selected, it is shown without being asked for, and does not reduce its own facet.
    let found = answer(dir.path(), &["search", "*", "--json", "--filter", "type=(none)"]);
    assert_eq!(values(&found, "type"), ["report 2", "book 1", "*(none) 1"]);
    assert_eq!(values(&found, "publisher"), ["HMSO 1"]);
    let found = answer(dir.path(), &["search", "*", "--json", "--missing", "--facet", "publisher:0"]);
    assert_eq!(values(&found, "publisher"), ["(none) 3"]);
    assert_eq!(
        text(dir.path(), &["facets", "year", "type:1", "--missing", "--filter", "year=1997..1998"]),
        "year\n  1997 █ █ 1999\n  most: 1 in 1997; selected: 1997-1998\n  (none)       2  ████████████████\n\
         type\n  report       1  ████████████████\n"
    );
}

#[test]
fn values_are_given_by_page_and_by_prefix() {
    let names = ["Café Press", "cafe society", "Health, Café", "Ashgate", "Éditions Café", "Macafee", "Zed", "Zed"];
    let dir = of_publishers(&names.iter().map(std::slice::from_ref).collect::<Vec<_>>());
    let page = |args: &[&str]| answer(dir.path(), &[&["facets", "--json"], args].concat());
    let all = page(&["publisher"]);
    assert_eq!(
        values(&all, "publisher"),
        ["Zed 2", "Ashgate 1", "Café Press 1", "Health, Café 1", "Macafee 1", "cafe society 1", "Éditions Café 1"],
        "by count, then by name"
    );
    assert_eq!(
        (&all["distinct"]["publisher"], &all["offset"], &all["more"]["publisher"]),
        (&json!(7), &json!(0), &json!(0))
    );
    let second = page(&["publisher:2", "--offset", "2"]);
    assert_eq!(values(&second, "publisher"), ["Café Press 1", "Health, Café 1"]);
    assert_eq!(
        (&second["distinct"]["publisher"], &second["offset"], &second["more"]["publisher"]),
        (&json!(7), &json!(2), &json!(3))
    );
    assert_eq!(values(&page(&["publisher:2", "--offset", "9"]), "publisher"), [""; 0]);
    for (prefix, expected) in [
        ("CAFE", &["Café Press 1", "Health, Café 1", "cafe society 1", "Éditions Café 1"][..]),
        ("café s", &["cafe society 1"]),
        ("edi", &["Éditions Café 1"]),
        ("xyz", &[]),
        ("-", &[]),
    ] {
        let found = page(&["publisher", "--prefix", prefix]);
        assert_eq!(values(&found, "publisher"), expected, "{prefix}");
        assert_eq!(found["distinct"]["publisher"], expected.len(), "{prefix}");
    }
    // What is selected is shown on the first page, wherever it stands.
    let selected = page(&["publisher:1", "--filter", "publisher=Macafee"]);
    assert_eq!(values(&selected, "publisher"), ["Zed 2", "*Macafee 1"]);
    assert_eq!(selected["more"]["publisher"], 6, "the next page begins behind the first value");
    let selected = page(&["publisher:1", "--offset", "1", "--filter", "publisher=Macafee"]);
    assert_eq!(values(&selected, "publisher"), ["Ashgate 1"]);
    // For people, with the flag that shows more.
    let shown = text(dir.path(), &["facets", "publisher:2"]);
    assert!(shown.starts_with("publisher  (5 more values; go on with --offset 2)\n"), "{shown}");
    let shown = text(dir.path(), &["facets", "publisher:2", "--offset", "4"]);
    assert!(shown.starts_with("publisher  (1 more value; go on with --offset 6)\n"), "{shown}");
    let shown = text(dir.path(), &["facets", "publisher:2", "--offset", "6"]);
    assert!(shown.starts_with("publisher\n"), "{shown}");
    assert_eq!(text(dir.path(), &["facets", "publisher:2", "--offset", "7"]), "publisher  (no more: 7 in all)\n");
    let shown = text(dir.path(), &["search", "*", "-n", "1", "--facet", "publisher:2"]);
    assert!(shown.contains("\npublisher  (5 more values; --facet publisher:7)\n"), "{shown}");
    // A field that is named twice is counted once, as it was last asked for.
    let twice = out(&commlit(dir.path(), &["search", "*", "--json", "--facet", "publisher", "--facet", "publisher:1"]));
    assert_eq!(twice.matches("\"publisher\": [\n      {").count(), 1, "{twice}");
    assert_eq!(commlit(dir.path(), &["facets", "publisher:x"]).status.code(), Some(2));
    assert_eq!(commlit(dir.path(), &["facets", "publisher:-1"]).status.code(), Some(2));
    assert_eq!(
        commlit(dir.path(), &["facets", "publisher", "--offset", "99999999999999999999999"]).status.code(),
        Some(2)
    );
}

#[test]
fn years_are_a_histogram_without_holes() {
    let years = [1962, 1990, 1993, 1993, 2001, 2001, 2001];
    let dir = library(&years.map(|y| json!({"year": y, "type": if y < 1993 { "report" } else { "book" }})));
    let found = answer(dir.path(), &["search", "*", "--json", "--filter", "year=1990..1999"]);
    assert_eq!(found["total"], 3);
    let of_years = values(&found, "year");
    assert_eq!(of_years.len(), 40, "its own selection does not reduce it");
    assert_eq!(of_years[..2], ["1962 1", "1963 0"]);
    assert_eq!(of_years[27..33], ["1989 0", "*1990 1", "*1991 0", "*1992 0", "*1993 2", "*1994 0"]);
    assert_eq!(values(&found, "decade"), ["1990s 3"]);
    let found = answer(dir.path(), &["search", "*", "--json", "--filter", "decade=1990s"]);
    assert_eq!(values(&found, "decade"), ["1960s 1", "1970s 0", "1980s 0", "*1990s 3", "2000s 3"]);
    assert_eq!(values(&found, "year"), ["1990 1", "1991 0", "1992 0", "1993 2"]);
    let both = ["search", "*", "--json", "--filter", "decade=1990s", "--year", "1993..", "--filter", "type=book"];
    let both = answer(dir.path(), &both);
    assert_eq!(values(&both, "decade"), ["*1990s 2", "2000s 3"]);
    assert_eq!(values(&both, "year"), ["*1993 2"]);
    assert_eq!(values(&both, "type"), ["*book 2"]);
    let stats = answer(dir.path(), &["stats", "--json"]);
    assert_eq!((&stats["distinct"]["year"], &stats["years"]), (&json!(4), &json!([1962, 2001])));
    assert_eq!(
        text(dir.path(), &["facets", "decade"]),
        "decade\n  1960s       1  █████▍\n  1970s       0\n  1980s       0\n  1990s       3  ████████████████\n  2000s       3  ████████████████\n"
    );
}

#[test]
fn an_absurd_year_does_not_blow_a_histogram_up() {
    let dir = library(&[1, 1899, 2000, 2001, 9999].map(|y| json!({ "year": y })));
    let facets = answer(dir.path(), &["facets", "year", "decade", "--json"]);
    let years = values(&facets, "year");
    // 1900 to 1999 are a hundred empty years, which are filled; longer gaps are left open.
    assert_eq!(years.len(), 1 + 103 + 1);
    assert_eq!((years[0].as_str(), years[1].as_str(), years[104].as_str()), ("1 1", "1899 1", "9999 1"));
    let decades = values(&facets, "decade");
    assert_eq!(decades.len(), 1 + 12 + 1);
    assert_eq!((decades[0].as_str(), decades[1].as_str(), decades[13].as_str()), ("0s 1", "1890s 1", "9990s 1"));
    assert_eq!(answer(dir.path(), &["search", "*", "--json", "--filter", "decade=0s"])["total"], 1);
    assert!(text(dir.path(), &["facets", "year"]).len() < 400);
}

#[test]
fn any_value_can_be_filtered_by() {
    let odd = [
        "a/b",
        "a=b",
        "=",
        "a, b; c",
        "\"quoted\"",
        "'",
        "a\\b",
        "\\",
        "-x",
        "--",
        "*",
        "x:1",
        " lead",
        "trail ",
        "[x]",
        "è",
        "日本",
        "line\nbreak",
        "1990..1999",
        "(none) ",
        "(none)",
        "\\(none)",
        "none",
    ];
    let dir = library(&odd.map(|v| json!({"subjects": [v, "all"], "series": [v], "container": {"title": v}})));
    for field in ["subject", "series", "journal"] {
        let facets = answer(dir.path(), &["facets", &format!("{field}:100"), "--json"]);
        let shown: Vec<&str> =
            facets["facets"][field].as_array().unwrap().iter().map(|v| v["value"].as_str().unwrap()).collect();
        assert!(shown.len() >= odd.len() - 3, "{shown:?}");
        for value in shown {
            let found = answer(dir.path(), &["search", "*", "--json", "--filter", &format!("{field}={value}")]);
            assert_eq!(found["total"], if value == "all" { odd.len() } else { 1 }, "{field}={value:?}");
        }
    }
    let filters =
        ["search", "*", "--json", "--filter", "series=a=b", "--filter", "series=a/b", "--filter", "subject=a/b"];
    assert_eq!(answer(dir.path(), &filters)["total"], 1, "alternatives within a field, all of the fields");
    let unknown = answer(dir.path(), &["search", "*", "--json", "--filter", "publisher=nobody"]);
    assert_eq!(unknown["query"]["warnings"][0]["message"], "no record in this index has the publisher `nobody`");
}

#[test]
fn stats_tell_what_there_is() {
    let dir = kings();
    let shown = out(&commlit(dir.path(), &["stats"]));
    for line in [
        "works           8",
        "segments        1",
        "field           different values    works without",
        "publisher                      3                1",
        "year                           0                8",
    ] {
        assert!(shown.lines().any(|l| l == line), "{line} in\n{shown}");
    }
    let stats = answer(dir.path(), &["stats", "--json"]);
    assert_eq!(
        (&stats["records"], &stats["missing"]["publisher"], &stats["distinct"]["publisher"]),
        (&json!(8), &json!(1), &json!(3))
    );
}

/// The names of the files of an index that end so, without the end.
fn stems(dir: &Path, end: &str) -> BTreeSet<String> {
    let names = fs::read_dir(dir.join(".commlit")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    names.filter_map(|name| name.strip_suffix(end).map(str::to_owned)).collect()
}

#[test]
fn every_segment_has_its_fingerprints_and_facets_do_without() {
    let dir = TempDir::new().unwrap();
    let index = dir.path().join(".commlit");
    let ingest = |n: usize| {
        let subjects: Vec<String> = (0..n + 3).map(|i| format!("Subject {}", i % 7)).collect();
        let publisher = ["King's Fund", "Kings Fund", "HMSO"][n % 3];
        let record = json!({"id": format!("r{n}"), "title": "One", "subjects": subjects, "publisher": [publisher],
            "creators": [{"name": format!("Smith, {}", n % 4)}]});
        fs::write(dir.path().join(format!("{n}.jsonl")), record.to_string()).unwrap();
        let output = commlit(dir.path(), &["ingest", &format!("{n}.jsonl")]);
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        // Segments are merged on the way: no file stays of those that are gone.
        assert_eq!(stems(dir.path(), ".fingerprints"), stems(dir.path(), ".store"), "after {n}");
        let half =
            stems(dir.path(), ".new").into_iter().filter(|name| !name.contains('-') || name.starts_with("files-"));
        assert_eq!(half.collect::<Vec<_>>(), Vec::<String>::new(), "after {n}");
    };
    (0..12).for_each(ingest);
    let of = || {
        answer(
            dir.path(),
            &["search", "*", "--json", "--facet", "subject:3", "--facet", "publisher", "--facet", "creator:2"],
        )
    };
    let whole = of()["facets"].clone();
    assert_eq!(values(&json!({"facets": whole}), "publisher"), ["King's Fund 8", "HMSO 4"]);
    assert_eq!(values(&json!({"facets": whole}), "creator"), ["Smith, 0 3", "Smith, 1 3"]);
    let kept: Vec<String> = stems(dir.path(), ".fingerprints").into_iter().collect();
    assert!(kept.len() > 2, "{kept:?}");
    let path = |i: usize| index.join(format!("{}.fingerprints", kept[i]));
    fs::remove_file(path(0)).unwrap();
    assert_eq!(of()["facets"], whole, "one is missing");
    fs::write(path(1), &fs::read(path(1)).unwrap()[..100]).unwrap();
    assert_eq!(of()["facets"], whole, "one is cut");
    let check = || commlit(dir.path(), &["check"]);
    kept.iter().enumerate().for_each(|(i, _)| fs::write(path(i), "not this").unwrap());
    assert_eq!(of()["facets"], whole, "all are something else");
    assert_eq!(check().status.code(), Some(0), "{}", out(&check()));
    // What cannot be written does not fail an ingest, and the next one writes it, even if it has nothing else to do.
    fs::remove_file(path(0)).unwrap();
    fs::create_dir(path(0)).unwrap();
    let nothing_new = || assert_eq!(commlit(dir.path(), &["ingest", "0.jsonl"]).status.code(), Some(0));
    nothing_new();
    fs::remove_dir(path(0)).unwrap();
    assert_eq!(stems(dir.path(), ".new"), BTreeSet::new());
    nothing_new();
    for i in 0..kept.len() {
        assert!(fs::read(path(i)).unwrap().starts_with(b"commlit values"), "{i}");
    }
    assert_eq!(of()["facets"], whole, "all are there again");
    // What a killed process left, and a segment that nobody knows; what is not an index's stays.
    let foreign = index.join("550e8400-e29b-41d4-a716-446655440000.new");
    fs::write(&foreign, "somebody's").unwrap();
    for stray in [format!("{}.77.new", kept[0]), format!("{}.fingerprints", "0".repeat(32)), "files-3-0.77.new".into()]
    {
        fs::write(index.join(stray), "stray").unwrap();
    }
    ingest(12);
    assert!(foreign.exists());
    assert_eq!(check().status.code(), Some(0), "{}", out(&check()));
}
