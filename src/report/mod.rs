//! What people and programs read: one document model as text and Markdown, tables as CSV, and JSON.

mod allocation;
mod backtest;
mod capability;
mod capability_data;
mod capability_report;
mod capability_target;
mod check;
mod check_counts;
mod code;
mod compare;
mod document;
mod fit;
mod forecast;
mod forecast_rows;
mod isoflop;
mod ledger;
pub mod page;
#[cfg(feature = "parquet")]
mod parquet;
mod picture;
mod registered;
mod series;

pub use allocation::{
    AllocationReport, Answer, Cost, FLAT, RefusedQuestion, Withheld, allocation, allocation_csv,
    allocation_in_one_line, withheld_csv,
};
pub use backtest::{BacktestReport, backtest, backtest_csv};
pub use capability::capability;
pub use capability_data::{CapabilityJson, capability_csv, capability_json};
pub use capability_report::CapabilityReport;
pub use check::check;
pub use check_counts::{CountsUnderstood, ModelUnderstood, check_counts};
pub use code::{latex, python};
pub use compare::{comparison, comparison_csv};
pub use document::{Block, Document, Tone};
pub use fit::{fit, parameters_csv};
pub use forecast::{ForecastReport, forecast};
pub use forecast_rows::{Row, reaches_csv, rows_csv, rows_table, unreached_csv};
pub use isoflop::{ApproachRow, IsoflopReport, isoflop, isoflop_csv};
pub use ledger::{LedgerJson, ledger, ledger_csv, ledger_json};
#[cfg(feature = "parquet")]
pub use parquet::parquet;
pub use registered::{Verified, registered, score_csv, scored, verified};
pub use series::{
    OfCounts, OfFit, OfSeries, SeriesJson, backtests_csv, backtests_table, capabilities_csv,
    capabilities_table, fits_csv, fits_table,
};
