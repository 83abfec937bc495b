//! A picture as a list of simple shapes, ready to be painted.
//!
//! Lengths are CSS pixels; y grows downwards.

use super::dash;
use super::font::{self, Style};
use super::place::Pt;
use super::theme::Rgb;

/// Which part of a text is at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// The line of a box for a letter that the font lacks, in ems.
const BOX_LINE: f64 = 0.06;

/// One line of text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Text {
    /// The start, middle or end of the base line.
    pub(super) at: Pt,
    pub(super) text: String,
    pub(super) style: Style,
    pub(super) anchor: Anchor,
    /// Rotated by a quarter turn to the left, to be read from below.
    pub(super) turned: bool,
}

impl Text {
    /// Where its base line starts, for a painter that lays out the letters itself.
    pub(super) fn start(&self, words: &str) -> Pt {
        let shift = match self.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => -0.5,
            Anchor::End => -1.0,
        };
        let along = shift * font::width(words, self.style);
        match self.turned {
            true => (self.at.0, self.at.1 - along),
            false => (self.at.0 + along, self.at.1),
        }
    }

    /// Outlines of boxes in the places of the letters that the font lacks: none vanishes unseen.
    pub(super) fn boxes(&self, words: &str) -> Vec<Vec<Pt>> {
        let (x, y) = self.start(words);
        let place = |along: f64, up: f64| match self.turned {
            true => (x - up, y - along),
            false => (x + along, y - up),
        };
        let outline = |(start, wide): (f64, f64)| {
            let (left, right) = (start + 0.1 * wide, start + 0.9 * wide);
            let (low, high) = (BOX_LINE / 2.0, 0.72 - BOX_LINE / 2.0);
            let corners = [
                (left, low),
                (left, high),
                (right, high),
                (right, low),
                (left, low),
            ];
            let size = self.style.size;
            let corners = corners.map(|(along, up)| place(along * size, up * size));
            corners.to_vec()
        };
        let lacking = font::lacking(words, self.style.weight);
        lacking.into_iter().map(outline).collect()
    }

    /// The width of the lines of these boxes.
    pub(super) fn box_line(&self) -> f64 {
        BOX_LINE * self.style.size
    }
}

/// One shape.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    Line {
        points: Vec<Pt>,
        width: f64,
        color: Rgb,
    },
    Area {
        points: Vec<Pt>,
        color: Rgb,
        opacity: f64,
    },
    Disc {
        center: Pt,
        radius: f64,
        color: Rgb,
    },
    Ring {
        center: Pt,
        radius: f64,
        width: f64,
        color: Rgb,
    },
    Text(Text),
    /// An invisible area with a tooltip.
    Hot {
        center: Pt,
        radius: f64,
        words: String,
    },
}

/// A whole picture: its size, background, texts for screen readers, and shapes from the lowest to
/// the topmost.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scene {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) background: Rgb,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) items: Vec<Item>,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pen {
    pub(super) width: f64,
    pub(super) color: Rgb,
    /// Lengths of dashes and of the gaps after them, in turn.
    pub(super) dash: &'static [f64],
}

impl Pen {
    pub(super) fn solid(width: f64, color: Rgb) -> Pen {
        Pen {
            width,
            color,
            dash: &[],
        }
    }

    /// The same pen with dashes and gaps of these lengths.
    pub(super) fn dashed(self, dash: &'static [f64]) -> Pen {
        Pen { dash, ..self }
    }
}

/// A curve with a smaller error than this looks the same.
const TOLERANCE: f64 = 0.06;

/// Adds a line, as one piece or as dashes.
pub(super) fn line(items: &mut Vec<Item>, points: &[Pt], pen: Pen) {
    let smooth = dash::simplify(points, TOLERANCE);
    let pieces = dash::dashes(&smooth, pen.dash);
    items.extend(
        pieces
            .into_iter()
            .filter(|points| points.len() > 1)
            .map(|points| Item::Line {
                points,
                width: pen.width,
                color: pen.color,
            }),
    );
}

/// Adds a star with five rays.
pub(super) fn star(items: &mut Vec<Item>, at: Pt, radius: f64, color: Rgb) {
    let reach = |i: u32| {
        if i.is_multiple_of(2) {
            radius
        } else {
            radius * 0.42
        }
    };
    shape(
        items,
        at,
        0.0,
        &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(reach),
        color,
    );
}

/// Adds a shape whose corners stand at equal angles and at these distances from its centre, the
/// first one at a part of a whole turn from the top.
pub(super) fn shape(items: &mut Vec<Item>, (x, y): Pt, turn: f64, corners: &[f64], color: Rgb) {
    let points = (0u32..).zip(corners).map(|(i, reach)| {
        let turn = turn + f64::from(i) / corners.len() as f64;
        let angle = 2.0 * std::f64::consts::PI * turn;
        (x + reach * angle.sin(), y - reach * angle.cos())
    });
    items.push(Item::Area {
        points: points.collect(),
        color,
        opacity: 1.0,
    });
}
