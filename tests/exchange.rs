//! Exchange formats (BibTeX, JSON of services, tables): every `*.in` of `tests/cases/exchange` is read as the JSON beside it
//! says; `BLESS=1` rewrites. Arbitrary and mutated inputs never panic, and reading in pieces gives what reading whole gives.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use commlit::ingest::{Item, bibtex, detect, json, read, table};
use proptest::prelude::*;
use serde_json::{Value, json as value};

fn inputs() -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/exchange");
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "in"));
    paths.sort();
    paths.into_iter().map(|p| (p.clone(), std::fs::read(p).unwrap())).collect()
}

fn as_json(items: &[Item]) -> Value {
    let each = items.iter().map(|item| match &item.content {
        Ok(record) => value!({"at": item.locator, "record": record}),
        Err(reason) => value!({"at": item.locator, "reject": reason}),
    });
    Value::Array(each.collect())
}

#[test]
fn cases() {
    let mut failures = Vec::new();
    for (path, bytes) in inputs() {
        let format = detect(&bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut items = Vec::new();
        read(format, &bytes, 1, &mut |item| items.push(item));
        let got = value!({"format": format.name(), "items": as_json(&items)});
        let expected = std::fs::read_to_string(path.with_extension("json")).ok();
        if expected.map(|text| serde_json::from_str::<Value>(&text).unwrap()).as_ref() != Some(&got) {
            if std::env::var_os("BLESS").is_some() {
                std::fs::write(path.with_extension("json"), serde_json::to_string_pretty(&got).unwrap() + "\n")
                    .unwrap();
                continue;
            }
            failures.push(format!("{}:\n{}", path.display(), serde_json::to_string_pretty(&got).unwrap()));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Reads as big files are read: pieces of about `size` bytes, cut where the format says.
fn in_pieces(bytes: &[u8], size: usize, is_table: bool) -> Vec<Item> {
    let mut items = Vec::new();
    let header = if is_table { bytes[..table::header_len(bytes)].to_vec() } else { Vec::new() };
    let (mut rest, mut at, mut first) = (Vec::new(), 0, 1);
    loop {
        let next = bytes.len().min(at + size);
        rest.extend_from_slice(&bytes[at..next]);
        let done = next == at;
        at = next;
        let cut = if is_table { table::cut(&rest) } else { json::cut(&rest) };
        if let Some(cut) = cut.filter(|_| !done) {
            let after = rest.split_off(cut.end);
            let emit = &mut |item| items.push(item);
            if is_table {
                table::read(&rest, first, emit)
            } else {
                json::read(&rest, first, emit)
            }
            rest = header.clone();
            rest.extend(after);
            first += cut.count;
        } else if done {
            let emit = &mut |item| items.push(item);
            if is_table {
                table::read(&rest, first, emit)
            } else {
                json::read(&rest, first, emit)
            }
            return items;
        }
    }
}

#[test]
fn pieces_give_the_whole() {
    for (path, bytes) in inputs() {
        let name = path.file_name().unwrap().to_string_lossy();
        let is_table = !name.contains(".json.") && !name.contains(".bib.");
        if name.contains(".bib.") || name.contains("utf16") {
            continue;
        }
        let mut whole = Vec::new();
        let emit = &mut |item| whole.push(item);
        if is_table {
            table::read(&bytes, 1, emit)
        } else {
            json::read(&bytes, 1, emit)
        }
        // The first piece holds the header, as it does in files.
        let least = if is_table { table::header_len(&bytes) + 1 } else { 1 };
        for size in [1, 7, 64, 300, 1000] {
            assert_eq!(in_pieces(&bytes, size.max(least), is_table), whole, "{name} in pieces of {size}");
        }
    }
}

#[test]
fn recursion_and_length_are_harmless() {
    let n = 50_000;
    for text in [
        format!("@book{{k, title = {}x", "{".repeat(n)),
        format!("@book{{k,\n{}", "a = {\n".repeat(n)),
        "@book{k, title = {x}\n".repeat(n / 10),
    ] {
        bibtex::read(text.as_bytes(), 1, &mut |_| {});
    }
    for text in [
        "[".repeat(n),
        "{\"a\":".repeat(n),
        "[{\"title\":\"x\",\n".repeat(n / 10),
        format!("[{}", "{\"id\":1,\"type\":\"book\",\"title\":[},\n".repeat(n / 10)),
    ] {
        json::read(text.as_bytes(), 1, &mut |_| {});
        let _ = json::recognises(&text);
    }
    let table = format!("title,year\n\"x,1\n{}", "b\",\"c\n".repeat(n));
    table::read(table.as_bytes(), 1, &mut |_| {});
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn mutated_inputs_never_panic(which in any::<prop::sample::Index>(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), end in any::<prop::sample::Index>()) {
        let all = inputs();
        let mut bytes = all[which.index(all.len())].1.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(end.index(bytes.len() * 2).min(bytes.len()));
        for read in [bibtex::read, json::read, table::read] {
            read(&bytes, 1, &mut |_| {});
        }
        let _ = (json::cut(&bytes), table::cut(&bytes), detect(&bytes));
    }
}
