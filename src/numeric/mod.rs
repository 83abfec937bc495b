//! Numerical routines that know nothing about laws: the solvers of the fits, and closed forms.
//!
//! `linear` (QR least squares), `solve` (L-BFGS: the only file that names argmin), `brent` and
//! `bisect` (one variable), `elementary` (exp and ln of whole slices), `vector` (loops compiled
//! twice), `scatter` (points that cover a cube), `moments` and `scan`
//! (exact least squares of a·C^b + c) and `surface` (the optimum of E + A/N^α + B/D^β at C = 6ND).

mod bisect;
mod brent;
mod elementary;
mod linear;
mod moments;
mod nodes;
mod scan;
mod scatter;
mod solve;
mod surface;
mod vector;

pub(crate) use bisect::{bisect, crossing, crossing_within};
pub(crate) use brent::minimise_to;
pub use elementary::{exp_of, ln_of};
pub(crate) use elementary::{exp_scaled, ln_all};
pub(crate) use linear::{QrFactor, gauss_newton_step};
pub(crate) use moments::{EXPONENTS, Moments, NODES};
pub(crate) use nodes::minima;
pub(crate) use scan::{Basin, Limits, PowerProblem};
pub(crate) use scatter::evenly_scattered;
pub(crate) use solve::descend;
pub use surface::{Allocation, SIX, Surface};
pub(crate) use surface::{LogCost, Pulls};
pub(crate) use vector::widest;
