//! What the fit says about its own uncertainty: Jacobian, covariance, noise.

use super::objective::{Objective, Residuals};
use super::observations::Observations;
use super::prior::Penalty;
use crate::error::{Error, ErrorKind, Result};
use crate::interval::LEVELS;
use crate::law::Law;
use crate::numeric::QrFactor;
use nalgebra::{DMatrix, DVector};
use statrs::distribution::{
    ChiSquared, Continuous, ContinuousCDF, FisherSnedecor, Normal, StudentsT,
};
use std::cmp::Ordering;

/// Everything an interval needs: the factored Jacobian, the noise and its degrees of freedom.
#[derive(Debug, Clone)]
pub(crate) struct Inference {
    pub observations: Observations,
    factor: Option<QrFactor>,
    /// Parameters that are not fixed, in the order of the factor's columns.
    pub free: Vec<usize>,
    /// Standard deviation of a weighted residual.
    pub noise: Option<f64>,
    /// Standard deviation that multiplies (JᵀJ)⁻¹: the noise over the estimator's efficiency.
    scale: Option<f64>,
    /// Degrees of freedom of `noise`; `None` when σ is given.
    pub dof: Option<f64>,
}

/// Fewest degrees of freedom for which an interval from estimated noise is given.
pub(crate) const MIN_DOF: f64 = 3.0;

impl Inference {
    pub(crate) fn new(
        law: &dyn Law,
        observations: Observations,
        objective: Objective,
        p: &[f64],
        fixed: &[bool],
        prior: Option<&Penalty>,
    ) -> Inference {
        let free: Vec<usize> = (0..p.len()).filter(|&k| !fixed[k]).collect();
        let n = observations.len();
        let rows = n + prior.map_or(0, Penalty::len);
        let mut jacobian = DMatrix::zeros(rows, free.len());
        let mut residuals = Vec::with_capacity(n);
        let mut gradient = vec![0.0; p.len()];
        for i in 0..n {
            let x = observations.input(i);
            let f = law.predict(x, p);
            law.gradient(x, p, &mut gradient);
            let slope = observations.slope(i, f);
            for (column, &k) in free.iter().enumerate() {
                jacobian[(i, column)] = slope * gradient[k];
            }
            residuals.push(observations.residual(i, f));
        }
        for row in n..rows {
            let slopes = prior.map_or(&[][..], |prior| prior.slopes(row - n));
            for (column, &k) in free.iter().enumerate() {
                jacobian[(row, column)] = slopes[k];
            }
        }
        let dof = observations.count() - free.len() as f64;
        let noise = if observations.sigma_known {
            Some(1.0)
        } else if dof > 0.0 {
            Some(match objective {
                Objective::Squared => (residuals.iter().map(|r| r * r).sum::<f64>() / dof).sqrt(),
                _ => robust_scale(&residuals, free.len()),
            })
        } else {
            None
        };
        // The formula is for objectives that estimate the centre of the runs.
        let scale = noise.filter(|_| !objective.is_quantile());
        let scale = scale.map(|s| s * inefficiency(objective, s));
        Inference {
            factor: QrFactor::new(&jacobian),
            free,
            noise,
            scale,
            dof: match prior {
                Some(prior) => prior.dof,
                None => (!observations.sigma_known).then_some(dof),
            },
            observations,
        }
    }

    /// Whether there are enough degrees of freedom for an interval.
    pub(crate) fn enough(&self) -> bool {
        self.dof.is_none_or(|dof| dof >= MIN_DOF)
    }

    /// Standard error of a function of the parameters with this gradient (all parameters).
    pub(crate) fn standard_error(&self, gradient: &[f64]) -> Option<f64> {
        let reduced: Vec<f64> = self.free.iter().map(|&k| gradient[k]).collect();
        Some(self.scale? * self.factor.as_ref()?.variance(&reduced)?.sqrt())
    }

