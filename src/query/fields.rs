//! The fields of a record that a query can name, under their canonical names.
//!
//! It does *not* say what of a record stands in them; that is the engine's schema. Each query language has its own names for
//! them.

use std::fmt;

use super::Pattern;
use crate::words;

/// A field of running text or names, in which words are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TextField {
    /// The title and its alternatives.
    Title,
    /// The abstract.
    Abstract,
    /// Subject headings and keywords.
    Subject,
    /// The full text.
    Body,
    /// Notes.
    Note,
    /// Authors, editors and bodies.
    Creator,
    /// Series titles.
    Series,
    /// Title of the journal or book the work stands in.
    Journal,
    /// Publishers.
    Publisher,
    /// Places of publication.
    Place,
    /// Date as printed and year, edition, extent, volume, issue, pages, and the identifiers.
    Detail,
    /// The words of the item type and of its usual names (`journal article`, `report`). Not among [`Fields::ALL`]: a word
    /// that happens to be the name of a type does not find every record of it.
    PublicationType,
}

impl TextField {
    /// All text fields, in the order of their bits in [`Fields`].
    pub const ALL: [TextField; 12] = [
        TextField::Title,
        TextField::Abstract,
        TextField::Subject,
        TextField::Body,
        TextField::Note,
        TextField::Creator,
        TextField::Series,
        TextField::Journal,
        TextField::Publisher,
        TextField::Place,
        TextField::Detail,
        TextField::PublicationType,
    ];

    /// The canonical name in queries.
    pub fn name(self) -> &'static str {
        match self {
            TextField::Title => "title",
            TextField::Abstract => "abstract",
            TextField::Subject => "subject",
            TextField::Body => "body",
            TextField::Note => "note",
            TextField::Creator => "creator",
            TextField::Series => "series",
            TextField::Journal => "journal",
            TextField::Publisher => "publisher",
            TextField::Place => "place",
            TextField::Detail => "detail",
            TextField::PublicationType => "publication-type",
        }
    }

    /// The field of a name in a query; the usual synonyms are known.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "title" | "ti" => TextField::Title,
            "abstract" | "ab" => TextField::Abstract,
            "subject" | "subjects" | "keyword" | "keywords" => TextField::Subject,
            "body" | "fulltext" => TextField::Body,
            "note" | "notes" => TextField::Note,
            "creator" | "creators" | "author" | "authors" | "editor" | "au" => TextField::Creator,
            "series" => TextField::Series,
            "journal" | "container" => TextField::Journal,
            "publisher" | "publishers" => TextField::Publisher,
            "place" => TextField::Place,
            "detail" => TextField::Detail,
            "publication-type" => TextField::PublicationType,
            _ => return None,
        })
    }
}

/// A set of [`TextField`]s.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fields(u16);

impl Fields {
    /// Every text field but the type: where a word without a field is looked up.
    pub const ALL: Fields = Fields((1 << TextField::PublicationType as u16) - 1);
    /// No field.
    pub const NONE: Fields = Fields(0);

    /// The fields of sentences and titles.
    pub const RUNNING_TEXT: Fields = Fields(
        1 << TextField::Title as u16
            | 1 << TextField::Abstract as u16
            | 1 << TextField::Subject as u16
            | 1 << TextField::Body as u16
            | 1 << TextField::Note as u16
            | 1 << TextField::Series as u16,
    );

    /// The set of the given fields.
    pub fn of(fields: &[TextField]) -> Self {
        Fields(fields.iter().fold(0, |bits, f| bits | 1 << *f as u16))
    }

    /// Whether the field is in the set.
    pub fn contains(self, field: TextField) -> bool {
        self.0 & (1 << field as u16) != 0
    }

    /// Whether no field is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The fields of either set.
    #[must_use]
    pub fn union(self, other: Fields) -> Fields {
        Fields(self.0 | other.0)
    }

    /// The fields of both sets.
    #[must_use]
    pub fn intersection(self, other: Fields) -> Fields {
        Fields(self.0 & other.0)
    }

    /// The fields of this set that are not in the other.
    #[must_use]
    pub fn without(self, other: Fields) -> Fields {
        Fields(self.0 & !other.0)
    }

    /// The fields of the set, in the order of [`TextField::ALL`].
    pub fn iter(self) -> impl Iterator<Item = TextField> {
        TextField::ALL.into_iter().filter(move |f| self.contains(*f))
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(TextField::name)).finish()
    }
}

