//! Clocks, quantiles and tables. Processor time is what is compared: on a machine that others use too, it says what the wall
//! clock cannot.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Processor time of this thread so far, in seconds; `None` where the system does not tell.
#[cfg(unix)]
fn thread_seconds() -> Option<f64> {
    seconds_of(rustix::time::ClockId::ThreadCPUTime)
}

/// Processor time of all threads of this process so far, in seconds.
#[cfg(unix)]
fn process_seconds() -> Option<f64> {
    seconds_of(rustix::time::ClockId::ProcessCPUTime)
}

#[cfg(unix)]
fn seconds_of(clock: rustix::time::ClockId) -> Option<f64> {
    let now = rustix::time::clock_gettime(clock);
    Some(now.tv_sec as f64 + now.tv_nsec as f64 / 1e9)
}

#[cfg(not(unix))]
fn thread_seconds() -> Option<f64> {
    None
}

#[cfg(not(unix))]
fn process_seconds() -> Option<f64> {
    None
}

/// What something took, in seconds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Spent {
    pub(crate) cpu: f64,
    pub(crate) wall: f64,
}

impl Spent {
    /// More than anything takes.
    pub(crate) const NEVER: Spent = Spent { cpu: f64::INFINITY, wall: f64::INFINITY };
}

fn spent(start: Instant, before: Option<f64>, after: Option<f64>) -> Spent {
    let wall = start.elapsed().as_secs_f64();
    Spent { cpu: after.zip(before).map_or(wall, |(after, before)| after - before), wall }
}

/// Runs something on this thread.
pub(crate) fn on_this_thread<T>(run: impl FnOnce() -> T) -> (T, Spent) {
    let (start, before) = (Instant::now(), thread_seconds());
    let out = run();
    (out, spent(start, before, thread_seconds()))
}

/// Runs something that uses threads of its own.
pub(crate) fn in_this_process<T>(run: impl FnOnce() -> T) -> (T, Spent) {
    let (start, before) = (Instant::now(), process_seconds());
    let out = run();
    (out, spent(start, before, process_seconds()))
}

/// Processor time of all children that have ended, in seconds: from Linux' table of processes, in hundredths of a second.
fn children_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks = |n: usize| fields.get(n)?.parse::<f64>().ok();
    Some((ticks(13)? + ticks(14)?) / 100.0)
}

/// Runs a command to its end without its output; also tells the most memory it held, in bytes, where the system does.
pub(crate) fn run(command: &mut Command) -> io::Result<(Spent, u64)> {
    let (start, before) = (Instant::now(), children_seconds());
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let mut memory = 0;
    let status = loop {
        memory = most_memory(&child.id().to_string()).unwrap_or(memory);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    if !status.success() {
        return Err(io::Error::other(format!("{command:?} ended with {status}")));
    }
    Ok((spent(start, before, children_seconds()), memory))
}

/// Runs commands one after the other, as often as given; what one of them takes.
pub(crate) fn run_each(commands: &mut [Command]) -> io::Result<(Spent, Vec<f64>)> {
    let (start, before) = (Instant::now(), children_seconds());
    let mut walls = Vec::new();
    for command in commands.iter_mut() {
        let start = Instant::now();
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        // Nothing found is an answer too.
        if !matches!(status.code(), Some(0 | 1)) {
            return Err(io::Error::other(format!("{command:?} ended with {status}")));
        }
        walls.push(start.elapsed().as_secs_f64());
    }
    let all = spent(start, before, children_seconds());
    let n = commands.len().max(1) as f64;
    Ok((Spent { cpu: all.cpu / n, wall: all.wall / n }, walls))
}

/// The most memory that a process has held so far, with the pages of files that it has mapped.
fn most_memory(process: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kb| kb * 1024)
}

/// What many like things took.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times {
    pub(crate) cpu: Vec<f64>,
    pub(crate) wall: Vec<f64>,
}

impl Times {
    pub(crate) fn push(&mut self, spent: Spent) {
        self.cpu.push(spent.cpu);
        self.wall.push(spent.wall);
    }

    /// The lesser of two measurements of the same things: what both have in common is the thing itself.
    pub(crate) fn lesser(mut self, other: &Times) -> Times {
        let least = |a: &mut Vec<f64>, b: &[f64]| a.iter_mut().zip(b).for_each(|(a, b)| *a = a.min(*b));
        least(&mut self.cpu, &other.cpu);
        least(&mut self.wall, &other.wall);
        self
    }

    pub(crate) fn chosen(&self, keep: impl Fn(usize) -> bool) -> Times {
        let choose = |v: &[f64]| v.iter().enumerate().filter(|(i, _)| keep(*i)).map(|(_, t)| *t).collect();
        Times { cpu: choose(&self.cpu), wall: choose(&self.wall) }
    }
}

pub(crate) fn mean(times: &[f64]) -> f64 {
    times.iter().sum::<f64>() / times.len().max(1) as f64
}

pub(crate) fn quantile(times: &[f64], q: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(((sorted.len().max(1) - 1) as f64 * q).round() as usize).copied().unwrap_or(f64::NAN)
}

/// Bytes of the files of a folder.
pub(crate) fn folder_size(dir: &Path) -> u64 {
    std::fs::read_dir(dir).into_iter().flatten().flatten().filter_map(|e| e.metadata().ok()).map(|m| m.len()).sum()
}

/// A row of a comparison of processor times, in milliseconds; the last column is the ratio by the wall clock.
pub(crate) fn compare(name: &str, ours: &Times, theirs: &Times) {
    let ms = 1e3;
    let row = |what: &str, of: &dyn Fn(&[f64]) -> f64| {
        println!(
            "| {name} | {what} | {:.3} | {:.3} | **{:.2}** | {:.2} |",
            of(&ours.cpu) * ms,
            of(&theirs.cpu) * ms,
            of(&ours.cpu) / of(&theirs.cpu),
            of(&ours.wall) / of(&theirs.wall)
        );
    };
    row("mean", &mean);
    row("median", &|t| quantile(t, 0.5));
    row("p99", &|t| quantile(t, 0.99));
}

/// The head of the table that [`compare`] fills.
pub(crate) fn head(title: &str, ours: &str, theirs: &str) {
    println!("\n{title}\n");
    println!("| | CPU ms | {ours} | {theirs} | ratio | wall ratio |\n| --- | --- | --- | --- | --- | --- |");
}
