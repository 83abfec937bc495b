//! Approach 2 of Hoffmann et al. (2022): a parabola in ln N for every compute budget, and a line
//! through their minima.

use super::least_squares::LeastSquares;
use crate::error::{Error, ErrorKind, Result};
use crate::fit::central_quantile;
use crate::numeric::{SIX, Surface};
use crate::runs::{Run, in_order};
use serde::Serialize;

/// The runs of one budget and their parabola.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Budget {
    /// Geometric mean of 6ND over the runs.
    pub compute: f64,
    /// (N, D, L) of each run, smallest N first.
    pub runs: Vec<(f64, f64, f64)>,
    /// L = c₀ + c₁v + c₂v², v = ln N − centre.
    pub coefficients: Option<[f64; 3]>,
    /// Mean of ln N.
    pub centre: f64,
    /// The minimum, or why there is none.
    pub outcome: Outcome,
}

/// What a parabola says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// A minimum between the sizes sampled.
    Minimum(Minimum),
    /// Fewer than four different sizes.
    TooFew {
        /// How many there are.
        sizes: usize,
    },
    /// The parabola opens downwards.
    Concave,
    /// The minimum lies outside the sizes sampled.
    Unbracketed {
        /// Where the parabola would have it.
        params: f64,
    },
}

/// The minimum of a parabola.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Minimum {
    /// N at the minimum.
    pub params: f64,
    /// D = C/6N there.
    pub tokens: f64,
    /// The parabola's loss there.
    pub loss: f64,
    /// Standard error of ln N at the minimum (delta method); absent without degrees of freedom.
    pub stderr_ln_params: Option<f64>,
    /// Distance of the minimum from the middle of the sizes in half-widths: 0 centred, 1 at the
    /// end.
    pub off_centre: f64,
    /// Error of ln N that a parabola makes on the given surface without any noise.
    pub bias_ln_params: Option<f64>,
}

/// Fewest different sizes for a parabola whose errors can be told.
const FEWEST: usize = 4;
/// Minima further from the middle than this share of the half-width are told.
pub(crate) const OFF_CENTRE: f64 = 0.5;

/// Groups runs whose 6ND agree within a factor e^(±`tolerance`), and fits each group; `surface`
/// gives the bias of each parabola.
///
/// # Errors
/// [`ErrorKind::Data`] when a run lacks N or D.
pub fn budgets<'a>(
    runs: impl Iterator<Item = &'a Run>,
    tolerance: f64,
    surface: Option<&Surface>,
) -> Result<Vec<Budget>> {
    let mut rows = in_order(runs)
        .into_iter()
        .map(|run| match (run.params, run.tokens) {
            (Some(n), Some(d)) => Ok((n, d, run.loss)),
            _ => Err(Error::new(
                ErrorKind::Data,
                format!("the run on line {} lacks params or tokens", run.line),
            )),
        })
        .collect::<Result<Vec<_>>>()?;
    let ln_c = |r: &(f64, f64, f64)| (SIX * r.0 * r.1).ln();
    rows.sort_by(|p, q| ln_c(p).total_cmp(&ln_c(q)));
    let mut groups: Vec<Vec<(f64, f64, f64)>> = Vec::new();
    for row in rows {
        match groups.last_mut() {
            Some(group) if ln_c(&row) - ln_c(&group[0]) <= 2.0 * tolerance => group.push(row),
            _ => groups.push(vec![row]),
        }
    }
    Ok(groups
        .into_iter()
        .map(|mut group| {
            group.sort_by(|p, q| p.0.total_cmp(&q.0));
            budget(group, surface)
        })
        .collect())
}

fn budget(runs: Vec<(f64, f64, f64)>, surface: Option<&Surface>) -> Budget {
    let n = runs.len() as f64;
    let compute = (runs.iter().map(|r| (SIX * r.0 * r.1).ln()).sum::<f64>() / n).exp();
    let logs: Vec<f64> = runs.iter().map(|r| r.0.ln()).collect();
    let centre = logs.iter().sum::<f64>() / n;
    let mut sizes = logs.clone();
    sizes.dedup_by(|p, q| (*p - *q).abs() < 1e-9);
    let none = |outcome, coefficients, runs| Budget {
        compute,
        runs,
        coefficients,
        centre,
        outcome,
    };
    if sizes.len() < FEWEST {
        let outcome = Outcome::TooFew { sizes: sizes.len() };
        return none(outcome, None, runs);
    }
    let v: Vec<f64> = logs.iter().map(|x| x - centre).collect();
    let losses: Vec<f64> = runs.iter().map(|r| r.2).collect();
    let Some(fit) = Parabola::fit(&v, &losses) else {
        return none(Outcome::Concave, None, runs);
    };
    let c = fit.coefficients;
    if c[2] <= 0.0 {
        return none(Outcome::Concave, Some(c), runs);
    }
    let at = -0.5 * c[1] / c[2];
    let params = (centre + at).exp();
    let (low, high) = (v[0], v[v.len() - 1]);
    if at <= low || at >= high {
        return none(Outcome::Unbracketed { params }, Some(c), runs);
    }
    let bias = surface.and_then(|s| {
        let exact: Vec<f64> = runs
            .iter()
            .map(|r| s.loss(r.0, compute / (SIX * r.0)))
            .collect();
        let c = Parabola::fit(&v, &exact)?.coefficients;
        let found = centre - 0.5 * c[1] / c[2];
        (c[2] > 0.0).then(|| found - s.optimal(compute).params.ln())
    });
    let outcome = Outcome::Minimum(Minimum {
        params,
        tokens: compute / (SIX * params),
        loss: c[0] + at * (c[1] + at * c[2]),
        stderr_ln_params: fit.stderr_of_minimum(),
        off_centre: (at - 0.5 * (low + high)) / (0.5 * (high - low)),
        bias_ln_params: bias,
    });
    none(outcome, Some(c), runs)
}

