//! What can be wrong with a fit, each thing with its own name, numbers and remedy.

use super::inference::{Inference, central_quantile};
use super::objective::{Objective, Residuals};
use super::observations::Observations;
use super::profile::PowerProfile;
use super::result::{FitResult, Settings};
use super::status::{Diagnosis, FitStatus, Severity, code};
use crate::data::Run;
use crate::law::{Form, Input, Law};
use crate::quantity::format_quantity;
use nalgebra::DMatrix;
use statrs::distribution::{Beta, ChiSquared, ContinuousCDF};

/// Level of the test of c = 0: the complement of the usual 10 %.
const FLOOR_LEVEL: f64 = 0.9;
/// One-sided level of the residual and σ tests; its share of false alarms has not been simulated yet.
const ALARM: f64 = 0.002;
/// A scaled Jacobian worse than this leaves fewer than half of a double's digits.
const WORST_CONDITION: f64 = 1e8;
/// The forecast on which the influence of single runs is judged when no target is known yet.
pub(crate) const INFLUENCE_AT: f64 = 100.0;
/// One run decides when leaving it out moves ln L by more than this many half-widths of the 90 %
/// prediction interval; the limit is a judgement that has not been calibrated by simulation yet.
const INFLUENCE_LIMIT: f64 = 2.0;

pub(crate) fn judge(
    fit: &FitResult,
    inference: &Inference,
    starts: Option<(usize, usize)>,
) -> (FitStatus, Vec<Diagnosis>) {
    let mut found = Vec::new();
    found.extend(not_converged(fit));
    found.extend(inverse_scaling(fit, inference));
    found.extend(ill_conditioned(inference));
    found.extend(bounds(fit));
    found.extend(second_basin(fit, inference));
    found.extend(starts_disagree(fit, starts));
    found.extend(too_few_runs(inference));
    found.extend(floor_not_identified(fit, inference));
    found.extend(structured_residuals(fit, inference));
    found.extend(sigma_too_small(fit, inference));
    found.extend(one_run_decides(fit, inference, INFLUENCE_AT));
    found.extend(units_suspect(fit));
    found.extend(super::surface::findings(fit, inference));
    let has = |code: &str| found.iter().any(|d: &Diagnosis| d.code == code);
    let at_bound = (0..fit.parameters.len()).any(|k| fit.on_bound(k));
    let status = if has(code::NOT_CONVERGED) {
        FitStatus::NotConverged
    } else if has(code::ILL_CONDITIONED) {
        FitStatus::IllConditioned
    } else if has(code::SECOND_BASIN) {
        FitStatus::StartsDisagree
    } else if at_bound {
        FitStatus::AtBound
    } else {
        FitStatus::Converged
    };
    (status, found)
}

fn not_converged(fit: &FitResult) -> Option<Diagnosis> {
    (!fit.basins[0].converged).then(|| {
        Diagnosis::new(
            code::NOT_CONVERGED,
            Severity::Warn,
            "the descent did not reach a minimum",
            "rescale the data, hold a parameter with --fix, or use a simpler law",
        )
    })
}

/// The straight-line trend of loss on ln C: a law with b < 0 cannot describe a rising one.
fn inverse_scaling(fit: &FitResult, inference: &Inference) -> Option<Diagnosis> {
    let power_form = fit.law.form().is_power();
    if !power_form || fit.settings.upper[1] > 0.0 {
        return None;
    }
    let o = &inference.observations;
    let n = o.len() as f64;
    let x: Vec<f64> = (0..o.len()).map(|i| o.input(i)[0].ln()).collect();
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, o.y.iter().sum::<f64>() / n);
    let slope: f64 = x
        .iter()
        .zip(&o.y)
        .map(|(x, y)| (x - mean_x) * (y - mean_y))
        .sum();
    (slope >= 0.0).then(|| {
        Diagnosis::new(
            code::INVERSE_SCALING,
            Severity::Refuse,
            "the loss does not fall with compute",
            "check that the loss column is a loss (smaller is better) and the compute column is compute; \
             otherwise nothing here supports a forecast",
        )
    })
}

