//! Text → words: the one analysis that indexing, querying and highlighting share.
//!
//! [`Words`] walks a text and gives each word's byte range and its *folded* form: lower case, without diacritics, letters
//! such as ø, æ and ß spelled out. [`Stemmer`] reduces a folded word to its English stem. The rules:
//!
//! - A word is a run of letters and digits; everything else separates, hyphens too (`high-frequency` is two words).
//! - An apostrophe inside a word is skipped, so that `King's`, `King’s` and `Kings` are one word; after a French or Italian
//!   elision (`l'`, `d'`, `qu'`, `dell'`) it separates.
//! - Han, Hiragana and Katakana have no spaces: each character is a word.
//! - Every word has a position, stop-words too, so that distances are true.
//!
//! It does *not* know fields, records or any index.

use std::cell::RefCell;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest folded form that is kept, in bytes; a longer word is the word of its beginning.
pub const MAX_WORD_BYTES: usize = 128;

/// A cursor over the words of a text. It lends the folded form of the current word, so that a walk allocates nothing.
#[derive(Debug)]
pub struct Words<'t> {
    text: &'t str,
    at: usize,
    folded: String,
    end_of_last: usize,
    hyphenated: bool,
}

impl<'t> Words<'t> {
    /// A cursor before the first word of the text.
    pub fn new(text: &'t str) -> Self {
        Words { text, at: 0, folded: String::with_capacity(32), end_of_last: 0, hyphenated: false }
    }

    /// Moves to the next word and gives its byte range; [`Words::folded`] has its folded form.
    #[allow(clippy::should_implement_trait)] // a lending cursor: the folded form lives in the walker
    pub fn next(&mut self) -> Option<Range<usize>> {
        loop {
            let start = self.skip_to_word()?;
            self.folded.clear();
            let end = self.read_word(start);
            self.at = end;
            if !self.folded.is_empty() {
                let between = &self.text[self.end_of_last..start];
                self.hyphenated = self.end_of_last > 0 && matches!(between, "-" | "\u{2010}" | "\u{2011}");
                self.end_of_last = end;
                return Some(start..end);
            }
        }
    }

    /// The folded form of the current word.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// Whether nothing but a hyphen stands between the previous word and the current one.
    pub fn hyphenated(&self) -> bool {
        self.hyphenated
    }

    fn skip_to_word(&mut self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        loop {
            let byte = *bytes.get(self.at)?;
            if byte.is_ascii() {
                if byte.is_ascii_alphanumeric() {
                    return Some(self.at);
                }
                self.at += 1;
            } else {
                let c = self.text[self.at..].chars().next()?;
                if c.is_alphanumeric() {
                    return Some(self.at);
                }
                self.at += c.len_utf8();
            }
        }
    }

