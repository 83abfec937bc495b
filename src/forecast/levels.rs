//! Half-widths of the law-free intervals at levels other than 90 %, from quantiles of their errors
//! on published curves.

use super::abstain::Abstain;
use super::level_table;
use crate::fit::{Code, central_quantile};
use crate::interval::Method;
use crate::number::percent;
use std::ops::RangeInclusive;

/// The levels at which the widths of the law-free intervals were measured.
pub(crate) fn measured() -> RangeInclusive<f64> {
    let levels = &level_table::LEVELS;
    levels[0]..=levels[levels.len() - 1]
}

/// Why a law-free method has no interval at this level; `None` if it has one.
pub(crate) fn not_measured(method: Method, level: f64) -> Option<String> {
    let measured = measured();
    if method.parametric() || measured.contains(&level) {
        return None;
    }
    Some(format!(
        "its widths were measured at levels from {} to {} only, and {} lies outside",
        percent(*measured.start()),
        percent(*measured.end()),
        percent(level)
    ))
}

/// Log half-width at `level` in units of that at 90 %: linear between the tabulated levels in the
/// normal quantile of the level.
///
/// # Errors
/// For a level outside the table, where no widths were measured.
pub(super) fn ratio(method: Method, level: f64) -> std::result::Result<f64, Abstain> {
    if let Some(reason) = not_measured(method, level) {
        return Err(Abstain::new(Code::LevelNotMeasured, reason));
    }
    let table = match method {
        Method::Envelope => &level_table::ENVELOPE,
        Method::Quadrature => &level_table::QUADRATURE,
        _ => &level_table::CALIBRATED,
    };
    let levels = &level_table::LEVELS;
    if let Some(k) = levels.iter().position(|known| *known == level) {
        return Ok(table[k]);
    }
    let normal = |level: f64| central_quantile(level, None);
    let above = levels.partition_point(|known| *known <= level);
    let (left, low) = (normal(levels[above - 1]), table[above - 1]);
    let (right, high) = (normal(levels[above]), table[above]);
    Ok(low + (high - low) * (normal(level) - left) / (right - left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wider_with_the_level_and_one_at_90_percent() {
        for method in [Method::Calibrated, Method::Envelope, Method::Quadrature] {
            let ratio = |level: f64| ratio(method, level).ok();
            assert_eq!(ratio(0.9), Some(1.0));
            let mut before = 0.0;
            for k in 500..=990 {
                let now = ratio(f64::from(k) / 1000.0).unwrap_or(f64::NAN);
                assert!(now > before, "{method:?} {k}");
                before = now;
            }
            for outside in [0.001, 0.4999, 0.9901, 0.999, 0.999_999] {
                assert!(ratio(outside).is_none(), "{method:?} {outside}");
            }
        }
    }
}
