//! Which records are the same work: stable ids, identity keys, and merging without losing a source.
//!
//! Two records are one work when they share a *key*: the same id of their own, DOI or PubMed id; the same ISBN and title;
//! or the same normalised title, year and first creator. A weak key never joins records that a stronger statement keeps
//! apart: records with different ids of their own, with different DOIs, and (for the last key) in different journals or on
//! different pages stay different works. What merged records say differently is kept as a note. The result
//! depends only on the set of records, not on the order in which they came.
//!
//! There is deliberately no fuzzy matching here: a wrong merge hides a work, a missed one only repeats it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::record::{Record, Source, TitleSource};
use crate::words;

/// The id of a record that brings none: from its strongest identifier (DOI, PubMed id, ISBN with title), else a hash of the
/// normalised title, year and first creator, else (where one of them is missing) of all of its text.
pub fn derive_id(record: &Record) -> String {
    if let Some(doi) = &record.doi {
        return format!("doi:{doi}");
    }
    if let Some(pmid) = &record.pmid {
        return format!("pmid:{pmid}");
    }
    if let Some(pmcid) = &record.pmcid {
        return format!("pmcid:{pmcid}");
    }
    let title = stated_title(record).map(words::key).unwrap_or_default();
    if let (Some(isbn), false) = (record.isbn.first(), title.is_empty()) {
        return format!("isbn:{isbn}:{:08x}", hash(&["isbn", &title]) >> 32);
    }
    let creator = first_creator(record);
    if !title.is_empty() && record.year.is_some() && !creator.is_empty() {
        let (container, page) = (container_title(record), first_page(record));
        return format!("work:{:016x}", hash(&["work", &title, &year(record), &creator, &container, &page]));
    }
    // "Annual report" without year or author names many works: here everything the record says speaks.
    let container = format!("{:?}{:?}{:?}{:?}", record.container, record.publisher, record.place, record.extent);
    let text = [&record.abstract_text, &record.body].map(|t| words::key(t.as_deref().unwrap_or("")));
    let title = words::key(&record.title);
    format!("text:{:016x}", hash(&["text", &title, &year(record), &creator, &container, &text[0], &text[1]]))
}

/// Whether the record's id is its own, not one that commlit would derive.
fn has_own_id(record: &Record) -> bool {
    !record.id.is_empty() && record.id != derive_id(record)
}

fn stated_title(record: &Record) -> Option<&str> {
    (record.title_source != Some(TitleSource::Derived)).then_some(record.title.as_str())
}

fn year(record: &Record) -> String {
    record.year.map(|y| y.to_string()).unwrap_or_default()
}

/// The family name or corporate name of the first creator, normalised.
fn first_creator(record: &Record) -> String {
    record.creators.first().map(|c| words::key(c.name.split(',').next().unwrap_or(""))).unwrap_or_default()
}

/// The first eight bytes of SHA-256 over the parts, each with its length, so that no two lists of parts read the same.
fn hash(parts: &[&str]) -> u64 {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update((part.len() as u64).to_le_bytes());
        sha.update(part.as_bytes());
    }
    let digest = sha.finalize();
    digest.iter().take(8).fold(0, |n, b| n << 8 | u64::from(*b))
}

/// The title of the journal or book it stands in, normalised.
fn container_title(record: &Record) -> String {
    record.container.as_ref().map(|c| words::key(&c.title)).unwrap_or_default()
}

/// Where it begins in its journal or book.
fn first_page(record: &Record) -> String {
    let pages = record.container.as_ref().and_then(|c| c.pages.as_deref()).unwrap_or_default();
    pages.split(['-', '\u{2013}']).next().unwrap_or_default().trim().to_lowercase()
}

/// A hash of a text that is stable across runs and machines.
pub(crate) fn hash_text(kind: &str, text: &str) -> u64 {
    hash(&[kind, text])
}

/// What two records must share to be one work, the strongest statement first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Id,
    Doi,
    Pmid,
    Pmcid,
    IsbnAndTitle,
    TitleYearAndCreator,
}

impl Strength {
    const ALL: [Strength; 6] = [
        Strength::Id,
        Strength::Doi,
        Strength::Pmid,
        Strength::Pmcid,
        Strength::IsbnAndTitle,
        Strength::TitleYearAndCreator,
    ];
}

/// The identity keys of a record: hashes of the statements that make it the same work as another.
pub fn keys(record: &Record) -> Vec<u64> {
    statements(record).into_iter().map(|(_, key)| key).collect()
}

