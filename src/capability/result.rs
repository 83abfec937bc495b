//! What a fit of pass counts or rates gives.

use super::builder::Rule;
use super::curve::{Curve, CurvePoint};
use super::estimator::Estimator;
use super::fitted::Fitted;
use super::problems::TradeOff;
use super::turning::Turning;
use super::verdict::Verdict;
use crate::runs::{Excluded, PassCounts, Role};
use serde::Serialize;

/// What is known of one model.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ModelRow {
    /// Its name.
    pub(crate) model: String,
    /// Its compute.
    pub(crate) compute: f64,
    /// Problems of the table that it solved at least once; absent where only rates are known.
    pub(crate) solved: Option<usize>,
    /// Mean pass rate over the problems used.
    pub(crate) mean_pass_rate: f64,
    /// Mean of −ln(pass rate) over the problems used.
    pub metric: Option<f64>,
    /// Its standard error for these problems.
    pub(crate) stderr: Option<f64>,
    /// `fit`, `actual` or `dropped`.
    pub role: &'static str,
}

/// A fitted capability.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Capability {
    /// Name of the file as the user gave it.
    pub(crate) source: String,
    /// What compute is called in the table.
    pub(crate) compute_name: String,
    /// Rows read, and rows left out with their reasons.
    pub(crate) rows: usize,
    /// Rows left out.
    pub(crate) excluded: Vec<Excluded>,
    /// The rule; absent where only rates are known.
    pub(crate) rule: Option<Rule>,
    /// How the metric of a model is estimated; absent where the likelihood or a given rate decides.
    pub(crate) estimator: Option<Estimator>,
    /// Every model by growing compute.
    #[doc(hidden)]
    pub models: Vec<ModelRow>,
    /// Problems in the table.
    pub(crate) problems: usize,
    /// Cells of the fitted models, on the problems of the table, without a pass.
    pub(crate) zero_cells: usize,
    /// The hardest problems, left out on request.
    pub(crate) hardest: usize,
    /// Models kept against problems kept, where the rule chooses.
    pub(crate) trade_off: Vec<TradeOff>,
    /// All problems used.
    pub overall: Curve,
    /// The problems that every fitted model solved, by the likelihood: what the plain rule looks
    /// at. Absent where the rule itself chooses, or where these are all problems or fewer than
    /// five.
    pub solved_by_all: Option<Curve>,
    /// The same by difficulty, the easiest first.
    pub buckets: Vec<Curve>,
    /// Problems used whose pass rate does not simply rise with compute, the clearest first.
    pub turning: Vec<Turning>,
    /// What pass@k of the fitted models needs; absent where the likelihood is not the rule.
    pub(super) fitted: Option<Fitted>,
    /// The table, for pictures of single problems; absent where only rates are known.
    pub(crate) counts: Option<PassCounts>,
}

impl Capability {
    /// The verdict on all problems together.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.overall.verdict()
    }
}

/// A row of the table of models.
pub(super) fn row(point: &CurvePoint, solved: Option<usize>, rate: f64, used: bool) -> ModelRow {
    ModelRow {
        model: point.model.clone(),
        compute: point.compute,
        solved,
        mean_pass_rate: rate,
        metric: point.metric,
        stderr: point.stderr,
        role: match (used, point.role) {
            (false, _) => "dropped",
            (true, Role::Fit) => "fit",
            (true, Role::Actual) => "actual",
        },
    }
}
