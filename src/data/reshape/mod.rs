//! Tables as trackers write them, made into one row a run before any column gets its role.
//!
//! ```text
//! wide (one column a run) -> join (what else is known of a run) -> let (columns from formulas) -> reduce (curves to their ends)
//! ```

mod derive;
mod join;
mod reduce;
mod wide;

pub use derive::Let;
pub use reduce::Reduce;

use super::options::ReadOptions;
use super::raw::RawTable;
use crate::Result;

/// What is done to a table before it is read as runs; the default does nothing.
///
/// ```
/// use scalewise::data::{Dataset, ReadOptions, Reshape};
/// // A tracker's export: one column a run, and a table that says what each run was.
/// let export = b"Step,small - loss,big - loss\n1,3.9,3.5\n2,3.1,2.9\n3,3.0,2.7\n";
/// let options = ReadOptions {
///     reshape: Reshape {
///         wide: true,
///         join: Some(b"run,compute\nsmall,1e18\nbig,1e19\n".to_vec()),
///         reduce: Some("last".parse()?),
///         ..Reshape::default()
///     },
///     ..ReadOptions::default()
/// };
/// let data = Dataset::from_csv_bytes(export, "export.csv", &options)?;
/// let runs: Vec<(f64, f64)> = data.runs.iter().map(|r| (r.compute, r.loss)).collect();
/// assert_eq!(runs, [(1e18, 3.0), (1e19, 2.7)]);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reshape {
    /// One column a run, beside a column of steps.
    pub wide: bool,
    /// Column of the steps, where its name is not one of the usual ones.
    pub step_col: Option<String>,
    /// A table with one row a run: its columns are added to the rows of the run.
    pub join: Option<Vec<u8>>,
    /// New columns, in this order.
    pub lets: Vec<Let>,
    /// How the rows of a run become one.
    pub reduce: Option<Reduce>,
}

/// Applies what is asked for.
pub(super) fn reshape(table: RawTable, options: &ReadOptions) -> Result<RawTable> {
    let how = &options.reshape;
    let mut table = table;
    if how.wide {
        table = wide::long(table, options)?;
    }
    if let Some(bytes) = &how.join {
        table = join::joined(table, bytes, options)?;
    }
    for wanted in &how.lets {
        table = derive::with(table, wanted)?;
    }
    if let Some(rule) = how.reduce {
        table = reduce::reduced(table, rule, options)?;
    }
    Ok(table)
}
