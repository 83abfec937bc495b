//! A parabola by least squares, and its minimum.

/// y = c₀ + c₁v + c₂v².
pub(super) struct Parabola {
    pub(super) coefficients: [f64; 3],
    /// (XᵀX)⁻¹.
    pub(super) inverse: [[f64; 3]; 3],
    /// Sum of the squares of the residuals.
    pub(super) rss: f64,
    /// Points minus coefficients.
    pub(super) dof: f64,
}

impl Parabola {
    /// Least squares of y on (1, v, v²); `None` with fewer than three different v.
    pub(super) fn fit(v: &[f64], y: &[f64]) -> Option<Parabola> {
        let n = v.len() as f64;
        // Polynomials that are orthogonal on these points.
        let mean = v.iter().sum::<f64>() / n;
        let u: Vec<f64> = v.iter().map(|v| v - mean).collect();
        let s = |k: i32| u.iter().map(|u| u.powi(k)).sum::<f64>();
        let (s2, s3) = (s(2), s(3));
        let (shift, square) = (s3 / s2, s2 / n);
        let q: Vec<f64> = u.iter().map(|u| u * u - shift * u - square).collect();
        let qq: f64 = q.iter().map(|q| q * q).sum();
        if !(s2 > 0.0 && qq > 1e-12 * s2 * s2 / n) {
            return None;
        }
        let mean_y = y.iter().sum::<f64>() / n;
        let b1 = u.iter().zip(y).map(|(u, y)| u * (y - mean_y)).sum::<f64>() / s2;
        let b2 = q.iter().zip(y).map(|(q, y)| q * (y - mean_y)).sum::<f64>() / qq;
        let rss: f64 = (0..v.len())
            .map(|i| (y[i] - mean_y - b1 * u[i] - b2 * q[i]).powi(2))
            .sum();
        // p0 = 1, p1 = v − mean, p2 = v² − (2·mean + shift)·v + (mean² + shift·mean − square)
        let to = [
            [1.0, 0.0, 0.0],
            [-mean, 1.0, 0.0],
            [
                mean * mean + shift * mean - square,
                -2.0 * mean - shift,
                1.0,
            ],
        ];
        let b = [mean_y, b1, b2];
        let scale = [1.0 / n, 1.0 / s2, 1.0 / qq];
        let coefficients = std::array::from_fn(|k| (0..3).map(|i| b[i] * to[i][k]).sum());
        let inverse = std::array::from_fn(|k| {
            std::array::from_fn(|l| (0..3).map(|i| scale[i] * to[i][k] * to[i][l]).sum())
        });
        Some(Parabola {
            coefficients,
            inverse,
            rss,
            dof: n - 3.0,
        })
    }

    /// Standard deviation of a point about the parabola; absent without degrees of freedom.
    pub(super) fn noise(&self) -> Option<f64> {
        (self.dof > 0.0).then(|| (self.rss / self.dof).sqrt())
    }

    /// −c₁/2c₂.
    pub(super) fn minimum(&self) -> f64 {
        -0.5 * self.coefficients[1] / self.coefficients[2]
    }

    /// Standard error of −c₁/2c₂ for points with a standard deviation of one (delta method).
    pub(super) fn unit_stderr(&self) -> f64 {
        let [_, c1, c2] = self.coefficients;
        let g = [0.0, -0.5 / c2, 0.5 * c1 / (c2 * c2)];
        let row = |i: usize| {
            (0..3)
                .map(|k| g[i] * g[k] * self.inverse[i][k])
                .sum::<f64>()
        };
        (0..3).map(row).sum::<f64>().sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parabola_is_exact_on_parabolas() {
        let v = [-1.3, -0.2, 0.4, 1.1, 2.0];
        let y = v.map(|v| 3.0 - 0.7 * v + 0.25 * v * v);
        let fit = Parabola::fit(&v, &y).map(|f| f.coefficients);
        for (found, wanted) in fit.unwrap_or_default().iter().zip([3.0, -0.7, 0.25]) {
            approx::assert_relative_eq!(*found, wanted, max_relative = 1e-12);
        }
        assert!(Parabola::fit(&[0.0, 1.0, 0.0, 1.0], &[1.0, 2.0, 1.0, 2.0]).is_none());
    }
}
