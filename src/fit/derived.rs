//! Derives what the runs in a law file determine, when the file is read.
//!
//! Two things are taken from the file: what the user chose, and the parameters to their last digit
//! if they are a minimum for the runs. Findings, status, covariance, intervals and basins come from
//! a new fit of the runs with the same settings, so editing them in the file has no effect. A file
//! of this version of the program that states other ones was altered and is refused. If the file is
//! of another version and its parameters are not a minimum, those of the new fit replace them and a
//! finding says so.

use super::basin::Basin;
use super::builder::{Fit, delta_from_data};
use super::general::Problem;
use super::law_file::{LawFile, altered, this_program};
use super::objective::{DEFAULT_HUBER_DELTA, Objective, Residuals, Weights};
use super::result::FitResult;
use super::search;
use super::settings::Settings;
use super::status::{Diagnosis, FitStatus, Severity};
use crate::code::Code;
use crate::error::{Error, ErrorKind, Result};
use crate::law::Law;
use crate::runs::Dataset;
use std::sync::Arc;

/// Numbers from the same runs may differ by this share: other instruction sets round differently.
const CLOSE: f64 = 1e-6;
/// Relative residuals below this are rounding, not noise.
const ROUNDING: f64 = 1e-9;

fn close(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= CLOSE * a.abs().max(b.abs())
}

/// The fit of the runs in `file` with its settings and at its parameters.
pub(super) fn fit(
    law: Arc<dyn Law>,
    settings: Settings,
    data: Dataset,
    start: Vec<(String, f64)>,
    file: &LawFile,
    source: &str,
) -> Result<FitResult> {
    let names = law.parameters().iter().map(|p| p.name.to_string());
    let ends = settings.lower.iter().zip(&settings.upper);
    let request = Fit {
        bounds: names.zip(ends).map(|(n, (l, u))| (n, *l, *u)).collect(),
        objective: settings.objective,
        residuals: Some(settings.residuals),
        weights: Some(settings.weights.clone()),
        starts: start,
        priors: file.fit.prior.iter().cloned().collect(),
        level: file.level(),
        ..Fit::shared(law)
    };
    let found = request.run(&data).map_err(|e| {
        Error::new(
            ErrorKind::Data,
            format!("its runs give no such fit: {}", e.message()),
        )
        .at(source, None, None)
        .with_hint("fit the runs again and write a new law file")
    })?;
    let same_version = file.made_by == this_program();
    let mut result = at_parameters(found, file, same_version, source)?;
    note_on_delta(&mut result, &request, file, source)?;
    let differences = differences(file, &result);
    match differences.first() {
        Some(first) if same_version => return Err(altered(source, first)),
        Some(_) if result.claimed_otherwise.is_none() => {
            result.claimed_otherwise = Some(format!(
                "the verdict was derived anew from the runs in the file: {}",
                differences.join("; ")
            ));
        }
        Some(_) => {}
        None => {}
    }
    Ok(result)
}

impl LawFile {
    /// Level of the parameters' intervals.
    fn level(&self) -> f64 {
        let mut intervals = self.parameters.iter().flat_map(|p| &p.intervals);
        intervals.next().map_or(0.9, |i| i.level)
    }

    fn values(&self) -> Vec<f64> {
        self.parameters.iter().map(|p| p.value).collect()
    }

    fn claims(&self, code: Code) -> bool {
        self.diagnoses.iter().any(|d| d.code == code)
    }
}

