//! Query tree → tantivy query. The tree says what is meant; here is how it is found.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tantivy::Term;
use tantivy::query::{AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, Query as TantivyQuery};

use super::leaf::{LeafPart, LeafQuery, MARGIN_WEIGHT, Matcher, Role, weight_of};
use super::lines::LineSets;
use super::sweep::SweepQuery;
use super::values::ValueQuery;
use super::years::YearsQuery;
use super::{Engine, schema};
use crate::expansion;
use crate::query::{Fields, Pattern, Query, Span, Spans, Synonym, ValueField};
use crate::words::Stemmer;

type Boxed = Box<dyn TantivyQuery>;

/// What it takes to lower a query, and what came up while the lowered ones were run.
pub(super) struct Lowering<'e> {
    engine: &'e Engine,
    stemmer: Stemmer,
    /// The leaves that were lowered already: a query is gone through more than once, and a leaf knows how rare it is from the
    /// first time on.
    leaves: HashMap<String, (Query, Option<LeafQuery>)>,
    /// The records of the lines of a strategy, where one is run.
    lines: LineSets,
    incomplete: Arc<AtomicBool>,
}

impl<'e> Lowering<'e> {
    pub(super) fn new(engine: &'e Engine) -> Self {
        Lowering {
            engine,
            stemmer: Stemmer::default(),
            leaves: HashMap::new(),
            lines: LineSets::default(),
            incomplete: Arc::default(),
        }
    }

    /// Sets what [`Query::Line`] stands for.
    pub(super) fn set_lines(&mut self, lines: LineSets) {
        self.lines = lines;
    }

    /// Whether a query that was lowered here has met a record with too many stretches of words to look at all: the record may
    /// be missing from the answer.
    pub(super) fn met_too_many(&self) -> bool {
        self.incomplete.load(Ordering::Relaxed)
    }

    /// The tantivy query of a tree. Conditions that are true or false without degree (values, years, NOT) score nothing.
    pub(super) fn query(&mut self, query: &Query) -> Boxed {
        self.swept(query).unwrap_or_else(|| self.part(query))
    }

    /// A query that has nothing but leaves side by side, and conditions that score nothing.
    fn swept(&mut self, query: &Query) -> Option<Boxed> {
        let whole = std::slice::from_ref(query);
        let mut asked: Option<(Vec<(&Query, usize)>, usize)> = None;
        let mut conditions = Vec::new();
        let mut single = Vec::new();
        for part in if let Query::And(parts) = query { parts } else { whole } {
            match part {
                Query::Value { .. } | Query::Years { .. } | Query::Line(..) => conditions.push((Occur::Must, part)),
                Query::Not(part) => conditions.push((Occur::MustNot, part.as_ref())),
                Query::Or(parts) if asked.is_none() => asked = Some((distinct(parts), 1)),
                Query::AtLeast(count, parts) if *count > 0 && asked.is_none() => {
                    asked = Some((parts.iter().map(|p| (p, 1)).collect(), *count));
                }
                part => single.push(part),
            }
        }
        let (parts, required) = match (asked, single.is_empty()) {
            (Some(asked), true) => asked,
            (None, false) => {
                let parts = distinct(single);
                let all = parts.len();
                (parts, all)
            }
            _ => return None,
        };
        let leaves = parts.into_iter().map(|(part, times)| Some((self.leaf(part)?, times)));
        let leaves = leaves.collect::<Option<Vec<_>>>()?;
        if leaves.len() + conditions.len() < 2 {
            return None;
        }
        let conditions = conditions.into_iter().map(|(occur, part)| (occur, self.part(part))).collect();
        Some(Box::new(SweepQuery::new(leaves, required, conditions)))
    }

    /// How many records match exactly so many of the wanted parts, from none to all, and all of the required ones; nothing where
    /// not all that is wanted are leaves.
    pub(super) fn matched(&mut self, required: &[Query], wanted: &[&Query]) -> Option<SweepQuery> {
        let leaves = wanted.iter().map(|part| Some((self.leaf(part)?, 1))).collect::<Option<Vec<_>>>()?;
        let conditions = required.iter().map(|part| match part {
            Query::Not(part) => (Occur::MustNot, self.part(part)),
            part => (Occur::Must, self.part(part)),
        });
        let conditions = conditions.collect();
        Some(SweepQuery::new(leaves, 1, conditions))
    }

