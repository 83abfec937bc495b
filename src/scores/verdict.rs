//! Findings about whether the scores of a task can be extrapolated.

use super::noise::Sampling;
use super::task::{TaskFit, TaskRun};
use crate::fit::{Code, Diagnosis, Severity, central_quantile};
use crate::remedy::Setting;
use crate::said::Said;
use nalgebra::{DMatrix, DVector};

/// Level of the central t interval that a trend has to leave, and level for a turn.
const TREND: f64 = 0.9;
const TURN: f64 = 0.98;
/// A turn counts if it undoes at least this share of the range of the trend.
const MATERIAL: f64 = 0.2;
/// Fewest models on the falling side that can show a turn.
const FEWEST: usize = 4;
/// From this score on there is nothing left to extrapolate.
const CEILING: f64 = 0.99;
/// Scores that differ by less are equal.
const EQUAL: f64 = 1e-9;

/// A polynomial of the scores in ln C, by weighted least squares.
struct Trend {
    coefficients: DVector<f64>,
    errors: DVector<f64>,
    dof: f64,
}

/// The findings about the scores of a task.
pub fn findings(runs: &[TaskRun], fit: &TaskFit) -> Vec<Diagnosis> {
    let mut found = Vec::new();
    let refuse = |code, message: String, hint: &str| {
        Diagnosis::new(code, Severity::Refuse, message, hint).with_remedy(Setting::Force)
    };
    found.extend(chance(runs, fit));
    let high = runs.iter().filter(|r| r.score >= CEILING).count();
    if high > 0 {
        let (all, severity) = match high == runs.len() {
            true => ("all", Severity::Refuse),
            false => ("some", Severity::Warn),
        };
        found.push(Diagnosis::new(
            Code::AtCeiling,
            severity,
            format!("{all} of the {} models score 99 % or more", runs.len()),
            "the benchmark is used up: measure a harder one",
        ));
    }
    let turns = "no law of compute explains this: do not extrapolate it";
    // Between equal scores, slopes and their errors are rounding.
    let scores = || runs.iter().map(|run| run.score);
    let range = scores().fold(f64::MIN, f64::max) - scores().fold(f64::MAX, f64::min);
    let is_equal = range < EQUAL;
    if let Some((low, from, to)) = turn(runs).filter(|_| !is_equal) {
        let (code, how) = match low {
            true => (Code::UShaped, "falls and then rises"),
            false => (Code::NonMonotone, "rises and then falls"),
        };
        found.push(refuse(
            code,
            format!(
                "the score {how} with compute: the fitted parabola turns at {from:.3}, and the \
                 largest model is at {to:.3}"
            ),
            turns,
        ));
        return found;
    }
    let Some(line) = Trend::new(runs, 1) else {
        return found;
    };
    let t = match is_equal {
        true => 0.0,
        false => line.coefficients[1] / line.errors[1],
    };
    let clear = central_quantile(TREND, Some(line.dof));
    // Both cases are refused; a fall by one standard error only decides the name of the finding.
    if t < -1.0 {
        found.push(refuse(
            Code::InverseScaling,
            format!(
                "the score falls with compute, by {:.1} standard errors",
                Said(t.abs())
            ),
            "a trend that gets worse with scale can turn around: do not extrapolate it",
        ));
    } else if t.is_nan() || t < clear {
        found.push(refuse(
            Code::NoTrend,
            format!(
                "the score does not change with compute beyond its scatter ({:.1} standard errors)",
                Said(if t.is_finite() { t } else { 0.0 })
            ),
            "measure more examples, or models over more decades of compute",
        ));
    }
    found
}

/// A finding about models that guess. They stay in the fit, since a score at chance says that −ln Q
/// is large.
fn chance(runs: &[TaskRun], fit: &TaskFit) -> Option<Diagnosis> {
    let scatter = fit.laws.iter().map(|l| l.scatter).fold(0.0, f64::max);
    let above = |r: &&TaskRun| better_than_guessing(r, scatter);
    let better = runs.iter().filter(above).count();
    let all = runs.len();
    let level = runs.last().map_or(0.0, |r| r.chance);
    if level == 0.0 && better > 0 {
        return None;
    }
    if better == 0 {
        return Some(Diagnosis::new(
            Code::AtChance,
            Severity::Refuse,
            format!("none of the {all} models scores clearly better than guessing ({level})"),
            "scores at chance say nothing about larger models; measure models that are better, or \
             score the log-likelihood of the right answers",
        ));
    }
    (better < all).then(|| {
        Diagnosis::new(
            Code::AtChance,
            Severity::Note,
            format!(
                "{} of {all} models do not score clearly better than guessing ({level}); their \
                 scores are used like all others",
                all - better
            ),
            "nothing needs to be done",
        )
    })
}

