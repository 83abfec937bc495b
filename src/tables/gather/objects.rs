//! Objects as a table.

use super::super::log::{self, MEMORY, RawTable, Source};
use crate::Result;
use serde_json::{Map, Value};

/// An object of JSON: a document, or a row.
pub(super) type Object = Map<String, Value>;

/// Objects as a table, read by the JSON Lines reader.
pub(super) fn of_objects(name: &str, rows: &[Object]) -> Result<RawTable> {
    let mut text = String::new();
    for row in rows {
        text += &serde_json::to_string(row).unwrap_or_default();
        text.push('\n');
        if text.len() > MEMORY {
            return Err(log::too_large(name, 0));
        }
    }
    log::read(&Source::bytes(text.as_bytes(), name))
}

/// Settings without the notes of W&B, which writes each value under the key `value`.
pub(super) fn plain(settings: Object) -> Object {
    let value = |value: Value| match value {
        Value::Object(mut inside) if inside.contains_key("value") => {
            inside.remove("value").unwrap_or(Value::Null)
        }
        other => other,
    };
    let named = settings
        .into_iter()
        .filter(|(name, _)| !name.starts_with('_'));
    named.map(|(name, own)| (name, value(own))).collect()
}
