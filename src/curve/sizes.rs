//! The finding that the runs of a recipe are of models of different sizes.
//!
//! A law of a recipe has one floor and one exponent for all runs, which no two sizes share.

use super::joint::{Complete, LawParameters};
use super::laws::CurveLaw;
use crate::code::Code;
use crate::finding::{Diagnosis, Severity};
use crate::quantity::format_quantity;
use crate::runs::ModelSize;
use crate::said::Said;
use std::mem::discriminant;

/// Models are of different sizes if these differ by more than this factor.
const FACTOR: f64 = 1.2;
/// Without a size, runs are of different models if their losses lie apart by more than this share,
const APART: f64 = 0.02;
/// and by this many times what each run's own law misses. A run is worth 12 independent points, so
/// twice that is nearly 5 standard errors of the distance of two runs.
const WORSE: f64 = 2.0;

type Laws = Vec<(CurveLaw, LawParameters)>;

/// The finding, by the names and sizes of the runs in `said`, or by the losses if the logs do not
/// say the sizes.
pub(super) fn sizes_pooled(
    said: &[(&str, Option<ModelSize>)],
    complete: &[Complete<'_>],
    laws: &Laws,
    own: impl Fn(&Complete<'_>) -> Laws,
) -> Option<Diagnosis> {
    let message = match common(said) {
        Some(sizes) => by_size(said, &sizes)?,
        None => by_loss(complete, laws, own)?,
    };
    Some(Diagnosis::new(
        Code::SizesPooled,
        Severity::Warn,
        message,
        "fit the runs of each size on their own: the law of a recipe has one floor for all runs",
    ))
}

/// The sizes, if every run says its own in the same way.
fn common(said: &[(&str, Option<ModelSize>)]) -> Option<Vec<ModelSize>> {
    let sizes: Vec<ModelSize> = said.iter().map(|run| run.1).collect::<Option<_>>()?;
    let first = sizes.first()?;
    let alike = sizes.iter().all(|s| discriminant(s) == discriminant(first));
    alike.then_some(sizes)
}

fn by_size(said: &[(&str, Option<ModelSize>)], sizes: &[ModelSize]) -> Option<String> {
    let by = |a: &(usize, f64), b: &(usize, f64)| a.1.total_cmp(&b.1);
    let values = || sizes.iter().map(|size| size.value()).enumerate();
    let (smallest, largest) = (values().min_by(by)?, values().max_by(by)?);
    (largest.1 > FACTOR * smallest.1).then(|| {
        format!(
            "the runs are of models of different sizes: {} of '{}' are {}, those of '{}' are {}",
            sizes[smallest.0].name(),
            said[smallest.0].0,
            format_quantity(smallest.1),
            said[largest.0].0,
            format_quantity(largest.1)
        )
    })
}

/// ln of the mean of the laws minus ln of the loss, at every point of a run.
fn residuals(run: &Complete<'_>, laws: &Laws) -> Vec<f64> {
    let at = |step: f64| {
        let each = laws.iter().map(|(law, p)| p.loss(*law, run.path, step));
        each.sum::<f64>() / laws.len().max(1) as f64
    };
    let points = run.points.iter();
    points.map(|p| (at(p.step) / p.loss).ln()).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn root_mean_square(all: &[Vec<f64>]) -> f64 {
    let squares: Vec<f64> = all.iter().flatten().map(|r| r * r).collect();
    mean(&squares).sqrt()
}

fn by_loss(
    complete: &[Complete<'_>],
    laws: &Laws,
    own: impl Fn(&Complete<'_>) -> Laws,
) -> Option<String> {
    if complete.len() < 2 {
        return None;
    }
    let together: Vec<Vec<f64>> = complete.iter().map(|run| residuals(run, laws)).collect();
    let means: Vec<f64> = together.iter().map(|r| mean(r)).collect();
    let highest = means.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let lowest = means.iter().copied().fold(f64::INFINITY, f64::min);
    let apart = (highest - lowest).exp_m1();
    // The laws of single runs take time, so they are fitted only if there is something to explain.
    if !(apart > APART && apart.is_finite()) {
        return None;
    }
    let mut alone = Vec::new();
    for run in complete {
        let laws = own(run);
        if laws.is_empty() {
            return None;
        }
        alone.push(residuals(run, &laws));
    }
    let missed = root_mean_square(&alone);
    (apart > WORSE * missed).then(|| {
        format!(
            "no law has a floor for all runs, as with models of different sizes: on average their \
             losses lie {:.1} % apart about the common law, while laws of each run on its own miss \
             it by {:.1} %",
            Said(100.0 * apart),
            Said(100.0 * missed)
        )
    })
}
