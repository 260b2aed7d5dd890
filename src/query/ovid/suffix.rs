//! Field suffixes: `.ti,ab.`, `.mp.`, `.ab. /freq=2`.

use super::error;
use super::tokens::{is_space, operand_ends, operator};
use crate::query::plain::distance;
use crate::query::{Fields, Span, SyntaxError, TextField, ValueField, Warning};

/// Where the words before it are looked for.
#[derive(Debug, Clone)]
pub(super) struct Suffix {
    /// None for a bare `/freq=2`.
    pub(super) places: Option<Places>,
    /// How many times they must occur in one field.
    pub(super) times: u32,
    pub(super) span: Span,
}

/// The fields of a suffix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) fields: Fields,
    pub(super) values: Vec<Whole>,
}

/// What a code looks up whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    Value(ValueField),
    Years,
    /// A date that records do not have.
    Nothing,
}

impl Places {
    /// Title, abstract and subjects: where words without a suffix are looked for.
    pub(super) fn mp() -> Places {
        let fields = Fields::of(&[TextField::Title, TextField::Abstract, TextField::Subject]);
        Places { fields, values: Vec::new() }
    }

    fn add(&mut self, code: &str) -> Option<Option<&'static str>> {
        let (fields, values, note) = places(code)?;
        self.fields = self.fields.union(Fields::of(fields));
        for value in values {
            if !self.values.contains(value) {
                self.values.push(*value);
            }
        }
        if code == "af" || code == "tx" {
            self.fields = self.fields.union(Fields::ALL);
        }
        Some(note)
    }
}

const WIDER_SUBJECT: Option<&str> = Some("records do not keep this field apart; the words of subjects are searched");
const WIDER_NOTE: Option<&str> = Some("records do not keep this field apart; the words of notes are searched");

type Found = (&'static [TextField], &'static [Whole], Option<&'static str>);

/// What a code stands for, and what should be known about it.
fn places(code: &str) -> Option<Found> {
    use TextField::{
        Abstract, Body, Creator, Detail, Journal, Note, Place, PublicationType, Publisher, Series, Subject, Title,
    };
    use Whole::{Nothing, Value, Years};
    Some(match code {
        "ti" | "ot" | "tt" | "m_titl" => (&[Title], &[], None),
        "ab" => (&[Abstract], &[], None),
        "tw" => (&[Title, Abstract], &[], None),
        "mp" => (&[Title, Abstract, Subject], &[], None),
        "af" => (&[], &[], None),
        "tx" => (&[Body], &[], Some("every text field is searched")),
        "hw" | "kw" | "kf" | "mw" => (&[Subject], &[], None),
        "nm" | "rn" | "rx" | "rs" | "tn" | "ps" | "ox" | "px" | "sy" | "bd" | "tc" | "id" | "cc" | "mf" | "dm" => {
            (&[Subject], &[], WIDER_SUBJECT)
        }
        "sh" | "mh" => (&[], &[Value(ValueField::Heading)], None),
        "de" => (&[Subject], &[], Some("the words of subjects are searched")),
        "mj" | "mm" => (&[], &[Value(ValueField::Major)], None),
        "xs" => (&[], &[Value(ValueField::Explode)], None),
        "xm" => (&[], &[Value(ValueField::ExplodeMajor)], None),
        "fs" => (&[], &[Value(ValueField::Subheading)], None),
        "pt" => (&[PublicationType], &[], None),
        "au" | "fa" | "cn" => (&[], &[Value(ValueField::Name)], None),
        "ca" | "rf" | "ir" => {
            (&[Creator], &[], Some("records do not keep this field apart; the words of creators are searched"))
        }
        "ax" => (&[Creator, Note], &[], Some("records do not keep this field apart; creators and notes are searched")),
        "in" | "ci" | "cs" | "gr" | "gi" | "go" | "si" | "cm" | "oa" | "ad" => (&[Note], &[], WIDER_NOTE),
        "nt" => (&[Note], &[], None),
        "jn" | "ja" => (&[], &[Value(ValueField::JournalTitle)], None),
        "jw" | "jx" | "bt" => (&[Journal], &[], None),
        "so" => (&[Journal, Detail], &[], None),
        "se" => (&[Series], &[], None),
        "pb" | "pu" => (&[Publisher], &[], None),
        "cp" | "cy" | "pl" => (&[Place], &[], None),
        "vo" | "ip" | "pg" => (&[Detail], &[], None),
        "is" => (&[], &[Value(ValueField::Issn)], None),
        "ib" => (&[], &[Value(ValueField::Isbn)], None),
        "do" => (&[], &[Value(ValueField::Doi)], None),
        "ui" | "up" | "an" => (&[], &[Value(ValueField::Pmid), Value(ValueField::Id)], None),
        "la" | "lg" => (&[], &[Value(ValueField::Language)], None),
        "yr" | "py" | "dp" | "sa_year" => (&[], &[Years], None),
        "ed" | "ez" | "ep" | "dc" | "da" | "dt" | "rd" | "em" | "ew" => {
            (&[], &[Nothing], Some("records do not have this date"))
        }
        _ => return None,
    })
}

const CODES: [&str; 26] = [
    "ti", "ab", "tw", "mp", "af", "hw", "kw", "kf", "ot", "sh", "fs", "pt", "au", "jn", "jw", "so", "pb", "cp", "is",
    "ib", "yr", "la", "ui", "an", "in", "nm",
];

/// Names of other languages, which are not Ovid's codes but can mean nothing else.
fn other_name(code: &str) -> Option<&'static str> {
    Some(match code {
        "tiab" | "tiabs" | "abti" => ".ti,ab.",
        "title" | "titles" => ".ti.",
        "abstract" | "abs" => ".ab.",
        "mesh" | "majr" => ".sh.",
        "author" | "auth" => ".au.",
        "all" => ".af.",
        "tikw" => ".ti,kw.",
        "tiabkw" | "tiabkf" => ".ti,ab,kf.",
        _ => return None,
    })
}

