//! The charts of a capability: the metric against compute, one panel a bucket, and every problem's
//! pass rate.

use super::Chart;
use super::spec::{
    Axis, BandPoint, Color, Content, Figure, HeatCell, Layer, Marker, MarkerShape, Panel, Shades,
    XY,
};
use crate::ask::{CapabilityAnswer, CurveForecasts};
use crate::capability::{About, Capability, Curve, CurveForecast, Verdict};
use crate::fit::Severity;
use crate::interval::{Interval, Kind, Method};
use crate::number::{compute, digits, percent, with_uncertainty};
use crate::runs::Role;

/// Points of a law's line.
const CURVE: usize = 41;
/// Without a target a chart shows this much beyond the largest model.
const BEYOND: f64 = 10.0;
/// The faintest cell of a heat map that is not blank.
const FAINTEST: f64 = 0.12;

/// −mean ln(pass rate) against compute on log–log axes, where the law is a straight line. There is
/// one panel per bucket, easiest first, as in figure 2 of the GPT-4 report; a single panel if there
/// is one bucket.
///
/// Targets are marked with their forecast and the prediction interval of the highest requested
/// level.
///
/// ```
/// use scalewise::ask::{CapabilityRequest, ProblemChoice};
/// use scalewise::internal::Benchmark;
/// use scalewise::chart::{self, Theme};
/// use scalewise::runs::CountTable;
/// let request = CapabilityRequest::default()
///     .problems(ProblemChoice::default().buckets(2))
///     .at(["1e23".parse()?]);
/// let counts = CountTable::Counts(Benchmark::default().simulate()?.counts);
/// let svg = chart::capability(&request.of(&counts)?).to_svg(&Theme::light());
/// assert!(svg.contains("bucket 2 of 2"));
/// # Ok::<(), scalewise::Error>(())
/// ```
#[must_use]
pub fn capability(answer: &CapabilityAnswer) -> Chart {
    let (fit, targets, level) = (&answer.fit, &answer.targets, answer.highest());
    let curves: Vec<(&Curve, &CurveForecasts)> = if fit.buckets.len() > 1 {
        fit.buckets.iter().zip(&answer.buckets).collect()
    } else {
        vec![(&fit.overall, &answer.overall)]
    };
    let panels: Vec<Panel> = curves
        .iter()
        .enumerate()
        .map(|(b, of)| panel(answer, *of, (b, curves.len())))
        .collect();
    let verdict = fit.verdict();
    let title = match (fit.rule.is_some(), targets.first()) {
        (true, Some(c)) => format!(
            "Mean log pass rate, forecast at {} {}",
            compute(*c),
            unit(fit)
        ),
        (true, None) => "Mean log pass rate against compute".to_owned(),
        (false, Some(c)) => format!("Pass rate, forecast at {} {}", compute(*c), unit(fit)),
        (false, None) => "Pass rate against compute".to_owned(),
    };
    let figure = Figure {
        subtitle: Some(format!(
            "{}; {} prediction intervals: bands delta, stars and bars calibrated",
            subtitle(fit, verdict),
            percent(level)
        )),
        description: format!(
            "{} models, {} problems. Verdict on all problems: {}.",
            fit.models.len(),
            fit.overall.problems.len(),
            verdict.words().to_lowercase()
        ),
        ..Figure::new(title, panels)
    };
    figure.into()
}

/// The axis of compute, from `low` to `high`.
fn compute_axis(fit: &Capability, (low, high): (f64, f64)) -> Axis {
    let label = match is_flop(fit) {
        true => "Training compute C (FLOP)",
        false => &fit.compute_name,
    };
    Axis::log(label).range(low, high)
}

fn unit(fit: &Capability) -> &str {
    if is_flop(fit) {
        "FLOP"
    } else {
        &fit.compute_name
    }
}

fn is_flop(fit: &Capability) -> bool {
    let name = fit.compute_name.to_lowercase();
    name == "6nd" || name == "c" || name.contains("flop") || name.contains("compute")
}

