//! The oracle: random records and random queries, answered by the engine and by a naive scan with plain string code. Both
//! must agree. Every bug it has found stands in `found.rs` as a case of its own.
//!
//! `COMMLIT_ORACLE_QUERIES` (3000) sets how many queries are run, `COMMLIT_ORACLE_SEED` (1) which.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "oracle/ask.rs"]
mod ask;
#[path = "oracle/counted.rs"]
mod counted;
#[path = "oracle/found.rs"]
mod found;
#[path = "oracle/merging.rs"]
mod merging;
#[path = "oracle/naive.rs"]
mod naive;
#[path = "oracle/random.rs"]
mod random;
#[path = "oracle/world.rs"]
mod world;

use std::collections::BTreeSet;

use commlit::passage::PassageField;
use commlit::query::{Query, TextField, plain};
use commlit::record::Record;
use commlit::search::{Expand, Filter, Hit, Results, Search, Sort};

use naive::{Doc, Text};
use random::{Random, seed, setting};
use world::World;

const SORTS: [Sort; 4] = [Sort::Relevance, Sort::Newest, Sort::Oldest, Sort::Title];
/// More than any collection here has.
const ALL: usize = 10_000;

/// Runs a check over several collections, with so many percent of all queries.
fn over_worlds(of: u64, worlds: usize, percent: usize, mut check: impl FnMut(&mut Random, &World)) {
    let queries = (setting("COMMLIT_ORACLE_QUERIES", 3000) * percent / 100).max(1);
    // Long runs get more collections, not only more queries on the same ones.
    let worlds = worlds.max(queries / 500);
    for n in 0..worlds {
        let mut random = Random::new(seed(of * 1000 + n as u64));
        let size = match n {
            0 => 2,
            1 => 200,
            _ => random.between(30, 80),
        };
        let world = World::new(&mut random, size);
        for _ in 0..queries.div_ceil(worlds) {
            check(&mut random, &world);
        }
    }
}

#[allow(clippy::print_stdout)] // shown only when the test fails
fn run(world: &World, search: &Search) -> Results {
    println!("{:?}: {}", search.sort, search.parsed.query);
    world.library.search(search).expect("an answer")
}

fn ids(results: &Results) -> Vec<String> {
    results.hits.iter().map(|h| h.record.id.clone()).collect()
}

fn all(query: &Query, filters: &[Filter], sort: Sort, passages: usize) -> Search {
    Search { limit: ALL, passages, sort, filters: filters.to_vec(), ..Search::from(query.clone()) }
}

#[test]
fn the_records_found_are_those_that_match() {
    over_worlds(1, 8, 100, |random, world| {
        let query = ask::query(random, &world.docs, 3);
        let printed = query.to_string();
        let parsed = plain::parse(&printed).unwrap_or_else(|e| panic!("{printed}: {e}"));
        assert_eq!(parsed.query, query, "{printed}");
        let sort = SORTS[if random.chance(20) { 0 } else { random.between(1, 3) }];
        let mut search = all(&query, &[], sort, 0);
        if random.chance(50) {
            search = Search {
                limit: ALL,
                sort,
                passages: 0,
                expand: Expand::Nothing,
                ..Search::plain(&printed).expect("a query")
            };
        }
        let results = run(world, &search);
        let mut got = ids(&results);
        if sort == Sort::Relevance {
            got.sort();
        }
        let expected = naive::found(&world.docs, &query, &[], sort);
        assert_eq!(got, expected, "{sort:?}: {printed}");
        assert_eq!(results.total, expected.len() as u64, "{printed}");
        assert_eq!(results.query.canonical, printed);
        assert_eq!(results.query.relaxed, None, "{printed}");
        if random.chance(10) {
            assert_eq!(run(world, &Search { limit: 0, ..search }).total, results.total, "{printed}");
        }
    });
}

