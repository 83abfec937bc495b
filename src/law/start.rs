//! Shared by the data-driven starts of the laws.

use crate::numeric::{gauss_newton_step, minima};
use std::cmp::Ordering;

/// The parameters along one axis of a grid, each with its sum of squares.
pub(super) type Path = Vec<(f64, Vec<f64>)>;

/// The starts at the local minima of each path, best first, at most three.
pub(super) fn lowest(paths: &[Path]) -> Vec<Vec<f64>> {
    const KEPT: usize = 3;
    let mut best: Vec<&(f64, Vec<f64>)> = Vec::new();
    for path in paths {
        let sums: Vec<f64> = path.iter().map(|(sum, _)| *sum).collect();
        best.extend(minima(&sums).into_iter().map(|k| &path[k]));
    }
    best.sort_by(|p, q| p.0.total_cmp(&q.0));
    best.truncate(KEPT);
    best.into_iter().map(|(_, p)| p.clone()).collect()
}

/// The starts at the local minima of a grid of adjacent paths, best first, at most `kept`.
pub(super) fn lowest_cells(paths: &[Path], kept: usize) -> Vec<Vec<f64>> {
    let near = |k: usize, count: usize| k.saturating_sub(1)..(k + 2).min(count);
    let mut best: Vec<&(f64, Vec<f64>)> = Vec::new();
    for (i, path) in paths.iter().enumerate() {
        for (k, cell) in path.iter().enumerate() {
            let beside = |j: usize| near(k, path.len()).map(move |l| (j, l));
            // Of equal neighbours the first counts as the minimum.
            let higher =
                |(j, l): (usize, usize)| match paths[j].get(l).map(|c| c.0.total_cmp(&cell.0)) {
                    Some(Ordering::Less) => false,
                    Some(Ordering::Equal) => (i, k) <= (j, l),
                    _ => true,
                };
            if near(i, paths.len()).flat_map(beside).all(higher) {
                best.push(cell);
            }
        }
    }
    best.sort_by(|p, q| p.0.total_cmp(&q.0));
    best.truncate(kept);
    best.into_iter().map(|(_, p)| p.clone()).collect()
}

/// Coefficients with which the first `columns` entries of each row come closest to the last entry,
/// and the remaining sum of squares. The rows are overwritten.
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

/// Possible values of an irreducible loss below the smallest loss: 0, then ever closer to it.
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
    use crate::law::definition::{Law, central_difference};

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
        check_all_units(law, &[x], &[3.7e19], p);
    }

    pub fn check_all_units(law: &dyn Law, x: &[f64], x_unit: &[f64], p: &[f64]) {
        let y_unit = 0.03;
        let q = law.change_units(p, x_unit, y_unit).unwrap_or_default();
        let inside: Vec<f64> = x.iter().zip(x_unit).map(|(x, unit)| x / unit).collect();
        let (here, there) = (law.predict(x, p), law.predict(&inside, &q));
        assert!(
            (here / (y_unit * there) - 1.0).abs() < 1e-11,
            "{here} {there}"
        );
    }
}
