//! What the data-driven starts of the laws share.

use crate::fit::{gauss_newton_step, minima};

/// The starts at the local minima of a score along one axis, best first, at most three.
pub(super) fn lowest(path: Vec<(f64, Vec<f64>)>) -> Vec<Vec<f64>> {
    const KEPT: usize = 3;
    let scores: Vec<f64> = path.iter().map(|(score, _)| *score).collect();
    let mut best = minima(&scores);
    best.sort_by(|&i, &k| scores[i].total_cmp(&scores[k]));
    best.truncate(KEPT);
    best.into_iter().map(|k| path[k].1.clone()).collect()
}

/// Coefficients of the first `columns` entries of each row that bring their sum closest to the last
/// entry, and the sum of squares that remains; the rows are overwritten.
pub(super) fn least_squares(rows: &mut [[f64; 4]], columns: usize) -> Option<([f64; 3], f64)> {
    let solution = gauss_newton_step(rows, columns)?;
    let rest = rows.iter().map(|row| row[3] * row[3]).sum();
    Some((solution, rest))
}

/// `count` values, evenly spaced in the logarithm.
pub(super) fn log_spaced(from: f64, to: f64, count: usize) -> impl Iterator<Item = f64> {
    let ratio = (to / from).ln() / (count - 1) as f64;
    (0..count).map(move |k| from * (ratio * k as f64).exp())
}

/// Values that an irreducible loss below the smallest loss may have: 0, then ever closer to it.
pub(super) fn floors(smallest: f64, count: usize) -> impl Iterator<Item = f64> {
    std::iter::once(0.0).chain(log_spaced(0.9, 0.005, count).map(move |gap| smallest * (1.0 - gap)))
}

/// The arguments of a law of compute.
pub(super) fn compute(x: &[&[f64]]) -> Vec<f64> {
    x.iter().map(|row| row[0]).collect()
}

/// Smallest and largest value.
pub(super) fn range(values: &[f64]) -> (f64, f64) {
    let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (smallest, largest)
}

#[cfg(test)]
pub(super) mod tests {
    use crate::law::{Law, central_difference};

    /// The analytic gradient against central differences, and the two ways to ask for it.
    pub fn check_gradient(law: &dyn Law, x: f64, p: &[f64]) {
        let (mut exact, mut both) = (vec![0.0; p.len()], vec![0.0; p.len()]);
        let mut differences = vec![0.0; p.len()];
        law.gradient(&[x], p, &mut exact);
        let value = law.predict_with_gradient(&[x], p, &mut both);
        central_difference(law, &[x], p, &mut differences);
        assert_eq!(value, law.predict(&[x], p));
        assert_eq!(exact, both);
        for (k, (e, d)) in exact.iter().zip(&differences).enumerate() {
            // The difference of two values of size f over a step of 6e-6·p is good to this.
            let rounding = 1e-9 * (value.abs() / p[k].abs().max(1e-6) + e.abs());
            assert!((e - d).abs() <= rounding, "{x} {p:?} {k}: {e} {d}");
        }
    }

    /// f(x; p) = y_unit·f(x/x_unit; p′).
    pub fn check_units(law: &dyn Law, x: f64, p: &[f64]) {
        let (x_unit, y_unit) = (3.7e19, 0.03);
        let q = law.change_units(p, &[x_unit], y_unit).unwrap_or_default();
        let (here, there) = (law.predict(&[x], p), law.predict(&[x / x_unit], &q));
        assert!(
            (here / (y_unit * there) - 1.0).abs() < 1e-11,
            "{here} {there}"
        );
    }
}
