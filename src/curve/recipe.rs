//! What complete runs of a recipe taught: a document for later runs.

use super::condense::{Block, condensed};
use super::joint::{Complete, Effort, JointFit, LawParameters, best_of, fit};
use super::laws::{CurveLaw, Known, published_responses};
use super::log::{Cleaned, Point};
use super::path::Path;
use super::response::Response;
use super::schedule::Schedule;
use crate::error::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

/// A complete run of a recipe.
#[derive(Debug, Clone)]
pub struct RecipeRun {
    /// Its name.
    pub name: String,
    /// Its points, in the order of their file.
    pub points: Vec<Point>,
    /// Its schedule, where its log has no rates, and before they begin.
    pub schedule: Option<Schedule>,
}

/// A run that a recipe was learnt from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecipeRunSeen {
    /// Its name.
    pub name: String,
    /// How many points it has.
    pub points: usize,
    /// Its last step.
    pub end: f64,
    /// How far its rate fell, as a share of the peak.
    pub fallen: f64,
}

/// What is known of a recipe from its complete runs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Recipe {
    /// The largest rate of its runs, where it is known.
    pub peak: Option<f64>,
    /// The laws with their parameters.
    pub laws: Vec<(CurveLaw, LawParameters)>,
    /// How far the rate fell in its runs, as a share of the peak.
    pub fallen: f64,
    /// The root mean square of the relative errors at the end of each run from all others, or of
    /// what such forecasts missed in published curves where there are too few runs.
    pub missed: f64,
    /// The runs.
    pub runs: Vec<RecipeRunSeen>,
    /// Deviations of ln α and of the amplitude in another run of the recipe, as shares.
    pub deviations: (f64, f64),
}

/// Deviations of ln α and of the share of falls between two sizes of published curves.
const DEVIATIONS: (f64, f64) = (0.15, 0.2);
/// What forecasts of whole runs from others of the same recipe missed in published curves.
const MISSED: f64 = 4e-3;
/// Fewer runs than these do not show what forecasts from the others miss.
const ENOUGH_RUNS: usize = 3;
/// Runs whose rate fell by less of its peak do not tell what falls bring.
const LEAST_FALL: f64 = 0.05;

/// The fit of a law to complete runs of one recipe.
///
/// # Errors
/// [`ErrorKind::NoFit`] where no law can be fitted to the runs.
pub fn fit_curves(runs: &[RecipeRun], law: CurveLaw, effort: Effort) -> Result<JointFit> {
    let (cleaned, paths) = prepared(runs);
    of_law(law, &cleaned, &paths, effort)
}

fn of_law(
    law: CurveLaw,
    points: &[Vec<Point>],
    paths: &[Path],
    effort: Effort,
) -> Result<JointFit> {
    let complete = points.iter().zip(paths);
    let complete: Vec<Complete<'_>> = complete
        .map(|(points, path)| Complete { points, path })
        .collect();
    fit(law, &complete, effort).ok_or_else(|| {
        let message = format!("the {} law cannot be fitted to these runs", law.name());
        Error::new(ErrorKind::NoFit, message)
            .with_hint("a fit takes more than 8 points of complete runs whose loss falls")
    })
}

/// The means of stretches of every run.
fn condensed_all(runs: &[Vec<Point>]) -> Vec<Vec<Point>> {
    let means = |points: &Vec<Point>| {
        let blocks = condensed(points).into_iter();
        let point = |b: Block| Point {
            step: b.step,
            loss: b.loss,
            lr: None,
        };
        blocks.map(point).collect()
    };
    runs.iter().map(means).collect()
}

/// The usable points of the runs and their rates, in units of the largest of all.
fn prepared(runs: &[RecipeRun]) -> (Vec<Vec<Point>>, Vec<Path>) {
    let cleaned: Vec<Cleaned> = runs.iter().map(|run| Cleaned::new(&run.points)).collect();
    let end = |c: &Cleaned| c.points.last().map_or(1.0, |p| p.step);
    let path = |run: &RecipeRun, c: &Cleaned, unit: Option<f64>| {
        Path::new(&c.rates(), run.schedule.as_ref(), end(c), unit)
    };
    let peaks = runs
        .iter()
        .zip(&cleaned)
        .map(|(r, c)| path(r, c, None).peak);
    let peak = peaks.flatten().fold(0.0, f64::max);
    let unit = (peak > 0.0).then_some(peak);
    let paths: Vec<Path> = runs
        .iter()
        .zip(&cleaned)
        .map(|(r, c)| path(r, c, unit))
        .collect();
    let after = |(c, path): (Cleaned, &Path)| {
        let warm = |p: &Point| p.step > path.warmed_up && path.sum(p.step) > 0.0;
        let mut points = c.points;
        if points.iter().filter(|p| warm(p)).count() >= 4 {
            points.retain(warm);
        }
        points
    };
    (cleaned.into_iter().zip(&paths).map(after).collect(), paths)
}

