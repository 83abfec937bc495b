//! RSS(b) of a·C^b + c at every node of a scan, from sums over the runs. The exponentials of one
//! octave of exponents are enough.

use super::elementary::exp;
use super::vector::widest;

/// Exponents of the scan: from nearly flat to steeper than any loss curve.
pub(crate) const EXPONENTS: (f64, f64) = (-2.5, -0.004);

/// Nodes per doubling of the exponent. RSS(b) does not turn twice within a factor 1.12: tests
/// compare the basins with those of a scan twenty times finer.
const PER_OCTAVE: usize = 6;

/// Octaves that cover the range of exponents (log2(2.5/0.004) = 9.3).
const OCTAVES: usize = 10;

pub(crate) const NODES: usize = PER_OCTAVE * OCTAVES;

/// Nodes within the range of exponents: 6·log2(2.5/0.004) = 55.7, and the one at the flat end.
pub(crate) const NODES_IN_RANGE: usize = 56;

/// With more runs than this the scan works on a summary of them.
const DIRECT_RUNS: usize = 64;

/// One value for each node of an octave.
type Octave = [f64; PER_OCTAVE];

/// Weighted sums over the runs as functions of the exponent.
///
/// With g = e^(βu') − 1 (β = −b, u' = −u) the three sums that least squares needs are
/// P = Σq²g, Q = Σq²(y − ȳ)g and Σq²g² = P(2β) − 2P(β); doubling the exponent is g ← g(g + 2), so
/// one octave of exponentials gives the whole scan.
pub(crate) struct Moments {
    /// −u and the two weights of each (pseudo-)run.
    rows: Vec<(f64, f64, f64)>,
    w: f64,
    mean_y: f64,
    tss: f64,
    constant: bool,
    /// Whether the rows are a summary, good to about 1e-6.
    summarised: bool,
}

impl Moments {
    /// For values `y` at `u` = ln(C/C_max), with each residual multiplied by its `q`.
    pub(crate) fn new(u: &[f64], y: &[f64], q: &[f64], constant: bool) -> Moments {
        let (mut w, mut wy) = (0.0, 0.0);
        for (q, y) in q.iter().zip(y) {
            w += q * q;
            wy += q * q * y;
        }
        let mean_y = wy / w;
        let exact = u.iter().zip(y).zip(q);
        let mut tss = 0.0;
        let mut rows: Vec<(f64, f64, f64)> = Vec::with_capacity(u.len());
        for ((u, y), q) in exact {
            let (q2, d) = (q * q, y - mean_y);
            tss += q2 * d * d;
            rows.push((-u, q2, q2 * d));
        }
        let summarised = rows.len() > DIRECT_RUNS;
        if summarised {
            rows = summarise(&rows);
        }
        Moments {
            rows,
            w,
            mean_y,
            tss,
            constant,
            summarised,
        }
    }

    /// RSS at every node of the scan.
    pub(crate) fn scan(&self) -> [f64; NODES] {
        widest(
            #[inline(always)]
            || self.scanned(),
        )
    }

    /// [`Moments::scan`] without the vector instructions that only some processors have.
    #[inline(always)]
    pub(crate) fn scanned(&self) -> [f64; NODES] {
        let exponents: Octave = std::array::from_fn(node);
        let mut p = [[0.0; PER_OCTAVE]; OCTAVES + 1];
        let mut q = [[0.0; PER_OCTAVE]; OCTAVES];
        // Several runs at a time, so that the sums are loaded and stored less often.
        for block in self.rows.chunks(BLOCK) {
            let mut weights = [(0.0, 0.0); BLOCK];
            let mut g = [[0.0; PER_OCTAVE]; BLOCK];
            for ((slot, values), &(u, weight, weight_y)) in
                weights.iter_mut().zip(&mut g).zip(block)
            {
                *slot = (weight, weight_y);
                *values = if exponents[PER_OCTAVE - 1] * u < SERIES_REACH {
                    exponents.map(|beta| expm1_series(beta * u))
                } else {
                    exponents.map(|beta| (beta * u).exp_m1())
                };
            }
            for (sum_p, sum_q) in p.iter_mut().zip(&mut q) {
                accumulate(sum_p, &weights.map(|w| w.0), &g);
                accumulate(sum_q, &weights.map(|w| w.1), &g);
                for values in &mut g {
                    for value in values {
                        *value *= *value + 2.0;
                    }
                }
            }
            accumulate(&mut p[OCTAVES], &weights.map(|w| w.0), &g);
        }
        std::array::from_fn(|k| {
            let (octave, place) = (k / PER_OCTAVE, k % PER_OCTAVE);
            let here = p[octave][place];
            self.rss_from(here, q[octave][place], p[octave + 1][place] - 2.0 * here)
        })
    }

    /// RSS at one exponent β = −b.
    pub(crate) fn rss(&self, beta: f64) -> f64 {
        let (p, q, pp) = widest(
            #[inline(always)]
            || self.sums(beta),
        );
        self.rss_from(p, q, pp)
    }

    /// The three sums at one exponent.
    #[inline(always)]
    fn sums(&self, beta: f64) -> (f64, f64, f64) {
        let (mut p, mut q, mut pp) = (0.0, 0.0, 0.0);
        for block in self.rows.chunks(BLOCK) {
            // The exponentials of a block in a loop of their own, which vectorises.
            let mut g = [0.0; BLOCK];
            for (value, row) in g.iter_mut().zip(block) {
                *value = beta * row.0;
            }
            g = g.map(|z| exp(z) - 1.0);
            for (g, &(_, weight, weight_y)) in g.iter().zip(block) {
                p += weight * g;
                q += weight_y * g;
                pp += weight * g * g;
            }
        }
        (p, q, pp)
    }

