//! A command that starts, opens the index, answers one query and ends, with the index in the page cache.

use std::path::Path;
use std::process::Command;

use crate::answers::FACETS;
use crate::collection::queries::{Kind, Query, queries};
use crate::made::Made;
use crate::measure::{Spent, quantile, run_each};
use crate::raw::Raw;
use crate::{SEED, command};

/// The other side of the comparison, in a process of its own.
pub(crate) fn raw_answer(dir: &Path, text: &str) {
    let raw = Raw::open(dir).expect("an index");
    let words = text.split(" AND ").map(str::to_owned).collect();
    let query = Query { kind: Kind::All, words, years: None, languages: Vec::new() };
    println!("{}", raw.answer(&query).expect("answered"));
}

pub(crate) fn compare(made: &Made) {
    let texts: Vec<String> =
        queries(SEED + 3, 200).iter().filter(|q| q.kind == Kind::All && !q.has_filters()).map(Query::text).collect();
    let facets = FACETS.map(|f| format!("--facet={}:10", f.name()));
    let ours = |text: &String| {
        let mut command = command();
        command.args(["search", "--format", "json", "--index"]).arg(&made.commlit).args(&facets).arg(text);
        command
    };
    let theirs = |text: &String| {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.arg("raw-answer").arg(&made.raw).arg(text);
        command
    };
    let nothing = |_: &String| {
        let mut command = command();
        command.arg("--version");
        command
    };
    println!(
        "\n### A cold command, mean of {}\n\n| | CPU ms | wall ms | wall p99 ms |\n| --- | --- | --- | --- |",
        texts.len()
    );
    let measured = |name: &str, of: &dyn Fn(&String) -> Command| -> Spent {
        // Once to have the pages in memory.
        let mut commands: Vec<Command> = texts.iter().map(of).collect();
        run_each(&mut commands).expect("answered");
        let (spent, walls) = run_each(&mut commands).expect("answered");
        println!("| {name} | {:.1} | {:.1} | {:.1} |", spent.cpu * 1e3, spent.wall * 1e3, quantile(&walls, 0.99) * 1e3);
        spent
    };
    let (a, b) = (measured("`commlit search`", &ours), measured("tantivy alone", &theirs));
    measured("`commlit --version`", &nothing);
    println!("| ratio | **{:.2}** | **{:.2}** | |", a.cpu / b.cpu, a.wall / b.wall);
}
