//! Forecasts by a law that uses other columns than compute.

use super::{forecast_request, levels};
use crate::answer::Answer;
use crate::choice::fitting;
use crate::keywords::{Keywords, usage};
use crate::reading;
use scalewise::ask::{AskTable, PointsRequest, Question};
use scalewise::internal::{read_named, read_point, variables_of};
use scalewise::law::Input;
use scalewise::progress::Progress;
use scalewise::tables::Source;
use scalewise::{FitResult, Result};

fn asked(keys: &mut Keywords, force: bool) -> Result<PointsRequest> {
    let mut request = PointsRequest::default()
        .table(reading::runs(keys)?.force(force))
        .fit(fitting(keys)?)
        .levels(levels(keys)?)
        .force(force);
    if let Some(kind) = keys.choice("kind")? {
        request = request.kinds([kind]);
    }
    let methods = keys.choices("method")?;
    if !methods.is_empty() {
        request = request.methods(methods);
    }
    if let Some(replicates) = keys.count("replicates")? {
        request = request.replicates(replicates);
    }
    if let Some(seed) = keys.count("seed")? {
        request = request.seed(seed);
    }
    Ok(request)
}

/// The question to register: losses at computes, or at points of a law of several columns.
pub fn question(keys: &mut Keywords) -> Result<Question> {
    let Some(points) = keys.points("at")? else {
        return Ok(Question::Forecast(forecast_request(keys)?));
    };
    let points = points.iter().map(|text| read_named(text));
    let points = points.collect::<Result<Vec<_>>>()?;
    let force = keys.truth("force")?;
    Ok(Question::Points(asked(keys, force)?.at(points)))
}

/// The forecasts, if the law uses other columns or points are given.
pub fn forecast(
    source: Option<&Source<'_>>,
    fit: Option<&FitResult>,
    keys: &mut Keywords,
    steps: &dyn Progress,
) -> Result<Option<Answer>> {
    let is_curve = |fit: &FitResult| fit.law().inputs() == [Input::Compute];
    let at = keys.points("at")?;
    let has_name = keys.has("law") && !fitting(&mut keys.clone())?.is_plain_curve()?;
    if at.is_none() && !has_name && fit.is_none_or(is_curve) {
        return Ok(None);
    }
    let mut own = keys.clone();
    let force = own.truth("force")?;
    let request = asked(&mut own, force)?;
    let fit = match (fit, source) {
        (Some(fit), _) => fit.clone(),
        (None, Some(source)) => request.fitted(&request.read(source)?)?,
        (None, None) => return Err(usage("there is neither a table nor a law")),
    };
    if is_curve(&fit) {
        return match at {
            Some(_) => Err(usage(
                "points such as N=1e9,S=8 are for laws of several columns",
            )),
            None => Ok(None),
        };
    }
    own.done()?;
    let variables = variables_of(fit.law());
    let points = at.unwrap_or_default();
    let points = points.iter().map(|text| read_point(text, &variables));
    let request = request.at(points.collect::<Result<Vec<_>>>()?);
    request
        .of_fit_watched(fit, steps)
        .map(|answer| Some(Answer::of_points(answer)))
}
