//! The field codes of EBSCOhost.

use crate::query::scope::{Code, Scope};
use crate::query::{TextField::*, ValueField};

const fn code(names: &'static [&'static str], scope: Scope) -> Code {
    Code { names, scope, note: None }
}

const fn noted(names: &'static [&'static str], scope: Scope, note: &'static str) -> Code {
    Code { names, scope, note: Some(note) }
}

/// What is searched without a code.
pub(super) const DEFAULT: Scope = Scope::Words(&[Title, Abstract, Subject]);

/// Every code.
pub(super) static CODES: &[Code] = &[
    code(&["TI"], Scope::Words(&[Title])),
    code(&["AB"], Scope::Words(&[Abstract])),
    code(&["XB"], Scope::Words(&[Title, Abstract])),
    code(&["TX"], Scope::Everywhere),
    code(&["SU"], Scope::Words(&[Subject])),
    code(&["KW"], Scope::Words(&[Subject])),
    code(&["MW"], Scope::Words(&[Subject])),
    code(&["DE"], Scope::Heading(ValueField::Heading)),
    code(&["MH"], Scope::Heading(ValueField::Heading)),
    code(&["MM", "MJ"], Scope::Heading(ValueField::Major)),
    code(&["ZU"], Scope::Heading(ValueField::Heading)),
    noted(&["ZW"], Scope::Words(&[Subject]), "subjects are searched for this"),
    noted(&["ZY"], Scope::Words(&[Subject]), "records do not tell places apart as subjects; all subjects are searched"),
    code(&["AU"], Scope::Words(&[Creator])),
    noted(&["AF"], Scope::Words(&[Note]), "records do not tell affiliations apart; notes are searched"),
    code(&["SO"], Scope::Words(&[Journal])),
    code(&["JN", "JT"], Scope::Values(&[ValueField::JournalTitle])),
    code(&["PT"], Scope::Words(&[PublicationType])),
    code(&["ZT"], Scope::Words(&[PublicationType])),
    code(&["LA"], Scope::Values(&[ValueField::Language])),
    code(&["ZL"], Scope::Values(&[ValueField::Language])),
    code(&["IS"], Scope::Values(&[ValueField::Issn])),
    code(&["IB"], Scope::Values(&[ValueField::Isbn])),
    code(&["PB"], Scope::Words(&[Publisher])),
    code(&["DT", "PY", "YR"], Scope::Years),
    code(&["AN"], Scope::Values(&[ValueField::Id, ValueField::Pmid])),
    code(&["PM"], Scope::Values(&[ValueField::Pmid])),
    noted(&["EM"], Scope::Unanswerable, "records do not have the date of entry; it restricts nothing"),
    noted(&["FT"], Scope::Unanswerable, "records cannot answer this limit; it restricts nothing"),
    noted(&["RV"], Scope::Unanswerable, "records cannot answer this limit; it restricts nothing"),
];
