//! Names of persons, and what tells them from names of bodies.

use super::line;
use crate::ingest::responsibility;

/// A personal name as `Family, Given`. Names that already have a comma, single words and names that look corporate stay as
/// they are; particles (`van der`, `de`) and suffixes (`Jr`) go with the family name.
pub fn person(text: &str) -> String {
    let text = line(text);
    let text = text.trim_end_matches([',', ';', ' ']);
    // "Jane Smith (ed.)": what stands behind the name stays there.
    if text.ends_with([')', ']'])
        && let Some((name, _)) = responsibility::role_behind(text)
    {
        return format!("{}{}", person(name), &text[name.len()..]);
    }
    if text.contains(',') || looks_corporate(text) {
        return text.to_owned();
    }
    let words: Vec<&str> = text.split(' ').collect();
    let suffix = words.last().is_some_and(|w| matches!(w.trim_end_matches('.'), "Jr" | "Sr" | "II" | "III" | "IV"));
    let end = words.len() - usize::from(suffix);
    if end < 2 {
        return text.to_owned();
    }
    // A particle in small letters begins the family name, whatever follows: "Charles de la Vallée Poussin".
    let small = |word: &&str| is_particle(word) && word.starts_with(char::is_lowercase);
    let particle = words[1..end - 1].iter().position(small).map(|at| at + 1);
    let mut family = particle.unwrap_or(end - 1);
    while family > 1 && is_particle(words[family - 1]) {
        family -= 1;
    }
    // "Smith J" and "Smith JA": initials after the family name.
    let last = words[end - 1];
    if end == 2
        && last.len() <= 3
        && last.chars().all(|c| c.is_uppercase() || c == '.')
        && words[0].chars().any(char::is_lowercase)
    {
        return format!("{}, {last}", words[0]);
    }
    let mut name = format!("{}, {}", words[family..end].join(" "), words[..family].join(" "));
    if suffix {
        name.push_str(", ");
        name.push_str(words[end]);
    }
    name
}

fn is_particle(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "van"
            | "von"
            | "der"
            | "den"
            | "de"
            | "del"
            | "della"
            | "di"
            | "da"
            | "dos"
            | "du"
            | "la"
            | "le"
            | "ter"
            | "ten"
            | "el"
            | "al"
            | "bin"
    )
}

/// Whether a name is that of a body, not a person.
pub fn looks_corporate(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.starts_with("the ")
        || lower.contains(" and ")
        || lower.contains('&')
        || lower.contains(" of ")
        || lower.contains(" for ")
        || lower.contains(" y ")
        || lower.split(|c: char| !c.is_alphanumeric()).any(|w| {
            matches!(
                w,
                "fund"
                    | "trust"
                    | "department"
                    | "ministry"
                    | "committee"
                    | "commission"
                    | "council"
                    | "university"
                    | "institute"
                    | "centre"
                    | "center"
                    | "group"
                    | "association"
                    | "society"
                    | "college"
                    | "authority"
                    | "board"
                    | "executive"
                    | "agency"
                    | "nhs"
                    | "office"
                    | "foundation"
                    | "unit"
                    | "resource"
                    | "network"
                    | "team"
                    | "consortium"
                    | "collaboration"
                    | "service"
                    | "services"
                    | "organisation"
                    | "organization"
                    | "ltd"
                    | "limited"
                    | "inc"
                    | "confederation"
                    | "federation"
                    | "alliance"
                    | "hospital"
                    | "library"
                    | "parliament"
                    | "government"
                    | "england"
                    | "kingdom"
                    | "who"
                    | "project"
                    | "party"
                    | "union"
                    | "press"
                    | "academy"
                    | "bank"
                    | "company"
                    | "partnership"
                    | "health"
                    | "care"
                    | "healthcare"
                    | "audit"
                    | "policy"
                    | "research"
                    | "public"
                    | "national"
                    | "medical"
                    | "medicine"
                    | "hospitals"
                    | "clinic"
                    | "school"
                    | "faculty"
                    | "programme"
                    | "program"
                    | "forum"
                    | "publishing"
                    | "publishers"
                    | "institution"
                    | "initiative"
                    | "trusts"
                    | "councils"
                    | "directorate"
                    | "division"
                    | "branch"
                    | "taskforce"
                    | "commissioning"
                    | "commissioners"
                    | "observatory"
                    | "inspectorate"
                    | "regulator"
                    | "charity"
                    | "charities"
                    | "wales"
                    | "scotland"
                    | "states"
                    | "county"
                    | "borough"
                    | "district"
                    | "región"
                    | "région"
                    | "regione"
                    | "fundación"
                    | "fundação"
                    | "fondazione"
                    | "fondation"
                    | "stiftung"
                    | "agence"
                    | "agencia"
                    | "agenzia"
                    | "agência"
                    | "ministère"
                    | "ministerio"
                    | "ministero"
                    | "ministério"
                    | "ministerium"
                    | "institut"
                    | "instituto"
                    | "istituto"
                    | "universität"
                    | "universidad"
                    | "université"
                    | "università"
                    | "universidade"
                    | "universiteit"
                    | "centro"
                    | "consejo"
                    | "conseil"
                    | "gesellschaft"
                    | "verband"
                    | "verein"
                    | "amt"
            )
        })
}
