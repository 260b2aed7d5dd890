//! `thesaurus`: looking into a thesaurus, verifying one, writing it out.
//!
//! Without `--thesaurus` it is that of the index, and commlit's where there is no index.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::error::Error as _;
use std::io::{self, Write};
use std::path::Path;

use commlit::error::{Error, ErrorKind};
use commlit::library::Library;
use commlit::thesaurus::{Concept, ConceptId, Finding, FindingKind, Heading, Thesaurus, ThesaurusFile};
use commlit::words;
use serde::Serialize;

use super::args::{Thesauri, ThesaurusArgs, ThesaurusCheckArgs, ThesaurusCommand, ThesaurusFormat, ThesaurusListArgs};
use super::thesauri::{Place, asked_for, not_read, read};
use super::{Failure, Outcome, print_json, stdout_style};
use crate::render;

/// How many labels are suggested for one that is not there.
const SUGGESTED: usize = 6;

pub(crate) fn thesaurus(index: &Path, args: &ThesaurusArgs) -> Result<Outcome, Failure> {
    match &args.command {
        ThesaurusCommand::Check(args) => check(index, args),
        ThesaurusCommand::Show(args) => with(index, &args.thesauri, |t| show(t, &args.label.join(" "), args.json)),
        ThesaurusCommand::List(args) => with(index, &args.thesauri, |t| list(t, args)),
        ThesaurusCommand::Export(args) => with(index, &args.thesauri, |thesaurus| {
            let text = match args.format {
                ThesaurusFormat::Tsv => thesaurus.to_table(),
                ThesaurusFormat::Ttl => thesaurus.to_turtle()?,
            };
            let mut out = io::stdout().lock();
            writeln!(out, "{}", text.trim_end())?;
            out.flush()?;
            Ok(Outcome::Done)
        }),
    }
}

/// Does something with the thesaurus that is meant.
fn with(
    index: &Path,
    thesauri: &Thesauri,
    what: impl FnOnce(&Thesaurus) -> Result<Outcome, Failure>,
) -> Result<Outcome, Failure> {
    if let Some(thesaurus) = asked_for(&thesauri.thesaurus, Place::of(thesauri.thesaurus_only))? {
        return what(&thesaurus);
    }
    match Library::open(index) {
        Ok(library) => what(library.thesaurus()),
        Err(e) if e.kind() == ErrorKind::NoIndex => what(Thesaurus::shipped()),
        Err(e) => Err(e.into()),
    }
}

/// A concept as it is shown, its relations complete on both sides.
#[derive(Debug, Serialize)]
pub(crate) struct Shown<'t> {
    pub(crate) id: &'t str,
    pub(crate) preferred: &'t str,
    pub(crate) variants: &'t [String],
    pub(crate) acronyms: &'t [String],
    pub(crate) hidden: &'t [String],
    pub(crate) headings: &'t [Heading],
    pub(crate) from: Option<i32>,
    pub(crate) to: Option<i32>,
    pub(crate) nations: &'t [String],
    pub(crate) broader: Vec<Named<'t>>,
    pub(crate) narrower: Vec<Named<'t>>,
    pub(crate) related: Vec<Named<'t>>,
    pub(crate) near: Vec<Named<'t>>,
    pub(crate) preceded_by: Vec<Named<'t>>,
    pub(crate) succeeded_by: Vec<Named<'t>>,
    pub(crate) same_as: &'t [String],
    pub(crate) close_to: &'t [String],
    pub(crate) note: &'t str,
}

/// A concept that another is related to.
#[derive(Debug, Serialize)]
pub(crate) struct Named<'t> {
    pub(crate) id: &'t str,
    pub(crate) preferred: &'t str,
}

