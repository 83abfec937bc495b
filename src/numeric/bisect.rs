//! Halving a bracket.

/// Halvings: below the rounding of a bracket's middle.
const HALVINGS: usize = 60;

/// The bracket that is left of `low` and `high` when each middle for which `stays` holds becomes
/// the new `low`, and any other one the new `high`.
pub(crate) fn bisect(
    mut low: f64,
    mut high: f64,
    mut stays: impl FnMut(f64) -> bool,
) -> (f64, f64) {
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        match stays(middle) {
            true => low = middle,
            false => high = middle,
        }
    }
    (low, high)
}
