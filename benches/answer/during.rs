//! Queries while other work goes on: an ingest in another process, a second thread that asks too.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use commlit::library::Library;

use crate::answers::whole;
use crate::collection::queries::queries;
use crate::made::{Made, lines};
use crate::measure::{Spent, in_this_process, mean, on_this_thread, quantile};
use crate::raw::Raw;
use crate::{SEED, command};

/// Throughput of two threads beside that of one, here and there: what two cores share, neither has twice.
pub(crate) fn two_threads(library: &Library, raw: &Raw) {
    let asked = queries(SEED, 400);
    println!();
    both(&|| {
        for query in &asked {
            black_box(library.search(&whole(query)).expect("answered"));
        }
    })
    .print("Two threads beside one");
    both(&|| {
        for query in &asked {
            black_box(raw.answer(query).expect("answered"));
        }
    })
    .print("tantivy alone");
}

/// What one thread took, and two that did the same at once.
struct Both {
    one: Spent,
    two: Spent,
}

impl Both {
    fn print(&self, who: &str) {
        println!(
            "{who}: **{:.2}** times the throughput by the wall clock; CPU a query {:.2} times that of one.",
            2.0 * self.one.wall / self.two.wall,
            self.two.cpu / 2.0 / self.one.cpu
        );
    }
}

fn both(ask: &(impl Fn() + Sync)) -> Both {
    ask();
    let least = |a: Spent, b: Spent| if a.wall <= b.wall { a } else { b };
    let mut both = Both { one: Spent::NEVER, two: Spent::NEVER };
    // They take turns, and the quickest round of each counts: a round of a small index is soon over, and easily disturbed.
    let start = Instant::now();
    let mut rounds = 0;
    while rounds < 3 || start.elapsed() < Duration::from_secs(5) {
        rounds += 1;
        both.one = least(both.one, in_this_process(ask).1);
        let at_once = in_this_process(|| {
            std::thread::scope(|scope| {
                scope.spawn(ask);
                ask();
            });
        });
        both.two = least(both.two, at_once.1);
    }
    both
}

/// How long queries take while another process adds a tenth to the index, seen once a second as a server would.
pub(crate) fn while_ingesting(made: &Made) {
    let more = lines(&made.folder, SEED + 7, (made.records / 10).max(20_000));
    let dir = made.folder.join("during");
    copy(&made.commlit, &dir);
    let library = Library::open(&dir).expect("an index");
    let asked: Vec<_> = queries(SEED, 1_000).iter().map(whole).collect();
    let ask =
        |i: usize| on_this_thread(|| drop(black_box(library.search(&asked[i % asked.len()]).expect("answered")))).1;
    let idle: Vec<_> = (0..asked.len()).map(ask).collect();
    let mut ingest = command();
    ingest.args(["ingest", "--index"]).arg(&dir).arg(&more).stdout(std::process::Stdio::null());
    let mut child = ingest.spawn().expect("an ingest");
    let (mut busy, mut seen) = (Vec::new(), Instant::now());
    while child.try_wait().expect("a child").is_none() {
        if seen.elapsed() > Duration::from_secs(1) {
            library.reload().expect("reloaded");
            seen = Instant::now();
        }
        busy.push(ask(busy.len()));
    }
    println!("\n### Queries while another process ingests ({} of them)\n", busy.len());
    println!("| | idle ms | during ms | ratio |\n| --- | --- | --- | --- |");
    for (name, of) in [("wall", (|s: &crate::measure::Spent| s.wall) as fn(&_) -> f64), ("CPU", |s| s.cpu)] {
        let of = |spent: &[crate::measure::Spent]| -> Vec<f64> { spent.iter().map(of).collect() };
        let (idle, busy) = (of(&idle), of(&busy));
        for (what, a, b) in [("mean", mean(&idle), mean(&busy)), ("p99", quantile(&idle, 0.99), quantile(&busy, 0.99))]
        {
            println!("| {name} {what} | {:.2} | {:.2} | **{:.2}** |", a * 1e3, b * 1e3, b / a);
        }
    }
    drop(library);
    let _ = fs::remove_dir_all(&dir);
}

/// A second index of the same segments: their files are never changed, so that links will do.
fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let name = entry.file_name();
        let is_segment = name.to_string_lossy().len() > 33 && !name.to_string_lossy().starts_with("files-");
        let target = to.join(&name);
        if !is_segment || fs::hard_link(entry.path(), &target).is_err() {
            fs::copy(entry.path(), &target).expect("copied");
        }
    }
}
