//! The chart of a comparison of recipes: their laws, the loss above their floors, and the
//! multiplier against compute.

use super::Chart;
use super::spec::{Axis, BandPoint, Color, Figure, Layer, Marker, MarkerShape, Panel, XY};
use super::together;
use super::views::{loss_label, run_marker};
use crate::ask::{Compared, VersusAnswer, spaced};
use crate::fit::FitResult;
use crate::number::{compute, digits, percent};
use crate::versus::{Comparison, Curve};

/// Points of a curve.
const POINTS: usize = 61;
/// Colours and shapes of a few recipes; those of more are steps of a ramp.
const LOOKS: [(Color, MarkerShape); 4] = [
    (Color::Blue, MarkerShape::Disc),
    (Color::Vermillion, MarkerShape::Square),
    (Color::Green, MarkerShape::Triangle),
    (Color::Purple, MarkerShape::Diamond),
];

/// A recipe as it is drawn.
struct Drawn<'a> {
    name: &'a str,
    fit: &'a FitResult,
    computes: &'a [f64],
    curve: Curve,
    log_reference: f64,
    color: Color,
    shape: MarkerShape,
}

impl Drawn<'_> {
    fn line(&self, (low, high): (f64, f64), reducible: bool) -> Vec<XY> {
        let loss = |c: f64| {
            let u = c.ln() - self.log_reference;
            match reducible {
                true => self.curve.reducible(u),
                false => self.curve.at(u),
            }
        };
        spaced(low, high, POINTS).map(|c| (c, loss(c))).collect()
    }
}

/// The laws of recipes over their runs, the loss above their floors, and the compute multiplier.
#[must_use]
pub fn versus(answer: &VersusAnswer) -> Chart {
    let drawn = drawn(answer);
    let title = match answer.compared.as_slice() {
        [one] => format!("{} against {}", one.name, answer.base()),
        all => format!("{} recipes against {}", all.len(), answer.base()),
    };
    let panels = vec![
        losses(answer, &drawn, false),
        losses(answer, &drawn, true),
        multipliers(answer, &drawn),
    ];
    Figure::new(title, panels).into()
}

fn drawn(answer: &VersusAnswer) -> Vec<Drawn<'_>> {
    let count = answer.compared.len() + 1;
    let look = |k: usize| match LOOKS.get(k) {
        Some(look) if count <= LOOKS.len() => *look,
        _ => {
            let (color, _, shape) = together::look(k, count);
            (color, shape)
        }
    };
    let of = |name: &str| answer.recipes.iter().find(|one| one.name == name);
    let base = answer
        .compared
        .first()
        .map(|one| (answer.base(), &one.comparison, 0));
    let others = answer
        .compared
        .iter()
        .map(|one| (one.name.as_str(), &one.comparison, 1));
    base.into_iter()
        .chain(others)
        .enumerate()
        .filter_map(|(k, (name, comparison, side))| {
            Some(Drawn {
                name,
                fit: &of(name)?.fit,
                computes: &of(name)?.computes,
                curve: comparison.curves[side],
                log_reference: comparison.log_reference,
                color: look(k).0,
                shape: look(k).1,
            })
        })
        .collect()
}

fn range(answer: &VersusAnswer) -> (f64, f64) {
    let all = || answer.compared.iter().map(|one| one.comparison.looked_at);
    let low = all().map(|range| range.0).fold(f64::INFINITY, f64::min);
    let high = all().map(|range| range.1).fold(0.0, f64::max);
    // Runs of a single compute have no range.
    match low < high {
        true => (low, high),
        false => (0.5 * low, 2.0 * high),
    }
}

