//! Facets by a scan: what is counted, what falls together, what a page shows; and the test that the engine agrees.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use commlit::library::Library;
use commlit::query::Query;
use commlit::record::Record;
use commlit::search::{FacetField, FacetRequest, FacetValue, Filter, Sort, Variant};

use crate::naive::{self, Doc, era, key, tokens};
use crate::random::Random;
use crate::{ALL, all, ask, ids, over_worlds, run};

/// A list as a user may write it: another spelling, another preferred form than the shipped one, a chain, a line taken back.
pub(crate) const OWN: &str = "\u{feff}field\tvariant\tpreferred\r\n# a remark\n\n\
    publisher\tKINGS FUND\tKing’s Fund\npublisher\tHMSO\tHer Majesty's Stationery Office\n\
    publisher\tHMSO/DHSS\tHealth, \"Policy\" Press\npublisher\tHealth “Policy” Press\tThe Café Press\n\
    publisher\tKing Edward's Hospital Fund\tKing Edward's Hospital Fund\nplace\tBristol/Bath\tSomerset\n";

type Line = (FacetField, String, String);

fn lines(list: &str) -> Vec<Line> {
    let cells = list.lines().map(|l| l.split('\t').collect::<Vec<_>>()).filter(|c| c.len() == 3);
    let field = |name: &str| [FacetField::Publisher, FacetField::Place].into_iter().find(|f| f.name() == name);
    cells.filter_map(|c| Some((field(c[0])?, c[1].to_owned(), c[2].to_owned()))).collect()
}

/// What a name is by the rule.
fn name_key(printed: &str) -> String {
    let found = tokens(printed);
    let mut words: Vec<String> = Vec::new();
    for (i, token) in found.iter().enumerate() {
        if i > 0 && printed[found[i - 1].end..token.start].contains('&') {
            words.push("and".into());
        }
        words.push(token.folded.clone());
    }
    let single = |w: &str| w.len() == 1 && w.chars().all(|c| c.is_ascii_lowercase());
    let mut out: Vec<String> = Vec::new();
    for (i, word) in words.iter().enumerate() {
        match out.last_mut() {
            Some(last) if single(word) && single(&words[i - 1]) => last.push_str(word),
            _ => out.push(word.clone()),
        }
    }
    if out.len() > 1 && out[0] == "the" {
        out.remove(0);
    }
    if out.is_empty() { format!("as it stands: {printed}") } else { out.join(" ") }
}

thread_local! {
    static GROUPS: RefCell<HashMap<(bool, FacetField, String), String>> = RefCell::default();
}

/// What a printed form is counted under.
pub(crate) fn group(own: bool, field: FacetField, printed: &str) -> String {
    let of = (own, field, printed.to_owned());
    GROUPS.with_borrow_mut(|known| known.entry(of).or_insert_with(|| find_group(own, field, printed)).clone())
}

fn find_group(own: bool, field: FacetField, printed: &str) -> String {
    let shipped = lines(include_str!("../../src/authorities.tsv"));
    let own = if own { lines(OWN) } else { Vec::new() };
    let mut at = name_key(printed);
    for _ in 0..50 {
        let of = |l: &&Line| l.0 == field && name_key(&l.1) == at;
        let preferred_by_own = own.iter().any(|l| l.0 == field && name_key(&l.2) == at);
        let line = own.iter().find(of).or_else(|| shipped.iter().find(of).filter(|_| !preferred_by_own));
        match line.map(|l| name_key(&l.2)) {
            Some(next) if next != at => at = next,
            _ => break,
        }
    }
    at
}

