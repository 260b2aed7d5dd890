//! What the memory of an ingest is spent on, and works that count against it.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tantivy::TantivyDocument;
use tantivy::schema::Document;

/// The least memory that an indexing thread is given, in bytes: less makes segments too small to be worth their merging.
const LEAST_ARENA: usize = 16 * 1024 * 1024;

/// How an amount of memory is divided, in bytes. The shares are of what was measured: an indexing thread holds up to a third
/// more than its arena when it writes a segment out, which half of them do at a time; a merge about a quarter of what it merges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Budget {
    pub(super) threads: usize,
    /// How many of them write a segment at a time.
    pub(super) writers: usize,
    /// The words of one thread before they are written out.
    pub(super) arena: usize,
    /// The words of one thread of the library behind, which takes works that are written anew.
    pub(super) anew: usize,
    /// Works that wait for a thread.
    pub(super) waiting: usize,
    /// What one merge reads when nothing else is done any more; until then a quarter of that.
    pub(super) merged: usize,
}

impl Budget {
    pub(super) fn of(memory: usize, threads: usize) -> Budget {
        let arenas = memory / 32 * 17;
        // Twice the least: a second thread is not worth segments that are mostly vocabulary.
        let threads = threads.clamp(1, (arenas / LEAST_ARENA / 2).max(1));
        Budget {
            threads,
            writers: threads.div_ceil(2),
            arena: (arenas / threads).clamp(LEAST_ARENA, u32::MAX as usize / 2),
            anew: (memory / 8 / threads).clamp(LEAST_ARENA, u32::MAX as usize / 2),
            waiting: memory / 32,
            merged: memory,
        }
    }
}

/// Room for works on their way to an indexing thread, or turns for threads.
#[derive(Debug)]
pub(super) struct Room {
    size: usize,
    /// Who waits is told of room when no more than this is taken.
    told_at: usize,
    taken: Mutex<usize>,
    left: Condvar,
}

/// A thread that writes out a segment takes no works, but not for so long.
const PATIENCE: Duration = Duration::from_secs(300);

impl Room {
    /// Room for so many bytes. Who waits is told when half of it is free: not work by work.
    pub(super) fn new(size: usize) -> Arc<Room> {
        Arc::new(Room { size, told_at: size / 2, taken: Mutex::new(0), left: Condvar::new() })
    }

    /// So many turns at a time, each taken with 1 in the place of bytes and given on at once.
    pub(super) fn of_turns(count: usize) -> Arc<Room> {
        Arc::new(Room { size: count, told_at: count.saturating_sub(1), taken: Mutex::new(0), left: Condvar::new() })
    }

    /// Waits until there is room; a work that is bigger than all of it goes alone.
    pub(super) fn enter(self: &Arc<Self>, bytes: usize) -> Place {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |taken: &mut usize| *taken > 0 && *taken + bytes > self.size;
        // When all threads have failed nobody leaves; then the results of the threads say why.
        let waited = self.left.wait_timeout_while(taken, PATIENCE, is_full);
        let (mut taken, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *taken += bytes;
        Place { room: Arc::clone(self), bytes }
    }
}

/// A document that takes up room until it is indexed.
#[derive(Debug)]
pub(super) struct Waiting {
    document: TantivyDocument,
    /// Held for the room it takes.
    #[allow(dead_code)]
    place: Place,
}

impl Waiting {
    pub(super) fn new(document: TantivyDocument, place: Place) -> Self {
        Waiting { document, place }
    }
}

impl Document for Waiting {
    type Value<'a> = <TantivyDocument as Document>::Value<'a>;
    type FieldsValuesIter<'a> = <TantivyDocument as Document>::FieldsValuesIter<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.document.iter_fields_and_values()
    }
}

/// The room that a work takes up until it is indexed.
#[derive(Debug)]
pub(super) struct Place {
    room: Arc<Room>,
    bytes: usize,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.room.taken.lock().unwrap_or_else(PoisonError::into_inner);
        *taken = taken.saturating_sub(self.bytes);
        if *taken <= self.room.told_at {
            self.room.left.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_divided_among_threads() {
        const MB: usize = 1024 * 1024;
        let budget = Budget::of(512 * MB, 2);
        assert_eq!((budget.threads, budget.writers, budget.arena), (2, 1, 136 * MB));
        assert_eq!((budget.anew, budget.waiting), (32 * MB, 16 * MB));
        // Too little for two.
        assert_eq!(Budget::of(64 * MB, 8).threads, 1);
        assert_eq!(Budget::of(0, 8).arena, LEAST_ARENA);
    }

    #[test]
    fn a_turn_is_given_on_at_once() {
        let turns = Room::of_turns(3);
        let mut held: Vec<Place> = (0..3).map(|_| turns.enter(1)).collect();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| drop(turns.enter(1)));
            std::thread::sleep(Duration::from_millis(50));
            assert!(!waiting.is_finished());
            held.pop();
            let start = std::time::Instant::now();
            waiting.join().unwrap();
            assert!(start.elapsed() < PATIENCE / 10, "{:?}", start.elapsed());
        });
        drop(held);
        assert_eq!(*turns.taken.lock().unwrap(), 0);
    }

    #[test]
    fn works_wait_for_room() {
        let room = Room::new(100);
        let first = room.enter(1_000);
        std::thread::scope(|scope| {
            let second = scope.spawn(|| drop(room.enter(1)));
            std::thread::sleep(Duration::from_millis(50));
            assert!(!second.is_finished());
            drop(first);
            second.join().unwrap();
        });
        assert_eq!(*room.taken.lock().unwrap(), 0);
    }
}
