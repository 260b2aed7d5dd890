//! Words that are operators misspelt.

/// The operator that a word among others was meant to be.
pub(super) fn operator_meant(word: &str) -> Option<String> {
    if word.len() > 12 || !word.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let word = word.to_ascii_lowercase();
    let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &word[name.len()..];
    Some(match name {
        "adnd" | "andd" | "adn" | "annd" | "aand" | "amd" if digits.is_empty() => "and".into(),
        "orr" | "oor" if digits.is_empty() => "or".into(),
        "nott" | "nnot" if digits.is_empty() => "not".into(),
        "ajd" | "adjj" | "aadj" | "adk" | "asj" | "dadj" | "addj" | "daj" | "jad" => format!("adj{digits}"),
        "ad" | "aj" | "dj" | "adjacent" | "n" | "w" if !digits.is_empty() => format!("adj{digits}"),
        _ => match word.strip_prefix("adj") {
            // `adj3care`: the space is missing.
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => {
                let n: String = rest.chars().take_while(char::is_ascii_digit).collect();
                format!("adj{n}")
            }
            _ => return None,
        },
    })
}
