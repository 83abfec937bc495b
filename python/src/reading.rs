//! How a table is read, built from keywords.

use crate::keywords::{Keywords, usage};
use scalewise::ask::{CountChoice, ProblemChoice, RunTable};
use scalewise::internal::read_beside;
use scalewise::{Error, ErrorKind, Result};
use std::path::Path;

/// The keywords for any table.
const OF_TABLES: [&str; 11] = [
    "fit_below",
    "where",
    "exclude",
    "compute_col",
    "params_col",
    "tokens_col",
    "decimal",
    "join",
    "join_on",
    "prefer",
    "let",
];

/// The keywords only for runs.
pub const OF_RUNS: [&str; 16] = [
    "wide",
    "step_col",
    "reduce",
    "unique_col",
    "over",
    "curve",
    "hold",
    "lr_decay_ahead",
    "loss_unit",
    "loss_in",
    "bytes_per_token",
    "words_per_token",
    "loss_col",
    "sigma_col",
    "group_col",
    "budget_col",
];

/// The keywords for pass counts.
pub const OF_COUNTS: [&str; 14] = [
    "model_col",
    "problem_col",
    "samples_col",
    "passes_col",
    "pass_rate_col",
    "stderr_col",
    "chance_col",
    "task_loss_col",
    "rule",
    "estimator",
    "buckets",
    "hardest",
    "chance",
    "seed",
];

/// The reading keywords that were given, which are refused if a law is already fitted.
pub fn given(keys: &Keywords) -> Vec<&'static str> {
    [keys.given(&OF_TABLES), keys.given(&OF_RUNS)].concat()
}

/// Sets a text of a request if it is given.
fn with<T>(request: T, text: Option<String>, set: impl FnOnce(T, String) -> T) -> T {
    match text {
        Some(text) => set(request, text),
        None => request,
    }
}

/// The texts of the joined tables, given as CSV or as the path of a file.
fn joined(keys: &mut Keywords) -> Result<Vec<String>> {
    let text = |given: &String| {
        if let Some(csv) = given.strip_prefix(crate::table::TEXT) {
            return Ok(csv.to_owned());
        }
        let not_utf8 = || {
            Error::new(ErrorKind::Data, "it is not UTF-8")
                .at(given, None, None)
                .with_hint("save it as UTF-8")
        };
        String::from_utf8(read_beside(Path::new(given))?).map_err(|_| not_utf8())
    };
    keys.texts("join")?.iter().map(text).collect()
}

/// Columns from formulas: a dict from names to formulas, or texts such as `compute=6*n*d`.
fn formulas(keys: &mut Keywords) -> Result<Vec<String>> {
    match keys.take("let") {
        Some(crate::value::Value::Pairs(pairs)) => pairs
            .iter()
            .map(|(name, formula)| Ok(format!("{name}={}", crate::keywords::text("let", formula)?)))
            .collect(),
        Some(other) => match other {
            crate::value::Value::List(items) | crate::value::Value::Tuple(items) => items
                .iter()
                .map(|item| crate::keywords::text("let", item))
                .collect(),
            one => Ok(vec![crate::keywords::text("let", &one)?]),
        },
        None => Ok(Vec::new()),
    }
}

/// How a table of runs is read.
pub fn runs(keys: &mut Keywords) -> Result<RunTable> {
    let mut table = RunTable::default()
        .fit_below(keys.positive("fit_below")?)
        .conditions(keys.texts("where")?)
        .exclude(keys.texts("exclude")?)
        .join_on(keys.texts("join_on")?)
        .formulas(formulas(keys)?)
        .over(keys.choice("over")?.unwrap_or_default())
        .curve(keys.choice("curve")?)
        .hold(keys.texts("hold")?)
        .lr_decay_ahead(keys.truth("lr_decay_ahead")?)
        .wide(keys.truth("wide")?);
    table = joined(keys)?.into_iter().fold(table, RunTable::join);
    table = with(table, keys.text("prefer")?, RunTable::prefer);
    table = with(table, keys.text("decimal")?, RunTable::decimal);
    table = with(table, keys.text("compute_col")?, RunTable::compute);
    table = with(table, keys.text("params_col")?, RunTable::params);
    table = with(table, keys.text("tokens_col")?, RunTable::tokens);
    table = with(table, keys.text("unique_col")?, RunTable::unique_tokens);
    table = with(table, keys.text("budget_col")?, RunTable::budget);
    table = with(table, keys.text("loss_col")?, RunTable::loss);
    table = with(table, keys.text("sigma_col")?, RunTable::sigma);
    table = with(table, columns(keys, "group_col")?, RunTable::group);
    table = with(table, keys.text("step_col")?, RunTable::step);
    table = with(table, keys.text("reduce")?, RunTable::reduce);
    units(table, keys)
}

