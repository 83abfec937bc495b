//! Charts of how far a forecast can be trusted: its back-test, other laws, its intervals.

use super::Chart;
use super::spec::{Axis, Color, Dash, Layer, Marker, MarkerShape, Panel, XY};
use super::views::{loss_label, run_marker};
use crate::ask::{PlotAnswer, spaced};
use crate::backtest::Backtest;
use crate::fit::{Drawn, FitResult};
use crate::forecast::Forecast;
use crate::interval::{Interval, Kind, Method};
use crate::number::{compute, digits, percent};
use crate::runs::Variable;

/// With more forecasts than this their bars would hide each other.
const BARS: usize = 60;
/// Points of a curve.
const CURVE: usize = 81;
/// Colours of laws: none is that of a forecast or of what came true.
const LAWS: [Color; 6] = [
    Color::Blue,
    Color::Ramp(0),
    Color::Purple,
    Color::Ramp(11),
    Color::Ramp(6),
    Color::Ink,
];

/// How the law in this place is drawn: by its colour, and on grey paper by its pattern.
fn look(k: usize) -> (Color, Dash) {
    let round = k / LAWS.len();
    (
        LAWS[k % LAWS.len()],
        Dash::ALL[(k + round) % Dash::ALL.len()],
    )
}

/// Errors of a back-test against the extrapolation factor, with the intervals as bars unless there
/// are too many.
#[must_use]
pub fn backtest(tested: &Backtest) -> Chart {
    let mut panel = Panel::new(
        "What would have been forecast",
        Axis::log("Run ÷ largest run seen"),
        Axis::linear("Forecast ÷ what happened − 1 (%)"),
    );
    let bars = tested.forecasts.len() <= BARS;
    let (mut held, mut missed) = (Vec::new(), Vec::new());
    for f in &tested.forecasts {
        let Some(band) = f.band else { continue };
        let error = |loss: f64| 100.0 * (loss / f.actual - 1.0);
        let inside = band.lower <= f.actual && f.actual <= band.upper;
        if bars {
            let (lower, upper) = (error(band.lower), error(band.upper));
            panel = panel.layer(Layer::interval(f.factor, lower, upper, Color::Muted));
        }
        let mut words = format!(
            "C {}, loss {}, forecast {} from {} runs",
            compute(f.x),
            digits(f.actual, 5),
            digits(band.point, 5),
            f.runs,
        );
        if f.line > 0 {
            words += &format!(" (line {})", f.line);
        }
        let marker = Marker::new(f.factor, error(band.point)).hover(words);
        if inside { &mut held } else { &mut missed }.push(marker);
    }
    let level = percent(tested.level);
    let (hits, all) = (held.len(), held.len() + missed.len());
    panel
        .subtitle(format!(
            "each run forecast from all smaller ones: {hits} of {all} inside their {level} interval"
        ))
        .description(format!(
            "{all} forecasts of known runs from smaller ones; {hits} were inside their {level} interval."
        ))
        .layer(Layer::horizontal_rule(0.0).label("exactly right"))
        .layer(Layer::markers(held, MarkerShape::Disc, Color::Blue).label("inside its interval"))
        .layer(Layer::markers(missed, MarkerShape::Cross, Color::Vermillion).label("outside"))
        .into()
}

/// The requested laws, through the runs of the fit.
#[must_use]
pub fn laws(shown: &PlotAnswer) -> Chart {
    let laws: Vec<Drawn> = shown.laws.iter().map(Drawn::from).collect();
    laws_of(&shown.fit, &laws, shown.forecasts.last())
}

/// Several laws through the runs of a fit, continued to a target. Where they diverge, the forecast
/// depends on the form.
pub(crate) fn laws_of(first: &FitResult, laws: &[Drawn], forecast: Option<&Forecast>) -> Chart {
    const TITLE: &str = "Laws side by side";
    let largest = first.largest_fitted();
    let low = first.smallest_fitted();
    let actuals = || first.data().actuals_in_order().into_iter();
    let high = actuals()
        .map(|r| r.x)
        .chain(forecast.map(|f| f.x))
        .fold(1.3 * largest, f64::max);
    let mut panel = Panel::new(
        TITLE,
        Axis::log(first.variable().axis()),
        Axis::log(loss_label(first)),
    );
    let mut said = Vec::new();
    // A law of several variables is not a line over one of them.
    let of_one = |drawn: &&Drawn| drawn.law.inputs().len() == 1;
    for (k, drawn) in laws.iter().filter(of_one).enumerate() {
        let (color, dash) = look(k);
        let curve = |from: f64, to: f64| -> Vec<XY> {
            let points = spaced(from, to, CURVE);
            points.map(|c| (c, drawn.predict(&[c]))).collect()
        };
        let name = drawn.law.name();
        // Where laws lie on each other a name beside them says little.
        let line = Layer::patterned(curve(low, high), color, dash).label(name);
        panel = panel.layer(line.listed());
        said.push(format!("{name} {}", digits(drawn.predict(&[high]), 4)));
    }
    let at = |r| run_marker(r, 0.0, first.variable());
    let fitted = first.runs_in_order().into_iter().map(at).collect();
    let actual = actuals().map(at).collect();
    let star = forecast.map(|f| Marker::new(f.x, f.point).label("recommended"));
    panel
        .description(format!(
            "At {} the laws say: {}.",
            compute(high),
            said.join(", ")
        ))
        .layer(Layer::vertical_rule(largest).label("largest run fitted"))
        .layer(Layer::markers(fitted, MarkerShape::Disc, Color::Ink))
        .layer(Layer::markers(actual, MarkerShape::Circle, Color::Green).label("actual"))
        .layers(star.into_iter().flat_map(|star| Layer::star(star, None)))
        .into()
}

/// The ends of the intervals at every level of the forecast: a narrow funnel means a certain
/// forecast.
pub(crate) fn levels(forecast: &Forecast, variable: Variable) -> Chart {
    let mut panel = Panel::new(
        format!("Intervals at {}{}", variable.before(), compute(forecast.x)),
        Axis::linear("Loss L"),
        Axis::linear("Level of the prediction interval (%)").range(0.0, 100.0),
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
        panel = match method {
            // Its levels begin at 50 %, so a line from one end to the other would show an interval
            // that no method gives.
            Method::Calibrated => panel
                .layer(Layer::line(lower.collect(), color).label(method.name()))
                .layer(Layer::line(upper.collect(), color)),
            _ => {
                let both = lower.chain(upper).collect();
                panel.layer(Layer::dashed_line(both, color).label(method.name()))
            }
        };
    }
    let point = forecast.point;
    panel
        .layer(Layer::vertical_rule(point).label(format!("point {}", digits(point, 4))))
        .into()
}
