//! The request for which runs to train next.

use super::LEVEL;
use super::law::LawChoice;
use super::table::{RunTable, is_default};
use crate::plan::Design;

/// The most runs of a sequence.
const STEPS: usize = 8;
/// Outcomes that are drawn for each run.
const DRAWS: usize = 48;

request!(
    /// Asks which runs to train next, and when to stop.
    ///
    /// For a law of one variable, the width is that of the calibrated interval, found by
    /// simulation. For other laws, it is the uncertainty that the law leaves at the target.
    ///
    /// ```
    /// use scalewise::{Dataset, ask::PlanRequest};
    /// let runs = [(1e18, 3.1), (1e19, 2.74), (1e20, 2.46), (1e21, 2.25), (1e22, 2.1)];
    /// let answer = PlanRequest::default()
    ///     .at(["1e24"])
    ///     .budget(3e22)
    ///     .grid(["C=1e20..3e22x4"])
    ///     .draws(12)
    ///     .of(&Dataset::from_runs(runs)?)?;
    /// assert!(answer.spent() <= 3e22);
    /// assert!(answer.widths().last() < answer.widths().first());
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    pub struct PlanRequest {
        /// How the table is read.
        #[serde(skip_serializing_if = "is_default")]
        table: RunTable,
        /// The law and how it is fitted; the default is a saturating power law.
        #[serde(skip_serializing_if = "is_default")]
        fit: LawChoice,
        /// Where the forecast is wanted: `1e24`, `100x`, or points and regions such as
        /// `N=7B,S=8` and `N=7B,S=4..8x3`.
        [texts] at: Vec<String>,
        /// The total budget of all runs.
        budget: f64,
        /// The text of a table of runs that could be trained.
        #[serde(skip_serializing_if = "is_default")]
        [text] candidates: Option<String>,
        /// Grids of runs that could be trained, such as `C=1e18..1e21x8`.
        #[serde(skip_serializing_if = "is_default")]
        [texts] grid: Vec<String>,
        /// The cost of a run: a column of the table of candidates, or a formula of the columns of
        /// the law.
        #[serde(skip_serializing_if = "is_default")]
        [text] cost: Option<String>,
        /// Whether other seeds of the fitted runs are excluded from the candidates.
        #[serde(skip_serializing_if = "is_default")]
        no_seeds: bool,
        /// How runs are chosen.
        #[serde(skip_serializing_if = "is_default")]
        design: Design,
        /// How many runs are trained before the next plan.
        batch: usize = 1,
        /// The most runs of the sequence.
        most: usize = STEPS,
        /// Level of the interval.
        level: f64 = LEVEL,
        /// A relative half-width that is sufficient.
        #[serde(skip_serializing_if = "is_default")]
        [into] width: Option<f64>,
        /// Without runs: a compute, and the loss expected there.
        #[serde(skip_serializing_if = "is_default")]
        [into] anchor: Option<(f64, f64)>,
        /// Without runs: the relative standard deviation of a run.
        #[serde(skip_serializing_if = "is_default")]
        [into] noise: Option<f64>,
        /// Outcomes that are drawn for each run.
        draws: usize = DRAWS,
        /// Seed of the draws.
        seed: u64,
        /// Give numbers even if a finding refuses them.
        #[serde(skip_serializing_if = "is_default")]
        force: bool,
    }
);
