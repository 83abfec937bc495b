//! The forecast of the average over the tasks of a suite.

use super::combine::Combined;
use super::from_logit;
use crate::fit::central_quantile;
use crate::interval::Kind;

/// A forecast of the average score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Average {
    /// The mean of the forecasts of the tasks.
    pub point: f64,
    /// Standard deviations in units of the score: of the law, and of a new model.
    pub sd: (f64, f64),
    /// Degrees of freedom of Student's t.
    pub dof: f64,
    /// Correlation of the errors of two tasks.
    pub correlation: f64,
}

impl Average {
    /// The ends of an interval inside (0, 1), computed on the scale of ln(p/(1 − p)).
    pub fn interval(&self, level: f64, kind: Kind) -> (f64, f64) {
        let sd = match kind {
            Kind::Confidence => self.sd.0,
            Kind::Prediction => self.sd.1,
        };
        let p = self.point.clamp(1e-9, 1.0 - 1e-9);
        let eta = super::logit(p);
        let reach = central_quantile(level, Some(self.dof)) * sd / (p * (1.0 - p));
        (from_logit(eta - reach), from_logit(eta + reach))
    }
}

/// The mean of the forecasts of several tasks for one model. `correlation` is that of the errors of
/// two tasks. `None` for fewer than two tasks.
pub fn average(tasks: &[&Combined], correlation: f64) -> Option<Average> {
    let n = tasks.len() as f64;
    if tasks.len() < 2 {
        return None;
    }
    let sd = |kind: Kind| {
        // Converts the standard deviation from the scale of ln(p/(1 − p)) to that of p.
        let own = |t: &&Combined| {
            let p = t.point();
            t.sd(kind) * p * (1.0 - p)
        };
        let sum: f64 = tasks.iter().map(own).sum();
        let squares: f64 = tasks.iter().map(|t| own(t).powi(2)).sum();
        ((1.0 - correlation) * squares + correlation * sum * sum).sqrt() / n
    };
    Some(Average {
        point: tasks.iter().map(|t| t.point()).sum::<f64>() / n,
        sd: (sd(Kind::Confidence), sd(Kind::Prediction)),
        dof: tasks.iter().map(|t| t.dof).fold(f64::INFINITY, f64::min),
        correlation,
    })
}

/// The correlation of the errors of two tasks, between 0 and 1: the mean product of their
/// standardised errors over all pairs of tasks and models. Without such errors it is 1.
pub fn together(errors: &[Vec<(usize, f64)>]) -> f64 {
    let (mut products, mut squares) = (Vec::new(), Vec::new());
    for (k, a) in errors.iter().enumerate() {
        squares.extend(a.iter().map(|e| e.1 * e.1));
        for b in &errors[k + 1..] {
            for (model, x) in a {
                products.extend(b.iter().filter(|e| e.0 == *model).map(|e| x * e.1));
            }
        }
    }
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let correlation = mean(&products) / mean(&squares);
    match correlation.is_finite() {
        true => correlation.clamp(0.0, 1.0),
        false => 1.0,
    }
}
