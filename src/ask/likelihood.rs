//! The likelihood of a fit, and the comparison of two fits to the same runs.

use crate::fit::{FitResult, Objective};

/// The log-density of every residual at the fit: normal for least squares and Laplace for the
/// robust objectives, with the scale estimated from the residuals.
pub(super) fn log_densities(fit: &FitResult, residuals: &[f64]) -> Vec<f64> {
    let count = residuals.len() as f64;
    let tiny = f64::MIN_POSITIVE;
    if fit.settings().objective == Objective::Squared {
        let variance = sum(residuals.iter().map(|r| r * r)) / count;
        let variance = variance.max(tiny);
        let one = |r: &f64| -0.5 * (variance.ln() + r * r / variance);
        return residuals.iter().map(one).collect();
    }
    let scale = sum(residuals.iter().map(|r| r.abs())) / count;
    let scale = scale.max(tiny);
    let one = |r: &f64| -scale.ln() - r.abs() / scale;
    residuals.iter().map(one).collect()
}

/// A sum that is bit-identical for every order of the rows.
pub(super) fn sum(values: impl Iterator<Item = f64>) -> f64 {
    let mut all: Vec<f64> = values.collect();
    all.sort_by(f64::total_cmp);
    all.iter().sum()
}

/// The difference of two log-likelihoods, and Vuong's statistic: that difference divided by √n
/// times the standard deviation of its terms.
#[cfg(feature = "tables")]
pub(super) fn vuong(first: &[f64], second: &[f64]) -> (f64, Option<f64>) {
    let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
    let count = differences.len() as f64;
    let total = sum(differences.iter().copied());
    let mean = total / count;
    let variance = sum(differences.iter().map(|d| (d - mean).powi(2))) / count;
    let z = total / (count * variance).sqrt();
    (total, Some(z).filter(|z| z.is_finite()))
}

#[cfg(all(test, feature = "tables"))]
mod tests {
    use super::*;

    /// By hand: differences 1, 2, 3 have the sum 6 and the variance 2/3.
    #[test]
    fn the_statistic_is_that_of_vuong() {
        let (total, z) = vuong(&[2.0, 4.0, 6.0], &[1.0, 2.0, 3.0]);
        assert_eq!(total, 6.0);
        approx::assert_relative_eq!(z.unwrap(), 6.0 / 2.0_f64.sqrt(), max_relative = 1e-14);
        assert_eq!(vuong(&[1.0, 1.0], &[1.0, 1.0]), (0.0, None));
    }
}
