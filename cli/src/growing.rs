//! A log that grows: only its new lines are read, as long as its format and its beginning allow it.

use super::args::GatherArgs;
use scalewise::ask::{CurveFollow, CurveRequest, CurveUpdate};
use scalewise::internal::Opening;
use scalewise::tables::Source;
use scalewise::{Error, ErrorKind, Result};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes at the beginning, and before the new lines, that show whether the log was rewritten. Line
/// ends are searched in parts of this size too.
const COMPARED: u64 = 4096;

/// The log of a run in progress.
pub struct Growing<'a> {
    path: &'a Path,
    gather: &'a GatherArgs,
    seen: Option<Seen>,
    /// Whether the last line has no end yet.
    waits: bool,
}

/// What was read, if the next lines can be read alone.
struct Seen {
    read: u64,
    first: Vec<u8>,
    last: Vec<u8>,
    opening: Opening,
}

impl<'a> Growing<'a> {
    pub fn new(path: &'a Path, gather: &'a GatherArgs) -> Growing<'a> {
        Growing {
            path,
            gather,
            seen: None,
            waits: false,
        }
    }

    /// Whether the log has to be looked at again although it did not change.
    pub fn waits(&self) -> bool {
        self.waits
    }

    /// Takes what is new. If the log has `settled`, its last line is complete even without an end.
    pub fn update(
        &mut self,
        request: &CurveRequest,
        follow: &mut CurveFollow,
        settled: bool,
    ) -> Result<Option<CurveUpdate>> {
        self.waits = false;
        let lost = |cause: io::Error| {
            Error::new(ErrorKind::Io, cause.to_string()).at(
                &self.path.to_string_lossy(),
                None,
                None,
            )
        };
        let length = self.path.metadata().map_or(0, |about| about.len());
        // A log that is written anew is empty for a moment.
        if length == 0 && self.seen.is_some() && !settled {
            self.waits = true;
            return Ok(None);
        }
        if let Some(seen) = &mut self.seen
            && let Some(end) = seen.grown(self.path, length).map_err(lost)?
            && (end == length || !settled)
        {
            self.waits = end < length;
            if end == seen.read {
                return Ok(None);
            }
            let part = Source::part(self.path, seen.opening.text(), (seen.read, end));
            if let Some(update) = follow.take_more(&part, &seen.opening)? {
                (seen.first, seen.last) = ends(self.path, end).map_err(lost)?;
                seen.read = end;
                return Ok(update);
            }
        }
        self.whole(request, follow, length, settled)
    }

    /// Reads the log from its beginning.
    fn whole(
        &mut self,
        request: &CurveRequest,
        follow: &mut CurveFollow,
        length: u64,
        settled: bool,
    ) -> Result<Option<CurveUpdate>> {
        (self.seen, self.waits) = (None, false);
        let source = self.gather.open(&[self.path.to_owned()])?;
        // What cannot be read line by line is read as a whole, with its errors.
        if let Ok(end) = line_end(self.path, 0, length)
            && (end == length || !settled)
            && let lines = Source::part(self.path, &[], (0, end))
            && let Ok(Some(opening)) = Opening::of(&source, &lines)
            && let Ok(log) = request.read(&lines)
            && let Ok((first, last)) = ends(self.path, end)
        {
            let read = end;
            self.waits = end < length;
            self.seen = Some(Seen {
                read,
                first,
                last,
                opening,
            });
            return follow.take(&log);
        }
        follow.take(&request.read(&source)?)
    }
}

impl Seen {
    /// The end of the last complete line, if the log only grew, and if its new lines are rows.
    fn grown(&self, path: &Path, length: u64) -> io::Result<Option<u64>> {
        if length < self.read || ends(path, self.read)? != (self.first.clone(), self.last.clone()) {
            return Ok(None);
        }
        let end = line_end(path, self.read, length)?;
        let new = part(&mut File::open(path)?, self.read, end)?;
        Ok((!self.opening.may_end_inside(&new)).then_some(end))
    }
}

/// The first bytes of a file, and the last ones before this place.
fn ends(path: &Path, before: u64) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let mut file = File::open(path)?;
    let first = part(&mut file, 0, before.min(COMPARED))?;
    let last = part(&mut file, before.saturating_sub(COMPARED), before)?;
    Ok((first, last))
}

fn part(file: &mut File, from: u64, to: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(from))?;
    file.take(to.saturating_sub(from)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The place after the last line end between two places; the first of them if there is none.
fn line_end(path: &Path, from: u64, to: u64) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let mut high = to;
    while high > from {
        let low = high.saturating_sub(COMPARED).max(from);
        let bytes = part(&mut file, low, high)?;
        if let Some(at) = bytes.iter().rposition(|byte| *byte == b'\n') {
            return Ok(low + at as u64 + 1);
        }
        high = low;
    }
    Ok(from)
}
