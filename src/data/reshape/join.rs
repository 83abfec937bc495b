//! What else is known of a run, from a table with one row a run.

use super::super::columns;
use super::super::options::ReadOptions;
use super::super::raw::{RawRow, RawTable, bad, parse};
use crate::Result;
use crate::text::{excerpt, list, quoted};
use std::collections::HashMap;

/// The table with the columns of the other added to the rows of each run; a column of both must not differ.
pub(super) fn joined(table: RawTable, bytes: &[u8], options: &ReadOptions) -> Result<RawTable> {
    let other = parse(bytes, "--join")?;
    let key = columns::find_group(&table, options)?;
    let name = table.header[key].clone();
    let Some(other_key) = other.header.iter().position(|h| *h == name) else {
        let message = format!(
            "no column {} that tells the runs apart; the columns are {}",
            quoted(&name),
            list(other.header.iter().map(String::as_str))
        );
        return Err(bad(&other.source, None, message)
            .with_hint("give both tables a column of the same name with the run"));
    };
    let mut known: HashMap<&str, &RawRow> = HashMap::new();
    for row in &other.rows {
        if let Some(first) = known.insert(row.cell(other_key), row) {
            let message = format!(
                "run {} is on lines {} and {}",
                quoted(row.cell(other_key)),
                first.line,
                row.line
            );
            return Err(bad(&other.source, Some(row.line), message).with_hint("give one row a run"));
        }
    }
    let added: Vec<usize> = (0..other.header.len())
        .filter(|k| *k != other_key && !table.header.contains(&other.header[*k]))
        .collect();
    if let Some(twice) = (0..other.header.len())
        .find(|k| *k != other_key && table.header.contains(&other.header[*k]))
    {
        let message = format!("column {} is in both tables", quoted(&other.header[twice]));
        return Err(bad(&other.source, None, message).with_hint("rename it in one of them"));
    }
    let mut header = table.header.clone();
    header.extend(added.iter().map(|k| other.header[*k].clone()));
    let rows = table
        .rows
        .iter()
        .map(|row| {
            let run = row.cell(key);
            let Some(facts) = known.get(run) else {
                let message = format!("nothing is known of run '{}'", excerpt(run));
                return Err(bad(&table.source, Some(row.line), message)
                    .with_hint("add it to the table of --join, or leave it out with --exclude"));
            };
            Ok(row.extended(added.iter().map(|k| facts.cell(*k))))
        })
        .collect::<Result<Vec<RawRow>>>()?;
    Ok(RawTable {
        header,
        rows,
        ..table
    })
}
