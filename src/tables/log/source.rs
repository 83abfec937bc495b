//! Where the bytes of a table come from. Only this file of the module does input.

use super::complaint::{endless_row, unreadable};
use super::limits::{LONGEST_ROW, MEMORY};
use super::origin::Origin;
#[cfg(feature = "parquet")]
use super::parquet::Columnar;
use super::record::record;
#[cfg(feature = "parquet")]
use super::unpack::PARQUET;
use super::unpack::{HEAD, is_stored, unpacked};
use super::window::line_ends;
use crate::text::excerpt;
use crate::{Error, ErrorKind, Result};
use memchr::memrchr2;
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Most bytes of a file that is read whole beside the runs: about twice a law file of a million
/// runs.
const SIDE: usize = 512 << 20;

/// Bytes that are read between two checks of what has arrived.
const AT_ONCE: u64 = 8 << 20;

const TABLE_HINT: &str = "leave out what is not needed, or split it";

/// Bytes that show what a file holds, plus one to show that it continues.
const OPENING: usize = (1 << 16) + 1;

/// A file, standard input, or bytes in memory. Compression by gzip or Zstandard is recognised by
/// the first bytes, not by the name.
///
/// ```
/// use scalewise::{ReadOptions, tables::{Source, read_source}};
/// let source = Source::bytes(b"flops,loss\n1e18,3.1\n1e19,2.8\n", "runs.csv");
/// let (data, _) = read_source(&source, &ReadOptions::default())?;
/// assert_eq!(data.runs().len(), 2);
/// # Ok::<(), scalewise::Error>(())
/// ```
pub struct Source<'a> {
    name: String,
    from: From<'a>,
    /// Which files the rows come from, and what was done with them.
    origins: Vec<Origin>,
    notes: Vec<String>,
}

