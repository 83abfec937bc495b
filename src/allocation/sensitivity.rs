//! How much the answer depends on the objective and on the most influential runs.

use super::quantity::AllocationQuantity;
use super::uncertainty::{AllocationMethod, Uncertainty};
use crate::code::Code;
use crate::error::Result;
use crate::finding::{Diagnosis, Severity, lines as lines_in_words};
use crate::fit::surface::{Rho, Workspace, fold, solve_positive};
use crate::fit::{Fit, FitResult, Objective, Weights};
use crate::numeric::{Allocation, Surface};
use crate::quantity::format_quantity;
use crate::remedy::Setting;
use crate::runs::{Dataset, Role};
use crate::said::Said;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::Serialize;

/// One way to fit, and its result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SensitivityRow {
    /// The objective.
    pub objective: String,
    /// Lines of the runs that were left out.
    pub without: Vec<u64>,
    /// The surface; absent if there is no fit.
    pub surface: Option<Surface>,
    /// N* at the compute.
    pub params: Option<f64>,
    /// D* at the compute.
    pub tokens: Option<f64>,
    /// L* at the compute.
    pub loss: Option<f64>,
}

/// A smaller change of ln N* is rounding.
const ROUNDING: f64 = 1e-6;
/// Number of runs left out in the second half of the table.
const LEFT_OUT: usize = 5;

/// Least squares, Huber at three thresholds, and least absolute deviations: each with all runs, and
/// without the five that move ln(D*/N*) most.
///
/// Bounds, fixed parameters, residuals, weights and the cost of training are those of the fit.
///
/// # Errors
/// As for [`Uncertainty::optimal`].
pub fn sensitivity(uncertainty: &Uncertainty, compute: f64) -> Result<Vec<SensitivityRow>> {
    let fit = uncertainty.fit();
    let best = uncertainty.optimal(compute)?;
    let mut influential = by_influence(uncertainty, &best);
    influential.truncate(LEFT_OUT);
    let objectives = [
        Objective::Squared,
        Objective::Huber { delta: 1e-2 },
        Objective::Huber { delta: 1e-3 },
        Objective::Huber { delta: 1e-4 },
        Objective::Lad,
    ];
    let (without, lines) = left_out(fit, &influential);
    let all = [(fit.data(), Vec::new()), (&without, lines)];
    let enough = all.iter().filter(|(data, _)| data.fit_runs().count() >= 8);
    let ways: Vec<_> = enough
        .flat_map(|(data, left_out)| objectives.map(|objective| (*data, left_out, objective)))
        .collect();
    let row = |(data, left_out, objective): (&Dataset, &Vec<u64>, Objective)| {
        let request = request(fit, &influential, !left_out.is_empty()).loss(objective);
        let surface = request.run(data).and_then(|f| Surface::of(&f)).ok();
        let best = surface.and_then(|s| uncertainty.counting().optimal(&s, compute).ok());
        SensitivityRow {
            objective: match objective {
                Objective::Huber { delta } => format!("huber {delta:e}"),
                other => other.name().to_owned(),
            },
            without: left_out.clone(),
            surface,
            params: best.map(|b| b.params),
            tokens: best.map(|b| b.tokens),
            loss: best.map(|b| b.loss),
        }
    };
    Ok(ways.into_par_iter().map(row).collect())
}

/// The data of a fit without these of its fitted runs, and their lines.
fn left_out(fit: &FitResult, places: &[usize]) -> (Dataset, Vec<u64>) {
    let mut without = fit.data().clone();
    let mut lines = Vec::new();
    let fitted = without.runs.iter_mut().filter(|run| run.role == Role::Fit);
    for (_, run) in fitted.enumerate().filter(|(k, _)| places.contains(k)) {
        run.role = Role::Actual;
        lines.push(run.line);
    }
    (without, lines)
}

/// One run decides if leaving it out moves ln N* by more than this many half-widths of its
/// interval.
const INFLUENCE_LIMIT: f64 = 1.5;

/// A finding if N* depends on one run: N* without it lies far from N*, in half-widths of the delta
/// interval of the other runs.
pub(super) fn one_run_decides(
    uncertainty: &Uncertainty,
    best: &Allocation,
    level: f64,
) -> Option<Diagnosis> {
    let fit = uncertainty.fit();
    let place = *by_influence(uncertainty, best).first()?;
    let (without, lines) = left_out(fit, &[place]);
    let again = request(fit, &[place], true).run(&without).ok()?;
    // With the run, its own residual would widen the interval.
    let flops = uncertainty.counting().clone();
    let others = Uncertainty::new(&again).ok()?.flops(flops);
    let moved = others.optimal(best.compute).ok()?;
    let asked = others.at(best.compute).level(level);
    let interval = asked.methods(&[AllocationMethod::Delta]);
    let interval = *interval.of(AllocationQuantity::Params).first()?;
    let half_width = 0.5 * (interval.upper? / interval.lower?).ln();
    let change = (moved.params / best.params).ln();
    let half_widths = change.abs() / half_width;
    // Without noise, the interval and the change are only rounding.
    let moves = half_widths.is_finite() && change.abs() > ROUNDING;
    (moves && half_widths > INFLUENCE_LIMIT).then(|| {
        Diagnosis::new(
            Code::OneRunDecides,
            Severity::Warn,
            format!(
                "without the run of {} N* at {} FLOP changes by {:+.0} %, {:.1} half-widths of the interval that the others give",
                lines_in_words(lines),
                format_quantity(best.compute),
                Said(100.0 * change.exp_m1()),
                Said(half_widths)
            ),
            "check that run; leave it out if it is wrong, or let Huber's loss weigh it down",
        )
        .with_remedy(Setting::Exclude)
        .with_remedy(Setting::Objective.to("huber"))
    })
}

/// The request of the fit, with the weights of the runs that are left.
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

/// Places of the fitted runs, most influential first: the run that moves ln(D*/N*) most if it is
/// left out of a least-squares fit. To first order the change is −(∂q/∂p)ᵀH⁻¹·(gradient of the
/// run's own term).
fn by_influence(uncertainty: &Uncertainty, at: &Allocation) -> Vec<usize> {
    let mut problem = uncertainty.problem.clone();
    problem.objective = Objective::Squared;
    let mut w = Workspace::new(&problem.data);
    let best = problem.minimise(&mut w, false);
    let p = best.found.first().map_or(uncertainty.p, |f| f.p);
    w.value(&problem.data, &p, Rho::Squared);
    w.derivatives(&problem.data, &p, Rho::Squared);
    let mut majorant = w.majorant(&p);
    let of = |quantity| uncertainty.functional(quantity, at).both(&p).1;
    let (n, d) = (
        of(AllocationQuantity::Params),
        of(AllocationQuantity::Tokens),
    );
    let mut g = std::array::from_fn(|k| d[k] - n[k]);
    let limits = &problem.limits;
    fold(limits.tied, &mut g, &mut majorant);
    let free = std::array::from_fn(|k| limits.moves(k));
    let Some(mut direction) = solve_positive(&majorant, &g, free) else {
        return Vec::new();
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
    influence.into_iter().map(|(_, i)| places[i]).collect()
}
