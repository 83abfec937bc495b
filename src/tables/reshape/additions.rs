//! Columns that are added to a table.

use super::super::filter::Filter;
use super::super::log::{RawRow, RawTable};
use super::super::roles::PARAMS;
use super::super::select::Sieve;
use super::anchors::Anchors;
use super::derive::Derived;
use super::join::Join;
use super::wanted::Reshape;
use crate::remedy::Setting;
use crate::text::quoted;
use crate::{Error, ErrorKind, Result};
use std::collections::HashSet;

/// Columns that are added to every row: first from joined tables, then from formulas.
pub(super) struct Additions<'a> {
    joins: Vec<Join>,
    lets: Vec<Derived>,
    /// Conditions that need no added column. Joined tables need not know the rows that these leave
    /// out.
    sieve: Sieve<'a>,
    /// The table before columns were added.
    before: RawTable,
}

impl<'a> Additions<'a> {
    /// `used` gives the columns that a fit needs once all columns are known; without an answer
    /// every column counts as needed.
    pub(super) fn plan(
        table: &mut RawTable,
        how: &Reshape,
        anchors: impl FnOnce(&RawTable) -> Anchors,
        [excludes, filters]: [&'a [Filter]; 2],
        params: Option<&str>,
        used: impl FnOnce(&RawTable) -> Option<HashSet<usize>>,
    ) -> Result<Additions<'a>> {
        let before = table.without_rows();
        let sieve = Sieve::of_present(&before, excludes, filters);
        let mut joins = Vec::with_capacity(how.join.len());
        if !how.join.is_empty() {
            let anchors = anchors(table);
            let mut taken = vec![false; how.join_on.len()];
            for (place, bytes) in how.join.iter().enumerate() {
                let name = match how.join.len() {
                    1 => "joined table".to_owned(),
                    _ => format!("joined table {}", place + 1),
                };
                let (join, wanted) = Join::plan(table, (name, bytes), how, &anchors)?;
                joins.push(join);
                if let Some(wanted) = wanted {
                    taken[wanted] = true;
                }
            }
            if let Some(place) = taken.iter().position(|taken| !taken) {
                return Err(no_such_pair(table, &how.join_on[place]));
            }
        }
        let lets = how.lets.iter().map(|wanted| Derived::plan(table, wanted));
        let mut lets: Vec<Derived> = lets.collect::<Result<_>>()?;
        lets.extend(Derived::sum(table, &PARAMS, params)?);
        if !joins.is_empty()
            && let Some(mut used) = used(table)
        {
            used.extend(lets.iter().flat_map(Derived::needs));
            joins.iter_mut().for_each(|join| join.pass_over(&used));
        }
        Ok(Additions {
            joins,
            lets,
            sieve,
            before,
        })
    }

    /// Whether the cells of the column depend on the additions.
    pub(super) fn touch(&self, column: usize) -> bool {
        column >= self.before.header.len() || self.joins.iter().any(|join| join.fills(column))
    }

    pub(super) fn add_to(&self, row: &mut RawRow, source: &str) -> Result<()> {
        for join in &self.joins {
            join.add_to(row, source, |row| {
                let refusal = self.sieve.refusal(&row.view(), &self.before)?;
                Ok(refusal.is_some())
            })?;
        }
        self.lets.iter().for_each(|derived| derived.add_to(row));
        Ok(())
    }

    /// What the joined tables lacked, in words; called after all rows.
    pub(super) fn notes(&self) -> impl Iterator<Item = String> {
        self.joins.iter().flat_map(Join::notes)
    }
}

fn no_such_pair(table: &RawTable, wanted: &str) -> Error {
    let message = format!("no table has the columns {} to join on", quoted(wanted));
    Error::new(ErrorKind::Usage, message)
        .at(&table.source, None, None)
        .about(Setting::JoinOn)
        .with_hint("write A=B for column A of the table and column B of the joined one")
}
