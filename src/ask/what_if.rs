//! The forecasts of a report for other targets, by a single method, or without one of the runs.

use crate::fit::{Fit, FitResult};
use crate::forecast::{Forecast, Grade, Target};
use crate::interval::{Interval, Kind, Method};
use crate::runs::{Role, Run, in_order};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// Targets extend from the largest fitted run to this multiple of the farthest requested target.
const BEYOND: f64 = 10.0;
const TARGETS: usize = 12;
/// How many of the largest runs, which influence a forecast most, are left out in turn.
const LEFT_OUT: usize = 6;
/// Most runs for which this is done: one of more runs has little influence, and the fits take too
/// long.
const MOST_RUNS: usize = 1_000;

/// The kind of forecast.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum By {
    /// The recommended forecast.
    All,
    /// The law's own forecast.
    Law,
    /// A member of the recommended combination.
    Member(&'static str),
    /// The recommended forecast without one run: its line and its name.
    Without(u64, Option<String>),
}

/// A forecast at one target.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WhatIfAt {
    pub(crate) point: f64,
    /// The calibrated interval.
    pub(crate) interval: Option<Interval>,
    pub(crate) grade: Option<Grade>,
}

/// Forecasts at all targets.
#[derive(Debug, Clone)]
pub(crate) struct WhatIf {
    /// The targets, from the largest fitted run on.
    pub(crate) targets: Vec<f64>,
    /// The index of the requested target.
    pub(crate) asked: usize,
    /// The recommended forecast first; `None` where there is no forecast.
    pub(crate) choices: Vec<(By, Vec<Option<WhatIfAt>>)>,
}

impl WhatIf {
    /// Computed around the farthest forecast of a report, with intervals of this level. `None` if
    /// it has no calibrated interval or is not larger than the runs.
    pub(crate) fn of(fit: &FitResult, asked: &Forecast, level: f64, force: bool) -> Option<WhatIf> {
        asked.point_of(Method::Calibrated)?;
        let (targets, place) = targets(fit.largest_fitted(), asked.x)?;
        let at = |fit: &FitResult| -> Vec<Option<Forecast>> {
            let one = |x: &f64| forecast(fit, *x, level, force);
            targets.iter().map(one).collect()
        };
        let own = at(fit);
        let mut choices = vec![(By::All, own.iter().map(recommended).collect())];
        let of = |point: &dyn Fn(&Forecast) -> Option<f64>| {
            let one = |made: &Option<Forecast>| {
                let point = point(made.as_ref()?)?;
                let (interval, grade) = (None, None);
                Some(WhatIfAt {
                    point,
                    interval,
                    grade,
                })
            };
            own.iter().map(one).collect::<Vec<_>>()
        };
        for name in asked.members.iter().map(|member| member.name) {
            let point = |made: &Forecast| {
                let mut all = made.members.iter();
                all.find(|m| m.name == name).map(|m| m.point)
            };
            choices.push((By::Member(name), of(&point)));
        }
        choices.push((By::Law, of(&|made| Some(made.law_point))));
        let without = largest(fit).into_par_iter().filter_map(|run| {
            let mut data = fit.data().clone();
            let left_out = data.runs.remove(run);
            let rest = Fit::again(fit).run(&data).ok()?;
            let made = at(&rest).iter().map(recommended).collect();
            Some((By::Without(left_out.line, left_out.group), made))
        });
        choices.extend(without.collect::<Vec<_>>());
        Some(WhatIf {
            targets,
            asked: place,
            choices,
        })
    }
}

/// Targets evenly spaced in the logarithm, one of which is the requested target, and its index.
pub(super) fn targets(largest: f64, asked: f64) -> Option<(Vec<f64>, usize)> {
    let (first, last) = (largest.ln(), (BEYOND * asked).ln());
    if !(asked > largest && last.is_finite()) {
        return None;
    }
    let step = (last - first) / (TARGETS - 1) as f64;
    let place = (((asked.ln() - first) / step).round() as usize).clamp(1, TARGETS - 2);
    let at = |k: usize| match k {
        0 => largest,
        k if k == place => asked,
        k => (first + step * k as f64).exp(),
    };
    Some(((0..TARGETS).map(at).collect(), place))
}

/// The indices of the largest fitted runs, whatever the order of the rows.
pub(super) fn largest(fit: &FitResult) -> Vec<usize> {
    let runs = &fit.data().runs;
    let mut fitted = in_order(runs);
    fitted.retain(|run| run.role == Role::Fit);
    if fitted.len() > MOST_RUNS {
        return Vec::new();
    }
    fitted.sort_by(|a, b| b.x.total_cmp(&a.x));
    let place = |run: &&Run| runs.iter().position(|one| std::ptr::eq(one, *run));
    fitted.iter().take(LEFT_OUT).filter_map(place).collect()
}

fn forecast(fit: &FitResult, x: f64, level: f64, force: bool) -> Option<Forecast> {
    fit.forecast(Target::at(x))
        .levels(&[level])
        .kinds(&[Kind::Prediction])
        .methods(&[Method::Calibrated])
        .force(force)
        .run()
        .ok()
}

fn recommended(made: &Option<Forecast>) -> Option<WhatIfAt> {
    let made = made.as_ref()?;
    Some(WhatIfAt {
        point: made.point,
        interval: made.intervals.first().copied(),
        grade: Some(made.grade),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::Saturating;
    use crate::runs::Dataset;

    fn ladder() -> FitResult {
        let runs = (0..9).map(|k| {
            let c = 10_f64.powf(18.0 + 0.5 * f64::from(k));
            (
                c,
                (900.0 * c.powf(-0.15) + 1.7) * (1.0 + 0.002 * f64::from(k % 3 - 1)),
            )
        });
        let data = Dataset::from_runs(runs).unwrap();
        Fit::new(Saturating).run(&data).unwrap()
    }

    /// Each number must equal that of a separate forecast.
    #[test]
    fn each_number_is_that_of_its_own_forecast() {
        let fit = ladder();
        let asked = forecast(&fit, 1e24, 0.9, false).unwrap();
        let what_if = WhatIf::of(&fit, &asked, 0.9, false).unwrap();
        assert_eq!(what_if.targets[what_if.asked], 1e24);
        assert!(what_if.targets.windows(2).all(|pair| pair[0] < pair[1]));
        let (by, all) = &what_if.choices[0];
        assert_eq!(*by, By::All);
        assert_eq!(all[what_if.asked].as_ref().unwrap().point, asked.point);
        let left_out: Vec<u64> = (what_if.choices.iter())
            .filter_map(|(by, _)| match by {
                By::Without(line, _) => Some(*line),
                _ => None,
            })
            .collect();
        assert_eq!(left_out.len(), LEFT_OUT);
        // The largest run is left out first, and its number must equal that of a fit to the other
        // eight runs.
        let mut data = fit.data().clone();
        let last = data.runs.len() - 1;
        assert_eq!(left_out[0], data.runs.remove(last).line);
        let rest = Fit::new(Saturating).run(&data).unwrap();
        let alone = forecast(&rest, 1e24, 0.9, false).unwrap();
        let (_, made) = (what_if.choices.iter())
            .find(|(by, _)| matches!(by, By::Without(..)))
            .unwrap();
        assert_eq!(made[what_if.asked].as_ref().unwrap().point, alone.point);
    }

    /// Without a larger target there is nothing to compute.
    #[test]
    fn nothing_is_asked_within_the_runs() {
        let fit = ladder();
        let within = forecast(&fit, 1e20, 0.9, false).unwrap();
        assert!(WhatIf::of(&fit, &within, 0.9, false).is_none());
    }
}
