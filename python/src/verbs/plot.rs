//! Charts of laws and forecasts.

use super::{fitted_law, level};
use crate::answer::{Answer, Made};
use crate::choice::fitting;
use crate::keywords::{Keywords, usage};
use crate::reading;
use crate::table::Rows;
use crate::views::curve;
use scalewise::ask::{Ask, AskTable, FitAnswer, PointsRequest, Trust};
use scalewise::chart::{self, Chart};
use scalewise::internal::{PlotRequest, by as of_series, json, read_named};
use scalewise::law::Input;
use scalewise::progress::{Progress, Silent};
use scalewise::report::Document;
use scalewise::tables::Source;
use scalewise::{FitResult, Method, Result};

/// Most panels; more cannot be read side by side.
const MOST_PANELS: usize = 36;

pub fn run(
    table: Option<&Rows>,
    fitted: Option<&FitResult>,
    keys: &mut Keywords,
    steps: &dyn Progress,
) -> Result<Answer> {
    let source = table.map(Rows::open).transpose()?;
    let fit = fitted_law(source.as_ref(), fitted, keys)?;
    let by = reading::columns(keys, "by")?;
    let view = keys.text("view")?.unwrap_or_default();
    let force = keys.truth("force")?;
    let level = level(keys)?;
    let points = keys.points("at")?.unwrap_or_default();
    let points = points.iter().map(|text| read_named(text));
    let points = points.collect::<Result<Vec<_>>>()?;
    let (at, laws) = (keys.sizes("at")?, keys.texts("laws")?);
    let plain = at.is_empty() && laws.is_empty() && view.is_empty();
    let request = PlotRequest::default()
        .table(reading::runs(keys)?.force(force))
        .fit(fitting(keys)?)
        .at(at)
        .laws(laws)
        .level(level)
        .method(keys.choice("method")?.unwrap_or(Method::Calibrated));
    keys.done()?;
    let is_curve = match &fit {
        Some(fit) => fit.law().inputs() == [Input::Compute],
        None => request.is_curve()?,
    };
    if let (Some(by), Some(source)) = (&by, &source) {
        return panels(&request, source, by, &view, steps);
    }
    if !is_curve {
        if !plain {
            return Err(usage("the law is not a function of compute alone: at, laws and view have no meaning for it")
                .with_hint("draw the answer of allocate or isoflop for the rest of a law of N and D"));
        }
        let fit = match (fit, &source) {
            (Some(fit), _) => fit,
            (None, Some(source)) => request.of_law().answer(source)?.fit().clone(),
            (None, None) => return Err(usage("there is neither a table nor a law")),
        };
        if fit.law().typed().is_some() {
            let request = PointsRequest::default().at(points).levels([level]);
            return Ok(Answer::of_points(request.of_fit(fit)?));
        }
        return Ok(Answer::of_fit(FitAnswer::of(fit)));
    }
    if !points.is_empty() {
        return Err(usage(
            "points such as N=1e9,S=8 are for laws of several columns",
        ));
    }
    let shown = match (fit, &source) {
        (Some(fit), _) => request.of_fit(fit)?,
        (None, Some(source)) => request.watched(&request.read(source)?, steps)?,
        (None, None) => return Err(usage("there is neither a table nor a law")),
    };
    made(curve(&shown, &view)?, shown.trust(), Some(json(&shown)?))
}

fn made(chart: Chart, trust: Trust, json: Option<String>) -> Result<Answer> {
    Ok(Answer::made(Made {
        document: Document::default(),
        table: None,
        json,
        trust,
        chart: Some(chart),
    }))
}

/// One panel per series.
fn panels(
    request: &PlotRequest,
    source: &Source<'_>,
    by: &str,
    view: &str,
    steps: &dyn Progress,
) -> Result<Answer> {
    if view == "both" {
        return Err(usage("view='both' is for one series")
            .with_hint("draw view='loss' and view='reducible' apart"));
    }
    let series = request.read_by(source, by)?;
    if series.len() > MOST_PANELS {
        let message = format!("{} panels are too many to read", series.len());
        return Err(
            usage(message).with_hint(format!("leave at most {MOST_PANELS} series with where"))
        );
    }
    let all = of_series(series, steps, |key, data| {
        let shown = request.watched(&data, &Silent)?;
        let chart = match view {
            "reducible" => chart::reducible(&shown),
            view => curve(&shown, view)?,
        };
        let title = format!("{key}: {}", chart.title());
        Ok((chart.titled(title), shown.trust()))
    })?;
    let count = all.len();
    let trust = Trust::of_all(all.iter().map(|of| match &of.result {
        Some((_, trust)) => *trust,
        None => Trust::Refused,
    }));
    let charts: Vec<Chart> = all
        .into_iter()
        .filter_map(|of| of.result)
        .map(|(chart, _)| chart)
        .collect();
    if charts.is_empty() {
        return Err(scalewise::Error::new(
            scalewise::ErrorKind::NoFit,
            "no series has a fit to draw",
        )
        .with_hint("call fit with the same by: it says why for each"));
    }
    let title = format!("{} of {count} series by {by}", charts.len());
    made(Chart::side_by_side(&title, charts), trust, None)
}
