//! Names of persons, bodies and meetings, and the roles they have.

use super::field::Field;
use super::punctuation as tidy;
use crate::ingest::values;
use crate::record::Creator;

/// The name of a field X00, X10 or X11, as an index would show it.
pub(super) fn name(field: &Field<'_>) -> String {
    match kind(field) {
        Kind::Person => person(field),
        Kind::Body => {
            let parts: Vec<String> = field.of("ab").map(|(_, v)| tidy::value(v)).filter(|v| !v.is_empty()).collect();
            let mut name = parts.join(". ");
            // "Conference on X (2nd : 1990 : Leeds)": the parts of a meeting, or of a treaty.
            let rest: Vec<String> = field.of("ndc").map(|(_, v)| bare(v)).filter(|v| !v.is_empty()).collect();
            if !rest.is_empty() {
                name = format!("{name} ({})", rest.join(" : "));
            }
            name
        }
        Kind::Meeting => {
            let parts: Vec<String> = field.of("aqe").map(|(_, v)| tidy::value(v)).filter(|v| !v.is_empty()).collect();
            let rest: Vec<String> = field.of("ndc").map(|(_, v)| bare(v)).filter(|v| !v.is_empty()).collect();
            let name = parts.join(". ");
            if rest.is_empty() { name } else { format!("{name} ({})", rest.join(" : ")) }
        }
    }
}

fn bare(value: &str) -> String {
    let value = tidy::line(value);
    let value = value.trim_end_matches([':', ' ', ',', '.', ';']).trim_matches(['(', ')', ' ']);
    // "(1st :", "Portland, Or.)": a stop within the brackets is an abbreviation's.
    value.trim_end_matches([':', ' ', ',']).to_owned()
}

#[derive(PartialEq)]
enum Kind {
    Person,
    Body,
    Meeting,
}

fn kind(field: &Field<'_>) -> Kind {
    match field.tag.get(1..) {
        Some("10") => Kind::Body,
        Some("11") => Kind::Meeting,
        // Uncontrolled names say in their indicator what they are.
        Some("20") if field.indicators[0] == '2' => Kind::Body,
        _ => Kind::Person,
    }
}

fn person(field: &Field<'_>) -> String {
    let mut name = without_month_stop(without_dates(&commas(&tidy::value(field.get('a').unwrap_or("")))));
    let is_forename = field.indicators[0] == '0';
    for (code, value) in field.of("bc") {
        let value = tidy::value(value);
        let is_suffix = matches!(value.trim_end_matches('.'), "Jr" | "Sr" | "II" | "III" | "IV" | "V" | "Jnr" | "Snr");
        if code == 'b' && !value.is_empty() {
            name = format!("{name} {value}");
        } else if !value.is_empty() && (is_forename || is_suffix) {
            name = format!("{name}, {value}");
        }
    }
    // Only uncontrolled names and homemade records have names in natural order.
    match field.indicators[0] {
        '0' => name,
        // Where the family name comes first, nothing but the source says where it ends.
        _ if name.chars().any(|c| c.is_alphabetic() && c as u32 >= 0x590) => name,
        _ if field.tag == "720" || name.split(' ').count() < 4 && !is_forename && field.tag != "600" => {
            values::person(&name)
        }
        _ => name,
    }
}

/// The commas of other scripts as the comma of an index.
fn commas(name: &str) -> String {
    if !name.contains(['،', '，', '、']) {
        return name.to_owned();
    }
    let parts = name.split(['،', '，', '、', ',']).map(str::trim).filter(|p| !p.is_empty());
    parts.collect::<Vec<_>>().join(", ")
}

/// "Karlin, Jan." ends in a stop of the field, although "Jan." may be a month elsewhere.
fn without_month_stop(name: String) -> String {
    const MONTHS: [&str; 9] = ["Jan.", "Feb.", "Aug.", "Nov.", "Dec.", "Min.", "Col.", "Ill.", "Pat."];
    match name.rsplit_once(", ") {
        Some((_, given)) if MONTHS.contains(&given) => name.trim_end_matches('.').to_owned(),
        _ => name,
    }
}

/// "Lomax, John Avery, 1867-1948" → without the years, which some catalogues write into the name.
pub(crate) fn without_dates(name: &str) -> String {
    match name.rsplit_once(", ") {
        Some((name, dates))
            if dates.chars().filter(char::is_ascii_digit).count() >= 4
                && dates.chars().all(|c| c.is_ascii_digit() || "-–?. bdca".contains(c)) =>
        {
            tidy::value(name)
        }
        _ => name.to_owned(),
    }
}

