//! The recommended point and the calibrated interval, from equal shares of things that err
//! differently.
//!
//! Point: the geometric mean of three thirds: quadrature, the envelope's midpoint, and the mean of
//! the four published forms; quadrature and each form are moved into the envelope where they lie
//! outside (no mixture of power laws within the noise reaches them there). Half-widths: on each
//! side the geometric mean of envelope's and quadrature's. No weight was fitted;
//! `docs/calibration.md` shows what other choices give.

use super::abstain::Abstain;
use super::band::Band;
use super::envelope::Bounds;
use crate::fit::Code;

/// Without an envelope to hold it, quadrature's half-width is taken this many times: on a kind of
/// curve that it was not tuned on it covers half to two thirds of what it claims.
const WITHOUT_ENVELOPE: f64 = 2.0;

/// The recommended point with its 90 % interval.
pub(super) fn calibrated(
    envelope: &Result<Bounds, Abstain>,
    quadrature: &Result<Band, Abstain>,
    forms: &[(&'static str, f64)],
    widening: f64,
) -> Result<Band, Abstain> {
    let band = match (envelope, quadrature) {
        (Ok(e), Ok(q)) => together(&e.band, q, forms),
        (Ok(e), Err(_)) => e.band,
        (Err(why), Ok(_)) if why.code == Code::TooFewRuns => return Err(why.clone()),
        (Err(_), Ok(q)) => q.scaled(WITHOUT_ENVELOPE),
        (Err(why), Err(_)) => return Err(why.clone()),
    };
    Ok(band.scaled(widening))
}

fn together(e: &Band, q: &Band, forms: &[(&'static str, f64)]) -> Band {
    let mut log_point = e.point.ln() + q.point.clamp(e.lower, e.upper).ln();
    let mut thirds = 2.0;
    if !forms.is_empty() {
        let inside = forms.iter().map(|(_, f)| f.clamp(e.lower, e.upper).ln());
        log_point += inside.sum::<f64>() / forms.len() as f64;
        thirds = 3.0;
    }
    let point = (log_point / thirds).exp();
    let half = |e: f64, q: f64| (e.ln().max(0.0) * q.ln().max(0.0)).sqrt().exp();
    Band {
        point,
        lower: point / half(e.point / e.lower, q.point / q.lower),
        upper: point * half(e.upper / e.point, q.upper / q.point),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_member_pulls_the_point_out_of_the_envelope_by_itself() {
        let envelope = Band {
            lower: 2.0,
            upper: 3.0,
            point: 6f64.sqrt(),
        };
        let quadrature = Band {
            point: 1e-5,
            lower: 5e-6,
            upper: 2e-5,
        };
        let forms = [("m3", 9.0)];
        let band = together(&envelope, &quadrature, &forms);
        // Quadrature counts as the lower end, the form as the upper one.
        let expected = (6f64.sqrt() * 2.0 * 3.0).cbrt();
        assert!((band.point / expected - 1.0).abs() < 1e-12);
    }
}
