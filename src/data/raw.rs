//! Bytes to a header and rows of text, each row with its line in the file.

use csv::{ReaderBuilder, StringRecord};
use serde::Serialize;

use super::json_lines;
use crate::text::{excerpt, quoted};
use crate::{Error, ErrorKind, Result};

/// What separates the fields of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
    /// None: JSON Lines, one object a row.
    Objects,
}

impl Delimiter {
    const ALL: [Delimiter; 3] = [Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab];

    fn byte(self) -> u8 {
        match self {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab => b'\t',
            // Never searched for.
            Delimiter::Objects => b'\n',
        }
    }
}

/// A table as it was written: nothing interpreted, every row as wide as the header.
#[derive(Debug)]
pub(super) struct RawTable {
    /// The file's name as messages show it.
    pub(super) source: String,
    pub(super) delimiter: Delimiter,
    /// Trimmed column names.
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<RawRow>,
    /// What was done to it, in words.
    pub(super) notes: Vec<String>,
}

/// One row of text.
#[derive(Debug)]
pub(super) struct RawRow {
    /// 1-based physical line on which the row starts.
    pub(super) line: u64,
    cells: StringRecord,
}

impl RawRow {
    pub(super) fn new(line: u64, cells: StringRecord) -> RawRow {
        RawRow { line, cells }
    }

    /// The same row with more cells at its end.
    pub(super) fn extended<'a>(&self, more: impl Iterator<Item = &'a str>) -> RawRow {
        let mut cells = self.cells.clone();
        cells.extend(more);
        RawRow::new(self.line, cells)
    }

    /// The same row with another text in one cell.
    pub(super) fn with_cell(&self, column: usize, text: &str) -> RawRow {
        let cells = self.cells.iter().enumerate();
        let cells = cells.map(|(k, cell)| if k == column { text } else { cell });
        RawRow::new(self.line, cells.collect())
    }

    /// The trimmed text of a cell.
    pub(super) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).unwrap_or("").trim()
    }
}

/// Splits the bytes of a file into rows and cells.
pub(super) fn parse(bytes: &[u8], source: &str) -> Result<RawTable> {
    let text = utf8(bytes, source)?;
    if text.trim().is_empty() {
        return Err(bad(source, None, "the file is empty").with_hint(
            "the first line names the columns, for example compute,loss; each line after it is one run",
        ));
    }
    if json_lines::holds_objects(text) {
        return json_lines::parse(text, source);
    }
    let delimiter = detect_delimiter(text);
    refuse_unclosed_quote(text, delimiter, source)?;

    let mut records = ReaderBuilder::new()
        .delimiter(delimiter.byte())
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
        .into_records();
    let mut lines = LineCounter::new(text.as_bytes());
    let mut next = || -> Result<Option<RawRow>> {
        for record in records.by_ref() {
            let cells =
                record.map_err(|cause| bad(source, None, format!("not a CSV table: {cause}")))?;
            let start = cells.position().map_or(0, csv::Position::byte);
            let line = lines.of_record(usize::try_from(start).unwrap_or(usize::MAX));
            let blank = cells.len() == 1 && cells[0].trim().is_empty();
            if !blank {
                return Ok(Some(RawRow { line, cells }));
            }
        }
        Ok(None)
    };

    let Some(first) = next()? else {
        return Err(bad(source, None, "the file holds no column names")
            .with_hint("the first line names the columns, for example compute,loss"));
    };
    let header: Vec<String> = first
        .cells
        .iter()
        .map(|name| name.trim().to_owned())
        .collect();
    refuse_doubled_names(&header, first.line, source)?;
    let mut rows = Vec::new();
    while let Some(row) = next()? {
        if row.cells.len() != header.len() {
            return Err(ragged(&row, header.len(), delimiter, source));
        }
        rows.push(row);
    }
    if rows.is_empty() {
        return Err(
            bad(source, Some(first.line), "no rows after the column names")
                .with_hint("add one line for each run below the column names"),
        );
    }
    Ok(RawTable {
        source: source.to_owned(),
        delimiter,
        header,
        rows,
        notes: Vec::new(),
    })
}

pub(super) fn bad(source: &str, line: Option<u64>, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Data, message).at(source, line, None)
}

/// The text without its byte order mark.
fn utf8<'a>(bytes: &'a [u8], source: &str) -> Result<&'a str> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(bad(source, None, "not UTF-8 but UTF-16").with_hint(
            "save it as UTF-8, for example: iconv -f utf-16 -t utf-8 IN.csv > OUT.csv",
        ));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let at = error.valid_up_to();
            let line = LineCounter::new(bytes).of_byte(at);
            let byte = bytes.get(at).copied().unwrap_or_default();
            Err(
                bad(source, Some(line), format!("not UTF-8: byte 0x{byte:02x}")).with_hint(
                    "save it as UTF-8, for example: iconv -f latin1 -t utf-8 IN.csv > OUT.csv",
                ),
            )
        }
    }
}

/// The separator that occurs most often outside quotes in the line of column names; a comma if none does.
fn detect_delimiter(text: &str) -> Delimiter {
    let mut counts = [0usize; Delimiter::ALL.len()];
    let mut quoted = false;
    for byte in text.trim_start_matches(['\r', '\n', ' ']).bytes() {
        match byte {
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'\r' | b'\n' => break,
            _ => {
                for (count, delimiter) in counts.iter_mut().zip(Delimiter::ALL) {
                    *count += usize::from(byte == delimiter.byte());
                }
            }
        }
    }
    let mut best = (0, Delimiter::Comma);
    for found in counts.into_iter().zip(Delimiter::ALL) {
        if found.0 > best.0 {
            best = found;
        }
    }
    best.1
}

