//! Tables as trackers write them, made into one row a run before any column gets its role.
//!
//! ```text
//! wide (one column a run) -> join (what else is known of a run) -> let (columns from formulas) -> reduce (curves to their ends)
//! ```
//!
//! Rows that are reduced are not held: a log of any length is read in the memory that its runs take.

mod curves;
mod derive;
mod gathered;
mod join;
mod losses;
mod part;
mod reduce;
mod wide;

pub use derive::Let;
pub use reduce::Reduce;

use super::options::ReadOptions;
use super::raw::{self, RawRow, RawTable};
use super::source::Source;
use super::stream::Stream;
use crate::Result;
use curves::Curves;
use derive::Derived;
use join::Join;

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

/// Columns that are added to every row: what else is known of its run, then formulas.
struct Additions {
    join: Option<Join>,
    lets: Vec<Derived>,
}

impl Additions {
    fn plan(table: &mut RawTable, how: &Reshape, options: &ReadOptions) -> Result<Additions> {
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

    fn add_to(&self, row: &mut RawRow, source: &str) -> Result<()> {
        if let Some(join) = &self.join {
            join.add_to(row, source)?;
        }
        self.lets.iter().for_each(|derived| derived.add_to(row));
        Ok(())
    }
}

/// Reads a table and applies what is asked for.
pub(super) fn read(source: &Source<'_>, options: &ReadOptions) -> Result<RawTable> {
    let how = &options.reshape;
    let (mut table, rows) = if how.wide {
        let mut table = wide::long(raw::read(source)?, options)?;
        let rows = std::mem::take(&mut table.rows);
        (table, Stream::Held(rows.into_iter()))
    } else {
        Stream::open(source)?
    };
    let width = table.header.len();
    let additions = Additions::plan(&mut table, how, options)?;
    let Some(rule) = how.reduce else {
        let name = table.source.clone();
        return raw::hold(table, rows, |row| additions.add_to(row, &name));
    };
    let again = (source.reopens() && !how.wide).then_some(source);
    let curves = Curves::plan(&table, width, &additions, rule, options)?;
    let (rows, note) = curves.reduce(rows, again)?;
    table.rows = rows;
    table.notes.push(note);
    Ok(table)
}
