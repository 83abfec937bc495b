//! Two recipes compared by their laws of compute: the multiplier m of a recipe B against a recipe
//! A, which solves L_A(m·C) = L_B(C). A needs m times the compute of B to reach what B reaches at
//! C.
//!
//! A law of N and D is compared on its compute-optimal path, which is a law of compute again, and in
//! tokens at a fixed size.
//!
//! Both laws are fitted together, as one least-squares problem whose rows are runs, or sums and
//! differences of paired runs. An interval, a test and the power of a comparison are then
//! statements about functions of the parameters of that one problem.

mod around;
mod asked;
mod bootstrap;
mod comparison;
mod crossing;
mod curve;
mod design;
mod estimate;
mod hypotheses;
mod joint;
mod place;
mod power;
mod profile;
mod surface;

pub(crate) use asked::{Asked, each_of};
pub(crate) use comparison::{Comparison, Growth, Station, compare};
pub(crate) use crossing::Crossing;
pub(crate) use curve::Curve;
pub(crate) use design::{Held, Side, SideRun, Start};
pub(crate) use hypotheses::Hypothesis;
pub(crate) use place::{MultiplierInterval, NoMultiplier, Place, Verdict};
pub(crate) use power::Power;

#[cfg(test)]
mod surface_tests;
#[cfg(test)]
mod tests;
