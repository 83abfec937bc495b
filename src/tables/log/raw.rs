//! A header and rows of text, each row with its line in the file.

use serde::Serialize;
use std::borrow::Cow;

use super::marks;
#[cfg(feature = "parquet")]
use super::typed::Chunk;
use crate::quantity::{QuantityError, parse_quantity};
use crate::text::trimmed;

/// What separates the fields of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
    /// `|`, used only if no other separator is in the header line.
    Pipe,
    /// None: JSON Lines, one object per row.
    Objects,
    /// None: Parquet, a file of columns.
    #[cfg(feature = "parquet")]
    Columns,
}

impl Delimiter {
    pub(in crate::tables) const ALL: [Delimiter; 4] = [
        Delimiter::Comma,
        Delimiter::Semicolon,
        Delimiter::Tab,
        Delimiter::Pipe,
    ];

    pub(in crate::tables) fn byte(self) -> u8 {
        match self {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab => b'\t',
            Delimiter::Pipe => b'|',
            // Never used: objects have no separator.
            Delimiter::Objects => b'\n',
            #[cfg(feature = "parquet")]
            Delimiter::Columns => b'\n',
        }
    }
}

/// A table as written: nothing interpreted, every row as wide as the header.
#[derive(Debug)]
pub(in crate::tables) struct RawTable {
    /// The file's name as messages show it.
    pub(in crate::tables) source: String,
    pub(in crate::tables) delimiter: Delimiter,
    /// Trimmed column names.
    pub(in crate::tables) header: Vec<String>,
    /// Empty if the rows are read one by one.
    pub(in crate::tables) rows: Vec<RawRow>,
    /// What was done to the table, in words.
    pub(in crate::tables) notes: Vec<String>,
}

impl RawTable {
    /// The same table with none of its rows.
    pub(in crate::tables) fn without_rows(&self) -> RawTable {
        RawTable {
            source: self.source.clone(),
            delimiter: self.delimiter,
            header: self.header.clone(),
            rows: Vec::new(),
            notes: Vec::new(),
        }
    }
}

/// One row, as a view of a larger text.
#[derive(Debug, Clone, Copy)]
pub(in crate::tables) struct RowView<'a> {
    /// 1-based physical line on which the row starts.
    pub(in crate::tables) line: u64,
    /// All cells, with one byte between two of them. There may be other text around them.
    pub(in crate::tables) text: &'a str,
    /// Where in the text the row begins.
    pub(in crate::tables) start: usize,
    /// Where in the text each cell ends.
    pub(in crate::tables) ends: &'a [usize],
    /// Which columns the cells are of.
    pub(super) layout: Layout<'a>,
}

