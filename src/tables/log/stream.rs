//! The rows of a table in any format, one by one.

use super::block::Block;
use super::complaint::bad;
use super::decimal::Decimal;
use super::json_lines::Objects;
use super::limits::MOST_COLUMNS;
#[cfg(feature = "parquet")]
use super::parquet::Columnar;
use super::raw::{Delimiter, RawRow, RawTable};
use super::records::Records;
use super::source::Source;
use super::window::Window;
use crate::remedy::Setting;
use crate::text::quoted;
use crate::{Error, ErrorKind, Result};
use std::collections::HashMap;

/// Rows that are read as they are asked for.
pub(in crate::tables) struct Stream<'a> {
    format: Format<'a>,
    /// The decimal sign of its numbers, if the user names it.
    decimal: Option<Decimal>,
}

enum Format<'a> {
    Delimited(Records<'a>),
    Objects(Objects<'a>),
    #[cfg(feature = "parquet")]
    Columnar(Columnar),
    Held(std::vec::IntoIter<RawRow>),
}

impl<'a> Stream<'a> {
    /// Opens a source: the table without its rows, and the rows.
    pub(in crate::tables) fn open(source: &'a Source<'_>) -> Result<(RawTable, Stream<'a>)> {
        #[cfg(feature = "parquet")]
        if let Some(file) = source.parquet()? {
            let (columns, header) = Columnar::open(file, source.name())?;
            return table(source, Delimiter::Columns, header, None)
                .map(|table| (table, Stream::of(Format::Columnar(columns))));
        }
        let mut window = Window::new(source.reader()?, source.name())?;
        if window.first_visible()? == Some(b'{') {
            let (objects, header) = Objects::open(window, source)?;
            let table = table(source, Delimiter::Objects, header, None)?;
            return Ok((table, Stream::of(Format::Objects(objects))));
        }
        let (records, header) = Records::open(window)?;
        let line = Some(records.header_line());
        let table = table(source, records.delimiter(), header, line)?;
        Ok((table, Stream::of(Format::Delimited(records))))
    }

    fn of(format: Format<'a>) -> Stream<'a> {
        Stream {
            format,
            decimal: None,
        }
    }

    /// The same rows, whose numbers have this decimal sign.
    pub(in crate::tables) fn written_with(
        mut self,
        decimal: Option<Decimal>,
        table: &RawTable,
    ) -> Result<Stream<'a>> {
        let of_text = Delimiter::ALL.contains(&table.delimiter);
        if decimal.is_some() && !of_text {
            let message = "numbers of this format have decimal points";
            return Err(Error::new(ErrorKind::Usage, message)
                .at(&table.source, None, None)
                .about(Setting::Decimal)
                .with_hint("leave it out"));
        }
        self.decimal = decimal;
        Ok(self)
    }

    /// Rows that are already in memory.
    pub(in crate::tables) fn held(rows: Vec<RawRow>) -> Stream<'a> {
        Stream::of(Format::Held(rows.into_iter()))
    }

    /// Splits off many rows, to be read in parallel with others, if the format allows it. `spare`
    /// holds buffers for them.
    pub(super) fn block(&mut self, spare: &mut Vec<Vec<u8>>) -> Result<Option<Block>> {
        match &mut self.format {
            // Rows whose numbers are rewritten are read one by one.
            Format::Delimited(records) if self.decimal.is_none() => records.block(spare),
            _ => Ok(None),
        }
    }

    /// The rows of a Parquet file.
    #[cfg(feature = "parquet")]
    pub(super) fn columnar(&mut self) -> Option<&mut Columnar> {
        match &mut self.format {
            Format::Columnar(columns) => Some(columns),
            _ => None,
        }
    }

    /// Fills in the columns of kept rows that [`Stream::in_parts`] did not read: of a format stored
    /// by column, it reads only those that every row needs.
    pub(in crate::tables) fn complete(&mut self, rows: Vec<&mut RawRow>) -> Result<()> {
        match &mut self.format {
            #[cfg(feature = "parquet")]
            Format::Columnar(columns) => columns.complete(rows),
            _ => {
                drop(rows);
                Ok(())
            }
        }
    }

    /// The error for a table without rows.
    pub(in crate::tables) fn without_rows(&self, source: &str) -> Error {
        let line = match &self.format {
            Format::Delimited(records) => Some(records.header_line()),
            _ => None,
        };
        bad(source, line, "no rows after the column names")
            .with_hint("add one line for each run below the column names")
    }

    /// Reads the next row into `row`; `false` after the last.
    pub(in crate::tables) fn next(&mut self, row: &mut RawRow) -> Result<bool> {
        let more = self.next_as_written(row)?;
        if let Some(decimal) = self.decimal {
            decimal.mend(row);
        }
        Ok(more)
    }

    fn next_as_written(&mut self, row: &mut RawRow) -> Result<bool> {
        match &mut self.format {
            Format::Delimited(records) => records.next(row),
            Format::Objects(objects) => objects.next(row),
            #[cfg(feature = "parquet")]
            Format::Columnar(columns) => columns.next(row),
            Format::Held(rows) => match rows.next() {
                Some(next) => {
                    *row = next;
                    Ok(true)
                }
                None => Ok(false),
            },
        }
    }
}

fn table(
    source: &Source<'_>,
    delimiter: Delimiter,
    header: Vec<String>,
    line: Option<u64>,
) -> Result<RawTable> {
    if header.len() > MOST_COLUMNS {
        let message = format!("{} columns, more than {MOST_COLUMNS}", header.len());
        return Err(bad(source.name(), line, message)
            .with_hint("name the columns in the first line, and give each run a line of its own"));
    }
    refuse_doubled_names(&header, line, source.name())?;
    Ok(RawTable {
        source: source.name().to_owned(),
        delimiter,
        header,
        rows: Vec::new(),
        notes: source.notes().to_vec(),
    })
}

fn refuse_doubled_names(header: &[String], line: Option<u64>, source: &str) -> Result<()> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (later, name) in header.iter().enumerate().filter(|(_, n)| !n.is_empty()) {
        if let Some(earlier) = places.insert(name, later) {
            let message = format!(
                "two columns have the name {} (columns {} and {})",
                quoted(name),
                earlier + 1,
                later + 1
            );
            return Err(
                bad(source, line, message).with_hint("rename one of them in the first line")
            );
        }
    }
    Ok(())
}
