//! A synthetic collection with a fixed seed, like enough to a bibliographic database: words, publishers, subjects, journals
//! and creators follow Zipf's law, the vocabulary grows with the collection, years pile up towards the present.

/// xorshift64*: the same numbers on every machine.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed.max(1))
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number from 0 to 1.
    fn unit(&mut self) -> f64 {
        (self.number() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    /// A rank below `n`, drawn after Zipf's law with exponent 1 (the inverse of the harmonic sum, approximately).
    pub(crate) fn zipf(&mut self, n: usize) -> usize {
        ((n as f64 + 1.0).powf(self.unit()) - 1.0) as usize
    }
}

/// A pronounceable word for a rank: frequent words are short, and endings give the stemmer something to do.
pub(crate) fn word(rank: usize) -> String {
    const HEADS: [&str; 20] = [
        "con", "pur", "fund", "com", "health", "tru", "pri", "ca", "ser", "lo", "re", "pla", "mar", "pro", "bud", "po",
        "inte", "sta", "lea", "gro",
    ];
    const TAILS: [&str; 8] = ["", "s", "ing", "ed", "ation", "er", "ment", "al"];
    let mut out = String::new();
    let mut n = rank / TAILS.len() + 1;
    while n > 0 {
        out.push_str(HEADS[n % HEADS.len()]);
        n /= HEADS.len();
    }
    out.push_str(TAILS[rank % TAILS.len()]);
    out
}

/// The size of the vocabulary of so many records (Heaps' law).
pub(crate) fn vocabulary(records: usize) -> usize {
    (60.0 * (records as f64 * 160.0).powf(0.5)) as usize
}

/// One record as a JSON line.
pub(crate) fn record(random: &mut Random, i: usize, words: usize) -> String {
    let text = |random: &mut Random, n: usize| {
        let mut out = String::new();
        for k in 0..n {
            if k > 0 {
                out.push_str(if k % 17 == 0 { ". " } else { " " });
            }
            out.push_str(&word(random.zipf(words)));
        }
        out + "."
    };
    let names = |random: &mut Random, prefix: &str, of: usize, n: usize| {
        (0..n).map(|_| format!("\"{prefix} {}\"", random.zipf(of))).collect::<Vec<_>>().join(",")
    };
    let title_words = 6 + random.below(10);
    let title = text(random, title_words);
    let abstract_words = 80 + random.below(160);
    let abstract_text = text(random, abstract_words);
    let creators = 1 + random.below(4);
    let creators: Vec<String> =
        (0..creators).map(|_| format!("{{\"name\":\"Family{}, Given\"}}", random.zipf(20_000))).collect();
    let subjects = 2 + random.below(6);
    let year = 2024 - random.zipf(60);
    format!(
        "{{\"id\":\"r{i}\",\"title\":\"{title}\",\"type\":\"{}\",\"creators\":[{}],\"year\":{year},\"publisher\":[{}],\"place\":[{}],\"container\":{{\"title\":\"Journal {}\"}},\"abstract\":\"{abstract_text}\",\"subjects\":[{}],\"languages\":[\"{}\"]}}\n",
        ["article-journal", "report", "book", "chapter", "thesis"][random.zipf(5)],
        creators.join(","),
        names(random, "Publisher", 2_000, 1),
        names(random, "Place", 300, 1),
        random.zipf(3_000),
        names(random, "Subject heading", 8_000, subjects),
        ["en", "fr", "de", "es", "it", "pt"][random.zipf(6)],
    )
}

/// A query of one to four words, every other one with a phrase of two.
pub(crate) fn query(random: &mut Random, words: usize) -> Vec<String> {
    (0..1 + random.below(4)).map(|_| word(20 + random.zipf(words / 4))).collect()
}

/// A word that some tenth to some hundredth of the records have.
pub(crate) fn middling(random: &mut Random, words: usize) -> String {
    word(words / 100 + random.below(words / 50))
}
