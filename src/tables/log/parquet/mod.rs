//! Parquet (feature `parquet`). The rows have the line numbers that they would have as CSV.
//!
//! ```text
//! file (shared by threads) -> schema (columns of the table) -> group (a row group, some columns)
//!   -> open (one column, typed) -> rows, parts (read at the same time)
//! ```

mod cell;
mod columnar;
mod file;
mod group;
mod open;
mod parts;
mod rows;
mod schema;
#[cfg(test)]
mod tests;

pub(super) use columnar::Columnar;
