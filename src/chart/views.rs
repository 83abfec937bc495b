//! The charts of a fit: loss against compute, and the reducible loss where the law is a straight line.

use super::{Axis, BandPoint, Chart, Color, Figure, Layer, Point, Scale, Shape};
use crate::ask::{PlotAnswer, spaced};
use crate::fit::{FitResult, Severity};
use crate::forecast::Forecast;
use crate::interval::{Interval, Kind};
use crate::number::{compute, digits, percent, with_uncertainty};
use crate::runs::{Run, Variable};
use crate::said::Said;
use std::ops::Deref;

/// Points of a curve: enough for a smooth line at any size.
const CURVE: usize = 81;
/// With more actuals than this their labels would cover each other.
const NAMED: usize = 3;

/// Loss against compute: runs, the law solid where there are runs and dashed beyond, the band, the
/// forecasts, and what came true.
///
/// ```
/// use scalewise::{ask::PlotAnswer, chart::{self, Theme}, Dataset, Fit, Method, Target, law::Saturating};
/// let runs = [(1e18, 3.1), (1e19, 2.74), (1e20, 2.46), (1e21, 2.25), (1e22, 2.1), (1e23, 1.98)];
/// let fit = Fit::new(Saturating).run(&Dataset::from_runs(runs)?)?;
/// let forecasts = vec![fit.forecast(Target::at(1e25)).run()?];
/// let shown = PlotAnswer::of(fit, forecasts, 0.9, Method::Profile);
/// let svg = chart::scaling(&shown).to_svg(&Theme::light());
/// assert!(svg.contains("largest run fitted"));
/// # Ok::<(), scalewise::Error>(())
/// ```
#[must_use]
pub fn scaling(shown: &PlotAnswer) -> Chart {
    View(shown).loss()
}

/// Loss above the fitted irreducible loss on log–log axes, where a·C^b is a straight line.
#[must_use]
pub fn reducible(shown: &PlotAnswer) -> Chart {
    View(shown).above_floor()
}

/// Both views.
#[must_use]
pub fn loss_and_reducible(shown: &PlotAnswer) -> [Chart; 2] {
    [scaling(shown), reducible(shown)]
}

/// `Loss L`, with its unit where that is known.
pub(super) fn loss_label(fit: &FitResult) -> String {
    match &fit.data().loss_unit {
        Some(unit) => format!("Loss L ({unit})"),
        None => "Loss L".to_owned(),
    }
}

pub(super) fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// Both views side by side.
#[must_use]
pub fn both(shown: &PlotAnswer) -> Figure {
    let mut charts = loss_and_reducible(shown).to_vec();
    let title = charts[0].title.clone();
    let subtitle = charts[0].subtitle.take();
    let description = charts[0].description.clone();
    charts[0].title = "Loss".to_owned();
    charts[1].title = "Reducible loss".to_owned();
    charts[1].subtitle = None;
    charts[1].note = None;
    let mut figure = Figure::new(title, charts);
    figure.subtitle = subtitle;
    figure.description = description;
    figure
}

/// What is shown, as one of the views.
struct View<'a>(&'a PlotAnswer);

impl Deref for View<'_> {
    type Target = PlotAnswer;

    fn deref(&self) -> &PlotAnswer {
        self.0
    }
}

