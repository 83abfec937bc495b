//! Fewer observations than all, among which minima are searched if there are many runs.

use super::general::Effort;
use super::objective::Objective;
use super::observations::{Observations, SEARCHED_RUNS};
use super::settings::Settings;

/// A smaller set of observations to search for minima if there are many runs.
pub(super) struct Fewer {
    pub(super) observations: Observations,
    /// Whether they are points of a condensed curve. Its sums of squares differ as those of all
    /// runs do, so its minima are close to theirs. Otherwise the observations are some of the runs.
    pub(super) condensed: bool,
}

/// Points of a condensed curve. Between two of them a law of exponent 0.3 over nine decades
/// deviates from a straight line by 2e-5 of its value.
const POINTS: usize = 200;
/// A curve of more runs is condensed: fewer points would save little.
pub(super) const CONDENSED_RUNS: usize = 4 * POINTS;
/// Passes over all runs from a minimum that is close.
pub(super) const FEW_LOOKS: usize = 8;
impl Fewer {
    pub(super) fn of(o: &Observations, settings: &Settings) -> Option<Fewer> {
        let condensed = match settings.objective {
            Objective::Squared if o.len() > CONDENSED_RUNS => o.condensed(POINTS),
            _ => None,
        };
        if condensed.is_none() && o.len() <= SEARCHED_RUNS {
            return None;
        }
        Some(Fewer {
            condensed: condensed.is_some(),
            observations: condensed.unwrap_or_else(|| o.some(SEARCHED_RUNS)),
        })
    }

    /// The efforts from each of the lowest minima, and then from the lowest of all: as many passes
    /// over all runs as take about a second, fewer from each if the minima are close, and to the
    /// end if there are few runs.
    pub(super) fn efforts(&self, runs: usize) -> (Effort, Effort) {
        const ROWS: usize = 3_000_000;
        let many = (ROWS / runs).max(FEW_LOOKS);
        let few = match self.condensed {
            true => (many / 10).max(FEW_LOOKS),
            false => many,
        };
        let last = match runs <= SEARCHED_RUNS {
            true => Effort::Exact,
            false => Effort::Bounded(many),
        };
        (Effort::Bounded(few), last)
    }
}
