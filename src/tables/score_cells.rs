//! The cells that describe a pass rate: its standard error, the chance level, a loss on the task.

use super::chance_levels;
use super::columns::Column;
use super::counts_reading::Reader;
use super::log::RawRow;
use super::metrics::Metric;
use super::rate_cell::Rate;
use super::row::positive;
use crate::runs::{LOGARITHM, PassRate, SIZES, within};
use crate::text::{excerpt, quoted};

/// The largest standard error of a mean of numbers between 0 and 1, reached by the pair 0 and 1.
const LARGEST: f64 = 0.5;

/// Texts that mean a missing value.
const NOTHING: [&str; 7] = ["", "n/a", "na", "nan", "none", "null", "-"];

/// Why a row is left out.
type Reason = String;

impl Reader<'_> {
    /// The rate with what its row says about it.
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

    /// N and D, if both are known. They are optional if another column has the compute.
    fn size(&self, row: &RawRow) -> Option<(f64, f64)> {
        let value = |column: Option<Column>| self.positive(row, column?).ok();
        Some((value(self.columns.params)?, value(self.columns.tokens)?))
    }

    /// A size as a positive finite number.
    pub(super) fn positive(&self, row: &RawRow, column: Column) -> Result<f64, Reason> {
        let name = &self.table.header[column.index];
        let value = positive(&column.numeral, row.cell(column.index), name, LOGARITHM)?;
        within(value.value, &SIZES, &excerpt(name))
    }

    /// The standard error, in the unit of its rate.
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

    /// The chance level. It is below 1, so a value of 1 or more is in per cent if its rate is.
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

    /// The chance level of the task that the row names, or after which the rate's column is named.
    fn known_chance(&self, row: &RawRow, metric: Metric) -> Option<f64> {
        let cells = self.named_tasks.iter().map(|column| row.cell(*column));
        let rate = self.table.header[metric.rate.index].as_str();
        cells.chain([rate]).find_map(chance_levels::of_task)
    }
}
