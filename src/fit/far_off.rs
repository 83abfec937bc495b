//! Finds one run that lies far off the curve of all others.

use super::inference::Inference;
use super::influence;
use super::objective::Objective;
use super::observations::Observations;
use super::result::FitResult;
use super::status::{Diagnosis, Severity};
use crate::code::Code;
use crate::finding::lines;
use crate::law::Input;
use crate::quantity::format_quantity;
use crate::remedy::Setting;
use crate::runs::Run;
use crate::said::Said;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Level of the test, over all runs together.
const ALARM: f64 = 1e-2;
/// Smallest distance from the curve, as a share of the loss, that is reported.
const LEAST: f64 = 0.01;
/// Smallest distance in units of the noise: a law that holds only roughly has smaller ones.
const CLOSE: f64 = 8.0;
/// The next run may lie off by at most this share of the distance: if the law does not hold,
/// several runs lie off it.
const NEXT: f64 = 0.4;

/// How far a run lies from the law of the others.
struct Distance {
    /// As a share of the value of the law.
    share: f64,
    /// Student's t and its degrees of freedom.
    t: f64,
    freedom: f64,
}

/// Tests the externally studentised residual of each run: its distance from the law that is fitted
/// without it, in units of the noise of the other runs and the uncertainty of their law. The
/// p-value of the largest is multiplied by the number of runs (Bonferroni).
pub(super) fn run_far_off(fit: &FitResult, inference: &Inference) -> Option<Diagnosis> {
    let distances = distances(fit, inference)?;
    let (o, runs) = (&inference.observations, fit.runs_in_order());
    let distances = runs.iter().zip(&distances);
    let known = distances.filter_map(|(run, distance)| Some((*run, distance.as_ref()?)));
    let mut known: Vec<(&Run, &Distance)> = known.collect();
    known.sort_by(|a, b| b.1.t.abs().total_cmp(&a.1.t.abs()));
    let (run, worst) = *known.first()?;
    let next = known.get(1).map_or(0.0, |next| next.1.t.abs());
    if worst.share.abs() < LEAST || worst.t.abs() < CLOSE || next > NEXT * worst.t.abs() {
        return None;
    }
    let student = StudentsT::new(0.0, 1.0, worst.freedom).ok()?;
    let probability = 2.0 * student.sf(worst.t.abs()) * o.len() as f64;
    (probability < ALARM).then(|| {
        let against = format!(
            "the law of the others, {:.0} times the noise (p = {probability:.1e})",
            Said(worst.t.abs())
        );
        diagnosis(fit, run, worst.share, &against)
    })
}

/// The distance of each run from the law of the others, in canonical order; `None` if it cannot be
/// computed for this fit. Runs close to that law have no distance.
fn distances(fit: &FitResult, inference: &Inference) -> Option<Vec<Option<Distance>>> {
    let o = &inference.observations;
    let least_squares = fit.settings.objective == Objective::Squared;
    let enough = o.len() as f64 - inference.free.len() as f64 >= 4.0;
    if !least_squares || !enough || o.counted {
        return None;
    }
    let least = least_noise(o);
    Some(match influence::refits(fit, inference) {
        Some(refits) => {
            let of = |(i, p): (usize, &Option<Vec<f64>>)| {
                refitted(fit, inference, i, p.as_ref()?, least)
            };
            refits.iter().enumerate().map(of).collect()
        }
        None => {
            let p = fit.values();
            let of = |i| in_one_step(fit, inference, i, &p, least);
            (0..o.len()).map(of).collect()
        }
    })
}

/// For each fitted run, in canonical order: its height above the law of the others as a share of
/// that law, its studentised deleted residual, and the degrees of freedom. Runs close to the law of
/// the others have no entry.
pub(crate) fn deleted_residuals(fit: &FitResult) -> Vec<Option<(f64, f64, f64)>> {
    let found = fit.inference().ok();
    let found = found.and_then(|inference| distances(fit, &inference));
    let all = found.unwrap_or_default().into_iter();
    all.map(|one| one.map(|d| (d.share, d.t, d.freedom)))
        .collect()
}