fn ill_conditioned(inference: &Inference) -> Option<Diagnosis> {
    let condition = inference.condition();
    (condition > WORST_CONDITION).then(|| {
        Diagnosis::new(
            code::ILL_CONDITIONED,
            Severity::Warn,
            format!("the data hardly determine the parameters (condition number {condition:.1e})"),
            "spread the runs over more compute, or hold a parameter with --fix",
        )
    })
}

fn bounds(fit: &FitResult) -> Vec<Diagnosis> {
    let parameters = fit.law.parameters();
    let mut found = Vec::new();
    for (k, parameter) in parameters.iter().enumerate() {
        if !fit.on_bound(k) {
            continue;
        }
        let value = fit.parameters[k].value;
        let own =
            fit.settings.lower[k] == parameter.lower && fit.settings.upper[k] == parameter.upper;
        let power_form = fit.law.form().is_power();
        if power_form && k == 1 {
            found.push(Diagnosis::new(
                code::EXPONENT_AT_BOUND,
                Severity::Warn,
                format!(
                    "the exponent b = {value} lies on the end of its range {}..{}",
                    fit.settings.lower[k], fit.settings.upper[k]
                ),
                "the runs do not show a power law of compute; look at the chart and widen the span of compute",
            ));
        } else if !own {
            found.push(Diagnosis::new(
                code::AT_BOUND,
                Severity::Warn,
                format!(
                    "{} = {value} lies on a bound that was given",
                    parameter.name
                ),
                "widen the bound unless it is known to hold",
            ));
        }
        // c = 0 on its natural bound is the business of floor-not-identified.
    }
    found
}

/// Another basin whose excess over the best is within the noise.
fn second_basin(fit: &FitResult, inference: &Inference) -> Option<Diagnosis> {
    if fit.law.form() == Form::Surface {
        // Rivals of a surface are told with their own answers.
        return None;
    }
    let second = fit.basins.get(1)?;
    let threshold = fit.threshold(inference, FLOOR_LEVEL)?;
    let least_squares = fit.settings.objective == Objective::Squared;
    (least_squares && second.objective <= threshold).then(|| {
        let names = fit.law.parameters();
        let values: Vec<String> = names
            .iter()
            .zip(&second.parameters)
            .map(|(p, v)| format!("{} = {}", p.name, format_quantity(*v)))
            .collect();
        Diagnosis::new(
            code::SECOND_BASIN,
            Severity::Warn,
            format!(
                "a second minimum explains the runs about as well ({})",
                values.join(", ")
            ),
            "add runs where the two differ; the profile interval covers both",
        )
    })
}

fn starts_disagree(fit: &FitResult, starts: Option<(usize, usize)>) -> Option<Diagnosis> {
    // A scan that looks everywhere needs no second start.
    let (agreeing, tried) = starts.filter(|_| fit.law.form() == Form::General)?;
    (tried >= 5 && agreeing < 2).then(|| {
        Diagnosis::new(
            code::SECOND_BASIN,
            Severity::Warn,
            format!("only {agreeing} of {tried} starts reached the best minimum"),
            "give a start near the answer, or search ranges that contain it",
        )
    })
}

fn too_few_runs(inference: &Inference) -> Option<Diagnosis> {
    let dof = inference
        .dof
        .filter(|dof| *dof < super::inference::MIN_DOF)?;
    Some(Diagnosis::new(
        code::TOO_FEW_RUNS,
        Severity::Warn,
        format!(
            "{} runs leave {dof} degrees of freedom after {} parameters: no interval is given",
            inference.observations.len(),
            inference.free.len()
        ),
        "add runs, give a sigma column, or use a law with fewer parameters",
    ))
}

