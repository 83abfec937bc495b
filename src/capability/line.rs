//! The law as a straight line, ln metric = ln α − k·ln C, with correlated errors of its points.

use crate::fit::central_quantile;
use nalgebra::{DMatrix, DVector, Matrix2, Vector2};

/// A fitted line, centred at the mean of ln C.
#[derive(Debug, Clone)]
pub(super) struct Line {
    center: f64,
    /// ln metric at the centre, and −k.
    coefficients: Vector2<f64>,
    /// Their covariance with the scatter, and without.
    covariance: Matrix2<f64>,
    sampling: Matrix2<f64>,
    /// Variance of a model about the line beyond its sampling error.
    pub(super) scatter: f64,
    /// Points minus two.
    pub(super) dof: f64,
    /// Squared residuals in units of the sampling errors alone; absent if these are unknown.
    pub(super) chi_squared: Option<f64>,
}

/// ln of the metric on the line, and its uncertainty.
#[derive(Debug, Clone, Copy)]
pub(super) struct OnLine {
    pub(super) log: f64,
    /// Variance of the line, and of a new model about it.
    pub(super) line: f64,
    pub(super) model: f64,
    /// The part of both variances that more samples would remove.
    sampling: f64,
    /// Degrees of freedom of both variances (infinite if the errors are known).
    line_dof: f64,
    model_dof: f64,
}

impl OnLine {
    /// The same with only this share of the sampling variance.
    pub(super) fn sampled(self, share: f64) -> OnLine {
        let elsewhere = (1.0 - share.clamp(0.0, 1.0)) * self.sampling.max(0.0);
        OnLine {
            line: self.line - elsewhere,
            model: self.model - elsewhere,
            sampling: self.sampling - elsewhere,
            ..self
        }
    }
    /// Half-width of an interval of ln metric, for the line or for a new model.
    pub(super) fn half_width(&self, level: f64, of_model: bool) -> f64 {
        let (variance, dof) = if of_model {
            (self.model, self.model_dof)
        } else {
            (self.line, self.line_dof)
        };
        central_quantile(level, (dof < 1e6).then_some(dof)) * variance.max(0.0).sqrt()
    }
}

impl Line {
    /// Ordinary least squares, with errors from the scatter about the line.
    pub(super) fn ordinary(x: &[f64], y: &[f64]) -> Line {
        let identity = DMatrix::identity(x.len(), x.len());
        let (coefficients, inverse, squares) = Line::solve(x, y, &identity);
        let dof = x.len() as f64 - 2.0;
        let scatter = if dof > 0.0 { squares / dof } else { 0.0 };
        Line {
            center: mean(x),
            coefficients,
            covariance: inverse * scatter,
            sampling: Matrix2::zeros(),
            scatter,
            dof,
            chi_squared: None,
        }
    }

    /// Generalised least squares for known errors of ln metric, plus a scatter of the models about
    /// the line. The scatter is set so that the residuals have their expected size (Paule and
    /// Mandel 1982).
    pub(super) fn general(x: &[f64], y: &[f64], errors: &DMatrix<f64>) -> Line {
        let n = x.len();
        let with = |scatter: f64| {
            let ridge = 1e-14 + 1e-10 * errors.trace() / n as f64;
            Line::solve(
                x,
                y,
                &(errors + DMatrix::identity(n, n) * (scatter + ridge)),
            )
        };
        let (mut coefficients, sampling, chi_squared) = with(0.0);
        let mut covariance = sampling;
        let dof = n as f64 - 2.0;
        let mut scatter = 0.0;
        if dof > 0.0 && chi_squared > dof {
            let mut high = 1e-6;
            while with(high).2 > dof && high < 1e6 {
                high *= 4.0;
            }
            let mut low = 0.0;
            for _ in 0..60 {
                scatter = 0.5 * (low + high);
                if with(scatter).2 > dof {
                    low = scatter;
                } else {
                    high = scatter;
                }
            }
            (coefficients, covariance, _) = with(scatter);
        }
        Line {
            center: mean(x),
            coefficients,
            covariance,
            sampling,
            scatter,
            dof,
            chi_squared: Some(chi_squared),
        }
    }

    /// The same for a covariance of the metric instead of its logarithm.
    pub(super) fn weighed(x: &[f64], y: &[f64], covariance: &DMatrix<f64>) -> Line {
        let n = y.len();
        let relative = DMatrix::from_fn(n, n, |i, j| covariance[(i, j)] / (y[i] * y[j]));
        Line::general(x, &logs(y), &relative)
    }

