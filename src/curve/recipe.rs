//! The laws of a recipe, fitted to its complete runs and kept as a document for later runs.

use super::condense::{Block, condensed};
use super::course::RunCourse;
use super::joint::{Complete, Effort, JointFit, LawParameters, best_of, fit};
use super::laws::{CurveLaw, Known, published_responses};
use super::log::{Cleaned, Point};
use super::path::Path;
use super::response::Response;
use super::schedule::Schedule;
use super::sizes::sizes_pooled;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Diagnosis;
use crate::runs::{LogAxis, ModelSize};
use serde::{Deserialize, Serialize};

/// A complete run of a recipe.
#[derive(Debug, Clone)]
pub struct RecipeRun {
    /// Its name.
    pub name: String,
    /// Its points, in the order of their file.
    pub points: Vec<Point>,
    /// Its schedule, if its log has no rates or starts later.
    pub schedule: Option<Schedule>,
    /// The size of its model, if its log says it.
    pub size: Option<ModelSize>,
}

/// A run that a recipe was fitted to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecipeRunSeen {
    /// Its name.
    pub name: String,
    /// Number of its points.
    pub points: usize,
    /// Its last step.
    pub end: f64,
    /// By how much its rate fell, as a share of the peak.
    pub fallen: f64,
}

/// The laws and errors of a recipe, from its complete runs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Recipe {
    /// The largest rate of its runs, if known.
    pub peak: Option<f64>,
    /// The laws with their parameters.
    pub laws: Vec<(CurveLaw, LawParameters)>,
    /// By how much the rate fell in its runs at most, as a share of the peak.
    pub fallen: f64,
    /// The root mean square of the relative errors when the end of each run is forecast from all
    /// others. With too few runs, it is the error of such forecasts in published curves.
    pub missed: f64,
    /// The runs.
    pub runs: Vec<RecipeRunSeen>,
    /// Standard deviations of ln α and of the amplitude in another run of the recipe; the latter is
    /// relative.
    pub deviations: (f64, f64),
    /// What its runs count.
    pub axis: LogAxis,
    /// What was found against it.
    pub findings: Vec<Diagnosis>,
}

/// Standard deviations of ln α and of the share of falls between two sizes of published curves.
const DEVIATIONS: (f64, f64) = (0.15, 0.2);
/// The error of forecasts of whole runs from others of the same recipe, in published curves.
const MISSED: f64 = 4e-3;
/// Fewest runs that show how well each is forecast from the others.
const ENOUGH_RUNS: usize = 3;
/// Runs whose rate fell by less than this share of its peak do not show the effect of falls.
const LEAST_FALL: f64 = 0.05;

/// Fits a law to complete runs of one recipe.
///
/// # Errors
/// [`ErrorKind::NoFit`] if the law cannot be fitted to the runs.
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

/// Every run as the means of its stretches.
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

/// The usable points of the runs, and their rates in units of the largest of all.
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

/// The laws with a response to falls, each with the best response of the list.
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

/// The root mean square error at the end of every run, forecast from all others.
fn missed(complete: &[Complete<'_>]) -> f64 {
    if complete.len() < ENOUGH_RUNS {
        return MISSED;
    }
    let mut squares = Vec::new();
    for (left_out, run) in complete.iter().enumerate() {
        let mut others: Vec<Complete<'_>> = Vec::new();
        for (k, other) in complete.iter().enumerate() {
            if k != left_out {
                others.push(*other);
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
    /// Fits every law with a response to falls to complete runs of one recipe.
    ///
    /// The response is chosen from a list of shapes of published curves, because a few runs do not
    /// determine its exponents, and a free search fits other schedules worse.
    ///
    /// # Errors
    /// [`ErrorKind::NoFit`] if no law can be fitted to the runs.
    pub fn fit(runs: &[RecipeRun]) -> Result<Recipe> {
        Ok(Recipe::fit_with_courses(runs)?.0)
    }

    /// As [`Recipe::fit`], with the course of each run beside that of the laws.
    ///
    /// # Errors
    /// As for [`Recipe::fit`].
    pub fn fit_with_courses(runs: &[RecipeRun]) -> Result<(Recipe, Vec<RunCourse>)> {
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
        let said: Vec<(&str, Option<ModelSize>)> = runs
            .iter()
            .map(|run| (run.name.as_str(), run.size))
            .collect();
        let pooled = sizes_pooled(&said, &complete, &laws, |run| best_laws(&[*run]));
        let courses = runs.iter().zip(&complete);
        let courses = courses
            .map(|(run, one)| RunCourse::new(&run.name, one.points, one.path, &laws))
            .collect();
        let recipe = Recipe {
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
            axis: LogAxis::default(),
            findings: pooled.into_iter().collect(),
        };
        Ok((recipe, courses))
    }

    /// Whether every number is one that a fit can give.
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

    /// The priors for another run: from this recipe, and from published curves for laws it lacks.
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

/// (logged loss, loss by the law) at each step of a run.
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
