//! Approach 1 of Hoffmann et al. (2022): the lower envelope of training curves.

use super::power_line::PowerLine;
use crate::runs::{Run, in_order};
use std::collections::BTreeMap;

/// Number of compute values, evenly spaced in the logarithm, as in the paper.
const STEPS: usize = 1500;
/// Fewest checkpoints for a run to be a curve.
const CHECKPOINTS: usize = 3;
/// Fewest curves for an envelope.
const CURVES: usize = 3;

/// One training curve: (ln C, L) at its checkpoints, and its N.
struct Curve {
    params: f64,
    points: Vec<(f64, f64)>,
}

impl Curve {
    fn at(&self, ln_c: f64) -> Option<f64> {
        let after = self.points.partition_point(|p| p.0 < ln_c);
        if after == 0 || after == self.points.len() {
            return None;
        }
        let (p, q) = (self.points[after - 1], self.points[after]);
        Some(p.1 + (q.1 - p.1) * (ln_c - p.0) / (q.0 - p.0))
    }
}

/// The line through the sizes of the runs with the lowest loss at each compute, or the reason for
/// its absence. Checkpoints of one run have the same group.
pub(crate) fn approach1<'a>(
    runs: impl Iterator<Item = &'a Run>,
) -> std::result::Result<PowerLine, String> {
    let mut curves: BTreeMap<&str, Curve> = BTreeMap::new();
    for run in in_order(runs) {
        let (Some(group), Some(params)) = (run.group.as_deref(), run.params) else {
            return Err(
                "the runs have no group column that tells training curves apart".to_owned(),
            );
        };
        curves
            .entry(group)
            .or_insert_with(|| Curve {
                params,
                points: Vec::new(),
            })
            .points
            .push((run.x.ln(), run.loss));
    }
    let mut curves: Vec<Curve> = curves
        .into_values()
        .filter(|c| c.points.len() >= CHECKPOINTS)
        .collect();
    if curves.len() < CURVES {
        return Err(format!(
            "{} training curves of at least {CHECKPOINTS} checkpoints, and {CURVES} are needed",
            curves.len()
        ));
    }
    for curve in &mut curves {
        curve.points.sort_by(|p, q| p.0.total_cmp(&q.0));
        curve.points.dedup_by(|p, q| p.0 == q.0);
    }
    let all = || curves.iter().flat_map(|c| c.points.iter().map(|p| p.0));
    let (low, high) = (
        all().fold(f64::INFINITY, f64::min),
        all().fold(f64::NEG_INFINITY, f64::max),
    );
    let sizes = || curves.iter().map(|c| c.params);
    let (smallest, largest) = (
        sizes().fold(f64::INFINITY, f64::min),
        sizes().fold(0.0, f64::max),
    );
    let mut best = Vec::new();
    for k in 0..STEPS {
        let ln_c = low + (high - low) * k as f64 / (STEPS - 1) as f64;
        let here: Vec<(f64, f64)> = curves
            .iter()
            .filter_map(|c| Some((c.at(ln_c)?, c.params)))
            .collect();
        let lowest = here.iter().min_by(|p, q| p.0.total_cmp(&q.0));
        // At the smallest or the largest size, the true optimum may lie outside the sizes.
        if let Some(&(_, n)) = lowest
            && here.len() >= 2
            && n > smallest
            && n < largest
        {
            best.push((ln_c.exp(), n));
        }
    }
    PowerLine::through(&best)
        .filter(|_| {
            let mut kinds: Vec<f64> = best.iter().map(|b| b.1).collect();
            kinds.dedup();
            kinds.len() >= 2
        })
        // Points of one curve are not independent observations.
        .map(PowerLine::without_errors)
        .ok_or_else(|| {
            "fewer than two sizes between the smallest and the largest are ever the best".to_owned()
        })
}
