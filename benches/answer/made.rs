//! The collections and indexes that are measured, made once and kept for the next run where the caller names a folder for
//! them. What making them took is kept beside them.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::collection::records;
use crate::measure::{self, Spent};
use crate::raw::Extent;
use crate::{SEED, command};

/// A collection of one size with an index of each side.
pub(crate) struct Made {
    pub(crate) records: u64,
    pub(crate) folder: PathBuf,
    pub(crate) commlit: PathBuf,
    pub(crate) raw: PathBuf,
    bytes: u64,
    figures: Value,
}

/// The memory that an ingest is given, in megabytes.
const MEMORY: &str = "512";

impl Made {
    pub(crate) fn of(folder: &Path, records: u64) -> Made {
        let folder = folder.join(records.to_string());
        fs::create_dir_all(&folder).expect("a folder");
        let file = lines(&folder, SEED, records);
        let bytes = fs::metadata(&file).expect("a file").len();
        let (commlit, raw) = (folder.join("commlit"), folder.join("raw"));
        let ours = once(&folder, "commlit", &commlit, || {
            let mut command = command();
            command.args(["ingest", "--memory", MEMORY, "--index"]).arg(&commlit).arg(&file);
            command
        });
        let theirs = once(&folder, "raw", &raw, || raw_ingest(&raw, &file, Extent::All));
        let texts = folder.join("texts");
        let lean = once(&folder, "texts", &texts, || raw_ingest(&texts, &file, Extent::Texts));
        // Nobody asks this one.
        let _ = fs::remove_dir_all(&texts);
        let figures = json!({"commlit": ours, "raw": theirs, "texts": lean});
        Made { records, folder, commlit, raw, bytes, figures }
    }

    pub(crate) fn print(&self) {
        println!("\n## {} records, {:.0} MB of JSON lines\n", self.records, self.bytes as f64 / 1e6);
        let number = |side: &str, what: &str| self.figures[side][what].as_f64().unwrap_or(f64::NAN);
        println!(
            "| ingest | commlit | tantivy alone | ratio | texts only | ratio |\n| --- | --- | --- | --- | --- | --- |"
        );
        let row = |name: &str, what: &str, by: f64, digits: usize| {
            let [ours, raw, texts] = ["commlit", "raw", "texts"].map(|side| number(side, what) / by);
            println!(
                "| {name} | {ours:.digits$} | {raw:.digits$} | **{:.2}** | {texts:.digits$} | **{:.2}** |",
                ours / raw,
                ours / texts
            );
        };
        row("CPU s", "cpu", 1.0, 1);
        row("wall s", "wall", 1.0, 1);
        row("most memory, MB", "memory", 1e6, 0);
        row("index / text", "bytes", self.bytes as f64, 2);
        println!(
            "\n{:.0} records and {:.1} MB a second by the wall clock.",
            self.records as f64 / number("commlit", "wall"),
            self.bytes as f64 / 1e6 / number("commlit", "wall")
        );
    }
}

fn raw_ingest(dir: &Path, file: &Path, extent: Extent) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.arg("raw-ingest").arg(dir).arg(file).arg(extent.name());
    command
}

/// The file of a collection.
pub(crate) fn lines(folder: &Path, seed: u64, records: u64) -> PathBuf {
    let file = folder.join(format!("records-{seed}-{records}.jsonl"));
    if !file.exists() {
        let half = file.with_extension("half");
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&half).expect("a file"));
        records::write(seed, records, &mut out).expect("written");
        out.flush().expect("written");
        fs::rename(&half, &file).expect("renamed");
    }
    file
}

/// What making an index took, now or in an earlier run.
fn once(folder: &Path, name: &str, dir: &Path, command: impl FnOnce() -> Command) -> Value {
    let known = folder.join(format!("{name}.json"));
    if let Some(figures) = fs::read(&known).ok().and_then(|text| serde_json::from_slice(&text).ok()) {
        return figures;
    }
    if dir.exists() {
        fs::remove_dir_all(dir).expect("removed");
    }
    let (Spent { cpu, wall }, memory) = measure::run(&mut command()).expect("an index");
    let figures = json!({"cpu": cpu, "wall": wall, "memory": memory, "bytes": measure::folder_size(dir)});
    fs::write(&known, figures.to_string()).expect("written");
    figures
}
