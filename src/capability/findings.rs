//! Findings about a fit of pass counts.

use super::builder::CapabilityFit;
use super::curve::Curve;
use super::estimator::reciprocals;
use super::steps::Evidence;
use super::verdict::shape;
use crate::fit::{Code, Diagnosis, Severity};
use crate::remedy::Setting;
use crate::runs::{Count, PassCounts};
use crate::said::Said;
use nalgebra::DMatrix;
use statrs::distribution::{ChiSquared, ContinuousCDF};

impl CapabilityFit {
    /// Findings about the shape of a curve, from the raw counts.
    pub(super) fn findings(
        &self,
        table: &PassCounts,
        used: &[usize],
        curve: &Curve,
    ) -> Vec<Diagnosis> {
        let n = curve.problems.len() as f64;
        let models = used.len();
        let harmonic: Vec<Vec<f64>> = used
            .iter()
            .map(|&m| {
                let of = |&i: &usize| {
                    let c = table.counts[m][i];
                    reciprocals(c.passes, c.samples)
                };
                curve.problems.iter().map(of).collect()
            })
            .collect();
        let metric: Vec<f64> = harmonic
            .iter()
            .map(|row| row.iter().sum::<f64>() / n)
            .collect();
        // The problems are a sample: their covariance includes sampling and all scatter between
        // problems and models.
        let mut covariance = DMatrix::zeros(models, models);
        for a in 0..models {
            for b in 0..=a {
                let pairs = harmonic[a].iter().zip(&harmonic[b]);
                let sum: f64 = pairs.map(|(p, q)| (p - metric[a]) * (q - metric[b])).sum();
                covariance[(a, b)] = sum / ((n - 1.0).max(1.0) * n);
                covariance[(b, a)] = covariance[(a, b)];
            }
        }
        let rates: Vec<(f64, Option<f64>)> = used
            .iter()
            .map(|&m| {
                let counts = || curve.problems.iter().map(|&i| table.counts[m][i]);
                let rate = mean_rate(counts());
                let variance: f64 = counts()
                    .map(|c| {
                        let p = c.passes as f64 / c.samples as f64;
                        p * (1.0 - p) / c.samples as f64
                    })
                    .sum();
                (rate, Some(variance.sqrt() / n))
            })
            .collect();
        let names: Vec<String> = used.iter().map(|&m| table.models[m].name.clone()).collect();
        let x: Vec<f64> = used.iter().map(|&m| table.models[m].compute.ln()).collect();
        let mut found = shape(&Evidence {
            names: &names,
            x: &x,
            metric: &metric,
            // The covariance of one or two problems is not an estimate.
            covariance: (n > 2.0).then_some(&covariance),
            freedom: Some(n - 1.0),
            rates: &rates,
            chance: self.chance,
        });
        found.extend(few_models(models));
        if n < 10.0 {
            found.push(Diagnosis::new(
                Code::TooFewProblems,
                Severity::Warn,
                format!("{n} problems are too few for their scatter to be known"),
                "use fewer buckets, or more problems",
            ));
        }
        found
    }
}

pub(super) fn few_models(models: usize) -> Option<Diagnosis> {
    (models < 4).then(|| {
        Diagnosis::new(
            Code::TooFewRuns,
            Severity::Warn,
            format!("{models} models: whether they follow the law cannot be judged"),
            "add models",
        )
    })
}

/// Refuses a law that has no exponent or rises.
pub(super) fn judge_line(curve: &mut Curve) {
    if curve.exponent().is_some_and(|(k, _)| !k.is_finite()) {
        curve.line = None;
        curve.diagnoses.push(Diagnosis::new(
            Code::TooFewRuns,
            Severity::Refuse,
            "no exponent can be told: it takes fitted models of two computes",
            "add models of another compute, or fit more of those that are there",
        ));
    }
    if curve.refusal().is_some() {
        return;
    }
    match curve.exponent() {
        None => {
            let zero = Diagnosis::new(
                Code::ZeroPassCells,
                Severity::Refuse,
                "the metric of a fitted model is zero or infinite: its logarithm is needed",
                "use the rule 'likelihood' or the estimator 'harmonic'",
            )
            .with_remedy(Setting::Rule.to("likelihood"))
            .with_remedy(Setting::Estimator.to("harmonic"));
            curve.diagnoses.push(zero);
        }
        Some((k, _)) if k <= 0.0 => curve.diagnoses.push(Diagnosis::new(
            Code::InverseScaling,
            Severity::Refuse,
            format!(
                "INVERSE SCALING: the fitted exponent k is {k:.4}: the pass rate falls with compute"
            ),
            "a trend that gets worse with scale can turn around: do not extrapolate it",
        )),
        Some((k, stderr)) => {
            let scatter = curve.model_scatter().unwrap_or(0.0);
            let sampled = curve
                .line
                .as_ref()
                .and_then(|l| l.chi_squared.zip(Some(l.dof)));
            if let Some((chi, dof)) = sampled
                && dof >= 1.0
                && ChiSquared::new(dof).is_ok_and(|d| d.sf(chi) < 0.05)
            {
                curve.diagnoses.push(Diagnosis::new(
                    Code::ModelScatter,
                    Severity::Note,
                    format!(
                        "models scatter about the law by {:.1} % of the metric beyond sampling (chi-squared {:.1} on \
                         {dof} degrees of freedom)",
                        Said(100.0 * scatter),
                        Said(chi)
                    ),
                    "the intervals include it; runs that differ in more than compute scatter more",
                ));
            }
            if stderr.is_some_and(|s| k < 2.0 * s) {
                curve.diagnoses.push(Diagnosis::new(
                    Code::NoTrend,
                    Severity::Warn,
                    format!("the exponent k = {k:.4} is not clearly above 0"),
                    "sample more, or measure models over more decades of compute",
                ));
            }
        }
    }
}

