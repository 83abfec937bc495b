//! The numbers a fit works on: arguments, observed values and the precision of each.

use super::objective::{Residuals, Weights};
use super::order::canonical_places;
use crate::error::{Error, ErrorKind, Result};
use crate::law::{Input, Law};
use crate::runs::{Role, Run};
use std::borrow::Cow;
use std::cmp::Ordering;

/// Arguments and observed values, one row per run, with the scale of the residuals.
///
/// Most users do not need it: [`Fit::run`](super::Fit::run) makes it from a
/// [`Dataset`](crate::runs::Dataset). Studies and tests use it to fit values that a data set of
/// losses cannot hold, such as negative ones.
///
/// ```
/// use scalewise::fit::Residuals;
/// use scalewise::internal::Observations;
/// let o = Observations::new(vec![vec![1.0], vec![2.0]], vec![-3.0, -2.0], Residuals::Absolute)?;
/// # Ok::<(), scalewise::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Observations {
    width: usize,
    inputs: Vec<f64>,
    /// Observed values.
    pub(crate) y: Vec<f64>,
    /// Factor on each residual: 1/σ if σ is known, otherwise the square root of the weight.
    pub(crate) weight: Vec<f64>,
    pub(crate) residuals: Residuals,
    /// Whether `weight` is 1/σ with σ known, so that a residual has variance one.
    pub(crate) sigma_known: bool,
    /// Whether each row stands for `weight`² identical runs.
    pub(crate) counted: bool,
    /// Whether the last row is the forecast of a profile. Its noise is on ln L even if the
    /// residuals are relative.
    last_is_log: bool,
}

impl Observations {
    /// Observations of equal, unknown precision; `inputs` has one vector of arguments per row.
    ///
    /// # Errors
    /// When the lengths differ, a value is not finite, or a loss is not positive though the
    /// residuals are relative or logarithmic.
    pub fn new(inputs: Vec<Vec<f64>>, y: Vec<f64>, residuals: Residuals) -> Result<Observations> {
        let width = inputs.first().map_or(0, Vec::len);
        let bad = |message: &str| Err(Error::new(ErrorKind::Data, message));
        if inputs.len() != y.len() || inputs.iter().any(|row| row.len() != width) {
            return bad("arguments and observed values differ in length");
        }
        Observations::of_rows(width, inputs.concat(), y, residuals)
    }

    /// The same with the arguments of all rows, `width` to a row, one after the other.
    fn of_rows(
        width: usize,
        inputs: Vec<f64>,
        y: Vec<f64>,
        residuals: Residuals,
    ) -> Result<Observations> {
        let bad = |message: &str| Err(Error::new(ErrorKind::Data, message));
        if inputs.iter().chain(&y).any(|v| !v.is_finite()) {
            return bad("an argument or observed value is not finite");
        }
        if residuals != Residuals::Absolute && y.iter().any(|&v| v <= 0.0) {
            return bad("relative and log residuals need positive observed values");
        }
        let n = y.len();
        Ok(Observations {
            width,
            inputs,
            y,
            weight: vec![1.0; n],
            residuals,
            sigma_known: false,
            counted: false,
            last_is_log: false,
        })
    }

    /// The fitted runs of a data set as `law` sees them, in canonical order.
    pub(crate) fn from_runs(
        law: &dyn Law,
        runs: &[Run],
        residuals: Residuals,
        weights: &Weights,
    ) -> Result<Observations> {
        let places = canonical_places(runs, weights);
        Observations::from_places(law, runs, &places, residuals, weights)
    }

