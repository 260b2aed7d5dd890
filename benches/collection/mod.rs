//! A synthetic collection with a fixed seed, shared by the benchmarks: records like those of a bibliographic database, and
//! queries like those that people put to one.
//!
//! Every record is drawn from its own number alone. So a collection is a stream that is never held in memory, a small one is
//! the beginning of a big one, and the words of a query can be taken from a record without keeping any.
//!
//! It does *not* imitate meaning: words of a topic occur together, and that is all they say.

// Each benchmark uses its part of this.
#![allow(dead_code)]

pub(crate) mod queries;
pub(crate) mod records;

/// xorshift64*: the same numbers on every machine.
pub(crate) struct Random(u64);

impl Random {
    /// Numbers of a seed; neighbouring seeds have nothing in common.
    pub(crate) fn new(seed: u64) -> Self {
        Random(scatter(seed).max(1))
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number from 0 to 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.number() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    /// Whether something happens that does so with this probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    pub(crate) fn one_of<'a>(&mut self, values: &[&'a str]) -> &'a str {
        values[self.below(values.len())]
    }

    /// A rank below `n`, drawn after Zipf's law with exponent 1 (the inverse of the harmonic sum, approximately).
    pub(crate) fn zipf(&mut self, n: usize) -> usize {
        (((n as f64 + 1.0).ln() * self.unit()).exp() - 1.0) as usize
    }

    /// A length around a median, as lengths of texts are distributed.
    pub(crate) fn lognormal(&mut self, median: f64, sigma: f64) -> usize {
        let (a, b) = (self.unit().max(1e-12), self.unit());
        let normal = (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos();
        (median * (sigma * normal).exp()) as usize
    }
}

/// Spreads a number over all bits.
pub(crate) fn scatter(n: u64) -> u64 {
    let mut n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    n = (n ^ n >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    n = (n ^ n >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ n >> 31
}

/// The words that make up a third of any English text, most frequent first.
const FUNCTION_WORDS: [&str; 48] = [
    "the", "of", "and", "in", "to", "a", "for", "with", "that", "on", "is", "as", "by", "was", "are", "from", "be",
    "this", "were", "at", "an", "which", "or", "has", "have", "not", "their", "these", "it", "between", "been", "more",
    "had", "but", "may", "than", "can", "also", "its", "who", "our", "into", "all", "other", "there", "both", "no",
    "we",
];

/// The word of a rank by frequency: function words, then made-up ones, three forms to a stem and longer as they get rarer.
pub(crate) fn word(rank: usize, out: &mut String) {
    const HEADS: [&str; 64] = [
        "con", "pur", "fun", "com", "hea", "tru", "pri", "ca", "ser", "lo", "re", "pla", "mar", "pro", "bu", "po",
        "in", "sta", "le", "gro", "ma", "de", "si", "va", "ti", "no", "ra", "so", "li", "me", "qua", "per", "do", "ba",
        "fi", "ge", "hos", "ju", "ke", "lu", "mo", "nu", "pa", "re", "su", "te", "un", "vi", "wa", "ye", "zo", "bri",
        "cle", "dra", "fle", "gra", "hol", "int", "lan", "mel", "nor", "ost", "pre", "ri",
    ];
    const ENDINGS: [&str; 24] = [
        "ct", "nt", "l", "n", "r", "t", "se", "ge", "d", "m", "ve", "ce", "sh", "p", "st", "nd", "rk", "te", "de",
        "ne", "le", "rd", "g", "x",
    ];
    const FORMS: [[&str; 3]; 4] = [["", "s", "ing"], ["", "ed", "er"], ["", "ation", "s"], ["", "ment", "al"]];
    if let Some(word) = FUNCTION_WORDS.get(rank) {
        out.push_str(word);
        return;
    }
    let stem = (rank - FUNCTION_WORDS.len()) / 3;
    let form = (rank - FUNCTION_WORDS.len()) % 3;
    let mut n = stem / ENDINGS.len();
    loop {
        out.push_str(HEADS[n % HEADS.len()]);
        n /= HEADS.len();
        if n == 0 {
            break;
        }
        n -= 1;
    }
    out.push_str(ENDINGS[stem % ENDINGS.len()]);
    out.push_str(FORMS[stem % FORMS.len()][form]);
}

/// Whether a word of this rank says something by itself.
pub(crate) fn has_content(rank: usize) -> bool {
    rank >= FUNCTION_WORDS.len()
}

/// How many words the texts have used up to a record (Heaps' law).
pub(crate) fn vocabulary(record: u64) -> usize {
    (30.0 * ((record + 100) as f64 * 175.0).powf(0.55)) as usize
}
