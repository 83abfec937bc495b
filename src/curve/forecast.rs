//! The end of one run from its past: what the laws say together.

use super::answer::{CurveAt, CurveForecast, CurveInterval, LawTold, METHOD, Source};
use super::condense::{Block, condensed};
use super::laws::{CurveLaw, Known};
use super::log::{Cleaned, Point};
use super::member::{AllTold, Asked, told};
use super::noise::{Noise, scatter, share_of_information};
use super::path::Path;
use super::recipe::Recipe;
use super::schedule::Schedule;
use super::tuning::Tuning;
use crate::error::{Error, ErrorKind, Result};
use crate::interval::{Kind, check_level};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The fewest points that a forecast is made from.
const FEWEST: usize = 4;
/// Steps of the curve between now and the end.
const CURVE: usize = 40;
/// The shares of the known stretch that rolling origins are at.
const ORIGINS: [f64; 3] = [0.5, 0.65, 0.8];
/// Degrees of freedom of a half-width: heavier tails than the normal's at levels beyond 90 %.
const DEGREES: f64 = 8.0;

/// What is asked of a run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CurveQuestion {
    /// The step that the run will end at.
    pub end: f64,
    /// The schedule of the learning rate, where the log has none, and for the future.
    pub schedule: Option<Schedule>,
    /// An earlier fit of the same recipe.
    pub recipe: Option<Recipe>,
    /// Levels of the intervals.
    pub levels: Vec<f64>,
    /// Points at and before this step are left out; without one, the warm-up and the first twentieth
    /// of what is known are.
    pub skip_until: Option<f64>,
    /// The laws; none are those that suit what is known of the schedule.
    pub laws: Vec<CurveLaw>,
    /// What was chosen by calibration.
    #[doc(hidden)]
    pub tuning: Tuning,
}

impl CurveQuestion {
    /// About the loss at `end`, with an interval of 90 %.
    #[must_use]
    pub fn new(end: f64) -> CurveQuestion {
        CurveQuestion {
            end,
            schedule: None,
            recipe: None,
            levels: vec![0.9],
            skip_until: None,
            laws: Vec::new(),
            tuning: Tuning::default(),
        }
    }
}

/// The forecast of a run's end from the points of its log, in the order of their file.
///
/// # Errors
/// [`ErrorKind::Usage`] for an end that is not beyond the last point, or a level that is none;
/// [`ErrorKind::NoFit`] for fewer than 4 usable points, or a loss that does not fall.
pub fn forecast_curve(points: &[Point], question: &CurveQuestion) -> Result<CurveForecast> {
    forecast_cleaned(&Cleaned::new(points), points.len(), question)
}

pub(super) fn forecast_cleaned(
    cleaned: &Cleaned,
    read: usize,
    question: &CurveQuestion,
) -> Result<CurveForecast> {
    question.levels.iter().try_for_each(|l| check_level(*l))?;
    let last = cleaned.points.last().map_or(0.0, |p| p.step);
    if !(question.end.is_finite() && question.end > last) {
        let message = format!(
            "the end of the run must lie beyond its last step, {last}, and {} does not",
            question.end
        );
        return Err(Error::new(ErrorKind::Usage, message));
    }
    let path = Path::new(
        &cleaned.rates(),
        question.schedule.as_ref(),
        question.end,
        question.recipe.as_ref().and_then(|r| r.peak),
    );
    let skip = question
        .skip_until
        .unwrap_or_else(|| path.warmed_up.max(question.tuning.skip * last));
    let from = cleaned.points.partition_point(|p| p.step <= skip);
    // A log that begins after its warm-up has nothing to leave out.
    let first_counts = question.skip_until.is_none() && cleaned.points.len() - from < FEWEST;
    let used = match first_counts {
        true => &cleaned.points[..],
        false => &cleaned.points[from..],
    };
    let used = positive_sums(used, &path);
    if used.len() < FEWEST {
        let message = format!(
            "{} usable points after step {skip} are too few for a forecast, which takes {FEWEST}",
            used.len()
        );
        return Err(Error::new(ErrorKind::NoFit, message)
            .with_hint("wait for more of the run, or leave out less of its beginning"));
    }
    let blocks = condensed(used);
    let noise = scatter(used, &blocks);
    let run = Run {
        path: &path,
        blocks: &blocks,
        noise,
        question,
        known: known(question, &path),
    };
    run.forecast(cleaned, used.len(), read, skip)
}

