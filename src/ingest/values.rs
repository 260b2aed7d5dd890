//! Cleaning of single values, the same for every reader: identifiers with their check digits, years, names,
//! languages, item types, titles and white space.
//!
//! Pure functions from text to a value or nothing. They do *not* decide which field a value belongs to.

use unicode_normalization::UnicodeNormalization;

use crate::record::Record;

/// One line of text: white space of every kind folded to single spaces, control and zero-width characters removed,
/// composed to NFC.
pub fn line(text: &str) -> String {
    // Most text is as it should be.
    if is_line(text.as_bytes()) {
        return text.to_owned();
    }
    // Composing is what takes the time, and most text is ASCII.
    if text.is_ascii() { fold_space(text.chars(), text.len()) } else { fold_space(text.nfc(), text.len()) }
}

/// Whether these are printable ASCII characters with single spaces between them.
fn is_line(bytes: &[u8]) -> bool {
    let mut gap = true;
    for byte in bytes {
        match byte {
            b' ' if !gap => gap = true,
            0x21..=0x7e => gap = false,
            _ => return false,
        }
    }
    !gap || bytes.is_empty()
}

fn fold_space(chars: impl Iterator<Item = char>, size: usize) -> String {
    let mut out = String::with_capacity(size);
    let mut gap = false;
    for c in chars {
        if c.is_whitespace() {
            gap = true;
        } else if !is_invisible(c) {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        }
    }
    out
}

/// Running text: every paragraph as one [`line()`], paragraphs separated by a blank line, empty ones left out.
pub fn paragraphs<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for part in parts {
        let part = line(part);
        if !part.is_empty() {
            if !out.is_empty() {
                out.push_str("\n\n");
            }
            out.push_str(&part);
        }
    }
    out
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// A title: one line, cataloguing punctuation resolved (`" : "` → `": "`, a trailing `/` removed).
pub fn title(text: &str) -> String {
    let text = line(text).replace(" : ", ": ").replace(" ; ", "; ");
    let text = text.strip_suffix(" /").or_else(|| text.strip_suffix(" :")).unwrap_or(&text);
    text.trim().to_owned()
}

/// A title for a text that has none: its first sentence without the full stop, cut between words to about 120 characters,
/// with an ellipsis where it was cut. A first sentence of one or two words ("Background.") takes the next one with it.
pub fn derived_title(text: &str) -> String {
    const LENGTH: usize = 120;
    // A text may be of any size; a title needs no more than its beginning.
    let head: String = text.trim_start().split("\n\n").next().unwrap_or("").chars().take(4 * LENGTH).collect();
    let sentences = crate::passage::sentences(&head);
    let words_until = |end: usize| head[..end].split_whitespace().count();
    let end = sentences.iter().map(|s| s.end).find(|end| words_until(*end) > 2).unwrap_or(head.len());
    let sentence = line(&head[..end]);
    if sentence.chars().count() <= LENGTH {
        return sentence.strip_suffix(['.', '。']).unwrap_or(&sentence).to_owned();
    }
    let cut: String = sentence.chars().take(LENGTH).collect();
    let words = match cut.rfind(' ') {
        Some(at) if !sentence[cut.len()..].starts_with(' ') => &cut[..at],
        _ => &cut,
    };
    format!("{}…", words.trim_end_matches([',', ';', ':', '.', '-', '–', '—', ' ', '…']))
}

/// An ISBN whose check digit holds: the 13-digit form, and the 10-digit form where the source had that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Isbn {
    /// Thirteen digits.
    pub thirteen: String,
    /// Nine digits and a check digit or `X`, where the source had an ISBN-10.
    pub ten: Option<String>,
}

/// Reads a whole value as an ISBN, hyphens, spaces, a leading `ISBN` and a qualifier in parentheses allowed.
/// Check digits as in ISO 2108: modulo 11 for ten digits, modulo 10 with weights 1 and 3 for thirteen.
pub fn isbn(text: &str) -> Option<Isbn> {
    let text = text.trim();
    let text = text.split('(').next().unwrap_or(text);
    let upper = text.to_ascii_uppercase();
    let rest = upper.trim().strip_prefix("ISBN").unwrap_or(upper.trim());
    let rest = rest.strip_prefix("-13").or_else(|| rest.strip_prefix("-10")).unwrap_or(rest);
    let rest = rest.trim_start_matches([':', ' ', '\u{a0}']);
    let mut chars = String::with_capacity(13);
    for c in rest.trim().chars() {
        match c {
            '0'..='9' | 'X' => chars.push(c),
            '-' | ' ' | '\u{2010}'..='\u{2013}' => {}
            _ => return None,
        }
    }
    match chars.len() {
        10 if isbn10_holds(&chars) => {
            let body = format!("978{}", &chars[..9]);
            let check = (10 - isbn13_sum(&body) % 10) % 10;
            Some(Isbn { thirteen: format!("{body}{check}"), ten: Some(chars) })
        }
        13 if !chars.contains('X')
            && (chars.starts_with("978") || chars.starts_with("979"))
            && isbn13_sum(&chars).is_multiple_of(10) =>
        {
            Some(Isbn { thirteen: chars, ten: None })
        }
        _ => None,
    }
}