/// The form that is shown of every group, over the whole collection.
fn forms(docs: &[Doc], own: bool, field: FacetField) -> HashMap<String, String> {
    let mut printed: BTreeMap<&String, usize> = BTreeMap::new();
    docs.iter().flat_map(|d| d.facet(field)).for_each(|v| *printed.entry(v).or_insert(0) += 1);
    let mut groups: HashMap<String, Vec<(&String, usize)>> = HashMap::new();
    printed.iter().for_each(|(form, n)| groups.entry(group(own, field, form)).or_default().push((form, *n)));
    let own = if own { lines(OWN) } else { Vec::new() };
    let shipped = lines(include_str!("../../src/authorities.tsv"));
    let commonest = |mut forms: Vec<(&String, usize)>| {
        forms.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        forms.first().map(|f| f.0.clone())
    };
    let form = |group: &String, forms: Vec<(&String, usize)>| {
        let preferred =
            |list: &[Line]| list.iter().rev().find(|l| l.0 == field && name_key(&l.2) == *group).map(|l| l.2.clone());
        let by_name = commonest(forms.iter().filter(|f| name_key(f.0) == *group).copied().collect());
        preferred(&own).or(by_name).or_else(|| preferred(&shipped)).or_else(|| commonest(forms)).unwrap()
    };
    groups.into_iter().map(|(group, forms)| (group.clone(), form(&group, forms))).collect()
}

/// The values of every field, as they are printed.
pub(crate) fn printed(r: &Record) -> HashMap<FacetField, BTreeSet<String>> {
    let all = |list: &[String]| list.iter().filter(|v| !v.is_empty()).cloned().collect::<BTreeSet<_>>();
    let names: Vec<String> = r.creators.iter().map(|c| c.name.clone()).collect();
    let journals: Vec<String> = r.container.iter().map(|c| c.title.clone()).collect();
    let paths: Vec<String> = r.sources.iter().map(|s| s.path.clone()).collect();
    let of_year = |name: &dyn Fn(i32) -> String| r.year.iter().map(|y| name(*y)).collect::<BTreeSet<_>>();
    HashMap::from([
        (FacetField::Type, r.item_type.iter().cloned().collect()),
        (FacetField::Year, of_year(&|y| y.to_string())),
        (FacetField::Decade, of_year(&|y| format!("{}s", y.div_euclid(10) * 10))),
        (FacetField::Era, of_year(&|y| era(y).to_owned())),
        (FacetField::Publisher, all(&r.publisher)),
        (FacetField::Place, all(&r.place)),
        (FacetField::Journal, all(&journals)),
        (FacetField::Series, all(&r.series)),
        (FacetField::Subject, all(&r.subjects)),
        (FacetField::Creator, all(&names)),
        (FacetField::Language, all(&r.languages)),
        (FacetField::Source, all(&paths)),
    ])
}

fn is_controlled(field: FacetField) -> bool {
    matches!(field, FacetField::Publisher | FacetField::Place)
}

fn is_time(field: FacetField) -> bool {
    matches!(field, FacetField::Year | FacetField::Decade)
}

/// As a facet shows a value that could be taken for the absence of one.
fn shown(value: &str) -> String {
    let rest = value.trim_start_matches('\\');
    if rest == "(none)" { format!("\\{value}") } else { value.to_owned() }
}

fn begins(value: &str, prefix: &str) -> bool {
    let (value_words, prefix_words) = (key(value), key(prefix));
    let words: Vec<&str> = value_words.split(' ').collect();
    let prefix_words: Vec<&str> = prefix_words.split(' ').filter(|w| !w.is_empty()).collect();
    let Some((last, first)) = prefix_words.split_last() else {
        return value.trim_start().starts_with(prefix.trim());
    };
    (0..words.len()).any(|i| {
        let (here, next) = (words.get(i..i + first.len()), words.get(i + first.len()));
        here == Some(first) && next.is_some_and(|w| w.starts_with(last))
    })
}

