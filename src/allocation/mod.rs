//! Compute-optimal training from a fitted surface L(N, D): N*, D* and L* with intervals, what they
//! cost, and how they compare with the other two approaches of Hoffmann et al. (2022).
//!
//! ```
//! use scalewise::allocation::{AllocationMethod, AllocationQuantity, Surface, Uncertainty};
//! use scalewise::{Dataset, Fit, ReadOptions, tables::Needs, law::Chinchilla};
//! # use scalewise::law::Law;
//! let mut csv = "params,tokens,loss\n".to_owned();
//! for n in [1e8, 3e8, 1e9, 3e9] {
//!     for d in [2e9, 8e9, 3e10] {
//!         let wobble = 1.0 + 1e-3 * f64::ln(n * d).sin();
//!         csv += &format!("{n},{d},{}\n", Chinchilla.predict(&[n, d], &[482.0, 2085.0, 1.8, 0.35, 0.37]) * wobble);
//!     }
//! }
//! let options = ReadOptions { needs: Needs::SURFACE, ..ReadOptions::default() };
//! let fit = Fit::new(Chinchilla).run(&Dataset::from_csv_bytes(csv.as_bytes(), "runs.csv", &options)?)?;
//! let best = Surface::of(&fit)?.optimal(1e22);
//! let uncertainty = Uncertainty::new(&fit)?;
//! let asked = uncertainty.at(1e22).level(0.9).methods(&[AllocationMethod::Profile]);
//! let intervals = asked.of(AllocationQuantity::Params);
//! assert!(intervals[0].lower.unwrap() < best.params && best.params < intervals[0].upper.unwrap());
//! # Ok::<(), scalewise::Error>(())
//! ```

mod bootstrap;
mod budget_findings;
mod capped;
mod cost_curve;
mod cost_findings;
pub(crate) mod cost_model;
pub(crate) mod counted;
mod envelope;
mod flops;
pub(crate) mod formula;
pub(crate) mod grouping;
mod inference;
pub(crate) mod isoflop;
mod joint;
mod least_squares;
pub(crate) mod minima;
mod optimum;
mod parabola;
mod power_line;
mod profile;
mod quantity;
pub(crate) mod sensitivity;
mod standing;
mod surface;
mod uncertainty;
mod valley;

pub use crate::numeric::{Allocation, Surface};
pub(crate) use bootstrap::Bootstrap;
pub use bootstrap::Resampling;
pub(crate) use budget_findings::budget_findings;
pub(crate) use capped::Capped;
pub(crate) use cost_findings::cost_findings;
pub(crate) use counted::{Counting, Own};
pub(crate) use envelope::approach1;
pub use flops::{Flops, FlopsSaid};
pub(crate) use grouping::{Way, grouped};
pub(crate) use inference::InferenceAware;
pub(crate) use isoflop::{Budget, Minimum, OFF_CENTRE, Outcome, budgets};
pub(crate) use minima::{Minima, Redrawn, approach2_line_bias};
pub(crate) use power_line::PowerLine;
pub use quantity::AllocationQuantity;
pub(crate) use sensitivity::{SensitivityRow, sensitivity};
pub(crate) use standing::{
    LEVEL, Standing, graded_by, largest_run, of_budget, of_split, ratio_outside,
};
pub use uncertainty::{AllocationInterval, AllocationIntervals, AllocationMethod, Uncertainty};
pub(crate) use valley::{AtSize, inference_flop};