/// Floor–exponent confounding: the profile of the floor reaches c = 0.
fn floor_not_identified(fit: &FitResult, inference: &Inference) -> Option<Diagnosis> {
    let constant_free =
        fit.law.form() == Form::PowerPlusConstant && fit.settings.lower[2] < fit.settings.upper[2];
    if !constant_free || fit.settings.lower[2] > 0.0 {
        return None;
    }
    let mut o = inference.observations.clone();
    if o.residuals == Residuals::Log {
        o.residuals = Residuals::Relative;
    }
    let profile = PowerProfile::new(&o, true)?;
    let best = profile.best_rss();
    let noise2 = match inference.dof {
        None => 1.0,
        Some(dof) if dof > 0.0 => best / dof,
        Some(_) => return None,
    };
    let f = (profile.floorless_rss() - best) / noise2;
    let quantile = central_quantile(FLOOR_LEVEL, inference.dof).powi(2);
    let distribution = match inference.dof {
        Some(dof) => format!("F(1, {dof})"),
        None => "χ²(1)".to_owned(),
    };
    // Without noise both sums are rounding: 0/0 says nothing against the floor.
    let negligible = best <= 1e-24 * o.len() as f64;
    let unidentified = if negligible {
        fit.parameters[2].value == 0.0
    } else {
        f < quantile
    };
    unidentified.then(|| {
        Diagnosis::new(
            code::FLOOR_NOT_IDENTIFIED,
            Severity::Warn,
            format!(
                "irreducible loss NOT IDENTIFIED: F(c = 0) = {f:.2}, below {quantile:.2}, the {:.0} % point of {distribution}",
                FLOOR_LEVEL * 100.0
            ),
            "compare with --law power; a floor needs runs over more decades of compute or less noise",
        )
    })
}

/// Durbin and Watson's d on the residuals in order of compute, against its beta approximation
/// under independent noise for this very design (Durbin & Watson 1951, §4).
fn structured_residuals(fit: &FitResult, inference: &Inference) -> Option<Diagnosis> {
    let o = &inference.observations;
    let n = o.len();
    let dof = inference
        .dof
        .unwrap_or(n as f64 - inference.free.len() as f64);
    if dof < 3.0 || fit.law.inputs() != [Input::Compute] {
        return None;
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &k| o.input(i)[0].total_cmp(&o.input(k)[0]));
    // Replicates have no order among themselves: the test would depend on that of the rows.
    if order.windows(2).any(|w| o.input(w[0]) == o.input(w[1])) {
        return None;
    }
    let p = fit.values();
    let residuals: Vec<f64> = order
        .iter()
        .map(|&i| o.residual(i, fit.law.predict(o.input(i), &p)))
        .collect();
    let total: f64 = residuals.iter().map(|r| r * r).sum();
    if total <= 1e-24 * n as f64 {
        return None;
    }
    let d = residuals
        .windows(2)
        .map(|w| (w[1] - w[0]).powi(2))
        .sum::<f64>()
        / total;
    if !d.is_finite() {
        return None;
    }
    let probability = durbin_watson_tail(&design(fit, o, &order, &p)?, d)?;
    (probability < ALARM).then(|| {
        let changes = residuals.windows(2).filter(|w| (w[0] < 0.0) != (w[1] < 0.0)).count();
        let lag1 = residuals.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / total;
        Diagnosis::new(
            code::STRUCTURED_RESIDUALS,
            Severity::Warn,
            format!(
                "residuals in order of compute are not noise: {} runs of one sign, lag-1 correlation {lag1:.2} (p = {probability:.1e})",
                changes + 1
            ),
            "the form does not fit the whole range: drop the smallest runs with --where, or try another law",
        )
    })
}

