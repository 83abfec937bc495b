//! The findings about a fit, each with its own code, numbers and remedy.

use super::finding::{ALARM, end};
use super::inference::{Inference, central_quantile};
use super::objective::{Objective, Residuals};
use super::profile::PowerProfile;
use super::result::FitResult;
use super::status::{Diagnosis, FitStatus, Severity};
use super::{
    far_off, influence, known, one_compute, predictability, replicates, residual_tests,
    several_outcomes, unique,
};
use crate::code::Code;
use crate::law::Form;
use crate::numeric::{Limits, PowerProblem};
use crate::quantity::format_quantity;
use crate::remedy::Setting;
use crate::runs::{CurveKind, Run};
use crate::said::Said;
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Level of the test of c = 0: the complement of the usual 10 %.
const FLOOR_LEVEL: f64 = 0.9;
/// A condition number of the scaled Jacobian above this leaves fewer than half of a double's
/// digits.
const WORST_CONDITION: f64 = 1e8;
/// Without a target, the influence of single runs is judged at this multiple of the largest run.
const INFLUENCE_AT: f64 = 100.0;

pub(crate) fn judge(
    fit: &FitResult,
    inference: &Inference,
    starts: Option<(usize, usize)>,
) -> (FitStatus, Vec<Diagnosis>) {
    // Findings about the table come before findings about the fit.
    let mut found = fit.data.findings.clone();
    found.extend(quantile_fit(fit));
    found.extend(not_converged(fit));
    found.extend(predictability::findings(fit));
    found.extend(ill_conditioned(inference));
    found.extend(bounds(fit));
    found.extend(second_basin(fit, inference));
    found.extend(starts_disagree(fit, starts));
    found.extend(unique::minimum_not_unique(fit, &inference.observations));
    found.extend(too_few_runs(inference));
    found.extend(floor_not_identified(fit, inference));
    found.extend(known::findings(fit, inference));
    // Residuals from a quantile are not centred on zero.
    if !fit.settings.objective.is_quantile() {
        found.extend(residual_tests::structured_residuals(fit, inference));
        found.extend(residual_tests::plateau(fit, inference));
    }
    found.extend(several_outcomes::outcomes_move_together(fit));
    found.extend(sigma_too_small(fit, inference));
    found.extend(influence::one_run_decides(fit, inference, INFLUENCE_AT));
    found.extend(units_suspect(fit));
    // The same run is not reported twice.
    let told = found.iter().any(|d| d.code == Code::RunFarOff);
    let about_runs = about_runs(fit, inference).into_iter();
    found.extend(about_runs.filter(|d| !told || d.code != Code::RunFarOff));
    found.extend(super::surface::findings(fit, inference));
    let has = |code: Code| found.iter().any(|d: &Diagnosis| d.code == code);
    let at_bound = (0..fit.parameters.len()).any(|k| fit.on_bound(k));
    let status = if has(Code::NotConverged) {
        FitStatus::NotConverged
    } else if has(Code::IllConditioned) {
        FitStatus::IllConditioned
    } else if has(Code::SecondBasin) {
        FitStatus::StartsDisagree
    } else if at_bound {
        FitStatus::AtBound
    } else {
        FitStatus::Converged
    };
    (status, found)
}

/// Findings of a fit about the rows of its table.
pub(super) fn about_runs(fit: &FitResult, inference: &Inference) -> Vec<Diagnosis> {
    // Residuals from a quantile say nothing about the centre of the runs.
    if fit.settings.objective.is_quantile() {
        return Vec::new();
    }
    let found = [
        far_off::run_far_off(fit, inference),
        one_compute::scatter_at_one_compute(fit, inference),
        replicates::unequal_noise(fit, inference),
    ];
    found.into_iter().flatten().collect()
}

/// A note that the curve is a quantile, not the centre of the runs.
fn quantile_fit(fit: &FitResult) -> Option<Diagnosis> {
    let Objective::Quantile { q } = fit.settings.objective else {
        return None;
    };
    let o = fit.observations().ok()?;
    let below = |i: &usize| o.residual(*i, fit.predict(o.input(*i))) > 1e-9 * o.size_of_a_loss();
    let below = (0..o.len()).filter(below).count();
    Some(Diagnosis::new(
        Code::QuantileFit,
        Severity::Note,
        format!(
            "the curve is the {} quantile of the runs, and not their middle: {below} of {} runs lie below it; intervals \
             that are made for a middle are not given",
            Said(q),
            o.len()
        ),
        "fit by least squares where the runs are tuned alike",
    )
    .with_remedy(Setting::Objective.to("squared")))
}

fn not_converged(fit: &FitResult) -> Option<Diagnosis> {
    (!fit.basins[0].converged).then(|| {
        Diagnosis::new(
            Code::NotConverged,
            Severity::Warn,
            "the descent did not reach a minimum",
            "rescale the data, hold a parameter, or use a simpler law",
        )
        .with_remedy(Setting::Fix)
        .with_remedy(Setting::Law)
    })
}