fn isbn10_holds(chars: &str) -> bool {
    let mut sum = 0;
    for (i, c) in chars.chars().enumerate() {
        let digit = match c {
            'X' if i == 9 => 10,
            _ => match c.to_digit(10) {
                Some(d) => d,
                None => return false,
            },
        };
        sum += (10 - i as u32) * digit;
    }
    sum.is_multiple_of(11)
}

fn isbn13_sum(digits: &str) -> u32 {
    digits.chars().enumerate().filter_map(|(i, c)| c.to_digit(10).map(|d| if i % 2 == 0 { d } else { 3 * d })).sum()
}

/// Adds an ISBN to a record, once, in both its forms; `false` when the text is not an ISBN.
pub fn add_isbn(record: &mut Record, text: &str) -> bool {
    let Some(Isbn { thirteen, ten }) = isbn(text) else { return false };
    push_new(&mut record.isbn, thirteen);
    if let Some(ten) = ten {
        push_new(&mut record.isbn10, ten);
    }
    true
}

/// Reads a whole value as an ISSN with a valid check digit (ISO 3297, modulo 11): `NNNN-NNNC`.
pub fn issn(text: &str) -> Option<String> {
    let upper = text.trim().to_ascii_uppercase();
    let rest = upper.strip_prefix("ISSN").unwrap_or(&upper).trim_start_matches([':', ' ']);
    let chars: String = rest.chars().filter(|c| !matches!(c, '-' | ' ' | '\u{2010}'..='\u{2013}')).collect();
    if chars.len() != 8 {
        return None;
    }
    let mut sum = 0;
    for (i, c) in chars.chars().enumerate() {
        let digit = match c {
            'X' if i == 7 => 10,
            _ => c.to_digit(10)?,
        };
        sum += (8 - i as u32) * digit;
    }
    sum.is_multiple_of(11).then(|| format!("{}-{}", &chars[..4], &chars[4..]))
}

/// Finds a DOI anywhere in a value: bare, as `doi:…` or as an address; lower case, closing punctuation removed.
pub fn doi(text: &str) -> Option<String> {
    let decoded;
    let text = if text.contains("10.") && text.to_ascii_lowercase().contains("%2f") {
        decoded = text.replace("%2F", "/").replace("%2f", "/");
        &decoded
    } else {
        text
    };
    let mut from = 0;
    while let Some(at) = text[from..].find("10.") {
        let start = from + at;
        let rest = &text[start..];
        let registrant = rest[3..].bytes().take(13).take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        let before_ok = !text[..start].ends_with(|c: char| c.is_ascii_digit() || c == '.');
        if before_ok && (4..=12).contains(&registrant) && rest[3 + registrant..].starts_with('/') {
            let end =
                rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '|')).unwrap_or(rest.len());
            let mut doi = rest[..end].trim_end_matches(['.', ',', ';', ':', '\'', '’', '”']);
            while (doi.ends_with(')') && doi.matches('(').count() < doi.matches(')').count())
                || (doi.ends_with(']') && doi.matches('[').count() < doi.matches(']').count())
            {
                doi = doi[..doi.len() - 1].trim_end_matches(['.', ',', ';']);
            }
            if doi.len() > 4 + registrant {
                return Some(doi.to_lowercase());
            }
        }
        from = start + 3;
    }
    None
}

/// A PubMed identifier: one to nine digits, with or without a `PMID` label.
pub fn pmid(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = text.strip_prefix("PMID").unwrap_or(text).trim_start_matches([':', ' ']);
    let ok = (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && digits != "0";
    ok.then(|| digits.to_owned())
}

/// A PubMed Central identifier: `PMC` and digits.
pub fn pmcid(text: &str) -> Option<String> {
    let upper = text.trim().to_ascii_uppercase();
    let rest = upper.strip_prefix("PMCID").unwrap_or(&upper).trim_start_matches([':', ' ']);
    let digits = rest.strip_prefix("PMC")?;
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| format!("PMC{digits}"))
}

/// The first plausible year of publication (1400 to 2099) in a date as printed: `c1998`, `[1994?]`, `1997/8`, `12 May 2001`,
/// `20010512`. Digits that are part of a longer number are not a year, but for eight-digit dates.
pub fn year(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !bytes[i].is_ascii_digit() {
            i += 1;
            continue;
        }
        let run = bytes[i..].iter().take_while(|b| b.is_ascii_digit()).count();
        if run == 4 || run == 8 {
            let year: i32 = text[i..i + 4].parse().ok()?;
            let date_like = run == 4 || {
                let month: u32 = text[i + 4..i + 6].parse().ok()?;
                let day: u32 = text[i + 6..i + 8].parse().ok()?;
                (0..=12).contains(&month) && day <= 31
            };
            if (1400..=2099).contains(&year) && date_like {
                return Some(year);
            }
        }
        i += run;
    }
    None
}

