//! MARC 21 in the forms that catalogues export: binary (ISO 2709), MARCXML, JSON and lines of text.
//!
//! A form is read into `field`s, one record at a time, and all forms share one mapping (`bib`, and `unimarc` for the
//! dialect of southern and eastern Europe). A record that was read although some of it is damaged is handed on, and after it
//! the damage is reported for the same place.
//!
//! Authority, holdings and classification records are deliberately *not* read: they are not works, and are set aside.

mod bib;
mod field;
pub(crate) mod host;
mod imprint;
mod iso2709;
mod json;
mod marc8;
mod mrk;
pub(crate) mod names;
mod notes;
pub(crate) mod punctuation;
mod subjects;
mod titles;
mod unimarc;
mod xml;
pub(crate) mod xml_events;

use serde_json::{Map, Value};

use super::{Item, encoding};
use crate::record::Record;
use field::MarcRecord;

pub use iso2709::{cut as cut_binary, recognises as recognises_binary};
pub use mrk::{cut as cut_lines, recognises as recognises_lines};
pub use xml::{cut as cut_xml, recognises as recognises_xml};

/// Reads ISO 2709; `first` is the number of the first record.
pub fn read_binary(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    let mut number = first;
    iso2709::read(bytes, &mut |record| hand_on(record, &mut number, emit));
}

/// Reads MARCXML; `first` is the number of the first record.
pub fn read_xml(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    let text = xml_events::text(bytes);
    if let Some(reason) = xml_events::refusal(&text) {
        emit(Item { locator: String::new(), content: Err(reason) });
        return;
    }
    let mut number = first;
    xml::read(&text, &mut |record| hand_on(record, &mut number, emit));
}

/// Reads lines; `first` is the number of the first record.
pub fn read_lines(bytes: &[u8], first: usize, emit: &mut dyn FnMut(Item)) {
    let text = encoding::decode(bytes, None);
    let mut number = first;
    mrk::read(&text, &mut |record| hand_on(record, &mut number, emit));
}

fn hand_on(record: Result<MarcRecord<'_>, String>, number: &mut usize, emit: &mut dyn FnMut(Item)) {
    let locator = format!("record {number}");
    *number += 1;
    let marc = match record {
        Ok(marc) => marc,
        Err(reason) => return emit(Item { locator, content: Err(reason) }),
    };
    let content = work(&marc);
    let damage = marc.damage.join("; ");
    let report = content.is_ok() && !damage.is_empty();
    emit(Item { locator: locator.clone(), content });
    if report {
        emit(Item { locator, content: Err(format!("read, but damaged: {damage}")) });
    }
}

/// The work of a MARC record in JSON; the list of records is the business of [`super::json`].
pub(crate) fn record_of_json(object: &Map<String, Value>) -> Result<Record, String> {
    work(&json::record(object)?)
}

fn work(marc: &MarcRecord<'_>) -> Result<Record, String> {
    if let Some(kind) = other_than_bibliographic(marc) {
        return Err(format!("{kind}, not a work"));
    }
    let record = if unimarc::is_unimarc(marc) { unimarc::record(marc) } else { bib::record(marc) };
    if record.title.is_empty() && record.abstract_text.is_none() && record.notes.is_empty() {
        return Err("a MARC record without a title".into());
    }
    Ok(record)
}

/// The formats of MARC 21 that do not describe works, by the leader.
fn other_than_bibliographic(marc: &MarcRecord<'_>) -> Option<&'static str> {
    if marc.has("245") || marc.has("200") {
        return None;
    }
    match marc.leader_at(6) {
        'z' => Some("an authority record"),
        'u' | 'v' | 'x' | 'y' => Some("a holdings record"),
        'w' => Some("a classification record"),
        'q' => Some("a community information record"),
        _ => None,
    }
}
