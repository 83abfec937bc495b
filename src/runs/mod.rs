//! The input of every computation: training [`Run`]s in a [`Dataset`], and [`PassCounts`].
//!
//! They do not depend on how they were read: the module `tables` makes them from files, and
//! [`Dataset::of_compute`], [`Dataset::of_params_tokens`] and [`PassCounts::new`] from numbers in
//! memory.
//!
//! ```
//! use scalewise::{Dataset, runs::Variable};
//! let data = Dataset::of_compute(&[1e18, 1e19, 1e20], &[3.1, 2.8, 2.6])?;
//! assert_eq!(data.variable(), Variable::Compute);
//! assert_eq!(data.fit_runs().count(), 3);
//! # Ok::<(), scalewise::Error>(())
//! ```

mod counts;
mod curve_kind;
pub(crate) mod dataset;
mod decay;
mod in_columns;
mod in_memory;
mod order;
mod range;
pub(crate) mod rows;
pub(crate) mod run;
mod run_log;
mod series;
mod several;
mod variable;

pub use counts::{Count, CountTable, CountedModel, PassCounts, PassRate, PassRates};
pub use curve_kind::CurveKind;
pub(crate) use dataset::Dataset;
pub(crate) use decay::decay_ahead;
pub(crate) use order::{by_name, by_value, in_order};
pub(crate) use range::{
    LOGARITHM, LOSSES, SIX_ND, SIZES, WEIGHT, check_positive, of_any_sign, sigma_beside, within,
};
pub(crate) use rows::{Row, Rows};
pub use run::Excluded;
#[cfg_attr(not(feature = "tables"), allow(unused_imports))]
pub(crate) use run::{NO_COMPUTE, Role, Run};
pub(crate) use run_log::{Carried, LogPoint, ModelSize};
pub use run_log::{LogAxis, RunLog};
pub use series::Series;
pub(crate) use several::OUTCOME;
pub use variable::Variable;