fn unknown(code: &str, span: Span) -> SyntaxError {
    let suggestion = match other_name(code) {
        Some(name) => format!("write {name}"),
        None => {
            let near = CODES.iter().min_by_key(|known| distance(code, known));
            let near = near.filter(|known| distance(code, known) <= 1).unwrap_or(&"mp");
            format!("did you mean .{near}.?")
        }
    };
    error(span, format!("there is no field `.{code}.`"), suggestion)
}

/// The suffix that begins with the dot at `dot`, and where it ends. A dot that begins no suffix is punctuation.
pub(super) fn read(
    text: &str,
    dot: usize,
    warnings: &mut Vec<Warning>,
) -> Result<Option<(Suffix, usize)>, SyntaxError> {
    let mut places = Places { fields: Fields::NONE, values: Vec::new() };
    let mut notes = Vec::new();
    let mut at = dot;
    let mut lists = 0;
    loop {
        let from = at;
        let Some(list) = codes(text, at + 1) else {
            if lists == 0 {
                return Ok(None);
            }
            break;
        };
        let after = list.end;
        let stop = text[after..].bytes().take_while(|b| matches!(b, b' ' | b',')).count();
        let closing = skip_spaces(text, after + stop);
        let closed = text[closing..].starts_with('.');
        let end = if closed { closing + 1 } else { after };
        let ends = operand_ends(text, end);
        let wrong = list.codes.iter().find(|(code, _)| places.clone().add(code).is_none());
        if let Some((code, span)) = wrong {
            let spaced = text[from + 1..].starts_with(is_space);
            let meant = other_name(code).is_some() || list.codes.iter().any(|(c, _)| places.clone().add(c).is_some());
            let looks = closed && (2..=4).contains(&code.len());
            if lists == 0 && ends && !spaced && (meant || looks) {
                return Err(unknown(code, *span));
            }
            if lists == 0 {
                return Ok(None);
            }
            break;
        }
        let glued = text[end..].chars().next().is_some_and(char::is_alphanumeric);
        let goes_on = closed && glued && codes(text, end).is_some_and(|l| places.clone().add(&l.codes[0].0).is_some());
        if !(ends || goes_on || closed && (!glued || operator(&text[end..]).is_some())) {
            if lists == 0 {
                return Ok(None);
            }
            break;
        }
        for (code, span) in &list.codes {
            if let Some(Some(note)) = places.add(code) {
                notes.push(Warning { message: format!("`.{code}.`: {note}"), span: *span });
            }
        }
        lists += 1;
        at = end;
        if !closed {
            let span = Span::new(from, end);
            notes.push(Warning {
                message: "the dot after the field is missing; it is read as if it were there".into(),
                span,
            });
            break;
        }
        if !goes_on {
            break;
        }
        // `.ti.ab.`: the dot that closed the first list opens the second.
        at = end - 1;
        if lists > 50 {
            at = end;
            break;
        }
    }
    warnings.append(&mut notes);
    if lists > 1 {
        let message = "several fields are joined by commas; they are read as if they were: .ti,ab.".into();
        warnings.push(Warning { message, span: Span::new(dot, at) });
    }
    let (times, end) = match frequency(text, skip_spaces(text, at))? {
        Some(found) => found,
        None => (1, at),
    };
    Ok(Some((Suffix { places: Some(places), times, span: Span::new(dot, end) }, end)))
}

