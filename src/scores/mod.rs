//! Scores between the level of chance and one, such as the accuracy of a benchmark: their laws,
//! forecasts inside [0, 1], and suites of tasks.
//!
//! With g the score of guessing, Q = (score − g)/(1 − g) is the share of the rest that is reached.
//! The laws are −ln Q = A·C^(−α) and −ln Q = A/N^α + B/D^β (arXiv 2512.08894), and a sigmoid of a
//! loss that has a law of its own (Bhagia et al. 2024, arXiv 2412.04403). A forecast is the mean of
//! the laws that the table allows, on the scale of ln(score/(1 − score)).

mod average;
mod combine;
mod groups;
mod held_out;
mod least;
mod mean;
mod noise;
mod rolling;
mod says;
mod sigmoid;
mod task;
mod verdict;

#[cfg(test)]
mod tests;

/// What the requests, the studies and the tests use.
pub mod hidden {
    pub use super::average::{Average, average, together};
    pub use super::combine::{Combined, DRIFT, Member, combined};
    pub use super::groups::{Group, Named, groups};
    pub use super::held_out::HeldOut;
    pub use super::noise::Sampling;
    pub use super::rolling::{Step, errors, origins};
    pub use super::task::{Law as ScoreLaw, LawFit, ScoreTarget, TaskFit, TaskRun};
    pub use super::verdict::findings;
}

/// ln(p/(1 − p)).
fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

/// The inverse of [`logit`].
fn from_logit(eta: f64) -> f64 {
    1.0 / (1.0 + (-eta).exp())
}
