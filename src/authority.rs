//! Authority forms: which printed forms of a publisher or place are one, and which of them stands for all in a facet.
//!
//! Two printed forms are one by this rule, and by nothing else:
//!
//! 1. Capitals, diacritics, apostrophes, brackets and all other punctuation do not matter: `KING'S FUND`, `King’s Fund` and
//!    `Kings Fund.` are one.
//! 2. `&` between two words is `and`.
//! 3. Letters that stand alone beside each other are one word: `H.M.S.O.` and `H M S O` are `HMSO`.
//! 4. `The` at the beginning does not matter, where something follows.
//! 5. A list of aliases joins what is the same under another name: `Her Majesty's Stationery Office` is `HMSO`. commlit ships
//!    one (`authorities.tsv`), and a library can have its own, which is read after it.
//!
//! The form that stands for all is the commonest of the index, among equally common ones the first by name. Where aliases join
//! several names, it is the commonest form of the preferred name, or the preferred form itself where no record has it; what
//! a library's own list prefers stands as it is written there, however common other spellings are. Nothing is guessed from likeness: `Kings Fund Centre` is not `King's Fund`, and a name that
//! no letter or digit is left of, or that has a word of 128 bytes or more, stands for itself.
//!
//! A list is a table of three columns parted by tabs: `field` (`publisher` or `place`), `variant`, `preferred`; lines that
//! begin with `#` are remarks. A variant is compared by the rule too, so that one line serves all its spellings. A preferred
//! form may be a variant of a further one. A library's own list goes before the shipped one: it can prefer another form
//! (`HMSO` → `Her Majesty's Stationery Office`) and take a line back by preferring a variant to itself.
//!
//! Records keep what their sources printed: this is applied when facets are counted and filters are compared, never when a
//! record is read, shown or exported. Journals and creators are left alone: journals have their ISSN, and persons need more
//! than a name to be the same.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::error::{Error, ErrorKind};
use crate::search::FacetField;
use crate::words::{MAX_WORD_BYTES, Words};

/// The facet fields whose values are authority forms.
pub const FIELDS: [FacetField; 2] = [FacetField::Publisher, FacetField::Place];

/// Whether the values of a facet field are authority forms.
pub fn controls(field: FacetField) -> bool {
    FIELDS.contains(&field)
}

/// What all printed forms of one name have in common by the rule, before any list is looked at.
pub fn key(printed: &str) -> String {
    let mut words = Words::new(printed);
    let mut out = String::with_capacity(printed.len());
    let (mut end_of_last, mut last_alone, mut cut) = (0, false, false);
    while let Some(range) = words.next() {
        let between = printed.get(end_of_last..range.start).unwrap_or_default();
        let folded = words.folded();
        let alone = folded.chars().nth(1).is_none() && folded.chars().all(char::is_alphabetic);
        if end_of_last > 0 && between.contains(['&', '＆', '﹠']) {
            out.push_str(" and ");
        } else if end_of_last > 0 && !(alone && last_alone) {
            out.push(' ');
        }
        out.push_str(folded);
        cut |= folded.len() >= MAX_WORD_BYTES;
        (end_of_last, last_alone) = (range.end, alone);
    }
    if out.is_empty() || cut {
        // No name by the rule begins so.
        return format!("\u{1}{printed}");
    }
    match out.strip_prefix("the ") {
        Some(rest) => rest.to_owned(),
        None => out,
    }
}

static SHIPPED: LazyLock<Authorities> = LazyLock::new(|| {
    let shipped = read(include_str!("authorities.tsv")).unwrap_or_default();
    Authorities::of(shipped, Vec::new()).unwrap_or_default()
});

/// The lists of aliases, ready for use.
#[derive(Debug, Clone, Default)]
pub struct Authorities {
    fields: HashMap<FacetField, Aliases>,
}

/// The aliases of one field.
#[derive(Debug, Clone, Default)]
struct Aliases {
    /// From the key of a variant to the key that stands for it.
    stands_for: HashMap<String, String>,
    /// The preferred form of such a key.
    preferred: HashMap<String, String>,
    /// The same, where it stands as it is written.
    spelt: HashMap<String, String>,
}

/// A line of a list.
struct Line {
    number: usize,
    field: FacetField,
    variant: String,
    preferred: String,
}

