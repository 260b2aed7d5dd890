//! Authority forms: the rule and the shipped list against a table of cases, and lists that users may write.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use commlit::authority::{Authorities, FIELDS, key};
use commlit::search::FacetField;

#[test]
fn table_of_cases() {
    let table = include_str!("cases/authority.txt");
    let authorities = Authorities::shipped();
    let (mut run, mut failed) = (0, Vec::new());
    for (number, line) in table.lines().enumerate().filter(|(_, l)| !l.starts_with('#') && !l.is_empty()) {
        let (field, forms) = line.split_once(" | ").expect("a field");
        let field = FIELDS.into_iter().find(|f| f.name() == field).expect("publisher or place");
        let mut words = forms.split(' ');
        let mut sides = vec![(true, String::new())];
        for word in &mut words {
            match word {
                "=" => sides.push((true, String::new())),
                "!=" => sides.push((false, String::new())),
                word => {
                    let side = &mut sides.last_mut().unwrap().1;
                    side.push_str(if side.is_empty() { "" } else { " " });
                    side.push_str(word);
                }
            }
        }
        let first = authorities.group(field, &sides[0].1);
        for (same, form) in &sides[1..] {
            run += 1;
            let group = authorities.group(field, form);
            if (group == first) != *same {
                failed.push(format!("line {}: {form} is {group}, {} is {first}", number + 1, sides[0].1));
            }
        }
    }
    assert!(run > 100);
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn the_shipped_list_is_well_formed_and_says_nothing_that_the_rule_says() {
    let text = include_str!("../src/authorities.tsv");
    // As a list of a user's it is looked through for contradictions.
    let twice = Authorities::with(text).unwrap();
    let lines = text.lines().filter(|l| !l.starts_with('#') && !l.starts_with("field\t"));
    assert_eq!(twice.len(), lines.clone().count(), "no variant is named twice");
    for line in lines {
        let cells: Vec<&str> = line.split('\t').collect();
        let field = FIELDS.into_iter().find(|f| f.name() == cells[0]).expect("a field");
        assert_ne!(key(cells[1]), key(cells[2]), "{line}");
        assert_eq!(Authorities::shipped().preferred(field, &key(cells[2])), Some(cells[2]), "{line}");
    }
}

#[test]
fn a_list_of_ones_own_goes_before_the_shipped_one() {
    let of = |list: &str, form: &str| {
        let authorities = Authorities::with(list).unwrap_or_else(|e| panic!("{list}: {e}"));
        let group = authorities.group(FacetField::Publisher, form);
        authorities.preferred(FacetField::Publisher, &group).map_or(group.clone(), str::to_owned)
    };
    for (list, form, expected) in [
        ("", "TSO", "The Stationery Office"),
        ("publisher\tTSO\tTSO", "TSO", "TSO"),
        ("publisher\tHMSO\tHer Majesty's Stationery Office", "H.M.S.O.", "Her Majesty's Stationery Office"),
        (
            "publisher\tHMSO\tHer Majesty's Stationery Office",
            "His Majesty's Stationery Office",
            "Her Majesty's Stationery Office",
        ),
        ("publisher\tA\tB\npublisher\tB\tC\npublisher\tC\tHMSO", "a.", "HMSO"),
        ("publisher\tKINGS FUND\tKing’s Fund", "Kings fund", "King’s Fund"),
        ("place\tTSO\tHMSO", "TSO", "The Stationery Office"),
        ("\u{feff}field\tvariant\tpreferred\r\n\r\n# x\ty\r\npublisher\t A & B \t AB \r\n", "A and B", "AB"),
        ("publisher\tA\tB\npublisher\ta\tB", "A", "B"),
    ] {
        assert_eq!(of(list, form), expected, "{list}");
    }
}

#[test]
fn a_list_that_is_not_well_formed_is_an_error_with_its_line() {
    for (list, expected) in [
        ("publisher\tA", "line 1 of the authorities: 2 columns"),
        ("# remark\npublisher A B", "line 2 of the authorities: 1 columns"),
        ("publisher\tA\tB\tC", "line 1 of the authorities: 4 columns"),
        ("journal\tA\tB", "line 1 of the authorities: `journal` is neither"),
        ("publisher\t\tB", "line 1 of the authorities: a variant"),
        ("publisher\tA\t ", "line 1 of the authorities: a variant"),
        ("publisher\tA\tB\n\npublisher\ta.\tC", "line 3 of the authorities: line 1 prefers another form"),
        ("publisher\tA\tBB\npublisher\tC\tB.B.", "line 2 of the authorities: `B.B.` is written `BB` in line 1"),
        ("publisher\tA\tB\npublisher\tB\tA", "of the authorities: the preferred form is, by other lines"),
        (
            "publisher\tA\tB\npublisher\tB\tC\npublisher\tC\tB",
            "of the authorities: the preferred form is, by other lines",
        ),
    ] {
        let message = Authorities::with(list).unwrap_err().to_string();
        assert!(message.contains(expected), "{list}: {message}");
    }
}

#[test]
fn long_lists_and_odd_names_cost_nothing_out_of_the_ordinary() {
    let chain: String = (0..50_000).map(|n| format!("publisher\tname{n}\tname{}\n", n + 1)).collect();
    let authorities = Authorities::with(&chain).unwrap();
    assert_eq!(authorities.group(FacetField::Publisher, "Name0"), "name50000");
    let circle = format!("{chain}publisher\tname50000\tname0\n");
    assert!(Authorities::with(&circle).is_err());
    let long = "x".repeat(100_000);
    assert_ne!(key(&long), key(&format!("{long}y")), "what is cut stands for itself");
    assert_ne!(key(""), key(" "));
}
