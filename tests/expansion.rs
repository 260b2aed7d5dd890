//! What the thesaurus adds to queries: that it finds what it should, and nothing else; `cases/expansion` has records and queries.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;

use commlit::library::{IngestOptions, Library};
use commlit::query::Syntax;
use commlit::search::{Expand, Explain, FacetField, Filter, Results, Search};

fn cases() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/expansion")
}

fn library(of: &Path) -> (tempfile::TempDir, Library) {
    let dir = tempfile::tempdir().unwrap();
    let library = Library::open_or_create(dir.path().join("index")).unwrap();
    library.ingest(&[of.to_owned()], &IngestOptions::default(), &mut |_| ControlFlow::Continue(())).unwrap();
    (dir, library)
}

fn ids(results: &Results) -> Vec<&str> {
    let mut ids: Vec<&str> = results.hits.iter().map(|h| h.record.id.as_str()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn what_is_meant_is_found_and_nothing_else() {
    let (_dir, library) = library(&cases().join("records.jsonl"));
    let mut wrong = Vec::new();
    let mut asked = 0;
    for line in std::fs::read_to_string(cases().join("queries.txt")).unwrap().lines() {
        if line.starts_with('#') {
            continue;
        }
        let [query, how, expected] = line.split('|').map(str::trim).collect::<Vec<_>>().try_into().unwrap();
        let search = match how {
            "ovid" => Search::parse(Syntax::Ovid, query).unwrap(),
            how => {
                let plain = Search::plain(query).unwrap();
                let expand = match how {
                    "" => plain.expand,
                    "nothing" => Expand::Nothing,
                    "same" => Expand::Same,
                    "near" => Expand::Near,
                    other => panic!("{other}?"),
                };
                Search { expand, ..plain }
            }
        };
        // Only what all words find.
        let mut search = Search { limit: 100, ..search };
        search.parsed.relaxable = None;
        let results = library.search(&search).unwrap();
        asked += 1;
        let expected: Vec<&str> = expected.split_whitespace().collect();
        if ids(&results) != expected || results.total != expected.len() as u64 {
            wrong.push(format!("{query} [{how}]\n  expected {expected:?}\n  found    {:?}", ids(&results)));
        }
        assert!(how != "nothing" || results.query.expansions.is_empty());
    }
    assert!(asked > 25);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_was_added_is_told_and_explained_and_marked() {
    let (_dir, library) = library(&cases().join("records.jsonl"));
    let search = Search { explain: Explain::Yes, ..Search::plain("PCT boards purchasing").unwrap() };
    let results = library.search(&search).unwrap();
    assert_eq!(results.query.canonical, "pct OR boards OR purchasing");
    let told: Vec<_> =
        results.query.expansions.iter().map(|e| (e.term.as_str(), e.concept.as_str(), e.percent)).collect();
    assert!(told.contains(&("pct", "primary care trust", 100)), "{told:?}");
    assert!(told.contains(&("purchasing", "commissioning", 20)), "{told:?}");
    let hit = results.hits.iter().find(|h| h.record.id == "pct-long").unwrap();
    let (from, to) = hit.title_highlights[1];
    assert_eq!(&hit.record.title[from..to], "primary care trusts");
    let part = hit.explanation.iter().find(|c| c.part.starts_with("pct")).unwrap();
    assert!(part.part.contains("primary care trust") && part.score > 0.0, "{part:?}");
    assert_eq!((part.occurrences[0].field, part.occurrences[0].count), ("title", 1));
}

#[test]
fn an_acronym_that_nothing_settles_is_told_with_all_its_readings() {
    let (_dir, library) = library(&cases().join("records.jsonl"));
    let told = |query: &str, year: Option<(i32, i32)>| {
        let mut search = Search::plain(query).unwrap();
        search.filters.extend(year.map(|(from, to)| Filter::Years(Some(from), Some(to))));
        let results = library.search(&search).unwrap();
        let concepts: Vec<String> = results.query.expansions.into_iter().map(|e| e.concept).collect();
        let warnings: Vec<String> = results.query.warnings.into_iter().map(|w| w.message).collect();
        (concepts.join("; "), warnings.join("; "))
    };
    let (concepts, warnings) = told("CHC", None);
    assert!(
        concepts.contains("community health council") && concepts.contains("NHS continuing healthcare"),
        "{concepts}"
    );
    assert!(warnings.contains("`chc` can mean"), "{warnings}");
    let (concepts, warnings) = told("CHC", Some((1980, 1990)));
    assert!(concepts.contains("council") && !concepts.contains("continuing"), "{concepts}");
    assert!(warnings.contains("because of the years") && warnings.contains("continuing healthcare"), "{warnings}");
    let (concepts, _) = told("CHC funding older people continuing", None);
    assert!(!concepts.contains("council"), "{concepts}");
}

/// Without the thesaurus there is the same answer as with the words in quotation marks.
#[test]
fn nothing_is_added_where_nothing_may_be() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let (_dir, library) = library(&corpus);
    for query in ["PCT", "fundholding", "purchasing", "ICP", "CHC", "payment by results"] {
        let count = |search: &Search| {
            let results = library.search(search).unwrap();
            assert!(search.expand != Expand::Nothing || results.query.expansions.is_empty(), "{query}");
            results.total
        };
        let plain = Search::plain(query).unwrap();
        let bare = count(&Search { expand: Expand::Nothing, ..plain.clone() });
        let same = count(&Search { expand: Expand::Same, ..plain.clone() });
        let near = count(&Search { expand: Expand::Near, ..plain.clone() });
        let narrower = count(&Search { expand: Expand::Narrower, ..plain });
        assert!(bare <= same && same <= near && near <= narrower, "{query}: {bare} {same} {near} {narrower}");
        for quoted in [format!("\"{query}\""), format!("{query}*"), format!("TIMES 2 (\"{query}\")")] {
            if let Ok(search) = Search::plain(&quoted)
                && !quoted.ends_with("s*")
            {
                let results = library.search(&search).unwrap();
                assert_eq!(results.query.expansions, [], "{quoted}");
            }
        }
    }
}

#[test]
fn concepts_are_counted_and_found_with_what_is_narrower() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let (_dir, library) = library(&corpus);
    let everything = Search::plain("*").unwrap();
    let facets =
        library.facets(&everything, &[(FacetField::Concept, 1000).into(), (FacetField::ConceptExploded, 1000).into()]);
    let [named, exploded] = facets.unwrap().try_into().unwrap();
    assert!(named.values.len() > 100);
    let count = |filter: Filter| {
        let search = Search { limit: 1000, filters: vec![filter], ..everything.clone() };
        let results = library.search(&search).unwrap();
        (results.total, ids(&results).into_iter().map(str::to_owned).collect::<BTreeSet<_>>())
    };
    for value in named.values.iter().take(40) {
        let (total, with_it) = count(Filter::Value(FacetField::Concept, value.value.clone()));
        assert_eq!(total, value.count, "{}", value.value);
        let wide = exploded.values.iter().find(|v| v.value == value.value).unwrap();
        let (total, with_narrower) = count(Filter::Value(FacetField::ConceptExploded, value.value.clone()));
        assert_eq!(total, wide.count, "{}", value.value);
        assert!(with_it.is_subset(&with_narrower), "{}", value.value);
        // The union of the concept and of everything narrower, and what the query language finds.
        let thesaurus = library.thesaurus();
        let mut union = BTreeSet::new();
        for id in thesaurus.concepts().filter(|(_, c)| c.preferred == value.value).map(|(id, _)| id) {
            for narrower in thesaurus.narrower_closure(id) {
                let name = thesaurus.get(narrower).unwrap().preferred.clone();
                union.extend(count(Filter::Value(FacetField::Concept, name)).1);
            }
        }
        assert_eq!(with_narrower, union, "{}", value.value);
        let query = Search { limit: 1000, ..Search::plain(&format!("concept:\"{}\"", value.value)).unwrap() };
        assert_eq!(library.search(&query).unwrap().total, wide.count, "{}", value.value);
    }
}