/// Orthonormal basis of the Jacobian's columns, rows in order of compute.
fn design(fit: &FitResult, o: &Observations, order: &[usize], p: &[f64]) -> Option<DMatrix<f64>> {
    let fixed = fit.settings.fixed();
    let free: Vec<usize> = (0..p.len())
        .filter(|&k| !fixed[k] && !fit.on_bound(k))
        .collect();
    let mut j = DMatrix::zeros(order.len(), free.len());
    let mut gradient = vec![0.0; p.len()];
    for (row, &i) in order.iter().enumerate() {
        let f = fit.law.predict(o.input(i), p);
        fit.law.gradient(o.input(i), p, &mut gradient);
        for (column, &k) in free.iter().enumerate() {
            j[(row, column)] = o.slope(i, f) * gradient[k];
        }
    }
    for mut column in j.column_iter_mut() {
        let norm = column.norm();
        column /= norm;
    }
    j.iter().all(|v| v.is_finite()).then(|| j.qr().q())
}

/// P(D ≤ d) for noise in the complement of `q`, from the first two moments of D on (0, 4).
fn durbin_watson_tail(q: &DMatrix<f64>, d: f64) -> Option<f64> {
    let (n, p) = q.shape();
    // A = second-difference matrix with ends 1: tridiagonal (−1, 2, −1).
    let apply = |x: &DMatrix<f64>| {
        DMatrix::from_fn(n, x.ncols(), |i, k| {
            let diagonal = if i == 0 || i + 1 == n { 1.0 } else { 2.0 };
            let before = if i > 0 { x[(i - 1, k)] } else { 0.0 };
            let after = if i + 1 < n { x[(i + 1, k)] } else { 0.0 };
            diagonal * x[(i, k)] - before - after
        })
    };
    let aq = apply(q);
    let qaq = q.tr_mul(&aq);
    let qaaq = aq.tr_mul(&aq);
    let trace_a = 2.0 * (n as f64 - 1.0);
    let trace_aa = 6.0 * n as f64 - 8.0;
    let trace = trace_a - qaq.trace();
    let trace2 = trace_aa - 2.0 * qaaq.trace() + (&qaq * &qaq).trace();
    let nu = (n - p) as f64;
    let mean = trace / nu;
    let variance = 2.0 * (trace2 - trace * mean) / (nu * (nu + 2.0));
    let (m, v) = (mean / 4.0, variance / 16.0);
    let size = m * (1.0 - m) / v - 1.0;
    let beta = Beta::new(m * size, (1.0 - m) * size).ok()?;
    Some(beta.cdf((d / 4.0).clamp(0.0, 1.0)))
}

fn sigma_too_small(fit: &FitResult, inference: &Inference) -> Option<Diagnosis> {
    let n = inference.observations.len() as f64;
    let dof = n - inference.free.len() as f64;
    let applies =
        inference.dof.is_none() && fit.settings.objective == Objective::Squared && dof >= 1.0;
    if !applies {
        return None;
    }
    let chi2 = fit.objective();
    let probability = ChiSquared::new(dof).ok()?.sf(chi2);
    (probability < ALARM).then(|| {
        Diagnosis::new(
            code::SIGMA_TOO_SMALL,
            Severity::Warn,
            format!("residuals exceed the given sigma: χ² = {chi2:.1} on {dof} degrees of freedom"),
            "intervals are too narrow: check the unit of the sigma column, or leave it out so that the noise is estimated",
        )
    })
}

/// Leave-one-out influence on the forecast at `factor` times the largest run.
pub(crate) fn one_run_decides(
    fit: &FitResult,
    inference: &Inference,
    factor: f64,
) -> Option<Diagnosis> {
    let worst = strongest_influence(fit, inference, factor)?;
    (worst.half_widths > INFLUENCE_LIMIT).then(|| {
        Diagnosis::new(
            code::ONE_RUN_DECIDES,
            Severity::Warn,
            format!(
                "without the run at compute {}{} the forecast {} times beyond the largest run changes by {:+.1} %, {:.1} half-widths of its 90 % interval",
                format_quantity(worst.run.compute),
                if worst.run.line > 0 { format!(" (line {})", worst.run.line) } else { String::new() },
                format_quantity(factor),
                (worst.change.exp() - 1.0) * 100.0,
                worst.half_widths
            ),
            "check that run; --exclude leaves it out, --objective huber weighs it down",
        )
    })
}

