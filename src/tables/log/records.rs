//! A delimited table, record by record.

use super::block::Block;
use super::complaint::{bad, ragged};
use super::raw::{Delimiter, RawRow};
use super::window::{Window, line_ends, utf8};
use crate::text::quoted;
use crate::{Error, Result};
use csv_core::ReadRecordResult;
use memchr::{memchr, memchr2, memchr3, memrchr};

/// The records below the column names.
///
/// A record without quotes is a line that is only searched for separators; one with quotes goes
/// through the parser of the csv crate. Both follow the parser's rules.
pub(super) struct Records<'a> {
    window: Window<'a>,
    delimiter: Delimiter,
    width: usize,
    header_line: u64,
    /// Present once a quote was seen.
    quoted: Option<Box<Quoted>>,
}

/// Bytes of a block: enough that distributing blocks costs little, few enough to stay in a
/// processor's cache.
const BLOCK: usize = 256 << 10;

/// The parser of records with quotes, and its output buffers.
struct Quoted {
    parser: csv_core::Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Quoted {
    fn new(delimiter: Delimiter) -> Quoted {
        let mut parser = csv_core::ReaderBuilder::new()
            .delimiter(delimiter.byte())
            .build();
        // After this empty read, the parser does not strip a byte order mark inside the table.
        parser.read_record(b"\n", &mut [], &mut []);
        Quoted {
            parser,
            text: vec![0; 1 << 10],
            ends: vec![0; 64],
        }
    }
}

impl<'a> Records<'a> {
    /// Reads the column names.
    pub(super) fn open(mut window: Window<'a>) -> Result<(Records<'a>, Vec<String>)> {
        pass_comments(&mut window)?;
        let delimiter = detect_delimiter(&mut window)?;
        let mut records = Records {
            window,
            delimiter,
            width: 0,
            header_line: 1,
            quoted: None,
        };
        let mut first = RawRow::default();
        if !records.any(&mut first)? {
            let source = records.window.source();
            return Err(if records.quoted.is_some() {
                bad(source, None, "the file holds no column names")
                    .with_hint("the first line names the columns, for example compute,loss")
            } else {
                bad(source, None, "the file is empty").with_hint(
                    "the first line names the columns, for example compute,loss; each line after it is one run",
                )
            });
        }
        let header: Vec<String> = (0..first.width())
            .map(|k| first.cell(k).to_owned())
            .collect();
        records.width = header.len();
        records.header_line = first.line;
        Ok((records, header))
    }

    pub(super) fn delimiter(&self) -> Delimiter {
        self.delimiter
    }

    /// 1-based line of the column names.
    pub(super) fn header_line(&self) -> u64 {
        self.header_line
    }

    /// Reads the next record into `row`; `false` after the last.
    pub(super) fn next(&mut self, row: &mut RawRow) -> Result<bool> {
        if !self.any(row)? {
            return Ok(false);
        }
        if row.width() != self.width {
            let source = self.window.source();
            return Err(ragged(&row.view(), self.width, self.delimiter, source));
        }
        Ok(true)
    }

    /// Splits off many whole records, to be read in parallel with others. `None` if nothing
    /// follows, or if quotes are near: inside them a line may end without ending its record.
    ///
    /// `spare` holds buffers for the bytes after the block.
    pub(super) fn block(&mut self, spare: &mut Vec<Vec<u8>>) -> Result<Option<Block>> {
        if !self.window.pass_line_ends()? {
            return Ok(None);
        }
        while self.window.unread().len() < BLOCK && self.window.fill()? {}
        let unread = self.window.unread();
        let plain = memchr(b'"', unread).unwrap_or(unread.len());
        // The last bytes of the table may lack a line break.
        let last = plain == unread.len() && plain < BLOCK;
        let end = if last {
            plain
        } else {
            memrchr(b'\n', &unread[..plain]).map_or(0, |at| at + 1)
        };
        if end < BLOCK / 64 {
            return Ok(None);
        }
        let line = self.window.line();
        let block = Block {
            bytes: self.window.split_off(end, spare.pop().unwrap_or_default()),
            line,
            delimiter: self.delimiter,
            width: self.width,
            source: self.window.source().to_owned(),
        };
        Ok(Some(block))
    }