/// Words of which some are also found by other forms, as a thesaurus has them.
#[test]
fn synonyms_find_what_a_scan_finds() {
    over_worlds(12, 6, 60, |random, world| {
        let query = ask::query(random, &world.docs, 2);
        let query = ask::with_synonyms(random, &world.docs, &query);
        let results = run(world, &all(&query, &[], Sort::Title, 0));
        assert_eq!(ids(&results), naive::found(&world.docs, &query, &[], Sort::Title), "{query}");
        let ranked = run(world, &all(&query, &[], Sort::Relevance, 0));
        assert_eq!(ranked.total, results.total, "{query}");
    });
}

#[test]
fn pages_joined_are_the_whole() {
    over_worlds(3, 4, 8, |random, world| {
        let query = ask::query(random, &world.docs, 2);
        let filters = ask::filters(random, &world.docs, 1);
        let sort = *random.pick(&SORTS);
        let search = all(&query, &filters, sort, 2);
        let whole = run(world, &search);
        let again = run(world, &search);
        assert_eq!((&whole.hits, whole.total), (&again.hits, again.total), "{query}");
        let mut joined: Vec<Hit> = Vec::new();
        loop {
            let limit = random.between(1, 40);
            let page = run(world, &Search { limit, offset: joined.len(), ..search.clone() });
            assert_eq!(page.total, whole.total);
            assert!(page.hits.len() <= limit);
            if page.hits.is_empty() {
                break;
            }
            joined.extend(page.hits);
        }
        let short = |hits: &[Hit]| hits.iter().map(|h| (h.rank, h.record.id.clone(), h.score)).collect::<Vec<_>>();
        assert_eq!(short(&joined), short(&whole.hits), "{sort:?} {query}");
        assert_eq!(joined, whole.hits, "{sort:?} {query}");
        assert!(whole.hits.iter().enumerate().all(|(i, h)| h.rank == i + 1), "{query}");
        for hit in &whole.hits {
            let doc = world.docs.iter().find(|d| d.record.id == hit.record.id).expect("the record");
            assert_eq!(hit.record, doc.record);
            assert_eq!(world.library.get(&hit.record.id).expect("the record"), doc.record);
        }
    });
}

#[test]
fn the_layout_of_the_files_makes_no_difference() {
    for n in 0..3 {
        let mut random = Random::new(seed(4000 + n));
        let size = random.between(30, 120);
        let world = World::new(&mut random, size);
        let folder = tempfile::tempdir().expect("a folder");
        let mut records: Vec<&Record> = world.docs.iter().map(|d| &d.record).collect();
        let mut others = Vec::new();
        for way in 0..3 {
            random.shuffle(&mut records);
            let files = random.between(1, 5);
            let mut paths = Vec::new();
            for file in 0..files {
                let path = folder.path().join(format!("{way}-{file}.jsonl"));
                let lines: String = records.iter().skip(file).step_by(files).map(|r| world::json(r)).collect();
                std::fs::write(&path, lines).expect("a file");
                paths.push(path);
            }
            random.shuffle(&mut paths);
            let steps = match way {
                0 => vec![paths],
                _ => paths.into_iter().map(|p| vec![p]).collect(),
            };
            let library = world::library_of(&folder.path().join(format!("index-{way}")), &steps);
            if world.own {
                library.set_authorities(counted::OWN).expect("a list");
            }
            others.push(library);
        }
        for _ in 0..setting("COMMLIT_ORACLE_QUERIES", 3000) / 60 {
            let query = ask::query(&mut random, &world.docs, 2);
            let sort = *random.pick(&SORTS);
            let mut search = all(&query, &ask::filters(&mut random, &world.docs, 2), sort, 0);
            search.facets = naive::FACETS.iter().map(|f| (*f, ALL).into()).collect();
            let answer = run(&world, &search);
            for other in &others {
                let other = other.search(&search).expect("an answer");
                let (mut a, mut b) = (ids(&answer), ids(&other));
                if sort == Sort::Relevance {
                    a.sort();
                    b.sort();
                }
                assert_eq!(a, b, "{sort:?} {query}");
                assert_eq!((answer.total, &answer.facets), (other.total, &other.facets), "{query}");
            }
        }
    }
}

