//! MARCXML: records as elements, at the top of a file or inside any wrapper (SRU, OAI-PMH, METS), with or without prefixes
//! and namespaces; the older `oai_marc` too.
//!
//! Schemas are not checked: a wrong indicator or a leader that is too short is read like any other.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};

use super::field::{Field, MarcRecord};
use super::xml_events::{self, Names};
use crate::ingest::Cut;

const NAMES: Names = Names {
    record: &["record", "oai_marc"],
    inside: &["leader", "controlfield", "datafield", "fixfield", "varfield", "subfield"],
};

/// Whether decoded text begins a MARCXML document: markup, with fields of MARC in it.
pub fn recognises(text: &str) -> bool {
    if !text.starts_with('<') || memchr::memmem::find(text.as_bytes(), b"field").is_none() {
        return false;
    }
    ["datafield", "controlfield", "varfield", "fixfield"].iter().any(|name| {
        text.match_indices(name).any(|(at, _)| {
            let before = text.get(..at).unwrap_or("");
            let prefix = before.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != ':').next().unwrap_or("");
            (prefix.is_empty() || prefix.ends_with(':'))
                && before.strip_suffix(prefix).is_some_and(|b| b.ends_with('<'))
        })
    })
}

/// The end of the last whole record.
pub fn cut(bytes: &[u8]) -> Option<Cut> {
    xml_events::cut(bytes, NAMES)
}

/// Reads a decoded document or piece of one.
pub(super) fn read<'a>(text: &'a str, emit: &mut dyn FnMut(Result<MarcRecord<'a>, String>)) {
    xml_events::for_each_record(text.as_bytes(), NAMES, &mut |span| {
        let record = text.get(span.start..span.end).unwrap_or("");
        emit(read_record(record, span.is_closed));
    });
}

/// Where text goes.
#[derive(Clone, Copy, PartialEq)]
enum Target {
    Nothing,
    Leader,
    Field,
    Subfield,
}

fn read_record(record: &str, is_closed: bool) -> Result<MarcRecord<'_>, String> {
    let mut out = MarcRecord::default();
    let mut reader = xml_events::parser(record);
    let mut target = Target::Nothing;
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => target = open(&tag, &mut out),
            Ok(Event::Empty(tag)) => {
                open(&tag, &mut out);
                target = Target::Nothing;
            }
            Ok(Event::End(_)) => target = Target::Nothing,
            Ok(Event::Text(text)) => append(target, &mut out, text.into_inner()),
            Ok(Event::CData(text)) => append(target, &mut out, text.into_inner()),
            Ok(Event::GeneralRef(name)) => append(target, &mut out, Cow::Owned(xml_events::reference(&name))),
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(_) if !is_closed => break,
            Err(e) => return Err(format!("the record is not well-formed XML: {e}")),
        }
    }
    if !is_closed {
        return Err("the record has no end: the file is cut off, or its end tag is missing".into());
    }
    if out.fields.is_empty() {
        return Err("a record without MARC fields".into());
    }
    Ok(out)
}

fn open(tag: &BytesStart<'_>, out: &mut MarcRecord<'_>) -> Target {
    let local = tag.local_name();
    let attribute = |names: [&str; 2]| names.iter().find_map(|n| xml_events::attribute(tag, n)).unwrap_or_default();
    match local.as_ref() {
        "leader" => Target::Leader,
        "controlfield" | "fixfield" => {
            out.fields.push(Field::new(attribute(["tag", "id"]).trim().to_owned()));
            Target::Field
        }
        "datafield" | "varfield" => {
            let mut field = Field::new(attribute(["tag", "id"]).trim().to_owned());
            field.indicators = [["ind1", "i1"], ["ind2", "i2"]].map(|n| attribute(n).chars().next().unwrap_or(' '));
            out.fields.push(field);
            Target::Nothing
        }
        "subfield" => {
            let code = attribute(["code", "label"]).chars().next().unwrap_or('a');
            match out.fields.last_mut() {
                Some(field) => field.subfields.push((code, Cow::Borrowed(""))),
                None => return Target::Nothing,
            }
            Target::Subfield
        }
        _ => Target::Nothing,
    }
}

fn append<'a>(target: Target, out: &mut MarcRecord<'a>, text: Cow<'a, str>) {
    let value = match target {
        Target::Nothing => return,
        Target::Leader => &mut out.leader,
        Target::Field => match out.fields.last_mut() {
            Some(field) => &mut field.value,
            None => return,
        },
        Target::Subfield => match out.fields.last_mut().and_then(|f| f.subfields.last_mut()) {
            Some((_, value)) => value,
            None => return,
        },
    };
    if value.is_empty() { *value = text } else { value.to_mut().push_str(&text) }
}
