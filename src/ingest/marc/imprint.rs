//! Place, publisher and date: 260, 264 and the dates of 008.

use super::field::{Field, MarcRecord};
use super::punctuation as tidy;
use crate::ingest::values;
use crate::record::Record;

/// Reads the statements of publication; other functions (distribution, manufacture) stand in only where there is none.
pub(super) fn read(marc: &MarcRecord<'_>, r: &mut Record) {
    let (mut published, other): (Vec<&Field<'_>>, Vec<&Field<'_>>) = marc
        .fields
        .iter()
        .filter(|f| matches!(f.tag.as_ref(), "260" | "264"))
        .partition(|f| f.tag == "260" || matches!(f.indicators[1], '1' | ' ') || !f.indicators[1].is_ascii_digit());
    // A record that has both was begun under the old rules and finished under the new ones: 264 is what it became.
    published.sort_by_key(|f| f.tag == "260");
    let mut dates: Vec<String> = Vec::new();
    for field in &published {
        statement(field, r, &mut dates);
    }
    for field in other {
        let label = match field.indicators[1] {
            '0' => "Production",
            '2' => "Distribution",
            '3' => "Manufacture",
            _ => "Copyright",
        };
        let is_copyright = field.indicators[1] == '4';
        if published.is_empty() || is_copyright && dates.is_empty() && r.publisher.is_empty() {
            statement(field, r, &mut dates);
        } else {
            let text: Vec<String> = field.of("abc").map(|(_, v)| tidy::value(v)).filter(|v| !v.is_empty()).collect();
            if is_copyright && dates.is_empty() {
                dates.extend(text.first().cloned());
            } else if !text.is_empty() {
                values::push_new(&mut r.notes, format!("{label}: {}", text.join(", ")));
            }
        }
    }
    date(marc, &dates, r);
}

fn statement(field: &Field<'_>, r: &mut Record, dates: &mut Vec<String>) {
    let has_publisher = field.all('b').next().is_some();
    for (code, value) in field.of("abc") {
        match code {
            'a' if !has_publisher && squeezed(value).is_some() => {
                let (place, publisher, date) = squeezed(value).unwrap_or_default();
                values::push_new(&mut r.place, known(&place));
                values::push_new(&mut r.publisher, known(&publisher));
                dates.extend(Some(date).filter(|d| !d.is_empty()));
            }
            'a' => {
                for place in tidy::line(value).split(" ; ") {
                    // AACR2 had the address of small publishers there: "London (11 Cavendish Sq., W1M 0AN)".
                    let (place, address) = match place.split_once(" (") {
                        Some((place, address)) if address.contains(|c: char| c.is_ascii_digit()) => (place, address),
                        _ => (place, ""),
                    };
                    values::push_new(&mut r.place, known(place));
                    let address = tidy::value(address);
                    let address = tidy::unwrapped(&address);
                    if !address.is_empty() {
                        values::push_new(&mut r.notes, format!("Publisher address: {address}"));
                    }
                }
            }
            'b' => values::push_new(&mut r.publisher, known(value)),
            _ => dates.push(tidy::value(value)),
        }
    }
    let maker: Vec<String> = field.of("efg").map(|(_, v)| tidy::supplied(v)).filter(|v| !v.is_empty()).collect();
    if !maker.is_empty() {
        values::push_new(&mut r.notes, format!("Manufacture: {}", maker.join(", ")));
    }
}

/// "[London : King's Fund Centre, 1986]", all in one subfield.
fn squeezed(value: &str) -> Option<(String, String, String)> {
    let text = tidy::line(value);
    let inner = text.trim_end_matches(['.', ' ']);
    let inner = inner.strip_prefix('[').unwrap_or(inner);
    let (place, rest) = inner.split_once(" : ").or_else(|| inner.split_once(": "))?;
    let (publisher, date) = match rest.rsplit_once(',') {
        Some((publisher, date)) if values::year(date).is_some() || is_open_date(date) => (publisher, date.trim()),
        _ => (rest, ""),
    };
    let date = if date.contains('[') { date } else { date.trim_end_matches(']') };
    let publisher = if publisher.contains('[') { publisher } else { publisher.trim_end_matches(']') };
    (!publisher.trim().is_empty()).then(|| (place.to_owned(), publisher.to_owned(), date.to_owned()))
}

/// The beginning of a year that was left open: "19 -", "198-?", "20--".
fn is_open_date(text: &str) -> bool {
    let text = text.trim().trim_start_matches(['[', 'c', '©']);
    text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || " -–?].".contains(c))
}

/// A place or publisher, unless it only says that it is not known.
fn known(value: &str) -> String {
    let value = tidy::supplied(value);
    let key = tidy::key(&value);
    let unknown = matches!(key.as_str(), "sl" | "sn" | "slsn" | "np" | "ohneort" | "so" | "spub")
        || ["placeofpublicationnotidentified", "publishernotidentified", "publisheronotidentified"]
            .contains(&key.as_str())
        || key.ends_with("notidentified");
    if unknown { String::new() } else { value }
}

fn date(marc: &MarcRecord<'_>, printed: &[String], r: &mut Record) {
    let fixed = marc.control("008").unwrap_or("");
    let chars: Vec<char> = fixed.chars().collect();
    let slice = |from: usize, to: usize| chars.get(from..to).unwrap_or_default().iter().collect::<String>();
    let coded = |from: usize| slice(from, from + 4).parse::<i32>().ok().filter(|y| (1400..=2099).contains(y));
    let first = coded(7);
    for text in printed {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        // "1420 [1999 or 2000]": years of two calendars, and 008 says which is ours.
        let agreed = first.filter(|y| text.contains(&y.to_string()));
        let bracketed = text.split_once('[').and_then(|(_, inner)| values::year(inner));
        let own = values::year(text);
        let year = agreed.or(match own {
            Some(y) if y < 1500 => bracketed.or(own),
            _ => own,
        });
        if r.year.is_none() {
            r.year = year;
        }
        let shown = tidy_date(text);
        let agrees = year.is_none() || year == r.year;
        let says_more = r.year.is_none_or(|y| shown != y.to_string());
        match (&r.date, says_more && !shown.is_empty()) {
            (None, true) if agrees => r.date = Some(shown),
            (None, true) => values::push_new(&mut r.notes, format!("Date: {shown}")),
            (Some(date), true) if *date != shown => values::push_new(&mut r.notes, format!("Date: {shown}")),
            _ => {}
        }
    }
    if r.year.is_none() {
        let second = coded(11).filter(|_| matches!(chars.get(6), Some('r' | 't' | 'p')));
        // "198u" names no year; a range of possible years begins with one.
        r.year = first.or(second);
    }
}

/// Brackets whose other half is missing go; what they enclose was supplied by the cataloguer, which a date shows.
fn tidy_date(text: &str) -> String {
    match (text.matches('[').count(), text.matches(']').count()) {
        (a, b) if a == b => text.to_owned(),
        _ => text.replace(['[', ']'], ""),
    }
}