    /// The same where the canonical order of the fitted runs is known.
    pub(super) fn from_places(
        law: &dyn Law,
        runs: &[Run],
        places: &[usize],
        residuals: Residuals,
        weights: &Weights,
    ) -> Result<Observations> {
        let fitted: Vec<&Run> = runs.iter().filter(|run| run.role == Role::Fit).collect();
        let fitted: Vec<&Run> = places.iter().map(|&place| fitted[place]).collect();
        let width = law.inputs().len();
        let mut inputs = Vec::with_capacity(fitted.len() * width);
        for run in &fitted {
            add_arguments(law, run, &mut inputs)?;
        }
        let y = fitted.iter().map(|run| run.loss).collect();
        let mut made = Observations::of_rows(width, inputs, y, residuals)?;
        match weights {
            Weights::Equal => {}
            Weights::KnownSigma => {
                made.sigma_known = true;
                for (slot, run) in made.weight.iter_mut().zip(&fitted) {
                    let Some(sigma) = run.sigma.filter(|s| s.is_finite() && *s > 0.0) else {
                        return Err(Error::new(
                            ErrorKind::Data,
                            format!("the run on line {} has no positive sigma", run.line),
                        )
                        .with_hint("give every fitted run a sigma, or leave the column out"));
                    };
                    *slot = match residuals {
                        Residuals::Absolute => 1.0 / sigma,
                        Residuals::Relative | Residuals::Log => run.loss / sigma,
                    };
                }
            }
            Weights::Relative(values) | Weights::Counts(values) => {
                if values.len() != fitted.len() {
                    return Err(Error::new(
                        ErrorKind::Usage,
                        format!("{} weights for {} fitted runs", values.len(), fitted.len()),
                    ));
                }
                if values.iter().any(|v| !v.is_finite() || *v <= 0.0) {
                    return Err(Error::new(
                        ErrorKind::Usage,
                        "a weight is not positive and finite",
                    ));
                }
                for (slot, &place) in made.weight.iter_mut().zip(places) {
                    *slot = values[place].sqrt();
                }
                made.counted = matches!(weights, Weights::Counts(_));
            }
        }
        Ok(made)
    }

    /// The same with residuals in units of this standard deviation, which is known.
    pub(super) fn with_noise(mut self, noise: f64) -> Observations {
        for weight in &mut self.weight {
            *weight /= noise;
        }
        self.sigma_known = true;
        self
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.y.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.y.is_empty()
    }

    /// Number of runs the rows stand for: differs from their number for [`Weights::Counts`].
    pub(crate) fn count(&self) -> f64 {
        if self.counted {
            self.weight.iter().map(|w| w * w).sum()
        } else {
            self.len() as f64
        }
    }

    /// The arguments of all rows, one row after the other.
    pub(super) fn inputs(&self) -> &[f64] {
        &self.inputs
    }

    /// The arguments of row `i`.
    pub(crate) fn input(&self, i: usize) -> &[f64] {
        &self.inputs[i * self.width..(i + 1) * self.width]
    }

    /// The same observations and one more, whose noise is on ln L.
    pub(crate) fn with_run(&self, x: &[f64], y: f64, weight: f64) -> Observations {
        let mut extended = self.clone();
        extended.inputs.extend_from_slice(x);
        extended.y.push(y);
        extended.weight.push(weight);
        extended.last_is_log = true;
        extended
    }

    /// The weighted residual of an error as large as the loss itself, averaged over the rows: 1 for
    /// relative and log residuals of equal weight. Residuals are compared with it to tell noise
    /// from rounding, whatever the unit of the losses.
    pub(crate) fn size_of_a_loss(&self) -> f64 {
        let size = |i: usize| match self.residuals {
            Residuals::Absolute => self.weight[i] * self.y[i].abs(),
            Residuals::Relative | Residuals::Log => self.weight[i],
        };
        (0..self.len()).map(size).sum::<f64>() / self.len().max(1) as f64
    }

    /// The mean absolute value of the observed values.
    pub(crate) fn mean_size(&self) -> f64 {
        self.y.iter().map(|y| y.abs()).sum::<f64>() / self.len().max(1) as f64
    }

    fn scale_of(&self, i: usize) -> Residuals {
        let last = self.last_is_log && i + 1 == self.len();
        if last && self.residuals == Residuals::Relative {
            Residuals::Log
        } else {
            self.residuals
        }
    }

    /// Weighted residual of row `i` at prediction `f`.
    pub(crate) fn residual(&self, i: usize, f: f64) -> f64 {
        let raw = match self.scale_of(i) {
            Residuals::Absolute => f - self.y[i],
            Residuals::Relative => (f - self.y[i]) / self.y[i],
            Residuals::Log => (f / self.y[i]).ln(),
        };
        raw * self.weight[i]
    }

    /// Its derivative with respect to `f`.
    pub(crate) fn slope(&self, i: usize, f: f64) -> f64 {
        match self.scale_of(i) {
            Residuals::Absolute => self.weight[i],
            Residuals::Relative => self.weight[i] / self.y[i],
            Residuals::Log => self.weight[i] / f,
        }
    }

