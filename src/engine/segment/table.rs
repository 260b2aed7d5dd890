//! Texts and their numbers.
//!
//! A table of some hundred thousand words does not fit the processor's near memory, and a look-up that waits for the far one
//! takes as long as reading the word. So texts are looked up [together](Table::numbers): what all of them need is fetched
//! before any of it is looked at, and they wait once.

use std::hash::BuildHasher as _;
use std::hint::black_box;

use foldhash::fast::RandomState;

/// Texts and their numbers, from 0 up.
#[derive(Debug, Default)]
pub(super) struct Texts {
    text: String,
    /// Where each ends in `text`; it begins where the one before it ends.
    ends: Vec<u32>,
}

/// Texts that are looked up together.
#[derive(Debug, Default)]
pub(super) struct Batch {
    texts: Texts,
    /// What is found of each on the way to its number.
    hashes: Vec<u32>,
    near: Vec<u32>,
}

/// Distinct texts, numbered in the order in which they are first met.
#[derive(Debug, Default)]
pub(super) struct Table {
    texts: Texts,
    /// Open addressing: a place for each text after the one that its hash names.
    slots: Vec<Slot>,
    /// Nobody can write texts that all have the same hash.
    hasher: RandomState,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    hash: u32,
    /// One more than the number of the text; 0 is free.
    taken: u32,
}

const LEAST_SLOTS: usize = 1 << 10;

impl Texts {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
    }

    /// The text of a number.
    pub(super) fn get(&self, number: u32) -> &str {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.text[start as usize..self.ends[number] as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Reads a little of texts, so that they are near when they are asked for: many at a time, not one after the other.
    pub(super) fn fetch(&self, numbers: impl Iterator<Item = u32>) {
        let bytes = self.text.as_bytes();
        let last = |number: u32| bytes.get((*self.ends.get(number as usize)? as usize).checked_sub(1)?).copied();
        black_box(numbers.fold(0, |all, number| all ^ last(number).unwrap_or_default()));
    }

    fn memory(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<u32>()
    }

    /// The numbers in the order of the bytes of their texts.
    pub(super) fn sorted(&self) -> Vec<u32> {
        let mut keyed: Vec<(u64, u32)> = (0..self.len() as u32).map(|n| (eight_bytes(self.get(n), 0), n)).collect();
        self.sort(&mut keyed, 0);
        keyed.into_iter().map(|(_, number)| number).collect()
    }

    /// Puts texts in order that are the same before a byte, from which on each has its eight bytes.
    fn sort(&self, keyed: &mut [(u64, u32)], from: usize) {
        keyed.sort_unstable();
        for like in keyed.chunk_by_mut(|a, b| a.0 == b.0).filter(|like| like.len() > 1) {
            if from < COMPARED_BY_EIGHTS {
                for (key, number) in &mut *like {
                    *key = eight_bytes(self.get(*number), from + 8);
                }
                self.sort(like, from + 8);
            } else {
                like.sort_unstable_by(|a, b| self.get(a.1).cmp(self.get(b.1)));
            }
        }
    }
}

/// Texts are compared as numbers of eight bytes up to here, and what is the same then as texts.
const COMPARED_BY_EIGHTS: usize = 24;

/// The eight bytes of a text from a byte on, as a number that sorts as they do. (Fewer are filled up with zeros, which other
/// texts may have there: then what follows decides.)
fn eight_bytes(text: &str, from: usize) -> u64 {
    let bytes = text.as_bytes().get(from..).unwrap_or_default();
    if let Some(eight) = bytes.first_chunk() {
        return u64::from_be_bytes(*eight);
    }
    bytes.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)) << (8 * (8 - bytes.len()) as u32 % 64)
}

impl Batch {
    pub(super) fn clear(&mut self) {
        self.texts.text.clear();
        self.texts.ends.clear();
    }

