//! IsoFLOP curves: losses against N, one parabola per budget, and the minima.

use super::Chart;
use super::spec::{Axis, Color, Layer, Marker, MarkerShape, Panel};
use crate::allocation::{Budget, PowerLine};
use crate::number::{compute, digits};

/// Points of a curve.
const CURVE: usize = 41;

/// Losses against parameters with the parabola and the minimum of every budget. Unused parabolas
/// are dashed, and the runs of their budgets are crosses, as is a minimum at the edge of its
/// sizes.
#[must_use]
pub fn isoflops(budgets: &[Budget], line: Option<&PowerLine>) -> Chart {
    let subtitle = match line {
        Some(line) => format!(
            "N* ~ C^{} through {} minima; each curve has one budget (FLOP)",
            digits(line.exponent, 3),
            line.points
        ),
        None => "no line: fewer than two budgets have a minimum".to_owned(),
    };
    let mut panel = Panel::new(
        "IsoFLOP curves",
        Axis::log("Parameters N"),
        Axis::log("Loss L"),
    )
    .subtitle(subtitle)
    .description(format!(
        "Loss against parameters for {} compute budgets with a parabola in ln N for each.",
        budgets.len()
    ));
    let (mut minima, mut unused) = (Vec::new(), Vec::new());
    let computes: Vec<f64> = budgets.iter().map(|budget| budget.compute).collect();
    let names = names(&computes);
    for (k, budget) in budgets.iter().enumerate() {
        let color = Color::of_ramp(k, budgets.len());
        let found = budget.minimum();
        if let Some(c) = budget.coefficients {
            let (low, high) = (budget.runs[0].0, budget.runs[budget.runs.len() - 1].0);
            let points = (0..CURVE).map(|i| {
                let n = low * (high / low).powf(i as f64 / (CURVE - 1) as f64);
                let v = n.ln() - budget.centre;
                (n, c[0] + v * (c[1] + v * c[2]))
            });
            let curve = match found {
                Some(_) => Layer::line(points.collect(), color),
                None => Layer::dashed_line(points.collect(), color),
            };
            panel = panel.layer(curve.label(names[k].clone()));
        }
        let runs = budget.runs.iter().map(|r| Marker::new(r.0, r.2)).collect();
        let shape = match found {
            Some(_) => MarkerShape::Disc,
            None => MarkerShape::Cross,
        };
        let mut marks = Layer::markers(runs, shape, color);
        if budget.coefficients.is_none() {
            marks = marks.label(format!("{}: no minimum", names[k]));
        }
        panel = panel.layer(marks);
        if found.is_none() {
            unused.extend(budget.any_minimum().map(|m| Marker::new(m.params, m.loss)));
        }
        minima.extend(found.map(|m| Marker::new(m.params, m.loss)));
    }
    if !unused.is_empty() {
        let edge = Layer::markers(unused, MarkerShape::Cross, Color::Vermillion);
        panel = panel.layer(edge.label("minima at the edge, not used"));
    }
    panel
        .layer(Layer::markers(minima, MarkerShape::Star, Color::Vermillion).label("minima"))
        .into()
}

/// The budgets with as few digits as tell them apart, so that a name has room beside its curve.
fn names(computes: &[f64]) -> Vec<String> {
    let with = |significant: usize| -> Vec<String> {
        let rounded = |c: &f64| format!("{c:.*e}", significant - 1).parse().unwrap_or(*c);
        computes.iter().map(|c| compute(rounded(c))).collect()
    };
    let differ = |names: &Vec<String>| (1..names.len()).all(|k| !names[..k].contains(&names[k]));
    let short = (2..4).map(with).find(differ);
    short.unwrap_or_else(|| with(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_have_the_digits_that_tell_them_apart() {
        assert_eq!(
            names(&[1e18, 2.081e18, 4.329e18]),
            ["1e18", "2.1e18", "4.3e18"]
        );
        assert_eq!(names(&[2.081e18, 2.1e18]), ["2.08e18", "2.1e18"]);
    }
}
