//! Rolling origin by compute: what would have been forecast from the smaller runs of a curve,
//! against what the larger ones showed.
//!
//! The fitted runs are sorted by compute. At each cut the runs below it are all that the forecaster
//! sees, and every larger run is forecast; runs of one compute stay together. Runs kept as
//! [`Role::Actual`](crate::Role::Actual) take no part.
//!
//! ```
//! use scalewise::backtest::{Band, backtest};
//! use scalewise::Dataset;
//! // A forecaster that repeats the last loss it has seen, give or take 10 %.
//! let last = |past: &Dataset, _target: f64| {
//!     let loss = past.runs().iter().max_by(|a, b| a.x().total_cmp(&b.x()))?.loss();
//!     Some(Band { point: loss, lower: loss * 0.9, upper: loss * 1.1 })
//! };
//! let runs = [(1e18, 3.1), (1e19, 2.74), (1e20, 2.46), (1e21, 2.25)];
//! let data = Dataset::from_runs(runs)?;
//! let tested = backtest(&data, &last).smallest(2).run()?;
//! assert_eq!(tested.cuts.len(), 2);
//! assert_eq!(tested.total.forecasts, 3);
//! assert!(tested.total.bias.unwrap() > 0.0); // always too high
//! # Ok::<(), scalewise::Error>(())
//! ```

mod compare;
mod forecaster;
mod held_out;
mod score;
mod surface;
mod widening;

pub(crate) use compare::compare_watched;
pub use compare::{Compared, Comparison, compare};
pub use forecaster::{Band, ByFit, Forecaster};
pub use held_out::HeldOut;
pub use score::Scores;
pub(crate) use surface::rolling_origin;
pub(crate) use widening::Widening;

use crate::error::{Error, ErrorKind, Result};
use crate::interval::check_levels;
use crate::progress::{Listener, Progress, Silent};
use crate::remedy::Setting;
use crate::runs::{Dataset, Run, by_value};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::Serialize;

/// Bounds of the ranges of extrapolation factor that are scored separately.
const FACTOR_BINS: [f64; 5] = [1.0, 3.0, 8.0, 20.0, f64::INFINITY];

/// All forecasts from one set of smaller runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Cut {
    /// Number of runs that the forecaster saw.
    pub runs: usize,
    /// Number of larger runs, all held out.
    pub(crate) held_out: usize,
    /// Largest compute the forecaster saw.
    pub(crate) largest: f64,
    /// Smallest extrapolation factor.
    pub(crate) factor_min: f64,
    /// Largest extrapolation factor.
    pub(crate) factor_max: f64,
    /// Scores of the forecasts.
    pub scores: Scores,
}

/// The forecasts in one range of extrapolation factor.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct FactorBin {
    /// From this factor, inclusive.
    pub(crate) from: f64,
    /// To this factor, exclusive; absent if the range is open.
    pub(crate) to: Option<f64>,
    /// Scores of the forecasts.
    pub scores: Scores,
}

/// How much of the data was tested. Many runs allow many cuts, each with many larger runs, so only
/// some of them may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub(crate) struct Chosen {
    /// Runs that took part.
    pub(crate) seen: usize,
    /// Runs in total.
    pub(crate) of_seen: usize,
    /// Cuts that were tried.
    pub cuts: usize,
    /// Cuts in total.
    pub(crate) of_cuts: usize,
    /// Larger runs that were forecast, over all cuts tried.
    pub runs: usize,
    /// Larger runs in total, over all cuts tried.
    pub(crate) of_runs: usize,
}

/// A back-test.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Backtest {
    /// Nominal probability of the intervals.
    pub(crate) level: f64,
    /// One entry per cut, fewest runs first; cuts before the first forecast are left out.
    pub cuts: Vec<Cut>,
    /// How much of the data was tested.
    pub(crate) chosen: Chosen,
    /// Scores of all cuts together. They are not independent: the same run is forecast from several
    /// cuts.
    pub total: Scores,
    /// The same forecasts by extrapolation factor; empty ranges are left out.
    pub(crate) by_factor: Vec<FactorBin>,
    /// The factor that the intervals needed to be wider by.
    pub(crate) widening: Widening,
    /// Every forecast.
    pub forecasts: Vec<HeldOut>,
}

impl Backtest {
    /// The largest extrapolation factor that was tested.
    pub(crate) fn farthest(&self) -> f64 {
        let given = self.forecasts.iter().filter(|f| f.band.is_some());
        given.map(|f| f.factor).fold(1.0, f64::max)
    }
}

