//! JSON Lines: one object a line, as loggers and tracker exports write them.

use super::raw::{Delimiter, RawRow, RawTable, bad};
use crate::Result;
use crate::text::excerpt;
use csv::StringRecord;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// Whether text holds objects and no delimited table.
pub(super) fn holds_objects(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// Objects as a table: a column for every key, in the order in which keys first appear. Objects inside objects become
/// columns such as `summary.loss`; null and absent values are blank cells.
pub(super) fn parse(text: &str, source: &str) -> Result<RawTable> {
    let mut header: Vec<String> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut found: Vec<(u64, Vec<(usize, String)>)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let object = match serde_json::from_str(&without_nan(line)) {
            Ok(Value::Object(object)) => object,
            Ok(_) => {
                return Err(not_an_object(
                    source,
                    number,
                    line,
                    "it is another JSON value",
                ));
            }
            Err(cause) => {
                // Its position is inside the line, and the line is known.
                let cause = cause.to_string();
                let cause = cause.split(" at line").next().unwrap_or("").to_owned();
                return Err(not_an_object(source, number, line, &cause));
            }
        };
        let mut cells = Vec::with_capacity(object.len());
        flatten("", object, &mut |key, cell| {
            let place = *places.entry(key).or_insert_with_key(|key| {
                header.push(key.clone());
                header.len() - 1
            });
            cells.push((place, cell));
        });
        found.push((number, cells));
    }
    let rows = found
        .into_iter()
        .map(|(line, cells)| {
            let mut row = vec![String::new(); header.len()];
            for (place, cell) in cells {
                row[place] = cell;
            }
            RawRow::new(line, StringRecord::from(row))
        })
        .collect();
    Ok(RawTable {
        source: source.to_owned(),
        delimiter: Delimiter::Objects,
        header,
        rows,
        notes: Vec::new(),
    })
}

/// Python writes NaN and Infinity, which JSON has not: outside texts they become null, as any value that is missing.
fn without_nan(line: &str) -> Cow<'_, str> {
    const WORDS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];
    if !WORDS.iter().any(|word| line.contains(word)) {
        return Cow::Borrowed(line);
    }
    let (mut out, mut quoted, mut rest) = (String::new(), false, line);
    while let Some(c) = rest.chars().next() {
        let word = WORDS.iter().find(|w| !quoted && rest.starts_with(**w));
        if let Some(word) = word {
            out.push_str("null");
            rest = &rest[word.len()..];
            continue;
        }
        let escaped = quoted && c == '\\' && rest.len() > 1;
        let length = match escaped {
            true => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            false => c.len_utf8(),
        };
        quoted ^= c == '"';
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    Cow::Owned(out)
}

fn not_an_object(source: &str, line: u64, text: &str, cause: &str) -> crate::Error {
    let message = format!("not a JSON object: {cause}: '{}'", excerpt(text));
    bad(source, Some(line), message).with_hint(
        "JSON Lines hold one object on each line, for example {\"compute\": 1e18, \"loss\": 3.1}",
    )
}

fn flatten(prefix: &str, object: Map<String, Value>, put: &mut impl FnMut(String, String)) {
    for (key, value) in object {
        let key = match prefix {
            "" => key.trim().to_owned(),
            _ => format!("{prefix}.{}", key.trim()),
        };
        match value {
            Value::Object(inner) => flatten(&key, inner, put),
            Value::Null => put(key, String::new()),
            Value::String(text) => put(key, text),
            Value::Number(number) if number.is_f64() => {
                put(key, format!("{:?}", number.as_f64().unwrap_or(f64::NAN)));
            }
            other => put(key, other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_columns_and_absent_ones_are_blank() {
        let text = "{\"compute\":1e18,\"s\":{\"loss\":3.1}}\n\n{\"s\":{\"loss\":2.5},\"note\":\"a,b\",\"ok\":true}\n";
        let Ok(table) = parse(text, "runs.jsonl") else {
            unreachable!()
        };
        // Keys of an object come in alphabetic order.
        assert_eq!(table.header, ["compute", "s.loss", "note", "ok"]);
        let cells = |row: usize| -> Vec<&str> { (0..4).map(|k| table.rows[row].cell(k)).collect() };
        assert_eq!(cells(0), ["1e18", "3.1", "", ""]);
        assert_eq!(cells(1), ["", "2.5", "a,b", "true"]);
        assert_eq!((table.rows[0].line, table.rows[1].line), (1, 3));
    }

    #[test]
    fn nan_of_python_is_a_missing_value_and_texts_stay() {
        let line = r#"{"a": NaN, "b": "NaN \" Infinity", "c": -Infinity}"#;
        assert_eq!(
            without_nan(line),
            r#"{"a": null, "b": "NaN \" Infinity", "c": null}"#
        );
        assert_eq!(without_nan("{\"é\\"), "{\"é\\");
    }

    #[test]
    fn a_line_that_is_no_object_is_named() {
        let error = parse("{\"a\":1}\n[1]\n", "x").err().map(|e| e.to_string());
        assert!(error.is_some_and(|e| e.contains("x:2") && e.contains("[1]")));
    }
}
