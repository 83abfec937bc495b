//! The charts of a surface: contours with the efficient frontier, and the allocation with its band.

use super::views::said_of;
use super::{Axis, Chart, Color, Layer, Point, Scale, Shape};
use crate::allocation::{IntervalMethod, Quantity, Surface, Uncertainty};
use crate::data::Run;
use crate::fit::FitResult;
use crate::report::number::{compute, digits, percent};

/// Points of a curve: enough for a smooth line at any size.
const CURVE: usize = 81;
/// Contours drawn.
const CONTOURS: usize = 9;

fn spread(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, 0.0), |(l, h), v| (l.min(v), h.max(v)))
}

fn spaced(low: f64, high: f64, count: usize) -> impl Iterator<Item = f64> {
    (0..count).map(move |k| low * (high / low).powf(k as f64 / (count - 1) as f64))
}

fn warning(chart: Chart, fit: &FitResult) -> Chart {
    if fit.trustworthy() {
        return chart;
    }
    let codes: Vec<&str> = fit.diagnoses().iter().map(|d| d.code.as_str()).collect();
    chart.note(format!("NOT TRUSTWORTHY: {}", codes.join(", ")))
}

/// Lines of equal loss over compute and N, the runs, and the efficient frontier N*(C), which is
/// dashed beyond the largest run.
#[must_use]
pub fn contours(fit: &FitResult, surface: &Surface) -> Chart {
    let runs: Vec<&Run> = fit.fitted_runs().collect();
    let six = |r: &Run| Some(6.0 * r.params? * r.tokens?);
    let (c_low, c_high) = spread(runs.iter().filter_map(|r| six(r)));
    let (n_low, n_high) = spread(runs.iter().filter_map(|r| r.params));
    let (c_end, largest) = (c_high * 30.0, c_high);
    let n_end = n_high.max(surface.optimal(c_end).params) * 1.5;
    let (n_start, c_start) = (n_low / 1.3, c_low / 1.5);
    let mut chart = Chart::new(
        "Loss surface and efficient frontier",
        Axis::new("Training compute 6ND (FLOP)", Scale::Log).range(c_start, c_end),
        Axis::new("Parameters N", Scale::Log).range(n_start, n_end),
    )
    .subtitle(format!(
        "N* ~ C^{:.3}; each thin line has one loss",
        surface.params_exponent()
    ))
    .description(format!(
        "Contours of the fitted loss from {} to {} FLOP with {} runs and the compute-optimal N, which grows as C to the power {:.3}.",
        compute(c_start),
        compute(c_end),
        runs.len(),
        surface.params_exponent()
    ));
    let (best, worst) = (surface.optimal(c_end).loss, surface.optimal(c_start).loss);
    for k in 0..CONTOURS {
        // Even steps of the logarithm of what is reducible.
        let part = k as f64 / (CONTOURS - 1) as f64;
        let reducible =
            (best - surface.e) * 1.02 * ((worst - surface.e) / (best - surface.e)).powf(part);
        let points: Vec<(f64, f64)> = spaced(n_start, n_end, 4 * CURVE)
            .filter_map(|n| {
                let left = reducible - surface.a * n.powf(-surface.alpha);
                let d = (surface.b / left).powf(1.0 / surface.beta);
                let c = 6.0 * n * d;
                (left > 0.0 && c >= c_start && c <= c_end).then_some((c, n))
            })
            .collect();
        let long = points.len() > CURVE;
        if points.len() > 1 {
            chart = chart.layer(Layer::Line {
                points,
                color: Color::Muted,
                dashed: false,
                // Short pieces in a corner have no room for a label.
                label: (k % 2 == 0 && long).then(|| digits(surface.e + reducible, 3)),
            });
        }
    }
    let frontier = |from: f64, to: f64| -> Vec<(f64, f64)> {
        spaced(from, to, CURVE)
            .map(|c| (c, surface.optimal(c).params))
            .collect()
    };
    chart = chart
        .layer(Layer::Line {
            points: frontier(c_start, largest),
            color: Color::Vermillion,
            dashed: false,
            label: Some("efficient frontier N*".to_owned()),
        })
        .layer(Layer::Line {
            points: frontier(largest, c_end),
            color: Color::Vermillion,
            dashed: true,
            label: None,
        })
        .layer(Layer::VerticalRule {
            x: largest,
            label: Some("largest run".to_owned()),
        })
        .layer(Layer::Points {
            points: runs
                .iter()
                .filter_map(|r| Some(Point::new(six(r)?, r.params?).hover(said_of(r))))
                .collect(),
            shape: Shape::Disc,
            color: Color::Blue,
            label: Some("runs".to_owned()),
        });
    warning(chart, fit)
}

/// N* and D* against compute with their confidence bands (delta method).
#[must_use]
pub fn allocation(uncertainty: &Uncertainty<'_>, surface: &Surface, level: f64) -> Chart {
    let fit = uncertainty.fit();
    let (low, largest) = (fit.smallest_fitted(), fit.largest_fitted());
    let high = largest * 1000.0;
    let mut chart = Chart::new(
        "Compute-optimal parameters and tokens",
        Axis::new("Training compute C = 6ND (FLOP)", Scale::Log).range(low, high),
        Axis::new("N* and D*", Scale::Log),
    )
    .subtitle(format!(
        "N* ~ C^{:.3}, D* ~ C^{:.3}; bands: {} confidence (delta)",
        surface.params_exponent(),
        surface.tokens_exponent(),
        percent(level)
    ))
    .description(format!(
        "Optimal parameters and tokens from {} to {} FLOP with {} confidence bands.",
        compute(low),
        compute(high),
        percent(level)
    ));
    for (quantity, color, name) in [
        (Quantity::Params, Color::Blue, "parameters N*"),
        (Quantity::Tokens, Color::Green, "tokens D*"),
    ] {
        let band = spaced(low, high, CURVE).filter_map(|c| {
            let found = uncertainty.intervals(quantity, c, level, &[IntervalMethod::Delta]);
            let i = found.first()?;
            Some((c, i.lower?, i.upper?))
        });
        let of = |c: f64| {
            let best = surface.optimal(c);
            if quantity == Quantity::Params {
                best.params
            } else {
                best.tokens
            }
        };
        let curve = |from: f64, to: f64| {
            spaced(from, to, CURVE)
                .map(|c| (c, of(c)))
                .collect::<Vec<_>>()
        };
        chart = chart
            .layer(Layer::Band {
                points: band.collect(),
                color,
                label: None,
            })
            .layer(Layer::Line {
                points: curve(low, largest),
                color,
                dashed: false,
                label: Some(name.to_owned()),
            })
            .layer(Layer::Line {
                points: curve(largest, high),
                color,
                dashed: true,
                label: None,
            });
    }
    chart = chart.layer(Layer::VerticalRule {
        x: largest,
        label: Some("largest run".to_owned()),
    });
    warning(chart, fit)
}
