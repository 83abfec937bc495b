//! The nodes of a scan over exponents, and the local minima among its values.

use super::moments::EXPONENTS;

/// Indices of the local minima of a sequence. A plateau counts once if both sides rise from it, and
/// the values beyond the ends count as higher.
pub(crate) fn minima(values: &[f64]) -> Vec<usize> {
    let mut found = Vec::with_capacity(2);
    let mut falling = true;
    let mut lowest = 0;
    for k in 0..values.len() {
        if k > 0 && values[k] != values[k - 1] {
            falling = values[k] < values[k - 1];
            lowest = k;
        }
        let rises_next = values.get(k + 1).is_none_or(|next| *next > values[k]);
        if falling && rises_next && values[k].is_finite() {
            found.push(lowest);
        }
    }
    found
}

/// Exponents for a scan within limits given by the user, log-spaced on either side of zero.
pub(super) fn exponents_between((low, high): (f64, f64)) -> Vec<f64> {
    const COUNT: usize = 220;
    let mut nodes = Vec::with_capacity(2 * COUNT);
    let tiny = (-EXPONENTS.1).min(high.abs().max(low.abs()));
    let mut side = |from: f64, to: f64| {
        if from == to {
            nodes.push(from);
            return;
        }
        for k in 0..COUNT {
            let t = k as f64 / (COUNT - 1) as f64;
            let magnitude = (from.abs().ln() * (1.0 - t) + to.abs().ln() * t).exp();
            nodes.push(if k == 0 {
                from
            } else if k == COUNT - 1 {
                to
            } else {
                magnitude.copysign(from)
            });
        }
    };
    if low < 0.0 {
        side(low, high.min(-tiny).max(low));
    }
    if low <= 0.0 && high >= 0.0 {
        side(0.0, 0.0);
    }
    if high > 0.0 {
        side(low.max(tiny).min(high), high);
    }
    nodes
}
