//! The charts of a surface: contours with the efficient frontier, and the allocation with its band.

use super::views::said_of;
use super::{Axis, Chart, Color, Layer, Point, Scale, Shape};
use crate::allocation::{Allocation, Flops, IntervalMethod, Quantity, Uncertainty};
use crate::fit::FitResult;
use crate::number::{compute, digits, percent};
use crate::said::Said;

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
pub fn contours(uncertainty: &Uncertainty<'_>) -> Chart {
    let (fit, surface, flops) = (
        uncertainty.fit(),
        uncertainty.surface(),
        uncertainty.counting(),
    );
    let fitted = fit.runs_in_order();
    let runs: Vec<(f64, f64)> = fitted
        .iter()
        .filter_map(|r| Some((flops.cost(r.params?, r.tokens?), r.params?)))
        .collect();
    let (c_low, largest) = spread(runs.iter().map(|r| r.0));
    let (n_low, n_high) = spread(runs.iter().map(|r| r.1));
    let (c_start, c_end) = (c_low / 1.5, largest * 30.0);
    let ends = [c_start, c_end].map(|c| uncertainty.optimal(c));
    let best = ends[1].as_ref().ok();
    let n_range = (
        n_low / 1.3,
        n_high.max(best.map_or(0.0, |best| best.params)) * 1.5,
    );
    let growth = uncertainty.optimal(largest).ok();
    let growth = growth.map(|at| flops.growth(surface, &at).0);
    let (short, long) = match growth {
        Some(a) => (
            format!("N* ~ C^{:.3}; ", Said(a)),
            format!(", which grows as C to the power {:.3}", Said(a)),
        ),
        None => (String::new(), String::new()),
    };
    let mut chart = Chart::new(
        "Loss surface and efficient frontier",
        Axis::new(cost_label(flops), Scale::Log).range(c_start, c_end),
        Axis::new("Parameters N", Scale::Log).range(n_range.0, n_range.1),
    )
    .subtitle(format!("{short}each thin line has one loss"))
    .description(format!(
        "Contours of the fitted loss from {} to {} FLOP with {} runs and the compute-optimal N{long}.",
        compute(c_start),
        compute(c_end),
        runs.len(),
    ));
    if let [Ok(worst), Ok(best)] = &ends {
        for k in 0..CONTOURS {
            // Even steps of the logarithm of what is reducible.
            let part = k as f64 / (CONTOURS - 1) as f64;
            let (low, high) = (best.loss - surface.e, worst.loss - surface.e);
            let reducible = low * 1.02 * (high / low).powf(part);
            let points = contour(uncertainty, reducible);
            let inside = points
                .iter()
                .filter(|(c, n)| c_start < *c && *c < c_end && n_range.0 < *n && *n < n_range.1);
            // Short pieces in a corner have no room for a label.
            let long = inside.count() > CURVE;
            chart = chart.layer(Layer::Line {
                points,
                color: Color::Muted,
                dashed: false,
                label: (k % 2 == 0 && long).then(|| digits(surface.e + reducible, 3)),
            });
        }
    }
    let frontier = |from: f64, to: f64, dashed: bool| Layer::Line {
        points: spaced(from, to, CURVE)
            .filter_map(|c| Some((c, uncertainty.optimal(c).ok()?.params)))
            .collect(),
        color: Color::Vermillion,
        dashed,
        label: (!dashed).then(|| "efficient frontier N*".to_owned()),
    };
    chart = chart
        .layer(frontier(c_start, largest, false))
        .layer(frontier(largest, c_end, true))
        .layer(Layer::VerticalRule {
            x: largest,
            label: Some("largest run".to_owned()),
        })
        .layer(Layer::Points {
            points: fitted
                .iter()
                .zip(&runs)
                .map(|(run, at)| Point::new(at.0, at.1).hover(said_of(run, fit.variable())))
                .collect(),
            shape: Shape::Disc,
            color: Color::Blue,
            label: Some("runs".to_owned()),
        });
    warning(chart, fit)
}

/// (C, N) of one loss: the share of the term of N goes from nearly all to nearly nothing.
fn contour(uncertainty: &Uncertainty<'_>, reducible: f64) -> Vec<(f64, f64)> {
    const REACH: f64 = 12.0;
    let surface = uncertainty.surface();
    (0..=8 * CURVE)
        .map(|k| {
            let logit = REACH * (2.0 * k as f64 / (8 * CURVE) as f64 - 1.0);
            let (of_n, of_d) = (1.0 / (1.0 + logit.exp()), 1.0 / (1.0 + (-logit).exp()));
            let n = (surface.a / (reducible * of_n)).powf(1.0 / surface.alpha);
            let d = (surface.b / (reducible * of_d)).powf(1.0 / surface.beta);
            (uncertainty.counting().cost(n, d), n)
        })
        .collect()
}

fn cost_label(flops: &Flops) -> &'static str {
    match flops {
        Flops::SixNd => "Training compute C = 6ND (FLOP)",
        _ => "Training compute C (FLOP)",
    }
}

/// N* and D* against compute with their confidence bands (delta method).
#[must_use]
pub fn allocation(uncertainty: &Uncertainty<'_>, level: f64) -> Chart {
    let fit = uncertainty.fit();
    let (low, largest) = (fit.smallest_fitted(), fit.largest_fitted());
    let high = largest * 1000.0;
    let growth = uncertainty
        .optimal(largest)
        .ok()
        .map_or_else(String::new, |at| {
            let (a, b) = uncertainty.counting().growth(uncertainty.surface(), &at);
            format!("N* ~ C^{:.3}, D* ~ C^{:.3}; ", Said(a), Said(b))
        });
    let mut chart = Chart::new(
        "Compute-optimal parameters and tokens",
        Axis::new(cost_label(uncertainty.counting()), Scale::Log).range(low, high),
        Axis::new("N* and D*", Scale::Log),
    )
    .subtitle(format!(
        "{growth}bands: {} confidence (delta)",
        percent(level)
    ))
    .description(format!(
        "Optimal parameters and tokens from {} to {} FLOP with {} confidence bands.",
        compute(low),
        compute(high),
        percent(level)
    ));
    type Value = fn(&Allocation) -> f64;
    let both: [(Quantity, Color, &str, Value); 2] = [
        (Quantity::Params, Color::Blue, "parameters N*", |a| a.params),
        (Quantity::Tokens, Color::Green, "tokens D*", |a| a.tokens),
    ];
    for (quantity, color, name, value) in both {
        let band = spaced(low, high, CURVE).filter_map(|c| {
            let found = uncertainty.intervals(quantity, c, level, &[IntervalMethod::Delta]);
            let i = found.first()?;
            let lower = i.lower.or(i.below_one.0.then_some(1.0));
            Some((c, lower?, i.upper?))
        });
        let curve = |from: f64, to: f64, dashed: bool| Layer::Line {
            points: spaced(from, to, CURVE)
                .filter_map(|c| Some((c, value(&uncertainty.optimal(c).ok()?))))
                .collect(),
            color,
            dashed,
            label: (!dashed).then(|| name.to_owned()),
        };
        chart = chart
            .layer(Layer::Band {
                points: band.collect(),
                color,
                label: None,
            })
            .layer(curve(low, largest, false))
            .layer(curve(largest, high, true));
    }
    chart = chart.layer(Layer::VerticalRule {
        x: largest,
        label: Some("largest run".to_owned()),
    });
    warning(chart, fit)
}
