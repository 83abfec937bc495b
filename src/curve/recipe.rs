//! What complete runs of a recipe taught: a document for later runs.

use super::condense::{Block, condensed};
use super::joint::{Complete, Effort, JointFit, LawParameters, fit};
use super::laws::{CurveLaw, Known};
use super::log::{Cleaned, Point};
use super::path::Path;
use super::schedule::Schedule;
use crate::error::{Error, ErrorKind, Result};

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

/// What is known of a recipe from its complete runs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Recipe {
    /// The largest rate of its runs, where it is known.
    pub peak: Option<f64>,
    /// The laws with their parameters.
    pub laws: Vec<(CurveLaw, LawParameters)>,
    /// Deviations of ln α and of the amplitude in another run of the recipe, as shares.
    pub deviations: (f64, f64),
}

/// Deviations of ln α and of the share of falls between two sizes of published curves.
const DEVIATIONS: (f64, f64) = (0.15, 0.2);

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

impl Recipe {
    /// Fits every law that knows falls of the rate to complete runs of one recipe.
    ///
    /// # Errors
    /// As for [`fit_curves`].
    pub fn fit(runs: &[RecipeRun], effort: Effort) -> Result<Recipe> {
        let (cleaned, paths) = prepared(runs);
        let mut laws = Vec::new();
        for law in CurveLaw::WITH_SCHEDULE {
            laws.push((
                law,
                of_law(law, &condensed_all(&cleaned), &paths, effort)?.parameters,
            ));
        }
        let peak = paths.iter().filter_map(|p| p.peak).fold(0.0, f64::max);
        Ok(Recipe {
            peak: (peak > 0.0).then_some(peak),
            laws,
            deviations: DEVIATIONS,
        })
    }

    /// What it says of another run; of other laws it says what published curves do.
    pub(super) fn known(&self, published: &[Known]) -> Vec<Known> {
        let own = self.laws.iter().map(|(law, p)| Known {
            law: *law,
            response: p.response,
            exponent: (p.exponent.ln(), self.deviations.0),
            amplitude: (p.amplitude / p.reducible, self.deviations.1),
            at: p.unit,
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