impl<'t> Shown<'t> {
    fn new(thesaurus: &'t Thesaurus, id: ConceptId) -> Option<Self> {
        let c = thesaurus.get(id)?;
        let named = |ids: &mut dyn Iterator<Item = ConceptId>| {
            ids.filter_map(|id| thesaurus.get(id)).map(|c| Named { id: &c.id, preferred: &c.preferred }).collect()
        };
        Some(Shown {
            id: &c.id,
            preferred: &c.preferred,
            variants: &c.variants,
            acronyms: &c.acronyms,
            hidden: &c.hidden,
            headings: &c.headings,
            from: c.from,
            to: c.to,
            nations: &c.nations,
            broader: named(&mut thesaurus.broader(id)),
            narrower: named(&mut thesaurus.narrower(id)),
            related: named(&mut thesaurus.related(id)),
            near: named(&mut thesaurus.near(id)),
            preceded_by: named(&mut thesaurus.preceded_by(id)),
            succeeded_by: named(&mut thesaurus.succeeded_by(id)),
            same_as: &c.same_as,
            close_to: &c.close_to,
            note: &c.note,
        })
    }
}

fn show(thesaurus: &Thesaurus, label: &str, json: bool) -> Result<Outcome, Failure> {
    let by_id = thesaurus.find(label);
    let mut found: Vec<ConceptId> = by_id.into_iter().collect();
    found.extend(thesaurus.concepts_of(label).iter().filter(|id| Some(**id) != by_id));
    let shown: Vec<Shown<'_>> = found.into_iter().filter_map(|id| Shown::new(thesaurus, id)).collect();
    if json {
        print_json(&shown)?;
    } else {
        write!(io::stdout().lock(), "{}", render::concepts(label, &shown, stdout_style()))?;
    }
    if shown.is_empty() {
        let mut err = io::stderr().lock();
        writeln!(err, "commlit: no concept has the label `{}`", render::printable(label))?;
        let near = thesaurus.nearest(label, SUGGESTED);
        let near: Vec<_> = near.iter().map(|(_, label)| format!("`{}`", render::printable(label))).collect();
        if !near.is_empty() {
            writeln!(err, "hint: did you mean {}?", near.join(", "))?;
        }
        return Ok(Outcome::NothingFound);
    }
    Ok(Outcome::Done)
}

fn list(thesaurus: &Thesaurus, args: &ThesaurusListArgs) -> Result<Outcome, Failure> {
    let wanted = words::folded(&args.words.join(" "));
    let has_words = |concept: &Concept| {
        concept.all_labels().any(|(_, label)| {
            let label = words::folded(label);
            wanted.iter().all(|wanted| label.iter().any(|word| word.starts_with(wanted.as_str())))
        })
    };
    let nation = args.nation.as_deref().map(words::key);
    let is_wanted = |concept: &Concept| {
        (wanted.is_empty() || has_words(concept))
            && args.year.is_none_or(|year| concept.active_during(&(year..=year)))
            && nation.as_ref().is_none_or(|nation| concept.nations.iter().any(|n| words::key(n) == *nation))
    };
    let mut listed: Vec<&Concept> = thesaurus.concepts().map(|(_, c)| c).filter(|c| is_wanted(c)).collect();
    listed.sort_by_cached_key(|c| words::key(&c.preferred));
    if args.json {
        print_json(&listed)?;
    } else {
        let mut out = io::BufWriter::new(io::stdout().lock());
        for concept in &listed {
            let [preferred, nations, id] =
                [&concept.preferred, &concept.nations.join(", "), &concept.id].map(|text| render::printable(text));
            writeln!(out, "{preferred}\t{}\t{nations}\t{id}", render::years(concept.from, concept.to))?;
        }
        out.flush()?;
    }
    Ok(if listed.is_empty() { Outcome::NothingFound } else { Outcome::Done })
}

/// What is to be said about a thesaurus.
#[derive(Debug, Serialize)]
struct Said {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    severity: &'static str,
    message: String,
}

