//! The result of a fit of pass counts or rates.

use super::builder::Rule;
use super::curve::{Curve, CurvePoint};
use super::estimator::Estimator;
use super::fitted::Fitted;
use super::problems::TradeOff;
use super::turning::Turning;
use super::verdict::Verdict;
use crate::runs::{Excluded, PassCounts, Role};
use serde::Serialize;

/// The results for one model.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ModelRow {
    /// Its name.
    pub(crate) model: String,
    /// Its compute.
    pub(crate) compute: f64,
    /// Number of problems of the table that it solved at least once; absent if only rates are
    /// known.
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
    /// The name of compute in the table.
    pub(crate) compute_name: String,
    /// Number of rows read.
    pub(crate) rows: usize,
    /// Rows left out, with their reasons.
    pub(crate) excluded: Vec<Excluded>,
    /// The rule; absent if only rates are known.
    pub(crate) rule: Option<Rule>,
    /// The estimator of the metric; absent for the likelihood and for rates.
    pub(crate) estimator: Option<Estimator>,
    /// Every model by growing compute.
    #[doc(hidden)]
    pub models: Vec<ModelRow>,
    /// Number of problems in the table.
    pub(crate) problems: usize,
    /// Number of cells without a pass, over the fitted models and the problems of the table.
    pub(crate) zero_cells: usize,
    /// How many of the hardest problems were left out on request.
    pub(crate) hardest: usize,
    /// The trade-off between models and problems, if the rule chooses them.
    pub(crate) trade_off: Vec<TradeOff>,
    /// All problems used.
    pub overall: Curve,
    /// By the likelihood, the curve of the problems that every fitted model solved, which the rule
    /// `solved-by-all` uses. Absent for the other rules, and if these are all problems or fewer
    /// than five.
    pub solved_by_all: Option<Curve>,
    /// The same by difficulty, the easiest first.
    pub buckets: Vec<Curve>,
    /// Problems used whose pass rate does not simply rise with compute, the clearest first.
    pub turning: Vec<Turning>,
    /// What pass@k needs of the fit; absent unless the rule is the likelihood.
    pub(super) fitted: Option<Fitted>,
    /// The table, for charts of single problems; absent if only rates are known.
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