    pub(super) fn push(&mut self, text: &str) {
        self.texts.push(text);
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    pub(super) fn get(&self, at: usize) -> &str {
        self.texts.get(at as u32)
    }
}

impl Table {
    /// Adds to a list the numbers of texts, one after another; a text that has not been met has the next one.
    pub(super) fn numbers(&mut self, texts: &mut Batch, out: &mut Vec<u32>) {
        let Batch { texts, hashes, near } = texts;
        hashes.clear();
        hashes.extend((0..texts.len() as u32).map(|at| self.hash(texts.get(at))));
        // Each of these loops is a row of reads that do not depend on each other: the processor does many at a time. Nothing
        // but that comes of them.
        near.clear();
        let mask = self.slots.len().wrapping_sub(1);
        near.extend(hashes.iter().map(|hash| self.slots.get(*hash as usize & mask).map_or(0, |slot| slot.taken)));
        self.texts.fetch(near.iter().map(|taken| taken.wrapping_sub(1)));
        out.extend((0..).zip(&*hashes).map(|(at, hash)| self.number(texts.get(at), *hash)));
    }

    fn hash(&self, text: &str) -> u32 {
        (self.hasher.hash_one(text.as_bytes()) >> 32) as u32
    }

    fn number(&mut self, text: &str, hash: u32) -> u32 {
        if self.len() * 4 >= self.slots.len() * 3 {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.taken == 0 {
                self.texts.push(text);
                let taken = self.len() as u32;
                self.slots[at] = Slot { hash, taken };
                return taken - 1;
            }
            if slot.hash == hash && self.get(slot.taken - 1) == text {
                return slot.taken - 1;
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let wider = vec![Slot::default(); (self.slots.len() * 2).max(LEAST_SLOTS)];
        let mask = wider.len() - 1;
        for slot in std::mem::replace(&mut self.slots, wider) {
            if slot.taken > 0 {
                let mut at = slot.hash as usize & mask;
                while self.slots[at].taken > 0 {
                    at = (at + 1) & mask;
                }
                self.slots[at] = slot;
            }
        }
    }

    /// The text of a number.
    pub(super) fn get(&self, number: u32) -> &str {
        self.texts.get(number)
    }

    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// How many bytes of memory it takes.
    pub(super) fn memory(&self) -> usize {
        self.texts.memory() + self.slots.len() * size_of::<Slot>()
    }

    /// The texts by their numbers, without what only looking up takes.
    pub(super) fn into_texts(self) -> Texts {
        self.texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Vec<String> {
        let mut texts: Vec<String> = (0..5_000_u32).map(|n| format!("{}{n}", "ab".repeat(n as usize % 27))).collect();
        texts.extend(
            ["", "\0", "a", "a\0", "a\0\0", "0123456789abcde", "0123456789abcde\0", "é", "ée"].map(str::to_owned),
        );
        texts
    }

    #[test]
    fn texts_are_numbered_and_sorted() {
        let mut table = Table::default();
        let texts = texts();
        let numbers: Vec<u32> = texts.iter().map(|t| table.number(t, table.hash(t))).collect();
        assert_eq!(numbers, (0..texts.len() as u32).collect::<Vec<_>>());
        for (text, number) in texts.iter().zip(numbers) {
            assert_eq!(table.number(text, table.hash(text)), number);
            assert_eq!(table.get(number), text);
        }
        let sorted: Vec<&str> = table.texts.sorted().into_iter().map(|n| table.get(n)).collect();
        let mut expected: Vec<&str> = texts.iter().map(String::as_str).collect();
        expected.sort_unstable();
        assert_eq!(sorted, expected);
    }

    #[test]
    fn together_texts_have_the_numbers_that_they_have_alone() {
        let (mut together, mut alone) = (Table::default(), Table::default());
        let (mut batch, mut numbers) = (Batch::default(), Vec::new());
        let texts = texts();
        // Each text comes again later, some in the same batch.
        let said = texts.iter().zip(texts.iter().step_by(3).cycle()).flat_map(|(a, b)| [a, b, a]);
        let said: Vec<&String> = said.collect();
        for some in said.chunks(700) {
            batch.clear();
            some.iter().for_each(|text| batch.push(text));
            together.numbers(&mut batch, &mut numbers);
        }
        assert_eq!(numbers, said.iter().map(|text| alone.number(text, alone.hash(text))).collect::<Vec<_>>());
        assert_eq!(together.len(), alone.len());
    }
}
