//! What is asked of a run in progress.

use super::laws::CurveLaw;
use super::recipe::Recipe;
use super::schedule::Schedule;
use super::tuning::Tuning;

/// What is asked of a run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CurveQuestion {
    /// The step that the run will end at.
    pub end: f64,
    /// The schedule of the learning rate, where the log has none, and for the future.
    pub schedule: Option<Schedule>,
    /// An earlier fit of the same recipe.
    pub recipe: Option<Recipe>,
    /// Levels of the intervals.
    pub levels: Vec<f64>,
    /// Points at and before this step are left out; without one, the warm-up and the first
    /// twentieth of what is known are.
    pub skip_until: Option<f64>,
    /// The laws; none are those that suit what is known of the schedule.
    pub laws: Vec<CurveLaw>,
    /// What was chosen by calibration.
    #[doc(hidden)]
    pub tuning: Tuning,
}

impl CurveQuestion {
    /// About the loss at `end`, with an interval of 90 %.
    #[must_use]
    pub fn new(end: f64) -> CurveQuestion {
        CurveQuestion {
            end,
            schedule: None,
            recipe: None,
            levels: vec![0.9],
            skip_until: None,
            laws: Vec::new(),
            tuning: Tuning::default(),
        }
    }
}
