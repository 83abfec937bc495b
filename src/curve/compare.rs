//! Compares schedules that were not yet run, by the laws of a recipe's complete runs.

use super::answer::{CurveAt, CurveInterval, METHOD};
use super::course::course;
use super::forecast::quantile;
use super::path::Path;
use super::recipe::Recipe;
use super::schedule::{Schedule, Shape, Span};
use crate::code::Code;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Diagnosis, Severity};
use crate::interval::{Kind, check_level};

/// The uncertain share of the change of the loss beyond the runs of the recipe.
const BEYOND: f64 = 0.2;
/// The starts of a decay that are compared, as shares of the run: from, to, and their number.
const STARTS: (f64, f64, usize) = (0.3, 0.98, 69);

/// A recipe's forecast of the end under one schedule.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ScheduleTold {
    /// Its name.
    pub name: String,
    /// The loss at the end.
    pub point: f64,
    /// Intervals of the loss.
    pub intervals: Vec<CurveInterval>,
    /// Its loss minus that of the first schedule.
    pub difference: f64,
    /// Intervals of the difference.
    pub differences: Vec<CurveInterval>,
    /// The forecast from the warm-up to the end, with the interval of the first level.
    pub curve: Vec<CurveAt>,
    /// (step, rate): the learning rate, as a share of the largest one of the recipe's runs.
    pub rates: Vec<(f64, f64)>,
}

/// The comparison of schedules for the same number of steps.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Comparison {
    /// The schedules in the order in which they were given.
    pub schedules: Vec<ScheduleTold>,
    /// The findings.
    pub findings: Vec<Diagnosis>,
}

/// The best step to begin a decay.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BestStart {
    /// The start of the decay with the lowest loss at the end.
    pub start: f64,
    /// The loss at the end.
    pub point: f64,
    /// The range of the best starts by the single laws.
    pub by_law: (f64, f64),
    /// The range of starts whose loss exceeds the lowest one by less than the recipe's error for
    /// its own runs.
    pub flat: (f64, f64),
    /// (start, loss at the end) of every start tried.
    pub losses: Vec<(f64, f64)>,
    /// The findings.
    pub findings: Vec<Diagnosis>,
}

impl Recipe {
    /// The loss at a step by each law.
    fn losses(&self, path: &Path, step: f64) -> Vec<f64> {
        let each = self.laws.iter();
        each.map(|(law, p)| p.loss(*law, path, step)).collect()
    }

    /// The change of the loss between the largest sum of rates of the recipe's runs and the sum of
    /// this schedule at its end.
    fn beyond(&self, path: &Path) -> f64 {
        self.changed(path.sum(path.end), f64::abs)
    }

    /// The same at a step of the run. Where the run does not go beyond the recipe's runs, this
    /// stays what it is at the end.
    fn beyond_at(&self, path: &Path, step: f64) -> f64 {
        let (now, end) = (path.sum(step), path.sum(path.end));
        let each = self.laws.iter().map(|(_, p)| p.unit);
        match each.fold(0.0, f64::max) >= end {
            true => self.changed(end, f64::abs),
            false => self.changed(now, |change| change.max(0.0)),
        }
    }

    /// The mean over the laws of a change of the loss, from the largest sum of rates of the
    /// recipe's runs to this one.
    fn changed(&self, s: f64, size: impl Fn(f64) -> f64) -> f64 {
        let each = self.laws.iter().map(|(_, p)| {
            let at = |s: f64| p.reducible * (s.max(1e-300) / p.unit).powf(-p.exponent);
            size(at(p.unit) - at(s))
        });
        let count = self.laws.len() as f64;
        each.sum::<f64>() / count
    }

    /// The mean of the losses by the laws, and its standard deviation for another run.
    fn told(&self, losses: &[f64], beyond: f64) -> (f64, f64) {
        let (point, spread) = moments(losses);
        let missed = self.missed * point;
        (point, spread.hypot(missed).hypot(BEYOND * beyond))
    }

    /// Compares schedules for a run that ends at `end`. Differences are to the first schedule.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] without a schedule, for an end that is not positive, or for a level
    /// outside 0.001 to 0.999999.
    pub fn compare(
        &self,
        schedules: &[(String, Schedule)],
        end: f64,
        levels: &[f64],
    ) -> Result<Comparison> {
        levels.iter().try_for_each(|level| check_level(*level))?;
        check_end(end)?;
        let Some((_, first)) = schedules.first() else {
            let message = "there is no schedule to compare";
            return Err(Error::new(ErrorKind::Usage, message));
        };
        let along = |schedule: &Schedule| Path::new(&[], Some(schedule), end, self.peak);
        let first = along(first);
        let base = self.losses(&first, end);
        let base_beyond = self.beyond(&first);
        let widest = quantile(levels.first().copied().unwrap_or(0.9));
        let told = |(name, schedule): &(String, Schedule)| {
            let path = along(schedule);
            let ends = self.losses(&path, end);
            let beyond = self.beyond(&path);
            let (point, level) = self.told(&ends, beyond);
            let differences: Vec<f64> = ends.iter().zip(&base).map(|(e, b)| e - b).collect();
            let (difference, own) = moments(&differences);
            let missed = self.missed * point;
            // The errors of two schedules of one recipe are partly alike. How far is unknown, so
            // the full error of the recipe counts.
            let between = match difference == 0.0 {
                true => 0.0,
                false => own.hypot(missed).hypot(BEYOND * (beyond - base_beyond)),
            };
            ScheduleTold {
                name: name.clone(),
                point,
                intervals: intervals(levels, |half| about(point, half * level)),
                difference,
                differences: intervals(levels, |half| {
                    (difference - half * between, difference + half * between)
                }),
                curve: course(&path, end, |step| {
                    let losses = self.losses(&path, step);
                    let (point, level) = self.told(&losses, self.beyond_at(&path, step));
                    (point, about(point, widest * level))
                }),
                rates: path.rates().to_vec(),
            }
        };
        Ok(Comparison {
            schedules: schedules.iter().map(told).collect(),
            findings: [
                self.findings.clone(),
                self.outside(schedules.iter().map(|s| &s.1), end),
            ]
            .concat(),
        })
    }

