//! What of a query matches where in a text: the same words, stems and phrases as in the index, found in the record's own
//! text. It serves highlights and the choice of passages; it decides nothing about which records match.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::near::{self, Stretch};
use crate::query::{Fields, Pattern, Query, Span, Spans, TextField};
use crate::words::{self, Stemmer, Words};

/// One place where a part of the query matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Match {
    /// Bytes of the text.
    pub(super) range: Range<usize>,
    /// Which leaf of the query, in the order of [`Matcher::leaves`].
    pub(super) leaf: usize,
    /// How many words into the text it begins.
    pub(super) position: usize,
}

/// What a phrase is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Leaf(usize),
    /// An operand of the proximity with this place in [`Matcher::proximities`].
    Operand(usize, Fields),
}

/// A place where an operand of proximity stands: words and bytes.
type Operand = (Stretch, Range<usize>);

/// The positive words and phrases of a query, ready to be found in texts.
#[derive(Debug)]
pub(super) struct Matcher {
    leaves: Vec<Query>,
    /// The leaves in canonical form, so that each is looked for once.
    seen: HashMap<String, usize>,
    fields: Vec<Fields>,
    stems: Stems,
    /// Phrases of leaves, and of the operands of proximity.
    phrases: Vec<(Owner, Vec<Pattern>)>,
    /// Leaves that are proximities, with the fields of their operands.
    proximities: Vec<(usize, Spans)>,
    /// How often each two leaves, the lesser first, stand side by side in the query.
    pairs: Arc<HashMap<(usize, usize), usize>>,
    /// The leaf before the one that is being added.
    last: Option<usize>,
}

/// The stems of words that are looked for. Most words of a text begin like none of them, and need not be stemmed to know it.
#[derive(Debug, Default)]
struct Stems {
    stems: Vec<(String, Vec<usize>)>,
    /// How words begin that have a stem, and which.
    beginnings: Vec<(String, usize)>,
    /// The first bytes of the beginnings; of one that is empty, all.
    first: Vec<u8>,
    stemmer: Stemmer,
}

impl Stems {
    fn add(&mut self, word: &str, leaf: usize) {
        let stem = self.stemmer.stem(word).to_owned();
        let at = match self.stems.iter().position(|(known, _)| *known == stem) {
            Some(at) => at,
            None => {
                for beginning in words::beginnings_of_stem(&stem) {
                    match beginning.as_bytes().first() {
                        Some(byte) => self.first.push(*byte),
                        None => self.first.extend(0..=u8::MAX),
                    }
                    self.beginnings.push((beginning.to_owned(), self.stems.len()));
                }
                self.stems.push((stem, Vec::new()));
                self.stems.len() - 1
            }
        };
        if let Some((_, leaves)) = self.stems.get_mut(at)
            && !leaves.contains(&leaf)
        {
            leaves.push(leaf);
        }
    }

    /// The leaves that a folded word, or a hyphenated pair written as one, is the stem of.
    fn leaves_of(&mut self, folded: &str) -> &[usize] {
        let Some(first) = folded.as_bytes().first() else { return &[] };
        if !self.first.contains(first) {
            return &[];
        }
        let begun = self.beginnings.iter().filter(|(beginning, _)| folded.starts_with(beginning.as_str()));
        for (_, at) in begun {
            if let Some((stem, leaves)) = self.stems.get(*at)
                && self.stemmer.stem(folded) == stem
            {
                return leaves;
            }
        }
        &[]
    }
}

impl Matcher {
    /// The matcher of a query; what stands under NOT is left out.
    pub(super) fn new(query: &Query) -> Self {
        let mut matcher = Matcher {
            leaves: Vec::new(),
            seen: HashMap::new(),
            fields: Vec::new(),
            stems: Stems::default(),
            phrases: Vec::new(),
            proximities: Vec::new(),
            pairs: Arc::default(),
            last: None,
        };
        matcher.add(query);
        matcher
    }

    /// The words and phrases of the query, each once.
    pub(super) fn leaves(&self) -> &[Query] {
        &self.leaves
    }

    /// How often each two leaves, the lesser first, stand side by side in the query.
    pub(super) fn pairs(&self) -> Arc<HashMap<(usize, usize), usize>> {
        self.pairs.clone()
    }

    fn add(&mut self, query: &Query) {
        let leaf = match query {
            Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => {
                return parts.iter().for_each(|p| self.add(p));
            }
            Query::Word { .. } | Query::Synonyms { .. } | Query::Phrase { .. } | Query::Spans { .. } => {
                let canonical = query.brief();
                match self.seen.get(&canonical) {
                    Some(leaf) => *leaf,
                    None => {
                        let leaf = self.add_leaf(query);
                        self.seen.insert(canonical, leaf);
                        leaf
                    }
                }
            }
            _ => return,
        };
        if let Some(last) = self.last.replace(leaf).filter(|last| *last != leaf) {
            *Arc::make_mut(&mut self.pairs).entry((last.min(leaf), last.max(leaf))).or_default() += 1;
        }
    }