pub(super) fn zero_cells(table: &PassCounts, models: &[usize]) -> usize {
    models
        .iter()
        .map(|&m| table.problems.len() - table.solved(m))
        .sum()
}

/// Roughly the smallest rate that the counts can distinguish from 0, for a sentence.
pub(super) fn resolution(table: &PassCounts, models: &[usize]) -> String {
    let most = models
        .iter()
        .flat_map(|&m| &table.counts[m])
        .map(|c| c.samples)
        .max()
        .unwrap_or(1);
    format!("1/{most}")
}

/// Unsolved problems decide the forecast if their share of the metric is at least this.
const UNSOLVED: f64 = 0.05;

pub(super) fn zeros(table: &PassCounts, fitted: &[usize], curve: &Curve) -> Option<Diagnosis> {
    let zero = |m: usize, i: usize| table.counts[m][i].passes == 0;
    let cells: usize = curve
        .problems
        .iter()
        .map(|&i| fitted.iter().filter(|&&m| zero(m, i)).count())
        .sum();
    let never = curve
        .problems
        .iter()
        .filter(|&&i| fitted.iter().all(|&m| zero(m, i)))
        .count();
    if cells == 0 {
        return None;
    }
    let severity = if curve.unsolved_share >= UNSOLVED {
        Severity::Warn
    } else {
        Severity::Note
    };
    let zeros = Diagnosis::new(
        Code::ZeroPassCells,
        severity,
        format!(
            "{cells} of {} cells have no pass (a rate below about {} cannot be told from 0); {never} of {} problems were \
             never solved, and {:.0} % of the metric rests on what the others suggest about them",
            fitted.len() * curve.problems.len(),
            resolution(table, fitted),
            curve.problems.len(),
            100.0 * curve.unsolved_share
        ),
        "draw more samples of the hard problems, or leave the hardest out",
    );
    Some(zeros.with_remedy(Setting::Hardest))
}

pub(super) fn mean_rate(counts: impl Iterator<Item = Count>) -> f64 {
    let (sum, n) = counts.fold((0.0, 0.0), |(sum, n), c| {
        (sum + c.passes as f64 / c.samples as f64, n + 1.0)
    });
    sum / n
}

/// A warning if the exponents of the buckets differ by more than their errors (Cochran's Q).
pub(super) fn exponents_differ(overall: &mut Curve, buckets: &[Curve]) {
    let known: Vec<(f64, f64)> = buckets
        .iter()
        .filter_map(|b| b.exponent())
        .filter_map(|(k, s)| Some((k, s?)))
        .filter(|(k, s)| k.is_finite() && *s > 0.0)
        .collect();
    if known.len() < 2 {
        return;
    }
    let weight: f64 = known.iter().map(|(_, s)| 1.0 / (s * s)).sum();
    let mean = known.iter().map(|(k, s)| k / (s * s)).sum::<f64>() / weight;
    let q: f64 = known.iter().map(|(k, s)| ((k - mean) / s).powi(2)).sum();
    let dof = known.len() as f64 - 1.0;
    if ChiSquared::new(dof).is_ok_and(|d| d.sf(q) < 0.01) {
        let ends = known
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), (k, _)| {
                (a.min(*k), b.max(*k))
            });
        overall.diagnoses.push(Diagnosis::new(
            Code::ExponentsDiffer,
            Severity::Warn,
            format!(
                "the buckets have different exponents, from {:.3} to {:.3} (Q = {:.1} on {dof} degrees of freedom): one \
                 law for all problems is a mixture that bends far out",
                ends.0,
                ends.1,
                Said(q)
            ),
            "trust the buckets' own forecasts more than that of all problems together",
        ));
    }
}
