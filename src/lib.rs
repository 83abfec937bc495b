//! Fits a scaling law to cheap small training runs, forecasts an expensive large run before it is
//! trained, and says how far to trust the forecast.
//!
//! The types of the crate form a pipeline:
//!
//! 1. [`tables`]: bytes become [`runs`], a [`Dataset`] of [`Run`]s; every row is used, or excluded
//!    with its reason.
//! 2. [`law`]: a [`Law`](law::Law) is a formula with named parameters; your own law is one `impl`.
//! 3. [`fit`]: a [`Fit`] of a law to a data set gives a [`FitResult`]: estimates, covariance, every
//!    basin of the objective, and a verdict with named diagnoses.
//! 4. [`forecast`]: a [`FitResult`] at a [`Target`] gives a [`Forecast`](forecast::Forecast) with
//!    intervals that have a level, a [`Kind`] and a [`Method`].
//! 5. [`backtest`]: forecasts of known larger runs from fewer and fewer smaller ones.
//! 6. [`capability`]: pass counts give the law of the mean log pass rate, or a refusal.
//! 7. [`ledger`]: forecasts fixed in advance, their outcomes, and how often the intervals contained
//!    them.
//! 8. [`ask`]: every use case as a typed request and a typed answer, with all defaults. A program
//!    can do here whatever a person can do at the command line.
//! 9. [`chart`] and [`report`]: answers as pictures, tables and words; they are plain data, and the
//!    caller writes them.
//!
//! ```
//! use scalewise::{Dataset, Fit, Target, law::Saturating};
//!
//! let csv = b"model,flops,loss\n\
//!     111M,2.6e18,2.566\n256M,1.3e19,2.299\n590M,6.1e19,2.184\n\
//!     1.3B,2.8e20,1.996\n2.7B,1.1e21,1.834\n6.7B,6.3e21,1.704\n";
//! let data = Dataset::from_csv_bytes(csv, "runs.csv", &Default::default())?;
//! let fit = Fit::new(Saturating).run(&data)?;
//! let forecast = fit.forecast(Target::at(2.3e22)).levels(&[0.9]).run()?;
//! println!("{:.3}, {:.1} times beyond the largest run", forecast.point, forecast.extrapolation);
//! for diagnosis in &forecast.diagnoses {
//!     println!("{}: {}", diagnosis.code, diagnosis.message);
//! }
//! # assert_eq!(format!("{:.3}", forecast.point), "1.616");
//! # Ok::<(), scalewise::Error>(())
//! ```

#![warn(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]
// Without reports some fields of answers are never read.
#![cfg_attr(not(feature = "report"), allow(dead_code, unused_imports))]

#[macro_use]
mod serialized;

pub mod allocation;
mod arithmetic;
pub mod ask;
pub mod backtest;
pub mod capability;
#[cfg(feature = "chart")]
pub mod chart;
mod code;
#[cfg(feature = "tables")]
mod csv_text;
mod curve;
mod digest;
mod digits;
mod draws;
mod error;
mod finding;
pub mod fit;
pub mod forecast;
mod formula;
mod interval;
pub mod law;
pub mod ledger;
mod machine;
mod number;
mod numeric;
mod plan;
pub mod progress;
pub mod quantity;
mod random;
mod remedy;
#[cfg(feature = "report")]
pub mod report;
mod resampling;
pub mod runs;
mod said;
mod scores;
mod seen;
#[cfg(feature = "tables")]
mod simulate;
mod size;
#[cfg(feature = "tables")]
pub mod tables;
mod text;
mod versus;

pub use error::{Error, ErrorKind, Result};
pub use fit::builder::Fit;
pub use fit::result::FitResult;
pub use forecast::request::Target;
pub use interval::{Abstention, Interval, Kind, Method};
pub use remedy::Remedy;
pub use runs::dataset::Dataset;
pub use runs::run::{Role, Run};
pub use size::Size;
#[cfg(feature = "tables")]
pub use tables::options::ReadOptions;

/// What the command line of the same version, the studies and the tests use. It is not a public
/// interface and changes without notice.
#[doc(hidden)]
pub mod internal {
    pub use crate::allocation::cost_model::CostModel;
    pub use crate::allocation::counted::Counting;
    pub use crate::allocation::formula::Formula;
    pub use crate::allocation::grouping::counted_by;
    pub use crate::allocation::isoflop::{Outcome, approach2_bias, budgets};
    pub use crate::allocation::minima::approach2;
    pub use crate::allocation::sensitivity::sensitivity;
    pub use crate::ask::hidden::*;
    pub use crate::capability::hidden::*;
    pub use crate::capability::simulation::{Benchmark, Simulated, Truth};
    #[cfg(feature = "chart")]
    pub use crate::chart::{MOST_TOGETHER, recipe as recipe_chart, schedules as schedules_chart};
    pub use crate::curve::hidden::*;
    pub use crate::digest::sha256;
    pub use crate::fit::inference::covariance;
    pub use crate::fit::influence::strongest_influence;
    pub use crate::fit::kernels::{CurveScan, SurfaceObjective, TypedKernel, exp_of, ln_of};
    pub use crate::fit::observations::Observations;
    pub use crate::fit::search::best_fit;
    pub use crate::fit::shape::{NoiseSource, Shape};
    pub use crate::forecast::{Anatomy, Widths};
    pub use crate::interval::check_level;
    pub use crate::law::definition::central_difference;
    pub use crate::ledger::hidden::*;
    pub use crate::machine::machine;
    pub use crate::plan::hidden::{Outlook, next_runs, suspicious_run};
    pub use crate::random::{standard_normal, uniform};
    #[cfg(feature = "report")]
    pub use crate::report::internal::*;
    pub use crate::scores::hidden as scores;
    pub use crate::seen::{ColumnSeen, Holds, TableKind, TableSeen};
    #[cfg(feature = "tables")]
    pub use crate::simulate::{Ladder, SimulatedRun, ladder_csv};
    #[cfg(feature = "tables")]
    pub use crate::tables::hidden::*;
    pub use crate::text::{closest, excerpt, is_unprintable, list, one_line, shell_quoted};
}

#[cfg(all(doctest, feature = "report"))]
#[doc = include_str!("../README.md")]
struct Readme;
