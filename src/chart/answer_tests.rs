//! Charts of answers: what has a name, and what looks different.

use super::spec::{Color, Content, Dash, Drawing, HeatCell, Home, Layer, MarkerShape, Panel};
use super::*;
use crate::allocation::Flops;
use crate::ask::{PlanRequest, PlotAnswer, Recipe, ScoresRequest, SurfaceAnswer, VersusRequest};
use crate::fit::Drawn;
use crate::internal::Benchmark;
use crate::law::{BuiltIn, Power, Saturating};
use crate::{Dataset, Fit, Method, Role, Target};

/// Runs near a law with a floor.
fn runs(count: i32) -> Vec<(f64, f64)> {
    let at = |k: i32| 1e18 * 10f64.powf(5.0 * f64::from(k) / f64::from(count - 1));
    let off = |k: i32| 1.0 + 0.002 * f64::from(k * 7 % 5 - 2);
    let run = |k| (at(k), (1.5 + 400.0 * at(k).powf(-0.14)) * off(k));
    (0..count).map(run).collect()
}

/// The largest runs are kept out of the fit.
fn data(actuals: usize) -> Dataset {
    let mut data = Dataset::from_runs(runs(14)).unwrap();
    let first = data.runs.len() - actuals;
    for run in &mut data.runs[first..] {
        run.role = Role::Actual;
    }
    data
}

fn shown(actuals: usize) -> PlotAnswer {
    let fit = Fit::new(Saturating).run(&data(actuals)).unwrap();
    let forecast = fit.forecast(Target::at(1e23)).run().unwrap();
    PlotAnswer::of(fit, vec![forecast], 0.9, Method::Calibrated)
}

fn panels(chart: &Chart) -> Vec<Panel> {
    match &chart.0 {
        Drawing::Panel(panel) => vec![(**panel).clone()],
        Drawing::Figure(figure) => figure.panels.clone(),
    }
}

fn labelled(panel: &Panel, words: &str) -> Layer {
    let mut layers = panel.layers.iter();
    let found = layers.find(|layer| layer.label.as_deref() == Some(words));
    found.unwrap_or_else(|| panic!("no {words}")).clone()
}

/// One outcome has its value; of many at least the word stands somewhere, beside them or in the
/// legend.
#[test]
fn what_came_true_has_a_name() {
    for actuals in [1, 3, 4, 6] {
        let svg = scaling(&shown(actuals)).to_svg(&Theme::light());
        let (_, drawn) = svg.split_once("</desc>").unwrap();
        assert!(drawn.contains("\nactual"), "{actuals} outcomes: {drawn}");
    }
}

#[test]
fn the_recommended_curve_has_a_name_and_a_pattern_of_its_own() {
    let chart = scaling(&shown(1));
    let panel = &panels(&chart)[0];
    let curve = labelled(panel, "recommended forecast");
    let dash = |layer: &Layer| match layer.content {
        Content::Line { dash, .. } => Some(dash),
        _ => None,
    };
    let law = panel.layers.iter().filter(|l| l.color == Color::Blue);
    assert_eq!(dash(&curve), Some(Dash::OneDot));
    assert!(law.filter_map(dash).all(|dash| dash != Dash::OneDot));
    assert!(
        chart
            .to_svg(&Theme::light())
            .contains("recommended forecast")
    );
}

#[test]
fn a_loss_above_the_floor_says_both_numbers() {
    let panel = &panels(&reducible(&shown(1)))[0];
    let mut labels = Vec::new();
    for layer in &panel.layers {
        if let Content::Markers { markers, .. } = &layer.content {
            labels.extend(markers.iter().filter_map(|marker| marker.label.clone()));
        }
    }
    assert_eq!(labels.len(), 2);
    assert!(
        labels.iter().all(|label| label.ends_with(" above c")),
        "{labels:?}"
    );
    let whole = panels(&scaling(&shown(1)))[0].clone();
    assert!(!format!("{whole:?}").contains("above c"));
}

