//! Pages and ranges of pages, as every reader prints them: `256-259`.

use super::line;

/// Pages as printed, without a label, dashes of every kind made one, shortened last pages written out: `pp. 256–9` →
/// `256-259`; several ranges are separated by `, `.
pub(crate) fn pages(text: &str) -> String {
    const LABELS: [&str; 8] = ["pages ", "page ", "pp.", "pp", "p.", "seiten ", "seite ", "s."];
    let dashes = ['\u{2010}', '\u{2011}', '\u{2012}', '–', '—', '−'];
    let text = line(text).replace(dashes, "-").replace("--", "-");
    let lower = text.to_ascii_lowercase();
    let label = LABELS.iter().find(|label| lower.starts_with(**label)).map_or(0, |label| label.len());
    let text = text.get(label..).unwrap_or("").trim_start_matches([' ', '.', ':']);
    let parts = text.trim_end_matches(['.', ',', ';', ' ']).split([',', ';']).map(|part| {
        let mut pages = part.split('-').map(str::trim).filter(|page| !page.is_empty());
        match (pages.next(), pages.next(), pages.next()) {
            (Some(first), Some(last), None) if !first.contains(' ') && !last.contains(' ') => range(first, last),
            (Some(only), None, None) => only.to_owned(),
            _ => part.trim().to_owned(),
        }
    });
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// A range from its first and last page, the last one written out in full.
pub(crate) fn range(first: &str, last: &str) -> String {
    if last.is_empty() || first == last {
        return first.to_owned();
    }
    if first.is_empty() {
        return last.to_owned();
    }
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let number = first.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let letters = first.get(..first.len() - number.len()).unwrap_or("");
    let short = last.strip_prefix(letters).unwrap_or(last);
    if digits(number) && digits(short) && short.len() < number.len() && number.len() <= 9 {
        let (kept, replaced) = number.split_at(number.len() - short.len());
        // "259-6" is no range, and whatever it means is not for us to guess.
        if short >= replaced {
            return format!("{first}-{letters}{kept}{short}");
        }
    }
    format!("{first}-{last}")
}

#[cfg(test)]
mod tests {
    use super::pages;

    #[test]
    fn page_ranges() {
        for (text, expected) in [
            ("256-9", "256-259"),
            ("pp. 256--259", "256-259"),
            ("S12-8", "S12-S18"),
            ("S256-9", "S256-S259"),
            ("e1–e20", "e1-e20"),
            ("193–4, 200", "193-194, 200"),
            ("259-6", "259-6"),
            ("034708", "034708"),
            ("Seite 447-473", "447-473"),
            ("[1]-11", "[1]-11"),
            ("12-14.", "12-14"),
        ] {
            assert_eq!(pages(text), expected, "{text}");
        }
    }
}
