//! Consecutive rows stored by column, numbers as numbers.

use parquet::data_type::ByteArray;
use std::cell::OnceCell;
use std::fmt::Write;
use std::ops::Range;

/// Some rows of a table.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// The columns; `None` for those that are not read.
    pub(super) columns: Vec<Option<Column>>,
    pub(super) rows: usize,
    /// The line of the first row.
    pub(super) line: u64,
}

impl Chunk {
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// The line after that of its last row.
    pub(super) fn end(&self) -> u64 {
        self.line.saturating_add(self.rows as u64)
    }

    /// The values of a column that is read.
    pub(super) fn column(&self, column: usize) -> Option<&Column> {
        self.columns.get(column).and_then(Option::as_ref)
    }

    /// The number of a cell, if its column holds numbers.
    #[inline]
    pub(super) fn number(&self, column: usize, row: usize) -> Option<f64> {
        self.column(column)?.number(row)
    }

    /// The text of a cell; blank if the column is not read.
    pub(super) fn text(&self, column: usize, row: usize) -> &str {
        self.column(column).map_or("", |column| column.text(row))
    }
}

/// A column of the rows of a chunk.
#[derive(Debug, Default)]
pub(super) struct Column {
    pub(super) values: Values,
    /// The index of each row's value; empty if every row has a value.
    places: Vec<u32>,
    /// The numbers as text, made on first use.
    texts: OnceCell<Texts>,
}

/// The index of a row without a value.
const NOTHING: u32 = u32::MAX;

/// The values themselves.
#[derive(Debug)]
pub(super) enum Values {
    Signed(Vec<i64>),
    Unsigned(Vec<u64>),
    Real(Vec<f64>),
    /// Strings in the memory of their page, so that equal ones of a dictionary are stored once. All
    /// were checked to be UTF-8.
    Strings(Vec<ByteArray>),
    /// All other types, as text.
    Texts(Texts),
}

impl Default for Values {
    fn default() -> Values {
        Values::Texts(Texts::default())
    }
}

impl Column {
    /// Records which rows have a value: those with the highest level. An empty `levels` means all.
    pub(super) fn place(&mut self, levels: &[i16], highest: i16) {
        self.texts = OnceCell::new();
        self.places.clear();
        if levels.iter().all(|level| *level == highest) {
            return;
        }
        let mut next = 0;
        self.places.extend(levels.iter().map(|level| {
            let here = *level == highest;
            let place = if here { next } else { NOTHING };
            next += u32::from(here);
            place
        }));
    }

    fn place_of(&self, row: usize) -> Option<usize> {
        match self.places.get(row) {
            None => Some(row),
            Some(&NOTHING) => None,
            Some(place) => Some(*place as usize),
        }
    }

    /// The number of a row, if the column holds numbers.
    #[inline]
    pub(super) fn number(&self, row: usize) -> Option<f64> {
        let place = self.place_of(row)?;
        match &self.values {
            Values::Real(values) => values.get(place).copied(),
            Values::Signed(values) => values.get(place).map(|value| *value as f64),
            Values::Unsigned(values) => values.get(place).map(|value| *value as f64),
            Values::Strings(_) | Values::Texts(_) => None,
        }
    }

    /// The text of a row.
    pub(super) fn text(&self, row: usize) -> &str {
        let Some(place) = self.place_of(row) else {
            return "";
        };
        match &self.values {
            Values::Strings(values) => values.get(place).map_or("", string),
            Values::Texts(texts) => texts.get(place),
            Values::Signed(values) => self.texts(values, |v, out| write!(out, "{v}")).get(place),
            Values::Unsigned(values) => self.texts(values, |v, out| write!(out, "{v}")).get(place),
            Values::Real(values) => self.texts(values, |v, out| write!(out, "{v:?}")).get(place),
        }
    }

    fn texts<T>(
        &self,
        values: &[T],
        write: impl Fn(&T, &mut String) -> std::fmt::Result,
    ) -> &Texts {
        self.texts.get_or_init(|| {
            let mut texts = Texts::default();
            for value in values {
                texts.add(|out| write(value, out).unwrap_or_default());
            }
            texts
        })
    }

    /// Appends the text of a row to `out`, without making the texts of other rows.
    pub(super) fn write(&self, row: usize, out: &mut String) {
        let Some(place) = self.place_of(row) else {
            return;
        };
        let done = match &self.values {
            Values::Signed(values) => values.get(place).map(|value| write!(out, "{value}")),
            Values::Unsigned(values) => values.get(place).map(|value| write!(out, "{value}")),
            Values::Real(values) => values.get(place).map(|value| write!(out, "{value:?}")),
            Values::Strings(_) | Values::Texts(_) => {
                out.push_str(self.text(row));
                None
            }
        };
        done.unwrap_or(Ok(())).unwrap_or_default();
    }
}

fn string(value: &ByteArray) -> &str {
    std::str::from_utf8(value.data()).unwrap_or("")
}

/// Texts in one buffer.
#[derive(Debug, Default)]
pub(super) struct Texts {
    all: String,
    ends: Vec<usize>,
}

impl Texts {
    pub(super) fn add(&mut self, write: impl FnOnce(&mut String)) {
        write(&mut self.all);
        self.ends.push(self.all.len());
    }

    fn range(&self, place: usize) -> Option<Range<usize>> {
        let start = match place.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        Some(start..*self.ends.get(place)?)
    }

    fn get(&self, place: usize) -> &str {
        let text = self.range(place).and_then(|range| self.all.get(range));
        text.unwrap_or("")
    }
}
