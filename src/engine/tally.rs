//! How often each of many numbered things was met, when most of them are not.
//!
//! As long as few have been met they are listed, so that neither reading nor clearing goes through all. Which are met for the
//! first time is as good as random: that is written down without a branch, which would be foretold wrongly, and wait for memory
//! each time.

use std::collections::HashMap;

/// Counts by number.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Short, so that more of them lie in the cache.
    counts: Vec<u16>,
    /// How often a count was about to get too long and gave up [`CARRIED`].
    carried: HashMap<u32, u32>,
    /// The numbers with a count, in the order in which they were met, as far as there is room.
    met: Vec<u32>,
    /// How many have been met.
    len: usize,
}

/// There is room for one in so many.
const MANY: usize = 8;
/// Half of what a count can hold: what is left never looks like a number that is met for the first time.
const CARRIED: u16 = 1 << 15;

impl Tally {
    /// So many zeros.
    pub(super) fn new(len: usize) -> Self {
        Tally { counts: vec![0; len], carried: HashMap::new(), met: vec![0; len / MANY + 1], len: 0 }
    }

    /// Is for so many numbers from now on; all of them are zero.
    pub(super) fn fit(&mut self, len: usize) {
        debug_assert_eq!(self.len, 0, "is clear");
        self.counts.resize(len, 0);
        self.met.resize(len / MANY + 1, 0);
    }

    /// Meets a number once more.
    #[inline]
    pub(super) fn add(&mut self, number: u32) {
        let Some(count) = self.counts.get_mut(number as usize) else { return };
        *count += 1;
        if let Some(place) = self.met.get_mut(self.len) {
            *place = number;
        }
        self.len += usize::from(*count == 1);
        if *count == u16::MAX {
            *count -= CARRIED;
            *self.carried.entry(number).or_default() += 1;
        }
    }

    /// How often a number was met.
    pub(super) fn of(&self, number: u32) -> u32 {
        let count = self.counts.get(number as usize).copied().map_or(0, u32::from);
        match count >= u32::from(u16::MAX - CARRIED) && !self.carried.is_empty() {
            true => count + u32::from(CARRIED) * self.carried.get(&number).copied().unwrap_or(0),
            false => count,
        }
    }

    /// The numbers that were met, where there was room for them.
    fn listed(&self) -> Option<&[u32]> {
        self.met.get(..self.len)
    }

    /// How many numbers were met.
    pub(super) fn distinct(&self) -> usize {
        self.len
    }

    /// Visits every number that was met, in no order, with its count.
    pub(super) fn each(&self, mut visit: impl FnMut(u32, u32)) {
        match self.listed() {
            Some(met) => met.iter().for_each(|number| visit(*number, self.of(*number))),
            None => {
                let counted = (0..).zip(&self.counts).filter(|(_, n)| **n > 0);
                counted.for_each(|(number, _)| visit(number, self.of(number)));
            }
        }
    }

    /// The numbers that were met, in order.
    pub(super) fn in_order(&self) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(self.len);
        self.each(|number, _| numbers.push(number));
        if self.listed().is_some() {
            numbers.sort_unstable();
        }
        numbers
    }

    /// Sets all to zero.
    pub(super) fn clear(&mut self) {
        match self.met.get(..self.len) {
            Some(met) => {
                for number in met {
                    if let Some(count) = self.counts.get_mut(*number as usize) {
                        *count = 0;
                    }
                }
            }
            None => self.counts.fill(0),
        }
        self.carried.clear();
        self.len = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_whether_few_or_many_are_met() {
        let mut tally = Tally::new(80);
        for (round, met) in [
            (0, vec![3, 7, 3]),
            (1, (0..80).chain(5..40).collect()),
            (2, vec![79]),
            (3, Vec::new()),
            (4, vec![5; 200_000]),
        ] {
            let mut expected = [0; 80];
            for number in &met {
                tally.add(*number);
                expected[*number as usize] += 1;
            }
            tally.add(80); // there is none
            let mut counted = [0; 80];
            tally.each(|number, n| counted[number as usize] = n);
            assert_eq!(counted, expected, "round {round}");
            let in_order: Vec<u32> = (0..80).filter(|n| expected[*n as usize] > 0).collect();
            assert_eq!(tally.in_order(), in_order, "round {round}");
            assert_eq!((tally.of(3), tally.distinct()), (expected[3], in_order.len()));
            tally.clear();
            tally.fit(100);
            tally.fit(80);
        }
    }
}