fn statements(record: &Record) -> Vec<(Strength, u64)> {
    let mut keys = vec![(Strength::Id, hash(&["id", &record.id]))];
    if let Some(doi) = &record.doi {
        keys.push((Strength::Doi, hash(&["doi", doi])));
    }
    if let Some(pmid) = &record.pmid {
        keys.push((Strength::Pmid, hash(&["pmid", pmid])));
    }
    if let Some(pmcid) = &record.pmcid {
        keys.push((Strength::Pmcid, hash(&["pmcid", pmcid])));
    }
    let title = stated_title(record).map(words::key).unwrap_or_default();
    if title.is_empty() {
        return keys;
    }
    for isbn in &record.isbn {
        keys.push((Strength::IsbnAndTitle, hash(&["isbn", isbn, &title])));
    }
    let creator = first_creator(record);
    // A title alone ("Editorial", "Annual report") is no identity.
    if record.year.is_some() && !creator.is_empty() {
        keys.push((Strength::TitleYearAndCreator, hash(&["work", &title, &year(record), &creator])));
    }
    keys
}

/// One record as read from one file: what a work is merged from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The file it was read from (the key of the file in the index's list of files).
    pub file: String,
    /// The record.
    pub record: Record,
}

/// Sorts parts into works: each group is one work, parts in order of file and place, groups in order of their first part.
pub fn group(mut parts: Vec<Part>) -> Vec<Vec<Part>> {
    parts.sort_by(|a, b| order(a).cmp(&order(b)));
    let mut by_key: BTreeMap<(Strength, u64), Vec<usize>> = BTreeMap::new();
    for (i, part) in parts.iter().enumerate() {
        for key in statements(&part.record) {
            by_key.entry(key).or_default().push(i);
        }
    }
    by_key.retain(|_, members| members.len() > 1);
    let mut joined = Joined::new(parts.len());
    for strength in Strength::ALL {
        let keys = by_key.range((strength, 0)..=(strength, u64::MAX)).map(|(_, members)| members.as_slice());
        join_by(strength, keys, &parts, &mut joined);
    }
    let mut groups: BTreeMap<usize, Vec<Part>> = BTreeMap::new();
    for (i, part) in parts.into_iter().enumerate() {
        groups.entry(joined.root(i)).or_default().push(part);
    }
    groups.into_values().collect()
}

/// Joins what shares a key of one strength, but for what a stronger statement keeps apart: within each key, and then
/// within all that a chain of such keys would join.
fn join_by<'k>(strength: Strength, keys: impl Iterator<Item = &'k [usize]>, parts: &[Part], joined: &mut Joined) {
    let mut stated: BTreeMap<usize, Stated<'_>> = BTreeMap::new();
    for (i, part) in parts.iter().enumerate() {
        let work = stated.entry(joined.root(i)).or_default();
        work.ids.extend(own_id(&part.record));
        work.dois.extend(part.record.doi.as_deref());
        work.containers.extend(Some(container_title(&part.record)).filter(|t| !t.is_empty()));
        work.pages.extend(Some(first_page(&part.record)).filter(|p| !p.is_empty()));
    }
    let mut links: Vec<BTreeSet<usize>> = Vec::new();
    let mut chained = Joined::new(parts.len());
    for members in keys {
        let works = members.iter().map(|i| joined.root(*i)).collect();
        for link in kept_apart(strength, works, &stated) {
            chained.join_all(&link);
            links.push(link);
        }
    }
    let mut chains: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for work in links.iter().flatten() {
        chains.entry(chained.root(*work)).or_default().insert(*work);
    }
    let classes: Vec<BTreeSet<usize>> =
        chains.into_values().flat_map(|works| kept_apart(strength, works, &stated)).collect();
    let class_of: BTreeMap<usize, usize> =
        classes.iter().enumerate().flat_map(|(class, works)| works.iter().map(move |w| (*w, class))).collect();
    for link in links {
        for (_, works) in by(link, |work| class_of.get(&work)) {
            joined.join_all(&works);
        }
    }
}

/// What the parts of a work state that other works can contradict.
#[derive(Default)]
struct Stated<'p> {
    ids: BTreeSet<&'p str>,
    dois: BTreeSet<&'p str>,
    containers: BTreeSet<String>,
    pages: BTreeSet<String>,
}

