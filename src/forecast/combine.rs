//! The recommended point and the calibrated interval.

use super::Abstain;
use super::envelope::Bounds;
use super::quadrature::Band;

/// The log-average of envelope and quadrature.
pub(super) fn calibrated(
    envelope: &Result<Bounds, Abstain>,
    quadrature: &Result<Band, Abstain>,
    _members: &[(&'static str, f64)],
) -> Result<Band, Abstain> {
    let envelope = envelope.as_ref().map_err(Clone::clone)?;
    let quadrature = quadrature.as_ref().map_err(Clone::clone)?;
    let mean = |a: f64, b: f64| (a * b).sqrt();
    Ok(Band {
        point: mean(envelope.point, quadrature.point),
        lower: mean(envelope.lower, quadrature.lower),
        upper: mean(envelope.upper, quadrature.upper),
    })
}
