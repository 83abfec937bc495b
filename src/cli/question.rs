//! Questions that can be registered: which rows they use, what they answer, and what they call an outcome.

use super::args::{AllocateArgs, CapabilityArgs, DataArgs, FitArgs, ForecastArgs};
use super::{allocate, capability, forecast, input};
use crate::error::{Error, ErrorKind, Result};
use crate::fit::FitResult;
use crate::interval::Method;
use crate::ledger::{Prediction, Subject};
use crate::report;
use crate::runs::Dataset;
use crate::tables::{Rows, fitted_counts};
use serde_json::Value;
use std::collections::HashSet;
use std::path::Path;

/// What a question answers.
pub struct Answer {
    pub predictions: Vec<Prediction>,
    /// What `--format json` prints.
    pub result: Value,
    /// What counts as the outcome, unless the user says so.
    pub outcome: String,
    /// Settings that were left to a default which no flag shows.
    pub defaults: Vec<(&'static str, Vec<String>)>,
    pub trustworthy: bool,
}

/// Arguments of a verb whose answers can be registered.
pub trait Question: clap::Args {
    const SUBJECT: Subject;

    fn input(&self) -> &Path;

    /// Lines of the rows that the fit uses, and the compute of each.
    fn used(&self, table: &[u8], source: &str) -> Result<Vec<(u64, f64)>>;

    /// The answer from a table of those rows alone.
    fn answer(&self, table: &[u8], source: &str) -> Result<Answer>;
}

/// Leaves the rows that a question uses, up to the compute `largest`, and says the largest compute among them.
pub fn used<Q: Question>(
    question: &Q,
    mut rows: Rows,
    source: &str,
    largest: f64,
) -> Result<(Rows, f64)> {
    let used = question.used(rows.to_csv().as_bytes(), source)?;
    let used: Vec<(u64, f64)> = used.into_iter().filter(|(_, c)| *c <= largest).collect();
    let lines: HashSet<u64> = used.iter().map(|(line, _)| *line).collect();
    rows.rows.retain(|row| lines.contains(&row.line));
    match used.iter().map(|(_, c)| *c).reduce(f64::max) {
        Some(largest) => Ok((rows, largest)),
        None => Err(Error::new(ErrorKind::Data, "no row is used")
            .at(source, None, None)
            .with_hint("raise --fit-below, or loosen --where and --exclude")),
    }
}

fn used_runs(
    data: &DataArgs,
    fit: &FitArgs,
    table: &[u8],
    source: &str,
) -> Result<Vec<(u64, f64)>> {
    let made = &data.reshape;
    if made.wide || made.join.is_some() || made.reduce.is_some() {
        return Err(input::usage(
            "--wide, --join and --reduce make runs of many rows, and an entry is about single rows",
        )
        .with_hint("write the runs to a table with one row each, and register that"));
    }
    let options = data.options(Some(fit.law()?))?;
    let data = Dataset::from_csv_bytes(table, source, &options)?;
    Ok(data.fit_runs().map(|run| (run.line, run.compute)).collect())
}

fn fitted(
    data: &DataArgs,
    fit: &FitArgs,
    level: f64,
    table: &[u8],
    source: &str,
) -> Result<FitResult> {
    let options = data.options(Some(fit.law()?))?;
    fit.fit()?
        .level(level)
        .run(&Dataset::from_csv_bytes(table, source, &options)?)
}

/// Defaults that depend on the law.
fn fit_defaults(fit: &FitResult) -> Vec<(&'static str, Vec<String>)> {
    let settings = fit.settings();
    vec![
        ("law", vec![fit.law().name().to_owned()]),
        ("objective", vec![settings.objective.name().to_owned()]),
        ("residuals", vec![settings.residuals.name().to_owned()]),
    ]
}

fn value(document: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(document).map_err(|e| {
        Error::new(
            ErrorKind::Io,
            format!("the result cannot be written as JSON: {e}"),
        )
    })
}

fn nothing_asked(flag: &str) -> Error {
    input::usage("there is nothing to register").with_hint(format!(
        "say what is predicted with {flag} 1e25 or {flag} 100x"
    ))
}

/// An entry holds its flags as they are typed, so that each of them has an answer of its own.
fn each_asked_once(flag: &str, asked: &[String], largest: f64) -> Result<()> {
    for (k, text) in asked.iter().enumerate() {
        let value = input::target(flag, text, largest)?;
        for other in &asked[..k] {
            if input::same_number(&input::target(flag, other, largest)?, &value) {
                return Err(input::usage(format!(
                    "{flag} {text} is asked for twice: {other} is the same"
                ))
                .with_hint("leave one of them out"));
            }
        }
    }
    Ok(())
}

fn computes(predictions: &[Prediction]) -> String {
    let mut all: Vec<String> = predictions
        .iter()
        .map(|p| format!("{:e}", p.compute))
        .collect();
    all.dedup();
    all.join(", ")
}

impl Question for ForecastArgs {
    const SUBJECT: Subject = Subject::Forecast;

    fn input(&self) -> &Path {
        &self.input
    }

    fn used(&self, table: &[u8], source: &str) -> Result<Vec<(u64, f64)>> {
        used_runs(&self.data, &self.fit, table, source)
    }

