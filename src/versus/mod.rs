//! Compares two recipes by their laws of compute. The multiplier m of a recipe B against a recipe A
//! solves L_A(m·C) = L_B(C): A needs m times the compute of B for the loss that B reaches at C.
//!
//! A law in N and D is compared on its compute-optimal path, which is a law of compute again, and
//! in tokens at a fixed size.
//!
//! Both laws are fitted together in one least-squares problem, whose rows are runs, or sums and
//! differences of paired runs. Intervals, tests and the power of a comparison all come from the
//! parameters of this one problem.

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
