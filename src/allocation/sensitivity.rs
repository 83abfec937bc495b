//! How much the answer depends on what is minimised and on the few runs that matter most.

use super::quantity::AllocationQuantity;
use super::uncertainty::Uncertainty;
use crate::error::Result;
use crate::fit::surface::{Rho, Workspace, fold, solve_positive};
use crate::fit::{Fit, FitResult, Objective, Weights};
use crate::numeric::Surface;
use crate::runs::Role;
use serde::Serialize;

/// One way to fit and where it leads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SensitivityRow {
    /// What is minimised.
    pub objective: String,
    /// Lines of the runs left out.
    pub without: Vec<u64>,
    /// The surface; absent where there is no fit.
    pub surface: Option<Surface>,
    /// N* at the compute.
    pub params: Option<f64>,
    /// D* at the compute.
    pub tokens: Option<f64>,
    /// L* at the compute.
    pub loss: Option<f64>,
}

/// Runs left out in the second half of the table.
const LEFT_OUT: usize = 5;

/// Least squares, Huber at three thresholds, and least absolute deviations; each with all runs and
/// without the five that move ln(D*/N*) most.
///
/// Everything else is as in the fit: bounds, fixed parameters, residuals, weights, and how FLOP are
/// counted.
///
/// # Errors
/// As for [`Uncertainty::optimal`].
pub fn sensitivity(uncertainty: &Uncertainty, compute: f64) -> Result<Vec<SensitivityRow>> {
    let fit = uncertainty.fit();
    let influential = most_influential(uncertainty, compute)?;
    let objectives = [
        Objective::Squared,
        Objective::Huber { delta: 1e-2 },
        Objective::Huber { delta: 1e-3 },
        Objective::Huber { delta: 1e-4 },
        Objective::Lad,
    ];
    let mut without = fit.data().clone();
    let mut lines = Vec::new();
    let mut fitted = 0;
    for run in &mut without.runs {
        if run.role != Role::Fit {
            continue;
        }
        if influential.contains(&fitted) {
            run.role = Role::Actual;
            lines.push(run.line);
        }
        fitted += 1;
    }
    let mut rows = Vec::new();
    for (data, left_out) in [(fit.data(), Vec::new()), (&without, lines)] {
        if data.fit_runs().count() < 8 {
            continue;
        }
        for objective in objectives {
            let request = request(fit, &influential, !left_out.is_empty()).loss(objective);
            let surface = request.run(data).and_then(|f| Surface::of(&f)).ok();
            let best = surface.and_then(|s| uncertainty.counting().optimal(&s, compute).ok());
            rows.push(SensitivityRow {
                objective: match objective {
                    Objective::Huber { delta } => format!("huber {delta:e}"),
                    other => other.name().to_owned(),
                },
                without: left_out.clone(),
                surface,
                params: best.map(|b| b.params),
                tokens: best.map(|b| b.tokens),
                loss: best.map(|b| b.loss),
            });
        }
    }
    Ok(rows)
}

/// The fit again, with weights for the runs that are left.
fn request(fit: &FitResult, influential: &[usize], without: bool) -> Fit {
    let again = Fit::again(fit);
    let left = |values: &[f64]| -> Vec<f64> {
        let rows = values.iter().enumerate();
        rows.filter(|(i, _)| !(without && influential.contains(i)))
            .map(|(_, v)| *v)
            .collect()
    };
    match &fit.settings().weights {
        Weights::Relative(values) => again.weights(Weights::Relative(left(values))),
        Weights::Counts(values) => again.weights(Weights::Counts(left(values))),
        Weights::Equal | Weights::KnownSigma => again,
    }
}

/// Places among the fitted runs of those that move ln(D*/N*) most when left out of a least-squares
/// fit, to first order: the change is −(∂q/∂p)ᵀH⁻¹·(gradient of the run's own term).
fn most_influential(uncertainty: &Uncertainty, compute: f64) -> Result<Vec<usize>> {
    let mut problem = uncertainty.problem.clone();
    problem.objective = Objective::Squared;
    let mut w = Workspace::new(&problem.data);
    let best = problem.minimise(&mut w, false);
    let p = best.found.first().map_or(uncertainty.p, |f| f.p);
    w.value(&problem.data, &p, Rho::Squared);
    w.derivatives(&problem.data, &p, Rho::Squared);
    let mut majorant = w.majorant(&p);
    let at = uncertainty.optimal(compute)?;
    let of = |quantity| uncertainty.functional(quantity, &at).both(&p).1;
    let (n, d) = (
        of(AllocationQuantity::Params),
        of(AllocationQuantity::Tokens),
    );
    let mut g = std::array::from_fn(|k| d[k] - n[k]);
    let limits = &problem.limits;
    fold(limits.tied, &mut g, &mut majorant);
    let free = std::array::from_fn(|k| limits.moves(k));
    let Some(mut direction) = solve_positive(&majorant, &g, free) else {
        return Ok(Vec::new());
    };
    if limits.tied {
        direction[4] = direction[3];
    }
    let mut influence: Vec<(f64, usize)> = (0..problem.data.rows)
        .map(|i| {
            let row = w.row(&problem.data, &p, i);
            let along: f64 = (0..5).map(|k| row[k] * direction[k]).sum();
            ((2.0 * w.r[i] * along).abs(), i)
        })
        .collect();
    influence.sort_by(|a, b| b.0.total_cmp(&a.0));
    let places = uncertainty.fit().places();
    let most = influence.into_iter().take(LEFT_OUT);
    Ok(most.map(|(_, i)| places[i]).collect())
}
