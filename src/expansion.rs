//! What the thesaurus adds to a query: the narrower concepts of a heading that is exploded.
//!
//! Everything that is added is told as an [`Expansion`]. It does *not* look at the index, and adds nothing that was not asked
//! for.

use crate::query::{Query, Span, ValueField, Warning};
use crate::search::Expansion;
use crate::thesaurus::Thesaurus;

/// A query with its additions written out.
#[derive(Debug)]
pub(crate) struct Expanded {
    pub(crate) query: Query,
    pub(crate) added: Vec<Expansion>,
    pub(crate) warnings: Vec<Warning>,
}

/// Writes out headings that are exploded: the heading itself, the other labels of its concept, and those of every narrower
/// one. A heading that the thesaurus does not know stands for itself alone.
pub(crate) fn explode(query: &Query, thesaurus: &Thesaurus) -> Expanded {
    let mut out = Expanded { query: Query::All, added: Vec::new(), warnings: Vec::new() };
    out.query = out.rewrite(query, thesaurus);
    out
}

/// Whether a query has a heading that is to be exploded.
pub(crate) fn is_needed(query: &Query) -> bool {
    match query {
        Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => parts.iter().any(is_needed),
        Query::Not(part) => is_needed(part),
        Query::Value { field, .. } => matches!(field, ValueField::Explode | ValueField::ExplodeMajor),
        _ => false,
    }
}

impl Expanded {
    fn rewrite(&mut self, query: &Query, thesaurus: &Thesaurus) -> Query {
        let mut all = |parts: &[Query]| parts.iter().map(|p| self.rewrite(p, thesaurus)).collect();
        match query {
            Query::And(parts) => Query::And(all(parts)),
            Query::Or(parts) => Query::Or(all(parts)),
            Query::AtLeast(count, parts) => Query::AtLeast(*count, all(parts)),
            Query::Not(part) => Query::Not(Box::new(self.rewrite(part, thesaurus))),
            Query::Value { field: ValueField::Explode, value, span } => {
                self.headings(ValueField::Heading, &value.to_string(), *span, thesaurus)
            }
            Query::Value { field: ValueField::ExplodeMajor, value, span } => {
                self.headings(ValueField::Major, &value.to_string(), *span, thesaurus)
            }
            leaf => leaf.clone(),
        }
    }

    fn headings(&mut self, field: ValueField, value: &str, span: Span, thesaurus: &Thesaurus) -> Query {
        let (heading, subdivision) = match value.split_once('/') {
            Some((heading, subdivision)) => (heading, Some(subdivision)),
            None => (value, None),
        };
        let concepts = thesaurus.concepts_of(heading).to_vec();
        let mut labels = vec![field.fold(heading)];
        let mut names = Vec::new();
        for concept in concepts {
            names.extend(thesaurus.get(concept).map(|c| c.preferred.clone()));
            let narrower = thesaurus.narrower_closure(concept);
            for concept in std::iter::once(concept).chain(narrower).filter_map(|id| thesaurus.get(id)) {
                labels.extend(concept.all_labels().map(|(_, label)| field.fold(label)));
            }
        }
        let mut seen = std::collections::HashSet::new();
        labels.retain(|label| !label.is_empty() && seen.insert(label.clone()));
        if names.is_empty() {
            let message = format!("the thesaurus has no concept `{heading}`: the heading stands for itself alone");
            self.warnings.push(Warning { message, span });
        } else {
            let added = labels.iter().skip(1).cloned().collect();
            self.added.push(Expansion { term: value.to_owned(), added, concept: names.join("; ") });
        }
        let whole = |label: String| {
            let value = subdivision.map_or_else(|| label.clone(), |s| format!("{label}/{s}"));
            Query::Value { field, value: value.into(), span }
        };
        let mut parts: Vec<Query> = labels.into_iter().map(whole).collect();
        if parts.len() == 1 { parts.swap_remove(0) } else { Query::Or(parts) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Syntax;

    #[test]
    fn a_heading_brings_what_is_narrower() {
        let parsed = Syntax::Ovid.parse("exp Purchasing/ and exp Nowhere Known/").unwrap();
        let expanded = explode(&parsed.query, Thesaurus::shipped());
        let canonical = expanded.query.to_string();
        assert!(canonical.contains("heading:\"purchasing\" OR"), "{canonical}");
        assert!(canonical.contains("heading:\"strategic purchasing\""), "{canonical}");
        assert!(canonical.ends_with("AND heading:\"nowhere known\""), "{canonical}");
        assert_eq!(expanded.added.len(), 1);
        assert_eq!(expanded.warnings.len(), 1);
    }
}
