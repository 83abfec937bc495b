//! The size of a run in a request: a number, or a multiple of the largest fitted run.

use super::usage;
use crate::error::Result;
use crate::number::{compute, digits};
use crate::remedy::Setting;
use crate::said::Said;
use crate::size::Size;

/// The elements of a list, each once and in the order first given, so that no question is answered
/// twice.
pub(crate) fn each_once<T>(
    values: impl IntoIterator<Item = T>,
    same: impl Fn(&T, &T) -> bool,
) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for value in values {
        if !kept.iter().any(|other| same(other, &value)) {
            kept.push(value);
        }
    }
    kept
}

/// Whether two numbers are equal up to the rounding of a product such as that of `10x`.
pub(crate) fn same_number(a: &f64, b: &f64) -> bool {
    a == b || (a - b).abs() <= 4.0 * f64::EPSILON * a.abs().min(b.abs())
}

/// Whether two sizes are equal for every series: `100x` means a different number in each.
pub(crate) fn same_size(a: &Size, b: &Size) -> bool {
    match (a, b) {
        (Size::Of(a), Size::Of(b)) | (Size::Times(a), Size::Times(b)) => same_number(a, b),
        _ => false,
    }
}

/// The value of a target, given the largest fitted run.
///
/// # Errors
/// [`ErrorKind::Usage`](crate::ErrorKind::Usage) when it is not a positive number, or a multiple
/// overflows.
pub(super) fn target(size: Size, largest: f64) -> Result<f64> {
    let compute = size.beside(largest);
    match compute > 0.0 && compute.is_finite() {
        true => Ok(compute),
        false => Err(usage(match size {
            Size::Of(value) => format!("a target must be positive and finite, not {}", Said(value)),
            Size::Times(_) => format!(
                "{size} of {:e} is no number that can be written",
                Said(largest)
            ),
        })
        .with_hint("give a smaller multiple of the largest fitted run")),
    }
}

/// The values of targets, each once and in the order first given: `10x` and 1e23 are one target if
/// both are 1e23.
pub(super) fn targets(sizes: &[Size], largest: f64) -> Result<Vec<f64>> {
    let all = sizes.iter().map(|size| target(*size, largest));
    Ok(each_once(all.collect::<Result<Vec<_>>>()?, same_number))
}

/// A target below this share of the smallest run is no compute but a size of another kind.
const FAR_BELOW: f64 = 1e-6;

/// Refuses targets that cannot be meant as compute, next to the compute of the smallest run.
pub(super) fn near_the_runs(targets: Vec<f64>, smallest: f64) -> Result<Vec<f64>> {
    match targets
        .iter()
        .find(|target| **target < FAR_BELOW * smallest)
    {
        None => Ok(targets),
        Some(far) => Err(usage(format!(
            "the target {} is {} times the compute of the smallest run",
            compute(*far),
            digits(far / smallest, 2)
        ))
        .with_hint(
            "give a compute in FLOP, or the parameters and tokens of a model, such as 7B:140B; or \
             make a law of parameters or of tokens",
        )
        .with_remedy(Setting::Over.to("params"))
        .with_remedy(Setting::Over.to("tokens"))),
    }
}

/// Refuses a number that is not positive and finite; `what` names it.
pub(super) fn positive(what: &str, value: f64) -> Result<f64> {
    match value > 0.0 && value.is_finite() {
        true => Ok(value),
        false => Err(usage(format!(
            "{what} must be positive and finite, not {}",
            Said(value)
        ))),
    }
}

/// Positive numbers, each once and in the order first given.
pub(super) fn positives(what: &str, values: &[f64]) -> Result<Vec<f64>> {
    let all = values.iter().map(|value| positive(what, *value));
    Ok(each_once(all.collect::<Result<Vec<_>>>()?, same_number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_are_one_target_whatever_they_are_written_as() {
        let of = |texts: &[&str]| {
            let sizes: Vec<Size> = texts.iter().map(|t| t.parse().unwrap()).collect();
            targets(&sizes, 2.3e22).unwrap()
        };
        assert_eq!(of(&["1e23", "1e24", "100e21", "1e23"]), [1e23, 1e24]);
        assert_eq!(of(&["2.3e23", "10x", "10x"]), [2.3e23]);
        assert_eq!(of(&["70B", "7e10"]), [7e10]);
        assert_eq!(of(&["1e23", "1.0000001e23"]).len(), 2);
        let level = each_once([0.9, 0.8, 0.90], same_number);
        assert_eq!(level, [0.9, 0.8]);
    }
}
