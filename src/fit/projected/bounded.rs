//! Linear least squares within bounds.

use crate::numeric::QrFactor;
use nalgebra::{DMatrix, DVector};

/// A column is dependent if the part that earlier columns do not explain is below this share of it.
const DEPENDENT: f64 = 1e-12;

/// An orthonormal basis of some columns, and their coordinates in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Basis {
    rows: usize,
    /// The basis, one column after the other; zero for a dependent column.
    q: Vec<f64>,
    /// R with columns = Q·R, row by row.
    r: Vec<f64>,
    columns: usize,
}

impl Basis {
    /// Fills in the basis of columns with this many rows (modified Gram–Schmidt).
    pub(super) fn fill(&mut self, columns: &[f64], rows: usize) {
        let count = columns.len() / rows.max(1);
        (self.rows, self.columns) = (rows, count);
        self.q.clear();
        self.q.extend_from_slice(columns);
        self.r.clear();
        self.r.resize(count * count, 0.0);
        for k in 0..count {
            let (done, rest) = self.q.split_at_mut(k * rows);
            let column = &mut rest[..rows];
            let length = dot(column, column).sqrt();
            for (j, earlier) in done.chunks_exact(rows).enumerate() {
                let share = dot(earlier, column);
                self.r[j * count + k] = share;
                add(column, earlier, -share);
            }
            let rest = dot(column, column).sqrt();
            if rest > DEPENDENT * length && rest.is_finite() {
                self.r[k * count + k] = rest;
                column.iter_mut().for_each(|v| *v /= rest);
            } else {
                column.fill(0.0);
            }
        }
    }

    /// Subtracts from a column the part that the basis explains, and returns its coordinates.
    pub(super) fn explain(&self, column: &mut [f64]) -> Vec<f64> {
        let bases = self.q.chunks_exact(self.rows.max(1));
        bases
            .map(|base| {
                let share = dot(base, column);
                add(column, base, -share);
                share
            })
            .collect()
    }

    /// The x within these bounds that minimises |columns·x − target|, and which of its values are
    /// free (not at a bound). `along` has the coordinates of the target in the basis.
    ///
    /// The method is that of Stark & Parker (1995): values on a bound are released one by one if
    /// that lowers the sum, and the free ones are solved until none would cross a bound.
    pub(super) fn solve(&self, along: &[f64], bounds: &[(f64, f64)]) -> (Vec<f64>, Vec<bool>) {
        let m = self.columns;
        let depends = |k: usize| self.r[k * m + k] == 0.0;
        let mut x: Vec<f64> = bounds
            .iter()
            .map(|(low, high)| 0.0_f64.clamp(*low, *high))
            .collect();
        let mut free: Vec<bool> = (0..m).map(|k| !depends(k)).collect();
        if let Some(found) = self.free_solution(along, &x, &free) {
            let inside = |k: usize| (bounds[k].0..=bounds[k].1).contains(&found[k]);
            if (0..m).all(inside) {
                return (found, free);
            }
            for k in 0..m {
                free[k] &= inside(k);
                x[k] = found[k].clamp(bounds[k].0, bounds[k].1);
            }
        } else {
            free.fill(false);
        }
        for _ in 0..(10 * m + 10) {
            // The free values move together until the first of them reaches its bound.
            while free.iter().any(|free| *free) {
                let Some(found) = self.free_solution(along, &x, &free) else {
                    break;
                };
                let mut share: f64 = 1.0;
                let mut stops = None;
                for k in (0..m).filter(|&k| free[k]) {
                    let (low, high) = bounds[k];
                    let limit = if found[k] < low { low } else { high };
                    if !(low..=high).contains(&found[k]) {
                        let part = ((limit - x[k]) / (found[k] - x[k])).clamp(0.0, 1.0);
                        if part <= share {
                            (share, stops) = (part, Some((k, limit)));
                        }
                    }
                }
                for k in (0..m).filter(|&k| free[k]) {
                    x[k] = (x[k] + share * (found[k] - x[k])).clamp(bounds[k].0, bounds[k].1);
                }
                match stops {
                    Some((k, limit)) => {
                        x[k] = limit;
                        free[k] = false;
                    }
                    None => break,
                }
            }
            let pull = self.pull(along, &x);
            let released = (0..m).filter(|&k| !free[k] && !depends(k)).filter(|&k| {
                let (low, high) = bounds[k];
                low < high && ((pull[k] > 0.0 && x[k] < high) || (pull[k] < 0.0 && x[k] > low))
            });
            let size = |k: &usize| pull[*k].abs() / self.length(*k);
            let strongest = released.max_by(|i, k| size(i).total_cmp(&size(k)));
            let least = 1e-11 * dot(along, along).sqrt();
            match strongest.filter(|k| size(k) > least) {
                Some(k) => free[k] = true,
                None => break,
            }
        }
        (x, free)
    }

