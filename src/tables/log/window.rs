//! Bytes as they arrive: the unread part, and the line on which it begins.

use super::complaint::{bad, endless_row, unreadable};
use super::limits::LONGEST_ROW;
use crate::Result;
use memchr::memchr_iter;
use std::io::Read;

/// Bytes per read: they stay in the processor's cache until they are used.
const CHUNK: usize = 256 << 10;

/// A window on the bytes of a table. It moves over the bytes that were read, and grows for a row
/// that does not fit.
pub(super) struct Window<'a> {
    input: Box<dyn Read + 'a>,
    source: String,
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    finished: bool,
    line: u64,
    after_return: bool,
}

/// Some bytes of a table, and their position in their buffer.
pub(super) struct OwnedBytes {
    room: Vec<u8>,
    start: usize,
    end: usize,
}

impl OwnedBytes {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.room[self.start..self.end]
    }

    pub(super) fn into_room(self) -> Vec<u8> {
        self.room
    }
}

impl<'a> Window<'a> {
    /// A window on the bytes after a byte order mark.
    pub(super) fn new(input: Box<dyn Read + 'a>, source: &str) -> Result<Window<'a>> {
        let mut window = Window {
            input,
            source: source.to_owned(),
            bytes: vec![0; CHUNK],
            start: 0,
            end: 0,
            finished: false,
            line: 1,
            after_return: false,
        };
        while window.unread().len() < 3 && window.fill()? {}
        let bytes = window.unread();
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Err(bad(source, None, "not UTF-8 but UTF-16").with_hint(
                "save it as UTF-8, for example: iconv -f utf-16 -t utf-8 IN.csv > OUT.csv",
            ));
        }
        if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
            window.start = 3;
        }
        Ok(window)
    }

    /// Moves over `count` bytes and returns them with their buffer. The bytes after them are copied
    /// into `spare`.
    pub(super) fn split_off(&mut self, count: usize, mut spare: Vec<u8>) -> OwnedBytes {
        let start = self.start;
        self.pass_lines(count);
        let after = self.end - self.start;
        spare.resize(self.bytes.len(), 0);
        spare[..after].copy_from_slice(self.unread());
        let split = OwnedBytes {
            end: self.start,
            start,
            room: std::mem::replace(&mut self.bytes, spare),
        };
        (self.start, self.end) = (0, after);
        split
    }

    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// The bytes that arrived and are not yet read.
    pub(super) fn unread(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// 1-based line on which the unread part begins; `\n`, `\r\n` and a lone `\r` end a line.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Waits for more bytes after the unread ones; `false` at the end.
    pub(super) fn fill(&mut self) -> Result<bool> {
        if self.finished {
            return Ok(false);
        }
        if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.bytes.len() {
            if self.end >= LONGEST_ROW {
                return Err(endless_row(&self.source, self.line));
            }
            self.bytes.resize(2 * self.end, 0);
        }
        let count = loop {
            match self.input.read(&mut self.bytes[self.end..]) {
                Ok(count) => break count,
                Err(cause) if cause.kind() == std::io::ErrorKind::Interrupted => {}
                Err(cause) => return Err(unreadable(&self.source, &cause)),
            }
        };
        self.end += count;
        self.finished = count == 0;
        Ok(count > 0)
    }

    /// Moves over bytes of one line.
    pub(super) fn pass(&mut self, count: usize) {
        self.start += count;
        self.after_return &= count == 0;
    }

    /// Moves over any bytes and counts their lines.
    pub(super) fn pass_lines(&mut self, count: usize) {
        let bytes = &self.bytes[self.start..self.start + count];
        let lines = memchr_iter(b'\n', bytes).count() + lone_returns(bytes);
        let ended_before = self.after_return && bytes.first() == Some(&b'\n');
        self.line += lines as u64 - u64::from(ended_before);
        // A carriage return at the end counts as a line end now, and a line feed after it does not.
        self.after_return = bytes
            .last()
            .map_or(self.after_return, |byte| *byte == b'\r');
        self.start += count;
    }

    /// Moves to the first byte that is not a line end; `false` at the end.
    pub(super) fn pass_line_ends(&mut self) -> Result<bool> {
        loop {
            let unread = self.unread();
            let count = unread
                .iter()
                .position(|byte| !matches!(byte, b'\r' | b'\n'));
            match count {
                Some(count) => {
                    self.pass_lines(count);
                    return Ok(true);
                }
                None => self.pass_lines(unread.len()),
            }
            if !self.fill()? {
                return Ok(false);
            }
        }
    }

    /// The first byte that is not white space, without moving to it.
    pub(super) fn first_visible(&mut self) -> Result<Option<u8>> {
        let mut searched = 0;
        loop {
            let found = self.unread()[searched..]
                .iter()
                .position(|byte| !byte.is_ascii_whitespace());
            if let Some(at) = found {
                return Ok(Some(self.unread()[searched + at]));
            }
            searched = self.unread().len();
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// The position of the byte that `find` finds, or of the end.
    pub(super) fn position(&mut self, find: impl Fn(&[u8]) -> Option<usize>) -> Result<usize> {
        let mut searched = 0;
        loop {
            let unread = &self.bytes[self.start + searched..self.end];
            if let Some(at) = find(unread) {
                return Ok(searched + at);
            }
            searched += unread.len();
            if !self.fill()? {
                return Ok(searched);
            }
        }
    }
}

/// A part of a table as text.
pub(super) fn utf8<'a>(bytes: &'a [u8], source: &str, line: u64) -> Result<&'a str> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let byte = bytes.get(at).copied().unwrap_or_default();
        let lines = line_ends(&bytes[..at]);
        bad(
            source,
            Some(line + lines),
            format!("not UTF-8: byte 0x{byte:02x}"),
        )
        .with_hint("save it as UTF-8, for example: iconv -f latin1 -t utf-8 IN.csv > OUT.csv")
    })
}

/// How many lines end among the bytes.
pub(in crate::tables) fn line_ends(bytes: &[u8]) -> u64 {
    (memchr_iter(b'\n', bytes).count() + lone_returns(bytes)) as u64
}

fn lone_returns(bytes: &[u8]) -> usize {
    let lone = |at: &usize| bytes.get(at + 1) != Some(&b'\n');
    memchr_iter(b'\r', bytes).filter(lone).count()
}