fn check(index: &Path, args: &ThesaurusCheckArgs) -> Result<Outcome, Failure> {
    if args.files.is_empty() {
        let none = Thesauri { thesaurus: Vec::new(), thesaurus_only: false };
        return with(index, &none, |thesaurus| {
            let said = thesaurus.check().iter().map(|finding| said(finding, None)).collect();
            tell(said, thesaurus.concepts().len(), args.json)
        });
    }
    let before =
        if args.thesaurus_only { Cow::Owned(Thesaurus::default()) } else { Cow::Borrowed(Thesaurus::shipped()) };
    let mut thesaurus = before.clone();
    let mut lines: Vec<Said> = Vec::new();
    // By id, as it is here and as it is in the file.
    let mut places: HashMap<String, (String, Option<usize>)> = HashMap::new();
    let mut concepts = 0;
    for file in &args.files {
        let name = file.display().to_string();
        let ThesaurusFile { thesaurus: theirs, unread, lines: at } = match read(file) {
            Ok(read) => read,
            Err(Failure::Library(e)) if e.kind() == ErrorKind::Argument => {
                let message = causes(&e).join(": ");
                lines.push(Said { file: Some(name), line: None, severity: ERROR, message });
                continue;
            }
            Err(e) => return Err(e),
        };
        let ours = thesaurus.counterparts(&theirs);
        for ((_, concept), at) in theirs.concepts().zip(at) {
            concepts += 1;
            let place = (name.clone(), at);
            let ours = ours.get(concept.id.as_str()).map_or(concept.id.as_str(), |ours| ours);
            places.entry(ours.to_owned()).or_insert_with(|| place.clone());
            places.entry(concept.id.clone()).or_insert(place);
        }
        // Joined, the two are one.
        let twice = theirs.check().into_iter().filter(|f| f.kind == FindingKind::DuplicateId);
        lines.extend(twice.map(|finding| said(&finding, place_of(&finding, &places))));
        lines.extend(unread.into_iter().map(|(what, times)| {
            let message = not_read(&what, times);
            Said { file: Some(name.clone()), line: None, severity: REMARK, message }
        }));
        let joined = thesaurus.merged_with(&theirs);
        thesaurus = Cow::Owned(joined);
    }
    let known: BTreeSet<Finding> = before.check().into_iter().collect();
    let new = thesaurus.check().into_iter().filter(|finding| !known.contains(finding));
    lines.extend(new.map(|finding| said(&finding, place_of(&finding, &places))));
    let order = |file: &Option<String>| args.files.iter().position(|f| Some(f.display().to_string()) == *file);
    lines.sort_by_key(|said| (order(&said.file), said.line));
    tell(lines, concepts, args.json)
}

/// Why a file could not be read, without its name.
fn causes(error: &Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    causes
}

const ERROR: &str = "error";
const REMARK: &str = "remark";

fn place_of<'p>(
    finding: &Finding,
    places: &'p HashMap<String, (String, Option<usize>)>,
) -> Option<&'p (String, Option<usize>)> {
    finding.concepts.iter().filter_map(|id| places.get(id)).max_by_key(|(_, line)| *line)
}

fn said(finding: &Finding, place: Option<&(String, Option<usize>)>) -> Said {
    Said {
        file: place.map(|(file, _)| file.clone()),
        line: place.and_then(|(_, line)| *line),
        severity: if finding.kind == FindingKind::Ambiguous { REMARK } else { ERROR },
        message: finding.to_string(),
    }
}

fn tell(lines: Vec<Said>, concepts: usize, json: bool) -> Result<Outcome, Failure> {
    let errors = lines.iter().filter(|said| said.severity == ERROR).count();
    if json {
        print_json(&lines)?;
    } else {
        let mut out = io::BufWriter::new(io::stdout().lock());
        for Said { file, line, severity, message } in &lines {
            let line = line.map_or_else(String::new, |line| format!("{line}:"));
            let place = file.as_ref().map_or_else(String::new, |file| format!("{file}:{line} "));
            writeln!(out, "{}{severity}: {}", render::printable(&place), render::printable(message))?;
        }
        let counted = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let remarks = counted(lines.len() - errors, REMARK);
        writeln!(out, "{}, {}, {remarks}", counted(concepts, "concept"), counted(errors, ERROR))?;
        out.flush()?;
    }
    Ok(if errors > 0 { Outcome::Rejects } else { Outcome::Done })
}
