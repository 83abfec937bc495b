//! How far the split of a budget between N and D by a formula can be relied on: by the rules of
//! allocations by the built-in surfaces.

use crate::allocation::{LEVEL, graded_by, of_split};
use crate::code::Code;
use crate::fit::{Diagnosis, FitResult, FitStatus};
use crate::forecast::Grade;
use crate::numeric::Allocation;
use crate::runs::Run;

/// The grade of a split, why it has that one, and what speaks against it besides what was found
/// against the fit.
pub(super) struct SplitStanding {
    pub grade: Grade,
    pub because: String,
    pub found: Vec<Diagnosis>,
}

impl SplitStanding {
    /// Of `best`, where `costs` has what the fitted runs cost; `log_error` is the standard error of
    /// ln N*.
    pub(super) fn of(
        fit: &FitResult,
        best: &Allocation,
        costs: impl Iterator<Item = f64>,
        log_error: Option<f64>,
    ) -> SplitStanding {
        let start = (f64::INFINITY, 0.0_f64);
        let extent = costs.fold(start, |(l, h), cost| (l.min(cost), h.max(cost)));
        let runs: Vec<&Run> = fit.fitted_runs().collect();
        let mut found = of_split(&runs, extent, best);
        for doubt in &mut found {
            if doubt.code == Code::TargetBelowRuns {
                // A formula is not asked by a number of parameters or of tokens.
                doubt.hint = "give a budget in the unit of the cost of the runs".to_owned();
                doubt.remedies.clear();
            }
        }
        let quantile = fit.inference().ok().map(|i| i.quantile(LEVEL));
        let reach = quantile.zip(log_error).map(|(q, error)| (q * error).exp());
        let reach = reach.filter(|times| times.is_finite());
        let status = fit.status();
        let status = (status != FitStatus::Converged)
            .then(|| format!("the fit is {}", status.name().replace('-', " ")));
        let (grade, because) = match fit.refusal() {
            Some(refusal) => (Grade::Refused, refusal.message.clone()),
            None => graded_by(
                reach.map(|times| (1.0 / times, times)),
                best.compute / extent.1,
                status,
                fit.diagnoses().iter().chain(&found),
            ),
        };
        SplitStanding {
            grade,
            because,
            found,
        }
    }
}
