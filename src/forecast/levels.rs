//! Half-widths of the law-free intervals at other levels than 90 %: from quantiles of their errors on published curves.

use super::{Method, level_table};
use crate::fit::central_quantile;

/// Log half-width at `level` in units of that at 90 %: linear between the tabulated levels in the
/// normal quantile of the level, through 0 at level 0, and straight on beyond the last one.
pub(super) fn ratio(method: Method, level: f64) -> f64 {
    let table = match method {
        Method::Envelope => &level_table::ENVELOPE,
        Method::Quadrature => &level_table::QUADRATURE,
        Method::Calibrated | Method::Delta | Method::Profile | Method::Bootstrap => {
            &level_table::CALIBRATED
        }
    };
    let levels = &level_table::LEVELS;
    if let Some(k) = levels.iter().position(|known| *known == level) {
        return table[k];
    }
    let normal = |level: f64| central_quantile(level, None);
    let above = levels
        .iter()
        .position(|known| *known > level)
        .unwrap_or(levels.len() - 1);
    let (left, low) = match above.checked_sub(1) {
        Some(k) => (normal(levels[k]), table[k]),
        None => (0.0, 0.0),
    };
    let (right, high) = (normal(levels[above]), table[above]);
    low + (high - low) * (normal(level) - left) / (right - left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wider_with_the_level_and_one_at_90_percent() {
        for method in [Method::Calibrated, Method::Envelope, Method::Quadrature] {
            assert_eq!(ratio(method, 0.9), 1.0);
            let mut before = 0.0;
            for k in 1..1000 {
                let now = ratio(method, f64::from(k) / 1000.0);
                assert!(now > before, "{method:?} {k}");
                before = now;
            }
            assert!(ratio(method, 0.9999) > before && ratio(method, 0.9999).is_finite());
        }
    }
}
