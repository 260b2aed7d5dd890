//! The words of the pages themselves: field labels, badges, navigation, in seven interface languages.
//!
//! A look-up table, read once from `labels.tsv`. It says what a wording *can* mean; a wording can mean several things
//! ("Éditeur" is publisher and editor), and which of them holds is decided by [`super::align`], not here.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a line of a page can stand for. The order of the fields up to [`Field::Keeping`] is the order in which
/// repository pages print them; alignment relies on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(super) enum Field {
    /// The description above the rows, which has no label.
    Lead,
    Title,
    Subtitle,
    Alternative,
    Creator,
    Contributor,
    Editor,
    Isbn,
    Edition,
    Place,
    Publisher,
    Date,
    Extent,
    Journal,
    Volume,
    Issue,
    Series,
    Abstract,
    Note,
    Subject,
    Language,
    Identifier,
    Type,
    Rights,
    Access,
    Url,
    /// A statement about the work that the record has no field for: kept as a note, with its label.
    Other,
    /// The repository's own housekeeping: deposit and modification dates, depositor, file format.
    Keeping,
    /// A heading after which nothing belongs to the record: files, relations.
    Section,
    /// Visibility badge.
    Visibility,
    /// Workflow badge.
    State,
    /// The kind of work above the title.
    Tag,
    /// Navigation and buttons.
    Interface,
    /// The same, of a literature platform.
    Platform,
    /// A heading above *other* works.
    Related,
    /// The last line of a platform's page.
    End,
}

impl Field {
    const ALL: [(Field, &str); 36] = [
        (Field::Lead, "lead"),
        (Field::Title, "title"),
        (Field::Subtitle, "subtitle"),
        (Field::Alternative, "alternative"),
        (Field::Creator, "creator"),
        (Field::Contributor, "contributor"),
        (Field::Editor, "editor"),
        (Field::Isbn, "isbn"),
        (Field::Edition, "edition"),
        (Field::Place, "place"),
        (Field::Publisher, "publisher"),
        (Field::Date, "date"),
        (Field::Extent, "extent"),
        (Field::Journal, "journal"),
        (Field::Volume, "volume"),
        (Field::Issue, "issue"),
        (Field::Series, "series"),
        (Field::Abstract, "abstract"),
        (Field::Note, "note"),
        (Field::Subject, "subject"),
        (Field::Language, "language"),
        (Field::Identifier, "identifier"),
        (Field::Type, "type"),
        (Field::Rights, "rights"),
        (Field::Access, "access"),
        (Field::Url, "url"),
        (Field::Other, "other"),
        (Field::Keeping, "keeping"),
        (Field::Section, "section"),
        (Field::Visibility, "visibility"),
        (Field::State, "state"),
        (Field::Tag, "tag"),
        (Field::Interface, "interface"),
        (Field::Platform, "platform"),
        (Field::Related, "related"),
        (Field::End, "end"),
    ];

    /// The fields that label a value, in page order.
    pub(super) fn rows() -> impl Iterator<Item = Field> {
        Self::ALL.iter().map(|(field, _)| *field).take_while(|f| *f <= Field::Keeping)
    }
}

/// A set of [`Field`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Fields(u64);

impl Fields {
    pub(super) fn of(field: Field) -> Self {
        Fields(1 << field as u8)
    }

