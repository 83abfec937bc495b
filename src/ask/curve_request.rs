//! The request for a forecast of the end of a training run.

use super::LEVELS;
use super::log_table::LogTable;
use super::table::is_default;
use crate::curve::hidden::CurveLaw;

request!(
    /// Asks for the loss at the end of a training run, from its log so far and its learning-rate
    /// schedule.
    ///
    /// ```
    /// use scalewise::{ask::CurveRequest, runs::RunLog};
    /// let steps: Vec<f64> = (1..=100).map(|k| 50.0 * f64::from(k)).collect();
    /// let losses: Vec<f64> = steps.iter().map(|t| 2.0 + 30.0 * t.powf(-0.5)).collect();
    /// let answer = CurveRequest::default()
    ///     .end(10_000.0)
    ///     .schedule("constant:peak=3e-4")
    ///     .of(&RunLog::of(&steps, &losses)?)?;
    /// assert!((answer.point() - 2.3).abs() < 0.02);
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    pub struct CurveRequest {
        /// How the log is read.
        #[serde(skip_serializing_if = "is_default")]
        log: LogTable,
        /// The step at which the run will end, or the tokens if the log counts these.
        end: f64,
        /// The schedule of the learning rate, such as `cosine:peak=3e-4,end=10%,warmup=2000`.
        #[serde(skip_serializing_if = "is_default")]
        [text] schedule: Option<String>,
        /// The text of a table of learning rates by step, in place of a schedule.
        #[serde(skip_serializing_if = "is_default")]
        [text] rates: Option<String>,
        /// The text of a recipe: laws learnt from complete runs.
        #[serde(skip_serializing_if = "is_default")]
        [text] prior: Option<String>,
        /// Levels of the intervals.
        [list f64] levels: Vec<f64> = LEVELS.to_vec(),
        /// Points up to this step are left out. By default these are the warm-up and the first
        /// twentieth.
        #[serde(skip_serializing_if = "is_default")]
        [into] skip_until: Option<f64>,
        /// The laws; the default is those that suit the schedule.
        #[serde(skip_serializing_if = "is_default")]
        [list CurveLaw] laws: Vec<CurveLaw>,
        /// Give numbers even if a finding refuses them.
        #[serde(skip_serializing_if = "is_default")]
        force: bool,
    }
);
