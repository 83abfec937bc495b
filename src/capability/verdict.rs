//! Whether a capability can be extrapolated: findings, each with its numbers.

use super::steps::{Evidence, Steps};
use crate::fit::{Code, Diagnosis, Severity};
use crate::remedy::Setting;
use crate::said::Said;
use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The verdict on a capability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// Nothing speaks against the law.
    Predictable,
    /// Some problems were never solved, and only a bound is known for them.
    OnlyWhereSolved,
    /// The fit did not converge, so the law is unknown.
    NotConverged,
    /// The evidence refutes a power law in compute, or any extrapolation.
    NotPredictable,
}

impl Verdict {
    /// The verdict in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Predictable => "PREDICTABLE",
            Verdict::OnlyWhereSolved => "PREDICTABLE ONLY WHERE SOLVED",
            Verdict::NotConverged => "NOT CONVERGED",
            Verdict::NotPredictable => "NOT PREDICTABLE",
        }
    }

    pub(crate) fn of(diagnoses: &[Diagnosis]) -> Verdict {
        if diagnoses.iter().any(|d| d.severity == Severity::Refuse) {
            Verdict::NotPredictable
        } else if diagnoses.iter().any(|d| d.code == Code::NotConverged) {
            Verdict::NotConverged
        } else if diagnoses
            .iter()
            .any(|d| d.code == Code::ZeroPassCells && d.severity >= Severity::Warn)
        {
            Verdict::OnlyWhereSolved
        } else {
            Verdict::Predictable
        }
    }
}

/// Probability that a family of tests rejects a curve that follows the law.
const LEVEL: f64 = 0.01;
/// A violation counts if it is at least this share of the curve's range.
const MATERIAL: f64 = 0.2;
/// Pass rates of at least this leave nothing to extrapolate.
const CEILING: f64 = 0.99;

/// The findings about a curve's shape.
pub(super) fn shape(e: &Evidence<'_>) -> Vec<Diagnosis> {
    let e = &Steps::new(e);
    let mut found = Vec::new();
    found.extend(chance(e));
    found.extend(ceiling(e));
    match trend(e) {
        Some(d) => found.push(d),
        None => found.extend(jump(e)),
    }
    found
}

fn refuse(code: Code, message: String, hint: &str) -> Diagnosis {
    Diagnosis::new(code, Severity::Refuse, message, hint)
}

fn chance(e: &Steps) -> Option<Diagnosis> {
    let level = e.chance?;
    let above = |&(rate, error): &(f64, Option<f64>)| rate > level + 2.0 * error.unwrap_or(0.0);
    let better = e.rates.iter().filter(|r| above(r)).count();
    let all = e.rates.len();
    if better == 0 {
        return Some(refuse(
            Code::AtChance,
            format!("none of the {all} models passes clearly more often than chance ({level})"),
            "a rate at chance says nothing about larger models; measure models that are better than chance",
        ));
    }
    (better < all).then(|| {
        Diagnosis::new(
            Code::AtChance,
            Severity::Warn,
            format!(
                "{} of {all} models do not pass clearly more often than chance ({level})",
                all - better
            ),
            "leave them out, or score the log-likelihood of the right answer instead",
        )
        .with_remedy(Setting::Where)
    })
}

fn ceiling(e: &Steps) -> Option<Diagnosis> {
    let high = e.rates.iter().filter(|r| r.0 >= CEILING).count();
    let (all, last) = (e.rates.len(), e.rates.last()?.0);
    if high == 0 {
        return None;
    }
    let message = format!(
        "{high} of {all} models pass at least 99 % of the samples (the largest: {last:.4})"
    );
    let hint = "the benchmark is used up: measure harder problems";
    let severity = if high == all {
        Severity::Refuse
    } else {
        Severity::Warn
    };
    Some(Diagnosis::new(Code::AtCeiling, severity, message, hint))
}

