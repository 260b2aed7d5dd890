//! Records → citation formats: RIS, BibTeX, CSL-JSON, EndNote XML and CSV; formatted references in [`references`].
//!
//! Pure: records in, text out, record by record. Everything a record says has a place in every format, so that what is
//! written can be read in again and gives the same record. What a format has no field for goes to its notes as
//! `Label: value`. It does *not* search, choose or sort.
//!
//! # There and back
//!
//! Each format has a way back beside its writer, `recover`, that the readers in [`crate::ingest`] ask first. It takes only
//! what bears the mark of this library (last row of the table) and is in every field as the writers write it: then notes are
//! fields again, and nothing is cleaned or guessed. Everything else, also a record of ours that another program has
//! rewritten, is read like the files of others, whose notes are never taken for ours. The layout (line ends, indentation, order
//! of members) is free, and values may be edited. Files of any size can be read again, BibTeX up to
//! [`MAX_WHOLE_FILE`](crate::ingest::file::MAX_WHOLE_FILE).
//!
//! While a record is written, its fields are read back; what they do not give (a range of pages with two hyphens, an ISSN that
//! is none) is stated in a note `commlit: {…}`. What is not kept: see [`folded`]; and the role `aut`, save in CSV.
//!
//! # Fields
//!
//! | field | RIS | BibTeX | CSL-JSON | EndNote XML | CSV |
//! | --- | --- | --- | --- | --- | --- |
//! | `id` | `ID` | `commlit-id`; the citation key see [`citation_key`] | `id` | `label` | `id` |
//! | `title` | `TI` | `title` | `title` | `title` | `title` |
//! | `title_source` derived | note | note | note | note | `title_source` |
//! | `alternative_titles` | `TT` each | note | note | `translated-title`, then notes | `alternative_titles` |
//! | `type` | `TY` ¹ | entry type ¹ | `type` ¹ | `ref-type` ¹ | `type` |
//! | `creators` ² | `AU`, editors `ED`, translators `A4` | `author`, `editor`, `translator` | `author`, `editor`, `translator`, … | `authors`, `secondary-authors`, `subsidiary-authors` | `creators`, `roles` |
//! | `year` | `PY` | `year` | `issued` | `year` | `year` |
//! | `date` ³ | `DA` | `date` | `issued` | `pub-dates` | `date` |
//! | `publisher` | `PB` each | `publisher`, `institution`, `school`, joined by `and` | `publisher`, then notes | `publisher`, then notes | `publisher` |
//! | `place` | `CY` each | `address`, joined by `and` | `publisher-place`, then notes | `pub-location`, then notes | `place` |
//! | `container.title` | `T2` | `journal`, `booktitle` | `container-title` | `secondary-title`; journals also `full-title` | `journal` |
//! | `container.volume`, `.issue` | `VL`, `IS` | `volume`, `number` | `volume`, `issue` | `volume`, `number` | `volume`, `issue` |
//! | `container.pages` | `SP` and `EP` | `pages` (`--`) | `page` | `pages` | `pages` |
//! | `container.issn`, `issn` ⁴ | `SN` | `issn` | `ISSN` | `isbn` | `container_issn`, `issn` |
//! | `series` | `T3` each | `series`, then notes | `collection-title`, then notes | `tertiary-title`, of books and reports `secondary-title`; then notes | `series` |
//! | `edition` | `ET` | `edition` | `edition` | `edition` | `edition` |
//! | `extent`, `rights`, `access` | notes | `pagetotal`, notes | notes | notes | `extent`, `rights`, `access` |
//! | `isbn`, `isbn10` | `SN` each | `isbn`, joined by commas | `ISBN`, joined by spaces | `isbn`, one a line | `isbn`, `isbn10` |
//! | `doi` | `DO` | `doi` | `DOI` | `electronic-resource-num` | `doi` |
//! | `pmid` | `AN` (`PMID: …`) | `pmid` | `PMID` | `accession-num` (`PMID: …`) | `pmid` |
//! | `pmcid` | `C2` | `pmcid` | `PMCID` | `custom2` | `pmcid` |
//! | `url` | `UR` each | `url`, then notes | `URL`, then notes | `url` each | `url` |
//! | `abstract` | `AB`, paragraphs after a blank line | `abstract` | `abstract` | `abstract` | `abstract` |
//! | `truncated` | note | note | note | note | `truncated` |
//! | `body` | notes | `fulltext` | `custom.body` | notes | `body` |
//! | `subjects` | `KW` each | `keywords` ⁵ | `keyword` ⁵ | `keyword` each | `subjects` |
//! | `languages` | `LA` each | `language`, joined by `and` | `language`, then notes | `language`, then notes | `languages` |
//! | `notes` | `N1` each | `annote`, paragraphs | `note`, lines | `notes`, lines | `notes` |
//! | `merged_ids` | notes | notes | notes | notes | `merged_ids` |
//! | `sources` | no | no | no | no | no |
//! | mark of this library | `DP` (`commlit`) and `ID` | `commlit-id` | `source` and `custom.commlit-id` | `source-app` and `label` | the header |
//!
//! ¹ Where the format's type does not tell it, a note `Item type: …` does. A type that is not stated is `GEN`, `misc`, `document`,
//! `Generic`. ² Other roles are authors or contributors of the format, and `Creator: Name [role]` notes state all creators with
//! their roles and order; an author with the role `aut` is written like one without a role. ³ Where it is an ISO date or
//! year and month (in RIS and EndNote XML also with the month as a word); otherwise a note `Date: …`. ⁴ The ISSN of the
//! container, or of the work when it stands in none; the others are notes. ⁵ BibTeX: joined by commas, a heading with a
//! comma or semicolon of its own in braces. CSL-JSON: joined by `; `, or notes `Subject: …` when a heading has a semicolon.
//!
//! `sources` say where this library has read a record: they are paths of this machine and no part of the work; whoever
//! reads the export states his own. `commlit extract` prints them.
//!
//! All text is UTF-8 and lines end in LF, in RIS too: its readers take both.

