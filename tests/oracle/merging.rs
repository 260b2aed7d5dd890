//! Identity: which records become one work, whatever the order in which their files came, and what is left when files go
//! or change.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use commlit::library::{Library, Vanished};
use commlit::record::{Creator, Record};

use crate::naive::key;
use crate::random::{Random, seed, setting};
use crate::world::{ingest, json, library_of};

const TITLES: &[&str] = &["Total purchasing", "total purchasing.", "Fund-holding", "Fund holding!", "Editorial"];

/// A record that shares statements with many others.
fn record(random: &mut Random) -> Record {
    let mut r = Record { title: random.text(TITLES).to_owned(), ..Record::default() };
    if random.chance(25) {
        r.id = random.text(&["rec-a", "rec-b", "rec-c", "doi:10.1000/a", "pmid:1"]).to_owned();
    }
    r.doi = random.maybe(25, |x| format!("10.1000/{}", x.text(&["a", "b", "c"])));
    r.pmid = random.maybe(15, |x| x.between(1, 2).to_string());
    let isbns = ["9781857171037", "9780306406157"];
    r.isbn = random.maybe(30, |x| x.text(&isbns).to_owned()).into_iter().collect();
    r.year = random.maybe(60, |x| x.between(1997, 1998) as i32);
    r.creators =
        random.maybe(60, |x| Creator::new(x.text(&["Smith, Jane", "SMITH, J.", "Jones"]))).into_iter().collect();
    let abstracts = ["One.", "Purchasing by GPs.", "Purchasing by GPs in Dorset."];
    r.abstract_text = random.maybe(60, |x| x.text(&abstracts).to_owned());
    r.subjects = random.some(&["Purchasing", "purchasing!", "GPs"], 0, 2);
    r.publisher = random.some(&["King's Fund", "King’s Fund", "HMSO"], 0, 1);
    r
}

/// Files of records in a folder: name → records.
type Files = BTreeMap<String, Vec<Record>>;

fn write(folder: &std::path::Path, files: &Files) -> Vec<PathBuf> {
    let path = |name: &String| folder.join(name);
    for (name, records) in files {
        fs::write(path(name), records.iter().map(json).collect::<String>()).expect("a file");
    }
    files.keys().map(path).collect()
}

fn works(library: &Library) -> BTreeMap<String, Record> {
    let mut works = BTreeMap::new();
    let mut each = |record: Record| {
        let before = works.insert(record.id.clone(), record);
        assert_eq!(before, None, "two works of one id");
        Ok(())
    };
    library.each_record(&mut each).expect("records");
    let report = library.check().expect("a report");
    assert!(report.is_sound(), "{:?}", report.problems);
    works
}

/// Which of the records two works may not share, and which must stand together; `works` holds (file, line) of each work.
fn check(files: &Files, works: &BTreeMap<String, Record>) {
    let mut parts: Vec<((String, usize), &Record)> = Vec::new();
    for (name, records) in files {
        parts.extend(records.iter().enumerate().map(|(i, r)| ((name.clone(), i + 1), r)));
    }
    let mut work_of: BTreeMap<(String, usize), &str> = BTreeMap::new();
    for (id, work) in works {
        for source in &work.sources {
            let name = source.path.rsplit('/').next().expect("a name").to_owned();
            let line = source.locator.strip_prefix("line ").and_then(|l| l.parse().ok()).expect("a line");
            assert_eq!(work_of.insert((name, line), id), None, "a source in two works");
        }
    }
    let all: Vec<_> = parts.iter().map(|p| p.0.clone()).collect();
    assert_eq!(work_of.keys().cloned().collect::<Vec<_>>(), all, "every source is in one work");
    let work = |i: usize| work_of[&parts[i].0];
    let mut linked: Vec<usize> = (0..parts.len()).collect();
    for i in 0..parts.len() {
        for j in 0..i {
            if share(parts[i].1, parts[j].1) {
                let (from, to) = (linked[i], linked[j]);
                linked.iter_mut().filter(|l| **l == from).for_each(|l| *l = to);
            }
            if own(parts[i].1).is_some() && own(parts[i].1) == own(parts[j].1) {
                assert_eq!(work(i), work(j), "records of one id stand together");
            }
            if work(i) == work(j) {
                let ids = (own(parts[i].1), own(parts[j].1));
                let kept_apart = matches!(ids, (Some(a), Some(b)) if a != b);
                assert!(!kept_apart, "records of different ids stand apart: {:?} {:?}", parts[i], parts[j]);
            }
        }
    }
    for link in linked.iter().copied().collect::<BTreeSet<_>>() {
        let members: Vec<usize> = (0..parts.len()).filter(|i| linked[*i] == link).collect();
        let ids: BTreeSet<_> = members.iter().filter_map(|i| own(parts[*i].1)).collect();
        let dois: BTreeSet<_> = members.iter().filter_map(|i| parts[*i].1.doi.as_deref()).collect();
        let found: BTreeSet<_> = members.iter().map(|i| work(*i)).collect();
        let container = |i: &usize| parts[*i].1.container.as_ref();
        let journals: BTreeSet<_> =
            members.iter().filter_map(|i| container(i).map(|c| c.title.to_lowercase())).collect();
        let pages: BTreeSet<_> = members.iter().filter_map(|i| container(i).and_then(|c| c.pages.clone())).collect();
        if ids.len() < 2 && dois.len() < 2 && journals.len() < 2 && pages.len() < 2 {
            let apart: Vec<_> = members.iter().map(|i| (&parts[*i], work(*i))).collect();
            assert_eq!(found.len(), 1, "nothing keeps these records apart: {apart:?}");
        }
        let outside = (0..parts.len()).find(|i| linked[*i] != link && found.contains(work(*i)));
        assert_eq!(outside, None, "a record that shares nothing with its work");
    }
    // A work without an id of its own has one DOI; beside one, the DOIs of the records of that id (given or derived).
    for id in works.keys() {
        let members: Vec<&Record> = (0..parts.len()).filter(|i| work(*i) == id).map(|i| parts[i].1).collect();
        let owns: BTreeSet<&str> = members.iter().filter_map(|r| own(r)).collect();
        let dois = |with: bool| -> BTreeSet<&str> {
            let here = members.iter().filter(|r| owns.contains(identifier(r).as_str()) == with);
            here.filter_map(|r| r.doi.as_deref()).collect()
        };
        let (of_owner, others) = (dois(true), dois(false));
        let apart = if of_owner.is_empty() { others.len() > 1 } else { !others.is_subset(&of_owner) };
        assert!(!apart, "records with different DOIs stand apart: {members:?}");
    }
}