    fn answer(&self, table: &[u8], source: &str) -> Result<Answer> {
        if self.at.is_empty() {
            return Err(nothing_asked("--at"));
        }
        let fit = fitted(&self.data, &self.fit, 0.9, table, source)?;
        each_asked_once("--at", &self.at, fit.largest_fitted())?;
        let report = forecast::answer(&fit, self)?;
        let predictions: Vec<Prediction> =
            report.forecasts.iter().map(Prediction::of_loss).collect();
        let column = fit.data().loss_column.as_deref().unwrap_or("loss");
        let methods = self.methods().iter().map(|m| m.name().to_owned()).collect();
        let mut defaults = [fit_defaults(&fit), vec![("method", methods)]].concat();
        if self.methods().contains(&Method::Bootstrap) {
            let (replicates, seed) = self.refits();
            defaults.push(("replicates", vec![replicates.to_string()]));
            defaults.push(("seed", vec![seed.to_string()]));
        }
        Ok(Answer {
            outcome: format!(
                "the loss (column '{column}', in {}) of the first run trained with {}{}, made and measured like the registered runs",
                fit.data().loss_unit.as_deref().unwrap_or("its unit"),
                fit.variable().before(),
                computes(&predictions)
            ),
            defaults,
            trustworthy: forecast::trustworthy(&report),
            result: value(&forecast::document(&report))?,
            predictions,
        })
    }
}

impl Question for CapabilityArgs {
    const SUBJECT: Subject = Subject::Capability;

    fn input(&self) -> &Path {
        &self.input
    }

    fn used(&self, table: &[u8], source: &str) -> Result<Vec<(u64, f64)>> {
        fitted_counts(
            table,
            source,
            &capability::options(&self.table, &self.columns)?,
        )
    }

    fn answer(&self, table: &[u8], source: &str) -> Result<Answer> {
        if self.at.is_empty() {
            return Err(nothing_asked("--at"));
        }
        let fit = capability::fitted(self, table, source)?;
        each_asked_once("--at", &self.at, fit.overall.largest_fitted())?;
        let report = capability::answer(self, &fit)?;
        let mut predictions = Vec::new();
        for &target in &report.targets {
            let forecast = fit
                .overall
                .forecast(target, &self.levels.once(), self.force)?;
            predictions.extend(Prediction::of_curve(&fit.overall.name, &forecast));
            // Where there is one bucket it is all problems.
            for bucket in fit.buckets.iter().filter(|_| fit.buckets.len() > 1) {
                // The result says why a bucket has none.
                if let Ok(forecast) = bucket.forecast(target, &self.levels.once(), self.force) {
                    predictions.extend(Prediction::of_curve(&bucket.name, &forecast));
                }
            }
        }
        Ok(Answer {
            outcome: format!(
                "pass rates of the first model trained with compute {}, on the same problems, sampled and estimated like those of the registered models",
                computes(&predictions)
            ),
            defaults: match fit.rule {
                Some(rule) => vec![("rule", vec![rule.name().to_owned()])],
                None => Vec::new(),
            },
            trustworthy: fit.verdict() == crate::capability::Verdict::Predictable,
            result: value(&report::capability_json(&report))?,
            predictions,
        })
    }
}

impl Question for AllocateArgs {
    const SUBJECT: Subject = Subject::Allocation;

    fn input(&self) -> &Path {
        &self.input
    }

    fn used(&self, table: &[u8], source: &str) -> Result<Vec<(u64, f64)>> {
        used_runs(&self.data, &allocate::fit_of_table(self), table, source)
    }

    fn answer(&self, table: &[u8], source: &str) -> Result<Answer> {
        let fit_args = allocate::fit_of_table(self);
        let fit = fitted(&self.data, &fit_args, self.level, table, source)?;
        if !self.force {
            fit.refuse()?;
        }
        each_asked_once("--compute", &self.compute, fit.largest_fitted())?;
        for (flag, asked) in [
            ("--params", &self.params),
            ("--tokens", &self.tokens),
            ("--ratio", &self.ratio),
        ] {
            each_asked_once(flag, asked, f64::NAN)?;
        }
        let (report, _) = allocate::answer(self, &fit)?;
        if let Some(refused) = report.refused.first() {
            let error = Error::new(ErrorKind::NoFit, refused.reason.clone());
            return Err(match &refused.hint {
                Some(hint) => error.with_hint(hint.clone()),
                None => error,
            });
        }
        let predictions: Vec<Prediction> = report
            .answers
            .iter()
            .flat_map(|a| Prediction::of_allocation(&a.best, &a.intervals))
            .collect();
        let methods = allocate::methods(self);
        let methods = methods.iter().map(|m| m.name().to_owned()).collect();
        Ok(Answer {
            outcome: format!(
                "the parameters, tokens and loss that runs made like the registered ones show to be best at compute {}",
                computes(&predictions)
            ),
            defaults: [fit_defaults(&fit), vec![("method", methods)]].concat(),
            trustworthy: fit.trustworthy(),
            result: value(&allocate::Json::of(&report))?,
            predictions,
        })
    }
}
