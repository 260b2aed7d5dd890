//! What formats call the types of works, and CSL the roles of people: one table for writing and for reading each.
//!
//! The types of a record are those of CSL. Where a format has no name for one, the nearest is written and a note says the
//! rest; which note, is not known here.

/// The item types of CSL 1.0.2.
pub(crate) const CSL: &[&str] = &[
    "article",
    "article-journal",
    "article-magazine",
    "article-newspaper",
    "bill",
    "book",
    "broadcast",
    "chapter",
    "classic",
    "collection",
    "dataset",
    "document",
    "entry",
    "entry-dictionary",
    "entry-encyclopedia",
    "event",
    "figure",
    "graphic",
    "hearing",
    "interview",
    "legal_case",
    "legislation",
    "manuscript",
    "map",
    "motion_picture",
    "musical_score",
    "pamphlet",
    "paper-conference",
    "patent",
    "performance",
    "periodical",
    "personal_communication",
    "post",
    "post-weblog",
    "regulation",
    "report",
    "review",
    "review-book",
    "software",
    "song",
    "speech",
    "standard",
    "thesis",
    "treaty",
    "webpage",
];

/// The name variables of CSL, with the MARC relators they stand for. Several variables for one relator: the first is written.
pub(crate) const CSL_ROLES: &[(&str, Option<&str>)] = &[
    ("author", None),
    ("editor", Some("edt")),
    ("translator", Some("trl")),
    ("illustrator", Some("ill")),
    ("compiler", Some("com")),
    ("composer", Some("cmp")),
    ("director", Some("drt")),
    ("editorial-director", Some("drt")),
    ("interviewer", Some("ivr")),
    ("guest", Some("ive")),
    ("narrator", Some("nrt")),
    ("performer", Some("prf")),
    ("producer", Some("pro")),
    ("executive-producer", Some("pro")),
    ("host", Some("hst")),
    ("curator", Some("cur")),
    ("recipient", Some("rcp")),
    ("organizer", Some("orm")),
    ("script-writer", Some("aus")),
    ("series-creator", Some("cre")),
    ("contributor", Some("ctb")),
];

/// The variable that is written for a relator: the schema of CSL-JSON has not all that CSL has.
pub(crate) fn csl_variable(relator: Option<&str>) -> Option<&'static str> {
    const NOT_IN_THE_SCHEMA: &[&str] = &["guest", "narrator", "host", "script-writer", "series-creator"];
    let mut variables = CSL_ROLES.iter().filter(|(_, r)| *r == relator).map(|(variable, _)| *variable);
    variables.next().filter(|variable| !NOT_IN_THE_SCHEMA.contains(variable))
}

/// Whether a type of CSL is one of CSL-JSON, too, and says more than that the work is a document.
pub(crate) fn is_csl_json(csl: &str) -> bool {
    CSL.contains(&csl) && !matches!(csl, "document" | "event")
}

/// The names of types in a format.
pub(crate) struct Types {
    /// CSL types with the names that are read as them. The first is also what is written; empty where none is.
    exact: &'static [(&'static str, &'static [&'static str])],
    /// Names that are near enough to be written for other types.
    near: &'static [(&'static str, &'static str)],
    /// What is written for a work without a type, and for every other one.
    other: &'static str,
}

impl Types {
    /// The name that is written for a CSL type, and whether it alone tells the type.
    pub(crate) fn written(&self, csl: Option<&str>) -> (&'static str, bool) {
        let Some(csl) = csl else { return (self.other, true) };
        let exact = self.exact.iter().find(|(c, _)| *c == csl).and_then(|(_, names)| names.first());
        match exact.filter(|name| !name.is_empty()) {
            Some(name) => (name, true),
            None => (self.near.iter().find(|(c, _)| *c == csl).map_or(self.other, |(_, name)| name), false),
        }
    }

    /// The CSL type for which a name is written.
    pub(crate) fn meant(&self, name: &str) -> Option<&'static str> {
        self.exact.iter().find(|(_, names)| names.first() == Some(&name)).map(|(csl, _)| *csl)
    }

    /// The CSL type as which a name of the format is read.
    pub(crate) fn read(&self, name: &str) -> Option<&'static str> {
        let known = |names: &[&str]| !name.is_empty() && names.contains(&name);
        self.exact.iter().find(|(_, names)| known(names)).map(|(csl, _)| *csl)
    }
}

