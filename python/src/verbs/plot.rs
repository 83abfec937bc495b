//! Charts of laws and forecasts.

use super::{fitted_law, level};
use crate::answer::{Answer, Made};
use crate::choice::fitting;
use crate::keywords::{Keywords, usage};
use crate::reading;
use crate::table::Rows;
use crate::views::curve;
use scalewise::ask::{Ask, AskTable, FitAnswer, PlotAnswer, PointsRequest, Trust};
use scalewise::chart::{self, Chart};
use scalewise::internal::{MOST_TOGETHER, PlotRequest, by as of_series, json, read_named};
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
    let is_together = view == "together";
    let series = request.read_by(source, by)?;
    let (most, what) = match is_together {
        true => (MOST_TOGETHER, "series in one chart"),
        false => (MOST_PANELS, "panels"),
    };
    let readable = series.iter().filter(|one| one.data.is_ok()).count();
    if readable > most {
        let message = format!("{readable} {what} are too many to read");
        return Err(usage(message).with_hint(format!("leave at most {most} series with where")));
    }
    let all = of_series(series, steps, |key, data| {
        let shown = request.watched(&data, &Silent)?;
        if !is_together {
            // An unknown view is refused before the series are drawn.
            curve(&shown, view)?;
        }
        Ok((key.to_owned(), shown))
    })?;
    let count = all.len();
    let trust = Trust::of_all(all.iter().map(|of| match &of.result {
        Some((_, shown)) => shown.trust(),
        None => Trust::Refused,
    }));
    let drawn: Vec<(String, PlotAnswer)> = all.into_iter().filter_map(|of| of.result).collect();
    if drawn.is_empty() {
        return Err(scalewise::Error::new(
            scalewise::ErrorKind::NoFit,
            "no series has a fit to draw",
        )
        .with_hint("call fit with the same by: it says why for each"));
    }
    let title = format!("{} of {count} series by {by}", drawn.len());
    if is_together {
        return made(chart::together(&title, &drawn), trust, None);
    }
    let panels = drawn.iter().map(|(key, shown)| {
        let chart = curve(shown, view)?;
        let title = format!("{key}: {}", chart.title());
        Ok(chart.titled(title))
    });
    let panels = panels.collect::<Result<Vec<Chart>>>()?;
    made(Chart::side_by_side(&title, panels), trust, None)
}