/// The laws that know falls of the rate, each with the best response of the list.
fn best_laws(complete: &[Complete<'_>]) -> Vec<(CurveLaw, LawParameters)> {
    let lengths = complete.iter().map(|run| run.path.end - run.path.warmed_up);
    let responses = published_responses(lengths.fold(0.0, f64::max), true);
    let laws = CurveLaw::WITH_SCHEDULE.into_iter();
    let best = laws.filter_map(|law| {
        let own = responses.iter().filter(|r| r.0 == law).map(|r| Some(r.1));
        Some((law, best_of(law, complete, own)?))
    });
    best.collect()
}

/// The root mean square error at the end of every run from all others.
fn missed(complete: &[Complete<'_>]) -> f64 {
    if complete.len() < ENOUGH_RUNS {
        return MISSED;
    }
    let mut squares = Vec::new();
    for (left_out, run) in complete.iter().enumerate() {
        let mut others: Vec<Complete<'_>> = Vec::new();
        for (k, other) in complete.iter().enumerate() {
            if k != left_out {
                others.push(Complete {
                    points: other.points,
                    path: other.path,
                });
            }
        }
        let laws = best_laws(&others);
        let Some(last) = run.points.last().filter(|_| !laws.is_empty()) else {
            continue;
        };
        let each = laws
            .iter()
            .map(|(law, p)| p.loss(*law, run.path, last.step));
        let mean = each.sum::<f64>() / laws.len() as f64;
        squares.push((mean / last.loss - 1.0).powi(2));
    }
    match squares.len() >= ENOUGH_RUNS {
        true => (squares.iter().sum::<f64>() / squares.len() as f64).sqrt(),
        false => MISSED,
    }
}

impl Recipe {
    /// Fits every law that knows falls of the rate to complete runs of one recipe.
    ///
    /// The response to falls is the best of a list of the shapes that published curves have: a few
    /// runs do not tell its exponents, and a free search of them fits other schedules worse.
    ///
    /// # Errors
    /// [`ErrorKind::NoFit`] where no law can be fitted to the runs.
    pub fn fit(runs: &[RecipeRun]) -> Result<Recipe> {
        let (cleaned, paths) = prepared(runs);
        let points = condensed_all(&cleaned);
        let complete: Vec<Complete<'_>> = points
            .iter()
            .zip(&paths)
            .map(|(points, path)| Complete { points, path })
            .collect();
        let laws = best_laws(&complete);
        if laws.is_empty() {
            return Err(
                Error::new(ErrorKind::NoFit, "no law can be fitted to these runs")
                    .with_hint("a fit takes more than 8 points of complete runs whose loss falls"),
            );
        }
        let peak = paths.iter().filter_map(|p| p.peak).fold(0.0, f64::max);
        let fallen = paths.iter().map(|p| p.fallen(p.end)).fold(0.0, f64::max);
        Ok(Recipe {
            peak: (peak > 0.0).then_some(peak),
            laws,
            fallen,
            missed: missed(&complete),
            runs: runs
                .iter()
                .zip(&cleaned)
                .zip(&paths)
                .map(|((run, points), path)| RecipeRunSeen {
                    name: run.name.clone(),
                    points: points.len(),
                    end: path.end,
                    fallen: path.fallen(path.end),
                })
                .collect(),
            deviations: DEVIATIONS,
        })
    }

    /// Whether every number is one that a fit can have.
    pub(super) fn is_possible(&self) -> bool {
        let positive = |v: f64| v.is_finite() && v > 0.0;
        let not_negative = |v: f64| v.is_finite() && v >= 0.0;
        let possible = |(_, p): &(CurveLaw, LawParameters)| {
            let response = match p.response {
                None => true,
                Some(Response::MultiPower { speed, beta, gamma }) => {
                    positive(speed) && positive(beta) && gamma.is_finite()
                }
                Some(Response::Annealing { time }) => positive(time),
                Some(Response::Forgetting { speed, beta }) => positive(speed) && positive(beta),
            };
            let others = not_negative(p.floor) && not_negative(p.amplitude);
            response && others && [p.reducible, p.exponent, p.unit].into_iter().all(positive)
        };
        !self.laws.is_empty()
            && self.laws.iter().all(possible)
            && self.peak.is_none_or(positive)
            && not_negative(self.missed)
            && self.fallen.is_finite()
            && positive(self.deviations.0)
            && positive(self.deviations.1)
            && self.runs.iter().all(|r| not_negative(r.end))
    }

    /// What it says of another run; of other laws it says what published curves do.
    pub(super) fn known(&self, published: &[Known]) -> Vec<Known> {
        let own = self.laws.iter().filter_map(|(law, p)| {
            let other = published.iter().find(|known| known.law == *law)?;
            let there = p.reducible * (other.at / p.unit).powf(-p.exponent);
            let amplitude = match self.fallen > LEAST_FALL && p.amplitude > 0.0 {
                true => (p.amplitude / there, self.deviations.1),
                false => other.amplitude,
            };
            Some(Known {
                response: p.response,
                exponent: (p.exponent.ln(), self.deviations.0),
                amplitude,
                ..*other
            })
        });
        let has = |known: &&Known| self.laws.iter().any(|(law, _)| *law == known.law);
        let other = published.iter().filter(|known| !has(known)).copied();
        own.chain(other).collect()
    }
}

/// The loss of a fitted law along a run, at its steps.
#[must_use]
pub fn curve_losses(
    law: CurveLaw,
    parameters: &LawParameters,
    run: &RecipeRun,
    unit: Option<f64>,
) -> Vec<(f64, f64)> {
    let cleaned = Cleaned::new(&run.points);
    let end = cleaned.points.last().map_or(1.0, |p| p.step);
    let path = Path::new(&cleaned.rates(), run.schedule.as_ref(), end, unit);
    let loss = |p: &Point| (p.loss, parameters.loss(law, &path, p.step));
    cleaned.points.iter().map(loss).collect()
}
