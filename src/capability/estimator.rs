//! Estimates −ln(pass rate) with its standard error from the counts of one problem.

use crate::draws::chance_of_none;
use crate::error::{Error, ErrorKind, Result};
use crate::remedy::Setting;
use serde::{Deserialize, Serialize};

/// How −ln p is estimated from n samples of which c passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Estimator {
    /// H_n − H_c with harmonic numbers: unbiased for the first n terms of −ln p = Σ_j (1 − p)^j /
    /// j, and finite at c = 0. The missing Σ_{j>n} (1 − p)^j / j is negligible if n·p ≫ 1.
    Harmonic,
    /// −ln(c/n): infinite at c = 0, biased upwards by about (1 − p)/(2np).
    PlugIn,
    /// −ln((c + ½)/(n + ½)): free of the bias of order 1/n (Pettigrew, Gart and Thomas 1986,
    /// *Biometrika* 73, 425).
    PlugInCc,
    /// ψ(n) − ψ(c), for samples drawn until the c-th pass, which is the n-th draw: exactly unbiased
    /// for −ln p.
    Until,
}

/// An estimate with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PassEstimate {
    /// −ln p.
    pub value: f64,
    /// Its standard error; absent if the counts give none.
    pub stderr: Option<f64>,
}

impl Estimator {
    /// Every estimator, in display order.
    #[doc(hidden)]
    pub const ALL: [Estimator; 4] = [
        Estimator::Harmonic,
        Estimator::PlugIn,
        Estimator::PlugInCc,
        Estimator::Until,
    ];

    /// Its name on the command line and in files.
    #[must_use]
    #[doc(hidden)]
    pub fn name(self) -> &'static str {
        match self {
            Estimator::Harmonic => "harmonic",
            Estimator::PlugIn => "plug-in",
            Estimator::PlugInCc => "plug-in-cc",
            Estimator::Until => "until",
        }
    }

    /// −ln p from `samples` of which `passes` passed.
    ///
    /// The value is exact to 1e-12. Standard errors: `harmonic` √Σ_{c<j≤n} 1/j²; `plug-in` √(1/c −
    /// 1/n), the delta method; `plug-in-cc` √(1/(c + ½) − 1/(n + ½)), of the source named there;
    /// `until` √(ψ′(c) − ψ′(n)), whose square is exactly unbiased for the variance because E Γ(K +
    /// s)/Γ(K) = p^(−s)·Γ(r + s)/Γ(r).
    ///
    /// ```
    /// use scalewise::capability::Estimator;
    /// let half = Estimator::Harmonic.estimate(10, 5)?;
    /// assert!((half.value - (1.0 / 6.0 + 1.0 / 7.0 + 1.0 / 8.0 + 1.0 / 9.0 + 0.1)).abs() < 1e-15);
    /// assert!(Estimator::PlugIn.estimate(10, 0)?.value.is_infinite());
    /// assert!(Estimator::Until.estimate(10, 0).is_err());
    /// # Ok::<(), scalewise::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Data`] if there are no samples, more passes than samples, or no pass although
    /// sampling continued until one.
    #[doc(hidden)]
    pub fn estimate(self, samples: u64, passes: u64) -> Result<PassEstimate> {
        check(samples, passes)?;
        let (n, c) = (samples as f64, passes as f64);
        let estimate = match self {
            Estimator::Harmonic => PassEstimate {
                value: reciprocals(passes, samples),
                stderr: Some(squared_reciprocals(passes, samples).sqrt()),
            },
            Estimator::PlugIn => PassEstimate {
                value: if passes == 0 {
                    f64::INFINITY
                } else {
                    (n / c).ln()
                },
                stderr: (passes > 0).then(|| ((n - c) / (n * c)).sqrt()),
            },
            Estimator::PlugInCc => PassEstimate {
                value: ((n + 0.5) / (c + 0.5)).ln(),
                stderr: Some((1.0 / (c + 0.5) - 1.0 / (n + 0.5)).sqrt()),
            },
            Estimator::Until if passes == 0 => {
                return Err(Error::new(
                    ErrorKind::Data,
                    "no pass, although samples were drawn until one passed",
                )
                .with_hint("use the estimator 'harmonic' for a fixed number of samples")
                .with_remedy(Setting::Estimator.to("harmonic")));
            }
            Estimator::Until => PassEstimate {
                value: reciprocals(passes - 1, samples - 1),
                stderr: Some(squared_reciprocals(passes - 1, samples - 1).sqrt()),
            },
        };
        Ok(estimate)
    }
}

fn check(samples: u64, passes: u64) -> Result<()> {
    let bad = |message: String| Err(Error::new(ErrorKind::Data, message));
    if samples == 0 {
        return bad("no samples".to_owned());
    }
    if passes > samples {
        return bad(format!("{passes} of {samples} samples passed"));
    }
    Ok(())
}