    /// The same observations with other arguments.
    pub(crate) fn map_arguments(&self, argument: impl Fn(usize) -> Vec<f64>) -> Observations {
        let inputs: Vec<Vec<f64>> = (0..self.len()).map(argument).collect();
        Observations {
            width: inputs.first().map_or(0, Vec::len),
            inputs: inputs.concat(),
            ..self.clone()
        }
    }

    /// The same observations with argument k in units of `x[k]` and values in units of `y`; the
    /// weighted residuals keep their value.
    pub(crate) fn in_units(&self, x: &[f64], y: f64) -> Observations {
        let mut scaled = self.clone();
        for row in scaled.inputs.chunks_exact_mut(self.width.max(1)) {
            row.iter_mut()
                .zip(x)
                .for_each(|(value, unit)| *value /= unit);
        }
        scaled.y.iter_mut().for_each(|value| *value /= y);
        if self.residuals == Residuals::Absolute {
            scaled.weight.iter_mut().for_each(|weight| *weight *= y);
        }
        scaled
    }

    /// The same observations with their rows in canonical order: by arguments, observed value and
    /// weight.
    pub(crate) fn in_order(&self) -> Cow<'_, Observations> {
        let compare = |&i: &usize, &k: &usize| {
            let arguments = self.input(i).iter().zip(self.input(k));
            let unequal = arguments.map(|(a, b)| a.total_cmp(b)).find(|c| c.is_ne());
            (unequal.unwrap_or(Ordering::Equal))
                .then_with(|| self.y[i].total_cmp(&self.y[k]))
                .then_with(|| self.weight[i].total_cmp(&self.weight[k]))
        };
        let mut rows: Vec<usize> = (0..self.len()).collect();
        if rows.is_sorted_by(|i, k| compare(i, k).is_le()) {
            return Cow::Borrowed(self);
        }
        rows.sort_by(compare);
        Cow::Owned(self.chosen(&rows))
    }

    /// The same observations without row `skip`.
    pub(crate) fn without(&self, skip: usize) -> Observations {
        let keep = |i: &usize| *i != skip;
        let rows: Vec<usize> = (0..self.len()).filter(keep).collect();
        self.chosen(&rows)
    }

    /// At most `most` of the observations, evenly spaced in their order.
    pub(super) fn some(&self, most: usize) -> Observations {
        self.chosen(&some_rows(self.len(), most))
    }

    /// Merges observations of one positive argument, which are in order, into at most `points`
    /// points. Between two laws the weighted sum of squares of the points differs as that of all
    /// observations does: only the scatter within each point is lost. `None` for other
    /// observations.
    pub(super) fn condensed(&self, points: usize) -> Option<Observations> {
        if self.width != 1 || self.last_is_log {
            return None;
        }
        let first = self.inputs.first().filter(|x| **x > 0.0)?.ln();
        let range = self.inputs.last()?.ln() - first;
        let place = |x: f64| (((x.ln() - first) / range * points as f64) as usize).min(points - 1);
        let mut made = self.chosen(&[]);
        let rows: Vec<usize> = (0..self.len()).collect();
        for same in rows.chunk_by(|i, k| place(self.inputs[*i]) == place(self.inputs[*k])) {
            // The squared factor on f − y.
            let square = |i: usize| match self.residuals {
                Residuals::Relative => (self.weight[i] / self.y[i]).powi(2),
                Residuals::Absolute | Residuals::Log => self.weight[i].powi(2),
            };
            let sum: f64 = same.iter().map(|&i| square(i)).sum();
            let mean = |of: &dyn Fn(usize) -> f64| {
                same.iter().map(|&i| square(i) * of(i)).sum::<f64>() / sum
            };
            let y = match self.residuals {
                Residuals::Log => mean(&|i| self.y[i].ln()).exp(),
                Residuals::Relative | Residuals::Absolute => mean(&|i| self.y[i]),
            };
            let weight = match self.residuals {
                Residuals::Relative => y * sum.sqrt(),
                Residuals::Absolute | Residuals::Log => sum.sqrt(),
            };
            made.inputs.push(mean(&|i| self.inputs[i].ln()).exp());
            made.y.push(y);
            made.weight.push(weight);
        }
        let finite = made.inputs.iter().chain(&made.y).chain(&made.weight);
        finite.clone().all(|v| v.is_finite()).then_some(made)
    }

    /// These rows of the observations.
    fn chosen(&self, rows: &[usize]) -> Observations {
        let mut inputs = Vec::with_capacity(rows.len() * self.width);
        for &i in rows {
            inputs.extend_from_slice(self.input(i));
        }
        Observations {
            width: self.width,
            inputs,
            y: rows.iter().map(|&i| self.y[i]).collect(),
            weight: rows.iter().map(|&i| self.weight[i]).collect(),
            residuals: self.residuals,
            sigma_known: self.sigma_known,
            counted: self.counted,
            last_is_log: self.last_is_log,
        }
    }
}