/// The types of RIS.
pub(crate) const RIS: Types = Types {
    exact: &[
        ("article-journal", &["JOUR", "EJOUR", "INPR", "ABST"]),
        ("periodical", &["JFULL"]),
        ("article-magazine", &["MGZN"]),
        ("article-newspaper", &["NEWS"]),
        ("book", &["BOOK", "EBOOK", "EDBOOK", "WHOLE", "CTLG", "SER"]),
        ("chapter", &["CHAP", "ECHAP"]),
        ("entry-encyclopedia", &["ENCYC"]),
        ("entry-dictionary", &["DICT"]),
        ("paper-conference", &["CPAPER", "CONF"]),
        ("thesis", &["THES"]),
        ("report", &["RPRT", "GOVDOC"]),
        ("manuscript", &["MANSCPT", "UNPB", "UNPD"]),
        ("webpage", &["ELEC", "WEB", "MULTI"]),
        ("post-weblog", &["BLOG"]),
        ("personal_communication", &["PCOMM", "ICOMM"]),
        ("dataset", &["DATA", "DBASE", "AGGR"]),
        ("software", &["COMP"]),
        ("patent", &["PAT"]),
        ("bill", &["BILL", "UNBILL"]),
        ("legislation", &["STAT", "LEGAL"]),
        ("legal_case", &["CASE"]),
        ("hearing", &["HEAR"]),
        ("standard", &["STAND"]),
        ("map", &["MAP"]),
        ("graphic", &["ART"]),
        ("figure", &["FIGURE", "CHART", "EQUA"]),
        ("musical_score", &["MUSIC"]),
        ("song", &["SOUND"]),
        ("motion_picture", &["MPCT", "VIDEO", "ADVS"]),
        ("pamphlet", &["PAMP"]),
        ("speech", &["SLIDE"]),
        ("interview", &["INTV"]),
        ("classic", &["CLSWK", "ANCIENT"]),
        ("document", &["", "GRNT", "GRANT", "PRESS"]),
        ("broadcast", &["", "POD", "BRDC"]),
    ],
    near: &[
        ("article", "UNPB"),
        ("regulation", "STAT"),
        ("collection", "SER"),
        ("broadcast", "VIDEO"),
        ("post", "ELEC"),
    ],
    other: "GEN",
};

/// The entry types of BibTeX, for reading also those of BibLaTeX and reference managers.
pub(crate) const BIBTEX: Types = Types {
    exact: &[
        ("article-journal", &["article", "suppperiodical"]),
        (
            "book",
            &[
                "book",
                "mvbook",
                "collection",
                "mvcollection",
                "proceedings",
                "mvproceedings",
                "reference",
                "mvreference",
                "manual",
                "monography",
            ],
        ),
        ("pamphlet", &["booklet"]),
        ("chapter", &["incollection", "inbook", "bookinbook", "suppbook", "suppcollection"]),
        ("paper-conference", &["inproceedings", "conference"]),
        ("report", &["techreport", "report"]),
        ("thesis", &["phdthesis", "mastersthesis", "thesis", "bachelorsthesis"]),
        ("manuscript", &["unpublished"]),
        // What plain BibTeX does not have.
        ("entry-encyclopedia", &["", "inreference"]),
        ("webpage", &["", "online", "www", "electronic", "webpage", "url"]),
        ("periodical", &["", "periodical", "journal"]),
        ("article-magazine", &["", "magazine"]),
        ("article-newspaper", &["", "newspaper"]),
        ("document", &["", "misc", "generic", "other"]),
        ("personal_communication", &["", "letter"]),
        ("speech", &["", "talk", "presentation"]),
        ("legal_case", &["", "jurisdiction", "case"]),
        ("legislation", &["", "legislation", "statute", "legal"]),
        ("motion_picture", &["", "movie", "video"]),
        ("song", &["", "audio", "music"]),
        ("graphic", &["", "artwork", "image"]),
        ("standard", &["", "standard"]),
        ("review", &["", "review"]),
        ("article", &["", "preprint"]),
        ("performance", &["", "performance"]),
    ],
    near: &[
        ("article-magazine", "article"),
        ("article-newspaper", "article"),
        ("entry-encyclopedia", "incollection"),
        ("entry-dictionary", "incollection"),
        ("entry", "incollection"),
    ],
    other: "misc",
};

