//! Reads a table: bytes to a valid [`Dataset`](crate::Dataset), or to pass counts.
//!
//! A row goes through these files in turn: `stream` (bytes to cells with their lines), `columns`
//! (roles of columns), `filter` (the rows that are asked for), `row` (cells to a
//! [`Run`](crate::Run)), `select` (runs and exclusions).
//!
//! ```
//! use scalewise::{ReadOptions, tables};
//! let csv = b"flops,loss\n1e18,3.1\n1e19,NaN\n1e20,2.5\n";
//! let (data, understanding) = tables::read(csv, "runs.csv", &ReadOptions::default())?;
//! assert_eq!(data.runs().len(), 2);
//! assert_eq!(data.excluded()[0].line, 3);
//! assert_eq!(data.excluded()[0].reason, "loss is not a number ('NaN')");
//! assert_eq!(understanding.rows(), 3);
//! # Ok::<(), scalewise::Error>(())
//! ```

mod candidates;
mod carried;
mod chance_levels;
mod columns;
mod count_roles;
mod counts_columns;
mod counts_gathering;
mod counts_reading;
mod counts_seen;
mod curve_kind;
mod entries;
mod filter;
mod gather;
mod growing;
mod heading;
mod lint;
mod log;
mod log_columns;
mod log_lines;
mod log_size;
mod loss_unit;
mod metrics;
mod named;
mod names;
mod numeral;
pub(crate) mod options;
mod overview;
mod places;
mod points;
mod rate_cell;
mod rates;
mod read;
mod reshape;
mod role_words;
mod roles;
mod row;
mod row_filter;
mod run_columns;
mod run_log;
mod score_cells;
mod score_columns;
mod select;
mod series;
mod task_columns;
mod understanding;
mod used;
mod wanted_columns;

pub(crate) use counts_reading::fitted_counts;
pub use counts_reading::read_counts;
pub use filter::Filter;
pub use gather::{Gather, LogLine, RunFrom};
pub(crate) use log::Delimiter;
pub use log::{Decimal, Source};
pub(crate) use log_columns::LogNames;
pub(crate) use log_lines::log_lines;
pub use loss_unit::{LossConversion, Text};
pub(crate) use options::ReadOptions;
pub use options::{CountOptions, Needs, WantedColumn};
pub(crate) use rates::read_rates;
pub use read::{read, read_source};
pub use reshape::{Let, Prefer, Reduce, Reshape};
pub(crate) use run_log::{LogOptions, read_logs, read_more};
pub use series::read_series;
pub(crate) use series::{read_counts_by, series_of};
pub(crate) use understanding::ComputeFrom;
pub use understanding::{ColumnUse, Understanding};

/// Part of `scalewise::internal`.
pub(crate) mod hidden {
    pub use super::counts_seen::{holds_counts, opens_with_scores, see_counts};
    pub use super::entries::{entry_files, entry_paths};
    pub use super::gather::{foreign_table, gathered_files, read_beside};
    pub use super::growing::Opening;
    pub use super::log::{read_bytes, read_document};
    pub use super::points::{Point, PointRow, read_named, read_point, read_points};
    pub use super::series::{TargetRow, read_targets};
    pub use crate::runs::rows::Rows;
}

pub(crate) use hidden::*;
