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

/// How often each side has its turn.
const ROUNDS: usize = 5;

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
    type Side<'a> = (&'a str, &'a dyn Fn(&String) -> Command);
    let sides: [Side<'_>; 3] =
        [("`commlit search`", &ours), ("tantivy alone", &theirs), ("`commlit --version`", &nothing)];
    let mut best: [Option<(Spent, f64)>; 3] = [None; 3];
    // All take turns, and the quickest round of each counts; the first has the pages brought into memory.
    for _ in 0..ROUNDS {
        for ((_, of), best) in sides.iter().zip(&mut best) {
            let mut commands: Vec<Command> = texts.iter().chain(&texts).map(of).collect();
            let (spent, walls) = run_each(&mut commands).expect("answered");
            if best.is_none_or(|(least, _)| spent.cpu < least.cpu) {
                *best = Some((spent, quantile(&walls, 0.99)));
            }
        }
    }
    let best = best.map(|best| best.expect("a round"));
    for ((name, _), (spent, p99)) in sides.iter().zip(&best) {
        println!("| {name} | {:.1} | {:.1} | {:.1} |", spent.cpu * 1e3, spent.wall * 1e3, p99 * 1e3);
    }
    let [(a, _), (b, _), _] = best;
    println!("| ratio | **{:.2}** | **{:.2}** | |", a.cpu / b.cpu, a.wall / b.wall);
}
