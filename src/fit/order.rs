//! The canonical order of the runs of a fit, in which everything about it is computed.

use super::objective::Weights;
use crate::runs::{Role, Run, by_value};

/// The place of each run among the fitted runs of a data set, in canonical order: by the values of
/// the run, then by its weight. The list of runs itself stays in the order of the file, and so do
/// weights given beside it.
pub(super) fn canonical_places(runs: &[Run], weights: &Weights) -> Vec<usize> {
    let fitted: Vec<&Run> = runs.iter().filter(|run| run.role == Role::Fit).collect();
    let weight = |place: usize| match weights {
        Weights::Relative(values) | Weights::Counts(values) => values.get(place).copied(),
        Weights::Equal | Weights::KnownSigma => None,
    };
    let mut places: Vec<usize> = (0..fitted.len()).collect();
    places.sort_by(|&i, &k| {
        by_value(fitted[i], fitted[k]).then_with(|| {
            weight(i)
                .unwrap_or(0.0)
                .total_cmp(&weight(k).unwrap_or(0.0))
        })
    });
    places
}