    fn read_word(&mut self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = start;
        loop {
            match bytes.get(at) {
                Some(byte) if byte.is_ascii_alphanumeric() => {
                    let run = bytes[at..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
                    let kept = run.min(MAX_WORD_BYTES.saturating_sub(self.folded.len()));
                    let from = self.folded.len();
                    self.folded.push_str(&self.text[at..at + kept]);
                    self.folded[from..].make_ascii_lowercase();
                    at += run;
                }
                Some(b'\'') => match self.after_apostrophe(at, 1) {
                    Some(next) => at = next,
                    None => return at,
                },
                Some(byte) if !byte.is_ascii() => {
                    let Some(c) = self.text[at..].chars().next() else { return at };
                    let next = at + c.len_utf8();
                    if is_unspaced(c) {
                        if at > start {
                            return at;
                        }
                        self.fold_alone(c);
                        return next;
                    } else if c.is_alphanumeric() {
                        self.fold(c);
                        at = next;
                    } else if matches!(c, '\u{2019}' | '\u{2bc}' | '\u{ff07}') {
                        match self.after_apostrophe(at, c.len_utf8()) {
                            Some(next) => at = next,
                            None => return at,
                        }
                    } else if is_combining_mark(c) || is_joiner(c) {
                        at = next;
                    } else {
                        return at;
                    }
                }
                _ => return at,
            }
        }
    }

    /// Where the word goes on after an apostrophe at `at`, if it does.
    fn after_apostrophe(&self, at: usize, width: usize) -> Option<usize> {
        let next = self.text[at + width..].chars().next()?;
        let goes_on = next.is_alphanumeric() && !is_unspaced(next) && !is_elision(&self.folded);
        goes_on.then_some(at + width)
    }

    /// The folded form of a character that is a word by itself; what would fold to two words stays as it is.
    fn fold_alone(&mut self, c: char) {
        self.fold(c);
        if self.folded.chars().count() > 1 {
            self.folded.clear();
            self.folded.push(c);
        }
    }

    fn fold(&mut self, c: char) {
        if self.folded.len() >= MAX_WORD_BYTES {
            return;
        }
        for c in std::iter::once(c).nfkd() {
            if !c.is_alphanumeric() {
                continue;
            }
            for c in c.to_lowercase() {
                match c {
                    'ø' => self.folded.push('o'),
                    'æ' => self.folded.push_str("ae"),
                    'œ' => self.folded.push_str("oe"),
                    'ß' => self.folded.push_str("ss"),
                    'đ' | 'ð' => self.folded.push('d'),
                    'ł' => self.folded.push('l'),
                    'ħ' => self.folded.push('h'),
                    'þ' => self.folded.push_str("th"),
                    'ı' => self.folded.push('i'),
                    'ς' => self.folded.push('σ'),
                    c if is_combining_mark(c) => {}
                    c => self.folded.push(c),
                }
            }
        }
    }
}

/// Scripts without spaces between words, and the compatibility forms of their characters.
fn is_unspaced(c: char) -> bool {
    let is_one = |c| {
        matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}')
    };
    is_one(c) || matches!(c, '\u{2e80}'..='\u{abff}' | '\u{d7a4}'..) && std::iter::once(c).nfkd().any(is_one)
}

/// Characters that may stand inside a word without being seen.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

fn is_elision(folded: &str) -> bool {
    matches!(
        folded,
        "c" | "d"
            | "j"
            | "l"
            | "m"
            | "n"
            | "s"
            | "t"
            | "qu"
            | "jusqu"
            | "lorsqu"
            | "puisqu"
            | "quoiqu"
            | "dell"
            | "nell"
            | "all"
            | "dall"
            | "sull"
            | "un"
            | "quell"
    )
}

/// The folded words of a text, in order.
pub fn folded(text: &str) -> Vec<String> {
    let mut words = Words::new(text);
    let mut out = Vec::new();
    while words.next().is_some() {
        out.push(words.folded().to_owned());
    }
    out
}

/// The folded words of a text, joined by single spaces: what two spellings of one value have in common.
pub fn key(text: &str) -> String {
    let mut words = Words::new(text);
    let mut out = String::with_capacity(text.len());
    while words.next().is_some() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(words.folded());
    }
    out
}

/// Reduces folded words to English stems (Snowball English). Stemming is the dearest part of reading a text, and most words
/// have been seen before: what they came to is remembered, once for all stemmers of a thread.
#[derive(Debug, Default)]
pub struct Stemmer {
    /// The last stem that is not the beginning of its word.
    changed: String,
}

impl Stemmer {
    /// The stem of a folded word. Words with digits or letters beyond a–z are their own stem; the plural of an acronym
    /// (`CCGs`, `PCTs`) is stemmed to its singular, which Snowball, looking for a vowel, does not do.
    pub fn stem<'a>(&'a mut self, folded: &'a str) -> &'a str {
        if folded.len() < 3 || !folded.bytes().all(|b| b.is_ascii_lowercase()) {
            return folded;
        }
        if let Some(acronym) = plural_acronym(folded) {
            return acronym;
        }
        let kept = STEMS.with_borrow_mut(|stems| stems.stem(folded, &mut self.changed));
        match kept {
            Some(len) => folded.get(..len).unwrap_or(folded),
            None => &self.changed,
        }
    }
}

thread_local! {
    static STEMS: RefCell<Stems> = RefCell::new(Stems::default());
}

/// How many stems are remembered at first, and at most; a word takes the place of another one at random, which bounds memory
/// whatever the text. A command that stems a few words and ends should not wait for pages of memory that it hardly uses.
const STEMS_AT_FIRST: usize = 1 << 11;
const STEMS_SEEN: usize = 1 << 16;
/// The longest word whose stem is remembered, and the most letters that a stem may end in otherwise than its word.
const SEEN_WORD: usize = 24;
const SEEN_ENDING: usize = 6;