fn subtitle(fit: &Capability, verdict: Verdict) -> String {
    let (k, stderr) = fit.overall.exponent().unwrap_or((f64::NAN, None));
    let law = if k.is_finite() {
        format!(", all problems: k = {}", with_uncertainty(k, stderr))
    } else {
        String::new()
    };
    let codes: Vec<&str> = fit
        .overall
        .diagnoses
        .iter()
        .filter(|d| d.severity > Severity::Note)
        .map(|d| d.code.as_str())
        .collect();
    let because = if codes.is_empty() {
        String::new()
    } else {
        format!(": {}", codes.join(", "))
    };
    format!("alpha*C^(-k){law}; {}{because}", verdict.words())
}

fn panel(
    answer: &CapabilityAnswer,
    (curve, forecasts): (&Curve, &CurveForecasts),
    (place, of): (usize, usize),
) -> Panel {
    let (fit, targets) = (&answer.fit, &answer.targets);
    let (level, force) = (answer.highest(), answer.request.force);
    let given = forecasts
        .iter()
        .filter_map(|forecast| forecast.as_ref().ok());
    let given: Vec<&CurveForecast> = given.collect();
    let label = if fit.rule.is_some() {
        "−mean ln(pass rate)"
    } else {
        "−ln(pass rate)"
    };
    let title = match (of, fit.rule.is_some()) {
        (1, true) => format!("{} problems", curve.problems.len()),
        (1, false) => "Whole benchmark".to_owned(),
        _ => {
            let ends = match place {
                0 => ", the easiest",
                p if p + 1 == of => ", the hardest",
                _ => "",
            };
            format!(
                "bucket {} of {of}{ends}: {} problems",
                place + 1,
                curve.problems.len()
            )
        }
    };
    let ends = extent(curve, targets);
    let mut panel = Panel::new(title, compute_axis(fit, ends), Axis::log(label))
        .description(describe(curve, &given, level));
    if let Some((k, stderr)) = curve.exponent() {
        panel = panel.subtitle(format!("k = {}", with_uncertainty(k, stderr)));
    }
    if let Some(d) = curve.refusal() {
        panel = panel.note(format!("NOT PREDICTABLE ({}): {}", d.code, d.message));
    } else if curve.verdict() == Verdict::OnlyWhereSolved {
        let why = if curve.unsolved_share > 0.0 {
            let share = 100.0 * curve.unsolved_share;
            format!("{share:.0} % of the metric rests on problems never solved")
        } else {
            "problems with zeros are left out".to_owned()
        };
        panel = panel.note(format!("predictable only where solved: {why}"));
    }
    panel.layers(layers(curve, &given, ends, level, (force, of == 1)))
}

fn extent(curve: &Curve, targets: &[f64]) -> (f64, f64) {
    let all = || curve.points.iter().map(|p| p.compute);
    let largest = curve.largest_fitted();
    let mut farthest = all().chain(targets.iter().copied()).fold(largest, f64::max);
    if farthest <= largest {
        farthest = largest * BEYOND;
    }
    let smallest = all().chain(targets.iter().copied()).fold(largest, f64::min);
    let margin = (farthest / smallest).powf(0.06).max(1.1);
    (
        (smallest / margin).max(f64::MIN_POSITIVE),
        (farthest * margin).min(1e300),
    )
}

