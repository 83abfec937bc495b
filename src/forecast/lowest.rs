//! The lowest point of a fitted law in any columns: over some of them, with the others fixed, and
//! optionally at a given cost.
//!
//! The free columns move in their logarithms u. At a given cost, the last of them follows from the
//! others. At the lowest point ∂L/∂u = 0, so u moves with the parameters θ by du/dθ = −H⁻¹·∂²L/∂u∂θ
//! with H = ∂²L/∂u² (the implicit function theorem). The errors of θ propagate through this. The
//! least eigenvalue of H tests whether the runs show that the law curves upwards there.

use super::abstain::Abstain;
use crate::code::Code;
use crate::fit::{FitResult, Inference};
use crate::formula::Expression;
use nalgebra::{DMatrix, DVector};

/// Step of the differences, in ln; their error is about its fourth power.
const STEP: f64 = 2e-3;
/// Step of second differences, larger because their rounding is larger.
const WIDE: f64 = 2e-2;
/// Steps of the power method, for a matrix of at most three rows.
const TURNS: usize = 200;
/// Points of the grid along each direction, by the number of directions.
const GRID: [usize; 3] = [401, 61, 21];
/// The most steps of Newton's method, and the step length that ends it.
const STEPS: usize = 60;
const SMALL: f64 = 1e-10;
/// The most bisection steps for the last column at a given cost.
const HALVINGS: usize = 200;
/// Level of the test that the law curves upwards.
const CLEAR: f64 = 0.9;

/// The question to a fitted law.
pub(crate) struct Lowest<'a> {
    pub(crate) fit: &'a FitResult,
    /// The places of the free columns among the inputs.
    pub(crate) free: Vec<usize>,
    /// Every input; the values of free columns are ignored.
    pub(crate) held: Vec<f64>,
    pub(crate) cost: Option<Costs<'a>>,
    /// The range of the logarithm of each free column.
    pub(crate) range: Vec<(f64, f64)>,
}

/// The budget of a run.
pub(crate) struct Costs<'a> {
    pub(crate) of: &'a Expression,
    /// The places of its columns among the inputs.
    pub(crate) columns: Vec<usize>,
    pub(crate) budget: f64,
}

/// The lowest point.
pub(crate) struct LowestAt {
    /// Every input of the law.
    pub(crate) x: Vec<f64>,
    pub(crate) loss: f64,
    /// Standard errors of the logarithms of the free columns, or the reason for their absence.
    pub(crate) errors: Result<Vec<f64>, Abstain>,
}

/// Why there is no lowest point.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NoLowest {
    /// The law has no value in the range, or no point has this cost.
    Nowhere,
    /// The law falls up to the end of the range of a free column: its number and the value there.
    Falls(usize, f64),
    /// The law is constant around its lowest point.
    Flat,
}

