//! Queries answered by both sides in turn, so that a change in the machine's speed meets both.

use std::hint::black_box;
use std::ops::ControlFlow;

use commlit::library::Library;
use commlit::query::strategy::Strategy;
use commlit::query::{Query as Tree, Syntax};
use commlit::search::{FacetField, Filter, Search, Sort};

use crate::SEED;
use crate::collection::queries::{Kind, Query, middling, queries};
use crate::collection::{Random, word};
use crate::measure::{self, Times, on_this_thread, quantile};
use crate::raw::Raw;

/// The facets that are counted.
pub(crate) const FACETS: [FacetField; 6] = [
    FacetField::Type,
    FacetField::Year,
    FacetField::Publisher,
    FacetField::Journal,
    FacetField::Subject,
    FacetField::Creator,
];

/// A query as commlit's whole answer.
pub(crate) fn whole(query: &Query) -> Search {
    let mut search = Search::plain(&query.text()).expect("well formed");
    search.facets = FACETS.map(|f| (f, 10).into()).to_vec();
    if let Some((from, to)) = query.years {
        search.filters.push(Filter::Years(Some(from), Some(to)));
    }
    search.filters.extend(query.languages.iter().map(|l| Filter::Value(FacetField::Language, (*l).to_owned())));
    search
}

/// What a query took at one size of the collection, by kind.
pub(crate) struct Growth {
    ours: Vec<(Kind, Times)>,
    theirs: Vec<(Kind, Times)>,
}

pub(crate) fn compare(library: &Library, raw: &Raw) -> Growth {
    let count = std::env::var("COMMLIT_BENCH_QUERIES").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000);
    let asked = queries(SEED, count);
    let totals = asked.iter().filter(|q| library.search(&whole(q)).expect("answered").total > 0).count();
    println!("\n{count} queries, {totals} with hits; the lesser of two rounds counts.");
    // What each asks of the library and of tantivy.
    type Ask<'a> = &'a dyn Fn(&Query);
    let full: Ask<'_> = &|q| drop(black_box(library.search(&whole(q)).expect("answered")));
    let ids: Ask<'_> = &|q| {
        let search = Search { facets: Vec::new(), ..whole(q) };
        drop(black_box(library.ranking(&search).expect("answered")));
    };
    let shown: Ask<'_> = &|q| {
        let search = Search { facets: Vec::new(), ..whole(q) };
        drop(black_box(library.search(&search).expect("answered")));
    };
    let theirs: Ask<'_> = &|q| {
        black_box(raw.answer(q).expect("answered"));
    };
    let top: Ask<'_> = &|q| {
        black_box(raw.top(q).expect("answered"));
    };
    let sides = [full, theirs, shown, ids, top];
    let rounds: Vec<Vec<Times>> = (0..2)
        .map(|_| {
            let mut times = vec![Times::default(); sides.len()];
            for query in &asked {
                for (side, times) in sides.iter().zip(&mut times) {
                    times.push(on_this_thread(|| side(query)).1);
                }
            }
            times
        })
        .collect();
    let [full, theirs, shown, ids, top]: [Times; 5] =
        std::array::from_fn(|side| rounds[0][side].clone().lesser(&rounds[1][side]));
    measure::head("### Whole answers", "commlit", "tantivy, aggregations, a snippet");
    measure::compare("all queries", &full, &theirs);
    for kind in Kind::ALL {
        for (name, filtered) in [("", false), (", filtered", true)] {
            let keep = |i: usize| asked[i].kind == kind && asked[i].has_filters() == filtered;
            measure::compare(&format!("{}{name}", kind.name()), &full.chosen(keep), &theirs.chosen(keep));
        }
    }
    measure::head("### Beside the ten best alone", "commlit", "tantivy, top 10 only");
    measure::compare("whole answers", &full, &top);
    measure::compare("the same without facets", &shown, &top);
    measure::compare("ids in order, no facets", &ids, &top);
    multi_select(library, &asked);
    let by_kind = |times: &Times| Kind::ALL.map(|kind| (kind, times.chosen(|i| asked[i].kind == kind))).to_vec();
    Growth { ours: by_kind(&full), theirs: by_kind(&theirs) }
}