fn layers(
    curve: &Curve,
    forecasts: &[&CurveForecast],
    (low, high): (f64, f64),
    level: f64,
    (force, alone): (bool, bool),
) -> Vec<Layer> {
    let largest = curve.largest_fitted();
    let allowed = force || curve.refusal().is_none();
    let mut layers = Vec::new();
    let spaced = |from: f64, to: f64| {
        let step = (to / from).ln() / (CURVE - 1) as f64;
        (0..CURVE).map(move |k| from * (step * k as f64).exp())
    };
    if allowed {
        let band: Vec<BandPoint> = spaced(low, high)
            .filter_map(|c| {
                let (lower, upper) = curve.law_interval(c, level)?;
                Some((c, lower, upper))
            })
            .collect();
        let line = |from: f64, to: f64| -> Vec<XY> {
            spaced(from, to)
                .filter_map(|c| Some((c, curve.predict(c)?)))
                .collect()
        };
        layers.extend([
            Layer::band(band, Color::Blue),
            Layer::line(line(low, largest), Color::Blue),
            Layer::dashed_line(line(largest, high), Color::Blue),
        ]);
    }
    let rule = Layer::vertical_rule(largest);
    layers.push(match alone {
        true => rule.label("largest model fitted"),
        false => rule,
    });
    for point in curve.points.iter().filter(|p| p.role == Role::Fit) {
        if let (Some(metric), Some(error)) = (point.metric, point.stderr) {
            let end = |error: f64| metric * (error / metric).exp();
            let (lower, upper) = (end(-error), end(error));
            layers.push(Layer::interval(point.compute, lower, upper, Color::Muted));
        }
    }
    let fitted = curve.points.iter().filter(|p| p.role == Role::Fit);
    let fitted = fitted.filter_map(|p| {
        let metric = p.metric?;
        let words = format!("{}: −mean ln p {}", p.model, digits(metric, 4));
        Some(Marker::new(p.compute, metric).hover(words))
    });
    layers.push(Layer::markers(
        fitted.collect(),
        MarkerShape::Disc,
        Color::Ink,
    ));
    for forecast in forecasts {
        let interval = prediction(forecast, level);
        let spread = interval.map(|i| 0.25 * (i.upper - i.lower));
        let point = starred(forecast, level);
        let words = format!("forecast {}", with_uncertainty(point, spread));
        layers.extend(Layer::star(
            Marker::new(forecast.compute, point).label(words),
            interval.map(|i| (i.lower, i.upper)),
        ));
    }
    layers.push(Layer::markers(
        actuals(curve),
        MarkerShape::Circle,
        Color::Green,
    ));
    layers
}

/// The held-out models. If there are many, only the largest has a label; the others have a tooltip.
fn actuals(curve: &Curve) -> Vec<Marker> {
    let kept = curve.points.iter().filter(|p| p.role == Role::Actual);
    let last = kept.clone().map(|p| p.compute).fold(0.0, f64::max);
    let mut named = false;
    kept.filter_map(|p| {
        let metric = p.metric?;
        let words = format!("actual {}", digits(metric, 3));
        let marker = Marker::new(p.compute, metric);
        let first_of_largest = p.compute == last && !std::mem::replace(&mut named, true);
        Some(match first_of_largest {
            true => marker.label(words),
            false => marker.hover(format!("{}: {words}", p.model)),
        })
    })
    .collect()
}

/// The point of the star: that of its interval. The law's own point is on the line.
fn starred(forecast: &CurveForecast, level: f64) -> f64 {
    let method = prediction(forecast, level).map_or(Method::Delta, |i| i.method);
    forecast.metric.point_of(method)
}

/// The first prediction interval of a level for these problems; the calibrated one if there is one.
fn prediction(forecast: &CurveForecast, level: f64) -> Option<Interval> {
    forecast
        .metric
        .intervals
        .iter()
        .find(|i| {
            i.about == About::TheseProblems
                && i.interval.kind == Kind::Prediction
                && i.interval.level == level
        })
        .map(|i| i.interval)
}

fn describe(curve: &Curve, forecasts: &[&CurveForecast], level: f64) -> String {
    let mut text = String::new();
    for p in &curve.points {
        if let Some(metric) = p.metric {
            let word = if p.role == Role::Fit { "" } else { " (actual)" };
            text += &format!("{}: {}{word}. ", compute(p.compute), digits(metric, 4));
        }
    }
    for f in forecasts {
        text += &format!(
            "Forecast at {}: {}, {} times beyond the largest model",
            compute(f.compute),
            digits(starred(f, level), 4),
            digits(f.extrapolation, 3)
        );
        if let Some(i) = prediction(f, level) {
            text += &format!(
                ", prediction interval {} to {}",
                digits(i.lower, 4),
                digits(i.upper, 4)
            );
        }
        text += ". ";
    }
    text.trim_end().to_owned()
}

