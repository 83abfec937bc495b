//! The rows that an entry rests on: a digest of their text, and their place in the table.
//!
//! The digest covers the trimmed text of every cell of every used row, in every column that the
//! table had when it was registered. It does not cover unused rows, columns added later, columns
//! without a name, the order of rows and columns, quotes, separators, and white space around a
//! cell.

use crate::digest::sha256;
use crate::runs::{Row, Rows};
use crate::text::excerpt;
use crate::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// A description of the data of an entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataUsed {
    /// Name of the file, without folders.
    pub source: String,
    /// The named columns of the table, in its order.
    pub columns: Vec<String>,
    /// Number of used rows.
    pub rows: usize,
    /// The largest fitted compute; rows with more were not used.
    pub largest_compute: f64,
    /// The lines of the used rows, in the order of the digest: `2-7,9`.
    pub lines: String,
    /// `sha256:` and the digest of the columns and the rows. Each is a JSON array of texts on its
    /// own line, with the rows sorted by their bytes.
    pub digest: String,
}

/// A row, or the columns, as a line of the digested text.
fn canonical(cells: &[String]) -> String {
    // Texts can always be serialised.
    serde_json::to_string(cells).unwrap_or_default() + "\n"
}

/// The rows in the order of the digest, and the digest.
fn in_order(rows: &Rows) -> (Vec<&Row>, String) {
    let mut lines: Vec<(String, &Row)> = rows
        .rows
        .iter()
        .map(|row| (canonical(&row.cells), row))
        .collect();
    lines.sort_by(|(a, p), (b, q)| a.cmp(b).then(p.line.cmp(&q.line)));
    let head = canonical(&rows.columns);
    let digest = sha256(std::iter::once(&head).chain(lines.iter().map(|(text, _)| text)));
    (lines.into_iter().map(|(_, row)| row).collect(), digest)
}

impl DataUsed {
    /// A description of the used rows; `largest_compute` is that of the largest fitted run.
    #[must_use]
    pub fn of(used: &Rows, source: &str, largest_compute: f64) -> DataUsed {
        let (rows, digest) = in_order(used);
        DataUsed {
            source: source.to_owned(),
            columns: used.columns.clone(),
            rows: rows.len(),
            largest_compute,
            lines: ranges(rows.iter().map(|row| row.line)),
            digest,
        }
    }

    /// The rows of a table at the lines of the used rows.
    #[must_use]
    pub fn in_place(&self, table: &Rows) -> Rows {
        let lines = unranged(&self.lines, self.rows).unwrap_or_default();
        let lines: HashSet<u64> = lines.into_iter().collect();
        let mut rows = table.clone();
        rows.rows.retain(|row| lines.contains(&row.line));
        rows
    }

    /// Gives the rows found now the lines that they had at registration.
    ///
    /// # Errors
    /// [`ErrorKind::Data`] if a row was changed, is missing or was added.
    pub fn restore(&self, found: &Rows, source: &str) -> Result<Rows> {
        let bad = |message: String| Error::new(ErrorKind::Data, message).at(source, None, None);
        let hint = "rows that were not used may change, the others not: compare with the table that was registered";
        if found.rows.len() != self.rows {
            let moved = "rows that have moved cannot be told from rows that have joined them: put the new rows behind the others";
            return Err(bad(format!(
                "CHANGED: {} rows are used where {} were registered",
                found.rows.len(),
                self.rows
            ))
            .with_hint(match found.rows.len() > self.rows {
                true => moved,
                false => hint,
            }));
        }
        let (rows, digest) = in_order(found);
        if digest != self.digest {
            return Err(bad(format!(
                "CHANGED: the {} used rows have {digest}, registered was {}",
                self.rows, self.digest
            ))
            .with_hint(hint));
        }
        let lines = unranged(&self.lines, self.rows).ok_or_else(|| {
            bad(format!(
                "the entry's lines '{}' make no sense",
                excerpt(&self.lines)
            ))
        })?;
        let mut rows: Vec<Row> = rows
            .into_iter()
            .zip(lines)
            .map(|(row, line)| Row {
                line,
                cells: row.cells.clone(),
            })
            .collect();
        rows.sort_by_key(|row| row.line);
        Ok(Rows {
            columns: found.columns.clone(),
            rows,
        })
    }
}

