//! Lines of a dump, each with what it is by itself: label, labelled value, badge, navigation, or text.
//!
//! It joins lines that a hard wrap has broken. It does *not* look at the order of lines; that is the work of the readers.

use super::fit;
use super::labels::{self, Field, Fields};
use crate::ingest::values;

/// One line that is not blank.
#[derive(Debug)]
pub(super) struct Line {
    /// 1-based, in the file.
    pub(super) number: usize,
    /// Cleaned, without its bullet.
    pub(super) text: String,
    pub(super) bullet: bool,
    pub(super) kind: Kind,
}

/// What a line is by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A rule between two pages.
    Separator,
    /// A field label alone.
    Label(Fields),
    /// A label and its value, which begins at this byte of the text.
    Inline(Fields, usize),
    /// Nothing but badges.
    Badges,
    /// The kind of work, as printed above a title.
    Tag,
    /// Navigation, buttons, footers.
    Furniture,
    /// The same, of a literature platform.
    Platform,
    /// The heading of files or relations.
    Section,
    /// The heading of other works.
    Related,
    /// The last line of a platform's page.
    End,
    Text,
}

impl Line {
    /// The value of a labelled line, the text of any other.
    pub(super) fn value(&self) -> &str {
        match self.kind {
            Kind::Inline(_, at) => self.text.get(at..).unwrap_or(&self.text),
            _ => &self.text,
        }
    }

    pub(super) fn is_text(&self) -> bool {
        self.kind == Kind::Text
    }

    /// The fields that a label, alone or before a value, can mean.
    pub(super) fn fields(&self) -> Fields {
        match self.kind {
            Kind::Label(fields) | Kind::Inline(fields, _) => fields,
            _ => Fields::default(),
        }
    }
}

/// The lines of a text.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    let mut gap = true;
    for (i, raw) in text.lines().enumerate() {
        let Some(line) = line(i + 1, raw) else {
            gap = true;
            continue;
        };
        match out.last_mut().filter(|last| !gap && continues(last, &line, raw)) {
            Some(last) => {
                last.text.push(' ');
                last.text.push_str(&line.text);
            }
            None => out.push(line),
        }
        gap = false;
    }
    out
}

fn line(number: usize, raw: &str) -> Option<Line> {
    let raw = raw.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c.is_control());
    if is_rule(raw) {
        return Some(Line { number, text: String::new(), bullet: false, kind: Kind::Separator });
    }
    let (bullet, rest) = match unbullet(raw) {
        Some(rest) => (true, rest),
        None => (false, raw),
    };
    let (text, kind) = match cell(rest) {
        Some(found) => found,
        None => {
            let text = values::line(rest);
            let kind = kind(&text, bullet);
            (text, kind)
        }
    };
    (!text.is_empty()).then_some(Line { number, text, bullet, kind })
}

fn is_rule(raw: &str) -> bool {
    let mut chars = raw.chars();
    let Some(first) = chars.next() else { return false };
    matches!(first, '-' | '=' | '_' | '*' | '~' | '#' | '—' | '─') && raw.len() >= 4 && chars.all(|c| c == first)
}

/// The rest of a line that begins with a bullet. Hyphens and asterisks are bullets only before a space.
fn unbullet(raw: &str) -> Option<&str> {
    let rest = raw.strip_prefix(['•', '·', '‣', '◦', '▪', '●', '∙', '○', '■']);
    let rest = rest.or_else(|| raw.strip_prefix(['-', '*', '–', '+']).filter(|r| r.starts_with(char::is_whitespace)));
    rest.map(str::trim_start)
}

/// A row of a copied table: label, tabulator, value.
fn cell(raw: &str) -> Option<(String, Kind)> {
    let (label, value) = raw.split_once('\t')?;
    let (label, value) = (values::line(label), values::line(value));
    let fields = labels::lookup(&label).rows();
    if fields.is_empty() || value.is_empty() {
        return None;
    }
    let text = format!("{label} {value}");
    Some((text, labelled(fields, &value, label.len() + 1)))
}

/// A label before a value; where the value is a label too, the values of both were lost.
fn labelled(fields: Fields, value: &str, at: usize) -> Kind {
    match labels::lookup(value).rows().is_empty() {
        true => Kind::Inline(fields, at),
        false => Kind::Furniture,
    }
}

fn kind(text: &str, bullet: bool) -> Kind {
    let fields = labels::lookup(text);
    let rows = fields.rows();
    if fields.has(Field::Visibility) || fields.has(Field::State) {
        return Kind::Badges;
    }
    // Words that are also plausible values count as interface only where no bullet marks them as a value.
    if !bullet {
        for (field, kind) in [(Field::Section, Kind::Section), (Field::Related, Kind::Related), (Field::Tag, Kind::Tag)]
        {
            if fields.has(field) {
                return kind;
            }
        }
    }
    if !rows.is_empty() {
        return Kind::Label(rows);
    }
    for (field, kind) in [
        (Field::End, Kind::End),
        (Field::Platform, Kind::Platform),
        (Field::Interface, Kind::Furniture),
        (Field::Section, Kind::Section),
        (Field::Related, Kind::Related),
    ] {
        if fields.has(field) {
            return kind;
        }
    }
    if is_trail(text) {
        return Kind::Furniture;
    }
    if text.len() < 60 && labels::badges(text).is_some_and(|b| b.rest.is_empty()) {
        return Kind::Badges;
    }
    inline(text).unwrap_or(Kind::Text)
}

/// A breadcrumb: it begins at the site's start page.
fn is_trail(text: &str) -> bool {
    let Some((first, _)) =
        ["/", "»", ">", "›", "→", "|"].iter().filter_map(|s| text.split_once(s)).min_by_key(|p| p.0.len())
    else {
        return false;
    };
    labels::lookup(first.trim()).has(Field::Interface)
}

/// "Publisher: King's Fund". A typed field must get a value of its kind: "Data: the new oil" is a title, and no field but
/// the abstract and the notes holds running text.
pub(super) fn inline(text: &str) -> Option<Kind> {
    let colon = text.char_indices().take(60).find(|(_, c)| matches!(c, ':' | '：'))?;
    let (label, value) = text.split_at_checked(colon.0)?;
    let value = value.trim_start_matches([':', '：']).trim_start();
    let fields = labels::lookup(label.trim_end()).rows();
    let plausible = !value.is_empty() && fields.iter().any(|field| fit::plausible(field, value));
    plausible.then(|| labelled(fields, value, text.len() - value.len()))
}

/// Whether a line goes on where the one before was broken: it begins with a small letter, is no short value of its own, and
/// the line before it is long and open.
fn continues(last: &Line, line: &Line, raw: &str) -> bool {
    let open = last.text.len() >= 50 && !last.text.ends_with(['.', '?', '!', ':', ';', '…']);
    let hanging = last.bullet && raw.starts_with("    ") && last.text.len() >= 50;
    let words = line.text.split(' ').nth(3).is_some();
    line.is_text()
        && !line.bullet
        && matches!(last.kind, Kind::Text | Kind::Inline(..))
        && (open && words && line.text.starts_with(|c: char| c.is_lowercase())
            || hanging && !last.text.ends_with(['.', '?', '!', '…']))
}
