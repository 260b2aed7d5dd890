//! MARC in JSON: an object with the leader and a list of fields, each an object whose one member is the tag.
//!
//! Control fields are strings; data fields have `ind1`, `ind2` and `subfields`, a list of objects with one member each. The
//! older form of pymarc, with the fields' members beside each other, is *not* read.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::field::{Field, MarcRecord};

/// The record of an object.
pub(super) fn record(object: &Map<String, Value>) -> Result<MarcRecord<'_>, String> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut out = MarcRecord { leader: Cow::Owned(text(object.get("leader"))), ..MarcRecord::default() };
    let fields = object.get("fields").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for (tag, value) in fields.iter().filter_map(Value::as_object).flatten() {
        let mut field = Field::new(tag.clone());
        match value {
            Value::String(value) => field.value = Cow::Borrowed(value),
            Value::Object(data) => {
                let indicator = |name| text(data.get(name)).chars().next().unwrap_or(' ');
                field.indicators = [indicator("ind1"), indicator("ind2")];
                let subfields = data.get("subfields").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                for (code, value) in subfields.iter().filter_map(Value::as_object).flatten() {
                    if let (Some(code), Some(value)) = (code.chars().next(), value.as_str()) {
                        field.subfields.push((code, Cow::Borrowed(value)));
                    }
                }
            }
            _ => continue,
        }
        out.fields.push(field);
    }
    if out.fields.is_empty() {
        return Err("a record without MARC fields".into());
    }
    Ok(out)
}
