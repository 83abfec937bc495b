//! The range of an axis, and where a value lies in it.

use super::spec::{Axis, Chart, Layer, Scale};

/// The largest magnitude that can be shown, so that differences stay finite.
const HUGE: f64 = 1e300;
/// The narrowest range, relative to the values: below it, tick labels would need too many digits.
const NARROWEST: f64 = 1e-6;
/// The margin an automatic range leaves at each end, as a part of the range of the data.
const MARGIN: f64 = 0.05;

/// Whether `value` can be shown on an axis of this scale.
pub(super) fn usable(value: f64, scale: Scale) -> bool {
    match scale {
        Scale::Linear => value.abs() <= HUGE,
        Scale::Log => (1.0 / HUGE..=HUGE).contains(&value),
    }
}

/// The first and last value of an axis, in order and apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    pub(super) scale: Scale,
    pub(super) lo: f64,
    pub(super) hi: f64,
}

impl Span {
    /// The axis's own range if it has a usable one, else one that holds `values` with a margin.
    pub(super) fn of(axis: &Axis, values: impl Iterator<Item = f64>) -> Option<Span> {
        let scale = axis.scale;
        if let Some((a, b)) = axis.range
            && usable(a, scale)
            && usable(b, scale)
        {
            return Some(Span::between(scale, a.min(b), a.max(b), 0.0));
        }
        let (lo, hi) = values
            .filter(|v| usable(*v, scale))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| {
                (lo.min(v), hi.max(v))
            });
        (lo <= hi).then(|| Span::between(scale, lo, hi, MARGIN))
    }

    /// A range from `lo` to `hi`, widened by `margin` at each end and at least as wide as can be
    /// labelled.
    fn between(scale: Scale, lo: f64, hi: f64, margin: f64) -> Span {
        let (a, b) = (forward(scale, lo), forward(scale, hi));
        let narrowest = match scale {
            Scale::Linear => (a.abs().max(b.abs()) * NARROWEST).max(1.0 / HUGE),
            Scale::Log => NARROWEST,
        };
        let widen = if b - a < narrowest {
            // One value only: show what lies around it.
            match scale {
                Scale::Linear if a == 0.0 => 1.0,
                Scale::Linear => a.abs() * 0.1,
                Scale::Log => 0.1,
            }
        } else {
            (b - a) * margin
        };
        // A margin must not leave the numbers that can be shown: no axis reaches 0 or infinity.
        let smallest = match scale {
            Scale::Linear => -HUGE,
            Scale::Log => 1.0 / HUGE,
        };
        Span {
            scale,
            lo: back(scale, a - widen).max(smallest),
            hi: back(scale, b + widen).min(HUGE),
        }
    }

    /// Where `value` lies: 0 at the first value shown, 1 at the last, `None` if it cannot be shown.
    pub(super) fn place(&self, value: f64) -> Option<f64> {
        if !usable(value, self.scale) {
            return None;
        }
        let (a, b) = (forward(self.scale, self.lo), forward(self.scale, self.hi));
        Some((forward(self.scale, value) - a) / (b - a))
    }
}

fn forward(scale: Scale, value: f64) -> f64 {
    match scale {
        Scale::Linear => value,
        Scale::Log => value.log10(),
    }
}

fn back(scale: Scale, position: f64) -> f64 {
    match scale {
        Scale::Linear => position,
        Scale::Log => 10f64.powf(position),
    }
}

/// The ranges of both axes; `None` when no layer holds anything that can be shown.
pub(super) fn spans(chart: &Chart) -> Option<(Span, Span)> {
    if !chart.layers.iter().any(|layer| shows(layer, chart)) {
        return None;
    }
    let x = Span::of(&chart.x, chart.layers.iter().flat_map(xs))?;
    let y = Span::of(&chart.y, chart.layers.iter().flat_map(ys))?;
    Some((x, y))
}

/// Whether at least one value of the layer has a place on both axes. Rules alone show nothing.
fn shows(layer: &Layer, chart: &Chart) -> bool {
    let on = |x: f64, y: f64| usable(x, chart.x.scale) && usable(y, chart.y.scale);
    match layer {
        Layer::Line { points, .. } => points.iter().any(|&(x, y)| on(x, y)),
        Layer::Band { points, .. } => points.iter().any(|&(x, lo, hi)| on(x, lo) && on(x, hi)),
        Layer::Points { points, .. } => points.iter().any(|p| on(p.x, p.y)),
        Layer::Interval {
            x, lower, upper, ..
        } => on(*x, *lower) && on(*x, *upper),
        Layer::Heat { cells, .. } => cells.iter().any(|c| on(c.x.0, c.y.0) && on(c.x.1, c.y.1)),
        Layer::VerticalRule { .. } | Layer::HorizontalRule { .. } => false,
    }
}

fn xs(layer: &Layer) -> Vec<f64> {
    match layer {
        Layer::Line { points, .. } => points.iter().map(|p| p.0).collect(),
        Layer::Band { points, .. } => points.iter().map(|p| p.0).collect(),
        Layer::Points { points, .. } => points.iter().map(|p| p.x).collect(),
        Layer::Interval { x, .. } | Layer::VerticalRule { x, .. } => vec![*x],
        Layer::Heat { cells, .. } => cells.iter().flat_map(|c| [c.x.0, c.x.1]).collect(),
        Layer::HorizontalRule { .. } => Vec::new(),
    }
}

fn ys(layer: &Layer) -> Vec<f64> {
    match layer {
        Layer::Line { points, .. } => points.iter().map(|p| p.1).collect(),
        Layer::Band { points, .. } => points.iter().flat_map(|p| [p.1, p.2]).collect(),
        Layer::Points { points, .. } => points.iter().map(|p| p.y).collect(),
        Layer::Interval { lower, upper, .. } => vec![*lower, *upper],
        Layer::VerticalRule { .. } => Vec::new(),
        Layer::Heat { cells, .. } => cells.iter().flat_map(|c| [c.y.0, c.y.1]).collect(),
        Layer::HorizontalRule { y, .. } => vec![*y],
    }
}
