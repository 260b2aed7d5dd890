//! Translations against a table of cases, and against a naive reading of random records.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write;
use std::path::Path;

use commlit::query::translate::translate;
use commlit::query::{Fields, Gap, Pattern, Query, Span, Spans, Syntax, TextField, ValueField, plain};
use proptest::prelude::*;

const DIALECTS: [Syntax; 4] = [Syntax::Ovid, Syntax::PubMed, Syntax::Ebsco, Syntax::Cochrane];

#[test]
fn table_of_cases() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/translate.txt");
    let table = std::fs::read_to_string(&path).unwrap();
    let (mut written, mut cases) = (String::new(), 0);
    for line in table.lines() {
        if line.starts_with('#') || line.is_empty() {
            writeln!(written, "{line}").unwrap();
        }
        let Some((syntax, text)) = line.split_once("> ").filter(|_| !line.starts_with(['#', ' '])) else { continue };
        cases += 1;
        writeln!(written, "{line}").unwrap();
        let query = Syntax::from_name(syntax).unwrap().parse(text).expect(text).query;
        for to in DIALECTS {
            let translation = translate(&query, to);
            writeln!(written, "  {} = {}", to.name(), translation.text).unwrap();
            for warning in &translation.warnings {
                writeln!(written, "    ! {}", warning.message).unwrap();
            }
        }
    }
    assert!(cases > 20);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &written).unwrap();
    } else {
        for (is, was) in written.lines().zip(table.lines()) {
            assert_eq!(is, was);
        }
        assert_eq!(written.lines().count(), table.lines().count());
    }
}

/// Words of each value of each field, and the year.
#[derive(Debug, Clone)]
struct Doc {
    texts: Vec<(TextField, Vec<String>)>,
    year: Option<i32>,
}

fn fits(pattern: &Pattern, word: &str) -> bool {
    fn rest(gaps: &[(Gap, String)], word: &str) -> bool {
        let Some(((gap, then), later)) = gaps.split_first() else { return word.is_empty() };
        let most = gap.max.map_or(word.len(), usize::from).min(word.len());
        (usize::from(gap.min)..=most).any(|n| word[n..].strip_prefix(then.as_str()).is_some_and(|w| rest(later, w)))
    }
    word.strip_prefix(pattern.word.as_str()).is_some_and(|w| rest(&pattern.rest, w))
}

/// The first and last words of every stretch in one value.
fn stretches(field: TextField, words: &[String], spans: &Spans) -> Vec<(usize, usize)> {
    match spans {
        Spans::Phrase { fields, words: wanted, .. } if fields.contains(field) => (0..words.len())
            .filter(|i| words.len() >= i + wanted.len() && wanted.iter().zip(&words[*i..]).all(|(p, w)| fits(p, w)))
            .map(|i| (i, i + wanted.len() - 1))
            .collect(),
        Spans::Phrase { .. } => Vec::new(),
        Spans::Any(parts) => parts.iter().flat_map(|p| stretches(field, words, p)).collect(),
        Spans::Near { left, right, distance, ordered, .. } => {
            let mut found = Vec::new();
            for (a, b) in stretches(field, words, left) {
                for (c, d) in stretches(field, words, right) {
                    if c > b && c - b <= *distance as usize {
                        found.push((a, d));
                    }
                    if !ordered && a > d && a - d <= *distance as usize {
                        found.push((c, b));
                    }
                }
            }
            found.sort_unstable();
            found.dedup();
            found
        }
    }
}

fn matches(doc: &Doc, query: &Query) -> bool {
    let count = |spans: &Spans, field: TextField| {
        let values = doc.texts.iter().filter(|(f, _)| *f == field);
        let disjoint = |words: &[String]| {
            let mut all = stretches(field, words, spans);
            all.sort_by_key(|s| s.1);
            let mut taken: Vec<(usize, usize)> = Vec::new();
            for s in all {
                if taken.last().is_none_or(|t| s.0 > t.1) {
                    taken.push(s);
                }
            }
            taken.len()
        };
        values.map(|(_, words)| disjoint(words)).sum::<usize>()
    };
    match query {
        Query::All => true,
        Query::Phrase { fields, words, span } => {
            let spans = Spans::Phrase { fields: *fields, words: words.clone(), span: *span };
            TextField::ALL.iter().any(|f| count(&spans, *f) > 0)
        }
        Query::Spans { spans, times, .. } => TextField::ALL.iter().any(|f| count(spans, *f) >= *times as usize),
        Query::Years { from, to, .. } => {
            doc.year.is_some_and(|y| from.is_none_or(|f| f <= y) && to.is_none_or(|t| y <= t))
        }
        Query::And(parts) => parts.iter().all(|p| matches(doc, p)),
        Query::Or(parts) => parts.iter().any(|p| matches(doc, p)),
        Query::Not(part) => !matches(doc, part),
        Query::AtLeast(n, parts) => parts.iter().filter(|p| matches(doc, p)).count() >= *n,
        Query::Word { .. } | Query::Synonyms { .. } | Query::Value { .. } | Query::Line(..) => {
            panic!("not asked here: {query}")
        }
    }
}