/// The settings of a back-test; [`backtest`] makes it and [`BacktestBuilder::run`] runs it.
pub struct BacktestBuilder<'a> {
    data: &'a Dataset,
    forecaster: &'a dyn Forecaster,
    level: f64,
    smallest: usize,
    most_cuts: usize,
    progress: &'a dyn Progress,
}

/// Prepares a back-test that forecasts every run from each set of smaller ones.
#[must_use]
pub fn backtest<'a>(data: &'a Dataset, forecaster: &'a dyn Forecaster) -> BacktestBuilder<'a> {
    BacktestBuilder {
        data,
        forecaster,
        level: 0.9,
        smallest: 1,
        most_cuts: MOST_CUTS,
        progress: &Silent,
    }
}

impl<'a> BacktestBuilder<'a> {
    /// Sets the nominal probability of the forecaster's intervals (default 0.9).
    #[must_use]
    pub fn level(mut self, level: f64) -> Self {
        self.level = level;
        self
    }

    /// Sets the fewest runs to forecast from (default 1).
    #[must_use]
    pub fn smallest(mut self, runs: usize) -> Self {
        self.smallest = runs;
        self
    }

    /// Sets the most cuts (default 40); if there are more, they are chosen evenly.
    #[must_use]
    #[doc(hidden)]
    pub fn most_cuts(mut self, cuts: usize) -> Self {
        self.most_cuts = cuts;
        self
    }

    /// Sets the listener for progress; each cut is a step.
    #[must_use]
    pub fn progress(mut self, progress: &'a dyn Progress) -> Self {
        self.progress = progress;
        self
    }

    /// Makes the forecasts on all cores; the result does not depend on their number. At most 2,000
    /// runs take part, some of every compute, and at most 500 larger runs are forecast per cut.
    ///
    /// Cuts before the first one with a forecast are dropped, since the forecaster needs more runs;
    /// later cuts without a forecast are kept and counted as abstentions.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a level outside 0.001 to 0.999999; [`ErrorKind::NoFit`] if no cut
    /// gives a forecast, or a loss is not positive; [`ErrorKind::Cancelled`] if the listener stops
    /// it.
    pub fn run(&self) -> Result<Backtest> {
        let (data, level) = (self.data, self.level);
        check_levels(&[level])?;
        if let Some(run) = data.runs.iter().find(|run| run.loss <= 0.0) {
            let message = format!(
                "the loss on line {} is not positive, and errors are of logarithms of losses",
                run.line
            );
            return Err(Error::new(ErrorKind::NoFit, message)
                .with_hint("leave such runs out, or do not test the forecasts")
                .with_remedy(Setting::Exclude));
        }
        let all = in_order(data);
        let runs = tested_runs(&all);
        // The smallest set reaches the same compute if only some of the runs take part.
        let smallest = match all.get(self.smallest.saturating_sub(1)) {
            Some(edge) if runs.len() < all.len() => runs.partition_point(|run| run.x <= edge.x),
            _ => self.smallest,
        };
        let all_ends = ends(&runs, smallest);
        let mut chosen = Chosen {
            seen: runs.len(),
            of_seen: all.len(),
            of_cuts: ends(&all, self.smallest).len(),
            ..Chosen::default()
        };
        let ends = thinned(all_ends, self.most_cuts.max(1));
        chosen.cuts = ends.len();
        let larger = |k: &usize| all.len() - all.partition_point(|run| run.x <= runs[k - 1].x);
        chosen.of_runs = ends.iter().map(larger).sum();
        self.progress.expect(ends.len());
        let by_cut: Result<Vec<Vec<HeldOut>>> = ends
            .into_par_iter()
            .map(|k| {
                Listener(self.progress).go_on()?;
                let (past, future) = runs.split_at(k);
                let found = held_out(data, past, future, self.forecaster);
                self.progress.step();
                Ok(found)
            })
            .collect();
        let by_cut = by_cut?;
        chosen.runs = by_cut.iter().map(Vec::len).sum();
        let mut forecasts: Vec<HeldOut> = Vec::new();
        for found in by_cut {
            if !forecasts.is_empty() || found.iter().any(|f| f.band.is_some()) {
                forecasts.extend(found);
            }
        }
        if forecasts.is_empty() {
            return Err(nothing_to_test(data, all.len()));
        }
        let cuts = forecasts
            .chunk_by(|a, b| a.runs == b.runs)
            .map(|cut| Cut {
                runs: cut[0].runs,
                held_out: cut.len(),
                largest: runs[cut[0].runs - 1].x,
                factor_min: cut.iter().map(|f| f.factor).fold(f64::INFINITY, f64::min),
                factor_max: cut.iter().map(|f| f.factor).fold(0.0, f64::max),
                scores: Scores::of(cut, level),
            })
            .collect();
        let by_factor = FACTOR_BINS
            .windows(2)
            .filter_map(|ends| {
                let inside: Vec<HeldOut> = forecasts
                    .iter()
                    .filter(|f| (ends[0]..ends[1]).contains(&f.factor))
                    .cloned()
                    .collect();
                (!inside.is_empty()).then(|| FactorBin {
                    from: ends[0],
                    to: Some(ends[1]).filter(|to| to.is_finite()),
                    scores: Scores::of(&inside, level),
                })
            })
            .collect();
        Ok(Backtest {
            level,
            cuts,
            chosen,
            total: Scores::of(&forecasts, level),
            by_factor,
            widening: Widening::of(&forecasts, level),
            forecasts,
        })
    }
}

