//! RIS: one tag a line, `TY` first and `ER` last; see the table of [`super`].
//!
//! The paragraphs of an abstract stand in one `AB`, as reference managers write them themselves: further ones follow a blank
//! line without a tag. Pages are split into `SP` and `EP` only where they are a plain range. It does *not* write tags that
//! mean different things for different types (`A2`, `M1`, `T2` of books).

use super::labels::{self, Labels};
use super::{fits_lists, is_plain_date, one_line, page_range, paragraphs, role};
use crate::record::Record;

pub(super) fn record(r: &Record) -> String {
    let mut out = Lines(String::with_capacity(1024));
    let mut notes = Labels::of(r);
    let (tag, stated) = item_type(r.item_type.as_deref());
    if !stated {
        notes.maybe(labels::ITEM_TYPE, r.item_type.as_ref());
    }
    out.tag("TY", tag);
    out.tag("ID", &r.id);
    out.tag("TI", &r.title);
    out.tags("TT", &r.alternative_titles);
    for creator in &r.creators {
        let tag = match role(creator) {
            Some("edt") => "ED",
            Some("trl") => "A4",
            _ => "AU",
        };
        out.tag(tag, &creator.name);
    }
    // Lines keep their order, so that editors between authors need no note here, but other roles do.
    if !r.creators.iter().all(|c| fits_lists(std::slice::from_ref(c))) {
        notes.creators(&r.creators);
    }
    if let Some(year) = r.year {
        out.tag("PY", &year.to_string());
    }
    match r.date.as_deref() {
        Some(date) if is_plain_date(date) => out.tag("DA", date),
        _ => notes.maybe(labels::DATE, r.date.as_ref()),
    }
    if let Some(c) = &r.container {
        out.tag("T2", &c.title);
        out.maybe("VL", c.volume.as_ref());
        out.maybe("IS", c.issue.as_ref());
        match c.pages.as_deref().and_then(page_range) {
            Some((first, last)) => {
                out.tag("SP", first);
                out.tag("EP", last);
            }
            None => out.maybe("SP", c.pages.as_ref()),
        }
    }
    out.tags("T3", &r.series);
    out.maybe("ET", r.edition.as_ref());
    out.tags("PB", &r.publisher);
    out.tags("CY", &r.place);
    out.tags("SN", &r.isbn);
    out.tags("SN", &r.isbn10);
    match &r.container {
        Some(c) => {
            out.maybe("SN", c.issn.as_ref());
            notes.all(labels::ISSN, &r.issn);
        }
        None => out.tags("SN", &r.issn),
    }
    out.maybe("DO", r.doi.as_ref());
    if let Some(pmid) = &r.pmid {
        out.tag("AN", &format!("PMID: {pmid}"));
    }
    out.maybe("C2", r.pmcid.as_ref());
    out.tags("UR", &r.url);
    out.text("AB", r.abstract_text.as_deref().unwrap_or(""));
    out.tags("KW", &r.subjects);
    out.tags("LA", &r.languages);
    notes.maybe(labels::EXTENT, r.extent.as_ref());
    notes.maybe(labels::RIGHTS, r.rights.as_ref());
    notes.maybe(labels::ACCESS, r.access.as_ref());
    notes.body(r);
    for note in notes.iter() {
        out.tag("N1", note);
    }
    out.0.push_str("ER  - \n\n");
    out.0
}

struct Lines(String);

impl Lines {
    fn tag(&mut self, tag: &str, value: &str) {
        let value = one_line(value);
        if !value.is_empty() {
            self.0.push_str(tag);
            self.0.push_str("  - ");
            self.0.push_str(&value);
            self.0.push('\n');
        }
    }

    fn maybe(&mut self, tag: &str, value: Option<&String>) {
        if let Some(value) = value {
            self.tag(tag, value);
        }
    }

    fn tags(&mut self, tag: &str, values: &[String]) {
        for value in values {
            self.tag(tag, value);
        }
    }

    fn text(&mut self, tag: &str, value: &str) {
        for (i, paragraph) in paragraphs(value).iter().enumerate() {
            if i == 0 {
                self.tag(tag, paragraph);
                continue;
            }
            self.0.push('\n');
            if looks_like_tag(paragraph) {
                self.0.push(' ');
            }
            self.0.push_str(paragraph);
            self.0.push('\n');
        }
    }
}

/// Whether a line would be taken for a tag and its value.
fn looks_like_tag(line: &str) -> bool {
    let mut bytes = line.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_uppercase())
        && bytes.next().is_some_and(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && line.get(2..).is_some_and(|rest| rest.trim_start().starts_with('-'))
}

/// The RIS type, and whether it alone tells the type of the record.
fn item_type(csl: Option<&str>) -> (&'static str, bool) {
    let tag = match csl {
        None => return ("GEN", true),
        Some("article-journal") => "JOUR",
        Some("article-magazine") => "MGZN",
        Some("article-newspaper") => "NEWS",
        Some("book") => "BOOK",
        Some("chapter") => "CHAP",
        Some("thesis") => "THES",
        Some("report") => "RPRT",
        Some("webpage") => "ELEC",
        Some("post-weblog") => "BLOG",
        Some("paper-conference") => "CPAPER",
        Some("legislation") => "STAT",
        Some("bill") => "BILL",
        Some("legal_case") => "CASE",
        Some("hearing") => "HEAR",
        Some("pamphlet") => "PAMP",
        Some("personal_communication") => "PCOMM",
        Some("entry-encyclopedia") => "ENCYC",
        Some("entry-dictionary") => "DICT",
        Some("dataset") => "DATA",
        Some("software") => "COMP",
        Some("map") => "MAP",
        Some("patent") => "PAT",
        Some("standard") => "STAND",
        Some("manuscript") => "MANSCPT",
        Some("motion_picture") => "MPCT",
        Some("song") => "SOUND",
        Some("graphic") => "ART",
        // Near enough for other programs.
        Some("article") => return ("UNPB", false),
        Some("regulation") => return ("STAT", false),
        Some("collection" | "periodical") => return ("SER", false),
        Some("broadcast") => return ("VIDEO", false),
        Some("speech") => return ("CPAPER", false),
        Some("post") => return ("ELEC", false),
        Some(_) => return ("GEN", false),
    };
    (tag, true)
}