/// A quote that is never closed would swallow every row after it.
fn refuse_unclosed_quote(text: &str, delimiter: Delimiter, source: &str) -> Result<()> {
    enum State {
        FieldStart,
        Plain,
        Quoted { opened: usize },
        QuoteSeen { opened: usize },
    }
    let mut state = State::FieldStart;
    for (at, byte) in text.bytes().enumerate() {
        let ends_field = byte == delimiter.byte() || matches!(byte, b'\r' | b'\n');
        state = match state {
            State::Quoted { opened } if byte == b'"' => State::QuoteSeen { opened },
            State::Quoted { opened } => State::Quoted { opened },
            State::QuoteSeen { opened } if byte == b'"' => State::Quoted { opened },
            State::FieldStart if byte == b'"' => State::Quoted { opened: at },
            _ if ends_field => State::FieldStart,
            _ => State::Plain,
        };
    }
    let State::Quoted { opened } = state else {
        return Ok(());
    };
    let line = LineCounter::new(text.as_bytes()).of_byte(opened);
    let start: String = text[opened..]
        .chars()
        .take_while(|c| !matches!(c, '\r' | '\n'))
        .collect();
    Err(bad(
        source,
        Some(line),
        format!("the quote that starts {} is never closed", quoted(&start)),
    )
    .with_hint("close it, or write a quote inside a quoted field twice"))
}

fn refuse_doubled_names(header: &[String], line: u64, source: &str) -> Result<()> {
    for (later, name) in header.iter().enumerate() {
        let earlier = header[..later].iter().position(|other| other == name);
        if let (Some(earlier), false) = (earlier, name.is_empty()) {
            let message = format!(
                "two columns have the name {} (columns {} and {})",
                quoted(name),
                earlier + 1,
                later + 1
            );
            return Err(
                bad(source, Some(line), message).with_hint("rename one of them in the first line")
            );
        }
    }
    Ok(())
}

fn ragged(row: &RawRow, expected: usize, delimiter: Delimiter, source: &str) -> Error {
    let found = row.cells.len();
    let fields = if expected == 1 { "field" } else { "fields" };
    let text = excerpt(&row.cells.iter().collect::<Vec<_>>().join(match delimiter {
        Delimiter::Comma => ",",
        Delimiter::Semicolon => ";",
        Delimiter::Tab => "\t",
        Delimiter::Objects => " ",
    }));
    let message = format!("expected {expected} {fields}, found {found}: '{text}'");
    let hint = if found > expected {
        "remove the extra field, or put quotes around a field that contains the separator"
    } else {
        "add the missing field; leave it blank between two separators if it is not known"
    };
    bad(source, Some(row.line), message).with_hint(hint)
}

/// Counts physical lines up to byte positions that only grow; `\n`, `\r\n` and a lone `\r` end a line.
struct LineCounter<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> LineCounter<'a> {
    fn new(bytes: &'a [u8]) -> LineCounter<'a> {
        LineCounter {
            bytes,
            at: 0,
            line: 1,
        }
    }

    /// The line of the byte at `position`.
    fn of_byte(&mut self, position: usize) -> u64 {
        while self.at < position && self.at < self.bytes.len() {
            self.step();
        }
        self.line
    }

    /// The line of a record for which the parser reports `start`, which lies before the blank lines that it skips.
    fn of_record(&mut self, start: usize) -> u64 {
        self.of_byte(start);
        while matches!(self.bytes.get(self.at), Some(b'\r' | b'\n')) {
            self.step();
        }
        self.line
    }

    fn step(&mut self) {
        let ends_line = match self.bytes.get(self.at) {
            Some(b'\n') => true,
            Some(b'\r') => self.bytes.get(self.at + 1) != Some(&b'\n'),
            _ => false,
        };
        self.line += u64::from(ends_line);
        self.at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<u64> {
        match parse(text.as_bytes(), "t.csv") {
            Ok(table) => table.rows.iter().map(|row| row.line).collect(),
            Err(error) => unreachable!("{error}"),
        }
    }

    #[test]
    fn lines_are_physical_for_every_line_ending() {
        assert_eq!(lines("a,b\n1,2\n3,4\n"), [2, 3]);
        assert_eq!(lines("a,b\r\n1,2\r\n\r\n3,4"), [2, 4]);
        assert_eq!(lines("a,b\r1,2\r3,4\r"), [2, 3]);
        assert_eq!(lines("\n\na,b\n\n  \n1,2\n\n\n3,4\n\n"), [6, 9]);
    }

    #[test]
    fn lines_are_right_after_fields_of_many_lines() {
        assert_eq!(lines("a,b\n\"x\ny\r\nz\",2\n3,4\n"), [2, 5]);
        assert_eq!(lines("\"a\n(unit)\",b\n1,2\n"), [3]);
    }

    #[test]
    fn the_delimiter_is_counted_outside_quotes() {
        assert_eq!(detect_delimiter("a,b;c,d\n;;;;"), Delimiter::Comma);
        assert_eq!(detect_delimiter("\"a,b,c\";d\n"), Delimiter::Semicolon);
        assert_eq!(detect_delimiter("\na\tb\n"), Delimiter::Tab);
        assert_eq!(detect_delimiter("loss"), Delimiter::Comma);
    }

    #[test]
    fn quotes_inside_fields_are_text() {
        let table = parse(b"a,b\n5\" tall,\"say \"\"hi\"\"\"\n", "t.csv");
        let cells = table.map(|t| (t.rows[0].cell(0).to_owned(), t.rows[0].cell(1).to_owned()));
        assert_eq!(cells, Ok(("5\" tall".to_owned(), "say \"hi\"".to_owned())));
    }
}
