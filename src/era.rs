//! Policy eras: which regime of purchasing and commissioning a year of publication falls in.
//!
//! The periods are data (`eras.tsv`, per nation); records are placed by England's, since they do not state a nation. It does
//! *not* judge what a work is about, only when it was published.

use std::sync::LazyLock;

/// A named period of health policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Era {
    /// The nation whose policy it was.
    pub nation: &'static str,
    /// The name.
    pub label: &'static str,
    /// First year.
    pub from: Option<i32>,
    /// Last year; absent for the present.
    pub to: Option<i32>,
    /// What began and ended it.
    pub note: &'static str,
}

/// The nation by whose eras records are placed.
pub const NATION: &str = "England";

static ERAS: LazyLock<Vec<Era>> = LazyLock::new(|| include_str!("eras.tsv").lines().filter_map(read).collect());

fn read(line: &'static str) -> Option<Era> {
    let mut columns = line.split('\t');
    let (nation, label) = (columns.next()?, columns.next()?);
    let (from, to, note) = (columns.next()?, columns.next()?, columns.next()?);
    (nation != "nation" && !nation.starts_with('#')).then(|| Era {
        nation,
        label,
        from: from.parse().ok(),
        to: to.parse().ok(),
        note,
    })
}

/// All eras of all nations, in the order of the data file.
pub fn all() -> &'static [Era] {
    &ERAS
}

/// The labels of the eras that a year of publication belongs to.
pub fn of_year(year: i32) -> impl Iterator<Item = &'static str> {
    let within = move |era: &&Era| {
        era.nation == NATION && era.from.is_none_or(|f| f <= year) && era.to.is_none_or(|t| year <= t)
    };
    ERAS.iter().filter(within).map(|era| era.label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_every_year_has_one_era_per_nation() {
        let lines =
            include_str!("eras.tsv").lines().filter(|l| !l.starts_with('#') && !l.starts_with("nation\t")).count();
        assert_eq!(all().len(), lines);
        for nation in ["England", "Scotland", "Wales", "Northern Ireland"] {
            for year in 1948..2030 {
                let eras = all().iter().filter(|e| e.nation == nation);
                let here = eras.filter(|e| e.from.is_none_or(|f| f <= year) && e.to.is_none_or(|t| year <= t));
                assert_eq!(here.count(), 1, "{nation} {year}");
            }
        }
        assert_eq!(of_year(1994).collect::<Vec<_>>(), ["Internal market (1991-1998)"]);
    }
}
