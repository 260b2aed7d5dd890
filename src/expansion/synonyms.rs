//! Other names of the same thing, added to the words of a query.
//!
//! A run of words that is a label of a concept gets the concept's other labels: each of its words is then found by any of them
//! as well, so that a record that says `PCT` has all the words of `primary care trust`. The rules:
//!
//! - the longest label wins, from left to right; a compound (`fund-holding`) is words side by side;
//! - a word that means another concept too is added for records that mention the right one, a label of several words not at
//!   all; where the *run* itself is ambiguous, the years and the other words of the query decide ([`Thesaurus::resolve`]), or
//!   all its readings are added and named;
//! - what contains the run, or a shorter addition, adds nothing and is left out;
//! - near-synonyms count [`NEAR_PERCENT`], and nothing near is excluded by NOT; narrower concepts come on request;
//! - phrases, wildcards, proximity and whole values stay as they are.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::query::{Fields, Gap, Parsed, Pattern, Query, Relaxable, Span, Synonym, ValueField, Warning};
use crate::search::{Expand, Expansion};
use crate::thesaurus::{ConceptId, Resolution, ResolvedBy, Thesaurus};
use crate::words::{self, Stemmer};

/// What a near-synonym counts beside the word itself, in hundredths.
const NEAR_PERCENT: u8 = 20;
/// The most concepts that an ambiguous run is read as.
const MAX_READINGS: usize = 16;
/// The most forms that are added to one run.
const MAX_FORMS: usize = 200;

/// A query with what was added to it.
#[derive(Debug)]
pub(crate) struct Expanded {
    pub(crate) parsed: Parsed,
    pub(crate) added: Vec<Expansion>,
    /// What a run was taken for, where it could be something else.
    pub(crate) warnings: Vec<Warning>,
}

/// Adds to a query what the thesaurus has. `years` are those that the filters ask for.
pub(crate) fn expand(
    parsed: Parsed,
    what: Expand,
    years: Option<RangeInclusive<i32>>,
    thesaurus: &Thesaurus,
) -> Expanded {
    let mut expansion = Synonyms {
        thesaurus,
        what,
        years: years.or_else(|| years_of(&parsed.query)),
        words: Vec::new(),
        stemmer: Stemmer::default(),
        under_not: false,
        known: HashMap::new(),
        replaced: HashMap::new(),
        added: Vec::new(),
        warnings: Vec::new(),
    };
    if what == Expand::Nothing {
        return Expanded { parsed, added: expansion.added, warnings: expansion.warnings };
    }
    all_words(&parsed.query, &mut expansion.words);
    let query = expansion.query(&parsed.query);
    let relaxable = parsed.relaxable.map(|r| Relaxable {
        required: r.required.into_iter().map(|q| expansion.replacement(q)).collect(),
        wanted: r.wanted.into_iter().map(|(q, times)| (expansion.replacement(q), times)).collect(),
        words: r.words,
    });
    let Synonyms { added, warnings, .. } = expansion;
    Expanded { parsed: Parsed { query, relaxable, warnings: parsed.warnings }, added, warnings }
}

struct Synonyms<'t> {
    thesaurus: &'t Thesaurus,
    what: Expand,
    years: Option<RangeInclusive<i32>>,
    /// All words of the query.
    words: Vec<String>,
    stemmer: Stemmer,
    under_not: bool,
    /// The forms of a run that stood before.
    known: HashMap<(String, bool), Arc<[Synonym]>>,
    /// What became of a word, by its canonical form.
    replaced: HashMap<String, Query>,
    added: Vec<Expansion>,
    warnings: Vec<Warning>,
}

/// A word of the query, where it stands.
struct Leaf<'q> {
    fields: Fields,
    word: &'q str,
    span: Span,
}

