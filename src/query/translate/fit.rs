//! Query tree → what a language can say.

use super::Said;
use super::codes;
use super::stretch::{pubmed, restricted, simplify};
use super::tidy::{shared, tidy};
use crate::query::expression::span_leaves;
use crate::query::{Fields, MAX_LEAVES, Pattern, Query, Span, Spans, Syntax, Warning};
use crate::words::Stemmer;

/// Which way an approximation may err.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// It may find more.
    Wider,
    /// It may find less: it is excluded.
    Narrower,
}

/// What the language can say of a query, what stands behind it, and what became of the rest.
pub(super) fn fit(query: &Query, to: Syntax) -> (Said, String, Vec<Warning>) {
    let mut fit = Fit { to, warnings: Vec::new(), stemmer: Stemmer::default() };
    let mut query = tidy(query);
    let mut tail = String::new();
    // The search manager limits a whole line to years, and nothing else.
    if let (Syntax::Cochrane, Query::And(parts)) = (to, &mut query) {
        let four = |year: &Option<i32>| year.is_none_or(|y| (1001..3000).contains(&y));
        let limit = |q: &Query| match q {
            Query::Years { from, to, .. } if (from.is_some() || to.is_some()) && four(from) && four(to) => {
                Some(cochrane_years(*from, *to))
            }
            _ => None,
        };
        if let Some((at, years)) = parts.iter().enumerate().find_map(|(i, q)| Some((i, limit(q)?))) {
            parts.remove(at);
            tail = years;
        }
    }
    let mut said = fit.query(&query, Side::Wider);
    if said.is_nothing() {
        fit.warn("nothing can match this; no language has a way to say so".into(), Span::default());
        tail.clear();
    }
    fit.begin_with_something(&mut said);
    (said, tail, fit.warnings)
}

fn cochrane_years(from: Option<i32>, to: Option<i32>) -> String {
    let from = from.map_or(String::new(), |y| format!(" from {y:04}"));
    let to = to.map_or(String::new(), |y| format!(" to {y:04}"));
    format!(" with Publication Year{from}{to}")
}

pub(super) struct Fit {
    pub(super) to: Syntax,
    warnings: Vec<Warning>,
    stemmer: Stemmer,
}

