//! Text logs: lines that match a pattern are rows.

use super::super::log::{MEMORY, RawTable, Source, bad};
use super::super::roles;
use super::document;
use super::objects::Object;
use super::objects::of_objects;
use crate::remedy::Setting;
use crate::text::quoted;
use crate::{Error, ErrorKind, Result};
use regex_lite::Regex;
use serde_json::Value;
use std::str::FromStr;

pub(super) const NAME: &str = "text log";

/// Programs with known log lines, and the patterns of their rows. A pattern with the groups `key`
/// and `value` matches any number of columns in a line. A file is taken to be written by the first
/// program that fits, so the last pattern is the most general.
const PRESETS: [(&str, &[&str]); 3] = [
    (
        "modded-nanogpt",
        &[r"(?P<key>[a-z_]+):(?P<value>[-+]?[0-9.]+(?:[eE][-+]?\d+)?)"],
    ),
    (
        "nanogpt",
        &[r"step (?P<step>\d+): train loss (?P<train_loss>\S+), val loss (?P<val_loss>[^\s,]+)"],
    ),
    (
        "megatron",
        &[
            r"iteration\s+(?P<iteration>\d+)",
            r"(?P<key>[A-Za-z][^:|\]]*?):\s*(?P<value>[-+]?[0-9.][-+0-9.eE]*)",
        ],
    ),
];

/// The form of a text-log line: the name of a known program, or a regular expression whose named
/// groups are the columns.
///
/// ```
/// use scalewise::tables::LogLine;
/// let _: LogLine = "megatron".parse()?;
/// let _: LogLine = r"step (?P<step>\d+) loss (?P<loss>\S+)".parse()?;
/// assert!("loss (.*)".parse::<LogLine>().is_err());
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct LogLine(Vec<Regex>);

impl FromStr for LogLine {
    type Err = Error;

    fn from_str(text: &str) -> Result<LogLine> {
        let known = PRESETS.iter().find(|preset| preset.0 == text);
        let patterns = known.map_or(std::slice::from_ref(&text), |preset| preset.1);
        let wrong = |message: String| {
            let names: Vec<&str> = PRESETS.iter().map(|preset| preset.0).collect();
            Error::new(ErrorKind::Usage, message).about(Setting::LogLine).with_hint(format!(
                "write {}, or a regular expression with a named group for each column, for example \
                 'step (?P<step>\\d+) loss (?P<loss>\\S+)'",
                names.join(", ")
            ))
        };
        let regex = |pattern: &&str| {
            let regex = Regex::new(pattern)
                .map_err(|e| wrong(format!("{} is no regular expression: {e}", quoted(text))))?;
            match regex.capture_names().flatten().count() {
                0 => Err(wrong(format!("{} has no named group", quoted(text)))),
                _ => Ok(regex),
            }
        };
        patterns
            .iter()
            .map(regex)
            .collect::<Result<_>>()
            .map(LogLine)
    }
}

/// The known program that wrote a text log, if any.
pub(super) fn written_by(source: &Source<'_>) -> Option<&'static str> {
    const LINES: usize = 200;
    let opening = source.opening();
    let opening = String::from_utf8_lossy(&opening);
    if document::is_ours(&opening) {
        return None;
    }
    // The first line of a table holds its column names.
    let mut names = opening.lines().next()?.split([',', ';', '\t', '|']);
    if names.any(|name| !name.contains(':') && roles::is_usual(name.trim().trim_matches('"'))) {
        return None;
    }
    let writes = |preset: &&(&'static str, &[&str])| {
        let Ok(line) = preset.0.parse::<LogLine>() else {
            return false;
        };
        let mut lines = opening.lines().take(LINES);
        lines.any(|text| line.row(text).len() > 1)
    };
    PRESETS.iter().find(writes).map(|preset| preset.0)
}

/// The error for a text log that was given as a table.
pub(super) fn as_table(source: &str, program: &str) -> Error {
    let message = format!("a text log as {program} writes it, and no table");
    bad(source, None, message)
        .with_hint("say how its lines look")
        .with_remedy(Setting::LogLine.to(program))
}

impl LogLine {
    /// The columns of a line.
    fn row(&self, line: &str) -> Object {
        let mut row = Object::new();
        for regex in &self.0 {
            for found in regex.captures_iter(line) {
                let text = |group: &str| found.name(group).map(|m| m.as_str().trim());
                if let (Some(key), Some(value)) = (text("key"), text("value")) {
                    row.entry(key).or_insert_with(|| Value::from(value));
                    continue;
                }
                for group in regex.capture_names().flatten() {
                    if let Some(value) = text(group) {
                        row.entry(group).or_insert_with(|| Value::from(value));
                    }
                }
            }
        }
        row
    }
}

/// The matching lines, each at its own line of the table; the others are blank.
pub(super) fn read(source: &Source<'_>, lines: &[LogLine]) -> Result<RawTable> {
    let bytes = source.all_up_to(MEMORY)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut rows = Vec::new();
    let mut places = Vec::new();
    for (k, line) in text.lines().enumerate() {
        let row = lines
            .iter()
            .map(|pattern| pattern.row(line))
            .find(|row| !row.is_empty());
        if let Some(row) = row {
            rows.push(row);
            places.push(k as u64 + 1);
        }
    }
    if rows.is_empty() {
        return Err(bad(
            source.name(),
            None,
            "no line of the log has what the pattern finds",
        )
        .with_hint("compare the pattern with a line of the file")
        .with_remedy(Setting::LogLine));
    }
    let mut table = of_objects(source.name(), &rows)?;
    for (row, place) in table.rows.iter_mut().zip(places) {
        row.line = place;
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(lines: &str, line: &str) -> String {
        let lines: LogLine = lines.parse().unwrap();
        serde_json::to_string(&lines.row(line)).unwrap()
    }

    #[test]
    fn lines_of_known_programs_become_rows() {
        assert_eq!(
            row(
                "megatron",
                " [2026-01-01 10:00:00] iteration       10/     100 | consumed samples:   80 | lm loss: 1.05E+01 | grad norm: 2.0 |"
            ),
            r#"{"consumed samples":"80","grad norm":"2.0","iteration":"10","lm loss":"1.05E+01"}"#
        );
        assert_eq!(
            row(
                "megatron",
                " validation loss at iteration 100 | lm loss value: 2.3E+00 | lm loss PPL: 9.97E+00 | "
            ),
            r#"{"iteration":"100","lm loss PPL":"9.97E+00","lm loss value":"2.3E+00"}"#
        );
        assert_eq!(
            row(
                "modded-nanogpt",
                "step:125/1000 val_loss:4.5 train_time:100ms"
            ),
            r#"{"step":"125","train_time":"100","val_loss":"4.5"}"#
        );
        assert_eq!(
            row("nanogpt", "step 100: train loss 7.3082, val loss 7.3007"),
            r#"{"step":"100","train_loss":"7.3082","val_loss":"7.3007"}"#
        );
    }

    #[test]
    fn a_pattern_of_the_user_names_its_columns() {
        assert_eq!(
            row(
                r"it (?P<step>\d+).*?loss=(?P<loss>[\d.]+)",
                "it 7 of 9, loss=2.5 lr=1"
            ),
            r#"{"loss":"2.5","step":"7"}"#
        );
    }
}
