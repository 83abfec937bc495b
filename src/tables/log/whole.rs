//! Tables that are read whole into memory.

use super::complaint::too_large;
use super::decimal::Decimal;
use super::limits::MEMORY;
use super::raw::{RawRow, RawTable};
use super::source::Source;
use super::stream::Stream;
use crate::Result;

/// Every row of a table, in memory.
pub(in crate::tables) fn read(source: &Source<'_>) -> Result<RawTable> {
    let (table, rows) = Stream::open(source)?;
    hold(table, rows, |_| Ok(()))
}

/// As [`read`], for numbers with this decimal sign.
pub(in crate::tables) fn read_with(
    source: &Source<'_>,
    decimal: Option<Decimal>,
) -> Result<RawTable> {
    let (table, rows) = Stream::open(source)?;
    let rows = rows.written_with(decimal, &table)?;
    hold(table, rows, |_| Ok(()))
}

/// Reads all rows into the table, after `each` was applied to them.
pub(in crate::tables) fn hold(
    mut table: RawTable,
    mut rows: Stream<'_>,
    each: impl Fn(&mut RawRow) -> Result<()>,
) -> Result<RawTable> {
    let (mut row, mut held) = (RawRow::default(), 0);
    while rows.next(&mut row)? {
        each(&mut row)?;
        // A clone takes no more memory than its text needs.
        let kept = row.clone();
        held += kept.size();
        table.rows.push(kept);
        if held > MEMORY {
            return Err(too_large(&table.source, row.line));
        }
    }
    match table.rows.is_empty() {
        true => Err(rows.without_rows(&table.source)),
        false => Ok(table),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> RawTable {
        match read(&Source::bytes(text.as_bytes(), "t.csv")) {
            Ok(table) => table,
            Err(error) => unreachable!("{error}"),
        }
    }

    fn lines(text: &str) -> Vec<u64> {
        parsed(text).rows.iter().map(|row| row.line).collect()
    }

    #[test]
    fn lines_are_physical_for_every_line_ending() {
        assert_eq!(lines("a,b\n1,2\n3,4\n"), [2, 3]);
        assert_eq!(lines("a,b\r\n1,2\r\n\r\n3,4"), [2, 4]);
        assert_eq!(lines("a,b\r1,2\r3,4\r"), [2, 3]);
        assert_eq!(lines("\n\na,b\n\n  \n1,2\n\n\n3,4\n\n"), [6, 9]);
    }

    #[test]
    fn lines_are_right_after_fields_of_many_lines() {
        assert_eq!(lines("a,b\n\"x\ny\r\nz\",2\n3,4\n"), [2, 5]);
        assert_eq!(lines("\"a\n(unit)\",b\n1,2\n"), [3]);
    }

    #[test]
    fn quotes_inside_fields_are_text() {
        let table = parsed("a,b\n5\" tall,\"say \"\"hi\"\"\"\n");
        let row = &table.rows[0];
        assert_eq!((row.cell(0), row.cell(1)), ("5\" tall", "say \"hi\""));
    }
}