fn losses(answer: &VersusAnswer, drawn: &[Drawn<'_>], reducible: bool) -> Panel {
    let x = drawn
        .first()
        .map_or("Training compute C", |one| one.fit.variable().axis());
    let label = match reducible {
        true => "Reducible loss L − c".to_owned(),
        false => drawn
            .first()
            .map_or("Loss L".to_owned(), |one| loss_label(one.fit)),
    };
    let path = answer.compared.iter().any(|one| one.comparison.surface);
    let title = match (reducible, path) {
        (true, _) => "Above the irreducible loss",
        (false, false) => "Loss",
        (false, true) => "Runs, and compute-optimal paths",
    };
    let mut panel = Panel::new(title, Axis::log(x), Axis::log(label));
    let mut marks = Vec::new();
    for one in drawn {
        let largest = one.computes.iter().copied().fold(0.0, f64::max);
        let (low, high) = range(answer);
        let within = one.line((low, largest.min(high)), reducible);
        let floor = if reducible { one.curve.c } else { 0.0 };
        let runs = one.fit.runs_in_order().into_iter();
        let runs = runs.zip(one.computes).map(|(run, compute)| Marker {
            x: *compute,
            ..run_marker(run, floor, one.fit.variable())
        });
        let runs: Vec<Marker> = runs.collect();
        panel = panel.layer(Layer::line(within, one.color).label(one.name));
        marks.push((runs.len(), Layer::markers(runs, one.shape, one.color)));
        if high > largest {
            let beyond = one.line((largest, high), reducible);
            panel = panel.layer(Layer::dashed_line(beyond, one.color));
        }
    }
    // Few runs lie on top of many, which would hide them.
    marks.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    panel = panel.layers(marks.into_iter().map(|(_, layer)| layer));
    if !reducible && let Some(best) = answer.compared.first() {
        panel = panel.layers(gap(answer, best));
    }
    panel.description(said(answer))
}

/// The horizontal gap between the base and the best recipe, with the interval of the multiplier.
fn gap(answer: &VersusAnswer, one: &Compared) -> Vec<Layer> {
    let place = one.comparison.places.first();
    let Some((place, m)) = place.and_then(|place| Some((place, place.multiplier?))) else {
        return Vec::new();
    };
    let (c, loss) = (place.compute, place.loss);
    let end = Marker::new(c * m, loss).label(format!("m = {}", digits(m, 3)));
    let interval = place.main(answer.main);
    let ends = interval.and_then(|i| Some((c * i.lower?, c * i.upper?)));
    let bar = ends.map(|(low, high)| Layer::line(vec![(low, loss), (high, loss)], Color::Ink));
    let line = Layer::dashed_line(vec![(c, loss), (c * m, loss)], Color::Ink);
    let end = Layer::markers(vec![end], MarkerShape::Star, Color::Ink);
    bar.into_iter().chain([line, end]).collect()
}

fn multipliers(answer: &VersusAnswer, drawn: &[Drawn<'_>]) -> Panel {
    let x = drawn
        .first()
        .map_or("Training compute C", |one| one.fit.variable().axis());
    let y = "Compute multiplier m";
    let mut panel = Panel::new(
        "How much more compute the base needs",
        Axis::log(x),
        Axis::log(y),
    )
    .layer(Layer::horizontal_rule(1.0).label("equal"));
    for one in &answer.compared {
        let drawn = drawn.iter().find(|drawn| drawn.name == one.name);
        let color = drawn.map_or(Color::Ink, |drawn| drawn.color);
        panel = panel.layers(curve(answer, &one.comparison, &one.name, color));
    }
    panel.description(said(answer))
}

/// m against compute: its band if there is only one recipe, and its intervals at the requested
/// places.
fn curve(answer: &VersusAnswer, found: &Comparison, name: &str, color: Color) -> Vec<Layer> {
    let mut layers = Vec::new();
    let band: Vec<BandPoint> = (found.stations.iter())
        .filter_map(|s| Some((s.compute, s.lower?, s.upper?)))
        .filter(|(_, lower, upper)| upper / lower < 1e3)
        .collect();
    if answer.compared.len() == 1 && band.len() > 1 {
        let label = format!("{} confidence band (delta)", percent(answer.main));
        layers.push(Layer::band(band, color).label(label));
    }
    let points = found.stations.iter().map(|s| (s.compute, s.multiplier));
    layers.push(Layer::line(points.collect(), color).label(name));
    for place in &found.places {
        let Some(m) = place.multiplier else { continue };
        let ends = place.main(answer.main);
        if let Some((lower, upper)) = ends.and_then(|i| Some((i.lower?, i.upper?))) {
            layers.push(Layer::interval(place.compute, lower, upper, color));
        }
        let said = match answer.compared.len() {
            1 => digits(m, 3),
            _ => format!("{name}: {}", digits(m, 3)),
        };
        let marker = Marker::new(place.compute, m).label(said);
        layers.push(Layer::markers(vec![marker], MarkerShape::Disc, color));
    }
    layers
}

fn said(answer: &VersusAnswer) -> String {
    let mut text = String::new();
    for one in &answer.compared {
        for place in &one.comparison.places {
            let (base, at) = (answer.base(), compute(place.compute));
            text += &match place.multiplier {
                Some(m) => format!(
                    "{base} needs {} times the compute of {} at {at}. ",
                    digits(m, 3),
                    one.name
                ),
                None => format!(
                    "No compute of {base} is known to reach {} at {at}. ",
                    one.name
                ),
            };
        }
    }
    text.trim_end().to_owned()
}