/// The run whose absence moves the forecast most.
pub(crate) struct Influence<'a> {
    run: &'a Run,
    /// Change of ln L.
    change: f64,
    /// The change in half-widths of the 90 % prediction interval.
    pub half_widths: f64,
}

/// Above this many runs none can decide alone by itself unless its residual is huge, which the
/// robust objectives are for; refitting without each would cost more than the fit.
const MOST_RUNS: usize = 200;

/// Refits without each run in turn.
pub(crate) fn strongest_influence<'a>(
    fit: &'a FitResult,
    inference: &Inference,
    factor: f64,
) -> Option<Influence<'a>> {
    let least_squares = fit.settings.objective == Objective::Squared;
    let few = inference.observations.len() <= MOST_RUNS;
    if !few || !inference.enough() || fit.law.inputs() != [Input::Compute] || !least_squares {
        return None;
    }
    let settings: &Settings = &fit.settings;
    let o = &inference.observations;
    let target = [fit.largest_fitted() * factor];
    let p = fit.values();
    let f = fit.law.predict(&target, &p);
    let noise = inference.noise?;
    if noise <= 1e-12 {
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
    let runs: Vec<&Run> = fit.fitted_runs().collect();
    (0..o.len())
        .filter_map(|i| {
            let without = without_run(&*fit.law, settings, o, i, &p)?;
            let change = (fit.law.predict(&target, &without) / f).ln();
            let half_widths = change.abs() / half_width;
            half_widths.is_finite().then_some(Influence {
                run: runs[i],
                change,
                half_widths,
            })
        })
        .max_by(|a, b| a.half_widths.total_cmp(&b.half_widths))
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
    let problem = super::Problem {
        law,
        observations: &rest,
        objective: settings.objective,
        lower: settings.lower.clone(),
        upper: settings.upper.clone(),
    };
    Some(problem.minimise(p)?.p)
}

/// FLOP in one PF-day.
const PF_DAY: f64 = 8.64e19;

/// FLOP against PF-days, compute far from 6·N·D, perplexity or bits taken for a loss in nats.
fn units_suspect(fit: &FitResult) -> Option<Diagnosis> {
    let mut ratios: Vec<f64> = fit
        .fitted_runs()
        .filter_map(|run| Some(run.compute / (6.0 * run.params? * run.tokens?)))
        .filter(|ratio| ratio.is_finite() && *ratio > 0.0)
        .collect();
    ratios.sort_by(f64::total_cmp);
    let median = ratios.get(ratios.len() / 2).copied();
    let (message, hint) = match median {
        Some(ratio) if (0.5..=2.0).contains(&(ratio * PF_DAY)) => (
            "compute is about 6·N·D in PF-days, not in FLOP".to_owned(),
            "multiply by 8.64e19 or write the unit into the cells (3.1 PF-day)".to_owned(),
        ),
        Some(ratio) if !(0.2..=5.0).contains(&ratio) => (
            format!("compute is {} times 6·N·D", format_quantity(ratio)),
            "check the units of compute, params and tokens".to_owned(),
        ),
        None if fit.law.inputs() == [Input::Compute] && fit.largest_fitted() < 1e4 => (
            format!(
                "the largest compute is {}: is it in PF-days?",
                format_quantity(fit.largest_fitted())
            ),
            "give targets in the same unit, or write the unit into the cells (3.1 PF-day)"
                .to_owned(),
        ),
        _ => return None,
    };
    Some(Diagnosis::new(
        code::UNITS_SUSPECT,
        Severity::Note,
        message,
        hint,
    ))
}