/// A facet as it should be: its values, how many there are, and how many come after the page.
pub(crate) fn facet(
    docs: &[Doc],
    own: bool,
    query: &Query,
    filters: &[Filter],
    request: &FacetRequest,
) -> (Vec<FacetValue>, usize, usize) {
    let field = request.field;
    let found: Vec<&Doc> = docs.iter().filter(|d| d.matches(query) && d.passes(filters, Some(field))).collect();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut variants: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let forms = if is_controlled(field) { forms(docs, own, field) } else { HashMap::new() };
    let form = |value: &String| forms.get(&group(own, field, value)).unwrap_or(value).clone();
    for doc in &found {
        let values: BTreeSet<String> = doc.facet(field).iter().map(form).collect();
        values.into_iter().for_each(|value| *counts.entry(value).or_insert(0) += 1);
        for value in doc.facet(field).iter().filter(|_| is_controlled(field) && request.variants) {
            *variants.entry(form(value)).or_default().entry(value.clone()).or_insert(0) += 1;
        }
    }
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    if is_time(field) {
        counts = histogram(&counts, if field == FacetField::Year { 1 } else { 10 });
    } else {
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    }
    counts.retain(|(value, _)| {
        if request.prefix.trim().is_empty() || begins(value, &request.prefix) {
            return true;
        }
        let mut printed = docs.iter().flat_map(|d| d.facet(field)).filter(|p| form(p) == *value);
        is_controlled(field) && printed.any(|p| begins(p, &request.prefix))
    });
    let is_selected = |value: &String| {
        filters.iter().filter(|f| f.field() == field).any(|f| match f {
            Filter::Years(from, to) => {
                let year: i32 = value.parse().expect("a year");
                from.is_none_or(|f| f <= year) && to.is_none_or(|t| year <= t)
            }
            Filter::Value(_, v) if is_controlled(field) => form(v) == *value,
            Filter::Value(_, v) => v == value,
            Filter::Missing(_) => false,
        })
    };
    let page = request.offset..request.offset.saturating_add(request.limit);
    let distinct = counts.iter().filter(|c| c.1 > 0).count();
    let more = if is_time(field) { 0 } else { distinct.saturating_sub(page.end) };
    let mut values = Vec::new();
    for (i, (value, count)) in counts.into_iter().enumerate() {
        let selected = is_selected(&value);
        if is_time(field) || page.contains(&i) || request.offset == 0 && selected {
            let mut printed: Vec<(String, u64)> = variants.remove(&value).unwrap_or_default().into_iter().collect();
            printed.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            if printed.len() == 1 && printed[0].0 == value {
                printed.clear();
            }
            let variants = printed.into_iter().map(|(value, count)| Variant { value, count }).collect();
            values.push(FacetValue { value: shown(&value), count, selected, variants });
        }
    }
    let missing = found.iter().filter(|d| d.facet(field).is_empty()).count() as u64;
    let selected = filters.contains(&Filter::Missing(field));
    let asked = request.missing || selected && request.offset == 0 && request.prefix.trim().is_empty();
    if missing > 0 && asked {
        values.push(FacetValue { value: "(none)".into(), count: missing, selected, variants: Vec::new() });
    }
    (values, distinct, more)
}

/// Years or decades in order, with the empty ones between those that are not far apart.
fn histogram(counts: &[(String, u64)], step: i64) -> Vec<(String, u64)> {
    let number = |name: &String| name.trim_end_matches('s').parse::<i64>().expect("a year");
    let name = |from: i64| if step == 10 { format!("{from}s") } else { from.to_string() };
    let found: BTreeMap<i64, u64> = counts.iter().map(|(v, n)| (number(v), *n)).collect();
    let mut out = BTreeMap::new();
    for (from, count) in &found {
        out.insert(*from, *count);
        let next = found.range(from + 1..).next().map(|(next, _)| *next);
        let empty: Vec<i64> =
            (from + step..next.unwrap_or(*from)).take(100_000).filter(|y| (y - from) % step == 0).collect();
        if empty.len() as i64 * step <= 100 {
            out.extend(empty.into_iter().map(|y| (y, 0)));
        }
    }
    out.into_iter().map(|(from, count)| (name(from), count)).collect()
}

const PREFIXES: &[&str] = &[
    "k",
    "King's f",
    "h",
    "hosp",
    "the",
    "LON",
    "19",
    "199",
    "1",
    "[",
    "care j",
    "É",
    "e",
    "policy p",
    "no",
    "(",
    "Stationery o",
    "bri",
    "  fund ",
    "mü",
    "zz",
    "her maj",
];

