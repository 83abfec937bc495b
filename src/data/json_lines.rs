//! JSON Lines: one object a line, as loggers and tracker exports write them.

use super::raw::{RawRow, bad};
use super::source::Source;
use super::window::{Window, utf8};
use crate::text::excerpt;
use crate::{Error, Result};
use memchr::memchr;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Cursor, Read};
use std::sync::Arc;

/// Objects as rows: a column for every key, in the order in which keys first appear. Objects inside objects become
/// columns such as `summary.loss`; null and absent values are blank cells.
pub(super) struct Objects<'a> {
    lines: Lines<'a>,
    places: HashMap<String, usize>,
    cells: Vec<String>,
}

impl<'a> Objects<'a> {
    /// Reads every object once for its keys, and begins again. What cannot be read again is held in memory.
    pub(super) fn open(
        mut window: Window<'a>,
        source: &'a Source<'_>,
    ) -> Result<(Objects<'a>, Vec<String>)> {
        let (mut keys, again) = if source.reopens() {
            (Keys::default(), source.reader()?)
        } else {
            let held: Arc<[u8]> = window.rest()?.into();
            window = Window::new(Box::new(Cursor::new(held.clone())), source.name())?;
            (
                Keys::default(),
                Box::new(Cursor::new(held)) as Box<dyn Read + Send>,
            )
        };
        let mut lines = Lines::new(window);
        while let Some((_, object)) = lines.next()? {
            flatten("", object, &mut |key, _| keys.add(key));
        }
        let objects = Objects {
            lines: Lines::new(Window::new(again, source.name())?),
            cells: vec![String::new(); keys.header.len()],
            places: keys.places,
        };
        Ok((objects, keys.header))
    }

    /// The next object, in place of the row that `row` held; `false` after the last.
    pub(super) fn next(&mut self, row: &mut RawRow) -> Result<bool> {
        let Some((line, object)) = self.lines.next()? else {
            return Ok(false);
        };
        self.cells.iter_mut().for_each(String::clear);
        flatten("", object, &mut |key, cell| {
            // A file that grew while it was read may have keys that no column has.
            if let Some(place) = self.places.get(&key) {
                self.cells[*place] = cell;
            }
        });
        row.line = line;
        row.clear();
        self.cells.iter().for_each(|cell| row.push(cell));
        Ok(true)
    }
}

/// The keys met so far.
#[derive(Default)]
struct Keys {
    header: Vec<String>,
    places: HashMap<String, usize>,
}

impl Keys {
    fn add(&mut self, key: String) {
        let header = &mut self.header;
        self.places.entry(key).or_insert_with_key(|key| {
            header.push(key.clone());
            header.len() - 1
        });
    }
}

/// One object a line, blank lines passed over.
struct Lines<'a> {
    window: Window<'a>,
    number: u64,
}

impl<'a> Lines<'a> {
    fn new(window: Window<'a>) -> Lines<'a> {
        Lines { window, number: 0 }
    }

    fn next(&mut self) -> Result<Option<(u64, Map<String, Value>)>> {
        loop {
            let end = self.window.position(|unread| memchr(b'\n', unread))?;
            let unread = self.window.unread();
            if unread.is_empty() {
                return Ok(None);
            }
            self.number += 1;
            let line = utf8(&unread[..end], self.window.source(), self.number)?.trim();
            let found = match line {
                "" => None,
                text => Some(object(text, self.window.source(), self.number)?),
            };
            let and_its_end = (end + 1).min(unread.len());
            self.window.pass(and_its_end);
            if let Some(object) = found {
                return Ok(Some((self.number, object)));
            }
        }
    }
}

fn object(line: &str, source: &str, number: u64) -> Result<Map<String, Value>> {
    match serde_json::from_str(&without_nan(line)) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(not_an_object(
            source,
            number,
            line,
            "it is another JSON value",
        )),
        Err(cause) => {
            // Its position is inside the line, and the line is known.
            let cause = cause.to_string();
            let cause = cause.split(" at line").next().unwrap_or("");
            Err(not_an_object(source, number, line, cause))
        }
    }
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

fn not_an_object(source: &str, line: u64, text: &str, cause: &str) -> Error {
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

    use super::super::raw;

    #[test]
    fn keys_become_columns_and_absent_ones_are_blank() {
        let text = "{\"compute\":1e18,\"s\":{\"loss\":3.1}}\n\n{\"s\":{\"loss\":2.5},\"note\":\"a,b\",\"ok\":true}\n";
        let Ok(table) = raw::read(&Source::bytes(text.as_bytes(), "runs.jsonl")) else {
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
        let error = raw::read(&Source::bytes(b"{\"a\":1}\n[1]\n", "x"))
            .err()
            .map(|e| e.to_string());
        assert!(error.is_some_and(|e| e.contains("x:2") && e.contains("[1]")));
    }
}
