//! Minimisation in one variable (Brent 1973, "Algorithms for Minimization without Derivatives",
//! chapter 5).
//!
//! A fit of eight runs makes hundreds of these searches, each of about twenty cheap evaluations.
//! The solver of argmin takes the same steps, but counts evaluations in a map by name, which took a
//! sixth of such a fit.

/// Steps after which the search ends.
const STEPS: usize = 100;

/// Minimum of a smooth function on an interval that brackets it, to about three digits. Faster
/// steps do the rest.
pub(super) fn minimise_on_interval(f: impl FnMut(f64) -> f64, low: f64, high: f64) -> f64 {
    minimise_to(f, low, high, 3e-4)
}

/// The same to the given relative tolerance. The middle of the interval if `f` is not a number at
/// the first place.
pub(crate) fn minimise_to(
    mut f: impl FnMut(f64) -> f64,
    low: f64,
    high: f64,
    tolerance: f64,
) -> f64 {
    let golden = 0.5 * (3.0 - 5.0_f64.sqrt());
    let absolute = tolerance * 1e-2 * low.abs().max(high.abs());
    let (mut low, mut high) = (low, high);
    // The lowest place so far, the second lowest, and the second lowest before that.
    let first = low + golden * (high - low);
    let (mut x, mut second, mut third) = (first, first, first);
    let mut at_x = f(x);
    if at_x.is_nan() {
        return 0.5 * (low + high);
    }
    let (mut at_second, mut at_third) = (at_x, at_x);
    // Among places of the same value the first one is the answer.
    let mut best = x;
    // The last step, and the one before it.
    let (mut step, mut earlier) = (0.0_f64, 0.0_f64);
    for _ in 0..STEPS {
        let near = tolerance * x.abs() + absolute;
        let middle = 0.5 * (low + high);
        if (x - middle).abs() <= 2.0 * near - 0.5 * (high - low) {
            break;
        }
        // The vertex of the parabola through the three places is p/q away.
        let (to_second, to_third) = (x - second, x - third);
        let (over_second, over_third) = (at_x - at_second, at_x - at_third);
        let p = to_third * to_third * over_second - to_second * to_second * over_third;
        let q = 2.0 * (to_second * over_third - to_third * over_second);
        let (p, q) = if q >= 0.0 { (p, q) } else { (-p, -q) };
        let outside = p < q * (low - x) || p > q * (high - x);
        if earlier.abs() <= near || outside || 2.0 * p.abs() >= q * earlier.abs() {
            earlier = if x < middle { high } else { low } - x;
            step = golden * earlier;
        } else {
            earlier = step;
            step = p / q;
            if x + step - low < 2.0 * near || high - x - step < 2.0 * near {
                step = (middle - x).signum() * near;
            }
        }
        let moved = match step.abs() >= near {
            true => step,
            false => step.signum() * near,
        };
        let next = x + moved;
        let at_next = f(next);
        if at_next < at_x {
            best = next;
        }
        if at_next <= at_x {
            if next < x {
                high = x;
            } else {
                low = x;
            }
            (third, at_third) = (second, at_second);
            (second, at_second) = (x, at_x);
            (x, at_x) = (next, at_next);
        } else {
            if next < x {
                low = next;
            } else {
                high = next;
            }
            if at_next <= at_second || second == x {
                (third, at_third) = (second, at_second);
                (second, at_second) = (next, at_next);
            } else if at_next <= at_third || third == x || third == second {
                (third, at_third) = (next, at_next);
            }
        }
    }
    best
}
