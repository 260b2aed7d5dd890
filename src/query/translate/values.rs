//! Whole values under the codes that the languages have for them.

use super::Said;
use super::fit::{Fit, Side, and};
use super::print::reserved;
use crate::ingest::values;
use crate::query::plain::tokens::is_quote;
use crate::query::{Fields, Pattern, Span, Spans, Syntax, TextField, ValueField, subheadings};
use crate::words;

impl Fit {
    pub(super) fn value(&mut self, field: ValueField, value: &Pattern, span: Span, side: Side) -> Said {
        use ValueField as V;
        let open =
            value.is_prefix() && (self.to == Syntax::Ovid || (self.to == Syntax::PubMed && field == V::JournalTitle));
        let slashes = value.word.matches('/').count();
        let plain = !value.word.contains(['"', '\u{201c}', '\u{201d}', '*', '$', '#', '?', '['])
            && !value.word.chars().any(is_quote)
            && value.word.chars().any(char::is_alphanumeric);
        if plain && (value.is_whole() || open) && (!field.is_heading() || slashes < 2) {
            let wild = match (value.is_whole(), self.to) {
                (true, _) => "",
                (false, Syntax::Ovid) => "$",
                (false, _) => "*",
            };
            let text = format!("{}{wild}", value.word);
            let (heading, sub) = value.word.split_once('/').unwrap_or((&value.word, ""));
            if let Some(text) = self.value_text(field, &text, heading, sub) {
                if matches!((self.to, field), (Syntax::Ovid, V::Id | V::Pmid) | (Syntax::Ebsco, V::Id)) {
                    return self.lose(side, "has one field for every number of a record", span, || Said::Text(text));
                }
                return Said::Text(text);
            }
        }
        let words = match field {
            V::Name => TextField::Creator,
            V::JournalTitle => TextField::Journal,
            V::Heading | V::Major => TextField::Subject,
            V::Isbn | V::Issn | V::Doi | V::Pmid | V::Pmcid => TextField::Detail,
            V::Type => TextField::PublicationType,
            _ => {
                let what = format!("has no way to ask for this {}", field.name());
                return self.lose(side, &what, span, || Said::All);
            }
        };
        let mut patterns: Vec<Pattern> = words::folded(&value.word).into_iter().map(Pattern::whole).collect();
        if !value.is_whole() && !value.word.ends_with(' ') {
            // What follows the last whole word may be anything.
            patterns.pop();
        }
        let what = format!("has no field for a whole {}; its words are looked for", field.name());
        if patterns.is_empty() || side == Side::Narrower {
            return self.lose(side, &what, span, || Said::All);
        }
        self.warn(format!("wider: {} {what}", self.name()), span);
        let fields = Fields::of(&[words]);
        let parts = patterns.into_iter().map(|word| Spans::Phrase { fields, words: vec![word], span });
        and(parts.collect::<Vec<_>>().iter().map(|s| self.spans(s, 1, span, side)).collect())
    }

    /// A whole value under the code that the language has for it.
    fn value_text(&self, field: ValueField, value: &str, heading: &str, sub: &str) -> Option<String> {
        use ValueField as V;
        let language = || {
            let name = values::language_name(value).map(str::to_lowercase);
            name.filter(|n| values::language(n).as_deref() == Some(value)).unwrap_or_else(|| value.to_owned())
        };
        let said = if field == V::Language { language() } else { value.to_owned() };
        match self.to {
            Syntax::Ovid => {
                let code = match field {
                    V::Id => "an",
                    V::Pmid => "up",
                    V::Isbn => "ib",
                    V::Issn => "is",
                    V::Doi => "do",
                    V::Language => "la",
                    V::Name => "au",
                    V::JournalTitle => "jn",
                    V::Subheading => "fs",
                    V::Heading | V::Major | V::Explode | V::ExplodeMajor => {
                        return Some(ovid_heading(field, value, heading, sub));
                    }
                    _ => return None,
                };
                let simple = said.split(' ').all(|w| w.chars().all(char::is_alphanumeric) || w.ends_with('$'))
                    && !said.contains(|c: char| c.is_ascii_digit())
                    && !reserved(Syntax::Ovid, &said);
                Some(if simple { format!("{said}.{code}.") } else { format!("\"{said}\".{code}.") })
            }
            Syntax::PubMed => {
                let tag = match field {
                    V::Isbn => "isbn",
                    V::Issn => "issn",
                    V::Doi => "doi",
                    V::Pmid => "pmid",
                    V::Pmcid => "pmc",
                    V::Language => "la",
                    V::JournalTitle => "ta",
                    V::Heading => "mh:noexp",
                    V::Explode => "mh",
                    V::Major => "majr:noexp",
                    V::ExplodeMajor => "majr",
                    V::Subheading => "sh",
                    _ => return None,
                };
                Some(if said.contains([' ', '/', ':', '(']) || field.is_heading() || reserved(self.to, &said) {
                    format!("\"{said}\"[{tag}]")
                } else {
                    format!("{said}[{tag}]")
                })
            }
            Syntax::Ebsco => {
                let plus = if matches!(field, V::Explode | V::ExplodeMajor) { "+" } else { "" };
                let code = match field {
                    V::Id => "AN",
                    V::Pmid => "PM",
                    V::Isbn => "IB",
                    V::Issn => "IS",
                    V::Language => "LA",
                    V::JournalTitle => "JN",
                    V::Heading | V::Explode => "MH",
                    V::Major | V::ExplodeMajor => "MM",
                    _ => return None,
                };
                Some(match (field.is_heading(), sub.is_empty()) {
                    (true, true) => format!("{code} \"{heading}{plus}\""),
                    (true, false) => format!("{code} \"{heading}{plus}/{sub}\""),
                    (false, _) if said.chars().all(char::is_alphanumeric) => format!("{code} {said}"),
                    (false, _) => format!("{code} \"{said}\""),
                })
            }
            _ => {
                let caret = if matches!(field, V::Heading | V::Major) { "^" } else { "" };
                let mark = if matches!(field, V::Major | V::ExplodeMajor) { "[mj]" } else { "" };
                let sub = if sub.is_empty() { String::new() } else { format!("/{sub}") };
                match field {
                    V::Subheading => Some(format!("[mh /{value}]")),
                    _ if field.is_heading() => Some(format!("[mh {caret}\"{heading}\"{sub}{mark}]")),
                    _ => None,
                }
            }
        }
    }
}

fn ovid_heading(field: ValueField, value: &str, heading: &str, sub: &str) -> String {
    let (prefix, code) = match field {
        ValueField::Heading => ("", "sh"),
        ValueField::Major => ("*", "mj"),
        ValueField::Explode => ("exp ", "xs"),
        _ => ("exp *", "xm"),
    };
    let short = subheadings::short(sub);
    if value.ends_with('$') || (short.is_none() && !sub.is_empty()) {
        return format!("\"{value}\".{code}.");
    }
    let quoted = reserved(Syntax::Ovid, heading) || heading.contains(|c: char| c.is_ascii_digit());
    let heading = if quoted { format!("\"{heading}\"") } else { heading.to_owned() };
    format!("{prefix}{heading}/{}", short.unwrap_or(""))
}
