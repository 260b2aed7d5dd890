//! What may be meant instead of misspelt words and values, with the command that asks for it.

use commlit::search::{Filter, NONE, Results, Search};
use commlit::spelling::Instead;

use super::results::grouped;

/// A line for the corrected query, and one for each word or value that has more to say.
pub(crate) fn suggestions(results: &Results, request: &Search) -> Vec<String> {
    let mut out = Vec::new();
    let corrected = results.query.corrected.as_ref();
    if let Some(corrected) = corrected {
        let command = command(request, &corrected.text);
        out.push(format!("did you mean: {}? ({}): {command}", corrected.text, records(corrected.records)));
    }
    for suggestion in &results.query.suggestions {
        let field = suggestion.field.map_or(String::new(), |f| format!("the {f} "));
        let shown = if field.is_empty() && corrected.is_some() { 1 } else { 0 };
        let others: Vec<String> = suggestion.instead.iter().skip(shown).map(instead).collect();
        match (others.is_empty(), shown) {
            (true, _) => {}
            (false, 0) => {
                out.push(format!("did you mean instead of {field}`{}`: {}?", suggestion.word, others.join(", ")))
            }
            (false, _) => out.push(format!("or instead of `{}`: {}", suggestion.word, others.join(", "))),
        }
    }
    out
}

fn instead(instead: &Instead) -> String {
    format!("{} ({})", instead.word, records(instead.records))
}

fn records(n: u64) -> String {
    format!("{} {}", grouped(n), if n == 1 { "record" } else { "records" })
}

/// The command for the same search with another text.
fn command(request: &Search, text: &str) -> String {
    let mut out = "commlit search".to_owned();
    if !matches!(request.syntax, "plain" | "tree") {
        out.push_str(&format!(" --syntax {}", request.syntax));
    }
    for filter in &request.filters {
        match filter {
            Filter::Value(field, value) => {
                out.push_str(&format!(" --filter {}", quoted(&format!("{}={value}", field.name()))));
            }
            Filter::Missing(field) => {
                out.push_str(&format!(" --filter {}", quoted(&format!("{}={NONE}", field.name()))))
            }
            Filter::Years(from, to) => {
                let year = |y: Option<i32>| y.map(|y| y.to_string()).unwrap_or_default();
                out.push_str(&format!(" --year {}..{}", year(*from), year(*to)));
            }
        }
    }
    format!("{out} {}", quoted(text))
}

/// A text as one word of a shell.
fn quoted(text: &str) -> String {
    match text.contains(['"', '$', '`', '\\', '!']) {
        false => format!("\"{text}\""),
        true => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_of_a_shell() {
        for (text, expected) in [
            ("joint care", "\"joint care\""),
            ("king's fund", "\"king's fund\""),
            ("\"joint care\"", "'\"joint care\"'"),
            ("king's $(rm)", "'king'\\''s $(rm)'"),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }
}
