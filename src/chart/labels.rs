//! Direct labels: each takes the best free place beside the thing it names.
//!
//! A place is free when it lies inside the plot, covers no mark or other label, and no line runs
//! through it. A label without a place goes to the legend below the plot.

use super::clip::Rect;
use super::font::{self, Style};
use super::frame::text;
use super::place::Pt;
use super::scene::{Anchor, Item, Pen, line};
use super::spec::{Color, Dash, MarkerShape};
use super::theme::Theme;

/// What a legend shows in front of a label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Key {
    Line(Dash),
    Band,
    Mark(MarkerShape),
    Interval,
    Rule,
}

/// What a label belongs to, which decides where it may be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Spot {
    /// Around one of these marks, which have a radius.
    Near(Vec<Pt>, f64),
    /// Above or below one of these lines.
    Along(Vec<Vec<Pt>>),
    /// Inside or just outside one of these bands, given as pairs (lower, upper).
    Beside(Vec<Vec<(Pt, Pt)>>),
    /// Beside a vertical rule at x.
    Upright(f64),
    /// Beside a horizontal rule at y.
    Level(f64),
    /// In the legend alone.
    Nowhere,
}

/// A label that looks for a place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wish {
    /// Smaller turns choose first.
    pub(super) turn: u8,
    pub(super) text: String,
    pub(super) style: Style,
    pub(super) color: Color,
    /// Its sample in the legend; `None` drops the label instead of sending it there.
    pub(super) key: Option<Key>,
    pub(super) spot: Spot,
}

/// What labels must not cover.
#[derive(Debug, Default, Clone)]
pub(super) struct Surroundings {
    solid: Vec<Rect>,
    lines: Vec<(Pt, Pt)>,
}

/// Most pieces of lines that are considered, to keep the search short.
const MOST_LINES: usize = 4000;
/// Most marks of its layer at which a label searches for a place.
const MOST_MARKS: usize = 40;
/// Most labels of a chart; more would be unreadable and are dropped.
const MOST_WISHES: usize = 120;

impl Surroundings {
    /// Adds a mark.
    pub(super) fn mark(&mut self, (x, y): Pt, radius: f64) {
        let point = Rect {
            left: x,
            top: y,
            right: x,
            bottom: y,
        };
        self.solid.push(point.grown(radius + 1.0));
    }

    /// Adds a line.
    pub(super) fn line(&mut self, points: &[Pt]) {
        let room = MOST_LINES.saturating_sub(self.lines.len());
        let smooth = super::dash::simplify(points, 0.5);
        let pieces = smooth.windows(2).map(|pair| (pair[0], pair[1]));
        self.lines.extend(pieces.take(room));
    }

    fn free(&self, label: &Rect) -> bool {
        let near = label.grown(2.0);
        !self.solid.iter().any(|rect| rect.meets(&near))
            && !self
                .lines
                .iter()
                .any(|(a, b)| near.segment(*a, *b).is_some())
    }
}

/// One possible place of a label.
struct Place {
    rect: Rect,
    /// Smaller is better.
    cost: f64,
    /// A thin line from the mark to a label that is not next to it.
    leader: Option<(Pt, Pt)>,
}

/// The size of a label's box.
#[derive(Clone, Copy)]
struct Size {
    width: f64,
    height: f64,
}

/// Places every label where it fits best. Returns those that fit nowhere and belong in the legend.
pub(super) fn place(
    wishes: Vec<Wish>,
    mut around: Surroundings,
    plot: &Rect,
    items: &mut Vec<Item>,
    theme: &Theme,
) -> Vec<Wish> {
    let mut left_over = Vec::new();
    for (i, wish) in wishes.into_iter().enumerate() {
        let size = Size {
            // System fonts may be a little wider than the embedded one.
            width: font::width(&wish.text, wish.style) * 1.04,
            height: wish.style.size,
        };
        let inside = plot.grown(-4.0);
        let best = if i < MOST_WISHES {
            places(&wish.spot, size, plot)
                .into_iter()
                .filter(|place| inside.holds(&place.rect) && around.free(&place.rect))
                .min_by(|a, b| a.cost.total_cmp(&b.cost))
        } else {
            None
        };
        let Some(place) = best else {
            left_over.extend(wish.key.is_some().then_some(wish));
            continue;
        };
        if let Some((from, to)) = place.leader {
            line(items, &[from, to], Pen::solid(0.8, theme.axis()));
            around.line(&[from, to]);
        }
        let at = (place.rect.left, place.rect.bottom - 0.16 * size.height);
        items.push(text(at, &wish.text, wish.style, Anchor::Start));
        around.solid.push(place.rect.grown(2.0));
    }
    left_over
}