/// A word that has been seen: how many letters of it its stem begins with, how many follow and which, in one number; the word
/// in three. (Numbers, since so many zeros cost nothing until they are written.)
type Seen = [u64; 1 + SEEN_WORD / 8];

/// The stems of words that have been seen, each word in the one place that it can have.
struct Stems {
    snowball: frostem::Stemmer,
    /// As many as a power of two.
    seen: Vec<Seen>,
    /// How many have been put there since it was as long.
    put: usize,
}

impl Default for Stems {
    fn default() -> Self {
        Stems {
            snowball: frostem::Stemmer::new(frostem::Algorithm::English),
            seen: vec![Seen::default(); STEMS_AT_FIRST],
            put: 0,
        }
    }
}

impl Stems {
    /// How many of the letters of a word are its stem; `None` when its stem has other letters, and is put into `changed`.
    fn stem(&mut self, word: &str, changed: &mut String) -> Option<usize> {
        let mut letters = [0; SEEN_WORD];
        let Some(place) = letters.get_mut(..word.len()) else { return apply(&self.snowball.stem(word), word, changed) };
        place.copy_from_slice(word.as_bytes());
        let mut key = [0; SEEN_WORD / 8];
        for (number, eight) in key.iter_mut().zip(letters.as_chunks::<8>().0) {
            *number = u64::from_le_bytes(*eight);
        }
        let place = place_of(&key, self.seen.len());
        if let Some([stem, seen @ ..]) = self.seen.get(place)
            && *seen == key
        {
            let [kept, more, ending @ ..] = stem.to_le_bytes();
            if more == 0 {
                return Some(usize::from(kept));
            }
            changed.clear();
            changed.push_str(word.get(..usize::from(kept)).unwrap_or(word));
            changed.extend(ending.iter().take(usize::from(more)).map(|b| char::from(*b)));
            return None;
        }
        let stem = self.snowball.stem(word);
        let kept = stem.bytes().zip(word.bytes()).take_while(|(a, b)| a == b).count();
        let ending = &stem.as_bytes()[kept..];
        if let Some(slot) = self.seen.get_mut(place)
            && ending.len() <= SEEN_ENDING
            && ending.is_ascii()
        {
            let mut bytes = [0; 2 + SEEN_ENDING];
            bytes[0] = kept as u8;
            bytes[1] = ending.len() as u8;
            bytes[2..2 + ending.len()].copy_from_slice(ending);
            let [first, second, third] = key;
            *slot = [u64::from_le_bytes(bytes), first, second, third];
            self.put += 1;
            if self.put > self.seen.len() && self.seen.len() < STEMS_SEEN {
                self.seen = vec![Seen::default(); STEMS_SEEN];
                self.put = 0;
            }
        }
        apply(&stem, word, changed)
    }
}

/// As [`Stems::stem`] tells it.
fn apply(stem: &str, word: &str, changed: &mut String) -> Option<usize> {
    if word.starts_with(stem) {
        return Some(stem.len());
    }
    changed.clear();
    changed.push_str(stem);
    None
}

