//! Which run to train next: candidates with costs, and the expected effect of each on a forecast.
//!
//! For laws in any columns, the value of a run is the reduction of the mean squared error of the
//! prediction at the target (arXiv 2604.22753). For ladders in one variable, it is the reduction of
//! the calibrated interval, which is simulated. Both use only what is known before the run is
//! trained.

mod candidate;
mod choose;
mod existing;
mod ladder;
mod nothing;
mod posterior;

pub(crate) use candidate::Candidate;
pub use candidate::{Design, Place};
pub(crate) use choose::choose;
pub(crate) use existing::{Existing, Suspicious, of_ladder, of_points, suspicious};
pub(crate) use ladder::{How, Ladder};
pub(crate) use nothing::{Asked, Rungs, best_ladder};
pub(crate) use posterior::Posterior;

/// What the studies use.
pub(crate) mod hidden {
    use super::{Candidate, Design, Place, Posterior, choose};
    use crate::Result;
    use crate::fit::{Basin, Fit, FitResult, Observations};
    use crate::runs::Run;

    /// The fitted run that lies too far from the law of the others, if any.
    #[must_use]
    pub fn suspicious_run(fit: &FitResult) -> Option<&Run> {
        let found = super::suspicious(fit)?;
        fit.runs_in_order().get(found.place).copied()
    }

    /// Chooses which of some runs, given as arguments and cost, to train next within a budget. It
    /// uses the posterior at the targets from these minima of a fit to these observations. No run
    /// is chosen twice.
    ///
    /// # Errors
    /// As for [`Fit::run_observations`].
    pub fn next_runs(
        fit: &Fit,
        (o, basins): (&Observations, &[Basin]),
        targets: &[Vec<f64>],
        runs: &[(Vec<f64>, f64)],
        (design, budget, seed): (Design, f64, u64),
    ) -> Result<Vec<usize>> {
        let (law, settings) = fit.problem(o)?;
        let candidate = |(x, cost): &(Vec<f64>, f64)| Candidate {
            x: x.clone(),
            cost: *cost,
            line: None,
            place: Place::Inside,
            repeatable: false,
        };
        let candidates: Vec<Candidate> = runs.iter().map(candidate).collect();
        let posterior = Posterior::new(&*law, o, &settings, basins, targets);
        let chosen = posterior.map(|p| choose(&p, &candidates, design, budget, usize::MAX, seed));
        Ok(chosen.unwrap_or_default().order)
    }
}
