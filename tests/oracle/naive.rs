//! The oracle: records scanned with plain string code. What a word, a field, a match and a facet value is, is written here
//! anew from the documentation; only the Snowball stems come from commlit.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use commlit::query::{Fields, Gap, Pattern, Query, Spans, TextField, ValueField};
use commlit::record::Record;
use commlit::search::{FacetField, Filter, Sort};
use commlit::words::Stemmer;

use crate::counted;

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub folded: String,
    pub start: usize,
    pub end: usize,
    /// Nothing but a hyphen stands before it.
    pub glued: bool,
}

/// How a letter or digit of the generated alphabet is folded.
fn spelled(c: char) -> Option<String> {
    Some(match c {
        'a'..='z' | '0'..='9' => c.to_string(),
        'A'..='Z' => c.to_ascii_lowercase().to_string(),
        'é' | 'è' | 'É' => "e".into(),
        'ï' => "i".into(),
        'ô' | 'ö' | 'Ø' | 'ø' => "o".into(),
        'ü' => "u".into(),
        'ß' => "ss".into(),
        'œ' | 'Œ' => "oe".into(),
        'æ' | 'Æ' => "ae".into(),
        _ => return None,
    })
}

/// The words of a text.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut out: Vec<Token> = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        if spelled(chars[i].1).is_none() {
            i += 1;
            continue;
        }
        let start = chars[i].0;
        let mut folded = String::new();
        while i < chars.len() {
            let c = chars[i].1;
            if let Some(letters) = spelled(c) {
                folded.push_str(&letters);
            } else if c == '\'' || c == '’' {
                let elision = ["l", "d", "qu", "dell"].contains(&folded.as_str());
                if elision || chars.get(i + 1).is_none_or(|(_, c)| spelled(*c).is_none()) {
                    break;
                }
            } else if c != '\u{301}' {
                break;
            }
            i += 1;
        }
        let end = chars.get(i).map_or(text.len(), |(at, _)| *at);
        let glued = out.last().is_some_and(|last| ["-", "‐", "‑"].contains(&&text[last.end..start]));
        out.push(Token { folded, start, end, glued });
    }
    out
}

pub(crate) fn key(text: &str) -> String {
    tokens(text).into_iter().map(|t| t.folded).collect::<Vec<_>>().join(" ")
}

thread_local! {
    static STEMMER: RefCell<Stemmer> = RefCell::default();
}

pub(crate) fn stem(word: &str) -> String {
    STEMMER.with_borrow_mut(|stemmer| stemmer.stem(word).to_owned())
}

/// A text, ready to be asked.
#[derive(Debug)]
pub(crate) struct Text {
    pub tokens: Vec<Token>,
    stems: Vec<String>,
    /// For each word the stem of itself and the word before it, where a hyphen joins them.
    pairs: Vec<Option<String>>,
}

impl Text {
    pub(crate) fn new(text: &str) -> Self {
        let tokens = tokens(text);
        let stems = tokens.iter().map(|t| stem(&t.folded)).collect();
        let pair = |i: usize| {
            let written = tokens[i].glued.then(|| format!("{}{}", tokens[i - 1].folded, tokens[i].folded));
            written.map(|w| stem(&w))
        };
        let pairs = (0..tokens.len()).map(pair).collect();
        Text { tokens, stems, pairs }
    }

    /// Where a word or phrase matches: bytes of the text.
    pub(crate) fn places(&self, leaf: &Query) -> Vec<(usize, usize)> {
        match leaf {
            Query::Word { word, .. } => {
                let parts: Vec<&str> = word.split('-').collect();
                let wanted = stem(&parts.concat());
                let mut found = Vec::new();
                for (i, token) in self.tokens.iter().enumerate() {
                    if self.stems[i] == wanted {
                        found.push((token.start, token.end));
                    }
                    if self.pairs[i].as_ref() == Some(&wanted) {
                        found.push((self.tokens[i - 1].start, token.end));
                    }
                }
                if parts.len() > 1 {
                    found.extend(self.runs(parts.len(), |i, token| token == parts[i]));
                }
                found
            }
            Query::Phrase { words, .. } => self.runs(words.len(), |i, token| fits(&words[i], token)),
            _ => Vec::new(),
        }
    }