/// Sets the year from a date, and keeps the date as printed where it says more or otherwise than the year.
pub fn set_date(record: &mut Record, text: &str) {
    let text = line(text);
    if text.is_empty() {
        return;
    }
    let year = year(&text);
    if record.year.is_none() {
        record.year = year;
    }
    if record.date.is_none() && year.is_none_or(|y| text != y.to_string()) {
        record.date = Some(text);
    }
}

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
    let language = match terminological.len() {
        2 => isolang::Language::from_639_1(terminological),
        3 => isolang::Language::from_639_3(terminological),
        _ => None,
    };
    if let Some((code, _)) = LANGUAGE_NAMES.iter().find(|(_, names)| names.contains(&text.as_str())) {
        return Some((*code).to_owned());
    }
    let language = language.or_else(|| {
        let mut chars = text.chars();
        let first = chars.next()?;
        let name: String = first.to_uppercase().chain(chars).collect();
        isolang::Language::from_name(&name)
    })?;
    Some(language.to_639_1().unwrap_or(language.to_639_3()).to_owned())
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

/// The CSL 1.0.2 item type for a source's own word for it: repository resource types, schema.org and Dublin Core types,
/// reference-manager names. Unknown words give nothing.
pub fn item_type(text: &str) -> Option<&'static str> {
    let key: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let key = key.strip_prefix("httpschemaorg").or_else(|| key.strip_prefix("httpsschemaorg")).unwrap_or(&key);
    let key = key.strip_prefix("infoeurepo").and_then(|k| k.strip_prefix("semantics")).unwrap_or(key);
    Some(match key {
        "report" | "researchreport" | "technicalreport" | "techreport" | "workingpaper" | "discussionpaper"
        | "policybrief" | "governmentdocument" | "guidance" | "briefing" | "whitepaper" | "annualreport"
        | "evaluationreport" => "report",
        "article"
        | "articlejournal"
        | "journalarticle"
        | "scholarlyarticle"
        | "medicalscholarlyarticle"
        | "reviewarticle"
        | "review"
        | "academicjournal"
        | "journal" => "article-journal",
        "magazinearticle" | "articlemagazine" => "article-magazine",
        "newsarticle" | "newspaperarticle" | "articlenewspaper" | "news" => "article-newspaper",
        "preprint" => "article",
        "book" | "ebook" | "monograph" | "editedbook" => "book",
        "chapter" | "bookchapter" | "partofbook" | "booksection" | "bookpart" | "inbook" => "chapter",
        "thesis" | "dissertation" | "doctoralthesis" | "mastersthesis" | "masterthesis" | "phdthesis"
        | "bachelorthesis" => "thesis",
        "conferencepaper" | "conferenceproceeding" | "conferenceobject" | "paperconference" | "proceedingsarticle" => {
            "paper-conference"
        }
        "presentation" | "speech" | "lecture" | "slides" | "presentationdigitaldocument" => "speech",
        "webpage" | "website" | "aboutpage" | "itempage" => "webpage",
        "blogpost" | "blogposting" | "postweblog" => "post-weblog",
        "dataset" | "data" | "researchdata" => "dataset",
        "legislation" | "act" | "statute" => "legislation",
        "hearing" => "hearing",
        "pamphlet" | "leaflet" | "brochure" => "pamphlet",
        "letter" | "personalcommunication" | "correspondence" => "personal_communication",
        "encyclopediaarticle" | "entryencyclopedia" => "entry-encyclopedia",
        "map" | "cartographicmaterial" => "map",
        "video" | "movie" | "motionpicture" | "film" | "videoobject" => "motion_picture",
        "audio" | "sound" | "song" | "audioobject" => "song",
        "image" | "photograph" | "poster" | "stillimage" | "imageobject" => "graphic",
        "software" | "computerprogram" | "softwaresourcecode" => "software",
        "patent" => "patent",
        _ => return None,
    })
}

/// A personal name as `Family, Given`. Names that already have a comma, single words and names that look corporate stay as
/// they are; particles (`van der`, `de`) and suffixes (`Jr`) go with the family name.
pub fn person(text: &str) -> String {
    let text = line(text);
    let text = text.trim_end_matches([',', ';', ' ']);
    if text.contains(',') || looks_corporate(text) {
        return text.to_owned();
    }
    let words: Vec<&str> = text.split(' ').collect();
    let suffix = words.last().is_some_and(|w| matches!(w.trim_end_matches('.'), "Jr" | "Sr" | "II" | "III" | "IV"));
    let end = words.len() - usize::from(suffix);
    if end < 2 {
        return text.to_owned();
    }
    let mut family = end - 1;
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

/// Appends a value unless it is empty or already there.
pub fn push_new(list: &mut Vec<String>, value: String) {
    if !value.is_empty() && !list.contains(&value) {
        list.push(value);
    }
}
