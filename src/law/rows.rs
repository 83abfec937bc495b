//! Many rows of a law of one variable at a time, in loops that vectorise.

use super::definition::Rows;
use crate::numeric::{exp_scaled, ln_all, widest};

/// Rows that are computed together.
pub(super) const ROWS: usize = 32;

/// One number for each of these rows.
pub(super) type Lane = [f64; ROWS];

/// Whether ln of every argument may be taken by [`ln_all`](crate::numeric::ln_all).
pub(super) fn ordinary(x: &[f64]) -> bool {
    x.iter().all(|x| *x > 0.0 && x.is_normal())
}

/// The base of a power for each row of a block, its logarithm, and the power.
pub(super) struct Powers {
    pub(super) base: Lane,
    pub(super) log: Lane,
    pub(super) power: Lane,
}

impl Powers {
    #[inline(always)]
    pub(super) fn new(x: &[f64], exponent: f64, of: impl Fn(f64) -> f64) -> Powers {
        let [mut base, mut log, mut power] = [[1.0; ROWS]; 3];
        let m = x.len();
        for (slot, x) in base.iter_mut().zip(x) {
            *slot = of(*x);
        }
        ln_all(&base[..m], &mut log[..m]);
        exp_scaled(exponent, &log[..m], &mut power[..m]);
        Powers { base, log, power }
    }
}

/// Calls `block` for every block of rows with its arguments. It writes their number of values and
/// of each of the `K` derivatives, which are then put where `rows` wants them.
#[inline(always)]
pub(super) fn in_blocks<const K: usize>(
    rows: &mut Rows<'_>,
    mut block: impl FnMut(&[f64], &mut [f64], &mut [Lane; K]),
) {
    let (n, stride) = (rows.values.len(), rows.stride);
    widest(
        #[inline(always)]
        || {
            let mut of_block = [[0.0; ROWS]; K];
            for first in (0..n).step_by(ROWS) {
                let all = first..n.min(first + ROWS);
                let values = &mut rows.values[all.clone()];
                block(&rows.x[all.clone()], values, &mut of_block);
                for (column, lane) in rows.slopes.chunks_mut(stride.max(1)).zip(&of_block) {
                    column[all.clone()].copy_from_slice(&lane[..all.len()]);
                }
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::super::definition::{Law, Rows};
    use super::super::m4::{CALIBRATED_M4, M4};
    use super::super::{BuiltIn, by_name};

    /// Both ways take the same steps, with another exponential and logarithm.
    fn agree(law: &dyn Law, x: &[f64], p: &[f64]) {
        let (n, k) = (x.len(), p.len());
        let (mut values, mut room) = (vec![0.0; n], vec![0.0; k]);
        let mut all = vec![f64::NAN; (n + 2) * k];
        let mut rows = Rows {
            x,
            values: &mut values,
            slopes: &mut all,
            stride: n + 2,
            room: &mut room,
        };
        law.predict_rows(p, &mut rows);
        let near = |found: f64, wanted: f64, size: f64| {
            let close = (found - wanted).abs() <= 1e-13 * size;
            close || found == wanted || (found.is_nan() && wanted.is_nan())
        };
        for (i, x) in x.iter().enumerate() {
            let value = law.predict_with_gradient(&[*x], p, &mut room);
            assert!(
                near(values[i], value, value.abs()),
                "{} at {x:e}: {} {value}",
                law.name(),
                values[i]
            );
            for (j, slope) in room.iter().enumerate() {
                let found = all[j * (n + 2) + i];
                let size = slope.abs().max(1e-3 * value.abs());
                assert!(
                    near(found, *slope, size),
                    "{} at {x:e}, {j}: {found} {slope}",
                    law.name()
                );
            }
        }
    }

    #[test]
    fn rows_together_are_rows_alone() {
        let law = |name: &str| -> BuiltIn { by_name(name).unwrap() };
        for count in [1, 7, 8, 32, 33, 70] {
            let x: Vec<f64> = (0..count).map(|i| 0.7_f64.powi(i)).collect();
            agree(&law("m3"), &x, &[2.0, -0.4, 0.01]);
            agree(&law("m3"), &x, &[2.0, -0.4, 0.0]);
            agree(&law("shifted"), &x, &[1.3, -0.4, 0.7, 0.02]);
            agree(&law("broken"), &x, &[1.3, -0.1, 0.7, -0.8, 1e-3, 0.05]);
            agree(&law("broken"), &x, &[1.3, -0.1, 0.7, -0.8, 1e-9, 2.0]);
            for alpha in [0.0, 1e-3, 0.6, 2.5] {
                agree(&M4, &x, &[1.3, -0.4, 0.7, 3.0, alpha]);
                agree(&CALIBRATED_M4, &x, &[0.3, -0.8, 0.1, 2.5, alpha]);
            }
        }
    }

    #[test]
    fn rows_that_have_no_logarithm_are_computed_alone() {
        let x = [1e-310, 1e-3, 1.0];
        for (name, p) in [
            ("m3", vec![2.0, -0.4, -0.5]),
            ("shifted", vec![1.3, -0.4, 0.7, -0.5]),
            ("broken", vec![1.3, -0.1, 0.7, -0.8, 1e-3, 0.5]),
            ("m4", vec![1.3, -0.4, 0.7, 0.1, 0.5]),
        ] {
            agree(&by_name(name).unwrap(), &x, &p);
        }
    }
}
