//! Brackets that become smaller.

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

/// Where `f` crosses 0 between `inside`, where it is at most 0, and `outside`, where it is above:
/// the last point found on the inner side. Regula falsi with the Illinois rule (Dowell and Jarratt
/// 1971, BIT 11:168), which needs about eight evaluations where halving needs fifty, with a halving
/// where it is slow.
pub(crate) fn crossing(f: impl FnMut(f64) -> f64, inside: f64, outside: f64) -> f64 {
    crossing_within(f, inside, outside, 0.0)
}

/// The same to within this distance, for an `f` that is itself known to some digits only.
pub(crate) fn crossing_within(
    mut f: impl FnMut(f64) -> f64,
    inside: f64,
    outside: f64,
    distance: f64,
) -> f64 {
    let (mut inside, mut outside) = (inside, outside);
    let (mut low, mut high) = (f(inside), f(outside));
    // The fitted exponent counts as inside though rounding may put it above.
    if low > 0.0 || !high.is_finite() {
        return bisect(inside, outside, |middle| f(middle) <= 0.0).0;
    }
    let (mut side, mut before, mut steps) = (0, f64::INFINITY, 0);
    for _ in 0..3 * HALVINGS {
        let width = outside - inside;
        let rounding = 4.0 * f64::EPSILON * inside.abs().max(outside.abs());
        if width.abs() <= rounding.max(distance) {
            break;
        }
        let mut next = inside - low * (width / (high - low));
        steps += 1;
        // Where three steps have not halved the bracket, and where a step would not move, the
        // middle is taken.
        let slow = steps >= 3 && width.abs() > 0.5 * before;
        if slow || next == inside || next == outside || !next.is_finite() {
            next = 0.5 * (inside + outside);
        }
        if steps >= 3 {
            (before, steps) = (width.abs(), 0);
        }
        let value = f(next);
        if value <= 0.0 {
            (inside, low) = (next, value);
            if side < 0 {
                high *= 0.5;
            }
            side = -1;
            if value == 0.0 {
                break;
            }
        } else {
            (outside, high) = (next, value);
            if side > 0 {
                low *= 0.5;
            }
            side = 1;
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Halving is the witness, for crossings that bend either way, from both sides.
    #[test]
    fn a_crossing_is_where_halving_finds_it() {
        let curves: [fn(f64) -> f64; 4] = [
            |x| x * x - 2.0,
            |x| x.exp() - 3.0,
            |x| 1.0 - 1.0 / (x + 0.3),
            |x| (x - 1.2).powi(9),
        ];
        for (k, f) in curves.into_iter().enumerate() {
            let mut looks = 0;
            let found = crossing(
                |x| {
                    looks += 1;
                    f(x)
                },
                0.1,
                2.0,
            );
            let wanted = bisect(0.1, 2.0, |x| f(x) <= 0.0).0;
            // The last one is flat where it crosses: many points have the value 0.
            let near = if k == 3 { 1e-2 } else { 1e-14 };
            assert!((found - wanted).abs() <= near, "{k}: {found} {wanted}");
            assert!(k == 3 || looks < 20, "{k}: {looks}");
        }
        let falling = crossing(|x| 1.0 - x, 3.0, -2.0);
        assert!((falling - 1.0).abs() < 1e-14);
    }
}