/// 2, 3, 4, 9, 6 → `2-4,9,6`.
fn ranges(lines: impl Iterator<Item = u64>) -> String {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for line in lines {
        match runs.last_mut() {
            Some((_, last)) if line == *last + 1 => *last = line,
            _ => runs.push((line, line)),
        }
    }
    let texts: Vec<String> = runs
        .into_iter()
        .map(|(first, last)| match last == first {
            true => first.to_string(),
            false => format!("{first}-{last}"),
        })
        .collect();
    texts.join(",")
}

/// Largest line accepted, since one blank line would be written for each line before it.
const LAST_LINE: u64 = 100_000_000;

/// The inverse of [`ranges`]; `None` unless it gives exactly `count` different lines.
fn unranged(text: &str, count: usize) -> Option<Vec<u64>> {
    let mut lines = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
        if last < first || last - first >= count as u64 || last > LAST_LINE {
            return None;
        }
        lines.extend(first..=last);
        if lines.len() > count {
            return None;
        }
    }
    let mut different = lines.clone();
    different.sort_unstable();
    different.dedup();
    (lines.len() == count && different.len() == count).then_some(lines)
}

#[cfg(all(test, feature = "tables"))]
mod tests {
    use super::*;

    fn rows(csv: &str) -> Rows {
        match Rows::read(csv.as_bytes(), "t.csv", None) {
            Ok(rows) => rows,
            Err(error) => unreachable!("{error}"),
        }
    }

    #[test]
    fn the_digest_is_fixed_for_ever() {
        // printf '["C","loss"]\n["1e18","3.1"]\n["1e19","2.8"]\n' | sha256sum
        assert_eq!(
            DataUsed::of(&rows("C,loss\n1e19,2.8\n1e18,3.1\n"), "t.csv", 1e19),
            DataUsed {
                source: "t.csv".into(),
                columns: vec!["C".into(), "loss".into()],
                rows: 2,
                largest_compute: 1e19,
                lines: "3,2".into(),
                digest: "sha256:e434386a8e86fc3ba3e7cabd3f249c6c89f1dce99585000bc2f28ddf68edf18f"
                    .into(),
            }
        );
    }

    #[test]
    fn moved_rows_are_found_again_and_changed_ones_are_not() {
        let before = rows("C,loss\n1e19,2.8\n1e18,3.1\n1e18,3.1\n");
        let data = DataUsed::of(&before, "t.csv", 1e19);
        let moved = rows("C;loss\n\"1e18\"; 3.1 \n\n1e18;3.1\n1e19;2.8\n");
        assert_eq!(data.restore(&moved, "t.csv"), Ok(before.clone()));
        for changed in [
            "C,loss\n1e19,2.8\n1e18,3.1\n",
            "C,loss\n1e19,2.8\n1e18,3.1\n1e18,3.10\n",
            "C,loss\n1e19,2.8\n1e18,3.1\n1e19,2.8\n",
            "C,Loss\n1e19,2.8\n1e18,3.1\n1e18,3.1\n",
        ] {
            let refused = data.restore(&rows(changed), "t.csv");
            assert!(refused.is_err_and(|e| e.message().starts_with("CHANGED")));
        }
    }

    #[test]
    fn lines_are_written_as_ranges() {
        for lines in [vec![2], vec![2, 3, 4, 9, 6], vec![5, 4, 3]] {
            let text = ranges(lines.iter().copied());
            assert_eq!(unranged(&text, lines.len()), Some(lines));
        }
        assert_eq!(ranges([2, 3, 4, 9, 6].into_iter()), "2-4,9,6");
        for text in [
            "",
            "a",
            "2-",
            "3-2",
            "2,2",
            "2",
            "1-18446744073709551615",
            "1,2,3",
            "1,100000001",
        ] {
            assert_eq!(unranged(text, 2), None, "{text}");
        }
    }
}
