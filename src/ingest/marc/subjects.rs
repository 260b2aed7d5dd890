//! Subject headings and index terms.

use super::field::Field;
use super::{names, punctuation as tidy, titles};

/// Whether a tag is of a subject or of a genre.
pub(super) fn is_subject(tag: &str) -> bool {
    matches!(
        tag,
        "600"
            | "610"
            | "611"
            | "630"
            | "647"
            | "648"
            | "650"
            | "651"
            | "653"
            | "654"
            | "655"
            | "656"
            | "657"
            | "658"
            | "662"
            | "690"
            | "691"
            | "692"
            | "693"
            | "694"
            | "695"
            | "696"
            | "697"
            | "698"
            | "699"
    )
}

/// The headings of a field: one with its subdivisions (`National Health Service--History`), or several uncontrolled ones.
/// A heading of MeSH that the indexer marked as a main topic ends in `*`.
pub(super) fn headings(field: &Field<'_>) -> Vec<String> {
    if field.tag == "653" {
        return field.all('a').map(tidy::value).filter(|v| !v.is_empty()).collect();
    }
    let mut heading = match field.tag.as_ref() {
        "600" | "610" | "611" => {
            let mut heading =
                names::in_full(field).filter(|_| field.tag == "600").unwrap_or_else(|| names::name(field));
            let work = titles::of_work(field, "tkfls");
            if !work.is_empty() {
                heading = format!("{}. {work}", heading.trim_end_matches('.'));
            }
            heading
        }
        "630" => titles::of_work(field, "adfgklmnoprst"),
        "662" | "654" => {
            field.of("abcdefgh").map(|(_, v)| tidy::value(v)).filter(|v| !v.is_empty()).collect::<Vec<_>>().join("--")
        }
        _ => field.of("abcd").map(|(_, v)| tidy::value(v)).filter(|v| !v.is_empty()).collect::<Vec<_>>().join(", "),
    };
    for (_, value) in field.of("vxyz").filter(|_| !matches!(field.tag.as_ref(), "654" | "662")) {
        let value = tidy::value(value);
        if !value.is_empty() {
            if !heading.is_empty() {
                heading.push_str("--");
            }
            heading.push_str(&value);
        }
    }
    if heading.is_empty() {
        heading = tidy::value(&field.value);
    }
    if field.tag == "650" && field.indicators == ['1', '2'] && !heading.is_empty() && !heading.ends_with('*') {
        heading.push('*');
    }
    if heading.is_empty() { Vec::new() } else { vec![heading] }
}
