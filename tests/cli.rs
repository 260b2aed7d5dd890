//! The real binary, end to end: exit codes, output for people and for programs, interruption, damage, hostile input.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

fn commlit(dir: &Path, args: &[&str]) -> Output {
    command(dir, args).output().unwrap()
}

fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_commlit"));
    command.current_dir(dir).args(args).env_remove("COMMLIT_INDEX").env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}{}", out(output), err(output)))
}

const RECORDS: &str = r#"{"id":"a","title":"What is total purchasing?","type":"article-journal","creators":["Mays, Nicholas"],"year":1997,"container":{"title":"BMJ"},"abstract":"Total purchasing pilots hold a budget. They buy all care."}
{"id":"b","title":"Implementing GP fundholding","type":"book","year":1994,"publisher":["Open University Press"],"subjects":["GP fundholding"]}
{"id":"c","title":"Joint commissioning in Dorset","type":"report","year":2001,"publisher":["King's Fund","Audit Commission"],"notes":["A note about purchasing, and pilots."]}
"#;

fn collection() -> TempDir {
    let dir = TempDir::new().unwrap();
    fs::create_dir(dir.path().join("in")).unwrap();
    fs::write(dir.path().join("in/records.jsonl"), RECORDS).unwrap();
    dir
}

fn ingested() -> TempDir {
    let dir = collection();
    let output = commlit(dir.path(), &["ingest", "in"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    dir
}

#[test]
fn exit_codes_are_those_of_grep() {
    let dir = ingested();
    let code = |args: &[&str]| commlit(dir.path(), args).status.code();
    assert_eq!(code(&["search", "purchasing"]), Some(0));
    assert_eq!(code(&["search", "xyzzy"]), Some(1));
    assert_eq!(code(&["search", "(purchasing"]), Some(2));
    assert_eq!(code(&["search", "purchasing", "--filter", "colour=red"]), Some(2));
    assert_eq!(code(&["show", "a"]), Some(0));
    assert_eq!(code(&["show", "nobody"]), Some(1));
    assert_eq!(code(&["facets", "type"]), Some(0));
    assert_eq!(code(&["facets", "type", "--query", "xyzzy"]), Some(1));
    assert_eq!(code(&["stats"]), Some(0));
    assert_eq!(code(&["check"]), Some(0));
    assert_eq!(code(&["ingest", "nowhere"]), Some(2));
    assert_eq!(code(&["extract", "in"]), Some(0));
    assert_eq!(code(&["--index", "none", "search", "x"]), Some(2));
    assert_eq!(code(&["nonsense"]), Some(2));
}

#[test]
fn errors_name_the_place_and_the_next_command() {
    let dir = ingested();
    let output = commlit(dir.path(), &["search", "Dorset AND (total purchasing"]);
    assert_eq!(
        err(&output),
        "commlit: this `(` is never closed\n  Dorset AND (total purchasing\n             ^\nhint: add the missing `)`\n"
    );
    let output = commlit(dir.path(), &["search", "x", "--index", "none"]);
    assert_eq!(err(&output), "commlit: there is no index in none\nhint: commlit ingest --index none PATH…\n");
    let output = commlit(dir.path(), &["search", "tilte:x"]);
    assert!(err(&output).ends_with("hint: did you mean `title:`?\n"), "{}", err(&output));
    let output = commlit(dir.path(), &["search", "x", "--year", "2000..1990"]);
    assert!(err(&output).contains("runs backwards\nhint: --year 1990..2000"), "{}", err(&output));
    fs::create_dir(dir.path().join("old")).unwrap();
    fs::write(dir.path().join("old/meta.json"), "{}").unwrap();
    let output = commlit(dir.path(), &["search", "x", "--index", "old"]);
    assert!(err(&output).contains("is not an index of commlit"), "{}", err(&output));
    fs::write(dir.path().join("old/commlit.json"), r#"{"program":"9.9","schema":999}"#).unwrap();
    let output = commlit(dir.path(), &["search", "x", "--index", "old"]);
    assert!(
        err(&output).contains("another version of commlit\nhint: commlit ingest --index old --rebuild PATH…"),
        "{}",
        err(&output)
    );
    let output = commlit(dir.path(), &["ingest", "in", "--index", "old", "--rebuild"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_eq!(commlit(dir.path(), &["search", "x", "--index", "in"]).status.code(), Some(2));
    let output = commlit(dir.path(), &["ingest", "in", "--index", "in", "--rebuild"]);
    assert!(err(&output).contains("left alone"), "a folder of the user's is never removed: {}", err(&output));
    assert!(dir.path().join("in/records.jsonl").exists());
}

#[test]
fn the_json_answer_is_the_contract() {
    let dir = ingested();
    let answer = json(&commlit(
        dir.path(),
        &[
            "search",
            "purchasing pilots",
            "--format",
            "json",
            "--filter",
            "type=report",
            "--filter",
            "type=article-journal",
        ],
    ));
    assert_eq!(answer["query"]["text"], "purchasing pilots");
    assert_eq!(answer["query"]["syntax"], "plain");
    assert_eq!(answer["query"]["canonical"], "purchasing AND pilots");
    let added = serde_json::json!([
        {"term": "purchasing", "added": ["commissioning"], "concept": "commissioning", "percent": 20}
    ]);
    assert_eq!(answer["query"]["expansions"], added);
    assert_eq!(answer["total"], 2);
    assert!(answer["took_ms"].is_number());
    let hits = answer["hits"].as_array().unwrap();
    assert_eq!(hits.iter().map(|h| h["rank"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2]);
    for hit in hits {
        assert!(hit["score"].is_number());
        for passage in hit["passages"].as_array().unwrap() {
            let field = passage["field"].as_str().unwrap();
            let text = match &hit["record"][field] {
                Value::String(text) => text.clone(),
                Value::Array(values) => {
                    values[passage["value"].as_u64().unwrap() as usize].as_str().unwrap().to_owned()
                }
                other => panic!("{other}"),
            };
            let range = |v: &Value| v[0].as_u64().unwrap() as usize..v[1].as_u64().unwrap() as usize;
            assert_eq!(&text[range(&passage["range"])], passage["text"]);
            for highlight in passage["highlights"].as_array().unwrap() {
                let marked = &passage["text"].as_str().unwrap()[range(highlight)];
                assert!(["purchasing", "pilots"].contains(&marked.to_lowercase().as_str()), "{marked}");
            }
        }
    }
    let types = answer["facets"]["type"].as_array().unwrap();
    assert_eq!(types.len(), 2, "{types:?}");
    assert!(types.iter().all(|v| v["selected"] == true && v["count"] == 1));
    assert_eq!(answer["facets"].as_object().unwrap().len(), 14);
}

#[test]
fn other_formats() {
    let dir = ingested();
    let jsonl = out(&commlit(dir.path(), &["search", "*", "--format", "jsonl", "--sort", "oldest"]));
    let ids: Vec<_> =
        jsonl.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()["record"]["id"].clone()).collect();
    assert_eq!(ids, ["b", "a", "c"]);
    let csv = out(&commlit(dir.path(), &["search", "*", "--format", "csv", "--sort", "title"]));
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(rows.headers().unwrap().get(2), Some("id"));
    let titles: Vec<_> = rows.records().map(|r| r.unwrap()[3].to_owned()).collect();
    assert_eq!(titles, ["Implementing GP fundholding", "Joint commissioning in Dorset", "What is total purchasing?"]);
    let trec = out(&commlit(dir.path(), &["search", "fund-holding", "--format", "trec"]));
    let columns: Vec<_> = trec.split_whitespace().collect();
    assert_eq!((columns[0], columns[1], columns[2], columns[3], columns[5]), ("1", "Q0", "b", "1", "commlit"));
}

#[test]
fn text_output_is_plain_in_a_pipe_and_cannot_steer_a_terminal() {
    let dir = collection();
    fs::write(
        dir.path().join("in/bad.jsonl"),
        r#"{"title":"Evil \u001b[31mred\u0007 title","abstract":"evil \u001b]0;x\u0007 text \u202e"}"#,
    )
    .unwrap();
    let output = commlit(dir.path(), &["search", "--corpus", "in", "evil"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    for bytes in [&output.stdout, &output.stderr] {
        assert!(!bytes.contains(&0x1b) && !bytes.contains(&7), "{}", String::from_utf8_lossy(bytes));
    }
    assert!(!out(&output).contains('\u{202e}'));
    let id = json(&commlit(dir.path(), &["search", "evil", "--json"]))["hits"][0]["record"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(!out(&commlit(dir.path(), &["show", &id])).contains('\u{1b}'));
}

#[test]
fn a_second_ingest_has_nothing_to_do() {
    let dir = collection();
    let first = json(&commlit(dir.path(), &["ingest", "in", "--json"]));
    assert_eq!(
        (first["files_read"].as_u64(), first["records_read"].as_u64(), first["records"].as_u64()),
        (Some(1), Some(3), Some(3))
    );
    let second = json(&commlit(dir.path(), &["ingest", "./in/", "--json"]));
    assert_eq!(
        (second["files_read"].as_u64(), second["files_unchanged"].as_u64(), second["records"].as_u64()),
        (Some(0), Some(1), Some(3))
    );
    let output = commlit(dir.path(), &["search", "--corpus", "in", "purchasing"]);
    assert_eq!(err(&output), "");
    // A change is seen, a vanished file only on request.
    fs::write(dir.path().join("in/more.jsonl"), "{\"title\":\"One more\",\"year\":2000}\n").unwrap();
    assert_eq!(json(&commlit(dir.path(), &["ingest", "in", "--json"]))["records"], 4);
    fs::remove_file(dir.path().join("in/more.jsonl")).unwrap();
    let kept = json(&commlit(dir.path(), &["ingest", "in", "--json"]));
    assert_eq!((kept["records"].as_u64(), kept["files_vanished"][0].as_str()), (Some(4), Some("in/more.jsonl")));
    assert_eq!(json(&commlit(dir.path(), &["ingest", "in", "--prune", "--json"]))["records"], 3);
    assert_eq!(commlit(dir.path(), &["check"]).status.code(), Some(0));
}

#[test]
fn what_extract_prints_extracts_to_the_same_bytes() {
    let dir = collection();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for source in [dir.path().join("in"), corpus] {
        let first = commlit(dir.path(), &["extract", source.to_str().unwrap()]);
        assert!(!first.stdout.is_empty());
        assert_eq!(err(&first), "");
        let again = dir.path().join("again.jsonl");
        fs::write(&again, &first.stdout).unwrap();
        let second = commlit(dir.path(), &["extract", "again.jsonl"]);
        assert_eq!(out(&first), out(&second));
        // And it makes the same collection.
        let direct =
            json(&commlit(dir.path(), &["ingest", source.to_str().unwrap(), "--index", "i1", "--rebuild", "--json"]));
        let round = json(&commlit(dir.path(), &["ingest", "again.jsonl", "--index", "i2", "--rebuild", "--json"]));
        assert_eq!(direct["records"], round["records"]);
    }
}

#[test]
fn rejects_are_reported_and_the_rest_goes_on() {
    let dir = collection();
    let write = |name: &str, bytes: &[u8]| fs::write(dir.path().join("in").join(name), bytes).unwrap();
    write("empty.txt", b"");
    write("blank.txt", b" \n\t\n");
    write("scan.pdf", b"%PDF-1.4 ...");
    write("noise.bin", &(0..=255_u8).cycle().take(5000).collect::<Vec<_>>());
    write("prose.txt", b"Just a paragraph of prose that is no page of anything.\n");
    write(
        "cut.jsonl",
        br#"{"title":"Whole"}
{"title":"Cut o"#,
    );
    write("page.html", b"<html><head><title>Log in</title></head><body></body></html>");
    write(".hidden", b"not looked at");
    write("README.md", b"about the collection");
    let output = commlit(dir.path(), &["ingest", "in"]);
    assert_eq!(output.status.code(), Some(2));
    let told = err(&output);
    for (file, reason) in [
        ("empty.txt", "the file is empty"),
        ("blank.txt", "nothing but white space"),
        ("scan.pdf", "a PDF document"),
        ("noise.bin", "binary data"),
        ("prose.txt", "no kind that commlit reads"),
        ("cut.jsonl", "line 2: the line is cut off"),
        ("page.html", ""),
    ] {
        assert!(
            told.lines().any(|l| l.starts_with(&format!("commlit: set aside in/{file}: ")) && l.contains(reason)),
            "{file}: {told}"
        );
    }
    assert_eq!(told.lines().count(), 7, "{told}");
    assert!(out(&output).contains("now holds 4 works"), "{}", out(&output));
    assert!(out(&output).contains("1 passed over (hidden)"), "{}", out(&output));
    // Unchanged files are not read again, but what was set aside in them is still said.
    let again = commlit(dir.path(), &["ingest", "in"]);
    assert_eq!((again.status.code(), err(&again)), (Some(2), told));
    assert_eq!(commlit(dir.path(), &["extract", "in"]).status.code(), Some(2));
    assert_eq!(commlit(dir.path(), &["check"]).status.code(), Some(2));
    assert_eq!(commlit(dir.path(), &["search", "--corpus", "in", "purchasing"]).status.code(), Some(2));
}

/// A small generator, so that garbage is the same on every machine (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

#[test]
fn two_hundred_files_of_garbage() {
    let dir = TempDir::new().unwrap();
    let folder = dir.path().join("garbage");
    fs::create_dir(&folder).unwrap();
    let mut random = Random(7);
    let seeds: Vec<Vec<u8>> = vec![
        RECORDS.as_bytes().to_vec(),
        b"<!DOCTYPE html><html><head><meta name=\"citation_title\" content=\"A title\"><meta name=\"citation_author\" content=\"A B\"></head><body><dl class=\"work-show\"><dt>Title</dt><dd>x</dd></dl></body></html>".to_vec(),
        "A title : of a work Public Deposited\n\n  • 1857172949\nPlace of publication\n  • London\n  • King's Fund\nPublication date\n  • 2000\n  • An abstract of some length that goes on.\nResource type\n".as_bytes().to_vec(),
        "Abstract\n\nWhen the reforms came,1 much changed …\n\nFull Text\nTalk to us\n".as_bytes().to_vec(),
        b"<?xml version=\"1.0\"?><records><record/></records>".to_vec(),
        b"TY  - JOUR\nTI  - A title\nER  -\n".to_vec(),
    ];
    let mut files = Vec::new();
    for i in 0..200 {
        let mut bytes = match i % 4 {
            0 => (0..random.below(4000)).map(|_| random.next() as u8).collect(),
            1 => (0..random.below(2000))
                .map(|_| b"{}[]<>\"':;,.-\n\t aAbB01\xc3\xa9\xe2\x80\xa6"[random.below(27)])
                .collect(),
            _ => seeds[random.below(seeds.len())].clone(),
        };
        for _ in 0..random.below(30) {
            let at = random.below(bytes.len().max(1));
            match random.below(4) {
                0 if at < bytes.len() => bytes[at] = random.next() as u8,
                1 => bytes.truncate(at),
                2 if at < bytes.len() => {
                    drop(bytes.splice(at..at, b"<html>\xff\xfe\x00{\"title\":".to_vec()).collect::<Vec<_>>())
                }
                _ => bytes.extend_from_within(at.min(bytes.len())..),
            }
            bytes.truncate(100_000);
        }
        let name = format!("{i}.{}", ["html", "txt", "jsonl", "bin"][random.below(4)]);
        fs::write(folder.join(&name), &bytes).unwrap();
        files.push(name);
    }
    let all = commlit(dir.path(), &["extract", "garbage"]);
    assert_eq!(all.status.code(), Some(2), "{}", err(&all));
    assert!(!err(&all).contains("panicked"), "{}", err(&all));
    let mut told = 0;
    let mut alone = String::new();
    files.sort();
    for name in &files {
        let output = commlit(dir.path(), &["extract", &format!("garbage/{name}")]);
        assert!(matches!(output.status.code(), Some(0 | 2)), "{name}: {:?} {}", output.status, err(&output));
        assert!(!err(&output).contains("panicked"), "{name}: {}", err(&output));
        // Every file gives records or a reason.
        assert!(!output.stdout.is_empty() || err(&output).contains(&format!("set aside garbage/{name}: ")), "{name}");
        told += err(&output).lines().count();
        alone.push_str(&out(&output));
    }
    assert_eq!(told, err(&all).lines().count());
    assert_eq!(alone, out(&all));
    let output = commlit(dir.path(), &["ingest", "garbage"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(err(&output), err(&all));
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let dir = TempDir::new().unwrap();
    let many: String = (0..20_000).map(|i| format!("{{\"title\":\"Record number {i}\"}}\n")).collect();
    fs::write(dir.path().join("many.jsonl"), many).unwrap();
    let mut child =
        command(dir.path(), &["extract", "many.jsonl"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), err(&output)), (Some(0), String::new()));
}

#[test]
fn one_writer_at_a_time_and_readers_go_on() {
    let dir = ingested();
    let library = commlit::Library::open(dir.path().join(".commlit")).unwrap();
    // Hold the lock as a running ingest does: from within its progress callback.
    fs::write(dir.path().join("in/more.jsonl"), "{\"title\":\"One more\",\"year\":2000}\n").unwrap();
    let mut refused = None;
    let options = commlit::library::IngestOptions::default();
    library
        .ingest(&[dir.path().join("in")], &options, &mut |_| {
            refused.get_or_insert_with(|| {
                assert_eq!(commlit(dir.path(), &["search", "purchasing"]).status.code(), Some(0));
                commlit(dir.path(), &["ingest", "in"])
            });
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    let refused = refused.unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("another process is writing"), "{}", err(&refused));
    assert_eq!(commlit(dir.path(), &["check"]).status.code(), Some(0));
}

fn big_collection() -> TempDir {
    let dir = TempDir::new().unwrap();
    fs::create_dir(dir.path().join("in")).unwrap();
    for file in 0..20 {
        let lines: String = (0..1500)
            .map(|i| {
                let text = "purchasing commissioning contract budget pilot health authority ".repeat(8);
                format!("{{\"id\":\"{file}-{i}\",\"title\":\"Record {i} of file {file}\",\"year\":{},\"abstract\":\"{text}\"}}\n", 1990 + i % 30)
            })
            .collect();
        fs::write(dir.path().join(format!("in/{file:02}.jsonl")), lines).unwrap();
    }
    dir
}

#[test]
fn killed_at_any_moment_the_index_stays_whole() {
    let dir = big_collection();
    assert_eq!(commlit(dir.path(), &["ingest", "in/00.jsonl"]).status.code(), Some(0));
    for delay in [5, 40, 120, 250, 400, 700] {
        let mut child =
            command(dir.path(), &["ingest", "in"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(delay));
        child.kill().unwrap();
        child.wait().unwrap();
        let output = commlit(dir.path(), &["check"]);
        assert_eq!(output.status.code(), Some(0), "after {delay} ms: {}{}", out(&output), err(&output));
        let total = json(&commlit(dir.path(), &["search", "*", "--json", "-n", "0"]))["total"].as_u64().unwrap();
        assert!((1500..=30_000).contains(&total));
    }
    assert_eq!(json(&commlit(dir.path(), &["ingest", "in", "--json"]))["records"], 30_000);
    let left: Vec<PathBuf> = fs::read_dir(dir.path().join(".commlit")).unwrap().map(|e| e.unwrap().path()).collect();
    assert!(!left.iter().any(|p| p.file_name().unwrap().to_string_lossy().starts_with(".tmp")), "{left:?}");
    assert_eq!(
        left.iter().filter(|p| p.file_name().unwrap().to_string_lossy().starts_with("files-")).count(),
        1,
        "{left:?}"
    );
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_was_read_and_the_same_command_goes_on() {
    let dir = big_collection();
    let child = command(dir.path(), &["ingest", "in"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(150));
    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    let output = child.wait_with_output().unwrap();
    if output.status.code() == Some(130) {
        assert!(out(&output).contains("interrupted: what was read is in the index"), "{}", out(&output));
    } else {
        // The machine was quick enough to finish first.
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    }
    assert_eq!(commlit(dir.path(), &["check"]).status.code(), Some(0));
    assert_eq!(json(&commlit(dir.path(), &["ingest", "in", "--json"]))["records"], 30_000);
}

#[test]
fn damage_is_found() {
    for (kind, third) in ["store", "term", "fast", "fingerprints"].into_iter().flat_map(|kind| [(kind, 0), (kind, 1)]) {
        let dir = ingested();
        let files = fs::read_dir(dir.path().join(".commlit")).unwrap().map(|e| e.unwrap().path());
        let file = files.into_iter().find(|p| p.extension().is_some_and(|e| e == kind)).unwrap();
        let mut bytes = fs::read(&file).unwrap();
        // The first bytes of fingerprints name their edition: others are not read at all.
        let at = (bytes.len() * third / 3).max(if kind == "fingerprints" { 16 + 13 * 4 } else { 0 });
        bytes[at] ^= 0x40;
        fs::write(&file, bytes).unwrap();
        let output = commlit(dir.path(), &["check"]);
        assert_eq!(output.status.code(), Some(2), "{kind} {at} {}", err(&output));
        assert!(out(&output).contains("damaged: ") && out(&output).contains("--rebuild"), "{}", out(&output));
        assert!(out(&output).contains(file.file_name().unwrap().to_str().unwrap()), "{}", out(&output));
    }
}

#[test]
fn relaxed_answers_say_so() {
    let dir = ingested();
    let output = commlit(dir.path(), &["search", "total purchasing zeppelin", "--facet", "none"]);
    assert!(
        out(&output).contains("note: no record has all 3 words; these have at least one of them"),
        "{}",
        out(&output)
    );
    let answer = json(&commlit(dir.path(), &["search", "total purchasing zeppelin", "--json"]));
    assert_eq!(answer["query"]["relaxed"], serde_json::json!({"required": 1, "of": 3, "counted": 3}));
    assert_eq!(answer["query"]["canonical"], "total OR purchasing OR zeppelin");
    let output = commlit(dir.path(), &["search", "what is total purchasing of a zeppelin", "--facet", "none"]);
    let note = "note: no record has all 7 words; these have at least one of the 3 that are not small words";
    assert!(out(&output).contains(note), "{}", out(&output));
    // Operators are taken at their word.
    assert_eq!(commlit(dir.path(), &["search", "total AND zeppelin"]).status.code(), Some(1));
}

#[test]
fn export_writes_all_hits_in_the_order_of_the_search() {
    let dir = ingested();
    let run = |args: &[&str]| commlit(dir.path(), args);
    let ids = |text: &str| text.lines().filter_map(|l| l.strip_prefix("ID  - ")).map(str::to_owned).collect::<Vec<_>>();
    let found = json(&run(&["search", "purchasing OR fundholding", "--format", "json"]));
    let wanted: Vec<String> =
        found["hits"].as_array().unwrap().iter().map(|h| h["record"]["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(wanted.len(), 3);
    let exported = run(&["export", "purchasing OR fundholding"]);
    assert_eq!(exported.status.code(), Some(0), "{}", err(&exported));
    assert_eq!(ids(&out(&exported)), wanted);
    // The same as a page of hits that has them all, and as one record.
    for format in ["ris", "bibtex", "csl-json", "endnote-xml"] {
        let exported = out(&run(&["export", "purchasing OR fundholding", "--format", format]));
        assert_eq!(exported, out(&run(&["search", "purchasing OR fundholding", "--format", format])));
        assert_eq!(out(&run(&["export", "id:b", "--format", format])), out(&run(&["show", "b", "--format", format])));
    }
    assert_eq!(ids(&out(&run(&["export", "*", "--sort", "oldest"]))), ["b", "a", "c"]);
    assert_eq!(ids(&out(&run(&["export", "*", "--year", "..1999", "--filter", "type=book"]))), ["b"]);
    assert_eq!(ids(&out(&run(&["search", "*", "--sort", "newest", "-n", "1", "--format", "ris"]))), ["c"]);
    let lines = out(&run(&["export", "*", "--format", "jsonl", "--sort", "title"]));
    assert_eq!(lines.lines().count(), 3);
    let nothing = run(&["export", "xyzzy", "--format", "csl-json"]);
    assert_eq!((nothing.status.code(), out(&nothing).as_str()), (Some(1), "[\n]\n"));
    // What was added to a query, or taken from it, is told on standard error.
    assert!(err(&run(&["export", "purchasing dorset xyzzy"])).contains("commlit: "));
    assert_eq!(run(&["export", "*", "--format", "marc"]).status.code(), Some(2));
}

#[test]
fn what_was_exported_can_be_ingested_again() {
    let dir = ingested();
    let run = |args: &[&str]| commlit(dir.path(), args);
    let records = |text: &str| -> Vec<serde_json::Value> {
        let mut records: Vec<serde_json::Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        for record in &mut records {
            let record = record.as_object_mut().unwrap();
            record.remove("sources");
            record.insert("title_source".into(), "record".into());
        }
        records
    };
    let wanted = records(&out(&run(&["export", "*", "--format", "jsonl", "--sort", "title"])));
    for command in ["export", "search"] {
        for format in ["ris", "bibtex", "csl-json", "endnote-xml", "csv"] {
            let file = dir.path().join("exported");
            std::fs::write(&file, out(&run(&[command, "*", "--format", format, "--sort", "title"]))).unwrap();
            let extracted = run(&["extract", file.to_str().unwrap()]);
            assert_eq!(extracted.status.code(), Some(0), "{}", err(&extracted));
            assert_eq!(records(&out(&extracted)), wanted, "{command} {format}");
        }
    }
}

#[cfg(feature = "styles")]
#[test]
fn export_writes_references_in_a_style() {
    let dir = ingested();
    let run = |args: &[&str]| commlit(dir.path(), args);
    let harvard = out(&run(&["export", "*", "--format", "reference"]));
    assert_eq!(harvard.lines().count(), 3);
    assert!(harvard.contains("Mays, N. (1997) ‘What is total purchasing?’, BMJ"), "{harvard}");
    let vancouver = out(&run(&["show", "a", "--style", "vancouver"]));
    assert!(vancouver.contains("Mays N. What is total purchasing?"), "{vancouver}");
    assert!(out(&run(&["search", "*", "--format", "reference-html"])).contains("<i>BMJ</i>"));
    for (args, hint) in [
        (&["export", "*", "--style", "nowhere"][..], "apa"),
        (&["export", "*", "--style", "gone.csl"], ""),
        (&["export", "*", "--format", "ris", "--style", "apa"], "--format reference"),
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(err(&output).contains(hint), "{}", err(&output));
    }
}

#[test]
fn columns_of_tables_can_be_assigned() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("t.csv"), "Signatur,Jahr\nTotal purchasing,1997\nJoint commissioning,2001\n").unwrap();
    let output = commlit(dir.path(), &["extract", "t.csv"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        err(&output),
        "commlit: set aside t.csv: a table without a column that is known to hold titles; its columns are: `Signatur`, \
         `Jahr`\nhint: --map 'COLUMN=title' tells which column holds the titles\n"
    );
    let output = commlit(dir.path(), &["extract", "t.csv", "--map", "Signatur=title", "--map", "Jahr=year"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(out(&output).contains(r#""title":"Joint commissioning","title_source":"record","#), "{}", out(&output));
    let output = commlit(dir.path(), &["extract", "t.csv", "--map", "Signatur=titel page"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        err(&output).starts_with("commlit: --map: `titel page` is no field; fields are: title, "),
        "{}",
        err(&output)
    );
    let output = commlit(dir.path(), &["extract", "t.csv", "--map", "Sig=title"]);
    assert!(err(&output).contains("nor a column `Sig`; its columns are: `Signatur`, `Jahr`"), "{}", err(&output));

    // Another mapping reads the table anew, the same one does not, and a search leaves it as it is.
    let ingest = |map: &[&str]| {
        let mut args = vec!["ingest", "t.csv", "--json"];
        map.iter().for_each(|m| args.extend(["--map", *m]));
        json(&commlit(dir.path(), &args))
    };
    assert_eq!(ingest(&[])["records"], 0);
    let report = ingest(&["Signatur=title"]);
    assert_eq!((&report["records"], &report["files_read"]), (&Value::from(2), &Value::from(1)));
    assert_eq!(ingest(&["signatur = Title"])["files_read"], 0);
    assert_eq!(ingest(&["Signatur=title", "Jahr=year"])["files_read"], 1);
    let output = commlit(dir.path(), &["search", "--corpus", "t.csv", "purchasing", "--no-expand", "--json"]);
    assert_eq!(json(&output)["total"], 1, "{}", err(&output));
    assert_eq!(ingest(&[])["records"], 0);
}
