//! The numbers that a run may have.

use crate::said::Said;
use std::ops::RangeInclusive;

/// The range of losses: their squares are variances and must be floats.
pub(crate) const LOSSES: RangeInclusive<f64> = 1e-140..=1e140;

/// The range of compute, parameters and tokens: laws raise them to powers, which must be floats.
pub(crate) const SIZES: RangeInclusive<f64> = 1e-100..=1e100;

/// Largest factor between the standard deviation of a loss and the loss.
const SIGMAS: f64 = 1e100;

/// The name of compute that follows from parameters and tokens.
pub(crate) const SIX_ND: &str = "compute = 6ND";

/// Why compute, parameters, tokens and losses may not be zero.
pub(crate) const LOGARITHM: &str = "its logarithm is needed";

/// Why the standard deviation of a loss may not be zero.
pub(crate) const WEIGHT: &str = "a run cannot be free of noise";

/// The value, or the reason why it is too small or too large for a fit; `what` names it.
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

/// The loss, which may be zero or negative, or the reason why it cannot be fitted.
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

/// The standard deviation of a loss, or the reason why it gives no weight.
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

/// Checks that a number is positive and finite; the error says why it is not.
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
