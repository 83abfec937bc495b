//! The posterior of a law after the fitted runs: a normal distribution about each minimum.
//!
//! The error of the prediction at the targets has two parts: the variance about each minimum, and
//! the difference between the minima (arXiv 2604.22753). A run reduces the first part by a rank-one
//! update of the covariance. It reduces the second part if the minima predict different outcomes
//! for it: the product of the weights of two minima falls by the Bhattacharyya coefficient of their
//! predictions, in any order of the runs.

use crate::fit::{Basin, Observations, Residuals, Settings};
use crate::law::Law;
use nalgebra::{DMatrix, DVector};

/// Most minima that are kept.
const MOST: usize = 8;
/// Minima with a smaller weight are left out.
const LEAST_WEIGHT: f64 = 1e-3;
/// The least relative noise of a run if too few runs determine it; published ladders scatter by 0.1
/// to 0.5 % about their laws.
const ASSUMED_NOISE: f64 = 0.003;
/// Fewest degrees of freedom that determine the noise.
const ENOUGH: f64 = 3.0;
/// Noise below this share of the outcome is rounding error.
const ROUNDING: f64 = 1e-5;
/// The prior standard deviation of a parameter without bounds, as a multiple of its size.
const KNOWN_TO: f64 = 10.0;

/// A minimum with its covariance.
#[derive(Debug, Clone)]
struct Minimum {
    weight: f64,
    p: Vec<f64>,
    /// The unit of each free parameter.
    unit: Vec<f64>,
    covariance: DMatrix<f64>,
    /// The mean over the targets of the products of pairs of derivatives.
    target: DMatrix<f64>,
}

/// The posterior of a law's predictions at some targets.
#[derive(Debug, Clone)]
pub(crate) struct Posterior<'a> {
    law: &'a dyn Law,
    free: Vec<usize>,
    /// Standard deviation of a weighted residual.
    noise: f64,
    /// The noise of a new run before weighting; its weight is the median weight of the fitted runs.
    run: f64,
    residuals: Residuals,
    minima: Vec<Minimum>,
    /// The mean squared difference of each two minima at the targets, times their weights.
    apart: DMatrix<f64>,
}

/// A candidate's derivatives and prediction at each minimum.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    slopes: Vec<DVector<f64>>,
    values: Vec<f64>,
}