struct Codes {
    codes: Vec<(String, Span)>,
    end: usize,
}

/// Codes with commas between them; Ovid's own exports have them in parentheses: `.(sa_year).`
fn codes(text: &str, from: usize) -> Option<Codes> {
    if let Some(inner) = text.get(from..).and_then(|t| t.strip_prefix('(')).filter(|t| !t.starts_with('(')) {
        let mut list = codes(text, text.len() - inner.len())?;
        let close = skip_spaces(text, list.end);
        list.end = close + 1;
        return text[close..].starts_with(").").then_some(list);
    }
    let start = skip_spaces(text, from);
    let mut codes = Vec::new();
    let mut at = start;
    loop {
        let len = text.get(at..)?.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        if !(2..=12).contains(&len) || !text[at..].starts_with(|c: char| c.is_ascii_alphabetic()) || codes.len() > 50 {
            break;
        }
        codes.push((text[at..at + len].to_ascii_lowercase(), Span::new(at, at + len)));
        let comma = skip_spaces(text, at + len);
        if !text[comma..].starts_with([',', ';']) {
            break;
        }
        at = skip_spaces(text, comma + 1);
    }
    let end = codes.last()?.1.end;
    Some(Codes { codes, end })
}

/// `/freq=2`, which begins with the slash at `at`.
pub(super) fn frequency(text: &str, at: usize) -> Result<Option<(u32, usize)>, SyntaxError> {
    let Some(rest) = text[at..].strip_prefix('/') else { return Ok(None) };
    let name = text.len() - rest.trim_start_matches(is_space).len();
    let Some(word) = text.get(name..name + 4) else { return Ok(None) };
    if !word.eq_ignore_ascii_case("freq") {
        return Ok(None);
    }
    let mut after = skip_spaces(text, name + 4);
    while text[after..].starts_with(['=', '>', ' ']) {
        after += 1;
    }
    let digits = text[after..].bytes().take_while(u8::is_ascii_digit).count();
    let end = after + digits;
    let times = text[after..end].parse::<u32>().ok().filter(|n| (1..=10_000).contains(n));
    times.map(|n| Some((n, end))).ok_or_else(|| {
        error(
            Span::new(at, end),
            "a number from 1 is missing after freq",
            "write /freq=2 for twice or more in one field",
        )
    })
}

pub(super) fn skip_spaces(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    text.len().min(at + rest.len() - rest.trim_start_matches(is_space).len())
}