impl Authorities {
    /// The list that commlit ships.
    pub fn shipped() -> &'static Authorities {
        &SHIPPED
    }

    /// The shipped list with a library's own before it.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] with the number of the line that is not well formed or contradicts another one.
    pub fn with(own: &str) -> Result<Authorities, Error> {
        let shipped = read(include_str!("authorities.tsv"))?;
        Authorities::of(shipped, read(own)?)
    }

    /// What a printed form is counted under: the same for all forms of one name.
    pub fn group(&self, field: FacetField, printed: &str) -> String {
        let key = key(printed);
        self.alias(field, &key).map_or(key.clone(), str::to_owned)
    }

    /// The key of the name that stands for a variant, by its own key.
    pub(crate) fn alias(&self, field: FacetField, key: &str) -> Option<&str> {
        self.fields.get(&field)?.stands_for.get(key).map(String::as_str)
    }

    /// The keys of all variants of a field, each with the key that stands for it.
    pub(crate) fn all_aliases(&self, field: FacetField) -> impl Iterator<Item = (&str, &str)> {
        let all = self.fields.get(&field).into_iter().flat_map(|aliases| &aliases.stands_for);
        all.map(|(variant, group)| (variant.as_str(), group.as_str()))
    }

    /// The form that a list prefers for a group, where it has one.
    pub fn preferred(&self, field: FacetField, group: &str) -> Option<&str> {
        let aliases = self.fields.get(&field)?;
        aliases.spelt.get(group).or_else(|| aliases.preferred.get(group)).map(String::as_str)
    }

    /// The form that stands for a group however common others are.
    pub(crate) fn spelt(&self, field: FacetField, group: &str) -> Option<&str> {
        self.fields.get(&field)?.spelt.get(group).map(String::as_str)
    }

    /// How many forms the lists name beside the preferred ones.
    pub fn len(&self) -> usize {
        self.fields.values().map(|aliases| aliases.stands_for.len()).sum()
    }

    /// Whether the lists name nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn of(shipped: Vec<Line>, own: Vec<Line>) -> Result<Authorities, Error> {
        let mut joined: HashMap<FacetField, HashMap<String, (String, usize)>> = HashMap::new();
        let mut fields: HashMap<FacetField, Aliases> = HashMap::new();
        for Line { number, field, variant, preferred } in shipped {
            joined.entry(field).or_default().insert(key(&variant), (key(&preferred), number));
            fields.entry(field).or_default().preferred.insert(key(&preferred), preferred);
        }
        // What the own list prefers is no variant by the word of the shipped one.
        for line in &own {
            joined.entry(line.field).or_default().remove(&key(&line.preferred));
        }
        let mut said: HashMap<(FacetField, String), (String, usize)> = HashMap::new();
        let mut spelt: HashMap<(FacetField, String), (String, usize)> = HashMap::new();
        for Line { number, field, variant, preferred } in own {
            let (from, to) = (key(&variant), key(&preferred));
            let (other, first) = said.entry((field, from.clone())).or_insert_with(|| (to.clone(), number));
            if *other != to {
                return Err(wrong(number, &format!("line {first} prefers another form to `{variant}`")));
            }
            let (other, first) = spelt.entry((field, to.clone())).or_insert_with(|| (preferred.clone(), number));
            if *other != preferred {
                return Err(wrong(number, &format!("`{preferred}` is written `{other}` in line {first}")));
            }
            joined.entry(field).or_default().insert(from, (to.clone(), number));
            fields.entry(field).or_default().spelt.insert(to, preferred);
        }
        for (field, direct) in &joined {
            fields.entry(*field).or_default().stands_for = followed(direct)?;
        }
        Ok(Authorities { fields })
    }
}

/// Follows every variant to the form that is no variant of a further one.
fn followed(direct: &HashMap<String, (String, usize)>) -> Result<HashMap<String, String>, Error> {
    let mut ends: HashMap<String, String> = HashMap::with_capacity(direct.len());
    for start in direct.keys() {
        let mut path = Vec::new();
        let mut at = start;
        let end = loop {
            if let Some(end) = ends.get(at) {
                break end.clone();
            }
            match direct.get(at) {
                Some((next, number)) if next != at => {
                    if path.len() > direct.len() {
                        return Err(wrong(*number, "the preferred form is, by other lines, a variant of this variant"));
                    }
                    path.push(at);
                    at = next;
                }
                _ => break at.clone(),
            }
        };
        ends.extend(path.into_iter().map(|variant| (variant.clone(), end.clone())));
    }
    Ok(ends)
}

/// The lines of a list.
fn read(text: &str) -> Result<Vec<Line>, Error> {
    let mut out = Vec::new();
    for (i, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
        let number = i + 1;
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        match cells.as_slice() {
            [""] | ["field", "variant", "preferred"] => {}
            [first, ..] if first.starts_with('#') => {}
            [_, "", _] | [_, _, ""] => return Err(wrong(number, "a variant and a preferred form are needed")),
            [field, variant, preferred] => {
                let known = FIELDS.into_iter().find(|f| f.name() == *field);
                let field = known.ok_or_else(|| wrong(number, &format!("`{field}` is neither publisher nor place")))?;
                out.push(Line { number, field, variant: (*variant).into(), preferred: (*preferred).into() });
            }
            _ => return Err(wrong(number, &format!("{} columns instead of three, parted by tabs", cells.len()))),
        }
    }
    Ok(out)
}

fn wrong(line: usize, what: &str) -> Error {
    Error::new(ErrorKind::Argument, format!("line {line} of the authorities: {what}"))
        .with_hint("a line is `publisher` or `place`, a tab, the variant, a tab, the preferred form")
}
