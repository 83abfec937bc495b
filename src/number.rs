//! Numbers formatted for people, with digits according to their uncertainty.

use crate::quantity::format_quantity;
use crate::said::Said;

/// `value` with as many digits as `uncertainty` supports (two of its own), or four without one.
#[must_use]
pub fn with_uncertainty(value: f64, uncertainty: Option<f64>) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return Said(value).to_string();
    }
    let significant = match uncertainty.filter(|u| *u > 0.0 && u.is_finite()) {
        Some(u) if size > 0.0 => (size.log10().floor() - u.log10().floor()) as i32 + 2,
        _ => 4,
    };
    digits(value, significant.clamp(2, 8) as usize)
}

/// `value` with a number of significant digits, in scientific notation if it is very large or
/// small.
#[must_use]
pub fn digits(value: f64, significant: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return Said(value).to_string();
    }
    let exponent = value.abs().log10().floor();
    if (-4.0..6.0).contains(&exponent) {
        let decimals = (significant as f64 - 1.0 - exponent).max(0.0) as usize;
        format!("{value:.decimals$}")
    } else {
        format!("{value:.*e}", significant.saturating_sub(1))
    }
}

/// An amount of compute formatted for people.
#[must_use]
pub fn compute(value: f64) -> String {
    if value >= 1e9 {
        trimmed(format!("{:.3e}", Said(value)))
    } else {
        format_quantity(value)
    }
}

/// Removes trailing zeros: 2.300e22 → 2.3e22.
fn trimmed(text: String) -> String {
    match text.split_once('e') {
        Some((mantissa, exponent)) if mantissa.contains('.') => {
            let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
            format!("{mantissa}e{exponent}")
        }
        _ => text,
    }
}

/// A probability as a percentage: 0.9 → 90%.
#[must_use]
pub fn percent(level: f64) -> String {
    let value = (level * 1e10).round() / 1e8;
    format!("{}%", Said(value))
}

/// A relative half-width of an interval, such as `±6.22 %`.
pub(crate) fn half_width(value: Option<f64>) -> String {
    value.map_or("none".to_owned(), |width| {
        format!("±{} %", digits(100.0 * width, 3))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_follow_the_uncertainty() {
        assert_eq!(with_uncertainty(14.1592, Some(0.312)), "14.16");
        assert_eq!(with_uncertainty(-0.0500, Some(0.0019)), "-0.0500");
        assert_eq!(with_uncertainty(1.59581, None), "1.596");
        assert_eq!(with_uncertainty(0.0, Some(0.1)), "0");
        assert_eq!(with_uncertainty(2.345e24, None), "2.345e24");
    }

    #[test]
    fn percentages_have_no_noise() {
        assert_eq!(percent(0.9), "90%");
        assert_eq!(percent(0.995), "99.5%");
        assert_eq!(percent(0.29), "29%");
    }

    #[test]
    fn no_number_is_a_negative_zero() {
        assert_eq!(percent(-0.0), "0%");
        assert_eq!(percent(-1e-12), "0%");
        assert_eq!(digits(-0.0, 3), "0");
        assert_eq!(with_uncertainty(-0.0, Some(1.0)), "0");
    }

    #[test]
    fn compute_never_prints_25_digits() {
        assert_eq!(compute(2.3e22), "2.3e22");
        assert_eq!(compute(1e24), "1e24");
    }
}