/// Whether a score lies two standard deviations above chance; `scatter` is that of the models about
/// the law.
fn better_than_guessing(run: &TaskRun, scatter: f64) -> bool {
    let at = run.chance.max(1e-3);
    let sd = run.sampling.total(at, scatter).sqrt();
    run.score > run.chance + 2.0 * sd
}

/// A clear turn of the score within the models: whether it is a minimum, the score there, and that
/// of the largest model.
fn turn(runs: &[TaskRun]) -> Option<(bool, f64, f64)> {
    let curve = Trend::new(runs, 2)?;
    let [a, b, c] = [0, 1, 2].map(|k| curve.coefficients[k]);
    let t = c / curve.errors[2];
    if t.is_nan() || t.abs() < central_quantile(TURN, Some(curve.dof)) {
        return None;
    }
    let x = logs(runs);
    let at = |x: f64| a + b * x + c * x * x;
    let (first, last) = (
        x.iter().copied().fold(f64::INFINITY, f64::min),
        x.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    );
    let vertex = -b / (2.0 * c);
    if vertex <= first || vertex >= last {
        return None;
    }
    let before = (at(first) - at(vertex)).abs();
    let after = (at(last) - at(vertex)).abs();
    let lowest = c > 0.0;
    let undone = if lowest { before } else { after };
    // A parabola also turns if a score only flattens, so the models on the falling side decide.
    let falling = |x: f64| if lowest { x < vertex } else { x > vertex };
    let side = runs.iter().zip(&x).filter(|(_, x)| falling(**x));
    let side: Vec<TaskRun> = side.map(|(run, _)| run.clone()).collect();
    // Models that guess scatter about chance, and a fall among them is no turn.
    if !side.iter().any(|run| better_than_guessing(run, 0.0)) {
        return None;
    }
    let line = Trend::new(&side, 1).filter(|_| side.len() >= FEWEST)?;
    let falls = line.coefficients[1] / line.errors[1];
    let clear = central_quantile(TREND, Some(line.dof));
    let turns = falls < -clear && undone > MATERIAL * before.max(after);
    turns.then(|| (lowest, at(vertex), at(last)))
}

fn logs(runs: &[TaskRun]) -> Vec<f64> {
    let n = runs.len() as f64;
    let mean = runs.iter().map(|r| r.compute.ln()).sum::<f64>() / n;
    runs.iter().map(|r| r.compute.ln() - mean).collect()
}

impl Trend {
    fn new(runs: &[TaskRun], degree: usize) -> Option<Trend> {
        let (n, k) = (runs.len(), degree + 1);
        if n <= k {
            return None;
        }
        let x = logs(runs);
        let weight: Vec<f64> = runs.iter().map(weight).collect();
        let rows = DMatrix::from_fn(n, k, |i, j| x[i].powi(j as i32) * weight[i]);
        let y = DVector::from_fn(n, |i, _| runs[i].score * weight[i]);
        let inverse = (rows.transpose() * &rows).try_inverse()?;
        let coefficients = &inverse * rows.transpose() * &y;
        let dof = (n - k) as f64;
        let residual = (&y - &rows * &coefficients).norm_squared() / dof;
        // If the sampling error is known, the scatter is at least that large.
        let known = runs.iter().all(|r| r.sampling != Sampling::Unknown);
        let noise = if known { residual.max(1.0) } else { residual };
        Some(Trend {
            errors: DVector::from_fn(k, |i, _| (noise * inverse[(i, i)]).sqrt()),
            coefficients,
            dof,
        })
    }
}

fn weight(run: &TaskRun) -> f64 {
    match run.sampling {
        Sampling::Unknown => 1.0,
        known => 1.0 / known.variance(run.score.clamp(0.02, 0.98)).sqrt(),
    }
}