impl<'a> Posterior<'a> {
    /// The posterior from the minima of a fit; `None` if no covariance exists.
    pub(crate) fn new(
        law: &'a dyn Law,
        o: &Observations,
        settings: &Settings,
        basins: &[Basin],
        targets: &[Vec<f64>],
    ) -> Option<Posterior<'a>> {
        let fixed = settings.fixed();
        let free: Vec<usize> = (0..fixed.len()).filter(|k| !fixed[*k]).collect();
        let squares = |p: &[f64]| -> f64 {
            let residual = |i| o.residual(i, law.predict(o.input(i), p));
            (0..o.len()).map(|i| residual(i).powi(2)).sum()
        };
        let best = squares(&basins.first()?.parameters);
        let size = match o.residuals {
            Residuals::Absolute => o.mean_size(),
            Residuals::Relative | Residuals::Log => 1.0,
        };
        let freedom = o.len() as f64 - free.len() as f64;
        let noise = match o.sigma_known {
            true => 1.0,
            false if freedom >= ENOUGH => (best / freedom).sqrt().max(ROUNDING * size),
            false => (best / freedom.max(1.0)).sqrt().max(ASSUMED_NOISE * size),
        };
        let mut made = Posterior {
            law,
            free,
            noise,
            run: noise / middle_weight(o),
            residuals: o.residuals,
            minima: Vec::new(),
            apart: DMatrix::zeros(0, 0),
        };
        for basin in basins.iter().take(MOST) {
            let excess = (squares(&basin.parameters) - best).max(0.0);
            let weight = (-0.5 * excess / (noise * noise)).exp();
            if weight >= LEAST_WEIGHT
                && let Some(minimum) = made.minimum(o, settings, weight, &basin.parameters, targets)
            {
                made.minima.push(minimum);
            }
        }
        let total: f64 = made.minima.iter().map(|m| m.weight).sum();
        made.minima.iter_mut().for_each(|m| m.weight /= total);
        let count = made.minima.len();
        let said =
            |m: &Minimum| -> Vec<f64> { targets.iter().map(|t| law.predict(t, &m.p)).collect() };
        let said: Vec<Vec<f64>> = made.minima.iter().map(said).collect();
        let apart = |i: usize, k: usize| {
            let squares = said[i].iter().zip(&said[k]).map(|(a, b)| (a - b).powi(2));
            let mean = squares.sum::<f64>() / targets.len().max(1) as f64;
            made.minima[i].weight * made.minima[k].weight * mean
        };
        made.apart = DMatrix::from_fn(count, count, apart);
        let finite = made.apart.iter().all(|v| v.is_finite());
        (count > 0 && finite).then_some(made)
    }

    fn minimum(
        &self,
        o: &Observations,
        settings: &Settings,
        weight: f64,
        p: &[f64],
        targets: &[Vec<f64>],
    ) -> Option<Minimum> {
        let size = self.free.len();
        // The prior keeps the covariance finite: it has the width of the bounds, or a multiple of
        // the parameter's size.
        let known = |k: &usize| {
            let width = settings.upper[*k] - settings.lower[*k];
            match width.is_finite() {
                true => width / 12f64.sqrt(),
                false => KNOWN_TO * if p[*k] == 0.0 { 1.0 } else { p[*k].abs() },
            }
        };
        let unit: Vec<f64> = self.free.iter().map(known).collect();
        let mut information = DMatrix::<f64>::identity(size, size);
        for i in 0..o.len() {
            let (slope, value) = self.slope(o.input(i), p, &unit);
            let row = slope * (o.slope(i, value) / self.noise);
            if row.iter().all(|v| v.is_finite()) {
                information.ger(1.0, &row, &row, 1.0);
            }
        }
        if let Some(prior) = &settings.prior {
            for row in 0..prior.len() {
                let slopes = prior.slopes(row);
                let row = DVector::from_fn(size, |k, _| slopes[self.free[k]] * unit[k]);
                information.ger(1.0, &row, &row, 1.0);
            }
        }
        let covariance = information.cholesky()?.inverse();
        let mut target = DMatrix::<f64>::zeros(size, size);
        for x in targets {
            let (slope, _) = self.slope(x, p, &unit);
            if slope.iter().all(|v| v.is_finite()) {
                target.ger(1.0 / targets.len() as f64, &slope, &slope, 1.0);
            }
        }
        covariance.iter().all(|v| v.is_finite()).then(|| Minimum {
            weight,
            p: p.to_vec(),
            unit,
            covariance,
            target,
        })
    }

    /// Derivatives by the free parameters in their units, and the value.
    fn slope(&self, x: &[f64], p: &[f64], unit: &[f64]) -> (DVector<f64>, f64) {
        let mut gradient = vec![0.0; p.len()];
        let value = self.law.predict_with_gradient(x, p, &mut gradient);
        let slope = DVector::from_fn(unit.len(), |k, _| gradient[self.free[k]] * unit[k]);
        (slope, value)
    }

    /// The variance of a run with this predicted outcome.
    fn variance(&self, value: f64) -> f64 {
        match self.residuals {
            Residuals::Absolute => self.run.powi(2),
            Residuals::Relative | Residuals::Log => (self.run * value).powi(2),
        }
    }

    /// Prepares a candidate; `None` if the law has no value there.
    pub(crate) fn see(&self, x: &[f64]) -> Option<Seen> {
        let (mut slopes, mut values) = (Vec::new(), Vec::new());
        for minimum in &self.minima {
            let (slope, value) = self.slope(x, &minimum.p, &minimum.unit);
            if !value.is_finite() || slope.iter().any(|v| !v.is_finite()) {
                return None;
            }
            slopes.push(slope);
            values.push(value);
        }
        Some(Seen { slopes, values })
    }

    /// The predictive variance of the outcome at each minimum.
    fn spreads(&self, seen: &Seen) -> Vec<f64> {
        let of = |(k, minimum): (usize, &Minimum)| {
            let slope = &seen.slopes[k];
            self.variance(seen.values[k]) + slope.dot(&(&minimum.covariance * slope))
        };
        self.minima.iter().enumerate().map(of).collect()
    }

    /// The factor by which this run reduces the product of two minima's weights.
    fn overlap(values: &[f64], spreads: &[f64], i: usize, k: usize) -> f64 {
        if i == k {
            return 1.0;
        }
        let both = spreads[i] + spreads[k];
        let root = (2.0 * (spreads[i] * spreads[k]).sqrt() / both).sqrt();
        root * (-0.25 * (values[i] - values[k]).powi(2) / both).exp()
    }

    /// The reduction of the mean squared error at the targets by a run: about each minimum, and
    /// between the minima.
    pub(crate) fn gain(&self, seen: &Seen) -> f64 {
        let spreads = self.spreads(seen);
        let within = self.minima.iter().enumerate().map(|(k, minimum)| {
            let moved = &minimum.covariance * &seen.slopes[k];
            minimum.weight * moved.dot(&(&minimum.target * &moved)) / spreads[k]
        });
        let count = self.minima.len();
        let mut between = 0.0;
        for i in 0..count {
            for k in 0..i {
                let rest = Self::overlap(&seen.values, &spreads, i, k);
                between += self.apart[(i, k)] * (1.0 - rest);
            }
        }
        within.sum::<f64>() + between
    }

    /// The reduction of the best law's variance at the targets by a run.
    pub(crate) fn gain_of_best(&self, seen: &Seen) -> f64 {
        let (minimum, slope) = (&self.minima[0], &seen.slopes[0]);
        let moved = &minimum.covariance * slope;
        let spread = self.variance(seen.values[0]) + slope.dot(&moved);
        moved.dot(&(&minimum.target * &moved)) / spread
    }

    /// The increase of the log determinant of the information by a run.
    pub(crate) fn gain_of_determinant(&self, seen: &Seen) -> f64 {
        let (minimum, slope) = (&self.minima[0], &seen.slopes[0]);
        let ratio = slope.dot(&(&minimum.covariance * slope)) / self.variance(seen.values[0]);
        ratio.ln_1p()
    }

    /// Updates the posterior for this run, whatever its outcome.
    pub(crate) fn with(&mut self, seen: &Seen) {
        let spreads = self.spreads(seen);
        for (k, minimum) in self.minima.iter_mut().enumerate() {
            let moved = &minimum.covariance * &seen.slopes[k];
            minimum
                .covariance
                .ger(-1.0 / spreads[k], &moved, &moved, 1.0);
        }
        let count = self.minima.len();
        for i in 0..count {
            for k in 0..count {
                self.apart[(i, k)] *= Self::overlap(&seen.values, &spreads, i, k);
            }
        }
    }

    /// The weights of the minima.
    pub(crate) fn weights(&self) -> Vec<f64> {
        self.minima.iter().map(|minimum| minimum.weight).collect()
    }

    /// The mean squared error of the law at the targets.
    pub(crate) fn error(&self) -> f64 {
        let within = self.minima.iter().map(|minimum| {
            minimum.weight
                * minimum
                    .covariance
                    .component_mul(&minimum.target)
                    .sum()
                    .max(0.0)
        });
        within.sum::<f64>() + 0.5 * self.apart.sum()
    }
}

