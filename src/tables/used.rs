//! Rows as written, to say which of them a fit uses and to write only those.

use super::log::{self, RawRow, Source, line_ends, record};
use crate::runs::{Row, Rows};
use crate::text::quoted;
use crate::{Error, ErrorKind, Result};
use std::collections::HashMap;

/// Most missing cells that may be added to a table: they take about 1 GiB.
const MOST_ABSENT: usize = 1 << 24;

impl Rows {
    /// All rows of a table in these columns; `None` takes every column that has a name.
    ///
    /// ```
    /// use scalewise::internal::Rows;
    /// let csv = b"flops;loss;note\n1e18;3.1;\n1e19;2.8;warm\n1e20;2.5;\n";
    /// let mut rows = Rows::read(csv, "runs.csv", Some(&["loss".into(), "flops".into()]))?;
    /// rows.rows.retain(|row| row.line != 3);
    /// assert_eq!(rows.to_csv(), "\"loss\",\"flops\"\n\"3.1\",\"1e18\"\n\n\"2.5\",\"1e20\"\n");
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the bytes are not a table, or one of the columns is missing.
    pub fn read(bytes: &[u8], source: &str, columns: Option<&[String]>) -> Result<Rows> {
        let table = log::read(&Source::bytes(bytes, source))?;
        let columns: Vec<String> = match columns {
            Some(chosen) => chosen.to_vec(),
            None => table
                .header
                .iter()
                .filter(|name| !name.is_empty())
                .cloned()
                .collect(),
        };
        let mut known: HashMap<&str, usize> = HashMap::new();
        for (place, name) in table.header.iter().enumerate() {
            known.entry(name).or_insert(place);
        }
        let places = columns
            .iter()
            .map(|name| {
                known.get(name.as_str()).copied().ok_or_else(|| {
                    Error::new(
                        ErrorKind::Data,
                        format!("there is no column {}", quoted(name)),
                    )
                    .at(source, None, None)
                })
            })
            .collect::<Result<Vec<usize>>>()?;
        // Every row gets a cell for every column, even if its JSON line lacks it.
        let held: usize = table.rows.iter().map(RawRow::cells_held).sum();
        let all = table.rows.len().saturating_mul(places.len());
        if all.saturating_sub(held) > MOST_ABSENT {
            let message = format!(
                "{} rows of {} columns lack more than {MOST_ABSENT} cells, which would be written as blank ones",
                table.rows.len(),
                places.len()
            );
            return Err(Error::new(ErrorKind::Data, message)
                .at(source, None, None)
                .with_hint("leave out the keys that only a few lines have"));
        }
        let rows = table.rows.iter().map(|row| Row {
            line: row.line,
            cells: places.iter().map(|&k| row.cell(k).to_owned()).collect(),
        });
        Ok(Rows {
            rows: rows.collect(),
            columns,
        })
    }

    /// The table with every row on its own line and blank lines for the other rows, so that line
    /// numbers also hold in the whole table.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut text = record(self.columns.iter().map(String::as_str));
        let mut line = 1 + line_ends(text.as_bytes());
        for row in &self.rows {
            while line < row.line {
                text.push('\n');
                line += 1;
            }
            let written = record(row.cells.iter().map(String::as_str));
            line += line_ends(written.as_bytes());
            text.push_str(&written);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_on_their_lines_whatever_is_left_out() {
        let csv =
            "\n\na;\"b\n(unit)\"\r\n1;\"x\r\ny\"\r\n\r\n2; \"say \"\"hi\"\"\" \n3;\"p,q;r\"\n4;z";
        let Ok(all) = Rows::read(csv.as_bytes(), "t.csv", None) else {
            unreachable!("it is a table");
        };
        for keep in 0..16u32 {
            let mut some = all.clone();
            let mut k = 0;
            some.rows.retain(|_| {
                k += 1;
                keep >> (k - 1) & 1 == 1
            });
            match Rows::read(some.to_csv().as_bytes(), "t.csv", None) {
                Ok(again) => assert_eq!(again, some),
                Err(error) => assert!(keep == 0, "{error}"),
            }
        }
    }
}
