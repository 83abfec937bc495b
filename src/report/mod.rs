//! What people and programs read: one document model as text and Markdown, tables as CSV, and JSON.

mod allocation;
mod answer;
mod backtest;
mod capability;
mod capability_data;
mod capability_target;
mod capability_words;
mod check;
mod check_counts;
mod code;
mod compare;
mod document;
mod fit;
mod forecast;
mod forecast_rows;
mod isoflop;
mod laws;
mod ledger;
mod many;
pub mod page;
#[cfg(feature = "parquet")]
mod parquet;
mod picture;
mod registered;

pub use answer::{Among, Answer, json};
pub use check_counts::{CountsUnderstood, ModelUnderstood};
pub use code::{latex, python};
pub use document::{Block, Document, Tone};
pub use fit::{fit, parameters_csv};
pub use forecast_rows::{Row, answer_rows, many_rows, rows_csv, rows_table};
pub use laws::Laws;
pub use many::{Piece, SeriesJson, Wanted, judged, many_csv, many_document, together};
#[cfg(feature = "parquet")]
pub use parquet::parquet;
pub use registered::{registered, scored};