/// The median weight of the residuals.
fn middle_weight(o: &Observations) -> f64 {
    let mut weights = o.weight.clone();
    weights.sort_by(f64::total_cmp);
    weights.get(weights.len() / 2).copied().unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::Fit;
    use crate::law::TypedLaw;
    use crate::plan::candidate::{Candidate, Design, Place};
    use crate::plan::choose::choose;

    const X: [f64; 6] = [1.0, 2.0, 3.0, 5.0, 6.0, 7.0];

    /// A straight line with known residuals, its noise, and its posterior at 20.
    fn straight() -> (Fit, Observations, f64) {
        let law = TypedLaw::parse("L(S) = a + b*S").unwrap();
        let wobble = [0.01, -0.01, -0.01, 0.02, -0.01, 0.0];
        let y = X.iter().zip(wobble).map(|(x, w)| 2.0 + 0.5 * x + w);
        let x = X.iter().map(|x| vec![*x]).collect();
        let o = Observations::new(x, y.collect(), Residuals::Absolute).unwrap();
        let fit = Fit::new(law).residuals(Residuals::Absolute);
        let best = fit.run_observations(&o).unwrap()[0].objective;
        (fit, o, (best / 4.0).sqrt())
    }

    /// The variance of a straight line at `at`, in closed form.
    fn variance(x: &[f64], noise: f64, at: f64) -> f64 {
        let count = x.len() as f64;
        let mean = x.iter().sum::<f64>() / count;
        let squares: f64 = x.iter().map(|x| (x - mean).powi(2)).sum();
        noise * noise * (1.0 / count + (at - mean).powi(2) / squares)
    }

    #[test]
    fn a_run_takes_off_what_linear_regression_says() {
        let (fit, o, noise) = straight();
        let basins = fit.run_observations(&o).unwrap();
        let (law, settings) = fit.problem(&o).unwrap();
        let made = Posterior::new(&*law, &o, &settings, &basins, &[vec![20.0]]).unwrap();
        // The prior adds a share of 1e-4 at most.
        let same = |p: f64, q: f64| assert!((p / q - 1.0).abs() < 1e-3, "{p} {q}");
        same(made.error(), variance(&X, noise, 20.0));
        for x in [0.5, 4.0, 12.0] {
            let seen = made.see(&[x]).unwrap();
            let mut after = made.clone();
            after.with(&seen);
            let all: Vec<f64> = X.iter().copied().chain([x]).collect();
            same(after.error(), variance(&all, noise, 20.0));
            same(made.gain(&seen), made.error() - after.error());
            same(made.gain_of_best(&seen), made.gain(&seen));
        }
    }

    #[test]
    fn runs_are_chosen_for_the_target_and_within_the_budget() {
        let (fit, o, _) = straight();
        let basins = fit.run_observations(&o).unwrap();
        let (law, settings) = fit.problem(&o).unwrap();
        let made = Posterior::new(&*law, &o, &settings, &basins, &[vec![20.0]]).unwrap();
        let candidate = |x: f64, cost: f64| Candidate {
            x: vec![x],
            cost,
            line: None,
            place: Place::Inside,
            repeatable: false,
        };
        let candidates = [
            candidate(4.0, 1.0),
            candidate(10.0, 1.0),
            candidate(12.0, 5.0),
        ];
        let order = |design, budget| choose(&made, &candidates, design, budget, 9, 0).order;
        assert_eq!(order(Design::Ours, 1.0), [1]);
        assert_eq!(order(Design::Ours, 5.0), [2]);
        assert_eq!(order(Design::Cheapest, 2.0), [0, 1]);
        assert!(order(Design::Ours, 0.5).is_empty());
        for design in Design::ALL {
            assert_eq!(order(design, 7.0).len(), 3, "{design:?}");
        }
    }

    #[test]
    fn minima_that_a_run_tells_apart_weigh_less_together() {
        let spreads = [0.04, 0.04];
        let rest = |apart: f64| Posterior::overlap(&[1.0, 1.0 + apart], &spreads, 0, 1);
        assert_eq!(rest(0.0), 1.0);
        // exp(-d²/(8 s²)) for two normal distributions of equal variance (Bhattacharyya 1943).
        assert!((rest(0.4) - (-0.16f64 / (8.0 * 0.04)).exp()).abs() < 1e-12);
    }
}
