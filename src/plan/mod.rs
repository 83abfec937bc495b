//! Which run to train next: candidates with costs, and the expected effect of each on a forecast.
//!
//! For laws in any columns, the value of a run is the reduction of the mean squared error of the
//! prediction at the target (arXiv 2604.22753), where the law itself may be off. For ladders in one
//! variable, it is the reduction of the calibrated interval, which is simulated. Both use only what
//! is known before the run is trained.

mod bias;
mod candidate;
mod choose;
mod discrepancy;
mod existing;
mod ladder;
mod nothing;
mod posterior;

pub(crate) use candidate::Candidate;
pub use candidate::{Design, Place};
pub(crate) use choose::{Outcome, choose};
pub(crate) use existing::{Existing, Suspicious, of_ladder, of_points, suspicious};
pub(crate) use ladder::{How, Ladder};
pub(crate) use nothing::{Asked, Rungs, best_ladder};
pub(crate) use posterior::Posterior;

/// What the studies use.
pub(crate) mod hidden {
    use super::{Candidate, Design, Outcome, Place, Posterior, choose};
    use crate::Result;
    use crate::fit::{Basin, Fit, FitResult, Observations};
    use crate::runs::Run;

    /// The fitted run that lies too far from the law of the others, if any.
    #[must_use]
    pub fn suspicious_run(fit: &FitResult) -> Option<&Run> {
        let found = super::suspicious(fit)?;
        fit.runs_in_order().get(found.place).copied()
    }

    /// The law of one outcome of runs, as far as it is known.
    #[derive(Debug)]
    pub struct Outlook<'a> {
        /// How the law is fitted.
        pub fit: &'a Fit,
        /// What is known.
        pub observations: &'a Observations,
        /// Minima of the fit to the observations.
        pub basins: &'a [Basin],
        /// Where the law is to predict.
        pub targets: &'a [Vec<f64>],
        /// The arguments of the runs that could be trained.
        pub runs: Vec<Vec<f64>>,
    }

    /// Chooses which runs with these costs to train next within a budget. Each run has all the
    /// outcomes. No run is chosen twice.
    ///
    /// # Errors
    /// As for [`Fit::run_observations`].
    pub fn next_runs(
        outlooks: &[Outlook<'_>],
        costs: &[f64],
        (design, budget, seed): (Design, f64, u64),
    ) -> Result<Vec<usize>> {
        let problems = outlooks.iter().map(|one| one.fit.problem(one.observations));
        let problems: Vec<_> = problems.collect::<Result<_>>()?;
        let mut outcomes = Vec::new();
        let mut candidates = Vec::new();
        for (one, (law, settings)) in outlooks.iter().zip(&problems) {
            let candidate = |(x, cost): (&Vec<f64>, &f64)| Candidate {
                x: x.clone(),
                cost: *cost,
                line: None,
                place: Place::Inside,
                repeatable: false,
            };
            candidates = one.runs.iter().zip(costs).map(candidate).collect();
            let points = (one.targets, candidates.as_slice());
            let made = Posterior::new(&**law, one.observations, settings, one.basins, points);
            outcomes.extend(made.map(|posterior| Outcome::new(&posterior, &candidates)));
        }
        if outcomes.is_empty() {
            return Ok(Vec::new());
        }
        Ok(choose(&outcomes, &candidates, design, (budget, usize::MAX, seed)).order)
    }
}
