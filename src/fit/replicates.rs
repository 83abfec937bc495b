//! Tests whether the noise of replicates is the same at all sizes.

use super::inference::Inference;
use super::objective::{Residuals, Weights};
use super::result::FitResult;
use super::status::{Diagnosis, Severity};
use crate::code::Code;
use crate::finding::lines;
use crate::number::digits;
use crate::quantity::format_quantity;
use crate::remedy::Setting;
use crate::runs::{NO_COMPUTE, Run};
use crate::said::Said;
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Level of Bartlett's test.
const ALARM: f64 = 1e-3;
/// At most this many pooled standard deviations are shown.
const SHOWN: usize = 8;

/// Replicates of one size.
struct Replicates<'a> {
    runs: Vec<&'a Run>,
    /// Degrees of freedom of the variance.
    freedom: f64,
    variance: f64,
}

impl<'a> Replicates<'a> {
    /// `None` for a single run and for equal runs, which are copies.
    fn of(runs: Vec<&'a Run>, value: impl Fn(&Run) -> f64) -> Option<Replicates<'a>> {
        let n = runs.len() as f64;
        let mean = runs.iter().map(|run| value(run)).sum::<f64>() / n;
        let sum: f64 = runs.iter().map(|run| (value(run) - mean).powi(2)).sum();
        (sum > 1e-20 * mean * mean && n > 1.0).then(|| Replicates {
            freedom: n - 1.0,
            variance: sum / (n - 1.0),
            runs,
        })
    }
}

/// A warning if Bartlett's test (1937) rejects equal variances, on the scale of the residuals.
pub(super) fn unequal_noise(fit: &FitResult, inference: &Inference) -> Option<Diagnosis> {
    if inference.observations.sigma_known || fit.settings.weights != Weights::Equal {
        return None;
    }
    // Runs of a sweep differ in a hyperparameter, which is not noise.
    let sweep = |d: &Diagnosis| d.code == Code::SweepPooled;
    if fit.data.findings.iter().any(sweep) {
        return None;
    }
    let absolute = fit.settings.residuals == Residuals::Absolute;
    let value = |run: &Run| match absolute {
        true => run.loss,
        false => run.loss.ln(),
    };
    let place = |run: &Run| {
        let bits = |value: Option<f64>| value.map(f64::to_bits);
        let sizes = (bits(run.params), bits(run.tokens), bits(run.unique_tokens));
        (run.x.to_bits(), sizes, run.column_bits())
    };
    // In canonical order runs of one size are adjacent.
    let runs = fit.runs_in_order();
    let groups = runs.chunk_by(|a, b| place(a) == place(b));
    let groups: Vec<Replicates<'_>> = groups
        .filter_map(|group| Replicates::of(group.to_vec(), value))
        .collect();
    let probability = bartlett(&groups)?;
    if probability >= ALARM {
        return None;
    }
    let by_noise = |a: &&Replicates<'_>, b: &&Replicates<'_>| a.variance.total_cmp(&b.variance);
    let (low, high) = (
        groups.iter().min_by(by_noise)?,
        groups.iter().max_by(by_noise)?,
    );
    let sd = |of: &Replicates<'_>| match absolute {
        true => digits(of.variance.sqrt(), 2),
        false => format!("{} %", digits(100.0 * of.variance.sqrt(), 2)),
    };
    let at = |of: &Replicates<'_>| {
        let first = of.runs[0];
        let place = match first.x == NO_COMPUTE {
            true => lines(of.runs.iter().map(|run| run.line)),
            false => format!("{}{}", fit.variable().before(), format_quantity(first.x)),
        };
        format!("{} at {place}", sd(of))
    };
    let mut all: Vec<String> = groups.iter().take(SHOWN).map(at).collect();
    if groups.len() > SHOWN {
        all.push(format!("{} more", groups.len() - SHOWN));
    }
    let message = format!(
        "the noise of replicates is {:.0} times larger in some places than in others (Bartlett, p = {probability:.1e}; \
         {}): pooled standard deviations are {}",
        Said((high.variance / low.variance).sqrt()),
        lines(high.runs.iter().map(|run| run.line)),
        all.join(", ")
    );
    Some(
        Diagnosis::new(
            Code::UnequalNoise,
            Severity::Warn,
            message,
            "write the standard deviation of its replicates beside each run, in units of the loss, and name that column",
        )
        .with_remedy(Setting::SigmaCol),
    )
}

/// P-value of variances as different as these under equal noise.
fn bartlett(groups: &[Replicates<'_>]) -> Option<f64> {
    let k = groups.len() as f64;
    let freedom: f64 = groups.iter().map(|of| of.freedom).sum();
    if groups.len() < 2 || freedom < 4.0 {
        return None;
    }
    let pooled = groups
        .iter()
        .map(|of| of.freedom * of.variance)
        .sum::<f64>()
        / freedom;
    let logs: f64 = groups.iter().map(|of| of.freedom * of.variance.ln()).sum();
    let inverse: f64 = groups.iter().map(|of| 1.0 / of.freedom).sum();
    let correction = 1.0 + (inverse - 1.0 / freedom) / (3.0 * (k - 1.0));
    let statistic = (freedom * pooled.ln() - logs) / correction;
    let distribution = ChiSquared::new(k - 1.0).ok()?;
    statistic
        .is_finite()
        .then(|| distribution.sf(statistic.max(0.0)))
}