#[test]
fn laws_differ_without_colour_and_are_all_named() {
    let data = data(1);
    let fit = Fit::new(Saturating).run(&data).unwrap();
    let power = Fit::new(Power).run(&data).unwrap();
    let fits = [&fit, &power, &fit, &power, &fit, &power].map(Drawn::from);
    let panel = &panels(&laws_of(&fit, &fits, None))[0];
    let lines = panel.layers.iter().filter_map(|layer| match layer.content {
        Content::Line { dash, .. } => Some((dash, layer.color, layer.home)),
        _ => None,
    });
    let lines: Vec<_> = lines.collect();
    for (k, (dash, color, home)) in lines.iter().enumerate() {
        assert!(
            lines[..k].iter().all(|before| before.0 != *dash),
            "{dash:?}"
        );
        assert!(*home == Home::Legend && ![Color::Vermillion, Color::Green].contains(color));
    }
    assert_eq!(lines.len(), fits.len());
}

#[test]
fn a_plan_begins_with_what_is_known_now() {
    let answer = PlanRequest::default()
        .at(["1e25"])
        .budget(3e23)
        .grid(["C=1e22..3e23x4"])
        .draws(12)
        .of(&Dataset::from_runs(runs(8)).unwrap())
        .unwrap();
    let panel = &panels(&plan(&answer))[0];
    let mut lines = panel
        .layers
        .iter()
        .filter_map(|layer| match &layer.content {
            Content::Line { points, .. } => Some(points),
            _ => None,
        });
    let points = lines.next().unwrap();
    assert!(points.len() > 1 && points[0].0 == 0.0, "{points:?}");
    let starts = [&panel.x, &panel.y].map(|axis| axis.range.unwrap().0);
    assert_eq!(starts, [0.0, 0.0]);
    assert_eq!(panel.x.label, "Spent (FLOP)");
    let svg = plan(&answer).to_svg(&Theme::light());
    assert!(svg.contains("\ninterval now: ±") && svg.contains("\nstop after "));
}

#[test]
fn recipes_have_shapes_and_the_fewest_runs_lie_on_top() {
    let recipes = [(6, "few"), (24, "many")]
        .map(|(count, name)| Recipe::new(name, Dataset::from_runs(runs(count)).unwrap()));
    let chart = versus(&VersusRequest::default().of(&recipes).unwrap());
    let panels = panels(&chart);
    let marks = panels[0].layers.iter().filter_map(|l| match &l.content {
        Content::Markers { markers, shape } => Some((markers.len(), *shape)),
        _ => None,
    });
    let marks: Vec<(usize, MarkerShape)> = marks.filter(|mark| mark.0 > 1).collect();
    let expected = [(24, MarkerShape::Square), (6, MarkerShape::Disc)];
    assert_eq!(marks, expected);
}

#[test]
fn limits_in_descending_order_are_refused() {
    let chart = scaling(&shown(1));
    assert!(chart.clone().ylim(5.0, 1.0).is_err());
    let blank = chart.xlim(1e30, 1e31).unwrap();
    assert!(
        blank
            .to_svg(&Theme::light())
            .contains("\nNothing lies within")
    );
    assert!(
        blank
            .description()
            .ends_with("Nothing lies within these limits.")
    );
}

/// The fitted part of a score's curve and its forecast are of the same laws, so they meet. All
/// panels have one scale, and the chance level has a name.
#[test]
fn the_curve_of_a_score_is_continuous_and_tasks_share_a_scale() {
    let csv = include_bytes!("../../data/olmo_ladder_tasks.csv");
    let table = crate::tables::Source::bytes(csv, "tasks.csv");
    let request = ScoresRequest::default().by("task");
    let answer = request.at(["70B:10T".parse().unwrap()]).answer(&table);
    let panels = panels(&scores(&answer.unwrap()));
    assert!(panels.len() > 4);
    for panel in &panels {
        let lines = panel
            .layers
            .iter()
            .filter_map(|layer| match &layer.content {
                Content::Line { points, .. } => Some(points),
                _ => None,
            });
        let ends: Vec<_> = lines
            .map(|points| (points[0], points[points.len() - 1]))
            .collect();
        let [(_, last), (first, _)] = ends[..] else {
            panic!("{}: {} lines", panel.title, ends.len());
        };
        assert!((last.0 / first.0 - 1.0).abs() < 1e-9, "{}", panel.title);
        assert!(
            (last.1 - first.1).abs() < 1e-6,
            "{}: {last:?} {first:?}",
            panel.title
        );
        assert_eq!(panel.y.range, panels[0].y.range);
        let (low, high) = panel.y.range.unwrap();
        assert!(low >= 0.0 && high <= 100.0 && high - low > 40.0);
    }
    labelled(&panels[0], "chance 25%");
}