/// Which columns the cells of a row are of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Layout<'a> {
    /// Every column has a cell.
    Every,
    /// Only these columns have one, in growing order. The last column of the table is always among
    /// them.
    Some(&'a [usize]),
    /// The cells are stored by column in this chunk; the number is the row in it.
    #[cfg(feature = "parquet")]
    Chunk(&'a Chunk, usize),
}

impl<'a> Layout<'a> {
    /// The layout of cells in these columns; an empty slice means every column.
    pub(super) fn of(columns: &'a [usize]) -> Layout<'a> {
        match columns {
            [] => Layout::Every,
            some => Layout::Some(some),
        }
    }

    /// The columns; empty if every column has a cell.
    pub(super) fn columns(self) -> &'a [usize] {
        match self {
            Layout::Some(columns) => columns,
            _ => &[],
        }
    }
}

impl<'a> RowView<'a> {
    /// A row whose cells are stored by column.
    #[cfg(feature = "parquet")]
    pub(super) fn in_columns(line: u64, chunk: &'a Chunk, row: usize) -> RowView<'a> {
        RowView {
            line,
            text: "",
            start: 0,
            ends: &[],
            layout: Layout::Chunk(chunk, row),
        }
    }

    /// How many columns there are.
    pub(in crate::tables) fn width(&self) -> usize {
        match self.layout {
            Layout::Every => self.ends.len(),
            Layout::Some(columns) => columns.last().map_or(0, |last| last + 1),
            #[cfg(feature = "parquet")]
            Layout::Chunk(chunk, _) => chunk.width(),
        }
    }

    /// The text of a cell as written.
    #[inline]
    pub(in crate::tables) fn written(&self, column: usize) -> &'a str {
        let place = match self.layout {
            Layout::Every => column,
            Layout::Some(columns) => match columns.binary_search(&column) {
                Ok(place) => place,
                Err(_) => return "",
            },
            #[cfg(feature = "parquet")]
            Layout::Chunk(chunk, row) => return chunk.text(column, row),
        };
        let start = match place.checked_sub(1) {
            Some(before) => self.ends.get(before).map_or(0, |end| end + 1),
            None => self.start,
        };
        let cell = self.ends.get(place).map(|end| start..*end);
        cell.and_then(|cell| self.text.get(cell)).unwrap_or("")
    }

    /// The trimmed text of a cell.
    #[inline]
    pub(in crate::tables) fn cell(&self, column: usize) -> &'a str {
        trimmed(self.written(column))
    }

    /// The finite number of a cell that is stored as a number and not as text.
    #[inline]
    pub(in crate::tables) fn stored(&self, column: usize) -> Option<f64> {
        match self.layout {
            #[cfg(feature = "parquet")]
            Layout::Chunk(chunk, row) => chunk.number(column, row).filter(|v| v.is_finite()),
            _ => {
                let _ = column;
                None
            }
        }
    }

    /// The number of a cell.
    #[inline]
    pub(in crate::tables) fn quantity(&self, column: usize) -> Result<f64, QuantityError> {
        match self.layout {
            #[cfg(feature = "parquet")]
            Layout::Chunk(chunk, row) => match chunk.number(column, row) {
                Some(value) if value.is_finite() => Ok(value),
                Some(value) => parse_quantity(&format!("{value:?}")),
                None => parse_quantity(self.cell(column)),
            },
            _ => parse_quantity(self.cell(column)),
        }
    }

    /// Whether a cell has nothing in it.
    #[inline]
    pub(in crate::tables) fn is_blank(&self, column: usize) -> bool {
        match self.layout {
            #[cfg(feature = "parquet")]
            Layout::Chunk(chunk, row) if chunk.number(column, row).is_some() => false,
            _ => self.cell(column).is_empty(),
        }
    }

    /// A copy that owns its text.
    pub(in crate::tables) fn owned(&self) -> RawRow {
        let mut row = RawRow::default();
        row.set(self);
        row
    }
}

/// A source of rows, one by one.
pub(in crate::tables) trait NextRow<'a> {
    /// The next row, by reference: moving it would cost much of the time that reading takes.
    fn next(&mut self) -> Option<&RowView<'a>>;
}

/// One row that owns its text.
#[derive(Debug, Clone, Default)]
pub(in crate::tables) struct RawRow {
    /// 1-based physical line on which the row starts.
    pub(in crate::tables) line: u64,
    /// All cells, with one byte between two of them.
    text: String,
    /// Where each cell ends.
    ends: Vec<usize>,
    /// As in [`RowView`]. Most rows have a cell for each column, so their columns take one word.
    columns: Option<Box<Columns>>,
}

/// The columns of a row's cells, in growing order.
#[derive(Debug, Clone, Default)]
struct Columns(Vec<usize>);

