//! Bisection and bracketed root finding.

/// Enough halvings to reach the rounding of a bracket's middle.
const HALVINGS: usize = 60;

/// Bisects between `low` and `high`: a middle for which `stays` holds becomes the new `low`, any
/// other the new `high`. Returns the last bracket.
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

/// The zero of `f` between `inside`, where it is at most 0, and `outside`, where it is above: the
/// last point on the inner side. Regula falsi with the Illinois rule (Dowell and Jarratt 1971, BIT
/// 11:168) needs about eight evaluations, bisection about fifty. Slow steps are replaced by
/// bisection.
pub(crate) fn crossing(f: impl FnMut(f64) -> f64, inside: f64, outside: f64) -> f64 {
    crossing_within(f, inside, outside, 0.0)
}

/// The same to within this distance, for an `f` with limited accuracy.
pub(crate) fn crossing_within(
    mut f: impl FnMut(f64) -> f64,
    inside: f64,
    outside: f64,
    distance: f64,
) -> f64 {
    let (mut inside, mut outside) = (inside, outside);
    let (mut low, mut high) = (f(inside), f(outside));
    // The fitted exponent counts as inside, although rounding may put it outside.
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
        // Bisect if three steps have not halved the bracket, or if a step would not move.
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

    /// Compared with bisection, for crossings of both curvatures.
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
            // The last curve is flat at its crossing: many points have the value 0.
            let near = if k == 3 { 1e-2 } else { 1e-14 };
            assert!((found - wanted).abs() <= near, "{k}: {found} {wanted}");
            assert!(k == 3 || looks < 20, "{k}: {looks}");
        }
        let falling = crossing(|x| 1.0 - x, 3.0, -2.0);
        assert!((falling - 1.0).abs() < 1e-14);
    }
}
