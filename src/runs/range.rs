//! Which numbers a run may hold.

use crate::said::Said;
use std::ops::RangeInclusive;

/// The losses that are fitted: variances are squares of them, and must stay in the range of a float.
pub(crate) const LOSSES: RangeInclusive<f64> = 1e-140..=1e140;

/// The compute, parameters and tokens that are fitted: a law raises them to powers, which must stay in the range of a
/// float.
pub(crate) const SIZES: RangeInclusive<f64> = 1e-100..=1e100;

/// How far the standard deviation of a loss may be from the loss, as a factor.
const SIGMAS: f64 = 1e100;

/// Compute that follows from parameters and tokens.
pub(crate) const SIX_ND: &str = "compute = 6ND";

/// Why compute, parameters, tokens and losses may not be zero.
pub(crate) const LOGARITHM: &str = "its logarithm is needed";

/// Why the standard deviation of a loss may not be zero.
pub(crate) const WEIGHT: &str = "a run cannot be free of noise";

/// The value, or why it is too small or too large to be fitted; `what` names it.
pub(crate) fn within(value: f64, range: &RangeInclusive<f64>, what: &str) -> Result<f64, String> {
    if range.contains(&value) {
        return Ok(value);
    }
    Err(format!(
        "{what} is {:e}, outside the range from {:e} to {:e}: the squares and powers that a fit needs leave the range of a float there",
        Said(value),
        range.start(),
        range.end()
    ))
}

/// The loss, which may be zero or negative, or why it is too large to be fitted.
pub(crate) fn of_any_sign(loss: f64, what: &str) -> Result<f64, String> {
    if loss.is_nan() || loss.is_infinite() {
        return check_positive(loss, "")
            .map_or_else(|why| Err(format!("{what} {why}")), |()| Ok(loss));
    }
    match loss == 0.0 {
        true => Ok(0.0),
        false => within(loss.abs(), &LOSSES, what).map(|_| loss),
    }
}

/// The standard deviation of a loss, or why no weight follows from it.
pub(crate) fn sigma_beside(sigma: f64, loss: f64) -> Result<f64, String> {
    let size = loss.abs();
    match size == 0.0 || (size / SIGMAS..=size * SIGMAS).contains(&sigma) {
        true => Ok(sigma),
        false => Err(format!(
            "the standard deviation differs from the loss by more than a factor of {SIGMAS:e}: \
             the squared weight of the run leaves the range of a float"
        )),
    }
}

/// Whether a number is positive and finite, or why it is of no use.
pub(crate) fn check_positive(value: f64, not_zero: &str) -> Result<(), String> {
    if value.is_nan() {
        Err("is not a number (NaN)".to_owned())
    } else if value.is_infinite() {
        Err(format!("is infinite ({value})"))
    } else if value == 0.0 {
        Err(format!("is zero: {not_zero}"))
    } else if value < 0.0 {
        Err(format!("is negative ({value:?})"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standard_deviation_has_a_weight_that_is_a_number() {
        assert_eq!(sigma_beside(1e-9, 2.0), Ok(1e-9));
        assert!(sigma_beside(1e-200, 2.0).is_err() && sigma_beside(1e200, 2.0).is_err());
    }

    #[test]
    fn a_refusal_says_the_side_and_the_range() {
        assert_eq!(within(2.0, &LOSSES, "loss"), Ok(2.0));
        let wanted = "loss is 1e-200, outside the range from 1e-140 to 1e140: the squares and powers that a fit needs leave \
                      the range of a float there";
        assert_eq!(within(1e-200, &LOSSES, "loss"), Err(wanted.to_owned()));
        let above = within(f64::INFINITY, &SIZES, "compute = 6ND").unwrap_err();
        assert!(
            above.starts_with("compute = 6ND is more than 1e308, outside"),
            "{above}"
        );
    }
}
