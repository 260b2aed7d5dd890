//! Records: one JSON line each, as `commlit extract` prints them.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Random, has_content, scatter, vocabulary, word};

/// A piece of text, and the ranks of its words for whoever wants to ask for them.
#[derive(Default)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) ranks: Vec<usize>,
}

/// The parts of a record that queries are made of.
pub(crate) struct Record {
    pub(crate) title: Text,
    pub(crate) abstract_text: Option<Text>,
    pub(crate) year: i32,
    pub(crate) language: &'static str,
    pub(crate) item_type: &'static str,
    /// The topic, of those that there are.
    topic: u64,
}

impl Record {
    /// The record of a number in the collection of a seed.
    pub(crate) fn of(seed: u64, number: u64) -> (Record, Random) {
        let mut random = Random::new(scatter(seed) ^ number);
        let known = vocabulary(number);
        let topic = random.zipf(4_000) as u64;
        let title_words = random.lognormal(11.5, 0.35).clamp(3, 40);
        let title = text(&mut random, title_words, known, topic, Kind::Title);
        let abstract_words = random.lognormal(165.0, 0.45).clamp(15, 900);
        let abstract_text =
            random.chance(0.87).then(|| text(&mut random, abstract_words, known, topic, Kind::Abstract));
        let year = 2024 - random.zipf(70) as i32;
        let language = match random.below(100) {
            0..86 => "en",
            n => ["de", "fr", "es", "it", "pt", "nl", "zh"][n % 7],
        };
        let item_type = match random.below(100) {
            0..68 => "article-journal",
            68..82 => "report",
            82..91 => "book",
            91..97 => "chapter",
            _ => "thesis",
        };
        (Record { title, abstract_text, year, language, item_type, topic }, random)
    }

    fn write(&self, seed: u64, number: u64, random: &mut Random, line: &mut String) {
        line.clear();
        let _ = write!(
            line,
            "{{\"id\":\"{seed}-{number}\",\"title\":\"{}\",\"type\":\"{}\"",
            self.title.text, self.item_type
        );
        // Authors, publishers and journals keep turning up.
        let grown = |base: usize| (base as f64 * ((number + 1_000) as f64).powf(0.4)) as usize;
        line.push_str(",\"creators\":[");
        for i in 0..1 + random.zipf(8) {
            let (family, given) = (random.zipf(grown(400)), random.below(26));
            line.push_str(if i == 0 { "{\"name\":\"" } else { ",{\"name\":\"" });
            name(family + 3_000, line);
            let _ = write!(line, ", {}.\"}}", (b'A' + given as u8) as char);
        }
        let _ = write!(line, "],\"year\":{},\"publisher\":[\"", self.year);
        let publisher = random.zipf(grown(30));
        name(publisher * 7 + 60, line);
        line.push_str(random.one_of(&[" Press", " University Press", "", " & Co", " Publishing"]));
        line.push_str("\"],\"place\":[\"");
        name(random.zipf(400) * 5 + 90, line);
        line.push('"');
        if matches!(self.item_type, "article-journal" | "chapter") {
            let journal = random.zipf(grown(60));
            line.push_str("],\"container\":{\"title\":\"Journal of ");
            name(journal * 3 + 70, line);
            line.push(' ');
            name(journal % 97 * 11 + 50, line);
            let page = 1 + random.below(900);
            let _ = write!(
                line,
                "\",\"volume\":\"{}\",\"issue\":\"{}\",\"pages\":\"{page}-{}\"}}",
                1 + random.below(90),
                1 + random.below(12),
                page + random.below(20)
            );
        } else {
            line.push(']');
        }
        if let Some(text) = &self.abstract_text {
            let _ = write!(line, ",\"abstract\":\"{}\"", text.text);
        }
        if random.chance(0.6) {
            let _ = write!(line, ",\"doi\":\"10.{}/bench.{seed}.{number}\"", 1_000 + self.topic % 900);
        }
        line.push_str(",\"subjects\":[");
        for i in 0..2 + random.below(6) {
            // Half of them of the topic.
            let subject = if i % 2 == 0 { scatter(self.topic + i as u64) as usize % 8_000 } else { random.zipf(8_000) };
            line.push_str(if i == 0 { "\"" } else { ",\"" });
            name(subject * 3 + 48, line);
            line.push(' ');
            word(scatter(subject as u64) as usize % 2_000 + 48, line);
            line.push('"');
        }
        let _ = writeln!(line, "],\"languages\":[\"{}\"]}}", self.language);
    }
}

/// A word with a capital.
fn name(rank: usize, out: &mut String) {
    let start = out.len();
    word(rank, out);
    if let Some(first) = out.get_mut(start..start + 1) {
        first.make_ascii_uppercase();
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Title,
    Abstract,
}

/// So many words: a part of them of the topic, with commas, numbers, hyphens, and capitals at the beginning of sentences.
fn text(random: &mut Random, words: usize, known: usize, topic: u64, kind: Kind) -> Text {
    let mut out = Text { text: String::with_capacity(words * 8), ranks: Vec::with_capacity(words) };
    let mut sentence = 0;
    for i in 0..words {
        if i > 0 {
            let ends = kind == Kind::Abstract && sentence > 8 && random.chance(0.07);
            let mark = random.below(100);
            out.text.push_str(match mark {
                _ if ends => ". ",
                0..5 => ", ",
                5..7 if has_content(*out.ranks.last().unwrap_or(&0)) => "-",
                7 if kind == Kind::Title => ": ",
                _ => " ",
            });
            sentence = if ends { 0 } else { sentence + 1 };
        }
        if kind == Kind::Abstract && random.chance(0.015) {
            let _ = write!(out.text, "{}", random.lognormal(40.0, 1.5));
            out.ranks.push(0);
            continue;
        }
        let rank = if random.chance(0.22) {
            // The words of a topic are some hundreds of the better known ones.
            let nth = random.zipf(300) as u64;
            let spread = (known as f64 / 4.0).powf((scatter(topic << 16 | nth) >> 11) as f64 / (1_u64 << 53) as f64);
            48 + spread as usize
        } else {
            random.zipf(known)
        };
        let start = out.text.len();
        word(rank, &mut out.text);
        if sentence == 0
            && let Some(first) = out.text.get_mut(start..start + 1)
        {
            first.make_ascii_uppercase();
        }
        out.ranks.push(rank);
    }
    if kind == Kind::Abstract {
        out.text.push('.');
    }
    out
}

/// Writes a collection of so many records as JSON lines, one by one; gives the bytes written.
pub(crate) fn write(seed: u64, records: u64, out: &mut dyn Write) -> io::Result<u64> {
    let mut line = String::new();
    let mut bytes = 0;
    for number in 0..records {
        let (record, mut random) = Record::of(seed, number);
        record.write(seed, number, &mut random, &mut line);
        out.write_all(line.as_bytes())?;
        bytes += line.len() as u64;
    }
    Ok(bytes)
}
