//! The threads that index: each builds a segment of the works that it takes from a common queue, and hands it over when it is
//! big enough or no work is left.
//!
//! They are not the threads of the library behind, which take documents and are given only those that take the place of deleted
//! ones; see [`super::segment`] and [`super::write`].

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, Scope, ScopedJoinHandle};

use tantivy::index::SegmentMeta;
use tantivy::{Index, TantivyError};

use super::budget::{Budget, Place, Room};
use super::concepts::Concepts;
use super::schema::Fields;
use super::segment::Building;
use crate::identity::{self, Part};
use crate::record::Record;
use crate::thesaurus::Thesaurus;

/// What becomes one document.
#[derive(Debug)]
pub(crate) enum Addition {
    /// A record that is the only one of its work, and its identity keys.
    Single(Box<Part>, Vec<u64>),
    /// A record and the parts that it was merged from.
    Merged(Box<Record>, Vec<Part>),
}

impl Addition {
    pub(super) fn record(&self) -> &Record {
        match self {
            Addition::Single(part, _) => &part.record,
            Addition::Merged(record, _) => record,
        }
    }

    pub(super) fn parts(&self) -> &[Part] {
        match self {
            Addition::Single(part, _) => std::slice::from_ref(part),
            Addition::Merged(_, parts) => parts,
        }
    }

    /// The identity keys of all parts.
    pub(super) fn keys(&self) -> Vec<u64> {
        let mut keys = match self {
            Addition::Single(_, keys) => keys.clone(),
            Addition::Merged(_, parts) => parts.iter().flat_map(|p| identity::keys(&p.record)).collect(),
        };
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

/// What a thread needs beside works.
#[derive(Clone)]
pub(super) struct Means<'e> {
    pub(super) index: Index,
    pub(super) fields: &'e Fields,
    pub(super) thesaurus: &'e Thesaurus,
    /// How many bytes a segment takes before it is written.
    pub(super) arena: usize,
}

type Queue = Mutex<Receiver<(Addition, Place)>>;

/// Threads at work.
pub(super) struct Crew<'s> {
    queue: Sender<(Addition, Place)>,
    written: Receiver<tantivy::Result<SegmentMeta>>,
    threads: Vec<ScopedJoinHandle<'s, ()>>,
}

impl<'s> Crew<'s> {
    pub(super) fn start<'e: 's>(scope: &'s Scope<'s, 'e>, budget: Budget, means: &Means<'e>) -> std::io::Result<Self> {
        let (queue, works) = channel();
        let works = Arc::new(Mutex::new(works));
        let (report, written) = channel();
        let turns = Room::of_turns(budget.writers);
        let start = |n: usize| {
            let (works, report, means) = (Arc::clone(&works), report.clone(), means.clone());
            let turns = Arc::clone(&turns);
            // The first segments are of different sizes, so that the threads write theirs one after the other from then on.
            let first = means.arena / budget.threads * (n + 1);
            let run = move || index(&works, &report, &means, first, &turns);
            Builder::new().name(format!("indexing-{n}")).spawn_scoped(scope, run)
        };
        let threads = (0..budget.threads).map(start).collect::<Result<_, _>>()?;
        Ok(Crew { queue, written, threads })
    }

    /// Hands a work to the next thread that is free.
    pub(super) fn add(&self, work: Addition, place: Place) -> tantivy::Result<()> {
        self.queue.send((work, place)).map_err(|_| TantivyError::ErrorInThread("no indexing thread is left".into()))
    }

    /// Segments that have been written since it was asked last.
    pub(super) fn written(&self) -> impl Iterator<Item = tantivy::Result<SegmentMeta>> {
        self.written.try_iter()
    }

    /// Waits until all works are in segments, and gives those that have been written since it was asked last.
    pub(super) fn finish(self) -> tantivy::Result<Vec<SegmentMeta>> {
        drop(self.queue);
        for thread in self.threads {
            thread.join().map_err(|e| TantivyError::ErrorInThread(format!("{e:?}")))?;
        }
        self.written.into_iter().collect()
    }
}

fn index(
    works: &Queue,
    report: &Sender<tantivy::Result<SegmentMeta>>,
    means: &Means<'_>,
    first: usize,
    turns: &Arc<Room>,
) {
    let mut concepts = Concepts::new(means.thesaurus);
    let mut arena = first;
    while let Some(segment) = build(works, &mut concepts, means, arena, turns).transpose() {
        arena = means.arena;
        let failed = segment.is_err();
        // Nobody listens when the ingest has failed elsewhere.
        let _ = report.send(segment);
        if failed {
            // Works are taken on, so that nobody waits for room before the failure is seen.
            while next(works).is_some() {}
        }
    }
}

/// Builds one segment of so many bytes, and writes it when it has a turn; there is none without works.
fn build(
    works: &Queue,
    concepts: &mut Concepts<'_>,
    means: &Means<'_>,
    arena: usize,
    turns: &Arc<Room>,
) -> tantivy::Result<Option<SegmentMeta>> {
    let Some(first) = next(works) else { return Ok(None) };
    concepts.renumber();
    let mut building = Building::new(means.fields, means.index.new_segment())?;
    let mut taken = Some(first);
    while let Some((work, place)) = taken {
        means.fields.add(&work, concepts, &mut building)?;
        // A work that is indexed takes no room: the next one may wait for it.
        drop((work, place));
        taken = if building.memory() < arena { next(works) } else { None };
    }
    let _turn = turns.enter(1);
    building.finish().map(Some)
}

fn next(works: &Queue) -> Option<(Addition, Place)> {
    works.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}
