//! JSON Lines: one object per line, as loggers and trackers write them.

use super::complaint::{bad, too_large};
use super::keys::Keys;
use super::limits::MEMORY;
use super::raw::RawRow;
use super::source::Source;
use super::window::{Window, utf8};
use crate::text::excerpt;
use crate::{Error, Result};
use memchr::memchr;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::io::{Cursor, Read};

/// Objects as rows, with a column for every key, in order of first appearance. Nested objects
/// become columns such as `summary.loss`; null and absent values are blank cells.
///
/// A row holds only the cells of its own keys, so a table with many keys takes no more memory than
/// its text.
pub(super) struct Objects<'a> {
    lines: Lines<'a>,
    keys: Keys,
}

impl<'a> Objects<'a> {
    /// Reads every object once to collect the keys, then starts again. A source that can be read
    /// only once is held in memory.
    pub(super) fn open(
        window: Window<'a>,
        source: &'a Source<'_>,
    ) -> Result<(Objects<'a>, Vec<String>)> {
        let mut keys = Keys::default();
        let mut lines = Lines::new(window);
        lines.held = (!source.reopens()).then(Vec::new);
        while let Some((number, object)) = lines.next()? {
            keys.learn(&object)
                .map_err(|why| too_many_keys(source.name(), number, why))?;
        }
        let again: Box<dyn Read> = match lines.held {
            Some(held) => Box::new(Cursor::new(held)),
            None => source.reader()?,
        };
        let header = keys.take_header();
        let lines = Lines::new(Window::new(again, source.name())?);
        Ok((Objects { lines, keys }, header))
    }

    /// Reads the next object into `row`; `false` after the last.
    pub(super) fn next(&mut self, row: &mut RawRow) -> Result<bool> {
        let Some((line, object)) = self.lines.next()? else {
            return Ok(false);
        };
        let cells = self.keys.cells(&object);
        row.line = line;
        row.set_some(&cells, self.keys.width());
        Ok(true)
    }
}

fn too_many_keys(source: &str, line: u64, why: String) -> Error {
    bad(source, Some(line), why).with_hint(
        "give the values of all lines the same keys: what differs from line to line belongs into a value",
    )
}

/// One object per line; blank lines are skipped.
struct Lines<'a> {
    window: Window<'a>,
    number: u64,
    /// All lines so far, if they must be read again and the source cannot be.
    held: Option<Vec<u8>>,
}

impl<'a> Lines<'a> {
    fn new(window: Window<'a>) -> Lines<'a> {
        Lines {
            window,
            number: 0,
            held: None,
        }
    }

    fn next(&mut self) -> Result<Option<(u64, Map<String, Value>)>> {
        loop {
            let end = self.window.position(|unread| memchr(b'\n', unread))?;
            let unread = self.window.unread();
            if unread.is_empty() {
                return Ok(None);
            }
            self.number += 1;
            let and_its_end = (end + 1).min(unread.len());
            if let Some(held) = &mut self.held {
                held.extend_from_slice(&unread[..and_its_end]);
                if held.len() > MEMORY {
                    return Err(too_large(self.window.source(), self.number));
                }
            }
            let line = utf8(&unread[..end], self.window.source(), self.number)?.trim();
            let found = match line {
                "" => None,
                text => Some(object(text, self.window.source(), self.number)?),
            };
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
            // The parser's line is always 1, so it is replaced by the real one.
            let cause = cause.to_string();
            let cause = cause.split(" at line").next().unwrap_or("");
            Err(not_an_object(source, number, line, cause))
        }
    }
}

/// Replaces the NaN and Infinity that Python writes, and JSON lacks, by null, except inside
/// strings.
pub(in crate::tables) fn without_nan(line: &str) -> Cow<'_, str> {
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

#[cfg(test)]
mod tests {
    use super::*;

    use super::super::whole;

    #[test]
    fn keys_become_columns_and_absent_ones_are_blank() {
        let text = "{\"compute\":1e18,\"s\":{\"loss\":3.1}}\n\n{\"s\":{\"loss\":2.5},\"note\":\"a,b\",\"ok\":true}\n";
        let Ok(table) = whole::read(&Source::bytes(text.as_bytes(), "runs.jsonl")) else {
            unreachable!()
        };
        // Keys of one object come in alphabetical order.
        assert_eq!(table.header, ["compute", "s.loss", "note", "ok"]);
        let cells = |row: usize| -> Vec<&str> { (0..4).map(|k| table.rows[row].cell(k)).collect() };
        assert_eq!(cells(0), ["1e18", "3.1", "", ""]);
        assert_eq!(cells(1), ["", "2.5", "a,b", "true"]);
        assert_eq!((table.rows[0].line, table.rows[1].line), (1, 3));
    }

    #[test]
    fn rows_of_many_keys_take_no_more_than_their_text() {
        let lines = (0..2000).map(|k| format!("{{\"key {k}\":1,\"loss\":2}}\n"));
        let text: String = lines.collect();
        let Ok(table) = whole::read(&Source::bytes(text.as_bytes(), "runs.jsonl")) else {
            unreachable!()
        };
        assert_eq!((table.header.len(), table.rows.len()), (2001, 2000));
        assert_eq!(table.rows[1999].cell(0), "");
        assert_eq!(table.rows[1999].cell(1), "2");
        assert_eq!(table.rows[1999].cell(2000), "1");
        let held: usize = table.rows.iter().map(|row| row.size()).sum();
        assert!(held < 20 * text.len(), "{held} bytes for {}", text.len());
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
        let error = whole::read(&Source::bytes(b"{\"a\":1}\n[1]\n", "x"))
            .err()
            .map(|e| e.to_string());
        assert!(error.is_some_and(|e| e.contains("x:2") && e.contains("[1]")));
    }
}
