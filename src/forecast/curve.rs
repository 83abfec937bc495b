//! The fitted runs as the methods that know no law see them: ln C from the largest run, loss, noise.

use crate::fit::FitResult;

/// Runs in order of compute; runs at one compute follow each other.
#[derive(Debug, Clone)]
pub(crate) struct Curve {
    /// ln(C/C_max) ≤ 0.
    pub u: Vec<f64>,
    /// Loss.
    pub y: Vec<f64>,
    /// Known standard deviation of each ln L, if every run has one.
    pub sigma: Option<Vec<f64>>,
    /// ln C_max.
    pub log_reference: f64,
}

impl Curve {
    pub(crate) fn of(fit: &FitResult) -> Curve {
        let mut runs: Vec<(f64, f64, Option<f64>)> = fit
            .fitted_runs()
            .map(|run| (run.compute.ln(), run.loss, run.sigma.map(|s| s / run.loss)))
            .collect();
        runs.sort_by(|p, q| p.0.total_cmp(&q.0).then(p.1.total_cmp(&q.1)));
        let log_reference = runs.last().map_or(0.0, |run| run.0);
        Curve {
            u: runs.iter().map(|run| run.0 - log_reference).collect(),
            y: runs.iter().map(|run| run.1).collect(),
            sigma: runs.iter().map(|run| run.2).collect(),
            log_reference,
        }
    }

    /// ln(C/C_max) of a target.
    pub(crate) fn distance(&self, compute: f64) -> f64 {
        compute.ln() - self.log_reference
    }
}
