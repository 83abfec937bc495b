//! Sums over runs, with vector instructions.

use super::vector::widest;

/// Runs that are added side by side.
const LANES: usize = 4;

/// The sums of `term` over all (e, y, q). Four runs at a time are added to sums of their own, which
/// the compiler can turn into vector instructions, and these are added in the end: the same order on
/// every processor.
#[inline(always)]
pub(crate) fn sums<const K: usize>(
    e: &[f64],
    y: &[f64],
    q: &[f64],
    term: impl Fn(f64, f64, f64) -> [f64; K],
) -> [f64; K] {
    widest(
        #[inline(always)]
        || {
            let mut lanes = [[0.0; LANES]; K];
            let (e4, y4, q4) = (
                e.chunks_exact(LANES),
                y.chunks_exact(LANES),
                q.chunks_exact(LANES),
            );
            let last = e4.remainder().iter().zip(y4.remainder());
            let last = last.zip(q4.remainder());
            for ((e, y), q) in e4.zip(y4).zip(q4) {
                for lane in 0..LANES {
                    let terms = term(e[lane], y[lane], q[lane]);
                    for k in 0..K {
                        lanes[k][lane] += terms[k];
                    }
                }
            }
            let mut sums = lanes.map(|[a, b, c, d]| (a + b) + (c + d));
            for ((e, y), q) in last {
                let terms = term(*e, *y, *q);
                for k in 0..K {
                    sums[k] += terms[k];
                }
            }
            sums
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_is_added_once() {
        for n in 0..40 {
            let of = |shift: usize| -> Vec<f64> { (0..n).map(|k| (k + shift) as f64).collect() };
            let (e, y, q) = (of(1), of(2), of(3));
            let [all, products] = sums(&e, &y, &q, |e, y, q| [1.0, e * y * q]);
            // Whole numbers: every order gives the same sum.
            let plain: f64 = (0..n).map(|k| e[k] * y[k] * q[k]).sum();
            assert_eq!((all, products), (n as f64, plain));
        }
    }
}
