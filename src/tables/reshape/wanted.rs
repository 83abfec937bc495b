//! What can be done to a table before it is read as runs.

use super::super::log::Decimal;
use super::reduce::Reduce;
use crate::remedy::Setting;
use crate::{Error, ErrorKind, Result};
use std::str::FromStr;

/// What is done to a table before it is read as runs; the default does nothing.
///
/// ```
/// use scalewise::{Dataset, ReadOptions, tables::Reshape};
/// // A tracker's export: one column a run, and a table that says what each run was.
/// let export = b"Step,small - loss,big - loss\n1,3.9,3.5\n2,3.1,2.9\n3,3.0,2.7\n";
/// let options = ReadOptions {
///     reshape: Reshape {
///         wide: true,
///         join: vec![b"run,compute\nsmall,1e18\nbig,1e19\n".to_vec()],
///         reduce: Some("last".parse()?),
///         ..Reshape::default()
///     },
///     ..ReadOptions::default()
/// };
/// let data = Dataset::from_csv_bytes(export, "export.csv", &options)?;
/// let runs: Vec<(f64, f64)> = data.runs().iter().map(|r| (r.x(), r.loss())).collect();
/// assert_eq!(runs, [(1e18, 3.0), (1e19, 2.7)]);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reshape {
    /// The decimal sign of the numbers in the tables. By default it is a point, and commas separate
    /// thousands where they cannot be anything else.
    pub decimal: Option<Decimal>,
    /// Whether the table has one column per run, beside a column of steps.
    pub wide: bool,
    /// Column of the steps, if it has no usual name.
    pub step_col: Option<String>,
    /// Other tables, joined in turn: their columns are added to the rows of the same run, or of the
    /// same run and step if a table has several rows per run.
    pub join: Vec<Vec<u8>>,
    /// Columns that identify runs, as `A=B`: A of the table, B of the joined one. Each applies to
    /// the joined tables that have it.
    pub join_on: Vec<String>,
    /// Which table is right if a column of both has different values.
    pub prefer: Option<Prefer>,
    /// New columns, in this order.
    pub lets: Vec<Let>,
    /// How the rows of a run are reduced to one.
    pub reduce: Option<Reduce>,
}

/// Which of two joined tables is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefer {
    /// The table that was read first.
    Left,
    /// The joined one.
    Right,
}

impl FromStr for Prefer {
    type Err = Error;

    fn from_str(text: &str) -> Result<Prefer> {
        match text.trim() {
            "left" => Ok(Prefer::Left),
            "right" => Ok(Prefer::Right),
            _ => {
                let message = format!("'{text}' is neither left nor right");
                Err(Error::new(ErrorKind::Usage, message)
                    .about(Setting::Prefer)
                    .with_hint("left is the table itself, right the joined one"))
            }
        }
    }
}

/// A new column: `compute = 6*n_params*step*512*2048`.
///
/// A formula has numbers, quantities such as 125M, names of columns (in backquotes if they hold
/// characters other than letters, digits, `_` and `.`), `+ - * / ^` and brackets. It sees the
/// numbers as written: the units that column names give are not applied.
#[derive(Debug, Clone, PartialEq)]
pub struct Let {
    pub(super) name: String,
    pub(super) formula: String,
}

impl FromStr for Let {
    type Err = Error;

    fn from_str(text: &str) -> Result<Let> {
        let parts = text.split_once('=').map(|(n, f)| (n.trim(), f.trim()));
        match parts {
            Some((name, formula)) if !name.is_empty() && !formula.is_empty() => Ok(Let {
                name: name.to_owned(),
                formula: formula.to_owned(),
            }),
            _ => Err(
                Error::new(ErrorKind::Usage, format!("'{text}' is not NAME=FORMULA"))
                    .about(Setting::Let)
                    .with_hint("for example 'compute=6*n_params*step*1e6'"),
            ),
        }
    }
}