    /// Coefficients, their covariance, and the squared length of the residuals, all weighted by
    /// `errors`.
    fn solve(x: &[f64], y: &[f64], errors: &DMatrix<f64>) -> (Vector2<f64>, Matrix2<f64>, f64) {
        let center = mean(x);
        let n = x.len();
        let design = DMatrix::from_fn(n, 2, |i, j| if j == 0 { 1.0 } else { x[i] - center });
        let y = DVector::from_column_slice(y);
        let Some(factor) = errors.clone().cholesky() else {
            return (
                Vector2::repeat(f64::NAN),
                Matrix2::repeat(f64::NAN),
                f64::NAN,
            );
        };
        // Whiten, then QR: normal equations would lose half of the digits.
        let lower = factor.l();
        let white = |m: &DMatrix<f64>| lower.solve_lower_triangular(m).unwrap_or_else(|| m.clone());
        let (design, y) = (white(&design), white(&DMatrix::from_columns(&[y])));
        let qr = design.clone().qr();
        let r = qr.r();
        let inverse = r
            .clone()
            .try_inverse()
            .unwrap_or_else(|| r.map(|_| f64::NAN));
        let solution = &inverse * qr.q().transpose() * &y;
        let residual = &y - &design * &solution;
        let covariance = &inverse * inverse.transpose();
        (
            Vector2::new(solution[(0, 0)], solution[(1, 0)]),
            Matrix2::from_fn(|i, j| covariance[(i, j)]),
            residual.norm_squared(),
        )
    }

    /// The exponent k and its standard error.
    pub(super) fn exponent(&self) -> (f64, Option<f64>) {
        (-self.coefficients[1], self.error(self.covariance[(1, 1)]))
    }

    /// α = metric·C^k, and the standard error of ln α.
    pub(super) fn alpha(&self) -> (f64, Option<f64>) {
        let log = self.coefficients[0] - self.coefficients[1] * self.center;
        let v = Vector2::new(1.0, -self.center);
        (
            log.exp(),
            self.error((v.transpose() * self.covariance * v)[0]),
        )
    }

    fn error(&self, variance: f64) -> Option<f64> {
        let known = self.chi_squared.is_some() || self.dof > 0.0;
        (known && variance.is_finite()).then(|| variance.max(0.0).sqrt())
    }

    /// The line at ln C.
    pub(super) fn at(&self, x: f64) -> OnLine {
        let v = Vector2::new(1.0, x - self.center);
        let line = (v.transpose() * self.covariance * v)[0];
        let sampling = (v.transpose() * self.sampling * v)[0].min(line);
        // Satterthwaite's formula: only the part from the scatter has few degrees of freedom.
        let dof = |total: f64, estimated: f64| {
            if estimated > 0.0 {
                self.dof * (total / estimated).powi(2)
            } else {
                f64::INFINITY
            }
        };
        let model = line + self.scatter;
        OnLine {
            log: self.coefficients.dot(&v),
            line,
            model,
            sampling,
            line_dof: dof(line, line - sampling),
            model_dof: dof(model, model - sampling),
        }
    }
}

/// Whether the metrics have logarithms, so that a line can be fitted.
pub(super) fn usable(metric: &[f64]) -> bool {
    metric.iter().all(|m| *m > 0.0 && m.is_finite())
}

/// Their logarithms.
pub(super) fn logs(metric: &[f64]) -> Vec<f64> {
    metric.iter().map(|m| m.ln()).collect()
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_least_squares_is_the_textbook_one() {
        // x = 0, 1, 2, 3; y = 1, 3, 4, 8: slope 2.2, intercept 0.7, residual variance 0.9,
        // se(slope) √(0.9/5).
        let line = Line::ordinary(&[0.0, 1.0, 2.0, 3.0], &[1.0, 3.0, 4.0, 8.0]);
        let (k, se) = line.exponent();
        assert!((k + 2.2).abs() < 1e-12);
        assert!(se.is_some_and(|se| (se - (0.9f64 / 5.0).sqrt()).abs() < 1e-12));
        let at = line.at(5.0);
        assert!((at.log - 11.7).abs() < 1e-12);
        assert!((at.line - 0.9 * (0.25 + 3.5 * 3.5 / 5.0)).abs() < 1e-12);
        assert!((at.model - at.line - 0.9).abs() < 1e-12);
    }

    #[test]
    fn known_errors_that_suffice_leave_no_scatter() {
        let errors = DMatrix::from_diagonal(&DVector::from_vec(vec![1.0, 2.0, 1.0, 4.0]));
        let line = Line::general(&[0.0, 1.0, 2.0, 3.0], &[1.0, 3.0, 4.0, 8.0], &errors);
        assert_eq!(line.scatter, 0.0);
        let tight = errors * 1e-4;
        let line = Line::general(&[0.0, 1.0, 2.0, 3.0], &[1.0, 3.0, 4.0, 8.0], &tight);
        // Errors that explain nothing: the scatter is the residual variance.
        assert!((line.scatter - 0.9).abs() < 0.01, "{}", line.scatter);
    }
}
