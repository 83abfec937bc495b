//! The cells beside a pass rate: its standard error, what guessing reaches, a loss on the task.

use super::chance_levels;
use super::columns::Column;
use super::counts_reading::Reader;
use super::log::RawRow;
use super::metrics::Metric;
use super::rate_cell::Rate;
use super::row::positive;
use crate::runs::{LOGARITHM, PassRate, SIZES, within};
use crate::text::{excerpt, quoted};

/// The largest standard error of a mean of numbers between 0 and 1: that of 0 and 1.
const LARGEST: f64 = 0.5;

/// What a table has where it has no value.
const NOTHING: [&str; 7] = ["", "n/a", "na", "nan", "none", "null", "-"];

/// Why a row is left out.
type Reason = String;

impl Reader<'_> {
    /// The rate with what its row says beside it.
    pub(super) fn beside(
        &self,
        row: &RawRow,
        metric: Metric,
        rate: PassRate,
        per_cent: bool,
    ) -> Result<PassRate, Reason> {
        let columns = metric.beside;
        let filled = |column: Option<Column>| {
            column.filter(|column| {
                let cell = row.cell(column.index);
                !NOTHING
                    .iter()
                    .any(|nothing| nothing.eq_ignore_ascii_case(cell))
            })
        };
        let stderr = filled(columns.stderr).map(|column| self.stderr(row, column, per_cent));
        let chance = filled(columns.chance).map(|column| self.chance(row, column, per_cent));
        let loss = filled(columns.loss).map(|column| self.positive(row, column));
        Ok(PassRate {
            size: self.size(row),
            stderr: stderr.transpose()?,
            chance: chance
                .transpose()?
                .or_else(|| self.known_chance(row, metric)),
            loss: loss.transpose()?,
            ..rate
        })
    }

    /// N and D, if both are known. Where another column has the compute, they need not be.
    fn size(&self, row: &RawRow) -> Option<(f64, f64)> {
        let value = |column: Option<Column>| self.positive(row, column?).ok();
        Some((value(self.columns.params)?, value(self.columns.tokens)?))
    }

    /// A positive number of a size that can be computed with.
    pub(super) fn positive(&self, row: &RawRow, column: Column) -> Result<f64, Reason> {
        let name = &self.table.header[column.index];
        let value = positive(&column.numeral, row.cell(column.index), name, LOGARITHM)?;
        within(value.value, &SIZES, &excerpt(name))
    }

    /// A standard error is in the unit of its rate.
    fn stderr(&self, row: &RawRow, column: Column, per_cent: bool) -> Result<f64, Reason> {
        let name = &self.table.header[column.index];
        let cell = row.cell(column.index);
        let read = Rate::read(cell, name)?;
        let value = match per_cent && !read.per_cent {
            true => read.value / 100.0,
            false => read.value,
        };
        let name = excerpt(name);
        if value < 0.0 {
            return Err(format!("{name} is negative ({})", quoted(cell)));
        }
        if value > LARGEST {
            return Err(format!(
                "{name} is {}, and a rate between 0 and 1 has none above {LARGEST}",
                quoted(cell)
            ));
        }
        Ok(value)
    }

    /// A chance level is below 1, so from 1 on it is in per cent if its rate is.
    fn chance(&self, row: &RawRow, column: Column, per_cent: bool) -> Result<f64, Reason> {
        let name = &self.table.header[column.index];
        let cell = row.cell(column.index);
        let read = Rate::read(cell, name)?;
        let value = match per_cent && !read.per_cent && read.value >= 1.0 {
            true => read.value / 100.0,
            false => read.value,
        };
        match (0.0..1.0).contains(&value) {
            true => Ok(value),
            false => Err(format!(
                "{} is {}, and guessing reaches at least 0 and less than 1",
                excerpt(name),
                quoted(cell)
            )),
        }
    }

    /// The chance level of the task that the row names, or that the rate's column is called by.
    fn known_chance(&self, row: &RawRow, metric: Metric) -> Option<f64> {
        let cells = self.named_tasks.iter().map(|column| row.cell(*column));
        let rate = self.table.header[metric.rate.index].as_str();
        cells.chain([rate]).find_map(chance_levels::of_task)
    }
}
