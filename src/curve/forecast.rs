//! Forecasts the end of one run from its past, by all laws together.

use super::answer::{CurveAt, CurveForecast, CurveInterval, LawTold, METHOD, Source};
use super::condense::{Block, condensed};
use super::findings::{Ground, findings};
use super::laws::{CurveLaw, Known};
use super::log::{Cleaned, Point};
use super::member::{AllTold, Asked, Told, told};
use super::missed::Missed;
use super::noise::{Noise, scatter, share_of_information};
use super::path::Path;
use super::question::CurveQuestion;
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Diagnosis;
use crate::interval::{Kind, check_level};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// Fewest points for a forecast.
const FEWEST: usize = 4;
/// Steps of the forecast curve between now and the end.
const CURVE: usize = 30;
/// The rolling origins, as shares of the known part of the run.
const ORIGINS: [f64; 3] = [0.5, 0.65, 0.8];
/// Degrees of freedom of Student's t for half-widths; its tails are heavier than normal ones beyond
/// 90 %.
const DEGREES: f64 = 8.0;

/// Forecasts the end of a run from the points of its log, in the order of their file.
///
/// # Errors
/// [`ErrorKind::Usage`] for an end that is not beyond the last point, or a level outside 0.001 to
/// 0.999999; [`ErrorKind::NoFit`] for fewer than 4 usable points, or a loss that does not fall.
pub fn forecast_curve(points: &[Point], question: &CurveQuestion) -> Result<CurveForecast> {
    let log = Log {
        cleaned: &Cleaned::new(points),
        read: points.len(),
        group: 1,
        missed: None,
    };
    Ok(forecast_log(&log, question)?.0)
}

/// The input of a forecast.
pub(super) struct Log<'a> {
    pub cleaned: &'a Cleaned,
    /// Number of points read.
    pub read: usize,
    /// Number of points of the log per point of `cleaned`.
    pub group: usize,
    /// The errors of the laws in the past, if they were computed before.
    pub missed: Option<&'a [Missed]>,
}