/// A refusal unless the metric falls with compute, as the law requires.
fn trend(e: &Steps) -> Option<Diagnosis> {
    let n = e.metric.len();
    if n < 2 {
        return None;
    }
    let range = e.metric.iter().copied().fold(f64::NEG_INFINITY, f64::max)
        - e.metric.iter().copied().fold(f64::INFINITY, f64::min);
    let pairs = (n * (n - 1) / 2) as f64;
    let limit = e.quantile(LEVEL / pairs);
    let clear = |i: usize, j: usize| {
        let change = e.metric[j] - e.metric[i];
        let z = e
            .covariance
            .as_ref()
            .map(|v| change / (v[(i, i)] + v[(j, j)] - 2.0 * v[(i, j)]).max(1e-300).sqrt());
        // Without numbers of samples, only a larger change counts.
        let needed = if z.is_some() {
            MATERIAL
        } else {
            1.5 * MATERIAL
        };
        (change.abs() > needed * range && z.is_none_or(|z| z.abs() > limit)).then_some((change, z))
    };
    let say = |i: usize, j: usize| {
        let z = clear(i, j).and_then(|c| c.1);
        format!(
            "{} to {} between {} and {}{}",
            rate(e.metric[i]),
            rate(e.metric[j]),
            e.names[i],
            e.names[j],
            z.map_or(String::new(), |z| format!(
                " ({:.1} standard errors)",
                Said(z.abs())
            ))
        )
    };
    let all = || (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
    let worse: Vec<(usize, usize)> = all()
        .filter(|&(i, j)| clear(i, j).is_some_and(|c| c.0 > 0.0))
        .collect();
    let better: Vec<(usize, usize)> = all()
        .filter(|&(i, j)| clear(i, j).is_some_and(|c| c.0 < 0.0))
        .collect();
    let abstain = |code, message| {
        let hint = "no law of compute explains this: do not extrapolate; forced numbers carry this verdict";
        refuse(code, message, hint).with_remedy(Setting::Force)
    };
    let size = |p: &(usize, usize)| (e.metric[p.1] - e.metric[p.0]).abs();
    let largest = |list: &[(usize, usize)]| {
        list.iter()
            .max_by(|a, b| size(a).total_cmp(&size(b)))
            .copied()
    };
    let down = largest(&worse);
    if let (Some(down), Some(up)) = (down, largest(&better)) {
        if better
            .iter()
            .any(|up| worse.iter().any(|down| down.1 <= up.0))
        {
            return Some(abstain(
                Code::UShaped,
                format!(
                    "the pass rate falls, from {}, and rises, from {}",
                    say(down.0, down.1),
                    say(up.0, up.1)
                ),
            ));
        }
        return Some(abstain(
            Code::NonMonotone,
            format!("the pass rate falls again, from {}", say(down.0, down.1)),
        ));
    }
    let (slope, error) = slope(e);
    let z = error.filter(|s| *s > 0.0).map(|s| slope / s);
    let clear_of_zero = e.quantile(0.05);
    let size = z.map_or(String::new(), |z| {
        format!(", {:.1} standard errors", Said(z.abs()))
    });
    if let Some(down) = down.filter(|_| slope > 0.0) {
        return Some(refuse(
            Code::InverseScaling,
            format!(
                "INVERSE SCALING: the pass rate falls with compute{size}: from {}",
                say(down.0, down.1)
            ),
            "a trend that gets worse with scale can turn around (Hindsight Neglect did): do not extrapolate it",
        ));
    }
    if let Some(down) = down {
        return Some(abstain(
            Code::NonMonotone,
            format!("the pass rate falls from {}", say(down.0, down.1)),
        ));
    }
    if slope > 0.0 && z.is_none_or(|z| z > clear_of_zero) {
        return Some(refuse(
            Code::InverseScaling,
            format!("INVERSE SCALING: the pass rate falls with compute{size}"),
            "a trend that gets worse with scale can turn around (Hindsight Neglect did): do not extrapolate it",
        ));
    }
    (z.is_some_and(|z| z > -clear_of_zero) || slope >= 0.0).then(|| {
        refuse(
            Code::NoTrend,
            format!("the pass rate does not change with compute beyond its error{size}"),
            "sample more, or measure models over more decades of compute",
        )
    })
}

fn rate(metric: f64) -> String {
    format!("{:.3}", (-metric).exp())
}

/// Slope of the metric against ln C, and its standard error.
fn slope(e: &Steps) -> (f64, Option<f64>) {
    let n = e.x.len() as f64;
    let mean = e.x.iter().sum::<f64>() / n;
    let spread: f64 = e.x.iter().map(|x| (x - mean).powi(2)).sum();
    let weights = DVector::from_iterator(e.x.len(), e.x.iter().map(|x| (x - mean) / spread));
    let slope = weights.dot(&DVector::from_column_slice(&e.metric));
    let error = e
        .covariance
        .as_ref()
        .map(|v| (weights.transpose() * v * &weights)[0].max(0.0).sqrt());
    (slope, error)
}

/// A refusal if one step has more than half of the gain and a line cannot explain it.
fn jump(e: &Steps) -> Option<Diagnosis> {
    let n = e.metric.len();
    let v = e.settled()?;
    if n < 5 || e.metric.iter().any(|m| *m <= 0.0) {
        return None;
    }
    let y = DVector::from_iterator(n, e.metric.iter().map(|m| m.ln()));
    let errors = DMatrix::from_fn(n, n, |i, j| v[(i, j)] / (e.metric[i] * e.metric[j]))
        + DMatrix::identity(n, n) * 1e-10;
    let lower = errors.cholesky()?.l();
    let limit = e.quantile(0.5 * LEVEL / (n - 1) as f64);
    let total = y[0] - y[n - 1];
    let mean = e.x.iter().sum::<f64>() / n as f64;
    let mut worst: Option<(usize, f64, f64)> = None;
    for step in 1..n {
        let design = DMatrix::from_fn(n, 3, |i, j| match j {
            0 => 1.0,
            1 => e.x[i] - mean,
            _ => f64::from(u8::from(i >= step)),
        });
        let target = lower.solve_lower_triangular(&y)?;
        let qr = lower.solve_lower_triangular(&design)?.qr();
        let inverse = qr.r().try_inverse()?;
        let solution = &inverse * qr.q().transpose() * &target;
        let size = solution[2];
        let error = (&inverse * inverse.transpose())[(2, 2)].sqrt();
        // The step must also exceed the scatter of the models about the best step.
        let residual =
            (&target - lower.solve_lower_triangular(&design)? * &solution).norm_squared();
        let dof = n as f64 - 3.0;
        let z = -size / error;
        let t = z / (residual / dof).max(1.0).sqrt();
        let scattered = StudentsT::new(0.0, 1.0, dof).map_or(f64::INFINITY, |d| {
            d.inverse_cdf(1.0 - 0.05 / (n - 1) as f64)
        });
        if z > limit && t > scattered && -size > 0.5 * total && worst.is_none_or(|w| z > w.2) {
            worst = Some((step, -size, z));
        }
    }
    let (step, size, z) = worst?;
    Some(refuse(
        Code::Jump,
        format!(
            "a jump between {} and {}: {:.0} % of the whole gain in ln metric in one step ({:.1} standard errors)",
            e.names[step - 1],
            e.names[step],
            Said(100.0 * size / total),
            Said(z)
        ),
        "a capability that appears at once cannot be extrapolated from below: measure models around the jump",
    ))
}