    /// The next record of any width that is not blank.
    fn any(&mut self, row: &mut RawRow) -> Result<bool> {
        while self.window.pass_line_ends()? {
            row.line = self.window.line();
            let end = self
                .window
                .position(|unread| memchr3(b'\n', b'\r', b'"', unread))?;
            if self.window.unread().get(end) == Some(&b'"') {
                self.with_quotes(row)?;
            } else {
                let line = &self.window.unread()[..end];
                row.set_line(
                    utf8(line, self.window.source(), row.line)?,
                    self.delimiter.byte(),
                );
                self.window.pass(end);
            }
            let is_blank = row.width() == 1 && row.cell(0).is_empty();
            if !is_blank && !self.is_rule(row) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a row is Markdown's rule below the column names.
    fn is_rule(&self, row: &RawRow) -> bool {
        let is_part = |cell: &str| cell.bytes().all(|b| b"-: ".contains(&b));
        self.delimiter == Delimiter::Pipe
            && (0..row.width()).all(|k| is_part(row.cell(k)))
            && (0..row.width()).any(|k| row.cell(k).contains('-'))
    }

    fn with_quotes(&mut self, row: &mut RawRow) -> Result<()> {
        let Quoted { parser, text, ends } = &mut **self
            .quoted
            .get_or_insert_with(|| Box::new(Quoted::new(self.delimiter)));
        let window = &mut self.window;
        let (mut read, mut written, mut fields) = (0, 0, 0);
        let mut finished = false;
        loop {
            if read == window.unread().len() && !finished {
                finished = match window.fill() {
                    Ok(more) => !more,
                    Err(error) => return Err(unclosed(window, self.delimiter).unwrap_or(error)),
                };
            }
            // Empty only at the end of the input: the parser then ends the record.
            let unread = &window.unread()[read..];
            let (result, ins, outs, found) =
                parser.read_record(unread, &mut text[written..], &mut ends[fields..]);
            read += ins;
            written += outs;
            fields += found;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => text.resize(2 * text.len(), 0),
                ReadRecordResult::OutputEndsFull => ends.resize(2 * ends.len(), 0),
                ReadRecordResult::Record | ReadRecordResult::End => break,
            }
        }
        if finished && let Some(error) = unclosed(window, self.delimiter) {
            return Err(error);
        }
        // Checks the bytes as written: without the quotes, line breaks inside cells may be lost,
        // and with them the line of the error.
        utf8(&window.unread()[..read], window.source(), row.line)?;
        row.clear();
        let mut start = 0;
        for &end in &ends[..fields] {
            // Valid text cut at separators stays valid.
            row.add(&String::from_utf8_lossy(&text[start..end]));
            start = end;
        }
        window.pass_lines(read);
        Ok(())
    }
}

/// Most bytes of comments above the column names.
const LONGEST_COMMENTS: usize = 1 << 20;

/// The first line that is neither blank nor a comment, with its line end; empty if there is none.
fn first_other(bytes: &[u8]) -> &[u8] {
    let mut lines = bytes.split_inclusive(|b| matches!(b, b'\n' | b'\r'));
    let other = lines.find(|line| !matches!(line.first(), Some(b'#' | b'\n' | b'\r')));
    other.unwrap_or_default()
}

/// Skips comments above the column names: lines that begin with `#` and have fewer or more cells
/// than the line below them.
fn pass_comments(window: &mut Window<'_>) -> Result<()> {
    while window.pass_line_ends()? && window.unread().first() == Some(&b'#') {
        let end = window.position(|unread| memchr2(b'\n', b'\r', unread))?;
        let next = loop {
            let next = first_other(&window.unread()[end..]);
            // A line without a line end is complete if nothing follows.
            let whole = next.ends_with(b"\n") || next.ends_with(b"\r");
            let next = next.to_vec();
            if whole || window.unread().len() > LONGEST_COMMENTS || !window.fill()? {
                break next;
            }
        };
        let count = |line: &[u8], byte: u8| line.iter().filter(|b| **b == byte).count();
        let mut separators = Separators::default();
        separators.count(&next);
        let separator = separators.most_frequent().byte();
        let cells = count(&next, separator);
        if cells == 0 || cells == count(&window.unread()[..end], separator) {
            return Ok(());
        }
        window.pass(end);
    }
    Ok(())
}

/// The separator that occurs most often outside quotes in the line of column names; a comma if
/// there is none.
fn detect_delimiter(window: &mut Window<'_>) -> Result<Delimiter> {
    let (mut separators, mut seen) = (Separators::default(), 0);
    loop {
        let unread = window.unread();
        separators.count(&unread[seen..]);
        seen = unread.len();
        if separators.whole || !window.fill()? {
            return Ok(separators.most_frequent());
        }
    }
}

/// Counts the separators outside quotes in the first line as it arrives.
#[derive(Default)]
struct Separators {
    counts: [usize; Delimiter::ALL.len()],
    begun: bool,
    quoted: bool,
    /// Whether the line has ended.
    whole: bool,
}

impl Separators {
    fn count(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.begun |= !b"\r\n ".contains(&byte);
            match byte {
                _ if !self.begun => {}
                b'"' => self.quoted = !self.quoted,
                _ if self.quoted => {}
                b'\r' | b'\n' => {
                    self.whole = true;
                    return;
                }
                _ => {
                    for (count, delimiter) in self.counts.iter_mut().zip(Delimiter::ALL) {
                        *count += usize::from(byte == delimiter.byte());
                    }
                }
            }
        }
    }