/// `found` with the exact parameters of the file, if they are a minimum for its runs.
fn at_parameters(
    found: FitResult,
    file: &LawFile,
    same_version: bool,
    source: &str,
) -> Result<FitResult> {
    let held = file.values();
    if held == found.values() {
        return objective_agrees(found, file, source);
    }
    let observations = found.observations()?;
    let problem = Problem::new(&*found.law, &observations, &found.settings);
    let (here, best) = (problem.value(&held), problem.value(&found.values()));
    let room = CLOSE * best.abs() + rounding(&found);
    let lowest = |start: &[f64]| {
        search::descent(&*found.law, &observations, &found.settings, start)
            .map_or(here, |b| b.objective)
    };
    let is_minimum = (here - best).abs() <= room || lowest(&held) >= here - room;
    let higher = here > best + room;
    if !here.is_finite() || !is_minimum || (higher && same_version) {
        let names: Vec<String> = file
            .parameters
            .iter()
            .map(|p| format!("{} = {}", p.name, p.value))
            .collect();
        let what = format!("{} is no minimum for its runs", names.join(", "));
        if same_version {
            return Err(altered(source, what));
        }
        // An earlier version may have stopped before the minimum. Its parameters are replaced.
        let mut result = found;
        result.claimed_otherwise = Some(format!("{what}; the law was fitted anew"));
        return Ok(result);
    }
    let mut basins = found.basins.clone();
    let same = !higher && here >= best - room;
    if same {
        basins[0].parameters = held;
    } else {
        let own = Basin {
            parameters: held,
            objective: here,
            converged: true,
        };
        basins.insert(0, own);
    }
    let starts = found.starts.map(|(agreeing, tried)| match same {
        true => (agreeing, tried),
        false => (0, tried),
    });
    let start = found.start;
    let judged = FitResult::judge(
        found.law,
        found.settings,
        found.data,
        basins,
        starts,
        file.level(),
    )?;
    let mut result = FitResult { start, ..judged };
    if higher {
        result.status = FitStatus::NotConverged;
        result.diagnoses.insert(0, lower_exists(here, best));
    }
    objective_agrees(result, file, source)
}

fn objective_agrees(result: FitResult, file: &LawFile, source: &str) -> Result<FitResult> {
    let (claimed, own) = (file.fit.objective, result.objective());
    if close(claimed, own) || (claimed - own).abs() <= rounding(&result) {
        return Ok(result);
    }
    let what = format!("its objective is {claimed}, but that of its runs is {own}");
    Err(altered(source, what))
}

fn lower_exists(here: f64, best: f64) -> Diagnosis {
    Diagnosis::new(
        Code::NotConverged,
        Severity::Warn,
        format!(
            "the parameters in the law file have the objective {here:.6e}, but this version of the program finds a minimum of {best:.6e}"
        ),
        "fit the runs again",
    )
}

/// The objective when every residual is as large as rounding.
fn rounding(fit: &FitResult) -> f64 {
    let Ok(o) = fit.observations() else {
        return 0.0;
    };
    let size = |i: usize| match fit.settings.residuals {
        Residuals::Absolute => o.y[i].abs(),
        Residuals::Relative | Residuals::Log => 1.0,
    };
    let rho = |r: f64| fit.settings.objective.rho(r);
    (0..o.len())
        .map(|i| rho(ROUNDING * size(i) * o.weight[i]))
        .sum()
}

/// Adds the finding that Huber's threshold comes from the residuals, if it does.
fn note_on_delta(
    result: &mut FitResult,
    request: &Fit,
    file: &LawFile,
    source: &str,
) -> Result<()> {
    let Objective::Huber { delta } = result.settings.objective else {
        return Ok(());
    };
    let claimed = file.claims(Code::DeltaFromData);
    if !claimed && delta == DEFAULT_HUBER_DELTA {
        return Ok(());
    }
    match request.delta_of(&result.data).ok().flatten() {
        Some(own) if close(own, delta) => result.diagnoses.push(delta_from_data(delta)),
        Some(own) if claimed => {
            let what =
                format!("delta = {delta} is said to be taken from the residuals, which give {own}");
            return Err(altered(source, what));
        }
        _ => {}
    }
    Ok(())
}

