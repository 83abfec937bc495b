//! The noise of a run, which sets the weight of the runs against a prior.

use super::basin::Found;
use super::inference::{Inference, MIN_DOF};
use super::objective::Residuals;
use super::observations::Observations;
use super::prior::Prior;
use super::settings::Settings;
use crate::law::Law;

/// Relative standard deviation assumed for a run if it is unknown. Residuals of published ladders
/// about their laws are 0.1 to 0.5 %.
pub(super) const ASSUMED: f64 = 0.003;
/// Smallest noise. An estimate below it is rounding or luck and would leave the prior no weight.
const LEAST: f64 = 2e-4;

/// Noise of a residual, its degrees of freedom, and whether it is assumed.
pub(super) type Noise = (f64, Option<f64>, bool);

/// The noise of the runs: as given, from their residuals about the law without the prior, from the
/// source of the prior, or [`ASSUMED`].
pub(super) fn of_runs(
    law: &dyn Law,
    o: &Observations,
    settings: &Settings,
    prior: &Prior,
    search: impl Fn(&Observations, &Settings) -> Option<Found>,
) -> Noise {
    if o.sigma_known {
        return (1.0, None, false);
    }
    let size = match o.residuals {
        Residuals::Absolute => o.mean_size(),
        Residuals::Relative | Residuals::Log => 1.0,
    };
    let free = settings.free_count() as f64;
    if distinct(o) as f64 >= free && o.count() - free >= MIN_DOF {
        let found = search(o, settings).and_then(|(basins, _)| basins.into_iter().next());
        let inference = found.map(|best| {
            let (p, fixed) = (best.parameters, settings.fixed());
            Inference::new(law, o.clone(), settings.objective, &p, &fixed, None)
        });
        if let Some(noise) = inference.as_ref().and_then(|i| i.noise) {
            let dof = inference.and_then(|i| i.dof);
            return (noise.max(LEAST * size), dof, false);
        }
    }
    match prior.noise {
        Some(noise) => (noise.max(LEAST) * size, None, false),
        None => (ASSUMED * size, None, true),
    }
}

/// The number of runs with different arguments.
pub(super) fn distinct(o: &Observations) -> usize {
    let mut arguments: Vec<&[f64]> = (0..o.len()).map(|i| o.input(i)).collect();
    arguments.sort_by(|p, q| p.partial_cmp(q).unwrap_or(std::cmp::Ordering::Equal));
    arguments.dedup();
    arguments.len()
}
