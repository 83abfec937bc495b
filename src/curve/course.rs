//! The course of runs by the laws of a recipe, from their warm-up to their end, for pictures.

use super::answer::CurveAt;
use super::joint::LawParameters;
use super::laws::CurveLaw;
use super::log::Point;
use super::path::Path;

/// Steps of a course.
const STEPS: usize = 100;
/// The first share of a run, which the laws do not describe.
const SKIPPED: f64 = 0.05;

/// A complete run of a recipe, and the mean of the laws that were fitted to it.
#[derive(Debug, Clone, PartialEq)]
pub struct RunCourse {
    /// Its name.
    pub name: String,
    /// (step, loss): the means of its stretches, which were fitted.
    pub log: Vec<(f64, f64)>,
    /// (step, loss): the mean of the laws at these steps.
    pub law: Vec<(f64, f64)>,
    /// (step, rate): its learning rate, as a share of the largest one of the recipe.
    pub rates: Vec<(f64, f64)>,
}

impl RunCourse {
    /// The course of a run with these points.
    pub(super) fn new(
        name: &str,
        points: &[Point],
        path: &Path,
        laws: &[(CurveLaw, LawParameters)],
    ) -> RunCourse {
        let law = |p: &Point| {
            let each = laws.iter().map(|(law, l)| l.loss(*law, path, p.step));
            (p.step, each.sum::<f64>() / laws.len().max(1) as f64)
        };
        RunCourse {
            name: name.to_owned(),
            log: points.iter().map(|p| (p.step, p.loss)).collect(),
            law: points.iter().map(law).collect(),
            rates: path.rates().to_vec(),
        }
    }
}

/// The forecast along a run: `told` gives the loss and the ends of its interval at a step.
pub(super) fn course(
    path: &Path,
    end: f64,
    told: impl Fn(f64) -> (f64, (f64, f64)),
) -> Vec<CurveAt> {
    let from = path.warmed_up.max(SKIPPED * end).min(end);
    let count = if from < end { STEPS } else { 0 };
    let steps = (0..count).map(|k| from + (end - from) * k as f64 / STEPS as f64);
    let at = |step: f64| {
        let (point, interval) = told(step);
        CurveAt {
            step,
            point,
            interval,
            rate: path.rate(step),
        }
    };
    steps.chain([end]).map(at).collect()
}
