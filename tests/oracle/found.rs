//! What the oracle has found, each bug as a small case.

use std::fs;
use std::path::PathBuf;

use commlit::library::{Library, Vanished};
use commlit::query::{Fields, Query, Span, ValueField, plain};
use commlit::record::Record;
use commlit::search::{FacetField, Filter, Search};
use tempfile::TempDir;

use crate::world::{ingest, library_of};

/// A library of the given files, ingested one after the other.
fn library(files: &[&str]) -> (Library, TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut paths = Vec::new();
    for (i, text) in files.iter().enumerate() {
        paths.push(folder.path().join(format!("{i}.jsonl")));
        fs::write(&paths[i], text).expect("a file");
    }
    let steps: Vec<Vec<PathBuf>> = paths.iter().map(|p| vec![p.clone()]).collect();
    let library = library_of(&folder.path().join("index"), &steps);
    (library, folder, paths)
}

fn records(library: &Library) -> Vec<Record> {
    let mut all = Vec::new();
    let mut each = |record: Record| {
        all.push(record);
        Ok(())
    };
    library.each_record(&mut each).expect("records");
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}

fn ids(library: &Library, search: &Search) -> Vec<String> {
    let results = library.search(search).expect("an answer");
    results.hits.into_iter().map(|h| h.record.id).collect()
}

#[test]
fn values_with_curly_quotation_marks_are_printed_so_that_they_parse() {
    let value = "exports/“may” «2» \\ \"1\".txt".to_owned();
    let query = Query::Value { field: ValueField::Source, value: value.into(), span: Span::default() };
    assert_eq!(plain::parse(&query.to_string()).expect("a query").query, query);
}

#[test]
fn a_range_of_years_open_at_both_ends_is_printed_so_that_it_parses() {
    let query = Query::Years { from: None, to: None, span: Span::default() };
    assert_eq!(plain::parse(&query.to_string()).expect("a query").query, query);
    let (library, ..) = library(&["{\"id\":\"a\",\"title\":\"T\",\"year\":1997}\n{\"id\":\"b\",\"title\":\"T\"}\n"]);
    assert_eq!(ids(&library, &Search::from(query)), ["a"]);
}

#[test]
fn a_year_as_the_facet_shows_it_is_a_filter() {
    let text = "{\"id\":\"a\",\"title\":\"T\",\"year\":1997}\n{\"id\":\"b\",\"title\":\"T\",\"year\":1998}\n";
    let (library, ..) = library(&[text]);
    let filters = vec![Filter::Value(FacetField::Year, "1998".into())];
    assert_eq!(ids(&library, &Search { filters, ..Search::from(Query::All) }), ["b"]);
}

#[test]
fn no_passages_are_given_when_none_are_asked_for() {
    let (library, ..) = library(&["{\"id\":\"a\",\"title\":\"T\",\"abstract\":\"Purchasing by GPs.\"}\n"]);
    let search = Search { passages: 0, ..Search::plain("purchasing").expect("a query") };
    assert_eq!(library.search(&search).expect("an answer").hits[0].passages, []);
}

/// tantivy's range query subtracts with overflow here.
#[test]
fn years_can_stand_in_an_intersection_under_not() {
    let mut text = String::new();
    for i in 0..30 {
        let year = if i % 3 == 2 { 1990 } else { 2005 };
        text.push_str(&format!("{{\"id\":\"r{i:02}\",\"title\":\"Fund number{i}\",\"year\":{year}}}\n"));
    }
    let (library, ..) = library(&[&text]);
    for query in ["NOT ((fund OR *) AND ATLEAST 1 (year:..1997))", "* AND NOT (fund AND year:..1997)"] {
        let results = library.search(&Search::plain(query).expect("a query")).expect("an answer");
        assert_eq!(results.total, 20, "{query}");
    }
}

/// A phrase that crosses the end of a passage hid, or dragged in, what the passage had.
#[test]
fn a_phrase_that_crosses_two_sentences_leaves_the_highlights_of_each_alone() {
    let filler = "Nothing is said here that anybody would look for at any time. ".repeat(6);
    let text = format!("Total purchasing. {filler}A total. Purchasing purchasing grew. {filler}");
    let (library, ..) = library(&[&format!("{{\"id\":\"a\",\"title\":\"T\",\"abstract\":\"{text}\"}}\n")]);
    for query in
        ["\"a total purchasing purchasing\" OR purchasing OR total", "\"total purchasing nothing is\" OR purchasing"]
    {
        let search = Search { passages: 9, ..Search::plain(query).expect("a query") };
        let hit = library.search(&search).expect("an answer").hits.remove(0);
        for passage in &hit.passages {
            for (from, to) in &passage.highlights {
                let marked = passage.text.get(*from..*to).expect("a piece of the passage").to_lowercase();
                assert!(marked.contains("purchasing") || marked.contains("total"), "{marked} for {query}");
            }
        }
        let marks: usize = hit.passages.iter().map(|p| p.highlights.len()).sum();
        assert!(marks >= 3 || !query.contains("OR total"), "{query}: {:#?}", hit.passages);
    }
}