impl Lowest<'_> {
    /// The number of logarithms that vary.
    fn directions(&self) -> usize {
        self.free.len() - usize::from(self.cost.is_some())
    }

    /// Every input at these free logarithms. At a given cost the last free column follows from it;
    /// `None` if it cannot.
    fn inputs(&self, u: &[f64]) -> Option<Vec<f64>> {
        let mut x = self.held.clone();
        for (&place, u) in self.free.iter().zip(u) {
            x[place] = u.exp();
        }
        let Some(cost) = &self.cost else {
            return Some(x);
        };
        let (last, mut range) = (*self.free.last()?, *self.range.last()?);
        let mut above = |ln: f64| {
            x[last] = ln.exp();
            let arguments: Vec<f64> = cost.columns.iter().map(|&k| x[k]).collect();
            cost.of.value(&arguments) - cost.budget
        };
        let (low, high) = (above(range.0), above(range.1));
        if !(low <= 0.0 && high >= 0.0) {
            return None;
        }
        for _ in 0..HALVINGS {
            let middle = 0.5 * (range.0 + range.1);
            if middle <= range.0 || middle >= range.1 {
                break;
            }
            match above(middle) < 0.0 {
                true => range.0 = middle,
                false => range.1 = middle,
            }
        }
        x[last] = (0.5 * (range.0 + range.1)).exp();
        Some(x)
    }

    fn value(&self, u: &[f64]) -> Option<f64> {
        let value = self.fit.predict(&self.inputs(u)?);
        value.is_finite().then_some(value)
    }

    /// Slopes by the parameters.
    fn slopes(&self, u: &[f64]) -> Option<Vec<f64>> {
        let p = self.fit.values();
        let mut gradient = vec![0.0; p.len()];
        self.fit.law().gradient(&self.inputs(u)?, &p, &mut gradient);
        gradient.iter().all(|g| g.is_finite()).then_some(gradient)
    }

    /// The derivative of a function by one of the logarithms.
    fn along(
        &self,
        u: &[f64],
        k: usize,
        of: &impl Fn(&[f64]) -> Option<Vec<f64>>,
    ) -> Option<Vec<f64>> {
        let at = |steps: f64| {
            let mut u = u.to_vec();
            u[k] += steps * STEP;
            of(&u)
        };
        let all = [at(-2.0)?, at(-1.0)?, at(1.0)?, at(2.0)?];
        let weights = [1.0, -8.0, 8.0, -1.0];
        let one = |i: usize| {
            let sum = all.iter().zip(weights).map(|(v, w)| w * v[i]).sum::<f64>();
            sum / (12.0 * STEP)
        };
        Some((0..all[0].len()).map(one).collect())
    }

    fn gradient(&self, u: &[f64]) -> Option<Vec<f64>> {
        let value = |u: &[f64]| Some(vec![self.value(u)?]);
        let each = (0..u.len()).map(|k| Some(self.along(u, k, &value)?[0]));
        each.collect()
    }

    fn hessian(&self, u: &[f64]) -> Option<DMatrix<f64>> {
        let gradient = |u: &[f64]| self.gradient(u);
        let columns = (0..u.len()).map(|k| self.along(u, k, &gradient));
        let columns: Vec<Vec<f64>> = columns.collect::<Option<_>>()?;
        let entry = |i: usize, k: usize| 0.5 * (columns[i][k] + columns[k][i]);
        Some(DMatrix::from_fn(u.len(), u.len(), entry))
    }

    /// The lowest point of the grid; an error if it is at an end or the law is flat there.
    fn coarse(&self) -> Result<Vec<f64>, NoLowest> {
        let directions = self.directions();
        let count = GRID[directions.clamp(1, GRID.len()) - 1];
        let step = |k: usize| (self.range[k].1 - self.range[k].0) / (count - 1) as f64;
        let point = |mut index: usize| {
            let mut place = |k: usize| {
                let own = index % count;
                index /= count;
                (own, self.range[k].0 + own as f64 * step(k))
            };
            let places: Vec<(usize, f64)> = (0..directions).map(&mut place).collect();
            places
        };
        let all = count.pow(directions as u32);
        let mut best: Option<(f64, Vec<(usize, f64)>)> = None;
        for places in (0..all).map(point) {
            let u: Vec<f64> = places.iter().map(|place| place.1).collect();
            let Some(value) = self.value(&u) else {
                continue;
            };
            if best.as_ref().is_none_or(|best| value < best.0) {
                best = Some((value, places));
            }
        }
        let (value, places) = best.ok_or(NoLowest::Nowhere)?;
        let u: Vec<f64> = places.iter().map(|place| place.1).collect();
        // At an end of the grid, or where the law has no value beyond the point, it may fall
        // further.
        for k in 0..directions {
            for sign in [-1.0, 1.0] {
                let mut beyond = u.clone();
                beyond[k] += sign * step(k);
                let own = places[k].0;
                let is_end = own == 0 && sign < 0.0 || own + 1 == count && sign > 0.0;
                match self.value(&beyond) {
                    _ if is_end => return Err(NoLowest::Falls(k, u[k].exp())),
                    None => return Err(NoLowest::Falls(k, u[k].exp())),
                    Some(next) if next == value => return Err(NoLowest::Flat),
                    Some(_) => {}
                }
            }
        }
        Ok(u)
    }

    /// The lowest point.
    pub(crate) fn found(&self) -> Result<LowestAt, NoLowest> {
        let mut u = match self.directions() {
            0 => Vec::new(),
            _ => self.coarse()?,
        };
        for _ in 0..STEPS {
            if u.is_empty() {
                break;
            }
            let step = self.step(&u).ok_or(NoLowest::Flat)?;
            let longest = step.iter().fold(0.0, |m: f64, s| m.max(s.abs()));
            u.iter_mut().zip(&step).for_each(|(u, s)| *u += s);
            if longest < SMALL {
                break;
            }
        }
        let x = self.inputs(&u).ok_or(NoLowest::Nowhere)?;
        Ok(LowestAt {
            loss: self.fit.predict(&x),
            errors: self.errors(&u),
            x,
        })
    }

    /// A step that does not raise the value: of Newton's method, or down the slope if the law does
    /// not curve upwards.
    fn step(&self, u: &[f64]) -> Option<Vec<f64>> {
        let (value, gradient) = (self.value(u)?, DVector::from_vec(self.gradient(u)?));
        let newton = self.hessian(u)?.cholesky().map(|h| -h.solve(&gradient));
        let scale = gradient.amax();
        let mut step = match newton {
            Some(step) => step,
            None if scale > 0.0 => -&gradient * (0.1 / scale),
            None => return None,
        };
        let longest = step.amax();
        if longest > 1.0 {
            step /= longest;
        }
        for _ in 0..60 {
            let next: Vec<f64> = u.iter().zip(step.iter()).map(|(u, s)| u + s).collect();
            let near = step.amax() < 1e-7;
            if self.value(&next).is_some_and(|next| next <= value) || near {
                return Some(step.iter().copied().collect());
            }
            step *= 0.5;
        }
        None
    }

    /// Standard errors of the logarithms of the free columns.
    fn errors(&self, u: &[f64]) -> Result<Vec<f64>, Abstain> {
        let unknown = |why: &str| Abstain::new(Code::IllConditioned, why);
        let inference = self.fit.inference();
        let inference = inference.map_err(|error| unknown(error.message()))?;
        if !inference.enough() {
            return Err(Abstain::too_few_runs(&inference));
        }
        if u.is_empty() {
            return Ok(vec![0.0; self.free.len()]);
        }
        let none = || unknown("the law has no second derivatives at its lowest point");
        let hessian = self.hessian(u).ok_or_else(none)?;
        let inverse = hessian.cholesky().ok_or_else(none)?.inverse();
        self.curves(u, &inverse, &inference)?;
        let slopes = |u: &[f64]| self.slopes(u);
        let mixed = (0..u.len()).map(|k| self.along(u, k, &slopes));
        let mixed: Vec<Vec<f64>> = mixed.collect::<Option<_>>().ok_or_else(none)?;
        // The free columns, including the one that follows from the cost.
        let columns = |u: &[f64]| {
            let x = self.inputs(u)?;
            Some(self.free.iter().map(|&place| x[place].ln()).collect())
        };
        let moves = (0..u.len()).map(|k| self.along(u, k, &columns));
        let moves: Vec<Vec<f64>> = moves.collect::<Option<_>>().ok_or_else(none)?;
        let parameters = self.fit.values().len();
        let error = |column: usize| {
            let by = |k: usize| -> f64 {
                let each = (0..u.len()).flat_map(|i| (0..u.len()).map(move |j| (i, j)));
                each.map(|(i, j)| -moves[i][column] * inverse[(i, j)] * mixed[j][k])
                    .sum()
            };
            let gradient: Vec<f64> = (0..parameters).map(by).collect();
            let error = inference.standard_error(&gradient);
            error.filter(|error| error.is_finite()).ok_or_else(|| {
                unknown("the data do not determine the parameters: there is no standard error")
            })
        };
        (0..self.free.len()).map(error).collect()
    }

    /// An error unless the runs show that the law curves upwards.
    fn curves(
        &self,
        u: &[f64],
        inverse: &DMatrix<f64>,
        inference: &Inference,
    ) -> Result<(), Abstain> {
        // The power method on the inverse gives the direction of least curvature.
        let mut along = DVector::from_element(u.len(), 1.0);
        for k in 0..u.len() {
            along[k] += 0.1 * k as f64;
        }
        for _ in 0..TURNS {
            along = (inverse * &along).normalize();
        }
        let curvature = 1.0 / along.dot(&(inverse * &along));
        let at = |steps: f64| {
            let moved = u.iter().zip(along.iter());
            let moved: Vec<f64> = moved.map(|(u, v)| u + steps * WIDE * v).collect();
            self.slopes(&moved)
        };
        let slope = (|| {
            let (before, here, after) = (at(-1.0)?, at(0.0)?, at(1.0)?);
            let each = before.iter().zip(&here).zip(&after);
            let gradient = each.map(|((a, b), c)| (a - 2.0 * b + c) / WIDE.powi(2));
            let gradient: Vec<f64> = gradient.collect();
            inference.standard_error(&gradient)
        })();
        match slope {
            Some(error) if curvature > inference.quantile(CLEAR) * error => Ok(()),
            _ => Err(Abstain::new(
                Code::FlatOptimum,
                "the runs do not show that the law curves upwards at its lowest point, so that \
                 they do not say where that is",
            )),
        }
    }
}
