//! The law and how it is fitted, built from keywords.

use crate::keywords::{Keywords, number, usage, wrong};
use crate::value::Value;
use scalewise::ask::LawChoice;
use scalewise::fit::{BetweenRecipes, Prior};
use scalewise::internal::read_document;
use scalewise::{FitResult, Result};
use std::path::Path;

/// The keywords for fitting.
pub const FITTING: [&str; 9] = [
    "law",
    "objective",
    "delta",
    "quantile",
    "residuals",
    "fix",
    "bound",
    "prior",
    "prior_between",
];

/// The law and how it is fitted.
pub fn fitting(keys: &mut Keywords) -> Result<LawChoice> {
    let choice = LawChoice::default()
        .objective(keys.choice("objective")?)
        .delta(keys.number("delta")?)
        .quantile(keys.number("quantile")?)
        .residuals(keys.choice("residuals")?)
        .formulas(keys.texts("law")?)?;
    let fix = keys.pairs("fix")?.into_iter();
    let fix = fix.map(|(name, value)| Ok((name, number("fix", &value)?)));
    let bounds = keys.pairs("bound")?.into_iter();
    let bounds = bounds.map(|(name, ends)| Ok((name, range(&ends)?)));
    let (fix, bounds) = (fix.collect::<Result<_>>()?, bounds.collect::<Result<_>>()?);
    let choice = LawChoice::fix(choice, std::collections::BTreeMap::from_iter::<Vec<_>>(fix));
    let choice = choice.bounds(std::collections::BTreeMap::from_iter::<Vec<_>>(bounds));
    Ok(choice.prior(priors(keys)?))
}

/// Two ends; None means no limit.
fn range(ends: &Value) -> Result<(Option<f64>, Option<f64>)> {
    let end = |end: &Value| match end {
        Value::Nothing => Ok(None),
        end => number("bound", end).map(Some),
    };
    match ends {
        Value::List(both) | Value::Tuple(both) if both.len() == 2 => {
            Ok((end(&both[0])?, end(&both[1])?))
        }
        other => Err(wrong("bound", other, "two ends, such as {'b': (-1, 0)}")),
    }
}

fn priors(keys: &mut Keywords) -> Result<Vec<Prior>> {
    let mut between = BetweenRecipes::default();
    let asked = keys.has("prior_between");
    for (name, value) in keys.pairs("prior_between")? {
        let value = number("prior_between", &value)?;
        if value < 0.0 {
            return Err(usage(format!("prior_between: {name} must not be negative")));
        }
        match name.as_str() {
            "b" => between.b = value,
            "c" => between.c = value,
            _ => {
                let message = format!("prior_between: recipes differ in b and c, not in '{name}'");
                return Err(
                    usage(message).with_hint("for example prior_between={'b': 0.2, 'c': 0.03}")
                );
            }
        }
    }
    let given = match keys.take("prior") {
        None => Vec::new(),
        Some(Value::List(several) | Value::Tuple(several)) => several,
        Some(one) => vec![one],
    };
    let is_earlier = |prior: &Value| matches!(prior, Value::Law(_) | Value::Text(_));
    if asked && !given.iter().any(is_earlier) {
        let message = "prior_between widens the prior of an earlier ladder, and none is given";
        return Err(usage(message)
            .with_hint("give its law, or the path of its law file: prior='earlier.json'"));
    }
    let all: Result<Vec<Vec<Prior>>> = given.iter().map(|prior| known(prior, between)).collect();
    Ok(all?.concat())
}

/// The priors in one value: an earlier law, or parameters with their means and standard deviations.
fn known(prior: &Value, between: BetweenRecipes) -> Result<Vec<Prior>> {
    match prior {
        Value::Law(fit) => Ok(vec![Prior::earlier(fit, between)?]),
        Value::Text(path) => {
            let bytes = read_document(Path::new(path))?;
            let text = String::from_utf8_lossy(&bytes);
            let fit = FitResult::from_json(&text, path)?;
            Ok(vec![Prior::earlier(&fit, between)?.from(path)])
        }
        Value::Pairs(pairs) => pairs.iter().map(parameter).collect(),
        other => Err(wrong(
            "prior",
            other,
            "a dict such as {'c': (1.6, 0.1)}, a law, or the path of a law file",
        )),
    }
}

fn parameter((name, value): &(String, Value)) -> Result<Prior> {
    match value {
        Value::Text(domain) if name == "b" => Prior::published(domain),
        Value::List(both) | Value::Tuple(both) if both.len() == 2 => {
            Prior::normal(name, number("prior", &both[0])?, number("prior", &both[1])?)
        }
        other => Err(wrong(
            "prior",
            other,
            "a mean and a standard deviation, such as {'c': (1.6, 0.1)}",
        )),
    }
}