/// The points at which the sum of the rates is above nothing.
fn positive_sums<'a>(points: &'a [Point], path: &Path) -> &'a [Point] {
    let from = points.partition_point(|p| path.sum(p.step) <= 0.0 || p.step <= 0.0);
    &points[from..]
}

fn known(question: &CurveQuestion, path: &Path) -> Vec<Known> {
    let published = question.tuning.published(path);
    match &question.recipe {
        Some(recipe) => recipe.known(&published),
        None => published,
    }
}

/// A run with everything that is known of it.
struct Run<'a> {
    path: &'a Path,
    blocks: &'a [Block],
    noise: Noise,
    question: &'a CurveQuestion,
    known: Vec<Known>,
}

impl Run<'_> {
    fn laws(&self) -> Vec<CurveLaw> {
        if !self.question.laws.is_empty() {
            return self.question.laws.clone();
        }
        match !self.path.falls() {
            // Where the rate never falls all laws are the same.
            true => vec![CurveLaw::PowerInSum],
            false => CurveLaw::WITH_SCHEDULE.to_vec(),
        }
    }

    /// Weights of some blocks: the noise of a mean falls with its points, and what no law describes
    /// does not.
    fn weights(&self, blocks: &[Block]) -> Vec<f64> {
        let tuning = &self.question.tuning;
        let last = blocks.last().map_or(1.0, |b| self.path.sum(b.step));
        let weight = |b: &Block| {
            let information = b.count as f64 * share_of_information(self.noise.correlation);
            let variance = self.noise.sigma.powi(2) / information.max(1.0);
            let early = (self.path.sum(b.step) / last).powf(tuning.lateness);
            early / (variance + tuning.misfit.powi(2)) / b.loss.powi(2)
        };
        let weights: Vec<f64> = blocks.iter().map(weight).collect();
        let mean = weights.iter().sum::<f64>() / weights.len() as f64;
        weights.iter().map(|w| w / mean).collect()
    }

    fn told(&self, blocks: &[Block], steps: &[f64], laws: &[CurveLaw]) -> Option<AllTold> {
        let asked = Asked {
            path: self.path,
            blocks,
            weights: &self.weights(blocks),
            steps,
            known: &self.known,
        };
        told(&asked, laws)
    }

    /// How far each law missed the later blocks from the earlier ones: the root mean square of its
    /// relative errors.
    fn rolling(&self, laws: &[CurveLaw]) -> Vec<Option<f64>> {
        let last = &self.blocks[self.blocks.len() - 1];
        let mut squares = vec![(0.0, 0); laws.len()];
        for origin in ORIGINS {
            let until = self
                .blocks
                .partition_point(|b| b.step <= origin * last.step);
            if until < FEWEST + 1 || until + 1 >= self.blocks.len() {
                continue;
            }
            // The mean of the last twentieth of the blocks, which has less noise than one.
            let tail = &self.blocks[self.blocks.len() - (self.blocks.len() / 20).max(1)..];
            let steps: Vec<f64> = tail.iter().map(|b| b.step).collect();
            let Some(all) = self.told(&self.blocks[..until], &steps, laws) else {
                continue;
            };
            for said in &all.told {
                let errors = said.at.iter().zip(tail).map(|(at, b)| at.0 / b.loss - 1.0);
                let error = errors.sum::<f64>() / tail.len() as f64;
                if let Some(k) = laws.iter().position(|law| *law == said.law) {
                    squares[k] = (squares[k].0 + error * error, squares[k].1 + 1);
                }
            }
        }
        let root = |(sum, count): (f64, i32)| (count > 0).then(|| (sum / f64::from(count)).sqrt());
        squares.into_iter().map(root).collect()
    }

    fn forecast(
        &self,
        cleaned: &Cleaned,
        used: usize,
        read: usize,
        skip: f64,
    ) -> Result<CurveForecast> {
        let question = self.question;
        let now = self.blocks[self.blocks.len() - 1].step;
        let last = cleaned.points.last().map_or(now, |p| p.step);
        let mut steps = vec![question.end, now];
        steps.extend((0..=CURVE).map(|k| last + (question.end - last) * k as f64 / CURVE as f64));
        let laws = self.laws();
        let fall = || {
            let message = "the loss of this run does not fall as any law of a loss curve does";
            Error::new(ErrorKind::NoFit, message)
                .with_hint("look at the log: a loss that rises has no law to be continued")
        };
        let all = self.told(self.blocks, &steps, &laws).ok_or_else(fall)?;
        let rolling = self.rolling(&laws);
        let rolling = |law: CurveLaw| {
            let place = laws.iter().position(|l| *l == law);
            place.and_then(|k| rolling[k])
        };
        let weights = question.tuning.weights(&all, rolling);
        let moments = |k: usize| {
            let each = || all.told.iter().map(|t| t.at[k]).zip(&weights);
            let mean = each().map(|((m, _), w)| m * w).sum::<f64>();
            let spread = |((m, v), w): ((f64, f64), &f64)| w * ((m - mean).powi(2) + v);
            (mean, each().map(spread).sum::<f64>())
        };
        let (at_now, _) = moments(1);
        let half = |k: usize, level: f64| {
            let (mean, variance) = moments(k);
            let change = mean - at_now;
            let tuning = &question.tuning;
            let own = tuning.spread.powi(2) * variance
                + (tuning.change * change).powi(2)
                + (self.noise.sigma * mean).powi(2)
                + (tuning.least * mean).powi(2);
            (mean, quantile(level) * own.sqrt())
        };
        let (point, _) = moments(0);
        if !(point.is_finite() && point > 0.0) {
            return Err(fall());
        }
        let band = |k: usize, level: f64| {
            let (mean, half) = half(k, level);
            let mean = mean.max(f64::MIN_POSITIVE);
            (mean * (-half / mean).exp(), mean * (half / mean).exp())
        };
        let interval = |level: &f64| {
            let (lower, upper) = band(0, *level);
            CurveInterval {
                level: *level,
                kind: Kind::Prediction,
                method: METHOD,
                lower,
                upper,
            }
        };
        let level = question.levels.first().copied().unwrap_or(0.9);
        let curve = |k: usize| CurveAt {
            step: steps[k],
            point: moments(k).0,
            interval: band(k, level),
            rate: self.path.rate(steps[k]),
        };
        let mut said: Vec<LawTold> = all
            .told
            .iter()
            .zip(&weights)
            .map(|(told, weight)| LawTold {
                law: told.law,
                point: told.at[0].0,
                deviation: told.at[0].1.max(0.0).sqrt(),
                weight: *weight,
                rolling: rolling(told.law),
                parameters: told.best,
            })
            .collect();
        said.sort_by(|p, q| q.weight.total_cmp(&p.weight));
        let blocks = self.blocks.len() as f64;
        Ok(CurveForecast {
            now: last,
            end: question.end,
            point,
            intervals: question.levels.iter().map(interval).collect(),
            laws: said,
            curve: (2..steps.len()).map(curve).collect(),
            noise: self.noise,
            read,
            used,
            worth: (used as f64 * share_of_information(self.noise.correlation))
                .min(used as f64 * all.scatter.worth / blocks),
            left_out_until: skip,
            fallen: (self.path.fallen(last), self.path.fallen(question.end)),
            source: match question.recipe {
                Some(_) => Source::Recipe,
                None => Source::Published,
            },
            restarts: cleaned.restarts.clone(),
            spikes: cleaned.spikes.clone(),
            findings: Vec::new(),
        })
    }
}

/// So many deviations make the half-width of an interval of a level.
fn quantile(level: f64) -> f64 {
    let students = StudentsT::new(0.0, 1.0, DEGREES);
    students.map_or(1.645, |t| t.inverse_cdf(0.5 + 0.5 * level))
}
