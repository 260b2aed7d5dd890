//! Plain syntax against a table of cases, and properties that hold for every tree and every text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use commlit::query::{Fields, Gap, MAX_DEPTH, Parsed, Pattern, Query, Span, Spans, TextField, ValueField, plain};
use proptest::prelude::*;

#[test]
fn table_of_cases() {
    let table = include_str!("cases/plain.txt");
    let mut failed = Vec::new();
    let mut run = 0;
    for (number, line) in table.lines().enumerate() {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        let (input, expected) = line.split_once(" => ").expect("a case has an arrow");
        run += 1;
        let outcome = outcome(input, expected);
        if outcome != expected {
            failed.push(format!("line {}: {input}\n  expected {expected}\n  got      {outcome}", number + 1));
        }
    }
    assert!(run > 90);
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// What became of the input, as far as the expectation speaks of it.
fn outcome(input: &str, expected: &str) -> String {
    match plain::parse(input) {
        Err(e) => {
            let place = format!("ERROR {}..{} ", e.span.start, e.span.end);
            let wanted = expected.strip_prefix(&place).unwrap_or("");
            if !wanted.is_empty() && e.message.starts_with(wanted) {
                expected.to_owned()
            } else {
                format!("{place}{}", e.message)
            }
        }
        Ok(Parsed { query, relaxable, warnings }) => {
            let again = plain::parse(&query.to_string()).expect("the canonical form is well formed");
            assert_eq!(again.query, query, "{input}: the canonical form {query} reads otherwise");
            let mut out = query.to_string();
            for warning in &warnings {
                let known = expected.split(" WARN ").nth(1).map(|w| w.split(" RELAXABLE").next().unwrap_or(w));
                let shown = known.filter(|k| warning.message.starts_with(k)).unwrap_or(&warning.message);
                out.push_str(&format!(" WARN {shown}"));
                assert!(input.get(warning.span.start..warning.span.end).is_some());
            }
            if let Some(r) = relaxable {
                out.push_str(&format!(" RELAXABLE {}/{}", r.required.len(), r.wanted.len()));
            }
            out
        }
    }
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![3 => "[a-z]{1,6}", 1 => "[a-z0-9]{1,3}-[a-z]{1,4}", 1 => Just("and".to_owned()), 1 => "[а-и]{2}"]
}

fn fields() -> impl Strategy<Value = Fields> {
    prop_oneof![
        3 => Just(Fields::ALL),
        1 => proptest::sample::subsequence(TextField::ALL.to_vec(), 1..4).prop_map(|f| Fields::of(&f)),
    ]
}

fn gap() -> impl Strategy<Value = Option<Gap>> {
    let gaps =
        vec![Gap::ANY, Gap::ONE, Gap::OPTIONAL, Gap::up_to(3), Gap { min: 2, max: None }, Gap { min: 2, max: Some(7) }];
    proptest::option::weighted(0.3, proptest::sample::select(gaps))
}

fn pattern() -> impl Strategy<Value = Pattern> {
    ("[a-z0-9]{1,5}", gap(), "[a-z0-9]{0,3}", gap()).prop_map(|(word, first, then, second)| {
        let mut pattern = Pattern::whole(word);
        if let Some(gap) = first {
            pattern.push_gap(gap);
            pattern.push_str(&then);
            second.into_iter().for_each(|gap| pattern.push_gap(gap));
        }
        pattern
    })
}

fn leaf() -> impl Strategy<Value = Query> {
    let span = Span::default();
    let patterns = || proptest::collection::vec(pattern(), 1..4);
    let phrase = (fields(), patterns()).prop_map(move |(fields, words)| Spans::Phrase { fields, words, span });
    let spans = phrase.prop_recursive(4, 12, 3, move |inner| {
        let near = (inner.clone(), inner.clone(), 1..=1000_u32, any::<bool>());
        prop_oneof![
            1 => proptest::collection::vec(inner, 2..4).prop_map(Spans::Any),
            2 => near.prop_map(move |(left, right, distance, ordered)| Spans::Near {
                left: Box::new(left), right: Box::new(right), distance, ordered, span,
            }),
        ]
    });
    let year = proptest::option::of(1400..2100);
    prop_oneof![
        6 => (fields(), word()).prop_map(move |(fields, word)| Query::Word { fields, word, span }),
        3 => (fields(), patterns()).prop_map(move |(fields, words)| Query::Phrase {
            fields,
            words,
            span,
        }),
        2 => (spans.clone(), 2..9_u32).prop_map(move |(spans, times)| Query::Spans { spans, times, span }),
        2 => spans.prop_filter("a proximity", |s| matches!(s, Spans::Near { .. })).prop_map(Query::from),
        1 => (0..99_usize).prop_map(move |line| Query::Line(line, span)),
        1 => ("[a-z\"\\\\*{ ]{0,6}[a-z]", gap()).prop_map(move |(value, gap)| {
            let mut value = Pattern::whole(value.trim());
            if let Some(gap) = gap { value.push_gap(gap); value.push_str("e*"); }
            Query::Value { field: ValueField::Source, value, span }
        }),
        1 => pattern().prop_map(move |value| Query::Value { field: ValueField::JournalTitle, value, span }),
        1 => (year.clone(), year).prop_filter("a range", |(a, b)| match (a, b) {
            (Some(a), Some(b)) => a <= b,
            (a, b) => a.is_some() || b.is_some(),
        }).prop_map(move |(from, to)| Query::Years { from, to, span }),
        1 => Just(Query::All),
    ]
}

fn tree() -> impl Strategy<Value = Query> {
    leaf().prop_recursive(6, 60, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..5).prop_map(Query::And),
            proptest::collection::vec(inner.clone(), 2..5).prop_map(Query::Or),
            inner.clone().prop_map(|q| Query::Not(Box::new(q))),
            proptest::collection::vec(inner, 1..5).prop_map(|parts| Query::AtLeast(parts.len().div_ceil(2), parts)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_back(query in tree()) {
        let text = query.to_string();
        let parsed = plain::parse(&text).map_err(|e| TestCaseError::fail(format!("{text}: {e} at {:?}", e.span)))?;
        prop_assert_eq!(parsed.query, query, "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        check_spans(&text);
    }

    #[test]
    fn any_operators_are_read_or_refused(parts in proptest::collection::vec(
        proptest::sample::select(vec!["AND", "OR", "NOT", "(", ")", "\"", "*", "-", "+", "title:", "year:", "ATLEAST 2 ", "a", "bé*", " ", ":", "“", "id:\""]), 0..25)) {
        check_spans(&parts.concat());
    }
}

fn check_spans(text: &str) {
    match plain::parse(text) {
        Ok(parsed) => {
            let again = plain::parse(&parsed.query.to_string()).expect("the canonical form is well formed");
            assert_eq!(again.query, parsed.query, "{text}");
            assert!(parsed.warnings.iter().all(|w| text.get(w.span.start..w.span.end).is_some()), "{text}");
        }
        Err(e) => assert!(text.get(e.span.start..e.span.end).is_some(), "{text}: {e:?}"),
    }
}

#[test]
fn hostile_queries_are_refused_at_once() {
    let deep = "(".repeat(1_000_000);
    let closed = format!("{}a{}", "(".repeat(100_000), ")".repeat(100_000));
    let not = "NOT ".repeat(10_000) + "a";
    let many = "a ".repeat(100_000);
    for text in [deep, closed, not, many, "-".repeat(200_000), "title:(".repeat(30_000), "ATLEAST 1 (".repeat(20_000)] {
        let start = std::time::Instant::now();
        assert!(plain::parse(&text).is_err());
        assert!(start.elapsed().as_secs() < 5);
    }
    let within = format!("{}a{}", "(".repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH));
    assert!(plain::parse(&within).is_ok());
}