    /// The share of the variance of a function with this gradient that comes from the prior: of
    /// Σ = (JᵀJ + P)⁻¹ the part ΣPΣ, while ΣJᵀJΣ is the runs'.
    pub(crate) fn share_of(&self, prior: &Penalty, gradient: &[f64]) -> Option<f64> {
        let inverse = self.factor.as_ref()?.inverse_gram()?;
        let reduced =
            DVector::from_iterator(self.free.len(), self.free.iter().map(|&k| gradient[k]));
        let moved = inverse * &reduced;
        let all = moved.dot(&reduced);
        let of_prior: f64 = (0..prior.len())
            .map(|row| {
                let slopes = prior.slopes(row);
                let along: f64 = (self.free.iter().zip(moved.iter()))
                    .map(|(&k, v)| slopes[k] * v)
                    .sum();
                along * along
            })
            .sum();
        let share = of_prior / all;
        share.is_finite().then(|| share.clamp(0.0, 1.0))
    }

    /// Covariance of the free parameters.
    pub(crate) fn covariance(&self) -> Option<DMatrix<f64>> {
        let scale = self.scale?;
        Some(self.factor.as_ref()?.inverse_gram()? * (scale * scale))
    }

    /// Condition number of the Jacobian with its columns scaled to unit length.
    pub(crate) fn condition(&self) -> f64 {
        self.factor
            .as_ref()
            .map_or(f64::INFINITY, QrFactor::condition)
    }

    /// Half-width of a central interval of this level in standard errors: Student's t with the
    /// degrees of freedom of the noise, or normal when σ is given.
    pub(crate) fn quantile(&self, level: f64) -> f64 {
        central_quantile(level, self.dof)
    }

    /// Half-width, in standard errors, of joint intervals of any number of functions of the
    /// parameters with `directions` independent gradients: the root of that many times F (Scheffé
    /// 1953), or of χ² if σ is given.
    pub(crate) fn joint_quantile(&self, level: f64, directions: usize) -> f64 {
        if !LEVELS.contains(&level) {
            return f64::NAN;
        }
        let q = directions as f64;
        let square = match self.dof {
            Some(dof) => FisherSnedecor::new(q, dof).map_or(f64::NAN, |f| q * f.inverse_cdf(level)),
            None => ChiSquared::new(q).map_or(f64::NAN, |chi2| chi2.inverse_cdf(level)),
        };
        square.sqrt()
    }

    /// Noise of a new run as precise as the largest fitted one, per unit of weighted residual: on
    /// ln L for relative and log residuals, on L for absolute ones. If several runs are the
    /// largest, the least precise one counts, because the interval must hold for a new run like any
    /// of them. If a row stands for several runs, a new run is one of them.
    pub(crate) fn noise_of_a_run(&self) -> f64 {
        let o = &self.observations;
        if o.counted {
            return 1.0;
        }
        let by_size = |a: &[f64], b: &[f64]| a.partial_cmp(b).unwrap_or(Ordering::Equal);
        let Some(largest) = (0..o.len())
            .map(|i| o.input(i))
            .max_by(|a, b| by_size(a, b))
        else {
            return 1.0;
        };
        // A given sigma is in units of the loss.
        let given = o.sigma_known && o.residuals != Residuals::Absolute;
        let spread = |&i: &usize| if given { o.y[i] } else { 1.0 } / o.weight[i];
        let tied = || (0..o.len()).filter(|&i| o.input(i) == largest);
        let most = tied().map(|i| spread(&i)).fold(0.0, f64::max);
        // The last one in canonical order. Rounding may make equal sigmas differ slightly.
        let last = tied().rfind(|i| spread(i) >= most * (1.0 - 1e-12));
        last.map_or(1.0, |i| 1.0 / o.weight[i])
    }
}