/// The forecast, and the errors of the laws in the past.
pub(super) fn forecast_log(
    log: &Log<'_>,
    question: &CurveQuestion,
) -> Result<(CurveForecast, Vec<Missed>)> {
    let cleaned = log.cleaned;
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
    // If too few points remain, the skipped ones are used as well.
    let first_counts = question.skip_until.is_none() && cleaned.points.len() - from < FEWEST;
    let (used, skip) = match first_counts {
        true => (&cleaned.points[..], 0.0),
        false => (&cleaned.points[from..], skip),
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
    let mut noise = scatter(used, &blocks);
    // A mean of a group scatters less than the points themselves.
    noise.sigma *= (log.group as f64).sqrt();
    let run = Run {
        path: &path,
        blocks: &blocks,
        noise,
        question,
        known: known(question, &path),
    };
    run.forecast(log, used.len(), skip)
}

/// The points with a positive step and a positive sum of the rates.
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

/// A run with everything known about it.
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
            // If the rate never falls, all laws agree.
            true => vec![CurveLaw::PowerInSum],
            false => CurveLaw::WITH_SCHEDULE.to_vec(),
        }
    }

    /// Weights of the blocks. The noise of a mean decreases with its number of points, but the
    /// misfit of the laws does not.
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
            misfit: self.question.tuning.discrepancy,
        };
        told(&asked, laws)
    }

    /// The effect of the falls of the rate between two steps by the prior of their amplitude, in
    /// units of the loss.
    fn expected_fall(&self, told: &Told, now: f64, step: f64) -> f64 {
        let own = |k: &&Known| k.law == told.law && k.response == told.best.response;
        let (Some(known), Some(response)) = (self.known.iter().find(own), told.best.response)
        else {
            return 0.0;
        };
        let s = (known.at / self.path.sum(now)).max(1e-12);
        let amplitude = known.amplitude.0 * told.best.reducible * s.powf(-told.best.exponent);
        amplitude * (response.at(self.path, step) - response.at(self.path, now))
    }

    /// The errors of each law when it forecasts the last blocks from earlier ones.
    fn rolling(&self, laws: &[CurveLaw]) -> Vec<Missed> {
        let last = &self.blocks[self.blocks.len() - 1];
        let mut missed = vec![Missed::default(); laws.len()];
        for origin in ORIGINS {
            let until = self
                .blocks
                .partition_point(|b| b.step <= origin * last.step);
            if until < FEWEST + 1 || until + 1 >= self.blocks.len() {
                continue;
            }
            // The target is the mean of the last twentieth of the blocks, which has less noise than
            // one block.
            let tail = &self.blocks[self.blocks.len() - (self.blocks.len() / 20).max(1)..];
            let count = tail.len() as f64;
            let step = tail.iter().map(|b| b.step).sum::<f64>() / count;
            let loss = tail.iter().map(|b| b.loss).sum::<f64>() / count;
            let now = self.blocks[until - 1].step;
            let Some(all) = self.told(&self.blocks[..until], &[step, now], laws) else {
                continue;
            };
            for said in &all.told {
                let ((mean, variance), (at_now, _)) = (said.at[0], said.at[1]);
                let fall = self.expected_fall(said, now, step);
                let own = self.variance(mean, variance, mean - at_now, fall);
                if let Some(k) = laws.iter().position(|law| *law == said.law) {
                    missed[k].add(mean / loss - 1.0, (mean - loss).powi(2) / own);
                }
            }
        }
        missed
    }

    /// The variance of a logged loss about its forecast.
    fn variance(&self, mean: f64, variance: f64, change: f64, fall: f64) -> f64 {
        let tuning = &self.question.tuning;
        let transfer = match self.question.recipe {
            Some(_) => tuning.transfer.1,
            None => tuning.transfer.0,
        };
        tuning.spread.powi(2) * variance
            + (tuning.change * change).powi(2)
            + (transfer * fall).powi(2)
            + (self.noise.sigma * mean).powi(2)
            + (tuning.least * mean).powi(2)
    }

    fn forecast(
        &self,
        log: &Log<'_>,
        used: usize,
        skip: f64,
    ) -> Result<(CurveForecast, Vec<Missed>)> {
        let (cleaned, question) = (log.cleaned, self.question);
        let now = self.blocks[self.blocks.len() - 1].step;
        let last = cleaned.points.last().map_or(now, |p| p.step);
        let mut steps = vec![question.end, now];
        steps.extend((0..=CURVE).map(|k| last + (question.end - last) * k as f64 / CURVE as f64));
        let laws = self.laws();
        let rises = || {
            let message = "the loss of this run does not fall as any law of a loss curve does";
            Error::new(ErrorKind::NoFit, message)
                .with_hint("look at the log: a loss that rises has no law to be continued")
        };
        let all = self.told(self.blocks, &steps, &laws).ok_or_else(rises)?;
        let missed = match log.missed {
            Some(missed) if missed.len() == laws.len() => missed.to_vec(),
            _ => self.rolling(&laws),
        };
        let rolling = |law: CurveLaw| {
            let place = laws.iter().position(|l| *l == law)?;
            missed[place].root()
        };
        // Neither the evidence nor rolling origins showed which law would be right, so all weigh
        // the same.
        let weights = vec![1.0 / all.told.len() as f64; all.told.len()];
        let moments = |k: usize| {
            let each = || all.told.iter().map(|t| t.at[k]).zip(&weights);
            let mean = each().map(|((m, _), w)| m * w).sum::<f64>();
            let spread = |((m, v), w): ((f64, f64), &f64)| w * ((m - mean).powi(2) + v);
            (mean, each().map(spread).sum::<f64>())
        };
        let (at_now, _) = moments(1);
        let widening = question.tuning.widening(&missed);
        let fall = |k: usize| -> f64 {
            let each = all.told.iter().zip(&weights);
            each.map(|(told, w)| w * self.expected_fall(told, now, steps[k]))
                .sum()
        };
        let deviation = |k: usize| {
            let (mean, variance) = moments(k);
            let own = self.variance(mean, variance, mean - at_now, fall(k));
            widening * own.sqrt()
        };
        let half = |k: usize, level: f64| (moments(k).0, quantile(level) * deviation(k));
        let (point, _) = moments(0);
        if !(point.is_finite() && point > 0.0) {
            return Err(rises());
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
        let count = (used * log.group) as f64;
        let ground = Ground {
            cleaned,
            path: self.path,
            has_schedule: question.schedule.is_some(),
            has_recipe: question.recipe.is_some(),
            widening,
        };
        let of_recipe = question.recipe.iter().flat_map(|recipe| &recipe.findings);
        let of_recipe: Vec<Diagnosis> = of_recipe.cloned().collect();
        let forecast = CurveForecast {
            now: last,
            end: question.end,
            point,
            deviation: deviation(0),
            intervals: question.levels.iter().map(interval).collect(),
            laws: said,
            curve: (2..steps.len()).map(curve).collect(),
            noise: self.noise,
            read: log.read,
            used: used * log.group,
            worth: (count * share_of_information(self.noise.correlation))
                .min(count * all.scatter.worth / blocks),
            left_out_until: skip,
            fallen: (self.path.fallen(last), self.path.fallen(question.end)),
            source: match question.recipe {
                Some(_) => Source::Recipe,
                None => Source::Published,
            },
            restarts: cleaned.restarts.clone(),
            spikes: cleaned.spikes.clone(),
            widening,
            findings: [findings(&ground), of_recipe].concat(),
        };
        Ok((forecast, missed))
    }
}

/// Half-width of an interval of this level, in standard deviations.
pub(super) fn quantile(level: f64) -> f64 {
    let students = StudentsT::new(0.0, 1.0, DEGREES);
    students.map_or(1.645, |t| t.inverse_cdf(0.5 + 0.5 * level))
}