fn places(spot: &Spot, size: Size, plot: &Rect) -> Vec<Place> {
    match spot {
        Spot::Nowhere => Vec::new(),
        Spot::Near(marks, radius) => marks
            .iter()
            .take(MOST_MARKS)
            .enumerate()
            .flat_map(|(i, mark)| around_mark(*mark, *radius, size, i as f64 * 0.05))
            .collect(),
        Spot::Along(lines) => lines
            .iter()
            .flat_map(|points| along(points, points, size))
            .collect(),
        Spot::Beside(bands) => bands
            .iter()
            .flat_map(|stations| {
                let lower: Vec<Pt> = stations.iter().map(|pair| pair.0).collect();
                let upper: Vec<Pt> = stations.iter().map(|pair| pair.1).collect();
                let mut outside = along(&upper, &lower, size);
                outside.extend(within(&upper, &lower, size));
                outside
            })
            .collect(),
        Spot::Upright(x) => {
            let tops = [
                (plot.top + 5.0, 0.0),
                (plot.bottom - 6.0 - size.height, 1.0),
            ];
            let sides = [(x + 6.0, 0.0), (x - 6.0 - size.width, 0.5)];
            let corners = tops.iter().flat_map(|top| sides.map(|side| (side, *top)));
            corners
                .map(|(side, top)| corner(side.0, top.0, size, side.1 + top.1))
                .collect()
        }
        Spot::Level(y) => {
            let lefts = [(plot.right - 6.0 - size.width, 0.0), (plot.left + 6.0, 0.4)];
            let tops = [(y - 5.0 - size.height, 0.0), (y + 5.0, 0.2)];
            let corners = lefts.iter().flat_map(|left| tops.map(|top| (*left, top)));
            corners
                .map(|(left, top)| corner(left.0, top.0, size, left.1 + top.1))
                .collect()
        }
    }
}

fn corner(left: f64, top: f64, size: Size, cost: f64) -> Place {
    Place {
        rect: Rect {
            left,
            top,
            right: left + size.width,
            bottom: top + size.height,
        },
        cost,
        leader: None,
    }
}

/// Eight directions around a mark at growing distances; the far ones have a leader.
fn around_mark((x, y): Pt, radius: f64, size: Size, extra: f64) -> Vec<Place> {
    const SLANT: f64 = std::f64::consts::FRAC_1_SQRT_2;
    let directions = [
        (1.0, 0.0, 0.0),
        (SLANT, -SLANT, 0.2),
        (SLANT, SLANT, 0.3),
        (0.0, -1.0, 0.4),
        (0.0, 1.0, 0.5),
        (-SLANT, -SLANT, 0.6),
        (-SLANT, SLANT, 0.7),
        (-1.0, 0.0, 0.8),
    ];
    let distances = [
        (4.0, 0.0),
        (9.0, 0.35),
        (22.0, 2.0),
        (40.0, 3.0),
        (64.0, 4.0),
    ];
    let mut found = Vec::with_capacity(directions.len() * distances.len());
    for (gap, far) in distances {
        for (dx, dy, turn) in directions {
            let (px, py) = (x + dx * (radius + gap), y + dy * (radius + gap));
            let left = px - part_before(dx) * size.width;
            let top = py - part_before(dy) * size.height;
            let mut place = corner(left, top, size, turn + far + extra);
            if gap > 10.0 {
                let from = (x + dx * (radius + 2.5), y + dy * (radius + 2.5));
                place.leader = Some((from, (px - dx * 2.0, py - dy * 2.0)));
            }
            found.push(place);
        }
    }
    found
}

/// The fraction of a label's width to the left of its anchor: 0 for a label to the right of its
/// mark, 1 to the left, one half above or below.
fn part_before(direction: f64) -> f64 {
    match direction {
        d if d > 0.1 => 0.0,
        d if d < -0.1 => 1.0,
        _ => 0.5,
    }
}

/// Places along a line or band, above `upper` and below `lower`.
fn along(upper: &[Pt], lower: &[Pt], size: Size) -> Vec<Place> {
    let mut found = Vec::new();
    for (middle, off) in middles(upper) {
        let (from, to) = (middle - size.width / 2.0, middle + size.width / 2.0);
        if let Some((top, low)) = extent(upper, from, to) {
            let slack = (low - top) * 0.02;
            found.push(corner(
                from,
                top - 4.5 - size.height,
                size,
                0.3 + off + slack,
            ));
        }
        if let Some((high, bottom)) = extent(lower, from, to) {
            let slack = (bottom - high) * 0.02;
            found.push(corner(from, bottom + 4.5, size, 0.4 + off + slack));
        }
    }
    found
}

/// Places inside a band, close to its edges.
fn within(upper: &[Pt], lower: &[Pt], size: Size) -> Vec<Place> {
    let mut found = Vec::new();
    for (middle, off) in middles(upper) {
        let (from, to) = (middle - size.width / 2.0, middle + size.width / 2.0);
        let (Some((_, ceiling)), Some((floor, _))) =
            (extent(upper, from, to), extent(lower, from, to))
        else {
            continue;
        };
        if floor - ceiling >= size.height + 8.0 {
            found.push(corner(from, ceiling + 4.0, size, off));
            found.push(corner(from, floor - 4.0 - size.height, size, off + 0.1));
        }
    }
    found
}

/// Positions along a line, with the distance of each from the best one, a little right of the
/// middle.
fn middles(points: &[Pt]) -> Vec<(f64, f64)> {
    let ends = points.iter().map(|p| p.0);
    let (first, last) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| {
        (a.min(x), b.max(x))
    });
    (0..=24)
        .map(|i| f64::from(i) / 24.0)
        .map(|part| (first + part * (last - first), (part - 0.55).abs()))
        .collect()
}

/// The smallest and largest y of a line between two x; `None` where there is no line.
fn extent(points: &[Pt], from: f64, to: f64) -> Option<(f64, f64)> {
    let slice = Rect {
        left: from,
        top: f64::NEG_INFINITY,
        right: to,
        bottom: f64::INFINITY,
    };
    points
        .windows(2)
        .filter_map(|pair| slice.segment(pair[0], pair[1]))
        .flat_map(|(a, b)| [a.1, b.1])
        .fold(None, |found: Option<(f64, f64)>, y| match found {
            Some((lo, hi)) => Some((lo.min(y), hi.max(y))),
            None => Some((y, y)),
        })
}