/// Student's t with `dof` degrees of freedom, normal if `None`. Not a number for a level that
/// [`LEVELS`] lacks, which a file of another program may hold.
pub(crate) fn central_quantile(level: f64, dof: Option<f64>) -> f64 {
    if !LEVELS.contains(&level) {
        return f64::NAN;
    }
    let p = 0.5 * (1.0 + level);
    match dof {
        Some(dof) => StudentsT::new(0.0, 1.0, dof).map_or(f64::NAN, |t| t.inverse_cdf(p)),
        None => Normal::standard().inverse_cdf(p),
    }
}

/// Normalised median absolute residual, leaving out as many zeros as parameters were fitted.
fn robust_scale(residuals: &[f64], parameters: usize) -> f64 {
    let mut sizes: Vec<f64> = residuals.iter().map(|r| r.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let rest = &sizes[parameters.min(sizes.len() - 1)..];
    let middle = rest.len() / 2;
    let median = if rest.len().is_multiple_of(2) {
        0.5 * (rest[middle - 1] + rest[middle])
    } else {
        rest[middle]
    };
    // The median of |N(0, 1)| is 0.6745.
    median / 0.674_489_750_196_081_7
}

/// Standard error of an M-estimate relative to least squares for normal noise of size `s`
/// (Huber 1964): √(Eψ²)/Eψ′, which is 1 for δ → ∞ and √(π/2) for least absolute deviations.
fn inefficiency(objective: Objective, s: f64) -> f64 {
    let k = match objective {
        Objective::Squared => return 1.0,
        Objective::Huber { delta } => delta / s,
        Objective::Lad | Objective::Quantile { .. } => 0.0,
    };
    if k < 1e-6 {
        return std::f64::consts::FRAC_PI_2.sqrt();
    }
    if k > 30.0 {
        return 1.0;
    }
    let normal = Normal::standard();
    let inside = 2.0 * normal.cdf(k) - 1.0;
    let psi2 = inside - 2.0 * k * normal.pdf(k) + 2.0 * k * k * normal.sf(k);
    psi2.sqrt() / inside
}

/// Covariance of a law's parameters at given values.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariance {
    /// s²(JᵀJ)⁻¹, one row per parameter.
    pub vcov: Vec<Vec<f64>>,
    /// Roots of its diagonal.
    pub stderr: Vec<f64>,
    /// s: root of the residual sum of squares over n − p.
    pub residual_sd: f64,
    /// n − p.
    pub dof: f64,
    /// Condition number of the Jacobian with columns of unit length.
    pub condition: f64,
}