impl View<'_> {
    fn floor(&self) -> f64 {
        self.fit
            .value("c")
            .filter(|c| c.is_finite() && *c > 0.0)
            .unwrap_or(0.0)
    }

    fn loss(&self) -> Chart {
        self.chart(0.0, &loss_label(&self.fit))
    }

    fn above_floor(&self) -> Chart {
        let floor = self.floor();
        let label = if floor > 0.0 {
            format!("Reducible loss L − c, c = {}", digits(floor, 4))
        } else {
            "Reducible loss L − c, c = 0".to_owned()
        };
        let mut chart = self.chart(floor, &label);
        chart.title = format!("Above the irreducible loss: {}", lower_first(&chart.title));
        if self.forecasts.iter().any(|f| self.point_of(f) <= floor) {
            let hidden =
                "the forecast lies below the fitted irreducible loss and has no place here";
            chart.note = Some(match chart.note {
                Some(note) => format!("{note}; {hidden}"),
                None => hidden.to_owned(),
            });
        }
        chart
    }

    fn chart(&self, floor: f64, y_label: &str) -> Chart {
        let (low, high) = self.range;
        let largest = self.fit.largest_fitted();
        let mut chart = Chart::new(
            self.title(),
            Axis::new(self.fit.variable().axis(), Scale::Log).range(low, high),
            Axis::new(y_label, Scale::Log),
        )
        .subtitle(self.subtitle())
        .description(self.description());
        let notes: Vec<String> = self.warning().into_iter().chain(self.bandless()).collect();
        if !notes.is_empty() {
            chart = chart.note(notes.join("; "));
        }
        let curve = |from: f64, to: f64| -> Vec<(f64, f64)> {
            // A law of several variables is no line over one of them.
            match self.fit.law().inputs() {
                [_] => spaced(from, to, CURVE)
                    .map(|c| (c, self.fit.predict(&[c]) - floor))
                    .collect(),
                _ => Vec::new(),
            }
        };
        let mut layers = Vec::new();
        if !self.band.is_empty() {
            let lowered = |(c, lower, upper): &BandPoint| (*c, lower - floor, upper - floor);
            layers.push(Layer::Band {
                points: self.band.iter().map(lowered).collect(),
                color: Color::Blue,
                label: Some(format!(
                    "{} prediction band ({})",
                    percent(self.level),
                    self.method.name()
                )),
            });
        }
        layers.push(Layer::Line {
            points: curve(low, largest.min(high)),
            color: Color::Blue,
            dashed: false,
            label: Some("fitted law".to_owned()),
        });
        if high > largest {
            layers.push(Layer::Line {
                points: curve(largest, high),
                color: Color::Blue,
                dashed: true,
                label: None,
            });
        }
        layers.push(Layer::VerticalRule {
            x: largest,
            label: Some("largest run fitted".to_owned()),
        });
        layers.push(Layer::Points {
            points: self
                .fit
                .runs_in_order()
                .into_iter()
                .map(|r| {
                    Point::new(r.compute, r.loss - floor).hover(said_of(r, self.fit.variable()))
                })
                .collect(),
            shape: Shape::Disc,
            color: Color::Ink,
            label: Some("runs".to_owned()),
        });
        for forecast in &self.forecasts {
            layers.extend(self.forecast_layers(forecast, floor));
        }
        let named = self.named_actuals();
        layers.push(Layer::Points {
            points: self
                .fit
                .data()
                .actuals_in_order()
                .into_iter()
                .map(|run| actual(run, floor, named.contains(&run.line), self.fit.variable()))
                .collect(),
            shape: Shape::Circle,
            color: Color::Green,
            label: None,
        });
        chart.layers = layers;
        chart
    }

    /// Lines of the actuals whose value is written beside them: all of a few, of many the one farthest out.
    fn named_actuals(&self) -> Vec<u64> {
        let actuals = self.fit.data().actuals_in_order();
        let named = match actuals.len() {
            0..=NAMED => &actuals[..],
            many => &actuals[many - 1..],
        };
        named.iter().map(|run| run.line).collect()
    }

    fn forecast_layers(&self, forecast: &Forecast, floor: f64) -> Vec<Layer> {
        let interval = self.interval_of(forecast);
        let spread = interval.map(|i| 0.25 * (i.upper - i.lower));
        let point = self.point_of(forecast);
        let label = format!("forecast {}", with_uncertainty(point, spread));
        let mut layers = Vec::new();
        if let Some(i) = interval {
            layers.push(Layer::Interval {
                x: forecast.x,
                lower: i.lower - floor,
                upper: i.upper - floor,
                color: Color::Vermillion,
                label: None,
            });
        }
        layers.push(Layer::Points {
            points: vec![Point::labelled(forecast.x, point - floor, label)],
            shape: Shape::Star,
            color: Color::Vermillion,
            label: None,
        });
        layers
    }

    /// The point that belongs to the interval shown.
    fn point_of(&self, forecast: &Forecast) -> f64 {
        forecast.point_of(self.method).unwrap_or(forecast.point)
    }

    fn interval_of<'f>(&self, forecast: &'f Forecast) -> Option<&'f Interval> {
        forecast.interval(self.method, self.level, Kind::Prediction)
    }

    fn title(&self) -> String {
        match &self.forecasts[..] {
            [] => format!(
                "Loss against {}: {}",
                self.fit.variable().noun(),
                self.fit.formula()
            ),
            [.., last] => {
                let spread = self.interval_of(last).map(|i| 0.25 * (i.upper - i.lower));
                format!(
                    "Forecast loss {} at {} {}",
                    with_uncertainty(self.point_of(last), spread),
                    self.fit.variable().shown(last.x),
                    self.fit.variable().unit()
                )
            }
        }
    }

    fn subtitle(&self) -> String {
        let values: Vec<String> = self
            .fit
            .parameters()
            .iter()
            .map(|p| format!("{} = {}", p.name, with_uncertainty(p.value, p.stderr)))
            .collect();
        format!(
            "{}, {}, from {} runs over {:.1} decades of {}",
            self.fit.formula(),
            values.join(", "),
            self.fit.fitted_runs().count(),
            Said(self.fit.span_decades()),
            self.fit.variable().noun()
        )
    }

    fn warning(&self) -> Option<String> {
        let warned = self
            .fit
            .diagnoses()
            .iter()
            .filter(|d| d.severity > Severity::Note);
        let codes: Vec<&str> = warned.map(|d| d.code.as_str()).collect();
        (!codes.is_empty()).then(|| format!("NOT TRUSTWORTHY: {}", codes.join(", ")))
    }

    /// Why there is no band.
    fn bandless(&self) -> Option<String> {
        let why = self.without_band.as_ref()?;
        let method = self.method.name();
        Some(format!("no {method} band: {why}"))
    }

    fn description(&self) -> String {
        let mut text = format!(
            "{} fitted to {} runs with {} from {} to {}.",
            self.fit.formula(),
            self.fit.fitted_runs().count(),
            self.fit.variable().noun(),
            self.fit.variable().shown(self.fit.smallest_fitted()),
            self.fit.variable().shown(self.fit.largest_fitted())
        );
        for f in &self.forecasts {
            text += &format!(
                " Forecast at {}: {}, {} times beyond the largest run",
                self.fit.variable().shown(f.x),
                digits(self.point_of(f), 4),
                digits(f.extrapolation, 3)
            );
            if let Some(i) = self.interval_of(f) {
                text += &format!(
                    "; {} {} interval {} to {}",
                    percent(i.level),
                    i.kind.name(),
                    digits(i.lower, 4),
                    digits(i.upper, 4)
                );
            }
            text.push('.');
        }
        for run in self.fit.data().actuals_in_order() {
            text += &format!(" Actual loss at {}: {}.", compute(run.compute), run.loss);
        }
        text
    }
}

fn actual(run: &Run, floor: f64, named: bool, variable: Variable) -> Point {
    let y = run.loss - floor;
    if !named {
        return Point::new(run.compute, y).hover(format!("actual {}", said_of(run, variable)));
    }
    let name = run
        .group
        .as_deref()
        .map(|g| format!("{g}, "))
        .unwrap_or_default();
    let label = format!("{name}actual {}", digits(run.loss, 4));
    Point::labelled(run.compute, y, label).hover(said_of(run, variable))
}

/// Which run a mark is.
pub(super) fn said_of(run: &Run, variable: Variable) -> String {
    let mut words = match &run.group {
        Some(name) => format!("{name}: "),
        None => String::new(),
    };
    words += &format!(
        "{} {}, loss {}",
        variable.symbol(),
        variable.shown(run.compute),
        digits(run.loss, 5)
    );
    if run.line > 0 {
        words += &format!(" (line {})", run.line);
    }
    words
}
