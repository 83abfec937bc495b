//! Standard errors and intervals of the estimates of a fit.

use super::inference::Inference;
use super::profile::{Functional, Noise};
use super::result::FitResult;
use crate::interval::{Interval, Kind, Method};

impl FitResult {
    pub(super) fn fill_covariance(&mut self, inference: &Inference) {
        let Some(v) = inference.covariance() else {
            return;
        };
        let p = self.parameters.len();
        let mut full = vec![vec![None; p]; p];
        for (i, &row) in inference.free.iter().enumerate() {
            for (j, &column) in inference.free.iter().enumerate() {
                full[row][column] = Some(v[(i, j)]).filter(|v| v.is_finite());
            }
        }
        for (k, row) in full.iter().enumerate() {
            let usable = inference.enough() && !self.on_bound(k);
            self.parameters[k].stderr = row[k]
                .filter(|_| usable)
                .map(f64::sqrt)
                .filter(|s| s.is_finite());
        }
        self.vcov = Some(full);
    }

    pub(super) fn fill_intervals(&mut self, inference: &Inference, level: f64) {
        if !inference.enough() {
            return;
        }
        let profile = self.power_profile(&inference.observations);
        let threshold = self.threshold(inference, level);
        if let (Some(mut profile), Some(threshold)) = (profile, threshold) {
            let coarse = profile.coarse(self.parameters[1].value);
            let cover = profile.cover(&coarse, threshold);
            for k in 0..self.parameters.len() {
                let (lower, upper) = match k {
                    1 => cover.exponents().unwrap_or((f64::NAN, f64::NAN)),
                    _ => {
                        let which = if k == 0 { Which::A } else { Which::C };
                        let functional = ParameterOf {
                            which,
                            unit: profile.unit(),
                            log_reference: profile.log_reference(),
                        };
                        profile.range(&cover, &functional)
                    }
                };
                // a = s·C_max^(−b) can overflow if the exponent is steep. The ends cross if
                // rounding leaves no allowed value.
                if lower.is_finite() && upper.is_finite() && lower <= upper {
                    self.parameters[k].intervals.push(Interval {
                        level,
                        kind: Kind::Confidence,
                        method: Method::Profile,
                        lower,
                        upper,
                    });
                }
            }
            return;
        }
        let quantile = inference.quantile(level);
        for (k, parameter) in self.parameters.iter_mut().enumerate() {
            if let Some(se) = parameter.stderr {
                parameter.intervals.push(Interval {
                    level,
                    kind: Kind::Confidence,
                    method: Method::Delta,
                    lower: (parameter.value - quantile * se).max(self.settings.lower[k]),
                    upper: (parameter.value + quantile * se).min(self.settings.upper[k]),
                });
            }
        }
    }
}

enum Which {
    A,
    C,
}

/// a = s·C_max^(−b) or c, as a functional of the profile's parameters.
struct ParameterOf {
    which: Which,
    unit: f64,
    log_reference: f64,
}

impl Functional for ParameterOf {
    fn direction(&self, b: f64) -> (f64, f64) {
        match self.which {
            Which::A => (self.unit * (-b * self.log_reference).exp(), 0.0),
            Which::C => (0.0, self.unit),
        }
    }

    fn noise(&self) -> Noise {
        Noise::None
    }
}
