//! The error that the discrepancy of a law adds to its forecast.
//!
//! The forecast is that of the law fitted by least squares, so the process around the law enters it
//! in two ways: it moves the fit, and it is missing at the target. Box and Draper (1959) chose runs
//! by this error together with the variance. A run can therefore make the forecast worse: if it
//! lies where the law is off in another way than at the target.

use nalgebra::{DMatrix, DVector};

/// The products with the covariance of the process at one minimum.
///
/// A run moves the parameters by Σ·b for a process of one at it, with b = J·size/variance.
#[derive(Debug, Clone)]
pub(super) struct Bias {
    /// The sum of b K b' over pairs of runs.
    pull: DMatrix<f64>,
    /// The sum over runs of b h', with h the mean over targets of J K from the run to the target.
    shared: DMatrix<f64>,
    /// `pull` times the covariance times the mean product of the targets' derivatives.
    onward: DMatrix<f64>,
    /// The place of each run and its b.
    runs: Vec<(Vec<f64>, DVector<f64>)>,
}

/// A run at one minimum.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) slope: DVector<f64>,
    /// How far the outcome moves for a process of one.
    pub(super) size: f64,
    /// The variance of its noise.
    pub(super) variance: f64,
    /// The mean over targets of their derivatives, each times the covariance with the run.
    pub(super) toward: DVector<f64>,
    /// The sum over runs so far of their b, each times the covariance with the run.
    pub(super) along: DVector<f64>,
}

impl Run {
    /// What a process of one at this run adds to the gradient of the fit.
    pub(super) fn force(&self) -> DVector<f64> {
        &self.slope * (self.size / self.variance)
    }
}

impl Bias {
    pub(super) fn none(size: usize) -> Bias {
        let zero = DMatrix::zeros(size, size);
        Bias {
            pull: zero.clone(),
            shared: zero.clone(),
            onward: zero,
            runs: Vec::new(),
        }
    }

    /// Adds a run; `own` is the variance of the process.
    pub(super) fn add(&mut self, place: &[f64], run: &Run, own: f64) {
        let force = run.force();
        self.pull.ger(1.0, &force, &run.along, 1.0);
        self.pull.ger(1.0, &run.along, &force, 1.0);
        self.pull.ger(own, &force, &force, 1.0);
        self.shared.ger(1.0, &force, &run.toward, 1.0);
        self.runs.push((place.to_vec(), force));
    }

    /// The sum over the runs of their b, each times the covariance with a point.
    pub(super) fn along(&self, covariance: impl Fn(&[f64]) -> f64) -> DVector<f64> {
        let mut sum = DVector::zeros(self.pull.nrows());
        for (place, force) in &self.runs {
            sum.axpy(covariance(place), force, 1.0);
        }
        sum
    }

    /// Prepares for the changes by further runs.
    pub(super) fn prepare(&mut self, covariance: &DMatrix<f64>, target: &DMatrix<f64>) {
        self.onward = &self.pull * covariance * target;
    }

    /// The part of the mean squared error at the targets that comes from the process, apart from
    /// its own variance there.
    pub(super) fn error(&self, covariance: &DMatrix<f64>) -> f64 {
        let moved = covariance.component_mul(&self.onward.transpose()).sum();
        moved - 2.0 * covariance.component_mul(&self.shared.transpose()).sum()
    }

    /// The change of this part by a run. `moved` is the covariance times the run's derivatives, and
    /// `spread` the variance of its outcome.
    pub(super) fn change(
        &self,
        run: &Run,
        (covariance, target): (&DMatrix<f64>, &DMatrix<f64>),
        (moved, spread, own): (&DVector<f64>, f64, f64),
    ) -> f64 {
        let share = run.size / spread;
        let seen = target * moved;
        let square = moved.dot(&seen);
        let along = covariance * &run.along - moved * (moved.dot(&run.along) / spread);
        let before = -2.0 * moved.dot(&(&self.onward * moved)) / spread
            + moved.dot(&(&self.pull * moved)) * square / (spread * spread);
        let new = 2.0 * share * seen.dot(&along) + own * share * share * square;
        let missing = share * moved.dot(&run.toward) - moved.dot(&(&self.shared * moved)) / spread;
        before + new - 2.0 * missing
    }
}
