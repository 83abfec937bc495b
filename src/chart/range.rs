//! The range of an axis, and the position of a value in it.

use super::spec::{Axis, BandPoint, Content, Panel, Scale, XY};

/// The largest magnitude that can be shown, so that differences stay finite.
const HUGE: f64 = 1e300;
/// The narrowest range relative to the values; below it, tick labels would need too many digits.
const NARROWEST: f64 = 1e-6;
/// The margin of an automatic range at each end, as a fraction of the data's range.
const MARGIN: f64 = 0.05;

/// What a chart says whose limits leave nothing to see.
pub(super) const BLANK: &str = "Nothing lies within these limits";

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

/// The ranges of both axes; `None` when no layer holds anything that can be shown. An axis without
/// limits of its own fits what the limits of the other one leave to be seen.
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
    let both = |corners: Vec<[XY; 2]>| corners.into_iter().flatten();
    let (lengthwise, upwards) = (inside(panel, true), inside(panel, false));
    let x = Span::of(&panel.x, both(upwards).map(|p| p.0).chain(upright))?;
    let y = Span::of(&panel.y, both(lengthwise).map(|p| p.1).chain(level))?;
    Some((x, y))
}

/// Whether the limits leave nothing to be seen of what could be shown.
pub(super) fn is_blank(panel: &Panel) -> bool {
    let Some((x, y)) = spans(panel) else {
        return false;
    };
    let all = panel.layers.iter().flat_map(|layer| pieces(&layer.content));
    !all.flatten().any(|[a, b]| {
        let apart = |(a, b): (f64, f64), span: &Span| {
            a.max(b) < span.lo || a.min(b) > span.hi || a.is_nan() || b.is_nan()
        };
        !apart((a.0, b.0), &x) && !apart((a.1, b.1), &y)
    })
}

/// The corners of everything between the limits of one axis, that along x or that along y; of
/// everything where the axis has none or nothing lies there.
fn inside(panel: &Panel, along: bool) -> Vec<[XY; 2]> {
    let axis = if along { &panel.x } else { &panel.y };
    let all = || {
        panel
            .layers
            .iter()
            .flat_map(|layer| layer.content.corners())
    };
    let Some(limits) = axis.range.filter(|r| Span::can_have(axis.scale, r.0, r.1)) else {
        return all().collect();
    };
    let limits = (limits.0.min(limits.1), limits.0.max(limits.1));
    let contents = panel.layers.iter().map(|layer| &layer.content);
    let found = contents
        .flat_map(pieces)
        .flatten()
        .filter_map(|pair| cut(pair, limits, along, axis.scale));
    let found: Vec<[XY; 2]> = found.collect();
    match found.is_empty() {
        true => all().collect(),
        false => found,
    }
}

/// A content as straight pieces, stretch by stretch; marks are pieces without a length.
fn pieces(content: &Content) -> Vec<Vec<[XY; 2]>> {
    let joined = |points: &[XY]| points.windows(2).map(|p| [p[0], p[1]]).collect();
    match content {
        Content::Line { points, .. } => vec![joined(points)],
        Content::Band(stations) => {
            let edge = |of: fn(&BandPoint) -> XY| stations.iter().map(of).collect::<Vec<XY>>();
            vec![joined(&edge(|s| (s.0, s.1))), joined(&edge(|s| (s.0, s.2)))]
        }
        other => vec![other.corners()],
    }
}

/// The part of a piece between two limits.
fn cut(pair: [XY; 2], (low, high): (f64, f64), along: bool, scale: Scale) -> Option<[XY; 2]> {
    let [a, b] = pair;
    let of = |p: XY| if along { p.0 } else { p.1 };
    if !usable(of(a), scale) || !usable(of(b), scale) {
        return None;
    }
    let (from, to) = (forward(scale, of(a)), forward(scale, of(b)));
    let (low, high) = (forward(scale, low), forward(scale, high));
    if from.max(to) < low || from.min(to) > high {
        return None;
    }
    // Between two points of a curve the other value changes evenly enough.
    let at = |place: f64| {
        let part = match from == to {
            true => 0.0,
            false => (place.clamp(low, high) - from) / (to - from),
        };
        (a.0 + part * (b.0 - a.0), a.1 + part * (b.1 - a.1))
    };
    match from == to {
        true => Some(pair),
        false => Some([at(from), at(to)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::spec::{Color, Layer, Marker, MarkerShape};

    fn panel() -> Panel {
        let line = (0..=10)
            .map(|k| (f64::from(k), 10.0 * f64::from(k)))
            .collect();
        let far = vec![Marker::new(9.0, 5000.0)];
        Panel::new("", Axis::linear(""), Axis::linear(""))
            .layer(Layer::line(line, Color::Blue))
            .layer(Layer::markers(far, MarkerShape::Disc, Color::Ink))
    }

    #[test]
    fn an_axis_fits_what_the_limits_of_the_other_leave() {
        let mut narrow = panel();
        narrow.x.range = Some((2.5, 4.5));
        let (_, y) = spans(&narrow).unwrap();
        assert!(
            (20.0..25.0).contains(&y.lo) && (45.0..50.0).contains(&y.hi),
            "{y:?}"
        );
        let mut low = panel();
        low.y.range = Some((0.0, 30.0));
        let (x, _) = spans(&low).unwrap();
        assert!(
            (-0.5..=0.0).contains(&x.lo) && (3.0..3.5).contains(&x.hi),
            "{x:?}"
        );
        assert!(!is_blank(&narrow) && !is_blank(&low) && !is_blank(&panel()));
    }

    #[test]
    fn limits_beside_everything_leave_a_blank() {
        let mut beside = panel();
        beside.x.range = Some((20.0, 30.0));
        assert!(is_blank(&beside) && spans(&beside).is_some());
    }
}
