//! Texts numbered in the order in which they are first met.

/// Distinct texts and their numbers, from 0 up.
#[derive(Debug)]
pub(super) struct Table {
    bytes: Vec<u8>,
    /// Where each text ends in `bytes`; it begins where the one before it ends.
    ends: Vec<u32>,
    /// Open addressing: a place for each text after the one that its hash names.
    slots: Vec<Slot>,
}

/// Whatever tells a short text from all others lies in one place, so that a look-up waits for memory once.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    key: Key,
    hash: u32,
    /// One more than the number of the text; 0 is free.
    taken: u32,
}

/// The first bytes of a text, filled up with zeros, and in the last byte how many it has, or that it has more.
type Key = [u64; 2];
const KEY_BYTES: usize = 15;

const LEAST_SLOTS: usize = 1 << 10;

impl Table {
    pub(super) fn new() -> Table {
        Table { bytes: Vec::new(), ends: Vec::new(), slots: vec![Slot::default(); LEAST_SLOTS] }
    }

    /// The number of a text, which is the next one when it has not been met.
    pub(super) fn number(&mut self, text: &[u8]) -> u32 {
        let key = key(text);
        let hash = hash(key, text);
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.taken == 0 {
                return self.add(text, Slot { key, hash, taken: self.ends.len() as u32 + 1 }, at);
            }
            let is_like = slot.hash == hash && slot.key == key;
            if is_like && (text.len() <= KEY_BYTES || self.get(slot.taken - 1) == text) {
                return slot.taken - 1;
            }
            at = (at + 1) & mask;
        }
    }

    fn add(&mut self, text: &[u8], slot: Slot, at: usize) -> u32 {
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as u32);
        self.slots[at] = slot;
        if self.ends.len() * 4 > self.slots.len() * 3 {
            self.grow();
        }
        slot.taken - 1
    }

    fn grow(&mut self) {
        let wider = vec![Slot::default(); self.slots.len() * 2];
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
    pub(super) fn get(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.bytes[start as usize..self.ends[number] as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many bytes of memory it takes.
    pub(super) fn memory(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * size_of::<u32>() + self.slots.len() * size_of::<Slot>()
    }

    /// The numbers in the order of the bytes of their texts.
    pub(super) fn sorted(&self) -> Vec<u32> {
        // Most texts differ in their first bytes, and those are compared as one number without a look at the text.
        let mut keyed: Vec<(u64, u32)> = (0..self.len() as u32).map(|n| (first_bytes(self.get(n)), n)).collect();
        keyed.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| self.get(a.1).cmp(self.get(b.1))));
        keyed.into_iter().map(|(_, number)| number).collect()
    }
}

/// The first eight bytes as a number that sorts as they do. (Fewer are filled up with zeros, which other texts may have there:
/// then the texts decide.)
fn first_bytes(text: &[u8]) -> u64 {
    let mut first = [0; 8];
    let len = text.len().min(8);
    first[..len].copy_from_slice(&text[..len]);
    u64::from_be_bytes(first)
}

fn key(text: &[u8]) -> Key {
    let mut bytes = [0; 16];
    let len = text.len().min(KEY_BYTES);
    bytes[..len].copy_from_slice(&text[..len]);
    bytes[KEY_BYTES] = text.len().min(KEY_BYTES + 1) as u8;
    let both = u128::from_le_bytes(bytes);
    [both as u64, (both >> 64) as u64]
}

fn hash(key: Key, text: &[u8]) -> u32 {
    let mix = |hash: u64, eight: u64| (hash.rotate_left(26) ^ eight).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let start = mix(mix(0, key[0]), key[1]);
    let (eights, last) = text.get(KEY_BYTES..).unwrap_or_default().as_chunks::<8>();
    let all = eights.iter().fold(start, |hash, eight| mix(hash, u64::from_le_bytes(*eight)));
    let all = if last.is_empty() { all } else { mix(all, first_bytes(last)) };
    (all >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_numbered_and_sorted() {
        let mut table = Table::new();
        let mut texts: Vec<String> = (0..5_000_u32).map(|n| format!("{}{n}", "ab".repeat(n as usize % 7))).collect();
        texts.extend(["", "\0", "a", "a\0", "a\0\0", "0123456789abcde", "0123456789abcde\0"].map(str::to_owned));
        let numbers: Vec<u32> = texts.iter().map(|t| table.number(t.as_bytes())).collect();
        assert_eq!(numbers, (0..texts.len() as u32).collect::<Vec<_>>());
        for (text, number) in texts.iter().zip(numbers) {
            assert_eq!(table.number(text.as_bytes()), number);
            assert_eq!(table.get(number), text.as_bytes());
        }
        let sorted: Vec<&[u8]> = table.sorted().into_iter().map(|n| table.get(n)).collect();
        let mut expected: Vec<&[u8]> = texts.iter().map(|t| t.as_bytes()).collect();
        expected.sort_unstable();
        assert_eq!(sorted, expected);
    }
}
