//! Two other estimates of pass@k for comparison: a line and a beta-binomial distribution.

use super::estimator::pass_at_k;
use crate::runs::{Count, PassCounts};
use nalgebra::{DMatrix, DVector, Matrix2, Vector2};
use statrs::function::gamma::{digamma, ln_gamma};

/// Values of k that the line is fitted to, if there are enough samples.
const FITTED: [u64; 13] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];
/// The most Newton steps, and the largest step in the logarithm of a parameter.
const STEPS: usize = 200;
const STRIDE: f64 = 1.0;
/// Range of both parameters of the beta distribution: e^−this to e^this.
const RANGE: f64 = 20.0;

/// ln(−ln pass@k) = a + b·ln C + c·ln k + d·ln C·ln k, by least squares.
pub(super) struct PassLine {
    coefficients: DVector<f64>,
    center: f64,
}

impl PassLine {
    /// Fitted to the unbiased estimates of these models; absent if too few of them are inside (0,
    /// 1).
    pub(super) fn through(
        table: &PassCounts,
        models: &[usize],
        problems: &[usize],
    ) -> Option<PassLine> {
        let x = |m: &usize| table.models[*m].compute.ln();
        let center = models.iter().map(x).sum::<f64>() / models.len() as f64;
        let mut rows = Vec::new();
        for m in models {
            for k in FITTED {
                let rates = problems.iter().map(|&i| {
                    let count = table.counts[*m][i];
                    pass_at_k(count.samples, count.passes, k).ok()
                });
                let Some(rates) = rates.collect::<Option<Vec<_>>>() else {
                    continue;
                };
                let mean = rates.iter().map(|r| r.value).sum::<f64>() / rates.len() as f64;
                if mean > 0.0 && mean < 1.0 {
                    rows.push((x(m) - center, (k as f64).ln(), (-mean.ln()).ln()));
                }
            }
        }
        let row = |i: usize, j: usize| {
            let (x, k, _) = rows[i];
            [1.0, x, k, x * k][j]
        };
        if rows.len() < 5 {
            return None;
        }
        let design = DMatrix::from_fn(rows.len(), 4, row);
        let y = DVector::from_iterator(rows.len(), rows.iter().map(|r| r.2));
        let svd = design.svd(true, true);
        let least = 1e-9 * svd.singular_values.max();
        if svd.singular_values.min() <= least {
            return None;
        }
        let coefficients = svd.solve(&y, least).ok()?;
        Some(PassLine {
            coefficients,
            center,
        })
    }

    pub(super) fn at(&self, compute: f64, k: f64) -> Option<f64> {
        let (x, k) = (compute.ln() - self.center, k.ln());
        let log = self
            .coefficients
            .dot(&DVector::from_vec(vec![1.0, x, k, x * k]));
        let rate = (-log.exp()).exp();
        rate.is_finite().then_some(rate)
    }
}

/// The most likely beta distribution of p over problems for the counts of one model.
#[derive(Debug, Clone, Copy)]
pub(super) struct BetaBinomial {
    a: f64,
    b: f64,
}

impl BetaBinomial {
    /// Absent if every sample failed or every sample passed.
    pub(super) fn of(counts: impl Iterator<Item = Count>) -> Option<BetaBinomial> {
        let counts: Vec<(f64, f64)> = counts
            .map(|c| (c.passes as f64, (c.samples - c.passes) as f64))
            .collect();
        let passed: f64 = counts.iter().map(|c| c.0).sum();
        let failed: f64 = counts.iter().map(|c| c.1).sum();
        if passed == 0.0 || failed == 0.0 {
            return None;
        }
        let rate = passed / (passed + failed);
        // Newton's method in (ln a, ln b). The start counts as half a problem.
        let mut at = Vector2::new((0.5 * rate).ln(), (0.5 * (1.0 - rate)).ln());
        let mut value = log_likelihood(&counts, &at);
        for _ in 0..STEPS {
            let (score, information) = score(&counts, &at);
            let mut step = match information.cholesky() {
                Some(factor) => factor.solve(&score),
                None => score / information.diagonal().abs().max().max(1e-9),
            };
            step *= (STRIDE / step.amax().max(1e-300)).min(1.0);
            let better = (0..30).find_map(|_| {
                let next = (at + step).map(|v| v.clamp(-RANGE, RANGE));
                let there = log_likelihood(&counts, &next);
                step *= 0.5;
                (there > value).then_some((next, there))
            });
            let Some((next, there)) = better else { break };
            let gain = there - value;
            (at, value) = (next, there);
            if gain < 1e-10 {
                break;
            }
        }
        Some(BetaBinomial {
            a: at[0].exp(),
            b: at[1].exp(),
        })
    }

    /// 1 − B(a, b + k)/B(a, b).
    pub(super) fn pass_at(&self, k: f64) -> f64 {
        let (a, b) = (self.a, self.b);
        let none = ln_gamma(b + k) + ln_gamma(a + b) - ln_gamma(b) - ln_gamma(a + b + k);
        (-none.exp_m1()).clamp(0.0, 1.0)
    }
}

fn log_likelihood(counts: &[(f64, f64)], at: &Vector2<f64>) -> f64 {
    let (a, b) = (at[0].exp(), at[1].exp());
    let one = |(c, f): &(f64, f64)| {
        ln_gamma(a + c) - ln_gamma(a) + ln_gamma(b + f) - ln_gamma(b) + ln_gamma(a + b)
            - ln_gamma(a + b + c + f)
    };
    counts.iter().map(one).sum()
}

/// The score in (ln a, ln b), and the information by differences of the score.
fn score(counts: &[(f64, f64)], at: &Vector2<f64>) -> (Vector2<f64>, Matrix2<f64>) {
    let slope = |at: &Vector2<f64>| {
        let (a, b) = (at[0].exp(), at[1].exp());
        let mut sum = Vector2::zeros();
        for (c, f) in counts {
            let all = digamma(a + b) - digamma(a + b + c + f);
            sum[0] += a * (digamma(a + c) - digamma(a) + all);
            sum[1] += b * (digamma(b + f) - digamma(b) + all);
        }
        sum
    };
    let h = 1e-4;
    let mut information = Matrix2::zeros();
    for j in 0..2 {
        let mut off = Vector2::zeros();
        off[j] = h;
        let column = (slope(&(at - off)) - slope(&(at + off))) / (2.0 * h);
        information.set_column(j, &column);
    }
    let information = 0.5 * (information + information.transpose());
    (slope(at), information)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beta_binomial_is_that_of_scipy() {
        let passes = [0, 3, 1, 7, 0, 10, 2, 0, 5, 1];
        let counts = passes.map(|passes| Count {
            samples: 10,
            passes,
        });
        let beta = BetaBinomial::of(counts.into_iter()).unwrap();
        assert!((beta.a / 0.379_362 - 1.0).abs() < 1e-4, "{beta:?}");
        assert!((beta.b / 0.839_503 - 1.0).abs() < 1e-4, "{beta:?}");
        assert!((beta.pass_at(5.0) - 0.574_911).abs() < 1e-5);
        assert!(BetaBinomial::of(counts.into_iter().take(1)).is_none());
    }
}