    /// Whether a word or phrase matches anywhere.
    fn has(&self, leaf: &Query) -> bool {
        match leaf {
            Query::Word { word, .. } if !word.contains('-') => {
                let wanted = stem(word);
                self.stems.contains(&wanted) || self.pairs.iter().flatten().any(|p| *p == wanted)
            }
            _ => !self.places(leaf).is_empty(),
        }
    }

    fn runs(&self, length: usize, fits: impl Fn(usize, &str) -> bool) -> Vec<(usize, usize)> {
        let windows = self.tokens.windows(length);
        let runs = windows.filter(|w| w.iter().enumerate().all(|(i, t)| fits(i, &t.folded)));
        runs.map(|w| (w[0].start, w[length - 1].end)).collect()
    }
}

/// Whether a word fits a pattern: every way to fill the gaps is tried, one character at a time.
fn fits(pattern: &Pattern, word: &str) -> bool {
    fn rest(gaps: &[(Gap, String)], word: &str) -> bool {
        let Some(((gap, then), later)) = gaps.split_first() else { return word.is_empty() };
        let most = gap.max.map_or(word.chars().count(), usize::from);
        (usize::from(gap.min)..=most).any(|n| {
            let skipped: String = word.chars().skip(n).collect();
            word.chars().count() >= n && skipped.strip_prefix(then.as_str()).is_some_and(|w| rest(later, w))
        })
    }
    word.strip_prefix(pattern.word.as_str()).is_some_and(|w| rest(&pattern.rest, w))
}

/// Every stretch of words in one text: the first word and the last.
fn stretches(text: &Text, field: TextField, spans: &Spans) -> BTreeSet<(usize, usize)> {
    match spans {
        Spans::Phrase { fields, words, .. } => {
            let windows = text.tokens.windows(words.len()).enumerate();
            let run = |w: &[Token]| w.iter().zip(words).all(|(t, p)| fits(p, &t.folded));
            let found = windows.filter(|(_, w)| fields.contains(field) && run(w));
            found.map(|(i, _)| (i, i + words.len() - 1)).collect()
        }
        Spans::Any(parts) => parts.iter().flat_map(|p| stretches(text, field, p)).collect(),
        Spans::Near { left, right, distance, ordered, .. } => {
            let mut found = BTreeSet::new();
            for (a, b) in stretches(text, field, left) {
                for (c, d) in stretches(text, field, right) {
                    if b < c && c - b <= *distance as usize {
                        found.insert((a, d));
                    }
                    if !ordered && d < a && a - d <= *distance as usize {
                        found.insert((c, b));
                    }
                }
            }
            found
        }
    }
}

fn phrases(spans: &Spans) -> Vec<&Spans> {
    match spans {
        Spans::Phrase { .. } => vec![spans],
        Spans::Any(parts) => parts.iter().flat_map(phrases).collect(),
        Spans::Near { left, right, .. } => [left, right].into_iter().flat_map(|s| phrases(s)).collect(),
    }
}

/// The largest number of stretches of one field that share no word, found by trying both with and without each.
fn most_disjoint(found: &[(usize, usize, usize)], taken: &[(usize, usize, usize)]) -> usize {
    let Some((first, rest)) = found.split_first() else { return taken.len() };
    let without = if found.len() > 12 { 0 } else { most_disjoint(rest, taken) };
    let free = taken.iter().all(|t| t.0 != first.0 || t.2 < first.1 || first.2 < t.1);
    if !free {
        return most_disjoint(rest, taken);
    }
    without.max(most_disjoint(rest, &[taken, &[*first]].concat()))
}

