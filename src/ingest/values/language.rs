//! Languages by code and by name.

use super::iso639::Language;

/// A language as its ISO 639-1 code where one exists, else 639-3: from a code (`eng`, `fre`, `en-GB`), an English name, or
/// for the great publishing languages also their names in each other. Bibliographic ISO 639-2/B codes are known.
pub fn language(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('.').to_lowercase();
    let code = text.split(['-', '_']).next().unwrap_or("");
    let terminological = match code {
        "fre" => "fra",
        "ger" => "deu",
        "chi" => "zho",
        "dut" => "nld",
        "gre" => "ell",
        "cze" => "ces",
        "wel" => "cym",
        "ice" => "isl",
        "rum" => "ron",
        "slo" => "slk",
        "per" => "fas",
        "arm" => "hye",
        "baq" => "eus",
        "bur" => "mya",
        "geo" => "kat",
        "mac" => "mkd",
        "mao" => "mri",
        "may" => "msa",
        "alb" => "sqi",
        "tib" => "bod",
        "scr" => "hrv",
        "scc" => "srp",
        other => other,
    };
    let language = Language::of_code(terminological);
    if let Some((code, _)) = LANGUAGE_NAMES.iter().find(|(_, names)| names.contains(&text.as_str())) {
        return Some((*code).to_owned());
    }
    let language = language.or_else(|| {
        let mut chars = text.chars();
        let first = chars.next()?;
        let name: String = first.to_uppercase().chain(chars).collect();
        Language::of_name(&name)
    })?;
    Some(language.code().to_owned())
}

/// The English name of the language of a code.
pub(crate) fn language_name(code: &str) -> Option<&'static str> {
    Language::of_code(code).map(Language::name)
}

const LANGUAGE_NAMES: &[(&str, &[&str])] = &[
    ("en", &["anglais", "englisch", "inglés", "inglese", "inglês", "英语", "英文"]),
    ("fr", &["français", "französisch", "francés", "francese", "francês", "法语", "法文"]),
    ("de", &["deutsch", "allemand", "alemán", "tedesco", "alemão", "德语", "德文"]),
    ("es", &["español", "espagnol", "spanisch", "castellano", "spagnolo", "espanhol", "西班牙语"]),
    ("it", &["italiano", "italien", "italienisch", "意大利语"]),
    ("pt", &["português", "portugais", "portugiesisch", "portugués", "portoghese", "葡萄牙语"]),
    ("zh", &["中文", "汉语", "chinois", "chinesisch", "chino", "cinese", "chinês"]),
    ("nl", &["nederlands", "néerlandais", "niederländisch", "neerlandés", "olandese", "holandês"]),
    ("cy", &["cymraeg", "gallois", "walisisch"]),
];