/// Several columns together name a group.
pub fn columns(keys: &mut Keywords, name: &str) -> Result<Option<String>> {
    let all = keys.texts(name)?;
    Ok((!all.is_empty()).then(|| all.join(",")))
}

fn units(table: RunTable, keys: &mut Keywords) -> Result<RunTable> {
    let fitted_in = keys.text("loss_in")?;
    let (bytes, words) = (
        keys.number("bytes_per_token")?,
        keys.number("words_per_token")?,
    );
    let Some(unit) = keys.text("loss_unit")? else {
        return match fitted_in.is_some() || bytes.is_some() || words.is_some() {
            true => Err(usage("a unit to fit in needs the unit of the column")
                .with_hint("give it: loss_unit='nats/token'")),
            false => Ok(table),
        };
    };
    let mut table = with(table.unit(unit), fitted_in, RunTable::fitted_in);
    if let Some(bytes) = bytes {
        table = table.bytes_per_token(bytes);
    }
    if let Some(words) = words {
        table = table.words_per_token(words);
    }
    Ok(table)
}

/// How a table of pass counts is read.
pub fn counts(keys: &mut Keywords) -> Result<CountChoice> {
    let mut table = CountChoice::default()
        .fit_below(keys.positive("fit_below")?)
        .conditions(keys.texts("where")?)
        .exclude(keys.texts("exclude")?)
        .join_on(keys.texts("join_on")?)
        .formulas(formulas(keys)?);
    table = joined(keys)?.into_iter().fold(table, CountChoice::join);
    table = with(table, keys.text("prefer")?, CountChoice::prefer);
    table = with(table, keys.text("decimal")?, CountChoice::decimal);
    table = with(table, keys.text("compute_col")?, CountChoice::compute);
    table = with(table, keys.text("params_col")?, CountChoice::params);
    table = with(table, keys.text("tokens_col")?, CountChoice::tokens);
    table = with(table, keys.text("model_col")?, CountChoice::model);
    table = with(table, keys.text("problem_col")?, CountChoice::problem);
    table = with(table, keys.text("samples_col")?, CountChoice::samples);
    table = with(table, keys.text("passes_col")?, CountChoice::passes);
    table = with(table, keys.text("pass_rate_col")?, CountChoice::pass_rate);
    table = with(table, keys.text("stderr_col")?, CountChoice::stderr);
    table = with(table, keys.text("chance_col")?, CountChoice::chance);
    Ok(with(
        table,
        keys.text("task_loss_col")?,
        CountChoice::task_loss,
    ))
}

/// Which problems are used.
pub fn problems(keys: &mut Keywords) -> Result<ProblemChoice> {
    let buckets = keys.count("buckets")?;
    Ok(ProblemChoice::default()
        .rule(keys.choice("rule")?)
        .estimator(keys.choice("estimator")?)
        .buckets(buckets.unwrap_or(scalewise::internal::BUCKETS))
        .hardest(keys.count("hardest")?.unwrap_or(0))
        .chance(keys.number("chance")?)
        .seed(keys.count("seed")?.unwrap_or(0)))
}

/// How a table of unknown kind is read.
pub fn either(keys: &mut Keywords) -> Result<(RunTable, CountChoice)> {
    let counts = counts(&mut keys.clone())?;
    for name in OF_COUNTS {
        keys.take(name);
    }
    Ok((runs(keys)?, counts))
}