struct Parabola {
    coefficients: [f64; 3],
    /// (XᵀX)⁻¹.
    inverse: [[f64; 3]; 3],
    noise: Option<f64>,
}

impl Parabola {
    /// Least squares of y on (1, v, v²); `None` with fewer than three different v.
    fn fit(v: &[f64], y: &[f64]) -> Option<Parabola> {
        let n = v.len() as f64;
        // Orthogonal polynomials on these very points.
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
        let dof = n - 3.0;
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
            noise: (dof > 0.0).then(|| (rss / dof).sqrt()),
        })
    }

    /// Standard error of −c₁/2c₂.
    fn stderr_of_minimum(&self) -> Option<f64> {
        let [_, c1, c2] = self.coefficients;
        let g = [0.0, -0.5 / c2, 0.5 * c1 / (c2 * c2)];
        let variance: f64 = (0..3)
            .map(|i| {
                (0..3)
                    .map(|k| g[i] * g[k] * self.inverse[i][k])
                    .sum::<f64>()
            })
            .sum();
        self.noise.map(|s| s * variance.sqrt())
    }
}

/// The relative errors of N* and D* that Approach 2 makes on a surface with the exponents α and β,
/// without any noise, from sizes evenly spaced in ln N over N*/`width` … N*·`width`.
///
/// Along a budget L − const ∝ e^(−αv)/α + e^(βv)/β with v = ln(N/N*), so that neither A, B and E
/// nor the budget matter: every budget is off by the same factor, and so is any extrapolation.
///
/// ```
/// use scalewise::internal::approach2_bias;
/// let (_, tokens) = approach2_bias((0.34, 0.28), 16.0, 15);
/// assert!((tokens * 100.0 + 5.100).abs() < 1e-3);
/// assert_eq!(approach2_bias((0.31, 0.31), 16.0, 15).1.abs() < 1e-12, true);
/// ```
#[must_use]
pub fn approach2_bias((alpha, beta): (f64, f64), width: f64, points: usize) -> (f64, f64) {
    let half = width.ln();
    let v: Vec<f64> = (0..points)
        .map(|i| half * (2.0 * i as f64 / (points - 1) as f64 - 1.0))
        .collect();
    let loss: Vec<f64> = v
        .iter()
        .map(|v| (-alpha * v).exp() / alpha + (beta * v).exp() / beta)
        .collect();
    let Some(fit) = Parabola::fit(&v, &loss) else {
        return (f64::NAN, f64::NAN);
    };
    let shift = -0.5 * fit.coefficients[1] / fit.coefficients[2];
    (shift.exp_m1(), (-shift).exp_m1())
}

/// N ∝ C^a through optima, by least squares on logarithms.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PowerLine {
    /// a in N* ∝ C^a.
    pub exponent: f64,
    /// Its standard error; absent with two points.
    pub stderr: Option<f64>,
    /// ln N at ln C = `centre`.
    pub level: f64,
    /// Mean of ln C.
    pub centre: f64,
    /// Optima used.
    pub points: usize,
}

impl PowerLine {
    /// A line through (C, N) pairs; `None` with fewer than two budgets.
    #[must_use]
    pub fn through(points: &[(f64, f64)]) -> Option<PowerLine> {
        let logs: Vec<(f64, f64)> = points.iter().map(|p| (p.0.ln(), p.1.ln())).collect();
        let line = LeastSquares::through(&logs)?;
        Some(PowerLine {
            exponent: line.slope,
            stderr: line.variance.map(|v| (v / line.sxx).sqrt()),
            level: line.level,
            centre: line.centre,
            points: points.len(),
        })
    }

    /// N* at a compute.
    #[must_use]
    pub fn params(&self, compute: f64) -> f64 {
        (self.level + self.exponent * (compute.ln() - self.centre)).exp()
    }

    /// Confidence interval of the exponent, Student's t with points − 2 degrees of freedom.
    #[must_use]
    pub fn interval(&self, level: f64) -> Option<(f64, f64)> {
        let reach = self.stderr? * central_quantile(level, Some(self.points as f64 - 2.0));
        let ends = (self.exponent - reach, self.exponent + reach);
        (ends.0.is_finite() && ends.1.is_finite()).then_some(ends)
    }
}

/// The line through the minima of the budgets.
#[must_use]
pub fn approach2(budgets: &[Budget]) -> Option<PowerLine> {
    let minima: Vec<(f64, f64)> = budgets
        .iter()
        .filter_map(|b| match &b.outcome {
            Outcome::Minimum(m) => Some((b.compute, m.params)),
            _ => None,
        })
        .collect();
    PowerLine::through(&minima)
}

/// What the parabolas' own errors on the given surface make of the line, without any noise: at a
/// compute, [`PowerLine::params`] is the factor by which Approach 2 with these very sizes puts N*
/// wrong, and its inverse that of D*.
pub(crate) fn approach2_line_bias(budgets: &[Budget]) -> Option<PowerLine> {
    let factors: Vec<(f64, f64)> = budgets
        .iter()
        .filter_map(|b| match &b.outcome {
            Outcome::Minimum(m) => Some((b.compute, m.bias_ln_params?.exp())),
            _ => None,
        })
        .collect();
    PowerLine::through(&factors)
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