    /// The vertex of a parabola through three points near a minimum, and half its curvature.
    pub(crate) fn polish(&self, mut b: f64) -> (f64, f64) {
        let mut curvature = 1.0;
        for step in [3e-3, 3e-4] {
            let h = step * b.abs();
            let [left, middle, right] = [b - h, b, b + h].map(|b| self.rss(-b));
            let second = (left - 2.0 * middle + right) / (h * h);
            let shift = 0.5 * (left - right) / (h * second);
            if !(second > 0.0 && shift.abs() < 1.0) {
                break;
            }
            curvature = 0.5 * second;
            b += shift.clamp(-h, h);
            if !self.summarised {
                // The exact sums cost as much here as in the later steps.
                break;
            }
        }
        (b, curvature)
    }

    #[inline(always)]
    fn rss_from(&self, p: f64, q: f64, pp: f64) -> f64 {
        let mean_g = p / self.w;
        let spread = pp - p * mean_g;
        let s = q / spread;
        let c = self.mean_y - s * (1.0 + mean_g);
        let free = self.tss - s * q;
        // The sums for c = 0, from the same ones with e = 1 + g.
        let wy = self.w * self.mean_y;
        let ey = wy + q + self.mean_y * p;
        let s0 = ey / (self.w + 2.0 * p + pp);
        let floorless = self.tss + wy * self.mean_y - s0 * ey;
        let rss = if s < 0.0 {
            self.tss
        } else if c < 0.0 || !self.constant {
            floorless
        } else {
            free
        };
        if rss.is_finite() { rss } else { f64::INFINITY }
    }
}

/// Runs that are summed together.
const BLOCK: usize = 4;

#[inline(always)]
fn accumulate(sum: &mut Octave, weights: &[f64; BLOCK], values: &[Octave; BLOCK]) {
    for k in 0..PER_OCTAVE {
        let low = weights[0] * values[0][k] + weights[1] * values[1][k];
        let high = weights[2] * values[2][k] + weights[3] * values[3][k];
        sum[k] += low + high;
    }
}

/// The steepness β = −b at a node of the scan.
#[inline(always)]
pub(crate) fn node(k: usize) -> f64 {
    -EXPONENTS.1 * f64::exp2(k as f64 / PER_OCTAVE as f64)
}

/// Moves the weights of every run to a uniform grid in u by sixth-order Lagrange interpolation,
/// which preserves the sums of smooth functions of u.
fn summarise(rows: &[(f64, f64, f64)]) -> Vec<(f64, f64, f64)> {
    const POINTS: usize = 6;
    let longest = rows.iter().map(|r| r.0).fold(0.0, f64::max);
    // Steep laws vary by e^(2.5·step) between grid points. A factor e^0.7 keeps the error near
    // 1e-5.
    let size = ((longest * 2.5 / 0.7).ceil() as usize).clamp(32, 4096);
    let step = longest / (size - 1) as f64;
    let mut grid: Vec<(f64, f64, f64)> = (0..size).map(|k| (k as f64 * step, 0.0, 0.0)).collect();
    if step == 0.0 {
        return rows.to_vec();
    }
    // 1/Π(j − m) for the Lagrange basis on 0..5.
    const SCALE: [f64; POINTS] = [
        -1.0 / 120.0,
        1.0 / 24.0,
        -1.0 / 12.0,
        1.0 / 12.0,
        -1.0 / 24.0,
        1.0 / 120.0,
    ];
    for &(u, w, wy) in rows {
        let position = u / step;
        let first = (position as usize).saturating_sub(2).min(size - POINTS);
        let t = position - first as f64;
        let d: [f64; POINTS] = std::array::from_fn(|m| t - m as f64);
        let (d01, d45) = (d[0] * d[1], d[4] * d[5]);
        let (d23, d012) = (d[2] * d[3], d01 * d[2]);
        let (d0123, d2345) = (d01 * d23, d23 * d45);
        let products = [
            d[1] * d2345,
            d[0] * d2345,
            d01 * d[3] * d45,
            d012 * d45,
            d0123 * d[5],
            d0123 * d[4],
        ];
        for (slot, (product, scale)) in grid[first..first + POINTS]
            .iter_mut()
            .zip(products.iter().zip(SCALE))
        {
            let share = product * scale;
            slot.1 += share * w;
            slot.2 += share * wy;
        }
    }
    grid
}

/// Up to this value the series below is accurate to 1e-9, far better than a scan needs.
const SERIES_REACH: f64 = 0.35;

/// e^z − 1 by its Taylor series, so that a loop over it vectorises.
#[inline(always)]
fn expm1_series(z: f64) -> f64 {
    const INVERSE: [f64; 8] = {
        let mut table = [0.0; 8];
        let mut k = 0;
        while k < 8 {
            table[k] = 1.0 / (k + 1) as f64;
            k += 1;
        }
        table
    };
    let mut sum = 1.0;
    let mut k = 7;
    while k >= 1 {
        sum = 1.0 + z * INVERSE[k] * sum;
        k -= 1;
    }
    z * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wider_vector_instructions_change_no_bit() {
        for runs in [3, 4, 7, 8, 50, 64, 65, 400] {
            let u: Vec<f64> = (0..runs)
                .map(|k| -12.0 * f64::from(k) / f64::from(runs))
                .collect();
            let wave = |k: usize| 1.0 + 0.02 * (k as f64 * 78.233).sin();
            let y: Vec<f64> = (0..u.len())
                .map(|k| (1.7 + (-0.15 * u[k]).exp()) * wave(k))
                .collect();
            let q: Vec<f64> = y.iter().map(|y| 1.0 / y).collect();
            let moments = Moments::new(&u, &y, &q, true);
            assert_eq!(moments.scan(), moments.scanned());
        }
    }
}
