//! The influence of each fitted run on the forecast, and whether one of them looks wrong.

use super::ladder::Ladder;
use crate::fit::{FitResult, deleted_residuals};
use crate::runs::Run;
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Level of the joint test of all runs: if no run is wrong, two plans in a hundred still name one.
const LEVEL: f64 = 0.02;
/// A run closer to the law than this share of the loss is not worth repeating.
const LEAST: f64 = 0.005;

/// The influence of a fitted run on the forecast.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Existing {
    pub(crate) line: u64,
    /// The values of the law's columns.
    #[serde(skip)]
    pub(crate) x: Vec<f64>,
    pub(crate) loss: f64,
    /// The change of the forecast without this run, as a share of the forecast.
    pub(crate) change: Option<f64>,
    /// The same change in standard errors of the forecast.
    pub(crate) in_errors: Option<f64>,
    /// The width of the interval without this run.
    pub(crate) width: Option<f64>,
}

/// A run that lies too far from the law of the others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Suspicious {
    /// Its index among the fitted runs, in canonical order.
    #[serde(skip)]
    pub(crate) place: usize,
    pub(crate) line: u64,
    /// How far it lies above the law of the others, as a share of that law's value.
    pub(crate) share: f64,
    /// The studentised deleted residual, and its degrees of freedom.
    pub(crate) t: f64,
    pub(crate) freedom: f64,
    /// The probability that the largest residual of so many runs is at least as large.
    pub(crate) probability: f64,
}

/// The run farthest from the law of the others, if its studentised deleted residual is significant
/// at a joint level for all runs (Bonferroni).
pub(crate) fn suspicious(fit: &FitResult) -> Option<Suspicious> {
    let all = deleted_residuals(fit);
    let count = all.len() as f64;
    let runs = fit.runs_in_order();
    let of = |(place, found): (usize, &Option<(f64, f64, f64)>)| {
        let (share, t, freedom) = (*found)?;
        let student = StudentsT::new(0.0, 1.0, freedom).ok()?;
        Some(Suspicious {
            place,
            line: runs.get(place)?.line(),
            share,
            t,
            freedom,
            probability: (2.0 * student.sf(t.abs()) * count).min(1.0),
        })
    };
    let all = all.iter().enumerate().filter_map(of);
    let worst = all.max_by(|a, b| a.t.abs().total_cmp(&b.t.abs()))?;
    (worst.probability < LEVEL && worst.share.abs() >= LEAST).then_some(worst)
}

/// The influence of each run of a ladder on its calibrated forecast, by leaving it out.
pub(crate) fn of_ladder(fit: &FitResult, ladder: &Ladder<'_>) -> Vec<Existing> {
    let all = ladder.said(&[], None);
    let of = |(k, run): (usize, &Run)| {
        let rest = ladder.said(&[], Some(k));
        let moved = all.as_ref().zip(rest.as_ref()).map(|(all, rest)| {
            let each = all.iter().zip(rest);
            each.map(|(all, rest)| {
                let error = 0.5 * (all.2 - all.0) / ladder.quantile();
                ((rest.1 - all.1) / all.1, (rest.1 - all.1) / error)
            })
            .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
        });
        let moved = moved
            .flatten()
            .filter(|m| m.0.is_finite() && m.1.is_finite());
        Existing {
            line: run.line(),
            x: vec![run.x()],
            loss: run.loss(),
            change: moved.map(|m| m.0),
            in_errors: moved.map(|m| m.1),
            width: rest.as_deref().and_then(Ladder::width_of),
        }
    };
    let runs = fit.runs_in_order().into_iter().enumerate();
    runs.map(of).collect()
}

/// The influence of each run on the predictions of a law in any columns, to first order, at the
/// target that it moves most.
pub(crate) fn of_points(fit: &FitResult, targets: &[Vec<f64>]) -> Vec<Existing> {
    let Ok(inference) = fit.inference() else {
        return Vec::new();
    };
    let (law, p, o) = (fit.law(), fit.values(), &inference.observations);
    let gradient = |x: &[f64]| {
        let mut out = vec![0.0; p.len()];
        law.gradient(x, &p, &mut out);
        out
    };
    let covariance = inference.covariance();
    let between = |a: &[f64], b: &[f64]| -> Option<f64> {
        let covariance = covariance.as_ref()?;
        let free = &inference.free;
        let mut sum = 0.0;
        for (i, fi) in free.iter().enumerate() {
            for (k, fk) in free.iter().enumerate() {
                sum += a[*fi] * covariance[(i, k)] * b[*fk];
            }
        }
        sum.is_finite().then_some(sum)
    };
    let noise = inference.noise.unwrap_or(f64::NAN);
    let moved = |i: usize| -> Option<(f64, f64)> {
        let x = o.input(i);
        let own = gradient(x);
        let value = law.predict(x, &p);
        let (slope, residual) = (o.slope(i, value), o.residual(i, value));
        let leverage = slope * slope * between(&own, &own)? / (noise * noise);
        let each = targets.iter().filter_map(|target| {
            let at = gradient(target);
            let said = law.predict(target, &p);
            let error = between(&at, &at)?.sqrt();
            let change =
                slope * between(&at, &own)? / (noise * noise) * residual / (1.0 - leverage);
            Some((change / said.abs(), change / error))
        });
        let each = each.filter(|m| m.0.is_finite() && m.1.is_finite());
        each.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))
    };
    let runs = fit.runs_in_order().into_iter().enumerate();
    runs.map(|(i, run)| {
        let moved = moved(i);
        Existing {
            line: run.line(),
            x: o.input(i).to_vec(),
            loss: run.loss(),
            change: moved.map(|m| m.0),
            in_errors: moved.map(|m| m.1),
            width: None,
        }
    })
    .collect()
}
