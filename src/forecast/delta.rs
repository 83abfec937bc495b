//! Delta method: exp(ln f ± t·se) with Student's t, or f ± t·se if losses may be negative.

use super::abstain::{Abstain, limited};
use crate::fit::{Code, FitResult, Inference, Residuals};
use crate::interval::Kind;

pub(super) struct Delta<'a> {
    inference: &'a Inference,
    point: f64,
    /// Whether the interval is computed on L instead of ln L, since L may be zero or negative.
    plain: bool,
    /// Standard error of ln f, or of f.
    curve: Option<f64>,
    /// Standard deviation of ln L of a new run about the curve, or of L.
    run: f64,
}

impl<'a> Delta<'a> {
    pub(super) fn new(
        fit: &FitResult,
        inference: &'a Inference,
        x: &[f64],
        point: f64,
    ) -> Delta<'a> {
        let p = fit.values();
        let mut gradient = vec![0.0; p.len()];
        fit.law().gradient(x, &p, &mut gradient);
        let noise = inference.noise.unwrap_or(f64::NAN) * inference.noise_of_a_run();
        let plain = fit.signed() || point <= 0.0;
        let unit = if plain { 1.0 } else { point };
        let run = match fit.settings().residuals {
            Residuals::Absolute => noise / unit,
            Residuals::Relative | Residuals::Log => noise,
        };
        let curve = inference.standard_error(&gradient).map(|se| se / unit);
        Delta {
            inference,
            point,
            plain,
            curve,
            run,
        }
    }

    pub(super) fn bounds(&self, level: f64, kind: Kind) -> Result<(f64, f64), Abstain> {
        let curve = self.curve.filter(|se| se.is_finite()).ok_or_else(|| {
            Abstain::new(
                Code::IllConditioned,
                "the data do not determine the parameters: there is no standard error",
            )
        })?;
        let spread = match kind {
            Kind::Confidence => curve,
            Kind::Prediction => curve.hypot(self.run),
        };
        let reach = self.inference.quantile(level) * spread;
        if self.plain && reach.is_finite() {
            return Ok((self.point - reach, self.point + reach));
        }
        limited(
            (self.point * (-reach).exp(), self.point * reach.exp()),
            Code::IllConditioned,
            "the data put no limit on the forecast at this level",
        )
    }
}