fn request(random: &mut Random, field: FacetField) -> FacetRequest {
    FacetRequest {
        field,
        limit: if random.chance(50) { ALL } else { random.below(4) },
        offset: if random.chance(60) { 0 } else { random.below(6) },
        prefix: random.maybe(30, |x| x.text(PREFIXES).to_owned()).unwrap_or_default(),
        missing: random.chance(40),
        variants: random.chance(40),
    }
}

#[test]
fn facets_count_what_a_scan_counts() {
    let mut joined = 0;
    over_worlds(2, 6, 20, |random, world| {
        let query = if random.chance(30) { Query::All } else { ask::query(random, &world.docs, 2) };
        let filters = ask::filters(random, &world.docs, 5);
        let mut search = all(&query, &filters, Sort::Oldest, 0);
        search.facets = naive::FACETS.iter().map(|f| request(random, *f)).collect();
        let results = run(world, &search);
        let what = format!("{query} {filters:?}");
        let expected = naive::found(&world.docs, &query, &filters, Sort::Oldest);
        assert_eq!(ids(&results), expected, "{what}");
        assert_eq!(results.total, expected.len() as u64, "{what}");
        if random.chance(10) {
            assert_eq!(results.facets, world.library.facets(&search, &search.facets).expect("facets"));
        }
        if random.chance(60) {
            // What is asked for once is counted in another way than what is asked for often, and in yet another one where
            // what is kept beside the segments is missing or damaged.
            if random.chance(20) {
                world.spoil_fingerprints(random);
            }
            let fresh = Library::open(world.index()).expect("the same library");
            let first = fresh.search(&search).expect("an answer");
            assert_eq!((first.total, &first.facets), (results.total, &results.facets), "{what}");
            assert_eq!(ids(&first), expected, "{what}");
        }
        for (facet, request) in results.facets.iter().zip(&search.facets) {
            let (values, distinct, more) = super::counted::facet(&world.docs, world.own, &query, &filters, request);
            joined += values.iter().filter(|v| v.variants.len() > 1).count();
            assert_eq!(facet.values, values, "{request:?} of {what}");
            assert_eq!(
                (facet.field, facet.distinct, facet.more),
                (request.field, distinct, more),
                "{request:?} of {what}"
            );
            assert_eq!(facet.offset, request.offset);
            // What is shown is what a filter takes: the value alone finds as many records as it counts.
            if filters.is_empty() && random.chance(20) {
                for value in facet.values.iter().filter(|v| v.count > 0).take(3) {
                    let filter = Filter::parse(&format!("{}={}", request.field.name(), value.value)).expect("a filter");
                    let only = run(world, &all(&query, &[filter], Sort::Oldest, 0));
                    assert_eq!(only.total, value.count, "{value:?} of {what}");
                    assert_eq!(only.query.warnings, results.query.warnings, "{value:?} of {what}");
                }
            }
        }
    });
    assert!(joined > 20, "only {joined} forms were joined");
}

#[test]
fn pages_of_values_joined_are_the_whole() {
    over_worlds(9, 3, 3, |random, world| {
        let query = if random.chance(50) { Query::All } else { ask::query(random, &world.docs, 1) };
        let field = *random.pick(&naive::FACETS);
        if is_time(field) {
            return;
        }
        let prefix = random.maybe(30, |x| x.text(PREFIXES).to_owned()).unwrap_or_default();
        let of = |offset, limit| {
            let request = FacetRequest { offset, limit, prefix: prefix.clone(), ..FacetRequest::new(field) };
            let search = all(&query, &[], Sort::Relevance, 0);
            world.library.facets(&search, &[request]).expect("facets").remove(0)
        };
        let whole = of(0, ALL);
        let mut joined: Vec<FacetValue> = Vec::new();
        loop {
            let page = of(joined.len(), random.between(1, 5));
            assert_eq!(page.distinct, whole.distinct);
            assert_eq!(page.more, whole.distinct - joined.len() - page.values.len());
            joined.extend(page.values);
            if page.more == 0 {
                break;
            }
        }
        assert_eq!(joined, whole.values, "{} of {query}", field.name());
    });
}