/// A record, ready to be asked.
#[derive(Debug)]
pub(crate) struct Doc {
    pub record: Record,
    texts: HashMap<TextField, Vec<Text>>,
    values: HashSet<(ValueField, String)>,
    facets: HashMap<FacetField, BTreeSet<String>>,
    /// What publishers and places are counted under.
    groups: HashMap<FacetField, BTreeSet<String>>,
    own: bool,
}

/// The eras of `src/eras.tsv`, for England.
pub(crate) fn era(year: i32) -> &'static str {
    match year {
        ..=1990 => "Before the internal market (to 1990)",
        1991..=1998 => "Internal market (1991-1998)",
        1999..=2012 => "PCGs and PCTs (1999-2012)",
        2013..=2021 => "CCGs (2013-2021)",
        2022.. => "ICBs (from 2022)",
    }
}

impl Doc {
    pub(crate) fn new(record: Record) -> Self {
        let r = &record;
        let mut fields: Vec<(TextField, &str)> = vec![(TextField::Title, &r.title)];
        let mut lists: Vec<(TextField, &[String])> = vec![
            (TextField::Title, &r.alternative_titles),
            (TextField::Subject, &r.subjects),
            (TextField::Note, &r.notes),
            (TextField::Series, &r.series),
            (TextField::Publisher, &r.publisher),
            (TextField::Place, &r.place),
        ];
        lists.extend([&r.isbn, &r.isbn10, &r.issn].map(|l| (TextField::Detail, l.as_slice())));
        fields.extend(lists.into_iter().flat_map(|(field, list)| list.iter().map(move |v| (field, v.as_str()))));
        fields.extend(r.abstract_text.iter().map(|t| (TextField::Abstract, t.as_str())));
        fields.extend(r.body.iter().map(|t| (TextField::Body, t.as_str())));
        fields.extend(r.creators.iter().map(|c| (TextField::Creator, c.name.as_str())));
        fields.extend(r.container.iter().map(|c| (TextField::Journal, c.title.as_str())));
        if let Some(item_type) = &r.item_type {
            let usual: &[&str] = match item_type.as_str() {
                "article-journal" => &["journal article"],
                "thesis" => &["dissertation"],
                "chapter" => &["book chapter"],
                "webpage" => &["web page", "website"],
                _ => &[],
            };
            fields.push((TextField::PublicationType, item_type));
            fields.extend(usual.iter().map(|name| (TextField::PublicationType, *name)));
        }
        let year = r.year.map(|y| y.to_string());
        let container = r.container.iter().flat_map(|c| [&c.volume, &c.issue, &c.pages, &c.issn]);
        let details = [&year, &r.date, &r.edition, &r.extent, &r.doi, &r.pmid, &r.pmcid].into_iter().chain(container);
        fields.extend(details.flatten().map(|v| (TextField::Detail, v.as_str())));
        let mut texts: HashMap<TextField, Vec<Text>> = HashMap::new();
        for (field, text) in fields {
            texts.entry(field).or_default().push(Text::new(text));
        }
        let facets = counted::printed(r);
        let mut values: HashSet<(ValueField, String)> = HashSet::new();
        let mut add = |field, value: &str| {
            values.insert((field, value.to_lowercase()));
        };
        add(ValueField::Id, &r.id);
        for (field, list) in [(ValueField::Isbn, &r.isbn), (ValueField::Issn, &r.issn), (ValueField::Id, &r.merged_ids)]
        {
            list.iter().for_each(|v| add(field, v));
        }
        let issn = r.container.as_ref().and_then(|c| c.issn.clone());
        for (field, value) in [
            (ValueField::Issn, &issn),
            (ValueField::Doi, &r.doi),
            (ValueField::Pmid, &r.pmid),
            (ValueField::Pmcid, &r.pmcid),
        ] {
            value.iter().for_each(|v| add(field, v));
        }
        for (field, facet) in [
            (ValueField::Type, FacetField::Type),
            (ValueField::Language, FacetField::Language),
            (ValueField::Source, FacetField::Source),
            (ValueField::Era, FacetField::Era),
        ] {
            facets[&facet].iter().for_each(|v| add(field, v));
        }
        for creator in &r.creators {
            values.insert((ValueField::Name, key(&creator.name)));
        }
        if let Some(container) = &r.container {
            values.insert((ValueField::JournalTitle, key(&container.title)));
        }
        for subject in &r.subjects {
            // A heading and its subdivisions, and the heading alone.
            let parts: Vec<String> = subject.replace("--", "/").split('/').map(key).collect();
            let whole: Vec<&str> = parts.iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
            for value in [whole.join("/"), parts[0].clone()] {
                values.insert((ValueField::Heading, value.clone()));
                values.insert((ValueField::Major, value));
            }
            values.extend(parts.into_iter().skip(1).map(|p| (ValueField::Subheading, p)));
        }
        values.retain(|(_, value)| !value.is_empty());
        Doc { texts, values, facets, groups: HashMap::new(), own: false, record }
    }

