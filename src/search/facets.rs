//! Facets and filters: what can be counted and selected, and how it is asked for and answered.
//!
//! A facet counts records over all that match, exactly: most frequent value first, then by name. Values of one field are
//! alternatives, fields must all hold, and a facet is counted as if its own field were not filtered, so that a second value
//! can be added.
//!
//! - **Years and decades** are a histogram in order of time: given in full whatever the page, with the empty ones between
//!   the first and the last as values with count 0. An absurd year does not blow it up: a gap of more than [`MAX_GAP`] years
//!   is left open. `distinct` does not count the empty ones.
//! - **Records without a value** are [`NONE`], which stands last and beyond the page. A value that is written `(none)` itself
//!   is shown and filtered by as `\(none)`, one that is written `\(none)` as `\\(none)`, and so on: what a facet shows is what a
//!   filter takes.
//! - **Publishers and places** are authority forms, see [`crate::authority`]; a filter by any printed form selects them all.

use serde::Serialize;

use crate::error::{Error, ErrorKind};
use crate::words;

/// How the absence of a value is written, in facets and in filters.
pub const NONE: &str = "(none)";

/// The longest gap of a histogram that is filled with empty years, in years.
pub const MAX_GAP: i64 = 100;

/// How many values of a facet are given where nothing is said.
const DEFAULT_LIMIT: usize = 10;

/// A facet that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetRequest {
    /// The field.
    pub field: FacetField,
    /// How many values to give; years and decades are given in full.
    pub limit: usize,
    /// How many values to leave out before them.
    pub offset: usize,
    /// Only values with a word that begins so, or with words of which the first are these and the next begins so. Capitals,
    /// diacritics and punctuation do not matter; a prefix of punctuation alone is compared with the beginning of the value
    /// as it stands. Of authority forms any printed form may begin so. Empty for all values.
    pub prefix: String,
    /// Whether records without a value are counted, as [`NONE`].
    pub missing: bool,
    /// Whether authority forms tell which printed forms they stand for.
    pub variants: bool,
}

impl FacetRequest {
    /// The ten most frequent values of a field.
    pub fn new(field: FacetField) -> Self {
        FacetRequest { field, limit: DEFAULT_LIMIT, offset: 0, prefix: String::new(), missing: false, variants: false }
    }

    /// Reads `FIELD` or `FIELD:N`.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] when the field is unknown or `N` is not a number.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let Some((name, count)) = text.split_once(':') else { return FacetField::from_name(text).map(Self::new) };
        let limit = count.parse().map_err(|_| {
            Error::new(ErrorKind::Argument, format!("`{count}` is not a number of values"))
                .with_hint(format!("for example {name}:20"))
        })?;
        Ok(FacetRequest { limit, ..Self::new(FacetField::from_name(name)?) })
    }
}

/// A field, and how many of its most frequent values.
impl From<(FacetField, usize)> for FacetRequest {
    fn from((field, limit): (FacetField, usize)) -> Self {
        FacetRequest { limit, ..Self::new(field) }
    }
}

/// A field that can be counted and filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FacetField {
    /// CSL item type.
    Type,
    /// Year of publication.
    Year,
    /// Decade of publication: `1990s`.
    Decade,
    /// Policy era of the year of publication, see [`crate::era`].
    Era,
    /// Publisher.
    Publisher,
    /// Place of publication.
    Place,
    /// Title of the journal or book the work stands in.
    Journal,
    /// Series.
    Series,
    /// Subject heading.
    Subject,
    /// Author, editor or body.
    Creator,
    /// Language code.
    Language,
    /// File the record was read from.
    Source,
    /// Concept of the thesaurus that the record mentions.
    Concept,
    /// The same with everything broader: a record that mentions primary care trusts is one of commissioning bodies too.
    ConceptExploded,
}

impl FacetField {
    /// All facet fields.
    pub const ALL: [FacetField; 14] = [
        FacetField::Type,
        FacetField::Year,
        FacetField::Decade,
        FacetField::Era,
        FacetField::Publisher,
        FacetField::Place,
        FacetField::Journal,
        FacetField::Series,
        FacetField::Subject,
        FacetField::Creator,
        FacetField::Language,
        FacetField::Source,
        FacetField::Concept,
        FacetField::ConceptExploded,
    ];

