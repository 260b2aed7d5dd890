//! Values of JSON members as text, whatever their kind.

use serde_json::{Map, Value};

use crate::ingest::exchange;
use crate::record::Record;

/// A value as text: numbers as printed, lists joined, the values of objects with their names.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(n) => n.to_string(),
        Value::String(s) => s.clone(),
        Value::Array(values) => values.iter().map(text).filter(|t| !t.is_empty()).collect::<Vec<_>>().join("; "),
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| (key, text(value)))
            .filter(|(_, value)| !value.is_empty())
            .map(|(key, value)| format!("{} {value}", exchange::label(key).to_lowercase()))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// A member as text, empty when there is none.
pub(super) fn member(object: &Map<String, Value>, key: &str) -> String {
    object.get(key).map(text).unwrap_or_default()
}

/// A member of a value that should be an object.
pub(super) fn of(value: &Value, key: &str) -> String {
    value.get(key).map(text).unwrap_or_default()
}

/// The members of a list, or the single value that stands in its place.
pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(values) => values.as_slice(),
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
    .iter()
}

/// Like [`list`] over a member, or over a list that stands in an object of its own (`{"authorList": {"author": […]}}`).
pub(super) fn inner<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    list(value.get(key).unwrap_or(value))
}

/// Keeps a member that has no field.
pub(super) fn keep(record: &mut Record, key: &str, value: &Value) {
    exchange::note(record, &exchange::label(key), &text(value));
}