/// Gauss–Newton covariance s²(JᵀJ)⁻¹ of any law at parameters `p`, which need not be a minimum
/// found here.
///
/// # Errors
/// [`ErrorKind::NoFit`] when there are no degrees of freedom or the Jacobian has not full rank.
///
/// ```
/// use scalewise::{fit::Residuals, internal::{Observations, covariance}, law::Power};
/// let x: Vec<Vec<f64>> = (1..=6).map(|k| vec![f64::from(k)]).collect();
/// let y = vec![2.0, 1.4, 1.2, 0.9, 0.95, 0.8];
/// let o = Observations::new(x, y, Residuals::Absolute)?;
/// let c = covariance(&Power, &o, &[2.0, -0.5])?;
/// assert_eq!(c.dof, 4.0);
/// # Ok::<(), scalewise::Error>(())
/// ```
pub fn covariance(law: &dyn Law, observations: &Observations, p: &[f64]) -> Result<Covariance> {
    let fixed = vec![false; p.len()];
    let observations = observations.in_order().into_owned();
    let inference = Inference::new(law, observations, Objective::Squared, p, &fixed, None);
    let none = |message: &str| Error::new(ErrorKind::NoFit, message);
    let residual_sd = inference
        .noise
        .ok_or_else(|| none("no degrees of freedom are left"))?;
    let v = inference
        .covariance()
        .ok_or_else(|| none("the Jacobian has not full rank: the parameters are not identified"))?;
    Ok(Covariance {
        stderr: (0..p.len()).map(|k| v[(k, k)].sqrt()).collect(),
        vcov: v
            .row_iter()
            .map(|row| row.iter().copied().collect())
            .collect(),
        residual_sd,
        dof: inference.dof.unwrap_or(f64::INFINITY),
        condition: inference.condition(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inference(dof: Option<f64>) -> Inference {
        let o = match Observations::new(
            vec![vec![1.0]],
            vec![1.0],
            super::super::Residuals::Absolute,
        ) {
            Ok(o) => o,
            Err(e) => unreachable!("{e}"),
        };
        let made = Inference::new(
            &crate::law::Power,
            o,
            Objective::Squared,
            &[1.0, -0.1],
            &[false; 2],
            None,
        );
        Inference { dof, ..made }
    }

    #[test]
    fn quantiles_are_known_at_both_ends_of_the_levels() {
        let (low, high) = (*LEVELS.start(), *LEVELS.end());
        // The normal quantiles are those of studies/references/published.py; Cauchy's distribution
        // and t with two degrees of freedom have closed forms.
        let cauchy = |level: f64| (std::f64::consts::FRAC_PI_2 * level).tan();
        let two = |level: f64| level * (2.0 / (1.0 - level * level)).sqrt();
        for (dof, level, wanted) in [
            (None, low, 1.253_314_465_4e-3),
            (None, 0.9, 1.644_853_627_0),
            (None, high, 4.891_638_475_7),
            (Some(1.0), low, cauchy(low)),
            (Some(1.0), high, cauchy(high)),
            (Some(2.0), low, two(low)),
            (Some(2.0), high, two(high)),
        ] {
            let found = central_quantile(level, dof);
            approx::assert_relative_eq!(found, wanted, max_relative = 1e-6);
        }
        // F with q and 2 degrees of freedom, and χ² with 2, in closed form.
        let f = |level: f64, q: f64| 2.0 / q / (level.powf(-2.0 / q) - 1.0);
        for q in [1usize, 2, 3] {
            for level in [low, 0.9, high] {
                let found = inference(Some(2.0)).joint_quantile(level, q);
                let wanted = (q as f64 * f(level, q as f64)).sqrt();
                approx::assert_relative_eq!(found, wanted, max_relative = 1e-5);
            }
        }
        for level in [low, 0.9, high] {
            let found = inference(None).joint_quantile(level, 2);
            approx::assert_relative_eq!(
                found,
                (-2.0 * (-level).ln_1p()).sqrt(),
                max_relative = 1e-6
            );
        }
    }

    #[test]
    fn quantiles_are_finite_and_grow_with_the_level_for_any_degrees_of_freedom() {
        let levels = [
            0.001, 0.002, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999_999,
        ];
        for dof in [
            None,
            Some(1.0),
            Some(1.5),
            Some(2.0),
            Some(3.0),
            Some(10.0),
            Some(1e3),
            Some(1e6),
        ] {
            let single = levels.map(|level| central_quantile(level, dof));
            let joint =
                [1, 2, 3, 5].map(|q| levels.map(|level| inference(dof).joint_quantile(level, q)));
            for values in [&[single][..], &joint].concat() {
                assert!(
                    values[0] > 0.0 && values[10].is_finite(),
                    "{dof:?}: {values:?}"
                );
                assert!(
                    values.windows(2).all(|w| w[0] < w[1]),
                    "{dof:?}: {values:?}"
                );
            }
        }
    }

    #[test]
    fn no_level_makes_a_quantile_panic() {
        for level in [
            0.0,
            1e-308,
            1e-200,
            1.0,
            0.999_999_999_999_999_9,
            2.0,
            -1.0,
            f64::NAN,
            f64::INFINITY,
        ] {
            assert!(central_quantile(level, Some(3.0)).is_nan(), "{level}");
            assert!(
                inference(Some(3.0)).joint_quantile(level, 3).is_nan(),
                "{level}"
            );
        }
    }
}
