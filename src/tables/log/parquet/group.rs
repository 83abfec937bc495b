//! A row group, of which some columns are read.

use super::file::SharedFile;
use super::open::Open;
use super::schema::{Named, Place, columns};
use crate::Result;
use crate::tables::log::complaint::bad;
use crate::tables::log::typed::Chunk;
use crate::text::{excerpt, quoted};
use parquet::errors::Result as Read;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Approximate bytes of a chunk of long rows.
const BYTES: u64 = 16 << 20;
/// The line of the first row: in CSV, the column names would be on line 1.
const FIRST_LINE: u64 = 2;

/// A file whose footer has been read.
pub(super) struct Table {
    reader: SerializedFileReader<SharedFile>,
    pub(super) columns: Vec<Named>,
    /// The line of the first row of every row group.
    pub(super) lines: Vec<u64>,
    source: String,
}

/// Where the reader is, for error messages.
#[derive(Clone, Copy, Default)]
struct At<'a> {
    line: Option<u64>,
    group: Option<usize>,
    column: Option<&'a Named>,
}

impl Table {
    pub(super) fn open(file: File, source: &str) -> Result<Table> {
        let (reader, columns) = guarded(source, At::default(), || {
            let reader = SerializedFileReader::new(SharedFile::new(file)?)?;
            let columns = columns(reader.metadata().file_metadata().schema())?;
            Ok((reader, columns))
        })?;
        let mut line = FIRST_LINE;
        let groups = reader.metadata().row_groups().iter();
        let lines = groups.map(|group| {
            let first = line;
            line = line.saturating_add(rows_of(group) as u64);
            first
        });
        Ok(Table {
            lines: lines.collect(),
            reader,
            columns,
            source: source.to_owned(),
        })
    }

    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// Every column.
    pub(super) fn all(&self) -> Vec<usize> {
        (0..self.columns.len()).collect()
    }

    /// How many rows a row group has.
    pub(super) fn rows(&self, group: usize) -> usize {
        let groups = self.reader.metadata().row_groups();
        groups.get(group).map_or(0, rows_of)
    }

    /// Whether the row group cannot be read from its middle without reading all earlier rows.
    pub(super) fn is_nested(&self, wanted: &[usize]) -> bool {
        let mut places = wanted.iter().map(|k| &self.columns[*k].place);
        places.any(|place| matches!(place, Place::Nested(_)))
    }

    /// Opens a row group to read these columns from a row on.
    pub(super) fn group(
        self: &Arc<Table>,
        group: usize,
        wanted: &[usize],
        from: usize,
    ) -> Result<Group> {
        let mut at = At {
            line: Some(self.lines[group].saturating_add(from as u64)),
            group: Some(group),
            column: None,
        };
        let reader = guarded(&self.source, at, || self.reader.get_row_group(group))?;
        let mut open = Vec::with_capacity(wanted.len());
        for column in wanted {
            let named = &self.columns[*column];
            at.column = Some(named);
            open.push(guarded(&self.source, at, || {
                let mut opened = Open::new(named, &*reader)?;
                opened.skip(from)?;
                Ok((*column, opened))
            })?);
        }
        let metadata = reader.metadata();
        let bytes: u64 = match self.is_nested(wanted) {
            true => metadata.total_byte_size().max(0).unsigned_abs(),
            false => open.iter().map(|(k, _)| self.bytes(metadata, *k)).sum(),
        };
        let rows = rows_of(metadata);
        let each = bytes / (rows as u64).max(1);
        Ok(Group {
            table: Arc::clone(self),
            group,
            open,
            line: self.lines[group].saturating_add(from as u64),
            left: rows.saturating_sub(from),
            at_once: usize::try_from((BYTES / each.max(1)).max(1)).unwrap_or(usize::MAX),
        })
    }

    /// Bytes of a column in a row group.
    fn bytes(&self, group: &RowGroupMetaData, column: usize) -> u64 {
        match &self.columns[column].place {
            Place::Leaf(leaf) => group
                .column(*leaf)
                .uncompressed_size()
                .max(0)
                .unsigned_abs(),
            Place::Nested(_) => 0,
        }
    }
}

fn rows_of(group: &RowGroupMetaData) -> usize {
    usize::try_from(group.num_rows()).unwrap_or(0)
}

/// The rows of a row group that are not yet read.
pub(super) struct Group {
    table: Arc<Table>,
    group: usize,
    /// The columns that are read, with their positions in the table.
    open: Vec<(usize, Open)>,
    /// The line of the next row.
    pub(super) line: u64,
    left: usize,
    at_once: usize,
}

impl Group {
    /// Skips this many rows.
    pub(super) fn skip(&mut self, rows: usize) -> Result<()> {
        self.each(rows, |open, _| open.skip(rows))
    }

    /// Reads the next rows, at most `most`; `false` after the last.
    pub(super) fn next(&mut self, chunk: &mut Chunk, most: usize) -> Result<bool> {
        let rows = self.left.min(most).min(self.at_once);
        let width = self.table.columns.len();
        chunk.columns.resize_with(width, || None);
        (chunk.rows, chunk.line) = (rows, self.line);
        if rows == 0 {
            return Ok(false);
        }
        self.each(rows, |open, k| {
            open.read(rows, chunk.columns[k].get_or_insert_default())
        })?;
        Ok(true)
    }

    /// Moves every column on by this many rows.
    fn each(
        &mut self,
        rows: usize,
        mut step: impl FnMut(&mut Open, usize) -> Read<()>,
    ) -> Result<()> {
        for (column, open) in &mut self.open {
            let at = At {
                line: Some(self.line),
                group: Some(self.group),
                column: Some(&self.table.columns[*column]),
            };
            guarded(&self.table.source, at, || step(open, *column))?;
        }
        self.left = self.left.saturating_sub(rows);
        self.line = self.line.saturating_add(rows as u64);
        Ok(())
    }
}

/// Runs a reader; a panic on a damaged file becomes an error.
fn guarded<T>(source: &str, at: At<'_>, read: impl FnOnce() -> Read<T>) -> Result<T> {
    let cause = match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(read)) => return Ok(read),
        Ok(Err(cause)) => cause.to_string(),
        Err(_) => "it is damaged".to_owned(),
    };
    let column = at
        .column
        .map(|column| format!("column {}", quoted(&column.name)));
    let group = at.group.map(|group| format!("row group {}", group + 1));
    let place: Vec<String> = column.into_iter().chain(group).collect();
    let place = match place.is_empty() {
        true => String::new(),
        false => format!(" ({})", place.join(" of ")),
    };
    let message = format!(
        "the Parquet data cannot be read{place}: {}",
        excerpt(&cause)
    );
    Err(bad(source, at.line, message)
        .with_hint("write it again uncompressed or with Snappy or gzip, or as CSV"))
}
