//! Loss curves of single training runs: laws with the learning-rate schedule in them.
//!
//! The points of one run are not independent runs of a ladder, and the loss falls when the learning
//! rate does. The laws here have the sum of the rates in place of compute, and a term for what falls
//! of the rate bring.

mod answer;
mod condense;
mod forecast;
mod joint;
mod laws;
mod log;
mod member;
mod noise;
mod path;
mod posterior;
mod recipe;
mod response;
mod schedule;
mod schedule_text;
#[cfg(test)]
mod tests;
mod tuning;

/// What the faces, the studies and the tests use.
pub(crate) mod hidden {
    pub use super::answer::{CurveAt, CurveForecast, CurveInterval, LawTold, Source};
    pub use super::forecast::{CurveQuestion, forecast_curve};
    pub use super::joint::{Effort as CurveEffort, JointFit, LawParameters};
    pub use super::laws::CurveLaw;
    pub use super::log::{Cleaned, Point as CurvePoint, Restart, Spike};
    pub use super::member::BestParameters;
    pub use super::noise::Noise;
    pub use super::recipe::{Recipe, RecipeRun, curve_losses, fit_curves};
    pub use super::response::Response;
    pub use super::schedule::{Decay, Level, Schedule, Shape as ScheduleShape, Span};
    pub use super::tuning::Tuning;
}