pub(crate) mod bibtex;
pub(crate) mod csl_json;
pub mod csv;
pub(crate) mod endnote_xml;
mod fold;
mod keys;
mod labels;
#[cfg(feature = "styles")]
pub mod references;
pub(crate) mod ris;
pub(crate) mod types;

use std::io::{self, Write};

pub use self::fold::folded;
use self::keys::Keys;
pub use self::keys::citation_key;
use crate::error::{Error, ErrorKind, Result};
use crate::record::{Creator, Record};

/// A citation format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Citation {
    /// RIS, as Zotero, EndNote, Mendeley and most databases read and write it.
    Ris,
    /// BibTeX; names of BibLaTeX only where plain BibTeX has none.
    BibTex,
    /// CSL-JSON 1.0.2.
    CslJson,
    /// EndNote XML.
    EndNoteXml,
    /// One record a row, with a header; see [`csv`].
    Csv,
}

impl Citation {
    /// All citation formats.
    pub const ALL: [Citation; 5] =
        [Citation::Ris, Citation::BibTex, Citation::CslJson, Citation::EndNoteXml, Citation::Csv];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Citation::Ris => "ris",
            Citation::BibTex => "bibtex",
            Citation::CslJson => "csl-json",
            Citation::EndNoteXml => "endnote-xml",
            Citation::Csv => "csv",
        }
    }

    /// The format of a name.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] with the list of names.
    pub fn from_name(name: &str) -> Result<Self> {
        Citation::ALL.into_iter().find(|f| f.name() == name).ok_or_else(|| {
            let names = Citation::ALL.map(Citation::name);
            Error::new(ErrorKind::Argument, format!("there is no citation format `{name}`"))
                .with_hint(format!("use one of: {}", names.join(", ")))
        })
    }
}

/// Writes records in a citation format, one after the other.
///
/// ```
/// use commlit::Record;
/// use commlit::export::{Citation, Writer};
///
/// let record = Record { id: "a1".into(), title: "Total purchasing".into(), year: Some(1997), ..Record::default() };
/// let mut out = Vec::new();
/// let mut writer = Writer::start(Citation::Ris, &mut out)?;
/// writer.record(&record)?;
/// writer.finish()?;
/// assert_eq!(String::from_utf8(out).unwrap(), "TY  - GEN\nID  - a1\nTI  - Total purchasing\nPY  - 1997\nDP  - commlit\nER  - \n\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Writer<'w> {
    format: Citation,
    keys: Keys,
    out: &'w mut dyn Write,
    written: u64,
}

impl std::fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("format", &self.format).field("written", &self.written).finish()
    }
}

impl<'w> Writer<'w> {
    /// Begins a file.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn start(format: Citation, out: &'w mut dyn Write) -> io::Result<Self> {
        match format {
            Citation::Ris | Citation::BibTex => {}
            Citation::CslJson => out.write_all(b"[")?,
            Citation::EndNoteXml => out.write_all(endnote_xml::HEAD.as_bytes())?,
            Citation::Csv => out.write_all(csv::line(csv::COLUMNS).as_bytes())?,
        }
        Ok(Writer { format, keys: Keys::default(), out, written: 0 })
    }

    /// Writes a record.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn record(&mut self, record: &Record) -> io::Result<()> {
        let record = &folded(record);
        let text = match self.format {
            Citation::Ris => ris::record(record),
            Citation::BibTex => bibtex::record(record, &self.keys.next(record)),
            Citation::CslJson => {
                let between = if self.written == 0 { "\n" } else { ",\n" };
                format!("{between}{}", csl_json::record(record))
            }
            Citation::EndNoteXml => endnote_xml::record(record),
            Citation::Csv => csv::line(csv::cells(record)),
        };
        self.written += 1;
        self.out.write_all(text.as_bytes())
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn finish(self) -> io::Result<()> {
        match self.format {
            Citation::Ris | Citation::BibTex | Citation::Csv => {}
            Citation::CslJson => self.out.write_all(b"\n]\n")?,
            Citation::EndNoteXml => self.out.write_all(endnote_xml::TAIL.as_bytes())?,
        }
        self.out.flush()
    }
}