    fn most_frequent(&self) -> Delimiter {
        let mut best = (0, Delimiter::Comma);
        for found in self.counts.into_iter().zip(Delimiter::ALL) {
            let comes_last = found.1 == Delimiter::Pipe && best.0 > 0;
            if found.0 > best.0 && !comes_last {
                best = found;
            }
        }
        best.1
    }
}

/// The error for a quote that the unread record never closes: it would swallow every later row.
fn unclosed(window: &Window<'_>, delimiter: Delimiter) -> Option<Error> {
    enum State {
        FieldStart,
        Plain,
        Quoted { opened: usize },
        QuoteSeen { opened: usize },
    }
    let mut state = State::FieldStart;
    for (at, &byte) in window.unread().iter().enumerate() {
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
        return None;
    };
    let (before, inside) = window.unread().split_at(opened);
    let start = inside.split(|b| matches!(b, b'\r' | b'\n')).next();
    let start = String::from_utf8_lossy(start.unwrap_or_default());
    let line = window.line() + line_ends(before);
    let message = format!("the quote that starts {} is never closed", quoted(&start));
    Some(
        bad(window.source(), Some(line), message)
            .with_hint("close it, or write a quote inside a quoted field twice"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_counted_outside_quotes() {
        // Each byte is counted once, however the bytes arrive.
        let found = |text: &str| {
            let mut separators = Separators::default();
            text.bytes()
                .take_while(|byte| {
                    separators.count(&[*byte]);
                    !separators.whole
                })
                .for_each(drop);
            (separators.most_frequent(), separators.whole)
        };
        assert_eq!(found("a,b;c,d\n;;;;"), (Delimiter::Comma, true));
        assert_eq!(found("\"a,b,c\";d\n"), (Delimiter::Semicolon, true));
        assert_eq!(found("\na\tb\n"), (Delimiter::Tab, true));
        assert_eq!(found("loss"), (Delimiter::Comma, false));
        assert_eq!(found("a|b|c;d\n"), (Delimiter::Semicolon, true));
        assert_eq!(found("a|b|c\n"), (Delimiter::Pipe, true));
    }
}