const VOCABULARY: [&str; 10] = ["joint", "jointly", "care", "cares", "caring", "total", "and", "near", "a1", "x"];

fn doc() -> impl Strategy<Value = Doc> {
    let words = proptest::collection::vec(proptest::sample::select(VOCABULARY.map(str::to_owned).to_vec()), 0..7);
    let texts = proptest::collection::vec((proptest::sample::select(TextField::ALL.to_vec()), words), 0..8);
    (texts, proptest::option::of(1990..2000)).prop_map(|(texts, year)| Doc { texts, year })
}

fn fields() -> impl Strategy<Value = Fields> {
    prop_oneof![
        1 => Just(Fields::ALL),
        1 => Just(Fields::of(&[TextField::Title, TextField::Abstract, TextField::Subject])),
        3 => Just(Fields::of(&[TextField::Title, TextField::Abstract])),
        2 => Just(Fields::of(&[TextField::Title])),
        1 => proptest::sample::subsequence(TextField::ALL.to_vec(), 1..4).prop_map(|f| Fields::of(&f)),
    ]
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let gaps = vec![Gap::ANY, Gap::ANY, Gap::ONE, Gap::OPTIONAL, Gap::up_to(2), Gap { min: 1, max: None }];
    let gap = proptest::option::weighted(0.3, proptest::sample::select(gaps));
    (proptest::sample::select(VOCABULARY.to_vec()), gap, 0..3_usize).prop_map(|(word, gap, keep)| match gap {
        Some(gap) if word.len() > 4 => {
            let mut pattern = Pattern::whole(&word[..4]);
            pattern.push_gap(gap);
            pattern.push_str(if keep == 0 { &word[word.len() - 1..] } else { "" });
            pattern
        }
        _ => Pattern::whole(word),
    })
}

fn spans(fields: Fields) -> impl Strategy<Value = Spans> {
    let span = Span::default();
    let phrase =
        proptest::collection::vec(pattern(), 1..3).prop_map(move |words| Spans::Phrase { fields, words, span });
    phrase.prop_recursive(3, 8, 3, move |inner| {
        prop_oneof![
            1 => proptest::collection::vec(inner.clone(), 2..4).prop_map(Spans::Any),
            2 => (inner.clone(), inner, 1..5_u32, any::<bool>()).prop_map(move |(left, right, distance, ordered)| {
                Spans::Near { left: Box::new(left), right: Box::new(right), distance, ordered, span }
            }),
        ]
    })
}

fn tree() -> impl Strategy<Value = Query> {
    let span = Span::default();
    let leaf = prop_oneof![
        4 => (fields(), proptest::collection::vec(pattern(), 1..3))
            .prop_map(move |(fields, words)| Query::Phrase { fields, words, span }),
        4 => fields().prop_flat_map(spans).prop_map(Query::from),
        1 => (fields().prop_flat_map(spans), 2..4_u32).prop_map(move |(spans, times)| Query::Spans { spans, times, span }),
        1 => (fields().prop_flat_map(spans), fields().prop_flat_map(spans)).prop_map(move |(left, right)| {
            Query::from(Spans::Near { left: Box::new(left), right: Box::new(right), distance: 2, ordered: false, span })
        }),
        1 => (1990..1995, 1995..2000).prop_map(move |(a, b)| Query::Years { from: Some(a), to: Some(b), span }),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Query::And),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Query::Or),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Query::And(vec![a, Query::Not(Box::new(b))])),
            proptest::collection::vec(inner, 1..4).prop_map(|parts| Query::AtLeast(parts.len().div_ceil(2), parts)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_translation_finds_the_same_or_says_that_it_is_wider(query in tree(), docs in proptest::collection::vec(doc(), 12)) {
        for to in DIALECTS {
            let translation = translate(&query, to);
            if translation.warnings.iter().any(|w| !w.message.starts_with("wider")) {
                continue; // every record, or none
            }
            let again = to.parse(&translation.text);
            let again = again.map_err(|e| TestCaseError::fail(format!("{} {}: {e} {:?}", to.name(), translation.text, e.span)))?.query;
            for doc in &docs {
                let (here, there) = (matches(doc, &query), matches(doc, &again));
                let same = if translation.warnings.is_empty() { here == there } else { !here || there };
                prop_assert!(same, "{}: {query}\n  {}\n  {again}\n  {doc:?} {here} {there} {:?}", to.name(), translation.text, translation.warnings);
            }
        }
    }

    #[test]
    fn one_question_in_four_languages(docs in proptest::collection::vec(commissioning(), 40)) {
        let [ovid, pubmed, ebsco, cochrane] = QUESTION.map(|(syntax, text)| syntax.parse(text).unwrap().query);
        for doc in &docs {
            let found = matches(doc, &ovid);
            prop_assert_eq!(found, matches(doc, &ebsco));
            prop_assert_eq!(found, matches(doc, &cochrane));
            prop_assert!(found || !matches(doc, &pubmed));
        }
    }
}

