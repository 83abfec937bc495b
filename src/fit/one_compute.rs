//! Finds runs of one compute that differ by far more than their noise: they differ in something
//! that a law of compute does not contain.

use super::inference::Inference;
use super::result::FitResult;
use super::status::{Diagnosis, Severity};
use crate::code::Code;
use crate::finding::lines;
use crate::law::Input;
use crate::quantity::format_quantity;
use crate::remedy::Setting;
use crate::runs::{Run, Variable};
use crate::said::Said;
use statrs::distribution::{ContinuousCDF, FisherSnedecor};

/// Runs whose compute differs by less than this factor have one compute.
const ONE: f64 = 1.02;
/// Smallest difference of ln L at one compute that is reported.
const LEAST: f64 = 0.01;
/// Level of each test.
const ALARM: f64 = 1e-4;
/// Without enough runs for a test, differences this large are reported.
const CLEAR_SPREAD: f64 = 0.05;
const CLEAR_RATIO: f64 = 10.0;

/// A run with its residual on ln L, and the logarithm of the other quantity if it is known: D/N for
/// a law of compute, D for one of N, N for one of D.
struct Point<'a> {
    run: &'a Run,
    residual: f64,
    other: Option<f64>,
}

pub(super) fn scatter_at_one_compute(fit: &FitResult, inference: &Inference) -> Option<Diagnosis> {
    if fit.law.inputs() != [Input::Compute] || explained(fit) {
        return None;
    }
    let groups = groups(fit);
    let spread = |of: &Vec<Point<'_>>| range(of.iter().map(|p| p.residual));
    let several = groups.iter().filter(|of| of.len() > 1);
    let worst = several.max_by(|a, b| spread(a).total_cmp(&spread(b)))?;
    let size = spread(worst);
    if size < LEAST {
        return None;
    }
    let ratio = ratio(worst);
    let by_other = depends_on_the_other(&groups);
    let clear = ratio.is_some_and(|ratio| ratio >= CLEAR_RATIO) && size >= CLEAR_SPREAD;
    let found = match by_other {
        Some(probability) => probability < ALARM,
        None => clear,
    };
    if !found && !too_smooth(&groups, inference.free.len()) {
        return None;
    }
    let x = fit.variable();
    let other = match x {
        Variable::Compute => "D/N",
        Variable::Params => "D",
        Variable::Tokens => "N",
    };
    let known = ratio.filter(|ratio| found && *ratio > 1.1);
    let why = match known {
        Some(ratio) => format!("{other} varies {}-fold among them", whole(ratio)),
        None => {
            "their means lie far closer to the curve than that, so they differ in more than noise"
                .to_owned()
        }
    };
    let message = format!(
        "runs at {}{} differ by {:.1} % ({}): {why}",
        x.before(),
        format_quantity(worst[0].run.x),
        Said(100.0 * size.exp_m1()),
        lines(worst.iter().map(|p| p.run.line))
    );
    let diagnosis = |hint: &str| {
        let code = Code::ScatterAtOneCompute;
        Diagnosis::new(code, Severity::Warn, message.as_str(), hint)
    };
    Some(match known {
        Some(_) => diagnosis("fit a law of N and D, or keep the best run of each size")
            .with_remedy(Setting::Law.to("chinchilla")),
        None => diagnosis("keep the best run of each size, or make one curve of each kind of run")
            .with_remedy(Setting::Reduce.to("min"))
            .with_remedy(Setting::By),
    })
}

/// Whether a finding about the table already explains why such runs differ.
fn explained(fit: &FitResult) -> bool {
    let codes = [
        Code::SeveralSteps,
        Code::SweepPooled,
        Code::TasksPooled,
        Code::RecipesPooled,
    ];
    let mut findings = fit.data.findings.iter();
    findings.any(|found| codes.contains(&found.code))
}

