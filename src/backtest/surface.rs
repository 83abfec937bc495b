//! Rolling origin of a law of N and D: the larger runs are forecast at their own N and D.

use super::forecaster::{Band, Forecaster};
use super::{Backtest, MOST_RUNS, backtest, in_order, tested_runs, thinned};
use crate::error::Result;
use crate::fit::{Fit, argument};
use crate::runs::{Dataset, Run};

/// Cuts at most: a comparison is not kept waiting for more. Laws without an exact fit take longer.
const CUTS: usize = 12;
const FEWER_CUTS: usize = 4;

/// Forecasts by fitting a law of N and D. A back-test hands over what is smaller and how large the
/// others are; what these are follows from their order.
struct BySurface {
    fit: Fit,
    /// The fitted runs in the order of the back-test.
    runs: Vec<Run>,
}

impl Forecaster for BySurface {
    fn forecasts(&self, past: &Dataset, targets: &[f64]) -> Vec<Option<Band>> {
        let fitted = self.fit.run(past).ok();
        let fitted = fitted.filter(|fit| fit.refusal().is_none());
        let larger: Vec<&Run> = self.runs.iter().skip(past.runs.len()).collect();
        let larger = thinned(larger, MOST_RUNS).into_iter().zip(targets);
        let point = |(run, target): (&Run, &f64)| {
            let fit = fitted.as_ref().filter(|_| run.x == *target)?;
            let inputs = fit.law().inputs().iter();
            let inputs = inputs.map(|input| argument(fit.law(), *input, run));
            let point = fit.predict(&inputs.collect::<Option<Vec<f64>>>()?);
            Some(Band {
                point,
                lower: point,
                upper: point,
            })
        };
        larger.map(point).collect()
    }
}

/// Tests a law of N and D, which has an exact fit or none, on the larger runs of each cut; the
/// intervals have no width.
///
/// # Errors
/// As a back-test that gives no forecast.
pub(crate) fn rolling_origin(data: &Dataset, fit: Fit, exact: bool) -> Result<Backtest> {
    let runs = tested_runs(&in_order(data));
    let cuts = match exact {
        true => CUTS,
        false => FEWER_CUTS,
    };
    backtest(data, &BySurface { fit, runs })
        .most_cuts(cuts)
        .run()
}
