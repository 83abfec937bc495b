//! Unites the tables of several files, and records which file each row came from.

use super::super::log::{MEMORY, Origin, RawRow, Source, too_large};
use super::csv_line::line;
use super::file_table::{FileTable, RUN};
use crate::Result;
use crate::text::list;
use std::collections::HashMap;

/// Most blank cells that are written; a table with more is written as JSON Lines.
const MOST_BLANK: usize = 1 << 24;

/// What was united, in words.
pub(super) fn note(tables: &[FileTable], names: &[Option<String>]) -> Option<String> {
    let mut formats: Vec<&str> = tables.iter().filter_map(|table| table.format).collect();
    formats.sort_unstable();
    formats.dedup();
    let what = match &formats[..] {
        [] => String::new(),
        some => format!(" ({})", some.join(", ")),
    };
    let named = names
        .iter()
        .flatten()
        .map(String::as_str)
        .collect::<Vec<_>>();
    let runs = match named.is_empty() {
        true => String::new(),
        false => format!(
            "; column '{RUN}' has the names of the runs: {}",
            list(named)
        ),
    };
    let files = if tables.len() == 1 { "file" } else { "files" };
    let rows: usize = tables.iter().map(|table| table.table.rows.len()).sum();
    (tables.len() > 1 || !formats.is_empty()).then(|| {
        format!(
            "{} {files}{what} became one table, whose rows are lines 2 to {}{runs}",
            tables.len(),
            rows + 1
        )
    })
}

/// One table with the columns of all, in order of first appearance.
pub(super) fn unite(
    name: String,
    tables: Vec<FileTable>,
    names: Vec<Option<String>>,
    notes: Vec<String>,
) -> Result<Source<'static>> {
    let mut header: Vec<String> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut place = |name: &str| {
        *places.entry(name.to_owned()).or_insert_with(|| {
            header.push(name.to_owned());
            header.len() - 1
        })
    };
    if names.iter().any(Option::is_some) {
        place(RUN);
    }
    let parts: Vec<Part> = tables
        .into_iter()
        .zip(names)
        .map(|(file, run)| {
            let added = file
                .added
                .into_iter()
                .filter(|(name, _)| !file.table.header.contains(name));
            let mut fixed: Vec<(usize, String)> =
                added.map(|(name, text)| (place(&name), text)).collect();
            fixed.extend(run.map(|run| (place(RUN), run)));
            let columns = file.table.header.iter().map(|name| match name.is_empty() {
                true => None,
                false => Some(place(name)),
            });
            Part {
                columns: columns.collect(),
                fixed,
                source: file.table.source,
                rows: file.table.rows,
            }
        })
        .collect();
    let rows: usize = parts.iter().map(|part| part.rows.len()).sum();
    let held: usize = parts
        .iter()
        .map(|part| {
            part.rows.iter().map(RawRow::cells_held).sum::<usize>()
                + part.rows.len() * part.fixed.len()
        })
        .sum();
    let blank = rows.saturating_mul(header.len()).saturating_sub(held);
    let mut text = match blank > MOST_BLANK {
        true => String::new(),
        false => line(header.iter().map(String::as_str)),
    };
    // Its first row is on line 2 even if there are no column names above.
    if text.is_empty() {
        text.push('\n');
    }
    let mut next = 2;
    let mut origins = Vec::new();
    let mut cells: Vec<&str> = vec![""; header.len()];
    for part in &parts {
        for row in &part.rows {
            cells.fill("");
            for (column, value) in &part.fixed {
                cells[*column] = value;
            }
            for (column, cell) in row.filled() {
                if let Some(Some(place)) = part.columns.get(column) {
                    cells[*place] = cell;
                }
            }
            match blank > MOST_BLANK {
                true => text += &object(&header, &cells),
                false => text += &line(cells.iter().copied()),
            }
            Origin::note(&mut origins, next, &part.source, row.line);
            next += 1;
            if text.len() > MEMORY {
                return Err(too_large(&part.source, row.line));
            }
        }
    }
    Ok(Source::made(name, text.into_bytes()).with_origins(origins, notes))
}

struct Part {
    /// For each of its columns, the column of the united table.
    columns: Vec<Option<usize>>,
    /// Cells that are the same in all its rows.
    fixed: Vec<(usize, String)>,
    source: String,
    rows: Vec<RawRow>,
}

fn object(header: &[String], cells: &[&str]) -> String {
    let filled = header
        .iter()
        .zip(cells)
        .filter(|(_, cell)| !cell.is_empty());
    let object: serde_json::Map<String, serde_json::Value> = filled
        .map(|(name, cell)| (name.clone(), (*cell).into()))
        .collect();
    serde_json::to_string(&object).unwrap_or_default() + "\n"
}