impl RawRow {
    pub(in crate::tables) fn new<'a>(
        line: u64,
        cells: impl IntoIterator<Item = &'a str>,
    ) -> RawRow {
        let mut row = RawRow {
            line,
            ..RawRow::default()
        };
        cells.into_iter().for_each(|cell| row.push(cell));
        row
    }

    /// Replaces the contents by the cells of some columns, in growing order. The last column of the
    /// `width` columns is filled in if it is missing.
    pub(in crate::tables) fn set_some(&mut self, cells: &[(usize, Cow<'_, str>)], width: usize) {
        self.clear();
        let mut columns = Vec::with_capacity(cells.len() + 1);
        for (column, cell) in cells {
            self.push(cell);
            columns.push(*column);
        }
        let last = width.saturating_sub(1);
        if columns.last() != Some(&last) {
            self.push("");
            columns.push(last);
        }
        self.set_columns(&columns);
    }

    /// Replaces the contents by a whole line.
    pub(in crate::tables) fn set_line(&mut self, line: &str, separator: u8) {
        self.text.clear();
        self.text.push_str(line);
        let count = marks::find(line.as_bytes(), separator, &mut self.ends);
        self.ends.truncate(count);
        self.ends.push(line.len());
        self.columns = None;
    }

    /// Replaces the contents by another row.
    pub(super) fn set(&mut self, row: &RowView<'_>) {
        #[cfg(feature = "parquet")]
        if let Layout::Chunk(chunk, row) = row.layout {
            return self.set_stored(chunk, row);
        }
        self.line = row.line;
        self.clear();
        let end = row.ends.last().copied().unwrap_or(row.start);
        self.text
            .push_str(row.text.get(row.start..end).unwrap_or(""));
        self.ends.extend(row.ends.iter().map(|end| end - row.start));
        self.set_columns(row.layout.columns());
    }

    /// Replaces the contents by a row that is stored by column. Columns that were not read are
    /// blank.
    #[cfg(feature = "parquet")]
    pub(super) fn set_stored(&mut self, chunk: &Chunk, row: usize) {
        self.clear();
        self.line = chunk.line.saturating_add(row as u64);
        for column in 0..chunk.width() {
            self.push_with(|text| {
                if let Some(column) = chunk.column(column) {
                    column.write(row, text);
                }
            });
        }
    }

    fn set_columns(&mut self, columns: &[usize]) {
        self.columns = (!columns.is_empty()).then(|| Box::new(Columns(columns.to_vec())));
    }

    fn columns(&self) -> &[usize] {
        self.columns.as_ref().map_or(&[], |columns| &columns.0)
    }

    /// Adds a column at the end.
    pub(in crate::tables) fn add(&mut self, cell: &str) {
        let width = self.width();
        if let Some(columns) = &mut self.columns {
            columns.0.push(width);
        }
        self.push(cell);
    }

    fn push(&mut self, cell: &str) {
        self.push_with(|text| text.push_str(cell));
    }

    /// Adds a cell at the end of a row with a cell for each column.
    fn push_with(&mut self, write: impl FnOnce(&mut String)) {
        if !self.ends.is_empty() {
            self.text.push('\n');
        }
        write(&mut self.text);
        self.ends.push(self.text.len());
    }

    /// Removes all cells.
    pub(in crate::tables) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.columns = None;
    }

    /// The same row with other text in one cell.
    pub(in crate::tables) fn with_cell(&self, column: usize, text: &str) -> RawRow {
        let cell = |k: usize| if k == column { text } else { self.written(k) };
        if self.columns.is_none() {
            return RawRow::new(self.line, (0..self.width()).map(cell));
        }
        let mut columns = self.columns().to_vec();
        if let Err(place) = columns.binary_search(&column) {
            columns.insert(place, column);
        }
        let mut row = RawRow::new(self.line, columns.iter().copied().map(cell));
        row.set_columns(&columns);
        row
    }

    /// The row as a view.
    pub(in crate::tables) fn view(&self) -> RowView<'_> {
        RowView {
            line: self.line,
            text: &self.text,
            start: 0,
            ends: &self.ends,
            layout: Layout::of(self.columns()),
        }
    }

    /// How many columns there are.
    pub(in crate::tables) fn width(&self) -> usize {
        self.view().width()
    }

    /// The text of a cell as it is written.
    pub(in crate::tables) fn written(&self, column: usize) -> &str {
        self.view().written(column)
    }

    /// The trimmed text of a cell.
    pub(in crate::tables) fn cell(&self, column: usize) -> &str {
        self.view().cell(column)
    }

    /// The columns that have text, with the text.
    pub(in crate::tables) fn filled(&self) -> impl Iterator<Item = (usize, &str)> {
        let columns = self.columns();
        let column = move |place| columns.get(place).copied().unwrap_or(place);
        let cells = (0..self.ends.len()).map(move |place| {
            let column = column(place);
            (column, self.cell(column))
        });
        cells.filter(|(_, cell)| !cell.is_empty())
    }

    /// How many cells it holds; there may be more columns than that.
    pub(in crate::tables) fn cells_held(&self) -> usize {
        self.ends.len()
    }

    /// Bytes of memory that the row takes.
    pub(in crate::tables) fn size(&self) -> usize {
        size_of::<RawRow>()
            + self.text.capacity()
            + size_of::<usize>() * (self.ends.capacity() + self.columns().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_cells_for_some_columns_are_as_wide_as_the_table() {
        let mut row = RawRow::default();
        row.set_some(&[(1, "b".into()), (3, "d".into())], 6);
        let cells = |row: &RawRow| -> Vec<String> {
            (0..row.width())
                .map(|k| row.written(k).to_owned())
                .collect()
        };
        assert_eq!(cells(&row), ["", "b", "", "d", "", ""]);
        row.add("added");
        assert_eq!(
            cells(&row.view().owned()),
            ["", "b", "", "d", "", "", "added"]
        );
        let changed = row.with_cell(1, "B").with_cell(4, "E");
        assert_eq!(cells(&changed), ["", "B", "", "d", "E", "", "added"]);
        row.set_some(&[], 2);
        assert_eq!(cells(&row), ["", ""]);
        row.set_line("x,y", b',');
        assert_eq!(cells(&row), ["x", "y"]);
    }
}