fn ill_conditioned(inference: &Inference) -> Option<Diagnosis> {
    let condition = inference.condition();
    (condition > WORST_CONDITION).then(|| {
        Diagnosis::new(
            Code::IllConditioned,
            Severity::Warn,
            match condition.is_finite() {
                true => format!(
                    "the data hardly determine the parameters (condition number {condition:.1e})"
                ),
                false => {
                    "the data do not determine all parameters: other values of them fit as well"
                        .to_owned()
                }
            },
            "do not use single parameters, nor the delta interval, which rests on them: spread the runs wider, or hold \
             a parameter",
        )
        .with_remedy(Setting::Fix)
    })
}

fn bounds(fit: &FitResult) -> Vec<Diagnosis> {
    let parameters = fit.law.parameters();
    let mut found = Vec::new();
    for (k, parameter) in parameters.iter().enumerate() {
        if !fit.on_bound(k) {
            continue;
        }
        let value = Said(fit.parameters[k].value);
        let own =
            fit.settings.lower[k] == parameter.lower && fit.settings.upper[k] == parameter.upper;
        let power_form = fit.law.form().is_power();
        if power_form && k == 1 {
            found.push(Diagnosis::new(
                Code::ExponentAtBound,
                Severity::Warn,
                format!(
                    "the exponent b = {value} lies on the end of its range {}..{}",
                    end(fit.settings.lower[k]), end(fit.settings.upper[k])
                ),
                format!(
                    "do not use b, nor the intervals that assume the law (delta, profile, bootstrap): the runs do not show \
                     a power law of {0}; look at the chart and widen the span of {0}",
                    fit.variable().noun()
                ),
            ));
        } else if !own {
            found.push(Diagnosis::new(
                Code::AtBound,
                Severity::Warn,
                format!(
                    "{} = {value} lies on a bound that was given",
                    parameter.name
                ),
                "widen the bound unless it is known to hold",
            ));
        }
        // For power forms floor-not-identified reports c = 0.
        if own && !power_form {
            found.push(Diagnosis::new(
                Code::AtBound,
                Severity::Warn,
                format!("{} = {value} lies on the end of its range", parameter.name),
                format!(
                    "do not use {}, nor the delta interval, which takes it for known: the runs do not show what this \
                     parameter describes; compare with a law without it",
                    parameter.name
                ),
            ));
        }
    }
    found
}

/// Another basin whose excess over the best is within the noise.
fn second_basin(fit: &FitResult, inference: &Inference) -> Option<Diagnosis> {
    if fit.law.form() == Form::Surface {
        // Other minima of a surface are reported with the allocation they lead to.
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
            Code::SecondBasin,
            Severity::Warn,
            format!(
                "a second minimum explains the runs about as well ({})",
                values.join(", ")
            ),
            "do not use single parameters, nor the delta interval, which knows one minimum: add runs where the two differ; \
             the profile interval covers both",
        )
    })
}

