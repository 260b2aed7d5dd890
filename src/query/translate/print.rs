//! What a language can say → its text.

use super::Said;
use super::codes;
use crate::query::{Fields, Pattern, Spans, Syntax, TextField};

/// What binds a text together, and so when it needs parentheses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Atom,
    Near,
    And,
    Or,
}

pub(super) fn print(said: &Said, to: Syntax) -> String {
    Printer { to }.said(said).0
}

struct Printer {
    to: Syntax,
}

impl Printer {
    fn or_word(&self) -> &'static str {
        if matches!(self.to, Syntax::Ovid | Syntax::Cochrane) { "or" } else { "OR" }
    }

    fn said(&self, said: &Said) -> (String, Level) {
        match said {
            Said::All if self.to == Syntax::PubMed => ("all[sb]".into(), Level::Atom),
            Said::All => ("*".into(), Level::Atom),
            Said::Line(line) => (self.line(*line), Level::Atom),
            Said::Text(text) => (text.clone(), Level::Atom),
            Said::Not(part) => (format!("NOT {}", wrapped(self.said(part))), Level::And),
            Said::And(parts) => match self.lines(parts, "and") {
                Some(list) => (list, Level::Atom),
                None => (self.and(parts, &|p| self.said(p)), Level::And),
            },
            Said::Or(parts) => {
                if let Some(list) = self.lines(parts, "or") {
                    return (list, Level::Atom);
                }
                if let Some(fields) = common(said)
                    && self.to != Syntax::PubMed
                {
                    return self.group(said, fields);
                }
                let parts: Vec<String> = parts.iter().map(|p| self.part_of_or(self.said(p))).collect();
                (parts.join(&format!(" {} ", self.or_word())), Level::Or)
            }
            Said::Words { fields, times, .. } if *times > 1 => {
                let (inner, level) = self.bare(said);
                let inner = if level == Level::Atom { inner } else { format!("({inner})") };
                (format!("{inner}{}/freq={times}", self.suffix(*fields)), Level::Atom)
            }
            Said::Words { fields, .. } => self.group(said, *fields),
            Said::Window { fields, words, others } => {
                let words: Vec<String> = words.iter().map(|w| w.word.clone()).collect();
                let tag = if codes::cover(self.to, *fields).0.contains(&"tiab") { "tiab" } else { "ti" };
                (format!("\"{}\"[{tag}:~{others}]", words.join(" ")), Level::Atom)
            }
        }
    }

    fn part_of_or(&self, (text, level): (String, Level)) -> String {
        if matches!(level, Level::And | Level::Near) { format!("({text})") } else { text }
    }

    /// Parts joined by AND, the excluded ones last.
    fn and(&self, parts: &[Said], print: &dyn Fn(&Said) -> (String, Level)) -> String {
        let small = matches!(self.to, Syntax::Ovid | Syntax::Cochrane);
        let (and, not) = if small { (" and ", " not ") } else { (" AND ", " NOT ") };
        let mut out = String::new();
        for (i, part) in parts.iter().enumerate() {
            let (text, joint) = match part {
                Said::Not(inner) => (wrapped(print(inner)), not),
                part => (wrapped(print(part)), and),
            };
            out.push_str(if i > 0 { joint } else { "" });
            out.push_str(&text);
        }
        out
    }

    /// A query all of whose words are in the same fields, with the fields said once, or once for each code.
    fn group(&self, said: &Said, fields: Fields) -> (String, Level) {
        let (inner, level) = self.bare(said);
        match self.to {
            Syntax::Ebsco => {
                let names = codes::cover(self.to, fields).0;
                let inner_group = if level == Level::Atom { inner.clone() } else { format!("({inner})") };
                let parts: Vec<String> = names
                    .iter()
                    .map(|name| match name.is_empty() {
                        true if names.len() == 1 => inner.clone(),
                        true => inner_group.clone(),
                        false => format!("{name} {inner_group}"),
                    })
                    .collect();
                match parts.len() {
                    1 if names == [""] => (inner, level),
                    1 => (parts.concat(), Level::Atom),
                    _ => (parts.join(" OR "), Level::Or),
                }
            }
            Syntax::PubMed => {
                let names = codes::cover(self.to, fields).0;
                let parts: Vec<String> = names.iter().map(|name| format!("{inner}[{name}]")).collect();
                (parts.join(" OR "), if parts.len() == 1 { Level::Atom } else { Level::Or })
            }
            Syntax::Cochrane if fields == Fields::ALL => (inner, level),
            Syntax::Cochrane if Fields::ALL.union(fields) == fields => {
                // Nothing but its absence says that all fields are meant.
                let rest = TextField::PublicationType;
                let group = if level == Level::Atom { inner } else { format!("({inner})") };
                (format!("{group} or {group}{}", self.suffix(Fields::of(&[rest]))), Level::Or)
            }
            _ => {
                let inner = if level == Level::Atom { inner } else { format!("({inner})") };
                (format!("{inner}{}", self.suffix(fields)), Level::Atom)
            }
        }
    }

    fn suffix(&self, fields: Fields) -> String {
        let names = codes::cover(self.to, fields).0;
        match self.to {
            Syntax::Ovid => format!(".{}.", names.join(",")),
            Syntax::Cochrane => format!(":{}", names.join(",")),
            _ => String::new(),
        }
    }

    /// A query without its fields.
    fn bare(&self, said: &Said) -> (String, Level) {
        match said {
            Said::Or(parts) => {
                let parts: Vec<String> = parts.iter().map(|p| self.part_of_or(self.bare(p))).collect();
                (parts.join(&format!(" {} ", self.or_word())), Level::Or)
            }
            Said::And(parts) => (self.and(parts, &|p| self.bare(p)), Level::And),
            Said::Words { spans, .. } => self.spans(spans),
            other => self.said(other),
        }
    }

    fn spans(&self, spans: &Spans) -> (String, Level) {
        match spans {
            Spans::Phrase { words, .. } => self.phrase(words),
            Spans::Any(parts) => {
                let parts: Vec<String> = parts.iter().map(|p| self.operand_of_or(p)).collect();
                (parts.join(&format!(" {} ", self.or_word())), Level::Or)
            }
            Spans::Near { left, right, distance, ordered, .. } => {
                let operator = match (self.to, ordered) {
                    (Syntax::Ovid, true) => "adj".to_owned(),
                    (Syntax::Ovid, false) => format!("adj{distance}"),
                    (Syntax::Ebsco, true) => format!("W{}", distance.saturating_sub(1)),
                    (Syntax::Ebsco, false) => format!("N{}", distance.saturating_sub(1)),
                    (_, true) => "next".to_owned(),
                    (_, false) => format!("near/{distance}"),
                };
                let (left, right) = (wrapped(self.spans(left)), wrapped(self.spans(right)));
                (format!("{left} {operator} {right}"), Level::Near)
            }
        }
    }

    fn operand_of_or(&self, spans: &Spans) -> String {
        let (text, level) = self.spans(spans);
        if level == Level::Near { format!("({text})") } else { text }
    }

    fn phrase(&self, words: &[Pattern]) -> (String, Level) {
        let texts: Vec<String> = words.iter().map(|w| codes::word(self.to, w).0).collect();
        let phrase = texts.join(" ");
        let open = words.iter().any(|w| !w.is_whole());
        let quoted = |text: &str| (format!("\"{text}\""), Level::Atom);
        let reserved = words.iter().any(|w| reserved(self.to, &w.word));
        match self.to {
            Syntax::Ovid if reserved => quoted(&phrase),
            Syntax::Ovid => (phrase, Level::Atom),
            Syntax::Cochrane if words.len() > 1 && open => {
                let words = texts.iter().map(|t| if reserved_whole(self.to, t) { quoted(t).0 } else { t.clone() });
                (words.collect::<Vec<_>>().join(" next "), Level::Near)
            }
            _ if words.len() > 1 || reserved => quoted(&phrase),
            _ => (phrase, Level::Atom),
        }
    }

    fn line(&self, line: usize) -> String {
        let number = line.saturating_add(1);
        match self.to {
            Syntax::Ebsco => format!("S{number}"),
            Syntax::Ovid => number.to_string(),
            _ => format!("#{number}"),
        }
    }

    /// `or/1-5`, `{or #1-#5}`: three lines or more and nothing else.
    fn lines(&self, parts: &[Said], operator: &str) -> Option<String> {
        let mut lines = Vec::new();
        for part in parts {
            let Said::Line(line) = part else { return None };
            lines.push(*line);
        }
        if lines.len() < 3 || !matches!(self.to, Syntax::Ovid | Syntax::Cochrane) {
            return None;
        }
        lines.sort_unstable();
        lines.dedup();
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for line in lines {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == line => *last = line,
                _ => ranges.push((line, line)),
            }
        }
        let range = |(from, to): &(usize, usize)| match from == to {
            true => self.line(*from),
            false => format!("{}-{}", self.line(*from), self.line(*to)),
        };
        let list: Vec<String> = ranges.iter().map(range).collect();
        Some(match self.to {
            Syntax::Ovid => format!("{operator}/{}", list.join(",")),
            _ => format!("{{{operator} {}}}", list.join(", ")),
        })
    }
}