    /// With the names that its publishers and places are counted under, by the shipped list or with one's own before it.
    pub(crate) fn named(mut self, own: bool) -> Self {
        let of = |field| self.facets[&field].iter().map(|v| counted::group(own, field, v)).collect();
        self.groups = [FacetField::Publisher, FacetField::Place].into_iter().map(|f| (f, of(f))).collect();
        self.own = own;
        self
    }

    /// Whether the record matches.
    pub(crate) fn matches(&self, query: &Query) -> bool {
        match query {
            Query::All => true,
            Query::Word { fields, .. } | Query::Phrase { fields, .. } => fields
                .iter()
                .any(|f| self.texts.get(&f).is_some_and(|values| values.iter().any(|text| text.has(query)))),
            Query::Synonyms { fields, word, also, span } => {
                let named = |q: Query| self.matches(&q);
                let (fields, span) = (*fields, *span);
                named(Query::Word { fields, word: word.clone(), span })
                    || also.iter().any(|form| {
                        let fields = fields.intersection(Fields::RUNNING_TEXT);
                        named(Query::Phrase { fields, words: form.words.clone(), span })
                    })
            }
            Query::Spans { spans, times, .. } => self.texts.iter().any(|(field, values)| {
                let mut found: Vec<(usize, usize, usize)> = Vec::new();
                for (i, text) in values.iter().enumerate() {
                    found.extend(stretches(text, *field, spans).into_iter().map(|(a, b)| (i, a, b)));
                }
                // The longer ones contain shorter ones or stand elsewhere: the shortest decide.
                found.sort_by_key(|(_, a, b)| (b - a, *a));
                most_disjoint(&found, &[]) >= *times as usize
            }),
            Query::Value { field, value, .. } => self.values.iter().any(|(f, v)| f == field && fits(value, v)),
            Query::Line(..) => false,
            Query::Years { from, to, .. } => self.in_years(*from, *to),
            Query::And(parts) => parts.iter().all(|p| self.matches(p)),
            Query::Or(parts) => parts.iter().any(|p| self.matches(p)),
            Query::Not(part) => !self.matches(part),
            Query::AtLeast(count, parts) => parts.iter().filter(|p| self.matches(p)).count() >= *count,
        }
    }

    fn in_years(&self, from: Option<i32>, to: Option<i32>) -> bool {
        self.record.year.is_some_and(|y| from.is_none_or(|f| f <= y) && to.is_none_or(|t| y <= t))
    }

    /// Whether the record passes the filters of all fields but one: within a field OR, between fields AND.
    pub(crate) fn passes(&self, filters: &[Filter], but: Option<FacetField>) -> bool {
        let fields: HashSet<FacetField> = filters.iter().map(Filter::field).filter(|f| Some(*f) != but).collect();
        fields.into_iter().all(|field| {
            filters.iter().filter(|f| f.field() == field).any(|filter| match filter {
                Filter::Value(field, value) => match self.groups.get(field) {
                    Some(groups) => groups.contains(&counted::group(self.own, *field, value)),
                    None => self.facets[field].contains(value),
                },
                Filter::Missing(field) => self.facets[field].is_empty(),
                Filter::Years(from, to) => self.in_years(*from, *to),
            })
        })
    }

