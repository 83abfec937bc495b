//! The settings of a forecast of a run in progress.

use super::laws::CurveLaw;
use super::recipe::Recipe;
use super::schedule::Schedule;
use super::tuning::Tuning;

/// What to forecast of a run, and from what.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CurveQuestion {
    /// The step that the run will end at.
    pub end: f64,
    /// The schedule of the learning rate, for the future and for steps without a logged rate.
    pub schedule: Option<Schedule>,
    /// An earlier fit of the same recipe.
    pub recipe: Option<Recipe>,
    /// Levels of the intervals.
    pub levels: Vec<f64>,
    /// Points at or before this step are left out; if absent, the warm-up or the first twentieth of
    /// the known steps, whichever is longer.
    pub skip_until: Option<f64>,
    /// The laws; if empty, those that suit the schedule.
    pub laws: Vec<CurveLaw>,
    /// The constants chosen by calibration.
    #[doc(hidden)]
    pub tuning: Tuning,
}

impl CurveQuestion {
    /// A forecast of the loss at `end`, with a 90 % interval.
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