/// The finding that a run lies `share` above or below `what`.
pub(super) fn diagnosis(fit: &FitResult, run: &Run, share: f64, what: &str) -> Diagnosis {
    let place = match run.line {
        0 => String::new(),
        line => format!(" ({})", lines([line])),
    };
    let at = match (fit.law.inputs(), fit.law.columns(), run.has_compute()) {
        ([Input::Compute], ..) => format!("{}{}", fit.variable().before(), format_quantity(run.x)),
        (_, [], true) => format!("C = {}", format_quantity(run.x)),
        (inputs, columns, _) => arguments(inputs, columns, run),
    };
    let side = match share > 0.0 {
        true => "above",
        false => "below",
    };
    Diagnosis::new(
        Code::RunFarOff,
        Severity::Warn,
        format!(
            "the run at {at}{place} lies {:.1} % {side} {what}",
            Said(100.0 * share.abs())
        ),
        "look at that run, and leave it out if it is wrong, or let Huber's loss weigh it down",
    )
    .with_remedy(Setting::Exclude)
    .with_remedy(Setting::Objective.to("huber"))
}

/// The arguments of a run for a law in other columns, in words.
fn arguments(inputs: &[Input], columns: &[String], run: &Run) -> String {
    let each = inputs.iter().filter_map(|input| {
        let (name, value) = match input {
            Input::Compute => ("C", run.known_x()),
            Input::Params => ("N", run.params),
            Input::Tokens => ("D", run.tokens),
            Input::UniqueTokens => ("U", run.unique_tokens),
            Input::Column(k) => (&**columns.get(*k)?, run.column(columns.get(*k)?)),
        };
        Some(format!("{name} = {}", format_quantity(value?)))
    });
    each.collect::<Vec<_>>().join(", ")
}

/// The distance of run `i` from the law that is fitted without it.
fn refitted(
    fit: &FitResult,
    inference: &Inference,
    i: usize,
    p: &[f64],
    least: f64,
) -> Option<Distance> {
    let o = &inference.observations;
    let rest = o.without(i);
    let law = &*fit.law;
    let predicted = law.predict(o.input(i), p);
    let residual = o.residual(i, predicted);
    let squares = (0..rest.len()).map(|k| rest.residual(k, law.predict(rest.input(k), p)).powi(2));
    let freedom = rest.len() as f64 - inference.free.len() as f64;
    let noise = (squares.sum::<f64>() / freedom).sqrt().max(least);
    if residual.abs() < NEXT * CLOSE * noise {
        return None;
    }
    let others = Inference::new(
        law,
        rest,
        Objective::Squared,
        p,
        &fit.settings.fixed(),
        fit.settings.prior.as_ref(),
    );
    let mut gradient = vec![0.0; p.len()];
    law.gradient(o.input(i), p, &mut gradient);
    let own = others.noise.filter(|own| *own > 0.0);
    // Without noise the law of the others has no uncertainty.
    let uncertain = own.map_or(0.0, |own| {
        let error = others.standard_error(&gradient).unwrap_or(f64::INFINITY);
        o.slope(i, predicted).abs() * error / own * noise
    });
    distance(o, (i, predicted), residual, noise.hypot(uncertain), freedom)
}

/// The same to first order, from the fit of all runs.
fn in_one_step(
    fit: &FitResult,
    inference: &Inference,
    i: usize,
    p: &[f64],
    least: f64,
) -> Option<Distance> {
    let o = &inference.observations;
    let predicted = fit.law.predict(o.input(i), p);
    let residual = o.residual(i, predicted);
    let mut gradient = vec![0.0; p.len()];
    fit.law.gradient(o.input(i), p, &mut gradient);
    let scale = inference.noise.filter(|noise| *noise > 0.0)?;
    let error = inference.standard_error(&gradient)?;
    let leverage = (o.slope(i, predicted) * error / scale).powi(2);
    let freedom = o.len() as f64 - inference.free.len() as f64 - 1.0;
    let all = fit.objective();
    let left = 1.0 - leverage;
    if left < 1e-6 {
        return None;
    }
    let rest = (all - residual * residual / left).max(0.0);
    let noise = (rest / freedom).sqrt().max(least);
    distance(
        o,
        (i, predicted),
        residual / left,
        noise / left.sqrt(),
        freedom,
    )
}

/// Smallest noise that a run is taken to have: rounding, or the given sigma.
fn least_noise(o: &Observations) -> f64 {
    match o.sigma_known {
        true => 1.0,
        false => 1e-5 * o.size_of_a_loss(),
    }
}

fn distance(
    o: &Observations,
    (i, predicted): (usize, f64),
    residual: f64,
    error: f64,
    freedom: f64,
) -> Option<Distance> {
    let t = -residual / error;
    (t.is_finite() && predicted != 0.0 && freedom >= 3.0).then_some(Distance {
        share: (o.y[i] - predicted) / predicted.abs(),
        t,
        freedom,
    })
}
