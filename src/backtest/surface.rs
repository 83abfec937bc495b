//! Rolling origin of a law in N and D: the larger runs are forecast at their own N and D.

use super::forecaster::{Band, Forecaster};
use super::{Backtest, MOST_RUNS, backtest, in_order, tested_runs, thinned};
use crate::error::Result;
use crate::fit::{Fit, argument};
use crate::runs::{Dataset, Run};

/// Most cuts, so that a comparison does not take long. A law without an exact fit takes longer and
/// gets `FEWER_CUTS`.
const CUTS: usize = 12;
const FEWER_CUTS: usize = 4;

/// Forecasts by fitting a law in N and D. A back-test passes only the smaller runs and the compute
/// of the larger ones; their N and D are found by their order.
struct BySurface {
    fit: Fit,
    /// The fitted runs, in the order of the back-test.
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

/// Back-tests a law in N and D on the larger runs of each cut; `exact` says whether it has an exact
/// fit. The intervals have no width.
///
/// # Errors
/// As [`BacktestBuilder::run`](super::BacktestBuilder::run).
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