/// Two facets with two selected values each. As filters, each facet ignores what is selected in it; as words of the query,
/// all facets count the same records.
fn multi_select(library: &Library, asked: &[Query]) {
    const TYPES: [&str; 2] = ["article-journal", "report"];
    let multi = |q: &Query| {
        let mut search = whole(q);
        search.filters = TYPES.map(|t| Filter::Value(FacetField::Type, t.into())).to_vec();
        search.filters.push(Filter::Years(Some(1990), Some(2020)));
        search
    };
    let single = |q: &Query| {
        let text = format!("({}) AND (type:{} OR type:{}) AND year:1990..2020", q.text(), TYPES[0], TYPES[1]);
        let mut search = Search::plain(&text).expect("well formed");
        search.facets = FACETS.map(|f| (f, 10).into()).to_vec();
        search
    };
    let (mut many, mut one) = (Times::default(), Times::default());
    for query in asked.iter().step_by(2) {
        let (a, spent) = on_this_thread(|| library.search(&multi(query)).expect("answered"));
        many.push(spent);
        let (b, spent) = on_this_thread(|| library.search(&single(query)).expect("answered"));
        one.push(spent);
        assert!(a.total == b.total || b.query.relaxed.is_some() || a.query.relaxed.is_some(), "{}", query.text());
    }
    measure::head("### Multi-select beside single-select", "each ignores its own", "all count the same");
    measure::compare("type and year selected", &many, &one);
}

/// Two words near each other beside tantivy's phrase of the same words, over the same two fields: top 10 and total.
pub(crate) fn proximity(library: &Library, raw: &Raw) {
    let mut random = Random::new(SEED + 1);
    let (mut ours, mut theirs) = (Times::default(), Times::default());
    for _ in 0..200 {
        let (a, b) = (middling(&mut random), middling(&mut random));
        let text = format!("title,abstract:{a} NEAR/5 title,abstract:{b}");
        let run = || {
            let mut search = Search::plain(&text).expect("well formed");
            search.passages = 0;
            search.sort = Sort::Oldest;
            library.search(&search).expect("answered").total
        };
        ours.push(on_this_thread(run).1);
        let phrase =
            Query { kind: Kind::Phrase, words: vec![a.clone(), b.clone()], years: None, languages: Vec::new() };
        theirs.push(on_this_thread(|| black_box(raw.count(&phrase).expect("answered"))).1);
    }
    measure::head("### Proximity beside a phrase of the same words", "NEAR/5", "phrase");
    measure::compare("two words", &ours, &theirs);
}

/// Forty lines as a librarian writes them: words, truncation, proximity, and lines that combine them.
pub(crate) fn strategy(library: &Library) {
    let mut random = Random::new(SEED + 2);
    let mut text = String::new();
    for _ in 0..30 {
        // Stems as people truncate them: what stands for a handful of words, not for every word with the same syllable.
        let mut stem = String::new();
        while stem.len() < 7 {
            stem.clear();
            word(200 + 3 * random.below(3_000), &mut stem);
        }
        let (a, b) = (middling(&mut random), middling(&mut random));
        text.push_str(&format!("({stem}$ adj3 ({a} or {b})).ti,ab.\n"));
    }
    text.push_str("or/1-10\nor/11-20\nor/21-30\n31 and 32\n31 and 33\n32 and 33\nor/34-36\n37 not 1\n38 or 2\nlimit 39 to yr=\"1990 - 2005\"\n");
    let strategy = Strategy::parse(&text, Syntax::Ovid);
    let lines: Vec<Option<Tree>> = strategy.lines.iter().map(|l| l.query.as_ref().ok().cloned()).collect();
    assert!(lines.iter().all(Option::is_some), "every line is read");
    let run = || library.count_lines(&lines, &mut |_, _| ControlFlow::Continue(())).expect("counted");
    let ((), first) = on_this_thread(run);
    let ((), second) = on_this_thread(run);
    println!("\nA strategy of 40 lines: {:.0} ms CPU.", first.cpu.min(second.cpu) * 1e3);
}

/// How the cost of a query grows with the collection, as the exponent of its size: 0 not at all, 1 in proportion.
pub(crate) fn print_growth(sizes: &[(u64, Growth)]) {
    let [(from, small), .., (to, big)] = sizes else { return };
    println!("\n## Growth from {from} to {to} records\n");
    println!("| exponent of CPU time | commlit mean | median | p99 | tantivy alone mean | median | p99 |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let ratio = (*to as f64 / *from as f64).ln();
    let exponent = |a: &Times, b: &Times, of: &dyn Fn(&[f64]) -> f64| (of(&b.cpu) / of(&a.cpu)).ln() / ratio;
    for (i, kind) in Kind::ALL.iter().enumerate() {
        let cells = [(&small.ours[i].1, &big.ours[i].1), (&small.theirs[i].1, &big.theirs[i].1)].map(|(a, b)| {
            format!(
                "{:.2} | {:.2} | {:.2}",
                exponent(a, b, &measure::mean),
                exponent(a, b, &|t| quantile(t, 0.5)),
                exponent(a, b, &|t| quantile(t, 0.99))
            )
        });
        println!("| {} | {} |", kind.name(), cells.join(" | "));
    }
}
