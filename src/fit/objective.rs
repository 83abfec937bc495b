//! What a fit minimises: residuals on a scale, their weights, and the loss applied to them.

use serde::{Deserialize, Serialize};

/// The loss applied to the residuals; the objective is its sum over the runs.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Objective {
    /// Least squares: Σ r².
    Squared,
    /// Huber's loss with threshold δ: Σ r²/2 where |r| ≤ δ, δ(|r| − δ/2) elsewhere (Huber 1964).
    Huber {
        /// The threshold, in the units of the residuals.
        delta: f64,
    },
    /// Least absolute deviations: Σ |r|.
    Lad,
    /// A quantile of the runs (Koenker & Bassett 1978): Σ q·|r| over runs above the curve and
    /// (1 − q)·|r| over those below it, so that a share q of the runs lies below.
    Quantile {
        /// The share, between 0 and 1.
        q: f64,
    },
}

/// δ where none is given: the value used for scaling laws since Hoffmann et al. (2022).
pub(crate) const DEFAULT_HUBER_DELTA: f64 = 1e-3;

impl Objective {
    /// Its name on the command line and in law files.
    #[must_use]
    #[doc(hidden)]
    pub fn name(self) -> &'static str {
        match self {
            Objective::Squared => "squared",
            Objective::Huber { .. } => "huber",
            Objective::Lad => "lad",
            Objective::Quantile { .. } => "quantile",
        }
    }

    /// The default residuals: relative for least squares and for quantiles, log for the robust
    /// losses.
    pub(crate) fn default_residuals(self) -> Residuals {
        match self {
            Objective::Squared | Objective::Quantile { .. } => Residuals::Relative,
            Objective::Huber { .. } | Objective::Lad => Residuals::Log,
        }
    }

    /// The loss of one residual.
    pub(crate) fn rho(self, r: f64) -> f64 {
        match self {
            Objective::Squared => r * r,
            Objective::Huber { delta } if r.abs() <= delta => 0.5 * r * r,
            Objective::Huber { delta } => delta * (r.abs() - 0.5 * delta),
            Objective::Lad => r.abs(),
            Objective::Quantile { .. } => 0.5 * self.side(r) * r.abs(),
        }
    }

    /// Its derivative with respect to the residual.
    pub(crate) fn psi(self, r: f64) -> f64 {
        match self {
            Objective::Squared => 2.0 * r,
            Objective::Huber { delta } => r.clamp(-delta, delta),
            Objective::Lad if r == 0.0 => 0.0,
            Objective::Lad => r.signum(),
            Objective::Quantile { .. } if r == 0.0 => 0.0,
            Objective::Quantile { .. } => 0.5 * self.side(r) * r.signum(),
        }
    }

    /// How much more a residual of this sign weighs than under the symmetric loss.
    pub(crate) fn side(self, r: f64) -> f64 {
        match self {
            // Residuals are predictions minus losses: a positive one belongs to a run below the
            // curve.
            Objective::Quantile { q } if r > 0.0 => 2.0 * (1.0 - q),
            Objective::Quantile { q } => 2.0 * q,
            _ => 1.0,
        }
    }

    /// Whether it is a sum of absolute residuals, which has its minimum in a corner.
    pub(crate) fn is_absolute(self) -> bool {
        matches!(self, Objective::Lad | Objective::Quantile { .. })
    }

    /// Whether the curve is a quantile of the runs instead of their centre.
    pub(crate) fn is_quantile(self) -> bool {
        matches!(self, Objective::Quantile { .. })
    }
}

/// The scale on which a prediction is compared with a loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Residuals {
    /// f/L − 1: an error of 1 % counts the same everywhere.
    Relative,
    /// f − L, in units of the loss.
    Absolute,
    /// ln f − ln L.
    Log,
}

impl Residuals {
    /// Every scale.
    #[doc(hidden)]
    pub const ALL: [Residuals; 3] = [Residuals::Relative, Residuals::Absolute, Residuals::Log];

    /// Its name on the command line and in law files.
    #[must_use]
    #[doc(hidden)]
    pub fn name(self) -> &'static str {
        match self {
            Residuals::Relative => "relative",
            Residuals::Absolute => "absolute",
            Residuals::Log => "log",
        }
    }
}

/// What is known about the noise of the runs. Each variant says what its weights mean.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum Weights {
    /// Every residual has the same standard deviation, which is estimated from them.
    #[default]
    Equal,
    /// Every run has a known standard deviation ([`Run::sigma`](crate::runs::Run::sigma), in units
    /// of the loss): standard errors are not scaled by the residuals.
    KnownSigma,
    /// Precisions (1/variance) known up to one common factor, in the order of the fitted runs.
    Relative(Vec<f64>),
    /// Each run stands for that many identical runs, in the order of the fitted runs.
    Counts(Vec<f64>),
}

impl Weights {
    /// Its name in law files.
    #[doc(hidden)]
    pub fn name(&self) -> &'static str {
        match self {
            Weights::Equal => "equal",
            Weights::KnownSigma => "known-sigma",
            Weights::Relative(_) => "relative",
            Weights::Counts(_) => "counts",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn psi_is_the_derivative_of_rho() {
        for objective in [
            Objective::Squared,
            Objective::Huber { delta: 0.5 },
            Objective::Lad,
            Objective::Quantile { q: 0.3 },
        ] {
            for r in [-2.0, -0.3, 0.1, 0.49, 0.7, 3.0] {
                let h = 1e-6;
                let difference = (objective.rho(r + h) - objective.rho(r - h)) / (2.0 * h);
                approx::assert_abs_diff_eq!(objective.psi(r), difference, epsilon = 1e-8);
            }
        }
    }

    #[test]
    fn huber_is_continuous_at_its_threshold() {
        let huber = Objective::Huber { delta: 1e-3 };
        approx::assert_relative_eq!(
            huber.rho(1e-3),
            huber.rho(1e-3 + 1e-15),
            max_relative = 1e-9
        );
    }
}