/// What the answer shows of one record: texts, ranges and highlights are those a scan finds.
fn check_hit(query: &Query, passages: usize, doc: &Doc, hit: &Hit) {
    let leaves = naive::positive(query);
    let record = &hit.record;
    let title = naive::marked(&leaves, TextField::Title, &Text::new(&record.title), (0, record.title.len()));
    assert_eq!(hit.title_highlights, title, "title {:?} for {query}", record.title);
    assert!(hit.passages.len() <= passages, "{} passages for {query}", hit.passages.len());
    let mut seen: Vec<(PassageField, Option<usize>, (usize, usize))> = Vec::new();
    for passage in &hit.passages {
        let (field, value, text) = match (passage.field, passage.value) {
            (PassageField::Abstract, None) => (TextField::Abstract, 0, record.abstract_text.as_deref()),
            (PassageField::Body, None) => (TextField::Body, 0, record.body.as_deref()),
            (PassageField::Notes, Some(i)) => (TextField::Note, i, record.notes.get(i).map(String::as_str)),
            other => panic!("a passage of {other:?}"),
        };
        let text = text.expect("the field");
        let (start, end) = passage.range;
        assert_eq!(text.get(start..end), Some(passage.text.as_str()), "{query}");
        assert!(passage.text.trim() == passage.text && !passage.text.is_empty());
        let expected = naive::marked(&leaves, field, &doc.texts(field)[value], passage.range);
        assert_eq!(passage.highlights, expected, "{:?} for {query}", passage.text);
        let mut at = 0;
        for (from, to) in &passage.highlights {
            assert!(at <= *from && from < to && *to <= passage.text.len());
            assert!(passage.text.get(*from..*to).is_some(), "{query}");
            at = *to;
        }
        assert_eq!(passage.score > 0.0, !passage.highlights.is_empty(), "{query}");
        for (field, value, (from, to)) in &seen {
            let apart = (*field, *value) != (passage.field, passage.value) || *to <= start || end <= *from;
            assert!(apart, "passages overlap: {query}");
        }
        seen.push((passage.field, passage.value, passage.range));
    }
    // Single words never cross the end of a sentence: where one matches, a passage shows it.
    let texts = [TextField::Abstract, TextField::Body, TextField::Note];
    let words: Vec<&Query> = leaves.iter().filter(|l| single(l)).copied().collect();
    let some_match = texts.iter().any(|f| {
        doc.texts(*f).iter().any(|t| {
            let end = t.tokens.last().map_or(0, |t| t.end);
            !naive::marked(&words, *f, t, (0, end)).is_empty()
        })
    });
    if some_match && passages > 0 {
        assert!(!hit.passages[0].highlights.is_empty(), "no highlight for {query} in {record:?}");
    }
    let any_text = texts.iter().any(|f| doc.texts(*f).iter().any(|t| !t.tokens.is_empty()));
    assert!(passages == 0 || !any_text || !hit.passages.is_empty(), "no passage for {query}");
}

fn single(leaf: &Query) -> bool {
    match leaf {
        Query::Phrase { words, .. } => words.len() == 1,
        _ => false,
    }
}

#[test]
fn passages_and_highlights_are_where_the_query_matches() {
    over_worlds(5, 5, 10, |random, world| {
        let query = ask::query(random, &world.docs, 2);
        let passages = random.below(5);
        let sort = if random.chance(50) { Sort::Relevance } else { Sort::Title };
        let results = run(world, &all(&query, &[], sort, passages));
        for hit in &results.hits {
            let doc = world.docs.iter().find(|d| d.record.id == hit.record.id).expect("the record");
            check_hit(&query, passages, doc, hit);
        }
    });
}

