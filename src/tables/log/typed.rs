//! Rows that follow one another and are stored column by column, numbers as numbers.

use parquet::data_type::ByteArray;
use std::cell::OnceCell;
use std::fmt::Write;
use std::ops::Range;

/// Some rows of a table.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// Those of the columns that are read.
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

    /// The number of a cell whose column is of numbers.
    #[inline]
    pub(super) fn number(&self, column: usize, row: usize) -> Option<f64> {
        self.column(column)?.number(row)
    }

    /// The text of a cell; blank where the column is not read.
    pub(super) fn text(&self, column: usize, row: usize) -> &str {
        self.column(column).map_or("", |column| column.text(row))
    }
}

/// A column of some rows.
#[derive(Debug, Default)]
pub(super) struct Column {
    pub(super) values: Values,
    /// Where the value of each row is; empty where every row has one.
    places: Vec<u32>,
    /// The texts of all numbers, made when the first of them is asked for.
    texts: OnceCell<Texts>,
}

/// The place of a row without a value.
const NOTHING: u32 = u32::MAX;

/// The values themselves.
#[derive(Debug)]
pub(super) enum Values {
    Signed(Vec<i64>),
    Unsigned(Vec<u64>),
    Real(Vec<f64>),
    /// Strings in the memory of their page: equal ones of a dictionary are stored once. Each has
    /// been found to be UTF-8.
    Strings(Vec<ByteArray>),
    /// Everything else, as text.
    Texts(Texts),
}

impl Default for Values {
    fn default() -> Values {
        Values::Texts(Texts::default())
    }
}

impl Column {
    /// Takes note of which rows have a value: those whose level is the highest one. Without any
    /// levels, each has one.
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

    /// The number of a row where the column is of numbers.
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

    /// Adds the text of a row to another one. It makes no other row's.
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

/// Texts in one.
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
