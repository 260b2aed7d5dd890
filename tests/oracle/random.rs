//! A small random generator (SplitMix64): the same seed gives the same case on every machine.

pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// A number from `from` to `to`, both inclusive.
    pub(crate) fn between(&mut self, from: usize, to: usize) -> usize {
        from + self.below(to - from + 1)
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }

    pub(crate) fn text(&mut self, from: &[&'static str]) -> &'static str {
        from[self.below(from.len())]
    }

    /// Between `least` and `most` picks; the same one may come twice.
    pub(crate) fn some(&mut self, from: &[&str], least: usize, most: usize) -> Vec<String> {
        (0..self.between(least, most)).map(|_| (*self.pick(from)).to_owned()).collect()
    }

    pub(crate) fn maybe<T>(&mut self, percent: usize, make: impl FnOnce(&mut Random) -> T) -> Option<T> {
        self.chance(percent).then(|| make(self))
    }

    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.below(i + 1));
        }
    }
}

/// A number from the environment, for longer runs.
pub(crate) fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

/// The seed of a test: `COMMLIT_ORACLE_SEED`, moved on by the test's own number.
pub(crate) fn seed(of: u64) -> u64 {
    setting("COMMLIT_ORACLE_SEED", 1) as u64 * 1_000_003 + of
}