impl Fit {
    pub(super) fn warn(&mut self, message: String, span: Span) {
        if !self.warnings.iter().any(|w| w.message == message) {
            self.warnings.push(Warning { message, span });
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self.to {
            Syntax::Ovid => "Ovid",
            Syntax::PubMed => "PubMed",
            Syntax::Ebsco => "EBSCOhost",
            Syntax::Cochrane => "the Cochrane Library",
            Syntax::Plain => "plain syntax",
        }
    }

    /// What cannot be said: the wider form, or nothing where it is excluded.
    pub(super) fn lose(&mut self, side: Side, what: &str, span: Span, wider: impl FnOnce() -> Said) -> Said {
        let name = self.name();
        match side {
            Side::Wider => {
                self.warn(format!("wider: {name} {what}"), span);
                wider()
            }
            Side::Narrower => {
                self.warn(format!("wider: {name} {what}; that part of what NOT excludes is left out"), span);
                Said::NOTHING
            }
        }
    }

    fn query(&mut self, query: &Query, side: Side) -> Said {
        match query {
            Query::All => Said::All,
            Query::Line(line, _) => Said::Line(*line),
            Query::And(parts) => and(parts.iter().map(|p| self.query(p, side)).collect()),
            Query::Or(parts) => or(parts.iter().map(|p| self.query(p, side)).collect()),
            Query::Not(part) => {
                let flipped = if side == Side::Wider { Side::Narrower } else { Side::Wider };
                not(self.query(part, flipped))
            }
            Query::AtLeast(count, parts) => self.at_least(*count, parts, side),
            Query::Years { from, to, span } => self.years(*from, *to, *span, side),
            Query::Value { field, value, span } => self.value(*field, value, *span, side),
            // Another database has a thesaurus of its own.
            Query::Word { fields, word, span } | Query::Synonyms { fields, word, span, .. } => {
                self.word(*fields, word, *span, side)
            }
            Query::Phrase { fields, words, span } => {
                let spans = Spans::Phrase { fields: *fields, words: words.clone(), span: *span };
                self.spans(&spans, 1, *span, side)
            }
            Query::Spans { spans, times, span } => self.spans(spans, *times, *span, side),
        }
    }

    fn at_least(&mut self, count: usize, parts: &[Query], side: Side) -> Said {
        if count == 0 {
            return Said::All;
        }
        let parts: Vec<Said> = parts.iter().map(|p| self.query(p, side)).collect();
        let size: usize = parts.iter().map(size).sum();
        let all = combinations(parts.len(), count).filter(|all| all.len().saturating_mul(size) <= MAX_LEAVES);
        match all {
            Some(all) => {
                let some = |places: Vec<usize>| and(places.into_iter().filter_map(|i| parts.get(i)).cloned().collect());
                or(all.into_iter().map(some).collect())
            }
            None => {
                let what = "cannot ask for so many of these; any of them is enough";
                self.lose(side, what, Span::default(), || or(parts))
            }
        }
    }

    pub(super) fn years(&mut self, from: Option<i32>, to: Option<i32>, span: Span, side: Side) -> Said {
        let fine = |year: Option<i32>| year.is_none_or(|y| (1001..3000).contains(&y));
        let number = |year: Option<i32>, open: &str| year.map_or(open.to_owned(), |y| y.to_string());
        if (from.is_none() && to.is_none()) || !fine(from) || !fine(to) || self.to == Syntax::Cochrane {
            return self.lose(side, "cannot limit this to years here", span, || Said::All);
        }
        Said::Text(match (self.to, from == to) {
            (Syntax::PubMed, true) => format!("{}[dp]", number(from, "")),
            (Syntax::PubMed, false) => format!("{}:{}[dp]", number(from, "1000"), number(to, "3000")),
            (Syntax::Ebsco, true) => format!("DT {}", number(from, "")),
            (Syntax::Ebsco, false) => format!("DT {}-{}", number(from, ""), number(to, "")),
            (_, true) => format!("{}.yr.", number(from, "")),
            (_, false) => format!("{}-{}.yr.", number(from, ""), number(to, "")),
        })
    }

    fn word(&mut self, fields: Fields, word: &str, span: Span, side: Side) -> Said {
        let parts: Vec<&str> = word.split('-').collect();
        let joined = parts.concat();
        let phrase = |words: Vec<Pattern>| Spans::Phrase { fields, words, span };
        let whole: Vec<Pattern> = parts.iter().map(|p| Pattern::whole(*p)).collect();
        let shown = word.to_owned();
        if side == Side::Narrower {
            let what = format!("has no stems; only `{shown}` itself is excluded");
            self.warn(format!("wider: {} {what}", self.name()), span);
            return self.spans(&phrase(whole), 1, span, side);
        }
        let stem = self.stemmer.stem(&joined).to_owned();
        let mut alternatives = match family(&joined, &stem, self.to) {
            Some(pattern) => vec![phrase(vec![pattern])],
            None => vec![phrase(vec![Pattern::whole(joined.as_str())])],
        };
        if let Spans::Phrase { words, .. } = &alternatives[0]
            && words.iter().all(Pattern::is_whole)
            && stem != joined
        {
            alternatives.push(phrase(vec![Pattern::whole(stem.as_str())]));
        }
        if parts.len() > 1 {
            alternatives.push(phrase(whole));
        }
        let what = format!("has no stems; `{shown}` is truncated or stands as it is, and finds other words than here");
        self.warn(format!("{} {what}", self.name()), span);
        or(alternatives.iter().map(|s| self.spans(s, 1, span, side)).collect())
    }

    pub(super) fn spans(&mut self, spans: &Spans, times: u32, span: Span, side: Side) -> Said {
        let groups: Vec<(Fields, Spans)> = match shared(spans) {
            Some(fields) => vec![(fields, spans.clone())],
            None => {
                let fields = spans.fields().iter().map(|f| Fields::of(&[f]));
                fields.filter_map(|f| Some((f, restricted(spans, f)?))).collect()
            }
        };
        let said = groups.into_iter().map(|(fields, spans)| self.in_fields(fields, spans, times, span, side));
        or(said.collect())
    }

    fn in_fields(&mut self, fields: Fields, mut spans: Spans, mut times: u32, span: Span, side: Side) -> Said {
        let mut covered = codes::cover(self.to, fields).1;
        let mut losses: Vec<&str> = Vec::new();
        if covered != fields {
            match side {
                Side::Wider => {
                    covered = codes::wider(self.to, fields);
                    losses.push("has no code for these fields alone; more fields are searched");
                }
                Side::Narrower if covered.is_empty() => {
                    return self.lose(side, "has no code for these fields", span, || Said::NOTHING);
                }
                Side::Narrower => {
                    let what = "has no code for some of these fields; what stands in them is not excluded";
                    self.warn(format!("wider: {} {what}", self.name()), span);
                }
            }
        }
        if times > 1 && self.to != Syntax::Ovid {
            times = 1;
            losses.push("cannot count how often a word occurs");
        }
        let said = match self.to {
            Syntax::PubMed => pubmed(&spans, covered, &mut losses),
            _ => {
                simplify(self.to, &mut spans, &mut losses);
                Said::Words { fields: covered, spans, times }
            }
        };
        let mut kept = true;
        for what in losses {
            kept &= !self.lose(side, what, span, || Said::All).is_nothing();
        }
        if kept { said } else { Said::NOTHING }
    }

    /// No language begins with NOT: every record stands before it.
    fn begin_with_something(&mut self, said: &mut Said) {
        let mut every = false;
        begin(said, &mut every);
        if every && matches!(self.to, Syntax::Ovid | Syntax::Ebsco | Syntax::Cochrane) {
            let message = format!("{} has no way to say every record, written * here", self.name());
            self.warn(message, Span::default());
        }
    }
}

fn begin(said: &mut Said, every: &mut bool) {
    match said {
        Said::Not(part) => {
            begin(part, every);
            *every = true;
            let not = std::mem::replace(said, Said::All);
            *said = Said::And(vec![Said::All, not]);
        }
        Said::And(parts) => {
            for part in parts.iter_mut() {
                match part {
                    Said::Not(inner) => begin(inner, every),
                    part => begin(part, every),
                }
            }
            parts.sort_by_key(|p| matches!(p, Said::Not(_)));
            if parts.first().is_some_and(|p| matches!(p, Said::Not(_))) {
                *every = true;
                parts.insert(0, Said::All);
            }
        }
        Said::Or(parts) => parts.iter_mut().for_each(|p| begin(p, every)),
        Said::All => *every = true,
        _ => {}
    }
}

pub(super) fn and(mut parts: Vec<Said>) -> Said {
    if parts.iter().any(Said::is_nothing) {
        return Said::NOTHING;
    }
    parts.retain(|p| *p != Said::All);
    match parts.len() {
        0 => Said::All,
        1 => parts.swap_remove(0),
        _ => Said::And(parts),
    }
}

pub(super) fn or(mut parts: Vec<Said>) -> Said {
    if parts.contains(&Said::All) {
        return Said::All;
    }
    parts.retain(|p| !p.is_nothing());
    if parts.len() == 1 { parts.swap_remove(0) } else { Said::Or(parts) }
}

fn not(part: Said) -> Said {
    match part {
        Said::All => Said::NOTHING,
        part if part.is_nothing() => Said::All,
        Said::Not(inner) => *inner,
        part => Said::Not(Box::new(part)),
    }
}

/// How many words and values there are.
fn size(said: &Said) -> usize {
    match said {
        Said::And(parts) | Said::Or(parts) => parts.iter().map(size).sum(),
        Said::Not(part) => size(part),
        Said::Words { spans, .. } => span_leaves(spans),
        _ => 1,
    }
}

/// The choices of `count` among `of` places; none when there are too many.
fn combinations(of: usize, count: usize) -> Option<Vec<Vec<usize>>> {
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    for place in 0..of {
        let more: Vec<Vec<usize>> =
            all.iter().filter(|c| c.len() < count).map(|c| c.iter().copied().chain([place]).collect()).collect();
        all.retain(|c| c.len() + (of - place - 1) >= count);
        all.extend(more.into_iter().filter(|c| c.len() + (of - place - 1) >= count));
        if all.len() > 200 {
            return None;
        }
    }
    Some(all)
}

/// A pattern for all words of a stem: what they have in common, truncated. None where that would be too short.
fn family(word: &str, stem: &str, to: Syntax) -> Option<Pattern> {
    if !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let mut common = word.bytes().zip(stem.bytes()).take_while(|(a, b)| a == b).count();
    // Endings that stemming rewrites: `policy`, `policies`; `sensible`, `sensibility`; `hope`, `hoping`.
    for ending in ["bl", "e", "i", "y"] {
        if word[..common].ends_with(ending) && common > 4 {
            common -= 1;
        }
    }
    let shortest = if to == Syntax::PubMed { 4 } else { 3 };
    (common >= shortest).then(|| Pattern::truncated(&word[..common]))
}
