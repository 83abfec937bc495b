//! The iterative minimisers: the only file that names argmin.
//!
//! The solver's report of convergence is not used: a failed line search returns `Ok`, and a cost
//! that is not finite can make L-BFGS loop forever. So such a cost is an error here, the number of
//! evaluations is limited, and callers refine and check the point themselves.

use argmin::core::{CostFunction, Error, Executor, Gradient, State};
use argmin::solver::brent::BrentOpt;
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use std::cell::{Cell, RefCell};

struct Scalar<F>(RefCell<F>);

impl<F: FnMut(f64) -> f64> CostFunction for Scalar<F> {
    type Param = f64;
    type Output = f64;

    fn cost(&self, x: &f64) -> Result<f64, Error> {
        Ok((self.0.borrow_mut())(*x))
    }
}

/// Minimum of a smooth function on an interval that brackets it (Brent's method), to about three
/// digits. Faster steps do the rest.
pub(crate) fn minimise_on_interval(f: impl FnMut(f64) -> f64, low: f64, high: f64) -> f64 {
    minimise_to(f, low, high, 3e-4)
}

/// The same to the given relative tolerance.
pub(crate) fn minimise_to(f: impl FnMut(f64) -> f64, low: f64, high: f64, tolerance: f64) -> f64 {
    let middle = 0.5 * (low + high);
    let absolute = tolerance * 1e-2 * low.abs().max(high.abs());
    let solver = BrentOpt::new(low, high).set_tolerance(tolerance, absolute);
    Executor::new(Scalar(RefCell::new(f)), solver)
        .configure(|state| state.max_iters(100))
        .timer(false)
        .run()
        .ok()
        .and_then(|result| result.state().get_best_param().copied())
        .unwrap_or(middle)
}

struct Smooth<F> {
    f: RefCell<F>,
    evaluations: Cell<u32>,
    budget: u32,
    best: RefCell<(f64, Vec<f64>)>,
}

impl<F: FnMut(&[f64], &mut [f64]) -> f64> Smooth<F> {
    fn evaluate(&self, x: &[f64], gradient: &mut [f64]) -> Result<f64, Error> {
        self.evaluations.set(self.evaluations.get() + 1);
        let value = (self.f.borrow_mut())(x, gradient);
        if !value.is_finite() || gradient.iter().any(|g| !g.is_finite()) {
            return Err(Error::msg("the objective is not finite"));
        }
        if self.evaluations.get() > self.budget {
            return Err(Error::msg("the evaluation budget is spent"));
        }
        let mut best = self.best.borrow_mut();
        if value < best.0 {
            *best = (value, x.to_vec());
        }
        Ok(value)
    }
}

impl<F: FnMut(&[f64], &mut [f64]) -> f64> CostFunction for &Smooth<F> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, x: &Vec<f64>) -> Result<f64, Error> {
        self.evaluate(x, &mut vec![0.0; x.len()])
    }
}

impl<F: FnMut(&[f64], &mut [f64]) -> f64> Gradient for &Smooth<F> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, x: &Vec<f64>) -> Result<Vec<f64>, Error> {
        let mut gradient = vec![0.0; x.len()];
        self.evaluate(x, &mut gradient)?;
        Ok(gradient)
    }
}

/// The best point that L-BFGS evaluates from `start` within `budget` evaluations of `f`, which
/// returns the value and writes the gradient. It is never worse than the start.
pub(crate) fn descend(
    f: impl FnMut(&[f64], &mut [f64]) -> f64,
    start: Vec<f64>,
    budget: u32,
) -> Vec<f64> {
    let problem = Smooth {
        f: RefCell::new(f),
        evaluations: Cell::new(0),
        budget,
        best: RefCell::new((f64::INFINITY, start.clone())),
    };
    let search = LBFGS::new(MoreThuenteLineSearch::new(), 7);
    // The best point comes from the evaluations, whether or not the solver reports success.
    let _ = Executor::new(&problem, search)
        .configure(|state| state.param(start).max_iters(u64::from(budget)))
        .timer(false)
        .run();
    problem.best.into_inner().1
}
