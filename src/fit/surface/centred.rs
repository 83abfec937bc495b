//! The runs of a surface fit in centred units.
//!
//! x = ln N and z = ln D are centred and losses are in units of their median, so the parameters
//! (A, B, E, α, β) here are of size one whatever the units (the condition number of the raw problem
//! is 3.5e11).

use super::sums::LANES;
use crate::fit::{Observations, Residuals};

/// (A, B, E, α, β) in centred units.
pub(crate) type Point = [f64; 5];

/// Observations in centred units, one array per column.
#[derive(Debug, Clone)]
pub(crate) struct Centred {
    pub x: Vec<f64>,
    pub z: Vec<f64>,
    /// Loss in units of `unit`.
    pub y: Vec<f64>,
    pub ln_y: Vec<f64>,
    /// Log residuals are slope·(ln f − ln y), the others slope·(f − y).
    pub slope: Vec<f64>,
    pub residuals: Residuals,
    /// How often each row counts; 0 for padding.
    pub multiplicity: Vec<f64>,
    /// Rows without padding.
    pub rows: usize,
    pub mean_x: f64,
    pub mean_z: f64,
    pub unit: f64,
}

impl Centred {
    pub(crate) fn new(o: &Observations) -> Centred {
        let rows = o.len();
        let padded = rows.div_ceil(LANES) * LANES;
        let mean = |k: usize| (0..rows).map(|i| o.input(i)[k].ln()).sum::<f64>() / rows as f64;
        let (mean_x, mean_z) = (mean(0), mean(1));
        let mut sorted = o.y.clone();
        sorted.sort_by(f64::total_cmp);
        let median = sorted[rows / 2].abs();
        let unit = if median > 0.0 { median } else { 1.0 };
        let column = |filler: f64, value: &dyn Fn(usize) -> f64| -> Vec<f64> {
            (0..padded)
                .map(|i| if i < rows { value(i) } else { filler })
                .collect()
        };
        Centred {
            x: column(0.0, &|i| o.input(i)[0].ln() - mean_x),
            z: column(0.0, &|i| o.input(i)[1].ln() - mean_z),
            y: column(1.0, &|i| o.y[i] / unit),
            ln_y: column(0.0, &|i| (o.y[i] / unit).ln()),
            slope: column(0.0, &|i| match o.residuals {
                Residuals::Log => o.weight[i],
                Residuals::Relative => o.weight[i] * unit / o.y[i],
                Residuals::Absolute => o.weight[i] * unit,
            }),
            residuals: o.residuals,
            multiplicity: column(0.0, &|_| 1.0),
            rows,
            mean_x,
            mean_z,
            unit,
        }
    }

    /// The same with ln N and ln D centred where e^(−αx) and e^(−βz) are large, and the shifts of
    /// ln N and ln D.
    pub(crate) fn about_the_terms(&self, alpha: f64, beta: f64) -> (Centred, f64, f64) {
        let centre = |x: &[f64], k: f64| {
            let x = &x[..self.rows];
            let least = x.iter().copied().fold(f64::INFINITY, f64::min);
            let rows = x.iter().zip(&self.multiplicity);
            let (mut total, mut sum) = (0.0, 0.0);
            for (x, m) in rows {
                let w = m * (-k * (x - least)).exp();
                total += w;
                sum += w * x;
            }
            sum / total
        };
        let (x, z) = (centre(&self.x, alpha), centre(&self.z, beta));
        let mut moved = self.clone();
        moved.x[..self.rows].iter_mut().for_each(|v| *v -= x);
        moved.z[..self.rows].iter_mut().for_each(|v| *v -= z);
        (moved, x, z)
    }

    /// The weighted residual of an error as large as the loss itself, averaged over the rows.
    pub(crate) fn size_of_a_loss(&self) -> f64 {
        let size = |i: usize| match self.residuals {
            Residuals::Log => self.slope[i],
            Residuals::Relative | Residuals::Absolute => self.slope[i] * self.y[i].abs(),
        };
        (0..self.rows).map(size).sum::<f64>() / self.rows.max(1) as f64
    }

    /// The raw parameters (A, B, E, α, β) of a centred point.
    pub(crate) fn raw(&self, p: &Point) -> Point {
        [
            p[0] * self.unit * (p[3] * self.mean_x).exp(),
            p[1] * self.unit * (p[4] * self.mean_z).exp(),
            p[2] * self.unit,
            p[3],
            p[4],
        ]
    }

