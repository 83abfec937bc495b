//! Copies of rows in one buffer.

use super::raw::{Layout, NextRow, RawRow, RowView};

/// Rows in one shared text, so that none needs an allocation of its own.
#[derive(Debug, Default)]
pub(super) struct Held {
    text: String,
    ends: Vec<usize>,
    columns: Vec<usize>,
    places: Vec<Place>,
}

/// Where a row begins: in the text, among the ends of cells, and among their columns.
#[derive(Debug, Clone, Copy)]
struct Place {
    line: u64,
    start: usize,
    first: usize,
    first_column: usize,
}

impl Held {
    pub(super) fn push(&mut self, row: &RawRow) {
        let start = self.text.len();
        self.places.push(Place {
            line: row.line,
            start,
            first: self.ends.len(),
            first_column: self.columns.len(),
        });
        let row = row.view();
        self.text.push_str(row.text);
        self.ends.extend(row.ends.iter().map(|end| start + end));
        self.columns.extend_from_slice(row.layout.columns());
    }

    /// Removes all rows and keeps the buffers.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.columns.clear();
        self.places.clear();
    }

    /// Bytes of the rows.
    pub(super) fn size(&self) -> usize {
        self.text.len()
            + size_of_val(&self.ends[..])
            + size_of_val(&self.columns[..])
            + size_of_val(&self.places[..])
    }

    pub(super) fn rows(&self) -> impl NextRow<'_> {
        let rows = self.places.iter().enumerate().map(|(k, place)| {
            let next = self.places.get(k + 1);
            let behind = next.map_or(self.ends.len(), |next| next.first);
            let behind_columns = next.map_or(self.columns.len(), |next| next.first_column);
            RowView {
                line: place.line,
                text: &self.text,
                start: place.start,
                ends: &self.ends[place.first..behind],
                layout: Layout::of(&self.columns[place.first_column..behind_columns]),
            }
        });
        OneByOne { rows, row: None }
    }
}

struct OneByOne<'a, I> {
    rows: I,
    row: Option<RowView<'a>>,
}

impl<'a, I: Iterator<Item = RowView<'a>>> NextRow<'a> for OneByOne<'a, I> {
    fn next(&mut self) -> Option<&RowView<'a>> {
        self.row = self.rows.next();
        self.row.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_what_they_were() {
        let mut some = RawRow::default();
        some.line = 12;
        some.set_some(&[(1, "b".into())], 3);
        let rows = [
            RawRow::new(2, ["a", "", "long"]),
            RawRow::new(3, []),
            RawRow::new(9, [""]),
            RawRow::new(10, ["é", "z"]),
            some,
        ];
        let mut held = Held::default();
        rows.iter().for_each(|row| held.push(row));
        let mut found = Vec::new();
        let mut again = RawRow::default();
        let mut there = held.rows();
        while let Some(row) = there.next() {
            let cells: Vec<&str> = (0..row.width()).map(|k| row.cell(k)).collect();
            again.set(row);
            let written = |row: &RawRow| -> Vec<String> {
                (0..row.width())
                    .map(|k| row.written(k).to_owned())
                    .collect()
            };
            assert_eq!(written(&again), written(&rows[found.len()]));
            assert_eq!(written(&row.owned()), written(&again));
            found.push((row.line, cells));
        }
        let wanted = [
            (2, vec!["a", "", "long"]),
            (3, vec![]),
            (9, vec![""]),
            (10, vec!["é", "z"]),
            (12, vec!["", "b", ""]),
        ];
        assert_eq!(found, wanted);
    }
}
