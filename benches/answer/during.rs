//! Queries while other work goes on: an ingest in another process, a second thread that asks too.

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use commlit::library::Library;

use crate::answers::whole;
use crate::collection::queries::queries;
use crate::made::{Made, lines};
use crate::measure::{in_this_process, mean, on_this_thread, quantile};
use crate::{SEED, command};

/// Throughput of two threads beside that of one.
pub(crate) fn two_threads(library: &Library) {
    let asked = queries(SEED, 400);
    let ask = || {
        for query in &asked {
            black_box(library.search(&whole(query)).expect("answered"));
        }
    };
    ask();
    let ((), one) = in_this_process(ask);
    let ((), two) = in_this_process(|| {
        std::thread::scope(|scope| {
            scope.spawn(ask);
            ask();
        });
    });
    println!(
        "\nTwo threads beside one: **{:.2}** times the throughput by the wall clock; CPU a query {:.2} times that of one.",
        2.0 * one.wall / two.wall,
        two.cpu / 2.0 / one.cpu
    );
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