fn wrapped((text, level): (String, Level)) -> String {
    if level == Level::Atom { text } else { format!("({text})") }
}

/// The fields of a query of words alone, where they are the same everywhere.
fn common(said: &Said) -> Option<Fields> {
    match said {
        Said::Words { fields, times: 1, .. } => Some(*fields),
        Said::Or(parts) => {
            let mut fields = parts.iter().map(common);
            let first = fields.next()??;
            fields.all(|f| f == Some(first)).then_some(first)
        }
        _ => None,
    }
}

/// Whether a word, or one among several, would be read as something else without quotation marks.
pub(super) fn reserved(to: Syntax, text: &str) -> bool {
    text.split(' ').any(|word| reserved_whole(to, word))
}

fn reserved_whole(to: Syntax, word: &str) -> bool {
    let always = matches!(word, "and" | "or" | "not");
    let digits = word.bytes().any(|b| b.is_ascii_digit());
    always
        || match to {
            Syntax::Ovid => {
                digits
                    || word.len() <= 5 && (word.starts_with("ad") || word.starts_with("and"))
                    || matches!(
                        word,
                        "near" | "limit" | "exp" | "use" | "remove" | "keep" | "freq" | "orr" | "oor" | "adnd"
                    )
                    || matches!(
                        word,
                        "nott"
                            | "nnot"
                            | "amd"
                            | "annd"
                            | "aand"
                            | "aadj"
                            | "asj"
                            | "aj"
                            | "dj"
                            | "ajd"
                            | "dadj"
                            | "daj"
                            | "jad"
                            | "n"
                            | "w"
                    )
            }
            Syntax::Ebsco => {
                let numbered = word.strip_prefix(['n', 'w', 's']).unwrap_or("");
                let number = !numbered.is_empty() && numbered.bytes().all(|b| b.is_ascii_digit());
                number || word.len() == 2 && !digits || matches!(word, "near" | "within")
            }
            Syntax::Cochrane => matches!(word, "near" | "next" | "mesh"),
            _ => false,
        }
}