fn commissioning() -> impl Strategy<Value = Doc> {
    let words = ["joint", "integrated", "commissioning", "commissioner", "fundholding", "total", "purchasing", "of"];
    let words = proptest::collection::vec(proptest::sample::select(words.map(str::to_owned).to_vec()), 0..9);
    (words.clone(), words).prop_map(|(title, text)| Doc {
        texts: vec![(TextField::Title, title), (TextField::Abstract, text)],
        year: None,
    })
}

const QUESTION: [(Syntax, &str); 4] = [
    (Syntax::Ovid, "((joint or integrated) adj3 commission$).ti,ab. and (fundhold$ or total purchas$).ti,ab."),
    (
        Syntax::PubMed,
        "(\"joint commissioning\"[tiab:~2] OR \"integrated commissioning\"[tiab:~2]) AND (fundhold*[tiab] OR \"total purchas*\"[tiab])",
    ),
    (
        Syntax::Ebsco,
        "(TI ((joint OR integrated) N2 commission*) OR AB ((joint OR integrated) N2 commission*)) AND (TI (fundhold* OR \"total purchas*\") OR AB (fundhold* OR \"total purchas*\"))",
    ),
    (
        Syntax::Cochrane,
        "((joint or integrated) near/3 commission*):ti,ab and (fundhold* or (total next purchas*)):ti,ab",
    ),
];

#[test]
fn one_question_translates_back_and_forth() {
    for (from, text) in [QUESTION[0], QUESTION[2], QUESTION[3]] {
        let query = from.parse(text).unwrap().query;
        for (to, expected) in [QUESTION[0], QUESTION[2], QUESTION[3]] {
            let translation = translate(&query, to);
            assert_eq!(translation.text, expected, "from {}", from.name());
            assert!(translation.warnings.is_empty());
        }
    }
}

#[test]
fn whole_values_come_back() {
    for text in [
        "heading:\"contract services\"",
        "major:contracts",
        "explode:\"contract services/economics\"",
        "explode-major:contracts",
        "heading:\"wounds and injuries\"",
        "subheading:economics",
    ] {
        let query = plain::parse(text).unwrap().query;
        for to in DIALECTS {
            let translation = translate(&query, to);
            if translation.warnings.is_empty() {
                assert_eq!(to.parse(&translation.text).expect(&translation.text).query, query, "{}", translation.text);
            } else {
                assert!(to == Syntax::Ebsco && text.starts_with("subheading"), "{text} {translation:?}");
            }
        }
    }
    let names = Query::Value { field: ValueField::Name, value: Pattern::truncated("smith j"), span: Span::default() };
    let translation = translate(&names, Syntax::Ovid);
    assert_eq!((translation.text.as_str(), translation.warnings.len()), ("smith j$.au.", 0));
    assert_eq!(Syntax::Ovid.parse(&translation.text).unwrap().query, names);
}

#[test]
fn hostile_trees_are_translated_at_once() {
    let mut nested = "ATLEAST 2 (title:a title:b title:c)".to_owned();
    for _ in 0..80 {
        nested = format!("ATLEAST 2 (title:a title:b {nested})");
    }
    let many = (0..9_000).map(|i| format!("w{i}")).collect::<Vec<_>>();
    let near = format!("title:({}) NEAR/3 title:({})", many[..2000].join(" OR "), many[2000..4000].join(" OR "));
    for text in [nested, many.join(" OR "), many.join(" "), near, format!("ATLEAST 20 ({})", many[..40].join(" "))] {
        let query = plain::parse(&text).unwrap().query;
        for to in DIALECTS {
            let start = std::time::Instant::now();
            let translation = translate(&query, to);
            assert!(start.elapsed().as_secs() < 10, "{}", to.name());
            assert!(!translation.text.is_empty());
        }
    }
}