    fn part(&mut self, query: &Query) -> Boxed {
        match query {
            Query::All | Query::AtLeast(0, _) => unscored(Box::new(AllQuery)),
            Query::Word { .. } | Query::Synonyms { .. } | Query::Phrase { .. } | Query::Spans { .. } => {
                match self.leaf(query) {
                    Some(leaf) => Box::new(leaf),
                    None => Box::new(EmptyQuery),
                }
            }
            Query::Value { field, value, span } => {
                match expansion::explode(*field, value, *span, self.engine.thesaurus()) {
                    Some(exploded) => self.values(&exploded.query),
                    None => self.values(query),
                }
            }
            Query::Years { from, to, .. } => Box::new(YearsQuery::new(*from, *to)),
            Query::Line(line, _) => Box::new(self.lines.query(*line)),
            Query::And(parts) => {
                let mut clauses: Vec<(Occur, Boxed)> = Vec::with_capacity(parts.len());
                for (part, times) in distinct(parts) {
                    clauses.push(match part {
                        Query::Not(inner) => (Occur::MustNot, self.part(inner)),
                        other => (Occur::Must, boosted(self.part(other), times)),
                    });
                }
                if !clauses.iter().any(|(occur, _)| *occur == Occur::Must) {
                    clauses.push((Occur::Must, unscored(Box::new(AllQuery))));
                }
                Box::new(BooleanQuery::new(clauses))
            }
            Query::Or(parts) => {
                let parts = distinct(parts).into_iter();
                Box::new(BooleanQuery::union(parts.map(|(p, n)| boosted(self.part(p), n)).collect()))
            }
            Query::Not(part) => Box::new(BooleanQuery::new(vec![
                (Occur::Must, unscored(Box::new(AllQuery))),
                (Occur::MustNot, self.part(part)),
            ])),
            Query::AtLeast(count, parts) => Box::new(BooleanQuery::union_with_minimum_required_clauses(
                parts.iter().map(|p| self.part(p)).collect(),
                *count,
            )),
        }
    }

    /// Whole values, as they stand in the index.
    fn values(&self, query: &Query) -> Boxed {
        match query {
            Query::Value { field, value, .. } => Box::new(ValueQuery::new(self.engine.fields.value, *field, value)),
            Query::Or(parts) => Box::new(BooleanQuery::union(parts.iter().map(|p| self.values(p)).collect())),
            _ => Box::new(EmptyQuery),
        }
    }

    /// The leaf of a word, phrase or proximity; `None` for other queries and for words that are none.
    pub(super) fn leaf(&mut self, query: &Query) -> Option<LeafQuery> {
        if !matches!(query, Query::Word { .. } | Query::Synonyms { .. } | Query::Phrase { .. } | Query::Spans { .. }) {
            return None;
        }
        let canonical = query.brief();
        if let Some((_, leaf)) = self.leaves.get(&canonical) {
            return leaf.clone();
        }
        let leaf = self.new_leaf(query);
        // The query is kept since its brief form is its own only as long as it lives.
        self.leaves.insert(canonical, (query.clone(), leaf.clone()));
        leaf
    }

    fn new_leaf(&mut self, query: &Query) -> Option<LeafQuery> {
        let mut parts = Vec::new();
        match query {
            Query::Word { fields, word, .. } => self.word(*fields, word, Role::Itself, 1.0, &mut parts),
            Query::Synonyms { fields, word, also, .. } => {
                self.word(*fields, word, Role::Itself, 1.0, &mut parts);
                for synonym in also.iter() {
                    self.synonym(*fields, synonym, &mut parts);
                }
            }
            Query::Phrase { fields, words, span } => match words.as_slice() {
                [] => {}
                [word] => {
                    parts.extend(fields.iter().map(|field| {
                        let matcher = Matcher::Pattern(self.engine.fields.exact(field), word.clone());
                        LeafPart::new(matcher, weight_of(field), Role::Itself)
                    }));
                }
                _ => {
                    let phrase = Spans::Phrase { fields: *fields, words: words.clone(), span: *span };
                    self.spans(phrase, 1, Role::Itself, 1.0, &mut parts);
                }
            },
            Query::Spans { spans, times, .. } => self.spans(spans.clone(), *times, Role::Itself, 1.0, &mut parts),
            _ => return None,
        }
        (!parts.is_empty()).then(|| LeafQuery::new(parts, self.engine.fields.words))
    }

