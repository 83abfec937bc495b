//! The exact fit of L(N, D) = E + A/N^α + B/D^β.
//!
//! `scan` solves the other parameters exactly at every plausible pair of exponents. `newton`
//! descends from the best cells, for Huber's loss along a path of shrinking thresholds. The point
//! found is checked by the conditions of Karush, Kuhn and Tucker. All minima that different cells
//! lead to are reported.
// Small matrices of fixed size read best with their indices.
#![allow(clippy::needless_range_loop)]

mod centred;
mod diagnose;
mod exhaustive;
mod kernel;
mod newton;
mod problem;
mod scan;
mod sums;

pub(crate) use centred::{Centred, Point};
pub(crate) use diagnose::{collinear, findings};
pub(crate) use exhaustive::Exhaustive;
pub(crate) use exhaustive::exhaustive;
pub(crate) use kernel::{Rho, Workspace};
pub(crate) use newton::{Tilt, descend, descend_tilted, fold, solve_positive};
pub(crate) use problem::{SurfaceProblem, basins};