/// A field whose values are looked up whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueField {
    /// The record's id.
    Id,
    /// CSL item type.
    Type,
    /// Language code.
    Language,
    /// Path of a file the record was read from.
    Source,
    /// Policy era of the publication year.
    Era,
    /// ISBN, ten or thirteen digits.
    Isbn,
    /// ISSN of the work or of its container.
    Issn,
    /// DOI.
    Doi,
    /// PubMed identifier.
    Pmid,
    /// PubMed Central identifier.
    Pmcid,
    /// A whole name of a person or body.
    Name,
    /// A whole title of a journal, or of the book that the work stands in.
    JournalTitle,
    /// A whole subject heading, alone or as `heading/subdivision`. A heading is also found by records that subdivide it.
    Heading,
    /// A heading that the record marks as its main topic.
    Major,
    /// A heading and everything narrower than it in the thesaurus.
    Explode,
    /// Like [`ValueField::Explode`], main topics only.
    ExplodeMajor,
    /// A subdivision of any heading.
    Subheading,
    /// A concept of the thesaurus, by any of its labels, and everything narrower.
    Concept,
}

impl ValueField {
    /// All value fields.
    pub const ALL: [ValueField; 18] = [
        ValueField::Id,
        ValueField::Type,
        ValueField::Language,
        ValueField::Source,
        ValueField::Era,
        ValueField::Isbn,
        ValueField::Issn,
        ValueField::Doi,
        ValueField::Pmid,
        ValueField::Pmcid,
        ValueField::Name,
        ValueField::JournalTitle,
        ValueField::Heading,
        ValueField::Major,
        ValueField::Explode,
        ValueField::ExplodeMajor,
        ValueField::Subheading,
        ValueField::Concept,
    ];

    /// The canonical name in queries.
    pub fn name(self) -> &'static str {
        match self {
            ValueField::Id => "id",
            ValueField::Type => "type",
            ValueField::Language => "language",
            ValueField::Source => "source",
            ValueField::Era => "era",
            ValueField::Isbn => "isbn",
            ValueField::Issn => "issn",
            ValueField::Doi => "doi",
            ValueField::Pmid => "pmid",
            ValueField::Pmcid => "pmcid",
            ValueField::Name => "name",
            ValueField::JournalTitle => "journal-title",
            ValueField::Heading => "heading",
            ValueField::Major => "major",
            ValueField::Explode => "explode",
            ValueField::ExplodeMajor => "explode-major",
            ValueField::Subheading => "subheading",
            ValueField::Concept => "concept",
        }
    }

    /// What a value of it is called in a sentence.
    pub fn noun(self) -> &'static str {
        match self {
            ValueField::JournalTitle => "journal",
            field if field.is_heading() => "heading",
            field => field.name(),
        }
    }

    /// Whether its values are running text, compared word by word without regard to case, accents and punctuation.
    pub fn is_words(self) -> bool {
        matches!(
            self,
            ValueField::Name
                | ValueField::JournalTitle
                | ValueField::Heading
                | ValueField::Major
                | ValueField::Explode
                | ValueField::ExplodeMajor
                | ValueField::Subheading
                | ValueField::Concept
        )
    }

    /// Whether its values are subject headings, of which a `/` divides off the subdivision.
    pub fn is_heading(self) -> bool {
        matches!(self, ValueField::Heading | ValueField::Major | ValueField::Explode | ValueField::ExplodeMajor)
    }

    /// A value in the form in which values of this field are compared.
    pub fn fold(self, value: &str) -> String {
        if self.is_heading() {
            if !value.contains(['/', '-']) {
                return words::key(value);
            }
            let value = value.replace("--", "/");
            let parts = value.split('/').map(words::key);
            parts.filter(|p| !p.is_empty()).collect::<Vec<_>>().join("/")
        } else if self.is_words() {
            words::key(value)
        } else {
            value.trim().to_lowercase()
        }
    }

    /// The same of a value with gaps; a space or a `/` beside a gap stays.
    pub fn fold_pattern(self, value: &Pattern) -> Pattern {
        let fold = |text: &str, before: bool, after: bool| {
            if !self.is_words() {
                return if before { text.to_lowercase() } else { text.trim_start().to_lowercase() };
            }
            let mut folded = self.fold(text);
            let border = |c: char| c.is_whitespace() || (c == '/' && self.is_heading());
            let as_space = |c: char| if c == '/' { '/' } else { ' ' };
            if !folded.is_empty() {
                if let Some(c) = text.chars().next().filter(|c| before && border(*c)) {
                    folded.insert(0, as_space(c));
                }
                if let Some(c) = text.chars().next_back().filter(|c| after && border(*c)) {
                    folded.push(as_space(c));
                }
            }
            folded
        };
        let last = value.rest.len();
        let mut folded = Pattern::whole(fold(&value.word, false, last > 0));
        for (i, (gap, then)) in value.rest.iter().enumerate() {
            folded.push_gap(*gap);
            folded.push_str(&fold(then, true, i + 1 < last));
        }
        folded
    }

    /// The field of a name in a query.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "lang" => Some(ValueField::Language),
            _ => ValueField::ALL.into_iter().find(|f| f.name() == name),
        }
    }
}
