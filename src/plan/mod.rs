//! Which run to train next: candidates with costs, and what each is expected to do for a forecast.
//!
//! For laws of any columns, a run is worth what it takes off the mean squared error of the
//! prediction at the target (arXiv 2604.22753). For ladders of one variable, it is worth what it
//! takes off the calibrated interval, which is simulated. Both know only what is known before the
//! run is trained.

mod choose;
mod existing;
mod ladder;
mod nothing;
mod posterior;

pub(crate) use choose::choose;
pub(crate) use existing::{Existing, Suspicious, of_ladder, of_points, suspicious};
pub(crate) use ladder::{How, Ladder};
pub(crate) use nothing::{Asked, Rungs, best_ladder};
pub(crate) use posterior::Posterior;

use serde::{Deserialize, Serialize};

/// Where a candidate lies beside the fitted runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// It repeats a fitted run with another seed.
    Seed,
    /// It lies within the range of the fitted runs in every column.
    Inside,
    /// It lies outside that range.
    Beyond,
}

impl Place {
    /// Every place.
    pub(crate) const ALL: [Place; 3] = [Place::Seed, Place::Inside, Place::Beyond];

    /// Its name in a sentence.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Place::Seed => "a seed",
            Place::Inside => "a rung inside",
            Place::Beyond => "a rung beyond",
        }
    }

    /// The place of a point beside those of the fitted runs.
    pub(crate) fn of(x: &[f64], fitted: &[Vec<f64>]) -> Place {
        if fitted.iter().any(|run| run == x) {
            return Place::Seed;
        }
        let within = |k: usize| {
            let all = || fitted.iter().map(|run| run[k]);
            all().any(|value| value <= x[k]) && all().any(|value| value >= x[k])
        };
        match (0..x.len()).all(within) {
            true => Place::Inside,
            false => Place::Beyond,
        }
    }
}

/// How runs are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Design {
    /// By what they take off the error of the forecast.
    #[default]
    Ours,
    /// By the determinant of the information about the parameters, per cost.
    D,
    /// By the variance of the best law at the target, per cost.
    V,
    /// The cheapest first.
    Cheapest,
    /// At random.
    Random,
}

impl Design {
    /// Every way.
    pub const ALL: [Design; 5] = [
        Design::Ours,
        Design::D,
        Design::V,
        Design::Cheapest,
        Design::Random,
    ];

    /// Its name in requests.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Design::Ours => "ours",
            Design::D => "d",
            Design::V => "v",
            Design::Cheapest => "cheapest",
            Design::Random => "random",
        }
    }
}

/// What the studies use.
pub(crate) mod hidden {
    use super::{Candidate, Design, Place, Posterior, choose};
    use crate::Result;
    use crate::fit::{Basin, Fit, FitResult, Observations};
    use crate::runs::Run;

    /// The fitted run that lies too far from the law of the others, if there is one.
    #[must_use]
    pub fn suspicious_run(fit: &FitResult) -> Option<&Run> {
        let found = super::suspicious(fit)?;
        fit.runs_in_order().get(found.place).copied()
    }

    /// Which of some runs, given as arguments and cost, to train next under a budget, by what these
    /// minima of a fit to these observations leave open at the targets. No run is chosen twice.
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

/// A run that could be trained.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Candidate {
    /// The arguments of the law.
    pub x: Vec<f64>,
    pub cost: f64,
    /// Its line in the table of candidates.
    pub line: Option<u64>,
    pub place: Place,
    /// Whether it may be trained more than once, with other seeds.
    pub repeatable: bool,
}
