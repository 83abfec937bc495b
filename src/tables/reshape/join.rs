//! What else is known of a run, from a table with one row a run.

use super::super::columns;
use super::super::log::{self, RawRow, RawTable, Source, bad};
use super::super::options::ReadOptions;
use crate::Result;
use crate::remedy::Setting;
use crate::text::{excerpt, list, quoted};
use std::collections::{HashMap, HashSet};

/// The other table, with the columns of it that are added.
pub(super) struct Join {
    key: usize,
    known: HashMap<String, RawRow>,
    added: Vec<usize>,
}

impl Join {
    /// Adds the columns of the other table to the header; a column of both must not differ.
    pub(super) fn plan(table: &mut RawTable, bytes: &[u8], options: &ReadOptions) -> Result<Join> {
        let other = log::read(&Source::bytes(bytes, "joined table"))?;
        let key = columns::find_group(table, options)?;
        let name = &table.header[key];
        let Some(other_key) = other.header.iter().position(|h| h == name) else {
            let message = format!(
                "no column {} that tells the runs apart; the columns are {}",
                quoted(name),
                list(other.header.iter().map(String::as_str))
            );
            return Err(bad(&other.source, None, message)
                .with_hint("give both tables a column of the same name with the run"));
        };
        let added: Vec<usize> = (0..other.header.len())
            .filter(|k| *k != other_key)
            .collect();
        let mut known: HashMap<String, RawRow> = HashMap::new();
        for row in other.rows {
            let (run, line) = (row.cell(other_key).to_owned(), row.line);
            if let Some(first) = known.get(&run) {
                let message = format!("run {} is on lines {} and {line}", quoted(&run), first.line);
                return Err(bad(&other.source, Some(line), message).with_hint("give one row a run"));
            }
            known.insert(run, row);
        }
        let names: HashSet<&String> = table.header.iter().collect();
        for &k in &added {
            if names.contains(&other.header[k]) {
                let message = format!("column {} is in both tables", quoted(&other.header[k]));
                return Err(bad(&other.source, None, message).with_hint("rename it in one of them"));
            }
        }
        table
            .header
            .extend(added.iter().map(|k| other.header[*k].clone()));
        Ok(Join { key, known, added })
    }

    /// Adds what is known of the row's run.
    pub(super) fn add_to(&self, row: &mut RawRow, source: &str) -> Result<()> {
        let run = row.cell(self.key);
        let Some(facts) = self.known.get(run) else {
            let message = format!("nothing is known of run '{}'", excerpt(run));
            return Err(bad(source, Some(row.line), message)
                .with_hint("add it to the joined table, or leave its rows out")
                .with_remedy(Setting::Exclude));
        };
        self.added.iter().for_each(|k| row.add(facts.cell(*k)));
        Ok(())
    }
}