/// Unbiased estimate of pass@k, the chance that at least one of k samples passes: 1 − C(n − c,
/// k)/C(n, k) (Chen et al. 2021, *Evaluating Large Language Models Trained on Code*, equation 1).
///
/// The square of its standard error is unbiased for the variance if 2k ≤ n: T² − C(n − c, 2k)/C(n,
/// 2k) for T = C(n − c, k)/C(n, k). Otherwise it is the delta method's, k·(1 − p)^(k − ½)·√(p/n) at
/// p = c/n.
///
/// ```
/// use scalewise::capability::pass_at_k;
/// assert!((pass_at_k(10, 3, 1)?.value - 0.3).abs() < 1e-15);
/// assert!((pass_at_k(10, 3, 5)?.value - (1.0 - 21.0 / 252.0)).abs() < 1e-15);
/// # Ok::<(), scalewise::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Data`] when there are no samples or more passes than samples; [`ErrorKind::Usage`]
/// unless 1 ≤ k ≤ n.
pub fn pass_at_k(samples: u64, passes: u64, k: u64) -> Result<PassEstimate> {
    check(samples, passes)?;
    if k == 0 || k > samples {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("pass@{k} cannot be estimated from {samples} samples"),
        )
        .with_hint(format!("choose k between 1 and {samples}")));
    }
    let none = all_fail(samples, passes, k);
    let variance = if k <= samples / 2 {
        none * none - all_fail(samples, passes, 2 * k)
    } else {
        let p = passes as f64 / samples as f64;
        let slope = k as f64 * (1.0 - p).powf(k as f64 - 0.5);
        slope * slope * p / samples as f64
    };
    Ok(PassEstimate {
        value: 1.0 - none,
        stderr: Some(variance.max(0.0).sqrt()),
    })
}

/// Products of up to this many factors are multiplied out. Longer ones use logarithms in closed
/// form.
const FACTORS: u64 = 4096;

/// C(n − c, k)/C(n, k), as the product over the passes or over the draws, whichever is shorter.
fn all_fail(n: u64, c: u64, k: u64) -> f64 {
    if k > n - c {
        return 0.0;
    }
    let (shorter, longer) = (c.min(k), c.max(k));
    if shorter > FACTORS {
        return chance_of_none(n, c, k);
    }
    (0..shorter)
        .map(|j| 1.0 - longer as f64 / (n - j) as f64)
        .product()
}

/// Sums up to here are added term by term. Beyond, Euler–Maclaurin's series is exact.
const SERIES: u64 = 40;

/// Σ term(j) for low < j ≤ high: term by term up to [`SERIES`], beyond by the series `rest`.
fn sum(low: u64, high: u64, term: impl Fn(f64) -> f64, rest: impl Fn(f64, f64, f64) -> f64) -> f64 {
    if high <= low {
        return 0.0;
    }
    let start = low.max(SERIES);
    let direct = (low + 1..=high.min(start)).rev();
    let direct: f64 = direct.map(|j| term(j as f64)).sum();
    match high <= start {
        true => direct,
        false => rest(direct, start as f64, high as f64),
    }
}

/// Σ 1/j for low < j ≤ high.
pub(crate) fn reciprocals(low: u64, high: u64) -> f64 {
    // H_m = ln m + γ + 1/(2m) − 1/(12m²) + 1/(120m⁴) − 1/(252m⁶) + …
    let tail = |m: f64| {
        let r = 1.0 / (m * m);
        0.5 / m - r * (1.0 / 12.0 - r * (1.0 / 120.0 - r / 252.0))
    };
    sum(
        low,
        high,
        |j| 1.0 / j,
        |direct, a, b| direct + ((b - a) / a).ln_1p() + (tail(b) - tail(a)),
    )
}

/// Σ 1/j² for low < j ≤ high.
fn squared_reciprocals(low: u64, high: u64) -> f64 {
    // Σ_{j>m} 1/j² = 1/m − 1/(2m²) + 1/(6m³) − 1/(30m⁵) + 1/(42m⁷) − …
    let tail = |m: f64| {
        let r = 1.0 / (m * m);
        (1.0 - 0.5 / m + r * (1.0 / 6.0 - r * (1.0 / 30.0 - r / 42.0))) / m
    };
    sum(
        low,
        high,
        |j| 1.0 / (j * j),
        |direct, a, b| direct + (tail(a) - tail(b)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_reciprocals_are_exact() {
        for (low, high) in [(0, 1), (0, 20), (3, 40), (0, 1000), (41, 44), (57, 100_000)] {
            let one: f64 = (low + 1..=high).rev().map(|j| 1.0 / j as f64).sum();
            let two: f64 = (low + 1..=high)
                .rev()
                .map(|j| 1.0 / (j as f64 * j as f64))
                .sum();
            assert!(
                (reciprocals(low, high) - one).abs() < 2e-15 * high as f64,
                "{low} {high}"
            );
            assert!((reciprocals(low, high) - one).abs() < 1e-13, "{low} {high}");
            assert!(
                (squared_reciprocals(low, high) - two).abs() < 1e-14,
                "{low} {high}"
            );
        }
        assert_eq!(reciprocals(5, 5), 0.0);
    }
}