    pub(super) fn has(self, field: Field) -> bool {
        self.0 & (1 << field as u8) != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Only the fields that label a value.
    pub(super) fn rows(self) -> Self {
        Fields(self.0 & ((1 << (Field::Keeping as u8 + 1)) - 1))
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Field> {
        Field::ALL.iter().map(|(field, _)| *field).filter(move |f| self.has(*f))
    }
}

/// No label is longer; longer lines are not looked up.
const LONGEST: usize = 80;

struct Table {
    whole: HashMap<String, Fields>,
    /// Beginnings of lines.
    starts: Vec<(String, Fields)>,
    /// Badges as printed, the longest first, so that none hides another.
    badges: Vec<(&'static str, Field)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { whole: HashMap::new(), starts: Vec::new(), badges: Vec::new() };
    for line in include_str!("labels.tsv").lines().filter(|l| !l.starts_with('#')) {
        let mut cells = line.split('\t');
        let (Some(label), Some(name)) = (cells.next(), cells.next()) else { continue };
        let Some((field, _)) = Field::ALL.iter().find(|(_, n)| *n == name) else { continue };
        if let Some(start) = label.strip_suffix('*') {
            table.starts.push((start.trim_end().to_lowercase(), Fields::of(*field)));
            continue;
        }
        table.whole.entry(bare(label)).or_default().0 |= Fields::of(*field).0;
        if matches!(field, Field::Visibility | Field::State) {
            table.badges.push((label, *field));
        }
    }
    table.badges.sort_by_key(|(label, _)| std::cmp::Reverse(label.len()));
    table
});

/// A label as it is looked up: no colon, no count ("Items (3)"), case folded.
fn bare(text: &str) -> String {
    let text = text.trim_end_matches([':', '：', ' ', '?', '？']);
    let text = match text.strip_suffix(')').and_then(|t| t.rsplit_once('(')) {
        Some((head, count)) if !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit()) => head.trim_end(),
        _ => text,
    };
    text.replace('’', "'").to_lowercase()
}

/// What a whole line can stand for; empty for a line that is no known wording.
pub(super) fn lookup(text: &str) -> Fields {
    if text.is_empty() {
        return Fields::default();
    }
    if text.len() <= LONGEST
        && let Some(fields) = TABLE.whole.get(&bare(text))
    {
        return *fields;
    }
    let head: String = text.chars().take(LONGEST / 2).flat_map(char::to_lowercase).collect();
    let found = TABLE.starts.iter().find(|(start, _)| head.starts_with(start.as_str()));
    found.map(|(_, fields)| *fields).unwrap_or_default()
}

/// Visibility that is trusted at the end of a title without a workflow badge beside it.
const LONE: [&str; 7] = ["Public", "Publique", "Öffentlich", "Público", "Pubblico", "公开", "Open Access"];

/// After these words "Public" is the noun, not the badge.
const BEFORE_NOUN: [&str; 21] = [
    "the", "a", "of", "and", "for", "in", "to", "with", "general", "by", "going", "le", "du", "au", "et", "el", "al",
    "o", "il", "&", "or",
];

/// The badges at the end of a title line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Badges<'a> {
    /// What stands before them.
    pub(super) rest: &'a str,
    pub(super) visibility: Option<&'static str>,
    pub(super) state: Option<&'static str>,
}

/// Takes the badges off the end of a line; `None` when there are none.
pub(super) fn badges(text: &str) -> Option<Badges<'_>> {
    let mut found = Badges { rest: text, ..Badges::default() };
    while let Some((label, field)) = TABLE.badges.iter().find(|(label, _)| ends_with_word(found.rest, label)) {
        let slot = if *field == Field::State { &mut found.state } else { &mut found.visibility };
        // One badge of a kind: "Consulting the Public Public Deposited" keeps its own last word.
        if slot.is_some() {
            break;
        }
        *slot = Some(label);
        found.rest = found.rest.get(..found.rest.len() - label.len()).unwrap_or("").trim_end();
        if *field == Field::Visibility {
            break;
        }
    }
    if found.state.is_none()
        && !found.rest.is_empty()
        && let Some(lone) = found.visibility
    {
        let before = found.rest.rsplit(' ').next().unwrap_or("").to_lowercase();
        if !LONE.contains(&lone) || BEFORE_NOUN.contains(&before.as_str()) {
            return None;
        }
    }
    (found.state.is_some() || found.visibility.is_some()).then_some(found)
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|rest| rest.is_empty() || rest.ends_with(' '))
}