#[test]
fn as_many_words_as_some_record_has_are_required() {
    let mut relaxed = 0;
    over_worlds(6, 4, 20, |random, world| {
        let mut required = Vec::new();
        let mut wanted = Vec::new();
        let mut text = String::new();
        for _ in 0..random.between(2, 9) {
            let mut part = ask::word(&ask::folded(random));
            let mut printed = part.to_string();
            if random.chance(30) {
                part = ask::query(random, &world.docs, 0);
                while matches!(part, Query::Spans { .. }) {
                    part = ask::query(random, &world.docs, 0); // written with operators, which are not relaxed
                }
                printed = part.to_string();
            }
            match random.below(12) {
                0 => {
                    text.push_str(&format!("+{printed} "));
                    required.push(part);
                }
                1 => {
                    text.push_str(&format!("-{printed} "));
                    required.push(Query::Not(Box::new(part)));
                }
                _ => {
                    text.push_str(&format!("{printed} "));
                    match part {
                        Query::Years { .. } | Query::Value { .. } => required.push(part),
                        _ => wanted.push(part),
                    }
                }
            }
            // `+` and `-` stand only before words, phrases and fields, not before `*`.
            if text.contains("+*") || text.contains("-*") {
                return;
            }
        }
        let filters = ask::filters(random, &world.docs, 1);
        let search = Search {
            limit: ALL,
            filters: filters.clone(),
            passages: 0,
            sort: Sort::Title,
            expand: Expand::Nothing,
            ..Search::plain(&text).expect("a query")
        };
        let results = run(world, &search);
        // Equal words count once, and the function words of a question are not wanted beside others.
        let mut words: Vec<Query> = Vec::new();
        wanted.iter().for_each(|w| {
            if !words.contains(w) {
                words.push(w.clone())
            }
        });
        let is_function = |q: &Query| matches!(q, Query::Word { word, .. } if ["a", "and", "for", "in", "not", "of", "or", "s", "the", "to"].contains(&word.as_str()));
        let content: Vec<Query> = match words.iter().all(is_function) {
            true => words.clone(),
            false => words.iter().filter(|q| !is_function(q)).cloned().collect(),
        };
        let eligible = || world.docs.iter().filter(|d| required.iter().all(|r| d.matches(r)));
        let all_found = eligible().any(|d| wanted.iter().all(|w| d.matches(w)));
        let has = |doc: &Doc| content.iter().filter(|w| doc.matches(w)).count();
        let matching = |least: usize| eligible().filter(|d| has(d) >= least).count();
        let any = usize::from(matching(1) > 0);
        let most = (1..=content.len()).rev().find(|n| matching(*n) >= 10).unwrap_or(any);
        let relaxes = !all_found && words.len() > 1 && most > 0;
        let expected_relaxed = relaxes.then_some((most, words.len(), content.len()));
        let got = results.query.relaxed.map(|r| (r.required, r.of, r.counted));
        assert_eq!(got, expected_relaxed, "{text}");
        relaxed += usize::from(got.is_some());
        let (least, wanted) = if got.is_some() { (most, content) } else { (wanted.len(), wanted) };
        let query = Query::And(required.into_iter().chain([Query::AtLeast(least, wanted)]).collect());
        let expected = naive::found(&world.docs, &query, &filters, Sort::Title);
        assert_eq!(ids(&results), expected, "{text}");
        assert_eq!(results.total, expected.len() as u64);
        let canonical = Search::plain(&results.query.canonical).expect("a query");
        let again =
            Search { limit: ALL, filters, passages: 0, sort: Sort::Title, expand: Expand::Nothing, ..canonical };
        let again = run(world, &again);
        assert_eq!(ids(&again), expected, "{text}");
    });
    assert!(relaxed > 20, "only {relaxed} queries were relaxed");
}

#[test]
fn the_alphabet_is_folded_as_in_the_engine() {
    for text in world::WORDS {
        assert_eq!(naive::key(text), commlit::words::key(text), "{text}");
    }
    let eras: BTreeSet<(i32, &str)> = (1948..2030).map(|y| (y, naive::era(y))).collect();
    assert!(eras.into_iter().all(|(y, era)| commlit::era::of_year(y).eq([era])));
}