/// The fitted runs by compute.
fn groups(fit: &FitResult) -> Vec<Vec<Point<'_>>> {
    let values = fit.values();
    let mut groups: Vec<Vec<Point<'_>>> = Vec::new();
    for run in fit.runs_in_order() {
        let other = match fit.variable() {
            Variable::Compute => run.params.zip(run.tokens).map(|(n, d)| (d / n).ln()),
            Variable::Params => run.tokens.map(f64::ln),
            Variable::Tokens => run.params.map(f64::ln),
        };
        let predicted = fit.law.predict(&[run.x], &values);
        let residual = (run.loss / predicted).ln();
        if !residual.is_finite() {
            return Vec::new();
        }
        let point = Point {
            run,
            residual,
            other,
        };
        match groups.last_mut() {
            Some(last) if run.x <= ONE * last[0].run.x => last.push(point),
            _ => groups.push(vec![point]),
        }
    }
    groups
}

fn range(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = values.clone().fold(f64::NEG_INFINITY, f64::max);
    largest - values.fold(f64::INFINITY, f64::min)
}

/// Largest over smallest value of the other quantity at one compute.
fn ratio(group: &[Point<'_>]) -> Option<f64> {
    let known = group.iter().all(|p| p.other.is_some());
    known.then(|| range(group.iter().filter_map(|p| p.other)).exp())
}

/// A factor rounded for a sentence.
fn whole(ratio: f64) -> String {
    match ratio < 10.0 {
        true => format!("{ratio:.1}"),
        false => crate::number::digits(ratio, 2),
    }
}

/// P-value of the dependence of the losses at one compute on the other quantity and its square (F
/// test within the groups); `None` with too few runs.
fn depends_on_the_other(groups: &[Vec<Point<'_>>]) -> Option<f64> {
    let mut rows: Vec<[f64; 3]> = Vec::new();
    let mut freedom = 0.0;
    for group in groups
        .iter()
        .filter(|of| ratio(of).is_some_and(|r| r > 1.1))
    {
        let n = group.len() as f64;
        let of = |p: &Point<'_>| {
            let z = p.other.unwrap_or_default();
            [p.residual, z, z * z]
        };
        let all: Vec<[f64; 3]> = group.iter().map(of).collect();
        let mean = |k: usize| all.iter().map(|row| row[k]).sum::<f64>() / n;
        let means = [mean(0), mean(1), mean(2)];
        let centred = |row: &[f64; 3]| [0, 1, 2].map(|k| row[k] - means[k]);
        rows.extend(all.iter().map(centred));
        freedom += n - 1.0;
    }
    let freedom = freedom - 2.0;
    if freedom < 3.0 {
        return None;
    }
    let sum = |a: usize, b: usize| rows.iter().map(|row| row[a] * row[b]).sum::<f64>();
    let determinant = sum(1, 1) * sum(2, 2) - sum(1, 2).powi(2);
    let total = sum(0, 0);
    let (explained, used) = if determinant > 1e-9 * sum(1, 1) * sum(2, 2) {
        let a = (sum(0, 1) * sum(2, 2) - sum(0, 2) * sum(1, 2)) / determinant;
        let b = (sum(0, 2) * sum(1, 1) - sum(0, 1) * sum(1, 2)) / determinant;
        (a * sum(0, 1) + b * sum(0, 2), 2.0)
    } else {
        (sum(0, 1).powi(2) / sum(1, 1), 1.0)
    };
    let freedom = freedom + 2.0 - used;
    let rest = (total - explained).max(1e-24);
    let f = (explained / used) / (rest / freedom);
    let f_distribution = FisherSnedecor::new(used, freedom).ok()?;
    f.is_finite().then(|| f_distribution.sf(f.max(0.0)))
}

/// Whether the means at one compute lie closer to the curve than independent noise allows (lower
/// tail of the test of lack of fit). The differences between the runs are then more than noise.
fn too_smooth(groups: &[Vec<Point<'_>>], parameters: usize) -> bool {
    let (mut between, mut within, mut inner) = (0.0, 0.0, 0.0);
    for group in groups {
        let n = group.len() as f64;
        let mean = group.iter().map(|p| p.residual).sum::<f64>() / n;
        between += n * mean * mean;
        within += group
            .iter()
            .map(|p| (p.residual - mean).powi(2))
            .sum::<f64>();
        inner += n - 1.0;
    }
    let outer = groups.len() as f64 - parameters as f64;
    if outer < 2.0 || inner < 3.0 {
        return false;
    }
    let f = (between / outer) / (within / inner);
    FisherSnedecor::new(outer, inner).is_ok_and(|distribution| distribution.cdf(f) < ALARM)
}
