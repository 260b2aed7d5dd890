//! Query tree → what a language can say.

use super::Said;
use super::codes;
use super::tidy::{shared, tidy};
use crate::ingest::values;
use crate::query::{Fields, Pattern, Query, Span, Spans, Syntax, TextField, ValueField, Warning, subheadings};
use crate::words::{self, Stemmer};

/// Which way an approximation may err.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
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
    }
    fit.begin_with_something(&mut said);
    (said, tail, fit.warnings)
}

fn cochrane_years(from: Option<i32>, to: Option<i32>) -> String {
    let from = from.map_or(String::new(), |y| format!(" from {y:04}"));
    let to = to.map_or(String::new(), |y| format!(" to {y:04}"));
    format!(" with Publication Year{from}{to}")
}

struct Fit {
    to: Syntax,
    warnings: Vec<Warning>,
    stemmer: Stemmer,
}

impl Fit {
    fn warn(&mut self, message: String, span: Span) {
        if !self.warnings.iter().any(|w| w.message == message) {
            self.warnings.push(Warning { message, span });
        }
    }

    fn name(&self) -> &'static str {
        match self.to {
            Syntax::Ovid => "Ovid",
            Syntax::PubMed => "PubMed",
            Syntax::Ebsco => "EBSCOhost",
            Syntax::Cochrane => "the Cochrane Library",
            Syntax::Plain => "plain syntax",
        }
    }

    /// What cannot be said: the wider form, or nothing where it is excluded.
    fn lose(&mut self, side: Side, what: &str, span: Span, wider: impl FnOnce() -> Said) -> Said {
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
            Query::Word { fields, word, span } => self.word(*fields, word, *span, side),
            Query::Phrase { fields, words, span } => {
                let spans = Spans::Phrase { fields: *fields, words: words.clone(), span: *span };
                self.spans(&spans, 1, *span, side)
            }
            Query::Spans { spans, times, span } => self.spans(spans, *times, *span, side),
        }
    }

    fn at_least(&mut self, count: usize, parts: &[Query], side: Side) -> Said {
        match combinations(parts.len(), count) {
            _ if count == 0 => Said::All,
            Some(all) => {
                let all = all.into_iter().map(|some| {
                    and(some.into_iter().filter_map(|i| parts.get(i)).map(|p| self.query(p, side)).collect())
                });
                or(all.collect())
            }
            None => {
                let any: Vec<Said> = match side {
                    Side::Wider => parts.iter().map(|p| self.query(p, side)).collect(),
                    Side::Narrower => Vec::new(),
                };
                self.lose(side, "cannot ask for so many of these; any of them is enough", Span::default(), || or(any))
            }
        }
    }

    fn years(&mut self, from: Option<i32>, to: Option<i32>, span: Span, side: Side) -> Said {
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

    fn value(&mut self, field: ValueField, value: &Pattern, span: Span, side: Side) -> Said {
        use ValueField as V;
        let open =
            value.is_prefix() && (self.to == Syntax::Ovid || (self.to == Syntax::PubMed && field == V::JournalTitle));
        let slashes = value.word.matches('/').count();
        let plain = !value.word.contains(['"', '\u{201c}', '\u{201d}', '*', '$', '#', '?', '['])
            && !value.word.chars().any(crate::query::plain::tokens::is_quote)
            && value.word.chars().any(char::is_alphanumeric);
        if plain && (value.is_whole() || open) && (!field.is_heading() || slashes < 2) {
            let wild = match (value.is_whole(), self.to) {
                (true, _) => "",
                (false, Syntax::Ovid) => "$",
                (false, _) => "*",
            };
            let text = format!("{}{wild}", value.word);
            let (heading, sub) = value.word.split_once('/').unwrap_or((&value.word, ""));
            if let Some(text) = self.value_text(field, &text, heading, sub) {
                if matches!((self.to, field), (Syntax::Ovid, V::Id | V::Pmid) | (Syntax::Ebsco, V::Id)) {
                    return self.lose(side, "has one field for every number of a record", span, || Said::Text(text));
                }
                return Said::Text(text);
            }
        }
        let words = match field {
            V::Name => TextField::Creator,
            V::JournalTitle => TextField::Journal,
            V::Heading | V::Major => TextField::Subject,
            V::Isbn | V::Issn | V::Doi | V::Pmid | V::Pmcid => TextField::Detail,
            V::Type => TextField::PublicationType,
            _ => {
                let what = format!("has no way to ask for this {}", field.name());
                return self.lose(side, &what, span, || Said::All);
            }
        };
        let mut patterns: Vec<Pattern> = words::folded(&value.word).into_iter().map(Pattern::whole).collect();
        if !value.is_whole() && !value.word.ends_with(' ') {
            // What follows the last whole word may be anything.
            patterns.pop();
        }
        let what = format!("has no field for a whole {}; its words are looked for", field.name());
        if patterns.is_empty() || side == Side::Narrower {
            return self.lose(side, &what, span, || Said::All);
        }
        self.warn(format!("wider: {} {what}", self.name()), span);
        let fields = Fields::of(&[words]);
        let parts = patterns.into_iter().map(|word| Spans::Phrase { fields, words: vec![word], span });
        and(parts.collect::<Vec<_>>().iter().map(|s| self.spans(s, 1, span, side)).collect())
    }

    /// A whole value under the code that the language has for it.
    fn value_text(&self, field: ValueField, value: &str, heading: &str, sub: &str) -> Option<String> {
        use ValueField as V;
        let language = || {
            let known = isolang::Language::from_639_1(value).or_else(|| isolang::Language::from_639_3(value));
            let name = known.map(|l| l.to_name().to_lowercase());
            name.filter(|n| values::language(n).as_deref() == Some(value)).unwrap_or_else(|| value.to_owned())
        };
        let said = if field == V::Language { language() } else { value.to_owned() };
        match self.to {
            Syntax::Ovid => {
                let code = match field {
                    V::Id => "an",
                    V::Pmid => "up",
                    V::Isbn => "ib",
                    V::Issn => "is",
                    V::Doi => "do",
                    V::Language => "la",
                    V::Name => "au",
                    V::JournalTitle => "jn",
                    V::Subheading => "fs",
                    V::Heading | V::Major | V::Explode | V::ExplodeMajor => {
                        return Some(ovid_heading(field, value, heading, sub));
                    }
                    _ => return None,
                };
                let simple = said.split(' ').all(|w| w.chars().all(char::is_alphanumeric) || w.ends_with('$'))
                    && !said.contains(|c: char| c.is_ascii_digit())
                    && !super::print::reserved(Syntax::Ovid, &said);
                Some(if simple { format!("{said}.{code}.") } else { format!("\"{said}\".{code}.") })
            }
            Syntax::PubMed => {
                let tag = match field {
                    V::Isbn => "isbn",
                    V::Issn => "issn",
                    V::Doi => "doi",
                    V::Pmid => "pmid",
                    V::Pmcid => "pmc",
                    V::Language => "la",
                    V::JournalTitle => "ta",
                    V::Heading => "mh:noexp",
                    V::Explode => "mh",
                    V::Major => "majr:noexp",
                    V::ExplodeMajor => "majr",
                    V::Subheading => "sh",
                    _ => return None,
                };
                Some(
                    if said.contains([' ', '/', ':', '('])
                        || field.is_heading()
                        || super::print::reserved(self.to, &said)
                    {
                        format!("\"{said}\"[{tag}]")
                    } else {
                        format!("{said}[{tag}]")
                    },
                )
            }
            Syntax::Ebsco => {
                let plus = if matches!(field, V::Explode | V::ExplodeMajor) { "+" } else { "" };
                let code = match field {
                    V::Id => "AN",
                    V::Pmid => "PM",
                    V::Isbn => "IB",
                    V::Issn => "IS",
                    V::Language => "LA",
                    V::JournalTitle => "JN",
                    V::Heading | V::Explode => "MH",
                    V::Major | V::ExplodeMajor => "MM",
                    _ => return None,
                };
                Some(match (field.is_heading(), sub.is_empty()) {
                    (true, true) => format!("{code} \"{heading}{plus}\""),
                    (true, false) => format!("{code} \"{heading}{plus}/{sub}\""),
                    (false, _) if said.chars().all(char::is_alphanumeric) => format!("{code} {said}"),
                    (false, _) => format!("{code} \"{said}\""),
                })
            }
            _ => {
                let caret = if matches!(field, V::Heading | V::Major) { "^" } else { "" };
                let mark = if matches!(field, V::Major | V::ExplodeMajor) { "[mj]" } else { "" };
                let sub = if sub.is_empty() { String::new() } else { format!("/{sub}") };
                match field {
                    V::Subheading => Some(format!("[mh /{value}]")),
                    _ if field.is_heading() => Some(format!("[mh {caret}\"{heading}\"{sub}{mark}]")),
                    _ => None,
                }
            }
        }
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

    fn spans(&mut self, spans: &Spans, times: u32, span: Span, side: Side) -> Said {
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

fn and(mut parts: Vec<Said>) -> Said {
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

fn or(mut parts: Vec<Said>) -> Said {
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

fn ovid_heading(field: ValueField, value: &str, heading: &str, sub: &str) -> String {
    let (prefix, code) = match field {
        ValueField::Heading => ("", "sh"),
        ValueField::Major => ("*", "mj"),
        ValueField::Explode => ("exp ", "xs"),
        _ => ("exp *", "xm"),
    };
    let short = subheadings::short(sub);
    if value.ends_with('$') || (short.is_none() && !sub.is_empty()) {
        return format!("\"{value}\".{code}.");
    }
    let quoted = super::print::reserved(Syntax::Ovid, heading) || heading.contains(|c: char| c.is_ascii_digit());
    let heading = if quoted { format!("\"{heading}\"") } else { heading.to_owned() };
    format!("{prefix}{heading}/{}", short.unwrap_or(""))
}

/// What of a stretch can stand in one field.
fn restricted(spans: &Spans, to: Fields) -> Option<Spans> {
    Some(match spans {
        Spans::Phrase { fields, words, span } => (!fields.intersection(to).is_empty()).then(|| Spans::Phrase {
            fields: to,
            words: words.clone(),
            span: *span,
        })?,
        Spans::Any(parts) => {
            let mut parts: Vec<Spans> = parts.iter().filter_map(|p| restricted(p, to)).collect();
            match parts.len() {
                0 => return None,
                1 => parts.swap_remove(0),
                _ => Spans::Any(parts),
            }
        }
        Spans::Near { left, right, distance, ordered, span } => Spans::Near {
            left: Box::new(restricted(left, to)?),
            right: Box::new(restricted(right, to)?),
            distance: *distance,
            ordered: *ordered,
            span: *span,
        },
    })
}

/// Takes from a stretch what Ovid, EBSCOhost or the Cochrane Library cannot say.
fn simplify(to: Syntax, spans: &mut Spans, losses: &mut Vec<&str>) {
    match spans {
        Spans::Phrase { words, .. } => {
            if words.iter().any(|w| !codes::word(to, w).1) {
                losses.push("lacks this wildcard; one for any number of characters stands in its place");
            }
        }
        Spans::Any(parts) => parts.iter_mut().for_each(|p| simplify(to, p, losses)),
        Spans::Near { left, right, distance, ordered, .. } => {
            simplify(to, left, losses);
            simplify(to, right, losses);
            if *ordered && *distance > 1 && to != Syntax::Ebsco {
                *ordered = false;
                losses.push("has no order within a distance");
            }
        }
    }
}

/// Words within a stretch, as PubMed has them.
struct Window {
    words: Vec<Pattern>,
    others: u32,
    /// They stand side by side in this order.
    phrase: bool,
    exact: bool,
}

/// More alternatives than this are not spelled out.
const MAX_WINDOWS: usize = 500;

fn windows(spans: &Spans) -> Option<Vec<Window>> {
    let all = match spans {
        Spans::Phrase { words, .. } => {
            vec![Window { words: words.clone(), others: 0, phrase: true, exact: true }]
        }
        Spans::Any(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(windows(part)?);
            }
            all
        }
        Spans::Near { left, right, distance, ordered, .. } => {
            let (left, right) = (windows(left)?, windows(right)?);
            if left.len().saturating_mul(right.len()) > MAX_WINDOWS {
                return None;
            }
            let join = |l: &Window, r: &Window| Window {
                words: l.words.iter().chain(&r.words).cloned().collect(),
                others: (l.others + r.others).saturating_add(distance.saturating_sub(1)),
                phrase: l.phrase && r.phrase && *ordered && *distance == 1,
                exact: l.words.len() == 1 && r.words.len() == 1 && !ordered,
            };
            left.iter().flat_map(|l| right.iter().map(move |r| join(l, r))).collect()
        }
    };
    (all.len() <= MAX_WINDOWS).then_some(all)
}

fn pubmed(spans: &Spans, fields: Fields, losses: &mut Vec<&str>) -> Said {
    let near = Fields::of(&[TextField::Title, TextField::Abstract]);
    let Some(windows) = windows(spans) else {
        losses.push(
            "has no groups within a distance, and these would be too many; the words may stand anywhere in a record",
        );
        return anywhere(spans, fields);
    };
    let mut said = Vec::new();
    for window in windows {
        let Window { words, others, phrase, exact } = window;
        if words.iter().any(|w| !codes::word(Syntax::PubMed, w).1) {
            losses.push("lacks this wildcard; one for any number of characters stands in its place");
        }
        let open = words.iter().any(|w| !w.is_whole());
        let open_inside = words.iter().rev().skip(1).any(|w| !w.is_whole());
        if phrase && !open_inside {
            said.push(Said::Words { fields, spans: Spans::Phrase { fields, words, span: Span::default() }, times: 1 });
        } else if open || near.union(fields) != near || others >= crate::query::MAX_DISTANCE {
            losses.push(match phrase {
                true => "truncates only the last word of a phrase; the words may stand anywhere in a record",
                false if open => "has no truncation within proximity; the words may stand anywhere in a record",
                false => "has proximity in titles and abstracts only; the words may stand anywhere in a record",
            });
            let each = |word| Spans::Phrase { fields, words: vec![word], span: Span::default() };
            let words = words.into_iter().map(|w| Said::Words { fields, spans: each(w), times: 1 });
            said.push(and(words.collect()));
        } else {
            if !exact {
                losses.push("has neither order nor phrases within proximity; all words stand within the same stretch");
            }
            said.push(Said::Window { fields, words, others });
        }
    }
    or(said)
}

/// The words of a stretch, wherever they stand.
fn anywhere(spans: &Spans, fields: Fields) -> Said {
    match spans {
        Spans::Phrase { words, .. } => {
            let each = |word: &Pattern| Spans::Phrase { fields, words: vec![word.clone()], span: Span::default() };
            and(words.iter().map(|w| Said::Words { fields, spans: each(w), times: 1 }).collect())
        }
        Spans::Any(parts) => or(parts.iter().map(|p| anywhere(p, fields)).collect()),
        Spans::Near { left, right, .. } => and(vec![anywhere(left, fields), anywhere(right, fields)]),
    }
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
