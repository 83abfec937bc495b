//! L-BFGS: the only file that names argmin.
//!
//! The solver's report of convergence is not used: a failed line search returns `Ok`, and a cost
//! that is not finite can make L-BFGS loop forever. So such a cost is an error here, the number of
//! evaluations is limited, and callers refine and check the point themselves.

use argmin::core::{CostFunction, Error, Executor, Gradient};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use std::cell::{Cell, RefCell};

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

#[cfg(test)]
mod tests {
    use super::super::brent::minimise_to;
    use super::*;
    use argmin::core::State;
    use argmin::solver::brent::BrentOpt;

    struct Scalar(fn(f64) -> f64);

    impl CostFunction for Scalar {
        type Param = f64;
        type Output = f64;

        fn cost(&self, x: &f64) -> Result<f64, Error> {
            Ok((self.0)(*x))
        }
    }

    /// Both take Brent's steps, so they agree in every bit.
    #[test]
    fn a_minimum_in_one_variable_is_that_of_argmin() {
        let curves: [fn(f64) -> f64; 6] = [
            |x| (x - 0.3).powi(2),
            |x| (x - 1.1).abs().sqrt(),
            |x| x.exp() - 3.0 * x,
            |x| (5.0 * x).sin() + 0.1 * x,
            |x| (x - 0.7).powi(8),
            |x| if x < 0.9 { 1.0 } else { 1e100 },
        ];
        for f in curves {
            for tolerance in [3e-4, 1e-9] {
                for (low, high) in [(-1.0, 2.0), (0.05, 1.5), (0.69, 0.71)] {
                    let absolute: f64 = tolerance * 1e-2 * f64::max(f64::abs(low), high);
                    let solver = BrentOpt::new(low, high).set_tolerance(tolerance, absolute);
                    let result = Executor::new(Scalar(f), solver)
                        .configure(|state| state.max_iters(100))
                        .run()
                        .unwrap();
                    let theirs = result.state().get_best_param().copied();
                    assert_eq!(theirs, Some(minimise_to(f, low, high, tolerance)));
                }
            }
        }
        assert_eq!(minimise_to(|_| f64::NAN, 1.0, 2.0, 1e-3), 1.5);
    }
}
