//! The narrower concepts of a heading that is exploded, which a query has to ask for.

use std::collections::HashSet;

use crate::query::{Pattern, Query, Span, ValueField, Warning};
use crate::search::Expansion;
use crate::thesaurus::{ConceptId, Thesaurus};

/// A heading that is exploded, written out.
#[derive(Debug)]
pub(crate) struct Exploded {
    /// The heading itself, the other labels of its concept, and those of every narrower one.
    pub(crate) query: Query,
    /// What was added; nothing where the thesaurus does not know the heading, which then stands for itself alone.
    pub(crate) added: Option<Expansion>,
}

/// Writes out a value that is to be exploded; `None` for all others.
pub(crate) fn explode(field: ValueField, value: &Pattern, span: Span, thesaurus: &Thesaurus) -> Option<Exploded> {
    let field = match field {
        ValueField::Concept => return concept(value, span, thesaurus),
        ValueField::Explode => ValueField::Heading,
        ValueField::ExplodeMajor => ValueField::Major,
        _ => return None,
    };
    let value = value.to_string();
    let (heading, subdivision) = match value.split_once('/') {
        Some((heading, subdivision)) => (heading, Some(subdivision)),
        None => (value.as_str(), None),
    };
    let mut labels = vec![field.fold(heading)];
    let mut names = Vec::new();
    for concept in thesaurus.concepts_of(heading).iter().copied() {
        names.extend(thesaurus.get(concept).map(|c| c.preferred.clone()));
        let narrower = thesaurus.narrower_closure(concept);
        for concept in std::iter::once(concept).chain(narrower).filter_map(|id| thesaurus.get(id)) {
            labels.extend(concept.all_labels().map(|(_, label)| field.fold(label)));
        }
    }
    let mut seen = HashSet::new();
    labels.retain(|label| !label.is_empty() && seen.insert(label.clone()));
    let added = (!names.is_empty()).then(|| Expansion {
        term: value.clone(),
        added: labels.iter().skip(1).cloned().collect(),
        concept: names.join("; "),
        percent: 100,
    });
    let whole = |label: &String| {
        let value = subdivision.map_or_else(|| label.clone(), |s| format!("{label}/{s}"));
        Query::Value { field, value: value.into(), span }
    };
    Some(Exploded { query: Query::Or(labels.iter().map(whole).collect()), added })
}

/// A concept by any of its labels. Records are known by what they mention and everything broader, so that its name is enough.
fn concept(value: &Pattern, span: Span, thesaurus: &Thesaurus) -> Option<Exploded> {
    if !value.is_whole() {
        return None;
    }
    let ids = thesaurus.concepts_of(&value.word);
    let name = |id: &ConceptId| thesaurus.get(*id).map(|c| c.preferred.clone());
    let names: Vec<String> = ids.iter().filter_map(name).collect();
    let narrower = ids.iter().flat_map(|id| thesaurus.narrower_closure(*id).into_iter().skip(1));
    let mut added: Vec<String> = narrower.filter_map(|id| name(&id)).collect();
    added.sort_unstable();
    added.dedup();
    let field = ValueField::Concept;
    let whole = |name: &String| Query::Value { field, value: field.fold(name).into(), span };
    let query = match names.is_empty() {
        true => Query::Or(Vec::new()),
        false => Query::Or(names.iter().map(whole).collect()),
    };
    let added = (!names.is_empty()).then(|| Expansion {
        term: value.to_string(),
        added,
        concept: names.join("; "),
        percent: 100,
    });
    Some(Exploded { query, added })
}

/// What the thesaurus adds to a query, and the headings it was asked for but does not know.
pub(crate) fn told(query: &Query, thesaurus: &Thesaurus) -> (Vec<Expansion>, Vec<Warning>) {
    let (mut added, mut warnings) = (Vec::new(), Vec::new());
    tell(query, thesaurus, &mut added, &mut warnings);
    (added, warnings)
}

fn tell(query: &Query, thesaurus: &Thesaurus, added: &mut Vec<Expansion>, warnings: &mut Vec<Warning>) {
    match query {
        Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => {
            parts.iter().for_each(|p| tell(p, thesaurus, added, warnings));
        }
        Query::Not(part) => tell(part, thesaurus, added, warnings),
        Query::Value { field, value, span } => match explode(*field, value, *span, thesaurus) {
            Some(Exploded { added: Some(expansion), .. }) if expansion.added.is_empty() => {}
            Some(Exploded { added: Some(expansion), .. }) => added.push(expansion),
            Some(Exploded { added: None, .. }) => {
                let alone = match field {
                    ValueField::Concept => "nothing is found",
                    _ => "the heading stands for itself alone",
                };
                let message = format!("the thesaurus has no concept `{value}`: {alone}");
                warnings.push(Warning { message, span: *span });
            }
            None => {}
        },
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Syntax;

    #[test]
    fn a_heading_brings_what_is_narrower() {
        let parsed = Syntax::Ovid.parse("exp Purchasing/ and exp Nowhere Known/").unwrap();
        let (added, warnings) = told(&parsed.query, Thesaurus::shipped());
        assert_eq!((added.len(), warnings.len()), (1, 1));
        assert!(added[0].added.iter().any(|label| label == "strategic purchasing"), "{added:?}");
        let value = "purchasing/economics".into();
        let exploded = explode(ValueField::Explode, &value, Span::default(), Thesaurus::shipped()).unwrap();
        let canonical = exploded.query.to_string();
        assert!(canonical.starts_with("heading:\"purchasing/economics\" OR"), "{canonical}");
        assert!(canonical.contains("heading:\"strategic purchasing/economics\""), "{canonical}");
    }
}
