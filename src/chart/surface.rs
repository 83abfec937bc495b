//! The charts of a surface: contours with the efficient frontier, and the allocation with its band.

use super::views::said_of;
use super::{Axis, Chart, Color, Layer, Point, Scale, Shape};
use crate::allocation::Flops;
use crate::ask::{BestLine, POINTS, SurfaceAnswer};
use crate::number::{compute, digits, percent};
use crate::said::Said;

/// What speaks against the picture: the findings of the fit, and where there is no optimum.
fn warning(chart: Chart, shown: &SurfaceAnswer) -> Chart {
    let fit = &shown.fit;
    let mut notes = Vec::new();
    if !fit.trustworthy() {
        let codes: Vec<&str> = fit.diagnoses().iter().map(|d| d.code.as_str()).collect();
        notes.push(format!("NOT TRUSTWORTHY: {}", codes.join(", ")));
    }
    if let Some((at, why)) = shown.missing.first() {
        notes.push(format!("no optimum at {} FLOP: {why}", compute(*at)));
    }
    match notes.is_empty() {
        true => chart,
        false => chart.note(notes.join("; ")),
    }
}

/// Lines of equal loss over compute and N, the runs, and the efficient frontier N*(C), which is
/// dashed beyond the largest run.
#[must_use]
pub fn contours(shown: &SurfaceAnswer) -> Chart {
    let (c_start, c_end) = shown.compute;
    let (n_start, n_end) = shown.params;
    let (short, long) = match shown.growth {
        Some((a, _)) => (
            format!("N* ~ C^{:.3}; ", Said(a)),
            format!(", which grows as C to the power {:.3}", Said(a)),
        ),
        None => (String::new(), String::new()),
    };
    let mut chart = Chart::new(
        "Loss surface and efficient frontier",
        Axis::new(cost_label(&shown.flops), Scale::Log).range(c_start, c_end),
        Axis::new("Parameters N", Scale::Log).range(n_start, n_end),
    )
    .subtitle(format!("{short}each thin line has one loss"))
    .description(format!(
        "Contours of the fitted loss from {} to {} FLOP with {} runs and the compute-optimal N{long}.",
        compute(c_start),
        compute(c_end),
        shown.runs.len(),
    ));
    for (k, contour) in shown.contours.iter().enumerate() {
        let inside = contour
            .points
            .iter()
            .filter(|(c, n)| c_start < *c && *c < c_end && n_start < *n && *n < n_end);
        // Short pieces in a corner have no room for a label.
        let long = inside.count() > POINTS;
        chart = chart.layer(Layer::Line {
            points: contour.points.clone(),
            color: Color::Muted,
            dashed: false,
            label: (k % 2 == 0 && long).then(|| digits(contour.loss, 3)),
        });
    }
    for layer in line_layers(&shown.frontier, Color::Vermillion, "efficient frontier N*") {
        chart = chart.layer(layer);
    }
    let largest = shown.runs.iter().map(|r| r.0).fold(0.0, f64::max);
    let fitted = shown.fit.runs_in_order();
    chart = chart
        .layer(Layer::VerticalRule {
            x: largest,
            label: Some("largest run".to_owned()),
        })
        .layer(Layer::Points {
            points: fitted
                .iter()
                .zip(&shown.runs)
                .map(|(run, at)| Point::new(at.0, at.1).hover(said_of(run, shown.fit.variable())))
                .collect(),
            shape: Shape::Disc,
            color: Color::Blue,
            label: Some("runs".to_owned()),
        });
    warning(chart, shown)
}

/// A line that is dashed beyond the runs.
fn line_layers(line: &BestLine, color: Color, name: &str) -> [Layer; 2] {
    let part = |points: &[(f64, f64)], dashed: bool| Layer::Line {
        points: points.to_vec(),
        color,
        dashed,
        label: (!dashed).then(|| name.to_owned()),
    };
    [part(&line.within, false), part(&line.beyond, true)]
}

fn cost_label(flops: &Flops) -> &'static str {
    match flops {
        Flops::SixNd => "Training compute C = 6ND (FLOP)",
        _ => "Training compute C (FLOP)",
    }
}

/// N* and D* against compute with their confidence bands (delta method).
#[must_use]
pub fn allocation(shown: &SurfaceAnswer) -> Chart {
    let (low, largest) = (shown.fit.smallest_fitted(), shown.fit.largest_fitted());
    let high = shown.best_params.beyond.last().map_or(largest, |at| at.0);
    let growth = shown.growth.map_or_else(String::new, |(a, b)| {
        format!("N* ~ C^{:.3}, D* ~ C^{:.3}; ", Said(a), Said(b))
    });
    let level = percent(shown.level);
    let mut chart = Chart::new(
        "Compute-optimal parameters and tokens",
        Axis::new(cost_label(&shown.flops), Scale::Log).range(low, high),
        Axis::new("N* and D*", Scale::Log),
    )
    .subtitle(format!("{growth}bands: {level} confidence (delta)"))
    .description(format!(
        "Optimal parameters and tokens from {} to {} FLOP with {level} confidence bands.",
        compute(low),
        compute(high),
    ));
    for (line, color, name) in [
        (&shown.best_params, Color::Blue, "parameters N*"),
        (&shown.best_tokens, Color::Green, "tokens D*"),
    ] {
        chart = chart.layer(Layer::Band {
            points: line.band.clone(),
            color,
            label: None,
        });
        for layer in line_layers(line, color, name) {
            chart = chart.layer(layer);
        }
    }
    chart = chart.layer(Layer::VerticalRule {
        x: largest,
        label: Some("largest run".to_owned()),
    });
    warning(chart, shown)
}
