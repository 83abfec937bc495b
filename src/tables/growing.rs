//! Logs that grow: later rows are read alone, below the column names of the earlier ones.

use super::log::{Delimiter, Source, Stream};
use crate::Result;
use serde_json::Value;

/// What stands above the later rows of a log, so that they are read as they would be in the whole
/// log.
#[derive(Debug, Clone)]
pub struct Opening {
    text: Vec<u8>,
    pub(super) columns: Vec<String>,
    /// Whether a line may end inside a cell.
    has_quotes: bool,
}

impl Opening {
    /// The opening of the log that `source` is, whose complete lines are `lines`; `None` if its
    /// later rows cannot be read alone: a compressed file, Parquet, a table of Markdown, or several
    /// files.
    ///
    /// # Errors
    /// When the column names cannot be read.
    pub fn of(source: &Source<'_>, lines: &Source<'_>) -> Result<Option<Opening>> {
        if !source.is_file_as_stored() {
            return Ok(None);
        }
        let (table, _) = Stream::open(lines)?;
        let text = match table.delimiter {
            Delimiter::Comma | Delimiter::Semicolon | Delimiter::Tab => {
                let separator = char::from(table.delimiter.byte()).to_string();
                let quoted = |name: &String| format!("\"{}\"", name.replace('"', "\"\""));
                let names: Vec<String> = table.header.iter().map(quoted).collect();
                names.join(&separator)
            }
            Delimiter::Objects => {
                // A map would sort the keys, and their order is that of the columns.
                let key = |key: &String| format!("{}:null", Value::from(key.as_str()));
                let keys: Vec<String> = table.header.iter().map(key).collect();
                format!("{{{}}}", keys.join(","))
            }
            _ => return Ok(None),
        };
        Ok(Some(Opening {
            text: (text + "\n").into_bytes(),
            has_quotes: table.delimiter != Delimiter::Objects,
            columns: table.header,
        }))
    }

    /// The text that stands above later rows.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Whether complete lines may end inside a cell, which goes on in the next line.
    #[must_use]
    pub fn may_end_inside(&self, lines: &[u8]) -> bool {
        let quotes = || lines.iter().filter(|byte| **byte == b'"').count();
        self.has_quotes && quotes() % 2 == 1
    }
}