impl Synonyms<'_> {
    fn query(&mut self, query: &Query) -> Query {
        match query {
            Query::Word { .. } => self.in_order(std::slice::from_ref(query)).pop().unwrap_or_else(|| query.clone()),
            Query::And(parts) => Query::And(self.in_order(parts)),
            // Alternatives do not stand together.
            Query::Or(parts) => Query::Or(parts.iter().map(|p| self.query(p)).collect()),
            Query::AtLeast(count, parts) => Query::AtLeast(*count, parts.iter().map(|p| self.query(p)).collect()),
            Query::Not(part) => {
                let outside = std::mem::replace(&mut self.under_not, true);
                let part = self.query(part);
                self.under_not = outside;
                Query::Not(Box::new(part))
            }
            other => other.clone(),
        }
    }

    /// Parts that must all match: runs of words side by side, and others.
    fn in_order(&mut self, parts: &[Query]) -> Vec<Query> {
        let mut out = Vec::with_capacity(parts.len());
        let mut rest = parts;
        while let Some(first) = rest.first() {
            let mut run: Vec<Leaf<'_>> = Vec::new();
            for part in rest {
                match part {
                    Query::Word { fields, word, span }
                        if run.last().is_none_or(|l| side_by_side(l, *fields, *span)) =>
                    {
                        run.push(Leaf { fields: *fields, word, span: *span });
                    }
                    _ => break,
                }
            }
            match run.len() {
                0 => {
                    out.push(self.query(first));
                    rest = &rest[1..];
                }
                n => {
                    self.run(&run, &mut out);
                    rest = &rest[n..];
                }
            }
        }
        out
    }

    /// Words side by side: the labels among them get what else they are called.
    fn run(&mut self, run: &[Leaf<'_>], out: &mut Vec<Query>) {
        let mut words: Vec<&str> = Vec::new();
        // Where each leaf begins among the words.
        let mut begins = Vec::with_capacity(run.len() + 1);
        for leaf in run {
            begins.push(words.len());
            words.extend(leaf.word.split('-'));
        }
        begins.push(words.len());
        let mut at = 0;
        while let Some(leaf) = run.get(at) {
            let found = self.thesaurus.longest_match(&words, begins[at], &mut self.stemmer);
            let end = found.and_then(|(n, _)| begins.binary_search(&(begins[at] + n)).ok());
            let (Some((_, concepts)), Some(end)) = (found, end.filter(|_| leaf.can_be_about())) else {
                out.push(leaf.query());
                at += 1;
                continue;
            };
            let label = &words[begins[at]..begins[end]];
            let key = (label.join(" "), self.under_not);
            let also = match self.known.get(&key) {
                Some(also) => also.clone(),
                None => {
                    let concepts = concepts.get(..MAX_READINGS).unwrap_or(concepts);
                    let also: Arc<[Synonym]> = self.forms(label, concepts, leaf.span.to(run[end - 1].span)).into();
                    self.known.insert(key, also.clone());
                    also
                }
            };
            for leaf in &run[at..end] {
                let query = match also.is_empty() {
                    true => leaf.query(),
                    false => Query::Synonyms {
                        fields: leaf.fields,
                        word: leaf.word.to_owned(),
                        also: also.clone(),
                        span: leaf.span,
                    },
                };
                if !also.is_empty() {
                    self.replaced.insert(leaf.query().to_string(), query.clone());
                }
                out.push(query);
            }
            at = end;
        }
    }

    /// What a word became, wherever it stands; other queries stay as they are.
    fn replacement(&self, query: Query) -> Query {
        match query {
            Query::Word { .. } => self.replaced.get(&query.to_string()).cloned().unwrap_or(query),
            other => other,
        }
    }

    /// What else the concepts of a run are called.
    fn forms(&mut self, run: &[&str], concepts: &[ConceptId], span: Span) -> Vec<Synonym> {
        let readings = self.readings(run, concepts, span);
        let mut forms = Forms { own: self.stems(run), all: Vec::new() };
        for id in &readings {
            self.add(*id, &readings, 100, run, &mut forms);
        }
        if self.what >= Expand::Narrower {
            for id in readings.iter().flat_map(|id| self.thesaurus.narrower_closure(*id).into_iter().skip(1)) {
                self.add(id, &[id], 100, run, &mut forms);
            }
        }
        // What an ambiguous word is near to, nobody knows.
        if let ([one], true, false) = (readings.as_slice(), self.what >= Expand::Near, self.under_not) {
            let near: Vec<ConceptId> = self.thesaurus.near(*one).collect();
            for id in near {
                self.add(id, &[id], NEAR_PERCENT, run, &mut forms);
            }
        }
        if forms.all.len() >= MAX_FORMS {
            let message = format!("`{}` has too many other forms: the first {MAX_FORMS} are looked for", run.join(" "));
            self.warnings.push(Warning { message, span });
        }
        forms.all.into_iter().map(|form| form.form).collect()
    }

    fn readings(&mut self, run: &[&str], concepts: &[ConceptId], span: Span) -> Vec<ConceptId> {
        let name = |id: &ConceptId| self.thesaurus.get(*id).map_or("", |c| c.preferred.as_str());
        let others = |but: Option<ConceptId>| {
            let names = concepts.iter().filter(|id| Some(**id) != but).map(name);
            names.collect::<Vec<_>>().join(", ")
        };
        let context: Vec<&str> = self.words.iter().map(String::as_str).filter(|w| !run.contains(w)).collect();
        let label = run.join(" ");
        // A name and the same with something that tells it apart are no two readings worth a word.
        if self.thesaurus.plainest(concepts, &mut self.stemmer).is_some() {
            return concepts.to_vec();
        }
        match self.thesaurus.resolve(concepts, &context, self.years.clone(), &mut self.stemmer) {
            Resolution::One(id, ResolvedBy::Nothing) => vec![id],
            Resolution::One(id, by) => {
                let reason = match by {
                    ResolvedBy::Years => "the years that are asked for",
                    _ => "the other words",
                };
                let message = format!(
                    "`{label}` is taken for {} because of {reason}; elsewhere it means {}",
                    name(&id),
                    others(Some(id))
                );
                self.warnings.push(Warning { message, span });
                vec![id]
            }
            Resolution::Several(ids) => {
                if ids.len() > 1 {
                    let message = format!("`{label}` can mean {}: a word more or the years say which", others(None));
                    self.warnings.push(Warning { message, span });
                }
                ids
            }
        }
    }

    /// Adds the labels of a concept that say something new, and that mean nothing but what is meant anyway.
    fn add(&mut self, id: ConceptId, meant: &[ConceptId], percent: u8, run: &[&str], forms: &mut Forms) {
        let thesaurus = self.thesaurus;
        let Some(concept) = thesaurus.get(id) else { return };
        // The shortest first, so that what contains them is known to add nothing.
        let mut labels: Vec<Vec<String>> = concept.labels().map(|(_, label)| words::folded(label)).collect();
        labels.retain(|words| !words.is_empty());
        labels.sort_by_key(Vec::len);
        let mut added = Vec::new();
        for folded in labels {
            let stems = self.stems(&folded);
            let bearers = thesaurus.concepts_of_label(&folded, &mut self.stemmer);
            let else_ = |bearer: &&ConceptId| !meant.contains(bearer);
            let others: Vec<ConceptId> = bearers.iter().filter(else_).copied().collect();
            let among = match others.iter().all(|other| self.is_kindred(*other, run)) {
                true => None,
                false => Some(ValueField::Concept.fold(&concept.preferred)),
            };
            if (among.is_some() && folded.len() > 1) || forms.all.len() >= MAX_FORMS || forms.has(&stems) {
                continue;
            }
            let label = folded.join(" ");
            let form = Synonym { label: label.clone(), words: with_plural(&folded), percent, among: among.clone() };
            added.push(match &among {
                Some(concept) => format!("{label} (where it means {concept})"),
                None => label,
            });
            forms.all.push(Form { stems, form });
        }
        if !added.is_empty() {
            self.added.push(Expansion { term: run.join(" "), added, concept: concept.preferred.clone(), percent });
        }
    }

    /// Whether a concept goes by the name of the run too, with something that tells it apart: `primary care trust (Scotland)`.
    fn is_kindred(&mut self, id: ConceptId, run: &[&str]) -> bool {
        let name = self.thesaurus.get(id).map(|c| words::folded(&c.preferred)).unwrap_or_default();
        let (name, run) = (self.stems(&name), self.stems(run));
        name.windows(run.len().max(1)).any(|w| w == run)
    }

    fn stems<S: AsRef<str>>(&mut self, words: &[S]) -> Vec<String> {
        words.iter().map(|w| self.stemmer.stem(w.as_ref()).to_owned()).collect()
    }
}

