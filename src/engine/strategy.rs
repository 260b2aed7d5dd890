//! What a strategy asks beside answers: counts line by line, how much a wildcard stands for, and why a record matches or not.

use std::ops::ControlFlow;

use tantivy::Term;

use super::lines::{LineCollector, LineSet, LineSets};
use super::lower::Lowering;
use super::{Engine, schema, slot, why};
use crate::error::Result;
use crate::expansion;
use crate::query::{Parsed, Pattern, Query, Span, Spans};
use crate::record::Record;
use crate::search::{Expand, LineCount, Why};

impl Engine {
    /// Runs the lines of a strategy one after the other, each once; a line may speak of those before it. A line without a
    /// query finds nothing.
    pub(crate) fn count_lines(
        &self,
        lines: &[Option<Query>],
        visit: &mut dyn FnMut(usize, Option<LineCount>) -> ControlFlow<()>,
    ) -> Result<()> {
        let searcher = self.reader.searcher();
        let mut sets = LineSets::default();
        for (i, line) in lines.iter().enumerate() {
            let mut lowering = Lowering::new(self);
            lowering.set_lines(sets.clone());
            let (set, count) = match line {
                Some(query) => {
                    let lowered = lowering.query(query);
                    let set = searcher.search(&*lowered, &LineCollector).map_err(|e| self.corrupt(e))?;
                    let count = {
                        let (expansions, warnings) = expansion::told(query, self.thesaurus());
                        LineCount { records: set.len(), exact: !lowering.met_too_many(), expansions, warnings }
                    };
                    (set, Some(count))
                }
                None => (LineSet::default(), None),
            };
            sets.push(set);
            if visit(i, count).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// How many words of the index each word with wildcards in a query stands for, in the field where it is most.
    pub(crate) fn wildcards(&self, query: &Query) -> Result<Vec<(Span, u64)>> {
        let mut patterns = Vec::new();
        wildcards(query, &mut patterns);
        let searcher = self.reader.searcher();
        let mut out = Vec::with_capacity(patterns.len());
        for (fields, pattern, span) in patterns {
            let mut most = 0;
            for field in fields.iter() {
                for reader in searcher.segment_readers() {
                    let words = slot::count_words(reader, self.fields.exact(field), pattern);
                    most = most.max(words.map_err(|e| self.corrupt(e))?);
                }
            }
            out.push((span, most));
        }
        Ok(out)
    }

    /// Why a record matches a query, part by part, or why it does not; with what the thesaurus adds to it.
    pub(crate) fn why(&self, id: &str, query: &Query, expand: Expand) -> Result<Option<(Record, Why)>> {
        let parsed = Parsed { query: query.clone(), relaxable: None, warnings: Vec::new() };
        let query = &expansion::expand(parsed, expand, None, self.thesaurus()).parsed.query;
        let searcher = self.reader.searcher();
        let term = Term::from_field_text(self.fields.value, &schema::value_term(crate::query::ValueField::Id, id));
        for address in self.find_documents(&searcher, &term)? {
            let record = self.record(&searcher, address)?;
            if record.id == id || record.merged_ids.iter().any(|m| m == id) {
                let mut lowering = Lowering::new(self);
                let why = why::why(query, &record, &searcher, address, &mut lowering).map_err(|e| self.corrupt(e))?;
                return Ok(Some((record, why)));
            }
        }
        Ok(None)
    }
}

/// The words with wildcards of a query.
fn wildcards<'q>(query: &'q Query, out: &mut Vec<(crate::query::Fields, &'q Pattern, Span)>) {
    fn within<'q>(spans: &'q Spans, out: &mut Vec<(crate::query::Fields, &'q Pattern, Span)>) {
        match spans {
            Spans::Phrase { fields, words, span } => {
                out.extend(words.iter().filter(|w| !w.is_whole()).map(|w| (*fields, w, *span)));
            }
            Spans::Any(parts) => parts.iter().for_each(|p| within(p, out)),
            Spans::Near { left, right, .. } => [left, right].into_iter().for_each(|s| within(s, out)),
        }
    }
    match query {
        Query::Phrase { fields, words, span } => {
            out.extend(words.iter().filter(|w| !w.is_whole()).map(|w| (*fields, w, *span)));
        }
        Query::Spans { spans, .. } => within(spans, out),
        Query::And(parts) | Query::Or(parts) | Query::AtLeast(_, parts) => parts.iter().for_each(|p| wildcards(p, out)),
        Query::Not(part) => wildcards(part, out),
        _ => {}
    }
}
