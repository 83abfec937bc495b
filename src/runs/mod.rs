//! What everything is computed from: training [`Run`]s in a [`Dataset`], and [`PassCounts`].
//!
//! They say nothing of how they were read: [`crate::tables`] makes them from files, and [`Dataset::from_runs`] and
//! [`PassCounts::new`] from numbers in memory.
//!
//! ```
//! use scalewise::{Dataset, runs::Variable};
//! let data = Dataset::from_runs([(1e18, 3.1), (1e19, 2.8), (1e20, 2.6)])?;
//! assert_eq!(data.variable, Variable::Compute);
//! assert_eq!(data.fit_runs().count(), 3);
//! # Ok::<(), scalewise::Error>(())
//! ```

mod counts;
mod dataset;
mod order;
mod range;
mod rows;
mod run;
mod series;
mod variable;

pub use counts::{Count, CountTable, CountedModel, PassCounts, PassRate, PassRates};
pub use dataset::Dataset;
pub(crate) use order::{by_name, by_value, in_order};
pub(crate) use range::{LOGARITHM, LOSSES, SIZES, check_positive, within};
pub use rows::{Row, Rows};
pub use run::{Excluded, Role, Run};
pub use series::Series;
pub use variable::Variable;
