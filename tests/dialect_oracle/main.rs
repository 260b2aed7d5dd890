//! The oracle of the database languages: random texts with what they mean, made together from the grammar, against what the
//! engine finds. Neither parser nor engine has a part in the meaning.
//!
//! `COMMLIT_ORACLE_QUERIES` sets how many queries are run in each language, `COMMLIT_ORACLE_SEED` (1) which.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod ask;
mod meaning;
#[path = "../oracle/random.rs"]
#[allow(dead_code)]
mod random;
mod world;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use commlit::query::translate::translate;
use commlit::query::{Query, Strategy, Syntax, plain};
use commlit::search::{Search, Sort};

use ask::Ask;
use meaning::{Dialect, Oracle};
use random::{Random, seed, setting};
use world::World;

fn syntax(dialect: Dialect) -> Syntax {
    match dialect {
        Dialect::Ovid => Syntax::Ovid,
        Dialect::PubMed => Syntax::PubMed,
        Dialect::Ebsco => Syntax::Ebsco,
        Dialect::Cochrane => Syntax::Cochrane,
    }
}

fn over_worlds(of: u64, queries: usize, mut check: impl FnMut(&mut Random, &World)) {
    let worlds = (queries / 300).max(2);
    for n in 0..worlds {
        let mut random = Random::new(seed(of * 1000 + n as u64));
        let size = random.between(20, 90);
        let world = World::new(&mut random, size);
        for _ in 0..queries.div_ceil(worlds) {
            check(&mut random, &world);
        }
    }
}

fn single_queries(dialect: Dialect) {
    let (mut some, mut all) = (0, 0);
    over_worlds(dialect as u64 + 50, setting("COMMLIT_ORACLE_QUERIES", 400), |random, world| {
        let (text, expr) = Ask { random, world, dialect, lines: 0, within: 0 }.query();
        let expected: BTreeSet<&str> = world
            .docs
            .iter()
            .filter(|doc| Oracle { dialect, doc, lines: &[] }.matches(&expr))
            .map(|d| d.id.as_str())
            .collect();
        let search = Search::parse(syntax(dialect), &text).unwrap_or_else(|e| panic!("{text}\n{e:?}"));
        let canonical = search.parsed.query.to_string();
        assert_eq!(plain::parse(&canonical).unwrap().query, search.parsed.query, "{text}");
        let search = Search { limit: 10_000, passages: 0, sort: Sort::Title, ..search };
        let results = world.library.search(&search).unwrap();
        let got: BTreeSet<&str> = results.hits.iter().map(|h| h.record.id.as_str()).collect();
        assert_eq!(got, expected, "{dialect:?}\n{text}\n{canonical}\n{expr:?}");
        assert_eq!((results.total as usize, results.query.relaxed), (expected.len(), None), "{text}");
        some += usize::from(!expected.is_empty() && expected.len() < world.docs.len());
        all += 1;
    });
    // Most questions must be able to tell right from wrong.
    assert!(some * 3 > all, "{some} of {all} queries find some records and not others");
}

#[test]
fn ovid_means_what_is_written() {
    single_queries(Dialect::Ovid);
}

#[test]
fn pubmed_means_what_is_written() {
    single_queries(Dialect::PubMed);
}

#[test]
fn ebsco_means_what_is_written() {
    single_queries(Dialect::Ebsco);
}

#[test]
fn cochrane_means_what_is_written() {
    single_queries(Dialect::Cochrane);
}

#[test]
fn translations_find_the_same_or_say_that_they_find_more() {
    let (mut same, mut all) = (0, 0);
    for dialect in [Dialect::Ovid, Dialect::PubMed, Dialect::Ebsco, Dialect::Cochrane] {
        over_worlds(dialect as u64 + 90, setting("COMMLIT_ORACLE_QUERIES", 400) / 4, |random, world| {
            let (text, _) = Ask { random, world, dialect, lines: 0, within: 0 }.query();
            let found = |search: &Search| -> BTreeSet<String> {
                let search = Search { limit: 10_000, passages: 0, sort: Sort::Title, ..search.clone() };
                world.library.search(&search).unwrap().hits.into_iter().map(|h| h.record.id).collect()
            };
            let search = Search::parse(syntax(dialect), &text).unwrap();
            let to = *random.pick(&Syntax::ALL);
            let translation = translate(&search.parsed.query, to);
            let written = &translation.text;
            let what = format!("{dialect:?}: {text}\n{to:?}: {written}\n{:?}", translation.warnings);
            if written.is_empty() {
                // What can never be found cannot be written.
                assert!(found(&search).is_empty() && !translation.warnings.is_empty(), "{what}");
                return;
            }
            let other = Search::parse(to, written).unwrap_or_else(|e| panic!("{what}\n{e:?}"));
            let (before, after) = (found(&search), found(&other));
            let missing: Vec<_> = before.difference(&after).collect();
            assert!(missing.is_empty(), "{what}\n{missing:?}");
            assert!(before == after || !translation.warnings.is_empty(), "{what}\nfinds more");
            same += usize::from(before == after);
            all += 1;
        });
    }
    assert!(same * 2 > all, "{same} of {all} translations find the same");
}

#[test]
fn lines_of_strategies_count_what_they_find() {
    for dialect in [Dialect::Ovid, Dialect::PubMed, Dialect::Ebsco, Dialect::Cochrane] {
        over_worlds(dialect as u64 + 70, setting("COMMLIT_ORACLE_QUERIES", 400) / 20, |random, world| {
            let (mut text, mut exprs) = (String::new(), Vec::new());
            for line in 0..random.between(3, 12) {
                let mut ask = Ask { random, world, dialect, lines: line, within: 0 };
                let limit = if ask.random.chance(15) { ask.limit() } else { None };
                let (query, expr) = limit.unwrap_or_else(|| ask.query());
                let number = line + 1;
                let label = match dialect {
                    Dialect::Ovid => format!("{number}. "),
                    Dialect::Ebsco => format!("S{number} "),
                    _ => format!("#{number} "),
                };
                text.push_str(&format!("{label}{query}\n"));
                exprs.push(expr);
            }
            let strategy = Strategy::parse(&text, syntax(dialect));
            assert_eq!(strategy.lines.len(), exprs.len(), "{text}\n{:?}", strategy.lines);
            let queries: Vec<Option<Query>> = strategy
                .lines
                .iter()
                .map(|l| Some(l.query.clone().unwrap_or_else(|e| panic!("{text}\n{}: {e:?}", l.number))))
                .collect();
            let mut counts = Vec::new();
            world
                .library
                .count_lines(&queries, &mut |_, found| {
                    counts.push(found.map(|f| (f.records as usize, f.exact)));
                    ControlFlow::Continue(())
                })
                .unwrap();
            let mut expected = vec![0; exprs.len()];
            for doc in &world.docs {
                let mut lines: Vec<bool> = Vec::new();
                for (i, expr) in exprs.iter().enumerate() {
                    let is = Oracle { dialect, doc, lines: &lines }.matches(expr);
                    expected[i] += usize::from(is);
                    lines.push(is);
                }
            }
            let expected: Vec<_> = expected.into_iter().map(|n| Some((n, true))).collect();
            assert_eq!(counts, expected, "{dialect:?}\n{text}");
        });
    }
}
