//! From bytes to a [`Dataset`] that is valid by construction.
//!
//! A row goes through these files in turn: `raw` (bytes to cells with their lines), `columns` (which column plays which
//! role), `filter` (which rows are asked for), `row` (cells to a [`Run`]), `select` (runs and exclusions).
//!
//! ```
//! use scalewise::data::{self, ReadOptions};
//! let csv = b"flops,loss\n1e18,3.1\n1e19,NaN\n1e20,2.5\n";
//! let (data, understanding) = data::read(csv, "runs.csv", &ReadOptions::default())?;
//! assert_eq!(data.runs.len(), 2);
//! assert_eq!(data.excluded[0].line, 3);
//! assert_eq!(data.excluded[0].reason, "loss is not a number ('NaN')");
//! assert_eq!(understanding.rows, 3);
//! # Ok::<(), scalewise::Error>(())
//! ```

mod batch;
mod block;
mod columns;
mod counts;
mod counts_gathering;
mod counts_reading;
mod dataset;
mod filter;
mod held;
mod json_lines;
mod keys;
mod loss_unit;
mod marks;
mod options;
mod order;
#[cfg(feature = "parquet")]
mod parquet;
mod raw;
mod records;
mod reshape;
mod row;
mod select;
mod series;
mod source;
mod stream;
mod understanding;
mod unpack;
mod used;
mod variable;
mod window;

use serde::{Deserialize, Serialize};

pub use counts::{Count, CountOptions, CountTable, CountedModel, PassCounts, PassRate, PassRates};
pub use counts_reading::{fitted_counts, holds_counts, read_counts};
pub use filter::Filter;
pub use loss_unit::{Amount, LossConversion, LossUnit, Per, Text};
pub use options::{Needs, ReadOptions};
pub(crate) use order::{by_name, by_value, in_order};
pub use raw::Delimiter;
pub use reshape::{Let, Reduce, Reshape};
pub(crate) use series::Size;
pub use series::{Series, TargetRow, read_counts_by, read_series, read_targets, series_of};
pub use source::{Source, read_beside, read_bytes, read_document};
pub use understanding::{ColumnUse, ComputeFrom, Range, Understanding};
pub use used::{Row, Rows};
pub use variable::Variable;

use crate::Result;

/// Whether a run is used by the fit or kept to compare the forecast with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// Used by the fit.
    Fit,
    /// Shown as what really happened; never used by the fit.
    Actual,
}

/// One training run: one row of the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// 1-based line in the file it came from (0: made in memory).
    pub line: u64,
    /// Training compute C in FLOP (> 0, finite), or what else the loss is fitted against ([`Dataset::variable`]).
    pub compute: f64,
    /// Parameters N.
    pub params: Option<f64>,
    /// Training tokens D.
    pub tokens: Option<f64>,
    /// Unique tokens among them, where some are repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique_tokens: Option<f64>,
    /// Final loss L (> 0, finite).
    pub loss: f64,
    /// Known standard deviation of the loss, in units of the loss.
    pub sigma: Option<f64>,
    /// The run or model this row belongs to.
    pub group: Option<String>,
    /// Used by the fit, or kept as an actual.
    pub role: Role,
}

/// A row that was read and not used, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excluded {
    /// 1-based line in the file.
    pub line: u64,
    /// Why, in words.
    pub reason: String,
}

/// Valid runs, and every row that was left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Name of the file as the user gave it (`-` for standard input, empty: made in memory).
    pub source: String,
    /// Name of the column of the losses, where the runs come from a table.
    pub loss_column: Option<String>,
    /// The unit of the losses, where it is known.
    pub loss_unit: Option<String>,
    /// What [`Run::compute`] is.
    pub variable: Variable,
    /// Every usable row, in the order of the file.
    pub runs: Vec<Run>,
    /// Every other row with its reason; rows read = runs + excluded.
    pub excluded: Vec<Excluded>,
}

/// Reads a table of runs, and says how it was understood.
///
/// # Errors
/// When the bytes are no table, a needed column is missing or ambiguous, a filter does not fit the columns, or no row
/// is usable.
pub fn read(bytes: &[u8], source: &str, options: &ReadOptions) -> Result<(Dataset, Understanding)> {
    read_source(&Source::bytes(bytes, source), options)
}

/// The same of a file or standard input. A table of curves that [`Reshape::reduce`] makes one row a run is read row by row,
/// in the memory that its runs take, however long it is.
///
/// # Errors
/// As [`read`], when the source cannot be read or unpacked, and when more than 2 GiB would be held in memory.
pub fn read_source(source: &Source<'_>, options: &ReadOptions) -> Result<(Dataset, Understanding)> {
    let table = reshape::read(source, options)?;
    let plan = select::Plan::new(&table, options)?;
    let (dataset, notes) = plan.select(&table, table.rows.iter())?;
    let understanding = understanding::describe(&table, &plan, &dataset, notes);
    Ok((dataset, understanding))
}
