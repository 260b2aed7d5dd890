//! Citation keys.

use std::collections::{BTreeMap, BTreeSet};

use commlit::Record;
use commlit::export::Keys;
use commlit::record::Creator;

#[test]
fn keys_do_not_depend_on_the_order() {
    let record = |id: &str, name: &str, title: &str| Record {
        id: id.into(),
        title: title.into(),
        creators: vec![Creator::new(name)],
        year: Some(1997),
        ..Record::default()
    };
    let mut records = [
        record("3", "Mays, Nicholas", "The total purchasing pilots"),
        record("1", "Mays, Nicholas", "Total purchasing"),
        record("2", "Mays, Ann", "Total"),
        record("4", "van der Zee, Jouke", "A view from Utrecht"),
        record("5", "Øvretveit, John", "Purchasing"),
        record("6", "The King's Fund", "«Étude» of contracts"),
        record("7", "山田, 太郎", "医療"),
    ];
    let keys = |records: &[Record]| -> BTreeMap<String, String> {
        let mut keys: Keys = records.iter().collect();
        records.iter().map(|r| (r.id.clone(), keys.key(r))).collect()
    };
    let first = keys(&records);
    let expected = [
        ("1", "mays1997total-a"),
        ("2", "mays1997total-b"),
        ("3", "mays1997total-c"),
        ("4", "vanderzee1997view"),
        ("5", "ovretveit1997purchasing"),
        ("6", "kings1997etude"),
        ("7", "anon1997"),
    ];
    assert_eq!(first, expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect());
    records.reverse();
    assert_eq!(keys(&records), first);
    assert_eq!(Keys::default().key(&records[0]), "anon1997");
    let many: Vec<Record> = (0..800).map(|i| record(&format!("{i:03}"), "Mays, N", "Total")).collect();
    let many = keys(&many);
    assert_eq!((many["025"].as_str(), many["026"].as_str()), ("mays1997total-z", "mays1997total-aa"));
    assert_eq!(many.values().collect::<BTreeSet<_>>().len(), 800);
}