/// The reference types of EndNote.
pub(crate) const ENDNOTE: Types = Types {
    exact: &[
        ("article-journal", &["Journal Article", "Electronic Article"]),
        ("article-magazine", &["Magazine Article"]),
        ("article-newspaper", &["Newspaper Article"]),
        ("book", &["Book", "Edited Book", "Electronic Book", "Ancient Text", "Classical Work"]),
        ("chapter", &["Book Section", "Electronic Book Section"]),
        ("thesis", &["Thesis"]),
        ("report", &["Report", "Government Document", "Government Report or Document"]),
        ("webpage", &["Web Page", "Online Multimedia", "Online Database"]),
        ("post-weblog", &["Blog"]),
        ("paper-conference", &["Conference Paper", "Conference Proceedings"]),
        ("legislation", &["Statute", "Legal Rule or Regulation"]),
        ("bill", &["Bill"]),
        ("legal_case", &["Case"]),
        ("hearing", &["Hearing"]),
        ("pamphlet", &["Pamphlet"]),
        ("personal_communication", &["Personal Communication"]),
        ("entry-encyclopedia", &["Encyclopedia"]),
        ("entry-dictionary", &["Dictionary"]),
        ("dataset", &["Dataset"]),
        ("software", &["Computer Program"]),
        ("map", &["Map"]),
        ("patent", &["Patent"]),
        ("standard", &["Standard"]),
        ("manuscript", &["Manuscript", "Unpublished Work"]),
        ("graphic", &["Artwork"]),
        ("motion_picture", &["", "Film or Broadcast", "Audiovisual Material"]),
        ("document", &["", "Generic"]),
    ],
    near: &[
        ("article", "Unpublished Work"),
        ("regulation", "Legal Rule or Regulation"),
        ("motion_picture", "Film or Broadcast"),
        ("broadcast", "Film or Broadcast"),
    ],
    other: "Generic",
};

/// EndNote's numbers of the reference types that are written.
pub(crate) fn endnote_number(name: &str) -> u8 {
    match name {
        "Artwork" => 2,
        "Bill" => 4,
        "Book Section" => 5,
        "Book" => 6,
        "Case" => 7,
        "Computer Program" => 9,
        "Web Page" => 12,
        "Hearing" => 14,
        "Journal Article" => 17,
        "Magazine Article" => 19,
        "Map" => 20,
        "Film or Broadcast" => 21,
        "Newspaper Article" => 23,
        "Pamphlet" => 24,
        "Patent" => 25,
        "Personal Communication" => 26,
        "Report" => 27,
        "Statute" => 31,
        "Thesis" => 32,
        "Unpublished Work" => 34,
        "Manuscript" => 36,
        "Conference Paper" => 47,
        "Legal Rule or Regulation" => 50,
        "Dictionary" => 52,
        "Encyclopedia" => 53,
        "Blog" => 56,
        "Standard" => 58,
        "Dataset" => 59,
        _ => 13,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_the_same_type() {
        for types in [RIS, BIBTEX, ENDNOTE] {
            for csl in CSL {
                let (name, stated) = types.written(Some(csl));
                assert!(!name.is_empty());
                if stated {
                    assert_eq!((types.read(name), types.meant(name)), (Some(*csl), Some(*csl)));
                } else {
                    assert_ne!(types.meant(name), Some(*csl), "{name}");
                }
            }
            let names: Vec<_> =
                types.exact.iter().flat_map(|(_, names)| names.iter()).filter(|n| !n.is_empty()).collect();
            let once: std::collections::BTreeSet<_> = names.iter().collect();
            assert_eq!(names.len(), once.len());
            assert!(types.exact.iter().all(|(csl, _)| CSL.contains(csl)));
        }
    }
}
