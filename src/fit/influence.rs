//! How much a forecast depends on a single run.

use super::inference::Inference;
use super::objective::{Objective, Residuals};
use super::observations::Observations;
use super::result::FitResult;
use super::settings::Settings;
use super::status::{Diagnosis, Severity};
use crate::code::Code;
use crate::law::{Input, Law};
use crate::quantity::format_quantity;
use crate::remedy::Setting;
use crate::runs::Run;
use crate::said::Said;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// One run decides when leaving it out moves ln L by more than this many half-widths of the 90 %
/// prediction interval. The 99.7 % point on clean ladders of 6 to 24 runs lies between 0.95 and
/// 1.44 (`cargo run --release -p studies --bin false_alarms influence`).
const INFLUENCE_LIMIT: f64 = 1.5;

/// Leave-one-out influence on the forecast at `factor` times the largest run.
pub(crate) fn one_run_decides(
    fit: &FitResult,
    inference: &Inference,
    factor: f64,
) -> Option<Diagnosis> {
    let worst = strongest(fit, inference, factor)?;
    (worst.half_widths > INFLUENCE_LIMIT).then(|| {
        Diagnosis::new(
            Code::OneRunDecides,
            Severity::Warn,
            format!(
                "without the run at {}{}{} the forecast {} times beyond the largest run changes by {:+.1} %, {:.1} half-widths of its 90 % interval",
                fit.variable().before(),
                format_quantity(worst.run.x),
                if worst.run.line > 0 { format!(" (line {})", worst.run.line) } else { String::new() },
                format_quantity(factor),
                Said((worst.change.exp() - 1.0) * 100.0),
                Said(worst.half_widths)
            ),
            "check that run; leave it out if it is wrong, or let Huber's loss weigh it down",
        )
        .with_remedy(Setting::Exclude)
        .with_remedy(Setting::Objective.to("huber"))
    })
}

/// How far the forecast at `factor` times the largest run moves if the most influential single run
/// is left out, in half-widths of its 90 % prediction interval. `None` if that is not defined: too
/// few or more than 200 runs, no noise, another objective than least squares, or a law in other
/// arguments.
///
/// ```
/// use scalewise::{Dataset, Fit, internal::strongest_influence, law::Power};
/// let runs = [(1e18, 3.1), (1e19, 2.74), (1e20, 2.46), (1e21, 2.25), (1e22, 2.1), (1e23, 1.6)];
/// let fit = Fit::new(Power).run(&Dataset::from_runs(runs)?)?;
/// assert!(strongest_influence(&fit, 100.0).unwrap() > 0.5);
/// # Ok::<(), scalewise::Error>(())
/// ```
#[must_use]
pub fn strongest_influence(fit: &FitResult, factor: f64) -> Option<f64> {
    Some(strongest(fit, &fit.inference().ok()?, factor)?.half_widths)
}

/// The run whose absence moves the forecast most.
struct Influence<'a> {
    run: &'a Run,
    /// Change of ln L.
    change: f64,
    /// The change in half-widths of the 90 % prediction interval.
    half_widths: f64,
}

/// With more runs than this, none can decide alone unless its residual is huge, which the robust
/// objectives handle. Refitting without each run would cost more than the fit.
const MOST_RUNS: usize = 200;

/// Refits without each run in turn and returns the most influential run.
fn strongest<'a>(fit: &'a FitResult, inference: &Inference, factor: f64) -> Option<Influence<'a>> {
    if !inference.enough() || !can_be_refitted(fit, inference) {
        return None;
    }
    let settings: &Settings = &fit.settings;
    let o = &inference.observations;
    let target = [fit.largest_fitted() * factor];
    let p = fit.values();
    let f = fit.law.predict(&target, &p);
    if f <= 0.0 {
        return None;
    }
    let noise = inference.noise?;
    if noise <= 1e-12 * o.size_of_a_loss() {
        return None;
    }
    let mut gradient = vec![0.0; p.len()];
    fit.law.gradient(&target, &p, &mut gradient);
    let se = inference.standard_error(&gradient)?;
    let run_noise = noise * inference.noise_of_a_run();
    let spread = match settings.residuals {
        Residuals::Absolute => (se * se + run_noise * run_noise).sqrt() / f,
        Residuals::Relative | Residuals::Log => ((se / f).powi(2) + run_noise * run_noise).sqrt(),
    };
    let half_width = inference.quantile(0.9) * spread;
    let runs = fit.runs_in_order();
    let law = &*fit.law;
    let refits = refits(fit, inference)?;
    let of = |(i, without): (usize, &Option<Vec<f64>>)| {
        let change = (law.predict(&target, without.as_ref()?) / f).ln();
        let half_widths = change.abs() / half_width;
        half_widths.is_finite().then_some(Influence {
            run: runs[i],
            change,
            half_widths,
        })
    };
    refits
        .iter()
        .enumerate()
        .filter_map(of)
        .max_by(|a, b| a.half_widths.total_cmp(&b.half_widths))
}

/// Whether the law can be refitted without each run in turn.
fn can_be_refitted(fit: &FitResult, inference: &Inference) -> bool {
    fit.settings.objective == Objective::Squared
        && inference.observations.len() <= MOST_RUNS
        && fit.law.inputs() == [Input::Compute]
}

/// The parameters without each run in turn, in canonical order; `None` if [`can_be_refitted`] says
/// no.
pub(super) fn refits<'a>(
    fit: &'a FitResult,
    inference: &Inference,
) -> Option<&'a [Option<Vec<f64>>]> {
    if !can_be_refitted(fit, inference) {
        return None;
    }
    let (law, settings, o) = (&*fit.law, &fit.settings, &inference.observations);
    let p = fit.values();
    let without = |i: usize| without_run(law, settings, o, i, &p);
    let made = || match law.form().is_power() {
        // Refitting a power form takes less time than starting work on another core.
        true => (0..o.len()).map(without).collect(),
        false => (0..o.len()).into_par_iter().map(without).collect(),
    };
    Some(match fit.without.get() {
        Some(known) => known,
        // Computed outside the lock. A thread that waits for parallel work inside it could pick up
        // a task that needs the same lock, and block.
        None => {
            let made = made();
            fit.without.get_or_init(|| made)
        }
    })
}

/// The parameters without run `i`.
fn without_run(
    law: &dyn Law,
    settings: &Settings,
    o: &Observations,
    i: usize,
    p: &[f64],
) -> Option<Vec<f64>> {
    let rest = o.without(i);
    if law.form().is_power() {
        let basins = super::power::basins(law, &rest, settings);
        return Some(basins.first()?.parameters.clone());
    }
    let problem = super::general::Problem::new(law, &rest, settings);
    Some(problem.minimise(p)?.parameters)
}