/// Works that are to be joined, sorted by what may not be: different ids of their own, below them different DOIs, and for the
/// weakest statement also different journals and first pages ("Editorial" by the same author in the same year).
fn kept_apart(
    strength: Strength,
    works: BTreeSet<usize>,
    stated: &BTreeMap<usize, Stated<'_>>,
) -> Vec<BTreeSet<usize>> {
    let by_id = |works| split(works, |work| stated.get(&work).map(|s| &s.ids));
    let by_doi = |works| split(works, |work| stated.get(&work).map(|s| &s.dois));
    let by_container = |works| split(works, |work| stated.get(&work).map(|s| &s.containers));
    let by_page = |works| split(works, |work| stated.get(&work).map(|s| &s.pages));
    match strength {
        Strength::Id => vec![works],
        Strength::Doi => by_id(works),
        Strength::TitleYearAndCreator => {
            by_id(works).into_iter().flat_map(by_doi).flat_map(by_container).flat_map(by_page).collect()
        }
        _ => by_id(works).into_iter().flat_map(by_doi).collect(),
    }
}

/// The works by what they state, where two of them state something different; else all together.
fn split<'s, T: Ord + 's>(
    works: BTreeSet<usize>,
    stated: impl Fn(usize) -> Option<&'s BTreeSet<T>>,
) -> Vec<BTreeSet<usize>> {
    let classes = by(works.clone(), stated);
    let contradict = classes.keys().flatten().filter(|stated| !stated.is_empty()).count() > 1;
    if contradict { classes.into_values().collect() } else { vec![works] }
}

fn by<K: Ord>(works: BTreeSet<usize>, key: impl Fn(usize) -> K) -> BTreeMap<K, BTreeSet<usize>> {
    let mut classes: BTreeMap<K, BTreeSet<usize>> = BTreeMap::new();
    for work in works {
        classes.entry(key(work)).or_default().insert(work);
    }
    classes
}

fn own_id(record: &Record) -> Option<&str> {
    has_own_id(record).then_some(record.id.as_str())
}

fn order(part: &Part) -> (&str, Option<&Source>, &str) {
    (&part.file, part.record.sources.first(), &part.record.id)
}

/// Disjoint sets of indexes; the root of a set is its smallest member.
struct Joined(Vec<usize>);

impl Joined {
    fn new(len: usize) -> Self {
        Joined((0..len).collect())
    }

    fn root(&mut self, mut i: usize) -> usize {
        while self.0[i] != i {
            self.0[i] = self.0[self.0[i]];
            i = self.0[i];
        }
        i
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }

    fn join_all(&mut self, members: &BTreeSet<usize>) {
        if let Some(first) = members.first() {
            members.iter().for_each(|i| self.join(*first, *i));
        }
    }
}

/// One record for a work: the most complete part leads, the others fill what it lacks; lists are united, the longer
/// abstract wins, every source is kept, and `merged_ids` names all ids.
pub fn merge(parts: &[Part]) -> Record {
    let [first, rest @ ..] = parts else { return Record::default() };
    if rest.is_empty() {
        return first.record.clone();
    }
    let mut ranked: Vec<&Record> = parts.iter().map(|p| &p.record).collect();
    ranked.sort_by_key(|r| std::cmp::Reverse(completeness(r)));
    let mut merged = ranked[0].clone();
    for other in &ranked[1..] {
        fill(&mut merged, other);
    }
    merged.sources = Vec::new();
    for part in parts {
        for source in &part.record.sources {
            if !merged.sources.contains(source) {
                merged.sources.push(source.clone());
            }
        }
    }
    let ids: BTreeSet<&str> = parts
        .iter()
        .flat_map(|p| std::iter::once(p.record.id.as_str()).chain(p.record.merged_ids.iter().map(String::as_str)))
        .collect();
    merged.merged_ids = if ids.len() > 1 { ids.iter().map(|id| (*id).to_owned()).collect() } else { Vec::new() };
    let own = parts.iter().filter_map(|p| own_id(&p.record)).min();
    merged.id = own.map_or_else(|| derive_id(&merged), str::to_owned);
    merged
}