    fn add_leaf(&mut self, query: &Query) -> usize {
        match query {
            Query::Word { fields, word, .. } => {
                let leaf = self.leaf(query, *fields);
                self.add_word(leaf, word);
                leaf
            }
            Query::Synonyms { fields, word, also, .. } => {
                let leaf = self.leaf(query, *fields);
                self.add_word(leaf, word);
                self.phrases.extend(also.iter().map(|synonym| (Owner::Leaf(leaf), synonym.words.clone())));
                leaf
            }
            Query::Phrase { fields, words, .. } => {
                let leaf = self.leaf(query, *fields);
                self.phrases.push((Owner::Leaf(leaf), words.clone()));
                leaf
            }
            Query::Spans { spans, .. } => {
                let leaf = self.leaf(query, spans.fields());
                self.proximities.push((leaf, spans.clone()));
                self.operands(self.proximities.len() - 1, spans);
                leaf
            }
            _ => self.leaf(query, Fields::NONE),
        }
    }

    fn add_word(&mut self, leaf: usize, word: &str) {
        self.stems.add(&word.replace('-', ""), leaf);
        if word.contains('-') {
            let apart = word.split('-').map(Pattern::whole);
            self.phrases.push((Owner::Leaf(leaf), apart.collect()));
        }
    }

    /// Adds the phrases of a proximity, in the order in which [`combine`] takes them up again.
    fn operands(&mut self, proximity: usize, spans: &Spans) {
        match spans {
            Spans::Phrase { fields, words, .. } => {
                self.phrases.push((Owner::Operand(proximity, *fields), words.clone()));
            }
            Spans::Any(parts) => parts.iter().for_each(|p| self.operands(proximity, p)),
            Spans::Near { left, right, .. } => {
                self.operands(proximity, left);
                self.operands(proximity, right);
            }
        }
    }

    fn leaf(&mut self, query: &Query, fields: Fields) -> usize {
        self.leaves.push(query.clone());
        self.fields.push(fields);
        self.leaves.len() - 1
    }

    /// All matches in one value of a field, in order of their beginning. Matches of different leaves may overlap.
    pub(super) fn find(&mut self, field: TextField, text: &str) -> Vec<Match> {
        let (mut found, operands) = self.scan(field, text);
        for (i, (leaf, spans)) in self.proximities.iter().enumerate() {
            let own = self.operands_of(i, &operands);
            let mut stretches = combine(spans, &mut own.iter().copied());
            // In order of their beginning, each with the furthest end of those up to it.
            let mut furthest = 0;
            for stretch in &mut stretches {
                furthest = furthest.max(stretch.1);
                stretch.1 = furthest;
            }
            let within = |s: &Stretch| {
                let before = stretches.partition_point(|t| t.0 <= s.0);
                before.checked_sub(1).is_some_and(|last| s.1 <= stretches[last].1)
            };
            for (stretch, range) in own.into_iter().flatten().filter(|(s, _)| within(s)) {
                found.push(Match { range: range.clone(), leaf: *leaf, position: stretch.0 as usize });
            }
        }
        found.retain(|m| self.fields[m.leaf].contains(field));
        found.sort_by_key(|m| (m.range.start, m.range.end, m.leaf));
        found.dedup();
        found
    }

