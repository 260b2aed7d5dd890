//! The subheadings of MeSH and their abbreviations, as the databases write them after a heading: `Primary Health Care/og`.

const ABBREVIATIONS: [(&str, &str); 84] = [
    ("aa", "analogs & derivatives"),
    ("ab", "abnormalities"),
    ("ad", "administration & dosage"),
    ("ae", "adverse effects"),
    ("ag", "agonists"),
    ("ah", "anatomy & histology"),
    ("ai", "antagonists & inhibitors"),
    ("an", "analysis"),
    ("bi", "biosynthesis"),
    ("bl", "blood"),
    ("bs", "blood supply"),
    ("cf", "cerebrospinal fluid"),
    ("ch", "chemistry"),
    ("ci", "chemically induced"),
    ("cl", "classification"),
    ("cn", "congenital"),
    ("co", "complications"),
    ("cs", "chemical synthesis"),
    ("ct", "contraindications"),
    ("cy", "cytology"),
    ("de", "drug effects"),
    ("df", "deficiency"),
    ("dg", "diagnostic imaging"),
    ("dh", "diet therapy"),
    ("di", "diagnosis"),
    ("dt", "drug therapy"),
    ("du", "diagnostic use"),
    ("ec", "economics"),
    ("ed", "education"),
    ("eh", "ethnology"),
    ("em", "embryology"),
    ("en", "enzymology"),
    ("ep", "epidemiology"),
    ("es", "ethics"),
    ("et", "etiology"),
    ("gd", "growth & development"),
    ("ge", "genetics"),
    ("hi", "history"),
    ("im", "immunology"),
    ("in", "injuries"),
    ("ip", "isolation & purification"),
    ("ir", "innervation"),
    ("is", "instrumentation"),
    ("lj", "legislation & jurisprudence"),
    ("ma", "manpower"),
    ("me", "metabolism"),
    ("mi", "microbiology"),
    ("mo", "mortality"),
    ("mt", "methods"),
    ("nu", "nursing"),
    ("og", "organization & administration"),
    ("pa", "pathology"),
    ("pc", "prevention & control"),
    ("pd", "pharmacology"),
    ("ph", "physiology"),
    ("pk", "pharmacokinetics"),
    ("po", "poisoning"),
    ("pp", "physiopathology"),
    ("ps", "parasitology"),
    ("px", "psychology"),
    ("py", "pathogenicity"),
    ("ra", "radiography"),
    ("re", "radiation effects"),
    ("rh", "rehabilitation"),
    ("ri", "radionuclide imaging"),
    ("rt", "radiotherapy"),
    ("sc", "secondary"),
    ("sd", "supply & distribution"),
    ("se", "secretion"),
    ("sn", "statistics & numerical data"),
    ("st", "standards"),
    ("su", "surgery"),
    ("td", "trends"),
    ("th", "therapy"),
    ("tm", "transmission"),
    ("to", "toxicity"),
    ("tr", "transplantation"),
    ("tu", "therapeutic use"),
    ("ul", "ultrastructure"),
    ("ur", "urine"),
    ("us", "ultrasonography"),
    ("ut", "utilization"),
    ("ve", "veterinary"),
    ("vi", "virology"),
];

/// The whole name of an abbreviation in any case; anything else as it is.
pub(super) fn full(name: &str) -> &str {
    let lower = name.to_ascii_lowercase();
    match ABBREVIATIONS.binary_search_by(|(short, _)| (*short).cmp(lower.as_str())) {
        Ok(at) => ABBREVIATIONS[at].1,
        Err(_) => name,
    }
}

/// The abbreviation of a folded name.
pub(super) fn short(name: &str) -> Option<&'static str> {
    ABBREVIATIONS.iter().find(|(_, full)| crate::words::key(full) == name).map(|(short, _)| *short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_abbreviation_is_found() {
        for (short, name) in ABBREVIATIONS {
            assert_eq!(full(short), name);
            assert_eq!(full(&short.to_uppercase()), name);
        }
        assert_eq!(full("therapy"), "therapy");
    }
}
