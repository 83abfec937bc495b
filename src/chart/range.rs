//! The range of an axis, and the position of a value in it.

use super::spec::{Axis, Content, Panel, Scale, XY};

/// The largest magnitude that can be shown, so that differences stay finite.
const HUGE: f64 = 1e300;
/// The narrowest range relative to the values; below it, tick labels would need too many digits.
const NARROWEST: f64 = 1e-6;
/// The margin of an automatic range at each end, as a fraction of the data's range.
const MARGIN: f64 = 0.05;

/// Whether `value` can be shown on an axis of this scale.
pub(super) fn usable(value: f64, scale: Scale) -> bool {
    match scale {
        Scale::Linear => value.abs() <= HUGE,
        Scale::Log => (1.0 / HUGE..=HUGE).contains(&value),
    }
}

/// The first and last value of an axis, in growing order and distinct.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    pub(super) scale: Scale,
    pub(super) lo: f64,
    pub(super) hi: f64,
}

impl Span {
    /// Whether an axis can have these ends.
    pub(super) fn can_have(scale: Scale, first: f64, last: f64) -> bool {
        let ends = (forward(scale, first), forward(scale, last));
        let apart = (ends.0 - ends.1).abs();
        let least = match scale {
            Scale::Linear => ends.0.abs().max(ends.1.abs()) * NARROWEST,
            Scale::Log => NARROWEST,
        };
        usable(first, scale) && usable(last, scale) && apart > least
    }

    /// The axis's own range if it has a usable one, else one that covers `values` with a margin.
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

    /// A range from `lo` to `hi`, widened by `margin` at each end and wide enough to be labelled.
    fn between(scale: Scale, lo: f64, hi: f64, margin: f64) -> Span {
        let (a, b) = (forward(scale, lo), forward(scale, hi));
        let narrowest = match scale {
            Scale::Linear => (a.abs().max(b.abs()) * NARROWEST).max(1.0 / HUGE),
            Scale::Log => NARROWEST,
        };
        let widen = if b - a < narrowest {
            // A single value is shown with its surroundings.
            match scale {
                Scale::Linear if a == 0.0 => 1.0,
                Scale::Linear => a.abs() * 0.1,
                Scale::Log => 0.1,
            }
        } else {
            (b - a) * margin
        };
        // The margin must stay within numbers that can be shown: no axis reaches 0 or infinity.
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

/// The ranges of both axes; `None` if no layer has anything to show.
pub(super) fn spans(panel: &Panel) -> Option<(Span, Span)> {
    let contents = || panel.layers.iter().map(|layer| &layer.content);
    let corners: Vec<[XY; 2]> = contents().flat_map(Content::corners).collect();
    let shown = |(x, y): &XY| usable(*x, panel.x.scale) && usable(*y, panel.y.scale);
    if !corners.iter().any(|pair| pair.iter().all(shown)) {
        return None;
    }
    let upright = contents().filter_map(|content| match content {
        Content::VerticalRule(x) => Some(*x),
        _ => None,
    });
    let level = contents().filter_map(|content| match content {
        Content::HorizontalRule(y) => Some(*y),
        _ => None,
    });
    let x = Span::of(
        &panel.x,
        corners.iter().flatten().map(|p| p.0).chain(upright),
    )?;
    let y = Span::of(&panel.y, corners.iter().flatten().map(|p| p.1).chain(level))?;
    Some((x, y))
}
