//! Starts for any law if neither the law nor its user gives them: on a grid over the search ranges,
//! or scattered over them, with the linear parameters by least squares.

use super::general::{Problem, relative_change};
use super::objective::Objective;
use crate::law::Search;
use crate::numeric::{QrFactor, evenly_scattered};
use nalgebra::{DMatrix, DVector};

/// Starts that are kept of a grid.
const KEPT: usize = 16;
/// Points scattered over the search ranges.
const SCATTERED: usize = 400;
/// Scattered starts that are kept: the best of all, then more of those without a parameter on its
/// lower bound.
const SCATTERED_KEPT: (usize, usize) = (12, 8);
/// How far the scattered points reach beyond either end of a range, as a share of its length.
const BEYOND: f64 = 0.3;

impl Problem<'_> {
    /// Starts from a grid over the nonlinear parameters, with the linear ones by least squares;
    /// the best local minima of the grid first.
    pub(crate) fn starts(&self) -> Vec<Vec<f64>> {
        let nonlinear = self.nonlinear();
        let per_axis: usize = match nonlinear.len() {
            0 => 1,
            1 => 96,
            2 => 32,
            3 => 12,
            _ => 6,
        };
        let cells = per_axis.pow(nonlinear.len().min(5) as u32);
        let places = (0..cells).map(|cell| {
            let mut index = cell;
            let mut place = Vec::with_capacity(nonlinear.len());
            for _ in &nonlinear {
                place.push((index % per_axis) as f64 / (per_axis - 1).max(1) as f64);
                index /= per_axis;
            }
            place
        });
        self.best_places(&nonlinear, places, (KEPT, 0))
    }

    /// Starts scattered evenly over the search ranges, with the linear parameters by least squares;
    /// the best first.
    pub(crate) fn scattered(&self) -> Vec<Vec<f64>> {
        let nonlinear = self.nonlinear();
        // Also somewhat beyond the ranges, where the usual starts never are.
        let stretch = |place: f64| (1.0 + 2.0 * BEYOND) * place - BEYOND;
        let places = evenly_scattered(nonlinear.len())
            .take(SCATTERED)
            .map(|place| place.into_iter().map(stretch).collect());
        self.best_places(&nonlinear, places, SCATTERED_KEPT)
    }

    fn nonlinear(&self) -> Vec<usize> {
        let parameters = self.law.parameters();
        (0..parameters.len())
            .filter(|&k| parameters[k].search != Search::Linear && self.lower[k] < self.upper[k])
            .collect()
    }

    /// The best points whose nonlinear parameters lie at these places of their search ranges (0 to
    /// 1 along each range): the first number from all of them, then more from those without a
    /// parameter on its lower bound.
    fn best_places(
        &self,
        nonlinear: &[usize],
        places: impl Iterator<Item = Vec<f64>>,
        (kept, whole_kept): (usize, usize),
    ) -> Vec<Vec<f64>> {
        let parameters = self.law.parameters();
        let mut scored: Vec<(f64, Vec<f64>)> = Vec::new();
        for place in places {
            let mut p: Vec<f64> = (0..parameters.len())
                .map(|k| 0.0_f64.clamp(self.lower[k], self.upper[k]))
                .collect();
            for (&k, t) in nonlinear.iter().zip(place) {
                p[k] = match parameters[k].search {
                    Search::Even(from, to) => from + t * (to - from),
                    Search::Log(from, to) => from * (to / from).powf(t),
                    Search::Linear => p[k],
                };
            }
            self.clamp(&mut p);
            if self.project(&mut p).is_some() {
                scored.push((self.squared_value(&p), p));
            }
        }
        scored.retain(|(value, _)| value.is_finite());
        scored.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut chosen = Vec::new();
        // The exponent of a vanished term has no effect, so such points are all alike.
        let whole =
            |p: &&Vec<f64>| (0..p.len()).all(|k| p[k] > self.lower[k] || p[k] >= self.upper[k]);
        let all = || scored.iter().map(|(_, p)| p);
        spread(&mut chosen, all(), kept);
        spread(&mut chosen, all().filter(whole), kept + whole_kept);
        chosen
    }

    pub(super) fn squared_value(&self, p: &[f64]) -> f64 {
        Problem {
            objective: Objective::Squared,
            ..self.clone()
        }
        .value(p)
    }

    /// Sets the linear parameters in `p` by least squares, on residuals linear in f.
    pub(super) fn project(&self, p: &mut [f64]) -> Option<()> {
        let parameters = self.law.parameters();
        let linear: Vec<usize> = (0..parameters.len())
            .filter(|&k| parameters[k].search == Search::Linear && self.lower[k] < self.upper[k])
            .collect();
        if linear.is_empty() {
            return Some(());
        }
        for &k in &linear {
            p[k] = 0.0;
        }
        let o = self.observations;
        let mut gradient = vec![0.0; p.len()];
        let mut j = DMatrix::zeros(o.len(), linear.len());
        let mut rhs = DVector::zeros(o.len());
        for i in 0..o.len() {
            let slope = o.slope(i, o.y[i]);
            self.law.gradient(o.input(i), p, &mut gradient);
            for (column, &k) in linear.iter().enumerate() {
                j[(i, column)] = slope * gradient[k];
            }
            rhs[i] = slope * (o.y[i] - self.law.predict(o.input(i), p));
        }
        let solution = QrFactor::new(&j)?.solve(&rhs)?;
        for (&k, value) in linear.iter().zip(solution.iter()) {
            p[k] = *value;
        }
        self.clamp(p);
        Some(())
    }
}

/// Adds points that are not close to one chosen before, until there are `most`: close starts lead
/// to the same minimum.
fn spread<'a>(chosen: &mut Vec<Vec<f64>>, points: impl Iterator<Item = &'a Vec<f64>>, most: usize) {
    for p in points {
        if chosen.len() >= most {
            break;
        }
        if chosen.iter().all(|q| relative_change(q, p) > 0.15) {
            chosen.push(p.clone());
        }
    }
}