    /// The name on the command line and in results.
    pub fn name(self) -> &'static str {
        match self {
            FacetField::Type => "type",
            FacetField::Year => "year",
            FacetField::Decade => "decade",
            FacetField::Era => "era",
            FacetField::Publisher => "publisher",
            FacetField::Place => "place",
            FacetField::Journal => "journal",
            FacetField::Series => "series",
            FacetField::Subject => "subject",
            FacetField::Creator => "creator",
            FacetField::Language => "language",
            FacetField::Source => "source",
            FacetField::Concept => "concept",
            FacetField::ConceptExploded => "concept+",
        }
    }

    /// The field of a name.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] with the list of names.
    pub fn from_name(name: &str) -> Result<Self, Error> {
        FacetField::ALL.into_iter().find(|f| f.name() == name).ok_or_else(|| {
            let names: Vec<_> = FacetField::ALL.iter().map(|f| f.name()).collect();
            Error::new(ErrorKind::Argument, format!("there is no facet or filter field `{name}`"))
                .with_hint(format!("use one of: {}", names.join(", ")))
        })
    }

    /// Whether values are texts; years and decades are numbers.
    pub(crate) fn is_text(self) -> bool {
        !matches!(self, FacetField::Year | FacetField::Decade)
    }
}

/// One restriction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// The field has this value. Of authority forms, any of the printed forms; otherwise exactly this one.
    Value(FacetField, String),
    /// The field has no value.
    Missing(FacetField),
    /// The year of publication lies in this range, both ends inclusive; an absent end is open.
    Years(Option<i32>, Option<i32>),
}

impl Filter {
    /// The field it restricts: a facet of that field is counted as if the filter were not there.
    pub fn field(&self) -> FacetField {
        match self {
            Filter::Value(field, _) | Filter::Missing(field) => *field,
            Filter::Years(..) => FacetField::Year,
        }
    }

    /// The years it allows, where it is a restriction to years.
    pub(crate) fn years(&self) -> Option<(i32, i32)> {
        match self {
            Filter::Years(from, to) => Some((from.unwrap_or(i32::MIN), to.unwrap_or(i32::MAX))),
            Filter::Value(FacetField::Year, year) => year.parse().ok().map(|year| (year, year)),
            Filter::Value(FacetField::Decade, name) => decade(name).map(|from| (from, from + 9)),
            Filter::Value(..) | Filter::Missing(_) => None,
        }
    }

    /// Reads `FIELD=VALUE`, with the value as a facet shows it: `(none)` for records without one, `1990s` for a decade, a year or
    /// a range of years. Whatever stands behind the first equals sign belongs to the value.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] when the field is unknown or the value is not one of its kind.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let Some((field, value)) = text.split_once('=') else {
            return Err(Error::new(ErrorKind::Argument, format!("`{text}` is not FIELD=VALUE"))
                .with_hint("for example --filter type=report"));
        };
        let field = FacetField::from_name(field.trim())?;
        match field {
            field if value == NONE => Ok(Filter::Missing(field)),
            FacetField::Year => Filter::parse_years(value),
            FacetField::Decade => match decade(value) {
                Some(from) => Ok(Filter::Value(field, format!("{from}s"))),
                None => Err(Error::new(ErrorKind::Argument, format!("`{value}` is not a decade"))
                    .with_hint("for example --filter decade=1990s")),
            },
            _ => Ok(Filter::Value(field, as_written(value).to_owned())),
        }
    }

    /// Reads `FROM..TO`, `FROM..`, `..TO` or one year.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] when it is none of these.
    pub fn parse_years(text: &str) -> Result<Self, Error> {
        let bad = || {
            Error::new(ErrorKind::Argument, format!("`{text}` is not a year or a range of years"))
                .with_hint("for example --year 1994..2000")
        };
        let year = |s: &str| match s.trim() {
            "" => Ok(None),
            s => s.parse::<i32>().map(Some).map_err(|_| bad()),
        };
        let (from, to) = match text.split_once("..") {
            Some((from, to)) => (year(from)?, year(to)?),
            None => {
                let only = year(text)?.ok_or_else(bad)?;
                (Some(only), Some(only))
            }
        };
        match (from, to) {
            (None, None) => Err(bad()),
            (Some(a), Some(b)) if a > b => {
                Err(Error::new(ErrorKind::Argument, format!("the range {a}..{b} runs backwards"))
                    .with_hint(format!("--year {b}..{a}")))
            }
            _ => Ok(Filter::Years(from, to)),
        }
    }
}

/// A value as a facet shows it: what could be taken for [`NONE`] gets a backslash more than it has.
pub(crate) fn shown(value: &str) -> String {
    if is_like_none(value) { format!("\\{value}") } else { value.to_owned() }
}

/// The value that is shown so.
fn as_written(shown: &str) -> &str {
    if is_like_none(shown) { shown.strip_prefix('\\').unwrap_or(shown) } else { shown }
}

fn is_like_none(value: &str) -> bool {
    value.trim_start_matches('\\') == NONE
}

