//! The methods that assume no one law: envelope, quadrature, and what is recommended from both and the forms.

use super::curve::Curve;
use super::envelope::{Bounds, Envelope};
use super::quadrature::{self, Band};
use super::{Abstain, Member, Method, combine, levels};
use crate::fit::{Diagnosis, FitResult, PowerFit, Severity, code};
use crate::quantity::format_quantity;

/// Everything about the runs that does not depend on the target.
#[derive(Debug, Clone)]
pub(super) struct Free {
    curve: Curve,
    power: Option<PowerFit>,
    envelope: Result<Envelope, Abstain>,
}

/// The methods at one target.
#[derive(Debug, Clone)]
pub(super) struct FreeAt {
    pub envelope: Result<Bounds, Abstain>,
    pub quadrature: Result<Band, Abstain>,
    pub calibrated: Result<Band, Abstain>,
    pub members: Vec<(&'static str, f64)>,
}

impl Free {
    pub(super) fn new(fit: &FitResult) -> Free {
        let curve = Curve::of(fit);
        let power = PowerFit::new(&curve.u, &curve.y);
        let envelope = match &power {
            Some(power) => Envelope::new(&curve, power),
            None => Err(Abstain::new(code::NOT_CONVERGED, "the runs have no finite fit")),
        };
        Free { curve, power, envelope }
    }

    pub(super) fn at(&self, compute: f64) -> FreeAt {
        let distance = self.curve.distance(compute);
        let saturating = self.power.map_or(f64::NAN, |p| p.predict(distance));
        let envelope = match &self.envelope {
            Ok(envelope) => envelope.bounds(distance, saturating),
            Err(why) => Err(why.clone()),
        };
        let quadrature = quadrature::band(&self.curve, distance).ok_or_else(|| {
            Abstain::new(code::NOT_CONVERGED, "no cell of the quadrature has a finite weight")
        });
        let members = Vec::new();
        let calibrated = combine::calibrated(&envelope, &quadrature, &members);
        FreeAt { envelope, quadrature, calibrated, members }
    }
}

impl FreeAt {
    pub(super) fn members(&self) -> impl Iterator<Item = Member> + '_ {
        let own = [Method::Quadrature, Method::Envelope]
            .into_iter()
            .filter_map(|m| Some((m.name(), self.point(m)?)));
        own.chain(self.members.iter().copied())
            .map(|(name, point)| Member { name, point })
    }

    /// The method's own point.
    pub(super) fn point(&self, method: Method) -> Option<f64> {
        match method {
            Method::Envelope => self.envelope.as_ref().ok().map(|b| b.point),
            Method::Quadrature => self.quadrature.as_ref().ok().map(|b| b.point),
            Method::Calibrated => self.calibrated.as_ref().ok().map(|b| b.point),
            Method::Delta | Method::Profile => None,
        }
    }

    pub(super) fn bounds(&self, method: Method, level: f64) -> Result<(f64, f64), Abstain> {
        let band = match method {
            Method::Envelope => self.envelope.as_ref().map(|b| Band {
                point: b.point,
                lower: b.lower,
                upper: b.upper,
            }),
            Method::Quadrature => self.quadrature.as_ref().map(|b| *b),
            _ => self.calibrated.as_ref().map(|b| *b),
        };
        let band = band.map_err(Clone::clone)?;
        let ratio = levels::ratio(method, level);
        let scaled = |end: f64| band.point * (end / band.point).powf(ratio);
        Ok((scaled(band.lower), scaled(band.upper)))
    }

    /// What the reader of these intervals should know.
    pub(super) fn finding(&self) -> Option<Diagnosis> {
        let widening = self.envelope.as_ref().ok()?.widening;
        (widening > 1.0).then(|| {
            Diagnosis::new(
                code::ENVELOPE_WIDENED,
                Severity::Note,
                format!(
                    "no mixture of power laws passes through the runs within their noise: the envelope's bands are {} times as wide",
                    format_quantity(widening)
                ),
                "the runs bend in a way that no sum of power laws does, often a plateau at the smallest runs: leave those out with --where",
            )
        })
    }
}
