//! Charts that ask how far a forecast can be trusted: its past, its rivals, its intervals.

use super::views::{loss_label, said_of};
use super::{Axis, Chart, Color, Layer, Point, Scale, Shape};
use crate::ask::spaced;
use crate::backtest::Backtest;
use crate::fit::FitResult;
use crate::forecast::Forecast;
use crate::interval::{Interval, Kind, Method};
use crate::number::{compute, digits, percent};
use crate::runs::Variable;

/// With more forecasts than this their bars would hide each other.
const BARS: usize = 60;
/// Points of a curve.
const CURVE: usize = 81;

/// Errors of a back-test against the extrapolation factor, with the intervals as bars where there are not too many.
#[must_use]
pub fn backtest(tested: &Backtest) -> Chart {
    let mut chart = Chart::new(
        "What would have been forecast",
        Axis::new("Run ÷ largest run seen", Scale::Log),
        Axis::new("Forecast ÷ what happened − 1 (%)", Scale::Linear),
    );
    let bars = tested.forecasts.len() <= BARS;
    let (mut held, mut missed) = (Vec::new(), Vec::new());
    for f in &tested.forecasts {
        let Some(band) = f.band else { continue };
        let error = |loss: f64| 100.0 * (loss / f.actual - 1.0);
        let inside = band.lower <= f.actual && f.actual <= band.upper;
        if bars {
            chart = chart.layer(Layer::Interval {
                x: f.factor,
                lower: error(band.lower),
                upper: error(band.upper),
                color: Color::Muted,
                label: None,
            });
        }
        let point = Point::new(f.factor, error(band.point)).hover(format!(
            "C {}, loss {}, forecast {} from {} runs{}",
            compute(f.x),
            digits(f.actual, 5),
            digits(band.point, 5),
            f.runs,
            if f.line > 0 {
                format!(" (line {})", f.line)
            } else {
                String::new()
            }
        ));
        if inside { &mut held } else { &mut missed }.push(point);
    }
    let level = percent(tested.level);
    let (hits, all) = (held.len(), held.len() + missed.len());
    chart
        .subtitle(format!(
            "each run forecast from all smaller ones: {hits} of {all} inside their {level} interval"
        ))
        .description(format!(
            "{all} forecasts of known runs from smaller ones; {hits} were inside their {level} interval."
        ))
        .layer(Layer::HorizontalRule {
            y: 0.0,
            label: Some("exactly right".to_owned()),
        })
        .layer(Layer::Points {
            points: held,
            shape: Shape::Disc,
            color: Color::Blue,
            label: Some("inside its interval".to_owned()),
        })
        .layer(Layer::Points {
            points: missed,
            shape: Shape::Cross,
            color: Color::Vermillion,
            label: Some("outside".to_owned()),
        })
}

/// Several laws through the same runs, continued to a target: where they part, the form decides.
#[must_use]
pub fn laws(fits: &[&FitResult], forecast: Option<&Forecast>) -> Chart {
    let mut chart = Chart::new(
        "Laws side by side",
        Axis::new(
            fits.first().map_or("", |fit| fit.variable().axis()),
            Scale::Log,
        ),
        Axis::new(
            fits.first().map_or_else(String::new, |fit| loss_label(fit)),
            Scale::Log,
        ),
    );
    let Some(first) = fits.first() else {
        return chart;
    };
    let largest = first.largest_fitted();
    let low = first.smallest_fitted();
    let actuals = || first.data().actuals_in_order().into_iter();
    let high = actuals()
        .map(|r| r.compute)
        .chain(forecast.map(|f| f.x))
        .fold(1.3 * largest, f64::max);
    let mut said = Vec::new();
    // A law of several variables is no line over one of them.
    let of_one = |fit: &&&FitResult| fit.law().inputs().len() == 1;
    for (fit, color) in fits.iter().filter(of_one).zip(Color::ALL.iter().cycle()) {
        let curve = |from: f64, to: f64| -> Vec<(f64, f64)> {
            let points = spaced(from, to, CURVE);
            points.map(|c| (c, fit.predict(&[c]))).collect()
        };
        for (points, dashed) in [(curve(low, largest), false), (curve(largest, high), true)] {
            chart = chart.layer(Layer::Line {
                points,
                color: *color,
                dashed,
                label: dashed.then(|| fit.law().name().to_owned()),
            });
        }
        said.push(format!(
            "{} {}",
            fit.law().name(),
            digits(fit.predict(&[high]), 4)
        ));
    }
    chart = chart
        .description(format!(
            "At {} the laws say: {}.",
            compute(high),
            said.join(", ")
        ))
        .layer(Layer::VerticalRule {
            x: largest,
            label: Some("largest run fitted".to_owned()),
        })
        .layer(Layer::Points {
            points: first
                .runs_in_order()
                .into_iter()
                .map(|r| Point::new(r.compute, r.loss).hover(said_of(r, first.variable())))
                .collect(),
            shape: Shape::Disc,
            color: Color::Ink,
            label: None,
        })
        .layer(Layer::Points {
            points: actuals()
                .map(|r| Point::new(r.compute, r.loss).hover(said_of(r, first.variable())))
                .collect(),
            shape: Shape::Circle,
            color: Color::Green,
            label: Some("actual".to_owned()),
        });
    if let Some(f) = forecast {
        chart = chart.layer(Layer::Points {
            points: vec![Point::labelled(f.x, f.point, "recommended")],
            shape: Shape::Star,
            color: Color::Vermillion,
            label: None,
        });
    }
    chart
}

/// The ends of the intervals at every level that the forecast was asked for: a narrow funnel is a sure forecast.
#[must_use]
pub fn levels(forecast: &Forecast, variable: Variable) -> Chart {
    let mut chart = Chart::new(
        format!("Intervals at {}{}", variable.before(), compute(forecast.x)),
        Axis::new("Loss L", Scale::Linear),
        Axis::new("Level of the prediction interval (%)", Scale::Linear).range(0.0, 100.0),
    )
    .description(format!(
        "The ends of prediction intervals of every level around {}.",
        digits(forecast.point, 4)
    ));
    for (method, color) in [
        (Method::Calibrated, Color::Vermillion),
        (Method::Profile, Color::Blue),
        (Method::Delta, Color::Purple),
    ] {
        let given = forecast.intervals.iter();
        let mut own: Vec<&Interval> = given
            .filter(|i| i.method == method && i.kind == Kind::Prediction)
            .collect();
        if own.len() < 3 {
            continue;
        }
        own.sort_by(|a, b| a.level.total_cmp(&b.level));
        let lower = own.iter().rev().map(|i| (i.lower, 100.0 * i.level));
        let upper = own.iter().map(|i| (i.upper, 100.0 * i.level));
        let line = |points: Vec<(f64, f64)>, named: bool| Layer::Line {
            points,
            color,
            dashed: method != Method::Calibrated,
            label: named.then(|| method.name().to_owned()),
        };
        if method == Method::Calibrated {
            // Its levels begin at 50 %: a line from one end to the other would show an interval of no method.
            chart = chart
                .layer(line(lower.collect(), true))
                .layer(line(upper.collect(), false));
        } else {
            chart = chart.layer(line(lower.chain(upper).collect(), true));
        }
    }
    let run = forecast.point;
    chart.layer(Layer::VerticalRule {
        x: run,
        label: Some(format!("point {}", digits(run, 4))),
    })
}