    /// A word by its stem. Over all fields that is one look-up in each of the two views of stems; in some of them, the exact
    /// words that have the stem.
    fn word(&mut self, fields: Fields, word: &str, role: Role, share: f32, parts: &mut Vec<LeafPart>) {
        let stem = self.stemmer.stem(&word.replace('-', "")).to_owned();
        let mut among = fields;
        if fields.union(Fields::ALL) == fields {
            among = fields.without(Fields::ALL);
            for (view, weight) in [(self.engine.fields.words, 1.0), (self.engine.fields.margin, MARGIN_WEIGHT)] {
                let matcher = Matcher::Term(Term::from_field_text(view, &stem));
                parts.push(LeafPart::new(matcher, share * weight, role));
            }
        }
        for field in among.iter() {
            let matcher = Matcher::Stem(self.engine.fields.exact(field), stem.clone());
            parts.push(LeafPart::new(matcher, share * weight_of(field), role));
        }
        if word.contains('-') {
            let words = word.split('-').map(Pattern::whole).collect();
            let apart = if role == Role::Itself { Role::Apart } else { role };
            self.spans(Spans::Phrase { fields, words, span: Span::default() }, 1, apart, share, parts);
        }
    }

    /// Another form of a word, among the fields that say what a record is about.
    fn synonym(&mut self, fields: Fields, synonym: &Synonym, parts: &mut Vec<LeafPart>) {
        let share = f32::from(synonym.percent) / 100.0;
        let fields = fields.intersection(Synonym::FIELDS);
        let [word] = synonym.words.as_slice() else {
            let phrase = Spans::Phrase { fields, words: synonym.words.clone(), span: Span::default() };
            return self.spans(phrase, 1, Role::Also, share, parts);
        };
        let among = synonym.among.as_ref().map(|concept| {
            Term::from_field_text(self.engine.fields.value, &schema::value_term(ValueField::Concept, concept))
        });
        parts.extend(fields.iter().map(|field| {
            let matcher = Matcher::Pattern(self.engine.fields.exact(field), word.clone());
            let part = LeafPart::new(matcher, share * weight_of(field), Role::Also);
            LeafPart { among: among.clone(), ..part }
        }));
    }

    fn spans(&self, spans: Spans, times: u32, role: Role, share: f32, parts: &mut Vec<LeafPart>) {
        let spans = Arc::new(spans);
        parts.extend(spans.fields().iter().map(|field| {
            let matcher = Matcher::Spans {
                field: (field, self.engine.fields.exact(field)),
                spans: spans.clone(),
                times,
                incomplete: self.incomplete.clone(),
            };
            LeafPart::new(matcher, share * weight_of(field), role)
        }));
    }
}

/// Equal parts once, with how often they stand there: a word that is repeated counts as often, but is looked up only once.
fn distinct<'q>(parts: impl IntoIterator<Item = &'q Query>) -> Vec<(&'q Query, usize)> {
    let mut at: HashMap<String, usize> = HashMap::new();
    let mut out: Vec<(&Query, usize)> = Vec::new();
    for part in parts {
        let at = *at.entry(part.brief()).or_insert(out.len());
        match out.get_mut(at) {
            Some((_, times)) => *times += 1,
            None => out.push((part, 1)),
        }
    }
    out
}

fn boosted(query: Boxed, times: usize) -> Boxed {
    if times == 1 { query } else { Box::new(BoostQuery::new(query, times as f32)) }
}

fn unscored(query: Boxed) -> Boxed {
    Box::new(ConstScoreQuery::new(query, 0.0))
}
