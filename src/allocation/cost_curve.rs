//! ln(C/(N·D)) as a curve in ln N, by least squares.

use crate::numeric::SIX;

/// Range of the exponent p − 1.
const SLOPES: (f64, f64) = (-2.0, 1.0);
/// Steps of the scan over exponents.
const STEPS: usize = 60;
/// The most steps of a descent.
const DESCENT: usize = 60;

/// ln(base + level·e^(slope·u)).
#[derive(Debug, Clone, Copy)]
pub(super) struct Curve {
    pub(super) base: f64,
    pub(super) level: f64,
    pub(super) slope: f64,
}

impl Curve {
    /// Its value, and its derivative by the level.
    pub(super) fn at(&self, u: f64) -> (f64, f64) {
        let power = (self.slope * u).exp();
        let total = self.base + self.level * power;
        (total.ln(), power / total)
    }

    /// Sum of squares of the points about the curve; infinite if the curve has no value at one.
    fn rss(&self, points: &[(f64, f64)]) -> f64 {
        let sum: f64 = points.iter().map(|p| (p.1 - self.at(p.0).0).powi(2)).sum();
        if sum.is_nan() { f64::INFINITY } else { sum }
    }

    /// Standard deviation of the points about the curve, which has this many parameters.
    pub(super) fn spread(&self, points: &[(f64, f64)], parameters: usize) -> f64 {
        let dof = points.len().saturating_sub(parameters).max(1);
        let spread = (self.rss(points) / dof as f64).sqrt();
        // A spread this small is rounding.
        if spread < 1e-9 { 0.0 } else { spread }
    }

    /// 6 + level·e^(slope·u) with the best slope of a scan.
    pub(super) fn scan(points: &[(f64, f64)]) -> Curve {
        let slopes =
            (0..=STEPS).map(|k| SLOPES.0 + (SLOPES.1 - SLOPES.0) * k as f64 / STEPS as f64);
        let fitted = slopes.map(|slope| {
            let over: f64 = points.iter().map(|p| p.1.exp() - SIX).sum();
            let powers: f64 = points.iter().map(|p| (slope * p.0).exp()).sum();
            let mut curve = Curve {
                base: SIX,
                level: over / powers,
                slope,
            };
            while curve.rss(points).is_infinite() && curve.level.abs() > 1e-12 {
                curve.level *= 0.5;
            }
            curve.descend(points, false);
            curve
        });
        let best = fitted.min_by(|p, q| p.rss(points).total_cmp(&q.rss(points)));
        best.unwrap_or(Curve {
            base: SIX,
            level: 0.0,
            slope: 0.0,
        })
    }

    /// Levenberg–Marquardt for the level, and for the slope if it is `free`.
    pub(super) fn descend(&mut self, points: &[(f64, f64)], free: bool) {
        let mut now = self.rss(points);
        let mut damping = 1e-3;
        for _ in 0..DESCENT {
            let ([a, b, c], [g, h]) = self.normal(points);
            let (a, c) = (a * (1.0 + damping), c * (1.0 + damping));
            let determinant = a * c - b * b;
            let step = match free && determinant > 0.0 && c > 0.0 {
                true => [(c * g - b * h) / determinant, (a * h - b * g) / determinant],
                false => [g / a, 0.0],
            };
            if !step.iter().all(|s| s.is_finite()) {
                return;
            }
            let tried = Curve {
                level: self.level + step[0],
                slope: (self.slope + step[1]).clamp(SLOPES.0, SLOPES.1),
                ..*self
            };
            let then = tried.rss(points);
            if then <= now {
                let done = now - then <= 1e-15 * now;
                (*self, now) = (tried, then);
                damping *= 0.1;
                if done {
                    return;
                }
            } else {
                damping *= 10.0;
                if damping > 1e9 {
                    return;
                }
            }
        }
    }

    /// JᵀJ (its three different entries) and Jᵀ·residuals.
    fn normal(&self, points: &[(f64, f64)]) -> ([f64; 3], [f64; 2]) {
        let (mut square, mut along) = ([0.0; 3], [0.0; 2]);
        for &(u, y) in points {
            let (value, j) = self.at(u);
            let k = self.level * u * j;
            for (sum, part) in square.iter_mut().zip([j * j, j * k, k * k]) {
                *sum += part;
            }
            for (sum, part) in along.iter_mut().zip([j, k]) {
                *sum += part * (y - value);
            }
        }
        (square, along)
    }

    /// A square root of the covariance of (level, slope).
    pub(super) fn root(&self, points: &[(f64, f64)], spread: f64) -> [[f64; 2]; 2] {
        let ([a, b, c], _) = self.normal(points);
        let determinant = a * c - b * b;
        // Without a second term its exponent cannot be estimated.
        if determinant.is_nan() || determinant <= 1e-12 * a * c {
            return [
                [if a > 0.0 { spread / a.sqrt() } else { 0.0 }, 0.0],
                [0.0, 0.0],
            ];
        }
        let (v_level, v_both, v_slope) = (c / determinant, -b / determinant, a / determinant);
        let first = v_level.sqrt();
        let second = v_both / first;
        let last = (v_slope - second * second).max(0.0).sqrt();
        [[spread * first, 0.0], [spread * second, spread * last]]
    }
}
