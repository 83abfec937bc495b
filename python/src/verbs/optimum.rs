//! Where a law of any columns is lowest.

use super::fitted_law;
use crate::answer::Answer;
use crate::choice::fitting;
use crate::keywords::{Keywords, usage};
use crate::reading;
use crate::table::Rows;
use scalewise::ask::{AskTable, OptimumRequest};
use scalewise::internal::read_point;
use scalewise::{FitResult, Result};

pub fn run(
    table: Option<&Rows>,
    fitted: Option<&FitResult>,
    keys: &mut Keywords,
) -> Result<Answer> {
    let source = table.map(Rows::open).transpose()?;
    let fitted = fitted_law(source.as_ref(), fitted, keys)?;
    let force = keys.truth("force")?;
    let at = keys.points("at")?.unwrap_or_default();
    let mut request = OptimumRequest::default()
        .table(reading::runs(keys)?.force(force))
        .fit(fitting(keys)?)
        .free(keys.texts("free")?)
        .budget(keys.positives("budget")?)
        .force(force);
    if let Some(cost) = keys.text("cost")? {
        request = request.cost(cost);
    }
    if let Some(level) = keys.number("level")? {
        request = request.level(level);
    }
    keys.done()?;
    let fit = match (fitted, source) {
        (Some(fit), _) => fit,
        (None, Some(source)) => request.fitted(&request.read(&source)?)?,
        (None, None) => return Err(usage("there is neither a table nor a law")),
    };
    let held = request.held(&fit)?;
    let at = at.iter().map(|text| read_point(text, &held));
    let request = request.at(at.collect::<Result<Vec<_>>>()?);
    request.of_fit(fit).map(Answer::of_optimum)
}
