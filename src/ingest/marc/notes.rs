//! Fields that have no place of their own, as notes with a short label.

use super::field::Field;
use super::punctuation as tidy;
use crate::ingest::values;

/// Adds the values of some subfields, each as a note.
pub(super) fn labelled(label: &str, field: &Field<'_>, codes: &'static str, notes: &mut Vec<String>) {
    for (_, value) in field.of(codes) {
        let value = tidy::value(value);
        let value = tidy::unwrapped(&value);
        if !value.is_empty() {
            values::push_new(notes, format!("{label}: {value}"));
        }
    }
}

/// Adds what is left of a field when some subfields were used elsewhere.
pub(super) fn rest(field: &Field<'_>, used: &str, notes: &mut Vec<String>) {
    let mut left = field.clone();
    left.subfields.retain(|(code, _)| !used.contains(*code));
    self::field(&left, notes);
}

/// Adds a whole field as a note, unless it is housekeeping.
pub(super) fn field(field: &Field<'_>, notes: &mut Vec<String>) {
    let Some(label) = label(field) else { return };
    let is_link = matches!(number(field), 760..=787);
    // Numbers, codes of lists and links are for machines; linking fields have their numbers in `$x` and `$z`.
    let is_text = |code: char| code.is_ascii_lowercase() && !(is_link && matches!(code, 'w' | 'i' | 'o'));
    let mut text = tidy::line(&field.value);
    for (_, value) in field.subfields.iter().filter(|(c, _)| is_text(*c)) {
        let value = tidy::line(value);
        if !value.is_empty() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&value);
        }
    }
    let text = tidy::value(&text);
    if !text.is_empty() {
        values::push_new(notes, format!("{label}: {text}"));
    }
}

/// The tag as a number; 0 for one with letters.
fn number(field: &Field<'_>) -> u16 {
    field.tag.parse().unwrap_or(0)
}

/// The label of a tag; `None` for housekeeping.
fn label(field: &Field<'_>) -> Option<String> {
    if let (765..=787, Some(relation)) = (number(field), field.get('i')) {
        return Some(tidy::value(relation));
    }
    let label = match field.tag.as_ref() {
        // Dates and numbers of the record itself, and codes.
        "001" | "002" | "003" | "004" | "005" | "006" | "007" | "008" | "009" | "016" | "018" | "019" | "029"
        | "032" | "034" | "035" | "038" | "039" | "040" | "042" | "043" | "044" | "045" | "046" | "047" | "048"
        | "049" | "066" | "071" | "084" | "091" | "092" | "098" => return None,
        "336" | "337" | "338" | "340" | "344" | "345" | "346" | "347" | "348" | "352" | "583" | "841" | "842"
        | "843" | "844" | "845" | "850" | "852" | "853" | "854" | "855" | "863" | "864" | "865" | "866" | "867"
        | "868" | "876" | "877" | "878" | "881" | "882" | "883" | "884" | "885" | "886" | "887" => return None,
        // These are read elsewhere.
        "130" | "210" | "222" | "240" | "242" | "245" | "246" | "247" | "260" | "264" | "730" | "740" => return None,
        "010" => "LCCN",
        "013" => "Patent",
        "015" => "National bibliography number",
        "017" => "Copyright registration",
        "025" | "037" => "Acquisition number",
        "026" => "Fingerprint",
        "027" | "088" => "Report number",
        "028" => "Publisher number",
        "030" => "CODEN",
        "031" => "Incipit",
        "033" => "Date and place of event",
        "036" => "Study number",
        "050" | "051" | "055" | "060" | "061" | "070" | "090" | "096" | "099" => "Call number",
        "052" | "072" | "080" | "082" | "083" | "085" => "Classification",
        "074" | "086" => "Government document number",
        "243" => "Collective title",
        "254" => "Musical presentation",
        "255" => "Scale",
        "256" => "File characteristics",
        "257" => "Country of production",
        "263" => "Projected date",
        "270" => "Address",
        "306" => "Duration",
        "310" | "321" => "Frequency",
        "351" => "Arrangement",
        "355" | "357" => "Distribution control",
        "362" => "Dates of publication",
        "363" => "Numbering",
        "365" | "366" => "Price and availability",
        "370" => "Associated place",
        "377" => "Associated language",
        "380" => "Form of work",
        "381" => "Other characteristics",
        "382" => "Medium of performance",
        "383" => "Number of musical work",
        "384" => "Key",
        "385" => "Audience",
        "386" => "Creator characteristics",
        "388" => "Time of creation",
        "501" => "Issued with",
        "502" => "Dissertation",
        "504" => "Bibliography",
        "505" => "Contents",
        "506" => "Access",
        "507" => "Scale",
        "508" => "Credits",
        "510" => "Cited in",
        "511" => "Performers",
        "513" => "Report type and period",
        "514" => "Data quality",
        "515" => "Numbering",
        "516" => "File type",
        "518" => "Date and place of event",
        "520" => "Content advice",
        "521" => "Audience",
        "522" => "Geographic coverage",
        "524" => "Preferred citation",
        "525" => "Supplement",
        "526" => "Study programme",
        "530" => "Other form available",
        "532" => "Accessibility",
        "533" => "Reproduction",
        "534" => "Original version",
        "535" => "Location of originals",
        "536" => "Funding",
        "538" => "System details",
        "540" | "542" => "Rights",
        "541" => "Source of acquisition",
        "544" => "Location of other material",
        "545" => "Biography or history",
        "546" => "Language",
        "547" => "Former title",
        "550" => "Issuing body",
        "552" => "Entity and attribute",
        "555" => "Index or finding aid",
        "556" => "Documentation",
        "561" => "Provenance",
        "562" => "Copy",
        "563" => "Binding",
        "565" | "567" => "Methodology",
        "580" => "Linking note",
        "581" => "Publications",
        "584" => "Accumulation",
        "585" => "Exhibitions",
        "586" => "Awards",
        "588" => "Source of description",
        "751" | "752" => "Place",
        "753" => "System requirements",
        "754" => "Taxonomy",
        "758" => "Related resource",
        "760" | "762" => "Series",
        "765" => "Translation of",
        "767" => "Translated as",
        "770" => "Supplement",
        "772" => "Supplement to",
        "773" => "In",
        "774" => "Constituent",
        "775" => "Other edition",
        "776" => "Other form",
        "777" => "Issued with",
        "780" => "Continues",
        "785" => "Continued by",
        "786" => "Data source",
        "787" => "Related work",
        "500" => "Note",
        tag => {
            let local = tag.starts_with('9') && tag.bytes().all(|b| b.is_ascii_digit());
            let is_holding = matches!(number(field), 900..=907 | 920..=929 | 940..=959 | 990..=999);
            return match tag.bytes().next() {
                _ if is_holding => None,
                _ if local => Some(format!("Local field {tag}")),
                Some(b'5') => Some("Note".into()),
                Some(b'0'..=b'9') => Some(format!("Field {tag}")),
                // Aleph and its kind have tags of letters, for their own use.
                _ if matches!(
                    tag,
                    "FMT" | "LDR" | "CAT" | "SYS" | "OWN" | "STA" | "LKR" | "SID" | "AVA" | "Z30" | "LEA"
                ) =>
                {
                    None
                }
                _ => Some(format!("Field {tag}")),
            };
        }
    };
    Some(label.to_owned())
}