impl Leaf<'_> {
    fn query(&self) -> Query {
        Query::Word { fields: self.fields, word: self.word.to_owned(), span: self.span }
    }

    /// Whether it is looked for where a record says what it is about, and not in names alone.
    fn can_be_about(&self) -> bool {
        !self.fields.intersection(Fields::RUNNING_TEXT).is_empty()
    }
}

fn side_by_side(before: &Leaf<'_>, fields: Fields, span: Span) -> bool {
    // An operator between them would take more room than a space and a mark.
    before.fields == fields && span.start <= before.span.end + 2
}

/// The forms of a run.
struct Forms {
    /// The stems of the run itself.
    own: Vec<String>,
    all: Vec<Form>,
}

struct Form {
    stems: Vec<String>,
    form: Synonym,
}

impl Forms {
    /// Whether a form with these stems finds nothing that the others do not find.
    fn has(&self, stems: &[String]) -> bool {
        let within = |form: &[String]| stems.windows(form.len()).any(|w| w == form);
        within(&self.own) || self.all.iter().any(|form| within(&form.stems))
    }
}

/// A label of several words, its last word also in the plural.
fn with_plural(words: &[String]) -> Vec<Pattern> {
    let mut out: Vec<Pattern> = words.iter().map(Pattern::whole).collect();
    if let Some(last) = out.last_mut() {
        let word = std::mem::take(&mut last.word);
        *last = plural(&word);
    }
    out
}

