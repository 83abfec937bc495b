//! Grades the split of a budget between N and D by a formula, with the rules for allocations by
//! built-in surfaces.

use crate::allocation::{LEVEL, graded_by, of_budget, of_split, ratio_outside};
use crate::code::Code;
use crate::fit::{Diagnosis, FitResult, FitStatus};
use crate::forecast::Grade;
use crate::numeric::Allocation;
use crate::runs::Run;

/// The best split of a budget between columns.
pub(super) struct Split<'a> {
    pub fit: &'a FitResult,
    pub budget: f64,
    /// The smallest and the largest cost of the fitted runs.
    pub extent: (f64, f64),
    pub columns: Vec<Share<'a>>,
}

/// What one column gets of a budget.
pub(super) struct Share<'a> {
    pub name: &'a str,
    pub value: f64,
    /// The standard error of its logarithm.
    pub log_error: Option<f64>,
    /// The values of the fitted runs.
    pub of_runs: Vec<f64>,
}

/// The grade of a split, why it has that one, and what speaks against it besides what was found
/// against the fit.
pub(super) struct SplitStanding {
    pub grade: Grade,
    pub because: String,
    pub found: Vec<Diagnosis>,
}

impl Split<'_> {
    pub(super) fn standing(&self) -> SplitStanding {
        let mut found = self.doubts();
        for doubt in &mut found {
            if doubt.code == Code::TargetBelowRuns {
                // For a formula, the user cannot ask by a number of parameters or tokens.
                doubt.hint = "give a budget in the unit of the cost of the runs".to_owned();
                doubt.remedies.clear();
            }
        }
        let status = self.fit.status();
        let status = (status != FitStatus::Converged)
            .then(|| format!("the fit is {}", status.name().replace('-', " ")));
        let (name, reach) = self.widest();
        let (grade, because) = match self.fit.refusal() {
            Some(refusal) => (Grade::Refused, refusal.message.clone()),
            None => graded_by(
                &format!("{name}*"),
                reach.map(|times| (1.0 / times, times)),
                self.budget / self.extent.1,
                status,
                self.fit.diagnoses().iter().chain(&found),
            ),
        };
        SplitStanding {
            grade,
            because,
            found,
        }
    }

    fn share(&self, name: &str) -> Option<&Share<'_>> {
        self.columns.iter().find(|share| share.name == name)
    }

    fn doubts(&self) -> Vec<Diagnosis> {
        let sizes = self.share("N").zip(self.share("D"));
        let mut found = match sizes {
            Some((n, d)) => {
                let best = Allocation {
                    compute: self.budget,
                    params: n.value,
                    tokens: d.value,
                    loss: f64::NAN,
                };
                let runs: Vec<&Run> = self.fit.fitted_runs().collect();
                of_split(&runs, self.extent, &best)
            }
            None => of_budget(self.budget, self.extent),
        };
        for (k, a) in self.columns.iter().enumerate() {
            for b in &self.columns[k + 1..] {
                // The ratio of tokens to parameters was looked at above.
                if sizes.is_none() || ![a, b].iter().all(|c| ["N", "D"].contains(&c.name)) {
                    found.extend(outside(a, b));
                }
            }
        }
        found
    }

    /// The column whose 90 % interval reaches farthest, and how many times its value that is; N
    /// where parameters and tokens are split, as for the built-in surfaces.
    fn widest(&self) -> (&str, Option<f64>) {
        let quantile = self.fit.inference().ok().map(|i| i.quantile(LEVEL));
        let reach = |share: &Share| {
            let times = (quantile? * share.log_error?).exp();
            times.is_finite().then_some(times)
        };
        // The columns of a budget often have the same error but for rounding: the first is named.
        let wider = |a, b| {
            let far = |share| reach(share).unwrap_or(f64::INFINITY);
            if far(b) > far(a) * (1.0 + 1e-9) { b } else { a }
        };
        let sizes = self.share("D").and_then(|_| self.share("N"));
        let widest = sizes.or_else(|| self.columns.iter().reduce(wider));
        widest.map_or(("", None), |share| (share.name, reach(share)))
    }
}

/// The finding where no run had such a ratio of two columns.
fn outside(a: &Share, b: &Share) -> Option<Diagnosis> {
    let ratios = b.of_runs.iter().zip(&a.of_runs).map(|(b, a)| b / a);
    let words = [
        format!("{}*/{}*", b.name, a.name),
        format!("{} to {}", b.name, a.name),
    ];
    ratio_outside(ratios, b.value / a.value, words)
}