fn starts_disagree(fit: &FitResult, starts: Option<(usize, usize)>) -> Option<Diagnosis> {
    // A scan covers the whole range, so the number of starts does not matter. Laws of one argument
    // that are fitted in units of their data find starts there.
    let ones = |n: usize| vec![1.0; n];
    let own = fit.law.change_units(
        &ones(fit.parameters.len()),
        &ones(fit.law.inputs().len()),
        1.0,
    );
    let scanned = fit.law.inputs().len() == 1 && own.is_some();
    let (agreeing, tried) = starts.filter(|_| fit.law.form() == Form::General && !scanned)?;
    (tried >= 5 && agreeing < 2).then(|| {
        Diagnosis::new(
            Code::SecondBasin,
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
        Code::TooFewRuns,
        Severity::Warn,
        format!(
            "{} runs leave {dof} degrees of freedom after {} parameters: the law has no interval",
            inference.observations.len(),
            inference.free.len()
        ),
        "add runs, give a sigma column, or use a law with fewer parameters",
    ))
}

/// Floor–exponent confounding: the profile of the floor reaches c = 0.
fn floor_not_identified(fit: &FitResult, inference: &Inference) -> Option<Diagnosis> {
    if fit.law.form() != Form::PowerPlusConstant {
        return None;
    }
    let (low, high) = (fit.settings.lower[2], fit.settings.upper[2]);
    let zero_may_be = low < high && low <= 0.0 && high >= 0.0;
    let known = fit.settings.prior.as_ref().is_some_and(|p| p.is_about("c"));
    if !zero_may_be || known {
        return None;
    }
    let mut o = inference.observations.clone();
    if o.residuals == Residuals::Log {
        o.residuals = Residuals::Relative;
    }
    // Both sums are minimised within the bounds of the fit: if the floor may be negative, c = 0 is
    // tested against a negative one too.
    let limits = fit.settings.power_limits(true);
    let lowest = |limits: Limits| {
        let basins = PowerProblem::new(&o, true, limits)?.basins();
        basins.first().map(|basin| basin.rss)
    };
    let best = match fit.signed() {
        true if fit.settings.objective == Objective::Squared => fit.objective(),
        true => return None,
        false => lowest(limits)?,
    };
    let floorless = match limits == Limits::natural(true) {
        true => PowerProfile::new(&o, true)?.floorless_rss(),
        false => lowest(Limits {
            c: (0.0, 0.0),
            ..limits
        })?,
    };
    let noise2 = match inference.dof {
        None => 1.0,
        Some(dof) if dof > 0.0 => best / dof,
        Some(_) => return None,
    };
    // Rounding may leave the difference a little below zero.
    let f = ((floorless - best) / noise2).max(0.0);
    let quantile = central_quantile(FLOOR_LEVEL, inference.dof).powi(2);
    let distribution = match inference.dof {
        Some(dof) => format!("F(1, {dof})"),
        None => "χ²(1)".to_owned(),
    };
    // Without noise both sums are rounding, and their ratio means nothing.
    let negligible = best <= o.len() as f64 * (1e-12 * o.size_of_a_loss()).powi(2);
    let unidentified = if negligible {
        fit.parameters[2].value == 0.0
    } else {
        f < quantile
    };
    unidentified.then(|| {
        Diagnosis::new(
            Code::FloorNotIdentified,
            Severity::Warn,
            format!(
                "the runs do not show whether the loss has a floor: a law without one fits them about as well (F = {:.2}, below the \
                 {:.0} % point {quantile:.2} of {distribution})",
                Said(f),
                FLOOR_LEVEL * 100.0
            ),
            format!(
                "do not use c, nor the delta interval, which leaves out other floors. Compare with the law 'power'. To see a \
                 floor, add runs over more decades of {} or with less noise",
                fit.variable().noun()
            ),
        )
        .with_remedy(Setting::Law.to("power"))
    })
}

fn sigma_too_small(fit: &FitResult, inference: &Inference) -> Option<Diagnosis> {
    let n = inference.observations.len() as f64;
    let dof = n - inference.free.len() as f64;
    let applies = fit.settings.prior.is_none()
        && inference.dof.is_none()
        && fit.settings.objective == Objective::Squared
        && dof >= 1.0;
    if !applies {
        return None;
    }
    let chi2 = fit.objective();
    let probability = ChiSquared::new(dof).ok()?.sf(chi2);
    (probability < ALARM).then(|| {
        Diagnosis::new(
            Code::SigmaTooSmall,
            Severity::Warn,
            format!("residuals exceed the given sigma: χ² = {:.1} on {dof} degrees of freedom", Said(chi2)),
            "intervals are too narrow: check the unit of the sigma column, or leave it out so that the noise is estimated",
        )
    })
}

/// FLOP in one PF-day.
const PF_DAY: f64 = 8.64e19;

/// Reports compute in PF-days, compute far from 6·N·D, and compute too small for the model. A small
/// number alone is no evidence: compute has many units, and its column may hold something else.
fn units_suspect(fit: &FitResult) -> Option<Diagnosis> {
    let other = [CurveKind::DatasetSize, CurveKind::Samples].contains(&fit.data.curve);
    if !fit.variable().is_compute() || !fit.data().has_compute() || other {
        return None;
    }
    let median = |of: fn(&Run) -> Option<f64>| {
        let mut ratios: Vec<f64> = fit
            .fitted_runs()
            .filter_map(of)
            .filter(|ratio| ratio.is_finite() && *ratio > 0.0)
            .collect();
        ratios.sort_by(f64::total_cmp);
        ratios.get(ratios.len() / 2).copied()
    };
    let all = median(|run| Some(run.x / (6.0 * run.params? * run.tokens?)));
    // A lower bound of compute: 6·N·D with at least one token and one parameter.
    let least = median(|run| Some(run.x / (6.0 * run.params.or(run.tokens)?)));
    let (message, hint) = match (all, least) {
        (Some(ratio), _) if (0.5..=2.0).contains(&(ratio * PF_DAY)) => (
            "compute is about 6·N·D in PF-days, not in FLOP".to_owned(),
            "multiply by 8.64e19 or write the unit into the cells (3.1 PF-day)".to_owned(),
        ),
        (Some(ratio), _) if !(0.2..=5.0).contains(&ratio) => (
            format!("compute is {} times 6·N·D", format_quantity(ratio)),
            "check the units of compute, params and tokens".to_owned(),
        ),
        (None, Some(ratio)) if ratio < 1.0 => (
            format!(
                "compute is {} times what the training on a single token takes: it is not in FLOP",
                format_quantity(ratio)
            ),
            "give targets in the same unit, or write the unit into the cells (3.1 PF-day)"
                .to_owned(),
        ),
        _ => return None,
    };
    Some(Diagnosis::new(
        Code::UnitsSuspect,
        Severity::Note,
        message,
        hint,
    ))
}