#[test]
fn an_id_finds_the_record_that_has_exactly_this_id() {
    let text = "{\"id\":\"ABC\",\"title\":\"One\"}\n{\"id\":\"abc\",\"title\":\"Two\"}\n\
                {\"id\":\"n\",\"title\":\"Three\",\"merged_ids\":[\"m\",\"n\"]}\n{\"id\":\"m\",\"title\":\"Four\"}\n";
    let (library, ..) = library(&[text]);
    for (id, title) in [("ABC", "One"), ("abc", "Two"), ("m", "Four"), ("n", "Three"), ("M", "Four")] {
        assert_eq!(library.get(id).expect("a record").title, title, "{id}");
    }
}

#[test]
fn long_values_that_begin_alike_are_counted_once() {
    let long = "subject ".repeat(2000);
    let text = format!("{{\"id\":\"a\",\"title\":\"T\",\"subjects\":[\"{long} one\",\"{long} two\"]}}\n");
    let (library, ..) = library(&[&text]);
    let facets = library.facets(&Search::from(Query::All), &[(FacetField::Subject, 9).into()]).expect("facets");
    assert_eq!(facets[0].values.iter().map(|v| v.count).collect::<Vec<_>>(), [1]);
}

/// Two works of one id were written, and changing either lost the other.
#[test]
fn records_of_one_id_are_one_work_whatever_their_dois() {
    let (library, folder, mut paths) = library(&[
        "{\"id\":\"A\",\"title\":\"One\",\"doi\":\"10.1000/a\"}\n",
        "{\"id\":\"A\",\"title\":\"Two\",\"doi\":\"10.1000/b\"}\n",
        "{\"title\":\"Three\",\"doi\":\"10.1000/b\"}\n",
    ]);
    let all = records(&library);
    assert_eq!(all.iter().map(|r| (r.id.as_str(), r.sources.len())).collect::<Vec<_>>(), [("A", 3)]);
    fs::remove_file(paths.remove(2)).expect("a file");
    ingest(&library, &[folder.path().to_owned()], Vanished::Remove);
    assert_eq!(records(&library)[0].sources.len(), 2);
}

/// The second record shares a statement with each of the others, which have ids of their own.
#[test]
fn no_chain_joins_what_different_ids_keep_apart() {
    let (library, ..) = library(&[
        "{\"id\":\"A\",\"title\":\"One\",\"doi\":\"10.1000/a\"}\n",
        "{\"title\":\"One\",\"doi\":\"10.1000/a\",\"isbn\":\"9780306406157\"}\n",
        "{\"id\":\"B\",\"title\":\"One\",\"isbn\":\"9780306406157\"}\n",
    ]);
    let all = records(&library);
    assert_eq!(all.iter().map(|r| (r.id.as_str(), r.sources.len())).collect::<Vec<_>>(), [("A", 2), ("B", 1)]);
}

#[test]
fn no_chain_joins_what_different_dois_keep_apart() {
    let (library, ..) = library(&[
        "{\"title\":\"One\",\"doi\":\"10.1000/a\",\"isbn\":\"9780306406157\"}\n",
        "{\"title\":\"One\",\"isbn\":\"9780306406157\",\"year\":1997,\"creators\":[\"Smith, J.\"]}\n",
        "{\"title\":\"One\",\"doi\":\"10.1000/b\",\"year\":1997,\"creators\":[\"Smith, J.\"]}\n",
    ]);
    let all = records(&library);
    let expected = [("doi:10.1000/a", 2), ("doi:10.1000/b", 1)];
    assert_eq!(all.iter().map(|r| (r.id.as_str(), r.sources.len())).collect::<Vec<_>>(), expected);
}

/// While B was there, nothing told whether the nameless record is A or B.
#[test]
fn when_what_kept_records_apart_is_removed_they_are_joined() {
    let (library, folder, mut paths) = library(&[
        "{\"id\":\"A\",\"title\":\"One\",\"isbn\":\"9780306406157\"}\n",
        "{\"title\":\"One\",\"isbn\":\"9780306406157\"}\n",
        "{\"id\":\"B\",\"title\":\"One\",\"isbn\":\"9780306406157\"}\n",
    ]);
    assert_eq!(records(&library).len(), 3);
    fs::remove_file(paths.remove(2)).expect("a file");
    ingest(&library, &[folder.path().to_owned()], Vanished::Remove);
    let all = records(&library);
    assert_eq!(all.iter().map(|r| (r.id.as_str(), r.sources.len())).collect::<Vec<_>>(), [("A", 2)]);
}

/// Trees that no text gives, but a program can build.
#[test]
fn operators_without_enough_parts() {
    let (library, ..) = library(&["{\"id\":\"a\",\"title\":\"Fund\"}\n{\"id\":\"b\",\"title\":\"Market\"}\n"]);
    let fund = || Query::Word { fields: Fields::ALL, word: "fund".into(), span: Span::default() };
    for (query, expected) in [
        (Query::And(vec![]), vec!["a", "b"]),
        (Query::Or(vec![]), vec![]),
        (Query::Not(Box::new(Query::And(vec![]))), vec![]),
        (Query::Not(Box::new(Query::Or(vec![]))), vec!["a", "b"]),
        (Query::AtLeast(0, vec![fund()]), vec!["a", "b"]),
        (Query::AtLeast(2, vec![fund()]), vec![]),
        (Query::AtLeast(2, vec![fund(), fund()]), vec!["a"]),
        (Query::And(vec![fund()]), vec!["a"]),
    ] {
        let mut got = ids(&library, &Search::from(query.clone()));
        got.sort();
        assert_eq!(got, expected, "{query:?}");
    }
}