/// A word and its plural.
fn plural(word: &str) -> Pattern {
    let consonant = |c: char| c.is_ascii_alphabetic() && !"aeiouy".contains(c);
    if !word.ends_with(|c: char| c.is_ascii_alphabetic()) {
        return Pattern::whole(word);
    }
    if let Some(root) = word.strip_suffix('y').filter(|root| root.ends_with(consonant)) {
        return Pattern { word: root.to_owned(), rest: vec![(Gap { min: 1, max: Some(3) }, String::new())] };
    }
    let sibilant = ["s", "x", "z", "ch", "sh"].iter().any(|end| word.ends_with(end));
    let most = if sibilant { 2 } else { 1 };
    Pattern { word: word.to_owned(), rest: vec![(Gap::up_to(most), String::new())] }
}

fn all_words(query: &Query, out: &mut Vec<String>) {
    match query {
        Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => {
            parts.iter().for_each(|p| all_words(p, out));
        }
        Query::Word { word, .. } => out.extend(word.split('-').map(str::to_owned)),
        Query::Phrase { words, .. } => out.extend(words.iter().map(|w| w.word.clone())),
        _ => {}
    }
}

/// The years that every match must be of.
fn years_of(query: &Query) -> Option<RangeInclusive<i32>> {
    match query {
        Query::Years { from, to, .. } => Some(from.unwrap_or(i32::MIN)..=to.unwrap_or(i32::MAX)),
        Query::And(parts) => parts.iter().find_map(years_of),
        _ => None,
    }
}
