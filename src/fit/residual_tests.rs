//! Tests on the residuals in order of compute: whether they are noise, and whether the loss levels
//! off at the end.

use super::finding::ALARM;
use super::inference::Inference;
use super::observations::Observations;
use super::result::FitResult;
use super::status::{Diagnosis, Severity};
use crate::code::Code;
use crate::law::Input;
use crate::quantity::format_quantity;
use crate::remedy::Setting;
use crate::said::Said;
use nalgebra::{DMatrix, DVector};
use statrs::distribution::{Beta, ContinuousCDF, Normal, StudentsT};

/// One-sided level of the order test; its beta approximation is conservative for few runs.
const STRUCTURE_ALARM: f64 = 0.005;

/// Durbin and Watson's d on the residuals in order of compute, against its beta approximation
/// under independent noise for this very design (Durbin & Watson 1951, §4).
pub(super) fn structured_residuals(fit: &FitResult, inference: &Inference) -> Option<Diagnosis> {
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
    // Replicates have no order: the result would depend on the order of their rows.
    if order.windows(2).any(|w| o.input(w[0]) == o.input(w[1])) {
        return None;
    }
    let p = fit.values();
    let residuals: Vec<f64> = order
        .iter()
        .map(|&i| o.residual(i, fit.law.predict(o.input(i), &p)))
        .collect();
    let total: f64 = residuals.iter().map(|r| r * r).sum();
    if total <= n as f64 * (1e-12 * o.size_of_a_loss()).powi(2) {
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
    (probability < STRUCTURE_ALARM).then(|| {
        let changes = residuals.windows(2).filter(|w| (w[0] < 0.0) != (w[1] < 0.0)).count();
        let lag1 = residuals.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / total;
        Diagnosis::new(
            Code::StructuredResiduals,
            Severity::Warn,
            format!(
                "residuals in order of compute are not noise: {} runs of one sign, lag-1 correlation {lag1:.2} (p = {probability:.1e})",
                changes + 1
            ),
            "do not use the errors of the parameters, nor the intervals that assume the law (delta, profile, bootstrap): \
             it does not fit the whole range; leave the smallest runs out, or try another law",
        )
        .with_remedy(Setting::Where)
        .with_remedy(Setting::Law)
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

/// Fewest runs on either side of the point at which the loss may level off.
const SIDE: usize = 3;
/// The most joints that are tried; with more runs they are evenly spaced.
const MOST_JOINTS: usize = 200;
/// A tail that falls less than this share of the slope before counts as level, however small the
/// noise.
const STILL_FALLING: f64 = 0.1;

/// Tests a joint in the law at each inner run as an added variable: Student's t of its coefficient
/// with the noise re-estimated, Bonferroni over the joints. A plateau is reported if the losses
/// beyond the joint lie above the law and have stopped falling.
pub(super) fn plateau(fit: &FitResult, inference: &Inference) -> Option<Diagnosis> {
    let o = &inference.observations;
    let n = o.len();
    if fit.law.inputs() != [Input::Compute] || n < 2 * SIDE || fit.signed() {
        return None;
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &k| o.input(i)[0].total_cmp(&o.input(k)[0]));
    let p = fit.values();
    let f: Vec<f64> = order
        .iter()
        .map(|&i| fit.law.predict(o.input(i), &p))
        .collect();
    let u: Vec<f64> = order.iter().map(|&i| o.input(i)[0].ln()).collect();
    let y: Vec<f64> = order.iter().map(|&i| o.y[i].ln()).collect();
    let residuals = DVector::from_fn(n, |row, _| o.residual(order[row], f[row]));
    let q = design(fit, o, &order, &p)?;
    let residuals = &residuals - &q * q.tr_mul(&residuals);
    let rounding = 1e-12 * o.size_of_a_loss();
    let dof = n as f64 - q.ncols() as f64 - 1.0;
    if dof < 2.0 {
        return None;
    }
    // Each joint costs a pass over the runs.
    let inner = n - 2 * SIDE + 2;
    let count = inner.min(MOST_JOINTS);
    let joints = (0..count).map(|j| SIDE - 1 + j * (inner - 1) / (count - 1).max(1));
    let level = 1.0 - ALARM / count as f64;
    let limit = if o.sigma_known {
        Normal::standard().inverse_cdf(level)
    } else {
        StudentsT::new(0.0, 1.0, dof).ok()?.inverse_cdf(level)
    };
    let best = joints
        .filter_map(|k| {
            let hinge = DVector::from_fn(n, |row, _| {
                o.slope(order[row], f[row]) * f[row] * (u[row] - u[k]).max(0.0)
            });
            let clear = &hinge - &q * q.tr_mul(&hinge);
            let square = clear.norm_squared();
            // residual = f − y: losses above the law make the coefficient positive.
            let coefficient = -clear.dot(&residuals) / square;
            let noise = if o.sigma_known {
                1.0
            } else {
                ((residuals.norm_squared() - coefficient * coefficient * square).max(0.0) / dof)
                    .sqrt()
            };
            let t = coefficient * square.sqrt() / noise;
            let (before, _) = line(&u[..=k], &y[..=k])?;
            let (tail, se) = line(&u[k..], &y[k..])?;
            let noise_of_ln = noise / (o.slope(order[k], f[k]) * f[k]);
            let stopped = -tail < (2.0 * se * noise_of_ln).max(-STILL_FALLING * before);
            (t.is_finite() && stopped && before < 0.0 && noise > rounding)
                .then_some((t, k, before, tail))
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    let (t, k, before, tail) = best;
    (t > limit).then(|| {
        Diagnosis::new(
            Code::Plateau,
            Severity::Warn,
            format!(
                "the loss stopped falling at compute {}: it goes as C^{before:.3} before and as C^{tail:.3} over the {} runs from \
                 there on, more abruptly than the law (t = {:.1}, limit {limit:.1})",
                format_quantity(u[k].exp()),
                n - k,
                Said(t)
            ),
            "look for what the largest runs have in common: data that repeat, a learning rate or a schedule that no longer \
             fits, a metric at its floor; a forecast from runs that are limited by something else than compute misleads",
        )
    })
}

/// Slope of a straight line and its standard error for noise of size one; `None` if all arguments
/// are equal.
fn line(x: &[f64], y: &[f64]) -> Option<(f64, f64)> {
    let n = x.len() as f64;
    let mean = |v: &[f64]| v.iter().sum::<f64>() / n;
    let (mx, my) = (mean(x), mean(y));
    let xx: f64 = x.iter().map(|x| (x - mx).powi(2)).sum();
    let xy: f64 = x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum();
    (xx > 0.0).then(|| (xy / xx, xx.sqrt().recip()))
}
