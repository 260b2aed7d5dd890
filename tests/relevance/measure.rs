//! Measures of ranking: nDCG and recall over graded judgments.
//!
//! nDCG as Järvelin and Kekäläinen define it (*Cumulated gain-based evaluation of IR techniques*, 2002), with the grade itself
//! as the gain and log2(rank + 1) as the discount, as `trec_eval` computes it. A query without an answer counts as zero.

use std::collections::{BTreeMap, HashMap};

/// Judgments: for each query the grades of the records that were judged.
pub(crate) type Judgments = HashMap<String, HashMap<String, f64>>;

/// Reads judgments as TREC writes them: query, iteration, record, grade.
pub(crate) fn judgments(text: &str) -> Judgments {
    let mut out = Judgments::new();
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let [query, _, record, grade] = columns.as_slice() else { panic!("not a judgment: {line}") };
        let grade: f64 = grade.parse().expect("a grade");
        out.entry((*query).to_owned()).or_default().insert((*record).to_owned(), grade.max(0.0));
    }
    out
}

/// Reads queries: an id, a tab and a text a line.
pub(crate) fn queries(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().filter_map(|l| l.split_once('\t'));
    lines.map(|(id, text)| (id.to_owned(), text.to_owned())).collect()
}

/// nDCG of the first `depth` records.
pub(crate) fn ndcg(ranked: &[String], grades: &HashMap<String, f64>, depth: usize) -> f64 {
    let gain = |(i, grade): (usize, f64)| grade / (i as f64 + 2.0).log2();
    let found = ranked.iter().take(depth).map(|id| grades.get(id).copied().unwrap_or(0.0));
    let mut ideal: Vec<f64> = grades.values().copied().filter(|g| *g > 0.0).collect();
    ideal.sort_by(|a, b| b.total_cmp(a));
    let best: f64 = ideal.into_iter().take(depth).enumerate().map(gain).sum();
    if best == 0.0 { 0.0 } else { found.enumerate().map(gain).sum::<f64>() / best }
}

/// The share of the relevant records that are among the first `depth`.
pub(crate) fn recall(ranked: &[String], grades: &HashMap<String, f64>, depth: usize) -> f64 {
    let relevant = grades.values().filter(|g| **g > 0.0).count();
    let found = ranked.iter().take(depth).filter(|id| grades.get(*id).is_some_and(|g| *g > 0.0)).count();
    if relevant == 0 { 0.0 } else { found as f64 / relevant as f64 }
}
