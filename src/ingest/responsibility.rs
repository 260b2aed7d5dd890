//! Who did what, where a source says it within another value: a role behind a name (`Smith, Jane (ed.)`), a statement of
//! responsibility behind a title (`Total purchasing / edited by Jane Smith`).
//!
//! Every record of another's format goes through [`settle`] last. What stands in a field of its own (relator codes and
//! terms) is the readers' business.

use crate::record::{Record, TitleSource};

use super::values;

/// Takes roles out of names and statements of responsibility out of titles. Nothing is lost: a role goes to its creator, a
/// statement to the notes.
pub(crate) fn settle(record: &mut Record) {
    for creator in &mut record.creators {
        if let Some((name, role)) = role_behind(&creator.name) {
            let name = name.to_owned();
            creator.role.get_or_insert_with(|| role.to_owned());
            creator.name = if name.contains(',') { name } else { values::person(&name) };
        }
    }
    if record.title_source != Some(TitleSource::Derived)
        && let Some((title, statement)) = statement_behind(&record.title, record)
    {
        values::push_new(&mut record.notes, format!("Statement of responsibility: {statement}"));
        record.title = title;
    }
    if let Some((title, statement)) = record.container.as_ref().and_then(|c| statement_behind(&c.title, record)) {
        values::push_new(&mut record.notes, format!("Statement of responsibility of the host: {statement}"));
        if let Some(container) = &mut record.container {
            container.title = title;
        }
    }
}

/// A name and the MARC code of the role that stands behind it, in brackets or after a comma.
pub(crate) fn role_behind(name: &str) -> Option<(&str, &'static str)> {
    let bracketed = [('(', ')'), ('[', ']')].iter().find_map(|(open, close)| {
        let (name, word) = name.strip_suffix(*close)?.rsplit_once(*open)?;
        Some((name, role(word)?))
    });
    // Only behind a whole name: in "Tutor, Ed" it is the given one.
    let after_comma = || {
        let (name, word) = name.rsplit_once(',')?;
        let is_whole = name.trim().contains([',', ' ']);
        let is_word = word.trim().ends_with('.') || word.trim().len() > 3;
        Some((name, role(word).filter(|_| is_whole && is_word)?))
    };
    let (name, role) = bracketed.or_else(after_comma)?;
    let name = name.trim_end_matches([' ', ',', ';']);
    (!name.is_empty()).then_some((name, role))
}

/// The MARC relator code for a role as title pages and bibliographies print it behind a name.
fn role(word: &str) -> Option<&'static str> {
    let word = word.trim().trim_end_matches('.');
    // No word below is longer; given names are, with what stands around them.
    if word.len() > 20 {
        return None;
    }
    Some(match word.to_lowercase().as_str() {
        "ed" | "eds" | "editor" | "editors" | "hrsg" | "hg" | "herausgeber" | "herausgeberin" | "a cura di" | "éd"
        | "éds" | "coord" | "coords" | "coordinator" | "editor in chief" | "guest editor" | "joint editor" => "edt",
        "trans" | "transl" | "translator" | "translators" | "übers" | "trad" => "trl",
        "comp" | "comps" | "compiler" | "compilers" => "com",
        "ill" | "illus" | "illustrator" => "ill",
        "author" | "authors" | "joint author" => "aut",
        "contributor" | "contributors" | "contrib" => "ctb",
        "supervisor" | "advisor" | "adviser" | "thesis advisor" => "ths",
        "chairman" | "chairwoman" | "chairperson" => "mod",
        "photographer" => "pht",
        "interviewer" => "ivr",
        "sponsor" => "spn",
        "publisher" => "pbl",
        _ => return None,
    })
}

/// A title and the statement of responsibility behind it: after ` / `, in words that begin such statements, or with the
/// name of one of the record's creators.
fn statement_behind(title: &str, record: &Record) -> Option<(String, String)> {
    const WORDS: &[&str] = &[
        "by ",
        "edited",
        "ed. by",
        "eds. ",
        "editor",
        "editors",
        "compiled",
        "comp. by",
        "prepared",
        "written",
        "translated",
        "transl. ",
        "introduced by",
        "chaired by",
        "chairman",
        "report by",
        "a report by",
        "foreword by",
        "with a foreword",
        "herausgegeben",
        "hrsg. ",
        "hg. ",
        "sous la dir",
        "a cura di",
        "editado por",
        "compilado por",
        "produced by",
        "commissioned by",
        "conducted by",
        "coordinated by",
    ];
    memchr::memchr(b'/', title.as_bytes())?;
    let (before, statement) = title.split_once(" / ")?;
    let bare = statement.trim_start_matches(['[', '(', '"']).to_lowercase();
    let is_named = || {
        record.creators.iter().take(20).any(|creator| {
            let family = creator.name.split(',').next().unwrap_or("").trim().to_lowercase();
            family.chars().count() > 3 && bare.contains(&family)
        })
    };
    let is_statement = WORDS.iter().any(|word| bare.starts_with(word)) || is_named();
    (is_statement && !before.trim().is_empty()).then(|| {
        let title = before.trim_end_matches([' ', '.', ',', ':']);
        let stop = before.len() - title.len() > 0 && before.trim_end().ends_with("...");
        (if stop { before.trim_end().to_owned() } else { title.to_owned() }, statement.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Container, Creator};

    #[test]
    fn roles_behind_names() {
        for (name, expected) in [
            ("Smith, Jane (ed.)", Some(("Smith, Jane", "edt"))),
            ("Smith, J. (Editor)", Some(("Smith, J.", "edt"))),
            ("Smith, Jane, ed.", Some(("Smith, Jane", "edt"))),
            ("Smith, Jane, editor", Some(("Smith, Jane", "edt"))),
            ("Müller, Max [Hrsg.]", Some(("Müller, Max", "edt"))),
            ("King's Fund (publisher)", Some(("King's Fund", "pbl"))),
            ("Jane Smith, editor", Some(("Jane Smith", "edt"))),
            ("Tutor, Ed", None),
            ("1, Author", None),
            ("Department of Health (UK)", None),
            ("(ed.)", None),
        ] {
            assert_eq!(role_behind(name), expected, "{name}");
        }
    }

    #[test]
    fn statements_behind_titles() {
        let mut record = Record {
            title: "Purchasing for health: a view / edited by Jane Smith".into(),
            creators: vec![Creator::new("Mays, Nicholas")],
            container: Some(Container { title: "Total purchasing / Nicholas Mays".into(), ..Container::default() }),
            ..Record::default()
        };
        settle(&mut record);
        assert_eq!(record.title, "Purchasing for health: a view");
        assert_eq!(record.container.unwrap_or_default().title, "Total purchasing");
        assert_eq!(
            record.notes,
            [
                "Statement of responsibility: edited by Jane Smith",
                "Statement of responsibility of the host: Nicholas Mays"
            ]
        );
        let mut record = Record { title: "Health / social care: byways".into(), ..Record::default() };
        settle(&mut record);
        assert_eq!(record.title, "Health / social care: byways");
    }
}