/// The differences between what the file states and what its runs give, in words.
fn differences(file: &LawFile, result: &FitResult) -> Vec<String> {
    let own = result.entry();
    let mut found = Vec::new();
    let mut says = |what: &str, claimed: &dyn std::fmt::Display, is: &dyn std::fmt::Display| {
        found.push(format!("{what} is {is}, not {claimed}"));
    };
    if file.status != own.status {
        says("the status", &file.status.name(), &own.status.name());
    }
    let (claimed, given) = (findings(&file.diagnoses), findings(&own.diagnoses));
    if claimed != given {
        says("the list of findings", &listed(&claimed), &listed(&given));
    }
    // Up to version 0.3.0 a fit with badly determined parameters was not trustworthy.
    let rules = [own.trustworthy, result.has_sound_parameters()];
    if !rules.contains(&file.trustworthy) {
        says("trustworthy", &file.trustworthy, &own.trustworthy);
    }
    if file.formula != own.formula {
        says("the formula", &file.formula, &own.formula);
    }
    if (file.data.rows, file.data.used) != (own.data.rows, own.data.used) {
        let count = |rows, used| format!("{used} of {rows}");
        says(
            "the number of rows used",
            &count(file.data.rows, file.data.used),
            &count(own.data.rows, own.data.used),
        );
    }
    if file.data.range != own.data.range {
        found.push("the range of the runs is another one".to_owned());
    }
    if file.units != own.units {
        found.push("the units are other ones".to_owned());
    }
    found.extend(uncertainties(file, &own, result));
    found
}

/// Differences in standard errors, intervals and covariance. Nothing is compared where rounding
/// decides them.
fn uncertainties(file: &LawFile, own: &LawFile, result: &FitResult) -> Vec<String> {
    let mut found = Vec::new();
    let known = result.settings.weights == Weights::KnownSigma;
    let rounded = !known && result.objective() <= rounding(result);
    let mut codes = result.diagnoses.iter().map(|d| d.code);
    if rounded || codes.any(|code| code == Code::IllConditioned) {
        return found;
    }
    let both = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => close(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    for (claimed, own) in file.parameters.iter().zip(&own.parameters) {
        if !both(claimed.stderr, own.stderr) {
            found.push(format!("the standard error of {} is another one", own.name));
        }
        let same = claimed.intervals.len() == own.intervals.len()
            && claimed.intervals.iter().zip(&own.intervals).all(|(a, b)| {
                let size = b.lower.abs().max(b.upper.abs());
                let near = |a: f64, b: f64| a == b || (a - b).abs() <= CLOSE * size;
                (a.level, a.kind, a.method) == (b.level, b.kind, b.method)
                    && near(a.lower, b.lower)
                    && near(a.upper, b.upper)
            });
        if !same {
            found.push(format!("the interval of {} is another one", own.name));
        }
    }
    let covariance = match (&file.vcov, &own.vcov) {
        (Some(a), Some(b)) => same_covariance(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    if !covariance {
        found.push("the covariance is another one".to_owned());
    }
    found
}

/// Whether two covariances agree; entries are compared in units of the standard errors of their row
/// and column.
fn same_covariance(a: &[Vec<Option<f64>>], b: &[Vec<Option<f64>>]) -> bool {
    let size = |i: usize, k: usize| match (b[i][i], b[k][k]) {
        (Some(p), Some(q)) => (p * q).sqrt(),
        _ => 0.0,
    };
    (0..b.len()).all(|i| {
        (0..b.len()).all(|k| match (a[i][k], b[i][k]) {
            (Some(p), Some(q)) => p == q || (p - q).abs() <= CLOSE * size(i, k),
            (p, q) => p.is_none() && q.is_none(),
        })
    })
}

/// Codes and severities without [`Code::DeltaFromData`]: a typed threshold may equal that of the
/// residuals by chance.
fn findings(diagnoses: &[Diagnosis]) -> Vec<(&str, Severity)> {
    let mut found: Vec<(&str, Severity)> = diagnoses
        .iter()
        .filter(|d| d.code != Code::DeltaFromData)
        .map(|d| (d.code.as_str(), d.severity))
        .collect();
    found.sort_unstable();
    found
}

fn listed(findings: &[(&str, Severity)]) -> String {
    let names: Vec<String> = findings
        .iter()
        .map(|(code, severity)| format!("{code} ({})", severity.name()))
        .collect();
    match names.is_empty() {
        true => "empty".to_owned(),
        false => format!("'{}'", names.join(", ")),
    }
}