/// Minima are searched among at most this many runs. Descents from them then end among all runs.
pub(super) const SEARCHED_RUNS: usize = 3000;

/// At most `most` row numbers, evenly spaced over `all` rows, in order.
pub(super) fn some_rows(all: usize, most: usize) -> Vec<usize> {
    let some = all.min(most);
    // Include the last row: it may be the only one beyond a threshold.
    let last = some.saturating_sub(1).max(1);
    (0..some)
        .map(|i| i * all.saturating_sub(1) / last)
        .collect()
}

/// One argument of a law for a run; `None` if the run lacks it.
pub(crate) fn argument(law: &dyn Law, input: Input, run: &Run) -> Option<f64> {
    match input {
        Input::Compute => run.known_x(),
        Input::Params => run.params,
        Input::Tokens => run.tokens,
        Input::UniqueTokens => run.unique_tokens,
        Input::Column(k) => run.column(law.columns().get(k)?),
    }
}

/// Adds the arguments of `law` for one run to `inputs`.
fn add_arguments(law: &dyn Law, run: &Run, inputs: &mut Vec<f64>) -> Result<()> {
    for input in law.inputs() {
        let Some(value) = argument(law, *input, run) else {
            let name = match input {
                Input::Compute => "compute",
                Input::Params => "params",
                Input::Tokens => "tokens",
                Input::UniqueTokens => "unique tokens",
                Input::Column(k) => &law.columns()[*k],
            };
            let (law, line) = (law.name(), run.line);
            return Err(Error::new(
                ErrorKind::Data,
                format!("law '{law}' needs {name}, which the run on line {line} lacks"),
            ));
        };
        inputs.push(value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::{Law, Saturating};
    use crate::random::uniform;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    /// Between any two curves the sum of squares of all runs changes as that of the points does.
    #[test]
    fn condensed_runs_have_the_sums_of_all() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        for residuals in [Residuals::Relative, Residuals::Absolute, Residuals::Log] {
            let mut x: Vec<f64> = (0..20_000)
                .map(|_| 1e18 * 1e4f64.powf(uniform(&mut rng)))
                .collect();
            x.sort_by(f64::total_cmp);
            let law = |x: &f64| Saturating.predict(&[*x], &[900.0, -0.15, 1.7]);
            let y = (x.iter().map(law))
                .map(|y| y * (1.0 + 0.02 * (uniform(&mut rng) - 0.5)))
                .collect();
            let mut all =
                Observations::new(x.iter().map(|x| vec![*x]).collect(), y, residuals).unwrap();
            all.weight
                .iter_mut()
                .for_each(|w| *w = 0.5 + uniform(&mut rng));
            let points = all.condensed(200).unwrap();
            assert!(points.len() <= 200 && points.len() > 190);
            let sum = |o: &Observations, p: &[f64]| -> f64 {
                let residual = |i| o.residual(i, Saturating.predict(o.input(i), p)).powi(2);
                (0..o.len()).map(residual).sum()
            };
            let (one, other) = ([880.0, -0.149, 1.71], [700.0, -0.142, 1.6]);
            let of_all = sum(&all, &other) - sum(&all, &one);
            let of_points = sum(&points, &other) - sum(&points, &one);
            assert!(
                (of_points / of_all - 1.0).abs() < 2e-3,
                "{residuals:?}: {of_points} {of_all}"
            );
        }
        let several = Observations::new(vec![vec![1.0, 2.0]; 9], vec![1.0; 9], Residuals::Log);
        assert!(several.unwrap().condensed(4).is_none());
    }
}