/// Where a word is kept among so many when it has been seen.
fn place_of(key: &[u64; SEEN_WORD / 8], len: usize) -> usize {
    let mix = |hash: u64, number: &u64| (hash.rotate_left(26) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (key.iter().fold(0, mix) >> (u64::BITS - len.trailing_zeros())) as usize
}

/// How words begin that have this stem: Snowball changes the last letter at most (`polici` of policy, `abl` of ability), but
/// for a few words that it knows by heart.
pub fn beginnings_of_stem(stem: &str) -> impl Iterator<Item = &str> {
    let by_heart = [("die", "dying"), ("lie", "lying"), ("tie", "tying"), ("ski", "skis"), ("sky", "skies")];
    let plain = stem.len() > 1 && stem.bytes().all(|b| b.is_ascii_lowercase());
    let usual = if plain { stem.split_at(stem.len() - 1).0 } else { stem };
    let other = by_heart.into_iter().find(|(s, word)| *s == stem && !word.starts_with(usual)).map(|(_, word)| word);
    std::iter::once(usual).chain(other)
}

/// The singular of a word of consonants in the plural. The health service itself (NHS) and ordinary endings are left alone.
fn plural_acronym(folded: &str) -> Option<&str> {
    let singular = folded.strip_suffix('s')?;
    let consonants = singular.bytes().all(|b| !matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y'));
    (consonants && singular.len() >= 2 && !singular.ends_with('s') && folded != "nhs").then_some(singular)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_text() {
        for (text, expected) in [
            ("King's Fund", "kings fund"),
            ("King’s FUND.", "kings fund"),
            ("Fundholding’s cost", "fundholdings cost"),
            ("fund-holding", "fund holding"),
            ("the GPs' views", "the gps views"),
            ("l'évaluation d’un système", "l evaluation d un systeme"),
            ("O'Brien don't", "obrien dont"),
            ("1997/8, £1.5m", "1997 8 1 5m"),
            ("Øvretveit Straße cœur", "ovretveit strasse coeur"),
            ("e\u{301}tude co\u{ad}operation", "etude cooperation"),
            ("公开 报告", "公 开 报 告"),
            ("ABC公开", "abc 公 开"),
            ("'quoted' “words”…", "quoted words"),
            ("m² ½", "m2 12"),
            ("", ""),
        ] {
            assert_eq!(key(text), expected, "{text}");
        }
    }

    #[test]
    fn ranges_and_hyphens() {
        let text = "Joint-commissioning: the King’s way";
        let mut words = Words::new(text);
        let mut seen = Vec::new();
        while let Some(range) = words.next() {
            seen.push((&text[range], words.hyphenated()));
        }
        assert_eq!(
            seen,
            [("Joint", false), ("commissioning", true), ("the", false), ("King’s", false), ("way", false)]
        );
    }

    #[test]
    fn stems() {
        let mut stemmer = Stemmer::default();
        assert_eq!(stemmer.stem("fundholding"), stemmer_again("fundholdings"));
        assert_eq!(stemmer.stem("contracts"), "contract");
        assert_eq!(stemmer.stem("h1n1"), "h1n1");
        for (plural, stem) in
            [("gps", "gp"), ("ccgs", "ccg"), ("tpps", "tpp"), ("nhs", "nhs"), ("dss", "dss"), ("hs", "hs")]
        {
            assert_eq!(stemmer.stem(plural), stem);
        }
    }

    #[test]
    fn stems_seen_before_are_the_same() {
        let snowball = frostem::Stemmer::new(frostem::Algorithm::English);
        let mut stemmer = Stemmer::default();
        let mut words: Vec<String> = ["happy", "happily", "skis", "dying", "news", "inning", "communication", "hoping"]
            .map(str::to_owned)
            .to_vec();
        // More words than places, of every length.
        for n in 0..100_000_u64 {
            let letters = (0..n % 29).map(|i| char::from(b'a' + (n.wrapping_mul(31 + i) % 26) as u8));
            words.push(letters.collect::<String>() + ["", "ies", "ational", "ed"][n as usize % 4]);
        }
        for word in words.iter().chain(words.iter().rev()) {
            if plural_acronym(word).is_none() && word.len() > 2 {
                assert_eq!(stemmer.stem(word), snowball.stem(word), "{word}");
            }
        }
    }

    fn stemmer_again(word: &str) -> String {
        Stemmer::default().stem(word).to_owned()
    }

    #[test]
    fn words_begin_as_their_stem_says() {
        let mut stemmer = Stemmer::default();
        let mut all: Vec<String> =
            ["dying", "lying", "tying", "skis", "skies", "ability", "policies", "gps", "happily"]
                .map(str::to_owned)
                .to_vec();
        for file in ["src/thesaurus/concepts.tsv", "README.md", "src/words.rs", "tests/cases/relevance/titles.tsv"] {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
            all.extend(folded(&std::fs::read_to_string(path).unwrap()));
        }
        assert!(all.len() > 10_000);
        for word in all {
            let stem = stemmer.stem(&word).to_owned();
            assert!(beginnings_of_stem(&stem).any(|b| word.starts_with(b)), "{word} has the stem {stem}");
        }
    }

    #[test]
    fn long_words_are_bounded() {
        let text = "a".repeat(100_000);
        let mut words = Words::new(&text);
        assert_eq!(words.next(), Some(0..100_000));
        assert_eq!(words.folded().len(), MAX_WORD_BYTES);
    }
}
