//! The search tags of PubMed.

use crate::query::scope::{Code, Scope};
use crate::query::{TextField::*, ValueField};

const AFFILIATION: &str = "records do not tell affiliations apart; notes are searched";
const DATE: &str = "records do not have this date; it restricts nothing";
const SUBJECTS: &str = "subjects are searched for this";
const CREATORS: &str = "records do not tell this apart; all authors and editors are searched";

const fn code(names: &'static [&'static str], scope: Scope) -> Code {
    Code { names, scope, note: None }
}

const fn noted(names: &'static [&'static str], scope: Scope, note: &'static str) -> Code {
    Code { names, scope, note: Some(note) }
}

/// Every tag, by its short and long names in lower case.
pub(super) static TAGS: &[Code] = &[
    code(&["tiab", "title/abstract"], Scope::Words(&[Title, Abstract])),
    code(&["ti", "title"], Scope::Words(&[Title])),
    noted(&["ab", "abstract"], Scope::Words(&[Title, Abstract]), "PubMed has no [ab]; it is read as [tiab]"),
    code(&["tw", "text word", "text words", "text"], Scope::Words(&[Title, Abstract, Subject])),
    code(&["ot", "other term", "other terms", "keyword"], Scope::Words(&[Subject])),
    code(&["all", "all fields", "all field"], Scope::Everywhere),
    code(&["mh", "mesh", "mesh terms", "mesh term", "mesh heading"], Scope::Heading(ValueField::Explode)),
    code(
        &["mh:noexp", "mesh:noexp", "mesh terms:noexp", "mesh term:noexp", "mesh heading:noexp"],
        Scope::Heading(ValueField::Heading),
    ),
    code(&["majr", "mj", "mesh major topic"], Scope::Heading(ValueField::ExplodeMajor)),
    code(&["majr:noexp", "mj:noexp", "mesh major topic:noexp"], Scope::Heading(ValueField::Major)),
    code(&["sh", "subheading", "mesh subheading"], Scope::Values(&[ValueField::Subheading])),
    code(&["sh:noexp", "subheading:noexp", "mesh subheading:noexp"], Scope::Values(&[ValueField::Subheading])),
    code(&["pt", "ptyp", "publication type"], Scope::Words(&[PublicationType])),
    code(&["au", "auth", "author", "author name"], Scope::Author),
    noted(&["1au", "first author", "first author name", "author - first"], Scope::Author, CREATORS),
    noted(&["lastau", "last author", "last author name", "author - last"], Scope::Author, CREATORS),
    code(&["fau", "full author name", "author - full"], Scope::Words(&[Creator])),
    code(&["cn", "corporate author", "author - corporate"], Scope::Words(&[Creator])),
    noted(&["ir", "investigator"], Scope::Author, CREATORS),
    noted(&["fir", "full investigator name", "investigator - full"], Scope::Words(&[Creator]), CREATORS),
    noted(&["ed", "editor"], Scope::Author, CREATORS),
    noted(&["auid", "author identifier", "author - identifier"], Scope::Words(&[Note]), "notes are searched for this"),
    code(&["ta", "journal", "jour", "journal name", "so"], Scope::Values(&[ValueField::JournalTitle])),
    code(&["book", "book title"], Scope::Values(&[ValueField::JournalTitle])),
    code(&["dp", "pdat", "publication date", "date - publication"], Scope::Years),
    noted(
        &["epdat", "electronic publication date", "ppdat", "print publication date"],
        Scope::Years,
        "this is read as the year of publication",
    ),
    noted(&["edat", "entry date", "entrez date", "date - entry", "date - entrez"], Scope::Unanswerable, DATE),
    noted(&["crdt", "create date", "date - create"], Scope::Unanswerable, DATE),
    noted(&["mhda", "mesh date", "date - mesh"], Scope::Unanswerable, DATE),
    noted(&["lr", "modification date", "date - modification"], Scope::Unanswerable, DATE),
    noted(&["dcom", "completion date", "date - completion"], Scope::Unanswerable, DATE),
    code(&["la", "lang", "language"], Scope::Values(&[ValueField::Language])),
    noted(&["ad", "affl", "affiliation"], Scope::Words(&[Note]), AFFILIATION),
    code(&["isbn"], Scope::Values(&[ValueField::Isbn])),
    code(&["issn", "is"], Scope::Values(&[ValueField::Issn])),
    code(&["pmid", "uid", "pubmed id"], Scope::Values(&[ValueField::Pmid])),
    code(&["pmc", "pmcid", "pmc id"], Scope::Values(&[ValueField::Pmcid])),
    code(&["doi"], Scope::Values(&[ValueField::Doi])),
    code(&["aid", "article identifier", "lid", "location id"], Scope::Values(&[ValueField::Doi])),
    code(&["pl", "place of publication"], Scope::Words(&[Place])),
    code(&["pubn", "publisher"], Scope::Words(&[Publisher])),
    code(&["vi", "volume"], Scope::Words(&[Detail])),
    code(&["ip", "issue"], Scope::Words(&[Detail])),
    code(&["pg", "page", "pagination"], Scope::Words(&[Detail])),
    noted(&["tt", "transliterated title"], Scope::Words(&[Title]), "titles are searched for this"),
    noted(&["ps", "personal name as subject", "subject - personal name"], Scope::Words(&[Subject]), SUBJECTS),
    noted(&["nm", "supplementary concept"], Scope::Words(&[Subject]), SUBJECTS),
    noted(&["rn", "ec/rn number"], Scope::Words(&[Subject]), SUBJECTS),
    noted(&["pa", "pharmacological action"], Scope::Words(&[Subject]), SUBJECTS),
    noted(&["gr", "grant number", "grants and funding"], Scope::Words(&[Note]), "notes are searched for this"),
    noted(&["si", "secondary source id"], Scope::Words(&[Note]), "notes are searched for this"),
    noted(
        &["cois", "conflict of interest statement", "conflict of interest statements"],
        Scope::Words(&[Note]),
        "notes are searched for this",
    ),
    noted(&["jid", "nlm unique id"], Scope::Words(&[Note]), "notes are searched for this"),
    noted(&["sb", "filter", "subset"], Scope::Unanswerable, "records cannot answer this filter; it restricts nothing"),
];