    /// The centred point of raw parameters.
    pub(crate) fn centred(&self, p: &Point) -> Point {
        [
            p[0] / self.unit * (-p[3] * self.mean_x).exp(),
            p[1] / self.unit * (-p[4] * self.mean_z).exp(),
            p[2] / self.unit,
            p[3],
            p[4],
        ]
    }

    /// At most `most` of the rows, in the same units: one of each part of the order, at a
    /// place that changes from part to part, so that no regular pattern of the table is taken for
    /// the whole, and the rows with the extreme arguments.
    pub(super) fn some(&self, most: usize) -> Centred {
        /// The fraction of the golden ratio, whose multiples fill an interval evenly.
        const GOLDEN: f64 = 0.618_033_988_749_894_8;
        /// Rows with the lowest and the highest N and D.
        const EXTREMES: usize = 4;
        let parts = most - EXTREMES;
        let part = self.rows as f64 / parts as f64;
        let mut times = vec![0.0; self.rows];
        for k in 0..parts {
            let place = (k as f64 + (k as f64 * GOLDEN).fract()) * part;
            times[(place as usize).min(self.rows - 1)] = 1.0;
        }
        for column in [&self.x, &self.z] {
            let order = |i: &usize, k: &usize| column[*i].total_cmp(&column[*k]);
            for extreme in [(0..self.rows).min_by(order), (0..self.rows).max_by(order)] {
                extreme.into_iter().for_each(|i| times[i] = 1.0);
            }
        }
        let mut some = self.clone();
        some.draw(self, &times, &mut Vec::new());
        some
    }

    /// Replaces the rows by those of `all` that a bootstrap has drawn, each counted `times` times.
    /// `drawn` is only memory: it receives the places of these rows.
    pub(crate) fn draw(&mut self, all: &Centred, times: &[f64], drawn: &mut Vec<usize>) {
        drawn.clear();
        drawn.extend((0..all.rows).filter(|&i| times[i] > 0.0));
        self.rows = drawn.len();
        let padded = self.rows.div_ceil(LANES) * LANES;
        let columns = [
            (&mut self.x, &all.x, 0.0),
            (&mut self.z, &all.z, 0.0),
            (&mut self.y, &all.y, 1.0),
            (&mut self.ln_y, &all.ln_y, 0.0),
            (&mut self.slope, &all.slope, 0.0),
        ];
        for (own, all, filler) in columns {
            own.clear();
            own.extend(drawn.iter().map(|&i| all[i]));
            own.resize(padded, filler);
        }
        self.multiplicity.clear();
        self.multiplicity
            .extend(drawn.iter().map(|&i| all.multiplicity[i] * times[i]));
        self.multiplicity.resize(padded, 0.0);
    }

    /// Replaces the loss of a row (in raw units), for bootstraps of residuals. `weight` is that of
    /// a relative residual.
    pub(crate) fn set_loss(&mut self, i: usize, loss: f64, weight: f64) {
        let y = loss / self.unit;
        if self.residuals == Residuals::Relative {
            self.slope[i] = weight / y;
        }
        self.y[i] = y;
        self.ln_y[i] = y.ln();
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub const P: Point = [0.21, 0.17, 0.6, 0.35, 0.29];

    pub fn data(residuals: Residuals) -> Centred {
        let inputs: Vec<Vec<f64>> = (0..23)
            .map(|i| {
                let (k, l) = (f64::from(i % 5), f64::from(i % 7));
                vec![1e7 * 3f64.powf(k), 4e8 * 2f64.powf(l) * 1.1f64.powf(k)]
            })
            .collect();
        let y = (0..23)
            .map(|i| 2.3 + 0.4 * (f64::from(i) * 1.7).sin())
            .collect();
        let mut made = Centred::new(&match Observations::new(inputs, y, residuals) {
            Ok(o) => o,
            Err(e) => unreachable!("{e}"),
        });
        made.multiplicity[3] = 2.0;
        made.multiplicity[4] = 0.0;
        made
    }

    #[test]
    fn centring_is_undone_exactly() {
        let data = data(Residuals::Log);
        let raw = data.raw(&P);
        for (found, wanted) in data.centred(&raw).iter().zip(P) {
            approx::assert_relative_eq!(*found, wanted, max_relative = 1e-13);
        }
    }
}
