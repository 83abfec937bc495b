//! From bytes to a [`Dataset`](crate::Dataset) that is valid by construction, or to pass counts.
//!
//! A row goes through these files in turn: `stream` (bytes to cells with their lines), `columns` (which column plays which
//! role), `filter` (which rows are asked for), `row` (cells to a [`Run`](crate::Run)), `select` (runs and exclusions).
//!
//! ```
//! use scalewise::tables::{self, ReadOptions};
//! let csv = b"flops,loss\n1e18,3.1\n1e19,NaN\n1e20,2.5\n";
//! let (data, understanding) = tables::read(csv, "runs.csv", &ReadOptions::default())?;
//! assert_eq!(data.runs().len(), 2);
//! assert_eq!(data.excluded()[0].line, 3);
//! assert_eq!(data.excluded()[0].reason, "loss is not a number ('NaN')");
//! assert_eq!(understanding.rows, 3);
//! # Ok::<(), scalewise::Error>(())
//! ```

mod columns;
mod counts_gathering;
mod counts_reading;
mod filter;
mod log;
mod loss_unit;
mod options;
mod read;
mod reshape;
mod row;
mod row_filter;
mod select;
mod series;
mod understanding;
mod used;

pub use crate::runs::Series;
pub use crate::runs::{Row, Rows};
pub use counts_reading::{fitted_counts, holds_counts, read_counts};
pub use filter::Filter;
pub use log::{Delimiter, Source, read_beside, read_bytes, read_document};
pub use loss_unit::{Amount, LossConversion, LossUnit, Per, Text};
pub use options::{CountOptions, Needs, ReadOptions};
pub use read::{read, read_source};
pub use reshape::{Let, Reduce, Reshape};
pub use series::{TargetRow, read_counts_by, read_series, read_targets, series_of};
pub use understanding::{ColumnUse, ComputeFrom, Range, Understanding};