    /// An entry of R.
    pub(super) fn entry(&self, row: usize, column: usize) -> f64 {
        self.r[row * self.columns + column]
    }

    fn length(&self, k: usize) -> f64 {
        (0..=k)
            .map(|row| self.r[row * self.columns + k].powi(2))
            .sum::<f64>()
            .sqrt()
    }

    /// The residual target − columns·x, in the coordinates of the basis.
    fn rest(&self, along: &[f64], x: &[f64]) -> Vec<f64> {
        let m = self.columns;
        let row = |i: usize| along[i] - (i..m).map(|k| self.r[i * m + k] * x[k]).sum::<f64>();
        (0..m).map(row).collect()
    }

    /// Downhill direction of the sum in each value: positive if a larger value lowers the sum.
    fn pull(&self, along: &[f64], x: &[f64]) -> Vec<f64> {
        let m = self.columns;
        let rest = self.rest(along, x);
        let column = |k: usize| (0..=k).map(|i| self.r[i * m + k] * rest[i]).sum();
        (0..m).map(column).collect()
    }

    /// The x whose free values are optimal for the given other values.
    fn free_solution(&self, along: &[f64], x: &[f64], free: &[bool]) -> Option<Vec<f64>> {
        let m = self.columns;
        let all_free = free.iter().all(|free| *free);
        let mut found = x.to_vec();
        if all_free {
            for k in (0..m).rev() {
                let known: f64 = (k + 1..m).map(|j| self.r[k * m + j] * found[j]).sum();
                found[k] = (along[k] - known) / self.r[k * m + k];
            }
        } else {
            let moving: Vec<usize> = (0..m).filter(|&k| free[k]).collect();
            if moving.is_empty() {
                return Some(found);
            }
            let held: Vec<f64> = (0..m).map(|k| if free[k] { 0.0 } else { x[k] }).collect();
            let target = DVector::from_vec(self.rest(along, &held));
            let matrix = DMatrix::from_fn(m, moving.len(), |i, j| self.r[i * m + moving[j]]);
            let solved = QrFactor::new(&matrix)?.solve(&target)?;
            for (&k, value) in moving.iter().zip(solved.iter()) {
                found[k] = *value;
            }
        }
        found.iter().all(|v| v.is_finite()).then_some(found)
    }

    /// The basis of the chosen columns only.
    pub(super) fn of_some(columns: &[f64], rows: usize, chosen: &[bool]) -> Basis {
        let all = columns.chunks_exact(rows.max(1)).zip(chosen);
        let some: Vec<f64> = all
            .filter(|(_, chosen)| **chosen)
            .flat_map(|(column, _)| column)
            .copied()
            .collect();
        let mut basis = Basis::default();
        basis.fill(&some, rows);
        basis
    }
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn add(a: &mut [f64], b: &[f64], share: f64) {
    a.iter_mut().zip(b).for_each(|(a, b)| *a += share * b);
}