enum From<'a> {
    Memory(Cow<'a, [u8]>),
    File(PathBuf),
    /// Some bytes, and below them a part of a file: from where, and how many.
    Part(Cow<'a, [u8]>, PathBuf, (u64, u64)),
    Once(Mutex<Once>),
}

/// A source that can be read only once, such as a pipe.
struct Once {
    opening: Vec<u8>,
    rest: Option<Box<dyn Read + Send>>,
}

impl<'a> Source<'a> {
    /// Bytes in memory, and their name in messages.
    #[must_use]
    pub fn bytes(bytes: &'a [u8], name: &str) -> Source<'a> {
        Source::from(name.to_owned(), From::Memory(Cow::Borrowed(bytes)))
    }

    /// Columns in memory, as a table. Every number is kept exactly.
    ///
    /// ```
    /// use scalewise::{ReadOptions, tables::{Source, read_source}};
    /// let (compute, loss) = ([1e18, 1e19], [3.1, 2.8]);
    /// let source = Source::columns(&[("flops", &compute), ("loss", &loss)], "my runs")?;
    /// assert_eq!(read_source(&source, &ReadOptions::default())?.0.runs()[1].loss(), 2.8);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the columns differ in length or there are none.
    pub fn columns(columns: &[(&str, &[f64])], name: &str) -> Result<Source<'static>> {
        let rows = columns.first().map_or(0, |column| column.1.len());
        if columns.is_empty() || columns.iter().any(|column| column.1.len() != rows) {
            let message = "a table needs columns, all of one length";
            return Err(Error::new(ErrorKind::Usage, message).with_hint("give one number a run"));
        }
        let mut text = record(columns.iter().map(|column| column.0));
        for row in 0..rows {
            // The shortest text that reads back as the same number.
            let cells: Vec<String> = columns.iter().map(|c| format!("{:?}", c.1[row])).collect();
            text += &record(cells.iter().map(String::as_str));
        }
        Ok(Source::made(name.to_owned(), text.into_bytes()))
    }

    fn from(name: String, from: From<'a>) -> Source<'a> {
        Source {
            name,
            from,
            origins: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Bytes that this program made.
    pub(in crate::tables) fn made(name: String, bytes: Vec<u8>) -> Source<'static> {
        Source::from(name, From::Memory(Cow::Owned(bytes)))
    }

    /// Adds where the rows come from, and what was done with them.
    pub(in crate::tables) fn with_origins(
        mut self,
        origins: Vec<Origin>,
        notes: Vec<String>,
    ) -> Self {
        (self.origins, self.notes) = (origins, notes);
        self
    }

    /// What was done to make the table, in words.
    pub(in crate::tables) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The original file and line of a row, if it comes from another file.
    pub(in crate::tables) fn origin(&self, line: u64) -> Option<(&str, u64)> {
        Origin::of(&self.origins, line)
    }

    /// A file, or standard input for `-`. A file is not read yet; of a source that can be read only
    /// once, the beginning is.
    ///
    /// # Errors
    /// When the file is missing, a directory, or not readable; each has its own message.
    pub fn open(path: &Path) -> Result<Source<'static>> {
        let name = path.to_string_lossy().into_owned();
        let from = if name == "-" {
            once(Box::new(io::stdin())).map_err(|e| unreadable("standard input", &e))?
        } else if path.is_dir() {
            return Err(Error::new(ErrorKind::Io, "is a directory, not a file")
                .at(&excerpt(&name), None, None)
                .with_hint("name a file inside it"));
        } else {
            let file = File::open(path).map_err(|e| unreadable(&name, &e))?;
            match file.metadata() {
                Ok(about) if about.is_file() => From::File(path.to_owned()),
                _ => once(Box::new(file)).map_err(|e| unreadable(&name, &e))?,
            }
        };
        Ok(Source::from(name, from))
    }

    /// A part of a file, from a byte up to another one, below other bytes. Nothing is decompressed
    /// that does not begin these bytes.
    #[doc(hidden)]
    #[must_use]
    pub fn part(path: &Path, above: &'a [u8], (from, to): (u64, u64)) -> Source<'a> {
        let part = (from, to.saturating_sub(from));
        let from = From::Part(Cow::Borrowed(above), path.to_owned(), part);
        Source::from(path.to_string_lossy().into_owned(), from)
    }

    /// Whether it is a file whose bytes are read as they are stored.
    pub(in crate::tables) fn is_file_as_stored(&self) -> bool {
        let stored = || -> Result<bool> {
            let mut head = Vec::new();
            let read = self.packed()?.take(HEAD).read_to_end(&mut head);
            read.map_err(|cause| unreadable(&self.name, &cause))?;
            Ok(is_stored(&head))
        };
        matches!(self.from, From::File(_)) && stored().unwrap_or(false)
    }

    /// The name in messages: the path of a file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All bytes of a table, decompressed; Parquet is returned as CSV.
    ///
    /// # Errors
    /// When they cannot be read or decompressed, are more than 2 GiB, or hold a line of more than
    /// 64 MiB.
    pub fn read(&self) -> Result<Vec<u8>> {
        #[cfg(feature = "parquet")]
        if let Some(bytes) = self.columns_as_csv(MEMORY + 1)? {
            return match bytes.len() > MEMORY {
                true => Err(self.too_long(MEMORY, TABLE_HINT)),
                false => Ok(bytes),
            };
        }
        self.rows_up_to(MEMORY)
    }

    /// As [`Source::read`], but at most `limit` bytes are read.
    pub(in crate::tables) fn rows_up_to(&self, limit: usize) -> Result<Vec<u8>> {
        let mut line = 0;
        self.up_to(limit, TABLE_HINT, |bytes, before| {
            match memrchr2(b'\n', b'\r', &bytes[before..]) {
                Some(at) => line = before + at + 1,
                // An endless line is refused before it fills the memory.
                None if bytes.len() - line > LONGEST_ROW => {
                    return Err(endless_row(&self.name, 1 + line_ends(&bytes[..line])));
                }
                None => {}
            }
            Ok(())
        })
    }

    /// All bytes, decompressed, of a file that is read beside the runs: a law file, an entry or a
    /// score.
    ///
    /// # Errors
    /// When they cannot be read or decompressed, are more than 512 MiB, or are many and do not
    /// begin like such a file.
    pub fn document(&self) -> Result<Vec<u8>> {
        let opening = self.opening();
        let first = opening.iter().find(|byte| !byte.is_ascii_whitespace());
        if opening.len() == OPENING && first != Some(&b'{') {
            let message = "not a law file, an entry or a score: it does not begin with '{'";
            return Err(Error::new(ErrorKind::Data, message)
                .at(&excerpt(&self.name), None, None)
                .with_hint("name a JSON file that this program wrote"));
        }
        let hint =
            "name a JSON file that this program wrote; one of a million runs has about 250 MiB";
        self.up_to(SIDE, hint, |_, _| Ok(()))
    }

    /// All bytes, decompressed, of a table beside that of the runs; Parquet is returned as CSV.
    pub(in crate::tables) fn beside(&self) -> Result<Vec<u8>> {
        #[cfg(feature = "parquet")]
        if let Some(bytes) = self.columns_as_csv(SIDE + 1)? {
            return match bytes.len() > SIDE {
                true => Err(self.too_long(SIDE, TABLE_HINT)),
                false => Ok(bytes),
            };
        }
        self.rows_up_to(SIDE)
    }

    /// All bytes, decompressed, or the error that there are too many. `look` is called with the
    /// bytes so far and the start of the latest part.
    fn up_to(
        &self,
        limit: usize,
        hint: &str,
        mut look: impl FnMut(&[u8], usize) -> Result<()>,
    ) -> Result<Vec<u8>> {
        let too_long = || self.too_long(limit, hint);
        if let From::File(path) = &self.from
            && path
                .metadata()
                .is_ok_and(|about| about.len() > limit as u64)
        {
            return Err(too_long());
        }
        let mut reader = self.reader()?.take(limit as u64 + 1);
        let mut bytes = Vec::new();
        loop {
            let before = bytes.len();
            let read = reader.by_ref().take(AT_ONCE).read_to_end(&mut bytes);
            read.map_err(|cause| unreadable(&self.name, &cause))?;
            if bytes.len() > limit {
                return Err(too_long());
            }
            if bytes.len() == before {
                return Ok(bytes);
            }
            look(&bytes, before)?;
        }
    }

    /// All bytes, decompressed, of a file of any kind.
    pub(in crate::tables) fn all_up_to(&self, limit: usize) -> Result<Vec<u8>> {
        self.up_to(limit, TABLE_HINT, |_, _| Ok(()))
    }

    /// All bytes as stored, which may be compressed.
    #[cfg(feature = "xlsx")]
    pub(in crate::tables) fn packed_up_to(&self, limit: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = self
            .packed()?
            .take(limit as u64 + 1)
            .read_to_end(&mut bytes);
        read.map_err(|cause| unreadable(&self.name, &cause))?;
        match bytes.len() > limit {
            true => Err(self.too_long(limit, TABLE_HINT)),
            false => Ok(bytes),
        }
    }

    /// The first bytes as stored.
    #[cfg(any(feature = "parquet", feature = "xlsx"))]
    pub(in crate::tables) fn head(&self) -> Result<Vec<u8>> {
        const LONGEST: usize = 8;
        let mut head = Vec::new();
        match &self.from {
            From::Once(once) => {
                let once = held(once);
                head.extend_from_slice(&once.opening[..once.opening.len().min(LONGEST)]);
            }
            _ => {
                let read = self.packed()?.take(LONGEST as u64).read_to_end(&mut head);
                read.map_err(|cause| unreadable(&self.name, &cause))?;
            }
        }
        Ok(head)
    }

    fn too_long(&self, limit: usize, hint: &str) -> Error {
        let limit = match limit >> 30 {
            0 => format!("{} MiB", limit >> 20),
            gib => format!("{gib} GiB"),
        };
        Error::new(ErrorKind::Data, format!("more than {limit}"))
            .at(&excerpt(&self.name), None, None)
            .with_hint(hint)
    }

    /// The first bytes, decompressed, as many as can be read. Errors in the rest appear when it is
    /// read.
    #[must_use]
    pub fn opening(&self) -> Vec<u8> {
        #[cfg(feature = "parquet")]
        if let (true, Ok(Some(text))) = (self.reopens(), self.columns_as_csv(OPENING)) {
            return text;
        }
        let reader = match &self.from {
            From::Once(once) => unpacked(Box::new(Cursor::new(held(once).opening.clone()))).ok(),
            _ => self.reader().ok(),
        };
        let mut bytes = Vec::new();
        if let Some(reader) = reader {
            // The bytes before an error are kept.
            let _ = reader.take(OPENING as u64).read_to_end(&mut bytes);
        }
        bytes
    }

    /// Whether the source is longer than what [`Source::opening`] returned.
    pub(in crate::tables) fn is_longer_than(&self, opening: &[u8]) -> bool {
        opening.len() >= OPENING
    }

    /// Whether it can be read from the beginning again.
    pub(crate) fn reopens(&self) -> bool {
        !matches!(self.from, From::Once(_))
    }

    /// The decompressed bytes from the beginning.
    pub(super) fn reader(&self) -> Result<Box<dyn Read + '_>> {
        unpacked(self.packed()?).map_err(|cause| unreadable(&self.name, &cause))
    }

    /// The file, if it holds Parquet, which is read from its end. Other sources are written to a
    /// temporary file.
    #[cfg(feature = "parquet")]
    pub(super) fn parquet(&self) -> Result<Option<File>> {
        let unreadable = |cause: io::Error| unreadable(&self.name, &cause);
        if !self.head()?.starts_with(PARQUET) {
            return Ok(None);
        }
        if let From::File(path) = &self.from {
            return File::open(path).map(Some).map_err(unreadable);
        }
        let mut file = tempfile::tempfile().map_err(unreadable)?;
        io::copy(&mut self.packed()?, &mut file).map_err(unreadable)?;
        Ok(Some(file))
    }

    /// The first rows of Parquet as CSV; `None` if the source is not Parquet.
    #[cfg(feature = "parquet")]
    fn columns_as_csv(&self, enough: usize) -> Result<Option<Vec<u8>>> {
        let Some(file) = self.parquet()? else {
            return Ok(None);
        };
        Columnar::as_csv(file, &self.name, enough).map(Some)
    }

    fn packed(&self) -> Result<Box<dyn Read + '_>> {
        Ok(match &self.from {
            From::Memory(bytes) => Box::new(&**bytes),
            From::File(path) => Box::new(File::open(path).map_err(|e| unreadable(&self.name, &e))?),
            From::Part(above, path, (start, length)) => {
                let mut file = File::open(path).map_err(|e| unreadable(&self.name, &e))?;
                let moved = file.seek(SeekFrom::Start(*start));
                moved.map_err(|e| unreadable(&self.name, &e))?;
                Box::new(Cursor::new(&**above).chain(file.take(*length)))
            }
            From::Once(once) => {
                let mut once = held(once);
                let Some(rest) = once.rest.take() else {
                    let message = "it can be read but once";
                    return Err(Error::new(ErrorKind::Io, message)
                        .at(&self.name, None, None)
                        .with_hint("copy it to an ordinary file and name that one"));
                };
                Box::new(Cursor::new(std::mem::take(&mut once.opening)).chain(rest))
            }
        })
    }
}

/// A panic while the lock was held leaves consistent contents: they are never changed in part.
fn held(once: &Mutex<Once>) -> MutexGuard<'_, Once> {
    once.lock().unwrap_or_else(PoisonError::into_inner)
}

fn once(mut input: Box<dyn Read + Send>) -> io::Result<From<'static>> {
    let mut opening = Vec::new();
    input
        .by_ref()
        .take(OPENING as u64)
        .read_to_end(&mut opening)?;
    Ok(From::Once(Mutex::new(Once {
        opening,
        rest: Some(input),
    })))
}

/// The bytes of a table from a file, or from standard input for `-`, decompressed if gzip or
/// Zstandard compressed them.
///
/// # Errors
/// When the file is missing, a directory, unreadable, damaged, or too long, as for
/// [`Source::read`]. Each has its own message.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    Source::open(path)?.read()
}

/// As [`read_bytes`] for a law file, an entry or a score.
///
/// # Errors
/// As for [`Source::document`].
pub fn read_document(path: &Path) -> Result<Vec<u8>> {
    Source::open(path)?.document()
}
