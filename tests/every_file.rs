//! Every file of a folder, each in a process of its own: an orderly end, at least a record or a word, in time and in memory.
//!
//! `COMMLIT_FILES=FOLDER cargo test --release --test every_file -- --ignored --nocapture`; needs GNU time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const MOST_SECONDS: f64 = 2.0;
const MOST_MEBIBYTES: f64 = 300.0;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

#[test]
#[ignore = "needs a folder of files, in COMMLIT_FILES"]
fn every_file_ends_well() {
    let folder = std::env::var_os("COMMLIT_FILES").expect("COMMLIT_FILES names a folder");
    let mut paths = Vec::new();
    files(Path::new(&folder), &mut paths);
    let mut faults = Vec::new();
    let (mut records, mut told, mut slowest, mut largest) = (0, 0, (0.0, None), (0.0, None));
    for path in &paths {
        let output = Command::new("/usr/bin/time")
            .args(["-q", "-f", "\n%e %M", env!("CARGO_BIN_EXE_commlit"), "extract"])
            .arg(path)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        let (messages, figures) = errors.trim_end().rsplit_once('\n').unwrap();
        let (seconds, kibibytes) = figures.split_once(' ').unwrap();
        let (seconds, mebibytes) = (seconds.parse::<f64>().unwrap(), kibibytes.parse::<f64>().unwrap() / 1024.0);
        let lines = output.stdout.iter().filter(|b| **b == b'\n').count();
        let rejects = messages.matches("commlit: set aside").count();
        records += lines;
        told += rejects;
        if seconds > slowest.0 {
            slowest = (seconds, Some(path));
        }
        if mebibytes > largest.0 {
            largest = (mebibytes, Some(path));
        }
        let orderly = matches!(output.status.code(), Some(0 | 2)) && !messages.contains("panicked");
        if !orderly || lines + rejects == 0 || seconds > MOST_SECONDS || mebibytes > MOST_MEBIBYTES {
            let status = output.status;
            faults.push(format!("{}: {status}, {lines} records, {rejects} rejects, {figures}", path.display()));
        }
    }
    println!("{} files, {records} records, {told} messages", paths.len());
    println!("slowest {slowest:?} s, largest {largest:?} MiB");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