    /// The start of the decay that gives this schedule the lowest loss at the end.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a schedule that is not constant before a decay, or for an end that
    /// is not positive.
    pub fn best_decay_start(&self, schedule: &Schedule, end: f64) -> Result<BestStart> {
        check_end(end)?;
        let Shape::ConstantThenDecay { decay, .. } = schedule.shape else {
            let message = format!("the schedule '{schedule}' has no start of a decay to choose");
            return Err(Error::new(ErrorKind::Usage, message).with_hint(
                "choose the start of a schedule that is constant and then decays: wsd",
            ));
        };
        let (from, to, count) = STARTS;
        let place = |k: usize| end * (from + (to - from) * k as f64 / (count - 1) as f64);
        let with = |start: f64| Schedule {
            shape: Shape::ConstantThenDecay {
                decay,
                start: Span::Steps(start),
            },
            ..schedule.clone()
        };
        let ends: Vec<(f64, Vec<f64>)> = (0..count)
            .map(|k| {
                let path = Path::new(&[], Some(&with(place(k))), end, self.peak);
                (place(k), self.losses(&path, end))
            })
            .collect();
        let losses: Vec<(f64, f64)> = ends.iter().map(|(s, e)| (*s, moments(e).0)).collect();
        let lowest = |loss: &dyn Fn(usize) -> f64| {
            let best = (0..count).min_by(|a, b| loss(*a).total_cmp(&loss(*b)));
            best.unwrap_or(0)
        };
        let best = lowest(&|k| losses[k].1);
        let by_law = (0..self.laws.len()).map(|law| place(lowest(&|k| ends[k].1[law])));
        let by_law: Vec<f64> = by_law.collect();
        let (start, point) = losses[best];
        let near = |p: &&(f64, f64)| p.1 <= point * (1.0 + self.missed);
        let flat: Vec<f64> = losses.iter().filter(near).map(|p| p.0).collect();
        Ok(BestStart {
            start,
            point,
            by_law: range(&by_law),
            flat: range(&flat),
            findings: self.outside(std::iter::once(&with(start)), end),
            losses,
        })
    }

    /// A warning if schedules go beyond what the runs of the recipe support.
    fn outside<'a>(&self, all: impl Iterator<Item = &'a Schedule>, end: f64) -> Vec<Diagnosis> {
        let longest = self.runs.iter().map(|r| r.end).fold(0.0, f64::max);
        let fallen = |s: &Schedule| Path::new(&[], Some(s), end, self.peak).fallen(end);
        let deepest = all.map(fallen).fold(0.0, f64::max);
        let mut found = Vec::new();
        if deepest > self.fallen + 0.1 || end > 3.0 * longest {
            let message = format!(
                "the runs of the recipe have at most {longest} steps and falls of {:.0} % of the \
                 rate, and {end} steps with falls of {:.0} % are asked for",
                100.0 * self.fallen,
                100.0 * deepest
            );
            found.push(Diagnosis::new(
                Code::ScheduleOutsideRuns,
                Severity::Warn,
                message,
                "train a run with such a schedule at a smaller size first",
            ));
        }
        found
    }
}

fn check_end(end: f64) -> Result<()> {
    match end.is_finite() && end > 0.0 {
        true => Ok(()),
        false => Err(Error::new(
            ErrorKind::Usage,
            "the end of a run is a positive number of steps",
        )),
    }
}

/// The mean and the standard deviation.
fn moments(values: &[f64]) -> (f64, f64) {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (mean, (squares / count).sqrt())
}

fn range(values: &[f64]) -> (f64, f64) {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    (low, values.iter().copied().fold(low, f64::max))
}

/// The ends of an interval of this half-width about a loss, which are positive.
fn about(point: f64, half: f64) -> (f64, f64) {
    let relative = half / point;
    (point * (-relative).exp(), point * relative.exp())
}

fn intervals(levels: &[f64], ends: impl Fn(f64) -> (f64, f64)) -> Vec<CurveInterval> {
    let interval = |level: &f64| {
        let (lower, upper) = ends(quantile(*level));
        CurveInterval {
            level: *level,
            kind: Kind::Prediction,
            method: METHOD,
            lower,
            upper,
        }
    };
    levels.iter().map(interval).collect()
}