    pub(crate) fn facet(&self, field: FacetField) -> &BTreeSet<String> {
        &self.facets[&field]
    }

    /// The words of the values of a field.
    pub(crate) fn texts(&self, field: TextField) -> &[Text] {
        self.texts.get(&field).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn values(&self) -> Vec<(ValueField, String)> {
        let mut values: Vec<_> = self.values.iter().cloned().collect();
        values.sort_by(|a, b| (a.0.name(), &a.1).cmp(&(b.0.name(), &b.1)));
        values
    }

    /// What the title is sorted by.
    fn title_key(&self) -> String {
        let key = key(&self.record.title);
        for article in ["the ", "a ", "an "] {
            if let Some(rest) = key.strip_prefix(article) {
                return rest.to_owned();
            }
        }
        key
    }
}

/// The ids of the records that match, in the order asked for; by id for relevance.
pub(crate) fn found(docs: &[Doc], query: &Query, filters: &[Filter], sort: Sort) -> Vec<String> {
    let mut found: Vec<&Doc> = docs.iter().filter(|d| d.matches(query) && d.passes(filters, None)).collect();
    found.sort_by(|a, b| a.record.id.cmp(&b.record.id));
    let year = |d: &Doc| d.record.year;
    match sort {
        Sort::Relevance => {}
        Sort::Newest => found.sort_by_key(|d| (year(d).is_none(), std::cmp::Reverse(year(d)))),
        Sort::Oldest => found.sort_by_key(|d| (year(d).is_none(), year(d))),
        Sort::Title => found.sort_by_key(|d| d.title_key()),
    }
    found.into_iter().map(|d| d.record.id.clone()).collect()
}

/// The facets that a scan can count: all but the concepts, which take a thesaurus (`tests/concepts.rs`).
pub(crate) const FACETS: [FacetField; 12] = [
    FacetField::Type,
    FacetField::Year,
    FacetField::Decade,
    FacetField::Era,
    FacetField::Publisher,
    FacetField::Place,
    FacetField::Journal,
    FacetField::Series,
    FacetField::Subject,
    FacetField::Creator,
    FacetField::Language,
    FacetField::Source,
];

/// The words and phrases of a query that do not stand under NOT.
pub(crate) fn positive(query: &Query) -> Vec<&Query> {
    match query {
        Query::Word { .. } | Query::Phrase { .. } | Query::Spans { .. } => vec![query],
        Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => parts.iter().flat_map(positive).collect(),
        _ => Vec::new(),
    }
}

/// Where the leaves of a query match in one value of a field, within a range: touching and overlapping places joined.
pub(crate) fn marked(leaves: &[&Query], field: TextField, text: &Text, within: (usize, usize)) -> Vec<(usize, usize)> {
    let in_field = |leaf: &Query| match leaf {
        Query::Word { fields, .. } | Query::Phrase { fields, .. } => Fields::contains(*fields, field),
        _ => false,
    };
    let mut places: Vec<(usize, usize)> =
        leaves.iter().filter(|l| in_field(l)).flat_map(|leaf| text.places(leaf)).collect();
    for leaf in leaves {
        let Query::Spans { spans, .. } = leaf else { continue };
        // The words of the operands, where they are part of a stretch.
        let found = stretches(text, field, spans);
        for (first, last) in phrases(spans).into_iter().flat_map(|phrase| stretches(text, field, phrase)) {
            if found.iter().any(|(a, b)| *a <= first && last <= *b) {
                places.push((text.tokens[first].start, text.tokens[last].end));
            }
        }
    }
    places.retain(|p| within.0 <= p.0 && p.1 <= within.1);
    places.sort_unstable();
    let mut out: Vec<(usize, usize)> = Vec::new();
    for (start, end) in places {
        match out.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => out.push((start, end)),
        }
    }
    out.into_iter().map(|(start, end)| (start - within.0, end - within.0)).collect()
}
