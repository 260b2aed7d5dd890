//! Which fields a language has codes for, and its wildcards.

use crate::query::TextField::{self, *};
use crate::query::{Fields, Gap, Pattern, Syntax};

type Code = (&'static [TextField], &'static str);

const ALL: &[TextField] = &[Title, Abstract, Subject, Body, Note, Creator, Series, Journal, Publisher, Place, Detail];

const OVID: &[Code] = &[
    (ALL, "af"),
    (&[Title, Abstract, Subject], "mp"),
    (&[Title], "ti"),
    (&[Abstract], "ab"),
    (&[Subject], "hw"),
    (&[Note], "nt"),
    (&[Series], "se"),
    (&[Journal], "jw"),
    (&[Publisher], "pb"),
    (&[Place], "cp"),
    (&[PublicationType], "pt"),
];
const PUBMED: &[Code] = &[
    (ALL, "all"),
    (&[Title, Abstract, Subject], "tw"),
    (&[Title, Abstract], "tiab"),
    (&[Title], "ti"),
    (&[Subject], "ot"),
    (&[Creator], "fau"),
    (&[Publisher], "pubn"),
    (&[Place], "pl"),
    (&[PublicationType], "pt"),
];
const EBSCO: &[Code] = &[
    (ALL, "TX"),
    (&[Title, Abstract, Subject], ""),
    (&[Title], "TI"),
    (&[Abstract], "AB"),
    (&[Subject], "SU"),
    (&[Creator], "AU"),
    (&[Journal], "SO"),
    (&[Publisher], "PB"),
    (&[PublicationType], "PT"),
];
const COCHRANE: &[Code] = &[
    (ALL, ""),
    (&[Title], "ti"),
    (&[Abstract], "ab"),
    (&[Subject], "kw"),
    (&[Creator], "au"),
    (&[Journal], "so"),
    (&[PublicationType], "pt"),
];

fn table(to: Syntax) -> &'static [Code] {
    match to {
        Syntax::Ovid => OVID,
        Syntax::PubMed => PUBMED,
        Syntax::Ebsco => EBSCO,
        Syntax::Cochrane => COCHRANE,
        Syntax::Plain => &[],
    }
}

/// The codes that together stand for fields, the widest first, and the fields that they stand for, which are among the given.
pub(super) fn cover(to: Syntax, fields: Fields) -> (Vec<&'static str>, Fields) {
    let (mut names, mut covered) = (Vec::new(), Fields::NONE);
    for (set, name) in table(to) {
        let set = Fields::of(set);
        if set.union(fields) == fields && set.union(covered) != covered {
            names.push(*name);
            covered = covered.union(set);
        }
    }
    (names, covered)
}

/// The narrowest fields with codes that hold the given ones.
pub(super) fn wider(to: Syntax, fields: Fields) -> Fields {
    let (_, mut all) = cover(to, fields);
    for field in fields.iter().filter(|f| !cover(to, fields).1.contains(*f)) {
        let sets = table(to).iter().map(|(set, _)| Fields::of(set)).filter(|set| set.contains(field));
        if let Some(set) = sets.min_by_key(|set| set.iter().count()) {
            all = all.union(set);
        }
    }
    all
}

/// A word with the wildcards of a language, and whether they say neither more nor less.
pub(super) fn word(to: Syntax, pattern: &Pattern) -> (String, bool) {
    let mut out = pattern.word.clone();
    let mut exact = true;
    for (gap, then) in &pattern.rest {
        let digit = then.starts_with(|c: char| c.is_ascii_digit());
        let Gap { min, max } = *gap;
        let more = max.map(|max| max.saturating_sub(min));
        let min = usize::from(min);
        match to {
            Syntax::PubMed => {
                out.push('*');
                exact &= *gap == Gap::ANY;
            }
            Syntax::Cochrane => {
                out.push_str(&"?".repeat(min));
                if more != Some(0) {
                    out.push('*');
                    exact &= more.is_none();
                }
            }
            Syntax::Ebsco => {
                out.push_str(&"?".repeat(min));
                match more {
                    Some(more @ 0..=5) => out.push_str(&"#".repeat(usize::from(more))),
                    more => {
                        out.push('*');
                        exact &= more.is_none();
                    }
                }
            }
            _ => {
                out.push_str(&"#".repeat(min));
                match more {
                    Some(more) if more < 2 || !then.is_empty() => out.push_str(&"?".repeat(usize::from(more))),
                    Some(more) => out.push_str(&format!("${more}")),
                    None if digit => {
                        // `$5` would be another wildcard.
                        out.push('$');
                        return (out, false);
                    }
                    None => out.push('$'),
                }
            }
        }
        out.push_str(then);
    }
    (out, exact)
}