/// The name with everything that the field says about it, where that is more than the name.
pub(super) fn in_full(field: &Field<'_>) -> Option<String> {
    let codes = match kind(field) {
        Kind::Person => "abcqdgju",
        _ => "ug",
    };
    let more = field.of(codes).any(|(code, _)| !"ab".contains(code));
    let codes = match kind(field) {
        Kind::Person => codes,
        _ => "abndcqeug",
    };
    let mut full = String::new();
    for (code, value) in field.of(codes) {
        let line = tidy::line(value);
        let part = commas(tidy::separators(&line));
        if part.is_empty() {
            continue;
        }
        // Numerals and what stands in brackets belong to the name before them.
        let close = part.starts_with('(') || code == 'b' && kind(field) == Kind::Person;
        full.push_str(match (full.is_empty(), close) {
            (true, _) => "",
            (_, true) => " ",
            _ => ", ",
        });
        full.push_str(&part);
    }
    more.then(|| tidy::value(&full)).filter(|full| tidy::key(full) != tidy::key(&name(field)))
}

/// The creator of a field, with the first role that has a code.
pub(super) fn creator(field: &Field<'_>) -> Option<Creator> {
    let name = name(field);
    if name.is_empty() {
        return None;
    }
    let codes = field.all('4').filter_map(role);
    let terms = field.all(if kind(field) == Kind::Meeting { 'j' } else { 'e' }).filter_map(role);
    let role = codes.chain(terms).next();
    Some(Creator { name, role })
}

/// A MARC relator code from a code, the address of one, or a term in the languages that catalogues of ours are in.
pub(crate) fn role(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.rsplit('/').next().filter(|_| text.starts_with("http")).unwrap_or(text);
    let text = text.trim_end_matches(['.', ',', ')', ' ']).trim_start_matches('(').to_lowercase();
    if text.len() == 3 && text.bytes().all(|b| b.is_ascii_lowercase()) && text != "mit" {
        return Some(text);
    }
    // "Hrsg", "ed. by", "editor of compilation": the first word tells.
    let word = text.split([' ', '.', ',', ';', '/']).next().unwrap_or("");
    let code = match text.as_str() {
        "issuing body" => "isb",
        "degree granting institution" | "degree-granting institution" => "dgg",
        "degree supervisor" | "thesis advisor" => "ths",
        "sponsoring body" => "spn",
        "funding body" => "fnd",
        "host institution" => "his",
        "writer of introduction" => "win",
        "writer of foreword" | "author of foreword" | "author of introduction" | "author of introduction, etc" => "aui",
        "recording engineer" => "rce",
        "photograph" | "photographer" => "pht",
        _ => match word {
            "author" | "auteur" | "verfasser" | "verfasserin" | "autor" | "joint" | "creator" => "aut",
            "editor" | "ed" | "eds" | "editors" | "hrsg" | "herausgeber" | "herausgeberin" | "directeur"
            | "éditeur" => "edt",
            "translator" | "tr" | "trans" | "transl" | "übersetzer" | "übersetzerin" | "traducteur" => "trl",
            "illustrator" | "ill" | "illus" => "ill",
            "compiler" | "comp" => "com",
            "contributor" | "mitwirkender" => "ctb",
            "publisher" | "verlag" => "pbl",
            "sponsor" => "spn",
            "funder" => "fnd",
            "composer" => "cmp",
            "performer" => "prf",
            "singer" => "sng",
            "speaker" => "spk",
            "interviewer" => "ivr",
            "interviewee" => "ive",
            "narrator" => "nrt",
            "director" => "drt",
            "printer" => "prt",
            "reviewer" => "rev",
            "researcher" => "res",
            "supervisor" => "ths",
            "chairman" | "chair" => "mod",
            "organizer" | "organiser" => "orm",
            "commentator" => "cmm",
            "artist" => "art",
            "cartographer" => "ctg",
            "collaborator" => "ctb",
            "dedicatee" => "dte",
            "distributor" => "dst",
            "donor" => "dnr",
            "former" => "fmo",
            "owner" => "own",
            "producer" => "pro",
            "respondent" => "rsp",
            _ => return None,
        },
    };
    Some(code.to_owned())
}
