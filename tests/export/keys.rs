//! Citation keys.

use std::collections::BTreeSet;

use commlit::Record;
use commlit::export::{Citation, citation_key};
use commlit::record::Creator;

use super::text;

fn record(id: &str, name: &str, title: &str) -> Record {
    Record {
        id: id.into(),
        title: title.into(),
        creators: vec![Creator::new(name)],
        year: Some(1997),
        ..Record::default()
    }
}

fn keys_of(records: &[Record]) -> Vec<String> {
    let written = text(Citation::BibTex, records);
    written.lines().filter_map(|l| l.strip_prefix("@misc{")).map(|l| l.trim_end_matches(',').to_owned()).collect()
}

#[test]
fn keys_are_made_of_name_year_word_and_id() {
    for (name, title, expected) in [
        ("Mays, Nicholas", "The total purchasing pilots", "mays1997total"),
        ("van der Zee, Jouke", "A view from Utrecht", "vanderzee1997view"),
        ("Øvretveit, John", "Purchasing", "ovretveit1997purchasing"),
        ("The King's Fund", "«Étude» of contracts", "kings1997etude"),
        ("山田, 太郎", "医療", "anon1997"),
        ("{Mays}, N", "}@misc{x,", "mays1997misc"),
    ] {
        let key = citation_key(&record("1", name, title));
        let (plain, letters) = key.rsplit_once('-').unwrap();
        assert_eq!(plain, expected);
        assert!(letters.len() == 4 && letters.bytes().all(|b| b.is_ascii_lowercase()), "{key}");
    }
}

#[test]
fn a_key_depends_on_nothing_but_the_record() {
    let mut records: Vec<Record> = (0..100).map(|i| record(&format!("{i:03}"), "Mays, N", "Total")).collect();
    let first = keys_of(&records);
    assert_eq!(first, records.iter().map(citation_key).collect::<Vec<_>>());
    assert_eq!(keys_of(&records[40..41]), first[40..41]);
    records.reverse();
    assert!(keys_of(&records).iter().eq(first.iter().rev()));
    assert_eq!(citation_key(&record("doi:10.1/a", "Mays, N", "Total")), "mays1997total-dluz");
}

#[test]
fn keys_of_a_file_are_unique() {
    let records: Vec<Record> = (0..3000).map(|i| record(&format!("{i}"), "Mays, N", "Total")).collect();
    let keys = keys_of(&records);
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), 3000);
    assert!(keys.iter().any(|key| key.len() > "mays1997total-aaaa".len()), "some would have been the same");
}