/// The id that a record brings, unless commlit would give it the same.
fn own(r: &Record) -> Option<&str> {
    let derived = match (&r.doi, &r.pmid) {
        (Some(doi), _) => format!("doi:{doi}"),
        (None, Some(pmid)) => format!("pmid:{pmid}"),
        _ => String::new(),
    };
    (!r.id.is_empty() && r.id != derived).then_some(r.id.as_str())
}

/// The id of a record, given or derived from its strongest identifier; empty when neither.
fn identifier(r: &Record) -> String {
    match (r.id.as_str(), &r.doi, &r.pmid) {
        ("", Some(doi), _) => format!("doi:{doi}"),
        ("", None, Some(pmid)) => format!("pmid:{pmid}"),
        (own, ..) => own.to_owned(),
    }
}

/// Whether two records share a statement that makes them one work.
fn share(a: &Record, b: &Record) -> bool {
    let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    let title = key(&a.title) == key(&b.title);
    let family = |r: &Record| r.creators.first().map(|c| key(c.name.split(',').next().unwrap_or("")));
    let work = title && a.year.is_some() && a.year == b.year && same(&family(a), &family(b));
    let isbn = title && a.isbn.iter().any(|i| b.isbn.contains(i));
    // Without any of these, records of the same text and imprint are one.
    let bare = |r: &Record| {
        let identified = !identifier(r).is_empty() || !r.isbn.is_empty() || r.year.is_some() && !r.creators.is_empty();
        (!identified).then(|| {
            let imprint = format!("{:?}{:?}{:?}{:?}", r.container, r.publisher, r.place, r.extent);
            (r.year, family(r), imprint, key(r.abstract_text.as_deref().unwrap_or("")))
        })
    };
    let text = title && bare(a).is_some() && bare(a) == bare(b);
    let ids = !identifier(a).is_empty() && identifier(a) == identifier(b);
    ids || same(&a.doi, &b.doi) || same(&a.pmid, &b.pmid) || isbn || work || text
}

/// A library made of the files from scratch, all at once.
fn afresh(folder: &std::path::Path, paths: &[PathBuf], number: &mut usize) -> BTreeMap<String, Record> {
    *number += 1;
    works(&library_of(&folder.join(format!("index-{number}")), &[paths.to_vec()]))
}

/// Both are the same works; the first difference is shown.
fn assert_same(got: &BTreeMap<String, Record>, expected: &BTreeMap<String, Record>, what: &str) {
    for id in got.keys().chain(expected.keys()) {
        assert_eq!(got.get(id), expected.get(id), "{what}: {id}");
    }
}

#[test]
fn works_depend_on_the_set_of_records_alone() {
    let rounds = setting("COMMLIT_ORACLE_QUERIES", 3000) / 200;
    for round in 0..rounds {
        let mut random = Random::new(seed(7000 + round as u64));
        let folder = tempfile::tempdir().expect("a folder");
        let mut number = 0;
        let mut files = Files::new();
        for n in 0..random.between(2, 5) {
            let most = if round % 2 == 0 { 3 } else { 12 };
            files.insert(format!("{n}.jsonl"), (0..random.between(1, most)).map(|_| record(&mut random)).collect());
        }
        let mut paths = write(folder.path(), &files);
        let whole = afresh(folder.path(), &paths, &mut number);
        check(&files, &whole);
        // One file at a time, in another order.
        random.shuffle(&mut paths);
        let steps: Vec<Vec<PathBuf>> = paths.iter().map(|p| vec![p.clone()]).collect();
        let library = library_of(&folder.path().join("index-steps"), &steps);
        assert_same(&works(&library), &whole, &format!("round {round}: in steps"));
        // A file changes.
        let changed = random.pick(&files.keys().cloned().collect::<Vec<_>>()).clone();
        files.insert(changed.clone(), (0..random.between(1, 6)).map(|_| record(&mut random)).collect());
        // The longer text makes sure that the change is seen, whatever the clock of the file system.
        files.get_mut(&changed).expect("a file")[0].notes.push(format!("changed in round {round}"));
        write(folder.path(), &files);
        ingest(&library, &paths, Vanished::Keep);
        let whole = afresh(folder.path(), &paths, &mut number);
        check(&files, &whole);
        assert_same(&works(&library), &whole, &format!("round {round}: a changed file"));
        // A file goes.
        let gone = random.pick(&files.keys().cloned().collect::<Vec<_>>()).clone();
        files.remove(&gone);
        fs::remove_file(folder.path().join(&gone)).expect("a file");
        ingest(&library, &[folder.path().to_owned()], Vanished::Remove);
        paths.retain(|p| !p.ends_with(&gone));
        let whole = afresh(folder.path(), &paths, &mut number);
        check(&files, &whole);
        assert_same(&works(&library), &whole, &format!("round {round}: a file less"));
    }
}