/// Most runs that take part. More runs of one curve do not show more about how well it
/// extrapolates.
const MOST_SEEN: usize = 2000;
/// Most cuts; more are thinned evenly.
const MOST_CUTS: usize = 40;
/// Most larger runs forecast per cut; more would not add information.
const MOST_RUNS: usize = 500;

/// The fitted runs in order of compute.
fn in_order(data: &Dataset) -> Vec<Run> {
    let mut runs: Vec<Run> = data.fit_runs().cloned().collect();
    runs.sort_by(by_value);
    runs
}

/// The runs that take part: an equal number of every compute, as many as there is room for, so that
/// no compute is lost. If there are too many values of compute, they are chosen evenly.
fn tested_runs(all: &[Run]) -> Vec<Run> {
    if all.len() <= MOST_SEEN {
        return all.to_vec();
    }
    let groups: Vec<&[Run]> = all.chunk_by(|p, q| p.x == q.x).collect();
    let groups = thinned(groups, MOST_SEEN);
    let taken = |most: usize| {
        groups
            .iter()
            .map(|group| group.len().min(most))
            .sum::<usize>()
    };
    let largest = groups.iter().map(|group| group.len()).max().unwrap_or(0);
    let (mut most, mut too_many) = (1, largest + 1);
    while most + 1 < too_many {
        let middle = usize::midpoint(most, too_many);
        match taken(middle) <= MOST_SEEN {
            true => most = middle,
            false => too_many = middle,
        }
    }
    let mut runs = Vec::with_capacity(taken(most));
    for group in groups {
        runs.extend(thinned(group.iter().collect(), most).into_iter().cloned());
    }
    runs
}

/// The possible cuts of sorted runs: how many runs lie below each, at least `smallest`.
fn ends(runs: &[Run], smallest: usize) -> Vec<usize> {
    (smallest.max(1)..runs.len())
        .filter(|&k| runs[k - 1].x < runs[k].x)
        .collect()
}

fn thinned<T: Copy>(all: Vec<T>, most: usize) -> Vec<T> {
    if all.len() <= most {
        return all;
    }
    let last = all.len() - 1;
    (0..most)
        .map(|k| all[k * last / (most - 1).max(1)])
        .collect()
}

fn held_out(
    data: &Dataset,
    past: &[Run],
    future: &[Run],
    forecaster: &dyn Forecaster,
) -> Vec<HeldOut> {
    let seen = Dataset {
        source: data.source.clone(),
        loss_column: data.loss_column.clone(),
        loss_unit: data.loss_unit.clone(),
        variable: data.variable,
        curve: data.curve,
        runs: past.to_vec(),
        excluded: Vec::new(),
        notes: Vec::new(),
        reading: Vec::new(),
        findings: Vec::new(),
    };
    let largest = past[past.len() - 1].x;
    let future = thinned(future.iter().collect(), MOST_RUNS);
    let targets: Vec<f64> = future.iter().map(|run| run.x).collect();
    let bands = forecaster.forecasts(&seen, &targets);
    future
        .into_iter()
        .zip(bands)
        .map(|(run, band)| HeldOut {
            runs: past.len(),
            line: run.line,
            x: run.x,
            factor: run.x / largest,
            actual: run.loss,
            band: band.filter(Band::is_usable),
        })
        .collect()
}

fn nothing_to_test(data: &Dataset, runs: usize) -> Error {
    let error = Error::new(
        ErrorKind::NoFit,
        format!("no part of these {runs} runs gives a forecast of a larger one"),
    )
    .with_hint(
        "a back-test needs enough smaller runs for a fit, and larger ones beside; \
         give a sigma column, use a law with fewer parameters, or add runs",
    );
    if data.source.is_empty() {
        error
    } else {
        error.at(&data.source, None, None)
    }
}

#[cfg(test)]
mod tests;