    /// The places of the phrases of a proximity, in the order in which [`combine`] takes them up.
    fn operands_of<'o>(&self, proximity: usize, operands: &'o [Vec<Operand>]) -> Vec<&'o [Operand]> {
        let phrases = self.phrases.iter().zip(operands);
        let own = phrases.filter(|((o, _), _)| matches!(o, Owner::Operand(p, _) if *p == proximity));
        own.map(|(_, places)| places.as_slice()).collect()
    }

    /// Goes through the words of a text once: the matches of words and phrases, and for each phrase of a proximity where it
    /// stands.
    fn scan(&mut self, field: TextField, text: &str) -> (Vec<Match>, Vec<Vec<Operand>>) {
        let mut found: Vec<Match> = Vec::new();
        let mut operands: Vec<Vec<Operand>> = match self.proximities.is_empty() {
            true => Vec::new(),
            false => vec![Vec::new(); self.phrases.len()],
        };
        let mut words = Words::new(text);
        // For each phrase and slot: where a match of the slots up to it began, if one ended at the previous word.
        let mut open: Vec<Vec<Option<(usize, usize)>>> =
            self.phrases.iter().map(|(_, p)| vec![None; p.len()]).collect();
        let mut previous: (String, usize) = (String::new(), 0);
        let mut position = 0;
        while let Some(range) = words.next() {
            let folded = words.folded();
            for leaf in self.stems.leaves_of(folded) {
                found.push(Match { range: range.clone(), leaf: *leaf, position });
            }
            if words.hyphenated() {
                let pair = format!("{}{folded}", previous.0);
                for leaf in self.stems.leaves_of(&pair) {
                    found.push(Match {
                        range: previous.1..range.end,
                        leaf: *leaf,
                        position: position.saturating_sub(1),
                    });
                }
            }
            for (i, ((owner, phrase), open)) in self.phrases.iter().zip(&mut open).enumerate() {
                for slot in (0..phrase.len()).rev() {
                    let begun = if slot == 0 { Some((range.start, position)) } else { open[slot - 1] };
                    open[slot] = begun.filter(|_| phrase[slot].matches(folded));
                }
                let Some(Some((start, begun))) = open.last() else { continue };
                match owner {
                    Owner::Leaf(leaf) => {
                        found.push(Match { range: *start..range.end, leaf: *leaf, position: *begun });
                    }
                    Owner::Operand(_, fields) if fields.contains(field) => {
                        if let Some(operand) = operands.get_mut(i) {
                            operand.push(((*begun as u32, position as u32), *start..range.end));
                        }
                    }
                    Owner::Operand(..) => {}
                }
            }
            previous.0.clear();
            previous.0.push_str(folded);
            previous.1 = range.start;
            position += 1;
        }
        (found, operands)
    }
}

/// The stretches in one value of a field.
pub(super) fn stretches(spans: &Spans, field: TextField, text: &str) -> Vec<Stretch> {
    let query = Query::Spans { spans: spans.clone(), times: 1, span: Span::default() };
    let mut matcher = Matcher::new(&query);
    let (_, operands) = matcher.scan(field, text);
    combine(spans, &mut matcher.operands_of(0, &operands).into_iter())
}

/// The stretches of a proximity, from those of its phrases in the order in which they are written.
fn combine(spans: &Spans, phrases: &mut dyn Iterator<Item = &[Operand]>) -> Vec<Stretch> {
    let mut out = Vec::new();
    match spans {
        Spans::Phrase { .. } => out.extend(phrases.next().unwrap_or_default().iter().map(|(s, _)| *s)),
        Spans::Any(parts) => {
            parts.iter().for_each(|p| out.append(&mut combine(p, phrases)));
            near::union(&mut out);
        }
        Spans::Near { left, right, distance, ordered, .. } => {
            let left = combine(left, phrases);
            let right = combine(right, phrases);
            near::near(&left, &right, *distance, *ordered, &mut out);
        }
    }
    out
}

/// The union of ranges, in order, touching and overlapping ones joined.
pub(super) fn merge_ranges(ranges: impl IntoIterator<Item = Range<usize>>) -> Vec<(usize, usize)> {
    let mut sorted: Vec<Range<usize>> = ranges.into_iter().collect();
    sorted.sort_by_key(|r| (r.start, r.end));
    let mut out: Vec<(usize, usize)> = Vec::new();
    for range in sorted {
        match out.last_mut() {
            Some(last) if range.start <= last.1 => last.1 = last.1.max(range.end),
            _ => out.push((range.start, range.end)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(query: &str, text: &str) -> String {
        let parsed = crate::query::plain::parse(query).expect("a query");
        let mut matcher = Matcher::new(&parsed.query);
        let ranges = merge_ranges(matcher.find(TextField::Abstract, text).into_iter().map(|m| m.range));
        let mut out = String::new();
        let mut at = 0;
        for (start, end) in ranges {
            out.push_str(&format!("{}[{}]", &text[at..start], &text[start..end]));
            at = end;
        }
        out + &text[at..]
    }

    #[test]
    fn what_matches_is_marked() {
        for (query, text, expected) in [
            ("fundholding", "GP fund-holding and funds", "GP [fund-holding] and funds"),
            ("fund-holding", "fundholding, fund holding, the fund", "[fundholding], [fund holding], the fund"),
            ("contract", "Contracts and contracting", "[Contracts] and [contracting]"),
            ("\"total purchasing\"", "total purchasing, Total Purchasers", "[total purchasing], Total Purchasers"),
            ("\"total purchas*\"", "total purchasing, Total Purchasers", "[total purchasing], [Total Purchasers]"),
            ("title:contract", "contract", "contract"),
            ("contract -budget", "contract budget", "[contract] budget"),
            ("\"a a\"", "a a a b", "[a a a] b"),
            (
                "joint NEAR/2 commission*",
                "commissioning of joint care; joint work on commissioning",
                "[commissioning] of [joint] care; joint work on commissioning",
            ),
        ] {
            assert_eq!(marked(query, text), expected, "{query}");
        }
    }
}