/// The cells of a heat map lie over each other and are opaque, so no paper shows between them. A
/// bar says what the shades mean, and a page knows the dark counterpart of each.
#[test]
fn a_heat_map_has_no_seams_and_a_bar() {
    let counts = Benchmark::default().simulate().unwrap().counts;
    let fit = crate::capability::CapabilityFit::new()
        .run(&counts)
        .unwrap();
    let chart = problems(&fit).unwrap();
    let svg = chart.to_svg(&Theme::light().size(620, 760));
    let words: Vec<&str> = svg.lines().map(str::trim).collect();
    for expected in ["Pass rate", "100%", "10%", "1%", "0%"] {
        assert!(words.contains(&expected), "{expected}: {svg}");
    }
    let shades = Theme::shades();
    let polygons: Vec<&str> = svg.split("<polygon ").skip(1).collect();
    assert!(polygons.len() > 500);
    for polygon in polygons {
        let of = |name: &str| polygon.split(&format!("{name}=\"")).nth(1).unwrap();
        let value = |name: &str| of(name).split('"').next().unwrap();
        assert_eq!(value("opacity"), "1");
        let fill = value("fill").to_uppercase();
        assert!(shades.iter().any(|(light, _)| *light == fill), "{fill}");
    }
    let panel = &panels(&chart)[0];
    let Content::Heat(cells) = &panel.layers[0].content else {
        panic!("no cells");
    };
    let is_in_order = |pair: &[HeatCell]| pair[0].x.0 <= pair[1].x.0;
    assert!(cells.windows(2).all(is_in_order));
    // A small picture has no room for the bar.
    let small = chart.to_svg(&Theme::light().size(200, 200));
    assert!(!small.contains("\n10%"));
}

/// Every long line of equal loss has its value, and none of these numbers is in the legend.
#[test]
fn lines_of_equal_loss_are_labelled() {
    let sizes: Vec<(f64, f64)> = (0..16)
        .map(|k| (1e8 * 3f64.powi(k / 4), 2e9 * 4f64.powi(k % 4)))
        .collect();
    let loss = |(n, d): &(f64, f64)| 1.7 + 480.0 / n.powf(0.35) + 2100.0 / d.powf(0.37);
    let losses: Vec<f64> = sizes.iter().map(loss).collect();
    let (n, d): (Vec<f64>, Vec<f64>) = sizes.into_iter().unzip();
    let data = Dataset::of_params_tokens(&n, &d, &losses).unwrap();
    let fit = Fit::new(BuiltIn::Chinchilla).run(&data).unwrap();
    let shown = SurfaceAnswer::of(fit, Flops::SixNd, 0.9).unwrap();
    let panel = &panels(&contours(&shown))[0];
    let thin = panel.layers.iter().filter(|layer| {
        let is_line = matches!(layer.content, Content::Line { .. });
        is_line && layer.color == Color::Muted
    });
    let thin: Vec<&Layer> = thin.collect();
    let named: Vec<&&Layer> = thin.iter().filter(|layer| layer.label.is_some()).collect();
    assert!(named.iter().all(|layer| layer.home == Home::Beside));
    let named = named.len();
    assert!(
        named > 2 && 3 * named >= 2 * thin.len(),
        "{named} of {}",
        thin.len()
    );
}