/// Writes records that are all at hand.
///
/// # Errors
/// When the output cannot be written.
pub fn write<'r>(
    format: Citation,
    records: impl IntoIterator<Item = &'r Record>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut writer = Writer::start(format, out)?;
    for record in records {
        writer.record(record)?;
    }
    writer.finish()
}

// ---- what the formats share

/// What names this library in a file.
const PROGRAM: &str = "commlit";

/// Sets a value that is said once; `None` when it is said again.
fn set(slot: &mut Option<String>, value: String) -> Option<()> {
    slot.replace(value).is_none().then_some(())
}

/// Takes a standard number to its field, by its form: the ISSN is that of the container, where there is one.
fn number(r: &mut Record, number: &str) {
    let number = number.to_owned();
    match (number.len(), number.contains('-'), &mut r.container) {
        (13, ..) => r.isbn.push(number),
        (10, false, _) => r.isbn10.push(number),
        (_, _, Some(c)) if c.issn.is_none() => c.issn = Some(number),
        _ => r.issn.push(number),
    }
}

/// The role of a creator as far as formats tell it by a field of their own: authors have none.
fn role(creator: &Creator) -> Option<&str> {
    creator.role.as_deref().filter(|role| !role.is_empty() && *role != "aut")
}

/// Whether lists of authors, editors and translators, in this order, say the same as the record.
fn fits_lists(creators: &[Creator]) -> bool {
    let rank = |c: &Creator| match role(c) {
        None => Some(0),
        Some("edt") => Some(1),
        Some("trl") => Some(2),
        Some(_) => None,
    };
    creators.iter().all(|c| rank(c).is_some()) && creators.is_sorted_by_key(rank)
}

/// The parts of a personal name written `Family, Given` or `Family, Given, Suffix`; `None` for the name of a body, which may
/// have commas of its own, and for a name that cannot be taken apart.
fn personal(name: &str) -> Option<(&str, &str, Option<&str>)> {
    let (family, rest) = name.split_once(", ")?;
    if family.contains(' ') && crate::ingest::values::looks_corporate(family) {
        return None;
    }
    match rest.split_once(", ") {
        None => Some((family, rest, None)),
        Some((given, suffix)) => {
            let known = matches!(suffix.trim_end_matches('.'), "Jr" | "Sr" | "II" | "III" | "IV");
            known.then_some((family, given, Some(suffix)))
        }
    }
}

/// The first and the last of a plain range of pages.
fn page_range(pages: &str) -> Option<(&str, &str)> {
    let is_page = |text: &str| !text.is_empty() && text.chars().all(char::is_alphanumeric);
    pages.split_once('-').filter(|(first, last)| is_page(first) && is_page(last))
}

/// A date of year and month, or year, month and day, in ISO 8601.
fn iso_date(date: &str) -> Option<Vec<u32>> {
    let parts: Vec<&str> = date.split('-').collect();
    let widths: Vec<usize> = parts.iter().map(|p| p.len()).collect();
    if !matches!(widths.as_slice(), [4, 2] | [4, 2, 2]) || !date.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return None;
    }
    let numbers: Vec<u32> = parts.iter().filter_map(|p| p.parse().ok()).collect();
    let month = numbers.get(1).is_some_and(|m| (1..=12).contains(m));
    let day = numbers.get(2).is_none_or(|d| (1..=31).contains(d));
    (month && day).then_some(numbers)
}

/// Whether readers of dates take this one as it is meant: an ISO date, or words and numbers with the month as a word.
/// `1997/8` is a double year here and a month elsewhere.
fn is_plain_date(date: &str) -> bool {
    let word = |w: &str| {
        const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        let w = w.trim_end_matches(['.', ',']).to_lowercase();
        MONTHS.iter().any(|m| w.starts_with(m)) && w.chars().all(char::is_alphabetic)
    };
    let number = |w: &str| w.trim_end_matches(',').bytes().all(|b| b.is_ascii_digit());
    iso_date(date).is_some()
        || (date.split(' ').filter(|w| word(w)).count() == 1 && date.split(' ').all(|w| word(w) || number(w)))
}
