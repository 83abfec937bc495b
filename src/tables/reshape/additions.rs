//! Columns that are added to a table.

use super::super::log::{RawRow, RawTable};
use super::super::options::ReadOptions;
use super::derive::Derived;
use super::join::Join;
use super::wanted::Reshape;
use crate::Result;

/// Columns that are added to every row: what else is known of its run, then formulas.
pub(super) struct Additions {
    pub(super) join: Option<Join>,
    pub(super) lets: Vec<Derived>,
}

impl Additions {
    pub(super) fn plan(
        table: &mut RawTable,
        how: &Reshape,
        options: &ReadOptions,
    ) -> Result<Additions> {
        let join = match &how.join {
            Some(bytes) => Some(Join::plan(table, bytes, options)?),
            None => None,
        };
        let lets = how.lets.iter().map(|wanted| Derived::plan(table, wanted));
        Ok(Additions {
            join,
            lets: lets.collect::<Result<_>>()?,
        })
    }

    pub(super) fn add_to(&self, row: &mut RawRow, source: &str) -> Result<()> {
        if let Some(join) = &self.join {
            join.add_to(row, source)?;
        }
        self.lets.iter().for_each(|derived| derived.add_to(row));
        Ok(())
    }
}