/// How much a record says; ties are broken by the order of the parts.
fn completeness(r: &Record) -> usize {
    let stated = usize::from(r.title_source != Some(TitleSource::Derived)) * 4;
    let fields = [
        r.item_type.is_some(),
        r.year.is_some(),
        r.container.is_some(),
        r.extent.is_some(),
        r.edition.is_some(),
        r.doi.is_some(),
    ];
    let lists = [&r.publisher, &r.place, &r.series, &r.isbn, &r.subjects, &r.languages];
    stated
        + usize::from(r.abstract_text.is_some() && !r.truncated) * 3
        + usize::from(!r.creators.is_empty()) * 2
        + fields.into_iter().filter(|f| *f).count()
        + lists.into_iter().filter(|l| !l.is_empty()).count()
}

fn fill(into: &mut Record, from: &Record) {
    keep_contradictions(into, from);
    if into.title_source == Some(TitleSource::Derived) && stated_title(from).is_some() {
        into.title.clone_from(&from.title);
        into.title_source = from.title_source;
    } else if let Some(title) = stated_title(from)
        && words::key(title) != words::key(&into.title)
    {
        unite(&mut into.alternative_titles, &[title.to_owned()]);
    }
    for (a, b) in [
        (&mut into.item_type, &from.item_type),
        (&mut into.date, &from.date),
        (&mut into.edition, &from.edition),
        (&mut into.extent, &from.extent),
        (&mut into.rights, &from.rights),
        (&mut into.access, &from.access),
        (&mut into.doi, &from.doi),
        (&mut into.pmid, &from.pmid),
        (&mut into.pmcid, &from.pmcid),
        (&mut into.body, &from.body),
    ] {
        if a.is_none() {
            a.clone_from(b);
        }
    }
    into.year = into.year.or(from.year);
    let length = |r: &Record| r.abstract_text.as_ref().map_or(0, String::len);
    let better = (into.truncated && !from.truncated && length(from) > 0)
        || (into.truncated == from.truncated && length(from) > length(into));
    if (into.abstract_text.is_none() || better) && length(from) > 0 {
        into.abstract_text.clone_from(&from.abstract_text);
        into.truncated = from.truncated;
    }
    if into.creators.is_empty() {
        into.creators.clone_from(&from.creators);
    }
    match (&mut into.container, &from.container) {
        (Some(a), Some(b)) => {
            if a.title.is_empty() {
                a.title.clone_from(&b.title);
            }
            for (a, b) in
                [(&mut a.volume, &b.volume), (&mut a.issue, &b.issue), (&mut a.pages, &b.pages), (&mut a.issn, &b.issn)]
            {
                if a.is_none() {
                    a.clone_from(b);
                }
            }
        }
        (a @ None, b) => a.clone_from(b),
        _ => {}
    }
    unite(&mut into.alternative_titles, &from.alternative_titles);
    unite(&mut into.publisher, &from.publisher);
    unite(&mut into.place, &from.place);
    unite(&mut into.series, &from.series);
    unite(&mut into.isbn, &from.isbn);
    unite(&mut into.isbn10, &from.isbn10);
    unite(&mut into.issn, &from.issn);
    unite(&mut into.url, &from.url);
    unite(&mut into.subjects, &from.subjects);
    unite(&mut into.languages, &from.languages);
    unite(&mut into.notes, &from.notes);
}

/// What the other source says otherwise is kept as a note.
fn keep_contradictions(into: &mut Record, from: &Record) {
    let mut otherwise = Vec::new();
    if let (Some(ours), Some(theirs)) = (into.year, from.year)
        && ours != theirs
    {
        otherwise.push(format!("Year in another source: {theirs}"));
    }
    let (ours, theirs) = (container_title(into), from.container.as_ref().map_or("", |c| c.title.as_str()));
    if !ours.is_empty() && !theirs.is_empty() && ours != container_title(from) {
        otherwise.push(format!("In another source: {theirs}"));
    }
    if let (Some(ours), Some(theirs)) = (&into.abstract_text, &from.abstract_text) {
        // Of two versions of one text the longer is kept; a different text is not a version of it.
        let (a, b) = (words::key(ours), words::key(theirs));
        let common = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
        if common < 60.min(a.len()).min(b.len()) {
            let (_, shorter) = if ours.len() >= theirs.len() { (ours, theirs) } else { (theirs, ours) };
            otherwise.push(format!("Abstract in another source: {shorter}"));
        }
    }
    unite(&mut into.notes, &otherwise);
}

/// Adds the values that are not there yet, compared without case, diacritics and punctuation.
fn unite(into: &mut Vec<String>, from: &[String]) {
    for value in from {
        let key = words::key(value);
        if !into.iter().any(|v| words::key(v) == key) {
            into.push(value.clone());
        }
    }
}
