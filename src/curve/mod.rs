//! Loss curves of single training runs: laws with the learning-rate schedule in them.
//!
//! The points of one run are not independent as the runs of a ladder are, and the loss falls when
//! the learning rate falls. So these laws have the sum of the rates in place of compute, and a term
//! for the effect of falls of the rate.

mod answer;
mod compare;
mod condense;
mod course;
mod document;
mod ended;
mod findings;
mod follow;
mod forecast;
mod joint;
mod laws;
mod log;
mod member;
mod missed;
mod noise;
mod path;
mod posterior;
mod question;
mod recipe;
#[cfg(test)]
mod recipe_tests;
mod response;
mod schedule;
mod schedule_text;
mod sizes;
#[cfg(test)]
mod tests;
mod tuning;

/// What the command line, the bindings, the studies and the tests use.
pub(crate) mod hidden {
    pub use super::answer::{CurveAt, CurveForecast, CurveInterval, LawTold, Source};
    pub use super::compare::{BestStart, Comparison, ScheduleTold};
    pub use super::course::RunCourse;
    pub use super::ended::ended;
    pub use super::follow::Follow;
    pub use super::forecast::forecast_curve;
    pub use super::joint::{Effort as CurveEffort, JointFit, LawParameters};
    pub use super::laws::CurveLaw;
    pub use super::log::{Cleaned, Point as CurvePoint, Restart, Spike};
    pub use super::member::BestParameters;
    pub use super::noise::Noise;
    pub use super::question::CurveQuestion;
    pub use super::recipe::{Recipe, RecipeRun, RecipeRunSeen, curve_losses, fit_curves};
    pub use super::response::Response;
    pub use super::schedule::{Decay, Level, Schedule, Shape as ScheduleShape, Span};
    pub use super::tuning::Tuning;
}