/// The first year of a decade written `1990s` or `1990`.
pub(crate) fn decade(text: &str) -> Option<i32> {
    let year = text.trim().trim_end_matches('s').parse::<i32>().ok()?;
    ((0..=9990).contains(&year) && year % 10 == 0).then_some(year)
}

/// What values have to begin with, see [`FacetRequest::prefix`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prefix {
    text: String,
    folded: String,
}

impl Prefix {
    /// Nothing for an empty prefix, which all values have.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let text = text.trim().to_owned();
        (!text.is_empty()).then(|| Prefix { folded: words::key(&text), text })
    }

    /// Whether a value has it.
    pub(crate) fn is_of(&self, value: &str) -> bool {
        if self.folded.is_empty() {
            return value.trim_start().starts_with(&self.text);
        }
        let value = words::key(value);
        let mut ends = value.match_indices(' ').map(|(at, _)| at + 1);
        std::iter::once(0).chain(&mut ends).any(|at| value[at..].starts_with(&self.folded))
    }
}

/// The counts of one facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// The field.
    pub field: FacetField,
    /// Its values: most frequent first, then by name; years and decades in order of time, empty ones between others too.
    /// On the first page, values filtered by are given beyond the number asked for. [`NONE`] stands last.
    pub values: Vec<FacetValue>,
    /// How many different values there are in all: of those with the prefix that was asked for, and without [`NONE`].
    pub distinct: usize,
    /// How many values were left out before those given.
    pub offset: usize,
    /// How many values come after this page, counting those that are given here because they are filtered by.
    pub more: usize,
}

/// One value of a facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FacetValue {
    /// The value, as a filter takes it.
    pub value: String,
    /// How many records have it.
    pub count: u64,
    /// Whether it is one of the values filtered by.
    pub selected: bool,
    /// The printed forms that are counted here, most frequent first, if they were asked for and the value is not the only one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<Variant>,
}

/// A printed form of an authority form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Variant {
    /// The form, as records have it.
    pub value: String,
    /// How many of the records have it; a record with two forms has both.
    pub count: u64,
}

pub(super) fn facets_as_object<S: serde::Serializer>(facets: &[Facet], s: S) -> Result<S::Ok, S::Error> {
    s.collect_map(facets.iter().map(|f| (f.field.name(), &f.values)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_as_facets_show_them() {
        let value = |field, text: &str| Filter::Value(field, text.to_owned());
        for (text, filter) in [
            ("publisher=King's Fund", value(FacetField::Publisher, "King's Fund")),
            ("subject=a=b, \"c\"/d", value(FacetField::Subject, "a=b, \"c\"/d")),
            ("publisher=(none)", Filter::Missing(FacetField::Publisher)),
            ("year=(none)", Filter::Missing(FacetField::Year)),
            ("decade=(none)", Filter::Missing(FacetField::Decade)),
            ("series=\\(none)", value(FacetField::Series, "(none)")),
            ("series=\\\\(none)", value(FacetField::Series, "\\(none)")),
            ("series=\\(none) ", value(FacetField::Series, "\\(none) ")),
            ("series=\\none", value(FacetField::Series, "\\none")),
            ("year=1990..1999", Filter::Years(Some(1990), Some(1999))),
            ("year=1990", Filter::Years(Some(1990), Some(1990))),
            ("year=..1990", Filter::Years(None, Some(1990))),
            ("decade=1990", value(FacetField::Decade, "1990s")),
        ] {
            assert_eq!(Filter::parse(text).unwrap(), filter, "{text}");
        }
        for text in ["publisher", "colour=red", "year=x", "year=..", "year=1999..1990", "decade=1995", "=x"] {
            assert!(Filter::parse(text).is_err(), "{text}");
        }
        for value in ["(none)", "\\(none)", "\\\\(none)", "\\", "none", "", "(none"] {
            assert_eq!(as_written(&shown(value)), value);
            assert_ne!(shown(value), NONE);
        }
    }

    #[test]
    fn prefixes_begin_a_word() {
        for (prefix, value, is_of) in [
            ("king", "The King’s Fund", true),
            ("KING'S F", "The King’s Fund", true),
            ("fund", "The King's Fund", true),
            ("und", "The King's Fund", false),
            ("kings fu", "Kings, Fundholders", true),
            ("the fund", "The King's Fund", false),
            ("mul", "Jörg Müller", true),
            ("199", "1997", true),
            ("97", "1997", false),
            ("[", "[London?]", true),
            ("[", "London [etc.]", false),
            ("l", "[London?]", true),
        ] {
            assert_eq!(Prefix::new(prefix).unwrap().is_of(value), is_of, "{prefix} of {value}");
        }
        assert_eq!(Prefix::new(" "), None);
    }
}
