//! The charts of a surface: contours with the efficient frontier, and the allocation with its band.

use super::Chart;
use super::spec::{Axis, Color, Figure, Layer, Marker, MarkerShape, Panel};
use super::views::said_of;
use crate::allocation::Flops;
use crate::ask::{BestLine, POINTS, SurfaceAnswer, Valley};
use crate::fit::Severity;
use crate::number::{compute, digits, percent};
use crate::quantity::format_quantity;
use crate::said::Said;

/// Adds the warnings to the picture: the findings of the fit, and where there is no optimum.
fn warning(panel: Panel, shown: &SurfaceAnswer) -> Chart {
    noted(panel, shown).into()
}

fn noted(panel: Panel, shown: &SurfaceAnswer) -> Panel {
    let fit = &shown.fit;
    let mut notes = Vec::new();
    let found = shown.found.iter();
    let against = found.filter(|d| d.severity > Severity::Note);
    let codes: Vec<&str> = against.map(|d| d.code.as_str()).collect();
    if let Some(refusal) = fit.refusal() {
        notes.push(format!("REFUSED: {}", refusal.code));
    } else if !codes.is_empty() {
        notes.push(format!("found against it: {}", codes.join(", ")));
    }
    if let Some((at, why)) = shown.missing.first() {
        notes.push(format!("no optimum at {} FLOP: {why}", compute(*at)));
    }
    match notes.is_empty() {
        true => panel,
        false => panel.note(notes.join("; ")),
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
    let contours = shown.contours.iter().map(|contour| {
        let inside = contour
            .points
            .iter()
            .filter(|(c, n)| c_start < *c && *c < c_end && n_start < *n && *n < n_end);
        let line = Layer::line(contour.points.clone(), Color::Muted);
        // Short pieces in a corner have no room for a label.
        match inside.count() > POINTS {
            true => line.label(digits(contour.loss, 3)).only_beside(),
            false => line,
        }
    });
    let largest = shown.runs.iter().map(|r| r.0).fold(0.0, f64::max);
    let runs = shown.fit.runs_in_order().into_iter().zip(&shown.runs);
    let runs =
        runs.map(|(run, at)| Marker::new(at.0, at.1).hover(said_of(run, shown.fit.variable())));
    let panel = Panel::new(
        "Loss surface and efficient frontier",
        Axis::log(cost_label(&shown.flops)).range(c_start, c_end),
        Axis::log("Parameters N").range(n_start, n_end),
    )
    .subtitle(format!("{short}the number at a thin line is its loss"))
    .description(format!(
        "Contours of the fitted loss from {} to {} FLOP with {} runs and the compute-optimal N{long}.",
        compute(c_start),
        compute(c_end),
        shown.runs.len(),
    ))
    .layers(contours)
    .layers(best(&shown.frontier, Color::Vermillion, "efficient frontier N*"))
    .layer(Layer::vertical_rule(largest).label("largest run"))
    .layer(Layer::markers(runs.collect(), MarkerShape::Disc, Color::Blue).label("runs"));
    warning(panel, shown)
}

/// A line that is dashed beyond the runs.
fn best(line: &BestLine, color: Color, name: &str) -> [Layer; 2] {
    [
        Layer::line(line.within.clone(), color).label(name),
        Layer::dashed_line(line.beyond.clone(), color),
    ]
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
    let mut panel = Panel::new(
        "Compute-optimal parameters and tokens",
        Axis::log(cost_label(&shown.flops)).range(low, high),
        Axis::log("N* and D*"),
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
        panel = panel
            .layer(Layer::band(line.band.clone(), color))
            .layers(best(line, color, name));
    }
    panel = panel.layer(Layer::vertical_rule(largest).label("largest run"));
    warning(panel, shown)
}

/// The cost of sizes other than the best at one budget, with the confidence band (delta method).
#[must_use]
pub fn valley(shown: &SurfaceAnswer) -> Chart {
    let Some(valley) = &shown.valley else {
        let panel = Panel::new(
            "What another size costs",
            Axis::log("Parameters N"),
            Axis::linear("Loss above the best (%)"),
        );
        return panel.note("no budget was asked for").into();
    };
    let budget = compute(valley.best.compute);
    let best = format_quantity(valley.best.params);
    let level = percent(shown.level);
    let sizes = valley.sizes.iter().map(|(n, more)| {
        let size = digits(*n, 3).parse().unwrap_or(*n);
        Marker::new(*n, *more).label(format_quantity(size))
    });
    let title = format!("What another size costs at {budget} FLOP");
    let description = format!(
        "Loss above the best one against parameters at {budget} FLOP, least at {best} parameters, with a {level} confidence band; and what the sizes cost in training and at inference.",
    );
    let panel = Panel::new(
        "Loss above the best",
        Axis::log("Parameters N"),
        Axis::linear("Loss above the best (%)"),
    )
    .subtitle(format!(
        "each size with the tokens that the budget leaves; band: {level} confidence (delta)"
    ))
    .description(format!(
        "Loss above the best one against parameters at {budget} FLOP, least at {best} parameters, with a {level} confidence band.",
    ))
    .layer(Layer::band(valley.band.clone(), Color::Blue))
    .layer(Layer::line(valley.line.clone(), Color::Blue))
    .layer(Layer::vertical_rule(valley.best.params).label("N*"))
    .layers(largest_size(valley))
    .layer(Layer::markers(sizes.collect(), MarkerShape::Disc, Color::Ink));
    let panels = vec![noted(panel, shown), costs(valley)];
    Chart::from(Figure::new(title, panels)).described(description)
}

/// A rule at the largest size of the runs, if it is inside the picture.
fn largest_size(valley: &Valley) -> Option<Layer> {
    let ends = valley.line.first().zip(valley.line.last());
    let shown = ends.is_some_and(|(low, high)| (low.0..=high.0).contains(&valley.largest));
    shown.then(|| Layer::vertical_rule(valley.largest).label("largest size of the runs"))
}

/// The excess cost of the sizes in training, at inference and together.
fn costs(valley: &Valley) -> Panel {
    let colors = [Color::Green, Color::Vermillion, Color::Ink];
    let lines = valley
        .costs
        .iter()
        .zip(colors)
        .map(|(line, color)| Layer::line(line.points.clone(), color).label(line.name.clone()));
    let names: Vec<&str> = valley.costs.iter().map(|line| line.name.as_str()).collect();
    Panel::new(
        "What it costs and saves",
        Axis::log("Parameters N"),
        Axis::linear("More than with N* (%)"),
    )
    .subtitle("training FLOP for L* is what the size needs to reach the best loss")
    .description(format!(
        "In per cent more than with the best size, against parameters: {}.",
        names.join(", ")
    ))
    .layers(lines)
    .layer(Layer::vertical_rule(valley.best.params).label("N*"))
    .layers(largest_size(valley))
}