/// Every problem's pass rate for every model: one row per problem, the easiest at the bottom, and
/// one column per model. `None` if only rates of a benchmark are known.
///
/// ```
/// use scalewise::{capability::CapabilityFit, internal::Benchmark};
/// use scalewise::chart::{self, Theme};
/// let fit = CapabilityFit::new().run(&Benchmark::default().simulate()?.counts)?;
/// let picture = chart::problems(&fit).unwrap().to_svg(&Theme::light());
/// assert!(picture.contains("164 problems"));
/// # Ok::<(), scalewise::Error>(())
/// ```
#[must_use]
pub fn problems(fit: &Capability) -> Option<Chart> {
    let table = fit.counts.as_ref()?;
    let order: Vec<usize> = fit
        .buckets
        .iter()
        .flat_map(|b| b.problems.clone())
        .collect();
    let most = table.counts.iter().flatten().map(|c| c.samples).max()?;
    let floor = (most as f64).ln().max(1.0);
    let edges = edges(&table.models.iter().map(|m| m.compute).collect::<Vec<f64>>());
    let shade = |rate: f64| FAINTEST + (1.0 - FAINTEST) * (1.0 + rate.ln() / floor).clamp(0.0, 1.0);
    let mut cells = Vec::new();
    let mut blank = 0;
    for (m, row) in table.counts.iter().enumerate() {
        for (rank, &i) in order.iter().enumerate() {
            let rate = row[i].passes as f64 / row[i].samples as f64;
            let shade = if rate > 0.0 {
                shade(rate)
            } else {
                blank += 1;
                0.0
            };
            cells.push(HeatCell {
                x: edges[m],
                y: (rank as f64, rank as f64 + 1.0),
                shade,
            });
        }
    }
    let ends = (edges.first()?.0, edges.last()?.1);
    let (count, models) = (order.len(), table.models.len());
    // The boundaries between buckets.
    let inner = &fit.buckets[..fit.buckets.len().saturating_sub(1)];
    let mut end = 0;
    let rules = inner.iter().map(|bucket| {
        end += bucket.problems.len();
        Layer::horizontal_rule(end as f64)
    });
    let panel = Panel::new(
        format!("Pass rate of {count} problems and {models} models"),
        compute_axis(fit, ends),
        Axis::linear("Problems, the easiest at the bottom").range(0.0, count as f64),
    )
    .subtitle(format!(
        "dark: passes always; pale: once in {most} (logarithmic); blank: never ({blank} of {} cells)",
        count * models
    ))
    .description(format!(
        "A heat map of {count} problems by {models} models, sorted by how hard the smaller models find them."
    ))
    .layer(Layer::new(Content::Heat(cells), Color::Blue))
    .layers(rules)
    .shades(Shades {
        label: "Pass rate".to_owned(),
        ticks: rates(most)
            .into_iter()
            .map(|rate| (shade(rate), percent(rounded(rate))))
            .collect(),
        blank: percent(0.0),
    });
    Some(panel.into())
}

/// A rate with two digits.
fn rounded(rate: f64) -> f64 {
    let scale = 10f64.powf(1.0 - rate.log10().floor());
    (rate * scale).round() / scale
}

/// The pass rates that a bar of shades names: the smallest that can be observed, and powers of 10
/// that stand clear of it.
fn rates(most: u64) -> Vec<f64> {
    let least = 1.0 / most as f64;
    let mut found = vec![1.0];
    while let Some(next) = found.last().map(|rate| rate / 10.0) {
        if next < 2.0 * least {
            break;
        }
        found.push(next);
    }
    found.extend((most > 1).then_some(least));
    found.reverse();
    found
}

/// A column for every model, which extends half-way to its neighbours in ln C.
fn edges(compute: &[f64]) -> Vec<(f64, f64)> {
    let n = compute.len();
    let middle = |a: f64, b: f64| (0.5 * (a.ln() + b.ln())).exp();
    let widest = (1..n)
        .map(|m| compute[m] / compute[m - 1])
        .fold(1.0, f64::max)
        .max(1.5)
        .sqrt();
    (0..n)
        .map(|m| {
            let low = if m == 0 {
                compute[0] / widest
            } else {
                middle(compute[m - 1], compute[m])
            };
            let high = if m + 1 == n {
                compute[m] * widest
            } else {
                middle(compute[m], compute[m + 1])
            };
            (low, high)
        })
        .collect()
}
