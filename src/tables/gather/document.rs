//! Whether a JSON file is one document with rows inside or one object per line.

use super::super::log::{DOCUMENT, Source, bad};
use super::extract::format_of;
use super::format::{Format, Shape};
use super::objects::Object;
use super::orientation;
use crate::Result;
use crate::text::excerpt;
use serde_json::Value;

/// What is known of a file of JSON.
pub(super) enum Json {
    /// Not JSON, or a file of this program's own.
    None,
    /// One object per line; the format if it is known.
    Lines(Option<&'static Format>),
    /// One JSON value, with its rows.
    Rows(Vec<Object>, Option<&'static Format>),
}

/// Reads no more of a file than its first value. A source that can be read only once and must be
/// read whole comes back as bytes in memory.
pub(super) fn look(source: Source<'static>) -> Result<(Source<'static>, Json)> {
    let opening = source.opening();
    let text = String::from_utf8_lossy(&opening).into_owned();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !is_json(text) || is_ours(text) {
        return Ok((source, Json::None));
    }
    if let Some((value, rest)) = first_value(text) {
        let whole = !source.is_longer_than(&opening);
        return match (rest.trim_start().is_empty() && whole, value) {
            (true, value) if text.lines().count() > 1 || !value.is_object() => {
                let found = rows(value, source.name())?;
                Ok((source, found))
            }
            // A single object is a document if its format is known, else a table of one row.
            (true, Value::Object(object)) => Ok(match known(&object) {
                Some(found) => (source, found),
                None => (source, Json::Lines(format_of(&object, Shape::Lines))),
            }),
            (_, Value::Object(object)) => {
                let format = format_of(&object, Shape::Lines);
                Ok((source, Json::Lines(format)))
            }
            _ => Err(several(source.name())),
        };
    }
    // The first value continues beyond the opening.
    if text.starts_with('{') && !source.is_longer_than(&opening) {
        // The value is cut off or not JSON: the line reader reports where.
        return Ok((source, Json::Lines(None)));
    }
    let bytes = match source.rows_up_to(DOCUMENT) {
        Ok(bytes) => bytes,
        // Too long for a document: the line reader takes one object after the other.
        Err(_) if text.starts_with('{') && source.reopens() => {
            return Ok((source, Json::Lines(None)));
        }
        Err(error) => return Err(error),
    };
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let found = match first_value(text) {
        Some((value, rest)) if rest.trim_start().is_empty() => rows(value, source.name())?,
        Some((Value::Object(object), _)) => Json::Lines(format_of(&object, Shape::Lines)),
        Some(_) => return Err(several(source.name())),
        None if text.starts_with('{') => Json::Lines(None),
        None => {
            return Err(bad(source.name(), None, "the JSON is cut off or damaged")
                .with_hint("write the file again"));
        }
    };
    let name = source.name().to_owned();
    Ok((Source::made(name, bytes), found))
}

/// Whether a text begins like a JSON object, or a list of objects or lists. A line of a text log
/// may also begin with a bracket.
fn is_json(text: &str) -> bool {
    let inside = |list: &str| list.trim_start().starts_with(['{', '[', ']']);
    text.starts_with('{') || text.strip_prefix('[').is_some_and(inside)
}

/// Whether a text begins as a law file, an entry or a score does.
pub(super) fn is_ours(text: &str) -> bool {
    const BEGINNING: usize = 4096;
    let beginning: String = text.chars().take(BEGINNING).collect();
    beginning.trim_start().starts_with('{') && beginning.contains("\"scalewise.")
}

fn several(source: &str) -> crate::Error {
    bad(source, None, "something follows the list of rows")
        .with_hint("write one list of objects, or one object a line")
}

/// The first value of a text, and what follows it.
fn first_value(text: &str) -> Option<(Value, String)> {
    let text = super::super::log::without_nan(text);
    let mut values = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
    let value = values.next()?.ok()?;
    let end = values.byte_offset();
    Some((value, text[end..].to_owned()))
}

/// The rows of an object whose format is known.
fn known(object: &Object) -> Option<Json> {
    if let Some(format) = format_of(object, Shape::Document) {
        return Some(Json::Rows(format.rows_of(object.clone()), Some(format)));
    }
    orientation::rows(object).map(|rows| Json::Rows(rows, None))
}

/// The rows of a document.
fn rows(value: Value, source: &str) -> Result<Json> {
    match value {
        Value::Object(object) => Ok(match known(&object) {
            Some(found) => found,
            None => Json::Rows(vec![object], None),
        }),
        Value::Array(all) => {
            if let Some(rows) = orientation::rows_below_names(&all) {
                return Ok(Json::Rows(rows, None));
            }
            let rows: Vec<Object> = all
                .into_iter()
                .map(|one| match one {
                    Value::Object(row) => Ok(row),
                    other => Err(bad(
                        source,
                        None,
                        format!(
                            "the list holds '{}', which is no object",
                            excerpt(&other.to_string())
                        ),
                    )
                    .with_hint(
                        "write a list of objects such as [{\"compute\": 1e18, \"loss\": 3.1}]",
                    )),
                })
                .collect::<Result<_>>()?;
            Ok(Json::Rows(rows, None))
        }
        _ => Err(bad(source, None, "the JSON is no table")),
    }
}
