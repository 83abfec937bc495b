//! Which run to train next.

use super::{fitted_law, level};
use crate::answer::Answer;
use crate::choice::fitting;
use crate::keywords::{Keywords, text, usage, wrong};
use crate::reading;
use crate::table::{Rows, TEXT};
use crate::value::Value;
use scalewise::ask::{Ask, AskTable, PlanRequest};
use scalewise::internal::read_beside;
use scalewise::progress::Progress;
use scalewise::{Error, ErrorKind, FitResult, Result};
use std::path::Path;

pub fn run(
    table: Option<&Rows>,
    fitted: Option<&FitResult>,
    keys: &mut Keywords,
    steps: &dyn Progress,
) -> Result<Answer> {
    let source = table.map(Rows::open).transpose()?;
    let fit = fitted_law(source.as_ref(), fitted, keys)?;
    let force = keys.truth("force")?;
    let mut request = PlanRequest::default()
        .at(targets(keys)?)
        .grid(keys.texts("grid")?)
        .level(level(keys)?)
        .width(keys.number("width")?)
        .noise(keys.number("noise")?)
        .no_seeds(keys.truth("no_seeds")?)
        .force(force);
    if let Some(budget) = keys.positive("budget")? {
        request = request.budget(budget);
    }
    if let Some(candidates) = keys.text("candidates")? {
        request = request.candidates(read(&candidates)?);
    }
    if let Some(cost) = keys.text("cost")? {
        request = request.cost(cost);
    }
    if let Some(design) = keys.choice("design")? {
        request = request.design(design);
    }
    if let Some(batch) = keys.count("batch")? {
        request = request.batch(batch);
    }
    if let Some(most) = keys.count("most")? {
        request = request.most(most);
    }
    if keys.has("expect") {
        request = request.anchor(match keys.numbers("expect")?.as_slice() {
            [compute, loss] => Some((*compute, *loss)),
            _ => {
                return Err(usage(
                    "expect is a compute and the loss that is expected there",
                ));
            }
        });
    }
    if let Some(draws) = keys.count("draws")? {
        request = request.draws(draws);
    }
    if let Some(seed) = keys.count("seed")? {
        request = request.seed(seed);
    }
    request = request
        .fit(fitting(keys)?)
        .table(reading::runs(keys)?.force(force));
    keys.done()?;
    let answer = match (fit, source) {
        (Some(fit), _) => request.of_fit(fit, steps),
        (None, Some(source)) => request.watched(&request.read(&source)?, steps),
        (None, None) => request.without_runs(steps),
    };
    answer.map(Answer::of_plan)
}

/// The targets as texts.
fn targets(keys: &mut Keywords) -> Result<Vec<String>> {
    if let Some(points) = keys.points("at")? {
        return Ok(points);
    }
    let given = match keys.take("at") {
        Some(Value::List(all) | Value::Tuple(all)) => all,
        Some(value) => vec![value],
        None => Vec::new(),
    };
    let written = |value: &Value| match value {
        Value::Text(_) => text("at", value),
        value => match crate::keywords::number("at", value) {
            Ok(number) => Ok(format!("{number:e}")),
            Err(_) => Err(wrong("at", value, "a quantity, a text or a dict")),
        },
    };
    given.iter().map(written).collect()
}

/// A table, given as CSV or as the path of a file.
fn read(given: &str) -> Result<String> {
    match given.strip_prefix(TEXT) {
        Some(text) => Ok(text.to_owned()),
        None => String::from_utf8(read_beside(Path::new(given))?)
            .map_err(|_| Error::new(ErrorKind::Data, "it is not UTF-8").at(given, None, None)),
    }
}
